#!/usr/bin/env python3
"""Runs the tests and closes with the line "N passed, N failed".

run.py [options] [NAME ...]     only tests whose name contains one of the NAMEs

Suites, as the first part of a test's name (tests/README.md says how each is written):
  format/   C files are formatted as .clang-format says
  unit/     cmocka programs of tests/unit, also under ASan and UBSan (unit-asan/)
  lang/     tests/lang/*.flu against .out (gcc; some of them also as lang-O2/, lang-clang/, lang-O0/)
  asan/     the same with -Dgc=none under AddressSanitizer and UBSan
  errors/   tests/errors/*.flu against .err
  emit/     tests/emit/*.flu against the dump of a pass
  docs/     the code blocks of README.md and docs/*.md
  samples/  samples/*.flu        bench/  the programs of bench/ at small sizes
  stress/   tests/stress/*.flu   valgrind/  flc2c under valgrind
  testing/  flc2c test           schedules/  lang/ under other orders of tasks
  workers/  lang/ and stress/ with four workers that are always all in use; tsan/  the same under ThreadSanitizer
  models/   Spin's search through the models of the runtime's protocols, tests/models/*.pml
  lsp/      the language server          gdb/    values, tasks and actors in gdb
  dns/      dns-lookup against name servers of all kinds
  cli/      the command line     install/  an installation, and the projects of samples/
  editors/  what editors/ colours, in Vim and Emacs too; tree-sitter/  its grammar, by tree-sitter's library
"""
import argparse
import os
import shutil
import sys
import threading
import time

import suite_bench
import suite_checks
import suite_cli
import suite_dns
import suite_docs
import suite_editors
import suite_gdb
import suite_install
import suite_lsp
import suite_models
import suite_programs
import suite_testing
import suite_tree_sitter
import suite_workers
from harness import Failure, WORK, prepare

SUITES = [suite_checks, suite_programs, suite_docs, suite_bench, suite_cli, suite_dns, suite_editors, suite_gdb, suite_install,
          suite_lsp, suite_testing, suite_tree_sitter, suite_workers, suite_models]


def main():
    options = parse_arguments()
    started = time.monotonic()
    tests = select(options)
    if options.list:
        print('\n'.join(t.name for t in tests))
        return 0
    shutil.rmtree(WORK, ignore_errors=True)
    report = Report(len(tests), options.verbose)
    tests = build_all(tests, report)
    WORK.mkdir(parents=True, exist_ok=True)
    run_tests(tests, options.jobs, report)
    return report.close(time.monotonic() - started)


def parse_arguments():
    parser = argparse.ArgumentParser(prog='./dev test', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('names', nargs='*', metavar='NAME')
    parser.add_argument('--all', action='store_true', help='also the slow tests, and every program in every mode')
    parser.add_argument('--update', action='store_true', help='rewrite the expected files with what comes out')
    parser.add_argument('--list', action='store_true', help='only print the names')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 2)
    parser.add_argument('-v', '--verbose', action='store_true', help='a line for each test, with its time')
    return parser.parse_args()


def select(options):
    tests = [t for suite in SUITES for t in suite.tests(options)]
    chosen = [t for t in tests if (options.all or not t.slow or t.name in options.names)
              and (not options.names or any(n in t.name for n in options.names))]
    return sorted(chosen, key=lambda t: not t.heavy)


def build_all(tests, report):
    """Makes the builds that the tests need. A build that fails is one failure, and its tests are not run."""
    usable = []
    builds = {t.build.folder: t.build for t in tests if t.build}
    broken = set()
    for build in builds.values():
        before = time.monotonic()
        try:
            prepare(build)
        except Failure as e:
            broken.add(build.folder)
            report.failed(f'build/{build.folder}', str(e))
        else:
            report.note(f'{build.folder}: built in {time.monotonic() - before:.0f} s')
    for test in tests:
        if test.build and test.build.folder in broken:
            report.skipped += 1
        else:
            usable.append(test)
    return usable


def run_tests(tests, jobs, report):
    """Threads take the next test; of the heavy ones, which stand first, only one runs at a time."""
    waiting = list(tests)
    lock = threading.Lock()
    heavy_running = False

    def next_test():
        nonlocal heavy_running
        with lock:
            for i, test in enumerate(waiting):
                if not (test.heavy and heavy_running):
                    heavy_running = heavy_running or test.heavy
                    return waiting.pop(i)
        return None

    def work():
        nonlocal heavy_running
        while test := next_test():
            outcome = run_one(test)
            with lock:
                heavy_running = heavy_running and not test.heavy
                report.add(test.name, *outcome)

    threads = [threading.Thread(target=work) for _ in range(jobs)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def run_one(test):
    """Gives (seconds, None) or (seconds, what failed)."""
    before = time.monotonic()
    failure = None
    try:
        test.run()
    except Failure as e:
        failure = str(e)
    except Exception as e:  # a mistake in the test itself is a failure, not the end of the run
        failure = f'{type(e).__name__}: {e}'
    return time.monotonic() - before, failure


class Report:
    """Counts, and prints failures as they come."""

    def __init__(self, total, verbose):
        self.total, self.verbose = total, verbose
        self.ok, self.failures, self.skipped = 0, [], 0
        self.times = []
        self.terminal = sys.stdout.isatty()

    def add(self, name, seconds, failure):
        if failure is not None:
            self.failed(name, failure)
            return
        self.ok += 1
        self.times.append((seconds, name))
        if self.verbose:
            print(f'ok   {name} ({seconds:.2f} s)', flush=True)
        elif self.terminal:
            print(f'\r\033[K{self.ok + len(self.failures)}/{self.total} {name}', end='', flush=True)

    def failed(self, name, text):
        self.failures.append(name)
        clear = '\r\033[K' if self.terminal else ''
        print(f'{clear}FAIL {name}\n  ' + text.rstrip('\n').replace('\n', '\n  '), flush=True)

    def note(self, text):
        if self.verbose or not self.terminal:
            print(text, flush=True)

    def close(self, seconds):
        if self.terminal:
            print('\r\033[K', end='')
        if self.verbose:
            for took, name in sorted(self.times, reverse=True)[:15]:
                print(f'{took:7.2f} s  {name}')
        if self.failures:
            print('\nfailed:\n' + '\n'.join('  ' + name for name in sorted(self.failures)))
        if self.skipped:
            print(f'{self.skipped} tests not run, since their build failed')
        print(f'{seconds:.0f} s')
        print(f'{self.ok} passed, {len(self.failures)} failed')
        return 1 if self.failures or self.ok == 0 else 0


if __name__ == '__main__':
    sys.exit(main())

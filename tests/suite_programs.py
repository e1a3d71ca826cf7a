"""lang/, asan/, errors/, emit/, samples/ and stress/: programs with their expected output beside them."""
import functools
import re
import zlib
from pathlib import Path

from harness import (ASAN, CLANG, Failure, GCC, ROOT, Test, WORK, compare, compile_program, excerpt, expect_status, must_run,
                     program_env, run)

TESTS = ROOT / 'tests'

# Beside lang/ itself (gcc -O1), every n-th program runs in these modes too; with --all every program.
MODES = {
    'lang-O2': (GCC, '-O2', 12),
    'lang-O0': (GCC, '-O0', 12),
    'lang-clang': (CLANG, '-O2', 12),
    'lang-clang-O0': (CLANG, '-O0', 24),
    'asan': (ASAN, ASAN.cflags, 4),
}


def tests(options):
    return [*lang_tests(options), *plain_tests(options, 'stress', '-O2'), *sample_tests(options),
            *errors_tests(options), *emit_tests(options)]


# ---- programs that run ----

class Program:
    """A program and what stands beside it: .out (required), .status .err .in .env .args, and directives in its first lines:
    ; test: slow | heavy | no-asan | no-tsan | any-ids | timeout SECONDS | max-rss MEGABYTES | mode NAME | order REASON | races REASON"""

    def __init__(self, source: Path):
        self.source = source
        self.directives = {}
        for line in source.read_text(encoding='utf-8', errors='replace').split('\n')[:12]:
            if m := re.search(r'; test: (\S+) ?(.*)', line):
                self.directives[m[1]] = m[2].strip()

    def beside(self, suffix, default=None):
        path = self.source.with_suffix(suffix)
        return path.read_bytes() if path.exists() else default

    def text_beside(self, suffix):
        return (self.beside(suffix) or b'').decode()

    @property
    def expected_status(self):
        return int(self.text_beside('.status') or 0)

    @property
    def env(self):
        return dict(line.split('=', 1) for line in self.text_beside('.env').split('\n') if '=' in line)

    @property
    def timeout(self):
        return float(self.directives.get('timeout', 30))


def program_test(options, suite, name, source, build, cflags, slow=False):
    program = Program(source)
    d = program.directives
    act = functools.partial(run_program, options, suite, name, program, build, cflags)
    return Test(f'{suite}/{name}', act, build=build, slow=slow or 'slow' in d, heavy='heavy' in d)


def run_program(options, suite, name, program, build, cflags):
    executable = WORK / suite / name.replace('/', '-')
    # In the program's folder, so that the file names in traces are the same for everyone.
    compile_program(program.source.name, executable, build, cflags=cflags, cwd=program.source.parent)
    slower = 4 if build is ASAN else 1
    r = run([executable, *program.text_beside('.args').split()], timeout=program.timeout * slower,
            stdin=program.beside('.in'), env=program_env({**build.env, **program.env}), clean_env=True,
            cwd=program.source.parent)
    executable.unlink()
    if options.update:
        update(program, r)
        return
    compare('standard output', program.beside('.out', b''), r.out)
    compare_errors('standard error', program, r.err)
    expect_status(program.expected_status, r, 'program')
    limit = program.directives.get('max-rss')
    if limit and build is not ASAN and r.max_rss_mb > float(limit):
        raise Failure(f'took {r.max_rss_mb:.0f} MB, the limit is {limit} MB')


def compare_errors(what, program, err, any_ids=False):
    """What came on standard error; of a program that fails only if there is something to compare with."""
    if program.expected_status != 0 and program.beside('.err') is None:
        return
    hide = without_ids if any_ids or 'any-ids' in program.directives else lambda text: text
    compare(what, hide(program.beside('.err', b'')), hide(err))


def without_ids(text):
    """The numbers of actors, tasks and promises tell how many the runtime has made before."""
    return re.sub(rb'(#<[a-z-]+ (?:[^ <>]+ (?=\d+>))?|\btask )\d+', rb'\1N', text)


def update(program, r):
    source, err = program.source, program.beside('.err', b'')
    write_or_remove(source.with_suffix('.out'), r.out, keep_empty=True)
    same = 'any-ids' in program.directives and without_ids(err) == without_ids(r.err)
    write_or_remove(source.with_suffix('.err'), err if same else r.err)
    write_or_remove(source.with_suffix('.status'), b'%d\n' % r.status if r.status else b'')


def write_or_remove(path, data, keep_empty=False):
    if data or keep_empty:
        path.write_bytes(data)
    else:
        path.unlink(missing_ok=True)


def programs(folder):
    """Names and paths; what stands in a folder lib/ is there to be imported."""
    return [(str(p.relative_to(TESTS / folder).with_suffix('')), p) for p in sorted((TESTS / folder).glob('**/*.flu'))
            if p.parent.name != 'lib']


def lang_tests(options):
    found = []
    for name, source in programs('lang'):
        found.append(program_test(options, 'lang', name, source, GCC, '-O1'))
        if not options.update:
            found += [mode_test(options, mode, name, source) for mode in MODES]
    return [t for t in found if t]


def mode_test(options, mode, name, source):
    """The program in a further mode; without --all only in the modes that its name's hash, or a directive, picks."""
    build, cflags, every = MODES[mode]
    directives = Program(source).directives
    if mode == 'asan' and ('no-asan' in directives or 'heavy' in directives):
        return None
    picked = zlib.crc32(f'{mode} {name}'.encode()) % every == 0 or mode in directives.get('mode', '').split()
    return program_test(options, mode, name, source, build, cflags, slow=not picked)


def plain_tests(options, folder, cflags):
    return [program_test(options, folder, name, source, GCC, cflags) for name, source in programs(folder)]


def sample_tests(options):
    samples = sorted(p for p in (ROOT / 'samples').glob('*.flu') if p.with_suffix('.out').exists())
    found = [program_test(options, 'samples', p.stem, p, GCC, '-O2') for p in samples]
    if not options.update:
        found += [program_test(options, 'samples-asan', p.stem, p, ASAN, ASAN.cflags) for p in samples]
    return found


# ---- programs that do not compile ----

def errors_tests(options):
    """Also with the sanitizers: malformed input is where a compiler's memory errors are."""
    found = []
    for name, source in programs('errors'):
        for suite, build in ('errors', GCC), ('errors-asan', ASAN):
            if suite == 'errors' or not options.update:
                found.append(Test(f'{suite}/{name}', functools.partial(run_check, options, source, build), build=build))
    return found


def run_check(options, source, build):
    program = Program(source)
    r = run([build.flc2c, 'check', source.name], cwd=source.parent, env=build.env, timeout=30)
    if options.update and r.status in (0, 1):
        write_or_remove(source.with_suffix('.err'), r.err, keep_empty=True)
        return
    expected = program.beside('.err', b'')
    compare('standard error', expected, r.err)
    expect_status(1 if b': error[' in expected else 0, r, 'flc2c check')
    if r.out:
        raise Failure('flc2c check wrote to standard output:\n' + excerpt(r.out))


# ---- dumps of passes ----

def emit_tests(options):
    """tests/emit/NAME.flu against NAME.PASS: what --emit=PASS prints; NAME.c: the C."""
    found = []
    for name, source in programs('emit'):
        for expected in sorted(source.parent.glob(source.stem + '.*')):
            if expected.suffix != '.flu':
                act = functools.partial(run_emit, options, source, expected)
                found.append(Test(f'emit/{name}{expected.suffix}', act, build=GCC))
    return found


def run_emit(options, source, expected):
    kind = expected.suffix[1:]
    flags = ['--no-line'] if kind == 'c' else [f'--emit={kind}']
    r = must_run([GCC.flc2c, *flags, source.name], cwd=source.parent)
    if options.update:
        expected.write_bytes(r.out)
    else:
        compare(f'the text of {kind}', expected.read_bytes(), r.out)

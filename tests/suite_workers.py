"""workers/: the programs of lang/ and stress/ that have tasks, with four workers, all of them always in use
(FLU_WORKERS=4:eager). tsan/: the same under ThreadSanitizer.

As for schedules/, what they print must not depend on the order of tasks, unless they say so:
    ; test: order REASON
Those are run under ThreadSanitizer nevertheless. One whose own tasks change a variable, or a vector, at the same time
is run in neither way, and says
    ; test: races REASON
In lang/ time is virtual, unless the program asks for the real one, so that a slow machine does not matter."""
import functools
import zlib

from harness import Failure, GCC, TSAN, Test, WORK, compare, compile_program, excerpt, expect_status, program_env, run
from suite_programs import Program, compare_errors, programs
from suite_testing import uses_tasks

EVERY = 8        # without --all every so many programs of lang/, and all of stress/
TSAN_EVERY = 24  # the same, and none of stress/


def tests(options):
    if options.update:
        return []
    found = []
    for folder in ('lang', 'stress'):
        for name, source in programs(folder):
            found += tests_of(folder, name, source)
    return found


def tests_of(folder, name, source):
    directives = Program(source).directives
    if 'heavy' in directives or not uses_tasks(source):
        return
    if not {'order', 'races'} & set(directives):
        act = functools.partial(run_workers, f'{folder}/{name}', source)
        yield Test(f'workers/{folder}/{name}', act, build=GCC, slow='slow' in directives or left_out(folder, name, EVERY))
    if not {'races', 'no-asan', 'no-tsan', 'max-rss'} & set(directives):  # without a collector memory only grows
        act = functools.partial(run_tsan, f'{folder}/{name}', source)
        slow = folder == 'stress' or 'slow' in directives or left_out(folder, name, TSAN_EVERY)
        yield Test(f'tsan/{folder}/{name}', act, build=TSAN, slow=slow)


def left_out(folder, name, every):
    return folder == 'lang' and zlib.crc32(f'workers {name}'.encode()) % every != 0


def run_with_workers(suite, name, source, build, cflags, slower):
    program = Program(source)
    executable = WORK / suite / name.replace('/', '-')
    compile_program(source.name, executable, build, cflags=cflags, cwd=source.parent)
    clock = {} if name.startswith('stress/') else {'FLU_CLOCK': 'virtual'}
    env = {**clock, **program.env, 'FLU_WORKERS': '4:eager'}
    r = run([executable, *program.text_beside('.args').split()], timeout=slower * program.timeout, stdin=program.beside('.in'),
            env=program_env(env), clean_env=True, cwd=source.parent)
    executable.unlink()
    return program, r


def run_workers(name, source):
    program, r = run_with_workers('workers', name, source, GCC, '-O1', 4)
    compare('standard output', program.beside('.out', b''), r.out)
    compare_errors('standard error', program, r.err, any_ids=True)  # each worker has its own numbers to give
    expect_status(program.expected_status, r, 'program')


def run_tsan(name, source):
    """What it prints does not matter here: a race makes its status 66."""
    _, r = run_with_workers('tsan', name, source, TSAN, TSAN.cflags, 20)
    if b'WARNING: ThreadSanitizer' in r.err:
        raise Failure(f'ThreadSanitizer reports:\n{excerpt(r.err)}')

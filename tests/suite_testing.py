"""testing/: flc2c test. schedules/: the programs of lang/ under other orders of their tasks (FLU_SCHEDULE).

What a program of lang/ prints must not depend on the order in which its tasks run, unless it says so in its first lines:
    ; test: order REASON
Time is virtual there, so those that measure real time say so too."""
import functools
import re
import shutil
import zlib
from xml.etree import ElementTree

from harness import Failure, GCC, Test, WORK, compare, compile_program, expect_status, program_env, run
from suite_programs import Program, compare_errors, programs

SEEDS = 3       # for each program
SEEDS_ALL = 20  # with --all
EVERY = 4       # without --all every so many programs


def tests(options):
    found = [Test('testing/' + name[5:].replace('_', '-'), functools.partial(in_folder, act), build=GCC)
             for name, act in sorted(globals().items()) if name.startswith('test_')]
    return found + ([] if options.update else schedule_tests(options))


# ---- schedules/ ----

def schedule_tests(options):
    found = []
    for name, source in programs('lang'):
        directives = Program(source).directives
        if 'order' in directives or 'heavy' in directives or not uses_tasks(source):
            continue
        act = functools.partial(run_schedules, options, name, source)
        found.append(Test(f'schedules/{name}', act, build=GCC, slow='slow' in directives or zlib.crc32(name.encode()) % EVERY != 0))
    return found


def uses_tasks(source):
    """Programs without tasks run as always."""
    text = source.read_text(errors='replace')
    return any(word in text for word in ('spawn', '(go ', 'async', 'promise', 'then', 'delay', 'chan', 'actor', 'stream', 'timeout'))


def run_schedules(options, name, source):
    program = Program(source)
    executable = WORK / 'schedules' / name.replace('/', '-')
    compile_program(source.name, executable, cwd=source.parent)
    for seed in range(1, (SEEDS_ALL if options.all else SEEDS) + 1):
        env = {'FLU_SCHEDULE': f'seed:{seed}', **program.env}
        r = run([executable, *program.text_beside('.args').split()], timeout=4 * program.timeout, stdin=program.beside('.in'),
                env=program_env(env), clean_env=True, cwd=source.parent)
        compare(f'standard output with FLU_SCHEDULE=seed:{seed}', program.beside('.out', b''), r.out)
        compare_errors(f'standard error with FLU_SCHEDULE=seed:{seed}', program, r.err)
        expect_status(program.expected_status, r, f'program with FLU_SCHEDULE=seed:{seed}')
    executable.unlink()


# ---- testing/ ----

def in_folder(act):
    folder = WORK / 'testing' / act.__name__
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    act(folder)


def flc2c_test(folder, *args, status=0, env=None):
    """flc2c test; gives its standard output."""
    settings = {'XDG_CACHE_HOME': str(WORK / 'testing' / 'cache'), **program_env(), **(env or {})}
    r = run([GCC.flc2c, 'test', *args], cwd=folder, env=settings, clean_env=True)
    expect_status(status, r, f'flc2c test {" ".join(args)}')
    return r.out.decode(), r.err.decode()


def check_output(folder, expected, *args, status=0, env=None):
    """Numbers of tasks and channels are written N: they do not matter."""
    out, err = flc2c_test(folder, *args, status=status, env=env)
    compare('the report', expected.encode(), re.sub(r'(#<\w+|task) \d+', r'\1 N', out).encode())
    if err:
        raise Failure('on standard error:\n' + err)


def check(condition, text):
    if not condition:
        raise Failure(text)


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_passing(folder):
    write(folder, 'a.flu', '''
(define (twice x) (* 2 x))
(print-line "top level")
(deftest "ints" (assert-equal (twice 2) 4) (assert-equal 4.0 (twice 2)))
(deftest "errors" (assert-equal (error-kind (assert-error type-error (twice "x"))) 'type-error))
(deftest "nothing in it")
(dotimes (i 2) (deftest (str "case " i) (print-line "not shown") (await (spawn (sleep 1))) (assert (< i 2))))
''')
    check_output(folder, '''a.flu
  ok    ints
  ok    errors
  ok    nothing in it
  ok    case 0
  ok    case 1
5 tests in 1 file: 5 passed, 0 failed
''', 'a.flu')


def test_not_run_elsewhere(folder):
    """In the program itself, and where it is imported, a deftest is checked but not run."""
    write(folder, 'a.flu', '(print-line (deftest "x" (print-line "not reached")))\n(print-line "end")\n')
    r = run([GCC.flc2c, 'run', 'a.flu'], cwd=folder, env={'XDG_CACHE_HOME': str(folder / 'cache')})
    compare('the output', b'nil\nend\n', r.out)
    write(folder, 'b.flu', '(deftest "x" (no-such-procedure 1))\n(deftest "y" (assert-equal 1))\n(deftest z 1)\n')
    r = run([GCC.flc2c, 'check', 'b.flu'], cwd=folder)
    check(r.status == 1 and b'no-such-procedure is not defined' in r.err and b'b.flu:2:14' in r.err
          and b'b.flu:3:10: error[E0102]: the name of a test is a string' in r.err, r.err.decode())


def test_failures(folder):
    write(folder, 'a.flu', '''
(define (deep n) (if (= n 0) (error 'lost "too deep") (+ 1 (deep (- n 1)))))
(deftest "equal" (assert-equal [1 2] [1 3]) nil)
(deftest "assert" (assert (= 1 2)) nil)
(deftest "error" (+ 1 (deep 1)))
(deftest "no error" (assert-error type-error 5) nil)
(deftest "another error" (assert-error 'type-error (throw :x)) nil)
(deftest "output" (print-line "on stdout") (print-error "on stderr") (throw :x))
(deftest "passes" true)
''')
    check_output(folder, '''a.flu
  FAIL  equal
        a.flu:3:18: assertion-failed: assert-equal: the values differ
          expected: (1 2)
          actual:   (1 3)
          at [1]: expected 2, got 3
          at test "equal" (a.flu:3:18)
  FAIL  assert
        a.flu:4:19: assertion-failed: (= 1 2)
          at test "assert" (a.flu:4:19)
  FAIL  error
        a.flu:2:30: lost: too deep
          at deep (a.flu:2:30)
          at deep (a.flu:2:60)
          at test "error" (a.flu:5:23)
  FAIL  no error
        a.flu:6:21: assertion-failed: assert-error: expected an error of kind type-error, but the body gave 5
          at test "no error" (a.flu:6:21)
  FAIL  another error
        a.flu:7:26: assertion-failed: assert-error: expected an error of kind type-error, but got the thrown value :x
          at test "another error" (a.flu:7:26)
        caused by: uncaught: :x
  FAIL  output
        a.flu:8:70: uncaught: :x
          at test "output" (a.flu:8:70)
        output:
          on stdout
          on stderr
  ok    passes
7 tests in 1 file: 1 passed, 6 failed
''', status=1)


def test_hanging(folder):
    write(folder, 'a.flu', '''
(define ch (chan))
(deftest "deadlock" (spawn (await (deferred))) (recv! ch))
(deftest "timeout" (spawn-daemon (recv! ch)) (sleep 1000000))
(deftest "spins" (let loop () (if (= 1 2) nil (loop))))
(deftest "passes" true)
''')
    check_output(folder, '''a.flu
  FAIL  deadlock
        a.flu:3: deadlock: it waits, and nothing can wake it
        the test: recv! on #<channel N> at test "deadlock" (a.flu:3:48)
        task N: await on #<promise N pending> at lambda (a.flu:3:28)
  FAIL  timeout
        a.flu:4: timeout: not finished after 200 ms
        the test: sleep at test "timeout" (a.flu:4:46)
        task N: recv! on #<channel N> at lambda (a.flu:4:34)
  FAIL  spins
        a.flu:5: timeout: not finished after 200 ms
        the test: running at test "spins" (a.flu:5:23)
  ok    passes
4 tests in 1 file: 1 passed, 3 failed
''', '--timeout', '200', status=1)


def test_programs_that_end(folder):
    write(folder, 'a.flu', '''
(deftest "first" true)
(deftest "exits" (print-line "going") (exit 3))
(deftest "exits well" (print-line "a line") (exit 0))
(deftest "last" true)
''')
    check_output(folder, '''a.flu
  ok    first
  FAIL  exits
        a.flu:3: exit: the program ended with status 3
        output:
          going
  FAIL  exits well
        a.flu:4: exit: the program ended with status 0
        output:
          a line
  ok    last
4 tests in 1 file: 2 passed, 2 failed
''', status=1)


def test_programs_that_crash(folder):
    """The C compiler puts a crash into the program."""
    write(folder, 'a.flu', '(deftest "first" true)\n(deftest "crashes" (print-line "x") (random-seed 77))\n(deftest "last" true)\n')
    write(folder, 'cc', f'''#!/bin/sh
for a; do case $a in *.c) sed -i 's/flu_[a-z_]*random_seed[a-z_]*(w, [^;]*;/(raise(11), FLU_NIL);/; 1i #include <signal.h>' "$a";; esac; done
exec {GCC.cc} -w "$@"
''')
    (folder / 'cc').chmod(0o755)
    check_output(folder, '''a.flu
  ok    first
  FAIL  crashes
        a.flu:2: crash: the program was killed by signal 11 (Segmentation fault)
        output:
          x
  ok    last
3 tests in 1 file: 2 passed, 1 failed
''', status=1, env={'CC': str(folder / 'cc')})


def test_top_level(folder):
    write(folder, 'a.flu', '(deftest "x" true)\n(print-line "start")\n(error "not ready")\n')
    write(folder, 'b.flu', '(deftest "x" true)\n(recv! (chan))\n')
    write(folder, 'c.flu', '(deftest "x" true)\n(exit 0)\n')
    write(folder, 'd.flu', '(deftest "x" (undefined-name))\n')
    write(folder, 'e.flu', '(deftest "x" true)\n')
    out, err = flc2c_test(folder, status=1)
    compare('the report', b'''a.flu
  -     x
  FAIL  (outside of the tests)
        exit: the program ended with status 1
        output:
          start
          error: error: not ready
            at main (a.flu:3:1)
b.flu
  -     x
  FAIL  (outside of the tests)
        deadlock: it waits, and nothing can wake it
        the top level: recv! on #<channel 2> at main (b.flu:2:1)
c.flu
  -     x
  FAIL  (outside of the tests)
        exit: the program ended with status 0
d.flu
  FAIL  (outside of the tests)
        it does not compile
e.flu
  ok    x
1 test in 5 files: 1 passed, 0 failed; 4 files with problems
''', out.encode())
    check('undefined-name is not defined' in err, err)


def test_choosing_files_and_tests(folder):
    write(folder, 'a.flu', '(deftest "one" true)\n(deftest "two" true)\n')
    write(folder, 'sub/b.flu', '(deftest "one more" true)\n')
    write(folder, 'sub/plain.flu', '(print-line "no tests")\n(exit 1)\n')
    write(folder, '.hidden/c.flu', '(deftest "hidden" true)\n')
    both = 'a.flu\n  ok    one\n  ok    two\nsub/b.flu\n  ok    one more\n'
    check_output(folder, both + '3 tests in 2 files: 3 passed, 0 failed\n')
    check_output(folder, both + '3 tests in 2 files: 3 passed, 0 failed\n', 'a.flu', 'sub')
    check_output(folder, 'a.flu\n  ok    one\nsub/b.flu\n  ok    one more\n2 tests in 2 files: 2 passed, 0 failed\n', 'one')
    check_output(folder, 'a.flu\n  ok    two\nsub/b.flu\n  ok    one more\n2 tests in 2 files: 2 passed, 0 failed\n', 'two', 'more')
    check_output(folder, 'sub/b.flu\n  ok    one more\n1 test in 1 file: 1 passed, 0 failed\n', 'sub/', '--filter', 'one')
    check_output(folder, 'no test has such a name\n', 'three')
    write(folder, 'empty/none.flu', '(print-line "deftest")\n')
    check_output(folder, 'no tests\n', 'empty')
    check_output(folder, 'no tests\n', 'empty/none.flu')
    check_output(folder, '3 tests in 2 files: 3 passed, 0 failed\n', '--quiet')
    _, err = flc2c_test(folder, 'missing.flu', status=2)
    check('cannot read missing.flu' in err, err)
    for bad in ('0', 'x', '-1', '1.5', ''):
        _, err = flc2c_test(folder, f'--schedules={bad}', status=2)
        check('--schedules takes a number of at least 1' in err, err)


def test_leftovers(folder):
    """What a test leaves behind fails it, not the next one."""
    write(folder, 'a.flu', '''
(deftest "rejected" (spawn (error "nobody looks")) true)
(deftest "handled" (try (await (spawn (error "x"))) (catch _ nil)))
(deftest "parked" (spawn (await (deferred))) true)
''')
    check_output(folder, '''a.flu
  FAIL  rejected
        a.flu:2: an error that nobody handled was reported, see the output
        output:
          error: unhandled rejection of #<promise N>: error: nobody looks
            at lambda (a.flu:2:28)
  ok    handled
  ok    parked
3 tests in 1 file: 2 passed, 1 failed
''', status=1)


RACY = '''
(define (pause n) (if (> n 0) (pause (- n 1)) nil))
(deftest "safe" (assert-equal 3 (apply + (await (promise-all (spawn 1) (spawn 2))))))
(deftest "it's a race"
  (let* ((total 0)
         (bump (lambda () (let ((old total)) (pause 3) (set! total (+ old 1)))))
         (tasks (map (lambda (_i) (spawn (dotimes (_k 5) (bump)))) (range 4))))
    (await (promise-all tasks))
    (assert-equal 20 total)))
(deftest "always wrong" (assert false))
(deftest "takes no time" (sleep 1))
'''


def test_schedules(folder):
    write(folder, 'race.flu', RACY)
    out, _ = flc2c_test(folder, '--schedules', '50', status=1)
    check('4 tests in 1 file, under 50 schedules: 2 passed, 2 failed\n' in out, out)
    check('  ok    safe\n' in out and '  ok    takes no time\n' in out, out)
    check('          at test "always wrong" (race.flu:10:25)\n  ok' in out, out)
    line = next(line for line in out.splitlines() if 'flc2c test race.flu' in line)
    seed = line.strip().split()[0].split('=')[1]
    check(line.strip() == f"FLU_SCHEDULE={seed} flc2c test race.flu --filter 'it'\\''s a race'", line)
    for _ in range(3):
        again, _ = flc2c_test(folder, 'race.flu', '--filter', "it's a race", status=1, env={'FLU_SCHEDULE': seed})
        failure = [line for line in again.splitlines() if 'expected:' in line or 'actual:' in line]
        check(failure and all(line in out for line in failure), again)
    once, _ = flc2c_test(folder, '--schedules', '20', status=1)
    twice, _ = flc2c_test(folder, '--schedules', '20', status=1)
    compare('the second report', once.encode(), twice.encode())


def test_settings_are_not_inherited(folder):
    write(folder, 'a.flu', '''
(deftest "environment" (assert-equal (map getenv ["FLU_TEST_EVENTS" "FLU_TEST_TIMEOUT" "FLU_TEST_SKIP" "FLU_TEST_FILTER"]) [nil nil nil nil]))
(deftest "arguments" (assert-equal (args) []))
(deftest "input" (assert-equal (read-line) nil))
''')
    out, _ = flc2c_test(folder, '--filter', 'n')
    check('3 passed' in out, out)


def test_junit(folder):
    write(folder, 'a.flu', '(deftest "good" true)\n(deftest "<bad> & \\"quoted\\"" (print-line "said \\u{1}") (assert-equal 1 2))\n')
    write(folder, 'b.flu', '(deftest "x" (undefined-name))\n')
    flc2c_test(folder, '--junit', 'report.xml', status=1)
    suites = ElementTree.parse(folder / 'report.xml').getroot()
    got = [(s.get('name'), s.get('tests'), s.get('failures'), [(c.get('name'), c.get('line'), [e.tag for e in c]) for c in s]) for s in suites]
    expected = [('a.flu', '2', '1', [('good', '1', []), ('<bad> & "quoted"', '2', ['failure', 'system-out'])]),
                ('b.flu', '1', '1', [('(outside of the tests)', None, ['failure'])])]
    compare('the report', repr(expected).encode(), repr(got).encode())
    failure = suites[0][1][0]
    check('assertion-failed' in failure.get('message') and 'expected: 1' in failure.text and suites[0][1][1].text.startswith('said'), failure.text)
    _, err = flc2c_test(folder, '--junit', 'no/folder/x.xml', 'a.flu', status=1)
    check('cannot write no/folder/x.xml' in err, err)

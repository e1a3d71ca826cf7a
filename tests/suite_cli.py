"""cli/: what flc2c does with its arguments: files, make rules, exit statuses, the cache of flc2c run."""
import ctypes
import errno
import functools
import json
import os
import pty
import re
import select
import shutil
import signal
import stat
import subprocess
import threading
import time
from pathlib import Path

from harness import Failure, GCC, ROOT, Test, WARNINGS, WORK, compare, must_run, private_libs, program_env, run

HELLO = '(print-line "hello")\n'
BROKEN = '(print-line "never closed"\n'


def tests(_options):
    found = []
    for name, act in sorted(globals().items()):
        if name.startswith('test_'):
            found.append(Test('cli/' + name[5:].replace('_', '-'), functools.partial(in_folder, act), build=GCC))
    return found


def in_folder(act):
    folder = WORK / 'cli' / act.__name__
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / 'hello.flu').write_text(HELLO)
    (folder / 'broken.flu').write_text(BROKEN)
    act(folder)


def flc2c(folder, *args, status=0, stdin=None, env=None):
    r = run([GCC.flc2c, *args], cwd=folder, stdin=stdin, env={'XDG_CACHE_HOME': str(folder / 'cache'), **(env or {})})
    if r.status != status:
        raise Failure(f'flc2c {" ".join(map(str, args))}: exit status {r.status}, expected {status}\n'
                      + r.out.decode()[:500] + r.err.decode()[:1500])
    return r


def check(condition, text):
    if not condition:
        raise Failure(text)


def test_c_to_standard_output(folder):
    r = flc2c(folder, 'hello.flu')
    check(b'#include' in r.out and not r.err, 'no C on standard output')


def test_standard_input(folder):
    r = flc2c(folder, '-', stdin=HELLO.encode())
    check(b'<stdin>' in r.out, 'the C does not name <stdin>')


def test_output_is_written_whole(folder):
    flc2c(folder, 'hello.flu', '-o', 'hello.c')
    compare('hello.c', flc2c(folder, 'hello.flu').out, (folder / 'hello.c').read_bytes())
    check(sorted(p.name for p in folder.iterdir()) == ['broken.flu', 'hello.c', 'hello.flu'], 'other files were left behind')
    mode = stat.S_IMODE((folder / 'hello.c').stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    check(mode == 0o666 & ~mask, f'hello.c has mode {mode:o}')


def test_output_through_a_link_and_to_a_device(folder):
    (folder / 'real.c').write_text('old')
    (folder / 'link.c').symlink_to('real.c')
    flc2c(folder, 'hello.flu', '-o', 'link.c')
    check((folder / 'link.c').is_symlink() and (folder / 'real.c').read_text() != 'old', 'the link was replaced')
    flc2c(folder, 'hello.flu', '-o', '/dev/null')


def test_errors_write_nothing(folder):
    r = flc2c(folder, 'broken.flu', '-o', 'broken.c', '-MD', status=1)
    check(b'broken.flu:1:1: error' in r.err, f'no diagnostic with its place: {r.err}')
    check(not r.out and not (folder / 'broken.c').exists() and not (folder / 'broken.d').exists(), 'output after errors')
    (folder / 'kept.c').write_text('old')
    flc2c(folder, 'broken.flu', '-o', 'kept.c', status=1)
    check((folder / 'kept.c').read_text() == 'old', 'an old file was changed after errors')


def test_unwritable_output(folder):
    r = flc2c(folder, 'hello.flu', '-o', 'no/such/folder/x.c', status=1)
    check(b'no/such/folder/x.c' in r.err, 'the message does not name the file')


def test_missing_input(folder):
    r = flc2c(folder, 'absent.flu', status=1)
    check(b'absent.flu' in r.err, 'the message does not name the file')
    flc2c(folder, '.', status=1)


def test_usage_errors(folder):
    for args in ([], ['--bogus'], ['-o'], ['hello.flu', 'broken.flu'], ['build', 'hello.flu'], ['run'], ['check'],
                 ['--emit=nonsense', 'hello.flu'], ['--color=blue', 'hello.flu'], ['-MF', 'x', 'hello.flu'], ['-MD', '-']):
        r = flc2c(folder, *args, status=2)
        check(r.err and not r.out, f'flc2c {args}: the message is not on stderr alone')
    check(b'--static' in flc2c(folder, '--statik', status=2).err, 'no "did you mean" for an option')


def test_help_and_version(folder):
    check(b'USAGE' in flc2c(folder, '--help').out, 'no help')
    check(flc2c(folder, '--version').out.startswith(b'flc2c '), 'no version')
    check(b'USAGE' in flc2c(folder, 'run', '--help').out, 'no help for a command')


def module_files(folder):
    for path, text in {
        'src/main.flu': '(import "here" *)\n(import "lib/there" (there))\n(print-line here (there))\n',
        'src/here.flu': '(define here "beside")\n',
        'one/lib/there.flu': '(import "../up" (up))\n(define (there) (str "one " up))\n',
        'one/up.flu': '(define up "up")\n',
        'two/lib/there.flu': '(define (there) "two")\n',
        'two/here.flu': '(define here "not this one")\n',
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_module_folders(folder):
    module_files(folder)
    compare('-I', b'beside one up\n', flc2c(folder, 'run', '-I', 'one', '-I', 'two', 'src/main.flu').out)
    compare('-I before FLU_PATH', b'beside two\n',
            flc2c(folder, 'run', '-I', 'two', 'src/main.flu', env={'FLU_PATH': 'one'}).out)
    compare('FLU_PATH', b'beside one up\n', flc2c(folder, 'run', 'src/main.flu', env={'FLU_PATH': 'none::one:two'}).out)
    r = flc2c(folder, 'check', '-I', 'src', 'src/main.flu', env={'FLU_PATH': 'none:more'}, status=1)
    check(b'looked for lib/there.flu in src, src, none, more' in r.err, f'the folders are not told: {r.err}')


def test_modules_of_standard_input(folder):
    (folder / 'words.flu').write_text('(define (shout s) (str s "!"))\n')
    r = flc2c(folder, 'run', '-', stdin=b'(import "words" (shout))\n(print-line (shout "hi"))')
    compare('output', b'hi!\n', r.out)


def test_run_sees_changed_modules(folder):
    (folder / 'words.flu').write_text('(define word "old")\n')
    (folder / 'main.flu').write_text('(import "words" (word))\n(print-line word)\n')
    compare('first', b'old\n', flc2c(folder, 'run', 'main.flu').out)
    (folder / 'words.flu').write_text('(define word "new")\n')
    compare('second', b'new\n', flc2c(folder, 'run', 'main.flu').out)


def test_two_paths_to_one_module(folder):
    (folder / 'real.flu').write_text('(print-line "runs")\n(define a 1)\n')
    (folder / 'link.flu').symlink_to('real.flu')
    (folder / 'main.flu').write_text('(import "real" (a))\n(import "link" ((a as b)))\n(print-line (+ a b))\n')
    compare('output', b'runs\n2\n', flc2c(folder, 'run', 'main.flu').out)


def test_deps_name_modules(folder):
    module_files(folder)
    flc2c(folder, '-I', 'one', 'src/main.flu', '-o', 'main.c', '-MD')
    rule = (folder / 'main.d').read_text().split('\n\n')[0].replace('\\\n', ' ').split()
    check(rule == ['main.c:', 'src/main.flu', 'src/here.flu', 'one/lib/there.flu', 'one/up.flu'], f'the rule is {rule}')


def test_tests_of_modules_do_not_run(folder):
    (folder / 'a.flu').write_text('(define a 1)\n(deftest "of a" (assert-equal a 2))\n')
    (folder / 'b.flu').write_text('(import "a" (a))\n(deftest "of b" (assert-equal a 1))\n')
    r = flc2c(folder, 'test', 'b.flu')
    check(b'of b' in r.out and b'of a' not in r.out, f'the report is {r.out}')


def source_files(folder, main):
    flc2c(folder, main, '-o', '/dev/null', '-MD', '-MF', 'all.d')
    return (folder / 'all.d').read_text().split('\n\n')[0].replace('\\\n', ' ').split()[1:]


def build_separately(folder, main):
    objects = []
    for source in source_files(folder, main):
        c = folder / 'out' / Path(source).with_suffix('.c')
        c.parent.mkdir(parents=True, exist_ok=True)
        flc2c(folder, '--separate', *(['--main'] if source == main else []), source, '-o', c)
        must_run([GCC.cc, '-std=gnu11', '-O1', *WARNINGS.split(), f'-I{ROOT}/runtime/include', '-c', c, '-o', c.with_suffix('.o')])
        objects.append(c.with_suffix('.o'))
    program = folder / 'out' / 'program'
    must_run([GCC.cc, *objects, '-o', program, GCC.archive, '-Wl,--gc-sections', *private_libs(GCC)])
    return program


def test_separate_runs_like_the_whole(folder):
    modules = ROOT / 'tests/lang/modules'
    for name in 'imports', 'types', 'actors', 'several', 'trace':
        work = folder / name
        shutil.copytree(modules, work)
        r = run([build_separately(work, f'{name}.flu')], env=program_env(), clean_env=True)
        compare(f'{name}: output', (modules / f'{name}.out').read_bytes(), r.out)
        if (modules / f'{name}.err').exists():
            compare(f'{name}: errors', (modules / f'{name}.err').read_bytes(), r.err)


def test_separate_macros(folder):
    (folder / 'add.flu').write_text(
        '(module add [plus! total kept]\n  (define kept 1)\n  (define (hidden x) (+ x kept))\n'
        '  (define-syntax plus! (syntax-rules () ((_ x) (set! kept (hidden x)))))\n  (define (total) kept))\n')
    (folder / 'main.flu').write_text('(import "add" *)\n(plus! 5)\n(plus! 6)\n(print-line kept (total) (map (fn (f) (f)) [total]))\n')
    compare('output', b'12 12 (12)\n', run([build_separately(folder, 'main.flu')], env=program_env(), clean_env=True).out)


def test_separate_recursion(folder):
    (folder / 'lib.flu').write_text('(module lib [fib]\n  (define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))))\n')
    (folder / 'main.flu').write_text('(import "lib" *)\n(print-line (fib 20) (fib 1) (map fib [3 4.0]))\n')
    compare('output', b'6765 1 (2 3.0)\n', run([build_separately(folder, 'main.flu')], env=program_env(), clean_env=True).out)


def test_separate_literals(folder):
    """A module without code of its own is run too: that makes its symbols, keywords and dicts."""
    (folder / 'lib.flu').write_text("(module lib [kinds]\n  (define (kinds) ['one :two {:three \"3\"}]))\n")
    (folder / 'main.flu').write_text('(import "lib" *)\n(print-line (kinds))\n')
    compare('output', b'(one :two {:three "3"})\n', run([build_separately(folder, 'main.flu')], env=program_env(), clean_env=True).out)


def test_separate_usage(folder):
    (folder / 'lib').mkdir()
    (folder / 'lib/hello.flu').write_text('(define word "hi")\n')
    (folder / 'twice.flu').write_text('(module hello (import "lib/hello" (word)) (print-line word))\n')
    r = flc2c(folder, '--separate', 'twice.flu', '-o', 'twice.c', status=1)
    check(b'E0318' in r.err and not (folder / 'twice.c').exists(), f'two modules of one name: {r.err}')
    for args in ['--separate', 'hello.flu'], ['--main', 'hello.flu', '-o', 'x.c'], ['run', '--separate', 'hello.flu']:
        flc2c(folder, *args, status=2)


def test_separate_deps_and_interface(folder):
    module_files(folder)
    (folder / 'b/src').mkdir(parents=True)
    flc2c(folder, '-I', 'one', '--separate', 'src/main.flu', '-o', 'b/src/main.c', '-MD')
    rule = (folder / 'b/src/main.d').read_text().split('\n\n')[0].replace('\\\n', ' ').split()
    check(rule == ['b/src/main.c:', 'src/main.flu', 'b/src/here.flui', 'b/one/lib/there.flui', 'b/one/up.flui'],
          f'the rule is {rule}')
    interface = folder / 'b/src/here.flui'
    flc2c(folder, '--separate', 'src/here.flu', '-o', 'b/src/here.c')
    before, text = interface.stat().st_mtime_ns, interface.read_text()
    check(before == (folder / 'src/here.flu').stat().st_mtime_ns, 'a new interface is not as old as its source')
    (folder / 'src/here.flu').write_text('(define here "changed")\n(print-line 1)\n')
    flc2c(folder, '--separate', 'src/here.flu', '-o', 'b/src/here.c')
    check(interface.read_text() != text, 'the value of a constant is not in the interface')
    changed = interface.stat().st_mtime_ns
    (folder / 'src/here.flu').write_text('(define here "changed")\n(print-line 2)\n')
    flc2c(folder, '--separate', 'src/here.flu', '-o', 'b/src/here.c')
    check(interface.stat().st_mtime_ns == changed, 'an interface that is the same was touched')


def test_deps(folder):
    flc2c(folder, 'hello.flu', '-o', 'hello.c', '-MD')
    check('hello.c: \\\n  hello.flu\n' in (folder / 'hello.d').read_text(), (folder / 'hello.d').read_text())
    (folder / 'a b#c$.flu').write_text(HELLO)
    flc2c(folder, 'a b#c$.flu', '-o', 'x.c', '-MD', '-MF', 'x.dep')
    check('a\\ b\\#c$$.flu' in (folder / 'x.dep').read_text(), (folder / 'x.dep').read_text())


def test_odd_file_names(folder):
    """What a path holds must not get out of the comments, strings and #line directives of the C."""
    for name in 'a*/b.flu', 'a "quoted" \\ ??/ name.flu', 'd' * 120 + '.flu', 'é%d.flu':
        source = folder / name
        source.parent.mkdir(exist_ok=True)
        source.write_text(HELLO)
        flc2c(folder, name, '-o', 'odd.c')
        must_run(['gcc', '-std=gnu11', '-fsyntax-only', *WARNINGS.split(), f'-I{ROOT}/runtime/include', 'odd.c'], cwd=folder)


def test_emit_each_pass(folder):
    listed = flc2c(folder, '--emit=?', 'hello.flu', status=2).err.decode().split('the passes are ')[1].split()
    check(len(listed) >= 5, f'only {listed}')
    for name in listed:
        r = flc2c(folder, f'--emit={name}', 'hello.flu')
        check(r.out.strip(), f'--emit={name} prints nothing')


def test_no_line(folder):
    check(b'#line' in flc2c(folder, 'hello.flu').out, 'no #line')
    check(b'#line' not in flc2c(folder, '--no-line', 'hello.flu').out, '#line in spite of --no-line')
    checked = 'must-be-positive'
    (folder / 'contract.flu').write_text(f'(define (f x) x) (spec:contract f :requires [(= x :{checked})]) (f 1)')
    check(checked.encode() in flc2c(folder, 'contract.flu', '-o', '-').out, 'the contract is not in the C')
    check(checked.encode() not in flc2c(folder, '--no-contracts', 'contract.flu', '-o', '-').out,
          'the contract is in the C in spite of --no-contracts')


def test_foreign(folder):
    (folder / 'mine.h').write_text('static inline long add3(long a, long b) { return a + b + 3; }\n')
    (folder / 'foreign.flu').write_text('(define-c (add (a int) (b int)) int "add3" :header "mine.h" :lib "m")\n'
                                        '(define (index x) (add x 1))\n(print-line (index 2))\n')
    check(flc2c(folder, 'run', 'foreign.flu').out == b'6\n', 'a header beside the program')
    check(flc2c(folder, '--print-libs', 'foreign.flu').out == b'-lm\n', '--print-libs')
    (folder / 'wrong.flu').write_text('(define-c (root (x float)) string "sqrt" :header "<math.h>")\n')
    r = flc2c(folder, 'build', 'wrong.flu', '-o', 'wrong', status=1)
    check(b'wrong.flu:1' in r.err and b'does not have the type given' in r.err, r.err)


def test_color(folder):
    check(b'\x1b[' in flc2c(folder, '--color=always', 'broken.flu', status=1).err, 'no colours')
    check(b'\x1b[' not in flc2c(folder, 'broken.flu', status=1).err, 'colours in a file')


def test_check(folder):
    r = flc2c(folder, 'check', 'hello.flu')
    check(not r.out and not r.err, 'check of a good file is not silent')
    r = flc2c(folder, 'check', 'hello.flu', 'broken.flu', status=1)
    check(b'broken.flu:1:1' in r.err, 'check does not report the second file')


def test_explain(folder):
    codes = flc2c(folder, 'explain').out.decode().split('\n')
    check(len(codes) > 10, 'explain lists no codes')
    for line in filter(None, codes):
        check(len(flc2c(folder, 'explain', line.split()[0].lower()).out) > 40, f'no explanation for {line}')
    flc2c(folder, 'explain', 'E9999', status=1)


def test_run_and_its_cache(folder):
    (folder / 'echo.flu').write_text('(print-line (args))\n(exit 7)\n')
    r = flc2c(folder, 'run', 'echo.flu', 'a', '--static', '-o', status=7)
    check(r.out == b'("a" "--static" "-o")\n', r.out.decode())
    made = list((folder / 'cache/flc2c').iterdir())
    check(len(made) == 1, f'the cache holds {made}')
    changed = made[0].stat().st_ino
    flc2c(folder, 'run', 'echo.flu', status=7)
    check([p.stat().st_ino for p in (folder / 'cache/flc2c').iterdir()] == [changed], 'the cached program was not used')
    (folder / 'echo.flu').write_text('(print-line "other")\n')
    check(flc2c(folder, 'run', 'echo.flu').out == b'other\n', 'an outdated program was run')


def test_run_reads_standard_input(folder):
    (folder / 'cat.flu').write_text('(print-line (read-line))\n')
    check(flc2c(folder, 'run', 'cat.flu', stdin=b'one\ntwo\n').out == b'one\n', 'standard input does not reach the program')


def test_run_speed_when_cached(folder):
    flc2c(folder, 'run', 'hello.flu')
    best = 9.0
    for _ in range(3):
        before = time.monotonic()
        flc2c(folder, 'run', 'hello.flu')
        best = min(best, time.monotonic() - before)
    check(best < 0.5, f'a cached run took {best:.2f} s')


def test_build(folder):
    flc2c(folder, 'build', 'hello.flu', '-o', 'hello')
    check(run_program(folder, 'hello') == b'hello\n', 'the program does not work')
    flc2c(folder, 'build', '--debug', 'hello.flu', '-o', 'debug')
    check(run_program(folder, 'debug') == b'hello\n', 'the debug program does not work')
    flc2c(folder, 'build', 'broken.flu', '-o', 'broken', status=1)
    check(not (folder / 'broken').exists(), 'a program after errors')


def test_build_static(folder):
    flc2c(folder, 'build', '--static', 'hello.flu', '-o', 'hello')
    check(run_program(folder, 'hello') == b'hello\n', 'the program does not work')
    check(b'statically linked' in must_run(['ldd', folder / 'hello'], env={'LC_ALL': 'C'}).out
          if run(['ldd', folder / 'hello']).status == 0 else True, 'not static')
    must_run(['strip', folder / 'hello'])
    size = (folder / 'hello').stat().st_size
    check(size <= 1_500_000, f'hello, static and stripped, has {size} bytes')


def test_build_honours_cc_and_cflags(folder):
    flc2c(folder, 'build', 'hello.flu', '-o', 'hello', env={'CC': 'gcc -pipe', 'CFLAGS': '-O1 -Wall -Wextra -Werror'})
    check(run_program(folder, 'hello') == b'hello\n', 'the program does not work')
    r = flc2c(folder, 'build', 'hello.flu', '-o', 'x', env={'CC': 'no-such-compiler'}, status=1)
    check(b'no-such-compiler' in r.err, 'the message does not name the compiler')


def test_flu_home(folder):
    r = flc2c(folder, 'build', 'hello.flu', '-o', 'x', env={'FLU_HOME': '/nonexistent'}, status=1)
    check(b'FLU_HOME' in r.err, 'the message does not name FLU_HOME')


RACE = """
(define total 0)
(define (keep x) (if (< x 0) (keep (+ x 1)) x))
(define (bump) (let ((v total)) (keep v) (set! total (+ v 1))))
(define order (chan :unbounded))
(define tasks (map (lambda (k) (spawn (dotimes (i 5) (bump) (send! order k)))) (range 4)))
(await (promise-all tasks))
(close! order)
(print-line total (chan->list order) (random 1000000))
"""


def test_schedules_differ_by_seed_alone(folder):
    (folder / 'race.flu').write_text(RACE)
    flc2c(folder, 'build', 'race.flu', '-o', 'race')
    outputs = set()
    for seed in range(20):
        runs = [must_run([folder / 'race'], env=program_env({'FLU_SCHEDULE': f'seed:{seed}'}), clean_env=True).out for _ in range(3)]
        check(len(set(runs)) == 1, f'seed {seed} gave different outputs')
        outputs.add(runs[0])
    check(len(outputs) > 15, f'only {len(outputs)} different outputs of 20 seeds')
    check(len({o.split()[0] for o in outputs}) > 1, 'no seed shows the race')


def test_statistics(folder):
    (folder / 'hello.flu').write_text('(await (spawn (sleep 1)))\n(print-line "hello")\n')
    r = flc2c(folder, 'run', 'hello.flu', env={'FLU_STATS': '1'})
    lines = [line.split(maxsplit=1) for line in r.err.decode().splitlines()]
    check(lines[0] == ['statistics:'] and ['2', 'tasks started'] in lines and ['1', 'timers set'] in lines, r.err.decode())
    check(not flc2c(folder, 'run', 'hello.flu', env={'FLU_STATS': '0'}).err, 'statistics although FLU_STATS is 0')


LEAKY = """(define (worker ch) (print-line (recv! ch)))
(define (wait-forever) (await (deferred)))
(define-actor (asker) (state 0) (receive ((go) (wait-forever))))
(let ((jobs (chan))) (dotimes (i 20) (spawn (worker jobs))))
(dotimes (i 20) (! (spawn-actor asker) (go)))
(define kept (chan))
(define (idle) (recv! kept))
(dotimes (i 20) (spawn (idle)))
(spawn-actor asker)
(sleep 5)
"""


def test_leaks(folder):
    """FLU_LEAKS: tasks that nobody can wake. The collector may take a stray word for a pointer, and so miss some."""
    (folder / 'leaky.flu').write_text(LEAKY)
    flc2c(folder, 'build', 'leaky.flu', '-o', 'leaky')
    for workers in '1', '4:eager', '4:eager':
        err = must_run([folder / 'leaky'], env=program_env({'FLU_LEAKS': '1', 'FLU_WORKERS': workers}), clean_env=True).err.decode()
        head = re.match(r'leaks: (\d+) tasks wait for what nothing can reach any more:\n', err)
        check(head and 30 <= int(head[1]) <= 40, err)
        check(re.search(r'\n  task \d+: recv! on #<channel \d+>\n    at worker \(leaky.flu:1:33\)\n    and 1\d more like it\n', err), err)
        check(re.search(r'\n  task \d+ of #<actor asker \d+>: await on #<promise \d+ pending>\n    at wait-forever \(leaky.flu:2:24\)\n',
                        err), err)
        check('leaky.flu:7' not in err and err.count('leaks:') == 1, err)
    (folder / 'tight.flu').write_text('(await (spawn (sleep 1)))\n')
    check(flc2c(folder, 'run', 'tight.flu', env={'FLU_LEAKS': '1'}).err == b'leaks: none\n', 'leaks where there are none')
    r = flc2c(folder, 'run', 'tight.flu', env={'FLU_LEAKS': 'yes'}, status=1)
    check(r.err == b'error: FLU_LEAKS must be 0 or 1, not "yes"\n', r.err.decode())


TRACED = """
(define-actor (account total)
  (state total)
  (receive
    ((deposit n) (become (+ state n)))
    ((total reply) (! reply state))))
(define a (spawn-actor account 10))
(define ch (chan 2))
(define producer (spawn (do (dotimes (i 20) (send! ch i) (! a (deposit i))) (close! ch))))
(define consumer (spawn (sum (chan->list ch))))
(await producer)
(sleep 1)
(! (self) (note "a \\"quoted\\" text"))
(receive ((note _) nil))
(gc:collect)
(print-line (await consumer) (await (ask a (total))) (await (async (do (sleep 1) 7))))
"""


def check_slices(events):
    """Those of one track follow each other in time, and stand one inside the other."""
    open_slices, times = {}, {}
    for e in events:
        if e['ph'] not in 'BE':
            continue
        stack = open_slices.setdefault(e['tid'], [])
        check(e['ts'] >= times.get(e['tid'], 0), f'{e} goes back in time')
        times[e['tid']] = e['ts']
        if e['ph'] == 'B':
            stack.append(e)
        else:
            check(stack, f'{e} ends nothing')
            stack.pop()
    check(not any(open_slices.values()), f'open at the end: {open_slices}')


def test_timeline(folder):
    (folder / 'traced.flu').write_text(TRACED)
    flc2c(folder, 'build', 'traced.flu', '-o', 'traced')
    for workers in '1', '3:eager':
        env = program_env({'FLU_TRACE': f'{folder}/trace-%p.json', 'FLU_WORKERS': workers})
        check(must_run([folder / 'traced'], env=env, clean_env=True).out == b'190 200 7\n', 'another output')
        (path,) = folder.glob('trace-*.json')
        events = json.loads(path.read_text())
        path.unlink()
        check_slices(events)
        starts, ends = ({e['id']: e['name'] for e in events if e['ph'] == kind} for kind in 'sf')
        check(starts == ends, 'an arrow has one end only')
        names = [e.get('name') for e in events]
        check(list(starts.values()).count('message') == names.count('deposit') + 2 == 22, 'messages and their arrows')
        waits = {e['name'] for e in events if e['ph'] == 'X'}
        check('sleep' in waits and any(x.startswith('await #<promise') for x in waits), f'waits: {waits}')
        check({'main', 'garbage collection'} <= set(names), f'{names}')
        check(any(re.fullmatch(r'#<actor account \d+>', name or '') for name in names), f'{names}')


def test_timeline_that_cannot_be_written(folder):
    (folder / 'hello.flu').write_text('(print-line "hello")\n')
    flc2c(folder, 'build', 'hello.flu', '-o', 'hello')
    r = run([folder / 'hello'], env=program_env({'FLU_TRACE': 'missing/trace.json'}), clean_env=True)
    check((r.status, r.out, r.err) == (1, b'', b'error: FLU_TRACE: missing/trace.json: No such file or directory\n'), f'{r}')
    r = must_run([folder / 'hello'], env=program_env({'FLU_TRACE': '/dev/full'}), clean_env=True)
    check(r.out == b'hello\n' and r.err.startswith(b'warning: FLU_TRACE: /dev/full: No space left'), f'{r}')


def test_output_comes_before_waiting(folder):
    """A program that waits has written what it printed: whoever reads a server's output through a pipe is not kept waiting."""
    (folder / 'waits.flu').write_text('(print-line "listening")\n(sleep 60000)\n')
    flc2c(folder, 'build', 'waits.flu', '-o', 'waits')
    for workers in '1', '3:eager':
        with subprocess.Popen([folder / 'waits'], stdout=subprocess.PIPE, env=program_env({'FLU_WORKERS': workers})) as p:
            ready, _, _ = select.select([p.stdout], [], [], 20)
            p.kill()
            check(ready and p.stdout.readline() == b'listening\n', f'nothing came with {workers} workers')


def run_program(folder, name):
    return must_run([Path(folder) / name], env=program_env(), clean_env=True).out


LOGS = '''(logger:debug "hidden")
(logger:info "started" {:port 80})
(logger:warn (list 1 "x"))
(logger:set-level :debug)
(logger:debug "shown" nil)
(logger:error "boom" nan)
'''


def test_log_lines(folder):
    (folder / 'log.flu').write_text(LOGS)
    at = r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z'
    text = flc2c(folder, 'run', 'log.flu').err.decode()
    check(re.fullmatch(f'{at} INFO  started {{:port 80}}\n{at} WARN  \\(1 "x"\\)\n{at} DEBUG shown nil\n{at} ERROR boom nan\n', text), text)
    lines = flc2c(folder, 'run', 'log.flu', env={'FLU_LOG': 'json,warn'}).err.decode().splitlines()
    records = [json.loads(line) for line in lines]
    check(all(re.fullmatch(at, r.pop('time')) for r in records), str(lines))
    check(records == [{'level': 'warn', 'message': '(1 "x")'}, {'level': 'debug', 'message': 'shown', 'data': None},
                      {'level': 'error', 'message': 'boom', 'data': 'nan'}], str(lines))
    err = flc2c(folder, 'run', 'log.flu', status=1, env={'FLU_LOG': 'loud'}).err
    check(err.startswith(b'error: FLU_LOG must be of the words text json debug'), err.decode())
    (folder / 'quiet.flu').write_text('(print-line "runs")\n')
    r = flc2c(folder, 'run', 'quiet.flu', status=1, env={'FLU_LOG': 'text,loud'})    # at the start, though nothing is logged
    compare('output', b'', r.out)
    check(r.err.startswith(b'error: FLU_LOG must be of the words'), r.err.decode())


def test_doc(folder):
    out = flc2c(folder, 'doc', 'car').out.decode()
    check(out.startswith('(head list)\n  ') and 'also: first, car' in out, out)
    out = flc2c(folder, 'doc', '->', 'if', 'select').out.decode()
    check(out.startswith('(-> x (f a ...) g ...)\n') and '(if test then [else])' in out and '(select ' in out, out)
    check('io:print' in flc2c(folder, 'doc', 'io:print').out.decode(), 'no effects')
    sections = flc2c(folder, 'doc').out.decode()
    for line in sections.split('\n')[2:-1]:
        out = flc2c(folder, 'doc', line.split()[0]).out.decode()
        check(out.startswith(line[16:]) and '\n(' in out, f'section {line}: {out[:200]}')
    check('did you mean `string-upcase`?' in flc2c(folder, 'doc', 'string-upcsae', status=1).err.decode(), 'no suggestion')
    flc2c(folder, 'doc', 'nothing-of-that-kind', status=1)


# ---- flc2c fmt ----

SOURCES = 'tests/lang', 'tests/stress', 'samples', 'bench', 'stdlib'


def test_fmt_keeps_programs(folder):
    """Every program of the project, laid out, is the same data, and is left alone the second time."""
    for name in SOURCES:
        for source in (ROOT / name).rglob('*.flu'):
            target = folder / 'all' / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    flc2c(folder, 'fmt', 'all')
    compare('fmt --check', b'', flc2c(folder, 'fmt', '--check', 'all').out)
    sources = sorted((folder / 'all').rglob('*.flu'))
    check(len(sources) > 500, f'only {len(sources)} programs')
    for source in sources[::15]:
        original = ROOT / source.relative_to(folder / 'all')
        compare(str(original), flc2c(original.parent, '--emit=read', original.name).out,
                flc2c(folder, '--emit=read', source).out)


UNTIDY = """#!/usr/bin/env flc2c
;  words\t

(define   (f x . more)  ; first
   "doc"
 (let ((a 1)     ; one
       (bb 2))   ; two
    ;; own line


    (if (> x 1_000)
     0x1F   #| why |# 1e3)))


(print-line (f 1) '(a . b) `[1, ,(+ 1 2), ,@xs] {:k 1,
  :long "a
  b"}) #;(old form)
(define (g) (cond ((a-long-predicate? of this and of that) (with-a-long-name (for what happens then) :or else)) (else nil)))
(define table-of-things (make-table-of-things "with an argument" :and (some keywords) :that (make it too long)))
(let loop ((i 0)) (when (< i 3) (loop (+ i 1))) ; end
)"""
TIDY = """#!/usr/bin/env flc2c
;  words

(define (f x . more) ; first
  "doc"
  (let ((a 1)   ; one
        (bb 2)) ; two
    ;; own line

    (if (> x 1_000)
        0x1F #| why |# 1e3)))

(print-line (f 1) '(a . b) `[1, ,(+ 1 2), ,@xs] {:k 1,
                                                 :long "a
  b"})
#;(old form)
(define (g)
  (cond ((a-long-predicate? of this and of that)
          (with-a-long-name (for what happens then) :or else))
        (else nil)))
(define table-of-things
  (make-table-of-things "with an argument" :and (some keywords) :that (make it too long)))
(let loop ((i 0))
  (when (< i 3) (loop (+ i 1))) ; end
  )
"""


def test_fmt_layout(folder):
    compare('the layout', TIDY.encode(), flc2c(folder, 'fmt', '-', stdin=UNTIDY.encode()).out)
    compare('the layout again', TIDY.encode(), flc2c(folder, 'fmt', '-', stdin=TIDY.encode()).out)
    compare('nothing', b'', flc2c(folder, 'fmt', '-', stdin=b' \n\r\n').out)
    compare('CR and BOM', b'(a)\n; b\n', flc2c(folder, 'fmt', '-', stdin=b'\xef\xbb\xbf(a)\r\n; b\r\n').out)
    compare('a space that matters', b'(a , @b)\n', flc2c(folder, 'fmt', '-', stdin=b'(a  ,  @b)').out)


def test_fmt_files(folder):
    untidy = folder / 'untidy.flu'
    untidy.write_text('(define  x 1)')
    untidy.chmod(0o640)
    (folder / 'link.flu').symlink_to('untidy.flu')
    compare('--check', b'link.flu\n', flc2c(folder, 'fmt', '--check', 'link.flu', 'hello.flu', status=1).out)
    check(untidy.read_text() == '(define  x 1)', '--check wrote')
    flc2c(folder, 'fmt', 'link.flu')
    check(untidy.read_text() == '(define x 1)\n' and (folder / 'link.flu').is_symlink(), 'the file behind a link')
    check(stat.S_IMODE(untidy.stat().st_mode) == 0o640, 'the permissions changed')
    before = untidy.stat()
    flc2c(folder, 'fmt', '.', status=1)
    check(untidy.stat().st_ino == before.st_ino, 'a tidy file was written')
    r = flc2c(folder, 'fmt', 'broken.flu', 'absent.flu', status=1)
    check(b'broken.flu:1:1: error' in r.err and b'cannot read absent.flu' in r.err and not r.out, r.err.decode())
    check((folder / 'broken.flu').read_text() == BROKEN, 'a broken file was written')
    check(not [p for p in folder.iterdir() if p.suffix not in ('.flu', '')], 'files were left behind')
    flc2c(folder, 'fmt', status=2)
    flc2c(folder, 'run', '--check', 'hello.flu', status=2)


# ---- other tools ----

def test_check_json(folder):
    (folder / 'a.flu').write_text('(define (f x)\n  (let ((unused 1)) (g "é" x)))\n')
    r = flc2c(folder, 'check', '--json', 'a.flu', 'hello.flu', 'absent.flu', status=1)
    found = [(d['file'], d.get('line'), d.get('column'), d.get('endColumn'), d['severity'], d['code']) for d in json.loads(r.out)]
    compare('diagnostics', repr([('a.flu', 2, 10, 16, 'warning', 'W0113'), ('a.flu', 2, 22, 23, 'error', 'E0302'),
                                 ('absent.flu', None, None, None, 'error', 'E0901')]).encode(), repr(found).encode())
    check('hint' in json.loads(r.out)[1] and not r.err, r.out)
    check(json.loads(flc2c(folder, 'check', '--json', 'hello.flu').out) == [], 'something about a good file')
    flc2c(folder, 'run', '--json', 'hello.flu', status=2)


def test_completions(folder):
    for shell, test in ('bash', ['bash', '-n']), ('zsh', ['zsh', '-n']), ('fish', ['fish', '-n']), ('man', None):
        r = flc2c(folder, 'completion', shell)
        check(b'flc2c' in r.out, shell)
        if test and shutil.which(test[0]):
            (folder / 'script').write_bytes(r.out)
            must_run([*test, folder / 'script'])
    (folder / 'ask').write_text('. ./script; COMP_WORDS=(flc2c "$1"); COMP_CWORD=1; _flc2c; printf "%s\\n" "${COMPREPLY[@]}"')
    (folder / 'script').write_bytes(flc2c(folder, 'completion', 'bash').out)
    compare('commands', b'fmt\n', must_run(['bash', 'ask', 'fm'], cwd=folder).out)
    compare('options', b'--schedules\n', must_run(['bash', 'ask', '--sch'], cwd=folder).out)
    compare('files', b'hello.flu\n', must_run(['bash', 'ask', 'hel'], cwd=folder).out)
    check(b'bash, zsh, fish or man' in flc2c(folder, 'completion', 'csh', status=2).err, 'an unknown shell')


# ---- flc2c repl ----

ENTRIES = r"""(+ 1 2)
(define (double x) (* 2 x))
(define (use x)
  (double x)) ; over two lines
(use 21)
(define (double x) (* 3 x))
"text" (use 2)
nil
(no-such-name 1)
(error 'lost "stays alive")
(define-syntax twice (syntax-rules () ((_ e) (do e e))))
(twice (print-line "x"))
(define-type Shape (Circle r) Unit)
(define (area s) (match s ((Circle r) (* r r)) (Unit 1)))
(map area [(Circle 3) Unit])
(define n 1)
(set! n (+ n 1))
n
(define (for x) (* 10 x))
(define (my:own x) (+ 1 (for x)))
(for 5)
(my:own 5)
(import "shapes" (grown (side as s)))
(grown (s))
:load more.flu
(loaded 5)
:type "abc"
(define-actor (counter n) (state n) (receive ((inc k) (become (+ state k))) ((now r) (! r state))))
(define c (spawn-actor counter 5))
(! c (inc 3))
(await (ask c (now)))
#| a comment (
|# "two
lines"
:bogus
(define x (first 5))
x
(let loop ((i 0)) (if (< i 1000000) (loop (+ i 1)) i))
(list 1
"""
SHOWN = b"""3
42
"text"
6
x
x
(9 1)
2
50
51
11
15
string
true
8
"two\\nlines"
1000000
"""


def test_repl(folder):
    (folder / 'shapes.flu').write_text('(module shapes [grown side]\n  (define (side) 10)\n  (define (grown x) (+ x 1)))\n')
    (folder / 'more.flu').write_text('(define from-file 10)\n(define (loaded x)\n  (+ x from-file))\n')
    r = flc2c(folder, 'repl', stdin=ENTRIES.encode(), env={'TMPDIR': str(folder)})
    compare('standard output', SHOWN, r.out)
    for text in (b'no-such-name is not defined', b'error: lost: stays alive', b'no command :bogus', b'error: type-error: ',
                 b'unbound-variable: x has no value', b'is never closed'):
        check(text in r.err, f'{text} is missing in:\n{r.err.decode()}')
    check(not list(folder.glob('flc2c*')), 'temporary files are left')
    flc2c(folder, 'repl', stdin=b'(exit 3)\n(print-line 1)\n', status=3)
    check(not flc2c(folder, 'repl', stdin=b':quit\n(print-line 1)\n').out, 'entries after :quit')
    flc2c(folder, 'repl', 'hello.flu', status=2)


def test_repl_interrupt(folder):
    """Ctrl-C ends what runs, computing or waiting, and the session goes on."""
    p = subprocess.Popen([GCC.flc2c, 'repl'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
                         env={**os.environ, 'XDG_CACHE_HOME': str(folder / 'cache')}, start_new_session=True, bufsize=0)
    killer = threading.Timer(60, p.kill)
    killer.start()
    for form in '(let loop ((i 0)) (loop (+ i 1)))', '(await (deferred))':
        p.stdin.write(f'(print-line "ready")\n(define kept 7) {form}\n'.encode())
        compare('before', b'ready\n', p.stdout.readline())
        interrupts = 0
        p.stdin.write(b'(print-line "after" kept)\n')
        while not select.select([p.stdout], [], [], 1)[0]:  # until it runs, an interrupt may come too early, and end nothing
            os.killpg(p.pid, signal.SIGINT)
            interrupts += 1
            check(interrupts < 30, 'no interrupt ends it')
        compare('after', b'after 7\n', p.stdout.readline())
    p.stdin.close()
    status = p.wait()
    killer.cancel()
    check(status == 0 and b'cancelled' in p.stderr.read(), f'exit status {status}')


class Terminal:
    """flc2c repl on a terminal of its own."""

    def __init__(self, folder):
        env = {**os.environ, 'XDG_CACHE_HOME': str(folder / 'cache'), 'XDG_STATE_HOME': str(folder / 'state'), 'HOME': str(folder),
               'TERM': 'xterm', 'LC_ALL': 'C.UTF-8'}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execve(GCC.flc2c, ['flc2c', 'repl'], env)
        self.shown = b''

    def expect(self, text, seconds=60):
        """Reads until the text has come; gives what came before."""
        while text not in self.shown:
            if not select.select([self.fd], [], [], seconds)[0]:
                os.kill(self.pid, signal.SIGKILL)
                check(False, f'{text} does not come after {self.shown}')
            try:
                self.shown += os.read(self.fd, 4096)
            except OSError:  # the other side is closed
                check(False, f'{text} does not come before the end, after {self.shown}')
        before, self.shown = self.shown.split(text, 1)
        return before

    def enter(self, keys, *answers):
        os.write(self.fd, keys)
        for answer in answers:
            self.expect(answer)
        self.expect(b'flu> ')

    def end(self):
        os.write(self.fd, b'\x04')
        killer = threading.Timer(60, os.kill, (self.pid, signal.SIGKILL))
        killer.start()
        _, status = os.waitpid(self.pid, 0)
        killer.cancel()
        os.close(self.fd)
        check(os.waitstatus_to_exitcode(status) == 0, f'status {status}')


def test_repl_terminal(folder):
    """Editing, completion, several lines, history, Ctrl-C: as keys on a terminal."""
    t = Terminal(folder)
    t.expect(b'flu> ')
    t.enter(b'+ 40 2)\x01(\r', b'\n42')                            # Ctrl-A: to the start of the line
    t.enter(b'(define my-lengthy-name "\xc3\xa4\xc3\xb6")\r')
    t.enter(b'(print-lin\t my-len\t 7)\r', '\näö 7'.encode())    # of the library; of the session
    t.enter(b'(list 1\r2)\r', b'...> ', b'\n(1 2)')
    t.enter(b'\x1b[A\r', b'(list 1 2)', b'\n(1 2)')                # arrow up: both lines as one
    os.write(t.fd, b'print-\t')                                   # several names: they are shown
    t.expect(b'print-error')
    t.expect(b'print-line')
    t.enter(b'\x03', b'^C')                                        # drops it
    os.write(t.fd, b'(define kept 8) (print-line "begun") (await (deferred))\r')
    t.expect(b'\nbegun')
    t.enter(b'\x03', b'cancelled')
    t.enter(b'kept\r', b'\n8')
    t.enter(b':he\t\r', b':quit')
    t.end()
    t = Terminal(folder)                                           # another session has the history
    t.expect(b'flu> ')
    t.enter(b'\x1b[A\x1b[A\x1b[A\x1b[A\r', b'\n(1 2)')
    t.end()
    check((folder / 'state/flc2c/history').stat().st_mode & 0o77 == 0, 'others can read the history')


QUIT_PROGRAM = '''(define c (chan))
(define-actor slow (state 0) (receive ((go) (recv! c))))
(define (deep n) (if (= n 0) (recv! c) (+ 1 (deep (- n 1)))))
(! (spawn-actor slow) (go))
(define computing (atom true))
(spawn (deep 1))
(spawn (let loop () (when (deref computing) (loop))))
(read-line)
(reset! computing false)
(print-line "end")
(exit 0)
'''
QUIT_REPORTS = ['4 tasks:\n', '  task 1 (main): input\n    at main (quit.flu:8:1)\n',
                ' of #<actor slow N>: recv! on #<channel N>\n    at slow (quit.flu:2:45)\n',
                ': recv! on #<channel N>\n    at deep (quit.flu:3:30)\n    at deep (quit.flu:3:45)\n']


def test_sigquit_reports_all_tasks(folder):
    """SIGQUIT: the tasks on standard error, of a program that computes and goes on."""
    (folder / 'quit.flu').write_text(QUIT_PROGRAM)
    flc2c(folder, 'build', 'quit.flu', '-o', 'quit')
    for workers in '1', '3:eager':
        with open(folder / 'report', 'w+') as report, \
             subprocess.Popen([folder / 'quit'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=report, text=True,
                              env=program_env({'FLU_WORKERS': workers})) as p:
            try:
                complete = any(quit_report_came(p, folder / 'report') for _ in range(300))
                out, _ = p.communicate('\n', timeout=60)
            finally:
                p.kill()
            check(complete, f'with {workers} workers the report is:\n' + (folder / 'report').read_text()[-2000:])
            check(out == 'end\n' and p.returncode == 0, f'then: {out!r}, exit status {p.returncode}')


def quit_report_came(p, path):
    """The first signals may come before all tasks wait."""
    time.sleep(0.1)
    if p.poll() is None and path.stat().st_size < 100000:
        p.send_signal(signal.SIGQUIT)
    text = re.sub(r'(#<\w+ (?:slow )?)\d+', r'\1N', path.read_text())
    return all(part in text for part in QUIT_REPORTS)


CONTAINED = """(import "lib/certs" ())
(define tls (tls-context :cert certs.server :key certs.server-key))
(define server (http-serve 0 (fn (r) {"status" 200 "body" (str (get r "method") " " (get r "body"))}) :tls tls))
(define trust (tls-context :ca certs.authority))
(define url (str "https://localhost:" (server-port server) "/"))
(print-line (get (await (http-post url "a body" :tls trust)) "body"))
(print-line (try (await (http-get url)) (catch e (error-message e))))
(file-write "/left.txt" "written")
(print-line (dir-list "/"))
(http-stop server)
"""


def test_static_https_in_an_empty_root(folder):
    """A static executable alone in its file system: client and server of HTTPS, names of hosts, files."""
    if os.geteuid() != 0:
        return  # who may not change the root cannot try
    (folder / 'lib').symlink_to(ROOT / 'tests/lang/modules/lib')
    (folder / 'contained.flu').write_text(CONTAINED)
    root = folder / 'root'
    root.mkdir()
    flc2c(folder, 'build', '--static', 'contained.flu', '-o', 'root/prog')
    p = subprocess.run(['/prog'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={}, timeout=60, check=False,
                       preexec_fn=lambda: (os.chroot(root), os.chdir('/')))
    compare('what it prints', b'POST a body\nhttp: localhost: the certificate is not accepted: unable to get local issuer certificate\n'
            b'("left.txt" "prog")\n', p.stdout)
    check(p.returncode == 0, f'exit status {p.returncode}')


def refuse_openat2():
    """From now on the process and its children get ENOSYS for openat2(2), as from an old kernel."""
    class Code(ctypes.Structure):
        _fields_ = [('code', ctypes.c_ushort), ('jt', ctypes.c_ubyte), ('jf', ctypes.c_ubyte), ('k', ctypes.c_uint)]

    class Filter(ctypes.Structure):
        _fields_ = [('len', ctypes.c_ushort), ('code', ctypes.POINTER(Code))]
    load, equal, give, openat2, allow, fail = 0x20, 0x15, 0x06, 437, 0x7fff0000, 0x00050000
    steps = (Code * 4)((load, 0, 0, 0), (equal, 0, 1, openat2), (give, 0, 0, fail | errno.ENOSYS), (give, 0, 0, allow))
    no_new_privileges, set_seccomp, by_filter = 38, 22, 2
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(no_new_privileges, 1, 0, 0, 0) or libc.prctl(set_seccomp, by_filter, ctypes.byref(Filter(4, steps)), 0, 0):
        raise OSError(ctypes.get_errno(), 'prctl')


def test_static_files_without_openat2(folder):
    """tests/lang/io-http-static.flu: nothing must lead out of the folder on kernels without openat2 either; links are not followed there."""
    source = ROOT / 'tests/lang/io-http-static.flu'
    program = folder / 'static'
    flc2c(folder, 'build', source, '-o', program)
    p = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=program_env(), timeout=60, check=False,
                       cwd=source.parent, preexec_fn=refuse_openat2)
    expected = source.with_suffix('.out').read_bytes()
    for link in b'/in.txt -> 200 OK "hello, world"', b'/short/l.json -> 200 OK "l"':
        check(link in expected, 'the links of the test have other names')
        expected = expected.replace(link, link.split()[0] + b' -> 404 Not Found "not found\\n"')
    compare('what it prints', expected, p.stdout)

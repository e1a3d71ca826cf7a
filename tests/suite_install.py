"""install/: an installation into a temporary prefix, and what is built against it."""
import shutil
import threading

from harness import Failure, GCC, ROOT, Test, WORK, must_run, program_env, run

DESTINATION = WORK / 'installation'
PREFIX = DESTINATION / 'usr/local'
installing = threading.Lock()

HELLO_C = '#include <flu/flu.h>\nint main(void) { return flu_truthy(FLU_TRUE) ? 0 : 1; }\n'


def tests(_options):
    named = {'headers-alone': headers_alone, 'pkg-config': pkg_config, 'static': static, 'make': make_project,
             'make-incremental': make_incremental, 'make-modules': make_modules, 'meson': meson_project, 'new-project': new_project, 'embed': embed, 'embed-cpp': embed_cpp, 'embed-errors': embed_errors, 'flc2c-finds-runtime': finds_runtime}
    return [Test('install/' + name, act, build=GCC) for name, act in named.items()]


def installed():
    """Installs once; gives the environment in which the installation is found."""
    with installing:
        if not (PREFIX / 'bin/flc2c').exists():
            must_run(['meson', 'install', '-C', GCC.path, '--quiet', '--no-rebuild', '--destdir', DESTINATION], cwd=ROOT, timeout=120)
    pc = next(PREFIX.glob('**/flurt.pc'))
    return {'PKG_CONFIG_PATH': str(pc.parent), 'LD_LIBRARY_PATH': str(pc.parent.parent),
            'PATH': f'{PREFIX}/bin:' + program_env()['PATH']}


def fresh_folder(name):
    folder = WORK / 'install' / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def shell(command, folder, env):
    return must_run(['sh', '-ec', command], cwd=folder, env=env, timeout=180)


def expect_output(program, expected, env):
    got = must_run([program], env={**program_env(), **env}, clean_env=True).out.decode()
    if got != expected:
        raise Failure(f'{program.name} printed {got!r}, expected {expected!r}')


def headers_alone():
    """Every installed header compiles by itself, from where it was installed, in C and without warnings."""
    installed()
    folder = fresh_folder('headers')
    for header in sorted((PREFIX / 'include/flu').glob('*.h')):
        text = f'#include <flu/flu.h>\n#include <flu/{header.name}>\n#include <flu/{header.name}>\n'
        (folder / 'x.c').write_text(text)
        for cc in 'gcc', 'clang':
            must_run([cc, '-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', f'-I{PREFIX}/include', '-c', 'x.c', '-o', 'x.o'],
                     cwd=folder)
    (folder / 'm.c').write_text(HELLO_C)
    must_run(['gcc', '-std=gnu11', f'-I{PREFIX}/include', '-c', 'm.c', '-o', 'm.o'], cwd=folder)


def pkg_config():
    env = installed()
    folder = fresh_folder('pkg-config')
    (folder / 'hello.flu').write_text('(print-line "hello" (* 6 7))\n')
    shell('flc2c hello.flu -o hello.c && cc hello.c $(pkg-config --cflags --libs flurt) -o hello', folder, env)
    expect_output(folder / 'hello', 'hello 42\n', env)


def static():
    env = installed()
    folder = fresh_folder('static')
    (folder / 'prog.flu').write_text('(print-line (await (spawn (reduce + 0 (range 10)))))\n')
    shell('flc2c prog.flu -o prog.c && cc prog.c -o prog $(pkg-config --static --cflags --libs flurt) -static', folder, env)
    expect_output(folder / 'prog', '45\n', {})


def copy_sample(name, folder):
    shutil.copytree(ROOT / 'samples' / name, folder, dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns('*.c', '*.o', '*.d', '*.flui', 'build*', 'hello', 'primes', 'words'))


PRIMES = '2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59\n'


def make_project():
    env = installed()
    for name, flags in ('plain', ''), ('static', 'FLU_STATIC=1'), ('shared', 'FLU_SHARED=1 CFLAGS=-O1'):
        folder = fresh_folder(f'make-{name}')
        copy_sample('make', folder)
        shell(f'make -j4 {flags}', folder, env)
        expect_output(folder / 'hello', 'Hello, world!\n', env)
        expect_output(folder / 'primes', PRIMES, env)
    shell('make clean', folder, env)
    left = sorted(p.name for p in folder.iterdir() if p.name != '.gitignore')
    if left != ['Makefile', 'hello.flu', 'primes.flu']:
        raise Failure(f'make clean left {left}')


def make_incremental():
    env = installed()
    folder = fresh_folder('make-incremental')
    copy_sample('make', folder)
    shell('make -j4', folder, env)
    if b'Nothing to be done' not in shell('make', folder, {**env, 'LC_ALL': 'C'}).out:
        raise Failure('the second make did something')
    shell('touch -d "+2 seconds" hello.flu', folder, env)
    log = shell('make', folder, env).out.decode()
    if 'hello.flu' not in log or 'primes' in log:
        raise Failure('a change of hello.flu must rebuild hello alone:\n' + log)
    (folder / 'hello.flu').write_text('(print-line "broken"\n')
    shell('touch -d "+5 seconds" hello.flu', folder, env)
    r = run(['make'], cwd=folder, env=env)
    if r.status == 0 or run(['make'], cwd=folder, env=env).status == 0:
        raise Failure('make went on after an error of flc2c')


def make_modules():
    """What make compiles after which change, in a program whose modules are compiled separately."""
    env = {**installed(), 'LC_ALL': 'C'}
    folder = fresh_folder('make-modules')
    copy_sample('make-modules', folder)
    shell('touch -d "-100 seconds" *.flu', folder, env)

    def made(change, expected):
        if change:
            file, old, new = change
            text = (folder / file).read_text()
            if old not in text:
                raise Failure(f'{old} does not stand in {file}')
            (folder / file).write_text(text.replace(old, new))
        log = shell('make -j3', folder, env).out.decode()
        got = sorted(line.split('-o ')[1].split()[0][:-2] for line in log.split('\n') if '--separate' in line)
        if got != sorted(expected.split()):
            raise Failure(f'after {change} make transpiled {got}, expected {expected}:\n{log}')

    made(None, 'words count report text')
    expect_output(folder / 'words', WORDS, env)
    made(None, '')
    made(('text.flu', 'string-downcase', 'string-upcase'), 'text')  # inside of a procedure
    expect_output(folder / 'words', WORDS.upper(), env)
    made(('text.flu', '(define (lower s)', '(define (lower s &rest more)'), 'text count report words')
    made(('report.flu', ' times))', ' times "x"))'), 'report')
    expect_output(folder / 'words', WORDS.upper().replace('\n', ' x\n'), env)
    made(None, '')


WORDS = '''the      3
quick    1
fox      1
and      1
dog      1
end      1
'''


def meson_project():
    env = installed()
    folder = fresh_folder('meson')
    copy_sample('meson', folder)
    shell('meson setup b && ninja -C b && ninja -C b', folder, env)
    expect_output(folder / 'b/temperatures', 'harbour 15.1\nhill 10.25\n', env)


def new_project():
    """What flc2c new makes builds, and its tests pass; nothing that exists is overwritten."""
    env = {**installed(), 'LC_ALL': 'C'}
    folder = fresh_folder('new')
    shell('flc2c new hello-there', folder, env)
    project = folder / 'hello-there'
    shell('make -j2 && make test && make check', project, env)
    expect_output(project / 'bin/hello-there', 'Hello, world!\n', env)
    if b'-o ' in shell('make', project, env).out:
        raise Failure('the second make compiled something')
    files = {'main.flu', 'greeting.flu', 'tests', 'Makefile', '.gitignore', 'README.md', '.github'}
    shell('make clean', project, env)
    if {p.name for p in project.iterdir()} != files:
        raise Failure(f'make clean left {[p.name for p in project.iterdir()]}')
    (folder / 'empty').mkdir()
    (folder / 'file').write_text('kept')
    shell('flc2c new empty/ && test -f empty/main.flu', folder, env)
    for name, status, says in (('hello-there', 1, 'exists and is not empty'), ('file', 1, 'not a folder'), ('1st', 2, 'a letter'),
                               ('a b', 2, 'a letter'), ('..', 2, 'a letter'), ('', 2, 'a letter')):
        r = run(['flc2c', 'new', name], cwd=folder, env=env)
        if r.status != status or says not in r.err.decode():
            raise Failure(f'flc2c new {name!r}: status {r.status}: {r.err}')
    if (folder / 'file').read_text() != 'kept':
        raise Failure('a file was overwritten')


def embed():
    """A C program with a FluentAI library, called from several threads."""
    env = installed()
    folder = fresh_folder('embed')
    shutil.copytree(ROOT / 'samples/embed', folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns('bank-demo', 'bank.[ch]', '*.o'))
    shell('make -j2', folder, env)
    expected = (folder / 'expected.txt').read_text()
    for workers in '1', '4:eager':
        expect_output(folder / 'bank-demo', expected, {**env, 'FLU_WORKERS': workers})
    (folder / 'failing.flu').write_text('(module failing (export f)\n(define (f) (exit 3))\n(if (= (length (args)) 0) (recv! (chan)) (g))\n'
                                        '(define (g) (error "bad start")))\n')
    (folder / 'start.c').write_text(START_C)
    shell('flc2c --lib failing.flu -o failing.c && cc start.c failing.c $(pkg-config --cflags --libs flurt) -pthread -o start', folder, env)
    for argument, says in ('', 'deadlock'), ('x', 'error: bad start; at g (failing.flu:4:13)'):
        got = must_run(['./start'] + [argument] * bool(argument), cwd=folder, env={**program_env(), **env}, clean_env=True).out.decode()
        if not got.startswith(says) or 'state-conflict' not in got:
            raise Failure(f'start with {argument!r} printed {got!r}, expected {says!r}')


START_C = r'''#include <stdio.h>
#include "failing.h"
int main(int argc, char **argv) {
    flu_failure *f = flu_library_start(&failing_library, argc, argv);
    if (f == NULL) return 1;
    printf("%s: %s; %s", f->kind, f->message, f->trace);
    flu_failure_release(f);
    f = failing_f(NULL);
    printf(" then %s\n", f->kind);
    flu_failure_release(f);
    flu_library_stop(0);
    return 0;
}
'''


CPP_LIBRARY = '''(module lib
  (export add2 greet magnitude slow twice)
  (import "inner" (twice))
  (define-c (magnitude (x int)) int "llabs" :header "<stdlib.h>")
  (define (add2 a b) (+ a b))
  (define (greet name) (string-append "hello " name))
  (define (slow ms) (sleep ms) ms))
'''

CPP_MAIN = r'''#include <cstdio>
#include <string>
#include <thread>
#include "lib.h"
static void number(flu_failure *f, const flu_any &v) { std::printf("%s %lld\n", f ? f->message : "ok", (long long)v.as.integer); }
int main() {
    flu_any v;
    if (flu_failure *f = flu_library_start(&lib_library, 0, nullptr)) return std::printf("%s\n", f->message), 1;
    number(lib_add2(flu_any_int(2), flu_any_int(3), &v), v);
    number(lib_magnitude(flu_any_int(-7), &v), v);
    number(lib_twice(flu_any_int(4), &v), v);
    flu_failure *f = lib_greet(flu_any_string("C++"), &v);
    std::printf("%s\n", f ? f->message : v.as.text);
    flu_any_release(&v);
    std::string under_way;
    std::thread caller([&] {
        flu_any x;
        flu_failure *g = lib_slow(flu_any_int(3600000), &x);
        under_way = g ? std::string(g->kind) + ": " + g->message : "finished";
        flu_failure_release(g);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    flu_library_stop(10);
    caller.join();
    std::printf("%s\n", under_way.c_str());
    f = lib_add2(flu_any_int(2), flu_any_int(3), &v);
    std::printf("%s\n", f ? f->message : "ok");
    flu_failure_release(f);
}
'''


def embed_cpp():
    """A library, one of whose exports is another module's, in a C++ program, which stops it while a call is under way."""
    env = installed()
    folder = fresh_folder('embed-cpp')
    (folder / 'lib.flu').write_text(CPP_LIBRARY)
    (folder / 'inner.flu').write_text('(module inner (export twice) (define (twice x) (* 2 x)))\n')
    (folder / 'main.cpp').write_text(CPP_MAIN)
    shell('flc2c --lib lib.flu -o lib.c && cc -O1 $(pkg-config --cflags flurt) -c lib.c && '
          'clang++ -std=c++17 -Wall -Wextra -Werror main.cpp lib.o $(pkg-config --cflags --libs flurt) -pthread -o main', folder, env)
    for workers in '1', '4:eager':
        expect_output(folder / 'main', 'ok 5\nok 7\nok 8\nhello C++\ncancelled: the runtime has been stopped\nthe runtime has been stopped\n',
                      {**env, 'FLU_WORKERS': workers})


def embed_errors():
    env = installed()
    folder = fresh_folder('embed-errors')
    for name, text, code, says in (
            ('twice', '(define a-b 1)\n(define (a_b) 2)\n', 1, 'E0320'),
            ('macro', '(module macro (export m)\n(define-syntax m (syntax-rules () ((_) 1))))\n', 1, 'E0319'),
            ('accent', '(define (h\u00f6he) 2)\n', 1, 'E0319'),
            ('flux', '(define (f) 2)\n', 1, 'E0319'),
            ('types', '(module types (export Shape)\n(define-type Shape (Circle class) Unit))\n', 0, '')):
        (folder / f'{name}.flu').write_text(text)
        r = run(['flc2c', '--lib', f'{name}.flu', '-o', f'{name}.c'], cwd=folder, env=env)
        if r.status != code or says not in r.err.decode() or (folder / f'{name}.h').exists() != (code == 0):
            raise Failure(f'flc2c --lib {name}.flu: status {r.status}: {r.err.decode()}')
    header = (folder / 'types.h').read_text()
    if 'types_Circle(flu_any class_2,' not in header or 'types_Unit(flu_any *result)' not in header or 'types_Circle_p(' not in header:
        raise Failure('types.h:\n' + header)
    shell('cc -std=c11 -Wall -Wextra -Werror -x c -fsyntax-only types.h $(pkg-config --cflags flurt)', folder, env)
    for wrong in (['-H', 'x.h', 'types.flu'], ['--lib', 'types.flu'], ['build', '--lib', 'types.flu', '-o', 'x'], ['--lib', '--separate', 'types.flu']):
        r = run(['flc2c', *wrong], cwd=folder, env=env)
        if r.status != 2:
            raise Failure(f'flc2c {wrong}: status {r.status}: {r.err.decode()}')


def finds_runtime():
    """A prefix that was moved still works: flc2c looks beside itself."""
    env = installed()
    folder = fresh_folder('moved')
    shutil.copytree(PREFIX, folder / 'elsewhere', symlinks=True)
    (folder / 'hello.flu').write_text('(print-line "moved")\n')
    must_run([folder / 'elsewhere/bin/flc2c', 'build', 'hello.flu', '-o', 'hello'], cwd=folder)
    expect_output(folder / 'hello', 'moved\n', {})
    must_run([folder / 'elsewhere/bin/flc2c', 'build', 'hello.flu', '-o', 'hello2'], cwd=folder,
             env={'FLU_HOME': str(PREFIX)})
    expect_output(folder / 'hello2', 'moved\n', env)

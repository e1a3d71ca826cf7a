"""What all suites share: running a process with limits, comparing text, the folders of builds, and the Test class."""
import difflib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parent.parent
BUILDS = Path(os.environ.get('FLU_BUILDS') or ROOT)  # where the build folders are
WORK = BUILDS / 'build' / 'test-work'  # programs made by tests; emptied at every start


class Failure(Exception):
    """A test's way to fail; the text says what was expected and what came."""


@dataclass
class Test:
    """One thing that passes or fails. run() returns, or raises Failure."""
    name: str
    run: Callable[[], None]
    build: 'Build | None' = None  # must exist before run()
    slow: bool = False            # only with --all
    heavy: bool = False           # takes much memory or time: started first, never two at once


@dataclass
class Build:
    """A build folder with its options and the C compiler's flags for the programs it tests."""
    folder: str
    options: list[str]
    cc: str = 'gcc'
    cflags: str = '-O1'
    ldflags: str = ''
    env: dict = field(default_factory=dict)  # for the build and for running programs
    targets: tuple = ()                      # ninja targets; empty: all

    @property
    def path(self):
        return BUILDS / self.folder

    @property
    def flc2c(self):
        return self.path / 'transpiler' / 'flc2c'

    @property
    def archive(self):
        return self.path / 'runtime' / 'libflurt.a'


# The sanitizers keep gcc from following values: it then takes some for uninitialized that are not (gcc's manual says so).
SANITIZE = '-fsanitize=address,undefined -fno-sanitize-recover=all -Wno-maybe-uninitialized'
GCC = Build('build', ['-Dtests=true', '-Dwerror=true'])
CLANG = Build('build-clang', ['-Dtests=false', '-Dwerror=true'], cc='clang',
              targets=('transpiler/flc2c', 'runtime/libflurt.a'))
ASAN = Build('build-asan', ['-Dtests=true', '-Dwerror=true', '-Dgc=none', '-Db_sanitize=address,undefined', '-Doptimization=1',
                            '-Dc_args=-fno-sanitize-recover=all'],
             cflags=f'-O0 -g1 {SANITIZE}', ldflags=SANITIZE,
             env={'ASAN_OPTIONS': 'detect_leaks=0:abort_on_error=0', 'UBSAN_OPTIONS': 'print_stacktrace=1'})
TSAN = Build('build-tsan', ['-Dtests=false', '-Dwerror=true', '-Dgc=none', '-Db_sanitize=thread', '-Db_lundef=false', '-Doptimization=1'],
             cflags='-O1 -g1 -fsanitize=thread', ldflags='-fsanitize=thread',
             targets=('transpiler/flc2c', 'runtime/libflurt.a'))


@dataclass
class Result:
    status: int       # exit status; -N: killed by signal N
    out: bytes
    err: bytes
    max_rss_mb: float


def run(argv, timeout=60, stdin=None, cwd=None, env=None, clean_env=False) -> Result:
    """Runs a command to its end, or kills its process group and raises Failure after timeout seconds."""
    full_env = dict(env or {}) if clean_env else {**os.environ, **(env or {})}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as source:
        source.write(stdin or b'')
        source.seek(0)
        p = subprocess.Popen([str(a) for a in argv], stdin=source, stdout=out, stderr=err, cwd=cwd, env=full_env,
                             start_new_session=True)
        late = threading.Event()

        def kill():
            late.set()
            os.killpg(p.pid, signal.SIGKILL)

        timer = threading.Timer(timeout, kill)
        timer.start()
        _, raw, usage = os.wait4(p.pid, 0)
        timer.cancel()
        p.returncode = os.waitstatus_to_exitcode(raw)
        out.seek(0)
        err.seek(0)
        result = Result(p.returncode, out.read(), err.read(), usage.ru_maxrss / 1024)
    if late.is_set():
        raise Failure(f'{shown(argv)}: not finished after {timeout} s\n{excerpt(result.out)}{excerpt(result.err)}')
    return result


def shown(argv):
    return ' '.join(os.path.relpath(a, ROOT) if str(a).startswith(str(ROOT)) else str(a) for a in argv)


def excerpt(data: bytes, limit=4000):
    text = data.decode('utf-8', 'backslashreplace')
    return text if len(text) <= limit else text[:limit // 2] + '\n[...]\n' + text[-limit // 2:]


def must_run(argv, **kw) -> Result:
    """As run(), and the exit status must be 0."""
    r = run(argv, **kw)
    if r.status != 0:
        raise Failure(f'{shown(argv)}: exit status {r.status}\n{excerpt(r.out)}{excerpt(r.err)}')
    return r


def compare(what, expected: bytes, got: bytes):
    if expected == got:
        return
    lines = difflib.unified_diff(text_lines(expected), text_lines(got), 'expected', 'got', lineterm='', n=2)
    shown_lines = list(lines)
    cut = shown_lines[:60] + ([f'... {len(shown_lines) - 60} more lines'] if len(shown_lines) > 60 else [])
    raise Failure(f'{what} differs:\n' + '\n'.join('    ' + line for line in cut))


def text_lines(data: bytes):
    lines = data.decode('utf-8', 'backslashreplace').split('\n')
    return lines[:-1] if lines[-1] == '' else lines[:-1] + [lines[-1] + '\u23ce missing']


def expect_status(expected, r: Result, what):
    if r.status != expected:
        raise Failure(f'{what}: exit status {r.status}, expected {expected}\n{excerpt(r.out, 1500)}{excerpt(r.err)}')


WARNINGS = '-Wall -Wextra -Werror'


def private_libs(build):
    return ['-lgc'] * ('-Dgc=none' not in build.options) + ['-ltommath', '-lutf8proc', '-lpcre2-8', '-lssl', '-lcrypto', '-lz', '-lcares', '-lm', '-lpthread']


def compile_program(source: Path, program: Path, build=GCC, cc=None, cflags=None, cwd=None):
    """flc2c, then the C compiler with warnings as errors. Twice through flc2c: the same input must give the same bytes."""
    c_file = program.with_suffix('.c')
    program.parent.mkdir(parents=True, exist_ok=True)
    must_run([build.flc2c, source, '-o', c_file], cwd=cwd, env=build.env)
    if build is GCC:
        again = must_run([build.flc2c, source], cwd=cwd)
        if again.out != c_file.read_bytes():
            raise Failure('flc2c gave different C the second time')
    must_run([cc or build.cc, '-std=gnu11', *(cflags or build.cflags).split(), *WARNINGS.split(), f'-I{ROOT}/runtime/include',
              c_file, '-o', program, build.archive, *build.ldflags.split(), '-Wl,--gc-sections', *private_libs(build)],
             timeout=120)


def program_env(extra=None):
    """Programs see no more of the environment than they need: tests must not depend on it."""
    keep = {k: os.environ[k] for k in ('PATH', 'HOME', 'TMPDIR', 'LANG') if k in os.environ}
    return {**keep, 'FLU_WORKERS': '1', **(extra or {})}


def prepare(build: Build):
    """Configures and builds; raises Failure with the log."""
    env = {**build.env, 'CC': build.cc}
    if not (build.path / 'build.ninja').exists():
        shutil.rmtree(build.path, ignore_errors=True)
        must_run(['meson', 'setup', build.path, *build.options], cwd=ROOT, env=env, timeout=300)
    elif not options_set(build):
        must_run(['meson', 'configure', build.path, *build.options], cwd=ROOT, env=env, timeout=300)
    must_run(['ninja', '-C', build.path, *build.targets], cwd=ROOT, env=env, timeout=1800)


def options_set(build):
    import json
    known = {o['name']: o['value'] for o in
             json.loads(run(['meson', 'introspect', '--buildoptions', build.path]).out or b'[]')}
    for option in build.options:
        name, value = option[2:].split('=', 1)
        have = known.get(name)
        have = str(have).lower() if isinstance(have, bool) else ' '.join(have) if isinstance(have, list) else str(have)
        if have != value:
            return False
    return True

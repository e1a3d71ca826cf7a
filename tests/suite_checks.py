"""format/, unit/, unit-asan/ and valgrind/: checks of the sources and of flc2c itself."""
import functools
import shutil

from harness import ASAN, Failure, GCC, ROOT, Test, excerpt, run

VALGRIND_INPUTS = 8  # of lang and of errors each


def tests(options):
    return [*format_tests(), *unit_tests('unit', GCC), *unit_tests('unit-asan', ASAN), *valgrind_tests(options)]


# ---- format ----

def format_tests():
    if not shutil.which('clang-format'):
        return []
    files = sorted(f for folder in ('transpiler', 'runtime', 'tests', 'bench') for f in (ROOT / folder).glob('**/*.[ch]'))
    # Expected C is as flc2c writes it.
    names = [str(f.relative_to(ROOT)) for f in files if 'emit' not in f.relative_to(ROOT).parts]
    return [Test(f'format/{name}', functools.partial(check_format, name)) for name in names]


def check_format(name):
    r = run(['clang-format', '--dry-run', '-Werror', name], cwd=ROOT)
    if r.status != 0:
        raise Failure('not formatted: run ./dev format\n' + excerpt(r.err, 600))


# ---- cmocka ----

def unit_tests(suite, build):
    names = sorted(p.stem for p in (ROOT / 'tests/unit').glob('*.c'))
    return [Test(f'{suite}/{name}', functools.partial(run_unit, build, name), build=build) for name in names]


def run_unit(build, name):
    r = run([build.path / 'tests' / f'unit_{name}'], cwd=ROOT, env=build.env, timeout=120)
    if r.status != 0:
        raise Failure(f'exit status {r.status}\n{excerpt(r.out)}{excerpt(r.err)}')


# ---- valgrind ----

def valgrind_tests(options):
    """Reads of uninitialised memory, which the sanitizers do not see."""
    if not shutil.which('valgrind'):
        return []
    sources = []
    for folder in ('lang', 'errors'):
        found = sorted((ROOT / 'tests' / folder).glob('**/*.flu'))
        step = 1 if options.all else max(1, len(found) // VALGRIND_INPUTS)
        sources += found[::step]
    return [Test(f'valgrind/{p.parent.name}/{p.stem}', functools.partial(run_valgrind, p), build=GCC) for p in sources]


def run_valgrind(source):
    r = run(['valgrind', '-q', '--error-exitcode=99', '--leak-check=no', GCC.flc2c, 'check', source], timeout=120)
    if r.status not in (0, 1) or b'==' in r.err and b'Invalid' in r.err:
        raise Failure(f'exit status {r.status}\n{excerpt(r.err)}')



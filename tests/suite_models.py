"""models/: protocols of the runtime as Promela models, for Spin.

Lines in a model's first comment say what is run. OPTIONS are -D for Spin, and `progress`: no cycle without progress
either (under weak fairness; otherwise assertions and deadlocks only).
    check: OPTIONS              Spin finds no error
    mutant: NAME OPTIONS: TEXT  with -DNAME, which leaves out a decisive step, it does (with --all)"""
import functools
import re
import shutil

from harness import Failure, ROOT, Test, WORK, excerpt, must_run, run

FOLDER = ROOT / 'tests' / 'models'
DIRECTIVE = re.compile(r'^ \* (check|mutant):([^:\n]*)', re.MULTILINE)
DEPTH = 200000  # steps of a run
MEMORY = 2048   # megabytes


def tests(_options):
    if not shutil.which('spin'):
        return []
    return [test for model in sorted(FOLDER.glob('*.pml')) for test in tests_of(model)]


def tests_of(model):
    checks = 0
    for kind, text in DIRECTIVE.findall(model.read_text().split('*/')[0]):
        words = text.split()
        progress = 'progress' in words
        options = [w for w in words if w.startswith('-D')]
        if kind == 'check':
            checks += 1
            name = f'check-{checks}'
        else:
            name = f'{kind}-{words[0].lower().replace("_", "-")}'
            options.append(f'-D{words[0]}')
        act = functools.partial(search, model, name, options, progress, kind != 'check')
        yield Test(f'models/{model.stem}/{name}', act, heavy=kind == 'check', slow=kind == 'mutant')


def search(model, name, options, progress, error_wanted):
    folder = WORK / 'models' / f'{model.stem}-{name}'
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(model, folder)
    must_run(['spin', *options, '-a', model.name], cwd=folder)
    mode = ['-DNP', '-DNFAIR=4'] if progress else ['-DSAFETY']
    must_run(['gcc', '-O2', '-w', '-DCOLLAPSE', f'-DMEMLIM={MEMORY}', *mode, '-o', 'pan', 'pan.c'], cwd=folder, timeout=120)
    r = run(['./pan', f'-m{DEPTH}', '-w22', *(['-l', '-f'] if progress else [])], cwd=folder, timeout=240)
    found = re.search(rb'errors: (\d+)', r.out)
    if not found or b'Search not completed' in r.out and found.group(1) == b'0' or b'max search depth too small' in r.out:
        raise Failure(f'the search is not complete\n{excerpt(r.out)}{excerpt(r.err)}')
    if b'invalid array index' in r.out:
        raise Failure(f'the model itself is wrong\n{excerpt(r.out)}')
    if (found.group(1) != b'0') == error_wanted:
        return
    if error_wanted:
        raise Failure(f'Spin finds no error with {" ".join(options)}')
    trail = run(['spin', *options, '-t', '-p', '-g', model.name], cwd=folder)
    raise Failure(f'{excerpt(r.out, 600)}\nThe run that leads there:\n{excerpt(trail.out, 12000)}')

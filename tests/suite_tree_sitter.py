"""tree-sitter/: the grammar of editors/tree-sitter, run by tree-sitter's library (tests/editors/trees.c): every program of the
project and of the pages parses, a file of all tokens has the tree that is written down, and so have the highlights. Where the
library is missing, only what needs no parser is tested."""
import functools
import hashlib
import re
import shutil
import threading

from harness import Failure, ROOT, Test, WORK, compare, must_run, run
from suite_docs import pages, read_blocks

GRAMMAR = ROOT / 'editors/tree-sitter'
EXPECTED = ROOT / 'tests/editors'
BUILDING = threading.Lock()


def tests(options):
    found = [Test('tree-sitter/generated', check_generated)]
    if run(['pkg-config', '--exists', 'tree-sitter']).status == 0:
        found += [Test('tree-sitter/programs', check_programs),
                  Test('tree-sitter/pages', check_pages),
                  Test('tree-sitter/errors', check_errors),
                  Test('tree-sitter/tokens', functools.partial(check_output, options, 'tokens.tree', 'print')),
                  Test('tree-sitter/highlights', functools.partial(check_output, options, 'tokens.highlights', 'captures',
                                                                   GRAMMAR / 'queries/highlights.scm')),
                  Test('tree-sitter/folds', load_folds)]
    return found


def check_generated():
    """Whoever changes the grammar makes its parser again: the sum is written then."""
    expected = (GRAMMAR / 'src/grammar.js.sha256').read_text().split()[0]
    if hashlib.sha256((GRAMMAR / 'grammar.js').read_bytes()).hexdigest() != expected:
        raise Failure('src/parser.c was made of another grammar.js: run "npm run generate" in editors/tree-sitter (see editors/README.md)')


def trees():
    """The program of trees.c and parser.c, made once."""
    with BUILDING:
        return build_trees()


@functools.cache
def build_trees():
    folder = WORK / 'tree-sitter'
    folder.mkdir(parents=True, exist_ok=True)
    flags = run(['pkg-config', '--cflags', '--libs', 'tree-sitter']).out.decode().split()
    must_run(['gcc', '-std=gnu11', '-Wall', '-Wextra', '-Werror', EXPECTED / 'trees.c', GRAMMAR / 'src/parser.c', '-o', folder / 'trees', *flags])
    return folder / 'trees'


def check_programs():
    programs = [p for folder in ('samples', 'stdlib', 'bench', 'tests') for p in (ROOT / folder).glob('**/*.flu')]
    readable = [p.relative_to(ROOT) for p in programs if reader_accepts(p)]
    if len(readable) < 1000:
        raise Failure(f'only {len(readable)} programs were found')
    must_run([trees(), 'errors', *readable], cwd=ROOT)


def reader_accepts(program):
    """Whether the compiler's reader, whose errors are those below E0020, has nothing against it."""
    expected = program.with_suffix('.err')
    broken = program.parent.name == 'lib' and program.stem == 'broken'
    return not broken and not (expected.exists() and re.search(rb'error\[E00[01]', expected.read_bytes()))


def check_pages():
    folder = WORK / 'tree-sitter' / 'pages'
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for page in pages():
        for block in read_blocks(page.read_text()):
            if block.info.split(' ')[0] == 'lisp':
                (folder / f'{page.stem}-{block.line}.flu').write_text(block.text)
    must_run([trees(), 'errors', *sorted(p.name for p in folder.iterdir())], cwd=folder)


def check_errors():
    """A grammar that takes anything would pass all of the above."""
    for text in '(a', 'a)', '[1 2', '{:a 1', '"a', '#| a', '#| #| a |#', "'", '#', '#<channel 3>', '(a . [b)]':
        source = WORK / 'tree-sitter' / 'wrong.flu'
        trees()
        source.write_text(text)
        if run([trees(), 'errors', source]).status != 1:
            raise Failure(f'no error in {text}')


def check_output(options, expected, *command):
    path = EXPECTED / expected
    got = must_run([trees(), *command, EXPECTED / 'tokens.flu']).out
    if options.update:
        path.write_bytes(got)
    compare(str(path.relative_to(ROOT)), path.read_bytes(), got)


def load_folds():
    folded = must_run([trees(), 'captures', GRAMMAR / 'queries/folds.scm', EXPECTED / 'tokens.flu']).out
    if b'fold ' not in folded:
        raise Failure('nothing folds')

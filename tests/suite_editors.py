"""editors/: the special forms that the editors colour are those of the compiler's tables, and the JSON files are JSON. Vim and
Emacs, where they are installed, highlight a file of all tokens as written down, and indent as flc2c fmt does."""
import functools
import json
import os
import re
import shutil

from harness import Failure, GCC, ROOT, Test, WORK, compare, must_run

EDITORS = ROOT / 'editors'
DRIVERS = ROOT / 'tests' / 'editors'
MARKS = {'->', '->>', '!', '..', '..='}  # coloured by patterns of their own


def tests(options):
    named = {'vscode': vscode_forms, 'tree-sitter': tree_sitter_forms, 'vim': vim_forms, 'emacs': emacs_forms}
    return [Test('editors/json', check_json),
            *(Test(f'editors/{name}-forms', functools.partial(check_forms, forms)) for name, forms in named.items()),
            *(test for name, start in STARTS.items() if shutil.which(name) for test in editor_tests(name, start, options)),
            *vscode_tests(options)]


def editor_tests(name, start, options):
    return [Test(f'editors/{name}-highlights', functools.partial(check_highlights, name, start, options), build=GCC),
            Test(f'editors/{name}-indent', functools.partial(check_indent, name, start), build=GCC)]


def vscode_tests(options):
    """With the engine of Visual Studio Code, for those who have it: npm install vscode-textmate vscode-oniguruma, NODE_PATH."""
    if not shutil.which('node') or not os.environ.get('NODE_PATH'):
        return []
    return [Test('editors/vscode-highlights', functools.partial(check_scopes, options)),
            Test('editors/vscode-programs', check_program_scopes)]


def scopes(program):
    return must_run(['node', DRIVERS / 'scopes.js', program]).out


def check_scopes(options):
    expected = DRIVERS / 'tokens.vscode'
    got = scopes(DRIVERS / 'tokens.flu')
    if options.update:
        expected.write_bytes(got)
    compare(str(expected.relative_to(ROOT)), expected.read_bytes(), got)


def check_program_scopes():
    for program in sorted((ROOT / 'samples').glob('*.flu')):
        got = scopes(program)
        if b'invalid.' in got or b'ends inside' in got:
            raise Failure(f'{program.name}: a wrong escape, or something that does not end')


def check_json():
    for path in EDITORS.glob('**/*.json'):
        json.loads(path.read_text())


def check_forms(coloured_forms):
    expected, coloured = compiler_forms(), coloured_forms()
    missing, unknown = expected - coloured, coloured - expected
    if missing or unknown:
        raise Failure(f'forms that are not coloured: {sorted(missing)}; coloured, but no forms: {sorted(unknown)}')


def compiler_forms():
    """The names of special_forms and call_forms."""
    text = (ROOT / 'transpiler/expand_forms.c').read_text()
    tables = re.findall(r'static const special_form \w+\[\] = \{\n(.*?)\n\};', text, re.S)
    names = {name for table in tables for name in re.findall(r'^ *\{ "([^"]+)"', table, re.M)}
    if len(tables) != 2 or len(names) < 80:
        raise Failure(f'expand_forms.c: {len(tables)} tables with {len(names)} forms were found')
    return names - MARKS


def vscode_forms():
    grammar = json.loads((EDITORS / 'vscode/syntaxes/fluentai.tmLanguage.json').read_text())
    names = set()
    for rule in 'definition', 'form':
        alternatives = re.match(r'\(\?<=\\\(\)\(([^()]*)\)', grammar['repository'][rule]['match']).group(1)
        names |= set(alternatives.replace('\\', '').split('|'))
    return names - {'->>?', '!'}


def tree_sitter_forms():
    query = (EDITORS / 'tree-sitter/queries/highlights.scm').read_text()
    return set(re.findall(r'^ +"([^"]+)"', query, re.M)) - MARKS


def vim_forms():
    lines = re.findall(r'^syntax keyword flu(?:Define|Form) contained (.*)$', (EDITORS / 'vim/syntax/fluentai.vim').read_text(), re.M)
    return set(' '.join(lines).split()) - MARKS


def emacs_forms():
    lists = re.findall(r"\(defconst fluentai-(?:definitions|forms)\s+'\((.*?)\)\)", (EDITORS / 'emacs/fluentai-mode.el').read_text(), re.S)
    return {name for text in lists for name in re.findall(r'"([^"]+)"', text)} - MARKS


def in_editor(start, script, **env):
    return must_run([*start, DRIVERS / script], timeout=120, env={'EDITORS': str(EDITORS), 'HOME': str(WORK), **env}).out


STARTS = {'vim': ['vim', '-es', '-N', '-i', 'NONE', '-n', '-u', 'NONE', '-S'], 'emacs': ['emacs', '-Q', '--batch', '-l']}
SUFFIXES = {'vim': '.vim', 'emacs': '.el'}


def check_highlights(name, start, options):
    expected, out = DRIVERS / f'tokens.{name}', WORK / f'tokens.{name}'
    out.unlink(missing_ok=True)
    printed = in_editor(start, 'highlights' + SUFFIXES[name], FILE=str(DRIVERS / 'tokens.flu'), OUT=str(out),
                        BAD=str(DRIVERS / 'bad.flu'), FLC2C=str(GCC.flc2c))
    got = out.read_bytes() if out.exists() else printed
    if options.update:
        expected.write_bytes(got)
    compare(str(expected.relative_to(ROOT)), expected.read_bytes(), got)


def check_indent(name, start):
    """What flc2c fmt has laid out, with its indentation spoilt, is indented as before."""
    folder = WORK / 'editors' / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    laid_out = {}
    for source in [*sorted((ROOT / 'samples').glob('*.flu')), *sorted((ROOT / 'stdlib').glob('*.flu')),
                   *sorted((ROOT / 'tests/lang').glob('*.flu'))[::8]]:
        text = must_run([GCC.flc2c, 'fmt', '-'], stdin=source.read_bytes()).out.decode()
        if plain_lines(text):
            laid_out[folder / f'{source.parent.name}-{source.name}'] = text
    for path, text in laid_out.items():
        path.write_text(spoil(text))
    in_editor(start, 'indent' + SUFFIXES[name], FILES='\n'.join(map(str, laid_out)))
    for path, text in laid_out.items():
        compare(path.name, text.encode(), path.read_bytes())


def plain_lines(text):
    """Whether no string and no block comment takes several lines, no comment stands below another one, and no list is huge."""
    lines = text.split('\n')
    below = any(b.lstrip().startswith(';') and ';' in a and b[0] == ' ' for a, b in zip(lines, lines[1:]))
    return not below and '#|' not in text and len(lines) < 500 and all(len(re.findall(r'(?<!\\)"', line)) % 2 == 0 for line in lines)


def spoil(text):
    lines = text.split('\n')
    return '\n'.join(' ' * (1 + i * 7 % 23) + line.lstrip() if line.startswith(' ') else line for i, line in enumerate(lines))

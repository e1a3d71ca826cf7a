"""editors/: the special forms that the editors colour are those of the compiler's tables, and the JSON files are JSON."""
import functools
import json
import re

from harness import Failure, ROOT, Test

EDITORS = ROOT / 'editors'
MARKS = {'->', '->>', '!', '..', '..='}  # coloured by patterns of their own


def tests(_options):
    named = {'vscode': vscode_forms, 'tree-sitter': tree_sitter_forms, 'vim': vim_forms, 'emacs': emacs_forms}
    return [Test('editors/json', check_json),
            *(Test(f'editors/{name}-forms', functools.partial(check_forms, forms)) for name, forms in named.items())]


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

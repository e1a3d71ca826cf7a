"""lsp/: the language server, talked to as an editor does."""
import functools
import json
import random
import shutil

from harness import Failure, GCC, Test, WORK
from lsp_client import Client

MAIN = """; a program of two modules
(import "shapes" (area (Circle as Disc)))

(define-type Tree (Node left right) Leaf)

(define (twice x)
  "Two times x."
  (* 2 x))

(define-syntax unless2 (syntax-rules () ((_ c e) (if c nil (twice e)))))

(define (sum-areas shapes)
  (let ((total 0) (wörld "é😀"))
    (for-each (fn (s) (set! total (+ total (area s)))) shapes)
    (print-line wörld (twice total) (shapes.area (Disc 1)))
    (unless2 false total)))

(sum-areas [(Disc 2)])
"""
SHAPES = """(module shapes [area Shape]
  (define-type Shape (Circle r) (Rect w h))
  (define (area shape)
    "The area of a shape."
    (match shape
      ((Circle r) (* 3.14 r r))
      ((Rect w h) (* w h)))))
"""


def tests(_options):
    return [Test('lsp/' + name[5:].replace('_', '-'), functools.partial(in_folder, act), build=GCC)
            for name, act in sorted(globals().items()) if name.startswith('test_')]


def in_folder(act):
    folder = WORK / 'lsp' / act.__name__
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    act(folder)


def check(condition, text):
    if not condition:
        raise Failure(str(text))


def expect(what, expected, got):
    check(expected == got, f'{what}: expected {expected!r}, got {got!r}')


def start(folder, capabilities=None):
    (folder / 'main.flu').write_text(MAIN)
    (folder / 'shapes.flu').write_text(SHAPES)
    client = Client(GCC.flc2c, folder, capabilities or {})
    expect('diagnostics of a good program', [], client.open('main.flu', MAIN))
    return client


def spans(locations):
    """{(file, line, start, end)}"""
    return {(at['uri'].rsplit('/', 1)[1], at['range']['start']['line'], at['range']['start']['character'],
             at['range']['end']['character']) for at in locations}


def place(text, word, nth=0):
    """Line and UTF-16 column of the nth occurrence of the word."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(word, at + 1)
    line_start = text.rfind('\n', 0, at) + 1
    return text.count('\n', 0, at), len(text[line_start:at].encode('utf-16-le')) // 2


def test_session(folder):
    client = start(folder)
    expect('positions', 'utf-16', client.capabilities['positionEncoding'])
    check('has no' in client.request('textDocument/unheardOf', {}), 'an unknown request')
    check('not open' in client.at('hover', 'other.flu', 0, 0), 'a document that is not open')
    expect('exit status', 0, client.close())
    client = Client(GCC.flc2c, folder)
    check('initialize' in client.request('textDocument/hover', {}), 'a request before initialize')
    client.notify('exit', None)
    expect('exit status without shutdown', 1, client.process.wait(60))


def test_diagnostics(folder):
    client = start(folder)
    [error] = client.change('main.flu', {'range': {'start': {'line': 7, 'character': 7}, 'end': {'line': 7, 'character': 8}}, 'text': 'y'})
    expect('place', {'start': {'line': 7, 'character': 7}, 'end': {'line': 7, 'character': 8}}, error['range'])
    check(error['severity'] == 1 and error['code'] == 'E0302' and 'y is not defined' in error['message'], error)
    expect('mended', [], client.change('main.flu', {'text': MAIN}))
    line, column = place(MAIN, 'twice total')
    after = client.change('main.flu', {'range': {'start': {'line': line, 'character': column}, 'end': {'line': line, 'character': column + 5}},
                                       'text': 'twixe'})
    expect('behind two UTF-16 units', [(line, column)], [(d['range']['start']['line'], d['range']['start']['character']) for d in after])
    [warning] = client.change('main.flu', {'text': '(define (f x) (let ((unused 1)) x))\n(f 1)'})
    check(warning['severity'] == 2 and 'unused' in warning['message'], warning)
    errors = client.change('main.flu', {'text': '(import "shapes" (nothing))\n(f "'})
    check(len(errors) >= 1 and all(e['severity'] == 1 for e in errors), errors)
    client.open('shapes.flu', '(module shapes [area]\n  (define (area s) (undefined-here s)))')
    errors = client.change('main.flu', {'text': '(import "shapes" (area))\n(area 1)'})
    check(any('shapes.flu:2:21' in e['message'] for e in errors), errors)  # the text in the editor, not that of the file
    client.notify('textDocument/didClose', {'textDocument': {'uri': client.uri('shapes.flu')}})
    expect('exit status', 0, client.close())


def test_hover(folder):
    client = start(folder)

    def hover(word, nth=0):
        got = client.at('hover', 'main.flu', *place(MAIN, word, nth))
        return got['contents']['value'] if got else None

    for word, nth, parts in (('print-line', 0, ['(print-line', 'newline']), ('twice total', 0, ['(twice x)', 'Two times x.', 'line 6']),
                             ('area s)', 0, ['(area shape)', 'The area of a shape.', 'shapes.flu']), ('set!', 0, ['(set! name']),
                             ('total (+', 0, ['local variable', 'line 13']), ('unless2 false', 0, ['define-syntax unless2']),
                             ('define-type', 0, ['define-type Name'])):
        text = hover(word, nth)
        check(text and all(p in text for p in parts), f'hover on {word}: {text}')
    expect('hover on a comment', None, client.at('hover', 'main.flu', 2, 0))
    expect('exit status', 0, client.close())


def test_navigation(folder):
    client = start(folder)

    def definition(word, nth=0):
        got = client.at('definition', 'main.flu', *place(MAIN, word, nth))
        return spans([got]) if got else set()

    expect('of a function', {('main.flu', 5, 9, 14)}, definition('twice total'))
    expect('in another module', {('shapes.flu', 2, 11, 15)}, definition('area s)'))
    expect('of a qualified name', {('shapes.flu', 2, 11, 15)}, definition('shapes.area'))
    expect('of a name renamed by the import', {('shapes.flu', 1, 22, 28)}, definition('Disc 2'))
    expect('of a local', {('main.flu', 12, 9, 14)}, definition('total (+'))
    expect('of a parameter', {('main.flu', 11, 19, 25)}, definition('shapes)\n    (print'))
    expect('of a macro', {('main.flu', 9, 15, 22)}, definition('unless2 false'))
    expect('of a builtin', set(), definition('print-line'))

    def references(word, nth=0, declaration=True):
        return spans(client.at('references', 'main.flu', *place(MAIN, word, nth), context={'includeDeclaration': declaration}))

    expect('of a local', {('main.flu', 12, 9, 14), ('main.flu', 13, 28, 33), ('main.flu', 13, 37, 42), ('main.flu', 14, 29, 34),
                          ('main.flu', 15, 19, 24)}, references('total (+'))
    expect('of an imported function', {('shapes.flu', 0, 16, 20), ('main.flu', 1, 18, 22), ('main.flu', 13, 44, 48),
                                       ('main.flu', 14, 44, 48)}, references('area s)', declaration=False))
    client.open('shapes.flu', SHAPES)
    found = spans(client.at('references', 'shapes.flu', 2, 12, context={'includeDeclaration': True}))
    check({('main.flu', 13, 44, 48), ('shapes.flu', 2, 11, 15)} <= found, f'references from the other side: {found}')
    check(len(client.at('documentHighlight', 'main.flu', *place(MAIN, 'total (+'))) == 5, 'highlights')
    symbols = client.request('textDocument/documentSymbol', {'textDocument': {'uri': client.uri('shapes.flu')}})
    expect('symbols', [('shapes', [('Shape', [('Circle', []), ('Rect', [])]), ('area', [])])], names(symbols))
    expect('exit status', 0, client.close())


def names(symbols):
    return [(s['name'], names(s['children'])) for s in symbols]


def apply(folder, texts, edit):
    """The texts after a WorkspaceEdit, by file name."""
    texts = dict(texts)
    for uri, edits in edit['changes'].items():
        name = uri.rsplit('/', 1)[1]
        lines = texts[name].split('\n')
        for e in sorted(edits, key=lambda e: (e['range']['start']['line'], e['range']['start']['character']), reverse=True):
            start, end = e['range']['start'], e['range']['end']
            check(start['line'] == end['line'], edit)
            units = lines[start['line']].encode('utf-16-le')
            lines[start['line']] = (units[:2 * start['character']] + e['newText'].encode('utf-16-le') +
                                    units[2 * end['character']:]).decode('utf-16-le')
        texts[name] = '\n'.join(lines)
    return texts


def test_rename(folder):
    client = start(folder)
    texts = {'main.flu': MAIN, 'shapes.flu': SHAPES}

    def rename(word, new, nth=0):
        return client.at('rename', 'main.flu', *place(MAIN, word, nth), newName=new)

    expect('twice', {**texts, 'main.flu': MAIN.replace('twice', 'double')}, apply(folder, texts, rename('twice total', 'double')))
    expect('total', {**texts, 'main.flu': MAIN.replace('total', 'sum2')}, apply(folder, texts, rename('total (+', 'sum2')))
    expect('wörld', {**texts, 'main.flu': MAIN.replace('wörld', 'w')}, apply(folder, texts, rename('wörld (', 'w')))
    expect('area', {'main.flu': MAIN.replace('area ', 'size ').replace('(area', '(size'),
                    'shapes.flu': SHAPES.replace('area ', 'size ').replace('[area', '[size').replace('The size', 'The area')},
           apply(folder, texts, rename('area s)', 'size')))
    for word, new, says in (('print-line', 'x', 'language'), ('twice total', '1x y', 'cannot be the name'), ('twice total', 'if', 'cannot be'),
                            ('Leaf', 'Stop', 'by hand'), ('; a program', 'x', 'no variable')):
        got = rename(word, new)
        check(isinstance(got, str) and says in got, f'{word} to {new}: {got}')
    expect('prepareRename', {'start': {'line': 13, 'character': 28}, 'end': {'line': 13, 'character': 33}},
           client.at('prepareRename', 'main.flu', 13, 30))
    expect('exit status', 0, client.close())


def test_completion_and_formatting(folder):
    client = start(folder)
    broken = MAIN.replace('(sum-areas [(Disc 2)])', '(define (g number-of-things) (twi') + '(are'
    client.change('main.flu', {'text': broken})

    def complete(word):
        line, column = place(broken, word, broken.count(word) - 1)
        return {i['label']: i for i in client.at('completion', 'main.flu', line, column + len(word))['items']}

    found = complete('(twi')
    expect('a definition', ['twice'], list(found))
    expect('the edit', ('twice', 3), (found['twice']['textEdit']['newText'],
                                      found['twice']['textEdit']['range']['end']['character'] -
                                      found['twice']['textEdit']['range']['start']['character']))
    check('area' in complete('(are'), 'an imported name')
    check({'print-line', 'print-error', 'print'} <= set(complete('(pri')), 'library functions')
    check('for-each-recv' in complete('(for-e'), 'forms')
    check('total' in complete('(set! tot'), 'locals')
    client.change('main.flu', {'text': '(define   (f x)\n x)  ; é😀\n(f 1)'})
    [edit] = client.request('textDocument/formatting', {'textDocument': {'uri': client.uri('main.flu')}, 'options': {}})
    expect('layout', '(define (f x)\n  x) ; é😀\n(f 1)\n', edit['newText'])
    expect('its range', {'start': {'line': 0, 'character': 0}, 'end': {'line': 2, 'character': 5}}, edit['range'])
    client.change('main.flu', {'text': edit['newText']})
    expect('layout again', [], client.request('textDocument/formatting', {'textDocument': {'uri': client.uri('main.flu')}, 'options': {}}))
    client.change('main.flu', {'text': '(('})
    check('errors' in client.request('textDocument/formatting', {'textDocument': {'uri': client.uri('main.flu')}}), 'a broken file')
    expect('exit status', 0, client.close())


def test_utf8_positions(folder):
    client = start(folder, {'general': {'positionEncodings': ['utf-8', 'utf-16']}})
    expect('positions', 'utf-8', client.capabilities['positionEncoding'])
    line = MAIN.split('\n')[14]
    got = client.at('definition', 'main.flu', 14, len(line[:line.index('twice')].encode()))
    expect('behind a character of two bytes', {('main.flu', 5, 9, 14)}, spans([got]))
    expect('exit status', 0, client.close())


def test_malformed_input(folder):
    client = start(folder)
    for noise in (b'nonsense\r\n\r\n', b'Content-Length: x\r\n\r\n', b'Content-Length: 5\r\n\r\n{"a":', b'Content-Length: 0\r\n\r\n',
                  b'Content-Length: 2\r\nContent-Type: x\r\n\r\n[]', b'Content-Length: 400\r\n\r\n' + b'[' * 400,
                  b'Content-Length: 9\r\n\r\n{"id":{}}', b'Content-Length: 4\r\n\r\n\xff\xfe\x00{'):
        client.send_bytes(noise)
    for params in (None, [], {'textDocument': 1}, {'textDocument': {'uri': client.uri('main.flu')}, 'position': {'line': -5, 'character': 1e300}},
                   {'textDocument': {'uri': client.uri('main.flu')}, 'position': {'line': 1 << 40, 'character': 'x'}}):
        for method in 'hover', 'definition', 'references', 'rename', 'completion', 'documentSymbol', 'prepareRename', 'documentHighlight':
            client.request('textDocument/' + method, params)
        client.notify('textDocument/didChange', params)
        client.notify('textDocument/didOpen', params)
    client.notify('textDocument/didChange', {'textDocument': {'uri': client.uri('main.flu')}, 'contentChanges': [
        {'range': {'start': {'line': 3, 'character': 9}, 'end': {'line': 1, 'character': 0}}, 'text': 'x'}, {'text': 5}, 7]})
    chance = random.Random(11)
    text = MAIN
    for _ in range(25):
        a, b = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        text = text[:a] + chance.choice(['(', ')', '"', '#|', '\0', '\ud83d', ';', "'", '{', '(match x', '(let ((']) + text[min(b, a + 5):]
        client.change('main.flu', {'text': text})
        client.at('hover', 'main.flu', chance.randrange(20), chance.randrange(40))
    client.change('main.flu', {'text': '(' * 30000})
    expect('it still works', [], client.change('main.flu', {'text': MAIN}))
    expect('hover', True, 'Two times' in json.dumps(client.at('hover', 'main.flu', *place(MAIN, 'twice total'))))
    expect('exit status', 0, client.close())

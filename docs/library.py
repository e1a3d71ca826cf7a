#!/usr/bin/env python3
"""Makes docs/library.md from the documentation strings of runtime/builtins/*.def. With --check: only tells whether it is up to date."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / 'docs' / 'library.md'

# Areas in the order of the page: title, file, what goes for all of them.
AREAS = [
    ('Printing, equality, type predicates', 'print', ''),
    ('Numbers', 'number', ''),
    ('Strings, symbols, regular expressions', 'string', 'Strings are immutable and indexed by code point. A match is `{:match :groups :start :end}`.'),
    ('Lists', 'list', 'Where a list is expected, any collection will do: list, vector, set, dict (as pairs), bytes, persistent queue; nil is an '
                      'empty one. They give lists.'),
    ('Procedures that take procedures', 'stdlib', 'They too take any collection, and strings as one-character strings. Callbacks may wait.'),
    ('Dicts, sets, persistent queues', 'dict', 'All are immutable; keys and elements are compared by `=`.'),
    ('Vectors, bytes, tagged values', 'vector', ''),
    ('Text formats', 'text', ''),
    ('Dates and times', 'time', 'A time is an int: milliseconds since 1970-01-01 00:00 UTC, as `(now)` gives it. The calendar is the Gregorian one, also for times before '
                               'it was introduced, with the years from -999999 to 999999; days have no leap seconds.\n\n'
                               'Directives of formats: `%Y` year (four digits), `%y` (two), `%m` month, `%d` day, `%e` (filled with a space), `%j` day of the year, `%H` hour, '
                               '`%I` (1 to 12) with `%p` AM or PM, `%M` minute, `%S` second, `%L` milliseconds, `%f` microseconds, `%B` `%b` name of the month, '
                               '`%A` `%a` of the weekday, `%F` as `%Y-%m-%d`, `%T` as `%H:%M:%S`, `%R` as `%H:%M`, `%s` seconds since 1970, `%z` `%Z` offset or zone (`+0000`, '
                               '`UTC`), `%n` `%t` white space, `%%`; only in `datetime:format`: `%u` weekday from Monday 1, `%w` from Sunday 0, `%V` ISO week, `%G` its year. '
                               'When parsing, numbers may have fewer digits, names may be in full or cut to three letters, in any case, and white space stands for any.'),
    ('Logging', 'logger', 'Also effects, so that a handler can take the messages. The environment variable `FLU_LOG` chooses by words with commas in between the form, `text` or `json` (one object '
                          'a line: `time`, `level`, `message`, `data`), and the first level: `FLU_LOG=json,debug`.'),
    ('Errors', 'error', ''),
    ('Tasks', 'task', 'Special forms, such as `spawn` and `async`, are in [language.md](language.md#9-tasks-and-promises).'),
    ('Cancellation', 'cancel', 'Forms, such as `with-timeout` and `with-tasks`, are in [language.md](language.md#9-tasks-and-promises).'),
    ('Promises', 'promise', ''),
    ('Channels', 'chan', '`select` is in [language.md](language.md#11-select).'),
    ('C functions', 'ffi', 'Declaring and calling them: [foreign.md](foreign.md).'),
    ('Files', 'file', ''),
    ('HTTP', 'http', ''),
    ('Sockets', 'network', 'An operation that has to wait suspends its task, and ends when the task is cancelled or its connection is closed.'),
    ('TLS', 'tls', 'How they are used: [http.md](http.md#tls).'),
    ('Streams', 'stream', 'Generators are in [streams.md](streams.md).'),
    ('Actors', 'actor', 'The forms, such as `define-actor`, `!` and `receive`, are in [actors.md](actors.md).'),
    ('Concurrent data structures', 'sync', 'How they are used, and `with-lock`, `with-permit`, `with-read-lock`, `with-write-lock`: '
                                            '[structures.md](structures.md). All waits are served first come, first served.'),
    ('The program and its surroundings', 'system', ''),
    ('Assertions', 'test', '`assert`, `assert-error`, `deftest` and `with-virtual-time` are forms: see [testing.md](testing.md).'),
]

STRING = r'"((?:[^"\\]|\\.)*)"'
ROW = re.compile(rf'^(?:BUILTIN|INLINEFN|LIBFN)\({STRING},.*, {STRING}\)\s*$')
ALIAS = re.compile(rf'^ALIAS\({STRING}, {STRING}\)')


def c_text(s):
    return re.sub(r'\\(.)', r'\1', s)


def read_rows(area):
    """[name, documentation, aliases] for each builtin that programs can name, in the order of the file."""
    rows = []
    for line in (ROOT / 'runtime' / 'builtins' / f'{area}.def').read_text().split('\n'):
        if m := ROW.match(line):
            rows.append([m[1], c_text(m[2]), []])
        elif m := ALIAS.match(line):
            next(r for r in rows if r[0] == m[2])[2].append(m[1])
        elif re.match(r'^(BUILTIN|INLINEFN|LIBFN|ALIAS)\(', line):
            sys.exit(f'{area}.def: cannot read: {line}')
    return [r for r in rows if not r[0].startswith('%')]


def entry(name, doc, aliases):
    signature, rest = split_signature(doc)
    also = ', '.join(f'`{a}`' for a in aliases)
    return f'- `{signature}`' + (f' (also {also})' if also else '') + f': {escape(rest)}\n'


def split_signature(doc):
    """The text up to the colon that ends the first form of it, and what follows."""
    depth = 0
    for i, c in enumerate(doc):
        depth += (c in '([{') - (c in ')]}')
        if depth == 0 and doc[i:i + 2] == ': ':
            return doc[:i].replace('`', ''), doc[i + 2:]
    sys.exit(f'no signature: {doc}')


def escape(text):
    return re.sub(r'([\\`*_<>|])', r'\\\1', text)


def page():
    out = ['# The library\n\n'
           '<!-- Made by docs/library.py from runtime/builtins/*.def. Do not edit. -->\n\n'
           'All names exist without an import. `[x]` may be left out, `...` repeats. A wrong type raises `type-error`, a wrong number of arguments '
           '`arity-error`;\nother kinds of error are named. What the words mean is in [language.md](language.md).\n']
    for title, area, text in AREAS:
        out.append(f'\n## {title}\n\n' + (text + '\n\n' if text else ''))
        out += [entry(*row) for row in read_rows(area)]
    return ''.join(out)


def check_areas():
    files = {f.stem for f in (ROOT / 'runtime' / 'builtins').glob('*.def')} - {'builtins', 'special', 'effect'}
    if files != {area for _, area, _ in AREAS}:
        sys.exit(f'docs/library.py lists other areas than there are: {sorted(files)}')


def check_command():
    """flc2c doc has the same sections, in the same order."""
    text = (ROOT / 'transpiler' / 'driver_doc.c').read_text()
    sections = re.findall(r'SECTION\("([^"]+)", "[^"]+"\)\n#include "../runtime/builtins/(\w+).def"', text)
    if sections != [(title, area) for title, area, _ in AREAS]:
        sys.exit('transpiler/driver_doc.c has other sections than docs/library.py')


def main():
    check_areas()
    check_command()
    text = page()
    if sys.argv[1:] == ['--check']:
        if not PAGE.exists() or PAGE.read_text() != text:
            sys.exit('docs/library.md is out of date: run docs/library.py')
    else:
        PAGE.write_text(text)


main()

#!/usr/bin/env python3
"""Makes docs/diagnostics.md: each code of transpiler/diag_codes.def with its explanation, and the shortest message with that code
in tests/errors as an example (one that is on the page stays as long as it is right). With --check: only tells whether it is up to date."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / 'docs' / 'diagnostics.md'

PARTS = [('E00', 'Reading the text'), ('E01', 'Forms'), ('E02', 'Patterns'), ('E03', 'Names and numbers of arguments'),
         ('E09', 'The command line and files'), ('W01', 'Warnings')]
CODE = re.compile(r'^DIAG_CODE\((\w+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)', re.M)
MESSAGE = re.compile(r'^[^\s:]+:\d+(?::\d+)?: (?:error|warning)\[(\w+)\]', re.M)


def c_text(literals):
    text = ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))
    return re.sub(r'\\(.)', lambda m: {'n': '\n', 't': '\t'}.get(m[1], m[1]), text)


def read_codes():
    text = (ROOT / 'transpiler' / 'diag_codes.def').read_text()
    codes = [(m[1], c_text(m[2]), c_text(m[3])) for m in CODE.finditer(text)]
    if len(codes) != len(re.findall(r'^DIAG_CODE\(', text, re.M)):
        sys.exit('diag_codes.def: there are rows that this script cannot read')
    return codes


def examples():
    """A message of each code: the one that the page shows, if it is still there, else the shortest."""
    shown = set(re.findall(r'^```\n(.*?)\n```$', PAGE.read_text(), re.S | re.M)) if PAGE.exists() else set()
    found = {}
    for file in sorted((ROOT / 'tests' / 'errors').glob('*.err')):
        text = file.read_text(errors='replace')
        starts = [m.start() for m in MESSAGE.finditer(text)]
        for start, end in zip(starts, starts[1:] + [len(text)]):
            message = re.sub(r'^\d+ (errors?|warnings?).*\n?', '', text[start:end], flags=re.M).rstrip('\n')
            code = MESSAGE.match(message)[1]
            good = '\n    ' in message  # shows a line of the source
            if good and max(map(len, message.split('\n'))) < 130:
                found[code] = min(message, found.get(code, message), key=lambda m: (m not in shown, len(m), m))
    return found


def prose(text):
    """Paragraphs; those that are indented are program text."""
    out = []
    for part in text.split('\n\n'):
        out.append(part if part.startswith('    ') else re.sub(r'([\\`*_<>|\[\]])', r'\\\1', part))
    return '\n\n'.join(out)


def page():
    codes, shown = read_codes(), examples()
    out = ['# Diagnostics of the compiler\n\n'
           '<!-- Made by docs/diagnostics.py from transpiler/diag_codes.def and tests/errors. Do not edit. -->\n\n'
           '`flc2c explain CODE` prints the same text. Errors begin with E, warnings with W; with errors flc2c exits with status 1 and writes no '
           'output.\nErrors at run time are in [troubleshooting.md](troubleshooting.md).\n']
    unplaced = [code for code, _, _ in codes if not any(code.startswith(p) for p, _ in PARTS)]
    if unplaced:
        sys.exit(f'docs/diagnostics.py has no section for {unplaced}')
    for prefix, title in PARTS:
        rows = [row for row in codes if row[0].startswith(prefix)]
        if rows:
            out.append(f'\n## {title}\n')
        for code, name, text in rows:
            out.append(f'\n### {code}: {name}\n\n{prose(text)}\n')
            if code in shown:
                out.append(f'\n```\n{shown[code]}\n```\n')
    return ''.join(out)


def main():
    text = page()
    if sys.argv[1:] == ['--check']:
        if not PAGE.exists() or PAGE.read_text() != text:
            sys.exit('docs/diagnostics.md is out of date: run docs/diagnostics.py')
    else:
        PAGE.write_text(text)


main()

#!/usr/bin/env python3
"""Lists the library's names that no program of tests/lang mentions; status 1 if there are any."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r'^(?:BUILTIN|INLINEFN|LIBFN|ALIAS)\("([^"]+)"')


def library_names():
    """Names and aliases that programs can write: those that begin with % are the compiler's own."""
    names = set()
    for table in (ROOT / 'runtime' / 'builtins').glob('*.def'):
        names |= {m[1] for line in table.read_text().split('\n') if (m := ROW.match(line))}
    return {n for n in names if not n.startswith('%') or n == '%'}


def mentioned_words():
    words = set()
    for program in (ROOT / 'tests' / 'lang').rglob('*.flu'):
        code = re.sub(r';.*', '', program.read_text(errors='replace'))
        words |= set(re.split(r'[\s()\[\]{}"\'`,]+', code))
    return words


def untested():
    return sorted(library_names() - mentioned_words())


if __name__ == '__main__':
    missing = untested()
    print('\n'.join(missing))
    sys.exit(1 if missing else 0)

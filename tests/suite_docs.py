"""docs/: the code blocks of README.md and docs/*.md.

A block marked ```lisp is compiled and run. What it prints is either in the ```output block that follows it, or, form by form,
in comments: (+ 1 2)  ; => 3  (the readable form of the value). A block marked ```lisp virtual runs with virtual time,
one marked ```lisp fragment is only checked (and a ```c emitted FILE.flu block behind it compared with its C); with
```lisp as NAME.flu the program has that name in traces;
```lisp test FILE.flu [options] goes through flc2c test; ```lisp file FILE.flu is a module for the programs behind it on its page (a later one
of that name replaces it). ```console is a shell session (docs_console.py)."""
import functools
import re
from dataclasses import dataclass

from docs_console import file_name, run_console
from harness import Failure, GCC, ROOT, Test, WORK, compare, compile_program, must_run, program_env, run
from library_coverage import untested

GENERATED = ['library', 'diagnostics']  # pages that docs/NAME.py makes
FENCE = re.compile(r'^( *)```(.*)$')


@dataclass
class Block:
    line: int  # of the opening fence, from 1
    info: str  # what follows the fence: "lisp", "lisp fragment", "output", ...
    text: str


def tests(options):
    found = []
    for page in pages():
        found += page_tests(page)
    for maker in GENERATED:
        found.append(Test(f'docs/{maker}.md is up to date', functools.partial(must_run, [ROOT / 'docs' / f'{maker}.py', '--check'])))
    found.append(Test('docs/library-coverage', check_coverage))
    found.append(Test('docs/links', check_links))
    if options.update:
        for maker in GENERATED:
            must_run([ROOT / 'docs' / f'{maker}.py'])
    return found if not options.update else []


def check_coverage():
    names = untested()
    if names:
        raise Failure('no program of tests/lang mentions ' + ' '.join(names))


def pages():
    return [ROOT / 'README.md', *sorted((ROOT / 'docs').glob('**/*.md')), *sorted((ROOT / 'samples').glob('**/*.md'))]


def check_links():
    """Each link to a file of the repository leads to one, and each to a heading to a heading."""
    wrong = []
    for page in pages():
        prose = re.sub(r'^```.*?^```', '', page.read_text(), flags=re.S | re.M)
        for target in re.findall(r'\]\(([^)\s]+)\)', prose):
            path, _, anchor = target.partition('#')
            file = page.parent / path if path else page
            if '://' not in target and not (file.exists() and (not anchor or anchor in anchors(file))):
                wrong.append(f'{page.relative_to(ROOT)}: {target}')
    if wrong:
        raise Failure('these links lead nowhere:\n' + '\n'.join(wrong))


@functools.cache
def anchors(page):
    headings = re.findall(r'^#+ (.*)$', re.sub(r'^```.*?^```', '', page.read_text(), flags=re.S | re.M), re.M)
    return {re.sub(r'[^\w\- ]', '', h.lower()).replace(' ', '-') for h in headings}


def page_tests(page):
    blocks = read_blocks(page.read_text())
    found = []
    files = {}
    for block, following in zip(blocks, blocks[1:] + [None]):
        words = block.info.split()
        if path := file_name(block):
            files = {**files, path: block.text}
        if words[:1] != ['lisp'] or file_name(block):
            continue
        name = f'{page.relative_to(ROOT)}:{block.line}'
        output = following.text if following and following.info.split()[:1] == ['output'] else None
        emitted = following if following and following.info.startswith('c emitted ') else None
        act = (functools.partial(check_fragment, emitted) if 'fragment' in words else
               run_tests if 'test' in words else functools.partial(run_block, files))
        found.append(Test(f'docs/{name}', functools.partial(act, name, block, output), build=GCC))
    if any(b.info == 'console' for b in blocks):
        name = f'{page.relative_to(ROOT)}:console'
        found.append(Test(f'docs/{name}', functools.partial(run_console, name, blocks), build=GCC))
    return found


def read_blocks(text):
    blocks, current = [], None
    for number, line in enumerate(text.split('\n'), 1):
        m = FENCE.match(line)
        if m and current is None:
            current = Block(number, m[2].strip(), '')
            indent = len(m[1])
        elif m and not m[2].strip():
            blocks.append(current)
            current = None
        elif current is not None:
            current.text += line[min(indent, len(line) - len(line.lstrip())):] + '\n'
    return blocks


def write_source(name, text, folder='.'):
    source = WORK / 'docs' / folder / (re.sub(r'[^A-Za-z0-9]', '-', name) + '.flu')
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(text)
    return source


def check_fragment(emitted, name, block, _):
    """A ```c emitted FILE.flu block behind it is part of the C that it becomes as that file."""
    if not emitted:
        must_run([GCC.flc2c, 'check', write_source(name, block.text)])
        return
    source = write_source('', '', re.sub(r'[^A-Za-z0-9]', '-', name) + '.d').with_name(emitted.info.split()[2])
    source.write_text(block.text)
    c = must_run([GCC.flc2c, '--no-line', source.name], cwd=source.parent).out.decode()
    if emitted.text not in c:
        raise Failure('the C has changed; it is now\n' + c)


def run_tests(name, block, output):
    """```lisp test FILE.flu [options]: what flc2c test says of it."""
    file, *args = block.info.split()[2:]
    folder = write_source(name, '').with_suffix('.tests')
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(block.text)
    env = program_env({'XDG_CACHE_HOME': str(WORK / 'docs' / 'cache')})
    r = run([GCC.flc2c, 'test', file, *args], env=env, clean_env=True, cwd=folder)
    hide = functools.partial(re.sub, r'(seed:|#<\w+ (?:[^ <>]+ (?=\d+>))?)\d+', r'\1N')  # they may change with the compiler
    compare('the report', hide(output or '').encode(), hide((r.out + r.err).decode()).encode())


def run_block(files, name, block, output):
    text, expected = (block.text, output) if output is not None else print_values(block.text)
    words = block.info.split()
    named = words[words.index('as') + 1] if 'as' in words else None
    folder = re.sub(r'[^A-Za-z0-9]', '-', name) + '.d' if files or named else '.'
    source = write_source(named.removesuffix('.flu') if named else name, text, folder)
    for path, module in files.items():
        (source.parent / path).parent.mkdir(parents=True, exist_ok=True)
        (source.parent / path).write_text(module)
    program = source.with_suffix('')
    compile_program(source.name, program, cflags='-O0', cwd=source.parent)
    clock = {'FLU_CLOCK': 'virtual'} if 'virtual' in words else {}
    r = run([program], env=program_env(clock), clean_env=True, cwd=source.parent, timeout=30)
    if output is not None or expected:
        compare('the output', expected.encode(), r.out + r.err)
    elif r.status != 0:
        raise Failure(f'exit status {r.status}\n{r.err.decode()}')


def print_values(text):
    """Wraps each form that a comment "; => value" follows, so that it prints the value; gives program and output."""
    result, expected, at = '', '', 0
    while at < len(text):
        end = form_end(text, at)
        comment = re.compile(r'[ \t]*; => (.*)\n').match(text, end) if end > at else None
        if comment:
            result += f'(print-line (repr {text[at:end]}))\n'
            expected += comment[1].strip() + '\n'
            at = comment.end()
        else:
            end = max(end, at + 1)
            result += text[at:end]
            at = end
    return result, expected


def form_end(text, at):
    """The end of the form that starts exactly at `at`; `at` itself where blanks or a comment stand."""
    if text[at].isspace():
        return at
    if text[at] == ';':
        line = text.find('\n', at)
        return len(text) if line < 0 else line
    depth, i = 0, at
    while i < len(text):
        c = text[i]
        if c == '"':
            i = string_end(text, i)
        elif c == ';':
            i = form_end(text, i)
        else:
            depth += (c in '([{') - (c in ')]}')
            i += 1
        if depth <= 0 and (i >= len(text) or c in ')]}"' or text[i].isspace()):
            return i
    return i


def string_end(text, at):
    i = at + 1
    while i < len(text) and text[i] != '"':
        i += 2 if text[i] == '\\' else 1
    return i + 1

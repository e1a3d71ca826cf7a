"""gdb/: runtime/gdb/flu-gdb.py, in gdb on a program that runs and on its core file. Where the system does not let gdb trace a
process that is said, and nothing is tested."""
import re

from harness import Failure, GCC, ROOT, Test, WORK, compare, must_run, program_env

SCRIPT = ROOT / 'runtime/gdb/flu-gdb.py'
PROGRAM = ROOT / 'tests/gdb/kitchen.flu'
SETTINGS = ['set pagination off', 'set confirm off', 'set debuginfod enabled off', f'source {SCRIPT}']
# Any word may be taken for a value: all of memory's first parts, and what random bits point to.
WILD = '''python
import random
random.seed(1)
ranges = memory_ranges()
for _ in range(2000):
    start, end = random.choice(ranges)
    address = random.randrange(start, end)
    for v in (address, address & ~7, address & ~7 | 2, random.getrandbits(64)):
        assert len(show(v)) < 300000, hex(v)
for start, end in ranges[:20]:
    data = read(start, min(end - start, 1 << 16))
    for i in range(0, len(data), 8):
        show(int.from_bytes(data[i:i + 8], 'little'))
print('still here')
end'''.split('\n')


def tests(_options):
    return [Test('gdb/' + name, act, build=GCC) for name, act in {'program-and-core': program_and_core, 'wild-pointers': wild_pointers}.items()]


def built(name):
    folder = WORK / 'gdb' / name
    folder.mkdir(parents=True, exist_ok=True)
    must_run([GCC.flc2c, 'build', '--debug', PROGRAM.name, '-o', folder / 'kitchen'], cwd=PROGRAM.parent)
    return folder


def gdb(folder, arguments, commands):
    """What it prints, from the first marker on, without what differs between machines; None: gdb may not trace here."""
    (folder / 'commands.gdb').write_text('\n'.join(SETTINGS + commands) + '\n')
    r = must_run(['gdb', '-q', '-nx', '-batch', '-x', 'commands.gdb', *arguments], cwd=folder, env=program_env(), timeout=120)
    text = (r.out + r.err).decode('utf-8', 'replace')
    if re.search(r'Operation not permitted|Could not trace|Cannot create process', text):
        print('gdb/: not tested, gdb may not trace a process here')
        return None
    if '==' not in text:
        raise Failure(f'the program did not come to its breakpoint:\n{text}')
    lines = [line for line in text[text.index('=='):].split('\n') if not line.startswith(('[', 'warning: ', 'Saved corefile'))]
    text = re.sub(r'\b(\w+)=\1@entry=', r'\1=', '\n'.join(lines))
    return re.sub(r' at \S*/', ' at ', re.sub(r'\bw=0x[0-9a-f]+', 'w=W', text)).encode()


def program_and_core():
    folder = built('program')
    questions = ['echo ==\\n', 'flu-tasks', 'flu-tasks 1', 'flu-actors', 'flu-stack 5', 'flu-print 0x10', 'flu-print 15']
    alive = gdb(folder, ['kitchen'], ['break taste', 'run', 'echo ==\\n', 'backtrace 1', 'print x', 'continue', 'print x', *questions,
                                      'generate-core-file core', 'kill'])
    if alive is None:
        return
    expected = PROGRAM.with_suffix('.out').read_bytes()
    compare('what gdb says of the program', expected, alive)
    core = gdb(folder, ['kitchen', 'core'], questions)
    compare('what gdb says of its core file', expected[expected.rindex(b'==\n'):], core)


def wild_pointers():
    folder = built('wild')
    text = gdb(folder, ['kitchen'], ['break taste', 'run', 'echo ==\\n', *WILD, 'kill'])
    if text is not None and b'still here' not in text:
        raise Failure(f'the printer failed:\n{text.decode()}')

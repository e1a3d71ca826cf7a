"""flu-gdb.py: values, tasks and actors of FluentAI programs in gdb, alive or in a core file.

    (gdb) source flu-gdb.py        (installed in share/flc2c)

Variables of the type flu_value are printed as the program would print them. Commands:

    flu-print EXPRESSION    a value, in full
    flu-tasks [N]           the tasks, what they wait for and where; at most N (default 100)
    flu-actors [N]          the actors, their mailboxes and states
    flu-stack [ID]          the logical stack of a task, or of the one that runs: its frames, and those of who awaits it

Nothing is called in the program: memory is only read. Tasks and actors are found by their header words in all writable
memory (runtime/include/flu/value.h), so one that is garbage, and not yet collected, may be among them. Layouts come from
the debug information of the runtime. Memory may hold anything: what cannot be read prints as #<bad ADDRESS>."""
import re
import struct

import gdb

WORD = 8
TAG_MASK, TAG_OBJECT, TAG_CONS, TAG_HEADER, TAG_IMMEDIATE, TAG_FIXNUM = 7, 0, 2, 3, 6, 7
IMMEDIATES = {0x06: 'nil', 0x0e: 'false', 0x16: 'true', 0x1e: '()', 0x26: '#<undefined>'}
FLOAT_TAGS = 0x32323232
MOST_ITEMS, MOST_DEPTH, MOST_TEXT = 20, 6, 200  # printed of a collection, of collections in each other, of a string
MOST_VALUES = 1000    # printed of one value in all
FRAMES = 100          # of a stack
CHUNK = 1 << 24       # bytes that are searched at once

PROMISE_STATES = ('pending', 'fulfilled', 'rejected', 'cancelled')
ACTOR_STATES = ('starting', 'running', 'between two lives', 'stopped', 'alias')
# Of flu_wait_kind, as the program calls it; others by their own name.
WAITS = {'SEND': 'send!', 'RECV': 'recv!', 'ENQUEUE': 'enqueue!', 'DEQUEUE': 'dequeue!', 'IO': 'input', 'READ_LOCK': 'with-read-lock',
         'WRITE_LOCK': 'with-write-lock', 'PERMIT': 'acquire!', 'BARRIER': 'barrier-wait!', 'LATCH': 'latch-wait!',
         'GROUP': 'wg-wait!', 'EVENT': 'event-wait!', 'RATE': 'rate-limit!', 'KEY': 'held key'}
# Objects with their number in the header, and without one.
NUMBERED = {'ATOM': 'atom', 'CDICT': 'cdict', 'MUTEX': 'mutex', 'RW_LOCK': 'rw-lock', 'SEMAPHORE': 'semaphore', 'BARRIER': 'barrier',
            'LATCH': 'latch', 'WAIT_GROUP': 'wait-group', 'EVENT': 'event', 'RATE_LIMITER': 'rate-limiter',
            'PRIORITY_QUEUE': 'priority-queue', 'QUEUE': 'queue', 'BYTES': 'bytes'}
CLAIMED, COMMITTED = 1, 2           # flu_task.wait
TASK_STARTED, TASK_ACTOR = 1, 32    # flu_task.flags


# ---- memory ----

class Bad(Exception):
    """An address that cannot be read, or something that is not what it should be."""


def read(address, size):
    try:
        return gdb.selected_inferior().read_memory(address, size).tobytes()
    except (gdb.error, OverflowError, ValueError) as e:
        raise Bad(address) from e


def word(address):
    return struct.unpack('<Q', read(address, WORD))[0]


def half_word(address):
    return struct.unpack('<I', read(address, 4))[0]


def c_string(address, most=256):
    text = b''
    while len(text) < most:
        byte = read(address + len(text), 1)
        if byte == b'\0':
            break
        text += byte
    return text.decode('utf-8', 'replace')


class Layouts:
    """Offsets of fields and values of enums, from the debug information."""

    def __init__(self):
        self.offsets, self.enums = {}, {}

    def offset(self, path):
        """'flu_task.promise.id' in bytes."""
        if path not in self.offsets:
            name, *fields = path.split('.')
            kind, at = lookup(name), 0
            for field in fields:
                at, kind = self.step(kind, field, at, path)
            self.offsets[path] = at
        return self.offsets[path]

    def step(self, kind, name, at, path):
        kind = kind.strip_typedefs()
        for field in kind.fields():
            if field.name == name:
                return at + field.bitpos // 8, field.type
            if not field.name and field.type.strip_typedefs().code in (gdb.TYPE_CODE_UNION, gdb.TYPE_CODE_STRUCT):
                try:
                    return self.step(field.type, name, at + field.bitpos // 8, path)
                except gdb.GdbError:
                    continue
        raise gdb.GdbError(f'{path} is unknown: this script is of another version than the program')

    def enum(self, name):
        """{'TASK': 16 ...} for flu_type, the common beginning of the names left out."""
        if name not in self.enums:
            fields = lookup(name).strip_typedefs().fields()
            common = {'flu_type': 'FLU_T_', 'flu_wait_kind': 'FLU_WAIT_'}[name]
            self.enums[name] = {f.name[len(common):]: f.enumval for f in fields if f.name.startswith(common)}
        return self.enums[name]


def lookup(name):
    for spelling in name, 'struct ' + name:
        try:
            return gdb.lookup_type(spelling)
        except gdb.error:
            continue
    raise gdb.GdbError(f'no debug information of {name}: is this a FluentAI program, and was it stripped?')


layouts = Layouts()
gdb.events.new_objfile.connect(lambda event: layouts.__init__())  # another program


def at(address, path):
    return word(address + layouts.offset(path))


def byte_at(address, path):
    return read(address + layouts.offset(path), 1)[0]


def half_at(address, path):
    return half_word(address + layouts.offset(path))


# ---- values ----

def header_of(v):
    h = word(v)
    if h & TAG_MASK != TAG_HEADER:
        raise Bad(v)
    return h


def type_name(h):
    number = h >> 8 & 0xff
    for name, value in layouts.enum('flu_type').items():
        if value == number:
            return name
    raise Bad(h)


def size_of(h):
    return h >> 32


def symbol_name(v):
    return c_string(at(v, 'flu_symbol.name'))


def info_name(info):
    return c_string(at(info, 'flu_proc_info.name'))


def fixnum(v):
    return (v - (1 << 64) if v >> 63 else v) >> 3


def flonum(v):
    bits = (v - 1) & ((1 << 64) - 1)
    bits = (bits >> 4 | bits << 60) & ((1 << 64) - 1)
    return number_text(struct.unpack('<d', struct.pack('<Q', bits))[0])


def number_text(d):
    return repr(d)


def string_text(v):
    size = size_of(header_of(v))
    text = read(v + layouts.offset('flu_string.bytes'), min(size, MOST_TEXT)).decode('utf-8', 'replace')
    quoted = ''.join({'"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r'}.get(c, c) for c in text)
    return f'"{quoted}"' + ('...' if size > MOST_TEXT else '')


def bigint(v):
    h = header_of(v)
    count = size_of(h)
    if count > 1000:
        return f'#<int of {count} digits to the base 2^60>'
    digits = struct.unpack(f'<{count}Q', read(v + WORD, count * WORD))
    n = sum(d << 60 * i for i, d in enumerate(digits))
    return str(-n if h >> 16 & 0xffff else n)


def actor_text(v):
    does = at(v, 'flu_actor.does')
    name = symbol_name(at(does, 'flu_behaviour.name')) + ' ' if does else ''
    return f'#<actor {name}{half_at(v, "flu_actor.id")}>'


def error_text(v):
    kind, message = at(v, 'flu_error.kind'), at(v, 'flu_error.message')
    text = [string_text(m)[1:-1] if is_object(m, 'STRING') else show(m, MOST_DEPTH) for m in (kind, message)]
    return f'#<error {text[0]}: {text[1]}>'


def promise_text(v):
    state = half_at(v, 'flu_promise.state')
    return f'#<promise {half_at(v, "flu_promise.id")} {PROMISE_STATES[state] if state < 4 else state}>'


def node_entries(node, level, width, out):
    """The entries of a hash trie below this node (runtime/coll/trie.h): insertion number, then key, value."""
    h = header_of(node)
    if type_name(h) != 'NODE' or level > 9:
        raise Bad(node)
    collision = level > 8 or (h >> 16 & 0xffff) == 0
    entries, children = (size_of(h), 0) if collision else (h >> 16 & 0xff, h >> 24 & 0xff)
    slots = struct.unpack(f'<{entries * (width + 1) + children}Q', read(node + 2 * WORD, (entries * (width + 1) + children) * WORD))
    for i in range(entries):
        entry = slots[i * (width + 1):(i + 1) * (width + 1)]
        out.append((fixnum(entry[width]), entry[:width]))
    for child in slots[entries * (width + 1):]:
        if len(out) < 100000:
            node_entries(child, level + 1, width, out)


def table_items(v, width):
    """Keys and values of a dict, or elements of a set, in the order of insertion."""
    h = header_of(v)
    if h >> 3 & 1:
        out = []
        node_entries(word(v + WORD), 0, width, out)
        return [x for _, entry in sorted(out) for x in entry]
    n = min(size_of(h), 8) * width
    return list(struct.unpack(f'<{n}Q', read(v + WORD, n * WORD)))


def vector_items(v):
    n, body = half_at(v, 'flu_vector.length'), at(v, 'flu_vector.body')
    count = min(n, MOST_ITEMS + 1)
    if body & 2:
        return [number_text(d) for d in struct.unpack(f'<{count}d', read(body - 2, count * WORD))]
    return list(struct.unpack(f'<{count}Q', read(body, count * WORD)))


def joined(items, depth):
    """Texts are there already for doubles."""
    if depth >= MOST_DEPTH and items:
        return '...'
    texts = [x if isinstance(x, str) else show(x, depth + 1) for x in items[:MOST_ITEMS]]
    return ' '.join(texts + ['...'] * (len(items) > MOST_ITEMS))


def list_text(v, depth):
    items, rest = [], v
    while rest & TAG_MASK == TAG_CONS and len(items) <= MOST_ITEMS:
        items.append(word(rest - TAG_CONS))
        rest = word(rest - TAG_CONS + WORD)
    end = '' if rest == 0x1e or len(items) > MOST_ITEMS else ' . ' + show(rest, depth + 1)
    return f'({joined(items, depth)}{end})'


def tagged_text(v, depth):
    n = min(size_of(header_of(v)), MOST_ITEMS + 1)
    fields = list(struct.unpack(f'<{n}Q', read(v + 2 * WORD, n * WORD)))
    inner = joined(fields, depth)
    return f'({symbol_name(word(v + WORD))}{" " + inner if inner else ""})'


def is_object(v, kind):
    return v != 0 and v & TAG_MASK == TAG_OBJECT and type_name(header_of(v)) == kind


def object_text(v, depth):
    h = header_of(v)
    kind = type_name(h)
    simple = {'STRING': string_text, 'SYMBOL': symbol_name, 'KEYWORD': lambda v: ':' + symbol_name(v), 'BIGINT': bigint,
              'FLOAT': lambda v: number_text(struct.unpack('<d', read(v + WORD, WORD))[0]),
              'PROC': lambda v: f'#<procedure {info_name(at(v, "flu_proc.info"))}>',
              'PROMISE': promise_text, 'TASK': promise_text, 'ERROR': error_text, 'ACTOR': actor_text,
              'CHANNEL': lambda v: f'#<channel {half_at(v, "flu_chan.id")}>',
              'ASYNC_QUEUE': lambda v: f'#<async-queue {half_at(v, "flu_chan.id")}>',
              'OTHER': lambda v: f'#<{c_string(at(at(v, "flu_opaque.cls"), "flu_class.name"))}>'}
    if kind in simple:
        return simple[kind](v)
    if kind in NUMBERED:
        return f'#<{NUMBERED[kind]} {size_of(h)}>'
    if kind == 'TAGGED':
        return tagged_text(v, depth)
    if kind in ('VECTOR', 'DICT', 'SET'):
        items = {'VECTOR': vector_items, 'DICT': lambda v: table_items(v, 2), 'SET': lambda v: table_items(v, 1)}[kind](v)
        opening, closing = {'VECTOR': ('#(', ')'), 'DICT': ('{', '}'), 'SET': ('#{', '}')}[kind]
        return opening + joined(items, depth) + closing
    return f'#<{kind.lower().replace("_", "-")}>'


values_left = MOST_VALUES


def show(v, depth=0):
    """The value as the program would write it, cut short."""
    global values_left
    values_left = MOST_VALUES if depth == 0 else values_left - 1
    if values_left <= 0:
        return '...'
    tag = v & TAG_MASK
    try:
        if v == 0:
            return '#<abnormal return>'
        if tag == TAG_FIXNUM:
            return str(fixnum(v))
        if FLOAT_TAGS >> (v & 31) & 1:
            return flonum(v)
        if tag == TAG_CONS:
            return list_text(v, depth)
        if tag == TAG_OBJECT:
            return object_text(v, depth)
        return IMMEDIATES[v]
    except (Bad, KeyError, struct.error, IndexError, RecursionError):
        return f'#<bad {v:#x}>'


class ValuePrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return show(int(self.value))


def find_printer(value):
    return ValuePrinter(value) if value.type.name == 'flu_value' else None


find_printer.name = 'fluentai'


# ---- tasks and actors ----

def memory_ranges():
    """Writable memory, (from, to): of a process by its mappings, of a core file by its segments."""
    found = []
    try:
        for line in gdb.execute('info proc mappings', to_string=True).splitlines():
            m = re.match(r'\s*(0x[0-9a-f]+)\s+(0x[0-9a-f]+)\s+0x[0-9a-f]+\s+0x[0-9a-f]+\s+rw', line)
            if m:
                found.append((int(m.group(1), 16), int(m.group(2), 16)))
    except gdb.error:
        pass
    if not found:
        for line in gdb.execute('info files', to_string=True).splitlines():
            m = re.match(r'\s*(0x[0-9a-f]+) - (0x[0-9a-f]+) is load', line)
            if m:
                found.append((int(m.group(1), 16), int(m.group(2), 16)))
    if not found:
        raise gdb.GdbError('the program does not run: start it, or load a core file')
    return found


def objects_with(header):
    """Addresses of the objects with exactly this header word."""
    pattern = struct.pack('<Q', header)
    for start, end in memory_ranges():
        for chunk in range(start, end, CHUNK):
            try:
                data = read(chunk, min(CHUNK, end - chunk))
            except Bad:
                continue
            found = data.find(pattern)
            while found >= 0:
                if (chunk + found) % WORD == 0:
                    yield chunk + found
                found = data.find(pattern, found + 1)


def header_for(kind):
    return TAG_HEADER | layouts.enum('flu_type')[kind] << 8


def is_alive_task(t):
    try:
        state, wait = half_at(t, 'flu_task.promise.state'), half_at(t, 'flu_task.wait')
        spare = byte_at(t, 'flu_task.flags') & TASK_ACTOR and at(t, 'flu_task.promise.value') == 0x06
        return state == 0 and wait < 8 and half_at(t, 'flu_task.promise.id') > 0 and not spare
    except Bad:
        return False


def live_tasks():
    return sorted((t for t in set(objects_with(header_for('TASK'))) if is_alive_task(t)), key=lambda t: half_at(t, 'flu_task.promise.id'))


def is_actor(a):
    try:
        return byte_at(a, 'flu_actor.status') < 4 and at(a, 'flu_actor.handler') != 0 and half_at(a, 'flu_actor.id') > 0
    except Bad:
        return False


def global_word(name):
    """A global pointer of the runtime, static or not; 0: there is none."""
    for find in (gdb.lookup_global_symbol, gdb.lookup_static_symbol):
        symbol = find(name)
        if symbol is not None:
            return int(symbol.value())
    return 0


def runtime():
    return global_word('dumped')  # task_report.c


def running_tasks():
    """Those that workers run now: {task: number of the worker}."""
    rt, found = runtime(), {}
    if rt == 0:
        return found
    workers = rt + layouts.offset('flu_runtime.workers')
    count = half_word(workers + layouts.offset('flu_workers.count'))
    for i in range(min(count, 256)):
        worker = word(workers + layouts.offset('flu_workers.all') + i * WORD)
        found[at(worker, 'flu_worker.task')] = i
    found.pop(0, None)
    return found


def is_parked(t):
    wait = half_at(t, 'flu_task.wait')
    return wait & COMMITTED and not wait & CLAIMED


def parking(t):
    return at(t, 'flu_task.promise.parking')


def wait_text(t):
    number = byte_at(t, 'flu_task.wait_kind')
    name = next((n for n, v in layouts.enum('flu_wait_kind').items() if v == number), 'NONE')
    text = 'waits in ' + WAITS.get(name, name.lower())
    waited = at(parking(t), 'flu_parking.wait_object') if parking(t) else 0x06
    return text if waited == 0x06 else f'{text} on {show(waited)}'


def state_text(t, running):
    if t in running:
        return f'running on worker {running[t]}'
    if is_parked(t):
        return wait_text(t)
    return 'ready' if byte_at(t, 'flu_task.flags') & TASK_STARTED else 'new'


def frames(t):
    """(procedure, file, line, column) of the frames in the heap, innermost first."""
    f = at(t, 'flu_task.frames')
    for _ in range(FRAMES):
        if f == 0:
            return
        info, point = at(f, 'flu_frame.info'), word(f) >> 16 & 0xffff
        sites, count = at(info, 'flu_proc_info.sites'), half_at(info, 'flu_proc_info.site_count')
        line = column = 0
        if sites and point < count:
            line, column = struct.unpack('<II', read(sites + point * 8, 8))
        yield info_name(info), c_string(at(info, 'flu_proc_info.file')), line, column
        f = at(f, 'flu_frame.parent')


def is_library(file):
    return file == '' or file.startswith('<') or file.startswith('stdlib/')


def frame_lines(t):
    return [f'at {name} ({file}:{line}:{column})' for name, file, line, column in frames(t) if not is_library(file)]


def task_text(t):
    text = f'task {half_at(t, "flu_task.promise.id")}'
    rt = runtime()
    if rt and at(rt, 'flu_runtime.main_task') == t:
        text += ' (main)'
    if byte_at(t, 'flu_task.flags') & TASK_ACTOR:
        text += ' of ' + show(at(t, 'flu_task.promise.value'))
    return text


def limit(argument, default=100):
    if not argument.strip():
        return default
    if not argument.strip().isdigit():
        raise gdb.GdbError('how many to show at most, as a number')
    return int(argument)


def guarded(act):
    """Memory that cannot be read is said, not shown as a fault of this script."""
    try:
        act()
    except Bad as e:
        raise gdb.GdbError(f'memory at {e.args[0]:#x} cannot be read, or is no object') from e


class Command(gdb.Command):
    def __init__(self):
        super().__init__(self.name, gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        guarded(lambda: self.run(argument))


class FluPrint(Command):
    """flu-print EXPRESSION: the FluentAI value of a C expression, such as a variable, w->task or 0x7f...."""
    name = 'flu-print'

    def run(self, argument):
        if not argument.strip():
            raise gdb.GdbError('flu-print takes an expression: a variable of the type flu_value, or an address')
        print(show(int(gdb.parse_and_eval(argument)) & ((1 << 64) - 1)))


class FluTasks(Command):
    """flu-tasks [N]: the tasks that have not ended, what they wait for and where; at most N of them (100)."""
    name = 'flu-tasks'

    def run(self, argument):
        most, tasks, running = limit(argument), live_tasks(), running_tasks()
        print(f'{len(tasks)} task{"" if len(tasks) == 1 else "s"}:')
        for t in tasks[:most]:
            place = '' if t in running else next(iter(frame_lines(t)), '')
            print(f'  {task_text(t)}: {state_text(t, running)}{" " + place if place else ""}')
        if len(tasks) > most:
            print(f'  and {len(tasks) - most} more: flu-tasks {len(tasks)}')


class FluActors(Command):
    """flu-actors [N]: the actors that have not stopped, their mailboxes and states; at most N of them (100)."""
    name = 'flu-actors'

    def run(self, argument):
        most = limit(argument)
        actors = [a for a in set(objects_with(header_for('ACTOR'))) if is_actor(a)]
        actors = sorted((a for a in actors if ACTOR_STATES[byte_at(a, 'flu_actor.status')] != 'stopped'), key=lambda a: half_at(a, 'flu_actor.id'))
        print(f'{len(actors)} actor{"" if len(actors) == 1 else "s"}:')
        for a in actors[:most]:
            letters = half_at(a, 'flu_actor.box.letters.tail') - half_at(a, 'flu_actor.box.letters.head') & 0xffffffff
            task = at(a, 'flu_actor.task')
            status = ACTOR_STATES[byte_at(a, 'flu_actor.status')]
            status = status if status != 'running' else 'busy' if task else 'idle'
            print(f'  {actor_text(a)}: {status}, {letters} message{"" if letters == 1 else "s"}, state {show(at(a, "flu_actor.state"))}')
            if task and at(a, 'flu_actor.current.message') > 0x26:
                print(f'    handles {show(at(a, "flu_actor.current.message"))}')
        if len(actors) > most:
            print(f'  and {len(actors) - most} more: flu-actors {len(actors)}')


class FluStack(Command):
    """flu-stack [ID]: the logical stack of a task: its frames, then those of the task that awaits it, and so on.
    Without ID: of the task that the selected thread runs; the frames that it has on the C stack are those of backtrace."""
    name = 'flu-stack'

    def run(self, argument):
        tasks = live_tasks()
        t = self.numbered(tasks, argument) if argument.strip() else self.current()
        awaiters = {at(parking(x), 'flu_parking.wait_object'): x for x in tasks if is_parked(x) and parking(x)}
        running, seen = running_tasks(), set()
        while t is not None and t not in seen:
            seen.add(t)
            print(f'{task_text(t)}: {state_text(t, running)}')
            for line in frame_lines(t):
                print('  ' + line)
            t = awaiters.get(t)
            if t is not None:
                print('  -- awaited by')

    def numbered(self, tasks, argument):
        for t in tasks:
            if argument.strip() == str(half_at(t, 'flu_task.promise.id')):
                return t
        raise gdb.GdbError(f'no task has the number {argument.strip()}: see flu-tasks')

    def current(self):
        running = running_tasks()
        if len(running) != 1:
            raise gdb.GdbError(f'{len(running)} workers run a task: flu-stack takes the number of one, see flu-tasks')
        return next(iter(running))


for command in (FluPrint, FluTasks, FluActors, FluStack):
    command()
gdb.pretty_printers.append(find_printer)

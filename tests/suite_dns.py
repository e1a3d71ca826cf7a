"""dns/: dns-lookup against name servers that answer, answer wrongly, or not at all. The program is built twice, linked dynamically
and statically; FLU_NAME_SERVERS names the servers."""
import functools
import socket
import struct
import threading

from harness import Failure, GCC, Test, WORK, compare, must_run, program_env

PROGRAM = """(define (addresses host)
  (try (string-join (sort (dns-lookup host)) " ")
       (catch e (str (error-kind e) ": " (error-message e)))))
(for-each (fn (host) (print-line (addresses host))) (args))
"""
A, AAAA, CNAME = 1, 28, 5
SERVFAIL, NXDOMAIN, REFUSED = 2, 3, 5


def tests(options):
    if options.update:
        return []
    return [Test(f'dns/{kind}', functools.partial(run_all, kind), build=GCC) for kind in ('dynamic', 'static')]


# ---- a name server ----

def question_of(query):
    """Name (its labels) and type."""
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    return '.'.join(labels), struct.unpack('>H', query[at + 1:at + 3])[0]


def name_bytes(name):
    return b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0'


def record(kind, data, name=b'\xc0\x0c'):
    return name + struct.pack('>HHIH', kind, 1, 60, len(data)) + data


def address(kind, text):
    return record(kind, socket.inet_pton(socket.AF_INET if kind == A else socket.AF_INET6, text))


def reply(query, records=(), code=0, flags=0x8180, name=None, number=None):
    asked, kind = question_of(query)
    head = struct.pack('>HHHHHH', number if number is not None else struct.unpack('>H', query[:2])[0], flags | code, 1, len(records), 0, 0)
    return head + name_bytes(name or asked) + struct.pack('>HH', kind, 1) + b''.join(records)


def only_v4(query, text):
    return reply(query, [address(A, text)] if question_of(query)[1] == A else [])


def answers(query, by_tcp):
    """The packets that the first server sends for a question."""
    name, kind = question_of(query)
    number = struct.unpack('>H', query[:2])[0]
    right = only_v4(query, '10.0.0.1')
    match name.split('.')[0].lower():
        case 'both': return [reply(query, [address(A, '10.0.0.1') if kind == A else address(AAAA, 'fd00::1')])]
        case 'several': return [reply(query, [address(A, f'10.0.0.{i}') for i in (2, 1, 2)] if kind == A else [])]
        case 'wrong-number': return [reply(query, [address(A, '6.6.6.6')] if kind == A else [], number=number ^ 1), right]
        case 'wrong-name': return [reply(query, [address(A, '6.6.6.6')] if kind == A else [], name='evil.test'), right]
        case 'no-such': return [reply(query, code=NXDOMAIN)]
        case 'no-address': return [reply(query)]
        case 'failing' | 'fails-here': return [reply(query, code=SERVFAIL)]
        case 'refused': return [reply(query, code=REFUSED)]
        case 'long': return [right] if by_tcp else [reply(query, flags=0x8380)]
        case 'alias': return [reply(query, [record(CNAME, name_bytes('real.test')),
                                            record(A, socket.inet_aton('10.0.0.7'), name_bytes('real.test'))] if kind == A else [])]
        case 'cut': return [right[:-3]]
        case 'loop': return [reply(query, [record(A, socket.inet_aton('10.0.0.1'), b'\xc0' + bytes([len(query)]))])]
        case 'counts': return [right[:6] + b'\xff\xff' + right[8:]]
        case 'empty': return [b'', b'\0', right[:11]]
        case _: return []


class Server:
    """UDP and TCP at one free port. answer(query, by_tcp) gives packets."""

    def __init__(self, answer):
        self.answer = answer
        self.tcp = socket.create_server(('127.0.0.1', 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(('127.0.0.1', self.port))
        for serve in self.serve_udp, self.serve_tcp:
            threading.Thread(target=serve, daemon=True).start()

    def serve_udp(self):
        while True:
            query, client = self.udp.recvfrom(4096)
            for packet in self.answer(query, False):
                self.udp.sendto(packet, client)

    def serve_tcp(self):
        while True:
            connection, _ = self.tcp.accept()
            with connection, connection.makefile('rwb') as stream:
                while len(size := stream.read(2)) == 2:
                    for packet in self.answer(stream.read(struct.unpack('>H', size)[0]), True):
                        stream.write(struct.pack('>H', len(packet)) + packet)
                    stream.flush()


# ---- what is found ----

FOUND = [('both.test', '10.0.0.1 fd00::1'),
         ('several.test', '10.0.0.1 10.0.0.2'),
         ('wrong-number.test', '10.0.0.1'),
         ('wrong-name.test', '10.0.0.1'),
         ('long.test', '10.0.0.1'),
         ('alias.test', '10.0.0.7'),
         ('fails-here.test', '10.0.0.9'),
         ('no-such.test', 'network-error: dns-lookup: no-such.test: no such host'),
         ('no-address.test', 'network-error: dns-lookup: no-address.test: the host has no address'),
         ('failing.test', 'network-error: dns-lookup: failing.test: no name server listens, or all have failed'),
         ('a..b', 'network-error: dns-lookup: a..b: not a name of a host'),
         ('', 'network-error: dns-lookup: : not a name of a host'),
         ('some.LocalHost.', '127.0.0.1 ::1'),
         ('192.0.2.1', '192.0.2.1'),
         ('::1', '::1')]
NOT_FOUND = ['refused.test', 'cut.test', 'loop.test', 'counts.test', 'empty.test', 'silent.test', 'x' * 64 + '.test', 'ü.test']


def compiled(kind):
    program = WORK / 'dns' / f'{kind}.exe'
    source = program.with_suffix('.flu')
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(PROGRAM)
    must_run([GCC.flc2c, 'build', *(['--static'] if kind == 'static' else []), source, '-o', program], timeout=120)
    return program


def second_answers(query, by_tcp):
    """The other server: it knows what the first one fails at, and says so of the rest too."""
    return [only_v4(query, '10.0.0.9')] if question_of(query)[0] == 'fails-here.test' else answers(query, by_tcp)


def run_all(kind):
    program = compiled(kind)
    servers = f'127.0.0.1:{Server(answers).port},127.0.0.1:{Server(second_answers).port}'

    def look_up(*hosts, names=servers):
        return must_run([program, *hosts], env=program_env({'FLU_NAME_SERVERS': names, 'RES_OPTIONS': 'retrans:300'}), clean_env=True,
                        timeout=60).out
    compare('what is found', ''.join(line + '\n' for _, line in FOUND).encode(), look_up(*(host for host, _ in FOUND)))
    for host in NOT_FOUND:
        out = look_up(host).decode()
        if not out.startswith(f'network-error: dns-lookup: {host}: '):
            raise Failure(f'{host} gives {out}')
    compare('nobody listens', b'network-error: dns-lookup: both.test: no name server listens, or all have failed\n', look_up('both.test', names='127.0.0.1:1'))
    compare('a bad setting', b'network-error: dns-lookup: both.test: FLU_NAME_SERVERS must be addresses with commas between them, as '
            b'10.0.0.2,[fd00::2]:5353\n', look_up('both.test', names='name-server'))

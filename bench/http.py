#!/usr/bin/env python3
"""Measures an HTTP server that says hello, beside the same one of Go's net/http.

./dev bench http [--runs N] [--seconds N] [--connections N] [--idle N]

Each server runs on one core, wrk (Debian's package) on another one; the servers take turns, and figures are medians. Then so many idle
keep-alive connections, each of which has made one request, are held open: memory of the process (resident) for each; and with as many
clients that have sent half a request (slow loris), the rate of the others again.
"""
import argparse
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLC2C = os.environ.get('FLC2C') or ROOT / 'build/transpiler/flc2c'
REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'


def build(folder):
    """The programs that can be built here, by name."""
    subprocess.run([FLC2C, 'build', ROOT / 'bench/http.flu', '-o', folder / 'flu'], check=True)
    servers = {'FluentAI': [folder / 'flu']}
    if shutil.which('go'):
        subprocess.run(['go', 'build', '-o', folder / 'go', ROOT / 'bench/peers/http/http.go'], check=True)
        servers['Go net/http'] = [folder / 'go']
    return servers


class Server:
    def __init__(self, command):
        env = {**os.environ, 'FLU_WORKERS': '1', 'GOMAXPROCS': '1'}
        self.process = subprocess.Popen(['taskset', '-c', '0', *command], stdout=subprocess.PIPE, text=True, env=env)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def resident(self):
        """Bytes."""
        status = Path(f'/proc/{self.process.pid}/status').read_text()
        return int(re.search(r'VmRSS:\s+(\d+)', status)[1]) * 1024

    def connect(self, data):
        s = socket.create_connection(('127.0.0.1', self.port))
        s.sendall(data)
        return s

    def rate(self, seconds, connections):
        """Requests a second, as wrk counts them."""
        core = '1' if os.cpu_count() > 1 else '0'
        command = ['taskset', '-c', core, 'wrk', '-t1', f'-c{connections}', f'-d{seconds}s', f'http://127.0.0.1:{self.port}/']
        out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        if 'errors' in out or 'Non-2xx' in out:
            sys.exit(f'wrk: {out}')
        return float(re.search(r'Requests/sec:\s+([\d.]+)', out)[1])


def answered(s):
    data = b''
    while not data.endswith(b'hello, world\n'):
        part = s.recv(4096)
        if not part:
            sys.exit('a connection was closed')
        data += part
    return s


def idle_memory(command, count):
    with Server(command) as server:
        answered(server.connect(REQUEST)).close()
        before = server.resident()
        held = [answered(server.connect(REQUEST)) for _ in range(count)]
        after = server.resident()
        for s in held:
            s.close()
        return (after - before) / count


def rate_beside_slow_ones(command, count, seconds, connections):
    with Server(command) as server:
        held = [server.connect(REQUEST[:20]) for _ in range(count)]
        rate = server.rate(seconds, connections)
        for s in held:
            s.close()
        return rate


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--seconds', type=int, default=3, help='of each run')
    parser.add_argument('--connections', type=int, default=50)
    parser.add_argument('--idle', type=int, default=10000)
    args = parser.parse_args()
    if not shutil.which('wrk'):
        sys.exit('wrk is missing: apt install wrk')
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(args.idle, hard - 100)
    with tempfile.TemporaryDirectory() as folder:
        servers = build(Path(folder))
        rates = {name: [] for name in servers}
        for _ in range(args.runs):
            for name, command in servers.items():
                with Server(command) as server:
                    rates[name].append(server.rate(args.seconds, args.connections))
        print('| server | requests a second | the same beside half-sent requests | an idle connection |')
        print('| --- | ---: | ---: | ---: |')
        for name, command in servers.items():
            slow = rate_beside_slow_ones(command, min(1000, count), args.seconds, args.connections)
            memory = idle_memory(command, count)
            print(f'| {name} | {statistics.median(rates[name]):,.0f} | {slow:,.0f} | {memory / 1024:.1f} KB |')


if __name__ == '__main__':
    main()

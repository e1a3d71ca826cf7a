#!/usr/bin/env python3
"""Compares the speed of FluentAI programs with the same programs in other languages.

./dev bench [NAME ...] [--peer go,erlang] [--runs N] [--cores 1,all] [--write]

Each program prints one line, which is checked. All run by turns (ours, the peers', ours, ...), so that other work on the machine disturbs
all alike, pinned to one core and then on all cores; figures are medians. On one core the CPU seconds count (user and system), on all cores
the wall time. The peers' programs are looked for in bench/peers, and in $PEERS_DIR or ../shared/peers; a peer that is not installed is
skipped. $FLC2C names another flc2c than build/transpiler/flc2c. --write makes bench/results.md and bench/chart.svg of what was found.
"""
import argparse
import importlib.util
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import report  # noqa: E402  (beside this file)

ROOT = Path(__file__).resolve().parent.parent
FLC2C = os.environ.get('FLC2C') or ROOT / 'build/transpiler/flc2c'
PEERS_DIR = Path(os.environ.get('PEERS_DIR') or ROOT.parent / 'shared/peers')
MOST_SECONDS = 120  # for one run


@dataclass(frozen=True)
class Bench:
    size: int
    line: str         # what it prints at that size
    small_size: int   # for the tests
    small_line: str
    goal: float = 0   # CPU seconds as a ratio to Go that we want to stay below; 0: none


BENCHES = {
    'fib': Bench(38, '39088169', 20, '6765', 0.85),
    'nqueens': Bench(12, '14200', 6, '4', 1.0),
    'binarytrees': Bench(18, '68332206', 6, '4398', 0.25),
    'nbody': Bench(1000000, '-0.1690862', 1000, '-0.1690876', 1.2),
    'wordcount': Bench(1000000, '46 50000', 3000, '3 2911', 3.0),
    'pingpong': Bench(2000000, '2000000', 100, '100', 0.22),
    'ring': Bench(5000000, '181', 1000, '498', 0.22),
    'skynet': Bench(1000000, '499999500000', 1000, '499500', 0.22),
    'count': Bench(10000000, '10000000', 2000, '2000', 0.33),
    'big': Bench(20000, '1280000', 50, '3200', 0.3),
    'chameneos': Bench(500000, '1000000 1000000', 500, '1000 1000', 0.3),
    'restart': Bench(100000, '100000', 100, '100', 1.0),
    'banking': Bench(500000, '1000000 500000', 200, '1000000 200', 0.5),
    'philosophers': Bench(50000, '1000000', 20, '400', 0.5),
    'sieve': Bench(300000, '25997', 1000, '168'),
    'logmap': Bench(10000, '50998921', 10, '47127731'),
    'forkjoin': Bench(1000000, '461500000', 1000, '461500', 0.15),
    'fanin': Bench(2000000, '250001000000', 800, '40400', 0.15),
    'timers': Bench(1000000, '1000000', 100, '100', 0.35),
    'idle': Bench(1000000, '1000000', 1000, '1000'),
    'parallel': Bench(13, '73712', 6, '4', 1.0),
    'generator': Bench(10000000, '49999995000000', 1000, '499500', 0.33),
    'startup': Bench(0, 'hello', 0, 'hello'),
}


# ---- our side ----

def build_ours(name, folder):
    """The command, or None: it does not build."""
    program = folder / f'{name}.flu.exe'
    static = ['--static'] if name == 'startup' else []
    if subprocess.run([FLC2C, 'build', *static, ROOT / f'bench/{name}.flu', '-o', program], check=False).returncode != 0:
        return None
    if static:
        subprocess.run(['strip', program], check=True)
    return [str(program)]


# ---- the peers' side ----

def load_peers(folder):
    """The peers' own runner, which knows how to build each; None: not there."""
    script = PEERS_DIR / 'run.py'
    if not script.exists():
        return None
    os.environ.setdefault('PEERS_BUILD', str(folder))
    spec = importlib.util.spec_from_file_location('peers_run', script)
    peers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peers)
    os.makedirs(peers.BUILD, exist_ok=True)
    return peers


def build_own_peer(peer, name, folder):
    """The same for a program of bench/peers."""
    source = ROOT / f'bench/peers/{name}/{name}.{"go" if peer == "go" else "erl"}'
    if peer not in ('go', 'erlang') or not source.exists() or not shutil.which('go' if peer == 'go' else 'erlc'):
        return None
    if peer == 'go':
        program = folder / f'{name}.go.exe'
        subprocess.run(['go', 'build', '-o', program, source], check=True, env={**os.environ, 'CGO_ENABLED': '0'})
        return [str(program)]
    subprocess.run(['erlc', '-o', folder, source], check=True)
    return ['erl', '+S', 'CORES', '-noshell', '-noinput', '-pa', str(folder), '-run', name, 'main']


def build_peer(peers, peer, name, folder):
    """The command, or None: not installed, or the peer has no such program."""
    if (ROOT / 'bench/peers' / name).exists():
        return build_own_peer(peer, name, folder)
    if not peers or not shutil.which(peers.TOOL.get(peer, peer)):
        return None
    try:
        command = peers.build(peer, name)
    except (subprocess.CalledProcessError, OSError) as e:
        print(f'{name}: cannot build {peer}: {e}', file=sys.stderr)
        return None
    cwd = Path(peers.BUILD)
    return [str(cwd / command[0]) if (cwd / command[0]).exists() else command[0], *command[1:]] if command else None


# ---- measuring ----

@dataclass
class Run:
    cpu: float   # seconds, user and system
    wall: float
    rss: int     # peak, in bytes


UNKNOWN_PEAK = 256 << 20


def measure(command, bench, folder, cores, before=None):
    """One run on so many cores. before: the result of an earlier run, or None. Gives Run, or a string that says what went wrong."""
    peak = before.rss if isinstance(before, Run) else UNKNOWN_PEAK
    argv = [f'{cores}:{cores}' if word == 'CORES' else word for word in command] + [str(bench.size)]
    env = {**os.environ, 'GOMAXPROCS': str(cores), 'FLU_WORKERS': str(cores)}
    cpu = '0' if cores == 1 else '-1'
    with tempfile.TemporaryFile('w+') as out, tempfile.TemporaryFile('w+') as figures:
        p = subprocess.Popen([folder / 'measure', str(figures.fileno()), cpu, str(peak * 5 // 4 >> 10), *argv], stdin=subprocess.DEVNULL, stdout=out,
                             stderr=subprocess.DEVNULL, env=env, cwd=folder, pass_fds=[figures.fileno()], start_new_session=True)
        try:
            p.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)  # the session that this run started
            p.wait()
            return f'over {MOST_SECONDS} s'
        out.seek(0)
        figures.seek(0)
        got = out.read().strip().replace('-.', '-0.')
        status, wall, user, system, rss = map(int, figures.read().split())
    if status != 0 or got != bench.line:
        return f'failed ({status}): {got[:60]}'
    return Run((user + system) / 1e6, wall / 1e6, rss * 1024)


def median_runs(commands, bench, runs, folder, cores):
    """Runs all commands by turns, on each number of cores; gives for each (who, cores) the median Run or the first complaint."""
    results = {(who, n): [] for n in cores for who in commands}
    for _ in range(runs + 1):  # the first round warms the caches
        for n in cores:
            for who, command in commands.items():
                known = results[who, n]
                known.append(measure(command, bench, folder, n, known[-1] if known else None))
    return {key: summary(found) for key, found in results.items()}


def summary(found):
    for r in found:
        if isinstance(r, str):
            return r
    kept = found[1:] or found
    return Run(*(statistics.median(getattr(r, f) for r in kept) for f in ('cpu', 'wall', 'rss')))


# ---- the session ----

def main():
    parser = argparse.ArgumentParser(prog='./dev bench', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('names', nargs='*', metavar='NAME', help=', '.join(BENCHES))
    parser.add_argument('--peer', default='go', help='peers to compare with (default: go)')
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--cores', default='1', help='comma-separated: numbers, or "all" (default: 1)')
    parser.add_argument('--write', action='store_true', help='write bench/results.md and bench/chart.svg')
    options = parser.parse_args()
    unknown = [n for n in options.names if n not in BENCHES]
    if unknown:
        parser.error(f'no such benchmark: {" ".join(unknown)}')
    cores = [os.cpu_count() if word == 'all' else int(word) for word in options.cores.split(',')]
    with tempfile.TemporaryDirectory(prefix='flu-bench-') as temporary:
        compare(options, cores, Path(temporary))


def compare(options, cores, folder):
    peers = load_peers(folder)
    if not peers:
        print(f'no peers in {PEERS_DIR}; set PEERS_DIR', file=sys.stderr)
    subprocess.run(['gcc', '-O2', '-static', '-o', folder / 'measure', ROOT / 'bench/measure.c'], check=True)
    session = report.Session(['flc2c', *options.peer.split(',')], cores)
    print(session.head())
    for name in options.names or BENCHES:
        bench = BENCHES[name]
        commands = {}
        for who in session.columns:
            command = build_ours(name, folder) if who == 'flc2c' else build_peer(peers, who, name, folder)
            if command:
                commands[who] = command
        found = median_runs(commands, bench, 15 if name == 'startup' else options.runs, folder, cores)
        session.add(name, bench, found, extra(name, found, folder))
        print(session.row(name), flush=True)
    if options.write:
        session.write(ROOT / 'bench')


def extra(name, found, folder):
    """What else is to be said of a program."""
    ours = next((r for (who, _), r in found.items() if who == 'flc2c' and isinstance(r, Run)), None)
    if ours and name == 'startup':
        return f'{(folder / "startup.flu.exe").stat().st_size / 1e6:.2f} MB on disk, {ours.wall * 1e3:.1f} ms wall'
    if ours and name == 'idle':
        return f'{ours.rss / BENCHES[name].size:.0f} bytes a task'
    return ''


if __name__ == '__main__':
    main()

"""bench/: the benchmarks' programs at small sizes: their results, not their speed."""
import functools
import importlib.util
import subprocess
import sys
import urllib.request

from harness import Failure, GCC, ROOT, Test, WORK, compare, compile_program, must_run, program_env


def tests(options):
    spec = importlib.util.spec_from_file_location('bench_run', ROOT / 'bench/run.py')
    bench = importlib.util.module_from_spec(spec)
    sys.modules['bench_run'] = bench  # where its dataclasses look themselves up
    spec.loader.exec_module(bench)
    return [Test('bench/compile', run_generated, build=GCC),
            Test('bench/http', run_http, build=GCC),
            Test('bench/pauses', run_pauses, build=GCC),
            *(Test(f'bench/{name}', functools.partial(run_bench, name, b), build=GCC) for name, b in bench.BENCHES.items())]


def run_generated():
    """What flc2c's own speed is measured with must be a valid program."""
    source = WORK / 'bench/generated.flu'
    source.parent.mkdir(parents=True, exist_ok=True)
    text = subprocess.run([sys.executable, ROOT / 'bench/compile.py', '--print', '--lines', '400'], stdout=subprocess.PIPE, check=True)
    source.write_bytes(text.stdout)
    compile_program(source, source.with_suffix('.exe'), cflags='-O1')
    must_run([source.with_suffix('.exe')], env=program_env(), clean_env=True, timeout=30)


def run_pauses():
    """What it prints are times: four numbers."""
    program = WORK / 'bench/pauses'
    compile_program(ROOT / 'bench/pauses.flu', program, cflags='-O2')
    r = must_run([program, '1', '100'], env=program_env(), clean_env=True, timeout=30)
    if len([float(word) for word in r.out.split()]) != 4:
        raise Failure(f'printed {r.out}')


def run_bench(name, bench):
    program = WORK / 'bench' / name
    compile_program(ROOT / f'bench/{name}.flu', program, cflags='-O2')
    r = must_run([program, str(bench.small_size)], env=program_env(), clean_env=True, timeout=30)
    compare('the output', (bench.small_line + '\n').encode(), r.out)


def run_http():
    """The server that bench/http.py measures answers."""
    program = WORK / 'bench/http'
    compile_program(ROOT / 'bench/http.flu', program, cflags='-O2')
    with subprocess.Popen([program], stdout=subprocess.PIPE, text=True, env=program_env()) as p:
        try:
            with urllib.request.urlopen(f'http://127.0.0.1:{int(p.stdout.readline())}/', timeout=30) as response:
                compare('the response', b'hello, world\n', response.read())
        finally:
            p.kill()

"""The ```console blocks of a page, run as one session of a terminal in an empty folder, with flc2c installed.

A line "$ command" is given to the shell; what follows it up to the next such line is what it prints. Blocks whose info ends in
"file NAME" are files of that folder from their place in the text on. The port 8080 stands for one that is free; curl is a small
stand-in, which is patient with servers that are just starting."""
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path

from harness import Failure, WORK, compare, program_env
from suite_install import PREFIX, installed

MARK = '\x01'
CURL = '''
import sys, time, urllib.error, urllib.request
args, method, data, url = sys.argv[1:], None, None, None
while args:
    a = args.pop(0)
    if a == '-X': method = args.pop(0)
    elif a == '-d': data = args.pop(0).encode()
    elif a != '-s': url = a
request = urllib.request.Request(url if '://' in url else 'http://' + url, data=data, method=method)
for _ in range(200):
    try:
        with urllib.request.urlopen(request, timeout=20) as response: sys.stdout.write(response.read().decode())
        break
    except urllib.error.HTTPError as e:
        sys.stdout.write(e.read().decode())
        break
    except urllib.error.URLError:
        time.sleep(0.05)
else: sys.exit(7)
'''


def file_name(block):
    """The NAME of a block whose info is "LANGUAGE ... file NAME", else None."""
    words = block.info.split()
    return words[-1] if len(words) >= 3 and words[-2] == 'file' else None


def run_console(name, blocks):
    folder = WORK / 'docs' / (name.replace('/', '-') + '.console')
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = str(free_port())
    (folder / '.curl.py').write_text(CURL)
    script, expected = ['curl() { python3 .curl.py "$@"; }'], ''
    for block in blocks:
        if path := file_name(block):
            script += write_file(folder, path, block)
        elif block.info == 'console':
            text = block.text.replace('8080', port)
            expected += ''.join(MARK + line if line.startswith('$ ') else line for line in text.splitlines(True))
            script += [step for line in text.splitlines() if line.startswith('$ ') for step in say_and_do(line[2:])]
    env = program_env({**installed(), 'XDG_CACHE_HOME': str(WORK / 'docs' / 'cache'), 'TERM': 'dumb', 'NO_COLOR': '1',
                       'MAKEFLAGS': f'-I{PREFIX}/include'})
    compare_steps(expected, run_in_terminal('\n'.join(script) + '\nkill $(jobs -p) 2>/dev/null; true', env, folder))


def run_in_terminal(script, env, folder):
    """What the shell and its programs write to a terminal of their own: lines appear in the order they are written."""
    outer, inner = os.openpty()
    shell = subprocess.Popen(['bash', '-c', script], env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=inner, stderr=inner,
                             start_new_session=True)
    os.close(inner)
    watch = threading.Timer(120, os.killpg, [shell.pid, signal.SIGKILL])
    watch.start()
    output = b''
    try:
        while part := os.read(outer, 65536):
            output += part
    except OSError:  # EIO: nobody has the terminal open any more
        pass
    watch.cancel()
    shell.wait()
    os.close(outer)
    return re.sub(r'[^\n]*\x1b\[K', '', output.decode().replace('\r\n', '\n'))  # without lines that were written over


def write_file(folder, path, block):
    """Kept beside the folder's files under the block's line, and copied when its turn comes."""
    kept = f'.block-{block.line}'
    (folder / kept).write_text(block.text)
    return [f"mkdir -p '{Path(path).parent}'; cp {kept} '{path}'"]


def say_and_do(command):
    quoted = command.replace("'", "'\\''")
    return [f"printf '\\x01$ %s\\n' '{quoted}'", command]


def compare_steps(expected, actual):
    for want, got in zip(expected.split(MARK), actual.split(MARK)):
        compare('what ' + (want.split('\n')[0] or 'the session') + ' prints', want.encode(), got.encode())
    if expected.count(MARK) != actual.count(MARK):
        raise Failure('the session ended early')


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]

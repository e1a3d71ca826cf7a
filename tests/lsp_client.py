"""A client of flc2c lsp, for the tests: messages over the standard streams of a process."""
import json
import os
import select
import subprocess
import time


class Client:
    """Starts the server in a folder. Requests wait for their answer; diagnostics are kept by URI."""

    def __init__(self, flc2c, folder, capabilities=None, timeout=20):
        self.folder, self.timeout = folder, timeout
        self.process = subprocess.Popen([str(flc2c), 'lsp'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder, bufsize=0)
        self.buffer, self.number, self.diagnostics = b'', 0, {}
        if capabilities is not None:
            self.capabilities = self.request('initialize', {'rootUri': self.uri(''), 'capabilities': capabilities})['capabilities']
            self.notify('initialized', {})

    def uri(self, name):
        return f'file://{self.folder}/{name}'.rstrip('/')

    def send_bytes(self, data):
        self.process.stdin.write(data)

    def send(self, message):
        body = json.dumps(message).encode()
        self.send_bytes(b'Content-Length: %d\r\n\r\n' % len(body) + body)

    def receive(self):
        """The next message, or None: the server has ended."""
        end = time.monotonic() + self.timeout
        while True:
            head, mark, rest = self.buffer.partition(b'\r\n\r\n')
            if mark:
                size = int(head.split(b':')[1])
                if len(rest) >= size:
                    self.buffer = rest[size:]
                    return json.loads(rest[:size])
            if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                self.process.kill()
                raise TimeoutError('flc2c lsp does not answer')
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            if not data:
                return None
            self.buffer += data

    def notify(self, method, params):
        self.send({'jsonrpc': '2.0', 'method': method, 'params': params})

    def answer(self, number):
        while True:
            message = self.receive()
            if message is None:
                raise EOFError('flc2c lsp has ended')
            if message.get('method') == 'textDocument/publishDiagnostics':
                self.diagnostics[message['params']['uri']] = message['params']['diagnostics']
            elif message.get('id') == number:
                return message

    def request(self, method, params=None):
        """The result; an error is given as its message."""
        self.number += 1
        self.send({'jsonrpc': '2.0', 'id': self.number, 'method': method, 'params': params})
        message = self.answer(self.number)
        return message['error']['message'] if 'error' in message else message['result']

    def open(self, name, text):
        """The diagnostics of the document."""
        self.diagnostics.pop(self.uri(name), None)
        self.notify('textDocument/didOpen', {'textDocument': {'uri': self.uri(name), 'languageId': 'fluentai', 'version': 1, 'text': text}})
        return self.wait_for_diagnostics(name)

    def change(self, name, *changes):
        self.diagnostics.pop(self.uri(name), None)
        self.notify('textDocument/didChange', {'textDocument': {'uri': self.uri(name), 'version': 2}, 'contentChanges': list(changes)})
        return self.wait_for_diagnostics(name)

    def wait_for_diagnostics(self, name):
        while self.uri(name) not in self.diagnostics:
            message = self.receive()
            if message is None:
                raise EOFError('flc2c lsp has ended')
            if message.get('method') == 'textDocument/publishDiagnostics':
                self.diagnostics[message['params']['uri']] = message['params']['diagnostics']
        return self.diagnostics[self.uri(name)]

    def at(self, method, name, line, character, **more):
        return self.request('textDocument/' + method,
                            {'textDocument': {'uri': self.uri(name)}, 'position': {'line': line, 'character': character}, **more})

    def close(self):
        """The exit status."""
        self.request('shutdown')
        self.notify('exit', None)
        return self.process.wait(self.timeout)

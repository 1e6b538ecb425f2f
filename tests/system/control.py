"""The control socket, spoken directly: length-prefixed JSON."""
import json
import socket
import struct


class Control:
    def __init__(self, node, timeout=60):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(node.dir / "control.sock"))

    def close(self):
        self.socket.close()

    def send(self, message):
        data = json.dumps(message, ensure_ascii=False).encode()
        self.socket.sendall(struct.pack(">I", len(data)) + data)

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.socket.recv(n - len(data))
            if not more:
                raise ConnectionError("the daemon closed the socket")
            data += more
        return data

    def receive(self):
        (length,) = struct.unpack(">I", self.read(4))
        return json.loads(self.read(length))

    def ask(self, message):
        self.send(message)
        return self.receive()


def batch(node, commands):
    control = Control(node)
    try:
        answers = control.ask(commands)
    finally:
        control.close()
    for answer in answers:
        if "error" in answer:
            raise AssertionError(f"{node.name}: {answer['error']}")
    return answers

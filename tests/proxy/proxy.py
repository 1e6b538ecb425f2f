"""lt-proxy for tests and benchmarks, and the measure that it is held to."""
import json
import socket
import subprocess
import threading
import time

from nodes import BIN

PATIENCE_S = 30


class Proxy:
    """One line to a target; up is towards it. Ends with its `with`."""

    def __init__(self, target, rate=0, queue=32768, delay=0, listen="127.0.0.1:0"):
        self.process = subprocess.Popen(
            [str(BIN / "lt-proxy"), "--to", target, "--listen", listen, "--rate", str(rate),
             "--queue", str(queue), "--delay", str(delay)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.answer()["listen"]

    def answer(self):
        """The next line; a proxy that hangs is killed, so this never does."""
        timer = threading.Timer(PATIENCE_S, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        if not line:
            raise RuntimeError("lt-proxy ended")
        return json.loads(line)

    def tell(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.answer()
        if answer.get("ok") is False:
            raise RuntimeError(f"lt-proxy refuses {words}")
        return answer

    def stats(self):
        return self.tell("stats")

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(PATIENCE_S)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()


def used(before, after, rate, way="up"):
    """Which part of what the line could carry it carried between two stats."""
    seconds = (after["ns"] - before["ns"]) / 1e9
    return (after[way]["bytes"] - before[way]["bytes"]) * 8 / (rate * seconds)


def carry(rate, size, delay, both=False, queue=32768):
    """Seconds from the first byte sent to the last received, for each way."""
    took, failed = {}, []

    def send(sock):
        data = bytes(65536)
        left = size
        while left > 0:
            left -= sock.send(data[:min(left, len(data))])
        sock.shutdown(socket.SHUT_WR)

    def receive(sock, way, began):
        got = 0
        while got < size:
            n = len(sock.recv(65536))
            if n == 0:
                failed.append(f"{way} ended after {got} bytes")
                return
            got += n
        took[way] = time.monotonic() - began
        if sock.recv(1) != b"":
            failed.append(f"{way} carries more than was sent")

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        target = "127.0.0.1:%d" % server.getsockname()[1]
        with Proxy(target, rate, queue, delay) as proxy:
            host, port = proxy.address.rsplit(":", 1)
            with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as near:
                server.settimeout(PATIENCE_S)
                far = server.accept()[0]
                near.settimeout(PATIENCE_S)
                far.settimeout(PATIENCE_S)
                with far:
                    began = time.monotonic()
                    ways = [(near, far, "up")] + ([(far, near, "down")] if both else [])
                    threads = []
                    for source, sink, way in ways:
                        threads.append(threading.Thread(target=send, args=(source,)))
                        threads.append(threading.Thread(target=receive, args=(sink, way, began)))
                    for thread in threads:
                        thread.start()
                    for thread in threads:
                        thread.join()
            stats = proxy.stats()
    if failed:
        raise RuntimeError("; ".join(failed))
    return took, stats

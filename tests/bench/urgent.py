"""Urgent events beside a backlog: written at the communes, followed at the top.

`urgent.py DIR N` follows `log --events --follow` of the daemon in DIR and prints
"settled" once about N lines have come, and each urgent event with the moment its line
came, in seconds of the monotonic clock; it is a process of its own, so that whoever writes does not delay it.
"""
import pathlib
import select
import subprocess
import sys
import threading
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests" / "system"))

TYPE = b'"type":"INCIDENT_RAISED"'
EVENT = b'"event":"'
# What was there before has been read: nearly as many lines as events (one in
# two channels has one line), and then nothing for a while.
SETTLED, NEARLY, QUIET_S = "settled", 0.95, 0.5


def follow(dir, before):
    from control import Control

    class At:
        pass
    node = At()
    node.dir = pathlib.Path(dir)
    control = Control(node, timeout=None)
    control.send({"command": "log", "options": {"events": True, "follow": True}})
    buffer = bytearray()
    lines, settled = 0, False
    while True:
        if (not settled and lines >= before * NEARLY
                and not select.select([control.socket], [], [], QUIET_S)[0]):
            settled = True
            print(SETTLED, 0, flush=True)
        data = control.socket.recv(1 << 18)
        if not data:
            return
        came = time.monotonic()
        buffer += data
        lines += data.count(b"\n") if not settled else 0
        end = buffer.rfind(b"\n") + 1
        if TYPE in buffer[:end]:
            for line in bytes(buffer[:end]).split(b"\n"):
                if TYPE in line:
                    at = line.index(EVENT) + len(EVENT)
                    print(line[at:line.index(b'"', at)].decode(), f"{came:.6f}", flush=True)
        del buffer[:end]


class Follower:
    """What comes at @node from now on, as a dictionary from event to moment."""

    def __init__(self, node):
        self.came = {}
        self.settled = threading.Event()
        before = node.status()["log"]["events"]
        self.process = subprocess.Popen([sys.executable, __file__, str(node.dir), str(before)],
                                        stdout=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        if not self.settled.wait(300):
            raise RuntimeError("the follower finds no end of what was there before")

    def read(self):
        for line in self.process.stdout:
            event, came = line.split()
            if event == SETTLED:
                self.settled.set()
            self.came.setdefault(event, float(came))

    def stop(self):
        self.process.kill()
        self.process.wait(30)
        self.thread.join(30)


class Desk:
    """One desk that raises incidents; answers when each was called."""

    def __init__(self, node):
        from control import Control
        self.control = Control(node)
        self.n = 0

    def raise_one(self):
        self.n += 1
        called = time.monotonic()
        answer = self.control.ask({"command": "incident raise", "options": {
            "people": 20 + self.n % 80, "place": f"Trụ sở, cửa số {self.n % 9 + 1}",
            "subject": "đông người đề nghị đối thoại"}})
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["event"], called

    def close(self):
        self.control.close()


if __name__ == "__main__":
    follow(sys.argv[1], int(sys.argv[2]))

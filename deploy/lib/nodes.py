"""Offices to try things with: real daemons, the real tool, loopback.

A Node is one directory with one daemon; a Tree starts several and enrols them
through tokens, as people do. The demo and the system tests use it. Nothing here
sleeps to synchronise: wait_until asks again until the answer is there or
patience ends. Every external program has a time-out; everything started is
stopped by its process id.
"""
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import uuid

PATIENCE_S = float(os.environ.get("LT_PATIENCE_S", "60"))
REPO = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("LT_BIN", REPO / "build" / "dev" / "bin"))

# The path of a socket has 107 bytes; a tree's folder and node names need some.
SOCKET_ROOM = 60


class Failed(AssertionError):
    """A promise was not kept."""


def check(condition, message):
    if not condition:
        raise Failed(message)


def wait_until(ask, what, patience_s=None):
    """The first true answer of ask(); Failed when patience ends."""
    end = time.monotonic() + (patience_s or PATIENCE_S)
    pause = 0.005
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failed("waited in vain: " + (what() if callable(what) else what))
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        """The error object on stderr, or {}."""
        for line in reversed(self.err.strip().splitlines()):
            try:
                return json.loads(line).get("error", {})
            except (ValueError, AttributeError):
                continue
        return {}

    def __repr__(self):
        return f"exit {self.code}, out {self.out[:400]!r}, err {self.err[:800]!r}"


def run_tool(*args, dir=None, input=None, timeout=30, env=None, json_out=True):
    command = [str(BIN / "lienthong")]
    if dir is not None:
        command += ["--dir", str(dir)]
    if json_out:
        command += ["--json"]
    command += [str(a) for a in args]
    full = {**os.environ, "LIENTHONG_LANG": "en", **(env or {})}
    try:
        done = subprocess.run(command, input=input, timeout=timeout, env=full,
                              capture_output=True, text=True, errors="replace")
    except subprocess.TimeoutExpired:
        return Result(-1, "", "the tool did not end within its time-out")
    return Result(done.returncode, done.stdout, done.stderr)


def ask_status(dir, timeout=5):
    """What the tool would print, without starting it: None when nobody answers.
    Waiting asks for little else, and a program takes 20 times as long."""
    asked = json.dumps({"command": "status", "lang": "en"}).encode()
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(timeout)
            line.connect(str(dir / "control.sock"))
            line.sendall(struct.pack(">I", len(asked)) + asked)
            with line.makefile("rb") as answers:
                head = answers.read(4)
                text = answers.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""
        answer = json.loads(text or b"{}")
    except (OSError, ValueError):
        return None
    return answer if "state" in answer else None


class Node:
    """One office: a directory, and a daemon that runs or does not."""

    def __init__(self, dir, name, binary=None):
        self.dir = pathlib.Path(dir)
        self.name = name
        self.process = None
        self.notes_path = self.dir.parent / (self.dir.name + ".notes")
        self.binary = binary or BIN / "lienthongd"
        self.env = {}
        self.office = None
        self.lock = threading.Lock()

    # -- the daemon --

    def start(self, env=None, wait=True, patience_s=None):
        with self.lock:
            check(self.process is None, f"{self.name} runs already")
            full = dict(os.environ, LIENTHONG_LANG="en", **self.env, **(env or {}))
            notes = open(self.notes_path, "ab")
            self.process = subprocess.Popen(
                [str(self.binary), "--dir", str(self.dir)], env=full,
                stdin=subprocess.DEVNULL, stdout=notes, stderr=notes)
            notes.close()
        if wait:
            self.wait_ready(patience_s)
        return self

    def wait_ready(self, patience_s=None):
        def ready():
            code = self.process.poll()
            if code is not None:
                raise Failed(f"{self.name} ended with {code} while starting:\n"
                             + self.notes()[-3000:])
            status = ask_status(self.dir)
            return status is not None and status["state"] in ("ready", "intake_refused")
        wait_until(ready, lambda: f"{self.name} to be ready\n" + self.notes()[-3000:],
                   patience_s)

    def pid(self):
        return self.process.pid

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """SIGKILL, as the out-of-memory killer or a power cut does."""
        with self.lock:
            if self.process is not None:
                try:
                    self.process.send_signal(signal.SIGKILL)
                except ProcessLookupError:
                    pass
                self.process.wait(30)
                self.process = None

    def stop(self, expect=0):
        with self.lock:
            if self.process is None:
                return
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
            try:
                code = self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(30)
                self.process = None
                raise Failed(f"{self.name} did not end on SIGTERM")
            self.process = None
        if expect is not None:
            check(code == expect, f"{self.name} ended with {code}, not {expect}\n"
                  + self.notes()[-3000:])

    def wait_end(self, patience_s=30):
        """The exit code of a daemon that is expected to end by itself."""
        try:
            code = self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.name} was expected to end and did not")
        self.process = None
        return code

    def notes(self):
        try:
            return self.notes_path.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    # -- the tool --

    def tool(self, *args, **kw):
        return run_tool(*args, dir=self.dir, **kw)

    def ok(self, *args, **kw):
        result = self.tool(*args, **kw)
        check(result.code == 0, f"{self.name}: {' '.join(map(str, args))}: {result}\n"
              + self.notes()[-1500:])
        return result.json

    def status(self):
        return ask_status(self.dir) or self.ok("status")

    def waiting(self):
        """Events without the parent's ack; None while nobody can know: the
        parent is not there, so it has not said what it holds."""
        for link in self.status()["links"]:
            if link["role"] == "parent":
                numbers = list(link["waiting"].values())
                return None if None in numbers else sum(numbers)
        return None

    def alarms(self):
        return {a["code"] for a in self.status()["alarms"]}

    def wait_alarm(self, code, patience_s=None):
        return wait_until(
            lambda: next((a for a in self.status()["alarms"] if a["code"] == code), None),
            lambda: f"alarm {code} at {self.name}, has {self.alarms()}", patience_s)

    def wait_no_alarm(self, code, patience_s=None):
        return wait_until(lambda: code not in self.alarms(),
                          f"alarm {code} at {self.name} to clear", patience_s)

    def events(self):
        """Every event here, in order of commit."""
        result = self.tool("log", "--events", timeout=120)
        check(result.code == 0, f"{self.name}: log --events: {result}")
        return [json.loads(line) for line in result.out.splitlines() if line]

    def items(self, noun, *flags):
        """All pages of `noun list FLAGS`."""
        items, after = [], None
        while True:
            page = self.ok(noun, "list", *flags, "--limit", 1000,
                           *(["--after", after] if after else []))
            items += page["items"]
            after = page["next"]
            if after is None:
                return items


class Tree:
    """Offices and their links, in one temporary directory."""

    def __init__(self, base=None, seed=None, binary=None):
        where = pathlib.Path(base or os.environ.get("LT_TEST_DISK")
                             or REPO / "build" / "system")
        if len(str(where)) > SOCKET_ROOM:
            where = pathlib.Path("/var/tmp/lienthong") / where.name
        where.mkdir(parents=True, exist_ok=True)
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="tree-", dir=where))
        self.nodes = {}
        self.binary = binary
        self.seed = seed if seed is not None else int(
            os.environ.get("LIENTHONG_SEED") or random.SystemRandom().randrange(1 << 32))
        self.random = random.Random(self.seed)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close(keep=kind is not None and os.environ.get("LT_KEEP") is not None)

    def close(self, keep=False):
        """End every daemon; keep=True leaves their folders to look at."""
        for node in self.nodes.values():
            node.kill()
        if keep:
            print(f"kept: {self.dir}", file=sys.stderr)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)

    def root(self, name, kind="province", key=None, env=None, start=True):
        node = Node(self.dir / (key or name), name, self.binary)
        node.env = dict(env or {})
        result = run_tool("init", "--name", name, "--kind", kind, "--listen", "127.0.0.1:0",
                          "--enrol-listen", "127.0.0.1:0", dir=node.dir)
        check(result.code == 0, f"init {name}: {result}")
        self.nodes[key or name] = node
        self.pin_ports(node)
        if start:
            node.start()
            node.office = node.status()["office"]["id"]
        return node

    def child(self, parent, name, kind, key=None, env=None, start=True, code=None, token=None):
        """@token: what `token` answered, of an office that stands in the tree already."""
        node = Node(self.dir / (key or name), name, self.binary)
        node.env = dict(env or {})
        token = token or parent.ok("token", "--name", name, "--kind", kind,
                                   *(["--code", code] if code else []))
        result = run_tool("join", token["token"], "--listen", "127.0.0.1:0",
                          "--enrol-listen", "127.0.0.1:0", dir=node.dir, timeout=90)
        check(result.code == 0, f"join {name}: {result}\n" + parent.notes()[-2000:])
        node.office = token["office"]
        self.nodes[key or name] = node
        self.pin_ports(node)
        if start:
            node.start()
        return node

    def pin_ports(self, node):
        """Ports that stay the same over restarts: children dial them again. No
        pages, since all offices would serve them at one port: faces.py gives
        them where they are wanted."""
        port = free_port_pair()
        drop = node.dir / "conf.d"
        drop.mkdir(exist_ok=True)
        file = drop / "50-ports.conf"
        file.write_text(f'listen_links = {{"127.0.0.1:{port[0]}"}}\n'
                        f'listen_enrol = {{"127.0.0.1:{port[1]}"}}\n'
                        'pages_listen = {}\n')
        os.chmod(file, 0o640)

    def demo_shape(self, districts=2, communes=3, env=None):
        """A province, districts, communes: every one enrolled and started."""
        province = self.root("Tỉnh Tây Ninh", key="p", env=env)
        lower = []
        for d in range(districts):
            district = self.child(province, f"Huyện Thử {d + 1}", "district", key=f"d{d}", env=env)
            for c in range(communes):
                lower.append(self.child(district, f"Xã Thử {d + 1}.{c + 1}", "commune",
                                        key=f"c{d}{c}", env=env))
        return province, [self.nodes[f"d{d}"] for d in range(districts)], lower


_ports = None
_marks = []  # held as long as the process lives


def free_port_pair():
    """Two loopback ports below the range that the kernel hands out, so that
    nobody else's connection sits on them while a daemon is down; nor any other
    tree of this machine: a name that only one process can have stands for each."""
    global _ports
    if _ports is None:
        _ports = random.SystemRandom().randrange(10000, 30000, 2)
    found = []
    while len(found) < 2:
        _ports = 10000 + (_ports + 1 - 10000) % 20000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", _ports))
            except OSError:
                continue
        mark = socket.socket(socket.AF_UNIX)
        try:
            mark.bind(f"\0lienthong-port-{_ports}")
        except OSError:
            mark.close()
            continue
        _marks.append(mark)
        found.append(_ports)
    return found


def request_id():
    return str(uuid.uuid4())

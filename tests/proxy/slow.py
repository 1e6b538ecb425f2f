"""Offices with a line of our own between commune and district, and what is
measured on it: for tests/system and tests/bench alike."""
import json
import os
import pathlib
import struct
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "system"), str(HERE.parents[1] / "deploy" / "lib")]

import control  # noqa: E402
import nodes  # noqa: E402
from nodes import Failed, check, wait_until  # noqa: E402
from proxy import Proxy, used  # noqa: E402

SEED = 20261121


class SlowTree:
    """Province, district, and a commune that reaches it over a line."""

    def __init__(self, rate, delay, queue=32768, base=None, conf=""):
        self.tree = nodes.Tree(base=base)
        self.rate = rate
        try:
            self.province = self.tree.root("Tỉnh Tây Ninh", key="p")
            self.district = self.tree.child(self.province, "Huyện Thử", "district", key="d")
            self.commune = self.tree.child(self.district, "Xã Thử", "commune", key="c",
                                           start=False)
            self.proxy = Proxy(self.district.status()["listen"]["links"], rate, queue, delay)
        except BaseException:
            self.tree.close()
            raise
        drop = self.commune.dir / "conf.d" / "60-line.conf"
        drop.write_text(f'superior_addresses = {{"{self.proxy.address}"}}\n{conf}')
        os.chmod(drop, 0o640)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.tree.close(keep=kind is not None and os.environ.get("LT_KEEP") is not None)
        self.proxy.close()

    def start(self):
        self.commune.start()
        wait_until(lambda: any(l["role"] == "parent" and l["state"] == "up"
                               for l in self.commune.status()["links"]), "the slow link")
        check(self.proxy.stats()["connections"] >= 1, "the link does not go over the line")

    def backlog(self, events, batch=64, ledger=None):
        """Written at the commune as fast as it goes."""
        done = subprocess.run(
            [str(nodes.BIN / "lienthong-load"), "--corpus", "cases", "--seed", str(SEED),
             "--events", str(events), "--batch", str(batch), "--to-socket",
             str(self.commune.dir)], capture_output=True, text=True, timeout=300)
        check(done.returncode == 0, f"lienthong-load: {done.stderr[-500:]}")
        # What status shows is a snapshot, and may be of the first batch.
        wait_until(lambda: self.commune.status()["log"]["events"] >= events,
                   "a status that knows of the backlog")


class Follower(threading.Thread):
    """When each event was shown by `log --events --follow` of an office."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.seen = {}
        self.control = control.Control(node, timeout=600)
        self.control.send({"command": "log", "options": {"events": True, "follow": True}})
        self.start()

    def run(self):
        try:
            while True:
                (length,) = struct.unpack(">I", self.control.read(4))
                text = self.control.read(length)
                now = time.monotonic()
                for line in text.splitlines():
                    self.seen.setdefault(json.loads(line)["event"], now)
        except (OSError, ValueError):
            return

    def close(self):
        self.control.socket.shutdown(2)
        self.join(30)
        self.control.close()


def urgents(slow, count, pace_s=1.0, patience_s=60):
    """Raise `count` incidents, one every pace_s, while the backlog drains.

    Returns {"district": [ms...], "province": [ms...], "waiting": least number
    of events that waited meanwhile, "use": part of the line used}."""
    followers = {"district": Follower(slow.district), "province": Follower(slow.province)}
    desk = control.Control(slow.commune)
    called, least = {}, None
    before = slow.proxy.stats()
    begin = time.monotonic()
    try:
        for n in range(count):
            pause = begin + n * pace_s - time.monotonic()
            if pause > 0:
                time.sleep(pause)  # the pace is what is asked for
            now = time.monotonic()
            answer = desk.ask({"command": "incident raise",
                               "request_id": nodes.request_id(),
                               "options": {"place": "Trụ sở xã", "subject": "đất đai",
                                           "people": 5 + n % 90}})
            check("event" in answer, f"refused: {answer}")
            called[answer["event"]] = now
            waits = slow.commune.waiting()
            least = waits if least is None else min(least, waits)
        after = slow.proxy.stats()
        for name, follower in followers.items():
            wait_until(lambda: all(e in follower.seen for e in called),
                       lambda: f"the incidents at the {name}", patience_s)
    finally:
        desk.close()
        for follower in followers.values():
            follower.close()
    result = {name: sorted((follower.seen[e] - at) * 1000 for e, at in called.items())
              for name, follower in followers.items()}
    return {**result, "waiting": least, "use": used(before, after, slow.rate)}


def part_of(ordered, part):
    return ordered[round(part * (len(ordered) - 1))]


def link_use(slow, warm_s, watch_s):
    """Which part of the line a backlog uses, after warm_s from its start."""
    time.sleep(warm_s)  # the time is what is measured
    before = slow.proxy.stats()
    time.sleep(watch_s)
    after = slow.proxy.stats()
    check(slow.commune.waiting() > 0, "the backlog was over before its measure")
    return used(before, after, slow.rate)

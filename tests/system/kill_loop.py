"""Kills and power cuts under load: nothing acknowledged is missing, doubled or
out of order.

Three tiers, six communes. Each commune has a client that goes on writing
through every kill, repeats with the same request id when the outcome is
unknown, and keeps a ledger: one line for each exit 0. At the end every line is
at each of its tiers exactly once, in order, and in `case list`.
"""
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import harness
from harness import Failed, Tree, check, wait_until

LONG = "--long" in sys.argv or os.environ.get("LT_LONG") == "1"
PRELOAD = harness.BIN.parent / "lib" / "lt-disk.so"


class Writer(threading.Thread):
    """A desk that writes cases until told to stop, however often its daemon
    dies."""

    def __init__(self, node, seed):
        super().__init__(daemon=True)
        self.node, self.random = node, random.Random(seed)
        self.stopping = threading.Event()
        self.ledger = []          # event ids, in order of exit 0
        self.opened = []          # case ids among them
        self.last_begin = 0.0     # monotonic time of the newest call
        self.began = threading.Event()
        self.outcomes = {}        # exit codes seen
        self.error = None

    def command(self):
        kind = self.random.random()
        if kind < 0.6 or not self.opened:
            return ["case", "open", "--type", "complaint", "--field", "land", "--text",
                    f"Về việc bồi thường đất {self.random.randrange(10**6)}"]
        if kind < 0.8:
            return ["incident", "raise", "--place", "Trụ sở xã", "--subject", "đất đai",
                    "--people", str(self.random.randrange(5, 90))]
        case = self.random.choice(self.opened[-20:])
        return ["case", "step", case, "note", "--text", "ghi chú"]

    def run(self):
        try:
            while not self.stopping.is_set():
                self.write_one()
        except Exception as error:  # shown by the test
            self.error = error

    def write_one(self):
        command = self.command() + ["--request-id", harness.request_id()]
        while True:
            self.last_begin = time.monotonic()
            self.began.set()
            result = self.node.tool(*command, timeout=60)
            self.outcomes[result.code] = self.outcomes.get(result.code, 0) + 1
            if result.code == 0:
                answer = result.json
                self.ledger.append(answer["event"])
                if command[:2] == ["case", "open"]:
                    self.opened.append(answer["id"])
                return
            # Not running, busy, or unknown: the same words again. The desk does
            # not give up while its day is not over; a write that was under way
            # at the end is repeated until its outcome is known.
            check(result.code in (69, 74, 75), f"{self.node.name}: {result}")
            time.sleep(0.01)


def shape(env=None):
    tree = Tree()
    print(f"seed {tree.seed}", flush=True)
    province, districts, communes = tree.demo_shape(districts=2, communes=3, env=env)
    return tree, province, districts, communes


def expect_everywhere(tree, province, writers):
    everything = {w.node.name: w.ledger for w in writers}
    lines = sum(len(l) for l in everything.values())
    for node in [province] + [tree.nodes["d0"], tree.nodes["d1"]]:
        mine = {w.node.name: w.ledger for w in writers
                if node is province or writer_district(tree, w) is node}
        harness.ledger_holds(node, mine)
    for w in writers:
        harness.ledger_holds(w.node, {w.node.name: w.ledger})
    cases = {i["id"] for i in province.items("case")}
    for w in writers:
        missing = [c for c in w.opened if c not in cases]
        check(not missing, f"case list at the province lacks {len(missing)} of {w.node.name}")
        here = {i["id"] for i in w.node.items("case")}
        missing = [c for c in w.opened if c not in here]
        check(not missing, f"case list at {w.node.name} lacks {len(missing)}")
    return lines


def writer_district(tree, writer):
    for key, node in tree.nodes.items():
        if node is writer.node:
            return tree.nodes["d" + key[1]]
    raise Failed("a writer without a district")


def settle(tree, province, writers, since, patience_s):
    """All ledgers everywhere within patience of the last kill."""
    last = []

    def converged():
        try:
            expect_everywhere(tree, province, writers)
            return True
        except Failed as failure:
            last[:] = [str(failure)]
            return False

    wait_until(converged, lambda: f"the ledgers to be at every tier; {last[0][:500]}", patience_s)
    return time.monotonic() - since


def kill_loop(kills):
    tree, province, districts, communes = shape()
    with tree:
        chance = random.Random(tree.seed)
        writers = [Writer(c, chance.random()) for c in communes]
        for w in writers:
            w.start()
        killed = {"p": 0, "d": 0, "c": 0}
        early = 0
        for n in range(kills):
            # Each tier in turn gets its share; within it, chance decides.
            tier = "pdc"[n % 3]
            victim = {"p": [province], "d": districts, "c": communes}[tier]
            victim = chance.choice(victim)
            time.sleep(chance.random() * 0.4)
            if n % 2 == 0:
                # Aim at a write: soon after a client has begun one.
                busy = chance.choice(writers) if tier != "c" else next(
                    w for w in writers if w.node is victim)
                busy.began.clear()
                check(busy.began.wait(60), "no write began")
                time.sleep(chance.random() * 0.03)
                early += time.monotonic() - busy.last_begin < 0.05
            victim.kill()
            killed[tier] += 1
            if chance.random() < 0.3:
                time.sleep(chance.random() * 0.5)
            victim.start(wait=False)
        # The day goes on until enough was written, then ends.
        total = lambda: sum(len(w.ledger) for w in writers)
        wait_until(lambda: total() >= 2000 or any(w.error for w in writers),
                   lambda: f"2,000 acknowledged events, have {total()}", 240)
        victim = chance.choice(communes + districts)
        victim.kill()
        killed["c" if victim in communes else "d"] += 1
        last_kill = time.monotonic()
        victim.start(wait=False)
        for w in writers:
            w.stopping.set()
        for w in writers:
            w.join(60)
            check(not w.is_alive(), f"{w.node.name}: a write never came to an end")
            check(w.error is None, f"{w.node.name}: {w.error}")
        took = settle(tree, province, writers, last_kill, 30)
        lines = expect_everywhere(tree, province, writers)
        print(f"{sum(killed.values())} kills {killed}, {early} within 50 ms of a write's "
              f"beginning, {lines} acknowledged events, converged {took:.1f} s after the last "
              f"kill", flush=True)
        check(lines >= 2000, f"only {lines} acknowledged events")
        check(min(killed.values()) >= 10, f"each tier at least 10 times: {killed}")
        check(early >= 10, f"only {early} kills within 50 ms after a write began")
        check(took <= 10, f"converged only {took:.1f} s after the last kill")
        for node in tree.nodes.values():
            check(node.ok("verify")["ok"], f"verify at {node.name}")


# ---- power cuts ----

def cut_power(node, copies):
    """SIGKILL, then the directory as the disk would have it."""
    node.kill()
    prefix = str(node.dir).replace("/", "%") + "%"
    for path in list(node.dir.iterdir()):
        if not path.is_file() or path.name == "lienthong.conf":
            continue
        copy = copies / (str(path).replace("/", "%"))
        if copy.exists():
            mode = path.stat().st_mode & 0o777
            shutil.copyfile(copy, path)
            os.chmod(path, mode)
        else:
            path.unlink()
    for copy in copies.iterdir():
        if not copy.name.startswith(prefix) or copy.name.endswith(".new"):
            continue
        path = pathlib.Path(copy.name.replace("%", "/"))
        if path.parent == node.dir and not path.exists():
            shutil.copyfile(copy, path)
            os.chmod(path, 0o600)


def power_cut(cuts, plant=False):
    copies = pathlib.Path(tempfile.mkdtemp(prefix="lt-copies-"))
    env = {"LD_PRELOAD": str(PRELOAD), "LT_DISK_COPIES": str(copies)}
    if plant:
        env["LT_DISK_NOOP"] = "1"
    try:
        tree, province, districts, communes = shape(env)
        with tree:
            chance = random.Random(tree.seed)
            writers = [Writer(c, chance.random()) for c in communes]
            for w in writers:
                w.start()
            for _ in range(cuts):
                victim = chance.choice([province] + districts + communes)
                time.sleep(chance.random() * 0.6)
                cut_power(victim, copies)
                victim.start(wait=False)
            for w in writers:
                w.stopping.set()
            last = time.monotonic()
            for w in writers:
                w.join(60)
                check(not w.is_alive(), f"{w.node.name}: a write never came to an end")
                check(w.error is None, f"{w.node.name}: {w.error}")
            took = settle(tree, province, writers, last, 30)
            lines = expect_everywhere(tree, province, writers)
            print(f"{cuts} power cuts, {lines} acknowledged events, settled in {took:.1f} s",
                  flush=True)
            check(lines >= 50, f"only {lines} acknowledged events")
    finally:
        shutil.rmtree(copies, ignore_errors=True)


def power_cut_noticed():
    """Planted: with syncs that do nothing the power cut must lose something."""
    try:
        power_cut(6, plant=True)
    except Failed as failure:
        print(f"red, as it must be: {str(failure)[:200]}")
        return
    raise Failed("syncs did nothing and the power cut test stayed green")


if __name__ == "__main__":
    harness.main({
        "kill_loop": lambda: kill_loop(300 if LONG else 60),
        "power_cut": lambda: power_cut(50 if LONG else 20),
        **({"power_cut_noticed": power_cut_noticed} if LONG or "power_cut_noticed" in sys.argv
           else {}),
    })

"""The canonical run that is broken everywhere in memory (lienthong-enumerate)
asks as much of its disks as real daemons do with the same work.

The same 197 steps, one after the other, each settled before the next one, by
three daemons under strace; writes, syncs and truncations of log.db and its WAL
are counted, office by office, from the first step to the last. In both one event
is one turn at each office, and the WAL is copied whenever it has a megabyte.
What the clock brings of itself (statements, at most one a second, ride on the
next commit) is as many as the run takes seconds: the run in memory is told how
long a real step took.
"""
import os
import re
import shutil
import subprocess
import time

import harness
from harness import BIN, Skipped, Tree, check, request_id, wait_until
from control import Control

TOLERANCE = 0.10
WAL_IDLE_BYTES = 1 << 20
OFFICES = ("province", "district", "commune")
# What a step makes others write: a directive is acknowledged, a confirmed order
# to erase is answered by the two offices above. All three hold every event.
EVENTS = {"d": 2, "p": 2, "k": 3}
CALLS = {"pwrite64": "write", "write": "write", "fdatasync": "sync", "fsync": "sync",
         "ftruncate": "truncate"}
ZEROS = re.compile(r'(\d+) .*pwrite64\(\d+<[^>]*/log\.db>, ""\.\.\., 16384, ')
LINE = re.compile(r"^(?:\d+ +)?(\d+\.\d+) (\w+)\(\d+<([^>]*)>")


def canonical(step_ms):
    """The steps, and the calls of each office's disk in memory."""
    done = subprocess.run([BIN / "lienthong-enumerate", "count", "--step-ms", str(step_ms)],
                          capture_output=True, text=True, timeout=120)
    check(done.returncode == 0, f"lienthong-enumerate count: {done.stdout}{done.stderr}")
    script = re.search(r"^script: (\w+)$", done.stdout, re.M).group(1)
    counts = [{word: int(n) for word, n in re.findall(r"(\w+) (\d+)", line)}
              for line in re.findall(r"^office \d: (.*)$", done.stdout, re.M)]
    return script, dict(zip(OFFICES, counts))


def traced(tree):
    """A daemon that begins its life under strace; the process is the daemon."""
    wrapper = tree.dir / "traced"
    wrapper.write_text("#!/bin/sh\n"
                       f'exec strace -D -f -y -ttt -s 0 -e trace={",".join(CALLS)} '
                       f'-o "$2.strace" {BIN / "lienthongd"} "$@"\n')
    os.chmod(wrapper, 0o755)
    return wrapper


class Desk:
    """Commands over one connection, and what they answered."""

    def __init__(self, node):
        self.node = node
        self.control = Control(node)
        self.begins_with = 0

    def write(self, command, **options):
        answer = self.control.ask({"command": command, "request_id": request_id(),
                                   "options": options})
        check("error" not in answer, f"{self.node.name}: {command}: {answer}")
        return answer

    def events(self):
        return self.control.ask({"command": "status"})["log"]["events"]

    def quiet(self, written):
        """All is here, nothing waits, the view has it, the WAL was copied."""
        status = self.control.ask({"command": "status"})
        return (status["log"]["events"] == self.begins_with + written
                and all(sum(n or 0 for n in link["waiting"].values()) == 0
                    for link in status["links"])
                and status["view"]["behind_events"] == 0
                and status["log"]["wal_bytes"] < WAL_IDLE_BYTES)


def do(step, desks, seen):
    commune = desks["commune"]
    if step == "c":
        seen["case"] = commune.write("case open", type="complaint", field="land",
                                     text="Đề nghị xem lại đơn giá bồi thường về đất")["id"]
    elif step == "s":
        commune.write("case step", id=seen["case"], kind="note")
    elif step == "z":
        commune.write("case close", id=seen["case"], reason="settled")
    elif step == "i":
        commune.write("incident raise", place="UBND xã", subject="land", people=20)
    elif step in "dp":
        seen["directive"] = desks["district" if step == "d" else "province"].write(
            "directive issue", to=[commune.node.office], doc_no="12/CT-UBND",
            text="Đề nghị xem lại đơn giá bồi thường về đất")["id"]
    elif step == "a":
        commune.write("directive status", id=seen["directive"], code="03")
    else:
        desks["commune" if step == "e" else "province"].write(
            "erase", id=seen["case"], reason="ghi nhầm tên người")


def count(tree, began, ended):
    """What the log asked for. The thread that lengthens the file with zeros
    (daemon/log/ahead.c), told by the size of its steps, writes nothing of the
    log's, and does not exist in memory."""
    counts = {}
    for office in OFFICES:
        sums = counts[office] = dict.fromkeys(("write", "sync", "truncate"), 0)
        with open(tree.dir / f"{office}.strace", errors="replace") as lines:
            lines = list(lines)
            beside = {found.group(1) for found in map(ZEROS.match, lines) if found}
            for line in lines:
                found = LINE.match(line)
                if not found or not began <= float(found.group(1)) <= ended:
                    continue
                if line.split(None, 1)[0] in beside:
                    continue
                if os.path.basename(found.group(3)) in ("log.db", "log.db-wal"):
                    sums[CALLS[found.group(2)]] += 1
    return counts


def as_many_as_in_memory():
    if shutil.which("strace") is None:
        raise Skipped("strace is not installed")
    script, _ = canonical(200)
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="province", start=False)
        province.binary = traced(tree)
        province.start()
        province.office = province.status()["office"]["id"]
        tree.binary = province.binary
        district = tree.child(province, "Huyện Thử", "district", key="district")
        commune = tree.child(district, "Xã Thử", "commune", key="commune")
        desks = {n.dir.name: Desk(n) for n in (province, district, commune)}
        marker = desks["commune"].write("case open", type="complaint", field="land")["event"]
        wait_until(lambda: marker in {e["event"] for e in province.events()}
                   and commune.waiting() == district.waiting() == 0, "the tree to settle")
        for desk in desks.values():
            desk.begins_with = len(desk.node.events())
            wait_until(lambda: desk.events() == desk.begins_with, "the status to say so")
        began, seen, written = time.time(), {}, 0
        for number, step in enumerate(script):
            do(step, desks, seen)
            written += EVENTS.get(step, 1)
            wait_until(lambda: all(d.quiet(written) for d in desks.values()),
                       f"step {number} ({step}) to settle")
        ended = time.time()
        for node in (province, district, commune):
            node.stop()
        measured = count(tree, began, ended)
    step_ms = max(1, round(1000 * (ended - began) / len(script)))
    _, expected = canonical(step_ms)
    print(f"{len(script)} steps, {step_ms} ms each", flush=True)
    for office in OFFICES:
        have, want = (sum(c[office][k] for k in ("write", "sync", "truncate"))
                      for c in (measured, expected))
        print(f"{office}: real {measured[office]} = {have}, in memory "
              f"{ {k: expected[office][k] for k in measured[office]} } = {want}, "
              f"{100 * have / want - 100:+.1f} %", flush=True)
        check(abs(have - want) <= TOLERANCE * want,
              f"{office}: {have} calls in a real run, {want} in memory")


if __name__ == "__main__":
    harness.main({"as_many_as_in_memory": as_many_as_in_memory})

"""Killed at each named point of the way of an event: what a desk was told is
written stays written, once and in order, at every tier.

The names are those that the daemon lists itself, so a new one is tried too. A
point that its daemon does not meet fails the test.
"""
import signal
import subprocess
import time

import harness
from harness import Tree, check, wait_until

# Met only when a directory or an office is new; log_kill_test and `tokens` of
# bad_place.py go through those.
ONCE = {"C15", "admit"}
# Met only by a backup (backup.py), by a courier's piece (courier.py), by a view
# that is built anew (rebuild_view.py), by a change of keys, by another superior or
# root (newroot.py), by an entry of the register that follows its case (follow.py).
ASKED_FOR = {"C14", "C16", "C18", "courier", "view_twin", "view_replace", "renewed",
             "follow_sealed", "follow_written", "follow_taken", "follow_confirmed"}
# Of the tool, not of a daemon: `join` of bad_place.py.
TOOL = "join_"
# At a relay: what an office does by itself or for its own desk is the desk's.
DESK_ONLY = {"C11", "C17", "accept", "command"}
PATIENCE_S = 20
KEY_STEPS = 4  # kept, bound, written beside the old, put in its place


def points():
    listed = subprocess.run([str(harness.BIN / "lienthongd"), "--failpoints"], timeout=30,
                            stdout=subprocess.PIPE, text=True, check=True).stdout
    names = [line.split()[0] for line in listed.splitlines() if line.strip()]
    if not names:
        raise harness.Skipped("this build has no failpoints")
    check({"C1", "C7", "C17"} <= set(names), f"the points are {names}")
    return [name for name in names
            if name not in ONCE | ASKED_FOR and not name.startswith(TOOL)]


class Desk:
    """A desk that repeats what has no known end with the same request id."""

    def __init__(self, node):
        self.node, self.ledger, self.id = node, [], harness.request_id()

    def write(self):
        result = self.node.tool("case", "open", "--type", "complaint", "--field", "land", "--text",
                                f"Đơn thứ {len(self.ledger) + 1}", "--request-id", self.id, timeout=60)
        if result.code == 0:
            self.ledger.append(result.json["event"])
            self.id = harness.request_id()
        return result.code == 0


def crash_at(point, victim, desk):
    victim.stop()
    victim.start(env={"LIENTHONG_FAILPOINT": f"{point}:kill"}, wait=False)
    until = time.monotonic() + PATIENCE_S
    while victim.running() and time.monotonic() < until:
        desk.write()
    # Some are met only when the log is closed.
    if victim.running():
        victim.process.send_signal(signal.SIGTERM)
    code = victim.wait_end()
    check(code == -signal.SIGKILL, f"{victim.name} ended with {code}, not at {point}")
    victim.start()
    wait_until(desk.write, f"the write that {point} cut off")


def story(at_relay):
    with Tree() as tree:
        province, (district,), (commune,) = tree.demo_shape(1, 1)
        desk = Desk(commune)
        names = [p for p in points() if not (at_relay and p in DESK_ONLY)]
        for point in names:
            crash_at(point, district if at_relay else commune, desk)
        # What follows is the promise; expect_red.py waits for this line.
        print(f"  honest: {len(names)} points met, {len(desk.ledger)} writes")
        check(len(desk.ledger) >= len(names), f"only {len(desk.ledger)} writes")
        for node in (district, province):
            wait_until(lambda: set(desk.ledger) <= {e["event"] for e in node.events()},
                       f"all {len(desk.ledger)} events at {node.name}")
            harness.ledger_holds(node, {commune.name: desk.ledger})
            # Only this desk writes cases, and each write has an answer by now.
            cases = [e["event"] for e in node.events() if e["channel"].startswith("case/")]
            check(len(cases) == len(desk.ledger),
                  f"{node.name} has {len(cases)} cases, the desk wrote {len(desk.ledger)}")


def hooks():
    if "C16" not in subprocess.run([str(harness.BIN / "lienthongd"), "--failpoints"], timeout=30,
                                   stdout=subprocess.PIPE, text=True, check=True).stdout:
        raise harness.Skipped("this build has no failpoints")


def keys_changed():
    """Killed after each step of a change of keys, at each tier. A daemon that is started
    as if nothing had been says so, and what is written at its desk is lost to nobody once
    the change has gone on."""
    hooks()
    with Tree() as tree:
        province, (district,), (commune,) = tree.demo_shape(1, 1)
        ledger = []

        def writes():
            ledger.append(commune.ok("case", "open", "--type", "complaint", "--field",
                                     "land")["event"])
            number = f"{len(ledger):02}/CĐ"
            return number, province.ok("directive", "issue", "--doc-no", number, "--text",
                                       "Báo cáo", "--to", commune.name)["event"]

        def arrives(what, written):
            # The commune's key is asked about by what it writes, the relay's by what it
            # passes on, the root's by a directive.
            number, order = written
            wait_until(lambda: all(effects(province).get(e) == "applied" for e in ledger),
                       lambda: f"{what}: all cases at the province\n" + commune.notes()[-1500:], 60)
            wait_until(lambda: effects(commune).get(order) == "applied",
                       lambda: f"{what}: {number} at the commune\n" + commune.notes()[-1500:], 60)

        arrives("a quiet beginning", writes())
        print("  honest: a case went up, a directive down", flush=True)
        for node, parent in ((commune, district), (district, province), (province, None)):
            for step in range(1, KEY_STEPS + 1):
                what = f"{node.name}, step {step}"
                command = ["key", "rotate"]
                if parent is not None:
                    command += ["--address",
                                parent.status()["listen"]["enrol"].removeprefix("tcp://")]
                node.stop()
                killed = node.tool(*command, timeout=60,
                                   env={"LIENTHONG_FAILPOINT": f"C16:kill:{step}"})
                check(killed.code == -signal.SIGKILL, f"{what} was not met: {killed}")
                node.start()
                check(("key_change_begun" in node.alarms()) == (parent is not None and step < KEY_STEPS),
                      f"{what}: {node.alarms()}")
                written = writes()
                if step == KEY_STEPS:
                    arrives(what, written)
                node.stop()
                again = node.tool(*command, timeout=60)
                check(again.code == 0, f"{what}: {again}")
                check(not (node.dir / "rotating").exists() and
                      not (node.dir / "identity.new").exists(), f"{what}: something was left")
                node.start()
                check("key_change_begun" not in node.alarms(), f"{what}: {node.alarms()}")
                arrives(f"{what}, and gone on with", written)
                arrives(f"{what}, after it", writes())
            print(f"  {node.name}: killed at {KEY_STEPS} steps", flush=True)
        harness.ledger_holds(province, {commune.name: ledger})


def another_superior():
    """Killed when it dials its new superior, and when it has let go of the former one."""
    hooks()
    with Tree() as tree:
        province, (one, two), (commune, _) = tree.demo_shape(2, 1)
        desk = Desk(commune)
        desk.write()
        print("  honest: a case was written", flush=True)
        for step, target in ((1, two), (2, one)):
            commune.stop()
            commune.start(env={"LIENTHONG_FAILPOINT": f"C18:kill:{step}"})
            desk.write()
            wait_until(lambda: province.tool("tree", "move", commune.name, target.name).code == 0,
                       "the order")
            code = commune.wait_end()
            check(code == -signal.SIGKILL, f"ended with {code}, not at step {step}")
            commune.start()
            wait_until(desk.write, "a write after it")
            wait_until(lambda: any(l["office"] == target.office and l["state"] == "up"
                                   for l in commune.status()["links"]),
                       lambda: f"{target.name}\n{commune.notes()[-1500:]}", 60)
        wait_until(lambda: set(desk.ledger) <= set(effects(province)), "all of it at the province")
        harness.ledger_holds(province, {commune.name: desk.ledger})


def effects(node):
    return {e["event"]: e["effect"] for e in node.events()}


if __name__ == "__main__":
    harness.main({
        "desk_killed_at_each_point": lambda: story(at_relay=False),
        "relay_killed_at_each_point": lambda: story(at_relay=True),
        "keys_changed": keys_changed,
        "another_superior": another_superior,
    })

"""Alarms and notes: each is brought about by its own cause with real daemons,
and ends when its remedy is followed as it is written.

Those that take a quarter of an hour and longer are in
tests/unit/engine/alarms_test.c, with the time handed in; tests/codes.csv names
the two tests of every code.
"""
import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time

import control
import harness
from bad_place import FAKETIME, alarm_in_both_languages
from harness import BIN, Skipped, Tree, check, wait_until
from remedies import CASE, LIB, ids, pair, sanitized

# What a peer does wrong, what it is called, and what its mended software ends.
OFFENCES = {
    "bad_middle": "bad_signature",
    "big_payload": "segment_too_large",
    "gap": "gap",
    "text_other": "part_mismatch",
    "garbage": "peer_broke_protocol",
    "hello_other_key": "hello_wrong_key",
    "hello_unbound_key": "key_not_bound",
    "many_tips": "too_many_tips",
}


def notes_of(node, code):
    return [l for l in node.notes().splitlines() if re.match(rf"<\d>{code} ", l)]


def alarm_about(node, office, code):
    return [a for a in node.status()["alarms"] if (a["code"], a["subject"]) == (code, office)]


# ---- peers whose software is mended ----

def mended_peers():
    with Tree() as tree:
        print(f"seed {tree.seed}", flush=True)
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Thử", "district", key="d")
        peers = {s: tree.child(district, f"Xã {s}", "commune", key=f"h{n}", start=False)
                 for n, s in enumerate(OFFENCES)}
        hostile = [subprocess.Popen([str(BIN / "lt-hostile"), "--dir", str(node.dir), "--seconds",
                                     "5" if s == "gap" else "2", s], stdout=subprocess.DEVNULL)
                   for s, node in peers.items()]
        try:
            for scenario, code in OFFENCES.items():
                wait_until(lambda: alarm_about(district, peers[scenario].office, code),
                           lambda: f"{code}: {district.status()['alarms']}", 20)
        finally:
            for process in hostile:
                check(process.wait(60) == 0, "lt-hostile failed")
        for scenario, code in OFFENCES.items():
            node = peers[scenario]
            check(alarm_about(district, node.office, code), f"{code} ended by itself")
            node.start()
            # Its daemon never ran: what it "wrote" comes back from above, and it
            # goes on from there; written before, it would be one branch more.
            mine = {e["event"] for e in district.events() if e["origin"] == node.office}
            wait_until(lambda: node.waiting() is not None and mine <= ids(node),
                       f"{scenario}: its own {len(mine)} events", 20)
            event = node.ok(*CASE)["event"]
            wait_until(lambda: event in ids(district), f"{scenario}: its first right event", 20)
            wait_until(lambda: not alarm_about(district, node.office, code),
                       lambda: f"{code} stands: {district.status()['alarms']}", 10)
            node.stop()
        check(district.ok("verify")["ok"], "verify")


# ---- two machines with one identity ----

def second_machine():
    """A copy of a running office: said at the office above and at both of
    them while both are up, and no more by the one that is left."""
    with pair("two machines") as (tree, province, node):
        node.ok(*CASE)
        wait_until(lambda: node.waiting() == 0, "the first to arrive")
        node.stop()
        shutil.copytree(node.dir, tree.dir / "copy")
        copy = harness.Node(tree.dir / "copy", "copy")
        tree.nodes["copy"] = copy
        tree.pin_ports(copy)
        node.start()
        wait_until(lambda: node.waiting() == 0, "the link")
        check("two_machines" not in province.alarms(), "one machine is two")
        copy.start()
        alarm_in_both_languages(province, "two_machines", 30)
        wait_until(lambda: "two_machines" in node.alarms() | copy.alarms(),
                   "it to be said at the office itself", 30)
        copy.stop()  # "switch the copy off at once"
        event = node.ok(*CASE)["event"]
        wait_until(lambda: event in ids(province), "the other one to be served", 60)
        links = lambda: [l["since"] for l in province.status()["links"]
                         if l["office"] == node.office and l["state"] == "up"]
        since, when, said = None, 0.0, 0

        def quiet():  # the last frames of the fight may still be under way
            nonlocal since, when, said
            now = links(), len(notes_of(province, "two_machines"))
            if now != (since, said) or not since:
                (since, said), when = now, time.monotonic()
            return time.monotonic() - when > 3
        wait_until(quiet, lambda: f"the fight over the link to end: {since}", 30)


# ---- room ----

def set_conf(node, text):
    file = node.dir / "conf.d" / "80-room.conf"
    file.write_text(text)
    os.chmod(file, 0o640)


def write_texts(node, n, bytes):
    return [a["event"] for a in control.batch(node, [
        {"command": "case open", "request_id": harness.request_id(),
         "options": {"type": "complaint", "field": "land", "text": os.urandom(bytes // 2).hex()}}
        for _ in range(n)])]


def quota_used_up():
    with pair("quota") as (_, province, node):
        node.stop()
        set_conf(node, "log_max_bytes = 4M\n")
        node.start()
        used = lambda: node.status()["log"]["bytes"] / (4 << 20)
        ledger = []
        while used() < 0.8:
            check("quota" not in node.alarms() or used() > 0.79, f"said at {used():.2f}")
            ledger += write_texts(node, 20, 8000)
            time.sleep(0.2)  # what is used is told ten times a second
        alarm_in_both_languages(node, "quota", 5)
        check(node.status()["state"] == "ready", "refused at eight tenths")

        def refused():
            result = node.tool(*CASE, "--text", os.urandom(3500).hex())
            if result.code == 0:
                ledger.append(result.json["event"])
                return None
            return result
        result = wait_until(refused, lambda: f"a refusal, used {used():.2f}", 60)
        check(result.code == 75 and result.error["code"] == "disk_full", f"{result}")
        check(used() < 0.98, f"the last tenth is gone: {used():.2f}")
        alarm_in_both_languages(node, "intake_refused", 5)
        wait_until(lambda: set(ledger) <= ids(province), "what was taken, at the province", 20)
        node.stop()
        set_conf(node, "log_max_bytes = 40M\n")
        node.start()
        check(not {"quota", "intake_refused"} & node.alarms(), f"stands: {node.alarms()}")
        node.ok(*CASE)


def wal_grows():
    """Somebody reads view.db with a program of his own and does not end."""
    with pair("wal") as (_, _, node):
        node.stop()
        set_conf(node, "wal_max_bytes = 17M\n")
        node.start()
        write_texts(node, 20, 1000)
        wait_until(lambda: len(node.items("case")) == 20, "something to read")
        with contextlib.closing(sqlite3.connect(f"file:{node.dir / 'view.db'}?mode=ro",
                                                uri=True, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            check(reader.execute("SELECT count(*) FROM matter").fetchone()[0], "nothing to read")
            until = time.monotonic() + 60
            while "wal_large" not in node.alarms():
                check(time.monotonic() < until, f"WAL {wal_bytes(node)}, no alarm")
                write_texts(node, 100, 8000)
            alarm_in_both_languages(node, "wal_large", 5)
            reader.execute("COMMIT")
        # "Close that program; it shrinks by itself": with the work that goes on.
        wait_until(lambda: write_texts(node, 20, 8000) and "wal_large" not in node.alarms(),
                   lambda: f"WAL {wal_bytes(node)}", 20)


def wal_bytes(node):
    return os.stat(node.dir / "view.db-wal").st_size


# ---- the clock ----

def clock_beside():
    if not os.path.exists(FAKETIME):
        raise Skipped("libfaketime is not installed")
    if sanitized():
        raise Skipped("a sanitizer wants to be the first library")
    with pair("clock") as (_, province, node):
        node.stop()
        node.start(env={"LD_PRELOAD": FAKETIME, "FAKETIME": "+20m",
                        "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        skew = lambda p: next((l["skew_ms"] for l in p.status()["links"]), None)
        alarm_in_both_languages(province, "clock_skew", 40)
        check(1_100_000 < skew(province) < 1_300_000, f"off by {skew(province)} ms")
        node.stop()
        node.start()
        province.wait_no_alarm("clock_skew", 40)


# ---- the view ----

def view_rebuilt():
    """The log is an older one than the view has read."""
    with pair("view") as (tree, province, node):
        node.ok(*CASE)
        node.stop()
        old = (node.dir / "log.db").read_bytes()
        province.stop()  # nobody who would fill the gap at once
        node.start()
        ledger = write_texts(node, 50, 1000)
        wait_until(lambda: len(node.items("case")) == 51, "the view")
        node.stop()
        (node.dir / "log.db").write_bytes(old)
        for left in node.dir.glob("log.db-*"):
            left.unlink()
        node.start()
        wait_until(lambda: notes_of(node, "view_rebuilt"), "the note", 10)
        node.wait_no_alarm("view_rebuilt", 20)
        check(len(node.items("case")) == 1, "the view shows what the log has not")
        check(not set(ledger) & ids(node), "an event of another log")


def sqlite_version():
    with pair("sqlite") as (_, _, node):
        affected = notes_of(node, "sqlite_affected")
        version = node.status()["log"]["sqlite_version"]
        numbers = tuple(int(n) for n in version.split("."))
        if numbers >= (3, 51, 3):
            raise Skipped(f"SQLite {version} is mended")
        check(affected and version in affected[0], f"{version}: {affected}")
        if sanitized():
            raise Skipped("a sanitizer wants to be the first library")
        node.stop()
        node.start(env={"LD_PRELOAD": str(LIB / "lt-sqlite.so")})
        check(len(notes_of(node, "sqlite_affected")) == len(affected), "said of a mended one")


# ---- notes ----

def notes_of_a_life():
    """What an operator reads of an ordinary day, once each and in order."""
    with pair("notes") as (_, province, node):
        wait_until(lambda: notes_of(node, "link_up"), "the link")
        order = [re.match(r"<\d>(\w+) ", l)[1] for l in node.notes().splitlines()
                 if re.match(r"<\d>\w+ ", l)]
        check([c for c in order if c in ("started", "new_epoch", "ready", "link_up")]
              == ["started", "new_epoch", "ready", "link_up"], f"{order}")
        check(node.status()["epoch"] in notes_of(node, "new_epoch")[0], "another epoch")
        check(node.office in notes_of(province, "enrolled")[0], "who was enrolled?")
        set_conf(node, "notes = json\n")
        os.kill(node.pid(), signal.SIGHUP)
        lines = lambda: [json.loads(l) for l in node.notes().splitlines() if l.startswith("{")]
        wait_until(lambda: any(n["code"] == "reload_done" for n in lines()), "the reload")
        province.stop()
        wait_until(lambda: any(n["code"] == "link_down" for n in lines()), "the link to end", 45)
        node.stop()
        last = lines()[-1]
        check(last["code"] == "stopping" and "SIGTERM" in last["text"], f"the last: {last}")
        check(notes_of(province, "stopping"), "the province said nothing")


def notes_that_repeat():
    """One cause, many lines: some are told, the rest are counted."""
    with pair("repeat") as (_, _, node):
        file = node.dir / "conf.d" / "90-bad.conf"
        file.write_text("log_max_byte = 1\n")
        os.chmod(file, 0o640)
        for _ in range(40):
            os.kill(node.pid(), signal.SIGHUP)
            time.sleep(0.01)  # signals that wait together are one
        told = wait_until(lambda: notes_of(node, "repeated"), "the count", 30)
        check("bad_configuration" in told[0], f"what repeats? {told}")
        check(len(notes_of(node, "bad_configuration")) < 40, "all of them were told")


def failpoint_note():
    done = subprocess.run([str(BIN / "lienthongd"), "--failpoints"], capture_output=True,
                          text=True, timeout=30)
    if not done.stdout.strip():
        raise Skipped("this build has no failpoints")
    with pair("failpoint") as (_, _, node):
        node.stop()
        node.start(env={"LIENTHONG_FAILPOINT": "command:kill:3"}, wait=False)
        wait_until(lambda: node.tool("status", timeout=5) and not node.running(), "the kill", 20)
        check(notes_of(node, "failpoint_hit"), node.notes()[-500:])
        node.wait_end(10)
        node.start()
        node.ok(*CASE)


TESTS = {f.__name__: f for f in (
    mended_peers, second_machine, quota_used_up, wal_grows, clock_beside, view_rebuilt,
    sqlite_version, notes_of_a_life, notes_that_repeat, failpoint_note)}

if __name__ == "__main__":
    harness.main(TESTS)

"""Bad input, from outside: a real district, an honest commune that goes on
writing, and beside it somebody who breaks one rule.

Each offence has its own code (an alarm, a hold or a bye), with text and remedy
in both languages. The district stays up and does not grow, its log verifies,
and the honest commune's events go on arriving within the same second.
"""
import contextlib
import datetime
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time

import control
import harness
from harness import BIN, Failed, Tree, check, wait_until

SECOND = 1.0
BEAT_S, PULSES = 0.02, 6
PACE_S = 0.05
RSS_MB = 96
GROWTH_MB = 24


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Desk(threading.Thread):
    """The honest commune: about twenty cases a second, each acknowledged."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.node, self.ledger, self.error = node, [], None
        self.stopping = threading.Event()
        self.start()

    def run(self):
        try:
            talk = control.Control(self.node)
            while not self.stopping.wait(PACE_S):
                answer = talk.ask({"command": "case open", "request_id": harness.request_id(),
                                   "options": {"type": "complaint", "field": "land",
                                               "text": f"Đơn số {len(self.ledger)}"}})
                check("event" in answer, f"the honest commune: {answer}")
                self.ledger.append(answer["event"])
        except Exception as error:  # shown by the test
            self.error = error

    def stop(self):
        self.stopping.set()
        self.join(30)
        check(self.error is None, f"the honest commune: {self.error}")


def memory_mb(node, word):
    for line in open(f"/proc/{node.pid()}/status"):
        if line.startswith(word + ":"):
            return int(line.split()[1]) / 1024
    raise Failed(f"no {word}")


def sanitized(node):
    return "asan" in open(f"/proc/{node.pid()}/maps").read()


class Pulse:
    """How long the machine itself held somebody up who asked for next to nothing: an
    event passes two daemons and two disks, and waits so at each."""

    def __init__(self):
        self.worst_s = 0.0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.beat)
        self.thread.start()

    def beat(self):
        while not self.ended.is_set():
            began = time.monotonic()
            time.sleep(BEAT_S)
            self.worst_s = max(self.worst_s, time.monotonic() - began - BEAT_S)

    def stop(self):
        self.ended.set()
        self.thread.join()


class Stage:
    """A district with an honest commune; made once for all tests of a run."""

    present = None

    def __init__(self):
        self.tree = Tree()
        print(f"seed {self.tree.seed}", flush=True)
        # The faults that a run plants are the district's alone.
        plant = os.environ.pop("LIENTHONG_PLANT", None)
        self.env = {"LIENTHONG_PLANT": plant} if plant else {}
        province = self.tree.root("Tỉnh Tây Ninh", key="p", env=self.shared())
        self.district = self.tree.child(province, "Huyện Thử", "district", key="d", env=self.env)
        self.honest = self.tree.child(self.district, "Xã Ngay Thẳng", "commune", key="c",
                                      env=self.shared())
        self.numbers = 0

    def next(self):
        self.numbers += 1
        return self.numbers

    def shared(self):
        """A payload's hash is left out by all who hash, or by nobody."""
        return self.env if self.env.get("LIENTHONG_PLANT") == "skip_payload_hash" else {}

    @classmethod
    def get(cls):
        if cls.present is None or not cls.present.district.running():
            cls.leave()
            cls.present = cls()
        return cls.present

    @classmethod
    def leave(cls):
        if cls.present is not None:
            cls.present.tree.__exit__(None, None, None)
            cls.present = None

    def hostile(self):
        """An enrolled commune whose daemon never runs."""
        number = self.next()
        return self.tree.child(self.district, f"Xã Thử {number}", "commune",
                               key=f"h{number}", start=False)

    @contextlib.contextmanager
    def beside(self, what):
        """The honest commune writes while something goes wrong beside it."""
        district = self.district
        desk = Desk(self.honest)
        wait_until(lambda: len(desk.ledger) >= 10, "the honest commune to be writing")
        wait_until(lambda: desk.ledger[0] in ids(district), "its first event at the district")
        before = memory_mb(district, "VmRSS")
        began = time.time()
        pulse = Pulse()
        try:
            yield
            wait_until(lambda: time.time() - began > 10 * PACE_S, "something to measure")
        finally:
            ended = time.time()
            desk.stop()
            pulse.stop()
        check(district.running(), f"the district ended: {what}\n" + district.notes()[-3000:])
        wait_until(lambda: set(desk.ledger) <= ids(district),
                   lambda: f"the honest commune's {len(desk.ledger)} events at the district, has "
                   f"{len(set(desk.ledger) & ids(district))}", 10)
        self.same_second(desk, began, ended, SECOND + PULSES * pulse.worst_s)
        if not sanitized(district):
            peak, now = memory_mb(district, "VmHWM"), memory_mb(district, "VmRSS")
            check(peak < RSS_MB, f"the district grew to {peak:.0f} MB")
            check(now - before < GROWTH_MB, f"the district grew from {before:.0f} to {now:.0f} MB")

    def play(self, scenario, seconds=2.0):
        """Run one scenario beside the honest commune; what was seen."""
        node = self.hostile()
        with self.beside(scenario):
            done = subprocess.run(
                [str(BIN / "lt-hostile"), "--dir", str(node.dir), "--seconds", str(seconds),
                 "--other", self.honest.office, scenario], capture_output=True, text=True,
                timeout=seconds + 60, env=dict(os.environ, **self.shared()))
        check(done.returncode == 0, f"lt-hostile {scenario}: {done}")
        return Seen(self, node, [json.loads(line) for line in done.stdout.splitlines()])

    def same_second(self, desk, began, ended, second):
        """No gap of a second in what the district commits of the honest
        commune, and none late."""
        here = {e["event"]: when(e["committed_at"]) for e in self.honest.events()}
        there = {e["event"]: when(e["committed_at"]) for e in self.district.events()
                 if e["committed_at"]}  # of others' denunciations the month alone is told
        mine = [e for e in desk.ledger if began <= here[e] <= ended]
        check(len(mine) >= (ended - began) / PACE_S / 4,
              f"the honest commune wrote only {len(mine)} events in {ended - began:.1f} s")
        late = max(there[e] - here[e] for e in mine)
        times = sorted([began] + [there[e] for e in mine] + [ended])
        widest = max(b - a for a, b in zip(times, times[1:]))
        print(f"  honest: {len(mine)} events, at most {late * 1000:.0f} ms late, widest gap "
              f"{widest * 1000:.0f} ms", flush=True)
        check(late < second, f"an honest event came {late:.1f} s late of {second:.1f}")
        check(widest < second,
              f"nothing of the honest commune came for {widest:.1f} s of {second:.1f}")


class Seen:
    """What the hostile peer saw, and what is left of it at the district."""

    def __init__(self, stage, node, lines):
        self.stage, self.node, self.lines = stage, node, lines
        self.did = next(l for l in lines if "did" in l)

    def of(self, what):
        return [l for l in self.lines if l.get("saw") == what]

    def bye(self, code):
        codes = {l["code"] for l in self.of("bye")}
        check(codes == {code}, f"bye {codes}, not {code}: {self.lines[:20]}")
        return self

    def hold(self, reason, number=None):
        holds = {(l["reason"], l["number"]) for l in self.of("hold")}
        check(any(r == reason and number in (None, n) for r, n in holds),
              f"holds {holds}, not {reason} at {number}: {self.lines[:20]}")
        return self

    def acked(self, number, handle=1):
        acks = [l["number"] for l in self.of("ack") if l["handle"] == handle]
        check(max(acks, default=0) == number,
              f"acknowledged up to {max(acks, default=0)}, not {number}")
        return self

    def alarm(self, code, subject=True):
        """The alarm with its words in both languages."""
        district = self.stage.district
        found = {}
        for lang in ("en", "vi"):
            def ask():
                status = district.ok("status", env={"LIENTHONG_LANG": lang})
                return next((a for a in status["alarms"] if a["code"] == code
                             and (not subject or a["subject"] == self.node.office)), None)
            found[lang] = wait_until(
                ask, lambda: f"alarm {code} about {self.node.office}; there are "
                f"{[(a['code'], a['subject']) for a in district.status()['alarms']]}\n"
                + district.notes()[-1500:], 5)
        words_in_both_languages(found["en"], found["vi"])
        check(found["en"]["severity"] in ("warning", "critical"), str(found["en"]))
        return self

    def no_alarm(self):
        mine = [a for a in self.stage.district.status()["alarms"]
                if a["subject"] == self.node.office]
        check(not mine, f"alarms: {mine}")
        return self

    def events(self):
        return [e for e in self.stage.district.events() if e["origin"] == self.node.office]

    def effects(self, *wanted):
        """Effects of the hostile's events at the district, by number."""
        def ask():
            return [(e["effect"], e["reason"]) for e in self.events()]
        wait_until(lambda: ask() == list(wanted), lambda: f"effects {wanted}, has {ask()}", 5)
        return self

    def nothing(self):
        check(not self.events(), f"at the district: {self.events()}")
        return self

    def verified(self):
        result = self.stage.district.tool("verify", timeout=60)
        check(result.code == 0 and result.json["ok"], f"verify: {result}")
        return self


def ids(node):
    return {e["event"] for e in node.events()}


def words_in_both_languages(en, vi):
    for part in ("text", "remedy"):
        check(en[part] and vi[part] and en[part] != vi[part], f"{part}: {en} {vi}")
        for words in (en[part], vi[part]):
            check("{" not in words and "?" not in words and "[" not in words,
                  f"an argument is missing: {words}")
    check(any(ord(c) > 127 for c in vi["text"]), f"not Vietnamese: {vi['text']}")


GOOD = ("applied", None)
BROKEN = ("rejected", "malformed")
PROVEN_WRONG, TOO_LARGE, NO_PROOF, GAP, TIPS = 1, 2, 5, 6, 8


def play(*args, **kw):
    return Stage.get().play(*args, **kw)


# ---- who ----

def honest_peer():
    """The instrument itself: an enrolled peer that does nothing wrong."""
    play("honest").acked(1).no_alarm().effects(GOOD).verified()


def unknown_peer():
    seen = play("unknown_peer", 3)
    check(seen.did["sessions"] == 0 and not seen.of("up"), f"admitted: {seen.lines[:5]}")
    seen.alarm("unknown_peer_refused", subject=False).nothing()


def hello_other_key():
    play("hello_other_key").bye("hello_wrong_key").alarm("hello_wrong_key").nothing()


def hello_other_office():
    play("hello_other_office").bye("hello_wrong_key").alarm("hello_wrong_key").nothing()


def hello_unbound_key():
    play("hello_unbound_key").bye("key_not_bound").alarm("key_not_bound").nothing()


def hello_again():
    seen = play("hello_again")
    check(seen.did["sessions"] == 0, "it was served without a proof")
    seen.nothing()


def too_early():
    seen = play("too_early").bye("peer_broke_protocol").alarm("peer_broke_protocol").nothing()
    check(not seen.of("ack"), "acknowledged before the handshake")


def wire_versions():
    play("wire_too_old").bye("peer_broke_protocol").alarm("peer_broke_protocol").nothing()
    play("wire_too_new").bye("peer_broke_protocol").alarm("peer_broke_protocol").nothing()


# ---- what was signed ----

def flipped_bit():
    play("flipped_bit").hold(PROVEN_WRONG, 2).acked(1).alarm("bad_signature") \
        .effects(GOOD).verified()


def bad_middle():
    play("bad_middle").hold(PROVEN_WRONG, 2).acked(1).alarm("bad_signature") \
        .effects(GOOD).verified()


def missing_number():
    play("gap", 5).hold(GAP, 2).acked(1).alarm("gap").effects(GOOD).verified()


def other_content():
    seen = play("other_content").acked(1).alarm("hash_contradiction").effects(GOOD).verified()
    first = seen.events()[0]["event"]
    page = seen.stage.district.ok("case", "show", first)
    check(page["number"] is None, f"the second content was taken: {page}")
    # Whoever has a copy of the log can prove it, on a machine without a network.
    copy = seen.stage.tree.dir / f"copy-{os.getpid()}.db"
    seen.stage.district.ok("backup", str(copy))
    shown = harness.run_tool("verify", "--file", str(copy), dir=seen.stage.district.dir)
    proofs = [e for e in shown.json["evidence"] if e["origin"] == seen.node.office]
    check(proofs and all(e["proven"] and e["hash"] != e["held"] for e in proofs), f"{shown}")
    with contextlib.closing(sqlite3.connect(copy)) as db, db:
        db.execute("DROP TRIGGER evidence_same")
        db.execute("UPDATE evidence SET signature = zeroblob(64)")
    shown = harness.run_tool("verify", "--file", str(copy), dir=seen.stage.district.dir)
    check(not any(e["proven"] for e in shown.json["evidence"]), f"made-up evidence: {shown}")


def foreign_origin():
    seen = play("foreign_origin").hold(NO_PROOF).nothing()
    check(not seen.of("ack"), "acknowledged what somebody else did not sign")
    seen.verified()


def too_many_tips():
    seen = play("many_tips").hold(TIPS).alarm("too_many_tips").alarm("branches")
    check(len(seen.events()) == 8, f"{len(seen.events())} tips")
    seen.verified()


# ---- sizes and shapes ----

def big_payload():
    play("big_payload").hold(TOO_LARGE, 2).acked(1).alarm("segment_too_large") \
        .effects(GOOD).verified()


def big_frame():
    play("big_frame").bye("peer_broke_protocol").alarm("peer_broke_protocol").verified()


def huge_frame():
    """Past ZeroMQ's own limit: the connection ends before anybody reads it."""
    seen = play("huge_frame")
    check(seen.did["connections"] > 1 and not seen.of("bye"), str(seen.did))
    seen.verified()


def frame_bombs():
    for bomb in ("bomb_empties", "bomb_nested", "bomb_groups", "bomb_unknown"):
        play(bomb).bye("peer_broke_protocol").alarm("peer_broke_protocol").nothing()


def payload_bombs():
    """Signed, so they are kept and relayed; nobody unpacks them."""
    for bomb in ("payload_empties", "payload_mebibyte", "payload_nested", "payload_unknown"):
        play(bomb).acked(3).alarm("payload_malformed").effects(GOOD, BROKEN, GOOD).verified()


def garbage_frames():
    play("garbage").bye("peer_broke_protocol").alarm("peer_broke_protocol").nothing()
    play("empty_frame").bye("peer_broke_protocol").alarm("peer_broke_protocol").nothing()


def unknown_frame():
    """Tomorrow's frames are passed over."""
    seen = play("unknown_frame").no_alarm()
    check(seen.of("pong") and not seen.of("bye"), str(seen.lines[:5]))


# ---- texts ----

def event_text():
    for scenario in ("event_not_utf8", "event_nul"):
        play(scenario).acked(3).alarm("text_malformed").effects(GOOD, BROKEN, GOOD).verified()


def part_text():
    for scenario in ("text_not_utf8", "text_nul"):
        seen = play(scenario).acked(3).alarm("text_malformed").effects(GOOD, GOOD, GOOD)
        page = seen.stage.district.ok("case", "show", seen.events()[1]["event"])
        check([t["text"] for t in page["texts"]] == [None], f"shown: {page['texts']}")
        seen.verified()


def text_other():
    """A text that is not the one whose hash was signed."""
    play("text_other").hold(PROVEN_WRONG, 2).acked(1).alarm("part_mismatch") \
        .effects(GOOD).verified()


def denunciation_text():
    seen = play("denunciation_text").alarm("payload_malformed").effects(BROKEN)
    district = seen.stage.district
    check("denouncer" not in district.tool("log", "--events").out, "shown")
    seen.verified()


# ---- too much ----

def flood():
    seen = play("flood", 4)
    check(seen.did["rounds"] >= 1 and seen.of("ack"), str(seen.did))
    seen.verified()


GROUPS = {
    "who": (honest_peer, unknown_peer, hello_other_key, hello_other_office, hello_unbound_key,
            hello_again, too_early, wire_versions),
    "signatures": (flipped_bit, bad_middle, missing_number, other_content, foreign_origin,
                   too_many_tips),
    "shapes": (big_payload, big_frame, huge_frame, frame_bombs, payload_bombs, garbage_frames,
               unknown_frame),
    "texts": (event_text, part_text, text_other, denunciation_text),
    "too_much": (flood,),
}
TESTS = {f.__name__: f for group in GROUPS.values() for f in group}

if __name__ == "__main__":
    sys.argv[1:] = [name for a in sys.argv[1:]
                    for name in ([f.__name__ for f in GROUPS[a]] if a in GROUPS else [a])]
    try:
        harness.main(TESTS)
    finally:
        Stage.leave()

#!/usr/bin/env python3
"""The outside interface as its page has it: tests/data/interfaces.md is read,
and what the page names must come out of a real daemon and a real tool."""
import json
import re
import struct
import time

import control
import harness
from harness import REPO, Tree, check, request_id, run_tool, wait_until

PAGE = (REPO / "tests" / "data" / "interfaces.md").read_text()


# -- the page's shapes --

class Shape:
    """An object's keys, each with the shape of its value or None."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def peek(self):
        while self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at]

    def value(self):
        if self.peek() == "{":
            return self.object()
        if self.peek() == "[":
            self.at += 1
            inner = self.value() if self.peek() != "]" else None
            while self.peek() != "]":
                self.at += 1
            self.at += 1
            return [inner]
        # A word, alternatives with bars: skipped up to the next , } or ].
        quoted = False
        while quoted or self.peek() not in ",}]":
            quoted ^= self.text[self.at] == '"'
            self.at += 1
        return None

    def object(self):
        keys = {}
        self.at += 1
        while self.peek() != "}":
            if self.peek() == ",":
                self.at += 1
                continue
            name = re.match(r'"([a-z_]+)"', self.text[self.at:])
            check(name, f"the page cannot be read at {self.text[self.at:self.at + 40]!r}")
            self.at += name.end()
            keys[name.group(1)] = None
            if self.peek() == ":":
                self.at += 1
                keys[name.group(1)] = self.value()
        self.at += 1
        return keys


def shape(after):
    """The first object of the page that follows these words."""
    start = PAGE.index("{", PAGE.index(after))
    return Shape(PAGE[start:]).value()


def holds(value, keys, where):
    """Every key of the page is there, at every depth. More may be."""
    if keys is None or value is None:
        return
    if isinstance(keys, list):
        check(isinstance(value, list), f"{where} is no list")
        for entry in value:
            holds(entry, keys[0], where + "[]")
        return
    check(isinstance(value, dict), f"{where} is no object: {value!r}")
    missing = set(keys) - set(value)
    check(not missing, f"{where} lacks {sorted(missing)}; has {sorted(value)}")
    for key, inner in keys.items():
        holds(value[key], inner, f"{where}.{key}")


def some(items, where):
    check(items, f"{where} is empty: nothing would be checked")
    return items


UUID = re.compile(r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")
EVENT = re.compile(r"^[0-9a-f]{32}:[0-9a-f]{16}:[1-9][0-9]*$")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def is_written(answer):
    holds(answer, {"event": None, "id": None, "request_id": None, "committed_at": None,
                   "repeated": None}, "answer")
    check(EVENT.match(answer["event"]) and EVENT.match(answer["id"]), answer)
    check(UUID.match(answer["request_id"]) and TIME.match(answer["committed_at"]), answer)
    return answer


# -- tests --

def pair(tree):
    province = tree.root("Tỉnh Thử", key="p")
    commune = tree.child(province, "Xã Thử", "commune", key="c")
    return province, commune


def field_lists():
    """What each reading command prints has every field of the page."""
    event = shape("**`log --events`**")
    check({"pos", "event", "causes", "effect"} <= set(event), f"page: {event}")
    with Tree() as tree:
        province, commune = pair(tree)
        case = is_written(commune.ok("case", "open", "--type", "complaint", "--field", "land",
                                     "--text", "Đề nghị xem lại giá bồi thường"))
        check("receipt_code" in case, case)
        is_written(commune.ok("case", "step", case["id"], "accepted", "--doc-no", "12/TB"))
        incident = is_written(commune.ok("incident", "raise", "--place", "Trụ sở xã",
                                         "--subject", "đất đai", "--people", 40,
                                         "--help", "lãnh đạo tiếp"))
        wait_until(lambda: province.items("incident"), "the incident at the province")
        is_written(province.ok("incident", "take", incident["id"]))
        directive = is_written(province.ok(
            "directive", "issue", "--to", "Xã Thử", "--doc-no", "1/CĐ", "--text", "Tiếp ngay",
            "--due", "2100-01-01"))
        wait_until(lambda: commune.items("directive"), "the directive at the commune")
        is_written(commune.ok("directive", "status", directive["id"], "03"))
        wait_until(lambda: any(t["status"] == "03" for d in province.items("directive")
                               for t in d["to"]), "the status at the province")

        for node in (province, commune):
            holds(node.status(), shape("**`status`**"), "status")
            page = node.ok("log")
            holds(page, {"items": [shape("**`log`** `items`")]}, "log")
            some(page["items"], "log")
            for line in some(node.events(), "log --events"):
                holds(line, event, "log --events")
            for noun in ("case", "incident", "directive"):
                keys = shape(f"**`{noun} list`**")
                page = node.ok(noun, "list")
                holds(page, {"items": [keys], "next": None}, noun + " list")
                for item in some(page["items"], noun + " list"):
                    shown = node.ok(noun, "show", item["id"])
                    holds(shown, keys, noun + " show")
                    for line in some(shown["events"], noun + " show events"):
                        holds(line, event, noun + " show events")
                    for text in some(shown["texts"], noun + " show texts"):
                        holds(text, {"event": None, "state": None, "text": None},
                              noun + " show texts")
            holds(node.ok("verify"), shape("**`verify`**"), "verify")
            holds(node.ok("receipt", case["receipt_code"]), shape("**`receipt`**"), "receipt")
            holds(node.ok("explain", case["id"]), shape("**`explain`**"), "explain")
        check(some(province.status()["links"], "links")[0]["role"] == "child", "role")
        check(commune.status()["links"][0]["role"] == "parent", "role")


# What the page lists and this version does not have yet.
LATER = set()


def commands():
    """Every option of the page's table is one of the tool's, each where the
    page has it; what is not there yet is refused as unknown."""
    table = PAGE[PAGE.index("| command | main options |"):PAGE.index("Every writing command")]
    on_page = set(re.findall(r"--([a-z][a-z-]*)", table))
    check(len(on_page) > 30, f"the page's table cannot be read: {on_page}")
    known = set()
    for command, options in {
            "init": "name kind code listen enrol-listen", "token": "name kind code valid",
            "join": "listen enrol-listen",
            "case open": "type field text sealed-ref legal-date date",
            "case step": "doc-no legal-date text", "case close": "reason",
            "incident raise": "place subject people help", "incident take": "",
            "incident update": "people", "incident close": "reason",
            "directive issue": "to doc-no text due urgent", "directive status": "reason",
            "case list": "open closed office since limit after",
            "incident list": "open closed office since limit after",
            "directive list": "open closed office since limit after",
            "case show": "", "incident show": "", "directive show": "", "receipt": "", "explain": "",
            "void": "reason", "status": "check", "log": "events from follow", "verify": "offline",
            "config check": "", "config show": "", "rebuild-view": ""}.items():
        check(all(re.search(rf"\b{word}\b", table) for word in command.split()), command)
        shown = run_tool("help", *command.split(), json_out=False)
        check(shown.code == 0, f"help {command}: {shown}")
        has = set(re.findall(r"^  --([a-z-]+)", shown.out, re.M))
        lacks = set(options.split()) - has
        check(not lacks, f"{command} does not know {lacks}")
        known |= has
        writes = command.split()[-1] in ("open", "step", "close", "raise", "take", "update",
                                         "issue") or command in (
            "directive status", "token", "void")
        check(("request-id" in has) == writes, f"{command}: --request-id")
    check(on_page <= known, f"nobody knows {on_page - known}")
    for name in LATER:
        check(re.search(rf"\b{name}\b", table), f"{name} has left the page")
        check(run_tool(name, "x").code == 64, f"{name} is there: move it out of LATER")


def exit_codes():
    """64, 65, 66, 69, 73, 1: each with the object of the page on stderr."""
    with Tree() as tree:
        province, commune = pair(tree)

        def refused(node, code, word, *args):
            result = node.tool(*args)
            check(result.code == code, f"{args}: {result}, not {code}")
            error = json.loads(result.err.strip().splitlines()[-1])
            holds(error, {"error": {"code": None, "text": None, "remedy": None,
                                    "request_id": None, "outcome": None}}, "error")
            error = error["error"]
            check(error["code"] == word, f"{args}: {error}, not {word}")
            check(error["outcome"] == "none" and error["text"] and error["remedy"], error)
            return error

        opened = commune.ok("case", "open", "--type", "complaint", "--field", "land")
        refused(commune, 64, "usage", "case", "open", "--bogus")
        refused(commune, 64, "usage", "frobnicate")
        refused(commune, 64, "usage", "case", "open", "--type", "complaint")
        refused(commune, 65, "invalid", "case", "open", "--type", "nonsense", "--field", "land")
        refused(commune, 65, "invalid", "case", "open", "--type", "complaint", "--field", "none")
        refused(commune, 65, "invalid", "case", "open", "--type", "denunciation", "--field",
                "land", "--sealed-ref", "Nguyễn Văn A")
        refused(commune, 65, "invalid", "case", "open", "--type", "denunciation", "--field",
                "land", "--sealed-ref", "7/SM", "--text", "a name")
        refused(commune, 65, "too_big", "incident", "raise", "--place", "x" * 141, "--subject",
                "s", "--people", 5)
        refused(commune, 65, "invalid", "incident", "raise", "--place", "x", "--subject", "s",
                "--people", 100001)
        refused(commune, 65, "not_found", "case", "show", opened["id"][:-1] + "99")
        refused(commune, 65, "step_refused", "case", "step",
                commune.ok("case", "step", opened["id"], "accepted")["id"], "accepted")
        refused(province, 65, "not_found", "directive", "issue", "--to", "Xã Khác", "--doc-no",
                "1", "--text", "t")
        refused(commune, 77, "not_permitted", "directive", "issue", "--to", "Tỉnh Thử",
                "--doc-no", "1", "--text", "t")
        wait_until(lambda: province.items("case"), "the case at the province")
        refused(province, 77, "not_permitted", "case", "close", opened["id"], "--reason",
                "settled")
        refused(commune, 65, "bad_token", "join", "lt1_nonsense", "--dir", tree.dir / "x")
        refused(province, 73, "cannot_create", "init", "--name", "n", "--kind", "province")
        unknown = commune.tool("receipt", "0000-0000-0000-0000-0")
        check(unknown.code == 1 and unknown.json["found"] is False, unknown)
        (commune.dir / "conf.d" / "99-typo.conf").write_text("no_such_key = 1\n")
        check(commune.tool("config", "check").code == 1, "config check")
        commune.stop()
        refused(commune, 69, "daemon_not_running", "case", "list")
        check(commune.tool("verify", "--offline").code == 0, "verify --offline")


def repeated_requests():
    """One request id: one event, one answer, also after the state forbids it,
    also after a restart."""
    with Tree() as tree:
        province, _ = pair(tree)
        ask = request_id()
        first = province.ok("case", "open", "--type", "feedback", "--field", "land",
                            "--request-id", ask)
        close = request_id()
        closed = province.ok("case", "close", first["id"], "--reason", "settled",
                             "--request-id", close)
        province.kill()
        province.start()
        again = province.ok("case", "open", "--type", "feedback", "--field", "land",
                            "--request-id", ask)
        check(again == dict(first, repeated=True), f"{again} is not {first}")
        again = province.ok("case", "close", first["id"], "--reason", "settled",
                            "--request-id", close)
        check(again == dict(closed, repeated=True), f"{again} is not {closed}")
        types = [e["type"] for e in province.events()]
        check(types.count("CASE_OPENED") == 1 and types.count("CASE_CLOSED") == 1, types)


def batches():
    """An array is one commit and one answer each; hostile frames are answered."""
    with Tree() as tree:
        province, _ = pair(tree)
        before = len(province.events())

        def opening(**more):
            return dict({"command": "case open",
                         "options": {"type": "complaint", "field": "land"}}, **more)

        # Ids of their own: good ones are taken, bad ones are not.
        mixed = [opening(request_id=request_id()),
                 opening(request_id=request_id(), options={"type": "x", "field": "land"}),
                 opening(request_id=request_id())]
        answers = control.Control(province).ask(mixed)
        check(["error" in a for a in answers] == [False, True, False], answers)
        check(control.Control(province).ask(mixed)[2] == dict(answers[2], repeated=True), "again")
        # One id for all: all or none, and repeated as a whole.
        one = request_id()
        whole = [opening(request_id=one), opening(), opening()]
        answers = control.Control(province).ask(whole)
        check(len({a["event"] for a in answers}) == 3, answers)
        check(len({a["committed_at"] for a in answers}) == 1, answers)
        check(control.Control(province).ask(whole) ==
              [dict(a, repeated=True) for a in answers], "repeated as a whole")
        torn = [opening(), opening(options={"type": "complaint", "field": "none"})]
        check(all("error" in a for a in control.Control(province).ask(torn)), "all or none")
        # A matter twice in one batch cannot know its causes.
        case = answers[0]["id"]
        twice = [{"command": "case step", "options": {"id": case, "kind": "note"},
                  "request_id": request_id()} for _ in range(2)]
        check(["error" in a for a in control.Control(province).ask(twice)] == [False, True],
              "twice")
        check(len(province.events()) == before + 2 + 3 + 1, "events written")

        for frame, word in ((b"{", "malformed"), (b"\xff", "text_not_utf8"), (b"[]", "usage"),
                            (b'{"command":"a","command":"a"}', "malformed"),
                            (b'{"command":"case open","options":{"type":"complaint",'
                             b'"field":"land","text":"a\\u0000b"}}', "text_not_utf8"),
                            (b"[" + b",".join([b"{}"] * 1001) + b"]", "too_big"),
                            (b"[" * 100000, "malformed")):
            client = control.Control(province)
            client.socket.sendall(struct.pack(">I", len(frame)) + frame)
            answer = client.receive()
            check(answer["error"]["code"] == word, f"{frame[:40]}: {answer}, not {word}")
            client.close()
        client = control.Control(province)
        client.socket.sendall(struct.pack(">I", 1 << 21))
        check(client.receive()["error"]["code"] == "too_big", "a frame over the bound")
        client.close()
        # Many clients at once, answers in the order of each one's frames.
        clients = [control.Control(province) for _ in range(20)]
        ids = [[request_id() for _ in range(8)] for _ in clients]
        for turn in range(8):
            for client, own in zip(clients, ids):
                client.send(opening(request_id=own[turn]))
        for client, own in zip(clients, ids):
            check([client.receive()["request_id"] for _ in own] == own, "order")
            client.close()


def normal_form():
    """Text typed in decomposed form is stored composed."""
    with Tree() as tree:
        province, _ = pair(tree)
        case = province.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                           "Đo\u031b\u0300ng sa\u0323t lo\u031b\u0309")
        text = province.ok("case", "show", case["id"])["texts"][0]["text"]
        check(text == "Đ\u1eddng s\u1ea1t l\u1edf", ascii(text))


def follow():
    """log --events --follow shows what is written from then on, at once."""
    with Tree() as tree:
        province, _ = pair(tree)
        client = control.Control(province, timeout=20)
        client.send({"command": "log", "options": {"events": True, "follow": True}})

        def lines():
            (length,) = struct.unpack(">I", client.read(4))
            return [json.loads(line) for line in client.read(length).splitlines()]

        seen = []
        while len(seen) < len(province.events()):
            seen += lines()
        written = province.ok("case", "open", "--type", "complaint", "--field", "land")
        while not any(e["event"] == written["event"] for e in seen):
            seen += lines()
        check([e["event"] for e in seen] == [e["event"] for e in province.events()], "order")
        at = seen[1]["pos"]
        rest = province.tool("log", "--events", "--from", at)
        check(rest.code == 0, rest)
        rest = [json.loads(line)["event"] for line in rest.out.splitlines()]
        check(rest and rest[-1] == written["event"] and seen[0]["event"] not in rest, "from")
        client.close()


def follow_long():
    """A follower gets the whole past, though nothing new is written to wake
    anybody: also one who reads as fast as the lines come."""
    with Tree() as tree:
        province, _ = pair(tree)
        for _ in range(60):
            control.batch(province, [{"command": "case open", "options": {
                "type": "complaint", "field": "land"}}] * 250)
        wait_until(lambda: province.status()["log"]["events"] >= 15000 and
                   province.status()["view"]["behind_events"] == 0, "the view")
        n = province.status()["log"]["events"]
        for _ in range(40):
            client = control.Control(province, timeout=20)
            client.send({"command": "log", "options": {"events": True, "follow": True}})
            seen, word, rest = 0, b'"reason":', b""
            while seen < n:  # once a line; no time for more than counting them
                rest += client.socket.recv(1 << 20)
                seen += rest.count(word)
                rest = rest[1 - len(word):]
            check(seen == n, f"{seen} of {n}")
            client.close()


if __name__ == "__main__":
    harness.main({"field_lists": field_lists, "commands": commands, "exit_codes": exit_codes,
                  "repeated_requests": repeated_requests, "batches": batches,
                  "normal_form": normal_form, "follow": follow,
                  "follow_long": follow_long})

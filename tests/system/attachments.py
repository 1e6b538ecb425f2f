#!/usr/bin/env python3
"""Attachments: whole or announced, never half; urgent things overtake them."""
import base64
import hashlib
import random
import threading
import time

import control
import harness
from harness import Tree, check, request_id, wait_until

PIECE = 15360


def noise(path, size, seed=7):
    path.write_bytes(random.Random(seed).randbytes(size))
    return path


def three(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d")
    commune = tree.child(district, "Xã Thử", "commune", key="c")
    return province, district, commune


def ask(node, message):
    socket = control.Control(node)
    try:
        return socket.ask(message)
    finally:
        socket.close()


CASES = {}  # of the event that a file goes with


def attachment(node, event):
    """The attachment of the event there; None while its case is absent."""
    shown = node.tool("case", "show", CASES[event])
    if shown.code != 0:
        return None
    return next((t for t in shown.json["texts"]
                 if t["kind"] == "attachment" and t["event"] == event), None)


def state(node, event):
    text = attachment(node, event)
    return text and text["state"]


def open_with(node, path, *more):
    case, event = harness.decided(node, path, *more)
    CASES[event] = case
    return {"event": event}


def same_file(node, event, path, to):
    got = node.ok("case", "attachment", event, "--out", to)
    check(to.read_bytes() == path.read_bytes(), "another file came out")
    check(got["size_bytes"] == path.stat().st_size, "the size is another")
    to.unlink()


# -- whole, at the desk --

def there_and_back():
    with Tree() as tree:
        province, district, commune = three(tree)
        for size in (1, PIECE - 1, PIECE, PIECE + 1, 40 * PIECE + 17):
            path = noise(tree.dir / "don.pdf", size, size)
            event = open_with(commune, path)["event"]
            text = wait_until(lambda: state(commune, event) == "here" and
                              attachment(commune, event), "the file at the desk", 10)
            check(text["size_bytes"] == size and text["text"] is None, f"shown as {text}")
            same_file(commune, event, path, tree.dir / "out.pdf")
            wait_until(lambda: state(province, event) == "here", "the file at the province")
            same_file(province, event, path, tree.dir / "out.pdf")
        case = CASES[event]
        step = commune.ok("case", "step", case, "leader_conclusion", "--attach", path)["event"]
        wait_until(lambda: any(t["event"] == step and t["state"] == "here"
                               for t in province.ok("case", "show", case)["texts"]
                               if t["kind"] == "attachment"), "the step's file")
        same_file(province, step, path, tree.dir / "out.pdf")
        verify = province.ok("verify")
        check(verify["ok"] and verify["erased_parts"] == 0, f"verify says {verify}")
        # Pieces are nobody's events.
        check(all(e["type"] != "CHUNK" for e in province.events()), "pieces stand among events")
        refusals(tree, commune, event, path)


def refusals(tree, commune, event, path):
    out = tree.dir / "out.pdf"
    out.write_text("mine")
    check(commune.tool("case", "attachment", event, "--out", out).code == 73, "overwrote a file")
    check(out.read_text() == "mine", "the file is not as it was")
    out.unlink()
    for name, size, code in (("none", None, 66), ("empty", 0, 65), ("huge", 16 * 1024 * 1024 + 1, 65)):
        file = tree.dir / name
        if size is not None:
            with open(file, "wb") as f:
                f.truncate(size)
        before = len(commune.events())
        result = commune.tool("case", "step", CASES[event], "decision_sent", "--attach", file)
        check(result.code == code, f"{name}: {result}")
        check(len(commune.events()) == before, f"{name}: an event was written")
    plain = commune.ok("case", "open", "--type", "complaint", "--field", "land", "--text", "x")
    check(commune.tool("case", "attachment", plain["event"], "--out", out).code == 65,
          "a case without attachment gave one")
    check(not out.exists(), "a file was left behind")
    sealed = commune.ok("case", "open", "--type", "denunciation", "--field", "land",
                        "--sealed-ref", "12/2026")["event"]
    sealed = commune.tool("case", "step", sealed, "decision_issued", "--attach", path)
    check(sealed.code == 65, f"a denunciation took an attachment: {sealed}")
    opened = ask(commune, {"command": "case open", "options": {
        "type": "complaint", "field": "land", "attach_size": 5, "attach_hash": "ab" * 32}})
    check(opened["error"]["code"] == "invalid", f"a file with a petition: {opened}")
    # What people bring in does not leave: files go with decisions alone.
    before = len(commune.events())
    for args in (("step", CASES[event], kind) for kind in ("note", "verify_done",
                                                           "citizen_notified")):
        for lang, word in (("vi", "quyết định"), ("en", "decision")):
            result = harness.run_tool("--lang", lang, "case", *args, "--attach", path,
                                      dir=commune.dir)
            check(result.code == 65 and word in result.error["text"], f"{args}: {result}")
    check(len(commune.events()) == before, "an event was written")


# -- on the way --

def cut_in_the_middle():
    with Tree() as tree:
        province, district, commune = three(tree)
        path = noise(tree.dir / "don.pdf", 3 * 1024 * 1024)
        district.stop()
        event = open_with(commune, path)["event"]
        check(state(commune, event) == "here", "the desk lacks its own file")
        district.start()
        # Cut as soon as pieces come: what has come stays, the rest follows.
        wait_until(lambda: chunks(district) > 0, "the first pieces", 30)
        district.kill()
        urgent = commune.ok("incident", "raise", "--place", "Trụ sở", "--subject", "Đất",
                            "--people", "20")["event"]
        district.start()
        wait_until(lambda: urgent in {e["event"] for e in province.events()}, "the incident")
        seen = state(province, event)
        check(seen in (None, "announced", "here"), f"half a file is {seen}")
        wait_until(lambda: state(province, event) == "here", "the file at the province")
        same_file(province, event, path, tree.dir / "out.pdf")


def chunks(node):
    """Pieces that a node holds of others."""
    return sum(t["last"] for t in node.ok("log")["items"] if t["channel"].startswith("chunk/"))


def urgent_overtakes():
    """While megabytes drain, an incident arrives first."""
    with Tree() as tree:
        province, district, commune = three(tree)
        district.stop()
        for i in range(4):
            path = noise(tree.dir / f"{i}.pdf", 8 * 1024 * 1024, i)
            event = open_with(commune, path)["event"]
        total = 4 * 547
        wait_until(lambda: chunks(commune) == total, lambda: f"{chunks(commune)} of {total} pieces")
        district.start()
        wait_until(lambda: 0 < chunks(district) < total, "the drain", 30)
        begun = time.monotonic()
        urgent = commune.ok("incident", "raise", "--place", "Trụ sở", "--subject", "Đất",
                            "--people", "20")["event"]
        wait_until(lambda: urgent in {e["event"] for e in district.events()}, "the incident")
        took = time.monotonic() - begun
        left = total - chunks(district)
        print(f"incident after {took * 1000:.0f} ms, {left} of {total} pieces still on the way")
        check(left > 0, "the incident came behind every piece")
        wait_until(lambda: state(province, event) == "here", "the last file", 60)
        same_file(province, event, path, tree.dir / "out.pdf")


# -- interrupted at the desk --

def repeated_and_gone_on():
    """A tool that dies half-way: the same request id goes on where it stopped."""
    with Tree() as tree:
        province, district, commune = three(tree)
        path = noise(tree.dir / "don.pdf", 60 * PIECE + 5)
        rid = request_id()
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        args = ("case", "step", case, "decision_issued", "--attach", path, "--request-id", rid)
        # What a tool that dies after its first batch leaves behind.
        event = first_batch(commune, path, rid, 16, case=case)
        wait_until(lambda: state(province, event) == "announced", "the event, without its file")
        early = commune.tool("case", "attachment", event, "--out", tree.dir / "out.pdf")
        check(early.code == 65 and not (tree.dir / "out.pdf").exists(), f"half a file: {early}")
        other = noise(tree.dir / "other.pdf", 60 * PIECE + 5, 8)
        result = commune.tool(*args[:5], other, "--request-id", rid)
        check(result.code == 65, f"another file under the same id: {result}")
        commune.kill()
        commune.start()
        again = commune.ok(*args)
        check(again["event"] == event and again["repeated"], f"the answer is {again}")
        wait_until(lambda: state(province, event) == "here", "the file at the province")
        wait_until(lambda: chunks(commune) >= 61, "the pieces to be told")
        third = commune.ok(*args)
        check(third["event"] == event, "a third call wrote again")
        time.sleep(1)  # a new status is published by then
        check(chunks(commune) == 61, f"{chunks(commune)} pieces written for 61")
        same_file(province, event, path, tree.dir / "out.pdf")


def killed_in_the_middle():
    """The daemon dies while pieces come: the tool says "unknown", and its
    repetition writes what is missing and nothing twice."""
    with Tree() as tree:
        province, district, commune = three(tree)
        path = noise(tree.dir / "don.pdf", 12 * 1024 * 1024)
        rid = request_id()
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        args = ("case", "step", case, "decision_issued", "--attach", path, "--request-id", rid)
        first = []
        tool = threading.Thread(target=lambda: first.append(commune.tool(*args)))
        tool.start()
        wait_until(lambda: chunks(commune) > 16, "the first pieces", 30)
        commune.kill()
        tool.join(30)
        check(first and first[0].code == 75, f"the tool said {first}")
        check(first[0].error["outcome"] == "unknown" and first[0].error["request_id"] == rid,
              f"the tool said {first}")
        print("  honest: the tool says unknown")
        commune.start()
        again = commune.ok(*args)
        check(again["repeated"], "the event was written twice")
        event = again["event"]
        CASES[event] = case
        wait_until(lambda: state(province, event) == "here", "the file at the province")
        time.sleep(1)  # a new status is published by then
        check(chunks(commune) == 820, f"{chunks(commune)} pieces written for 820")
        same_file(province, event, path, tree.dir / "out.pdf")


def part_hash(salt, content):
    return hashlib.sha256(b"lienthong/part/1\0" + salt + content).digest()


def pieces_of(data, first_salt):
    """(offset, salt, content), as proto/README.md has it."""
    for offset in range(0, len(data), PIECE):
        salt = first_salt if offset == 0 else hashlib.sha256(
            b"lienthong/piece/1\0" + first_salt + offset.to_bytes(8, "big")).digest()[:16]
        yield offset, salt, data[offset:offset + PIECE]


def whole_hash(data, first_salt):
    hashes = b"".join(part_hash(s, c) for _, s, c in pieces_of(data, first_salt))
    return hashlib.sha256(b"lienthong/whole/1\0" + len(data).to_bytes(8, "big") + hashes).hexdigest()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def piece_command(offset, salt, content, **more):
    return {"command": "attachment piece",
            "options": {"offset": offset, "salt": salt.hex(), "data": base64url(content), **more}}


def first_batch(node, path, rid, n, data=None, whole=None, case=None):
    data = data or path.read_bytes()
    salt = bytes(16)
    case = case or node.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
    batch = [{"command": "case step", "request_id": rid,
              "options": {"id": case, "kind": "decision_issued", "attach_size": len(data),
                          "attach_hash": whole or whole_hash(data, salt)}}]
    batch += [piece_command(*p) for p in list(pieces_of(data, salt))[:n]]
    answers = ask(node, batch)
    check("event" in answers[0] and all("event" in a for a in answers), f"refused: {answers[0]}")
    CASES[answers[0]["event"]] = case
    return answers[0]["event"]


# -- what nobody should send --

def misplaced_pieces():
    """Pieces out of order, twice, astray, too many: refused or without effect."""
    with Tree() as tree:
        province, district, commune = three(tree)
        data = random.Random(3).randbytes(5 * PIECE + 100)
        salt = bytes(16)
        pieces = list(pieces_of(data, salt))
        event = first_batch(commune, None, request_id(), 0, data)

        def send(offset, salt, content, **more):
            return ask(commune, piece_command(offset, salt, content, **more))

        for offset, content, why in ((7, data[:PIECE], "off the grid"),
                                     (6 * PIECE, data[:100], "beyond the end"),
                                     (0, data[:100], "too short"),
                                     (5 * PIECE, data[:PIECE], "longer than the end"),
                                     (0, data[:PIECE] + b"x", "too long"),
                                     (-PIECE, data[:PIECE], "before the beginning"),
                                     (2**63, data[:PIECE], "nowhere")):
            answer = send(offset, salt, content, event=event)
            check("error" in answer, f"a piece {why} was taken: {answer}")
        check("error" in send(0, salt, data[:PIECE]), "a piece of nothing was taken")
        check("error" in send(0, salt, data[:PIECE], event=event, index=5), "of no part")
        answer = ask(commune, {"command": "attachment piece", "options": {
            "event": event, "offset": 0, "salt": "zz" * 16, "data": "!"}})
        check("error" in answer, f"no base64: {answer}")
        # Another office may not bring pieces, even of what it holds.
        wait_until(lambda: state(province, event) == "announced", "the event at the province")
        answer = ask(province, piece_command(*pieces[0], event=event))
        check(answer.get("error", {}).get("code") == "not_permitted", f"the province: {answer}")
        # From the last to the first, each twice.
        for piece in reversed(pieces):
            for _ in range(2):
                check("event" in send(*piece, event=event), "a piece in its place was refused")
        for node in (commune, district, province):
            wait_until(lambda: state(node, event) == "here", f"the file at {node.name}")
        verify = province.ok("verify")
        check(verify["ok"], f"verify says {verify}")


def damaged_whole():
    """Pieces that are not what the event says are never called a file."""
    with Tree() as tree:
        province, district, commune = three(tree)
        data = random.Random(4).randbytes(3 * PIECE)
        right = first_batch(commune, None, request_id(), 3, data)
        wait_until(lambda: state(province, right) == "here", "the right one at the province")
        print("  honest: the right one is here")
        event = first_batch(commune, None, request_id(), 3, data, "ab" * 32)
        for node in (commune, province):
            wait_until(lambda: state(node, event) in ("damaged", "here"), f"its end at {node.name}")
            check(state(node, event) == "damaged", f"a wrong whole is here at {node.name}")
        out = tree.dir / "out.pdf"
        result = province.tool("case", "attachment", event, "--out", out)
        check(result.code == 76 and result.error["code"] == "part_mismatch", f"{result}")
        check(not out.exists(), "the wrong file was left behind")
        check(province.running and not province.status()["alarms"], "an alarm for one file")


# -- erased --

def windows_left(node, data):
    """How many pieces of it the files under a node's directory still show; its
    ballast is zeros, and most of the bytes."""
    windows = {data[at + 500:at + 524] for at in range(0, len(data) - 524, PIECE)}
    files = [p.read_bytes() for p in node.dir.rglob("*")
             if p.is_file() and not p.is_symlink() and p.name != "ballast"]
    return sum(any(w in f for f in files) for w in windows)


def erased_everywhere():
    """Erasing takes every piece out of every file, and only of that event."""
    with Tree() as tree:
        nodes = three(tree)
        province, district, commune = nodes
        gone = noise(tree.dir / "gone.pdf", 40 * PIECE, 1)
        kept = noise(tree.dir / "kept.pdf", 20 * PIECE, 2)
        first = open_with(commune, gone)["event"]
        second = open_with(commune, kept)["event"]
        for node in nodes:
            wait_until(lambda: state(node, first) == state(node, second) == "here", node.name)
            check(windows_left(node, gone.read_bytes()) == 40, "the search finds nothing (control)")
        commune.ok("erase", first, "--reason", "Nhầm tệp")
        # The copies above ask for the keeper's word.
        wait_until(lambda: state(province, first) == "held", "the order at the province")
        province.ok("erase", first, "--reason", "Xác nhận")
        for node in nodes:
            wait_until(lambda: state(node, first) == "erased", f"the erasure at {node.name}")
            wait_until(lambda: windows_left(node, gone.read_bytes()) == 0,
                       lambda: f"{windows_left(node, gone.read_bytes())} pieces left at {node.name}")
            check(node.tool("case", "attachment", first, "--out", tree.dir / "out.pdf").code == 65,
                  "an erased file came out")
            same_file(node, second, kept, tree.dir / "out.pdf")
            verify = node.ok("verify")
            check(verify["ok"] and verify["erased_parts"] == 1, f"verify says {verify}")


# -- with a directive --

def with_a_directive():
    """To each addressee and to nobody beside them; a batch that comes later
    goes to all of them as well."""
    with Tree() as tree:
        province, district, commune = three(tree)
        second = tree.child(district, "Xã Hai", "commune", key="c2")
        beside = tree.child(district, "Xã Ba", "commune", key="c3")
        path = noise(tree.dir / "kehoach.pdf", 20 * PIECE + 3)
        issue = ("directive", "issue", "--doc-no", "12/KH", "--text", "kế hoạch", "--attach", path)
        issued = province.ok(*issue, "--to", commune.office, second.office)["event"]

        def of_directive(node):
            shown = node.tool("directive", "show", issued)
            return shown.code == 0 and next((t["state"] for t in shown.json["texts"]
                                             if t["kind"] == "attachment"), None)

        for node in (district, commune, second):
            wait_until(lambda: of_directive(node) == "here", f"the file at {node.name}", 30)
            same_file(node, issued, path, tree.dir / "out.pdf")
        check(beside.tool("directive", "show", issued).code == 65 and chunks(beside) == 0,
              "it went to an office beside them")
        many = noise(tree.dir / "lon.pdf", 16 * 1024 * 1024)
        result = province.tool(*issue[:-1], many, "--all-below")
        check(result.code == 0, f"64 MB in all: {result}")
        fifth = tree.child(district, "Xã Tư", "commune", key="c4", start=False)
        wait_until(lambda: fifth.office in province.ok("office", "list").get("items", []) or
                   len(province.items("office")) >= 6, "the fifth office in the tree", 30)
        result = province.tool(*issue[:-1], many, "--all-below")
        check(result.code == 65 and result.error["code"] == "too_big", f"more than that: {result}")


TESTS = {f.__name__: f for f in (there_and_back, with_a_directive, cut_in_the_middle, urgent_overtakes,
                                 repeated_and_gone_on, killed_in_the_middle,
                                 misplaced_pieces, damaged_whole, erased_everywhere)}

if __name__ == "__main__":
    harness.main(TESTS)

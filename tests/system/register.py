#!/usr/bin/env python3
"""The desk's register: read by persons alone, told to the audit, and nowhere
else: a marker planted in it is in no other file of any office."""
import json
import pathlib
import socket
import sqlite3
import struct
import subprocess

from harness import Tree, check, main, run_tool, wait_until

LAN, AN, MAY = "mật khẩu của lan", "mật khẩu của an", "mật khẩu của kiên"
NAME = "Trịnh Thị Kim Oanh Bảy"
MARKERS = (NAME, "ngõ Cánh Diều số 9173", "079188812345", "0987 654 321",
           "con đường vào nhà bị chắn từ hôm Rằm")
CONTROL = "Đơn về đất công ích thôn Hạ Mười Ba"


def person(node, *args, lines):
    result = run_tool("person", *args, dir=node.dir, input="".join(f"{s}\n" for s in lines))
    check(result.code == 0, f"person {args}: {result}")
    return result.json


def people(node):
    person(node, "add", "lan", "--shown", "Lan", "--role", "leader", lines=(LAN, ""))
    person(node, "add", "an", "--shown", "An", "--role", "officer", "--by", "lan",
           lines=(LAN, AN, ""))
    person(node, "add", "kien", "--shown", "Kiên", "--role", "inspector", "--by", "lan",
           lines=(LAN, MAY, ""))


def register(node, code, *args, by="an", secret=AN, lines=()):
    result = run_tool("register", *args, "--by", by, dir=node.dir,
                      input="".join(f"{s}\n" for s in (secret, *lines)))
    check(result.code == code, f"register {args}: {result}, not {code}")
    return result.json if code == 0 else result.error


def ask(node, request):
    """One frame over the control socket, as any client of it may."""
    body = json.dumps({"proto": 1, **request}).encode()
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(20)
        link.connect(str(node.dir / "control.sock"))
        link.sendall(struct.pack(">I", len(body)) + body)
        head = link.recv(4, socket.MSG_WAITALL)
        answer = link.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)
    return json.loads(answer)


def audit(node):
    result = run_tool("audit", "--from", "1", "--by", "lan", dir=node.dir, input=LAN + "\n")
    check(result.code == 0, f"{result}")
    return [json.loads(line) for line in result.out.splitlines()]


ENTRY = ("name=" + NAME, "address=" + MARKERS[1], "document=CCCD " + MARKERS[2], "notify=phone",
         "contact=" + MARKERS[3], "account=" + MARKERS[4])


def open_case(node, text=CONTROL):
    return node.ok("case", "open", "--type", "complaint", "--field", "land", "--text", text)


def read_by_persons():
    """An officer enters and finds; others are refused; every look is told."""
    with Tree() as tree:
        node = tree.root("Xã Thử", kind="commune", key="c")
        check((node.dir / "identity" / "register.key").stat().st_mode & 0o7777 == 0o400, "key")
        people(node)
        case = open_case(node)
        print("  honest: a case and its people")
        added = register(node, 0, "add", case["receipt_code"], lines=ENTRY)
        check(added["case"] == case["id"] and not added["repeated"], added)
        check(register(node, 0, "add", case["id"], lines=ENTRY)["repeated"], "entered twice")
        shown = register(node, 0, "show", case["id"], by="lan", secret=LAN)
        check(shown["name"] == NAME and shown["account"] == MARKERS[4] and shown["by"] == "an",
              shown)
        found = register(node, 0, "search", lines=("trinh oanh",))["items"]
        check([f["case"] for f in found] == [case["id"]], found)
        check(register(node, 0, "search", lines=("binh",))["items"] == [], "found nobody")
        # What stands in the register does not leave with a step's text.
        for text in (f"Đã gặp bà {NAME}", "liên hệ 0987654321", "CCCD số 079188812345"):
            refused = node.tool("case", "step", case["id"], "verify_assigned", "--text", text,
                                "--confirm-text")
            check(refused.code == 65 and refused.error["code"] == "personal_data",
                  f"{text}: {refused}")
            check(NAME not in refused.err, "it is repeated")
        node.ok("case", "step", case["id"], "accepted", "--text", "Đã gặp người khiếu nại")
        # Who may not: another role, no session, a made-up one, no such case.
        register(node, 77, "show", case["id"], by="kien", secret=MAY)
        for options, code in (({}, "not_permitted"), ({"session": "A" * 43}, "session_ended"),
                              ({"session": "short"}, "invalid")):
            for command, more in (("show", {"id": case["id"]}), ("erase", {"id": case["id"]}),
                                  ("search", {"what": "oanh"}),
                                  ("add", {"id": case["id"], "name": "x"})):
                answer = ask(node, {"command": "register " + command,
                                    "options": {**options, **more}})
                check(answer["error"]["code"] == code, f"{command} {options}: {answer}")
                check(NAME not in json.dumps(answer, ensure_ascii=False), "it is told")
        sealed = node.ok("case", "open", "--type", "denunciation", "--field", "land",
                         "--sealed-ref", "TC-17")
        refused = register(node, 65, "add", sealed["id"], lines=ENTRY)
        check(refused["code"] in ("register_refuses_denunciation", "not_found"), refused)
        register(node, 0, "erase", case["id"], by="lan", secret=LAN)
        gone = register(node, 65, "show", case["id"])
        check(gone["code"] == "register_entry_erased", gone)
        told = [(r["who"], r["what"], r["about"]) for r in audit(node)]
        for record in (("an", "register_added", case["id"]), ("lan", "register_read", case["id"]),
                       ("an", "register_listed", case["id"]), ("kien", "register_refused", ""),
                       ("lan", "register_erased", case["id"])):
            check(record in told, f"{record} is not among {told}")


def dump(path):
    """A database by SQL: what compressed or overflowing pages would hide."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for name, in db.execute("SELECT name FROM sqlite_schema WHERE type='table'").fetchall():
            for row in db.execute(f'SELECT * FROM "{name}"'):
                for value in row:
                    if isinstance(value, bytes):
                        yield value
                        yield from unpacked(value)
                    elif isinstance(value, str):
                        yield value.encode()
    finally:
        db.close()


ZSTD = b"\x28\xb5\x2f\xfd"


def unpacked(blob):
    """Every zstd frame in it, unpacked."""
    at = blob.find(ZSTD)
    while at >= 0:
        done = subprocess.run(["zstd", "-dcq", "-"], input=blob[at:], timeout=20,
                              capture_output=True)
        if done.stdout:
            yield done.stdout
        at = blob.find(ZSTD, at + 4)


def holds(folder, marker):
    """Files below @folder in which the marker stands, raw, by SQL or unpacked."""
    word, found = marker.encode(), set()
    for path in pathlib.Path(folder).rglob("*"):
        if not path.is_file():
            continue
        if word in path.read_bytes():
            found.add(path.name)
        if path.suffix == ".db" and any(word in value for value in dump(path)):
            found.add(path.name)
    return found


def canary():
    """A marker in the register is in no file of any office; what the case says
    is found by the same search at each, so the search can find."""
    with Tree() as tree:
        province = tree.root("Tỉnh Thử", key="p")
        commune = tree.child(province, "Xã Thử", "commune", key="c")
        people(commune)
        case = open_case(commune)
        print("  honest: a case and its people")
        register(commune, 0, "add", case["id"], lines=ENTRY)
        register(commune, 0, "search", lines=("oanh",))
        register(commune, 0, "show", case["id"])
        commune.ok("case", "step", case["id"], "accepted", "--doc-no", "1/TL")
        wait_until(lambda: any(i["id"] == case["id"] and i["state"] == "accepted"
                               for i in province.items("case")), "the province has it")
        for node in (commune, province):
            node.stop()
        for node in (commune, province):
            check(holds(node.dir, CONTROL), f"the control marker is not found at {node.name}")
            for marker in MARKERS:
                files = holds(node.dir, marker)
                check(not files, f"{marker} is in {files} of {node.name}")
            notes = node.notes()
            check(not any(m in notes for m in MARKERS), "it is in the notes")


def backed_up():
    """The disk is gone; what stands in the safe opens the backup."""
    with Tree() as tree:
        node = tree.root("Xã Thử", kind="commune", key="c")
        people(node)
        case = open_case(node)
        register(node, 0, "add", case["id"], lines=ENTRY)
        file = node.dir.parent / "register.backup"
        kit = node.dir / "identity" / "recovery-kit.pem"
        made = run_tool("register", "backup", file, dir=node.dir)
        check(made.code == 0 and made.json["entries"] == 1, f"{made}")
        check(not any(m.encode() in file.read_bytes() for m in (*MARKERS, case["id"])),
              "something stands open in the backup")
        busy = run_tool("register", "restore", file, "--kit", kit, dir=node.dir)
        check(busy.code == 69, f"restored under a running daemon: {busy}")
        node.stop()
        (node.dir / "register.db").unlink()
        (node.dir / "identity" / "register.key").unlink()
        done = run_tool("register", "restore", file, "--kit", kit, dir=node.dir)
        check(done.code == 0 and done.json["entries"] == 1, f"{done}")
        node.start()
        check(register(node, 0, "show", case["id"])["name"] == NAME, "the entry")


if __name__ == "__main__":
    main({"read_by_persons": read_by_persons, "canary": canary, "backed_up": backed_up})

#!/usr/bin/env python3
"""The desk's register: read by persons alone, told to the audit, and nowhere
else: a marker planted in it is in no other file of any office."""
import json
import pathlib
import socket
import sqlite3
import struct
import subprocess

from harness import BIN, Tree, check, main, run_tool, wait_until

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


def in_memory(node, words):
    """Which of them stand in what the process has in memory, as in a core of it."""
    found = set()
    with open(f"/proc/{node.pid()}/maps") as maps, \
            open(f"/proc/{node.pid()}/mem", "rb", 0) as memory:
        for line in maps:
            fields = line.split()
            begin, end = (int(x, 16) for x in fields[0].split("-"))
            if "w" not in fields[1] or fields[-1] in ("[vvar]", "[vsyscall]"):
                continue
            try:
                memory.seek(begin)
                data = memory.read(end - begin)
            except (OSError, ValueError):
                continue
            found |= {word for word in words if word.encode() in data}
    return found


def in_frames(path, words):
    raw = path.read_bytes()
    whole = [raw, *unpacked(raw)]
    return {word for word in words if any(word.encode() in part for part in whole)}


DENOUNCER = "Phan Thị Hoài Vọng người tố cáo"


def denounce(node):
    """A denunciation, and what somebody types who does not know better."""
    case = node.ok("case", "open", "--type", "denunciation", "--field", "land",
                   "--sealed-ref", "TC-17")
    refused = node.tool("case", "open", "--type", "denunciation", "--field", "land",
                        "--sealed-ref", "TC-18", "--text", DENOUNCER)
    check(refused.code != 0 and DENOUNCER not in refused.err, f"{refused}")
    refused = node.tool("case", "open", "--type", "denunciation", "--field", "land",
                        "--sealed-ref", DENOUNCER)
    check(refused.code != 0 and DENOUNCER not in refused.err, f"{refused}")
    register(node, 65, "add", case["id"], lines=("name=" + DENOUNCER, "account=" + DENOUNCER))
    return case


def canary_on_the_line_and_in_memory():
    """Markers of the register and of a denouncer leave the commune in no frame,
    and are in no memory and no file of any other office: its superior's, its
    sibling's. What the case says is found there by the same search."""
    with Tree() as tree:
        frames = {key: tree.dir / f"frames-{key}" for key in "pcs"}
        env = {key: {"LD_PRELOAD": str(BIN.parent / "lib" / "lt-frames.so"),
                     "LT_FRAMES": str(path)} for key, path in frames.items()}
        province = tree.root("Tỉnh Thử", key="p", env=env["p"])
        commune = tree.child(province, "Xã Thử", "commune", key="c", env=env["c"])
        sibling = tree.child(province, "Xã Bên", "commune", key="s", env=env["s"])
        people(commune)
        case = open_case(commune)
        print("  honest: a case and its people")
        register(commune, 0, "add", case["id"], lines=ENTRY)
        register(commune, 0, "show", case["id"])
        register(commune, 0, "search", lines=("oanh",))
        denounced = denounce(commune)
        commune.ok("case", "step", case["id"], "accepted", "--doc-no", "1/TL")
        wait_until(lambda: any(i["id"] == case["id"] and i["state"] == "accepted"
                               for i in province.items("case")), "the province has it")
        province.ok("case", "show", case["id"])
        wait_until(lambda: denounced["id"] in province.tool("log", "--events").out,
                   "the province has the denunciation")
        secrets = {*MARKERS, DENOUNCER}
        check(CONTROL in in_frames(frames["c"], {CONTROL}), "no frame has the control marker")
        check(in_memory(province, {"Xã Thử"}), "the memory cannot be searched")
        for node in (province, sibling):
            found = in_memory(node, secrets)
            check(not found, f"{found} in the memory of {node.name}")
        for node in (commune, province, sibling):
            node.stop()
        for key, path in frames.items():
            found = in_frames(path, secrets)
            check(not found, f"{found} went over the line from {key}")
        check(holds(province.dir, CONTROL), "the control marker is not found at the province")
        for node in (province, sibling):
            for marker in secrets:
                files = holds(node.dir, marker)
                check(not files, f"{marker} is in {files} of {node.name}")
        check(not holds(commune.dir, DENOUNCER), "the denouncer is in a file of the commune")


def parcel(node, code, verb, *args, by="lan", secret=LAN):
    result = run_tool("register", verb, *args, "--by", by, dir=node.dir, input=secret + "\n")
    check(result.code == code, f"register {verb} {args}: {result}, not {code}")
    return result.json if code == 0 else result.error


def goes_to_the_next_office():
    """A case's entry goes to the office above, the whole register to another
    commune: sealed to it alone, confirmed by both, erased at the giver then."""
    with Tree() as tree:
        province = tree.root("Tỉnh Thử", key="p")
        old = tree.child(province, "Xã Cũ", "commune", key="o")
        new = tree.child(province, "Xã Mới", "commune", key="n")
        for node in (province, old, new):
            people(node)
        first, second = open_case(old), open_case(old, "Đơn thứ hai")
        print("  honest: two cases and their people")
        register(old, 0, "add", first["id"], lines=ENTRY)
        register(old, 0, "add", second["id"], lines=("name=Đinh Thị Sáu", "account=việc khác"))
        # One case, to the office above, whose key is known here.
        file = tree.dir / "one"
        given = parcel(old, 0, "give", file, "--to", "Tỉnh Thử", "--case", first["receipt_code"],
                       by="an", secret=AN)
        raw = file.read_bytes()
        check(not any(m.encode() in raw for m in (*MARKERS, first["id"])), "it stands open")
        refused = parcel(new, 65, "take", file)
        check(refused["code"] == "invalid", refused)
        taken = parcel(province, 0, "take", file)
        check(taken["inventory"] == given["inventory"] and taken["entries"] == 1, taken)
        check(register(province, 0, "show", first["id"], by="lan", secret=LAN)["name"] == NAME,
              "the entry")
        refused = parcel(old, 65, "confirm", "0" * 32)
        check(refused["code"] == "not_found", refused)
        check(register(old, 0, "show", first["id"])["name"] == NAME, "gone before the receipt")
        parcel(old, 0, "confirm", taken["receipt"], "--erase")
        check(register(old, 65, "show", first["id"])["code"] == "register_entry_erased", "erased")
        # All of it, to an office from which nothing has come: its key by hand.
        whole = tree.dir / "whole"
        refused = parcel(old, 77, "give", whole, "--to", new.office, "--key", "0" * 63 + "9",
                         by="an", secret=AN)
        check(refused["code"] == "not_permitted", refused)
        key = new.ok("office", "key")
        check(key["office"] == new.office, key)
        given = parcel(old, 0, "give", whole, "--to", new.office, "--key", key["key"])
        taken = parcel(new, 0, "take", whole)
        check((given["entries"], given["inventory"]) == (2, taken["inventory"]), taken)
        check(register(new, 0, "show", second["id"])["name"] == "Đinh Thị Sáu", "the second")
        check(register(new, 65, "show", first["id"])["code"] == "register_entry_erased",
              "what was erased came back")
        found = register(new, 0, "search", lines=("dinh sau",))["items"]
        check([f["case"] for f in found] == [second["id"]], f"not found: {found}")
        parcel(old, 0, "confirm", taken["receipt"], "--erase")
        check(register(old, 65, "show", second["id"])["code"] == "register_entry_erased", "erased")
        told = {r["what"] for node in (old, new) for r in audit(node)}
        check({"register_given", "register_taken", "register_confirmed"} <= told, f"{told}")


def left_at_a_closed_office():
    """An office is closed: its machine says what of its register is still there, until the heir
    has it. One that is open, or has no register, is silent."""
    with Tree() as tree:
        province = tree.root("Tỉnh Thử", key="p")
        old = tree.child(province, "Xã Cũ", "commune", key="o")
        bare = tree.child(province, "Xã Không Sổ", "commune", key="b")
        new = tree.child(province, "Xã Mới", "commune", key="n")
        for node in (old, new):
            people(node)
        for case in (open_case(old), open_case(old, "Đơn thứ hai")):
            register(old, 0, "add", case["id"], lines=ENTRY)
        register(new, 0, "add", open_case(new)["id"], lines=ENTRY)
        for name in ("Xã Cũ", "Xã Không Sổ"):
            province.ok("tree", "close", name, "Xã Mới")

        def left(node):
            return [a for a in node.status()["alarms"] if a["code"] == "register_left"]
        wait_until(lambda: left(old), lambda: old.notes()[-1500:], 60)
        said = left(old)[0]
        check("2" in said["text"] and "Xã Mới" in said["remedy"], f"{said}")
        wait_until(lambda: bare.status()["office"]["closed"] is not None, "the other is closed")
        check(not left(bare) and not left(new), f"{left(bare)} {left(new)}")
        # As the remedy says.
        file = tree.dir / "whole"
        key = new.ok("office", "key")["key"]
        parcel(old, 0, "give", file, "--to", "Xã Mới", "--key", key)
        taken = parcel(new, 0, "take", file)
        check(taken["entries"] == 2, f"{taken}")
        check(left(old), "given is not taken")
        parcel(old, 0, "confirm", taken["receipt"], "--erase")
        wait_until(lambda: not left(old), lambda: f"{left(old)}", 60)


def denounced_after_all():
    """Shown once, for the paper book; then neither the register, nor the index,
    nor any text of the case has it, here or above."""
    with Tree() as tree:
        province = tree.root("Tỉnh Thử", key="p")
        commune = tree.child(province, "Xã Thử", "commune", key="c")
        people(commune)
        text = "Nội dung gửi lên trước khi biết là tố cáo"
        case = open_case(commune, text)
        print("  honest: a case and its people")
        register(commune, 0, "add", case["id"], lines=ENTRY)
        check(register(commune, 0, "search", lines=("oanh",))["items"], "not found before")
        wait_until(lambda: text in province.tool("case", "show", case["id"]).out,
                   "the province has the text")
        shown = parcel(commune, 0, "retype", case["id"])
        check(shown["name"] == NAME and shown["account"] == MARKERS[4], shown)
        check(register(commune, 65, "show", case["id"])["code"] == "register_entry_erased", "twice")
        check(not register(commune, 0, "search", lines=("oanh",))["items"], "still in the index")
        wait_until(lambda: text not in commune.tool("case", "show", case["id"]).out, "erased here")
        wait_until(lambda: text not in province.tool("case", "show", case["id"]).out,
                   "closed to reading above")
        again = run_tool("register", "retype", case["id"], "--by", "lan", dir=commune.dir,
                         input=LAN + "\n")
        check(again.code == 0 and NAME not in again.out, f"{again}")


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
    main({"read_by_persons": read_by_persons, "canary": canary, "backed_up": backed_up,
          "denounced_after_all": denounced_after_all,
          "goes_to_the_next_office": goes_to_the_next_office,
          "left_at_a_closed_office": left_at_a_closed_office,
          "canary_on_the_line_and_in_memory": canary_on_the_line_and_in_memory})

#!/usr/bin/env python3
"""Courier bundles with real daemons: an office without a line, a stick that is
pulled out, lost, damaged, or beside a line."""
import json
import os
import resource
import signal
import subprocess
import threading

import harness
from alone import put_alone
from harness import BIN, Tree, check, ledger_holds, wait_until
from revoke import effect, ids

MAGIC = b"\x89LTC\r\n\x1a\n"
MARKER = "Dau-hieu-bi-mat-7341"


def cut_off(tree, node):
    """It never had a line and will have none, to those above its parent neither."""
    put_alone(tree, node)
    file = node.dir / "conf.d" / "60-cut.conf"
    file.write_text('superior_addresses = {"127.0.0.1:9"}\n')
    os.chmod(file, 0o640)
    node.start()
    return node


def tree_with(tree, cut=True):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d")
    commune = tree.child(district, "Xã Thử", "commune", key="c", start=not cut)
    if cut:
        cut_off(tree, commune)
    return province, district, commune


def export(node, to, path, *more):
    return node.ok("courier", "export", "--to", to.office, "--out", path, *more)


def give(node, *args, code=0):
    result = node.tool("courier", "import", *args, timeout=120)
    check(result.code == code, f"{node.name}: courier import: {result}\n{node.notes()[-1500:]}")
    return result.json if result.out else None


def carry(tree, node, to, *more):
    """One way, whole, by a stick that is then empty again."""
    stick = tree.dir / "carried.ltc"
    export(node, to, stick, *more)
    sums = give(to, stick)
    stick.unlink()
    return sums


def write(node, ledger, n, text=MARKER):
    for _ in range(n):
        event = node.ok("case", "open", "--type", "complaint", "--field", "land",
                        "--text", text)["event"]
        ledger.setdefault(node.name, []).append(event)


def pieces(data):
    """(offset, length) of each piece, as proto/README.md lays them out."""
    found, at = [], 0
    while at < len(data):
        check(data[at:at + 8] == MAGIC, f"no piece at {at}")
        length = 72 + int.from_bytes(data[at + 12:at + 16], "big")
        found.append((at, length))
        at += length
    return found


def never_linked(district, commune):
    check(all(link["state"] != "up" for link in commune.status()["links"]), "it had a line")
    check(all(link["office"] != commune.office for link in district.status()["links"]),
          "the district had a line to it")


# -- a life without a line --

def without_a_line():
    with Tree() as tree:
        province, district, commune = tree_with(tree)
        ledger = {}
        carry(tree, district, commune)  # the tree, and its own place in it
        write(commune, ledger, 5)
        warning = commune.ok("incident", "raise", "--place", "UBND xã", "--subject", "Đất đai",
                             "--people", "40")["event"]
        ledger[commune.name].append(warning)

        stick, receipt = tree.dir / "usb.ltc", tree.dir / "bien-nhan.ltc"
        sums = export(commune, district, stick)
        check(sums["events"] >= 6 and sums["files"] == [str(stick)], f"exported {sums}")
        taken = give(district, stick, "--receipt", receipt)
        check(taken["from"] == [commune.office] and taken["waiting"] == 0, f"imported {taken}")
        check(taken["taken_events"] == sums["events"], f"imported {taken} of {sums}")
        again = give(district, stick)
        check(again["taken"] == 0 and again["repeated"] == sums["segments"], f"twice: {again}")
        wait_until(lambda: warning in {e["event"] for e in province.events()}, "the warning above")
        ledger_holds(district, ledger)
        ledger_holds(province, ledger)

        # The receipt tells the commune what need not go once more.
        before = export(commune, district, tree.dir / "again.ltc")
        check(before["events"] >= 6, f"without a receipt {before}")
        check(give(commune, receipt)["taken"] == 0, "a receipt brought segments")
        after = export(commune, district, tree.dir / "after.ltc", "--since-statement")
        check(after["events"] == 0 and after["statement_at"], f"after the receipt {after}")

        # The keeper's receipt comes by the same stick, and a directive with it.
        order = province.ok("directive", "issue", "--to", commune.office, "--doc-no", "12/CĐ",
                            "--text", MARKER)["event"]
        wait_until(lambda: order in {e["event"] for e in district.events()}, "the directive below")

        def covered():
            carry(tree, commune, district)  # that the directive has arrived
            carry(tree, district, commune)
            return commune.status()["receipt"]["covers_all"]
        wait_until(covered, "the keeper's receipt by stick")
        check(any(d["id"] == order for d in commune.items("directive")), "the directive is lacking")
        commune.ok("directive", "status", order, "03")
        carry(tree, commune, district)
        wait_until(lambda: any(t["status"] == "03" for d in province.items("directive")
                               for t in d["to"]), "03 at the province")
        never_linked(district, commune)
        met = [c for c in district.status()["couriers"] if c["office"] == commune.office]
        check(met and met[0]["imported_events"] >= 6 and met[0]["exported_at"], f"status: {met}")
        told = district.ok("explain", commune.office)
        check(told["moving"] is False and "By courier" in told["text"], f"explain: {told}")
        district.stop()
        district.start()
        # What status said before may be older than the last stick.
        again = district.status()["couriers"]
        check(len(again) == len(met) == 1 and
              all(again[0][key] >= met[0][key] for key in met[0]),
              f"a start forgot who came by courier: {met}, then {again}")
        check("By courier" in district.tool("status", json_out=False).out, "status is silent")
        check(commune.ok("verify")["ok"] and district.ok("verify")["ok"], "verify found something")


def revoked():
    """Whoever comes by stick alone is revoked by stick as well: what it brings is
    refused and says why, a stick tells it, and given back it brings the same again."""
    with Tree() as tree:
        province, district, commune = tree_with(tree)
        carry(tree, district, commune)
        ledger = {}
        write(commune, ledger, 1)
        early = ledger[commune.name][0]
        carry(tree, commune, district)
        wait_until(lambda: early in ids(province), "the first case at the province")
        province.ok("revoke", commune.office, "--reason", "máy bị mất")
        district.wait_alarm("key_revoked")

        write(commune, ledger, 1)  # it has not heard of it
        late = ledger[commune.name][1]
        stick = tree.dir / "late.ltc"
        export(commune, district, stick)
        refused = district.tool("courier", "import", stick)
        check(refused.code == 77 and refused.error.get("code") == "key_revoked"
              and commune.name in refused.error["text"]
              and f'lienthong revoke "{commune.name}" --undo' in refused.error["remedy"],
              f"a revoked exporter: {refused}")
        check(late not in ids(district) and effect(province, early) == ("applied", None),
              "the cut-off is another one")
        carry(tree, district, commune)
        told = commune.wait_alarm("key_revoked")
        check(commune.name in told["text"] and commune.office not in told["text"], told)

        province.ok("revoke", commune.office, "--undo")
        district.wait_no_alarm("key_revoked")
        give(district, stick)
        wait_until(lambda: late in ids(province), "what waited, at the province")
        check(effect(province, late) == ("applied", None), effect(province, late))
        carry(tree, district, commune)
        commune.wait_no_alarm("key_revoked")
        never_linked(district, commune)


def round_a_dead_parent():
    with Tree() as tree:
        province, district, commune = tree_with(tree)
        ledger = {}
        carry(tree, district, commune)
        district.stop()
        write(commune, ledger, 3)
        carry(tree, commune, province)
        ledger_holds(province, ledger)
        district.start()  # whoever is ahead sends
        wait_until(lambda: {e["event"] for e in district.events()} >=
                   set(ledger[commune.name]), "what the district missed")
        ledger_holds(district, ledger)


# -- a stick in wrong hands --

def lost_stick():
    with Tree() as tree:
        province, district, commune = tree_with(tree)
        carry(tree, district, commune)
        write(commune, {}, 3)
        hidden = {"text": MARKER.encode(), "own id": bytes.fromhex(commune.office),
                  "id in letters": commune.office.encode(),
                  "the province": bytes.fromhex(province.office),
                  "own name": "Xã Thử".encode(), "county": "Tây Ninh".encode()}

        def seen(name, env):
            commune.stop()
            commune.start(env=env)
            export(commune, district, tree.dir / name, "--all")
            data = (tree.dir / name).read_bytes() + name.encode()
            return {what for what, word in hidden.items() if word in data}, data

        control, _ = seen("control.ltc", {"LIENTHONG_PLANT": "courier_clear"})
        # Texts are compressed, so the control need not show them.
        check({"own id", "the province"} <= control, f"the search finds only {control}")
        found, data = seen("stick.ltc", {})
        print("  honest: the control shows", sorted(control))
        check(not found, f"the stick shows {found}")
        check(bytes.fromhex(district.office) in data, "the addressee is not to be seen")
        refused = province.tool("courier", "import", tree.dir / "stick.ltc")
        check(refused.code == 65 and refused.error["code"] == "bundle_of_another",
              f"another office: {refused}")
        check("Huyện Thử" in refused.error["text"], f"it does not say for whom: {refused.error}")


# -- interrupted, damaged, lost --

def killed_in_the_middle():
    with Tree() as tree:
        _, district, commune = tree_with(tree)
        ledger = {}
        carry(tree, district, commune)
        big(commune, ledger, tree)
        stick = tree.dir / "usb.ltc"
        count = export(commune, district, stick)["pieces"]
        check(count >= 4, f"only {count} pieces")
        for point in ("courier:kill:2", "C6:kill:3"):
            district.stop()
            district.start(env={"LIENTHONG_FAILPOINT": point})
            result = district.tool("courier", "import", stick, timeout=120)
            check(result.code in (69, 75), f"killed at {point}: {result}")
            district.wait_end()
            district.start()
        check(give(district, stick)["waiting"] == 0, "something waits")
        ledger_holds(district, ledger)
        check(district.ok("verify")["ok"], "verify found something")


def big(node, ledger, tree):
    """Half a megabyte that does not compress, in a few events."""
    path = tree.dir / "don.pdf"
    path.write_bytes(os.urandom(500_000))
    ledger.setdefault(node.name, []).extend(harness.decided(node, path, timeout=60))


def lost_piece():
    with Tree() as tree:
        _, district, commune = tree_with(tree)
        ledger = {}
        carry(tree, district, commune)
        big(commune, ledger, tree)
        stick = tree.dir / "usb.ltc"
        export(commune, district, stick)
        whole = stick.read_bytes()
        parts = pieces(whole)
        at, length = parts[len(parts) // 2]

        stick.write_bytes(whole[:at] + whole[at + length:])
        sums = give(district, stick, code=1)
        check(sums["waiting"] > 0 and sums["reasons"] == ["gap"] and sums["missing_pieces"] == 1,
              f"without a piece: {sums}")

        broken = bytearray(whole)
        broken[at + length // 2] ^= 8
        stick.write_bytes(broken)
        result = district.tool("courier", "import", stick, timeout=120)
        check(result.code == 66 and result.error["code"] == "piece_damaged", f"damaged: {result}")
        check(result.json["damaged"] == 1, f"damaged: {result}")

        stick.write_bytes(whole[:at + length // 2])  # pulled out while it was copied
        result = district.tool("courier", "import", stick, timeout=120)
        check(result.code == 66, f"cut off: {result}")

        # In reverse order, with rubbish in between, through a pipe and as files.
        files = []
        for i, (at, length) in enumerate(reversed(parts)):
            files.append(tree.dir / f"{i}.ltc")
            files[-1].write_bytes(b"\x89LTC rubbish" + whole[at:at + length] + MAGIC)
        result = district.tool("courier", "import", *files, timeout=120)
        check(result.code == 66 and result.json["waiting"] == 0, f"in reverse order: {result}")
        done = subprocess.run([BIN / "lienthong", "--dir", district.dir, "--json", "courier",
                               "import", "-"], input=whole, capture_output=True, timeout=60)
        check(done.returncode == 0 and json.loads(done.stdout)["taken"] == 0,
              f"through a pipe: {done}")
        ledger_holds(district, ledger)


# -- beside a line --

def stick_and_line():
    with Tree() as tree:
        province, district, commune = tree_with(tree, cut=False)
        ledger = {}
        wait_until(lambda: commune.waiting() == 0, "the line")
        district.stop()
        write(commune, ledger, 30)
        stick = tree.dir / "usb.ltc"
        export(commune, district, stick)
        district.start()
        writer = threading.Thread(target=write, args=(commune, ledger, 30))
        writer.start()
        for i in range(6):
            give(district, stick)
            export(commune, district, tree.dir / f"{i}.ltc")
            give(district, tree.dir / f"{i}.ltc")
        writer.join(120)
        wait_until(lambda: commune.waiting() == 0, "all to be acknowledged")
        wait_until(lambda: {e["event"] for e in province.events()} >=
                   set(ledger[commune.name]), "all at the province")
        for node in (commune, district, province):
            check(ledger_holds(node, ledger) == 60, "the ledger is short")


# -- refused, clearly --

def refusals():
    with Tree() as tree:
        province, district, commune = tree_with(tree)
        other = tree.child(district, "Xã Bên", "commune", key="o", start=False)
        carry(tree, district, commune)
        write(commune, {}, 2)
        stick = tree.dir / "usb.ltc"
        export(commune, district, stick)

        def refused(node, code, word, *args):
            result = node.tool("courier", *args)
            check(result.code == code and result.error.get("code") == word,
                  f"{args}: wanted {word}, got {result}")
            check(result.error["text"] and result.error["remedy"], f"{args}: says {result.error}")

        rubbish = tree.dir / "rubbish"
        rubbish.write_bytes(os.urandom(1000))
        refused(district, 65, "not_a_bundle", "import", rubbish)
        refused(district, 66, "input_missing", "import", tree.dir / "nowhere")
        refused(district, 66, "input_missing", "import", tree.dir)
        refused(district, 64, "usage", "import")
        newer = tree.dir / "newer"
        newer.write_bytes(stick.read_bytes()[:8] + b"\x02" + stick.read_bytes()[9:])
        refused(district, 65, "bundle_newer", "import", newer)
        refused(commune, 73, "cannot_create", "export", "--to", district.office, "--out", stick)
        refused(commune, 65, "invalid", "export", "--to", other.office, "--out", tree.dir / "x")
        refused(commune, 65, "not_found", "export", "--to", "Không Có", "--out", tree.dir / "x")
        refused(district, 65, "not_found", "export", "--to", other.office, "--out",
                tree.dir / "x", "--since-statement")
        refused(commune, 64, "usage", "export", "--to", district.office)
        check(not (tree.dir / "x").exists(), "a refused export left a file")
        check(give(district, newer, stick, code=65)["taken"] > 0,
              "a newer piece kept the others out")
        folder = tree.dir / "usb"
        folder.mkdir()
        files = export(commune, district, folder)["files"]
        check(len(files) == 1 and files[0].startswith(str(folder)) and files[0].endswith(".ltc"),
              f"in a folder: {files}")
        check([str(f) for f in folder.iterdir()] == files, "something else lies in the folder")
        full_stick(tree, commune, district)


def full_stick(tree, commune, district):
    """Nothing half stays on a stick that is full."""
    big(commune, {}, tree)
    path = tree.dir / "full.ltc"

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    done = subprocess.run([BIN / "lienthong", "--dir", commune.dir, "--json", "courier", "export",
                           "--to", district.office, "--out", path], capture_output=True,
                          text=True, timeout=60, preexec_fn=small)
    check(done.returncode == 75 and '"disk_full"' in done.stderr, f"a full stick: {done}")
    check(not path.exists() and not path.with_name("full.ltc.part").exists(),
          "half a bundle stayed on the stick")


if __name__ == "__main__":
    harness.main({"without_a_line": without_a_line, "round_a_dead_parent": round_a_dead_parent,
                  "lost_stick": lost_stick, "killed_in_the_middle": killed_in_the_middle,
                  "lost_piece": lost_piece, "stick_and_line": stick_and_line,
                  "refusals": refusals, "revoked": revoked})

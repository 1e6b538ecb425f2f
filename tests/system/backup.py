"""Copies of a log that is in use, and a damaged log saved into a new one."""
import os
import shutil
import subprocess
import threading

import harness
from harness import BIN, check, wait_until
from remedies import CASE, ids, pair
from rot import FOREIGN, flip, rows

TEXT = "Đơn số {} về đường liên thôn"


def write(node, n, start=0):
    return [node.ok(*CASE, "--text", TEXT.format(i))["event"] for i in range(start, start + n)]


def while_it_works():
    """The daemon goes on writing; the copy verifies, restores, and what it lacks
    comes back."""
    with pair("backup") as (tree, province, node):
        ledger = write(node, 20)
        stop, more = threading.Event(), []

        def go_on():
            while not stop.is_set():
                more.append(node.ok(*CASE)["event"])

        writer = threading.Thread(target=go_on)
        writer.start()
        try:
            wait_until(lambda: len(more) > 2, "the desk at work")
            copy = tree.dir / "copy.db"
            result = node.ok("backup", copy, timeout=60)
        finally:
            stop.set()
            writer.join(60)
        check(result["events"] >= 20 and copy.stat().st_mode & 0o777 == 0o600, f"{result}")
        check(not copy.with_name("copy.db.part").exists(), "what it was made of is left")
        looked = node.ok("verify", "--file", copy, timeout=60)
        check(looked["ok"] and looked["events"] >= 20, f"{looked}")
        check(">backup_made " in node.notes(), "no word of it")
        # Over nothing that is there.
        check(node.tool("backup", copy).code == 73, "a file was written over")
        check(node.tool("backup", tree.dir / "no" / "such" / "folder.db").code == 73, "nowhere")
        wait_until(lambda: set(ledger + more) <= ids(province), "all above")
        # README: stop, put the copy in place, start.
        node.stop()
        for end in ("", "-wal", "-shm"):
            (node.dir / ("log.db" + end)).unlink(missing_ok=True)
        shutil.copy(copy, node.dir / "log.db")
        os.chmod(node.dir / "log.db", 0o600)
        node.start()
        wait_until(lambda: set(ledger + more) <= ids(node), "what the copy lacked", 30)
        check(node.ok("verify")["ok"], "verify")
        node.ok(*CASE)


def killed_before_its_name():
    """Killed when the copy is whole and has no name yet: there is no copy, and
    the next one is made."""
    if "C14" not in subprocess.run([str(BIN / "lienthongd"), "--failpoints"], timeout=30,
                                   stdout=subprocess.PIPE, text=True, check=True).stdout:
        raise harness.Skipped("this build has no failpoints")
    with pair("named") as (tree, _, node):
        ledger = write(node, 5)
        node.stop()
        node.start(env={"LIENTHONG_FAILPOINT": "C14:kill"})
        copy = tree.dir / "copy.db"
        check(node.tool("backup", copy, timeout=60).code in (69, 75), "it was answered")
        node.wait_end()
        check(not copy.exists(), "half a copy has the name of a whole one")
        node.start()
        check(set(ledger) <= ids(node), "an entry is gone")
        node.ok("backup", copy, timeout=60)
        check(node.ok("verify", "--file", copy)["ok"], "verify")


def rotten_copy():
    """A copy that rots is told from a good one."""
    with pair("copy") as (tree, _, node):
        write(node, 5)
        copy = tree.dir / "kept.db"  # `rows` has a copy of its own
        node.ok("backup", copy, timeout=60)
        value = rows(node, FOREIGN.format("payload"))[1][0]
        data = bytearray(copy.read_bytes())
        data[data.find(value) + len(value) // 2] ^= 1
        copy.write_bytes(data)
        looked = node.tool("verify", "--file", copy, timeout=60)
        check(looked.code == 1 and len(looked.json["bad"]) == 1, f"{looked}")
        check(node.ok("verify")["ok"], "the log itself")


def salvage():
    """The end of a stream has rotted, so that the daemon does not start: what is
    proven is saved, the rest is kept beside it and comes back from above."""
    with pair("salvage") as (tree, province, node):
        ledger = write(node, 12)
        wait_until(lambda: set(ledger) <= ids(province) and node.waiting() == 0, "them above")
        refused = node.tool("salvage")
        check(refused.code == 69, f"beside a running daemon: {refused}")
        node.stop()
        values = [r[0] for r in rows(node, FOREIGN.format("payload"))]
        flip(node, values[-1])
        flip(node, values[6])
        damaged = (node.dir / "log.db").read_bytes()
        node.start(wait=False)
        check(node.wait_end() == 74, "it starts with a rotten tip")
        saved = node.ok("salvage", timeout=60)
        check(saved["quarantined"] == 6 and saved["kept"] > 6 and saved["unreadable"] == 0,
              f"{saved}")
        check(len(saved["lost"]) == 1 and saved["lost"][0]["what"] == "signature", f"{saved}")
        kept = node.dir / "log.db.damaged-1"
        check(str(kept) == saved["damaged"] and kept.read_bytes() == damaged,
              "the damaged log was changed")
        node.start()
        wait_until(lambda: set(ledger) <= ids(node), "what was left behind, from above", 30)
        for i, case in enumerate(ledger):
            wait_until(lambda: TEXT.format(i) in str(node.ok("case", "show", case)["texts"]),
                       f"the text of {case}", 30)
        check(node.ok("verify")["ok"], "verify")
        node.ok(*CASE)
        check(node.status()["office"]["id"] == node.office, "another office")


def salvage_of_rubbish():
    """Pages of rubbish: what lies on others is saved, twice if need be."""
    with pair("rubbish") as (tree, province, node):
        ledger = write(node, 60)
        wait_until(lambda: set(ledger) <= ids(province) and node.waiting() == 0, "them above")
        node.stop()
        path = node.dir / "log.db"
        values = [r[0] for r in rows(node, FOREIGN.format("payload"))]
        rubbish = bytearray(path.read_bytes())
        for value in (values[30], values[31], values[45]):
            page = bytes(rubbish).find(value) // 4096
            if page >= 0:
                rubbish[page * 4096:page * 4096 + 4096] = b"\x5a" * 4096
        path.write_bytes(rubbish)
        first = node.tool("salvage", timeout=60)
        check(first.code == 0, f"{first}")
        check(first.json["kept"] > 0 and first.json["unreadable"] > 0, f"{first}")
        node.start()
        wait_until(lambda: set(ledger) <= ids(node), "the rest, from above", 60)
        check(node.ok("verify")["ok"], "verify")
        node.stop()
        again = node.ok("salvage", timeout=60)
        check(again["quarantined"] == 0 and again["damaged"].endswith("-2"), f"{again}")
        node.start()
        check(set(ledger) <= ids(node), "an entry is gone")


TESTS = {f.__name__: f for f in (while_it_works, killed_before_its_name, rotten_copy, salvage,
                                 salvage_of_rubbish)}

if __name__ == "__main__":
    harness.main(TESTS)

#!/usr/bin/env python3
"""A view built anew from the log: the same to the last line, while the old one
answers, and after a kill in the middle."""
import json
import signal
import sqlite3
import subprocess
import threading

import harness
from control import batch
from harness import BIN, Tree, check, wait_until

CASES, BATCH = 50_000, 1000  # an opening and a step each: 100,000 events


def fill(tree, cases=CASES):
    """A province with that many cases, each with one step."""
    node = tree.root("Tỉnh Thử", key="p")
    incident = node.ok("incident", "raise", "--place", "Trụ sở", "--subject", "đền bù",
                       "--people", 40)
    node.ok("void", node.ok("incident", "update", incident["id"], "--people", 400)["event"],
            "--reason", "mistake")
    for _ in range(0, cases, BATCH):
        ids = [a["id"] for a in batch(node, [
            {"command": "case open", "proto": 1, "options":
             {"type": "complaint", "field": "land", "text": "Đề nghị xem lại giá"}}] * BATCH)]
        batch(node, [{"command": "case step", "proto": 1,
                      "options": {"id": i, "kind": "accepted"}} for i in ids])
    wait_until(lambda: node.status()["view"]["behind_events"] == 0, "the view")
    print(f"  honest: {node.status()['log']['events']} events", flush=True)
    return node, incident["id"]


def table_rows(node):
    """Every row of every table, but for the mark of the running daemon."""
    db = sqlite3.connect(f"file:{node.dir}/view.db?mode=ro", uri=True)
    try:
        names = [r[0] for r in db.execute(
            "SELECT name FROM sqlite_master WHERE type='table' ORDER BY 1")]
        rows = {n: db.execute(f"SELECT * FROM {n} ORDER BY 1").fetchall()
                for n in names if n != "mark"}
        rows["mark"] = db.execute("SELECT pos, hash, tree, fold FROM mark").fetchall()
        return rows
    finally:
        db.close()


def same(before, after):
    check(set(before) == set(after), f"tables: {set(before) ^ set(after)}")
    for name, rows in before.items():
        check(rows == after[name], f"{name} differs: {len(rows)} and {len(after[name])} rows")
    check(sum(map(len, before.values())) > 1000, "there was nothing to compare")


def rebuild(node, *args):
    return subprocess.Popen([BIN / "lienthong", "--dir", node.dir, "--json", "rebuild-view",
                             *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def work(node):
    return next((w for w in node.status()["work"] if w["command"] == "rebuild-view"), None)


def identical():
    """While it is built the old one answers every question; then it is the
    same, row by row; what is written meanwhile is in it."""
    with Tree() as tree:
        node, incident = fill(tree)
        before, pos = table_rows(node), node.events()[-1]["pos"]
        inode = (node.dir / "view.db").stat().st_ino
        answers, stop = [], threading.Event()

        def ask():
            while not stop.is_set():
                result = node.tool("case", "list", "--limit", 1)
                answers.append((result.code, result.code == 0 and len(result.json["items"])))
                shown = node.tool("incident", "show", incident)
                answers.append((shown.code, shown.code == 0 and shown.json["people"] == 40))
        asking = threading.Thread(target=ask)
        asking.start()
        try:
            process = rebuild(node)
            seen = wait_until(lambda: work(node) or process.poll() is not None, "it to begin")
            again = node.tool("rebuild-view")
            out, err = process.communicate(timeout=120)
        finally:
            stop.set()
            asking.join(30)
        check(process.returncode == 0 and json.loads(out)["rebuilt"], f"{out} {err}")
        check(seen is not True and 0 <= seen["done"] <= seen["total"], f"no progress: {seen}")
        check(again.code == 75, f"two at once: {again}")
        bad = [a for a in answers if a != (0, 1) and a != (0, True)]
        check(len(answers) > 5 and not bad, f"{len(answers)} answers, these are none: {bad[:5]}")
        check((node.dir / "view.db").stat().st_ino != inode, "it is the old file")
        check(not (node.dir / "view.db.new").exists(), "the twin is left over")
        same(before, table_rows(node))
        check(node.events()[-1]["pos"] == pos, "positions have changed")
        print(f"  {json.loads(out)['elapsed_ms']} ms, {len(answers)} answers meanwhile")
        new = node.ok("case", "open", "--type", "feedback", "--field", "land")
        check(node.ok("case", "show", new["id"])["state"] == "open", "the new view stands still")


def restart(node, failpoint):
    node.stop()
    node.start(env={"LIENTHONG_FAILPOINT": failpoint})


def killed():
    """Killed in the middle, or between the old and the new: the next start has
    a whole view, nothing is left over, the next attempt comes to the same end.
    What fails on the way leaves the old one."""
    with Tree() as tree:
        node, _ = fill(tree, 20 * BATCH)
        before = table_rows(node)
        for failpoint in ("view_twin:kill:1", "view_twin:kill:2", "view_replace:kill"):
            restart(node, failpoint)
            result = node.tool("rebuild-view", timeout=60)
            check(node.wait_end() == -signal.SIGKILL, failpoint)
            check(result.code in (69, 75), f"{failpoint}: {result}")
            check((node.dir / "view.db.new").exists(), "the twin is somewhere else")
            node.start()
            check(not (node.dir / "view.db.new").exists(), "the twin is left over")
            wait_until(lambda: node.status()["view"]["behind_events"] == 0, "the view")
            same(before, table_rows(node))
        restart(node, "view_twin:error:1")
        result = node.tool("rebuild-view", timeout=60)
        check(result.code == 74 and result.error, result)
        check(not (node.dir / "view.db.new").exists(), "the twin is left over")
        same(before, table_rows(node))
        node.ok("case", "open", "--type", "feedback", "--field", "land")
        wait_until(lambda: node.status()["view"]["behind_events"] == 0, "the old view goes on")
        node.ok("rebuild-view", timeout=60)


def progress():
    """Long work tells on stderr how far it is, a JSON object a line; whoever
    asks meanwhile is answered."""
    with Tree() as tree:
        node, incident = fill(tree, 20 * BATCH)
        # It goes on for as long as the test wants: the second batch hangs.
        restart(node, "view_twin:stall:2")
        process = rebuild(node)
        lines = [json.loads(process.stderr.readline())["progress"] for _ in range(3)]
        for line in lines:
            check(line["command"] == "rebuild-view" and 0 < line["done"] < line["total"], line)
        check(node.ok("incident", "show", incident)["people"] == 40, "the old view answers")
        check(node.status()["view"]["behind_events"] == 0, "the old view is as it was")
        node.kill()
        out, _ = process.communicate(timeout=30)
        check(process.returncode in (69, 75) and out == "", f"{process.returncode} {out}")


if __name__ == "__main__":
    harness.main({"identical": identical, "killed": killed, "progress": progress})

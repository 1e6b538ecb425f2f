"""deploy/demo on other shapes, and --keep: what it says to try works by copy
and paste, and what it says ends it leaves nothing."""
import os
import pathlib
import re
import subprocess
import sys

import harness
from harness import BIN, REPO, check, run_tool, wait_until

STORY = REPO / "deploy" / "lib" / "story.py"


def play(*args):
    done = subprocess.run([sys.executable, str(STORY), *args], capture_output=True, text=True,
                          timeout=150, env={**os.environ, "LT_BIN": str(BIN)})
    last = done.stdout.strip().splitlines()[-1:] or [""]
    check(done.returncode == 0 and re.fullmatch(
        r"demo: ok, [1-9]\d* events at \d tiers, 0 missing", last[0]),
        f"exit {done.returncode}: {last[0]}\n{done.stderr[-2000:]}")
    return done.stdout


def working(folder):
    """Pids of daemons that hold the lock of an office in the folder."""
    found = set()
    for fd in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if re.fullmatch(re.escape(str(folder)) + "/[^/]+/lock", os.readlink(fd)):
                found.add(int(fd.parts[2]))
        except OSError:
            continue
    return found


def four_tiers():
    said = play("--tiers", "4")
    check("Ban Tiếp công dân Trung ương" in said, "no national tier in the story")


def lives(folder):
    """What the last weeks left is there, and entries go on coming by themselves."""
    notes = folder / "life" / "notes"
    events = lambda: run_tool("status", dir=folder / "p").json["log"]["events"]
    late = lambda: run_tool("case", "list", "--overdue", dir=folder / "p").json["items"]
    wait_until(lambda: re.search(r"caught up: [1-9]\d\d+ entries", notes.read_text())
               and len({c["origin"] for c in late()}) >= 2,
               lambda: "the last weeks, some of it late: " + notes.read_text())
    first = events()
    wait_until(lambda: events() > first, "an entry that nobody here wrote")


def kept(*args):
    said = play("--keep", *args)
    lines = [l.strip() for l in said[said.index("still running"):].splitlines()]
    stop = next(l for l in lines if l.endswith("/stop"))
    folder = pathlib.Path(next(l for l in lines if l.startswith("cd ")).removeprefix("cd "))
    try:
        before = working(folder)
        check(len(before) >= 11, f"{len(before)} daemons run")
        script = "\n".join(l for l in lines if re.match(r"(export|cd|lienthongd?|kill) ", l)
                           and "--follow" not in l)
        # While it is gone; once it starts it is back within moments.
        script = script.replace("lienthongd --dir d2", "lienthong --dir c21 status\n"
                                "lienthongd --dir d2")
        # As a person would see it: each command, and whether it failed.
        done = subprocess.run(
            ["bash", "-c", "set -v; trap 'echo FAILED $? $BASH_COMMAND' ERR\n" + script],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90,
            env={k: v for k, v in os.environ.items() if k != "LT_BIN"})
        check("FAILED" not in done.stdout and done.returncode == 0,
              f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        if args != ("--tiers", "2"):
            check("chưa rõ, vì chưa nghe cấp trên" in done.stdout,
                  f"with its district gone, a commune knows what waits: {done.stdout[-3000:]}")
            wait_until(lambda: any(l["role"] == "parent" and l["state"] == "up"
                                   for l in run_tool("status", dir=folder / "c21").json["links"]),
                       "the district to be back")
        wait_until(lambda: run_tool("status", dir=folder / "moi").code == 0, "the new commune")
        lives(folder)
        check(len(working(folder)) == len(before) + 1, f"{working(folder)} after {before}")
    finally:
        ended = subprocess.run(["bash", "-c", stop], capture_output=True, text=True, timeout=60)
    check(ended.returncode == 0, f"{stop}: {ended.stdout}{ended.stderr}")
    check(not working(folder), f"{working(folder)} go on")
    check(not folder.exists(), f"{folder} is left")


def kept_demo():
    kept()


def kept_two_tiers():
    kept("--tiers", "2")


if __name__ == "__main__":
    harness.main({"four_tiers": four_tiers, "kept_demo": kept_demo,
                  "kept_two_tiers": kept_two_tiers})

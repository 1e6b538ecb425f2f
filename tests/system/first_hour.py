"""README's first hour, as it stands: each block pasted into one shell, in order.

The `sh` blocks of the section are run by bash in a network of their own, so
that the ports in the text are free; the `text` block below one is what it must
print, line for line in this order, an ellipsis for what differs. Any command
that fails fails the test.

by_hand runs the programs of this build in place of those that the first block
builds; built builds them first, as written.
"""
import os
import pathlib
import re
import shutil
import subprocess

import harness
from alone import LOOPBACK_UP
from harness import BIN, REPO, Skipped, check

SECTION = "## The first hour by hand"
LIMIT_S = 100
BUILD_LIMIT_S = 1500


def blocks():
    """[commands, expected lines] of the section, in order."""
    text = (REPO / "README.md").read_text(encoding="utf-8")
    check(SECTION in text, f"README has no section {SECTION!r}")
    body = text[text.index(SECTION) + len(SECTION):]
    body = body[:re.search(r"^#{2,3} ", body, re.M).start()]
    found = []
    for kind, inside in re.findall(r"^```(\w+)\n(.*?)^```$", body, re.M | re.S):
        if kind == "sh":
            found.append([inside, []])
        else:
            check(kind == "text" and found and not found[-1][1], f"a block of {kind}")
            found[-1][1] = inside.strip().splitlines()
    check(len(found) >= 8 and sum(len(e) for _, e in found) >= 20,
          f"the section cannot be read: {len(found)} blocks")
    return found


def fits(line, expected):
    """All pieces of the expected line, in order; blanks count as one."""
    at = 0
    line = " ".join(line.split())
    for piece in expected.split("…"):
        piece = " ".join(piece.split())
        at = line.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def look(number, printed, expected):
    lines = iter(printed.splitlines())
    for one in expected:
        check(any(fits(line, one) for line in lines),
              f"block {number} does not print {one!r} (in this order):\n{printed}")


def build(commands):
    done = subprocess.run(["bash", "-ec", commands], cwd=REPO, text=True, timeout=BUILD_LIMIT_S,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    check(done.returncode == 0, f"the build ended with {done.returncode}\n{done.stdout[-3000:]}")


def alone():
    """The words before a command that give it a network of its own."""
    words = ["unshare", "--net", "--"]
    try:
        done = subprocess.run([*words, "true"], capture_output=True, text=True, timeout=10,
                              check=False)
    except FileNotFoundError as missing:
        raise Skipped(str(missing))
    if done.returncode != 0:
        raise Skipped(f"no network of its own: {done.stderr.strip()}")
    return words


def paste(found, programs):
    """Run the blocks in one shell; the output of each ends with a mark."""
    mark = "=== end of block"
    script = [f"python3 -c \"{LOOPBACK_UP}\"", "set -e -o pipefail",
              "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for number, (commands, _) in enumerate(found):
        script += [commands]
        if programs and "PATH=" in commands:
            script += [f"PATH={programs}:$PATH"]
        script += [f"echo '{mark} {number}'"]
    env = {k: v for k, v in os.environ.items()
           if k in ("PATH", "HOME", "TMPDIR") or k.startswith(("ASAN", "UBSAN"))}
    done = subprocess.run([*alone(), "bash", "-c", "\n".join(script)], cwd=REPO, env=env,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S, check=False)
    rest = done.stdout
    for number, (commands, expected) in enumerate(found):
        end = f"{mark} {number}\n"
        check(end in rest, f"block {number} ended with {done.returncode}:\n{commands}\n"
              f"it printed:\n{rest}")
        printed, rest = rest.split(end, 1)
        look(number, printed, expected)
    check(done.returncode == 0, f"the shell ended with {done.returncode}: {rest}")
    left = re.search(r"/tmp/lienthong-\w+", done.stdout)
    check(left is None or not pathlib.Path(left.group()).exists(), "something is left behind")


def take_build(found):
    check("cmake --build" in found[0][0] and "deploy/install" in found[0][0],
          "the first block does not build")
    return found[0][0], found[1:]


def by_hand():
    commands, rest = take_build(blocks())
    # Its own words, but for the minutes of compiling: what it names is there.
    build("deploy/install deploy/packages.txt")
    presets = (REPO / "CMakePresets.json").read_text()
    for name in re.findall(r"--preset (\w+)", commands):
        check(f'"{name}"' in presets, f"no preset {name}")
    paste(rest, BIN)


def built():
    commands, rest = take_build(blocks())
    fresh = not (REPO / "build" / "release").exists()
    try:
        build(commands)
        paste(rest, None)
    finally:
        if fresh:
            shutil.rmtree(REPO / "build" / "release", ignore_errors=True)


TESTS = {f.__name__: f for f in (by_hand, built)}

if __name__ == "__main__":
    harness.main(TESTS)

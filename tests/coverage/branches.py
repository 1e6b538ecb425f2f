#!/usr/bin/env python3
"""Which branches of the engine, the log and the codec no test takes.

    branches.py BUILD [--list] [--write-floor]

Reads what gcc's counters left in BUILD (gcovr), holds it against two tables
beside this file, and prints a line a file, the exclusions and the sums.

exclusions.tsv: file, the source line, how many of its branches no test can take,
the reason. floor.tsv: file, how many branches are not taken yet; the goal is
that it is empty. Exit 1 when a file has more branches that are neither taken nor
excluded than its floor, when an exclusion is not needed any more, or when more
than 2 % are excluded. --list also prints every branch that is missing;
--write-floor writes floor.tsv anew.
"""
import collections
import fnmatch
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EXCLUDED_MAX = 0.02
FOLDERS = ("common", "daemon/engine", "daemon/log")
PARTS = {
    "codec": ["common/codec*.c", "common/link_*.c", "common/segment.c", "common/scan.c",
              "common/packer.c", "common/statement.c", "common/binding.c", "common/erased.c"],
    "log": ["daemon/log/*.c"],
    "engine": ["daemon/engine/*.c"],
}
# Files that are in the programs for tests alone.
NOT_OURS = ["daemon/log/crashvfs.c"]


def part_of(file):
    if file in NOT_OURS:
        return None
    return next((part for part, globs in PARTS.items()
                 if any(fnmatch.fnmatch(file, g) for g in globs)), None)


def measure(build):
    command = ["gcovr", "--root", str(ROOT), "--json", "--gcov-ignore-parse-errors",
               *(str(build / f) for f in FOLDERS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, cwd=ROOT)
    if done.returncode != 0:
        sys.exit(f"gcovr: {done.stderr}")
    return {f["file"]: f["lines"] for f in json.loads(done.stdout)["files"] if part_of(f["file"])}


def read_exclusions():
    rows = collections.OrderedDict()
    for line in (HERE / "exclusions.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            file, text, n, reason = line.split("\t")
            if not reason.strip():
                sys.exit(f"an exclusion without a reason: {line}")
            key = (file, text.strip())
            rows[key] = (rows.get(key, (0, ""))[0] + int(n), reason)
    return rows


def read_floor():
    lines = (HERE / "floor.tsv").read_text().splitlines()
    return {f: int(n) for f, n in (line.split("\t") for line in lines if line and not line.startswith("#"))}


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    rows = read_exclusions()
    left = {key: n for key, (n, _) in rows.items()}
    sums = {part: [0, 0, 0] for part in PARTS}  # branches, taken, excluded
    missing = []
    for file, lines in sorted(measure(build).items()):
        source = (ROOT / file).read_text().splitlines()
        mine = [0, 0, 0]
        for line in lines:
            branches = line.get("branches", [])
            untaken = sum(b["count"] == 0 for b in branches)
            key = (file, source[line["line_number"] - 1].strip())
            allowed = min(untaken, left.get(key, 0))
            if allowed:
                left[key] -= allowed
            mine[0] += len(branches)
            mine[1] += len(branches) - untaken
            mine[2] += allowed
            if untaken > allowed:
                missing.append((file, line["line_number"], untaken - allowed, key[1]))
        print(f"{file}: {mine[1]} of {mine[0]} branches, {mine[2]} excluded")
        for i in range(3):
            sums[part_of(file)][i] += mine[i]
    if "--list" in sys.argv:
        for file, number, n, text in missing:
            print(f"MISSING {file}:{number}: {n}: {text}")
    for (file, text), (n, reason) in rows.items():
        print(f"excluded {file}: {n} of `{text}`: {reason}")
    stale = [key for key, n in left.items() if n > 0]
    for file, text in stale:
        print(f"FAIL not needed any more: {file}: `{text}`")
    for part, (all_, taken, excluded) in sums.items():
        print(f"{part}: {taken} of {all_} branches taken ({100 * taken / max(all_, 1):.1f} %), "
              f"{excluded} excluded ({100 * excluded / max(all_, 1):.1f} %)")
    gone = collections.Counter()
    for file, _, n, _ in missing:
        gone[file] += n
    if "--write-floor" in sys.argv:
        (HERE / "floor.tsv").write_text(
            "# file\tbranches that no test takes yet\n"
            + "".join(f"{file}\t{n}\n" for file, n in sorted(gone.items())))
    floor = read_floor()
    worse = [file for file, n in gone.items() if n > floor.get(file, 0)]
    for file in worse:
        print(f"FAIL {file}: {gone[file]} branches are not taken, its floor is "
              f"{floor.get(file, 0)}")
    for file, n in floor.items():
        if gone[file] < n:
            print(f"{file}: its floor may go down from {n} to {gone[file]}")
    total = [sum(s[i] for s in sums.values()) for i in range(3)]
    print(f"branches: {total[1]} of {total[0]} taken, {total[2]} excluded "
          f"({100 * total[2] / max(total[0], 1):.1f} %), {sum(m[2] for m in missing)} missing")
    sys.exit(1 if worse or stale or total[2] > EXCLUDED_MAX * total[0] else 0)


if __name__ == "__main__":
    main()

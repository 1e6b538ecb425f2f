#!/usr/bin/env python3
"""Which branches of the engine, the log and the codec no test takes.

    branches.py BUILD [--list] [--write-floor]

Reads what gcc's counters left in BUILD (gcovr), holds it against two tables
beside this file, and prints a line a file, the exclusions and the sums: branches,
taken, excluded, missing.

exclusions.tsv: file, the source line, how many of its branches no test can take,
the reason. floor.tsv: file, how many branches are not taken yet; the goal is
that it is empty. Exit 1 when a file has more branches that are neither taken nor
excluded than its floor, when an exclusion names a branch that was taken or a
line that is not there, or when more than 2 % are excluded. --list also prints
every branch that is missing; --write-floor writes floor.tsv anew.
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
    """{file: [(line number, branches, taken)]}"""
    command = ["gcovr", "--root", str(ROOT), "--json", "--gcov-ignore-parse-errors",
               *(str(build / f) for f in FOLDERS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, cwd=ROOT)
    if done.returncode != 0:
        sys.exit(f"gcovr: {done.stderr}")
    out = {}
    for file in json.loads(done.stdout)["files"]:
        if part_of(file["file"]):
            counts = [(line["line_number"], [b["count"] for b in line.get("branches", [])])
                      for line in file["lines"]]
            out[file["file"]] = [(number, len(c), sum(n > 0 for n in c)) for number, c in counts]
    return out


def parse_exclusions(text):
    """{(file, source line): (how many, reason)}; ValueError where one says too little."""
    rows = collections.OrderedDict()
    for line in text.splitlines():
        if line and not line.startswith("#"):
            fields = line.split("\t")
            if len(fields) != 4 or not fields[3].strip():
                raise ValueError(f"an exclusion without a reason: {line}")
            file, source, n, reason = fields
            key = (file, source.strip())
            rows[key] = (rows.get(key, (0, ""))[0] + int(n), reason)
    return rows


def judge(measured, sources, rows):
    """The counts of each file, what is missing, and the exclusions that excuse nothing."""
    left = {key: n for key, (n, _) in rows.items()}
    counts = {}  # file: [branches, taken, excluded]
    missing = []
    for file, lines in sorted(measured.items()):
        counts[file] = [0, 0, 0]
        for number, branches, taken in lines:
            key = (file, sources[file][number - 1].strip())
            allowed = min(branches - taken, left.get(key, 0))
            if allowed:
                left[key] -= allowed
            for i, n in enumerate((branches, taken, allowed)):
                counts[file][i] += n
            if branches - taken > allowed:
                missing.append((file, number, branches - taken - allowed, key[1]))
    return counts, missing, [key for key, n in left.items() if n > 0]


def too_many(counts):
    total = [sum(c[i] for c in counts.values()) for i in range(3)]
    return total[2] > EXCLUDED_MAX * total[0]


def hold(gone, floor):
    """The files that have more branches missing than their floor says, and those
    whose floor may go down."""
    worse = [file for file, n in gone.items() if n > floor.get(file, 0)]
    better = [file for file, n in floor.items() if gone.get(file, 0) < n]
    return worse, better


def say(name, counts):
    all_, taken, excluded = (sum(c[i] for c in counts) for i in range(3))
    print(f"{name}: {all_} branches, {taken} taken ({100 * taken / max(all_, 1):.1f} %), "
          f"{excluded} excluded ({100 * excluded / max(all_, 1):.1f} %), "
          f"{all_ - taken - excluded} missing")


def read_floor():
    lines = (HERE / "floor.tsv").read_text().splitlines()
    return {f: int(n) for f, n in (line.split("\t") for line in lines
                                   if line and not line.startswith("#"))}


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    try:
        rows = parse_exclusions((HERE / "exclusions.tsv").read_text())
    except ValueError as error:
        sys.exit(f"FAIL {error}")
    measured = measure(build)
    sources = {file: (ROOT / file).read_text().splitlines() for file in measured}
    counts, missing, stale = judge(measured, sources, rows)
    for file, mine in counts.items():
        print(f"{file}: {mine[1]} of {mine[0]} branches, {mine[2]} excluded")
    if "--list" in sys.argv:
        for file, number, n, text in missing:
            print(f"MISSING {file}:{number}: {n}: {text}")
    for (file, text), (n, reason) in rows.items():
        print(f"excluded {file}: {n} of `{text}`: {reason}")
    for file, text in stale:
        print(f"FAIL taken, or not there: {file}: `{text}`")
    gone = collections.Counter()
    for file, _, n, _ in missing:
        gone[file] += n
    if "--write-floor" in sys.argv:
        (HERE / "floor.tsv").write_text(
            "# file\tbranches that no test takes yet\n"
            + "".join(f"{file}\t{n}\n" for file, n in sorted(gone.items())))
    floor = read_floor()
    worse, better = hold(gone, floor)
    for file in worse:
        print(f"FAIL {file}: {gone[file]} branches are not taken, its floor is "
              f"{floor.get(file, 0)}")
    for file in better:
        print(f"{file}: its floor may go down from {floor[file]} to {gone[file]}")
    if too_many(counts):
        print("FAIL more than 2 % are excluded")
    for part in PARTS:
        say(part, [c for file, c in counts.items() if part_of(file) == part])
    say("all", list(counts.values()))
    sys.exit(1 if worse or stale or too_many(counts) else 0)


if __name__ == "__main__":
    main()

"""Hold what must be there once to once, and tables to what uses them.

  single.py --build DIR --source DIR [--plant]

- One file of common, daemon and tools reads the clock: common/sys.c. The
  load generator and the simulator are tools for measuring and have their own.
- No two archives of ours define one name: which of them a program gets would
  be the linker's choice.
- Each row of counters_table.h is counted somewhere, each row of
  failpoint_table.h is met somewhere.

Read from object files, so no comment and no macro deceives. With --plant each
search is given a fault of its kind, and passes only when it finds it.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import check

CLOCKS = {"clock_gettime", "gettimeofday", "time", "timespec_get", "clock", "ftime",
          "__clock_gettime64", "__time64"}
WHERE = re.compile(r"(common|daemon|tools)/")
MEASURES = ("tools/load/", "tools/sim/")
HOME = "common/sys.c"
PLANT = """#include <time.h>
long long planted(void);
long long planted(void) { return (long long)time(NULL); }
"""


def objects(build, source):
    """(source, object) of what is compiled in common, daemon and tools."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        name = os.path.relpath(entry["file"], source)
        words = shlex.split(entry["command"])
        made = pathlib.Path(entry["directory"]) / words[words.index("-o") + 1]
        if WHERE.match(name) and not name.startswith(MEASURES) and made.exists():
            yield name, made


def clock_readers(pairs):
    """Those of the sources whose object asks for a clock."""
    home = {str(made): name for name, made in pairs}
    found = set()
    for line in check.run(["nm", "-uA"] + list(home)).splitlines():
        made, _, symbol = line.partition(":")
        if symbol.split()[-1] in CLOCKS:
            found.add(home[made])
    return sorted(found)


def defined_twice(archives):
    homes = collections.defaultdict(list)
    for archive in archives:
        names = {name for _, _, name in
                 check.symbols(["--defined-only", "--extern-only"], archive)}
        for name in names:
            # Names with two underscores are the compiler's.
            if not name.startswith("__"):
                homes[name].append(archive.name)
    return {name: sorted(where) for name, where in homes.items() if len(where) > 1}, homes


def unused(source, rows):
    """Counters that nothing counts, failpoints that nothing meets."""
    text = "".join(file.read_text() for folder in ("common", "daemon", "tools")
                   for file in (source / folder).rglob("*.c"))
    calls = "".join(re.findall(r"(?:lt_counter_add|LT_FAILPOINT)\([^;]*;", text))
    return [row for row in rows if not re.search(rf"\b{row}\b", calls)]


def rows_of(source):
    counters = (source / "common" / "counters_table.h").read_text()
    points = (source / "common" / "failpoint_table.h").read_text()
    return (re.findall(r"^X\((LT_CNT_\w+),", counters, re.M) +
            re.findall(r"^LT_FP\((\w+),", points, re.M))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--plant", action="store_true")
    args = parser.parse_args()
    build = pathlib.Path(args.build).resolve()
    source = pathlib.Path(args.source).resolve()
    pairs = list(objects(build, source))
    archives = sorted(build.rglob("liblt_*.a"))
    rows = rows_of(source)
    bad = []
    with tempfile.TemporaryDirectory() as where:
        if args.plant:
            made = pathlib.Path(where) / "planted.o"
            made.with_suffix(".c").write_text(PLANT)
            subprocess.run([os.environ.get("CC", "cc"), "-c", str(made.with_suffix(".c")), "-o",
                            str(made)], check=True, timeout=check.TIMEOUT_S)
            pairs.append(("daemon/planted.c", made))
            copy = pathlib.Path(where) / "liblt_planted.a"
            shutil.copy(build / "common" / "liblt_common.a", copy)
            archives.append(copy)
            rows += ["LT_CNT_PLANTED", "C99"]
        readers = clock_readers(pairs)
        twice, homes = defined_twice(archives)
        missing = unused(source, rows)
    if args.plant:
        if readers != [HOME, "daemon/planted.c"]:
            bad.append(f"a planted clock was not seen: {readers}")
        if twice.get("lt_note") != ["liblt_common.a", "liblt_planted.a"]:
            bad.append("a name in two archives was not seen")
        if missing != ["LT_CNT_PLANTED", "C99"]:
            bad.append(f"rows that nothing uses were not seen: {missing}")
    else:
        if readers != [HOME]:
            bad.append(f"the clock is read by {readers}, and not by {HOME} alone")
        if "liblt_log.a" not in homes["lt_log_open"]:
            bad.append("lt_log_open was not found at all")
        bad += [f"{name} is in {' and '.join(found)}" for name, found in sorted(twice.items())]
        if "LT_CNT_COMMITS" not in rows or "C7" not in rows:
            bad.append(f"the tables have only the rows {rows}")
        bad += [f"{row} is used nowhere" for row in missing]
    for line in bad:
        print(line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

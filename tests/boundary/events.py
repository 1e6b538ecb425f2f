"""The events of the trade (tests/data/events.md) against the tables.

  events.py --source DIR [--plant]

With --plant the page lacks an event and names what there is not: that has to be seen.

Every event, word and command on that page exists; every event that an office may
write by authority_table.h stands on it.
"""
import argparse
import pathlib
import re
import sys

# Commands of the tool alone, that are made of commands of the daemon.
TOOL_ONLY = {"roster import"}


def rows(page):
    for line in page.splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if line.startswith("|") and not set(line) <= set("|- ") and len(cells) in (2, 3):
            yield cells


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--plant", action="store_true")
    parser.add_argument("--build")
    args = parser.parse_args()
    source = args.source
    table = (source / "daemon/cases/authority_table.h").read_text()
    proto = (source / "proto/log.proto").read_text()
    words = set(re.findall(r'\{\w+, "(\w+)"', (source / "common/words.c").read_text()))
    commands = set(re.findall(r'^X\(\w+, "([^"]+)"',
                              (source / "daemon/control/command_table.h").read_text(), re.M))
    types = set(re.findall(r"^X\((\w+), ", table, re.M))
    wrong, named = [], set()
    page = (source / "tests/data/events.md").read_text()
    if args.plant:
        page = page.replace("PERIOD_CLOSED | period close", "CASE_STEP:none_such | period shut")
    for cells in rows(page):
        here = cells[1] if len(cells) == 3 else cells[0]
        if here in ("event here", "why"):
            continue
        for event, word in re.findall(r"\b([A-Z][A-Z_]+[A-Z])(?::(\w+))?", here):
            named.add(event)
            if event not in types:
                wrong.append(f"{event}: not in authority_table.h")
            if not re.search(r"^  %s = \d+;" % event, proto, re.M):
                wrong.append(f"{event}: not in log.proto")
            if word and word not in words:
                wrong.append(f"{event}:{word}: no such word in common/words.c")
        for command in cells[2].split(", ") if len(cells) == 3 else ():
            if command not in commands | TOOL_ONLY:
                wrong.append(f"{command}: no such command")
    wrong += [f"{event}: an office may write it, and it is not on the page"
              for event in sorted(types - named)]
    if len(named) < 40:
        wrong.append(f"only {len(named)} events were read")
    if args.plant:
        seen = [w.split(":")[0] for w in wrong]
        sys.exit(0 if seen == ["CASE_STEP", "period shut", "PERIOD_CLOSED"] else f"not seen: {wrong}")
    sys.exit("\n".join(wrong) if wrong else 0)


main()

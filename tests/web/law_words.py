"""The words of the law in the pages (daemon/web/words/law.js), from the daemon's
own tables.

  law_words.py --source DIR [--write]

Without --write it fails when the file differs from what the tables say.
"""
import argparse
import csv
import json
import pathlib
import re
import sys

HEAD = """// Made by tests/web/law_words.py from common/words.c and deploy/policy: the words
// of the law, [Vietnamese, English]. A test fails when they differ.
"""
LISTS = {"case_types": "types", "steps": "steps", "close_reasons": "close_reasons",
         "incident_ends": "incident_ends", "directive_codes": "directive_codes",
         "roles": "roles", "void_reasons": "void_reasons", "duties": "duties",
         "forecast_sources": "forecast_sources", "requests": "requests", "replies": "replies",
         "notices": "notices", "presences": "presences", "retaliations": "retaliations",
         "retaliation_ends": "retaliation_ends", "notify_ways": "notify_ways",
         "citizen_notices": "citizen_notices", "refusals": "refusals",
         "protections": "protections", "turns": "turns", "turn_outcomes": "turn_outcomes"}


def words_of(source):
    text = (source / "common/words.c").read_text()
    for table, name in LISTS.items():
        body = re.search(r"struct lt_word %s\[\] = \{(.*?)\n\};" % table, text, re.S).group(1)
        rows = re.findall(r'\{\w+, "(\w+)",\s*"([^"]*)",\s*"([^"]*)"\}', body)
        yield name, {word: [vi, en] for word, vi, en in rows}
    for file, key in (("fields", "field"), ("kinds", "kind")):
        with open(source / "deploy/policy" / (file + ".csv"), newline="") as f:
            rows = [r for r in csv.DictReader(f) if not r[next(iter(r))].startswith("#")]
        yield file, {row[key]: [row["vi"], row["en"]] for row in rows}
    with open(source / "deploy/policy/deadlines.csv", newline="") as f:
        rows = [r for r in csv.DictReader(f) if r["step_vi"]]
    yield "rules", {row["rule_id"]: [row["step_vi"], row["step"]] for row in rows}


def made(source):
    out = [HEAD, "export default {\n"]
    for name, rows in words_of(source):
        if len(rows) < 2:
            sys.exit(f"law words: {name} came out empty")
        out.append(f"    {name}: {{\n")
        for word, pair in rows.items():
            key = word if re.fullmatch(r"[a-z_]\w*", word) else json.dumps(word)
            vi, en = (json.dumps(p, ensure_ascii=False) for p in pair)
            out.append(f"        {key}: [{vi}, {en}],\n")
        out.append("    },\n")
    out.append("};\n")
    return "".join(out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    target = args.source / "daemon/web/words/law.js"
    if args.write:
        target.write_text(made(args.source))
    elif target.read_text() != made(args.source):
        sys.exit("daemon/web/words/law.js is not what the tables say; "
                 "run tests/web/law_words.py --source . --write")


main()

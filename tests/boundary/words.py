"""Hold what people read to two languages, each in its right letters.

  words.py --build DIR --source DIR [--plant]

- Every row of the message tables, settings, word lists and policy data has a
  Vietnamese and an English text; the English is plain ASCII.
- What stands in common, daemon, tools, deploy, proto and the documents is UTF-8
  in NFC: letters and marks that came apart are searched for in vain.
- Every ui_ word that the programs ask for is in the table (or begins as rows of
  it do), and no row is without somebody who asks for it.

With --plant each search is given a fault of its kind, and passes only when it
finds it.
"""
import argparse
import csv
import io
import pathlib
import re
import subprocess
import sys
import unicodedata

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
TEXTS = re.compile(r"^(common|daemon|tools|deploy|proto)/|^[A-Z]+\.md$")
# The same in both languages, or without a letter to mark.
SAME = {"UUID"}
# What the tool puts behind "ui_": the kinds of parts (daemon/view/show.c).
PART_KINDS = ("text", "place", "subject", "help", "reason", "attachment")


def arguments(row):
    """The strings of X(...), neighbours put together; other arguments as None."""
    parts, text, depth = [], None, 0
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|[(),]|[^"(),]+', row):
        if token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
        elif token == "," and depth == 0:
            parts.append(text)
            text = None
        elif token.startswith('"'):
            text = (text or "") + token[1:-1]
    return parts + [text]


def rows(table):
    """The arguments of every X(...) of a table."""
    for start in re.finditer(r"^X\(", table, re.M):
        depth, at, quoted = 1, start.end(), False
        while depth:
            c = table[at]
            if quoted:
                at += c == "\\"
                quoted = c != '"'
            else:
                quoted = c == '"'
                depth += (c == "(") - (c == ")")
            at += 1
        yield arguments(table[start.end():at - 1])


def pair_faults(where, vi, en):
    if not vi or not en:
        return [f"{where}: a language is missing"]
    faults = []
    if any(ord(c) > 126 for c in en):
        faults.append(f"{where}: English has strange letters: {en}")
    if vi == en and vi not in SAME:
        faults.append(f"{where}: the same in both languages: {vi}")
    return faults


UI_TABLES = ("common/message_ui_table.h", "common/message_work_table.h",
             "common/message_courier_table.h", "common/message_due_table.h",
             "common/message_trust_table.h",
             "common/message_tree_table.h", "common/message_desk_ui_table.h",
             "common/message_people_ui_table.h")


def pairs(files):
    """(where, Vietnamese, English) of all that people read."""
    for table in UI_TABLES:
        for row in rows(files[table]):
            yield row[0], *(row[1:] + [None, None])[:2]
    for table in ("common/message_table.h", "common/message_explain_table.h",
                  "common/message_people_table.h"):
        for row in rows(files[table]):
            word, vi, vi_remedy, en, en_remedy = row
            yield "message " + word, vi, en
            if vi_remedy or en_remedy:
                yield "remedy " + word, vi_remedy, en_remedy
    for row in rows(files["common/settings_table.h"]):
        texts = [t for t in row if t is not None]
        yield "setting " + str(row[0] or texts[0]), texts[-2], texts[-1]
    for number, word, vi, en in re.findall(
            r'\{(\w+), "(\w+)",\s*"([^"]*)",\s*"([^"]*)"\}', files["common/words.c"]):
        yield f"word {word} ({number})", vi, en
    for path, text in files.items():
        if re.match(r"deploy/policy/(fields|kinds)\.csv$", path):
            data = [r for r in csv.reader(io.StringIO(text)) if r and not r[0].startswith("#")]
            head = data[0]
            for row in data[1:]:
                entry = dict(zip(head, row))
                yield f"{path} {row[0]}", entry["vi"], entry["en"]


def language_faults(files):
    found, n = [], 0
    for where, vi, en in pairs(files):
        n += 1
        found += pair_faults(where, vi, en)
    if n < 400:
        found.append(f"only {n} texts were found")
    return found


def letter_faults(files):
    return [f"{path}: not in NFC" for path, text in sorted(files.items())
            if unicodedata.normalize("NFC", text) != text]


def use_faults(files):
    names = [row[0] for table in (*UI_TABLES, "common/message_explain_table.h")
             for row in rows(files[table])]
    table = set(names)
    asked = set()
    for path, text in files.items():
        if re.match(r"(common|daemon|tools)/.*\.[ch]$", path) and not path.endswith("_table.h"):
            asked |= set(re.findall(r'"(ui_\w*)(?:%s)?"', text))
    asked |= {"ui_" + kind for kind in PART_KINDS}
    beginnings = {a for a in asked if a.endswith("_")}
    found = [f"{a}: asked for, not in the table" for a in sorted(asked - table)
             if a not in beginnings or not any(t.startswith(a) for t in table)]
    found += [f"{t}: nobody asks for it" for t in sorted(table - asked)
              if not any(t.startswith(b) and b != "ui_" for b in beginnings)]
    return found + [f"{t}: twice in the table" for t in sorted(set(names))
                    if names.count(t) > 1]


def read_all(source):
    listed = subprocess.run(["git", "-C", source, "ls-files", "-z"], capture_output=True,
                            timeout=60)
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.decode().split("\0")
    else:  # an unpacked tarball
        names = [str(p.relative_to(source)) for p in source.rglob("*") if p.is_file()
                 and p.relative_to(source).parts[0] != "build"]
    files = {}
    for name in names:
        if name and TEXTS.search(name) and (source / name).is_file():
            files[name] = (source / name).read_bytes().decode("utf-8")  # or it fails here
    return files


CHECKS = {"language": language_faults, "letters": letter_faults, "use": use_faults}
PLANTS = (
    ("language", "common/message_ui_table.h", 'X("ui_planted", "đã gieo", "")\n'),
    ("language", "common/message_ui_table.h", 'X("ui_planted", "đã gieo", "đã gieo")\n'),
    ("language", "common/settings_table.h", 'X(PLANTED, "planted", INT, 1, "", "x")\n'),
    ("letters", "tools/man/lienthong.1.vi.scd", unicodedata.normalize("NFD", "hủy")),
    ("use", "common/message_ui_table.h", 'X("ui_planted", "đã gieo", "planted")\n'),
    ("use", "common/message_ui_table.h", 'X("ui_yes", "có", "yes")\n'),
    ("use", "tools/help.c", 'static const char *p = "ui_planted_nowhere";\n'))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build")
    parser.add_argument("--source", required=True, type=pathlib.Path)
    parser.add_argument("--plant", action="store_true")
    given = parser.parse_args()
    files = read_all(given.source)
    failed = 0
    if given.plant:
        for name, path, fault in PLANTS:
            before = set(CHECKS[name](files))
            seen = set(CHECKS[name]({**files, path: files[path] + fault})) - before
            failed += not seen
            print(f"{name}: {'found ' + str(sorted(seen)) if seen else 'NOT FOUND in ' + path}")
    else:
        for name, check in CHECKS.items():
            found = check(files)
            failed += bool(found)
            print("\n".join(found) or f"{name}: ok")
    sys.exit(1 if failed else 0)


main()

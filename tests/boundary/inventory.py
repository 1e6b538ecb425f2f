"""What is promised has its test, by name: every code of common/err_table.h in
tests/codes.csv, every rule of tests/pitfalls.md, every loss of tests/recovery.md.

A test is FILE:FUNCTION below tests/. It is there when the file defines it, runs
it, and (a code's) speaks of the code in it, in what it calls in its own file,
or in a table of capitals that it names.
"""
import argparse
import csv
import pathlib
import re
import sys


def functions(file, text):
    """The bodies of a file's functions, by name."""
    if file.suffix == ".py":
        starts = [(m.start(), m[1]) for m in re.finditer(r"^def (\w+)\(", text, re.M)]
    else:
        starts = [(m.start(), m[1]) for m in
                  re.finditer(r"^(?:static )?[\w *]*?\b(\w+)\([^;{]*\)\s*\{", text, re.M)]
    ends = [s for s, _ in starts[1:]] + [len(text)]
    return {name: text[start:end] for (start, name), end in zip(starts, ends)}


def tables(text):
    return {m[1]: m[0] for m in
            re.finditer(r"^(?:static .*?)?\b([A-Z][A-Z_]+)(?:\[\])? = [{(\[].*?^[})\]]", text,
                        re.M | re.S)}


class Tests:
    def __init__(self, source):
        self.root = source / "tests"
        self.run = {folder: (self.root / folder / "CMakeLists.txt").read_text()
                    for folder in ("system", "fuzz")}
        self.groups = re.findall(r'^    "(\w+)": \(([^)]*)\)',
                                 (self.root / "system" / "bad_input.py").read_text(), re.M)

    def words(self, name):
        """The text of the test, or a complaint."""
        path, _, function = name.partition(":")
        file = self.root / path
        if not file.is_file():
            return None, f"{name}: no such file"
        text = file.read_text()
        if not function:
            return text, None
        bodies = functions(file, text)
        if function not in bodies:
            return None, f"{name}: no such test"
        if not self.runs(file, text, function):
            return None, f"{name}: nothing runs it"
        body = bodies[function]
        near = [b for n, b in bodies.items() if n != function and re.search(rf"\b{n}\(", body)]
        near += [t for n, t in tables(text).items() if re.search(rf"\b{n}\b", body)]
        return body + "".join(near), None

    def runs(self, file, text, function):
        if file.suffix == ".c":
            return len(re.findall(rf"\b{function}\b", text)) > 1
        group = next((g for g, names in self.groups if re.search(rf"\b{function}\b", names)), None)
        listed = re.sub(r"#.*", "", self.run["system"])
        return bool(re.search(rf"\b{function}\b", listed) or
                    (file.name == "bad_input.py" and group and
                     re.search(rf"\b{group}\b", listed)))


def check_codes(source, tests, rows):
    table = (source / "common" / "err_table.h").read_text()
    codes = {word: (name, severity) for name, word, severity in
             re.findall(r'^X\((\w+), "(\w+)",.*?, (\w+)\)', table, re.M)}
    bad = [f"{word}: no row in tests/codes.csv" for word in codes if word not in rows]
    bad += [f"{word}: no such code" for word in rows if word not in codes]
    for word, (raised, ended) in rows.items():
        for what, name in (("raised", raised), ("ended", ended)):
            if name == "-":
                if what == "raised" or codes.get(word, ("", ""))[1] != "LT_SEV_INFO":
                    bad.append(f"{word}: never {what}")
                continue
            text, complaint = tests.words(name)
            if complaint:
                bad.append(f"{word}: {complaint}")
            elif word in codes and not re.search(rf"\b({word}|{codes[word][0]})\b", text):
                # A C test may leave the word to a table of its file.
                whole = (source / "tests" / name.partition(":")[0]).read_text()
                if not name.partition(":")[0].endswith(".c") or codes[word][0] not in whole:
                    bad.append(f"{word}: {name} does not speak of it")
    return bad


def check_pitfalls(source, tests, text):
    """| rule | code | test | how it was seen red |, the tests in backquotes."""
    bad, rules = [], 0
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 4 or cells[0] in ("rule", "---"):
            continue
        rules += 1
        for file in re.findall(r"`([^`]+)`", cells[1]):
            if not (source / file.partition(":")[0]).exists():
                bad.append(f"{cells[0]}: no {file}")
        names = re.findall(r"`([^`]+)`", cells[2])
        bad += [f"{cells[0]}: {c}" for c in (tests.words(n)[1] for n in names) if c]
        if not names or not cells[3]:
            bad.append(f"{cells[0]}: no test, or not said how it was seen red")
    return bad, rules


def system_tests(source):
    """SCRIPT.TEST of all that tests/system runs."""
    listed = re.sub(r"#.*", "", (source / "tests" / "system" / "CMakeLists.txt").read_text())
    out = set()
    for call in re.findall(r"^\s*lt_system_test\((\w[^)]*)\)", listed, re.M):
        script, *words = call.split()
        names = words[words.index("TESTS") + 1:] if "TESTS" in words else []
        out |= {f"{script}.{name}" for name in names
                if re.search(rf"\b{name}\b",
                             (source / "tests" / "system" / f"{script}.py").read_text())}
    return out


def check_recovery(source, text):
    """| what happened | simulator | real processes | planted |, names in
    backquotes; "none: why" in place of tests with real processes."""
    sim = source / "tools" / "sim"
    scenes = {name for file in sim.glob("scenario_*.c")
              for name in re.findall(r'^    \{"(\w+)",', file.read_text(), re.M)}
    classes = set(re.findall(r"X\((\w+), ", (sim / "fault.h").read_text()))
    plants = set(re.findall(r"^LT_PLANT\((\w+),", (source / "common" / "failpoint_table.h")
                            .read_text(), re.M))
    searched = ((source / "tests" / "sim" / "plants").read_text() +
                (source / "tests" / "system" / "CMakeLists.txt").read_text())
    real = system_tests(source)
    bad, rows, none = [], 0, 0
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 4 or cells[0] in ("what happened", "---"):
            continue
        rows += 1
        named = [re.findall(r"`([^`]+)`", c) for c in cells]
        bad += [f"{cells[0]}: no scenario {n}" for n in named[1] if n not in scenes]
        bad += [f"{cells[0]}: no class {n}" for n in re.findall(r"\b[A-Z][A-Z_0-9]+\b", cells[1])
                if n not in classes]
        if cells[2].startswith("none: "):
            none += 1
        else:
            bad += [f"{cells[0]}: nothing runs {n}" for n in named[2] if n not in real]
        bad += [f"{cells[0]}: nothing looks for {n}" for n in named[3]
                if n not in plants or not re.search(rf"\b{n}\b", searched)]
        if not cells[1] or not cells[2] or not named[3]:
            bad.append(f"{cells[0]}: not proved")
    return bad, rows, none


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build")
    parser.add_argument("--source", required=True)
    parser.add_argument("--plant", action="store_true")
    args = parser.parse_args()
    source = pathlib.Path(args.source).resolve()
    tests = Tests(source)
    with open(source / "tests" / "codes.csv", newline="") as file:
        rows = {row[0]: row[1:3] for row in list(csv.reader(file))[1:]}
    pitfalls = (source / "tests" / "pitfalls.md").read_text()
    recovery = (source / "tests" / "recovery.md").read_text()
    if args.plant:
        del rows["gap"]
        rows["no_such_code"] = ["system/remedies.py:desk", "system/remedies.py:desk"]
        rows["quota"] = ["system/remedies.py:desk", "system/alarms.py:not_there"]
        rows["silent"] = ["unit/engine/alarms_test.c:not_there", "-"]
        pitfalls += "\n| planted | `daemon/none.c` | `unit/log/none.c:none` | never |\n"
        recovery += "\n| planted | `no_scene` NO_CLASS | `rot.none` | `no_plant` |\n| bare | `rot_in_the_middle` | | |\n"
    bad = check_codes(source, tests, rows)
    worse, rules = check_pitfalls(source, tests, pitfalls)
    bad += worse
    worse, losses, none = check_recovery(source, recovery)
    bad += worse
    for line in bad:
        print(line)
    print(f"{len(rows)} codes, {rules} rules, {losses} losses ({none} without real processes), "
          f"{len(bad)} without a test")
    if args.plant:
        found = "\n".join(bad)
        words = ("gap: no row", "no_such_code: no such code", "remedies.py:desk does not speak",
                 "alarms.py:not_there: no such", "alarms_test.c:not_there: no such",
                 "silent: never ended", "no daemon/none.c", "unit/log/none.c:none: no such",
                 "planted: no scenario no_scene", "planted: no class NO_CLASS",
                 "planted: nothing runs rot.none", "planted: nothing looks for no_plant",
                 "bare: not proved")
        for word in words:
            if word not in found:
                print(f"planted and not found: {word}")
                return 1
        return 0 if len(bad) == len(words) else 1
    return 1 if bad or rules < 40 else 0


sys.exit(main())

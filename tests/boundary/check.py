"""Hold engine and cases to their boundary: includes and undefined symbols.

  check.py --build DIR --source DIR [--plant]

Preprocesses every file of both archives with the very command that compiled
it and reads `nm -u` of the archives; everything has to be in allow.txt. With
--plant a file that includes <time.h> and reads the clock is checked in the
same way, and the test passes only when both are found.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

PURE = {"engine": "daemon/engine", "cases": "daemon/cases"}
TIMEOUT_S = 60
PLANT = """#include <time.h>
long long planted(void);
long long planted(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}
"""


class Allow:
    def __init__(self, path):
        self.include, self.object, self.symbol, prefixes = set(), set(), set(), []
        for line in path.read_text().splitlines():
            words = line.split("#")[0].split()
            if not words:
                continue
            kind, name = words
            if name.endswith("*"):
                prefixes.append(name[:-1])
            else:
                getattr(self, kind).add(name)
        self.prefixes = tuple(prefixes)


def run(command, cwd=None):
    return subprocess.run(command, cwd=cwd, check=True, timeout=TIMEOUT_S,
                          stdout=subprocess.PIPE, text=True).stdout


def compiler_of(entry):
    """The command of a compilation, without what it compiles and where to."""
    words = shlex.split(entry["command"])
    kept, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in ("-o", "-c"):
            skip = True
        else:
            kept.append(word)
    return kept


def includes_of(command, file, cwd, source):
    """What the file, and headers of ours below it, include by name: pairs of
    who and what."""
    found = set()
    stack = []
    root = str(source) + "/"

    def ours(path):
        # The compiler's own <command-line> may seem to lie in the build folder.
        return not path.endswith(">") and (path.startswith(root) or path == str(file))

    for line in run(command + ["-E", str(file)], cwd).splitlines():
        mark = re.match(r'# \d+ "([^"]*)"((?: \d)*)$', line)
        if not mark:
            continue
        path = os.path.normpath(os.path.join(cwd, mark[1]))
        flags = mark[2].split()
        if "1" in flags:
            if stack and ours(stack[-1]) and "<" not in mark[1]:
                if ours(path):
                    name = os.path.relpath(path, root)
                else:
                    name = re.sub(r"^.*?/include(-fixed)?/", "", path)
                    name = re.sub(r"^(x86_64|aarch64)[^/]*/", "", name)
                found.add((os.path.relpath(stack[-1], root), name))
            stack.append(path)
        elif "2" in flags:
            while len(stack) > 1 and stack[-1] != path:
                stack.pop()
        else:
            stack[-1:] = [path]
    return found


def bad_includes(found, folder, allow):
    return sorted(f"{who} includes {what}" for who, what in found
                  if what not in allow.include and not what.startswith(folder + "/"))


def symbols(command, file):
    """(object, type, name) of nm's output."""
    found, member = [], pathlib.Path(file).name
    for line in run(["nm"] + command + [str(file)]).splitlines():
        if line.endswith(":"):
            member = line[:-1]
            continue
        words = line.split()
        if len(words) >= 2:
            found.append((member, words[-2], words[-1]))
    return found


def bad_symbols(file, common, allow):
    ours = {name for _, _, name in symbols(["--defined-only"], file)}
    home = {}
    for member, kind, name in symbols(["--defined-only", "--extern-only"], common):
        home[name] = re.sub(r"\.c\.o$|\.o$", "", member)
    bad = set()
    for member, _, name in symbols(["-u"], file):
        if name in ours or name in allow.symbol or name.startswith(allow.prefixes):
            continue
        if home.get(name) in allow.object:
            continue
        where = f", of common/{home[name]}.c" if name in home else ""
        bad.add(f"{member} needs {name}{where}")
    return sorted(bad)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--plant", action="store_true")
    args = parser.parse_args()
    build = pathlib.Path(args.build).resolve()
    source = pathlib.Path(args.source).resolve()
    allow = Allow(pathlib.Path(__file__).with_name("allow.txt"))
    common = build / "common" / "liblt_common.a"
    entries = json.loads((build / "compile_commands.json").read_text())
    bad = []
    for name, folder in PURE.items():
        mine = [e for e in entries
                if os.path.dirname(os.path.relpath(e["file"], source)) == folder]
        if not mine:
            print(f"no file of {folder} is compiled")
            return 1
        if args.plant:
            with tempfile.TemporaryDirectory() as where:
                file = pathlib.Path(where) / "planted.c"
                file.write_text(PLANT)
                # The clock needs more than plain C; the planted file asks for it.
                compiler = compiler_of(mine[0]) + ["-D_GNU_SOURCE"]
                run(compiler + ["-c", str(file), "-o", where + "/planted.o"],
                    mine[0]["directory"])
                found = includes_of(compiler, file, mine[0]["directory"], source)
                includes = bad_includes(found, folder, allow)
                undefined = bad_symbols(where + "/planted.o", common, allow)
            if not any(i.endswith("includes time.h") for i in includes):
                bad.append(f"{folder}: a planted <time.h> was not seen: {includes}")
            if not any(s.endswith("needs clock_gettime") for s in undefined):
                bad.append(f"{folder}: a planted clock was not seen: {undefined}")
            continue
        found = set()
        for entry in mine:
            found |= includes_of(compiler_of(entry), entry["file"], entry["directory"], source)
        # A search that finds nothing proves nothing.
        if not any(what == "common/alloc.h" for _, what in found):
            bad.append(f"{folder}: no include was found at all")
        bad += bad_includes(found, folder, allow)
        bad += bad_symbols(build / folder / f"liblt_{name}.a", common, allow)
    for line in bad:
        print(line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What bash, zsh and fish offer while somebody types: what the tool knows."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

import harness
from harness import BIN, REPO, Skipped, check, run_tool

ZSH = """
_describe() { local -a all=(${(P)2}); print -l -- ${all%%:*} }
compadd() { [[ $1 == -- ]] && shift; print -l -- "$@" }
_files() { print files }
compdef() { : }
"""


def script(shell, lang="vi"):
    result = run_tool("completion", shell, json_out=False, env={"LIENTHONG_LANG": lang})
    check(result.code == 0 and result.out, f"completion {shell}: {result}")
    return result.out


def need(shell):
    if shutil.which(shell) is None:
        raise Skipped(f"{shell} is not installed")


def offered(shell, line):
    """The words that the shell offers after @line (with its last blank)."""
    words = shlex.split(line) + ([""] if line.endswith(" ") else [])
    with tempfile.TemporaryDirectory(dir=REPO / "build") as folder:
        file = pathlib.Path(folder) / "script"
        file.write_text(script(shell))
        quoted = " ".join(shlex.quote(w) for w in words)
        ask = {
            "bash": f"source {file}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; "
                    "_lienthong; printf '%s\\n' \"${COMPREPLY[@]}\"",
            "zsh": f"{ZSH} source {file}; words=({quoted}); CURRENT={len(words)}; _lienthong",
            "fish": f"source {file}; complete -C {shlex.quote(line)}"}[shell]
        flags = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
        done = subprocess.run([shell, *flags, "-c", ask], capture_output=True, text=True,
                              timeout=60, env={**os.environ, "HOME": folder,
                                               "PATH": f"{BIN}:{os.environ['PATH']}"})
    check(done.returncode == 0 and not done.stderr, f"{shell}: {line!r}: {done}")
    got = {row.split("\t")[0] for row in done.stdout.splitlines() if row}
    last = words[-1]
    # zsh's own function drops what does not begin so; ours offers all.
    return {g for g in got if g.startswith(last)}


def commands():
    rows = run_tool("help", json_out=False, env={"LIENTHONG_LANG": "en"}).out.splitlines()
    start = rows.index("Commands:") + 1
    names = [re.match(r"  ([a-z-]+(?: [a-z]+)?)(?: |$)", r) for r in rows[start:] if r[:3].strip()]
    found = {m.group(1) for m in names if m}
    check({"case open", "void", "rebuild-view", "completion"} <= found, found)
    return found


def shell_offers(shell):
    need(shell)
    for lang in ("vi", "en"):
        done = subprocess.run([shell, "-n"], input=script(shell, lang), capture_output=True,
                              text=True, timeout=60)
        check(done.returncode == 0 and not done.stderr, f"{shell} -n: {done}")
    known = commands()
    first = {name.split()[0] for name in known}
    got = offered(shell, "lienthong ")
    check(first <= got, f"not offered: {first - got}")
    for group in {name.split()[0] for name in known if " " in name}:
        second = {name.split()[1] for name in known if name.startswith(group + " ")}
        got = offered(shell, f"lienthong --dir /tmp {group} ")
        check(second <= got and not (got & first - second), f"{group}: {got}, not {second}")
    for line, words in (
            ("lienthong case open --", {"--type", "--field", "--text", "--request-id"}),
            ("lienthong void x --", {"--reason", "--kind"}),
            ("lienthong --lang ", {"vi", "en"}),
            ("lienthong case open --type ", {"complaint", "denunciation"}),
            ("lienthong case open --type complaint --field ", {"land", "compensation"}),
            ("lienthong case step 3bb245f9:d88208e7:2 ", {"accepted", "note"}),
            ("lienthong case step --legal-date 1/1/2026 3bb2 ", {"accepted", "note"}),
            ("lienthong directive status x ", {"02", "06"}),
            ("lienthong token --kind ", {"commune", "national"}),
            ("lienthong completion ", {"bash", "zsh", "fish"})):
        got = offered(shell, line)
        check(words <= got, f"{shell}: {line!r}: {got} lacks {words - got}")
    check("01" not in offered(shell, "lienthong directive status x "), "a code for machines")
    check("land" not in offered(shell, "lienthong case open --type "), "another option's words")


def installed():
    """The build makes the three, word for word, and installs them."""
    for shell, place in (("bash", "bash/lienthong"), ("zsh", "zsh/_lienthong"),
                         ("fish", "fish/lienthong.fish")):
        made = BIN.parent / "completion" / place
        check(made.read_text() == script(shell), f"{made} is of another version")
    check(run_tool("completion", "sh").code == 64, "another shell")


if __name__ == "__main__":
    harness.main({**{shell: lambda shell=shell: shell_offers(shell)
                     for shell in ("bash", "zsh", "fish")}, "installed": installed})

#!/usr/bin/env python3
"""What makes the first day bearable: columns that stand below each other
however Vietnamese was typed, a reload that is all or nothing, a check for cron."""
import json
import os
import signal
import unicodedata

import harness
from harness import Tree, check, run_tool, wait_until


def cells(text):
    return sum(0 if unicodedata.combining(c) else 1 for c in text)


def columns():
    """Composed and decomposed letters take the same room on the screen."""
    name = "Tỉnh Thử Nghiệm Đường Lối"
    with Tree() as tree:
        # What a person types is brought to NFC; a name in a token is not.
        node = tree.root(name, key="p")
        for form in ("NFC", "NFD"):
            for subject in ("bồi thường đất đai", "ô nhiễm"):
                node.ok("incident", "raise", "--place", unicodedata.normalize(form, "Trụ sở ủy ban"),
                        "--subject", unicodedata.normalize(form, subject), "--people", 7)
        shown = run_tool("incident", "list", dir=node.dir, json_out=False,
                         env={"LIENTHONG_LANG": "vi"})
        rows = shown.out.splitlines()
        check(len(rows) == 5, shown)
        for word in ("bồi thường", "ô nhiễm"):
            found = [r for r in map(lambda r: unicodedata.normalize("NFC", r), rows) if word in r]
            check(len(found) == 2, f"{word}: {rows}")
        starts = {cells(r[:r.index("7  ")]) for r in rows[1:]}
        check(len(starts) == 1, f"the numbers stand below each other at {starts}: {rows}")


def put(node, text):
    file = node.dir / "conf.d" / "60-test.conf"
    file.write_text(text)
    os.chmod(file, 0o640)
    return file


def hang_up(node, code):
    """SIGHUP, and the note that follows."""
    before = len(node.notes().splitlines())
    os.kill(node.pid(), signal.SIGHUP)

    def said():
        return next((l for l in node.notes().splitlines()[before:] if code in l), None)
    return wait_until(said, lambda: f"{code} in\n" + node.notes()[-2000:])


def reload():
    """One bad key: nothing changes, and where it stands is said. All good:
    what can be is applied, what asks for a restart is named."""
    with Tree() as tree:
        node = tree.root("Tỉnh Thử", key="p")
        link = node.status()["listen"]
        file = put(node, "notes = json\nurgent_per_hour = 70\nlog_max_byte = 5G\n")
        said = hang_up(node, "bad_configuration")
        check(f"{file}:3" in said and "log_max_byte" in said, said)
        check(said.startswith("<"), f"the form of notes has changed all the same: {said}")
        file = put(node, "notes = json\nurgent_per_hour = 70\nheartbeat = 1ms\n")
        said = hang_up(node, "bad_configuration")
        check(f"{file}:3" in said and said.startswith("<"), said)
        # What the running daemon has is what it had; the tool reads the files.
        check(node.status()["listen"] == link, "it listens elsewhere")
        check(node.tool("config", "check").code == 1, "config check")
        # Good: notes at once, the other after a restart.
        put(node, "notes = json\nurgent_per_hour = 70\n")
        note = json.loads(hang_up(node, "reload_done"))
        check(note["code"] == "reload_done" and note["restart"] == "urgent_per_hour", note)
        shown = node.ok("config", "show")["settings"]["urgent_per_hour"]
        check(shown["value"] == 70 and shown["source"].endswith("60-test.conf:2"), shown)
        put(node, "").unlink()
        said = hang_up(node, "reload_done")
        check(said.startswith("<") and "urgent_per_hour" not in said, said)


def for_cron():
    """Quiet and 0; or 1 and a line for each thing that is wrong."""
    with Tree() as tree:
        province = tree.root("Tỉnh Thử", key="p")
        commune = tree.child(province, "Xã Thử", "commune", key="c")
        wait_until(lambda: run_tool("status", "--check", dir=commune.dir).code == 0, "all well")
        quiet = run_tool("status", "--check", dir=commune.dir, json_out=False)
        check((quiet.code, quiet.out, quiet.err) == (0, "", ""), f"cron would send mail: {quiet}")
        province.stop()

        def two():
            loud = run_tool("status", "--check", dir=commune.dir, json_out=False,
                            env={"LIENTHONG_LANG": "vi"})
            return loud.code == 1 and "Tỉnh Thử" in loud.out and loud
        loud = wait_until(two, "the parent to be missed")
        check(all(line.strip() for line in loud.out.splitlines()) and loud.err == "", loud)
        objects = run_tool("status", "--check", dir=commune.dir)
        check(objects.code == 1 and json.loads(objects.out), objects)
        commune.stop()
        gone = run_tool("status", "--check", dir=commune.dir, json_out=False)
        check(gone.code == 69 and gone.err, f"a daemon that is not there: {gone}")


if __name__ == "__main__":
    harness.main({"columns": columns, "reload": reload, "for_cron": for_cron})

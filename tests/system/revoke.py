"""The tree's writer revokes a key: cut everywhere, evidence without effect after the
cut-off, corrected by later words, and not forgotten by a restored disk."""
import os
import pathlib
import shutil
import time

import harness
from bypass import Line, role
from harness import Tree, check, wait_until

CASE = ("case", "open", "--type", "complaint", "--field", "land")


def sockets(node, port):
    """Established TCP connections of the node's process to that port."""
    inodes = set()
    for fd in pathlib.Path(f"/proc/{node.pid()}/fd").iterdir():
        try:
            target = os.readlink(fd)
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = 0
    for line in pathlib.Path(f"/proc/{node.pid()}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if (fields[3] == "01" and fields[9] in inodes
                and int(fields[2].split(":")[1], 16) == port):
            found += 1
    return found


def port_of(node):
    listen = node.status()["listen"]["links"]
    return int((listen if isinstance(listen, str) else listen[0]).rsplit(":", 1)[1])


def ids(node):
    return {e["event"] for e in node.events()}


def effect(node, event):
    return next(((e["effect"], e["reason"]) for e in node.events() if e["event"] == event), None)


def seen(node, event):
    wait_until(lambda: event in ids(node), f"{event} at {node.name}", 60)


def cases(node):
    return {c["id"] for c in node.items("case")}


def no_link(line):
    for node in (line.district, line.province):
        check(role(node, line.commune.office) is None, f"{node.name}: {node.status()['links']}")


def cut_and_corrected():
    with Tree() as tree:
        line = Line(tree)
        commune, district, province = line.commune, line.district, line.province
        early = commune.ok(*CASE)["event"]
        for node in (district, province):
            seen(node, early)
            refused = node.tool("revoke", commune.office, "--undo")
            check(refused.code in (65, 77), f"{refused}")
        check(district.tool("revoke", commune.office).code == 77, "not the tree's writer")
        check(province.tool("revoke", province.office).code == 77, "its own key")
        print("  honest: a case went up", flush=True)
        port = port_of(district)
        check(sockets(commune, port) >= 1, "no connection to begin with")
        began = time.monotonic()
        word = province.ok("revoke", commune.office, "--reason", "máy bị mất")["event"]
        wait_until(lambda: sockets(commune, port) == 0, "the commune's socket to be cut", 5)
        print(f"  cut after {time.monotonic() - began:.2f} s, at the commune's socket",
              flush=True)
        for node in (district, province):
            node.wait_alarm("key_revoked")
            check(effect(node, early) == ("applied", None), effect(node, early))
        # Refused at every tier, and over their restarts.
        line.incident("sau khi thu hồi")
        for node in (district, province):
            node.kill()
            node.start()
        time_up = time.monotonic() + 8
        wait_until(lambda: time.monotonic() > time_up, "some attempts", 12)
        no_link(line)
        check("sau khi thu hồi" not in line.places(province), line.places(province))
        # Somebody who goes on with it brings its words: evidence alone.
        late = commune.ok(*CASE)["event"]
        step = commune.ok("case", "step", early, "accepted")["event"]
        district.stop()
        district.start(env={"LIENTHONG_PLANT": "keep_revoked"})
        seen(province, late)
        seen(province, step)
        for event in (late, step):
            check(effect(province, event) == ("rejected", "revoked"), effect(province, event))
        check(late not in cases(province), "a case counts that was opened afterwards")
        shown = province.ok("case", "show", early)
        check(shown["state"] == "open", shown["state"])
        # A lower end, then a higher one, then none: each says what it changed.
        check(province.tool("revoke", commune.office).code == 65, "revoked twice")

        def correct(*how):
            event = province.ok("revoke", commune.office, *how)["event"]
            found = next(i for i in province.ok("revocations")["items"] if i["event"] == event)
            return found, {e["event"]: e["counts"] for e in found["entries"]}

        found, changed = correct("--correct", "--as-of", "never")
        check(found["lost"] >= 1 and found["regained"] == 0 and changed[early] is False, found)
        check(found["office"] == commune.office and found["corrects"] == word, found)
        check(effect(province, early) == ("rejected", "revoked"), effect(province, early))
        check(early not in cases(province), "a case whose opening does not count")
        found, changed = correct("--correct")
        check(found["regained"] >= 3 and found["lost"] == 0, found)
        check(changed.get(early) and changed.get(late) and changed.get(step), changed)
        check(effect(province, late) == ("applied", None), effect(province, late))
        check(province.ok("case", "show", early)["state"] == "accepted", "the step counts")
        found, changed = correct("--undo")
        check(found["type"] == "KEY_RESTORED", found)
        district.stop()
        district.start()
        wait_until(lambda: role(district, commune.office) == "child", "the link to be back", 70)
        for node in (district, province):
            node.wait_no_alarm("key_revoked")
            wait_until(lambda: effect(node, late) == ("applied", None),
                       lambda: str(effect(node, late)))
        wait_until(lambda: "sau khi thu hồi" in line.places(province), "what waited")
        # Built anew, the same comes out.
        before = [(e["event"], e["effect"], e["reason"]) for e in province.events()]
        province.ok("rebuild-view", timeout=60)
        after = [(e["event"], e["effect"], e["reason"]) for e in province.events()]
        check(sorted(before) == sorted(after), "a view built anew says otherwise")


def kept_over_a_restored_log():
    """The district's log is put back to before the revocation while nothing from above
    reaches it: it refuses the key all the same."""
    with Tree() as tree:
        line = Line(tree)
        commune, district, province = line.commune, line.district, line.province
        copy = tree.dir / "copy.db"
        district.ok("backup", copy, timeout=60)
        province.ok("revoke", commune.office)
        district.wait_alarm("key_revoked")
        wait_until(lambda: role(district, commune.office) is None, "the cut", 5)
        for node in (district, province, commune):
            node.stop()
        for end in ("", "-wal", "-shm"):
            (district.dir / ("log.db" + end)).unlink(missing_ok=True)
        shutil.copy(copy, district.dir / "log.db")
        os.chmod(district.dir / "log.db", 0o600)
        district.start()
        district.wait_alarm("key_revoked")  # from its own memory: nobody is there to tell it
        commune.start()
        late = commune.ok(*CASE)["event"]
        time_up = time.monotonic() + 10
        wait_until(lambda: time.monotonic() > time_up, "some attempts", 14)
        check(role(district, commune.office) is None and late not in ids(district),
              district.status()["links"])
        province.start()
        province.ok("revoke", commune.office, "--undo")
        wait_until(lambda: role(district, commune.office) == "child", "the link to be back", 90)


if __name__ == "__main__":
    harness.main({"cut_and_corrected": cut_and_corrected,
                  "kept_over_a_restored_log": kept_over_a_restored_log})

"""What people did at an office, marked in the log: every superior holds it, without names;
at the office itself the audit has the names, and an end that was cut off is seen."""
import json
import os
import shutil

import harness
from accounts import AN, LAN, audit, person
from harness import Tree, check, run_tool, wait_until


def offices(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    commune = tree.child(province, "Xã Thạnh Đức", "commune", key="c", start=False)
    for node in (commune,):
        file = node.dir / "conf.d" / "60-audit.conf"
        file.write_text("audit_interval = 1s\n")
        os.chmod(file, 0o640)
    return province, commune.start()


def deeds(node, of):
    return [d for d in node.ok("breach", "--since", "2026-01-01")["deeds"]
            if d["office"] == of.office]


def records(node, *args):
    result = run_tool("audit", "--by", "lan", *args, dir=node.dir, input=LAN + "\n")
    check(result.code == 0, f"audit: {result}")
    return [json.loads(line) for line in result.out.splitlines()]


def marked_above():
    with Tree() as tree:
        province, commune = offices(tree)
        person(commune, 0, "add", "lan", "--shown", "Trần Thị Lan", "--role", "leader",
               lines=(LAN, ""))
        person(commune, 0, "add", "an", "--shown", "Lê Văn An", "--role", "officer", "--by", "lan",
               lines=(LAN, AN, ""))
        known = records(commune, "--from", 1)
        check([r["what"] for r in known] == ["person_added", "person_added"], f"{known}")
        print("  honest: two people were added", flush=True)
        wait_until(lambda: len(deeds(province, commune)) == 2,
                   lambda: f"the marks: {deeds(province, commune)}", 40)
        for i in range(70):  # more than one mark holds
            more = ["--role", "coordinator"] if i % 2 == 0 else []
            person(commune, 0, "role", "an", "--role", "officer", *more, "--by", "lan",
                   lines=(LAN,))
        known = records(commune, "--from", 1)
        check(len(known) == 72, f"{len(known)}")
        wait_until(lambda: len(deeds(province, commune)) == len(known),
                   lambda: f"{len(deeds(province, commune))} of {len(known)}", 60)
        above = deeds(province, commune)
        for ours, theirs in zip(known, above):
            check((ours["number"], ours["what"], ours["at"], ours["person"]) ==
                  (theirs["number"], theirs["what"], theirs["at"], theirs["person"]),
                  f"{ours} is not {theirs}")
        # A day and no name: the office alone can put one to a number.
        told = json.dumps(above) + province.tool("log", "--events").out
        check("roles_changed" in told and "lan" not in {d["person"] for d in above}, told[:300])
        check("Lan" not in told and '"an"' not in told, "a name went up")
        check(records(commune, "--since", "2026-01-01") == known and
              records(commune, "--since", "2099-01-01") == [], "--since")
        check(province.ok("verify", timeout=60)["ok"], "verify")
        # Nothing is marked twice over a restart.
        commune.stop()
        commune.start()
        person(commune, 0, "disable", "an", "--by", "lan", lines=(LAN,))
        known = records(commune, "--from", 1)
        wait_until(lambda: len(deeds(province, commune)) >= len(known), "the next mark", 40)
        check([d["number"] for d in deeds(province, commune)] ==
              [r["number"] for r in known], "marked twice")


def cut_end_is_seen():
    planted = os.environ.pop("LIENTHONG_PLANT", None)  # not in the honest lives
    with Tree() as tree:
        province, commune = offices(tree)
        person(commune, 0, "add", "lan", "--shown", "Lan", "--role", "leader", lines=(LAN, ""))
        wait_until(lambda: len(deeds(province, commune)) == 1, "the first mark", 40)
        commune.stop()
        older = tree.dir / "people.older"
        shutil.copy(commune.dir / "people.db", older)
        commune.start()
        person(commune, 0, "add", "an", "--shown", "An", "--role", "officer", "--by", "lan",
               lines=(LAN, AN, ""))
        wait_until(lambda: len(deeds(province, commune)) == 2, "the second mark", 40)
        check("audit_cut" not in commune.alarms(), str(commune.alarms()))
        print("  honest: an audit that goes on raises nothing", flush=True)
        commune.stop()
        shutil.copy(older, commune.dir / "people.db")
        os.chmod(commune.dir / "people.db", 0o600)
        audit(commune)  # whole by itself: nobody on this machine could tell
        commune.start(env={"LIENTHONG_PLANT": planted} if planted else None)
        wait_until(lambda: "audit_cut" in commune.alarms(),
                   lambda: f"the alarm: {commune.alarms()}", 40)
        # Above is what was done, and what is done from now on.
        wait_until(lambda: [d["number"] for d in deeds(province, commune)] == [1, 2, 1],
                   lambda: f"{deeds(province, commune)}", 40)
        person(commune, 0, "add", "bao", "--shown", "Bảo", "--role", "officer", "--by", "lan",
               lines=(LAN, AN, ""))
        wait_until(lambda: [d["number"] for d in deeds(province, commune)] == [1, 2, 1, 2],
                   lambda: f"{deeds(province, commune)}", 40)


if __name__ == "__main__":
    harness.main({"marked_above": marked_above, "cut_end_is_seen": cut_end_is_seen})

"""The tree changes under running offices: plans rehearsed, prepared, put in
force; an office that moves goes on at its new superior from where it was; what a
closed one had on its hands is its heir's.
"""
import os
import pathlib
import subprocess
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone

import harness
from harness import BIN, Skipped, Tree, check, ledger_holds, wait_until

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
SYNC_S = 30  # an office that was moved is in sync again


def day(ahead):
    return (datetime.now(timezone.utc) + timedelta(hours=7, days=ahead)).strftime("%Y-%m-%d")


def plan(node, lines, *args, dry=False):
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
        file.write("\n".join(lines) + "\n")
    try:
        return node.tool("tree", "plan", file.name, *(["--dry-run"] if dry else []), *args)
    finally:
        os.unlink(file.name)


def parent_of(node):
    return node.status()["office"]["parent"]


def link_up(node, office):
    return any(l["office"] == office and l["state"] == "up" for l in node.status()["links"])


def in_sync(node, parent):
    """At its parent, which has all that it wrote, and the keeper says so."""
    return link_up(node, parent.office) and node.waiting() == 0 and \
        node.status()["receipt"]["covers_all"]


class Writer(threading.Thread):
    """Somebody who opens cases at one desk after another until told to stop."""

    def __init__(self, *nodes):
        super().__init__()
        self.nodes, self.ids = list(nodes), {n.name: [] for n in nodes}
        self.done, self.failed = False, None

    def run(self):
        while not self.done:
            for node in self.nodes:
                answer = node.tool("case", "open", "--type", "complaint", "--field", "land",
                                   timeout=120)
                if answer.code != 0:
                    self.failed = f"{node.name}: {answer!r}"
                    return
                self.ids[node.name].append(answer.json["event"])

    def fewest(self):
        return min(len(ids) for ids in self.ids.values())

    def stop(self):
        self.done = True
        self.join(300)
        check(self.failed is None, f"could not write: {self.failed}")
        return self.ids


def moved_while_writing():
    """Another district, then the province: nothing is lost, all in 30 s."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        one = tree.child(province, "Huyện Một", "district", key="d1")
        two = tree.child(province, "Huyện Hai", "district", key="d2")
        tree.child(two, "Xã Khác", "commune", key="other")
        commune = tree.child(one, "Xã Đi", "commune", key="c")
        refused = one.tool("tree", "move", "Xã Đi", "Huyện Hai")
        check(refused.code == 77 and refused.error["code"] == "not_the_writer", repr(refused))
        wait_until(lambda: [o for o in province.items("tree") if o["name"] == "Huyện Hai"] and
                   commune.status()["receipt"]["covers_all"], "a quiet beginning")
        writer = Writer(commune)
        writer.start()
        wait_until(lambda: writer.fewest() > 3, "some cases")
        for target in (two, province):
            began = time.monotonic()
            wait_until(lambda: province.tool("tree", "move", "Xã Đi", target.name).code == 0,
                       "the order")
            wait_until(lambda: link_up(commune, target.office) and
                       parent_of(commune) == target.office,
                       lambda: f"{commune.status()['links']}\n{commune.notes()[-1500:]}", SYNC_S)
            count = writer.fewest()
            wait_until(lambda: writer.fewest() > count + 2, "more cases")
            print(f"  at {target.name} after {time.monotonic() - began:.1f} s", flush=True)
        written = writer.stop()
        wait_until(lambda: in_sync(commune, province), "all of it at the province", SYNC_S)
        ledger_holds(province, written)
        check(not link_up(commune, one.office), "it hangs on to its former district")
        before = {e["event"] for e in one.events()}
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        wait_until(lambda: case in {e["event"] for e in province.events()}, "a case after that")
        check({e["event"] for e in one.events()} == before, "a former superior gets more of it")
        check(commune.ok("explain", one.office)["subject"] is not None, "explain")
        for node in (province, one, two, commune):
            check("not_followed" not in node.alarms() and "withheld" not in node.alarms(),
                  f"{node.name}: {node.alarms()}")
        shown = province.ok("tree", "show", "Xã Đi")
        check([h["change"] for h in shown["history"]] == ["opened", "moved", "moved"],
              str(shown["history"]))


def away_on_the_day():
    """An office that was off when it was moved, and its former superior too."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        one = tree.child(province, "Huyện Một", "district", key="d1")
        two = tree.child(province, "Huyện Hai", "district", key="d2")
        tree.child(two, "Xã Khác", "commune", key="other")
        commune = tree.child(one, "Xã Đi", "commune", key="c")
        wait_until(lambda: commune.status()["receipt"]["covers_all"], "a quiet beginning")
        commune.stop()
        one.stop()
        province.ok("tree", "move", "Xã Đi", "Huyện Hai")
        one.start()
        commune.start()
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        wait_until(lambda: link_up(commune, two.office),
                   lambda: f"{commune.status()['links']}\n{commune.notes()[-2500:]}", SYNC_S)
        wait_until(lambda: case in {e["event"] for e in province.events()}, "its case", SYNC_S)
        commune.stop()
        one.kill()
        commune.start()  # what it was configured with is gone
        wait_until(lambda: link_up(commune, two.office), "its superior by the tree", SYNC_S)


def rehearsed_and_put_in_force():
    """A plan tells who would have no place; it takes force on its day, also where
    the writer was off that night."""
    if not os.path.exists(FAKETIME):
        raise Skipped("libfaketime is not installed")
    if "asan" in subprocess.run(["ldd", str(BIN / "lienthongd")], capture_output=True,
                                text=True).stdout:
        raise Skipped("a sanitizer wants to be the first library")
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Một", "district", key="d")
        first = tree.child(district, "Xã Nhất", "commune", key="c1", code="25001")
        second = tree.child(district, "Xã Nhì", "commune", key="c2", code="25002")
        cases = [second.ok("case", "open", "--type", "complaint", "--field", "land")
                 for _ in range(3)]
        wait_until(lambda: second.status()["receipt"]["covers_all"], "their receipts")
        bad = plan(province, ["close,Huyện Một,Tỉnh Tây Ninh", "move,Xã Ba,Huyện Một",
                              "fly,Xã Nhất"], dry=True)
        check(bad.code == 1 and not bad.json["ok"], repr(bad))
        check([l["code"] for l in bad.json["left"]] ==
              ["tree_homeless", "plan_no_office", "plan_word"], str(bad.json["left"]))
        refused = plan(province, ["close,Huyện Một,Tỉnh Tây Ninh"])
        check(refused.code == 65 and refused.error["code"] == "plan_refused", repr(refused))
        good = ["# sắp xếp", "move,25001,Tỉnh Tây Ninh", "merge,Xã Nhất,Xã Nhì",
                "rename,Xã Nhất,Phường Mới,,25009", "close,Huyện Một,Tỉnh Tây Ninh"]
        dry = plan(province, good, "--date", day(1), dry=True)
        check(dry.code == 0 and dry.json["ok"], repr(dry))
        check((dry.json["open_before"], dry.json["open_after"]) == (4, 2), repr(dry))
        check({(p["from"], p["to"], p["open"]) for p in dry.json["passes"]} ==
              {(second.office, first.office, 3), (district.office, province.office, 0)},
              str(dry.json["passes"]))
        plan(province, ["move,Xã Nhì,Tỉnh Tây Ninh"], "--date", day(1))
        province.ok("tree", "withdraw", "Xã Nhì")  # instead:
        done = plan(province, good, "--date", day(1))
        check(done.code == 0, repr(done))
        shown = province.ok("tree", "show", "Xã Nhì")
        check(not shown["closed"] and [p["on"] for p in shown["prepared"]] == [day(1)],
              str(shown))
        nothing = province.tool("tree", "put-in-force")
        check(nothing.code == 65, repr(nothing))
        province.stop()  # over midnight
        second.stop()
        province.start(env={"LD_PRELOAD": FAKETIME, "FAKETIME": "+1d",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        wait_until(lambda: parent_of(first) == province.office,
                   lambda: f"the move: {first.status()['office']}\n{province.notes()[-1500:]}",
                   SYNC_S)
        check("tree_changed" in province.notes(), province.notes()[-1500:])
        wait_until(lambda: "superior_changed" in first.notes(), "the note of its move")
        second.start()
        wait_until(lambda: second.tool("case", "open", "--type", "complaint", "--field",
                                       "land").error.get("code") == "office_closed",
                   "the closed office to refuse", SYNC_S)
        names = {o["name"]: o for o in province.items("tree")}
        check(names["Phường Mới"]["code"] == "25009", str(names))
        check(names["Xã Nhì"]["closed"] and names["Xã Nhì"]["heir"] == first.office, str(names))
        then = province.ok("tree", "list", "--on", day(0))["items"]
        check([o["name"] for o in then] ==
              ["Tỉnh Tây Ninh", "Huyện Một", "Xã Nhất", "Xã Nhì"] or
              {o["name"] for o in then} == {"Tỉnh Tây Ninh", "Huyện Một", "Xã Nhất", "Xã Nhì"},
              str(then))
        check(not any(o["closed"] for o in then), str(then))
        passed_on(first, second, cases)


def one_after_the_other():
    """Whoever goes on from an answer finds what it made: no command waits for the one before."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        for k in range(12):
            province.ok("token", "--name", f"Huyện {k}", "--kind", "district")
            province.ok("tree", "rename", f"Huyện {k}", "--name", f"Huyện Mới {k}")
            province.ok("tree", "close", f"Huyện Mới {k}", "Tỉnh Tây Ninh")
        wait_until(lambda: sum(o["heir"] == province.office for o in province.items("tree")) == 12,
                   "all of them closed")


def impossible_by_its_day():
    """What was prepared and cannot be any more is left, with an alarm."""
    if not os.path.exists(FAKETIME):
        raise Skipped("libfaketime is not installed")
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        tree.child(province, "Huyện Một", "district", key="d")
        province.ok("token", "--name", "Huyện Hai", "--kind", "district")
        province.ok("tree", "rename", "Huyện Một", "--name", "Huyện Mới", "--date", day(1))
        province.ok("tree", "close", "Huyện Một", "Huyện Hai")
        province.stop()
        province.start(env={"LD_PRELOAD": FAKETIME, "FAKETIME": "+1d",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        alarm = province.wait_alarm("plan_not_in_force", 20)
        check("tree withdraw" in alarm["remedy"], str(alarm))
        province.ok("tree", "withdraw", "Huyện Một")
        province.wait_no_alarm("plan_not_in_force", 20)


def passed_on(heir, closed, cases):
    """What one had on its hands its heir has, and goes on with it."""
    for case in cases:
        wait_until(lambda: any(c["id"] == case["id"] for c in heir.items("case")),
                   "the case at the heir", SYNC_S)
    mine = [c for c in heir.items("case") if c["id"] in {c["id"] for c in cases}]
    check({c["custodian"] for c in mine} == {heir.office}, str(mine))
    check({c["inherited_from"] for c in mine} == {closed.office}, str(mine))
    heir.ok("case", "step", cases[0]["id"], "accepted", "--doc-no", "1/TB")
    heir.ok("case", "close", cases[1]["id"], "--reason", "withdrawn")


def inherited():
    """Cases and directives of a closed office are its heir's; who sent sees it."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        one = tree.child(province, "Huyện Một", "district", key="d1")
        two = tree.child(province, "Huyện Hai", "district", key="d2")
        closed = tree.child(one, "Xã Cũ", "commune", key="c1")
        heir = tree.child(two, "Xã Mới", "commune", key="c2")
        cases = [closed.ok("case", "open", "--type", "complaint", "--field", "land")
                 for _ in range(3)]
        wait_until(lambda: closed.status()["receipt"]["covers_all"], "their receipts")
        closed.stop()
        directive = province.ok("directive", "issue", "--to", closed.office, "--doc-no", "7/CV",
                                "--text", "Báo cáo")["event"]
        province.ok("tree", "close", "Xã Cũ", heir.office)
        passed_on(heir, closed, cases)

        def target():
            return province.ok("directive", "show", directive)["to"][0]
        wait_until(lambda: target()["status"] == "01", lambda: f"it at the heir: {target()}",
                   SYNC_S)
        check(target()["office"] == closed.office and target()["heir"] == heir.office,
              str(target()))
        refused = province.tool("directive", "issue", "--to", closed.office, "--doc-no", "8/CV",
                                "--text", "x")
        check(refused.code == 65 and heir.name in refused.error["text"], repr(refused))
        province.ok("directive", "issue", "--all-below", "--doc-no", "9/CV", "--text", "x")
        check(closed.office not in {o["id"] for o in province.items("office")}, "office list")
        heir.ok("directive", "status", directive, "03")
        wait_until(lambda: target()["status"] == "03", "the heir's answer")
        closed.start()  # writes that it had not sent still count
        wait_until(lambda: closed.status()["office"]["tree_version"] ==
                   province.status()["office"]["tree_version"], "the tree at the closed one")
        for node in (province, one, two, heir):
            check("withheld" not in node.alarms() and "not_followed" not in node.alarms(),
                  f"{node.name}: {node.alarms()}")
        states = {c["id"]: c["state"] for c in province.items("case")}
        check(states[cases[1]["id"]] == "closed", str(states))


def revocations(province, office):
    return [r for r in province.ok("revocations")["items"] if r["office"] == office]


def effects(node, office):
    return {e["event"]: e["effect"] for e in node.events() if e["origin"] == office}


def drained():
    """Closed while it was away: its key ends when all that it wrote has come, not
    before, once, at its last entry; and its machine says that it may be put away."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Một", "district", key="d")
        closed = tree.child(district, "Xã Cũ", "commune", key="c1")
        lost = tree.child(district, "Xã Mất Máy", "commune", key="c2")
        heir = tree.child(district, "Xã Mới", "commune", key="c3")
        early = closed.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                          "Đơn về đất")
        lost.ok("case", "open", "--type", "complaint", "--field", "land")
        wait_until(lambda: closed.status()["receipt"]["covers_all"] and
                   lost.status()["receipt"]["covers_all"], "their receipts")
        district.stop()
        lost.stop()
        cases = [early] + [closed.ok("case", "open", "--type", "complaint", "--field", "land")
                           for _ in range(3)]
        wait_until(lambda: closed.tool("case", "step", early["id"], "accepted",
                                       "--doc-no", "1/TB").code == 0, "a step")
        closed.stop()
        for office in (closed, lost):
            province.ok("tree", "close", office.name, heir.office)
        district.start(env={"LIENTHONG_PLANT": "withhold"})
        wait_until(lambda: link_up(district, province.office), "the district", SYNC_S)
        print("  honest: two are closed while they are away", flush=True)
        why = province.ok("explain", closed.office)
        check(why["code"] == "closed_waits" and not why["moving"] and
              why["since"] is not None and "lienthong revoke" in why["remedy"], str(why))

        # All of it is at the district, which says so and passes nothing on.
        closed.start()
        wait_until(lambda: (closed.status()["office"]["closed"] or {}).get("handed_over"),
                   lambda: f"it to hand over: {closed.status()}", 90)
        status = closed.status()["office"]["closed"]
        check(status["heir"] == heir.office and not status["key_revoked"], str(status))
        refused = closed.tool("erase", early["id"], "--reason", "ghi nhầm tên người")
        check(refused.code == 77 and refused.error["code"] == "office_closed", repr(refused))
        time_up = time.monotonic() + 6
        wait_until(lambda: time.monotonic() > time_up, "some looks", 10)
        check(len(effects(province, closed.office)) < 5, "the district withholds nothing")
        check(revocations(province, closed.office) == [], "revoked before all is here")
        check("key_revoked" not in province.alarms(), str(province.alarms()))

        # It comes, over a kill of the writer and one of the closed office itself.
        district.stop()
        province.kill()
        closed.kill()
        province.start()
        closed.start()
        check(closed.status()["office"]["closed"]["handed_over"], "it forgot its word")
        district.start()
        wait_until(lambda: revocations(province, closed.office),
                   lambda: f"its key to end: {province.ok('explain', closed.office)}\n"
                           f"{province.notes()[-1500:]}", 120)
        check("office_drained" in province.notes(), province.notes()[-1500:])
        wait_until(lambda: closed.status()["office"]["closed"]["key_revoked"],
                   lambda: f"it to hear so: {closed.status()}\n{closed.notes()[-1500:]}", 30)
        mine = effects(closed, closed.office)
        ledger_holds(province, {closed.name: [c["event"] for c in cases]})
        there = effects(province, closed.office)
        check(set(there) == set(mine) and set(there.values()) == {"applied"},
              f"{there}\n{mine}")
        passed_on(heir, closed, cases[1:])
        print("  its key has ended, nothing is lost", flush=True)

        # Once, and for good; the one that never came back is left to a person.
        for node in (province, closed):
            node.kill()
            node.start()
        time_up = time.monotonic() + 5
        wait_until(lambda: time.monotonic() > time_up, "some looks", 10)
        check(len(revocations(province, closed.office)) == 1, "revoked twice")
        check(revocations(province, lost.office) == [], "revoked though it is away")
        check(set(effects(province, closed.office).values()) == {"applied"}, "after that")
        for node in (province, district, heir, closed):
            check("key_revoked" not in node.alarms(), f"{node.name}: {node.alarms()}")
        why = closed.ok("explain", closed.office)
        check(why["code"] == "self_closed_over" and why["moving"], str(why))
        for lang, word in (("vi", "cất máy"), ("en", "put away")):
            shown = harness.run_tool("--lang", lang, "status", dir=closed.dir, json_out=False)
            check(word in shown.out, repr(shown))
        why = province.ok("explain", closed.office)
        check(why["code"] == "closed_over" and why["moving"], str(why))
        why = province.ok("explain", lost.office)
        check(why["code"] == "closed_waits" and not why["moving"], str(why))
        province.ok("revoke", lost.office)
        wait_until(lambda: province.ok("explain", lost.office)["code"] == "closed_over",
                   "by hand", 20)
        # A person gives it back: that stands.
        province.ok("revoke", closed.office, "--undo")
        time_up = time.monotonic() + 4
        wait_until(lambda: time.monotonic() > time_up, "some looks", 10)
        check(revocations(province, closed.office)[-1]["type"] == "KEY_RESTORED" and
              len(revocations(province, closed.office)) == 2,
              str(revocations(province, closed.office)))


def readers():
    """Incidents alone, of a district and all below it, from the beginning; when
    that is withdrawn nothing more comes, and a receipt goes back."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Một", "district", key="d")
        commune = tree.child(district, "Xã Nhất", "commune", key="c")
        reader = tree.child(province, "Thanh tra tỉnh", "district", key="r")

        def incident(place):
            commune.ok("incident", "raise", "--place", place, "--subject", "đất đai",
                       "--people", 12)

        def places():
            return sorted(i["place"] for i in reader.items("incident"))
        incident("một")
        commune.ok("case", "open", "--type", "complaint", "--field", "land")
        wait_until(lambda: commune.status()["receipt"]["covers_all"], "their receipts")
        check(places() == [], "it reads before it may")
        bad = province.tool("reader", "grant", "Thanh tra tỉnh", "Huyện Một", "secrets")
        check(bad.code == 65, repr(bad))
        check(commune.tool("reader", "grant", "Thanh tra tỉnh", "Huyện Một",
                           "incident").code == 77, "a commune grants reading")
        below = province.tool("reader", "grant", "Xã Nhất", "Tỉnh Tây Ninh", "incident")
        check(below.code == 65, repr(below))
        province.ok("reader", "grant", "Thanh tra tỉnh", "Huyện Một", "incident")
        wait_until(lambda: places() == ["một"], lambda: f"what was before: {places()}", SYNC_S)
        incident("hai")
        wait_until(lambda: places() == ["hai", "một"], "what comes after", SYNC_S)
        check(reader.items("case") == [], "a class that was not granted")
        wait_until(lambda: province.ok("reader", "list")["items"], "the grant in the tree", SYNC_S)
        shown = province.ok("reader", "list")["items"]
        check([(g["reader"], g["office"], g["classes"]) for g in shown] ==
              [(reader.office, district.office, ["incident"])], str(shown))
        screen = province.tool("reader", "list", json_out=False)
        check("Thanh tra tỉnh < Huyện Một: incident" in screen.out, repr(screen))
        refused = reader.tool("incident", "take", reader.items("incident")[0]["id"])
        check(refused.code != 0, "a reader writes")
        province.ok("reader", "withdraw", "Thanh tra tỉnh", "Huyện Một", "incident")
        wait_until(lambda: any(e["type"] == "READ_ENDED" and e["origin"] == reader.office
                               for e in province.events()), "the receipt", SYNC_S)
        incident("ba")
        wait_until(lambda: commune.status()["receipt"]["covers_all"], "its receipt")
        later = province.ok("directive", "issue", "--to", reader.office, "--doc-no", "9/CV",
                            "--text", "x")["event"]
        wait_until(lambda: any(d["id"] == later for d in reader.items("directive")),
                   "a word to the reader that is later")
        check(places() == ["hai", "một"], f"more after the end: {places()}")


def police():
    """A police unit may subscribe to incidents, not to cases."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        commune = tree.child(province, "Xã Nhất", "commune", key="c")
        unit = tree.child(province, "Phòng PA03", "police", key="a")
        named = tree.child(province, "Công an tỉnh", "district", key="b")
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        raised = commune.ok("incident", "raise", "--place", "Trụ sở", "--subject", "đất đai",
                            "--people", 12)["event"]
        before = len(province.events())
        print("  honest: the tree stands", flush=True)
        for who in ("Phòng PA03", "Công an tỉnh"):
            for classes in (["case"], ["incident", "case"], ["incident", "urgent"], ["audit"]):
                for lang, word in (("vi", "không đọc hồ sơ"), ("en", "no cases")):
                    result = harness.run_tool("--lang", lang, "reader", "grant", who,
                                              "Tỉnh Tây Ninh", *classes, dir=province.dir)
                    check(result.code == 65 and word in result.error["text"],
                          f"{who} {classes}: {result}")
        check([e for e in province.events()[before:] if e["type"] == "READ_GRANTED"] == [],
              "a grant was written")
        for who, node in (("Phòng PA03", unit), ("Công an tỉnh", named)):
            province.ok("reader", "grant", who, "Tỉnh Tây Ninh", "incident")
            wait_until(lambda: [i["id"] for i in node.items("incident")] == [raised],
                       "the incident", SYNC_S)
            check(node.items("case") == [], "a case came with it")
        check([c["id"] for c in province.items("case")] == [case], "control: the case is there")


def counted_twice(province):
    """Open cases by who holds them, as the view says; and by who opened them, from
    the log and the tree alone."""
    by_view, by_log = {}, {}
    for case in province.items("case"):
        by_view[case["custodian"]] = by_view.get(case["custodian"], 0) + 1
    heirs = {o["id"]: o["heir"] or o["id"] for o in province.items("tree")}
    for event in province.events():
        if event["type"] == "CASE_OPENED" and event["effect"] == "applied":
            holder = heirs[event["origin"]]
            by_log[holder] = by_log.get(holder, 0) + 1
    return by_view, by_log


def all_at_once():
    """A province's communes leave their districts, which close, while they write;
    two of them merge. LT_MOVED communes, 20 unless it says otherwise; four people
    write at all of their desks."""
    many = int(os.environ.get("LT_MOVED", "20"))
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        districts = [tree.child(province, f"Huyện {d}", "district", key=f"d{d}")
                     for d in range((many + 4) // 5)]
        communes = [tree.child(districts[c // 5], f"Xã {c}", "commune", key=f"c{c}")
                    for c in range(many)]
        wait_until(lambda: all(c.status()["receipt"]["covers_all"] for c in communes),
                   "a quiet beginning", 120)
        last, heir = communes[-1], communes[-2]
        left = [last.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
                for _ in range(3)]
        writers = [Writer(*communes[w:-1:4]) for w in range(4)]
        for writer in writers:
            writer.start()
        wait_until(lambda: all(w.fewest() > 1 for w in writers), "cases", 300)
        lines = [f"move,{c.office},{province.office}" for c in communes[:-1]]
        lines += [f"merge,{heir.office},{last.office}"]
        lines += [f"close,{d.office},{province.office}" for d in districts]
        done = plan(province, lines)
        check(done.code == 0, repr(done))
        began = time.monotonic()
        took = {}

        def arrived():
            for commune in communes[:-1]:
                if commune.name not in took and link_up(commune, province.office) and \
                        parent_of(commune) == province.office:
                    took[commune.name] = time.monotonic() - began
            return len(took) == many - 1
        wait_until(arrived, lambda: f"{many - 1 - len(took)} to come", SYNC_S)
        written = {last.name: left}
        for writer in writers:
            written.update(writer.stop())
        wait_until(lambda: all(in_sync(c, province) for c in communes[:-1]),
                   "all of it at the province", SYNC_S)
        ledger_holds(province, written)
        wait_until(lambda: {c["id"] for c in heir.items("case")} >= set(written[last.name]),
                   "the closed one's cases at its heir", SYNC_S)
        by_view, by_log = counted_twice(province)
        check(by_view == by_log, f"{by_view} {by_log}")
        print(f"  {many} communes, {sum(len(w) for w in written.values())} cases: at the "
              f"province after {max(took.values()):.1f} s at most, 0 lost", flush=True)


if __name__ == "__main__":
    harness.main({t.__name__: t for t in (
        one_after_the_other, moved_while_writing, away_on_the_day, rehearsed_and_put_in_force, impossible_by_its_day, inherited, drained, readers, police, all_at_once)})

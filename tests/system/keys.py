"""The life of an office's identity key: a later one signed by the present one, at a commune,
a relay and the root; what earlier ones signed stays; a lost one is replaced on the
keeper's word alone."""
import shutil
import time

import harness
from bypass import Line, role
from harness import Tree, check, wait_until

CASE = ("case", "open", "--type", "complaint", "--field", "land")


def enrol_of(node):
    return node.status()["listen"]["enrol"]


def rotate(node, parent):
    where = [] if parent is None else ["--address", enrol_of(parent).removeprefix("tcp://")]
    node.stop()
    key = node.ok("key", "rotate", *where, timeout=60)["key_id"]
    node.start()
    return key


def applied(node, events):
    seen = {e["event"]: e["effect"] for e in node.events()}
    return all(seen.get(e) == "applied" for e in events)


def rotated_at_each_tier():
    with Tree() as tree:
        line = Line(tree)
        commune, district, province = line.commune, line.district, line.province
        ledger = [commune.ok(*CASE)["event"]]
        wait_until(lambda: applied(province, ledger), "the first case")
        copy = tree.dir / "stolen"
        commune.stop()
        shutil.copytree(commune.dir, copy)
        commune.start()
        # Nobody answers: nothing has happened.
        commune.stop()
        failed = commune.tool("key", "rotate", "--address", "127.0.0.1:1", timeout=60)
        check(failed.code != 0, f"{failed}")
        commune.start()
        first = rotate(commune, district)
        check(not (commune.dir / "rotating").exists(), "what was asked is left")
        ledger.append(commune.ok(*CASE)["event"])
        wait_until(lambda: applied(province, ledger), "a case by the new key", 60)
        check(rotate(commune, district) != first, "the same key")
        ledger.append(commune.ok(*CASE)["event"])
        wait_until(lambda: applied(province, ledger), "a case by the third key", 60)
        # The relay and the root, while the commune is away.
        commune.stop()
        rotate(province, None)
        rotate(district, province)
        wait_until(lambda: role(district, province.office) == "parent", "the district's link", 60)
        rotate(district, province)
        commune.start()
        ledger.append(commune.ok(*CASE)["event"])
        wait_until(lambda: applied(province, ledger), "a case after all rotations", 90)
        line.directive("07/CĐ")
        wait_until(lambda: line.numbers(commune) == ["07/CĐ"], "a directive by the new root key")
        # A new office under the rotated relay.
        other = tree.child(district, "Xã Phước Thạnh", "commune", key="o")
        case = other.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case]), "a case of a new office", 60)
        for node in (commune, district, province):
            check(node.ok("verify", timeout=60)["ok"], f"{node.name}: verify")
        # The first key opens no session any more.
        commune.stop()
        shutil.rmtree(commune.dir)
        shutil.copytree(copy, commune.dir)
        commune.start()
        until = time.monotonic() + 8
        wait_until(lambda: time.monotonic() > until, "some attempts", 12)
        check(role(district, commune.office) is None, district.status()["links"])
        check("key_not_bound" in district.alarms(), district.alarms())


def join_again(commune, district, folder):
    """A new machine in the place of the office's, with nothing of it but its settings."""
    conf = (commune.dir / "conf.d").exists()
    if conf:
        shutil.copytree(commune.dir / "conf.d", folder / "conf.d")
    shutil.rmtree(commune.dir)
    token = district.ok("token", "--name", "Xã Thạnh Đức", "--kind", "commune", "--again")
    check(token["office"] == commune.office, f"{token}")
    harness.run_tool("join", token["token"], "--listen", "127.0.0.1:0", "--enrol-listen",
                     "127.0.0.1:0", dir=commune.dir, timeout=90)
    if conf:
        shutil.copytree(folder / "conf.d", commune.dir / "conf.d", dirs_exist_ok=True)


def line_at(node, event):
    return next((e for e in node.events() if e["event"] == event), {})


def stands(node, event, effect, reason, unconfirmed):
    line = line_at(node, event)
    return (line.get("effect"), line.get("reason"), line.get("unconfirmed")) == (
        effect, reason, unconfirmed)


def marked(node, matter):
    return next((i for i in node.ok("case", "list")["items"] if i["id"] == matter),
                {}).get("unconfirmed")


def lost_and_confirmed():
    with Tree() as tree:
        line = Line(tree)
        commune, district, province = line.commune, line.district, line.province
        case = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case]), "the case")
        check(province.tool("key", "confirm", commune.office).code == 65, "nothing waits")
        print("  honest: a case by the first key went up", flush=True)
        commune.stop()
        join_again(commune, district, tree.dir)
        commune.start()
        for node in (district, province):
            node.wait_alarm("key_unconfirmed")
        # It is served, gets its own words back and can go on, but for what ends a case.
        wait_until(lambda: role(district, commune.office) == "child", "the link", 70)
        wait_until(lambda: applied(commune, [case]), "its own words to come back", 60)
        commune.wait_alarm("key_unconfirmed")
        late = commune.ok(*CASE)["event"]
        noted = commune.ok("case", "step", case, "note", "--text", "đang xem")["event"]
        wait_until(lambda: stands(province, late, "applied", None, True) and
                   stands(province, noted, "applied", None, True),
                   lambda: f"{line_at(province, late)} {line_at(province, noted)}", 60)
        check(stands(province, case, "applied", None, False), line_at(province, case))
        check(marked(province, late) and marked(province, case), "not marked in the list")
        refused = commune.tool("case", "step", case, "decision_issued", "--doc-no", "1/QĐ")
        check(refused.code == 77 and "key confirm" in refused.err, f"{refused}")
        refused = commune.tool("case", "close", case, "--reason", "withdrawn")
        check(refused.code == 77, f"{refused}")
        refused = commune.tool("case", "offer", case, "--to", district.office)
        check(refused.code == 77, f"{refused}")
        closed = commune.ok("case", "close", late, "--reason", "withdrawn")["event"]
        wait_until(lambda: stands(province, closed, "applied", None, True), "its own case")
        told = province.ok("explain", commune.office)
        check("key confirm" in str(told), str(told))
        check(district.tool("key", "confirm", commune.office).code == 77, "not its keeper")
        for node in (district, province):
            node.kill()
            node.start()
        wait_until(lambda: stands(province, late, "applied", None, True), "the mark after a start")
        wait_until(lambda: province.tool("key", "confirm", commune.office).code == 0,
                   "the binding at the keeper")
        for node in (district, province, commune):
            node.wait_no_alarm("key_unconfirmed")
        wait_until(lambda: stands(province, late, "applied", None, False) and
                   not marked(province, late), "the mark to go", 60)
        wait_until(lambda: role(district, commune.office) == "child", "the link", 70)
        decided = commune.ok("case", "step", case, "decision_issued", "--doc-no", "1/QĐ")["event"]
        wait_until(lambda: applied(province, [decided]), "a decision once it is confirmed", 60)
        for node in (district, province):
            node.kill()
            node.start()
        more = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case, late, more]), "the same after starts", 60)
        for node in (commune, district, province):
            check(node.ok("verify", timeout=60)["ok"], f"{node.name}: verify")


if __name__ == "__main__":
    harness.main({"rotated_at_each_tier": rotated_at_each_tier,
                  "lost_and_confirmed": lost_and_confirmed})

"""What the design promises of every loss, with real daemons: what the writers
were told is there (exit 0) is there afterwards, at every tier."""
import shutil

import harness
from harness import Tree, check, wait_until
from remedies import CASE, ids

ORDER = ("directive", "issue", "--text", "Báo cáo tình hình")


def write(node, n):
    return [node.ok(*CASE, "--text", f"Đơn {i}")["event"] for i in range(n)]


def three(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d")
    return province, district, tree.child(district, "Xã Thử", "commune", key="c")


def everywhere(ledger, *nodes):
    for node in nodes:
        wait_until(lambda: set(ledger) <= ids(node),
                   lambda: f"at {node.name}: {len(set(ledger) - ids(node))} are missing", 60)


def sound(*nodes):
    for node in nodes:
        verified = node.ok("verify", timeout=60)
        check(verified["ok"] and verified["absent_parts"] == 0, f"{node.name}: {verified}")


def keep(node, name):
    """The folder as it is now: node is stopped."""
    shutil.copytree(node.dir, node.dir.parent / name, ignore=shutil.ignore_patterns("*.sock"))


def put_back(node, name, *files):
    """These files as they were; all that belongs to a log goes together."""
    for end in ("log.db", "log.db-wal", "log.db-shm", *files):
        (node.dir / end).unlink(missing_ok=True)
        if (node.dir.parent / name / end).exists():
            shutil.copy2(node.dir.parent / name / end, node.dir / end)


def lose_all_but_keys(node):
    for path in node.dir.iterdir():
        if path.name not in ("identity", "lienthong.conf", "conf.d", "policy"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def lost_disk(which):
    """The disk is gone and the keys were kept: neighbours give everything back,
    the office's own past included."""
    with Tree() as tree:
        nodes = three(tree)
        ledger = write(nodes[2], 10)
        ledger += [nodes[1].ok(*CASE)["event"] for _ in range(3)]
        everywhere(ledger, nodes[0])
        order = nodes[0].ok(*ORDER, "--to", "Xã Thử", "--doc-no", "7")["event"]
        everywhere([order], *nodes)
        victim = nodes[which]
        victim.stop()
        lose_all_but_keys(victim)
        victim.start()
        mine = ledger if which == 1 else ledger[:10]
        everywhere(mine + [order], victim)
        case = ledger[4]
        wait_until(lambda: "Đơn 4" in str(victim.ok("case", "show", case)["texts"]),
                   "the text of an entry")
        after = victim.ok(*CASE)["event"]
        everywhere([after], nodes[0], victim)
        check(victim.status()["office"]["id"] == victim.office, "another office")
        check(not victim.status()["branches"], f"it went on where it had been: {victim.status()}")
        sound(*nodes)
        wait_until(lambda: ">came_back " in victim.notes(), "the note of what came back")
        return {"status": victim.status(), "notes": victim.notes(),
                **{lang: victim.tool("status", json_out=False,
                                     env={"LIENTHONG_LANG": lang}).out
                   for lang in ("vi", "en")}}, ledger


def commune_lost():
    """And the desk is told which of its matters came back."""
    commune, ledger = lost_disk(2)
    with_back = commune["status"]["came_back"]
    check(with_back["entries"] >= 10 and set(ledger[:10]) <=
          {i["matter"] for i in with_back["items"]}, f"came_back: {with_back}")
    check(">came_back " in commune["notes"], "no note of it")
    check("Đã trở lại" in commune["vi"] and "Came back" in commune["en"], f"{commune}")


def district_lost():
    lost_disk(1)


def restored_to_different_days():
    """The commune is put back to one day, the district to another: the province
    has what both forgot, and what only they hold of each other."""
    with Tree() as tree:
        province, district, commune = three(tree)
        ledger = write(commune, 4)
        everywhere(ledger, province)
        district.stop()
        keep(district, "district-old")
        district.start()
        ledger += write(commune, 4)
        everywhere(ledger, province)
        commune.stop()
        keep(commune, "commune-old")
        commune.start()
        ledger += write(commune, 4)
        everywhere(ledger, province)
        for node in (commune, district, province):
            node.stop()
        put_back(commune, "commune-old")
        put_back(district, "district-old")
        # Before anybody can tell it what it has forgotten.
        commune.start()
        check(len(set(ledger) & ids(commune)) == 8, "the copy is not what it should be")
        ledger += [commune.ok(*CASE, "--text", "sau khi khôi phục")["event"] for _ in range(2)]
        district.start()
        everywhere(ledger[:8] + ledger[12:], district, commune)
        province.start()
        everywhere(ledger, province, district, commune)
        for node in (province, district, commune):
            branches = wait_until(lambda: node.status()["branches"], f"the branch at {node.name}")
            check(all(b["tips"] == 2 for b in branches), f"{branches}")
        # The desk sees which of its entries came back, and not those it wrote
        # meanwhile; also after a restart.
        wait_until(lambda: ">came_back " in commune.notes(), "the note of what came back")
        commune.kill()
        commune.start()
        back = {i["matter"] for i in commune.status()["came_back"]["items"]}
        check(back == set(ledger[8:12]), f"came back: {back}")
        sound(province, district, commune)


def view_of_a_younger_log():
    """The log is older than what its view has shown: nothing is shown that the
    log does not hold, and all of it is shown again when it has come back."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        commune = tree.child(province, "Xã Thử", "commune", key="c")
        early = write(commune, 4)
        everywhere(early, province)
        commune.stop()
        keep(commune, "old")
        commune.start()
        late = write(commune, 4)
        everywhere(late, province)
        commune.stop()
        province.stop()
        put_back(commune, "old")  # and view.db as it is
        commune.start()
        check(">view_rebuilt " in commune.notes(), "it did not notice")
        check(set(early) <= ids(commune) and not set(late) & ids(commune),
              "the view shows what the log does not hold")
        check(not set(late) & {c["id"] for c in commune.items("case")}, "so do the lists")
        commune.wait_no_alarm("view_rebuilt", 20)
        province.start()
        everywhere(early + late, commune)
        wait_until(lambda: set(early + late) <= {c["id"] for c in commune.items("case")},
                   "the lists whole again")
        sound(commune, province)


def tier_lost_a_tail():
    """A district has acknowledged and then lost its tail: it says so, and both
    sides send it again, nothing twice."""
    with Tree() as tree:
        province, district, commune = three(tree)
        ledger = write(commune, 4) + write(district, 1)
        everywhere(ledger, province)
        district.stop()
        keep(district, "old")
        district.start()
        ledger += write(commune, 6)
        ledger += [district.ok(*CASE)["event"] for _ in range(2)]
        everywhere(ledger, province)
        wait_until(lambda: commune.waiting() == 0, "the acks")
        district.stop()
        put_back(district, "old")
        district.start()
        everywhere(ledger, district)
        for node in (province, district, commune):
            events = [e["event"] for e in node.events()]
            check(len(events) == len(set(events)), f"{node.name} has something twice")
        said = province.notes() + district.notes() + commune.notes()
        check(">log_lost_tail " in said, "nobody said that a tail was lost")
        ledger.append(district.ok(*CASE)["event"])
        everywhere(ledger, province, district)
        sound(province, district, commune)


def writer_of_the_tree_restored():
    """The province, which writes the tree, is put back to a day before a move.
    In reach it takes its own change back from below; out of reach it writes
    another one, and afterwards everybody sees one tree and follows it."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        one = tree.child(province, "Huyện Một", "district", key="d1")
        two = tree.child(province, "Huyện Hai", "district", key="d2")
        commune = tree.child(one, "Xã Đi", "commune", key="c")
        nodes = (province, one, two, commune)

        def place(node):
            shown = node.tool("tree", "show", "Xã Đi")
            return shown.json["parent"] if shown.code == 0 else None

        def all_see(parent):
            return lambda: all(place(node) == parent.office for node in nodes)

        def says():
            return [(node.name, place(node)) for node in nodes]

        ledger = write(commune, 3)
        everywhere(ledger, province)
        province.stop()
        keep(province, "province-old")
        province.start()
        wait_until(lambda: province.tool("tree", "move", "Xã Đi", "Huyện Hai").code == 0,
                   "the move")
        wait_until(all_see(two), says, 60)
        ledger += write(commune, 2)
        everywhere(ledger, province)
        print("  honest: the commune was moved, and everybody saw it", flush=True)

        province.stop()
        put_back(province, "province-old")
        province.start()
        wait_until(all_see(two), says, 60)
        ledger += write(commune, 2)
        everywhere(ledger, province)

        for node in nodes:
            node.stop()
        put_back(province, "province-old")
        province.start()
        check(place(province) == one.office, "the copy is not what it should be")
        for name in ("Ba", "Bốn", "Năm"):  # more than it has forgotten
            province.ok("tree", "rename", two.office, "--name", f"Huyện {name}")
        for node in (one, two, commune):
            node.start()
        wait_until(lambda: len({place(node) for node in nodes}) == 1 and place(one) is not None,
                   says, 90)
        # What it writes now is a tree that all of them follow.
        wait_until(lambda: province.tool("tree", "move", "Xã Đi", "Huyện Một").code == 0 or
                   place(province) == one.office, "the next change", 60)
        wait_until(all_see(one), says, 90)
        ledger += write(commune, 2)
        everywhere(ledger, province, one)
        sound(*nodes)


TESTS = {f.__name__: f for f in (commune_lost, district_lost, restored_to_different_days,
                                 view_of_a_younger_log, tier_lost_a_tail,
                                 writer_of_the_tree_restored)}

if __name__ == "__main__":
    harness.main(TESTS)

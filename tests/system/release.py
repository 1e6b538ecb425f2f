"""An office goes from one province's tree to another's, with its commune, while its desks write.
Neither root's word alone moves it; nobody enrols anew and nothing is lost; its former superiors
get nothing more, and what either root says of it out of turn counts nowhere."""
import harness
from harness import Tree, check, ledger_holds, wait_until
from region import CASE, SYNC_S, keys_of, refused, superiors, version
from reorganise import Writer, day, in_sync, link_up, parent_of


class Provinces:
    """A province with two districts, one of which has two communes; a second province."""

    def __init__(self, tree, old_env=None, new_env=None):
        self.dir = tree.dir
        self.old = tree.root("Tỉnh Cũ", key="p", env=old_env)
        self.moved = tree.child(self.old, "Huyện Đi", "district", key="d")
        self.stays = tree.child(self.old, "Huyện Ở Lại", "district", key="s")
        self.near = tree.child(self.moved, "Xã Gần", "commune", key="a", code="25456")
        self.away = tree.child(self.moved, "Xã Xa", "commune", key="b", code="25459")
        self.new = tree.root("Tỉnh Mới", key="n", env=new_env)
        self.host = tree.child(self.new, "Huyện Nhận", "district", key="h")
        self.card, self.paper = self.dir / "card.pem", self.dir / "release.pem"
        made = self.new.tool("tree", "card", self.card)
        check(made.code == 0, f"{made}")
        self.all = (self.old, self.moved, self.stays, self.near, self.away, self.new, self.host)

    def release(self, *more, on=0):
        return self.old.tool("tree", "release", "Huyện Đi", "--to", self.card, "--on", day(on),
                             *more)

    def admit(self, *more):
        return self.new.tool("tree", "admit", self.paper, "--under", "Huyện Nhận", *more)

    def moved_to_new(self, *nodes):
        for node in nodes:
            wait_until(lambda: superiors(node)[-1:] == [self.new.office],
                       lambda: f"{node.name}: {node.status()['office']} "
                       f"{node.status()['links']}\n{node.notes()[-2000:]}", SYNC_S)

    def keys_of(self, node):
        """Who moves is certified anew, by itself: newroot.py."""
        files = keys_of(node)
        if node in (self.moved, self.near, self.away):
            del files["node.crt"], files["bindings.pb"]
        return files

    def restart(self, *nodes):
        for node in nodes:
            node.stop()
        for node in nodes:
            node.start()


def ids_at(node):
    return {e["event"] for e in node.events()}


def effect_of(node, event):
    return next((e["effect"] for e in node.events() if e["event"] == event), None)


def moves_while_writing():
    with Tree() as tree:
        p = Provinces(tree)
        before = {n.name: (p.keys_of(n), n.notes().count("<6>enrolled")) for n in p.all}
        bound = [e["event"] for e in p.old.events() if e["type"] == "KEY_BOUND"]
        away_case = p.away.ok(*CASE)["event"]
        for node in (p.near, p.away):
            wait_until(lambda: in_sync(node, p.moved), f"{node.name}: quiet", SYNC_S)
        p.away.stop()
        # A word of the new root about an office that is not its own.
        early = p.new.tool("tree", "move", p.near.office, "Huyện Nhận")
        check(early.code != 0, f"{early}")
        writer = Writer(p.near, p.moved)
        writer.start()
        wait_until(lambda: writer.fewest() > 2, "some cases")

        dry = p.release("--dry-run")
        check(dry.code == 0 and dry.json["ok"] and dry.json["open"] == 3, f"{dry}")
        old_version = version(p.near)
        done = p.release("--out", p.paper)
        check(done.code == 0 and p.paper.exists(), f"{done}")
        refused(p.old.tool("tree", "rename", p.near.office, "--name", "Xã Khác"), "take-back",
                "plan_refused")
        refused(p.release("--out", p.dir / "again.pem"), "released already")
        wait_until(lambda: version(p.near) > old_version, "the release at the commune", SYNC_S)
        p.restart(p.old, p.new)
        check(superiors(p.near) == [p.moved.office, p.old.office], "it left before it was admitted")
        count = writer.fewest()
        wait_until(lambda: writer.fewest() > count + 1, "cases in between", SYNC_S)
        # A directive that is on its way when it moves.
        order = p.old.ok("directive", "issue", "--to", p.near.office, "--doc-no", "12/UBND",
                         "--text", "Báo cáo trước khi chuyển")["event"]

        dry = p.admit("--dry-run")
        check(dry.code == 0 and dry.json["ok"] and dry.json["open"] == 3, f"{dry}")
        done = p.admit()
        check(done.code == 0, f"{done}")
        p.moved_to_new(p.moved, p.near)
        print("  honest: the district is below the other province", flush=True)
        check(superiors(p.near) == [p.moved.office, p.host.office, p.new.office],
              f"{superiors(p.near)}")
        check(superiors(p.stays) == [p.old.office] and parent_of(p.old) is None, "the others stay")
        wait_until(lambda: order in ids_at(p.near), "the directive", SYNC_S)
        refused(p.admit(), "admitted already")
        count = writer.fewest()
        wait_until(lambda: link_up(p.moved, p.host.office) and writer.fewest() > count + 2,
                   lambda: f"{p.moved.status()['links']}\n{p.moved.notes()[-1500:]}", SYNC_S)
        p.restart(*(n for n in p.all if n not in (p.away, p.near, p.moved)))
        written = writer.stop()
        written[p.away.name] = [away_case]
        everything = {e for ids in written.values() for e in ids}
        wait_until(lambda: in_sync(p.near, p.moved) and in_sync(p.moved, p.host) and
                   everything <= ids_at(p.new),
                   lambda: f"{len(everything - ids_at(p.new))} missing; "
                   f"{p.moved.status()['links']} {p.host.status()['links']}\n"
                   f"{p.host.notes()[-1500:]}", SYNC_S)
        n = ledger_holds(p.new, written)
        check(all(effect_of(p.new, e) == "applied" for e in everything), "some of it has no effect")
        print(f"  {n} cases, 0 missing", flush=True)

        # What it writes from now on stays away from its former superiors.
        late = p.near.ok(*CASE)["event"]
        wait_until(lambda: late in ids_at(p.new), "a case afterwards", SYNC_S)
        p.away.start()
        p.moved_to_new(p.away)
        returned = p.away.ok(*CASE)["event"]
        wait_until(lambda: returned in ids_at(p.new), "a case of who was away", SYNC_S)
        mark = p.stays.ok(*CASE)["event"]
        wait_until(lambda: mark in ids_at(p.old), "the control: one of the district that stays",
                   SYNC_S)
        for event in (late, returned):
            check(event not in ids_at(p.old) and event not in ids_at(p.stays),
                  "its former superiors get more of it")
        # The new root's words count for it, the old one's do not.
        renamed = p.new.tool("tree", "rename", p.near.office, "--name", "Phường Gần")
        check(renamed.code == 0, f"{renamed}")
        check(p.old.tool("tree", "rename", p.near.office, "--name", "Xã Khác").code != 0,
              "the old root still names it")
        for node in (p.near, p.moved, p.away, p.new, p.host):
            wait_until(lambda: any(o["name"] == "Phường Gần"
                                   for o in node.ok("tree", "list")["items"]),
                       lambda: f"{node.name}: {node.ok('tree', 'list')}", SYNC_S)
        check(not any(o["id"] == p.near.office for o in p.old.ok("tree", "list")["items"]),
              "it is still in the old tree")
        shown = p.old.ok("tree", "show", p.moved.office)
        check(shown["superiors"][-1] == p.new.office, f"where it went: {shown}")
        check([h["change"] for h in shown["history"]][-2:] == ["release", "come"], f"{shown}")
        shown = p.new.ok("tree", "show", p.moved.office)
        check({h["change"]: h["parent"] for h in shown["history"]} ==
              {"opened": p.old.office, "readdressed": None, "release": p.new.office,
               "come": p.host.office}, f"whence it came: {shown}")
        for node in p.all:
            check((p.keys_of(node), node.notes().count("<6>enrolled")) == before[node.name],
                  f"{node.name} was enrolled anew")
            for alarm in ("branches", "withheld", "not_followed", "second_key", "bad_signature"):
                check(alarm not in node.alarms(), f"{node.name}: {node.alarms()}")
            check(node.ok("verify", timeout=60)["ok"], f"{node.name}: verify")
        check([e["event"] for e in p.old.events() if e["type"] == "KEY_BOUND"] == bound,
              "a key was bound anew")
        # A start reads both trees again, and a view that is built anew as well.
        for node in (p.moved, p.near, p.old, p.new):
            node.stop()
        (p.near.dir / "view.db").unlink()
        for node in (p.moved, p.near, p.old, p.new):
            node.start()
        p.moved_to_new(p.moved, p.near)
        wait_until(lambda: effect_of(p.near, late) == "applied" and any(
            o["name"] == "Phường Gần" for o in p.near.ok("tree", "list")["items"]), "its view",
            SYNC_S)
        # A new office below it: proposed to the new root, and opened by it.
        fresh = tree.child(p.moved, "Xã Mới Lập", "commune", key="c")
        check(superiors(fresh)[-1] == p.new.office, f"{superiors(fresh)}")
        first = fresh.ok(*CASE)["event"]
        wait_until(lambda: first in ids_at(p.new), "its first case", SYNC_S)


def revoked_before_the_admission():
    """Who has released an office still revokes a key of it, and that stays so."""
    with Tree() as tree:
        p = Provinces(tree)
        check(p.release("--out", p.paper).code == 0, "released")
        gone = p.old.tool("revoke", p.away.office, "--reason", "máy bị mất")
        check(gone.code == 0, f"{gone}")
        check(p.admit().code == 0, "admitted")
        p.moved_to_new(p.moved, p.near)
        for node in (p.new, p.host, p.moved):
            wait_until(lambda: gone.json["event"] in
                       {r["event"] for r in node.ok("revocations")["items"]},
                       lambda: f"{node.name}: {node.ok('revocations')}", SYNC_S)
            check(effect_of(node, gone.json["event"]) == "applied", f"at {node.name}")
        late = p.old.tool("revoke", p.near.office, "--reason", "không còn quyền")
        refused(late, "another root's tree", "not_permitted")


def taken_back():
    """A release that is taken back cannot be admitted; nor what is not this one's."""
    with Tree() as tree:
        p = Provinces(tree)
        third = tree.root("Tỉnh Thứ Ba", key="u")
        refused(p.old.tool("tree", "release", p.old.office, "--to", p.card, "--on", day(0),
                           "--out", p.dir / "x.pem"), "step-down")
        none = p.old.tool("tree", "take-back", "Huyện Đi")
        check(none.code != 0 and none.error["code"] == "step_refused", f"{none}")
        check(p.release("--out", p.paper, on=1).code == 0, "released for tomorrow")
        refused(p.admit(), "has not come")
        refused(third.tool("tree", "admit", p.paper, "--under", third.office), "another root")
        refused(p.new.tool("tree", "admit", p.paper), "--under")
        check(p.old.tool("tree", "take-back", "Huyện Đi").code == 0, "taken back")
        wait_until(lambda: p.old.tool("tree", "rename", p.near.office, "--name",
                                      "Xã Gần Hơn").code == 0, "it is its own again", SYNC_S)
        check(p.release("--out", p.dir / "second.pem").code == 0, "released anew")
        p.paper = p.dir / "second.pem"
        check(p.admit().code == 0, "admitted")
        p.moved_to_new(p.moved, p.near, p.away)


def old_root_is_over():
    """The old root's daemon is a hostile one: it goes on ruling what it released."""
    with Tree() as tree:
        p = Provinces(tree)
        check(p.release("--out", p.paper).code == 0, "released")
        check(p.admit().code == 0, "admitted")
        p.moved_to_new(p.moved, p.near, p.away)
        wait_until(lambda: superiors(p.stays) == [p.old.office] and
                   p.stays.ok("tree", "show", p.moved.office)["superiors"][-1] == p.new.office,
                   "who stays sees it go", SYNC_S)
        print("  honest: the district is below the other province", flush=True)
        p.old.stop()
        p.old.start(env={"LIENTHONG_PLANT": "old_root_still_rules"})
        late = p.old.ok("tree", "rename", p.near.office, "--name", "Xã Chiếm Đoạt")["event"]
        for node in (p.near, p.new, p.stays):
            wait_until(lambda: effect_of(node, late) is not None,
                       lambda: f"the word at {node.name}: {node.notes()[-1500:]}", SYNC_S)
            check(effect_of(node, late) == "rejected", f"{node.name}: {effect_of(node, late)}")
            check(node.ok("tree", "show", p.near.office)["name"] == "Xã Gần",
                  f"{node.name} believes it")


if __name__ == "__main__":
    harness.main({"moves_while_writing": moves_while_writing, "taken_back": taken_back,
                  "revoked_before_the_admission": revoked_before_the_admission,
                  "old_root_is_over": old_root_is_over})

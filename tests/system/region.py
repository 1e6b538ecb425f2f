"""A root steps down for another: a province of two communes joins a nation while its desks
write. Nobody enrols anew and nothing is lost; who is not signed for is not taken, and what the
old root says afterwards counts nowhere."""
import base64
import os

import harness
from harness import Tree, check, ledger_holds, run_tool, wait_until
from reorganise import Writer, day, in_sync, link_up, parent_of

CASE = ("case", "open", "--type", "complaint", "--field", "land")
SYNC_S = 90


def superiors(node):
    return node.status()["office"]["superiors"]


def version(node):
    return node.status()["office"]["tree_version"]


def keys_of(node):
    return {f.name: f.read_bytes() for f in (node.dir / "identity").iterdir()
            if f.name in ("node.key", "node.crt", "curve.key", "root.crt", "bindings.pb")}


def refused(result, reason, code="region_file_refused"):
    check(result.code != 0 and result.error.get("code") == code, f"{result}")
    check(reason in result.error["text"], f"{reason!r} not in {result.error['text']!r}")
    check(result.error["remedy"], f"{result}")


class Roots:
    """A province with two communes, and a nation with a province of its own."""

    def __init__(self, tree, nation_env=None):
        self.dir = tree.dir
        self.province = tree.root("Tỉnh Tây Ninh", key="p")
        self.near = tree.child(self.province, "Xã Thạnh Đức", "commune", key="a", code="25456")
        self.far = tree.child(self.province, "Xã Tân Lập", "commune", key="b", code="25459")
        self.nation = tree.root("Trung ương", kind="national", key="n", env=nation_env)
        self.other = tree.child(self.nation, "Tỉnh Khác", "province", key="q")
        self.card, self.paper = self.dir / "card.pem", self.dir / "hand-over.pem"
        made = self.nation.tool("tree", "card", self.card)
        check(made.code == 0, f"{made}")

    def step_down(self, *more):
        return self.province.tool("tree", "step-down", "--to", self.card, "--on", day(0), *more)

    def joined(self, *nodes):
        for node in nodes:
            wait_until(lambda: superiors(node)[-1:] == [self.nation.office],
                       lambda: f"{node.name}: {node.status()['office']} "
                       f"{node.status()['links']}\n{node.notes()[-2000:]}", SYNC_S)


def joins_while_writing():
    with Tree() as tree:
        r = Roots(tree)
        all_nodes = (r.province, r.near, r.far, r.nation, r.other)
        before = {n.name: (keys_of(n), n.notes().count("<6>enrolled")) for n in all_nodes}
        bound = [e["event"] for e in r.province.events() if e["type"] == "KEY_BOUND"]
        wait_until(lambda: in_sync(r.near, r.province) and in_sync(r.far, r.province), "quiet")
        far_case = r.far.ok(*CASE)["event"]
        wait_until(lambda: in_sync(r.far, r.province), "its case")
        r.far.stop()
        writer = Writer(r.near, r.province)
        writer.start()
        wait_until(lambda: writer.fewest() > 2, "some cases")
        old_version = version(r.near)

        dry = r.step_down("--dry-run")
        check(dry.code == 0 and dry.json["ok"] and dry.json["open"] == 3, f"{dry}")
        check(version(r.province) == old_version, "a rehearsal wrote something")
        done = r.step_down("--out", r.paper)
        check(done.code == 0 and r.paper.exists(), f"{done}")
        stepped = r.province.tool("tree", "rename", r.near.office, "--name", "Xã Mới")
        refused(stepped, "Trung ương", "root_stepped_down")
        wait_until(lambda: version(r.near) > old_version, "the stepping down at the commune")
        check(parent_of(r.province) is None and superiors(r.near) == [r.province.office],
              "it left before it was admitted")
        check(r.nation.tool("tree", "rename", r.near.office, "--name", "Xã Mới").code != 0,
              "the new root writes before it has admitted")
        count = writer.fewest()
        wait_until(lambda: writer.fewest() > count + 1, "cases in between")

        dry = r.nation.tool("tree", "admit", r.paper, "--dry-run")
        check(dry.code == 0 and dry.json["ok"] and dry.json["open"] == 3, f"{dry}")
        done = r.nation.tool("tree", "admit", r.paper)
        check(done.code == 0, f"{done}")
        r.joined(r.province, r.near)
        check(version(r.near) > old_version + (1 << 24) - 1, f"{version(r.near)}")
        print("  honest: the province is below the nation", flush=True)
        refused(r.nation.tool("tree", "admit", r.paper), "admitted already")
        count = writer.fewest()
        wait_until(lambda: writer.fewest() > count + 2, "cases afterwards")
        written = writer.stop()
        wait_until(lambda: in_sync(r.near, r.province) and link_up(r.province, r.nation.office) and
                   r.province.waiting() == 0, "all of it above", SYNC_S)
        written[r.far.name] = [far_case]
        wait_until(lambda: {e for ids in written.values() for e in ids} <=
                   {e["event"] for e in r.nation.events()}, "every case at the nation", SYNC_S)
        n = ledger_holds(r.nation, written)
        check(all(e["effect"] == "applied" for e in r.nation.events()
                  if e["event"] in {i for ids in written.values() for i in ids}),
              "something of it does not count")
        print(f"  {n} cases, 0 missing", flush=True)

        # The new root's words count for all, of whoever was away meanwhile as well.
        renamed = r.nation.tool("tree", "rename", r.near.office, "--name", "Phường Thạnh Đức")
        check(renamed.code == 0, f"{renamed}")
        refused(r.province.tool("tree", "rename", r.near.office, "--name", "Xã Mới"),
                "Trung ương", "not_the_writer")
        r.far.start()
        r.joined(r.far)
        late = r.far.ok(*CASE)["event"]
        wait_until(lambda: late in {e["event"] for e in r.nation.events()},
                   lambda: f"{r.far.status()['links']}\n{r.far.notes()[-1500:]}", SYNC_S)
        for node in all_nodes:
            wait_until(lambda: any(o["name"] == "Phường Thạnh Đức"
                                   for o in node.ok("tree", "list")["items"]),
                       lambda: f"{node.name}: {node.ok('tree', 'list')}", SYNC_S)
            check(version(node) == version(r.nation), f"{node.name}: {version(node)}")
            check((keys_of(node), node.notes().count("<6>enrolled")) == before[node.name],
                  f"{node.name} was enrolled anew")
            for alarm in ("branches", "withheld", "not_followed", "second_key", "bad_signature"):
                check(alarm not in node.alarms(), f"{node.name}: {node.alarms()}")
            check(node.ok("verify", timeout=60)["ok"], f"{node.name}: verify")
        check([e["event"] for e in r.province.events() if e["type"] == "KEY_BOUND"] == bound,
              "a key was bound anew")
        # A start reads both streams again, and a view that is built anew both trees.
        for node in (r.nation, r.province, r.near):
            node.stop()
        (r.near.dir / "view.db").unlink()
        for node in (r.nation, r.province, r.near):
            node.start()
        r.joined(r.province, r.near)
        wait_until(lambda: ("Phường Thạnh Đức" in
                            {o["name"] for o in r.near.ok("tree", "list")["items"]}), "its view")
        check(version(r.near) == version(r.nation), f"{version(r.near)} after a start")
        # A new office below the province: proposed to the new root, and opened by it.
        tree.child(r.province, "Xã Mới Lập", "commune", key="c")


def bad_files():
    with Tree() as tree:
        r = Roots(tree)
        third = tree.root("Liên hiệp", kind="national", key="u")
        own, their = tree.dir / "own.pem", tree.dir / "their.pem"
        check(r.province.tool("tree", "card", own).code == 0, "its own card")
        check(third.tool("tree", "card", their).code == 0, "the third's card")
        refused(r.province.tool("tree", "hand-over", tree.dir / "early.pem"), "has not stepped down",
                "step_refused")
        refused(r.province.tool("tree", "step-down", "--to", own, "--on", day(0), "--out",
                                tree.dir / "x.pem"), "own card")
        rubbish = tree.dir / "rubbish.pem"
        rubbish.write_bytes(b"\x00\xff" * 900)
        refused(r.nation.tool("tree", "admit", rubbish), "damaged")
        refused(r.nation.tool("tree", "admit", r.card), "a card")
        wrong = r.province.tool("tree", "step-down", "--to", r.card, "--on", day(-3), "--out",
                                tree.dir / "x.pem")
        check(wrong.code == 65 and wrong.error["code"] == "invalid", f"{wrong}")
        done = r.province.tool("tree", "step-down", "--to", r.card, "--on", day(2), "--out",
                               r.paper)
        check(done.code == 0, f"{done}")
        early = r.nation.tool("tree", "admit", r.paper, "--dry-run")
        check(early.code == 1 and early.json["left"][0]["code"] == "region_early", f"{early}")
        refused(r.nation.tool("tree", "admit", r.paper), "has not come")
        refused(third.tool("tree", "admit", r.paper), "another root")
        refused(r.province.tool("tree", "step-down", "--to", r.paper, "--on", day(0), "--out",
                                tree.dir / "y.pem"), "not a card")
        again = r.province.tool("tree", "step-down", "--to", their, "--on", day(0), "--out",
                                tree.dir / "y.pem")
        refused(again, "Trung ương", "root_stepped_down")
        # One byte of what was signed is another: somebody else's day, somebody else's name.
        lines = r.paper.read_text().splitlines()
        begin = next(i for i, line in enumerate(lines) if line.startswith("-----BEGIN"))
        body = bytearray(base64.b64decode("".join(lines[begin + 1:-1])))
        forged = body.replace(day(2).encode(), day(0).encode())
        check(forged != body, "the day is not in it")
        rows = base64.b64encode(bytes(forged)).decode()
        paper = tree.dir / "forged.pem"
        paper.write_text("\n".join([lines[begin], *(rows[i:i + 64] for i in
                                                    range(0, len(rows), 64)), lines[-1]]) + "\n")
        plant = os.environ.get("LIENTHONG_PLANT")
        print("  honest: what was not signed for it was refused", flush=True)
        refused(run_tool("tree", "admit", paper, dir=r.nation.dir,
                         env={"LIENTHONG_TOOL_PLANT": plant} if plant else None), "signature")
        check(parent_of(r.province) is None and superiors(r.near) == [r.province.office],
              "something was taken")


def old_root_is_over():
    """The old root's daemon is a hostile one: it goes on writing the tree."""
    with Tree() as tree:
        r = Roots(tree)
        check(r.step_down("--out", r.paper).code == 0, "stepped down")
        check(r.nation.tool("tree", "admit", r.paper).code == 0, "admitted")
        r.joined(r.province, r.near, r.far)
        print("  honest: the province is below the nation", flush=True)
        r.province.stop()
        r.province.start(env={"LIENTHONG_PLANT": "old_root_writes"})
        late = r.province.ok("tree", "rename", r.near.office, "--name", "Xã Chiếm Đoạt")["event"]
        for node in (r.near, r.nation, r.other):
            wait_until(lambda: any(e["event"] == late for e in node.events()),
                       lambda: f"the word at {node.name}: {node.notes()[-1500:]}", SYNC_S)
            event = next(e for e in node.events() if e["event"] == late)
            check(event["effect"] == "rejected", f"{node.name}: {event}")
            check(not any(o["name"] == "Xã Chiếm Đoạt"
                          for o in node.ok("tree", "list")["items"]), f"{node.name} believes it")


if __name__ == "__main__":
    harness.main({"joins_while_writing": joins_while_writing, "bad_files": bad_files,
                  "old_root_is_over": old_root_is_over})

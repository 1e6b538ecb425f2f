"""The keys of an office that went into another root's tree: its new parent binds its key, its
certificate leads to the new root, those below it follow, and nobody does anything for it; what
either root signed before stays provable at both. Without a line between the roots, by stick."""
import os
import shutil
import signal

import harness
from courier import carry
from harness import Tree, check, wait_until
from keylife import certificate, later
from keys import applied, rotate
from region import CASE, SYNC_S, superiors
from release import Provinces, ids_at
from reorganise import link_up


def root_of(node):
    return certificate(node)["root"]


def certified(root, *nodes):
    for node in nodes:
        wait_until(lambda: root_of(node) == root.office and certificate(node)["state"] == "valid",
                   lambda: f"{node.name}: {certificate(node)}\n{node.notes()[-1500:]}", 240)


def verified_offline(*nodes):
    for node in nodes:
        node.stop()
    for node in nodes:
        found = node.tool("verify", "--offline", timeout=60)
        check(found.code == 0 and found.json["ok"] and not found.json["bad"],
              f"{node.name}: {found}")
    for node in nodes:
        node.start()


def identity(node, name):
    return (node.dir / "identity" / name).read_bytes()


def certified_by_the_new_root():
    later(0)
    with Tree() as tree:
        p = Provinces(tree)
        pinned = {n.name: identity(n, "root.crt") for n in p.all}
        keys = {n.name: identity(n, "node.key") for n in p.all}
        past = p.near.ok(*CASE)["event"]
        wait_until(lambda: past in ids_at(p.old), "a case of before", SYNC_S)
        early = p.moved.ok("token", "--name", "Xã Cũ Mới", "--kind", "commune")
        check(p.release("--out", p.paper).code == 0, "released")
        for node in (p.moved, p.near, p.away):
            check(root_of(node) == p.old.office, "it left before it was admitted")
        check(p.admit().code == 0, "admitted")
        p.moved_to_new(p.moved, p.near, p.away)
        print("  honest: the district is below the other province", flush=True)
        # Nobody does anything for it; and the others stay with theirs.
        certified(p.new, p.moved, p.near, p.away, p.host, p.new)
        certified(p.old, p.old, p.stays)
        for node in p.all:
            check(identity(node, "root.crt") == pinned[node.name] and
                  identity(node, "node.key") == keys[node.name], f"{node.name}: another key")
        bound = [e["event"] for e in p.host.events()
                 if e["type"] == "KEY_BOUND" and e["origin"] == p.host.office]
        check(len(bound) == 1, f"bound below the new parent: {bound}")
        verified_offline(*p.all)
        # The token that was given out before leads to the former root: it has expired.
        stale = harness.run_tool("join", early["token"], dir=tree.dir / "stale", timeout=60)
        check(stale.code != 0 and stale.error["code"] == "token_expired", f"{stale}")
        # A later key, and a new office below it.
        wait_until(lambda: link_up(p.moved, p.host.office), "the link", SYNC_S)
        for node, parent in ((p.moved, p.host), (p.near, p.moved), (p.moved, p.host)):
            rotate(node, parent)
            check(root_of(node) == p.new.office, f"{node.name}: {certificate(node)}")
            wait_until(lambda: link_up(node, parent.office), "its link", SYNC_S)
        fresh = tree.child(p.moved, "Xã Mới Lập", "commune", key="c")
        check(root_of(fresh) == p.new.office, f"{certificate(fresh)}")
        # A start, and more than a year later: certificates renew below the new root.
        nodes = (*p.all, fresh)
        until = {n.name: certificate(n)["until"] for n in nodes}
        for node in nodes:
            node.stop()
        for node in nodes:
            node.start(env=later(500))
        for node in nodes:
            wait_until(lambda: certificate(node)["state"] == "valid" and
                       certificate(node)["until"] > until[node.name],
                       lambda: f"{node.name}: {certificate(node)}\n{node.notes()[-1500:]}", 120)
        certified(p.new, p.moved, p.near, p.away, p.host, p.new, fresh)
        # Its desks go on, and what they wrote before counts at the new root.
        cases = [n.ok(*CASE)["event"] for n in (p.near, p.away, p.moved, fresh)]
        wait_until(lambda: applied(p.new, [past, *cases]), "cases at the new root", SYNC_S)
        check(not set(cases) & ids_at(p.old), "its former superiors get more of it")
        for node in nodes:
            for alarm in ("bad_signature", "key_not_bound", "key_unconfirmed", "second_key",
                          "certificate_ends", "certificate_ended", "branches"):
                check(alarm not in node.alarms(), f"{node.name}: {node.alarms()}")
        verified_offline(*nodes)


def killed_between_two_files():
    """Its new certificate is in place, what binds its key below the new root is not."""
    with Tree() as tree:
        p = Provinces(tree)
        p.moved.stop()
        p.moved.start(env={"LIENTHONG_FAILPOINT": "renewed:kill"})
        check(p.release("--out", p.paper).code == 0, "released")
        print("  honest: the district was released", flush=True)
        check(p.admit().code == 0, "admitted")
        code = p.moved.wait_end(SYNC_S)
        check(code == -signal.SIGKILL, f"it ended with {code}")
        check((p.moved.dir / "identity" / "bindings.pb.new").exists(), "what was to follow it")
        p.moved.start()
        certified(p.new, p.moved, p.near, p.away)
        case = p.near.ok(*CASE)["event"]
        wait_until(lambda: applied(p.new, [case]), "a case", SYNC_S)
        fresh = tree.child(p.moved, "Xã Mới Lập", "commune", key="c")
        check(root_of(fresh) == p.new.office, f"{certificate(fresh)}")


def restored_and_lost():
    """Its disk is put back to the day before it moved; one below it is lost."""
    with Tree() as tree:
        p = Provinces(tree)
        p.moved.stop()
        copy = tree.dir / "copy"
        shutil.copytree(p.moved.dir, copy)
        p.moved.start()
        past = p.moved.ok(*CASE)["event"]
        wait_until(lambda: past in ids_at(p.old), "a case of before", SYNC_S)
        check(p.release("--out", p.paper).code == 0, "released")
        done = p.new.tool("tree", "admit", p.paper, "--under", p.new.office)
        check(done.code == 0, f"{done}")
        p.moved_to_new(p.moved, p.near, p.away)
        certified(p.new, p.moved, p.near, p.away)
        after = p.moved.ok(*CASE)["event"]
        wait_until(lambda: after in ids_at(p.new), "a case afterwards", SYNC_S)
        p.moved.stop()
        shutil.rmtree(p.moved.dir)
        shutil.copytree(copy, p.moved.dir)
        p.moved.start()
        check(root_of(p.moved) == p.old.office, "the folder of that day")
        p.moved_to_new(p.moved)
        certified(p.new, p.moved)
        wait_until(lambda: {past, after} <= ids_at(p.moved), "its own words", SYNC_S)
        print("  a disk of the day before: certified again", flush=True)

        # A new machine below it leads to the new root alone.
        past = p.near.ok(*CASE)["event"]
        wait_until(lambda: applied(p.new, [past]), "a case by the first key", SYNC_S)
        p.near.stop()
        join_again(p.near, p.moved, tree.dir)
        p.near.start()
        p.new.wait_alarm("key_unconfirmed")
        p.new.ok("key", "confirm", p.near.office, "--key", p.near.status()["key"]["short"])
        check(root_of(p.near) == p.new.office, f"{certificate(p.near)}")
        wait_until(lambda: past in ids_at(p.near), "its own words", SYNC_S)
        case = p.near.ok(*CASE)["event"]
        wait_until(lambda: applied(p.new, [past, after, case]), "what it wrote with both keys",
                   SYNC_S)
        verified_offline(p.moved, p.near, p.new)


def join_again(node, parent, folder):
    """A new machine in its place."""
    shutil.copytree(node.dir / "conf.d", folder / "conf.d", dirs_exist_ok=True)
    shutil.rmtree(node.dir)
    token = parent.ok("token", "--name", node.name, "--kind", "commune", "--again")
    check(token["office"] == node.office, f"{token}")
    done = harness.run_tool("join", token["token"], "--listen", "127.0.0.1:0", "--enrol-listen",
                            "127.0.0.1:0", dir=node.dir, timeout=90)
    check(done.code == 0, f"{done}")
    shutil.copytree(folder / "conf.d", node.dir / "conf.d", dirs_exist_ok=True)


def by_stick():
    """There is no line between the two roots: words and what was left behind go by stick."""
    with Tree() as tree:
        p = Provinces(tree)
        p.new.stop()  # where nobody comes to, but those whom it has enrolled
        file = p.new.dir / "conf.d" / "60-hidden.conf"
        file.write_text('advertise_links = {"127.0.0.1:9"}\nadvertise_enrol = {"127.0.0.1:9"}\n')
        os.chmod(file, 0o640)
        p.new.start()
        p.card.unlink()
        wait_until(lambda: "OFFICE_CHANGED" in {e["type"] for e in p.new.events()}, "its address")
        check(p.new.tool("tree", "card", p.card).code == 0, "its card")
        refused = p.old.tool("courier", "export", "--to", p.stays.office, "--out",
                             tree.dir / "x.ltc")
        check(refused.code == 0, f"the control: {refused}")
        check(p.release("--out", p.paper).code == 0, "released")
        order = p.old.ok("directive", "issue", "--to", p.near.office, "--doc-no", "7/UBND",
                         "--text", "Trước khi chuyển")["event"]
        check(p.admit().code == 0, "admitted")
        wait_until(lambda: order in ids_at(p.near), "the order", SYNC_S)
        check(superiors(p.moved) == [p.old.office], "it heard of it without a line")
        print("  honest: it was admitted, and has not heard of it", flush=True)
        # The new root's words, to the former one, which tells those that it has still; then what
        # lies there, with the keys of those that came.
        sums = carry(tree, p.new, p.old)
        check(sums["taken_events"] > 0 and sums["waiting"] == 0, f"{sums}")
        p.moved_to_new(p.moved, p.near, p.away)
        check(superiors(p.stays) == [p.old.office], "who stays")
        sums = carry(tree, p.old, p.new)
        check(sums["taken_events"] > 0 and sums["waiting"] == 0 and sums["refused"] == 0, f"{sums}")
        certified(p.new, p.moved, p.near, p.away)
        case = p.near.ok(*CASE)["event"]
        wait_until(lambda: applied(p.new, [order, case]), "both at the new root", SYNC_S)
        check(case not in ids_at(p.old), "its former superior gets more of it")
        stranger = p.stays.tool("courier", "export", "--to", p.new.office, "--out",
                                tree.dir / "y.ltc")
        check(stranger.code != 0, f"{stranger}")
        verified_offline(p.old, p.new, p.moved)


if __name__ == "__main__":
    harness.main({"certified_by_the_new_root": certified_by_the_new_root,
                  "killed_between_two_files": killed_between_two_files,
                  "restored_and_lost": restored_and_lost, "by_stick": by_stick})

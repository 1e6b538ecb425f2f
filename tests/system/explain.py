"""`explain` says what does not move, since when, why, and what to do.

Real daemons: a link is cut, a relay hangs, a disk is full or hangs, a token is
not used, a key is not known; and all of it comes back.
"""
import os
import shutil
import signal
import time

import harness
from alone import put_alone
from bad_place import Disk, small, write_until_refused
from harness import Tree, check, request_id, wait_until

PRELOAD = harness.BIN.parent / "lib" / "lt-disk.so"
FIELDS = {"subject", "moving", "code", "since", "text", "tried", "next_at", "remedy"}


def explain(node, what):
    """The answer, checked for its form in both languages."""
    answer = node.ok("explain", what, timeout=10)
    check(FIELDS <= set(answer), f"fields: {sorted(answer)}")
    check(answer["moving"] in (True, False, None), str(answer["moving"]))
    for one in answer["tried"]:
        check({"at", "what", "result"} <= set(one), f"tried: {one}")
    other = node.tool("--lang", "vi", "explain", what, timeout=10).json
    for said in (answer, other):
        check(len(said["text"]) > 15 and len(said["remedy"]) > 10, str(said))
        check(not any(c in said["text"] + said["remedy"] for c in "{}[]"), str(said))
    check(answer["text"] != other["text"] and answer["remedy"] != other["remedy"],
          "both languages say the same words")
    screen = node.tool("explain", what, json_out=False)
    check(screen.code == 0 and answer["code"] in screen.out, repr(screen))
    return answer


def until(node, what, codes, patience_s=20):
    """Wait for one of the codes; they are looked at in passing."""
    last = []

    def there():
        last[:] = [node.tool("explain", what, timeout=10)]
        return last[0].code == 0 and last[0].json["code"] in codes
    wait_until(there, lambda: f"{codes} about {what} at {node.name}, got {last}", patience_s)
    return explain(node, what)


def results(answer):
    return [t["result"] for t in answer["tried"]]


def opened(node):
    return node.ok("case", "open", "--type", "complaint", "--field", "land", "--text", "Đơn")


def three(tree, env=None):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Tân Biên", "district", key="d", env=env)
    commune = tree.child(district, "Xã Tân Bình", "commune", key="c")
    return province, district, commune


def arrived(node, case):
    wait_until(lambda: case["id"] in {i["id"] for i in node.items("case")},
               f"the case at {node.name}")


def cut_and_back():
    with Tree() as tree:
        province, district, commune = three(tree)
        first = opened(commune)
        arrived(province, first)
        for node in (commune, district, province):
            for what in (first["id"], first["receipt_code"], commune.office, "Huyện Tân Biên"):
                answer = until(node, what, ("moving",))
                check(answer["moving"] is True, str(answer))
        said = wait_until(lambda: explain(province, "Xã Tân Bình")["statement"], "its statement")
        check(said["id"] > 0 and said["heard_at"], str(said))
        wait_until(lambda: explain(province, "Xã Tân Bình")["statement"]["missing_events"] == 0,
                   lambda: f"nothing is missing: {explain(province, 'Xã Tân Bình')}")
        wait_until(lambda: [r["reached"] for r in explain(commune, first["id"])["reached"]]
                   == [True, True], lambda: str(explain(commune, first["id"])))
        wait_until(lambda: all(r["word_of"] for r in explain(commune, first["id"])["reached"]),
                   "the word of both superiors")
        order = province.ok("directive", "issue", "--to", "Xã Tân Bình", "--doc-no", "12/CV",
                            "--text", "Báo cáo")
        until(province, order["id"], ("moving",))
        print("  honest: everything moves and is told so", flush=True)

        district.stop()
        down = time.time()
        second = opened(commune)
        late = province.ok("directive", "issue", "--to", "Xã Tân Bình", "--doc-no", "13/CV",
                           "--text", "Báo cáo")
        # The commune dials: it knows what came of it, and when it tries again.
        for what in (second["id"], "Huyện Tân Biên", commune.office):
            answer = until(commune, what, ("link_refused",))
            check(answer["moving"] is False, str(answer))
            check("refused" in results(answer) and "lost" in results(answer), str(answer["tried"]))
            check(answer["next_at"] is not None and answer["since"] is not None, str(answer))
            check("Huyện Tân Biên" in answer["text"] and "Huyện Tân Biên" in answer["remedy"],
                  str(answer))
        check("waiting to be sent: " in answer["text"], f"what waits is not counted: {answer['text']}")
        reached = explain(commune, second["id"])["reached"]
        check([r["reached"] for r in reached] == [False, False], str(reached))
        # The one that arrived before still is where it was.
        answer = until(commune, first["id"], ("moving",))
        # The province waits for calls; what lies behind hangs on the same link.
        answer = until(province, "Huyện Tân Biên", ("child_silent",))
        check(answer["next_at"] is None and "lost" in results(answer), str(answer))
        for what in (first["id"], "Xã Tân Bình", late["id"]):
            answer = until(province, what, ("way_down",))
            check(answer["where"] == district.office, f"hangs on {answer['where']}")
        check(answer["to"][0]["reached"] is False and answer["to"][0]["code"] == "way_down",
              str(answer["to"]))
        # One that never came is not here, and who has it is told.
        answer = explain(province, second["id"])
        check(answer["code"] == "not_arrived" and answer["moving"] is False, str(answer))
        check("Huyện Tân Biên" in answer["text"], str(answer))
        # The unknown is 65.
        for what in ("Xã Lạ", request_id()[:8] + ":" + "0" * 8 + ":1"):
            result = province.tool("explain", what)
            check(result.code == 65 and result.error["code"] == "not_found", repr(result))

        district.start()
        arrived(province, second)
        for node, what in ((commune, second["id"]), (commune, commune.office),
                           (province, "Xã Tân Bình"), (province, late["id"]),
                           (province, second["id"])):
            answer = until(node, what, ("moving",))
            check(answer["moving"] is True, str(answer))
        print(f"  back after {time.time() - down:.1f} s", flush=True)


def hanging_relay():
    """The machine is there and says nothing: stalled, then dialled in vain."""
    with Tree() as tree:
        province, district, commune = three(tree)
        arrived(province, opened(commune))
        os.kill(district.pid(), signal.SIGSTOP)
        try:
            case = opened(commune)
            answer = until(commune, case["id"], ("link_stalled",), 40)
            check(answer["moving"] is False and "Huyện Tân Biên" in answer["text"], str(answer))
            answer = until(commune, "Huyện Tân Biên", ("link_handshake_slow",), 60)
            check("no_progress" in results(answer), str(answer["tried"]))
        finally:
            os.kill(district.pid(), signal.SIGCONT)
        arrived(province, case)
        until(commune, case["id"], ("moving",))
        until(commune, "Huyện Tân Biên", ("moving",))


def never_joined():
    with Tree() as tree:
        province, district, _ = three(tree)
        district.ok("token", "--name", "Xã Mới", "--kind", "commune")
        answer = until(district, "Xã Mới", ("not_enrolled",))
        check(answer["moving"] is False and "lienthong join" in answer["remedy"], str(answer))
        wait_until(lambda: province.tool("explain", "Xã Mới").code == 0, "the office in the tree")
        answer = until(province, "Xã Mới", ("not_enrolled_here",))
        check("Huyện Tân Biên" in answer["remedy"], str(answer))
        # By its short time, or on the first look at what was printed again.
        district.ok("token", "--name", "Xã Vội", "--kind", "commune", "--valid", "1s")
        until(district, "Xã Vội", ("token_expired",))
        joined = tree.child(district, "Xã Mới", "commune", key="m")
        until(district, "Xã Mới", ("moving",))
        until(joined, "Xã Mới", ("moving",))


def no_network():
    """The commune's cable is out: it says so, and blames nobody else."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        commune = tree.child(province, "Xã Tân Bình", "commune", key="c")
        until(commune, "Tỉnh Tây Ninh", ("moving",))  # it has the tree, so the name
        commune.stop()
        put_alone(tree, commune)  # and a parent elsewhere
        drop = commune.dir / "conf.d" / "80-parent.conf"
        drop.write_text('superior_addresses = {"192.0.2.7:7441"}\n')
        os.chmod(drop, 0o640)
        commune.start()
        answer = until(commune, "Tỉnh Tây Ninh", ("link_no_route",))
        check("192.0.2.7:7441" in answer["text"], str(answer))
        commune.stop()


def unknown_key():
    """The district comes back from before the commune joined: it does not know
    the commune's key, and cannot learn it while the province is away."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Tân Biên", "district", key="d")
        district.ok("token", "--name", "Xã Tân Bình", "--kind", "commune")
        district.stop()
        shutil.copytree(district.dir, tree.dir / "before", symlinks=True)
        district.start()
        commune = tree.child(district, "Xã Tân Bình", "commune", key="c")
        until(commune, "Huyện Tân Biên", ("moving",))
        province.stop()
        district.stop()
        shutil.move(district.dir, tree.dir / "after")
        shutil.move(tree.dir / "before", district.dir)
        district.start()
        answer = until(commune, "Huyện Tân Biên", ("link_key_unknown",), 40)
        check("handshake_ended" in results(answer) or "key_unknown" in results(answer),
              str(answer["tried"]))
        alarm = commune.wait_alarm("key_not_bound")
        check(alarm["explain"] == district.office, str(alarm))
        screen = commune.tool("status", json_out=False).out
        check('lienthong explain "Huyện Tân Biên"' in screen, screen)
        # The province has what the district lost.
        province.start()
        until(commune, "Huyện Tân Biên", ("moving",), 60)


def full_disk():
    with Tree() as tree:
        province, district, _ = three(tree)
        with Disk(tree, "disk") as disk:
            node = tree.child(district, "Xã Đầy Đĩa", "commune", key="disk/node", start=False)
            small(node)
            node.start()
            until(node, "Xã Đầy Đĩa", ("moving",))
            write_until_refused(node, disk, [])
            answer = until(node, "Xã Đầy Đĩa", ("intake_refused",))
            check(answer["moving"] is False and "disk" in answer["text"], str(answer))
            disk.free()
            until(node, "Xã Đầy Đĩa", ("moving",), 30)
            node.stop()


def hung_disk():
    """The loop waits for its disk: explain answers from what it published."""
    with Tree() as tree:
        control = tree.dir / "district.disk"
        control.write_text("")
        province, district, commune = three(
            tree, env={"LD_PRELOAD": str(PRELOAD), "LT_DISK_CONTROL": str(control)})
        case = opened(commune)
        arrived(district, case)
        control.write_text("hold 60000")
        opened(commune)
        began = time.monotonic()
        answer = until(district, "Huyện Tân Biên", ("not_turning",), 30)
        check(answer["moving"] is False, str(answer))
        asked = time.monotonic()
        answer = explain(district, case["id"])
        check(answer["code"] == "not_turning", str(answer))
        check(time.monotonic() - asked < 2, "explain waited for the loop")
        print(f"  told after {time.monotonic() - began:.1f} s", flush=True)
        control.write_text("")
        district.kill()
        district.start()
        until(district, "Huyện Tân Biên", ("moving",))


TESTS = {f.__name__: f for f in (
    cut_and_back, hanging_relay, never_joined, no_network, unknown_key, full_disk, hung_disk)}

if __name__ == "__main__":
    harness.main(TESTS)

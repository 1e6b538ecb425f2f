"""The life of an office's identity key: a later one signed by the present one, at a commune,
a relay and the root; what earlier ones signed stays; a lost one is replaced on the
keeper's word alone."""
import contextlib
import shutil
import sqlite3
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
        shutil.copytree(commune.dir / "conf.d", folder / "conf.d", dirs_exist_ok=True)
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


def alarm_of(node):
    return next(a for a in node.status()["alarms"] if a["code"] == "key_unconfirmed")


def compared_on_two_screens(office, others):
    """The same beginning of the key on the new machine's screen and on those above, in both
    languages, with the command that the keeper types next."""
    key = office.status()["key"]
    check(key["id"].startswith(key["short"].replace("-", "")) and not key["confirmed"], f"{key}")
    command = f'lienthong key confirm \\"{office.name}\\" --key {key["short"]}'  # in JSON
    for node in (office, *others):
        for lang in ("vi", "en"):
            screens = [harness.run_tool("--lang", lang, "--json", "status", dir=node.dir,
                                        json_out=False).out]
            if node is not office:
                screens.append(harness.run_tool("--lang", lang, "--json", "explain", office.office,
                                                dir=node.dir, json_out=False).out)
            for screen in screens:
                check(command in screen, f"{node.name}, {lang}: {screen}")
                check("?" not in screen.split(command)[0].rsplit('"text"', 1)[-1], screen)
    for lang, waits in (("vi", "chờ nơi lưu bản gốc xác nhận"), ("en", "waits for the keeper")):
        screen = harness.run_tool("--lang", lang, "status", dir=office.dir, json_out=False).out
        check(any(key["short"] in l and waits in l for l in screen.splitlines()), screen)
    keeper = office.status()["office"]["keeper"]
    keeper = next(n.name for n in others if n.office == keeper)
    check(keeper in alarm_of(office)["remedy"], f"whom to tell: {alarm_of(office)}")
    revoke = f'lienthong revoke "{office.name}" --key {key["short"]}'
    check(revoke in alarm_of(others[0])["remedy"], f"{alarm_of(others[0])}")
    check(revoke not in alarm_of(office)["remedy"], f"{alarm_of(office)}")


def no_key_on_top_of_one_that_waits(commune, district):
    """It is said what to do first, and nothing is begun."""
    waiting = commune.status()["key"]["id"]
    commune.stop()
    for lang, what in (("vi", "còn chờ nơi lưu bản gốc xác nhận"), ("en", "confirm it first")):
        refused = harness.run_tool("--lang", lang, "key", "rotate", "--address",
                                   enrol_of(district).removeprefix("tcp://"), dir=commune.dir,
                                   json_out=False, timeout=60)
        check(refused.code == 77 and what in refused.err, f"{refused}")
    refused = commune.tool("key", "rotate", "--address", enrol_of(district).removeprefix("tcp://"))
    check("key_waits" in refused.err, f"{refused}")
    check(not (commune.dir / "rotating").exists(), "a change of keys is begun")
    commune.start()
    check(commune.status()["key"]["id"] == waiting, "another key")
    check("key_change_begun" not in commune.alarms(), commune.alarms())


def lost_and_confirmed():
    with Tree() as tree:
        line = Line(tree)
        commune, district, province = line.commune, line.district, line.province
        case = commune.ok(*CASE, "--text", "Đơn về đất")["event"]
        wait_until(lambda: applied(province, [case]), "the case")
        check(province.tool("key", "confirm", commune.office).code == 65, "nothing waits")
        print("  honest: a case by the first key went up", flush=True)
        first = commune.status()["key"]["short"]
        check(commune.status()["key"]["confirmed"], f"{commune.status()['key']}")
        commune.stop()
        join_again(commune, district, tree.dir)
        commune.start()
        for node in (district, province):
            node.wait_alarm("key_unconfirmed")
        check(commune.status()["key"]["short"] != first, "the same key")
        # It is served, gets its own words back and can go on, but for what ends a case.
        wait_until(lambda: role(district, commune.office) == "child", "the link", 70)
        wait_until(lambda: applied(commune, [case]), "its own words to come back", 60)
        commune.wait_alarm("key_unconfirmed")
        late = commune.ok(*CASE, "--text", "Đơn khác")["event"]
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
        for entry in (case, late):
            refused = commune.tool("erase", entry, "--reason", "ghi nhầm")
            check(refused.code == 77 and "key confirm" in refused.err, f"{refused}")
        closed = commune.ok("case", "close", late, "--reason", "withdrawn")["event"]
        wait_until(lambda: stands(province, closed, "applied", None, True), "its own case")
        compared_on_two_screens(commune, (district, province))
        check(district.tool("key", "confirm", commune.office).code == 77, "not its keeper")
        no_key_on_top_of_one_that_waits(commune, district)
        for node in (district, province, commune):
            node.kill()
            node.start()
        # It knows by itself that its own key waits, before anybody tells it again.
        refused = commune.tool("case", "close", case, "--reason", "withdrawn")
        check(refused.code == 77, f"after a start: {refused}")
        commune.wait_alarm("key_unconfirmed")
        wait_until(lambda: stands(province, late, "applied", None, True), "the mark after a start")
        # The key that was compared, and no other: neither the lost one nor a beginning that is
        # too short to be compared by.
        short = commune.status()["key"]["short"]
        for wrong in (first, short[:-1], short[:9]):
            refused = province.tool("key", "confirm", commune.office, "--key", wrong)
            check(refused.code == 65, f"{wrong}: {refused}")
        refused = province.tool("key", "confirm", commune.office, "--key", first)
        check(short in refused.err, f"which one waits is not told: {refused}")
        province.ok("key", "confirm", commune.office, "--key", short)
        for node in (district, province, commune):
            node.wait_no_alarm("key_unconfirmed")
        check(commune.status()["key"]["confirmed"], f"{commune.status()['key']}")
        wait_until(lambda: stands(province, late, "applied", None, False) and
                   not marked(province, late), "the mark to go", 60)
        wait_until(lambda: role(district, commune.office) == "child", "the link", 70)
        decided = commune.ok("case", "step", case, "decision_issued", "--doc-no", "1/QĐ")["event"]
        wait_until(lambda: applied(province, [decided]), "a decision once it is confirmed", 60)
        for node in (district, province):
            node.kill()
            node.start()
        # Nothing waits: by its name it may be said once more, for those who lost the word.
        check(province.tool("key", "confirm", commune.office).code == 65, "nothing waits")
        check(province.tool("key", "confirm", commune.office, "--key", "0000-0000").code == 65,
              "no such key")
        province.ok("key", "confirm", commune.office, "--key", short)
        more = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case, late, more]), "the same after starts", 60)
        for node in (commune, district, province):
            check(node.ok("verify", timeout=60)["ok"], f"{node.name}: verify")


def text_at(node, case):
    """(state, text, whether its erasing is known of) of the case's first text there."""
    result = node.tool("case", "show", case)
    texts = result.json["texts"] if result.code == 0 else []
    return (texts[0]["state"], texts[0]["text"], texts[0]["erasure"] is not None) if texts else None


def everywhere(nodes, case, *wanted):
    for node in nodes:
        wait_until(lambda n=node: text_at(n, case) == wanted,
                   lambda n=node: f"{wanted} at {n.name}: {text_at(n, case)}", 60)


def erased_parts(nodes):
    found = {node.name: node.ok("verify", timeout=60)["erased_parts"] for node in nodes}
    return [found[node.name] for node in nodes]


def erasing_by_a_new_key():
    """What a key that nobody has confirmed orders to be erased stays, at every office and
    in every log, whoever agrees: until the keeper confirms the key, or for ever."""
    with Tree() as tree:
        line = Line(tree)
        commune, district, province = nodes = (line.commune, line.district, line.province)
        words = "Đơn về đất, đề nghị xem lại"
        kept, gone = (commune.ok(*CASE, "--text", words)["event"] for _ in range(2))
        for case in (kept, gone):
            everywhere(nodes, case, "here", words, False)

        def with_new_key():
            """Its machine is lost, a new one joins whose desk does not ask whether its key
            counts; it has its own words back."""
            commune.stop()
            join_again(commune, district, tree.dir)
            commune.start(env={"LIENTHONG_PLANT": "write_unconfirmed"})
            for node in (district, province):
                node.wait_alarm("key_unconfirmed")
            wait_until(lambda: text_at(commune, kept) == ("here", words, False),
                       "its own words to come back", 90)

        def order(case):
            event = commune.ok("erase", case, "--reason", "ghi nhầm")["event"]
            for node in (district, province):
                wait_until(lambda n=node: stands(n, event, "waiting", "key_unconfirmed", True),
                           lambda n=node: f"{n.name}: {line_at(n, event)}", 60)
            refused = province.tool("erase", case, "--reason", "đồng ý")
            check(refused.code == 65, f"nothing was ordered that counts: {refused}")
            return event

        def stays(case):
            everywhere((district, province), case, "here", words, False)
            for node in (district, province):
                node.kill()
                node.start()
            everywhere((district, province), case, "here", words, False)

        with_new_key()
        print("  honest: three hold two texts, one of them has a new key", flush=True)
        event = order(gone)
        stays(gone)
        check(erased_parts((district, province)) == [0, 0], f"erased: {erased_parts(nodes)}")
        # Confirmed, the order is one like any other.
        wait_until(lambda: province.tool("key", "confirm", commune.office).code == 0,
                   "the binding at the keeper")
        everywhere((commune,), gone, "erased", None, True)
        everywhere((district, province), gone, "held", None, True)
        for node in nodes:
            wait_until(lambda n=node: applied(n, [event]), f"the order at {node.name}", 60)
        province.ok("erase", gone, "--reason", "đồng ý")
        everywhere(nodes, gone, "erased", None, True)
        wait_until(lambda: erased_parts(nodes) == [1, 1, 1], "all logs to be without it", 60)

        # Refused by who writes the tree: never.
        with_new_key()
        event = order(kept)
        with contextlib.closing(sqlite3.connect(province.dir / "view.db")) as db:
            waiting = [key.hex() for key, in db.execute("SELECT signer FROM unconfirmed")]
        check(len(waiting) == 1, f"{waiting}")
        province.ok("revoke", commune.office, "--key", waiting[0])
        for node in (district, province):
            wait_until(lambda n=node: line_at(n, event)["reason"] in ("revoked", "key_unconfirmed")
                       and "key_unconfirmed" not in n.alarms(), f"the word at {node.name}", 60)
            node.kill()
            node.start()
        everywhere((district, province), kept, "here", words, False)
        check(erased_parts((district, province)) == [1, 1], f"{erased_parts(nodes)}")


def receipt_by_a_new_key():
    """That a text is erased at an office is not done because a key says so that nobody has
    confirmed: the old disk may be in other hands."""
    with Tree() as tree:
        line = Line(tree)
        commune, district, province = nodes = (line.commune, line.district, line.province)
        directive = province.ok("directive", "issue", "--to", commune.office, "--doc-no", "9/CT",
                                "--text", "Kiểm tra việc ở thôn 3")["event"]

        def shown(node):
            result = node.tool("directive", "show", directive)
            return result.json["texts"][0] if result.code == 0 else None

        def standing():
            erasure = (shown(province) or {}).get("erasure")
            return erasure and (sorted(r["office"] for r in erasure["receipts"]),
                                erasure["waiting"])
        for node in nodes:
            wait_until(lambda n=node: (shown(n) or {}).get("state") == "here", f"at {node.name}")
        commune.stop()
        join_again(commune, district, tree.dir)
        commune.start()
        wait_until(lambda: (shown(commune) or {}).get("state") == "here", "it to come back", 90)
        commune.wait_alarm("key_unconfirmed")
        print("  honest: all hold a text, one of them has a new key", flush=True)
        province.ok("erase", directive, "--reason", "nhầm văn bản")

        def receipt():
            return next((e for e in province.events() if e["type"] == "ERASURE_RECEIPT" and
                         e["origin"] == commune.office), {})
        wait_until(lambda: (receipt().get("effect"), receipt().get("reason")) ==
                   ("waiting", "key_unconfirmed"), lambda: f"its receipt to wait: {receipt()}", 60)
        wait_until(lambda: standing() == ([district.office], [commune.office]),
                   lambda: f"one to owe: {standing()}")
        province.kill()
        province.start()
        wait_until(lambda: standing() == ([district.office], [commune.office]),
                   lambda: f"the same after a start: {standing()}")
        province.ok("key", "confirm", commune.office)
        wait_until(lambda: standing() == (sorted([district.office, commune.office]), []),
                   lambda: f"nobody to owe: {standing()}", 60)
        check(receipt()["effect"] == "applied", f"{receipt()}")


if __name__ == "__main__":
    harness.main({"rotated_at_each_tier": rotated_at_each_tier,
                  "lost_and_confirmed": lost_and_confirmed,
                  "erasing_by_a_new_key": erasing_by_a_new_key,
                  "receipt_by_a_new_key": receipt_by_a_new_key})

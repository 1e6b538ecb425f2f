"""Directives: to everybody below at once, asked back, and as plans."""
import harness
from harness import Tree, check, wait_until


def four(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d")
    first = tree.child(district, "Xã Một", "commune", key="c1")
    second = tree.child(district, "Xã Hai", "commune", key="c2")
    print("  honest: the tree stands", flush=True)
    return province, district, first, second


def issue(node, *args):
    return node.ok("directive", "issue", "--doc-no", "12/CT-UBND", "--text", "Tiếp công dân",
                   *args)["event"]


def shown(node, directive):
    return node.ok("directive", "show", directive)


def target(node, directive, office):
    found = node.tool("directive", "show", directive)
    return next((t for t in found.json["to"] if t["office"] == office), None) \
        if found.code == 0 else None


def to_all_below():
    with Tree() as tree:
        province, district, first, second = four(tree)
        second.stop()
        for bad in (["--to", district.office, "--all-below"], []):
            result = province.tool("directive", "issue", "--doc-no", "1", "--text", "x", *bad)
            check(result.code == 64, f"{bad}: {result}")
        result = first.tool("directive", "issue", "--doc-no", "1", "--text", "x", "--all-below")
        check(result.code == 65, f"nobody is below: {result}")
        event = issue(province, "--all-below")
        check(len(province.items("directive")) == 1, "one row")
        check({t["office"] for t in shown(province, event)["to"]} ==
              {district.office, first.office, second.office}, "all below")
        for node in (district, first):
            wait_until(lambda: (target(province, event, node.office) or {})["status"] == "01",
                       "it to arrive", 30)
        first.ok("directive", "status", event, "03")
        district.ok("directive", "status", event, "06")
        wait_until(lambda: shown(province, event)["progress"]["done"] == 1
                   and target(province, event, first.office)["status"] == "03", "the answers", 30)
        item = shown(province, event)
        check(item["not_arrived"] == [second.office], f"{item['not_arrived']}")
        check(item["not_received"] == [second.office], f"{item['not_received']}")
        check(sorted(item["not_ended"]) == sorted([first.office, second.office]),
              f"{item['not_ended']}")
        check(item["progress"] == {"addressees": 3, "not_arrived": 1, "not_received": 1,
                                   "not_ended": 2, "done": 1, "refused": 0, "recalled": 0,
                                   "recall_unanswered": 0}, f"{item['progress']}")
        second.start()
        wait_until(lambda: not shown(province, event)["not_arrived"], "the last to have it", 60)


def asked_back():
    with Tree() as tree:
        province, district, first, second = four(tree)
        event = issue(province, "--to", first.office, second.office)
        for node in (first, second):
            wait_until(lambda: target(node, event, node.office), "it to arrive", 30)
        result = first.tool("directive", "status", event, "15")
        check(result.code == 65, f"nobody has asked: {result}")
        for node in (first, district):
            result = node.tool("directive", "recall", event, "--reason", "sai")
            check(result.code in (65, 77), f"{node.name} may not: {result}")
        province.ok("directive", "recall", event, "--reason", "thay bằng văn bản khác")
        for node in (first, second):
            wait_until(lambda: target(node, event, node.office)["recall"] == "13", "the asking", 30)
        result = second.tool("directive", "status", event, "16")
        check(result.code == 65, f"16 without a reason: {result}")
        first.ok("directive", "status", event, "15")
        second.ok("directive", "status", event, "16", "--reason", "đã triển khai")
        wait_until(lambda: shown(province, event)["progress"]["recalled"] == 1 and
                   target(province, event, second.office)["recall"] == "16", "the answers", 30)
        check(shown(province, event)["not_ended"] == [second.office], "who goes on")
        result = first.tool("directive", "status", event, "06")
        check(result.code == 65, f"done, though given back: {result}")
        second.ok("directive", "status", event, "05")
        province.ok("directive", "recall", event, "--reason", "vẫn phải thay")
        wait_until(lambda: target(second, event, second.office)["recall"] == "13", "again", 30)
        second.ok("directive", "status", event, "15")
        wait_until(lambda: not shown(province, event)["not_ended"], "the end", 30)
        check(not province.ok("directive", "list", "--open")["items"], "it is still open")
        result = province.tool("directive", "recall", event, "--reason", "lần nữa")
        check(result.code == 65, f"asked back though ended: {result}")
        # Refused by all: nobody works on it, and its issuer finds it with the reason.
        sent = issue(province, "--to", second.office)
        wait_until(lambda: target(second, sent, second.office), "it to arrive", 30)
        second.ok("directive", "status", sent, "02", "--reason", "không thuộc địa bàn")
        wait_until(lambda: [t["reason"] for d in province.items("directive", "--closed")
                            if d["id"] == sent for t in d["to"] if t["status"] == "02"] ==
                   ["không thuộc địa bàn"], "what came back", 30)


def plans():
    """A superior's plan shows who has not issued his own."""
    with Tree() as tree:
        province, district, first, second = four(tree)
        plan = issue(province, "--all-below", "--plan")
        wait_until(lambda: target(district, plan, district.office), "the plan", 30)
        check(len(shown(province, plan)["no_plan_yet"]) == 3, "who has one?")
        own = issue(district, "--all-below", "--plan", "--under", plan)
        check(shown(district, own)["under"] == plan, "under which plan?")
        wait_until(lambda: sorted(shown(province, plan)["no_plan_yet"]) ==
                   sorted([first.office, second.office]), lambda: f"{shown(province, plan)}", 30)
        first.ok("directive", "status", plan, "06")  # nobody is below a commune
        wait_until(lambda: shown(province, plan)["no_plan_yet"] == [second.office],
                   "the commune's word", 30)
        stranger = issue(province, "--to", first.office)
        result = district.tool("directive", "issue", "--doc-no", "1", "--text", "x", "--all-below",
                               "--under", stranger)
        check(result.code in (65, 77), f"under what was not sent to it: {result}")


TESTS = {f.__name__: f for f in (to_all_below, asked_back, plans)}

if __name__ == "__main__":
    harness.main(TESTS)

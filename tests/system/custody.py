#!/usr/bin/env python3
"""A case changes hands: offered, refused, recalled, accepted; assigned and taken
over by superiors; and what a former custodian writes too late."""
import harness
from harness import Tree, check, wait_until


def province_and_two(tree):
    province = tree.root("Tỉnh Thử", key="p")
    communes = [tree.child(province, f"Xã Thử {i}", "commune", key=f"c{i}") for i in (1, 2)]
    for node in communes:
        wait_until(lambda: node.status()["office"]["name"] == node.name, "the tree")
    print("  honest: the tree stands")
    return province, *communes


def id_of(node):
    return node.status()["office"]["id"]


def open_case(node, *more):
    return node.ok("case", "open", "--type", "complaint", "--field", "land",
                   "--text", "Đơn về đất thôn Hai", *more)


def refused(node, code, *args):
    result = node.tool(*args)
    check(result.code == code and result.error, f"{args}: {result}, not {code}")
    return result.error["text"]


def case_at(node, id):
    return next((i for i in node.items("case") if i["id"] == id), None)


def wait_case(node, id, **fields):
    def as_said():
        item = case_at(node, id)
        return item is not None and all(item[k] == v for k, v in fields.items())
    wait_until(as_said, f"{node.name} has {id} with {fields}; it has {case_at(node, id)}")


def handed_over():
    """The taker has the whole case under its own ids, and goes on with it."""
    with Tree() as tree:
        province, one, two = province_and_two(tree)
        first, second = id_of(one), id_of(two)
        case = open_case(one)
        step = one.ok("case", "step", case["id"], "accepted", "--doc-no", "1/TL")
        check(case_at(two, case["id"]) is None, "siblings see each other's cases")
        one.ok("case", "offer", case["id"], "--to", "Xã Thử 2", "--doc-no", "7/PC",
               "--text", "Thuộc thẩm quyền xã Thử 2")
        check("đề nghị giao" in refused(one, 65, "--lang", "vi", "case", "step", case["id"],
                                        "verify_assigned"), "the giver is not frozen")
        refused(one, 65, "case", "offer", case["id"], "--to", "Tỉnh Thử")
        refused(one, 65, "void", step["event"], "--reason", "mistake")
        wait_case(two, case["id"], offered_to=[second], custodian=first, state="accepted",
                  receipt_code=case["receipt_code"], waiting=False)
        refused(two, 77, "case", "step", case["id"], "verify_assigned")
        two.ok("case", "accept", case["id"])
        for node in (one, two, province):
            wait_case(node, case["id"], offered_to=[], custodian=second, waiting=False)
        refused(one, 77, "case", "step", case["id"], "verify_assigned")
        two.ok("case", "step", case["receipt_code"], "verify_assigned")
        wait_case(province, case["id"], custodian=second, state="in_progress")
        shown = two.ok("case", "show", case["id"])
        ids = {e["event"] for e in shown["events"]}
        check({case["id"], step["event"]} <= ids, f"{ids} lacks what was enclosed")
        check({t["state"] for t in shown["texts"] if t["event"] == case["id"]} == {"announced"},
              f"a text was enclosed: {shown['texts']}")
        shown = province.ok("case", "show", case["id"])
        check(all(e["effect"] == "applied" for e in shown["events"]), shown["events"])
        check(any(t["text"] == "Đơn về đất thôn Hai" for t in shown["texts"]), shown["texts"])
        check(not province.alarms(), f"the copies do not fit: {province.alarms()}")


def refused_and_recalled():
    """Both give the case back to who offered it."""
    with Tree() as tree:
        province, one, two = province_and_two(tree)
        first = id_of(one)
        case = open_case(one)
        refused(one, 65, "case", "offer", case["id"], "--to", "Xã Thử 1")
        refused(one, 65, "case", "recall", case["id"])
        refused(one, 64, "case", "offer", case["id"], "--to", "Xã Thử 2", "Tỉnh Thử")
        one.ok("case", "offer", case["id"], "--to", "Xã Thử 2")
        wait_case(two, case["id"], custodian=first)
        refused(two, 64, "case", "refuse", case["id"])
        refused(two, 65, "case", "recall", case["id"])
        two.ok("case", "refuse", case["id"], "--reason", "Không thuộc thẩm quyền")
        wait_case(one, case["id"], offered_to=[])
        check(any(t["text"] == "Không thuộc thẩm quyền"
                  for t in one.ok("case", "show", case["id"])["texts"]), "the reason")
        one.ok("case", "step", case["id"], "accepted")
        one.ok("case", "offer", case["id"], "--to", "Xã Thử 2")
        one.ok("case", "recall", case["id"])
        one.ok("case", "step", case["id"], "verify_assigned")
        wait_case(two, case["id"], offered_to=[], state="accepted")
        refused(two, 65, "case", "accept", case["id"])
        wait_case(province, case["id"], custodian=first, state="in_progress")


def assigned_and_taken():
    """A superior assigns to whom he likes below him, and takes over."""
    with Tree() as tree:
        province, one, two = province_and_two(tree)
        second, top = id_of(two), id_of(province)
        case = open_case(one)
        wait_case(province, case["id"], state="open")
        refused(two, 65, "case", "take-over", case["id"])
        refused(one, 65, "case", "assign", case["id"], "--to", "Xã Thử 1")
        province.ok("case", "assign", case["id"], "--to", "Xã Thử 2", "--doc-no", "31/UBND")
        for node in (one, two, province):
            wait_case(node, case["id"], custodian=second, assigned_by=top, waiting=False)
        two.ok("case", "step", case["id"], "accepted")
        wait_case(province, case["id"], state="accepted")
        province.ok("case", "take-over", case["id"], "--doc-no", "32/UBND")
        wait_case(two, case["id"], custodian=top)
        refused(two, 77, "case", "close", case["id"], "--reason", "settled")
        province.ok("case", "close", case["id"], "--reason", "settled")
        refused(province, 65, "case", "take-over", case["id"])


def late_words():
    """What the former custodian wrote without having seen the change changes
    nothing, until who holds the case adopts it."""
    with Tree() as tree:
        province, one, _ = province_and_two(tree)
        top = id_of(province)
        case = open_case(one)
        wait_case(province, case["id"], state="open")
        one.stop()
        province.ok("case", "take-over", case["id"])
        province.stop()
        one.start(wait=False)
        one.wait_ready()
        late = one.ok("case", "close", case["id"], "--reason", "settled")
        province.start()
        for node in (one, province):
            wait_case(node, case["id"], custodian=top, state="open", remarks=1)
        event = next(e for e in province.ok("case", "show", case["id"])["events"]
                     if e["event"] == late["event"])
        check((event["effect"], event["reason"]) == ("applied", "remark"), event)
        refused(province, 65, "case", "adopt", case["id"], case["id"])
        refused(one, 77, "case", "adopt", case["id"], late["event"])
        province.ok("case", "adopt", case["id"], late["event"])
        for node in (one, province):
            wait_case(node, case["id"], state="closed", remarks=0)


def denunciations():
    """They go up, with numbers alone, and never down or aside."""
    with Tree() as tree:
        province, one, two = province_and_two(tree)
        top = id_of(province)
        case = one.ok("case", "open", "--type", "denunciation", "--field", "land",
                      "--sealed-ref", "12/2026")
        refused(one, 77, "case", "offer", case["id"], "--to", "Xã Thử 2")
        refused(one, 65, "case", "offer", case["id"], "--to", "Tỉnh Thử", "--text", "Nguyễn Văn A")
        one.ok("case", "offer", case["id"], "--to", "Tỉnh Thử")
        wait_case(province, case["id"], offered_to=[top])
        refused(province, 65, "case", "refuse", case["id"], "--reason", "Nguyễn Văn A")
        refused(province, 65, "case", "refuse", case["id"], "--kind", "unknown")
        province.ok("case", "accept", case["id"])
        wait_case(one, case["id"], custodian=top)
        refused(province, 77, "case", "assign", case["id"], "--to", "Xã Thử 1")
        refused(province, 77, "case", "assign", case["id"], "--to", "Xã Thử 2")
        check(case_at(two, case["id"]) is None, "a sibling sees a denunciation")


if __name__ == "__main__":
    harness.main({f.__name__: f for f in (
        handed_over, refused_and_recalled, assigned_and_taken, late_words, denunciations)})

"""What lies ahead of a case: dialogues, transfers to agencies without a node,
the backlog with its next step."""
import datetime

import harness
from harness import Tree, check, wait_until


def day(ahead=0):
    zone = datetime.timezone(datetime.timedelta(hours=7))
    return (datetime.datetime.now(zone).date() + datetime.timedelta(days=ahead)).isoformat()


def pair(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    commune = tree.child(province, "Xã Thử", "commune", key="c")
    print("  honest: the tree stands", flush=True)
    return province, commune


def listed(node, *flags):
    return {c["id"] for c in node.ok("case", "list", *flags)["items"]}


def shown(node, case):
    found = node.tool("case", "show", case)
    return found.json if found.code == 0 else None


def steps_ahead():
    with Tree() as tree:
        province, commune = pair(tree)
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["id"]
        other = commune.ok("case", "open", "--type", "feedback", "--field", "land")["id"]
        for bad, code in ((["dialogue_scheduled"], 64), (["reviewed"], 64), (["transfer_sent"], 64),
                          (["note", "--on", "01/12/2026"], 64), (["note", "--agency", "x"], 64),
                          (["transfer_answered", "--agency", "Tòa án"], 65)):
            result = commune.tool("case", "step", case, *bad)
            check(result.code == code, f"{bad}: {result}")
        commune.ok("case", "step", case, "dialogue_scheduled", "--on", "15/12/2026")
        commune.ok("case", "step", case, "statement_taken", "--text", "trình bày miệng")
        commune.ok("case", "step", case, "transfer_sent", "--agency", "Tòa án nhân dân tỉnh",
                   "--doc-no", "8/PC-UBND")
        commune.ok("case", "step", case, "reviewed", "--on", "20/12/2026", "--text",
                   "xác minh lại mốc giới; Phòng Kinh tế")
        for node in (commune, province):
            wait_until(lambda: (shown(node, case) or {}).get("review_by"), "all of it", 30)
            item = shown(node, case)
            check((item["dialogue_on"], item["transfers_owed"], item["review_by"]) ==
                  ("2026-12-15", 1, "2026-12-20"), f"{item}")
            check(listed(node, "--owed") == {case} and listed(node, "--reviewed") == {case},
                  f"{node.name}: lists")
            check(listed(node) == {case, other}, "all")
        commune.ok("case", "step", case, "transfer_answered", "--agency", "Tòa án nhân dân tỉnh",
                   "--doc-no", "77/TB-TA")
        commune.ok("case", "step", case, "dialogue_held")
        for kind in ("leader_conclusion", "enforcement_progress", "enforcement_done"):
            commune.ok("case", "step", case, kind)
        wait_until(lambda: not listed(province, "--owed"), "nothing to be owed", 30)
        wait_until(lambda: shown(province, case)["dialogue_on"] is None, "it to be held", 30)
        sealed = commune.ok("case", "open", "--type", "denunciation", "--field", "land",
                            "--sealed-ref", "07/SM")["id"]
        result = commune.tool("case", "step", sealed, "transfer_sent", "--agency", "Tòa án")
        check(result.code == 65, f"a denunciation with a word: {result}")
        commune.ok("case", "step", sealed, "enforcement_done")


def conclusions():
    """A leader's conclusion with its tasks, and what is owed of them."""
    with Tree() as tree:
        province, commune = pair(tree)
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["id"]
        commune.ok("case", "step", case, "leader_conclusion", "--doc-no", "5/TB-UBND")
        for bad, code in ((["task_set", "--on", "01/12/2026"], 64),
                          (["task_set", "--agency", "Phòng Kinh tế"], 64), (["task_done"], 64),
                          (["note", "--event", case], 64), (["task_done", "--event", case], 65),
                          (["note", "--way", "post"], 65)):
            result = commune.tool("case", "step", case, *bad)
            check(result.code == code, f"{bad}: {result}")
        first = commune.ok("case", "step", case, "task_set", "--on", "2026-11-01", "--agency",
                           "Phòng Kinh tế", "--text", "đo lại mốc giới")["event"]
        second = commune.ok("case", "step", case, "task_set", "--on", "2099-12-20", "--agency",
                            "Phòng Tư pháp", "--text", "kiểm tra hồ sơ")["event"]
        for node in (commune, province):
            wait_until(lambda: (shown(node, case) or {}).get("tasks_owed") == 2, "the tasks", 30)
            item = shown(node, case)
            check([(t["event"], t["due_on"], t["overdue"], t["agency"], t["text"])
                   for t in item["tasks"]] ==
                  [(first, "2026-11-01", True, "Phòng Kinh tế", "đo lại mốc giới"),
                   (second, "2099-12-20", False, "Phòng Tư pháp", "kiểm tra hồ sơ")],
                  f"{item['tasks']}")
            check(item["task_by"] == "2026-11-01" and listed(node, "--tasks") == {case}, "list")
        commune.ok("case", "step", case, "task_done", "--event", first, "--doc-no", "9/BC-KT")
        result = commune.tool("case", "step", case, "task_done", "--event", first)
        check(result.code == 65, f"done twice: {result}")
        commune.ok("void", second, "--reason", "mistake")
        wait_until(lambda: not listed(province, "--tasks"), "nothing to be owed", 30)
        for bad in (["--way", "pigeon"], ["--notice", "x"]):
            result = commune.tool("case", "step", case, "citizen_notified", *bad)
            check(result.code == 65, f"{bad}: {result}")
        commune.ok("case", "step", case, "citizen_notified", "--way", "post", "--notice", "accepted",
                   "--doc-no", "12/TB-UBND")
        wait_until(lambda: shown(province, case)["notices"], "the notice", 30)
        item = shown(province, case)["notices"][0]
        check((item["notice"], item["way"], item["doc_no"]) == ("accepted", "post", "12/TB-UBND"),
              f"{item}")
        sealed = commune.ok("case", "open", "--type", "denunciation", "--field", "land",
                            "--sealed-ref", "07/SM")["id"]
        result = commune.tool("case", "step", sealed, "task_set", "--on", "2099-12-20", "--agency",
                              "Phòng Tư pháp")
        check(result.code == 65, f"a denunciation with a word: {result}")
        commune.ok("case", "step", sealed, "citizen_notified", "--way", "fetched", "--notice",
                   "accepted")



def lists_that_ask_why():
    """Passed round, written down late, extended late, decided and not enforced:
    each list has its own case and no other."""
    with Tree() as tree:
        province, commune = pair(tree)
        opened = [commune.ok("case", "open", "--type", "complaint", "--field", "land",
                             *args)["id"]
                  for args in ((), ("--date", day(-9)), ("--date", day(-1)), ())]
        moved, extended, decided, plain = opened
        commune.ok("case", "offer", moved, "--to", province.office)
        wait_until(lambda: (shown(province, moved) or {}).get("offered_to"), "the offer", 30)
        province.ok("case", "accept", moved)
        province.ok("case", "assign", moved, "--to", commune.office)
        commune.ok("case", "step", decided, "accepted", "--legal-date", day(-1))
        commune.ok("case", "step", decided, "decision_issued", "--doc-no", "5/QĐ")
        wanted = {"moved": {moved}, "late_entry": {extended, decided}, "unenforced": {decided},
                  "late_extension": set()}
        for node in (commune, province):
            for about, cases in wanted.items():
                wait_until(lambda: listed(node, "--about", about) == cases,
                           lambda: f"{node.name}: {about}: {listed(node, '--about', about)}", 30)
            check(listed(node) == set(opened), "all")
        item = shown(province, decided)
        check(item["decided_on"] == day() and item["entered_on"] == day() and item["moves"] == 0,
              item)
        commune.ok("case", "step", decided, "enforcement_ordered", "--doc-no", "6/UBND")
        wait_until(lambda: listed(province, "--about", "unenforced") == set(), "the order", 30)
        result = commune.tool("case", "list", "--about", "nothing")
        check(result.code == 65, f"{result}")


TESTS = {f.__name__: f for f in (steps_ahead, conclusions, lists_that_ask_why)}

if __name__ == "__main__":
    harness.main(TESTS)

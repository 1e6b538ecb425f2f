"""What lies ahead of a case: dialogues, transfers to agencies without a node,
the backlog with its next step."""
import harness
from harness import Tree, check, wait_until


def pair(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    return province, tree.child(province, "Xã Thử", "commune", key="c")


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


TESTS = {f.__name__: f for f in (steps_ahead,)}

if __name__ == "__main__":
    harness.main(TESTS)

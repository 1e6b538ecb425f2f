"""Personal data in a text: masked at once for all but its writer and the office
above, replaced by the writer, then erased everywhere."""
import harness
from harness import Tree, check, wait_until


def three(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d")
    commune = tree.child(district, "Xã Thử", "commune", key="c")
    print("  honest: the tree stands", flush=True)
    return province, district, commune


def text(node, what, thing, event):
    found = node.tool(what, "show", thing)
    if found.code != 0:
        return None
    return next(((t["state"], t["text"]) for t in found.json["texts"] if t["event"] == event),
                None)


def masked_replaced_erased():
    with Tree() as tree:
        province, district, commune = three(tree)
        bad = "gia đình hộ giáp ranh phía đông có con học lớp 5A"
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                          bad)["id"]
        for node in (province, district):
            wait_until(lambda: text(node, "case", case, case) == ("here", bad), "the text", 30)
        print("  honest: the text is everywhere", flush=True)
        for args in ([case, "--index", 3], ["3" * 32 + ":" + "1" * 16 + ":1"]):
            result = province.tool("text", "flag", *args)
            check(result.code == 65, f"{args}: {result}")
        result = province.tool("text", "replace", case, "--text", "x")
        check(result.code == 77, f"another's text: {result}")
        province.ok("text", "flag", case)
        wait_until(lambda: text(province, "case", case, case) == ("masked", None),
                   lambda: f"{text(province, 'case', case, case)}", 30)
        wait_until(lambda: commune.items("text"), "the writer to know", 30)
        wait_until(lambda: district.items("text"), "the office above to know", 30)
        for node in (district, commune):
            check(text(node, "case", case, case) == ("here", bad), f"{node.name} may read it")
        for node in (province, district, commune):
            item = node.ok("text", "list", "--open")["items"][0]
            check((item["event"], item["writer"], item["flagged_by"], item["state"]) ==
                  (case, commune.office, province.office, "flagged") and item["due_on"] and
                  not item["overdue"], f"{node.name}: {item}")
            law = node.ok("deadline", "PD-01", "--from", item["flagged_at"][:10])
            check(item["due_on"] >= law["due_on"], f"{item} {law}")
        result = commune.tool("text", "replace", case, "--text", "ông Nguyễn Văn An, 0912345678")
        check(result.code == 65, f"not clean: {result}")
        clean = commune.ok("text", "replace", case, "--text", "đề nghị đo lại mốc giới")["event"]
        for node in (province, district, commune):
            wait_until(lambda: text(node, "case", case, clean) ==
                       ("here", "đề nghị đo lại mốc giới"), f"{node.name}: the clean one", 30)
        wait_until(lambda: text(commune, "case", case, case) == ("erased", None), "it to go", 30)
        check(commune.ok("text", "list", "--open")["items"] == [], "it is owed still")
        province.ok("erase", case, "--reason", "xác nhận")  # as the keeper
        for node in (province, district):
            wait_until(lambda: text(node, "case", case, case) == ("erased", None),
                       lambda: f"{node.name}: {text(node, 'case', case, case)}", 60)
        wait_until(lambda: district.items("text")[0]["state"] == "erased", "the list", 30)


def of_a_directive():
    """Flagged by one of its addressees: the others see it no more either."""
    with Tree() as tree:
        province, district, commune = three(tree)
        other = tree.child(district, "Xã Hai", "commune", key="c2")
        issued = province.ok("directive", "issue", "--doc-no", "1", "--text",
                             "tiếp hộ có con học lớp 5A", "--to", commune.office,
                             other.office)["event"]
        for node in (commune, other):
            wait_until(lambda: text(node, "directive", issued, issued), "it to arrive", 30)
        commune.ok("text", "flag", issued)
        wait_until(lambda: text(commune, "directive", issued, issued) == ("masked", None),
                   "it to be masked", 30)
        wait_until(lambda: text(district, "directive", issued, issued) == ("masked", None),
                   lambda: f"{text(district, 'directive', issued, issued)}", 30)
        check(text(province, "directive", issued, issued)[0] == "here", "its writer reads it")
        clean = province.ok("text", "replace", issued, "--text", "tiếp theo lịch")["event"]
        for node in (commune, other, district):
            wait_until(lambda: text(node, "directive", issued, clean) ==
                       ("here", "tiếp theo lịch"), f"{node.name}: the clean one", 30)
            wait_until(lambda: text(node, "directive", issued, issued) == ("erased", None),
                       lambda: f"{node.name}: {text(node, 'directive', issued, issued)}", 60)


def page_by_page():
    """Every flagged text stands on one page, whatever is flagged meanwhile."""
    with Tree() as tree:
        province, district, commune = three(tree)
        cases = [commune.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                            f"đơn số {i}")["id"] for i in range(5)]
        for case in cases[:4]:
            commune.ok("text", "flag", case)
        check(len(commune.items("text")) == 4, "all of them")
        first = commune.ok("text", "list", "--limit", 3)
        check(len(first["items"]) == 3 and first["next"], f"{first}")
        commune.ok("text", "flag", cases[4])
        rest = commune.ok("text", "list", "--limit", 3, "--after", first["next"])
        check([i["event"] for i in first["items"] + rest["items"]] == cases[3::-1] and
              rest["next"] is None, f"{first} {rest}")
        commune.ok("text", "replace", cases[0], "--text", "đơn")
        page = commune.ok("text", "list", "--open", "--limit", 4)
        check(len(page["items"]) == 4 and page["next"] is None, f"{page}")
        result = commune.tool("text", "list", "--after", "c12")
        check(result.code == 65 and "cursor" in result.error["text"], f"{result}")


TESTS = {f.__name__: f for f in (masked_replaced_erased, of_a_directive, page_by_page)}

if __name__ == "__main__":
    harness.main(TESTS)

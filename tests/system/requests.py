"""What any office sends to any other: requests with a due date, one report to
several recipients on both lines, threats for one superior alone."""
import datetime

import harness
from harness import Tree, check, wait_until

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))


def day(ahead=0):
    return (datetime.datetime.now(VIETNAM).date() + datetime.timedelta(days=ahead)).isoformat()


def wide(tree):
    """Two districts, so that a way goes over the top; an inspectorate beside."""
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Một", "district", key="d1")
    other = tree.child(province, "Thanh tra tỉnh", "district", key="d2")
    commune = tree.child(district, "Xã Một", "commune", key="c1")
    everybody = (province, district, other, commune)
    for node in everybody:
        wait_until(lambda: all(node.tool("explain", n.office).code == 0 for n in everybody),
                   f"{node.name} to know everybody", 30)
    print("  honest: the tree stands", flush=True)
    return province, district, other, commune


def shown(node, what, thing):
    found = node.tool(what, "show", thing)
    return found.json if found.code == 0 else None


def status(node, what, thing, office):
    item = shown(node, what, thing)
    return item and {t["office"]: t["status"] for t in item["to"]}.get(office)


def to_any_office():
    with Tree() as tree:
        province, district, other, commune = wide(tree)
        for args, code in ((["--to", commune.office], 65), (["--to", "không có"], 65),
                           (["--to", other.office, "--due", day(-1)], 65),
                           (["--to", other.office, "--kind", "x"], 65)):
            args = [*args, *([] if "--kind" in args else ["--kind", "documents"]),
                    *([] if "--due" in args else ["--due", day(5)])]
            result = commune.tool("request", "send", "--text", "hồ sơ", *args)
            check(result.code == code, f"{args}: {result}")
        request = commune.ok("request", "send", "--to", other.office, district.office, "--kind",
                             "documents", "--due", day(5), "--text", "hồ sơ giao đất năm 2003",
                             "--doc-no", "3/UBND")["event"]
        for node in (other, district):
            wait_until(lambda: status(commune, "request", request, node.office) == "01",
                       f"{node.name} to have it", 30)
        check(commune.items("directive") == [] and other.items("directive") == [], "no directive")
        item = shown(commune, "request", request)
        check(item["kind"] == "documents" and item["due_on"] == day(5) and not item["overdue"],
              f"{item}")
        result = province.tool("request", "reply", request, "done")
        check(result.code == 77, f"it was not asked: {result}")
        for args in (["refused"], ["never"]):
            result = other.tool("request", "reply", request, *args)
            check(result.code in (64, 65), f"{args}: {result}")
        result = other.tool("directive", "status", request, "06")
        check(result.code == 65, f"ended by a code: {result}")
        other.ok("directive", "status", request, "04")
        wait_until(lambda: status(commune, "request", request, other.office) == "04", "04", 30)
        other.ok("request", "reply", request, "part", "--text", "mới tìm được một phần")
        wait_until(lambda: status(commune, "request", request, other.office) == "05", "05", 30)
        other.ok("request", "reply", request, "done", "--doc-no", "45/TTr", "--text", "gửi kèm")
        district.ok("request", "reply", request, "refused", "--reason", "không lưu ở đây")
        wait_until(lambda: [status(commune, "request", request, n.office)
                            for n in (other, district)] == ["06", "02"], "the replies", 30)
        item = shown(commune, "request", request)
        check(item["not_ended"] == [] and commune.items("request", "--open") == [], f"{item}")
        texts = {t["text"] for t in item["texts"]}
        check({"mới tìm được một phần", "gửi kèm", "không lưu ở đây"} <= texts, f"{texts}")
        result = other.tool("request", "reply", request, "done")
        check(result.code == 65, f"replied again: {result}")


def both_lines():
    """One report to the People's Committee and the inspectorate at once."""
    with Tree() as tree:
        province, district, other, commune = wide(tree)
        result = commune.tool("notice", "send", "--to", province.office, "--kind", "report",
                              "--urgent", "--text", "ông Nguyễn Văn An, 0912345678")
        check(result.code == 65, f"a name in an urgent report: {result}")
        report = commune.ok("notice", "send", "--to", province.office, other.office,
                            district.office, "--kind", "report", "--urgent", "--text",
                            "một đoàn đông người đang ở Trụ sở xã")["event"]
        for node in (province, other, district):
            wait_until(lambda: status(commune, "notice", report, node.office) == "01",
                       f"{node.name} to have it", 30)
        check(commune.items("notice") and len(commune.items("notice")) == 1, "one row")
        other.ok("directive", "status", report, "03")
        district.ok("directive", "status", report, "03")
        wait_until(lambda: shown(commune, "notice", report)["not_received"] == [province.office],
                   lambda: f"{shown(commune, 'notice', report)}", 30)
        check(commune.items("notice", "--open"), "a person has it everywhere?")
        province.ok("directive", "status", report, "03")
        wait_until(lambda: not commune.items("notice", "--open"), "it to be received", 30)


def phoned_report():
    """A report that was phoned in and written down above; the office's own takes its
    place, in either order counted once."""
    with Tree() as tree:
        province, district, other, commune = wide(tree)
        send = ("notice", "send", "--kind", "report", "--text", "một đoàn đến Trụ sở, đã tiếp")

        def counted(node):
            return {n["id"] for n in node.items("notice", "--open")}
        for node, args, code in ((commune, ("--to", "Tỉnh Tây Ninh", "--for", "Huyện Một"), 77),
                                 (district, ("--to", "Xã Một", "--for", "Xã Một"), 65),
                                 (district, ("--to", "Huyện Một"), 65)):
            result = node.tool(*send, *args)
            check(result.code == code, f"{args}: {result}")
        result = district.tool("notice", "send", "--kind", "hotspot", "--text", "x", "--to",
                               "Huyện Một", "--for", "Xã Một")
        check(result.code == 65, f"no report: {result}")
        for first in ("entry", "own"):
            before = counted(province)
            commune.stop()
            if first == "own":
                commune.start()
                own = commune.ok(*send, "--to", "Tỉnh Tây Ninh")["event"]
                wait_until(lambda: shown(district, "notice", own), "the office's own", 30)
                commune.stop()
            entry = district.ok(*send, "--to", "Huyện Một", "Tỉnh Tây Ninh", "--for",
                                "Xã Một")["event"]
            commune.start()
            if first == "entry":
                own = commune.ok(*send, "--to", "Tỉnh Tây Ninh")["event"]
            for node in (commune, district, province):
                wait_until(lambda: shown(node, "notice", entry) and shown(node, "notice", own),
                           f"both at {node.name}", 60)
                item = shown(node, "notice", entry)
                check((item["issuer"], item["entered_by"], item["joined_to"]) ==
                      (commune.office, district.office, None), f"{item}")
            check(counted(province) - before == {entry, own}, "two before they are joined")
            check(status(district, "notice", entry, district.office) == "03", "who wrote it has it")
            for node, args in ((district, (entry, own)), (commune, (own, entry))):
                result = node.tool("notice", "join", *args)
                check(result.code in (65, 77), f"{node.name} {args}: {result}")
            commune.ok("notice", "join", entry, own)
            for node in (commune, district, province):
                wait_until(lambda: (shown(node, "notice", entry) or {})["joined_to"] == own,
                           lambda: f"{node.name}: {shown(node, 'notice', entry)}", 30)
                check(entry not in counted(node), f"{node.name}: {counted(node)}")
            check(counted(province) - before == {own}, f"{counted(province)}")
            result = commune.tool("notice", "join", entry, own)
            check(result.code == 65, f"joined twice: {result}")
        check(all(e["effect"] == "applied" for e in province.events()), "not everything counts")


def threats():
    """Goes to one superior alone: on the way and at the office itself nobody
    sees it."""
    with Tree() as tree:
        province, district, other, commune = wide(tree)
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")
        code = case["receipt_code"]
        for args in (["AAAA-BBBB-CCCC-DDDD", "threat"], [code, "angry"]):
            result = other.tool("retaliation", "report", *args)
            check(result.code == 65, f"{args}: {result}")
        print("  honest: the case is open", flush=True)
        # Taken down in another district, about an office below this one.
        report = other.ok("retaliation", "report", code, "threat", "--to",
                          province.office)["event"]
        wait_until(lambda: province.items("retaliation"), "the superior to have it", 30)
        item = province.items("retaliation")[0]
        check(item["receipt_code"].replace("-", "") == code.replace("-", "") and
              item["kind"] == "threat" and item["state"] == "open", f"{item}")
        second = commune.ok("retaliation", "report", code, "obstruction", "--to",
                            province.office)["event"]
        wait_until(lambda: len(province.items("retaliation")) == 2, "the second", 30)
        check(district.items("retaliation") == [] and len(commune.items("retaliation")) == 1 and
              len(other.items("retaliation")) == 1, "who sees it?")
        for what in ("retaliation", "directive"):
            result = district.tool(what, "show", second)
            check(result.code == 65, f"on the way: {what} {result}")
        for node in (other, commune):
            result = node.tool("retaliation", "close", report, "--reason", "unfounded")
            check(result.code in (65, 77), f"{node.name} closes it: {result}")
        result = province.tool("directive", "status", report, "06")
        check(result.code == 65, f"ended by a code: {result}")
        province.ok("retaliation", "close", report, "--reason", "protected")
        wait_until(lambda: other.items("retaliation")[0]["state"] == "closed", "the end", 30)
        check(other.items("retaliation")[0]["outcome"] == "protected", "the outcome")
        result = province.tool("retaliation", "close", report, "--reason", "protected")
        check(result.code == 65, f"closed twice: {result}")
        # A log has a line of everything that stands in it, and of these no word.
        word = code.replace("-", "")
        for node, told in ((province, {report, second}), (other, {report}), (commune, {second}),
                           (district, set())):
            lines = {e["event"]: e for e in node.events()}
            about = [e for e in lines.values() if e["matter"] in (report, second)]
            known = {e["matter"] for e in about if e["type"] is not None}
            check(known == told, f"{node.name} is told of {known}, not {told}")
            print(f"  {node.name}: {len(about)} lines, {len(known)} told", flush=True)
            for e in about:
                if e["matter"] not in told:
                    check(e["detail"] is None and e["doc_no"] is None and e["causes"] == [], f"{e}")
        wait_until(lambda: {report, second} & {e["event"] for e in district.events()},
                   "the district to relay one of them", 30)
        check(word not in "".join(map(str, district.events())).replace("-", ""), "its code")


TESTS = {f.__name__: f for f in (to_any_office, both_lines, phoned_report, threats)}

if __name__ == "__main__":
    harness.main(TESTS)

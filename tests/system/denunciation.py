"""A denunciation's whole walk with a marker as the name: opened as what it is not,
retyped, split, transferred, merged, reported, searched, exported, backed up. The marker
is in no file of any office, in no bundle and no backup; before it was retyped the
encrypted register alone could tell it, after that nothing can."""
import datetime
import json
import re

import harness
from harness import Tree, check, run_tool, wait_until
from pages import person, serve, signed_in
from register import LAN, holds, people, register

NAME = "Đoàn Thị Khánh Vy Chín"
OTHERS = ("xóm Gò Mây số 5517", "0976 541 238", "kể rõ ai đã nhận tiền hôm mồng Sáu")
MARKERS = (NAME, *OTHERS)
ENTRY = ("name=" + NAME, "address=" + OTHERS[0], "contact=" + OTHERS[1], "account=" + OTHERS[2])
CONTROL = "đơn về khoản thu ở thôn Tám Lẻ Hai"
VIETNAM = datetime.timezone(datetime.timedelta(hours=7))


def today():
    return datetime.datetime.now(VIETNAM).date().isoformat()


def nowhere(tree, nodes, when, more=()):
    """Every file below the tree, daemons down; the control is found by the same search."""
    for node in nodes:
        node.stop()
    check(holds(nodes[0].dir, CONTROL), f"{when}: the control is not found")
    for folder in (*[n.dir for n in nodes], *more):
        for marker in MARKERS:
            found = holds(folder, marker)
            check(not found, f"{when}: {marker} is in {found} of {folder}")
    for node in nodes:
        notes = node.notes()
        check(not any(m in notes for m in MARKERS), f"{when}: in the notes of {node.name}")
        node.start()


def said(node, *args):
    """What is answered to people holds no marker; it is handed back."""
    result = node.tool(*args)
    check(not any(m in result.out + result.err for m in MARKERS), f"{args}: {result}")
    return result


def walk():
    with Tree() as tree:
        province = tree.root("Tỉnh Thử", key="p")
        district = tree.child(province, "Huyện Thử", "district", key="d")
        commune = tree.child(district, "Xã Một", "commune", key="c")
        beside = tree.child(district, "Xã Hai", "commune", key="b")
        nodes = (province, district, commune, beside)
        people(commune)

        # Opened: a complaint, as it was thought; the name typed into any form is refused.
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                          CONTROL)
        register(commune, 0, "add", case["id"], lines=ENTRY)
        for args in (("case", "step", case["id"], "note", "--text", f"gặp {NAME}", "--confirm-text"),
                     ("case", "step", case["id"], "note", "--text", "gặp doan thi khanh vy chin",
                      "--confirm-text"),
                     ("case", "open", "--type", "denunciation", "--field", "land", "--sealed-ref",
                      NAME),
                     ("case", "open", "--type", "denunciation", "--field", "land", "--sealed-ref",
                      "7/SM", "--text", NAME),
                     ("case", "open", "--type", "denunciation", "--field", "land", "--sealed-ref",
                      NAME, "--accused", "here"),
                     ("incident", "raise", "--place", "Trụ sở", "--people", 3, "--subject",
                      f"bà {NAME} đến")):
            result = said(commune, *args)
            check(result.code in (64, 65), f"{args}: {result}")
        wait_until(lambda: case["id"] in {c["id"] for c in province.items("case")}, "it above", 30)
        wait_until(lambda: CONTROL in str(province.ok("case", "show", case["id"])), "its text", 30)
        print("  honest: the case and its text are at the province", flush=True)

        # Transferred, reported, searched, exported, backed up, before it is retyped.
        commune.ok("case", "offer", case["id"], "--to", "Xã Hai")
        wait_until(lambda: beside.tool("case", "show", case["id"]).code == 0, "the offer", 30)
        beside.tool("case", "refuse", case["id"], "--reason", "không thuộc thẩm quyền")
        wait_until(lambda: not commune.ok("case", "show", case["id"])["offered_to"], "its refusal",
                   30)
        check(register(commune, 0, "search", lines=("khanh vy",))["items"], "search finds nobody")
        told = register(commune, 0, "show", case["id"], by="lan", secret=LAN)
        check(told["name"] == NAME, "control: the register alone can tell")
        for node in nodes:
            said(node, "summary", "--date", today())
            said(node, "case", "list")
            said(node, "case", "show", case["id"])
            said(node, "log", "--events")
            said(node, "status")
        out = tree.dir / "out"
        out.mkdir()
        commune.ok("courier", "export", "--to", "Tỉnh Thử", "--out", out / "before.ltc", "--all")
        commune.ok("backup", out / "before.db")
        made = run_tool("register", "backup", out / "before.register", dir=commune.dir)
        check(made.code == 0 and made.json["entries"] == 1, f"{made}")
        nowhere(tree, nodes, "before", (out,))

        # Retyped: the entry is voided, its text erased, the register's entry destroyed, and
        # what it is opened under its sealed number; no word leads from one to the other.
        commune.ok("void", case["id"], "--reason", "là tố cáo")
        commune.ok("erase", case["id"], "--reason", "là tố cáo")
        register(commune, 0, "erase", case["id"], by="lan", secret=LAN)
        sealed = commune.ok("case", "open", "--type", "denunciation", "--field", "land",
                            "--sealed-ref", "31/SM")
        # Of the same letter what denounces this very office: its superior's, and hidden here.
        own = commune.ok("case", "open", "--type", "denunciation", "--field", "land",
                         "--sealed-ref", "32/SM", "--accused", "here")
        check(register(commune, 65, "add", own["id"], lines=ENTRY)["code"] == "not_found", "own")
        wait_until(lambda: own["id"] in {c["id"] for c in district.items("case")}, "its superior",
                   30)
        check(own["id"] not in {c["id"] for c in commune.items("case")}, "it is listed here")
        refused = register(commune, 65, "add", sealed["id"], lines=ENTRY)
        check(refused["code"] in ("register_refuses_denunciation", "not_found"), f"{refused}")
        # Split: what of the letter is a complaint is a case of its own, without a link.
        part = commune.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                          CONTROL)
        for args in ((part["id"], "linked", "--event", sealed["id"]),
                     (sealed["id"], "linked", "--event", part["id"])):
            check(said(commune, "case", "step", *args).code in (64, 65), f"a link: {args}")
        # Transferred to superiors alone; merged with another office; reported and searched.
        check(said(commune, "case", "offer", sealed["id"], "--to", "Xã Hai").code in (65, 77),
              "a denunciation beside")
        commune.ok("case", "offer", sealed["id"], "--to", "Huyện Thử")
        wait_until(lambda: district.tool("case", "accept", sealed["id"]).code == 0,
                   "the district to take it", 30)
        wait_until(lambda: {c["id"]: c["custodian"] for c in province.items("case")}.get(
            sealed["id"]) == district.office, "it above", 30)
        register(commune, 65, "show", case["id"])
        check(register(commune, 0, "search", lines=("khanh vy",))["items"] == [], "it is found")
        commune.ok("courier", "export", "--to", "Tỉnh Thử", "--out", out / "after.ltc", "--all")
        commune.ok("backup", out / "after.db")
        made = run_tool("register", "backup", out / "after.register", dir=commune.dir)
        check(made.code == 0, f"{made}")
        shown = beside.tool("case", "show", sealed["id"])
        check(shown.code != 0, f"a denunciation at an office beside: {shown}")
        province.ok("tree", "close", "Xã Một", "Xã Hai")
        wait_until(lambda: part["id"] in {c["id"] for c in beside.items("case")},
                   "the closed commune's case at its heir", 60)
        for node in nodes:
            for args in (("summary", "--date", today()), ("case", "list"), ("log", "--events"),
                         ("case", "show", sealed["id"]), ("receipt", sealed["receipt_code"]),
                         ("case", "show", own["id"]), ("receipt", own["receipt_code"])):
                said(node, *args)
        nowhere(tree, nodes, "after", (out,))
        leads = [e for e in province.events() if e["matter"] == sealed["id"]]
        check(leads and all(part["id"] not in str(e) and case["id"] not in str(e) for e in leads),
              "something leads from the denunciation to the rest of the letter")


def denounce(node, number, accused=None):
    return node.ok("case", "open", "--type", "denunciation", "--field", "land", "--sealed-ref",
                   number, *([] if accused is None else ["--accused", accused]))


def listed(node):
    return {c["id"] for c in node.items("case")}


def about(node, case):
    """Lines of the log that belong to the case, or name it."""
    return [e for e in node.events() if case["id"] in str(e)]


def streams(node):
    return {(t["origin"], t["channel"]) for t in node.ok("log")["items"]}


def knows_nothing(node, origin, case, plain, page=None):
    """Nothing that the office is told has the case; each search finds another."""
    check(plain["id"] in listed(node), f"{node.name}: the control is in no list")
    check(case["id"] not in listed(node), f"{node.name} lists what denounces it")
    for what in (case["id"], case["receipt_code"]):
        for args in (("case", "show", what), ("case", "step", what, "note"),
                     ("case", "close", what, "--reason", "filed"), ("case", "take-over", what),
                     ("case", "offer", what, "--to", "Tỉnh Thử"), ("void", what, "--reason", "mistake")):
            result = node.tool(*args)
            check(result.code in (65, 77) and "/SM" not in result.out + result.err,
                  f"{node.name} {args}: {result}")
    # Of an id that no office has written it says the same.
    nothing = case["id"].rsplit(":", 1)[0] + ":987654"
    told, known = (node.ok("explain", what) for what in (nothing, plain["id"]))
    check({**node.ok("explain", case["id"]), "subject": nothing} == told != known, "explained")
    check(node.tool("case", "show", plain["id"]).code == 0, "the control is not shown")
    check(about(node, plain), f"{node.name}: the control is in no line")
    check(not about(node, case), f"{node.name} has lines: {about(node, case)}")
    check(not [c for o, c in streams(node) if o == origin and c.startswith("denunciation/to/")],
          f"{node.name} shows the stream: {streams(node)}")
    wanted = len([c for c in node.items("case") if c["state"] != "closed"])
    told = node.ok("summary", "--date", today())["cases"]["open"]
    check(told == wanted, f"{node.name} counts {told}, lists {wanted}")
    unit = next(o for o in node.items("office") if o["id"] == node.office)
    check(unit["open"] == len([c for c in node.items("case", "--open")
                               if c["custodian"] == node.office]), f"{unit}")
    check(case["id"] not in str(node.ok("breach", "--since", "2020-01-01")), "in a breach notice")
    if page is not None:
        items = page.api("GET", "/cases?open=1", expect=200).json["items"]
        check(plain["id"] in {c["id"] for c in items} and case["id"] not in str(items), "the API")
        page.api("GET", f"/cases/{plain['id']}", expect=200)
        page.api("GET", f"/cases/{case['id']}", expect=404)
        page.api("POST", f"/cases/{case['id']}/steps", {"kind": "note"}, expect=404)


def own_people():
    """What denounces the receiving office's own people is its superior's alone; that
    office finds it nowhere, by no tool, page or backup, and is never given it."""
    with Tree() as tree:
        province = tree.root("Tỉnh Thử", key="p")
        district = tree.child(province, "Huyện Thử", "district", key="d")
        commune = tree.child(district, "Xã Một", "commune", key="c", start=False)
        at = serve(tree, commune)
        commune.office = commune.status()["office"]["id"]
        person(commune, "lan", ["leader"], pin="2580")
        page = signed_in(at)
        for args, code in ((("--accused", "nobody"), 65), (("--accused", "here"), 0)):
            result = commune.tool("case", "open", "--type", "denunciation", "--field", "land",
                                  "--sealed-ref", "8/SM", *args)
            check(result.code == code, f"{args}: {result}")
        own = result.json
        refused = province.tool("case", "open", "--type", "denunciation", "--field", "land",
                                "--sealed-ref", "8/SM", "--accused", "here")
        check(refused.code == 77, f"an office without a superior: {refused}")
        check(commune.tool("case", "open", "--type", "complaint", "--field", "land", "--accused",
                           "here").code == 65, "a complaint with an accused")
        plain = denounce(commune, "7/SM", "elsewhere")
        paged = page.api("POST", "/cases", {"type": "denunciation", "field": "land",
                                            "sealed_ref": "9/SM", "accused": "here"},
                         expect=201).json
        for node in (district, province):
            wait_until(lambda: {own["id"], plain["id"], paged["id"]} <= listed(node),
                       f"them at {node.name}", 30)
            for case in (own, paged):
                item = node.ok("case", "show", case["id"])
                check((item["custodian"], item["accused"], item["origin"]) ==
                      (district.office, "here", commune.office), f"{item}")
        print("  honest: the superior has it", flush=True)
        for case in (own, paged):
            knows_nothing(commune, commune.office, case, plain, page)
        # The slip of paper is in the book: who has it is told that, and no more.
        slip = commune.ok("receipt", own["receipt_code"])
        check((slip["found"], slip["holder"], slip["since"], slip["since_month"]) ==
              (True, None, None, today()[:7]), f"{slip}")
        again = commune.tool("receipt", own["receipt_code"], json_out=False)
        check(again.code == 0 and today()[:4] in again.out, f"{again}")
        # The superior works on it, passes it up, and never down.
        district.ok("case", "step", own["id"], "accepted")
        for node, args in ((district, ("offer", own["id"], "--to", "Xã Một")),
                           (province, ("assign", own["id"], "--to", "Xã Một"))):
            wait_until(lambda: node.ok("case", "show", own["id"])["state"] == "accepted", "it", 30)
            result = node.tool("--lang", "vi", "case", *args)
            check(result.code == 65 and "bị tố cáo" in result.error["text"], f"{args}: {result}")
        district.ok("case", "offer", own["id"], "--to", "Tỉnh Thử")
        wait_until(lambda: province.tool("case", "accept", own["id"]).code == 0, "the offer", 30)
        wait_until(lambda: district.ok("case", "show", own["id"])["custodian"] == province.office,
                   "its acceptance", 30)
        check(all(e["effect"] == "applied" for n in (district, province) for e in n.events()
                  if e["matter"] == own["id"]), "not everything counts")
        below = denounce(district, "10/SM", "below")
        result = district.tool("case", "offer", below["id"], "--to", "Xã Một")
        check(result.code == 65, f"it may be that commune: {result}")
        # The view built anew, and an office restored from its own backup.
        commune.ok("rebuild-view")
        wait_until(lambda: listed(commune) == {plain["id"]}, "the view", 60)
        knows_nothing(commune, commune.office, own, plain, page)
        out = tree.dir / "out"
        out.mkdir()
        commune.ok("backup", out / "log.db")
        commune.stop()
        for file in commune.dir.glob("view.db*"):
            file.unlink()
        for file in commune.dir.glob("log.db*"):
            file.unlink()
        (out / "log.db").rename(commune.dir / "log.db")
        commune.start()
        wait_until(lambda: listed(commune) == {plain["id"]}, "the restored one", 60)
        knows_nothing(commune, commune.office, own, plain)
        check(own["id"] not in str(commune.status()["came_back"]), "in the list of what came back")


def of_a_closed_office():
    """Its heir takes over its work, and neither sees nor holds what denounces it; nor
    does who reads that office alone."""
    with Tree() as tree:
        province = tree.root("Tỉnh Thử", key="p")
        commune = tree.child(province, "Xã Một", "commune", key="c")
        heir = tree.child(province, "Xã Hai", "commune", key="h")
        reader = tree.child(province, "Thanh tra tỉnh", "district", key="r")
        province.ok("reader", "grant", "Thanh tra tỉnh", "Xã Một", "denunciation")
        own = denounce(commune, "8/SM", "here")
        plain = denounce(commune, "7/SM", "elsewhere")
        for node in (province, reader):
            wait_until(lambda: plain["id"] in listed(node), f"it at {node.name}", 30)
        wait_until(lambda: own["id"] in listed(province), "both at the superior", 30)
        print("  honest: the superior has both", flush=True)
        check(own["id"] not in listed(reader) and not about(reader, own), "the reader has it")
        province.ok("tree", "close", "Xã Một", "Xã Hai")
        wait_until(lambda: plain["id"] in listed(heir), "the other one at the heir", 60)
        heir.ok("case", "step", plain["id"], "accepted")
        wait_until(lambda: province.ok("case", "show", plain["id"])["state"] == "accepted",
                   "the heir's step", 30)
        knows_nothing(heir, commune.office, own, plain)
        check(own["id"] not in listed(reader), "the reader has it")
        check(province.ok("case", "show", own["id"])["custodian"] == province.office, "the superior")


def days(node, case, *parts):
    """All that the office is told of the case, as one text; the days in it."""
    told = [json.dumps(c) for c in node.items("case") if c["id"] == case["id"]]
    told += [json.dumps({k: v for k, v in node.ok("case", "show", case["id"]).items()
                         if k != "seen_by"})]
    told += [json.dumps(e) for e in about(node, case)]
    told += [node.tool(*args, json_out=False).out for args in
             (("case", "show", case["id"]), ("explain", case["id"]),
              ("receipt", case["receipt_code"]))]
    told += [line for line in node.tool("case", "list", json_out=False).out.splitlines()
             if case["receipt_code"] in line]
    told += [json.dumps(node.ok("receipt", case["receipt_code"]))]
    return set(re.findall(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}", "\n".join(told)))


def month_for_others():
    """Who watches its deadline is told a denunciation's days; others the month."""
    with Tree() as tree:
        province = tree.root("Tỉnh Thử", key="p", start=False)
        at = serve(tree, province)
        province.office = province.status()["office"]["id"]
        person(province, "lan", ["leader"], pin="2580")
        district = tree.child(province, "Huyện Thử", "district", key="d")
        commune = tree.child(district, "Xã Một", "commune", key="c")
        page = signed_in(at)
        case = denounce(commune, "7/SM", "elsewhere")
        commune.ok("case", "step", case["id"], "citizen_notified", "--way", "post", "--notice",
                   "accepted")
        for node in (district, province):
            wait_until(lambda: len(about(node, case)) == 2, f"it at {node.name}", 30)
        print("  honest: it is above", flush=True)
        check(today() in days(commune, case), "its holder is not told the days")
        for node in (district, province):
            check(days(node, case) == set(), f"{node.name} is told {days(node, case)}")
            item = node.ok("case", "show", case["id"])
            check((item["opened_on"], item["opened_month"], item["due_on"], item["last_event_at"]) ==
                  (None, today()[:7], None, None) and item["due_month"] > "2020-01", f"{item}")
            check(item["deadlines"] and all(d["due_on"] is None and d["due_month"]
                                            for d in item["deadlines"]), f"{item['deadlines']}")
            check(all(e["month"] == today()[:7] for e in item["events"]), f"{item['events']}")
        shown = page.api("GET", f"/cases/{case['id']}", expect=200).json
        check(shown["opened_on"] is None and shown["opened_month"] == today()[:7], f"{shown}")
        # A list goes on behind it without a word of when it was opened.
        plain = province.ok("case", "open", "--type", "complaint", "--field", "land")
        first = province.ok("case", "list", "--limit", 1)
        second = province.ok("case", "list", "--limit", 1, "--after", first["next"])
        check([first["items"][0]["id"], second["items"][0]["id"]] == [plain["id"], case["id"]] and
              second["next"] is None, f"{first} {second}")
        more = denounce(commune, "9/SM", "elsewhere")
        wait_until(lambda: more["id"] in listed(province), "another", 30)
        first = province.ok("case", "list", "--limit", 1)
        check(first["items"][0]["id"] == more["id"] and first["next"].startswith("k"), f"{first}")
        rest = province.ok("case", "list", "--limit", 5, "--after", first["next"])
        check([c["id"] for c in rest["items"]] == [plain["id"], case["id"]], f"{rest}")
        check(province.tool("case", "list", "--after", "k12").code == 65, "a cursor that is none")
        # Offered, and taken: the days go with the deadline.
        commune.ok("case", "offer", case["id"], "--to", "Huyện Thử")
        wait_until(lambda: today() in days(district, case), "the offer", 30)
        check(days(province, case) == set(), f"{days(province, case)}")
        district.ok("case", "accept", case["id"])
        wait_until(lambda: days(commune, case) == set(),
                   lambda: f"{days(commune, case)}", 30)
        check(today() in days(district, case), "the new holder is not told")


TESTS = {f.__name__: f for f in (walk, own_people, of_a_closed_office, month_for_others)}

if __name__ == "__main__":
    harness.main(TESTS)

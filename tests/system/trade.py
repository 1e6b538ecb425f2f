"""What an office says in its trade and that has no file of its own: receptions, a
complaint's second instance, a case that is opened again, what a directive's issuer
says later, requests and notices about a matter. tests/data/events.md has them all."""
import datetime

import harness
from harness import Tree, check, wait_until

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))


def day(ahead=0):
    return (datetime.datetime.now(VIETNAM).date() + datetime.timedelta(days=ahead)).isoformat()


def three(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d")
    commune = tree.child(district, "Xã Thử", "commune", key="c")
    print("  honest: the tree stands", flush=True)
    return province, district, commune


def refused(node, code, *args):
    result = node.tool(*args)
    check(result.code == code, f"{args}: {result}")
    return result.error


def receptions():
    with Tree() as tree:
        province, district, commune = three(tree)
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        sealed = commune.ok("case", "open", "--type", "denunciation", "--field", "land",
                            "--sealed-ref", "12/SM")["event"]
        add = ("reception", "add", "--kind", "regular", "--people", 2)
        for code, args in ((65, ("--date", day(1))), (65, ("--date", "2020-01-01")),
                           (65, ("--field", "moon")), (65, ("--outcome", "happy")),
                           (65, ("--event", sealed)), (65, ("--id", case)),
                           (64, ("--text", "ông An"))):
            refused(commune, code, *add, *args)
        refused(commune, 65, "reception", "add", "--kind", "party", "--people", 2)
        refused(commune, 65, "reception", "add", "--kind", "regular", "--people", 100001)
        check(commune.items("reception") == [], "something was written")
        first = commune.ok(*add, "--field", "land", "--outcome", "explained")["event"]
        led = commune.ok("reception", "add", "--kind", "periodic", "--people", 12, "--leader",
                         "--again", "--event", case, "--date", day(-3),
                         "--outcome", "petition_taken")["event"]
        wrong = commune.ok("reception", "add", "--kind", "online", "--people", 99)["event"]
        gone = commune.ok("reception", "add", "--kind", "online", "--people", 1)["event"]
        right = commune.ok("reception", "add", "--kind", "online", "--people", 9, "--id",
                           wrong)["event"]
        commune.ok("reception", "take-back", gone)
        for args in (("take-back", gone), ("take-back", wrong), ("add", "--kind", "online",
                                                                 "--people", 1, "--id", wrong)):
            refused(commune, 65, "reception", *args)
        wait_until(lambda: len(province.items("reception")) == 3, lambda:
                   f"{province.items('reception')}", 30)
        refused(district, 77, "reception", "take-back", first)
        for node in (commune, district, province):
            wait_until(lambda: [i["id"] for i in node.items("reception")] == [right, first, led],
                       lambda: f"{node.name}: {node.items('reception')}", 30)
            item = node.items("reception")[2]
            check((item["office"], item["on"], item["kind"], item["people"], item["outcome"],
                   item["leader"], item["again"], item["about"]) ==
                  (commune.office, day(-3), "periodic", 12, "petition_taken", True, True, case),
                  f"{item}")
        page = province.ok("reception", "list", "--limit", 2)
        rest = province.ok("reception", "list", "--limit", 2, "--after", page["next"])
        check([i["id"] for i in page["items"] + rest["items"]] == [right, first, led], "pages")
        check(len(province.items("reception", "--since", day(-1))) == 2 and
              province.items("reception", "--office", "Huyện Thử") == [], "what was asked for")
        told = province.ok("summary", "--from-date", day(-3), "--until", day())["receptions"]
        check(told == {"turns": 3, "people": 23, "by_leader": 1, "again": 1}, f"{told}")
        # Folded anew it is the same.
        province.ok("rebuild-view")
        wait_until(lambda: len(province.items("reception")) == 3, "the view", 60)


def second_instance():
    """Its terms are those of the second instance: rules KN-07 and KN-08."""
    with Tree() as tree:
        province, district, commune = three(tree)
        first = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        for step in ("classified", "accepted", "decision_issued"):
            commune.ok("case", "step", first, step, "--doc-no", "1")
        wait_until(lambda: first in {c["id"] for c in province.items("case")}, "it above", 30)
        for code, args in ((65, ("--type", "feedback", "--again")),
                           (65, ("--type", "complaint", "--first-case", first)),
                           (65, ("--type", "complaint", "--again", "--first-case",
                                 "1" * 32 + ":" + "2" * 16 + ":3"))):
            refused(province, code, "case", "open", "--field", "land", *args)
        second = province.ok("case", "open", "--type", "complaint", "--field", "land", "--again",
                             "--first-case", first)["event"]
        plain = province.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        for case, instance, of, rule in ((second, 2, first, "KN-07"), (plain, 1, None, "KN-02")):
            shown = province.ok("case", "show", case)
            check((shown["instance"], shown["first_case"]) == (instance, of), f"{shown}")
            check(rule in {d["rule"] for d in shown["deadlines"]}, f"{shown['deadlines']}")
            # Why that day, as the desk's rows ask for it.
            told = {d["rule"]: d["why"] for d in province.ok("explain", case)["deadlines"]}
            check(all(shown["due_rule"] in told[shown["due_rule"]][lang] for lang in ("vi", "en")),
                  f"{told}")
        province.ok("case", "step", second, "accepted", "--doc-no", "2")
        shown = province.ok("case", "show", second)
        check("KN-08" in {d["rule"] for d in shown["deadlines"]}, f"{shown['deadlines']}")


def opened_again():
    with Tree() as tree:
        province, district, commune = three(tree)
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        other = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        refused(commune, 65, "case", "step", case, "reopened")
        refused(commune, 64, "case", "step", case, "linked")
        refused(commune, 65, "case", "step", case, "linked", "--event", case)
        commune.ok("case", "step", case, "linked", "--event", other)
        refused(commune, 64, "case", "step", case, "protection")
        refused(commune, 65, "case", "step", case, "protection", "--way", "post")
        commune.ok("case", "step", case, "protection", "--way", "asked")
        commune.ok("case", "step", case, "classified", "--text", "đủ điều kiện, thuộc thẩm quyền")
        check(commune.ok("case", "show", case)["state"] == "open", "classified is not accepted")
        for step in ("accepted", "decision_issued", "court_noted", "withdrawn_part"):
            commune.ok("case", "step", case, step, "--doc-no", "1")
        decided = commune.ok("case", "show", case)["decided_on"]
        commune.ok("case", "step", case, "decision_revoked", "--doc-no", "2")
        check(decided == day() and commune.ok("case", "show", case)["decided_on"] is None,
              "a decision that was revoked counts")
        commune.ok("case", "close", case, "--reason", "discontinued")
        refused(commune, 65, "case", "step", case, "note")
        refused(district, 77, "case", "step", case, "reopened")
        commune.ok("case", "step", case, "reopened", "--text", "có tình tiết mới")
        commune.ok("case", "step", case, "note")
        for node in (commune, province):
            wait_until(lambda: (node.ok("case", "show", case)["state"],
                                node.ok("case", "show", case)["reason"]) == ("in_progress", None)
                       and case in {c["id"] for c in node.items("case", "--open")},
                       lambda: f"{node.name}: {node.ok('case', 'show', case)['state']}", 30)
        check(all(e["effect"] == "applied" for e in province.events()), "not everything counts")
        # A denunciation takes the steps that hold no word.
        sealed = commune.ok("case", "open", "--type", "denunciation", "--field", "land",
                            "--sealed-ref", "7/SM")["event"]
        commune.ok("case", "step", sealed, "protection", "--way", "applied")
        for args in (("linked", "--event", case), ("withdrawn_part",),
                     ("classified", "--text", "x")):
            refused(commune, 65, "case", "step", sealed, *args)
        refused(commune, 65, "case", "step", case, "linked", "--event", sealed)


def later_word():
    """The issuer gives a directive a later day, closes or replaces it."""
    with Tree() as tree:
        province, district, commune = three(tree)
        issue = ("directive", "issue", "--to", "Xã Thử", "--doc-no", "1/CT", "--text", "báo cáo")
        dated = province.ok(*issue, "--due", day(3))["event"]
        plain = province.ok(*issue)["event"]
        wait_until(lambda: len(commune.items("directive")) == 2, "them", 30)
        for code, node, args in ((65, province, ("extend", dated, "--due", day(3))),
                                 (65, province, ("extend", plain, "--due", day(9))),
                                 (77, commune, ("extend", dated, "--due", day(9))),
                                 (77, commune, ("close", dated)),
                                 (65, province, ("close", dated, "--next", dated)),
                                 (65, province, ("close", dated, "--reason",
                                                 "ông Nguyễn Văn An 0912345678"))):
            refused(node, code, "directive", *args)
        province.ok("directive", "extend", dated, "--due", day(9), "--reason", "thêm thời gian")
        for node in (district, commune):
            wait_until(lambda: node.ok("directive", "show", dated)["due_on"] == day(9),
                       lambda: f"{node.ok('directive', 'show', dated)}", 30)
        instead = province.ok(*issue, "--due", day(5))["event"]
        province.ok("directive", "close", dated, "--next", instead)
        province.ok("directive", "close", plain)
        refused(province, 65, "directive", "close", plain)
        refused(province, 65, "directive", "extend", dated, "--due", day(20))
        for matter, word in ((dated, "replaced"), (plain, "closed"), (instead, None)):
            wait_until(lambda: commune.tool("directive", "show", matter).code == 0 and
                       commune.ok("directive", "show", matter)["ended"] == word,
                       lambda: f"{commune.ok('directive', 'show', matter)}", 30)
        refused(commune, 65, "directive", "status", plain, "03")
        commune.ok("directive", "status", instead, "03")
        check({d["id"] for d in province.items("directive", "--open")} == {instead}, "what is open")
        change = [e for e in commune.events() if e["type"] == "DIRECTIVE_CHANGED"]
        check({e["other"] for e in change} == {None, instead}, f"{change}")


def more_time_and_once_more(province, commune, case):
    """The commune asks for more time for its case; the province sends a report back."""
    to = ("--to", "Tỉnh Tây Ninh")
    longer = commune.ok("request", "send", *to, "--due", day(2), "--kind", "extension", "--event",
                        case, "--text", "chờ kết quả giám định")["event"]
    report = commune.ok("notice", "send", *to, "--kind", "report", "--text", "báo cáo quý")["event"]
    wait_until(lambda: longer in [r["id"] for r in province.items("request", "--open")] and
               report in [n["id"] for n in province.items("notice")], "both above", 30)
    asked = province.ok("request", "show", longer)
    check((asked["kind"], asked["under"]) == ("extension", case), f"{asked}")
    province.ok("request", "reply", longer, "refused", "--reason", "đã gia hạn một lần")
    again = province.ok("request", "send", "--to", "Xã Thử", "--due", day(3), "--kind",
                        "report_again", "--event", report, "--text", "thiếu số liệu")["event"]
    wait_until(lambda: again in [r["id"] for r in commune.items("request", "--open")], "it", 30)
    returned = commune.ok("request", "show", again)
    check((returned["kind"], returned["under"]) == ("report_again", report), f"{returned}")
    for lang, words in (("vi", "trả lại báo cáo"), ("en", "sent back")):
        screen = harness.run_tool("--lang", lang, "request", "show", again, dir=commune.dir,
                                  json_out=False).out
        check(words in screen, screen)
    commune.ok("request", "reply", again, "done", "--text", "đã gửi lại")
    wait_until(lambda: commune.items("request", "--open") == [] or
               again not in [r["id"] for r in province.items("request", "--open")], "its end", 30)


def about_a_matter():
    """A secondment, why a case is late, petitions above their level, a hotspot, urging."""
    with Tree() as tree:
        province, district, commune = three(tree)
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        sealed = commune.ok("case", "open", "--type", "denunciation", "--field", "land",
                            "--sealed-ref", "12/SM")["event"]
        wait_until(lambda: len(province.items("case")) == 2, "the cases above", 30)
        ask = ("request", "send", "--to", "Xã Thử", "--due", day(5), "--text", "đề nghị", "--kind")
        tell = ("notice", "send", "--to", "Xã Thử", "--text", "thông báo", "--kind")
        for args in ((*ask, "secondment"), (*ask, "overdue"), (*ask, "extension"),
                     (*ask, "report_again"), (*tell, "level_skip"),
                     (*tell, "urging"), (*tell, "hotspot_over")):
            refused(province, 64, *args)
        refused(province, 65, *ask, "overdue", "--event", sealed)
        staff = province.ok(*ask, "secondment", "--people", 3)["event"]
        why = province.ok(*ask, "overdue", "--event", case)["event"]
        skip = province.ok(*tell, "level_skip", "--people", 7)["event"]
        spot = province.ok(*tell, "hotspot")["event"]
        urged = province.ok(*tell, "urging", "--event", why)["event"]
        over = province.ok(*tell, "hotspot_over", "--event", spot)["event"]
        province.ok(*tell, "reception_schedule")
        wait_until(lambda: len(commune.items("notice")) == 5 and len(commune.items("request")) == 2,
                   "them at the commune", 30)
        shown = {what: commune.ok(kind, "show", what) for kind, what in
                 (("request", staff), ("request", why), ("notice", skip), ("notice", urged),
                  ("notice", over))}
        check([(shown[w]["kind"], shown[w]["people"], shown[w]["under"])
               for w in (staff, why, skip, urged, over)] ==
              [("secondment", 3, None), ("overdue", None, case), ("level_skip", 7, None),
               ("urging", None, why), ("hotspot_over", None, spot)], f"{shown}")
        commune.ok("request", "reply", why, "done", "--text", "chờ kết quả đo đạc")
        wait_until(lambda: [r["id"] for r in province.items("request", "--open")] == [staff],
                   "its reply", 30)
        more_time_and_once_more(province, commune, case)


def told_in_words():
    """What was wrong is said in Vietnamese and says what to do; nothing is written."""
    with Tree() as tree:
        province, district, commune = three(tree)
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        period = province.ok("period", "set", "--name", "Tết", "--from-date", day(), "--until",
                             day(9), "--to", "Xã Thử")["event"]
        wait_until(lambda: commune.tool("period", "show", period).code == 0, "the period", 30)
        before = len(commune.events())
        for args, words, more in (
                (("case", "step", case, "task_done", "--event", case), "case show", {}),
                (("case", "step", case, "reopened"), "chưa kết thúc", {}),
                (("period", "close", period), "kỳ cao điểm (kỳ chưa đến ngày cuối", {}),
                (("case", "open", "--type", "complaint", "--field", "land", "--date",
                  "31/02/2026"), "ngày có thật", {}),
                (("case", "open", "--type", "complaint", "--field", "land", "--text", "-"),
                 "kích thước: --text", {"input": "đ" * 100000}),
                (("case", "offer", case, "--to", "Xã Không Có"), "Xã Không Có", {}),
                (("reception", "add", "--kind", "regular", "--people", 0), "từ 1 đến 100000", {})):
            result = harness.run_tool("--lang", "vi", *args, dir=commune.dir, json_out=False,
                                      **more)
            check(result.code in (64, 65) and words in result.err, f"{args}: {result}")
            check(len(result.err.strip().splitlines()) == 2, f"{args}: no remedy: {result}")
        check([e["type"] for e in commune.events()[before:]
               if e["type"] != "DIRECTIVE_STATUS"] == [], "something was written")


TESTS = {f.__name__: f for f in (told_in_words, receptions, second_instance, opened_again, later_word,
                                 about_a_matter)}

if __name__ == "__main__":
    harness.main(TESTS)

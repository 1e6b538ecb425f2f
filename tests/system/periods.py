"""Heightened periods and task forces: a word a day from everybody, also that
there is nothing; who is silent; incidents that are to be taken sooner."""
import datetime

import harness
from harness import Tree, check, wait_until

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))


def day(ahead=0):
    return (datetime.datetime.now(VIETNAM).date() + datetime.timedelta(days=ahead)).isoformat()


def tree_of(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d")
    first = tree.child(district, "Xã Một", "commune", key="c1")
    second = tree.child(district, "Xã Hai", "commune", key="c2")
    print("  honest: the tree stands", flush=True)
    return province, district, first, second


def shown(node, what, period):
    found = node.tool(what, "show", period)
    return found.json if found.code == 0 else None


def arrived(node, what, period):
    item = shown(node, what, period)
    return item and {t["office"]: t["status"] for t in item["to"]}.get(node.office) == "01"


def who_is_silent():
    with Tree() as tree:
        province, district, first, second = tree_of(tree)
        everybody = [n.office for n in (district, first, second)]
        bad = [(["--until", day(-1)], 65), (["--until", day(300)], 65),
               (["--until", day(5), "--by", "25:00"], 65), (["--until", day(5), "--to", "x"], 64)]
        for args, code in bad:
            result = province.tool("period", "set", "--name", "x", "--from-date", day(-1),
                                   "--all-below", *args)
            check(result.code == code, f"{args}: {result}")
        result = first.tool("period", "set", "--name", "x", "--from-date", day(), "--until",
                            day(1), "--to", second.office)
        check(result.code == 77, f"a commune over its neighbour: {result}")
        period = province.ok("period", "set", "--name", "Kỳ họp thứ hai", "--from-date", day(-2),
                             "--until", day(20), "--all-below", "--by", "00:01",
                             "--doc-no", "12/KH-UBND", "--text", "trực 24/24")["event"]
        for node in (district, first, second):
            wait_until(lambda: arrived(node, "period", period), "it to arrive", 30)
        check(province.items("directive") == [], "a period is no directive")
        print("  honest: the period is everywhere", flush=True)
        check([p["id"] for p in first.items("period", "--open")] == [period], "the list")
        item = shown(province, "period", period)
        check(item["state"] == "running" and sorted(item["silent"]) == sorted(everybody),
              f"all are silent: {item}")
        for args, code in ((["--nothing", "--text", "x"], 64), ([], 64),
                           (["--nothing", "--date", day(1)], 65),
                           (["--nothing", "--date", day(-3)], 65)):
            result = first.tool("period", "report", period, *args)
            check(result.code == code, f"{args}: {result}")
        result = province.tool("period", "report", period, "--nothing")
        check(result.code == 77, f"who set it reports: {result}")
        first.ok("period", "report", period, "--nothing")
        first.ok("period", "report", period, "--nothing", "--date", day(-2))
        second.ok("period", "report", period, "--text", "một đoàn đến Trụ sở, đã tiếp",
                  "--receptions", 12, "--date", day(-2))
        for node in (province, district):
            wait_until(lambda: shown(node, "period", period)["silent"] ==
                       [o for o in everybody if o != first.office] or
                       sorted(shown(node, "period", period)["silent"]) ==
                       sorted([district.office, second.office]),
                       lambda: f"{shown(node, 'period', period)['silent']}", 30)
            wait_until(lambda: [(d["said"], d["silent"]) for d in
                                shown(node, "period", period)["days"]] ==
                       [(2, 1), (0, 3), (1, 2)],
                       lambda: f"{shown(node, 'period', period)['days']}", 30)
        item = shown(province, "period", period)
        check([(d["nothing"], d["something"]) for d in item["days"]] == [(1, 1), (0, 0), (1, 0)],
              f"{item['days']}")
        told = {t["office"]: (t["days_said"], t["days_with_something"], t["days_missed"])
                for t in item["to"]}
        check(told == {district.office: (0, 0, 3), first.office: (2, 0, 1),
                       second.office: (1, 1, 2)}, f"{told}")
        check(any(t["text"] == "một đoàn đến Trụ sở, đã tiếp" for t in item["texts"]), "the text")
        # Said again: the last word counts.
        second.ok("period", "report", period, "--nothing", "--date", day(-2))
        wait_until(lambda: shown(province, "period", period)["days"][0]["nothing"] == 2,
                   "the correction", 30)
        # Of a commune that is off the parent knows that it is silent.
        second.stop()
        result = district.tool("period", "end", period)
        check(result.code in (65, 77), f"whose period is it? {result}")
        province.ok("period", "end", period, "--date", day())
        wait_until(lambda: shown(first, "period", period)["state"] == "ended", "the end", 30)
        result = first.tool("period", "report", period, "--nothing", "--date", day(1))
        check(result.code == 65, f"of a day after its end: {result}")
        first.ok("period", "report", period, "--nothing", "--date", day(-1))
        check(province.items("period", "--open") == [], "it is open still")


def row(node, office):
    return {o["id"]: o for o in node.ok("office", "list", "--limit", 100)["items"]}[office]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def told_of_today():
    """The list of offices says whose word of today is there and since when, whose is
    not and until when; and that somebody is on duty, by number and without a name."""
    with Tree() as tree:
        province, district, first, second = tree_of(tree)
        for node in (first, second):
            check((row(province, node.office)["daily_status"], row(province, node.office)["on_duty"])
                  == (None, None), f"{row(province, node.office)}")
        now = datetime.datetime.now(VIETNAM)
        began = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1)
        late, open_ = (province.ok("period", "set", "--name", name, "--from-date", day(-1), "--until",
                                   day(3), "--to", first.office, "--to", second.office, "--by", by)
                       ["event"] for name, by in (("Tết", "00:01"), ("Kỳ họp", "23:59")))
        for period in (late, open_):
            for node in (first, second):
                wait_until(lambda: arrived(node, "period", period), "it to arrive", 30)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        one, last = (midnight + datetime.timedelta(minutes=m) for m in (1, 24 * 60 - 1))

        def told(office):
            found = row(province, office)["daily_status"]
            return found and (found["asked"], found["said"], found["said_at"] is not None,
                              found["due_at"] and moment(found["due_at"]))

        for node in (first, second):
            wait_until(lambda: told(node.office) == (2, 0, False, one),
                       lambda: f"{told(node.office)}", 30)
        first.ok("period", "report", late, "--nothing", "--date", day(-1))
        first.ok("period", "report", late, "--nothing")
        wait_until(lambda: told(first.office) == (2, 1, True, last),
                   lambda: f"{told(first.office)}", 30)
        first.ok("period", "report", open_, "--text", "một đoàn, đã tiếp")
        wait_until(lambda: told(first.office) == (2, 2, True, None),
                   lambda: f"{told(first.office)}", 30)
        said = moment(row(province, first.office)["daily_status"]["said_at"])
        check(began <= said <= datetime.datetime.now(datetime.timezone.utc), f"said at {said}")
        check(told(second.office) == (2, 0, False, one), f"of another: {told(second.office)}")
        check(told(district.office) is None, "of an office that is not asked")
        print("  honest: whose word of today is there", flush=True)
        # A word of yesterday that comes today is none of today.
        second.ok("period", "report", late, "--nothing", "--date", day(-1))
        wait_until(lambda: len([e for e in province.events() if e["type"] == "DAILY_STATUS"]) == 4,
                   "the fourth word", 30)
        check(told(second.office) == (2, 0, False, one), f"{told(second.office)}")
        hour = [(now + datetime.timedelta(minutes=m)) for m in (-60, 120)]
        second.ok("roster", "set", "--date", hour[0].date().isoformat(), "--at",
                  hour[0].strftime("%H:%M"), "--end", hour[1].strftime("%H:%M"), "--kind", "officer",
                  "--name", "Lê Văn Sơn", "--phone", "0276 3822 100")
        for node in (province, district):
            wait_until(lambda: row(node, second.office)["on_duty"] == {"phone": "0276 3822 100"},
                       lambda: f"{row(node, second.office)}", 30)
        check(row(province, first.office)["on_duty"] is None, "another's roster")
        check("Lê Văn Sơn" not in str(province.ok("office", "list", "--limit", 100)), "the name")


def summaries():
    """A day, the middle and the whole of a session, each on one page."""
    with Tree() as tree:
        province, district, first, second = tree_of(tree)
        period = province.ok("period", "set", "--name", "Kỳ họp thứ hai", "--from-date", day(-2),
                             "--until", day(20), "--all-below", "--by", "00:01")["event"]
        for node in (district, first, second):
            wait_until(lambda: arrived(node, "period", period), "it to arrive", 30)
        first.ok("period", "report", period, "--text", "một đoàn đến Trụ sở", "--receptions", 12)
        first.ok("period", "report", period, "--text", "một đoàn đến Trụ sở, đã tiếp",
                 "--receptions", 15)  # said again: counted once
        second.ok("period", "report", period, "--nothing", "--receptions", 3, "--date", day(-1))
        raised = second.ok("incident", "raise", "--place", "Trụ sở xã", "--subject",
                           "bồi thường đất", "--people", 40)["event"]
        wrong = second.ok("incident", "raise", "--place", "Trụ sở xã", "--subject", "nhầm",
                          "--people", 90)["event"]
        second.ok("incident", "close", wrong, "--reason", "error")
        second.ok("incident", "forecast", "--place", "Trụ sở", "--date", day(), "--at", "23:59",
                  "--people", 70, "--help", "phòng tiếp", "--source", "citizens")
        first.ok("case", "open", "--type", "complaint", "--field", "land")
        closed = first.ok("case", "open", "--type", "feedback", "--field", "land")["id"]
        first.ok("case", "close", closed, "--reason", "guided")
        first.ok("case", "open", "--type", "denunciation", "--field", "land", "--sealed-ref",
                 "07/SM")
        first.ok("request", "send", "--to", second.office, "--kind", "help", "--due", day(1),
                 "--text", "hai cán bộ")
        province.ok("directive", "issue", "--to", first.office, "--doc-no", "1", "--text", "x")

        def page(*flags):
            return province.ok("summary", "--period", period, *flags)

        wait_until(lambda: (page()["cases"]["closed"], page()["requests"]["sent"],
                            page()["crowds"]["raised"], page()["period"]["said"]) == (1, 1, 1, 2),
                   lambda: f"{page()}", 30)
        whole = page()
        check((whole["from"], whole["until"]) == (day(-2), day()), f"{whole}")
        check(whole["crowds"] == {"raised": 1, "people": 40, "ended": 0, "going_on": 1,
                                  "untaken": 1}, f"{whole['crowds']}")
        check((whole["cases"]["complaints"], whole["cases"]["feedback"], whole["cases"]["open"]) ==
              (1, 1, 2), f"{whole['cases']}")
        check(whole["directives"]["issued"] == 1 and whole["requests"]["owed"] == 1, f"{whole}")
        told = whole["period"]
        check((told["wanted"], told["said"], told["nothing"], told["receptions"]) == (9, 2, 1, 18),
              f"{told}")
        check([(w["office"], w["day"], w["text"]) for w in told["words"]] ==
              [(first.office, day(), "một đoàn đến Trụ sở, đã tiếp")], f"{told['words']}")
        check({m["office"]: m["days"] for m in told["missing"]} ==
              {district.office: 3, first.office: 2, second.office: 2}, f"{told['missing']}")
        check((page("--date", day(-1))["period"]["said"], page("--date", day())["period"]["said"],
               page("--until", day(-1))["period"]["wanted"]) == (1, 1, 6), "a day, the middle")
        check(page("--until", day(-1))["crowds"]["raised"] == 0, "of other days")
        province.ok("incident", "take", raised)
        wait_until(lambda: page()["crowds"]["untaken"] == 0, "it to be taken", 30)
        for bad, code in ((["--date", day(), "--until", day()], 64), (["--period", raised], 65),
                          (["--from-date", day(1), "--until", day()], 65)):
            result = province.tool("summary", *bad)
            check(result.code == code, f"{bad}: {result}")
        printed = harness.run_tool("--lang", "vi", "summary", "--period", period,
                                   dir=province.dir, json_out=False)
        lines = printed.out.splitlines()
        check(printed.code == 0 and len(lines) <= 55 and "Kỳ họp thứ hai" in printed.out and
              "Xã Một" in printed.out and max(map(len, lines)) < 400, f"{printed}")


def taken_sooner():
    """In a heightened period an incident climbs sooner, at every tier alike."""
    with Tree() as tree:
        province, district, first, second = tree_of(tree)
        period = province.ok("period", "set", "--name", "Tết", "--from-date", day(), "--until",
                             day(3), "--to", first.office, "--within", 1)["event"]
        wait_until(lambda: arrived(first, "period", period), "it to arrive", 30)
        print("  honest: the period is there", flush=True)
        for node, minutes in ((first, 1), (second, 5)):
            raised = node.ok("incident", "raise", "--place", "Trụ sở xã", "--subject",
                             "bồi thường đất", "--people", 40)["event"]
            for where in (node, district, province):
                wait_until(lambda: harness.of(where.items("incident"), raised), "it", 30)
                item = harness.of(where.items("incident"), raised)
                next_at = datetime.datetime.fromisoformat(item["raised_next_at"][:-1])
                since = datetime.datetime.fromisoformat(item["raised_at"][:-1])
                check(abs((next_at - since).total_seconds() - 60 * minutes) < 2,
                      f"{where.name}: {item['raised_at']} {item['raised_next_at']}")


def task_force():
    with Tree() as tree:
        province, district, first, second = tree_of(tree)
        result = district.tool("taskforce", "form", "--name", "Tổ công tác", "--from-date", day(),
                               "--until", day(3), "--all-below")
        check(result.code == 64, f"without its decision: {result}")
        force = district.ok("taskforce", "form", "--name", "Tổ công tác kỳ họp", "--doc-no",
                            "5740/QĐ-UBND", "--from-date", day(), "--until", day(3),
                            "--all-below")["event"]
        for node in (first, second):
            wait_until(lambda: arrived(node, "taskforce", force), "it to arrive", 30)
        for node in (district, first):
            decisions = [node.items("taskforce")[0]["doc_no"],
                         shown(node, "taskforce", force)["doc_no"]]
            check(decisions == 2 * ["5740/QĐ-UBND"], f"{node.name}: its decision is {decisions}")
        check(district.items("period") == [], "a force is no period")
        first.ok("taskforce", "presence", force, "present")
        for args in (["absent", "--name", "Trực ban 2"], ["substitute"], ["late"]):
            result = second.tool("taskforce", "presence", force, *args)
            check(result.code in (64, 65), f"{args}: {result}")
        second.ok("taskforce", "presence", force, "absent")
        wait_until(lambda: [t["days_absent"] for t in sorted(
            shown(province, "taskforce", force)["to"], key=lambda t: t["office"] != first.office)]
            == [0, 1], lambda: f"{shown(province, 'taskforce', force)}", 30)
        second.ok("taskforce", "presence", force, "substitute", "--name", "Trực ban 2")
        second.ok("taskforce", "presence", force, "absent", "--date", day(1))
        wait_until(lambda: sorted((t["days_said"], t["days_absent"]) for t in
                                  shown(district, "taskforce", force)["to"]) == [(1, 0), (2, 1)],
                   lambda: f"{shown(district, 'taskforce', force)['to']}", 30)
        texts = shown(district, "taskforce", force)["texts"]
        check([t["text"] for t in texts if t["kind"] == "person"] == ["Trực ban 2"], f"{texts}")
        district.ok("taskforce", "end", force)
        wait_until(lambda: shown(second, "taskforce", force)["state"] == "ended", "its end", 30)
        result = second.tool("taskforce", "presence", force, "present", "--date", day(2))
        check(result.code == 65, f"after its end: {result}")


def summed_up():
    """When its last day has come each addressee closes a period; who has not is
    named, and of a closed office its heir."""
    with Tree() as tree:
        province, district, first, second = tree_of(tree)
        period = province.ok("period", "set", "--name", "Tết", "--from-date", day(-1), "--until",
                             day(4), "--to", first.office, second.office)["event"]
        for node in (first, second):
            wait_until(lambda: arrived(node, "period", period), "it to arrive", 30)
        result = first.tool("period", "close", period)
        check(result.code == 65 and result.error["code"] == "step_refused", f"too early: {result}")
        first.ok("period", "report", period, "--nothing", "--date", day(-1))
        province.ok("period", "end", period, "--date", day(), "--text", "sớm hơn dự kiến")
        wait_until(lambda: shown(first, "period", period)["until"] == day(), "its end", 30)
        wait_until(lambda: sorted(shown(province, "period", period)["not_closed"]) ==
                   sorted([first.office, second.office]), "who has to close it", 30)
        result = first.tool("period", "close", period, "--text", "bà Trần Thị Bình 0912345678")
        check(result.code == 65, f"a name in it: {result}")
        first.ok("period", "close", period, "--receptions", 31, "--text", "hai đoàn, đã tiếp")
        for args in (("close", period), ("report", period, "--nothing")):
            result = first.tool("period", *args)
            check(result.code == 65, f"after it was closed: {result}")
        wait_until(lambda: shown(province, "period", period)["not_closed"] == [second.office],
                   lambda: f"{shown(province, 'period', period)}", 30)
        item = shown(province, "period", period)
        check({t["office"]: t["status"] for t in item["to"]}[first.office] == "06", f"{item['to']}")
        texts = [t["text"] for t in item["texts"]]
        check("hai đoàn, đã tiếp" in texts and "sớm hơn dự kiến" in texts, f"{texts}")
        check("PERIOD_CLOSED" in {e["type"] for e in province.events()}, "its event")
        print("  honest: who has to close it is named", flush=True)
        # An office closes: its heir is silent in its place, and closes for it.
        province.ok("tree", "close", "Xã Hai", "Xã Một")
        wait_until(lambda: shown(province, "period", period)["not_closed"] == [first.office],
                   lambda: f"{shown(province, 'period', period)}", 30)
        wait_until(lambda: {t["office"]: t["heir"] for t in shown(first, "period", period)["to"]}
                   .get(second.office) == first.office, "the heir to know", 30)
        first.ok("period", "report", period, "--nothing", "--date", day())
        first.ok("period", "close", period, "--receptions", 4)
        wait_until(lambda: shown(province, "period", period)["not_closed"] == [],
                   lambda: f"{shown(province, 'period', period)}", 30)


def phoned_in():
    """The word of a day that an office has phoned in, entered above; its own takes
    its place, counted once."""
    with Tree() as tree:
        province, district, first, second = tree_of(tree)
        period = province.ok("period", "set", "--name", "Tết", "--from-date", day(), "--until",
                             day(4), "--to", first.office, "--by", "00:01")["event"]
        for node in (district, first):
            wait_until(lambda: shown(node, "period", period) is not None, "it", 30)
        report = ("period", "report", period, "--text", "một đoàn, đã tiếp", "--receptions", 5)
        for node, who, code in ((first, "Xã Hai", 77), (district, "Xã Hai", 77),
                                (district, "Tỉnh Tây Ninh", 77)):
            result = node.tool(*report, "--for", who)
            check(result.code == code, f"{node.name} for {who}: {result}")
        first.stop()
        district.ok(*report, "--for", "Xã Một")
        wait_until(lambda: shown(province, "period", period)["silent"] == [],
                   lambda: f"{shown(province, 'period', period)}", 30)
        told = province.ok("summary", "--period", period)["period"]
        check((told["said"], told["receptions"], [w["office"] for w in told["words"]]) ==
              (1, 5, [first.office]), f"{told}")
        first.start()
        wait_until(lambda: shown(first, "period", period)["silent"] == [], "it at the office", 30)
        first.ok("period", "report", period, "--text", "một đoàn, hẹn đối thoại",
                 "--receptions", 7)
        wait_until(lambda: province.ok("summary", "--period", period)["period"]["receptions"] == 7,
                   lambda: f"{province.ok('summary', '--period', period)['period']}", 30)
        told = province.ok("summary", "--period", period)["period"]
        check((told["said"], [w["text"] for w in told["words"]]) ==
              (1, ["một đoàn, hẹn đối thoại"]), f"counted twice: {told}")


def other_members():
    """Of a task force with other members one goes on in its place."""
    with Tree() as tree:
        province, district, first, second = tree_of(tree)
        force = district.ok("taskforce", "form", "--name", "Tổ công tác kỳ họp", "--doc-no",
                            "5740/QĐ-UBND", "--from-date", day(-1), "--until", day(3), "--to",
                            first.office)["event"]
        wait_until(lambda: arrived(first, "taskforce", force), "it to arrive", 30)
        first.ok("taskforce", "presence", force, "absent")
        for node, args, code in ((district, [], 64), (district, ["--to", province.office], 77),
                                 (first, ["--to", second.office], 77)):
            result = node.tool("taskforce", "change", force, *args)
            check(result.code == code, f"{args}: {result}")
        check(shown(district, "taskforce", force)["state"] == "running", "half a change")
        changed = district.ok("taskforce", "change", force, "--to", first.office, "--to",
                              second.office, "--doc-no", "5799/QĐ-UBND")["event"]
        for node in (first, second):
            wait_until(lambda: arrived(node, "taskforce", changed), "it to arrive", 30)
        for node in (province, district, second):
            wait_until(lambda: shown(node, "taskforce", changed) is not None, "the new one", 30)
            item = shown(node, "taskforce", changed)
            check((item["name"], item["from"], item["until"], item["former"], item["doc_no"]) ==
                  ("Tổ công tác kỳ họp", day(), day(3), force, "5799/QĐ-UBND"), f"{item}")
            check(sorted(t["office"] for t in item["to"]) == sorted([first.office, second.office]),
                  f"{item['to']}")
        for node in (district, first):
            wait_until(lambda: (shown(node, "taskforce", force)["state"],
                                shown(node, "taskforce", force)["until"]) == ("ended", day(-1)),
                       lambda: f"{shown(node, 'taskforce', force)}", 30)
        second.ok("taskforce", "presence", changed, "present")
        result = first.tool("taskforce", "presence", force, "present", "--date", day(1))
        check(result.code == 65, f"of the former: {result}")
        result = district.tool("taskforce", "change", force, "--to", first.office)
        check(result.code == 65, f"it has ended: {result}")


TESTS = {f.__name__: f for f in (who_is_silent, told_of_today, summed_up, summaries, taken_sooner, task_force,
                                 phoned_in, other_members)}

if __name__ == "__main__":
    harness.main(TESTS)

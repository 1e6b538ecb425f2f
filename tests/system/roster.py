"""Rosters: who is on duty is who is rung, also after a swap and a handing over;
names of staff stay texts that can be erased."""
import datetime

import harness
from harness import Tree, check, wait_until

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))


def at(minutes):
    """A day and an hour so many minutes from now."""
    when = datetime.datetime.now(VIETNAM) + datetime.timedelta(minutes=minutes)
    return when.date().isoformat(), when.strftime("%H:%M")


def shift(node, begins, ends, name, phone, kind="officer"):
    day, hour = at(begins)
    return node.ok("roster", "set", "--date", day, "--at", hour, "--end", at(ends)[1], "--kind",
                   kind, "--name", name, "--phone", phone)["event"]


def pair(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d")
    commune = tree.child(district, "Xã Thử", "commune", key="c")
    print("  honest: the tree stands", flush=True)
    return province, district, commune


def ring(node, incident):
    item = harness.of(node.items("incident"), incident)
    return item and (item["ring"], item["ring_person"])


def on_duty(node, office):
    return [s["person"] for s in node.items("roster", "--open", "--office", office)]


def who_is_rung():
    with Tree() as tree:
        province, district, commune = pair(tree)
        for args in (["--at", "7h30"], ["--kind", "boss"], ["--phone", "gọi anh Hai"]):
            full = {"--date": at(0)[0], "--at": "07:30", "--end": "17:00", "--kind": "officer",
                    "--name": "Trực ban", "--phone": "0276 3822 001"}
            full[args[0]] = args[1]
            result = district.tool("roster", "set", *[x for kv in full.items() for x in kv])
            check(result.code == 65, f"{args}: {result}")
        shift(district, -60, 120, "Lãnh đạo trực", "0276 3822 009", "leader")
        now = shift(district, -60, 120, "Trực ban 1", "0276 3822 001")
        following = shift(district, 120, 600, "Trực ban 2", "0276 3822 002")
        shift(commune, -60, 60, "Trực xã", "0276 3822 100")
        wait_until(lambda: len(commune.items("roster")) == 4, "the roster below", 30)
        wait_until(lambda: len(province.items("roster")) == 4, "the roster above", 30)
        check(sorted(on_duty(province, district.office)) == ["Lãnh đạo trực", "Trực ban 1"],
              f"{on_duty(province, district.office)}")
        raised = commune.ok("incident", "raise", "--place", "Trụ sở xã", "--subject",
                            "bồi thường đất", "--people", 40)["event"]
        nodes = (commune, district, province)
        for node in nodes:
            wait_until(lambda: ring(node, raised) == ("0276 3822 001", "Trực ban 1"),
                       lambda: f"{node.name}: {ring(node, raised)}", 30)
        result = province.tool("roster", "swap", now, "--absent")
        check(result.code == 77, f"another's shift: {result}")
        for args in ([], ["--name", "x"], ["--absent", "--name", "x", "--phone", "0276382"]):
            result = district.tool("roster", "swap", now, *args)
            check(result.code == 64, f"{args}: {result}")
        district.ok("roster", "swap", now, "--name", "Trực thay", "--phone", "0276 3822 007")
        for node in nodes:
            wait_until(lambda: ring(node, raised) == ("0276 3822 007", "Trực thay"),
                       lambda: f"{node.name}: {ring(node, raised)}", 30)
        district.ok("roster", "swap", now, "--absent")
        for node in nodes:
            wait_until(lambda: ring(node, raised) == ("0276 3822 009", "Lãnh đạo trực"),
                       lambda: f"{node.name}: {ring(node, raised)}", 30)


def handed_over():
    with Tree() as tree:
        province, district, commune = pair(tree)
        now = shift(district, -60, 120, "Trực ban 1", "0276 3822 001")
        following = shift(district, 120, 600, "Trực ban 2", "0276 3822 002")
        raised = commune.ok("incident", "raise", "--place", "Trụ sở xã", "--subject",
                            "bồi thường đất", "--people", 40)["event"]
        wait_until(lambda: len(commune.items("roster")) == 2, "the roster", 30)
        print("  honest: the roster is there", flush=True)
        wait_until(lambda: ring(commune, raised) == ("0276 3822 001", "Trực ban 1"),
                   lambda: f"{ring(commune, raised)}", 30)
        result = district.tool("roster", "hand-over", now, "--next", now)
        check(result.code == 65, f"to itself: {result}")
        result = district.tool("roster", "hand-over", now, "--text", "bà Trần Thị Bình 0912345678")
        check(result.code == 65, f"a name handed over: {result}")
        district.ok("roster", "hand-over", now, "--next", following, "--text",
                    "một đoàn còn chờ đối thoại")
        # Before its hour: who took it over is rung.
        for node in (commune, district, province):
            wait_until(lambda: ring(node, raised) == ("0276 3822 002", "Trực ban 2"),
                       lambda: f"{node.name}: {ring(node, raised)}", 30)
        item = province.ok("roster", "show", now)
        check(item["state"] == "handed_over" and item["handed_over_to"] == following, f"{item}")
        check(any(t["text"] == "một đoàn còn chờ đối thoại" for t in item["texts"]), "the word")
        for args in (["hand-over"], ["swap", "--absent"]):
            result = district.tool("roster", args[0], now, *args[1:])
            check(result.code == 65, f"after its end: {result}")
        # The name of a member of staff goes everywhere when it has to.
        district.ok("erase", following, "--reason", "đã nghỉ việc")
        province.ok("erase", following, "--reason", "xác nhận")
        wait_until(lambda: commune.ok("roster", "show", following)["person"] is None,
                   "the name to be gone", 60)


HEAD = "date,at,end,kind,name,phone"


def table(path, rows, head=HEAD):
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def from_a_file():
    """A month from a table: all of its shifts or none, and what is wrong by line."""
    with Tree() as tree:
        province, district, commune = pair(tree)
        days = [(datetime.date.today() + datetime.timedelta(days=i)) for i in range(200)]
        rows = [f'{d:%d/%m/%Y},{a},{e},officer,"Trực, ban {i}",0276 3822 {i:03}'
                for i, d in enumerate(days) for a, e in (("07:30", "17:00"), ("17:00", "07:30"))]
        file = tree.dir / "truc.csv"
        bad = rows[:6]
        bad[2] = bad[2].replace("07:30", "7h30")
        bad[4] = bad[4].replace("officer", "boss")
        bad[5] = bad[5].replace("0276 3822", "gọi anh Hai")
        for lang in ("vi", "en"):
            told = harness.run_tool("--lang", lang, "roster", "import", table(file, bad),
                                    dir=district.dir, json_out=False)
            lines = told.err.splitlines()
            check(told.code == 65 and [l.split(":")[1:2] for l in lines[:3]] ==
                  [["4"], ["6"], ["7"]] and len(lines) == 4, f"{told}")
        told = district.tool("roster", "import", file)
        check(told.code == 65 and '"line":4' in told.err, f"{told}")
        for wrong, code in ((["1/12/2026,07:30"], 65), ([rows[0] + ",x"], 65), ([], 65),
                            (rows + rows[:1], 65), (['"unclosed,' + rows[0]], 65)):
            result = district.tool("roster", "import", table(file, wrong))
            check(result.code == code, f"{wrong[:2]}: {result}")
        check(district.tool("roster", "import", table(file, rows[:2], "ngày,giờ")).code == 65, "head")
        check(district.tool("roster", "import", tree.dir / "none.csv").code == 66, "no file")
        check(district.tool("roster", "import", table(file, ["x" * 300000])).code == 65, "too big")
        check(district.items("roster") == [], "half a roster")
        rid = harness.request_id()
        done = district.tool("roster", "import", table(file, rows), "--request-id", rid)
        check(done.code == 0, f"{done.err}")
        again = district.tool("roster", "import", file, "--request-id", rid)
        check(again.code == 0, f"{again.err}")
        items = district.items("roster", "--limit", 1000)
        check(len(items) == 400 and {i["person"] for i in items} ==
              {f"Trực, ban {i}" for i in range(200)}, f"{len(items)} shifts")
        wait_until(lambda: len(commune.items("roster", "--limit", 1000)) == 400,
                   "the commune to know whom to ring", 30)


TESTS = {f.__name__: f for f in (who_is_rung, handed_over, from_a_file)}

if __name__ == "__main__":
    harness.main(TESTS)

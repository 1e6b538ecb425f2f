"""A parent shuts its own door to an office below it, and opens it again."""
import harness
from bypass import Line, goes_around, role
from harness import Tree, check, wait_until


def link(node, office):
    return next((l for l in node.status()["links"] if l["office"] == office), None)


def door_alarm(node):
    return next((a for a in node.status()["alarms"] if a["code"] == "door_shut"), None)


def shut_and_opened():
    """Cut at once, gone around with all lanes, seen by the keeper with who shut it, kept
    over restarts of all three, refused to others; and then it is as before."""
    with Tree() as tree:
        line = Line(tree)
        commune, district, province = line.commune, line.district, line.province
        print("  honest: an incident went the usual way", flush=True)
        for node in (province, commune):
            refused = node.tool("suspend", commune.office)
            check(refused.code == 77, f"{node.name} shut the district's door: {refused}")
        district.ok("suspend", commune.office, "--doc-no", "12/QĐ", "--reason", "máy bị mất")
        wait_until(lambda: role(district, commune.office) is None, "the session to end")
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        wait_until(lambda: case in {e["event"] for e in province.events()},
                   lambda: f"a case to go around at once: {commune.status()['bypass']}", 30)
        goes_around(line, "shut")
        wait_until(lambda: commune.status()["bypass"]["lanes"] == "all",
                   lambda: f"all lanes: {commune.status()['bypass']}")
        # What it went around comes down to the district from above.
        wait_until(lambda: case in {e["event"] for e in district.events()},
                   "the district to have it from the province")

        def seen():
            wait_until(lambda: all(door_alarm(n) for n in (commune, district, province)),
                       lambda: str([door_alarm(n) for n in (commune, district, province)]), 40)
            for node in (district, province):
                text = door_alarm(node)["text"]
                check(district.name in text and commune.name in text and "12/QĐ" in text,
                      text)
            own = link(district, commune.office)
            check(own["state"] == "suspended" and own["role"] == "child"
                  and own["reason"] == "door_shut", own)
            wait_until(lambda: link(commune, district.office)["state"] == "suspended",
                       lambda: str(link(commune, district.office)), 40)
            why = commune.ok("explain", district.office)
            check(why["code"] == "parent_door_shut" and why["moving"] is False, why)
            why = district.ok("explain", commune.office)
            check(why["code"] == "own_door_shut", why)
            wait_until(lambda: "has shut its door" in province.ok(
                "explain", commune.office)["text"], "the keeper's explanation")
            check("12/QĐ" in province.ok("explain", commune.office)["text"], "the document")

        seen()
        check(district.tool("suspend", commune.office).code == 65, "shut twice")
        for node in (district, commune, province):
            node.kill()
            node.start()
        seen()
        check(role(district, commune.office) is None, district.status()["links"])
        district.ok("resume", commune.office)
        wait_until(lambda: role(district, commune.office) == "child", "the link to be back", 70)
        wait_until(lambda: commune.status()["bypass"] is None, "the bypass to end", 40)
        line.incident("sau đó")
        wait_until(lambda: "sau đó" in line.places(district), "the usual way")
        wait_until(lambda: not any(door_alarm(n) for n in (commune, district, province)),
                   lambda: str([door_alarm(n) for n in (commune, district, province)]))
        check(district.tool("resume", commune.office).code == 65, "opened twice")


if __name__ == "__main__":
    harness.main({"shut_and_opened": shut_and_opened})

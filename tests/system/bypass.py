"""Around a parent that is dead, stopped, or acknowledges and withholds.

Three offices in a line; the times that are a quarter of an hour in real life
are seconds here, the five seconds without an ack are what they are.
"""
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "proxy"))

import harness
from harness import Tree, check, wait_until
from proxy import Proxy

SOON_S = 10


def configure(node):
    file = node.dir / "conf.d" / "60-bypass.conf"
    file.write_text("statement_interval = 2s\nwithheld_urgent = 8s\n")
    os.chmod(file, 0o640)


class Line:
    """Province, district, commune, all current."""

    def __init__(self, tree, district_env=None):
        self.province = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        configure(self.province)
        self.province.start()
        self.province.office = self.province.status()["office"]["id"]
        self.district = self.join(tree, self.province, "Huyện Gò Dầu", "district", "d",
                                  district_env)
        self.commune = self.join(tree, self.district, "Xã Thạnh Đức", "commune", "c", None)
        wait_until(lambda: len(self.commune.status()["office"]["superiors"]) == 2,
                   "the commune to know its line")
        self.incident("thử đường")
        wait_until(lambda: self.places(self.province) == ["thử đường"], "the first incident")
        wait_until(lambda: self.commune.status()["receipt"]["covers_all"], "its receipt")

    @staticmethod
    def join(tree, parent, name, kind, key, env):
        node = tree.child(parent, name, kind, key=key, env=env, start=False)
        configure(node)
        return node.start()

    def incident(self, place):
        return self.commune.ok("incident", "raise", "--place", place, "--subject", "đất đai",
                               "--people", 12)

    def directive(self, number):
        self.province.ok("directive", "issue", "--to", self.commune.office, "--doc-no", number,
                         "--text", "Khẩn", "--urgent")

    @staticmethod
    def places(node):
        return sorted(i["place"] for i in node.items("incident"))

    @staticmethod
    def numbers(node):
        return sorted(d["doc_no"] for d in node.items("directive"))


def role(node, office):
    """The role of the link that is up with that office; None: there is none."""
    return next((l["role"] for l in node.status()["links"]
                 if l["office"] == office and l["state"] == "up"), None)


def relink(line, env=None):
    """The district ends and begins again; all three know its new links."""
    old = {node: line_since(node, line.district.office) for node in (line.commune, line.province)}
    line.district.stop()
    line.district.start(env=env)
    for node, before in old.items():
        wait_until(lambda: line_since(node, line.district.office) not in (None, before),
                   f"the new link at {node.name}")


def line_since(node, office):
    """Since when the link with that office is up; None: there is none."""
    return next((l["since"] for l in node.status()["links"]
                 if l["office"] == office and l["state"] == "up"), None)


def arrives(line, place, patience_s=SOON_S):
    began = time.monotonic()
    wait_until(lambda: place in line.places(line.province),
               lambda: f"{place} at the province; the commune: {line.commune.status()['bypass']}"
               f"\n{line.commune.notes()[-1500:]}", patience_s)
    print(f"  {place}: at the province after {time.monotonic() - began:.1f} s", flush=True)


def goes_around(line, *reasons):
    """The commune says why. What it says follows what it does by a tenth of a second."""
    wait_until(lambda: (line.commune.status()["bypass"] or {}).get("reason") in reasons,
               lambda: f"the bypass, {' or '.join(reasons)}: {line.commune.status()['bypass']}")


def soon(condition, patience_s):
    """Wait for it, and go on without."""
    end = time.monotonic() + patience_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.2)


def ended(line, patience_s=40):
    wait_until(lambda: line.commune.status()["bypass"] is None,
               lambda: f"the end of the bypass: {line.commune.status()['bypass']}", patience_s)
    wait_until(lambda: role(line.province, line.commune.office) is None,
               "the province to see it end")
    check("bypass_ended" in line.commune.notes(), line.commune.notes()[-800:])


def dead_district():
    """Seconds to the province, urgent alone; the district is given what it
    missed, and the bypass ends."""
    with Tree() as tree:
        line = Line(tree)
        print("  honest: an incident went the usual way", flush=True)
        check(line.commune.status()["bypass"] is None, "a bypass without a need")
        line.district.kill()
        line.incident("trụ sở xã")
        case = line.commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        arrives(line, "trụ sở xã")
        for node, other in ((line.commune, line.province), (line.province, line.commune)):
            wait_until(lambda: role(node, other.office) == "bypass",
                       lambda: f"the way around: {node.status()['links']}")
        around = line.commune.status()["bypass"]
        check(around["state"] == "around" and around["reason"] == "unacked"
              and around["lanes"] == "urgent" and around["office"] == line.province.office
              and around["parent"] == line.district.office, around)
        check("bypass_begun" in line.commune.notes(), line.commune.notes()[-800:])
        why = line.commune.ok("explain", line.district.office)
        check("Going around" in why["text"] and "not acknowledged" in why["text"], why["text"])
        check("straight to Tỉnh Tây Ninh" in why["text"], why["text"])
        vi = line.commune.tool("explain", line.district.office, env={"LIENTHONG_LANG": "vi"})
        check("Đang đi vòng" in vi.out, vi.out)
        screen = line.commune.tool("status", json_out=False).out
        check("Going around by" in screen, screen)
        wait_until(lambda: line.commune.status()["receipt"]["keeper"] == line.province.office,
                   "the keeper's word")
        # What is not urgent waits for the district.
        line.incident("sau đó")
        arrives(line, "sau đó")
        check(case not in {e["event"] for e in line.province.events()}, "a case went around")
        line.district.start()
        wait_until(lambda: line.places(line.district) == sorted(["thử đường", "trụ sở xã",
                                                                 "sau đó"]),
                   "what the district had missed")
        ended(line)
        wait_until(lambda: case in {e["event"] for e in line.province.events()},
                   "the case by the usual way")
        for node in (line.commune, line.district, line.province):
            check("withheld" not in node.alarms(), node.alarms())


def stopped_district():
    """Its machine answers, it does not: no ack for five seconds."""
    with Tree() as tree:
        line = Line(tree)
        os.kill(line.district.pid(), signal.SIGSTOP)
        try:
            line.incident("trụ sở xã")
            arrives(line, "trụ sở xã")
        finally:
            os.kill(line.district.pid(), signal.SIGCONT)
        ended(line)


def withholding_district():
    """It acknowledges and passes nothing on: found out, gone around, blamed until
    it passes things on again."""
    with Tree() as tree:
        line = Line(tree)
        relink(line, env={"LIENTHONG_PLANT": "withhold"})
        print("  honest: the district is back and withholds", flush=True)
        line.incident("trụ sở xã")
        wait_until(lambda: "trụ sở xã" in line.places(line.district), "the district to have it")
        arrives(line, "trụ sở xã", 40)
        alarm = line.commune.wait_alarm("withheld")
        check(line.district.name in alarm["text"], alarm)
        goes_around(line, "unreceipted")
        wait_until(lambda: {o["office"]: o["state"] for o in line.commune.status()["offices"]}
                   [line.district.office] == "withheld", "the state of the district")
        why = line.commune.ok("explain", line.district.office)
        check(why["code"] == "parent_withholds" and why["moving"] is False, why)
        # The next one is there within seconds, and the alarm stands.
        line.incident("lần hai")
        arrives(line, "lần hai", 20)
        check("withheld" in line.commune.alarms(), line.commune.alarms())
        relink(line)
        line.incident("lần ba")
        arrives(line, "lần ba")
        ended(line)
        line.commune.wait_no_alarm("withheld")


def directives_down():
    """What the province orders reaches the commune past a district that
    withholds it, and past one that is dead."""
    with Tree() as tree:
        line = Line(tree)
        relink(line, env={"LIENTHONG_PLANT": "withhold"})
        print("  honest: the district is back and withholds", flush=True)
        line.directive("01/CĐ")
        wait_until(lambda: line.numbers(line.commune) == ["01/CĐ"], "01/CĐ at the commune", 40)
        line.commune.wait_alarm("withheld")
        goes_around(line, "missing")
        relink(line)
        # It ends with what the district brings, which the way around may bring first.
        orders = ["01/CĐ"]
        while line.commune.status()["bypass"] is not None and len(orders) < 9:
            orders.append(f"0{len(orders) + 1}/CĐ")
            line.directive(orders[-1])
            wait_until(lambda: line.numbers(line.commune) == orders, f"{orders} at the commune", 40)
            soon(lambda: line.commune.status()["bypass"] is None, 8)
        ended(line)
        line.commune.wait_no_alarm("withheld")
        line.district.kill()
        wait_until(lambda: (line.commune.status()["bypass"] or {}).get("reason") == "apart",
                   "the commune to miss its parent", 40)
        line.directive("10/CĐ")
        wait_until(lambda: line.numbers(line.commune) == [*orders, "10/CĐ"],
                   "10/CĐ at the commune", SOON_S)


def district_cut_off():
    """It has no way up and keeps nothing back: gone around, and not accused."""
    with Tree() as tree:
        line = Line(tree)
        target = line.province.status()["listen"]["links"]
        with Proxy(target) as wire:
            line.district.stop()
            file = line.district.dir / "conf.d" / "70-wire.conf"
            file.write_text(f'superior_addresses = {{"{wire.address}"}}\n')
            os.chmod(file, 0o640)
            line.district.start()
            line.incident("trước")
            arrives(line, "trước", 30)
        wait_until(lambda: role(line.province, line.district.office) is None, "the cut")
        for place in ("một", "hai", "ba"):  # each longer than an accusation takes
            line.incident(place)
            arrives(line, place, 40)
            wait_until(lambda: place in line.places(line.district), f"{place} at the district")
        goes_around(line, "unreceipted", "still")
        with Proxy(target, listen=wire.address):
            wait_until(lambda: role(line.district, line.province.office) == "parent", "the line",
                       60)
            line.incident("bốn")
            arrives(line, "bốn", 40)
            ended(line, 60)
        # The province is told of what ripens for ten seconds before it goes
        # around, and its quarter of an hour is eight here.
        for node in (line.commune, line.district):
            said = [n for n in node.notes().splitlines() if ">withheld " in n]
            check(not said, f"{node.name}: {said}")


def killed_meanwhile():
    """Nothing of it is kept: after a start the need shows itself again."""
    with Tree() as tree:
        line = Line(tree)
        line.district.kill()
        line.incident("trụ sở xã")
        line.commune.kill()
        line.commune.start()
        arrives(line, "trụ sở xã", 20)
        line.province.kill()
        line.province.start()
        line.incident("sau đó")
        arrives(line, "sau đó", 60)


if __name__ == "__main__":
    harness.main({
        "dead_district": dead_district,
        "stopped_district": stopped_district,
        "withholding_district": withholding_district,
        "directives_down": directives_down,
        "district_cut_off": district_cut_off,
        "killed_meanwhile": killed_meanwhile,
    })

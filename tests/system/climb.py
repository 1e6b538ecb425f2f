"""Urgency that climbs by itself: what no person has taken is raised, tier by
tier, and every office between sees it and rings, whatever the links do."""
import os
import pathlib
import time

import harness
from harness import Tree, check, wait_until

RAISE = ("incident", "raise", "--place", "Trụ sở xã", "--subject", "bồi thường đất",
         "--people", 40)
WITHIN_S = 8


class Bell:
    """A command that writes down what it was told."""

    def __init__(self, tree, name, body=""):
        self.path = tree.dir / f"{name}.sh"
        self.out = tree.dir / f"{name}.rung"
        self.say(body)

    def say(self, body=""):
        fresh = pathlib.Path(f"{self.path}.new")
        fresh.write_text("#!/bin/sh\n"
                         "echo \"$LIENTHONG_INCIDENT $LIENTHONG_STEP $LIENTHONG_ASKED"
                         f" $LIENTHONG_RING $*\" >>{self.out}\n{body}\n")
        os.chmod(fresh, 0o755)
        os.replace(fresh, self.path)

    def rung(self):
        try:
            return [l.split() for l in self.out.read_text().splitlines()]
        except FileNotFoundError:
            return []

    def steps(self, incident):
        return [int(r[1]) for r in self.rung() if r[0] == incident]


def conf(node, bell=None, within_s=WITHIN_S, **more):
    lines = [f"incident_within = {within_s}s"]
    if bell:
        lines.append(f'alert_command = "{bell.path}"')
    lines += [f'{k} = "{v}"' for k, v in more.items()]
    file = node.dir / "conf.d" / "80-climb.conf"
    file.write_text("\n".join(lines) + "\n")
    os.chmod(file, 0o640)


def three(tree, **more):
    province = tree.root("Tỉnh Tây Ninh", key="p", start=False)
    bells = {k: Bell(tree, k) for k in "pdc"}
    conf(province, bells["p"], duty_phone="02763811111", **more)
    province.start()
    province.office = province.status()["office"]["id"]
    district = tree.child(province, "Huyện Thử", "district", key="d", start=False)
    conf(district, bells["d"], duty_phone="02763822222", superior_duty_phone="02763811111",
         **more)
    district.start()
    commune = tree.child(district, "Xã Thử", "commune", key="c", start=False)
    conf(commune, bells["c"], superior_duty_phone="02763822222", **more)
    commune.start()
    # Until its tree has come it knows nobody else to ask.
    wait_until(lambda: len(commune.status()["office"]["superiors"]) == 2,
               "the commune to know its line")
    print("  honest: the tree stands", flush=True)
    return province, district, commune, bells


def shown(node, incident):
    return next((i for i in node.items("incident") if i["id"] == incident), None)


def asked(node, incident):
    item = shown(node, incident)
    return item and (item["asked"], item["raised_times"])


def climbs_and_ends():
    with Tree() as tree:
        province, district, commune, bells = three(tree)
        nodes = (province, district, commune)
        first = commune.ok(*RAISE)["event"]
        wait_until(lambda: all(shown(n, first) for n in nodes), "it to arrive everywhere")
        for node in nodes:
            check(asked(node, first) == (district.office, 0), f"{node.name}: {asked(node, first)}")
        check(shown(commune, first)["ring"] == "02763822222", "whom does the commune call?")
        check(shown(district, first)["ring"] == "02763822222", "which of ours rings?")
        wait_until(lambda: bells["d"].steps(first) == [0], "the district to ring", 10)
        check(bells["c"].rung() == [] and bells["p"].rung() == [], "who else rang?")
        check("incident_untaken" not in province.alarms() | commune.alarms(), "too early")
        for node in nodes:
            wait_until(lambda: asked(node, first) == (province.office, 1),
                       lambda: f"{node.name}: {asked(node, first)}", 40)
            node.wait_alarm("incident_untaken", 10)
        wait_until(lambda: [bells[k].steps(first) for k in "cdp"] == [[1], [0, 1], [1]],
                   lambda: f"{[bells[k].rung() for k in 'cdp']}", 10)
        check(bells["p"].rung()[0][2:4] == [province.office, "02763811111"],
              f"{bells['p'].rung()}")
        check(province.tool("status", "--check").code == 1, "status --check is content")
        time.sleep(WITHIN_S)  # nowhere higher: nothing more rings
        check([bells[k].steps(first) for k in "cdp"] == [[1], [0, 1], [1]], "rang again")
        province.ok("incident", "take", first)
        for node in nodes:
            node.wait_no_alarm("incident_untaken", 10)
            check(asked(node, first) == (None, None), f"{node.name}: {shown(node, first)}")


def taken_in_time():
    with Tree() as tree:
        province, district, commune, bells = three(tree)
        first = commune.ok(*RAISE)["event"]
        wait_until(lambda: shown(district, first), "it to arrive")
        district.ok("incident", "take", first)
        time.sleep(WITHIN_S + 3)
        check(bells["p"].rung() == [] and bells["c"].rung() == [], "rang though taken")
        for node in (province, district, commune):
            check("incident_untaken" not in node.alarms(), f"{node.name} alarms")


def dead_link():
    """The district is off: both ends come to the same, and what was told is not
    told again by a daemon that was killed."""
    with Tree() as tree:
        province, district, commune, bells = three(tree)
        wait_until(lambda: commune.waiting() == 0, "the link")
        district.kill()
        first = commune.ok(*RAISE)["event"]
        wait_until(lambda: asked(commune, first) == (province.office, 1),
                   lambda: f"{asked(commune, first)}", 40)
        commune.wait_alarm("incident_untaken", 40)
        wait_until(lambda: bells["c"].steps(first) == [1], "the commune to ring", 40)
        # By bypass, late: it has climbed when it arrives.
        wait_until(lambda: asked(province, first) == (province.office, 1),
                   lambda: f"{shown(province, first)}", 60)
        wait_until(lambda: bells["p"].steps(first) == [1], "the province to ring", 40)
        for node, key in ((province, "p"), (commune, "c")):
            node.kill()
            node.start()
            node.wait_alarm("incident_untaken", 20)
            time.sleep(2)
            check(bells[key].steps(first) == [1], f"{key} rang again: {bells[key].rung()}")
        district.start()
        # It passes to the province in this moment; the district lies between.
        wait_until(lambda: bells["d"].steps(first) == [1], lambda: f"{bells['d'].rung()}", 60)
        # One that was taken before it comes is not rung for.
        district.kill()
        second = commune.ok(*RAISE)["event"]
        wait_until(lambda: shown(province, second), "the second, by bypass", 60)
        province.ok("incident", "take", second)
        province.ok("incident", "take", first)
        wait_until(lambda: shown(commune, second)["taken_at"], "the word to come down", 60)
        time.sleep(WITHIN_S)
        district.start()
        wait_until(lambda: (shown(district, second) or {}).get("taken_at"), "the district", 60)
        time.sleep(5)
        check(bells["d"].steps(second) == [], f"rang for what was taken: {bells['d'].rung()}")


def command_that_fails():
    with Tree() as tree:
        node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        bell = Bell(tree, "p", "sleep 300 & sleep 300")
        conf(node, bell, alert_timeout="1s")
        node.start()
        first = node.ok(*RAISE)["event"]
        wait_until(lambda: bell.steps(first) == [0], "it to ring", 10)
        print("  honest: it rings", flush=True)
        node.wait_alarm("alert_command_failed", 10)
        wait_until(lambda: not sleepers(), lambda: f"left behind: {sleepers()}", 10)
        check(node.ok(*RAISE)["event"], "the desk still writes")
        bell.say("exit 0")
        second = node.ok(*RAISE)["event"]
        wait_until(lambda: bell.steps(second) == [0], "the mended one to ring", 10)
        node.wait_no_alarm("alert_command_failed", 10)
        os.unlink(bell.path)
        node.ok(*RAISE)
        node.wait_alarm("alert_command_failed", 10)
        check(">alert_command_run " in node.notes(), "no note of it")
        node.stop()
        trap = tree.dir / "trap"
        node.dir.joinpath("conf.d", "80-climb.conf").write_text(
            f'alert_command = "{bell.path} a;touch {trap} $(touch {trap}) b"\n')
        bell.say("exit 0")
        node.start()
        third = node.ok(*RAISE)["event"]
        wait_until(lambda: bell.steps(third) == [0], "it to ring", 10)
        told = next(r for r in bell.rung() if r[0] == third)
        check(not trap.exists() and told[-1] == "b" and told[-3] == "$(touch", f"{told}")
        node.stop()
        node.dir.joinpath("conf.d", "80-climb.conf").write_text('alert_command = "ring.sh"\n')
        node.start(wait=False)
        check(node.wait_end(20) == 78, "a relative path was taken")
        check("alert_command" in node.notes().splitlines()[-1], node.notes()[-300:])


def sleepers():
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cmdline").read_bytes() == b"sleep\x00300\x00":
                    found.append(entry.name)
            except OSError:
                pass
    return found


TESTS = {f.__name__: f for f in (climbs_and_ends, taken_in_time, dead_link, command_that_fails)}

if __name__ == "__main__":
    harness.main(TESTS)

"""Ninety days without a line: a commune writes on by itself, and when it is
back the urgent word that it wrote last is above first, then all the rest."""
import contextlib
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "proxy"))

import harness
from bad_place import FAKETIME
from harness import BIN, Skipped, Tree, check, wait_until
from proxy import Proxy

DAYS_AGO = (89, 60, 30, 1)
EVENTS = 50000
BACK_S = 300


def clock(days_ago):
    """The environment of a program that lives so many days ago."""
    if days_ago == 0:
        return {}
    return {"LD_PRELOAD": FAKETIME, "FAKETIME": f"-{days_ago}d",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


@contextlib.contextmanager
def everybody_at(days_ago):
    """All that is started meanwhile lives then."""
    before = dict(os.environ)
    os.environ.update(clock(days_ago))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def write(commune, events, seed, ledger):
    done = subprocess.run(
        [str(BIN / "lienthong-load"), "--corpus", "cases", "--seed", str(seed), "--events",
         str(events), "--to-socket", str(commune.dir), "--ledger", str(ledger)],
        capture_output=True, text=True, timeout=300)
    check(done.returncode == 0, f"lienthong-load: {done.stderr[-500:]}")
    told = ledger.read_text().split()
    check(len(told) == events, f"{len(told)} of {events} were answered")
    return told


def ninety_days():
    if not os.path.exists(FAKETIME):
        raise Skipped("libfaketime is not installed")
    with Tree() as tree:
        with everybody_at(90):
            province, (district,), (commune,) = tree.demo_shape(1, 1)
            first = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
            wait_until(lambda: first in {e["event"] for e in province.events()},
                       "the first case, ninety days ago, at the province")
        for node in (commune, district, province):
            node.stop()
        district.start()
        province.start()
        with Proxy(district.status()["listen"]["links"]) as line:
            line.tell("cut", 1)
            drop = commune.dir / "conf.d" / "60-line.conf"
            drop.write_text(f'superior_addresses = {{"{line.address}"}}\n')
            os.chmod(drop, 0o640)
            told = []
            for n, days_ago in enumerate(DAYS_AGO):
                commune.start(env=clock(days_ago))
                told += write(commune, EVENTS // len(DAYS_AGO), n + 1,
                              tree.dir / f"ledger{n}")
                commune.stop()
            commune.start()
            urgent = commune.ok("incident", "raise", "--place", "Trụ sở xã", "--subject",
                                "đền bù", "--people", 40)["event"]
            print(f"  honest: {len(told)} events wait, the incident was written last", flush=True)
            line.tell("cut", 0)
            for node in (district, province):
                wait_until(lambda: node.status()["log"]["events"] > len(told),
                           f"the backlog at {node.name}", BACK_S)
            for node in (commune, district):
                wait_until(lambda: node.waiting() == 0, f"the last ack at {node.name}", BACK_S)
            for node in (district, province):
                wait_until(lambda: node.status()["view"]["behind_events"] == 0,
                           f"the view of {node.name}", BACK_S)
                shown = [e for e in node.events() if e["origin"] == commune.office]
                # What was there ninety days ago, then what came now.
                now = [e["event"] for e in shown if e["event"] != first]
                check(urgent in now, f"the incident is not at {node.name}")
                mine = set(told)
                channel = {e["event"]: e["channel"] for e in shown}
                # Older incidents are in its own stream, and come before it.
                before = [e for e in now[:now.index(urgent)]
                          if e in mine and channel[e] != channel[urgent]]
                check(not before, f"{len(before)} of the backlog were at {node.name} before the "
                      f"incident: {channel[before[0]] if before else ''}")
                check({e for e in now if e in mine} == mine, f"{node.name} lacks some")
                for stream in set(channel.values()):
                    check([e for e in now if e in mine and channel[e] == stream]
                          == [e for e in told if channel[e] == stream],
                          f"{node.name}: {stream} is not in the order of writing")
                check(len(now) == len(set(now)), f"{node.name} shows an event twice")
                check("withheld" not in node.alarms(), f"{node.name}: {node.status()['alarms']}")
            check(not {"withheld", "clock_before_log"} & commune.alarms(),
                  f"{commune.status()['alarms']}")
            for node in (commune, district, province):
                check(node.ok("verify", timeout=120)["ok"], f"verify at {node.name}")


if __name__ == "__main__":
    harness.main({"ninety_days": ninety_days})

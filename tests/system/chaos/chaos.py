"""A day on which everything happens to seven offices at once, and nothing that
was acknowledged is lost, doubled or out of order."""
import collections
import os
import random
import socket
import sys
import time

from world import Desk, Proxy, World, check, harness, wait_until
import faults
import plan

LONG = "--long" in sys.argv or os.environ.get("LT_LONG") == "1"
DAY_S = 1800 if LONG else int(os.environ.get("LT_DAY_S", "90"))
# A child that was refused for long may wait a minute until it dials again.
HEALED_S = 150
OWN_KINDS = {"case": "CASE_OPENED", "incident": "INCIDENT_RAISED", "step": "CASE_STEP",
             "directive": "DIRECTIVE_ISSUED"}


# ---- what must hold ----

def expected_at(office, desks):
    """The ledger of each desk, as far as it belongs to this office."""
    return {d.office.node.name: [event for event, _, to in d.ledger if office.holds(d.office, to)]
            for d in desks}


def everything_is_there(world, desks):
    for office in world.offices:
        harness.ledger_holds(office.node, expected_at(office, desks))


def untold(office, desk, type_name):
    told = {event for event, _, _ in desk.ledger}
    return [e for e in office.node.events() if e["origin"] == desk.office.node.office
            and e["type"] == type_name and e["event"] not in told]


def nothing_doubled(world, desks):
    """A request that was repeated is there once: each desk has written as many
    events of each kind as it was told, at every tier."""
    for office in world.offices:
        shown = collections.Counter((e["origin"], e["type"]) for e in office.node.events())
        for desk in desks:
            told = collections.Counter(
                kind for _, kind, to in desk.ledger if office.holds(desk.office, to))
            for kind, type_name in OWN_KINDS.items():
                here = shown[(desk.office.node.office, type_name)]
                check(here == told[kind], f"{office.node.name} shows {here} events "
                      f"{type_name} of {desk.office.node.name}, {told[kind]} were told: "
                      f"{untold(office, desk, type_name)}\n{desk.office.node.notes()[-6000:]}")


def lists_agree(world, desks):
    for office in world.offices:
        listed = collections.Counter(i["id"] for i in office.node.items("case"))
        for desk in desks:
            if office in desk.office.above():
                wrong = [c for c in desk.cases if listed[c] != 1]
                check(not wrong, f"case list of {office.node.name}: {len(wrong)} cases of "
                      f"{desk.office.node.name} are not there once: {wrong[:3]}")


def heal(world):
    """Every fault has taken itself back; a daemon that is not there now ended
    by itself, and none may."""
    for office in world.offices:
        check(office.node.running(), f"{office.node.name} ended by itself with "
              f"{office.node.process.poll()}:\n{office.node.notes()[-1000:]}")
        office.node.wait_ready(60)


def converge(world, desks):
    last = []

    def there():
        try:
            everything_is_there(world, desks)
            return True
        except harness.Failed as failure:
            last[:] = [str(failure)]
            return False

    began = time.monotonic()
    wait_until(there, lambda: f"everything everywhere: {last[0][:500]}", HEALED_S)
    return time.monotonic() - began


# ---- the day ----

def day(seconds=DAY_S, only=None):
    with World(seconds) as world:
        print(f"seed {world.tree.seed}", flush=True)
        names = [n for n in faults.available(world) if only is None or n in only]
        for name, reason in world.unavailable.items():
            print(f"not tried: {name}: {reason}", flush=True)
        print(f"  honest: {len(world.offices)} offices linked", flush=True)
        chance = random.Random(world.tree.seed)
        desks = [Desk(office, chance.random()) for office in world.offices]
        deeds = plan.draw(world, names, seconds, chance)
        for desk in desks:
            desk.start()

        def alive():
            for desk in desks:
                check(desk.error is None, f"{desk.office.node.name}: {desk.error}")

        played = plan.play(deeds, seconds, alive)
        for deed in played:
            check(deed.error is None, f"{deed}: {deed.error}")
        heal(world)
        for desk in desks:
            desk.stopping.set()
        for desk in desks:
            desk.join(120)
            check(not desk.is_alive(), f"{desk.office.node.name}: a write never came to an end: "
                  f"{desk.at_it}\n{desk.office.node.status()}\n{desk.office.node.notes()[-3000:]}")
        alive()
        took = converge(world, desks)
        nothing_doubled(world, desks)
        lists_agree(world, desks)
        for office in world.offices:
            check(office.node.ok("verify", timeout=120)["ok"], f"verify at {office.node.name}")
        happened = collections.Counter(d.name_of for d in played if d.played)
        told = sum(len(d.ledger) for d in desks)
        print(f"{told} events told, {sum(d.repeats for d in desks)} repeats, "
              f"{sum(happened.values())} faults {dict(happened)}, everything everywhere "
              f"{took:.1f} s after the last", flush=True)
        check(told >= seconds, f"only {told} events")
        check("replay" not in names or sum(line.stats()["replayed"] for line in world.lines) > 0,
              "nothing was ever replayed")
        missing = [n for n in names if not happened[n]]
        check(not missing, f"faults that never happened: {missing}")


# ---- the lines themselves ----

def line_faults():
    """What a line is told to do, it does: a cut ends and refuses, a stall says
    nothing and loses nothing, one bit flips, a beginning is heard again."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(20)
        with Proxy("127.0.0.1:%d" % server.getsockname()[1]) as line:
            host, port = line.address.rsplit(":", 1)

            def connect():
                near = socket.create_connection((host, int(port)), timeout=20)
                far = server.accept()[0]
                near.settimeout(20)
                far.settimeout(20)
                return near, far

            def ended(sock):
                try:
                    return sock.recv(1) == b""
                except ConnectionError:
                    return True

            near, far = connect()
            near.sendall(b"beginning")
            check(far.recv(64) == b"beginning", "an honest line")
            line.tell("stall", 1, "up")
            near.sendall(b"later")
            far.sendall(b"down")
            check(near.recv(64) == b"down", "the other way goes on")
            far.settimeout(0.3)
            try:
                check(False, f"a stalled line delivers {far.recv(64)}")
            except TimeoutError:
                pass
            far.settimeout(20)
            line.tell("stall", 0, "up")
            check(far.recv(64) == b"later", "what was stalled arrives")
            line.tell("garble", 1, "down")
            far.sendall(b"abcdef")
            got = near.recv(64)
            check(sum(bin(a ^ b).count("1") for a, b in zip(got, b"abcdef")) == 1, f"one bit: {got}")
            line.tell("replay")
            again = server.accept()[0]
            again.settimeout(20)
            check(again.recv(64) == b"beginninglater", "the newest beginning")
            again.close()
            line.tell("reset")
            check(ended(near) and ended(far), "both ends hear of a reset")
            line.tell("cut", 1)
            refused = socket.create_connection((host, int(port)), timeout=20)
            check(ended(refused), "a cut line takes nobody")
            refused.close()
            line.tell("cut", 0)
            near, far = connect()
            near.sendall(b"x")
            check(far.recv(1) == b"x", "a mended line")
            near.close()
            far.close()


if __name__ == "__main__":
    harness.main({"line_faults": line_faults, "day": day})

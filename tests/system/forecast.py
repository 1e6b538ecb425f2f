"""People who are expected, and incidents that somebody phoned in."""
import os
import time
from datetime import datetime, timedelta, timezone

import harness
from bad_place import FAKETIME
from harness import Skipped, Tree, check, wait_until
from remedies import sanitized

RAISE = ("incident", "raise", "--place", "Trụ sở xã", "--subject", "bồi thường đất",
         "--people", 40)
VIETNAM = timezone(timedelta(hours=7))


def forecast(when, **more):
    options = {"place": "Trụ sở tiếp công dân", "date": when.strftime("%d/%m/%Y"),
               "at": when.strftime("%H:%M"), "people": 40, "help": "lãnh đạo tiếp, hồ sơ đất",
               "source": "citizens", **more}
    return ["incident", "forecast"] + [a for k, v in options.items() if v is not None
                                       for a in (f"--{k}", v)]


def shown(node, incident):
    return next((i for i in node.items("incident") if i["id"] == incident), None)


def three(tree, env=None):
    province = tree.root("Tỉnh Tây Ninh", key="p", env=env)
    district = tree.child(province, "Huyện Thử", "district", key="d", env=env)
    commune = tree.child(district, "Xã Thử", "commune", key="c", env=env)
    print("  honest: the tree stands", flush=True)
    return province, district, commune


def open_ids(node):
    return {i["id"] for i in node.ok("incident", "list", "--open")["items"]}


def phoned_in():
    """Entered by a superior and raised by the unit, in either order: once."""
    with Tree() as tree:
        province, district, commune = nodes = three(tree)
        for first in ("entry", "own"):
            before = open_ids(province)
            commune.stop()  # what is entered comes down later, what is raised too
            if first == "own":
                commune.start()
                own = commune.ok(*RAISE)["event"]
                wait_until(lambda: shown(district, own), "the unit's own")
                commune.stop()
            entry = district.ok(*RAISE, "--for", commune.office)["event"]
            commune.start()
            if first == "entry":
                own = commune.ok(*RAISE)["event"]
            for node in nodes:
                wait_until(lambda: shown(node, own) and shown(node, entry), "both everywhere", 60)
                item = shown(node, entry)
                check(item["origin"] == commune.office and item["entered_by"] == district.office,
                      f"{item}")
            check(len(open_ids(province) - before) == 2, "two entries before they are joined")
            writer = commune if first == "entry" else district
            refused = writer.tool("incident", "join", own, entry)
            check(refused.code == 65, f"the wrong way round: {refused}")
            writer.ok("incident", "join", entry, own)
            for node in nodes:
                wait_until(lambda: shown(node, entry)["state"] == "joined", "it to be joined", 30)
                check(shown(node, entry)["joined_to"] == own, f"{shown(node, entry)}")
                check(open_ids(node) - before == {own}, f"{node.name}: {open_ids(node)}")
                check(shown(node, entry)["asked"] is None, "it still climbs")
            refused = commune.tool("incident", "update", entry, "--people", 50)
            check(refused.code == 65 and "joined" in refused.error["text"], f"{refused}")
        refused = commune.tool(*RAISE, "--for", district.office)
        check(refused.code == 77, f"entered for a superior: {refused}")


def notice_of_people():
    with Tree() as tree:
        province, district, commune = nodes = three(tree)
        at = datetime.now(VIETNAM) + timedelta(days=1)
        for bad, code, word in (({"help": None}, 64, "usage"), ({"source": "rumour"}, 65, "invalid"),
                                ({"at": "7h30"}, 65, "invalid"), ({"at": "24:00"}, 65, "invalid"),
                                ({"people": 0}, 65, "invalid"),
                                ({"help": "gọi 0912345678"}, 65, "personal_data"),
                                ({"date": "01/01/2020"}, 65, "invalid")):
            result = commune.tool(*forecast(at, **bad))
            check((result.code, result.error.get("code")) == (code, word), f"{bad}: {result}")
        check(not commune.items("incident"), "something was written")
        first = commune.ok(*forecast(at))["event"]
        for node in nodes:
            wait_until(lambda: shown(node, first), "the notice")
            item = shown(node, first)
            check((item["kind"], item["state"], item["asked"]) ==
                  ("forecast", "raised", district.office), f"{item}")
            check(item["help"] == "lãnh đạo tiếp, hồ sơ đất", f"{item}")
            check(item["expected_at"] == at.astimezone(timezone.utc).strftime(
                "%Y-%m-%dT%H:%M:00.000Z"), f"{item['expected_at']}")
        district.ok("incident", "take", first)
        wait_until(lambda: shown(commune, first)["taken_at"], "the word to come down")
        commune.ok("incident", "close", first, "--reason", "appointed")
        wait_until(lambda: not open_ids(province), "it to be closed above")


def lapses():
    """A day after its hour it is over, and its texts are nowhere."""
    if not os.path.exists(FAKETIME):
        raise Skipped("libfaketime is not installed")
    if sanitized():
        raise Skipped("a sanitizer wants to be the first library")
    with Tree() as tree:
        nodes = province, _, commune = three(tree)
        marker = "xephangbatam"
        first = commune.ok(*forecast(datetime.now(VIETNAM) + timedelta(minutes=2),
                                     help=f"phòng họp {marker}"))["event"]
        kept = commune.ok(*RAISE)["event"]
        for node in nodes:
            wait_until(lambda: shown(node, first) and shown(node, kept), "both")
            check(shown(node, first)["help"], "no text to begin with")
        for node in nodes:
            node.stop()
        for node in nodes:
            node.start(env={"LD_PRELOAD": FAKETIME, "FAKETIME": "+25h",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        for node in nodes:
            item = shown(node, first)
            check((item["state"], item["place"], item["help"], item["people"]) ==
                  ("lapsed", None, None, 40), f"{node.name}: {item}")
            check(open_ids(node) == {kept}, f"{node.name}: {open_ids(node)}")
        def gone(node):
            texts = node.ok("incident", "show", first)["texts"]
            return texts and all(t["state"] == "erased" for t in texts)
        for node in nodes:
            wait_until(lambda: gone(node), lambda: f"{node.name}: "
                       f"{node.ok('incident', 'show', first)['texts']}", 90)
            check(shown(node, kept)["place"] == "Trụ sở xã", "another's text is gone")
            check(node.ok("verify")["ok"], "verify")
        time.sleep(1)
        for node in nodes:
            node.stop()
            for file in ("log.db", "view.db"):
                check(marker.encode() not in (node.dir / file).read_bytes(),
                      f"{node.name}: {file} still has it")


TESTS = {f.__name__: f for f in (phoned_in, notice_of_people, lapses)}

if __name__ == "__main__":
    harness.main(TESTS)

"""An acknowledgement is worth what it says: durable there, not merely arrived.

A preload holds or fails every sync of the district; in that time the commune
must not see an ack, and a failed sync ends the district with 74, unacknowledged.
"""
import os
import time

import harness
from harness import Tree, check, wait_until

PRELOAD = harness.BIN.parent / "lib" / "lt-disk.so"


def three(tree):
    control = tree.dir / "district.disk"
    control.write_text("")
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d",
                          env={"LD_PRELOAD": str(PRELOAD), "LT_DISK_CONTROL": str(control)})
    commune = tree.child(district, "Xã Thử", "commune", key="c")
    wait_up(commune)
    wait_up(district)
    return province, district, commune, control


def parent_link(node):
    return next((l for l in node.status()["links"] if l["role"] == "parent"), None)


def wait_up(node):
    wait_until(lambda: (parent_link(node) or {}).get("state") == "up", f"the link of {node.name}")


def open_case(node):
    return node.ok("case", "open", "--type", "complaint", "--field", "land", "--text", "Đơn")


def waiting(node):
    return node.waiting()


def ack_waits_for_the_sync():
    with Tree() as tree:
        province, district, commune, control = three(tree)
        open_case(commune)
        wait_until(lambda: waiting(commune) == 0, "the first case to be acknowledged")
        control.write_text("hold 3000")
        held = time.monotonic()
        event = open_case(commune)["event"]
        # The status is published a moment after the write: wait for it first.
        wait_until(lambda: waiting(commune) != 0, "the case to be waiting", 1)
        while time.monotonic() - held < 2.5:
            check(waiting(commune) != 0, "the commune saw an ack while the district's sync hung")
            time.sleep(0.05)
        # Cut-through: the province may have it before the district does.
        control.write_text("")
        wait_until(lambda: waiting(commune) == 0, "the ack after the sync")
        took = time.monotonic() - held
        check(took >= 2.9, f"acknowledged after {took:.1f} s, before the sync had ended")
        wait_until(lambda: event in {e["event"] for e in district.events()}, "the case there")


def failed_sync_ends_without_ack():
    with Tree() as tree:
        province, district, commune, control = three(tree)
        open_case(commune)
        wait_until(lambda: waiting(commune) == 0, "the first case to be acknowledged")
        control.write_text("fail")
        event = open_case(commune)["event"]
        wait_until(lambda: waiting(commune) != 0, "the case to be waiting", 5)
        code = district.wait_end(60)
        check(code == 74, f"the district ended with {code}, not 74")
        check(waiting(commune) != 0, "the commune saw an ack of what was never synced")
        control.write_text("")
        district.start()
        wait_until(lambda: event in {e["event"] for e in province.events()},
                   "the case at the province after the district's restart")
        wait_until(lambda: waiting(commune) == 0, "the ack in the end")


def one_sync_an_event_and_tier():
    with Tree() as tree:
        counts = {}

        def env(key):
            counts[key] = tree.dir / f"{key}.syncs"
            return {"LD_PRELOAD": str(PRELOAD), "LT_DISK_COUNT": str(counts[key])}

        province = tree.root("Tỉnh Tây Ninh", key="p", env=env("p"))
        district = tree.child(province, "Huyện Thử", "district", key="d", env=env("d"))
        commune = tree.child(district, "Xã Thử", "commune", key="c", env=env("c"))
        wait_up(commune)
        open_case(commune)
        time.sleep(3)  # a quiet moment: statements and checkpoints are done
        size = lambda k: counts[k].stat().st_size if counts[k].exists() else 0
        n, before = 10, {k: size(k) for k in counts}
        last = None
        for _ in range(n):
            last = open_case(commune)["event"]
            time.sleep(1)
        wait_until(lambda: last in {e["event"] for e in province.events()}, "the last at the top")
        grown = {k: (size(k) - before[k]) / n for k in counts}
        print(f"syncs an event: {grown}", flush=True)
        for key, value in grown.items():
            check(value <= 1.0 + 0.2, f"{value} syncs an event at {key}")
            check(value >= 1.0, f"{value} syncs an event at {key}: not durable")


if __name__ == "__main__":
    harness.main({
        "ack_waits_for_the_sync": ack_waits_for_the_sync,
        "failed_sync_ends_without_ack": failed_sync_ends_without_ack,
        "one_sync_an_event_and_tier": one_sync_an_event_and_tier,
    })

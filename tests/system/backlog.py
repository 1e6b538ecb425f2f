"""What a backlog must not do: hold up what is urgent beyond its quota's count,
or fill the memory. The figures at full size are those of tests/bench/size.py.
"""
import os
import pathlib
import signal
import subprocess

import harness
from harness import BIN, PATIENCE_S, Tree, check, wait_until

QUOTA = 60
EVENTS, MOST_MB = 30000, 32
# The WAL's file keeps the length that it once had; copied in pieces of 2 MiB,
# whatever one turn brings lies on top.
WAL_COMMUNES, WAL_EVENTS, WAL_MOST = 4, 25000, 4 << 20


def link_to_parent(node):
    return next(link for link in node.status()["links"] if link["role"] == "parent")


def linked(node):
    wait_until(lambda: link_to_parent(node)["state"] == "up", f"the link of {node.name}")


def sixty_first_urgent_waits_as_normal():
    """Of 61 incidents within an hour 60 go ahead; the last waits, and arrives.
    A parent that is stopped takes nothing, so all of them are seen waiting."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        commune = tree.child(province, "Xã Thử", "commune", key="c")
        linked(commune)
        wait_until(lambda: commune.waiting() == 0, "quiet")
        print(f"  honest: {commune.status()['log']['events']} events", flush=True)
        os.kill(province.pid(), signal.SIGSTOP)
        try:
            for n in range(QUOTA + 1):
                commune.ok("incident", "raise", "--place", f"cổng {n}", "--subject", "đền bù",
                           "--people", 30)
            waits = wait_until(
                lambda: (lambda w: w if (w["urgent"] or 0) + (w["normal"] or 0) > QUOTA else None)(
                    link_to_parent(commune)["waiting"]), "all of them to wait")
        finally:
            os.kill(province.pid(), signal.SIGCONT)
        check(waits["urgent"] == QUOTA and waits["normal"] == 1,
              f"{waits} wait, not {QUOTA} urgent and 1 normal")
        wait_until(lambda: len(province.items("incident")) == QUOTA + 1, "all of them above")


def memory_stays_small():
    """From start to fully drained no daemon needs more than 32 MB."""
    if "asan" in str(BIN) or "tsan" in str(BIN):
        raise harness.Skipped("a sanitizer's own memory counts")
    with Tree() as tree:
        province, (district,), (commune,) = tree.demo_shape(1, 1)
        linked(commune)
        before = province.status()["log"]["events"]
        most = {}

        def look(*nodes):
            for node in nodes:
                text = pathlib.Path(f"/proc/{node.pid()}/status").read_text()
                line = next(l for l in text.splitlines() if l.startswith("VmHWM"))
                most[node.name] = max(most.get(node.name, 0), int(line.split()[1]) / 1024)

        look(district)
        district.kill()
        done = subprocess.run(
            [str(BIN / "lienthong-load"), "--corpus", "cases", "--seed", "3", "--events",
             str(EVENTS), "--to-socket", str(commune.dir)], capture_output=True, text=True,
            timeout=120)
        check(done.returncode == 0, f"lienthong-load: {done.stderr}")
        look(commune)
        district.start()
        wait_until(lambda: province.status()["log"]["events"] >= before + EVENTS, "the drain",
                   3 * PATIENCE_S)
        wait_until(lambda: commune.waiting() == 0 and district.waiting() == 0, "the last ack")
        for node in (commune, district, province):
            wait_until(lambda: node.status()["view"]["behind_events"] == 0, "the view",
                       3 * PATIENCE_S)
        look(commune, district, province)
        print("  " + ", ".join(f"{name} {mb:.1f} MB" for name, mb in most.items()), flush=True)
        check(max(most.values()) <= MOST_MB, f"{most} MB, not {MOST_MB}")


def wal_stays_short():
    """A relay that is never without work copies its WAL all the same: what is
    copied at once makes everybody wait, the urgent ones too."""
    with Tree() as tree:
        province, (district,), communes = tree.demo_shape(1, WAL_COMMUNES)
        for commune in communes:
            linked(commune)
        before = province.status()["log"]["events"]
        district.kill()
        done = subprocess.run(
            [str(BIN / "lienthong-load"), "--corpus", "cases", "--seed", "4", "--events",
             str(WAL_EVENTS)] + [word for c in communes for word in ("--to-socket", str(c.dir))],
            capture_output=True, text=True, timeout=300)
        check(done.returncode == 0, f"lienthong-load: {done.stderr}")
        district.start()
        wait_until(lambda: province.status()["log"]["events"] >= before + WAL_COMMUNES * WAL_EVENTS,
                   "the drain", 5 * PATIENCE_S)
        sizes = {node.name: (node.dir / "log.db-wal").stat().st_size
                 for node in (province, district)}
        log = (district.dir / "log.db").stat().st_size
        print(f"  WAL {sizes}, log of the district {log} bytes", flush=True)
        check(log > WAL_MOST, f"only {log} bytes came: the WAL had no need to grow")
        check(max(sizes.values()) <= WAL_MOST, f"{sizes} bytes of WAL, not {WAL_MOST}")


if __name__ == "__main__":
    harness.main({"sixty_first_urgent_waits_as_normal": sixty_first_urgent_waits_as_normal,
                  "memory_stays_small": memory_stays_small,
                  "wal_stays_short": wal_stays_short})

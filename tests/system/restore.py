"""A commune's directory put back to an older copy: nothing lost, branches
counted and reported, in sync again."""
import shutil
import time

import harness
from harness import Tree, check, wait_until

BATCH = 100


def write(node, n, ledger):
    for _ in range(n):
        ledger.append(node.ok("case", "open", "--type", "complaint", "--field", "land",
                              "--text", f"Đơn số {len(ledger)}")["event"])


def write_batch(node, n, ledger):
    """Many at once, through the socket as the load generator does."""
    import control
    for start in range(0, n, BATCH):
        answers = control.batch(node, [
            {"command": "case open", "request_id": harness.request_id(),
             "options": {"type": "complaint", "field": "land",
                         "text": f"Đơn số {len(ledger) + i}"}}
            for i in range(min(BATCH, n - start))])
        ledger.extend(a["event"] for a in answers)


def at_all(nodes, ledger):
    def there():
        for node in nodes:
            if not set(ledger) <= {e["event"] for e in node.events()}:
                return False
        return True
    return there


def story(online):
    with Tree() as tree:
        province, (district,), (commune,) = tree.demo_shape(1, 1)
        early, late, offline = [], [], []
        write_batch(commune, 300, early)
        wait_until(at_all([province], early), "the first events at the province")
        commune.stop()
        backup = tree.dir / "backup"
        shutil.copytree(commune.dir, backup)
        commune.start()
        write_batch(commune, 500, early)
        # 150 that all tiers have, then 50 that the district alone acknowledged.
        write_batch(commune, 150, late)
        wait_until(at_all([province], early + late), "the later events at the province")
        province.kill()
        write(commune, 50, late)
        wait_until(at_all([district], late), "the last 50 at the district")
        commune.kill()
        shutil.rmtree(commune.dir)
        shutil.copytree(backup, commune.dir)
        if not online:
            district.kill()
            commune.start()
            write(commune, 20, offline)      # a branch: written before it could ask
            district.start()
        else:
            commune.start()
        province.start()
        started = time.monotonic()
        write(commune, 5, offline)
        everything = early + late + offline
        wait_until(at_all([commune, district, province], everything),
                   "everything everywhere after the restore", 30)
        took = time.monotonic() - started
        for node in (commune, district, province):
            seen = [e["event"] for e in node.events()]
            check(len(seen) == len(set(seen)), f"{node.name} shows an event twice")
            check(node.ok("verify")["ok"], f"verify at {node.name}")
        counted = {i["id"] for i in province.items("case")}
        check(set(everything) <= counted, "the case list at the province lacks some")
        if not online:
            for node in (commune, district, province):
                wait_until(lambda: node.status()["branches"], f"branches listed at {node.name}")
                node.wait_alarm("branches")
        check(took <= 10, f"in sync only after {took:.1f} s")
        print(f"restored {'with the parent in reach' if online else 'and written offline'}: "
              f"{len(everything)} events, in sync after {took:.1f} s", flush=True)


def restore_online():
    story(True)


def restore_offline():
    story(False)


if __name__ == "__main__":
    harness.main({"restore_online": restore_online, "restore_offline": restore_offline})

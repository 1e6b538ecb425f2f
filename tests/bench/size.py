"""Figures at size: an urgent word beside a million entries that wait, what a
daemon needs for them, and a start from a log that holds them.

Each takes a Bench (tests/bench/run) and adds its figures.
"""
import os
import pathlib
import threading
import time

import urgent

COMMUNES, CORPUS = 10, 100000
ORIGINS, SEGMENT_EVENTS = 100, 62
URGENTS = 1000
# Below this part of the backlog an urgent event is not counted.
STILL_WAITING = 0.1
# Above it a drain has not begun: a few went around the dead district.
BEGUN = 0.995


def note(bench, text):
    bench.say("    " + text)


def hwm_mb(node):
    """The most memory that the daemon ever had resident."""
    for line in pathlib.Path(f"/proc/{node.pid()}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"{node.name}: no VmHWM")


def configure(nodes, text):
    for node in nodes:
        node.stop()
        path = node.dir / "conf.d" / "60-bench.conf"
        path.write_text(text)
        path.chmod(0o640)
    for node in nodes:
        node.start()


def linked(bench, nodes):
    for node in nodes:
        bench.nodes.wait_until(
            lambda: any(l["role"] == "parent" and l["state"] == "up"
                        for l in node.status()["links"]), f"the link of {node.name}")


def view_caught_up(bench, nodes, patience_s=300):
    for node in nodes:
        bench.nodes.wait_until(lambda: node.status()["view"]["behind_events"] == 0,
                               f"the view of {node.name}", patience_s)


def fill(bench, tree, district, communes, events):
    """With the district away, @events wait at the communes together."""
    rounds = events // min(CORPUS, events // len(communes)) // len(communes)
    each = events // len(communes) // rounds
    district.kill()
    began = time.monotonic()
    sockets = [word for _ in range(rounds) for c in communes for word in ("--to-socket", c.dir)]
    bench.load("--events", each, "--batch", 256, *sockets, timeout=3600)
    view_caught_up(bench, communes)
    note(bench, f"{events} events wait at {len(communes)} communes, written in "
         f"{time.monotonic() - began:.0f} s")
    return each * rounds * len(communes)


class Drain:
    """How much of a backlog has not arrived at the top yet, kept up to date:
    it has when the top holds @goal events, beside what is urgent. What was
    urgent in the backlog itself may come around the dead district before."""

    def __init__(self, province, goal, total):
        self.province, self.goal, self.total = province, goal, total
        self.waiting, self.over = total, False
        self.urgents = 0  # written beside it, counted at the top as well
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        from control import Control
        control = Control(self.province)
        while not self.over:
            missing = self.goal - control.ask({"command": "status"})["log"]["events"]
            self.waiting = max(0, min(missing + self.urgents, self.total))
            time.sleep(0.1)
        control.close()

    def end(self):
        self.over = True
        self.thread.join(30)


def urgent_beside(drain, desks, urgents, expected_s):
    """Spread @urgents over the drain; [(event, called, waiting)]."""
    written, began = [], time.monotonic()
    due = began
    while len(written) < urgents and drain.waiting > 0:
        event, called = desks[len(written) % len(desks)].raise_one()
        written.append((event, called, drain.waiting))
        drain.urgents = len(written)
        # What is left of both, at the pace seen so far.
        done = drain.total - drain.waiting
        spent = time.monotonic() - began
        left_s = (spent * drain.waiting / done if done > drain.total * 0.02
                  else max(expected_s - spent, 1))
        due = max(due + left_s / max(urgents - len(written), 1), time.monotonic() - 0.1)
        time.sleep(max(0, due - time.monotonic()))
    return written


def percentile(numbers, part):
    return sorted(numbers)[int(part * (len(numbers) - 1) + 0.5)]


def fill_large(bench, district, communes, megabytes):
    """The same with large parts: what counts is their pieces."""
    before = sum(c.status()["log"]["events"] for c in communes)
    district.kill()
    for n, commune in enumerate(communes):
        bench.program("lienthong-load", "--large", megabytes // len(communes), "--seed", n + 1,
                      "--to-socket", commune.dir)
    view_caught_up(bench, communes)
    total = sum(c.status()["log"]["events"] for c in communes) - before
    note(bench, f"{megabytes} MB of large parts wait, {total} events")
    return total


def drain_beside(bench, tree, goal, total, urgents, expected_s):
    """The district comes back, and the province comes to hold @goal events, of
    which @total waited; [late in ms, waiting] of the urgent events that were
    written while more than a tenth waited."""
    os.sync()  # what the filling left to be written is no part of this
    province, district = tree.nodes["p"], tree.nodes["d0"]
    communes = [node for key, node in tree.nodes.items() if key.startswith("c")]
    follower = urgent.Follower(province)
    desks = [urgent.Desk(c) for c in communes]
    drain = Drain(province, goal, total)
    began = time.monotonic()
    district.start(wait=False)
    linked(bench, communes)
    bench.nodes.wait_until(lambda: drain.waiting < total * BEGUN, "the drain to begin")
    started = time.monotonic()
    written = urgent_beside(drain, desks, urgents, expected_s)
    bench.nodes.wait_until(lambda: drain.waiting == 0, "the drain", 1200)
    took = time.monotonic() - started
    drain.end()
    bench.nodes.wait_until(lambda: all(e in follower.came for e, _, _ in written),
                           lambda: f"{len(follower.came)} of {len(written)} lines")
    view_caught_up(bench, [province])
    follower.stop()
    for desk in desks:
        desk.close()
    counted = [((follower.came[e] - called) * 1e3, waiting) for e, called, waiting in written
               if waiting > total * STILL_WAITING]
    if not counted:
        raise RuntimeError("the backlog was gone before anything urgent was written")
    late = [ms for ms, _ in counted]
    note(bench, f"{total} events drained in {took:.1f} s, {started - began:.1f} s after the "
         f"district's start; {len(written)} urgent events, {len(counted)} of them counted, while "
         f"{max(w for _, w in counted)} to {min(w for _, w in counted)} waited; p50 "
         f"{percentile(late, 0.5):.1f}, p90 {percentile(late, 0.9):.1f}, p99 "
         f"{percentile(late, 0.99):.1f}, most {max(late):.1f} ms")
    return counted


def urgent_backlog(bench):
    entries, megabytes, urgents = ((200000, 20, 200) if bench.quick
                                   else (1000000, 100, URGENTS))
    tree = bench.nodes.Tree(base=bench.dir)
    province, (district,), communes = tree.demo_shape(1, COMMUNES)
    with tree:
        configure([province, district, *communes], "urgent_per_hour = 10000\n")
        linked(bench, [district, *communes])
        before = province.status()["log"]["events"]
        total = fill(bench, tree, district, communes, entries)
        normal = drain_beside(bench, tree, before + total, total, urgents, total / 40000)
        linked(bench, [district, *communes])
        bench.nodes.wait_until(lambda: all(c.waiting() == 0 for c in communes), "quiet", 60)
        before = province.status()["log"]["events"]
        total = fill_large(bench, district, communes, megabytes)
        large = drain_beside(bench, tree, before + total, total, urgents // 5, megabytes / 20)
    p99 = [percentile([ms for ms, _ in counted], 0.99) for counted in (normal, large)]
    bench.figure("urgent_p99_ms", max(p99), "ms", 20, 12, rounds=p99, extra={
        "behind": [{"what": what, "counted": len(counted),
                    "waiting_most": max(w for _, w in counted),
                    "waiting_least": min(w for _, w in counted)}
                   for what, counted in (("entries", normal), ("large parts", large))]})


def backlog_rss(bench):
    total = 200000 if bench.quick else 1000000
    tree, province, district, commune = bench.tree()
    with tree:
        nodes = [province, district, commune]
        before = province.status()["log"]["events"]
        most = {"d before": hwm_mb(district)}
        total = fill(bench, tree, district, [commune], total)
        most["commune, all waiting"] = hwm_mb(commune)
        district.start()
        bench.nodes.wait_until(lambda: province.status()["log"]["events"] >= before + total,
                               "the drain", 1200)
        bench.nodes.wait_until(lambda: commune.waiting() == 0 and district.waiting() == 0,
                               "the last acknowledgement", 300)
        view_caught_up(bench, nodes)
        most.update({node.name: hwm_mb(node) for node in nodes})
    note(bench, f"{total} events: " + ", ".join(f"{k} {v:.1f} MB" for k, v in most.items()))
    bench.figure("backlog_rss_mb", max(most.values()), "MB", 32, 24, rounds=list(most.values()))


def history(bench, tree, district, province, origins, events):
    """@events at district and province, of as many communes as @origins, each
    enrolled, heard and stopped in its turn. Returns the last one, running."""
    each = events // origins
    for n in range(origins):
        commune = tree.child(district, f"Xã Thử 9.{n + 1}", "commune", key=f"h{n}")
        linked(bench, [commune])
        # Paced, if only in name: a batch at a time, each a segment of its own.
        bench.load("--events", each, "--batch", SEGMENT_EVENTS, "--rate", 1000000,
                   "--to-socket", commune.dir, "--watch", province.dir)
        bench.nodes.wait_until(lambda: commune.waiting() == 0 and district.waiting() == 0,
                               "the last acknowledgement", 120)
        if n + 1 < origins:
            commune.stop()
    return commune


def drop_cache(folder):
    """The kernel keeps nothing of these files."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            fd = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(fd)


def is_current(node):
    """Its links are up, its view shows all, its keeper's receipt covers all."""
    done = node.tool("status", timeout=5)
    if done.code != 0:
        return False
    status = done.json
    up = [link["role"] for link in status["links"] if link["state"] == "up"]
    return (status["state"] == "ready" and "parent" in up and "child" in up
            and status["view"]["behind_events"] == 0 and status["receipt"]["covers_all"] is True)


def restart(bench):
    origins, events = (5, 10000) if bench.quick else (ORIGINS, 1000000)
    tree, province, district, _ = bench.tree()
    ready, current = [], []
    with tree:
        history(bench, tree, district, province, origins, events)
        view_caught_up(bench, [province, district])
        log = district.status()["log"]
        note(bench, f"{log['events']} events in {log['segments']} segments of {origins} origins, "
             f"{log['bytes'] / 1e6:.0f} MB")
        for _ in range(3):
            bench.nodes.wait_until(lambda: is_current(district), "all to be current", 120)
            district.stop()
            drop_cache(district.dir)
            seen = district.notes().count("ready, listening")
            began = time.monotonic()
            district.start(wait=False)
            while district.notes().count("ready, listening") == seen:
                if not district.running() or time.monotonic() - began > 300:
                    raise RuntimeError("the district did not become ready")
                time.sleep(0.005)
            ready.append(time.monotonic() - began)
            bench.nodes.wait_until(lambda: is_current(district), "all to be current", 300)
            current.append(time.monotonic() - began)
    extra = {"events": log["events"], "segments": log["segments"], "origins": origins}
    bench.figure("restart_ready_s", percentile(ready, 0.5), "s", 5, 2, rounds=ready, extra=extra)
    bench.figure("restart_current_s", percentile(current, 0.5), "s", 10, 5, rounds=current,
                 extra=extra)

"""Figures of the pages and the API: what a thousand listeners cost, what a
hundred viewers cost replication, what a long list costs, and two that a browser
tells (faces.mjs).

Each takes a Bench (tests/bench/run) and adds its figures.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests" / "system"))
sys.path.insert(0, str(REPO / "deploy" / "lib"))

VIEWERS, HANDS, THINK_S = 100, 4, 2.0  # connections, threads, between two clicks
CASES = 20000
CLICKS = ("/cases?open=1&limit=100", "/incidents?open=1", "/offices", "/directives?open=1",
          "/cases?overdue=1&limit=100", "/today")


def listeners(bench):
    count, seconds = (200, 5) if bench.quick else (1000, 15)
    done = subprocess.run([sys.executable, str(REPO / "tests" / "bench" / "listeners.py"),
                           "--listeners", str(count), "--seconds", str(seconds)],
                          capture_output=True, text=True, timeout=600,
                          env={**os.environ, "LT_TEST_DISK": str(bench.dir)})
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    told = json.loads(done.stdout)
    bench.figure("http_listeners_mb", told["http_listeners_mb"], "MB", 40, 30,
                 extra={"listeners": told["listeners"], "per_second": told["per_second"]})
    bench.figure("http_late_most_ms", told["late_most_ms"], "ms", 1000, 250)


class Viewers:
    """A hundred signed-in pages that each click every two seconds."""

    def __init__(self, at):
        from pages import signed_in
        first = signed_in(at)
        self.stop, self.took, self.failed = threading.Event(), [], []
        self.hands = [threading.Thread(target=self.click, args=(at, first.cookies, n))
                      for n in range(HANDS)]
        for hand in self.hands:
            hand.start()

    def click(self, at, cookies, hand):
        from pages import Browser
        mine = []
        for _ in range(VIEWERS // HANDS):
            mine.append(Browser(at))
            mine[-1].cookies.update(cookies)
        n = hand
        while not self.stop.is_set():
            began = time.monotonic()
            page = mine[n % len(mine)]
            try:
                page.api("GET", CLICKS[n % len(CLICKS)], expect=200)
            except Exception as fault:  # told at the end
                self.failed.append(str(fault))
                page.close()
            self.took.append((time.monotonic() - began) * 1000)
            n += 1
            time.sleep(max(0, began + THINK_S / len(mine) - time.monotonic()))
        for page in mine:
            page.close()

    def end(self):
        self.stop.set()
        for hand in self.hands:
            hand.join()
        if self.failed:
            raise RuntimeError(f"{len(self.failed)} clicks failed: {self.failed[0]}")


def with_pages(bench, node):
    """@node serves pages to one who signs in as lan; host and port."""
    import size
    from pages import address, person
    size.configure([node], 'pages_listen = {"127.0.0.1:0"}\n')
    person(node, "lan", ["leader"])
    return address(node)


def viewers(bench):
    """Five alternating rounds, without and with a hundred who click."""
    import size
    rounds, events = (2, 300) if bench.quick else (5, 1500)
    plain, busy, clicks = [], [], []
    tree, province, _, commune = bench.tree()
    with tree:
        at = with_pages(bench, province)
        size.linked(bench, [tree.nodes["d0"]])

        def measure():
            return bench.load("--events", events, "--batch", 1, "--rate", 100, "--latency",
                              "--to-socket", commune.dir, "--watch", province.dir)["p99_ms"]
        measure()
        for _ in range(rounds):
            plain.append(measure())
            crowd = Viewers(at)
            try:
                busy.append(measure())
            finally:
                crowd.end()
            clicks += crowd.took
    bench.figure("replication_viewers_ratio", statistics.median(busy) / statistics.median(plain),
                 "ratio", 1.5, 1.2, rounds=[b / p for b, p in zip(busy, plain)],
                 reference=("e2e_p99_alone_ms", statistics.median(plain)),
                 extra={"click_p99_ms": round(size.percentile(clicks, 0.99), 1)})


def lists(bench):
    """The first hundred of 20,000 open cases, as a page asks for them."""
    import size
    from control import batch
    from pages import signed_in
    cases = CASES // 10 if bench.quick else CASES
    tree, province, _, commune = bench.tree()
    with tree:
        opening = [{"command": "case open", "options": {"type": "feedback", "field": "land",
                                                        "text": "Kênh nội đồng bồi lắng"}}] * 250
        for _ in range(cases // len(opening)):
            batch(commune, opening)
        at = with_pages(bench, province)
        bench.nodes.wait_until(lambda: province.status()["log"]["events"] >= cases
                               and province.status()["view"]["behind_events"] == 0,
                               "the cases at the province", 300)
        page = signed_in(at)
        took = {}
        for path in ("/cases?open=1&limit=100", "/cases?overdue=1&limit=100", "/offices", "/today"):
            times = []
            for _ in range(5 if bench.quick else 30):
                began = time.monotonic()
                page.api("GET", path, expect=200)
                times.append((time.monotonic() - began) * 1000)
            took[path] = round(size.percentile(times, 0.9), 1)
            bench.say(f"    {path}: {took[path]} ms")
        page.close()
    bench.figure("api_list_ms", max(took.values()), "ms", 250, 100, extra={"lists": took,
                                                                            "cases": cases})


def browser(bench, *args):
    """faces.mjs, with the modules that the browser tests have."""
    place = pathlib.Path(os.environ.get("LT_WEB_OUT") or REPO / "build" / "web")
    place.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "LT_WEB_OUT": str(place), "LT_BIN": str(bench.bin),
           "LT_TEST_DISK": str(bench.dir), "PYTHONDONTWRITEBYTECODE": "1"}
    for command in ([str(REPO / "tests" / "web" / "prepare"), str(place)],
                    ["node", str(REPO / "tests" / "bench" / "faces.mjs"), *map(str, args)]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=env)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def warning(bench):
    told = browser(bench, "warning", 3 if bench.quick else 10, 5 if bench.quick else 30)
    bench.figure("page_warning_p99_ms", told["p99_ms"], "ms", 250, 150,
                 extra={k: told[k] for k in ("warnings", "p50_ms", "most_ms")})


def usable(bench):
    told = browser(bench, "usable", 3 if bench.quick else 7)
    bench.figure("page_usable_ms", told["p50_ms"], "ms", 1000, 700, rounds=told["rounds"])

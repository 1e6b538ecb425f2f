"""A thin or long line between commune and district: what is urgent overtakes
the backlog, and the backlog fills the line. The line itself is tested first.
"""
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "proxy"))

import harness  # noqa: E402
import proxy  # noqa: E402
import slow  # noqa: E402
from harness import check  # noqa: E402

THIN = 256000
LATE_MS = 1500
USE_LEAST = 0.80


def carries(rate, size, delay):
    """The line takes its time, to 3 %, in both ways at once."""
    took, stats = proxy.carry(rate, size, delay, both=True)
    due = size * 8 / rate + delay / 1000
    for way, seconds in took.items():
        print(f"{size} bytes {way} at {rate} bit/s took {seconds:.2f} s, due {due:.2f}",
              flush=True)
        check(abs(seconds - due) <= 0.03 * due, f"{seconds:.2f} s {way}, not {due:.2f}")
        check(stats[way]["bytes"] == size, f"{stats[way]} of {size} bytes")
        check(stats[way]["queued_most"] <= 32768, f"more than the queue holds: {stats[way]}")
        check(stats[way]["queued_most"] > 30000, f"the queue was never full: {stats[way]}")


def line_is_exact():
    carries(THIN, 120000, 100)
    carries(2560000, 1000000, 5)


def line_is_exact_1mb():
    carries(THIN, 1000000, 100)


def overtakes(count, pace_s, events, large=0):
    with slow.SlowTree(THIN, 100, conf="urgent_per_hour = 10000\n") as line:
        line.start()
        for n in range(large):  # 1 MiB each that nothing makes smaller
            path = line.tree.dir / f"large-{n}"
            path.write_bytes(random.Random(n).randbytes(1 << 20))
            harness.decided(line.commune, path)
        if events:
            line.backlog(events)
        print("  honest: the backlog stands", flush=True)
        result = slow.urgents(line, count, pace_s)
    for name in ("district", "province"):
        times = result[name]
        print(f"{name}: p50 {slow.part_of(times, 0.5):.0f} ms, p99 "
              f"{slow.part_of(times, 0.99):.0f} ms, {result['waiting']} waiting, "
              f"{result['use']:.2f} of the line used", flush=True)
        check(slow.part_of(times, 0.99) <= LATE_MS,
              f"p99 {slow.part_of(times, 0.99):.0f} ms until the {name}")
    least = 10 if large else 100
    check(result["waiting"] > least, f"no backlog: {result['waiting']} waiting")
    check(result["use"] >= USE_LEAST, f"{result['use']:.2f} of the line used meanwhile")


def urgent_overtakes():
    overtakes(10, 0.5, 6000)


def urgent_overtakes_100():
    overtakes(100, 1.0, 50000)


def urgent_overtakes_large():
    overtakes(30, 1.0, 0, large=3)


def fills(rate, delay, events, warm_s, watch_s):
    with slow.SlowTree(rate, delay) as line:
        line.start()
        line.backlog(events)
        use = slow.link_use(line, warm_s, watch_s)
    print(f"{rate} bit/s, round trip {2 * delay} ms: {use:.3f} of the line used", flush=True)
    check(use >= USE_LEAST, f"{use:.2f} of the line used at a round trip of {2 * delay} ms")


def line_is_filled():
    fills(THIN, 150, 6000, 1, 6)
    fills(2000000, 150, 50000, 1.5, 3)


def line_is_filled_everywhere():
    for rate, events in ((THIN, 14000), (2000000, 60000)):
        for delay in (5, 50, 150):
            fills(rate, delay, events, 2, 12)


if __name__ == "__main__":
    harness.main({
        "line_is_exact": line_is_exact,
        "line_is_exact_1mb": line_is_exact_1mb,
        "urgent_overtakes": urgent_overtakes,
        "urgent_overtakes_100": urgent_overtakes_100,
        "urgent_overtakes_large": urgent_overtakes_large,
        "line_is_filled": line_is_filled,
        "line_is_filled_everywhere": line_is_filled_everywhere,
    })

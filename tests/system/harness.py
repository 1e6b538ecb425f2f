"""What system tests are written with; nodes and trees are deploy/lib/nodes.py.

A script ends with harness.main({"name": function, ...}); a promise that is not
kept raises Failed.
"""
import contextlib
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy" / "lib"))

import nodes  # noqa: E402
from nodes import (BIN, PATIENCE_S, REPO, Failed, Node, Result, check,  # noqa: E402,F401
                   free_port_pair, request_id, run_tool, wait_until)

SETTLE_S = 10


class Tree(nodes.Tree):
    """A child that is started knows who is above it before a test goes on and cuts
    it off: it has its tree, or could not have it (planted, or nobody is there)."""

    def child(self, parent, name, kind, start=True, **how):
        node = super().child(parent, name, kind, start=start, **how)
        if start and parent.running():
            with contextlib.suppress(Failed):
                wait_until(lambda: node.status()["office"]["superiors"], "its tree", SETTLE_S)
        return node


def ledger_holds(node, ledger, what="ledger"):
    """Every event of the ledger is at the node exactly once, each writer's in
    the ledger's order, stream by stream (an incident may overtake a case: that
    is what its lane is for). Returns the number of lines compared."""
    seen = {}
    for place, event in enumerate(node.events()):
        check(event["event"] not in seen, f"{node.name} shows {event['event']} twice")
        seen[event["event"]] = (place, event["channel"])
    for writer, events in ledger.items():
        missing = [e for e in events if e not in seen]
        check(not missing, f"{node.name} lacks {len(missing)} of {len(events)} of {writer}: "
              f"{missing[:3]}")
        last = {}
        for event in events:
            place, channel = seen[event]
            check(place > last.get(channel, (-1, ""))[0],
                  f"{node.name} has {event} of {writer} before {last.get(channel)}")
            last[channel] = (place, event)
    return sum(len(e) for e in ledger.values())


def of(items, matter):
    """The one of a list with this id, or None."""
    return next((i for i in items if i["id"] == matter), None)


def decided(node, path, *more, **how):
    """A case whose decision has the file: the two ids."""
    case = node.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                   "Đơn")["event"]
    return case, node.ok("case", "step", case, "decision_issued", "--attach", path, *more,
                         **how)["event"]


class Skipped(Exception):
    """It cannot be tried on this machine; says why."""


def main(tests):
    """Run the tests named on the command line, or all; ctest reads the exit."""
    names = [a for a in sys.argv[1:] if not a.startswith("-")] or list(tests)
    failed = skipped = 0
    for name in names:
        started = time.monotonic()
        try:
            tests[name]()
        except Skipped as reason:
            skipped += 1
            print(f"SKIPPED {name}: {reason}", flush=True)
        except Failed as failure:
            failed += 1
            print(f"FAIL {name}: {failure}", flush=True)
        except Exception:
            failed += 1
            import traceback
            print(f"FAIL {name}:", flush=True)
            traceback.print_exc()
        else:
            print(f"ok   {name} ({time.monotonic() - started:.1f} s)", flush=True)
    # 77: ctest counts it as skipped.
    sys.exit(1 if failed else 77 if skipped == len(names) else 0)

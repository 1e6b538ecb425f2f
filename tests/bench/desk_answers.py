"""What the desk waits for: a case opened, an incident raised, until the answer that
it is on the disk; with the parent there, and with it gone.

`desk_answers.py` measures at a commune of its own and prints one JSON object; `run` takes
its figures from `answers`. Calls go one after another over one connection to the
control socket, and once more each by a process of the tool, as a person's do.
"""
import json
import pathlib
import statistics
import sys
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests" / "system"))
sys.path.insert(0, str(REPO / "deploy" / "lib"))

CALLS, BY_TOOL = 300, 40
OPEN = {"command": "case open", "options": {
    "type": "complaint", "field": "land", "text": "Đề nghị xem lại giá bồi thường khi thu hồi đất"}}
RAISE = {"command": "incident raise", "options": {
    "people": 30, "place": "Trụ sở Ủy ban nhân dân xã", "subject": "đông người đề nghị đối thoại"}}
TOOL = {"open": ("case", "open", "--type", "complaint", "--field", "land", "--text",
                 "Đề nghị xem lại giá bồi thường"),
        "raise": ("incident", "raise", "--people", 30, "--place", "Trụ sở xã", "--subject",
                  "đông người đề nghị đối thoại")}


def p99(times):
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))] * 1000


def calls(node, message, n):
    """Each call's time in seconds, and the events that were answered for."""
    from control import Control
    control = Control(node)
    took, events = [], []
    for _ in range(n):
        began = time.monotonic()
        answer = control.ask(message)
        took.append(time.monotonic() - began)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        events.append(answer["event"])
    control.close()
    return took, events


def by_tool(node, args, n):
    took, events = [], []
    for _ in range(n):
        began = time.monotonic()
        events.append(node.ok(*args)["event"])
        took.append(time.monotonic() - began)
    return took, events


def answers(parent, commune, n=CALLS, tools=BY_TOOL):
    """Figures in milliseconds, and every event that the desk was told is kept."""
    told, figures = [], {}
    for there in (True, False):
        where = "linked" if there else "alone"
        if not there:
            parent.kill()
        for name, message in (("open", OPEN), ("raise", RAISE)):
            took, events = calls(commune, message, n)
            told += events
            figures[f"{name}_{where}_p99_ms"] = round(p99(took), 2)
            figures[f"{name}_{where}_p50_ms"] = round(statistics.median(took) * 1000, 2)
            took, events = by_tool(commune, TOOL[name], tools)
            told += events
            figures[f"{name}_{where}_tool_most_ms"] = round(max(took) * 1000, 2)
    return figures, told


def lost_by_a_kill(commune, told):
    """What was answered for and is gone when the daemon is killed and comes again."""
    commune.kill()
    commune.start()
    here = {e["event"] for e in commune.events()}
    return [e for e in told if e not in here]


def measure(n=CALLS, tools=BY_TOOL, base=None):
    from nodes import Tree
    with Tree(base) as tree:
        parent = tree.root("Tỉnh Tây Ninh", key="p")
        commune = tree.child(parent, "Xã Thử", "commune", key="c")
        figures, told = answers(parent, commune, n, tools)
        figures["calls"], figures["lost"] = n, len(lost_by_a_kill(commune, told))
        parent.start()
    return figures


def desk(bench):
    n = 100 if bench.quick else CALLS
    figures = measure(n, 10 if bench.quick else BY_TOOL, bench.dir)
    if figures["lost"]:
        raise RuntimeError(f"{figures['lost']} events were answered for and are lost")
    for name in ("open", "raise"):
        worst = max(figures[f"{name}_linked_p99_ms"], figures[f"{name}_alone_p99_ms"])
        bench.figure(f"desk_{name}_p99_ms", worst, "ms", 50, 5,
                     extra={k: v for k, v in figures.items() if k.startswith(name)})


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS)))

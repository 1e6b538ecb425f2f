"""Offices behind lines, and the desks that write in them."""
import os
import pathlib
import random
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "proxy")]

import harness  # noqa: E402
from bad_place import DISK_MB, Disk  # noqa: E402
from harness import Failed, Skipped, Tree, check, wait_until  # noqa: E402,F401
from proxy import Proxy  # noqa: E402

# Not running, a disk that failed, busy or unknown, no answer in time: the desk
# says the same again, under the same request id.
AGAIN = (69, 74, 75, -1)
DISTRICTS, COMMUNES = 2, 2


class Desk(threading.Thread):
    """One person who writes until the day ends, whatever the daemon does."""

    def __init__(self, office, seed):
        super().__init__(daemon=True)
        self.office, self.random = office, random.Random(seed)
        self.stopping = threading.Event()
        self.ledger = []    # (event, kind, offices addressed), in order of exit 0
        self.cases = []
        self.answered = set()
        self.repeats = 0
        self.at_it = None  # the write at hand, and its last answer
        self.error = None

    def run(self):
        try:
            while not self.stopping.is_set():
                self.write()
                # The pace of a desk: what is asked for, not a synchronisation.
                time.sleep(self.random.random() * self.office.pace_s)
        except Exception as error:  # shown by the test
            self.error = error

    def write(self):
        to = []
        if self.office.below and self.random.random() < 0.7:
            to = self.random.sample(self.office.below,
                                    self.random.randrange(1, 1 + len(self.office.below)))
            kind, command = "directive", [
                "directive", "issue", *[w for o in to for w in ("--to", o.node.office)],
                "--doc-no", f"{len(self.ledger)}/CĐ", "--text", "Báo cáo ngay tình hình tại trụ sở"]
            if self.random.random() < 0.3:
                command.append("--urgent")
        else:
            kind, command = self.ordinary()
        answer = self.until_known(command)
        if answer is None:
            return
        self.ledger.append((answer["event"], kind, to))
        if kind == "case":
            self.cases.append(answer["id"])

    def ordinary(self):
        chance = self.random.random()
        if chance < 0.2:
            return "incident", ["incident", "raise", "--place", "Trụ sở", "--subject", "đất đai",
                                "--people", str(self.random.randrange(5, 90))]
        if chance < 0.35:
            directive = self.unanswered()
            if directive is not None:
                return "status", ["directive", "status", directive, "03"]
        if chance < 0.6 and self.cases:
            return "step", ["case", "step", self.random.choice(self.cases[-20:]), "note", "--text",
                            "Đã mời công dân đến làm việc"]
        return "case", ["case", "open", "--type", "complaint", "--field", "land", "--text",
                        f"Đề nghị xem xét bồi thường thửa đất số {self.random.randrange(10**6)}"]

    def unanswered(self):
        """A directive to this office that it has not answered; None: none, or
        nobody there to ask."""
        result = self.office.node.tool("directive", "list", "--limit", 1000, timeout=30)
        if result.code != 0:
            return None
        mine = self.office.node.office
        for item in result.json["items"]:
            if item["id"] not in self.answered and any(t["office"] == mine for t in item["to"]):
                self.answered.add(item["id"])
                return item["id"]
        return None

    def until_known(self, command):
        command = [*command, "--request-id", harness.request_id()]
        while True:
            result = self.office.node.tool(*command, timeout=60)
            self.at_it = f"{command}: {result}"
            if result.code == 0:
                return result.json
            check(result.code in AGAIN, f"{self.office.node.name}: {command}: {result}")
            self.repeats += 1
            time.sleep(0.02)


class Office:
    """A node, the line to its parent, and its place in the tree."""

    def __init__(self, node, parent=None, pace_s=0.2):
        self.node, self.parent, self.pace_s = node, parent, pace_s
        self.line = None
        self.disk = None    # a small file system of its own
        self.below = []
        self.lock = threading.Lock()       # one fault at a time has the process,
        self.line_lock = threading.Lock()  # and one the line
        above = parent
        while above is not None:
            above.below.append(self)
            above = above.parent

    def above(self):
        """Itself and all its superiors."""
        office = self
        while office is not None:
            yield office
            office = office.parent

    def holds(self, writer, addressed):
        """Whether an event of that writer belongs here."""
        return self in writer.above() or any(self in a.above() and writer in a.above()
                                             for a in addressed)


class World:
    """Its small disk holds what a desk writes in @seconds: it is full when it is
    filled, and no earlier."""

    def __init__(self, seconds):
        self.tree = Tree()
        self.disk_mb = DISK_MB + seconds // 20
        self.lines = []
        self.disks = []
        self.unavailable = {}   # a fault: why it cannot be tried here
        try:
            self.build()
        except BaseException:
            self.close(False)
            raise

    def build(self):
        tree = self.tree
        root = Office(tree.root("Tỉnh Tây Ninh", key="p"), pace_s=0.6)
        self.offices = [root]
        for d in range(DISTRICTS):
            district = self.add(root, f"Huyện Thử {d + 1}", "district", f"d{d}", 0.5)
            for c in range(COMMUNES):
                self.add(district, f"Xã Thử {d + 1}.{c + 1}", "commune", f"c{d}{c}", 0.2,
                         small=d == 0 and c == 0)
        for office in self.offices:
            wait_until(lambda: office.parent is None or office.node.waiting() is not None,
                       f"the link of {office.node.name}")

    def add(self, parent, name, kind, key, pace_s, small=False):
        disk = None
        if small:
            try:
                disk = Disk(self.tree, "disk", self.disk_mb).__enter__()
                self.disks.append(disk)
            except Skipped as reason:
                self.unavailable["full"] = str(reason)
        node = self.tree.child(parent.node, name, kind, start=False,
                               key=f"{disk.mount.name}/node" if disk else key)
        office = Office(node, parent, pace_s)
        office.disk = disk
        office.line = Proxy(parent.node.status()["listen"]["links"])
        self.lines.append(office.line)
        drop = node.dir / "conf.d" / "60-line.conf"
        drop.write_text(f'superior_addresses = {{"{office.line.address}"}}\n'
                        + ("ballast_bytes = 512K\nwal_max_bytes = 1M\n" if disk else ""))
        os.chmod(drop, 0o640)
        if disk:
            node.notes_path = self.tree.dir / f"{key}.notes"
        node.start()
        self.offices.append(office)
        return office

    def communes(self):
        return [o for o in self.offices if not o.below]

    def close(self, failed):
        self.tree.close(keep=failed and os.environ.get("LT_KEEP") is not None)
        for line in self.lines:
            line.close()
        for disk in self.disks:
            disk.__exit__(None, None, None)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close(kind is not None)

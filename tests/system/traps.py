"""What a database file must not meet, watched from outside at a real daemon."""
import ctypes
import os
import re
import struct
import time

import harness
from bad_place import Disk, small
from harness import check, wait_until
from remedies import CASE, ids, pair

IN_OPEN, IN_CLOSE = 0x20, 0x18
WAL_HEAD, FRAME = 32, 4096 + 24


class Watch:
    """Who opens or closes these files, by inotify."""

    def __init__(self, *files):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_NONBLOCK)
        check(self.fd >= 0, "inotify")
        self.names = {libc.inotify_add_watch(self.fd, str(f).encode(), IN_OPEN | IN_CLOSE): f.name
                      for f in files if f.exists()}

    def seen(self):
        found = []
        try:
            data = os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return found
        while data:
            wd, mask, _, length = struct.unpack_from("iIII", data)
            found.append((self.names.get(wd), "open" if mask & IN_OPEN else "close"))
            data = data[16 + length:]
        return found


def nobody_opens_the_log_again():
    """A second descriptor of the file, once closed, drops SQLite's locks: after
    its start the daemon never opens the log a second time."""
    with pair("open") as (_, province, node):
        node.ok(*CASE)
        watch = Watch(node.dir / "log.db", node.dir / "log.db-wal")
        check(len(watch.names) == 2, f"watched: {watch.names}")
        for _ in range(3):
            event = node.ok(*CASE, "--text", "Đơn")["event"]
            node.ok("case", "show", event)
            node.status()
            node.ok("log")
            check(node.ok("verify")["ok"], "verify")
        os.kill(node.pid(), 1)
        wait_until(lambda: ">reload_done " in node.notes(), "the reload")
        time.sleep(2.5)  # the looks that it takes once a second
        check(not watch.seen(), f"opened or closed: {watch.seen()}")
        # The control: one look of ours is seen.
        (node.dir / "log.db").read_bytes()
        check(("log.db", "open") in watch.seen(), "the watch is blind")
        held = [os.readlink(f"/proc/{node.pid()}/fd/{n}")
                for n in os.listdir(f"/proc/{node.pid()}/fd")]
        check(held.count(str(node.dir / "log.db")) == 1, f"descriptors: {held}")


def rotten_wal():
    """One bit rots in the WAL after a crash: acknowledged entries are gone and
    SQLite is content. The office says so, and has them back from above."""
    with pair("rotten") as (_, province, node):
        ledger = [node.ok(*CASE)["event"] for _ in range(20)]
        wait_until(lambda: set(ledger) <= ids(province) and node.waiting() == 0, "them above")
        node.kill()
        wal = node.dir / "log.db-wal"
        rotten = bytearray(wal.read_bytes())
        frames = (len(rotten) - WAL_HEAD) // FRAME
        check(frames >= 20, f"{frames} frames in the WAL")
        rotten[WAL_HEAD + frames // 2 * FRAME + 24 + 2000] ^= 1
        wal.write_bytes(rotten)
        # With nobody to ask it shows what it has.
        province.stop()
        node.start()
        left = ids(node)
        check(len(left & set(ledger)) < 20, "the WAL had been copied already")
        check(node.ok("verify")["ok"], "verify finds what only others can know")
        province.start()
        wait_until(lambda: set(ledger) <= ids(node), "what rotted, from above", 30)
        said = [l for l in (node.notes() + province.notes()).splitlines()
                if re.match(r"<\d>log_lost_tail ", l)]
        check(said, "nobody said that a tail was lost")
        node.wait_no_alarm("log_lost_tail", 10)
        node.ok(*CASE)
        check(node.ok("verify")["ok"], "verify")


def ballast():
    """The disk is full: the ballast is given away for what must still be
    written, and put back when there is room."""
    with pair("ballast") as (tree, province, _), Disk(tree, "disk") as disk:
        node = tree.child(province, "Xã Đầy Đĩa", "commune", key="disk/node", start=False)
        small(node)
        node.start()
        kept = node.dir / "ballast"
        size = lambda: kept.stat().st_blocks * 512
        check(size() == 512 << 10, f"{size()} bytes of ballast")
        first = node.ok(*CASE)["event"]
        wait_until(lambda: first in ids(province) and node.waiting() == 0, "the first above")
        disk.fill()
        result = wait_until(lambda: (r := node.tool(*CASE, "--text", "x" * 8000)).code and r,
                            "a refusal", 20)
        check(result.error["code"] == "disk_full", f"{result}")
        wait_until(lambda: size() == 0, "the ballast to be given away", 5)
        room = os.statvfs(node.dir)
        check(room.f_bavail * room.f_frsize >= 256 << 10, "and somebody else has taken it")
        # With that room the end is clean.
        node.stop()
        wal = node.dir / "log.db-wal"
        check(not wal.exists() or wal.stat().st_size == 0, "the WAL was left behind")
        node.start()
        check(first in ids(node), "an entry is gone")
        disk.free()
        wait_until(lambda: size() == 512 << 10, "the ballast to be back", 10)
        node.ok(*CASE)
        node.stop()


TESTS = {f.__name__: f for f in (nobody_opens_the_log_again, rotten_wal, ballast)}

if __name__ == "__main__":
    harness.main(TESTS)

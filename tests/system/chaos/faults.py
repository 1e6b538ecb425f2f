"""What may happen to an office or a line: each fault begins, lasts, and is
taken back. `begin` and `end` get the world's office (or line) and the fault's
own random numbers."""
import os
import signal
import time

from bad_place import FAKETIME
from harness import check

FIU = ["/usr/lib/fiu/fiu_run_preload.so", "/usr/lib/fiu/fiu_posix_preload.so"]
DISK_CALLS = ("posix/io/sync/fdatasync", "posix/io/rw/pwrite", "posix/io/rw/pread")
EIO = 5
CLOCKS = ("-2y", "-3d", "-2h", "+90m", "+40d", "+3y")
# How a daemon may end by itself while its disk fails: an I/O error on the log.
IO_ERROR = 74


class Process:
    """Faults of one daemon. Whoever begins one has the office's lock."""

    def __init__(self, office, chance):
        self.office, self.node, self.chance = office, office.node, chance

    def begin(self):
        pass

    def during(self):
        """Called again and again until the end."""

    def end(self):
        pass

    def restart(self, env=None):
        self.node.kill()
        self.node.start(env=env, wait=False)


class Kill(Process):
    """SIGKILL; it stays away for the fault's time."""

    def begin(self):
        self.node.kill()

    def end(self):
        self.node.start(wait=False)


class Restart(Process):
    """An operator restarts it; SIGTERM has to end it cleanly."""

    def begin(self):
        self.node.stop(expect=None)

    def end(self):
        self.node.start(wait=False)


class Pause(Process):
    """SIGSTOP: it is there, and says nothing."""

    def begin(self):
        os.kill(self.node.pid(), signal.SIGSTOP)

    def end(self):
        os.kill(self.node.pid(), signal.SIGCONT)


class Flap(Process):
    """It dies again and again, as soon as it lives."""

    def begin(self):
        self.next = 0.0

    def during(self):
        if time.monotonic() >= self.next:
            self.next = time.monotonic() + self.chance.random() * 0.6
            self.restart()

    def end(self):
        self.restart()


class Clock(Process):
    """The wall clock is wrong by hours or years."""

    def begin(self):
        self.restart({"LD_PRELOAD": FAKETIME, "FAKETIME": self.chance.choice(CLOCKS),
                      "FAKETIME_DONT_FAKE_MONOTONIC": "1"})

    def end(self):
        self.restart()


class BadDisk(Process):
    """Calls of the disk fail now and then; a daemon that ends for it is
    started again, as systemd does."""

    def begin(self):
        self.ends = 0
        share = self.chance.choice(("0.002", "0.01", "0.05"))
        calls = self.chance.sample(DISK_CALLS, self.chance.randrange(1, 1 + len(DISK_CALLS)))
        self.env = {"LD_PRELOAD": " ".join(FIU), "FIU_ENABLE": "\n".join(
            f"enable_random name={c},probability={share},failinfo={EIO}" for c in calls)}
        self.restart(self.env)

    def during(self):
        code = self.node.process.poll()
        if code is not None:
            check(code == IO_ERROR, f"{self.node.name} ended with {code} on a failing disk\n"
                  + self.node.notes()[-2000:])
            self.ends += 1
            self.restart(self.env)

    def end(self):
        code = self.node.process.poll()
        check(code in (None, IO_ERROR), f"{self.node.name} ended with {code} on a failing disk")
        self.restart()


class Full(Process):
    """Its file system is full; nothing is restarted."""

    def begin(self):
        self.office.disk.fill()

    def during(self):
        self.office.disk.fill()

    def end(self):
        self.office.disk.free()


class Line:
    """Faults of the line between an office and its parent."""

    def __init__(self, office, chance):
        self.line, self.chance = office.line, chance

    def during(self):
        pass

    def end(self):
        pass


class Cut(Line):
    def begin(self):
        self.line.tell("cut", 1)

    def end(self):
        self.line.tell("cut", 0)


class HalfOpen(Line):
    """Nothing arrives in one direction or both, and nobody is told."""

    def begin(self):
        self.line.tell("stall", 1, *self.chance.choice(([], ["up"], ["down"])))

    def end(self):
        self.line.tell("stall", 0)


class Resets(Line):
    """Connections break off in the middle, many times."""

    def begin(self):
        self.next = 0.0

    def during(self):
        if time.monotonic() >= self.next:
            self.next = time.monotonic() + self.chance.random() * 0.5
            self.line.tell("reset")


class Garble(Line):
    """Bits flip on the way."""

    def begin(self):
        self.line.tell("garble", self.chance.randrange(1, 20),
                       self.chance.choice(("up", "down")))

    def end(self):
        self.line.tell("garble", 0)


class Replay(Line):
    """Somebody says to the parent again what the child said."""

    def begin(self):
        for _ in range(self.chance.randrange(1, 5)):
            self.line.tell("replay")


class Slow(Line):
    """A thin, long line: 9.6 to 256 kbit/s, up to a second each way."""

    def begin(self):
        self.line.tell("rate", self.chance.choice((9600, 64000, 256000)))
        self.line.tell("delay", self.chance.randrange(20, 1000))

    def end(self):
        self.line.tell("rate", 0)
        self.line.tell("delay", 0)


PROCESS = {"kill": Kill, "restart": Restart, "pause": Pause, "flap": Flap, "clock": Clock,
           "bad_disk": BadDisk, "full": Full}
LINE = {"cut": Cut, "half_open": HalfOpen, "resets": Resets, "garble": Garble, "replay": Replay,
        "slow": Slow}


def available(world):
    """The names of the faults that can be tried here; world.unavailable has the others."""
    if not os.path.exists(FAKETIME):
        world.unavailable["clock"] = "libfaketime is not installed"
    if not all(map(os.path.exists, FIU)):
        world.unavailable["bad_disk"] = "libfiu is not installed"
    return [n for n in (*PROCESS, *LINE) if n not in world.unavailable]

"""Which fault comes when, for how long, to whom: drawn from the seed before
anything begins, and played by one thread for each fault."""
import random
import threading
import time

import faults

PAUSE_S, LONGEST_S, AT_ONCE = 1.2, 12.0, 4


class Deed(threading.Thread):
    """One fault, from its beginning to its end."""

    def __init__(self, at, name, office, seconds, seed):
        super().__init__(daemon=True)
        self.at, self.name_of, self.office, self.seconds = at, name, office, seconds
        kinds = faults.PROCESS if name in faults.PROCESS else faults.LINE
        self.fault = kinds[name](office, random.Random(seed))
        self.is_process = name in faults.PROCESS
        self.lifted = threading.Event()
        self.error = None
        self.played = False

    def run(self):
        lock = self.office.lock if self.is_process else self.office.line_lock
        if not lock.acquire(blocking=False):
            return  # another fault has this office; the plan is no promise
        try:
            self.fault.begin()
            try:
                end = time.monotonic() + self.seconds
                while time.monotonic() < end and not self.lifted.wait(0.05):
                    self.fault.during()
            finally:
                self.fault.end()
            self.played = True
        except Exception as error:  # shown by the test
            self.error = error
        finally:
            lock.release()

    def __str__(self):
        return f"{self.at:6.1f} s {self.name_of:9} {self.office.node.name} {self.seconds:.1f} s"


def draw(world, names, seconds, chance):
    """Deeds in order of time, each name again and again, evenly."""
    deeds, at, bag = [], 0.5, []
    while at < seconds:
        bag = bag or chance.sample(names, len(names))
        name = bag.pop()
        offices = world.offices if name in faults.PROCESS else world.offices[1:]
        if name == "full":
            offices = [o for o in offices if o.disk is not None]
        lasts = min(0.3 + chance.expovariate(1 / 3.0), LONGEST_S)
        deeds.append(Deed(at, name, chance.choice(offices), lasts, chance.random()))
        at += chance.expovariate(1 / PAUSE_S)
    return deeds


def play(deeds, seconds, alive):
    """Begin each deed at its time, at most AT_ONCE at a time. Then lift all.

    alive() raises when the day has to end early."""
    begun = time.monotonic()
    running, done = [], []
    try:
        for deed in deeds:
            while True:
                alive()
                running = [d for d in running if d.is_alive()]
                if time.monotonic() - begun >= deed.at and len(running) < AT_ONCE:
                    break
                time.sleep(0.02)
            if time.monotonic() - begun > seconds:
                break
            print(deed, flush=True)
            deed.start()
            running.append(deed)
            done.append(deed)
    finally:
        for deed in done:
            deed.lifted.set()
        for deed in done:
            deed.join(60)
    return done

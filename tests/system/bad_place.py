"""Bad input, from the place itself: tokens, configuration, file modes,
databases, ports, the clock and the disk.

Each refusal has its own exit code and code word, with text and remedy in both
languages; an honest commune beside it goes on within the same second.
"""
import contextlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

import bad_input
import harness
from bad_input import Stage, ids, words_in_both_languages
from harness import BIN, Failed, Skipped, check, run_tool, wait_until

LANGS = ("en", "vi")
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
DISK_MB = 16


# ---- what a refusal looks like ----

def start_refused(node, code, exit, env=None):
    """The daemon does not start; its words in both languages."""
    words = {}
    for lang in LANGS:
        try:
            done = subprocess.run([str(BIN / "lienthongd"), "--dir", str(node.dir)],
                                  capture_output=True, text=True, timeout=30,
                                  env={**os.environ, **(env or {}), "LIENTHONG_LANG": lang})
        except subprocess.TimeoutExpired:
            raise Failed(f"{node.name} started, though {code}")
        check(done.returncode == exit, f"exit {done.returncode}, not {exit}: {done.stderr}")
        line = next((l for l in done.stderr.splitlines() if re.match(rf"<\d>{code} ", l)), None)
        check(line, f"no note {code}: {done.stderr}")
        remedy = re.search(r' remedy="(.*)"$', line)
        check(remedy, f"no remedy: {line}")
        words[lang] = {"text": line.split(" remedy=")[0].split(" ", 1)[1],
                       "remedy": remedy[1]}
    words_in_both_languages(words["en"], words["vi"])
    return words["en"]["text"]


def tool_refused(code, exit, *args, **kw):
    words = {}
    for lang in LANGS:
        result = run_tool(*args, env={"LIENTHONG_LANG": lang}, **kw)
        check(result.code == exit and result.error.get("code") == code,
              f"{args}: {result}, not {exit} {code}")
        words[lang] = result.error
    words_in_both_languages(words["en"], words["vi"])
    return words["en"]


def alarm_in_both_languages(node, code, patience_s=10):
    words = {}
    for lang in LANGS:
        words[lang] = wait_until(
            lambda: next((a for a in node.ok("status", env={"LIENTHONG_LANG": lang})["alarms"]
                          if a["code"] == code), None),
            lambda: f"alarm {code} at {node.name}, has {node.alarms()}", patience_s)
    words_in_both_languages(words["en"], words["vi"])
    return words["en"]


def stopped_commune(stage, name):
    """A commune that has worked and was stopped."""
    node = stage.tree.child(stage.district, name, "commune", key=f"s{stage.next()}")
    node.ok("case", "open", "--type", "complaint", "--field", "land")
    node.stop()
    return node


# ---- tokens ----

def tokens():
    stage = Stage.get()
    here = ["--listen", "127.0.0.1:0", "--enrol-listen", "127.0.0.1:0"]

    def join(token, dir):
        return ["join", token, *here], {"dir": dir, "timeout": 60}

    def refused(token, code):
        dir = stage.tree.dir / f"j{stage.next()}"
        args, kw = join(token, dir)
        tool_refused(code, 65, *args, **kw)
        check(not dir.exists() or not any(dir.iterdir()), f"{dir} was left behind")

    with stage.beside("tokens"):
        token = stage.district.ok("token", "--name", "Xã Mới", "--kind", "commune")["token"]
        for i in (len(token) // 3, len(token) // 2, len(token) - 8):
            refused(token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1:], "bad_token")
        refused(token[:-4], "bad_token")
        refused("lt1_" + "x" * 40, "bad_token")
        args, kw = join(token, stage.tree.dir / f"j{stage.next()}")
        joined = run_tool(*args, **kw)
        check(joined.code == 0, f"the right token: {joined}")
        refused(token, "token_used")
        late = stage.district.ok("token", "--name", "Xã Muộn", "--kind", "commune",
                                 "--valid", "1s")
        wait_until(lambda: time.time() > bad_input.when(late["expires_at"]),
                   "the token to expire")
        refused(late["token"], "token_expired")


def join_killed():
    """Whenever `join` dies after the parent may have heard of it, the same
    token goes on where it stopped: the same keys, the same office. So
    says the remedy of token_used."""
    stage = Stage.get()
    points = ("join_asked", "join_answered", "join_written", "join_placed")
    listed = subprocess.run([str(BIN / "lienthongd"), "--failpoints"], capture_output=True,
                            text=True, timeout=30).stdout
    if not listed.strip():
        raise Skipped("this build has no failpoints")
    check(set(points) == {n for n in listed.split() if n.startswith("join_")}, listed)
    here = ["--listen", "127.0.0.1:0", "--enrol-listen", "127.0.0.1:0"]

    def key(node, folder):
        return (node.dir / folder / "node.key").read_bytes()

    with stage.beside("join"):
        for point in points:
            name = f"Xã Mất Điện {stage.next()}"
            token = stage.district.ok("token", "--name", name, "--kind", "commune")
            node = harness.Node(stage.tree.dir / f"j{stage.next()}", name)
            join = ["join", token["token"], *here]
            killed = run_tool(*join, dir=node.dir, timeout=60,
                              env={"LIENTHONG_FAILPOINT": f"{point}:kill"})
            check(killed.code == -signal.SIGKILL, f"{point} was not met: {killed}")
            first = key(node, "identity" if point == "join_placed" else "joining")
            other = stage.district.ok("token", "--name", f"{name} khác", "--kind", "commune")
            tool_refused("cannot_create", 73, "join", other["token"], *here, dir=node.dir)
            again = run_tool(*join, dir=node.dir, timeout=60)
            check(again.code == 0, f"{point}: {again}\n" + stage.district.notes()[-1500:])
            check(again.json["office"] == token["office"], f"another office: {again}")
            check(key(node, "identity") == first, f"{point}: new keys, so a second admission")
            check(not (node.dir / "joining").exists(), f"{point}: joining was left behind")
            node.office = token["office"]
            stage.tree.nodes[name] = node
            stage.tree.pin_ports(node)
            node.start()
            event = node.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
            wait_until(lambda: event in ids(stage.district), "its first event at the district")
            node.stop()
            # All of it is there now: a third time finds a folder in use.
            tool_refused("cannot_create", 73, *join, dir=node.dir)


# ---- files ----

def configuration():
    stage = Stage.get()
    node = stopped_commune(stage, "Xã Sai Cấu Hình")
    file = node.dir / "conf.d" / "60-bad.conf"
    with stage.beside("configuration"):
        for text, line, key in (("# one\nlog_max_byte = 5G\n", 2, "log_max_byte"),
                                ("heartbeat = 1ms\n", 1, "heartbeat"),
                                ("notes = loud\n", 1, "notes"),
                                ("\n\nurgent_per_hour = many\n", 3, "urgent_per_hour")):
            file.write_text(text)
            os.chmod(file, 0o640)
            says = start_refused(node, "bad_configuration", 78)
            check(f"{file}:{line}" in says and key in says, f"where? {says}")
            tool_refused("bad_configuration", 1, "config", "check", dir=node.dir)
        file.unlink()
        node.start()
        # A running daemon keeps what it has.
        file.write_text("log_max_byte = 5G\n")
        os.chmod(file, 0o640)
        os.kill(node.pid(), signal.SIGHUP)
        wait_until(lambda: "bad_configuration" in node.notes(), "the reload to be refused")
        check(node.status()["state"] == "ready", "it did not go on")
        file.unlink()
        node.stop()


def file_modes():
    stage = Stage.get()
    node = stopped_commune(stage, "Xã Hở Khoá")
    identity = node.dir / "identity"
    with stage.beside("file modes"):
        for path, loose, right in ((identity / "node.key", 0o440, 0o400),
                                   (identity / "node.key", 0o604, 0o400),
                                   (identity / "curve.key", 0o444, 0o400),
                                   (identity, 0o755, 0o700),
                                   (node.dir / "lienthong.conf", 0o666, 0o640)):
            os.chmod(path, loose)
            says = start_refused(node, "file_mode_loose", 77)
            check(str(path) in says and f"{loose:04o}" in says, f"which? {says}")
            os.chmod(path, right)
        node.start()
        node.stop()


def databases():
    stage = Stage.get()
    node = stopped_commune(stage, "Xã Nhầm Sổ")
    other = stopped_commune(stage, "Xã Khác")
    log = node.dir / "log.db"
    with stage.beside("databases"):
        right = log.read_bytes()
        shutil.copy(other.dir / "log.db", log)
        strange = log.read_bytes()
        says = start_refused(node, "database_of_another_office", 65)
        check(other.office in says, f"whose? {says}")
        check(log.read_bytes() == strange, "a strange database was changed")
        log.unlink()
        with contextlib.closing(sqlite3.connect(log)) as db:
            db.execute("CREATE TABLE letters (text)")
            db.commit()
        os.chmod(log, 0o600)
        start_refused(node, "database_of_another_office", 65)
        log.write_bytes(right)
        with contextlib.closing(sqlite3.connect(log)) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute(f"PRAGMA user_version = {version + 1}")
            db.commit()
        newer = log.read_bytes()
        start_refused(node, "database_newer", 65)
        check(log.read_bytes() == newer, "a newer database was changed")
        log.write_bytes(right)
        node.start()
        node.stop()


# ---- others on the machine ----

def port_in_use():
    stage = Stage.get()
    node = stopped_commune(stage, "Xã Trùng Cổng")
    conf = (node.dir / "conf.d" / "50-ports.conf").read_text()
    with stage.beside("a port in use"):
        for setting in ("listen_links", "listen_enrol"):
            address = re.search(rf'{setting} = {{"(.*)"}}', conf)[1]
            with socket.socket() as taken:
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                taken.bind((address.split(":")[0], int(address.split(":")[1])))
                taken.listen()
                says = start_refused(node, "port_in_use", 69)
                check(address in says, f"which? {says}")
        node.start()
        node.stop()


def two_offices():
    """Two offices that were given the same ports; the second does as it is
    told and both work."""
    stage = Stage.get()
    with stage.beside("two offices on one machine"):
        other = stopped_commune(stage, "Xã Chung Máy")
        taken = (stage.district.dir / "conf.d" / "50-ports.conf").read_text()
        drop = other.dir / "conf.d" / "50-ports.conf"
        drop.write_text(taken)
        says = start_refused(other, "port_in_use", 69)
        address = re.search(r'listen_links = {"(.*)"}', taken)[1]
        check(address in says, f"which? {says}")
        drop.write_text("")
        ports = harness.free_port_pair()
        # As the remedy writes it, at the end of lienthong.conf.
        with open(other.dir / "lienthong.conf", "a", encoding="utf-8") as conf:
            conf.write(f'listen_links = "127.0.0.1:{ports[0]}"\n'
                       f'listen_enrol = "127.0.0.1:{ports[1]}"\n')
        other.start()
        check(other.status()["listen"]["links"].endswith(f":{ports[0]}"), other.status()["listen"])
        written = other.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        wait_until(lambda: written in {e["event"] for e in stage.district.events()},
                   "what one wrote to be at the other")
        other.stop()


def second_daemon():
    stage = Stage.get()
    with stage.beside("a second daemon"):
        start_refused(stage.honest, "already_running", 69)
        start_refused(stage.district, "already_running", 69)


# ---- the clock ----

def clock_years_ahead():
    """A request whose answer was lost is known to a life whose clock is three
    years ahead, and to the one after it."""
    if not os.path.exists(FAKETIME):
        raise Skipped("libfaketime is not installed")
    stage = Stage.get()
    node = stopped_commune(stage, "Xã Vội Giờ")
    case = ["case", "open", "--type", "complaint", "--field", "land", "--request-id",
            harness.request_id()]
    with stage.beside("a clock three years ahead"):
        node.start()
        first = node.ok(*case)
        node.kill()
        for env in ({"LD_PRELOAD": FAKETIME, "FAKETIME": "+3y",
                     "FAKETIME_DONT_FAKE_MONOTONIC": "1"}, {}):
            node.start(env=env)
            time.sleep(1)  # longer than upkeep waits for a pause
            again = node.ok(*case)
            check(again["repeated"] and again["event"] == first["event"], f"{again} {first}")
            node.kill()


def clock_before_log():
    if not os.path.exists(FAKETIME):
        raise Skipped("libfaketime is not installed")
    if "asan" in subprocess.run(["ldd", str(BIN / "lienthongd")], capture_output=True,
                                text=True).stdout:
        raise Skipped("a sanitizer wants to be the first library")
    stage = Stage.get()
    node = stopped_commune(stage, "Xã Chậm Giờ")
    with stage.beside("a clock two days late"):
        node.start(env={"LD_PRELOAD": FAKETIME, "FAKETIME": "-2d",
                        "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        alarm_in_both_languages(node, "clock_before_log")
        check(node.status()["clock"]["unsure"], "status does not say so")
        event = node.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        wait_until(lambda: event in ids(stage.district), "the event at the district")
        for place in (node, stage.district):
            mine = [e for e in place.events() if e["origin"] == node.office]
            check([e["clock_unsure"] for e in mine] == [False, True], f"marks: {mine}")
            check(mine[0]["hlc"] < mine[1]["hlc"], "stamps went back")
            check(mine[1]["effect"] == "applied", str(mine[1]))
        node.stop()
        node.start()
        node.wait_no_alarm("clock_before_log", 10)
        check(not node.status()["clock"]["unsure"], "the clock is right again")
        node.stop()


# ---- the disk ----

class Disk:
    """A file system of a few MB in a file."""

    def __init__(self, tree, name, size_mb=DISK_MB):
        self.size_mb = size_mb
        self.image, self.mount = tree.dir / f"{name}.img", tree.dir / name
        self.filler = self.mount / "filler"
        self.mounted = False

    def __enter__(self):
        self.mount.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(self.size_mb << 20)
        try:
            for command in (["mkfs.ext4", "-q", "-F", "-m", "0", self.image],
                            ["mount", "-o", "loop", self.image, self.mount]):
                done = subprocess.run(command, capture_output=True, text=True, timeout=60)
                if done.returncode != 0:
                    raise Skipped(f"{command[0]}: {done.stderr.strip()}")
        except FileNotFoundError as missing:
            raise Skipped(str(missing))
        self.mounted = True
        return self

    def __exit__(self, kind, value, trace):
        if self.mounted:
            subprocess.run(["umount", "-l", self.mount], timeout=60, check=False)

    def fill(self):
        """Leave nothing."""
        with open(self.filler, "ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 16, 1 << 12, 1 << 10):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError:
                    continue

    def free(self):
        self.filler.unlink()


def small(node):
    file = node.dir / "conf.d" / "70-small.conf"
    file.write_text("ballast_bytes = 512K\nwal_max_bytes = 1M\n")
    os.chmod(file, 0o640)
    node.notes_path = node.dir.parent.parent / (node.dir.name + ".notes")


def write_until_refused(node, disk, ledger):
    """Write, and fill what is left, until the intake is closed."""
    def refused():
        disk.fill()
        result = node.tool("case", "open", "--type", "complaint", "--field", "land",
                           "--text", "Đơn " + "x" * 2000)
        if result.code == 0:
            ledger.append(result.json["event"])
            return None
        return result
    result = wait_until(refused, lambda: f"a refusal, {len(ledger)} were written", 60)
    check(result.code == 75 and result.error["code"] == "disk_full", f"refused with {result}")
    check(result.error["outcome"] == "none", str(result.error))


def refuses(node):
    tool_refused("disk_full", 75, "case", "open", "--type", "complaint", "--field", "land",
                 dir=node.dir)
    state = lambda: (node.status()["state"], node.status()["state_reason"])
    refused = ("intake_refused", "disk_full")
    wait_until(lambda: state() == refused, lambda: f"to refuse; {state()}", 2)
    until = time.monotonic() + 2.5  # it looks for room every second
    while time.monotonic() < until:
        check(state() == refused, f"it forgot that the disk is full: {state()}")
        time.sleep(0.05)
    alarm_in_both_languages(node, "intake_refused")


def recovers(node, disk):
    disk.free()
    wait_until(lambda: node.status()["state"] == "ready", f"{node.name} to take things again", 20)
    node.wait_no_alarm("intake_refused", 10)


def opens(node):
    return node.ok("case", "open", "--type", "complaint", "--field", "land")["event"]


def full_disk():
    """A commune's disk is full: nothing is taken, everything can be read and
    has arrived, and it goes on by itself when there is room."""
    stage = Stage.get()
    with Disk(stage.tree, f"disk{stage.next()}") as disk:
        node = stage.tree.child(stage.district, "Xã Đầy Đĩa", "commune",
                                key=f"{disk.mount.name}/node", start=False)
        small(node)
        node.start()
        with stage.beside("a full disk at a commune"):
            ledger = [opens(node) for _ in range(5)]
            write_until_refused(node, disk, ledger)
            refuses(node)
            cases = {i["id"] for i in node.items("case")}
            check(set(ledger[:5]) <= cases, "what was written cannot be read")
            check(set(ledger) <= ids(stage.district) or wait_until(
                lambda: set(ledger) <= ids(stage.district), "all at the district", 10), "")
            recovers(node, disk)
            ledger.append(opens(node))
            wait_until(lambda: set(ledger) <= ids(stage.district), "the new one as well", 10)
        here = ids(node)
        check(set(ledger) <= here, "an acknowledged event is gone")
        check(node.ok("verify")["ok"], "verify")
        node.stop()
        node.start()
        wait_until(lambda: set(ledger) <= ids(node), "all of it after a start")
        node.stop()


def full_relay():
    """A relay's disk is full: it forwards, and acknowledges nothing."""
    stage = Stage.get()
    province = stage.tree.nodes["p"]
    with Disk(stage.tree, f"disk{stage.next()}") as disk:
        relay = stage.tree.child(province, "Huyện Đầy Đĩa", "district",
                                 key=f"{disk.mount.name}/node", start=False)
        small(relay)
        relay.start()
        commune = stage.tree.child(relay, "Xã Dưới", "commune", key=f"c{stage.next()}")
        waiting = commune.waiting
        with stage.beside("a full disk at a relay"):
            first = opens(commune)
            wait_until(lambda: waiting() == 0, "the first to be acknowledged")
            write_until_refused(relay, disk, [])
            refuses(relay)
            more = [opens(commune) for _ in range(20)]
            wait_until(lambda: set(more) <= ids(province), "them at the province, forwarded", 20)
            wait_until(lambda: waiting() >= len(more), lambda: f"{waiting()} wait", 5)
            until = time.monotonic() + 2
            while time.monotonic() < until:
                check(waiting() >= len(more), f"{waiting()} wait: a full relay acknowledged")
                time.sleep(0.05)
            check(not set(more) & ids(relay), "stored without room")
            recovers(relay, disk)
            wait_until(lambda: waiting() == 0, lambda: f"the acks; {waiting()} wait", 30)
            check({first, *more} <= ids(relay), "acknowledged and not there")
        check(relay.ok("verify")["ok"], "verify")
        commune.stop()
        relay.stop()


TESTS = {f.__name__: f for f in (
    tokens, join_killed, configuration, file_modes, databases, port_in_use, two_offices,
    second_daemon,
    clock_before_log, clock_years_ahead, full_disk, full_relay)}

if __name__ == "__main__":
    try:
        harness.main(TESTS)
    finally:
        Stage.leave()

"""Errors: each is brought about by its own cause, and then its remedy is
followed as it is written, and helps.

What bad_place.py shows both of already is not shown again; tests/codes.csv
names the two tests of every code.
"""
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time

import control
import harness
from bad_place import FAKETIME, LANGS, start_refused, tool_refused  # noqa: F401
from bad_input import words_in_both_languages
from harness import BIN, Failed, Skipped, Tree, check, run_tool, wait_until

LIB = BIN.parent / "lib"
HERE = ("--listen", "127.0.0.1:0", "--enrol-listen", "127.0.0.1:0")
CASE = ("case", "open", "--type", "complaint", "--field", "land")
CLIENTS = 200  # more than the control socket serves at a time


def sanitized():
    return not (LIB / "lt-disk.so").exists()  # such a build takes no preloads


@contextlib.contextmanager
def pair(name):
    """A province and one commune below it."""
    with Tree() as tree:
        print(f"seed {tree.seed} {name}", flush=True)
        province = tree.root("Tỉnh Tây Ninh", key="p")
        yield tree, province, tree.child(province, "Xã Thử", "commune", key="c")


def ids(node):
    return {e["event"] for e in node.events()}


# ---- a desk's mistakes ----

def desk():
    with pair("desk") as (_, province, node):
        at = dict(dir=node.dir)
        case = node.ok(*CASE, "--text", "Đơn")["event"]
        # (code, exit, what was wrong, what the remedy leads to)
        for code, exit, wrong, right in (
                ("invalid", 65, ("case", "open", "--type", "complaint", "--field", "moon"), CASE),
                ("usage", 64, ("case", "open", "--type", "complaint"), CASE),
                ("not_found", 65, ("case", "show", case[:-1] + "99"), ("case", "show", case)),
                ("text_not_utf8", 65, (*CASE, "--text", "\udcb8\udcdf"),
                 (*CASE, "--text", "Đất")),
                ("too_big", 65, ("incident", "raise", "--place", "x" * 200, "--subject", "Lũ",
                                 "--people", 3),
                 ("incident", "raise", "--place", "x" * 140, "--subject", "Lũ", "--people", 3)),
                ("personal_data", 65, ("incident", "raise", "--place", "UBND xã", "--subject",
                                       "Đơn của ông Tám", "--people", 3),
                 ("incident", "raise", "--place", "UBND xã", "--subject", "Đơn", "--people", 3)),
                ("personal_data", 65, (*CASE, "--text", "Đơn của nguyen van tam", "--private",
                                       "name=Nguyễn Văn Tám", "--confirm-text"),
                 (*CASE, "--text", "Đơn về đất", "--private", "name=Nguyễn Văn Tám")),
                ("perhaps_personal_data", 65, (*CASE, "--text", "Tiếp bà Trần Thị Nga"),
                 (*CASE, "--text", "Tiếp bà Trần Thị Nga", "--confirm-text")),
                ("not_permitted", 77, ("directive", "issue", "--to", "Tỉnh Tây Ninh", "--doc-no",
                                       "1", "--text", "Báo cáo"), None)):
            tool_refused(code, exit, *wrong, **at)
            if right:
                node.ok(*right)
        # usage: "run lienthong COMMAND --help"
        help = run_tool("case", "open", "--help", json_out=False)
        check(help.code == 0 and "--field" in help.out, f"no help: {help}")
        # not_permitted: "ask somebody of the office who has the right"
        province.ok("directive", "issue", "--to", "Xã Thử", "--doc-no", "1", "--text", "Báo cáo")
        # step_refused: "look at it with show to see which steps are allowed"
        node.ok("case", "close", case, "--reason", "withdrawn")
        tool_refused("step_refused", 65, "case", "step", case, "accepted", **at)
        check(node.ok("case", "show", case)["state"] == "closed", "show does not tell")
        other = node.ok(*CASE)["event"]
        node.ok("case", "step", other, "accepted")


def stranger_on_the_machine():
    if os.geteuid() != 0:
        raise Skipped("needs root to become somebody else")
    with pair("stranger") as (tree, _, node):
        for place in (tree.dir, node.dir):  # he may come as far as the socket
            os.chmod(place, 0o711)
        for place in (*tree.dir.parents, *BIN.parents):
            if not os.stat(place).st_mode & 0o001:
                raise Skipped(f"{place} is closed to others")
        ask = [str(BIN / "lienthong"), "--dir", str(node.dir), "--json", "status"]
        refused = {}
        for lang in LANGS:
            done = subprocess.run(ask, capture_output=True, text=True, timeout=30, user=65534,
                                  group=65534, extra_groups=[],
                                  env={**os.environ, "LIENTHONG_LANG": lang})
            check(done.returncode == 77, f"a stranger got {done}")
            refused[lang] = json.loads(done.stderr.splitlines()[-1])["error"]
            check(refused[lang]["code"] == "not_permitted", str(refused))
        words_in_both_languages(refused["en"], refused["vi"])
        check(node.tool("status").code == 0, "and the right account cannot either")


def two_of_one_name():
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        districts = [tree.child(province, f"Huyện {n}", "district", key=f"d{n}") for n in (1, 2)]
        twins = [tree.child(d, "Xã Trùng Tên", "commune", key=f"c{n}", start=False)
                 for n, d in enumerate(districts)]
        issue = ("directive", "issue", "--doc-no", "7", "--text", "Báo cáo", "--to")
        wait_until(lambda: province.tool(*issue, "Xã Trùng Tên").error.get("code") == "ambiguous",
                   "both in the province's tree")
        told = tool_refused("ambiguous", 65, *issue, "Xã Trùng Tên", dir=province.dir)
        for twin in twins:
            check(twin.office in told["text"], f"the candidates: {told}")
            province.ok(*issue, twin.office)


def malformed_question():
    with pair("malformed") as (_, _, node):
        for lang in LANGS:
            talk = control.Control(node)
            talk.socket.sendall((1).to_bytes(4, "big") + b"{")
            answer = talk.receive()
            check(answer["error"]["code"] == "malformed", str(answer))
            check(answer["error"]["remedy"], str(answer))
            talk.close()
        check(node.status()["state"] == "ready", "it took harm")
        node.ok(*CASE)


def not_running_unknown_busy():
    with pair("not running") as (_, _, node):
        at = dict(dir=node.dir)
        node.stop()
        tool_refused("daemon_not_running", 69, *CASE, **at)
        node.start()
        node.ok(*CASE)
        # No answer in time: the outcome is unknown, the same words again.
        id = harness.request_id()
        before = len(node.events())
        os.kill(node.pid(), signal.SIGSTOP)
        try:
            told = tool_refused("outcome_unknown", 75, "--timeout", "1", *CASE, "--request-id", id,
                                **at)
        finally:
            os.kill(node.pid(), signal.SIGCONT)
        check(told["outcome"] == "unknown" and told["request_id"] == id, str(told))
        event = node.ok(*CASE, "--request-id", id)["event"]
        check(event in ids(node) and len(node.events()) == before + 1, "written twice")
        # More people than it serves at a time.
        crowd = []
        try:
            while len(crowd) < CLIENTS:
                talk = socket.socket(socket.AF_UNIX)
                talk.settimeout(5)
                with contextlib.suppress(BlockingIOError):  # its backlog is full: again
                    talk.connect(str(node.dir / "control.sock"))
                    crowd.append(talk)
            tool_refused("busy", 75, *CASE, "--request-id", id, **at)
        finally:
            for talk in crowd:
                talk.close()
        again = wait_until(lambda: (r := node.tool(*CASE, "--request-id", id)).code == 0 and r,
                           "the crowd to be gone", 10)
        check(again.json["event"] == event and again.json["repeated"], f"{again}")


# ---- enrolling ----

def enrolling():
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Thử", "district", key="d")
        used = tree.dir / "used"
        used.mkdir()
        (used / "letter").write_text("x")
        token = district.ok("token", "--name", "Xã A", "--kind", "commune")["token"]
        tool_refused("cannot_create", 73, "join", token, *HERE, dir=used)
        check(run_tool("join", token, *HERE, dir=tree.dir / "a", timeout=60).code == 0,
              "a new folder")
        # The office that was enrolled with it is asked for no second one.
        tool_refused("token_used", 65, "join", token, *HERE, dir=tree.dir / "b")
        other = district.ok("token", "--name", "Xã B", "--kind", "commune")["token"]
        check(run_tool("join", other, *HERE, dir=tree.dir / "b", timeout=60).code == 0,
              "a new token after a used one")
        broken = other[:20] + ("A" if other[20] != "A" else "B") + other[21:]
        tool_refused("bad_token", 65, "join", broken, *HERE, dir=tree.dir / "c")
        late = district.ok("token", "--name", "Xã C", "--kind", "commune", "--valid", "1s")
        time.sleep(1.2)  # a token's life is not to be waited for otherwise
        tool_refused("token_expired", 65, "join", late["token"], *HERE, dir=tree.dir / "c")
        fresh = district.ok("token", "--name", "Xã C", "--kind", "commune")
        check(fresh["office"] == late["office"], "another office for the same name")
        # Nobody at the top: the office is not in the tree yet.
        province.stop()
        waits = district.ok("token", "--name", "Xã D", "--kind", "commune")["token"]
        tool_refused("not_yet", 75, "--timeout", "8", "join", waits, *HERE, dir=tree.dir / "e")
        check(run_tool("join", fresh["token"], *HERE, dir=tree.dir / "c", timeout=60).code == 0,
              "a new token after an expired one")
        province.start()
        check(run_tool("join", waits, *HERE, dir=tree.dir / "e", timeout=60).code == 0,
              "the same token once the tree's writer is there")


# ---- a daemon that does not start ----

def does_not_start():
    with pair("start") as (tree, province, node):
        node.ok(*CASE)
        node.stop()
        # input_missing
        done = subprocess.run([str(BIN / "lienthongd"), "--dir", str(node.dir), "--config",
                               str(tree.dir / "none.conf")], capture_output=True, text=True,
                              timeout=30, env={**os.environ, "LIENTHONG_LANG": "en"})
        check(done.returncode == 66 and ">input_missing " in done.stderr, f"{done}")
        check("none.conf" in done.stderr, f"which? {done.stderr}")
        # bad_policy
        policy = node.dir / "policy"
        policy.mkdir()
        (policy / "kinds.csv").write_text("word,rank\nxã,không phải số\n")
        says = start_refused(node, "bad_policy", 78)
        check("kinds.csv" in says, f"which? {says}")
        (policy / "kinds.csv").unlink()
        node.start()
        node.stop()
        # bad_certificate: the files of another office among ours
        kept = tree.dir / "kept-identity"
        shutil.copytree(node.dir / "identity", kept)
        cert = node.dir / "identity" / "node.crt"
        cert.unlink()
        shutil.copy(province.dir / "identity" / "node.crt", cert)
        start_refused(node, "bad_certificate", 77)
        shutil.rmtree(node.dir / "identity")
        shutil.copytree(kept, node.dir / "identity")
        node.start()
        start_refused(node, "already_running", 69)
        node.stop()
        node.start()
        node.ok(*CASE)
        node.stop()


def machine_lacks_something():
    """No memory, and a cryptographic library that does not work."""
    if sanitized():
        raise Skipped("a sanitizer wants to be the first library, and its own memory")
    with pair("machine") as (_, _, node):
        node.stop()
        for lang in LANGS:
            done = subprocess.run(["prlimit", f"--data={3 << 20}", str(BIN / "lienthongd"),
                                   "--dir", str(node.dir)], capture_output=True, text=True,
                                  timeout=30, env={**os.environ, "LIENTHONG_LANG": lang})
            check(done.returncode == 70 and ">no_memory " in done.stderr, f"{done}")
        start_refused(node, "crypto_failed", 70, env={"LD_PRELOAD": str(LIB / "lt-crypto.so")})
        node.start()
        node.ok(*CASE)
        check(node.ok("verify")["ok"], "verify")


def damaged_log():
    """A page of the log is rubbish: nothing is deleted, a backup in another
    folder goes on, and what it lacks comes back from the neighbours."""
    with pair("damaged") as (tree, province, node):
        early = [node.ok(*CASE)["event"] for _ in range(3)]
        wait_until(lambda: set(early) <= ids(province), "the first at the province")
        node.stop()
        backup = tree.dir / "backup"
        shutil.copytree(node.dir, backup)
        node.start()
        late = [node.ok(*CASE)["event"] for _ in range(3)]
        wait_until(lambda: set(late) <= ids(province), "the later ones as well")
        node.stop()
        log = node.dir / "log.db"
        rubbish = bytearray(log.read_bytes())
        for page in range(1, 12):
            rubbish[page * 4096:page * 4096 + 64] = b"\x5a" * 64
        log.write_bytes(rubbish)
        start_refused(node, "log_corrupt", 74)
        check(log.read_bytes() == bytes(rubbish), "a damaged log was changed")
        again = harness.Node(backup, "backup")
        tree.nodes["backup"] = again
        again.start()
        wait_until(lambda: set(early + late) <= ids(again), "what the backup lacked")
        check(again.ok("verify")["ok"], "verify")
        again.ok(*CASE)


def failing_disk():
    if sanitized():
        raise Skipped("a sanitizer wants to be the first library")
    with pair("disk") as (tree, _, node):
        disk = tree.dir / "disk"
        disk.write_text("")
        node.stop()
        node.start(env={"LD_PRELOAD": str(LIB / "lt-disk.so"), "LT_DISK_CONTROL": str(disk)})
        first = node.ok(*CASE)["event"]
        disk.write_text("fail")
        result = node.tool(*CASE)
        check(result.code in (69, 75), f"answered: {result}")
        check(node.wait_end(30) == 74, "it did not end with 74")
        check(">disk_io_error " in node.notes(), node.notes()[-800:])
        disk.write_text("")
        node.start()
        check(node.ok("verify")["ok"] and first in ids(node), "verify after the disk is mended")
        node.ok(*CASE)


TESTS = {f.__name__: f for f in (
    desk, stranger_on_the_machine, two_of_one_name, malformed_question, not_running_unknown_busy,
    enrolling, does_not_start, machine_lacks_something, damaged_log, failing_disk)}

if __name__ == "__main__":
    harness.main(TESTS)

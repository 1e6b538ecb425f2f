#!/usr/bin/env python3
"""The register's entry follows its case by itself: sealed, to the next custodian, once,
whoever is locked, killed or away meanwhile; and in no other office's files."""
import contextlib
import shutil
import signal
import sqlite3

import harness
from custody import id_of, open_case, province_and_two, wait_case
from harness import Tree, check, wait_until
from keys import enrol_of
from register import AN, ENTRY, MARKERS, NAME, audit, holds, people, register

SENT, TAKEN = "REGISTER_SENT", "REGISTER_TAKEN"


def begin(tree):
    """A province, two communes; a case of the first with an entry, accepted by the second."""
    province, one, two = province_and_two(tree)
    for node in (one, two):
        people(node)
    case = open_case(one)
    register(one, 0, "add", case["id"], lines=ENTRY)
    print("  honest: a case and its entry")
    return province, one, two, case["id"]


def restart(node, *lines, env=None):
    """What a register was opened with is forgotten: it is locked."""
    if node.running():
        node.stop()
    if lines:
        folder = node.dir / "conf.d"
        folder.mkdir(exist_ok=True)
        (folder / "follow.conf").write_text("".join(line + "\n" for line in lines))
    node.start(env=env or {})


def unlock(node):
    register(node, 0, "search", lines=("ai đó",))


def pass_on(giver, taker, case):
    giver.ok("case", "offer", case, "--to", taker.name)
    wait_case(taker, case, offered_to=[id_of(taker)])
    taker.ok("case", "accept", case)
    for node in (giver, taker):
        wait_case(node, case, custodian=id_of(taker), waiting=False)


def of_type(node, word):
    return [e for e in node.events() if e["type"] == word]


def alarm(node, code):
    return next((a for a in node.status()["alarms"] if a["code"] == code), None)


def shown(node, case):
    return register(node, 0, "show", case)


def corrections(node, case):
    """None: there is no entry that opens."""
    result = harness.run_tool("register", "show", case, "--by", "an", dir=node.dir,
                              input=AN + "\n")
    return result.json["corrections"] if result.code == 0 else None


def rows(node):
    """What the register knows of its sendings."""
    with contextlib.closing(sqlite3.connect(f"file:{node.dir}/register.db?mode=ro", uri=True)) as db:
        return db.execute("SELECT id,hex(office),hex(sealed_to),sent,answer FROM follow").fetchall()


def refused(node, case):
    return register(node, 65, "show", case)["code"]


def wait_shown(node, case):
    wait_until(lambda: corrections(node, case) is not None, f"the entry at {node.name}", 40)
    entry = shown(node, case)
    check(entry["name"] == NAME and entry["account"] == MARKERS[4], entry)
    return entry


def once(*nodes):
    """One was sent, one was answered, and everybody knows of it."""
    for node in nodes:
        for word in (SENT, TAKEN):
            wait_until(lambda n=node, w=word: len(of_type(n, w)) == 1,
                       lambda n=node, w=word: f"one {w} at {n.name}: {of_type(n, w)}", 40)


def follows():
    """Locked at both ends; each says so and what to do; opening a register is enough."""
    with Tree() as tree:
        province, one, two, case = begin(tree)
        restart(one)
        restart(two)
        pass_on(one, two, case)
        wait_until(lambda: alarm(one, "register_waits"), lambda: one.notes()[-1500:], 40)
        said = alarm(one, "register_waits")
        check("1" in said["text"] and two.name in said["text"] and
              "lienthong register search" in said["remedy"], f"{said}")
        check(not of_type(one, SENT), "it left a locked register")
        unlock(one)
        wait_until(lambda: alarm(two, "register_come"), lambda: two.notes()[-1500:], 40)
        said = alarm(two, "register_come")
        check("1" in said["text"] and one.name in said["text"], f"{said}")
        wait_until(lambda: not alarm(one, "register_waits"), "it waits here no more", 40)
        wait_until(lambda: of_type(province, SENT), "it is on its way", 40)
        province.stop()
        for marker in MARKERS:
            check(not holds(province.dir, marker), f"{marker} is on its way in clear")
        province.start()
        check(not of_type(two, TAKEN), "a locked register took it")
        unlock(two)
        entry = wait_shown(two, case)
        check(entry["by"] == "an" and entry["corrections"] == 0, entry)
        once(one, two, province)
        wait_until(lambda: not alarm(two, "register_come"), "nothing waits here any more", 40)
        shown(one, case)  # in the book of whom it has received
        # It shows its type, its day and its addressee; and it is gone from every log.
        for node in (one, two, province):
            event = of_type(node, SENT)[0]
            check(case not in str(event) and event["channel"] == f"case/to/{two.office}", event)
            wait_until(lambda n=node: n.ok("verify", timeout=60)["erased_parts"] >= 1,
                       f"the sealed entry is deleted at {node.name}", 60)
            check(node.ok("verify", timeout=60)["ok"], node.name)
        for node, what in ((one, ("register_given", case)), (two, ("register_taken", one.office))):
            told = [(r["what"], r["about"]) for r in audit(node) if r["who"] == "@daemon"]
            check(what in told, f"{what} is not among {told}")
        for node in (one, two, province):
            node.stop()
        for node in (one, two, province):
            for marker in MARKERS:
                check(not holds(node.dir, marker), f"{marker} is in clear at {node.name}")


KILLS = (("one", "follow_sealed"), ("one", "follow_written"), ("two", "follow_taken"),
         ("one", "follow_confirmed"))


def killed_at_each_step():
    """Killed after sealing, after writing, after taking, before noting: one entry, sent once."""
    with Tree() as tree:
        province, one, two, case = begin(tree)
        nodes = {"one": one, "two": two}
        for node in (one, two):
            restart(node)
        pass_on(one, two, case)
        for who, point in KILLS:
            node = nodes[who]
            restart(node, env={"LIENTHONG_FAILPOINT": f"{point}:kill"})
            harness.run_tool("register", "search", "--by", "an", dir=node.dir,
                             input=f"{AN}\nai đó\n")
            code = node.wait_end()
            check(code == -signal.SIGKILL, f"{node.name} ended with {code}, not at {point}")
            if node is two:
                one.stop()  # or it notes the answer before it is killed there
            node.start()
            if node is two:
                unlock(two)
        unlock(one)
        check(wait_shown(two, case)["corrections"] == 0, "two entries")
        once(one, two, province)
        for node in (one, two, province):
            node.kill()
            node.start()
            check(node.ok("verify", timeout=60)["ok"], node.name)
        unlock(one)
        unlock(two)
        later = open_case(two)["id"]
        wait_until(lambda: any(i["id"] == later for i in province.items("case")), "a later word")
        once(one, two, province)


def there_and_back():
    """Refused: nothing leaves. Accepted, and given back: what was erased meanwhile comes back,
    what was erased for good does not."""
    with Tree() as tree:
        province, one, two, case = begin(tree)
        one.ok("case", "offer", case, "--to", two.name)
        wait_case(two, case, offered_to=[id_of(two)])
        two.ok("case", "refuse", case, "--reason", "Không thuộc thẩm quyền")
        wait_case(one, case, offered_to=[], custodian=id_of(one))
        unlock(one)
        check(not of_type(one, SENT) and shown(one, case)["name"] == NAME, "it left")
        pass_on(one, two, case)
        unlock(one)
        unlock(two)
        wait_shown(two, case)
        once(one, two)
        wait_until(lambda: any(r["what"] == "register_confirmed" for r in audit(one)), "confirmed")
        register(one, 0, "erase", case, by="lan", secret="mật khẩu của lan")
        check(refused(one, case) == "register_entry_erased", "erased")
        register(two, 0, "add", case, lines=(*ENTRY[:5], "account=lời kể thêm ở xã hai"))
        pass_on(two, one, case)
        unlock(two)
        unlock(one)
        wait_until(lambda: corrections(one, case) == 1, "both entries are back", 40)
        check(shown(one, case)["account"] == "lời kể thêm ở xã hai", shown(one, case))
        # Erased at the giver before it went: it goes nowhere.
        gone = open_case(one)["id"]
        register(one, 0, "add", gone, lines=("name=Lê Văn Tám", "account=việc đã xoá"))
        register(one, 0, "erase", gone)
        before = len(of_type(one, SENT))
        pass_on(one, two, gone)
        unlock(one)
        pass_on(one, two, case)
        wait_until(lambda: len(of_type(one, SENT)) >= before + 2, "the other went", 40)
        check(len(of_type(one, SENT)) == before + 2, "an erased entry was sent")
        check(refused(two, gone) == "not_found", "an erased entry came")


def away():
    """The taker is off: it is said whom to call, after a while; then it goes in by itself."""
    with Tree() as tree:
        province, one, two, case = begin(tree)
        restart(one, "register_patience = 2s")
        restart(two)
        pass_on(one, two, case)
        two.stop()
        unlock(one)
        wait_until(lambda: alarm(one, "register_untaken"), lambda: one.notes()[-1500:], 60)
        said = alarm(one, "register_untaken")
        check(two.name in said["text"] and two.name in said["remedy"], f"{said}")
        two.start()
        unlock(two)
        wait_shown(two, case)
        wait_until(lambda: not alarm(one, "register_untaken"), "it is taken", 60)


def another_key():
    """Sealed to a key that the taker has no more: said so, and sealed anew. To a key that waits
    for the keeper, or that is revoked, nothing is sealed."""
    with Tree() as tree:
        province, one, two, case = begin(tree)
        restart(one)
        pass_on(one, two, case)
        unlock(one)
        wait_until(lambda: of_type(two, SENT), "it was sent", 40)
        two.stop()
        two.ok("key", "rotate", "--transport", "--address",
               enrol_of(province).removeprefix("tcp://"), timeout=60)
        two.start()
        unlock(two)
        wait_until(lambda: len(of_type(one, SENT)) == 2, lambda: f"{rows(one)} {one.status()['alarms']}", 60)
        unlock(two)
        wait_shown(two, case)
        print("  honest: sealed anew to the key after")
        other = open_case(one)["id"]
        register(one, 0, "add", other, lines=("name=Phạm Thị Chín", "account=việc khác"))
        restart(one)
        pass_on(one, two, other)
        two.stop()
        shutil.rmtree(two.dir)
        token = province.ok("token", "--name", two.name, "--kind", "commune", "--again")
        harness.run_tool("join", token["token"], "--listen", "127.0.0.1:0", "--enrol-listen",
                         "127.0.0.1:0", dir=two.dir, timeout=90)
        two.start()
        province.wait_alarm("key_unconfirmed")
        two.ok("case", "open", "--type", "complaint", "--field", "land", "--text", "Đơn khác")
        wait_until(lambda: two.tool("notice", "send", "--kind", "notice", "--to", one.office, "--text",
                                    "Máy mới").code == 0, "its tree, and the notice sent", 60)
        one.wait_alarm("key_unconfirmed", 90)
        before = len(of_type(one, SENT))
        unlock(one)
        one.wait_alarm("register_no_key", 60)
        said = alarm(one, "register_no_key")
        check(two.name in said["text"] and "key confirm" in said["remedy"], f"{said}")
        check(len(of_type(one, SENT)) == before, "sealed to a key that nobody vouches for")
        province.ok("key", "confirm", two.office)
        one.wait_no_alarm("register_no_key", 90)
        wait_until(lambda: len(of_type(one, SENT)) == before + 1, "sent, once confirmed", 60)




def assigned():
    """The province gives the case to a commune of which the first has never heard: it shows its
    key, and the entry follows. Taken up to the province itself, it follows there."""
    with Tree() as tree:
        province, one, two, case = begin(tree)
        people(province)
        unlock(two)
        unlock(province)
        province.ok("case", "assign", case, "--to", two.name)
        for node in (one, two):
            wait_case(node, case, custodian=id_of(two), waiting=False)
        unlock(one)
        unlock(two)
        wait_shown(two, case)
        once(one, two)
        wait_until(lambda: len(of_type(one, "REGISTER_WANTED")) == 1, "its key was shown once")
        province.ok("case", "assign", case, "--to", province.name)
        wait_case(two, case, custodian=id_of(province), waiting=False)
        unlock(two)
        unlock(province)
        wait_shown(province, case)
        sent = of_type(province, SENT)
        check([e["origin"] for e in sent] == [one.office, two.office], f"who sent it: {sent}")
        for node in (one, two, province):
            node.kill()
            node.start()
        unlock(two)
        later = open_case(two)["id"]
        wait_until(lambda: any(i["id"] == later for i in province.items("case")), "a later word")
        check(len(of_type(one, "REGISTER_WANTED")) == 1, "shown again after a start")


if __name__ == "__main__":
    harness.main({"follows": follows, "killed_at_each_step": killed_at_each_step,
                  "there_and_back": there_and_back, "away": away, "another_key": another_key,
                  "assigned": assigned})

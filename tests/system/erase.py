"""One text erased everywhere: no file and no memory of any office holds it any
more, an office that was away and one put back to an older copy included.

What is looked for is the part as it is stored and three windows of its text;
the same search must find them before (control).
"""
import contextlib
import datetime
import os
import shutil
import sqlite3
import string

import control
import harness
import rot
from harness import Tree, check, request_id, wait_until

LONG = os.environ.get("LT_LONG") == "1"
EVENTS = 100000 if LONG else 1500
BATCH = 100
WINDOW = 24


def secret(tree, words=40):
    """A text like no other: its windows stand nowhere else."""
    letters = string.ascii_lowercase
    return "Bị đơn: " + " ".join(
        "".join(tree.random.choice(letters) for _ in range(tree.random.randrange(3, 9)))
        for _ in range(words)) + " – hết"


def write_some(node, n, label):
    for start in range(0, n, BATCH):
        control.batch(node, [
            {"command": "case open", "request_id": request_id(),
             "options": {"type": "complaint", "field": "land",
                         "text": f"Đơn {label} số {start + i}"}}
            for i in range(min(BATCH, n - start))])


def stored_bundles(node):
    """The parts of segments of one event, as the log of a node that is stopped
    stores them."""
    with contextlib.closing(sqlite3.connect(node.dir / "log.db")) as db:
        return [bundle for bundle, in
                db.execute("SELECT p.bundle FROM part p JOIN segment s ON s.pos = p.pos "
                           "WHERE s.count = 1 ORDER BY s.pos")]


class Trace:
    """What must not be found: the stored bytes, three windows of the text."""

    def __init__(self, stored, text):
        raw = text.encode()
        middle = len(raw) // 2
        self.stored = stored
        self.windows = [raw[:WINDOW], raw[middle:middle + WINDOW], raw[-WINDOW:]]

    def all(self):
        return [self.stored, *self.windows]

    def in_files(self, node):
        found = []
        for path in sorted(node.dir.rglob("*")):
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                found += [(path.name, needle) for needle in self.all() if needle in data]
        return found

    def in_memory(self, node):
        """Every mapping that the process may write to: heap, stacks, caches."""
        found = []
        pid = node.pid()
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                fields = line.split()
                begin, end = (int(x, 16) for x in fields[0].split("-"))
                if "w" not in fields[1] or fields[-1] in ("[vvar]", "[vsyscall]"):
                    continue
                try:
                    memory.seek(begin)
                    data = memory.read(end - begin)
                except (OSError, ValueError):
                    continue
                found += [(fields[-1] if len(fields) > 5 else "anonymous",
                           hex(begin + data.index(needle)), needle)
                          for needle in self.all() if needle in data]
        return found


def text_of(node, case):
    """The first text of the case, as the node shows it; None: not here yet."""
    result = node.tool("case", "show", case)
    return result.json["texts"][0] if result.code == 0 and result.json["texts"] else None


def state_is(node, case, state):
    wait_until(lambda: (text_of(node, case) or {}).get("state") == state,
               lambda: f"{state} at {node.name}, is {text_of(node, case)}")


def all_answered(node, case, offices):
    def answered():
        erasure = (text_of(node, case) or {}).get("erasure")
        return erasure and erasure["confirmed_at"] and not erasure["waiting"] and \
            {r["office"] for r in erasure["receipts"]} == offices
    wait_until(answered, lambda: f"all receipts at {node.name}: {text_of(node, case)}")


def office_id(node):
    return node.status()["office"]["id"]


def verified(node, erased):
    result = node.ok("verify", timeout=300)
    check(result["ok"], f"verify at {node.name}: {result}")
    check(result["erased_parts"] == erased, f"erased parts at {node.name}: {result}")


def gone(trace, node):
    files = trace.in_files(node)
    check(not files, f"files of {node.name} still hold {files}")
    # Whoever answers the looking has read the rest of the case alone.
    wait_until(lambda: not trace.in_memory(node),
               lambda: f"the memory of {node.name} still holds {trace.in_memory(node)}", 5)


def written(tree, text, events):
    """Three tiers, many events, one of them with the text; and its trace."""
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d")
    commune = tree.child(district, "Xã Thử", "commune", key="c")
    write_some(commune, events // 2, "trước")
    commune.stop()
    before = set(stored_bundles(commune))
    commune.start()
    case = commune.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                      text)["event"]
    commune.stop()
    own = [b for b in stored_bundles(commune) if b not in before]
    check(len(own) == 1, f"{len(own)} bundles for one text")
    commune.start()
    write_some(commune, events - events // 2, "sau")
    wait_until(lambda: commune.waiting() == 0 and district.waiting() == 0, "all of it above", 300)
    for node in (commune, district, province):
        state_is(node, case, "here")
    return (province, district, commune), case, Trace(own[0], text)


def backup_of(tree, node):
    copy = tree.dir / f"{node.dir.name}.backup"
    node.stop()
    shutil.copytree(node.dir, copy)
    node.start()
    return copy


def put_back(node, copy):
    node.kill()
    shutil.rmtree(node.dir)
    shutil.copytree(copy, node.dir)


def one_text_everywhere():
    with Tree() as tree:
        text = secret(tree)
        nodes, case, trace = written(tree, text, EVENTS)
        province, district, commune = nodes
        copies = {node: backup_of(tree, node) for node in (province, commune)}
        for node in nodes:
            check(text_of(node, case)["text"] == text, f"the text at {node.name}")
            names = {needle for _, needle in trace.in_files(node)}
            check(names == set(trace.all()), f"control: files of {node.name} hold {len(names)}")
            check(trace.in_memory(node), f"control: the memory of {node.name} holds nothing of it")
        print("  honest: found everywhere before", flush=True)

        refused = district.tool("erase", case, "--reason", "không phải nơi ghi")
        check(refused.code == 77, f"an office between may not order: {refused}")
        refused = province.tool("erase", case, "--reason", "chưa ai yêu cầu")
        check(refused.code == 65, f"nothing was ordered yet: {refused}")
        district.stop()
        commune.ok("erase", case, "--reason", "ghi nhầm tên người")
        state_is(commune, case, "erased")
        check(text_of(province, case)["state"] == "here", "no word has come to the province")
        refused = commune.tool("erase", case, "--reason", "lần nữa")
        check(refused.code == 65, f"it was ordered already: {refused}")
        district.start()
        for node in (district, province):
            state_is(node, case, "held")
            held = text_of(node, case)
            check(held["text"] is None and held["erasure"]["confirmed_at"] is None, held)
            check(trace.stored in (node.dir / "log.db").read_bytes() or trace.in_files(node),
                  f"{node.name} destroyed what nobody has confirmed")
        # The author's copy went with its order; the superiors wait for the keeper.
        wait_until(lambda: not trace.in_files(commune), "the author's files to be clean", 10)
        gone(trace, commune)

        province.ok("erase", case, "--reason", "đồng ý xóa")
        offices = {office_id(province), office_id(district)}
        for node in nodes:
            state_is(node, case, "erased")
            all_answered(node, case, offices)
        for node in nodes:
            gone(trace, node)
            verified(node, 1)

        for node, copy in copies.items():
            put_back(node, copy)
            check(trace.in_files(node), "control: the old copy brings it back")
            node.start()
            state_is(node, case, "erased")
            all_answered(node, case, offices)
            wait_until(lambda n=node: not trace.in_files(n), f"the files of {node.name} to be clean")
            for other in nodes:
                gone(trace, other)
                verified(other, 1)
        print(f"erased at three tiers of {EVENTS} events, two of them put back", flush=True)


def not_taken_again():
    """An office that knows of the erasing and lacks the segment is sent it by
    one that still holds the text."""
    with Tree() as tree:
        text = secret(tree)
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Thử", "district", key="d")
        commune = tree.child(district, "Xã Thử", "commune", key="c")
        empty = backup_of(tree, province)
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                          text)["event"]
        for node in (province, district):
            state_is(node, case, "here")
        holding = backup_of(tree, district)
        commune.ok("erase", case, "--reason", "ghi nhầm tên người")
        state_is(province, case, "held")
        province.ok("erase", case, "--reason", "đồng ý")
        state_is(district, case, "erased")
        print("  honest: erased", flush=True)
        commune.stop()
        known = tree.dir / "known.db"
        province.stop()
        district.stop()
        shutil.copy(province.dir / "log.db", known)
        put_back(province, empty)
        put_back(district, holding)
        with contextlib.closing(sqlite3.connect(province.dir / "log.db")) as db:
            db.execute("ATTACH ? AS known", (str(known),))
            db.execute("INSERT INTO erased SELECT * FROM known.erased")
            db.commit()
            check(db.execute("SELECT count(*) FROM erased").fetchone()[0] == 1, "one is known")
        province.start()
        district.start()
        wait_until(lambda: text_of(province, case), "the case at the province")
        wait_until(lambda: district.waiting() == 0, "all of it above")
        check(text_of(district, case)["text"] == text, "control: the district has it")
        province.stop()
        taken = stored_bundles(province)
        check(not taken, f"the province took the erased part again: {len(taken)} bundles")


def stripped_is_not_erased():
    """A relay that leaves texts out does not make them erased: who was sent none
    goes on asking for them."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Thử", "district", key="d",
                              env={"LIENTHONG_PLANT": "lose_parts"})
        commune = tree.child(district, "Xã Thử", "commune", key="c")
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                          "Đề nghị xem lại")["event"]
        state_is(district, case, "here")
        print("  honest: written, and at the relay", flush=True)
        state_is(province, case, "here")
        check(text_of(province, case)["erasure"] is None, "nobody ordered it")
        wait_until(lambda: province.status()["scrub"]["mended"] == 1, "that it was asked for")
        check(province.ok("verify")["absent_parts"] == 0, "texts are lacking")
        verified(province, 0)
        # What was erased is not asked for, though it is not there either.
        commune.ok("erase", case, "--reason", "ghi nhầm tên người")
        province.ok("erase", case, "--reason", "đồng ý")
        state_is(province, case, "erased")
        province.kill()
        rot.scrub_often(province)
        province.start()
        wait_until(lambda: (s := province.status()["scrub"])["ended_at"] and not s["absent"],
                   "a whole round, that asks for nothing any more")
        state_is(province, case, "erased")
        check(province.ok("verify")["erased_parts"] == 1, "the erased text is not counted")


def killed_meanwhile():
    """Killed while they erase, at any moment: each goes on after its start."""
    with Tree() as tree:
        text = secret(tree)
        nodes, case, trace = written(tree, text, 200)
        province, district, commune = nodes
        offices = {office_id(province), office_id(district)}
        commune.ok("erase", case, "--reason", "ghi nhầm tên người")
        commune.kill()
        commune.start()
        for node in (district, province):
            state_is(node, case, "held")
        province.ok("erase", case, "--reason", "đồng ý")
        province.kill()
        district.kill()
        for node in (province, district):
            node.start()
        for _ in range(3):
            for node in (province, district):
                node.kill()
                node.start()
        for node in nodes:
            state_is(node, case, "erased")
            all_answered(node, case, offices)
        for node in nodes:
            gone(trace, node)
            verified(node, 1)


def file_and_directive():
    """A file's pieces go with it; a directive's text goes at every addressee,
    and needs nobody's word when the root wrote it."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Thử", "district", key="d")
        communes = [tree.child(district, f"Xã Thử {i}", "commune", key=f"c{i}") for i in (1, 2)]
        commune = communes[0]
        path = tree.dir / "don.bin"
        content = tree.random.randbytes(100000)
        path.write_bytes(content)
        windows = [content[at:at + WINDOW] for at in (100, 50000, 99000)]
        case = commune.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        event = commune.ok("case", "step", case, "decision_issued", "--attach", path)["event"]
        wait_until(lambda: (text_of(province, case) or {}).get("state") == "here", "the file above")
        text = secret(tree)
        directive = province.ok("directive", "issue", "--to", "Xã Thử 1", "Xã Thử 2", "--doc-no",
                                "9/CT", "--text", text)["event"]

        def shown(node):
            result = node.tool("directive", "show", directive)
            return result.json["texts"][0] if result.code == 0 else None

        nodes = (province, district, *communes)
        for node in nodes:
            wait_until(lambda n=node: (shown(n) or {}).get("text") == text, f"at {node.name}")

        def holds(node, needles):
            node.stop()  # the WAL is copied: files are whole
            found = [n for n in needles for p in node.dir.rglob("*")
                     if p.is_file() and n in p.read_bytes()]
            node.start()
            return found
        check(len(holds(province, windows)) >= 3, "control: the pieces are in the files")
        check(holds(communes[1], [text.encode()[:WINDOW]]), "control: the directive's text is")
        commune.ok("erase", event, "--reason", "nhầm tệp")
        province.ok("erase", directive, "--reason", "nhầm văn bản")
        state_is(province, case, "held")
        out = tree.dir / "out.bin"
        refused = province.tool("case", "attachment", event, "--out", out)
        check(refused.code == 65, f"a file that is closed is not given out: {refused}")
        province.ok("erase", event, "--reason", "đồng ý")
        for node in nodes:
            wait_until(lambda n=node: shown(n)["state"] == "erased" and
                       not shown(n)["erasure"]["waiting"], f"the directive's at {node.name}")
        for node in (commune, district, province):
            state_is(node, case, "erased")
            all_answered(node, case, {office_id(province), office_id(district)})
        for node in nodes:
            left = holds(node, [*windows, text.encode()[:WINDOW]])
            check(not left, f"files of {node.name} still hold {left}")
            check(node.ok("verify")["ok"], f"verify at {node.name}")


def closed_for_good():
    """What a closed office held whose key has ended: listed as not confirmed, with
    what to do, at every superior; the erasing ends without it. One that is closed
    and may still speak goes on owing its receipt; one that never had a machine
    owes nothing once it is closed."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Thử", "district", key="d")
        gone, away, heir = (tree.child(district, f"Xã Thử {i}", "commune", key=f"c{i}")
                            for i in (1, 2, 3))
        nodes = (province, district, gone, away, heir)
        never = district.ok("token", "--name", "Xã Thử 4", "--kind", "commune")["office"]
        wait_until(lambda: province.tool("explain", never).code == 0, "an office without a machine")
        directive = province.ok("directive", "issue", "--to", *[n.name for n in nodes[2:]],
                                never, "--doc-no", "9/CT", "--text", secret(tree))["event"]

        def shown(node):
            result = node.tool("directive", "show", directive)
            return result.json["texts"][0] if result.code == 0 else None

        def standing(node):
            erasure = (shown(node) or {}).get("erasure")
            return erasure and (sorted(r["office"] for r in erasure["receipts"]),
                                erasure["waiting"], [c["office"] for c in erasure["closed"]])
        for node in nodes:
            wait_until(lambda n=node: (shown(n) or {}).get("state") == "here", f"at {node.name}")
        gone.stop()
        away.stop()
        for office in (gone, away):
            province.ok("tree", "close", office.office, heir.office)
        print("  honest: all hold it, two are closed while they are away", flush=True)
        province.ok("erase", directive, "--reason", "nhầm văn bản")
        answered = sorted([district.office, heir.office])
        owing = sorted([gone.office, away.office])
        wait_until(lambda: standing(province) == (answered, sorted([*owing, never]), []),
                   lambda: f"three to owe: {standing(province)}")
        province.ok("tree", "close", never, heir.office)
        for node in (province, district):
            wait_until(lambda n=node: standing(n) and standing(n)[1] == owing,
                       lambda n=node: f"two to owe at {n.name}: {standing(n)}")
        refused = district.tool("token", "--name", "Xã Thử 4", "--kind", "commune")
        check(refused.code == 65, f"nobody joins what is closed: {refused}")
        province.ok("revoke", gone.office)
        wait_until(lambda: standing(province) == (answered, [away.office], [gone.office]),
                   lambda: f"one to owe: {standing(province)}")
        wait_until(lambda: standing(district)[2] == [gone.office],
                   lambda: f"the same below: {standing(district)}")
        province.ok("revoke", away.office)
        wait_until(lambda: standing(province) == (answered, [], owing),
                   lambda: f"nobody to owe: {standing(province)}")
        since = shown(province)["erasure"]["closed"][0]["closed_at"]
        check(since, str(shown(province)))
        day = (datetime.datetime.fromisoformat(since) + datetime.timedelta(hours=7)
               ).strftime("%d/%m/%Y")  # as people here have it
        for lang, words in (("vi", ("không xác nhận", "hủy ổ đĩa")),
                            ("en", ("not confirmed", "destroy the disk"))):
            screen = harness.run_tool("--lang", lang, "directive", "show", directive,
                                      dir=province.dir, json_out=False).out
            lines = [l for l in screen.splitlines() if words[0] in l]
            check(len(lines) == 2 and all(words[1] in l and day in l for l in lines), screen)
            check(all(any(n.name in l for l in lines) for n in (gone, away)), screen)
        # Given back, it may answer again: it owes, and comes back and pays.
        province.ok("revoke", away.office, "--undo")
        wait_until(lambda: standing(province) == (answered, [away.office], [gone.office]),
                   lambda: f"it to owe again: {standing(province)}")
        # A start forgets nothing of it.
        province.kill()
        province.start()
        wait_until(lambda: standing(province) == (answered, [away.office], [gone.office]),
                   lambda: f"the same after a start: {standing(province)}")


if __name__ == "__main__":
    harness.main({"one_text_everywhere": one_text_everywhere,
                  "not_taken_again": not_taken_again,
                  "killed_meanwhile": killed_meanwhile,
                  "file_and_directive": file_and_directive,
                  "closed_for_good": closed_for_good,
                  "stripped_is_not_erased": stripped_is_not_erased})

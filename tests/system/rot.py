"""Bits rot on an office's disk: it finds them, says so, has them again from a
neighbour, and says that too. A text that a relay left out comes from another.

Rot is made where it happens: in the file of a daemon that is stopped.
"""
import contextlib
import os
import re
import shutil
import sqlite3

import harness
from harness import Tree, check, wait_until
from remedies import CASE, ids

TEXT = "Đơn của bà con tổ {} về con đường qua cánh đồng, ghi ngày {}"


def scrub_often(node, interval="1s"):
    file = node.dir / "conf.d" / "60-scrub.conf"
    file.write_text(f'scrub_interval = "{interval}"\n')
    os.chmod(file, 0o640)


@contextlib.contextmanager
def line(name):
    """Province, district, commune; the district reads its log every second."""
    with Tree() as tree:
        print(f"seed {tree.seed} {name}", flush=True)
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Thử", "district", key="d", start=False)
        scrub_often(district)
        district.start()
        commune = tree.child(district, "Xã Thử", "commune", key="c")
        yield tree, province, district, commune


def write(node, n):
    return [node.ok(*CASE, "--text", TEXT.format(i, i))["event"] for i in range(n)]


def rows(node, sql):
    """From a copy: nobody else opens the log."""
    copy = node.dir.parent / "copy.db"
    for suffix in ("", "-wal"):
        if (node.dir / ("log.db" + suffix)).exists():
            shutil.copy(node.dir / ("log.db" + suffix), str(copy) + suffix)
    with contextlib.closing(sqlite3.connect(copy)) as db:
        found = db.execute(sql).fetchall()
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(str(copy) + suffix)
    return found


def flip(node, bytes_, offset=None, which=0):
    """One bit, in the middle of these bytes, where they lie in the file."""
    path = node.dir / "log.db"
    data = bytearray(path.read_bytes())
    at = -1
    for _ in range(which + 1):
        at = data.find(bytes_, at + 1)
        check(at >= 0, f"not in the file: {bytes_[:16].hex()}")
    data[at + (len(bytes_) // 2 if offset is None else offset)] ^= 4
    path.write_bytes(data)


def settled(*nodes):
    for node in nodes:
        wait_until(lambda: node.waiting() in (0, None), "what waits to arrive")


def mended(node, n, patience_s=30):
    """It has found and mended @n, and nothing is rotten any more."""
    def done():
        scrub = node.status()["scrub"]
        return (scrub["mended"] >= n and scrub["rotten"] == 0 and scrub["absent"] == 0
                and not scrub["running"])
    wait_until(done, lambda: f"{n} mended, is {node.status()['scrub']}\n" + node.notes()[-2000:],
               patience_s)
    check(re.search(r"<\d>bits_rotten ", node.notes()), "it did not say that it found any")
    check(re.search(r"<\d>rot_mended ", node.notes()), "it did not say that it mended any")
    node.wait_no_alarm("bits_rotten", 10)
    verified = node.ok("verify")
    check(verified["ok"] and not verified["bad"], f"verify: {verified}")


FOREIGN = ("SELECT s.{0} FROM segment s JOIN run r ON r.id = s.run JOIN stream t ON t.id = r.stream "
           "JOIN part p ON p.pos = s.pos WHERE substr(t.channel, 1, 1) = x'04' ORDER BY s.pos")


def healed_from_below(which):
    """@which columns of a relay's rows rot; both neighbours hold them."""
    with line(which) as (tree, province, district, commune):
        ledger = write(commune, 8)
        wait_until(lambda: set(ledger) <= ids(province), "them above")
        settled(commune, district)
        district.stop()
        values = [r[0] for r in rows(district, FOREIGN.format(which))]
        check(len(values) >= 4, f"{len(values)} segments with texts")
        print("  honest: written, and everywhere", flush=True)
        for value in values[1:3]:
            flip(district, value)
        district.start()
        mended(district, 2)
        check(set(ledger) <= ids(district), "an entry is gone")
        # The very bytes.
        district.stop()
        check([r[0] for r in rows(district, FOREIGN.format(which))] == values,
              "not what stood there")
        district.start()
        check(district.ok("verify")["ok"], "verify after a restart")


def unreadable_row():
    """A row of a relay that cannot be read at all: the relay lives, its view
    waits there, and goes on once it is mended."""
    with line("row") as (tree, province, district, commune):
        ledger = write(commune, 8)
        wait_until(lambda: set(ledger) <= ids(province), "them above")
        settled(commune, district)
        district.stop()
        with contextlib.closing(sqlite3.connect(district.dir / "log.db")) as db:
            (trigger,) = db.execute("SELECT sql FROM sqlite_master "
                                    "WHERE name = 'segment_same'").fetchone()
            poses = [p for (p,) in db.execute(FOREIGN.format("pos"))]
            db.executescript(f"DROP TRIGGER segment_same; UPDATE segment SET signature = x'00' "
                             f"WHERE pos = {poses[3]}; {trigger}")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(str(district.dir / "log.db") + suffix)
        for file in district.dir.glob("view.db*"):
            file.unlink()
        province.stop()
        commune.stop()
        district.start()
        wait_until(lambda: "bits_rotten" in district.notes(), "it to be found")
        check(len(ids(district) & set(ledger)) == 3, "its view goes up to there")
        province.start()
        commune.start()
        mended(district, 1)
        ledger += write(commune, 1)
        wait_until(lambda: set(ledger) <= ids(district), "all of them in the view")
        wait_until(lambda: set(ledger) <= ids(province), "and above")


def payload():
    healed_from_below("payload")


def signature():
    healed_from_below("signature")


def word_of_the_tree():
    """A district whose tree lacks an office for it: with the word the office."""
    with line("tree") as (tree, province, district, commune):
        tree.child(district, "Xã Sau", "commune", key="s")  # the last word is of another
        write(commune, 1)
        settled(commune, district)
        wait_until(lambda: district.status()["offices"], "the commune in the district's view")
        district.stop()
        words = rows(district, "SELECT hex(segment.payload) FROM segment"
                     " JOIN run ON run.id = segment.run JOIN stream ON stream.id = run.stream"
                     " WHERE hex(substr(stream.channel, 1, 2)) = '0302' ORDER BY pos")
        named = [bytes.fromhex(w) for (w,) in words if bytes.fromhex(commune.office) in
                 bytes.fromhex(w)]
        check(named, f"none of {len(words)} words names the commune")
        for word in named:
            flip(district, word, offset=word.find(bytes.fromhex(commune.office)))
        district.start()
        wait_until(lambda: "rot_mended" in district.notes(), "the word to be mended")
        case = commune.ok(*CASE)["event"]
        wait_until(lambda: case in ids(province), "a case past the district, without a restart")
        wait_until(lambda: not district.alarms(), lambda: f"no alarm: {district.alarms()}")


def hash_column():
    healed_from_below("hash")


def texts():
    """In content, salt and frame of the bundles."""
    with line("texts") as (tree, province, district, commune):
        ledger = write(commune, 8)
        wait_until(lambda: set(ledger) <= ids(province), "them above")
        settled(commune, district)
        district.stop()
        bundles = [r[0] for r in rows(district, "SELECT bundle FROM part ORDER BY pos")]
        for i, bundle in enumerate(bundles[1:5]):
            flip(district, bundle, offset=i * len(bundle) // 4)
        (district.dir / "view.db").unlink()  # it reads them anew, when they are whole
        district.start()
        mended(district, 4)
        for i, case in enumerate(ledger):
            check(TEXT.format(i, i) in str(district.ok("case", "show", case)["texts"]),
                  f"the text of {case}")


def last_text_and_run():
    """The row of a run: it is put right at the start, from its second copy."""
    with line("run") as (tree, province, district, commune):
        ledger = write(commune, 4)
        wait_until(lambda: set(ledger) <= ids(province), "them above")
        settled(commune, district)
        district.stop()
        key = rows(district, "SELECT r.key_id FROM run r JOIN stream t ON t.id = r.stream "
                             "WHERE substr(t.channel, 1, 1) = x'04'")[0][0]
        data = (district.dir / "log.db").read_bytes()
        # Bindings and rows hold it, too; rows of runs end with it, or with a
        # digest behind it.
        places = [m.start() for m in re.finditer(re.escape(key), data)]
        check(len(places) >= 2, f"{len(places)} copies of the key's name")
        for which in range(len(places)):
            before = (district.dir / "log.db").read_bytes()
            flip(district, key, which=which)
            result = district.tool("verify", "--offline", timeout=60)
            (district.dir / "log.db").write_bytes(before)
            for suffix in ("-wal", "-shm"):
                (district.dir / ("log.db" + suffix)).unlink(missing_ok=True)
            check(result.code == 0 and result.json["ok"], f"copy {which}: {result}")
        flip(district, key, which=0)
        district.start()
        check(set(ledger) <= ids(district), "an entry is gone")
        check(district.ok("verify")["ok"], "verify")


def own_words():
    """An office's own segments rot: its superior gives them back."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        commune = tree.child(province, "Xã Thử", "commune", key="c", start=False)
        scrub_often(commune)
        commune.start()
        ledger = write(commune, 8)
        wait_until(lambda: set(ledger) <= ids(province), "them above")
        settled(commune)
        commune.stop()
        for value in [r[0] for r in rows(commune, FOREIGN.format("payload"))][1:4]:
            flip(commune, value)
        # Nobody is there: it is said, and it stands.
        province.stop()
        commune.start()
        alarm = commune.wait_alarm("bits_rotten")
        check(alarm["text"] and alarm["remedy"], f"{alarm}")
        wait_until(lambda: commune.status()["scrub"]["rotten"] == 3,
                   lambda: f"all three to be found: {commune.status()['scrub']}")
        told = commune.tool("explain", commune.office, json_out=False)
        check("bits_rotten" in told.out or "rotted" in told.out, f"explain: {told}")
        verified = commune.tool("verify")
        check(verified.code == 1 and len(verified.json["bad"]) == 3, f"verify: {verified}")
        check(set(ledger) <= ids(commune), "what is rotten in the log is shown by the view")
        province.start()
        mended(commune, 3)
        check(">rot_mended " in commune.notes(), "it did not say so")


def kept_over_restarts():
    """What was found and could not be mended is found again after a restart,
    though the next reading is a day away."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        commune = tree.child(province, "Xã Thử", "commune", key="c", start=False)
        scrub_often(commune)
        commune.start()
        write(commune, 8)
        settled(commune)
        commune.stop()
        flip(commune, [r[0] for r in rows(commune, FOREIGN.format("payload"))][3])
        province.stop()
        commune.start()
        commune.wait_alarm("bits_rotten")
        wait_until(lambda: ">scrub_ended " in commune.notes(), "the round to end")
        commune.kill()
        scrub_often(commune, "24h")
        commune.start()
        commune.wait_alarm("bits_rotten", 20)
        province.start()
        commune.wait_no_alarm("bits_rotten", 30)
        check(commune.ok("verify")["ok"], "verify")


TESTS = {f.__name__: f for f in (payload, signature, word_of_the_tree, unreadable_row,
                                 hash_column, texts, last_text_and_run, own_words,
                                 kept_over_restarts)}

if __name__ == "__main__":
    harness.main(TESTS)

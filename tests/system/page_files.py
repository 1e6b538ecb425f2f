#!/usr/bin/env python3
"""Files of decisions and directives over HTTP: what comes is looked into, what
leaves is whole, put away and never shown, and told of."""
import base64
import contextlib
import hashlib
import json
import random
import sqlite3

import harness
from harness import Tree, check, request_id, wait_until
from pages import PASSWORD, Browser, office, person, serve, signed_in
from proof import code_of

PIECE = 15360
PDF = b"%PDF-1.7\n"


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Sealed:
    """A file in pieces, as proto/README.md has it: what a page works out."""

    def __init__(self, data, salt=None):
        self.data = data
        self.first = salt or random.randbytes(16)
        hashes = b"".join(sha(b"lienthong/part/1\0", self.salt(at), data[at:at + PIECE])
                          for at in range(0, len(data), PIECE))
        self.hash = sha(b"lienthong/whole/1\0", len(data).to_bytes(8, "big"), hashes).hex()

    def salt(self, at):
        return self.first if at == 0 else sha(b"lienthong/piece/1\0", self.first,
                                              at.to_bytes(8, "big"))[:16]

    def announced(self):
        return {"attach_size": len(self.data), "attach_hash": self.hash,
                "attach_salt": self.first.hex(), "attach_data": b64(self.data[:PIECE])}

    def send_rest(self, page, event, until=None):
        for at in range(PIECE, until or len(self.data), PIECE):
            page.api("POST", f"/events/{event}/pieces",
                     {"offset": at, "salt": self.salt(at).hex(),
                      "data": b64(self.data[at:at + PIECE])}, expect=200)


def pdf(size, seed=7):
    return PDF + random.Random(seed).randbytes(size - len(PDF))


def state(page, case, event):
    answer = page.api("GET", f"/cases/{case}")
    texts = answer.json["texts"] if answer.status == 200 else []
    return next((t["state"] for t in texts if t["kind"] == "attachment" and t["event"] == event),
                None)


def audited(node):
    with contextlib.closing(sqlite3.connect(node.dir / "people.db")) as db:
        return db.execute("SELECT who, what, about FROM audit WHERE what IN "
                          "('file_taken', 'text_read') ORDER BY number").fetchall()


def is_put_away(answer, kind, ending):
    """Nothing of it can run, or be shown as a page of ours."""
    headers = answer.headers
    check(headers["Content-Type"] == kind, f"{headers['Content-Type']}, not {kind}")
    check(headers["Content-Disposition"].startswith("attachment; filename=\"tep-") and
          headers["Content-Disposition"].endswith(f".{ending}\""), headers["Content-Disposition"])
    check(headers["X-Content-Type-Options"] == "nosniff", "it may be sniffed")
    policies = headers.get_all("Content-Security-Policy")
    check("default-src 'none'; sandbox" in policies, f"{policies}")
    check(headers["Cache-Control"] == "no-store", "it is kept by the browser")


def two(tree):
    """A province with pages, and a commune with pages below it."""
    province, above = office(tree)
    person(province, "hoa", ["coordinator"], by="lan")
    commune = tree.child(province, "Xã Tân Bình", "commune", key="c", start=False)
    at = serve(tree, commune)
    person(commune, "lan", ["leader"])
    person(commune, "kim", ["inspector"], by="lan")
    return province, above, commune, at


def there_and_back():
    with Tree() as tree:
        province, above, commune, at = two(tree)
        page = signed_in(at)
        case = page.api("POST", "/cases", {"type": "complaint", "field": "land", "text": "Đơn"},
                        expect=201).json["id"]
        step = {"kind": "decision_issued", "doc_no": "12/QĐ", "text": "chấp nhận một phần"}
        for size in (40 * PIECE + 17, PIECE, 1000):
            file = Sealed(pdf(size, size))
            key = request_id()
            event = page.api("POST", f"/cases/{case}/steps", {**step, **file.announced()},
                             expect=200, key=key).json["event"]
            again = page.api("POST", f"/cases/{case}/steps", {**step, **file.announced()},
                             expect=200, key=key).json
            check((again["event"], again["repeated"]) == (event, True), f"{again}")
            if size > PIECE:
                check(state(page, case, event) == "announced", "a part of it is called here")
                half = page.api("GET", f"/cases/{case}/files/{event}")
                check(half.status == 404, f"half a file: {half}")
                file.send_rest(page, event)
            wait_until(lambda: state(page, case, event) == "here", "the file at the desk")
            got = page.api("GET", f"/cases/{case}/files/{event}", expect=200)
            check(got.body == file.data, "another file came back")
            is_put_away(got, "application/pdf", "pdf")
            head = page.ask("HEAD", f"/api/v1/cases/{case}/files/{event}")
            check(head.status == 200 and head.body == b"", f"{head}")
            step["kind"] = "decision_sent"
        # Above: the office below is told that somebody looked, the audit who took it.
        reader = signed_in(above, "hoa")
        wait_until(lambda: state(signed_in(above), case, event) == "here", "it above")
        before = len(audited(province))
        got = reader.api("GET", f"/cases/{case}/files/{event}", expect=200)
        check(got.body == file.data, "another file came out above")
        check(audited(province)[before:] == [("hoa", "text_read", case),
                                             ("hoa", "file_taken", event)], audited(province))
        wait_until(lambda: commune.ok("case", "show", case)["seen_by"], "the office below to be told")
        check(("lan", "file_taken", event) in audited(commune), audited(commune))
        # The tool reads it as well, and what the tool attached leaves by the page.
        out = tree.dir / "out.pdf"
        province.ok("case", "attachment", event, "--out", out)
        check(out.read_bytes() == file.data, "the tool got another file")
        noise = tree.dir / "noise"
        noise.write_bytes(b"<html><script>alert(1)</script>" + random.randbytes(50000))
        event = commune.ok("case", "step", case, "decision_published", "--attach", noise)["event"]
        wait_until(lambda: state(page, case, event) == "here", "the tool's file")
        got = page.api("GET", f"/cases/{case}/files/{event}", expect=200)
        check(got.body == noise.read_bytes(), "another file than the tool's")
        is_put_away(got, "application/octet-stream", "bin")


class Slow:
    """A browser that asks for a file and takes nothing of it but the head."""

    def __init__(self, page, at, path):
        self.page = Browser(at)
        self.page.cookies = dict(page.cookies)
        self.page.connect().request("GET", path, headers={
            "Cookie": "; ".join(f"{k}={v}" for k, v in page.cookies.items())})
        self.answer = self.page.connection.getresponse()


def four_at_once():
    """Files are gathered in memory: four of them, and the next is told to wait until
    one has left."""
    with Tree() as tree:
        province, at = office(tree)
        page = signed_in(at)
        case = province.ok("case", "open", "--type", "complaint", "--field", "land")["event"]
        big = tree.dir / "big.pdf"
        big.write_bytes(pdf(16 * 1024 * 1024))
        event = province.ok("case", "step", case, "decision_issued", "--attach", big,
                            timeout=120)["event"]
        wait_until(lambda: state(page, case, event) == "here", "the file", 60)
        path = f"/api/v1/cases/{case}/files/{event}"
        slow = [Slow(page, at, path) for _ in range(4)]
        check([s.answer.status for s in slow] == [200] * 4, [s.answer.status for s in slow])
        page.close()  # it has been idle for long
        fifth = page.ask("GET", path)
        check(fifth.status == 503 and fifth.json["code"] == "busy", f"{fifth.status}")
        check(page.api("GET", f"/cases/{case}").status == 200, "the rest waits as well")
        check(slow[0].answer.read() == big.read_bytes(), "another file came")
        slow[1].page.close()
        slow[1].answer.close()
        wait_until(lambda: page.ask("GET", path).status == 200, "its turn", 90)
        for each in slow[2:]:
            each.page.close()
            each.answer.close()


def with_a_directive():
    with Tree() as tree:
        province, above, commune, at = two(tree)
        leader = signed_in(above)
        wait_until(lambda: len(leader.api("GET", "/offices", expect=200).json["items"]) == 2, "both")
        file = Sealed(pdf(3 * PIECE))
        issued = leader.api("POST", "/directives", {
            "to": [commune.office], "doc_no": "1/CT", "text": "kèm danh mục", **file.announced()},
            expect=201).json
        file.send_rest(leader, issued["event"])
        page = signed_in(at)

        def shown():
            answer = page.api("GET", f"/directives/{issued['id']}")
            return [t["state"] for t in answer.json["texts"]
                    if t["kind"] == "attachment"] if answer.status == 200 else []
        wait_until(lambda: shown() == ["here"], "the file below")
        got = page.api("GET", f"/directives/{issued['id']}/files/{issued['event']}", expect=200)
        check(got.body == file.data, "another file came down")
        is_put_away(got, "application/pdf", "pdf")
        check(audited(commune) == [("lan", "file_taken", issued["event"])], audited(commune))
        # An inspector reads, an operator does not.
        signed_in(at, "kim").api("GET", f"/directives/{issued['id']}/files/{issued['event']}",
                                 expect=200)
        told = leader.api("POST", "/people", {"name": "may", "shown": "Máy", "roles": ["operator"],
                                              "password": PASSWORD}, expect=201).json
        operator = Browser(above)
        operator.api("POST", "/session", {"name": "may", "password": PASSWORD,
                                          "totp": code_of(told["totp"])}, expect=200)
        operator.api("GET", f"/directives/{issued['id']}/files/{issued['event']}", expect=403)
        Browser(at).api("GET", f"/directives/{issued['id']}/files/{issued['event']}", expect=401)


def refused():
    """Nothing is written of what is refused."""
    with Tree() as tree:
        province, above, commune, at = two(tree)
        page = signed_in(at)
        case = page.api("POST", "/cases", {"type": "complaint", "field": "land"},
                        expect=201).json["id"]
        other = page.api("POST", "/cases", {"type": "complaint", "field": "land"},
                         expect=201).json["id"]
        sealed = page.api("POST", "/cases", {"type": "denunciation", "field": "land",
                                             "sealed_ref": "12/2026"}, expect=201).json["id"]
        step = {"kind": "decision_issued", "doc_no": "12/QĐ"}
        good = Sealed(pdf(2 * PIECE)).announced()
        before = len(commune.events())

        def no(status, body, what=case, word=None):
            answer = page.api("POST", f"/cases/{what}/steps", body)
            check(answer.status == status, f"{answer}, not {status}")
            check(word is None or word in answer.json["detail"], f"{answer}")
        for bad in (b"<html><script>alert(1)</script>", b"<svg onload='x()'/>",
                    b"<!-- x --> " + PDF, b"MZ\x90\0", b"PK\3\4" + 40 * b"x"):
            no(422, {**step, **Sealed(bad).announced()}, word="PDF")
        no(422, {**step, **good, "attach_data": "%%%"})
        no(422, {**step, **good, "attach_data": b64(pdf(PIECE + 1))})
        no(422, {**step, **good, "attach_data": 7})
        no(422, {**step, **good, "attach_salt": "zz"})
        no(422, {**step, **good, "attach_size": 16 * 1024 * 1024 + 1})
        no(413, {**step, **good, "attach_data": "A" * 70000})
        for missing in ("attach_data", "attach_salt", "attach_size", "attach_hash"):
            no(400, {k: v for k, v in {**step, **good}.items() if k != missing})
        no(422, {"kind": "note", **good})
        no(422, {"kind": "decision_issued", **good}, what=sealed)
        check(page.api("POST", "/cases", {"type": "feedback", "field": "land", **good}).status == 422,
              "a file with what a citizen brought in")
        check(len(commune.events()) == before, "an event was written")
        event = page.api("POST", f"/cases/{case}/steps", {**step, **good}, expect=200).json["event"]
        plain = page.api("POST", f"/cases/{case}/steps", {"kind": "note", "text": "x"},
                         expect=200).json["event"]
        wait_until(lambda: state(page, case, event) == "announced", "the event")
        for where, which in ((other, event), (case, plain), (case, "x"), ("x", event),
                             (sealed, event)):
            answer = page.api("GET", f"/cases/{where}/files/{which}")
            check(answer.status in (404, 422), f"{where} {which}: {answer}")
        check(page.api("GET", f"/directives/{case}/files/{event}").status in (404, 422),
              "of a case by the way of a directive")
        # A piece of somebody else's, at a wrong place, of a wrong size.
        body = {"offset": PIECE, "salt": "00" * 16, "data": b64(b"x")}
        for what, status in ((body, 422), ({**body, "offset": 7}, 422),
                             ({**body, "offset": 99 * PIECE}, 422), ({**body, "more": 1}, 400)):
            answer = page.api("POST", f"/events/{event}/pieces", what)
            check(answer.status == status, f"{what}: {answer}")
        leader = signed_in(above)
        wait_until(lambda: state(leader, case, event), "the event above")
        answer = leader.api("POST", f"/events/{event}/pieces", {**body, "data": b64(pdf(PIECE))})
        check(answer.status == 403, f"a piece to another office's file: {answer}")


def damaged_is_not_sent():
    """What does not come to the hash that the event holds leaves in no part."""
    with Tree() as tree:
        province, above, commune, at = two(tree)
        page = signed_in(at)
        case = page.api("POST", "/cases", {"type": "complaint", "field": "land"},
                        expect=201).json["id"]
        file = Sealed(pdf(3 * PIECE))
        lie = {**file.announced(), "attach_hash": "ab" * 32}
        event = page.api("POST", f"/cases/{case}/steps", {"kind": "decision_issued", **lie},
                         expect=200).json["event"]
        file.send_rest(page, event)
        wait_until(lambda: state(page, case, event) == "damaged", "it to be found damaged")
        before = audited(commune)
        answer = page.api("GET", f"/cases/{case}/files/{event}")
        check(answer.status >= 400 and PDF not in answer.body, f"{answer}")
        check(audited(commune) == before, "told of what did not leave")
        check(json.loads(answer.body)["code"] == "part_mismatch", f"{answer}")


if __name__ == "__main__":
    harness.main({f.__name__: f for f in (there_and_back, with_a_directive, refused,
                                          damaged_is_not_sent, four_at_once)})

"""A second proof: an operator's code at sign-in, anybody's for a whole book."""
import base64
import datetime
import hashlib
import hmac
import http.client
import socket
import stat
import struct
import time

import harness
from harness import Tree, check, wait_until
from pages import PASSWORD, Browser, office, person, signed_in

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
NAME = "Trịnh Thị Kim Oanh Bảy"


def day(ahead=0):
    return (datetime.datetime.now(VIETNAM).date() + datetime.timedelta(days=ahead)).isoformat()


def code_of(secret, at=None):
    """RFC 6238, as a telephone computes it."""
    step = int((at or time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    low = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[low:low + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


def another_code(secret, used):
    """A code that has not been used: each counts once."""
    wait_until(lambda: code_of(secret) != used, "the next code", 40)
    return code_of(secret)


def operator_signs_in_with_a_code():
    with Tree() as tree:
        node, at = office(tree)
        leader = signed_in(at)
        told = leader.api("POST", "/people", {"name": "may", "shown": "Máy", "roles": ["operator"],
                                              "password": PASSWORD}, expect=201).json
        page = Browser(at)
        bare = page.api("POST", "/session", {"name": "may", "password": PASSWORD})
        check(bare.status == 401 and bare.json["code"] == "code_refused", bare)
        wrong = page.api("POST", "/session", {"name": "may", "password": PASSWORD, "totp": "000000"})
        check(wrong.status == 401, wrong)
        page.api("POST", "/session", {"name": "may", "password": PASSWORD,
                                      "totp": code_of(told["totp"])}, expect=200)
        page.api("GET", "/status", expect=200)
        check(page.api("GET", "/register?q=abc").status == 403, "an operator reads the register")
        book = page.api("POST", "/book", {"from_date": day(), "until": day(), "code": "1"})
        check(book.status == 403, f"an operator takes the book: {book}")


def whole_book_needs_a_code():
    with Tree() as tree:
        node, at = office(tree)
        page = signed_in(at)
        entry = {"name": NAME, "address": "ấp 3", "account": "con đường vào nhà bị chắn"}
        for n in range(3):
            case = page.api("POST", "/cases", {"type": "feedback", "field": "land"}, expect=201).json
            page.api("POST", "/register", {"case": case["id"], **entry}, expect=201)
        whole = {"from_date": day(), "until": day(), "code": "000000"}
        bare = page.api("POST", "/book", whole)
        check(bare.status == 403 and bare.json["code"] == "no_authenticator"
              and NAME.encode() not in bare.body, bare)
        secret = page.api("PUT", "/people/lan", {"new_totp": True}, expect=200).json["totp"]
        again = signed_in(at)  # the desk's work needs no code
        wrong = again.api("POST", "/book", whole)
        check(wrong.status == 401 and NAME.encode() not in wrong.body, wrong)
        used = code_of(secret)
        book = again.api("POST", "/book", {**whole, "code": used}, expect=200).json
        check([e["name"] for e in book["items"]] == [NAME] * 3, book)
        twice = again.api("POST", "/book", {**whole, "code": used})
        check(twice.status == 401, f"a code counted twice: {twice}")
        check(again.api("POST", "/book", {"from_date": day(), "until": day(-1),
                                                   "code": "1"}).status in (400, 422), "backwards")
        empty = again.api("POST", "/book", {"from_date": day(-9), "until": day(-1),
                                                     "code": another_code(secret, used)}, expect=200)
        check(empty.json["items"] == [], empty)
        told = [(r["who"], r["what"], r["about"]) for r in again.api("GET", "/audit").json["items"]]
        check(("lan", "register_book", f"{day()}..{day()}: 3") in told
              and ("lan", "register_book", f"{day(-9)}..{day(-1)}: 0") in told, told[-5:])
        stranger = Browser(at)
        check(stranger.api("POST", "/book", whole).status == 401, "without a session")


class Through(http.client.HTTPConnection):
    """The office's proxy: plain HTTP over the socket in DIR."""

    def __init__(self, node):
        super().__init__("localhost", timeout=20)
        self.path = str(node.dir / "pages.sock")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(self.path)


def through(node, person=None):
    """A page as it comes through the proxy, which says that @person is there."""
    page = Browser(None)
    page.connection = Through(node)
    page.says = {} if person is None else {"X-Lienthong-Person": person}
    return page


def proxy_says_who_is_there():
    """Only at its own socket; everywhere else the header is nobody's word."""
    with Tree() as tree:
        node, at = office(tree, pages_proxy="true")
        person(node, "an", ["officer"], by="lan")
        told = signed_in(at).api("POST", "/people", {"name": "may", "shown": "Máy", "roles": [
            "operator"], "password": PASSWORD}, expect=201).json
        check(stat.S_IMODE((node.dir / "pages.sock").stat().st_mode) == 0o660, "modes of the socket")

        def ask(page, method, path, body=None):
            return page.api(method, path, body, headers=page.says)

        page = through(node, "an")
        offered = ask(page, "GET", "/session")
        check(offered.status == 401 and offered.json["code"] == "sign_in_offered", offered)
        check(ask(page, "GET", "/cases").status == 401, "looked at without coming in")
        entered = page.api("POST", "/session", {}, headers=page.says)
        check(entered.status == 200 and entered.json["person"]["name"] == "an"
              and "Secure" in entered.headers["Set-Cookie"], entered)
        check(ask(page, "GET", "/cases").status == 200, "not in")
        for stranger, why in ((through(node), "without a word"), (through(node, "ma"), "nobody"),
                              (through(node, "An"), "another spelling")):
            answer = stranger.api("POST", "/session", {}, headers=stranger.says)
            check(answer.status in (400, 401, 422), f"{why}: {answer}")
        other = through(node, "an")
        answer = other.api("POST", "/session", {"name": "lan"}, headers=other.says)
        check(answer.status in (400, 401, 422), f"as somebody else: {answer}")
        # The same header from anywhere else.
        for place in (Browser(at),):
            answer = place.api("POST", "/session", {}, headers={"X-Lienthong-Person": "an"})
            check(answer.status in (400, 401, 422), f"believed at a port: {answer}")
            answer = place.api("GET", "/session", headers={"X-Lienthong-Person": "an"})
            check(answer.json["code"] == "sign_in_needed", f"offered at a port: {answer}")
        # Two of them are no request at all.
        raw = through(node).connect()
        raw.connect()
        raw.sock.sendall(b"GET /api/v1/session HTTP/1.1\r\nHost: x\r\nX-Lienthong-Person: an\r\n"
                         b"X-Lienthong-Person: lan\r\n\r\n")
        check(b" 400 " in raw.sock.recv(4096), "two persons at once")
        # An operator's code is asked for all the same, and who is out stays out.
        may = through(node, "may")
        check(may.api("POST", "/session", {}, headers=may.says).json["code"] == "code_refused", "no code")
        may.api("POST", "/session", {"totp": code_of(told["totp"])}, headers=may.says, expect=200)
        signed_in(at).api("PUT", "/people/an", {"disabled": True}, expect=200)
        gone = through(node, "an")
        check(gone.api("POST", "/session", {}, headers=gone.says).status == 401, "disabled, and in")
        told = [(r["who"], r["what"], r["about"]) for r in signed_in(at).api("GET", "/audit").json["items"]]
        check(("an", "signed_in", "proxy") in told, told)
        node.stop()
        node.start()
        check(ask(through(node, "lan"), "GET", "/session").json["code"] == "sign_in_offered",
              "after a restart")


if __name__ == "__main__":
    harness.main({"proxy_says_who_is_there": proxy_says_who_is_there,
                  "operator_signs_in_with_a_code": operator_signs_in_with_a_code,
                  "whole_book_needs_a_code": whole_book_needs_a_code})

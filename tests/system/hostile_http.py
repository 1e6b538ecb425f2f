"""Requests that no honest browser sends: each gets the status that is written
beside it, and the next honest request on the same connection (where it goes
on) and on another one is served. Replication goes on meanwhile.

What a line expects is a status, or CUT: the connection ends without an answer.
"""
import json
import socket
import threading
import time

import harness
from harness import Tree, check, request_id, wait_until
from pages import Browser, context, office, signed_in

CUT = 0


class Raw:
    """A TLS connection that sends bytes as they are."""

    def __init__(self, at):
        plain = socket.create_connection(at, timeout=20)
        self.socket = context().wrap_socket(plain, server_hostname="localhost")
        self.left = b""

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # cut while it was sending: the answer may still be there

    def line_until(self, end):
        while end not in self.left:
            got = self.socket.recv(65536)
            if not got:
                raise EOFError
            self.left += got
        head, _, self.left = self.left.partition(end)
        return head

    def answer(self, head=False):
        """(status, headers, body) or None when the connection ended."""
        try:
            lines = self.line_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:])}
            status = int(lines[0].split()[1])
            length = 0 if head or status in (204, 304) else int(headers.get("content-length", -1))
            if length < 0:
                length = 0
                while True:
                    got = self.socket.recv(65536)
                    if not got:
                        break
                    self.left += got
                    length = len(self.left)
            while len(self.left) < length:
                got = self.socket.recv(65536)
                if not got:
                    raise EOFError
                self.left += got
            body, self.left = self.left[:length], self.left[length:]
            return status, headers, body
        except (EOFError, OSError):
            return None

    def close(self):
        self.socket.close()


def request(method="GET", path="/healthz", headers=(), body=b"", version="HTTP/1.1", host="x"):
    lines = [f"{method} {path} {version}".encode()]
    if host is not None:
        lines.append(b"Host: " + host.encode())
    for header in headers:
        lines.append(header if isinstance(header, bytes) else header.encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class Corpus:
    def __init__(self, cookie):
        self.cookie = cookie
        self.lines = []

    def add(self, name, expect, data):
        self.lines.append((name, expect if isinstance(expect, tuple) else (expect,), data))

    def api(self, name, expect, path="/api/v1/incidents", body=None, method="POST", drop=(),
            **changed):
        """A write as a page sends it, but for what is changed or dropped."""
        headers = {"Cookie": f"lt_session={self.cookie}", "X-Lienthong": "1",
                   "Content-Type": "application/json", "Idempotency-Key": request_id()}
        for key, value in changed.items():
            headers[key.replace("_", "-")] = value
        for key in drop:
            headers.pop(key)
        body = (body if isinstance(body, bytes) else
                json.dumps(body).encode() if body is not None else b"")
        self.add(name, expect, request(method, path, [
            f"{k}: {v}".encode() if isinstance(v, str) else k.encode() + b": " + v
            for k, v in headers.items()] + [f"Content-Length: {len(body)}"], body))


GOOD = {"place": "reception", "subject": "x", "people": 9}
SMUGGLED = b"GET /api/v1/people HTTP/1.1\r\nHost: x\r\n\r\n"


def smuggling(c):
    for method in ("GET", "HEAD", "DELETE", "POST", "PUT"):
        bodied = method in ("POST", "PUT")
        path = "/api/v1/incidents"

        def add(name, expect, headers, body=SMUGGLED):
            c.add(f"{method} {name}", expect, request(method, path, headers, body))
        size = f"Content-Length: {len(SMUGGLED)}"
        add("length and chunked", 400, [size, "Transfer-Encoding: chunked"])
        add("chunked and length", 400, ["Transfer-Encoding: chunked", size])
        add("two lengths", 400, [size, "Content-Length: 1"])
        add("two equal lengths", 400, [size, size])
        add("two encodings", 400, ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"])
        for value in ("gzip, chunked", "chunked, identity", "xchunked", "chunked;q=1", "\tchunked x",
                      "identity", '"chunked"', "chunked chunked"):
            add(f"encoding {value!r}", (400, 413), [f"Transfer-Encoding: {value}"])
        for value in ("+5", "-5", "0x5", "5 5", "5,5", "1e1", "5;", "9" * 30, "ten"):
            add(f"length {value!r}", (400, 413), [f"Content-Length: {value}"], b"12345")
        if not bodied:
            add("a body where none belongs", 400, [size])
            add("chunked where none belongs", 400, ["Transfer-Encoding: chunked"], b"0\r\n\r\n")
        else:
            add("chunked body", 411, ["Transfer-Encoding: chunked"], b"2\r\n{}\r\n0\r\n\r\n")
        add("length name with a blank", 400, ["Content-Length : 5"], b"12345")
        add("encoding name with a blank", 400, ["Transfer-Encoding : chunked"], b"0\r\n\r\n")


def heads(c):
    for mark in '()<>@,;\\"/[]?={} \x01\x7f':
        c.add(f"header name with {mark!r}", 400, request(headers=[f"X{mark}Y: 1"]))
    for byte in (0x01, 0x02, 0x08, 0x0b, 0x0c, 0x0e, 0x1b, 0x1f, 0x7f):
        c.add(f"value with {byte:#x}", 400, request(headers=[b"X-A: a" + bytes([byte]) + b"b"]))
    c.add("an empty header name", 400, request(headers=[": x"]))
    c.add("a header without a colon", 400, request(headers=["nothing"]))
    for name in ("Accept-Language", "Authorization", "Content-Type", "Cookie", "Idempotency-Key",
                 "If-None-Match", "Last-Event-ID", "Origin", "Sec-Fetch-Site", "X-Lienthong"):
        c.add(f"two {name}", 400, request(headers=[f"{name}: 1", f"{name.lower()}: 2"]))
    c.add("no Host", 400, request(host=None))
    c.add("two Hosts", 400, request(headers=["Host: y"]))
    for host in ("", "a b", "a/b", "a@b", "a?b", "a#b", "a,b", "<script>", "a\\b", "a%00b", "x" * 300,
                 "a'b", "a;b", "a=b"):
        c.add(f"Host {host[:20]!r}", 400, request(host=host))
    c.add("65 headers", 431, request(headers=[f"X-{i}: 1" for i in range(70)]))
    c.add("a head of 20 KB", (400, 413, 431, CUT), request(headers=["X-A: " + "a" * 20000]))
    c.add("a head of 300 KB", (400, 413, 431, CUT), request(headers=["X-A: " + "a" * 300000]))
    for value in ("x", "100-continue, x", "200-ok"):
        c.add(f"Expect {value!r}", 417, request(headers=[f"Expect: {value}"]))
    for version, expect in (("HTTP/1.2", 505), ("HTTP/2.0", (400, 505)), ("HTTP/3.0", (400, 505)),
                            ("HTTP/0.9", (400, 505)), ("HTTP/1.1x", (400, CUT)),
                            ("HTTP/11", (400, CUT)), ("http/1.1", (400, CUT)), ("", (400, CUT)),
                            ("HTTPS/1.1", (400, CUT)), ("HTTP/1.-1", (400, CUT, 505)),
                            ("HTTP/99999999999.1", (400, CUT, 505))):
        c.add(f"version {version!r}", expect, request(version=version))
    c.add("HTTP/2's preface", (400, 405, 501, 505, CUT), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    c.add("no request at all", (400, CUT), b"\x00\x01\x02\x03\r\n\r\n")
    c.add("TLS within TLS", (400, CUT), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")


def targets(c):
    for path in ("/web/../identity/pages.key", "/web/%2e%2e/x", "/web/%2E%2E/%2E%2E/etc/passwd",
                 "/web/..%2fx", "/web/..%5cx", "/web/%2e/x", "/web/a%2fb", "/web/a%5cb",
                 "/web//x", "//web/x", "//evil.example/x", "/web/", "/./healthz", "/../healthz",
                 "/web/a%00.js", "/web/%", "/web/%4", "/web/%zz", "/web/%c0%ae", "/web/%ff",
                 "/web/%e2%82", "/web/%0d%0aX: 1", "/web/%09", "/web/%1f", "/web/%7f",
                 "/a/b/c/d/e/f/g/h/i/j", "/healthz/", "/api/v1/", "/api//v1/cases",
                 "/api/v1/cases/", "/api/v1/%2e%2e/people", "/healthz?=1", "/healthz?&", "/healthz?a&&b",
                 "/healthz?%zz=1", "/healthz?a=%ff", "/healthz?a=%00", "/healthz?a=%0a",
                 "/healthz?" + "&".join(f"a{i}=1" for i in range(40))):
        c.add(f"target {path[:40]}", 400, request(path=path))
    for path in ("http://x/healthz", "https://evil.example/", "*", "healthz", "x:80", "/a\\b",
                 "/a\"b", "/<script>", "/a#b", "/\x7f", "javascript:1", "file:///etc/passwd"):
        c.add(f"target {path!r}", (400, 404, CUT) if path == "/a#b" else (400, CUT), request(path=path))
    for path in ("/api", "/api/v2/cases", "/api/v1", "/api/v1/nothing", "/API/V1/cases", "/web",
                 "/web/nothing.js", "/web/.git", "/web/openapi.json", "/identity/node.key", "/log.db",
                 "/index.html", "/web/%69%6e%64%65%78", "/%61pi/v1/x", "/metrics/x", "/favicon.ico"):
        c.add(f"nothing at {path}", 404, request(path=path))
    c.add("a target of 5 KB", (400, 414), request(path="/" + "a" * 5000))
    c.add("a target of 100 KB", (400, 413, 414, 431, CUT), request(path="/" + "a" * 100000))
    for method, expect in (("TRACE", 405), ("OPTIONS", 405), ("PATCH", 405), ("CONNECT", (400, 405, CUT)),
                           ("BREW", (400, 405, 501, CUT)), ("get", (400, 405, 501, CUT)),
                           ("G E T", (400, 501, CUT)), ("", (400, 501, CUT)), ("A" * 3000, (400, 501, CUT))):
        c.add(f"method {method[:12]!r}", expect, request(method=method))
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        c.add(f"{method} /api/v1/cases", (405, 403), request(method, "/api/v1/cases", ["X-Lienthong: 1"]))


def strangers(c):
    for origin in ("https://evil.example", "http://evil.example", "null", "https://x.evil.example",
                   "https://x@evil.example", "https://evil.example/x", "file://", "https://x:9",
                   "https://X.", "data:", "x", "ftp://x", "https://", "chrome-extension://x", "https://xx"):
        c.api(f"Origin {origin}", 403, body=GOOD, Origin=origin)
    for site in ("cross-site", "same-site", "none", "x", "", "SAME-ORIGIN"):
        c.api(f"Sec-Fetch-Site {site!r}", 403, body=GOOD, Sec_Fetch_Site=site)
    for own in ("0", "2", "true", "", "1 1", "x"):
        c.api(f"X-Lienthong {own!r}", 403, body=GOOD, X_Lienthong=own)
    c.api("without X-Lienthong", 403, body=GOOD, drop=["X-Lienthong"])
    for token in ("", "x", "a" * 43, "A" * 43, "a" * 44, "a" * 4000, "../../x", "'; DROP TABLE session",
                  "%00", "null", "undefined", c.cookie[:-1], c.cookie + "A", c.cookie.swapcase(),
                  c.cookie[1:] + c.cookie[0]):
        c.api(f"cookie {token[:20]!r}", 401, body=GOOD, Cookie=f"lt_session={token}")
    c.api("no cookie", 401, body=GOOD, drop=["Cookie"])
    c.api("the token elsewhere", 401, body=GOOD, drop=["Cookie"], Authorization=f"Bearer {c.cookie}")
    c.api("a name that begins like it", 401, body=GOOD, Cookie=f"xlt_session={c.cookie}")
    for key in ("", "1", "x" * 36, "00000000-0000-0000-0000-00000000000", "{}", "a" * 3000,
                "00000000-0000-0000-0000-0000000000000", "g0000000-0000-0000-0000-000000000000"):
        c.api(f"key {key[:20]!r}", 400, body=GOOD, Idempotency_Key=key)
    c.api("no key", 400, body=GOOD, drop=["Idempotency-Key"])
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "",
                 "application/jsonx", "application/xml", "text/html", "x"):
        c.api(f"type {kind!r}", 415, body=GOOD, Content_Type=kind)
    c.api("no type", 415, body=GOOD, drop=["Content-Type"])


def bodies(c):
    for text in (b"", b"{", b"}", b"[]", b"[1]", b"null", b"1", b'"x"', b"{]", b'{"a"}', b'{"a":}',
                 b"{'a':1}", b'{"a":1,}', b'{"a":1}{"b":2}', b'{"a":1} x', b"\xef\xbb\xbf{}", b"\xff\xfe{",
                 b'{"place":"\xff"}', b'{"place":"\xc0\x80"}', b'{"place":"\xed\xa0\x80"}',
                 b'{"place":"\\ud800"}', b'{"people":1e999}', b'{"people":99999999999999999999}',
                 b'{"people":NaN}', b'{"people":01}', b'{"a":1,"a":2}', b'{"a":"\\x41"}', b'{"a":"\n"}',
                 b"{" + b'"a":{' * 5000, b"[" * 60000, b'{"a":"' + b"a" * 60000, b"\x00", b'{"a\\u0000":1}',
                 b'{"place":"a\\u0000b"}', b"<xml/>", b"a=1&b=2"):
        c.api(f"body {text[:24]!r}", 400, body=text)
    for change, expect in (({"place": None}, 400), ({"place": 1}, 422), ({"place": []}, 422),
                           ({"place": {}}, 422), ({"place": ""}, 422), ({"place": "x" * 200}, 422),
                           ({"people": "9"}, 422), ({"people": 0}, 422), ({"people": -1}, 422),
                           ({"people": 1.5}, 422), ({"people": True}, 422), ({"people": 10 ** 9}, 422),
                           ({"people": 2 ** 62}, 422), ({"subject": "x" * 300}, 422),
                           ({"nothing": 1}, 400), ({"__proto__": {}}, 400), ({"command": "token"}, 400),
                           ({"request_id": "x"}, 400), ({"lang": "vi"}, 400), ({"proto": 2}, 400),
                           ({"id": "x"}, 400), ({"help": "x" * 8000}, 422),
                           ({"subject": "gọi 0912345678"}, (201, 422))):
        c.api(f"value {str(change)[:40]}", expect, body={**GOOD, **change})
    c.api("a body of 65 KB", (413, CUT), body=b" " * 66000)
    c.add("a body of 10 MB, said", (413, CUT), request("POST", "/api/v1/incidents", [
        "Content-Length: 10000000"], b"x" * 100000))
    for path in ("/cases?limit=x", "/cases?limit=0", "/cases?limit=-1", "/cases?limit=1001",
                 "/cases?limit=1e3", "/cases?limit=%201", "/cases?open=2", "/cases?since=x",
                 "/cases?since=2026-02-30", "/cases?after=x", "/cases?office=nobody", "/log?from=x",
                 "/log?limit=0", "/log?limit=x", "/log?from=%22%7d", "/cases?limit=99999999999999999999",
                 "/cases?open=1&closed=1", "/cases?limit=1&limit=2", "/cases?nothing=1", "/cases?id=1",
                 "/cases?__proto__=1", "/cases?to=x", "/explain/%20", "/cases/x", "/cases/%3cscript%3e",
                 "/cases/0:0:0", "/receipts/x", "/deadline?rule=x&from=2026-01-01", "/cases?data=x"):
        c.api(f"query {path}", (400, 404, 422), path="/api/v1" + path, method="GET",
              drop=["Content-Type", "Idempotency-Key"])


SCRIPTS = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</script><svg/onload=alert(1)>",
           "javascript:alert(1)", "{{constructor.constructor('alert(1)')()}}", "&lt;script&gt;",
           "\u2028alert(1)\u2029", "\u202egnp.exe"]


def scripts(c):
    for text in SCRIPTS:
        for field, expect in (("subject", (201, 422)), ("place", (201, 422)), ("help", (201, 422)),
                              ("field", 422)):
            c.api(f"script in {field}: {text[:16]}", expect, body={**GOOD, field: text})
        c.api(f"script in a text: {text[:16]}", (201, 422), path="/api/v1/cases",
              body={"type": "complaint", "field": "land", "text": text})
        c.api(f"script in a type: {text[:16]}", 422, path="/api/v1/cases",
              body={"type": text, "field": "land"})
        c.api(f"script as a key: {text[:16]}", 400, body={**GOOD, text: 1})


def corpus(cookie):
    c = Corpus(cookie)
    for family in (smuggling, heads, targets, strangers, bodies, scripts):
        family(c)
    return c.lines


SAFE_TYPES = ("application/json", "application/problem+json", "text/plain; charset=utf-8",
              "text/html; charset=utf-8", "text/html", None)


def told_safely(name, got):
    """Nothing that was sent comes back as a page."""
    status, headers, body = got
    check("server" not in headers, f"{name}: says what it runs: {headers}")
    if headers.get("content-type", "").startswith("text/html"):
        check(b"script" not in body.lower() and b"onerror" not in body, f"{name}: {body[:200]}")


def honest(connection, cookie, name):
    connection.send(request("GET", "/api/v1/session", [f"Cookie: lt_session={cookie}"]))
    got = connection.answer()
    check(got is not None and got[0] == 200, f"after {name}: an honest request got {got}")


SLOW = [
    # name, what is sent at once, what then trickles, seconds until it must be cut
    ("no handshake", None, b"", 12),
    ("a handshake that stops", None, b"\x16\x03\x01", 12),
    ("no request", b"", b"", 12),
    ("a head that trickles", b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-A: a\r\n", 12),
    ("a name that trickles", b"GET / HTTP/1.1\r\nHost: x\r\n", b"a", 12),
    ("a body that trickles", request("POST", "/api/v1/cases", ["Content-Length: 60000"]), b" ", 12),
    ("a body that does not come", request("POST", "/api/v1/cases", ["Content-Length: 9"]), b"", 12),
    ("nothing after an answer", request(), b"", 33),
    ("a second head that trickles", request() + b"GET / HTTP/1.1\r\n", b"X-A: a\r\n", 33),
]


def trickle(at, line, results):
    name, first, rest, seconds = line
    began = time.monotonic()
    plain = socket.create_connection(at, timeout=5)
    connection = plain if first is None else context().wrap_socket(plain)
    connection.settimeout(0.4)
    try:
        connection.sendall(first or b"")
        while time.monotonic() - began < seconds + 10:
            if rest:
                connection.sendall(rest)
            try:
                if not connection.recv(65536):
                    break
            except TimeoutError:
                pass
    except OSError:
        pass
    took = time.monotonic() - began
    connection.close()
    results.append((name, took, seconds))


def slow_ones_are_cut():
    """Slow senders hold their places for seconds, not for ever, and honest
    requests are answered meanwhile."""
    with Tree() as tree:
        node, at = office(tree)
        page = signed_in(at)
        results = []
        threads = [threading.Thread(target=trickle, args=(at, line, results))
                   for line in SLOW for _ in range(3)]
        for thread in threads:
            thread.start()
        slowest = 0
        while any(t.is_alive() for t in threads):
            began = time.monotonic()
            page.api("GET", "/session", expect=200)
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.2)
        for thread in threads:
            thread.join()
        wrong = [r for r in results if r[1] > r[2] or r[1] < 5]
        check(not wrong and len(results) == len(threads), f"{wrong}")
        check(slowest < 4, f"an honest request took {slowest:.2f} s meanwhile")
        page.close()
        wait_until(lambda: connections(at) <= 1, "the connections to be given back")


def connections(at):
    for line in Browser(at).ask("GET", "/metrics").body.decode().splitlines():
        if line.startswith("lienthong_http_connections "):
            return int(line.split()[1])
    return None


def too_many_are_turned_away():
    """Bounds on connections hold, in all and for one address, and who is in
    stays in."""
    with Tree() as tree:
        _, at = office(tree, pages_connections=30, pages_per_address=20)
        page = signed_in(at)
        crowd = []
        for _ in range(40):
            try:
                raw = Raw(at)
                raw.send(request())
                if raw.answer() is not None:
                    crowd.append(raw)
            except OSError:
                pass
        check(10 <= len(crowd) <= 19, f"{len(crowd)} were let in beside one that was there")
        page.api("GET", "/session", expect=200)
        for raw in crowd:
            raw.close()
        wait_until(lambda: signs_in(at), "a place to be free again")


def signs_in(at):
    try:
        return signed_in(at) is not None
    except (OSError, EOFError):
        return False


def each_as_written():
    with Tree() as tree:
        province, at = office(tree)
        commune = tree.child(province, "Xã Tân Bình", "commune", key="c")
        page = signed_in(at)
        cookie = page.cookies["lt_session"]
        lines = corpus(cookie)
        check(len(lines) >= 300, f"only {len(lines)} lines")
        written, stop = [], threading.Event()

        def write():
            while not stop.is_set():
                written.append(commune.ok("incident", "raise", "--place", "reception", "--subject",
                                          "x", "--people", 9)["event"])
                stop.wait(0.5)
        writer = threading.Thread(target=write)
        writer.start()
        other = Raw(at)
        wrong = []
        try:
            for name, expect, data in lines:
                connection = Raw(at)
                connection.send(data)
                got = connection.answer(head=data.startswith(b"HEAD "))
                status = CUT if got is None else got[0]
                if status not in expect:
                    wrong.append(f"{name}: {status}, not {expect}: {got and got[2][:160]}")
                if got is not None:
                    told_safely(name, got)
                    # To a proxy's form evhttp closes without saying so.
                    if got[1].get("connection") != "close" and not name.startswith(
                            "target 'http"):
                        try:
                            honest(connection, cookie, name + " (same connection)")
                        except harness.Failed as failure:
                            wrong.append(f"{failure}; it was told {status} {got[1]}")
                    else:
                        check(connection.answer() is None, f"{name}: what followed was answered")
                connection.close()
                honest(other, cookie, name)
        finally:
            stop.set()
            writer.join()
        check(not wrong, f"{len(wrong)} of {len(lines)}:\n" + "\n".join(wrong))
        print(f"{len(lines)} hostile requests, {len(written)} events meanwhile")
        there = lambda: {e["event"] for e in province.events()}  # noqa: E731
        wait_until(lambda: set(written) <= there(), "what the commune wrote meanwhile")
        check(not province.alarms() - {"incident_untaken"}, province.alarms())


if __name__ == "__main__":
    harness.main({"each_as_written": each_as_written, "slow_ones_are_cut": slow_ones_are_cut,
                  "too_many_are_turned_away": too_many_are_turned_away})

"""Pages and API over HTTP: a daemon, its certificate, and requests as browsers
and others send them."""
import contextlib
import http.client
import json
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import time

import harness
from harness import Tree, check, request_id, wait_until


def serve(tree, node, listen="127.0.0.1:0", **settings):
    """Let @node serve pages; start it, and return host and port."""
    lines = [f'pages_listen = {{"{listen}"}}'] + [f"{k} = {v}" for k, v in settings.items()]
    file = node.dir / "conf.d" / "60-pages.conf"
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o640)
    node.start()
    node.office = node.status()["office"]["id"]
    return address(node)


def address(node):
    bound = node.status()["listen"]["pages"]
    check(bound, f"{node.name} serves no pages: {node.notes()[-800:]}")
    host, _, port = bound.rpartition(":")
    return host, int(port)


_context = None


def context():
    """One for all: nobody's certificates are read, the node's own is not known."""
    global _context
    if _context is None:
        _context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _context.check_hostname = False
        _context.verify_mode = ssl.CERT_NONE
    return _context


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:400]!r}"


class Browser:
    """One connection, and what a page of ours sends with each request."""

    def __init__(self, at, plain=False):
        self.at = at
        self.plain = plain
        self.cookies = {}
        self.connection = None

    def connect(self):
        if self.connection is None:
            self.connection = (http.client.HTTPConnection(*self.at, timeout=60) if self.plain else
                               http.client.HTTPSConnection(*self.at, timeout=60,
                                                           context=context()))
        return self.connection

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def ask(self, method, path, body=None, headers=None, key=None):
        full = {"Accept-Language": "en", **(headers or {})}
        if self.cookies:
            full["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if method not in ("GET", "HEAD"):
            full.setdefault("X-Lienthong", "1")
        if body is not None:
            full.setdefault("Content-Type", "application/json")
            full.setdefault("Idempotency-Key", key or request_id())
            body = body if isinstance(body, (bytes, str)) else json.dumps(body)
        connection = self.connect()
        try:
            connection.request(method, path, body=body, headers=full)
            answer = Answer(connection.getresponse())
        except (http.client.HTTPException, OSError):
            self.close()
            raise
        if answer.headers.get("Connection") == "close":
            self.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def api(self, method, path, body=None, expect=None, **kw):
        answer = self.ask(method, "/api/v1" + path, body, **kw)
        check(expect is None or answer.status == expect,
              f"{method} {path}: {answer}, not {expect}")
        return answer


PASSWORD = "mot mat khau dai"


def person(node, name, roles, pin=None, by=None):
    """Add a person with the tool, as the chair does."""
    lines = ([PASSWORD] if by else []) + [PASSWORD] + ([pin] if pin else [])
    return node.ok("person", "add", name, "--shown", f"Cán bộ {name}", "--role", *roles,
                   *(["--by", by] if by else []), input="\n".join(lines) + "\n")


def signed_in(at, name="lan", expect=200, plain=False):
    page = Browser(at, plain)
    page.api("POST", "/session", {"name": name, "password": PASSWORD}, expect=expect)
    return page


RAISE = {"place": "reception", "subject": "đất đai", "people": 12}


def office(tree, **settings):
    node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
    at = serve(tree, node, **settings)
    person(node, "lan", ["leader"], pin="2580")
    return node, at


def reads_and_writes():
    """What the tool can do the API does: the same answers, one write a key."""
    with Tree() as tree:
        node, at = office(tree)
        page = signed_in(at)
        key = request_id()
        first = page.api("POST", "/incidents", RAISE, expect=201, key=key).json
        again = page.api("POST", "/incidents", RAISE, expect=201, key=key).json
        check(first["event"] == again["event"] and again["repeated"], f"{first}, {again}")
        listed = page.api("GET", "/incidents?open=1", expect=200)
        check([i["id"] for i in listed.json["items"]] == [first["id"]], listed)
        check(listed.json["names"][node.office] == "Tỉnh Tây Ninh", listed)
        known = page.api("GET", "/incidents?open=1", expect=304,
                         headers={"If-None-Match": listed.headers["ETag"]})
        check(known.body == b"", known)
        page.api("POST", f"/incidents/{first['id']}/take", {}, expect=200)
        check(page.api("GET", "/incidents?open=1", headers={
            "If-None-Match": listed.headers["ETag"]}).status == 200, "a taken one looks the same")
        shown = page.api("GET", f"/incidents/{first['id']}", expect=200).json
        check(shown["state"] == "taken", shown)
        case = page.api("POST", "/cases", {"type": "complaint", "field": "land"}, expect=201).json
        found = page.api("GET", f"/receipts/{case['receipt_code']}", expect=200).json
        check(found["found"], found)
        for i in range(3):
            page.api("POST", "/cases", {"type": "feedback", "field": "land"}, expect=201)
        seen, after = [], ""
        while after is not None:
            answer = page.api("GET", f"/cases?limit=2{after and '&after=' + after}", expect=200).json
            seen += [c["id"] for c in answer["items"]]
            after = answer["next"]
        check(len(seen) == len(set(seen)) == 4, seen)
        events, after = [], "&from="
        while after:
            answer = page.api("GET", f"/log?limit=3{after}", expect=200).json
            events += [e["event"] for e in answer["items"]]
            after = answer["next"] and "&from=" + answer["next"]
        check(events == [e["event"] for e in node.events()], events)
        check(set(page.api("GET", "/today", expect=200).json) ==
              {"overdue", "due_soon", "incidents", "directives"}, "today")


def pages():
    with Tree() as tree:
        _, at = office(tree)
        page = Browser(at)  # pages are anybody's: what they show is not
        first = page.ask("GET", "/")
        check(first.status == 200 and b"<html" in first.body, first)
        check("default-src 'none'" in first.headers["Content-Security-Policy"], first.headers)
        check(first.headers["X-Content-Type-Options"] == "nosniff", first.headers)
        for face in ("/desk", "/centre", "/board"):
            page_of = page.ask("GET", face)  # the same, and the modules of the face
            check(page_of.status == 200 and page_of.headers["ETag"] != first.headers["ETag"], page_of)
            check(f'"/web{face}{face}.js"'.encode() in page_of.body, page_of)
        known = page.ask("GET", "/", headers={"If-None-Match": first.headers["ETag"]})
        check(known.status == 304 and known.body == b"", known)
        check(page.ask("HEAD", "/").body == b"", "HEAD has a body")
        check(page.ask("GET", "/healthz").body == b"ok\n", "healthz")
        check(page.ask("GET", "/readyz").status == 200, "readyz")


REFUSED = [
    # code, status, method, path, body, headers
    ("no_such_page", 404, "GET", "/api/v1/nothing", None, {}),
    ("no_such_page", 404, "GET", "/web/../identity/pages.key", None, {}),
    ("bad_request", 400, "GET", "/web/%2e%2e/x", None, {}),
    ("bad_request", 400, "POST", "/api/v1/cases", "[1]", {}),
    ("foreign_page", 403, "POST", "/api/v1/cases", "{}", {"X-Lienthong": "0"}),
    ("foreign_page", 403, "POST", "/api/v1/cases", "{}", {"Origin": "https://evil.example"}),
    ("foreign_page", 403, "POST", "/api/v1/cases", "{}", {"Sec-Fetch-Site": "cross-site"}),
    ("idempotency_key_missing", 400, "POST", "/api/v1/cases", "{}", {"Idempotency-Key": "1"}),
    ("not_json", 415, "POST", "/api/v1/cases", "{}", {"Content-Type": "text/plain"}),
    ("usage", 400, "POST", "/api/v1/cases", "{}", {}),
    ("invalid", 422, "POST", "/api/v1/cases", '{"type":"x","field":"land"}', {}),
    ("invalid", 422, "GET", "/api/v1/cases?limit=x", None, {}),
    ("not_found", 404, "GET", "/api/v1/cases/T9C0-CA9E-C6J7-GFKQ-C", None, {}),
]


def refusals():
    with Tree() as tree:
        node, at = office(tree)
        page = signed_in(at)
        for code, status, method, path, body, headers in REFUSED:
            answer = page.ask(method, path, body, headers)
            if path.startswith("/web/.."):
                check(answer.status in (400, 404), f"{path}: {answer}")
                continue
            check(answer.status == status and answer.json["code"] == code,
                  f"{method} {path}: {answer}, not {status} {code}")
            check(answer.headers["Content-Type"] == "application/problem+json", answer.headers)
            check({"type", "title", "status", "detail", "code", "remedy", "request_id",
                   "outcome"} == set(answer.json), answer)
        check(page.ask("DELETE", "/api/v1/cases").status == 405, "method_not_allowed")
        check("GET" in page.ask("DELETE", "/api/v1/cases").headers["Allow"], "Allow")
        vi = page.ask("GET", "/api/v1/nothing", headers={"Accept-Language": "vi, en;q=0.5"}).json
        en = page.ask("GET", "/api/v1/nothing?lang=en", headers={"Accept-Language": "vi"}).json
        check(vi["title"] != en["title"] and en["title"].isascii(), f"{vi}, {en}")
        # body_too_big: cut or told, and nobody else notices.
        try:
            answer = signed_in(at).api("POST", "/cases", "x" * 70000)
            check(answer.status == 413, answer)
        except OSError:
            pass
        page.api("POST", "/incidents", RAISE, expect=201)
        check(not node.alarms(), node.alarms())


def sessions():
    """Sign in, lock, unlock, change officer, sign out; roles at every step."""
    with Tree() as tree:
        node, at = office(tree)
        person(node, "an", ["officer"], pin="3690", by="lan")
        person(node, "kiem", ["inspector"], by="lan")
        page = Browser(at)
        check(page.api("GET", "/cases", expect=401).json["code"] == "sign_in_needed", "no session")
        check(page.api("GET", "/live", expect=401).json["code"] == "sign_in_needed", "live")
        wrong = page.api("POST", "/session", {"name": "an", "password": "sai sai sai"})
        check(wrong.status == 401 and wrong.json["code"] == "sign_in_refused", wrong)
        begun = page.api("POST", "/session", {"name": "an", "password": PASSWORD}, expect=200)
        cookie = begun.headers["Set-Cookie"]
        check(all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Secure")), cookie)
        me = page.api("GET", "/session", expect=200).json
        check(me["person"] == {"name": "an", "shown": "Cán bộ an", "roles": ["officer"]} and
              me["faces"] == ["desk"] and me["office"]["id"] == node.office, me)
        page.api("POST", "/cases", {"type": "complaint", "field": "land"}, expect=201)
        refused = page.api("POST", "/directives", {"to": [node.office], "doc_no": "1", "text": "x"},
                           expect=403)
        check(refused.json["code"] == "role_lacks", refused)
        check(page.api("GET", "/people", expect=403).json["code"] == "role_lacks", "people")
        page.api("POST", "/session/lock", {}, expect=204)
        locked = page.api("GET", "/cases", expect=423)
        check(locked.json["code"] == "screen_locked", locked)
        check(page.api("GET", "/session", expect=200).json["locked"], "locked is not told")
        page.api("POST", "/session/unlock", {"pin": "1111"}, expect=401)
        page.api("POST", "/session/unlock", {"pin": "3690"}, expect=200)
        page.api("GET", "/cases", expect=200)
        before = dict(page.cookies)
        switched = page.api("POST", "/session/switch", {"name": "lan", "pin": "2580"}, expect=200)
        check(switched.json["person"]["name"] == "lan" and page.cookies != before, switched)
        names = [p["name"] for p in page.api("GET", "/people", expect=200).json["items"]]
        check(sorted(names) == ["an", "kiem", "lan"], names)
        old = Browser(at)
        old.cookies = before
        old.api("GET", "/cases", expect=401)
        added = page.api("POST", "/people", {"name": "moi", "shown": "Người mới", "roles":
                                             ["coordinator"], "password": PASSWORD}, expect=201)
        check(added.json["name"] == "moi", added)
        signed_in(at, "moi").api("GET", "/cases", expect=200)
        other = signed_in(at, "kiem")
        check(other.api("GET", "/cases", expect=200), "an inspector reads")
        check(other.api("POST", "/cases", {"type": "complaint", "field": "land"},
                        expect=403).json["code"] == "role_lacks", "an inspector writes")
        page.api("PUT", "/people/kiem", {"disabled": True}, expect=200)
        other.api("GET", "/cases", expect=401)
        # Sessions live over a restart.
        node.stop()
        node.start()
        page.at = address(node)
        page.close()
        page.api("GET", "/people", expect=200)
        page.api("DELETE", "/session", expect=204)
        page.cookies = {}
        page.api("GET", "/people", expect=401)


def not_told_to_others():
    """Without a session nothing but pages and the node's health is answered."""
    with Tree() as tree:
        _, at = office(tree)
        page = Browser(at)
        described = page.api("GET", "/openapi.json", expect=200).json
        for path in ("/status", "/cases", "/cases/x", "/incidents", "/directives", "/today",
                     "/log", "/live", "/people", "/offices", "/explain/x", "/receipts/x"):
            check(page.api("GET", path).status == 401, f"{path} is open")
        check("openapi" in described, described)


def offices():
    """What each office has on its hands, by the tool and by the API."""
    with Tree() as tree:
        province, at = office(tree)
        commune = tree.child(province, "Xã Tân Bình", "commune", key="c")
        silent = province.ok("token", "--name", "Xã Chưa Vào", "--kind", "commune")["office"]
        commune.ok("case", "open", "--type", "complaint", "--field", "land")
        late = commune.ok("case", "open", "--type", "complaint", "--field", "land",
                          "--legal-date", "2020-01-06")
        raised = commune.ok("incident", "raise", "--place", "reception", "--subject", "x",
                            "--people", 9)
        commune.ok("incident", "raise", "--place", "reception", "--subject", "y", "--people", 9)
        province.ok("directive", "issue", "--to", commune.office, "--doc-no", "1", "--text", "x")
        page = signed_in(at)

        def row(name=commune.office):
            items = page.api("GET", "/offices", expect=200).json["items"]
            return next((i for i in items if i["id"] == name), {})

        wait_until(lambda: row().get("open") == 2 and row()["incidents_open"] == 2,
                   lambda: f"the commune's sums: {row()}")
        province.ok("incident", "take", raised["id"])
        wait_until(lambda: row()["incidents_untaken"] == 1, lambda: f"taken: {row()}")
        got = row()
        check(got["overdue"] == 1 and got["late_days_most"] > 1000, got)
        check(got["directives_unanswered"] == 1 and got["parent"] == province.office, got)
        check(got["name"] == "Xã Tân Bình" and got["kind"] == "commune", got)
        check(got["last_event_at"] is not None, got)
        wait_until(lambda: row()["link"] == "current", lambda: f"link: {row()}")
        check(row(silent)["link"] == "unknown" and row(silent)["open"] == 0 and
              row(silent)["last_event_at"] is None, row(silent))
        check(row(province.office)["link"] == "current", row(province.office))
        commune.ok("case", "close", late["id"], "--reason", "settled")
        wait_until(lambda: row()["open"] == 1 and row()["overdue"] == 0,
                   lambda: f"closed: {row()}")
        ids = [i["id"] for i in province.ok("office", "list")["items"]]
        paged, after = [], None
        while True:
            answer = province.ok("office", "list", "--limit", 1,
                                 *(["--after", after] if after else []))
            paged += [i["id"] for i in answer["items"]]
            after = answer["next"]
            if after is None:
                break
        check(paged == ids and len(ids) == 3, f"{paged}, {ids}")
        below = commune.ok("office", "list")["items"]
        check([i["id"] for i in below] == [commune.office], below)
        check(province.tool("office", "list", "--after", "x").code == 65, "a cursor that is none")


def metrics():
    """What is measured is in order for those who collect it, in both formats."""
    with Tree() as tree:
        node, at = office(tree)
        page = Browser(at)
        older = page.ask("GET", "/metrics").body.decode()
        newer = page.ask("GET", "/metrics", headers={
            "Accept": "application/openmetrics-text; version=1.0.0"})
        check(newer.headers["Content-Type"].startswith("application/openmetrics-text"), newer)
        strict(newer.body.decode())
        promtool = shutil.which("promtool")
        if promtool:
            told = subprocess.run([promtool, "check", "metrics"], input=older, text=True,
                                  capture_output=True, timeout=30)
            check(told.returncode == 0, f"promtool: {told.stdout} {told.stderr}")
        before = int(re.search(r"^lienthong_http_requests_total (\d+)", older, re.M)[1])
        for _ in range(5):
            page.ask("GET", "/healthz")
        after = int(re.search(r"^lienthong_http_requests_total (\d+)",
                              page.ask("GET", "/metrics").body.decode(), re.M)[1])
        check(after == before + 7, f"{before}, {after}")
        check(page.ask("GET", "/metrics", headers={"X-Forwarded-For": "10.1.1.1"}).status == 401,
              "told to others")


def strict(text):
    """OpenMetrics as its grammar has it, for the kinds that are used here."""
    check(text.endswith("# EOF\n"), "no end")
    families, current = {}, None
    for line in text.splitlines()[:-1]:
        head = re.fullmatch(r"# (HELP|TYPE) ([a-z_]+) (.+)", line)
        if head:
            kind, name, rest = head.groups()
            check(name == current or name not in families, f"{name} comes twice")
            families.setdefault(name, {})[kind] = rest
            current = name
            continue
        sample = re.fullmatch(r'([a-z_]+)(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? \d+', line)
        check(sample, f"no line of a sample: {line}")
        counter = families[current]["TYPE"] == "counter"
        check(sample[1] == current + ("_total" if counter else ""), f"{line} in {current}")
    check(all(set(f) == {"HELP", "TYPE"} for f in families.values()) and len(families) > 15,
          families)


def certificate_is_taken_up():
    """Another certificate in its place counts from SIGHUP on, without a restart;
    a broken one changes nothing."""
    with Tree() as tree:
        node, at = office(tree)
        page = signed_in(at)
        first = ssl.get_server_certificate(at)
        identity = node.dir / "identity"
        check((identity / "pages.key").stat().st_mode & 0o777 == 0o400, "others may read the key")
        for name in ("pages.key", "pages.crt"):
            (identity / name).unlink()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=other", "-days", "9",
                        "-keyout", identity / "pages.key", "-out", identity / "pages.crt"],
                       check=True, capture_output=True, timeout=30)
        node.process.send_signal(signal.SIGHUP)
        wait_until(lambda: ssl.get_server_certificate(at) != first, "the new certificate")
        page.api("GET", "/session", expect=200)
        second = ssl.get_server_certificate(at)
        (identity / "pages.crt").write_text("nothing")
        node.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "bad_certificate" in node.notes(), "a note")
        check(ssl.get_server_certificate(at) == second, "the broken one was taken")


def seen_by_whom():
    """Whoever opens a text of an office below does so in its sight: the office,
    once a day, and in the audit above the person. Lists and own cases tell
    nothing, nor do those without a text."""
    with Tree() as tree:
        province, at = office(tree)
        person(province, "hoa", ["coordinator"], by="lan")
        commune = tree.child(province, "Xã Tân Bình", "commune", key="c")
        below = {"type": "feedback", "field": "land"}
        case = commune.ok("case", "open", "--type", "feedback", "--field", "land", "--text",
                          "Kênh bồi lắng, thiếu nước")
        bare = commune.ok("case", "open", "--type", "feedback", "--field", "land")
        page = signed_in(at)
        own = page.api("POST", "/cases", {**below, "text": "Đường hư"}, expect=201).json
        wait_until(lambda: len(page.api("GET", "/cases", expect=200).json["items"]) == 3, "both")

        def seen(what=case):
            return commune.ok("case", "show", what["id"])["seen_by"]

        def looks():
            return [e for e in province.events() if e["type"] == "MATTER_READ"]

        def audited():
            with contextlib.closing(sqlite3.connect(province.dir / "people.db")) as db:
                return db.execute("SELECT who, about FROM audit WHERE what='text_read' "
                                  "ORDER BY number").fetchall()

        check(seen() == [], seen())
        print("  honest: three cases are above, read by nobody", flush=True)
        shown = page.api("GET", f"/cases/{own['id']}", expect=200).json
        check(shown["texts"][0]["text"] == "Đường hư", shown)
        page.api("GET", f"/cases/{bare['id']}", expect=200)
        check(looks() == [] and audited() == [], f"{looks()} {audited()}")
        for _ in range(3):
            shown = page.api("GET", f"/cases/{case['id']}", expect=200).json
            check(shown["texts"][0]["text"] == "Kênh bồi lắng, thiếu nước", shown)
        check(audited() == [("lan", case["id"])], audited())
        wait_until(lambda: len(seen()) == 1, lambda: f"it to be heard below: {looks()}")
        check(seen()[0]["office"] == province.office and seen()[0]["days"] == 1, seen())
        other = signed_in(at, "hoa")
        other.api("GET", f"/cases/{case['id']}", expect=200)
        check(audited()[1:] == [("hoa", case["id"])], audited())
        check(len(looks()) == 1, f"the office is told once a day: {looks()}")
        told = json.dumps(looks()) + json.dumps(seen())
        check("lan" not in told and "hoa" not in told, f"a person is named: {told}")
        check(seen(bare) == [] and commune.ok("case", "show", case["id"])["state"] == "open", "")


def rests_until_somebody_comes():
    """Nobody there: nothing of people.db is open, and no thread beside the one
    that waits. Whoever comes wakes it, with the session of before."""
    with Tree() as tree:
        node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        person(node, "lan", ["leader"])
        at = serve(tree, node, pages_rest='"1s"')
        awake = lambda: any(fd.resolve().name == "people.db"
                            for fd in pathlib.Path(f"/proc/{node.pid()}/fd").iterdir())
        threads = lambda: len(list(pathlib.Path(f"/proc/{node.pid()}/task").iterdir()))
        check(not awake(), "awake before anybody came")
        before = threads()
        page = signed_in(at)
        check(awake() and threads() == before + 1, f"{threads()} threads after {before}")
        page.close()
        wait_until(lambda: not awake(), "it to rest")
        check(threads() == before, f"{threads()} threads after {before}")
        check(page.api("GET", "/session", expect=200).json["person"]["name"] == "lan", "no session")
        check(awake(), "at rest while somebody is there")


def trusted_in_one_step():
    """Who takes /lienthong.crt among the certificates that are trusted reaches
    the pages by name and by address, and is warned of nothing."""
    with Tree() as tree:
        node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        host, port = serve(tree, node, listen="127.0.0.3:0")
        stranger = Browser((host, port))
        answer = stranger.ask("GET", "/lienthong.crt")
        check(answer.status == 200 and "BEGIN CERTIFICATE" in answer.body.decode()
              and "KEY" not in answer.body.decode(), answer)
        check(answer.body == (node.dir / "identity" / "pages.crt").read_bytes(), "another one")
        trusting = ssl.create_default_context(cadata=answer.body.decode())
        for name in (host, socket.gethostname()):
            with socket.create_connection((host, port), timeout=20) as plain:
                with trusting.wrap_socket(plain, server_hostname=name) as tls:
                    check(tls.version() in ("TLSv1.2", "TLSv1.3"), tls.version())
        try:
            with socket.create_connection((host, port), timeout=20) as plain:
                trusting.wrap_socket(plain, server_hostname="127.0.0.4")
            check(False, "a name that is not in it is taken")
        except ssl.SSLCertVerificationError:
            pass


def pages_port_taken():
    """pages_not_served is an alarm, and the daemon goes on."""
    with Tree() as tree:
        node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            try:
                serve(tree, node, listen=f"127.0.0.1:{port}")
            except harness.Failed:
                pass
            node.wait_alarm("pages_not_served")
            node.ok("incident", "raise", "--place", "reception", "--subject", "x", "--people", 9)
        node.stop()
        node.start()
        check(address(node)[1] == port, "not at the port that is free again")
        node.wait_no_alarm("pages_not_served")


def answers_do_not_wait():
    """The end of an answer leaves before its beginning was acknowledged: a peer
    that acknowledges late (40 ms on Linux) would make every click that long."""
    with Tree() as tree:
        _, at = office(tree)
        page = signed_in(at)
        took = []
        for _ in range(40):
            began = time.monotonic()
            page.api("GET", "/today", expect=200)
            took.append((time.monotonic() - began) * 1000)
        page.close()
        quick = sorted(took)[len(took) // 4]
        check(quick < 35, f"three of four answers took longer than {quick:.1f} ms")


if __name__ == "__main__":
    harness.main({"reads_and_writes": reads_and_writes, "pages": pages, "refusals": refusals,
                  "sessions": sessions, "not_told_to_others": not_told_to_others,
                  "offices": offices, "metrics": metrics,
                  "certificate_is_taken_up": certificate_is_taken_up,
                  "answers_do_not_wait": answers_do_not_wait, "seen_by_whom": seen_by_whom,
                  "rests_until_somebody_comes": rests_until_somebody_comes,
                  "trusted_in_one_step": trusted_in_one_step,
                  "pages_port_taken": pages_port_taken})

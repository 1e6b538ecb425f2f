#!/usr/bin/env python3
"""The ready configurations of deploy/examples, in Debian's nginx: these very files,
with addresses and folders of the test in the place of theirs."""
import contextlib
import http.client
import http.server
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time

import harness
from harness import REPO, Tree, check, free_port_pair, wait_until
from live import Listener
from pages import PASSWORD, Browser, office, person

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
NAME = "tiepdan.example.vn"
EXAMPLES = REPO / "deploy" / "examples"
MAIN = """{user}daemon off;
pid {dir}/pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    default_type text/plain;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    include {dir}/lienthong.conf;
}}
"""


def run(*command, **how):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=30,
                          check=False, **how)
    check(done.returncode == 0, f"{command[:3]}: {done.stderr[-800:]}")
    return done.stdout


def put(text, old, new):
    """The one place of @old in the file; a file that has changed is seen here."""
    check(text.count(old) >= 1, f"the example has no {old!r} any more")
    return text.replace(old, new)


class Authority:
    """A CA of the office, by openssl, in a folder."""

    def __init__(self, folder, name):
        self.at = folder / name
        self.at.mkdir()
        (self.at / "index").write_text("")
        (self.at / "crlnumber").write_text("01\n")
        (self.at / "conf").write_text(
            "[ca]\ndefault_ca=c\n[c]\ndatabase={0}/index\ncrlnumber={0}/crlnumber\n"
            "default_md=sha256\ndefault_crl_days=9\ncertificate={0}/ca.crt\nprivate_key={0}/ca.key\n"
            .format(self.at))
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", f"/CN={name}", "-days", "9", "-keyout", self.at / "ca.key",
            "-out", self.at / "ca.crt")

    def issue(self, name, alt=None):
        """A certificate and its key."""
        key, crt, ext = (self.at / f"{name}.{end}" for end in ("key", "crt", "ext"))
        ext.write_text(f"subjectAltName={alt}\n" if alt else "extendedKeyUsage=clientAuth\n")
        request = run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
                      "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-keyout", key)
        run("openssl", "x509", "-req", "-days", "9", "-CA", self.at / "ca.crt", "-CAkey",
            self.at / "ca.key", "-CAcreateserial", "-extfile", ext, "-out", crt, input=request)
        return crt, key

    def revoked(self, *crts):
        for crt in crts:
            run("openssl", "ca", "-config", self.at / "conf", "-revoke", crt)
        return run("openssl", "ca", "-config", self.at / "conf", "-gencrl")


@contextlib.contextmanager
def nginx(tree, text, node):
    """nginx with that configuration; where it listens."""
    folder = tree.dir / "nginx"
    folder.mkdir(exist_ok=True)
    port = free_port_pair()[0]
    text = put(text, "listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = put(text, "/etc/nginx/tls", str(folder / "tls"))
    (folder / "lienthong.conf").write_text(text)
    main = folder / "nginx.conf"
    # As root its workers would be another user, who is not in the daemon's group.
    main.write_text(MAIN.format(dir=folder, user="user root;\n" if os.getuid() == 0 else ""))
    run(NGINX, "-p", folder, "-e", "stderr", "-c", main, "-t")
    log = open(folder / "log", "w")
    process = subprocess.Popen([NGINX, "-p", folder, "-e", "stderr", "-c", main], stderr=log)
    try:
        def answers():
            check(process.poll() is None, f"nginx ended: {(folder / 'log').read_text()[-800:]}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
                return True
            return False
        wait_until(answers, "nginx to listen")
        yield "127.0.0.1", port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)
        log.close()


def tls_folder(tree):
    folder = tree.dir / "nginx" / "tls"
    folder.mkdir(parents=True)
    web = Authority(tree.dir, "web")
    crt, key = web.issue("tiepdan", f"DNS:{NAME}")
    (folder / "tiepdan.crt").write_bytes(crt.read_bytes())
    (folder / "tiepdan.key").write_bytes(key.read_bytes())
    return folder, web.at / "ca.crt"


class Outside(Browser):
    """A browser at nginx, which checks its certificate and may show one of its own."""

    def __init__(self, at, trusted, shows=None):
        super().__init__(at)
        self.context = ssl.create_default_context(cafile=str(trusted))
        if shows:
            self.context.load_cert_chain(*map(str, shows))

    def connect(self):
        if self.connection is None:
            at, told = self.at, self.context

            class Connection(http.client.HTTPSConnection):
                def connect(self):
                    self.sock = told.wrap_socket(socket.create_connection(at, 20),
                                                 server_hostname=NAME)
            self.connection = Connection(NAME, at[1], timeout=20)
        return self.connection

    def listen(self):
        """A page's EventSource by the same way."""
        listener = Listener.__new__(Listener)
        plain = socket.create_connection(self.at, 20)
        listener.tls = self.context.wrap_socket(plain, server_hostname=NAME)
        cookies = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        listener.tls.sendall(f"GET /api/v1/live HTTP/1.1\r\nHost: {NAME}:{self.at[1]}\r\n"
                             f"Accept: text/event-stream\r\nCookie: {cookies}\r\n\r\n".encode())
        listener.text, listener.last, listener.ended = b"", None, False
        return listener


def hears_at_once(page, node, what):
    """An event is here as soon as it is written: nothing on the way keeps it back."""
    listener = page.listen()
    listener.until(lambda kind, data: kind in ("hello", "reset", "link", "change"), 10)
    before = time.monotonic()
    event = node.ok("case", "open", "--type", "feedback", "--field", "land")["event"]
    listener.until(lambda kind, data: kind == "change" and data["event"] == event, 10)
    took = time.monotonic() - before
    check(took < 5, f"{what}: heard after {took:.1f} s")


def before_the_pages():
    """nginx.conf: TLS outside, proved TLS inside, and nothing more believed."""
    with Tree() as tree:
        node, at = office(tree, pages_per_address=200)
        person(node, "an", ["officer"], by="lan")
        tls, trusted = tls_folder(tree)
        (tls / "lienthong-pages.crt").write_bytes((node.dir / "identity" / "pages.crt").read_bytes())
        text = put((EXAMPLES / "nginx.conf").read_text(), "server 127.0.0.1:7443;",
                   f"server {at[0]}:{at[1]};")
        with nginx(tree, text, node) as front:
            page = Outside(front, trusted)
            shown = page.ask("GET", "/desk")
            check(shown.status == 200 and b"<script" in shown.body, shown)
            check(shown.headers["Strict-Transport-Security"], "no HSTS")
            check("default-src 'none'" in shown.headers["Content-Security-Policy"], "no policy")
            origin = {"Origin": f"https://{NAME}:{front[1]}"}
            who = {"name": "an", "password": PASSWORD}
            check(page.api("POST", "/session", who, headers={"Origin": "https://other.example"})
                  .status == 403, "another site's page")
            entered = page.api("POST", "/session", who, headers=origin, expect=200)
            check("Secure" in entered.headers["Set-Cookie"], entered.headers["Set-Cookie"])
            page.api("POST", "/cases", {"type": "feedback", "field": "land"}, headers=origin,
                     expect=201)
            hears_at_once(page, node, "nginx.conf")
            # What a browser says of who is there is nobody's word.
            stranger = Outside(front, trusted)
            told = stranger.api("GET", "/session", headers={"X-Lienthong-Person": "lan"})
            check((told.status, told.json["code"]) == (401, "sign_in_needed"), told)
            told = stranger.api("POST", "/session", {}, headers={"X-Lienthong-Person": "lan"})
            check(told.status in (400, 401, 422), told)
            check(stranger.ask("GET", "/metrics").status == 404, "monitoring by the way of nginx")
            large = Outside(front, trusted).api("POST", "/session", {"name": "x" * 70000})
            check(large.status == 413, large)
            fits = Outside(front, trusted).api("POST", "/session", {"name": "x" * 60000,
                                                                    "password": "x"})
            check(fits.status in (400, 401, 422), f"within the bound: {fits}")
            # Too many at once are turned away by nginx, and the daemon goes on.
            check(page.ask("GET", "/healthz").status == 200, "the daemon")
            got = [page.ask("GET", "/healthz").status for _ in range(150)]
            check(got.count(200) > 50 and got.count(503) > 0 and set(got) == {200, 503}, f"{set(got)}")
            Browser(at).api("GET", "/session", expect=401)
        # Another certificate behind it: nginx does not speak to who is not the node.
        (tls / "lienthong-pages.crt").write_bytes(trusted.read_bytes())
        with nginx(tree, text, node) as front:
            check(Outside(front, trusted).ask("GET", "/healthz").status == 502, "spoken to anybody")


def says_who_is_there():
    """nginx-people.conf with client certificates: the name is the certificate's, and
    what a browser says of it is overwritten."""
    with Tree() as tree:
        node, at = office(tree, pages_proxy="true")
        for name in ("an", "binh"):
            person(node, name, ["officer"], by="lan")
        tls, trusted = tls_folder(tree)
        people = Authority(tree.dir, "people")
        certs = {name: people.issue(name) for name in ("an", "binh", "ma", "lan")}
        strange = Authority(tree.dir, "strangers").issue("lan")
        (tls / "people-ca.crt").write_bytes((people.at / "ca.crt").read_bytes())
        (tls / "people-ca.crl").write_text(people.revoked(certs["binh"][0]))
        text = put((EXAMPLES / "nginx-people.conf").read_text(), "/var/lib/lienthong/pages.sock",
                   str(node.dir / "pages.sock"))
        with nginx(tree, text, node) as front:
            for says in ({}, {"X-Lienthong-Person": "lan"}):
                page = Outside(front, trusted, certs["an"])
                offered = page.api("GET", "/session", headers=says)
                check(offered.json["code"] == "sign_in_offered", offered)
                entered = page.api("POST", "/session", {}, headers=says, expect=200)
                check(entered.json["person"]["name"] == "an", f"{says}: {entered}")
            hears_at_once(page, node, "nginx-people.conf")
            check(page.ask("GET", "/metrics").status == 404, "monitoring by the way of nginx")
            bare = Outside(front, trusted)
            for says in ({}, {"X-Lienthong-Person": "lan"}):
                check(bare.api("GET", "/session", headers=says).json["code"] == "sign_in_needed",
                      f"without a certificate: {says}")
                check(bare.api("POST", "/session", {}, headers=says).status in (400, 401, 422),
                      f"without a certificate: {says}")
            bare.api("POST", "/session", {"name": "an", "password": PASSWORD}, expect=200)
            nobody = Outside(front, trusted, certs["ma"])
            check(nobody.api("POST", "/session", {}).status in (400, 401, 422), "of no person here")
            for shows, why in ((certs["binh"], "revoked"), (strange, "another authority's")):
                answer = Outside(front, trusted, shows).ask("GET", "/api/v1/session")
                check(answer.status == 400 and b"certificate" in answer.body.lower(),
                      f"{why}: {answer}")
            large = Outside(front, trusted).api("POST", "/session", {"name": "x" * 70000})
            check(large.status == 413, large)
        # At the daemon's own port the same header is nobody's word.
        told = Browser(at).api("GET", "/session", headers={"X-Lienthong-Person": "an"})
        check(told.json["code"] == "sign_in_needed", told)


class Accounts(http.server.BaseHTTPRequestHandler):
    """What a program that speaks OpenID Connect answers nginx: whose cookie it is."""

    def do_GET(self):
        account = re.search(r"oidc=(\w+)", self.headers.get("Cookie") or "")
        self.send_response(202 if account else 401)
        if account:
            self.send_header("X-Auth-Request-Preferred-Username", account[1])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *what):
        pass


def by_account(text, accounts):
    """Part B of the example, as its own words say: in the place of the map."""
    text, _, more = text.partition("# B) ")
    more = more.partition("\n#\n")[2]  # behind its words
    block = "\n".join(line[1:] for line in more.splitlines() if line.startswith("#    "))
    text, found = re.subn(r"map .*?\n}\n", "", text, flags=re.S)
    check(found == 1, "no map")
    for gone in (r"    ssl_client_certificate [^\n]*\n", r"    ssl_crl [^\n]*\n",
                 r"    ssl_verify_client [^\n]*\n", r"    location / \{.*?\n    \}\n",
                 r"    proxy_set_header X-Lienthong-Person \$lienthong_person;\n"):
        text, found = re.subn(gone, "", text, flags=re.S)
        check(found == 1, f"no {gone}")
    at = text.rindex("    location = /metrics")
    return put(text[:at] + block + "\n" + text[at:], "127.0.0.1:4180", accounts)


def by_openid_connect():
    """nginx-people.conf with its part B: the name is the account's."""
    with Tree() as tree:
        node, _ = office(tree, pages_proxy="true")
        person(node, "an", ["officer"], by="lan")
        tls, trusted = tls_folder(tree)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Accounts)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            text = by_account((EXAMPLES / "nginx-people.conf").read_text(),
                              f"127.0.0.1:{server.server_port}")
            text = put(text, "/var/lib/lienthong/pages.sock", str(node.dir / "pages.sock"))
            with nginx(tree, text, node) as front:
                stranger = Outside(front, trusted)
                for says in ({}, {"X-Lienthong-Person": "lan"}):
                    check(stranger.ask("GET", "/api/v1/session", headers=says).status == 401, "in")
                for says in ({}, {"X-Lienthong-Person": "lan"}):
                    page = Outside(front, trusted)
                    page.cookies["oidc"] = "an"
                    entered = page.api("POST", "/session", {}, headers=says, expect=200)
                    check(entered.json["person"]["name"] == "an", f"{says}: {entered}")
                hears_at_once(page, node, "part B")
                # Where no account is asked for, no name gets through either.
                listener = stranger.listen()
                listener.tls.settimeout(20)
                check(b" 401 " in listener.tls.recv(4096), "heard by nobody")
        finally:
            server.shutdown()
            server.server_close()


if __name__ == "__main__":
    if not shutil.which(NGINX):
        raise SystemExit("nginx is missing: deploy/install tests/packages.txt")
    harness.main({f.__name__: f for f in (before_the_pages, says_who_is_there, by_openid_connect)})

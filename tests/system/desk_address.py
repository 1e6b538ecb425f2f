"""Where the pages are: what is printed is what answers, what a phone reads from the
code, and the certificate that comes from there."""
import hashlib
import os
import pathlib
import pty
import re
import signal
import socket
import ssl
import subprocess

import harness
import qr
from alone import give_addresses, inside, put_alone
from harness import BIN, Tree, check, free_port_pair, wait_until
from pages import Browser, serve

HALF_BLOCKS = re.compile(r"^[ ▀▄█]{20,}$")


def shown(node, *words, **settings):
    """The command as a person sees it: plain, in a pipe."""
    done = node.tool("desk", "address", *words, json_out=False, **settings)
    check(done.code == 0, done)
    return done.out


def code_of(text):
    lines = [line for line in text.splitlines() if HALF_BLOCKS.match(line)]
    return qr.from_screen(lines), lines


def fingerprint(pem, kind):
    digest = hashlib.new(kind, ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
    return ":".join(digest[i:i + 2] for i in range(0, len(digest), 2))


def what_answers():
    """The address, its code and the certificate are those of the pages that answer
    there; in the terminal's code as in that for scripts."""
    with Tree() as tree:
        node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        host, port = serve(tree, node, listen="127.0.0.3:0")
        url = f"https://{host}:{port}"
        pem = Browser((host, port)).ask("GET", "/lienthong.crt").body.decode()

        told = node.ok("desk", "address")
        check(told["addresses"] == [{"url": url, "here_only": True, "named": True}], told)
        check(told["qr"]["text"] == url and qr.read(told["qr"]["rows"]) == url, told["qr"])
        cert = told["certificate"]
        check(cert["sha256"] == fingerprint(pem, "sha256"), cert)
        check(cert["sha1"] == fingerprint(pem, "sha1"), cert)
        check(cert["own"] is True and cert["url"] == url + "/lienthong.crt", cert)
        check(pathlib.Path(cert["file"]).read_text() == pem, cert)
        ends = ssl._ssl._test_decode_cert(cert["file"])["notAfter"]
        check(int(ends.split()[3]) == int(cert["until"][:4]), f"{ends} {cert}")

        for lang, word in (("vi", "Các trang của cơ quan"), ("en", "The office's pages")):
            text = shown(node, "--lang", lang)
            rows, lines = code_of(text)
            check(word in text and url in text and cert["sha256"] in text, text)
            check(qr.read(rows) == url, text)
            check("\033" not in text, "colours in a pipe")
            check(f"{url}/lienthong.crt" in text and "certutil -addstore" in text, text)
            check(all(not line.strip() for line in (lines[0], lines[1])), "no quiet zone above")


def on_a_terminal():
    """On a terminal the code is black on white whatever its colours are, unless
    somebody has said otherwise."""
    with Tree() as tree:
        node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        host, port = serve(tree, node, listen="127.0.0.3:0")

        def seen(*words, **env):
            master, slave = pty.openpty()
            run = subprocess.Popen([BIN / "lienthong", "--dir", node.dir, "desk", "address", *words],
                                   stdout=slave, stderr=slave, env={**os.environ, "TERM": "xterm",
                                                                    **env})
            os.close(slave)
            got = b""
            try:
                while part := os.read(master, 65536):
                    got += part
            except OSError:
                pass  # the other end is closed
            os.close(master)
            check(run.wait(60) == 0, got)
            return got.decode().replace("\r\n", "\n")

        coloured = seen()
        check(coloured.count("\033[30;107m") == coloured.count("\033[0m") > 10, coloured)
        for plain in (seen("--no-colour"), seen(NO_COLOR="1"), seen(TERM="dumb")):
            check("\033" not in plain, "colours")
            check(qr.read(code_of(plain)[0]) == f"https://{host}:{port}", plain)
        bare = re.sub(r"\033\[[0-9;]*m", "", coloured)
        check(qr.read(code_of(bare)[0]) == f"https://{host}:{port}", bare)


def which_is_best():
    """The code has the address that the certificate names; one that it does not
    is told with what browsers will do."""
    with Tree() as tree:
        node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        host, port = serve(tree, node, listen="127.0.0.3:0")
        check(node.ok("desk", "address")["addresses"][0]["named"] is True, "not named")
        node.stop()
        # One that somebody else has made names what it names, and stays so.
        for name in ("pages.key", "pages.crt"):
            (node.dir / "identity" / name).unlink()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=other", "-days", "999",
                        "-addext", "subjectAltName=IP:127.0.0.3",
                        "-keyout", node.dir / "identity" / "pages.key",
                        "-out", node.dir / "identity" / "pages.crt"],
                       check=True, capture_output=True, timeout=30)
        file = node.dir / "conf.d" / "60-pages.conf"
        file.write_text(f'pages_listen = {{"127.0.0.4:{port}", "127.0.0.3:{port}"}}\n')
        node.start()
        told = node.ok("desk", "address")
        check([(a["url"], a["named"]) for a in told["addresses"]]
              == [(f"https://127.0.0.3:{port}", True), (f"https://127.0.0.4:{port}", False)], told)
        check(told["qr"]["text"] == f"https://127.0.0.3:{port}", told["qr"])


def browse(node, host, port):
    """As a browser does that trusts the node's certificate: "ok", or what it says. In
    the network of the node."""
    script = ("import socket,ssl,sys;c=ssl.create_default_context(cafile=sys.argv[1])\n"
              "try:\n"
              "  with socket.create_connection((sys.argv[2],int(sys.argv[4])),10) as s:\n"
              "    c.wrap_socket(s,server_hostname=sys.argv[3]).close();print('ok')\n"
              "except ssl.SSLCertVerificationError as e: print(e.verify_message)")
    to = host if host[0].isdigit() else "127.0.0.1"
    done = inside(node, "python3", "-c", script, node.dir / "identity" / "pages.crt", to, host, port)
    check(done.returncode == 0, done.stderr)
    return done.stdout.strip()


def all_of_the_machine_is_named():
    """0.0.0.0 in the certificate is the machine's name and each of its addresses; of
    a new one the certificate is made anew, by the same key, and goes on naming the
    old ones; more than there is room for are left out."""
    with Tree() as tree:
        node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        put_alone(tree, node)
        port = free_port_pair()[0]
        (node.dir / "conf.d" / "60-pages.conf").write_text(
            f'pages_listen = {{"0.0.0.0:{port}"}}\n')
        node.start()
        key = (node.dir / "identity" / "pages.key").read_bytes()
        cert = node.dir / "identity" / "pages.crt"
        check(browse(node, socket.gethostname(), port) == "ok", "its name")
        check(browse(node, "127.0.0.1", port) == "ok", "its loopback")
        first = cert.read_text()
        give_addresses(node, 1, "10.20.30.40", "192.168.7.9")
        check("mismatch" in browse(node, "10.20.30.40", port), "named before it was there")
        print("  honest: an address that it does not name is refused", flush=True)
        os.kill(node.pid(), signal.SIGHUP)
        for address in ("10.20.30.40", "192.168.7.9", "127.0.0.1"):
            wait_until(lambda: browse(node, address, port) == "ok", f"{address} to be named")
        second = cert.read_text()
        check(second != first and (node.dir / "identity" / "pages.key").read_bytes() == key, "its key")
        wait_until(lambda: "pages_certificate_renewed" in node.notes(), "a note")
        node.stop()
        node.start()  # without them, which it goes on naming
        check(cert.read_text() == second, "another certificate for nothing")
        give_addresses(node, 1, *(f"10.9.{i // 200}.{i % 200 + 1}" for i in range(70)))
        os.kill(node.pid(), signal.SIGHUP)
        wait_until(lambda: cert.read_text() != second, "its third")
        named = ssl._ssl._test_decode_cert(str(cert))["subjectAltName"]
        check(20 < len(named) <= 48, f"{len(named)} names")
        check(("DNS", socket.gethostname()) in named and ("IP Address", "127.0.0.1") in named, named)
        wait_until(lambda: browse(node, "10.9.0.1", port) == "ok", "the first of them")
        third = cert.read_text()
        os.kill(node.pid(), signal.SIGHUP)
        wait_until(lambda: node.notes().count("reload_done") >= 2, "the reload")
        node.status()
        check(cert.read_text() == third, "made anew for what has no room")


def refused_with_why():
    """Nobody is told an address that does not answer."""
    with Tree() as tree:
        node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        serve(tree, node, pages_tls="off")
        plain = node.ok("desk", "address")
        check(plain["certificate"] is None and plain["qr"]["text"].startswith("http://127."), plain)
        check("pages_tls = off" in shown(node, "--lang", "en"), "no word of why")
        node.stop()
        stopped = node.tool("desk", "address")
        check(stopped.code == 69 and "daemon_not_running" in stopped.err, stopped)
        (node.dir / "conf.d" / "60-pages.conf").write_text("pages_listen = {}\n")
        node.start()
        off = node.tool("desk", "address", "--lang", "en")
        check(off.code == 69 and "pages_not_served" in off.err and "switched off" in off.err, off)
        check(not off.out, off)
        wrong = node.tool("desk", "address", "more")
        check(wrong.code == 64, wrong)


if __name__ == "__main__":
    harness.main({"what_answers": what_answers, "on_a_terminal": on_a_terminal,
                  "which_is_best": which_is_best,
                  "all_of_the_machine_is_named": all_of_the_machine_is_named,
                  "refused_with_why": refused_with_why})

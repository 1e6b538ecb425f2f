"""The root's key in a safe: it signs on a machine without network, by files that go out and
come back; what is not in order is refused with a word that says what to do."""
import base64
import os

import harness
from bypass import role
from harness import Tree, check, run_tool, wait_until
from keylife import certificate, later, restart
from keys import CASE, applied


def refused(result, reason, code="root_file_refused"):
    check(result.code != 0 and result.error.get("code") == code, f"{result}")
    check(reason in result.error["text"], f"{reason!r} not in {result.error['text']!r}")
    check(result.error["remedy"], f"{result}")


def sign(safe, request, answer, *more):
    """On a machine of its own: an empty folder, the key and the request."""
    plant = os.environ.get("LIENTHONG_PLANT")
    return run_tool("root", "sign", request, "--key", safe, "--out", answer, *more,
                    dir=safe.parent / "nothing",
                    env={"LIENTHONG_TOOL_PLANT": plant} if plant else None)


def away(node, safe):
    node.stop()
    done = node.tool("root", "away", safe)
    check(done.code == 0, f"{done}")
    check(not (node.dir / "identity" / "ca.key").exists(), "the key is still here")
    check(safe.stat().st_mode & 0o777 == 0o400, f"{safe.stat()}")


def later_key_by_file():
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        commune = tree.child(province, "Xã Thạnh Đức", "commune", key="c")
        first = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [first]), "the first case")
        safe = tree.dir / "root.key"
        running = province.tool("root", "away", safe)
        check(running.error.get("code") == "already_running", f"{running}")
        away(province, safe)
        again = province.tool("root", "away", tree.dir / "twice.key")
        check(again.error.get("code") == "root_key_away", f"{again}")
        rotate = province.tool("key", "rotate")
        check(rotate.error.get("code") == "root_key_away", f"{rotate}")
        commune.stop()
        other = commune.tool("root", "request", tree.dir / "c.pem")
        check(other.error.get("code") == "not_the_root", f"{other}")
        commune.start()
        print("  honest: the key is away", flush=True)

        request, signed = tree.dir / "request.pem", tree.dir / "signed.pem"
        check(province.tool("root", "request", request, "--rotate", "--transport").code == 0,
              "the request")
        shown = run_tool("root", "show", request).json
        check(shown["office"] == province.office and shown["serial"] == 2 and
              shown["previous_key_id"], f"{shown}")
        # It was lost: the same question again.
        check(province.tool("root", "request", tree.dir / "again.pem", "--rotate").code == 0, "again")
        check((tree.dir / "again.pem").read_bytes() == request.read_bytes(), "another question")
        done = sign(safe, request, signed)
        check(done.code == 0, f"{done}")
        check(sign(safe, request, signed).error.get("code") == "cannot_create", "overwritten")
        done = province.tool("root", "install", signed)
        check(done.code == 0 and done.json["key_id"] == shown["key_id"], f"{done}")
        check(not (province.dir / "rotating").exists(), "what was asked is left")
        province.start()
        wait_until(lambda: role(province, commune.office) == "child",
                   lambda: "the commune's link\n" + commune.notes()[-1500:], 90)
        case = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [first, case]), "a case after the rotation")
        check(province.ok("verify", timeout=60)["ok"], "verify")


def certificate_by_file():
    later(0)
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        safe = tree.dir / "root.key"
        away(province, safe)
        province.start(env=later(500))
        wait_until(lambda: "certificate_ends" in province.alarms(),
                   lambda: str(province.alarms()))
        check(certificate(province)["reason"] == "root_key_away", f"{certificate(province)}")
        print("  honest: it cannot renew by itself", flush=True)
        province.stop()
        request, signed = tree.dir / "request.pem", tree.dir / "signed.pem"
        check(province.tool("root", "request", request).code == 0, "the request")
        done = sign(safe, request, signed, "--days", 1500)
        check(done.code == 0, f"{done}")
        done = province.tool("root", "install", signed)
        check(done.code == 0, f"{done}")
        province.start(env=later(500))
        check(certificate(province)["state"] == "valid", f"{certificate(province)}")
        check("certificate_ends" not in province.alarms(), str(province.alarms()))
        restart((province,), 501)
        check(certificate(province)["state"] == "valid", f"{certificate(province)}")


def bad_files():
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        other = tree.root("Tỉnh Khác", key="o")
        safe, alien = tree.dir / "root.key", tree.dir / "other.key"
        away(province, safe)
        away(other, alien)
        request, signed = tree.dir / "request.pem", tree.dir / "signed.pem"
        check(province.tool("root", "request", request, "--rotate").code == 0, "the request")
        check(sign(safe, request, signed).code == 0, "signed")
        theirs, their_answer = tree.dir / "theirs.pem", tree.dir / "theirs.signed"
        check(other.tool("root", "request", theirs).code == 0, "the other's request")
        check(sign(alien, theirs, their_answer).code == 0, "the other's answer")
        print("  honest: two roots have asked and were answered", flush=True)
        out = tree.dir / "out.pem"
        refused(sign(alien, request, out), "not this root's")
        refused(sign(safe, signed, out), "root install")
        refused(province.tool("root", "install", request), "root sign")
        refused(province.tool("root", "install", their_answer), "")
        # An answer of the present key where a later one was asked for, and rubbish.
        text = request.read_text()
        rubbish = tree.dir / "rubbish.pem"
        rubbish.write_bytes(os.urandom(2000))
        refused(sign(safe, rubbish, out), "no request")
        refused(province.tool("root", "install", rubbish), "no answer")
        half = tree.dir / "half.pem"
        half.write_text(text[:len(text) // 2])
        refused(sign(safe, half, out), "")
        no_root = tree.dir / "noroot.pem"
        begin = text.index("-----BEGIN LIENTHONG")
        no_root.write_text(text[begin:])
        refused(sign(safe, no_root, out), "certificate")
        # The key of the request is swapped for one's own: the proof does not fit.
        lines = text[begin:].splitlines()
        body = bytearray(base64.b64decode("".join(l for l in lines if not l.startswith("---"))))

        def forge(name, content):
            encoded = base64.b64encode(bytes(content)).decode()
            rows = [encoded[i:i + 64] for i in range(0, len(encoded), 64)]
            (tree.dir / name).write_text(text[:begin] + "\n".join([lines[0], *rows, lines[-1]])
                                         + "\n")
            return sign(safe, tree.dir / name, tree.dir / (name + ".out"))
        check(forge("same.pem", body).code == 0, "the same, written anew")
        proven = 0
        for at in range(40, len(body), 7):
            changed = bytearray(body)
            changed[at] ^= 1
            result = forge(f"forged{at}.pem", changed)
            if result.code == 0:  # the software's name is nobody's promise
                proven += 1
            else:
                refused(result, "")
        check(proven <= 4, f"{proven} changed requests were signed")
        huge = tree.dir / "huge.pem"
        huge.write_bytes(b"#" * (300 * 1024))
        check(sign(safe, huge, out).error.get("code") == "too_big", "a huge file")
        check(sign(safe, request, out, "--days", 9999).error.get("code") == "invalid", "days")
        check(sign(tree.dir / "gone.key", request, out).error.get("code") == "input_missing",
              "no key")
        check(not out.exists(), "something was signed")
        # After all of it the honest answer is taken.
        check(province.tool("root", "install", signed).code == 0, "the honest one")
        province.start()


if __name__ == "__main__":
    harness.main({"later_key_by_file": later_key_by_file,
                  "certificate_by_file": certificate_by_file,
                  "bad_files": bad_files})

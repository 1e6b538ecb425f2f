"""Live events: what a page hears, where it goes on after a gap, and that a slow
one hurts nobody."""
import json
import socket
import subprocess
import time

import harness
from harness import BIN, Tree, check, wait_until
from pages import Browser, context, office, signed_in


class Listener:
    """A page's EventSource."""

    def __init__(self, at, cookies, last=None, small=False):
        plain = socket.socket()
        if small:  # takes little, and reads nothing
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.settimeout(20)
        plain.connect(at)
        self.tls = context().wrap_socket(plain)
        head = ["GET /api/v1/live HTTP/1.1", "Host: x", "Accept: text/event-stream",
                "Cookie: " + "; ".join(f"{k}={v}" for k, v in cookies.items())]
        if last is not None:
            head.append(f"Last-Event-ID: {last}")
        self.tls.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        self.text, self.last, self.ended = b"", last, False

    def take(self, wait_s=0.05):
        """Read what is there; events as (kind, data)."""
        self.tls.settimeout(wait_s)
        try:
            got = self.tls.recv(65536)
            self.ended = got == b""
            self.text += got
        except (TimeoutError, socket.timeout):
            pass
        except OSError:
            self.ended = True
        *whole, self.text = self.text.split(b"\n\n")
        events = []
        for part in whole:
            fields = dict(line.split(": ", 1) for line in part.decode().split("\n")
                          if ": " in line and not line.startswith(":"))
            self.last = fields.get("id", self.last)
            if "event" in fields:
                events.append((fields["event"], json.loads(fields.get("data", "{}"))))
        return events

    def until(self, wanted, patience_s=20):
        """Everything up to the first event that is wanted."""
        seen, end = [], time.monotonic() + patience_s
        while time.monotonic() < end and not self.ended:
            for event in self.take():
                seen.append(event)
                if wanted(*event):
                    return seen
        raise harness.Failed(f"heard only {seen[-5:]}, ended: {self.ended}")

    def close(self):
        self.tls.close()


def settled(listener):
    """The reset that the first listener of all gets once the ring is filled."""
    listener.until(lambda kind, _: kind == "reset")
    return listener


def of(event):
    return lambda kind, data: kind == "change" and data["event"] == event


def raised_below_is_heard_above():
    with Tree() as tree:
        province, at = office(tree)
        commune = tree.child(province, "Xã Tân Bình", "commune", key="c")
        page = signed_in(at)
        first = settled(Listener(at, page.cookies))
        raised = commune.ok("incident", "raise", "--place", "reception", "--subject", "x",
                            "--people", 9)
        kind, data = first.until(of(raised["event"]))[-1]
        check(data["kind"] == "incident" and data["urgent"] and data["matter"] == raised["id"] and
              data["origin"] == commune.office and data["type"] == "INCIDENT_RAISED", data)
        taken = province.ok("incident", "take", raised["id"])
        data = first.until(of(taken["event"]))[-1][1]
        check(data["matter"] == raised["id"], data)
        opened = commune.ok("case", "open", "--type", "complaint", "--field", "land")
        data = first.until(of(opened["event"]))[-1][1]
        check(data["kind"] == "case" and not data["urgent"], data)
        # The commune goes: a change of the status, without an id of its own.
        commune.stop()
        first.until(lambda kind, _: kind == "status")


def goes_on_after_a_gap():
    with Tree() as tree:
        node, at = office(tree)
        page = signed_in(at)
        first = settled(Listener(at, page.cookies))
        one = node.ok("case", "open", "--type", "feedback", "--field", "land")["event"]
        first.until(of(one))
        last = first.last
        first.close()
        missed = [node.ok("case", "open", "--type", "feedback", "--field", "land")["event"]
                  for _ in range(5)]
        again = Listener(at, page.cookies, last)
        seen = again.until(of(missed[-1]))
        check([d["event"] for k, d in seen if k == "change"] == missed, seen)
        check(not [k for k, _ in seen if k == "reset"], seen)
        # A newcomer hears what comes, not what was.
        new = Listener(at, page.cookies)
        later = node.ok("case", "open", "--type", "feedback", "--field", "land")["event"]
        seen = new.until(of(later))
        check([d["event"] for k, d in seen if k == "change"] == [later], seen)
        # An id that nobody knows: everything has to be loaded anew.
        lost = Listener(at, page.cookies, "p999999999")
        check(lost.until(lambda kind, _: kind == "reset")[-1][0] == "reset", "no reset")


def slow_one_is_cut():
    with Tree() as tree:
        node, at = office(tree)
        page = signed_in(at)
        quick = settled(Listener(at, page.cookies))
        slow = Listener(at, page.cookies, small=True)
        wait_until(lambda: listeners(at) == 2, "both to listen")
        written = []

        def cut():
            batch = write(node, 300, seed=len(written))
            written.extend(batch)
            quick.until(of(batch[-1]))
            return listeners(at) == 1
        wait_until(cut, lambda: f"the slow one to be cut, {len(written)} events", 120)
        last = node.ok("case", "open", "--type", "feedback", "--field", "land")["event"]
        quick.until(of(last))
        slow.close()


def write(node, events, seed):
    """So many entries of a desk, fast; their ids."""
    ledger = node.dir.parent / "ledger"
    done = subprocess.run(
        [str(BIN / "lienthong-load"), "--corpus", "cases", "--seed", str(seed), "--events",
         str(events), "--batch", "50", "--to-socket", str(node.dir), "--ledger", str(ledger)],
        capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, f"lienthong-load: {done.stderr}")
    return ledger.read_text().split()


def listeners(at):
    for line in Browser(at).ask("GET", "/metrics").body.decode().splitlines():
        if line.startswith("lienthong_http_listeners "):
            return int(line.split()[1])
    return None


def who_signs_out_hears_no_more():
    with Tree() as tree:
        _, at = office(tree)
        page = signed_in(at)
        listener = settled(Listener(at, page.cookies))
        page.api("DELETE", "/session", expect=204)

        def over():
            listener.take()
            return listener.ended or b"\r\n0\r\n" in listener.text
        wait_until(over, lambda: f"the stream to end within a heartbeat: {listener.text}", 25)
        check(Listener(at, {"lt_session": "x"}).tls.recv(100).startswith(b"HTTP/1.1 401"), "open")


if __name__ == "__main__":
    harness.main({"raised_below_is_heard_above": raised_below_is_heard_above,
                  "goes_on_after_a_gap": goes_on_after_a_gap, "slow_one_is_cut": slow_one_is_cut,
                  "who_signs_out_hears_no_more": who_signs_out_hears_no_more})

"""A thousand pages that listen while twenty events a second come: what they
cost the daemon in memory, and how late each hears.

  listeners.py [--listeners 1000] [--rate 20] [--seconds 15]

Prints one JSON object. Every listener is a TLS connection of its own; fifty of
them are read as a browser does, the bytes of the others are taken from the
kernel and dropped, so that this program is not what is measured.
"""
import argparse
import json
import pathlib
import selectors
import socket
import ssl
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from harness import Tree, check, request_id, wait_until  # noqa: E402
from pages import context, office, signed_in  # noqa: E402


def memory_mb(pid):
    """What is the process's own: not the pages of files that it maps."""
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    raise OSError("no RssAnon")


def listen(at, cookie):
    plain = socket.create_connection(at, timeout=60)
    tls = context().wrap_socket(plain)
    tls.sendall(f"GET /api/v1/live HTTP/1.1\r\nHost: x\r\nCookie: lt_session={cookie}\r\n\r\n".encode())
    tls.setblocking(False)
    return tls


def drain(poll, stop):
    """Take what has come for the listeners that nobody reads."""
    while not stop.is_set():
        for key, _ in poll.select(0.2):
            try:
                socket.socket.recv(key.fileobj, 65536)  # past TLS, on purpose
            except OSError:
                pass


class Reader:
    def __init__(self, tls):
        self.tls, self.text, self.heard = tls, b"", {}

    def take(self):
        while True:
            try:
                got = self.tls.recv(65536)
            except (ssl.SSLWantReadError, BlockingIOError):
                break
            if not got:
                raise OSError("ended")
            self.text += got
        *whole, self.text = self.text.split(b"\n\n")
        now = time.monotonic()
        for part in whole:
            if b"event: change" in part:
                event = json.loads(part.split(b"data: ")[1].split(b"\n")[0])["event"]
                self.heard.setdefault(event, now)


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--listeners", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=15)
    args = parser.parse_args()
    with Tree() as tree:
        node, at = office(tree, pages_connections=args.listeners + 100,
                          pages_per_address=args.listeners + 100)
        page = signed_in(at)
        cookie = page.cookies["lt_session"]
        for i in range(20):  # what it needs once
            page.api("POST", "/cases", {"type": "feedback", "field": "land"}, expect=201)
        alone = memory_mb(node.pid())
        everybody = [listen(at, cookie) for _ in range(args.listeners)]
        read, dropped = everybody[:50], everybody[50:]
        rest = selectors.DefaultSelector()
        for tls in dropped:
            rest.register(tls, selectors.EVENT_READ)
        stop = threading.Event()
        drainer = threading.Thread(target=drain, args=(rest, stop))
        drainer.start()
        readers = [Reader(tls) for tls in read]
        poll = selectors.DefaultSelector()
        for reader in readers:
            poll.register(reader.tls, selectors.EVENT_READ, reader)
        written, most = {}, [0.0]

        page.close()  # it has idled meanwhile

        def write():
            end = time.monotonic() + args.seconds
            due = time.monotonic()
            while due < end:
                time.sleep(max(0, due - time.monotonic()))
                began = time.monotonic()
                answer = page.api("POST", "/cases", {"type": "feedback", "field": "land"},
                                  expect=201, key=request_id()).json
                written[answer["event"]] = began
                due += 1 / args.rate
        writer = threading.Thread(target=write)
        writer.start()
        quiet = None
        while quiet is None or time.monotonic() < quiet:
            for key, _ in poll.select(0.2):
                key.data.take()
            most[0] = max(most[0], memory_mb(node.pid()))
            if quiet is None and not writer.is_alive():
                quiet = time.monotonic() + 3
        stop.set()
        drainer.join()
        late = [reader.heard[event] - began for event, began in written.items()
                for reader in readers if event in reader.heard]
        missed = len(written) * len(readers) - len(late)
        check(missed == 0, f"{missed} events were not heard by those who were read")
        check(len(written) >= 0.5 * args.rate * args.seconds, f"only {len(written)} were written")
        print(json.dumps({
            "listeners": args.listeners, "events": len(written),
            "per_second": round(len(written) / args.seconds, 1),
            "memory_alone_mb": round(alone, 1), "memory_most_mb": round(most[0], 1),
            "http_listeners_mb": round(most[0] - alone, 1),
            "late_p50_ms": round(1000 * percentile(late, 0.5)),
            "late_p99_ms": round(1000 * percentile(late, 0.99)),
            "late_most_ms": round(1000 * max(late))}))
        for tls in everybody:
            tls.close()
        wait_until(lambda: signed_in(at), "others to be served again")


main()

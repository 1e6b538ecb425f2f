"""The day that deploy/demo plays: a session of the National Assembly.

Told from real plans of reception offices: every commune receives citizens,
forty people gather at one of them about compensation for land, somebody takes
it, the province issues a directive and its statuses come back, a district
loses power and returns. At the end each event that the tool was told is looked
for at every tier that should have it.
"""
import argparse
import csv
import datetime
import pathlib
import signal
import sys
import time
import traceback

import nodes
from keep import keep
from nodes import Failed, Tree, check, wait_until

DISTRICTS = {
    "705": ["25486", "25489", "25495", "25498", "25510"],
    "708": ["25585", "25588", "25591", "25603", "25624"],
}
PROVINCE = "72"
TIER_WORDS = {"national": "trung ương", "province": "tỉnh", "district": "huyện",
              "commune": "xã"}
PEOPLE = 40

RECEPTION = [
    ("complaint", "compensation",
     "Đề nghị xem xét đơn giá bồi thường khi thu hồi đất làm đường; hộ cho rằng thấp hơn các "
     "hộ liền kề"),
    ("complaint", "land",
     "Khiếu nại việc cấp giấy chứng nhận chồng lên lối đi chung của ba hộ"),
    ("recommendation", "transport",
     "Kiến nghị sửa cống ngang đường liên ấp, mùa mưa ngập không đi lại được"),
    ("feedback", "environment",
     "Phản ánh cơ sở chăn nuôi xả thải ra kênh thủy lợi, có mùi hôi từ đầu tháng"),
    ("recommendation", "social_policy",
     "Đề nghị rà soát danh sách hộ cận nghèo của ấp"),
    ("feedback", "administration",
     "Phản ánh hồ sơ tách thửa quá hạn trả mười hai ngày, chưa có thông báo"),
    ("complaint", "construction",
     "Khiếu nại quyết định tháo dỡ hàng rào trong hành lang bảo vệ đường bộ"),
]


class Story:
    def __init__(self, tree, tiers):
        self.tree, self.tiers = tree, tiers
        self.parents = {}    # key of an office -> key of the one above it
        self.kinds = {}
        self.ledger = []     # (writer's key, noun, event, keys of addressees)
        self.codes = []      # of receipts, as they were given
        self.arrivals = {}   # what: tier -> ms after its commit at the origin

    # -- the tree --

    def path(self, key):
        """The office and all above it, from itself."""
        path = [key]
        while self.parents[path[-1]] is not None:
            path.append(self.parents[path[-1]])
        return path

    def holders(self, writer, to=()):
        """Who should have what the writer wrote."""
        keys = set(self.path(writer))
        for addressee in to:
            keys.update(self.path(addressee))
        return keys

    def name(self, key):
        return self.tree.nodes[key].name

    # -- writing --

    def tell(self, key, *command, to=()):
        """A writing command at an office, entered in the ledger."""
        answer = self.tree.nodes[key].ok(*command)
        self.ledger.append((key, command[0], answer["event"], tuple(to)))
        if answer.get("receipt_code"):
            self.codes.append(answer["receipt_code"])
        return answer

    def arrived(self, event, keys):
        """Wait for the event at all of keys: key -> moment of its commit."""
        moments = {}

        def everywhere():
            for key in keys:
                if key not in moments:
                    moment = self.find(key, event)
                    if moment is not None:
                        moments[key] = moment
            return len(moments) == len(keys)

        wait_until(everywhere, lambda: "an event to be at " + ", ".join(
            self.name(k) for k in keys if k not in moments), 30)
        return moments

    def find(self, key, event):
        for line in self.tree.nodes[key].events():
            if line["event"] == event:
                return datetime.datetime.fromisoformat(
                    line["committed_at"].replace("Z", "+00:00"))
        return None

    def show_arrival(self, key, event, to=()):
        """One line: when it was safe here and how late it came elsewhere."""
        keys = self.holders(key, to)
        moments = self.arrived(event, keys)
        start = moments[key]
        local = start.astimezone(datetime.timezone(datetime.timedelta(hours=7)))
        parts = [f"{local:%H:%M:%S} đã lưu tại {self.name(key)} ✓"]
        for other in sorted(keys - {key}, key=lambda k: moments[k]):
            late = (moments[other] - start).total_seconds() * 1000
            parts.append(f"đã tới {self.name(other)} +{late:.0f} ms ✓")
            self.arrivals.setdefault(self.kinds[other], []).append(late)
        say("    " + " · ".join(parts))


def say(text=""):
    print(text, flush=True)


def chapter(vi, en):
    say()
    say(f"== {vi}")
    say(f"   ({en})")


def names_of_units():
    """(tier, code) -> name; a commune's code may equal a district's."""
    path = nodes.REPO / "tests" / "data" / "units-2025-01.csv"
    with open(path, encoding="utf-8") as file:
        return {(row["tier"], row["code"]): row["name"] for row in csv.DictReader(file)}


# -- the chapters --

def open_offices(story, units):
    tree = story.tree
    started = time.monotonic()
    above = None

    def opened(key, parent, kind, name, code):
        if parent is None:
            tree.root(name, kind, key=key)
        else:
            tree.child(tree.nodes[parent], name, kind, key=key, code=code)
        story.parents[key], story.kinds[key] = parent, kind

    if story.tiers == 4:
        opened("n", None, "national", "Ban Tiếp công dân Trung ương", None)
        above = "n"
    opened("p", above, "province", units["province", PROVINCE], PROVINCE)
    for d, (code, communes) in enumerate(DISTRICTS.items(), 1):
        parent = "p"
        if story.tiers > 2:
            parent = f"d{d}"
            opened(parent, "p", "district", units["district", code], code)
        for c, commune in enumerate(communes, 1):
            opened(f"c{d}{c}", parent, "commune", units["commune", commune], commune)
    for key, parent in story.parents.items():
        if parent is not None:
            node = tree.nodes[key]
            wait_until(lambda: any(l["role"] == "parent" and l["state"] == "up"
                                   for l in node.status()["links"]), f"the link of {node.name}")
    say(f"{len(story.parents)} cơ quan đã kết nạp bằng mã một lần, đã liên lạc với cấp trên "
        f"({time.monotonic() - started:.1f} s):")
    for key, parent in story.parents.items():
        say("  " + "   " * (len(story.path(key)) - 1) + story.name(key))


def communes_of(story, d=None):
    return [k for k in story.parents if k[0] == "c" and (d is None or k[1] == str(d))]


def reception(story):
    chapter("Kỳ họp Quốc hội, ngày khai mạc: tiếp công dân ở mười xã",
            "the National Assembly opens: reception in ten communes")
    shown = 0
    for n, commune in enumerate(communes_of(story)):
        for m in range(3):
            kind, field, text = RECEPTION[(n + 2 * m) % len(RECEPTION)]
            case = story.tell(commune, "case", "open", "--type", kind, "--field", field,
                              "--text", text)
            if m < 2:
                story.tell(commune, "case", "step", case["id"], "accepted", "--doc-no",
                           f"{n * 3 + m + 1:02d}/TB-UBND")
            if m == 0 and n % 2 == 0:
                story.tell(commune, "case", "step", case["id"], "verify_assigned")
            if m == 1 and n % 3 == 0:
                story.tell(commune, "case", "close", case["id"], "--reason", "guided",
                           "--text", "Đã giải thích tại chỗ, công dân đồng ý")
        if n in (0, 5, 7):
            say(f"  {story.name(commune)}: {text}")
            say(f"    biên nhận {case['receipt_code']}")
            story.show_arrival(commune, case["event"])
            shown += 1
    say(f"  và {len(story.ledger) - shown} việc nữa đã ghi · and more, all recorded")


def crowd(story):
    chapter(f"{PEOPLE} người tập trung ở xã về bồi thường đất",
            f"a crowd of {PEOPLE} at a commune about land compensation; the office above takes it")
    place = "c13"
    above = story.parents[place]
    raised = story.tell(place, "incident", "raise", "--place",
                        "Trước trụ sở Ủy ban nhân dân xã", "--subject",
                        "bồi thường đất, đề nghị gặp lãnh đạo", "--people", PEOPLE,
                        "--help", "đề nghị huyện cử người phụ trách bồi thường")
    say(f"  {story.name(place)}: báo đông người, {PEOPLE} người")
    story.show_arrival(place, raised["event"])
    seen = lambda: raised["id"] in {i["id"] for i in story.tree.nodes[above].items("incident")}
    wait_until(seen, "the incident in the list above", 30)
    taken = story.tell(above, "incident", "take", raised["id"], "--way", "phone", to=[place])
    say(f"  {story.name(above)}: trực ban đã tiếp nhận, gọi điện cho xã")
    story.show_arrival(above, taken["event"], to=[place])
    wait_until(lambda: next(i for i in story.tree.nodes[place].items("incident")
                            if i["id"] == raised["id"])["taken_at"], "the commune to see it", 30)
    update = story.tell(place, "incident", "update", raised["id"], "--people", PEOPLE + 15)
    say(f"  {story.name(place)}: nay khoảng {PEOPLE + 15} người")
    story.show_arrival(place, update["event"])
    closed = story.tell(place, "incident", "close", raised["id"], "--reason", "appointed")
    say(f"  {story.name(place)}: đã tiếp đại diện, hẹn đối thoại; bà con ra về")
    story.show_arrival(place, closed["event"])


def directive(story):
    chapter("Tỉnh ra văn bản chỉ đạo; trạng thái xử lý đi ngược lên",
            "the province issues a directive; its statuses climb back")
    to = ["d1", "c13"] if story.tiers > 2 else ["c13", "c22"]
    due = (datetime.date.today() + datetime.timedelta(days=10)).isoformat()
    issued = story.tell("p", "directive", "issue", "--to", *[story.name(k) for k in to],
                        "--doc-no", "1187/UBND-TCD", "--urgent", "--due", due, "--text",
                        "Yêu cầu đối thoại với các hộ về đơn giá bồi thường trước khi bế mạc kỳ "
                        "họp, báo cáo kết quả về Ban Tiếp công dân tỉnh", to=to)
    say(f"  {story.name('p')}: 1187/UBND-TCD gửi " + " và ".join(story.name(k) for k in to))
    story.show_arrival("p", issued["event"], to=to)
    words = {"03": "đã tiếp nhận", "05": "đang xử lý", "06": "hoàn thành"}
    for key in to:
        wait_until(lambda: issued["id"] in {i["id"] for i in
                                            story.tree.nodes[key].items("directive")},
                   f"the directive in the list of {story.name(key)}", 30)
        for code, word in words.items():
            status = story.tell(key, "directive", "status", issued["id"], code)
            if code == "06":
                say(f"  {story.name(key)}: {word}")
                story.show_arrival(key, status["event"])
    done = lambda: {t["status"] for t in next(
        i for i in story.tree.nodes["p"].items("directive") if i["id"] == issued["id"])["to"]}
    wait_until(lambda: done() == {"06"}, lambda: f"both done at the province, has {done()}", 30)
    say(f"  {story.name('p')}: cả hai nơi đã hoàn thành")


def power_loss(story):
    victim = "d2" if story.tiers > 2 else "p"
    node = story.tree.nodes[victim]
    chapter(f"{node.name} mất điện giữa buổi, rồi có điện lại",
            "an office loses power (SIGKILL) and comes back")
    node.kill()
    say(f"  {node.name}: tắt ngay, không kịp làm gì · killed without a warning")
    written = []
    for n, commune in enumerate(communes_of(story, 2)):
        for m in range(2):
            kind, field, text = RECEPTION[(n + m) % len(RECEPTION)]
            written.append((commune, story.tell(commune, "case", "open", "--type", kind,
                                                "--field", field, "--text", text)["event"]))
    first = communes_of(story, 2)[0]
    waiting = story.tree.nodes[first].waiting()
    count = f", {waiting} việc chờ gửi" if waiting else ""
    say(f"  {story.name(first)}: mất liên lạc{count}; cứ làm việc bình thường")
    if story.tiers > 2:
        other = story.tell("c11", "case", "open", "--type", "feedback", "--field", "health",
                           "--text", "Phản ánh trạm y tế hết thuốc bảo hiểm")
        say(f"  {story.name('c11')}: huyện bên vẫn thông suốt")
        story.show_arrival("c11", other["event"])
    back = time.monotonic()
    node.start()
    for commune, event in written:
        story.arrived(event, story.holders(commune))
    say(f"  {node.name}: có điện lại; {len(written)} việc đã tới đủ mọi cấp sau "
        f"{time.monotonic() - back:.1f} s")
    story.show_arrival(*written[0])


# -- the check --

def missing(story):
    """(how many are missing, what is wrong): the ledger against every tier."""
    lost, wrong = 0, []
    places = {}
    for key, node in story.tree.nodes.items():
        seen = [line["event"] for line in node.events()]
        if len(seen) != len(set(seen)):
            wrong.append(f"{node.name} shows an event twice")
        places[key] = {event: place for place, event in enumerate(seen)}
    last = {}
    for writer, noun, event, to in story.ledger:
        for key in story.holders(writer, to):
            place = places[key].get(event)
            if place is None:
                lost += 1
                wrong.append(f"{story.name(key)} lacks {event} of {story.name(writer)}")
                continue
            # A stream keeps its order; each noun and addressee has its own.
            stream = (key, writer, noun, to)
            if last.get(stream, -1) > place:
                wrong.append(f"{story.name(key)} has {event} out of order")
            last[stream] = place
    return lost, wrong


def check_all(story):
    chapter("Đối chiếu: sổ của từng nơi với nhật ký ở mọi cấp",
            "the ledger against the log of every tier")
    end = time.monotonic() + 20
    while True:
        lost, wrong = missing(story)
        if not wrong or time.monotonic() > end:
            break
        time.sleep(0.2)
    for key, node in story.tree.nodes.items():
        result = node.tool("verify", timeout=60)
        if result.code != 0 or not result.json["ok"]:
            wrong.append(f"verify at {node.name}: {result}")
    for line in wrong[:10]:
        say("  " + line)
    for kind in ("district", "province", "national", "commune"):
        late = sorted(story.arrivals.get(kind, []))
        if late:
            say(f"  tới {TIER_WORDS[kind]}: giữa {late[len(late) // 2]:.0f} ms, "
                f"chậm nhất {late[-1]:.0f} ms ({len(late)} lượt đo)")
    say(f"  verify: {len(story.tree.nodes)} nơi, chữ ký và chuỗi đều đúng" if not wrong else
        f"  {len(wrong)} điều sai")
    return lost, wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiers", type=int, choices=(2, 3, 4), default=3)
    parser.add_argument("--keep", action="store_true")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tree = Tree(base=nodes.REPO / "build" / "demo")
    story = Story(tree, args.tiers)
    started = time.monotonic()
    verdict = None
    try:
        chapter("Mở các cơ quan", "offices open")
        open_offices(story, names_of_units())
        reception(story)
        crowd(story)
        directive(story)
        power_loss(story)
        lost, wrong = check_all(story)
        say(f"  cả ngày mất {time.monotonic() - started:.1f} s")
        if wrong:
            verdict = f"demo: FAILED, {lost} missing: {wrong[0]}"
        else:
            verdict = (f"demo: ok, {len(story.ledger)} events at {args.tiers} tiers, "
                       f"{lost} missing")
            if args.keep:
                keep(story, say, story.codes[0])
    except Failed as failure:
        verdict = "demo: FAILED, " + str(failure).splitlines()[0]
        print(failure, file=sys.stderr)
    except KeyboardInterrupt:
        verdict = "demo: FAILED, interrupted"
    except Exception as error:
        verdict = f"demo: FAILED, {type(error).__name__} {error}"
        traceback.print_exc()
    finally:
        ok = verdict is not None and verdict.startswith("demo: ok")
        if not (ok and args.keep):
            tree.close(keep=not ok)
    say()
    say(verdict)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())

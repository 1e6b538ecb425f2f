"""Nhập thay: a superior enters the work of an office that has only paper. It is that
office's, once, at every tier, and goes on there when the office has got a machine."""
import datetime

import harness
from harness import Tree, check, wait_until

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
PAPER = "Xã Sổ Giấy"


def day(ahead=0):
    return (datetime.datetime.now(VIETNAM).date() + datetime.timedelta(days=ahead)).isoformat()


class Ledger:
    """What the writers were told (exit 0), by the office whose work it is."""

    def __init__(self):
        self.cases = {}  # event -> office
        self.closed = set()
        self.turns = {}  # event -> (office, people)

    def case(self, node, office, *more):
        event = node.ok("case", "open", "--type", "complaint", "--field", "land", *more)["event"]
        self.cases[event] = office
        return event

    def turn(self, node, office, people, *more):
        event = node.ok("reception", "add", "--kind", "regular", "--people", people,
                        *more)["event"]
        self.turns[event] = (office, people)
        return event

    def close(self, node, case):
        node.ok("case", "close", case, "--reason", "settled")
        self.closed.add(case)

    def of(self, offices):
        """Figures of each: cases, open ones, receptions, people received."""
        told = {}
        for office in offices:
            cases = [c for c, o in self.cases.items() if o == office]
            people = [p for o, p in self.turns.values() if o == office]
            told[office] = (len(cases), len([c for c in cases if c not in self.closed]),
                            len(people), sum(people))
        return told


def whose(case):
    """Of which office a listed case is, as pages and people read it."""
    return case["origin"] if case["entered_by"] and case["moves"] == 0 else case["custodian"]


def figures(node, offices):
    """The same as the node tells them."""
    cases = [whose(c) for c in node.items("case")]
    opened = {o["id"]: o["open"] for o in node.ok("office", "list")["items"]}
    told = {}
    for office in offices:
        turns = node.items("reception", "--office", office)
        told[office] = (cases.count(office), opened.get(office, 0), len(turns),
                        sum(t["people"] for t in turns))
    return told


def agree(node, ledger, offices, what, whole=True):
    wait_until(lambda: figures(node, offices) == ledger.of(offices),
               lambda: f"{what} at {node.name}: {figures(node, offices)}, "
                       f"told {ledger.of(offices)}", 30)
    check(not whole or len(node.items("case")) == len({c for c, o in ledger.cases.items() if o in offices}),
          f"{node.name} lists more: {node.items('case')}")


def entered_everywhere(tree, ledger):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Thử", "district", key="d")
    commune = tree.child(district, "Xã Máy", "commune", key="c")
    token = district.ok("token", "--name", PAPER, "--kind", "commune")
    paper = token["office"]
    wait_until(lambda: PAPER in {o["name"] for o in province.ok("office", "list")["items"]},
               "it in the tree", 30)
    offices = [province.office, district.office, commune.office, paper]
    print("  honest: the tree stands", flush=True)
    for _ in range(2):
        ledger.case(commune, commune.office)
    ledger.turn(commune, commune.office, 4)
    ledger.case(district, district.office)
    ledger.turn(district, district.office, 2)
    late = ledger.case(district, paper, "--for", PAPER, "--legal-date", "2020-01-06",
                       "--number", "17/2020")
    first = ledger.case(district, paper, "--for", PAPER, "--text", "Đề nghị xem lại giá bồi thường")
    ledger.turn(district, paper, 3, "--for", PAPER, "--date", day(-2))
    wrong = ledger.turn(district, paper, 5, "--for", PAPER)
    high = ledger.case(province, paper, "--for", paper)
    province.ok("case", "step", high, "accepted", "--doc-no", "12/TB")
    ledger.turn(province, paper, 7, "--for", paper)
    return province, district, commune, token, offices, late, first, wrong, high


def counted_at_every_tier():
    ledger = Ledger()
    with Tree() as tree:
        (province, district, commune, token, offices, late, first, wrong,
         high) = entered_everywhere(tree, ledger)
        paper = token["office"]
        for node in (district, province):
            seen = [o for o in offices if node is province or o != province.office]
            agree(node, ledger, seen, "entered")
        agree(commune, ledger, [commune.office], "its own alone")
        print("  honest: counted at every tier", flush=True)
        # Who entered it holds it: nothing of custody is different.
        for node in (district, province):
            item = harness.of(node.items("case", "--office", PAPER), high)
            check(item and (item["custodian"], item["origin"], item["entered_by"],
                            item["moves"], item["state"]) ==
                  (province.office, paper, province.office, 0, "accepted"), f"{item}")
            check(len(node.items("case", "--office", PAPER)) == 3, f"{node.name}'s list")
        row = {o["id"]: o for o in province.ok("office", "list")["items"]}
        check((row[paper]["overdue"], row[district.office]["overdue"]) == (1, 0), f"{row}")
        shown = district.tool("case", "show", high, json_out=False)
        check(shown.code == 0 and PAPER in shown.out and "Entered by" in shown.out, shown)
        check(district.tool("case", "step", high, "note").code == 77, "not its custodian")
        # Put right and taken back it stays that office's.
        del ledger.turns[wrong]
        right = ledger.turn(district, paper, 6, "--id", wrong)
        check(district.tool("reception", "add", "--kind", "regular", "--people", 1, "--id", right,
                            "--for", "Xã Máy").code == 65, "moved to another office")
        gone = district.ok("reception", "add", "--kind", "online", "--people", 9, "--for",
                           PAPER)["event"]
        district.ok("reception", "take-back", gone)
        ledger.close(district, late)
        ledger.close(province, high)
        for again in (lambda: None, district.kill, lambda: province.ok("rebuild-view")):
            again()
            if not district.running():
                district.start()
            for node in (district, province):
                seen = [o for o in offices if node is province or o != province.office]
                agree(node, ledger, seen, "again")
        told = province.ok("summary", "--from-date", day(-3), "--until", day())["receptions"]
        check((told["turns"], told["people"]) ==
              (len(ledger.turns), sum(p for _, p in ledger.turns.values())), f"{told}")
        print("  honest: after a restart and a rebuilt view", flush=True)
        # It gets a machine: what is its own is there, and may be given to it.
        unit = tree.child(district, PAPER, "commune", key="u", token=token)
        agree(unit, ledger, [paper], "at the office itself")
        text = unit.ok("case", "show", first)["texts"]
        check([t["text"] for t in text] == ["Đề nghị xem lại giá bồi thường"], f"{text}")
        check(unit.tool("case", "step", first, "accepted").code == 77, "before it was given it")
        district.ok("case", "offer", first, "--to", PAPER)
        wait_until(lambda: harness.of(unit.items("case"), first)["offered_to"] == [paper],
                   "the offer", 30)
        agree(province, ledger, offices, "while it is offered")
        unit.ok("case", "accept", first)
        for node in (unit, district, province):
            wait_until(lambda: harness.of(node.items("case"), first)["custodian"] == paper,
                       lambda: f"{harness.of(node.items('case'), first)}", 30)
            agree(node, ledger, [paper], "given to it", node is unit)
        unit.ok("case", "step", first, "accepted", "--doc-no", "1/TB-UBND")
        ledger.close(unit, first)
        for node in (unit, district, province):
            agree(node, ledger, [paper], "closed there", node is unit)
        # One that goes to another office counts there.
        other = ledger.case(district, paper, "--for", PAPER)
        agree(province, ledger, offices, "one more")
        district.ok("case", "offer", other, "--to", "Xã Máy")
        wait_until(lambda: other in {c["id"] for c in commune.items("case")}, "the offer", 30)
        commune.ok("case", "accept", other)
        ledger.cases[other] = commune.office
        for node in (district, province):
            seen = [o for o in offices if node is province or o != province.office]
            agree(node, ledger, seen, "given elsewhere")


def refused():
    """Only for an open office below; and what a forged commune enters for its
    neighbour counts nowhere above it."""
    with Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p")
        district = tree.child(province, "Huyện Thử", "district", key="d")
        forged = tree.child(district, "Xã Giả", "commune", key="f",
                            env={"LIENTHONG_PLANT": "enter_for_anybody"})
        paper = district.ok("token", "--name", PAPER, "--kind", "commune")["office"]
        old = district.ok("token", "--name", "Xã Cũ", "--kind", "commune")["office"]
        wait_until(lambda: len(province.ok("office", "list")["items"]) == 5, "the tree", 30)
        province.ok("tree", "close", old, paper)
        wait_until(lambda: "Xã Cũ" not in {o["name"] for o in
                                           district.ok("office", "list")["items"]}, "closed", 30)
        case = ("case", "open", "--type", "complaint", "--field", "land")
        turn = ("reception", "add", "--kind", "regular", "--people", 2)
        for what in (case, turn):
            for who, code in (("Tỉnh Tây Ninh", 77), ("Huyện Thử", 77), ("Xã Cũ", 65),
                              ("Xã Nào Đó", 65), ("x" * 200, 65), ("x" * 201, 65), ("", 65)):
                result = district.tool(*what, "--for", who)
                check(result.code == code, f"{what} for {who[:20]}: {result}")
        told = district.tool(*case, "--for", "Xã Cũ").error
        check(PAPER in str(told), f"the heir is not named: {told}")
        result = district.tool("case", "open", "--type", "denunciation", "--field", "land",
                               "--sealed-ref", "3/SM", "--for", PAPER)
        check(result.code == 65, f"a denunciation: {result}")
        wait_until(lambda: forged.tool(*case, "--for", paper).code == 0, "the forgery", 30)
        forged.ok(*turn, "--for", paper)
        real = forged.ok(*case)["event"]
        for node in (district, province):
            wait_until(lambda: real in {c["id"] for c in node.items("case")}, "it above", 30)
        wait_until(lambda: len([e for e in district.events()
                                if e["reason"] == "not_allowed_here"]) == 2,
                   lambda: f"{district.events()}", 30)
        for node in (district, province):
            check([c["id"] for c in node.items("case")] == [real] and
                  node.items("reception") == [], f"counted at {node.name}")


TESTS = {f.__name__: f for f in (counted_at_every_tier, refused)}

if __name__ == "__main__":
    harness.main(TESTS)

"""A standby: an office beside the tree that reads what another has, and holds that office's
key in a sealed packet. The office's machine goes up in flames; the standby serves in its
place, and nothing that was acknowledged is lost."""
import os
import shutil

import harness
from bypass import role
from harness import Tree, check, wait_until

CASE = ("case", "open", "--type", "complaint", "--field", "land")
CLASSES = ("case", "incident", "directive", "urgent")


def ids(node, *of):
    return {i["id"] for i in node.ok("case", "list")["items"]
            if not of or i["origin"] in {n.office for n in of}}


class Place:
    """A district with a commune, and who stands by for it at the province."""

    def __init__(self, tree):
        self.tree = tree
        self.province = tree.root("Tỉnh Tây Ninh", key="p")
        self.district = tree.child(self.province, "Huyện Gò Dầu", "district", key="d")
        self.commune = tree.child(self.district, "Xã Thạnh Đức", "commune", key="c")
        self.standby = tree.child(self.province, "Dự phòng Gò Dầu", "district", key="s")
        self.packet = tree.dir / "packet"
        self.ledger = [n.ok(*CASE)["event"] for n in (self.commune, self.district)]
        wait_until(lambda: set(self.ledger) <= ids(self.province), "the first cases")
        self.province.ok("reader", "grant", "Dự phòng Gò Dầu", "Huyện Gò Dầu", *CLASSES)

    def give(self):
        # Nothing of the standby comes this way: its key is read to the district.
        check(self.district.tool("standby", "give", str(self.packet), "--to",
                                 "Dự phòng Gò Dầu").code == 65, "sealed with no key")
        self.district.ok("standby", "give", str(self.packet), "--to", self.standby.office,
                         "--key", self.standby.ok("office", "key")["key"])
        check(os.stat(self.packet).st_mode & 0o077 == 0, "others may read the packet")

    def take(self, node, into):
        return node.tool("standby", "take", str(self.packet), "--into", str(into))


def takes_over():
    with Tree() as tree:
        place = Place(tree)
        province, district, commune = place.province, place.district, place.commune
        # What was there before the grant, and what comes after it.
        wait_until(lambda: set(place.ledger) <= ids(place.standby), "the backfill", 60)
        place.give()
        place.ledger += [n.ok(*CASE)["event"] for n in (commune, district, commune)]
        wait_until(lambda: set(place.ledger) <= ids(province) and
                   set(place.ledger) <= ids(place.standby), "what was written since", 60)
        check(place.standby.tool("case", "close", place.ledger[0], "--reason", "withdrawn").code != 0,
              "a standby writes before its day")
        print("  honest: the standby has what the district and its commune wrote", flush=True)
        stolen = tree.dir / "stolen"
        district.stop()
        shutil.copytree(district.dir, stolen, ignore=shutil.ignore_patterns("*.sock"))
        shutil.rmtree(district.dir)
        # The commune goes on meanwhile.
        place.ledger.append(commune.ok(*CASE)["event"])
        made = tree.dir / "taken"
        answer = place.take(place.standby, made)
        check(answer.code == 0 and answer.json["office"] == district.office, f"{answer}")
        check(place.take(place.standby, made).code == 73, "into a folder that is in use")
        check(os.stat(made / "identity" / "node.key").st_mode & 0o777 == 0o400, "the key's mode")
        heir = harness.Node(made, "taken over")
        heir.office = district.office
        tree.nodes["taken"] = heir
        heir.start()
        check(heir.status()["office"]["id"] == district.office, "another office")
        wait_until(lambda: role(heir, province.office) == "parent" and
                   role(heir, commune.office) == "child", "the lines of the district", 90)
        wait_until(lambda: set(place.ledger) <= ids(heir) and set(place.ledger) <= ids(province),
                   lambda: f"missing: {set(place.ledger) - ids(heir)}", 90)
        # It is the district: it writes, and passes on in both directions.
        place.ledger += [heir.ok(*CASE)["event"], commune.ok(*CASE)["event"]]
        closed = heir.ok("case", "close", place.ledger[1], "--reason", "withdrawn")["event"]
        order = province.ok("directive", "issue", "--to", commune.office, "--doc-no", "9/CĐ",
                            "--text", "Báo cáo")["event"]
        wait_until(lambda: set(place.ledger) <= ids(province), "cases through it", 60)
        wait_until(lambda: any(e["event"] == closed and e["effect"] == "applied"
                               for e in province.events()), "what it closed", 60)
        wait_until(lambda: order in {i["id"] for i in commune.ok("directive", "list")["items"]},
                   "a directive through it", 60)
        check(not {"key_unconfirmed", "two_machines"} & province.alarms(), str(province.alarms()))
        wait_until(lambda: set(place.ledger) <= ids(place.standby), "the standby to read on", 60)
        for node in (heir, province, commune, place.standby):
            check(node.ok("verify", timeout=60)["ok"], f"{node.name}: verify")
        # The old machine was not burnt after all.
        back = harness.Node(stolen, "the old machine")
        tree.nodes["stolen"] = back
        tree.pin_ports(back)
        back.start()
        wait_until(lambda: "two_machines" in province.alarms(),
                   lambda: f"two machines: {province.alarms()}", 60)
        back.stop()


def packet_is_for_one():
    with Tree() as tree:
        place = Place(tree)
        place.give()
        into = tree.dir / "taken"
        check(place.take(place.commune, into).code == 65, "opened by another office")
        check(not into.exists(), "a folder was made")
        bytes_ = place.packet.read_bytes()
        secret = (place.district.dir / "identity" / "curve.key").read_bytes().strip()
        check(secret not in bytes_ and b"PRIVATE" not in bytes_, "the packet is not sealed")
        for at in (5, 30, 60, len(bytes_) - 1):
            place.packet.write_bytes(bytes_[:at] + bytes([bytes_[at] ^ 1]) + bytes_[at + 1:])
            refused = place.take(place.standby, into)
            check(refused.code == 76 and "malformed" in refused.err, f"byte {at}: {refused}")
            check(not into.exists(), "a folder was made")
        place.packet.write_bytes(bytes_[:40])
        check(place.take(place.standby, into).code == 76, "cut short")
        place.packet.write_bytes(bytes_)
        check(place.take(place.standby, into).code == 0, "the packet as it was")
        config = harness.run_tool("config", "check", dir=into)
        check(config.code == 0, f"{config}")


if __name__ == "__main__":
    harness.main({"takes_over": takes_over, "packet_is_for_one": packet_is_for_one})

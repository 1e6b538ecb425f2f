"""What a breach notice is made of: what came here since a day, and who else holds it."""
import harness
from harness import Tree, check, wait_until


def who_holds_what():
    with Tree() as tree:
        province, (district,), (first, second) = tree.demo_shape(1, 2)
        case = first.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                        "Đơn về đường liên thôn")["event"]
        province.ok("directive", "issue", "--to", second.office, "--doc-no", "01/CĐ", "--text",
                    "Kiểm tra")
        wait_until(lambda: case in {e["event"] for e in province.events()}, "the case")
        found = {(i["origin"], i["channel"]): i
                 for i in province.ok("breach", "--since", "2026-01-01")["items"]}
        cases = found[(first.office, "case/up")]
        check(cases["events"] == 1 and cases["with_texts"] == 1, f"{cases}")
        check(set(cases["held_by"]) == {province.office, district.office, first.office}
              and cases["holders"] == 3, f"{cases}")
        orders = next(i for (origin, channel), i in found.items()
                      if origin == province.office and channel.startswith("directive/to/"))
        check(set(orders["held_by"]) == {province.office, district.office, second.office},
              f"{orders}")
        # A commune can tell of nothing but what came to it.
        seen = {i["origin"] for i in second.ok("breach", "--since", "2026-01-01")["items"]}
        check(first.office not in seen, f"{seen}")
        check(province.ok("breach", "--since", "2099-01-01")["items"] == [], "the future")
        check(province.tool("breach").code == 64, "since when?")


if __name__ == "__main__":
    harness.main({"who_holds_what": who_holds_what})

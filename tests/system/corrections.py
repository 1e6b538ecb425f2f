#!/usr/bin/env python3
"""Entries that were written by mistake: taken back, still to be read, no longer
counted, the same at every tier."""
import harness
from harness import Tree, check, request_id, run_tool, wait_until


def two_tiers(tree):
    province = tree.root("Tỉnh Thử", key="p")
    communes = [tree.child(province, f"Xã Thử {i}", "commune", key=f"c{i}") for i in (1, 2)]
    for node in communes:
        wait_until(lambda: node.status()["office"]["name"] == node.name, "the tree")
    print("  honest: the tree stands")
    return province, *communes


def open_case(node, *more):
    return node.ok("case", "open", "--type", "complaint", "--field", "land", *more)


def refused(node, code, *args):
    result = node.tool(*args)
    check(result.code == code and result.error, f"{args}: {result}, not {code}")
    return result.error


def listed(node, noun, id, **fields):
    return any(item["id"] == id and all(item[k] == v for k, v in fields.items())
               for item in node.items(noun))


def texts_of(node, noun, id):
    return [t["text"] for t in node.ok(noun, "show", id)["texts"]]


def void_case():
    """A closing voided opens the case again; an opening voided ends it."""
    with Tree() as tree:
        province, commune, _ = two_tiers(tree)
        case = open_case(commune, "--text", "Đơn về đất thôn Hai")
        other = open_case(commune)
        commune.ok("case", "step", case["id"], "accepted")
        closed = commune.ok("case", "close", case["id"], "--reason", "settled")
        again = request_id()
        for repeated in (False, True):
            void = commune.ok("void", closed["event"], "--reason", "Ghi nhầm hồ sơ",
                              "--request-id", again)
            check(void["repeated"] == repeated and void["id"] == case["id"], void)
        for node in (commune, province):
            wait_until(lambda: listed(node, "case", case["id"], state="accepted"), "it is open")
            shown = node.ok("case", "show", case["id"])
            check(shown["voided_events"] == [{"event": closed["event"], "by": void["event"]}],
                  shown["voided_events"])
            check([e["effect"] for e in shown["events"]] == ["applied"] * 4, shown["events"])
            check("Ghi nhầm hồ sơ" in texts_of(node, "case", case["id"]), "the reason")
        text = run_tool("case", "show", case["id"], dir=commune.dir, json_out=False,
                        env={"LIENTHONG_LANG": "vi"}).out
        check("đã giải quyết [đã hủy]" in text and "hủy do ghi nhầm - nhập nhầm" in text, text)
        # By its receipt code, with the state of an opening.
        commune.ok("void", case["receipt_code"], "--reason", "doubled")
        for node in (commune, province):
            wait_until(lambda: listed(node, "case", case["id"], voided=True), "it is voided")
            check([i["id"] for i in node.ok("case", "list", "--open")["items"]] == [other["id"]],
                  "a voided case counts as open")
            check("Đơn về đất thôn Hai" in texts_of(node, "case", case["id"]),
                  "what was written is not to be read any more")
        refused(commune, 65, "case", "step", case["id"], "note")
        refused(commune, 65, "case", "close", case["id"], "--reason", "settled")
        refused(commune, 65, "void", closed["event"], "--reason", "mistake")


def void_refused():
    """Who may not, and what cannot be, is refused and writes nothing."""
    with Tree() as tree:
        province, commune, _ = two_tiers(tree)
        case = open_case(commune)
        sealed = commune.ok("case", "open", "--type", "denunciation", "--field", "land",
                            "--sealed-ref", "12/2026")
        void = commune.ok("void", commune.ok("case", "step", case["id"], "note")["event"],
                          "--reason", "mistake")
        wait_until(lambda: listed(province, "case", sealed["id"]), "both at the province")
        before = len(commune.events())
        error = refused(province, 77, "void", case["id"], "--reason", "mistake")
        check("Xã Thử 1" in error["text"], error)
        refused(commune, 65, "void", void["event"], "--reason", "mistake")
        refused(commune, 65, "void", case["id"][:-1] + "99", "--reason", "mistake")
        refused(commune, 65, "void", "T9C0-CA9E-C6J7-GFKQ-0", "--reason", "mistake")
        refused(commune, 64, "void", case["id"])
        error = refused(commune, 65, "void", case["id"], "--reason", "x", "--kind", "x")
        check("--kind" in error["text"], error)
        tree_event = next(e["event"] for e in province.events() if "OFFICE" in e["type"])
        refused(province, 65, "void", tree_event, "--reason", "mistake")
        # By law not a word may stand beside a denunciation.
        error = refused(commune, 65, "void", sealed["id"], "--reason", "Nhầm người")
        check("doubled" in error["text"] + error["remedy"], error)
        refused(commune, 65, "void", sealed["id"], "--reason", "Nhầm", "--kind", "mistake")
        check(len(commune.events()) == before, "a refusal has written something")
        commune.ok("void", sealed["id"], "--reason", "mistake")
        wait_until(lambda: listed(province, "case", sealed["id"], voided=True), "voided")


def void_incident_and_directive():
    """A take and an update, a status and a whole directive, seen by all."""
    with Tree() as tree:
        province, commune, other = two_tiers(tree)
        incident = commune.ok("incident", "raise", "--place", "Trụ sở xã", "--subject",
                              "đền bù", "--people", 40)["id"]
        update = commune.ok("incident", "update", incident, "--people", 400)
        wait_until(lambda: listed(province, "incident", incident, people=400), "the update")
        taken = province.ok("incident", "take", incident)
        wait_until(lambda: listed(commune, "incident", incident, state="taken"), "the take")
        refused(commune, 77, "void", taken["event"], "--reason", "mistake")
        province.ok("void", taken["event"], "--reason", "mistake")
        commune.ok("void", update["event"], "--reason", "Gõ thừa một số 0")
        for node in (province, commune):
            wait_until(lambda: listed(node, "incident", incident, state="raised", people=40,
                                      taken_by=None), f"as before, at {node.name}")
        directive = province.ok("directive", "issue", "--to", "Xã Thử 1", "--to", "Xã Thử 2",
                                "--doc-no", "12/CT", "--text", "Tiếp công dân")["id"]
        for node in (commune, other):
            wait_until(lambda: listed(node, "directive", directive), "the directive")
        done = commune.ok("directive", "status", directive, "06")
        commune.ok("void", done["event"], "--reason", "mistake")
        commune.ok("directive", "status", directive, "05")
        other.ok("directive", "status", directive, "03")

        def statuses():
            shown = province.ok("directive", "show", directive)
            return sorted(t["status"] or "-" for t in shown["to"]) == ["03", "05"]
        wait_until(statuses, "both statuses at the province")
        province.ok("void", directive, "--reason", "Ban hành nhầm số")
        for node in (province, commune, other):
            wait_until(lambda: listed(node, "directive", directive, voided=True),
                       f"voided at {node.name}")
            check("Ban hành nhầm số" in texts_of(node, "directive", directive), "the reason")
            check(not node.ok("directive", "list", "--open")["items"], "it counts as open")
            check(not any(e["effect"] != "applied" for e in
                          node.ok("directive", "show", directive)["events"]), "something waits")
        refused(commune, 65, "directive", "status", directive, "06")


DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def receipt(node, typed, **fields):
    result = node.tool("receipt", typed)
    check(result.code == 0 and result.json["found"], f"{typed} at {node.name}: {result}")
    return all(result.json[k] == v for k, v in fields.items())


def receipt_codes():
    """A slip of paper is answered at each tier, however it is typed; a slip of
    the finger is told from a code that is in no book."""
    with Tree() as tree:
        province, commune, other = two_tiers(tree)
        case = open_case(commune, "--text", "Đơn của ông Nguyễn Văn A", "--confirm-text")
        code = case["receipt_code"]
        groups = code.split("-")
        check([len(g) for g in groups] == [4, 4, 4, 4, 1], code)
        wait_until(lambda: listed(province, "case", case["id"]), "the case at the province")
        opened = commune.events()[-1]
        for node in (commune, province):
            for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "),
                          code.replace("0", "O"), code.replace("1", "l"),
                          code.replace("1", "i")):
                check(receipt(node, typed, code=code, state="unchanged", holder=commune.office,
                              recorded_at=opened["recorded_at"]), typed)
        check(receipt(commune, code, since=opened["committed_at"]), "since")
        # Whoever does not hold the stream has it in no book.
        unknown = other.tool("receipt", code)
        check(unknown.code == 1 and unknown.json["found"] is False
              and unknown.json["since"] is None, unknown)
        # One digit wrong, or two changed for each other: mistyped, not unknown.
        for i, digit in enumerate(code):
            if digit == "-" or i == len(code) - 1:
                continue
            wrong = DIGITS[(DIGITS.index(digit) + 1) % 32]
            error = refused(province, 65, "receipt", code[:i] + wrong + code[i + 1:])
            check("check character" in error["text"] and error["remedy"], error)
        error = refused(province, 65, "receipt", code[:-2])
        check("17" in error["text"], error)
        # A code stands for its case wherever a case is asked for.
        commune.ok("case", "step", code.lower(), "accepted")
        step = commune.ok("case", "step", code.replace("-", ""), "guided")
        check(province.ok("case", "show", code)["id"] == case["id"], "case show")
        wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
        check(commune.ok("explain", code.lower())["subject"] == case["id"], "explain")
        for args in (("case", "step", wrong, "note"), ("case", "show", wrong),
                     ("explain", wrong), ("void", wrong, "--reason", "mistake")):
            error = refused(commune, 65, *args)
            check("check character" in error["text"], f"{args}: {error}")
        commune.ok("void", step["event"], "--reason", "mistake")
        for node in (commune, province):
            wait_until(lambda: receipt(node, code, state="corrected"), f"corrected, {node.name}")
        commune.ok("case", "close", code, "--reason", "settled")
        commune.ok("void", code, "--reason", "mistake")
        for node in (commune, province):
            wait_until(lambda: receipt(node, code, state="voided"), f"voided, {node.name}")
        text = run_tool("receipt", code, dir=province.dir, json_out=False,
                        env={"LIENTHONG_LANG": "vi"})
        check(text.code == 0 and "đã hủy do ghi nhầm" in text.out and "Xã Thử 1" in text.out
              and "Nguyễn" not in text.out, text)


def incident_update():
    """More people, another help: what was left out stays as it was."""
    with Tree() as tree:
        province, commune, other = two_tiers(tree)
        incident = commune.ok("incident", "raise", "--place", "Trụ sở xã", "--subject",
                              "đền bù", "--people", 40, "--help", "cử người tiếp")["id"]
        wait_until(lambda: listed(province, "incident", incident), "the incident")
        commune.ok("incident", "update", incident, "--people", 55)
        commune.ok("incident", "update", incident, "--help", "thêm lực lượng")
        province.ok("incident", "update", incident, "--people", 60)
        for node in (commune, province):
            wait_until(lambda: listed(node, "incident", incident, people=60), "the last number")
            shown = node.ok("incident", "show", incident)
            check(shown["help"] == "thêm lực lượng", shown["help"])
            texts = [t["text"] for t in shown["texts"]]
            check("cử người tiếp" in texts and "thêm lực lượng" in texts, texts)
            check([e["effect"] for e in shown["events"]] == ["applied"] * 4, shown["events"])
        refused(commune, 64, "incident", "update", incident)
        refused(commune, 65, "incident", "update", incident, "--people", 0)
        refused(other, 65, "incident", "update", incident, "--people", 1)
        commune.ok("incident", "close", incident, "--reason", "left")
        refused(commune, 65, "incident", "update", incident, "--people", 1)


if __name__ == "__main__":
    harness.main({"void_case": void_case, "void_refused": void_refused,
                  "void_incident_and_directive": void_incident_and_directive,
                  "receipt_codes": receipt_codes, "incident_update": incident_update})

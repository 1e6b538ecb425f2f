#!/usr/bin/env python3
"""What people read: names instead of ids, dates and times as they are written
here, ids short enough to copy, refusals that say what would have been right."""
import re
import unicodedata

import harness
from harness import Tree, check, run_tool, wait_until

HEX = re.compile(r"[0-9a-f]{32}")
ISO = re.compile(r"\d{4}-\d\d-\d\d|T\d\d:\d\d")
SHORT = re.compile(r"[0-9a-f]{8}:[0-9a-f]{8}:\d+")
TIME = re.compile(r"\b\d\d/\d\d/\d{4} \d\d:\d\d\b")


def pair(tree):
    province = tree.root("Tỉnh Thử", key="p")
    commune = tree.child(province, "Xã Thử", "commune", key="c")
    # A name is known once the tree has come.
    wait_until(lambda: commune.status()["office"]["name"] == "Xã Thử", "the tree")
    return province, commune


def said(node, *args, lang="vi", code=0):
    """What the tool prints for people."""
    result = run_tool(*args, dir=node.dir, json_out=False, env={"LIENTHONG_LANG": lang})
    check(result.code == code, f"{args}: {result}, not {code}")
    return result.out if code == 0 else result.out + result.err


def cells(line):
    return sum(0 if unicodedata.combining(c) else 1 for c in line)


def fill(province, commune):
    case = commune.ok("case", "open", "--type", "complaint", "--field", "compensation",
                      "--text", "Đề nghị xem lại giá bồi thường", "--date", "2026-01-05")
    incident = commune.ok("incident", "raise", "--place", "Trụ sở xã, nhà văn hóa thôn " * 3,
                          "--subject", "bồi thường, giải phóng mặt bằng " * 3, "--people", 40)
    directive = province.ok("directive", "issue", "--to", "Xã Thử", "--doc-no", "12/CT-UBND",
                            "--text", "Tiếp công dân", "--due", "2100-01-01")
    wait_until(lambda: province.items("incident"), "the incident at the province")
    wait_until(lambda: commune.items("directive"), "the directive at the commune")
    return case, incident, directive


def json_has_words():
    """field, type, state and reason are words, never numbers or labels."""
    with Tree() as tree:
        province, commune = pair(tree)
        case, _, _ = fill(province, commune)
        commune.ok("case", "close", case["id"], "--reason", "withdrawn")
        item = commune.items("case")[0]
        check(item["field"] == "compensation", item)
        check((item["type"], item["state"]) == ("complaint", "closed"), item)
        shown = commune.ok("case", "show", case["receipt_code"])
        check(shown["field"] == "compensation" and shown["reason"] == "withdrawn", shown)
        check([e["detail"] for e in shown["events"]] == [None, "withdrawn"], shown["events"])
        check("names" not in shown, "names nobody asked for")


def screens():
    """Lists fit 100 columns, show names and local times, and no hex ids."""
    with Tree() as tree:
        province, commune = pair(tree)
        case, incident, directive = fill(province, commune)
        for node in (province, commune):
            for lang in ("vi", "en"):
                for noun in ("case", "incident", "directive"):
                    text = said(node, noun, "list", lang=lang)
                    wide = [line for line in text.splitlines() if cells(line) > 100]
                    check(not wide, f"over 100 columns: {wide}")
                    check(not HEX.search(text) and not ISO.search(text), text)
                    check("Thử" in text, f"no office by name: {text}")
        text = said(commune, "case", "list")
        for label in ("khiếu nại", "bồi thường", "đang mở", case["receipt_code"]):
            check(label in text, f"{label} is not in {text}")
        check("01/01/2100" in said(commune, "directive", "list"), "the due day")
        text = said(province, "directive", "show", directive["id"])
        check("01 đã đến" in text and "Tiếp công dân" in text, text)
        text = said(commune, "status")
        check(text.splitlines()[0] == "Xã Thử (cấp xã): sẵn sàng", text)
        check("Tỉnh Thử: thông suốt" in text and TIME.search(text), text)
        wait_until(lambda: "Tỉnh Thử đã nhận đủ đến" in said(commune, "status"), "the receipt")
        text = said(commune, "receipt", case["receipt_code"])
        check(TIME.search(text) and "chưa sửa" in text, text)
        # What is written tells what to go on with.
        text = said(commune, "case", "open", "--type", "feedback", "--field", "land",
                    "--date", "5/1/2026")
        check(text.startswith("Đã lưu tại đây ✓\n"), text)
        check(commune.items("case")[0]["opened_on"] == "2026-01-05" or
              commune.items("case")[1]["opened_on"] == "2026-01-05", "a day typed as people do")


def short_ids():
    """What a list shows is what commands take."""
    with Tree() as tree:
        province, commune = pair(tree)
        case, _, _ = fill(province, commune)
        incident = SHORT.search(said(province, "incident", "list")).group()
        directive = SHORT.search(said(commune, "directive", "list")).group()
        said(province, "incident", "take", incident)
        said(commune, "directive", "status", directive, "03")
        said(commune, "case", "step", case["receipt_code"], "accepted")
        text = said(commune, "case", "step", case["id"], "note", "--text", "Ghi chú")
        said(commune, "case", "show", SHORT.search(text).group())
        wait_until(lambda: "03 đã tiếp nhận" in said(province, "directive", "list"), "the 03")
        for bad in (incident[1:], incident + "x", incident[:-2], "00000000:00000000:0"):
            said(province, "incident", "show", bad, code=65)


def refusals():
    """Each names the option and lists what is allowed, in both languages."""
    with Tree() as tree:
        province, commune = pair(tree)
        case, incident, directive = fill(province, commune)
        before = commune.items("case")
        check([c["overdue"] for c in before] == [True], f"overdue since spring: {before}")
        for code, args, words in (
                (65, ("case", "open", "--type", "x", "--field", "land"),
                 ("--type", "complaint", "denunciation")),
                (65, ("case", "open", "--type", "complaint", "--field", "x"),
                 ("--field", "land", "other")),
                (65, ("case", "step", case["id"], "x"), ("KIND", "accepted", "note")),
                (65, ("case", "close", case["id"], "--reason", "x"),
                 ("--reason", "settled", "discontinued")),
                (65, ("incident", "close", incident["id"], "--reason", "x"),
                 ("--reason", "received", "left")),
                (65, ("incident", "take", incident["id"], "--way", "x"),
                 ("--way", "screen", "phone")),
                (65, ("directive", "status", directive["id"], "07"), ("CODE", "02", "06")),
                (65, ("token", "--name", "x", "--kind", "x"), ("--kind", "commune", "national")),
                (65, ("case", "open", "--type", "complaint", "--field", "land", "--text", "  "),
                 ("--text",)),
                (65, ("case", "open", "--type", "complaint", "--field", "land", "--date",
                      "31/02/2026"), ("--date", "21/11/2026")),
                (65, ("incident", "raise", "--place", "x", "--subject", "y", "--people", "-5"),
                 ("--people", "100000")),
                (65, ("incident", "raise", "--place", "x" * 141, "--subject", "y", "--people",
                      "5"), ("--place", "140")),
                (64, ("case", "open", "--type", "complaint"), ("--field",)),
                (64, ("case", "dance"), ("case dance", "case open"))):
            for lang in ("vi", "en"):
                text = said(commune, *args, lang=lang, code=code)
                lacks = [w for w in words if w not in text]
                check(not lacks, f"{args} does not say {lacks}: {text}")
        wait_until(lambda: province.items("case"), "the case at the province")
        text = said(province, "case", "close", case["id"], "--reason", "settled", code=77)
        check("Xã Thử" in text, f"who holds it: {text}")
        check(commune.items("case") == before, "a refusal has written something")


def check_for_cron():
    """status --check is quiet and 0, or tells why and is 1."""
    with Tree() as tree:
        province, commune = pair(tree)
        wait_until(lambda: run_tool("status", "--check", dir=commune.dir).code == 0, "all well")
        check(said(commune, "status", "--check") == "", "it is quiet when all is well")
        province.stop()
        wait_until(lambda: run_tool("status", "--check", dir=commune.dir).code == 1, "silence")
        text = said(commune, "status", "--check", code=1)
        check("Tỉnh Thử: " in text, f"no reason: {text}")
        check("Tỉnh Thử: " in said(commune, "status"), "the parent's line")


if __name__ == "__main__":
    harness.main({"json_has_words": json_has_words, "screens": screens, "short_ids": short_ids,
                  "refusals": refusals, "check_for_cron": check_for_cron})

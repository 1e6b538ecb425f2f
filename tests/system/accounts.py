#!/usr/bin/env python3
"""People of an office by the tool: made, changed, renewed, audited, with the
daemon stopped and with it running."""
import sqlite3

from harness import Tree, check, main, run_tool

LAN, AN = "mật khẩu của lan", "mật khẩu của an"


def person(node, code, *args, lines=()):
    result = run_tool("person", *args, dir=node.dir, input="".join(f"{s}\n" for s in lines))
    check(result.code == code, f"person {args}: {result}, not {code}")
    return result.json if code == 0 else result.error


def audit(node, who="lan", secret=LAN, code=0):
    result = run_tool("audit", "--from", "1", "--by", who, dir=node.dir, input=secret + "\n")
    check(result.code == code, f"audit: {result}, not {code}")
    return result.out


def people_of_an_office():
    """Whether the daemon runs or not, in one file of 0600 and one chain."""
    with Tree() as tree:
        node = tree.root("Xã Thử", kind="commune", key="c")
        refused = person(node, 65, "add", "an", "--shown", "An", "--role", "officer",
                         lines=(AN, ""))
        check("leader" in refused["text"], refused)
        lan = person(node, 0, "add", "lan", "--shown", "Trần Thị Lan", "--role", "leader",
                     lines=(LAN, "2580"))
        check(len(lan["paper_codes"]) == 8 and lan["pin"], lan)
        check((node.dir / "people.db").stat().st_mode & 0o7777 == 0o600, "its mode")
        node.stop()
        # From the first leader on it takes a leader.
        person(node, 64, "add", "an", "--shown", "An", "--role", "officer", lines=(AN, ""))
        person(node, 77, "add", "an", "--shown", "An", "--role", "officer", "--by", "lan",
               lines=("sai rồi sai rồi", AN, ""))
        person(node, 65, "add", "an", "--shown", "An", "--role", "boss", "--by", "lan",
               lines=(LAN, AN, ""))
        person(node, 65, "add", "an", "--shown", "An", "--role", "officer", "--by", "lan",
               lines=(LAN, "ngắn", ""))
        person(node, 0, "add", "an", "--shown", "Lê Văn An", "--role", "officer", "--by", "lan",
               lines=(LAN, AN, "9174"))
        node.start()
        machine = person(node, 0, "add", "may", "--shown", "Quản trị", "--role", "operator",
                         "--by", "lan", lines=(LAN, "mật khẩu của máy", ""))
        check(len(machine["totp_secret"]) == 32, machine)
        person(node, 65, "role", "may", "--role", "operator", "--role", "officer", "--by", "lan",
               lines=(LAN,))
        person(node, 0, "role", "an", "--role", "officer", "--role", "coordinator", "--by", "lan",
               lines=(LAN,))
        person(node, 65, "disable", "lan", "--by", "lan", lines=(LAN,))
        person(node, 77, "disable", "lan", "--by", "an", lines=(AN,))
        listed = {p["name"]: p["roles"] for p in person(node, 0, "list")["items"]}
        check(listed == {"lan": ["leader"], "an": ["officer", "coordinator"],
                         "may": ["operator"]}, listed)
        # Forgotten, without network: one of the codes, once.
        node.stop()
        new = "mật khẩu mới của an"
        person(node, 0, "renew", "an", lines=(lan["paper_codes"][2].lower(), new, "9753"))
        person(node, 77, "renew", "an", lines=(lan["paper_codes"][2], new, ""))
        person(node, 77, "disable", "may", "--by", "an", lines=(new,))
        node.start()
        audit(node, "an", new, 77)
        out = audit(node)
        check(out.count('"person_added"') == 3 and '"renewed_by_paper_code"' in out, out)
        check("mật khẩu" not in out and lan["paper_codes"][0] not in out, "a secret is told")


def forged_audit_is_found():
    """Who edits the file breaks the chain."""
    with Tree() as tree:
        node = tree.root("Xã Thử", kind="commune", key="c")
        person(node, 0, "add", "lan", "--shown", "Lan", "--role", "leader", lines=(LAN, ""))
        person(node, 0, "add", "an", "--shown", "An", "--role", "officer", "--by", "lan",
               lines=(LAN, AN, ""))
        audit(node)
        db = sqlite3.connect(node.dir / "people.db")
        for trigger, in db.execute("SELECT name FROM sqlite_schema WHERE type='trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("UPDATE audit SET who='an' WHERE number=1")
        db.commit()
        db.close()
        check('"broken_at":1' in audit(node, code=1), "a forged record is not found")


if __name__ == "__main__":
    main({"people_of_an_office": people_of_an_office,
          "forged_audit_is_found": forged_audit_is_found})

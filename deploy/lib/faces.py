"""The pages of an office, with people who can sign in: for the demo and tests.

Loopback alone, and with passwords that everybody knows: never for real offices.
"""
import os

from nodes import check, free_port_pair

PASSWORD, PIN = "mat-khau-thu-27", "4826"
# Sign-in name: shown name, role. The first one, a leader, adds the others.
PEOPLE = {"lan": ("Nguyễn Thị Lan", "leader"), "dung": ("Trần Văn Dũng", "officer"),
          "hoa": ("Lê Thị Hòa", "coordinator"), "kiem": ("Phạm Kiểm", "inspector")}
FIRST = "lan"


def give(node, people=tuple(PEOPLE), more=""):
    """Pages on a port of their own from the next start, and people in the book.
    Returns the address."""
    address = f"127.0.0.1:{free_port_pair()[0]}"
    drop = node.dir / "conf.d" / "60-pages.conf"
    drop.parent.mkdir(exist_ok=True)
    drop.write_text(f'pages_listen = {{"{address}"}}\n{more}')
    os.chmod(drop, 0o640)
    for name in sorted(people, key=lambda n: n != FIRST):
        shown, role = PEOPLE[name]
        secrets = [PASSWORD, PIN] if name == FIRST else [PASSWORD, PASSWORD, PIN]
        added = node.tool("person", "add", name, "--shown", shown, "--role", role,
                          *([] if name == FIRST else ["--by", FIRST]),
                          input="\n".join(secrets) + "\n")
        check(added.code == 0, f"{node.name}: person add {name}: {added}")
    return f"https://{address}"


def open_now(node, people=tuple(PEOPLE)):
    """The same for an office at work: it restarts, as for any such setting."""
    address = give(node, people)
    node.stop()
    node.start()
    return address

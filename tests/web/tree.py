"""A province, a district and communes with their pages on, for the browser tests.

  tree.py [--communes N]

Starts them, prints one line of JSON, {name: {"url", "office", "name"}} with the
people's names and passwords, and keeps them until stdin ends. A line on stdin is
a command: "kill NAME", "start NAME".
"""
import argparse
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy" / "lib"))

import nodes  # noqa: E402

WEB = nodes.REPO / "daemon" / "web"
PASSWORD, PIN = "mat-khau-thu-27", "4826"
PEOPLE = {"lan": ("Nguyễn Thị Lan", "leader"), "dung": ("Trần Văn Dũng", "officer"),
          "hoa": ("Lê Thị Hòa", "coordinator"), "kiem": ("Phạm Kiểm", "inspector")}


def with_pages(node):
    drop = node.dir / "conf.d" / "60-pages.conf"
    drop.write_text('pages_listen = {"127.0.0.1:0"}\n' + os.environ.get("LT_PAGES_CONF", "")
                    + 'urgent_per_hour = 100000\n')
    os.chmod(drop, 0o640)
    for name, (shown, role) in PEOPLE.items():
        first = name == "lan"
        secrets = f"{PASSWORD}\n{PIN}\n" if first else f"{PASSWORD}\n{PASSWORD}\n{PIN}\n"
        result = node.tool("person", "add", name, "--shown", shown, "--role", role,
                           *([] if first else ["--by", "lan"]), input=secrets)
        nodes.check(result.code == 0, f"person add {name}: {result}")


def start(node):
    node.start()
    node.office = node.status()["office"]["id"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--communes", type=int, default=1)
    args = parser.parse_args()
    with nodes.Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        with_pages(province)
        start(province)
        district = tree.child(province, "Huyện Thử 1", "district", key="d", start=False)
        with_pages(district)
        start(district)
        for n in range(args.communes):
            commune = tree.child(district, f"Xã Thử 1.{n + 1}", "commune", key=f"c{n + 1}",
                                 start=False)
            with_pages(commune)
            start(commune)
        told = {"password": PASSWORD, "pin": PIN, "people": {n: r for n, (_, r) in PEOPLE.items()}}
        for key, node in tree.nodes.items():
            pages = node.status()["listen"]["pages"]
            told[key] = {"url": f"https://{pages}", "office": node.office, "name": node.name}
        print(json.dumps(told), flush=True)
        for line in sys.stdin:
            what, _, key = line.strip().partition(" ")
            node = tree.nodes[key]
            if what == "kill":
                node.kill()
            elif what == "start":
                node.start()
            print("done", flush=True)


main()

"""A province, a district and communes with their pages on, for the browser tests.

  tree.py [--communes N]

Starts them, prints one line of JSON, {name: {"url", "office", "name"}} with the
people's password and PIN (deploy/lib/faces.py), and keeps them until stdin ends. A line on stdin is
a command: "kill NAME", "start NAME".
"""
import argparse
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy" / "lib"))

import faces  # noqa: E402
import nodes  # noqa: E402

MORE = os.environ.get("LT_PAGES_CONF", "") + "urgent_per_hour = 100000\n"


def start(node):
    node.start()
    node.office = node.status()["office"]["id"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--communes", type=int, default=1)
    args = parser.parse_args()
    with nodes.Tree() as tree:
        province = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        faces.give(province, more=MORE)
        start(province)
        district = tree.child(province, "Huyện Thử 1", "district", key="d", start=False)
        faces.give(district, more=MORE)
        start(district)
        for n in range(args.communes):
            commune = tree.child(district, f"Xã Thử 1.{n + 1}", "commune", key=f"c{n + 1}",
                                 start=False)
            faces.give(commune, more=MORE)
            start(commune)
        told = {"password": faces.PASSWORD, "pin": faces.PIN}
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

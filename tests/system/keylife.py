"""Keys over years: certificates that renew by themselves, one that has ended and shuts
nobody out, superiors that change their keys while an office is away for 100 days, and
strangers who answer in a superior's place. Clocks are set forward by libfaketime."""
import os
import ssl
import subprocess

import harness
from bypass import role
from harness import BIN, Skipped, Tree, check, free_port_pair, wait_until
from keys import applied, enrol_of

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
CASE = ("case", "open", "--type", "complaint", "--field", "land")


def later(days):
    """What a daemon is started with to live that many days from now."""
    if not os.path.exists(FAKETIME):
        raise Skipped("libfaketime is not installed")
    if "asan" in subprocess.run(["ldd", str(BIN / "lienthongd")], capture_output=True,
                                text=True).stdout:
        raise Skipped("a sanitizer wants to be the first library")
    return {"LD_PRELOAD": FAKETIME, "FAKETIME": f"+{days}d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def certificate(node):
    return node.status()["certificate"]


def restart(nodes, days):
    for node in nodes:
        node.stop()
    for node in nodes:
        node.start(env=later(days))


def line_of(tree):
    province = tree.root("Tỉnh Tây Ninh", key="p")
    district = tree.child(province, "Huyện Gò Dầu", "district", key="d")
    commune = tree.child(district, "Xã Thạnh Đức", "commune", key="c")
    wait_until(lambda: len(commune.status()["office"]["superiors"]) == 2, "its line")
    wait_until(lambda: applied(province, [commune.ok(*CASE)["event"]]), "the first case")
    return province, district, commune


def renews_by_itself():
    later(0)
    with Tree() as tree:
        line = line_of(tree)
        first = {n.name: certificate(n)["until"] for n in line}
        for node in line:
            check(certificate(node)["state"] == "valid", f"{certificate(node)}")
        files = {n.name: (n.dir / "identity" / "node.crt").read_bytes() for n in line}
        print("  honest: new certificates are valid", flush=True)
        restart(line, 500)
        for node in line:
            wait_until(lambda: certificate(node)["state"] == "valid" and
                       certificate(node)["until"] > first[node.name],
                       lambda: f"{node.name}: {certificate(node)} was {first[node.name]}\n"
                       + node.notes()[-1500:], 90)
            check("certificate_renewed" in node.notes(), node.notes()[-1500:])
            check((node.dir / "identity" / "node.crt").read_bytes() != files[node.name],
                  f"{node.name}: the file is the old one")
        # What stands in the folder is whole, and lasts.
        restart(line, 505)
        for node in line:
            check(certificate(node)["state"] == "valid", f"{certificate(node)}")
        case = line[2].ok(*CASE)["event"]
        wait_until(lambda: applied(line[0], [case]), "a case", 60)


def renews_under_another_superior():
    """An office that was moved is certified by who is above it now, its former district being gone."""
    later(0)
    with Tree() as tree:
        province, district, commune = line_of(tree)
        first = certificate(commune)["until"]
        province.ok("tree", "move", commune.name, province.name)
        wait_until(lambda: role(province, commune.office) == "child", "the link to the province", 60)
        case = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case]), "a case of the moved office")
        district.stop()
        restart((province, commune), 500)
        wait_until(lambda: certificate(commune)["until"] > first and
                   certificate(commune)["state"] == "valid",
                   lambda: f"{certificate(commune)} was {first}\n" + commune.notes()[-1500:], 90)
        # What stands in the folder is whole, and a later start reads it.
        restart((province, commune), 505)
        check(certificate(commune)["state"] == "valid", f"{certificate(commune)}")
        case = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case]), "a case", 60)
        # A later key is bound by who is above it now.
        rotate(commune, province, days=505)
        case = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case]), "a case by the later key", 60)


def ended_and_still_served():
    later(0)
    with Tree() as tree:
        line = line_of(tree)
        province, district, commune = line
        ports = district.dir / "conf.d" / "50-ports.conf"
        honest = ports.read_text()
        print("  honest: a case went up", flush=True)
        # The district enrols where nobody asks it.
        district.stop()
        hidden = free_port_pair()[0]
        ports.write_text(honest.replace(
            next(l for l in honest.splitlines() if "listen_enrol" in l),
            f'listen_enrol = {{"127.0.0.1:{hidden}"}}\n'
            'advertise_enrol = {"127.0.0.1:9"}'))
        restart((province, district, commune), 650)
        wait_until(lambda: "certificate_ends" in commune.alarms(), lambda: str(commune.alarms()))
        check(certificate(commune)["state"] == "due", f"{certificate(commune)}")
        restart((province, district, commune), 800)
        wait_until(lambda: certificate(commune)["state"] == "ended" and
                   certificate(commune)["reason"] is not None,
                   lambda: f"{certificate(commune)}", 60)
        wait_until(lambda: role(district, commune.office) == "child", "the link", 60)
        case = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case]), "a case of an office past its certificate")
        wait_until(lambda: "certificate_ended" in commune.alarms(), lambda: str(commune.alarms()))
        wait_until(lambda: any(a["code"] == "certificate_ended" and a["subject"] == commune.office
                               for a in district.status()["alarms"]),
                   lambda: str(district.status()["alarms"]), 90)
        why = district.ok("explain", commune.office)
        check("certificate" in str(why), str(why))
        own = commune.ok("explain", commune.office)
        check("certificate" in str(own), str(own))
        # The way is open again: it renews, and the alarms end.
        district.stop()
        ports.write_text(honest)
        district.start(env=later(800))
        wait_until(lambda: certificate(commune)["state"] == "valid",
                   lambda: f"{certificate(commune)}\n" + commune.notes()[-1500:], 150)
        wait_until(lambda: not {"certificate_ends", "certificate_ended"} & set(commune.alarms()),
                   lambda: str(commune.alarms()))
        wait_until(lambda: "certificate_ended" not in district.alarms(),
                   lambda: str(district.alarms()), 90)


def rotate(node, parent, *more, days=0):
    where = [] if parent is None else ["--address", enrol_of(parent).removeprefix("tcp://")]
    node.stop()
    node.ok("key", "rotate", *where, *more, timeout=60)
    node.start(env=later(days) if days else None)


def superiors_changed_meanwhile():
    later(0)
    with Tree() as tree:
        province, district, commune = line_of(tree)
        other = tree.child(district, "Xã Phước Thạnh", "commune", key="o")
        wait_until(lambda: role(district, other.office) == "child", "the other's link")
        print("  honest: both communes are served", flush=True)
        commune.stop()
        rotate(district, province, "--transport")
        # Who is there finds it again by itself.
        wait_until(lambda: role(district, other.office) == "child",
                   lambda: "the other's link after the rotation\n" + other.notes()[-1500:], 90)
        rotate(province, None, "--transport")
        wait_until(lambda: role(district, province.office) == "parent",
                   lambda: "the district's link\n" + district.notes()[-1500:], 90)
        restart((province, district, other), 100)
        wait_until(lambda: role(district, province.office) == "parent", "the district's link", 90)
        rotate(province, None, "--transport", days=100)
        wait_until(lambda: role(district, province.office) == "parent", "the district's link", 90)
        rotate(district, province, "--transport", days=100)
        commune.start(env=later(100))
        case = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case]),
                   lambda: "a case of who was away\n" + commune.notes()[-2500:], 90)
        check("superior_key_changed" in commune.notes(), commune.notes()[-1500:])
        check("key_not_bound" not in commune.alarms(), str(commune.alarms()))
        more = other.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case, more]), "a case of who stayed", 90)
        for node in (commune, district, province):
            check(node.ok("verify", timeout=60)["ok"], f"{node.name}: verify")


def strangers_are_not_believed():
    """Another root sits where the district was, and answers whatever it is asked."""
    with Tree() as tree:
        province, district, commune = line_of(tree)
        district.stop()
        liar = tree.root("Tỉnh Giả", key="x", start=False)
        ports = (district.dir / "conf.d" / "50-ports.conf").read_text()
        (liar.dir / "conf.d" / "50-ports.conf").write_text(ports)
        liar.start()
        liar.office = liar.status()["office"]["id"]
        print("  honest: a case went up before", flush=True)
        wait_until(lambda: "hello_wrong_key" in commune.notes(),
                   lambda: "the answer to be refused\n" + commune.notes()[-1500:], 60)
        subjects = [a["subject"] for a in commune.status()["alarms"]
                    if a["code"] == "key_not_bound"]
        check(liar.office not in subjects, f"a stranger's key was looked at: {subjects}")
        liar.stop()
        district.start()
        case = commune.ok(*CASE)["event"]
        wait_until(lambda: applied(province, [case]), "a case by the district itself", 90)


def pages_certificate():
    later(0)
    with Tree() as tree:
        node = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        listen = f"127.0.0.1:{free_port_pair()[0]}"
        file = node.dir / "conf.d" / "50-ports.conf"
        file.write_text(file.read_text().replace("pages_listen = {}",
                                                 f'pages_listen = {{"{listen}"}}'))
        node.start()
        at = (listen.rsplit(":", 1)[0], int(listen.rsplit(":", 1)[1]))
        first = ssl.get_server_certificate(at)
        key = (node.dir / "identity" / "pages.key").read_bytes()
        print("  honest: pages are served", flush=True)
        restart((node,), 3500)
        check(ssl.get_server_certificate(at) == first, "renewed 150 days before its end")
        restart((node,), 3600)
        wait_until(lambda: ssl.get_server_certificate(at) != first, "the new certificate")
        check((node.dir / "identity" / "pages.key").read_bytes() == key, "another key")
        check("pages_certificate_renewed" in node.notes(), node.notes()[-1500:])
        second = ssl.get_server_certificate(at)
        wait_until(lambda: certificate(node)["state"] == "valid", "the node's own")
        restart((node,), 3650)
        check(ssl.get_server_certificate(at) == second, "renewed twice")


if __name__ == "__main__":
    harness.main({"renews_by_itself": renews_by_itself,
                  "renews_under_another_superior": renews_under_another_superior,
                  "ended_and_still_served": ended_and_still_served,
                  "superiors_changed_meanwhile": superiors_changed_meanwhile,
                  "strangers_are_not_believed": strangers_are_not_believed,
                  "pages_certificate": pages_certificate})

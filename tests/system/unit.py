"""The systemd unit: how exposed the service is, and that the daemon needs nothing that
its filter of system calls forbids."""
import os
import re
import shutil
import subprocess

import harness
from harness import BIN, REPO, Skipped, Tree, check

UNIT = REPO / "deploy" / "systemd" / "lienthongd.service"
EXPOSURE_MAX = 1.5


def analyze(*args):
    tool = shutil.which("systemd-analyze")
    if tool is None:
        raise Skipped("no systemd-analyze here")
    return subprocess.run([tool, *args], capture_output=True, text=True, timeout=60).stdout


def exposure():
    text = analyze("security", "--offline=true", "--no-pager", str(UNIT))
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", text)
    check(found is not None, text[-500:])
    print(f"  exposure {found.group(1)}, at most {EXPOSURE_MAX}", flush=True)
    check(float(found.group(1)) <= EXPOSURE_MAX, text)


def calls_of(group, seen):
    """The system calls of a group and of the groups in it."""
    if not group.startswith("@"):
        return {group}
    if group in seen:
        return set()
    seen.add(group)
    calls = set()
    for line in analyze("syscall-filter", "--no-pager", group).splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            calls |= calls_of(word, seen)
        elif word and not word.startswith("#"):
            calls.add(word)
    return calls


def allowed():
    calls = set()
    for line in UNIT.read_text().splitlines():
        if line.startswith("SystemCallFilter="):
            value = line.split("=", 1)[1]
            for group in value.lstrip("~").split():
                if value.startswith("~"):
                    calls -= calls_of(group, set())
                else:
                    calls |= calls_of(group, set())
    return calls


def system_calls():
    """A day of a daemon under strace: each call that it makes is one of the filter's."""
    if shutil.which("strace") is None:
        raise Skipped("no strace here")
    fine = allowed()
    check("futex" in fine and "reboot" not in fine, "the filter is not read")
    with Tree() as tree:
        trace = tree.dir / "trace"
        wrapper = tree.dir / "lienthongd"
        wrapper.write_text("#!/bin/sh\n"
                           f"exec strace -D -f -qq -e signal=none -o {trace} "
                           f"{BIN}/lienthongd \"$@\"\n")
        os.chmod(wrapper, 0o755)
        province = tree.root("Tỉnh Tây Ninh", key="p", start=False)
        province.binary = wrapper
        province.start(patience_s=60)
        commune = tree.child(province, "Xã Thạnh Đức", "commune", key="c")
        commune.ok("incident", "raise", "--place", "trụ sở", "--subject", "đất", "--people", 9)
        harness.wait_until(lambda: province.items("incident"), "the incident")
        case = province.ok("case", "open", "--type", "complaint", "--field", "land", "--text",
                           "Đơn")["event"]
        province.ok("case", "step", case, "accepted")
        province.ok("backup", tree.dir / "copy.db", timeout=60)
        province.ok("verify", timeout=60)
        province.ok("rebuild-view", timeout=60)
        province.stop()
        used = set(re.findall(r"^\d+ +(?:<\.\.\. )?([a-z0-9_]+)[( ]", trace.read_text(errors="replace"),
                              re.M))
        # strace itself runs the program, before systemd's filter would be there.
        check(len(used) > 30, f"too little was seen: {sorted(used)}")
        # SQLite gives files to their folder's owner, as root alone.
        refused = used - fine - ({"fchown"} if os.geteuid() == 0 else set())
        check(not refused, f"refused by the unit: {sorted(refused)}")
        print(f"  {len(used)} system calls, none refused", flush=True)


if __name__ == "__main__":
    harness.main({"exposure": exposure, "system_calls": system_calls})

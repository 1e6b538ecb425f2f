"""What `deploy/demo --keep` leaves: offices at work, commands to try, a way to
end it all."""
import os
import shlex

import faces
import life
import nodes

STOP = """#!/bin/sh
# Ends every daemon that works in {tree}, whoever started it, and what makes work
# for them, and removes the folder. Each holds its folder's lock: that is how it
# is found.
tree={quoted}
working() {{
    find /proc/[0-9]*/fd -lname "$tree/*/lock" 2>/dev/null | cut -d/ -f3 | sort -u
}}
signal=TERM
for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    pids=$(working)
    [ -n "$pids" ] || break
    [ "$second" -lt 12 ] || signal=KILL
    kill -s $signal $pids 2>/dev/null
    sleep 1
done
if [ -n "$(working)" ]; then
    echo "still working: $(working)" >&2
    exit 1
fi
cd / && rm -rf "$tree" && echo "đã dừng và xóa · stopped and removed: $tree"
"""


def commands(story, code):
    """(what for, [commands]): each can be copied into one shell, in order."""
    deep = story.tiers > 2
    victim = story.tree.nodes["d2"] if deep else None
    above = "d1" if deep else "p"
    links, enrol = nodes.free_port_pair()
    yield "vào thư mục của các cơ quan", "into the offices' folder", [
        f"export PATH={shlex.quote(str(nodes.BIN))}:$PATH",
        f"cd {shlex.quote(str(story.tree.dir))}"]
    yield f"{story.name('c13')}: tình hình, một vụ việc mới", "a commune: how it is, a case", [
        "lienthong --dir c13 status",
        "lienthong --dir c13 case open --type feedback --field land --text 'Thử'"]
    yield f"{story.name('p')}: đã thấy gì", "what the province has seen", [
        "lienthong --dir p case list --open",
        "lienthong --dir p incident list",
        f"lienthong --dir p receipt {code}",
        "lienthong --dir p log --events | tail -n 3"]
    if deep:
        yield (f"{victim.name} mất điện; xã vẫn báo đông người; có điện lại",
               "a district loses power, its commune goes on, power comes back", [
                   f"kill -9 {victim.pid()}; sleep 1",
                   "lienthong --dir c21 incident raise --place 'Trụ sở xã' --subject 'đất đai' "
                   "--people 12",
                   f"lienthong --dir c21 explain '{victim.name}'",
                   "lienthongd --dir d2 >>d2.notes 2>&1 &",
                   "lienthong --dir c21 status"])
    yield "thêm một xã", "one more commune", [
        f"lienthong --dir moi join \"$(lienthong --dir {above} token --name 'Xã Mới' --kind "
        f"commune)\" --listen 127.0.0.1:{links} --enrol-listen 127.0.0.1:{enrol}",
        "lienthongd --dir moi >moi.notes 2>&1 &",
        f"lienthong --dir {above} status"]


def show_faces(story, say):
    """A desk, a centre and a board to look at, and how to sign in."""
    desk = faces.open_now(story.tree.nodes["c13"], ("lan", "dung"))
    above = faces.open_now(story.tree.nodes["p"], ("lan", "hoa"))
    say()
    say("Ba mặt làm việc, trong trình duyệt của máy này · three faces, in this machine's browser")
    say("(chứng thư tự ký: trình duyệt hỏi một lần · the certificate is self-signed: "
        "the browser asks once):")
    for vi, en, address, name in (
            (f"Bàn tiếp công dân, {story.name('c13')}", "desk", f"{desk}/desk", "dung"),
            (f"Điều phối, {story.name('p')}", "centre", f"{above}/centre", "hoa"),
            (f"Bảng điều hành, {story.name('p')}", "board", f"{above}/board", "lan")):
        say(f"  {vi} · {en}: {address}")
        say(f"    tên · name: {name}   mật khẩu · password: {faces.PASSWORD}   PIN: {faces.PIN}")


def keep(story, say, code):
    show_faces(story, say)
    stop = story.tree.dir / "stop"
    stop.write_text(STOP.format(tree=story.tree.dir, quoted=shlex.quote(str(story.tree.dir))))
    os.chmod(stop, 0o700)
    life.begin(story.tree.dir, "p", [k for k, kind in story.kinds.items() if kind == "commune"])
    say("  Các bàn tiếp công dân làm việc tiếp, vài giây một việc · the desks go on working, an entry "
        "every few seconds")
    say()
    say("Các cơ quan vẫn chạy. Chép lần lượt · still running; copy these in turn:")
    for vi, en, lines in commands(story, code):
        say()
        say(f"  # {vi} · {en}")
        for line in lines:
            say(f"  {line}")
    say()
    say("Xem sự kiện tới (Ctrl-C để thôi) · watch events come (Ctrl-C ends it):")
    say("  lienthong --dir p log --events --follow")
    say("Dừng và xóa tất cả · stop and remove it all:")
    say(f"  {shlex.quote(str(stop))}")

"""Work in a demo that was kept, so that its pages live: what the last weeks
left behind, then an entry every few seconds.

  life.py TREE [--pace SECONDS] [--until-caught-up]

TREE/life/plan.json says which offices there are (keep.py writes it). What is
done comes from lienthong-year: a province's year by its counted volumes. It
ends on SIGTERM, when TREE is gone, or when no office has answered for a minute.
TREE/life/lock is held meanwhile: that is how TREE/stop finds it.
"""
import argparse
import datetime
import fcntl
import json
import pathlib
import random
import signal
import socket
import struct
import subprocess
import sys
import time

from nodes import BIN

WEEKS = 8
SILENCE_S = 60
VOLUMES = ("--letters", 330, "--turns", 230, "--crowds", 120, "--directives", 25)
PLAN = "plan.json"
DONE_MAX = 5000  # matters whose ids are remembered

# What lienthong-year writes is drawn word by word, for volumes; what is read
# here is written for reading. By field, else by what it is.
PETITIONS = {
    "land": ["Hộ liền kề xây tường lấn lối đi chung, đề nghị đo lại ranh đất",
             "Hồ sơ cấp giấy chứng nhận nộp từ tháng ba, chưa có kết quả",
             "Giấy chứng nhận ghi thiếu diện tích so với bản đồ địa chính"],
    "compensation": ["Đơn giá bồi thường thấp hơn khu liền kề cùng dự án",
                     "Kiểm đếm sót nhà tạm và cây lâu năm, đề nghị kiểm đếm lại",
                     "Đã bàn giao mặt bằng, chưa nhận đủ tiền tái định cư"],
    "housing": ["Nhà hư hỏng sau mưa lớn, đề nghị hỗ trợ sửa chữa",
                "Đề nghị xét mua nhà ở xã hội, hồ sơ nộp đã lâu"],
    "construction": ["Công trình bên cạnh đào móng làm nứt tường",
                     "Xây nhà không phép trên hành lang kênh, chưa xử lý"],
    "environment": ["Trại heo xả nước ra kênh, mùi hôi từ đầu tháng",
                    "Bãi rác tạm quá tải, khói đốt ban đêm", "Xưởng gỗ gây ồn sau 22 giờ"],
    "transport": ["Đường liên ấp hư hỏng nặng, trẻ em đi học khó khăn",
                  "Đề nghị đặt gờ giảm tốc trước cổng trường", "Cống thoát nước tắc, mưa là ngập"],
    "agriculture": ["Kênh nội đồng bồi lắng, thiếu nước vụ hè thu",
                    "Đề nghị hỗ trợ giống sau dịch bệnh trên cây mì"],
}
OTHERS = ["Phản ánh hồ sơ quá hạn trả, chưa có thông báo", "Đề nghị rà soát danh sách hộ cận nghèo",
          "Trạm y tế hết thuốc bảo hiểm", "Đề nghị mở thêm buổi tiếp công dân định kỳ",
          "Điện yếu vào giờ cao điểm, đề nghị nâng trạm"]
NOTES = ["Đã mời hai bên làm việc", "Đã xác minh tại chỗ", "Chờ ý kiến phòng chuyên môn",
         "Đã gửi thông báo cho công dân", "Công dân bổ sung tài liệu", "Đã đối chiếu bản đồ"]
ORDERS = ["Rà soát, giải quyết các vụ việc quá hạn, báo cáo kết quả trước hạn ghi trên",
          "Bố trí lãnh đạo tiếp công dân trong tuần diễn ra kỳ họp",
          "Kiểm tra việc trả lời kiến nghị sau tiếp xúc cử tri, báo cáo bằng văn bản",
          "Tổ chức đối thoại với các hộ trong vùng dự án, gửi biên bản"]
PLACES = ["Nơi tiếp công dân", "Trụ sở xã", "Trước trụ sở Ủy ban nhân dân xã", "Nơi khác trong xã"]


def readable(entry, chance):
    """The options of an entry with a text that people can read."""
    options = dict(entry["options"])
    if "text" in options:
        options["text"] = chance.choice(
            ORDERS if entry["command"] == "directive issue" else NOTES
            if entry["command"] != "case open" else PETITIONS.get(options["field"], OTHERS))
    if "place" in options:
        options["place"] = chance.choice(PLACES)
    return options


def write_plan(folder, province, communes):
    """@communes: keys of offices, the first with the most work."""
    place = folder / "life"
    place.mkdir(exist_ok=True)
    (place / PLAN).write_text(json.dumps({"province": province, "communes": communes}))
    return place


def begin(folder, province, communes):
    """Start it beside the daemons; it outlives whoever called."""
    place = write_plan(folder, province, communes)
    with open(place / "notes", "ab") as notes, hold(folder) as lock:
        subprocess.Popen([sys.executable, __file__, str(folder), "--held"], pass_fds=[lock.fileno()],
                         stdin=subprocess.DEVNULL, stdout=notes, stderr=notes,
                         start_new_session=True)


def hold(folder):
    lock = open(folder / "life" / "lock", "w")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


class Line:
    """An office's control socket: length-prefixed JSON."""

    def __init__(self, folder):
        self.path, self.socket, self.id = str(folder / "control.sock"), None, None

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.socket.recv(n - len(data))
            if not more:
                raise OSError("closed")
            data += more
        return data

    def ask(self, command, options):
        """The answer, or None while nobody is there."""
        data = json.dumps({"command": command, "options": options}, ensure_ascii=False).encode()
        try:
            if self.socket is None:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.settimeout(20)
                self.socket.connect(self.path)
            self.socket.sendall(struct.pack(">I", len(data)) + data)
            return json.loads(self.read(struct.unpack(">I", self.read(4))[0]))
        except OSError:
            if self.socket is not None:
                self.socket.close()
            self.socket = None
            return None


class Life:
    def __init__(self, folder):
        plan = json.loads((folder / "life" / PLAN).read_text())
        self.lines = [Line(folder / key) for key in [plan["province"], *plan["communes"]]]
        self.matters = {}  # number -> id
        self.chance = random.Random(1)
        self.heard = time.monotonic()

    def office_id(self, number):
        line = self.lines[number]
        if line.id is None:
            answer = line.ask("status", {})
            line.id = answer["office"]["id"] if answer else None
        return line.id

    def do(self, entry, dated):
        """True when it was written."""
        options = readable(entry, self.chance)
        opens = entry["command"].rsplit(" ", 1)[1] in ("open", "raise", "issue")
        if not dated:
            for name in ("date", "legal_date"):
                options.pop(name, None)
        if entry["command"] == "directive issue":
            options["to"] = [i for i in map(self.office_id, range(1, len(self.lines))) if i]
            options["due"] = (datetime.date.today() + datetime.timedelta(days=12)).isoformat()
        if not opens:
            if entry["matter"] not in self.matters:
                return False
            options["id"] = self.matters[entry["matter"]]
        answer = self.lines[entry["office"]].ask(entry["command"], options)
        if answer is not None:
            self.heard = time.monotonic()
        if answer is None or "error" in answer:
            return False
        if opens:
            self.matters[entry["matter"]] = answer["id"]
            if len(self.matters) > DONE_MAX:
                del self.matters[next(iter(self.matters))]
        return True

    def alone(self):
        return time.monotonic() - self.heard > SILENCE_S


def entries(communes, first_day, seed):
    command = [BIN / "lienthong-year", "--commands", "--seed", seed, "--first-day", first_day,
               "--communes", communes, *VOLUMES]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60,
                          check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def catch_up(life, past):
    """What desks wrote down in the last weeks; crowds are over by now."""
    written = 0
    for entry in past:
        if entry["command"].startswith("case"):
            written += life.do(entry, dated=True)
        if life.alone():
            break
    return written


def go_on(life, folder, coming, pace):
    for entry in coming:
        if life.do(entry, dated=False):
            time.sleep(life.chance.uniform(0.4, 1.6) * pace)
        if life.alone() or not folder.exists():
            return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=pathlib.Path)
    parser.add_argument("--pace", type=float, default=5)
    parser.add_argument("--until-caught-up", action="store_true")
    parser.add_argument("--held", action="store_true", help="the lock is inherited")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    lock = None if args.held else hold(args.tree)  # until the end
    life = Life(args.tree)
    seed = 1
    today = datetime.date.today()
    first = today - datetime.timedelta(days=183)
    year = entries(len(life.lines) - 1, first.isoformat(), seed)
    now = (today - first).days * 24 * 60
    past = [e for e in year if now - WEEKS * 7 * 24 * 60 <= e["minute"] < now]
    print(f"caught up: {catch_up(life, past)} entries", flush=True)
    coming = [e for e in year if e["minute"] >= now]
    while not args.until_caught_up and go_on(life, args.tree, coming, args.pace):
        seed += 1
        life.matters.clear()
        coming = entries(len(life.lines) - 1, first.isoformat(), seed)
    del lock


if __name__ == "__main__":
    main()

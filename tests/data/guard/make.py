"""The two corpora of the text guard: texts as reception desks type them.

  make.py FOLDER      writes planted.tsv and clean.tsv there

planted.tsv: kind, what stands in the form (name|address|number|phone, of kind
"own" alone), the text. clean.tsv: where it is typed, the text. Both come from
one seed and the material below, which was written by hand before the guard and
is not to be changed to please it. A name here belongs to nobody.
"""
import pathlib
import random
import sys
import unicodedata

SEED = 20261128
EACH = 2000
SHARE = {"own": 500, "number": 250, "phone": 250, "email": 100, "plate": 150,
         "address": 500, "list": 250}

FAMILY = ["Nguyễn"] * 12 + ["Trần"] * 5 + ["Lê"] * 5 + ["Phạm"] * 4 + ["Huỳnh", "Hoàng", "Phan", "Vũ", "Võ",
          "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Trương", "Mai", "Cao", "Tô", "Lâm", "Trịnh", "Đoàn",
          "Hà", "Châu", "Thạch", "Kim", "Sơn", "Danh", "Nông", "Lò", "Vàng", "Giàng", "Quách", "Tạ", "Lương", "Tống"]
MIDDLE_M = ["Văn"] * 6 + ["Hữu", "Đức", "Minh", "Quốc", "Thanh", "Công", "Xuân", "Ngọc", "Đình", "Tấn", "Bá", "Thành"]
MIDDLE_F = ["Thị"] * 8 + ["Ngọc", "Thu", "Kim", "Mỹ", "Thanh", "Bích", "Hồng", "Thị Thu", "Thị Ngọc", "Thị Kim"]
GIVEN_M = ["Hùng", "Dũng", "Tám", "Bảy", "Út", "Sơn", "Hải", "Long", "Tuấn", "Phúc", "Khoa", "Lợi", "Thắng", "Quân",
           "Đạt", "Nghĩa", "Phước", "Toàn", "Vinh", "Trung", "Kiệt", "Hiếu", "Tâm", "Cường", "Bình", "Chiến", "Định"]
GIVEN_F = ["Hoa", "Lan", "Hương", "Mai", "Nga", "Thủy", "Tuyết", "Liên", "Hạnh", "Phượng", "Loan", "Yến", "Trang", "Bé",
           "Hai", "Sáu", "Thảo", "Nhung", "Dung", "Vân", "Xuân", "Hằng", "Oanh", "Diễm", "Cúc", "Gái", "Hiền"]
COMMUNE = ["Tân Bình", "Thạnh Đức", "Cẩm Giang", "Hòa Hiệp", "Tân Lập", "Thạnh Bắc", "Mỏ Công", "Trà Vong", "Phước Vinh",
           "Biên Giới", "Long Thuận", "Ninh Điền", "Truông Mít", "Lộc Ninh", "Cầu Khởi", "Phan", "Suối Đá", "Bàu Năng",
           "Hưng Thuận", "An Tịnh", "Gia Lộc", "Hiệp Tân", "Ninh Sơn", "Trảng Lớn", "Đồng Khởi", "Thái Bình", "Hảo Đước"]
HAMLET = ["Tân Nam", "Bến Rộng", "Cây Cầy", "Bình Phong", "Trà Hiệp", "Suối Muồn", "Gò Nổi", "Bàu Sen", "Xóm Mía",
          "Cầy Xiêng", "Đồng Kén", "Bố Lớn", "Sân Bay", "Thạnh Hưng", "Rỗng Tượng"]
STREET = ["Nguyễn Huệ", "Lê Lợi", "Trần Hưng Đạo", "Hai Bà Trưng", "Bà Triệu", "Nguyễn Thị Minh Khai", "Lê Duẩn", "Phan Đình Phùng",
          "Hoàng Văn Thụ", "Trương Định", "Cách Mạng Tháng Tám", "Điện Biên Phủ", "Nguyễn Trãi", "Võ Thị Sáu", "Tôn Đức Thắng",
          "Phạm Văn Đồng", "Lý Thường Kiệt", "Ngô Quyền", "Bời Lời", "30 Tháng 4", "Lạc Long Quân", "Nguyễn Chí Thanh"]
SCHOOL = ["trường THPT Nguyễn Trung Trực", "trường THCS Lê Hồng Phong", "trường tiểu học Võ Thị Sáu", "trường mầm non Hoa Mai",
          "trường THPT Trần Phú", "trường tiểu học Nguyễn Bá Ngọc", "trường THCS Phan Bội Châu"]
MATTER = ["bồi thường dự án đường liên xã", "thu hồi đất làm khu công nghiệp", "tranh chấp ranh đất", "cấp giấy chứng nhận quyền sử dụng đất",
          "hỗ trợ tái định cư", "ô nhiễm từ trại heo", "nước thải nhà máy mì", "thủy lợi nội đồng", "chế độ thương binh", "bảo hiểm y tế hộ nghèo",
          "tiền lương công nhân", "xây nhà không phép", "lấn chiếm lòng đường", "chợ tự phát", "bãi rác ngoài quy hoạch", "cầu dân sinh hư",
          "điện sinh hoạt yếu", "đất rừng giao khoán", "học phí đầu năm", "đất công bị cho thuê", "hẻm bị rào", "khai thác cát ban đêm",
          "hụi vỡ", "quy hoạch treo", "kiểm đếm cây trồng", "giá đất bồi thường", "hộ khẩu nhập nhầm", "đường dây trung thế"]
OFFICE = ["UBND xã", "UBND phường", "Ban Tiếp công dân", "Thanh tra tỉnh", "Phòng Kinh tế", "Sở Nông nghiệp và Môi trường", "Công an xã",
          "Trung tâm Phát triển quỹ đất", "Văn phòng đăng ký đất đai", "Ủy ban Mặt trận Tổ quốc", "Hội Nông dân", "Hội Phụ nữ",
          "Ban Quản lý dự án", "Bộ phận Một cửa"]

# --- what people write around a thing that should not be there ---
OWN = ["Công dân {name} phản ánh việc {matter}.", "{name} đến lần thứ hai về {matter}, đề nghị trả lời bằng văn bản.",
       "Đơn của {name}, nội dung {matter}, đã hẹn thứ Sáu.", "Đã mời {name} lên làm việc về {matter}.",
       "Người có đơn: {name}. Việc {matter}.", "Theo trình bày của {name} thì {matter} kéo dài từ năm 2019.",
       "{matter}; liên hệ {phone} khi có kết quả", "Gọi lại số {phone} để hẹn ngày đối thoại về {matter}.",
       "Gửi kết quả về {address}, nội dung {matter}", "Nhà ở {address} bị ảnh hưởng bởi {matter}.",
       "Số giấy tờ {number}, khiếu nại {matter}", "Căn cước {number} đã đối chiếu, nội dung {matter}",
       "Hộ {name} ở {address} chưa nhận tiền {matter}", "Tiếp {name}: {matter}. Có kèm bản vẽ.",
       "Đề nghị xem lại hồ sơ {name} vì {matter} chưa đúng diện tích"]
NUMBER = ["CCCD {x}, đề nghị giải quyết {matter}", "Công dân có số căn cước {x} khiếu nại {matter}.", "CMND số {x} cấp tại Tây Ninh, việc {matter}",
          "Đã đối chiếu giấy tờ {x} khi tiếp, nội dung {matter}", "{matter}; số định danh {x}", "Hồ sơ kèm bản sao căn cước ({x}) và sơ đồ đất, {matter}",
          "Người đứng đơn, số ĐDCN {x}, nêu {matter}", "thẻ căn cước {x} nộp cùng đơn {matter}", "Khai số {x}, hẹn thứ Tư trả lời {matter}"]
PHONE = ["Liên hệ {x} để hẹn đối thoại về {matter}", "Công dân để lại số {x}, việc {matter}.", "{matter}. ĐT: {x}", "sdt {x}, gọi sau 17 giờ, {matter}",
         "Đại diện nhóm hộ, điện thoại {x}, xin gặp về {matter}", "Zalo {x} gửi ảnh {matter}", "Gọi {x} khi có lịch, {matter} còn nợ văn bản",
         "Số máy {x} đã báo tin {matter} lúc 7 giờ", "Người báo tin gọi từ {x}: khoảng 15 người hỏi {matter}", "{x} — hỏi về {matter}"]
EMAIL = ["Gửi trả lời qua {x} về {matter}", "Email liên hệ: {x}. Nội dung {matter}", "{matter}, thư điện tử {x}", "Công dân xin nhận văn bản tại {x}, việc {matter}",
         "Ảnh chụp đã gửi từ {x}; {matter}"]
PLATE = ["Xe {x} chở vật liệu gây {matter}", "Biển số {x} đậu trước cổng, đoàn hỏi {matter}", "Có ô tô {x} đi cùng đoàn, việc {matter}",
         "Xe máy {x} của người báo tin, {matter}", "Phản ánh xe tải {x} chạy đêm, {matter}", "đoàn đi hai xe {x}, đòi giải quyết {matter}"]
ADDRESS = ["{x} khiếu nại {matter}.", "Đã tiếp {x}, nội dung {matter}.", "Khoảng 20 người, {x} nói thay, về {matter}", "{x} đề nghị gặp chủ tịch về {matter}",
           "Theo {x}, việc {matter} đã kéo dài", "Giao công chức địa chính làm việc với {x} về {matter}", "Hộ {x} chưa đồng ý giá, {matter}",
           "Đề nghị mời {x} lên đối thoại việc {matter}", "Thửa đất giáp nhà {x}, tranh chấp do {matter}", "{x} cầm đơn {matter}, chờ ở hội trường",
           "Trả lời {x} bằng văn bản, việc {matter}", "đại diện là {x}, hỏi {matter}", "Con của {x} đến thay, nội dung {matter}",
           "Nhà {x} bị ngập do {matter}", "{x} và một số hộ phản ánh {matter}", "Có mặt {x} tại trụ sở lúc 8 giờ, {matter}"]
LIST = ["Các hộ {x} cùng khiếu nại {matter}", "Đơn tập thể gồm {x} về {matter}", "Người ký tên: {x}. Nội dung {matter}", "Đoàn có {x}, đòi trả lời {matter}",
        "{x} cùng ký đơn {matter}", "Mời {x} đến dự đối thoại {matter}", "Danh sách chưa nhận tiền: {x}; {matter}", "Đã làm việc với {x} (việc {matter})"]
TAIL = ["", "", "", " Hẹn trả lời trong tuần.", " Đã chuyển địa chính kiểm tra.", " Có 3 tờ đơn kèm.", " Đề nghị theo dõi.", " Chưa có ý kiến của xã.",
        " Nội dung như đơn trước.", " Công dân ra về lúc 10 giờ."]

# --- what belongs into a text ---
CLEAN = {
    "incident": ["Khoảng {n} người ở ấp {hamlet}, xã {commune} đến trụ sở hỏi về {matter}.", "Đoàn {n} người mang băng rôn trước cổng UBND xã {commune}, việc {matter}",
                 "{n} người dân xã {commune} chờ gặp lãnh đạo về {matter}, trật tự ổn định", "Bà con ấp {hamlet} tụ tập ở nhà văn hóa, bức xúc {matter}",
                 "Công nhân nghỉ việc tập thể gần ngã tư {street}, đòi {matter}", "Đông người tại đường {street} phản đối {matter}, đề nghị cử cán bộ tiếp",
                 "Nhóm tiểu thương chợ {commune} đến hỏi {matter}; cần phòng họp và nước uống", "Phụ huynh {school} chưa đồng tình {matter}, khoảng {n} người",
                 "Người dân khu phố 4 phường {commune} căng bạt phản đối {matter}", "Khoảng {n} người đi bộ từ chợ về Trụ sở tiếp công dân tỉnh, việc {matter}",
                 "Đề nghị hỗ trợ 2 cán bộ địa chính và hồ sơ dự án, {n} người đang chờ", "Đoàn đã cử 2 đại diện, {office} đang tiếp, còn {n} người ngoài sân"],
    "case": ["Khiếu nại quyết định số {doc} của {office} {commune} về {matter}.", "Đề nghị xem xét lại {matter} tại thửa đất số {plot}, tờ bản đồ số {sheet}, diện tích {area} m2.",
             "Phản ánh {matter} ở ấp {hamlet}, kéo dài từ năm {year}.", "Kiến nghị {office} sớm có biện pháp đối với {matter} trên đường {street}.",
             "Công dân yêu cầu bồi thường {money} đồng do {matter}, chưa đồng ý biên bản ngày {date}.", "Không đồng ý mức giá {money} đồng/m2 theo phương án số {doc}.",
             "Đơn có 3 nội dung: {matter}; thái độ của công chức; chậm trả hồ sơ.", "Việc {matter} đã được {office} trả lời tại công văn số {doc} ngày {date} nhưng công dân chưa đồng ý.",
             "Tranh chấp lối đi chung rộng 2,5 m, dài 40 m cạnh {school}.", "Xin cấp lại giấy chứng nhận số BA {six} vào sổ CH {five} do thất lạc.",
             "Các xã {commune}, {commune2}, {commune3} đều có phản ánh tương tự về {matter}.", "Kiến nghị sửa mặt đường {street}, {street2} và {street3} trước mùa mưa.",
             "Người dân đã nộp lệ phí {money} đồng nhưng chưa được giải quyết {matter}.", "Mương thoát nước từ đường {street} đến cầu {hamlet} bị lấp.",
             "Đề nghị kiểm tra việc khai thác cát trên sông Vàm Cỏ Đông đoạn qua xã {commune}.", "Hộ dân mất {area} m2 đất trồng cao su, số tờ {sheet}, thửa {plot}."],
    "step": ["Đã thụ lý, giao tổ xác minh gồm 3 người, hạn ngày {date}.", "Hướng dẫn công dân gửi đơn đến {office} theo thẩm quyền.", "Chuyển đơn đến {office} {commune} kèm phiếu chuyển số {doc}.",
             "Đối thoại ngày {date} tại hội trường UBND xã {commune}, hai bên chưa thống nhất.", "Trả lại đơn vì không đủ điều kiện xử lý, nêu rõ lý do tại thông báo số {doc}.",
             "Bác sĩ trạm y tế xã {commune} xác nhận nội dung phản ánh về {matter} là có cơ sở.", "Ông bà cha mẹ để lại đất từ năm {year}, chưa kê khai; cần xác minh nguồn gốc.",
             "Anh em trong gia đình đã tự thỏa thuận, công dân rút một phần nội dung.", "Cô giáo chủ nhiệm và nhà trường đã giải thích, phụ huynh đồng ý.",
             "Chú ý: hồ sơ gốc ở {office}, mượn trả trước ngày {date}.", "Chị em hội viên Hội Phụ nữ xã {commune} tham gia hòa giải thành.",
             "Kết quả kiểm tra: diện tích thực tế {area} m2, chênh {n} m2 so với sổ.", "Gia hạn theo quyết định số {doc}, lý do cần trưng cầu giám định."],
    "directive": ["Yêu cầu Chủ tịch UBND xã {commune} báo cáo kết quả giải quyết {matter} trước ngày {date}.", "Giao {office} chủ trì, phối hợp UBND các xã {commune}, {commune2}, {commune3} rà soát đơn tồn đọng.",
                  "Tăng cường tiếp công dân trong kỳ họp Quốc hội, trực 7h30–12h00 và 13h00–16h30 kể cả thứ Bảy, Chủ nhật.", "Triển khai Kế hoạch số {doc} về {matter}; báo cáo trước 16 giờ hằng ngày.",
                  "Đôn đốc trả lời công văn số {doc} ngày {date}; quá hạn 12 ngày.", "Thực hiện Luật Tiếp công dân, Nghị định 64/2014/NĐ-CP và Thông tư 04/2021/TT-TTCP.",
                  "Bố trí nơi tiếp, nước uống, xe đưa công dân về địa phương dịp Tết Nguyên đán {year}.", "Công bố đường dây nóng 1022 và lịch tiếp của lãnh đạo tại trụ sở {office}.",
                  "Rà soát toàn bộ vụ việc khu vực núi Bà Đen, chợ Long Hoa và khu kinh tế cửa khẩu Mộc Bài.", "Kiểm điểm trách nhiệm người đứng đầu nếu để chậm {matter}.",
                  "Giao Đài Truyền thanh thông báo lịch cấp giấy tại ấp {hamlet}, {hamlet2}, {hamlet3}."],
}


def fold(text):
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in text if not unicodedata.combining(c))


class Desk:
    def __init__(self, rng):
        self.rng = rng

    def one(self, of):
        return self.rng.choice(of)

    def sex(self):
        return self.rng.random() < 0.5

    def name(self, male=None):
        male = self.sex() if male is None else male
        middle = self.one(MIDDLE_M if male else MIDDLE_F)
        if self.rng.random() < 0.1:
            middle += " " + self.one(("Anh", "Hoàng", "Bảo", "Gia"))
        return f"{self.one(FAMILY)} {middle} {self.one(GIVEN_M if male else GIVEN_F)}"

    def digits(self, n):
        return "".join(str(self.rng.randrange(10)) for _ in range(n))

    def number(self):
        if self.rng.random() < 0.7:
            raw = self.one(("072", "079", "001", "080", "092", "064")) + str(self.rng.randrange(10)) + self.digits(8)
            cut = self.one(([12], [12], [12], [3, 3, 3, 3], [3, 3, 6], [4, 4, 4], [3, 1, 2, 6]))
        else:
            raw = self.one(("29", "02", "27", "36")) + self.digits(7)
            cut = self.one(([9], [9], [3, 3, 3]))
        mark = self.one((" ", " ", ".", "-"))
        parts, at = [], 0
        for n in cut:
            parts.append(raw[at:at + n])
            at += n
        return mark.join(parts)

    def phone(self):
        raw = self.one(("09", "03", "07", "08", "05")) + self.digits(8)
        kind = self.rng.randrange(10)
        if kind < 4:
            return raw
        if kind == 4:
            return f"{raw[:4]} {raw[4:7]} {raw[7:]}"
        if kind == 5:
            return f"{raw[:4]}.{raw[4:7]}.{raw[7:]}"
        if kind == 6:
            return "+84" + raw[1:]
        if kind == 7:
            return f"+84 {raw[1:3]} {raw[3:6]} {raw[6:]}"
        if kind == 8:
            return f"0276 {self.one(('3', '38', '37'))}{self.digits(5)}".ljust(12, "4")
        return f"{raw[:3]}-{raw[3:6]}-{raw[6:]}"

    def email(self):
        who = fold(self.name()).lower().split()
        return self.one((f"{who[-1]}.{who[0]}{self.rng.randrange(60, 99)}@gmail.com", f"{''.join(who)}@yahoo.com.vn",
                         f"{who[-1]}_{who[1]}@outlook.com", f"{who[-1]}{self.digits(4)}@gmail.com"))

    def plate(self):
        place = self.one(("70", "51", "61", "72", "93", "29", "62"))
        if self.rng.random() < 0.5:
            series = self.one("ABCDFGHKLM")
            return self.one((f"{place}{series}-{self.digits(3)}.{self.digits(2)}", f"{place}{series} {self.digits(5)}",
                             f"{place}{series}-{self.digits(5)}", f"{place}{series}{self.digits(5)}"))
        series = self.one("BCDEFGHKL") + str(self.rng.randrange(1, 10))
        return self.one((f"{place}-{series} {self.digits(3)}.{self.digits(2)}", f"{place}{series}-{self.digits(3)}.{self.digits(2)}",
                         f"{place}{series} {self.digits(5)}", f"{place}-{series} {self.digits(4)}"))

    def addressed(self):
        male = self.sex()
        full = self.name(male)
        words = full.split()
        form = self.one(("ông", "ông", "anh", "chú", "bác", "cậu") if male else ("bà", "bà", "chị", "cô", "bác", "dì"))
        who = full if self.rng.random() < 0.6 else words[-1] if self.rng.random() < 0.6 else " ".join(words[-2:])
        style = self.rng.randrange(20)
        if style < 13:
            return f"{form} {who}"
        if style < 16:
            return f"{form.capitalize()} {who}"
        if style == 16:
            return f"{form} {who} (ấp {self.one(HAMLET)})"
        if style == 17:
            return fold(f"{form} {full}")
        if style == 18:
            return f"{form.upper()} {full.upper()}"
        return f"{form} {full}".lower()

    def several(self):
        names = [self.name() for _ in range(self.rng.randrange(3, 6))]
        style = self.rng.randrange(10)
        if style < 5:
            return ", ".join(names)
        if style < 7:
            return ", ".join(names[:-1]) + " và " + names[-1]
        if style == 7:
            return "; ".join(names)
        if style == 8:
            return " - ".join(names)
        return fold(", ".join(names))

    def address(self):
        return self.one((f"số {self.rng.randrange(2, 400)} đường {self.one(STREET)}, khu phố {self.rng.randrange(1, 8)}, phường {self.one(COMMUNE)}",
                         f"tổ {self.rng.randrange(1, 20)}, ấp {self.one(HAMLET)}, xã {self.one(COMMUNE)}",
                         f"{self.rng.randrange(2, 90)}/{self.rng.randrange(2, 30)} hẻm {self.rng.randrange(2, 40)} {self.one(STREET)}, phường {self.one(COMMUNE)}"))

    def habit(self, text, hard=0.12):
        """As it comes from a keyboard in a hurry."""
        roll = self.rng.random()
        if roll < hard / 3:
            return fold(text)
        if roll < hard * 2 / 3:
            return text.lower()
        if roll < hard:
            return text.upper()
        return text

    def own(self):
        form = {"name": self.name(), "address": self.address(), "number": self.number(), "phone": self.phone()}
        shown = dict(form)
        words = form["name"].split()
        roll = self.rng.randrange(10)
        if roll < 2:
            shown["name"] = " ".join(words[-2:])
        elif roll == 2:
            shown["name"] = " ".join(words[:2])
        elif roll == 3:
            shown["name"] = fold(form["name"]).lower()
        elif roll == 4:
            shown["name"] = form["name"].upper()
        bare = "".join(c for c in form["phone"] if c.isdigit() or c == "+")
        shown["phone"] = self.one((form["phone"], bare, " ".join((bare[:4], bare[4:7], bare[7:]))))
        bare = "".join(c for c in form["number"] if c.isdigit())
        shown["number"] = self.one((form["number"], bare, bare[:3] + " " + bare[3:6] + " " + bare[6:]))
        shown["address"] = self.one((form["address"], form["address"].split(", ")[0] + ", " + form["address"].split(", ")[1], fold(form["address"])))
        text = self.one(OWN).format(matter=self.one(MATTER), **shown) + self.one(TAIL)
        return "|".join(form[k] for k in ("name", "address", "number", "phone")), self.habit(text, 0.15)

    def planted(self, kind):
        if kind == "own":
            return self.own()
        made = {"number": (NUMBER, self.number), "phone": (PHONE, self.phone), "email": (EMAIL, self.email), "plate": (PLATE, self.plate),
                "address": (ADDRESS, self.addressed), "list": (LIST, self.several)}
        frames, thing = made[kind]
        text = self.one(frames).format(x=thing(), matter=self.one(MATTER)) + self.one(TAIL)
        return "", text[:1].upper() + text[1:]

    def clean(self):
        where = self.one(list(CLEAN))
        communes, hamlets, streets = (self.rng.sample(of, 3) for of in (COMMUNE, HAMLET, STREET))
        doc = f"{self.rng.randrange(5, 3000)}/{self.one(('QĐ-UBND', 'UBND-TD', 'TB-UBND', 'KH-UBND', '2025/QĐ-UBND', 'BC-TTr'))}"
        money = f"{self.rng.randrange(1, 990)}.{self.one(('000', '500', '250'))}.000" if self.rng.random() < 0.8 else f"{self.rng.randrange(1, 9)}.{self.digits(3)}.000.000"
        text = self.one(CLEAN[where]).format(
            n=self.rng.randrange(8, 120), hamlet=hamlets[0], hamlet2=hamlets[1], hamlet3=hamlets[2], commune=communes[0], commune2=communes[1], commune3=communes[2],
            street=streets[0], street2=streets[1], street3=streets[2], school=self.one(SCHOOL), matter=self.one(MATTER), office=self.one(OFFICE), doc=doc, money=money,
            plot=self.rng.randrange(1, 900), sheet=self.rng.randrange(1, 60), area=f"{self.rng.randrange(1, 20)}.{self.digits(3)}" if self.rng.random() < 0.5 else self.rng.randrange(40, 900),
            year=self.rng.randrange(1986, 2027), date=f"{self.rng.randrange(1, 29):02}/{self.rng.randrange(1, 13):02}/2026", six=self.digits(6), five=self.digits(5))
        if where in ("case", "step") and self.rng.random() < 0.3:
            text += self.one(TAIL)
        return where, self.habit(text, 0.1)


def main():
    folder = pathlib.Path(sys.argv[1])
    desk = Desk(random.Random(SEED))
    kinds = [kind for kind, n in SHARE.items() for _ in range(n)]
    assert len(kinds) == EACH
    desk.rng.shuffle(kinds)
    with open(folder / "planted.tsv", "w", encoding="utf-8") as file:
        for kind in kinds:
            form, text = desk.planted(kind)
            file.write(f"{kind}\t{form}\t{text}\n")
    seen = set()
    with open(folder / "clean.tsv", "w", encoding="utf-8") as file:
        while len(seen) < EACH:
            where, text = desk.clean()
            if text not in seen:
                seen.add(text)
                file.write(f"{where}\t{text}\n")


main()

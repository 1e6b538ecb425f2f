/* X(word, Vietnamese text, Vietnamese remedy, English text, English remedy):
 * errors of the people of an office and of its register, beside
 * message_table.h. */
X("sign_in_refused",
  "Tên hoặc mật khẩu, mã PIN không đúng[: {what}]",
  "Gõ lại. Quên thì nhờ lãnh đạo cấp lại bằng mã giấy niêm phong: lienthong "
  "person renew. Sau 5 lần sai, tên này bị khoá một lúc.",
  "the name or its password or PIN is not right[: {what}]",
  "Type it again. If it is forgotten, a leader renews it with a sealed paper "
  "code: lienthong person renew. After 5 wrong ones the name is locked for a "
  "while.")
X("locked_out",
  "Đã sai quá nhiều lần; tạm khoá, còn {seconds} giây",
  "Chờ hết thời gian rồi gõ lại, hoặc nhờ lãnh đạo cấp lại bằng mã giấy niêm "
  "phong. Không có gì bị mất.",
  "too many wrong tries; locked for another {seconds} seconds",
  "Wait until the time is over and type it again, or have a leader renew it "
  "with a sealed paper code. Nothing is lost.")
X("session_ended",
  "Phiên làm việc đã hết hạn hoặc đã kết thúc",
  "Đăng nhập lại; biểu mẫu đang viết vẫn còn trên máy.",
  "the session has expired or was ended",
  "Sign in again; a form that was being written is still on the machine.")
X("session_locked",
  "Màn hình đang khoá",
  "Gõ mã PIN để mở, hoặc đổi người trực.",
  "the screen is locked",
  "Type the PIN to open it, or change the officer.")
X("code_refused",
  "Cần mã một lần 6 chữ số của máy xác thực, đúng lúc này[: {what}]",
  "Gõ mã đang hiện; mỗi mã dùng một lần. Nếu luôn sai, kiểm tra đồng hồ của "
  "máy này và của điện thoại; mất điện thoại thì lãnh đạo cấp mã mới: lienthong "
  "person role --new-totp.",
  "the six digit code of the authenticator, of this moment, is needed[: {what}]",
  "Type the code that is shown; each counts once. If it is always wrong, check "
  "the clocks of this machine and of the telephone; if the telephone is lost, "
  "a leader gives a new secret: lienthong person role --new-totp.")
X("no_authenticator",
  "In hoặc tải cả quyển sổ cần mã một lần, mà người này chưa có mã[: {what}]",
  "Lãnh đạo cấp mã tại Người dùng, mục Sửa, hoặc: lienthong person role --new-totp; rồi quét "
  "vào ứng dụng xác thực trên điện thoại. Việc thường ngày không cần mã.",
  "printing or saving a whole book needs a one-time code, and this person has no authenticator[: {what}]",
  "A leader makes one under People, Edit, or with lienthong person role --new-totp; the telephone's "
  "authenticator takes it. Daily work needs none.")
X("book_too_long",
  "Khoảng ngày này có quá nhiều mục: nhiều nhất {most} mục một lần",
  "Chọn ít ngày hơn rồi mở lại; không có gì bị mất.",
  "these days have too many entries: at most {most} at once",
  "Choose fewer days and open it again; nothing is lost.")
X("paper_code_refused",
  "Mã giấy không đúng hoặc đã dùng rồi",
  "So lại từng chữ trên phong bì, hoặc dùng mã kế tiếp. Hết mã thì một lãnh đạo "
  "còn đăng nhập được tạo bộ mới: lienthong person papers.",
  "the paper code is not right, or has been used",
  "Compare it with the paper letter by letter, or use the next one. When none "
  "is left, a leader who can still sign in makes new ones: lienthong person "
  "papers.")
X("person_there",
  "Đã có người mang tên đăng nhập này[: {what}]",
  "Chọn tên khác. Tên của người đã nghỉ không dùng lại, vì nhật ký kiểm tra nói "
  "về họ.",
  "somebody has this sign-in name already[: {what}]",
  "Choose another one. Names of people who left are not used again, because "
  "the audit speaks of them.")
X("last_leader",
  "Đây là lãnh đạo cuối cùng còn quản lý được người dùng[: {what}]",
  "Trước hết giao vai trò lãnh đạo cho người khác: lienthong person role.",
  "this is the last leader who can change people[: {what}]",
  "Give the role of leader to somebody else first: lienthong person role.")
X("secret_too_weak",
  "Mật khẩu hoặc mã PIN quá dễ đoán[: {what}][ ({reason})]",
  "Chọn mật khẩu dài hơn, hoặc mã PIN không phải dãy số liền nhau; chưa có gì "
  "thay đổi.",
  "the password or PIN is too easily guessed[: {what}][ ({reason})]",
  "Choose a longer password, or a PIN that is no straight run of digits; "
  "nothing has changed.")
X("register_key_refused",
  "Không có khoá của sổ tiếp công dân, hoặc khoá không phải của sổ này[: {path}]"
  "[ ({reason})]",
  "Để khoá đúng vào thông tin xác thực register.key của dịch vụ hoặc "
  "identity/register.key (0400). Mất khoá: phục hồi sổ từ bản sao lưu bằng bộ "
  "khôi phục trong két. Các việc khác vẫn làm bình thường.",
  "the key of the register is missing, or is not the one of this register"
  "[: {path}][ ({reason})]",
  "Put the right key into the service's credential register.key or "
  "identity/register.key (0400). If it is lost, restore the register from its "
  "backup with the recovery kit from the safe. All other work goes on.")
X("register_refuses_denunciation",
  "Sổ tiếp công dân không nhận người tố cáo[: {what}]",
  "Ghi vào sổ mật bằng giấy; ở đây chỉ có số của mục niêm phong. Chưa có gì được "
  "ghi.",
  "the register takes no denouncer[: {what}]",
  "Enter it in the sealed paper book; here stands only the number of the sealed "
  "entry. Nothing has been written.")
X("register_entry_erased",
  "Mục trong sổ đã xoá, không mở lại được[: {what}]",
  "Xem lienthong audit để biết ai xoá và khi nào. Xin công dân cung cấp lại nếu "
  "còn cần.",
  "the entry of the register was erased and cannot be opened[: {what}]",
  "See lienthong audit for who erased it and when. Ask the citizen again if it is "
  "still needed.")
X("register_left",
  "Cơ quan này đã kết thúc hoạt động mà sổ tiếp công dân còn {entries} hồ sơ "
  "chưa giao xong",
  "Lãnh đạo giao cả sổ cho nơi kế thừa: lienthong register give TỆP --to "
  "\"{heir}\" --key KHÓA (ở đó, lienthong office key hiện khóa); ở đó: lienthong "
  "register take TỆP; rồi ở đây: lienthong register confirm MÃ --erase. Trước đó "
  "đừng bỏ máy này.",
  "this office is closed, and {entries} cases in its register have not been "
  "handed over",
  "A leader gives the whole register to its heir: lienthong register give FILE "
  "--to \"{heir}\" --key KEY (lienthong office key shows it there); there: lienthong "
  "register take FILE; then here: lienthong register confirm RECEIPT --erase. Keep "
  "this machine until then.")
X("register_waits",
  "{entries} mục trong sổ tiếp công dân chưa theo hồ sơ tới {office}: sổ ở đây đang "
  "khoá",
  "Cán bộ tiếp hoặc lãnh đạo đăng nhập rồi mở sổ (lienthong register search); các "
  "mục tự niêm phong và tự gửi. Nếu vẫn còn: mở mục ấy để xem lý do.",
  "{entries} entries of the register have not followed their cases to {office}: "
  "the register here is locked",
  "An officer or leader signs in and opens the register (lienthong register "
  "search); the entries are then sealed and sent by themselves. If they stay, open "
  "one to see why.")
X("register_no_key",
  "{entries} mục trong sổ tiếp công dân chưa gửi được: chưa có khoá tin được của "
  "{office}",
  "Chưa gửi cho khoá đã thu hồi hoặc chờ xác nhận. Xem lienthong explain "
  "\"{office}\"; khoá mới do nơi giữ bản gốc xác nhận (lienthong key confirm). Sau đó "
  "các mục tự gửi.",
  "{entries} entries of the register could not be sent: no key of {office} is "
  "known that can be trusted",
  "Nothing is sealed to a key that is revoked or waits for confirmation. See "
  "lienthong explain \"{office}\"; its keeper confirms a new key (lienthong key "
  "confirm). The entries then go by themselves.")
X("register_untaken",
  "{entries} mục trong sổ tiếp công dân đã gửi, {office} chưa nhận",
  "Gọi {office}: cán bộ ở đó mở sổ thì các mục tự vào. Nếu mất liên lạc: "
  "lienthong explain \"{office}\". Mục ở đây vẫn còn cho tới khi được nhận.",
  "{entries} entries of the register were sent, and {office} has not taken them",
  "Call {office}: once somebody opens the register there they go in by themselves. "
  "Where the link is down: lienthong explain \"{office}\". The entries stay here as "
  "well.")
X("register_come",
  "{entries} mục trong sổ tiếp công dân niêm phong từ {office} đang chờ ở đây",
  "Cán bộ tiếp hoặc lãnh đạo đăng nhập rồi mở sổ (lienthong register search); các "
  "mục tự vào sổ và nơi gửi nhận được biên nhận.",
  "{entries} sealed entries of the register from {office} wait here",
  "An officer or leader signs in and opens the register (lienthong register "
  "search); the entries go in by themselves and their sender gets the receipt.")
X("register_damaged",
  "Mục trong sổ tiếp công dân bị hỏng hoặc bị sửa[: {what}]",
  "Phục hồi sổ từ bản sao lưu gần nhất; các mục khác vẫn đọc được. Kiểm tra đĩa.",
  "an entry of the register is damaged or was changed[: {what}]",
  "Restore the register from its last backup; other entries can still be read. "
  "Check the disk.")

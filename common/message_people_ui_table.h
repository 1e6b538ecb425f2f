/* X(word, Vietnamese, English): people of an office, and its register. */
X("ui_why_password_text", "tối đa 256 byte, chữ hợp lệ",
  "at most 256 bytes of valid text")
X("ui_why_password_short", "ít nhất 8 ký tự", "at least 8 characters")
X("ui_why_password_name", "gần như trùng tên đăng nhập",
  "nearly the sign-in name")
X("ui_why_pin_digits", "4 đến 8 chữ số", "4 to 8 digits")
X("ui_why_pin_guessed", "một chữ số lặp lại hoặc dãy số liền nhau",
  "one digit repeated, or a straight run")
X("ui_why_leader_only", "chỉ lãnh đạo của cơ quan được thay đổi người dùng",
  "only a leader of the office changes people")
X("ui_why_person_name", "1 đến 32 ký tự a-z, 0-9, dấu chấm, gạch nối, gạch dưới",
  "1 to 32 of a-z, 0-9, dot, hyphen, underscore")
X("ui_why_shown_name", "1 đến 200 byte, trên một dòng",
  "1 to 200 bytes, in one line")
X("ui_why_operator_alone",
  "officer, coordinator, leader, inspector, operator; quản trị máy không kiêm "
  "cán bộ tiếp hay lãnh đạo",
  "officer, coordinator, leader, inspector, operator; an operator is neither "
  "officer nor leader")
X("ui_why_first_leader", "người đầu tiên phải là lãnh đạo",
  "the first person has to be a leader")
X("ui_why_days_backwards", "ngày cuối ở trước ngày đầu",
  "the last day lies before the first")
X("ui_why_other_register_key", "khoá của sổ khác", "the key of another register")
X("ui_why_register_leader", "giao cả sổ phải do lãnh đạo làm",
  "the whole register is given by a leader alone")
X("ui_why_not_this_parcel",
  "không phải gói sổ gửi cho đơn vị này, hoặc gói đã hỏng hay thiếu",
  "no parcel of a register for this office, or it is damaged or cut off")
X("ui_cmd_register_give",
  "niêm phong mục của một hồ sơ (--case) hoặc cả sổ cho đơn vị tiếp nhận; chỉ nơi đó mở được",
  "seal the entries of a case (--case), or the whole register, for the office that takes it over")
X("ui_cmd_register_take", "nhận gói sổ mà đơn vị khác đã niêm phong cho đơn vị này",
  "take over what another office sealed for this one")
X("ui_cmd_register_confirm",
  "ghi nhận mã biên nhận của nơi nhận; --erase huỷ khoá các mục đã giao",
  "note the taker's receipt; --erase destroys the keys of what was given")
X("ui_opt_register_to", "đơn vị tiếp nhận", "the office that takes over")
X("ui_opt_register_case", "chỉ mục của hồ sơ này", "of this case alone")
X("ui_opt_register_erase", "huỷ khoá các mục đã giao", "destroy the keys of what was given")
X("ui_opt_register_key", "khoá của nơi nhận, như `office key` trên máy đó hiện",
  "the taker's key, as `office key` on its machine shows it")
X("ui_register_given", "Đã niêm phong; nơi nhận sẽ báo mã biên nhận cho cùng bảng kê này",
  "Sealed; the taker will tell a receipt for this same inventory")
X("ui_register_taken", "Đã nhận; đối chiếu bảng kê và báo mã biên nhận cho nơi giao",
  "Taken over; compare the inventory and tell the giver the receipt")
X("ui_register_confirmed", "Nơi nhận đã xác nhận", "The taker has confirmed")
X("ui_cmd_register_retype",
  "vụ việc hoá ra là tố cáo: hiện mục trong sổ một lần để chép sang sổ giấy, rồi xoá mục và các nội dung đã gửi",
  "a matter that is a denunciation after all: show its entry once for the paper book, then erase it and the texts that were sent")
X("ui_reason_retyped", "chuyển thành tố cáo", "a denunciation after all")
X("ui_register_retyped",
  "Đã xoá mục trong sổ và các nội dung đã gửi. Kết thúc hồ sơ này và mở tố cáo với số trong sổ giấy (--sealed-ref).",
  "The entry and the texts that were sent are erased. Close this case, and open the denunciation with its number in the paper book (--sealed-ref).")
X("ui_register_entries", "Số mục", "Entries")
X("ui_register_new", "Mục mới", "New")
X("ui_register_inventory", "Bảng kê", "Inventory")
X("ui_register_receipt", "Mã biên nhận", "Receipt")
X("ui_cmd_office_key", "khoá truyền của một đơn vị (của đơn vị này nếu không nêu)",
  "the transport key of an office (of this one when none is named)")
X("ui_opt_office_key", "đơn vị nào", "which office")
X("ui_office_key", "Khoá", "Key")
X("ui_why_register_roles",
  "chỉ cán bộ tiếp và lãnh đạo; quản trị máy không đọc sổ",
  "only officers and leaders; an operator reads no register")
X("ui_why_register_session",
  "cần phiên đăng nhập của cán bộ tiếp hoặc lãnh đạo",
  "the session of an officer or leader is needed")
X("ui_why_search_short", "cần ít nhất hai chữ cái hoặc chữ số",
  "two letters or digits at least")

/* --- Commands ---------------------------------------------------------- */
X("ui_cmd_person_add", "thêm một người của cơ quan (người đầu tiên: lãnh đạo)",
  "add a person of the office (the first one: a leader)")
X("ui_cmd_person_list", "liệt kê người của cơ quan", "list the people of the office")
X("ui_cmd_person_role", "đổi vai trò, họ tên hiển thị hoặc mã một lần",
  "change roles, shown name or the one-time code")
X("ui_cmd_person_renew",
  "cấp lại mật khẩu và PIN đã quên bằng mã giấy niêm phong, không cần mạng",
  "renew a forgotten password and PIN with a sealed paper code, without network")
X("ui_cmd_person_disable", "ngừng cho một người đăng nhập",
  "let somebody sign in no more")
X("ui_cmd_person_enable", "cho một người đăng nhập lại", "let somebody sign in again")
X("ui_cmd_person_papers", "tạo bộ mã giấy mới, bộ cũ hết hiệu lực",
  "make new paper codes; the old ones are void")
X("ui_cmd_audit", "xem ai đã làm gì trên máy này, và chuỗi ghi có nguyên vẹn không",
  "see who did what on this machine, and whether the chain of records is whole")
X("ui_opt_by", "lãnh đạo thực hiện; mật khẩu của họ đọc từ stdin",
  "the leader who does it; their password is read from stdin")
X("ui_opt_shown", "họ tên hiển thị", "the name that is shown")
X("ui_opt_role", "officer, coordinator, leader, inspector, operator; có thể nhiều lần",
  "officer, coordinator, leader, inspector, operator; may be given again")
X("ui_opt_new_totp", "cấp mã một lần mới, khi mất điện thoại",
  "a new one-time secret, when the telephone is lost")
X("ui_opt_audit_from", "từ bản ghi số N; không có thì 100 bản ghi cuối",
  "from record N on; else the last 100")
X("ui_ask_by", "Mật khẩu của người thực hiện", "Password of who does it")
X("ui_ask_password", "Mật khẩu mới (từ 8 ký tự)",
  "New password (8 characters or more)")
X("ui_ask_pin", "PIN mới 4 đến 8 chữ số (bỏ trống: không có)",
  "New PIN of 4 to 8 digits (empty: none)")
X("ui_ask_paper", "Mã giấy niêm phong", "Sealed paper code")
X("ui_person_added", "Đã thêm {name}: {shown}", "Added {name}: {shown}")
X("ui_person_changed", "Đã đổi {name}: {shown}", "Changed {name}: {shown}")
X("ui_person_renewed", "Đã cấp lại cho {name}: {shown}", "Renewed {name}: {shown}")
X("ui_person_disabled", "{name} ({shown}) không đăng nhập được nữa",
  "{name} ({shown}) signs in no more")
X("ui_person_enabled", "{name} ({shown}) đăng nhập lại được",
  "{name} ({shown}) signs in again")
X("ui_papers_made", "Mã giấy mới của {name} ({shown}); bộ cũ hết hiệu lực",
  "New paper codes of {name} ({shown}); the old ones are void")
X("ui_paper_codes",
  "Mã giấy, mỗi mã dùng một lần. Chép ra giấy, niêm phong, cất vào tủ của lãnh "
  "đạo; chúng không hiện lại:",
  "Paper codes, each for one use. Copy them to paper, seal it and put it into the "
  "leader's safe; they are not shown again:")
X("ui_totp_secret", "Mã bí mật cho máy xác thực (không hiện lại):",
  "Secret for the authenticator (not shown again):")
X("ui_person_name", "Tên đăng nhập", "Sign-in name")
X("ui_person_shown", "Họ tên", "Name")
X("ui_person_roles", "Vai trò", "Roles")
X("ui_person_pin", "Có PIN", "Has a PIN")
X("ui_person_off", "Đã ngừng", "Disabled")
X("ui_person_role_officer", "cán bộ tiếp", "officer")
X("ui_person_role_coordinator", "điều phối", "coordinator")
X("ui_person_role_leader", "lãnh đạo", "leader")
X("ui_person_role_inspector", "kiểm tra", "inspector")
X("ui_person_role_operator", "quản trị máy", "operator")
X("ui_why_inspector_only", "chỉ kiểm tra và lãnh đạo xem nhật ký kiểm tra",
  "only inspectors and leaders read the audit")
X("ui_audit_broken",
  "CHUỖI GHI BỊ SỬA từ bản ghi số {number}: tệp people.db đã bị thay đổi từ bên ngoài",
  "THE CHAIN IS BROKEN from record {number}: people.db was changed from outside")
X("ui_audit_person_added", "thêm người", "person added")
X("ui_audit_person_changed", "đổi họ tên hiển thị", "shown name changed")
X("ui_audit_roles_changed", "đổi vai trò", "roles changed")
X("ui_audit_password_changed", "đổi mật khẩu", "password changed")
X("ui_audit_pin_changed", "đổi PIN", "PIN changed")
X("ui_audit_person_disabled", "ngừng đăng nhập", "person disabled")
X("ui_audit_person_enabled", "cho đăng nhập lại", "person enabled")
X("ui_audit_totp_made", "cấp mã một lần", "one-time secret made")
X("ui_audit_paper_codes_made", "tạo mã giấy", "paper codes made")
X("ui_audit_renewed_by_paper_code", "cấp lại bằng mã giấy", "renewed by paper code")
X("ui_audit_paper_code_refused", "mã giấy sai", "paper code refused")
X("ui_audit_signed_in", "đăng nhập", "signed in")
X("ui_audit_sign_in_refused", "đăng nhập sai", "sign-in refused")
X("ui_audit_officer_switched", "đổi người trực, thay cho", "officer changed, in place of")
X("ui_audit_signed_out", "đăng xuất", "signed out")
X("ui_audit_screen_locked", "khoá màn hình", "screen locked")
X("ui_audit_screen_unlocked", "mở màn hình", "screen unlocked")
X("ui_audit_register_added", "ghi sổ tiếp công dân", "register entry written")
X("ui_audit_register_read", "xem sổ tiếp công dân", "register entry read")
X("ui_audit_register_searched", "tìm trong sổ tiếp công dân", "register searched")
X("ui_audit_register_book", "mở cả quyển sổ", "the whole book opened")
X("ui_audit_file_taken", "tải tệp kèm", "an attached file saved")
X("ui_audit_table_taken", "in hoặc tải bảng", "a table printed or saved")
X("ui_audit_register_listed", "thấy khi tìm trong sổ", "seen in a search of the register")
X("ui_audit_register_erased", "xoá mục trong sổ", "register entry erased")
X("ui_audit_register_refused", "bị từ chối xem sổ", "refused at the register")
X("ui_audit_register_backup", "sao lưu sổ", "register backed up")
X("ui_audit_text_read", "mở xem nội dung của nơi khác", "text of another office read")
X("ui_audit_register_restored", "phục hồi sổ", "register restored")
X("ui_audit_register_given", "niêm phong sổ giao đơn vị khác",
  "register sealed for another office")
X("ui_audit_register_taken", "nhận sổ của đơn vị khác",
  "register of another office taken over")
X("ui_audit_register_confirmed", "nơi nhận sổ đã xác nhận",
  "the taker of the register confirmed")

/* --- The register ------------------------------------------------------ */
X("ui_cmd_register_add", "ghi ai đã đến vào sổ, chỉ trên máy này",
  "enter who came into the register, on this machine alone")
X("ui_cmd_register_show", "xem mục của một hồ sơ trong sổ; lần xem được ghi lại",
  "show the entry of a case; the reading is recorded")
X("ui_cmd_register_search", "tìm trong sổ, không cần dấu; lần tìm được ghi lại",
  "search the register, without marks; the search is recorded")
X("ui_cmd_register_erase", "xoá mục của một hồ sơ: khoá của mục bị huỷ",
  "erase the entry of a case: its key is destroyed")
X("ui_opt_register_by", "cán bộ tiếp hoặc lãnh đạo; mật khẩu đọc từ stdin",
  "an officer or leader; the password is read from stdin")
X("ui_ask_register_field",
  "name=, address=, document=, notify=, contact=, account= (bỏ trống: xong)",
  "name=, address=, document=, notify=, contact=, account= (empty: done)")
X("ui_cmd_register_book", "cả quyển sổ của những ngày đã chọn; cần mã một lần, được ghi lại",
  "the whole book of these days; needs a one-time code, and is in the audit")
X("ui_ask_code", "Mã một lần", "One-time code")
X("ui_ask_register_words", "Tìm", "Search for")
X("ui_register_case", "Hồ sơ", "Case")
X("ui_register_name", "Người đến", "Who came")
X("ui_register_address", "Địa chỉ", "Address")
X("ui_register_document", "Giấy tờ", "Document")
X("ui_register_notify", "Báo kết quả bằng", "To be answered by")
X("ui_register_contact", "Liên hệ", "Contact")
X("ui_register_account", "Nội dung trình bày", "Account")
X("ui_register_entered", "Ghi lúc", "Entered at")
X("ui_register_by", "Người ghi", "Entered by")
X("ui_register_corrections", "Số lần sửa", "Corrections")
X("ui_register_more", "Còn nữa; thêm chữ để thu hẹp", "There is more; add words")
X("ui_register_erased", "Đã xoá mục trong sổ; khoá của mục đã huỷ",
  "The entry was erased; its key is destroyed")
X("ui_cmd_register_backup",
  "sao lưu sổ, niêm phong cho bộ khôi phục trong két; không ai đọc mục nào",
  "back the register up, sealed to the recovery kit in the safe; nobody reads an "
  "entry")
X("ui_cmd_register_restore",
  "phục hồi sổ từ bản sao lưu, khi dịch vụ đã dừng",
  "restore the register from its backup, with the daemon stopped")
X("ui_opt_register_kit", "recovery-kit.pem từ két", "recovery-kit.pem from the safe")
X("ui_register_backed_up", "Đã sao lưu sổ vào {path}: {entries} mục",
  "The register was backed up into {path}: {entries} entries")
X("ui_register_restored", "Đã phục hồi sổ từ {path}: {entries} mục đọc được",
  "The register was restored from {path}: {entries} entries can be read")
X("ui_why_not_this_kit", "tệp và bộ khôi phục không khớp nhau, hoặc tệp bị hỏng",
  "file and recovery kit do not belong together, or the file is damaged")

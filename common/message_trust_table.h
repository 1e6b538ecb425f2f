/* X(word, Vietnamese, English): words of doors, keys and audits. */
X("ui_cmd_suspend", "ngừng phục vụ một cơ quan trực thuộc; nơi đó gửi vòng",
  "shut this office's door to one below it, which goes around")
X("ui_cmd_resume", "phục vụ lại cơ quan đã ngừng", "open that door again")
X("ui_opt_door_reason", "lý do", "the reason")
X("ui_cmd_breach",
  "từ một ngày: những gì đã tới đây, và nơi nào cũng giữ, để báo cáo lộ dữ liệu",
  "since a day: what came here, and who else holds it, for a breach notice")
X("ui_opt_breach_since", "từ ngày", "from that day on")
X("ui_with_texts", "có nội dung", "with texts")
X("ui_first_at", "đầu tiên", "first")
X("ui_last_at", "cuối cùng", "last")
X("ui_holders", "nơi giữ", "holders")
X("ui_cmd_standby_give",
  "niêm phong khóa và cài đặt của cơ quan này cho nơi dự phòng; chỉ nơi đó mở được",
  "seal this office's keys and settings for its standby, which alone can open them")
X("ui_opt_standby_to", "nơi dự phòng", "the standby")
X("ui_cmd_standby_take",
  "khi máy của cơ quan đã mất: mở gói, tạo thư mục để máy này chạy thay",
  "when the office's machine is gone: open the packet and make the folder that this machine serves it from")
X("ui_opt_standby_into", "thư mục mới", "the new folder")
X("ui_standby_given",
  "Đã niêm phong. Cất gói ở nơi dự phòng; làm lại sau mỗi lần thay khóa.",
  "Sealed. Keep the packet with the standby; make it anew after each change of keys.")
X("ui_standby_taken",
  "Đã tạo thư mục. Máy cũ phải tắt hẳn; rồi chạy lienthongd --dir với thư mục đó, để lienthongd của nơi dự phòng chạy tiếp.",
  "The folder is made. The old machine must stay off; then run lienthongd --dir with that folder, and leave the standby's own daemon running.")
X("ui_cmd_key_rotate", "thay khóa ký của cơ quan này, do khóa cũ xác nhận",
  "replace this office's identity key, on the word of the present one")
X("ui_cmd_key_confirm",
  "xác nhận khóa mới của một cơ quan khi khóa cũ đã mất",
  "confirm the new key of an office whose old one is lost")
X("ui_opt_again", "cơ quan đã gia nhập nhưng mất khóa",
  "the office has joined, and its key is lost")
X("ui_opt_enrol_address", "nơi kết nạp của cấp trên (MÁY:CỔNG)",
  "where the parent enrols (HOST:PORT)")
X("ui_opt_transport",
  "thay cả khóa kết nối; cơ quan dưới tự hỏi lại",
  "the transport key as well; those below ask for it by themselves")
X("ui_key_rotated", "Đã thay khóa; khởi động lại dịch vụ. Khóa mới:",
  "The key is replaced; start the daemon. New key:")
X("ui_why_no_waiting_key", "không có khóa mới nào của cơ quan đó đang chờ",
  "no new key of that office waits")
X("ui_why_other_keys_wait", "khóa đang chờ không phải khóa đó",
  "the key that waits is another one")
X("ui_why_which_key", "có nhiều khóa đang chờ; ghi rõ khóa nào bằng --key",
  "more than one key waits; say which with --key")
X("ui_opt_waiting_key", "mã khóa đã so với màn hình của cơ quan đó",
  "the key's id, as compared with the office's own screen")
X("ui_own_key", "Mã khóa", "Key")
X("ui_own_key_waits", "chờ nơi lưu bản gốc xác nhận",
  "waits for the keeper to confirm it")
X("ui_cmd_revoke", "thu hồi khóa của một cơ quan, hoặc sửa việc thu hồi",
  "revoke the key of an office, or correct that")
X("ui_cmd_revocations", "các lần thu hồi khóa và mỗi lần đã đổi những gì",
  "revocations, and what each changed")
X("ui_opt_as_of",
  "những gì đã có ở đây vào lúc đó (NGÀY GIỜ) thì còn giá trị; never: không gì "
  "cả",
  "what was here at that time (DAY HOUR) counts; never: nothing does")
X("ui_opt_key", "mã khóa, hoặc phần đầu của nó; mặc định: khóa đang dùng",
  "the key's id, or its beginning; otherwise the one in use")
X("ui_opt_correct", "thay cho lần thu hồi trước", "in place of what was said before")
X("ui_opt_undo", "bỏ việc thu hồi", "take the revocation back")
X("ui_said_at", "lúc", "at")
X("ui_said", "nội dung", "said")
X("ui_key", "khóa", "key")
X("ui_lost", "mất giá trị", "lost")
X("ui_regained", "có lại giá trị", "regained")
X("ui_why_not_key",
  "không phải mã khóa (như lienthong status hiện, hoặc cả 64 chữ số hex)",
  "not a key's id (as lienthong status shows it, or all 64 hex digits)")
X("ui_why_not_past_time",
  "không phải thời điểm đã qua, ví dụ 2026-11-21 06:00, hoặc never",
  "not a time that has passed, e.g. 2026-11-21 06:00, or never")
X("ui_why_not_tree_writer", "chỉ nơi giữ sơ đồ cơ quan làm được",
  "only the tree's writer may")
X("ui_why_no_key", "chưa biết khóa nào của cơ quan đó", "no key of it is known")
X("ui_why_own_key", "đó là khóa mà nơi này đang ký", "this office signs with it")
X("ui_why_revoked", "đã thu hồi; sửa thì dùng --correct hoặc --undo",
  "revoked already; correct it with --correct or --undo")
X("ui_why_not_revoked", "khóa đó chưa bị thu hồi", "that key is not revoked")
X("ui_why_other_root",
  "cấp trên thuộc cây của gốc khác; chứng thư của cơ quan này được cấp lại ở đó "
  "trước",
  "the superior is in another root's tree; this office's certificate is renewed "
  "there first")
X("ui_why_alone", "không đi chung với lệnh khác", "not together with others")
X("ui_verdict_key_unconfirmed",
  "khóa ký chưa được nơi lưu bản gốc xác nhận, nên chưa xóa được nội dung nào và "
  "chưa làm được việc này với hồ sơ mở trước; nơi lưu bản gốc chạy lienthong key "
  "confirm",
  "the key is not confirmed by the keeper yet, so this cannot be done to what "
  "was opened before, and no text can be erased; the keeper runs lienthong key "
  "confirm")
X("ui_mark_unconfirmed", " (khóa chưa xác nhận)", " (key not confirmed)")
X("ui_verdict_revoked", "khóa ký đã bị thu hồi, ghi sau mốc có giá trị",
  "its key was revoked: written after what counts")
X("ui_why_not_parent", "chỉ cấp trên trực tiếp của cơ quan đó làm được",
  "only the parent of that office may")
X("ui_why_door_shut", "đã ngừng phục vụ rồi", "its door is shut already")
X("ui_why_door_open", "đang phục vụ bình thường", "its door is open")
X("ui_cmd_root_away", "chép khóa gốc ra tệp và xóa khỏi máy này",
  "copy the root's key to a file, and delete it here")
X("ui_cmd_root_request", "xin khóa gốc ký: chứng chỉ mới, hoặc khóa mới",
  "ask the root's key for a new certificate, or to bind a later key")
X("ui_cmd_root_show", "xem tệp xin ký xin những gì", "what a request asks for")
X("ui_cmd_root_sign", "ký tệp xin, trên máy giữ khóa gốc, không cần mạng",
  "sign a request, on the machine that has the root's key, without network")
X("ui_cmd_root_install", "nhận tệp đã ký", "take what was signed")
X("ui_opt_root_rotate", "xin cho một khóa ký mới", "ask for a later identity key")
X("ui_opt_root_key", "tệp khóa gốc", "the root's key")
X("ui_opt_root_out", "tệp đã ký, sẽ được tạo", "the signed file, which is made")
X("ui_opt_root_days", "có giá trị bao nhiêu ngày, 1 đến 3653 (mặc định 731)",
  "how many days it counts, 1 to 3653 (731)")
X("ui_root_taken_away",
  "Khóa gốc đã chép sang {path} và không còn trên máy này. Cất vào két.",
  "The root's key is in {path} and no longer on this machine. Put it into a "
  "safe.")
X("ui_root_asked",
  "Đã ghi {path}. Mang sang máy giữ khóa gốc: lienthong root sign",
  "{path} is written. On the machine that has the root's key: lienthong root "
  "sign")
X("ui_root_signed", "Đã ký vào {path}. Ở nơi gốc: lienthong root install",
  "Signed: {path}. At the root office: lienthong root install")
X("ui_root_installed", "Đã nhận {path}; khởi động lại dịch vụ.",
  "{path} is taken; start the daemon.")
X("ui_key_before", "khóa trước", "key before")
X("ui_transport_key", "khóa kết nối", "transport key")
X("ui_serial", "lần", "serial")
X("ui_person_number", "người số", "person")
X("ui_deed", "việc", "deed")
X("ui_about", "hồ sơ", "matter")
X("ui_opt_audit_since", "từ ngày", "from that day on")

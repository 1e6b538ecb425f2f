/* X(word, Vietnamese, English): the plain words of the tool and its tables. */
X("ui_yes", "có", "yes")
X("ui_no", "không", "no")
X("ui_none", "không có", "none")
X("ui_warning", "CẢNH BÁO", "WARNING")
X("ui_critical", "NGHIÊM TRỌNG", "CRITICAL")
X("ui_usage", "Cách dùng", "Usage")
X("ui_commands", "Các lệnh", "Commands")
X("ui_options", "Tuỳ chọn", "Options")
X("ui_request", "Mã yêu cầu", "Request id")
X("ui_written", "Đã lưu tại đây ✓",
  "Stored here")
X("ui_repeated", "Đã lưu tại đây từ trước ✓ (không ghi thêm)",
  "Stored here before, nothing was written again")
X("ui_receipt_code", "Mã biên nhận", "Receipt code")
X("ui_expires_at", "Hết hạn", "Expires at")
X("ui_more", "Còn nữa; tiếp tục với --after {next}",
  "There is more; go on with --after {next}")
X("ui_empty", "Không có mục nào", "Nothing to show")

X("ui_office", "Cơ quan", "Office")
X("ui_name", "Tên", "Name")
X("ui_kind", "Cấp", "Kind")
X("ui_code", "Mã", "Code")
X("ui_parent", "Cấp trên", "Parent")
X("ui_epoch", "Kỳ ghi", "Epoch")
X("ui_state", "Tình trạng", "State")
X("ui_since", "Từ", "Since")
X("ui_reason", "Lý do", "Reason")
X("ui_last_ack", "Đã tới lúc",
  "Last arrival")
X("ui_alarms", "Báo động", "Alarms")
X("ui_view", "Hiển thị", "View")
X("ui_events", "Sự kiện", "Events")
X("ui_segments", "Đoạn", "Segments")
X("ui_parts", "Phần kèm", "Parts")
X("ui_listen", "Địa chỉ nghe", "Listening on")
X("ui_verify_ok", "Đã kiểm tra: mọi thứ nguyên vẹn", "Verified: all is whole")
X("ui_verify_bad", "Đã kiểm tra: có dữ liệu hỏng", "Verified: there is damage")
X("ui_verify_evidence",
  "Bằng chứng: đơn vị gốc đã ký hai nội dung dưới cùng một số (proven: cả hai chữ ký đều đúng)",
  "Evidence: an origin signed two contents under one number (proven: both signatures hold)")
X("ui_config_ok", "Cấu hình hợp lệ", "The configuration is valid")

X("ui_id", "Mã số", "Id")
X("ui_number", "Số sổ", "Number")
X("ui_type", "Loại", "Type")
X("ui_field", "Lĩnh vực", "Field")
X("ui_custodian", "Đơn vị giữ hồ sơ", "Custodian")
X("ui_origin", "Nơi lập", "Origin")
X("ui_opened_on", "Ngày mở", "Opened on")
X("ui_due_on", "Hạn", "Due on")
X("ui_last_event", "Diễn biến cuối", "Last event")
X("ui_text", "Nội dung", "Text")
X("ui_attachment", "Tệp đính kèm", "Attachment")
X("ui_file_announced", "{size} byte, chưa tới đủ", "{size} bytes, not all here yet")
X("ui_file_here", "{size} byte, đã tới đủ; mã để lấy ra {id}",
  "{size} bytes, all here; its id to get it out {id}")
X("ui_file_damaged", "{size} byte, HỎNG: nội dung tới không khớp với sổ",
  "{size} bytes, DAMAGED: what came is not what the book says")
X("ui_file_erased", "{size} byte, đã xóa", "{size} bytes, erased")
X("ui_file_held", "{size} byte, được giữ tại nơi lập",
  "{size} bytes, held where it was written")
X("ui_attachment_written", "Đã ghi {path}: {size} byte, đúng như trong sổ",
  "Wrote {path}: {size} bytes, as the book says")
X("ui_place", "Địa điểm", "Place")
X("ui_subject", "Về việc", "Subject")
X("ui_people", "Số người", "People")
X("ui_raised_at", "Báo lúc", "Raised at")
X("ui_arrived_at", "Tới lúc", "Arrived at")
X("ui_taken_at", "Tiếp nhận lúc", "Taken at")
X("ui_taken_by", "Nơi tiếp nhận",
  "Taken by")
X("ui_closed_at", "Kết thúc lúc", "Closed at")
X("ui_doc_no", "Số văn bản", "Document no.")
X("ui_issuer", "Nơi ban hành", "Issuer")
X("ui_issued_at", "Ban hành lúc", "Issued at")
X("ui_to", "Nơi nhận", "To")
X("ui_status", "Thực hiện",
  "Status")
X("ui_at", "Lúc", "At")

X("ui_source", "Nguồn", "From")
X("ui_default", "mặc định", "default")
X("ui_range", "Giới hạn", "Range")
X("ui_applies", "Áp dụng", "Applies")
X("ui_on_reload", "khi nạp lại", "on reload")
X("ui_on_restart", "khi khởi động lại", "on restart")

X("ui_state_starting", "đang khởi động", "starting")
X("ui_state_ready", "sẵn sàng", "ready")
X("ui_state_intake_refused", "ngừng tiếp nhận", "intake refused")
X("ui_state_stopping", "đang dừng", "stopping")
X("ui_state_up", "thông suốt", "up")
X("ui_state_connecting", "đang kết nối", "connecting")
X("ui_state_stalled", "đình trệ", "stalled")
X("ui_state_suspended", "tạm ngưng", "suspended")
X("ui_state_refused", "bị từ chối", "refused")
X("ui_state_current", "đủ", "current")
X("ui_state_behind", "chậm", "behind")
X("ui_state_silent", "im lặng", "silent")
X("ui_state_withheld", "bị giữ lại", "withheld")
X("ui_daemon_usage",
  "Cách dùng: lienthongd --dir THƯ_MỤC [--config TỆP]\n"
  "  --check-config  chỉ kiểm tra cấu hình\n"
  "  --failpoints    liệt kê điểm gây lỗi (bản kiểm thử)\n"
  "  --version       phiên bản",
  "Usage: lienthongd --dir DIR [--config FILE]\n"
  "  --check-config  only check the configuration\n"
  "  --failpoints    list failpoints (test builds)\n"
  "  --version       the version")

X("ui_cmd_init", "lập cơ quan gốc tại thư mục DIR",
  "make a root office in DIR")
X("ui_cmd_token", "tạo mã kết nạp dùng một lần cho cơ quan cấp dưới",
  "make a one-time token for an office below")
X("ui_cmd_join", "gia nhập bằng mã kết nạp của cấp trên",
  "join with a token of the superior office")
X("ui_cmd_case_open", "lập một vụ việc mới", "open a case")
X("ui_cmd_case_step", "ghi một bước xử lý", "record a step of a case")
X("ui_cmd_case_close", "kết thúc một vụ việc", "close a case")
X("ui_cmd_case_list", "liệt kê vụ việc", "list cases")
X("ui_cmd_case_attachment", "lấy tệp đính kèm của một sự kiện ra",
  "get an event's attachment out")
X("ui_cmd_case_show", "xem một vụ việc", "show a case")
X("ui_cmd_incident_raise", "báo có đông người", "report a crowd")
X("ui_cmd_incident_take", "tiếp nhận một tin báo", "take an incident")
X("ui_cmd_incident_update", "bổ sung một tin báo", "update an incident")
X("ui_cmd_incident_close", "kết thúc một tin báo", "close an incident")
X("ui_cmd_incident_list", "liệt kê tin báo đông người", "list incidents")
X("ui_cmd_incident_show", "xem một tin báo", "show an incident")
X("ui_cmd_directive_issue", "ban hành chỉ đạo", "issue a directive")
X("ui_cmd_directive_status", "báo trạng thái thực hiện chỉ đạo (02 đến 06)",
  "report on a directive (02 to 06)")
X("ui_cmd_directive_list", "liệt kê chỉ đạo", "list directives")
X("ui_cmd_directive_show", "xem một chỉ đạo", "show a directive")
X("ui_cmd_receipt", "tra mã biên nhận", "look a receipt code up")
X("ui_cmd_void", "hủy một mục do ghi nhầm; nội dung cũ vẫn đọc được",
  "take an entry back; what it said stays readable")
X("ui_opt_void_reason", "lý do, không ghi tên người; - đọc từ stdin",
  "why, without names; - reads from stdin")
X("ui_opt_void_kind", "mistake (nhập nhầm), doubled (nhập trùng) hoặc other",
  "mistake, doubled or other")
X("ui_why_voided", "đã hủy do ghi nhầm", "it was voided")
X("ui_why_not_voidable", "không thuộc hồ sơ nào nên không hủy được",
  "it belongs to no matter and cannot be voided")
X("ui_why_void_of_void", "việc hủy thì không hủy được; hãy ghi lại mục mới",
  "a voiding is not voided; make a new entry")
X("ui_why_not_counted", "mục này không được tính nên không cần hủy",
  "it does not count, so there is nothing to void")
X("ui_why_not_writer", "chỉ nơi đã ghi mới hủy được[: {holder}]",
  "only the office that wrote it may void it[: {holder}]")
X("ui_why_by_daemon", "do máy tự ghi", "the daemon wrote it by itself")
X("ui_why_void_words", "tố cáo không kèm văn bản nào: lý do chỉ là một từ",
  "a denunciation carries no text: the reason is one word")
X("ui_why_no_void_kind", "không có lý do này", "not a known reason")
X("ui_cmd_erase", "xóa nội dung của một mục ở mọi nơi, có biên nhận",
  "erase an entry's texts everywhere, with receipts")
X("ui_opt_erase_reason", "lý do, không ghi tên người; - đọc từ stdin",
  "why, without names; - reads from stdin")
X("ui_opt_erase_index", "chỉ phần này của mục (0, 1, ...); không có là tất cả",
  "only this text of the entry (0, 1, ...); all of them if absent")
X("ui_why_no_texts", "mục này không có nội dung nào để xóa",
  "it has no text to erase")
X("ui_why_no_text", "mục này không có phần nội dung đó",
  "it has no such text")
X("ui_why_ordered", "đã yêu cầu xóa rồi; xem case show để biết nơi nào chưa xóa",
  "it was ordered already; case show tells who has not answered")
X("ui_why_not_eraser",
  "chỉ nơi đã ghi hoặc đang giữ hồ sơ mới yêu cầu xóa được[: {holder}]",
  "only the office that wrote it or has the case in hand may erase it[: "
  "{holder}]")
X("ui_why_not_ordered",
  "chưa nơi nào yêu cầu xóa; nơi đã ghi phải chạy erase trước",
  "nobody has ordered it; the office that wrote it runs erase first")
X("ui_why_text_closed", "nội dung này đã xóa hoặc đang chờ xác nhận xóa",
  "it is erased, or its erasing awaits confirmation")
X("ui_why_confirmed", "đã xác nhận xóa rồi", "it was confirmed already")
X("ui_erasure_ordered", "yêu cầu xóa {at}", "erasing ordered {at}")
X("ui_erasure_confirmed", "xác nhận {at}", "confirmed {at}")
X("ui_erasure_unconfirmed", "chờ nơi lưu xác nhận",
  "waiting for the keeper's word")
X("ui_erasure_receipts", "đã xóa ở {n} nơi", "erased at {n} offices")
X("ui_erasure_waiting", "chưa trả lời", "not answered yet")
X("ui_erasure_closed",
  "không xác nhận: {office} kết thúc hoạt động ngày {date}, khóa đã hết hiệu "
  "lực; cần thu máy, hủy ổ đĩa",
  "not confirmed: {office} closed on {date}, its key ended; collect the "
  "machine, destroy the disk")
X("ui_what_entry", "mục ghi", "the entry")
X("ui_cmd_status", "tình trạng của dịch vụ", "state of the daemon")
X("ui_cmd_log", "nhật ký: các luồng, hoặc từng sự kiện",
  "the log: its streams, or its events")
X("ui_cmd_verify", "kiểm tra toàn bộ nhật ký", "check the whole log")
X("ui_cmd_rebuild", "dựng lại phần hiển thị từ nhật ký; bản cũ vẫn trả lời",
  "build the view anew from the log; the old one answers meanwhile")
X("ui_rebuilt", "Đã dựng lại phần hiển thị: {events} sự kiện, {seconds} giây",
  "The view was built anew: {events} events in {seconds} s")
X("ui_cmd_completion", "in tập lệnh gợi ý cho bash, zsh hoặc fish",
  "print the completion script of a shell")
X("ui_why_shells", "không có gợi ý cho shell này", "no completion for this shell")
X("ui_cmd_config_check", "kiểm tra tệp cấu hình", "check the configuration")
X("ui_cmd_config_show", "xem cấu hình đang có hiệu lực",
  "show the configuration in force")

X("ui_opt_open", "chỉ những việc chưa xong", "only what is open")
X("ui_opt_closed", "chỉ những việc đã xong", "only what is closed")
X("ui_opt_office", "của cơ quan này", "of this office")
X("ui_opt_since", "từ ngày (21/11/2026)",
  "from this day on (21/11/2026)")
X("ui_opt_limit", "nhiều nhất bao nhiêu dòng", "at most so many lines")
X("ui_opt_after", "tiếp theo lần trước", "go on after an earlier answer")
X("ui_opt_type", "complaint, recommendation, feedback hoặc denunciation",
  "complaint, recommendation, feedback or denunciation")
X("ui_opt_field", "lĩnh vực; các từ có trong case open --help",
  "what it is about; case open --help lists the words")
X("ui_opt_attach", "tệp đính kèm, nhiều nhất 16 MiB; xong lệnh là đã lưu đủ",
  "a file to attach, 16 MiB at most; when the command ends all of it is kept")
X("ui_opt_out", "tệp để ghi ra; không ghi đè tệp đã có",
  "the file to write; one that is there is not overwritten")
X("ui_opt_index", "phần thứ mấy của sự kiện; mặc định là tệp đầu tiên",
  "which part of the event; the first file unless given")
X("ui_opt_text", "tóm tắt, không ghi tên người; - đọc từ stdin",
  "summary without names; - reads from stdin")
X("ui_opt_accused", "người bị tố cáo thuộc: here (cơ quan này; chỉ cấp trên thấy), below (cấp dưới) hoặc elsewhere (nơi khác)",
  "whose people it denounces: here (this office's; its superior alone sees it), below or elsewhere")
X("ui_accused", "Người bị tố cáo", "Denounced")
X("ui_why_no_superior", "cơ quan này không có cấp trên trong hệ thống để nhận tố cáo người của chính mình; chuyển bằng giấy cho cơ quan có thẩm quyền",
  "this office has no superior here that could take what denounces its own people; pass it on paper to the authority in charge")
X("ui_opt_sealed_ref", "số trong sổ mật (chỉ với tố cáo)",
  "number in the sealed register (denunciations only)")
X("ui_opt_legal_date", "ngày tính thời hạn (21/11/2026)",
  "the day that time limits count from (21/11/2026)")
X("ui_opt_date", "ngày nhận (21/11/2026)",
  "the day it was received (21/11/2026)")
X("ui_opt_doc_date", "ngày văn bản (21/11/2026)",
  "date of the document (21/11/2026)")
X("ui_opt_help", "cần hỗ trợ gì", "what help is needed")
X("ui_opt_way", "tiếp nhận trên màn hình hay qua điện thoại",
  "taken on the screen or by phone")
X("ui_opt_urgent", "hỏa tốc", "urgent")
X("ui_opt_valid", "thời hạn của mã, ví dụ 7d, 12h", "how long it is good, as 7d, 12h")
X("ui_opt_check", "cho cron: im lặng nếu ổn; có chuyện thì nêu lý do, kết quả 1",
  "for cron: quiet when all is well; else reasons and exit 1")
X("ui_opt_events", "từng sự kiện, theo thứ tự ghi", "events, in order of commit")
X("ui_opt_from", "bắt đầu từ vị trí này", "from this position on")
X("ui_opt_follow", "chờ và in tiếp sự kiện mới", "wait for what comes")
X("ui_opt_offline", "khi dịch vụ đang dừng", "while the daemon is stopped")
X("ui_opt_config", "tệp cấu hình khác", "another configuration file")
X("ui_opt_listen", "địa chỉ nghe kết nối, HOST:PORT",
  "where links are accepted, HOST:PORT")
X("ui_opt_pages_listen", "địa chỉ của các trang, HOST:PORT",
  "address of the pages, HOST:PORT")
X("ui_opt_enrol_listen", "địa chỉ nghe kết nạp, HOST:PORT",
  "where enrolment is accepted, HOST:PORT")
X("ui_receipt_unknown", "Không có trong sổ của cơ quan cấp",
  "Not in the book of the office that issued it")
X("ui_channel", "Kênh", "Channel")
X("ui_lane", "Làn", "Lane")
X("ui_first", "Đầu", "First")
X("ui_last", "Cuối", "Last")
X("ui_streams", "Luồng", "Streams")

X("ui_why_missing", "còn thiếu",
  "missing")
X("ui_why_not_uuid", "phải là UUID viết thường",
  "it must be a UUID in small letters")
X("ui_why_proto", "chỉ dùng được phiên bản 1",
  "only version 1 is spoken here")
X("ui_why_no_command", "không có lệnh này",
  "unknown command")
X("ui_why_no_batch", "không dùng trong lô lệnh",
  "not in a batch")
X("ui_why_too_many_commands", "quá nhiều lệnh",
  "too many commands")
X("ui_why_not_json", "không phải lệnh JSON",
  "not a JSON command")
X("ui_why_no_kind", "không có loại cơ quan này",
  "not a known kind of office")
X("ui_why_no_duration", "không phải khoảng thời gian như 7d, 12h",
  "not a time such as 7d or 12h")
X("ui_why_batch_refused", "một lệnh khác trong lô bị từ chối",
  "another command of the batch was refused")
X("ui_why_id_used", "mã này đã dùng cho lệnh khác",
  "it was used for another command")
X("ui_why_day_out", "ở tương lai hoặc quá 30 năm trước",
  "in the future, or more than 30 years ago")
X("ui_why_no_text_here", "tố cáo không kèm văn bản nào",
  "a denunciation carries no text")
X("ui_why_not_sealed_ref", "không phải số của sổ mật",
  "not a number of the sealed register")
X("ui_why_no_field", "không có lĩnh vực này",
  "not a known field")
X("ui_why_sealed_only", "chỉ dùng cho tố cáo",
  "for denunciations only")
X("ui_why_not_custodian", "hồ sơ không do cơ quan này giữ[ mà do {holder}]",
  "this office is not its custodian[, {holder} is]")
X("ui_why_newer", "có sự kiện cần phiên bản mới hơn",
  "it holds events of a newer version")
X("ui_why_closed", "đã kết thúc",
  "it is closed")
X("ui_why_no_step", "không có bước này",
  "not a known step")
X("ui_why_accepted", "đã thụ lý từ trước",
  "it was accepted before")
X("ui_why_no_reason", "không có lý do này",
  "not a known reason")
X("ui_why_bad_text", "có ký tự điều khiển hoặc không phải UTF-8",
  "a control character, or not UTF-8")
X("ui_why_not_text", "không phải văn bản",
  "not a text")
X("ui_why_too_long", "nhiều nhất {max} ký tự",
  "at most {max} characters")
X("ui_why_empty", "để trống",
  "empty")
X("ui_why_not_in_range", "phải là số từ {min} đến {max}",
  "it must be a number from {min} to {max}")
X("ui_why_not_list", "không phải danh sách",
  "not a list")
X("ui_why_too_many", "quá nhiều",
  "too many")
X("ui_why_not_date", "phải là ngày có thật, dạng 21/11/2026 hoặc 2026-11-21",
  "it must be a real date, as 21/11/2026 or 2026-11-21")
X("ui_why_not_flag", "không phải true hoặc false",
  "not true or false")
X("ui_why_not_object", "không phải đối tượng JSON",
  "not an object")
X("ui_why_unknown_option", "lệnh này không có tuỳ chọn đó",
  "unknown option")
X("ui_why_not_absolute", "phải là đường dẫn đầy đủ, bắt đầu bằng /",
  "it must be a whole path that begins with /")
X("ui_why_view_rebuilt", "phần hiển thị đang được dựng lại",
  "the view is being rebuilt")
X("ui_why_write_under_way", "một lần ghi khác về việc này chưa xong",
  "another write about it is under way")
X("ui_why_view_behind", "phần hiển thị chưa theo kịp",
  "the view is behind")
X("ui_why_too_many_writes", "quá nhiều lần ghi chưa xong",
  "too many writes are under way")
X("ui_why_twice_in_batch", "hai lệnh trong một lô về cùng một việc",
  "two commands of one batch about one matter")
X("ui_why_not_id", "phải là mã số, đoạn đầu mã số, hoặc mã biên nhận",
  "it must be an id, the beginning of one, or a receipt code")
X("ui_why_not_data", "không phải base64url, hoặc dài quá một mảnh",
  "is not base64url, or longer than a piece")
X("ui_why_not_hash", "phải là các chữ số hex viết thường",
  "must be small hex digits")
X("ui_why_no_attachment", "sự kiện này không có tệp đính kèm đó",
  "this event has no such attachment")
X("ui_why_no_piece_place", "mảnh không khớp chỗ của nó trong tệp",
  "a piece that does not fit its place in the file")
X("ui_why_not_own_event", "chỉ nơi lập mới gửi được mảnh của tệp",
  "only the office that wrote the event sends pieces of its file")
X("ui_why_other_file", "không phải tệp của lần gọi trước với mã yêu cầu này",
  "is not the file of the earlier call with this request id")
X("ui_why_exists", "đã có sẵn",
  "it is there already")
X("ui_why_file_too_large", "nhiều nhất 16 MiB",
  "16 MiB at most")
X("ui_why_piece_absent", "mảnh này chưa tới hoặc đã xóa",
  "this piece is not here yet, or was erased")
X("ui_why_no_tree", "chưa biết sơ đồ cơ quan",
  "the tree is not known yet")
X("ui_why_not_below", "không thuộc cấp dưới của cơ quan này",
  "it is not below this office")
X("ui_why_future", "ở tương lai",
  "in the future")
X("ui_why_due_before", "trước ngày của chỉ đạo",
  "before the directive itself")
X("ui_why_not_addressed", "không gửi cho cơ quan này",
  "it is not addressed to this office")
X("ui_why_taken", "đã có người tiếp nhận",
  "somebody has taken it already")
X("ui_why_no_cursor", "không phải vị trí của lần trước",
  "not a cursor of an earlier answer")
X("ui_why_open_closed", "open và closed loại trừ nhau",
  "open and closed exclude each other")
X("ui_why_starting", "đang khởi động",
  "still starting")
X("ui_why_check_char", "gõ sai: ký tự kiểm tra không khớp; xem lại biên nhận",
  "mistyped: the check character does not fit")
X("ui_why_not_receipt", "mã biên nhận có 17 ký tự, dạng XXXX-XXXX-XXXX-XXXX-X",
  "a receipt code has 17 signs, as XXXX-XXXX-XXXX-XXXX-X")
X("ui_why_types", "không có loại đơn này",
  "not a known type")
X("ui_why_ends", "không có lý do này",
  "not a known reason")
X("ui_why_ways", "không có cách này",
  "not a known way")
X("ui_why_codes", "không có mã này",
  "not a code that is reported")
X("ui_state_open", "đang mở", "open")
X("ui_state_accepted", "đã thụ lý", "accepted")
X("ui_state_in_progress", "đang giải quyết", "in progress")
X("ui_state_closed", "đã kết thúc", "closed")
X("ui_state_raised", "chờ tiếp nhận", "raised")
X("ui_state_taken", "đã tiếp nhận", "taken")
X("ui_state_unchanged", "giữ nguyên", "unchanged")
X("ui_state_corrected", "đã sửa", "corrected")
X("ui_state_voided", "đã hủy do ghi nhầm", "voided")
X("ui_what_case", "vụ việc",
  "the case")
X("ui_what_incident", "tin báo",
  "the incident")
X("ui_what_directive", "chỉ đạo",
  "the directive")
X("ui_what_period", "kỳ cao điểm",
  "the period")
X("ui_what_taskforce", "tổ công tác",
  "the task force")
X("ui_what_shift", "ca trực",
  "the shift")
X("ui_what_retaliation", "việc đe dọa, trả thù",
  "the report")
X("ui_what_request", "đề nghị phối hợp",
  "the request")
X("ui_what_accepted", "thụ lý",
  "acceptance")
X("ui_what_id", "mã số",
  "the id")
X("ui_what_kind", "bước (KIND)",
  "the step (KIND)")
X("ui_what_code", "mã (CODE)",
  "the code (CODE)")
X("ui_what_request_id", "mã yêu cầu (--request-id)",
  "the request id (--request-id)")
X("ui_what_batch", "lô lệnh",
  "the batch")
X("ui_help_more", "Xem lienthong LỆNH --help để biết tuỳ chọn và ví dụ.",
  "See lienthong COMMAND --help for options and an example.")
X("ui_example", "Ví dụ",
  "Example")
X("ui_opt_request", "mã để lặp lại lệnh mà không ghi hai lần",
  "repeat a command under it without writing twice")
X("ui_holder", "Nơi giữ",
  "Held by")
X("ui_help", "Đề nghị",
  "Help asked")
X("ui_receipt_last", "Cấp trên đã có đến",
  "Keeper has up to")
X("ui_receipt_found", "Có trong sổ từ {since}, {state}",
  "In the book since {since}, {state}")
X("ui_receipt_unchanged", "chưa sửa",
  "unchanged")
X("ui_receipt_corrected", "đã sửa",
  "corrected")
X("ui_receipt_voided", "đã hủy do ghi nhầm",
  "voided")
X("ui_receipt_holder", "Hồ sơ đang ở: {holder}",
  "Held by: {holder}")
X("ui_mark_contested", " (mâu thuẫn)",
  " (contested)")
X("ui_mark_waiting", " (chờ dữ liệu)",
  " (waiting)")
X("ui_mark_overdue", " QUÁ HẠN",
  " OVERDUE")
X("ui_status_not_yet", "chưa tới",
  "not arrived")
X("ui_history", "Diễn biến",
  "History")
X("ui_document", "số",
  "no.")
X("ui_text_announced", "(nội dung chưa tới)",
  "(not here yet)")
X("ui_text_erased", "(đã xóa)",
  "(erased)")
X("ui_text_held", "(đã đóng, chờ xác nhận xóa)",
  "(closed, its erasing awaits confirmation)")
X("ui_text_here", "(trống)",
  "(empty)")
X("ui_effect_waiting", "ĐANG CHỜ",
  "waiting")
X("ui_effect_rejected", "KHÔNG CÓ HIỆU LỰC",
  "no effect")
X("ui_from_time", "từ",
  "since")
X("ui_link_none", "chưa có kết nối",
  "no link yet")
X("ui_acked_at", "đã tới",
  "arrived")
X("ui_to_send_unknown", "chưa rõ, vì chưa nghe cấp trên nói đã có gì",
  "not known: the superior has not said what it has")
X("ui_cmd_backup",
  "sao lưu nhật ký vào một tệp trong khi dịch vụ vẫn chạy",
  "copy the log into a file while the daemon goes on")
X("ui_backed_up", "Đã sao lưu {events} sự kiện vào {path}",
  "{events} events copied to {path}")
X("ui_cmd_salvage",
  "cứu nhật ký bị hỏng sang nhật ký mới; dịch vụ phải dừng",
  "save what can be proven of a damaged log into a new one; the daemon is stopped")
X("ui_salvage_kept", "Đã giữ", "Kept")
X("ui_salvage_quarantined", "Để lại, chưa chứng minh được",
  "Left behind, not proven")
X("ui_salvage_unreadable", "Không đọc được", "Unreadable")
X("ui_salvage_texts_lost", "Đoạn mất văn bản", "Segments without their texts")
X("ui_salvage_damaged", "Nhật ký cũ", "The old log")
X("ui_salvage_next",
  "Khởi động lại dịch vụ: phần còn thiếu được lấy lại từ các cơ quan khác.",
  "Start the daemon: what is missing comes back from the other offices.")
X("ui_opt_verify_file", "kiểm tra một bản sao lưu thay cho nhật ký đang dùng",
  "look at a backup instead of the log in use")
X("ui_came_back", "Đã trở lại", "Came back")
X("ui_came_back_entries", "mục đã ghi trước đây, của các việc",
  "entries written before, of the matters")
X("ui_came_back_more", "và các việc khác; --json kể tối đa 256",
  "and others; --json names up to 256")
X("ui_scrub", "Soát dữ liệu", "Scrub")
X("ui_scrub_found", "chỗ hỏng tìm thấy", "rotten places found")
X("ui_scrub_mended", "đã sửa", "mended")
X("ui_scrub_rotten", "còn hỏng, đang lấy lại", "still rotten, being fetched")
X("ui_scrub_absent", "đoạn còn thiếu văn bản", "segments that lack texts")
X("ui_scrub_began", "lần soát bắt đầu lúc", "the reading began at")
X("ui_to_send", "Chờ gửi",
  "To be sent")
X("ui_urgent", "khẩn",
  "urgent")
X("ui_arrived", "Đã tới nơi lưu",
  "At the keeper")
X("ui_receipt_all", "{keeper} đã nhận đủ đến {at} ✓",
  "{keeper} has everything up to {at}")
X("ui_receipt_missing", "{keeper} còn thiếu {count} sự kiện, đang gửi",
  "{keeper} lacks {count} events, on their way")
X("ui_receipt_none", "chưa có tin từ {keeper}",
  "no word from {keeper} yet")
X("ui_stored", "Đã lưu tại đây",
  "Stored here")
X("ui_stored_events", "{count} sự kiện, mới nhất {at} ✓",
  "{count} events, the newest {at}")
X("ui_view_behind", "còn {count} sự kiện chưa lên danh sách",
  "{count} events are not in the lists yet")
X("ui_below", "Cấp dưới",
  "Below")
X("ui_bypass", "Đi vòng qua",
  "Going around by")
X("ui_links_up", "{up}/{all} cơ quan thông suốt",
  "{up} of {all} offices are up")
X("ui_office_id", "Mã cơ quan",
  "Office id")
X("ui_why_extra", "thừa; văn bản có dấu cách phải đặt trong dấu nháy",
  "too much; a text with blanks needs quotes")
X("ui_why_no_value", "thiếu giá trị",
  "its value is missing")
X("ui_why_not_number", "phải là số nguyên",
  "it must be a whole number")
X("ui_why_langs", "chỉ có vi và en; tiếng khác chưa có",
  "vi or en")
X("ui_why_seconds", "phải là số giây, lớn hơn 0, nhiều nhất 3600",
  "seconds, more than 0, at most 3600")
X("ui_event_CASE_OPENED", "mở hồ sơ",
  "case opened")
X("ui_event_CASE_STEP", "bước xử lý",
  "step")
X("ui_event_CASE_CLOSED", "kết thúc",
  "closed")
X("ui_event_DENUNCIATION_RECEIVED", "nhận đơn tố cáo (sổ mật)",
  "denunciation received")
X("ui_event_DENUNCIATION_STEP", "bước xử lý",
  "step")
X("ui_event_DENUNCIATION_CLOSED", "kết thúc",
  "closed")
X("ui_event_INCIDENT_RAISED", "báo đông người",
  "incident raised")
X("ui_event_INCIDENT_UPDATED", "bổ sung",
  "updated")
X("ui_event_INCIDENT_TAKEN", "tiếp nhận",
  "taken")
X("ui_event_INCIDENT_CLOSED", "kết thúc",
  "closed")
X("ui_event_DIRECTIVE_ISSUED", "ban hành chỉ đạo",
  "directive issued")
X("ui_event_DIRECTIVE_STATUS", "thực hiện",
  "status")
X("ui_event_ENTRY_VOIDED", "hủy do ghi nhầm",
  "voided")
X("ui_mark_voided_entry", " [đã hủy]", " [voided]")
X("ui_event_TEXT_ERASED", "xóa nội dung",
  "text erased")
X("ui_cmd_case_look", "báo cho nơi gửi biết cơ quan này đã mở xem hồ sơ",
  "tell the office a case came from that it was opened here")
X("ui_event_AUDIT_MARKED", "nhật ký người dùng", "audit of the office")
X("ui_event_MATTER_READ", "đã mở xem", "opened to read")
X("ui_event_REGISTER_SENT", "gửi mục trong sổ, niêm phong",
  "entry of the register sent, sealed")
X("ui_event_REGISTER_WANTED", "chờ mục trong sổ",
  "entry of the register wanted")
X("ui_event_REGISTER_TAKEN", "trả lời mục trong sổ đã gửi",
  "entry of the register answered")
X("ui_why_own_matter", "hồ sơ của chính cơ quan này", "it is this office's own")
X("ui_event_ERASURE_RECEIPT", "đã xóa tại đây",
  "erasure done")
X("ui_verdict_cause_missing", "chưa nhận việc trước đó",
  "what it follows has not arrived")
X("ui_verdict_tree_missing", "chưa nhận sơ đồ cơ quan mới",
  "the tree has not arrived")
X("ui_verdict_opening_missing", "chưa nhận hồ sơ gốc",
  "the opening has not arrived")
X("ui_verdict_newer_version", "cần phiên bản mới hơn",
  "it needs a newer version")
X("ui_verdict_not_custodian", "không phải nơi giữ hồ sơ",
  "not by its custodian")
X("ui_verdict_not_addressee", "không gửi cho cơ quan đó",
  "not by an addressee")
X("ui_verdict_not_allowed_here", "cơ quan đó không được ghi ở đây",
  "that office may not write here")
X("ui_verdict_closed_before", "hồ sơ đã kết thúc",
  "it was closed before")
X("ui_verdict_wrong_step", "sai bước",
  "a wrong step")
X("ui_verdict_malformed", "không đọc được",
  "it cannot be read")
X("ui_verdict_wrong_channel", "sai kênh",
  "in a wrong channel")
X("ui_verdict_set_aside", "đã để riêng",
  "set aside")

X("ui_tried_dial", "gọi {address}", "dialled {address}")
X("ui_tried_call", "bên đó gọi tới", "it dialled us")
X("ui_tried_session", "phiên liên lạc", "session")
X("ui_tried_refused", "không có dịch vụ nghe ở đó", "nothing listens there")
X("ui_tried_no_route", "máy này không có đường mạng tới đó",
  "this machine has no network to there")
X("ui_tried_timed_out", "không ai trả lời", "nobody answered")
X("ui_tried_name_unknown", "không tìm được tên máy", "the name has no address")
X("ui_tried_handshake_slow", "nhận cuộc gọi rồi im lặng",
  "took the call and said nothing")
X("ui_tried_handshake_ended", "cắt khi chưa nhận ra nhau",
  "ended before the keys were agreed")
X("ui_tried_not_ours", "không phải Liên Thông trả lời",
  "something that is not Lien Thong answered")
X("ui_tried_connected", "đã nối", "connected")
X("ui_tried_up", "hai bên đã nhận ra nhau", "both have proven themselves")
X("ui_tried_hello_refused", "danh tính không được chứng minh",
  "identity was not proven")
X("ui_tried_key_unknown", "khóa không được biết", "the key is not known")
X("ui_tried_no_progress", "không tiến triển nên đã cắt",
  "torn down for want of progress")
X("ui_tried_protocol", "bên kia làm trái giao thức", "it broke the protocol")
X("ui_tried_replaced", "bên kia đóng, hoặc đã có phiên mới",
  "it was closed, or a newer one took its place")
X("ui_tried_lost", "đường truyền mất", "the connection was lost")
X("ui_tried", "Đã thử", "Tried")
X("ui_tried_times", "{count} lần, lần cuối {at}",
  "{count} times, the last at {at}")
X("ui_explain_moves", "Đang chạy", "It moves")
X("ui_explain_hangs", "Đang tắc", "It does not move")
X("ui_explain_unknown", "Chưa biết", "Not known here")
X("ui_since_when", "Từ", "Since")
X("ui_next_at", "Lần thử tới", "Next try")
X("ui_why_hangs", "Vì sao", "Why")
X("ui_do", "Cần làm", "What to do")
X("ui_reached_yes", "đã tới", "arrived")
X("ui_reached_no", "chưa tới", "not yet")
X("ui_reached_unknown", "chưa rõ", "not known")
X("ui_more_by", "Xem vì sao", "See why")
X("ui_cmd_explain",
  "vì sao một cơ quan, vụ việc, tin báo hay chỉ đạo bị tắc",
  "why an office, a case, an incident or a directive does not move")

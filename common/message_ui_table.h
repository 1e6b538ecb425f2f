/* X(word, Vietnamese, English): the plain words of the tool and its tables. */
X("ui_yes", "có", "yes")
X("ui_no", "không", "no")
X("ui_none", "không có", "none")
X("ui_unknown", "chưa rõ", "unknown")
X("ui_error", "LỖI", "ERROR")
X("ui_warning", "CẢNH BÁO", "WARNING")
X("ui_critical", "NGHIÊM TRỌNG", "CRITICAL")
X("ui_remedy", "CÁCH XỬ LÝ", "HINT")
X("ui_usage", "Cách dùng", "Usage")
X("ui_commands", "Các lệnh", "Commands")
X("ui_options", "Tuỳ chọn", "Options")
X("ui_request", "Mã yêu cầu", "Request id")
X("ui_written", "Đã ghi", "Written")
X("ui_repeated", "Đã ghi từ trước, không ghi thêm", "Written before, not again")
X("ui_committed_at", "Ghi lúc", "Committed at")
X("ui_receipt_code", "Mã biên nhận", "Receipt code")
X("ui_expires_at", "Hết hạn", "Expires at")
X("ui_more", "Còn nữa; tiếp tục với --after {next}",
  "There is more; go on with --after {next}")
X("ui_empty", "Không có mục nào", "Nothing to show")
X("ui_total", "Tổng số", "Total")

X("ui_office", "Cơ quan", "Office")
X("ui_name", "Tên", "Name")
X("ui_kind", "Cấp", "Kind")
X("ui_code", "Mã", "Code")
X("ui_parent", "Cấp trên", "Parent")
X("ui_keeper", "Nơi lưu giữ", "Keeper")
X("ui_epoch", "Kỳ ghi", "Epoch")
X("ui_state", "Tình trạng", "State")
X("ui_since", "Từ", "Since")
X("ui_reason", "Lý do", "Reason")
X("ui_role", "Vai trò", "Role")
X("ui_links", "Kết nối", "Links")
X("ui_waiting", "Đang chờ", "Waiting")
X("ui_last_ack", "Xác nhận cuối", "Last ack")
X("ui_alarms", "Báo động", "Alarms")
X("ui_log", "Nhật ký", "Log")
X("ui_view", "Hiển thị", "View")
X("ui_events", "Sự kiện", "Events")
X("ui_segments", "Đoạn", "Segments")
X("ui_parts", "Phần kèm", "Parts")
X("ui_bytes", "Dung lượng", "Bytes")
X("ui_clock", "Đồng hồ", "Clock")
X("ui_version", "Phiên bản", "Version")
X("ui_listen", "Địa chỉ nghe", "Listening on")
X("ui_receipt", "Biên nhận của cấp trên", "Receipt")
X("ui_branches", "Nhánh", "Branches")
X("ui_holds", "Tạm giữ", "Holds")
X("ui_all_well", "Không có gì bất thường", "All is well")
X("ui_verify_ok", "Đã kiểm tra: mọi thứ nguyên vẹn", "Verified: all is whole")
X("ui_verify_bad", "Đã kiểm tra: có dữ liệu hỏng", "Verified: there is damage")
X("ui_config_ok", "Cấu hình hợp lệ", "The configuration is valid")

X("ui_id", "Mã số", "Id")
X("ui_number", "Số sổ", "Number")
X("ui_type", "Loại", "Type")
X("ui_field", "Lĩnh vực", "Field")
X("ui_custodian", "Đơn vị giữ hồ sơ", "Custodian")
X("ui_origin", "Nơi lập", "Origin")
X("ui_opened_on", "Ngày mở", "Opened on")
X("ui_due_on", "Hạn", "Due on")
X("ui_overdue", "Quá hạn", "Overdue")
X("ui_last_event", "Diễn biến cuối", "Last event")
X("ui_text", "Nội dung", "Text")
X("ui_place", "Địa điểm", "Place")
X("ui_subject", "Về việc", "Subject")
X("ui_people", "Số người", "People")
X("ui_raised_at", "Báo lúc", "Raised at")
X("ui_arrived_at", "Tới lúc", "Arrived at")
X("ui_taken_at", "Tiếp nhận lúc", "Taken at")
X("ui_taken_by", "Người tiếp nhận", "Taken by")
X("ui_closed_at", "Kết thúc lúc", "Closed at")
X("ui_doc_no", "Số văn bản", "Document no.")
X("ui_issuer", "Nơi ban hành", "Issuer")
X("ui_issued_at", "Ban hành lúc", "Issued at")
X("ui_to", "Nơi nhận", "To")
X("ui_status", "Trạng thái", "Status")
X("ui_at", "Lúc", "At")

X("ui_key", "Mục", "Setting")
X("ui_value", "Giá trị", "Value")
X("ui_source", "Nguồn", "From")
X("ui_default", "mặc định", "default")
X("ui_unit", "Đơn vị tính", "Unit")
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
X("ui_cmd_status", "tình trạng của dịch vụ", "state of the daemon")
X("ui_cmd_log", "nhật ký: các luồng, hoặc từng sự kiện",
  "the log: its streams, or its events")
X("ui_cmd_verify", "kiểm tra toàn bộ nhật ký", "check the whole log")
X("ui_cmd_config_check", "kiểm tra tệp cấu hình", "check the configuration")
X("ui_cmd_config_show", "xem cấu hình đang có hiệu lực",
  "show the configuration in force")

X("ui_opt_open", "chỉ những việc chưa xong", "only what is open")
X("ui_opt_closed", "chỉ những việc đã xong", "only what is closed")
X("ui_opt_office", "của cơ quan này", "of this office")
X("ui_opt_since", "từ ngày (YYYY-MM-DD)", "from this day on (YYYY-MM-DD)")
X("ui_opt_limit", "nhiều nhất bao nhiêu dòng", "at most so many lines")
X("ui_opt_after", "tiếp theo lần trước", "go on after an earlier answer")
X("ui_opt_type", "complaint, recommendation, feedback hoặc denunciation",
  "complaint, recommendation, feedback or denunciation")
X("ui_opt_field", "lĩnh vực", "what it is about")
X("ui_opt_text", "tóm tắt, không ghi tên người; - đọc từ stdin",
  "summary without names; - reads from stdin")
X("ui_opt_sealed_ref", "số trong sổ mật (chỉ với tố cáo)",
  "number in the sealed register (denunciations only)")
X("ui_opt_legal_date", "ngày tính thời hạn", "the day that time limits count from")
X("ui_opt_date", "ngày nhận", "the day it was received")
X("ui_opt_doc_date", "ngày văn bản", "date of the document")
X("ui_opt_help", "cần hỗ trợ gì", "what help is needed")
X("ui_opt_way", "tiếp nhận trên màn hình hay qua điện thoại",
  "taken on the screen or by phone")
X("ui_opt_urgent", "hỏa tốc", "urgent")
X("ui_opt_valid", "thời hạn của mã, ví dụ 7d, 12h", "how long it is good, as 7d, 12h")
X("ui_opt_check", "kết quả 1 nếu có điều bất thường",
  "exit 1 when something is wrong")
X("ui_opt_events", "từng sự kiện, theo thứ tự ghi", "events, in order of commit")
X("ui_opt_from", "bắt đầu từ vị trí này", "from this position on")
X("ui_opt_follow", "chờ và in tiếp sự kiện mới", "wait for what comes")
X("ui_opt_offline", "khi dịch vụ đang dừng", "while the daemon is stopped")
X("ui_opt_config", "tệp cấu hình khác", "another configuration file")
X("ui_opt_listen", "địa chỉ nghe kết nối, HOST:PORT",
  "where links are accepted, HOST:PORT")
X("ui_opt_enrol_listen", "địa chỉ nghe kết nạp, HOST:PORT",
  "where enrolment is accepted, HOST:PORT")
X("ui_receipt_unknown", "Không có trong sổ", "Not in the book")
X("ui_channel", "Kênh", "Channel")
X("ui_lane", "Làn", "Lane")
X("ui_first", "Đầu", "First")
X("ui_last", "Cuối", "Last")
X("ui_streams", "Luồng", "Streams")

X("ui_why_missing", "thiếu",
  "missing")
X("ui_why_not_uuid", "không phải UUID viết thường",
  "not a UUID in small letters")
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
X("ui_why_day_out", "ở tương lai hoặc quá lâu trước đây",
  "in the future, or too long ago")
X("ui_why_no_text_here", "tố cáo không kèm văn bản nào",
  "a denunciation carries no text")
X("ui_why_not_sealed_ref", "không phải số của sổ mật",
  "not a number of the sealed register")
X("ui_why_no_field", "không có lĩnh vực này",
  "not a known field")
X("ui_why_sealed_only", "chỉ dùng cho tố cáo",
  "for denunciations only")
X("ui_why_not_custodian", "cơ quan này không giữ hồ sơ",
  "this office is not its custodian")
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
X("ui_why_too_long", "quá dài",
  "too long")
X("ui_why_empty", "để trống",
  "empty")
X("ui_why_not_in_range", "không phải số trong khoảng cho phép",
  "not a number in range")
X("ui_why_not_list", "không phải danh sách",
  "not a list")
X("ui_why_too_many", "quá nhiều",
  "too many")
X("ui_why_not_date", "không phải ngày dạng YYYY-MM-DD",
  "not a date YYYY-MM-DD")
X("ui_why_not_flag", "không phải true hoặc false",
  "not true or false")
X("ui_why_not_object", "không phải đối tượng JSON",
  "not an object")
X("ui_why_unknown_option", "không có tuỳ chọn này",
  "unknown option")
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
X("ui_why_not_id", "không phải mã số hoặc mã biên nhận",
  "neither an event id nor a receipt code")
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
X("ui_why_check_char", "ký tự kiểm tra không khớp",
  "the check character does not fit")
X("ui_why_types", "complaint, recommendation, feedback hoặc denunciation",
  "complaint, recommendation, feedback or denunciation")
X("ui_why_ends", "received, appointed, petition_taken, left hoặc error",
  "received, appointed, petition_taken, left or error")
X("ui_why_ways", "screen hoặc phone", "screen or phone")
X("ui_why_codes", "từ 02 đến 06", "02 to 06")
X("ui_state_open", "đang mở", "open")
X("ui_state_accepted", "đã thụ lý", "accepted")
X("ui_state_in_progress", "đang giải quyết", "in progress")
X("ui_state_closed", "đã kết thúc", "closed")
X("ui_state_raised", "chờ tiếp nhận", "raised")
X("ui_state_taken", "đã tiếp nhận", "taken")
X("ui_state_unchanged", "giữ nguyên", "unchanged")
X("ui_state_corrected", "đã sửa", "corrected")
X("ui_state_voided", "đã hủy do ghi nhầm", "voided")

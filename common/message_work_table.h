/* X(word, Vietnamese, English): what the tool and the pages say of the work
 * itself, beside message_ui_table.h: who holds a case, what a superior may
 * ask, urgency that climbs, heightened periods. */

/* --- Custody ----------------------------------------------------------- */
X("ui_cmd_case_offer", "đề nghị chuyển giao hồ sơ cho cơ quan khác",
  "offer a case to another office")
X("ui_cmd_case_accept", "nhận hồ sơ được đề nghị chuyển giao",
  "accept a case that was offered")
X("ui_cmd_case_refuse", "từ chối nhận hồ sơ, nêu lý do",
  "refuse a case that was offered, with the reason")
X("ui_cmd_case_recall", "rút lại đề nghị chuyển giao",
  "recall an offer")
X("ui_cmd_case_assign", "cấp trên phân công cơ quan giữ hồ sơ",
  "as a superior, assign a case to an office")
X("ui_cmd_case_take_over", "cấp trên rút hồ sơ lên để trực tiếp xử lý",
  "as a superior, take a case over")
X("ui_cmd_case_adopt",
  "công nhận việc mà cơ quan giữ trước đã ghi muộn",
  "adopt what a former custodian wrote too late")
X("ui_cmd_case_enclose",
  "gửi cho nơi đang giữ hồ sơ những gì nơi đó còn thiếu",
  "send the office that holds a case what it lacks of it")
/* --- Urgency that climbs ---------------------------------------------- */
X("ui_asked", "Chờ tiếp nhận", "Waits for")
X("ui_raised_times", "Đã báo lên (lần)", "Raised (times)")
X("ui_raised_next_at", "Báo lên tiếp lúc", "Raised next at")
X("ui_ring", "Gọi trực ban", "Duty to call")
X("ui_opt_step_on", "ngày đối thoại, hoặc ngày phải làm bước tiếp theo",
  "the day of the dialogue, or by when the next step is taken")
X("ui_opt_agency", "cơ quan ngoài hệ thống", "the agency, which has no node")
X("ui_opt_owed", "chỉ hồ sơ đã chuyển ra ngoài mà chưa có kết quả",
  "only what was passed on and is not answered")
X("ui_opt_reviewed", "chỉ hồ sơ tồn đọng đã rà soát",
  "only the backlog that was reviewed")
X("ui_why_step_day", "bước này cần --on", "this step needs --on")
X("ui_why_step_agency", "bước này cần --agency", "this step needs --agency")
X("ui_why_step_nothing_sent", "chưa chuyển cho cơ quan nào",
  "nothing was passed on that could be answered")
X("ui_why_step_not_sealed", "bước này không dùng cho tố cáo",
  "a denunciation has no such step")
X("ui_cmd_directive_recall", "yêu cầu lấy lại một chỉ đạo (mã 13)",
  "ask a directive back (code 13)")
X("ui_opt_all_below", "gửi tới mọi cơ quan cấp dưới", "to everybody below")
X("ui_opt_plan", "là kế hoạch: mỗi nơi nhận ban hành kế hoạch của mình",
  "it is a plan: each addressee issues one of its own")
X("ui_opt_under", "kế hoạch cấp trên mà văn bản này thực hiện",
  "the superior's plan that this one is under")
X("ui_why_to_or_all", "cần nơi nhận, hoặc --all-below, chỉ một trong hai",
  "either addressees or --all-below are needed")
X("ui_why_too_many_below",
  "có quá 200 cơ quan cấp dưới; chia thành nhiều lần với --to",
  "more than 200 offices are below; issue it in parts, with --to")
X("ui_why_nobody_below", "không có cơ quan nào ở dưới", "nobody is below")
X("ui_progress", "Tiến độ", "Progress")
X("ui_not_arrived", "Chưa tới", "Not arrived at")
X("ui_not_received", "Chưa tiếp nhận", "Not received by")
X("ui_not_ended", "Chưa xong", "Not ended at")
X("ui_no_plan_yet", "Chưa có kế hoạch của mình", "No plan of its own yet")
X("ui_under", "Thực hiện kế hoạch", "Under the plan")
X("ui_event_DIRECTIVE_RECALLED", "yêu cầu lấy lại", "asked back")
X("ui_cmd_incident_forecast", "báo trước để chuẩn bị tiếp đông người",
  "ask to prepare a reception for people who are expected")
X("ui_cmd_incident_join", "gộp tin ghi hộ vào tin của chính cơ quan đó",
  "join an entry to the office's own incident: counted once")
X("ui_opt_for", "cơ quan cấp dưới đã gọi điện báo",
  "the office below that has phoned in")
X("ui_opt_source", "ai báo", "who says so")
X("ui_opt_at", "giờ dự kiến, 07:30", "the hour, 07:30")
X("ui_opt_on", "ngày dự kiến đến", "the day that they are expected")
X("ui_opt_prepare", "đề nghị chuẩn bị", "what to prepare")
X("ui_expected_at", "Dự kiến đến lúc", "Expected at")
X("ui_entered_by", "Ghi hộ bởi", "Entered by")
X("ui_joined_to", "Đã gộp vào", "Joined to")
X("ui_state_lapsed", "hết hiệu lực", "lapsed")
X("ui_state_joined", "đã gộp", "joined")
X("ui_why_sources", "không phải nguồn tin được ghi", "not a known source")
X("ui_why_hour", "giờ viết như 07:30", "an hour is written as 07:30")
X("ui_why_forecast_day", "ngày dự kiến phải từ hôm nay đến 30 ngày tới",
  "the day must be from today to 30 days ahead")
X("ui_why_joined", "tin này đã được gộp vào tin khác",
  "it was joined to another incident")
X("ui_why_no_own", "không có tin nào như vậy của cơ quan đó ở đây",
  "no such incident of that office is here")
X("ui_event_CROWD_FORECAST", "báo trước đông người", "people expected")
X("ui_event_INCIDENT_JOINED", "gộp tin ghi hộ", "entry joined")
X("ui_opt_to_one", "cơ quan nhận", "the office that takes it")
X("ui_opt_refusal", "lý do từ chối nhận hồ sơ tố cáo",
  "why a denunciation is refused")
X("ui_offered_to", "Đã đề nghị giao cho", "Offered to")
X("ui_claimants", "Cùng nhận là nơi giữ", "Claimed by")
X("ui_assigned_by", "Theo phân công của", "Assigned by")
X("ui_remarks", "Ghi muộn, chưa công nhận", "Late words not adopted")
X("ui_why_one_office", "cần đúng một cơ quan", "exactly one office is needed")
X("ui_why_case_too_long", "hồ sơ có quá nhiều việc để gửi một lần",
  "it has too many events to be sent at once")
X("ui_why_no_remark", "không phải việc ghi muộn của cơ quan giữ trước",
  "it is no late word of a former custodian")
X("ui_why_not_enclosed", "không có gì để gửi cho nơi đang giữ hồ sơ",
  "there is nothing to send to the office that holds it")
X("ui_why_no_refusal", "không có lý do này", "not a known reason")
X("ui_event_CUSTODY_OFFERED", "đề nghị chuyển giao", "offered")
X("ui_event_CUSTODY_ACCEPTED", "nhận chuyển giao", "accepted")
X("ui_event_CUSTODY_REFUSED", "từ chối nhận", "refused")
X("ui_event_CUSTODY_RECALLED", "rút lại đề nghị", "offer recalled")
X("ui_event_CUSTODY_ASSIGNED", "phân công nơi giữ", "assigned")
X("ui_event_REMARK_ADOPTED", "công nhận việc ghi muộn", "late word adopted")
X("ui_event_DENUNCIATION_OFFERED", "đề nghị chuyển giao", "offered")
X("ui_event_DENUNCIATION_ACCEPTED", "nhận chuyển giao", "accepted")
X("ui_event_DENUNCIATION_REFUSED", "từ chối nhận", "refused")
X("ui_event_DENUNCIATION_RECALLED", "rút lại đề nghị", "offer recalled")
X("ui_event_DENUNCIATION_ASSIGNED", "phân công nơi giữ", "assigned")
X("ui_event_DENUNCIATION_ADOPTED", "công nhận việc ghi muộn",
  "late word adopted")
X("ui_event_ENCLOSED", "gửi kèm hồ sơ", "enclosed")
X("ui_verdict_frozen", "đã đề nghị giao cho cơ quan khác, chờ trả lời hoặc rút lại",
  "it was offered to another office; wait for the answer or recall it")
X("ui_verdict_contested",
  "hai cơ quan cùng nhận là nơi giữ, chờ cấp trên phân công",
  "two offices hold it; a superior of both has to assign it")
X("ui_verdict_not_offered", "không có đề nghị chuyển giao nào còn hiệu lực",
  "no offer of it stands")
X("ui_verdict_remark", "ghi muộn, chưa công nhận", "a late word, not adopted")
X("ui_cmd_office_list",
  "cơ quan này và các cơ quan cấp dưới: dữ liệu tới đâu, việc gì tồn",
  "this office and those below: how far their data has come, what is undone")
X("ui_data", "Dữ liệu", "Data")
X("ui_state_unknown", "chưa tham gia", "not joined")
X("ui_open_cases", "Hồ sơ mở", "Open")
X("ui_overdue", "Quá hạn", "Overdue")
X("ui_due_soon", "Sắp hạn", "Due soon")
X("ui_incidents", "Đông người", "Incidents")
X("ui_untaken", "Chưa nhận", "Untaken")
X("ui_unanswered", "Chỉ đạo chờ", "Unanswered")

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
X("ui_opt_about", "moved: chuyển từ hai lần; late_entry: nhập bù; late_extension: gia hạn khi đã quá hạn; unenforced: có quyết định, chưa tổ chức thi hành",
  "moved: twice or more; late_entry: written down later; late_extension: extended after its end; unenforced: decided, not yet enforced")
X("ui_why_about", "chỉ nhận moved, late_entry, late_extension, unenforced",
  "it takes moved, late_entry, late_extension, unenforced")
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
X("ui_opt_for_report", "ghi hộ cơ quan cấp dưới đã gọi điện báo cáo (chỉ với report)",
  "written down for an office below that phoned its report in (report alone)")
X("ui_cmd_notice_join", "thay báo cáo đã được ghi hộ bằng báo cáo của chính cơ quan này: tính một lần",
  "put this office's own report in the place of what was written down for it: counted once")
X("ui_opt_for_paper", "nhập thay cơ quan cấp dưới chỉ có sổ giấy, hoặc máy đang hỏng",
  "entered for an office below that has only paper, or whose machine is out of order")
X("ui_why_for_sealed", "đơn tố cáo không nhập thay được: ghi ở sổ mật của cơ quan này",
  "a denunciation is not entered for another office: it goes into the sealed register here")
X("ui_why_for_former", "lượt tiếp ấy là của cơ quan khác: không đổi được đơn vị, hãy hủy rồi ghi lại",
  "that reception is another office's: the office does not change; take it back and enter it anew")
X("ui_entered_paper_by", "Nhập thay bởi", "Entered by")
X("ui_why_for_reports", "chỉ ghi hộ được báo cáo (report)",
  "only a report can be written down for another office")
X("ui_verdict_denounced",
  "tố cáo không được giao cho cơ quan bị tố cáo, cũng không cho cơ quan mà tố cáo có thể nói tới; giao cho cấp trên khác",
  "a denunciation is not given to the office that it denounces, nor to one that it may concern; give it to another superior")
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
/* --- Periods, task forces, requests, notices, rosters ------------------ */
X("ui_cmd_period_set",
  "đặt kỳ cao điểm cho cấp dưới: từ ngày, đến ngày, báo cáo hằng ngày",
  "set a heightened period for those below: from a day to a day, with a word from each every day")
X("ui_cmd_period_end",
  "kết thúc sớm một kỳ cao điểm",
  "end a heightened period early")
X("ui_cmd_period_close",
  "tổng kết cả kỳ của cơ quan này, sau ngày cuối",
  "sum up the whole period for this office, after its last day")
X("ui_cmd_period_report",
  "báo cáo một ngày của kỳ cao điểm, kể cả không có gì",
  "report of one day of a heightened period, also that there is nothing")
X("ui_cmd_period_list",
  "danh sách kỳ cao điểm và nơi chưa báo cáo",
  "heightened periods, and who is silent")
X("ui_cmd_period_show",
  "một kỳ cao điểm: từng ngày, từng cơ quan",
  "one heightened period, day by day and office by office")
X("ui_cmd_taskforce_form",
  "lập tổ công tác gồm các cơ quan cấp dưới",
  "form a task force of offices below")
X("ui_cmd_taskforce_change",
  "đổi thành viên tổ công tác: tổ cũ kết thúc, tổ mới tiếp tục",
  "give a task force other members: it ends, and one goes on in its place")
X("ui_cmd_taskforce_end", "giải thể một tổ công tác", "end a task force")
X("ui_cmd_taskforce_presence",
  "báo có mặt, vắng hoặc cử người thay trong tổ công tác",
  "say that this office is there, is not, or sends a substitute")
X("ui_cmd_taskforce_list", "danh sách tổ công tác", "task forces")
X("ui_cmd_taskforce_show",
  "một tổ công tác: ai có mặt, ai vắng",
  "one task force: who is there, who is not")
X("ui_cmd_request_send",
  "đề nghị cơ quan khác phối hợp, có hạn trả lời",
  "ask other offices to work together, by a day")
X("ui_cmd_request_reply", "trả lời một đề nghị phối hợp", "reply to a request")
X("ui_cmd_request_list",
  "danh sách đề nghị phối hợp",
  "requests for coordination")
X("ui_cmd_request_show",
  "một đề nghị phối hợp và các trả lời",
  "one request and its replies")
X("ui_cmd_notice_send",
  "gửi báo cáo, thông báo cho một hay nhiều cơ quan",
  "send a report or a notice to one or several offices")
X("ui_cmd_notice_list", "danh sách báo cáo, thông báo", "reports and notices")
X("ui_cmd_notice_show",
  "một báo cáo, thông báo: nơi nào đã nhận",
  "one report or notice: who has it")
X("ui_cmd_retaliation_report",
  "ghi việc công dân bị đe dọa, trả thù theo mã biên nhận; gửi riêng một cấp trên",
  "take down by a receipt code that somebody is threatened; goes to one superior alone")
X("ui_cmd_retaliation_close",
  "cấp trên kết thúc việc bị đe dọa, trả thù",
  "as the superior, close a report of retaliation")
X("ui_cmd_retaliation_list",
  "danh sách việc bị đe dọa, trả thù gửi cho cơ quan này",
  "reports of retaliation that this office made or was told of")
X("ui_cmd_retaliation_show",
  "một việc bị đe dọa, trả thù",
  "one report of retaliation")
X("ui_cmd_roster_set",
  "lập một ca trực của cơ quan này",
  "set one shift of this office")
X("ui_cmd_roster_import",
  "lập nhiều ca trực từ tệp CSV: date,at,end,kind,name,phone; tất cả hoặc "
  "không ca nào",
  "set many shifts from a CSV file: date,at,end,kind,name,phone; all or none")
X("ui_roster_taken", "Đã lập {n} ca trực ✓", "{n} shifts set")
X("ui_roster_none_taken",
  "Chưa lập ca nào. Sửa các dòng trên trong tệp rồi nhập lại cả tệp.",
  "No shift was set. Mend these lines of the file, then import all of it again.")
X("ui_event_RECEPTION_TURN", "lượt tiếp công dân", "reception")
X("ui_event_DIRECTIVE_CHANGED",
  "gia hạn, kết thúc hoặc thay thế chỉ đạo",
  "directive given a later day, closed or replaced")
X("ui_cmd_reception_add",
  "ghi một lượt tiếp công dân: bao nhiêu người, về việc gì; không ghi tên",
  "write down a reception: how many, about what; nobody's name")
X("ui_cmd_reception_take_back", "hủy một lượt tiếp ghi nhầm",
  "take back a reception that was written by mistake")
X("ui_cmd_reception_list", "các lượt tiếp công dân", "receptions")
X("ui_turn_on", "Ngày", "Day")
X("ui_turn_kind", "Hình thức", "Form")
X("ui_opt_turn_kind", "hình thức tiếp", "which form of reception")
X("ui_opt_turn_outcome", "kết quả buổi tiếp", "what came of it")
X("ui_opt_turn_day", "ngày tiếp; hôm nay nếu không nói", "the day; today unless said")
X("ui_opt_turn_leader", "người đứng đầu trực tiếp tiếp",
  "the office's head received in person")
X("ui_opt_turn_again", "tiếp lại cùng một việc", "the same people about the same")
X("ui_opt_turn_about", "hồ sơ hoặc tin báo có liên quan",
  "the case or incident that it is about")
X("ui_opt_turn_former", "lượt đã ghi mà lượt này thay thế",
  "the entry that this one takes the place of")
X("ui_why_turn_day", "ngày tiếp phải trong một năm qua, không ở tương lai",
  "within the last year, and not in the future")
X("ui_why_turn_about", "không có hồ sơ hay tin báo nào như vậy ở đây",
  "no such case or incident here")
X("ui_why_no_turn", "không phải một lượt tiếp đang có giá trị của cơ quan này",
  "no reception of this office that stands")
X("ui_cmd_directive_extend", "gia hạn một chỉ đạo đã ban hành",
  "give a directive of this office a later day")
X("ui_cmd_directive_close", "kết thúc hoặc thay thế một chỉ đạo đã ban hành",
  "close a directive of this office, or replace it")
X("ui_opt_replaced_by", "chỉ đạo thay thế", "the directive in its place")
X("ui_why_due_not_later", "phải sau hạn hiện nay; chỉ đạo không hạn thì không gia hạn",
  "it has to be after the present day; what has none is not extended")
X("ui_why_no_replacement", "không phải một chỉ đạo khác của cơ quan này",
  "not another directive of this office")
X("ui_opt_again_instance", "khiếu nại lần hai", "a complaint of the second instance")
X("ui_opt_first_case", "hồ sơ khiếu nại lần đầu", "the case of the first instance")
X("ui_why_again", "chỉ khiếu nại mới có lần hai; --first-case cần --again",
  "complaints alone have a second instance; --first-case needs --again")
X("ui_why_no_other_case", "không có hồ sơ khác nào như vậy ở đây",
  "no such other case here")
X("ui_why_not_closed", "hồ sơ chưa kết thúc nên không mở lại",
  "it is not closed, so nothing is opened again")
X("ui_why_no_about", "không có việc nào như vậy ở đây", "no such matter here")
X("ui_opt_matter_about", "việc có liên quan", "the matter that it is about")
X("ui_opt_request_people", "bao nhiêu cán bộ", "how many of the staff")
X("ui_opt_notice_people", "bao nhiêu người hoặc đơn", "how many people or letters")
X("ui_why_attach_decisions",
  "tệp chỉ kèm theo chỉ đạo, quyết định và kết luận; giấy tờ của công dân giữ "
  "ở cơ quan",
  "a file goes with a directive, a decision or a conclusion alone; what people "
  "bring in stays with the office")
X("ui_why_file_kinds",
  "chỉ nhận PDF, ảnh JPEG, PNG, TIFF, văn bản Word, Excel, OpenDocument (không "
  "có macro) hoặc RTF; hãy lưu tệp sang một trong các dạng đó",
  "PDF, JPEG, PNG, TIFF, Word, Excel, OpenDocument (without macros) or RTF alone; "
  "save the file as one of these")
X("ui_why_attach_spread",
  "tệp quá lớn cho chừng ấy nơi nhận (64 MB tính cả các nơi)",
  "too large for so many addressees (64 MB in all)")
X("ui_why_roster_line",
  "dòng không đúng mẫu date,at,end,kind,name,phone",
  "the line is not of the form date,at,end,kind,name,phone")
X("ui_why_roster_rows",
  "tối đa 400 ca mỗi tệp; hãy chia nhỏ tệp",
  "at most 400 shifts a file; divide it")
X("ui_why_roster_empty", "tệp không có ca trực nào", "no shift stands in it")
X("ui_cmd_roster_swap",
  "đổi người trực, hoặc báo không có ai thay",
  "name a substitute, or that nobody comes")
X("ui_cmd_roster_hand_over", "bàn giao ca trực", "hand a shift over")
X("ui_cmd_roster_list",
  "lịch trực; --open: đang trực",
  "the roster; --open: who is on duty now")
X("ui_cmd_roster_show", "một ca trực", "one shift")
X("ui_opt_period_name",
  "tên kỳ hoặc tổ, không phải tên người",
  "its name; of no person")
X("ui_opt_from_date", "từ ngày", "from this day on")
X("ui_opt_until", "đến hết ngày", "until this day, included")
X("ui_opt_every_days",
  "báo cáo mấy ngày một lần; 1 nếu không nói",
  "a report every so many days; 1 unless said")
X("ui_opt_within",
  "trong kỳ, vụ đông người phải có người tiếp nhận trong số phút này",
  "minutes within which a person has to take an incident in this period")
X("ui_opt_last_day",
  "ngày cuối cùng; hôm nay nếu không nói",
  "its last day; today unless said")
X("ui_opt_report_date",
  "ngày được báo cáo; hôm nay nếu không nói",
  "the day that it is about; today unless said")
X("ui_opt_nothing", "không có gì", "there is nothing to report")
X("ui_opt_whole", "kết quả cả kỳ", "what the whole came to")
X("ui_opt_receptions_whole",
  "số lượt tiếp trong cả kỳ",
  "how many were received in the whole period")
X("ui_not_closed", "chưa tổng kết", "not summed up yet")
X("ui_former", "thay cho tổ", "in the place of")
X("ui_why_not_over",
  "kỳ chưa đến ngày cuối; báo từng ngày bằng period report",
  "its last day has not come; say each day with period report")
X("ui_opt_receptions",
  "số lượt tiếp trong ngày",
  "how many were received that day")
X("ui_opt_substitute",
  "cán bộ thay, không phải công dân",
  "the substitute, of the office's staff")
X("ui_opt_one_superior",
  "cấp trên được biết; cấp trên trực tiếp nếu không nói",
  "the superior that is told; the office above unless said")
X("ui_opt_shift_day", "ngày trực", "the day of the shift")
X("ui_opt_shift_at", "giờ bắt đầu", "when it begins")
X("ui_opt_shift_end",
  "giờ kết thúc; trước giờ bắt đầu là sang ngày hôm sau",
  "when it ends; before its beginning means the day after")
X("ui_opt_absent",
  "vắng, không có người thay",
  "absent, and nobody comes instead")
X("ui_opt_next_shift", "ca nhận bàn giao", "the shift that goes on")
X("ui_opt_left_open", "việc còn đang làm", "what is still open")
X("ui_until", "Đến", "Until")
X("ui_silent_now", "Chưa báo cáo", "Silent")
X("ui_every_days", "Báo cáo mỗi (ngày)", "A report every (days)")
X("ui_report_by", "Trước giờ", "By")
X("ui_take_within", "Tiếp nhận trong (phút)", "To be taken within (minutes)")
X("ui_outcome", "Kết quả", "Outcome")
X("ui_reported_by", "Nơi ghi nhận", "Taken down by")
X("ui_duty", "Nhiệm vụ trực", "Duty")
X("ui_person_on_duty", "Người trực", "On duty")
X("ui_phone", "Điện thoại", "Telephone")
X("ui_ring_person", "Người trực", "On duty there")
X("ui_handed_over_at", "Bàn giao lúc", "Handed over at")
X("ui_handed_over_to", "Bàn giao cho ca", "Handed over to")
X("ui_state_ahead", "sắp tới", "ahead")
X("ui_state_running", "đang diễn ra", "running")
X("ui_state_over", "đã qua", "over")
X("ui_state_ended", "đã kết thúc sớm", "ended early")
X("ui_state_on", "đang trực", "on duty")
X("ui_state_absent", "vắng", "absent")
X("ui_state_handed_over", "đã bàn giao", "handed over")
X("ui_why_to_itself", "là chính cơ quan này", "it is this office itself")
X("ui_why_other_kind",
  "là một loại văn bản khác; xem bằng lệnh list của loại cần tìm",
  "it is of another kind; see the list of the kind that is meant")
X("ui_why_period_days",
  "phải từ ngày bắt đầu trở đi và chưa qua",
  "it has to be on or after the first day, and not past")
X("ui_why_period_long",
  "dài nhất 120 ngày; đặt thành nhiều kỳ",
  "120 days at most; set several")
X("ui_why_nothing",
  "cần --nothing hoặc --text, chỉ một trong hai",
  "either --nothing or --text is needed")
X("ui_why_substitute_name",
  "chỉ cần khi cử người thay, và khi đó phải có",
  "needed with a substitute, and only then")
X("ui_why_due_past", "đã qua", "it is past")
X("ui_why_no_receipt", "không phải mã biên nhận", "it is no receipt code")
X("ui_why_phone",
  "số điện thoại gồm chữ số, dấu cách, + . - ( )",
  "a telephone is of digits, blanks, + . - ( )")
X("ui_why_roster_day",
  "từ hôm qua đến 400 ngày tới",
  "from yesterday to 400 days ahead")
X("ui_why_not_own_shift",
  "không phải ca trực của cơ quan này",
  "it is no shift of this office")
X("ui_why_swap",
  "cần --name và --phone, hoặc --absent",
  "either --name and --phone, or --absent")
X("ui_event_HEIGHTENED_PERIOD_SET", "đặt kỳ cao điểm", "heightened period set")
X("ui_event_HEIGHTENED_PERIOD_ENDED",
  "kết thúc kỳ cao điểm",
  "heightened period ended")
X("ui_event_DAILY_STATUS", "báo cáo ngày", "report of the day")
X("ui_event_ROSTER_SET", "lập ca trực", "shift set")
X("ui_event_SHIFT_SWAPPED", "đổi ca trực", "shift swapped")
X("ui_event_SHIFT_HANDED_OVER", "bàn giao ca", "shift handed over")
X("ui_event_COORDINATION_REQUEST", "đề nghị phối hợp", "coordination asked")
X("ui_event_COORDINATION_REPLY", "trả lời phối hợp", "coordination answered")
X("ui_event_NOTICE_SENT", "gửi báo cáo, thông báo", "report or notice sent")
X("ui_event_TASKFORCE_FORMED", "lập tổ công tác", "task force formed")
X("ui_event_PERIOD_CLOSED", "tổng kết kỳ cao điểm", "period summed up")
X("ui_event_TASKFORCE_ENDED", "giải thể tổ công tác", "task force ended")
X("ui_event_RETALIATION_REPORTED",
  "ghi việc bị đe dọa, trả thù",
  "retaliation reported")
X("ui_event_RETALIATION_CLOSED",
  "kết thúc việc bị đe dọa, trả thù",
  "retaliation closed")
X("ui_opt_report_by", "báo cáo trước giờ này; hết ngày nếu không nói",
  "reports are due by this hour; the end of the day unless said")
X("ui_why_not_of_kind", "không phải loại được phép", "it is none of the kinds")
X("ui_opt_notify_way", "báo cho công dân bằng cách nào",
  "how the citizen was told")
X("ui_opt_notice", "báo việc gì", "what the citizen was told of")
X("ui_opt_task", "task_done: việc đã xong; linked: hồ sơ có liên quan",
  "of task_done: the task; of linked: the other case")
X("ui_opt_tasks", "chỉ hồ sơ còn việc của kết luận chưa xong",
  "only those with tasks of a conclusion that are not done")
X("ui_why_not_notified", "chỉ dùng với bước citizen_notified",
  "it goes with the step citizen_notified alone")
X("ui_why_no_task",
  "không có việc nào như vậy đang chờ; xem các việc bằng case show",
  "no such task waits to be done; see them with case show")
X("ui_why_tasks_many",
  "đang có 16 việc chưa xong; ghi việc đã xong trước khi giao thêm",
  "16 tasks are open; say which are done before more are set")
X("ui_why_task_event", "bước task_done cần --event, bước khác thì không",
  "task_done needs --event, and no other step takes it")
/* --- Summaries ---------------------------------------------------------- */
X("ui_cmd_summary",
  "báo cáo nhanh một trang: một ngày, giữa kỳ hoặc cả kỳ họp",
  "one page for the chairman: a day, the middle or the whole of a session")
X("ui_opt_of_period", "kỳ cao điểm", "a heightened period")
X("ui_opt_one_day", "chỉ một ngày", "one day alone")
X("ui_why_date_alone", "không dùng cùng --from-date, --until",
  "it does not go with --from-date or --until")
X("ui_sum_title", "BÁO CÁO NHANH VỀ TIẾP CÔNG DÂN", "CITIZEN RECEPTION AT A GLANCE")
X("ui_sum_crowds", "Đông người", "Crowds")
X("ui_sum_raised", "Số vụ phát sinh", "Raised")
X("ui_sum_ended", "Đã kết thúc", "Ended")
X("ui_sum_going_on", "Đang diễn ra", "Going on")
X("ui_sum_untaken", "Chưa có người tiếp nhận", "Taken by nobody yet")
X("ui_sum_cases", "Hồ sơ (không gồm tố cáo mới)", "Cases (no new denunciations)")
X("ui_sum_complaints", "Khiếu nại mới", "New complaints")
X("ui_sum_recommendations", "Kiến nghị mới", "New recommendations")
X("ui_sum_feedback", "Phản ánh mới", "New feedback")
X("ui_sum_closed", "Đã kết thúc trong kỳ", "Closed in these days")
X("ui_sum_open", "Đang giải quyết", "Open now")
X("ui_sum_overdue", "Quá hạn", "Overdue")
X("ui_sum_directives", "Chỉ đạo", "Directives")
X("ui_sum_issued", "Đã ban hành", "Issued")
X("ui_sum_not_received", "Lượt nơi nhận chưa tiếp nhận", "Addressees without a word")
X("ui_sum_not_ended", "Lượt nơi nhận chưa xong", "Addressees not done")
X("ui_sum_requests", "Đề nghị phối hợp", "Requests for coordination")
X("ui_sum_sent", "Đã gửi", "Sent")
X("ui_sum_owed", "Chưa trả lời đủ", "Not answered by all")
X("ui_sum_reports", "Báo cáo ngày", "Reports of the day")
X("ui_sum_wanted", "Phải có", "Due")
X("ui_sum_said", "Đã có", "Made")
X("ui_sum_nothing", "Trong đó không có gì", "Of these, nothing to report")
X("ui_sum_receptions", "Lượt tiếp theo báo cáo", "Receptions as reported")
X("ui_sum_missing", "Chưa báo cáo (số ngày)", "Silent (days)")
X("ui_sum_words", "Nội dung báo cáo", "What was reported")
/* --- Personal data in texts --------------------------------------------- */
X("ui_cmd_text_flag",
  "báo một văn bản có dữ liệu cá nhân; che ngay, trừ nơi viết và cấp trên của nơi đó",
  "say that personal data stand in a text; masked at once but for its writer and the office above")
X("ui_cmd_text_replace",
  "thay văn bản của mình bằng văn bản sạch; bản cũ bị xóa ở mọi nơi",
  "put a clean text in the place of an own one; the old one is erased everywhere")
X("ui_cmd_text_list", "văn bản bị báo có dữ liệu cá nhân, và hạn phải thay",
  "texts that were flagged, and by when they are to be replaced")
X("ui_opt_flag_index", "văn bản thứ mấy của sự kiện, từ 0; tất cả nếu không nói",
  "which text of the event, from 0; all of them unless said")
X("ui_opt_clean_text", "văn bản sạch", "the clean text")
X("ui_opt_flag_open", "chỉ những văn bản chưa thay",
  "only those that are not replaced")
X("ui_text_writer", "Nơi viết", "Written by")
X("ui_flagged_by", "Nơi báo", "Flagged by")
X("ui_flagged_at", "Báo lúc", "Flagged at")
X("ui_state_flagged", "chờ thay", "to be replaced")
X("ui_state_replaced", "đã thay, chờ xóa", "replaced, to be erased")
X("ui_state_erased", "đã xóa", "erased")
X("ui_event_TEXT_FLAGGED", "báo có dữ liệu cá nhân", "text flagged")
X("ui_event_TEXT_REPLACED", "thay văn bản", "text replaced")

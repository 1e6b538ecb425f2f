/* X(word, Vietnamese, English): deadlines, and what may not leave. First why a term ends when it ends. One sentence
 * each; daemon/view/due.c puts them together. */
X("ui_day_mon", "thứ Hai", "Monday")
X("ui_day_tue", "thứ Ba", "Tuesday")
X("ui_day_wed", "thứ Tư", "Wednesday")
X("ui_day_thu", "thứ Năm", "Thursday")
X("ui_day_fri", "thứ Sáu", "Friday")
X("ui_day_sat", "thứ Bảy", "Saturday")
X("ui_day_sun", "Chủ nhật", "Sunday")
X("ui_due_calendar", "{rule}, từ {from}, +{days} ngày, {due}.",
  "{rule}, from {from}, +{days} days, {due}.")
X("ui_due_working", "{rule}, từ {from}, +{days} ngày làm việc, {due}.",
  "{rule}, from {from}, +{days} working days, {due}.")
X("ui_due_hours", "{rule}, từ {from}, {days} ngày đêm liên tục, {due} cùng giờ.",
  "{rule}, from {from}, {days} days and nights running, {due} at the same hour.")
X("ui_due_standing",
  "{rule}, từ {from}, {days} ngày; đang tạm đình chỉ nên chưa có ngày kết thúc.",
  "{rule}, from {from}, {days} days; suspended, so it has no last day yet.")
X("ui_due_times", "{rule}, ít nhất {times} lần, từ {from} đến {due}.",
  "{rule}, {times} times at least, from {from} to {due}.")
X("ui_due_window", "{rule}, số liệu từ {from} đến {due}.",
  "{rule}, figures from {from} to {due}.")
X("ui_due_rolled",
  " Ngày cuối là {ends}, ngày nghỉ[ ({name})], nên sang ngày làm việc tiếp theo.",
  " Its last day is {ends}, a day off[ ({name})]: it ends on the next working day.")
X("ui_due_days_off", " Không tính {days} ngày nghỉ lễ, nghỉ bù.",
  " {days} holidays are not counted.")
X("ui_due_worked", " Có tính {days} ngày làm bù.",
  " {days} Saturdays or Sundays that are worked are counted.")
X("ui_due_paused", " Không tính {days} ngày tạm đình chỉ.",
  " {days} days of suspension are not counted.")
X("ui_due_extended", " Đã gia hạn {times} lần bằng văn bản.",
  " Extended {times} times by a document.")
X("ui_due_not_counted",
  " {times} văn bản gia hạn không được tính: quá số lần luật cho phép.",
  " {times} extensions are not counted: more than the law allows.")
X("ui_due_undocumented",
  " {times} lần ghi gia hạn không được tính: không nêu văn bản.",
  " {times} extensions are not counted: they name no document.")
X("ui_due_too_late",
  " {times} lần gia hạn không được tính: ban hành khi đã hết hạn.",
  " {times} extensions are not counted: they came when the term had ended.")
X("ui_due_also_working",
  " Nếu hiểu là {days} ngày làm việc thì đến {due}; cảnh báo theo ngày sớm hơn.",
  " Read as {days} working days it ends on {due}; the earlier day alerts.")
X("ui_due_also_calendar",
  " Nếu hiểu là {days} ngày theo lịch thì đến {due}; cảnh báo theo ngày sớm hơn.",
  " Read as {days} calendar days it ends on {due}; the earlier day alerts.")
X("ui_due_expected",
  " Lịch nghỉ năm {year} chưa được quyết định: ngày nghỉ suy từ âm lịch, có thể thay đổi.",
  " The holidays of {year} have not been decided: they follow from the lunar calendar and may change.")
X("ui_due_unknown",
  " Không có lịch nghỉ năm {year}: chỉ kể thứ Bảy, Chủ nhật, nên ngày này có thể thay đổi.",
  " There is no calendar for {year}: only Saturdays and Sundays are counted as days off, so the day may change.")
X("ui_due_ver_partly",
  " Quy tắc này mới đối chiếu một phần với văn bản ({ver}).",
  " This rule was only partly checked against a published text ({ver}).")
X("ui_due_ver_memory",
  " Quy tắc này chưa đối chiếu với văn bản ({ver}): hãy kiểm tra trước khi viện dẫn.",
  " This rule was not checked against a published text ({ver}): look it up before you cite it.")
X("ui_due_source", " Việc: {step}. Căn cứ: {source}.",
  " What: {step}. Source: {source}.")

X("ui_rule", "Quy tắc", "Rule")
X("ui_from", "Từ ngày", "From")
X("ui_latest_on", "Muộn nhất", "At latest")
X("ui_evidence", "Đối chiếu", "Evidence")
X("ui_deadlines", "Thời hạn", "Deadlines")
X("ui_cmd_deadline", "tính một thời hạn và giải thích",
  "compute a deadline and say why")
X("ui_cmd_ruleset_set", "thay quy tắc thời hạn cho các cơ quan cấp dưới",
  "replace rules of deadlines for the offices below")
X("ui_cmd_calendar_set", "đặt lịch nghỉ của một năm cho các cơ quan cấp dưới",
  "set the days off of a year for the offices below")
X("ui_opt_from_day", "ngày xảy ra sự kiện", "day of what sets it off")
X("ui_opt_remote", "vùng sâu, vùng xa đi lại khó khăn", "in a remote area")
X("ui_opt_extended", "số văn bản gia hạn", "how many documents extended it")
X("ui_opt_days", "số ngày gia hạn theo văn bản", "days that the document grants")
X("ui_opt_rule_rows", "các dòng như trong deadlines.csv (- đọc từ stdin)",
  "rows as in deadlines.csv (- reads stdin)")
X("ui_opt_day_rows", "các dòng như 2027-02-05,off (- đọc từ stdin)",
  "lines as 2027-02-05,off (- reads stdin)")
X("ui_opt_year", "năm", "year")
X("ui_opt_overdue", "chỉ việc quá hạn", "only what is overdue")
X("ui_opt_due_soon", "chỉ việc sắp đến hạn", "only what is due soon")
X("ui_opt_confirm_text", "nội dung đúng là cần ghi như vậy",
  "the text is meant as it is")
X("ui_opt_private",
  "điều đã ghi trong sổ tại đây, để không lọt vào nội dung: name=, address=, number=, phone=",
  "what the form has, so that no text repeats it: name=, address=, number=, phone=")
X("ui_why_no_rule", "không có quy tắc này", "no such rule")
X("ui_why_rule_not_in_force", "quy tắc không có hiệu lực vào ngày đó",
  "the rule is not in force on that day")
X("ui_why_not_keeper", "chỉ cơ quan cấp tỉnh (giữ cây) hoặc cao nhất đặt được",
  "only the keeper or the office at the top may set it")
X("ui_why_not_days_of_year",
  "có ngày không thuộc năm đó, ghi hai lần, hoặc ngày làm bù không phải thứ Bảy, Chủ nhật",
  "a day of another year, twice, or a worked day that is no Saturday or Sunday")
X("ui_why_not_calendar_line", "phải như 2027-02-05,off hoặc 2027-02-06,working",
  "must be as 2027-02-05,off or 2027-02-06,working")
X("ui_why_not_private", "phải là name=, address=, number= hoặc phone=",
  "must be name=, address=, number= or phone=")
X("ui_why_not_extended_step", "chỉ bước gia hạn (extended) có số ngày",
  "only the step extended has a number of days")
X("ui_guard_own_name", "tên đã ghi trong sổ", "the name in the form")
X("ui_guard_own_address", "địa chỉ đã ghi trong sổ", "the address in the form")
X("ui_guard_own_number", "số giấy tờ đã ghi trong sổ",
  "the identity number in the form")
X("ui_guard_own_phone", "số điện thoại đã ghi trong sổ", "the phone in the form")
X("ui_guard_number", "số như số căn cước", "what looks like an identity number")
X("ui_guard_phone", "số như số điện thoại", "what looks like a phone number")
X("ui_guard_email", "địa chỉ thư điện tử", "an e-mail address")
X("ui_guard_plate", "biển số xe", "a number plate")
X("ui_guard_addressed", "cách xưng hô kèm tên người",
  "a form of address with a name")
X("ui_guard_list", "danh sách tên người", "names of people in a row")

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
X("ui_why_no_operator", "chỉ quản trị máy có mã một lần",
  "only an operator has one-time codes")

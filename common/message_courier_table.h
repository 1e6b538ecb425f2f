/* X(word, Vietnamese, English): what is said about courier bundles. */
X("ui_cmd_courier_export",
  "ghi bưu gói niêm phong cho một cơ quan ra USB hoặc tệp",
  "write a sealed courier bundle for an office to a stick or file")
X("ui_cmd_courier_import", "nhập bưu gói từ USB hoặc tệp",
  "import courier bundles from a stick or files")
X("ui_opt_courier_to", "cơ quan nhận: cấp trên bất kỳ hoặc cấp dưới",
  "whom it is for: any superior, or an office below")
X("ui_opt_courier_out", "tệp mới, hoặc thư mục (các tệp tối đa 4 MiB)",
  "a new file, or a folder (files of at most 4 MiB)")
X("ui_opt_courier_since",
  "chỉ phần sau thông báo gần nhất của nơi nhận; chưa có thì báo lỗi",
  "only what came after its latest statement; refused when there is none")
X("ui_opt_courier_all", "tất cả, kể cả phần nơi nhận đã có (máy bị mất dữ liệu)",
  "everything, also what it is known to hold (it has lost its disk)")
X("ui_opt_courier_receipt", "ghi biên nhận niêm phong gửi lại nơi xuất",
  "write a sealed receipt for whoever exported")
X("ui_by_courier", "Qua bưu gói", "By courier")
X("ui_imported_at", "Nhập lần cuối", "Last imported")
X("ui_exported_at", "Xuất lần cuối", "Last exported")
X("ui_courier_exported",
  "Đã ghi xong: {events} sự kiện, {bytes} byte. Chỉ nơi nhận mở được.",
  "Written: {events} events, {bytes} bytes. Only the addressee can open it.")
X("ui_courier_since", "Gồm những gì nơi nhận chưa có, theo thông báo lúc {at}.",
  "It holds what the addressee lacks by its statement of {at}.")
X("ui_courier_since_nothing",
  "Chưa có thông báo nào của nơi nhận: gói gồm tất cả.",
  "No statement of the addressee is known: it holds everything.")
X("ui_courier_imported",
  "Đã nhập: {events} sự kiện mới; {repeated} đoạn đã có từ trước.",
  "Imported: {events} new events; {repeated} segments were here already.")
X("ui_courier_waiting", "{n} đoạn chưa nhập được:",
  "{n} segments could not be taken yet:")
X("ui_courier_why_proven_wrong", "chữ ký hoặc mã băm sai: xem cảnh báo",
  "a wrong signature or hash: see the alarms")
X("ui_courier_why_too_large", "đoạn quá lớn", "a segment is too large")
X("ui_courier_why_not_followed", "cơ quan này không theo luồng đó",
  "this office does not follow that stream")
X("ui_courier_why_quota", "vượt hạn mức", "over a quota")
X("ui_courier_why_no_proof", "chưa có khóa của nơi viết",
  "the key of who wrote it has not come")
X("ui_courier_why_gap", "thiếu phần trước: nhập cả các mảnh còn lại, hoặc gửi "
  "biên nhận để bên kia xuất lại",
  "what comes before is missing: import the other pieces too, or send a "
  "receipt so that it is exported again")
X("ui_courier_why_disk", "đĩa đầy", "the disk is full")
X("ui_courier_why_tips", "quá nhiều nhánh", "too many branches")
X("ui_courier_missing", "Thiếu {n} mảnh của các gói này.",
  "{n} pieces of these bundles were in none of the files.")
X("ui_courier_others", "Bỏ qua {n} mảnh gửi cho cơ quan khác.",
  "Passed over {n} pieces for other offices.")
X("ui_courier_receipt_written",
  "Biên nhận: {path}. Mang về nơi gửi và nhập ở đó.",
  "Receipt: {path}. Take it back and import it there.")
X("ui_why_no_statement", "chưa nhận được thông báo nào của cơ quan này",
  "no statement of this office has come yet")
X("ui_why_not_in_line", "không phải cấp trên hay cấp dưới của cơ quan này",
  "neither above nor below this office")
X("ui_why_no_office_key", "chưa biết khóa của cơ quan nhận",
  "the key of the addressee is not known yet")
X("ui_why_all_or_since", "không dùng chung với --since-statement",
  "not together with --since-statement")

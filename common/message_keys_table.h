/* X(word, Vietnamese text, Vietnamese remedy, English text, English remedy):
 * certificates, keys and the audit, beside message_table.h. */
X("certificate_ends",
  "Chứng chỉ của cơ quan này hết hạn {until} và chưa gia hạn được[: {reason}]",
  "Dịch vụ tự hỏi lại cấp trên. Kiểm tra cổng kết nạp của cấp trên (thường là "
  "7442) có mở không. Nơi gốc cất khóa gốc ngoài máy: lienthong root request.",
  "the certificate of this office ends {until} and could not be renewed yet"
  "[: {reason}]",
  "The daemon goes on asking the parent. Look whether the parent's enrolment "
  "port (usually 7442) is open. A root whose key is kept elsewhere: lienthong "
  "root request.")
X("certificate_ended",
  "Chứng chỉ[ của {name}] đã hết hạn {until}[: {reason}]; vẫn gửi và nhận như "
  "thường",
  "Không ai bị chặn. Máy đó tự gia hạn khi hỏi được cấp trên: kiểm tra cổng kết "
  "nạp của cấp trên (thường là 7442) và đồng hồ hai bên. Nơi gốc cất khóa gốc "
  "ngoài máy: lienthong root request.",
  "the certificate[ of {name}] has ended {until}[: {reason}]; it sends and "
  "receives as before",
  "Nobody is shut out. It renews by itself once the parent answers: look at the "
  "parent's enrolment port (usually 7442) and at both clocks. A root whose key "
  "is kept elsewhere: lienthong root request.")
X("key_change_begun",
  "Việc thay khóa của cơ quan này bị cắt ngang; cơ quan khác có thể không còn "
  "nhận khóa trên máy",
  "Dừng dịch vụ, chạy lại lienthong key rotate như lần trước (nó làm tiếp từ "
  "chỗ dở), rồi chạy dịch vụ. Việc ghi hôm nay vẫn giữ và sẽ được gửi đi.",
  "a change of this office's keys was cut off; others may no longer take the key "
  "that is here",
  "Stop the service, give lienthong key rotate once more as before (it goes on "
  "where it was), and start the service. What is written meanwhile is kept, and "
  "sent then.")
X("key_waits",
  "Khóa của máy này còn chờ nơi lưu bản gốc xác nhận; một khóa nữa thì không ai "
  "nhận. Chưa có gì thay đổi",
  "Để nơi lưu bản gốc xác nhận trước (mã và lệnh ở lienthong status), rồi chạy "
  "lại lienthong key rotate.",
  "the key of this machine still waits for the keeper's word, and nobody would "
  "take one more; nothing has changed",
  "Have the keeper confirm it first (lienthong status shows its short form and "
  "the command), then give lienthong key rotate again.")
X("certificate_renewed", "Đã gia hạn chứng chỉ đến {until}", "Không cần làm gì.",
  "the certificate was renewed until {until}", "Nothing needs to be done.")
X("pages_certificate_renewed",
  "Đã làm mới chứng chỉ của các trang đến {until}",
  "Máy nào đã tin chứng chỉ cũ thì tải lại tại /lienthong.crt.",
  "the certificate of the pages was made anew, until {until}",
  "A PC that trusts the old one takes the new one at /lienthong.crt.")
X("superior_key_changed",
  "{office} đã đổi khóa kết nối; khóa mới do gốc xác nhận, đang nối lại",
  "Không cần làm gì.",
  "{office} has another transport key by now, proven from the root; dialling "
  "again",
  "Nothing needs to be done.")
X("root_key_away",
  "Khóa gốc không nằm trên máy này",
  "Xin ký bằng tệp: lienthong root request TỆP (thêm --rotate khi thay khóa), "
  "mang sang máy giữ khóa gốc, lienthong root sign, rồi lienthong root install.",
  "the root's key is not on this machine",
  "Ask by file: lienthong root request FILE (with --rotate for a later key), on "
  "the machine that has the root's key lienthong root sign, then lienthong root "
  "install.")
X("root_file_refused",
  "Không nhận tệp[ {path}]: {reason}",
  "Chưa có gì thay đổi. Đúng thứ tự là: request ở nơi gốc, sign ở máy giữ khóa "
  "gốc, install ở nơi gốc. Tệp hỏng thì xin lại bằng cùng lệnh.",
  "the file[ {path}] is not taken: {reason}",
  "Nothing has changed. The order is: request at the root office, sign on the "
  "machine that has the root's key, install at the root office. If the file is "
  "damaged, ask again by the same command.")
X("not_the_root",
  "Cơ quan này không phải nơi gốc",
  "Lệnh này chỉ dùng ở nơi gốc. Ở nơi khác: chứng chỉ tự gia hạn, thay khóa "
  "bằng lienthong key rotate.",
  "this office is not the root",
  "The command is for the root office. Elsewhere certificates renew by "
  "themselves, and lienthong key rotate replaces keys.")
X("audit_cut",
  "Nhật ký người dùng trên máy này không còn bản ghi {number} mà sổ chung đã ghi "
  "dấu",
  "people.db đã bị cắt, sửa hoặc thay bằng bản cũ. Giữ nguyên tệp, báo người "
  "kiểm tra; những gì đã ghi dấu vẫn còn ở cấp trên (lienthong breach --since). "
  "Việc từ nay được ghi dấu tiếp. Báo động tự hết sau một ngày.",
  "the audit on this machine no longer has record {number}, which the log has "
  "marked",
  "people.db was cut, altered, or put back to an older day. Keep the file and "
  "tell an inspector; what was marked is held above (lienthong breach --since). "
  "What is done from now on is marked again. The alarm ends after a day.")

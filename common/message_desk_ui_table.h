/* X(word, Vietnamese, English): `lienthong desk`, where the pages are. */
X("ui_cmd_desk_address", "in địa chỉ các trang, mã QR và chứng thư",
  "print where the pages are, as a QR code too, and the certificate")
X("ui_opt_no_colour", "không dùng màu, như để in ra giấy",
  "no colours, as for paper")
X("ui_why_pages_off", "pages_listen để trống: các trang đang tắt",
  "pages_listen is empty: they are switched off")
X("ui_why_pages_alarm", "lienthong status nói vì sao",
  "lienthong status says why")
X("ui_desk_pages", "Các trang của cơ quan mở ở:", "The office's pages are at:")
X("ui_desk_here_only", "chỉ trên máy này", "on this machine alone")
X("ui_desk_unnamed", "chứng thư không ghi địa chỉ này: trình duyệt sẽ cảnh báo",
  "the certificate does not name it: browsers warn")
X("ui_desk_none_open",
  "Chưa máy nào khác mở được. Thêm địa chỉ của máy này trong mạng cơ quan vào "
  "pages_listen (lienthong.conf), xóa identity/pages.crt và "
  "identity/pages.key, rồi khởi động lại dịch vụ.",
  "No other machine comes to them. Add this machine's address in the office's "
  "network to pages_listen (lienthong.conf), remove identity/pages.crt and "
  "identity/pages.key, and restart the daemon.")
X("ui_desk_qr", "Mã QR của {url}:", "QR code of {url}:")
X("ui_desk_no_tls", "Các trang không mã hóa (pages_tls = off), nên không có chứng thư.",
  "The pages are not encrypted (pages_tls = off): there is no certificate.")
X("ui_desk_certificate", "Chứng thư", "Certificate")
X("ui_desk_until", "Có hiệu lực đến", "Good until")
X("ui_desk_sha256", "Dấu vân tay SHA-256", "SHA-256 fingerprint")
X("ui_desk_sha1", "Dấu vân tay SHA-1", "SHA-1 fingerprint")
X("ui_desk_vouched",
  "Chứng thư do nơi khác cấp: máy nào tin nơi cấp ấy thì không phải cài gì.",
  "Somebody else has issued it: who trusts them has nothing to install.")
X("ui_desk_install",
  "Cài một lần trên mỗi máy Windows, bằng quyền quản trị, từng dòng một:",
  "Install it once on each Windows PC, as administrator, line by line:")
X("ui_desk_compare",
  "Trước dòng thứ ba, so dấu vân tay mà dòng thứ hai in ra với dấu ở trên; khác "
  "một ký tự thì đừng cài. Firefox có danh sách riêng (Cài đặt, Chứng chỉ). "
  "Điện thoại: quét mã, so dấu vân tay ở trang cảnh báo rồi mới vào.",
  "Before the third line compare what the second one prints with what stands "
  "above; when one character differs, do not install it. Firefox has its own "
  "list (Settings, Certificates). On a phone: scan the code, and compare the "
  "fingerprint on the page that warns before going on.")

/* X(word, Vietnamese, its remedy, English, its remedy): what the HTTP side says. */
X("bad_request", "Yêu cầu không đúng dạng[: {what}]",
  "Không có gì được ghi. Tải lại trang; nếu vẫn vậy, báo quản trị máy.",
  "the request is not in order[: {what}]",
  "Nothing was written. Load the page again; if that does not help, tell who "
  "looks after the machine.")
X("foreign_page", "Yêu cầu không đến từ trang của phần mềm này",
  "Không có gì được ghi. Mở trang tại địa chỉ của cơ quan rồi làm lại; chương "
  "trình khác phải gửi X-Lienthong: 1.",
  "the request does not come from a page of ours",
  "Nothing was written. Open the page at the office's own address and do it "
  "again; programs have to send X-Lienthong: 1.")
X("no_such_page", "Không có gì ở địa chỉ này[: {what}]",
  "Kiểm tra địa chỉ; /api/v1/openapi.json cho biết những gì có.",
  "there is nothing at this address[: {what}]",
  "Check the address; /api/v1/openapi.json tells what there is.")
X("method_not_allowed", "Địa chỉ này không nhận cách gọi đó",
  "Dùng một trong những cách ghi ở Allow.",
  "this address does not take that method",
  "Use one of those that Allow names.")
X("idempotency_key_missing",
  "Yêu cầu ghi phải có Idempotency-Key là một UUID",
  "Không có gì được ghi. Gửi lại kèm một UUID mới; gửi lại cùng UUID khi không "
  "biết kết quả.",
  "a write needs an Idempotency-Key that is a UUID",
  "Nothing was written. Send it again with a new UUID; with the same one when "
  "the outcome is not known.")
X("not_json", "Nội dung phải là application/json",
  "Không có gì được ghi. Gửi lại với Content-Type: application/json.",
  "the body has to be application/json",
  "Nothing was written. Send it again with Content-Type: application/json.")
X("body_too_big", "Nội dung quá lớn", "Không có gì được ghi. Chia nhỏ nội dung.",
  "the body is too big", "Nothing was written. Send less at a time.")
X("pages_not_served", "Các trang không mở được[: {address}][, {path}][, {reason}]",
  "Việc đồng bộ vẫn chạy, lệnh lienthong vẫn dùng được. Sửa pages_listen (cổng "
  "có thể đang bị chiếm) hoặc chứng thư của trang, rồi khởi động lại dịch vụ.",
  "the pages are not served[: {address}][, {path}][, {reason}]",
  "Replication goes on, and the tool works. Mend pages_listen (the port may be "
  "taken) or the pages' certificate, then restart the daemon.")
X("sign_in_offered", "Máy chủ của cơ quan đã nhận ra người này; cần bấm vào",
  "Bấm «Vào» ở trang đăng nhập; không cần mật khẩu.",
  "the office's proxy knows who this is; the person has to come in",
  "Press the first button of the sign-in page; no password is needed.")
X("sign_in_needed", "Cần đăng nhập", "Đăng nhập rồi làm lại; biểu mẫu vẫn còn.",
  "somebody has to sign in",
  "Sign in and do it again; the form is still there.")

X("role_lacks", "Vai trò của người đang đăng nhập không được làm việc này",
  "Nhờ người có vai trò đó, hoặc đổi người trực.",
  "whoever is signed in has no role for this",
  "Ask somebody who has it, or change who is on duty.")

X("screen_locked", "Màn hình đã khóa", "Nhập PIN để mở; biểu mẫu vẫn còn.",
  "the screen is locked", "Enter the PIN; the form is still there.")

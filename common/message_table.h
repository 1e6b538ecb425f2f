/* X(word, Vietnamese text, Vietnamese remedy, English text, English remedy)
 *
 * One row for each word of err_table.h. The text says what happened and what
 * is safe; the remedy says what to do. {name} is filled from the diagnostic;
 * a part in [brackets] is left out when one of its arguments is absent. Both
 * languages use the same names. Words of programs (commands, files, settings)
 * stay as they are. */

/* --- Errors ----------------------------------------------------------- */
X("invalid",
  "Giá trị không hợp lệ[: {what}][ ({reason})][. Dùng một trong: {allowed}]",
  "Xem lại giá trị vừa nhập rồi thử lại; chưa có gì được ghi.",
  "a value is not valid[: {what}][ ({reason})][. Use one of: {allowed}]",
  "Look at the value again and repeat; nothing has been written.")
X("no_memory",
  "Máy không còn đủ bộ nhớ[ cho {what}]",
  "Đóng bớt chương trình khác hoặc thêm bộ nhớ, rồi thử lại. Những gì đã xác "
  "nhận vẫn còn trên đĩa.",
  "the machine has run out of memory[ for {what}]",
  "Close other programs or add memory, then repeat. What was acknowledged is "
  "still on disk.")
X("usage",
  "Dùng lệnh chưa đúng[: {what}][ ({reason})][. Dùng một trong: {allowed}]",
  "Chạy lienthong --help, hoặc lienthong LỆNH --help, để xem cách dùng.",
  "the command was not used correctly[: {what}][ ({reason})]"
  "[. Use one of: {allowed}]",
  "Run lienthong --help, or lienthong COMMAND --help, to see how.")
X("input_missing",
  "Không đọc được tệp đầu vào[ {path}][: {reason}]",
  "Kiểm tra đường dẫn và quyền đọc của tệp.",
  "an input file cannot be read[: {path}][: {reason}]",
  "Check the path and whether you may read the file.")
X("daemon_not_running",
  "Dịch vụ lienthongd chưa chạy[ cho thư mục {path}]",
  "Khởi động dịch vụ (systemctl start lienthongd) rồi thử lại; lệnh vừa rồi "
  "chưa ghi gì.",
  "the daemon lienthongd is not running[ for {path}]",
  "Start it (systemctl start lienthongd) and repeat; the command has written "
  "nothing.")
X("port_in_use",
  "Địa chỉ {address} đang bị chương trình khác sử dụng[: {reason}]",
  "Mỗi cơ quan trên cùng một máy cần hai cổng riêng. Dừng chương trình kia, "
  "hoặc ghi cổng khác vào lienthong.conf: listen_links = \"127.0.0.1:7451\" và "
  "listen_enrol = \"127.0.0.1:7452\" (khi tạo cơ quan mới: --listen và "
  "--enrol-listen).",
  "the address {address} is in use by another program[: {reason}]",
  "Each office on one machine needs two ports of its own. Stop that program, "
  "or write other ports into lienthong.conf: listen_links = \"127.0.0.1:7451\" "
  "and listen_enrol = \"127.0.0.1:7452\" (when an office is made: --listen and "
  "--enrol-listen).")
X("internal",
  "Lỗi bên trong phần mềm[: {what}]",
  "Giữ lại nhật ký dịch vụ và báo cho người phụ trách phần mềm. Dữ liệu đã "
  "ghi không bị ảnh hưởng.",
  "a fault inside the software[: {what}]",
  "Keep the daemon's notes and report them to whoever maintains the software. "
  "What was written is not affected.")
X("cannot_create",
  "Không tạo được {path}[: {reason}]",
  "Chọn một thư mục mới hoặc rỗng mà bạn có quyền ghi.",
  "cannot create {path}[: {reason}]",
  "Choose a new or an empty folder that you may write to.")
X("disk_io_error",
  "Lỗi đọc ghi đĩa[ ở {path}][: {reason}]",
  "Dịch vụ đã dừng để không xác nhận điều chưa chắc đã ghi. Kiểm tra ổ đĩa "
  "(dmesg, smartctl), khởi động lại rồi chạy lienthong verify.",
  "a disk could not be read or written[: {path}][: {reason}]",
  "The daemon stopped so as not to acknowledge what may not be on disk. Check "
  "the disk (dmesg, smartctl), start it again and run lienthong verify.")
X("busy",
  "Hiện đang bận[: {reason}]",
  "Đợi một lát rồi lặp lại lệnh với cùng mã yêu cầu (--request-id).",
  "busy at the moment[: {reason}]",
  "Wait a little and repeat the command with the same --request-id.")
X("disk_full",
  "Đĩa đã đầy, chưa ghi được[: {path}]",
  "Giải phóng dung lượng hoặc tăng log_max_bytes, rồi lặp lại lệnh với cùng "
  "mã yêu cầu. Dữ liệu đã xác nhận vẫn nguyên vẹn.",
  "the disk is full, nothing was written[: {path}]",
  "Free some space or raise log_max_bytes, then repeat with the same request "
  "id. What was acknowledged is untouched.")
X("outcome_unknown",
  "Chưa biết kết quả: hết thời gian chờ trước khi có trả lời[ (yêu cầu "
  "{request_id})]",
  "Lặp lại đúng lệnh đó với cùng mã yêu cầu (--request-id): việc đã ghi sẽ "
  "không bị ghi hai lần.",
  "the outcome is not known: time ran out before the answer[ (request "
  "{request_id})]",
  "Repeat the same command with the same --request-id: what was written is "
  "not written twice.")
X("peer_broke_protocol",
  "Cơ quan kết nối[ {office}] gửi nội dung trái giao thức[: {what}]",
  "Kết nối đó đã được đóng, dữ liệu tại đây an toàn. Kiểm tra phiên bản phần "
  "mềm ở đầu bên kia.",
  "the peer[ {office}] broke the protocol[: {what}]",
  "That link was closed and the data here is safe. Check the software version "
  "at the other end.")
X("not_permitted",
  "Không được phép[: {what}][ ({reason})]",
  "Dùng tài khoản thuộc nhóm lienthong, hoặc nhờ người có thẩm quyền của cơ "
  "quan thực hiện.",
  "not permitted[: {what}][ ({reason})]",
  "Use an account of the group lienthong, or ask somebody of the office who "
  "has the right.")
X("file_mode_loose",
  "Quyền truy cập của {path} quá rộng[ (đang là {mode})][, cần {wanted}]",
  "Siết lại bằng chmod, rồi khởi động lại. Nếu người lạ đã có thể đọc tệp "
  "khoá, hãy đề nghị cấp trên đổi khoá.",
  "the access rights of {path} are too wide[ (now {mode})][, wanted {wanted}]",
  "Tighten them with chmod and start again. If strangers could have read a "
  "key, ask the superior office to replace it.")
X("bad_configuration",
  "Cấu hình sai[ tại {file}][:{line}][, mục {key}][: {reason}]",
  "Sửa mục đó rồi chạy lienthong config check. Cấu hình đang chạy được giữ "
  "nguyên.",
  "the configuration is wrong[ at {file}][:{line}][, setting {key}]"
  "[: {reason}]",
  "Correct it and run lienthong config check. A running daemon keeps the "
  "settings that it has.")
X("malformed",
  "Dữ liệu nhận được sai định dạng[: {what}][ ({reason})]",
  "Dữ liệu sai không được ghi. Nếu lặp lại, kiểm tra phiên bản phần mềm của "
  "bên gửi.",
  "the data has a wrong format[: {what}][ ({reason})]",
  "It was not stored. If this repeats, check the software version of the "
  "sender.")
X("crypto_failed",
  "Thư viện mật mã báo lỗi[: {what}]",
  "Kiểm tra gói libssl3 của hệ thống rồi khởi động lại; không có gì được ký "
  "hay ghi dở dang.",
  "the cryptographic library failed[: {what}]",
  "Check the system's package libssl3 and start again; nothing was left half "
  "signed or half written.")
X("part_mismatch",
  "Văn bản kèm theo không khớp mã băm đã ký[, từ {office}][: {what}]",
  "Văn bản đó không được nhận; chuỗi sự kiện vẫn nguyên vẹn. Kiểm tra máy của "
  "cơ quan gửi.",
  "a text does not match the hash that was signed[, from {office}][: {what}]",
  "The text was not taken; the chain of events is whole. Check the machine of "
  "the office that sent it.")
X("bad_token",
  "Mã kết nạp không đúng[: {reason}]",
  "Chép lại toàn bộ mã trên một dòng, hoặc xin cơ quan cấp trên mã mới "
  "(lienthong token).",
  "the token is not right[: {reason}]",
  "Copy the whole token on one line, or ask the superior office for a new one "
  "(lienthong token).")
X("token_used",
  "Mã kết nạp đã được dùng[ cho {office}]",
  "Mỗi mã chỉ dùng một lần. Nếu chính bạn đã dùng mà lệnh join bị ngắt, chạy lại "
  "với đúng thư mục (--dir) lúc đó. Nếu không phải bạn, báo ngay cho cấp trên.",
  "the token has been used already[ for {office}]",
  "A token works once. If it was you and join was cut off, repeat it with the "
  "same folder (--dir). If it was not you, tell the superior office at once.")
X("token_expired",
  "Mã kết nạp đã hết hạn[ từ {expires_at}]",
  "Xin cơ quan cấp trên mã mới (lienthong token) và kiểm tra đồng hồ của máy.",
  "the token has expired[ at {expires_at}]",
  "Ask the superior office for a new one (lienthong token), and check this "
  "machine's clock.")
X("not_yet",
  "Chưa thể thực hiện lúc này[: {reason}]",
  "Đợi rồi thử lại; lienthong status cho biết đang chờ điều gì.",
  "not possible yet[: {reason}]",
  "Wait and repeat; lienthong status tells what is being waited for.")
X("database_of_another_office",
  "Cơ sở dữ liệu {path} thuộc cơ quan khác[ ({office})]",
  "Kiểm tra đúng thư mục (--dir) và đúng bản sao lưu. Không có gì bị thay đổi.",
  "the database {path} belongs to another office[ ({office})]",
  "Check the folder (--dir) and the backup it came from. Nothing was changed.")
X("database_newer",
  "Cơ sở dữ liệu {path} do phiên bản mới hơn tạo ra[ (bản {version})]",
  "Cài phiên bản phần mềm mới hơn; phiên bản này không mở để tránh làm hỏng.",
  "the database {path} was made by a newer version[ (layout {version})]",
  "Install the newer software; this version leaves it alone so as not to "
  "damage it.")
X("not_found",
  "Không tìm thấy[ {what}][ ({reason})]",
  "Kiểm tra lại mã. Nếu vừa được ghi ở nơi khác, có thể dữ liệu chưa tới: xem "
  "lienthong status.",
  "not found[: {what}][ ({reason})]",
  "Check the id. If it was written elsewhere just now it may not have arrived: "
  "see lienthong status.")
X("ambiguous",
  "Có nhiều kết quả khớp với {what}[: {candidates}]",
  "Dùng mã đầy đủ của cơ quan, hoặc nhiều chữ số đầu hơn.",
  "several things fit {what}[: {candidates}]",
  "Use the full id of the office, or more of its first digits.")
X("step_refused",
  "Bước này không được phép ở tình trạng hiện tại[: {what}][ ({reason})]",
  "Xem hồ sơ bằng lệnh show để biết bước nào đang được phép.",
  "this step is not allowed in the present state[: {what}][ ({reason})]",
  "Look at it with the show command to see which steps are allowed.")
X("text_not_utf8",
  "Văn bản không phải UTF-8 hợp lệ hoặc có ký tự NUL[: {what}]",
  "Lưu văn bản ở bảng mã Unicode UTF-8 (không dùng TCVN3, VNI) rồi nhập lại.",
  "the text is not valid UTF-8 or holds a NUL[: {what}]",
  "Save it as Unicode UTF-8 (not TCVN3 or VNI) and enter it again.")
X("too_big",
  "Vượt quá giới hạn kích thước[: {what}][ ({reason})][ (tối đa {max})]",
  "Rút ngắn nội dung, hoặc chia thành nhiều lần nhập.",
  "larger than the limit[: {what}][ ({reason})][ (at most {max})]",
  "Shorten it, or enter it in several pieces.")
X("key_not_bound",
  "Khoá của bên kết nối[ {key}] chưa được cấp trên xác nhận cho cơ quan nào[ "
  "({office})]",
  "Nếu đó là cơ quan của mình, kết nạp bằng mã mới (token, join). Nếu không "
  "nhận ra, báo cho người phụ trách an toàn thông tin.",
  "the peer's key[ {key}] is bound to no office[ ({office})]",
  "If it is one of ours, enrol it with a new token (token, join). If nobody "
  "knows it, tell the security officer.")
X("hello_wrong_key",
  "Lời chào[ của {office}] được ký bằng khoá khác với khoá đã biết",
  "Kết nối bị từ chối. Kiểm tra xem cơ quan đó có vừa thay máy không; nếu "
  "không, có thể có người mạo danh.",
  "the hello[ of {office}] was signed by another key than the one known",
  "The link was refused. Ask whether that office has replaced its machine; if "
  "not, somebody may be posing as it.")
X("already_running",
  "Một lienthongd khác đang chạy với thư mục {path}[ (pid {pid})]",
  "Mỗi thư mục chỉ một dịch vụ. Dừng dịch vụ kia nếu muốn khởi động lại.",
  "another lienthongd is running with the folder {path}[ (pid {pid})]",
  "A folder has one daemon. Stop the other one first to start again.")
X("log_corrupt",
  "Nhật ký sự kiện bị hỏng[ tại {path}][: {what}]",
  "Dịch vụ đã dừng và không xoá gì. Giữ nguyên thư mục, khôi phục bản sao lưu "
  "sang thư mục khác; phần còn thiếu sẽ được lấy lại từ các cơ quan khác.",
  "the log is damaged[: {path}][: {what}]",
  "The daemon stopped and deleted nothing. Keep the folder as it is and "
  "restore a backup into another; what is missing comes back from the other "
  "offices.")
X("bad_certificate",
  "Chứng thư không dùng được[: {reason}][, tệp {path}]",
  "Không có gì bị thay đổi. Kiểm tra ngày giờ của máy, rồi khôi phục thư mục "
  "identity của chính cơ quan này từ bản sao lưu.",
  "a certificate does not count[: {reason}][, file {path}]",
  "Nothing was changed. Check the machine's date, then put the folder identity "
  "of this very office back from a backup.")
X("personal_data",
  "Nội dung có dữ liệu cá nhân nên không được gửi đi[: {what}, {reason}][, từ "
  "ký tự thứ {at}]",
  "Bỏ tên, số, địa chỉ khỏi nội dung và ghi lại; dữ liệu của công dân chỉ ghi "
  "trong sổ tại đây. Chưa có gì được ghi.",
  "the text holds somebody's personal data and does not leave[: {what}, "
  "{reason}][, from character {at}]",
  "Take names, numbers and addresses out of the text and enter it again; they "
  "belong into the register of this office. Nothing has been written.")
X("perhaps_personal_data",
  "Nội dung có thể có dữ liệu cá nhân[: {what}, {reason}][, từ ký tự thứ {at}]",
  "Sửa nội dung; nếu đúng là cần ghi như vậy thì nhập lại với --confirm-text. "
  "Chưa có gì được ghi.",
  "the text may hold somebody's personal data[: {what}, {reason}][, from "
  "character {at}]",
  "Change the text; if it is meant as it is, repeat with --confirm-text. "
  "Nothing has been written.")
X("bad_policy",
  "Bảng dữ liệu nghiệp vụ sai[ tại {file}][:{line}][: {reason}]",
  "Sửa dòng đó, hoặc bỏ tệp khỏi thư mục policy để dùng bảng kèm theo chương "
  "trình, rồi khởi động lại.",
  "a policy table is wrong[ at {file}][:{line}][: {reason}]",
  "Correct that line, or remove the file from the folder policy to use the "
  "table that comes with the program, then start again.")
X("not_a_bundle",
  "Tệp này không phải bưu gói của Liên Thông[: {path}]",
  "Chọn tệp .ltc do lệnh lienthong courier export ghi ra. Tệp bị hỏng toàn bộ "
  "thì xin bên gửi xuất lại; chưa có gì được nhập.",
  "this file is no courier bundle[: {path}]",
  "Choose a .ltc file written by lienthong courier export. Where the whole "
  "file is damaged, have it exported again; nothing was imported.")
X("bundle_of_another",
  "Bưu gói này gửi cho cơ quan khác[: {to}][ ({path})]",
  "Chuyển tệp tới đúng cơ quan nhận; chỉ nơi đó mở được. Ở đây chưa nhập gì.",
  "this courier bundle is for another office[: {to}][ ({path})]",
  "Take the file to that office: nobody else can open it. Nothing was "
  "imported here.")
X("piece_damaged",
  "[{count} ]mảnh của bưu gói bị hỏng hoặc bị cắt cụt[: {path}]",
  "Những mảnh lành đã được nhập. Chép lại tệp từ nguồn rồi nhập lần nữa, hoặc "
  "gửi biên nhận (--receipt) để bên kia xuất lại phần còn thiếu.",
  "[{count} ]piece(s) of the courier bundle are damaged or cut off[: {path}]",
  "The sound pieces were imported. Copy the file again from its source and "
  "repeat, or send a receipt (--receipt), so that the other side exports what "
  "is missing.")
X("exporter_unknown",
  "Không chứng minh được ai đã xuất bưu gói này[: {office}][ ({path})]",
  "Hỏi lại nơi gửi: khóa của họ không nối được tới khóa gốc của hệ thống này, "
  "hoặc chữ ký sai. Chưa có gì được nhập từ mảnh đó.",
  "who exported this courier bundle cannot be proven[: {office}][ ({path})]",
  "Ask whoever sent it: their key does not lead to the root of this tree, or "
  "the signature is not theirs. Nothing of that piece was imported.")
X("bundle_newer",
  "Bưu gói do phiên bản mới hơn ghi[: {path}]",
  "Nâng cấp lienthongd ở đây rồi nhập lại; tệp vẫn dùng được.",
  "the courier bundle was written by a newer version[: {path}]",
  "Upgrade lienthongd here and import it again; the file stays good.")
X("sealed_to_old_key",
  "Bưu gói được niêm phong bằng khóa cũ của cơ quan này[: {path}]",
  "Xin nơi gửi xuất lại sau khi họ đã nhận khóa mới; nội dung vẫn còn ở nơi "
  "gửi.",
  "the courier bundle is sealed to an earlier key of this office[: {path}]",
  "Have it exported again once the other side has the new key; what it holds "
  "is still there.")

/* --- Alarms ----------------------------------------------------------- */
X("bad_signature",
  "Chữ ký không đúng trong dữ liệu của {origin}[, kênh {channel}][, nhận qua "
  "{peer}]",
  "Dữ liệu đó không được nhận; phần còn lại vẫn chạy. Hỏi cơ quan gửi; nếu họ "
  "không biết, coi như có người sửa dữ liệu trên đường truyền.",
  "a signature is wrong in the data of {origin}[, channel {channel}][, "
  "received from {peer}]",
  "It was not taken; everything else goes on. Ask the sending office; if it "
  "does not know, assume that somebody changes data on the way.")
X("hash_contradiction",
  "Hai nội dung khác nhau mang cùng một tên từ {origin}[, kênh {channel}][, số "
  "{number}]",
  "Bản đầu được giữ, bản kia lưu làm chứng cứ. Kiểm tra xem máy của cơ quan "
  "đó có bị nhân bản hoặc bị lộ khoá không. Báo động tự hết một ngày sau dấu "
  "hiệu cuối; chứng cứ ở lại.",
  "two contents carry one name from {origin}[, channel {channel}][, number "
  "{number}]",
  "The first one stands, the other is kept as evidence. Check whether that "
  "office's machine was cloned or its key stolen. This alarm ends a day after "
  "the last sign; the evidence stays.")
X("segment_too_large",
  "{origin} gửi một đoạn dữ liệu vượt giới hạn[, kênh {channel}][: {bytes} "
  "byte]",
  "Đoạn đó không được nhận. Kiểm tra phiên bản phần mềm của cơ quan gửi.",
  "{origin} sent a segment over the limit[, channel {channel}][: {bytes} "
  "bytes]",
  "It was not taken. Check the software version of the sending office.")
X("gap",
  "Thiếu dữ liệu của {origin}[, kênh {channel}][, trước số {number}]",
  "Hệ thống tự hỏi lại phần thiếu. Nếu kéo dài quá một giờ, chạy lienthong "
  "verify ở cơ quan gửi.",
  "data of {origin} is missing[, channel {channel}][, before number {number}]",
  "It is being asked for again. If this lasts more than an hour, run lienthong "
  "verify at the sending office.")
X("waiting_for_key",
  "Đang chờ giấy xác nhận khoá của {origin}[ (khoá {key})]",
  "Dữ liệu của cơ quan đó sẽ được nhận khi có giấy xác nhận. Nếu kéo dài, kiểm "
  "tra kết nối của cơ quan cấp trên của họ.",
  "waiting for the proof of a key of {origin}[ (key {key})]",
  "That office's data is taken once the proof arrives. If this lasts, check "
  "the link of the office above it.")
X("not_followed",
  "{peer} gửi dữ liệu của {origin}[, kênh {channel}] mà cơ quan này không theo "
  "dõi",
  "Dữ liệu đó không được nhận; phần còn lại vẫn chạy. Thường là hai bên đang "
  "giữ hai bản cây tổ chức khác nhau: đợi cây tới. Nếu kéo dài, kiểm tra phần "
  "mềm của bên gửi.",
  "{peer} sends data of {origin}[, channel {channel}] that this office does "
  "not follow",
  "It is not taken; everything else goes on. Usually the two hold different "
  "versions of the tree: wait for it to arrive. If this lasts, check the "
  "software of the sender.")
X("quota", "Gần hết hạn mức lưu trữ[: đã dùng {used} trên {max}]",
  "Tăng log_max_bytes (mở rộng ổ đĩa nếu cần) rồi khởi động lại dịch vụ, trước "
  "khi phải ngừng tiếp nhận ở mức chín phần mười.",
  "the storage quota is nearly used up[: {used} of {max}]",
  "Raise log_max_bytes (enlarge the disk if need be) and start the daemon "
  "again, before intake stops at nine tenths.")
X("payload_malformed",
  "Nội dung do {origin} ký nhưng không đọc được[, kênh {channel}][, số "
  "{number}]",
  "Nội dung được giữ và chuyển tiếp nguyên vẹn nhưng không có hiệu lực ở đây. "
  "Kiểm tra phần mềm của cơ quan đó. Báo động tự hết một ngày sau lần cuối.",
  "content signed by {origin} cannot be read[, channel {channel}][, number "
  "{number}]",
  "It is kept and relayed as it is, but has no effect here. Check the software "
  "of that office. This alarm ends a day after the last time.")
X("enclosed_differs",
  "Hồ sơ chuyển giao không khớp bản gốc: cơ quan {origin}[, kênh {channel}]",
  "Bản gốc được giữ và có hiệu lực; bản sao sai không có hiệu lực ở đây. Hỏi cơ "
  "quan đã chuyển giao và thanh tra của cơ quan đó. Báo động tự hết một ngày sau "
  "lần cuối.",
  "what was enclosed when a case was handed over is not the original: "
  "{origin}[, channel {channel}]",
  "The original is kept and counts; the wrong copy has no effect here. Ask the "
  "office that handed the case over, and its inspectorate. This alarm ends a day "
  "after the last time.")
X("text_malformed",
  "Văn bản trong dữ liệu của {origin} không phải UTF-8 hợp lệ[, kênh "
  "{channel}]",
  "Văn bản đó không được hiển thị. Kiểm tra phần mềm nhập liệu của cơ quan đó. "
  "Báo động tự hết một ngày sau lần cuối.",
  "a text in the data of {origin} is not valid UTF-8[, channel {channel}]",
  "It is not shown. Check the software with which that office enters texts. "
  "This alarm ends a day after the last time.")
X("branches",
  "{origin} có nhiều nhánh dữ liệu[, kênh {channel}][: {tips} nhánh]",
  "Thường do khôi phục bản sao lưu; không mất gì, mọi nhánh đều được giữ và "
  "đều có hiệu lực. Xem lienthong log và đối chiếu các hồ sơ của cơ quan đó. "
  "Báo động tự hết một ngày sau nhánh cuối; lienthong status vẫn nêu các "
  "nhánh.",
  "{origin} has several branches[, channel {channel}][: {tips} tips]",
  "Usually a backup was restored; nothing is lost, every branch is kept and "
  "counts. See lienthong log and compare that office's cases. This alarm ends "
  "a day after the last branch; lienthong status goes on naming them.")
X("too_many_tips",
  "{origin} có quá nhiều nhánh dữ liệu[, kênh {channel}]; nhánh mới bị tạm giữ",
  "Máy của cơ quan đó bị khôi phục lặp đi lặp lại hoặc bị nhân bản. Dừng máy "
  "thừa; máy còn lại ghi tiếp trên nhánh của nó thì báo động tự hết.",
  "{origin} has too many branches[, channel {channel}]; new ones are held back",
  "Its machine is restored again and again, or was cloned. Stop the machine "
  "too many; this ends when the other one writes on in a branch of its own.")
X("two_machines", "Hai máy cùng hoạt động với danh tính của {office}",
  "Tắt ngay máy sao chép và đối chiếu những gì được ghi trong lúc đó. Báo động "
  "tự hết một giờ sau dấu hiệu cuối của máy thứ hai.",
  "two machines work under the identity of {office}",
  "Switch the copy off at once, and check what was written meanwhile. This "
  "alarm ends an hour after the last sign of the second machine.")
X("clock_before_log",
  "Đồng hồ máy chậm hơn sự kiện mới nhất của chính cơ quan[ ({wall} trước "
  "{newest})]",
  "Đặt lại giờ (chrony, timedatectl). Việc ghi vẫn tiếp tục; thời gian được "
  "đánh dấu là chưa chắc chắn.",
  "the clock is earlier than the office's own newest event[ ({wall} before "
  "{newest})]",
  "Set the clock (chrony, timedatectl). Writing goes on; times are marked as "
  "unsure.")
X("clock_skew",
  "Đồng hồ lệch so với {peer}[: {skew_ms} ms]",
  "Kiểm tra đồng bộ giờ ở cả hai đầu (chronyc tracking).",
  "the clock differs from that of {peer}[: {skew_ms} ms]",
  "Check time synchronisation at both ends (chronyc tracking).")
X("silent",
  "Không có kết nối tới {office}[ từ {since}]",
  "Kiểm tra điện, mạng và dịch vụ ở cơ quan đó. Dữ liệu của họ nằm lại tại chỗ "
  "và sẽ tới khi có kết nối.",
  "no link to {office}[ since {since}]",
  "Check power, network and the daemon there. Its data stays where it is and "
  "arrives once there is a link.")
X("behind", "Dữ liệu của {office} chưa tới đủ[: còn {waiting}][, từ {since}]",
  "Đang truyền tiếp. Nếu con số không giảm, kiểm tra đường truyền tới cơ quan "
  "đó và các cấp ở giữa.",
  "what {office} wrote has not all arrived here[: {waiting} to go][, since "
  "{since}]",
  "It is being sent. If the number does not fall, check the line to that "
  "office and the tiers between.")
X("withheld",
  "Dữ liệu đã được {peer} xác nhận nhưng chưa tới {keeper}[ từ {since}]",
  "Liên hệ trực tiếp với {keeper}. Dữ liệu vẫn ở đây và được gửi theo đường "
  "khác nếu có.",
  "data acknowledged by {peer} has not arrived at {keeper}[ since {since}]",
  "Contact {keeper} directly. The data is still here and goes another way if "
  "there is one.")
X("log_lost_tail",
  "Nhật ký tại đây ngắn hơn điều đã được xác nhận[: {origin}, kênh {channel}]",
  "Phần thiếu đang được lấy lại từ cơ quan khác. Kiểm tra ổ đĩa và bản sao lưu "
  "vừa khôi phục.",
  "the log here is shorter than what was acknowledged[: {origin}, channel "
  "{channel}]",
  "What is missing is being fetched from other offices. Check the disk, and "
  "the backup if one was restored.")
X("intake_refused", "Tạm ngừng tiếp nhận dữ liệu mới[: {reason}]",
  "Dữ liệu đã có vẫn an toàn và vẫn được gửi đi. Giải phóng đĩa: việc tiếp "
  "nhận "
  "tự chạy lại. Nếu đĩa còn chỗ, đã tới chín phần mười hạn mức: tăng "
  "log_max_bytes rồi khởi động lại.",
  "new data is refused for now[: {reason}]",
  "What is here is safe and is still being sent. Free the disk: intake resumes "
  "by itself. If the disk has room, nine tenths of the quota are used: raise "
  "log_max_bytes and start the daemon again.")
X("sqlite_affected",
  "SQLite {version} của hệ thống có lỗi WAL-reset đã biết",
  "Dịch vụ chỉ dùng một kết nối nên không gặp lỗi này; đừng mở log.db bằng "
  "chương trình khác. Cập nhật SQLite khi có bản vá.",
  "the system's SQLite {version} has the known WAL-reset bug",
  "The daemon uses one connection alone and so does not meet it; do not open "
  "log.db with another program. Update SQLite when a fix is available.")
X("bits_rotten",
  "Dữ liệu đã ghi bị hỏng trên đĩa[: {origin}, kênh {channel}, số {number}]"
  "[ ({what})][; tất cả {count} chỗ]",
  "Phần hỏng đang được lấy lại từ cơ quan khác và báo động tự hết khi xong. Nếu "
  "kéo dài, kiểm tra kết nối với cấp trên và cấp dưới; kiểm tra ổ đĩa và bộ nhớ, "
  "và sao lưu bằng lienthong backup.",
  "what is stored here has rotted on the disk[: {origin}, channel {channel}, "
  "number {number}][ ({what})][; {count} places in all]",
  "It is being fetched again from other offices, and this ends by itself. If it "
  "lasts, check the links up and down; check the disk and the memory, and make a "
  "copy with lienthong backup.")
X("incident_untaken",
  "Chưa có người tiếp nhận tin đông người của {origin}[: {count} tin][, lâu "
  "nhất từ {since}][, đã báo lên {office}]",
  "Gọi ngay trực ban của cơ quan được báo[: {phone}], rồi lienthong incident "
  "list --open và incident take. Báo động tự hết khi có người tiếp nhận.",
  "nobody has taken an incident of {origin}[: {count}][, the oldest since "
  "{since}][, raised to {office}]",
  "Call the duty of the office that it was raised to[: {phone}]; then lienthong "
  "incident list --open, and incident take. This ends by itself once a person "
  "has taken it.")
X("alert_command_failed", "Lệnh báo động không chạy được: {path}[: {count} lần]",
  "Chạy thử lệnh đó bằng tay với người dùng của dịch vụ; lệnh phải kết thúc với "
  "mã 0 trước alert_timeout. Báo động tự hết ở lần chạy được tiếp theo.",
  "the alert command failed: {path}[: {count} times]",
  "Try it by hand as the daemon's user: it has to end with 0 before "
  "alert_timeout. This ends by itself the next time it succeeds.")
X("view_rebuilt", "Dữ liệu hiển thị đang được dựng lại từ nhật ký[: {reason}]",
  "Không mất gì; danh sách có thể thiếu cho tới khi dựng xong, lúc đó báo động "
  "tự hết. Nếu lặp lại, kiểm tra ổ đĩa.",
  "the view is being rebuilt from the log[: {reason}]",
  "Nothing is lost; lists may be incomplete until it is done, and then this "
  "ends by itself. If it repeats, check the disk.")
X("unknown_peer_refused",
  "Đã từ chối kết nối lạ[ từ {address}][, khoá {key}][: {count} lần]",
  "Nếu là máy của mình, hãy kết nạp bằng mã. Nếu không, chặn địa chỉ đó ở "
  "tường "
  "lửa. Báo động tự hết một giờ sau lần cuối.",
  "an unknown peer was refused[, from {address}][, key {key}][: {count} times]",
  "If the machine is one of ours, enrol it with a token. If not, block the "
  "address in the firewall. This alarm ends an hour after the last time.")
X("door_shut",
  "{peer} đã ngừng phục vụ {office}[ theo {doc}]; {office} gửi và nhận vòng qua "
  "cấp trên",
  "Nơi đã đóng cửa mở lại bằng lienthong resume khi xong việc; nơi được giao "
  "giữ bản gốc có thể hỏi lý do.",
  "{peer} has shut its door to {office}[, by {doc}]; {office} goes around it",
  "Who shut it opens it again with lienthong resume when the matter is over; "
  "the keeper may ask why.")
X("key_unconfirmed",
  "[Khóa của máy này, mã {own}, là khóa mới mà khóa cũ không ký và nơi lưu bản "
  "gốc chưa xác nhận: việc ghi tại đây được giữ và đánh dấu, chưa kết thúc, "
  "quyết định hay giao lại được hồ sơ mở trước. ][{peer} đã gắn cho {office} một "
  "khóa mới, mã {keys}, khóa cũ không ký và nơi lưu bản gốc chưa xác nhận: việc "
  "ghi bằng khóa đó được giữ và đánh dấu, chưa kết thúc, quyết định hay giao lại "
  "được hồ sơ mở trước]",
  "[Đọc mã {own} cho nơi lưu bản gốc][ ({keeper})][; nơi đó so với mã trên màn "
  "hình của mình, giống hệt thì chạy: lienthong key confirm \"{office}\" --key {own}. "
  "][Gọi {office}, để họ đọc mã khóa mà lienthong status hiện trên máy của họ. "
  "Giống hệt: nơi lưu bản gốc chạy lienthong key confirm \"{office}\" --key {key}. "
  "Khác, hoặc họ không có máy mới: nơi giữ sơ đồ chạy lienthong revoke \"{office}\" "
  "--key {key}.]",
  "[the key of this machine, {own}, is a new one that the old one did not sign "
  "and the keeper has not confirmed: what is written here is kept and marked, "
  "and can neither close, decide nor hand over what was opened before. ][{peer} "
  "has bound a new key, {keys}, to {office} that the old one did not sign and "
  "the keeper has not confirmed: what it signs is kept and marked, and can "
  "neither close, decide nor hand over what was opened before]",
  "[Read {own} out to the keeper][ ({keeper})][, who compares it with what its "
  "own screen shows and, if it is the same, runs: lienthong key confirm \"{office}\" "
  "--key {own}. ][Call {office} and have them read the key that lienthong status "
  "shows on their machine. If it is the same, the keeper runs lienthong key "
  "confirm \"{office}\" --key {key}. If not, or they have no new machine, the tree's "
  "writer runs lienthong revoke \"{office}\" --key {key}.]")
X("key_revoked",
  "khóa của {office} đã bị thu hồi: mọi liên lạc bằng khóa đó bị cắt, việc ghi "
  "sau mốc thu hồi chỉ còn là bằng chứng",
  "Nếu máy bị mất: kết nạp lại {office} bằng khóa mới. Thu hồi nhầm: nơi giữ sơ "
  "đồ bỏ thu hồi bằng lienthong revoke \"{office}\" --undo. Xem lienthong "
  "revocations.",
  "the key of {office} is revoked: every session by it is cut, and what was "
  "written after the cut-off is evidence alone",
  "If the machine was lost, enrol {office} again with a new key. If it was a "
  "mistake, the tree's writer takes it back: lienthong revoke \"{office}\" --undo. "
  "See lienthong revocations.")
X("too_many_streams",
  "{origin} có quá nhiều dòng dữ liệu hoặc kỳ ghi[, kênh {channel}]",
  "Những gì đã nhận vẫn an toàn; phần mới chờ ở cơ quan đó. Máy của họ khởi "
  "động lại quá nhiều lần hoặc phần mềm sai: kiểm tra nhật ký dịch vụ ở đó.",
  "{origin} has too many streams or lives[, channel {channel}]",
  "What was taken is safe; the rest waits at that office. Its daemon has been "
  "started too often, or its software is wrong: look at the daemon's notes "
  "there.")
X("wal_large", "Tệp WAL của {path} đã phình to[: {used}]",
  "Một chương trình đang giữ tệp mở để đọc, hoặc đĩa không còn chỗ để chép. "
  "Đóng chương trình đó (lsof cho biết), hoặc giải phóng đĩa; tệp tự thu lại.",
  "the WAL of {path} has grown large[: {used}]",
  "A program keeps the file open for reading, or the disk has no room to copy "
  "it. Close that program (lsof tells which), or free the disk; it shrinks by "
  "itself.")

/* --- Notes ------------------------------------------------------------ */
X("ready", "Sẵn sàng[, nghe tại {links}]", "", "ready[, listening on {links}]",
  "")
X("stopping", "Đang dừng[: {reason}]", "", "stopping[: {reason}]", "")
X("started", "lienthongd {version} khởi động[ tại {path}]", "",
  "lienthongd {version} starts[ in {path}]", "")
X("link_up", "Đã kết nối với {office}", "", "linked with {office}", "")
X("link_down", "Mất kết nối với {office}[: {reason}]", "",
  "the link with {office} is down[: {reason}]", "")
X("bypass_begun",
  "Bắt đầu đi vòng qua {peer} thay cho {office}[ ({reason})]", "",
  "going around {office}, by way of {peer}[ ({reason})]", "")
X("bypass_ended",
  "Thôi đi vòng qua {peer}; {office} đã chuyển dữ liệu trở lại", "",
  "no longer by way of {peer}: {office} passes things on again", "")
X("enrolled", "Đã kết nạp {office}[ ({name})]", "",
  "{office}[ ({name})] was enrolled", "")
X("reload_done",
  "Đã nạp lại cấu hình[; cần khởi động lại để áp dụng: {restart}]", "",
  "the configuration was reloaded[; a restart is needed for: {restart}]", "")
X("new_epoch", "Bắt đầu kỳ ghi mới {epoch}", "", "a new epoch {epoch} begins",
  "")
X("rot_mended",
  "Chỗ hỏng đã được sửa[: {origin}, kênh {channel}, số {number}][ ({what})]", "",
  "what had rotted is whole again[: {origin}, channel {channel}, number "
  "{number}][ ({what})]",
  "")
X("scrub_ended",
  "Đã soát xong toàn bộ nhật ký: {total} đoạn, {found} chỗ hỏng, {mended} đã sửa",
  "",
  "the whole log was looked through: {total} segments, {found} rotten, {mended} "
  "mended",
  "")
X("came_back",
  "{count} mục đã ghi trước đây của {matters} việc được các cơ quan khác gửi trả "
  "lại; xem lienthong status",
  "",
  "{count} entries written before, of {matters} matters, came back from other "
  "offices; see lienthong status",
  "")
X("plan_refused", "Phương án bị từ chối[ ở dòng {line}][: {name}][ ({reason})]",
  "Sửa phương án rồi chạy lienthong tree plan TỆP --dry-run; chưa có gì được "
  "ghi.",
  "the plan was refused[ at line {line}][: {name}][ ({reason})]",
  "Correct the plan and run lienthong tree plan FILE --dry-run; nothing has "
  "been written.")
X("not_the_writer", "Chỉ nơi giữ sơ đồ tổ chức đổi được sơ đồ[: {holder}]",
  "Gửi phương án cho cơ quan đó.",
  "only the office that writes the tree changes it[: {holder}]",
  "Send the plan to that office.")
X("root_stepped_down",
  "Cơ quan này đã bàn giao sơ đồ tổ chức[ cho {holder}][; nơi nhận có đến "
  "{until} để tiếp nhận]",
  "Chờ nơi nhận chạy: lienthong tree admit. Sau ngày đó mà chưa tiếp nhận thì "
  "cơ quan này lại đổi được sơ đồ.",
  "this office has stepped down as writer of the tree[ for {holder}][, which "
  "may admit it until {until}]",
  "Wait until the successor has run: lienthong tree admit. If it has not by "
  "that day, this office may change the tree again.")
X("region_file_refused", "Không nhận tệp bàn giao[ {path}][: {reason}]",
  "Lấy lại tệp từ đúng nơi: thẻ do lienthong tree card tạo ở nơi nhận, giấy bàn "
  "giao do lienthong tree step-down tạo ở nơi giao.",
  "the hand-over file is refused[ {path}][: {reason}]",
  "Get it again from the right side: the card is made by lienthong tree card at "
  "the new root, the hand-over by lienthong tree step-down at the old one.")
X("office_closed", "Cơ quan này đã kết thúc hoạt động[; {holder} kế thừa]",
  "Ghi ở cơ quan kế thừa. Những gì đã ghi ở đây vẫn còn và vẫn có giá trị.",
  "this office is closed[; {holder} is its heir]",
  "Write at the heir. What was written here stays, and counts.")
X("plan_not_in_force",
  "Có {count} thay đổi tổ chức đến ngày mà sơ đồ không nhận được nữa",
  "Xem lienthong tree show CƠ QUAN, rút lại bằng lienthong tree withdraw CƠ "
  "QUAN, rồi ghi phương án mới.",
  "{count} changes of the tree are due that it can no longer take",
  "Look with lienthong tree show OFFICE, take it back with lienthong tree "
  "withdraw OFFICE, and write another plan.")
X("tree_changed", "Đã đưa {count} thay đổi tổ chức vào hiệu lực", "",
  "{count} changes of the tree were put in force", "")
X("office_drained",
  "{name} ({office}) đã kết thúc và đã chuyển hết; khóa của nơi này được thu "
  "hồi tại mục cuối cùng", "",
  "{name} ({office}) is closed and has handed over everything; its key is "
  "revoked at its last entry", "")
X("superior_changed", "Cơ quan này nay thuộc cấp trên {office}", "",
  "this office now stands below {office}", "")
X("backup_made", "Đã sao lưu nhật ký vào {path}", "",
  "the log was copied to {path}", "")
X("alert_command_run", "Đã chạy lệnh báo động {path}[: {count} lần]", "",
  "the alert command {path} was started[: {count} times]", "")
X("repeated", "Thông báo {code} lặp lại {count} lần", "",
  "the note {code} was repeated {count} times", "")
X("failpoint_hit", "Điểm gây lỗi thử nghiệm {name} đã chạy", "",
  "the test failpoint {name} was hit", "")

/* X(word, Vietnamese text, Vietnamese remedy, English text, English remedy):
 * what `explain` says. The words are those of daemon/explain/code_table.h, and
 * sentences that are put before or behind. A part in [brackets] is left out
 * when one of its arguments is absent. */

/* --- Nothing is wrong -------------------------------------------------- */
X("ui_ex_moving",
  "{office}: mọi việc đang chạy[; tin mới nhất lúc {at}].",
  "Không cần làm gì.",
  "{office}: everything moves[; latest word at {at}].",
  "Nothing needs to be done.")
X("ui_ex_moving_on", "Không có gì bị tắc.", "Không cần làm gì.",
  "Nothing hinders it.", "Nothing needs to be done.")
X("ui_ex_moving_due",
  "Không có gì bị tắc. Việc tiếp theo của {office}[: {step}], hạn {due}.",
  "{office} làm[: {step}], chậm nhất ngày {due}.",
  "Nothing hinders it. {office} has next to do[: {step}], by {due}.",
  "{office} does it[: {step}], by {due} at the latest.")
X("ui_ex_moving_late",
  "Liên lạc không tắc, nhưng {office} đã quá hạn {due}[: {step}].",
  "{office} làm ngay[: {step}], rồi ghi vào vụ việc.",
  "No link hinders it, but {office} is past its day, {due}[: {step}].",
  "{office} does it at once[: {step}], and writes it down.")
X("ui_ex_in_transit",
  "Đang trên đường tới {office}[ từ {since}]; liên lạc thông suốt.",
  "Không cần làm gì; xem lại sau một phút.",
  "On its way to {office}[ since {since}]; the link is in order.",
  "Nothing needs to be done; look again in a minute.")
X("ui_ex_done", "Đã xong, không còn việc gì chờ.", "Không cần làm gì.",
  "Done; nothing waits.", "Nothing needs to be done.")
X("ui_ex_voided", "Đã hủy do ghi nhầm.", "Không cần làm gì.",
  "Voided as written by mistake.", "Nothing needs to be done.")

X("ui_ex_closed", "{office} đã kết thúc hoạt động; {heir} kế thừa.",
  "Làm việc với {heir}. Hồ sơ cũ vẫn tra cứu được ở đây.",
  "{office} is closed; {heir} is its heir.",
  "Turn to {heir}. What it wrote is still found here.")
X("ui_ex_closed_over",
  "{office} đã kết thúc hoạt động[ từ {since}]; {heir} kế thừa. Khóa của nơi "
  "này đã thu hồi: không còn gì từ đó được tính nữa.",
  "Làm việc với {heir}. Hồ sơ cũ vẫn tra cứu được ở đây.",
  "{office} is closed[ since {since}]; {heir} is its heir. Its key is revoked: "
  "nothing from there counts any more.",
  "Turn to {heir}. What it wrote is still found here.")
X("ui_ex_closed_waits",
  "{office} đã kết thúc hoạt động[ từ {since}]; {heir} kế thừa. Khóa của nơi "
  "này chưa thu hồi: còn chờ máy ở đó chuyển hết những gì đã ghi[; máy báo lần "
  "cuối lúc {said}][; còn thiếu {count} mục].",
  "Nối máy của nơi đó vào mạng cho đến khi chuyển hết; khóa sẽ tự thu hồi. Nếu "
  "máy đã mất hoặc hỏng hẳn thì thu hồi bằng tay: lienthong revoke CƠ-QUAN.",
  "{office} is closed[ since {since}]; {heir} is its heir. Its key is not "
  "revoked yet: what its machine wrote is waited for[; it last spoke at "
  "{said}][; {count} entries are missing].",
  "Connect the machine of that office until everything has come; then its key "
  "is revoked by itself. If the machine is lost or will not work again, revoke "
  "the key by hand: lienthong revoke OFFICE.")
X("ui_ex_self_closed",
  "Cơ quan này đã kết thúc hoạt động[ từ {since}]; {heir} kế thừa. Những gì đã "
  "ghi ở đây đang được chuyển đi.",
  "Để máy bật và nối mạng cho đến khi chuyển hết. Ghi ở {heir}.",
  "This office is closed[ since {since}]; {heir} is its heir. What was written "
  "here is being handed over.",
  "Leave the machine on and connected until all is handed over. Write at "
  "{heir}.")
X("ui_ex_self_closed_waits",
  "Cơ quan này đã kết thúc hoạt động[ từ {since}]; {heir} kế thừa. Mọi thứ đã "
  "chuyển cho cấp trên; còn chờ nơi giữ sơ đồ tổ chức nhận đủ và thu hồi khóa.",
  "Để máy bật và nối mạng thêm ít lâu.",
  "This office is closed[ since {since}]; {heir} is its heir. Everything is "
  "handed over to the superior; the office that writes the tree has still to "
  "receive all of it and to revoke the key.",
  "Leave the machine on and connected a little longer.")
X("ui_ex_self_closed_over",
  "Cơ quan này đã kết thúc hoạt động[ từ {since}]; {heir} kế thừa. Mọi thứ đã "
  "chuyển xong; khóa của máy này không còn giá trị.",
  "Có thể tắt và cất máy. Giữ lại ổ đĩa theo quy định lưu trữ.",
  "This office is closed[ since {since}]; {heir} is its heir. Everything is "
  "handed over; this machine's key no longer counts.",
  "The machine may be put away. Keep its disk as the rules of archives say.")
X("ui_ex_self_closed_early",
  "Cơ quan này đã kết thúc hoạt động[ từ {since}]; {heir} kế thừa. Khóa của "
  "máy này đã thu hồi trước khi mọi thứ được chuyển xong.",
  "Gọi nơi giữ sơ đồ tổ chức trước khi cất máy: những gì chưa chuyển có thể "
  "được tính lại.",
  "This office is closed[ since {since}]; {heir} is its heir. This machine's "
  "key was revoked before everything was handed over.",
  "Call the office that writes the tree before you put the machine away: what "
  "was not handed over may be made to count again.")
X("ui_ex_moved_away", "{office} nay thuộc {parent}.",
  "Hỏi {parent}; ở đây còn những gì ghi trước khi chuyển.",
  "{office} stands below {parent} now.",
  "Ask {parent}; what it wrote before it moved is still here.")
X("ui_ex_moved_from", "Cơ quan này đã chuyển từ {office} sang {parent}.",
  "Không cần làm gì.", "This office has moved from below {office} to {parent}.",
  "Nothing needs to be done.")

/* --- This office ------------------------------------------------------- */
X("ui_ex_not_turning",
  "Dịch vụ tại {office} không nhúc nhích từ {since}: có lẽ đĩa đang treo. "
  "Những gì đã xác nhận vẫn còn trên đĩa.",
  "Xem đĩa của máy này (dmesg, df). Nếu đĩa không trở lại, gọi quản trị máy; "
  "việc chưa được báo \"Đã lưu\" thì ghi lại với cùng --request-id.",
  "The daemon of {office} has not moved since {since}: its disk may hang. What "
  "was acknowledged is still on disk.",
  "Look at this machine's disk (dmesg, df). If it does not come back, call its "
  "operator; repeat what was not confirmed with the same --request-id.")
X("ui_ex_starting", "Dịch vụ tại {office} đang khởi động.",
  "Đợi một lát rồi xem lại.", "The daemon of {office} is starting.",
  "Wait a little and look again.")
X("ui_ex_stopping", "Dịch vụ tại {office} đang dừng.",
  "Khởi động lại dịch vụ: systemctl start lienthongd.",
  "The daemon of {office} is stopping.",
  "Start it again: systemctl start lienthongd.")
X("ui_ex_intake_refused",
  "{office} không nhận ghi mới từ {since}[: {reason}]. Dữ liệu đã xác nhận vẫn "
  "nguyên vẹn.",
  "Giải phóng dung lượng đĩa hoặc tăng log_max_bytes; dịch vụ tự nhận lại "
  "trong vài giây, không cần khởi động lại.",
  "{office} takes nothing new since {since}[: {reason}]. What was acknowledged "
  "is untouched.",
  "Free space on the disk or raise log_max_bytes; the daemon goes on by itself "
  "within seconds, no restart is needed.")
X("ui_ex_view_behind",
  "Tại {office} phần hiển thị chưa theo kịp nhật ký từ {since}.",
  "Đợi thêm; nếu không giảm, khởi động lại dịch vụ. Nhật ký không bị ảnh "
  "hưởng.",
  "At {office} what is shown has lagged behind the log since {since}.",
  "Wait; if it does not shrink, restart the daemon. The log is not affected.")

/* --- A link that we dial ------------------------------------------------ */
X("ui_ex_link_refused",
  "Mất liên lạc với {office} từ {since}: máy ở[ {address}] có trả lời nhưng "
  "không có dịch vụ nào nghe[; đã thử {count} lần][; gọi lại lúc {next}].",
  "Gọi {office}: dịch vụ ở đó có chạy không (systemctl status lienthongd), và "
  "địa chỉ ở đây có đúng không (superior_addresses trong lienthong.conf).",
  "No link with {office} since {since}: the machine at[ {address}] answers but "
  "nothing listens there[; tried {count} times][; next try at {next}].",
  "Call {office}: is the daemon running there (systemctl status lienthongd), "
  "and is the address here right (superior_addresses in lienthong.conf)?")
X("ui_ex_link_no_route",
  "Mất liên lạc với {office} từ {since}: máy này không có đường mạng tới"
  "[ {address}][; đã thử {count} lần][; gọi lại lúc {next}].",
  "Kiểm tra dây mạng, bộ định tuyến và mạng của máy này (ip address, ping) "
  "trước khi gọi {office}.",
  "No link with {office} since {since}: this machine has no network to"
  "[ {address}][; tried {count} times][; next try at {next}].",
  "Check the cable, the router and the network of this machine (ip address, "
  "ping) before calling {office}.")
X("ui_ex_link_timed_out",
  "Mất liên lạc với {office} từ {since}: không ai trả lời ở[ {address}]"
  "[; đã thử {count} lần][; gọi lại lúc {next}].",
  "Gọi {office}: máy ở đó có điện và mạng không, tường lửa có chặn cổng "
  "không.",
  "No link with {office} since {since}: nobody answers at[ {address}]"
  "[; tried {count} times][; next try at {next}].",
  "Call {office}: has the machine there power and network, does a firewall "
  "close the port?")
X("ui_ex_link_name_unknown",
  "Mất liên lạc với {office} từ {since}: không tìm được địa chỉ của tên"
  "[ {address}][; đã thử {count} lần][; gọi lại lúc {next}].",
  "Kiểm tra máy chủ tên miền của máy này, hoặc ghi địa chỉ bằng số vào "
  "superior_addresses rồi nạp lại (systemctl reload lienthongd). Có thể hỏi "
  "{office} địa chỉ.",
  "No link with {office} since {since}: the name has no address"
  "[: {address}][; tried {count} times][; next try at {next}].",
  "Check this machine's name server, or write the address in digits into "
  "superior_addresses and reload (systemctl reload lienthongd). {office} can "
  "tell the address.")
X("ui_ex_link_handshake_slow",
  "Mất liên lạc với {office} từ {since}: máy ở[ {address}] nhận cuộc gọi rồi "
  "im lặng[; đã thử {count} lần][; gọi lại lúc {next}].",
  "Gọi {office}: dịch vụ ở đó có thể đang treo (đĩa chậm, máy quá tải). Ở đó "
  "chạy: lienthong status.",
  "No link with {office} since {since}: the machine at[ {address}] takes the "
  "call and then says nothing[; tried {count} times][; next try at {next}].",
  "Call {office}: the daemon there may hang (slow disk, overloaded machine). "
  "Run there: lienthong status.")
X("ui_ex_link_handshake_ended",
  "Mất liên lạc với {office} từ {since}: máy ở[ {address}] cắt cuộc gọi khi "
  "chưa nhận ra nhau[; đã thử {count} lần][; gọi lại lúc {next}].",
  "Nếu kéo dài hơn một phút, gọi {office}: ở đó có biết khóa của cơ quan này "
  "không (lienthong explain tên cơ quan này).",
  "No link with {office} since {since}: the machine at[ {address}] ends the "
  "call before the keys are agreed[; tried {count} times]"
  "[; next try at {next}].",
  "If it lasts more than a minute, call {office}: does it know this office's "
  "key (lienthong explain and the name of this office)?")
X("ui_ex_link_not_ours",
  "Mất liên lạc với {office} từ {since}: ở[ {address}] có thứ khác trả lời, "
  "không phải Liên Thông[; đã thử {count} lần][; gọi lại lúc {next}].",
  "Kiểm tra địa chỉ và cổng (superior_addresses), và trang đăng nhập của mạng "
  "đang dùng. Hỏi {office} địa chỉ đúng.",
  "No link with {office} since {since}: something else answers at[ {address}], "
  "not Lien Thong[; tried {count} times][; next try at {next}].",
  "Check address and port (superior_addresses) and the login page of the "
  "network in use. Ask {office} for the right address.")
X("ui_ex_link_key_unknown",
  "Mất liên lạc với {office} từ {since}: bên đó không nhận khóa của cơ quan "
  "này[, ở {address}][; đã thử {count} lần][; gọi lại lúc {next}].",
  "Gọi {office}: khóa này đã bị thu hồi, hay cơ quan này chưa gia nhập ở đó? "
  "Nếu cần, xin mã kết nạp mới và chạy lại lienthong join.",
  "No link with {office} since {since}: it does not admit this office's key"
  "[, at {address}][; tried {count} times][; next try at {next}].",
  "Call {office}: was this key revoked, or has this office not joined there? "
  "If need be ask for a new token and run lienthong join again.")
X("ui_ex_link_hello_refused",
  "Mất liên lạc với {office} từ {since}: hai bên không chứng minh được danh "
  "tính[, ở {address}][; đã thử {count} lần][; gọi lại lúc {next}].",
  "Gọi {office} bằng số điện thoại đã biết: khóa ở một đầu đã đổi. Đừng sửa "
  "gì trước khi hai bên hiểu vì sao.",
  "No link with {office} since {since}: identity could not be proven"
  "[, at {address}][; tried {count} times][; next try at {next}].",
  "Call {office} on a number that you know: a key at one end has changed. "
  "Change nothing before both know why.")
X("ui_ex_link_no_progress",
  "Mất liên lạc với {office} từ {since}: kết nối không tiến triển nên đã bị "
  "cắt để gọi lại[, ở {address}][; đã thử {count} lần][; gọi lại lúc {next}].",
  "Gọi {office} nếu kéo dài: đường truyền hoặc đĩa ở đó có thể rất chậm.",
  "No link with {office} since {since}: it made no progress and was torn down "
  "to be built again[, at {address}][; tried {count} times]"
  "[; next try at {next}].",
  "Call {office} if it lasts: the line or the disk there may be very slow.")
X("ui_ex_link_down",
  "Mất liên lạc với {office} từ {since}[, ở {address}][; đã thử {count} lần]"
  "[; gọi lại lúc {next}].",
  "Đợi một phút; nếu vẫn mất, gọi {office}.",
  "No link with {office} since {since}[, at {address}][; tried {count} times]"
  "[; next try at {next}].",
  "Wait a minute; if it is still down, call {office}.")
X("ui_ex_by_courier",
  "Qua bưu gói[: nhập lần cuối {imported}][; xuất lần cuối {exported}].", "",
  "By courier[: last imported {imported}][; last exported {exported}].", "")
X("ui_ex_unsent",
  "{count} việc ghi tại đây đang chờ gửi; cứ làm việc bình thường.", "",
  "Written here and waiting to be sent: {count}; go on working as usual.", "")

/* --- Any link ----------------------------------------------------------- */
X("ui_ex_link_stalled",
  "Liên lạc với {office} còn mở nhưng không có tin từ {since}; {count} việc "
  "chờ bên đó xác nhận. Sau chừng nửa phút sẽ tự cắt và gọi lại.",
  "Nếu kéo dài hơn hai phút, gọi {office}: máy ở đó treo, đĩa chậm, hay đường "
  "truyền nghẽn.",
  "The link with {office} is open but silent since {since}; {count} entries "
  "wait for its word. After about half a minute it is cut and built again.",
  "If it lasts more than two minutes, call {office}: its machine hangs, its "
  "disk is slow, or the line is jammed.")
X("ui_ex_peer_disk_full",
  "{office} báo đĩa đầy từ {since}; {count} việc đang chờ, không mất gì.",
  "Gọi {office}: giải phóng đĩa ở đó; việc chờ tự đi tiếp.",
  "{office} says that its disk is full, since {since}; {count} entries wait, "
  "nothing is lost.",
  "Call {office}: free its disk; what waits goes on by itself.")
X("ui_ex_held_back",
  "{office} tạm giữ chưa nhận: {reason}[; đến {until}].",
  "Chưa mất gì; nếu không hết sau một giờ, gọi {office} và báo lý do trên.",
  "{office} holds something back: {reason}[; until {until}].",
  "Nothing is lost; if it does not pass within an hour, call {office} and tell "
  "the reason above.")
X("ui_ex_child_silent",
  "{office} không gọi về từ {since}[; lần trước: {ended}]. Bên đó tự gọi lại; "
  "từ đây không gọi sang được.",
  "Gọi trực {office}: hỏi điện, mạng và dịch vụ lienthongd; ở đó chạy: "
  "lienthong explain \"{here}\".",
  "{office} has not called since {since}[; the last time: {ended}]. It dials "
  "by itself; nothing can be dialled from here.",
  "Call the duty of {office}: ask for power, network and the daemon; run "
  "there: lienthong explain \"{here}\".")
X("ui_ex_child_not_seen",
  "{office} chưa gọi lần nào từ khi dịch vụ ở đây khởi động ({since}).",
  "Gọi trực {office}: dịch vụ lienthongd ở đó có chạy không; ở đó chạy: "
  "lienthong explain \"{here}\".",
  "{office} has not called since the daemon here was started ({since}).",
  "Call the duty of {office}: is the daemon running there? Run there: "
  "lienthong explain \"{here}\".")

/* --- Offices further away ----------------------------------------------- */
X("ui_ex_way_down", "Tin của {office} đi qua {near}, và đường đó đang tắc.",
  "Gọi trực {near}.",
  "Word of {office} comes by {near}, and that way is closed.", "Call the duty of {near}.")
X("ui_ex_no_word",
  "Không có tin của {office} từ {since}[; trên đường, {near} vẫn có tin].",
  "Gọi trực {office}[; hoặc chạy ở {near}: lienthong explain \"{office}\"].",
  "No word of {office} since {since}[; on the way {near} is still heard].",
  "Call the duty of {office}[; or run at {near}: lienthong explain \"{office}\"].")
X("ui_ex_behind",
  "{office} đã ghi {count} việc chưa tới đây, từ {since}.",
  "Đợi thêm nếu số giảm dần (lienthong status); nếu không, gọi {office} hỏi "
  "đường truyền.",
  "{office} has written {count} entries that are not here yet, since {since}.",
  "Wait while the number shrinks (lienthong status); else call {office} about "
  "its line.")
X("ui_ex_withheld",
  "Lời của {office} cho thấy {count} việc đã được nhận chuyển mà không tới "
  "đây, từ {since}: có nơi trên đường giữ lại.",
  "Gọi thẳng {office} và các cấp trên đường; báo cơ quan lưu giữ. Đừng xóa gì: "
  "cả hai đầu đều có bằng chứng.",
  "The word of {office} shows {count} entries that were taken on the way and "
  "have not arrived, since {since}: somebody in between keeps them.",
  "Call {office} itself and the offices on the way; tell the keeper. Delete "
  "nothing: both ends hold the proof.")
X("ui_ex_parent_withholds",
  "{office} vẫn xác nhận nhưng không chuyển tiếp, từ {since}.",
  "Gọi {office} và cấp trên của cơ quan đó. Dữ liệu vẫn còn ở đây và đang đi "
  "vòng; đừng xóa gì: cả hai đầu đều có bằng chứng.",
  "{office} acknowledges and passes nothing on, since {since}.",
  "Call {office} and the office above it. The data is still here and goes "
  "around; delete nothing: both ends hold the proof.")
X("ui_ex_around",
  "Đang đi vòng thẳng tới {near}, không qua {office}, từ {since}[: {reason}]. "
  "Lối này chỉ chuyển tin khẩn; sau một giờ thì chuyển mọi tin.", "",
  "Going around {office}, straight to {near}, since {since}[: {reason}]. Only "
  "what is urgent goes that way; after an hour everything does.", "")
X("ui_ex_around_all",
  "Đang đi vòng thẳng tới {near}, không qua {office}, từ {since}[: {reason}]. "
  "Mọi tin đều đi lối này.", "",
  "Going around {office}, straight to {near}, since {since}[: {reason}]. "
  "Everything goes that way.", "")
X("ui_ex_calling",
  "Đang gọi thẳng {near} để đi vòng, không qua {office}, từ {since}"
  "[: {reason}].", "",
  "Calling {near} in order to go around {office}, since {since}[: {reason}].",
  "")
X("ui_ex_why_unacked", "tin khẩn không được xác nhận", "",
  "what is urgent is not acknowledged", "")
X("ui_ex_why_apart", "đã lâu không có liên lạc", "",
  "there has been no link for some time", "")
X("ui_ex_why_unreceipted",
  "đã xác nhận nhưng cơ quan lưu giữ vẫn chưa có", "",
  "it acknowledged, and the keeper does not have it", "")
X("ui_ex_why_missing", "tin của cấp trên gửi xuống không được chuyển tới", "",
  "what a superior sent down is not passed on", "")
X("ui_ex_why_still", "không còn nghe lời cấp trên qua đó", "",
  "no word from above comes through it any more", "")
X("ui_ex_why_shut", "cấp trên trực tiếp đã ngừng phục vụ", "",
  "it has shut its door to this office", "")
X("ui_ex_parent_door_shut",
  "{office} đã ngừng phục vụ cơ quan này[ từ {since}][, theo {doc}].",
  "Cứ làm việc như thường: tin đi vòng qua cấp trên của {office}. Muốn biết lý "
  "do, hỏi {office} hoặc nơi được giao giữ bản gốc.",
  "{office} has shut its door to this office[ since {since}][, by {doc}].",
  "Work on as usual: everything goes around {office}. For the reason ask "
  "{office}, or the keeper.")
X("ui_ex_own_door_shut",
  "Cơ quan này đã ngừng phục vụ {office}[ từ {since}][, theo {doc}].",
  "Khi xong việc, mở lại tại đây: lienthong resume \"{office}\".",
  "This office has shut its door to {office}[ since {since}][, by {doc}].",
  "When the matter is over, open it again here: lienthong resume \"{office}\".")
X("ui_ex_door_shut_by",
  "{near} đã ngừng phục vụ {office}[ từ {since}][, theo {doc}]; tin đi vòng.", "",
  "{near} has shut its door to {office}[ since {since}][, by {doc}]; it goes "
  "around.", "")
X("ui_ex_out_of_sight",
  "{office} không nằm trên cũng không nằm dưới cơ quan này nên ở đây không "
  "biết.",
  "Hỏi cơ quan cấp trên chung: ở đó chạy lienthong explain \"{office}\".",
  "{office} is neither above nor below this office: nothing is known of it "
  "here.",
  "Ask the superior that both have: run lienthong explain \"{office}\" there.")
X("ui_ex_not_enrolled",
  "{office} chưa gia nhập: mã kết nạp đã cấp ở đây và chưa dùng[, hết hạn {expires}].",
  "Ở máy của {office} chạy: lienthong join MÃ, rồi khởi động dịch vụ. Mất mã "
  "thì cấp lại: lienthong token với cùng tên.",
  "{office} has not joined: its token was issued here and is not used"
  "[, it expires {expires}].",
  "Run on the machine of {office}: lienthong join TOKEN, then start the "
  "daemon. If the token is lost, issue it again: lienthong token, same name.")
X("ui_ex_not_enrolled_here",
  "{office} có trong danh sách nhưng chưa gia nhập; mã kết nạp do {parent} cấp.",
  "Hỏi {parent}: ở đó chạy lienthong token với tên của {office}, rồi ở máy "
  "mới chạy lienthong join MÃ.",
  "{office} is in the tree and has not joined; its token comes from {parent}.",
  "Ask {parent}: run lienthong token with the name of {office} there, then "
  "lienthong join TOKEN on the new machine.")
X("ui_ex_token_expired",
  "{office} chưa gia nhập và mã kết nạp đã hết hạn[ {expires}].",
  "Cấp mã mới tại đây: lienthong token với đúng tên {office}.",
  "{office} has not joined and its token has expired[, {expires}].",
  "Issue a new one here: lienthong token with the same name, {office}.")

/* --- Matters ------------------------------------------------------------ */
X("ui_ex_where_case",
  "[Vụ việc {what} ]do {office} giữ[, bước “{state}”][, từ {since}].", "",
  "[Case {what} ]is held by {office}[, step \"{state}\"][, since {since}].", "")
X("ui_ex_where_incident",
  "Tin báo của {office}[: {state}][, từ {since}].[ Mã {what}.]", "",
  "Incident raised by {office}[: {state}][, since {since}].[ Id {what}.]", "")
X("ui_ex_where_directive",
  "[Chỉ đạo {what} ]của {office}[, ban hành {since}]: {count}/{all} nơi đã "
  "nhận được.", "",
  "[Directive {what} ]of {office}[, issued {since}]: it has arrived at {count} "
  "of {all}.", "")
X("ui_ex_reached", "Đã tới {office}[ (theo lời báo {at})].", "",
  "Arrived at {office}[ (by its word of {at})].", "")
X("ui_ex_not_reached", "Chưa tới {office}.", "",
  "Not yet arrived at {office}.", "")
X("ui_ex_keeper_has_all",
  "{office} đã nhận đủ mọi việc ghi tại đây[ (lời báo {at})].", "",
  "{office} has all that was written here[ (by its word of {at})].", "")
X("ui_ex_news_delayed",
  "Tin mới từ {office} hiện chưa tới được đây.", "",
  "New word from {office} cannot arrive at present.", "")
X("ui_ex_waiting_cause",
  "Một bước do {office} ghi, tới đây lúc {since}, còn chờ tin trước nó.",
  "Đợi: tin trước sẽ tới từ nơi đang có. Nếu quá một giờ, hỏi {office} và xem "
  "lienthong status.",
  "A step written by {office}, here since {since}, waits for what came before "
  "it.",
  "Wait: what came before arrives from whoever has it. After more than an hour "
  "ask {office} and look at lienthong status.")
X("ui_ex_waiting_unconfirmed",
  "Một bước do {office} ghi bằng khóa chưa được xác nhận, tới đây lúc {since}, "
  "còn chờ nơi lưu bản gốc.",
  "Nơi lưu bản gốc hỏi {office}, rồi chạy lienthong key confirm \"{office}\", hoặc "
  "nơi giữ sơ đồ thu hồi khóa đó.",
  "A step that {office} signed with a key that is not confirmed, here since "
  "{since}, waits for the keeper.",
  "The keeper asks {office} and runs lienthong key confirm \"{office}\", or the "
  "tree's writer revokes that key.")
X("ui_ex_waiting_tree",
  "Một bước do {office} ghi, tới đây lúc {since}, dựa trên danh sách cơ quan "
  "mới hơn mà ở đây chưa có.",
  "Kiểm tra liên lạc lên trên (lienthong status): danh sách cơ quan đi xuống "
  "từ cấp ghi nó.",
  "A step written by {office}, here since {since}, rests on a newer list of "
  "offices than the one here.",
  "Check the link upward (lienthong status): the list of offices comes down "
  "from who writes it.")
X("ui_ex_waiting_newer",
  "Một bước do {office} ghi, tới đây lúc {since}, cần phiên bản phần mềm mới "
  "hơn; vụ việc này ở đây chỉ để đọc.",
  "Nâng cấp lienthong trên máy này; dữ liệu đã có đủ, sẽ hiện ra sau khi nâng "
  "cấp.",
  "A step written by {office}, here since {since}, needs a newer version; this "
  "matter can only be read here.",
  "Upgrade lienthong on this machine; the data is all here and shows after "
  "that.")
X("ui_ex_waiting_opening",
  "Một bước do {office} ghi, tới đây lúc {since}, còn chờ phần lập vụ việc.",
  "Đợi: phần mở đầu sẽ tới từ nơi đang có. Nếu quá một giờ, hỏi {office}.",
  "A step written by {office}, here since {since}, waits for the opening of "
  "the matter.",
  "Wait: the opening arrives from whoever has it. After more than an hour ask "
  "{office}.")
X("ui_ex_waiting_aside",
  "Vụ việc này quá dài nên được để riêng từ {since}; bước mới của {office} chưa "
  "được tính.",
  "Báo cho người phụ trách phần mềm, kèm mã của nó; các vụ việc khác không bị "
  "ảnh hưởng.",
  "This matter has grown too long and is set aside since {since}; new steps of "
  "{office} do not count yet.",
  "Report it to whoever maintains the software, with its id; others are not "
  "affected.")
X("ui_ex_contested",
  "Hai cơ quan cùng nhận vụ việc này mà không biết nhau: chưa bên nào được quyết "
  "định hay đóng.",
  "Đề nghị cấp trên chung gần nhất phân công một cơ quan.",
  "Two offices took this matter without knowing of each other: neither may "
  "decide or close it.",
  "Ask the nearest superior of both to assign one of them.")
X("ui_ex_step_rejected",
  "Bước cuối, do {office} ghi, tới đây lúc {since}, không được tính"
  "[: {reason}].",
  "{holder} ghi lại bước đó nếu đúng là cần; bước không được tính vẫn còn "
  "trong nhật ký.",
  "The last step, written by {office}, here since {since}, does not count"
  "[: {reason}].",
  "Let {holder} write the step if it is needed; what does not count stays in "
  "the log.")
X("ui_ex_not_confirmed",
  "Liên lạc tới {office} thông suốt nhưng nơi đó chưa xác nhận đã có[, từ "
  "{since}].",
  "Gọi {office}: tra mã biên nhận ở đó. Nếu không có, gọi các cấp trên đường.",
  "The way to {office} is open but it has not confirmed to have it[, since "
  "{since}].",
  "Call {office}: look the receipt code up there. If it is not there, call the "
  "offices on the way.")
X("ui_ex_not_arrived",
  "Chưa có ở đây; {office} là nơi ghi.",
  "Đợi một phút rồi xem lại; nếu vẫn chưa có, ở {office} chạy cùng lệnh này.",
  "Not here yet; {office} is where it was written.",
  "Wait a minute and look again; if it is still not here, run the same command "
  "at {office}.")
X("ui_ex_erasure_waiting",
  "Nội dung được lệnh xóa lúc {since} còn chờ {office} xác nhận; đến lúc đó đã "
  "che, chưa mất hẳn.",
  "Ở {office} chạy: lienthong erase[ {what}] --reason LÝ DO.",
  "Its text was ordered to be erased at {since} and waits for the word of "
  "{office}; until then it is closed, not gone.",
  "Run at {office}: lienthong erase[ {what}] --reason REASON.")
X("ui_ex_erasure_unanswered",
  "Việc xóa nội dung đã được xác nhận lúc {since}; {count} nơi chưa trả lời, "
  "trước hết là {office}.",
  "Gọi {office}: máy ở đó phải chạy và có liên lạc thì mới xóa được bản của "
  "mình.",
  "The erasing of its text was confirmed at {since}; not yet answered by "
  "{count}, first of them {office}.",
  "Call {office}: its machine has to run and have a link to erase its copy.")
X("ui_ex_erasure_not_confirmed",
  "Việc xóa nội dung đã kết thúc, trừ bản ở {count} nơi không thể xác nhận, "
  "trước hết là {office}: nơi này đã kết thúc hoạt động[ lúc {since}], khóa đã "
  "hết hiệu lực; máy ở đó có thể còn giữ nội dung.",
  "Thu máy của {office}, hủy ổ đĩa và lập biên bản.",
  "The erasing of its text is over, but for the copies of {count} that cannot "
  "confirm it, first of them {office}: it was closed[ at {since}], its key has "
  "ended; its machine may still hold the text.",
  "Collect the machine of {office}, destroy its disk and put that on record.")

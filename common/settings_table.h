/* X(enum name, key, type, unit, default, min, max, applies, choices,
 *   Vietnamese, English)
 *
 * One row feeds the parser, the range check, `config show` and the manual.
 * Sizes take K, M or G; durations ms, s, m, h or d. The default is written as
 * in a file; min and max are in the unit (bytes, ms) and 0, 0 where a type has
 * no range. RELOAD settings change with SIGHUP, RESTART ones with a restart; a
 * RELOAD row needs its line in daemon/start.c. */
X(LT_SET_LISTEN_LINKS, "listen_links", LT_TYPE_ADDRESSES, "", "127.0.0.1:7441",
  0, 0, RESTART, "",
  "Địa chỉ nghe kết nối của cấp dưới; có thể nhiều địa chỉ, IPv6 đặt trong []",
  "Where links of offices below are accepted; several addresses are fine, IPv6 "
  "in []")
X(LT_SET_LISTEN_ENROL, "listen_enrol", LT_TYPE_ADDRESSES, "", "127.0.0.1:7442",
  0, 0, RESTART, "", "Địa chỉ nghe yêu cầu kết nạp cơ quan mới",
  "Where requests to enrol a new office are accepted")
X(LT_SET_SUPERIOR_ADDRESSES, "superior_addresses", LT_TYPE_ADDRESSES, "", "", 0,
  0, RESTART, "",
  "Địa chỉ kết nối của cấp trên, thử lần lượt; để trống ở cấp cao nhất",
  "Link addresses of the superior office, tried in turn; empty at the top")
X(LT_SET_SUPERIOR_OFFICE, "superior_office", LT_TYPE_OFFICE, "", "", 0, 0,
  RESTART, "", "Mã cơ quan cấp trên (32 chữ số hex); để trống ở cấp cao nhất",
  "Id of the superior office (32 hex digits); empty at the top")
X(LT_SET_URGENT_PER_HOUR, "urgent_per_hour", LT_TYPE_INT, "/h", "60", 1, 100000,
  RESTART, "", "Số sự kiện khẩn mà một cơ quan được gửi mỗi giờ",
  "Urgent events that one office may write in an hour")
X(LT_SET_NOTES, "notes", LT_TYPE_CHOICE, "", "text", 0, 0, RELOAD, "text|json",
  "Dạng nhật ký vận hành trên stderr", "Form of the notes on stderr")
X(LT_SET_STATEMENT_INTERVAL, "statement_interval", LT_TYPE_DURATION, "ms",
  "15m", 1000, 86400000, RESTART, "",
  "Khoảng thời gian giữa hai bản kê khi không có thay đổi",
  "Time between two statements when nothing changes")
X(LT_SET_AUDIT_INTERVAL, "audit_interval", LT_TYPE_DURATION, "ms", "1h", 1000,
  86400000, RESTART, "",
  "Sau bao lâu việc người dùng làm được ghi dấu vào sổ chung",
  "How long what people did waits before the log has its mark")
X(LT_SET_REGISTER_PATIENCE, "register_patience", LT_TYPE_DURATION, "ms", "1h",
  1000, 604800000, RESTART, "",
  "Sau bao lâu báo rằng nơi giữ mới chưa nhận mục trong sổ đã gửi",
  "How long an entry of the register that was sent may be untaken without alarm")
X(LT_SET_SCRUB_INTERVAL, "scrub_interval", LT_TYPE_DURATION, "ms", "24h", 1000,
  INT64_C(2592000000), RESTART, "",
  "Khoảng thời gian giữa hai lần soát lại toàn bộ nhật ký",
  "Time between two readings of the whole log for rot")
X(LT_SET_WAL_MAX_BYTES, "wal_max_bytes", LT_TYPE_BYTES, "bytes", "64M", 1048576,
  1073741824, RESTART, "", "Kích thước tối đa của tệp WAL của nhật ký; của phần hiển thị thì không quá 16 MB",
  "Largest size of the log's WAL file; that of the view is 16 MB at the most")
X(LT_SET_LOG_MAX_BYTES, "log_max_bytes", LT_TYPE_BYTES, "bytes", "20G", 1048576,
  17592186044416, RESTART, "",
  "Hạn mức của nhật ký; ngừng tiếp nhận trước khi chạm mức này",
  "Quota of the log; intake stops before it is reached")
X(LT_SET_BALLAST_BYTES, "ballast_bytes", LT_TYPE_BYTES, "bytes", "128M", 0,
  17179869184, RESTART, "",
  "Chỗ trống giữ sẵn trên đĩa để kết thúc an toàn khi đĩa đầy",
  "Room kept on the disk to end well when it is full")
X(LT_SET_VIEW_QUEUE_BYTES, "view_queue_bytes", LT_TYPE_BYTES, "bytes", "2M",
  65536, 268435456, RESTART, "",
  "Bộ nhớ cho dữ liệu đang chờ đưa vào phần hiển thị",
  "Memory for what waits to be shown by the view")
X(LT_SET_CLOCK_TOLERANCE, "clock_tolerance", LT_TYPE_DURATION, "ms", "5m", 1000,
  3600000, RESTART, "", "Độ lệch đồng hồ giữa hai cơ quan trước khi báo động",
  "Difference of two offices' clocks before an alarm")
X(LT_SET_WITHHELD_URGENT, "withheld_urgent", LT_TYPE_DURATION, "ms", "15m",
  1000, 86400000, RESTART, "",
  "Tin khẩn đã được cấp trên xác nhận mà quá thời gian này chưa tới nơi thì coi "
  "là bị giữ lại và đi vòng",
  "How long something urgent that was acknowledged may fail to arrive, until it "
  "counts as withheld and goes around")
X(LT_SET_WITHHELD, "withheld", LT_TYPE_DURATION, "ms", "24h", 1000,
  2592000000, RESTART, "",
  "Cũng như vậy, cho các tin không khẩn", "The same for what is not urgent")
X(LT_SET_WINDOW_START_BYTES, "window_start_bytes", LT_TYPE_BYTES, "bytes", "8K",
  1024, 1048576, RESTART, "",
  "Lượng dữ liệu gửi trước xác nhận đầu tiên của một kết nối",
  "Bytes sent before the first acknowledgement of a link")
X(LT_SET_WINDOW_MAX_BYTES, "window_max_bytes", LT_TYPE_BYTES, "bytes", "8M",
  8192, 67108864, RESTART, "",
  "Lượng dữ liệu tối đa đang chờ xác nhận trên một kết nối",
  "Most bytes that may wait for an acknowledgement on a link")
X(LT_SET_HANDSHAKE, "handshake", LT_TYPE_DURATION, "ms", "5s", 500, 60000,
  RESTART, "", "Thời gian tối đa để hoàn tất bắt tay của một kết nối",
  "Longest time for a link's handshake")
X(LT_SET_HEARTBEAT, "heartbeat", LT_TYPE_DURATION, "ms", "10s", 1000, 300000,
  RESTART, "", "Khoảng thời gian giữa hai nhịp kiểm tra đường truyền",
  "Time between two heartbeats of a link")
X(LT_SET_LOG_VFS, "log_vfs", LT_TYPE_STRING, "", "", 0, 0, RESTART, "",
  "Tên VFS của SQLite cho nhật ký; chỉ dùng khi kiểm thử",
  "Name of SQLite's VFS for the log; for tests alone")
X(LT_SET_ADVERTISE_LINKS, "advertise_links", LT_TYPE_ADDRESSES, "", "", 0, 0,
  RESTART, "",
  "Địa chỉ mà cấp dưới dùng để kết nối tới đây; để trống thì dùng listen_links",
  "Addresses at which offices below dial this one; empty: those of "
  "listen_links")
X(LT_SET_ADVERTISE_ENROL, "advertise_enrol", LT_TYPE_ADDRESSES, "", "", 0, 0,
  RESTART, "",
  "Địa chỉ kết nạp ghi vào mã kết nạp; để trống thì dùng listen_enrol",
  "Enrolment addresses that tokens carry; empty: those of listen_enrol")
X(LT_SET_PAGES_LISTEN, "pages_listen", LT_TYPE_ADDRESSES, "", "127.0.0.1:7443",
  0, 0, RESTART, "",
  "Địa chỉ của các trang và API; thêm địa chỉ của máy trong mạng cơ quan để máy "
  "khác mở được; {} thì tắt",
  "Where pages and API are served; add this machine's address in the office's "
  "network for other machines; {}: not at all")
X(LT_SET_PAGES_TLS, "pages_tls", LT_TYPE_BOOL, "", "on", 0, 0, RESTART, "",
  "Mã hóa TLS cho các trang; chỉ được tắt trên địa chỉ của chính máy này",
  "TLS for the pages; may be off only on addresses of this machine itself")
X(LT_SET_PAGES_CONNECTIONS, "pages_connections", LT_TYPE_INT, "", "1200", 8,
  20000, RESTART, "", "Số kết nối tối đa tới các trang",
  "Most connections to the pages")
X(LT_SET_PAGES_PER_ADDRESS, "pages_per_address", LT_TYPE_INT, "", "200", 4,
  20000, RESTART, "",
  "Số kết nối tối đa từ một địa chỉ; tăng lên nếu đặt máy chủ trung gian ở trước",
  "Most connections from one address; more where a proxy stands in front")
X(LT_SET_PAGES_REST, "pages_rest", LT_TYPE_DURATION, "ms", "10m", 1000,
  86400000, RESTART, "",
  "Sau thời gian này không ai mở trang thì phần phục vụ trang trả lại bộ nhớ, và "
  "tự thức dậy khi có người vào",
  "How long after the last visitor the pages' side gives its memory back; it "
  "wakes with the next")
X(LT_SET_PAGES_PROXY, "pages_proxy", LT_TYPE_BOOL, "", "off", 0, 0, RESTART, "",
  "Nhận máy chủ trung gian của cơ quan ở ổ cắm pages.sock; nó nói ai đã đăng nhập "
  "(chứng thư số, OpenID Connect) trong đầu mục X-Lienthong-Person",
  "Serve the office's own proxy at the socket pages.sock; it says who has signed "
  "in (client certificate, OpenID Connect) in the header X-Lienthong-Person")
X(LT_SET_WEB_ROOT, "web_root", LT_TYPE_STRING, "", "", 0, 0, RESTART, "",
  "Thư mục trang dùng thay cho trang có sẵn; chỉ cho người viết trang",
  "Folder of pages instead of the built-in ones; for those who write pages")
X(LT_SET_INCIDENT_WITHIN, "incident_within", LT_TYPE_DURATION, "ms", "5m",
  1000, 86400000, RESTART, "",
  "Tin đông người chưa có người tiếp nhận sau thời gian này thì tự báo lên cấp "
  "trên tiếp theo",
  "How long each tier has until an incident that no person has taken is raised "
  "at the next")
X(LT_SET_FORECAST_WITHIN, "forecast_within", LT_TYPE_DURATION, "ms", "1h",
  1000, 86400000, RESTART, "",
  "Cũng như vậy, cho tin báo trước để chuẩn bị tiếp",
  "The same, for people who are expected")
X(LT_SET_ALERT_COMMAND, "alert_command", LT_TYPE_STRING, "", "", 0, 0, RESTART,
  "",
  "Lệnh chạy một lần cho mỗi lần báo lên: đường dẫn tuyệt đối, các tham số cách "
  "nhau bằng dấu cách, không qua shell; để trống thì không chạy",
  "Command that runs once for each raise: an absolute path, arguments parted by "
  "blanks, no shell; empty for none")
X(LT_SET_ALERT_TIMEOUT, "alert_timeout", LT_TYPE_DURATION, "ms", "30s", 1000,
  600000, RESTART, "", "Thời gian tối đa của một lần chạy lệnh báo động",
  "Longest time that the alert command may take")
X(LT_SET_DUTY_PHONE, "duty_phone", LT_TYPE_STRING, "", "", 0, 0, RESTART, "",
  "Điện thoại trực ban của cơ quan này", "Telephone of this office's duty")
X(LT_SET_SUPERIOR_DUTY_PHONE, "superior_duty_phone", LT_TYPE_STRING, "", "", 0,
  0, RESTART, "", "Điện thoại trực ban của cấp trên trực tiếp",
  "Telephone of the duty of the office above")

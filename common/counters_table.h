/* X(enum name, name, kind, Vietnamese, English)
 *
 * kind is COUNTER (only rises while the daemon lives) or GAUGE (a present
 * value). Names end in their unit; metrics prefix them with lienthong_. */
X(LT_CNT_EVENTS_WRITTEN, "events_written_total", COUNTER,
  "Sự kiện do chính cơ quan ghi", "Events written by this office")
X(LT_CNT_EVENTS_TAKEN, "events_taken_total", COUNTER,
  "Sự kiện nhận từ cơ quan khác", "Events taken from other offices")
X(LT_CNT_SEGMENTS_TAKEN, "segments_taken_total", COUNTER,
  "Đoạn nhận từ cơ quan khác", "Segments taken from other offices")
X(LT_CNT_SEGMENTS_REFUSED, "segments_refused_total", COUNTER,
  "Đoạn bị từ chối", "Segments refused")
X(LT_CNT_SEGMENTS_REPEATED, "segments_repeated_total", COUNTER,
  "Đoạn nhận lại lần nữa", "Segments that were here already")
X(LT_CNT_COMMITS, "commits_total", COUNTER, "Số lần ghi bền xuống đĩa",
  "Commits of the log")
X(LT_CNT_COMMIT_US, "commit_time_us_total", COUNTER,
  "Tổng thời gian ghi bền (micro giây)", "Time spent in commits, microseconds")
X(LT_CNT_CHECKPOINTS, "checkpoints_total", COUNTER, "Số lần gộp tệp WAL",
  "Checkpoints of the WAL")
X(LT_CNT_SIGNATURES_MADE, "signatures_made_total", COUNTER, "Chữ ký đã tạo",
  "Signatures made")
X(LT_CNT_SIGNATURES_CHECKED, "signatures_checked_total", COUNTER,
  "Chữ ký đã kiểm tra", "Signatures checked")
X(LT_CNT_FRAMES_SENT, "frames_sent_total", COUNTER, "Khung đã gửi",
  "Frames sent on links")
X(LT_CNT_FRAMES_RECEIVED, "frames_received_total", COUNTER, "Khung đã nhận",
  "Frames received on links")
X(LT_CNT_BYTES_SENT, "link_sent_bytes_total", COUNTER, "Byte đã gửi",
  "Bytes sent on links")
X(LT_CNT_BYTES_RECEIVED, "link_received_bytes_total", COUNTER, "Byte đã nhận",
  "Bytes received on links")
X(LT_CNT_ACKS_SENT, "acks_sent_total", COUNTER, "Xác nhận đã gửi", "Acks sent")
X(LT_CNT_ACKS_RECEIVED, "acks_received_total", COUNTER, "Xác nhận đã nhận",
  "Acks received")
X(LT_CNT_LINKS_UP, "links_up", GAUGE, "Kết nối đang thông", "Links that are up")
X(LT_CNT_LINKS_REBUILT, "links_rebuilt_total", COUNTER,
  "Số lần dựng lại kết nối", "Links torn down and built again")
X(LT_CNT_PEERS_REFUSED, "peers_refused_total", COUNTER,
  "Kết nối lạ bị từ chối", "Unknown peers refused")
X(LT_CNT_COMMANDS, "commands_total", COUNTER, "Lệnh đã nhận",
  "Commands received on the control socket")
X(LT_CNT_COMMANDS_REFUSED, "commands_refused_total", COUNTER,
  "Lệnh bị từ chối", "Commands refused")
X(LT_CNT_VIEW_EVENTS, "view_events_total", COUNTER,
  "Sự kiện đã đưa vào phần hiển thị", "Events applied to the view")
X(LT_CNT_VIEW_BEHIND, "view_behind_events", GAUGE,
  "Sự kiện chưa đưa vào phần hiển thị", "Events the view has not seen yet")
X(LT_CNT_NOTES_SUPPRESSED, "notes_suppressed_total", COUNTER,
  "Thông báo lặp lại đã lược bớt", "Repeated notes left out")

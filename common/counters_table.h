/* X(enum name, name, Vietnamese, English)
 *
 * Each only rises while the process lives. Names end in _total and, before
 * that, in their unit if they have one. A row that nothing counts is refused
 * by tests/boundary. */
X(LT_CNT_EVENTS_WRITTEN, "events_written_total",
  "Sự kiện do chính cơ quan ghi", "Events written by this office")
X(LT_CNT_EVENTS_TAKEN, "events_taken_total",
  "Sự kiện nhận từ cơ quan khác", "Events taken from other offices")
X(LT_CNT_SEGMENTS_TAKEN, "segments_taken_total",
  "Đoạn nhận từ cơ quan khác", "Segments taken from other offices")
X(LT_CNT_COMMITS, "commits_total", "Số lần ghi bền xuống đĩa",
  "Commits of the log")
X(LT_CNT_CHECKPOINTS, "checkpoints_total", "Số lần gộp tệp WAL",
  "Checkpoints of the WAL")
X(LT_CNT_FRAMES_SENT, "frames_sent_total", "Khung đã gửi",
  "Frames sent on links")
X(LT_CNT_FRAMES_RECEIVED, "frames_received_total", "Khung đã nhận",
  "Frames received on links")
X(LT_CNT_BYTES_SENT, "link_sent_bytes_total", "Byte đã gửi",
  "Bytes sent on links")
X(LT_CNT_BYTES_RECEIVED, "link_received_bytes_total", "Byte đã nhận",
  "Bytes received on links")
X(LT_CNT_ACKS_SENT, "acks_sent_total", "Xác nhận đã gửi", "Acks sent")
X(LT_CNT_ACKS_RECEIVED, "acks_received_total", "Xác nhận đã nhận",
  "Acks received")
X(LT_CNT_PEERS_REFUSED, "peers_refused_total",
  "Kết nối lạ bị từ chối", "Unknown peers refused")
X(LT_CNT_COMMANDS, "commands_total", "Lệnh đã trả lời",
  "Commands answered on the control socket")
X(LT_CNT_COMMANDS_REFUSED, "commands_refused_total",
  "Lệnh bị từ chối", "Commands refused")
X(LT_CNT_VIEW_EVENTS, "view_events_total",
  "Sự kiện đã đưa vào phần hiển thị", "Events applied to the view")
X(LT_CNT_NOTES_SUPPRESSED, "notes_suppressed_total",
  "Thông báo lặp lại đã lược bớt", "Repeated notes left out")

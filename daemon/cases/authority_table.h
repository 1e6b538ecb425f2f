/* Who may originate what. One row an event, to be read from left to right by a
 * lawyer as well as by the compiler; authority.c judges by it, and
 * tests/unit/cases/authority.csv has the answers that must come out, for every
 * tier and every relation of the author to who holds the matter.
 *
 * X(event, matter that it belongs to, who may write it, begins a matter?,
 *   when, classes of channel, Vietnamese, English)
 *
 * who:  ANYBODY          any office, of its own
 *       ENTERER          any office, of its own; a superior writes it down for
 *                        an office below that has phoned in, or has only paper
 *       CUSTODIAN        the office that holds the case; who claims a
 *                        contested one, as far as nothing is decided by it
 *       CUSTODY          as daemon/cases/custody.h says, from the offers and
 *                        claims that stand
 *       ORIGIN_OR_ABOVE  the office where it happens, or a superior of it
 *       ABOVE_ALL        a superior of every addressee
 *       TO_OTHERS        any office, to any offices but itself
 *       ADDRESSEE        an office that it is addressed to
 *       ISSUER           who issued the directive, or whose the shift is
 *       ERASER           who wrote the text or opened the matter; a keeper
 *                        above him confirms
 *       OWN_TEXT         who wrote the text, whoever holds the case now
 *       WRITER           who wrote the entry; of a case, while he holds it
 * when: OPEN             while the matter is open
 *       ALWAYS           after its closing as well
 *
 * Tiers give no right by themselves: commune, district, province and nation
 * differ by who is above whom, so that a tree of any depth reads this table. */
X(CASE_OPENED, CASE, ENTERER, true, OPEN, CLASS(CASE),
  "cơ quan nào cũng mở được hồ sơ tại mình; cấp trên nhập thay đơn vị chỉ có "
  "sổ giấy, và giữ hồ sơ",
  "any office opens a case with itself; a superior enters it for an office that "
  "has only paper, and holds it")
X(CASE_STEP, CASE, CUSTODIAN, false, OPEN, CLASS(CASE),
  "chỉ cơ quan đang giữ hồ sơ ghi các bước",
  "steps are the custodian's alone")
X(CASE_CLOSED, CASE, CUSTODIAN, false, OPEN, CLASS(CASE),
  "chỉ cơ quan đang giữ hồ sơ kết thúc hồ sơ",
  "the custodian alone closes it")
X(CUSTODY_OFFERED, CASE, CUSTODY, false, OPEN, CLASS(CASE),
  "cơ quan đang giữ đề nghị giao cho một cơ quan khác",
  "the custodian offers it to another office")
X(CUSTODY_ACCEPTED, CASE, CUSTODY, false, OPEN, CLASS(CASE),
  "cơ quan được đề nghị nhận, khi đề nghị còn hiệu lực",
  "the office that it is offered to accepts, while the offer stands")
X(CUSTODY_REFUSED, CASE, CUSTODY, false, OPEN, CLASS(CASE),
  "cơ quan được đề nghị từ chối và nêu lý do",
  "the office that it is offered to refuses, with the reason")
X(CUSTODY_RECALLED, CASE, CUSTODY, false, OPEN, CLASS(CASE),
  "cơ quan đã đề nghị rút lại khi chưa có trả lời",
  "who offered recalls, while there is no answer")
X(CUSTODY_ASSIGNED, CASE, CUSTODY, false, OPEN, CLASS(CASE),
  "cấp trên của nơi giữ và nơi nhận phân công, hoặc rút lên",
  "a superior of who holds it and of who takes it assigns, or takes over")
X(REMARK_ADOPTED, CASE, CUSTODIAN, false, OPEN, CLASS(CASE),
  "cơ quan đang giữ công nhận việc nơi giữ trước ghi muộn",
  "the custodian adopts a late word of a former one")
X(RECEPTION_TURN, NONE, ENTERER, false, ALWAYS, CLASS(CASE),
  "cơ quan nào cũng ghi lượt tiếp công dân của mình; cấp trên nhập thay đơn vị "
  "chỉ có sổ giấy",
  "any office writes down whom it has received, how many and about what; a "
  "superior enters it for an office that has only paper")
X(ENCLOSED, NONE, ANYBODY, false, ALWAYS, CLASS(CASE),
  "bản sao các việc của hồ sơ gửi cho nơi nhận; bản gốc có giá trị",
  "copies of a case's events for its taker; the originals count")
X(DENUNCIATION_RECEIVED, CASE, ANYBODY, true, OPEN, CLASS(DENUNCIATION),
  "cơ quan nào cũng nhận được đơn tố cáo, chỉ ghi số sổ mật; tố cáo người của "
  "chính mình thuộc về cấp trên ngay từ đầu",
  "any office receives a denunciation, by its sealed number alone; of its own "
  "people one is its superior's from the first")
X(DENUNCIATION_STEP, CASE, CUSTODIAN, false, OPEN, CLASS(DENUNCIATION),
  "chỉ cơ quan đang giữ ghi các bước",
  "steps are the custodian's alone")
X(DENUNCIATION_CLOSED, CASE, CUSTODIAN, false, OPEN, CLASS(DENUNCIATION),
  "chỉ cơ quan đang giữ kết thúc",
  "the custodian alone closes it")
X(DENUNCIATION_OFFERED, CASE, CUSTODY, false, OPEN, CLASS(DENUNCIATION),
  "cơ quan đang giữ đề nghị giao, chỉ cho cấp trên, không cho nơi bị tố cáo",
  "the custodian offers it, to superiors alone, never to whom it denounces")
X(DENUNCIATION_ACCEPTED, CASE, CUSTODY, false, OPEN, CLASS(DENUNCIATION),
  "cơ quan được đề nghị nhận",
  "the office that it is offered to accepts")
X(DENUNCIATION_REFUSED, CASE, CUSTODY, false, OPEN, CLASS(DENUNCIATION),
  "cơ quan được đề nghị từ chối",
  "the office that it is offered to refuses")
X(DENUNCIATION_RECALLED, CASE, CUSTODY, false, OPEN, CLASS(DENUNCIATION),
  "cơ quan đã đề nghị rút lại",
  "who offered recalls")
X(DENUNCIATION_ASSIGNED, CASE, CUSTODY, false, OPEN, CLASS(DENUNCIATION),
  "cấp trên rút lên hoặc giao cho cấp trên khác của nơi giữ",
  "a superior takes it over, or assigns it to another above who holds it")
X(DENUNCIATION_ADOPTED, CASE, CUSTODIAN, false, OPEN, CLASS(DENUNCIATION),
  "cơ quan đang giữ công nhận việc nơi giữ trước ghi muộn",
  "the custodian adopts a late word of a former one")
X(INCIDENT_RAISED, INCIDENT, ENTERER, true, OPEN, CLASS(INCIDENT),
  "cơ quan nào cũng báo được đông người tại mình; cấp trên ghi hộ nơi gọi điện",
  "any office raises an incident of its own; a superior enters what was phoned "
  "in")
X(CROWD_FORECAST, INCIDENT, ENTERER, true, OPEN, CLASS(INCIDENT),
  "cơ quan nào cũng báo trước được để chuẩn bị tiếp; cấp trên ghi hộ",
  "any office asks to prepare for people expected; a superior enters it for one "
  "below")
X(INCIDENT_JOINED, INCIDENT, ORIGIN_OR_ABOVE, false, OPEN, CLASS(INCIDENT),
  "nơi xảy ra hoặc cấp trên gộp tin ghi hộ vào tin của chính nơi đó",
  "the office or a superior joins an entry to the office's own incident")
X(INCIDENT_UPDATED, INCIDENT, ORIGIN_OR_ABOVE, false, OPEN, CLASS(INCIDENT),
  "nơi xảy ra hoặc cấp trên của nơi đó bổ sung",
  "the office where it happens or a superior updates it")
X(INCIDENT_TAKEN, INCIDENT, ORIGIN_OR_ABOVE, false, OPEN, CLASS(INCIDENT),
  "nơi xảy ra hoặc cấp trên của nơi đó tiếp nhận",
  "the office where it happens or a superior takes it")
X(INCIDENT_CLOSED, INCIDENT, ORIGIN_OR_ABOVE, false, OPEN, CLASS(INCIDENT),
  "nơi xảy ra hoặc cấp trên của nơi đó kết thúc",
  "the office where it happens or a superior closes it")
X(DIRECTIVE_ISSUED, DIRECTIVE, ABOVE_ALL, true, OPEN,
  CLASS(DIRECTIVE) | CLASS(URGENT),
  "cấp trên của mọi nơi nhận ban hành chỉ đạo",
  "a superior of every addressee issues a directive")
X(DIRECTIVE_STATUS, DIRECTIVE, ADDRESSEE, false, OPEN,
  CLASS(DIRECTIVE) | CLASS(URGENT),
  "nơi nhận chỉ đạo trả lời về phần của mình",
  "an addressee answers for itself")
X(DIRECTIVE_RECALLED, DIRECTIVE, ISSUER, false, OPEN,
  CLASS(DIRECTIVE) | CLASS(URGENT),
  "chỉ nơi ban hành yêu cầu lấy lại",
  "the issuer alone asks a directive back")
X(DIRECTIVE_CHANGED, DIRECTIVE, ISSUER, false, OPEN,
  CLASS(DIRECTIVE) | CLASS(URGENT),
  "chỉ nơi ban hành gia hạn, kết thúc hoặc thay thế chỉ đạo; báo cáo ghi hộ do "
  "chính cơ quan đó thay",
  "the issuer alone gives it a later day, closes or replaces it; a report that "
  "was entered for an office that office replaces")
X(HEIGHTENED_PERIOD_SET, DIRECTIVE, ABOVE_ALL, true, OPEN, CLASS(DIRECTIVE),
  "cấp trên của mọi nơi nhận đặt kỳ cao điểm",
  "a superior of every addressee sets a heightened period")
X(HEIGHTENED_PERIOD_ENDED, DIRECTIVE, ISSUER, false, OPEN, CLASS(DIRECTIVE),
  "chỉ nơi đã đặt kết thúc sớm kỳ cao điểm",
  "who set it alone ends it early")
X(TASKFORCE_FORMED, DIRECTIVE, ABOVE_ALL, true, OPEN, CLASS(DIRECTIVE),
  "cấp trên của mọi cơ quan thành viên lập tổ công tác",
  "a superior of every member office forms a task force")
X(TASKFORCE_ENDED, DIRECTIVE, ISSUER, false, OPEN, CLASS(DIRECTIVE),
  "chỉ nơi đã lập giải thể tổ công tác",
  "who formed it alone ends it")
X(DAILY_STATUS, DIRECTIVE, ADDRESSEE, false, OPEN, CLASS(DIRECTIVE),
  "nơi nhận báo cáo từng ngày, kể cả không có gì; thành viên báo có mặt, vắng; "
  "cấp trên ghi hộ nơi gọi điện",
  "an addressee says a word of each day, also that there is nothing; a member "
  "that it is there, or not; a superior enters what was phoned in")
X(PERIOD_CLOSED, DIRECTIVE, ADDRESSEE, false, OPEN, CLASS(DIRECTIVE),
  "nơi nhận tổng kết cả kỳ về phần của mình, sau ngày cuối",
  "an addressee sums up its whole period, after the last day")
X(COORDINATION_REQUEST, DIRECTIVE, TO_OTHERS, true, OPEN,
  CLASS(DIRECTIVE) | CLASS(URGENT),
  "cơ quan nào cũng đề nghị phối hợp được với cơ quan khác, có hạn trả lời",
  "any office asks others to work with it, by a day")
X(COORDINATION_REPLY, DIRECTIVE, ADDRESSEE, false, OPEN,
  CLASS(DIRECTIVE) | CLASS(URGENT),
  "nơi được đề nghị trả lời về phần của mình",
  "an office that was asked replies for itself")
X(NOTICE_SENT, DIRECTIVE, TO_OTHERS, true, OPEN,
  CLASS(DIRECTIVE) | CLASS(URGENT),
  "cơ quan nào cũng gửi được báo cáo, thông báo cho một hay nhiều nơi; cấp trên "
  "ghi hộ báo cáo gọi qua điện thoại",
  "any office sends a report or notice to one or several others; a superior "
  "enters a report that was phoned in")
X(RETALIATION_REPORTED, DIRECTIVE, TO_OTHERS, true, OPEN, CLASS(DIRECTIVE),
  "cơ quan nào cũng ghi được việc bị đe dọa, trả thù, gửi riêng một cấp trên",
  "any office takes down that somebody is threatened, for one superior alone")
X(RETALIATION_CLOSED, DIRECTIVE, ADDRESSEE, false, OPEN, CLASS(DIRECTIVE),
  "chỉ cấp trên đã nhận kết thúc việc bị đe dọa, trả thù",
  "the superior that it went to alone closes it")
X(ROSTER_SET, SHIFT, ANYBODY, true, OPEN, CLASS(DIRECTIVE),
  "cơ quan nào cũng lập lịch trực của mình",
  "any office sets its own roster")
X(SHIFT_SWAPPED, SHIFT, ISSUER, false, OPEN, CLASS(DIRECTIVE),
  "chỉ cơ quan có ca trực đổi người trực, báo vắng",
  "the office of a shift alone names a substitute, or that nobody comes")
X(SHIFT_HANDED_OVER, SHIFT, ISSUER, false, OPEN, CLASS(DIRECTIVE),
  "chỉ cơ quan có ca trực bàn giao ca",
  "the office of a shift alone hands it over")
X(ENTRY_VOIDED, NONE, WRITER, false, ALWAYS, OF_MATTERS,
  "ai ghi nhầm thì tự hủy; của hồ sơ thì khi còn giữ",
  "who wrote an entry takes it back; of a case, while he holds it")
X(TEXT_ERASED, NONE, ERASER, false, ALWAYS, OF_MATTERS,
  "nơi viết hoặc nơi mở hồ sơ yêu cầu xóa; nơi được giao giữ bản gốc xác nhận",
  "who wrote it or opened the matter orders; the keeper confirms")
X(TEXT_FLAGGED, NONE, ANYBODY, false, ALWAYS, OF_TEXTS,
  "cơ quan nào đọc cũng báo được một văn bản có dữ liệu cá nhân",
  "whoever reads a text says that personal data stand in it")
X(TEXT_REPLACED, NONE, OWN_TEXT, false, ALWAYS, OF_TEXTS,
  "chỉ nơi đã viết thay bằng văn bản sạch",
  "who wrote it alone puts a clean one in its place")
X(ERASURE_RECEIPT, NONE, ANYBODY, false, ALWAYS, OF_MATTERS,
  "cơ quan nào đã xóa thì báo đã xóa",
  "who has erased says so")
X(MATTER_READ, NONE, ANYBODY, false, ALWAYS, CLASS(AUDIT),
  "cơ quan nào mở xem hồ sơ của nơi khác thì báo nơi ấy biết",
  "who opens another office's case tells that office")
X(REGISTER_SENT, NONE, ANYBODY, false, ALWAYS, CLASS(CASE),
  "mục trong sổ tiếp công dân theo hồ sơ tới nơi giữ mới, niêm phong cho riêng "
  "nơi ấy; nhận hay không: nơi ấy xét",
  "an entry of the register follows a case to its new custodian, sealed to it; "
  "whether it is taken is for that office to judge")
X(REGISTER_TAKEN, NONE, ANYBODY, false, ALWAYS, CLASS(CASE),
  "nơi được gửi báo đã nhận, hoặc không mở được; của nơi khác thì không có giá trị",
  "who it is sealed to says that it is taken, or does not open; nobody else's "
  "counts")
X(REGISTER_WANTED, NONE, ANYBODY, false, ALWAYS, CLASS(CASE),
  "nơi được giao hồ sơ báo khóa của mình cho nơi giữ trước; không có gì khác",
  "who was given a case shows its key to who had it, and says no more")
X(AUDIT_MARKED, NONE, ANYBODY, false, ALWAYS, CLASS(AUDIT),
  "cơ quan nào cũng ghi lại ai đã làm gì trên máy của mình",
  "any office marks what was done on its machine")
X(RULESET_SET, NONE, ANYBODY, false, ALWAYS, CLASS(DIRECTIVE),
  "cấp trên đặt thời hạn cho cấp dưới; ràng buộc ai: law.h",
  "a superior sets deadlines for those below; whom it binds: law.h")
X(CALENDAR_SET, NONE, ANYBODY, false, ALWAYS, CLASS(DIRECTIVE),
  "cấp trên đặt ngày nghỉ cho cấp dưới; ràng buộc ai: law.h",
  "a superior sets days off for those below; whom it binds: law.h")
X(OFFICE_PROPOSED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "cấp trên đề nghị mở cơ quan cấp dưới của mình",
  "a parent proposes an office below itself")
X(OFFICE_OPENED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi giữ sơ đồ mở cơ quan",
  "the tree's writer alone opens offices")
X(KEY_BOUND, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "cấp trên chứng nhận khóa của cơ quan cấp dưới",
  "a parent binds the key of an office below")
X(DOOR_SHUT, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "cấp trên trực tiếp ngừng phục vụ một cơ quan của mình",
  "a parent shuts its own door to an office below it")
X(DOOR_OPENED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "cấp trên trực tiếp phục vụ lại cơ quan đó",
  "and opens it again")
X(KEY_REVOKED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi giữ sơ đồ thu hồi khóa",
  "the tree's writer alone revokes keys")
X(KEY_RESTORED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi giữ sơ đồ bỏ việc thu hồi",
  "the tree's writer alone takes a revocation back")
X(KEY_FORMER, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "nơi được giao giữ bản gốc ghi lại khóa trước đó",
  "the keeper names the key before that one")
X(KEY_CONFIRMED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "nơi được giao giữ bản gốc xác nhận khóa mới khi khóa cũ đã mất",
  "the keeper confirms a new key where the old one is lost")
X(OFFICE_CHANGED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi giữ sơ đồ đổi sơ đồ",
  "the tree's writer alone changes it")
X(READ_GRANTED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi giữ sơ đồ cho đọc",
  "the tree's writer alone grants reading")
X(READ_WITHDRAWN, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi giữ sơ đồ thôi cho đọc",
  "the tree's writer alone withdraws it")
X(READ_ENDED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "nơi đọc báo đã thôi nhận",
  "the reader says that it gets no more")
X(ROOT_STEPPED_DOWN, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi giữ sơ đồ bàn giao sơ đồ",
  "the tree's writer alone steps down for another")
X(REGION_ADMITTED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi được bàn giao nhận sơ đồ",
  "the successor alone admits the tree that was given to it")
X(OFFICE_RELEASED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi giữ sơ đồ chuyển đơn vị sang sơ đồ khác",
  "the tree's writer alone releases an office to another tree")
X(OFFICE_ADMITTED, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi được chuyển giao nhận đơn vị",
  "the root that it was released to alone admits an office")
X(RELEASE_WITHDRAWN, NONE, ANYBODY, false, ALWAYS, CLASS(TREE),
  "chỉ nơi đã chuyển đơn vị rút lại việc chuyển",
  "who released an office alone takes that back")

/* X(word, Vietnamese, English): what the tool says of the tree and its changes.
 */

X("ui_cmd_tree_list", "sơ đồ tổ chức, hiện nay hoặc vào một ngày",
  "the tree of offices, now or on a day")
X("ui_cmd_tree_show", "một cơ quan trong sơ đồ và các thay đổi của nó",
  "one office in the tree, and what became of it")
X("ui_cmd_tree_move", "chuyển một cơ quan sang cấp trên khác",
  "put an office under another superior")
X("ui_cmd_tree_rename", "đổi tên, loại hoặc mã của một cơ quan",
  "change an office's name, kind or code")
X("ui_cmd_tree_merge", "nhập các cơ quan khác vào một cơ quan",
  "merge other offices into one")
X("ui_cmd_tree_split", "chia một cơ quan: nơi đầu tiên kế thừa phần còn lại",
  "split an office: the first heir gets what is not assigned otherwise")
X("ui_cmd_tree_close", "kết thúc một cơ quan, nêu nơi kế thừa",
  "close an office, naming its heir")
X("ui_cmd_tree_plan", "ghi một phương án tổ chức, hoặc diễn tập nó",
  "write a plan of changes, or rehearse it")
X("ui_cmd_tree_enforce", "đưa các thay đổi đã chuẩn bị vào hiệu lực",
  "put changes that were prepared in force")
X("ui_cmd_tree_withdraw",
  "rút lại những thay đổi đã chuẩn bị cho một cơ quan",
  "take back what was prepared for an office")
X("ui_cmd_tree_card", "tạo thẻ của cơ quan này, cho nơi sẽ bàn giao sơ đồ",
  "make the card of this root, for one that steps down for it")
X("ui_cmd_tree_step_down",
  "bàn giao sơ đồ tổ chức cho cơ quan cấp trên mới từ một ngày",
  "step down as writer of the tree for another root, from a day on")
X("ui_cmd_tree_hand_over", "tạo lại giấy bàn giao đã ký",
  "make the hand-over again that was signed")
X("ui_cmd_tree_admit", "tiếp nhận sơ đồ tổ chức được bàn giao",
  "admit the tree of a root that has stepped down for this one")
X("ui_opt_tree_card", "thẻ của nơi tiếp nhận (tree card)",
  "the successor's card (tree card)")
X("ui_opt_tree_step_on", "tiếp nhận được từ ngày đó, trong 30 ngày",
  "it may be admitted from that day on, for 30 days")
X("ui_opt_tree_hand_over", "ghi giấy bàn giao vào tệp này",
  "write the hand-over to this file")
X("ui_region_card_made", "Đã ghi thẻ: {path}", "card written: {path}")
X("ui_region_root_key",
  "Khóa gốc (so với khóa mà nơi kia đọc cho qua điện thoại): {key}",
  "root key (compare it with what the other side reads out): {key}")
X("ui_region_handed", "Đã ghi giấy bàn giao: {path}",
  "hand-over written: {path}")
X("ui_region_would_step",
  "Sẽ bàn giao cho {name}: {open} cơ quan đang hoạt động, {closed} đã kết thúc; "
  "tiếp nhận từ {from} đến {until}",
  "would step down for {name}: {open} open offices, {closed} closed; to be "
  "admitted from {from} to {until}")
X("ui_region_would_admit",
  "Sẽ tiếp nhận {name}: {open} cơ quan đang hoạt động, {closed} đã kết thúc; "
  "từ {from} đến {until}",
  "would admit {name}: {open} open offices, {closed} closed; from {from} to "
  "{until}")
X("ui_why_region_damaged", "tệp hỏng hoặc không phải tệp bàn giao",
  "damaged, or no such file")
X("ui_why_region_unsigned",
  "chữ ký không đúng: tệp đã bị sửa hoặc không do nơi đó ký",
  "the signature is wrong: it was changed, or that root has not signed it")
X("ui_why_region_card", "đây là thẻ, không phải giấy bàn giao: dùng với tree "
  "step-down --to", "this is a card, not a hand-over: for tree step-down --to")
X("ui_why_region_hand_over",
  "đây là giấy bàn giao, không phải thẻ: dùng với tree admit",
  "this is a hand-over, not a card: for tree admit")
X("ui_why_region_other", "giấy này bàn giao cho cơ quan khác",
  "it steps down for another root, not for this one")
X("ui_why_region_again", "đã tiếp nhận rồi", "admitted already")
X("ui_why_region_early", "chưa đến ngày bàn giao", "its day has not come yet")
X("ui_why_region_late",
  "đã quá hạn tiếp nhận: đề nghị nơi kia ký lại (tree step-down)",
  "its last day is over: the other root has to step down anew")
X("ui_why_region_clash", "mã định danh này đã có trong sơ đồ ở đây",
  "an office of this id is in the tree here already")
X("ui_why_region_homeless", "cấp trên của cơ quan này không có trong giấy",
  "its superior is not in the hand-over")
X("ui_why_region_code", "mã hành chính này đã có cơ quan khác dùng ở đây",
  "another open office here has the same code")
X("ui_why_region_self", "là thẻ của chính cơ quan này",
  "it is this office's own card")
X("ui_why_region_inside", "cơ quan đó đã nằm trong sơ đồ này",
  "that office is in this tree already")
X("ui_why_region_no_address",
  "thẻ không nêu địa chỉ kết nối: đặt listen ở nơi tiếp nhận rồi tạo lại",
  "the card names no address to dial: set listen there and make it anew")
X("ui_why_region_not_yet", "cơ quan này chưa bàn giao sơ đồ",
  "this office has not stepped down")
X("ui_cmd_tree_release",
  "chuyển một đơn vị và cấp dưới của nó sang sơ đồ của cơ quan khác",
  "let an office and what is below it go to another root's tree")
X("ui_cmd_tree_take_back", "rút lại việc chuyển khi nơi kia chưa tiếp nhận",
  "take a release back that was not admitted yet")
X("ui_opt_tree_admit_under", "đơn vị được chuyển đến sẽ trực thuộc cơ quan này",
  "the office that was released comes below this one")
X("ui_opt_tree_of_office", "giấy chuyển của đơn vị này",
  "the hand-over of this office that was released")
X("ui_release_would_go",
  "Sẽ chuyển {name}: {open} cơ quan đang hoạt động, {closed} đã kết thúc; "
  "tiếp nhận từ {from} đến {until}",
  "would let {name} go: {open} open offices, {closed} closed; to be admitted "
  "from {from} to {until}")
X("ui_release_would_come",
  "Sẽ nhận {name}: {open} cơ quan đang hoạt động, {closed} đã kết thúc; từ "
  "{from} đến {until}",
  "would take {name} in: {open} open offices, {closed} closed; from {from} to "
  "{until}")
X("ui_why_release_root",
  "đây là cơ quan giữ sơ đồ: bàn giao cả sơ đồ bằng tree step-down",
  "it is the root: a whole tree steps down (tree step-down)")
X("ui_why_release_twice",
  "đơn vị này hoặc cấp dưới của nó đang được chuyển: tree take-back trước",
  "it or an office below it is released already: tree take-back first")
X("ui_why_release_none", "đơn vị này không có việc chuyển nào đang chờ",
  "no release of this office waits")
X("ui_why_release_under",
  "giấy này chuyển một đơn vị: nêu cơ quan mà nó sẽ trực thuộc bằng --under",
  "it lets one office go: say below which one it comes with --under")
X("ui_why_tree_released",
  "đang chuyển sang sơ đồ khác: chờ nơi kia tiếp nhận, hoặc tree take-back",
  "it goes to another tree: wait for its admission, or tree take-back")
X("ui_why_tree_foreign", "thuộc sơ đồ của cơ quan khác",
  "it belongs to another root's tree")
X("ui_tree_change_release", "chuyển sang sơ đồ của", "released to the tree of")
X("ui_tree_change_take_back", "rút lại việc chuyển", "its release taken back")
X("ui_tree_change_come", "được tiếp nhận vào sơ đồ mới",
  "admitted into its new tree")
X("ui_tree_change_step_down", "bàn giao sơ đồ", "the tree handed over")
X("ui_tree_change_admit", "tiếp nhận sơ đồ", "its tree admitted")
X("ui_tree_change_withdrawn", "rút lại thay đổi đã chuẩn bị",
  "a prepared change withdrawn")
X("ui_opt_tree_on", "như vào ngày đó", "as it was on that day")
X("ui_opt_tree_date", "có hiệu lực từ 00:00 ngày đó; không có thì ngay bây giờ",
  "in force from 00:00 of that day; at once without it")
X("ui_opt_tree_name", "tên mới", "the new name")
X("ui_opt_tree_kind", "loại mới", "the new kind")
X("ui_opt_tree_code", "mã mới", "the new code")
X("ui_opt_dry_run", "chỉ diễn tập: không ghi gì", "rehearse: write nothing")
X("ui_cmd_reader_list", "ai được đọc gì, ngoài tuyến cấp trên cấp dưới",
  "who reads what, beside the tree")
X("ui_cmd_reader_grant",
  "cho một cơ quan đọc một số loại của một cơ quan và cấp dưới của nó",
  "let an office read classes of what an office and those below it write")
X("ui_cmd_reader_withdraw", "thôi cho đọc; nơi đọc gửi biên nhận",
  "withdraw it; the reader sends a receipt")
X("ui_why_reader_police",
  "công an chỉ được đọc loại incident (đông người), không đọc hồ sơ",
  "police units read incidents alone, no cases")
X("ui_why_reader_class", "không phải loại cho đọc được", "not a class that can be granted")
X("ui_why_reader_beside",
  "nơi đọc phải ở dưới một cấp trên giữ những gì nó đọc",
  "the reader must stand below an office that holds what it reads")
X("ui_why_reader_not_granted", "chưa cho đọc như vậy", "that was not granted")
X("ui_tree_closed", "đã kết thúc", "closed")
X("ui_tree_heir", "Kế thừa", "Heir")
X("ui_tree_code", "Mã", "Code")
X("ui_tree_predecessors", "Kế thừa của", "Heir of")
X("ui_tree_superiors", "Các cấp trên", "Superiors")
X("ui_tree_version", "Phiên bản sơ đồ", "Version of the tree")
X("ui_closed_drains", "từ {since}, {heir} kế thừa; đang chuyển những gì đã ghi",
  "since {since}, heir {heir}; what was written here is being handed over")
X("ui_closed_waits",
  "từ {since}, {heir} kế thừa; đã chuyển cho cấp trên, chờ thu hồi khóa",
  "since {since}, heir {heir}; handed over to the superior, the key is to be "
  "revoked")
X("ui_closed_over",
  "từ {since}, {heir} kế thừa; đã chuyển hết, khóa này không còn giá trị, có "
  "thể cất máy",
  "since {since}, heir {heir}; everything handed over, this key no longer "
  "counts, the machine may be put away")
X("ui_closed_early",
  "từ {since}, {heir} kế thừa; khóa này đã thu hồi khi chưa chuyển hết",
  "since {since}, heir {heir}; this key was revoked before everything was "
  "handed over")
X("ui_tree_is_closed", "Đã kết thúc", "Closed")
X("ui_tree_change_opened", "mở", "opened")
X("ui_tree_change_moved", "chuyển", "moved")
X("ui_tree_change_renamed", "đổi tên, loại, mã", "renamed")
X("ui_tree_change_closed", "kết thúc", "closed")
X("ui_tree_change_readdressed", "đổi địa chỉ", "readdressed")
X("ui_tree_change_in_force", "thay đổi đã chuẩn bị có hiệu lực",
  "a prepared change in force")
X("ui_tree_prepared_mark", "chuẩn bị", "prepared")
X("ui_tree_line", "dòng {line}: {text}", "line {line}: {text}")
X("ui_tree_plan_sums", "{changes} thay đổi; {before} cơ quan thành {after}",
  "{changes} changes; {before} offices become {after}")
X("ui_tree_passes", "{from} → {to}: {open} hồ sơ, {directives} chỉ đạo",
  "{from} to {to}: {open} cases, {directives} directives")
X("ui_tree_left", "{n} điều chưa có chỗ:", "{n} things find no place:")
X("ui_tree_nothing_left", "Không còn gì chưa có chỗ.",
  "Nothing is left without a place.")
X("ui_why_plan_no_office", "không có cơ quan đang hoạt động nào như vậy",
  "no such office is open")
X("ui_why_plan_many", "nhiều cơ quan trùng tên hoặc mã; dùng id",
  "several offices fit; use the id")
X("ui_why_plan_fields", "thiếu hoặc thừa cột", "too few or too many fields")
X("ui_why_plan_word",
  "dòng bắt đầu bằng open, move, rename, merge, split hoặc close",
  "a line begins with open, move, rename, merge, split or close")
X("ui_why_plan_kind_below", "loại cơ quan này không đứng dưới cấp trên đó",
  "an office of this kind cannot stand there")
X("ui_why_plan_comma", "tên có dấu phẩy: dùng id",
  "a name with a comma: use the id")
X("ui_why_plan_day", "ngày hiệu lực phải từ hôm nay đến hai năm tới",
  "the day must be from today to two years ahead")
X("ui_why_plan_nothing", "không có thay đổi nào đến ngày",
  "nothing that was prepared is due")
X("ui_why_plan_refused",
  "thay đổi đã chuẩn bị không còn làm được: sơ đồ nay đã khác",
  "what was prepared is no longer possible: the tree is another by now")
X("ui_why_plan_heir_unbound",
  "nơi kế thừa chưa có máy tham gia: cấp mã tham gia trước ngày hiệu lực",
  "the heir has no machine yet: give it a token before the day")
X("ui_why_plan_no_address",
  "sơ đồ chưa có địa chỉ của cấp trên mới: đặt advertise_links ở đó",
  "the tree does not say where the new superior is dialled: set "
  "advertise_links there")
X("ui_why_tree_closed", "cơ quan đã kết thúc", "the office is closed")
X("ui_why_tree_parent_closed", "cấp trên đó đã kết thúc",
  "that superior is closed")
X("ui_why_tree_heir_closed", "nơi kế thừa đã kết thúc, hoặc là chính nó",
  "the heir is closed, or the office itself")
X("ui_why_tree_homeless",
  "còn cơ quan cấp dưới đang hoạt động chưa có cấp trên mới",
  "an office below has no other superior")
X("ui_why_tree_loop", "thành vòng tròn", "it would stand below itself")
X("ui_why_tree_deep", "quá 8 cấp", "more than 8 tiers")
X("ui_why_tree_many", "quá nhiều cơ quan", "too many offices")
X("ui_why_tree_root", "nơi cao nhất không chuyển và không kết thúc",
  "the top neither moves nor closes")
X("ui_why_tree_not_then", "ngày đó chưa có cơ quan này",
  "the office did not exist on that day")

/* X(id, name, kind, handler, options it knows, options it must have)
 *
 * kind: WRITE makes an event, READ answers at once, TOKEN, VERIFY, REBUILD, BACKUP,
 * PIECE (of a large part, out of the log) and COURIER are served by the loop, STREAM turns
 * the connection into a stream of lines. */
X(CASE_OPEN, "case open", WRITE, lt_case_open,
  O(REMOTE) | O(CONFIRM_TEXT) | O(PRIVATE) | O(AGAIN) | O(FIRST_CASE) |
      O(TYPE) | O(FIELD) | O(TEXT) | O(SEALED_REF) | O(ACCUSED) |
      O(LEGAL_DATE) | O(DATE) | O(NUMBER) | O(ATTACH_SIZE) | O(ATTACH_HASH) |
      O(FOR),
  O(TYPE) | O(FIELD))
X(CASE_STEP, "case step", WRITE, lt_case_step,
  O(ON) | O(AGENCY) | O(DAYS) | O(WAY) | O(NOTICE) | O(EVENT) |
      O(CONFIRM_TEXT) | O(PRIVATE) |
      O(ID) | O(KIND) | O(DOC_NO) | O(DOC_DATE) | O(LEGAL_DATE) | O(TEXT) |
      O(ATTACH_SIZE) | O(ATTACH_HASH),
  O(ID) | O(KIND))
X(ATTACHMENT_PIECE, "attachment piece", WRITE, lt_attachment_piece,
  O(EVENT) | O(INDEX) | O(OFFSET) | O(SALT) | O(DATA),
  O(OFFSET) | O(SALT) | O(DATA))
X(CASE_CLOSE, "case close", WRITE, lt_case_close,
  O(CONFIRM_TEXT) | O(PRIVATE) |
      O(ID) | O(REASON) | O(DOC_NO) | O(LEGAL_DATE) | O(TEXT), O(ID) | O(REASON))
X(CASE_OFFER, "case offer", WRITE, lt_case_offer,
  O(ID) | O(TO) | O(DOC_NO) | O(DOC_DATE) | O(LEGAL_DATE) | O(TEXT),
  O(ID) | O(TO))
X(CASE_ACCEPT, "case accept", WRITE, lt_case_accept,
  O(ID) | O(LEGAL_DATE) | O(TEXT), O(ID))
X(CASE_REFUSE, "case refuse", WRITE, lt_case_refuse,
  O(ID) | O(REASON) | O(KIND) | O(LEGAL_DATE), O(ID))
X(CASE_RECALL, "case recall", WRITE, lt_case_recall, O(ID) | O(LEGAL_DATE),
  O(ID))
X(CASE_ASSIGN, "case assign", WRITE, lt_case_assign,
  O(ID) | O(TO) | O(DOC_NO) | O(DOC_DATE) | O(LEGAL_DATE) | O(TEXT),
  O(ID) | O(TO))
X(CASE_TAKE_OVER, "case take-over", WRITE, lt_case_take_over,
  O(ID) | O(DOC_NO) | O(DOC_DATE) | O(LEGAL_DATE) | O(TEXT), O(ID))
X(CASE_ADOPT, "case adopt", WRITE, lt_case_adopt,
  O(ID) | O(EVENT) | O(LEGAL_DATE), O(ID) | O(EVENT))
X(CASE_LOOK, "case look", WRITE, lt_case_look, O(ID), O(ID))
X(CASE_ENCLOSE, "case enclose", WRITE, lt_case_enclose, O(ID), O(ID))
X(RECEPTION_ADD, "reception add", WRITE, lt_reception_add,
  O(KIND) | O(PEOPLE) | O(FIELD) | O(OUTCOME) | O(DATE) | O(LEADER) |
      O(AGAIN) | O(EVENT) | O(ID) | O(FOR),
  O(KIND) | O(PEOPLE))
X(RECEPTION_TAKE_BACK, "reception take-back", WRITE, lt_reception_take_back,
  O(ID), O(ID))
X(INCIDENT_RAISE, "incident raise", WRITE, lt_incident_raise,
  O(PRIVATE) | O(PLACE) | O(SUBJECT) | O(PEOPLE) | O(HELP) | O(FIELD) | O(FOR),
  O(PLACE) | O(SUBJECT) | O(PEOPLE))
X(INCIDENT_FORECAST, "incident forecast", WRITE, lt_incident_forecast,
  O(PRIVATE) | O(PLACE) | O(SUBJECT) | O(PEOPLE) | O(HELP) | O(FIELD) | O(FOR) |
      O(DATE) | O(AT) | O(SOURCE),
  O(PLACE) | O(PEOPLE) | O(HELP) | O(DATE) | O(AT) | O(SOURCE))
X(INCIDENT_JOIN, "incident join", WRITE, lt_incident_join, O(ID) | O(EVENT),
  O(ID) | O(EVENT))
X(INCIDENT_TAKE, "incident take", WRITE, lt_incident_take, O(ID) | O(WAY),
  O(ID))
X(INCIDENT_UPDATE, "incident update", WRITE, lt_incident_update,
  O(PRIVATE) | O(ID) | O(PEOPLE) | O(HELP), O(ID))
X(INCIDENT_CLOSE, "incident close", WRITE, lt_incident_close,
  O(ID) | O(REASON), O(ID) | O(REASON))
X(DIRECTIVE_ISSUE, "directive issue", WRITE, lt_directive_issue,
  O(CONFIRM_TEXT) |
      O(TO) | O(DOC_NO) | O(TEXT) | O(DUE) | O(URGENT) | O(LEGAL_DATE) |
      O(ALL_BELOW) | O(PLAN) | O(UNDER) | O(ATTACH_SIZE) | O(ATTACH_HASH),
  O(DOC_NO) | O(TEXT))
X(DIRECTIVE_RECALL, "directive recall", WRITE, lt_directive_recall,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(REASON), O(ID) | O(REASON))
X(DIRECTIVE_EXTEND, "directive extend", WRITE, lt_directive_extend,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(DUE) | O(REASON), O(ID) | O(DUE))
X(DIRECTIVE_CLOSE, "directive close", WRITE, lt_directive_close,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(NEXT) | O(REASON), O(ID))
X(DIRECTIVE_STATUS, "directive status", WRITE, lt_directive_status,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(CODE) | O(REASON), O(ID) | O(CODE))
X(PERIOD_SET, "period set", WRITE, lt_period_set,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(NAME) | O(FROM_DATE) | O(UNTIL) | O(TO) |
      O(ALL_BELOW) | O(EVERY_DAYS) | O(BY) | O(WITHIN) | O(DOC_NO) | O(TEXT),
  O(NAME) | O(FROM_DATE) | O(UNTIL))
X(PERIOD_END, "period end", WRITE, lt_period_end,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(DATE) | O(TEXT), O(ID))
X(PERIOD_CLOSE, "period close", WRITE, lt_period_close,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(RECEPTIONS) | O(TEXT), O(ID))
X(PERIOD_REPORT, "period report", WRITE, lt_period_report,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(DATE) | O(NOTHING) | O(TEXT) |
      O(RECEPTIONS) | O(FOR),
  O(ID))
X(TASKFORCE_FORM, "taskforce form", WRITE, lt_taskforce_form,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(NAME) | O(FROM_DATE) | O(UNTIL) | O(TO) |
      O(ALL_BELOW) | O(EVERY_DAYS) | O(DOC_NO) | O(TEXT),
  O(NAME) | O(FROM_DATE) | O(UNTIL) | O(DOC_NO))
X(TASKFORCE_CHANGE, "taskforce change", WRITE, lt_taskforce_change,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(NAME) | O(UNTIL) | O(TO) |
      O(ALL_BELOW) | O(EVERY_DAYS) | O(DOC_NO) | O(TEXT),
  O(ID))
X(TASKFORCE_END, "taskforce end", WRITE, lt_taskforce_end,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(DATE) | O(TEXT), O(ID))
X(TASKFORCE_PRESENCE, "taskforce presence", WRITE, lt_taskforce_presence,
  O(ID) | O(KIND) | O(DATE) | O(NAME), O(ID) | O(KIND))
X(REQUEST_SEND, "request send", WRITE, lt_coordination_send,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(TO) | O(KIND) | O(DUE) | O(TEXT) |
      O(DOC_NO) | O(URGENT) | O(PEOPLE) | O(EVENT),
  O(TO) | O(KIND) | O(DUE) | O(TEXT))
X(REQUEST_REPLY, "request reply", WRITE, lt_coordination_reply,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(KIND) | O(TEXT) | O(REASON) |
      O(DOC_NO),
  O(ID) | O(KIND))
X(NOTICE_SEND, "notice send", WRITE, lt_notice_send,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(TO) | O(KIND) | O(TEXT) | O(DOC_NO) |
      O(URGENT) | O(PEOPLE) | O(EVENT) | O(FOR),
  O(TO) | O(KIND) | O(TEXT))
X(NOTICE_JOIN, "notice join", WRITE, lt_notice_join, O(ID) | O(EVENT),
  O(ID) | O(EVENT))
X(RETALIATION_REPORT, "retaliation report", WRITE, lt_retaliation_report,
  O(CODE) | O(KIND) | O(TO), O(CODE) | O(KIND))
X(RETALIATION_CLOSE, "retaliation close", WRITE, lt_retaliation_close,
  O(ID) | O(REASON), O(ID) | O(REASON))
X(ROSTER_SET, "roster set", WRITE, lt_roster_set,
  O(DATE) | O(AT) | O(END) | O(KIND) | O(NAME) | O(PHONE),
  O(DATE) | O(AT) | O(END) | O(KIND) | O(NAME) | O(PHONE))
X(ROSTER_SWAP, "roster swap", WRITE, lt_roster_swap,
  O(ID) | O(NAME) | O(PHONE) | O(ABSENT), O(ID))
X(ROSTER_HAND_OVER, "roster hand-over", WRITE, lt_roster_hand_over,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(NEXT) | O(TEXT), O(ID))
X(VOID, "void", WRITE, lt_void, O(ID) | O(REASON) | O(KIND), O(ID) | O(REASON))
X(ERASE, "erase", WRITE, lt_erase, O(ID) | O(REASON) | O(INDEX),
  O(ID) | O(REASON))
X(TEXT_FLAG, "text flag", WRITE, lt_text_flag, O(ID) | O(INDEX), O(ID))
X(TEXT_REPLACE, "text replace", WRITE, lt_text_replace,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(INDEX) | O(TEXT), O(ID) | O(TEXT))
X(RECEPTION_LIST, "reception list", READ, lt_read_receptions,
  O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(TEXT_LIST, "text list", READ, lt_read_flagged,
  O(OPEN) | O(LIMIT) | O(AFTER), 0)
X(CASE_LIST, "case list", READ, lt_read_cases,
  O(OWED) | O(TASKS) | O(REVIEWED) | O(OVERDUE) | O(DUE_SOON) | O(ABOUT) |
      O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(INCIDENT_LIST, "incident list", READ, lt_read_incidents,
  O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(DIRECTIVE_LIST, "directive list", READ, lt_read_directives,
  O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(CASE_SHOW, "case show", READ, lt_read_case, O(ID), O(ID))
X(INCIDENT_SHOW, "incident show", READ, lt_read_incident, O(ID), O(ID))
X(DIRECTIVE_SHOW, "directive show", READ, lt_read_directive, O(ID), O(ID))
X(PERIOD_LIST, "period list", READ, lt_read_periods,
  O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(PERIOD_SHOW, "period show", READ, lt_read_period, O(ID), O(ID))
X(TASKFORCE_LIST, "taskforce list", READ, lt_read_taskforces,
  O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(TASKFORCE_SHOW, "taskforce show", READ, lt_read_taskforce, O(ID), O(ID))
X(REQUEST_LIST, "request list", READ, lt_read_requests,
  O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(REQUEST_SHOW, "request show", READ, lt_read_request, O(ID), O(ID))
X(NOTICE_LIST, "notice list", READ, lt_read_notices,
  O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(NOTICE_SHOW, "notice show", READ, lt_read_notice, O(ID), O(ID))
X(RETALIATION_LIST, "retaliation list", READ, lt_read_retaliations,
  O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(RETALIATION_SHOW, "retaliation show", READ, lt_read_retaliation, O(ID), O(ID))
X(ROSTER_LIST, "roster list", READ, lt_read_roster,
  O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(ROSTER_SHOW, "roster show", READ, lt_read_shift, O(ID), O(ID))
X(SUMMARY, "summary", READ, lt_read_summary,
  O(PERIOD) | O(DATE) | O(FROM_DATE) | O(UNTIL), 0)
X(CASE_ATTACHMENT, "case attachment", PIECE, lt_attachment_find,
  O(EVENT) | O(INDEX) | O(OFFSET), O(EVENT))
X(DEADLINE, "deadline", READ, lt_read_deadline,
  O(RULE) | O(FROM) | O(REMOTE) | O(EXTENDED), O(RULE) | O(FROM))
X(RULESET_SET, "ruleset set", WRITE, lt_ruleset_set, O(TEXT) | O(DOC_NO),
  O(TEXT))
X(CALENDAR_SET, "calendar set", WRITE, lt_calendar_set_year,
  O(YEAR) | O(TEXT) | O(DOC_NO), O(YEAR) | O(TEXT))
X(SUSPEND, "suspend", WRITE, lt_door_suspend,
  O(OFFICE) | O(DOC_NO) | O(REASON), O(OFFICE))
X(RESUME, "resume", WRITE, lt_door_resume, O(OFFICE) | O(DOC_NO) | O(REASON),
  O(OFFICE))
X(KEY_CONFIRM, "key confirm", WRITE, lt_key_confirm,
  O(OFFICE) | O(KEY), O(OFFICE))
X(REVOKE, "revoke", WRITE, lt_key_revoke,
  O(OFFICE) | O(KEY) | O(AS_OF) | O(CORRECT) | O(UNDO) | O(REASON), O(OFFICE))
X(BREACH, "breach", READ, lt_read_breach, O(SINCE), O(SINCE))
X(REVOCATIONS, "revocations", READ, lt_read_revocations, 0, 0)
X(OFFICE_LIST, "office list", READ, lt_read_offices, O(LIMIT) | O(AFTER), 0)
X(TREE_LIST, "tree list", READ, lt_read_tree, O(ON) | O(LIMIT) | O(AFTER), 0)
X(TREE_SHOW, "tree show", READ, lt_read_tree_office, O(OFFICE) | O(ON), 0)
X(TREE_MOVE, "tree move", WRITE, lt_reorganise_move,
  O(OFFICE) | O(UNDER) | O(DATE), O(OFFICE) | O(UNDER))
X(TREE_RENAME, "tree rename", WRITE, lt_reorganise_rename,
  O(OFFICE) | O(NAME) | O(KIND) | O(CODE) | O(DATE), O(OFFICE))
X(TREE_MERGE, "tree merge", WRITE, lt_reorganise_merge,
  O(OFFICE) | O(WITH) | O(DATE), O(OFFICE) | O(WITH))
X(TREE_SPLIT, "tree split", WRITE, lt_reorganise_split,
  O(OFFICE) | O(TO) | O(DATE), O(OFFICE) | O(TO))
X(TREE_CLOSE, "tree close", WRITE, lt_reorganise_close,
  O(OFFICE) | O(TO) | O(DATE), O(OFFICE) | O(TO))
X(TREE_PLAN, "tree plan", WRITE, lt_reorganise_plan, O(LINES) | O(DATE),
  O(LINES))
X(TREE_REHEARSE, "tree rehearse", READ, lt_read_rehearsal, O(LINES) | O(DATE),
  O(LINES))
X(TREE_WITHDRAW, "tree withdraw", WRITE, lt_reorganise_withdraw, O(OFFICE),
  O(OFFICE))
X(TREE_ENFORCE, "tree put-in-force", WRITE, lt_reorganise_enforce, O(OFFICE), 0)
X(TREE_REGION, "tree region", READ, lt_read_region, O(OFFICE), 0)
X(TREE_REGION_CHECK, "tree region-check", READ, lt_read_region_check,
  O(LINES) | O(DATE) | O(OFFICE) | O(UNDER), O(LINES))
X(TREE_RELEASE, "tree release", WRITE, lt_release_order,
  O(OFFICE) | O(LINES) | O(DATE), O(OFFICE) | O(LINES))
X(TREE_TAKE_BACK, "tree take-back", WRITE, lt_release_take_back, O(OFFICE),
  O(OFFICE))
X(TREE_STEP_DOWN, "tree step-down", WRITE, lt_region_step_down,
  O(LINES) | O(DATE), O(LINES))
X(TREE_ADMIT, "tree admit", WRITE, lt_region_admit, O(LINES) | O(UNDER),
  O(LINES))
X(READER_LIST, "reader list", READ, lt_read_readers, 0, 0)
X(READER_GRANT, "reader grant", WRITE, lt_reader_grant,
  O(OFFICE) | O(UNDER) | O(WITH), O(OFFICE) | O(UNDER) | O(WITH))
X(READER_WITHDRAW, "reader withdraw", WRITE, lt_reader_withdraw,
  O(OFFICE) | O(UNDER) | O(WITH), O(OFFICE) | O(UNDER))
X(REGISTER_ADD, "register add", READ, lt_register_cmd_add,
  O(SESSION) | O(ID) | O(NAME) | O(ADDRESS) | O(DOCUMENT) | O(NOTIFY) |
      O(CONTACT) | O(ACCOUNT),
  O(ID))
X(REGISTER_SHOW, "register show", READ, lt_register_cmd_show, O(SESSION) | O(ID),
  O(ID))
X(REGISTER_SEARCH, "register search", READ, lt_register_cmd_search,
  O(SESSION) | O(WHAT), O(WHAT))
X(REGISTER_ERASE, "register erase", READ, lt_register_cmd_erase,
  O(SESSION) | O(ID), O(ID))
X(REGISTER_BOOK, "register book", READ, lt_register_cmd_book,
  O(SESSION) | O(FROM_DATE) | O(UNTIL) | O(CODE),
  O(FROM_DATE) | O(UNTIL) | O(CODE))
X(RECEIPT, "receipt", READ, lt_read_receipt, O(CODE), O(CODE))
X(EXPLAIN, "explain", READ, lt_read_explain, O(WHAT), O(WHAT))
X(STATUS, "status", READ, lt_read_status, 0, 0)
X(LOG, "log", STREAM, lt_read_log, O(EVENTS) | O(FROM) | O(FOLLOW), 0)
X(OFFICE_KEY, "office key", COURIER, lt_office_key_find, O(OFFICE), 0)
X(COURIER_EXPORT, "courier export", COURIER, lt_courier_export_find,
  O(OFFICE) | O(ALL) | O(SINCE_STATEMENT) | O(RECEIPT) | O(AFTER), O(OFFICE))
X(COURIER_IMPORT, "courier import", COURIER, lt_courier_import_find, O(PIECE),
  O(PIECE))
X(TOKEN, "token", TOKEN, NULL, O(NAME) | O(KIND) | O(CODE) | O(VALID) | O(AGAIN),
  O(NAME) | O(KIND))
X(VERIFY, "verify", VERIFY, NULL, 0, 0)
X(BACKUP, "backup", BACKUP, NULL, O(FILE), O(FILE))
X(REBUILD_VIEW, "rebuild-view", REBUILD, NULL, 0, 0)

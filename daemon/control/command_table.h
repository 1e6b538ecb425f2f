/* X(id, name, kind, handler, options it knows, options it must have)
 *
 * kind: WRITE makes an event, READ answers at once, TOKEN, VERIFY, REBUILD, BACKUP,
 * PIECE (of a large part, out of the log) and COURIER are served by the loop, STREAM turns
 * the connection into a stream of lines. */
X(CASE_OPEN, "case open", WRITE, lt_case_open,
  O(REMOTE) | O(CONFIRM_TEXT) | O(PRIVATE) |
      O(TYPE) | O(FIELD) | O(TEXT) | O(SEALED_REF) | O(LEGAL_DATE) | O(DATE) |
      O(NUMBER) | O(ATTACH_SIZE) | O(ATTACH_HASH),
  O(TYPE) | O(FIELD))
X(CASE_STEP, "case step", WRITE, lt_case_step,
  O(ON) | O(AGENCY) | O(DAYS) | O(CONFIRM_TEXT) | O(PRIVATE) |
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
X(CASE_ENCLOSE, "case enclose", WRITE, lt_case_enclose, O(ID), O(ID))
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
      O(ALL_BELOW) | O(PLAN) | O(UNDER),
  O(DOC_NO) | O(TEXT))
X(DIRECTIVE_RECALL, "directive recall", WRITE, lt_directive_recall,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(REASON), O(ID) | O(REASON))
X(DIRECTIVE_STATUS, "directive status", WRITE, lt_directive_status,
  O(CONFIRM_TEXT) | O(PRIVATE) | O(ID) | O(CODE) | O(REASON), O(ID) | O(CODE))
X(VOID, "void", WRITE, lt_void, O(ID) | O(REASON) | O(KIND), O(ID) | O(REASON))
X(ERASE, "erase", WRITE, lt_erase, O(ID) | O(REASON) | O(INDEX),
  O(ID) | O(REASON))
X(CASE_LIST, "case list", READ, lt_read_cases,
  O(OWED) | O(REVIEWED) | O(OVERDUE) | O(DUE_SOON) |
      O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(INCIDENT_LIST, "incident list", READ, lt_read_incidents,
  O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(DIRECTIVE_LIST, "directive list", READ, lt_read_directives,
  O(OPEN) | O(CLOSED) | O(OFFICE) | O(SINCE) | O(LIMIT) | O(AFTER), 0)
X(CASE_SHOW, "case show", READ, lt_read_case, O(ID), O(ID))
X(INCIDENT_SHOW, "incident show", READ, lt_read_incident, O(ID), O(ID))
X(DIRECTIVE_SHOW, "directive show", READ, lt_read_directive, O(ID), O(ID))
X(CASE_ATTACHMENT, "case attachment", PIECE, lt_attachment_find,
  O(EVENT) | O(INDEX) | O(OFFSET), O(EVENT))
X(DEADLINE, "deadline", READ, lt_read_deadline,
  O(RULE) | O(FROM) | O(REMOTE) | O(EXTENDED), O(RULE) | O(FROM))
X(RULESET_SET, "ruleset set", WRITE, lt_ruleset_set, O(TEXT) | O(DOC_NO),
  O(TEXT))
X(CALENDAR_SET, "calendar set", WRITE, lt_calendar_set_year,
  O(YEAR) | O(TEXT) | O(DOC_NO), O(YEAR) | O(TEXT))
X(OFFICE_LIST, "office list", READ, lt_read_offices, O(LIMIT) | O(AFTER), 0)
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
X(RECEIPT, "receipt", READ, lt_read_receipt, O(CODE), O(CODE))
X(EXPLAIN, "explain", READ, lt_read_explain, O(WHAT), O(WHAT))
X(STATUS, "status", READ, lt_read_status, 0, 0)
X(LOG, "log", STREAM, lt_read_log, O(EVENTS) | O(FROM) | O(FOLLOW), 0)
X(COURIER_EXPORT, "courier export", COURIER, lt_courier_export_find,
  O(OFFICE) | O(ALL) | O(SINCE_STATEMENT) | O(RECEIPT) | O(AFTER), O(OFFICE))
X(COURIER_IMPORT, "courier import", COURIER, lt_courier_import_find, O(PIECE),
  O(PIECE))
X(TOKEN, "token", TOKEN, NULL, O(NAME) | O(KIND) | O(CODE) | O(VALID),
  O(NAME) | O(KIND))
X(VERIFY, "verify", VERIFY, NULL, 0, 0)
X(BACKUP, "backup", BACKUP, NULL, O(FILE), O(FILE))
X(REBUILD_VIEW, "rebuild-view", REBUILD, NULL, 0, 0)

/* Who may, what is told to the audit, and in which order: a reading is on disk
 * in the audit before anything is opened, an erasing before it is done (a
 * record of what then failed does no harm), an entry names its author itself
 * and is told afterwards.
 *
 * The row `lock` holds 32 zeros sealed under the register key: so that a wrong
 * key is refused before anything is sealed under it. */
#include "daemon/register/register.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/failpoint.h"
#include "common/words.h"
#include "daemon/register/internal.h"

enum { APPLICATION_ID = 0x4c745267, VERSION = 1, PATH_TEXT_MAX = 4096 };

/* The constraint on case_type is the law's: nobody who denounces is ever
 * entered, whatever program asks. */
const struct lt_store_kind lt_register_kind = {
    APPLICATION_ID, VERSION,
    "CREATE TABLE lock(one INTEGER PRIMARY KEY CHECK(one=1),"
    " sealed BLOB NOT NULL) STRICT;"
    "CREATE TABLE entry(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " uid BLOB NOT NULL UNIQUE CHECK(length(uid)=16),"
    " case_id TEXT NOT NULL,"
    " case_type INTEGER NOT NULL"
    "  CONSTRAINT no_denunciation CHECK(case_type IN (1,2,3)),"
    " entered_ms INTEGER NOT NULL, entered_by TEXT NOT NULL,"
    " data_key BLOB, name BLOB, address BLOB, document BLOB, notify BLOB,"
    " contact BLOB, account BLOB,"
    " erased_ms INTEGER, erased_by TEXT,"
    " CHECK((data_key IS NULL)=(erased_ms IS NOT NULL)),"
    " CHECK(data_key IS NOT NULL OR coalesce(name,address,document,notify,"
    "  contact,account) IS NULL)) STRICT;"
    "CREATE INDEX entry_case ON entry(case_id,id);"
    "CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN"
    " SELECT RAISE(ABORT,'an entry is erased, not deleted'); END;"
    "CREATE TRIGGER entry_same BEFORE UPDATE OF uid,case_id,case_type,"
    " entered_ms,entered_by ON entry BEGIN"
    " SELECT RAISE(ABORT,'an entry is corrected by another one'); END;"};

lt_err lt_register_refuse(struct lt_diag *diag, lt_err code, const char *what,
                          const char *reason)
{
    lt_diag_set(diag, code);
    if (what != NULL) {
        lt_diag_arg(diag, "what", "%s", what);
    }
    if (reason != NULL) {
        lt_diag_arg(diag, "reason", "%s", reason);
    }
    return code;
}

lt_err lt_register_open(const char *dir, const struct lt_sys *sys,
                        struct lt_register **out_register, struct lt_diag *diag)
{
    struct lt_register *reg = lt_new(lt_alloc_heap(), sizeof(*reg));
    char path[PATH_TEXT_MAX];
    lt_err rc;

    if (reg == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    reg->sys = sys;
    reg->dir = strdup(dir);
    rc = reg->dir == NULL ? lt_diag_set(diag, LT_ENOMEM)
         : (size_t)snprintf(path, sizeof(path), "%s/register.db", dir) >=
                 sizeof(path)
             ? lt_diag_set(diag, LT_EINVAL)
             : lt_store_open(path, &lt_register_kind, &reg->db, diag);
    if (rc != LT_OK) {
        free(reg->dir);
        lt_free(lt_alloc_heap(), reg);
        return rc;
    }
    *out_register = reg;
    return LT_OK;
}

void lt_register_lock(struct lt_register *reg)
{
    lt_search_free(reg->search);
    reg->search = NULL;
    lt_wipe(reg->key, sizeof(reg->key));
    reg->unlocked = false;
}

void lt_register_close(struct lt_register *reg)
{
    if (reg != NULL) {
        lt_register_lock(reg);
        lt_store_close(reg->db);
        free(reg->dir);
        lt_free(lt_alloc_heap(), reg);
    }
}

/* ---- the key ---- */

static const struct lt_span LOCK_AAD = {"lienthong register lock 1", 26};

static lt_err put_lock(struct lt_register *reg)
{
    static const uint8_t zeros[LT_SEAL_KEY_LEN];
    struct lt_query query;
    struct lt_buf sealed;
    lt_err rc;

    lt_buf_init(&sealed, lt_alloc_heap());
    rc = lt_seal(reg->sys, reg->key, LOCK_AAD,
                 (struct lt_span){zeros, sizeof(zeros)}, &sealed);
    if (rc == LT_OK) {
        query =
            lt_query_of(reg->db, "INSERT INTO lock(one,sealed) VALUES(1,?)");
        lt_query_blob(&query, sealed.data, sealed.len);
        rc = lt_query_run(&query);
    }
    lt_buf_deinit(&sealed);
    return rc;
}

/* Is the key this register's? The first key becomes it. */
static lt_err try_lock(struct lt_register *reg, struct lt_diag *diag)
{
    struct lt_query query = lt_query_of(reg->db, "SELECT sealed FROM lock");
    uint8_t zeros[LT_SEAL_KEY_LEN];
    bool found = lt_query_row(&query);
    bool right = false;
    lt_err rc;

    if (found && sqlite3_column_bytes(query.stmt, 0) == LT_SEAL_WRAPPED_LEN) {
        right = lt_unseal(reg->key, LOCK_AAD,
                          (struct lt_span){sqlite3_column_blob(query.stmt, 0),
                                           LT_SEAL_WRAPPED_LEN},
                          zeros) == LT_OK;
    }
    rc = lt_query_end(&query);
    if (rc == LT_OK && found && !right) {
        rc = lt_register_refuse(diag, LT_EREGISTERKEY, NULL,
                                "ui_why_other_register_key");
    }
    if (rc == LT_OK && !found) {
        rc = lt_store_begin(reg->db);
        rc = rc == LT_OK ? lt_store_end(reg->db, put_lock(reg)) : rc;
    }
    return rc;
}

/* An office that is older than its register has no key yet. @rc stands when
 * something is sealed already: then the key is lost, and a new one no help. */
static lt_err make_first_key(struct lt_register *reg, lt_err rc,
                             struct lt_diag *diag)
{
    struct lt_query query = lt_query_of(reg->db, "SELECT 1 FROM lock");
    bool sealed = lt_query_row(&query);
    lt_err asked = lt_query_end(&query);
    char folder[PATH_TEXT_MAX];
    lt_err made;

    if (asked != LT_OK || sealed ||
        (size_t)snprintf(folder, sizeof(folder), "%s/identity", reg->dir) >=
            sizeof(folder)) {
        return asked != LT_OK ? asked : rc;
    }
    made = lt_register_key_make(folder, reg->sys, NULL);
    return made == LT_OK ? lt_register_key_load(reg->dir, NULL, reg->key, diag)
                         : rc;
}

lt_err lt_register_unlock(struct lt_register *reg, struct lt_diag *diag)
{
    lt_err rc;

    if (reg->unlocked) {
        return LT_OK;
    }
    rc = lt_register_key_load(reg->dir, getenv("CREDENTIALS_DIRECTORY"),
                              reg->key, diag);
    if (rc == LT_EREGISTERKEY) {
        rc = make_first_key(reg, rc, diag);
    }
    if (rc == LT_OK) {
        rc = try_lock(reg, diag);
    }
    if (rc == LT_OK) {
        reg->unlocked = true;
    } else {
        lt_register_lock(reg);
    }
    return rc;
}

/* ---- who may ---- */

lt_err lt_register_enter(struct lt_register *reg,
                         const struct lt_register_person *person,
                         struct lt_diag *diag)
{
    const struct lt_person *who = &person->session->person;
    lt_err rc;

    if (person->session->locked) {
        return lt_register_refuse(diag, LT_ESESSIONLOCKED, NULL, NULL);
    }
    if (((who->roles & (LT_ROLE_OFFICER | LT_ROLE_LEADER)) == 0 ||
         (who->roles & LT_ROLE_OPERATOR) != 0) &&
        !LT_PLANTED(anyone_reads)) {
        rc = lt_audit_write(person->people, who->name,
                            LT_AUDIT_REGISTER_REFUSED, "");
        return rc != LT_OK ? rc
                           : lt_register_refuse(diag, LT_EPERM, who->name,
                                                "ui_why_register_roles");
    }
    return lt_register_unlock(reg, diag);
}

static lt_err told(const struct lt_register_person *person,
                   enum lt_audit_what what, const char *about)
{
    return lt_audit_write(person->people, person->session->person.name, what,
                          about);
}

/* ---- one entry ---- */

/* The newest entry of a case. LT_ENOTFOUND. */
static lt_err newest(struct lt_register *reg, const char *case_id,
                     struct lt_arena *arena, int64_t *out_id,
                     struct lt_register_entry *out_entry)
{
    struct lt_query query =
        lt_query_of(reg->db, "SELECT " LT_ENTRY_COLUMNS
                             ",(SELECT count(*) FROM entry e WHERE"
                             " e.case_id=entry.case_id) FROM entry WHERE"
                             " case_id=? ORDER BY id DESC LIMIT 1");
    lt_err opened = LT_ENOTFOUND;
    lt_err rc;

    lt_query_text(&query, case_id);
    if (lt_query_row(&query)) {
        opened = lt_entry_open(reg, &query, arena, out_id, out_entry);
        out_entry->corrections = (unsigned)lt_query_get_int(&query, 13) - 1;
    }
    rc = lt_query_end(&query);
    return rc == LT_OK ? opened : rc;
}

/* The state of a case's entries without opening one: LT_OK, LT_ENOTFOUND,
 * LT_EREGISTERGONE. */
static lt_err look(struct lt_register *reg, const char *case_id)
{
    struct lt_query query =
        lt_query_of(reg->db, "SELECT data_key IS NULL FROM entry WHERE"
                             " case_id=? ORDER BY id DESC LIMIT 1");
    lt_err state = LT_ENOTFOUND;
    lt_err rc;

    lt_query_text(&query, case_id);
    if (lt_query_row(&query)) {
        state = lt_query_get_int(&query, 0) != 0 ? LT_EREGISTERGONE : LT_OK;
    }
    rc = lt_query_end(&query);
    return rc == LT_OK ? state : rc;
}

static lt_err say(struct lt_diag *diag, lt_err rc, const char *case_id)
{
    return rc == LT_ENOTFOUND || rc == LT_EREGISTERGONE || rc == LT_EREGISTERROT
               ? lt_register_refuse(diag, rc, case_id, NULL)
               : rc;
}

static lt_err
check_fields(const struct lt_text fields[static LT_REGISTER_FIELDS],
             struct lt_diag *diag)
{
    static const size_t most[LT_REGISTER_FIELDS] = {
#define X(id, word, max) [LT_REGISTER_##id] = (max),
        LT_REGISTER_FIELDS_X
#undef X
    };

    for (size_t i = 0; i < LT_REGISTER_FIELDS; i++) {
        if (fields[i].len > most[i]) {
            return lt_register_refuse(
                diag, LT_ETOOBIG,
                lt_register_field_word((enum lt_register_field)i), NULL);
        }
    }
    return fields[LT_REGISTER_NAME].data == NULL &&
                   fields[LT_REGISTER_ACCOUNT].data == NULL
               ? lt_register_refuse(diag, LT_EINVAL, "name", "ui_why_missing")
               : LT_OK;
}

static bool same(const struct lt_text *a, const struct lt_text *b)
{
    for (size_t i = 0; i < LT_REGISTER_FIELDS; i++) {
        if ((a[i].data == NULL) != (b[i].data == NULL) ||
            a[i].len != b[i].len ||
            (a[i].len > 0 && memcmp(a[i].data, b[i].data, a[i].len) != 0)) {
            return false;
        }
    }
    return true;
}

static lt_err put_search(struct lt_register *reg, int64_t id,
                         const struct lt_text *fields)
{
    const struct lt_text texts[] = {
        fields[LT_REGISTER_NAME], fields[LT_REGISTER_ADDRESS],
        fields[LT_REGISTER_DOCUMENT], fields[LT_REGISTER_CONTACT]};

    return lt_search_put(reg->search, id, texts, LT_COUNT_OF(texts));
}

/* An index that could not take what is new is built again when it is needed. */
static void follow(struct lt_register *reg, int64_t gone, int64_t id,
                   const struct lt_text *fields)
{
    if (reg->search == NULL) {
        return;
    }
    lt_search_drop(reg->search, gone);
    if (put_search(reg, id, fields) != LT_OK) {
        lt_search_free(reg->search);
        reg->search = NULL;
    }
}

lt_err lt_register_add(struct lt_register *reg,
                       const struct lt_register_person *person,
                       const char *case_id, uint32_t case_type,
                       const struct lt_text fields[static LT_REGISTER_FIELDS],
                       struct lt_arena *arena,
                       struct lt_register_entry *out_entry,
                       struct lt_diag *diag)
{
    int64_t before = 0;
    int64_t id = 0;
    lt_err rc = lt_register_enter(reg, person, diag);

    if (rc == LT_OK && (case_type == LT_WORD_DENUNCIATION || case_type == 0 ||
                        case_type > LT_WORD_DENUNCIATION)) {
        rc = lt_register_refuse(diag, LT_EDENUNCIATION, case_id, NULL);
    }
    if (rc == LT_OK && strlen(case_id) > LT_REGISTER_CASE_MAX) {
        rc = lt_register_refuse(diag, LT_EINVAL, "id", NULL);
    }
    if (rc == LT_OK) {
        rc = check_fields(fields, diag);
    }
    if (rc == LT_OK) {
        rc = newest(reg, case_id, arena, &before, out_entry);
        if (rc == LT_OK && same(out_entry->fields, fields)) {
            out_entry->repeated = true;
            return LT_OK;
        }
        if (rc == LT_OK &&
            out_entry->corrections + 1 >= LT_REGISTER_CORRECTIONS_MAX) {
            return lt_register_refuse(diag, LT_ETOOBIG, "corrections", NULL);
        }
        rc = rc == LT_ENOTFOUND ? LT_OK : say(diag, rc, case_id);
    }
    if (rc == LT_OK) {
        rc = lt_entry_insert(reg, case_id, case_type,
                             person->session->person.name, fields, &id);
    }
    if (rc == LT_OK) {
        follow(reg, before, id, fields);
        rc = told(person, LT_AUDIT_REGISTER_ADDED,
                  LT_PLANTED(audit_names) ? fields[LT_REGISTER_NAME].data
                                          : case_id);
    }
    return rc == LT_OK
               ? say(diag, newest(reg, case_id, arena, &id, out_entry), case_id)
               : rc;
}

lt_err lt_register_show(struct lt_register *reg,
                        const struct lt_register_person *person,
                        const char *case_id, struct lt_arena *arena,
                        struct lt_register_entry *out_entry,
                        struct lt_diag *diag)
{
    int64_t id;
    lt_err rc = lt_register_enter(reg, person, diag);

    if (rc == LT_OK) {
        rc = say(diag, look(reg, case_id), case_id);
    }
    if (rc == LT_OK) {
        rc = told(person, LT_AUDIT_REGISTER_READ, case_id);
    }
    return rc == LT_OK
               ? say(diag, newest(reg, case_id, arena, &id, out_entry), case_id)
               : rc;
}

/* ---- searching ---- */

/* All newest entries, one arena each: texts are wiped as soon as they are
 * folded. One that does not open is passed over; showing it says so. */
static lt_err build_search(struct lt_register *reg)
{
    struct lt_query query = lt_query_of(
        reg->db, "SELECT " LT_ENTRY_COLUMNS " FROM entry WHERE data_key IS NOT"
                 " NULL AND id IN (SELECT max(id) FROM entry GROUP BY case_id)"
                 " ORDER BY id");
    lt_err rc = lt_search_new(&reg->search);
    lt_err ended;

    while (rc == LT_OK && lt_query_row(&query)) {
        struct lt_register_entry entry;
        struct lt_arena arena;
        int64_t id;

        lt_arena_init(&arena, lt_alloc_heap(), 64 * 1024);
        rc = lt_entry_open(reg, &query, &arena, &id, &entry);
        if (rc == LT_OK) {
            rc = put_search(reg, id, entry.fields);
        } else if (rc == LT_EREGISTERROT) {
            rc = LT_OK;
        }
        lt_arena_reset(&arena); /* zeroes */
        lt_arena_deinit(&arena);
    }
    ended = lt_query_end(&query);
    rc = rc == LT_OK ? ended : rc;
    if (rc != LT_OK) {
        lt_search_free(reg->search);
        reg->search = NULL;
    }
    return rc;
}

/* What another process entered, took over or erased since is in it as well. */
static lt_err refresh_search(struct lt_register *reg)
{
    struct lt_query query = lt_query_of(reg->db, "PRAGMA data_version");
    int64_t version = lt_query_row(&query) ? lt_query_get_int(&query, 0) : -1;
    lt_err rc = lt_query_end(&query);

    if (rc != LT_OK || (reg->search != NULL && reg->search_of == version)) {
        return rc;
    }
    lt_search_free(reg->search);
    reg->search = NULL;
    reg->search_of = version;
    return build_search(reg);
}

static lt_err open_id(struct lt_register *reg, int64_t id,
                      struct lt_arena *arena,
                      struct lt_register_entry *out_entry)
{
    struct lt_query query = lt_query_of(reg->db, "SELECT " LT_ENTRY_COLUMNS
                                                 " FROM entry WHERE id=?");
    lt_err opened = LT_ENOTFOUND;
    int64_t unused;
    lt_err rc;

    lt_query_int(&query, id);
    if (lt_query_row(&query)) {
        opened = lt_entry_open(reg, &query, arena, &unused, out_entry);
    }
    rc = lt_query_end(&query);
    return rc == LT_OK ? opened : rc;
}

/* The cases of the entries that are about to be told, for the audit. */
static lt_err tell_listed(struct lt_register *reg,
                          const struct lt_register_person *person,
                          const int64_t *ids, size_t n)
{
    lt_err rc = LT_OK;

    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        struct lt_query query =
            lt_query_of(reg->db, "SELECT case_id FROM entry WHERE id=?");
        char case_id[LT_REGISTER_CASE_MAX + 1] = "";

        lt_query_int(&query, ids[i]);
        if (lt_query_row(&query)) {
            (void)snprintf(case_id, sizeof(case_id), "%s",
                           lt_query_get_text(&query, 0));
        }
        rc = lt_query_end(&query);
        if (rc == LT_OK) {
            rc = told(person, LT_AUDIT_REGISTER_LISTED, case_id);
        }
    }
    return rc;
}

lt_err lt_register_search(
    struct lt_register *reg, const struct lt_register_person *person,
    struct lt_text query, struct lt_arena *arena,
    struct lt_register_entry out_entries[static LT_REGISTER_FOUND_MAX],
    size_t *out_n, bool *out_more, struct lt_diag *diag)
{
    int64_t ids[LT_REGISTER_FOUND_MAX + 1];
    char found[24];
    size_t n = 0;
    size_t opened = 0;
    lt_err rc = lt_register_enter(reg, person, diag);

    if (rc == LT_OK) {
        rc = refresh_search(reg);
    }
    if (rc == LT_OK) {
        rc = lt_search_find(reg->search, query, ids, LT_COUNT_OF(ids), &n);
        if (rc == LT_EINVAL) {
            rc = lt_register_refuse(diag, rc, "what", "ui_why_search_short");
        }
    }
    *out_more = n > LT_REGISTER_FOUND_MAX;
    n = *out_more ? LT_REGISTER_FOUND_MAX : n;
    if (rc == LT_OK) {
        (void)snprintf(found, sizeof(found), "%zu", n);
        rc = told(person, LT_AUDIT_REGISTER_SEARCHED, found);
    }
    if (rc == LT_OK) {
        rc = tell_listed(reg, person, ids, n);
    }
    for (size_t i = 0; rc == LT_OK && i < n; i++) {
        rc = open_id(reg, ids[i], arena, &out_entries[opened]);
        if (rc == LT_OK) {
            opened++;
        } else if (rc == LT_EREGISTERGONE || rc == LT_ENOTFOUND) {
            rc = LT_OK; /* by another process meanwhile */
        }
    }
    *out_n = rc == LT_OK ? opened : 0;
    return rc;
}

/* ---- erasing ---- */

lt_err lt_register_erase(struct lt_register *reg,
                         const struct lt_register_person *person,
                         const char *case_id, struct lt_diag *diag)
{
    struct lt_now now;
    lt_err rc = lt_register_enter(reg, person, diag);

    if (rc == LT_OK) {
        rc = say(diag, look(reg, case_id), case_id);
    }
    if (rc == LT_OK) {
        rc = told(person, LT_AUDIT_REGISTER_ERASED, case_id);
    }
    if (rc != LT_OK) {
        return rc;
    }
    reg->sys->now(reg->sys->ctx, &now);
    rc = lt_entry_destroy(reg, case_id, person->session->person.name,
                          now.wall_ms);
    lt_search_free(reg->search); /* built again when somebody searches */
    reg->search = NULL;
    return rc;
}

lt_err lt_register_count(struct lt_register *reg, uint64_t *out_cases)
{
    struct lt_query query =
        lt_query_of(reg->db, "SELECT count(DISTINCT case_id) FROM entry"
                             " WHERE data_key IS NOT NULL");

    *out_cases =
        lt_query_row(&query) ? (uint64_t)lt_query_get_int(&query, 0) : 0;
    return lt_query_end(&query);
}

lt_err lt_register_words(struct lt_register *reg, const char *case_id,
                         struct lt_arena *arena,
                         struct lt_text out_fields[static LT_REGISTER_FIELDS])
{
    struct lt_register_entry entry;
    struct lt_diag diag;
    int64_t id;
    lt_err rc = lt_register_unlock(reg, &diag);

    memset(out_fields, 0, LT_REGISTER_FIELDS * sizeof(*out_fields));
    if (rc == LT_EREGISTERKEY) {
        return LT_OK;
    }
    if (rc == LT_OK) {
        rc = newest(reg, case_id, arena, &id, &entry);
    }
    if (rc == LT_OK) {
        memcpy(out_fields, entry.fields, sizeof(entry.fields));
    }
    return rc == LT_ENOTFOUND || rc == LT_EREGISTERGONE ? LT_OK : rc;
}

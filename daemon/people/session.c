/* Sessions: rows by the hash of their token. Life and idleness are reckoned
 * when one is looked at; nothing has to run for them. A clock that went back
 * behind a session's beginning ends it: how old it is cannot be told. */
#include <string.h>

#include "common/crypto.h"
#include "daemon/people/internal.h"

enum {
    SEEN_EVERY_MS = 30000, /* not a write for every key */
    CLOCK_SLACK_MS = 300000
};

struct session_row {
    uint8_t hash[LT_HASH_LEN];
    int64_t begun_ms;
    int64_t seen_ms;
    bool locked;
    char name[LT_PERSON_NAME_MAX + 1];
};

static lt_err none(struct lt_diag *diag)
{
    return lt_diag_set(diag, LT_ESESSION);
}

/* Those that are over: they are nobody's business any more. */
static lt_err drop_old(struct lt_people *people, int64_t now)
{
    struct lt_query query = lt_query_of(
        people->db, "DELETE FROM session WHERE begun_ms<=? OR begun_ms>?");

    lt_query_int(&query, now - LT_SESSION_LIFE_MS);
    lt_query_int(&query, now + CLOCK_SLACK_MS);
    return lt_query_run(&query);
}

lt_err lt_sessions_drop(struct lt_people *people, int64_t person)
{
    struct lt_query query =
        lt_query_of(people->db, "DELETE FROM session WHERE person=?");

    lt_query_int(&query, person);
    return lt_query_run(&query);
}

static lt_err drop_one(struct lt_people *people,
                       const uint8_t hash[static LT_HASH_LEN])
{
    struct lt_query query =
        lt_query_of(people->db, "DELETE FROM session WHERE hash=?");

    lt_query_blob(&query, hash, LT_HASH_LEN);
    return lt_query_run(&query);
}

static lt_err load(struct lt_people *people, const char *token,
                   struct session_row *out_row, struct lt_diag *diag)
{
    int64_t now = lt_people_now(people);
    struct lt_query query;
    bool found;
    lt_err rc;

    memset(out_row, 0, sizeof(*out_row));
    if (!lt_secret_token_hash(token, out_row->hash)) {
        return none(diag);
    }
    query = lt_query_of(
        people->db, "SELECT begun_ms,seen_ms,locked,name FROM session JOIN"
                    " person ON person.id=person WHERE hash=? AND disabled=0");
    lt_query_blob(&query, out_row->hash, LT_HASH_LEN);
    found = lt_query_row(&query);
    if (found) {
        size_t len = strlen(lt_query_get_text(&query, 3));

        out_row->begun_ms = lt_query_get_int(&query, 0);
        out_row->seen_ms = lt_query_get_int(&query, 1);
        out_row->locked = lt_query_get_int(&query, 2) != 0;
        memcpy(out_row->name, lt_query_get_text(&query, 3), len + 1);
    }
    rc = lt_query_end(&query);
    if (rc != LT_OK) {
        return rc;
    }
    if (!found || now >= out_row->begun_ms + LT_SESSION_LIFE_MS ||
        now < out_row->begun_ms - CLOCK_SLACK_MS) {
        return none(diag);
    }
    out_row->locked =
        out_row->locked || now >= out_row->seen_ms + LT_SESSION_IDLE_MS;
    return LT_OK;
}

static lt_err insert(struct lt_people *people, int64_t person,
                     const char *token)
{
    struct lt_query query = lt_query_of(
        people->db,
        "INSERT INTO session(hash,person,begun_ms,seen_ms) VALUES(?,?,?,?)");
    uint8_t hash[LT_HASH_LEN];

    if (!lt_secret_token_hash(token, hash)) {
        query.rc = LT_ECRYPTO;
    }
    lt_query_blob(&query, hash, sizeof(hash));
    lt_query_int(&query, person);
    lt_query_int(&query, lt_people_now(people));
    lt_query_int(&query, lt_people_now(people));
    return lt_query_run(&query);
}

static lt_err begin(struct lt_people *people, const char *name,
                    const char *token, enum lt_audit_what what,
                    const char *about, struct lt_diag *diag)
{
    struct lt_person_row row;
    int64_t sessions = 0;
    lt_err rc = lt_person_load(people, name, &row);

    if (rc == LT_ENOTFOUND || (rc == LT_OK && row.person.disabled)) {
        rc = lt_people_refuse(diag, LT_ESIGNIN, name, NULL);
    }
    if (rc == LT_OK) {
        rc = drop_old(people, lt_people_now(people));
    }
    if (rc == LT_OK) {
        rc = lt_people_count(people, "SELECT count(*) FROM session", &sessions);
    }
    if (rc == LT_OK && sessions >= LT_SESSIONS_MAX) {
        rc = lt_people_refuse(diag, LT_ETOOBIG, "sessions", NULL);
    }
    if (rc == LT_OK) {
        rc = insert(people, row.id, token);
    }
    lt_wipe(&row, sizeof(row));
    return rc == LT_OK ? lt_audit_put(people, name, what, about) : rc;
}

static lt_err begin_told(struct lt_people *people, const char *name,
                         const char *about,
                         char out_token[static LT_SESSION_TOKEN_TEXT],
                         struct lt_diag *diag)
{
    char token[LT_SESSION_TOKEN_TEXT];
    lt_err rc = lt_store_begin(people->db);

    if (rc != LT_OK) {
        return rc;
    }
    lt_secret_token(people->sys, token);
    rc = lt_store_end(people->db,
                      begin(people, name, token, LT_AUDIT_SIGNED_IN, about, diag));
    if (rc == LT_OK) {
        memcpy(out_token, token, sizeof(token));
    }
    lt_wipe(token, sizeof(token));
    return rc;
}

lt_err lt_people_session_begin(struct lt_people *people, const char *name,
                               char out_token[static LT_SESSION_TOKEN_TEXT],
                               struct lt_diag *diag)
{
    return begin_told(people, name, "", out_token, diag);
}

lt_err lt_people_session_vouched(struct lt_people *people, const char *name,
                                 const char *totp, const char *how,
                                 char out_token[static LT_SESSION_TOKEN_TEXT],
                                 struct lt_diag *diag)
{
    struct lt_person person;
    lt_err rc = lt_people_find(people, name, &person, diag);

    if (rc == LT_ENOTFOUND || (rc == LT_OK && person.disabled)) {
        return lt_people_refuse(diag, LT_ESIGNIN, name, NULL);
    }
    if (rc == LT_OK && (person.roles & LT_ROLE_OPERATOR) != 0) {
        rc = lt_people_check_code(people, name, totp, diag);
    }
    return rc == LT_OK ? begin_told(people, name, how, out_token, diag) : rc;
}

static lt_err set_seen(struct lt_people *people, const struct session_row *row,
                       bool locked)
{
    struct lt_query query = lt_query_of(
        people->db, "UPDATE session SET seen_ms=?,locked=? WHERE hash=?");

    lt_query_int(&query, lt_people_now(people));
    lt_query_int(&query, locked);
    lt_query_blob(&query, row->hash, LT_HASH_LEN);
    return lt_query_run(&query);
}

lt_err lt_people_session_look(struct lt_people *people, const char *token,
                              bool active,
                              struct lt_people_session *out_session,
                              struct lt_diag *diag)
{
    struct session_row row;
    lt_err rc = load(people, token, &row, diag);

    if (rc == LT_OK && active && !row.locked &&
        lt_people_now(people) >= row.seen_ms + SEEN_EVERY_MS) {
        rc = set_seen(people, &row, false);
    }
    if (rc == LT_OK) {
        rc = lt_people_find(people, row.name, &out_session->person, diag);
    }
    if (rc == LT_OK) {
        out_session->locked = row.locked;
        out_session->begun_ms = row.begun_ms;
        out_session->expires_at_ms = row.begun_ms + LT_SESSION_LIFE_MS;
    }
    return rc;
}

static lt_err lock(struct lt_people *people, const char *token, bool on,
                   struct lt_diag *diag)
{
    struct session_row row;
    lt_err rc = load(people, token, &row, diag);

    if (rc == LT_OK) {
        rc = set_seen(people, &row, on);
    }
    return rc == LT_OK
               ? lt_audit_put(people, row.name,
                              on ? LT_AUDIT_LOCKED : LT_AUDIT_UNLOCKED, "")
               : rc;
}

static lt_err lock_in_one(struct lt_people *people, const char *token, bool on,
                          struct lt_diag *diag)
{
    lt_err rc = lt_store_begin(people->db);

    return rc == LT_OK ? lt_store_end(people->db, lock(people, token, on, diag))
                       : rc;
}

lt_err lt_people_session_lock(struct lt_people *people, const char *token,
                              struct lt_diag *diag)
{
    return lock_in_one(people, token, true, diag);
}

lt_err lt_people_session_unlock(struct lt_people *people, const char *token,
                                const char *pin, struct lt_diag *diag)
{
    struct session_row row;
    lt_err rc = load(people, token, &row, diag);

    if (rc == LT_OK) {
        rc = lt_people_check_unlock(people, row.name, pin, diag);
    }
    return rc == LT_OK ? lock_in_one(people, token, false, diag) : rc;
}

/* The old session is looked at again: it may have ended meanwhile. */
static lt_err replace(struct lt_people *people, const char *old,
                      const char *name, const char *token, struct lt_diag *diag)
{
    struct session_row row;
    lt_err rc = load(people, old, &row, diag);

    if (rc == LT_OK) {
        rc = drop_one(people, row.hash);
    }
    return rc == LT_OK
               ? begin(people, name, token, LT_AUDIT_SWITCHED, row.name, diag)
               : rc;
}

lt_err lt_people_session_switch(struct lt_people *people, const char *token,
                                const char *name, const char *pin,
                                char out_token[static LT_SESSION_TOKEN_TEXT],
                                struct lt_diag *diag)
{
    char made[LT_SESSION_TOKEN_TEXT];
    struct session_row row;
    struct lt_person person;
    lt_err rc = load(people, token, &row, diag);

    if (rc == LT_OK) {
        rc = lt_people_check_pin(people, name, pin, &person, diag);
    }
    if (rc == LT_OK) {
        rc = lt_store_begin(people->db);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_secret_token(people->sys, made);
    rc = lt_store_end(people->db, replace(people, token, name, made, diag));
    if (rc == LT_OK) {
        memcpy(out_token, made, sizeof(made));
    }
    lt_wipe(made, sizeof(made));
    return rc;
}

static lt_err end(struct lt_people *people, const char *token)
{
    struct session_row row;
    struct lt_diag diag;
    lt_err rc = load(people, token, &row, &diag);

    if (rc == LT_ESESSION) {
        return LT_OK;
    }
    if (rc == LT_OK) {
        rc = drop_one(people, row.hash);
    }
    return rc == LT_OK ? lt_audit_put(people, row.name, LT_AUDIT_SIGNED_OUT, "")
                       : rc;
}

lt_err lt_people_session_end(struct lt_people *people, const char *token)
{
    lt_err rc = lt_store_begin(people->db);

    return rc == LT_OK ? lt_store_end(people->db, end(people, token)) : rc;
}

/* Changes of persons: who may, what fits, what comes and goes with a role. */
#include <string.h>

#include "common/codec.h"
#include "common/crypto.h"
#include "daemon/people/internal.h"
#include "daemon/people/secret.h"
#include "daemon/people/totp.h"

/* May @by change people? The tool alone while there is no leader. */
static lt_err may_change(struct lt_people *people, const char *by,
                         struct lt_diag *diag)
{
    struct lt_person_row row;
    int64_t leaders;
    lt_err rc;

    if (strcmp(by, LT_BY_TOOL) == 0) {
        rc = lt_people_leaders(people, &leaders);
        return rc != LT_OK || leaders == 0
                   ? rc
                   : lt_people_refuse(diag, LT_EPERM, by, "ui_why_leader_only");
    }
    rc = lt_person_load(people, by, &row);
    if (rc == LT_ENOTFOUND ||
        (rc == LT_OK &&
         (row.person.disabled || (row.person.roles & LT_ROLE_LEADER) == 0))) {
        rc = lt_people_refuse(diag, LT_EPERM, by, "ui_why_leader_only");
    }
    lt_wipe(&row, sizeof(row));
    return rc;
}

static lt_err check_name(const char *name, struct lt_diag *diag)
{
    size_t len = strlen(name);

    return len == 0 || len > LT_PERSON_NAME_MAX ||
                   strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") !=
                       len
               ? lt_people_refuse(diag, LT_EINVAL, "name", "ui_why_person_name")
               : LT_OK;
}

static bool shown_fits(const char *shown)
{
    size_t len = strlen(shown);
    bool blank = true;

    if (len > LT_PERSON_SHOWN_MAX || !lt_utf8_valid(shown, len)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)shown[i] < 0x20 || shown[i] == 0x7f) {
            return false;
        }
        blank = blank && shown[i] == ' ';
    }
    return !blank;
}

/* Whoever keeps the machine running reads no register: nobody has both. */
static bool roles_fit(uint32_t roles_given)
{
    return roles_given != 0 && (roles_given & ~(uint32_t)LT_ROLES_ALL) == 0 &&
           ((roles_given & LT_ROLE_OPERATOR) == 0 ||
            (roles_given & (LT_ROLE_OFFICER | LT_ROLE_LEADER)) == 0);
}

static lt_err check_says(const struct lt_person_says *says,
                         struct lt_diag *diag)
{
    if (says->shown != NULL && !shown_fits(says->shown)) {
        return lt_people_refuse(diag, LT_EINVAL, "shown", "ui_why_shown_name");
    }
    if (says->roles != 0 && !roles_fit(says->roles)) {
        return lt_people_refuse(diag, LT_EINVAL, "roles",
                                "ui_why_operator_alone");
    }
    return LT_OK;
}

lt_err lt_person_hash(const struct lt_people *people, const char *name,
                      const struct lt_person_says *says,
                      struct lt_person_hashes *out_hashes, struct lt_diag *diag)
{
    bool pin = says->pin != NULL && says->pin[0] != '\0';
    lt_err rc = LT_OK;

    memset(out_hashes, 0, sizeof(*out_hashes));
    if (says->password != NULL) {
        rc = lt_secret_password_fit(says->password, name, diag);
    }
    if (rc == LT_OK && pin) {
        rc = lt_secret_pin_fit(says->pin, diag);
    }
    if (rc == LT_OK && says->password != NULL) {
        rc = lt_secret_hash(people->sys, says->password, out_hashes->password);
    }
    if (rc == LT_OK && pin) {
        rc = lt_secret_hash(people->sys, says->pin, out_hashes->pin);
    }
    return rc;
}

static lt_err set_text(struct lt_people *people, const char *sql,
                       const char *text, int64_t id)
{
    struct lt_query query = lt_query_of(people->db, sql);

    lt_query_text(&query, text);
    lt_query_int(&query, id);
    return lt_query_run(&query);
}

static lt_err set_int(struct lt_people *people, const char *sql, int64_t number,
                      int64_t id)
{
    struct lt_query query = lt_query_of(people->db, sql);

    lt_query_int(&query, number);
    lt_query_int(&query, id);
    return lt_query_run(&query);
}

static lt_err drop_papers(struct lt_people *people, int64_t id)
{
    struct lt_query query =
        lt_query_of(people->db, "DELETE FROM paper WHERE person=?");

    lt_query_int(&query, id);
    return lt_query_run(&query);
}

/* New codes of the leader @id, in place of the old ones. */
static lt_err make_papers(struct lt_people *people, int64_t id,
                          struct lt_person_told *told)
{
    lt_err rc = drop_papers(people, id);

    for (size_t i = 0; rc == LT_OK && i < LT_PAPERS; i++) {
        struct lt_query query = lt_query_of(
            people->db, "INSERT INTO paper(hash,person) VALUES(?,?)");
        uint8_t hash[LT_HASH_LEN];

        lt_secret_paper(people->sys, told->papers[i]);
        if (!lt_secret_paper_hash(told->papers[i], hash)) {
            query.rc = LT_ECRYPTO;
        }
        lt_query_blob(&query, hash, sizeof(hash));
        lt_query_int(&query, id);
        rc = lt_query_run(&query);
    }
    told->papers_n = rc == LT_OK ? LT_PAPERS : 0;
    return rc;
}

static lt_err make_totp(struct lt_people *people, int64_t id,
                        struct lt_person_told *told)
{
    struct lt_query query = lt_query_of(
        people->db, "UPDATE person SET totp=?,totp_last=0 WHERE id=?");
    uint8_t secret[LT_TOTP_SECRET_LEN];
    lt_err rc;

    people->sys->random(people->sys->ctx, secret, sizeof(secret));
    lt_totp_text(secret, told->totp);
    lt_query_blob(&query, secret, sizeof(secret));
    lt_query_int(&query, id);
    rc = lt_query_run(&query);
    lt_wipe(secret, sizeof(secret));
    return rc;
}

/* What comes and goes with roles: @before 0 for a new person. */
static lt_err follow_roles(struct lt_people *people, int64_t id,
                           uint32_t before, uint32_t after,
                           struct lt_person_told *told)
{
    uint32_t come = after & ~before;
    uint32_t gone = before & ~after;
    lt_err rc = LT_OK;

    if ((come & LT_ROLE_LEADER) != 0) {
        rc = make_papers(people, id, told);
    } else if ((gone & LT_ROLE_LEADER) != 0) {
        rc = drop_papers(people, id);
    }
    if (rc == LT_OK && (come & LT_ROLE_OPERATOR) != 0) {
        rc = make_totp(people, id, told);
    } else if (rc == LT_OK && (gone & LT_ROLE_OPERATOR) != 0) {
        rc = set_int(people,
                     "UPDATE person SET totp=NULL,totp_last=? WHERE id=?", 0,
                     id);
    }
    return rc;
}

static lt_err insert(struct lt_people *people, const char *name,
                     const struct lt_person_says *says,
                     const struct lt_person_hashes *hashes, int64_t *out_id)
{
    struct lt_query query = lt_query_of(
        people->db, "INSERT INTO person(name,shown,roles,password,pin,"
                    "created_ms) VALUES(?,?,?,?,?,?)");
    lt_err rc;

    lt_query_text(&query, name);
    lt_query_text(&query, says->shown);
    lt_query_int(&query, says->roles);
    lt_query_text(&query, hashes->password);
    lt_query_text(&query, hashes->pin);
    lt_query_int(&query, lt_people_now(people));
    rc = lt_query_run(&query);
    *out_id = sqlite3_last_insert_rowid(people->db);
    return rc;
}

static lt_err add(struct lt_people *people, const char *by, const char *name,
                  const struct lt_person_says *says,
                  const struct lt_person_hashes *hashes,
                  struct lt_person_told *told, struct lt_diag *diag)
{
    struct lt_person_row row;
    int64_t persons = 0;
    int64_t id = 0;
    lt_err rc = may_change(people, by, diag);

    if (rc == LT_OK && strcmp(by, LT_BY_TOOL) == 0 &&
        (says->roles & LT_ROLE_LEADER) == 0) {
        rc = lt_people_refuse(diag, LT_EINVAL, "roles", "ui_why_first_leader");
    }
    if (rc == LT_OK) {
        rc = lt_people_count(people, "SELECT count(*) FROM person", &persons);
    }
    if (rc == LT_OK && persons >= LT_PERSONS_MAX) {
        rc = lt_people_refuse(diag, LT_ETOOBIG, "people", NULL);
    }
    if (rc == LT_OK) {
        rc = lt_person_load(people, name, &row);
        lt_wipe(&row, sizeof(row));
        rc = rc == LT_OK ? lt_people_refuse(diag, LT_EPERSONTHERE, name, NULL)
             : rc == LT_ENOTFOUND ? LT_OK
                                  : rc;
    }
    if (rc == LT_OK) {
        rc = insert(people, name, says, hashes, &id);
    }
    if (rc == LT_OK) {
        rc = follow_roles(people, id, 0, says->roles, told);
    }
    return rc == LT_OK ? lt_audit_put(people, by, LT_AUDIT_PERSON_ADDED, name)
                       : rc;
}

lt_err lt_people_add(struct lt_people *people, const char *by, const char *name,
                     const struct lt_person_says *says,
                     struct lt_person_told *told, struct lt_diag *diag)
{
    struct lt_person_hashes hashes;
    lt_err rc = check_name(name, diag);

    memset(told, 0, sizeof(*told));
    if (rc == LT_OK && says->shown == NULL) {
        rc = lt_people_refuse(diag, LT_EINVAL, "shown", "ui_why_missing");
    }
    if (rc == LT_OK && says->roles == 0) {
        rc = lt_people_refuse(diag, LT_EINVAL, "roles", "ui_why_missing");
    }
    if (rc == LT_OK && says->password == NULL) {
        rc = lt_people_refuse(diag, LT_EINVAL, "password", "ui_why_missing");
    }
    if (rc == LT_OK) {
        rc = check_says(says, diag);
    }
    if (rc == LT_OK) {
        rc = lt_person_hash(people, name, says, &hashes, diag);
    }
    if (rc == LT_OK) {
        rc = lt_store_begin(people->db);
    }
    if (rc == LT_OK) {
        rc = lt_store_end(people->db,
                          add(people, by, name, says, &hashes, told, diag));
    }
    lt_wipe(&hashes, sizeof(hashes));
    if (rc != LT_OK) {
        lt_wipe(told, sizeof(*told));
    }
    return rc;
}

/* Would taking @gone from @row leave nobody who may change people? */
static lt_err keep_a_leader(struct lt_people *people,
                            const struct lt_person_row *row,
                            struct lt_diag *diag)
{
    int64_t leaders = 0;
    lt_err rc;

    if (row->person.disabled || (row->person.roles & LT_ROLE_LEADER) == 0) {
        return LT_OK;
    }
    rc = lt_people_leaders(people, &leaders);
    return rc == LT_OK && leaders <= 1
               ? lt_people_refuse(diag, LT_ELASTLEADER, row->person.name, NULL)
               : rc;
}

static lt_err change_roles(struct lt_people *people, const char *by,
                           const struct lt_person_row *row, uint32_t after,
                           struct lt_person_told *told, struct lt_diag *diag)
{
    lt_err rc = LT_OK;

    if (after == 0 || after == row->person.roles) {
        return LT_OK;
    }
    if ((after & LT_ROLE_LEADER) == 0) {
        rc = keep_a_leader(people, row, diag);
    }
    if (rc == LT_OK) {
        rc = set_int(people, "UPDATE person SET roles=? WHERE id=?", after,
                     row->id);
    }
    if (rc == LT_OK) {
        rc = follow_roles(people, row->id, row->person.roles, after, told);
    }
    return rc == LT_OK ? lt_audit_put(people, by, LT_AUDIT_ROLES_CHANGED,
                                      row->person.name)
                       : rc;
}

static lt_err change_totp(struct lt_people *people, const char *by,
                          const struct lt_person_row *row,
                          struct lt_person_told *told)
{
    lt_err rc = make_totp(people, row->id, told);

    return rc == LT_OK
               ? lt_audit_put(people, by, LT_AUDIT_TOTP_MADE, row->person.name)
               : rc;
}

lt_err lt_person_set_secrets(struct lt_people *people, const char *by,
                             const struct lt_person_row *row,
                             const struct lt_person_says *says,
                             const struct lt_person_hashes *hashes)
{
    lt_err rc = LT_OK;

    if (says->password != NULL) {
        rc = set_text(people, "UPDATE person SET password=? WHERE id=?",
                      hashes->password, row->id);
        if (rc == LT_OK) {
            rc = lt_sessions_drop(people, row->id);
        }
        if (rc == LT_OK) {
            rc = lt_audit_put(people, by, LT_AUDIT_PASSWORD_CHANGED,
                              row->person.name);
        }
    }
    if (rc == LT_OK && says->pin != NULL) {
        rc = set_text(people, "UPDATE person SET pin=? WHERE id=?", hashes->pin,
                      row->id);
        if (rc == LT_OK) {
            rc = lt_audit_put(people, by, LT_AUDIT_PIN_CHANGED,
                              row->person.name);
        }
    }
    return rc;
}

static lt_err change(struct lt_people *people, const char *by, const char *name,
                     const struct lt_person_says *says,
                     const struct lt_person_hashes *hashes,
                     struct lt_person_told *told, struct lt_diag *diag)
{
    struct lt_person_row row;
    bool own = strcmp(by, name) == 0 && says->shown == NULL &&
               says->roles == 0 && !says->new_totp;
    lt_err rc = lt_people_load(people, name, &row, diag);

    if (rc == LT_OK && (!own || row.person.disabled)) {
        rc = may_change(people, by, diag);
    }
    if (rc == LT_OK && says->shown != NULL) {
        rc = set_text(people, "UPDATE person SET shown=? WHERE id=?",
                      says->shown, row.id);
        if (rc == LT_OK) {
            rc = lt_audit_put(people, by, LT_AUDIT_PERSON_CHANGED, name);
        }
    }
    if (rc == LT_OK) {
        rc = change_roles(people, by, &row, says->roles, told, diag);
    }
    if (rc == LT_OK && says->new_totp) {
        rc = change_totp(people, by, &row, told);
    }
    if (rc == LT_OK) {
        rc = lt_person_set_secrets(people, by, &row, says, hashes);
    }
    lt_wipe(&row, sizeof(row));
    return rc;
}

lt_err lt_people_change(struct lt_people *people, const char *by,
                        const char *name, const struct lt_person_says *says,
                        struct lt_person_told *told, struct lt_diag *diag)
{
    struct lt_person_hashes hashes;
    lt_err rc = check_says(says, diag);

    memset(told, 0, sizeof(*told));
    if (rc == LT_OK) {
        rc = lt_person_hash(people, name, says, &hashes, diag);
    }
    if (rc == LT_OK) {
        rc = lt_store_begin(people->db);
    }
    if (rc == LT_OK) {
        rc = lt_store_end(people->db,
                          change(people, by, name, says, &hashes, told, diag));
    }
    lt_wipe(&hashes, sizeof(hashes));
    if (rc != LT_OK) {
        lt_wipe(told, sizeof(*told));
    }
    return rc;
}

static lt_err disable(struct lt_people *people, const char *by,
                      const char *name, bool on, struct lt_diag *diag)
{
    struct lt_person_row row;
    lt_err rc = may_change(people, by, diag);

    if (rc == LT_OK) {
        rc = lt_people_load(people, name, &row, diag);
    }
    if (rc == LT_OK && !on) {
        rc = keep_a_leader(people, &row, diag);
    }
    if (rc == LT_OK) {
        rc = set_int(people, "UPDATE person SET disabled=? WHERE id=?", !on,
                     row.id);
    }
    if (rc == LT_OK && !on) {
        rc = lt_sessions_drop(people, row.id);
    }
    if (rc == LT_OK) {
        rc = lt_audit_put(
            people, by, on ? LT_AUDIT_PERSON_ENABLED : LT_AUDIT_PERSON_DISABLED,
            name);
    }
    lt_wipe(&row, sizeof(row));
    return rc;
}

lt_err lt_people_disable(struct lt_people *people, const char *by,
                         const char *name, bool on, struct lt_diag *diag)
{
    lt_err rc = lt_store_begin(people->db);

    return rc == LT_OK
               ? lt_store_end(people->db, disable(people, by, name, on, diag))
               : rc;
}

static lt_err papers(struct lt_people *people, const char *by,
                     struct lt_person_told *told, struct lt_diag *diag)
{
    struct lt_person_row row;
    lt_err rc = strcmp(by, LT_BY_TOOL) == 0
                    ? lt_people_refuse(diag, LT_EPERM, by, "ui_why_leader_only")
                    : may_change(people, by, diag);

    if (rc == LT_OK) {
        rc = lt_people_load(people, by, &row, diag);
    }
    if (rc == LT_OK) {
        rc = make_papers(people, row.id, told);
    }
    lt_wipe(&row, sizeof(row));
    return rc == LT_OK ? lt_audit_put(people, by, LT_AUDIT_PAPERS_MADE, by)
                       : rc;
}

lt_err lt_people_papers(struct lt_people *people, const char *by,
                        struct lt_person_told *told, struct lt_diag *diag)
{
    lt_err rc = lt_store_begin(people->db);

    memset(told, 0, sizeof(*told));
    if (rc == LT_OK) {
        rc = lt_store_end(people->db, papers(people, by, told, diag));
    }
    if (rc != LT_OK) {
        lt_wipe(told, sizeof(*told));
    }
    return rc;
}

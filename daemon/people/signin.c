/* Signing in: wrong secrets are counted before they are looked at, so that
 * neither many at once nor a crash in between gives a free try. */
#include <string.h>

#include "common/crypto.h"
#include "daemon/people/internal.h"

enum { PAPER_NOTE_MS = 60000 };

enum secret_kind { SECRET_PASSWORD, SECRET_PIN, SECRET_UNLOCK, SECRET_CODE };

/* An operator's code is asked for at each sign-in; others have one for whole
 * books alone, and go on with their PIN at the desk. */
static bool signs_in_by_code(const struct lt_person *person)
{
    return person->has_totp && (person->roles & LT_ROLE_OPERATOR) != 0;
}

/* How long the lock-out after the @wrong-th wrong secret lasts; 0: none. */
static int64_t lockout_ms(unsigned wrong)
{
    int64_t ms = LT_LOCKOUT_MS;

    if (wrong < LT_WRONG_MAX) {
        return 0;
    }
    for (unsigned i = LT_WRONG_MAX; i < wrong && ms < LT_LOCKOUT_MAX_MS; i++) {
        ms *= 2;
    }
    return ms < LT_LOCKOUT_MAX_MS ? ms : LT_LOCKOUT_MAX_MS;
}

static lt_err set_wrong(struct lt_people *people, int64_t id, unsigned wrong,
                        int64_t until_ms)
{
    struct lt_query query = lt_query_of(
        people->db, "UPDATE person SET wrong=?,locked_until_ms=? WHERE id=?");

    lt_query_int(&query, wrong);
    lt_query_int(&query, until_ms);
    lt_query_int(&query, id);
    return lt_query_run(&query);
}

/* Load the person and count a try. A lock-out that is further away than the
 * longest one comes from a clock that was wrong, and is none. */
static lt_err count_try(struct lt_people *people, const char *name,
                        struct lt_person_row *out_row, struct lt_diag *diag)
{
    int64_t now = lt_people_now(people);
    int64_t left;
    unsigned wrong;
    lt_err rc = lt_person_load(people, name, out_row);

    if (rc != LT_OK) {
        return rc;
    }
    left = out_row->person.locked_until_ms - now;
    if (left > 0 && left <= LT_LOCKOUT_MAX_MS) {
        lt_diag_set(diag, LT_ELOCKEDOUT);
        lt_diag_arg(diag, "seconds", "%lld", (long long)((left + 999) / 1000));
        return LT_ELOCKEDOUT;
    }
    wrong = out_row->wrong < 1000 ? out_row->wrong + 1 : out_row->wrong;
    return set_wrong(people, out_row->id, wrong,
                     lockout_ms(wrong) == 0 ? 0 : now + lockout_ms(wrong));
}

/* The hash that @kind is held against: "" when there is none, or it does not
 * do for this person. */
static const char *hash_of(const struct lt_person_row *row,
                           enum secret_kind kind)
{
    bool pin_does = row->pin[0] != '\0' && !signs_in_by_code(&row->person);

    if (row->person.disabled) {
        return "";
    }
    switch (kind) {
    case SECRET_PASSWORD:
        return row->password;
    case SECRET_PIN:
        return pin_does ? row->pin : "";
    case SECRET_CODE:
        return ""; /* the code is the secret: settle */
    case SECRET_UNLOCK:
        return pin_does ? row->pin : row->password;
    }
    return "";
}

/* The second factor, once the first is right. */
static lt_err check_totp(struct lt_people *people,
                         const struct lt_person_row *row, const char *totp,
                         struct lt_diag *diag)
{
    struct lt_query query;
    uint64_t step;
    lt_err rc = lt_totp_check(row->totp, totp == NULL ? "" : totp,
                              lt_people_now(people), row->totp_last, &step);

    if (rc != LT_OK) {
        return rc;
    }
    if (step == 0) {
        return lt_people_refuse(diag, LT_ETOTP, row->person.name, NULL);
    }
    query = lt_query_of(
        people->db, "UPDATE person SET totp_last=? WHERE id=? AND totp_last<?");
    lt_query_int(&query, (int64_t)step);
    lt_query_int(&query, row->id);
    lt_query_int(&query, (int64_t)step);
    rc = lt_query_run(&query);
    return rc == LT_OK && sqlite3_changes(people->db) != 1
               ? lt_people_refuse(diag, LT_ETOTP, row->person.name, NULL)
               : rc;
}

/* What the try came to: a right one ends the count, a wrong one is told. The
 * record of a refusal is committed, so the answer is kept beside it. */
static lt_err settle(struct lt_people *people, const struct lt_person_row *row,
                     enum secret_kind kind, bool right, const char *totp,
                     lt_err *out_answer, struct lt_diag *diag)
{
    lt_err rc = LT_OK;

    *out_answer = LT_OK;
    if (!right) {
        *out_answer =
            lt_people_refuse(diag, LT_ESIGNIN, row->person.name, NULL);
    } else if (kind == SECRET_CODE ||
               (kind == SECRET_PASSWORD && signs_in_by_code(&row->person))) {
        rc = check_totp(people, row, totp, diag);
        if (rc == LT_ETOTP) {
            *out_answer = rc;
            rc = LT_OK;
        }
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (*out_answer != LT_OK) {
        return lt_audit_put(people, row->person.name, LT_AUDIT_SIGN_IN_REFUSED,
                            "");
    }
    return set_wrong(people, row->id, 0, 0);
}

static lt_err check(struct lt_people *people, const char *name,
                    enum secret_kind kind, const char *secret, const char *totp,
                    struct lt_person *out_person, struct lt_diag *diag)
{
    struct lt_person_row row;
    lt_err answer = LT_OK;
    bool right = false;
    lt_err rc = lt_store_begin(people->db);

    if (rc == LT_OK) {
        rc = lt_store_end(people->db, count_try(people, name, &row, diag));
    }
    if (rc == LT_ENOTFOUND) {
        rc = lt_secret_is(secret, "", &right); /* takes its time as well */
        return rc != LT_OK ? rc
                           : lt_people_refuse(diag, LT_ESIGNIN, name, NULL);
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (kind == SECRET_CODE) {
        right = !row.person.disabled && row.person.has_totp;
    } else {
        rc = lt_secret_is(secret, hash_of(&row, kind), &right);
    }
    if (rc == LT_OK) {
        rc = lt_store_begin(people->db);
    }
    if (rc == LT_OK) {
        rc = lt_store_end(
            people->db, settle(people, &row, kind, right, totp, &answer, diag));
    }
    if (rc == LT_OK && answer == LT_OK) {
        row.person.locked_until_ms = 0;
        *out_person = row.person;
    }
    lt_wipe(&row, sizeof(row));
    return rc != LT_OK ? rc : answer;
}

lt_err lt_people_check(struct lt_people *people, const char *name,
                       const char *password, const char *totp,
                       struct lt_person *out_person, struct lt_diag *diag)
{
    return check(people, name, SECRET_PASSWORD, password, totp, out_person,
                 diag);
}

lt_err lt_people_check_pin(struct lt_people *people, const char *name,
                           const char *pin, struct lt_person *out_person,
                           struct lt_diag *diag)
{
    return check(people, name, SECRET_PIN, pin, NULL, out_person, diag);
}

lt_err lt_people_check_code(struct lt_people *people, const char *name,
                            const char *totp, struct lt_diag *diag)
{
    struct lt_person person;
    lt_err rc = lt_people_find(people, name, &person, diag);

    if (rc == LT_OK && !person.has_totp) {
        return lt_people_refuse(diag, LT_ENOTOTP, name, NULL);
    }
    return rc == LT_OK ? check(people, name, SECRET_CODE, "", totp, &person,
                               diag)
                       : rc;
}

lt_err lt_people_check_unlock(struct lt_people *people, const char *name,
                              const char *secret, struct lt_diag *diag)
{
    struct lt_person person;

    return check(people, name, SECRET_UNLOCK, secret, NULL, &person, diag);
}

/* ---- renewal by a paper code ---- */

/* Whose code it is: the name of an active leader. LT_EPAPER: nobody's. */
static lt_err owner_of(struct lt_people *people,
                       const uint8_t hash[static LT_HASH_LEN],
                       char out_name[static LT_PERSON_NAME_MAX + 1])
{
    struct lt_query query = lt_query_of(
        people->db,
        "SELECT name FROM person JOIN paper ON paper.person=person.id"
        " WHERE paper.hash=? AND disabled=0 AND roles&4<>0");
    bool found;
    lt_err rc;

    lt_query_blob(&query, hash, LT_HASH_LEN);
    found = lt_query_row(&query);
    if (found) {
        size_t len = strlen(lt_query_get_text(&query, 0));

        memcpy(out_name, lt_query_get_text(&query, 0), len + 1);
    }
    rc = lt_query_end(&query);
    return rc != LT_OK ? rc : found ? LT_OK : LT_EPAPER;
}

static lt_err spend(struct lt_people *people,
                    const uint8_t hash[static LT_HASH_LEN])
{
    struct lt_query query =
        lt_query_of(people->db, "DELETE FROM paper WHERE hash=?");

    lt_query_blob(&query, hash, LT_HASH_LEN);
    return lt_query_run(&query);
}

static lt_err renew(struct lt_people *people, const char *name,
                    const uint8_t hash[static LT_HASH_LEN],
                    const struct lt_person_says *says,
                    const struct lt_person_hashes *hashes, struct lt_diag *diag)
{
    char by[LT_PERSON_NAME_MAX + 1] = "";
    struct lt_person_row row;
    lt_err rc = owner_of(people, hash, by);

    if (rc == LT_EPAPER) {
        return lt_people_refuse(diag, rc, name, NULL);
    }
    if (rc == LT_OK) {
        rc = lt_people_load(people, name, &row, diag);
    }
    if (rc == LT_OK) {
        rc = spend(people, hash);
    }
    if (rc == LT_OK) {
        rc = lt_person_set_secrets(people, by, &row, says, hashes);
    }
    if (rc == LT_OK) {
        rc = set_wrong(people, row.id, 0, 0);
    }
    if (rc == LT_OK) {
        rc = lt_audit_put(people, by, LT_AUDIT_RENEWED, name);
    }
    lt_wipe(&row, sizeof(row));
    return rc;
}

/* At most one record a minute: whoever tries codes must not fill the disk. */
static lt_err note_refused(struct lt_people *people, const char *name)
{
    struct lt_person_row row;
    int64_t last = 0;
    lt_err rc =
        lt_people_count(people,
                        "SELECT coalesce(max(at_ms),0) FROM audit"
                        " WHERE what='paper_code_refused'"
                        " AND number>(SELECT max(number) FROM audit)-50",
                        &last);

    if (rc != LT_OK || lt_people_now(people) - last < PAPER_NOTE_MS) {
        return rc;
    }
    rc = lt_person_load(people, name, &row);
    lt_wipe(&row, sizeof(row));
    return rc == LT_OK || rc == LT_ENOTFOUND
               ? lt_audit_put(people, LT_BY_TOOL, LT_AUDIT_PAPER_REFUSED,
                              rc == LT_OK ? name : "")
               : rc;
}

lt_err lt_people_renew(struct lt_people *people, const char *name,
                       const char *paper_code, const char *password,
                       const char *pin, struct lt_diag *diag)
{
    const struct lt_person_says says = {.password = password, .pin = pin};
    struct lt_person_hashes hashes;
    uint8_t hash[LT_HASH_LEN];
    lt_err rc;

    if (!lt_secret_paper_hash(paper_code, hash)) {
        memset(hash, 0, sizeof(hash)); /* no code's */
    }
    rc = lt_person_hash(people, name, &says, &hashes, diag);
    if (rc == LT_OK) {
        rc = lt_store_begin(people->db);
    }
    if (rc == LT_OK) {
        rc = lt_store_end(people->db,
                          renew(people, name, hash, &says, &hashes, diag));
    }
    if (rc == LT_EPAPER && lt_store_begin(people->db) == LT_OK) {
        lt_err noted = lt_store_end(people->db, note_refused(people, name));

        rc = noted == LT_OK ? rc : noted;
    }
    lt_wipe(&hashes, sizeof(hashes));
    lt_wipe(hash, sizeof(hash));
    return rc;
}

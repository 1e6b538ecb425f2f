/* Persons: the table, who may change it, what a change does. */
#include "daemon/people/people.h"

#include <stdio.h>
#include <string.h>

#include "common/crypto.h"
#include "daemon/people/internal.h"

enum { APPLICATION_ID = 0x4c745065, VERSION = 1, PATH_TEXT_MAX = 4096 };

static const char SCHEMA[] =
    "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " shown TEXT NOT NULL, roles INTEGER NOT NULL CHECK(roles BETWEEN 1 AND "
    "31),"
    " password TEXT NOT NULL, pin TEXT NOT NULL DEFAULT '', totp BLOB,"
    " totp_last INTEGER NOT NULL DEFAULT 0, wrong INTEGER NOT NULL DEFAULT 0,"
    " locked_until_ms INTEGER NOT NULL DEFAULT 0,"
    " disabled INTEGER NOT NULL DEFAULT 0, created_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE session(hash BLOB PRIMARY KEY,"
    " person INTEGER NOT NULL REFERENCES person(id),"
    " begun_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL,"
    " locked INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE paper(hash BLOB PRIMARY KEY,"
    " person INTEGER NOT NULL REFERENCES person(id)) STRICT;"
    "CREATE TABLE audit(number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
    " who TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN"
    " SELECT RAISE(ABORT,'the audit is append-only'); END;"
    "CREATE TRIGGER audit_whole BEFORE DELETE ON audit BEGIN"
    " SELECT RAISE(ABORT,'the audit is append-only'); END;"
    "CREATE TRIGGER person_stays BEFORE DELETE ON person BEGIN"
    " SELECT RAISE(ABORT,'the audit speaks of persons'); END;";

static const struct {
    enum lt_person_role role;
    const char *word;
} roles[] = {{LT_ROLE_OFFICER, "officer"},
             {LT_ROLE_COORDINATOR, "coordinator"},
             {LT_ROLE_LEADER, "leader"},
             {LT_ROLE_INSPECTOR, "inspector"},
             {LT_ROLE_OPERATOR, "operator"}};

const char *lt_role_word(enum lt_person_role role)
{
    for (size_t i = 0; i < LT_COUNT_OF(roles); i++) {
        if (roles[i].role == role) {
            return roles[i].word;
        }
    }
    return NULL;
}

uint32_t lt_role_by_word(const char *word)
{
    for (size_t i = 0; i < LT_COUNT_OF(roles); i++) {
        if (strcmp(roles[i].word, word) == 0) {
            return (uint32_t)roles[i].role;
        }
    }
    return 0;
}

lt_err lt_people_open(const char *dir, const struct lt_sys *sys,
                      struct lt_people **out_people, struct lt_diag *diag)
{
    static const struct lt_store_kind kind = {APPLICATION_ID, VERSION, SCHEMA};
    struct lt_people *people = lt_new(lt_alloc_heap(), sizeof(*people));
    char path[PATH_TEXT_MAX];
    int len = snprintf(path, sizeof(path), "%s/people.db", dir);
    lt_err rc;

    if (people == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    people->sys = sys;
    rc = len < 0 || (size_t)len >= sizeof(path)
             ? lt_diag_set(diag, LT_EINVAL)
             : lt_store_open(path, &kind, &people->db, diag);
    if (rc != LT_OK) {
        lt_free(lt_alloc_heap(), people);
        return rc;
    }
    *out_people = people;
    return LT_OK;
}

void lt_people_close(struct lt_people *people)
{
    if (people != NULL) {
        lt_store_close(people->db);
        lt_free(lt_alloc_heap(), people);
    }
}

int64_t lt_people_now(const struct lt_people *people)
{
    struct lt_now now;

    people->sys->now(people->sys->ctx, &now);
    return now.wall_ms;
}

lt_err lt_people_refuse(struct lt_diag *diag, lt_err code, const char *what,
                        const char *reason)
{
    lt_diag_set(diag, code);
    lt_diag_arg(diag, "what", "%s", what);
    if (reason != NULL) {
        lt_diag_arg(diag, "reason", "%s", reason);
    }
    return code;
}

#define PERSON_COLUMNS                                                         \
    "id,name,shown,roles,disabled,pin<>'',totp IS NOT NULL,locked_until_ms,"   \
    "created_ms,(SELECT count(*) FROM paper WHERE person=person.id),password," \
    "pin,totp,totp_last,wrong"

static void read_person(const struct lt_query *query, struct lt_person *person)
{
    memset(person, 0, sizeof(*person));
    (void)snprintf(person->name, sizeof(person->name), "%s",
                   lt_query_get_text(query, 1));
    (void)snprintf(person->shown, sizeof(person->shown), "%s",
                   lt_query_get_text(query, 2));
    person->roles = (uint32_t)lt_query_get_int(query, 3);
    person->disabled = lt_query_get_int(query, 4) != 0;
    person->has_pin = lt_query_get_int(query, 5) != 0;
    person->has_totp = lt_query_get_int(query, 6) != 0;
    person->locked_until_ms = lt_query_get_int(query, 7);
    person->created_ms = lt_query_get_int(query, 8);
    person->papers_left = (unsigned)lt_query_get_int(query, 9);
}

lt_err lt_person_load(struct lt_people *people, const char *name,
                      struct lt_person_row *out_row)
{
    struct lt_query query = lt_query_of(
        people->db, "SELECT " PERSON_COLUMNS " FROM person WHERE name=?");
    const void *totp;
    bool found;
    lt_err rc;

    memset(out_row, 0, sizeof(*out_row));
    lt_query_text(&query, name);
    found = lt_query_row(&query);
    if (found) {
        out_row->id = lt_query_get_int(&query, 0);
        read_person(&query, &out_row->person);
        (void)snprintf(out_row->password, sizeof(out_row->password), "%s",
                       lt_query_get_text(&query, 10));
        (void)snprintf(out_row->pin, sizeof(out_row->pin), "%s",
                       lt_query_get_text(&query, 11));
        totp = sqlite3_column_blob(query.stmt, 12);
        if (totp != NULL && sqlite3_column_bytes(query.stmt, 12) ==
                                (int)sizeof(out_row->totp)) {
            memcpy(out_row->totp, totp, sizeof(out_row->totp));
        }
        out_row->totp_last = (uint64_t)lt_query_get_int(&query, 13);
        out_row->wrong = (unsigned)lt_query_get_int(&query, 14);
    }
    rc = lt_query_end(&query);
    return rc != LT_OK ? rc : found ? LT_OK : LT_ENOTFOUND;
}

lt_err lt_people_load(struct lt_people *people, const char *name,
                      struct lt_person_row *out_row, struct lt_diag *diag)
{
    lt_err rc = lt_person_load(people, name, out_row);

    return rc == LT_ENOTFOUND ? lt_people_refuse(diag, rc, name, NULL) : rc;
}

lt_err lt_people_find(struct lt_people *people, const char *name,
                      struct lt_person *out_person, struct lt_diag *diag)
{
    struct lt_person_row row;
    lt_err rc = lt_people_load(people, name, &row, diag);

    if (rc == LT_OK) {
        *out_person = row.person;
    }
    lt_wipe(&row, sizeof(row));
    return rc;
}

lt_err lt_people_list(struct lt_people *people, struct lt_person **out_persons,
                      size_t *out_n)
{
    struct lt_query query = lt_query_of(
        people->db, "SELECT " PERSON_COLUMNS " FROM person ORDER BY name");
    struct lt_person *persons = NULL;
    size_t capacity = 0;
    size_t n = 0;
    lt_err rc;

    while (lt_query_row(&query)) {
        void *array = persons;

        if (!lt_grow(lt_alloc_heap(), &array, &capacity, n, sizeof(*persons))) {
            query.rc = LT_ENOMEM;
            break;
        }
        persons = array;
        read_person(&query, &persons[n++]);
    }
    rc = lt_query_end(&query);
    if (rc != LT_OK) {
        lt_free(lt_alloc_heap(), persons);
        return rc;
    }
    *out_persons = persons;
    *out_n = n;
    return LT_OK;
}

lt_err lt_people_count(struct lt_people *people, const char *sql,
                       int64_t *out_count)
{
    struct lt_query query = lt_query_of(people->db, sql);

    *out_count = lt_query_row(&query) ? lt_query_get_int(&query, 0) : 0;
    return lt_query_end(&query);
}

lt_err lt_people_leaders(struct lt_people *people, int64_t *out_count)
{
    return lt_people_count(
        people, "SELECT count(*) FROM person WHERE disabled=0 AND roles&4<>0",
        out_count);
}

lt_err lt_people_has_leader(struct lt_people *people, bool *out_has)
{
    int64_t leaders;
    lt_err rc = lt_people_leaders(people, &leaders);

    if (rc == LT_OK) {
        *out_has = leaders > 0;
    }
    return rc;
}

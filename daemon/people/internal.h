/* What the files of this folder share. */
#ifndef LT_PEOPLE_INTERNAL_H
#define LT_PEOPLE_INTERNAL_H

#include "daemon/people/audit.h"
#include "daemon/people/secret.h"
#include "daemon/people/store.h"
#include "daemon/people/totp.h"

struct lt_people {
    const struct lt_sys *sys;
    sqlite3 *db;
};

int64_t lt_people_now(const struct lt_people *people);
/* A record within the transaction at work. */
LT_MUST_CHECK lt_err lt_audit_put(struct lt_people *people, const char *who,
                                  enum lt_audit_what what, const char *about);
/* Secrets as hashes; "" for what is not said. The caller wipes it. */
struct lt_person_hashes {
    char password[LT_SECRET_HASH_MAX];
    char pin[LT_SECRET_HASH_MAX];
};

/* Set code, "what" and, unless NULL, "reason" (a ui word). Gives @code. */
lt_err lt_people_refuse(struct lt_diag *diag, lt_err code, const char *what,
                        const char *reason);
/* The one number that @sql asks for. */
LT_MUST_CHECK lt_err lt_people_count(struct lt_people *people, const char *sql,
                                     int64_t *out_count);
/* How many active leaders there are. */
LT_MUST_CHECK lt_err lt_people_leaders(struct lt_people *people,
                                       int64_t *out_count);
/* A person and what is kept of the secrets. */
struct lt_person_row {
    int64_t id;
    struct lt_person person;
    char password[LT_SECRET_HASH_MAX];
    char pin[LT_SECRET_HASH_MAX];
    uint8_t totp[LT_TOTP_SECRET_LEN];
    uint64_t totp_last;
    unsigned wrong;
};
/* LT_ENOTFOUND when there is none. The caller wipes it. */
LT_MUST_CHECK lt_err lt_person_load(struct lt_people *people, const char *name,
                                    struct lt_person_row *out_row);
/* The same, with "what" in @diag. */
LT_MUST_CHECK lt_err lt_people_load(struct lt_people *people, const char *name,
                                    struct lt_person_row *out_row,
                                    struct lt_diag *diag);
/* Secrets of a person set anew, within a transaction; see change.c. */
LT_MUST_CHECK lt_err lt_person_set_secrets(
    struct lt_people *people, const char *by, const struct lt_person_row *row,
    const struct lt_person_says *says, const struct lt_person_hashes *hashes);
/* Do the secrets of @says fit @name, and what is to be kept of them? Takes its
 * time: before a transaction. */
LT_MUST_CHECK lt_err lt_person_hash(const struct lt_people *people,
                                    const char *name,
                                    const struct lt_person_says *says,
                                    struct lt_person_hashes *out_hashes,
                                    struct lt_diag *diag);
/* The secret that opens a locked screen: the PIN, else the password. */
LT_MUST_CHECK lt_err lt_people_check_unlock(struct lt_people *people,
                                            const char *name,
                                            const char *secret,
                                            struct lt_diag *diag);
LT_MUST_CHECK lt_err lt_sessions_drop(struct lt_people *people, int64_t person);

#endif

/* Whatever takes a secret's time: sign-in, unlocking, changing officer,
 * persons. Hashing one takes some 50 ms, in which the loop serves others; so
 * it is done by a thread of its own, one after the other, with a bound on how
 * many wait.
 *
 * Threading: the thread of the port; the work in a thread of its own, with a
 * connection of its own to people.db. */
#ifndef LT_HTTP_USHER_H
#define LT_HTTP_USHER_H

#include "common/sys.h"
#include "daemon/http/http_port.h"
#include "daemon/people/people.h"

enum { LT_USHER_WAITING = 32, LT_USHER_SECRET_MAX = 256 };

enum lt_usher_work {
    LT_USHER_SIGN_IN, /* name, password or pin, totp -> token */
    LT_USHER_VOUCHED, /* name, totp -> token: the proxy has proven who */
    LT_USHER_UNLOCK,  /* token, pin */
    LT_USHER_SWITCH,  /* token, name, pin -> token */
    LT_USHER_ADD,     /* by, name, says -> told */
    LT_USHER_CHANGE,  /* by, name, says, disable -> told */
    LT_USHER_RENEW    /* name, paper, password, pin */
};

/* One piece of work. Everything in it is wiped when it is freed. */
struct lt_usher_job {
    struct lt_usher_job *next;
    enum lt_usher_work work;
    void (*done)(void *ctx, struct lt_usher_job *job); /* frees it */
    void *ctx;
    /* in; "" with the has_ flag false: not given */
    char by[LT_PERSON_NAME_MAX + 1];
    char name[LT_PERSON_NAME_MAX + 1];
    char token[LT_SESSION_TOKEN_TEXT];
    bool has_password;
    bool has_pin;
    bool has_shown;
    char password[LT_PERSON_PASSWORD_MAX + 1];
    char pin[LT_USHER_SECRET_MAX + 1];
    char totp[16];
    char paper[64];
    char shown[LT_PERSON_SHOWN_MAX + 1];
    uint32_t roles; /* 0: not given */
    bool new_totp;
    int disable; /* 1, 0; -1: as it is */
    /* out */
    lt_err err;
    struct lt_diag diag;
    char new_token[LT_SESSION_TOKEN_TEXT]; /* "": none */
    struct lt_person_told told;
};

struct lt_usher;

/* Errors: those of lt_people_open; LT_EINTERNAL without a thread. */
LT_MUST_CHECK lt_err lt_usher_new(const char *dir, const struct lt_sys *sys,
                                  struct lt_port *port,
                                  struct lt_usher **out_usher,
                                  struct lt_diag *diag);
/* What waits is done with LT_ENOTRUNNING. */
void lt_usher_free(struct lt_usher *usher);

/* NULL without memory. */
struct lt_usher_job *lt_usher_job_new(enum lt_usher_work work);
void lt_usher_job_free(struct lt_usher_job *job);
/* Give work; LT_EBUSY when too much waits: the job is still the caller's. */
LT_MUST_CHECK lt_err lt_usher_give(struct lt_usher *usher,
                                   struct lt_usher_job *job);
/* Call `done` of what is: after the port was woken. */
void lt_usher_collect(struct lt_usher *usher);

#endif

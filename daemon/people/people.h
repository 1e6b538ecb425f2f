/* The people of one office: who they are, what they may do, how they sign in.
 *
 * people.db (0600, in DIR) is this machine's and never replicates. A person has
 * a sign-in name, a shown name, roles, a password and, if they wish, a PIN for
 * changing officer quickly; an operator also a TOTP secret, whose code each
 * sign-in asks for, and whoever is to take whole books out one for that alone.
 * Secrets are kept as
 * yescrypt hashes, tokens of sessions and paper codes as SHA-256.
 *
 * Who may change people: an active leader, named as @by. While the office has
 * no active leader yet @by is LT_BY_TOOL: whoever may open DIR makes the first
 * one. The module checks that @by may, not that the caller is @by: that is
 * lt_people_check's and lt_people_session_look's to prove.
 *
 * Every change, every sign-in and every refused one is a record of the audit
 * chain (audit.h) in the same transaction.
 *
 * Several processes and threads may have people.db open at a time, each with
 * its own struct: the daemon's HTTP side, its control socket, the tool. The
 * file has a rollback journal, not a WAL (store.h says why).
 *
 * Threading: a struct lt_people belongs to one thread. lt_people_check and all
 * else that hashes a secret takes about 50 ms of one core and
 * 16 MiB: not for a thread that must answer at once. */
#ifndef LT_PEOPLE_PEOPLE_H
#define LT_PEOPLE_PEOPLE_H

#include "common/base.h"
#include "common/err.h"
#include "common/sys.h"

enum lt_person_role {
    LT_ROLE_OFFICER = 1,     /* cán bộ tiếp: the desk */
    LT_ROLE_COORDINATOR = 2, /* điều phối: the centre */
    LT_ROLE_LEADER = 4,      /* lãnh đạo: all faces, and people */
    LT_ROLE_INSPECTOR = 8,   /* kiểm tra: reads the audit */
    LT_ROLE_OPERATOR = 16,   /* quản trị máy: status; reads no register */
    LT_ROLES_ALL = 31
};

enum {
    LT_PERSON_NAME_MAX = 32,      /* bytes: a-z 0-9 . _ - */
    LT_PERSON_SHOWN_MAX = 200,    /* bytes of UTF-8 */
    LT_PERSON_PASSWORD_MAX = 256, /* bytes of UTF-8; 8 characters at least */
    LT_PERSONS_MAX = 500,         /* persons of one office, disabled included */
    LT_SESSIONS_MAX = 2000,       /* open ones of one office */
    LT_WRONG_MAX = 5,             /* wrong secrets before the first lock */
    LT_PAPERS = 8,                /* sealed paper codes of a leader */
    LT_PAPER_TEXT = 20,           /* "ABCD-EFGH-JKMN-PQRS" and NUL */
    LT_SESSION_TOKEN_TEXT = 44,   /* 256 bits, base64url, and NUL */
    LT_TOTP_SECRET_TEXT = 33      /* 160 bits, base32, and NUL */
};

/* A session lives so long after its sign-in, is locked after so long without
 * somebody at work, and the first lock-out lasts so long; it doubles with every
 * further wrong secret, up to an hour. Milliseconds. */
#define LT_SESSION_LIFE_MS ((int64_t)12 * 3600 * 1000)
#define LT_SESSION_IDLE_MS ((int64_t)10 * 60 * 1000)
#define LT_LOCKOUT_MS ((int64_t)60 * 1000)
#define LT_LOCKOUT_MAX_MS ((int64_t)3600 * 1000)

#define LT_BY_TOOL "@tool" /* no person's name: it has an @ */
#define LT_BY_DAEMON "@daemon" /* what it does by itself */

struct lt_person {
    char name[LT_PERSON_NAME_MAX + 1];
    char shown[LT_PERSON_SHOWN_MAX + 1];
    uint32_t roles; /* enum lt_person_role */
    bool disabled;
    bool has_pin;
    bool has_totp;
    unsigned papers_left;    /* paper codes not used yet; leaders' */
    int64_t locked_until_ms; /* wall; 0: not locked out */
    int64_t created_ms;
};

/* What a new person, or a change, says. NULL: none, or as before. */
struct lt_person_says {
    const char *shown;
    uint32_t roles; /* 0: as before */
    const char *password;
    const char *pin; /* "" takes the PIN away */
    bool new_totp;   /* a secret for one-time codes, or a new one: the telephone
                        is lost */
};

/* What is told once and kept only as a hash: for paper, then wiped by the
 * caller. */
struct lt_person_told {
    unsigned papers_n;
    char papers[LT_PAPERS][LT_PAPER_TEXT];
    char totp[LT_TOTP_SECRET_TEXT]; /* base32; "" when there is none */
};

/* A session, as it stands. */
struct lt_people_session {
    struct lt_person person;
    bool locked;           /* a PIN or password opens it: only what shows the
                              lock screen may be answered */
    int64_t expires_at_ms; /* wall */
    int64_t begun_ms;
};

struct lt_people;

/* The word of one role, NULL for none; its bit, 0 for no such word. */
const char *lt_role_word(enum lt_person_role role);
uint32_t lt_role_by_word(const char *word);

/* Open DIR/people.db, and make it when it is not there. @sys is borrowed.
 *
 * Errors, with "path": LT_EFILEMODE when others may touch the file, LT_EDB when
 * it is none of ours, LT_EDBNEWER, LT_EIO, LT_EFULL, LT_ECREATE, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_people_open(const char *dir, const struct lt_sys *sys,
                                    struct lt_people **out_people,
                                    struct lt_diag *diag);
void lt_people_close(struct lt_people *people);

/* Any function below may also fail with LT_EBUSY (another writer for more than
 * 5 s), LT_EIO, LT_EFULL, LT_ENOMEM; nothing has changed then. @diag may be
 * NULL. */

/* ---- persons ---- */

/* Is there an active leader? */
LT_MUST_CHECK lt_err lt_people_has_leader(struct lt_people *people,
                                          bool *out_has);
/* Add @name. says->shown, roles and password must be there. A leader gets paper
 * codes, an operator a TOTP secret: in @told.
 *
 * Errors: LT_EPERM when @by may not; LT_EPERSONTHERE; LT_EINVAL with "what"
 * (name, shown, roles, password, pin) and "reason"; LT_EWEAKSECRET likewise;
 * LT_ETOOBIG at LT_PERSONS_MAX. */
LT_MUST_CHECK lt_err lt_people_add(struct lt_people *people, const char *by,
                                   const char *name,
                                   const struct lt_person_says *says,
                                   struct lt_person_told *told,
                                   struct lt_diag *diag);
/* Change shown name, roles, password or PIN. @by a leader, or @name itself for
 * password and PIN. New roles count from the next look at a session; a new
 * password ends all of the person's sessions. Who becomes leader or operator
 * is told codes or secret, as in lt_people_add.
 *
 * Errors: as lt_people_add; LT_ENOTFOUND; LT_ELASTLEADER when nobody would be
 * left who may change people. */
LT_MUST_CHECK lt_err lt_people_change(struct lt_people *people, const char *by,
                                      const char *name,
                                      const struct lt_person_says *says,
                                      struct lt_person_told *told,
                                      struct lt_diag *diag);
/* Nobody signs in as @name any more; sessions end at once. The name stays
 * taken: the audit speaks of it. @on brings the person back. Errors: LT_EPERM,
 * LT_ENOTFOUND, LT_ELASTLEADER. */
LT_MUST_CHECK lt_err lt_people_disable(struct lt_people *people, const char *by,
                                       const char *name, bool on,
                                       struct lt_diag *diag);
/* New paper codes for the leader @by; the old ones are void.
 * Errors: LT_EPERM. */
LT_MUST_CHECK lt_err lt_people_papers(struct lt_people *people, const char *by,
                                      struct lt_person_told *told,
                                      struct lt_diag *diag);
/* A forgotten secret, renewed here without network: one of any active leader's
 * paper codes, which is spent, sets @password (and @pin, unless NULL) of @name,
 * ends its lock-out and its sessions. Blanks, hyphens, case, and O, I, L for
 * 0, 1, 1 in the code do not matter.
 * Errors: LT_EPAPER when the code is none or spent; LT_ENOTFOUND; LT_EINVAL,
 * LT_EWEAKSECRET: the code is not spent then. */
LT_MUST_CHECK lt_err lt_people_renew(struct lt_people *people, const char *name,
                                     const char *paper_code,
                                     const char *password, const char *pin,
                                     struct lt_diag *diag);
/* Errors: LT_ENOTFOUND. */
LT_MUST_CHECK lt_err lt_people_find(struct lt_people *people, const char *name,
                                    struct lt_person *out_person,
                                    struct lt_diag *diag);
/* All persons by name, at most LT_PERSONS_MAX; the caller frees *out_persons.
 */
LT_MUST_CHECK lt_err lt_people_list(struct lt_people *people,
                                    struct lt_person **out_persons,
                                    size_t *out_n);

/* ---- secrets ---- */

/* Is this @name's password, and for an operator @totp its code of now? @totp
 * may be NULL or empty for all others; a code counts once. Takes the same time for a
 * name that is not there.
 *
 * Wrong ones are counted before they are looked at: after LT_WRONG_MAX the
 * person is locked out, for longer each time, and the right secret is refused
 * as well until the time is over. A right one ends the count.
 *
 * Errors: LT_ESIGNIN (wrong name or secret, or disabled; which is not said),
 * LT_ELOCKEDOUT with "seconds", LT_ETOTP when password is right and the code
 * missing or wrong (it counts as wrong). */
LT_MUST_CHECK lt_err lt_people_check(struct lt_people *people, const char *name,
                                     const char *password, const char *totp,
                                     struct lt_person *out_person,
                                     struct lt_diag *diag);
/* Is @totp @name's code of now? What takes a second proof asks this: whole
 * books. A code counts once; wrong ones count as wrong secrets do.
 * Errors: LT_ENOTOTP when the person has no authenticator; LT_ETOTP,
 * LT_ELOCKEDOUT, LT_ESIGNIN (disabled), LT_ENOTFOUND. */
LT_MUST_CHECK lt_err lt_people_check_code(struct lt_people *people,
                                          const char *name, const char *totp,
                                          struct lt_diag *diag);
/* The same for the PIN. Operators, and whoever has no PIN, are refused:
 * LT_ESIGNIN. */
LT_MUST_CHECK lt_err lt_people_check_pin(struct lt_people *people,
                                         const char *name, const char *pin,
                                         struct lt_person *out_person,
                                         struct lt_diag *diag);

/* ---- sessions ---- */

/* Begin a session of @name, whose secret has just been checked. The token is
 * told once, only its SHA-256 is kept.
 * Errors: LT_ESIGNIN when the person is gone or disabled meanwhile; LT_ETOOBIG
 * at LT_SESSIONS_MAX. */
LT_MUST_CHECK lt_err lt_people_session_begin(
    struct lt_people *people, const char *name,
    char out_token[static LT_SESSION_TOKEN_TEXT], struct lt_diag *diag);
/* The same for whom the office's own proxy has proven (a client certificate,
 * OpenID Connect); @how goes into the audit. An operator's code is asked for
 * all the same. Errors: as above, and LT_ETOTP, LT_ELOCKEDOUT. */
LT_MUST_CHECK lt_err lt_people_session_vouched(
    struct lt_people *people, const char *name, const char *totp,
    const char *how, char out_token[static LT_SESSION_TOKEN_TEXT],
    struct lt_diag *diag);
/* What the session of @token is. @active: somebody did something, so that it
 * does not lock by itself; polling and live streams say false.
 * Errors: LT_ESESSION when there is none, it has expired, was ended, or its
 * person was disabled. A locked one is LT_OK with locked set. */
LT_MUST_CHECK lt_err lt_people_session_look(
    struct lt_people *people, const char *token, bool active,
    struct lt_people_session *out_session, struct lt_diag *diag);
/* Lock it; the form on the screen stays. Errors: LT_ESESSION. */
LT_MUST_CHECK lt_err lt_people_session_lock(struct lt_people *people,
                                            const char *token,
                                            struct lt_diag *diag);
/* The person's PIN (or, for whoever has none, the password) opens it again.
 * Errors: LT_ESESSION, LT_ESIGNIN, LT_ELOCKEDOUT. */
LT_MUST_CHECK lt_err lt_people_session_unlock(struct lt_people *people,
                                              const char *token,
                                              const char *pin,
                                              struct lt_diag *diag);
/* Another officer takes the seat: @token's session ends, a new one of @name
 * begins. Works from a locked session.
 * Errors: LT_ESESSION, LT_ESIGNIN, LT_ELOCKEDOUT: the old session goes on. */
LT_MUST_CHECK lt_err lt_people_session_switch(
    struct lt_people *people, const char *token, const char *name,
    const char *pin, char out_token[static LT_SESSION_TOKEN_TEXT],
    struct lt_diag *diag);
/* End it; ending what is not there is no error. */
LT_MUST_CHECK lt_err lt_people_session_end(struct lt_people *people,
                                           const char *token);

#endif

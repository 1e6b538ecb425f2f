/* The life of this office's certificate, and of what it knows of the keys of
 * those whom it dials.
 *
 * A certificate renews by itself: from a third of its time before its end the
 * parent is asked at its enrolment endpoint, by the binding that counts, until
 * there is another one; a root that has its authority's key here makes its own.
 * One that has ended shuts nobody out: sessions are proven by bindings. It is
 * an alarm here and at the parent.
 *
 * An office that has gone into another root's tree asks its new parent at once:
 * it has its key bound there, and then certificates and bindings lead to that
 * root. Those below it follow, each from its parent. The pinned root stays what
 * the log is believed by: it is its word that names the other one.
 *
 * Who is dialled and drops the handshake may have another transport key by now:
 * it is asked at its enrolment endpoint, and what it answers is believed when
 * it leads to the pinned root; the engine then judges the bindings as any.
 *
 * Threading: the loop's. */
#ifndef LT_DAEMON_RENEW_H
#define LT_DAEMON_RENEW_H

#include "common/link_msg.h"
#include "daemon/asker.h"

enum lt_renew_what { LT_RENEW_CERTIFICATE, LT_RENEW_KEY };

struct lt_renewal {
    struct lt_asker *asker; /* NULL: nothing is asked */
    enum lt_renew_what what;
    struct lt_office asked;
    uint8_t nonce[LT_NONCE_LEN];
    int64_t look_ms;      /* monotonic; when to look again */
    int64_t next_ms;      /* monotonic; not to ask for a certificate before */
    int64_t pause_ms;     /* after that, if nothing comes of it */
    int64_t tried_ms;     /* wall; 0: not yet */
    char why[96];         /* nothing came of it; "": something did */
    bool unsaved;         /* what is new stands in memory alone */
    struct lt_buf body;   /* a binding that was asked for; a superior of another
                             tree is to sign it */
    bool shut;            /* @door drops our handshakes */
    struct lt_office door;
    int64_t key_next_ms;  /* monotonic; not to ask it before */
    int64_t key_pause_ms;
    int64_t children_ms;  /* monotonic; when to look at theirs */
};

/* What people see of the certificate. */
struct lt_certificate_view {
    int64_t until_ms; /* wall; of the first that ends on the way to the root */
    int64_t renew_ms; /* from then on it is renewed */
    int64_t tried_ms; /* 0: not in this life */
    bool due;
    bool over;
    const char *why; /* why the last try came to nothing; "": it did not */
    struct lt_office root; /* to which it leads */
};

#endif

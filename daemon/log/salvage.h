/* A damaged log, read for what of it can still be proven.
 *
 * Rows are read one by one, so that a page that cannot be read costs what lies
 * on it and no more. A segment goes into the new log only when it goes on from
 * what was taken of its run and its own signature holds; the rest of that run,
 * and of the runs that go on from there, stays behind and is counted. Texts that
 * do not fit are left out: the scrub asks the neighbours for them. Nothing is
 * changed in the damaged file.
 *
 * Threading: one thread; nobody else has either file open. */
#ifndef LT_LOG_SALVAGE_H
#define LT_LOG_SALVAGE_H

#include "daemon/log/log.h"

struct lt_salvage;

struct lt_salvage_sums {
    uint64_t segments;    /* places in the damaged log */
    uint64_t kept;        /* in the new one */
    uint64_t quarantined; /* read, not proven or behind a break */
    uint64_t unreadable;
    uint64_t texts_lost;  /* bundles that do not fit their segment */
    uint64_t others;      /* rows of other tables */
    uint64_t others_lost;
};

/* Errors: LT_ENOINPUT; LT_ECORRUPT when not even its tables can be read. */
LT_MUST_CHECK lt_err lt_salvage_open(const char *path,
                                     struct lt_salvage **out_salvage);
void lt_salvage_close(struct lt_salvage *salvage);
/* Bindings, statements, answers to requests, erasures, small values. First,
 * since they prove the keys and keep erased texts away. Errors: of writing. */
LT_MUST_CHECK lt_err lt_salvage_others(struct lt_salvage *salvage,
                                       struct lt_log *to,
                                       struct lt_salvage_sums *sums);
/* The segments, with commits in between. @lost (may be NULL) hears of the first
 * segment of each run that stays behind, with one word: row, hash, signature,
 * key, behind. Errors: of writing. */
LT_MUST_CHECK lt_err lt_salvage_segments(
    struct lt_salvage *salvage, struct lt_log *to,
    const struct lt_key *(*key_of)(void *ctx, const struct lt_office *origin,
                                   const uint8_t key_id[static LT_HASH_LEN]),
    lt_log_bad *lost, void *ctx, struct lt_salvage_sums *sums);

#endif

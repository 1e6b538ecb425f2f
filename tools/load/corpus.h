/* A corpus: the commands of a commune's desks, the same for the same seed.
 *
 * Cases are opened, go through steps and are closed; now and then there is an
 * incident. About half of the bytes are Vietnamese text. What a case's later
 * commands refer to was opened, and last touched, at least LT_LOAD_LAG
 * commands before, so that its id is known by then although several batches
 * are under way.
 *
 * Threading: a corpus belongs to one thread. */
#ifndef LT_TOOLS_LOAD_CORPUS_H
#define LT_TOOLS_LOAD_CORPUS_H

#include "common/alloc.h"
#include "common/codec.h"
#include "common/err.h"
#include "common/id.h"

enum {
    LT_LOAD_LAG = 2048,
    LT_LOAD_EVENTS_MAX = 2000000,
    /* Below this zstd -19 has found too little that is new in it. */
    LT_LOAD_RATIO_MIN_PERCENT = 28
};

enum lt_load_kind {
    LT_LOAD_OPEN,
    LT_LOAD_STEP,
    LT_LOAD_CLOSE,
    LT_LOAD_INCIDENT
};

struct lt_load_field {
    const char *word;
    uint32_t number;
};

struct lt_load_command {
    enum lt_load_kind kind;
    uint32_t type;       /* of a case */
    const struct lt_load_field *field;
    uint32_t step;       /* StepKind, or the reason of a closing */
    uint32_t about;      /* the command that opened the case */
    uint32_t after;      /* the one before about the same case */
    int32_t legal_date;
    uint32_t people;
    /* In the corpus' arena; NULL: none. */
    const char *number;
    const char *doc_no;
    const char *text;    /* of an incident: the help */
    const char *place;
    const char *subject;
};

struct lt_corpus {
    struct lt_load_command *commands;
    size_t commands_n;
    struct lt_arena arena;
    uint64_t seed;
    uint64_t text_bytes;
};

LT_MUST_CHECK lt_err lt_corpus_new(uint64_t seed, size_t commands_n,
                                   struct lt_corpus *out_corpus);
void lt_corpus_deinit(struct lt_corpus *corpus);

/* An event as the log would hold it; borrowed. */
struct lt_corpus_row {
    const struct lt_event *event;
    const uint8_t *bytes; /* encoded */
    size_t len;
    const struct lt_part *parts;
    size_t parts_n;
};
typedef bool lt_corpus_visit(void *ctx, const struct lt_corpus_row *row);
/* Show every event to @visit, in order. Ids, salts and stamps are made up from
 * the seed; commands of one batch share a request id.
 * Errors: LT_EINVAL when the codec refuses one; LT_ENOMEM, also when @visit
 * answers false. */
LT_MUST_CHECK lt_err lt_corpus_each(const struct lt_corpus *corpus,
                                    size_t batch, lt_corpus_visit *visit,
                                    void *ctx, struct lt_diag *diag);
/* Append the rows that the log would hold: for each event its length (32 bits,
 * big-endian), the encoded event, salts and texts.
 * Errors: as lt_corpus_each. */
LT_MUST_CHECK lt_err lt_corpus_rows(const struct lt_corpus *corpus,
                                    size_t batch, struct lt_buf *out_rows,
                                    struct lt_diag *diag);

/* The request of one command, without a request id. @subject is the case's id.
 * Appends. */
LT_MUST_CHECK bool lt_corpus_request(const struct lt_load_command *command,
                                     const char *subject,
                                     struct lt_buf *out_json);

/* A small generator of numbers that are the same everywhere. */
uint64_t lt_load_random(uint64_t *state);
uint32_t lt_load_below(uint64_t *state, uint32_t bound);

#endif

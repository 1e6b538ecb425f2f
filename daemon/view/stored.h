/* A matter as its row keeps it: the folded state in one blob, and what the
 * next event needs so that the others need not be read again. */
#ifndef LT_VIEW_STORED_H
#define LT_VIEW_STORED_H

#include "daemon/cases/fold.h"

struct lt_stored {
    struct lt_matter matter; /* matter.id is set by who loads it */
    int64_t key;             /* of the matter: its opening event's */
    int64_t last;            /* sequence of its newest event row; 0 none */
    uint32_t events_n;
    uint32_t waiting_n;
    bool heads_cut; /* more heads than fit below */
    size_t heads_n;
    int64_t heads[LT_CAUSES_MAX]; /* keys */
    size_t label_len;             /* book number or document number */
    char label[LT_STRING_MAX];
    /* As they stand in the row's own columns. */
    int64_t arrived_ms;
    uint32_t listed_kind;
    int64_t listed_opened;
    bool listed_open;
    struct lt_office listed_custodian; /* zero: it is new, or contested */
    bool has_receipt;
    uint8_t receipt[10];
    bool is_new; /* no row yet */
};

enum {
    LT_STORED_BYTES = 256 + 4 * 10 + LT_OFFICE_LEN + 3 * 10 + LT_TRAIL_BYTES + LT_CAUSES_MAX * 10 + LT_STRING_MAX +
                      64 + LT_OFFERS_MAX * (2 * LT_OFFICE_LEN + 2 * 10) +
                      LT_CLAIMANTS_MAX * LT_OFFICE_LEN +
                      6 * 10 +
                      10 + LT_TASKS_MAX * (LT_OFFICE_LEN + 3 * 10) +
                      LT_ADDRESSEES_MAX * (LT_OFFICE_LEN + 2 * 5 + 3 * 10 +
                                           3 * LT_DAY_WORDS * 10)
};

void lt_stored_init(struct lt_stored *stored, int64_t key,
                    const struct lt_event_id *id);
size_t lt_stored_pack(const struct lt_stored *stored,
                      uint8_t out[static LT_STORED_BYTES]);
/* False when the bytes are not what pack writes. */
LT_MUST_CHECK bool lt_stored_unpack(const uint8_t *bytes, size_t len,
                                    struct lt_stored *stored);

#endif

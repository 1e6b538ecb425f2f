/* The words of commands and the numbers of the log, both ways.
 *
 * Threading: everything here is pure. */
#ifndef LT_CONTROL_VOCABULARY_H
#define LT_CONTROL_VOCABULARY_H

#include "common/codec.h"
#include "common/words.h"

struct lt_policy;

/* The step that a case takes once (STEP_ACCEPTED of proto/log.proto). */
enum { LT_STEP_WORD_ACCEPTED = 1, LT_STEP_WORD_EXTENDED = 8 };

/* Tell in @diag which words would have been right. */
void lt_vocabulary_allow(struct lt_diag *diag, enum lt_words list);
void lt_vocabulary_allow_fields(struct lt_diag *diag,
                                const struct lt_policy *policy);
void lt_vocabulary_allow_kinds(struct lt_diag *diag,
                               const struct lt_policy *policy);

/* "complaint" and so on; "denunciation" is 4. */
LT_MUST_CHECK bool lt_vocabulary_case_type(struct lt_text word,
                                           uint32_t *out_type);
/* "07:30", "7:30": minutes of the day. */
LT_MUST_CHECK bool lt_vocabulary_minute(struct lt_text text, uint32_t *out);
/* A word of @list. */
LT_MUST_CHECK bool lt_vocabulary_number(enum lt_words list, struct lt_text word,
                                        uint32_t *out_number);
/* A field of deploy/policy, by its word or its number. */
LT_MUST_CHECK bool lt_vocabulary_field(const struct lt_policy *policy,
                                       struct lt_text word,
                                       uint32_t *out_field);
/* A kind of office of deploy/policy. */
LT_MUST_CHECK bool lt_vocabulary_office_kind(const struct lt_policy *policy,
                                             struct lt_text word);
LT_MUST_CHECK bool lt_vocabulary_step(struct lt_text word, uint32_t *out_kind);
LT_MUST_CHECK bool lt_vocabulary_close_reason(struct lt_text word,
                                              uint32_t *out_reason);
LT_MUST_CHECK bool lt_vocabulary_incident_end(struct lt_text word,
                                              uint32_t *out_reason);
/* "screen" or "phone". */
LT_MUST_CHECK bool lt_vocabulary_way(struct lt_text word, uint32_t *out_way);
/* "mistake", "doubled" or "other". */
LT_MUST_CHECK bool lt_vocabulary_void_reason(struct lt_text word,
                                             uint32_t *out_reason);
/* "not_ours" or "other". */
LT_MUST_CHECK bool lt_vocabulary_refusal(struct lt_text word,
                                         uint32_t *out_kind);
/* "02" to "06" as people give them. */
LT_MUST_CHECK bool lt_vocabulary_source(struct lt_text word,
                                        uint32_t *out_kind);
LT_MUST_CHECK bool lt_vocabulary_status(struct lt_text word,
                                        uint32_t *out_code);

#endif

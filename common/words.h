/* The words people and scripts use for the numbers of proto/log.proto.
 *
 * A word (accepted, settled, by_phone) is what the tool reads and JSON shows;
 * it never changes. The labels, Vietnamese and English, are for people. What
 * is data of the office's law instead (kinds of office, fields of a case) is
 * in policy.h.
 *
 * Threading: everything here is static and pure. */
#ifndef LT_COMMON_WORDS_H
#define LT_COMMON_WORDS_H

#include "common/base.h"

enum lt_words {
    LT_WORDS_CASE_TYPE,      /* CaseType, and denunciation */
    LT_WORDS_STEP,           /* StepKind */
    LT_WORDS_CLOSE_REASON,   /* CloseReason */
    LT_WORDS_INCIDENT_END,   /* IncidentEnd */
    LT_WORDS_INCIDENT_WAY,   /* IncidentTaken.way */
    LT_WORDS_DIRECTIVE_CODE, /* DirectiveStatus.code: "01" to "16" */
    LT_WORDS_ROLE,           /* ActorRole */
    LT_WORDS_BASIS,          /* Basis */
    LT_WORDS_VOID_REASON,    /* EntryVoided.reason */
    LT_WORDS_SIGNER_KIND,    /* DenunciationReceived.signer_kind */
    LT_WORDS_ACCUSED,        /* DenunciationReceived.accused */
    LT_WORDS_REFUSAL,        /* DenunciationDeed.kind of a refusal */
    LT_WORDS_FORECAST_SOURCE, /* Deed.kind of a CROWD_FORECAST */
    LT_WORDS_REQUEST,     /* Deed.kind of a COORDINATION_REQUEST */
    LT_WORDS_REPLY,       /* of a COORDINATION_REPLY */
    LT_WORDS_NOTICE,      /* of a NOTICE_SENT */
    LT_WORDS_DUTY,        /* of a ROSTER_SET */
    LT_WORDS_PRESENCE,    /* of a DAILY_STATUS of a task force */
    LT_WORDS_RETALIATION, /* of a RETALIATION_REPORTED */
    LT_WORDS_RETALIATION_END, /* of a RETALIATION_CLOSED */
    LT_WORDS_NOTIFY_WAY,  /* CaseStep.way */
    LT_WORDS_CITIZEN_NOTICE, /* CaseStep.notice */
    LT_WORDS_TURN,           /* Deed.kind of a RECEPTION_TURN */
    LT_WORDS_TURN_OUTCOME,   /* Deed.outcome */
    LT_WORDS_PROTECTION,     /* CaseStep.way of a protection */
    LT_WORDS_LISTS
};

/* Not a CaseType of the format: denunciations have events of their own. It
 * stands among the types because people choose it there. */
enum { LT_WORD_DENUNCIATION = 4 };

struct lt_word {
    uint32_t number;
    const char *word;
    const char *vi;
    const char *en;
};

/* NULL for a number or a word that the list does not have. */
const struct lt_word *lt_word_by_number(enum lt_words list, uint32_t number);
const struct lt_word *lt_word_by_word(enum lt_words list, const char *word);
/* Walk a list in the order of its numbers; NULL past the end. */
const struct lt_word *lt_word_at(enum lt_words list, size_t index);

#endif

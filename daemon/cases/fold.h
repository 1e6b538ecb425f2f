/* The fold: from events to what they mean. Pure.
 *
 * A matter is a case, an incident, a directive (or what else has addressees)
 * or a shift; its id is that of its first event. Its events are put in order (causes first; among events that had not
 * seen each other, by stamp and then id) and applied one by one. Each is judged
 * by its own past: its causes and the tree at the version that it names. The
 * same set of events gives the same state in whatever order they came in.
 *
 * A verdict depends on an event's past alone, so it never changes once the
 * past is complete: only *waiting* events are judged again.
 *
 * Threading: everything here is pure. */
#ifndef LT_CASES_FOLD_H
#define LT_CASES_FOLD_H

#include "common/codec.h"
#include "common/tree.h"
#include "daemon/cases/trail.h"

enum lt_matter_kind {
    LT_MATTER_NONE, /* tree and key events: no matter */
    LT_MATTER_CASE,
    LT_MATTER_INCIDENT,
    LT_MATTER_DIRECTIVE, /* whatever has addressees, each with its own status */
    LT_MATTER_SHIFT      /* one duty of one office, from an hour to an hour */
};

enum lt_verdict { LT_APPLIED, LT_WAITING, LT_REJECTED };
enum lt_verdict_reason {
    LT_WHY_NONE,
    LT_WHY_CAUSE_MISSING,   /* waiting */
    LT_WHY_TREE_MISSING,    /* waiting: its tree version is not here */
    LT_WHY_OPENING_MISSING, /* waiting: the matter's first event */
    LT_WHY_NEWER_VERSION,   /* waiting: unknown type or feature */
    LT_WHY_NOT_CUSTODIAN,   /* rejected */
    LT_WHY_NOT_ADDRESSEE,
    LT_WHY_NOT_ALLOWED_HERE, /* no authority by the tree it names */
    LT_WHY_CLOSED_BEFORE,
    LT_WHY_WRONG_STEP,
    LT_WHY_MALFORMED,     /* cannot be decoded */
    LT_WHY_WRONG_CHANNEL, /* the class does not fit the type */
    LT_WHY_SET_ASIDE,     /* waiting: the matter is too large to refold */
    LT_WHY_FROZEN,        /* its author has offered the case to another */
    LT_WHY_CONTESTED,     /* two offices hold it: a superior has to assign */
    LT_WHY_NOT_OFFERED,   /* answers no offer that stands */
    LT_WHY_REVOKED,       /* rejected: written after its key was revoked */
    LT_WHY_REMARK,        /* applied: a late word that changes nothing */
    LT_WHY_DENOUNCED,     /* rejected: it would be with whom it denounces */
    LT_WHY_UNCONFIRMED,   /* waiting: for the keeper, who confirms its key */
    LT_WHYS
};
/* The word scripts see ("cause_missing"); NULL for NONE. */
const char *lt_why_word(enum lt_verdict_reason why);

enum lt_case_state {
    LT_CASE_OPEN = 1,
    LT_CASE_ACCEPTED,
    LT_CASE_IN_PROGRESS,
    LT_CASE_CLOSED
};
/* The state that a step of @kind leaves a case in that was in @state. */
uint32_t lt_case_state_after(uint32_t state, uint32_t kind);
enum lt_incident_state {
    LT_INCIDENT_RAISED_ST = 1,
    LT_INCIDENT_TAKEN_ST,
    LT_INCIDENT_CLOSED_ST,
    LT_INCIDENT_JOINED_ST /* an entry that another incident stands for */
};
/* What a matter with addressees is (matter.type); 0 as LETTER. */
enum {
    LT_DIRECTIVE_LETTER = 1,
    LT_DIRECTIVE_PLAN = 2,
    LT_DIRECTIVE_PERIOD = 3,      /* heightened: a word a day from each */
    LT_DIRECTIVE_TASKFORCE = 4,   /* present or absent, a word a day from each */
    LT_DIRECTIVE_REQUEST = 5,     /* coordination: to any office, with a due date */
    LT_DIRECTIVE_NOTICE = 6,      /* a report or notice to several offices */
    LT_DIRECTIVE_RETALIATION = 7, /* to one superior alone */
    LT_DIRECTIVE_TYPES
};
/* How a period, a task force or a report of retaliation stands. */
enum { LT_PERIOD_RUNS = 1, LT_PERIOD_ENDED = 2 };
enum lt_shift_state {
    LT_SHIFT_SET = 1,
    LT_SHIFT_ABSENT, /* nobody came in his place */
    LT_SHIFT_HANDED_OVER
};
enum { LT_DUTY_LEADER = 1, LT_DUTY_OFFICER = 2, LT_DUTY_GUARD = 3 };
enum { LT_DAY_WORDS = (LT_PERIOD_DAYS_MAX + 63) / 64 };
/* What an incident is (matter.type). */
enum { LT_INCIDENT_NOW = 0, LT_INCIDENT_FORECAST = 1 };

/* What a matter comes to. Plain data; texts are by reference (event and part
 * index), never content. */
struct lt_directive_target {
    struct lt_office office;
    uint32_t status; /* 0 sent, then the codes 1 to 6, 15 taken back */
    uint32_t recall; /* 13 asked back, 16 refused to give back; else 0 */
    int64_t at_ms;
    struct lt_event_id by;
    /* Of a period or task force, a bit a day from matter.from_day on: has it
     * said anything of that day, and was it that there is something (or that
     * it is absent)? */
    uint64_t said[LT_DAY_WORDS];
    uint64_t other[LT_DAY_WORDS];
    uint64_t own[LT_DAY_WORDS]; /* it said so itself, neither its heir nor a
                                   superior for it */
};
/* Who holds a case, beside matter.custodian; daemon/cases/custody.h. */
enum { LT_OFFERS_MAX = 8, LT_CLAIMANTS_MAX = 8, LT_CLAIMS_MAX = 64 };
struct lt_offer {
    struct lt_office to;
    struct lt_event_id by; /* the offer itself; its origin gives */
};
struct lt_custody {
    uint32_t claims;    /* acceptances and assignments so far */
    uint32_t remarks_n; /* late words of former custodians, not adopted */
    struct lt_office assigned_by; /* the superior whose word it rests on */
    size_t offers_n;              /* pending */
    struct lt_offer offers[LT_OFFERS_MAX];
    size_t claimants_n; /* of a contested case; else 0 */
    struct lt_office claimants[LT_CLAIMANTS_MAX];
};
/* What a leader's conclusion asks for, by a day. */
enum { LT_TASKS_MAX = 16 }; /* open at once, of one case */
struct lt_task {
    struct lt_event_id by; /* the step that set it */
    int32_t due;
};
struct lt_matter {
    enum lt_matter_kind kind;
    struct lt_event_id id;
    uint32_t type; /* case type; denunciation = 4 */
    uint32_t accused; /* denunciations: whose people; denounced.h */
    uint32_t field;
    uint32_t state;
    struct lt_office origin; /* whose it is: for whom it was entered, else its
                                opener */
    struct lt_office custodian; /* zero while contested */
    int32_t opened_on; /* civil day */
    int64_t opened_ms;
    bool has_due;
    int32_t due;
    struct lt_trail trail; /* cases: the dates that the law counts from */
    int64_t last_event_ms;
    bool waiting;   /* events of it wait */
    bool read_only; /* holds events that need a newer version */
    bool voided;
    bool contested;
    bool unconfirmed;        /* by a key that no keeper has confirmed: something */
    bool opened_unconfirmed; /* its opening */
    struct lt_custody custody; /* cases */
    uint32_t transfers_owed; /* to agencies without a node, not answered */
    size_t tasks_n;          /* of conclusions, not done */
    struct lt_task tasks[LT_TASKS_MAX];
    bool has_dialogue;       /* appointed, and not yet held */
    int32_t dialogue_on;
    bool has_review; /* of the backlog: the next step is due */
    int32_t review_by;
    /* incidents */
    uint32_t people;
    int64_t expected_ms;          /* a forecast: the hour */
    struct lt_event_id joined_to; /* joined: what counts instead */
    struct lt_event_id help_by; /* the last that said what help is needed */
    int64_t taken_ms;
    struct lt_office taken_by;
    int64_t closed_ms;
    uint32_t close_reason;
    /* shifts: it begins at expected_ms, lasts people minutes, is handed over at
     * closed_ms to the shift under (when has_under), and help_by says who is on duty */
    /* periods and task forces */
    int32_t from_day;
    int32_t until_day;
    uint32_t cadence;     /* a word every so many days */
    uint32_t by_minute;   /* of the day, until when */
    uint32_t take_within; /* minutes until an incident climbs; 0 as ever */
    /* directives; closed or replaced by the issuer: state LT_PERIOD_ENDED, with
     * closed_ms and close_reason 2 or 3. people: of a request or notice */
    uint32_t purpose; /* of a request, notice or report of retaliation: kind */
    bool has_under;
    struct lt_event_id under; /* the superior's plan; of a request or notice what
                                 it is about; of a case its first instance */
    size_t targets_n;
    struct lt_directive_target targets[LT_ADDRESSEES_MAX];
};

/* Changes whenever the same events would be judged differently: a view folded
 * by another version is rebuilt. */
enum { LT_FOLD_VERSION = 21 };
/* More events than this in one matter are not refolded: it is set aside alone
 * (a real case of twenty years has a few hundred). */
enum { LT_FOLD_EVENTS_MAX = 5000 };

/* What the fold needs of an event: small, so that a matter's whole history
 * fits in memory. Pointers are borrowed from the decoded event. */
struct lt_act {
    struct lt_event_id id;
    uint64_t hlc;
    uint64_t tree_version;
    int64_t recorded_at_ms;
    uint32_t type;
    uint8_t cls; /* of the channel it was read in */
    bool revoked; /* beyond what its key may have signed; common/trust.h */
    bool unconfirmed; /* its key waits for the keeper's word */
    bool newer;  /* type, feature or code that we lack */
    bool has_parts;
    bool has_reason; /* a part of kind reason */
    bool has_help;
    bool has_subject;
    bool has_corrects;
    bool has_entered_for;
    bool has_other;
    bool confirms; /* a keeper's confirmation of an erasure */
    bool has_due;
    bool has_opened_on;
    struct lt_event_id subject;
    struct lt_event_id corrects;
    struct lt_event_id erases; /* text erased: whose texts */
    struct lt_event_id other;
    struct lt_office entered_for; /* written down for it */
    int64_t expected_ms;
    int32_t due;
    int32_t opened_on; /* received on, or the legal date */
    int32_t day;       /* that the law counts it from: its document's date, or
                          the legal date, or the day it was recorded */
    bool has_on_day;
    int32_t on_day; /* that a step or a deed is about */
    uint32_t minute;
    uint32_t extension_days;
    bool documented; /* it names the document that it rests on */
    bool remote;
    bool again;        /* a complaint of the second instance */
    uint32_t kind;     /* steps */
    uint32_t case_type;
    uint32_t accused;
    uint32_t field;
    uint32_t reason;
    uint32_t people;
    uint32_t code;
    size_t causes_n;
    const struct lt_event_id *causes;
    size_t to_n;
    const struct lt_office *to;
};
void lt_act_from_event(const struct lt_event *event, uint8_t cls,
                       struct lt_act *out_act);
/* Must it wait until the keeper confirms the key that signed it? @past: of its
 * matter. */
bool lt_act_needs_keeper(const struct lt_act *act,
                         const struct lt_matter *past);
/* The id of the matter that it belongs to: its subject, or itself. */
const struct lt_event_id *lt_act_matter(const struct lt_act *act);

struct lt_judged {
    enum lt_verdict verdict;
    enum lt_verdict_reason why;
};
/* Waiting in a way that makes those that name it as a cause wait as well. An
 * event that needs a newer version does not: what we can read goes on. */
bool lt_judged_blocks(struct lt_judged judged);

/* Does @who stand for @whom at @version of the tree: the same office, or the
 * heir of one that is closed? Without a tree only the same. */
bool lt_stands_for(const struct lt_tree *tree, uint64_t version,
                   const struct lt_office *who, const struct lt_office *whom);

/* ---- who may originate what (authority.c, authority_table.h) ---- */

/* The types of the table, in its order; 0 past the end. */
uint32_t lt_authority_at(size_t index);

/* The kind of matter that a type belongs to; NONE for tree and unknown. */
enum lt_matter_kind lt_type_matter(uint32_t type);
bool lt_type_opens(uint32_t type); /* begins a matter of its own */
/* May an event of this type stand in a channel of this class? */
bool lt_class_fits(uint32_t type, uint8_t cls);

/* May its author write @act down for the office that it names? Also when it names
 * none, or the author. By the tree at the version that it was written under. */
bool lt_act_may_enter(const struct lt_act *act, const struct lt_tree *tree);

/* Would @act be judged good, written after all that went into @past? What the
 * desk asks before it writes. */
struct lt_judged lt_matter_would(const struct lt_matter *past,
                                 const struct lt_act *act,
                                 const struct lt_tree *tree);

/* Files go with directives and with decisions alone: what an office puts its
 * own number on. What people bring in stays on paper, or in the register. So
 * may a file be part of an event of @type, a step of @kind? What stands beside
 * another event (version 0.2.0 took any) counts, and is shown to nobody. */
bool lt_attachment_fits(uint32_t type, uint32_t kind);

/* ---- the fold ---- */

void lt_matter_init(struct lt_matter *matter, const struct lt_event_id *id);

/* Fold all events of the matter @id that are here, in any order.
 *
 * out_judged[i] and out_heads[i] (an event with a complete past that no other
 * such event has named) go with acts[i]. @tree may be NULL: then every tree
 * version above 0 is missing. Causes outside the matter count as missing.
 *
 * Errors, outputs undefined: LT_ENOMEM; LT_ETOOBIG above LT_FOLD_EVENTS_MAX. */
LT_MUST_CHECK lt_err lt_matter_fold(const struct lt_act *acts, size_t n,
                                    const struct lt_event_id *id,
                                    const struct lt_tree *tree,
                                    const struct lt_alloc *alloc,
                                    struct lt_matter *out_matter,
                                    struct lt_judged *out_judged,
                                    bool *out_heads);

/* One more event, whose causes name every head of the matter (so that its
 * past is all that was judged here): judge and apply it. Gives what a refold
 * would give. matter->waiting is the caller's to keep.
 *
 * Only when lt_matter_steps(act): an event that voids another than the
 * opening one, or adopts one, needs what lies behind: a refold. */
bool lt_matter_steps(const struct lt_act *act);
struct lt_judged lt_matter_step(struct lt_matter *matter,
                                const struct lt_act *act,
                                const struct lt_tree *tree);

/* A forecast whose hour was 24 hours ago at @now_ms (wall clock). */
bool lt_matter_is_lapsed(const struct lt_matter *matter, int64_t now_ms);
/* Are the texts of an incident to go at @now_ms: a forecast's when it has
 * lapsed, another's 90 days after its closing? */
bool lt_matter_texts_expired(const struct lt_matter *matter, int64_t now_ms);
/* A case that was entered for another office, and that has not moved since: who
 * entered it holds it, and it counts as that office's. */
bool lt_matter_is_entered(const struct lt_matter *matter);
/* The office whose work a case is in lists and counts by office: for whom it was
 * entered, else who holds it; of a contested one its origin. */
const struct lt_office *lt_matter_counts_at(const struct lt_matter *matter);
/* Neither closed, done, joined nor voided. */
bool lt_matter_is_open(const struct lt_matter *matter);
/* Of a period or task force: is @day one of those that @target has to say a word
 * of, and has it? */
bool lt_period_wants(const struct lt_matter *matter, int32_t day);
/* Until when the word of @day is due (wall clock): by_minute of that day; 0:
 * until the day is over. */
int64_t lt_period_due_ms(const struct lt_matter *matter, int32_t day);
/* The last day of which a word is due at @now_ms (wall clock): false before
 * the first. */
bool lt_period_last_due(const struct lt_matter *matter, int64_t now_ms,
                        int32_t *out_day);
bool lt_target_said(const struct lt_matter *matter,
                    const struct lt_directive_target *target, int32_t day);
/* By itself: what was entered for it counts no more. */
bool lt_target_said_itself(const struct lt_matter *matter,
                           const struct lt_directive_target *target,
                           int32_t day);
/* Something to report, or absent. */
bool lt_target_said_other(const struct lt_matter *matter,
                          const struct lt_directive_target *target,
                          int32_t day);
/* Its due date has passed on civil day @today and it is still open. */
bool lt_matter_is_overdue(const struct lt_matter *matter, int32_t today);

#endif

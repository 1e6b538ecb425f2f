/* Why something does not move: facts in, an explanation out.
 *
 * An explanation has a code that stays (code_table.h, or the word of an alarm
 * or a hold), one paragraph for people and what a person can do, both in the
 * language asked for. What was tried is borrowed from the facts.
 *
 * Threading: everything here is pure. */
#ifndef LT_EXPLAIN_EXPLAIN_H
#define LT_EXPLAIN_EXPLAIN_H

#include "common/message.h"
#include "common/tree.h"
#include "daemon/explain/facts.h"

enum { LT_EXPLAIN_TEXT = 3072, LT_EXPLAIN_LATE_MS = 20 * 60 * 1000 };

enum lt_moving { LT_MOVING_NO, LT_MOVING_YES, LT_MOVING_UNKNOWN };

/* What is asked with, and of. */
struct lt_asking {
    const struct lt_facts *facts;
    const struct lt_tree *tree; /* NULL before the first is known */
    enum lt_lang lang;
    int64_t now_ms; /* wall clock */
};

struct lt_explanation {
    enum lt_moving moving;
    const char *code; /* static storage */
    int64_t since_ms; /* 0: not known */
    int64_t next_at_ms;
    struct lt_office
        where; /* the link or office that it hangs on; zero: none */
    size_t tried_n;
    const struct lt_tried *tried;
    char text[LT_EXPLAIN_TEXT];
    char remedy[LT_MESSAGE_MAX];
};

/* The words of code_table.h; NULL past the end. */
const char *lt_explain_code_at(size_t index);

/* An office: this one, its parent, one below, or one that has not joined. */
void lt_explain_office(const struct lt_asking *asking,
                       const struct lt_office *office,
                       struct lt_explanation *out);

/* One event of a matter, as the view has it. */
struct lt_explain_event {
    struct lt_stream stream;
    uint64_t epoch;
    uint64_t number; /* 0: not known */
    int64_t committed_ms;
    bool waiting;
    bool rejected;
    const char *reason; /* the fold's word; NULL: none */
};
struct lt_explain_target {
    struct lt_office office;
    bool arrived;
    int64_t at_ms;
};
enum lt_explain_kind {
    LT_EXPLAIN_CASE,
    LT_EXPLAIN_INCIDENT,
    LT_EXPLAIN_DIRECTIVE
};
/* An erasing of texts that is not done everywhere. */
struct lt_explain_erasure {
    int64_t ordered_ms;   /* 0: there is none */
    int64_t confirmed_ms; /* 0: the keeper has not said so */
    size_t waiting_n;     /* offices that have not answered */
    struct lt_office waiting; /* the first of them */
};
/* One that is over, but for offices that will never answer: they are closed,
 * and their keys have ended. */
struct lt_explain_kept {
    size_t n;                /* 0: there is none */
    struct lt_office office; /* the first of them */
    int64_t closed_ms;
};
struct lt_explain_matter {
    enum lt_explain_kind kind;
    const char *label; /* receipt code, number or document number */
    struct lt_office origin;
    struct lt_office holder; /* custodian, issuer, who raised it */
    const char *state;       /* its word; NULL: not known */
    const char *due_on; /* YYYY-MM-DD; NULL: nothing runs, or not for us to know */
    bool overdue;
    const char *owes[2]; /* what is due then, by language; NULL: not known */
    int64_t since_ms;        /* of the state */
    bool done;
    bool voided;
    bool contested;
    struct lt_explain_erasure erasure;
    struct lt_explain_kept kept;
    size_t events_n;
    const struct lt_explain_event *events;
    size_t targets_n;
    const struct lt_explain_target *targets;
};
void lt_explain_matter(const struct lt_asking *asking,
                       const struct lt_explain_matter *matter,
                       struct lt_explanation *out);

/* Has @office all of the matter? By its own word for what was written here,
 * by our link's for the rest. */
enum lt_fact_word lt_explain_reached(const struct lt_asking *asking,
                                     const struct lt_explain_matter *matter,
                                     const struct lt_office *office);
/* The same for one addressee of a directive. */
enum lt_fact_word lt_explain_delivered(const struct lt_asking *asking,
                                       const struct lt_explain_matter *matter,
                                       const struct lt_office *addressee);

/* An event that is not here, of an office that the tree knows. */
void lt_explain_absent(const struct lt_asking *asking,
                       const struct lt_office *origin,
                       struct lt_explanation *out);

/* ---- around.c: for the others of this folder ---- */

/* A session by bypass leads to @office, or to one beyond whom it lies. */
bool lt_explain_way_around(const struct lt_asking *asking,
                           const struct lt_office *office,
                           struct lt_office *out_hop);
/* Our parent, which is gone around because it keeps things to itself. */
bool lt_explain_keeps_back(const struct lt_asking *asking,
                           const struct lt_office *office);
/* Append that, since when and why this office goes around its parent, when
 * either of them was asked about. */
void lt_explain_around(const struct lt_asking *asking,
                       const struct lt_office *office,
                       struct lt_explanation *out);

/* ---- what the files of this folder share (say.c) ---- */

/* Set code and moving, and append the code's text (and set its remedy) with
 * the arguments. */
void lt_explain_say(const struct lt_asking *asking, struct lt_explanation *out,
                    enum lt_moving moving, const char *code,
                    const struct lt_diag *args);
/* Append one sentence of the catalogue, "ui_ex_" and @word. */
void lt_explain_add(const struct lt_asking *asking, struct lt_explanation *out,
                    const char *word, const struct lt_diag *args);
/* Append @text behind a blank. */
void lt_explain_append(struct lt_explanation *out, const char *text);
/* Arguments: an office by name, a time as people read it (absent when 0). */
void lt_explain_arg_office(const struct lt_asking *asking, struct lt_diag *args,
                           const char *key, const struct lt_office *office);
void lt_explain_arg_time(const struct lt_asking *asking, struct lt_diag *args,
                         const char *key, int64_t wall_ms);

#endif

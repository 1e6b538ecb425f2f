/* A statement travels from office to office over every tier between them; each
 * keeps the latest and hands it on when a session leads further. Ids rise
 * within an epoch; of an epoch that was superseded nothing is taken any more
 * that was there before. What is newer shows that it lives: a tier with an
 * older disk had brought a life that is over. So a hostile tier can at most
 * withhold. */
#include "daemon/engine/statement.h"

#include <assert.h>
#include <string.h>

#include "daemon/engine/drain.h"
#include "daemon/engine/effects.h"
#include "daemon/engine/keys.h"
#include "daemon/engine/parent.h"
#include "daemon/engine/route.h"
#include "daemon/engine/revoke.h"
#include "daemon/engine/session.h"
#include "daemon/engine/streams.h"
#include "daemon/engine/telling.h"
#include "daemon/engine/unconfirmed.h"

struct name {
    const struct lt_office *from;
    const struct lt_office *to;
};

static bool same_letter(const void *item, const void *key)
{
    const struct lt_letter *letter = item;
    const struct name *name = key;

    return lt_office_equal(&letter->from, name->from) &&
           lt_office_equal(&letter->to, name->to);
}

static uint64_t letter_hash(const struct lt_engine *engine,
                            const struct lt_office *from,
                            const struct lt_office *to)
{
    return lt_map_hash(lt_map_hash(engine->options.seed, from, sizeof(*from)),
                       to, sizeof(*to));
}

struct lt_letter *lt_letter_find(const struct lt_engine *engine,
                                 const struct lt_office *from,
                                 const struct lt_office *to)
{
    struct name name = {.from = from, .to = to};

    return lt_map_find(&engine->letters_map, letter_hash(engine, from, to),
                       same_letter, &name);
}

static struct lt_letter *letter_new(struct lt_engine *engine,
                                    const struct lt_office *from,
                                    const struct lt_office *to)
{
    struct lt_letter *letter = lt_new(engine->alloc, sizeof(*letter));

    if (letter == NULL) {
        engine->oom = true;
        return NULL;
    }
    letter->from = *from;
    letter->to = *to;
    letter->hash = letter_hash(engine, from, to);
    if (!lt_grow(engine->alloc, (void **)&engine->letters,
                 &engine->letters_cap, engine->letters_n,
                 sizeof(struct lt_letter *)) ||
        !lt_map_add(&engine->letters_map, letter->hash, letter)) {
        lt_free(engine->alloc, letter);
        engine->oom = true;
        return NULL;
    }
    engine->letters[engine->letters_n++] = letter;
    return letter;
}

/* The present life of whom the statement is for, as far as it is known here. */
static uint64_t life_of(const struct lt_engine *engine,
                        const struct lt_statement *statement)
{
    const struct lt_letter *back;

    if (lt_office_equal(&statement->to, &engine->self->id)) {
        return engine->options.epoch;
    }
    back = lt_letter_find(engine, &statement->to, &statement->from);
    return back == NULL ? 0 : back->epoch;
}

/* Lives of one office have no order in their names. That of its session with
 * us is its present one; otherwise the statement that has seen more of ours is
 * the later one. 0: neither tells. */
static int compare_lives(const struct lt_engine *engine,
                         const struct lt_letter *letter,
                         const struct lt_statement *statement)
{
    const struct lt_unit *from = lt_unit_find(engine, &statement->from);
    uint64_t life = life_of(engine, statement);
    uint64_t old = letter->echo_epoch == life ? letter->echo_id + 1 : 0;
    uint64_t new = statement->echo_epoch == life ? statement->echo_id + 1 : 0;

    if (life == 0) {
        old = new = 0;
    }
    assert(from != NULL); /* a key of it has proven the letter */
    if (from->session != NULL || from->bypass != NULL) {
        if (from->epoch == statement->epoch) {
            return 1;
        }
        if (from->epoch == letter->epoch) {
            return -1;
        }
    }
    /* A relay with an older disk may bring a life that is over. */
    if (statement->echo_epoch == letter->echo_epoch &&
        statement->echo_id != letter->echo_id) {
        return statement->echo_id > letter->echo_id ? 1 : -1;
    }
    /* One that has seen less of that life may be a new one all the same, on an
     * older disk: until it has heard the other again it cannot know. */
    return new > old ? 1 : 0;
}

static void supersede(struct lt_letter *letter, uint64_t by)
{
    size_t i = 0;

    while (i < LT_PAST_EPOCHS - 1 && letter->past[i].epoch != by) {
        i++;
    }
    memmove(letter->past + 1, letter->past, i * sizeof(letter->past[0]));
    letter->past[0] =
        (struct lt_past){.epoch = letter->epoch, .id = letter->id};
}

/* Is the statement later than what is kept? */
static bool later(struct lt_engine *engine, struct lt_letter *letter,
                  const struct lt_statement *statement, const uint8_t *bytes,
                  size_t len)
{
    int order;
    size_t i;

    if (letter->epoch == statement->epoch) {
        if (letter->id == statement->id &&
            (letter->len != len || memcmp(letter->bytes, bytes, len) != 0)) {
            lt_alarm_because(
            lt_alarm_raise(engine, LT_ACONTRADICTION, &statement->from, NULL, NULL),
            "two statements with one number");
        }
        return statement->id > letter->id;
    }
    /* No life of ours comes after the present one, whatever an own word of a
     * disk before this one had heard. */
    order = lt_office_equal(&statement->from, &engine->self->id) &&
                    statement->epoch == engine->options.epoch
                ? 1
                : compare_lives(engine, letter, statement);
    for (i = 0; order == 0 && i < LT_PAST_EPOCHS; i++) {
        if (letter->past[i].epoch == statement->epoch) {
            order = statement->id > letter->past[i].id ? 1 : -1;
        }
    }
    if (order < 0) {
        return false;
    }
    supersede(letter, statement->epoch);
    return true;
}

/* In the place of @letter, or as the first of its name. NULL: no memory, or more
 * names than there is room for. */
static struct lt_letter *keep(struct lt_engine *engine,
                              struct lt_letter *letter,
                              const struct lt_statement *statement,
                              const uint8_t *bytes, size_t len)
{
    uint8_t *copy;
    struct lt_effect *effect;

    if (letter == NULL && engine->letters_n >= LT_LETTERS_MAX) {
        return NULL;
    }
    copy = lt_new(engine->alloc, len);
    if (copy == NULL) {
        engine->oom = true;
        return NULL;
    }
    if (letter == NULL) {
        letter = letter_new(engine, &statement->from, &statement->to);
    }
    if (letter == NULL) {
        lt_free(engine->alloc, copy);
        return NULL;
    }
    memcpy(copy, bytes, len);
    lt_free(engine->alloc, letter->bytes);
    letter->bytes = copy;
    letter->len = len;
    letter->epoch = statement->epoch;
    letter->id = statement->id;
    letter->at_ms = statement->at_ms;
    letter->echo_epoch = statement->echo_epoch;
    letter->echo_id = statement->echo_id;
    letter->handed_version =
        statement->handed_all ? statement->handed_version : 0;
    memcpy(letter->handed_digest, statement->handed_digest, LT_DIGEST_LEN);
    effect = lt_fx_add(engine, LT_FX_STORE_STATEMENT);
    if (effect != NULL) {
        effect->office = statement->from;
        effect->to = statement->to;
        effect->raise = engine->word_stays;
        effect->bytes = lt_fx_copy(engine, bytes, len);
        effect->len = len;
    }
    return letter;
}

static void hand_on(struct lt_engine *engine, struct lt_session *session,
                    const struct lt_letter *letter)
{
    struct lt_span span = {.data = letter->bytes, .len = letter->len};
    struct lt_spans spans = {.items_n = 1, .items = &span};
    struct lt_unit *from = lt_unit_find(engine, &letter->from);

    assert(from != NULL); /* a key of it has proven the letter */
    lt_telling_tell(engine, session, from);
    lt_fx_send_frame(engine, session,
                     lt_statements_encode(&spans, &engine->frame));
}

/* Do these two exchange statements? One is the other's superior. Before the
 * tree is known only what concerns this office is kept. */
static bool concerned(const struct lt_engine *engine,
                      const struct lt_office *from, const struct lt_office *to)
{
    const struct lt_office *self = &engine->self->id;

    if (lt_tree_above(engine->tree, from, to) ||
        lt_tree_above(engine->tree, to, from)) {
        return true;
    }
    return (!engine->started || lt_tree_find(engine->tree, self) == NULL) &&
           (lt_office_equal(from, self) || lt_office_equal(to, self));
}

/* At the start: what we once said that we had written, we should have. */
static void read_own(struct lt_engine *engine,
                     const struct lt_statement *statement)
{
    size_t i;
    size_t k;

    for (i = 0; i < statement->mine_n; i++) {
        struct lt_stream stream = {.origin = engine->self->id,
                                   .channel = statement->mine[i].channel};
        struct lt_track *track = lt_track_find(engine, &stream);

        for (k = 0; k < statement->mine[i].tips_n; k++) {
            lt_lost_note(engine, track, &stream, &statement->mine[i].tips[k]);
        }
    }
}

/* Where a bypass leads there as well as the line, it goes both ways: so it is
 * seen whether the line passes words on. */
static void pass_on(struct lt_engine *engine, const struct lt_letter *letter,
                    const struct lt_session *source)
{
    bool own = lt_office_equal(&letter->from, &engine->self->id);
    struct lt_session *ways[] = {own ? lt_route_letter(engine, &letter->to)
                                     : lt_route_toward(engine, &letter->to),
                                 lt_route_line(engine, &letter->to),
                                 lt_route_around(engine, &letter->to)};
    size_t i;

    for (i = 0; i < LT_COUNT_OF(ways); i++) {
        if (ways[i] != NULL && ways[i] != source &&
            (i == 0 || ways[i] != ways[0])) {
            hand_on(engine, ways[i], letter);
        }
    }
}

bool lt_statement_doubtful(const struct lt_engine *engine,
                           const struct lt_statement *statement)
{
    return engine->unconfirmed_n > 0 &&
           lt_unconfirmed_find(engine, lt_unit_find(engine, &statement->from),
                               statement->key_id) != NULL;
}

/* What we have already, by another way. */
static void came_again(struct lt_engine *engine, const struct lt_letter *letter,
                       const struct lt_statement *statement,
                       const struct lt_session *source)
{
    if (letter->epoch == statement->epoch && letter->id == statement->id &&
        lt_office_equal(&statement->to, &engine->self->id) &&
        lt_parent_word(engine, letter, source)) {
        lt_receipt_restart(engine);
    }
}

void lt_letter_take(struct lt_engine *engine, const uint8_t *bytes, size_t len,
                    struct lt_session *source)
{
    struct lt_statement statement;
    struct lt_span body;
    uint8_t signature[LT_SIG_LEN];
    const struct lt_key *key;
    struct lt_letter *letter;
    bool first;
    bool own;
    lt_err rc;

    lt_arena_reset(&engine->scratch_payload);
    rc = lt_statement_decode(bytes, len, &engine->scratch_payload, &statement,
                             &body, signature, NULL);
    if (rc == LT_ENOMEM) {
        engine->oom = true;
    }
    if (rc != LT_OK || lt_office_equal(&statement.from, &statement.to) ||
        !concerned(engine, &statement.from, &statement.to)) {
        return;
    }
    own = lt_office_equal(&statement.from, &engine->self->id);
    if (own && source != NULL) {
        return;
    }
    if (source != NULL || !engine->started) {
        key = lt_keys_find(engine, lt_unit_find(engine, &statement.from),
                           statement.key_id);
        if (key == NULL ||
            (lt_revoke_refuses(engine, statement.key_id) && !own)) {
            return; /* it is said again; or by who may not */
        }
        rc = lt_statement_check(body, signature, key);
        if (rc == LT_ENOMEM) {
            engine->oom = true;
            return;
        }
        if (rc != LT_OK) {
            lt_alarm_because(
            lt_alarm_raise(engine, LT_ABADSIG, &statement.from, NULL, NULL),
            "statement");
            return;
        }
    }
    letter = lt_letter_find(engine, &statement.from, &statement.to);
    if (letter != NULL && !later(engine, letter, &statement, bytes, len)) {
        came_again(engine, letter, &statement, source);
        return;
    }
    letter = keep(engine, letter, &statement, bytes, len);
    if (letter == NULL) {
        return;
    }
    if (own && !engine->started) {
        read_own(engine, &statement);
        lt_drain_remember(engine, &statement);
    }
    if (lt_office_equal(&statement.to, &engine->self->id)) {
        first = lt_parent_word(engine, letter, source);
        if (!lt_statement_doubtful(engine, &statement)) {
            lt_receipt_read(engine, &statement, first);
        }
        return;
    }
    if (!own || !engine->word_stays) {
        pass_on(engine, letter, source);
    }
}

void lt_letter_forward(struct lt_engine *engine, struct lt_session *session)
{
    size_t i;

    for (i = 0; i < engine->letters_n; i++) {
        const struct lt_letter *letter = engine->letters[i];

        /* Our own are said anew when a session comes up. */
        if (!lt_office_equal(&letter->from, &engine->self->id) &&
            !lt_office_equal(&letter->to, &engine->self->id) &&
            !lt_office_equal(&letter->from, &session->unit->id) &&
            (lt_route_toward(engine, &letter->to) == session ||
             lt_route_line(engine, &letter->to) == session)) {
            hand_on(engine, session, letter);
        }
    }
}

void lt_letter_free(struct lt_engine *engine)
{
    size_t i;

    for (i = 0; i < engine->letters_n; i++) {
        lt_free(engine->alloc, engine->letters[i]->bytes);
        lt_free(engine->alloc, engine->letters[i]);
    }
    lt_free(engine->alloc, engine->letters);
}

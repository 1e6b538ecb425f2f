/* Where the clerk stands is kept in the log's meta "clerk/pos", written in the
 * transaction that holds its answers. While nothing needs an answer the
 * position only moves in memory; reading the same segments again after a
 * restart is harmless then. */
#include "daemon/clerk.h"

#include "daemon/cases/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char META_KEY[] = "clerk/pos";

/* The arena has room for any segment there can be: what does not fit is for
 * want of memory. */
enum { SLICE_BYTES = 64 * 1024, EVENT_ARENA_MAX = 8 * 1024 * 1024 };

struct lt_clerk {
    struct lt_clerk_options options;
    uint64_t read;   /* position that has been read, answers durable */
    uint64_t asked;  /* the same with what the open turn answers */
    uint64_t newest; /* position that is durable */
    uint64_t wanted; /* the newest position that may need an answer */
    struct lt_arena arena;
    const struct lt_now *now;
    uint64_t token;
    bool answered;
    bool refused; /* for want of room, or for rot */
    lt_err err;
};

lt_err lt_clerk_new(const struct lt_clerk_options *options,
                    struct lt_clerk **out_clerk)
{
    struct lt_clerk *clerk = lt_new(lt_alloc_heap(), sizeof(*clerk));
    struct lt_buf value;
    struct lt_log_stats stats;
    lt_err err;

    if (clerk == NULL) {
        return LT_ENOMEM;
    }
    clerk->options = *options;
    lt_arena_init(&clerk->arena, lt_alloc_heap(), EVENT_ARENA_MAX);
    lt_buf_init(&value, lt_alloc_heap());
    err = lt_log_get_meta(options->log, META_KEY, &value);
    if (err == LT_OK && value.len == sizeof(clerk->read)) {
        memcpy(&clerk->read, value.data, sizeof(clerk->read));
    } else if (err == LT_ENOTFOUND) {
        err = LT_OK;
    }
    lt_buf_deinit(&value);
    lt_log_stats(options->log, &stats);
    clerk->newest = clerk->wanted = stats.last_pos;
    if (clerk->read > clerk->newest) {
        clerk->read = clerk->newest;
    }
    clerk->asked = clerk->read;
    if (err != LT_OK) {
        lt_clerk_free(clerk);
        return err;
    }
    *out_clerk = clerk;
    return LT_OK;
}

void lt_clerk_free(struct lt_clerk *clerk)
{
    if (clerk == NULL) {
        return;
    }
    lt_arena_deinit(&clerk->arena);
    lt_free(lt_alloc_heap(), clerk);
}

/* To us, or to an office whose heir we are. */
static bool is_ours(const struct lt_clerk *clerk, const struct lt_office *to)
{
    struct lt_office heir =
        lt_tree_heir(lt_engine_tree(clerk->options.engine), to);

    return lt_office_equal(&heir, &clerk->options.office);
}

/* Is this the tree's writer, today? */
static bool may_write(const struct lt_clerk *clerk)
{
    return lt_tree_may_write(lt_engine_tree(clerk->options.engine),
                             &clerk->options.office,
                             lt_civil_day(clerk->now->wall_ms));
}

/* Could the clerk have something to say about this stream? */
static bool concerns(const struct lt_clerk *clerk,
                     const struct lt_stream *stream)
{
    const struct lt_channel *channel = &stream->channel;

    if (lt_office_equal(&stream->origin, &clerk->options.office)) {
        return false;
    }
    return (channel->cls == LT_CLASS_TREE &&
            channel->audience != LT_AUDIENCE_TO) ||
           ((channel->cls == LT_CLASS_DIRECTIVE ||
             channel->cls == LT_CLASS_URGENT) &&
            channel->audience == LT_AUDIENCE_TO &&
            is_ours(clerk, &channel->to));
}

void lt_clerk_see(struct lt_clerk *clerk, uint64_t pos,
                  const struct lt_segment *segment)
{
    clerk->newest = pos;
    if (concerns(clerk, &segment->stream)) {
        clerk->wanted = pos;
    } else if (clerk->read + 1 == pos && clerk->asked == clerk->read) {
        clerk->read = clerk->asked = pos;
    }
}

bool lt_clerk_wants(const struct lt_clerk *clerk)
{
    return clerk->asked == clerk->read && clerk->read < clerk->wanted &&
           !clerk->refused;
}

void lt_clerk_room(struct lt_clerk *clerk)
{
    clerk->refused = false;
}

static void answer(struct lt_clerk *clerk, struct lt_event *event,
                   const struct lt_channel *channel)
{
    struct lt_write_event written = {
        .event = event, .channels_n = 1, .channels = channel};
    struct lt_write write = {
        .token = clerk->options.token_base + clerk->token++,
        .events_n = 1,
        .events = &written,
    };
    struct lt_buf answer_bytes;
    bool repeated;
    lt_err err;

    event->actor_role = 6; /* ROLE_SYSTEM */
    event->recorded_at_ms = clerk->now->wall_ms;
    event->has_legal_date = true;
    event->legal_date = lt_civil_day(clerk->now->wall_ms);
    lt_buf_init(&answer_bytes, lt_alloc_heap());
    err = lt_turn_write(clerk->options.turn, clerk->now, &write, &answer_bytes,
                        &repeated, NULL);
    lt_buf_deinit(&answer_bytes);
    if (err == LT_OK) {
        clerk->answered = true;
    } else if (err == LT_ENOMEM || err == LT_EIO || lt_err_exit(err) == 75) {
        clerk->err = err;
    }
    /* Anything else is an answer that could never be written: passed over. */
}

/* Does this writer speak of @office? Not of one that goes to another tree, and
 * of one that came from there when that tree is here. */
static bool speaks_of(const struct lt_clerk *clerk,
                      const struct lt_office *office)
{
    const struct lt_tree *tree = lt_engine_tree(clerk->options.engine);

    return lt_tree_covers(tree, &clerk->options.office, office) &&
           !lt_tree_is_guest(tree, office) &&
           lt_tree_released(tree, office,
                            lt_civil_day(clerk->now->wall_ms)) == NULL;
}

/* A parent proposes an office below itself: opened, unless the tree refuses
 * it (lt_tree_apply would; then nothing is written and nothing is promised). */
static void open_office(struct lt_clerk *clerk, const struct lt_event *proposal)
{
    const struct lt_tree *tree = lt_engine_tree(clerk->options.engine);
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = LT_AUDIENCE_ALL};
    struct lt_tree *trial = NULL;
    struct lt_event *opened;

    if (!may_write(clerk) || !speaks_of(clerk, &proposal->id.origin) ||
        !lt_office_equal(&proposal->office.parent, &proposal->id.origin) ||
        lt_tree_find(tree, &proposal->office.id) != NULL) {
        return;
    }
    opened = lt_new(lt_alloc_heap(), sizeof(*opened));
    if (opened == NULL) {
        clerk->err = LT_ENOMEM;
        return;
    }
    opened->type = LT_EV_OFFICE_OPENED;
    opened->office = proposal->office;
    opened->has_proposal = true;
    opened->proposal = proposal->id;
    opened->causes_n = 1;
    opened->causes[0] = proposal->id;
    if (lt_tree_clone(tree, &trial) == LT_OK) {
        if (lt_tree_apply(trial, lt_tree_version(tree) + 1, opened, NULL) ==
            LT_OK) {
            answer(clerk, opened, &channel);
        }
        lt_tree_free(trial);
    } else {
        clerk->err = LT_ENOMEM;
    }
    lt_free(lt_alloc_heap(), opened);
}

static bool same_addresses(const struct lt_text *texts, size_t n,
                           const char *const *known, size_t known_n)
{
    for (size_t i = 0; i < n && n == known_n; i++) {
        if (strlen(known[i]) != texts[i].len ||
            memcmp(known[i], texts[i].data, texts[i].len) != 0) {
            return false;
        }
    }
    return n == known_n;
}

/* An office says where it listens: noted, so that those who are put below it
 * find it. */
static void readdress(struct lt_clerk *clerk, const struct lt_event *proposal)
{
    const struct lt_tree *tree = lt_engine_tree(clerk->options.engine);
    const struct lt_tree_office *known =
        lt_tree_find(tree, &proposal->office.id);
    const struct lt_office_info *said = &proposal->office;
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = LT_AUDIENCE_ALL};
    struct lt_event *change;

    if (!may_write(clerk) || known == NULL || known->closed_version != 0 ||
        !speaks_of(clerk, &known->id) ||
        (same_addresses(said->link_addresses, said->link_addresses_n,
                        known->link_addresses, known->link_addresses_n) &&
         same_addresses(said->enrol_addresses, said->enrol_addresses_n,
                        known->enrol_addresses, known->enrol_addresses_n))) {
        return;
    }
    change = lt_new(lt_alloc_heap(), sizeof(*change));
    if (change == NULL) {
        clerk->err = LT_ENOMEM;
        return;
    }
    change->type = LT_EV_OFFICE_CHANGED;
    change->office = *said;
    change->office.parent = (struct lt_office){{0}};
    change->office.name = (struct lt_text){NULL, 0};
    change->office.kind = (struct lt_text){NULL, 0};
    change->office.code = (struct lt_text){NULL, 0};
    change->office.keeper = false;
    change->causes_n = 1;
    change->causes[0] = proposal->id;
    answer(clerk, change, &channel);
    lt_free(lt_alloc_heap(), change);
}

/* Reading was withdrawn from us: from here on nothing more comes. */
static void end_reading(struct lt_clerk *clerk,
                        const struct lt_event *withdrawal)
{
    const struct lt_tree_office *root =
        lt_tree_root(lt_engine_tree(clerk->options.engine));
    const struct lt_channel channel = {.cls = LT_CLASS_TREE,
                                       .audience = LT_AUDIENCE_UP};
    struct lt_event *ended;

    if (root == NULL || !lt_office_equal(&root->id, &withdrawal->id.origin) ||
        !lt_office_equal(&withdrawal->to[0], &clerk->options.office)) {
        return;
    }
    ended = lt_new(lt_alloc_heap(), sizeof(*ended));
    if (ended == NULL) {
        clerk->err = LT_ENOMEM;
        return;
    }
    ended->type = LT_EV_READ_ENDED;
    ended->has_corrects = true;
    ended->corrects = withdrawal->id;
    ended->kind = withdrawal->kind;
    ended->to_n = 1;
    ended->to = &withdrawal->to[1];
    ended->causes_n = 1;
    ended->causes[0] = withdrawal->id;
    answer(clerk, ended, &channel);
    lt_free(lt_alloc_heap(), ended);
}

/* As urgent as it came: so the answer goes around a parent as well. Who is no
 * superior is told in a channel of its own. */
static void acknowledge_directive(struct lt_clerk *clerk,
                                  const struct lt_event *directive, uint8_t cls)
{
    bool up = lt_tree_above(lt_engine_tree(clerk->options.engine),
                            &directive->id.origin, &clerk->options.office);
    struct lt_channel channel = {.cls = cls, .audience = LT_AUDIENCE_UP};
    struct lt_event *status = lt_new(lt_alloc_heap(), sizeof(*status));

    if (status == NULL) {
        clerk->err = LT_ENOMEM;
        return;
    }
    if (!up) {
        channel.audience = LT_AUDIENCE_TO;
        channel.to = directive->id.origin;
    }
    status->type = LT_EV_DIRECTIVE_STATUS;
    status->code = 1;
    status->has_subject = true;
    status->subject = directive->id;
    status->causes_n = 1;
    status->causes[0] = directive->id;
    answer(clerk, status, &channel);
    lt_free(lt_alloc_heap(), status);
}

static void consider(struct lt_clerk *clerk, const struct lt_event *event,
                     const struct lt_stream *stream)
{
    /* An event speaks for its origin alone; a copy in somebody else's stream
     * is evidence and asks nothing of us. */
    if (!lt_office_equal(&event->id.origin, &stream->origin)) {
        return;
    }
    if (event->type == LT_EV_OFFICE_PROPOSED &&
        lt_office_equal(&event->office.id, &event->id.origin)) {
        readdress(clerk, event);
    } else if (event->type == LT_EV_OFFICE_PROPOSED) {
        open_office(clerk, event);
    } else if (event->type == LT_EV_READ_WITHDRAWN) {
        end_reading(clerk, event);
    } else if (lt_type_opens(event->type) &&
               lt_type_matter(event->type) == LT_MATTER_DIRECTIVE &&
               !(event->has_entered_for &&
                 is_ours(clerk, &event->entered_for))) {
        acknowledge_directive(clerk, event, stream->channel.cls);
    }
}

static bool visit(void *ctx, uint64_t pos, int64_t committed_at_ms,
                  const struct lt_segment *segment)
{
    struct lt_clerk *clerk = ctx;
    struct lt_payload payload;
    struct lt_event *event;
    lt_err err;

    (void)committed_at_ms;
    clerk->asked = pos;
    if (!concerns(clerk, &segment->stream) ||
        (lt_engine_refused_key(clerk->options.engine, segment->key_id) &&
         lt_segment_last(segment) > lt_engine_limit(clerk->options.engine,
                                                    &segment->stream,
                                                    segment->epoch))) {
        return true;
    }
    lt_arena_reset(&clerk->arena);
    event = lt_arena_take(&clerk->arena, sizeof(*event));
    err = event == NULL
              ? LT_ENOMEM
              : lt_payload_open(segment, &clerk->arena, &payload, NULL);
    if (err == LT_ENOMEM) {
        clerk->err = err;
        return false;
    }
    if (err != LT_OK) {
        return true; /* the fold shows what cannot be read */
    }
    for (size_t i = 0; i < payload.items_n && clerk->err == LT_OK; i++) {
        const struct lt_item *item = &payload.items[i];
        const struct lt_event_id id = {.origin = segment->stream.origin,
                                       .epoch = segment->epoch,
                                       .count = item->count};

        err = lt_event_decode(item->event, item->event_len, &id, item->hlc,
                              &clerk->arena, event, NULL);
        if (err == LT_OK) {
            consider(clerk, event, &segment->stream);
        } else if (err == LT_ENOMEM) {
            clerk->err = err;
        }
    }
    return clerk->err == LT_OK && !clerk->answered;
}

lt_err lt_clerk_slice(struct lt_clerk *clerk, const struct lt_now *now)
{
    lt_err err;

    clerk->now = now;
    clerk->answered = false;
    clerk->err = LT_OK;
    err = lt_log_read_from(clerk->options.log, clerk->read + 1, SLICE_BYTES,
                           visit, clerk);
    if (err == LT_OK) {
        err = clerk->err;
    }
    if (lt_err_exit(err) == 75 || err == LT_ECORRUPT) {
        clerk->asked = clerk->read; /* again when there is room, or no rot */
        clerk->refused = true;
        return LT_OK;
    }
    if (err == LT_OK && clerk->answered) {
        err = lt_turn_put_meta(clerk->options.turn, META_KEY, &clerk->asked,
                               sizeof(clerk->asked));
        return err == LT_EFULL ? LT_OK : err;
    }
    clerk->read = clerk->asked;
    return err;
}

void lt_clerk_written(struct lt_clerk *clerk, lt_err result)
{
    if (result == LT_OK) {
        clerk->read = clerk->asked;
    } else {
        clerk->asked = clerk->read;
        clerk->refused = true;
    }
}

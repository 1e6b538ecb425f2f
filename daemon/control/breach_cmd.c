/* `breach --since D`: what a breach notice has to say: which entries have come
 * to this office since that day, and who else holds them by the tree; and what
 * people did at it and at the offices below, as their audits were marked. A
 * person is a number here: `lienthong audit` at that office has the names. */
#include "common/sys.h"
#include "daemon/control/answer.h"
#include "daemon/control/desk.h"
#include "daemon/people/audit.h"
#include "daemon/view/json.h"
#include "daemon/view/view.h"

enum {
    DAY_MS = 24 * 3600 * 1000,
    UTC7_MS = 7 * 3600 * 1000,
    HOLDERS_MAX = 500,
    DEEDS_MAX = 10000
};

struct listing {
    const struct lt_desk *desk;
    struct lt_json json;
    size_t deeds;
};

/* Whoever should hold the stream, this office included. */
static void put_holders(struct listing *listing, const struct lt_stream *stream)
{
    const struct lt_tree *tree = listing->desk->snapshot->tree;
    struct lt_json *json = &listing->json;
    size_t holders = 0;

    lt_json_key(json, "held_by");
    lt_json_open(json, '[');
    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *office = lt_tree_at(tree, i);

        if (lt_tree_holds(tree, &office->id, stream)) {
            if (holders < HOLDERS_MAX) {
                lt_json_office(json, &office->id);
            }
            holders++;
        }
    }
    lt_json_close(json, ']');
    lt_json_key(json, "holders");
    lt_json_uint(json, holders);
}

/* Of denunciations the month. */
static void put_when(struct lt_json *json, const char *at, const char *in,
                     bool sealed, int64_t wall_ms)
{
    lt_json_key(json, at);
    if (!sealed) {
        lt_json_time(json, wall_ms);
        return;
    }
    lt_json_null(json);
    lt_json_key(json, in);
    lt_json_month(json, lt_civil_day(wall_ms));
}

static void put_stream(void *ctx, const struct lt_view_received *received)
{
    struct listing *listing = ctx;
    struct lt_json *json = &listing->json;
    bool sealed = received->stream.channel.cls == LT_CLASS_DENUNCIATION;
    char channel[LT_CHANNEL_TEXT];

    if (lt_stream_is_sealed(&received->stream) &&
        lt_office_equal(&received->stream.origin, &listing->desk->office)) {
        return; /* it may denounce this office */
    }
    lt_channel_format(&received->stream.channel, channel);
    lt_json_open(json, '{');
    lt_json_key(json, "origin");
    lt_json_office(json, &received->stream.origin);
    lt_json_key(json, "channel");
    lt_json_word(json, channel);
    lt_json_key(json, "events");
    lt_json_uint(json, received->events);
    lt_json_key(json, "with_texts");
    lt_json_uint(json, received->with_texts);
    put_when(json, "first_at", "first_month", sealed, received->first_ms);
    put_when(json, "last_at", "last_month", sealed, received->last_ms);
    put_holders(listing, &received->stream);
    lt_json_close(json, '}');
}

static void put_deed(void *ctx, const struct lt_view_deed *deed)
{
    struct listing *listing = ctx;
    struct lt_json *json = &listing->json;
    unsigned what = deed->deed.what;
    char person[2 * sizeof(deed->deed.person) + 1];

    if (listing->deeds++ >= DEEDS_MAX) {
        return;
    }
    lt_hex_format(deed->deed.person, sizeof(deed->deed.person), person);
    lt_json_open(json, '{');
    lt_json_key(json, "office");
    lt_json_office(json, &deed->office);
    lt_json_key(json, "number");
    lt_json_uint(json, deed->number);
    lt_json_key(json, "at");
    lt_json_time(json, deed->deed.at_ms);
    lt_json_key(json, "person");
    lt_json_word(json, person);
    lt_json_key(json, "what");
    lt_json_word(json, what >= 1 && what <= LT_AUDIT_WHATS
                           ? lt_audit_word((enum lt_audit_what)(what - 1))
                           : "unknown");
    lt_json_key(json, "about");
    if (deed->deed.has_about) {
        lt_json_event(json, &deed->deed.about);
    } else {
        lt_json_null(json);
    }
    lt_json_close(json, '}');
}

lt_err lt_read_breach(struct lt_desk *desk, const struct lt_args *args,
                      struct lt_buf *out, struct lt_diag *diag)
{
    struct listing listing = {.desk = desk};
    struct lt_view_reader *reader;
    int64_t since_ms = args->numbers[LT_OPT_SINCE] * DAY_MS - UTC7_MS;
    lt_err rc;

    if (desk->snapshot == NULL || desk->snapshot->tree == NULL) {
        return lt_desk_refuse(diag, LT_EBUSY, "tree", "ui_why_no_tree");
    }
    rc = lt_desk_settle(desk);
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc != LT_OK) {
        return rc;
    }
    lt_json_init(&listing.json, out);
    lt_json_open(&listing.json, '{');
    lt_json_key(&listing.json, "items");
    lt_json_open(&listing.json, '[');
    rc = lt_view_received(reader, since_ms, put_stream, &listing);
    if (rc == LT_EIO) {
        lt_desk_drop_reader(desk);
    }
    lt_json_close(&listing.json, ']');
    lt_json_key(&listing.json, "deeds");
    lt_json_open(&listing.json, '[');
    if (rc == LT_OK) {
        rc = lt_view_deeds(reader, since_ms, put_deed, &listing);
    }
    if (rc == LT_EIO) {
        lt_desk_drop_reader(desk);
    }
    lt_json_close(&listing.json, ']');
    lt_json_key(&listing.json, "deeds_left_out");
    lt_json_uint(&listing.json,
                 listing.deeds > DEEDS_MAX ? listing.deeds - DEEDS_MAX : 0);
    lt_json_key(&listing.json, "next");
    lt_json_null(&listing.json);
    lt_json_close(&listing.json, '}');
    return rc == LT_OK && listing.json.failed ? LT_ENOMEM : rc;
}

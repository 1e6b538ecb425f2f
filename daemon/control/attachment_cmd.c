/* Attachments: announced by the event that they belong to, brought in pieces,
 * read back in pieces.
 *
 * Nothing is kept between two commands: the event says how large the whole is
 * and what its pieces' hashes come to, each piece says where it belongs. So an
 * upload that was cut off is gone on with by whoever repeats it, and one that
 * never is leaves a part that stays announced. */
#include <inttypes.h>
#include <string.h>

#include "daemon/cases/fold.h"
#include "daemon/control/desk.h"

/* A file goes into the channel of each addressee: at most so much in all. */
enum { SPREAD_MAX = 64 * 1024 * 1024 };

lt_err lt_draft_attachment(struct lt_draft *draft, const struct lt_args *args,
                           uint32_t retention, struct lt_diag *diag)
{
    struct lt_event *event = draft->event;
    struct lt_part_ref *ref = &event->parts[event->parts_n];
    bool has_size = lt_args_has(args, LT_OPT_ATTACH_SIZE);

    if (has_size != lt_args_has(args, LT_OPT_ATTACH_HASH)) {
        return lt_desk_refuse(diag, LT_EUSAGE,
                              has_size ? "attach_hash" : "attach_size",
                              "ui_why_missing");
    }
    if (!has_size) {
        return LT_OK;
    }
    if (!lt_attachment_fits(event->type, event->kind)) {
        return lt_desk_refuse(diag, LT_EINVAL, "attach",
                              "ui_why_attach_decisions");
    }
    if (args->numbers[LT_OPT_ATTACH_SIZE] * (int64_t)draft->channels_n >
        SPREAD_MAX) {
        return lt_desk_refuse(diag, LT_ETOOBIG, "attach",
                              "ui_why_attach_spread");
    }
    if (event->parts_n == LT_EVENT_PARTS_MAX) {
        return LT_EINTERNAL;
    }
    if (!lt_hex_parse(args->texts[LT_OPT_ATTACH_HASH].data, LT_HASH_LEN,
                      ref->hash)) {
        return lt_desk_refuse(diag, LT_EINVAL, "attach_hash",
                              "ui_why_not_hash");
    }
    ref->size = (uint64_t)args->numbers[LT_OPT_ATTACH_SIZE];
    ref->kind = LT_PART_ATTACHMENT;
    ref->retention = retention;
    ref->large = true;
    event->parts_n++;
    return LT_OK;
}

/* The whole that @args name, once the view has it. Its event need not be this
 * office's own. */
static lt_err find_whole(struct lt_desk *desk, const struct lt_args *args,
                         struct lt_event_id *out_id, struct lt_view_whole *out,
                         struct lt_diag *diag)
{
    const struct lt_text text = args->texts[LT_OPT_EVENT];
    const int index =
        lt_args_has(args, LT_OPT_INDEX) ? (int)args->numbers[LT_OPT_INDEX] : -1;
    struct lt_view_reader *reader;
    lt_err rc = lt_desk_event(desk, text, LT_MATTER_NONE, out_id, diag);

    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_whole(reader, out_id, index, out);
        if (rc == LT_EIO) {
            lt_desk_drop_reader(desk);
        }
    }
    if (rc == LT_OK && out->state == LT_WHOLE_WITHHELD) {
        return lt_desk_refuse(diag, LT_EINVAL, "event",
                              "ui_why_attach_decisions");
    }
    if (rc == LT_OK && out->closed) {
        return lt_desk_refuse(diag, LT_ESTATE, "event", "ui_why_text_closed");
    }
    if (rc != LT_ENOTFOUND) {
        return rc;
    }
    if (lt_desk_settle(desk) != LT_OK) {
        return LT_EBUSY; /* the view may not have come to its event yet */
    }
    lt_diag_set(diag, LT_ENOTFOUND);
    lt_diag_arg(diag, "what", "%.*s", (int)text.len, text.data);
    lt_diag_arg(diag, "reason", "ui_why_no_attachment");
    return LT_ENOTFOUND;
}

/* The whole of the command before this one in the batch. */
static lt_err whole_before(const struct lt_desk *desk,
                           struct lt_view_whole *out, struct lt_diag *diag)
{
    const struct lt_draft *before = desk->before;
    const struct lt_event *event = before == NULL ? NULL : before->event;

    for (uint32_t i = 0; event != NULL && i < event->parts_n; i++) {
        if (event->parts[i].large) {
            out->index = i;
            out->ref = event->parts[i];
            out->channel = before->channels[0];
            return LT_OK;
        }
    }
    return lt_desk_refuse(diag, LT_EUSAGE, "event", "ui_why_missing");
}

static lt_err fill_piece(const struct lt_args *args,
                         const struct lt_view_whole *whole,
                         struct lt_draft *draft, struct lt_diag *diag)
{
    const struct lt_text data = args->texts[LT_OPT_DATA];
    const uint64_t offset = (uint64_t)args->numbers[LT_OPT_OFFSET];
    struct lt_event *event = draft->event;
    struct lt_part_ref *ref = &event->parts[0];
    struct lt_part *part = &draft->parts[0];

    if (offset % LT_PIECE_BYTES != 0 || offset >= whole->ref.size ||
        data.len != (whole->ref.size - offset < LT_PIECE_BYTES
                         ? whole->ref.size - offset
                         : LT_PIECE_BYTES)) {
        return lt_desk_refuse(diag, LT_EINVAL, "offset",
                              "ui_why_no_piece_place");
    }
    if (!lt_hex_parse(args->texts[LT_OPT_SALT].data, LT_SALT_LEN, part->salt)) {
        return lt_desk_refuse(diag, LT_EINVAL, "salt", "ui_why_not_hash");
    }
    event->chunk_index = whole->index;
    event->chunk_offset = offset;
    part->content = (const uint8_t *)data.data;
    part->len = data.len;
    ref->size = data.len;
    ref->kind = whole->ref.kind;
    ref->retention = whole->ref.retention;
    lt_part_hash(part->salt, part->content, part->len, ref->hash);
    event->parts_n = draft->parts_n = 1;
    return LT_OK;
}

/* Into class chunk, to the same offices as the event. */
static lt_err put_channels(struct lt_desk *desk, struct lt_draft *draft,
                           const struct lt_channel *channels, size_t n)
{
    draft->channels = lt_arena_take(desk->arena, n * sizeof(*channels));
    if (draft->channels == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        draft->channels[i] = channels[i];
        draft->channels[i].cls = LT_CLASS_CHUNK;
    }
    draft->channels_n = n;
    return LT_OK;
}

/* Of an event that is in the log already: one channel, or one for each
 * addressee. */
static lt_err channels_of(struct lt_desk *desk, struct lt_draft *draft,
                          const struct lt_event_id *id,
                          const struct lt_view_whole *whole,
                          struct lt_diag *diag)
{
    struct lt_view_reader *reader;
    struct lt_view_entry *entry = lt_arena_take(desk->arena, sizeof(*entry));
    struct lt_channel *channels;
    size_t n;
    lt_err rc = entry == NULL ? LT_ENOMEM : lt_desk_reader(desk, &reader, diag);

    if (rc == LT_OK) {
        rc = lt_view_entry(reader, id, &desk->office, entry);
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (entry->type != LT_EV_DIRECTIVE_ISSUED || entry->to_n == 0) {
        return put_channels(desk, draft, &whole->channel, 1);
    }
    n = entry->to_n;
    channels = lt_arena_take(desk->arena, n * sizeof(*channels));
    if (channels == NULL) {
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        channels[i] = (struct lt_channel){.audience = LT_AUDIENCE_TO,
                                          .to = entry->to[i]};
    }
    return put_channels(desk, draft, channels, n);
}

lt_err lt_attachment_piece(struct lt_desk *desk, const struct lt_args *args,
                           struct lt_draft *draft, struct lt_diag *diag)
{
    struct lt_view_whole whole = {.index = 0};
    struct lt_event_id id = {.count = 0};
    lt_err rc;

    if (lt_args_has(args, LT_OPT_EVENT)) {
        rc = find_whole(desk, args, &id, &whole, diag);
        if (rc == LT_OK && !lt_office_equal(&id.origin, &desk->office)) {
            rc =
                lt_desk_refuse(diag, LT_EPERM, "event", "ui_why_not_own_event");
        }
    } else {
        rc = whole_before(desk, &whole, diag);
    }
    if (rc == LT_OK) {
        rc = lt_draft_begin(desk, draft, LT_EV_CHUNK, LT_CLASS_CHUNK,
                            (enum lt_audience)whole.channel.audience,
                            &whole.channel.to);
    }
    if (rc != LT_OK) {
        return rc;
    }
    if (lt_args_has(args, LT_OPT_EVENT)) {
        draft->event->chunk_of = id;
        draft->matter = id;
        rc = channels_of(desk, draft, &id, &whole, diag);
    } else {
        draft->chunk_of = desk->before;
        rc = put_channels(desk, draft, desk->before->channels,
                          desk->before->channels_n);
    }
    return rc == LT_OK ? fill_piece(args, &whole, draft, diag) : rc;
}

lt_err lt_attachment_find(struct lt_desk *desk, const struct lt_args *args,
                          struct lt_job *job, struct lt_diag *diag)
{
    const uint64_t offset = (uint64_t)args->numbers[LT_OPT_OFFSET];
    struct lt_view_reader *reader;
    struct lt_view_whole whole;
    struct lt_view_piece piece;
    struct lt_event_id id;
    char event[LT_EVENT_ID_TEXT];
    char hash[2 * LT_HASH_LEN + 1];
    lt_err rc = find_whole(desk, args, &id, &whole, diag);

    if (rc == LT_OK && offset % LT_PIECE_BYTES != 0) {
        rc = lt_desk_refuse(diag, LT_EINVAL, "offset", "ui_why_no_piece_place");
    }
    if (rc == LT_OK) {
        rc = lt_desk_reader(desk, &reader, diag);
    }
    if (rc == LT_OK) {
        rc = lt_view_piece(reader, &id, whole.index, offset, &piece);
        if (rc == LT_ENOTFOUND && lt_desk_settle(desk) != LT_OK) {
            return LT_EBUSY;
        }
        if (rc == LT_ENOTFOUND) {
            lt_desk_refuse(diag, LT_ENOTFOUND, "piece", "ui_why_piece_absent");
        }
    }
    if (rc != LT_OK) {
        return rc;
    }
    job->piece_pos = piece.pos;
    job->piece_item = piece.item;
    memcpy(job->piece_hash, piece.hash, LT_HASH_LEN);
    lt_event_id_format(&id, event);
    lt_hex_format(whole.ref.hash, LT_HASH_LEN, hash);
    return lt_buf_printf(&job->answer,
                         "{\"event\":\"%s\",\"index\":%" PRIu32
                         ",\"size_bytes\":%" PRIu64
                         ",\"hash\":\"%s\",\"offset\":%" PRIu64 ",",
                         event, whole.index, whole.ref.size, hash, offset)
               ? LT_OK
               : LT_ENOMEM;
}

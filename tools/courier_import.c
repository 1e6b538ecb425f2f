/* courier import FILE...|- [--receipt FILE]
 *
 * Pieces are handed to the daemon one by one, each a commit of its own. What
 * waits for what comes before it is tried again once something else was taken:
 * so files may be named in any order. Whatever was interrupted is repeated from
 * the beginning; what is here already is only counted. */
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "tools/courier.h"

enum { EXPORTERS_MAX = 64, EXIT_WAITS = 1 };

/* A piece that was not taken whole. */
struct late {
    size_t file;
    uint64_t at;
    size_t len;
    json_int_t waiting;
};

struct importing {
    struct lt_courier_ask ask;
    const json_t *files;
    uint64_t total_bytes;
    uint64_t done_bytes;
    json_int_t pieces;
    json_int_t taken;
    json_int_t taken_events;
    json_int_t repeated;
    json_int_t damaged;
    json_int_t others;  /* for other offices */
    json_int_t refused; /* for another reason */
    json_t *reasons;    /* why something waits: a set */
    json_t *seen;       /* bundle:index, a set */
    json_t *lasts;      /* bundle: its number of pieces */
    char exporters[EXPORTERS_MAX][LT_OFFICE_TEXT];
    size_t exporters_n;
    struct late *late;
    size_t late_n;
    size_t late_capacity;
    json_t *first_error; /* of a piece that was refused */
    char *first_path;
};

static const char *path_of(const struct importing *im, size_t file)
{
    return json_string_value(json_array_get(im->files, file));
}

static bool set_add(json_t *set, const char *key)
{
    return json_object_set_new(set, key, json_true()) == 0;
}

/* ---- what the daemon says of a piece ---- */

static void note_exporter(struct importing *im, const char *from)
{
    size_t i;

    for (i = 0; i < im->exporters_n; i++) {
        if (strcmp(im->exporters[i], from) == 0) {
            return;
        }
    }
    if (im->exporters_n < EXPORTERS_MAX) {
        (void)snprintf(im->exporters[im->exporters_n++], LT_OFFICE_TEXT, "%s",
                       from);
    }
}

static bool note_place(struct importing *im, const json_t *answer)
{
    const char *bundle = json_string_value(json_object_get(answer, "bundle"));
    json_int_t index = json_integer_value(json_object_get(answer, "index"));
    char key[2 * LT_COURIER_ID_LEN + 32];

    (void)snprintf(key, sizeof(key), "%.32s:%lld",
                   bundle == NULL ? "" : bundle, (long long)index);
    return set_add(im->seen, key) &&
           (!json_is_true(json_object_get(answer, "last")) || bundle == NULL ||
            json_object_set_new(im->lasts, bundle, json_integer(index + 1)) ==
                0);
}

static bool keep_late(struct importing *im, const struct late *late)
{
    if (!lt_grow(lt_alloc_heap(), (void **)&im->late, &im->late_capacity,
                 im->late_n, sizeof(*im->late))) {
        return false;
    }
    im->late[im->late_n++] = *late;
    return true;
}

static bool note_taken(struct importing *im, const json_t *answer,
                       struct late *late)
{
    const char *from = json_string_value(json_object_get(answer, "from"));
    json_t *reasons = json_object_get(answer, "reasons");
    json_t *reason;
    size_t i;
    bool fits = note_place(im, answer);

    note_exporter(im, from == NULL ? "" : from);
    im->taken += json_integer_value(json_object_get(answer, "taken"));
    im->taken_events +=
        json_integer_value(json_object_get(answer, "taken_events"));
    im->repeated += json_integer_value(json_object_get(answer, "repeated"));
    late->waiting = json_integer_value(json_object_get(answer, "waiting"));
    if (late->waiting > 0) {
        json_array_foreach(reasons, i, reason)
        {
            fits = fits && set_add(im->reasons, json_string_value(reason));
        }
        fits = fits && keep_late(im, late);
    }
    return fits;
}

static bool is_code(const json_t *error, lt_err code)
{
    const char *word = json_string_value(json_object_get(error, "code"));

    return word != NULL && strcmp(word, lt_err_word(code)) == 0;
}

/* A refusal of this piece alone: counted, the first one kept. False: it ends
 * the import. */
static bool note_refused(struct importing *im, json_t *error, size_t file,
                         bool *out_damaged)
{
    *out_damaged = is_code(error, LT_EPIECE) || is_code(error, LT_EBUNDLE);
    if (*out_damaged) {
        im->damaged++;
    } else if (is_code(error, LT_EADDRESSEE)) {
        im->others++;
    } else if (is_code(error, LT_EEXPORTER) || is_code(error, LT_ESEALKEY) ||
               is_code(error, LT_EBUNDLENEWER) ||
               is_code(error, LT_EMALFORMED)) {
        im->refused++;
    } else {
        return false;
    }
    if (im->first_error == NULL ||
        (is_code(im->first_error, LT_EADDRESSEE) &&
         !is_code(error, LT_EADDRESSEE))) {
        json_decref(im->first_error);
        free(im->first_path);
        im->first_error = json_incref(error);
        im->first_path = strdup(path_of(im, file));
    }
    return true;
}

/* One piece to the daemon. 0, or an exit code that ends the import. */
static int hand_over(struct importing *im, const uint8_t *bytes,
                     struct late *late, bool *out_damaged)
{
    size_t len = lt_base64_len(late->len);
    char *text = malloc(len + 1);
    json_t *answer = NULL;
    json_t *error;
    int code;

    *out_damaged = false;
    if (text == NULL) {
        return lt_tool_fail_code(im->ask.tool, LT_ENOMEM, NULL);
    }
    lt_base64_write(bytes, late->len, text);
    code = lt_courier_ask(&im->ask, "courier import",
                          json_pack("{s:s%}", "piece", text, len), &answer);
    free(text);
    if (code != 0) {
        return code;
    }
    error = json_object_get(answer, "error");
    if (error != NULL && !note_refused(im, error, late->file, out_damaged)) {
        code = lt_tool_refused(im->ask.tool, error, &im->ask.answer);
    } else if (error == NULL && !note_taken(im, answer, late)) {
        code = lt_tool_fail_code(im->ask.tool, LT_ENOMEM, NULL);
    }
    json_decref(answer);
    return code;
}

/* ---- files ---- */

/* How long the piece is, by its head; 0: it cannot be one. */
static size_t length_of(struct importing *im, const uint8_t *bytes, size_t len)
{
    struct lt_courier_head head = {.len = 0};
    lt_err rc = lt_courier_head(bytes, len, &head);

    if (rc == LT_OK || rc == LT_EBUNDLENEWER) {
        return head.len;
    }
    im->damaged++;
    return 0;
}

static int scan_file(struct importing *im, size_t file)
{
    struct lt_courier_in in;
    struct lt_diag diag;
    uint64_t at = 0;
    lt_err rc = lt_courier_in_open(&in, path_of(im, file), &diag);
    int code = 0;

    while (rc == LT_OK && code == 0) {
        struct late late = {.file = file};
        const uint8_t *bytes;
        size_t len;
        bool damaged = true;

        rc = lt_courier_in_find(&in, &at, &bytes, &len, &diag);
        if (rc != LT_OK || len == 0) {
            break;
        }
        im->pieces++;
        late.at = at;
        late.len = length_of(im, bytes, len);
        if (late.len > 0) {
            code = hand_over(im, bytes, &late, &damaged);
        }
        /* Within a damaged piece the next one may begin. */
        at += damaged ? LT_COURIER_MAGIC_LEN : late.len;
        if (code == 0) { /* an error is the last that is said */
            lt_progress_tell(im->ask.tool, "courier import",
                             (int64_t)(im->done_bytes + at),
                             (int64_t)(im->total_bytes > in.size
                                           ? im->total_bytes
                                           : in.size));
        }
    }
    im->done_bytes += in.size;
    if (rc != LT_OK) {
        code = lt_tool_fail(im->ask.tool, &diag, false);
    }
    lt_courier_in_close(&in);
    return code;
}

/* Those that waited, once more. */
static int retry(struct importing *im)
{
    struct late *late = im->late;
    size_t n = im->late_n;
    int code = 0;

    im->late = NULL;
    im->late_n = im->late_capacity = 0;
    json_object_clear(im->reasons);
    for (size_t i = 0; i < n && code == 0; i++) {
        struct lt_courier_in in;
        struct lt_diag diag;
        const uint8_t *bytes;
        size_t len;
        bool damaged;
        uint64_t at = late[i].at;
        json_int_t repeated = im->repeated;
        lt_err rc = lt_courier_in_open(&in, path_of(im, late[i].file), &diag);

        if (rc == LT_OK) {
            rc = lt_courier_in_find(&in, &at, &bytes, &len, &diag);
        }
        if (rc != LT_OK) {
            code = lt_tool_fail(im->ask.tool, &diag, false);
        } else if (at == late[i].at && len >= late[i].len) {
            code = hand_over(im, bytes, &late[i], &damaged);
            im->repeated = repeated; /* counted the first time */
        }
        lt_courier_in_close(&in);
    }
    free(late);
    return code;
}

static int take_all(struct importing *im)
{
    json_int_t before = -1;
    int code = 0;

    for (size_t i = 0; i < json_array_size(im->files) && code == 0; i++) {
        code = scan_file(im, i);
    }
    while (code == 0 && im->late_n > 0 && im->taken != before &&
           strcmp(path_of(im, 0), "-") != 0) {
        before = im->taken;
        code = retry(im);
    }
    lt_progress_end(im->ask.tool);
    return code;
}

/* ---- what came of it ---- */

static json_int_t waiting_of(const struct importing *im)
{
    json_int_t waiting = 0;

    for (size_t i = 0; i < im->late_n; i++) {
        waiting += im->late[i].waiting;
    }
    return waiting;
}

/* Pieces of these bundles that were in none of the files. */
static json_int_t missing_of(const struct importing *im)
{
    const char *bundle;
    json_t *pieces;
    json_int_t missing = 0;

    json_object_foreach(im->lasts, bundle, pieces)
    {
        for (json_int_t i = 0; i < json_integer_value(pieces); i++) {
            char key[2 * LT_COURIER_ID_LEN + 32];

            (void)snprintf(key, sizeof(key), "%.32s:%lld", bundle,
                           (long long)i);
            missing += json_object_get(im->seen, key) == NULL;
        }
    }
    return missing;
}

static int write_receipts(struct importing *im, const char *path)
{
    struct lt_courier_out out;
    struct lt_courier_sums sums;
    struct lt_diag diag;
    int code = 0;

    if (im->exporters_n == 0) {
        return 0;
    }
    if (lt_courier_out_open(&out, path, &diag) != LT_OK) {
        code = lt_tool_fail(im->ask.tool, &diag, false);
    }
    for (size_t i = 0; i < im->exporters_n && code == 0; i++) {
        code = lt_courier_write(&im->ask, im->exporters[i], true, &out, &sums);
    }
    if (code == 0 && lt_courier_out_finish(&out, &diag) != LT_OK) {
        code = lt_tool_fail(im->ask.tool, &diag, false);
    }
    lt_courier_out_close(&out);
    return code;
}

static json_t *keys_of(const json_t *set)
{
    json_t *list = json_array();
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)set, key, value)
    {
        (void)json_array_append_new(list, json_string(key));
    }
    return list;
}

static json_t *exporters_of(const struct importing *im)
{
    json_t *list = json_array();

    for (size_t i = 0; i < im->exporters_n; i++) {
        (void)json_array_append_new(list, json_string(im->exporters[i]));
    }
    return list;
}

static void print_json(struct importing *im, const char *receipt)
{
    json_t *json = json_pack(
        "{s:o,s:I,s:I,s:I,s:I,s:I,s:o,s:I,s:I,s:I,s:I,s:s?}", "from",
        exporters_of(im), "pieces", im->pieces, "taken", im->taken,
        "taken_events", im->taken_events, "repeated", im->repeated, "waiting",
        waiting_of(im), "reasons", keys_of(im->reasons), "damaged",
        im->damaged, "for_others", im->others, "refused", im->refused,
        "missing_pieces", missing_of(im), "receipt", receipt);
    char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

    fprintf(im->ask.tool->out, "%s\n", text == NULL ? "{}" : text);
    free(text);
    json_decref(json);
}

static void print_count(struct importing *im, const char *word, json_int_t n)
{
    char count[24];

    if (n > 0) {
        (void)snprintf(count, sizeof(count), "%lld", (long long)n);
        lt_print_line(im->ask.tool, word, "n", count, NULL, NULL);
    }
}

static void print_text(struct importing *im, const char *receipt)
{
    struct lt_tool *tool = im->ask.tool;
    const char *reason;
    json_t *value;
    char events[24];
    char repeated[24];
    char word[64];

    (void)snprintf(events, sizeof(events), "%lld",
                   (long long)im->taken_events);
    (void)snprintf(repeated, sizeof(repeated), "%lld",
                   (long long)im->repeated);
    lt_print_line(tool, "ui_courier_imported", "events", events, "repeated",
                  repeated);
    print_count(im, "ui_courier_waiting", waiting_of(im));
    json_object_foreach(im->reasons, reason, value)
    {
        (void)snprintf(word, sizeof(word), "ui_courier_why_%s", reason);
        fprintf(tool->out, "  %s\n", lt_ui(tool->lang, word));
    }
    print_count(im, "ui_courier_missing", missing_of(im));
    print_count(im, "ui_courier_others", im->others);
    if (receipt != NULL) {
        lt_print_line(tool, "ui_courier_receipt_written", "path", receipt,
                      NULL, NULL);
    }
}

/* The first refusal, as the daemon put it, with the file. */
static int fail_first(struct importing *im)
{
    struct lt_tool *tool = im->ask.tool;
    struct lt_diag diag;
    json_t *whole;
    char *dump;
    struct lt_buf text;
    int code;

    if (im->damaged > 0 || im->first_error == NULL) {
        lt_diag_set(&diag, LT_EPIECE);
        lt_diag_arg(&diag, "count", "%lld", (long long)im->damaged);
        if (im->first_path != NULL) {
            lt_diag_arg(&diag, "path", "%s", im->first_path);
        }
        return lt_tool_fail(tool, &diag, false);
    }
    whole = json_pack("{s:O}", "error", im->first_error);
    dump = whole == NULL ? NULL : json_dumps(whole, JSON_COMPACT);
    lt_buf_init(&text, lt_alloc_heap());
    code = dump != NULL && lt_buf_put(&text, dump, strlen(dump) + 1)
               ? lt_tool_refused(tool, im->first_error, &text)
               : lt_tool_fail_code(tool, LT_ENOMEM, NULL);
    lt_buf_deinit(&text);
    free(dump);
    json_decref(whole);
    return code;
}

static int finish(struct importing *im)
{
    const char *receipt = lt_tool_text(im->ask.tool, "receipt");
    struct lt_diag diag;
    int code;

    if (im->pieces == 0) {
        lt_diag_set(&diag, LT_EBUNDLE);
        lt_diag_arg(&diag, "path", "%s", path_of(im, 0));
        return lt_tool_fail(im->ask.tool, &diag, false);
    }
    if (receipt != NULL) {
        code = write_receipts(im, receipt);
        if (code != 0) {
            return code;
        }
        receipt = im->exporters_n == 0 ? NULL : receipt;
    }
    if (im->exporters_n > 0) {
        if (im->ask.tool->json) {
            print_json(im, receipt);
        } else {
            print_text(im, receipt);
        }
    }
    /* Pieces for others on one stick are no fault; nothing for us is. */
    if (im->damaged > 0 || im->refused > 0 || im->exporters_n == 0) {
        return fail_first(im);
    }
    return waiting_of(im) > 0 ? EXIT_WAITS : 0;
}

int lt_courier_run_import(struct lt_tool *tool,
                          const struct lt_tool_command *command)
{
    struct importing im = {.ask = {.tool = tool},
                           .files = json_object_get(tool->options,
                                                    command->rest),
                           .reasons = json_object(),
                           .seen = json_object(),
                           .lasts = json_object()};
    struct lt_diag diag;
    int code;

    lt_buf_init(&im.ask.answer, lt_alloc_heap());
    if (im.reasons == NULL || im.seen == NULL || im.lasts == NULL) {
        code = lt_tool_fail_code(tool, LT_ENOMEM, NULL);
    } else if (lt_ask_open(tool->dir, &im.ask.ask, &diag) != LT_OK) {
        code = lt_tool_fail(tool, &diag, false);
    } else {
        code = take_all(&im);
        if (code == 0) {
            code = finish(&im);
        }
    }
    lt_ask_close(im.ask.ask);
    lt_buf_deinit(&im.ask.answer);
    json_decref(im.reasons);
    json_decref(im.seen);
    json_decref(im.lasts);
    json_decref(im.first_error);
    free(im.first_path);
    free(im.late);
    return code;
}

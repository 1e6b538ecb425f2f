/* JSON into a buffer, in the forms of the interface page.
 *
 * A failed allocation is remembered: callers write on and look once at the
 * end. Commas are put by the writer: each value or key that follows another
 * within the same brackets gets one. */
#ifndef LT_VIEW_JSON_H
#define LT_VIEW_JSON_H

#include "common/alloc.h"
#include "common/codec.h"

struct lt_json {
    struct lt_buf *out;
    bool comma; /* something stands before in these brackets */
    bool failed;
};

void lt_json_init(struct lt_json *json, struct lt_buf *out);
void lt_json_open(struct lt_json *json, char bracket);  /* '{' or '[' */
void lt_json_close(struct lt_json *json, char bracket); /* '}' or ']' */
void lt_json_key(struct lt_json *json, const char *key);
void lt_json_null(struct lt_json *json);
void lt_json_bool(struct lt_json *json, bool value);
void lt_json_uint(struct lt_json *json, uint64_t value);
void lt_json_word(struct lt_json *json, const char *word); /* NULL is null */
/* Escapes; bytes that are not UTF-8 become U+FFFD. NULL data is null. */
void lt_json_text(struct lt_json *json, struct lt_text text);
void lt_json_time(struct lt_json *json, int64_t wall_ms);
void lt_json_day(struct lt_json *json, int32_t day);
void lt_json_month(struct lt_json *json, int32_t day); /* its "2026-03" */
void lt_json_hex64(struct lt_json *json, uint64_t value);
void lt_json_office(struct lt_json *json, const struct lt_office *office);
void lt_json_event(struct lt_json *json, const struct lt_event_id *id);

#endif

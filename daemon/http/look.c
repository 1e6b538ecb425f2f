/* Whoever opens a case of another office does so in its sight: before the texts
 * are shown the audit here has who it was, and an event has told the office
 * below that it was opened (once for a case and day, and no word of who).
 *
 * The daemon itself knows whose a case is; here is only remembered, for the
 * day, what need not be written again. */
#include "daemon/http/api_internal.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/crypto.h"
#include "common/failpoint.h"
#include "common/segment.h"
#include "daemon/people/audit.h"

enum { DAY_MS = 86400000, ZONE_MS = 7 * 3600000, TEXT_MAX = 320 };

/* @out: of who or "", what, and the civil day. */
static void hash_of(const char *who, const char *id,
                    uint8_t out[static LT_HASH_LEN])
{
    struct lt_now now;
    char text[TEXT_MAX];
    int len;

    lt_sys_real()->now(lt_sys_real()->ctx, &now);
    len = snprintf(text, sizeof(text), "case look/%s/%s/%lld", who, id,
                   (long long)((now.wall_ms + ZONE_MS) / DAY_MS));
    if (len < 0 || (size_t)len >= sizeof(text)) {
        len = (int)sizeof(text) - 1;
    }
    lt_sha256(&(struct lt_span){(const uint8_t *)text, (size_t)len}, 1, out);
}

static bool is_remembered(const struct lt_api *api,
                          const uint8_t hash[static LT_HASH_LEN])
{
    size_t n = api->looked_n < LT_API_LOOKED ? api->looked_n : LT_API_LOOKED;

    for (size_t i = 0; i < n; i++) {
        if (memcmp(api->looked[i], hash, LT_HASH_LEN) == 0) {
            return true;
        }
    }
    return false;
}

static void remember(struct lt_api *api, const uint8_t hash[static LT_HASH_LEN])
{
    memcpy(api->looked[api->looked_n++ % LT_API_LOOKED], hash, LT_HASH_LEN);
}

/* Is there a text that can be read? Numbers and dates alone are no summary. */
static bool has_text(const json_t *item)
{
    const json_t *text;
    size_t i;

    json_array_foreach(json_object_get(item, "texts"), i, text)
    {
        const char *state = json_string_value(json_object_get(text, "state"));

        if (state != NULL && strcmp(state, "here") == 0) {
            return true;
        }
    }
    return false;
}

static void show(struct lt_api_ask *ask)
{
    if (ask->shown != NULL) {
        ask->shown(ask);
        return;
    }
    lt_api_send_read(ask->request, ask->kept, ask->kept_len);
    lt_api_ask_free(ask);
}

static void told(void *ctx, lt_err err, const char *json, size_t len)
{
    struct lt_api_ask *ask = ctx;
    struct lt_people *people = lt_door_people(ask->api->options.door);
    json_t *shown = json_loadb(ask->kept, ask->kept_len, 0, NULL);
    json_t *answer = err == LT_OK ? json_loadb(json, len, 0, NULL) : NULL;
    const char *id = json_string_value(json_object_get(shown, "id"));
    const char *code = json_string_value(
        json_object_get(json_object_get(answer, "error"), "code"));
    bool own = code != NULL && strcmp(code, lt_err_word(LT_ESTATE)) == 0;
    uint8_t hash[LT_HASH_LEN];
    lt_err rc = LT_OK;

    id = id == NULL ? "" : id;
    if (!own) { /* also when the office below could not be told just now */
        rc = lt_audit_write(people, ask->session.person.name,
                            LT_AUDIT_TEXT_READ, id);
    }
    if (rc == LT_OK && (own || (answer != NULL && code == NULL))) {
        hash_of(ask->session.person.name, id, hash);
        remember(ask->api, hash);
    }
    json_decref(answer);
    json_decref(shown);
    if (rc != LT_OK) {
        lt_problem_code(ask->request, ask->lang, rc, NULL);
        lt_api_ask_free(ask);
        return;
    }
    show(ask);
}

/* The same id for a case and a day: who opens it again writes nothing more. */
static json_t *command_of(const char *id, enum lt_lang lang)
{
    uint8_t hash[LT_HASH_LEN];
    char request_id[LT_UUID_TEXT];
    json_t *command =
        lt_api_command("case look", json_pack("{s:s}", "id", id), lang);

    hash_of("", id, hash);
    hash[6] = (hash[6] & 0x0FU) | 0x40U;
    hash[8] = (hash[8] & 0x3FU) | 0x80U;
    lt_uuid_format(hash, request_id);
    if (command != NULL) {
        json_object_set_new(command, "request_id", json_string(request_id));
    }
    return command;
}

bool lt_api_look(struct lt_api_ask *ask, const char *json, size_t len)
{
    json_t *item = json_loadb(json, len, 0, NULL);
    const char *id = json_string_value(json_object_get(item, "id"));
    uint8_t hash[LT_HASH_LEN];
    json_t *command = NULL;
    bool writes = id != NULL && has_text(item) && !LT_PLANTED(unseen);

    if (writes) {
        hash_of(ask->session.person.name, id, hash);
        writes = !is_remembered(ask->api, hash);
    }
    if (writes) {
        ask->kept = malloc(len + 1);
        command = command_of(id, ask->lang);
        if (ask->kept == NULL || command == NULL) {
            lt_problem_code(ask->request, ask->lang, LT_ENOMEM, NULL);
            lt_api_ask_free(ask);
        } else {
            memcpy(ask->kept, json, len);
            ask->kept_len = len;
            lt_api_call(ask, command, told);
        }
        json_decref(command);
    }
    json_decref(item);
    return writes;
}

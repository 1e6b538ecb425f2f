#include "tests/unit/support/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t first_ms = INT64_C(1795244400000); /* 2026-11-21 */

static void must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "cannot build: %s\n", what);
        abort();
    }
}

void lt_build_office_init(struct lt_build_office *office, uint8_t tag)
{
    static bool started;
    uint8_t seed[32];

    if (!started) {
        must(lt_crypto_start() == LT_OK, "crypto");
        started = true;
    }
    memset(office, 0, sizeof(*office));
    memset(office->id.bytes, tag, LT_OFFICE_LEN);
    memset(seed, tag, sizeof(seed));
    must(lt_key_from_seed(seed, &office->key) == LT_OK, "key");
    office->epoch = UINT64_C(0x1000) * tag + 1;
    office->now_ms = first_ms;
}

void lt_build_office_deinit(struct lt_build_office *office)
{
    lt_key_free(office->key);
    memset(office, 0, sizeof(*office));
}

void lt_build_restart(struct lt_build_office *office)
{
    office->epoch++;
    office->count = 0;
}

struct lt_build_event lt_build_event(struct lt_build_office *office,
                                     uint32_t type)
{
    struct lt_hlc hlc = {.last = office->hlc};
    struct lt_build_event built;

    memset(&built, 0, sizeof(built));
    office->hlc = lt_hlc_next(&hlc, office->now_ms);
    built.event.id =
        (struct lt_event_id){office->id, office->epoch, ++office->count};
    built.event.hlc = office->hlc;
    built.event.type = type;
    built.event.tree_version = office->tree_version;
    built.event.recorded_at_ms = office->now_ms;
    return built;
}

struct lt_build_event lt_build_about(struct lt_build_office *office,
                                     uint32_t type,
                                     const struct lt_event_id *matter)
{
    struct lt_build_event built = lt_build_event(office, type);

    built.event.has_subject = true;
    built.event.subject = *matter;
    lt_build_cause(&built, matter);
    return built;
}

static void salt_of(const struct lt_build_event *event, uint32_t index,
                    uint8_t out_salt[static LT_SALT_LEN])
{
    memset(out_salt, (int)index + 1, LT_SALT_LEN);
    memcpy(out_salt, &event->event.id.count, sizeof(event->event.id.count));
}

void lt_build_text(struct lt_build_event *event, uint32_t kind,
                   const char *text)
{
    uint32_t index = (uint32_t)event->texts_n;
    struct lt_part_ref *ref = &event->event.parts[index];
    uint8_t salt[LT_SALT_LEN];

    must(index < LT_BUILD_TEXTS, "too many texts");
    salt_of(event, index, salt);
    lt_part_hash(salt, text, strlen(text), ref->hash);
    ref->size = strlen(text);
    ref->kind = kind;
    ref->retention = 2;
    event->texts[index].kind = kind;
    event->texts[index].text = text;
    event->texts_n++;
    event->event.parts_n = event->texts_n;
}

void lt_build_cause(struct lt_build_event *event, const struct lt_event_id *id)
{
    must(event->event.causes_n < LT_CAUSES_MAX, "too many causes");
    event->event.causes[event->event.causes_n++] = *id;
}

static struct lt_point *tip_of(struct lt_build_office *office,
                               const struct lt_channel *channel)
{
    size_t i = 0;

    while (i < office->channels_n &&
           !lt_channel_equal(&office->channels[i].channel, channel)) {
        i++;
    }
    if (i == office->channels_n) {
        must(i < LT_BUILD_CHANNELS, "too many channels");
        office->channels[i].channel = *channel;
        office->channels_n++;
    }
    return &office->channels[i].tip;
}

static void pack_event(struct lt_packer *packer,
                       const struct lt_build_event *event)
{
    struct lt_part parts[LT_BUILD_TEXTS];
    struct lt_buf bytes;

    memset(parts, 0, sizeof(parts));
    lt_buf_init(&bytes, lt_alloc_heap());
    must(lt_event_encode(&event->event, &bytes, NULL) == LT_OK, "event");
    for (uint32_t i = 0; i < event->texts_n; i++) {
        parts[i].index = i;
        salt_of(event, i, parts[i].salt);
        parts[i].content = (const uint8_t *)event->texts[i].text;
        parts[i].len = strlen(event->texts[i].text);
    }
    must(lt_packer_add(packer, event->event.id.count, event->event.hlc,
                       bytes.data, bytes.len, parts, event->texts_n) == LT_OK,
         "packing");
    lt_buf_deinit(&bytes);
}

struct lt_built lt_build_segment(struct lt_build_office *office,
                                 const struct lt_channel *channel,
                                 const struct lt_build_event *events, size_t n)
{
    struct lt_point *tip = tip_of(office, channel);
    struct lt_packer *packer = NULL;
    struct lt_built built;
    size_t taken = 0;

    memset(&built, 0, sizeof(built));
    must(lt_packer_new(lt_alloc_heap(), 1, &packer) == LT_OK, "packer");
    for (size_t i = 0; i < n; i++) {
        pack_event(packer, &events[i]);
    }
    must(lt_packer_take(packer, &built.segment, &taken) == LT_OK && taken == n,
         "segment too large");
    built.memory =
        malloc(built.segment.payload_len + built.segment.parts_len + 1);
    must(built.memory != NULL, "memory");
    memcpy(built.memory, built.segment.payload, built.segment.payload_len);
    built.segment.payload = built.memory;
    if (built.segment.parts != NULL) {
        memcpy(built.memory + built.segment.payload_len, built.segment.parts,
               built.segment.parts_len);
        built.segment.parts = built.memory + built.segment.payload_len;
    }
    lt_packer_free(packer);
    built.segment.stream = (struct lt_stream){office->id, *channel};
    built.segment.epoch = office->epoch;
    built.segment.first = tip->number + 1;
    built.segment.prev = *tip;
    must(lt_segment_seal(&built.segment, office->key) == LT_OK, "signature");
    tip->epoch = office->epoch;
    tip->number = lt_segment_last(&built.segment);
    memcpy(tip->hash, built.segment.hash, LT_HASH_LEN);
    return built;
}

void lt_built_free(struct lt_built *built)
{
    free(built->memory);
    memset(built, 0, sizeof(*built));
}

struct lt_channel lt_build_up(uint8_t cls)
{
    return (struct lt_channel){.cls = cls, .audience = LT_AUDIENCE_UP};
}

struct lt_channel lt_build_all(uint8_t cls)
{
    return (struct lt_channel){.cls = cls, .audience = LT_AUDIENCE_ALL};
}

struct lt_channel lt_build_to(uint8_t cls, const struct lt_office *to)
{
    return (struct lt_channel){
        .cls = cls, .audience = LT_AUDIENCE_TO, .to = *to};
}

/* What the codec's tests share: fixed keys and ids, a soaked arena, samples. */
#ifndef LT_TESTS_CODEC_FIXTURE_H
#define LT_TESTS_CODEC_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/binding.h"

#define TEXT(literal) ((struct lt_text){(literal), sizeof(literal) - 1})

enum { ARENA_CAP = 8 * 1024 * 1024 };

static inline struct lt_office office_n(uint8_t n)
{
    struct lt_office office;

    memset(office.bytes, n, sizeof(office.bytes));
    return office;
}

static inline struct lt_key *key_n(uint8_t n)
{
    uint8_t seed[32];
    struct lt_key *key = NULL;

    memset(seed, n, sizeof(seed));
    assert_int_equal(lt_key_from_seed(seed, &key), LT_OK);
    return key;
}

static inline struct lt_point point_n(uint8_t n)
{
    struct lt_point point = {.epoch = 0x1111111111111111u * n, .number = n};

    memset(point.hash, n, sizeof(point.hash));
    return point;
}

static inline struct lt_event_id id_n(uint8_t n)
{
    return (struct lt_event_id){office_n(1), 0x0102030405060708u, n};
}

/* 2026-11-21 in UTC, as a stamp. */
#define SAMPLE_MS INT64_C(1795219200000)
#define SAMPLE_HLC ((uint64_t)SAMPLE_MS << 16 | 5)

/* A case as a desk writes it, with a text beside it. */
static inline struct lt_event sample_case(void)
{
    struct lt_event event = {
        .id = id_n(7),
        .hlc = SAMPLE_HLC,
        .type = LT_EV_CASE_OPENED,
        .tree_version = 12,
        .recorded_at_ms = SAMPLE_MS + 250,
        .has_legal_date = true,
        .legal_date = 20778,
        .actor_role = 1,
        .has_request_id = true,
        .causes_n = 2,
        .parts_n = 1,
        .case_type = 1,
        .field = 3,
        .has_received_on = true,
        .received_on = 20777,
        .number = TEXT("12/TCD-2026"),
    };

    memset(event.request_id, 0xab, sizeof(event.request_id));
    event.causes[0] = id_n(6);
    event.causes[1] = (struct lt_event_id){office_n(2), 99, 4};
    memset(event.parts[0].hash, 0x5a, LT_HASH_LEN);
    event.parts[0].size = 140;
    event.parts[0].kind = 1;
    event.parts[0].retention = 2;
    return event;
}

static inline int start_crypto(void **state)
{
    (void)state;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static inline int stop_crypto(void **state)
{
    (void)state;
    lt_codec_thread_stop();
    lt_crypto_stop();
    return 0;
}

#endif

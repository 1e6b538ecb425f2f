/* One list of keys; each with its words in their order, and what they come
 * to. A region revokes few keys in its life: lists, not tables. */
#include "common/trust.h"

#include <string.h>

struct word {
    uint64_t version;
    uint64_t hlc;
    struct lt_event_id id;
    bool restores;
    bool replaces;
    size_t ends_n;
    struct lt_stream_end *ends;
};

struct key {
    uint8_t id[LT_HASH_LEN];
    size_t words_n;
    size_t words_cap;
    struct word *words;
    /* What they come to. */
    bool revoked;
    size_t ends_n;
    size_t ends_cap;
    struct lt_stream_end *ends;
};

struct lt_trust {
    const struct lt_alloc *alloc;
    size_t words_n;
    size_t revoked_n;
    size_t keys_n;
    size_t keys_cap;
    struct key *keys;
};

lt_err lt_trust_new(const struct lt_alloc *alloc, struct lt_trust **out_trust)
{
    struct lt_trust *trust = lt_new(alloc, sizeof(*trust));

    if (trust == NULL) {
        return LT_ENOMEM;
    }
    trust->alloc = alloc;
    *out_trust = trust;
    return LT_OK;
}

void lt_trust_free(struct lt_trust *trust)
{
    if (trust == NULL) {
        return;
    }
    for (size_t i = 0; i < trust->keys_n; i++) {
        struct key *key = &trust->keys[i];

        for (size_t k = 0; k < key->words_n; k++) {
            lt_free(trust->alloc, key->words[k].ends);
        }
        lt_free(trust->alloc, key->words);
        lt_free(trust->alloc, key->ends);
    }
    lt_free(trust->alloc, trust->keys);
    lt_free(trust->alloc, trust);
}

bool lt_trust_is_word(const struct lt_event *event)
{
    return event->type == LT_EV_KEY_REVOKED ||
           event->type == LT_EV_KEY_RESTORED;
}

static struct key *find(const struct lt_trust *trust, const uint8_t *key_id)
{
    for (size_t i = 0; i < trust->keys_n; i++) {
        if (memcmp(trust->keys[i].id, key_id, LT_HASH_LEN) == 0) {
            return &trust->keys[i];
        }
    }
    return NULL;
}

static struct key *take_key(struct lt_trust *trust, const uint8_t *key_id)
{
    struct key *key = find(trust, key_id);

    if (key == NULL &&
        lt_grow(trust->alloc, (void **)&trust->keys, &trust->keys_cap,
                trust->keys_n, sizeof(*trust->keys))) {
        key = &trust->keys[trust->keys_n++];
        *key = (struct key){.words_n = 0};
        memcpy(key->id, key_id, LT_HASH_LEN);
    }
    return key;
}

static int compare(const struct word *a, const struct word *b)
{
    if (a->version != b->version) {
        return a->version < b->version ? -1 : 1;
    }
    if (a->hlc != b->hlc) {
        return a->hlc < b->hlc ? -1 : 1;
    }
    return lt_event_id_compare(&a->id, &b->id);
}

/* Of two ends of one run the later word's stands. */
static void put_end(struct key *key, const struct lt_stream_end *end)
{
    for (size_t i = 0; i < key->ends_n; i++) {
        if (key->ends[i].epoch == end->epoch &&
            lt_channel_equal(&key->ends[i].channel, &end->channel)) {
            key->ends[i] = *end;
            return;
        }
    }
    key->ends[key->ends_n++] = *end;
}

/* There is room for all ends of all words. */
static void settle(struct lt_trust *trust, struct key *key)
{
    bool was = key->revoked;

    key->revoked = false;
    key->ends_n = 0;
    for (size_t i = 0; i < key->words_n; i++) {
        const struct word *word = &key->words[i];

        if (word->restores || word->replaces) {
            key->ends_n = 0;
        }
        key->revoked = !word->restores;
        for (size_t k = 0; k < word->ends_n; k++) {
            put_end(key, &word->ends[k]);
        }
    }
    trust->revoked_n += key->revoked ? 1 : 0;
    trust->revoked_n -= was ? 1 : 0;
}

static bool make_room(struct lt_trust *trust, struct key *key, size_t more)
{
    size_t n = more;

    for (size_t i = 0; i < key->words_n; i++) {
        n += key->words[i].ends_n;
    }
    if (n > key->ends_cap) {
        struct lt_stream_end *ends =
            lt_new_array(trust->alloc, n, sizeof(*ends));

        if (ends == NULL) {
            return false;
        }
        lt_free(trust->alloc, key->ends);
        key->ends = ends;
        key->ends_n = 0; /* settled anew in any case */
        key->ends_cap = n;
        settle(trust, key);
    }
    return lt_grow(trust->alloc, (void **)&key->words, &key->words_cap,
                   key->words_n, sizeof(*key->words));
}

lt_err lt_trust_say(struct lt_trust *trust, uint64_t version,
                    const struct lt_event *event)
{
    struct word word = {.version = version,
                        .hlc = event->hlc,
                        .id = event->id,
                        .restores = event->type == LT_EV_KEY_RESTORED,
                        .replaces = event->has_corrects,
                        .ends_n = event->ends_n};
    struct key *key;
    size_t at;

    if (!lt_trust_is_word(event) || trust->words_n >= LT_TRUST_WORDS_MAX) {
        return LT_EINVAL;
    }
    key = take_key(trust, event->key_id);
    if (key == NULL) {
        return LT_ENOMEM;
    }
    for (at = key->words_n; at > 0; at--) {
        int order = compare(&key->words[at - 1], &word);

        if (order == 0) {
            return LT_OK;
        }
        if (order < 0) {
            break;
        }
    }
    word.ends = lt_new_array(trust->alloc, word.ends_n + 1, sizeof(*word.ends));
    if (word.ends == NULL || !make_room(trust, key, word.ends_n)) {
        lt_free(trust->alloc, word.ends);
        return LT_ENOMEM;
    }
    for (size_t i = 0; i < word.ends_n; i++) {
        word.ends[i] = event->ends[i];
    }
    memmove(&key->words[at + 1], &key->words[at],
            (key->words_n - at) * sizeof(*key->words));
    key->words[at] = word;
    key->words_n++;
    trust->words_n++;
    settle(trust, key);
    return LT_OK;
}

size_t lt_trust_count(const struct lt_trust *trust)
{
    return trust->revoked_n;
}

bool lt_trust_revoked(const struct lt_trust *trust,
                      const uint8_t key_id[static LT_HASH_LEN])
{
    const struct key *key = trust->revoked_n == 0 ? NULL : find(trust, key_id);

    return key != NULL && key->revoked;
}

bool lt_trust_knows(const struct lt_trust *trust,
                    const uint8_t key_id[static LT_HASH_LEN])
{
    return find(trust, key_id) != NULL;
}

const struct lt_event_id *
lt_trust_last(const struct lt_trust *trust,
              const uint8_t key_id[static LT_HASH_LEN])
{
    const struct key *key = find(trust, key_id);

    return key == NULL || key->words_n == 0 ? NULL
                                            : &key->words[key->words_n - 1].id;
}

const uint8_t *lt_trust_at(const struct lt_trust *trust, size_t index)
{
    return index < trust->keys_n ? trust->keys[index].id : NULL;
}

const struct lt_stream_end *
lt_trust_end(const struct lt_trust *trust,
             const uint8_t key_id[static LT_HASH_LEN], size_t index)
{
    const struct key *key = find(trust, key_id);

    return key != NULL && key->revoked && index < key->ends_n
               ? &key->ends[index]
               : NULL;
}

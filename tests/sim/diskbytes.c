#include "tests/sim/diskbytes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 4096,
    HEAD = 4,
    WAL_HEADER = 32,
    FRAME_HEADER = 24,
    FRAME = FRAME_HEADER + PAGE,
    BUCKETS_FIRST = 1024
};

struct lt_disk_piece {
    struct lt_disk_piece *next; /* in its bucket */
    uint64_t hash;
    uint32_t refs;
    uint32_t len;
    uint8_t data[];
};

/* Every piece of a page; headers of frames are nobody else's. */
static struct {
    pthread_mutex_t lock;
    struct lt_disk_piece **buckets;
    size_t buckets_n;
    size_t pieces_n;
    size_t bytes;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *taken(void *ptr, size_t count, size_t size)
{
    /* Not realloc: where tests make that fail it is the code above that asks. */
    void *out = reallocarray(ptr, count == 0 ? 1 : count, size);

    if (out == NULL) {
        abort();
    }
    return out;
}

/* ---- pieces ---- */

static uint64_t hash_of(const uint8_t *data, size_t len)
{
    uint64_t lanes[4] = {len, 1, 2, 3};
    uint64_t hash = 0;
    size_t at = 0;

    for (; at + sizeof(lanes) <= len; at += sizeof(lanes)) {
        for (size_t i = 0; i < LT_COUNT_OF(lanes); i++) {
            uint64_t word;

            memcpy(&word, data + at + 8 * i, sizeof(word));
            lanes[i] = (lanes[i] ^ word) * UINT64_C(0x9e3779b97f4a7c15);
            lanes[i] ^= lanes[i] >> 29;
        }
    }
    for (; at < len; at++) {
        lanes[0] = (lanes[0] ^ data[at]) * UINT64_C(0x100000001b3);
    }
    for (size_t i = 0; i < LT_COUNT_OF(lanes); i++) {
        hash = (hash ^ lanes[i]) * UINT64_C(0xbf58476d1ce4e5b9);
        hash ^= hash >> 31;
    }
    return hash;
}

static bool is_shared(const struct lt_disk_piece *piece)
{
    return piece->len >= PAGE - HEAD;
}

static void grow_pool(void)
{
    size_t n = pool.buckets_n == 0 ? BUCKETS_FIRST : 2 * pool.buckets_n;
    struct lt_disk_piece **buckets = taken(NULL, n, sizeof(*buckets));

    memset(buckets, 0, n * sizeof(*buckets));
    for (size_t i = 0; i < pool.buckets_n; i++) {
        while (pool.buckets[i] != NULL) {
            struct lt_disk_piece *piece = pool.buckets[i];

            pool.buckets[i] = piece->next;
            piece->next = buckets[piece->hash & (n - 1)];
            buckets[piece->hash & (n - 1)] = piece;
        }
    }
    free(pool.buckets);
    pool.buckets = buckets;
    pool.buckets_n = n;
}

static struct lt_disk_piece *new_piece(const uint8_t *data, size_t len)
{
    struct lt_disk_piece *piece =
        taken(NULL, 1, sizeof(struct lt_disk_piece) + len);

    *piece = (struct lt_disk_piece){.refs = 1, .len = (uint32_t)len};
    memcpy(piece->data, data, len);
    pool.bytes += sizeof(*piece) + len;
    return piece;
}

static struct lt_disk_piece *piece_of(const uint8_t *data, size_t len)
{
    const struct lt_disk_piece probe = {.len = (uint32_t)len};
    struct lt_disk_piece *piece = NULL;
    uint64_t hash = is_shared(&probe) ? hash_of(data, len) : 0;

    (void)pthread_mutex_lock(&pool.lock);
    if (is_shared(&probe)) {
        if (pool.pieces_n >= pool.buckets_n) {
            grow_pool();
        }
        piece = pool.buckets[hash & (pool.buckets_n - 1)];
        while (piece != NULL &&
               (piece->hash != hash || piece->len != len ||
                memcmp(piece->data, data, len) != 0)) {
            piece = piece->next;
        }
    }
    if (piece != NULL) {
        piece->refs++;
    } else {
        piece = new_piece(data, len);
        if (is_shared(&probe)) {
            piece->hash = hash;
            piece->next = pool.buckets[hash & (pool.buckets_n - 1)];
            pool.buckets[hash & (pool.buckets_n - 1)] = piece;
            pool.pieces_n++;
        }
    }
    (void)pthread_mutex_unlock(&pool.lock);
    return piece;
}

static struct lt_disk_piece *again(struct lt_disk_piece *piece)
{
    if (piece != NULL) {
        (void)pthread_mutex_lock(&pool.lock);
        piece->refs++;
        (void)pthread_mutex_unlock(&pool.lock);
    }
    return piece;
}

static void unlink_piece(const struct lt_disk_piece *piece)
{
    struct lt_disk_piece **at =
        &pool.buckets[piece->hash & (pool.buckets_n - 1)];

    while (*at != piece) {
        at = &(*at)->next;
    }
    *at = piece->next;
    if (--pool.pieces_n == 0) {
        free(pool.buckets);
        pool.buckets = NULL;
        pool.buckets_n = 0;
    }
}

static void let_go(struct lt_disk_piece *piece)
{
    if (piece == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&pool.lock);
    if (--piece->refs == 0) {
        pool.bytes -= sizeof(*piece) + piece->len;
        if (is_shared(piece)) {
            unlink_piece(piece);
        }
        free(piece);
    }
    (void)pthread_mutex_unlock(&pool.lock);
}

size_t lt_disk_pieces_bytes(void)
{
    size_t bytes;

    (void)pthread_mutex_lock(&pool.lock);
    bytes = pool.bytes;
    (void)pthread_mutex_unlock(&pool.lock);
    return bytes;
}

/* ---- where a byte is ---- */

struct place {
    size_t slot;
    size_t at;  /* in the slot */
    size_t len; /* of the slot */
};

static struct place place_of(const struct lt_disk_bytes *bytes, uint64_t at)
{
    struct place place;

    if (!bytes->is_wal) {
        return (struct place){(size_t)(at / PAGE), (size_t)(at % PAGE), PAGE};
    }
    if (at < WAL_HEADER) {
        return (struct place){0, (size_t)at, WAL_HEADER};
    }
    at -= WAL_HEADER;
    place.slot = 1 + 2 * (size_t)(at / FRAME);
    place.at = (size_t)(at % FRAME);
    place.len = FRAME_HEADER;
    if (place.at >= FRAME_HEADER) {
        place.slot++;
        place.at -= FRAME_HEADER;
        place.len = PAGE;
    }
    return place;
}

static void read_slot(const struct lt_disk_slot *slot, size_t len, uint8_t *out)
{
    size_t head = len == PAGE ? HEAD : 0;

    if (slot->piece == NULL) {
        memset(out, 0, len);
        return;
    }
    memcpy(out, slot->head, head);
    memcpy(out + head, slot->piece->data, len - head);
}

static void write_slot(struct lt_disk_slot *slot, size_t len,
                       const uint8_t *data)
{
    size_t head = len == PAGE ? HEAD : 0;
    struct lt_disk_piece *piece = piece_of(data + head, len - head);

    let_go(slot->piece);
    slot->piece = piece;
    memcpy(slot->head, data, head);
}

static size_t rounded(size_t n)
{
    return (n + 7) / 8 * 8;
}

static void make_slots(struct lt_disk_bytes *bytes, size_t len)
{
    size_t n = len == 0 ? 0 : place_of(bytes, len - 1).slot + 1;

    for (size_t i = n; i < bytes->slots_n; i++) {
        let_go(bytes->slots[i].piece);
    }
    if (rounded(n) != rounded(bytes->slots_n)) {
        bytes->slots = taken(bytes->slots, rounded(n), sizeof(*bytes->slots));
    }
    for (size_t i = bytes->slots_n; i < n; i++) {
        bytes->slots[i] = (struct lt_disk_slot){.piece = NULL};
    }
    bytes->slots_n = n;
}

/* ---- what files are made of ---- */

void lt_disk_bytes_set_len(struct lt_disk_bytes *bytes, size_t len)
{
    if (len < bytes->len && len > 0) {
        /* What is cut off is zero if it ever comes back. */
        struct place place = place_of(bytes, len - 1);
        uint8_t page[PAGE];

        if (place.at + 1 < place.len) {
            read_slot(&bytes->slots[place.slot], place.len, page);
            memset(page + place.at + 1, 0, place.len - place.at - 1);
            write_slot(&bytes->slots[place.slot], place.len, page);
        }
    }
    make_slots(bytes, len);
    bytes->len = len;
}

void lt_disk_bytes_put(struct lt_disk_bytes *bytes, const void *data,
                       size_t len, uint64_t at)
{
    const uint8_t *from = data;

    if (at + len > bytes->len) {
        make_slots(bytes, (size_t)at + len);
        bytes->len = (size_t)at + len;
    }
    while (len > 0) {
        struct place place = place_of(bytes, at);
        struct lt_disk_slot *slot = &bytes->slots[place.slot];
        size_t n = place.len - place.at < len ? place.len - place.at : len;
        uint8_t page[PAGE];

        if (n == place.len) {
            write_slot(slot, n, from);
        } else {
            read_slot(slot, place.len, page);
            memcpy(page + place.at, from, n);
            write_slot(slot, place.len, page);
        }
        from += n;
        at += n;
        len -= n;
    }
}

void lt_disk_bytes_get(const struct lt_disk_bytes *bytes, void *out, size_t len,
                       uint64_t at)
{
    uint8_t *to = out;

    while (len > 0) {
        struct place place = place_of(bytes, at);
        size_t n = place.len - place.at < len ? place.len - place.at : len;
        uint8_t page[PAGE];

        if (n == place.len) {
            read_slot(&bytes->slots[place.slot], n, to);
        } else {
            read_slot(&bytes->slots[place.slot], place.len, page);
            memcpy(to, page + place.at, n);
        }
        to += n;
        at += n;
        len -= n;
    }
}

void lt_disk_bytes_copy(struct lt_disk_bytes *to,
                        const struct lt_disk_bytes *from)
{
    lt_disk_bytes_set_len(to, 0);
    to->is_wal = from->is_wal;
    make_slots(to, from->len);
    to->len = from->len;
    for (size_t i = 0; i < from->slots_n; i++) {
        to->slots[i] = from->slots[i];
        (void)again(to->slots[i].piece);
    }
}

void lt_disk_bytes_free(struct lt_disk_bytes *bytes)
{
    lt_disk_bytes_set_len(bytes, 0);
    free(bytes->slots);
    bytes->slots = NULL;
}

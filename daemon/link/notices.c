#include "daemon/link/notices.h"

#include <sys/eventfd.h>
#include <unistd.h>

enum { NOTICES_MIN = 32, NOTICES_MAX = 32768 };

int lt_bell_new(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void lt_bell_ring(int bell)
{
    const uint64_t one = 1;
    ssize_t ignored = write(bell, &one, sizeof(one));

    (void)ignored; /* full means that it rings already */
}

void lt_bell_hush(int bell)
{
    uint64_t count;
    ssize_t ignored = read(bell, &count, sizeof(count));

    (void)ignored;
}

lt_err lt_notices_init(struct lt_notices *notices)
{
    *notices = (struct lt_notices){.bell = lt_bell_new()};
    if (notices->bell < 0) {
        return LT_ENOMEM;
    }
    if (pthread_mutex_init(&notices->lock, NULL) != 0) {
        (void)close(notices->bell);
        return LT_ENOMEM;
    }
    return LT_OK;
}

void lt_notices_deinit(struct lt_notices *notices)
{
    (void)pthread_mutex_destroy(&notices->lock);
    (void)close(notices->bell);
    lt_free(lt_alloc_heap(), notices->ring);
    notices->ring = NULL;
}

/* Twice the room, unrolled so that the ring starts at 0. */
static bool grow(struct lt_notices *notices)
{
    size_t capacity =
        notices->capacity == 0 ? NOTICES_MIN : 2 * notices->capacity;
    struct lt_gate_notice *grown;

    if (capacity > NOTICES_MAX) {
        return false;
    }
    grown = lt_new_array(lt_alloc_heap(), capacity, sizeof(*grown));
    if (grown == NULL) {
        return false;
    }
    for (size_t i = 0; i < notices->n; i++) {
        grown[i] = notices->ring[(notices->head + i) % notices->capacity];
    }
    lt_free(lt_alloc_heap(), notices->ring);
    notices->ring = grown;
    notices->capacity = capacity;
    notices->head = 0;
    return true;
}

void lt_notices_post(struct lt_notices *notices,
                     const struct lt_gate_notice *notice)
{
    pthread_mutex_lock(&notices->lock);
    if (notices->n < notices->capacity || grow(notices)) {
        notices->ring[(notices->head + notices->n) % notices->capacity] =
            *notice;
        notices->n++;
    }
    pthread_mutex_unlock(&notices->lock);
    lt_bell_ring(notices->bell);
}

bool lt_notices_take(struct lt_notices *notices,
                     struct lt_gate_notice *out_notice)
{
    bool have;

    pthread_mutex_lock(&notices->lock);
    have = notices->n > 0;
    if (have) {
        *out_notice = notices->ring[notices->head];
        notices->head = (notices->head + 1) % notices->capacity;
        notices->n--;
    } else {
        lt_bell_hush(notices->bell);
    }
    pthread_mutex_unlock(&notices->lock);
    return have;
}

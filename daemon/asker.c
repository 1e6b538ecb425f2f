#include "daemon/asker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { ADDRESS_BYTES = 280 }; /* as people write them */


struct lt_asker {
    pthread_t thread;
    atomic_bool give_up;
    atomic_bool done;
    int wake_fd;
    int timeout_ms;
    size_t addresses_n;
    char addresses[LT_LINK_ADDRESSES_MAX][ADDRESS_BYTES];
    struct lt_buf frame;
    struct lt_buf answer;
    lt_err result;
};

static void *run(void *ctx)
{
    struct lt_asker *asker = ctx;
    const char *list[LT_LINK_ADDRESSES_MAX];
    const uint64_t one = 1;

    for (size_t i = 0; i < asker->addresses_n; i++) {
        list[i] = asker->addresses[i];
    }
    asker->result = lt_enrol_ask_beside(
        list, asker->addresses_n, asker->frame.data, asker->frame.len,
        asker->timeout_ms, &asker->give_up, &asker->answer, NULL);
    atomic_store(&asker->done, true);
    (void)!write(asker->wake_fd, &one, sizeof(one)); /* full: it wakes anyway */
    return NULL;
}

static void release(struct lt_asker *asker)
{
    lt_buf_deinit(&asker->frame);
    lt_buf_deinit(&asker->answer);
    lt_free(lt_alloc_heap(), asker);
}

lt_err lt_asker_begin(const char *const *addresses, size_t n,
                      const uint8_t *frame, size_t len, int timeout_ms,
                      int wake_fd, struct lt_asker **out_asker)
{
    struct lt_asker *asker;

    if (n == 0 || n > LT_LINK_ADDRESSES_MAX) {
        return LT_EINVAL;
    }
    asker = lt_new(lt_alloc_heap(), sizeof(*asker));
    if (asker == NULL) {
        return LT_ENOMEM;
    }
    asker->wake_fd = wake_fd;
    asker->timeout_ms = timeout_ms;
    asker->addresses_n = n;
    lt_buf_init(&asker->frame, lt_alloc_heap());
    lt_buf_init(&asker->answer, lt_alloc_heap());
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(asker->addresses[i], sizeof(asker->addresses[i]), "%s",
                       addresses[i]);
    }
    if (!lt_buf_put(&asker->frame, frame, len)) {
        release(asker);
        return LT_ENOMEM;
    }
    if (pthread_create(&asker->thread, NULL, run, asker) != 0) {
        release(asker);
        return LT_EINTERNAL;
    }
    *out_asker = asker;
    return LT_OK;
}

bool lt_asker_done(const struct lt_asker *asker, lt_err *out_result,
                   const struct lt_buf **out_answer)
{
    if (!atomic_load(&asker->done)) {
        return false;
    }
    *out_result = asker->result;
    *out_answer = &asker->answer;
    return true;
}

void lt_asker_free(struct lt_asker *asker)
{
    if (asker == NULL) {
        return;
    }
    atomic_store(&asker->give_up, true);
    (void)pthread_join(asker->thread, NULL);
    release(asker);
}

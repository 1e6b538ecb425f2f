/* A frame is a promise by a stranger: its size is read from its header before
 * anything is allocated, and is held to. */
#include "common/codec_zstd.h"

#ifdef LT_TEST_HOOKS
#define ZSTD_STATIC_LINKING_ONLY /* contexts with memory that was handed in */
#endif
#include <zstd.h>

#include "common/codec.h"
#include "common/scan.h"

static _Thread_local struct {
    ZSTD_CCtx *compress;
    ZSTD_DCtx *decompress;
} contexts;

/* Where tests make each allocation fail, zstd's fail too. A release asks
 * nothing of zstd that its library does not promise to keep. */
#ifdef LT_TEST_HOOKS

static void *zstd_take(void *ctx, size_t size)
{
    (void)ctx;
    return lt_resize(lt_alloc_heap(), NULL, size);
}

static void zstd_give(void *ctx, void *ptr)
{
    (void)ctx;
    lt_free(lt_alloc_heap(), ptr);
}

static const ZSTD_customMem zstd_memory = {zstd_take, zstd_give, NULL};

static ZSTD_CCtx *new_compress(void)
{
    return ZSTD_createCCtx_advanced(zstd_memory);
}

static ZSTD_DCtx *new_decompress(void)
{
    return ZSTD_createDCtx_advanced(zstd_memory);
}

#else

static ZSTD_CCtx *new_compress(void)
{
    return ZSTD_createCCtx();
}

static ZSTD_DCtx *new_decompress(void)
{
    return ZSTD_createDCtx();
}

#endif

void lt_codec_thread_stop(void)
{
    ZSTD_freeCCtx(contexts.compress); /* both accept NULL */
    ZSTD_freeDCtx(contexts.decompress);
    contexts.compress = NULL;
    contexts.decompress = NULL;
}

lt_err lt_decompress(const uint8_t *bytes, size_t len, size_t raw_max,
                     struct lt_arena *arena, const uint8_t **out_raw,
                     size_t *out_raw_len, struct lt_diag *diag)
{
    unsigned long long raw_len;
    uint8_t *raw;

    if (len == 0) {
        return lt_malformed(diag, "nothing to decompress");
    }
    raw_len = ZSTD_getFrameContentSize(bytes, len);
    if (raw_len == ZSTD_CONTENTSIZE_ERROR ||
        raw_len == ZSTD_CONTENTSIZE_UNKNOWN) {
        return lt_malformed(diag, "compressed without a size");
    }
    if (raw_len == 0 || raw_len > raw_max) {
        return lt_malformed(diag, "decompressed size out of range");
    }
    if (ZSTD_findFrameCompressedSize(bytes, len) != len) {
        return lt_malformed(diag, "not one whole compressed frame");
    }
    if (contexts.decompress == NULL) {
        contexts.decompress = new_decompress();
    }
    raw = lt_arena_take(arena, (size_t)raw_len);
    if (contexts.decompress == NULL || raw == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    if (ZSTD_decompressDCtx(contexts.decompress, raw, (size_t)raw_len, bytes,
                            len) != raw_len) {
        return lt_malformed(diag, "does not decompress");
    }
    *out_raw = raw;
    *out_raw_len = (size_t)raw_len;
    return LT_OK;
}

size_t lt_frame_len(const uint8_t *bytes, size_t len)
{
    size_t frame = ZSTD_findFrameCompressedSize(bytes, len);

    return ZSTD_isError(frame) ? 0 : frame;
}

lt_err lt_compress(const void *raw, size_t len, int level, struct lt_buf *out)
{
    size_t bound = ZSTD_compressBound(len);
    uint8_t *at;
    size_t done;

    if (contexts.compress == NULL) {
        contexts.compress = new_compress();
    }
    at = lt_buf_reserve(out, bound);
    if (contexts.compress == NULL || at == NULL) {
        return LT_ENOMEM;
    }
    done = ZSTD_compressCCtx(contexts.compress, at, bound, raw, len, level);
    if (ZSTD_isError(done)) {
        return LT_ENOMEM; /* with room for the bound nothing else can fail */
    }
    out->len += done;
    return LT_OK;
}

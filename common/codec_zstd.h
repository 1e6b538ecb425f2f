/* Compression with bounds, for the codec.
 *
 * zstd contexts are large, so each thread keeps its own pair between calls;
 * lt_codec_thread_stop (codec.h) releases them.
 *
 * Threading: everything here may be called from any thread. */
#ifndef LT_COMMON_CODEC_ZSTD_H
#define LT_COMMON_CODEC_ZSTD_H

#include "common/alloc.h"
#include "common/err.h"

/* Decompress one whole frame into @arena. The frame must say its content's
 * size, at most @raw_max, and be all of @bytes.
 * Errors: LT_EMALFORMED; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_decompress(const uint8_t *bytes, size_t len,
                                   size_t raw_max, struct lt_arena *arena,
                                   const uint8_t **out_raw, size_t *out_raw_len,
                                   struct lt_diag *diag);

/* How long the frame is that @bytes begin with; 0 when they begin with none. */
size_t lt_frame_len(const uint8_t *bytes, size_t len);

/* Compress as one frame that says its content's size. Appends to @out.
 * Errors: LT_ENOMEM, with @out as before. */
LT_MUST_CHECK lt_err lt_compress(const void *raw, size_t len, int level,
                                 struct lt_buf *out);

#endif

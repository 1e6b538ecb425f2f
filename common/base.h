/* The few words every file here uses: attributes, sizes that are frozen.
 *
 * Nothing in this header allocates, blocks or can fail. */
#ifndef LT_COMMON_BASE_H
#define LT_COMMON_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define LT_MUST_CHECK __attribute__((warn_unused_result))
#define LT_PRINTF(format_arg, first_arg)                                       \
    __attribute__((format(printf, format_arg, first_arg)))
#else
#define LT_MUST_CHECK
#define LT_PRINTF(format_arg, first_arg)
#endif

#define LT_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    LT_OFFICE_LEN = 16,  /* bytes of an office id */
    LT_HASH_LEN = 32,    /* SHA-256 */
    LT_PUBKEY_LEN = 32,  /* Ed25519 public key */
    LT_SIG_LEN = 64,     /* Ed25519 signature */
    LT_CURVE_LEN = 32,   /* CURVE public or secret key */
    LT_REQUEST_LEN = 16, /* a client's request UUID */
    LT_SALT_LEN = 16     /* salt of a part */
};

/* Limits of the formats. They never change: an older tier must be able to
 * store and relay whatever a newer one writes. proto/README.md gives reasons.
 */
enum {
    LT_PAYLOAD_MAX = 16 * 1024,     /* a segment's payload as stored */
    LT_PAYLOAD_RAW_MAX = 64 * 1024, /* the same, decompressed */
    LT_PARTS_MAX = 16 * 1024,       /* a segment's small parts as stored */
    LT_PARTS_RAW_MAX = 64 * 1024,   /* the same, decompressed */
    LT_SEGMENT_EVENTS_MAX = 256,    /* events in one segment */
    LT_FRAME_MAX = 48 * 1024,       /* one link message */
    LT_LIST_MAX = 32 * 1024,        /* a page of tips, digests, statements */
    LT_TIPS_MAX = 8,                /* tips of one stream */
    LT_CAUSES_MAX = 16,             /* causes named by one event */
    LT_ADDRESSEES_MAX = 200,        /* offices addressed by one event */
    LT_TEXT_MAX = 8 * 1024,         /* one text part, decompressed */
    LT_PIECE_BYTES = 15 * 1024,     /* a piece of a large part; the last less */
    LT_LARGE_MAX = 16 * 1024 * 1024, /* one large part */
    LT_PIECES_MAX = 1093,            /* pieces of a large part */
    LT_NAME_MAX = 200,               /* bytes of an office's name */
    LT_STRING_MAX = 512,             /* any other string inside an event */
    LT_TREE_DEPTH_MAX = 8,           /* tiers */
    LT_TREE_OFFICES_MAX = 20000      /* offices of one region */
};

#endif

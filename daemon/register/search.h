/* The register's search index: in memory, while it is unlocked, and nowhere
 * else.
 *
 * A line an entry: what can be searched, without marks and in small letters
 * ("Nguyễn Đức" is "nguyen duc"). A search walks all lines, the newest first:
 * 100,000 entries are some 10 MB.
 *
 * Threading: an index belongs to one thread. */
#ifndef LT_REGISTER_SEARCH_H
#define LT_REGISTER_SEARCH_H

#include "common/alloc.h"
#include "common/codec.h"
#include "common/err.h"

struct lt_search;

LT_MUST_CHECK lt_err lt_search_new(struct lt_search **out_search);
void lt_search_free(struct lt_search *search); /* wipes */
/* Put the texts of entry @id, which is newer than all before it.
 * Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_search_put(struct lt_search *search, int64_t id,
                                   const struct lt_text *texts, size_t texts_n);
void lt_search_drop(struct lt_search *search, int64_t id); /* wipes its line */
/* Ids of at most @max entries that have every word of @query, the newest first.
 * Errors: LT_EINVAL when the query has under two letters or digits; LT_ENOMEM.
 */
LT_MUST_CHECK lt_err lt_search_find(const struct lt_search *search,
                                    struct lt_text query, int64_t *out_ids,
                                    size_t max, size_t *out_n);

#endif

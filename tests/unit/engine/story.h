/* Memory that runs out: at whichever allocation, the engine says so and can be
 * freed; nothing else has happened to it.
 *
 * A story allocates thousands of times, from some hundred places: a place is a
 * chain of calls that ends in an allocation. Its first allocation is missed. */
#ifndef LT_TESTS_ENGINE_STORY_H
#define LT_TESTS_ENGINE_STORY_H

#include "tests/unit/engine/net.h"

/* Of every story's net: a line, wired. */
enum { STORY_PROVINCE, STORY_DISTRICT, STORY_COMMUNE };

/* What happens while the memory of one office runs out, and whether it came to
 * a good end where it did not. */
struct story {
    const char *name;
    unsigned node;
    void (*before)(struct net *net); /* with memory; may be NULL */
    void (*go)(struct net *net);
    bool (*good)(struct net *net);
};

/* Tells each of them once with enough memory and then once for each place that
 * was without; with @all for each allocation, which takes minutes. */
void story_tell(const struct story *stories, size_t n, bool all);

#endif

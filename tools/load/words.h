/* What corpora are made of: lists of words. */
#ifndef LT_TOOLS_LOAD_WORDS_H
#define LT_TOOLS_LOAD_WORDS_H

#include <stddef.h>

enum lt_load_words {
    LT_LOAD_COMMUNES,
    LT_LOAD_SUBJECTS,
    LT_LOAD_NOUNS,
    LT_LOAD_VERBS,
    LT_LOAD_QUALS,
    LT_LOAD_LINKS,
    LT_LOAD_PLACES,
    LT_LOAD_DOC_TYPES,
    LT_LOAD_LISTS
};

struct lt_load_list {
    const char *const *words;
    size_t words_n;
};

extern const struct lt_load_list lt_load_lists[LT_LOAD_LISTS];

#endif

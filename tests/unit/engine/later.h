/* Bindings as a test likes them: later keys of an office, whoever signs them,
 * and what the tree says of them. */
#ifndef LT_TESTS_ENGINE_LATER_H
#define LT_TESTS_ENGINE_LATER_H

#include "tests/unit/engine/net.h"

struct later {
    unsigned office;
    unsigned issuer;
    const struct lt_key *key;     /* that is bound */
    const struct lt_key *by;      /* that signs; NULL: the issuer's present one */
    const struct lt_key *follows; /* the key before, which signs too; NULL: none */
    uint64_t serial;
    int64_t issued_at_ms;         /* 0: now */
};

/* Some key, always the same of one @number. Free it. */
struct lt_key *later_key(unsigned number);
/* Appends the encoded binding. */
void later_make(const struct net *net, const struct later *later,
                struct lt_buf *out);
/* Hand it over, as enrolment would. */
void later_give(struct net *net, unsigned to, const struct lt_buf *binding);
/* @by writes it into the tree, for all: KEY_BOUND, CONFIRMED or FORMER. Nothing
 * when an engine is without memory. */
void later_write(struct net *net, unsigned by, uint32_t type,
                 const struct lt_buf *binding);
/* @by writes an event of class tree. It is freed. */
void later_say(struct net *net, unsigned by, struct lt_event *event,
               const struct lt_channel *channels, size_t n);
/* An event to be filled in. */
struct lt_event *later_event(const struct net *net, uint32_t type);
/* The newest key of @office that @node holds to be proven. */
bool later_holds(const struct net *net, unsigned node, unsigned office,
                 const struct lt_key *key);

#endif

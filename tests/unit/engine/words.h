/* Words of keys and doors: written at an office as events, or handed to it as
 * an enrolment would. */
#ifndef LT_TESTS_ENGINE_WORDS_H
#define LT_TESTS_ENGINE_WORDS_H

#include "tests/unit/engine/net.h"

/* One of 256 keys that are no node's; free it. */
struct lt_key *words_key(uint8_t serial);
/* @key for @node, bound by @issuer; signed by the key that the node has too, or
 * not because that is lost. */
void words_bind(struct net *net, unsigned node, unsigned issuer,
                const struct lt_key *key, uint64_t serial, bool follows,
                struct lt_buf *out);
void words_hand_over(struct net *net, unsigned node,
                     const struct lt_buf *binding);
/* KEY_BOUND, KEY_CONFIRMED or KEY_FORMER in the author's tree/all. */
void words_of_binding(struct net *net, unsigned by, uint32_t type,
                      const struct lt_buf *binding);
/* DOOR_SHUT or DOOR_OPENED by @by about @office. */
void words_door(struct net *net, unsigned by, unsigned office, bool shut);
/* The root revokes this key of @of, with what the root holds of it now, or
 * gives it back. */
void words_revoke(struct net *net, unsigned of, const struct lt_key *key,
                  bool restore);
/* It revokes the key, and what it signed counts up to these ends. */
void words_revoke_from(struct net *net, const struct lt_key *key,
                       const struct lt_stream_end *ends, size_t n);
/* The root lets @reader read the classes (a bit each) of @office and of who is
 * below it, or not any more. */
void words_grant(struct net *net, unsigned reader, unsigned office,
                 uint32_t classes, bool withdraw);
/* The root opens @office, of which no machine is there, or puts the node below
 * it. */
void words_open(struct net *net, const struct lt_office *office,
                const struct lt_office *parent);
void words_move(struct net *net, unsigned node, const struct lt_office *parent);
/* @engine reads this word of a tree, @by's @number-th, as out of its log. The
 * event is freed. */
void words_hear(const struct net *net, struct lt_engine *engine,
                struct lt_event *event, unsigned by, uint64_t number);

#endif

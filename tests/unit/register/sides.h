/* Two desks: each with its register, its people and a transport key. */
#ifndef LT_TESTS_REGISTER_SIDES_H
#define LT_TESTS_REGISTER_SIDES_H

#include "common/hpke.h"
#include "daemon/register/register.h"
#include "tests/unit/people/clock.h"

struct side {
    struct desk_clock desk;
    struct lt_register *reg;
    struct lt_people_session session;
    struct lt_register_person person;
    struct lt_arena arena;
    struct lt_register_entry entry;
    struct lt_office office;
    uint8_t secret[LT_CURVE_LEN];
    uint8_t key[LT_CURVE_LEN];
};

/* Begin a session of a person. */
void sit_down(struct side *side, const char *name);
/* A leader `lan`, who sits before it, and an officer `an`. */
void side_begin(struct side *side, uint8_t mark);
void side_end(struct side *side);
/* A name and an account. */
void enter(struct side *side, const char *id, const char *name);
/* Into side->entry. */
lt_err show(struct side *side, const char *id);
void name_is(const struct side *side, const char *name);

#endif

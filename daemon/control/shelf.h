/* The register and the people as the control socket has them: opened when
 * somebody asks, the register locked again when nobody has for a while.
 *
 * Threading: belongs to the control thread. */
#ifndef LT_CONTROL_SHELF_H
#define LT_CONTROL_SHELF_H

#include "daemon/register/register.h"

enum { LT_SHELF_IDLE_MS = 10 * 60 * 1000 };

struct lt_shelf {
    const char *dir; /* borrowed */
    const struct lt_sys *sys;
    struct lt_people *people; /* NULL until they are needed */
    struct lt_register *reg;
    int64_t
        until_ms; /* monotonic, when the register is to be locked; 0: it is */
};

/* Open what is not open yet. Errors: as of lt_people_open. */
LT_MUST_CHECK lt_err lt_shelf_open(struct lt_shelf *shelf,
                                   struct lt_diag *diag);
/* For the text guard: what the register has of @case_id, without a person; see
 * lt_register_words. Opens no register that is not there, and leaves it as
 * locked as it was. */
LT_MUST_CHECK lt_err lt_shelf_words(
    struct lt_shelf *shelf, const char *case_id, struct lt_arena *arena,
    struct lt_text out_fields[static LT_REGISTER_FIELDS]);
/* Open the register, when there is one, as locked as it was: for what needs no
 * key. Does nothing when it cannot be opened; its own commands say why. */
void lt_shelf_look(struct lt_shelf *shelf);
/* Lock what has not been used; cheap. */
void lt_shelf_rest(struct lt_shelf *shelf, int64_t mono_ms);
void lt_shelf_close(struct lt_shelf *shelf);

#endif

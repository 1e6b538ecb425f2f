/* A folder with a people.db and a clock that the test moves. */
#ifndef LT_TESTS_UNIT_PEOPLE_CLOCK_H
#define LT_TESTS_UNIT_PEOPLE_CLOCK_H

#include "daemon/people/audit.h"
#include "tests/unit/crypto/folder.h"

struct desk_clock {
    struct folder folder;
    struct lt_sys sys;
    int64_t wall_ms;
    struct lt_people *people;
    struct lt_person_told told; /* of the last person added */
    struct lt_diag diag;
};

void clock_begin(struct desk_clock *desk);
void clock_end(struct desk_clock *desk);
/* Close people.db and open it again, as a restart does. */
void clock_restart(struct desk_clock *desk);
/* A leader "lan" by the tool, password PASSWORD, PIN 2580. */
void clock_leader(struct desk_clock *desk);
/* Somebody added by lan. */
void clock_person(struct desk_clock *desk, const char *name, uint32_t roles,
                  const char *password, const char *pin);
/* The last record's word. */
const char *clock_last(struct desk_clock *desk);

#define PASSWORD "mật khẩu của lan"
#define PIN "2580"

#endif

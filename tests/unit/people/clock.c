#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/crypto.h"
#include "tests/unit/people/clock.h"

static void now(void *ctx, struct lt_now *out_now)
{
    const struct desk_clock *desk = ctx;

    *out_now =
        (struct lt_now){.mono_ms = desk->wall_ms, .wall_ms = desk->wall_ms};
}

static void random_bytes(void *ctx, void *out_bytes, size_t len)
{
    const struct lt_sys *real = lt_sys_real();

    (void)ctx;
    real->random(real->ctx, out_bytes, len);
}

void clock_begin(struct desk_clock *desk)
{
    memset(desk, 0, sizeof(*desk));
    assert_int_equal(lt_crypto_start(), LT_OK);
    folder_make(&desk->folder);
    desk->wall_ms = INT64_C(1780000000000);
    desk->sys = (struct lt_sys){now, random_bytes, desk};
    assert_int_equal(lt_people_open(desk->folder.path, &desk->sys,
                                    &desk->people, &desk->diag),
                     LT_OK);
}

void clock_end(struct desk_clock *desk)
{
    lt_people_close(desk->people);
    folder_clear(desk->folder.path);
}

void clock_restart(struct desk_clock *desk)
{
    lt_people_close(desk->people);
    desk->people = NULL;
    assert_int_equal(lt_people_open(desk->folder.path, &desk->sys,
                                    &desk->people, &desk->diag),
                     LT_OK);
}

void clock_leader(struct desk_clock *desk)
{
    const struct lt_person_says says = {.shown = "Trần Thị Lan",
                                        .roles = LT_ROLE_LEADER,
                                        .password = PASSWORD,
                                        .pin = PIN};

    assert_int_equal(lt_people_add(desk->people, LT_BY_TOOL, "lan", &says,
                                   &desk->told, &desk->diag),
                     LT_OK);
}

void clock_person(struct desk_clock *desk, const char *name, uint32_t roles,
                  const char *password, const char *pin)
{
    const struct lt_person_says says = {.shown = "Người khác",
                                        .roles = roles,
                                        .password = password,
                                        .pin = pin};

    assert_int_equal(lt_people_add(desk->people, "lan", name, &says,
                                   &desk->told, &desk->diag),
                     LT_OK);
}

const char *clock_last(struct desk_clock *desk)
{
    static struct lt_audit_record records[512];
    size_t n = 0;

    assert_int_equal(lt_audit_read(desk->people, 1, records, 512, &n), LT_OK);
    return n == 0 ? "" : records[n - 1].what;
}

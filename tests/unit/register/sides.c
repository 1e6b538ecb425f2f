#include "tests/unit/register/sides.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "daemon/register/key.h"

void sit_down(struct side *side, const char *name)
{
    char token[LT_SESSION_TOKEN_TEXT];

    assert_int_equal(lt_people_session_begin(side->desk.people, name, token,
                                             &side->desk.diag),
                     LT_OK);
    assert_int_equal(lt_people_session_look(side->desk.people, token, true,
                                            &side->session, &side->desk.diag),
                     LT_OK);
    side->person =
        (struct lt_register_person){side->desk.people, &side->session};
}

void side_begin(struct side *side, uint8_t mark)
{
    uint8_t seed[LT_HPKE_SEED_LEN] = {mark};
    char identity[600];

    memset(side, 0, sizeof(*side));
    clock_begin(&side->desk);
    clock_leader(&side->desk);
    clock_person(&side->desk, "an", LT_ROLE_OFFICER, "mật khẩu của an", "9174");
    folder_join(identity, sizeof(identity), side->desk.folder.path, "identity");
    assert_int_equal(mkdir(identity, 0700), 0);
    assert_int_equal(
        lt_register_key_make(identity, &side->desk.sys, &side->desk.diag),
        LT_OK);
    assert_int_equal(lt_register_open(side->desk.folder.path, &side->desk.sys,
                                      &side->reg, &side->desk.diag),
                     LT_OK);
    lt_arena_init(&side->arena, lt_alloc_heap(), 1 << 20);
    side->office.bytes[0] = mark;
    assert_int_equal(lt_hpke_derive(seed, side->secret, side->key), LT_OK);
    sit_down(side, "lan");
}

void side_end(struct side *side)
{
    lt_arena_deinit(&side->arena);
    lt_register_close(side->reg);
    clock_end(&side->desk);
}

void enter(struct side *side, const char *id, const char *name)
{
    const struct lt_text fields[LT_REGISTER_FIELDS] = {
        [LT_REGISTER_NAME] = {name, strlen(name)},
        [LT_REGISTER_ACCOUNT] = {"kể lại đầu đuôi", 19}};

    assert_int_equal(lt_register_add(side->reg, &side->person, id, 1, fields,
                                     &side->arena, &side->entry,
                                     &side->desk.diag),
                     LT_OK);
}

lt_err show(struct side *side, const char *id)
{
    return lt_register_show(side->reg, &side->person, id, &side->arena,
                            &side->entry, &side->desk.diag);
}

void name_is(const struct side *side, const char *name)
{
    const struct lt_text *text = &side->entry.fields[LT_REGISTER_NAME];

    assert_int_equal(text->len, strlen(name));
    assert_memory_equal(text->data, name, text->len);
}

/* The guard against the two corpora, and single words that were thought of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/guard.h"

enum { PLANTED = 2000, OWN = 500, CLEAN = 2000, LINE_MAX_BYTES = 8192 };

static struct lt_text text_of(const char *text)
{
    return (struct lt_text){text, strlen(text)};
}

static struct lt_guard_found look(const char *text,
                                  const struct lt_guard_own *own)
{
    struct lt_guard_found found;
    struct lt_arena arena;

    lt_arena_init(&arena, lt_alloc_heap(), 4 * 1024 * 1024);
    assert_int_equal(lt_guard_look(text_of(text), own, &arena, &found), LT_OK);
    lt_arena_deinit(&arena);
    return found;
}

/* Cut off what stands before the first @sign. */
static char *cut(char **at, char sign)
{
    char *begin = *at;
    char *end = strchr(begin, sign);

    if (end == NULL) {
        *at = begin + strlen(begin);
        return begin;
    }
    *end = '\0';
    *at = end + 1;
    return begin;
}

static struct lt_guard_own own_of(char *form)
{
    struct lt_guard_own own;

    own.name = text_of(cut(&form, '|'));
    own.address = text_of(cut(&form, '|'));
    own.number = text_of(cut(&form, '|'));
    own.phone = text_of(form);
    return own;
}

static bool is_own(enum lt_guard_kind kind)
{
    return kind >= LT_GUARD_OWN_NAME && kind <= LT_GUARD_OWN_PHONE;
}

static void what_was_planted_is_found(void **state)
{
    FILE *file = fopen(LT_TEST_DATA "/guard/planted.tsv", "r");
    static char line[LINE_MAX_BYTES];
    int texts = 0;
    int own = 0;
    int leaving = 0;
    int missed = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        char *at = line;
        char *kind;
        char *form;
        struct lt_guard_own data;
        struct lt_guard_found found;

        line[strcspn(line, "\n")] = '\0';
        kind = cut(&at, '\t');
        form = cut(&at, '\t');
        data = own_of(form);
        found = look(at, &data);
        texts++;
        if (strcmp(kind, "own") == 0) {
            own++;
            leaving += is_own(found.kind) ? 0 : 1;
        } else {
            missed += found.kind == LT_GUARD_NOTHING ? 1 : 0;
        }
    }
    (void)fclose(file);
    print_message("guard: own data leaving %d of %d, patterns missed %d of %d "
                  "(%.2f %%)\n",
                  leaving, own, missed, texts - own,
                  100.0 * missed / (texts - own));
    assert_int_equal(texts, PLANTED);
    assert_int_equal(own, OWN);
    assert_int_equal(leaving, 0);
    assert_true(missed * 100 <= (texts - own) * 5);
}

static void clean_texts_pass(void **state)
{
    FILE *file = fopen(LT_TEST_DATA "/guard/clean.tsv", "r");
    static char line[LINE_MAX_BYTES];
    int texts = 0;
    int refused = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        char *at = line;

        line[strcspn(line, "\n")] = '\0';
        (void)cut(&at, '\t');
        texts++;
        refused += look(at, NULL).kind != LT_GUARD_NOTHING ? 1 : 0;
    }
    (void)fclose(file);
    print_message("guard: refused %d of %d clean texts (%.2f %%)\n", refused,
                  texts, 100.0 * refused / texts);
    assert_int_equal(texts, CLEAN);
    assert_true(refused * 100 <= texts);
}

/* Not from the corpora: written down one by one. */
static void each_kind_is_told_from_its_likeness(void **state)
{
    static const struct {
        const char *text;
        enum lt_guard_kind kind;
    } cases[] = {
        {"CCCD:079085012345", LT_GUARD_NUMBER},
        {"số 079 085 012 345 nhé", LT_GUARD_NUMBER},
        {"CMND 290.123.456", LT_GUARD_NUMBER},
        {"số tiền 290.123.456 đồng", LT_GUARD_NOTHING},
        {"số tiền 1.234.567.890 đ", LT_GUARD_NOTHING},
        {"mã hồ sơ H53.12-250101-0001", LT_GUARD_NOTHING},
        {"ngày 12-03-2026 lúc 14 giờ 30", LT_GUARD_NOTHING},
        {"công văn 0912345678/UBND", LT_GUARD_NOTHING},
        {"gọi 0912.345.678", LT_GUARD_PHONE},
        {"gọi +84 912 345 678", LT_GUARD_PHONE},
        {"gọi 84912345678", LT_GUARD_PHONE},
        {"(0276) 3822123", LT_GUARD_PHONE},
        {"biên lai 0012345", LT_GUARD_NOTHING},
        {"hung.nguyen@gmail.com", LT_GUARD_EMAIL},
        {"xe 29A12345", LT_GUARD_PLATE},
        {"xe 70-H1 234.56", LT_GUARD_PLATE},
        {"lô A1-123, đường ĐT 784, QL 22B", LT_GUARD_NOTHING},
        {"sổ BA 602352 vào sổ CH 80081", LT_GUARD_NOTHING},
        {"nhờ anh Ba chở đi", LT_GUARD_ADDRESSED},
        {"Ô. Tám Sang dẫn đầu đoàn", LT_GUARD_ADDRESSED},
        {"ong ba Tran Van Lam va vo", LT_GUARD_ADDRESSED},
        {"gặp bà phạm thị nga ở chợ", LT_GUARD_ADDRESSED},
        {"GẶP BÀ PHẠM THỊ NGA Ở CHỢ", LT_GUARD_ADDRESSED},
        {"Anh Y Moan Êban khiếu nại", LT_GUARD_ADDRESSED},
        {"Ông Chủ tịch UBND xã đã tiếp", LT_GUARD_NOTHING},
        {"bà con xã Tân Bình ở nhà văn hóa Bà Điểm", LT_GUARD_NOTHING},
        {"kênh Ông Cộ, rạch Bà Hảo, cầu Ông Lãnh", LT_GUARD_NOTHING},
        {"ông bà ngoại để lại, anh em ruột thoả thuận", LT_GUARD_NOTHING},
        {"đường Hai Bà Trưng, Bà Triệu và Võ Thị Sáu", LT_GUARD_NOTHING},
        {"Lê Văn Tám, Trần Thị Bé và Võ Hùng cùng ký", LT_GUARD_LIST},
        {"Lê Văn Tám và Trần Thị Bé cùng ký", LT_GUARD_NOTHING},
        {"các xã Cao Xá, Lý Nhân, Ninh Sơn", LT_GUARD_NOTHING},
        {"", LT_GUARD_NOTHING},
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(cases); i++) {
        enum lt_guard_kind kind = look(cases[i].text, NULL).kind;

        if (kind != cases[i].kind) {
            fail_msg("%s: %s, not %s", cases[i].text, lt_guard_word(kind),
                     lt_guard_word(cases[i].kind));
        }
    }
}

static void the_forms_own_data_is_found_however_it_is_typed(void **state)
{
    struct lt_guard_own own = {.name = text_of("Nguyễn Thị Thủy"),
                               .address = text_of("tổ 7, ấp Xóm Mía, xã Phan"),
                               .number = text_of("072 085 012345"),
                               .phone = text_of("0912345678")};
    static const struct {
        const char *text;
        enum lt_guard_kind kind;
    } cases[] = {
        {"việc của nguyen thi thuy", LT_GUARD_OWN_NAME},
        {"NGUYỄN THỊ THUỶ xin rút đơn", LT_GUARD_OWN_NAME},
        {"Thị Thủy xin rút đơn", LT_GUARD_OWN_NAME},
        {"thị thúy ở đâu đó", LT_GUARD_NOTHING},
        {"Thủy lợi nội đồng", LT_GUARD_NOTHING},
        {"nhà ở tổ 7 - ấp Xóm Mía", LT_GUARD_OWN_ADDRESS},
        {"đường vào ấp Xóm Mía, xã Phan", LT_GUARD_NOTHING},
        {"số 072.085.012.345 đã xem", LT_GUARD_OWN_NUMBER},
        {"máy +84 91 234 5678", LT_GUARD_OWN_PHONE},
        {"Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 Thu\xcc\x89y", LT_GUARD_OWN_NAME},
    };

    (void)state;
    for (size_t i = 0; i < LT_COUNT_OF(cases); i++) {
        enum lt_guard_kind kind = look(cases[i].text, &own).kind;

        if (kind != cases[i].kind) {
            fail_msg("%s: %s, not %s", cases[i].text, lt_guard_word(kind),
                     lt_guard_word(cases[i].kind));
        }
    }
}

static void the_place_is_told_in_characters(void **state)
{
    (void)state;
    assert_int_equal(look("Đơn của ông Tám", NULL).at, 8);
    assert_int_equal(look("ở ấp: 0912345678", NULL).at, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_planted_is_found),
        cmocka_unit_test(clean_texts_pass),
        cmocka_unit_test(each_kind_is_told_from_its_likeness),
        cmocka_unit_test(the_forms_own_data_is_found_however_it_is_typed),
        cmocka_unit_test(the_place_is_told_in_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

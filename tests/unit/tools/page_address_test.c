#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/page_address.h"
#include "tools/qr.h"

static const struct lt_locals LOCALS = {
    .n = 5,
    .text = {"may-xa", "127.0.0.1", "192.168.1.10", "::1", "2001:db8::10"}};

/* The addresses of a configuration that says @listen, as one text. */
static void listens(const char *listen, const char *bound, const char *expected)
{
    char dir[] = "/tmp/lt-page-address-XXXXXX";
    struct lt_page_address *found =
        calloc(LT_PAGE_ADDRESSES_MAX, sizeof(*found));
    char text[4096] = "";
    struct lt_conf *conf = NULL;
    struct lt_diag diag;
    char path[64];
    FILE *file;
    size_t n;

    assert_non_null(found);
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/lienthong.conf", dir);
    file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s\n", listen);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(lt_conf_load(dir, NULL, &conf, &diag), LT_OK);
    n = lt_page_addresses(conf, bound, &LOCALS, found);
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(text);

        (void)snprintf(text + used, sizeof(text) - used, "%s%s%s\n",
                       found[i].url, found[i].here_only ? " here" : "",
                       found[i].is_number ? " number" : "");
    }
    assert_string_equal(text, expected);
    lt_conf_free(conf);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
    free(found);
}

static void each_as_it_is_typed(void **state)
{
    (void)state;
    listens("pages_listen = {\"127.0.0.1:7443\", \"192.168.1.10:7444\"}",
            "127.0.0.1:7443",
            "https://127.0.0.1:7443 here number\n"
            "https://192.168.1.10:7444 number\n");
    listens("pages_listen = {\"[2001:db8::10]:7443\", \"may-xa:7443\"}",
            "[2001:db8::10]:7443",
            "https://[2001:db8::10]:7443 number\nhttps://may-xa:7443\n");
    listens("pages_listen = {\"localhost:8080\"}\npages_tls = off",
            "127.0.0.1:8080", "http://localhost:8080 here\n");
    listens("pages_listen = {}", "", "");
}

static void all_of_the_machine_is_its_name_and_its_addresses(void **state)
{
    (void)state;
    listens("pages_listen = {\"0.0.0.0:7443\"}", "0.0.0.0:7443",
            "https://may-xa:7443\nhttps://127.0.0.1:7443 here number\n"
            "https://192.168.1.10:7443 number\n");
    listens("pages_listen = {\"[::]:7443\", \"192.168.1.10:7443\"}",
            "[::]:7443",
            "https://may-xa:7443\nhttps://[::1]:7443 here number\n"
            "https://[2001:db8::10]:7443 number\n"
            "https://192.168.1.10:7443 number\n");
}

static void a_port_that_was_chosen_is_the_one_told(void **state)
{
    (void)state;
    listens("pages_listen = {\"127.0.0.1:0\", \"127.0.0.2:0\"}",
            "127.0.0.1:40001", "https://127.0.0.1:40001 here number\n");
    listens("pages_listen = {\"127.0.0.1:0\"}", "", "");
}

static void codes_have_bounds(void **state)
{
    char text[LT_QR_TEXT_MAX + 2];
    struct lt_qr *qr = NULL;

    (void)state;
    memset(text, 'x', sizeof(text));
    text[LT_QR_TEXT_MAX + 1] = '\0';
    assert_int_equal(lt_qr_new("", &qr), LT_EINVAL);
    assert_int_equal(lt_qr_new(text, &qr), LT_ETOOBIG);
    assert_null(qr);
    text[LT_QR_TEXT_MAX] = '\0';
    assert_int_equal(lt_qr_new(text, &qr), LT_OK);
    assert_true(lt_qr_side(qr) > 21);
    assert_true(lt_qr_is_dark(qr, 0, 0));
    assert_false(lt_qr_is_dark(qr, -1, 0));
    assert_false(lt_qr_is_dark(qr, 0, (int)lt_qr_side(qr)));
    lt_qr_free(qr);
    lt_qr_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_as_it_is_typed),
        cmocka_unit_test(all_of_the_machine_is_its_name_and_its_addresses),
        cmocka_unit_test(a_port_that_was_chosen_is_the_one_told),
        cmocka_unit_test(codes_have_bounds)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

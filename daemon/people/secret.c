#include "daemon/people/secret.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/base64.h"
#include "common/codec.h"
#include "common/crypto.h"

enum {
    PASSWORD_CHARS_MIN = 8,
    PIN_MIN = 4,
    PIN_MAX = 8,
    SETTING_RANDOM = 32,
    TOKEN_BYTES = 32,
    PAPER_CHARS = 16
};

/* Crockford's: no I, L, O, U. 32 characters, 5 bits each. */
static const char PAPER_LETTERS[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static lt_err refuse(struct lt_diag *diag, lt_err code, const char *what,
                     const char *reason)
{
    lt_diag_set(diag, code);
    lt_diag_arg(diag, "what", "%s", what);
    lt_diag_arg(diag, "reason", "%s", reason);
    return code;
}

static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return n;
}

lt_err lt_secret_password_fit(const char *password, const char *name,
                              struct lt_diag *diag)
{
    size_t len = strlen(password);

    if (len > LT_PERSON_PASSWORD_MAX || !lt_utf8_valid(password, len)) {
        return refuse(diag, LT_EINVAL, "password", "ui_why_password_text");
    }
    if (characters(password) < PASSWORD_CHARS_MIN) {
        return refuse(diag, LT_EWEAKSECRET, "password",
                      "ui_why_password_short");
    }
    if (strstr(password, name) != NULL && len < 2 * strlen(name) + 4) {
        return refuse(diag, LT_EWEAKSECRET, "password", "ui_why_password_name");
    }
    return LT_OK;
}

/* 1111, 1234, 87654321. */
static bool guessed_first(const char *pin)
{
    int step = pin[1] - pin[0];

    if (step < -1 || step > 1) {
        return false;
    }
    for (size_t i = 1; pin[i] != '\0'; i++) {
        if (pin[i] - pin[i - 1] != step) {
            return false;
        }
    }
    return true;
}

lt_err lt_secret_pin_fit(const char *pin, struct lt_diag *diag)
{
    size_t len = strlen(pin);

    if (len < PIN_MIN || len > PIN_MAX || strspn(pin, "0123456789") != len) {
        return refuse(diag, LT_EINVAL, "pin", "ui_why_pin_digits");
    }
    return guessed_first(pin)
               ? refuse(diag, LT_EWEAKSECRET, "pin", "ui_why_pin_guessed")
               : LT_OK;
}

/* The secret in NFC, malloc'ed by utf8proc. LT_ETEXT when it is no UTF-8. */
static lt_err compose(const char *secret, char **out_text)
{
    *out_text = NULL;
    if (!lt_utf8_valid(secret, strlen(secret))) {
        return LT_ETEXT;
    }
    *out_text = (char *)utf8proc_NFC((const utf8proc_uint8_t *)secret);
    return *out_text == NULL ? LT_ENOMEM : LT_OK;
}

static void forget(char *secret)
{
    if (secret != NULL) {
        lt_wipe(secret, strlen(secret));
        free(secret);
    }
}

/* What crypt makes of it under @setting; "" when it refuses. */
static lt_err crypt_by(const char *secret, const char *setting,
                       char out_hash[static LT_SECRET_HASH_MAX])
{
    const struct lt_alloc *heap = lt_alloc_heap();
    struct crypt_data *data = lt_new(heap, sizeof(*data));
    const char *hash;
    lt_err rc = LT_OK;

    if (data == NULL) {
        return LT_ENOMEM;
    }
    out_hash[0] = '\0';
    hash = crypt_r(secret, setting, data);
    if (hash == NULL || hash[0] == '*' || strlen(hash) >= LT_SECRET_HASH_MAX) {
        rc = LT_ECRYPTO;
    } else {
        memcpy(out_hash, hash, strlen(hash) + 1);
    }
    lt_wipe(data, sizeof(*data));
    lt_free(heap, data);
    return rc;
}

lt_err lt_secret_hash(const struct lt_sys *sys, const char *secret,
                      char out_hash[static LT_SECRET_HASH_MAX])
{
    char random[SETTING_RANDOM];
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    char *text = NULL;
    lt_err rc = compose(secret, &text);

    if (rc == LT_OK) {
        sys->random(sys->ctx, random, sizeof(random));
        rc = crypt_gensalt_rn("$y$", 0, random, sizeof(random), setting,
                              sizeof(setting)) == NULL
                 ? LT_ECRYPTO
                 : crypt_by(text, setting, out_hash);
    }
    forget(text);
    return rc;
}

lt_err lt_secret_is(const char *secret, const char *hash, bool *out_is)
{
    /* Of nobody: so that a name that is not there takes as long as one that
     * is. The cost is that of crypt_gensalt_rn's default. */
    static const char nobody[] = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$";
    char made[LT_SECRET_HASH_MAX] = "";
    char *text = NULL;
    lt_err rc = compose(secret, &text);

    *out_is = false;
    if (rc != LT_OK) {
        return rc == LT_ETEXT ? LT_OK : rc; /* nobody's: those set are UTF-8 */
    }
    rc = crypt_by(text, hash[0] == '\0' ? nobody : hash, made);
    if (rc == LT_OK && hash[0] != '\0') {
        size_t len = strlen(hash);

        *out_is = strlen(made) == len && lt_equal_secret(made, hash, len);
    }
    lt_wipe(made, sizeof(made));
    forget(text);
    return rc;
}

void lt_secret_paper(const struct lt_sys *sys,
                     char out_code[static LT_PAPER_TEXT])
{
    uint8_t random[PAPER_CHARS];
    size_t at = 0;

    sys->random(sys->ctx, random, sizeof(random));
    for (size_t i = 0; i < PAPER_CHARS; i++) {
        if (i > 0 && i % 4 == 0) {
            out_code[at++] = '-';
        }
        out_code[at++] = PAPER_LETTERS[random[i] % 32];
    }
    out_code[at] = '\0';
    lt_wipe(random, sizeof(random));
}

/* The letter that was meant, 0 for one that is none. */
static char meant(char c)
{
    if (c >= 'a' && c <= 'z') {
        c = (char)(c - 'a' + 'A');
    }
    if (c == 'O') {
        c = '0';
    } else if (c == 'I' || c == 'L') {
        c = '1';
    }
    return strchr(PAPER_LETTERS, c) != NULL ? c : '\0';
}

bool lt_secret_paper_hash(const char *typed,
                          uint8_t out_hash[static LT_HASH_LEN])
{
    char code[PAPER_CHARS];
    size_t len = 0;

    for (; *typed != '\0'; typed++) {
        char c = *typed;

        if (c == ' ' || c == '-') {
            continue;
        }
        c = meant(c);
        if (c == '\0' || len == PAPER_CHARS) {
            return false;
        }
        code[len++] = c;
    }
    if (len != PAPER_CHARS) {
        return false;
    }
    lt_sha256(&(struct lt_span){code, sizeof(code)}, 1, out_hash);
    lt_wipe(code, sizeof(code));
    return true;
}

void lt_secret_token(const struct lt_sys *sys,
                     char out_token[static LT_SESSION_TOKEN_TEXT])
{
    uint8_t random[TOKEN_BYTES];

    sys->random(sys->ctx, random, sizeof(random));
    lt_base64_write(random, sizeof(random), out_token);
    out_token[LT_SESSION_TOKEN_TEXT - 1] = '\0';
    lt_wipe(random, sizeof(random));
}

bool lt_secret_token_hash(const char *token,
                          uint8_t out_hash[static LT_HASH_LEN])
{
    uint8_t bytes[TOKEN_BYTES + 3];
    size_t len = 0;
    size_t text_len = strnlen(token, LT_SESSION_TOKEN_TEXT);

    if (text_len != LT_SESSION_TOKEN_TEXT - 1 ||
        !lt_base64_read(token, text_len, bytes, &len) || len != TOKEN_BYTES) {
        return false;
    }
    lt_sha256(&(struct lt_span){bytes, len}, 1, out_hash);
    lt_wipe(bytes, sizeof(bytes));
    return true;
}

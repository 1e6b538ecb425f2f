#include "tools/person.h"

#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/codec.h"
#include "common/crypto.h"
#include "common/file.h"

/* Off while somebody types. False: it is no terminal. */
static bool set_echo(bool on)
{
    struct termios terminal;

    if (tcgetattr(STDIN_FILENO, &terminal) != 0) {
        return false;
    }
    if (on) {
        terminal.c_lflag |= (tcflag_t)ECHO;
    } else {
        terminal.c_lflag &= ~(tcflag_t)ECHO;
    }
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal) == 0;
}

/* Byte by byte: what comes behind the line is the next question's. */
static lt_err read_line(char *out_line, size_t size)
{
    size_t len = 0;
    char c;

    while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n') {
        if (len + 1 >= size) {
            lt_wipe(out_line, size);
            return LT_ETEXT;
        }
        out_line[len++] = c;
    }
    if (len > 0 && out_line[len - 1] == '\r') {
        len--;
    }
    out_line[len] = '\0';
    return lt_utf8_valid(out_line, len) ? LT_OK : LT_ETEXT;
}

lt_err lt_tool_ask_secret(struct lt_tool *tool, const char *prompt,
                          char *out_secret, size_t size)
{
    bool terminal = isatty(STDIN_FILENO) == 1;
    lt_err rc;

    if (terminal) {
        fprintf(tool->err, "%s: ", lt_ui(tool->lang, prompt));
        (void)fflush(tool->err);
        terminal = set_echo(false);
    }
    rc = read_line(out_secret, size);
    if (terminal) {
        (void)set_echo(true);
        fputc('\n', tool->err);
    }
    return rc;
}

lt_err lt_tool_people(const struct lt_tool *tool, struct lt_people **out_people,
                      struct lt_diag *diag)
{
    char path[4096];
    int len = snprintf(path, sizeof(path), "%s/identity", tool->dir);

    if (len < 0 || (size_t)len >= sizeof(path) || !lt_file_present(path)) {
        lt_diag_set(diag, LT_ENOINPUT);
        lt_diag_arg(diag, "path", "%s", path);
        return LT_ENOINPUT;
    }
    return lt_people_open(tool->dir, lt_sys_real(), out_people, diag);
}

lt_err lt_tool_by(struct lt_tool *tool, struct lt_people *people,
                  struct lt_person *out_person, struct lt_diag *diag)
{
    const char *by = lt_tool_text(tool, "by");
    char secret[LT_PERSON_PASSWORD_MAX + 1];
    lt_err rc;

    if (by == NULL) {
        lt_diag_set(diag, LT_EUSAGE);
        lt_diag_arg(diag, "what", "%s", "--by");
        lt_diag_arg(diag, "reason", "%s", "ui_why_missing");
        return LT_EUSAGE;
    }
    rc = lt_tool_ask_secret(tool, "ui_ask_by", secret, sizeof(secret));
    if (rc == LT_OK) {
        rc = lt_people_check(people, by, secret, NULL, out_person, diag);
    }
    lt_wipe(secret, sizeof(secret));
    return rc;
}

int lt_tool_fail_people(struct lt_tool *tool, lt_err rc, struct lt_diag *diag)
{
    if (diag->code != rc) {
        lt_diag_set(diag, rc);
    }
    for (unsigned i = 0; i < diag->args_n; i++) {
        if (strcmp(diag->args[i].key, "reason") == 0) {
            char word[LT_DIAG_VALUE_MAX];

            (void)snprintf(word, sizeof(word), "%s", diag->args[i].value);
            (void)snprintf(diag->args[i].value, sizeof(diag->args[i].value),
                           "%s", lt_ui(tool->lang, word));
        }
    }
    return lt_tool_fail(tool, diag, false);
}

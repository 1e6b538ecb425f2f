/* Formatting, the count of repeats, and one write a line.
 *
 * Repeats are counted by code alone: arguments may come from whoever is
 * knocking, and would let them write as many lines as they like. */
#include "common/note.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/counters.h"

enum { CODES_MAX = 256, TAIL_ROOM = 8 };

struct window {
    lt_err code;
    int64_t since_ms;
    unsigned written;
    unsigned suppressed;
};

static struct {
    pthread_mutex_t lock;
    int fd;
    enum lt_note_form form;
    enum lt_lang lang;
    const struct lt_sys *sys;
    struct window windows[CODES_MAX];
    size_t windows_n;
} notes = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = STDERR_FILENO};

struct line {
    char *text;
    size_t len;
};

static void put(struct line *line, const char *text, size_t len)
{
    if (len > LT_NOTE_MAX - TAIL_ROOM - line->len) {
        return; /* a piece that does not fit is left out as a whole */
    }
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

static char priority(enum lt_severity severity)
{
    switch (severity) {
    case LT_SEV_INFO:
        return '6';
    case LT_SEV_WARNING:
        return '4';
    case LT_SEV_ERROR:
        return '3';
    case LT_SEV_CRITICAL:
        return '2';
    }
    return '3';
}

static const char *level_word(enum lt_severity severity)
{
    switch (severity) {
    case LT_SEV_INFO:
        return "info";
    case LT_SEV_WARNING:
        return "warning";
    case LT_SEV_ERROR:
        return "error";
    case LT_SEV_CRITICAL:
        return "critical";
    }
    return "error";
}

static void put_quoted(struct line *line, const char *text)
{
    put(line, "\"", 1);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            put(line, "\\", 1);
        }
        put(line, text, 1);
    }
    put(line, "\"", 1);
}

static void format_text(struct line *line, const struct lt_diag *diag,
                        const char *text, const char *remedy)
{
    char head[8];
    char value[4 * LT_DIAG_VALUE_MAX];

    (void)snprintf(head, sizeof(head), "<%c>",
                   priority(lt_err_severity(diag->code)));
    put_text(line, head);
    put_text(line, lt_err_word(diag->code));
    put(line, " ", 1);
    put_text(line, text);
    for (unsigned i = 0; i < diag->args_n; i++) {
        (void)lt_text_escape(diag->args[i].value, strlen(diag->args[i].value),
                             value, sizeof(value));
        put(line, " ", 1);
        put_text(line, diag->args[i].key);
        put(line, "=", 1);
        if (value[0] == '\0' || strpbrk(value, " \"=\\") != NULL) {
            put_quoted(line, value);
        } else {
            put_text(line, value);
        }
    }
    if (remedy[0] != '\0') {
        put_text(line, " remedy=");
        put_quoted(line, remedy);
    }
}

/* One member of the object, with its comma. lt_text_escape leaves valid UTF-8
 * without control characters; what remains to escape are quotes and
 * backslashes. All or nothing: half a member would break the object. */
static void put_member(struct line *line, const char *prefix, const char *key,
                       const char *text)
{
    char safe[LT_MESSAGE_MAX];

    (void)lt_text_escape(text, strlen(text), safe, sizeof(safe));
    if (strlen(prefix) + strlen(key) + 2 * strlen(safe) + 16 >
        LT_NOTE_MAX - TAIL_ROOM - line->len) {
        return;
    }
    put_text(line, line->len > 1 ? ",\"" : "\"");
    put_text(line, prefix);
    put_text(line, key);
    put_text(line, "\":");
    put_quoted(line, safe);
}

/* The object's own members; an argument of the same name gets a prefix. */
static bool is_reserved(const char *key)
{
    return strcmp(key, "time") == 0 || strcmp(key, "level") == 0 ||
           strcmp(key, "code") == 0 || strcmp(key, "text") == 0;
}

static void format_json(struct line *line, const struct lt_diag *diag,
                        const char *text, const char *remedy, int64_t wall_ms)
{
    char time[LT_TIME_TEXT];

    lt_time_format(wall_ms, time);
    put(line, "{", 1);
    put_member(line, "", "time", time);
    put_member(line, "", "level", level_word(lt_err_severity(diag->code)));
    put_member(line, "", "code", lt_err_word(diag->code));
    put_member(line, "", "text", text);
    for (unsigned i = 0; i < diag->args_n; i++) {
        const char *key = diag->args[i].key;

        put_member(line, is_reserved(key) ? "arg_" : "", key,
                   diag->args[i].value);
    }
    if (remedy[0] != '\0') {
        put_member(line, "", "remedy", remedy);
    }
    put(line, "}", 1);
}

size_t lt_note_format(const struct lt_diag *diag, enum lt_note_form form,
                      enum lt_lang lang, int64_t wall_ms,
                      char out_line[static LT_NOTE_MAX])
{
    struct line line = {.text = out_line};
    char text[LT_MESSAGE_MAX];
    char remedy[LT_MESSAGE_MAX];

    (void)lt_message_bare(lang, diag, text, sizeof(text));
    (void)lt_message_remedy(lang, diag, remedy, sizeof(remedy));
    if (form == LT_NOTE_JSON) {
        format_json(&line, diag, text, remedy, wall_ms);
    } else {
        format_text(&line, diag, text, remedy);
    }
    out_line[line.len++] = '\n';
    return line.len;
}

static void write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, text, len);

        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return; /* nobody is left to be told */
        }
        text += written;
        len -= (size_t)written;
    }
}

static void now(struct lt_now *out_now)
{
    const struct lt_sys *sys = notes.sys != NULL ? notes.sys : lt_sys_real();

    sys->now(sys->ctx, out_now);
}

static void write_note(const struct lt_diag *diag, int64_t wall_ms)
{
    char line[LT_NOTE_MAX];
    size_t len = lt_note_format(diag, notes.form, notes.lang, wall_ms, line);

    write_all(notes.fd, line, len);
}

static void close_window(struct window *window, int64_t wall_ms)
{
    struct lt_diag diag;

    if (window->suppressed == 0) {
        return;
    }
    (void)lt_diag_set(&diag, LT_NREPEATED);
    lt_diag_arg(&diag, "code", "%s", lt_err_word(window->code));
    lt_diag_arg(&diag, "count", "%u", window->suppressed);
    window->suppressed = 0;
    write_note(&diag, wall_ms);
}

static void close_windows(const struct lt_now *at, bool all)
{
    for (size_t i = 0; i < notes.windows_n; i++) {
        struct window *window = &notes.windows[i];

        if (all || at->mono_ms - window->since_ms >= LT_NOTE_WINDOW_MS) {
            close_window(window, at->wall_ms);
        }
    }
}

static struct window *window_of(lt_err code, int64_t mono_ms)
{
    struct window *window = NULL;

    for (size_t i = 0; i < notes.windows_n && window == NULL; i++) {
        if (notes.windows[i].code == code) {
            window = &notes.windows[i];
        }
    }
    if (window == NULL) {
        if (notes.windows_n == CODES_MAX) {
            return NULL;
        }
        window = &notes.windows[notes.windows_n++];
        *window = (struct window){.code = code, .since_ms = mono_ms};
    }
    if (mono_ms - window->since_ms >= LT_NOTE_WINDOW_MS) {
        window->since_ms = mono_ms;
        window->written = 0;
    }
    return window;
}

void lt_note_start(int fd, enum lt_note_form form, enum lt_lang lang,
                   const struct lt_sys *sys)
{
    (void)pthread_mutex_lock(&notes.lock);
    notes.fd = fd;
    notes.form = form;
    notes.lang = lang;
    notes.sys = sys;
    notes.windows_n = 0;
    (void)pthread_mutex_unlock(&notes.lock);
}

void lt_note_form_set(enum lt_note_form form)
{
    (void)pthread_mutex_lock(&notes.lock);
    notes.form = form;
    (void)pthread_mutex_unlock(&notes.lock);
}

void lt_note(const struct lt_diag *diag)
{
    struct lt_now at;
    struct window *window;

    (void)pthread_mutex_lock(&notes.lock);
    now(&at);
    close_windows(&at, false);
    window = window_of(diag->code, at.mono_ms);
    if (window != NULL && window->written >= LT_NOTE_BURST) {
        window->suppressed++;
        lt_counter_add(LT_CNT_NOTES_SUPPRESSED, 1);
    } else {
        if (window != NULL) {
            window->written++;
        }
        write_note(diag, at.wall_ms);
    }
    (void)pthread_mutex_unlock(&notes.lock);
}

void lt_note_flush(bool all)
{
    struct lt_now at;

    (void)pthread_mutex_lock(&notes.lock);
    now(&at);
    close_windows(&at, all);
    (void)pthread_mutex_unlock(&notes.lock);
}

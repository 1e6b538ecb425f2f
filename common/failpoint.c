/* One armed failpoint and one planted bug a process: tests that need two run
 * two daemons. The armed one is written before threads start; only its
 * countdown changes afterwards. */
#include "common/failpoint.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static lt_err refuse(const char *key, const char *reason, const char *value,
                     struct lt_diag *diag)
{
    (void)lt_diag_set(diag, LT_ECONFIG);
    lt_diag_arg(diag, "key", "%s", key);
    lt_diag_arg(diag, "reason", "%s '%.80s'", reason, value);
    return LT_ECONFIG;
}

#ifdef LT_TEST_HOOKS

#include "common/note.h"

enum action { ACTION_NONE, ACTION_KILL, ACTION_ERROR, ACTION_STALL };

static const struct lt_failpoint_info failpoints[] = {
#define LT_FP(name, where) {#name, where},
#include "common/failpoint_table.h"
};
static const struct lt_failpoint_info plants[] = {
#define LT_PLANT(name, bug) {#name, bug},
#include "common/failpoint_table.h"
};

static enum lt_failpoint armed;
static enum action armed_action;
static _Atomic long hits_left;
static const char *planted;
static bool (*watcher)(void *ctx, enum lt_failpoint failpoint);
static void *watcher_ctx;

const struct lt_failpoint_info *lt_failpoint_at(size_t index)
{
    return index < LT_COUNT_OF(failpoints) ? &failpoints[index] : NULL;
}

const struct lt_failpoint_info *lt_plant_at(size_t index)
{
    return index < LT_COUNT_OF(plants) ? &plants[index] : NULL;
}

static bool read_count(const char *text, long *out)
{
    long value = 0;
    size_t len = strlen(text);

    if (len == 0 || len > 9 || text[0] == '0' ||
        strspn(text, "0123456789") != len) {
        return false;
    }
    for (; *text != '\0'; text++) {
        value = value * 10 + (*text - '0');
    }
    *out = value;
    return true;
}

static bool read_action(const char *text, size_t len, enum action *out)
{
    static const struct {
        const char *word;
        enum action action;
    } words[] = {{"kill", ACTION_KILL},
                 {"error", ACTION_ERROR},
                 {"stall", ACTION_STALL}};

    for (size_t i = 0; i < LT_COUNT_OF(words); i++) {
        if (strlen(words[i].word) == len &&
            memcmp(words[i].word, text, len) == 0) {
            *out = words[i].action;
            return true;
        }
    }
    return false;
}

static lt_err arm(const char *value, struct lt_diag *diag)
{
    static const char key[] = "LIENTHONG_FAILPOINT";
    size_t name_len = strcspn(value, ":");
    const char *word = value + name_len + (value[name_len] == ':');
    size_t word_len = strcspn(word, ":");
    enum action action;
    size_t found = 0;
    long count = 1;

    while (found < LT_COUNT_OF(failpoints) &&
           (strlen(failpoints[found].name) != name_len ||
            memcmp(failpoints[found].name, value, name_len) != 0)) {
        found++;
    }
    if (found == LT_COUNT_OF(failpoints)) {
        return refuse(key, "no such failpoint:", value, diag);
    }
    if (!read_action(word, word_len, &action)) {
        return refuse(key, "not NAME:kill|error|stall[:COUNT]:", value, diag);
    }
    if (word[word_len] == ':' && !read_count(word + word_len + 1, &count)) {
        return refuse(key, "not a count from 1:", value, diag);
    }
    armed = (enum lt_failpoint)found;
    armed_action = action;
    atomic_store(&hits_left, count);
    return LT_OK;
}

lt_err lt_failpoint_start(const char *failpoint, const char *plant,
                          struct lt_diag *diag)
{
    armed_action = ACTION_NONE;
    planted = NULL;
    if (plant != NULL && !lt_plant(plant)) {
        return refuse("LIENTHONG_PLANT", "no such bug:", plant, diag);
    }
    return failpoint != NULL ? arm(failpoint, diag) : LT_OK;
}

static void tell(enum lt_failpoint failpoint)
{
    struct lt_diag diag;

    (void)lt_diag_set(&diag, LT_NFAILPOINT);
    lt_diag_arg(&diag, "name", "%s", failpoints[failpoint].name);
    lt_note(&diag);
}

void lt_failpoint_watch(bool (*hit)(void *ctx, enum lt_failpoint failpoint),
                        void *ctx)
{
    watcher = hit;
    watcher_ctx = ctx;
}

bool lt_failpoint_hit(enum lt_failpoint failpoint)
{
    if (watcher != NULL && watcher(watcher_ctx, failpoint)) {
        return true;
    }
    if (armed_action == ACTION_NONE || failpoint != armed ||
        atomic_fetch_sub(&hits_left, 1) != 1) {
        return false;
    }
    tell(failpoint);
    switch (armed_action) {
    case ACTION_KILL:
        (void)raise(SIGKILL);
        break;
    case ACTION_STALL:
        for (;;) {
            (void)pause();
        }
    case ACTION_ERROR:
    case ACTION_NONE:
        break;
    }
    return true;
}

bool lt_planted(const char *name)
{
    return planted != NULL && strcmp(planted, name) == 0;
}

bool lt_plant(const char *name)
{
    if (name == NULL) {
        planted = NULL;
        return true;
    }
    for (size_t i = 0; i < LT_COUNT_OF(plants); i++) {
        if (strcmp(plants[i].name, name) == 0) {
            planted = plants[i].name;
            return true;
        }
    }
    return false;
}

#else

const struct lt_failpoint_info *lt_failpoint_at(size_t index)
{
    (void)index;
    return NULL;
}

const struct lt_failpoint_info *lt_plant_at(size_t index)
{
    (void)index;
    return NULL;
}

lt_err lt_failpoint_start(const char *failpoint, const char *plant,
                          struct lt_diag *diag)
{
    if (failpoint != NULL) {
        return refuse("LIENTHONG_FAILPOINT",
                      "this build has no test hooks:", failpoint, diag);
    }
    if (plant != NULL) {
        return refuse("LIENTHONG_PLANT", "this build has no test hooks:", plant,
                      diag);
    }
    return LT_OK;
}

#endif

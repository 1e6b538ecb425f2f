/* Commands as the socket speaks them: one table of names, options and bounds.
 *
 * A request is {"command":"case open","options":{...},"request_id":UUID,
 * "lang":"vi","timeout_ms":30000,"proto":1}. lt_args_parse checks the options
 * against the table: unknown ones, wrong types, bounds, UTF-8 and NUL, and
 * brings every text to NFC. What they mean is the handlers' to check.
 *
 * Threading: everything here is pure. */
#ifndef LT_CONTROL_COMMAND_H
#define LT_CONTROL_COMMAND_H

#include <jansson.h>

#include "common/codec.h"

enum lt_option {
#define X(id, name, type, min, max) LT_OPT_##id,
#include "daemon/control/option_table.h"
#undef X
    LT_OPTIONS
};
/* A set of them: a bit an option, at most 128. */
__extension__ typedef unsigned __int128 lt_options;

enum lt_option_type {
    LT_OPTION_TEXT,
    LT_OPTION_NUMBER,
    LT_OPTION_DAY,  /* "YYYY-MM-DD" */
    LT_OPTION_FLAG, /* true or false */
    LT_OPTION_LIST, /* an array of texts */
    LT_OPTION_DATA  /* bytes, as base64url without padding */
};

struct lt_option_row {
    const char *name;
    enum lt_option_type type;
    int64_t min;
    int64_t max;
};
const struct lt_option_row *lt_option_at(enum lt_option option);

/* The options of one command. Texts are borrowed from the JSON or the arena;
 * DATA stands among them, decoded. */
struct lt_args {
    lt_options present;
    struct lt_text texts[LT_OPTIONS];
    int64_t numbers[LT_OPTIONS]; /* numbers, days, flags */
    size_t list_n;               /* there is one list in a command at most */
    const struct lt_text *list;
};
static inline bool lt_args_has(const struct lt_args *args,
                               enum lt_option option)
{
    return (args->present >> option & 1) != 0;
}

enum lt_command_kind {
    LT_COMMAND_WRITE,
    LT_COMMAND_READ,
    LT_COMMAND_TOKEN,
    LT_COMMAND_VERIFY,
    LT_COMMAND_REBUILD,
    LT_COMMAND_BACKUP,
    LT_COMMAND_STREAM,
    LT_COMMAND_PIECE,
    LT_COMMAND_COURIER
};

enum lt_command_id {
#define X(id, name, kind, handler, known, must) LT_CMD_##id,
#include "daemon/control/command_table.h"
#undef X
    LT_COMMANDS
};

struct lt_desk;
struct lt_draft;
struct lt_job;

struct lt_command {
    const char *name;
    enum lt_command_kind kind;
    lt_options known;
    lt_options must;
    /* WRITE: make the event; READ and STREAM: write one JSON object; PIECE and
     * COURIER: look up what the loop shall do. */
    lt_err (*write)(struct lt_desk *desk, const struct lt_args *args,
                    struct lt_draft *draft, struct lt_diag *diag);
    lt_err (*read)(struct lt_desk *desk, const struct lt_args *args,
                   struct lt_buf *out, struct lt_diag *diag);
    lt_err (*find)(struct lt_desk *desk, const struct lt_args *args,
                   struct lt_job *job, struct lt_diag *diag);
};
const struct lt_command *lt_command_at(size_t index);
const struct lt_command *lt_command_find(const char *name);

/* Check @options (an object, or NULL for none) against @command.
 * Errors: LT_EUSAGE (unknown, missing), LT_EINVAL, LT_ETEXT, LT_ETOOBIG, each
 * with "option" in @diag; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_args_parse(const struct lt_command *command,
                                   const json_t *options,
                                   struct lt_arena *arena,
                                   struct lt_args *out_args,
                                   struct lt_diag *diag);

/* "7d", "12h", "30m" or "45s", up to 365 days. */
LT_MUST_CHECK bool lt_duration_parse(struct lt_text text, int64_t *out_ms);

#endif

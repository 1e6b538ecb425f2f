/* What the subcommands of `lienthong` share.
 *
 * A subcommand is a row: name, what follows it, options, a handler. Rows stand
 * in one file a subcommand; tool_table.c lists them. Most handlers build one
 * JSON request, ask the daemon and print the answer.
 *
 * Threading: the tool has one thread. */
#ifndef LT_TOOLS_TOOL_H
#define LT_TOOLS_TOOL_H

#include <jansson.h>
#include <stdio.h>

#include "common/alloc.h"
#include "common/id.h"
#include "common/message.h"
#include "common/sys.h"
#include "common/words.h"

enum {
    LT_TOOL_OPTIONS_MAX = 16,
    LT_TOOL_WORDS_MAX = 3,
    LT_TOOL_LIST_MAX = 200,
    LT_TOOL_STDIN_MAX = 64 * 1024,
    LT_TOOL_TIMEOUT_MS = 30000,
    LT_TOOL_LASTS_MS = 3600000, /* the most that the daemon takes */
    LT_TOOL_TIME_TEXT = 17
};

enum lt_tool_value {
    LT_TOOL_TEXT,   /* "-" reads from stdin */
    LT_TOOL_NUMBER, /* an integer in JSON */
    LT_TOOL_DAY,    /* 21/11/2026 as well */
    LT_TOOL_FLAG,
    LT_TOOL_LIST    /* may be given again; words that follow belong to it */
};

struct lt_tool_option {
    const char *name;  /* without dashes: "doc-no"; doc_no in JSON */
    enum lt_tool_value type;
    const char *meta;  /* what stands for the value in the help; "" = flag */
    const char *text;  /* ui word of its explanation */
    bool local;        /* for the tool itself, not for the daemon */
};

struct lt_policy;
struct lt_tool;
struct lt_tool_command {
    const char *name;                  /* "case open" */
    const char *words[LT_TOOL_WORDS_MAX]; /* what must follow: "id", "kind" */
    const char *rest; /* any number of words, one at least, as they are: a list
                         under this key, for the tool itself */
    const char *meta;                  /* the same for the help: "CASE KIND" */
    const char *text;                  /* ui word: what it does */
    const char *example;               /* what follows the name */
    bool writes;                       /* takes --request-id */
    bool lasts;                        /* minutes, perhaps: told how far */
    struct lt_tool_option options[LT_TOOL_OPTIONS_MAX];
    const struct lt_tool_column *columns; /* of a list, of what is shown */
    int (*run)(struct lt_tool *tool, const struct lt_tool_command *command);
};

/* One call of the tool. */
struct lt_tool {
    const char *dir;
    bool json;
    enum lt_lang lang;
    int timeout_ms;
    bool timeout_given;
    json_t *options;      /* what was given, under their JSON names */
    char request_id[LT_UUID_TEXT]; /* writing commands */
    bool progress;        /* a line of it stands on the terminal */
    const json_t *names;  /* of offices, by id; in the answer at work */
    FILE *out;            /* stdout and stderr; tests hand in others */
    FILE *err;
};

/* Rows of all subcommands, NULL past the end. */
const struct lt_tool_command *lt_tool_command_at(size_t index);

/* Run the tool: arguments as of main. Returns the exit code. */
int lt_tool_main(int argc, char **argv, FILE *out, FILE *err);

/* A value given; NULL (false) when it was not. */
const char *lt_tool_text(const struct lt_tool *tool, const char *name);
bool lt_tool_flag(const struct lt_tool *tool, const char *name);

/* Print a failure (JSON object, or text and remedy) and give its exit code. */
int lt_tool_fail(struct lt_tool *tool, const struct lt_diag *diag,
                 bool unknown);
/* The same with what it is about and why, a ui word; both may be NULL. */
int lt_tool_fail_why(struct lt_tool *tool, lt_err code, const char *what,
                     const char *why);
/* The same for a code with an optional "what". */
int lt_tool_fail_code(struct lt_tool *tool, lt_err code, const char *what);

/* ---- help (help.c) ---- */

/* All commands, or those of a group. */
void lt_help_print(FILE *out, enum lt_lang lang, const char *group);
void lt_help_print_command(const struct lt_tool *tool,
                           const struct lt_tool_command *command);

/* ---- words that may be given (choices.c) ---- */

struct lt_tool_choice {
    const char *command;
    const char *name;  /* of the option or the word, as in JSON */
    const char *title; /* over the list in the help */
    enum lt_words list;
};
/* The list for @name, or the command's first one when that is NULL; NULL when
 * any text may stand there. */
const struct lt_tool_choice *
lt_tool_choice_of(const struct lt_tool_command *command, const char *name);
/* Its words; NULL past the end. */
const struct lt_word *lt_tool_choice_at(const struct lt_tool_choice *choice,
                                        size_t index);

/* ---- talking to the daemon (ask.c) ---- */

struct lt_ask; /* a connection */
LT_MUST_CHECK lt_err lt_ask_open(const char *dir, struct lt_ask **out_ask,
                                 struct lt_diag *diag);
void lt_ask_close(struct lt_ask *ask);
/* Send one frame. Errors: LT_ENOTRUNNING when the daemon went away. */
LT_MUST_CHECK lt_err lt_ask_send(struct lt_ask *ask, const char *json,
                                 size_t len);
/* Receive one frame into @out (replaced). @timeout_ms -1 waits for ever.
 * Errors: LT_EUNKNOWN (time is over, the daemon went away), LT_EPROTO. */
LT_MUST_CHECK lt_err lt_ask_receive(struct lt_ask *ask, int timeout_ms,
                                    struct lt_buf *out);

/* The daemon's status, over a connection of its own; the caller owns it.
 * Errors, output untouched: LT_ENOTRUNNING, LT_EPERM, LT_EBUSY, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_ask_status(const char *dir, json_t **out_status,
                                   struct lt_diag *diag);

/* Is there something to receive within @timeout_ms? */
bool lt_ask_ready(const struct lt_ask *ask, int timeout_ms);

/* ---- long work (progress.c) ---- */

/* Tell how far @command is: on a terminal, or with --json as one line
 * {"progress":{"command","done","total"}} on stderr. */
void lt_progress_tell(struct lt_tool *tool, const char *command, int64_t done,
                      int64_t total);
/* The same from "work" of a status. */
void lt_progress_from_status(struct lt_tool *tool, const char *command,
                             const json_t *status);
/* Take the line off the terminal. */
void lt_progress_end(struct lt_tool *tool);

/* Build the request of @command from the options given. */
LT_MUST_CHECK json_t *lt_tool_request(const struct lt_tool *tool,
                                      const struct lt_tool_command *command);
/* Ask and hand out the answer; failures are printed and give an exit code,
 * 0 means that *out_answer (owned by the caller) is there. With --json the
 * answer has been printed as it came. */
int lt_tool_ask(struct lt_tool *tool, const struct lt_tool_command *command,
                json_t **out_answer);

/* Print an answer that is an error, as it came or as text; @error is its
 * object. Gives the exit code. */
int lt_tool_refused(struct lt_tool *tool, const json_t *error,
                    const struct lt_buf *answer);

/* ---- values for people (format.c) ---- */

struct lt_tool_column;
/* The value of a row in @column, made fit for a terminal. */
void lt_format_cell(const struct lt_tool *tool, const json_t *item,
                    const struct lt_tool_column *column, char *cell,
                    size_t size);
/* The name that the answer has for an office; else its first digits, in static
 * storage; "-" for NULL. */
const char *lt_format_office(const struct lt_tool *tool, const char *id);
/* "2026-11-21" to "21/11/2026" and back; false for what is none. */
LT_MUST_CHECK bool lt_format_day(const char *iso, char out[static LT_DAY_TEXT]);
/* "2026-11" to "11/2026"; false for what is none. */
LT_MUST_CHECK bool lt_format_month(const char *iso,
                                   char out[static LT_DAY_TEXT]);
LT_MUST_CHECK bool lt_format_day_back(const char *text,
                                      char out[static LT_DAY_TEXT]);
/* A time of JSON as "21/11/2026 15:45" of Vietnam, or in milliseconds. */
LT_MUST_CHECK bool lt_format_time(const char *iso,
                                  char out[static LT_TOOL_TIME_TEXT]);
LT_MUST_CHECK bool lt_format_time_ms(const char *iso, int64_t *out_ms);
/* The beginnings of an event's id, which commands take in its place. */
void lt_format_short_id(const char *id, char out[static LT_EVENT_ID_TEXT]);
/* Labels; the word itself when there is none. */
const char *lt_format_word(const struct lt_tool *tool, enum lt_words list,
                           const char *word);
const char *lt_format_ui(const struct lt_tool *tool, const char *prefix,
                         const char *word);
const char *lt_format_kind(const struct lt_tool *tool, const char *word);
/* A directive's code with its label, appended; NULL: not yet arrived. */
void lt_format_status(const struct lt_tool *tool, const char *code, char *cell,
                      size_t size);
/* The tables of DIR/policy, else the program's own. NULL without memory. */
const struct lt_policy *lt_tool_policy(const struct lt_tool *tool);

/* ---- printing (print.c) ---- */

/* How a value is put for people. */
enum lt_tool_cell {
    LT_CELL_PLAIN,        /* as it is; yes or no */
    LT_CELL_OFFICE,       /* id: the name, or its first digits */
    LT_CELL_TIME,         /* 21/11/2026 15:45, of Vietnam */
    LT_CELL_DAY,          /* 21/11/2026 */
    LT_CELL_DUE,          /* the same, marked when overdue */
    LT_CELL_STATE,        /* label, marked when contested, waiting, voided */
    LT_CELL_CASE_TYPE,
    LT_CELL_CLOSE_REASON,
    LT_CELL_INCIDENT_END,
    LT_CELL_DUTY,
    LT_CELL_TURN,
    LT_CELL_TURN_OUTCOME,
    LT_CELL_REQUEST,
    LT_CELL_NOTICE,
    LT_CELL_RETALIATION,
    LT_CELL_ACCUSED,
    LT_CELL_RETALIATION_END,
    LT_CELL_FIELD,
    LT_CELL_STATUS,       /* "03 received" */
    LT_CELL_SHORT_ID,     /* of an event: what commands take as well */
    LT_CELL_SHORT,        /* the first digits of something long */
    LT_CELL_REF,          /* receipt code, else the short id */
    LT_CELL_TARGETS,      /* addressees: how many are how far */
    LT_CELL_OFFICES,      /* their names; not shown when there are none */
    LT_CELL_COUNT         /* a number; not shown when it is 0 */
};

struct lt_tool_column {
    const char *key;   /* in JSON; NULL ends the table */
    const char *title; /* ui word */
    enum lt_tool_cell how;
    bool may_cut;      /* on a narrow screen */
};
/* Rows under a head of titles. */
void lt_print_items(struct lt_tool *tool, const json_t *items,
                    const struct lt_tool_column *columns);
/* @text and blanks up to @width and two more. */
void lt_print_padded(FILE *out, const char *text, size_t width);
/* The ui word filled with one or two arguments, as a line. */
void lt_print_line(struct lt_tool *tool, const char *word, const char *key,
                   const char *value, const char *key2, const char *value2);
/* Cut to so many cells (2 or more), the last an ellipsis. */
void lt_text_cut(char *text, size_t size, size_t cells);
/* {"items":[...],"next":...} as a table aligned by what is seen. */
void lt_print_table(struct lt_tool *tool, const json_t *answer,
                    const struct lt_tool_column *columns);
/* One object, a line a column. */
void lt_print_object(struct lt_tool *tool, const json_t *object,
                     const struct lt_tool_column *columns);
/* The explanation of a deadline, in the language of the tool (cmd_law.c). */
void lt_print_why(struct lt_tool *tool, const json_t *deadline);
/* The answer to a writing command. */
void lt_print_written(struct lt_tool *tool, const json_t *answer);
/* Print a text that came from elsewhere: control characters made visible. */
void lt_print_text(FILE *out, const char *text);
/* Cells that @text takes on a terminal. */
size_t lt_text_width(const char *text);
/* A UUID of version 7. */
void lt_tool_make_id(char out_text[static LT_UUID_TEXT]);

/* Handlers that several rows share. */
int lt_tool_run_write(struct lt_tool *tool,
                      const struct lt_tool_command *command);

int lt_tool_run_list(struct lt_tool *tool,
                     const struct lt_tool_command *command);
int lt_tool_run_show(struct lt_tool *tool,
                     const struct lt_tool_command *command);

/* The rows of each file, ended by a row without a name. */
extern const struct lt_tool_command lt_cmd_init[];
extern const struct lt_tool_command lt_cmd_token[];
extern const struct lt_tool_command lt_cmd_join[];
extern const struct lt_tool_command lt_cmd_case[];
extern const struct lt_tool_command lt_cmd_law[];
extern const struct lt_tool_command lt_cmd_desk[];
extern const struct lt_tool_command lt_cmd_door[];
extern const struct lt_tool_command lt_cmd_revoke[];
extern const struct lt_tool_command lt_cmd_key[];
extern const struct lt_tool_command lt_cmd_root[];
extern const struct lt_tool_command lt_cmd_breach[];
extern const struct lt_tool_command lt_cmd_office[];
extern const struct lt_tool_command lt_cmd_incident[];
extern const struct lt_tool_command lt_cmd_reception[];
extern const struct lt_tool_command lt_cmd_directive[];
extern const struct lt_tool_command lt_cmd_period[];
extern const struct lt_tool_command lt_cmd_request[];
extern const struct lt_tool_command lt_cmd_roster[];
extern const struct lt_tool_command lt_cmd_summary[];
extern const struct lt_tool_command lt_cmd_text[];
extern const struct lt_tool_command lt_cmd_void[];
extern const struct lt_tool_command lt_cmd_erase[];
extern const struct lt_tool_command lt_cmd_receipt[];
extern const struct lt_tool_command lt_cmd_explain[];
extern const struct lt_tool_command lt_cmd_status[];
extern const struct lt_tool_command lt_cmd_log[];
extern const struct lt_tool_command lt_cmd_verify[];
extern const struct lt_tool_command lt_cmd_config[];
extern const struct lt_tool_command lt_cmd_backup[];
extern const struct lt_tool_command lt_cmd_salvage[];
extern const struct lt_tool_command lt_cmd_rebuild[];
extern const struct lt_tool_command lt_cmd_courier[];
extern const struct lt_tool_command lt_cmd_person[];
extern const struct lt_tool_command lt_cmd_register[];
extern const struct lt_tool_command lt_cmd_parcel[];
extern const struct lt_tool_command lt_cmd_standby[];
extern const struct lt_tool_command lt_cmd_tree[];
extern const struct lt_tool_command lt_cmd_region[];
extern const struct lt_tool_command lt_cmd_reader[];
extern const struct lt_tool_command lt_cmd_completion[];

#endif

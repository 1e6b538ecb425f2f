/* Courier bundles at the tool: files that are whole or not there, and files in
 * which pieces are found.
 *
 * Threading: one thread. */
#ifndef LT_TOOLS_COURIER_H
#define LT_TOOLS_COURIER_H

#include "common/courier.h"
#include "tools/tool.h"

/* ---- courier_file.c: writing ---- */

/* One file, or several of at most LT_COURIER_FILE_MAX in a folder. Under a
 * name of its own (.part) until it is complete and synced. */
struct lt_courier_out {
    const char *path;  /* as given */
    bool folder;
    char base[16];     /* of the names in a folder */
    char name[4096];   /* of the file at work */
    char part[4200];
    int fd;            /* -1: none is open */
    size_t written;    /* of that file */
    unsigned files_n;  /* that are complete */
    uint64_t bytes;    /* of all files */
    json_t *names;     /* of those that are complete */
};

/* Errors: LT_ECREATE when there is a file of that name; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_courier_out_open(struct lt_courier_out *out,
                                         const char *path,
                                         struct lt_diag *diag);
/* @bundle: hex digits that name the export. Errors: LT_ECREATE, LT_EFULL,
 * LT_EIO. */
LT_MUST_CHECK lt_err lt_courier_out_put(struct lt_courier_out *out,
                                        const char *bundle,
                                        const uint8_t *bytes, size_t len,
                                        struct lt_diag *diag);
/* Complete the last file. Errors as above. */
LT_MUST_CHECK lt_err lt_courier_out_finish(struct lt_courier_out *out,
                                           struct lt_diag *diag);
/* What is not complete is removed. */
void lt_courier_out_close(struct lt_courier_out *out);

/* ---- courier_file.c: reading ---- */

struct lt_courier_in {
    const char *path;
    int fd;          /* -1: held in memory */
    uint8_t *memory;
    uint64_t size;
    uint8_t *window; /* LT_COURIER_PIECE_MAX bytes and more */
    size_t window_len;
    uint64_t window_at;
};

/* "-" is stdin. Errors: LT_ENOINPUT, LT_ETOOBIG (stdin alone), LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_courier_in_open(struct lt_courier_in *in,
                                        const char *path,
                                        struct lt_diag *diag);
/* The next place from *at on where a piece may begin, with the bytes there:
 * at most LT_COURIER_PIECE_MAX, fewer at the end. *out_len 0: there is none.
 * Errors: LT_ENOINPUT when it cannot be read on. */
LT_MUST_CHECK lt_err lt_courier_in_find(struct lt_courier_in *in, uint64_t *at,
                                        const uint8_t **out_bytes,
                                        size_t *out_len, struct lt_diag *diag);
void lt_courier_in_close(struct lt_courier_in *in);

/* ---- cmd_courier.c ---- */

struct lt_courier_ask {
    struct lt_tool *tool;
    struct lt_ask *ask;
    struct lt_buf answer;
};

/* Ask the daemon, @options (taken over). 0 and *out_answer (the caller's),
 * which may hold an "error"; or the exit code of what was printed. */
int lt_courier_ask(struct lt_courier_ask *ask, const char *command,
                   json_t *options, json_t **out_answer);
/* Sums of an export. */
struct lt_courier_sums {
    json_int_t segments;
    json_int_t events;
    unsigned pieces;
    char bundle[2 * LT_COURIER_ID_LEN + 1];
    char statement_at[LT_TIME_TEXT]; /* "": none is known */
};
/* Export for @office into @out; 0 or the exit code of what was printed. */
int lt_courier_write(struct lt_courier_ask *ask, const char *office,
                     bool receipt, struct lt_courier_out *out,
                     struct lt_courier_sums *sums);
/* courier_import.c */
int lt_courier_run_import(struct lt_tool *tool,
                          const struct lt_tool_command *command);

#endif

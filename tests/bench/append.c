/* The reference: one SQLite append table and nothing else.
 *
 *   lt-bench-append ROWS DB BATCH
 *
 * Commits the rows of a corpus (lienthong-load --rows), one row an event, in
 * batches, WAL with synchronous=FULL as the log has it. Prints how long. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { HEAD = 4 };

static void stop(const char *what)
{
    fprintf(stderr, "lt-bench-append: %s\n", what);
    exit(1);
}

static unsigned char *read_all(const char *path, size_t *out_len)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes;
    long len;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 ||
        (len = ftell(file)) <= 0 || fseek(file, 0, SEEK_SET) != 0) {
        stop("cannot read the rows");
        return NULL;
    }
    bytes = malloc((size_t)len);
    if (bytes == NULL || fread(bytes, 1, (size_t)len, file) != (size_t)len) {
        stop("cannot read the rows");
    }
    (void)fclose(file);
    *out_len = (size_t)len;
    return bytes;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        stop(sqlite3_errmsg(db));
    }
}

static double now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    unsigned char *rows;
    size_t len = 0;
    size_t at = 0;
    unsigned long n = 0;
    unsigned long batch;
    double begun;

    if (argc != 4 || (batch = strtoul(argv[3], NULL, 10)) == 0) {
        stop("usage: lt-bench-append ROWS DB BATCH");
        return 1;
    }
    rows = read_all(argv[1], &len);
    if (sqlite3_open(argv[2], &db) != SQLITE_OK) {
        stop("cannot open the database");
    }
    run(db, "PRAGMA journal_mode=WAL");
    run(db, "PRAGMA synchronous=FULL");
    run(db, "CREATE TABLE log(pos INTEGER PRIMARY KEY, body BLOB NOT NULL)");
    if (sqlite3_prepare_v2(db, "INSERT INTO log(body) VALUES(?)", -1, &insert,
                           NULL) != SQLITE_OK) {
        stop(sqlite3_errmsg(db));
    }
    begun = now_s();
    while (at + HEAD <= len) {
        size_t size = (size_t)rows[at] << 24 | (size_t)rows[at + 1] << 16 |
                      (size_t)rows[at + 2] << 8 | rows[at + 3];

        at += HEAD;
        if (size > len - at) {
            stop("the rows end in the middle");
        }
        if (n % batch == 0) {
            run(db, "BEGIN");
        }
        if (sqlite3_bind_blob(insert, 1, &rows[at], (int)size,
                              SQLITE_STATIC) != SQLITE_OK ||
            sqlite3_step(insert) != SQLITE_DONE ||
            sqlite3_reset(insert) != SQLITE_OK) {
            stop(sqlite3_errmsg(db));
        }
        at += size;
        if (++n % batch == 0) {
            run(db, "COMMIT");
        }
    }
    if (n % batch != 0) {
        run(db, "COMMIT");
    }
    printf("{\"rows\":%lu,\"seconds\":%.6f}\n", n, now_s() - begun);
    (void)sqlite3_finalize(insert);
    (void)sqlite3_close(db);
    free(rows);
    return 0;
}

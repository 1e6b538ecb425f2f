/* The real trees: a province of tests/data and all offices below it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/csv.h"
#include "tools/sim/sim.h"

enum { FILE_MAX = 16 << 20, CODE_MAX = 12 };

static const char *const COLUMNS[] = {"tier", "code", "parent_code", "name"};

struct known {
    char code[CODE_MAX];
};

static char *read_file(const char *path, size_t *out_len)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(FILE_MAX + 1);
    size_t len;

    if (file == NULL || text == NULL) {
        free(text);
        if (file != NULL) {
            (void)fclose(file);
        }
        return NULL;
    }
    len = fread(text, 1, FILE_MAX, file);
    (void)fclose(file);
    *out_len = len;
    return text;
}

static int find(const struct known *known, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(known[i].code, code) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static bool add(struct sim_shape *shape, struct known *known, int parent,
                char *const *fields)
{
    struct sim_place *place;

    if (shape->n == SIM_NODES_MAX - 1 || strlen(fields[1]) >= CODE_MAX ||
        strlen(fields[0]) >= sizeof(place->kind) ||
        strlen(fields[3]) > LT_NAME_MAX) {
        return false;
    }
    place = &shape->places[shape->n];
    place->parent = parent;
    strcpy(place->kind, fields[0]);
    strcpy(place->name, fields[3]);
    strcpy(known[shape->n].code, fields[1]);
    shape->n++;
    return true;
}

/* Parents stand before their children in these files. */
static bool collect(struct lt_csv *csv, const char *code,
                    struct sim_shape *shape, struct known *known,
                    struct lt_diag *diag)
{
    char *fields[LT_COUNT_OF(COLUMNS)];
    bool more = true;

    while (lt_csv_next(csv, fields, &more, diag) == LT_OK && more) {
        int parent = find(known, shape->n, fields[2]);
        bool top = shape->n == 0 && strcmp(fields[1], code) == 0;

        if ((top || (shape->n > 0 && parent >= 0)) &&
            !add(shape, known, top ? -1 : parent, fields)) {
            return false;
        }
    }
    return !more && shape->n > 0;
}

bool sim_shape_read(const char *path, const char *code, struct sim_shape *out)
{
    struct known *known = calloc(SIM_NODES_MAX, sizeof(*known));
    struct lt_diag diag = {0};
    struct lt_csv csv;
    size_t len = 0;
    char *text = read_file(path, &len);
    bool ok = false;

    *out = (struct sim_shape){.places =
                                  calloc(SIM_NODES_MAX, sizeof(*out->places))};
    if (known != NULL && out->places != NULL && text != NULL &&
        lt_csv_begin(&csv, path, text, len, COLUMNS, LT_COUNT_OF(COLUMNS),
                     &diag) == LT_OK) {
        ok = collect(&csv, code, out, known, &diag);
    }
    if (!ok) {
        fprintf(stderr, "no tree of office %s in %s\n", code, path);
    }
    free(text);
    free(known);
    return ok;
}

void sim_shape_free(struct sim_shape *shape)
{
    free(shape->places);
}

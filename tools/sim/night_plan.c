/* From three files to the changes of one night. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/csv.h"
#include "tools/sim/night.h"

enum {
    FILE_MAX = 16 << 20,
    CODE_MAX = 8,
    UNITS_MAX = 12000,
    LINES_MAX = 20000,
    NOBODY = -1
};

struct unit {
    char tier; /* p, d, c */
    char code[CODE_MAX];
    char parent[CODE_MAX];
    char *name;
    int node;  /* in the plan; NOBODY: of another province */
    int heir;  /* of an old commune: the new one; NOBODY: not known yet */
    int taken; /* of a new one: the old office that goes on as it */
    unsigned heirs_n;
};

struct units {
    struct unit *items;
    size_t n;
};

struct line {
    char old_code[CODE_MAX];
    char new_code[CODE_MAX];
    bool whole;
};

struct reading {
    struct units before;
    struct units after;
    struct line *lines;
    size_t lines_n;
    struct night_plan *plan;
    const char *code;
    int *province; /* of each old province: does it become ours? */
};

/* ---- files ---- */

static char *read_file(const char *folder, const char *name, size_t *out_len)
{
    char path[512];
    FILE *file;
    char *text = malloc(FILE_MAX + 1);

    if (text == NULL || snprintf(path, sizeof(path), "%s/%s", folder, name) >=
                            (int)sizeof(path)) {
        free(text);
        return NULL;
    }
    file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        free(text);
        return NULL;
    }
    *out_len = fread(text, 1, FILE_MAX, file);
    (void)fclose(file);
    return text;
}

static void copy(char *to, const char *from)
{
    (void)snprintf(to, CODE_MAX, "%s", from);
}

static bool add_unit(struct units *units, char *const *fields)
{
    struct unit *unit;

    if (units->n == UNITS_MAX) {
        return false;
    }
    unit = &units->items[units->n++];
    unit->tier = fields[0][0];
    copy(unit->code, fields[1]);
    copy(unit->parent, fields[2]);
    unit->name = strdup(fields[3]);
    unit->node = unit->heir = unit->taken = NOBODY;
    return unit->name != NULL;
}

static bool read_units(const char *folder, const char *name,
                       struct units *units)
{
    static const char *const COLUMNS[] = {"tier", "code", "parent_code",
                                          "name"};
    char *fields[LT_COUNT_OF(COLUMNS)];
    struct lt_diag diag = {0};
    struct lt_csv csv;
    size_t len = 0;
    char *text = read_file(folder, name, &len);
    bool more = true;
    bool ok;

    units->items = calloc(UNITS_MAX, sizeof(*units->items));
    ok = text != NULL && units->items != NULL &&
         lt_csv_begin(&csv, name, text, len, COLUMNS, LT_COUNT_OF(COLUMNS),
                      &diag) == LT_OK;
    while (ok && lt_csv_next(&csv, fields, &more, &diag) == LT_OK && more) {
        ok = add_unit(units, fields);
    }
    free(text);
    return ok && !more;
}

static bool read_lines(const char *folder, struct reading *r)
{
    static const char *const COLUMNS[] = {"old_code", "new_code", "extent"};
    char *fields[LT_COUNT_OF(COLUMNS)];
    struct lt_diag diag = {0};
    struct lt_csv csv;
    size_t len = 0;
    char *text = read_file(folder, "succession-2025-07.csv", &len);
    bool more = true;
    bool ok;

    r->lines = calloc(LINES_MAX, sizeof(*r->lines));
    ok = text != NULL && r->lines != NULL &&
         lt_csv_begin(&csv, "succession", text, len, COLUMNS,
                      LT_COUNT_OF(COLUMNS), &diag) == LT_OK;
    while (ok && lt_csv_next(&csv, fields, &more, &diag) == LT_OK && more) {
        struct line *line = &r->lines[r->lines_n++];

        copy(line->old_code, fields[0]);
        copy(line->new_code, fields[1]);
        line->whole = strcmp(fields[2], "whole") == 0;
        ok = r->lines_n < LINES_MAX;
    }
    free(text);
    return ok && !more;
}

/* ---- looking up ---- */

static int find(const struct units *units, char tier, const char *code)
{
    for (size_t i = 0; i < units->n; i++) {
        if (units->items[i].tier == tier &&
            strcmp(units->items[i].code, code) == 0) {
            return (int)i;
        }
    }
    return NOBODY;
}

/* The old province above an old commune. */
static int province_of(const struct reading *r, const struct unit *commune)
{
    int district = find(&r->before, 'd', commune->parent);

    return district == NOBODY
               ? NOBODY
               : find(&r->before, 'p', r->before.items[district].parent);
}

static bool is_ours(const struct reading *r, const struct unit *after)
{
    return strcmp(after->parent, r->code) == 0;
}

/* ---- who becomes what ---- */

/* An old province becomes the new one where most of its communes went. */
static bool choose_provinces(struct reading *r)
{
    int *ours = calloc(r->before.n, sizeof(int));
    int *all = calloc(r->before.n, sizeof(int));
    bool any = false;

    r->province = calloc(r->before.n, sizeof(int));
    if (ours == NULL || all == NULL || r->province == NULL) {
        abort();
    }
    for (size_t i = 0; i < r->lines_n; i++) {
        int from = find(&r->before, 'c', r->lines[i].old_code);
        int to = find(&r->after, 'c', r->lines[i].new_code);
        int province =
            from == NOBODY ? NOBODY : province_of(r, &r->before.items[from]);

        if (province != NOBODY && to != NOBODY) {
            all[province]++;
            ours[province] += is_ours(r, &r->after.items[to]) ? 1 : 0;
        }
    }
    for (size_t i = 0; i < r->before.n; i++) {
        r->province[i] = r->before.items[i].tier == 'p' &&
                         2 * ours[i] > all[i] && all[i] > 0;
        any |= r->province[i] != 0;
    }
    free(ours);
    free(all);
    return any;
}

static bool is_before(const struct reading *r, const struct unit *commune)
{
    int province = province_of(r, commune);

    return province != NOBODY && r->province[province] != 0;
}

static void follow_lines(struct reading *r)
{
    for (int whole = 1; whole >= 0; whole--) {
        for (size_t i = 0; i < r->lines_n; i++) {
            const struct line *line = &r->lines[i];
            int from = find(&r->before, 'c', line->old_code);
            int to = find(&r->after, 'c', line->new_code);

            if (line->whole != (whole == 1) || from == NOBODY || to == NOBODY ||
                !is_before(r, &r->before.items[from])) {
                continue;
            }
            r->before.items[from].heirs_n++;
            if (!is_ours(r, &r->after.items[to])) {
                r->plan->counts.elsewhere++;
            } else if (r->before.items[from].heir == NOBODY) {
                r->before.items[from].heir = to;
            }
        }
    }
}

/* Where most communes of that district went. */
static int most_of_district(const struct reading *r, const char *district)
{
    int best = NOBODY;
    unsigned most = 0;

    for (size_t a = 0; a < r->after.n; a++) {
        unsigned n = 0;

        for (size_t b = 0; is_ours(r, &r->after.items[a]) && b < r->before.n;
             b++) {
            n += r->before.items[b].tier == 'c' &&
                         r->before.items[b].heirs_n > 0 &&
                         r->before.items[b].heir == (int)a &&
                         strcmp(r->before.items[b].parent, district) == 0
                     ? 1
                     : 0;
        }
        if (n > most) {
            most = n;
            best = (int)a;
        }
    }
    return best;
}

static void apply_rules(struct reading *r)
{
    struct night_counts *counts = &r->plan->counts;

    for (size_t i = 0; i < r->before.n; i++) {
        struct unit *old = &r->before.items[i];
        int same;

        if (old->tier != 'c' || !is_before(r, old)) {
            continue;
        }
        counts->old_communes++;
        counts->in_parts += old->heirs_n > 1 ? 1 : 0;
        if (old->heir != NOBODY) {
            continue;
        }
        same = find(&r->after, 'c', old->code);
        if (same != NOBODY && is_ours(r, &r->after.items[same])) {
            old->heir = same;
            counts->by_code++;
            continue;
        }
        old->heir = most_of_district(r, old->parent);
        if (old->heir != NOBODY) {
            counts->by_district++;
        } else {
            counts->by_province++;
        }
    }
}

/* Which old office goes on as a new one: that of the same code, else the first
 * that went there. */
static void choose_offices(struct reading *r)
{
    for (int same = 1; same >= 0; same--) {
        for (size_t i = 0; i < r->before.n; i++) {
            struct unit *old = &r->before.items[i];
            struct unit *to;

            if (old->tier != 'c' || old->heir == NOBODY || !is_before(r, old)) {
                continue;
            }
            to = &r->after.items[old->heir];
            if (to->taken == NOBODY &&
                (strcmp(old->code, to->code) == 0 || same == 0)) {
                to->taken = (int)i;
            }
        }
    }
}

/* ---- the offices ---- */

static int add_place(struct reading *r, int parent, const char *kind,
                     const char *name)
{
    struct sim_shape *shape = &r->plan->shape;
    struct sim_place *place;

    if (shape->n == SIM_NODES_MAX - 1) {
        return NOBODY;
    }
    place = &shape->places[shape->n];
    place->parent = parent;
    (void)snprintf(place->kind, sizeof(place->kind), "%s", kind);
    (void)snprintf(place->name, sizeof(place->name), "%s", name);
    return (int)shape->n++;
}

static bool add_below(struct reading *r, char tier, const char *kind)
{
    for (size_t i = 0; i < r->before.n; i++) {
        struct unit *unit = &r->before.items[i];
        int above;

        if (unit->tier != tier) {
            continue;
        }
        above = tier == 'p'
                    ? NOBODY
                    : find(&r->before, tier == 'd' ? 'p' : 'd', unit->parent);
        if (tier == 'p'
                ? r->province[i] == 0
                : above == NOBODY || r->before.items[above].node == NOBODY) {
            continue;
        }
        unit->node = add_place(r, tier == 'p' ? 0 : r->before.items[above].node,
                               kind, unit->name);
        if (unit->node == NOBODY) {
            fprintf(stderr, "too many offices for one run\n");
            return false;
        }
        r->plan->counts.old_provinces += tier == 'p' ? 1 : 0;
        r->plan->counts.districts += tier == 'd' ? 1 : 0;
    }
    return true;
}

/* The old province of the same code is the new one, or the first of them. */
static void choose_province(struct reading *r)
{
    bool found = false;

    for (size_t i = 0; i < r->before.n; i++) {
        const struct unit *unit = &r->before.items[i];

        if (unit->tier == 'p' && unit->node != NOBODY &&
            (!found || strcmp(unit->code, r->code) == 0)) {
            r->plan->province = (unsigned)unit->node;
            found = true;
        }
    }
}

/* New communes without an office that could go on as them are opened before. */
static bool add_opened(struct reading *r)
{
    for (size_t i = 0; i < r->after.n; i++) {
        struct unit *unit = &r->after.items[i];

        if (unit->tier != 'c' || !is_ours(r, unit)) {
            continue;
        }
        r->plan->counts.new_communes++;
        if (unit->taken != NOBODY) {
            unit->node = r->before.items[unit->taken].node;
            continue;
        }
        unit->node =
            add_place(r, (int)r->plan->province, "commune", unit->name);
        r->plan->counts.opened++;
        if (unit->node == NOBODY) {
            return false;
        }
    }
    return true;
}

/* ---- the changes ---- */

static void add_change(struct reading *r, enum night_step step, int node,
                       int to, const char *name)
{
    struct night_plan *plan = r->plan;

    plan->changes[plan->changes_n++] =
        (struct night_change){.step = step,
                              .node = (unsigned)node,
                              .to = (unsigned)to,
                              .name = name == NULL ? NULL : strdup(name)};
}

static void make_changes(struct reading *r)
{
    int province = (int)r->plan->province;

    for (size_t i = 0; i < r->before.n; i++) {
        const struct unit *old = &r->before.items[i];

        if (old->tier == 'c' && old->node != NOBODY && old->heir != NOBODY &&
            r->after.items[old->heir].taken == (int)i) {
            add_change(r, NIGHT_MOVE, old->node, province,
                       r->after.items[old->heir].name);
            r->plan->counts.kept++;
        }
    }
    for (size_t i = 0; i < r->before.n; i++) {
        const struct unit *old = &r->before.items[i];

        if (old->tier == 'c' && old->node != NOBODY &&
            (old->heir == NOBODY ||
             r->after.items[old->heir].taken != (int)i)) {
            add_change(r, NIGHT_CLOSE, old->node,
                       old->heir == NOBODY ? province
                                           : r->after.items[old->heir].node,
                       NULL);
        }
    }
    for (int tier = 0; tier < 2; tier++) {
        for (size_t i = 0; i < r->before.n; i++) {
            const struct unit *old = &r->before.items[i];

            if (old->tier == (tier == 0 ? 'd' : 'p') && old->node != NOBODY &&
                old->node != province) {
                add_change(r, NIGHT_CLOSE, old->node, province, NULL);
            }
        }
    }
}

static void forget(struct units *units)
{
    for (size_t i = 0; units->items != NULL && i < units->n; i++) {
        free(units->items[i].name);
    }
    free(units->items);
}

bool night_plan_read(const char *folder, const char *code,
                     struct night_plan *out)
{
    struct reading r = {.plan = out, .code = code};
    bool ok;

    *out = (struct night_plan){
        .shape.places = calloc(SIM_NODES_MAX, sizeof(*out->shape.places)),
        .changes = calloc(SIM_NODES_MAX, sizeof(*out->changes))};
    if (out->shape.places == NULL || out->changes == NULL) {
        abort();
    }
    ok = read_units(folder, "units-2025-01.csv", &r.before) &&
         read_units(folder, "units-2026-07.csv", &r.after) &&
         read_lines(folder, &r) && choose_provinces(&r);
    if (ok) {
        follow_lines(&r);
        apply_rules(&r);
        choose_offices(&r);
        ok = add_place(&r, -1, "national", "Trung ương") == 0 &&
             add_below(&r, 'p', "province") && add_below(&r, 'd', "district") &&
             add_below(&r, 'c', "commune");
    }
    if (ok) {
        choose_province(&r);
        ok = add_opened(&r);
    }
    if (ok) {
        make_changes(&r);
    } else {
        fprintf(stderr, "no night of province %s in %s\n", code, folder);
    }
    forget(&r.before);
    forget(&r.after);
    free(r.lines);
    free(r.province);
    return ok;
}

void night_plan_free(struct night_plan *plan)
{
    for (size_t i = 0; i < plan->changes_n; i++) {
        free((void *)(uintptr_t)plan->changes[i].name);
    }
    free(plan->changes);
    sim_shape_free(&plan->shape);
}

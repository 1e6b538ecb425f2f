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
    int above;   /* of the same file; NOBODY: of a province */
    int becomes; /* an old province: which new one; NOBODY: not of this plan */
    int node;    /* in the plan; NOBODY: of another province */
    int heir;  /* of an old commune: the new one; NOBODY: not known yet */
    int taken; /* of a new one: the old office that goes on as it */
    unsigned heirs_n;
    bool by_district; /* its heir is where others of its district went */
};

struct units {
    struct unit *items;
    int *by_code; /* all of them, by tier and code */
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
    const char *codes; /* of new provinces; NULL: all of them */
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
    unit->above = unit->becomes = NOBODY;
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

static int compare_codes(char tier, const char *code, const struct unit *unit)
{
    return tier != unit->tier ? (tier < unit->tier ? -1 : 1)
                              : strcmp(code, unit->code);
}

static int compare_units(const void *a, const void *b, void *units)
{
    const struct unit *items = ((const struct units *)units)->items;
    const struct unit *left = &items[*(const int *)a];

    return compare_codes(left->tier, left->code, &items[*(const int *)b]);
}

static int find(const struct units *units, char tier, const char *code)
{
    size_t low = 0;
    size_t high = units->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_codes(tier, code,
                                  &units->items[units->by_code[middle]]);

        if (order == 0) {
            return units->by_code[middle];
        }
        low = order > 0 ? middle + 1 : low;
        high = order < 0 ? middle : high;
    }
    return NOBODY;
}

/* @tiers: from the top down, as "pdc". */
static void index_units(struct units *units, const char *tiers)
{
    units->by_code = calloc(units->n + 1, sizeof(*units->by_code));
    if (units->by_code == NULL) {
        abort();
    }
    for (size_t i = 0; i < units->n; i++) {
        units->by_code[i] = (int)i;
    }
    qsort_r(units->by_code, units->n, sizeof(*units->by_code), compare_units,
            units);
    for (size_t i = 0; i < units->n; i++) {
        const char *tier = strchr(tiers, units->items[i].tier);

        if (tier != NULL && tier > tiers) {
            units->items[i].above =
                find(units, tier[-1], units->items[i].parent);
        }
    }
}

/* The old province above an old commune. */
static int province_of(const struct reading *r, const struct unit *commune)
{
    return commune->above == NOBODY ? NOBODY
                                    : r->before.items[commune->above].above;
}

/* The new province that an old commune's province becomes. */
static int becomes(const struct reading *r, const struct unit *commune)
{
    int province = province_of(r, commune);

    return province == NOBODY ? NOBODY : r->before.items[province].becomes;
}

/* Is it a new province of this plan? */
static bool is_chosen(const struct reading *r, const char *code)
{
    size_t len = strlen(code);
    const char *at = r->codes;

    while (at != NULL && strncmp(at, code, len) != 0) {
        at = strchr(at, ',');
        at = at == NULL ? NULL : at + 1;
    }
    return r->codes == NULL ||
           (at != NULL && (at[len] == ',' || at[len] == '\0'));
}

/* Is it one of the new communes of this plan? */
static bool is_ours(const struct reading *r, const struct unit *after)
{
    return is_chosen(r, after->parent);
}

/* ---- who becomes what ---- */

static void count_went(const struct reading *r, const char *old_code,
                       const char *new_code, unsigned n, unsigned *went)
{
    int from = find(&r->before, 'c', old_code);
    int to = find(&r->after, 'c', new_code);
    int province =
        from == NOBODY ? NOBODY : province_of(r, &r->before.items[from]);

    if (province != NOBODY && to != NOBODY &&
        r->after.items[to].above != NOBODY) {
        went[(size_t)province * r->after.n +
             (size_t)r->after.items[to].above] += n;
    }
}

/* An old province becomes the new one where most of its communes went; one of
 * which the file names no commune, where most of their codes are now. */
static bool choose_provinces(struct reading *r)
{
    unsigned *went = calloc(r->before.n * r->after.n + 1, sizeof(*went));
    bool any = false;

    if (went == NULL) {
        abort();
    }
    for (size_t i = 0; i < r->lines_n; i++) {
        count_went(r, r->lines[i].old_code, r->lines[i].new_code, UNITS_MAX,
                   went);
    }
    for (size_t i = 0; i < r->before.n; i++) { /* less than any that is named */
        count_went(r, r->before.items[i].code, r->before.items[i].code, 1,
                   went);
    }
    for (size_t i = 0; i < r->before.n; i++) {
        const unsigned *to = &went[i * r->after.n];
        size_t best = 0;

        if (r->before.items[i].tier != 'p') {
            continue;
        }
        for (size_t n = 1; n < r->after.n; n++) {
            best = to[n] > to[best] ? n : best;
        }
        if (to[best] > 0 && is_chosen(r, r->after.items[best].code)) {
            r->before.items[i].becomes = (int)best;
            any = true;
        }
    }
    free(went);
    return any;
}

static bool is_before(const struct reading *r, const struct unit *commune)
{
    return becomes(r, commune) != NOBODY;
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
static int most_of_district(const struct reading *r, int district)
{
    unsigned *went = calloc(r->after.n + 1, sizeof(*went));
    int best = NOBODY;

    if (went == NULL) {
        abort();
    }
    for (size_t i = 0; i < r->before.n; i++) {
        const struct unit *old = &r->before.items[i];

        if (old->tier == 'c' && old->above == district &&
            old->heir != NOBODY && !old->by_district) {
            went[old->heir]++;
        }
    }
    for (size_t i = 0; i < r->after.n; i++) {
        if (went[i] > (best == NOBODY ? 0 : went[best])) {
            best = (int)i;
        }
    }
    free(went);
    return best;
}

static void apply_rules(struct reading *r)
{
    struct night_counts *counts = &r->plan->counts;

    /* By code first: where those went, others of the district go as well. */
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
        }
    }
    for (size_t i = 0; i < r->before.n; i++) {
        struct unit *old = &r->before.items[i];

        if (old->tier != 'c' || !is_before(r, old) || old->heir != NOBODY) {
            continue;
        }
        old->by_district = true;
        old->heir = most_of_district(r, old->above);
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
        int above = 0;

        if (unit->tier != tier) {
            continue;
        }
        if (tier == 'p' ? unit->becomes == NOBODY : unit->above == NOBODY) {
            continue;
        }
        if (tier != 'p') {
            above = r->before.items[unit->above].node;
        }
        if (above == NOBODY) {
            continue;
        }
        unit->node = add_place(r, above, kind, unit->name);
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
    for (size_t i = 0; i < r->before.n; i++) {
        const struct unit *old = &r->before.items[i];
        struct unit *to =
            old->becomes == NOBODY ? NULL : &r->after.items[old->becomes];

        if (to != NULL &&
            (to->taken == NOBODY || strcmp(old->code, to->code) == 0)) {
            r->plan->counts.new_provinces += to->taken == NOBODY ? 1 : 0;
            to->taken = (int)i;
            to->node = old->node;
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
        if (unit->above == NOBODY || r->after.items[unit->above].node < 0) {
            return false;
        }
        unit->node = add_place(r, r->after.items[unit->above].node, "commune",
                               unit->name);
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

/* The new province that takes over from an old unit. */
static int new_province(const struct reading *r, const struct unit *old)
{
    const struct unit *province = old;

    while (province->above != NOBODY) {
        province = &r->before.items[province->above];
    }
    return r->after.items[province->becomes].node;
}

static bool goes_on(const struct reading *r, size_t old)
{
    const struct unit *unit = &r->before.items[old];

    return unit->heir != NOBODY &&
           r->after.items[unit->heir].taken == (int)old;
}

static void make_changes(struct reading *r)
{
    static const char TIERS[] = {'d', 'p'};

    for (size_t i = 0; i < r->before.n; i++) {
        const struct unit *old = &r->before.items[i];

        if (old->tier == 'c' && old->node != NOBODY && goes_on(r, i)) {
            const struct unit *to = &r->after.items[old->heir];

            add_change(r, NIGHT_MOVE, old->node, r->after.items[to->above].node,
                       to->name);
            r->plan->counts.kept++;
        }
    }
    for (size_t i = 0; i < r->before.n; i++) {
        const struct unit *old = &r->before.items[i];

        if (old->tier == 'c' && old->node != NOBODY && !goes_on(r, i)) {
            add_change(r, NIGHT_CLOSE, old->node,
                       old->heir == NOBODY ? new_province(r, old)
                                           : r->after.items[old->heir].node,
                       NULL);
        }
    }
    for (size_t tier = 0; tier < LT_COUNT_OF(TIERS); tier++) {
        for (size_t i = 0; i < r->before.n; i++) {
            const struct unit *old = &r->before.items[i];

            if (old->tier == TIERS[tier] && old->node != NOBODY &&
                old->node != new_province(r, old)) {
                add_change(r, NIGHT_CLOSE, old->node, new_province(r, old),
                           NULL);
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
    free(units->by_code);
}

bool night_plan_read(const char *folder, const char *codes,
                     struct night_plan *out)
{
    struct reading r = {.plan = out, .codes = codes};
    bool ok;

    *out = (struct night_plan){
        .shape.places = calloc(SIM_NODES_MAX, sizeof(*out->shape.places)),
        .changes = calloc(SIM_NODES_MAX, sizeof(*out->changes))};
    if (out->shape.places == NULL || out->changes == NULL) {
        abort();
    }
    ok = read_units(folder, "units-2025-01.csv", &r.before) &&
         read_units(folder, "units-2026-07.csv", &r.after) &&
         read_lines(folder, &r);
    if (ok) {
        index_units(&r.before, "pdc");
        index_units(&r.after, "pc");
        ok = choose_provinces(&r);
    }
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
        fprintf(stderr, "no night of %s in %s\n",
                codes == NULL ? "of the country" : codes, folder);
    }
    forget(&r.before);
    forget(&r.after);
    free(r.lines);
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

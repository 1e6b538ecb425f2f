/* The tree's events, in any order: what is opened, moved, merged, closed,
 * prepared, granted. Eight bytes an event; the first byte of the input turns
 * the order in which they come, and says whether one root writes or three, who
 * may step down for each other, or let go of an office. Whatever came, and however it came, the tree
 * has one root (beside it at most those that are no part of it), no loop, a
 * bounded depth, heirs that end in an open office; and two orders come to the
 * same tree. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/tree.h"

enum { EVENT_BYTES = 8, EVENTS_MAX = 40, OFFICES = 12, ROOTS = 3 };

struct story {
    struct lt_event events[EVENTS_MAX];
    struct lt_office to[EVENTS_MAX][2];
    size_t n;
    bool joins;
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return lt_crypto_start() == LT_OK ? 0 : -1;
}

static struct lt_office office_no(unsigned n)
{
    struct lt_office office = {{0}};

    office.bytes[0] = (uint8_t)n;
    office.bytes[LT_OFFICE_LEN - 1] = n != 0;
    return office;
}

static void read_event(const uint8_t *at, uint64_t version,
                       struct lt_office to[static 2], struct lt_event *out)
{
    static const struct lt_text names[] = {{"Thạnh Đức", 12}, {"Gò Dầu", 9}};
    static const struct lt_text kind = {"commune", 7};

    *out = (struct lt_event){.id = {.origin = office_no(1),
                                    .epoch = 1 + at[7] % 2,
                                    .count = version},
                             .hlc = at[7],
                             .type = LT_EV_OFFICE_CHANGED};
    out->office.id = office_no(1 + at[1] % OFFICES);
    out->office.parent = office_no(at[2] % (OFFICES + 1));
    out->office.keeper = at[3] % 4 == 0;
    switch (at[0] % 6) {
    case 0:
    case 1:
        out->type = LT_EV_OFFICE_OPENED;
        out->office.name = names[at[3] % 2];
        out->office.kind = kind;
        break;
    case 2:
        out->type = at[3] % 2 == 0 ? LT_EV_READ_GRANTED : LT_EV_READ_WITHDRAWN;
        to[0] = office_no(1 + at[4] % OFFICES);
        to[1] = out->office.id;
        out->to_n = 2;
        out->to = to;
        out->count = at[5];
        break;
    case 3:
        out->office_closed = true;
        out->has_heir = true;
        out->heir = office_no(1 + at[4] % OFFICES);
        break;
    case 4:
        out->office_prepared = at[5] % 2 == 0;
        out->office.has_from_date = at[5] % 3 == 0;
        out->office.from_date = 20000 + at[6];
        break;
    default:
        out->has_puts_in_force = true;
        out->office_prepared = at[5] % 4 == 0;
        out->puts_in_force = (struct lt_event_id){
            .origin = office_no(1), .epoch = 1 + at[4] % 2, .count = at[6]};
        break;
    }
}

/* One of three roots says it, and perhaps of another one that it steps down for
 * it, or admits it; offices 1 to 3 are the roots. */
static void read_joining(const uint8_t *at, const struct story *story,
                         struct lt_event *out)
{
    static const uint8_t binding[] = {1};
    const struct lt_event *step;

    out->id.origin = office_no(1 + at[6] % ROOTS);
    out->hlc = (uint64_t)20000 * 86400000 * 65536 + at[7];
    if (at[0] % 8 < 6) {
        return;
    }
    step = &story->events[at[2] % (story->n + 1)];
    out->type = at[0] % 8 == 6 && at[3] % 4 < 2 ? LT_EV_ROOT_STEPPED_DOWN
                : at[0] % 8 == 6               ? LT_EV_OFFICE_RELEASED
                : step->type != LT_EV_OFFICE_RELEASED ? LT_EV_REGION_ADMITTED
                : at[3] % 4 != 0                      ? LT_EV_OFFICE_ADMITTED
                                                      : LT_EV_RELEASE_WITHDRAWN;
    out->office.id = office_no(1 + at[1] % ROOTS);
    out->office.name = (struct lt_text){"root", 4};
    out->office.kind = (struct lt_text){"province", 8};
    out->office_closed = out->has_heir = false;
    out->office_prepared = out->has_puts_in_force = false;
    out->binding = binding;
    out->binding_len = sizeof(binding);
    out->day = 20000;
    out->due = 20000 + at[3] % 2;
    if (out->type == LT_EV_ROOT_STEPPED_DOWN ||
        out->type == LT_EV_OFFICE_RELEASED) {
        out->step_hash[0] = at[4] % 2;
        out->released = out->type == LT_EV_OFFICE_RELEASED
                            ? office_no(1 + at[2] % OFFICES)
                            : office_no(0);
        return;
    }
    out->has_other = true;
    out->other = step->id;
    out->office.id = out->type == LT_EV_REGION_ADMITTED ? step->id.origin
                                                        : step->released;
    out->step_version = (uint64_t)(at[5] % 3) << LT_TREE_ERA_BITS |
                        step->id.count;
    out->step_hash[0] = at[4] % 2;
}

/* As nodes hear it: the writer first, and nobody whom no writer has named. */
static void hear(struct lt_tree *tree, const struct story *story, size_t first)
{
    const struct lt_office one = office_no(1);
    struct lt_event root = {.type = LT_EV_OFFICE_OPENED,
                            .id = {.origin = one, .epoch = 9, .count = 1}};

    root.office.id = one;
    root.office.name = (struct lt_text){"first", 5};
    root.office.kind = (struct lt_text){"province", 8};
    (void)!lt_tree_apply(tree, 1, &root, NULL);
    for (size_t i = 0; i < (ROOTS + 1) * story->n; i++) {
        const struct lt_event *event = &story->events[(first + i) % story->n];

        if (lt_tree_is_writer(tree, &event->id.origin)) {
            (void)!lt_tree_apply(tree, event->id.count, event, NULL);
        }
    }
}

static void apply(struct lt_tree *tree, const struct story *story, size_t first)
{
    if (story->joins) {
        hear(tree, story, first);
        return;
    }
    for (size_t i = 0; i < story->n; i++) {
        const struct lt_event *event = &story->events[(first + i) % story->n];

        /* What is refused now may be allowed by what comes before it. */
        (void)!lt_tree_apply(tree, event->id.count, event, NULL);
    }
}

static void look(const struct lt_tree *tree)
{
    struct lt_office line[LT_TREE_DEPTH_MAX];

    for (size_t i = 0; i < lt_tree_count(tree); i++) {
        const struct lt_tree_office *office = lt_tree_at(tree, i);
        struct lt_office heir = lt_tree_heir(tree, &office->id);
        const struct lt_tree_office *stands = lt_tree_find(tree, &heir);
        size_t depth = lt_tree_superiors(tree, &office->id, line);

        FUZZ_CHECK(depth <= LT_TREE_DEPTH_MAX);
        FUZZ_CHECK(!lt_tree_above(tree, &office->id, &office->id));
        FUZZ_CHECK(stands != NULL && stands->closed_version == 0);
        FUZZ_CHECK(office == lt_tree_root(tree) || depth > 0 ||
                   lt_tree_region_of(tree, &office->id) != NULL);
        for (size_t k = 0; k < depth; k++) {
            FUZZ_CHECK(lt_tree_above(tree, &line[k], &office->id));
        }
    }
}

static void compare(const struct lt_tree *a, const struct lt_tree *b)
{
    FUZZ_CHECK(lt_tree_count(a) == lt_tree_count(b));
    for (size_t i = 0; i < lt_tree_count(a); i++) {
        const struct lt_tree_office *left = lt_tree_at(a, i);
        const struct lt_tree_office *right = lt_tree_find(b, &left->id);

        FUZZ_CHECK(right != NULL &&
                   lt_office_equal(&left->parent, &right->parent) &&
                   strcmp(left->name, right->name) == 0 &&
                   left->keeper == right->keeper &&
                   left->closed_version == right->closed_version &&
                   lt_office_equal(&left->heir, &right->heir));
    }
    FUZZ_CHECK(lt_tree_prepared_count(a) == lt_tree_prepared_count(b));
    FUZZ_CHECK((lt_tree_root(a) == NULL) == (lt_tree_root(b) == NULL));
    FUZZ_CHECK(lt_tree_root(a) == NULL ||
               lt_office_equal(&lt_tree_root(a)->id, &lt_tree_root(b)->id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct story story = {.n = 0};
    struct lt_tree *straight = NULL;
    struct lt_tree *turned = NULL;

    if (size < 1 + EVENT_BYTES) {
        return 0;
    }
    story.joins = data[0] >= 128;
    for (size_t at = 1; at + EVENT_BYTES <= size && story.n < EVENTS_MAX;
         at += EVENT_BYTES) {
        read_event(data + at, story.n + 1, story.to[story.n],
                   &story.events[story.n]);
        if (story.joins) {
            read_joining(data + at, &story, &story.events[story.n]);
        }
        story.n++;
    }
    if (lt_tree_new(lt_alloc_heap(), &straight) != LT_OK ||
        lt_tree_new(lt_alloc_heap(), &turned) != LT_OK) {
        abort();
    }
    apply(straight, &story, 0);
    apply(turned, &story, data[0] % story.n);
    look(straight);
    look(turned);
    compare(straight, turned);
    lt_tree_free(straight);
    lt_tree_free(turned);
    return 0;
}

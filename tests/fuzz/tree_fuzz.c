/* The tree's events, in any order: what is opened, moved, merged, closed,
 * prepared, granted. Eight bytes an event; the first byte of the input turns
 * the order in which they come. Whatever came, and however it came, the tree
 * has one root, no loop, a bounded depth, heirs that end in an open office; and
 * two orders come to the same tree. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/tree.h"

enum { EVENT_BYTES = 8, EVENTS_MAX = 40, OFFICES = 12 };

struct story {
    struct lt_event events[EVENTS_MAX];
    struct lt_office to[EVENTS_MAX][2];
    size_t n;
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

static void apply(struct lt_tree *tree, const struct story *story, size_t first)
{
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
        FUZZ_CHECK(office == lt_tree_root(tree) || depth > 0);
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
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct story story = {.n = 0};
    struct lt_tree *straight = NULL;
    struct lt_tree *turned = NULL;

    if (size < 1 + EVENT_BYTES) {
        return 0;
    }
    for (size_t at = 1; at + EVENT_BYTES <= size && story.n < EVENTS_MAX;
         at += EVENT_BYTES) {
        read_event(data + at, story.n + 1, story.to[story.n],
                   &story.events[story.n]);
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

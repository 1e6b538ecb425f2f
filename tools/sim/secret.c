/* I7: what must not leave an office, or must be gone everywhere, is looked for
 * in every frame and on every disk.
 *
 * Each text is a marker: four bytes that stand nowhere else and random ones
 * behind them, which no compression changes. A text belongs to its writer and
 * its superiors; a local value (the log's meta) to its office alone; a text
 * whose erasure is ordered and confirmed to nobody. Texts that were not erased
 * are the control: the same search has to find them. */
#include <stdlib.h>
#include <string.h>

#include "daemon/cases/erasure.h"
#include "tools/sim/held.h"

static const uint8_t MAGIC[4] = {0xc3, 0x5e, 0x37, 0xa9};

void sim_secret_make(struct sim_rng *rng, uint8_t out[static SIM_SECRET_LEN])
{
    for (size_t i = 0; i < SIM_SECRET_LEN; i++) {
        out[i] = (uint8_t)sim_next(rng);
    }
    memcpy(out, MAGIC, sizeof(MAGIC));
}

/* Until its writer was told, another try may give it another id. */
static bool is_told(const struct sim *sim, const struct lt_event_id *id)
{
    for (size_t i = 0; i < sim->told_n && id->count != 0; i++) {
        if (lt_event_id_equal(&sim->told[i].id, id)) {
            return true;
        }
    }
    return false;
}

static struct sim_secret *append(struct sim *sim)
{
    if (!lt_grow(lt_alloc_heap(), (void **)&sim->secrets,
                 &sim->secrets_capacity, sim->secrets_n,
                 sizeof(*sim->secrets))) {
        abort();
    }
    return &sim->secrets[sim->secrets_n++];
}

struct sim_secret *sim_secret_add(struct sim_node *node,
                                  const uint8_t marker[static SIM_SECRET_LEN])
{
    struct sim *sim = node->sim;
    struct sim_secret *secret;

    for (size_t i = sim->secrets_n; i-- > 0;) {
        if (memcmp(sim->secrets[i].marker, marker, SIM_SECRET_LEN) == 0) {
            return &sim->secrets[i]; /* asked for again */
        }
    }
    secret = append(sim);
    *secret = (struct sim_secret){.office = node->office};
    memcpy(secret->marker, marker, SIM_SECRET_LEN);
    return secret;
}

/* The text stands in @event. A writer whose disk forgot that it had answered
 * writes it a second time, and each of the two has to be erased by an order of
 * its own. */
void sim_secret_written(struct sim_node *node,
                        const uint8_t marker[static SIM_SECRET_LEN],
                        const struct lt_event_id *event)
{
    struct sim *sim = node->sim;
    struct sim_secret *secret = sim_secret_add(node, marker);

    if (is_told(sim, &secret->event)) {
        secret = append(sim);
        *secret = (struct sim_secret){.office = node->office};
        memcpy(secret->marker, marker, SIM_SECRET_LEN);
    }
    secret->event = *event;
}

/* ---- looking ---- */

/* The next marker in @bytes from *at on; NULL: no more. */
static struct sim_secret *next_in(const struct sim *sim, const uint8_t *bytes,
                                  size_t len, size_t *at)
{
    const uint8_t *found;

    while (*at < len && (found = memmem(bytes + *at, len - *at, MAGIC,
                                        sizeof(MAGIC))) != NULL) {
        size_t left = len - (size_t)(found - bytes);

        *at = (size_t)(found - bytes) + 1;
        for (size_t i = 0; left >= SIM_SECRET_LEN && i < sim->secrets_n; i++) {
            if (memcmp(sim->secrets[i].marker, found, SIM_SECRET_LEN) == 0) {
                return &sim->secrets[i];
            }
        }
    }
    return NULL;
}

/* At @version: a superior of the office, or so of an heir? */
static bool followed_at(const struct lt_tree *tree, uint64_t version,
                        const struct lt_office *office,
                        const struct lt_office *other)
{
    struct lt_office at = *other;

    while (!lt_tree_covers_at(tree, version, office, &at)) {
        if (!lt_tree_closed_at(tree, version, &at)) {
            return false;
        }
        at = lt_tree_find(tree, &at)->heir;
    }
    return true;
}

void sim_note_edge(struct sim *sim, unsigned below, unsigned above)
{
    for (size_t i = 0; i < sim->edges_n; i++) {
        if (sim->edges[i].below == below && sim->edges[i].above == above) {
            return;
        }
    }
    if (!lt_grow(lt_alloc_heap(), (void **)&sim->edges, &sim->edges_capacity,
                 sim->edges_n, sizeof(*sim->edges))) {
        abort();
    }
    sim->edges[sim->edges_n++] =
        (struct sim_edge){.below = below, .above = above};
}

/* Is there a way from @below to @above over all that was ever said? */
static bool was_ever_above(const struct sim *sim, unsigned above,
                           unsigned below)
{
    bool reached[SIM_NODES_MAX] = {false};
    bool again = true;

    reached[below] = true;
    while (again) {
        again = false;
        for (size_t i = 0; i < sim->edges_n; i++) {
            const struct sim_edge *edge = &sim->edges[i];

            if (reached[edge->below] && !reached[edge->above]) {
                reached[edge->above] = true;
                again = true;
            }
        }
    }
    return reached[above];
}

/* At some version of that tree? */
static bool followed_in(const struct sim *sim, const struct lt_tree *tree,
                        const struct lt_office *office,
                        const struct lt_office *other)
{
    for (uint64_t version = lt_tree_version(tree); version > 0; version--) {
        if (followed_at(tree, version, office, other)) {
            return true;
        }
        if (sim_reorganised(sim) == 0) {
            break;
        }
    }
    return false;
}

/* The writer of the tree may have lost what it said, and says versions anew:
 * they are then told apart by nobody, and afterwards not even by the trees. */
static bool writes_versions_twice(const struct sim *sim)
{
    return sim_reorganised(sim) > 0 && sim->nodes[0].lossy;
}

/* May it be at @office? Whoever was a superior once keeps what he has; and each
 * office acts by the tree that it knows. */
static bool is_entitled(const struct sim *sim, const struct sim_secret *secret,
                        const struct lt_office *office)
{
    int writer = sim_node_of(sim, &secret->office);
    int holder = sim_node_of(sim, office);

    if (lt_office_equal(office, &secret->office)) {
        return true;
    }
    if (secret->local) {
        return false;
    }
    if (followed_in(sim, sim_tree(sim), office, &secret->office)) {
        return true;
    }
    return writes_versions_twice(sim) && writer >= 0 && holder >= 0 &&
           was_ever_above(sim, (unsigned)holder, (unsigned)writer);
}

void sim_check_frame_secrets(struct sim *sim, const struct sim_node *to,
                             const uint8_t *bytes, size_t len)
{
    const struct sim_secret *secret;
    size_t at = 0;

    while ((secret = next_in(sim, bytes, len, &at)) != NULL) {
        if (!is_entitled(sim, secret, &to->office)) {
            sim_fail(sim, "I7 a frame to node %u holds a %s of office %02x",
                     to->index, secret->local ? "local value" : "text",
                     secret->office.bytes[0]);
        }
    }
}

/* Is it in the logs, and said by a tree that is known? Of one that its writer has
 * lost with its disk, before anybody heard of it, nothing is judged. */
static bool counts(const struct sim *sim, const struct sim_held_event *word)
{
    return word != NULL &&
           word->tree_version <= lt_tree_version(sim_tree(sim));
}

/* It is gone for good: ordered by its writer, confirmed by the root or written
 * by it, and both words count. */
static bool is_erased(const struct sim *sim, const struct sim_secret *secret,
                      const struct sim_held *held)
{
    bool by_root = lt_office_equal(&secret->office, &sim->nodes[0].office);
    const struct sim_held_event *order =
        secret->ordered ? sim_held_find(&held[0], &secret->order) : NULL;

    return counts(sim, order) && !order->unconfirmed &&
           (by_root ||
            (secret->confirmed &&
             counts(sim, sim_held_find(&held[0], &secret->confirmation))));
}

/* The same of a text that was written more than once: of each that is in the
 * log of @node. */
static bool are_erased(const struct sim *sim, const struct sim_secret *secret,
                       const struct sim_held *held, unsigned node)
{
    for (size_t i = 0; i < sim->secrets_n; i++) {
        const struct sim_secret *other = &sim->secrets[i];

        if (memcmp(other->marker, secret->marker, SIM_SECRET_LEN) == 0 &&
            other != secret && sim_held_event(&held[node], &other->event) &&
            !is_erased(sim, other, held)) {
            return false;
        }
    }
    return is_erased(sim, secret, held);
}

static unsigned erased_mask(struct sim_node *node, const struct lt_event_id *id)
{
    const struct lt_erased *erased;

    return lt_log_erased(node->log, &erased) == LT_OK
               ? lt_erased_mask(erased, id)
               : 0;
}

static bool look_at_file(struct sim *sim, struct sim_node *node,
                         const char *path, const struct sim_held *held,
                         unsigned *found)
{
    const uint8_t *bytes = lt_disk_bytes(node->disk, path);
    const struct sim_secret *secret;
    size_t at = 0;

    while (bytes != NULL &&
           (secret = next_in(sim, bytes, (size_t)lt_disk_size(node->disk, path),
                             &at)) != NULL) {
        if (!is_entitled(sim, secret, &node->office)) {
            sim_fail(sim, "I7 the disk of node %u holds a text of office %02x",
                     node->index, secret->office.bytes[0]);
            return false;
        }
        /* The word does not reach one that is no superior any more. */
        if (!node->rotten &&
            lt_tree_covers(sim_tree(sim), &node->office, &secret->office) &&
            are_erased(sim, secret, held, node->index)) {
            sim_fail(sim,
                     "I7 the disk of node %u holds a text of office %02x that "
                     "was erased (%s at %zu of %llu, mask %x)",
                     node->index, secret->office.bytes[0], path, at,
                     (unsigned long long)lt_disk_size(node->disk, path),
                     erased_mask(node, &secret->event));
            return false;
        }
        *found += !secret->local;
    }
    return true;
}

/* I16: what a key orders to be erased that nobody has confirmed stays. An emptied
 * disk that nobody has told yet that its key waits may obey itself of what it wrote
 * since, and nobody else does. */
static bool check_stays(struct sim *sim, const struct sim_held *held,
                        const struct sim_secret *secret)
{
    const struct sim_held_event *order =
        secret->ordered ? sim_held_find(&held[0], &secret->order) : NULL;
    const struct sim_held_event *text =
        order == NULL ? NULL : sim_held_find(&held[0], &secret->event);
    bool of_itself = text != NULL && text->unconfirmed;

    for (size_t i = 0; order != NULL && order->unconfirmed && i < sim->nodes_n;
         i++) {
        if (of_itself &&
            lt_office_equal(&sim->nodes[i].office, &secret->office)) {
            continue;
        }
        if (sim_held_event(&held[i], &secret->event) &&
            erased_mask(&sim->nodes[i], &secret->event) != 0) {
            sim_fail(sim,
                     "I16 node %zu erased a text of office %02x by the word of "
                     "a key that nobody has confirmed",
                     i, secret->office.bytes[0]);
            return false;
        }
    }
    return true;
}

bool sim_check_secrets(struct sim *sim, const struct sim_held *held)
{
    unsigned found = 0;
    size_t there = 0;

    for (size_t i = 0; i < sim->nodes_n; i++) {
        struct sim_node *node = &sim->nodes[i];

        if (!look_at_file(sim, node, "log.db", held, &found) ||
            !look_at_file(sim, node, "log.db-wal", held, &found)) {
            return false;
        }
        lt_disk_forget_bytes(node->disk);
    }
    for (size_t i = 0; i < sim->secrets_n; i++) {
        const struct sim_secret *secret = &sim->secrets[i];

        if (!check_stays(sim, held, secret)) {
            return false;
        }
        there += !secret->local && !secret->ordered &&
                 sim_held_event(&held[0], &secret->event);
    }
    if (there > 10 && found == 0) {
        sim_fail(sim, "I7 the search finds nothing, not even what is there");
        return false;
    }
    return true;
}

bool sim_texts_ordered(const struct sim *sim, const struct lt_office *origin,
                       uint64_t epoch, uint8_t cls)
{
    for (size_t i = 0; i < sim->secrets_n; i++) {
        /* Pieces may have been brought by a later life. */
        if (sim->secrets[i].ordered &&
            (cls == LT_CLASS_CHUNK || sim->secrets[i].event.epoch == epoch) &&
            lt_office_equal(&sim->secrets[i].office, origin)) {
            return true;
        }
    }
    return false;
}

/* ---- erasing ---- */

static struct lt_event *new_event(const struct sim_secret *secret)
{
    struct lt_event *event = calloc(1, sizeof(*event));

    if (event == NULL) {
        abort();
    }
    event->type = LT_EV_TEXT_ERASED;
    event->has_subject = true;
    event->subject = secret->event;
    event->causes_n = 1;
    event->causes[0] = secret->event;
    event->erases = secret->event;
    return event;
}

static bool note_there(void *ctx, uint64_t pos, const struct lt_segment *segment,
                       const struct lt_item *item)
{
    (void)pos;
    (void)segment;
    (void)item;
    *(bool *)ctx = true;
    return false;
}

/* A desk orders the erasing of what it sees. */
static bool sees(const struct sim_node *node, const struct lt_event_id *id)
{
    bool there = false;

    return lt_log_find_event(node->log, id, note_there, &there) == LT_OK &&
           there;
}

void sim_write_order(struct sim_node *node, struct sim_rng *rng)
{
    static const struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                              .audience = LT_AUDIENCE_UP};
    struct sim *sim = node->sim;
    size_t from = (size_t)sim_below(rng, sim->secrets_n);

    for (size_t i = 0; i < sim->secrets_n; i++) {
        size_t at = (from + i) % sim->secrets_n;
        struct lt_event *event;

        if (sim->secrets[at].local || sim->secrets[at].ordered ||
            !is_told(sim, &sim->secrets[at].event) ||
            !lt_office_equal(&sim->secrets[at].office, &node->office) ||
            !sees(node, &sim->secrets[at].event)) {
            continue;
        }
        event = new_event(&sim->secrets[at]);
        if (sim_submit(node, event, &channel, 1, NULL, 0) == LT_OK &&
            !node->repeated) {
            sim->secrets[at].ordered = true;
            sim->secrets[at].order = sim_asked_event(node);
            (void)sim_allowed(sim, SIM_ERASED);
        }
        free(event);
        return;
    }
}

void sim_write_confirmation(struct sim_node *root, struct sim_rng *rng)
{
    struct sim *sim = root->sim;
    size_t from = (size_t)sim_below(rng, sim->secrets_n);

    for (size_t i = 0; i < sim->secrets_n; i++) {
        size_t at = (from + i) % sim->secrets_n;
        struct sim_secret *secret = &sim->secrets[at];
        struct lt_channel channel = {.cls = LT_CLASS_CASE,
                                     .audience = LT_AUDIENCE_TO};
        struct lt_event *event;

        if (!secret->ordered || secret->confirmed ||
            lt_office_equal(&secret->office, &root->office)) {
            continue;
        }
        channel.to = secret->office;
        event = new_event(secret);
        event->confirms = true;
        event->causes_n = 0; /* it may be here before what it is about */
        if (sim_submit(root, event, &channel, 1, NULL, 0) == LT_OK &&
            !root->repeated) {
            sim->secrets[at].confirmed = true;
            sim->secrets[at].confirmation = sim_asked_event(root);
        }
        free(event);
        return;
    }
}

/* Memory that runs out where keys change, doors shut, texts were erased, a disk
 * is full or an office ends. */
#include "tests/unit/engine/story.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/engine/later.h"

enum {
    PROVINCE = STORY_PROVINCE,
    DISTRICT = STORY_DISTRICT,
    COMMUNE = STORY_COMMUNE
};

/* What is made before memory is counted. */
static struct {
    uint8_t bytes[LT_BINDING_MAX];
    size_t len;
} made[3];

static void make(const struct net *net, size_t at, const struct later *later)
{
    struct lt_buf binding;

    lt_buf_init(&binding, lt_alloc_heap());
    later_make(net, later, &binding);
    assert_true(binding.len <= sizeof(made[at].bytes));
    memcpy(made[at].bytes, binding.data, binding.len);
    made[at].len = binding.len;
    lt_buf_deinit(&binding);
}

static void give(struct net *net, unsigned to, size_t at)
{
    const struct lt_buf binding = {.data = made[at].bytes,
                                   .len = made[at].len};

    later_give(net, to, &binding);
}

static void write_binding(struct net *net, unsigned by, uint32_t type,
                          size_t at)
{
    const struct lt_buf binding = {.data = made[at].bytes,
                                   .len = made[at].len};

    later_write(net, by, type, &binding);
}

static bool holds(const struct net *net, unsigned node, unsigned office,
                  unsigned number)
{
    struct lt_key *key = later_key(number);
    const bool there = later_holds(net, node, office, key);

    lt_key_free(key);
    return there;
}

static size_t keys_of(const struct net *net, unsigned node, unsigned office)
{
    const uint8_t *bytes;
    size_t len;
    size_t n = 0;

    while (lt_engine_key_at(net->nodes[node].engine, &net->nodes[office].office,
                            n, &bytes, &len)) {
        n++;
    }
    return n;
}

/* ---- a later key ---- */

static void make_later(struct net *net)
{
    struct lt_key *key = later_key(1);
    const struct later later = {.office = COMMUNE,
                                .issuer = DISTRICT,
                                .key = key,
                                .follows = net->nodes[COMMUNE].key,
                                .serial = 2};

    net_run(net, 2000);
    make(net, 0, &later);
    lt_key_free(key);
}

static void follow(struct net *net)
{
    write_binding(net, DISTRICT, LT_EV_KEY_BOUND, 0);
    net_run(net, 2000);
}

static bool the_later_key_counts(struct net *net)
{
    return holds(net, PROVINCE, COMMUNE, 1) &&
           keys_of(net, PROVINCE, COMMUNE) == 2;
}

/* ---- a key that waits for the keeper's word ---- */

static void make_lonely(struct net *net)
{
    struct lt_key *key = later_key(2);
    const struct later later = {
        .office = COMMUNE, .issuer = DISTRICT, .key = key, .serial = 2};

    net_run(net, 2000);
    make(net, 0, &later);
    lt_key_free(key);
}

static void confirm(struct net *net)
{
    write_binding(net, DISTRICT, LT_EV_KEY_BOUND, 0);
    net_run(net, 1000);
    write_binding(net, PROVINCE, LT_EV_KEY_CONFIRMED, 0);
    net_run(net, 2000);
}

static bool the_lonely_key_counts(struct net *net)
{
    return holds(net, PROVINCE, COMMUNE, 2) &&
           holds(net, DISTRICT, COMMUNE, 2);
}

/* Its issuer's key comes after it. */
static void make_two(struct net *net)
{
    struct lt_key *district = later_key(3);
    struct lt_key *commune = later_key(4);
    const struct later above = {.office = DISTRICT,
                                .issuer = PROVINCE,
                                .key = district,
                                .follows = net->nodes[DISTRICT].key,
                                .serial = 2};
    const struct later below = {.office = COMMUNE,
                                .issuer = DISTRICT,
                                .key = commune,
                                .by = district,
                                .follows = net->nodes[COMMUNE].key,
                                .serial = 2};

    net_run(net, 2000);
    make(net, 0, &above);
    make(net, 1, &below);
    lt_key_free(district);
    lt_key_free(commune);
}

static void below_then_above(struct net *net)
{
    give(net, PROVINCE, 1);
    give(net, PROVINCE, 0);
    net_run(net, 1000);
}

static bool both_count(struct net *net)
{
    return holds(net, PROVINCE, DISTRICT, 3) && holds(net, PROVINCE, COMMUNE, 4);
}

/* ---- an emptied disk is told its own keys ---- */

/* The district has another key, of which it knows nothing yet. */
static void empty(struct net *net, struct lt_key *key)
{
    struct node *node = &net->nodes[DISTRICT];

    net_stop(net, DISTRICT);
    net_truncate(net, DISTRICT, 0);
    while (node->bindings_n > 0) {
        free(node->bindings[--node->bindings_n].bytes);
    }
    node->bindings_durable_n = 0;
    lt_key_free(node->key);
    node->key = key;
    net_start(net, DISTRICT);
}

static void lose_the_key(struct net *net)
{
    struct lt_key *key = later_key(5);
    struct later later = {.office = DISTRICT,
                          .issuer = PROVINCE,
                          .key = net->nodes[DISTRICT].key,
                          .serial = 1,
                          .issued_at_ms = net->now.wall_ms - 1000};

    net_run(net, 2000);
    make(net, 0, &later);
    later.key = key;
    later.serial = 2;
    later.issued_at_ms = 0;
    make(net, 1, &later);
    empty(net, key);
}

static void hear_of_the_earlier(struct net *net)
{
    give(net, DISTRICT, 1);
    give(net, DISTRICT, 0);
    net_run(net, 2000);
}

static bool the_earlier_counts(struct net *net)
{
    struct lt_binding binding;

    return lt_engine_unconfirmed_at(net->nodes[DISTRICT].engine, 0, &binding) &&
           !holds(net, DISTRICT, DISTRICT, 5) &&
           keys_of(net, DISTRICT, DISTRICT) == 1;
}

/* Of three keys it is told the last, the first, and then the one between. */
static void lose_the_disk(struct net *net)
{
    struct lt_key *second = later_key(6);
    struct lt_key *third = later_key(7);
    struct later later = {.office = DISTRICT,
                          .issuer = PROVINCE,
                          .key = net->nodes[DISTRICT].key,
                          .serial = 1};

    net_run(net, 2000);
    make(net, 0, &later);
    later = (struct later){.office = DISTRICT,
                           .issuer = PROVINCE,
                           .key = second,
                           .follows = net->nodes[DISTRICT].key,
                           .serial = 2};
    make(net, 1, &later);
    later.follows = second;
    later.key = third;
    later.serial = 3;
    make(net, 2, &later);
    lt_key_free(second);
    empty(net, third);
}

static void hear_of_all(struct net *net)
{
    give(net, DISTRICT, 2);
    give(net, DISTRICT, 0);
    give(net, DISTRICT, 1);
    net_run(net, 500);
}

static bool all_are_its_own(struct net *net)
{
    return keys_of(net, DISTRICT, DISTRICT) == 3;
}

/* ---- a door ---- */

static void shut(struct net *net)
{
    const struct lt_channel channels[2] = {
        net_up(LT_CLASS_TREE), net_to(net, LT_CLASS_TREE, COMMUNE)};
    struct lt_event *event = later_event(net, LT_EV_DOOR_SHUT);

    net_run(net, 2000);
    event->to = &net->nodes[COMMUNE].office;
    event->to_n = 1;
    event->doc_no = (struct lt_text){"7/QD", 4};
    later_say(net, DISTRICT, event, channels, 2);
    net_run(net, 1500);
}

static bool the_door_is_shut(struct net *net)
{
    struct lt_door_view view;
    size_t cursor = 0;

    return lt_engine_door_at(net->nodes[PROVINCE].engine, &cursor, &view) &&
           lt_engine_parent_shut(net->nodes[COMMUNE].engine);
}

/* ---- what was erased ---- */

static void erase_and_write(struct net *net)
{
    struct node *node = &net->nodes[DISTRICT];
    const struct lt_event_id id = {.origin = net->nodes[COMMUNE].office,
                                   .epoch = net->nodes[COMMUNE].epoch,
                                   .count = 1};
    lt_err rc;

    net_run(net, 2000);
    node->within = true;
    rc = net->failed ? LT_ENOMEM : lt_engine_erased(node->engine, &id, 0xff);
    node->within = false;
    net->failed |= rc == LT_ENOMEM;
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 1);
    net_run(net, 1000);
}

static bool it_came_without_its_text(struct net *net)
{
    const struct node *node = &net->nodes[PROVINCE];

    for (size_t i = 0; i < node->log_n; i++) {
        if (node->log[i].segment.stream.channel.cls == LT_CLASS_CASE) {
            return node->log[i].segment.parts_len == 0;
        }
    }
    return false;
}

/* ---- much at once ---- */

static void write_much(struct net *net)
{
    static const uint8_t text[LT_PARTS_RAW_MAX / 2];
    const struct lt_channel channels[2] = {net_up(LT_CLASS_CASE),
                                           net_up(LT_CLASS_INCIDENT)};
    struct lt_part part = {.content = text, .len = sizeof(text)};
    struct lt_event *event = later_event(net, LT_EV_CASE_OPENED);
    struct lt_write_event one = {.event = event,
                                 .channels_n = 2,
                                 .channels = channels,
                                 .parts_n = 1,
                                 .parts = &part};

    net_run(net, 2000);
    event->case_type = 1;
    event->parts_n = 1;
    event->parts[0] =
        (struct lt_part_ref){.size = part.len, .kind = 6, .retention = 1};
    lt_part_hash(part.salt, text, part.len, event->parts[0].hash);
    if (!net->failed) {
        (void)net_write_events(net, COMMUNE, &one, 1);
        net_turn(net, COMMUNE);
    }
    free(event);
    net_run(net, 1000);
}

static bool it_came_in_both(struct net *net)
{
    return net_class_events(net, PROVINCE, COMMUNE, LT_CLASS_CASE) == 1 &&
           net_class_events(net, PROVINCE, COMMUNE, LT_CLASS_INCIDENT) == 1;
}

/* ---- a disk without room ---- */

static void intake(struct net *net, bool open)
{
    const struct lt_input input = {
        .kind = LT_IN_INTAKE, .flag = open, .code = LT_EFULL};

    net_input(net, DISTRICT, &input);
    net_turn(net, DISTRICT);
}

static void be_full(struct net *net)
{
    net->nodes[DISTRICT].commit_fails = true;
    give(net, DISTRICT, 0);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 2);
    net_run(net, 300);
    intake(net, false);
    net_run(net, 500);
    net->nodes[DISTRICT].commit_fails = false;
    intake(net, true);
    net_run(net, 4000);
}

static bool nothing_is_lost(struct net *net)
{
    return net_class_events(net, PROVINCE, COMMUNE, LT_CLASS_CASE) == 2 &&
           holds(net, DISTRICT, COMMUNE, 1);
}

/* ---- the parent comes back ---- */

static void go_around(struct net *net)
{
    net_run(net, 2000);
    net_disconnect(net, COMMUNE, DISTRICT);
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_INCIDENT), 1);
    net_run(net, 15 * 1000);
}

static void come_back(struct net *net)
{
    net_connect(net, COMMUNE, DISTRICT);
    net_run(net, 15 * 1000);
}

static bool it_goes_around_no_more(struct net *net)
{
    struct lt_bypass_view view;

    lt_engine_bypass(net->nodes[COMMUNE].engine, &view);
    return view.state == LT_BYPASS_NOT &&
           net->nodes[COMMUNE].noted[-LT_NBYPASSEND] == 1;
}

/* ---- a word for somebody ---- */

static void state_to(struct net *net)
{
    const struct lt_office nobody = {{0x77, 0x77}};
    struct lt_input input = {.kind = LT_IN_STATE, .office = nobody};

    net_input(net, COMMUNE, &input); /* whom it does not know */
    input.office = net->nodes[PROVINCE].office;
    net_input(net, COMMUNE, &input);
    net_turn(net, COMMUNE);
}

static bool it_is_kept(struct net *net)
{
    const struct node *node = &net->nodes[COMMUNE];

    for (size_t i = 0; i < node->statements_n; i++) {
        if (lt_office_equal(&node->statements[i].to,
                            &net->nodes[PROVINCE].office)) {
            return true;
        }
    }
    return false;
}

/* ---- an office ends ---- */

static void hand_over(struct net *net)
{
    (void)net_write(net, COMMUNE, net_up(LT_CLASS_CASE), 1);
    net_run(net, 1000);
    net_close(net, COMMUNE, DISTRICT);
    net_run(net, 60 * 1000);
}

static bool it_is_silent(struct net *net)
{
    return lt_engine_silent(net->nodes[COMMUNE].engine) &&
           lt_engine_drain(net->nodes[PROVINCE].engine,
                           &net->nodes[COMMUNE].office) == LT_DRAIN_OVER;
}

static const struct story STORIES[] = {
    {"hearing of a later key", PROVINCE, make_later, follow,
     the_later_key_counts},
    {"binding a later key", DISTRICT, make_later, follow, the_later_key_counts},
    {"a key that waits", PROVINCE, make_lonely, confirm, the_lonely_key_counts},
    {"whose issuer has to be told", DISTRICT, make_lonely, confirm,
     the_lonely_key_counts},
    {"a key that waits for its issuer's", PROVINCE, make_two, below_then_above,
     both_count},
    {"an earlier key", DISTRICT, lose_the_key, hear_of_the_earlier,
     the_earlier_counts},
    {"a key between", DISTRICT, lose_the_disk, hear_of_all, all_are_its_own},
    {"a door", PROVINCE, NULL, shut, the_door_is_shut},
    {"being shut out", COMMUNE, NULL, shut, the_door_is_shut},
    {"an erased text", DISTRICT, NULL, erase_and_write,
     it_came_without_its_text},
    {"two streams and a long text", COMMUNE, NULL, write_much,
     it_came_in_both},
    {"a full disk", DISTRICT, make_later, be_full, nothing_is_lost},
    {"a parent that is back", COMMUNE, go_around, come_back,
     it_goes_around_no_more},
    {"a word for a superior", COMMUNE, NULL, state_to, it_is_kept},
    {"an end", COMMUNE, NULL, hand_over, it_is_silent},
};

static void each_allocation_may_fail(void **state)
{
    (void)state;
    story_tell(STORIES, LT_COUNT_OF(STORIES), false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

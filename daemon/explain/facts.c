#include "daemon/explain/facts.h"

#include <stdlib.h>
#include <string.h>

void lt_facts_free(struct lt_facts *facts)
{
    const struct lt_alloc *heap = lt_alloc_heap();

    if (facts == NULL) {
        return;
    }
    lt_free(heap, facts->links);
    lt_free(heap, facts->offices);
    lt_free(heap, facts->held);
    lt_free(heap, facts->own);
    lt_free(heap, facts->flows);
    lt_free(heap, facts->holds);
    lt_free(heap, facts->tokens);
    lt_free(heap, facts->alarms);
    lt_free(heap, facts->doors);
    lt_free(heap, facts->couriers);
    lt_free(heap, facts);
}

static int link_by_id(const void *key, const void *item)
{
    const struct lt_fact_link *link = item;

    return lt_office_compare(key, &link->office);
}

const struct lt_fact_link *lt_facts_link(const struct lt_facts *facts,
                                         const struct lt_office *office)
{
    return facts->links_n == 0
               ? NULL
               : bsearch(office, facts->links, facts->links_n,
                         sizeof(*facts->links), link_by_id);
}

const struct lt_fact_door *lt_facts_door(const struct lt_facts *facts,
                                         const struct lt_office *office)
{
    for (size_t i = 0; i < facts->doors_n; i++) {
        if (lt_office_equal(&facts->doors[i].office, office)) {
            return &facts->doors[i];
        }
    }
    return NULL;
}

static int by_id(const void *key, const void *item)
{
    const struct lt_fact_office *office = item;

    return lt_office_compare(key, &office->office);
}

const struct lt_fact_office *lt_facts_office(const struct lt_facts *facts,
                                             const struct lt_office *office)
{
    return facts->offices_n == 0
               ? NULL
               : bsearch(office, facts->offices, facts->offices_n,
                         sizeof(*facts->offices), by_id);
}

const struct lt_fact_token *lt_facts_token(const struct lt_facts *facts,
                                           const struct lt_office *office)
{
    const struct lt_fact_token *found = NULL;

    for (size_t i = 0; i < facts->tokens_n; i++) {
        const struct lt_fact_token *token = &facts->tokens[i];

        if (lt_office_equal(&token->office, office) &&
            (found == NULL || found->expires_ms < token->expires_ms)) {
            found = token; /* one printed again lasts longer */
        }
    }
    return found;
}

const struct lt_fact_token *lt_facts_token_named(const struct lt_facts *facts,
                                                 const char *name)
{
    for (size_t i = 0; i < facts->tokens_n; i++) {
        if (strcmp(facts->tokens[i].name, name) == 0) {
            return lt_facts_token(facts, &facts->tokens[i].office);
        }
    }
    return NULL;
}

/* How far @by says that it holds our @channel; false: it has not spoken of
 * it. Numbers run on through epochs. */
static bool held_up_to(const struct lt_facts *facts, const struct lt_office *by,
                       const struct lt_channel *channel, uint64_t *out_number)
{
    bool spoken = false;

    *out_number = 0;
    for (size_t i = 0; i < facts->held_n; i++) {
        const struct lt_fact_held *held = &facts->held[i];

        if (lt_office_equal(&held->by, by) &&
            lt_channel_equal(&held->channel, channel)) {
            spoken = true;
            if (held->number > *out_number) {
                *out_number = held->number;
            }
        }
    }
    return spoken;
}

enum lt_fact_word lt_facts_held(const struct lt_facts *facts,
                                const struct lt_office *by,
                                const struct lt_channel *channel,
                                uint64_t number)
{
    const struct lt_fact_office *office = lt_facts_office(facts, by);
    uint64_t up_to;

    if (held_up_to(facts, by, channel, &up_to)) {
        return up_to >= number ? LT_FACT_SAYS_YES : LT_FACT_SAYS_NO;
    }
    return office != NULL && office->said_ms != 0 ? LT_FACT_SAYS_NO
                                                  : LT_FACT_SAYS_NOTHING;
}

bool lt_facts_unheld(const struct lt_facts *facts, const struct lt_office *by,
                     enum lt_lane lane, uint64_t *out_n)
{
    const struct lt_fact_office *office = lt_facts_office(facts, by);
    uint64_t n = 0;

    if (office == NULL || office->said_ms == 0) {
        return false;
    }
    for (size_t i = 0; i < facts->own_n; i++) {
        const struct lt_fact_own *own = &facts->own[i];
        uint64_t up_to;

        if (lane == LT_LANES || lt_class_lane(own->channel.cls) == lane) {
            (void)held_up_to(facts, by, &own->channel, &up_to);
            n += own->number > up_to ? own->number - up_to : 0;
        }
    }
    *out_n = n;
    return true;
}

/* Readers beside the tree: who was granted which classes of whose streams. A
 * reader stands below an office that is above what it reads, so that its parent
 * holds all of it and gives it on by the same rule as everything else. */
#include "common/failpoint.h"
#include "common/tree_internal.h"

#include <string.h>

#include "common/policy.h"

static struct lt_tree_grant *find(const struct lt_tree *tree,
                                  const struct lt_office *reader,
                                  const struct lt_office *office)
{
    for (size_t i = 0; i < tree->grants_n; i++) {
        if (lt_office_equal(&tree->grants[i].reader, reader) &&
            lt_office_equal(&tree->grants[i].office, office)) {
            return &tree->grants[i];
        }
    }
    return NULL;
}

/* Which classes an office of its kind may read at all. */
static uint32_t allowed(const struct lt_tree *tree,
                        const struct lt_office *reader)
{
    const struct lt_tree_office *known = lt_tree_find(tree, reader);

    return known != NULL && strcmp(known->kind, LT_KIND_POLICE) == 0 &&
                   !LT_PLANTED(police_read_all)
               ? 1U << LT_CLASS_INCIDENT
               : LT_READ_CLASSES;
}

/* Does the parent of @reader hold what @office writes? */
static bool is_beside(const struct lt_tree *tree,
                      const struct lt_office *reader,
                      const struct lt_office *office)
{
    const struct lt_tree_office *known = lt_tree_find(tree, reader);

    return known != NULL && known->closed_version == 0 &&
           !lt_office_is_zero(&known->parent) &&
           lt_tree_follows(tree, &known->parent, office);
}

lt_err lt_tree_grant(struct lt_tree *tree, uint64_t version,
                     const struct lt_office *reader,
                     const struct lt_office *office, uint32_t classes,
                     bool withdraws, struct lt_diag *diag)
{
    struct lt_tree_grant *grant = find(tree, reader, office);
    void *grants = tree->grants;

    if (lt_tree_find(tree, reader) == NULL ||
        lt_tree_find(tree, office) == NULL) {
        return lt_tree_refuse(diag, reader, "unknown office");
    }
    if (withdraws) {
        if (grant == NULL || (grant->classes & classes) == 0) {
            return lt_tree_refuse(diag, reader, "was not granted");
        }
        grant->classes &= ~classes;
        grant->version = version;
        return LT_OK;
    }
    if (lt_office_equal(reader, office) || !is_beside(tree, reader, office)) {
        return lt_tree_refuse(diag, reader, "its superior does not hold it");
    }
    if ((classes & ~allowed(tree, reader)) != 0) {
        return lt_tree_refuse(diag, reader, "police read incidents alone");
    }
    if (grant == NULL) {
        if (!lt_grow(tree->alloc, &grants, &tree->grants_capacity,
                     tree->grants_n, sizeof(*tree->grants))) {
            return lt_diag_set(diag, LT_ENOMEM);
        }
        tree->grants = grants;
        grant = &tree->grants[tree->grants_n++];
        *grant = (struct lt_tree_grant){.reader = *reader, .office = *office};
    }
    grant->classes |= classes;
    grant->version = version;
    return LT_OK;
}

bool lt_tree_clone_grants(const struct lt_tree *from, struct lt_tree *to)
{
    to->grants =
        lt_new_array(to->alloc, from->grants_n + 1, sizeof(*to->grants));
    if (to->grants == NULL) {
        return false;
    }
    to->grants_capacity = from->grants_n + 1;
    for (; to->grants_n < from->grants_n; to->grants_n++) {
        to->grants[to->grants_n] = from->grants[to->grants_n];
    }
    return true;
}

const struct lt_tree_grant *lt_tree_grant_at(const struct lt_tree *tree,
                                             size_t index)
{
    return index < tree->grants_n ? &tree->grants[index] : NULL;
}

static bool covers(const struct lt_tree *tree,
                   const struct lt_tree_grant *grant,
                   const struct lt_office *office)
{
    return lt_tree_follows(tree, &grant->office, office);
}

bool lt_tree_reads(const struct lt_tree *tree, const struct lt_office *reader,
                   const struct lt_stream *stream)
{
    for (size_t i = 0; i < tree->grants_n; i++) {
        const struct lt_tree_grant *grant = &tree->grants[i];

        if (stream->channel.cls < 32 &&
            (grant->classes >> stream->channel.cls & 1U) != 0 &&
            lt_office_equal(&grant->reader, reader) &&
            (allowed(tree, reader) >> stream->channel.cls & 1U) != 0 &&
            is_beside(tree, reader, &grant->office) &&
            ((!lt_stream_is_sealed(stream) &&
              covers(tree, grant, &stream->origin)) ||
             (stream->channel.audience == LT_AUDIENCE_TO &&
              lt_tree_index(tree, &stream->origin) != LT_TREE_NONE &&
              covers(tree, grant, &stream->channel.to)))) {
            return true;
        }
    }
    return false;
}

bool lt_tree_reads_of(const struct lt_tree *tree,
                      const struct lt_office *reader,
                      const struct lt_office *origin)
{
    for (size_t i = 0; i < tree->grants_n; i++) {
        const struct lt_tree_grant *grant = &tree->grants[i];

        if (grant->classes != 0 && lt_office_equal(&grant->reader, reader) &&
            covers(tree, grant, origin)) {
            return true;
        }
    }
    return false;
}

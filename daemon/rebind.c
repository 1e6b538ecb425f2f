#include "daemon/rebind.h"

#include <string.h>

#include "common/binding.h"
#include "common/failpoint.h"
#include "daemon/daemon_internal.h"

bool lt_rebind_due(const struct lt_daemon *daemon)
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    const struct lt_office *root =
        lt_cert_office(lt_identity_root(&daemon->identity));
    const struct lt_tree_office *self =
        lt_tree_find(tree, &daemon->identity.office);

    return self != NULL && !lt_office_is_zero(&self->parent) &&
           !lt_office_equal(&self->id, root) &&
           !lt_tree_above(tree, root, &self->id) && !LT_PLANTED(former_root);
}

/* What was asked is kept: an answer that is lost is asked for again. */
static lt_err bind_again(struct lt_daemon *daemon,
                         const struct lt_binding *present,
                         const struct lt_binding *superior)
{
    struct lt_buf *body = &daemon->renewal.body;
    struct lt_identity_issuer issuer = {.office = superior->office};
    struct lt_binding asked;

    memcpy(issuer.key_id, superior->key_id, LT_HASH_LEN);
    if (lt_binding_body_decode(body->data, body->len, &asked, NULL) == LT_OK &&
        lt_office_equal(&asked.issuer, &issuer.office) &&
        memcmp(asked.issuer_key_id, issuer.key_id, LT_HASH_LEN) == 0 &&
        asked.serial == present->serial + 1) {
        return LT_OK;
    }
    lt_buf_reset(body);
    return lt_identity_rebind_body(&daemon->identity, present, &issuer,
                                   daemon->now.wall_ms, body);
}

lt_err lt_rebind_body(struct lt_daemon *daemon,
                      const struct lt_binding *present,
                      const struct lt_office *superior,
                      struct lt_span *out_body)
{
    struct lt_binding above;
    lt_err err;

    *out_body = (struct lt_span){present->body, present->body_len};
    if (!lt_rebind_due(daemon) || lt_office_equal(&present->issuer, superior) ||
        !lt_engine_binding_of(daemon->engine, superior, &above)) {
        return LT_OK;
    }
    err = bind_again(daemon, present, &above);
    *out_body =
        (struct lt_span){daemon->renewal.body.data, daemon->renewal.body.len};
    return err;
}

size_t lt_rebind_roots(const struct lt_daemon *daemon, bool above_alone,
                       struct lt_believed_root out[static LT_TREE_REGIONS_MAX])
{
    const struct lt_tree *tree = lt_engine_tree(daemon->engine);
    const struct lt_tree_region *region;
    size_t n = 0;

    for (size_t i = 0; (region = lt_tree_region_at(tree, i)) != NULL; i++) {
        if (region->has_root_key && n < LT_TREE_REGIONS_MAX &&
            (!above_alone ||
             lt_tree_above(tree, &region->writer, &daemon->identity.office))) {
            out[n].office = region->writer;
            memcpy(out[n++].key, region->root_key, LT_PUBKEY_LEN);
        }
    }
    return n;
}

lt_err lt_rebind_tell(struct lt_daemon *daemon,
                      const struct lt_join_answer *said)
{
    lt_err err = LT_OK;

    for (size_t i = 0; err == LT_OK && i < said->bindings_n; i++) {
        struct lt_input input = {.kind = LT_IN_BINDING,
                                 .bytes = said->bindings[i].data,
                                 .len = said->bindings[i].len};

        err = lt_turn_input(daemon->turn, &daemon->now, &input);
    }
    return err == LT_EMALFORMED ? LT_OK : err;
}

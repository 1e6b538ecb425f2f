/* Who this node is: its keys, its certificate, and what proves them.
 *
 * DIR/identity (0700) holds
 *
 *   node.key          Ed25519, PEM, 0400: signs the log, hellos, certificates
 *   node.crt          its certificate, then its issuers up to the root's, PEM;
 *                     behind them the root's own where it is not the pinned one
 *   curve.key .pub    the transport key, 64 hex digits and a line end
 *   root.crt          the pinned root, PEM
 *   ca.key            at the root office alone; may be kept elsewhere
 *   bindings.pb       the bindings that prove node.key, issuer first: one
 *                     Bindings frame of proto/link.proto, type byte included
 *   recovery-kit.pem  0400: what belongs into the safe. Once it is there the
 *                     file is to be deleted; the node runs without it
 *   kit.pub           public half of the kit's key, to seal backups to
 *
 * Keys are wiped by deinit, and the structure is locked into memory where the
 * system allows it.
 *
 * Threading: an identity belongs to one thread; what it lends (keys, spans)
 * follows struct lt_key. */
#ifndef LT_COMMON_IDENTITY_H
#define LT_COMMON_IDENTITY_H

#include "common/binding.h"
#include "common/cert.h"
#include "common/curve.h"
#include "common/sys.h"

struct lt_identity {
    struct lt_office office;
    struct lt_key *node_key;
    struct lt_key *ca_key;        /* NULL but at a root that has it here */
    struct lt_key *next_root_key; /* NULL but where it was just made */
    struct lt_cert *node_cert;    /* NULL before the admission */
    size_t chain_n;               /* issuers between node_cert and the root */
    struct lt_cert *chain[LT_CHAIN_MAX];
    struct lt_cert *root_cert;  /* the pinned one, for good */
    struct lt_cert *other_root; /* where certificates and bindings lead, in the
                                   tree of another root; NULL: to the pinned */
    uint8_t curve_secret[LT_CURVE_LEN];
    uint8_t curve_public[LT_CURVE_LEN];
    bool has_kit_secret; /* where it was just made */
    uint8_t kit_secret[LT_CURVE_LEN];
    uint8_t kit_public[LT_CURVE_LEN];
    struct lt_arena arena;    /* holds the bindings */
    struct lt_spans bindings; /* encoded Bindings, issuer first */
};

void lt_identity_init(struct lt_identity *identity);
/* Wipes and releases. Accepts what init left. */
void lt_identity_deinit(struct lt_identity *identity);

/* The root to which certificates and bindings lead. */
const struct lt_cert *lt_identity_root(const struct lt_identity *identity);

/* A new root office: its own authority, certificate and binding, which the
 * root's key (not the node's) signs. On failure deinit as usual. Errors:
 * LT_ECRYPTO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_make_root(struct lt_identity *identity,
                                           const struct lt_sys *sys,
                                           const struct lt_office *office);

/* The keys of an office that is about to join. Errors as above. */
LT_MUST_CHECK lt_err lt_identity_make_keys(struct lt_identity *identity,
                                           const struct lt_office *office);

/* What the parent answered. Nothing is believed: the chain must lead from this
 * office's key to a root whose DER hashes to @root_hash (from the token), and
 * the bindings from that root's key to this office's keys. The root is pinned
 * unless one is (lt_identity_follow).
 *
 * @chain  DER, nearest issuer first, the root last
 *
 * Errors, identity unchanged: LT_ECERT with "reason"; LT_EMALFORMED;
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_admit(
    struct lt_identity *identity, struct lt_span certificate,
    const struct lt_span *chain, size_t chain_n,
    const struct lt_spans *bindings,
    const uint8_t root_hash[static LT_HASH_LEN], struct lt_diag *diag);

/* Do @bindings lead, each signed by the key that the one before binds, from
 * the root's key to @key and @transport_key of @office? The first is the root
 * office's own. Errors: LT_ECERT with "reason"; LT_EMALFORMED; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_check_bindings(
    const struct lt_spans *bindings, const struct lt_cert *root,
    const struct lt_office *office, const uint8_t key[static LT_PUBKEY_LEN],
    const uint8_t transport_key[static LT_CURVE_LEN], struct lt_diag *diag);

/* A later key of this office, @fresh: what @old has, the pinned root included,
 * but for node_key, which is new unless it is there, and with @transport the
 * transport key, too; certificate and bindings are to come (lt_identity_admit).
 * @old is the office's present identity. On failure deinit as usual. Errors:
 * LT_ECRYPTO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_follow(struct lt_identity *fresh,
                                        const struct lt_identity *old,
                                        bool transport);
/* Whoever is to sign a binding: the parent, with its present key. */
struct lt_identity_issuer {
    struct lt_office office;
    uint8_t key_id[LT_HASH_LEN];
};
/* The binding body of @fresh, signed by @old's key. @issuer NULL: at the root.
 * Appends. Errors: LT_ECERT when @old has no binding; LT_ECRYPTO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_follow_body(
    const struct lt_identity *fresh, const struct lt_identity *old,
    const struct lt_identity_issuer *issuer, int64_t now_ms,
    struct lt_buf *out);
/* The body that binds the same keys again, by another issuer: that of an office
 * which has gone into another root's tree. @present: the binding that counts.
 * Appends. Errors: LT_EINVAL when that is of another key; LT_ECRYPTO;
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_rebind_body(
    const struct lt_identity *identity, const struct lt_binding *present,
    const struct lt_identity_issuer *issuer, int64_t now_ms,
    struct lt_buf *out);
/* At a root that has its authority's key here: certificate and binding of
 * @fresh, whose body is @body. Errors: LT_EINVAL without that key; LT_ECRYPTO;
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_follow_root(struct lt_identity *fresh,
                                             const struct lt_identity *old,
                                             const struct lt_sys *sys,
                                             const struct lt_buf *body);

/* Is a later key kept in the folder @rotating, asked for perhaps, that is not
 * @identity's? What cannot be read is one. */
bool lt_identity_is_followed(const struct lt_identity *identity,
                             const char *rotating);

/* The question to the parent to certify @identity's key as @body binds it: a
 * JoinRequest without a token. Appends a frame. Errors: LT_ECRYPTO,
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_ask(const struct lt_identity *identity,
                                     struct lt_span body, const char *software,
                                     struct lt_buf *out);

/* When the first of the certificates that lead from the node's key to the root
 * ends (the root's own is not looked at), and from when on it is to be renewed:
 * a third of its time before. UTC ms. */
int64_t lt_identity_until_ms(const struct lt_identity *identity);
int64_t lt_identity_renew_ms(const struct lt_identity *identity);

/* Take certificates of the same key that the parent has answered; @chain as in
 * lt_identity_admit, @bindings those that prove the key by now. Both lead to
 * the root of those that are here, to the pinned one, or to one of @roots,
 * which the caller believes: then the other root's certificate is kept with
 * them.
 *
 * Errors, identity unchanged: LT_ECERT with "reason", also when they last no
 * longer than those that are here and lead to the same root; LT_EMALFORMED;
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_renew(struct lt_identity *identity,
                                       struct lt_span certificate,
                                       const struct lt_span *chain,
                                       size_t chain_n,
                                       const struct lt_spans *bindings,
                                       const struct lt_believed_root *roots,
                                       size_t roots_n, struct lt_diag *diag);
/* At a root that has its authority's key here: a new certificate of the node's
 * key. Errors, identity unchanged: LT_EINVAL without that key; LT_ECRYPTO;
 * LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_renew_root(struct lt_identity *identity,
                                            const struct lt_sys *sys);
/* Put certificates and bindings of @identity in the place of those in
 * @folder, each file whole. Where it is cut off between the two,
 * lt_identity_load takes the bindings from bindings.pb.new. Errors: LT_ECREATE,
 * LT_EFULL, LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_save_renewed(const struct lt_identity *identity,
                                              const char *folder,
                                              struct lt_diag *diag);

/* Certify the child that @csr names, with fresh terms from now. The caller
 * has checked that it may. Errors: as lt_cert_issue. */
LT_MUST_CHECK lt_err lt_identity_certify(const struct lt_identity *identity,
                                         const struct lt_sys *sys,
                                         const struct lt_csr *csr,
                                         struct lt_cert **out_cert);

/* Make @folder (0700) with every file of an identity that is whole. Errors:
 * LT_ECREATE, also when the folder is there; LT_EFULL; LT_EIO; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_save(const struct lt_identity *identity,
                                      const char *folder, struct lt_diag *diag);

/* Read @folder and check that everything fits together: modes, keys and
 * certificates, the chain to the root (whatever the time), the bindings.
 * ca.key may be missing; the recovery kit is not read. On failure deinit as
 * usual.
 *
 * Errors, with "path" or "reason" in @diag: LT_ENOINPUT, LT_EFILEMODE,
 * LT_ECERT, LT_ECRYPTO, LT_EMALFORMED, LT_ETOOBIG, LT_EIO, LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_identity_load(struct lt_identity *identity,
                                      const char *folder, struct lt_diag *diag);

#endif

/* The tree of offices: who is above whom, at every version.
 *
 * Filled from the tree writer's events; a version is the number of the event
 * that made it. A writer that was restored to an older day gives numbers twice,
 * and both events count: the tree is that of all events in the order (version,
 * stamp, id), in whatever order they come. Pure: used by the engine for routes
 * and by the cases for authority.
 *
 * A closed office stays in the tree, where it was, with its heir: what it wrote
 * counts, and what it had on its hands is the heir's. A change that is prepared
 * ahead is kept beside the offices until an event puts it in force.
 *
 * Threading: a tree belongs to one thread; a clone may be given to another. */
#ifndef LT_COMMON_TREE_H
#define LT_COMMON_TREE_H

#include "common/codec.h"

struct lt_tree;

struct lt_tree_office {
    struct lt_office id;
    struct lt_office parent; /* all zero for the root */
    const char *name;        /* owned by the tree */
    const char *kind;
    const char *code; /* "" when it has none */
    bool keeper;
    uint64_t since_version;
    size_t places_n;         /* superiors that it has had, one after another */
    uint64_t closed_version; /* 0: it is open */
    int64_t closed_ms;       /* wall clock of who closed it, by its stamp */
    struct lt_office heir;   /* of a closed one; it may be closed since */
    size_t link_addresses_n;
    const char *const *link_addresses;
    size_t enrol_addresses_n;
    const char *const *enrol_addresses;
};

LT_MUST_CHECK lt_err lt_tree_new(const struct lt_alloc *alloc,
                                 struct lt_tree **out_tree);
LT_MUST_CHECK lt_err lt_tree_clone(const struct lt_tree *tree,
                                   struct lt_tree **out_tree);
void lt_tree_free(struct lt_tree *tree);

/* Apply an OFFICE_OPENED (OFFICE_CHANGED, READ_GRANTED, READ_WITHDRAWN,
 * ROOT_STEPPED_DOWN, REGION_ADMITTED, OFFICE_RELEASED, OFFICE_ADMITTED,
 * RELEASE_WITHDRAWN) that is event @version of its origin's
 * stream; the same again is fine. One that comes
 * after a later one is put in its place, and what is later is applied again
 * after it. Errors: LT_EINVAL (unknown parent, office there already with other
 * data, loop, too deep, too many, version 0): it changes nothing unless another
 * comes to stand before it that allows it; LT_ENOMEM: as if it had not come. A
 * clone takes none of an earlier version. An office opened again with the same
 * data is fine. A change renames, moves and readdresses: what it does not say
 * stays. A closing names an heir that is open; nobody open may be left below
 * (LT_EINVAL). One that is prepared changes nothing until another puts it in
 * force: then it is judged, and it may be refused. */
LT_MUST_CHECK lt_err lt_tree_apply(struct lt_tree *tree, uint64_t version,
                                   const struct lt_event *event,
                                   struct lt_diag *diag);
/* It is the tree of @office: lt_tree_root is the root above it, whichever tree
 * it has come into. Before that, and while @office is unknown, it is the first
 * writer's. */
void lt_tree_set_self(struct lt_tree *tree, const struct lt_office *office);
/* The version last applied; 0 while empty. */
uint64_t lt_tree_version(const struct lt_tree *tree);
/* Grows with every change, a late one as well. */
uint64_t lt_tree_revision(const struct lt_tree *tree);
/* Grows whenever something came late: what was judged by the tree may have to
 * be judged again. */
uint64_t lt_tree_rewritten(const struct lt_tree *tree);
/* The same where there is one tree: the version is the number. */
void lt_tree_advance(struct lt_tree *tree, uint64_t version);

/* NULL when unknown. The pointer is valid until the tree changes. */
const struct lt_tree_office *lt_tree_find(const struct lt_tree *tree,
                                          const struct lt_office *id);
const struct lt_tree_office *lt_tree_root(const struct lt_tree *tree);
size_t lt_tree_count(const struct lt_tree *tree);
const struct lt_tree_office *lt_tree_at(const struct lt_tree *tree,
                                        size_t index); /* in opening order */

/* Is @above a superior of @office (at any distance)? Not of itself. */
bool lt_tree_above(const struct lt_tree *tree, const struct lt_office *above,
                   const struct lt_office *office);
/* @above is @office or its superior. An unknown office covers nothing and is
 * covered by nobody, not even by itself. */
bool lt_tree_covers(const struct lt_tree *tree, const struct lt_office *above,
                    const struct lt_office *office);
/* The same at an earlier version of the tree: offices opened later are
 * unknown there. */
bool lt_tree_covers_at(const struct lt_tree *tree, uint64_t version,
                       const struct lt_office *above,
                       const struct lt_office *office);
/* Is @parent the parent of @office, or was it at any earlier version? */
bool lt_tree_had_parent(const struct lt_tree *tree,
                        const struct lt_office *office,
                        const struct lt_office *parent);
/* The parent of @office at @version; false when it had none, or is unknown. */
bool lt_tree_parent_at(const struct lt_tree *tree, uint64_t version,
                       const struct lt_office *office,
                       struct lt_office *out_parent);
/* Superiors, nearest first. Returns how many, at most LT_TREE_DEPTH_MAX. */
size_t lt_tree_superiors(const struct lt_tree *tree,
                         const struct lt_office *office,
                         struct lt_office out[static LT_TREE_DEPTH_MAX]);
/* The keeper of @office: the nearest superior marked keeper, else the root.
 * The root has none: false. */
bool lt_tree_keeper(const struct lt_tree *tree, const struct lt_office *office,
                    struct lt_office *out_keeper);

/* Should @office hold @stream? True when it follows the origin, when the stream
 * is for all below the origin and @office is, or when it follows the office
 * that it is addressed to, or when it was granted to it. Two neighbours
 * exchange exactly the streams that both should hold. False when an office is
 * unknown: what a new office must hold before its tree has come is for the
 * engine to say.
 *
 * A denunciation that an office addresses to another speaks of the writer's own
 * people: neither an heir of the writer holds it, nor a reader of the writer
 * alone. */
bool lt_tree_holds(const struct lt_tree *tree, const struct lt_office *office,
                   const struct lt_stream *stream);

/* ---- closed offices and their heirs (tree_heir.c) ---- */

/* Was @office closed at @version? False when it is unknown. */
bool lt_tree_closed_at(const struct lt_tree *tree, uint64_t version,
                       const struct lt_office *office);
/* Who stands for @office at @version: itself while it is open, else its heir,
 * or the heir of that one. An unknown office stands for itself. */
struct lt_office lt_tree_heir_at(const struct lt_tree *tree, uint64_t version,
                                 const struct lt_office *office);
/* The same as the tree is now. */
struct lt_office lt_tree_heir(const struct lt_tree *tree,
                              const struct lt_office *office);
/* Does @office follow what @other writes and is written: as its superior, as
 * itself, or so of an heir? */
bool lt_tree_follows(const struct lt_tree *tree, const struct lt_office *office,
                     const struct lt_office *other);
/* Was @office below @above at any version? Where its former superior was put
 * below another after it had left, it was not below that one. */
bool lt_tree_was_below(const struct lt_tree *tree,
                       const struct lt_office *above,
                       const struct lt_office *office);

/* ---- changes prepared ahead (tree_prepared.c) ---- */

struct lt_tree_prepared {
    struct lt_event_id id; /* of the event that prepared it */
    uint64_t version;
    uint64_t in_force; /* the version that put it in force; 0: not yet */
    bool withdrawn;    /* that version took it back instead */
    bool has_from_date;
    int32_t from_date; /* civil day, UTC+7 */
    bool closes;
    struct lt_office heir;
    struct lt_tree_office change; /* what is "" or zero stays as it is */
};
size_t lt_tree_prepared_count(const struct lt_tree *tree);
/* In the order of their versions; NULL past the end. Valid until the tree
 * changes. */
const struct lt_tree_prepared *lt_tree_prepared_at(const struct lt_tree *tree,
                                                   size_t index);
/* The event that puts @prepared in force: type, office, reference; texts are
 * borrowed. */
void lt_tree_put_in_force(const struct lt_tree_prepared *prepared,
                          struct lt_event *out_event);
/* The one that takes it back. */
void lt_tree_withdraw(const struct lt_tree_prepared *prepared,
                      struct lt_event *out_event);
/* What is due on civil day @day and not in force: its indices, in the order in
 * which all of it can be put in force, at most @max; what the tree would refuse
 * is left out, and counted in *out_refused. Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_tree_due(const struct lt_tree *tree, int32_t day,
                                 size_t max, size_t *out_indices, size_t *out_n,
                                 size_t *out_refused);
/* The first day on which something is due that is not in force; false when
 * nothing is. What has no date waits for a person. */
bool lt_tree_next_due(const struct lt_tree *tree, int32_t *out_day);

/* ---- trees that join (tree_region.c) ----
 *
 * A root that steps down says so in its stream (ROOT_STEPPED_DOWN: for whom,
 * from which day, until when), and its successor admits it in its own
 * (REGION_ADMITTED, which names that word by id, hash and version). Before
 * both are there, each writer's words count for its own offices alone; from
 * the admission on, the successor's count for all of them, and what the former
 * root says after its stepping down counts nowhere. Which words are heard
 * first, and where, changes nothing.
 *
 * Versions go on rising: above LT_TREE_ERA_BITS bits of the number in the
 * writer's stream stands an era, which is one more than that of any tree that
 * the writer has admitted. So every version of a joined tree is above all those
 * of both trees before, and an office's former versions are those of the tree
 * that it was in. */
enum { LT_TREE_ERA_BITS = 24, LT_TREE_REGIONS_MAX = 256 };

struct lt_tree_region {
    struct lt_office writer;
    bool has_root_key; /* who it joins has said it; never of the first */
    uint8_t root_key[LT_PUBKEY_LEN];
    uint64_t last; /* number of its last word that was heard */
    bool stepped;  /* its latest word of it: */
    struct lt_event_id step;
    uint8_t step_hash[LT_HASH_LEN];
    uint64_t step_version;
    struct lt_office successor;
    int32_t from_day; /* admitted from this day to that one */
    int32_t until_day;
    bool ended; /* admitted: nothing after that word counts */
};
/* Is @event a word between two trees, of this kind or of the next one? */
bool lt_tree_is_joint(const struct lt_event *event);
/* NULL past the end; none while there is one tree. */
const struct lt_tree_region *lt_tree_region_at(const struct lt_tree *tree,
                                               size_t index);
const struct lt_tree_region *
lt_tree_region_of(const struct lt_tree *tree, const struct lt_office *writer);
/* Is @office the writer of a tree that everybody here is to hold? */
bool lt_tree_is_writer(const struct lt_tree *tree,
                       const struct lt_office *office);
/* Does what @writer says of a key as number @number, with stamp @hlc, count for
 * the tree that the root is the top of? Until it is admitted what a root that
 * steps down says does, or one that lets go of an office. */
bool lt_tree_speaks(const struct lt_tree *tree, const struct lt_office *writer,
                    uint64_t number, uint64_t hlc);
/* May @office write the tree on civil day @day? It is the root, and has not
 * stepped down: not before the last day on which it may be admitted is over. */
bool lt_tree_may_write(const struct lt_tree *tree,
                       const struct lt_office *office, int32_t day);
/* Every word of a joined tree may move all others. Who reads many of them says
 * so first (@defer), and again when all are there: until then the tree has a
 * part of them, and lt_tree_apply answers LT_OK. Errors: LT_ENOMEM; then once
 * more. */
LT_MUST_CHECK lt_err lt_tree_defer(struct lt_tree *tree, bool defer);
/* The version of word @number of @writer. */
uint64_t lt_tree_version_of(const struct lt_tree *tree,
                            const struct lt_office *writer, uint64_t number);
/* Note that the stream of @writer has come to @number without a change of
 * offices. */
void lt_tree_heard(struct lt_tree *tree, const struct lt_office *writer,
                   uint64_t number);

/* ---- one office goes from one tree to another (tree_release.c) ----
 *
 * The writer of its tree releases it, with all below it (OFFICE_RELEASED: to
 * which root, from which day, until when), and that root admits it below an
 * office of its own (OFFICE_ADMITTED). They answer each other as the two words
 * above, and until both are there nothing moves; the writer may take his back
 * (RELEASE_WITHDRAWN): an admission with a later stamp does not hold. From the
 * admission on, what the former writer said of the office after his release
 * counts nowhere, and what the new one said before his admission neither.
 *
 * Both trees stay, and are known to the people of both: the tree is a forest
 * then, and each writer speaks of his own part. Where both have opened one
 * office, the first writer's word counts. */
struct lt_tree_release {
    struct lt_event_id id;
    uint8_t hash[LT_HASH_LEN]; /* of its bytes */
    uint64_t version;
    struct lt_office writer;
    struct lt_office office;
    struct lt_office to; /* the root that may admit it */
    int32_t from_day;
    int32_t until_day;
    bool withdrawn;
    bool admitted;
    struct lt_office parent; /* admitted: below which office */
};
/* All that were said, in their order; NULL past the end. */
const struct lt_tree_release *lt_tree_release_at(const struct lt_tree *tree,
                                                 size_t index);
/* The release of @office, or of what it is below, that may be admitted on civil
 * day @day or later; NULL: none. */
const struct lt_tree_release *lt_tree_released(const struct lt_tree *tree,
                                               const struct lt_office *office,
                                               int32_t day);
/* The last one of @office itself that was admitted; NULL: none. */
const struct lt_tree_release *
lt_tree_came_by(const struct lt_tree *tree, const struct lt_office *office);
/* Is it known by its admission alone, because the stream of its former tree has
 * not come yet? */
bool lt_tree_is_guest(const struct lt_tree *tree,
                      const struct lt_office *office);
/* Has @to admitted an office that was @writer's? */
bool lt_tree_gave(const struct lt_tree *tree, const struct lt_office *writer,
                  const struct lt_office *to);
/* Are @a and @b below one root? */
bool lt_tree_together(const struct lt_tree *tree, const struct lt_office *a,
                      const struct lt_office *b);

/* ---- readers beside the tree (tree_reader.c) ---- */

/* @reader holds what the parent of @office holds of some classes. A police unit
 * (an office of kind LT_KIND_POLICE) may be granted incidents alone, and reads
 * nothing else whatever it was granted before it became one. */
struct lt_tree_grant {
    struct lt_office reader;
    struct lt_office office;
    uint32_t classes; /* bits 1 << enum lt_class; 0: withdrawn */
    uint64_t version; /* of the latest word about it */
};
/* In the order of the first word about each; NULL past the end. */
const struct lt_tree_grant *lt_tree_grant_at(const struct lt_tree *tree,
                                             size_t index);
/* May @reader read @stream, by a grant? */
bool lt_tree_reads(const struct lt_tree *tree, const struct lt_office *reader,
                   const struct lt_stream *stream);
/* Is there a grant by which @reader reads anything of @origin? */
bool lt_tree_reads_of(const struct lt_tree *tree,
                      const struct lt_office *reader,
                      const struct lt_office *origin);

/* Find by name or beginning of the id (at least 8 digits): in the tree of the
 * root, or else in the others that are known. Returns how many fit, at most @max
 * written. */
size_t lt_tree_search(const struct lt_tree *tree, const char *text,
                      const struct lt_tree_office **out, size_t max);

#endif

/* What the files of the daemon share: its parts and what they call of each
 * other. Nobody else includes this. */
#ifndef LT_DAEMON_DAEMON_INTERNAL_H
#define LT_DAEMON_DAEMON_INTERNAL_H

#include "common/conf.h"
#include "common/identity.h"
#include "common/policy.h"
#include "daemon/alarms.h"
#include "daemon/alert.h"
#include "daemon/back.h"
#include "daemon/clerk.h"
#include "daemon/control/control.h"
#include "daemon/courier_past.h"
#include "daemon/daemon.h"
#include "daemon/engine/engine.h"
#include "daemon/enrol/token_row.h"
#include "daemon/history.h"
#include "daemon/http/http.h"
#include "daemon/inbox.h"
#include "daemon/link/link.h"
#include "daemon/renew.h"
#include "daemon/scrub.h"
#include "daemon/status.h"
#include "daemon/turn.h"
#include "daemon/view/feed.h"

/* Writes that are not a control job's carry a token with one of these bits. */
#define LT_TOKEN_CLERK (UINT64_C(1) << 63)
#define LT_TOKEN_ENROL (UINT64_C(1) << 62)
#define LT_TOKEN_OWN (UINT64_C(1) << 61)

enum { LT_ENROL_WAITING_MAX = 32 };

/* An enrolment answer that may leave once its commit is durable. */
struct lt_enrol_waiting {
    bool used;
    bool known; /* its key was bound before */
    uint64_t session;
    struct lt_office office; /* who was admitted */
    struct lt_buf answer;
};

struct lt_daemon {
    const struct lt_daemon_options *options;
    const struct lt_sys *sys;
    struct lt_now now; /* of this turn */
    int lock_fd;
    int wake_fd; /* eventfd: jobs, the view's progress */
    int signal_fd;
    struct lt_conf *conf;
    struct lt_identity identity;
    struct lt_policy *policy;
    struct lt_log *log;
    struct lt_engine *engine;
    struct lt_turn *turn;
    struct lt_scrub *scrub;
    struct lt_back back; /* own entries that others brought back */
    int64_t scrub_at_ms;     /* monotonic; not before */
    size_t scrub_segments;   /* in one slice: what takes its time */
    struct lt_link *link;
    struct lt_feed *feed;
    struct lt_control *control;
    struct lt_http *http; /* NULL: no pages */
    int64_t pages_ms;     /* monotonic; when to look at their certificate */
    struct lt_clerk *clerk;
    struct lt_alert *alert;
    uint64_t alert_from_pos; /* what the view must have before it is believed */
    uint64_t alert_tree;     /* version that it was given; */
    bool alert_has_tree;     /* if any */
    struct lt_alarms alarms;
    char *log_path;
    char *view_path;
    bool stopping;
    enum lt_node_state state;
    lt_err state_reason;
    int64_t state_since_ms; /* wall */
    int64_t started_at_ms;
    int64_t wake_at_ms;    /* monotonic; the engine's next tick */
    int64_t publish_at_ms; /* monotonic; not before */
    uint64_t published_revision; /* of the tree */
    bool status_changed;
    bool peers_changed;
    int64_t room_check_ms; /* monotonic; when to look at the room */
    int64_t prune_at_ms;
    bool feed_rotten; /* the view's next row cannot be read until it is mended */
    uint64_t superior_session;  /* with the office that we dial; 0: none */
    int64_t apart_since_ms;     /* wall; since it was last there */
    struct lt_inbox inbox;
    int64_t inbox_ms;     /* monotonic; when the inbox last gave a frame */
    int64_t inbox_cost_ms; /* until the view showed that; negative: not yet */
    int64_t hasty_until_ms; /* monotonic; something urgent came lately */
    int64_t input_ms;   /* monotonic; of the last frame or job */
    bool trim_due;      /* something happened since the last trim */
    int64_t trim_at_ms; /* monotonic; pushed on by what happens */
    int64_t trimmed_ms;
    uint64_t last_pos; /* durable */
    uint64_t erased_pos; /* the view must have come here to be wiped, too */
    int64_t view_behind_since_ms;
    uint64_t own_tokens;
    struct lt_office dialled; /* the superior; zero: nobody yet */
    struct lt_office former;  /* and the one before, until this one is there */
    bool address_told;
    uint64_t
        address_revision;    /* of the tree, when own addresses were compared */
    int64_t drain_ms;        /* monotonic; when to look at closed offices */
    int32_t tree_looked_day; /* midnight.c: all that is due is done */
    uint64_t tree_looked_revision;
    struct lt_job *waiting; /* jobs whose commit is in this turn, by next */
    struct lt_job *early;       /* tokens that wait for the tree, by next */
    struct lt_courier_past couriers;
    struct lt_job *exports; /* of courier pieces, oldest first, by next */
    struct lt_job *verify;  /* the verify that runs in the background */
    uint64_t verify_cursor;
    struct lt_log_verify verify_sums;
    struct lt_now verify_since;
    struct lt_job *backup_job; /* the backup that runs in the background */
    struct lt_log_backup *backup;
    struct lt_now backup_since;
    uint64_t backup_done; /* pages */
    uint64_t backup_total;
    struct lt_job *rebuild; /* who waits for the view that is built anew */
    struct lt_now rebuild_since;
    struct lt_buf verify_bad; /* JSON array text of what is bad */
    struct lt_history history;  /* what was tried with neighbours */
    struct lt_fact_token *tokens; /* not used yet; for explain */
    size_t tokens_n;
    bool tokens_known;
    struct lt_enrol_waiting enrol[LT_ENROL_WAITING_MAX];
    struct lt_renewal renewal;
    int64_t left_ms;       /* monotonic; when to look at register.db */
    int64_t left_seen_ns;  /* its time of change then */
    uint64_t left_cases;   /* that it had */
    int64_t follow_ms;     /* monotonic; when to ask what follows */
    int64_t audit_ms;      /* monotonic; when to look at people.db */
    int64_t audit_seen_ns; /* its time of change then */
    int64_t audit_due_ms;  /* wall; records wait until then, 0: none */
};

/* jobs.c: what the control socket asks. */
/* Takes all that wait; *out_jobs is how many. LT_ENOMEM and LT_EIO end it. */
lt_err lt_daemon_jobs(struct lt_daemon *daemon, unsigned *out_jobs);
void lt_daemon_job_written(struct lt_daemon *daemon, uint64_t token,
                           lt_err result, uint64_t pos,
                           int64_t committed_at_ms);
/* A slice of the running verify. */
lt_err lt_daemon_verify_slice(struct lt_daemon *daemon);
/* Answer whoever waits for a new view, once it is there. */
void lt_daemon_take_rebuilt(struct lt_daemon *daemon);

/* courier_jobs.c: courier bundles. LT_ENOMEM and LT_EIO end the process. */
lt_err lt_daemon_courier(struct lt_daemon *daemon, struct lt_job *job);
/* At the start: with whom bundles were exchanged. */
lt_err lt_daemon_courier_load(struct lt_daemon *daemon);
/* One piece of an export, if one waits: when nothing else does (not @busy), or
 * it has waited long enough. */
lt_err lt_daemon_courier_slice(struct lt_daemon *daemon, bool busy,
                               bool *out_more);

/* tokens.c: one-time tokens. */
lt_err lt_daemon_token(struct lt_daemon *daemon, struct lt_job *job);
/* Where this office enrols others; how many. Borrowed from the settings. */
size_t lt_daemon_enrol_addresses(const struct lt_daemon *daemon,
                                 struct lt_text out[LT_OFFICE_ADDRESSES_MAX]);
/* Keep the row of a token with this turn's commit. */
LT_MUST_CHECK lt_err lt_daemon_store_row(
    struct lt_daemon *daemon, const uint8_t id[static LT_TOKEN_ID_LEN],
    const struct lt_token_row *row);
/* Those that were not used yet name a root to which nothing of ours leads any
 * more: who brings one is refused before a key is bound. Errors: as
 * lt_log_put_meta, but for LT_EFULL. */
LT_MUST_CHECK lt_err lt_daemon_expire_tokens(struct lt_daemon *daemon);

/* enrolment.c: who asks at the enrolment endpoint. */
/* Small values of the log: until when a child's certificate lasts, UTC ms, 8
 * bytes. */
#define LT_CERTIFICATE_PREFIX "certificate/"
enum { LT_CERTIFICATE_KEY = 12 + LT_OFFICE_TEXT };
lt_err lt_daemon_enrol(struct lt_daemon *daemon, uint64_t session,
                       const uint8_t *bytes, size_t len);
void lt_daemon_enrol_written(struct lt_daemon *daemon, uint64_t token,
                             lt_err result);

/* renew.c: certificates that end, and keys that changed. */
/* Inside a turn. Errors: as lt_turn_input; of the log. */
LT_MUST_CHECK lt_err lt_daemon_renew(struct lt_daemon *daemon);
/* @office, which is dialled, drops our handshakes. */
void lt_daemon_shut_out(struct lt_daemon *daemon,
                        const struct lt_office *office);
void lt_daemon_certificate(const struct lt_daemon *daemon,
                           struct lt_certificate_view *out);

/* audit_marks.c: what people did here, marked in the log. */
/* Inside a turn. Errors: as lt_turn_write; of the log. */
LT_MUST_CHECK lt_err lt_daemon_audit(struct lt_daemon *daemon);

/* left.c: a closed office whose register is still here, and entries that could
 * not follow their case yet. */
void lt_daemon_register_left(struct lt_daemon *daemon);
void lt_daemon_register_follow(struct lt_daemon *daemon);

/* start.c: what is opened and started, in order; and stopped in reverse. */
lt_err lt_daemon_start(struct lt_daemon *daemon, struct lt_diag *diag);
void lt_daemon_stop(struct lt_daemon *daemon);
/* The offices whose keys the gate admits, and the superior that is dialled. */
lt_err lt_daemon_peers(struct lt_daemon *daemon);

/* around.c: other superiors, beside the one that is dialled. */
/* The parent by the tree, once it can be dialled; before that, and for an
 * office that the tree does not know, the one that the configuration names. */
/* The transport key of the newest binding of @office that is proven here. */
LT_MUST_CHECK bool lt_daemon_key_of(const struct lt_daemon *daemon,
                                    const struct lt_office *office,
                                    uint8_t out_key[static LT_CURVE_LEN]);
LT_MUST_CHECK bool lt_daemon_superior(const struct lt_daemon *daemon,
                                      struct lt_office *out_office);
/* Dial it, or go on; when it is another than before, the former one is hung up
 * once this one is there. Errors: LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_daemon_dial_superior(struct lt_daemon *daemon);
void lt_daemon_superior_up(struct lt_daemon *daemon,
                           const struct lt_office *office);
/* Dial @office as the engine asks, or hang up. */
void lt_daemon_dial(struct lt_daemon *daemon, const struct lt_office *office,
                    bool begin);
/* The tree or the keys have changed: where is it now? */
void lt_daemon_dial_again(struct lt_daemon *daemon);

/* Read the configuration again (SIGHUP) and apply what a reload changes. */
void lt_daemon_reload(struct lt_daemon *daemon);
/* Is there code that applies @setting at a reload? */
bool lt_daemon_reloads(enum lt_setting setting);

/* pages.c: pages and API. What fails is an alarm: the daemon goes on. */
void lt_daemon_pages_start(struct lt_daemon *daemon);
/* The pages' own certificate, before it ends; what fails is a note. */
void lt_daemon_pages_renew(struct lt_daemon *daemon);

/* facts.c: what explain needs, as it is now; NULL without memory. */
struct lt_facts *lt_daemon_facts(struct lt_daemon *daemon,
                                 const struct lt_status *status);

/* origin.c: a new root's first word. */
lt_err lt_daemon_open_origin(struct lt_daemon *daemon, struct lt_diag *diag);
/* Inside a turn: an office with others below, or soon to have them, asks the
 * tree's writer to note where it listens. */
LT_MUST_CHECK lt_err lt_daemon_tell_address(struct lt_daemon *daemon);
/* Inside a turn: put in force what of the tree is due (midnight.c). */
LT_MUST_CHECK lt_err lt_daemon_midnight(struct lt_daemon *daemon);

/* Inside a turn: end the keys of closed offices that have handed over all
 * (drain.c). */
LT_MUST_CHECK lt_err lt_daemon_drain(struct lt_daemon *daemon);

/* jobs.c: jobs that wrote nothing but small values end with the turn. */
void lt_daemon_jobs_settled(struct lt_daemon *daemon, lt_err result);

/* revoke.c: keys that are revoked. */
/* Fill in a write that revokes a key, and write it. Errors as lt_turn_write. */
LT_MUST_CHECK lt_err lt_daemon_revoke(struct lt_daemon *daemon,
                                      struct lt_job *job);
/* At the start: keys that an earlier life knew to be revoked. */
LT_MUST_CHECK lt_err lt_daemon_shun(struct lt_daemon *daemon,
                                    struct lt_diag *diag);
void lt_daemon_remember_revoked(struct lt_daemon *daemon);

/* raised.c: incidents that no person has taken. */
/* Which tier has how long, and whose telephone rings; borrows the settings. */
struct lt_view_climb lt_daemon_climb(const struct lt_daemon *daemon);
lt_err lt_daemon_alert_start(struct lt_daemon *daemon, struct lt_diag *diag);
/* Tell the watch the tree and how far the view is. */
void lt_daemon_alert_publish(struct lt_daemon *daemon);
/* What it has found becomes alarms and notes. */
void lt_daemon_take_raised(struct lt_daemon *daemon);

/* expire.c: texts of incidents whose time is over. */
void lt_daemon_take_expired(struct lt_daemon *daemon,
                            const struct lt_alert_news *news);

/* room.c: what may run out. */
/* No room: writers are refused until there is. */
lt_err lt_daemon_close_intake(struct lt_daemon *daemon, lt_err why);
/* Once a second: quota, WALs, and whether there is room again. */
lt_err lt_daemon_watch_room(struct lt_daemon *daemon);

/* upkeep.c: beside the work. */
/* One slice of everything that waits for a pause; *out_more: there is more. */
lt_err lt_daemon_background(struct lt_daemon *daemon, bool *out_more);
/* What cannot wait for a pause: a WAL of some length is copied between two
 * turns, however much waits. */
lt_err lt_daemon_shorten_wal(struct lt_daemon *daemon);
/* What the view could not read becomes an alarm. */
void lt_daemon_take_complaints(struct lt_daemon *daemon);
void lt_daemon_trim_when_quiet(struct lt_daemon *daemon, bool worked);

/* backup.c: a copy of the log while it is used. */
void lt_daemon_backup_start(struct lt_daemon *daemon, struct lt_job *job);
lt_err lt_daemon_backup_slice(struct lt_daemon *daemon);
void lt_daemon_backup_stop(struct lt_daemon *daemon);

/* rot.c: the scrub, and what comes of it. */
lt_err lt_daemon_scrub_start(struct lt_daemon *daemon);
/* A slice, when it is time. */
lt_err lt_daemon_scrub_slice(struct lt_daemon *daemon);
/* When the loop should wake for it. */
int64_t lt_daemon_scrub_wake_ms(const struct lt_daemon *daemon);
/* The end of an asking, as the turn tells it. */
void lt_daemon_mended(struct lt_daemon *daemon, const struct lt_stream *stream,
                      uint64_t epoch, uint64_t number, enum lt_mended how);

/* hooks.c: what effects do. */
/* Remember since when the superior is not there. */
void lt_daemon_session_gone(struct lt_daemon *daemon, uint64_t session,
                            enum lt_tried_result how);
/* Count a frame that left or came, and a segment that became durable. */
void lt_daemon_count_frame(const uint8_t *bytes, size_t len, bool sent);
void lt_daemon_count_stored(const struct lt_office *self,
                            const struct lt_segment *segment);
lt_err lt_daemon_turn_new(struct lt_daemon *daemon);
lt_err lt_daemon_write_own(struct lt_daemon *daemon, struct lt_event *event,
                           const struct lt_channel *channel, uint64_t token);
lt_err lt_daemon_write_own_to(struct lt_daemon *daemon, struct lt_event *event,
                              const struct lt_channel *channels,
                              size_t channels_n, uint64_t token);
void lt_daemon_alarm(struct lt_daemon *daemon, lt_err code, bool raise,
                     const struct lt_office *subject,
                     const struct lt_diag *diag);

#endif

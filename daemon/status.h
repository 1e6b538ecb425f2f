/* What `status` and `log` print: built by the loop, read by everybody.
 *
 * Threading: called from the loop; the texts it returns are plain strings. */
#ifndef LT_DAEMON_STATUS_H
#define LT_DAEMON_STATUS_H

#include "common/message.h"
#include "daemon/alarms.h"
#include "daemon/back.h"
#include "daemon/courier_past.h"
#include "daemon/engine/engine.h"
#include "daemon/log/log.h"
#include "daemon/renew.h"
#include "daemon/scrub.h"

enum lt_node_state {
    LT_NODE_STARTING,
    LT_NODE_READY,
    LT_NODE_INTAKE_REFUSED,
    LT_NODE_STOPPING
};

/* Work that takes its time, as "rebuild-view" and "verify" do, in
 * segments; "backup", in pages. */
enum lt_work { LT_WORK_REBUILD, LT_WORK_VERIFY, LT_WORK_BACKUP, LT_WORKS };
struct lt_status_work {
    uint64_t done;
    uint64_t total;
    int64_t since_ms; /* wall; 0 = not under way */
};

struct lt_status {
    struct lt_office office;
    const struct lt_engine *engine;
    struct lt_log *log;
    const struct lt_alarms *alarms;
    enum lt_node_state state;
    lt_err state_reason; /* LT_OK: null */
    int64_t started_at_ms;
    const char *listen_links; /* first address bound, or NULL */
    const char *listen_enrol;
    const char *listen_pages;     /* NULL: they are not served */
    bool has_superior;            /* by the configuration */
    struct lt_office superior;
    int64_t apart_since_ms;       /* wall; no session with it since */
    struct lt_certificate_view certificate;
    bool clock_unsure;
    uint64_t view_behind_events;
    int64_t view_behind_ms; /* 0 when current */
    struct lt_status_work work[LT_WORKS];
    const struct lt_scrub *scrub; /* NULL: null */
    const struct lt_back *back;   /* NULL: null */
    const struct lt_courier_past *couriers; /* NULL: none */
};

/* The object of schema lienthong.status/1 in @lang; malloc'ed, the caller
 * frees. NULL when memory has run out. */
char *lt_status_json(const struct lt_status *status, const struct lt_now *now,
                     enum lt_lang lang);
/* {"items":[...]} of `log`: one item a tip. The same ownership. */
char *lt_status_log_json(const struct lt_engine *engine, struct lt_log *log);

#endif

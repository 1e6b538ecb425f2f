/* What the two files of the control thread share: its life (control.c) and
 * what it does all day (serve.c). */
#ifndef LT_CONTROL_CONTROL_INTERNAL_H
#define LT_CONTROL_CONTROL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "daemon/control/client.h"
#include "daemon/control/control.h"
#include "daemon/control/follow.h"

enum { LT_CONTROL_CLIENTS = 64 };

struct lt_control {
    struct lt_control_options options;
    char *path;
    char *view_path;
    char *dir;
    pthread_t thread;
    bool running;
    int listen_fd;
    int event_fd;
    unsigned group; /* of the socket */
    struct lt_desk desk;
    struct lt_client clients[LT_CONTROL_CLIENTS];
    struct lt_batch *orphans; /* answered, but the loop has jobs of them */
    struct lt_follow follow;

    pthread_mutex_t lock;
    struct lt_job *jobs; /* for the loop, oldest first */
    struct lt_job *jobs_last;
    struct lt_job *done; /* back from the loop */
    struct lt_job *done_last;
    struct lt_snapshot *published; /* not yet taken by the thread */
    struct lt_control_follow followed_so_far;
    bool stopping;
    atomic_bool view_moved;
    atomic_bool followed; /* by a client that streams */
};

/* Wake whoever polls this eventfd. */
void lt_control_ring(int fd);
void lt_job_append(struct lt_job **first, struct lt_job **last,
                   struct lt_job *job);
void lt_snapshot_free(struct lt_snapshot *snapshot);

/* The thread: runs until control->stopping. */
void *lt_control_run(void *control);
/* Close a connection; its batches live on until their jobs are back. */
void lt_control_drop_client(struct lt_control *control,
                            struct lt_client *client);
void lt_control_drop_orphan(struct lt_control *control, struct lt_batch *batch);

#endif

#include "daemon/http/usher.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <string.h>

struct lt_usher {
    struct lt_people *people;
    struct lt_port *port;
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct lt_usher_job *first; /* waiting, oldest first */
    struct lt_usher_job *last;
    size_t waiting_n;
    struct lt_usher_job *done; /* newest first: each is somebody else's */
    bool stopping;
};

struct lt_usher_job *lt_usher_job_new(enum lt_usher_work work)
{
    struct lt_usher_job *job = lt_new(lt_alloc_heap(), sizeof(*job));

    if (job != NULL) {
        job->work = work;
        job->disable = -1;
    }
    return job;
}

void lt_usher_job_free(struct lt_usher_job *job)
{
    if (job != NULL) {
        OPENSSL_cleanse(job, sizeof(*job));
        lt_free(lt_alloc_heap(), job);
    }
}

/* ---- the work ---- */

static lt_err sign_in(struct lt_people *people, struct lt_usher_job *job)
{
    struct lt_person person;
    lt_err err = job->has_pin
                     ? lt_people_check_pin(people, job->name, job->pin, &person,
                                           &job->diag)
                     : lt_people_check(people, job->name, job->password,
                                       job->totp, &person, &job->diag);

    if (err == LT_OK) {
        err = lt_people_session_begin(people, job->name, job->new_token,
                                      &job->diag);
    }
    if (err == LT_OK && job->token[0] != '\0') {
        err = lt_people_session_end(people, job->token); /* the one before */
    }
    return err;
}

static void fill_says(const struct lt_usher_job *job,
                      struct lt_person_says *out)
{
    *out = (struct lt_person_says){
        .shown = job->has_shown ? job->shown : NULL,
        .roles = job->roles,
        .password = job->has_password ? job->password : NULL,
        .pin = job->has_pin ? job->pin : NULL,
        .new_totp = job->new_totp,
    };
}

static lt_err change(struct lt_people *people, struct lt_usher_job *job)
{
    struct lt_person_says says;
    lt_err err = LT_OK;

    fill_says(job, &says);
    if (says.shown != NULL || says.roles != 0 || says.password != NULL ||
        says.pin != NULL || says.new_totp) {
        err = lt_people_change(people, job->by, job->name, &says, &job->told,
                               &job->diag);
    }
    if (err == LT_OK && job->disable >= 0) {
        err = lt_people_disable(people, job->by, job->name, job->disable == 0,
                                &job->diag);
    }
    return err;
}

static lt_err work(struct lt_people *people, struct lt_usher_job *job)
{
    struct lt_person_says says;

    switch (job->work) {
    case LT_USHER_SIGN_IN:
        return sign_in(people, job);
    case LT_USHER_VOUCHED:
        return lt_people_session_vouched(people, job->name, job->totp, "proxy",
                                         job->new_token, &job->diag);
    case LT_USHER_UNLOCK:
        return lt_people_session_unlock(people, job->token, job->pin,
                                        &job->diag);
    case LT_USHER_SWITCH:
        return lt_people_session_switch(people, job->token, job->name, job->pin,
                                        job->new_token, &job->diag);
    case LT_USHER_ADD:
        fill_says(job, &says);
        return lt_people_add(people, job->by, job->name, &says, &job->told,
                             &job->diag);
    case LT_USHER_CHANGE:
        return change(people, job);
    case LT_USHER_RENEW:
        return lt_people_renew(people, job->name, job->paper, job->password,
                               job->has_pin ? job->pin : NULL, &job->diag);
    }
    return LT_EINTERNAL;
}

static struct lt_usher_job *take(struct lt_usher *usher)
{
    struct lt_usher_job *job;

    pthread_mutex_lock(&usher->lock);
    while (usher->first == NULL && !usher->stopping) {
        pthread_cond_wait(&usher->given, &usher->lock);
    }
    job = usher->stopping ? NULL : usher->first;
    if (job != NULL) {
        usher->first = job->next;
        if (usher->first == NULL) {
            usher->last = NULL;
        }
        usher->waiting_n--;
    }
    pthread_mutex_unlock(&usher->lock);
    return job;
}

static void put_done(struct lt_usher *usher, struct lt_usher_job *job)
{
    pthread_mutex_lock(&usher->lock);
    job->next = usher->done;
    usher->done = job;
    pthread_mutex_unlock(&usher->lock);
    lt_port_wake(usher->port);
}

static void *run(void *ctx)
{
    struct lt_usher *usher = ctx;
    struct lt_usher_job *job;

    while ((job = take(usher)) != NULL) {
        lt_diag_set(&job->diag, LT_OK);
        job->err = work(usher->people, job);
        if (job->err != LT_OK && job->diag.code != job->err) {
            lt_diag_set(&job->diag, job->err);
        }
        put_done(usher, job);
    }
    return NULL;
}

/* ---- the loop's side ---- */

lt_err lt_usher_new(const char *dir, const struct lt_sys *sys,
                    struct lt_port *port, struct lt_usher **out_usher,
                    struct lt_diag *diag)
{
    struct lt_usher *usher = lt_new(lt_alloc_heap(), sizeof(*usher));
    lt_err err;

    if (usher == NULL) {
        return lt_diag_set(diag, LT_ENOMEM);
    }
    usher->port = port;
    pthread_mutex_init(&usher->lock, NULL);
    pthread_cond_init(&usher->given, NULL);
    err = lt_people_open(dir, sys, &usher->people, diag);
    if (err == LT_OK) {
        usher->running = pthread_create(&usher->thread, NULL, run, usher) == 0;
        err = usher->running ? LT_OK : lt_diag_set(diag, LT_EINTERNAL);
    }
    if (err != LT_OK) {
        lt_usher_free(usher);
        return err;
    }
    *out_usher = usher;
    return LT_OK;
}

void lt_usher_free(struct lt_usher *usher)
{
    struct lt_usher_job *job;

    if (usher == NULL) {
        return;
    }
    if (usher->running) {
        pthread_mutex_lock(&usher->lock);
        usher->stopping = true;
        pthread_cond_signal(&usher->given);
        pthread_mutex_unlock(&usher->lock);
        (void)pthread_join(usher->thread, NULL);
    }
    lt_usher_collect(usher);
    while ((job = usher->first) != NULL) {
        usher->first = job->next;
        job->err = lt_diag_set(&job->diag, LT_ENOTRUNNING);
        job->done(job->ctx, job);
    }
    lt_people_close(usher->people);
    pthread_cond_destroy(&usher->given);
    pthread_mutex_destroy(&usher->lock);
    lt_free(lt_alloc_heap(), usher);
}

lt_err lt_usher_give(struct lt_usher *usher, struct lt_usher_job *job)
{
    lt_err err = LT_OK;

    pthread_mutex_lock(&usher->lock);
    if (usher->waiting_n >= LT_USHER_WAITING) {
        err = LT_EBUSY;
    } else {
        job->next = NULL;
        if (usher->last == NULL) {
            usher->first = job;
        } else {
            usher->last->next = job;
        }
        usher->last = job;
        usher->waiting_n++;
        pthread_cond_signal(&usher->given);
    }
    pthread_mutex_unlock(&usher->lock);
    return err;
}

void lt_usher_collect(struct lt_usher *usher)
{
    struct lt_usher_job *job;
    struct lt_usher_job *next;

    pthread_mutex_lock(&usher->lock);
    job = usher->done;
    usher->done = NULL;
    pthread_mutex_unlock(&usher->lock);
    for (; job != NULL; job = next) {
        next = job->next;
        job->done(job->ctx, job);
    }
}

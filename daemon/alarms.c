#include "daemon/alarms.h"

#include <string.h>

lt_err lt_alarms_init(struct lt_alarms *alarms)
{
    memset(alarms, 0, sizeof(*alarms));
    alarms->items =
        lt_new_array(lt_alloc_heap(), LT_ALARMS_MAX, sizeof(*alarms->items));
    return alarms->items == NULL ? LT_ENOMEM : LT_OK;
}

void lt_alarms_deinit(struct lt_alarms *alarms)
{
    lt_free(lt_alloc_heap(), alarms->items);
    alarms->items = NULL;
    alarms->n = 0;
}

static struct lt_alarm *find(struct lt_alarms *alarms, lt_err code,
                             const struct lt_office *subject)
{
    for (size_t i = 0; i < alarms->n; i++) {
        struct lt_alarm *alarm = &alarms->items[i];

        if (alarm->code == code && lt_office_equal(&alarm->subject, subject)) {
            return alarm;
        }
    }
    return NULL;
}

bool lt_alarms_raise(struct lt_alarms *alarms, lt_err code,
                     const struct lt_office *subject, const struct lt_now *now,
                     const struct lt_diag *diag)
{
    struct lt_alarm *alarm = find(alarms, code, subject);
    bool is_new = alarm == NULL;

    if (is_new) {
        if (alarms->n == LT_ALARMS_MAX) {
            alarms->overflowed = true;
            return false;
        }
        alarm = &alarms->items[alarms->n++];
        alarm->code = code;
        alarm->subject = *subject;
        alarm->since_ms = now->wall_ms;
    }
    alarm->last_ms = now->mono_ms;
    if (diag != NULL) {
        alarm->diag = *diag;
    } else {
        memset(&alarm->diag, 0, sizeof(alarm->diag));
    }
    alarm->diag.code = code;
    return is_new;
}

bool lt_alarms_clear(struct lt_alarms *alarms, lt_err code,
                     const struct lt_office *subject)
{
    struct lt_alarm *alarm = find(alarms, code, subject);

    if (alarm == NULL) {
        return false;
    }
    alarms->n--;
    memmove(alarm, alarm + 1,
            (size_t)(&alarms->items[alarms->n] - alarm) * sizeof(*alarm));
    alarms->overflowed = false;
    return true;
}

bool lt_alarms_expire(struct lt_alarms *alarms, const struct lt_now *now)
{
    size_t kept = 0;
    bool any;

    for (size_t i = 0; i < alarms->n; i++) {
        const int64_t lasts_ms = lt_err_lasts_ms(alarms->items[i].code);

        if (lasts_ms == 0 ||
            now->mono_ms - alarms->items[i].last_ms < lasts_ms) {
            if (kept != i) {
                alarms->items[kept] = alarms->items[i];
            }
            kept++;
        }
    }
    any = kept < alarms->n;
    alarms->n = kept;
    alarms->overflowed = alarms->overflowed && !any;
    return any;
}

/* Words to systemd, over the datagram socket that NOTIFY_SOCKET names.
 *
 * Without NOTIFY_SOCKET every call does nothing. Never blocks for long: a
 * datagram that the manager does not take is dropped.
 *
 * Threading: any thread, as long as nobody changes the environment. */
#ifndef LT_LINK_SDNOTIFY_H
#define LT_LINK_SDNOTIFY_H

#include "common/base.h"

/* Send @state as it is: "READY=1", "STOPPING=1", "STATUS=...", "WATCHDOG=1",
 * several joined by newlines. False when there is nobody or it failed. */
bool lt_sdnotify(const char *state);
/* RELOADING=1 with the moment it began, CLOCK_MONOTONIC. */
bool lt_sdnotify_reloading(int64_t mono_ms);
/* How long systemd waits for a WATCHDOG=1, or 0 when it does not watch us. */
int64_t lt_sdnotify_watchdog_ms(void);

#endif

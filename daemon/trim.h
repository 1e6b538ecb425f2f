/* Giving back memory that only the start or a burst needed.
 *
 * A daemon that idles for days on an old machine should not keep what its
 * libraries touched while they were set up: several megabytes of clean code
 * pages and of freed heap. They come back from the page cache when needed.
 *
 * Threading: any thread; other threads only fault pages in again. */
#ifndef LT_DAEMON_TRIM_H
#define LT_DAEMON_TRIM_H

/* Takes about a millisecond; for quiet moments. Where /proc is missing only
 * the heap is trimmed. */
void lt_trim(void);

#endif

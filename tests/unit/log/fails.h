/* Calls that can fail, counted and made to fail: our allocations and SQLite's,
 * the calls of a simulated disk, and those of the operating system.
 *
 * The program is linked with --wrap for each of them (CMakeLists.txt), so that
 * what stands in the log's own code comes through here. What the simulated disk
 * takes for itself does not. One thread. */
#ifndef LT_TESTS_UNIT_LOG_FAILS_H
#define LT_TESTS_UNIT_LOG_FAILS_H

#include "tests/sim/faultvfs.h"

enum fails_kind {
    FAILS_OURS,   /* malloc and its kin */
    FAILS_SQLITE, /* the same of SQLite's */
    FAILS_DISK,   /* a call of the simulated disk ends with an I/O error */
    FAILS_FULL,   /* one that asks for room finds none */
    FAILS_SYSTEM, /* open, fsync, link and so on */
    FAILS_STATEMENT_MEMORY, /* preparing or stepping a statement: no memory */
    FAILS_STATEMENT_DISK,   /* the same: an I/O error */
    FAILS_SETTING, /* a switch of a connection is not known to the library */
    FAILS_KINDS
};

/* Hand SQLite its memory; before anything else of it. */
bool fails_start(void);
/* From now on the @nth call of this kind fails, and all behind it if @ever; 0:
 * they are counted alone. */
void fails_arm(enum fails_kind kind, uint64_t nth, bool ever,
               struct lt_disk *disk);
/* What a failing call of the operating system says from now on. */
void fails_error(int error);
/* While it is held a call is neither counted nor fails. */
void fails_hold(bool held);
/* So many calls of the kind since then. */
uint64_t fails_seen(void);
/* Nothing fails any more; so many did. */
uint64_t fails_disarm(void);
/* What was taken and not given back: of ours and of SQLite's. */
long fails_live(void);

#endif

/* The laws that the cases of a view are counted by, one a branch of the tree.
 *
 * Most trees have none but the tables that came with the program. Where
 * offices have set rules or calendars, a case is counted by those of its
 * custodian and the offices above it. Laws are made when first asked for and
 * kept until the view has more offices or more of these events.
 *
 * Threading: belongs to its reader. */
#ifndef LT_VIEW_BOOKS_H
#define LT_VIEW_BOOKS_H

#include "daemon/cases/law.h"

struct lt_books;
struct lt_view_reader;

/* @tables [LT_POLICY_TABLES] are borrowed and outlive the books.
 * Errors: LT_EPOLICY with what is wrong in @diag; LT_ENOMEM. */
LT_MUST_CHECK lt_err lt_books_new(const struct lt_policy_text *tables,
                                  struct lt_books **out_books,
                                  struct lt_diag *diag);
void lt_books_free(struct lt_books *books);

/* Another file, or another state of it, may be read from now on. */
void lt_books_forget(struct lt_books *books);
/* Look whether the file has more: once an answer. Uses reader->event. */
LT_MUST_CHECK lt_err lt_books_refresh(struct lt_books *books,
                                      struct lt_view_reader *reader);
/* Grows whenever a refresh has found another law. 0: no books. */
uint64_t lt_books_generation(const struct lt_books *books);
/* The law of the cases that @office holds; borrowed until the next refresh. */
LT_MUST_CHECK lt_err lt_books_law(struct lt_books *books,
                                  const struct lt_office *office,
                                  const struct lt_law **out_law);

#endif

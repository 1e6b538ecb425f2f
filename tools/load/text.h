/* Vietnamese texts as desks write them, made by chance from lists of words.
 *
 * All append to @out and answer false when memory has run out. They hold no
 * character that JSON escapes, and no name of a person.
 *
 * Threading: everything here is pure. */
#ifndef LT_TOOLS_LOAD_TEXT_H
#define LT_TOOLS_LOAD_TEXT_H

#include "common/alloc.h"

/* What a petition is about, in two or three sentences. */
bool lt_text_petition(uint64_t *chance, struct lt_buf *out);
/* A short note about a step. */
bool lt_text_note(uint64_t *chance, struct lt_buf *out);
bool lt_text_place(uint64_t *chance, struct lt_buf *out);
bool lt_text_subject(uint64_t *chance, struct lt_buf *out);
/* Numbers of documents and of the book, which rise with @at: "1284/QĐ-UBND",
 * "417/2025-TD". */
bool lt_text_doc_no(uint64_t *chance, size_t at, struct lt_buf *out);
bool lt_text_book_number(size_t at, struct lt_buf *out);

#endif

/* The test vectors: fixed inputs, and every byte that a second implementation
 * must come to. Lines are `name = hex` (or text), comments begin with #. */
#ifndef LT_TESTS_CODEC_VECTORS_H
#define LT_TESTS_CODEC_VECTORS_H

#include <stdio.h>

/* Compute all of them and write the file. Crypto must have been started. */
void vectors_write(FILE *out);

#endif

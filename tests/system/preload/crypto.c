/* A cryptographic library that has nothing to offer: no digest can be fetched.
 * Preloaded into a daemon it stands for a broken package libssl3. */
#include <stddef.h>

void *EVP_MD_fetch(void *ctx, const char *algorithm, const char *properties);

void *EVP_MD_fetch(void *ctx, const char *algorithm, const char *properties)
{
    (void)ctx;
    (void)algorithm;
    (void)properties;
    return NULL;
}

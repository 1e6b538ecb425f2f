/* Numbers by chance, the same everywhere. */
#include "tools/load/corpus.h"

/* splitmix64 */
uint64_t lt_load_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15U;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

uint32_t lt_load_below(uint64_t *state, uint32_t bound)
{
    return (uint32_t)((lt_load_random(state) >> 32) * bound >> 32);
}

/*
 * Numbers for hostile guests: random, and the same in each run
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_BARE_METAL_RANDOM_H
#define TESTS_BARE_METAL_RANDOM_H

#include <stdint.h>

static inline uint32_t next_random(void)
{
    static uint32_t seed = 0x5eed5eed;

    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

#endif

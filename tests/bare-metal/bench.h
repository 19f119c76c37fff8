/*
 * What a guest that measures needs: the virtual counter
 *
 * AArch64 only: the benches are not built for AArch32.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_BARE_METAL_BENCH_H
#define TESTS_BARE_METAL_BENCH_H

#include <stdint.h>

/* Ticks of the virtual counter, after all that comes before. */
static inline uint64_t counter(void)
{
    uint64_t ticks;

    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}

/* Its ticks in a second. */
static inline uint64_t frequency(void)
{
    uint64_t hz;

    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
    return hz;
}

#endif

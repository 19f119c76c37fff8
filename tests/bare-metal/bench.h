/*
 * What a guest that measures needs: the virtual counter, and a table of runs
 *
 * Each kind is timed in several rounds that take turns, so that a busy host
 * slows all of them alike; the fastest round of each counts.
 *
 * AArch64 only: the benches are not built for AArch32.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_BARE_METAL_BENCH_H
#define TESTS_BARE_METAL_BENCH_H

#include "guest.h"

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

/* @run: false if it did not go as it has to; @i counts the runs. */
typedef struct Bench {
    const char *name;
    bool (*run)(unsigned i);
} Bench;

#define BENCH_MAX 16
#define BENCH_ROUNDS 200
#define BENCH_RUNS 2000

/* Ticks for BENCH_RUNS runs; 0 if one of them went wrong. */
static inline uint64_t bench_round(const Bench *bench)
{
    uint64_t start = counter();

    for (unsigned i = 0; i < BENCH_RUNS; i++) {
        if (!bench->run(i)) {
            return 0;
        }
    }
    return counter() - start;
}

/*
 * At most BENCH_MAX of them. Prints "NAME PICOSECONDS", a line for each; 0 says
 * that it went wrong.
 */
static inline void bench_all(const Bench *benches, unsigned count)
{
    uint64_t best[BENCH_MAX];

    for (unsigned i = 0; i < count; i++) {
        best[i] = UINT64_MAX;
    }
    for (unsigned round = 0; round < BENCH_ROUNDS; round++) {
        for (unsigned i = 0; i < count; i++) {
            uint64_t ticks = bench_round(&benches[i]);

            if (ticks < best[i]) {
                best[i] = ticks;
            }
        }
    }
    for (unsigned i = 0; i < count; i++) {
        put_string(benches[i].name);
        put_string(" ");
        put_decimal(best[i] * (1000000000000ull / frequency()) / BENCH_RUNS);
        put_string("\n");
    }
}

#endif

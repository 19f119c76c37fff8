/*
 * What a firmware call costs: PSCI_VERSION beside SCMI commands
 *
 * Each kind is timed in several rounds that take turns, so that a busy host
 * slows all of them alike; the fastest round of each counts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "bench.h"
#include "guest.h"

#define ROUNDS 200
#define CALLS 2000

/* Two commands that take turns, so that each of a set command changes state. */
static const struct {
    const char *name;
    uint32_t header;
    unsigned words;
    uint32_t payload[2][4];
} benches[] = {
    { "PSCI_VERSION", 0, 0, {} },
    { "BASE_PROTOCOL_VERSION", SCMI_HEADER(0x10, 0x0), 0, {} },
    { "POWER_STATE_SET", SCMI_HEADER(0x11, 0x4), 3,
      { { 0, 2, 0 }, { 0, 2, 0x40000000 } } },
    { "PERF_LEVEL_SET", SCMI_HEADER(0x13, 0x7), 2,
      { { 0, 1200000 }, { 0, 1600000 } } },
    { "CLOCK_RATE_GET", SCMI_HEADER(0x14, 0x6), 1, { { 3 }, { 3 } } },
    { "CLOCK_RATE_SET", SCMI_HEADER(0x14, 0x5), 4,
      { { 0, 3, 24000000, 0 }, { 0, 3, 48000000, 0 } } },
    { "SENSOR_READING_GET", SCMI_HEADER(0x15, 0x6), 2, {} },
    { "VOLTAGE_LEVEL_SET", SCMI_HEADER(0x17, 0x7), 3,
      { { 2, 0, 800000 }, { 2, 0, 850000 } } },
};

#define NUM_BENCHES (sizeof(benches) / sizeof(benches[0]))

static bool run(unsigned bench, unsigned i)
{
    unsigned long regs[8] = {};

    if (!benches[bench].header) {
        call_results(PSCI_VERSION, regs);
        return true;
    }
    scmi_prepare(benches[bench].header, benches[bench].payload[i % 2],
                 benches[bench].words);
    call_results(SCMI_FUNCTION, regs);
    return !regs[0] && SCMI_SHMEM[SHMEM_STATUS] == 1 &&
           !SCMI_SHMEM[SHMEM_PAYLOAD];
}

/* Ticks for CALLS calls; 0 if one was not answered with success. */
static uint64_t round_ticks(unsigned bench)
{
    uint64_t start = counter();

    for (unsigned i = 0; i < CALLS; i++) {
        if (!run(bench, i)) {
            return 0;
        }
    }
    return counter() - start;
}

void guest_secondary(void)
{
}

void guest_main(void)
{
    uint64_t best[NUM_BENCHES];

    for (unsigned i = 0; i < NUM_BENCHES; i++) {
        best[i] = UINT64_MAX;
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < NUM_BENCHES; i++) {
            uint64_t ticks = round_ticks(i);

            if (ticks < best[i]) {
                best[i] = ticks;
            }
        }
    }
    /* "NAME PICOSECONDS", a line for each; 0 says that it went wrong. */
    for (unsigned i = 0; i < NUM_BENCHES; i++) {
        put_string(benches[i].name);
        put_string(" ");
        put_decimal(best[i] * (1000000000000ull / frequency()) / CALLS);
        put_string("\n");
    }
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}

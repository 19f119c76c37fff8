/*
 * What a firmware call costs: PSCI_VERSION beside SCMI commands
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "bench.h"

static bool psci_version(unsigned i)
{
    return call(PSCI_VERSION, i, 0, 0);
}

/* The payload is laid down each time: the reply overwrites it. */
static bool scmi(uint32_t header, const uint32_t *payload, unsigned words)
{
    return !scmi_command(header, payload, words) &&
           SCMI_SHMEM[SHMEM_STATUS] == 1 && !SCMI_SHMEM[SHMEM_PAYLOAD];
}

static bool base_version(unsigned i)
{
    (void)i;
    return scmi(SCMI_HEADER(0x10, 0x0), 0, 0);
}

/* The payloads of what sets take turns, so that each run changes state. */
static bool power_state_set(unsigned i)
{
    static const uint32_t cluster[][3] = { { 0, 2, 0 }, { 0, 2, 0x40000000 } };

    return scmi(SCMI_HEADER(0x11, 0x4), cluster[i % 2], 3);
}

static bool perf_level_set(unsigned i)
{
    static const uint32_t cpu[][2] = { { 0, 1200000 }, { 0, 1600000 } };

    return scmi(SCMI_HEADER(0x13, 0x7), cpu[i % 2], 2);
}

static bool clock_rate_get(unsigned i)
{
    static const uint32_t uart[] = { 3 };

    (void)i;
    return scmi(SCMI_HEADER(0x14, 0x6), uart, 1);
}

static bool clock_rate_set(unsigned i)
{
    static const uint32_t uart[][4] = {
        { 0, 3, 24000000, 0 }, { 0, 3, 48000000, 0 },
    };

    return scmi(SCMI_HEADER(0x14, 0x5), uart[i % 2], 4);
}

static bool sensor_reading_get(unsigned i)
{
    static const uint32_t thermal[] = { 0, 0 };

    (void)i;
    return scmi(SCMI_HEADER(0x15, 0x6), thermal, 2);
}

static bool voltage_level_set(unsigned i)
{
    static const uint32_t rail[][3] = { { 2, 0, 800000 }, { 2, 0, 850000 } };

    return scmi(SCMI_HEADER(0x17, 0x7), rail[i % 2], 3);
}

static const Bench benches[] = {
    { "PSCI_VERSION", psci_version },
    { "BASE_PROTOCOL_VERSION", base_version },
    { "POWER_STATE_SET", power_state_set },
    { "PERF_LEVEL_SET", perf_level_set },
    { "CLOCK_RATE_GET", clock_rate_get },
    { "CLOCK_RATE_SET", clock_rate_set },
    { "SENSOR_READING_GET", sensor_reading_get },
    { "VOLTAGE_LEVEL_SET", voltage_level_set },
};

void guest_secondary(void)
{
}

void guest_main(void)
{
    bench_all(benches, sizeof(benches) / sizeof(benches[0]));
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}

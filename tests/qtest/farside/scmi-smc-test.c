/*
 * SCMI over SMC: variants, channels, completion interrupts
 *
 * What all variants have in common is tested by smccc-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/scmi/smc.h"
#include "hw/scmi/wire.h"
#include "smc-qemu.h"

#define CHANNEL0 0x0b000000
#define CHANNEL1 0x0b400000
#define CAPABILITY_OFFSET 0xff8

#define BASE_VERSION 0x00004000
#define DISCOVER_AGENT 0x00084007
#define INVALID_PARAMETER ((uint64_t)-3)

/* The interrupts of the two channels, in the words and bits of a GICv2. */
#define FIRST_IRQ 216
#define GICD 0x08000000
#define GICD_ISPENDR (GICD + 0x200 + FIRST_IRQ / 32 * 4)
#define GICD_ICPENDR (GICD + 0x280 + FIRST_IRQ / 32 * 4)
#define GICD_ICFGR (GICD + 0xc00 + FIRST_IRQ / 16 * 4)
#define PENDING(i) (1u << (FIRST_IRQ % 32 + (i)))
#define EDGE(i) (2u << (FIRST_IRQ % 16 * 2 + 2 * (i)))

#define MACHINE \
    "-M farside,scmi-platform.vendor=qtest,scmi-platform.sub-vendor=smc," \
    "scmi-platform.version=1,scmi-platform.power-domains.0.name=gpu"
#define AGENT(i, type) \
    ",scmi-platform.agents." #i ".name=OSPM" #i \
    ",scmi-platform.agents." #i ".transport.type=" type
#define CHANNEL(i, protocol) \
    ",scmi-platform.agents.0.transport.channels." #i "=" #protocol
#define INTERRUPT ",scmi-platform.agents.0.transport.interrupt=on"

static uint64_t call(SmcQemu *qemu, uint32_t function, uint64_t x1,
                     uint64_t x2)
{
    const uint64_t args[] = { function, x1, x2 };
    uint64_t results[SMC_NUM_RESULTS];

    smc_qemu_call(qemu, true, args, ARRAY_SIZE(args), results);
    return results[0];
}

static void put(SmcQemu *qemu, uint64_t channel, uint32_t flags)
{
    smc_qemu_write(qemu, channel + SCMI_SHMEM_STATUS, 0);
    smc_qemu_write(qemu, channel + SCMI_SHMEM_FLAGS, flags);
    smc_qemu_write(qemu, channel + SCMI_SHMEM_LENGTH, 4);
    smc_qemu_write(qemu, channel + SCMI_SHMEM_HEADER, BASE_VERSION);
}

static bool is_free(SmcQemu *qemu, uint64_t channel)
{
    return smc_qemu_read(qemu, channel + SCMI_SHMEM_STATUS) & 1;
}

/* These arguments name this channel, and no other. */
static void check_names(SmcQemu *qemu, uint64_t channel, uint64_t x1,
                        uint64_t x2)
{
    put(qemu, CHANNEL0, 0);
    put(qemu, CHANNEL1, 0);
    g_assert_cmphex(call(qemu, SCMI_SMC_DEFAULT_FUNCTION, x1, x2), ==, 0);
    g_assert_cmpint(is_free(qemu, CHANNEL0), ==, channel == CHANNEL0);
    g_assert_cmpint(is_free(qemu, CHANNEL1), ==, channel == CHANNEL1);
    g_assert_cmphex(smc_qemu_read(qemu, channel + SCMI_SHMEM_PAYLOAD + 4), ==,
                    0x20001);
    /* It belongs to the agent now. */
    g_assert_cmphex(call(qemu, SCMI_SMC_DEFAULT_FUNCTION, x1, x2), ==,
                    INVALID_PARAMETER);
}

/* These arguments name none. */
static void check_no_name(SmcQemu *qemu, uint64_t x1, uint64_t x2)
{
    put(qemu, CHANNEL0, 0);
    put(qemu, CHANNEL1, 0);
    g_assert_cmphex(call(qemu, SCMI_SMC_DEFAULT_FUNCTION, x1, x2), ==,
                    INVALID_PARAMETER);
    g_assert_false(is_free(qemu, CHANNEL0));
    g_assert_false(is_free(qemu, CHANNEL1));
}

static void test_param(void)
{
    SmcQemu *qemu = smc_qemu_start(MACHINE AGENT(0, "smc-param")
                                   CHANNEL(0, 17));

    check_names(qemu, CHANNEL0, CHANNEL0 >> 12, 0);
    check_names(qemu, CHANNEL1, CHANNEL1 >> 12, 0);
    check_no_name(qemu, 0, 0);
    check_no_name(qemu, CHANNEL0, 0);
    check_no_name(qemu, CHANNEL0 >> 12, 4);
    check_no_name(qemu, (CHANNEL0 >> 12) - 1, 0x1000);
    check_no_name(qemu, UINT64_MAX, UINT64_MAX);
    smc_qemu_quit(qemu);
}

static uint32_t capability(SmcQemu *qemu, uint64_t channel)
{
    g_assert_cmphex(smc_qemu_read(qemu, channel + CAPABILITY_OFFSET + 4), ==,
                    0);
    return smc_qemu_read(qemu, channel + CAPABILITY_OFFSET);
}

static void test_qcom(void)
{
    SmcQemu *qemu = smc_qemu_start(MACHINE AGENT(0, "qcom-smc")
                                   CHANNEL(0, 17));
    uint32_t first = capability(qemu, CHANNEL0);
    uint32_t second = capability(qemu, CHANNEL1);

    check_names(qemu, CHANNEL0, first, 0);
    check_names(qemu, CHANNEL1, second, 0);
    check_no_name(qemu, 0, 0);
    check_no_name(qemu, UINT64_MAX, 0);
    check_no_name(qemu, second + 1, 0);
    /* What the guest writes there is its own business. */
    smc_qemu_write(qemu, CHANNEL0 + CAPABILITY_OFFSET, second);
    check_names(qemu, CHANNEL0, first, 0);
    smc_qemu_reset(qemu);
    g_assert_cmphex(capability(qemu, CHANNEL0), ==, first);
    check_names(qemu, CHANNEL0, first, 0);
    smc_qemu_quit(qemu);
}

/* Other devices have interrupts in the same word. */
static uint32_t pending(SmcQemu *qemu)
{
    return smc_qemu_read(qemu, GICD_ISPENDR) & (PENDING(0) | PENDING(1));
}

static void check_interrupt(SmcQemu *qemu, unsigned i, uint64_t channel,
                            uint32_t flags, bool expected)
{
    put(qemu, channel, flags);
    g_assert_cmphex(call(qemu, SCMI_SMC_DEFAULT_FUNCTION, channel >> 12, 0),
                    ==, 0);
    g_assert_cmphex(pending(qemu), ==, expected ? PENDING(i) : 0);
    smc_qemu_write(qemu, GICD_ICPENDR, PENDING(i));
    g_assert_cmphex(pending(qemu), ==, 0);
}

static void test_completion(void)
{
    SmcQemu *qemu = smc_qemu_start(MACHINE AGENT(0, "smc-param")
                                   CHANNEL(0, 17) INTERRUPT);

    smc_qemu_write(qemu, GICD_ICFGR, EDGE(0) | EDGE(1));
    check_interrupt(qemu, 0, CHANNEL0, 1, true);
    check_interrupt(qemu, 1, CHANNEL1, 1, true);
    /* A polled command. */
    check_interrupt(qemu, 0, CHANNEL0, 0, false);
    check_interrupt(qemu, 1, CHANNEL1, ~1u, false);
    smc_qemu_quit(qemu);
}

/* Each agent has a function of its own, and its own view. */
static void test_agents(void)
{
    SmcQemu *qemu = smc_qemu_start(MACHINE AGENT(0, "smc") AGENT(1, "smc"));
    const uint64_t channels[] = { CHANNEL0, CHANNEL1 };

    for (unsigned i = 0; i < ARRAY_SIZE(channels); i++) {
        put(qemu, channels[i], 0);
        smc_qemu_write(qemu, channels[i] + SCMI_SHMEM_LENGTH, 8);
        smc_qemu_write(qemu, channels[i] + SCMI_SHMEM_HEADER, DISCOVER_AGENT);
        smc_qemu_write(qemu, channels[i] + SCMI_SHMEM_PAYLOAD, UINT32_MAX);
        g_assert_cmphex(call(qemu, SCMI_SMC_DEFAULT_FUNCTION + i, 0, 0), ==,
                        0);
        g_assert_cmpuint(smc_qemu_read(qemu, channels[i] +
                                       SCMI_SHMEM_PAYLOAD + 4), ==, i + 1);
    }
    smc_qemu_quit(qemu);
}

static void check_refused(const char *args, const char *what)
{
    g_autofree char *all = g_strdup_printf("-accel qtest %s", args);
    g_autofree char *errors = smc_qemu_fail(all);

    g_assert_nonnull(strstr(errors, what));
}

static void test_refused(void)
{
    check_refused(MACHINE AGENT(0, "smc") CHANNEL(0, 17),
                  "agents.0.transport.channels' is unexpected");
    check_refused(MACHINE AGENT(0, "qcom-smc") CHANNEL(0, 16),
                  "agents[0].transport.channels[0]: protocol 0x10 cannot "
                  "have one");
    check_refused(MACHINE AGENT(0, "qcom-smc") CHANNEL(0, 17) CHANNEL(1, 17),
                  "agents[0].transport.channels[1]: protocol 0x11 has a "
                  "channel already");
    check_refused(MACHINE AGENT(0, "qcom-smc") CHANNEL(0, 20),
                  "agents[0].transport.channels[0]: protocol 0x14 is not "
                  "offered");
}

static uint32_t noise(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Calls by the thousand over areas that hold anything; then one that does. */
static void test_storm(const void *machine)
{
    const uint64_t names[] = { CHANNEL0 >> 12, CHANNEL1 >> 12,
                               SCMI_SMC_CAPABILITY, SCMI_SMC_CAPABILITY + 1,
                               SCMI_SMC_CAPABILITY + 2, UINT64_MAX };
    SmcQemu *qemu = smc_qemu_start(machine);
    uint32_t state = 1;

    for (unsigned i = 0; i < 3000; i++) {
        uint64_t area = noise(&state) % 2 ? CHANNEL0 : CHANNEL1;
        uint32_t offset = noise(&state) % 1024 * 4;
        uint64_t result;

        smc_qemu_write(qemu, area + offset, noise(&state));
        smc_qemu_write(qemu, area + SCMI_SHMEM_STATUS, i % 5 == 0);
        smc_qemu_write(qemu, area + SCMI_SHMEM_LENGTH, noise(&state) % 64);
        result = call(qemu, SCMI_SMC_DEFAULT_FUNCTION,
                      names[noise(&state) % ARRAY_SIZE(names)],
                      i % 7 ? 0 : noise(&state));
        g_assert(result == 0 || result == INVALID_PARAMETER);
    }
    for (unsigned i = 0; i < 4; i++) {
        put(qemu, CHANNEL0, 0);
        call(qemu, SCMI_SMC_DEFAULT_FUNCTION, names[i], 0);
        if (is_free(qemu, CHANNEL0)) {
            break;
        }
    }
    g_assert_true(is_free(qemu, CHANNEL0));
    g_assert_cmphex(smc_qemu_read(qemu, CHANNEL0 + SCMI_SHMEM_PAYLOAD + 4), ==,
                    0x20001);
    smc_qemu_quit(qemu);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scmi-smc/param", test_param);
    g_test_add_func("/scmi-smc/qcom", test_qcom);
    g_test_add_func("/scmi-smc/completion", test_completion);
    g_test_add_func("/scmi-smc/agents", test_agents);
    g_test_add_func("/scmi-smc/refused", test_refused);
    g_test_add_data_func("/scmi-smc/storm/param",
                         MACHINE AGENT(0, "smc-param") CHANNEL(0, 17),
                         test_storm);
    g_test_add_data_func("/scmi-smc/storm/qcom",
                         MACHINE AGENT(0, "qcom-smc") CHANNEL(0, 17)
                         INTERRUPT, test_storm);
    return g_test_run();
}

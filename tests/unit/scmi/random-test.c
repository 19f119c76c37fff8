/*
 * Unit tests of the SCMI platform: messages at random
 *
 * g_test_rand_int() starts from the seed that GLib prints, and repeats with
 * --seed. scmi_test_send() checks each reply; here it is checked besides that
 * whatever fails leaves the platform as it was, and that the platform is in
 * working order at the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define MESSAGES 200000

/* Comparing the whole state costs as much as many messages. */
#define COMPARE_EVERY 16

static const uint8_t protocols[] = {
    0x10, 0x11, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19,
};

static uint32_t random_bits(void)
{
    return g_test_rand_int();
}

static unsigned random_below(unsigned limit)
{
    return random_bits() % limit;
}

/* Mostly a header that means something, and now and then any. */
static uint32_t random_header(void)
{
    uint32_t header;

    if (!random_below(16)) {
        return random_bits();
    }
    header = scmi_test_header(protocols[random_below(ARRAY_SIZE(protocols))],
                              random_below(0x12));
    return FIELD_DP32(header, SCMI_HEADER, TOKEN, random_bits());
}

/* Small numbers reach further than large ones, edges further than either. */
static uint32_t random_word(void)
{
    static const uint32_t edges[] = {
        0x10000, 0x20000, 0x30000, 0x40000000, 0x7fffffff, 0x80000000,
        0xffffffff, 24000000, 48000000, 100000000,
    };

    switch (random_below(8)) {
    case 0:
        return random_bits();
    case 1:
        return edges[random_below(ARRAY_SIZE(edges))];
    case 2:
        return 1u << random_below(32);
    default:
        return random_below(9);
    }
}

static size_t random_length(void)
{
    static const size_t absurd[] = {
        SCMI_COMMAND_MAX + 1, SCMI_COMMAND_MAX + 4, 4068, UINT32_MAX,
        SIZE_MAX,
    };

    switch (random_below(16)) {
    case 0:
        return random_below(SCMI_COMMAND_MAX + 1);
    case 1:
        return absurd[random_below(ARRAY_SIZE(absurd))];
    default:
        return 4 * random_below(5);
    }
}

static ScmiTestReply send_random(ScmiPlatform *platform)
{
    uint32_t payload[SCMI_COMMAND_MAX / 4];
    unsigned num_agents = scmi_platform_num_agents(platform);
    size_t room = random_below(4) ? SCMI_REPLY_MAX : 4 + random_below(124);

    for (unsigned i = 0; i < ARRAY_SIZE(payload); i++) {
        payload[i] = i < 4 ? cpu_to_le32(random_word()) : 0;
    }
    return scmi_test_send(platform, 1 + random_below(num_agents - 1),
                          random_header(), payload, random_length(), room);
}

static void send_compared(ScmiPlatform *platform)
{
    GByteArray *before = scmi_test_save_all(platform);
    ScmiTestReply reply = send_random(platform);
    GByteArray *after = scmi_test_save_all(platform);

    if (reply.status != SCMI_SUCCESS) {
        g_assert_cmpmem(before->data, before->len, after->data, after->len);
    }
    g_byte_array_unref(before);
    g_byte_array_unref(after);
}

static void attack(ScmiPlatform *platform)
{
    unsigned successes = 0;

    for (unsigned i = 0; i < MESSAGES; i++) {
        if (i % COMPARE_EVERY == 0) {
            send_compared(platform);
        } else {
            successes += send_random(platform).status == SCMI_SUCCESS;
        }
    }
    /* An attack that never gets in proves nothing. */
    g_assert_cmpuint(successes, >, MESSAGES / 50);
}

static void test_default(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;

    attack(platform);
    device_cold_reset(DEVICE(platform));
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_CLOCK, 0x0), 0x30000);
    scmi_test_free(platform);
}

void scmi_test_add_random(void)
{
    g_test_add_func("/scmi/random/default", test_default);
}

/*
 * Unit tests of the SCMI platform: reserved bits, and what is denied
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "scmi-test.h"

#define MAX_WORDS 5

/**
 * FlagsRow: a message that has reserved bits
 * @words, @n: its payload, which is a good one
 * @flags: which of them has the reserved bits
 * @known: the other bits
 */
typedef struct FlagsRow {
    uint8_t protocol;
    uint8_t message;
    uint8_t n;
    uint8_t flags;
    uint32_t known;
    uint32_t words[MAX_WORDS];
} FlagsRow;

/* Subscribes to events of domain 0 of a protocol. */
#define NOTIFY(protocol, message) { protocol, message, 2, 1, 1 }

static const FlagsRow flags_rows[] = {
    { SCMI_PROTOCOL_BASE, 0x8, 1, 0, 1 },
    { SCMI_PROTOCOL_BASE, 0x9, 3, 2, 1, { 1 } },
    { SCMI_PROTOCOL_BASE, 0xa, 4, 3, 1, { 1, 0, 0x14 } },
    { SCMI_PROTOCOL_BASE, 0xb, 2, 1, 1, { 1 } },
    { SCMI_PROTOCOL_POWER, 0x4, 3, 0, 1 },
    { SCMI_PROTOCOL_POWER, 0x4, 3, 2, 0x40000000 },
    NOTIFY(SCMI_PROTOCOL_POWER, 0x6),
    NOTIFY(SCMI_PROTOCOL_POWER, 0x7),
    { SCMI_PROTOCOL_SYSTEM, 0x3, 2, 0, 1, { 0, 1 } },
    { SCMI_PROTOCOL_SYSTEM, 0x5, 1, 0, 1 },
    NOTIFY(SCMI_PROTOCOL_PERF, 0x9),
    NOTIFY(SCMI_PROTOCOL_PERF, 0xa),
    { SCMI_PROTOCOL_CLOCK, 0x5, 4, 0, 0xf, { 0, 3, 24000000 } },
    { SCMI_PROTOCOL_CLOCK, 0x7, 3, 1, 0x00ff0003, { 3 } },
    NOTIFY(SCMI_PROTOCOL_CLOCK, 0x9),
    NOTIFY(SCMI_PROTOCOL_CLOCK, 0xa),
    { SCMI_PROTOCOL_CLOCK, 0xb, 2, 1, 0xff },
    NOTIFY(SCMI_PROTOCOL_SENSOR, 0x4),
    { SCMI_PROTOCOL_SENSOR, 0x5, 4, 1, 0xff3 },
    { SCMI_PROTOCOL_SENSOR, 0x6, 2, 1, 1 },
    { SCMI_PROTOCOL_SENSOR, 0xa, 2, 1, 0xfffffe03 },
    NOTIFY(SCMI_PROTOCOL_SENSOR, 0xb),
    { SCMI_PROTOCOL_RESET, 0x4, 3, 1, 0x7, { 3 } },
    { SCMI_PROTOCOL_RESET, 0x4, 3, 2, 0, { 3 } },
    NOTIFY(SCMI_PROTOCOL_RESET, 0x5),
    { SCMI_PROTOCOL_VOLTAGE, 0x5, 2, 1, 0x7, { 1 } },
    { SCMI_PROTOCOL_VOLTAGE, 0x7, 3, 1, 1, { 1, 0, 1800000 } },
    { SCMI_PROTOCOL_POWERCAP, 0x5, 3, 1, 3, { 0, 0, 8000000 } },
    { SCMI_PROTOCOL_POWERCAP, 0x7, 3, 1, 0, { 0, 0, 10000 } },
    NOTIFY(SCMI_PROTOCOL_POWERCAP, 0xa),
    { SCMI_PROTOCOL_POWERCAP, 0xb, 4, 1, 1 },
    { SCMI_PROTOCOL_PINCTRL, 0x3, 2, 1, 3 },
    { SCMI_PROTOCOL_PINCTRL, 0x4, 3, 1, 3, { 0, 1 } },
    { SCMI_PROTOCOL_PINCTRL, 0x5, 2, 1, 0x000fffff, { 0, 2 << 18 } },
    { SCMI_PROTOCOL_PINCTRL, 0x6, 3, 2, 0x7ff, { 0, UINT32_MAX } },
    { SCMI_PROTOCOL_PINCTRL, 0x7, 2, 1, 3 },
    { SCMI_PROTOCOL_PINCTRL, 0x8, 2, 1, 3 },
    { SCMI_PROTOCOL_PINCTRL, 0x9, 2, 1, 3 },
    { SCMI_PROTOCOL_IMX_LMM, 0x5, 2, 1, 1, { 1 } },
    { SCMI_PROTOCOL_IMX_LMM, 0x6, 2, 1, 1, { 1 } },
    { SCMI_PROTOCOL_IMX_LMM, 0x9, 2, 1, 0xf },
    { SCMI_PROTOCOL_IMX_LMM, 0xc, 5, 2, 0 },
    { SCMI_PROTOCOL_IMX_BBM, 0x6, 4, 1, 1 },
    { SCMI_PROTOCOL_IMX_BBM, 0x7, 2, 1, 1 },
    { SCMI_PROTOCOL_IMX_BBM, 0x8, 4, 1, 1 },
    { SCMI_PROTOCOL_IMX_BBM, 0xa, 2, 1, 0x7 },
    { SCMI_PROTOCOL_IMX_BBM, 0xb, 1, 0, 1 },
    { SCMI_PROTOCOL_IMX_CPU, 0x6, 4, 1, 0xe0000001 },
    { SCMI_PROTOCOL_IMX_CPU, 0x7, 3, 1, 1 },
    { SCMI_PROTOCOL_IMX_MISC, 0x8, 2, 1, 0xf },
    { SCMI_PROTOCOL_IMX_MISC, 0xa, 1, 0, 1 },
    { SCMI_PROTOCOL_IMX_MISC, 0xd, 2, 0, 0 },
};

static ScmiTestReply send_words(ScmiPlatform *platform, unsigned agent,
                                uint8_t protocol, uint8_t message,
                                const uint32_t *payload, unsigned n)
{
    uint32_t words[1 + MAX_WORDS] = {};

    memcpy(words + 1, payload, n * sizeof(uint32_t));
    return scmi_test_send_words(platform, agent, protocol, message, words,
                                1 + n);
}

/* With a transport that carries events: it offers most. */
static void test_reserved_bits(void)
{
    ScmiPlatform *platform = scmi_test_full_platform();
    ScmiTestInbox inbox = {};
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    scmi_test_attach(platform, SCMI_TEST_AGENT, &inbox);
    before = scmi_test_qom_state(platform);
    for (unsigned i = 0; i < ARRAY_SIZE(flags_rows); i++) {
        const FlagsRow *row = &flags_rows[i];

        g_test_message("protocol 0x%x, message 0x%x", row->protocol,
                       row->message);
        for (unsigned bit = 0; bit < 32; bit++) {
            uint32_t words[MAX_WORDS];

            if (extract32(row->known, bit, 1)) {
                continue;
            }
            memcpy(words, row->words, sizeof(words));
            words[row->flags] |= 1u << bit;
            ASSERT_STATUS(send_words(platform, SCMI_TEST_AGENT,
                                     row->protocol, row->message, words,
                                     row->n), SCMI_INVALID_PARAMETERS);
        }
    }
    virtual_clock_step(1000 * 1000);
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    ASSERT_NO_EVENT(&inbox);
    scmi_test_free(platform);
}

/* The payloads of the table are good, but for permissions and ownership. */
static void test_known_bits(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(flags_rows); i++) {
        const FlagsRow *row = &flags_rows[i];
        ScmiPlatform *platform = scmi_test_full_platform();
        ScmiTestInbox inbox = {};
        bool may_not = (row->protocol == SCMI_PROTOCOL_BASE &&
                        (row->message == 0x9 || row->message == 0xa)) ||
                       (row->protocol == SCMI_PROTOCOL_PINCTRL &&
                        row->message == 0x8);
        ScmiTestReply reply;

        scmi_test_attach(platform, SCMI_TEST_AGENT, &inbox);
        reply = send_words(platform, SCMI_TEST_AGENT, row->protocol,
                           row->message, row->words, row->n);
        g_test_message("protocol 0x%x, message 0x%x", row->protocol,
                       row->message);
        g_assert_cmpint(reply.status, ==,
                        may_not ? SCMI_DENIED : SCMI_SUCCESS);
        scmi_test_free(platform);
    }
}

/* Messages of a protocol that name a domain by their first words. */
static const struct {
    uint8_t protocol;
    uint8_t domain; /* which word */
    uint8_t n;
    const char *messages;
} denied_rows[] = {
    { SCMI_PROTOCOL_POWER, 0, 1, "\x3\x5\x8" },
    { SCMI_PROTOCOL_POWER, 0, 2, "\x6\x7" },
    { SCMI_PROTOCOL_POWER, 1, 3, "\x4" },
    { SCMI_PROTOCOL_PERF, 0, 1, "\x3\x6\x8\xc" },
    { SCMI_PROTOCOL_PERF, 0, 2, "\x4\x7\x9\xa\xb" },
    { SCMI_PROTOCOL_PERF, 0, 3, "\x5" },
    { SCMI_PROTOCOL_CLOCK, 0, 1, "\x3\x6\x8\xe\xf" },
    { SCMI_PROTOCOL_CLOCK, 0, 2, "\x4\x7\x9\xa\xb\xc\xd" },
    { SCMI_PROTOCOL_CLOCK, 1, 4, "\x5" },
    { SCMI_PROTOCOL_SENSOR, 0, 1, "\x9\xc" },
    { SCMI_PROTOCOL_SENSOR, 0, 2, "\x4\x6\x7\x8\xa\xb\xd" },
    { SCMI_PROTOCOL_SENSOR, 0, 4, "\x5" },
    { SCMI_PROTOCOL_RESET, 0, 1, "\x3\x6" },
    { SCMI_PROTOCOL_RESET, 0, 2, "\x5" },
    { SCMI_PROTOCOL_RESET, 0, 3, "\x4" },
    { SCMI_PROTOCOL_VOLTAGE, 0, 1, "\x3\x6\x8\x9" },
    { SCMI_PROTOCOL_VOLTAGE, 0, 2, "\x4\x5" },
    { SCMI_PROTOCOL_VOLTAGE, 0, 3, "\x7" },
    { SCMI_PROTOCOL_POWERCAP, 0, 1, "\x3\x4\x6\x8\x9" },
    { SCMI_PROTOCOL_POWERCAP, 0, 2, "\xa\xc" },
    { SCMI_PROTOCOL_POWERCAP, 0, 3, "\x5\x7" },
    { SCMI_PROTOCOL_POWERCAP, 0, 4, "\xb" },
    { SCMI_PROTOCOL_PINCTRL, 0, 2, "\x3\x5\x7\x8\x9" },
    { SCMI_PROTOCOL_PINCTRL, 0, 3, "\x6" },
};

/* Domain 1 of each protocol is denied to agent 1, and nothing else is. */
static const char denying_platform[] =
"{ 'agents': [ { 'name': 'a', 'denied-devices': [ 'd' ] },"
"              { 'name': 'b' } ],"
"  'devices': [ { 'name': 'd', 'power-domains': [ 'y' ],"
"    'perf-domains': [ 'y' ], 'clocks': [ 'y' ], 'sensors': [ 'y' ],"
"    'reset-domains': [ 'y' ], 'voltage-domains': [ 'y' ],"
"    'powercap-domains': [ 'y' ], 'pins': [ 'y' ] } ],"
"  'power-domains': [ { 'name': 'x' }, { 'name': 'y' } ],"
"  'perf-domains': [ { 'name': 'x', 'levels': [ { 'level': 1 } ] },"
"    { 'name': 'y', 'levels': [ { 'level': 1 } ] } ],"
"  'clocks': [ { 'name': 'x', 'rates': [ 1 ] },"
"    { 'name': 'y', 'rates': [ 1 ] } ],"
"  'sensors': [ { 'name': 'x', 'type': 'power', 'scale': 0 },"
"    { 'name': 'y', 'type': 'power', 'scale': 0 } ],"
"  'reset-domains': [ { 'name': 'x' }, { 'name': 'y' } ],"
"  'voltage-domains': [ { 'name': 'x', 'levels': [ 0 ] },"
"    { 'name': 'y', 'levels': [ 0 ] } ],"
"  'powercap-domains': [ { 'name': 'x',"
"      'caps': { 'min': 1, 'max': 1, 'step': 0 },"
"      'pais': { 'min': 1, 'max': 1, 'step': 0 } },"
"    { 'name': 'y', 'caps': { 'min': 1, 'max': 1, 'step': 0 },"
"      'pais': { 'min': 1, 'max': 1, 'step': 0 } } ],"
"  'pinctrl': { 'pins': [ { 'name': 'x' }, { 'name': 'y' } ] } }";

/* Send each message that names a domain, naming @domain. */
static void check_each(ScmiPlatform *platform, unsigned agent,
                       uint32_t domain, bool denied)
{
    for (unsigned i = 0; i < ARRAY_SIZE(denied_rows); i++) {
        uint8_t protocol = denied_rows[i].protocol;
        uint32_t words[MAX_WORDS] = {};

        words[denied_rows[i].domain] = domain;
        for (const char *m = denied_rows[i].messages; *m; m++) {
            ScmiTestReply reply = send_words(platform, agent, protocol, *m,
                                             words, denied_rows[i].n);

            g_test_message("protocol 0x%x, message 0x%x", protocol, *m);
            if (denied) {
                ASSERT_STATUS(reply, SCMI_DENIED);
            } else {
                g_assert_cmpint(reply.status, !=, SCMI_DENIED);
            }
        }
    }
}

static void test_denied(void)
{
    ScmiPlatform *platform = scmi_test_platform(denying_platform);
    ScmiTestInbox a = {}, b = {};
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    scmi_test_attach(platform, 1, &a);
    scmi_test_attach(platform, 2, &b);
    before = scmi_test_qom_state(platform);
    check_each(platform, 1, 1, true);
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
    check_each(platform, 1, 0, false);
    check_each(platform, 2, 1, false);
    scmi_test_free(platform);
}

void scmi_test_add_reserved(void)
{
    g_test_add_func("/scmi/reserved/bits", test_reserved_bits);
    g_test_add_func("/scmi/reserved/known-bits", test_known_bits);
    g_test_add_func("/scmi/reserved/denied", test_denied);
}

/*
 * Unit tests of the SCMI platform: rates of clocks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

#define CLOCK SCMI_PROTOCOL_CLOCK

#define DESCRIBE_RATES 0x4
#define RATE_SET 0x5
#define RATE_GET 0x6

/* Header of the delayed response. */
#define RATE_SET_DONE 0x5205

#define FLAG_ASYNC       (1u << 0)
#define FLAG_NO_RESPONSE (1u << 1)
#define FLAG_DOWN    (0u << 2)
#define FLAG_UP      (1u << 2)
#define FLAG_NEAREST (2u << 2)
#define FLAG_AUTO_UP (3u << 2)

#define LOW(rate)  ((uint32_t)(rate))
#define HIGH(rate) ((uint32_t)((rate) >> 32))

static void test_describe_list(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'rates': [ 24000000 ] },"
        "  { 'name': 'b', 'rates': [ 1, 4294967296, 18446744073709551615 ] }"
        "] }");

    ASSERT_VALUES(SEND(platform, CLOCK, DESCRIBE_RATES, 0, 0),
                  1, 24000000, 0);
    ASSERT_STATUS(SEND(platform, CLOCK, DESCRIBE_RATES, 0, 1),
                  SCMI_OUT_OF_RANGE);
    ASSERT_VALUES(SEND(platform, CLOCK, DESCRIBE_RATES, 1, 0),
                  3, 1, 0, 0, 1, UINT32_MAX, UINT32_MAX);
    ASSERT_VALUES(SEND(platform, CLOCK, DESCRIBE_RATES, 1, 2),
                  1, UINT32_MAX, UINT32_MAX);
    ASSERT_STATUS(SEND(platform, CLOCK, DESCRIBE_RATES, 1, 3),
                  SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, CLOCK, DESCRIBE_RATES, 1, UINT32_MAX),
                  SCMI_OUT_OF_RANGE);
    scmi_test_free(platform);
}

static void test_describe_range(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'range': { 'min': 10000000,"
        "  'max': 200000000, 'step': 1000000 } },"
        "  { 'name': 'b', 'range': { 'min': 1,"
        "  'max': 18446744073709551615, 'step': 2 } } ] }");

    ASSERT_VALUES(SEND(platform, CLOCK, DESCRIBE_RATES, 0, 0), 0x00001003,
                  0x00989680, 0, 0x0bebc200, 0, 0x000f4240, 0);
    ASSERT_VALUES(SEND(platform, CLOCK, DESCRIBE_RATES, 1, 0), 0x00001003,
                  1, 0, UINT32_MAX, UINT32_MAX, 2, 0);
    ASSERT_STATUS(SEND(platform, CLOCK, DESCRIBE_RATES, 0, 1),
                  SCMI_OUT_OF_RANGE);
    ASSERT_STATUS(SEND(platform, CLOCK, DESCRIBE_RATES, 0, UINT32_MAX),
                  SCMI_OUT_OF_RANGE);
    scmi_test_free(platform);
}

/* As many rates as the wire can count, in as many replies as it takes. */
static void test_describe_many(void)
{
    g_autoptr(GString) json = g_string_new("{ 'clocks': [ { 'name': 'a',"
                                           "'rates': [ 1000");
    unsigned total = 4095, seen = 0, remaining;
    ScmiPlatform *platform;

    for (unsigned i = 1; i < total; i++) {
        g_string_append_printf(json, ", %u", 1000 + i);
    }
    g_string_append(json, "] } ] }");
    platform = scmi_test_platform(json->str);

    do {
        ScmiTestReply reply = SEND(platform, CLOCK, DESCRIBE_RATES, 0, seen);
        unsigned returned = reply.values[0] & 0xfff;

        g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
        g_assert_cmphex(reply.values[0] & 0xf000, ==, 0);
        remaining = reply.values[0] >> 16;
        g_assert_cmpuint(returned, >, 0);
        g_assert_cmpuint(reply.num_values, ==, 1 + 2 * returned);
        g_assert_cmpuint(seen + returned + remaining, ==, total);
        for (unsigned i = 0; i < returned; i++) {
            g_assert_cmpuint(reply.values[1 + 2 * i], ==, 1000 + seen + i);
            g_assert_cmpuint(reply.values[2 + 2 * i], ==, 0);
        }
        seen += returned;
    } while (remaining);
    g_assert_cmpuint(seen, ==, total);

    /* Linux fetches the last one by itself. */
    ASSERT_VALUES(SEND(platform, CLOCK, DESCRIBE_RATES, 0, total - 1),
                  1, 1000 + total - 1, 0);
    ASSERT_STATUS(SEND(platform, CLOCK, DESCRIBE_RATES, 0, total),
                  SCMI_OUT_OF_RANGE);
    scmi_test_free(platform);
}

static void check_rate(ScmiPlatform *platform, uint32_t id, uint64_t rate)
{
    ASSERT_VALUES(SEND(platform, CLOCK, RATE_GET, id), LOW(rate), HIGH(rate));
}

/* Ask for @rate with each rounding; 0 stands for a refusal. */
typedef struct RoundCase {
    uint64_t rate;
    uint64_t down;
    uint64_t up;
    uint64_t nearest;
} RoundCase;

static void check_rounding(ScmiPlatform *platform, uint32_t flags,
                           uint64_t rate, uint64_t expected, uint64_t other)
{
    /* Start from another rate, so that doing nothing shows. */
    ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, 0, 0, LOW(other),
                       HIGH(other)), SCMI_SUCCESS);
    ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, flags, 0, LOW(rate),
                       HIGH(rate)),
                  expected ? SCMI_SUCCESS : SCMI_INVALID_PARAMETERS);
    check_rate(platform, 0, expected ?: other);
}

static void check_round_cases(ScmiPlatform *platform, const RoundCase *cases,
                              unsigned n, const uint64_t others[2])
{
    for (unsigned i = 0; i < 2 * n; i++) {
        const RoundCase *c = &cases[i / 2];
        uint64_t other = others[i % 2];

        check_rounding(platform, FLAG_DOWN, c->rate, c->down, other);
        check_rounding(platform, FLAG_UP, c->rate, c->up, other);
        check_rounding(platform, FLAG_NEAREST, c->rate, c->nearest, other);
        check_rounding(platform, FLAG_AUTO_UP, c->rate, c->nearest, other);
        /* "No delayed response wanted" means nothing without one. */
        check_rounding(platform, FLAG_UP | 2, c->rate, c->up, other);
    }
}

static void test_round_list(void)
{
    static const uint64_t others[] = { 100, 1000 };
    static const RoundCase cases[] = {
        { 0, 0, 0, 0 },
        { 99, 0, 0, 0 },
        { 100, 100, 100, 100 },
        { 101, 100, 200, 100 },
        { 149, 100, 200, 100 },
        { 150, 100, 200, 100 },
        { 151, 100, 200, 200 },
        { 200, 200, 200, 200 },
        { 999, 200, 1000, 1000 },
        { 1000, 1000, 1000, 1000 },
        { 1001, 0, 0, 0 },
        { (1ull << 32) + 100, 0, 0, 0 },
        { UINT64_MAX, 0, 0, 0 },
    };
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'rates': [ 100, 200, 1000 ] } ] }");

    check_round_cases(platform, cases, ARRAY_SIZE(cases), others);
    scmi_test_free(platform);
}

static void test_round_range(void)
{
    static const uint64_t others[] = { 1000, 1900 };
    static const RoundCase cases[] = {
        { 0, 0, 0, 0 },
        { 999, 0, 0, 0 },
        { 1000, 1000, 1000, 1000 },
        { 1001, 1000, 1300, 1000 },
        { 1150, 1000, 1300, 1000 },
        { 1151, 1000, 1300, 1300 },
        { 1300, 1300, 1300, 1300 },
        { 1899, 1600, 1900, 1900 },
        { 1900, 1900, 1900, 1900 },
        { 1901, 0, 0, 0 },
        { UINT64_MAX, 0, 0, 0 },
    };
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'range': { 'min': 1000, 'max': 1900,"
        "  'step': 300 } } ] }");

    check_round_cases(platform, cases, ARRAY_SIZE(cases), others);
    scmi_test_free(platform);
}

/* Where sums and differences of rates leave 64 bits. */
static void test_round_extremes(void)
{
    static const uint64_t others[] = { 1, UINT64_MAX };
    static const RoundCase coarse[] = {
        { 2, 1, UINT64_MAX, 1 },
        { 1ull << 63, 1, UINT64_MAX, 1 },
        { (1ull << 63) + 1, 1, UINT64_MAX, UINT64_MAX },
        { UINT64_MAX - 1, 1, UINT64_MAX, UINT64_MAX },
        { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX },
    };
    static const RoundCase fine[] = {
        { 2, 1, 3, 1 },
        { UINT64_MAX - 1, UINT64_MAX - 2, UINT64_MAX, UINT64_MAX - 2 },
        { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX },
    };
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'rates': [ 1, 18446744073709551615 ] }"
        "] }");

    check_round_cases(platform, coarse, ARRAY_SIZE(coarse), others);
    scmi_test_free(platform);

    platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'range': { 'min': 1,"
        "  'max': 18446744073709551615, 'step': 18446744073709551614 } } ] }");
    check_round_cases(platform, coarse, ARRAY_SIZE(coarse), others);
    scmi_test_free(platform);

    platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'range': { 'min': 1,"
        "  'max': 18446744073709551615, 'step': 2 } } ] }");
    check_round_cases(platform, fine, ARRAY_SIZE(fine), others);
    scmi_test_free(platform);
}

/* A clock of one rate takes that one. */
static void test_fixed(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'rates': [ 24000000 ] } ] }");

    for (uint32_t flags = 0; flags < 16; flags += 4) {
        ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, flags, 0, 24000000, 0),
                      SCMI_SUCCESS);
        ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, flags, 0, 23999999, 0),
                      SCMI_INVALID_PARAMETERS);
        ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, flags, 0, 24000001, 0),
                      SCMI_INVALID_PARAMETERS);
    }
    check_rate(platform, 0, 24000000);
    scmi_test_free(platform);
}

static void test_flags_refused(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    uint32_t uart = 3;

    for (unsigned bit = 4; bit < 32; bit++) {
        ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, 1u << bit, uart,
                           48000000, 0), SCMI_INVALID_PARAMETERS);
    }
    ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, 1, uart, 48000000, 0),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, 3, uart, 48000000, 0),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, 0, 8, 48000000, 0),
                  SCMI_NOT_FOUND);
    check_rate(platform, uart, 24000000);
    scmi_test_free(platform);
}

/* The rate of one clock is nobody else's, and says nothing of its state. */
static void test_rates_are_apart(void)
{
    ScmiPlatform *platform = scmi_test_default_platform();
    static const uint64_t rates[] = {
        24000000, 800000000, 100000000, 24000000, 400000, 1000000, 400000000,
        148500000,
    };

    /* Clock 2 to 100 MHz, as on the wire with token 5. */
    ASSERT_STATUS(scmi_test_send(platform, SCMI_TEST_AGENT, 0x00145005,
                                 (const uint8_t[]) {
                                     0, 0, 0, 0, 2, 0, 0, 0,
                                     0x00, 0xe1, 0xf5, 0x05, 0, 0, 0, 0,
                                 }, 16, SCMI_REPLY_MAX), SCMI_SUCCESS);
    for (unsigned i = 0; i < ARRAY_SIZE(rates); i++) {
        check_rate(platform, i, rates[i]);
    }
    g_assert_cmphex(SEND(platform, CLOCK, 0x3, 2).values[0], ==, 0);
    scmi_test_free(platform);
}

/* With a delayed response, or without one where the agent wants none. */
static void test_async(void)
{
    ScmiPlatform *platform = scmi_test_platform(
        "{ 'clocks': [ { 'name': 'a', 'rates': [ 1, 2 ] } ] }");
    ScmiTestInbox inbox = {};

    ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, FLAG_ASYNC, 0, 2, 0),
                  SCMI_NOT_SUPPORTED);
    ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET,
                       FLAG_ASYNC | FLAG_NO_RESPONSE, 0, 2, 0),
                  SCMI_NOT_SUPPORTED);
    scmi_test_attach(platform, SCMI_TEST_AGENT, &inbox);
    ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, FLAG_ASYNC, 0, 2, 0),
                  SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, CLOCK, RATE_GET, 0), 1, 0);
    virtual_clock_step(1000 * 1000);
    ASSERT_VALUES(SEND(platform, CLOCK, RATE_GET, 0), 2, 0);
    ASSERT_EVENT(&inbox, RATE_SET_DONE, 0, 0, 2, 0);

    ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET,
                       FLAG_ASYNC | FLAG_NO_RESPONSE, 0, 1, 0),
                  SCMI_SUCCESS);
    virtual_clock_step(1000 * 1000);
    ASSERT_VALUES(SEND(platform, CLOCK, RATE_GET, 0), 1, 0);
    ASSERT_NO_EVENT(&inbox);
    /* Without a delayed response there is none to be had or not. */
    ASSERT_STATUS(SEND(platform, CLOCK, RATE_SET, FLAG_NO_RESPONSE, 0, 2, 0),
                  SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, CLOCK, RATE_GET, 0), 2, 0);
    scmi_test_free(platform);
}

void scmi_test_add_clock_rates(void)
{
    g_test_add_func("/scmi/clock/async", test_async);
    g_test_add_func("/scmi/clock/describe-list", test_describe_list);
    g_test_add_func("/scmi/clock/describe-range", test_describe_range);
    g_test_add_func("/scmi/clock/describe-many", test_describe_many);
    g_test_add_func("/scmi/clock/round-list", test_round_list);
    g_test_add_func("/scmi/clock/round-range", test_round_range);
    g_test_add_func("/scmi/clock/round-extremes", test_round_extremes);
    g_test_add_func("/scmi/clock/fixed", test_fixed);
    g_test_add_func("/scmi/clock/rate-set-flags", test_flags_refused);
    g_test_add_func("/scmi/clock/rates-are-apart", test_rates_are_apart);
}

/*
 * An SMC without a machine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-fixture.h"
#include "qemu/bswap.h"

static void fixture_buffer_read(void *opaque, void *buf, size_t len)
{
    SmcFixture *s = opaque;

    g_assert_cmpuint(len, <=, SMC_KEY_MAX_SIZE);
    memcpy(buf, s->buffer, len);
}

static void fixture_buffer_write(void *opaque, const void *buf, size_t len)
{
    SmcFixture *s = opaque;

    g_assert_cmpuint(len, <=, SMC_KEY_MAX_SIZE);
    memcpy(s->buffer, buf, len);
}

static uint64_t fixture_buffer_address(void *opaque)
{
    return SMC_BUFFER_ADDRESS;
}

static const AppleSmcBufferOps fixture_buffer_ops = {
    .read = fixture_buffer_read,
    .write = fixture_buffer_write,
    .address = fixture_buffer_address,
};

static uint64_t fixture_clock(void *opaque)
{
    return SMC_CLOCK_TICKS;
}

static bool fixture_notify(void *opaque, uint32_t event)
{
    SmcFixture *s = opaque;

    return apple_smc_endpoint_notify(&s->endpoint, event);
}

static void fixture_power(void *opaque, AppleSmcPower action)
{
    SmcFixture *s = opaque;

    s->power = action;
    s->answers_before_power = s->rtkit->out->len;
}

static const AppleSmcKeysOps fixture_keys_ops = {
    .clock = fixture_clock,
    .notify = fixture_notify,
    .power = fixture_power,
};

SmcFixture *smc_fixture_new(void)
{
    SmcFixture *s = g_new0(SmcFixture, 1);

    s->rtkit = fixture_prepare(true);
    s->keys = apple_smc_keys_new(s->rtkit->parent, apple_smc_default_keys,
                                 apple_smc_default_key_count,
                                 &fixture_keys_ops, s);
    apple_smc_endpoint_init(&s->endpoint, &s->rtkit->rtkit, s->keys,
                            &fixture_buffer_ops, s);
    fixture_realize(s->rtkit);
    return s;
}

void smc_fixture_boot(SmcFixture *s)
{
    static const uint64_t boot[] = {
        MSG_WAKE, MSG_HELLO_REPLY, MSG_EPMAP_0_REPLY, MSG_EPMAP_1_REPLY,
        MSG_STARTEP(1), MSG_STARTEP(2), MSG_STARTEP(3), MSG_STARTEP(4),
        MSG_STARTEP(8), MSG_AP_ON, MSG_STARTEP(SMC_ENDPOINT),
    };

    for (int i = 0; i < ARRAY_SIZE(boot); i++) {
        fixture_send(s->rtkit, 0, boot[i]);
    }
    fixture_send(s->rtkit, RTKIT_EP_IOREPORT, MSG_IOREPORT_START);
    fixture_send(s->rtkit, RTKIT_EP_SYSLOG, MSG_SYSLOG(0));
    fixture_expect_error(s->rtkit, false);
    g_array_set_size(s->rtkit->out, 0);
}

SmcFixture *smc_fixture_new_booted(void)
{
    SmcFixture *s = smc_fixture_new();

    smc_fixture_boot(s);
    fixture_send(s->rtkit, SMC_ENDPOINT, 0x17);
    fixture_expect(s->rtkit, SMC_ENDPOINT, SMC_BUFFER_ADDRESS);
    fixture_expect_silence(s->rtkit);
    return s;
}

void smc_fixture_free(SmcFixture *s)
{
    fixture_free(s->rtkit);
    g_free(s);
}

static uint64_t smc_gpio_notification(uint32_t key)
{
    const char digits[] = { key >> 8, key, '\0' };

    return 0x7202000000000018 | g_ascii_strtoull(digits, NULL, 16) << 40;
}

SmcAnswer smc_command(SmcFixture *s, uint8_t command, uint32_t argument,
                      uint8_t size, uint8_t wsize)
{
    RTKitMessage m;

    s->id = (s->id + 1) & 0xf;
    fixture_send(s->rtkit, SMC_ENDPOINT,
                 command | s->id << 12 | size << 16 | (uint64_t)wsize << 24 |
                 (uint64_t)argument << 32);
    /* A GPIO line's interrupt may come before the answer. */
    g_assert_cmpuint(s->rtkit->out->len, >, 0);
    m = g_array_index(s->rtkit->out, RTKitMessage, s->rtkit->out->len - 1);
    g_array_set_size(s->rtkit->out, s->rtkit->out->len - 1);
    if (command == 0x11 && (argument & 0xffff0000) == SMC_KEY("gP\0\0") &&
        s->rtkit->out->len) {
        fixture_expect(s->rtkit, SMC_ENDPOINT, smc_gpio_notification(argument));
    }
    fixture_expect_silence(s->rtkit);
    g_assert_cmphex(m.endpoint, ==, SMC_ENDPOINT);
    g_assert_cmphex(extract64(m.msg, 12, 4), ==, s->id);
    g_assert_cmphex(extract64(m.msg, 8, 4), ==, 0);
    g_assert_cmphex(extract64(m.msg, 24, 8), ==, 0);
    return (SmcAnswer) {
        .result = extract64(m.msg, 0, 8),
        .size = extract64(m.msg, 16, 8),
        .data = extract64(m.msg, 32, 32),
    };
}

SmcAnswer smc_read(SmcFixture *s, const char *key, uint8_t size)
{
    return smc_command(s, 0x10, SMC_KEY(key), size, 0);
}

SmcAnswer smc_write(SmcFixture *s, const char *key, const void *buf,
                    uint8_t size)
{
    memcpy(s->buffer, buf, size);
    return smc_command(s, 0x11, SMC_KEY(key), size, 0);
}

SmcAnswer smc_call(SmcFixture *s, const char *key, uint32_t command)
{
    stl_le_p(s->buffer, command);
    return smc_command(s, 0x20, SMC_KEY(key), 4, 4);
}

uint32_t smc_value(SmcFixture *s, const char *key, uint8_t size)
{
    SmcAnswer answer = smc_read(s, key, size);

    g_assert_cmphex(answer.result, ==, SMC_SUCCESS);
    g_assert_cmphex(answer.size, ==, size);
    return answer.data;
}

Object *smc_key_object(SmcFixture *s, const char *key)
{
    return object_resolve_path_component(OBJECT(s->keys), key);
}

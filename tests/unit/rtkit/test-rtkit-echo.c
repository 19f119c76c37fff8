/*
 * RTKit's example of an endpoint, and the endpoints that are optional
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-fixture.h"
#include "qapi/error.h"

#define ECHO 0x21

static RTKitFixture *boot_with_echo(void)
{
    RTKitFixture *f = fixture_prepare(true);

    object_property_set_uint(OBJECT(&f->rtkit), "echo-endpoint", ECHO,
                             &error_abort);
    fixture_realize(f);
    fixture_send(f, 0, MSG_WAKE);
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_send(f, 0, MSG_EPMAP_0_REPLY);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_expect(f, 0, MSG_EPMAP_0);
    fixture_expect(f, 0, 0x0088000100000002);
    fixture_send(f, 0, MSG_EPMAP_1_REPLY);
    fixture_send(f, 0, MSG_STARTEP(1));
    fixture_send(f, 0, MSG_STARTEP(2));
    fixture_send(f, 0, MSG_STARTEP(4));
    fixture_send(f, 0, MSG_AP_ON);
    fixture_send(f, 4, MSG_IOREPORT_START);
    g_array_set_size(f->out, 0);
    fixture_expect_error(f, false);
    return f;
}

/* The line of syslog's entry @index. */
static void expect_line(RTKitFixture *f, unsigned index, const char *text)
{
    fixture_expect(f, 2, MSG_SYSLOG(index));
    g_assert_cmpstr((const char *)f->sram + 0x2000 + index * 0x80 + 0x20, ==,
                    text);
    fixture_send(f, 2, MSG_SYSLOG(index));
}

static void test_echo(void)
{
    RTKitFixture *f = boot_with_echo();

    fixture_send(f, ECHO, 1);
    fixture_expect_error(f, true);
    fixture_send(f, 0, MSG_STARTEP(ECHO));
    expect_line(f, 0, "started");
    for (uint64_t i = 1; i; i <<= 1) {
        fixture_send(f, ECHO, i);
        fixture_expect(f, ECHO, i);
    }
    fixture_send(f, 0, MSG_STOPEP(ECHO));
    expect_line(f, 1, "64 echoed");
    fixture_expect_error(f, false);
    /* What it remembered is gone. */
    fixture_send(f, 0, MSG_STARTEP(ECHO));
    expect_line(f, 2, "started");
    fixture_send(f, 0, MSG_STOPEP(ECHO));
    expect_line(f, 3, "0 echoed");
    fixture_expect_silence(f);
    fixture_free(f);
}

/* Its count moves along with the co-processor. */
static void test_migration(void)
{
    const VMStateDescription *vmsd;
    RTKitFixture *f = boot_with_echo();
    g_autoptr(GBytes) state = NULL;

    vmsd = DEVICE_GET_CLASS(&f->rtkit)->vmsd;
    fixture_send(f, 0, MSG_STARTEP(ECHO));
    fixture_send(f, 2, MSG_SYSLOG(0));
    fixture_send(f, ECHO, 7);
    state = fixture_save(vmsd, &f->rtkit);
    fixture_free(f);
    f = boot_with_echo();
    g_assert_cmpint(fixture_load(vmsd, &f->rtkit, state), ==, 0);
    fixture_send(f, 0, MSG_STOPEP(ECHO));
    expect_line(f, 1, "1 echoed");
    fixture_free(f);
}

/* Not where management, a system endpoint or another application is. */
static void test_wrong_number(void)
{
    static const uint8_t wrong[] = { 1, 0x0a, 0x1f, 0x22 };

    for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
        RTKitFixture *f = fixture_prepare(true);
        Error *err = NULL;

        fixture_add_app(f, 0x22);
        object_property_set_uint(OBJECT(&f->rtkit), "echo-endpoint", wrong[i],
                                 &error_abort);
        g_assert_false(qdev_realize(DEVICE(&f->rtkit), NULL, &err));
        error_free_or_abort(&err);
        fixture_free(f);
    }
}

/* Offered if asked for, needed by nobody, and nothing to talk to. */
static void test_tracekit(void)
{
    RTKitFixture *f = fixture_prepare(true);

    object_property_set_bool(OBJECT(&f->rtkit), "tracekit", true,
                             &error_abort);
    fixture_realize(f);
    fixture_send(f, 0, MSG_WAKE);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_expect(f, 0, 0x008800000000051f);
    fixture_send(f, 0, MSG_EPMAP_ONLY_REPLY);
    fixture_send(f, 0, MSG_STARTEP(0x0a));
    fixture_expect_silence(f);
    fixture_expect_error(f, false);
    fixture_send(f, 0x0a, 0x1234);
    fixture_expect_error(f, true);
    fixture_send(f, 0, MSG_STARTEP(1));
    fixture_send(f, 0, MSG_STARTEP(4));
    fixture_expect_state(f, "on");
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/rtkit/echo", test_echo);
    g_test_add_func("/rtkit/echo/migration", test_migration);
    g_test_add_func("/rtkit/echo/wrong-number", test_wrong_number);
    g_test_add_func("/rtkit/tracekit", test_tracekit);
    return g_test_run();
}

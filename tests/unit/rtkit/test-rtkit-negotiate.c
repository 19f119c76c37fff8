/*
 * RTKit management: versions and the map of endpoints are agreed on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-fixture.h"
#include "qapi/error.h"

static void reply_version(uint64_t reply, bool accepted)
{
    RTKitFixture *f = fixture_new(true);

    fixture_send(f, 0, MSG_WAKE);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_send(f, 0, reply);
    fixture_expect_error(f, !accepted);
    fixture_expect_state(f, accepted ? "epmap" : "hello");
    if (accepted) {
        fixture_expect(f, 0, MSG_EPMAP_ONLY);
    }
    fixture_expect_silence(f);
    fixture_free(f);
}

static void test_version_reply(void)
{
    reply_version(0x00200000000c000c, true);
    reply_version(0x00200000000b000b, true);
    reply_version(0x00200000000c000b, false);
    reply_version(0x00200000000a000a, false);
    reply_version(0x00200000000d000d, false);
    reply_version(0x0020000000000000, false);
}

static void test_version_range(void)
{
    RTKitFixture *f = fixture_prepare(true);

    object_property_set_uint(OBJECT(&f->rtkit), "min-version", 13,
                             &error_abort);
    object_property_set_uint(OBJECT(&f->rtkit), "max-version", 14,
                             &error_abort);
    fixture_realize(f);
    fixture_send(f, 0, MSG_WAKE);
    fixture_expect(f, 0, 0x00100000000e000d);
    fixture_free(f);
}

static void test_version_range_wrong(void)
{
    RTKitFixture *f = fixture_prepare(true);
    Error *err = NULL;

    object_property_set_uint(OBJECT(&f->rtkit), "min-version", 13,
                             &error_abort);
    g_assert_false(qdev_realize(DEVICE(&f->rtkit), NULL, &err));
    error_free_or_abort(&err);
    fixture_free(f);
}

/* Pages without endpoints are left out of the map. */
static void test_epmap_pages(void)
{
    static const FixtureLine lines[] = {
        A(0, MSG_WAKE), I(0, MSG_HELLO),
        A(0, MSG_HELLO_REPLY), I(0, MSG_EPMAP_0),
        A(0, MSG_EPMAP_0_REPLY), I(0, 0x0080000180000001),
        A(0, 0x0080000100000001), I(0, 0x0088000780000000),
        A(0, 0x0088000700000000),
    };
    RTKitFixture *f = fixture_prepare(true);

    fixture_add_app(f, 0x20);
    fixture_add_app(f, 0x3f);
    fixture_add_app(f, 0xff);
    fixture_realize(f);
    FIXTURE_PLAY(f, lines);
    fixture_expect_state(f, "starting");
    fixture_free(f);
}

static void test_epmap_reply_wrong(void)
{
    static const uint64_t wrong[] = {
        0x0080000000000001,     /* not marked as the last */
        0x0088000100000000,     /* another page */
    };
    RTKitFixture *f = fixture_new(true);

    fixture_send(f, 0, MSG_WAKE);
    fixture_send(f, 0, MSG_HELLO_REPLY);
    fixture_expect(f, 0, MSG_HELLO);
    fixture_expect(f, 0, MSG_EPMAP_ONLY);
    for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
        fixture_send(f, 0, wrong[i]);
        fixture_expect_error(f, true);
        fixture_expect_state(f, "epmap");
    }
    fixture_expect_silence(f);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fixture_global_init();
    g_test_add_func("/rtkit/version/reply", test_version_reply);
    g_test_add_func("/rtkit/version/range", test_version_range);
    g_test_add_func("/rtkit/version/range-wrong", test_version_range_wrong);
    g_test_add_func("/rtkit/epmap/pages", test_epmap_pages);
    g_test_add_func("/rtkit/epmap/reply-wrong", test_epmap_reply_wrong);
    return g_test_run();
}

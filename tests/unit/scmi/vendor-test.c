/*
 * Unit tests of the SCMI platform: a vendor's protocol
 *
 * A protocol that the platform knows nothing of is a table in this file: it
 * counts what it is sent. It is offered where the vendor is ACME.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "../hw/scmi/protocol.h"
#include "scmi-test.h"

#define ACME 0xc0

enum {
    ACME_COUNT = 0x3,
    ACME_NOTIFY = 0x4,
};

static unsigned acme_calls;

static const ScmiProtocol acme_protocol;

static ScmiStatus acme_attributes(ScmiCall *call)
{
    scmi_put_u32(call, 1);
    return SCMI_SUCCESS;
}

static ScmiStatus acme_count(ScmiCall *call)
{
    acme_calls += call->payload[0];
    scmi_notify(call->platform, &acme_protocol, 0, 0, call->agent,
                &acme_calls, 1);
    scmi_put_u32(call, acme_calls);
    return SCMI_SUCCESS;
}

static const ScmiMessage acme_messages[] = {
    { ACME_COUNT, "count", .min = 4, .domain = SCMI_NO_DOMAIN,
      .handler = acme_count },
    { ACME_NOTIFY, "notify", .min = 4, .domain = SCMI_NO_DOMAIN,
      .notify = true },
};

static bool acme_configured(const ScmiPlatformConfig *config)
{
    return !strcmp(config->vendor, "ACME");
}

static const ScmiProtocol acme_protocol = {
    .id = ACME,
    .name = "acme",
    .version = 0x20000,
    .configured = acme_configured,
    .attributes = acme_attributes,
    .messages = acme_messages,
    .num_messages = ARRAY_SIZE(acme_messages),
};

SCMI_PROTOCOL_REGISTER(acme_protocol)

static void test_offered(void)
{
    ScmiPlatform *platform = scmi_test_platform("{ 'vendor': 'ACME' }");
    ScmiTestInbox inbox = {};

    acme_calls = 0;
    scmi_test_attach(platform, SCMI_TEST_AGENT, &inbox);
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_BASE, 0x6, 0), 1, ACME);
    ASSERT_VALUES(SEND(platform, ACME, 0x0), 0x20000);
    ASSERT_VALUES(SEND(platform, ACME, 0x1), 1);
    ASSERT_VALUES(SEND(platform, ACME, 0x2, ACME_COUNT), 0);
    ASSERT_VALUES(SEND(platform, ACME, ACME_COUNT, 5), 5);
    ASSERT_STATUS(SEND(platform, ACME, ACME_COUNT), SCMI_PROTOCOL_ERROR);
    ASSERT_STATUS(SEND(platform, ACME, 0x5), SCMI_NOT_FOUND);
    ASSERT_NO_EVENT(&inbox);
    ASSERT_STATUS(SEND(platform, ACME, ACME_NOTIFY, 1), SCMI_SUCCESS);
    ASSERT_VALUES(SEND(platform, ACME, ACME_COUNT, 2), 7);
    ASSERT_EVENT(&inbox, scmi_test_header(ACME, 0) | 3 << 8,
                 SCMI_TEST_AGENT, 7);
    scmi_test_free(platform);
}

static void test_not_offered(void)
{
    ScmiPlatform *platform = scmi_test_platform("{}");

    g_assert(!scmi_platform_has_protocol(platform, ACME));
    ASSERT_VALUES(SEND(platform, SCMI_PROTOCOL_BASE, 0x6, 0), 0);
    ASSERT_STATUS(SEND(platform, ACME, 0x0), SCMI_NOT_SUPPORTED);
    scmi_test_free(platform);
}

void scmi_test_add_vendor(void)
{
    g_test_add_func("/scmi/vendor/offered", test_offered);
    g_test_add_func("/scmi/vendor/not-offered", test_not_offered);
}

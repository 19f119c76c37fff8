/*
 * Unit tests of the SCMI platform: every row of every protocol
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "scmi-test-rows.h"

static unsigned domains_of(uint8_t protocol)
{
    for (unsigned i = 0; i < scmi_test_num_protocols; i++) {
        if (scmi_test_protocols[i].protocol == protocol) {
            return scmi_test_protocols[i].domains;
        }
    }
    g_assert_not_reached();
}

static ScmiTestReply send_row(ScmiPlatform *platform, const ScmiTestRow *row,
                              const uint32_t *payload, size_t length,
                              size_t room)
{
    return scmi_test_send(platform, SCMI_TEST_AGENT,
                          scmi_test_header(row->protocol, row->message),
                          payload, length, room);
}

/* Each protocol in each version that it negotiates, each row of that. */
typedef void RowTest(ScmiPlatform *platform, const ScmiTestRow *row);

static void foreach_row(const void *opaque)
{
    static const uint32_t versions[] = { V1, V2, V3, UINT32_MAX };
    RowTest *test = opaque;

    for (unsigned i = 0; i < scmi_test_num_protocols; i++) {
        for (unsigned v = 0; v < ARRAY_SIZE(versions); v++) {
            const ScmiTestProtocol *protocol = &scmi_test_protocols[i];
            uint32_t version = MIN(versions[v], protocol->newest);

            for (unsigned id = 0; id <= UINT8_MAX; id++) {
                const ScmiTestRow *row =
                    scmi_test_find_row(protocol->protocol, id, version);
                ScmiPlatform *platform;

                if (!row) {
                    continue;
                }
                platform = scmi_test_full_platform();
                scmi_test_negotiate(platform, row->protocol, version);
                test(platform, row);
                scmi_test_free(platform);
            }
        }
    }
}

static void test_exact(ScmiPlatform *platform, const ScmiTestRow *row)
{
    uint32_t payload[SCMI_COMMAND_MAX / 4] = {};

    for (unsigned n = row->min; n <= MAX(row->min, row->max); n += 4) {
        ScmiTestReply reply = send_row(platform, row, payload, n,
                                       SCMI_REPLY_MAX);

        g_assert_cmpint(reply.status, ==, row->zeros);
    }
}

static void test_length(ScmiPlatform *platform, const ScmiTestRow *row)
{
    uint32_t payload[SCMI_COMMAND_MAX / 4] = {};
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;

    for (unsigned n = 0; n <= SCMI_COMMAND_MAX + 8; n++) {
        if (n >= row->min && n <= MAX(row->min, row->max) && n % 4 == 0) {
            continue;
        }
        ASSERT_STATUS(send_row(platform, row, payload, n, SCMI_REPLY_MAX),
                      SCMI_PROTOCOL_ERROR);
    }
    ASSERT_STATUS(send_row(platform, row, payload, SIZE_MAX, SCMI_REPLY_MAX),
                  SCMI_PROTOCOL_ERROR);
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
}

static void test_unknown_domain(ScmiPlatform *platform, const ScmiTestRow *row)
{
    uint32_t bad[] = { domains_of(row->protocol), 0xffff, 0x10000,
                       0x80000000, UINT32_MAX };
    g_autofree char *before = scmi_test_qom_state(platform);
    g_autofree char *after = NULL;

    for (unsigned i = 0; row->domain != NOWHERE && i < ARRAY_SIZE(bad); i++) {
        uint32_t payload[SCMI_COMMAND_MAX / 4] = {};

        payload[row->domain] = cpu_to_le32(bad[i]);
        ASSERT_STATUS(send_row(platform, row, payload, row->min,
                               SCMI_REPLY_MAX), SCMI_NOT_FOUND);
    }
    after = scmi_test_qom_state(platform);
    g_assert_cmpstr(before, ==, after);
}

/* A subscription is refused, and one that is neither on nor off is wrong. */
static void test_notify(ScmiPlatform *platform, const ScmiTestRow *row)
{
    uint32_t payload[SCMI_COMMAND_MAX / 4] = {};
    uint32_t *enable;

    if (!row->notify) {
        return;
    }
    enable = &payload[row->enable ?: row->min / 4 - 1];
    *enable = cpu_to_le32(1);
    ASSERT_STATUS(send_row(platform, row, payload, row->min, SCMI_REPLY_MAX),
                  SCMI_NOT_SUPPORTED);
    *enable = cpu_to_le32(1 << MAX(1, row->kinds));
    ASSERT_STATUS(send_row(platform, row, payload, row->min, SCMI_REPLY_MAX),
                  SCMI_INVALID_PARAMETERS);
    *enable = cpu_to_le32(0x80000001);
    ASSERT_STATUS(send_row(platform, row, payload, row->min, SCMI_REPLY_MAX),
                  SCMI_INVALID_PARAMETERS);
}

/* A list is cut to whole elements; anything else fits or does not. */
static void test_room(ScmiPlatform *platform, const ScmiTestRow *row)
{
    uint32_t payload[SCMI_COMMAND_MAX / 4] = {};
    ScmiTestReply full = send_row(platform, row, payload, row->min,
                                  SCMI_REPLY_MAX);

    for (unsigned room = 4; room <= SCMI_REPLY_MAX + 100; room++) {
        ScmiTestReply reply = send_row(platform, row, payload, row->min,
                                       room);
        size_t needed = row->element
                        ? 4 + row->list * 4 + QEMU_ALIGN_UP(row->element, 4)
                        : 4 + full.num_values * 4;

        if (full.status != SCMI_SUCCESS) {
            ASSERT_STATUS(reply, full.status);
        } else if (room < needed) {
            ASSERT_STATUS(reply, SCMI_COMMS_ERROR);
        } else if (!row->element || room >= SCMI_REPLY_MAX) {
            g_assert_cmpmem(reply.values, reply.num_values * 4,
                            full.values, full.num_values * 4);
        } else {
            g_assert_cmpint(reply.status, ==, SCMI_SUCCESS);
            g_assert_cmpuint(reply.num_values, >, row->list);
        }
    }
}

/* A transport may have the reply written over the command. */
static void test_in_place(ScmiPlatform *platform, const ScmiTestRow *row)
{
    uint32_t buffer[SCMI_COMMAND_MAX / 4] = {};
    ScmiTestReply apart = send_row(platform, row, buffer, row->min,
                                   SCMI_REPLY_MAX);
    size_t n;

    n = scmi_platform_handle(platform, SCMI_TEST_AGENT,
                             scmi_test_header(row->protocol, row->message),
                             buffer, row->min, buffer, SCMI_REPLY_MAX);
    g_assert_cmpuint(n, ==, 4 + 4 * apart.num_values);
    g_assert_cmpint((int32_t)le32_to_cpu(buffer[0]), ==, apart.status);
    for (unsigned i = 0; i < apart.num_values; i++) {
        g_assert_cmphex(le32_to_cpu(buffer[1 + i]), ==, apart.values[i]);
    }
}

/* What PROTOCOL_MESSAGE_ATTRIBUTES says of an id, and what sending it does. */
static void test_message_attributes(void)
{
    static const uint32_t versions[] = { V1, V2, V3, UINT32_MAX };
    ScmiPlatform *platform = scmi_test_full_platform();

    for (unsigned i = 0; i < scmi_test_num_protocols * 4; i++) {
        const ScmiTestProtocol *p = &scmi_test_protocols[i / 4];
        uint32_t version = MIN(versions[i % 4], p->newest);
        uint8_t protocol = p->protocol;

        scmi_test_negotiate(platform, protocol, version);
        for (unsigned id = 0; id <= UINT8_MAX; id++) {
            const ScmiTestRow *row = scmi_test_find_row(protocol, id, version);
            ScmiTestReply reply = SEND(platform, protocol, 2, id);

            if (row && !row->notify) {
                ASSERT_VALUES(reply, row->attributes);
            } else {
                ASSERT_STATUS(reply, SCMI_NOT_FOUND);
            }
            ASSERT_STATUS(SEND(platform, protocol, 2, id | 0x100),
                          SCMI_NOT_FOUND);
            if (!row) {
                ASSERT_STATUS(SEND(platform, protocol, id), SCMI_NOT_FOUND);
                ASSERT_STATUS(SEND(platform, protocol, id, 0, 0),
                              SCMI_NOT_FOUND);
            }
        }
    }
    scmi_test_free(platform);
}

/*
 * A platform that was never newer than a version. One that is older than SCMI
 * 3.2, of which the newest versions are, cannot negotiate either.
 */
static void check_reported(uint8_t protocol, uint32_t version,
                           uint32_t newest)
{
    for (unsigned id = 0; id < 0x20; id++) {
        const ScmiTestRow *row = scmi_test_find_row(protocol, id, version);
        ScmiPlatform *platform =
            scmi_test_old_platform(scmi_test_full_config(), protocol, version);

        if (id == SCMI_NEGOTIATE_PROTOCOL_VERSION && version < newest) {
            row = NULL;
        }
        if (row) {
            test_exact(platform, row);
        } else {
            ASSERT_STATUS(SEND(platform, protocol, 2, id), SCMI_NOT_FOUND);
            ASSERT_STATUS(SEND(platform, protocol, id), SCMI_NOT_FOUND);
        }
        scmi_test_free(platform);
    }
}

static void test_reported(void)
{
    for (unsigned i = 0; i < scmi_test_num_protocols; i++) {
        uint32_t newest = scmi_test_protocols[i].newest;

        for (uint32_t version = V1; version < newest; version += V1) {
            check_reported(scmi_test_protocols[i].protocol, version, newest);
        }
        check_reported(scmi_test_protocols[i].protocol, newest, newest);
    }
}

static void test_unknown_protocol(void)
{
    ScmiPlatform *platform = scmi_test_full_platform();
    ScmiPlatform *empty;

    for (unsigned id = 0; id <= UINT8_MAX; id++) {
        bool known = false;

        for (unsigned i = 0; i < scmi_test_num_protocols; i++) {
            known |= scmi_test_protocols[i].protocol == id;
        }
        g_assert(scmi_platform_has_protocol(platform, id) == known);
        if (!known) {
            ASSERT_STATUS(SEND(platform, id, 0), SCMI_NOT_SUPPORTED);
            ASSERT_STATUS(SEND(platform, id, 2, 0), SCMI_NOT_SUPPORTED);
        }
    }
    scmi_test_free(platform);

    /* A protocol without a domain is not there. */
    empty = scmi_test_platform("{}");
    for (unsigned i = 1; i < scmi_test_num_protocols; i++) {
        uint8_t id = scmi_test_protocols[i].protocol;

        g_assert(!scmi_platform_has_protocol(empty, id));
        ASSERT_STATUS(SEND(empty, id, 0), SCMI_NOT_SUPPORTED);
    }
    scmi_test_free(empty);
}

/* Type, token and reserved bits: only the first is the platform's business. */
static void test_header(void)
{
    ScmiPlatform *platform = scmi_test_full_platform();
    uint32_t header = scmi_test_header(SCMI_PROTOCOL_CLOCK, 0);

    for (unsigned type = 1; type < 4; type++) {
        ASSERT_STATUS(scmi_test_send(platform, SCMI_TEST_AGENT,
                                     header | type << 8, NULL, 0,
                                     SCMI_REPLY_MAX), SCMI_PROTOCOL_ERROR);
    }
    for (unsigned bit = 18; bit < 32; bit++) {
        ASSERT_VALUES(scmi_test_send(platform, SCMI_TEST_AGENT,
                                     header | 1u << bit, NULL, 0,
                                     SCMI_REPLY_MAX), 0x30000);
    }
    scmi_test_free(platform);
}

void scmi_test_add_rows(void)
{
    g_test_add_data_func("/scmi/rows/exact", test_exact, foreach_row);
    g_test_add_data_func("/scmi/rows/length", test_length, foreach_row);
    g_test_add_data_func("/scmi/rows/domain", test_unknown_domain,
                         foreach_row);
    g_test_add_data_func("/scmi/rows/notify", test_notify, foreach_row);
    g_test_add_data_func("/scmi/rows/room", test_room, foreach_row);
    g_test_add_data_func("/scmi/rows/in-place", test_in_place, foreach_row);
    g_test_add_func("/scmi/rows/message-attributes", test_message_attributes);
    g_test_add_func("/scmi/rows/reported", test_reported);
    g_test_add_func("/scmi/rows/unknown-protocol", test_unknown_protocol);
    g_test_add_func("/scmi/rows/header", test_header);
}

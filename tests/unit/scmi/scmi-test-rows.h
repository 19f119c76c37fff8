/*
 * Unit tests of the SCMI platform: what each message takes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_UNIT_SCMI_TEST_ROWS_H
#define TESTS_UNIT_SCMI_TEST_ROWS_H

#include "scmi-test.h"

#define V1 0x10000
#define V2 0x20000
#define V3 0x30000
#define V4 0x40000
#define NOWHERE (-1)

/**
 * ScmiTestRow:
 * @since: first version that has the message
 * @min, @max: payload in bytes; @max 0 is @min
 * @domain: index of the word that names a domain
 * @zeros: status on the full platform if the whole payload is 0
 * @notify: it subscribes to an event
 * @enable: the word that says so, 0 for the last one
 * @kinds: how many bits of it do, 0 for one
 * @attributes: what PROTOCOL_MESSAGE_ATTRIBUTES says of it
 * @list: words before the elements of a multi-part reply, status excluded
 * @element: bytes of one of those elements
 */
typedef struct ScmiTestRow {
    uint8_t protocol;
    uint8_t message;
    uint32_t since;
    uint8_t min;
    uint8_t max;
    int8_t domain;
    int zeros;
    bool notify;
    uint8_t enable;
    uint8_t kinds;
    uint32_t attributes;
    uint8_t list;
    uint8_t element;
} ScmiTestRow;

/**
 * ScmiTestProtocol:
 * @newest: its version
 * @domains: how many it has on the full platform
 */
typedef struct ScmiTestProtocol {
    uint8_t protocol;
    uint32_t newest;
    unsigned domains;
} ScmiTestProtocol;

extern const ScmiTestProtocol scmi_test_protocols[];
extern const unsigned scmi_test_num_protocols;

/* The row of a message in @version, or NULL if that has none. */
const ScmiTestRow *scmi_test_find_row(uint8_t protocol, uint8_t message,
                                      uint32_t version);

#endif

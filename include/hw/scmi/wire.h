/*
 * SCMI on the wire: header, statuses and identifiers
 *
 * Shared by the platform, its transports and their tests.
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/common.h
 * (pack_scmi_header, enum scmi_error_codes) and protocols.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_WIRE_H
#define HW_SCMI_WIRE_H

#include "hw/registerfields.h"

/* Message header. */
FIELD(SCMI_HEADER, MESSAGE, 0, 8)
FIELD(SCMI_HEADER, TYPE, 8, 2)
FIELD(SCMI_HEADER, PROTOCOL, 10, 8)
FIELD(SCMI_HEADER, TOKEN, 18, 10)
FIELD(SCMI_HEADER, RESERVED, 28, 4)

enum ScmiMessageType {
    SCMI_TYPE_COMMAND = 0,
    SCMI_TYPE_DELAYED_RESPONSE = 2,
    SCMI_TYPE_NOTIFICATION = 3,
};

typedef enum ScmiStatus {
    SCMI_SUCCESS = 0,
    SCMI_NOT_SUPPORTED = -1,
    SCMI_INVALID_PARAMETERS = -2,
    SCMI_DENIED = -3,
    SCMI_NOT_FOUND = -4,
    SCMI_OUT_OF_RANGE = -5,
    SCMI_BUSY = -6,
    SCMI_COMMS_ERROR = -7,
    SCMI_GENERIC_ERROR = -8,
    SCMI_HARDWARE_ERROR = -9,
    SCMI_PROTOCOL_ERROR = -10,
} ScmiStatus;

enum ScmiProtocolId {
    SCMI_PROTOCOL_BASE = 0x10,
    SCMI_PROTOCOL_POWER = 0x11,
    SCMI_PROTOCOL_SYSTEM = 0x12,
    SCMI_PROTOCOL_PERF = 0x13,
    SCMI_PROTOCOL_CLOCK = 0x14,
    SCMI_PROTOCOL_SENSOR = 0x15,
    SCMI_PROTOCOL_RESET = 0x16,
    SCMI_PROTOCOL_VOLTAGE = 0x17,
    SCMI_PROTOCOL_POWERCAP = 0x18,
    SCMI_PROTOCOL_PINCTRL = 0x19,
    SCMI_PROTOCOL_IMX_LMM = 0x80,
    SCMI_PROTOCOL_IMX_BBM = 0x81,
    SCMI_PROTOCOL_IMX_CPU = 0x82,
    SCMI_PROTOCOL_IMX_MISC = 0x84,
};

/* Messages that every protocol has. */
enum ScmiCommonMessage {
    SCMI_PROTOCOL_VERSION = 0x0,
    SCMI_PROTOCOL_ATTRIBUTES = 0x1,
    SCMI_PROTOCOL_MESSAGE_ATTRIBUTES = 0x2,
    SCMI_NEGOTIATE_PROTOCOL_VERSION = 0x10,
};

/* Text in replies: a short name everywhere, an extended one by NAME_GET. */
#define SCMI_SHORT_NAME_SIZE 16
#define SCMI_EXTENDED_NAME_SIZE 64

/*
 * Shared memory of the SMT layout that SMC and mailbox channels use: offsets
 * in bytes, words little-endian. The payload of a reply starts with its
 * status. Source: Linux drivers/firmware/arm_scmi/shmem.c.
 */
enum ScmiShmemOffset {
    SCMI_SHMEM_STATUS = 0x04,
    SCMI_SHMEM_FLAGS = 0x10,
    SCMI_SHMEM_LENGTH = 0x14, /* of header and payload */
    SCMI_SHMEM_HEADER = 0x18,
    SCMI_SHMEM_PAYLOAD = 0x1c,
};
FIELD(SCMI_SHMEM_STATUS, FREE, 0, 1)  /* owned by the sender */
FIELD(SCMI_SHMEM_STATUS, ERROR, 1, 1) /* the last transfer failed */
FIELD(SCMI_SHMEM_FLAGS, INTERRUPT, 0, 1) /* wanted at the end */

#endif

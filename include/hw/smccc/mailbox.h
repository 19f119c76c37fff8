/*
 * SMC mailbox: firmware calls that a service elsewhere answers
 *
 * The agent lays a message into the page of a channel and calls a function
 * identifier with the channel's number in x1. What answers is the channel's
 * backend:
 *  - "loopback": the message itself is the answer
 *  - "scmi": the message is an SCMI command, header first, of agent "agent",
 *    in addition to whatever transport that agent has; only commands, events
 *    go the way of its transport
 *  - "chardev:ID": the message goes to the process at the other end of this
 *    character device, and its answer comes when it comes. That is how
 *    firmware forwards a call to a management processor, or a hypervisor to a
 *    service domain.
 *
 * A page, little-endian words by their offsets in bytes:
 *
 *   0x00  status: FREE 0, BUSY 1, ERROR 2
 *   0x04  with status ERROR: one of SMC_MAILBOX_ERROR_
 *   0x08  length of the message in bytes, SMC_MAILBOX_MESSAGE_MAX at most
 *   0x10  the message
 *
 * A call returns at once: 0 when it was taken, INVALID_PARAMETER (-3) when
 * there is no such channel, BUSY (-4) when a message of this channel is under
 * way; then the page is untouched. After 0 the page says how it went on. With
 * FREE the answer stands there, with ERROR there is none and the message is
 * still as it was. With BUSY one of the two follows, and an interrupt: within
 * "timeout-ms", whatever the other end does. What the agent writes into status
 * and error is not looked at.
 *
 * A frame on a character device, in both directions:
 *
 *   0x00  length of the message in bytes (little-endian)
 *   0x04  number of the channel
 *   0x08  number of the request, which the answer repeats: by that an answer
 *         that comes too late is not taken for that of another message
 *   0x0c  the message
 *
 * A frame that answers nothing is dropped. The content of one that is too long
 * is skipped, and its request fails. When the other end goes away, the request
 * that is under way fails, and so do later ones until it is back.
 *
 * QEMU interface:
 *  + sysbus MMIO region 0: the pages (RAM), 4 KiB each, by channel number
 *  + sysbus IRQ, one for each channel: a message that was BUSY is not any more
 *    (pulse, edge-triggered)
 *  + QOM property "conduit": where the calls come in (link, required)
 *  + QOM property "function": the function identifier (uint32, default
 *    0x82000020)
 *  + QOM property "channels": their backends, as above (array of strings, 1
 *    to 64)
 *  + QOM property "platform": the SCMI platform (link, required by "scmi")
 *  + QOM property "agent": who sends the SCMI commands (uint32, default 1)
 *  + QOM property "timeout-ms": how long an answer may take, on the virtual
 *    clock (uint32, default 1000, not 0)
 *
 * A message under way does not survive a migration, as the other end is not
 * part of it: it times out when it would have. A reset forgets it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SMCCC_MAILBOX_H
#define HW_SMCCC_MAILBOX_H

#include "qom/object.h"

#define TYPE_SMC_MAILBOX "smc-mailbox"
OBJECT_DECLARE_SIMPLE_TYPE(SmcMailbox, SMC_MAILBOX)

#define SMC_MAILBOX_DEFAULT_FUNCTION 0x82000020
#define SMC_MAILBOX_MAX_CHANNELS 64

#define SMC_MAILBOX_INVALID_PARAMETER (-3)
#define SMC_MAILBOX_BUSY (-4)

#define SMC_MAILBOX_PAGE 0x1000
#define SMC_MAILBOX_STATUS 0x00
#define SMC_MAILBOX_ERROR 0x04
#define SMC_MAILBOX_LENGTH 0x08
#define SMC_MAILBOX_MESSAGE 0x10
#define SMC_MAILBOX_MESSAGE_MAX (SMC_MAILBOX_PAGE - SMC_MAILBOX_MESSAGE)

enum {
    SMC_MAILBOX_STATUS_FREE,
    SMC_MAILBOX_STATUS_BUSY,
    SMC_MAILBOX_STATUS_ERROR,
};

/**
 * Why there is no answer:
 * @SMC_MAILBOX_ERROR_LENGTH: the message's length does not fit
 * @SMC_MAILBOX_ERROR_TIMEOUT: the other end did not answer in time
 * @SMC_MAILBOX_ERROR_NO_PEER: nobody is at the other end, or does not take
 *                             what was sent earlier
 * @SMC_MAILBOX_ERROR_ANSWER: the answer is too long
 */
enum {
    SMC_MAILBOX_ERROR_NONE,
    SMC_MAILBOX_ERROR_LENGTH,
    SMC_MAILBOX_ERROR_TIMEOUT,
    SMC_MAILBOX_ERROR_NO_PEER,
    SMC_MAILBOX_ERROR_ANSWER,
};

/* The header of a frame on a character device. */
#define SMC_MAILBOX_FRAME_LENGTH 0x00
#define SMC_MAILBOX_FRAME_CHANNEL 0x04
#define SMC_MAILBOX_FRAME_REQUEST 0x08
#define SMC_MAILBOX_FRAME_HEADER 0x0c

#endif

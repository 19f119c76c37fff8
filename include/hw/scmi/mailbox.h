/*
 * SCMI transport over a doorbell mailbox, with shared memory
 *
 * The agent lays a command into one area of shared memory and rings; the
 * platform runs it, gives the area back and rings in turn, if the agent asked
 * for that. A second area carries events from the platform to the agent, and
 * protocols may have areas of their own for commands.
 *
 * Source: Linux drivers/firmware/arm_scmi/transports/mailbox.c and shmem.c,
 * Documentation/devicetree/bindings/firmware/arm,scmi.yaml ("arm,scmi").
 *
 * QEMU interface:
 *  + sysbus MMIO region 0: the commands' shared memory (4 KiB of RAM, SMT
 *    layout); region 1: the events', there only with "events"; then that of
 *    each protocol with a channel of its own
 *  + no interrupts: they are the mailbox's
 *  + QOM property "platform": the SCMI platform (link, required)
 *  + QOM property "mailbox": what the agent rings (link to a realized
 *    TYPE_DOORBELL_MAILBOX, required)
 *  + QOM property "reply-mailbox": what the platform rings (link, default:
 *    "mailbox"; required when the agent alone rings that one)
 *  + QOM property "agent": whose channels they are (uint32, default 1; 0 for
 *    the first agent without a transport)
 *  + QOM property "a2p", "p2a": the doorbells of commands and of events
 *    (uint32, default 0 and 1)
 *  + QOM property "events": whether there is a channel for events (bool,
 *    default true)
 *  + QOM property "event-completion": whether the agent is asked to ring when
 *    it has taken an event (bool, default false). Without it, the platform
 *    looks when the agent takes the ring, and from time to time. Linux 7.2
 *    logs an error each time it rings.
 *  + QOM property "completion-irq": whether the platform rings at the end of a
 *    command (bool, default true); without it, the agent polls
 *  + QOM property "protocols": ids of the protocols that have a channel of
 *    their own for commands (array of uint8, default none); their doorbells
 *    follow those above, in this order
 *
 * Mailboxes that both sides ring make for 1 or 2 entries in "mboxes", pairs of
 * them that one side rings for 2, 3 or 4, which Linux 6.1 does not know.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_MAILBOX_H
#define HW_SCMI_MAILBOX_H

#include "qom/object.h"

#define TYPE_SCMI_MAILBOX "scmi-mailbox"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiMailbox, SCMI_MAILBOX)

#define SCMI_MAILBOX_SHMEM_SIZE 0x1000

#endif

/*
 * SCMI transport over a doorbell mailbox: what its files share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_MAILBOX_INTERNAL_H
#define HW_SCMI_MAILBOX_INTERNAL_H

#include "hw/core/dt-node.h"
#include "hw/mailbox/doorbell.h"
#include "hw/scmi/mailbox.h"
#include "hw/scmi/platform.h"
#include "hw/sysbus.h"
#include "shmem.h"

/*
 * A channel for commands: the first one is of the protocols that have none of
 * their own.
 *
 * Linux's MHU drivers clear a doorbell after they handed on what it announced
 * (mhu_db_mbox_rx_handler() in drivers/mailbox/arm_mhu_db.c, and likewise v2
 * and v3). By then another vCPU may have sent the next command, and the reply
 * to that, which takes a model no time, would ring in vain. So who has not
 * taken one ring is not rung again before.
 *
 * @reply_untaken: the agent has been rung
 * @reply_waits: there is a reply that it has not been rung for
 */
typedef struct ScmiMailboxChannel {
    ScmiMailbox *owner;
    ScmiShmem shmem;
    uint32_t doorbell;
    bool reply_untaken;
    bool reply_waits;
} ScmiMailboxChannel;

/* @event_untaken: the agent has been rung for an event, likewise */
struct ScmiMailbox {
    SysBusDevice parent_obj;
    ScmiPlatform *platform;
    DoorbellMailbox *mailbox;
    DoorbellMailbox *reply_mailbox;
    uint32_t agent;
    uint32_t a2p;
    uint32_t p2a;
    bool events;
    bool event_completion;
    bool completion_irq;
    uint32_t num_protocols;
    uint8_t *protocols;

    uint32_t num_channels;
    ScmiMailboxChannel *channels;
    ScmiShmem event_shmem;
    QEMUTimer *poll_timer;
    uint32_t poll_delay;
    bool event_untaken;
};

/* The agent rings, and is rung, by the same mailbox. */
static inline bool scmi_mailbox_is_both_ways(const ScmiMailbox *s)
{
    return s->mailbox == s->reply_mailbox;
}

/* mailbox-dt.c */
void scmi_mailbox_write_dt(DtNode *node, DtWriter *dt, uint32_t first_spi);

#endif

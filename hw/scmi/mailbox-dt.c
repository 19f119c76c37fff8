/*
 * SCMI transport over a doorbell mailbox: its device-tree nodes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "dt.h"
#include "mailbox-internal.h"
#include "system/device_tree.h"

/* Events come by the mailboxes of the first channel. */
static void dt_write_mboxes(ScmiMailbox *s, DtWriter *dt, unsigned i,
                            const char *node)
{
    uint32_t doorbell = s->channels[i].doorbell;
    bool one_way = !scmi_mailbox_is_both_ways(s);
    bool events = s->events && !i;
    const DoorbellDtEntry entries[] = {
        { "tx", s->mailbox, doorbell, true },
        { "tx_reply", s->reply_mailbox, doorbell, one_way },
        { "rx", s->reply_mailbox, s->p2a, events },
        { "rx_reply", s->mailbox, s->p2a,
          events && one_way && s->event_completion },
    };

    doorbell_write_dt(dt, node, entries, ARRAY_SIZE(entries));
}

static void dt_write_channel(ScmiMailbox *s, DtWriter *dt, unsigned i,
                             const char *node)
{
    SysBusDevice *sbd = SYS_BUS_DEVICE(s);
    g_autofree char *name = scmi_shmem_name(s->protocols, i);
    bool events = s->events && !i;
    uint32_t shmem[] = {
        cpu_to_be32(dt_phandle(dt, OBJECT(s), name)),
        events ? cpu_to_be32(dt_phandle(dt, OBJECT(s), "event-shmem")) : 0,
    };

    scmi_shmem_write_dt(dt, OBJECT(s), name,
                        sbd->mmio[i ? i + s->events : 0].addr);
    if (events) {
        scmi_shmem_write_dt(dt, OBJECT(s), "event-shmem", sbd->mmio[1].addr);
    }
    qemu_fdt_setprop(dt->fdt, node, "shmem", shmem,
                     (1 + events) * sizeof(*shmem));
    dt_write_mboxes(s, dt, i, node);
}

void scmi_mailbox_write_dt(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    ScmiMailbox *s = SCMI_MAILBOX(node);
    g_autofree char *scmi = scmi_dt_add_transport(dt, OBJECT(s), s->platform,
                                                  s->agent, "arm,scmi");

    dt_write_channel(s, dt, 0, scmi);
    for (unsigned i = 1; i < s->num_channels; i++) {
        g_autofree char *protocol = scmi_dt_protocol(scmi,
                                                     s->protocols[i - 1]);

        dt_write_channel(s, dt, i, protocol);
    }
    if (!s->completion_irq) {
        qemu_fdt_setprop(dt->fdt, scmi, "arm,no-completion-irq", NULL, 0);
    }
}

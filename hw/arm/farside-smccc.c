/*
 * The farside machine: firmware calls, and the SMC mailbox behind them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside.h"
#include "qapi/error.h"
#include "qobject/qlist.h"
#include "hw/qdev-properties.h"
#include "hw/smccc/mailbox.h"
#include "target/arm/cpu.h"

/* Linux asks PSCI's node which instruction to use, so they go together. */
static void set_conduit(FarsideMachineState *fms)
{
    VirtMachineState *vms = VIRT_MACHINE(fms);
    CPUState *cs;

    if (fms->hvc || vms->psci_conduit != QEMU_PSCI_CONDUIT_HVC) {
        return;
    }
    vms->psci_conduit = QEMU_PSCI_CONDUIT_SMC;
    vms->bootinfo.psci_conduit = QEMU_PSCI_CONDUIT_SMC;
    CPU_FOREACH(cs) {
        ARM_CPU(cs)->psci_conduit = QEMU_PSCI_CONDUIT_SMC;
    }
}

SMCCCConduit *farside_conduit(FarsideMachineState *fms)
{
    if (!fms->smccc) {
        set_conduit(fms);
        fms->smccc = smccc_conduit_new(OBJECT(fms), &error_fatal);
    }
    return fms->smccc;
}

/* Channel 0 is the process's, 1 a loopback, 2 the SCMI platform's if any. */
static QList *mailbox_channels(const FarsideMachineState *fms)
{
    g_autofree char *chardev = g_strdup_printf("chardev:%s", fms->smc_mailbox);
    QList *channels = qlist_new();

    qlist_append_str(channels, chardev);
    qlist_append_str(channels, "loopback");
    if (fms->scmi_platform) {
        qlist_append_str(channels, "scmi");
    }
    return channels;
}

void farside_add_smc_mailbox(FarsideMachineState *fms, DtWriter *dt)
{
    SMCCCConduit *conduit = farside_conduit(fms);
    DeviceState *dev = qdev_new(TYPE_SMC_MAILBOX);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);
    QList *channels = mailbox_channels(fms);
    unsigned num_channels = qlist_size(channels);

    /* The machine has an smc-mailbox already: the Apple SMC's. */
    object_property_add_child(OBJECT(conduit), "mailbox", OBJECT(dev));
    qdev_prop_set_array(dev, "channels", channels);
    object_property_set_link(OBJECT(dev), "conduit", OBJECT(conduit),
                             &error_abort);
    object_property_set_link(OBJECT(dev), "platform",
                             OBJECT(fms->scmi_platform), &error_abort);
    sysbus_realize_and_unref(sbd, &error_fatal);
    sysbus_mmio_map(sbd, 0, FARSIDE_SMC_MAILBOX_BASE);
    for (unsigned i = 0; i < num_channels; i++) {
        sysbus_connect_irq(sbd, i,
                           qdev_get_gpio_in(VIRT_MACHINE(fms)->gic,
                                            FARSIDE_SMC_MAILBOX_SPI + i));
    }
    dt_node_write(DT_NODE(sbd), dt, FARSIDE_SMC_MAILBOX_SPI);
}

/*
 * The farside machine: what its files share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_ARM_FARSIDE_H
#define HW_ARM_FARSIDE_H

#include "hw/apple/pmgr.h"
#include "hw/arm/virt.h"
#include "hw/core/dt-node.h"
#include "hw/scmi/platform.h"
#include "hw/smccc/conduit.h"
#include "hw/sysbus.h"

#define TYPE_FARSIDE_MACHINE MACHINE_TYPE_NAME("farside")
OBJECT_DECLARE_TYPE(FarsideMachineState, FarsideMachineClass, FARSIDE_MACHINE)

/* SPIs that are ours: the first one that nothing has for sure, and the end. */
#define FARSIDE_FIRST_FREE_SPI 184
#define FARSIDE_END_SPI 256

/**
 * FarsideMachineState:
 * @scmi, @rtkit, @hvc: the machine's options
 * @conduit_given: option conduit was given, whatever it says
 * @scmi_source: option scmi-platform, NULL for the built-in platform
 * @asc_mailbox_given: likewise asc-mailbox
 * @asc_mailbox: its value, a row of farside_asc_mailboxes[]
 * @smc_keys: option smc-keys, a file, NULL for the built-in keys
 * @faults: option faults, a file, NULL for no rules
 * @smc_mailbox: option smccc-mailbox, the id of a chardev, NULL without one
 * @message_log: option message-log, a file, NULL without one
 * @smccc, @scmi_platform: once made
 * @next_base, @next_spi: where models without a fixed place go next
 * @devices_done: when the user's devices are there, too
 * @used_spis: those that ANS disks have taken
 * @pmgr: the power manager, made with the first ANS disk
 * @disks: the ANS disks
 */
struct FarsideMachineState {
    VirtMachineState parent_obj;
    bool scmi;
    bool rtkit;
    bool hvc;
    bool conduit_given;
    bool asc_mailbox_given;
    unsigned asc_mailbox;
    ScmiPlatformSource *scmi_source;
    char *smc_keys;
    char *faults;
    char *smc_mailbox;
    char *message_log;
    SMCCCConduit *smccc;
    ScmiPlatform *scmi_platform;
    hwaddr next_base;
    uint32_t next_spi;
    Notifier devices_done;
    DECLARE_BITMAP(used_spis, FARSIDE_END_SPI);
    ApplePmgr *pmgr;
    GPtrArray *disks;
};

/**
 * FarsideMachineClass:
 * @parent_init, @parent_get_hotplug_handler, @parent_pre_plug, @parent_plug:
 *     those of virt, which ours call
 */
struct FarsideMachineClass {
    VirtMachineClass parent_class;
    void (*parent_init)(MachineState *machine);
    HotplugHandler *(*parent_get_hotplug_handler)(MachineState *machine,
                                                  DeviceState *dev);
    void (*parent_pre_plug)(HotplugHandler *handler, DeviceState *dev,
                            Error **errp);
    void (*parent_plug)(HotplugHandler *handler, DeviceState *dev,
                        Error **errp);
};

/* A new device as the machine's child @name; the caller realizes it. */
SysBusDevice *farside_add(FarsideMachineState *fms, const char *name,
                          const char *type);

/* Map region @region of @sbd where a 64 KiB page is free; false if none is. */
bool farside_map(FarsideMachineState *fms, SysBusDevice *sbd, unsigned region,
                 Error **errp);

/* Wire @count interrupts of @sbd to free SPIs; returns the first one, or 0. */
uint32_t farside_wire(FarsideMachineState *fms, SysBusDevice *sbd,
                      unsigned count, Error **errp);

/* The machine's conduit, made by who first asks for it. */
SMCCCConduit *farside_conduit(FarsideMachineState *fms);

/* The SMC mailbox of option smccc-mailbox, in its fixed place. */
void farside_add_smc_mailbox(FarsideMachineState *fms, DtWriter *dt);
#define FARSIDE_SMC_MAILBOX_BASE 0x0b020000
#define FARSIDE_SMC_MAILBOX_SPI 181

/* The GPIO controller that consumes SCMI resources, in its fixed place. */
SysBusDevice *farside_add_gpio(FarsideMachineState *fms);
#define FARSIDE_GPIO_SPI 180

/* The SCMI platform, its transports and what the guest does with them. */
void farside_add_scmi(FarsideMachineState *fms, DtWriter *dt);

/**
 * farside_add_scmi_consumers: nodes that make Linux use the platform
 * @agent, @transport: the agent that they belong to, and its transport
 *
 * Each is there if the platform has, by name, what it consumes, and the agent
 * is not denied the protocol.
 */
void farside_add_scmi_consumers(FarsideMachineState *fms, DtWriter *dt,
                                ScmiPlatform *platform, unsigned agent,
                                Object *transport);

/* ANS disks, made by -device. */
#define TYPE_FARSIDE_ANS "farside-ans"
#define FARSIDE_PMGR_BASE 0x0b300000
void farside_ans_pre_plug(FarsideMachineState *fms, DeviceState *dev,
                          Error **errp);
void farside_ans_plug(FarsideMachineState *fms, DeviceState *dev);

/* The nodes of all ANS disks and of what powers them. */
void farside_describe_ans(FarsideMachineState *fms, DtWriter *dt);

/*
 * farside-devices.c: the user's devices. The first makes the machine the one
 * that they are plugged into; the second has their nodes written once they are
 * all there, before virt hands the device tree to the guest.
 */
void farside_take_devices(FarsideMachineClass *fmc);
void farside_await_devices(FarsideMachineState *fms);

/*
 * farside-log.c: option message-log. The second opens the file, if there is
 * to be one, and ends QEMU if it cannot.
 */
void farside_add_log_option(ObjectClass *oc);
void farside_open_log(FarsideMachineState *fms);

#endif

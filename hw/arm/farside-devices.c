/*
 * The farside machine: the devices that the user adds
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside.h"
#include "hw/fault/file.h"
#include "qapi/error.h"
#include "system/system.h"

/* Devices of -device, which virt or we have to map and wire. */

static bool farside_is_ours(DeviceState *dev)
{
    return object_dynamic_cast(OBJECT(dev), TYPE_FARSIDE_ANS);
}

static HotplugHandler *farside_get_hotplug_handler(MachineState *machine,
                                                   DeviceState *dev)
{
    FarsideMachineClass *fmc = FARSIDE_MACHINE_GET_CLASS(machine);

    return farside_is_ours(dev) ? HOTPLUG_HANDLER(machine)
                                : fmc->parent_get_hotplug_handler(machine,
                                                                  dev);
}

static void farside_pre_plug(HotplugHandler *handler, DeviceState *dev,
                             Error **errp)
{
    if (farside_is_ours(dev)) {
        farside_ans_pre_plug(FARSIDE_MACHINE(handler), dev, errp);
    } else {
        FARSIDE_MACHINE_GET_CLASS(handler)->parent_pre_plug(handler, dev,
                                                            errp);
    }
}

static void farside_plug(HotplugHandler *handler, DeviceState *dev,
                         Error **errp)
{
    if (farside_is_ours(dev)) {
        farside_ans_plug(FARSIDE_MACHINE(handler), dev);
    } else {
        FARSIDE_MACHINE_GET_CLASS(handler)->parent_plug(handler, dev, errp);
    }
}

/* Those of the user's, on virtio, have no interrupt of the GIC's to name. */
static int write_user_node(Object *obj, void *opaque)
{
    if (object_dynamic_cast(obj, TYPE_DT_NODE)) {
        dt_node_write(DT_NODE(obj), opaque, 0);
    }
    return 0;
}

/* Of the notifiers, this one runs before virt's, which loads the tree. */
static void farside_machine_done(Notifier *notifier, void *data)
{
    FarsideMachineState *fms = container_of(notifier, FarsideMachineState,
                                            devices_done);
    static const char *const containers[] = { "peripheral",
                                              "peripheral-anon" };
    DtWriter dt;

    dt_writer_init(&dt, MACHINE(fms)->fdt);
    for (unsigned i = 0; i < ARRAY_SIZE(containers); i++) {
        object_child_foreach_recursive(machine_get_container(containers[i]),
                                       write_user_node, &dt);
    }
    farside_describe_ans(fms, &dt);
    dt_writer_finish(&dt);
    /* The fault engine is saved and loaded last: devices are ready by then. */
    farside_open_log(fms);
    if (fms->faults) {
        fault_file_add(fms->faults, &error_fatal);
    }
}

void farside_await_devices(FarsideMachineState *fms)
{
    fms->devices_done.notify = farside_machine_done;
    qemu_add_machine_init_done_notifier(&fms->devices_done);
}

void farside_take_devices(FarsideMachineClass *fmc)
{
    MachineClass *mc = MACHINE_CLASS(fmc);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(fmc);

    fmc->parent_get_hotplug_handler = mc->get_hotplug_handler;
    mc->get_hotplug_handler = farside_get_hotplug_handler;
    fmc->parent_pre_plug = hc->pre_plug;
    hc->pre_plug = farside_pre_plug;
    fmc->parent_plug = hc->plug;
    hc->plug = farside_plug;
}

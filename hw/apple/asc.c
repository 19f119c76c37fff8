/*
 * Apple ASC: what every co-processor with RTKit has
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/asc.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "trace.h"

REG32(CPU_CONTROL, 0x44)
    FIELD(CPU_CONTROL, RUN, 4, 1)
REG32(CPU_STATUS, 0x48)
    FIELD(CPU_STATUS, IDLE, 0, 1)
    FIELD(CPU_STATUS, STOPPED, 1, 1)
    FIELD(CPU_STATUS, IRQ_NOT_PENDING, 2, 1)
    FIELD(CPU_STATUS, FIQ_NOT_PENDING, 3, 1)
    FIELD(CPU_STATUS, MAILBOX_TO_AP_EMPTY, 5, 1)

static void asc_guest_error(AppleAsc *asc, const char *what, uint64_t value)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(asc));

    trace_asc_guest_error(path, what, value);
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s at 0x%" PRIx64 "\n", path, what,
                  value);
}

/* Registers */

/* Messages are handled at once: it is never found at work on one. */
static bool asc_is_idle(AppleAsc *asc)
{
    return asc->rtkit.state != RTKIT_STATE_BOOT &&
           asc->rtkit.state != RTKIT_STATE_CRASHED;
}

static uint32_t asc_cpu_status(AppleAsc *asc)
{
    bool a2i_empty = asc_mailbox_is_empty(asc->mailbox, ASC_MAILBOX_A2I);
    bool i2a_empty = asc_mailbox_is_empty(asc->mailbox, ASC_MAILBOX_I2A);
    uint32_t status = R_CPU_STATUS_FIQ_NOT_PENDING_MASK;

    status = FIELD_DP32(status, CPU_STATUS, IDLE, asc_is_idle(asc));
    status = FIELD_DP32(status, CPU_STATUS, STOPPED,
                        !rtkit_is_running(&asc->rtkit));
    status = FIELD_DP32(status, CPU_STATUS, IRQ_NOT_PENDING, a2i_empty);
    return FIELD_DP32(status, CPU_STATUS, MAILBOX_TO_AP_EMPTY, i2a_empty);
}

static uint64_t asc_read(void *opaque, hwaddr offset, unsigned size)
{
    AppleAsc *asc = opaque;

    if (size == sizeof(uint32_t) && offset == A_CPU_CONTROL) {
        return FIELD_DP32(0, CPU_CONTROL, RUN, rtkit_is_running(&asc->rtkit));
    }
    if (size == sizeof(uint32_t) && offset == A_CPU_STATUS) {
        return asc_cpu_status(asc);
    }
    asc_guest_error(asc, "read of an unknown register or width", offset);
    return 0;
}

static void asc_write(void *opaque, hwaddr offset, uint64_t value,
                      unsigned size)
{
    AppleAsc *asc = opaque;

    if (size != sizeof(uint32_t) || offset != A_CPU_CONTROL) {
        asc_guest_error(asc, "write to an unknown register or width", offset);
        return;
    }
    if (value & ~R_CPU_CONTROL_RUN_MASK) {
        asc_guest_error(asc, "write to unknown bits of CPU_CONTROL", offset);
    }
    rtkit_set_running(&asc->rtkit, FIELD_EX32(value, CPU_CONTROL, RUN));
}

/* Every width reaches us, so that a wrong one is logged as what it is. */
static const MemoryRegionOps asc_mmio_ops = {
    .read = asc_read,
    .write = asc_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/* RTKit's side */

static bool asc_send(void *opaque, uint8_t endpoint, uint64_t msg)
{
    AppleAsc *asc = opaque;

    return asc_mailbox_send(asc->mailbox, msg, endpoint);
}

static bool asc_write_memory(void *opaque, uint64_t addr, const void *buf,
                             size_t len)
{
    return APPLE_ASC_GET_CLASS(opaque)->write_memory(opaque, addr, buf, len);
}

static bool asc_buffer_ok(void *opaque, uint64_t addr, uint64_t size)
{
    AppleAscClass *aac = APPLE_ASC_GET_CLASS(opaque);

    return !aac->buffer_ok || aac->buffer_ok(opaque, addr, size);
}

static void asc_state_changed(void *opaque, RTKitState state)
{
    AppleAscClass *aac = APPLE_ASC_GET_CLASS(opaque);

    if (aac->state_changed) {
        aac->state_changed(opaque, state);
    }
}

static const RTKitOps asc_rtkit_ops = {
    .send = asc_send,
    .write_memory = asc_write_memory,
    .buffer_ok = asc_buffer_ok,
    .state_changed = asc_state_changed,
};

/* The mailbox's side */

static void asc_receive(void *opaque, uint64_t msg0, uint32_t msg1)
{
    AppleAsc *asc = opaque;

    if (msg1 >= RTKIT_NUM_ENDPOINTS) {
        asc_guest_error(asc, "message for an endpoint above 255", msg1);
        return;
    }
    rtkit_receive(&asc->rtkit, msg1, msg0);
}

static void asc_drained(void *opaque)
{
    AppleAsc *asc = opaque;

    rtkit_flush(&asc->rtkit);
}

static const AscMailboxOps asc_mailbox_ops = {
    .receive = asc_receive,
    .drained = asc_drained,
};

/* The device */

/* The firmware is on no bus: it is reset as a part of its co-processor. */
static void asc_child_foreach(Object *obj, ResettableChildCallback cb,
                              void *opaque, ResetType type)
{
    AppleAsc *asc = APPLE_ASC(obj);

    APPLE_ASC_GET_CLASS(obj)->parent_child_foreach(obj, cb, opaque, type);
    cb(OBJECT(&asc->rtkit), opaque, type);
}

static void asc_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    AppleAsc *asc = APPLE_ASC(dev);

    assert(APPLE_ASC_GET_CLASS(dev)->write_memory);
    if (!asc->mailbox) {
        error_setg(errp, "%s needs a mailbox",
                   object_get_typename(OBJECT(dev)));
        error_append_hint(errp, "Set its link property 'mailbox' to an "
                          TYPE_APPLE_ASC_MAILBOX ".\n");
        return;
    }
    if (asc->mailbox->ops) {
        error_setg(errp, "the mailbox has a co-processor already");
        error_append_hint(errp, "Each needs a mailbox of its own.\n");
        return;
    }
    if (qdev_realize(DEVICE(&asc->rtkit), NULL, errp)) {
        asc_mailbox_attach(asc->mailbox, &asc_mailbox_ops, asc);
    }
}

static void asc_init(Object *obj)
{
    AppleAsc *asc = APPLE_ASC(obj);

    memory_region_init_io(&asc->mmio, obj, &asc_mmio_ops, asc,
                          object_get_typename(obj), APPLE_ASC_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &asc->mmio);
    object_initialize_child(obj, "rtkit", &asc->rtkit, TYPE_APPLE_RTKIT);
    rtkit_connect(&asc->rtkit, &asc_rtkit_ops, asc);
}

static const Property asc_properties[] = {
    DEFINE_PROP_LINK("mailbox", AppleAsc, mailbox, TYPE_APPLE_ASC_MAILBOX,
                     AscMailbox *),
};

static void asc_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->realize = asc_realize;
    device_class_set_props(dc, asc_properties);
    APPLE_ASC_CLASS(oc)->parent_child_foreach = rc->child_foreach;
    rc->child_foreach = asc_child_foreach;
}

static const TypeInfo asc_info = {
    .name = TYPE_APPLE_ASC,
    .parent = TYPE_SYS_BUS_DEVICE,
    .abstract = true,
    .instance_size = sizeof(AppleAsc),
    .instance_init = asc_init,
    .class_size = sizeof(AppleAscClass),
    .class_init = asc_class_init,
};

static void asc_register(void)
{
    type_register_static(&asc_info);
}
type_init(asc_register)

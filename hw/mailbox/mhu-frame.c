/*
 * A frame of an MHUv2 or MHUv3: what the two versions have in common
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "hw/fault/lines.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "hw/resettable.h"
#include "mhu-frame.h"
#include "migration/vmstate.h"
#include "trace.h"

/* Sender */
REG32(STAT, 0x00) /* receiver, too */
REG32(SET, 0x0c)
REG32(INT_ST, 0x10)
REG32(INT_CLR, 0x14)
REG32(INT_EN, 0x18)
    FIELD(INT_EN, TAKEN, 0, 1)

/* Receiver */
REG32(STAT_MASKED, 0x04)
REG32(CLEAR, 0x08)
REG32(MASK, 0x10)
REG32(MASK_SET, 0x14)
REG32(MASK_CLEAR, 0x18)

REG32(CTRL, 0x1c)
    FIELD(CTRL, COMB_EN, 0, 1)

OBJECT_DEFINE_TYPE_EXTENDED(ArmMhuFrame, arm_mhu_frame, ARM_MHU_FRAME,
                            SYS_BUS_DEVICE, true, { TYPE_DOORBELL_MAILBOX },
                            { TYPE_DT_NODE }, { TYPE_FAULT_LINES }, { NULL })

static const char *frame_type(const ArmMhuFrame *s)
{
    return object_get_typename(OBJECT(s));
}

static void guest_error(const ArmMhuFrame *s, const char *what, hwaddr offset)
{
    trace_mhu_frame_guest_error(frame_type(s), what, offset);
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s at 0x%" HWADDR_PRIx "\n",
                  frame_type(s), what, offset);
}

/* Interrupt. */

static bool window_pending(const ArmMhuFrame *s, const MhuWindow *window)
{
    return s->sender ? window->taken & window->enable
                     : window->stat & ~window->mask;
}

uint32_t mhu_frame_status(const ArmMhuFrame *s, unsigned word)
{
    uint32_t status = 0;

    for (unsigned i = 0; i < 32 && 32 * word + i < s->num_windows; i++) {
        if (window_pending(s, &s->windows[32 * word + i])) {
            status |= 1u << i;
        }
    }
    return status;
}

static bool frame_level(Object *obj, unsigned line)
{
    ArmMhuFrame *s = ARM_MHU_FRAME(obj);
    ArmMhuFrameClass *fc = ARM_MHU_FRAME_GET_CLASS(s);
    bool level = false;

    for (unsigned i = 0; i < s->num_windows; i++) {
        level |= window_pending(s, &s->windows[i]) && fc->combines(s, i);
    }
    return level;
}

static void frame_update(ArmMhuFrame *s)
{
    qemu_set_irq(s->irq, frame_level(OBJECT(s), 0));
}

/* What windows of both kinds have in version 3. */
static bool control_write(ArmMhuFrame *s, MhuWindow *window, hwaddr reg,
                          uint32_t value)
{
    if (reg != A_CTRL || !ARM_MHU_FRAME_GET_CLASS(s)->has_window_control) {
        return false;
    }
    window->control = value & R_CTRL_COMB_EN_MASK;
    return true;
}

/* Sender windows. */

static uint32_t sender_read(const MhuWindow *window, hwaddr reg)
{
    switch (reg) {
    case A_STAT:
        return window->stat;
    case A_INT_ST:
        return window->taken;
    case A_INT_EN:
        return window->enable;
    case A_CTRL:
        return window->control;
    default: /* what can only be written */
        return 0;
    }
}

/* What somebody listens to is taken before it is acted upon. */
static void sender_set(ArmMhuFrame *s, unsigned i, uint32_t bits)
{
    MhuWindow *window = &s->windows[i];
    unsigned first = i * MHU_WINDOW_BITS;
    uint32_t taken = far_side_listens(&s->far, first, bits);

    trace_mhu_frame_send(frame_type(s), i, bits);
    window->stat = (window->stat | bits) & ~taken;
    window->taken |= taken ? R_INT_EN_TAKEN_MASK : 0;
    far_side_rung(&s->far, first, bits);
}

static bool sender_write(ArmMhuFrame *s, unsigned i, hwaddr reg,
                         uint32_t value)
{
    MhuWindow *window = &s->windows[i];

    switch (reg) {
    case A_SET:
        sender_set(s, i, value);
        return true;
    case A_INT_CLR:
        window->taken &= ~value;
        return true;
    case A_INT_EN:
        window->enable = value & R_INT_EN_TAKEN_MASK;
        return true;
    default:
        return control_write(s, window, reg, value);
    }
}

/* Receiver windows. */

static uint32_t receiver_read(const MhuWindow *window, hwaddr reg)
{
    switch (reg) {
    case A_STAT:
        return window->stat;
    case A_STAT_MASKED:
        return window->stat & ~window->mask;
    case A_MASK:
        return window->mask;
    case A_CTRL:
        return window->control;
    default: /* what can only be written */
        return 0;
    }
}

static void receiver_clear(ArmMhuFrame *s, unsigned i, uint32_t bits)
{
    bits &= s->windows[i].stat;
    trace_mhu_frame_take(frame_type(s), i, bits);
    s->windows[i].stat &= ~bits;
    far_side_taken(&s->far, i * MHU_WINDOW_BITS, bits);
}

static bool receiver_write(ArmMhuFrame *s, unsigned i, hwaddr reg,
                           uint32_t value)
{
    MhuWindow *window = &s->windows[i];

    switch (reg) {
    case A_CLEAR:
        receiver_clear(s, i, value);
        return true;
    case A_MASK_SET:
        window->mask |= value;
        return true;
    case A_MASK_CLEAR:
        window->mask &= ~value;
        return true;
    default:
        return control_write(s, window, reg, value);
    }
}

/* Registers. */

/* The window that @offset is in, which becomes relative to it; -1 if none. */
static int find_window(const ArmMhuFrame *s, hwaddr *offset)
{
    ArmMhuFrameClass *fc = ARM_MHU_FRAME_GET_CLASS(s);
    hwaddr i;

    if (*offset < fc->windows) {
        return -1;
    }
    i = (*offset - fc->windows) / MHU_WINDOW_SIZE;
    if (i >= s->num_windows) {
        return -1;
    }
    *offset %= MHU_WINDOW_SIZE;
    return i;
}

static uint64_t frame_read(void *opaque, hwaddr offset, unsigned size)
{
    ArmMhuFrame *s = opaque;
    hwaddr reg = offset;
    int i = find_window(s, &reg);
    uint32_t value = 0;

    if (i >= 0) {
        return s->sender ? sender_read(&s->windows[i], reg)
                         : receiver_read(&s->windows[i], reg);
    }
    if (!ARM_MHU_FRAME_GET_CLASS(s)->read(s, offset, &value)) {
        guest_error(s, "read of no register", offset);
    }
    return value;
}

static void frame_write(void *opaque, hwaddr offset, uint64_t value,
                        unsigned size)
{
    ArmMhuFrame *s = opaque;
    hwaddr reg = offset;
    int i = find_window(s, &reg);
    bool good;

    if (i < 0) {
        good = ARM_MHU_FRAME_GET_CLASS(s)->write(s, offset, value);
    } else {
        good = s->sender ? sender_write(s, i, reg, value)
                         : receiver_write(s, i, reg, value);
    }
    if (!good) {
        guest_error(s, "write to no writable register", offset);
    }
    frame_update(s);
}

static const MemoryRegionOps frame_ops = {
    .read = frame_read,
    .write = frame_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 4,
    .valid.max_access_size = 4,
};

/* The far side. */

static unsigned arm_mhu_frame_directions(DoorbellMailbox *mailbox)
{
    return ARM_MHU_FRAME(mailbox)->sender ? DOORBELL_AGENT_RINGS
                                          : DOORBELL_FAR_SIDE_RINGS;
}

static bool arm_mhu_frame_attach(DoorbellMailbox *mailbox, unsigned doorbell,
                                 const DoorbellOps *ops, void *opaque,
                                 Error **errp)
{
    return far_side_attach(&ARM_MHU_FRAME(mailbox)->far, doorbell, ops,
                           opaque, errp);
}

static void arm_mhu_frame_ring(DoorbellMailbox *mailbox, unsigned doorbell)
{
    ArmMhuFrame *s = ARM_MHU_FRAME(mailbox);
    unsigned i = doorbell / MHU_WINDOW_BITS;
    unsigned bit = doorbell % MHU_WINDOW_BITS;

    assert(!s->sender && doorbell < s->far.num);
    trace_mhu_frame_ring(frame_type(s), i, bit);
    s->windows[i].stat |= 1u << bit;
    frame_update(s);
}

static unsigned arm_mhu_frame_specifier(DoorbellMailbox *mailbox,
                                        unsigned doorbell,
                                        uint32_t cells[DOORBELL_MAX_CELLS])
{
    ArmMhuFrameClass *fc = ARM_MHU_FRAME_GET_CLASS(mailbox);

    return fc->specifier(doorbell / MHU_WINDOW_BITS,
                         doorbell % MHU_WINDOW_BITS, cells);
}

static void arm_mhu_frame_write_dt(DtNode *node, DtWriter *dt,
                                   uint32_t first_spi)
{
    ArmMhuFrame *s = ARM_MHU_FRAME(node);
    g_autofree char *path = dt_add_mmio_node(dt, SYS_BUS_DEVICE(s),
                                             "mailbox");

    if (!s->sender || s->ack_irq) {
        dt_set_level_spis(dt, path, first_spi, 1);
    }
    ARM_MHU_FRAME_GET_CLASS(s)->describe(s, dt, path);
}

/* Device. */

static void arm_mhu_frame_realize(DeviceState *dev, Error **errp)
{
    ArmMhuFrame *s = ARM_MHU_FRAME(dev);
    ArmMhuFrameClass *fc = ARM_MHU_FRAME_GET_CLASS(s);

    if (!s->num_windows || s->num_windows > fc->max_windows) {
        error_setg(errp, "%s has 1 to %" PRIu32 " windows", frame_type(s),
                   fc->max_windows);
        return;
    }
    far_side_init(&s->far, s->num_windows * MHU_WINDOW_BITS);
    memory_region_init_io(&s->mmio, OBJECT(s), &frame_ops, s, frame_type(s),
                          fc->size);
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->mmio);
}

static void arm_mhu_frame_reset_hold(Object *obj, ResetType type)
{
    ArmMhuFrame *s = ARM_MHU_FRAME(obj);

    memset(s->windows, 0, sizeof(s->windows));
    s->control = 0;
    s->enable = 0;
    frame_update(s);
}

static const VMStateDescription vmstate_mhu_window = {
    .name = "mhu-window",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(stat, MhuWindow),
        VMSTATE_UINT32(mask, MhuWindow),
        VMSTATE_UINT32(taken, MhuWindow),
        VMSTATE_UINT32(enable, MhuWindow),
        VMSTATE_UINT32(control, MhuWindow),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_arm_mhu_frame = {
    .name = TYPE_ARM_MHU_FRAME,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(windows, ArmMhuFrame, ARM_MHU_FRAME_MAX_WINDOWS,
                             1, vmstate_mhu_window, MhuWindow),
        VMSTATE_UINT32(control, ArmMhuFrame),
        VMSTATE_UINT32(enable, ArmMhuFrame),
        VMSTATE_END_OF_LIST()
    },
};

static const Property arm_mhu_frame_properties[] = {
    DEFINE_PROP_BOOL("sender", ArmMhuFrame, sender, false),
    DEFINE_PROP_UINT32("windows", ArmMhuFrame, num_windows, 4),
    DEFINE_PROP_BOOL("ack-irq", ArmMhuFrame, ack_irq, false),
};

static void arm_mhu_frame_init(Object *obj)
{
    sysbus_init_irq(SYS_BUS_DEVICE(obj), &ARM_MHU_FRAME(obj)->irq);
}

static void arm_mhu_frame_finalize(Object *obj)
{
    far_side_finalize(&ARM_MHU_FRAME(obj)->far);
}

static void arm_mhu_frame_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);
    DoorbellMailboxClass *mc = DOORBELL_MAILBOX_CLASS(oc);

    dc->realize = arm_mhu_frame_realize;
    dc->vmsd = &vmstate_arm_mhu_frame;
    device_class_set_props(dc, arm_mhu_frame_properties);
    rc->phases.hold = arm_mhu_frame_reset_hold;
    mc->directions = arm_mhu_frame_directions;
    mc->attach = arm_mhu_frame_attach;
    mc->ring = arm_mhu_frame_ring;
    mc->specifier = arm_mhu_frame_specifier;
    DT_NODE_CLASS(oc)->write = arm_mhu_frame_write_dt;
    FAULT_LINES_CLASS(oc)->level = frame_level;
}

/*
 * Arm Message Handling Unit (MHU), the first version
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "amba.h"
#include "far-side.h"
#include "hw/core/dt-node.h"
#include "hw/fault/lines.h"
#include "hw/irq.h"
#include "hw/mailbox/arm-mhu.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "hw/resettable.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
#include "system/device_tree.h"
#include "trace.h"

#define MHU_PART 0x1bb098

/* Of a channel's word in one direction. */
REG32(STAT, 0x00)
REG32(SET, 0x08)
REG32(CLEAR, 0x10)

#define CHANNEL_BITS 32
#define WORD_SIZE 0x20
#define SEND_OFFSET 0x100

/* What the agent receives; what it sends is SEND_OFFSET further. */
static const hwaddr channel_offset[ARM_MHU_NUM_CHANNELS] = {
    0x000, 0x020, 0x200,
};

struct ArmMhu {
    SysBusDevice parent_obj;
    MemoryRegion mmio;
    qemu_irq irq[ARM_MHU_NUM_CHANNELS];
    FarSide far;
    bool doorbells;
    uint32_t send[ARM_MHU_NUM_CHANNELS];
    uint32_t receive[ARM_MHU_NUM_CHANNELS];
};

OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(ArmMhu, arm_mhu, ARM_MHU,
                                          SYS_BUS_DEVICE,
                                          { TYPE_DOORBELL_MAILBOX },
                                          { TYPE_DT_NODE },
                                          { TYPE_FAULT_LINES }, { NULL })

static bool arm_mhu_level(Object *obj, unsigned channel)
{
    return ARM_MHU(obj)->receive[channel];
}

static void update_irq(ArmMhu *s, unsigned channel)
{
    qemu_set_irq(s->irq[channel], arm_mhu_level(OBJECT(s), channel));
}

/* Tell the far side of bits that have been set, or cleared, by the agent. */
static void tell(ArmMhu *s, unsigned channel, uint32_t bits,
                 void (*how)(const FarSide *, unsigned, uint32_t))
{
    if (s->doorbells) {
        how(&s->far, channel * CHANNEL_BITS, bits);
    } else if (bits) {
        how(&s->far, channel, 1);
    }
}

/* What the far side takes of what the agent sends: a doorbell, or all. */
static uint32_t taken_at_once(const ArmMhu *s, unsigned channel)
{
    if (s->doorbells) {
        return far_side_listens(&s->far, channel * CHANNEL_BITS, UINT32_MAX);
    }
    return far_side_listens(&s->far, channel, 1) ? UINT32_MAX : 0;
}

static void send_set(ArmMhu *s, unsigned channel, uint32_t bits)
{
    trace_arm_mhu_send(channel, bits);
    s->send[channel] |= bits;
    s->send[channel] &= ~taken_at_once(s, channel);
    tell(s, channel, bits, far_side_rung);
}

static void receive_clear(ArmMhu *s, unsigned channel, uint32_t bits)
{
    bits &= s->receive[channel];
    trace_arm_mhu_take(channel, bits);
    s->receive[channel] &= ~bits;
    update_irq(s, channel);
    tell(s, channel, bits, far_side_taken);
}

/* Registers. */

/* The word that @offset is in, which @offset becomes relative to. */
static bool find_word(hwaddr *offset, unsigned *channel, bool *sends)
{
    for (unsigned i = 0; i < 2 * ARM_MHU_NUM_CHANNELS; i++) {
        hwaddr base = channel_offset[i / 2] + i % 2 * SEND_OFFSET;

        if (*offset >= base && *offset - base < WORD_SIZE) {
            *offset -= base;
            *channel = i / 2;
            *sends = i % 2;
            return true;
        }
    }
    return false;
}

static void guest_error(const char *what, hwaddr offset)
{
    trace_arm_mhu_guest_error(what, offset);
    qemu_log_mask(LOG_GUEST_ERROR, "arm-mhu: %s at 0x%" HWADDR_PRIx "\n",
                  what, offset);
}

static uint64_t arm_mhu_read(void *opaque, hwaddr offset, unsigned size)
{
    ArmMhu *s = opaque;
    hwaddr reg = offset;
    unsigned channel;
    bool sends;

    if (offset >= AMBA_ID_OFFSET) {
        return amba_id_read(MHU_PART, offset);
    }
    if (find_word(&reg, &channel, &sends) && reg == A_STAT) {
        return sends ? s->send[channel] : s->receive[channel];
    }
    guest_error("read of no register", offset);
    return 0;
}

static void arm_mhu_write(void *opaque, hwaddr offset, uint64_t value,
                          unsigned size)
{
    ArmMhu *s = opaque;
    hwaddr reg = offset;
    unsigned channel;
    bool sends;

    if (!find_word(&reg, &channel, &sends)) {
        guest_error("write to no register", offset);
    } else if (reg == A_SET && sends) {
        send_set(s, channel, value);
    } else if (reg == A_CLEAR && sends) {
        s->send[channel] &= ~value;
    } else if (reg == A_CLEAR) {
        receive_clear(s, channel, value);
    } else {
        guest_error("write to no writable register", offset);
    }
}

static const MemoryRegionOps arm_mhu_ops = {
    .read = arm_mhu_read,
    .write = arm_mhu_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 4,
    .valid.max_access_size = 4,
};

/* The far side. */

static unsigned arm_mhu_directions(DoorbellMailbox *mailbox)
{
    return DOORBELL_AGENT_RINGS | DOORBELL_FAR_SIDE_RINGS;
}

static bool arm_mhu_attach(DoorbellMailbox *mailbox, unsigned doorbell,
                           const DoorbellOps *ops, void *opaque, Error **errp)
{
    return far_side_attach(&ARM_MHU(mailbox)->far, doorbell, ops, opaque,
                           errp);
}

static void arm_mhu_ring(DoorbellMailbox *mailbox, unsigned doorbell)
{
    ArmMhu *s = ARM_MHU(mailbox);
    unsigned channel = s->doorbells ? doorbell / CHANNEL_BITS : doorbell;
    unsigned bit = s->doorbells ? doorbell % CHANNEL_BITS : 0;

    assert(doorbell < s->far.num);
    trace_arm_mhu_ring(channel, bit);
    s->receive[channel] |= 1u << bit;
    update_irq(s, channel);
}

static unsigned arm_mhu_specifier(DoorbellMailbox *mailbox, unsigned doorbell,
                                  uint32_t cells[DOORBELL_MAX_CELLS])
{
    if (!ARM_MHU(mailbox)->doorbells) {
        cells[0] = doorbell;
        return 1;
    }
    cells[0] = doorbell / CHANNEL_BITS;
    cells[1] = doorbell % CHANNEL_BITS;
    return 2;
}

/* Device tree. */

static void arm_mhu_write_dt(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    ArmMhu *s = ARM_MHU(node);
    g_autofree char *path = dt_add_mmio_node(dt, SYS_BUS_DEVICE(s),
                                             "mailbox");

    amba_describe(dt, path, s->doorbells ? "arm,mhu-doorbell" : "arm,mhu");
    dt_set_level_spis(dt, path, first_spi, ARM_MHU_NUM_IRQS);
    qemu_fdt_setprop_cell(dt->fdt, path, "#mbox-cells",
                          s->doorbells ? 2 : 1);
}

/* Device. */

static void arm_mhu_realize(DeviceState *dev, Error **errp)
{
    ArmMhu *s = ARM_MHU(dev);

    far_side_init(&s->far, s->doorbells ? ARM_MHU_NUM_CHANNELS * CHANNEL_BITS
                                        : ARM_MHU_NUM_CHANNELS);
}

static void arm_mhu_reset_hold(Object *obj, ResetType type)
{
    ArmMhu *s = ARM_MHU(obj);

    for (unsigned i = 0; i < ARM_MHU_NUM_CHANNELS; i++) {
        s->send[i] = 0;
        s->receive[i] = 0;
        update_irq(s, i);
    }
}

static const VMStateDescription vmstate_arm_mhu = {
    .name = TYPE_ARM_MHU,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_ARRAY(send, ArmMhu, ARM_MHU_NUM_CHANNELS),
        VMSTATE_UINT32_ARRAY(receive, ArmMhu, ARM_MHU_NUM_CHANNELS),
        VMSTATE_END_OF_LIST()
    },
};

static const Property arm_mhu_properties[] = {
    DEFINE_PROP_BOOL("doorbells", ArmMhu, doorbells, true),
};

static void arm_mhu_init(Object *obj)
{
    ArmMhu *s = ARM_MHU(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    memory_region_init_io(&s->mmio, obj, &arm_mhu_ops, s, TYPE_ARM_MHU,
                          ARM_MHU_SIZE);
    sysbus_init_mmio(sbd, &s->mmio);
    for (unsigned i = 0; i < ARM_MHU_NUM_IRQS; i++) {
        sysbus_init_irq(sbd, &s->irq[i]);
    }
}

static void arm_mhu_finalize(Object *obj)
{
    far_side_finalize(&ARM_MHU(obj)->far);
}

static void arm_mhu_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);
    DoorbellMailboxClass *mc = DOORBELL_MAILBOX_CLASS(oc);

    dc->realize = arm_mhu_realize;
    dc->vmsd = &vmstate_arm_mhu;
    device_class_set_props(dc, arm_mhu_properties);
    rc->phases.hold = arm_mhu_reset_hold;
    mc->directions = arm_mhu_directions;
    mc->attach = arm_mhu_attach;
    mc->ring = arm_mhu_ring;
    mc->specifier = arm_mhu_specifier;
    DT_NODE_CLASS(oc)->write = arm_mhu_write_dt;
    FAULT_LINES_CLASS(oc)->level = arm_mhu_level;
}

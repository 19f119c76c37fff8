/*
 * Apple NVMe Storage: the device and its registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/registerfields.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "system/runstate.h"
#include "trace.h"

/* NVMe; a 64-bit register is two of 32 bits. */
REG32(CAP_LO, 0x00)
REG32(CAP_HI, 0x04)
REG32(VS, 0x08)
REG32(INTMS, 0x0c)
REG32(INTMC, 0x10)
REG32(CC, 0x14)
REG32(CSTS, 0x1c)
REG32(AQA, 0x24)
REG32(ASQ_LO, 0x28)
REG32(ASQ_HI, 0x2c)
REG32(ACQ_LO, 0x30)
REG32(ACQ_HI, 0x34)
REG32(ASQ_DB, 0x1000)
REG32(ACQ_DB, 0x1004)
REG32(IOSQ_DB, 0x1008)
REG32(IOCQ_DB, 0x100c)
/* Apple's */
REG32(MAX_PEND_CMDS, 0x1210)
REG32(BOOT_STATUS, 0x1300)
REG32(MODESEL, 0x1304)
REG32(UNKNOWN_CTRL, 0x24008)
REG32(LINEAR_SQ_CTRL, 0x24908)
REG32(LINEAR_ASQ_DB, 0x2490c)
REG32(LINEAR_IOSQ_DB, 0x24910)
REG32(NUM_TCBS, 0x28100)
REG32(ASQ_TCB_BASE_LO, 0x28108)
REG32(ASQ_TCB_BASE_HI, 0x2810c)
REG32(IOSQ_TCB_BASE_LO, 0x28110)
REG32(IOSQ_TCB_BASE_HI, 0x28114)
REG32(TCB_INVAL, 0x28118)
REG32(TCB_STAT, 0x28120)
/* m1n1 reads this one for the same purpose. */
REG32(TCB_STAT_M1N1, 0x29120)

#define BOOT_STATUS_OK 0xde71ce55
/* 10 s to become ready, in units of 500 ms. */
#define CAP_TIMEOUT 20

void ans_guest_error(AppleAns *s, const char *what, uint64_t value)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(s));

    trace_apple_ans_guest_error(path, what, value);
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s: 0x%" PRIx64 "\n", path, what,
                  value);
}

void ans_fail(AppleAns *s, const char *what, uint64_t value)
{
    ans_guest_error(s, what, value);
    s->csts |= NVME_CSTS_FAILED;
}

bool ans_is_booted(AppleAns *s)
{
    return ans_rtkit(s)->state == RTKIT_STATE_ON;
}

bool ans_is_ready(AppleAns *s)
{
    return NVME_CSTS_RDY(s->csts) && !NVME_CSTS_CFS(s->csts) &&
           ans_is_booted(s);
}

/* The "nvme" registers */

/* The index in AppleAns.reg of what lies at @offset, or -1. */
static int ans_find_reg(hwaddr offset)
{
    static const uint32_t offsets[ANS_NUM_REGS] = {
        [ANS_REG_AQA] = A_AQA,
        [ANS_REG_ASQ_LO] = A_ASQ_LO,
        [ANS_REG_ASQ_HI] = A_ASQ_HI,
        [ANS_REG_ACQ_LO] = A_ACQ_LO,
        [ANS_REG_ACQ_HI] = A_ACQ_HI,
        [ANS_REG_MAX_PEND_CMDS] = A_MAX_PEND_CMDS,
        [ANS_REG_MODESEL] = A_MODESEL,
        [ANS_REG_UNKNOWN_CTRL] = A_UNKNOWN_CTRL,
        [ANS_REG_LINEAR_SQ_CTRL] = A_LINEAR_SQ_CTRL,
        [ANS_REG_NUM_TCBS] = A_NUM_TCBS,
        [ANS_REG_ASQ_TCB_BASE_LO] = A_ASQ_TCB_BASE_LO,
        [ANS_REG_ASQ_TCB_BASE_HI] = A_ASQ_TCB_BASE_HI,
        [ANS_REG_IOSQ_TCB_BASE_LO] = A_IOSQ_TCB_BASE_LO,
        [ANS_REG_IOSQ_TCB_BASE_HI] = A_IOSQ_TCB_BASE_HI,
    };

    for (int i = 0; i < ANS_NUM_REGS; i++) {
        if (offsets[i] == offset) {
            return i;
        }
    }
    return -1;
}

/* Queues are physically contiguous; pages are of 4 KiB. */
static uint64_t ans_cap(AppleAns *s)
{
    uint64_t cap = 0;

    NVME_CAP_SET_MQES(cap, s->variant->max_entries - 1);
    NVME_CAP_SET_CQR(cap, 1);
    NVME_CAP_SET_TO(cap, CAP_TIMEOUT);
    NVME_CAP_SET_CSS(cap, NVME_CAP_CSS_NCSS);
    return cap;
}

static uint32_t ans_read_word(AppleAns *s, hwaddr offset)
{
    int reg;

    switch (offset) {
    case A_TCB_STAT:
    case A_TCB_STAT_M1N1:
        return s->tcb_stat;
    case A_CAP_LO:
        return ans_cap(s);
    case A_CAP_HI:
        return ans_cap(s) >> 32;
    case A_VS:
        return ANS_VERSION;
    case A_INTMS:
    case A_INTMC:
        return s->int_mask;
    case A_CC:
        return s->cc;
    case A_CSTS:
        return s->csts;
    case A_BOOT_STATUS:
        return ans_is_booted(s) ? BOOT_STATUS_OK : 0;
    }
    reg = ans_find_reg(offset);
    if (reg < 0) {
        ans_guest_error(s, "read of an unknown register", offset);
        return 0;
    }
    return s->reg[reg];
}

static void ans_write_unusual(AppleAns *s, hwaddr offset, uint32_t value)
{
    int reg = ans_find_reg(offset);

    if (reg < 0) {
        ans_guest_error(s, "write to an unknown or read-only register",
                        offset);
        return;
    }
    s->reg[reg] = value;
}

/* A doorbell of the kind of queue that this variant does not have. */
static void ans_write_sq_db(AppleAns *s, unsigned queue, bool linear,
                            uint32_t value)
{
    if (linear != s->variant->linear) {
        ans_guest_error(s, "doorbell of another variant", value);
    } else if (linear) {
        ans_submit_tag(s, queue, value);
    } else {
        ans_write_sq_tail(s, queue, value);
    }
}

static void ans_write_word(AppleAns *s, hwaddr offset, uint32_t value)
{
    switch (offset) {
    case A_LINEAR_IOSQ_DB:
        ans_write_sq_db(s, ANS_QUEUE_IO, true, value);
        break;
    case A_IOSQ_DB:
        ans_write_sq_db(s, ANS_QUEUE_IO, false, value);
        break;
    case A_IOCQ_DB:
        ans_write_cq_head(s, ANS_QUEUE_IO, value);
        break;
    case A_TCB_INVAL:
        ans_nvmmu_invalidate(s, value);
        break;
    case A_LINEAR_ASQ_DB:
        ans_write_sq_db(s, ANS_QUEUE_ADMIN, true, value);
        break;
    case A_ASQ_DB:
        ans_write_sq_db(s, ANS_QUEUE_ADMIN, false, value);
        break;
    case A_ACQ_DB:
        ans_write_cq_head(s, ANS_QUEUE_ADMIN, value);
        break;
    case A_INTMS:
        s->int_mask |= value;
        ans_update_irq(s);
        break;
    case A_INTMC:
        s->int_mask &= ~value;
        ans_update_irq(s);
        break;
    case A_CC:
        ans_write_cc(s, value);
        break;
    default:
        ans_write_unusual(s, offset, value);
        break;
    }
}

static bool ans_access_ok(AppleAns *s, hwaddr offset, unsigned size)
{
    if (size < sizeof(uint32_t) || offset % size) {
        ans_guest_error(s, "access that is neither 32 nor 64 bits wide, or "
                        "not aligned", offset);
        return false;
    }
    if (s->in_reset) {
        ans_guest_error(s, "access while held in reset", offset);
        return false;
    }
    return true;
}

static uint64_t ans_nvme_read(void *opaque, hwaddr offset, unsigned size)
{
    AppleAns *s = opaque;
    uint64_t value;

    if (!ans_access_ok(s, offset, size)) {
        return 0;
    }
    value = ans_read_word(s, offset);
    if (size == sizeof(uint64_t)) {
        value |= (uint64_t)ans_read_word(s, offset + 4) << 32;
    }
    return value;
}

static void ans_nvme_write(void *opaque, hwaddr offset, uint64_t value,
                           unsigned size)
{
    AppleAns *s = opaque;

    if (!ans_access_ok(s, offset, size)) {
        return;
    }
    ans_write_word(s, offset, value);
    if (size == sizeof(uint64_t)) {
        ans_write_word(s, offset + 4, value >> 32);
    }
}

/* Every width reaches us, so that a wrong one is logged as what it is. */
static const MemoryRegionOps ans_nvme_ops = {
    .read = ans_nvme_read,
    .write = ans_nvme_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/* Reset, from the machine or by the line */

static void ans_reset_hold(Object *obj, ResetType type)
{
    AppleAns *s = APPLE_ANS(obj);

    ans_disable(s);
    s->cc = 0;
    s->int_mask = 0;
    memset(s->reg, 0, sizeof(s->reg));
}

/* What happened while it was held is forgotten when it is released. */
static void ans_set_reset(void *opaque, int n, int level)
{
    AppleAns *s = opaque;
    bool held = level;

    if (held != s->in_reset) {
        trace_apple_ans_reset(held);
        s->in_reset = held;
        device_cold_reset(DEVICE(s));
        device_cold_reset(DEVICE(s->parent_obj.mailbox));
    }
}

/* The device */

static bool ans_check_links(AppleAns *s, Error **errp)
{
    ERRP_GUARD();

    if (!s->sart) {
        error_setg(errp, TYPE_APPLE_ANS " needs a SART");
        error_append_hint(errp, "Set its link property 'sart' to an "
                          TYPE_APPLE_SART ".\n");
        return false;
    }
    if (!s->conf.blk) {
        error_setg(errp, "drive property not set");
        error_append_hint(errp, "Set it to the id of a -blockdev.\n");
        return false;
    }
    if (s->serial && strlen(s->serial) > sizeof_field(NvmeIdCtrl, sn)) {
        error_setg(errp, "the serial number is longer than %zu characters",
                   sizeof_field(NvmeIdCtrl, sn));
        return false;
    }
    return true;
}

/* Apple's disks have blocks of 4 KiB. */
static bool ans_configure_disk(AppleAns *s, Error **errp)
{
    int64_t length = blk_getlength(s->conf.blk);

    if (length < 0) {
        error_setg_errno(errp, -length, "could not get the disk's size");
        return false;
    }
    if (!s->conf.logical_block_size) {
        s->conf.logical_block_size = ANS_PAGE_SIZE;
        s->conf.physical_block_size = MAX(s->conf.physical_block_size,
                                          ANS_PAGE_SIZE);
    }
    s->read_only = !blk_supports_write_perm(s->conf.blk);
    if (!blkconf_blocksizes(&s->conf, errp) ||
        !blkconf_apply_backend_options(&s->conf, s->read_only, false, errp)) {
        return false;
    }
    blk_iostatus_enable(s->conf.blk);
    s->lba_bits = ctz32(s->conf.logical_block_size);
    s->num_blocks = length >> s->lba_bits;
    return true;
}

static void ans_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    AppleAns *s = APPLE_ANS(dev);

    s->variant = apple_ans_find_variant(s->variant_name ?:
                                        APPLE_ANS_DEFAULT_VARIANT, errp);
    if (!s->variant || !ans_check_links(s, errp) ||
        !ans_configure_disk(s, errp)) {
        return;
    }
    APPLE_ANS_GET_CLASS(s)->parent_realize(dev, errp);
    if (!*errp) {
        qdev_add_vm_change_state_handler(dev, ans_vm_state_changed, s);
    }
}

static bool ans_get_ready(Object *obj, Error **errp)
{
    return NVME_CSTS_RDY(APPLE_ANS(obj)->csts);
}

static bool ans_get_failed(Object *obj, Error **errp)
{
    return NVME_CSTS_CFS(APPLE_ANS(obj)->csts);
}

/* Room for a transfer of some pages; it grows once, and is kept. */
#define ANS_IOV_HINT 8

static void ans_init_requests(AppleAns *s)
{
    for (int n = 0; n < ANS_NUM_QUEUES; n++) {
        for (int i = 0; i < APPLE_ANS_MAX_ENTRIES; i++) {
            AnsRequest *r = &s->queue[n].request[i];

            r->ans = s;
            r->queue = n;
            r->slot = i;
            qemu_iovec_init(&r->iov, ANS_IOV_HINT);
        }
    }
}

static void ans_init(Object *obj)
{
    AppleAns *s = APPLE_ANS(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    memory_region_init_io(&s->nvme, obj, &ans_nvme_ops, s, "apple-ans.nvme",
                          APPLE_ANS_NVME_SIZE);
    sysbus_init_mmio(sbd, &s->nvme);
    sysbus_init_irq(sbd, &s->irq);
    qdev_init_gpio_in(DEVICE(obj), ans_set_reset, 1);
    ans_init_requests(s);
    s->bh = qemu_bh_new(ans_run, s);
    object_property_set_bool(OBJECT(ans_rtkit(s)), "running-at-reset", false,
                             &error_abort);
}

static void ans_finalize(Object *obj)
{
    AppleAns *s = APPLE_ANS(obj);

    qemu_bh_delete(s->bh);
    for (int n = 0; n < ANS_NUM_QUEUES; n++) {
        for (int i = 0; i < APPLE_ANS_MAX_ENTRIES; i++) {
            qemu_iovec_destroy(&s->queue[n].request[i].iov);
        }
    }
}

static const Property ans_properties[] = {
    DEFINE_BLOCK_PROPERTIES(AppleAns, conf),
    DEFINE_BLOCK_ERROR_PROPERTIES(AppleAns, conf),
    DEFINE_PROP_STRING("serial", AppleAns, serial),
    DEFINE_PROP_STRING("variant", AppleAns, variant_name),
    DEFINE_PROP_LINK("sart", AppleAns, sart, TYPE_APPLE_SART, AppleSart *),
};

static void ans_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Apple NVMe Storage";
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
    device_class_set_parent_realize(dc, ans_realize,
                                    &APPLE_ANS_CLASS(oc)->parent_realize);
    dc->vmsd = &vmstate_apple_ans;
    device_class_set_props(dc, ans_properties);
    RESETTABLE_CLASS(oc)->phases.hold = ans_reset_hold;
    DT_NODE_CLASS(oc)->write = ans_write_dt_node;
    ans_asc_class_init(oc);
    object_class_property_add_bool(oc, "ready", ans_get_ready, NULL);
    object_class_property_add_bool(oc, "failed", ans_get_failed, NULL);
}

static const TypeInfo ans_info = {
    .name = TYPE_APPLE_ANS,
    .parent = TYPE_APPLE_ASC,
    .instance_size = sizeof(AppleAns),
    .class_size = sizeof(AppleAnsClass),
    .instance_init = ans_init,
    .instance_finalize = ans_finalize,
    .class_init = ans_class_init,
    .interfaces = (InterfaceInfo[]) { { TYPE_DT_NODE }, { } },
};

static void ans_register(void)
{
    type_register_static(&ans_info);
}
type_init(ans_register)

/*
 * Apple NVMe Storage: the device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "ans-internal.h"
#include "hw/fault/lines.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "system/runstate.h"
#include "trace.h"

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

/* Reset, from the machine or by the line */

static void ans_reset_hold(Object *obj, ResetType type)
{
    AppleAns *s = APPLE_ANS(obj);

    ans_disable(s);
    s->cc = 0;
    s->int_mask = 0;
    memset(s->reg, 0, sizeof(s->reg));
    s->reg[ANS_REG_UNKNOWN_CTRL] = ANS_PRP_NULL_CHECK;
    ans_nvmmu_reset(s);
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

static bool ans_check_properties(AppleAns *s, Error **errp)
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
        error_setg(errp, "serial: '%s' is longer than %zu characters",
                   s->serial, sizeof_field(NvmeIdCtrl, sn));
        return false;
    }
    if (!s->mdts || s->mdts > ANS_MAX_MDTS) {
        error_setg(errp, "mdts cannot be %u", s->mdts);
        error_append_hint(errp, "It is 1 to %u: the largest transfer is two "
                          "to the power of it pages of 4 KiB.\n",
                          ANS_MAX_MDTS);
        return false;
    }
    return true;
}

/* The disk is as many blocks as are whole, of which there must be one. */
static bool ans_count_blocks(AppleAns *s, int64_t length, Error **errp)
{
    ERRP_GUARD();
    uint32_t size = s->conf.logical_block_size;

    s->lba_bits = ctz32(size);
    s->num_blocks = length >> s->lba_bits;
    if (!s->num_blocks) {
        error_setg(errp, "drive: its %" PRId64 " bytes are less than a block "
                   "of %u", length, size);
        error_append_hint(errp, "Give it a larger image, or a "
                          "logical_block_size down to 512.\n");
        return false;
    }
    if (length % size) {
        warn_report("drive: the last %" PRId64 " bytes of it are no block of "
                    "%u, and out of the guest's reach", length % size, size);
    }
    return true;
}

/* Apple's disks have blocks of 4 KiB. */
static bool ans_configure_disk(AppleAns *s, Error **errp)
{
    ERRP_GUARD();
    int64_t length = blk_getlength(s->conf.blk);

    if (length < 0) {
        error_setg_errno(errp, -length, "drive: could not get its size");
        error_append_hint(errp, "A disk without a medium will not do.\n");
        return false;
    }
    if (!s->conf.logical_block_size) {
        s->conf.logical_block_size = ANS_PAGE_SIZE;
        s->conf.physical_block_size = MAX(s->conf.physical_block_size,
                                          ANS_PAGE_SIZE);
    } else if (!s->conf.physical_block_size) {
        s->conf.physical_block_size = s->conf.logical_block_size;
    }
    s->read_only = !blk_supports_write_perm(s->conf.blk);
    if (!blkconf_blocksizes(&s->conf, errp) ||
        !blkconf_apply_backend_options(&s->conf, s->read_only, false, errp)) {
        return false;
    }
    blk_iostatus_enable(s->conf.blk);
    return ans_count_blocks(s, length, errp);
}

static void ans_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    AppleAns *s = APPLE_ANS(dev);

    s->variant = apple_ans_find_variant(s->variant_name, errp);
    if (!s->variant || !ans_check_properties(s, errp) ||
        !ans_configure_disk(s, errp) || !ans_nvmmu_realize(s, errp)) {
        return;
    }
    APPLE_ANS_GET_CLASS(s)->parent_realize(dev, errp);
    if (!*errp) {
        /* Not sooner: who asks for help has no main loop. */
        s->bh = qemu_bh_new(ans_run, s);
        ans_irq_init(s);
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

static bool ans_level(Object *obj, unsigned line)
{
    return APPLE_ANS(obj)->irq_level;
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
    s->variant_name = g_strdup(APPLE_ANS_DEFAULT_VARIANT);
    ans_init_requests(s);
    ans_port_init(s);
    object_property_set_bool(OBJECT(ans_rtkit(s)), "running-at-reset", false,
                             &error_abort);
}

static void ans_finalize(Object *obj)
{
    AppleAns *s = APPLE_ANS(obj);

    fault_registers_finalize(&s->registers);
    fault_port_finalize(&s->port);
    if (s->bh) {
        qemu_bh_delete(s->bh);
    }
    ans_irq_finalize(s);
    for (int n = 0; n < ANS_NUM_QUEUES; n++) {
        for (int i = 0; i < APPLE_ANS_MAX_ENTRIES; i++) {
            qemu_iovec_destroy(&s->queue[n].request[i].iov);
        }
    }
}

static const Property ans_properties[] = {
    DEFINE_BLOCK_PROPERTIES(AppleAns, conf),
    DEFINE_BLOCK_ERROR_PROPERTIES(AppleAns, conf),
    DEFINE_PROP_BOOL("lazy", AppleAns, lazy, true),
    DEFINE_PROP_UINT8("mdts", AppleAns, mdts, ANS_MAX_MDTS),
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
    FAULT_LINES_CLASS(oc)->level = ans_level;
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
    .interfaces = (InterfaceInfo[]) { { TYPE_DT_NODE }, { TYPE_FAULT_LINES },
                                      { } },
};

static void ans_register(void)
{
    type_register_static(&ans_info);
}
type_init(ans_register)

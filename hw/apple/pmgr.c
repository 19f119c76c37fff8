/*
 * Apple power manager (PMGR): power states and resets of devices
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/pmgr.h"
#include "hw/core/dt-node.h"
#include "hw/irq.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/log.h"
#include "system/device_tree.h"
#include "trace.h"

/* A domain's register, at the offset in its slot. */
REG32(PS, 0x0)
    FIELD(PS, TARGET, 0, 4)
    FIELD(PS, ACTUAL, 4, 4)
    FIELD(PS, WAS_PWRGATED, 8, 1)
    FIELD(PS, WAS_CLKGATED, 9, 1)
    FIELD(PS, DEV_DISABLE, 10, 1)
    FIELD(PS, PARENT_OFF, 11, 1)
    FIELD(PS, MIN, 16, 4)
    FIELD(PS, AUTO, 24, 4)
    FIELD(PS, AUTO_ENABLE, 28, 1)
    FIELD(PS, RESET, 31, 1)

#define PS_RW_MASK (R_PS_TARGET_MASK | R_PS_DEV_DISABLE_MASK | \
                    R_PS_MIN_MASK | R_PS_AUTO_MASK | \
                    R_PS_AUTO_ENABLE_MASK | R_PS_RESET_MASK)
#define PS_W1C_MASK (R_PS_WAS_PWRGATED_MASK | R_PS_WAS_CLKGATED_MASK)
#define PS_MASK (PS_RW_MASK | PS_W1C_MASK | R_PS_ACTUAL_MASK)

enum {
    PS_PWRGATE = 0x0,
    PS_CLKGATE = 0x4,
    PS_ACTIVE = 0xf,
};

static void pmgr_guest_error(ApplePmgr *pmgr, const char *what, hwaddr offset)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(pmgr));

    trace_apple_pmgr_guest_error(path, what, offset);
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s at 0x%" HWADDR_PRIx "\n",
                  path, what, offset);
}

/* Domains */

static bool pmgr_domain_holds(ApplePmgrDomain *domain)
{
    return FIELD_EX32(domain->reg, PS, RESET) ||
           FIELD_EX32(domain->reg, PS, ACTUAL) == PS_PWRGATE;
}

static void pmgr_domain_update(ApplePmgrDomain *domain)
{
    bool held = pmgr_domain_holds(domain);

    if (held && !domain->held) {
        domain->resets++;
    }
    domain->held = held;
    qemu_set_irq(domain->reset, held);
}

static void pmgr_domain_write(ApplePmgrDomain *domain, uint32_t value)
{
    uint32_t target = FIELD_EX32(value, PS, TARGET);
    uint32_t was = FIELD_EX32(domain->reg, PS, ACTUAL);
    uint32_t reg = domain->reg & ~(value & PS_W1C_MASK);

    reg = (reg & ~PS_RW_MASK) | (value & PS_RW_MASK);
    reg = FIELD_DP32(reg, PS, ACTUAL, target);
    if (target != was && target == PS_PWRGATE) {
        reg = FIELD_DP32(reg, PS, WAS_PWRGATED, 1);
    } else if (target != was && target == PS_CLKGATE) {
        reg = FIELD_DP32(reg, PS, WAS_CLKGATED, 1);
    }
    trace_apple_pmgr_domain(domain->label, domain->reg, reg);
    domain->reg = reg;
    pmgr_domain_update(domain);
}

static void pmgr_domain_reset_hold(Object *obj, ResetType type)
{
    ApplePmgrDomain *domain = APPLE_PMGR_DOMAIN(obj);

    domain->reg = FIELD_DP32(0, PS, TARGET, PS_ACTIVE);
    domain->reg = FIELD_DP32(domain->reg, PS, ACTUAL, PS_ACTIVE);
    domain->resets = 0;
    pmgr_domain_update(domain);
}

/* What it held, its device remembers; and @held is what the register says. */
static int pmgr_domain_post_load(void *opaque, int version_id)
{
    ApplePmgrDomain *domain = opaque;

    if (domain->reg & ~PS_MASK) {
        return -EINVAL;
    }
    domain->held = pmgr_domain_holds(domain);
    return 0;
}

static const VMStateDescription vmstate_apple_pmgr_domain = {
    .name = TYPE_APPLE_PMGR_DOMAIN,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pmgr_domain_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(reg, ApplePmgrDomain),
        VMSTATE_UINT32(resets, ApplePmgrDomain),
        VMSTATE_END_OF_LIST()
    },
};

static char *pmgr_domain_get_label(Object *obj, Error **errp)
{
    return g_strdup(APPLE_PMGR_DOMAIN(obj)->label);
}

static bool pmgr_domain_get_reset(Object *obj, Error **errp)
{
    return FIELD_EX32(APPLE_PMGR_DOMAIN(obj)->reg, PS, RESET);
}

static void pmgr_domain_get_target(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    uint8_t state = FIELD_EX32(APPLE_PMGR_DOMAIN(obj)->reg, PS, TARGET);

    visit_type_uint8(v, name, &state, errp);
}

static void pmgr_domain_get_actual(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    uint8_t state = FIELD_EX32(APPLE_PMGR_DOMAIN(obj)->reg, PS, ACTUAL);

    visit_type_uint8(v, name, &state, errp);
}

static void pmgr_domain_init(Object *obj)
{
    ApplePmgrDomain *domain = APPLE_PMGR_DOMAIN(obj);

    qdev_init_gpio_out(DEVICE(obj), &domain->reset, 1);
    object_property_add_uint32_ptr(obj, "resets", &domain->resets,
                                   OBJ_PROP_FLAG_READ);
}

static void pmgr_domain_finalize(Object *obj)
{
    g_free(APPLE_PMGR_DOMAIN(obj)->label);
}

static void pmgr_domain_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Apple power domain";
    dc->user_creatable = false;
    dc->vmsd = &vmstate_apple_pmgr_domain;
    RESETTABLE_CLASS(oc)->phases.hold = pmgr_domain_reset_hold;
    object_class_property_add_str(oc, "label", pmgr_domain_get_label, NULL);
    object_class_property_add_bool(oc, "reset", pmgr_domain_get_reset, NULL);
    object_class_property_add(oc, "target-state", "uint8",
                              pmgr_domain_get_target, NULL, NULL, NULL);
    object_class_property_add(oc, "actual-state", "uint8",
                              pmgr_domain_get_actual, NULL, NULL, NULL);
}

/* The registers */

static ApplePmgrDomain *pmgr_find(ApplePmgr *pmgr, hwaddr offset,
                                  unsigned size)
{
    unsigned i = offset / APPLE_PMGR_DOMAIN_SIZE;

    if (size != sizeof(uint32_t) || offset % APPLE_PMGR_DOMAIN_SIZE != A_PS ||
        i >= pmgr->domains->len) {
        return NULL;
    }
    return g_ptr_array_index(pmgr->domains, i);
}

static uint64_t pmgr_read(void *opaque, hwaddr offset, unsigned size)
{
    ApplePmgrDomain *domain = pmgr_find(opaque, offset, size);

    if (!domain) {
        pmgr_guest_error(opaque, "read of an unknown register or width",
                         offset);
        return 0;
    }
    return domain->reg;
}

static void pmgr_write(void *opaque, hwaddr offset, uint64_t value,
                       unsigned size)
{
    ApplePmgrDomain *domain = pmgr_find(opaque, offset, size);

    if (!domain) {
        pmgr_guest_error(opaque, "write to an unknown register or width",
                         offset);
        return;
    }
    pmgr_domain_write(domain, value);
}

/* Every width reaches us, so that a wrong one is logged as what it is. */
static const MemoryRegionOps pmgr_mmio_ops = {
    .read = pmgr_read,
    .write = pmgr_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

ApplePmgrDomain *apple_pmgr_add_domain(ApplePmgr *pmgr, const char *label)
{
    ApplePmgrDomain *domain;

    if (pmgr->domains->len == APPLE_PMGR_MAX_DOMAINS) {
        return NULL;
    }
    domain = APPLE_PMGR_DOMAIN(object_new(TYPE_APPLE_PMGR_DOMAIN));
    domain->pmgr = pmgr;
    domain->label = g_strdup(label);
    object_property_add_child(OBJECT(pmgr), label, OBJECT(domain));
    object_unref(domain);
    qdev_realize(DEVICE(domain), NULL, &error_abort);
    g_ptr_array_add(pmgr->domains, domain);
    return domain;
}

/* The device */

static void pmgr_child_foreach(Object *obj, ResettableChildCallback cb,
                               void *opaque, ResetType type)
{
    ApplePmgr *pmgr = APPLE_PMGR(obj);

    for (unsigned i = 0; i < pmgr->domains->len; i++) {
        cb(g_ptr_array_index(pmgr->domains, i), opaque, type);
    }
}

static void pmgr_write_domain_node(ApplePmgrDomain *domain, DtWriter *dt,
                                   const char *parent, uint32_t offset)
{
    static const char compatible[] =
        "apple,t8103-pmgr-pwrstate\0apple,pmgr-pwrstate";
    g_autofree char *path = g_strdup_printf("%s/power-controller@%x", parent,
                                            offset);

    qemu_fdt_add_subnode(dt->fdt, path);
    qemu_fdt_setprop(dt->fdt, path, "compatible", compatible,
                     sizeof(compatible));
    qemu_fdt_setprop_cells(dt->fdt, path, "reg", offset,
                           APPLE_PMGR_DOMAIN_SIZE);
    qemu_fdt_setprop_cell(dt->fdt, path, "#power-domain-cells", 0);
    qemu_fdt_setprop_cell(dt->fdt, path, "#reset-cells", 0);
    qemu_fdt_setprop_string(dt->fdt, path, "label", domain->label);
    qemu_fdt_setprop_cell(dt->fdt, path, "phandle",
                          dt_phandle(dt, OBJECT(domain), ""));
}

/* Nodes are added at the front, so the last domain comes first. */
static void pmgr_write_dt_node(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    static const char compatible[] =
        "apple,t8103-pmgr\0apple,pmgr\0syscon\0simple-mfd";
    ApplePmgr *pmgr = APPLE_PMGR(node);
    g_autofree char *path = dt_add_mmio_node(dt, SYS_BUS_DEVICE(node),
                                             "power-management");

    qemu_fdt_setprop(dt->fdt, path, "compatible", compatible,
                     sizeof(compatible));
    qemu_fdt_setprop_cell(dt->fdt, path, "#address-cells", 1);
    qemu_fdt_setprop_cell(dt->fdt, path, "#size-cells", 1);
    for (unsigned i = pmgr->domains->len; i-- > 0; ) {
        pmgr_write_domain_node(g_ptr_array_index(pmgr->domains, i), dt, path,
                               i * APPLE_PMGR_DOMAIN_SIZE);
    }
}

static void pmgr_init(Object *obj)
{
    ApplePmgr *pmgr = APPLE_PMGR(obj);

    pmgr->domains = g_ptr_array_new();
    memory_region_init_io(&pmgr->mmio, obj, &pmgr_mmio_ops, pmgr,
                          TYPE_APPLE_PMGR, APPLE_PMGR_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &pmgr->mmio);
}

static void pmgr_finalize(Object *obj)
{
    g_ptr_array_free(APPLE_PMGR(obj)->domains, true);
}

static void pmgr_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Apple power manager";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    RESETTABLE_CLASS(oc)->child_foreach = pmgr_child_foreach;
    DT_NODE_CLASS(oc)->write = pmgr_write_dt_node;
}

static const TypeInfo pmgr_types[] = {
    {
        .name = TYPE_APPLE_PMGR,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(ApplePmgr),
        .instance_init = pmgr_init,
        .instance_finalize = pmgr_finalize,
        .class_init = pmgr_class_init,
        .interfaces = (InterfaceInfo[]) { { TYPE_DT_NODE }, { } },
    },
    {
        .name = TYPE_APPLE_PMGR_DOMAIN,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(ApplePmgrDomain),
        .instance_init = pmgr_domain_init,
        .instance_finalize = pmgr_domain_finalize,
        .class_init = pmgr_domain_class_init,
    },
};

DEFINE_TYPES(pmgr_types)

/*
 * Apple SART: the filter between a co-processor and the AP's memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/sart.h"
#include "hw/core/dt-node.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "system/device_tree.h"
#include "trace.h"

#define SART_PAGE_BITS 12
/* From one bank of registers to the next. */
#define SART_BANK_SIZE (APPLE_SART_ENTRIES * sizeof(uint32_t))

FIELD(V0_CONFIG, SIZE, 0, 19)
FIELD(V0_CONFIG, FLAGS, 24, 5)
FIELD(V2_CONFIG, SIZE, 0, 24)
FIELD(V2_CONFIG, FLAGS, 24, 8)
FIELD(V3_CONFIG, FLAGS, 0, 8)

/**
 * AppleSartLayout: what the versions differ in
 *
 * @mask: the bits that each bank of registers has; 0 if there is no bank
 * @allow: the flags of an entry that allows access
 */
struct AppleSartLayout {
    uint8_t version;
    const char *compatible;
    uint32_t mask[SART_NUM_BANKS];
    uint8_t flags_shift;
    uint8_t allow;
};

static const AppleSartLayout sart_layouts[] = {
    { 0, "apple,t8015-sart",
      { R_V0_CONFIG_FLAGS_MASK | R_V0_CONFIG_SIZE_MASK, UINT32_MAX, 0 },
      R_V0_CONFIG_FLAGS_SHIFT, 0xf },
    { 2, "apple,t8103-sart",
      { R_V2_CONFIG_FLAGS_MASK | R_V2_CONFIG_SIZE_MASK, 0xffffff, 0 },
      R_V2_CONFIG_FLAGS_SHIFT, 0xff },
    { 3, "apple,t6000-sart",
      { R_V3_CONFIG_FLAGS_MASK, 0x3fffffff, 0x3fffffff },
      R_V3_CONFIG_FLAGS_SHIFT, 0xff },
};

static void sart_guest_error(AppleSart *sart, const char *what, hwaddr addr)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(sart));

    trace_apple_sart_guest_error(path, what, addr);
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s at 0x%" HWADDR_PRIx "\n",
                  path, what, addr);
}

/* The filter */

static uint64_t sart_entry_size(AppleSart *sart, int i)
{
    uint32_t config = sart->reg[SART_CONFIG][i];
    uint64_t pages;

    switch (sart->version) {
    case 0:
        pages = FIELD_EX32(config, V0_CONFIG, SIZE);
        break;
    case 2:
        pages = FIELD_EX32(config, V2_CONFIG, SIZE);
        break;
    default:
        pages = sart->reg[SART_SIZE][i];
        break;
    }
    return pages << SART_PAGE_BITS;
}

static bool sart_entry_allows(AppleSart *sart, int i)
{
    const AppleSartLayout *layout = sart->layout;
    uint32_t flags = sart->reg[SART_CONFIG][i] >> layout->flags_shift;

    return (flags & layout->allow) == layout->allow;
}

/* How many bytes from @addr on the entries allow, 0 for none. */
static uint64_t sart_allowed_from(AppleSart *sart, hwaddr addr)
{
    for (int i = 0; i < APPLE_SART_ENTRIES; i++) {
        uint64_t base = (uint64_t)sart->reg[SART_PADDR][i] << SART_PAGE_BITS;
        uint64_t size = sart_entry_size(sart, i);

        if (sart_entry_allows(sart, i) && addr >= base &&
            addr - base < size) {
            return size - (addr - base);
        }
    }
    return 0;
}

/* Each round goes past the end of an entry, so there are few. */
bool apple_sart_allows(AppleSart *sart, hwaddr addr, uint64_t len)
{
    while (len) {
        uint64_t allowed = MIN(sart_allowed_from(sart, addr), len);

        if (!allowed) {
            sart->refused++;
            sart_guest_error(sart, "the co-processor's access is refused",
                             addr);
            return false;
        }
        addr += allowed;
        len -= allowed;
    }
    return true;
}

/* The registers */

/* The register at @offset, and the bits it has; NULL if there is none. */
static uint32_t *sart_find(AppleSart *sart, hwaddr offset, unsigned size,
                           uint32_t *mask)
{
    unsigned bank = offset / SART_BANK_SIZE;

    if (size != sizeof(uint32_t) || offset % size ||
        bank >= SART_NUM_BANKS || !sart->layout->mask[bank]) {
        return NULL;
    }
    *mask = sart->layout->mask[bank];
    return &sart->reg[bank][offset % SART_BANK_SIZE / size];
}

static uint64_t sart_read(void *opaque, hwaddr offset, unsigned size)
{
    AppleSart *sart = opaque;
    uint32_t mask;
    uint32_t *reg = sart_find(sart, offset, size, &mask);

    if (!reg) {
        sart_guest_error(sart, "read of an unknown register or width",
                         offset);
        return 0;
    }
    return fault_watched
           ? fault_registers_read(&sart->registers, offset, *reg) : *reg;
}

static void sart_write(void *opaque, hwaddr offset, uint64_t value,
                       unsigned size)
{
    uint32_t mask;
    uint32_t *reg = sart_find(opaque, offset, size, &mask);

    if (!reg) {
        sart_guest_error(opaque, "write to an unknown register or width",
                         offset);
        return;
    }
    if (value & ~(uint64_t)mask) {
        sart_guest_error(opaque, "write of bits that do not exist", offset);
    }
    trace_apple_sart_write(offset, value);
    *reg = value & mask;
}

/* Every width reaches us, so that a wrong one is logged as what it is. */
static const MemoryRegionOps sart_mmio_ops = {
    .read = sart_read,
    .write = sart_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/* The device */

static void sart_reset_hold(Object *obj, ResetType type)
{
    AppleSart *sart = APPLE_SART(obj);

    memset(sart->reg, 0, sizeof(sart->reg));
    sart->refused = 0;
}

static void sart_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    AppleSart *sart = APPLE_SART(dev);

    for (int i = 0; i < ARRAY_SIZE(sart_layouts); i++) {
        if (sart_layouts[i].version == sart->version) {
            sart->layout = &sart_layouts[i];
            return;
        }
    }
    error_setg(errp, "there is no SART version %u", sart->version);
    error_append_hint(errp, "Valid values are 0, 2 and 3.\n");
}

/* A register has no bits but those of its bank. */
static int sart_post_load(void *opaque, int version_id)
{
    AppleSart *sart = opaque;

    for (int bank = 0; bank < SART_NUM_BANKS; bank++) {
        for (int i = 0; i < APPLE_SART_ENTRIES; i++) {
            if (sart->reg[bank][i] & ~sart->layout->mask[bank]) {
                return -EINVAL;
            }
        }
    }
    return 0;
}

static const VMStateDescription vmstate_apple_sart = {
    .name = TYPE_APPLE_SART,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = sart_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_2DARRAY(reg, AppleSart, SART_NUM_BANKS,
                               APPLE_SART_ENTRIES),
        VMSTATE_UINT32(refused, AppleSart),
        VMSTATE_END_OF_LIST()
    },
};

static void sart_write_dt_node(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    AppleSart *sart = APPLE_SART(node);
    g_autofree char *path = dt_add_mmio_node(dt, SYS_BUS_DEVICE(node),
                                             "iommu");

    qemu_fdt_setprop_string(dt->fdt, path, "compatible",
                            sart->layout->compatible);
}

static void sart_init(Object *obj)
{
    AppleSart *sart = APPLE_SART(obj);

    memory_region_init_io(&sart->mmio, obj, &sart_mmio_ops, sart,
                          TYPE_APPLE_SART, APPLE_SART_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &sart->mmio);
    fault_registers_init(&sart->registers, obj);
    object_property_add_uint32_ptr(obj, "refused", &sart->refused,
                                   OBJ_PROP_FLAG_READ);
}

static void sart_finalize(Object *obj)
{
    fault_registers_finalize(&APPLE_SART(obj)->registers);
}

static const Property sart_properties[] = {
    DEFINE_PROP_UINT8("version", AppleSart, version, 2),
};

static void sart_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Apple SART DMA address filter";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    dc->realize = sart_realize;
    dc->vmsd = &vmstate_apple_sart;
    device_class_set_props(dc, sart_properties);
    RESETTABLE_CLASS(oc)->phases.hold = sart_reset_hold;
    DT_NODE_CLASS(oc)->write = sart_write_dt_node;
}

static const TypeInfo sart_info = {
    .name = TYPE_APPLE_SART,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(AppleSart),
    .instance_init = sart_init,
    .instance_finalize = sart_finalize,
    .class_init = sart_class_init,
    .interfaces = (InterfaceInfo[]) { { TYPE_DT_NODE }, { } },
};

static void sart_register(void)
{
    type_register_static(&sart_info);
}
type_init(sart_register)

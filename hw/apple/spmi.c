/*
 * Apple SPMI controller, with a PMIC behind it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/spmi.h"
#include "hw/core/dt-node.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/log.h"
#include "system/device_tree.h"
#include "trace.h"

REG32(STATUS, 0x0)
    FIELD(STATUS, RX_EMPTY, 24, 1)
REG32(CMD, 0x4)
    FIELD(CMD, OPCODE, 0, 8)
    FIELD(CMD, SLAVE, 8, 4)
    FIELD(CMD, ADDRESS, 16, 16)
REG32(RSP, 0x8)

#define RSP_OK 0
#define RSP_REFUSED 1

/* SPMI 2.0 commands that move bytes; the low bits hold the length less 1. */
typedef struct SpmiCommand {
    uint8_t opcode;
    uint8_t len_mask;
    bool is_write;
    uint16_t addr_mask;
} SpmiCommand;

static const SpmiCommand spmi_commands[] = {
    { 0x00, 0x0f, true, 0x00ff },   /* extended register write */
    { 0x20, 0x0f, false, 0x00ff },  /* extended register read */
    { 0x30, 0x07, true, 0xffff },   /* extended register write long */
    { 0x38, 0x07, false, 0xffff },  /* extended register read long */
};

/*
 * The nvmem cells of Apple's t8103 PMIC that Linux refers to. With @bits the
 * cell is part of a byte, from bit @shift on.
 */
typedef struct SpmiCell {
    const char *name;
    uint16_t addr;
    uint8_t size;
    uint8_t shift;
    uint8_t bits;
    bool is_signed;
} SpmiCell;

static const SpmiCell spmi_cells[] = {
    { APPLE_SPMI_CELL_BOOT_STAGE, 0x9f01, 1 },
    { APPLE_SPMI_CELL_BOOT_ERROR_COUNT, 0x9f02, 1, 0, 4 },
    { APPLE_SPMI_CELL_PANIC_COUNT, 0x9f02, 1, 4, 4 },
    { APPLE_SPMI_CELL_SHUTDOWN_FLAG, 0x9f0f, 1, 3, 1 },
    { APPLE_SPMI_CELL_RTC_OFFSET, 0xd100, 6, .is_signed = true },
};

static void spmi_guest_error(AppleSpmi *spmi, const char *what,
                             uint64_t value)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(spmi));

    trace_apple_spmi_guest_error(path, what, value);
    qemu_log_mask(LOG_GUEST_ERROR, "%s: %s: 0x%" PRIx64 "\n", path, what,
                  value);
}

static void spmi_respond(AppleSpmi *spmi, uint32_t word)
{
    unsigned tail = (spmi->rsp_head + spmi->rsp_count) % APPLE_SPMI_FIFO_LEN;

    if (spmi->rsp_count == APPLE_SPMI_FIFO_LEN) {
        spmi_guest_error(spmi, "response lost, its FIFO is full", word);
        return;
    }
    spmi->rsp[tail] = word;
    spmi->rsp_count++;
}

static uint32_t spmi_take_response(AppleSpmi *spmi)
{
    uint32_t word;

    if (!spmi->rsp_count) {
        spmi_guest_error(spmi, "response read, but there is none", 0);
        return 0;
    }
    word = spmi->rsp[spmi->rsp_head];
    spmi->rsp_head = (spmi->rsp_head + 1) % APPLE_SPMI_FIFO_LEN;
    spmi->rsp_count--;
    return word;
}

static const SpmiCommand *spmi_find_command(uint8_t opcode)
{
    for (int i = 0; i < ARRAY_SIZE(spmi_commands); i++) {
        const SpmiCommand *command = &spmi_commands[i];

        if ((opcode & ~command->len_mask) == command->opcode) {
            return command;
        }
    }
    return NULL;
}

/* Addresses past the end start over, as a 16-bit address does. */
static void spmi_read_nvmem(AppleSpmi *spmi, uint16_t addr, unsigned len,
                            bool refused)
{
    spmi_respond(spmi, refused ? RSP_REFUSED : RSP_OK);
    for (unsigned done = 0; done < len; done += 4) {
        uint32_t word = 0;

        for (unsigned i = 0; i < 4 && done + i < len && !refused; i++) {
            word |= spmi->nvmem[(uint16_t)(addr + done + i)] << (8 * i);
        }
        spmi_respond(spmi, word);
    }
}

static void spmi_command(AppleSpmi *spmi, uint32_t word)
{
    uint8_t opcode = FIELD_EX32(word, CMD, OPCODE);
    uint8_t slave = FIELD_EX32(word, CMD, SLAVE);
    uint16_t addr = FIELD_EX32(word, CMD, ADDRESS);
    const SpmiCommand *command = spmi_find_command(opcode);
    bool refused = slave != spmi->slave;
    unsigned len;

    if (!command) {
        spmi_guest_error(spmi, "unknown command", word);
        spmi_respond(spmi, RSP_REFUSED);
        return;
    }
    if (refused) {
        spmi_guest_error(spmi, "command for a slave that is not there", word);
    }
    len = (opcode & command->len_mask) + 1;
    addr &= command->addr_mask;
    trace_apple_spmi_command(slave, command->is_write ? "write" : "read",
                             addr, len);
    if (command->is_write) {
        spmi->write_addr = addr;
        spmi->write_left = len;
        spmi->write_refused = refused;
    } else {
        spmi_read_nvmem(spmi, addr, len, refused);
    }
}

static void spmi_write_data(AppleSpmi *spmi, uint32_t word)
{
    for (int i = 0; i < 4 && spmi->write_left; i++) {
        if (!spmi->write_refused) {
            spmi->nvmem[spmi->write_addr] = word >> (8 * i);
        }
        spmi->write_addr++;
        spmi->write_left--;
    }
    if (!spmi->write_left) {
        spmi_respond(spmi, spmi->write_refused ? RSP_REFUSED : RSP_OK);
    }
}

static uint64_t spmi_mmio_read(void *opaque, hwaddr offset, unsigned size)
{
    AppleSpmi *spmi = opaque;

    if (size != sizeof(uint32_t)) {
        spmi_guest_error(spmi, "read that is not 32 bits wide", offset);
        return 0;
    }
    switch (offset) {
    case A_STATUS:
        return FIELD_DP32(0, STATUS, RX_EMPTY, !spmi->rsp_count);
    case A_RSP:
        return spmi_take_response(spmi);
    default:
        spmi_guest_error(spmi, "read of an unknown register", offset);
        return 0;
    }
}

static void spmi_mmio_write(void *opaque, hwaddr offset, uint64_t value,
                            unsigned size)
{
    AppleSpmi *spmi = opaque;

    if (size != sizeof(uint32_t)) {
        spmi_guest_error(spmi, "write that is not 32 bits wide", offset);
    } else if (offset != A_CMD) {
        spmi_guest_error(spmi, "write to a read-only register", offset);
    } else if (spmi->write_left) {
        spmi_write_data(spmi, value);
    } else {
        spmi_command(spmi, value);
    }
}

static const MemoryRegionOps spmi_mmio_ops = {
    .read = spmi_mmio_read,
    .write = spmi_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};

/* Cells as QOM properties */

static unsigned spmi_cell_bits(const SpmiCell *cell)
{
    return cell->bits ?: 8 * cell->size;
}

static uint64_t spmi_cell_bytes(AppleSpmi *spmi, const SpmiCell *cell)
{
    uint64_t bytes = 0;

    for (int i = 0; i < cell->size; i++) {
        bytes |= (uint64_t)spmi->nvmem[cell->addr + i] << (8 * i);
    }
    return bytes;
}

static uint64_t spmi_get_cell(AppleSpmi *spmi, const SpmiCell *cell)
{
    return extract64(spmi_cell_bytes(spmi, cell), cell->shift,
                     spmi_cell_bits(cell));
}

static void spmi_set_cell(AppleSpmi *spmi, const SpmiCell *cell,
                          uint64_t value)
{
    uint64_t bytes = deposit64(spmi_cell_bytes(spmi, cell), cell->shift,
                               spmi_cell_bits(cell), value);

    for (int i = 0; i < cell->size; i++) {
        spmi->nvmem[cell->addr + i] = bytes >> (8 * i);
    }
}

static void spmi_get_cell_property(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    const SpmiCell *cell = opaque;
    uint64_t value = spmi_get_cell(APPLE_SPMI(obj), cell);
    int64_t signed_value = sextract64(value, 0, spmi_cell_bits(cell));

    if (cell->is_signed) {
        visit_type_int64(v, name, &signed_value, errp);
    } else {
        visit_type_uint64(v, name, &value, errp);
    }
}

static bool spmi_visit_cell(const SpmiCell *cell, Visitor *v, const char *name,
                            uint64_t *value, Error **errp)
{
    unsigned bits = spmi_cell_bits(cell);
    int64_t signed_value;

    if (!cell->is_signed) {
        return visit_type_uint64(v, name, value, errp) &&
               extract64(*value, 0, bits) == *value;
    }
    if (!visit_type_int64(v, name, &signed_value, errp)) {
        return false;
    }
    *value = signed_value;
    return sextract64(*value, 0, bits) == signed_value;
}

static void spmi_set_cell_property(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    const SpmiCell *cell = opaque;
    Error *err = NULL;
    uint64_t value;

    if (spmi_visit_cell(cell, v, name, &value, &err)) {
        spmi_set_cell(APPLE_SPMI(obj), cell, value);
    } else if (err) {
        error_propagate(errp, err);
    } else {
        error_setg(errp, "value does not fit the %u bits of '%s'",
                   spmi_cell_bits(cell), name);
    }
}

/* The device tree's node, whose nvmem-layout has the same cells. */

static void spmi_write_cell_node(AppleSpmi *spmi, DtWriter *dt,
                                 const char *layout, const SpmiCell *cell)
{
    g_autofree char *unit = cell->bits
        ? g_strdup_printf("%x,%u", cell->addr, cell->shift)
        : g_strdup_printf("%x", cell->addr);
    g_autofree char *path = g_strdup_printf("%s/%s@%s", layout, cell->name,
                                            unit);

    qemu_fdt_add_subnode(dt->fdt, path);
    qemu_fdt_setprop_cells(dt->fdt, path, "reg", cell->addr, cell->size);
    if (cell->bits) {
        qemu_fdt_setprop_cells(dt->fdt, path, "bits", cell->shift,
                               cell->bits);
    }
    qemu_fdt_setprop_cell(dt->fdt, path, "phandle",
                          dt_phandle(dt, OBJECT(spmi), cell->name));
}

static void spmi_write_pmic_node(AppleSpmi *spmi, DtWriter *dt,
                                 const char *parent)
{
    static const char compatible[] = "apple,sera-pmic\0apple,spmi-nvmem";
    g_autofree char *path = g_strdup_printf("%s/pmic@%x", parent,
                                            spmi->slave);
    g_autofree char *layout = g_strdup_printf("%s/nvmem-layout", path);

    qemu_fdt_add_subnode(dt->fdt, path);
    qemu_fdt_setprop(dt->fdt, path, "compatible", compatible,
                     sizeof(compatible));
    /* The second cell is SPMI_USID. */
    qemu_fdt_setprop_cells(dt->fdt, path, "reg", spmi->slave, 0);
    qemu_fdt_add_subnode(dt->fdt, layout);
    qemu_fdt_setprop_string(dt->fdt, layout, "compatible", "fixed-layout");
    qemu_fdt_setprop_cell(dt->fdt, layout, "#address-cells", 1);
    qemu_fdt_setprop_cell(dt->fdt, layout, "#size-cells", 1);
    for (int i = 0; i < ARRAY_SIZE(spmi_cells); i++) {
        spmi_write_cell_node(spmi, dt, layout, &spmi_cells[i]);
    }
}

static void spmi_write_dt_node(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    static const char compatible[] = "apple,t8103-spmi\0apple,spmi";
    g_autofree char *path = dt_add_mmio_node(dt, SYS_BUS_DEVICE(node),
                                             "spmi");

    qemu_fdt_setprop(dt->fdt, path, "compatible", compatible,
                     sizeof(compatible));
    qemu_fdt_setprop_cell(dt->fdt, path, "#address-cells", 2);
    qemu_fdt_setprop_cell(dt->fdt, path, "#size-cells", 0);
    spmi_write_pmic_node(APPLE_SPMI(node), dt, path);
}

/* The nvmem stays as it is. */
static void spmi_reset_hold(Object *obj, ResetType type)
{
    AppleSpmi *spmi = APPLE_SPMI(obj);

    spmi->rsp_head = 0;
    spmi->rsp_count = 0;
    spmi->write_left = 0;
}

static int spmi_post_load(void *opaque, int version_id)
{
    AppleSpmi *spmi = opaque;

    return spmi->rsp_head < APPLE_SPMI_FIFO_LEN &&
           spmi->rsp_count <= APPLE_SPMI_FIFO_LEN &&
           spmi->write_left <= APPLE_SPMI_MAX_LEN ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_apple_spmi = {
    .name = TYPE_APPLE_SPMI,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = spmi_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8_ARRAY(nvmem, AppleSpmi, APPLE_SPMI_NVMEM_SIZE),
        VMSTATE_UINT32_ARRAY(rsp, AppleSpmi, APPLE_SPMI_FIFO_LEN),
        VMSTATE_UINT8(rsp_head, AppleSpmi),
        VMSTATE_UINT8(rsp_count, AppleSpmi),
        VMSTATE_UINT16(write_addr, AppleSpmi),
        VMSTATE_UINT8(write_left, AppleSpmi),
        VMSTATE_BOOL(write_refused, AppleSpmi),
        VMSTATE_END_OF_LIST()
    },
};

static void spmi_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    AppleSpmi *spmi = APPLE_SPMI(dev);

    if (spmi->slave > R_CMD_SLAVE_MASK >> R_CMD_SLAVE_SHIFT) {
        error_setg(errp, "slave %u is not an SPMI address", spmi->slave);
        error_append_hint(errp, "SPMI addresses are 0 to 15.\n");
    }
}

static void spmi_init(Object *obj)
{
    AppleSpmi *spmi = APPLE_SPMI(obj);

    memory_region_init_io(&spmi->mmio, obj, &spmi_mmio_ops, spmi,
                          TYPE_APPLE_SPMI, APPLE_SPMI_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &spmi->mmio);
}

static const Property spmi_properties[] = {
    DEFINE_PROP_UINT8("slave", AppleSpmi, slave, 0xf),
};

static void spmi_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Apple SPMI controller with a PMIC";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    dc->realize = spmi_realize;
    dc->vmsd = &vmstate_apple_spmi;
    device_class_set_props(dc, spmi_properties);
    RESETTABLE_CLASS(oc)->phases.hold = spmi_reset_hold;
    DT_NODE_CLASS(oc)->write = spmi_write_dt_node;
    for (int i = 0; i < ARRAY_SIZE(spmi_cells); i++) {
        object_class_property_add(oc, spmi_cells[i].name,
                                  spmi_cells[i].is_signed ? "int64" : "uint64",
                                  spmi_get_cell_property,
                                  spmi_set_cell_property, NULL,
                                  (void *)&spmi_cells[i]);
    }
}

static const TypeInfo spmi_info = {
    .name = TYPE_APPLE_SPMI,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(AppleSpmi),
    .instance_init = spmi_init,
    .class_init = spmi_class_init,
    .interfaces = (InterfaceInfo[]) { { TYPE_DT_NODE }, { } },
};

static void spmi_register(void)
{
    type_register_static(&spmi_info);
}
type_init(spmi_register)

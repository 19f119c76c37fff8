/*
 * Device-tree nodes written by the models they describe
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/dt-node.h"
#include "system/device_tree.h"
#include <libfdt.h>

/* Cells of a GIC interrupt specifier. */
#define GIC_SPI 0
#define IRQ_TYPE_EDGE_RISING 1
#define IRQ_TYPE_LEVEL_HIGH 4

void dt_writer_init(DtWriter *dt, void *fdt)
{
    dt->fdt = fdt;
    dt->phandles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         NULL);
}

void dt_writer_finish(DtWriter *dt)
{
    g_clear_pointer(&dt->phandles, g_hash_table_destroy);
}

void dt_node_write(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    DT_NODE_GET_CLASS(node)->write(node, dt, first_spi);
}

uint32_t dt_phandle(DtWriter *dt, Object *owner, const char *name)
{
    g_autofree char *path = object_get_canonical_path(owner);
    g_autofree char *key = g_strdup_printf("%s#%s", path, name);
    uint32_t phandle;

    phandle = GPOINTER_TO_UINT(g_hash_table_lookup(dt->phandles, key));
    if (!phandle) {
        phandle = qemu_fdt_alloc_phandle(dt->fdt);
        g_hash_table_insert(dt->phandles, g_steal_pointer(&key),
                            GUINT_TO_POINTER(phandle));
    }
    return phandle;
}

char *dt_node_path(DtWriter *dt, Object *owner)
{
    char path[PATH_MAX];
    int offset = fdt_node_offset_by_phandle(dt->fdt,
                                            dt_phandle(dt, owner, ""));

    assert(offset >= 0 &&
           fdt_get_path(dt->fdt, offset, path, sizeof(path)) == 0);
    return g_strdup(path);
}

char *dt_add_mmio_node(DtWriter *dt, SysBusDevice *sbd, const char *name)
{
    MemoryRegion *mr = sysbus_mmio_get_region(sbd, 0);
    hwaddr base = sbd->mmio[0].addr;
    char *path = g_strdup_printf("/%s@%" PRIx64, name, base);

    qemu_fdt_add_subnode(dt->fdt, path);
    qemu_fdt_setprop_sized_cells(dt->fdt, path, "reg", 2, base,
                                 2, memory_region_size(mr));
    qemu_fdt_setprop_cell(dt->fdt, path, "phandle",
                          dt_phandle(dt, OBJECT(sbd), ""));
    return path;
}

static void set_spis(DtWriter *dt, const char *path, uint32_t first_spi,
                     unsigned count, uint32_t type)
{
    g_autofree uint32_t *cells = g_new(uint32_t, 3 * count);

    for (unsigned i = 0; i < count; i++) {
        cells[3 * i] = cpu_to_be32(GIC_SPI);
        cells[3 * i + 1] = cpu_to_be32(first_spi + i);
        cells[3 * i + 2] = cpu_to_be32(type);
    }
    qemu_fdt_setprop(dt->fdt, path, "interrupts", cells,
                     3 * count * sizeof(*cells));
}

void dt_set_edge_spi(DtWriter *dt, const char *path, uint32_t spi)
{
    set_spis(dt, path, spi, 1, IRQ_TYPE_EDGE_RISING);
}

void dt_set_edge_spis(DtWriter *dt, const char *path, uint32_t first_spi,
                      unsigned count)
{
    set_spis(dt, path, first_spi, count, IRQ_TYPE_EDGE_RISING);
}

void dt_set_level_spis(DtWriter *dt, const char *path, uint32_t first_spi,
                       unsigned count)
{
    set_spis(dt, path, first_spi, count, IRQ_TYPE_LEVEL_HIGH);
}

static const TypeInfo dt_node_info = {
    .name = TYPE_DT_NODE,
    .parent = TYPE_INTERFACE,
    .class_size = sizeof(DtNodeClass),
};

static void dt_node_register(void)
{
    type_register_static(&dt_node_info);
}
type_init(dt_node_register)

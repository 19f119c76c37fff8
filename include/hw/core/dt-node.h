/*
 * Device-tree nodes written by the models they describe
 *
 * A model that implements TYPE_DT_NODE writes its own node, so that hardware
 * and description cannot drift apart. The machine knows where it mapped the
 * model and which interrupts it wired; everything else in the node is the
 * model's own knowledge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_CORE_DT_NODE_H
#define HW_CORE_DT_NODE_H

#include "qom/object.h"
#include "hw/sysbus.h"

#define TYPE_DT_NODE "dt-node"
typedef struct DtNodeClass DtNodeClass;
typedef struct DtNode DtNode;
DECLARE_CLASS_CHECKERS(DtNodeClass, DT_NODE, TYPE_DT_NODE)
#define DT_NODE(obj) INTERFACE_CHECK(DtNode, (obj), TYPE_DT_NODE)

/**
 * DtWriter: one pass over the models of a machine.
 *
 * @fdt: the tree, grown by QEMU's qemu_fdt_* helpers; owned by the machine.
 * @phandles: phandles handed out by dt_phandle(), by owner and name.
 */
typedef struct DtWriter {
    void *fdt;
    GHashTable *phandles;
} DtWriter;

struct DtNodeClass {
    InterfaceClass parent;

    /**
     * @write: append the node of @node, with its children, to @dt.
     *
     * Called once, with the BQL held, after @node has been realized and
     * mapped. @first_spi is the GIC SPI that the model's sysbus interrupt 0
     * was connected to; further interrupts follow it one by one. The root
     * node of the tree has 2 address cells, 2 size cells and the GIC (3
     * interrupt cells) as its interrupt parent.
     */
    void (*write)(DtNode *node, DtWriter *dt, uint32_t first_spi);
};

void dt_writer_init(DtWriter *dt, void *fdt);
void dt_writer_finish(DtWriter *dt);

/* Let @node write itself; see DtNodeClass::write. */
void dt_node_write(DtNode *node, DtWriter *dt, uint32_t first_spi);

/**
 * dt_phandle: the phandle of a node, for whoever comes first
 * @owner: the object whose node it is
 * @name: which of the owner's nodes: "" for its main one, else a child's name
 *
 * The first call allocates the phandle and the later ones return it, so a
 * node may be referred to before or after it is written. The owner sets the
 * "phandle" property of the node to this value.
 */
uint32_t dt_phandle(DtWriter *dt, Object *owner, const char *name);

/**
 * dt_add_mmio_node: add "/@name@<base>" with reg for MMIO region 0 of @sbd
 *
 * Also sets "phandle" from dt_phandle(@dt, @sbd, "").
 * Returns the path of the node, which the caller frees.
 */
char *dt_add_mmio_node(DtWriter *dt, SysBusDevice *sbd, const char *name);

/* The path of the main node of @owner, which has been written; to be freed. */
char *dt_node_path(DtWriter *dt, Object *owner);

/* Set "interrupts" of @path to one SPI, which is edge-triggered. */
void dt_set_edge_spi(DtWriter *dt, const char *path, uint32_t spi);

/* Set "interrupts" of @path to @count edge-triggered SPIs, likewise. */
void dt_set_edge_spis(DtWriter *dt, const char *path, uint32_t first_spi,
                      unsigned count);

/* Set "interrupts" of @path to @count level-high SPIs from @first_spi on. */
void dt_set_level_spis(DtWriter *dt, const char *path, uint32_t first_spi,
                       unsigned count);

#endif

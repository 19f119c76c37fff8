/*
 * SCMI transports: what their device-tree nodes have in common
 *
 * Source: Linux Documentation/devicetree/bindings/firmware/arm,scmi.yaml.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <libfdt.h>
#include "dt.h"
#include "hw/scmi/wire.h"
#include "system/device_tree.h"

/* The consumers' side of a protocol: what its node offers to them. */
static const struct {
    uint8_t protocol;
    const char *cells;
    const char *other_cells; /* for consumers of another kind */
} dt_protocols[] = {
    { SCMI_PROTOCOL_POWER, "#power-domain-cells" },
    /* Older kernels know the performance domain of a CPU as a clock. */
    { SCMI_PROTOCOL_PERF, "#power-domain-cells", "#clock-cells" },
    { SCMI_PROTOCOL_CLOCK, "#clock-cells" },
    { SCMI_PROTOCOL_SENSOR, "#thermal-sensor-cells" },
    { SCMI_PROTOCOL_RESET, "#reset-cells" },
    { SCMI_PROTOCOL_POWERCAP },
};

char *scmi_dt_protocol(const char *scmi, uint8_t protocol)
{
    return g_strdup_printf("%s/protocol@%x", scmi, protocol);
}

static void add_protocols(DtWriter *dt, Object *transport,
                          const ScmiPlatform *platform, const char *scmi)
{
    /* libfdt puts a new node before the older ones: start from the last. */
    for (int i = ARRAY_SIZE(dt_protocols) - 1; i >= 0; i--) {
        uint8_t id = dt_protocols[i].protocol;
        g_autofree char *node = scmi_dt_protocol(scmi, id);

        if (!scmi_platform_has_protocol(platform, id)) {
            continue;
        }
        qemu_fdt_add_subnode(dt->fdt, node);
        qemu_fdt_setprop_cell(dt->fdt, node, "reg", id);
        if (dt_protocols[i].cells) {
            qemu_fdt_setprop_cell(dt->fdt, node, dt_protocols[i].cells, 1);
        }
        if (dt_protocols[i].other_cells) {
            qemu_fdt_setprop_cell(dt->fdt, node, dt_protocols[i].other_cells,
                                  1);
        }
        qemu_fdt_setprop_cell(dt->fdt, node, "phandle",
                              dt_phandle(dt, transport,
                                         strrchr(node, '/') + 1));
    }
}

/* The first name that no other transport has. */
static char *free_path(DtWriter *dt)
{
    char *path = g_strdup("/firmware/scmi");

    for (unsigned i = 1; fdt_path_offset(dt->fdt, path) >= 0; i++) {
        g_free(path);
        path = g_strdup_printf("/firmware/scmi-%u", i);
    }
    return path;
}

char *scmi_dt_add_transport(DtWriter *dt, Object *transport,
                            const ScmiPlatform *platform,
                            const char *compatible)
{
    char *scmi = free_path(dt);

    qemu_fdt_add_path(dt->fdt, scmi);
    qemu_fdt_setprop_string(dt->fdt, scmi, "compatible", compatible);
    qemu_fdt_setprop_cell(dt->fdt, scmi, "#address-cells", 1);
    qemu_fdt_setprop_cell(dt->fdt, scmi, "#size-cells", 0);
    add_protocols(dt, transport, platform, scmi);
    return scmi;
}

/*
 * SCMI transports: what their device-tree nodes have in common
 *
 * Source: Linux Documentation/devicetree/bindings/firmware/arm,scmi.yaml.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include <libfdt.h>
#include "dt.h"
#include "protocol.h"
#include "system/device_tree.h"
#include "transport-config.h"

/* Linux's number of the power key, which the button is. */
#define KEY_POWER 116

/* What a control's number and event flags are to be watched for. */
#define IMX_CONTROL_ANY_EVENT 1
/* The number of the first control that is the board's. */
#define IMX_BOARD_CONTROL 0x8000

/* Within limits only may Linux set a voltage; it knows no negative one. */
static void write_voltage_limits(DtWriter *dt, ScmiResource *domain,
                                 const char *node)
{
    Object *obj = OBJECT(domain);
    int64_t min = object_property_get_int(obj, "min-level", &error_abort);
    int64_t max = object_property_get_int(obj, "max-level", &error_abort);

    if (min >= 0) {
        qemu_fdt_setprop_cell(dt->fdt, node, "regulator-min-microvolt", min);
        qemu_fdt_setprop_cell(dt->fdt, node, "regulator-max-microvolt", max);
    }
}

/* Regulators are named by number, with a node of their own. */
static void write_voltage(DtWriter *dt, Object *transport,
                          const ScmiPlatform *platform, const char *node)
{
    g_autofree char *parent = g_strdup_printf("%s/regulators", node);
    unsigned n = scmi_num_resources(platform, &scmi_voltage_protocol);

    qemu_fdt_add_subnode(dt->fdt, parent);
    qemu_fdt_setprop_cell(dt->fdt, parent, "#address-cells", 1);
    qemu_fdt_setprop_cell(dt->fdt, parent, "#size-cells", 0);
    while (n--) {
        g_autofree char *name = g_strdup_printf("regulator@%x", n);
        g_autofree char *path = g_strdup_printf("%s/%s", parent, name);
        ScmiResource *domain = scmi_resource(platform, &scmi_voltage_protocol,
                                             n);

        qemu_fdt_add_subnode(dt->fdt, path);
        qemu_fdt_setprop_cell(dt->fdt, path, "reg", n);
        qemu_fdt_setprop_cell(dt->fdt, path, "phandle",
                              dt_phandle(dt, transport, name));
        qemu_fdt_setprop_string(dt->fdt, path, "regulator-name",
                                domain->name);
        write_voltage_limits(dt, domain, path);
    }
}

/* A state for each function, which puts its groups to use. */
static void write_pinctrl(DtWriter *dt, Object *transport,
                          const ScmiPlatform *platform, const char *node)
{
    const ScmiPinctrlConfig *config = scmi_platform_config(platform)->pinctrl;

    for (ScmiPinFunctionConfigList *l = config->functions; l; l = l->next) {
        g_autofree char *path = g_strdup_printf("%s/%s-pins", node,
                                                l->value->name);
        g_autoptr(GPtrArray) groups = g_ptr_array_new();
        strList *group = l->value->groups;

        while (group) {
            g_ptr_array_add(groups, group->value);
            group = group->next;
        }
        qemu_fdt_add_subnode(dt->fdt, path);
        qemu_fdt_setprop_string(dt->fdt, path, "function", l->value->name);
        qemu_fdt_setprop_string_array(dt->fdt, path, "groups",
                                      (char **)groups->pdata, groups->len);
    }
}

static void write_imx_bbm(DtWriter *dt, Object *transport,
                          const ScmiPlatform *platform, const char *node)
{
    qemu_fdt_setprop_cell(dt->fdt, node, "linux,code", KEY_POWER);
}

static void write_imx_misc(DtWriter *dt, Object *transport,
                           const ScmiPlatform *platform, const char *node)
{
    const ScmiImxMiscConfig *config = scmi_platform_config(platform)->imx_misc;
    unsigned of_device = QAPI_LIST_LENGTH(config->controls);
    unsigned n = of_device + QAPI_LIST_LENGTH(config->board_controls);
    g_autofree uint32_t *cells = g_new(uint32_t, 2 * n);

    for (unsigned i = 0; i < n; i++) {
        cells[2 * i] = cpu_to_be32(i < of_device
                                   ? i : IMX_BOARD_CONTROL + i - of_device);
        cells[2 * i + 1] = cpu_to_be32(IMX_CONTROL_ANY_EVENT);
    }
    qemu_fdt_setprop(dt->fdt, node, "nxp,ctrl-ids", cells,
                     2 * n * sizeof(*cells));
}

/*
 * The consumers' side of a protocol: what its node offers to them.
 * @other_cells: for consumers of another kind
 * @write: what else the node needs
 */
static const struct {
    uint8_t protocol;
    const char *cells;
    const char *other_cells;
    void (*write)(DtWriter *dt, Object *transport,
                  const ScmiPlatform *platform, const char *node);
} dt_protocols[] = {
    { SCMI_PROTOCOL_POWER, "#power-domain-cells" },
    { SCMI_PROTOCOL_SYSTEM },
    /* CPUs up to Linux 6.3 know their performance domain as a clock. */
    { SCMI_PROTOCOL_PERF, "#power-domain-cells", "#clock-cells" },
    { SCMI_PROTOCOL_CLOCK, "#clock-cells" },
    { SCMI_PROTOCOL_SENSOR, "#thermal-sensor-cells" },
    { SCMI_PROTOCOL_RESET, "#reset-cells" },
    { SCMI_PROTOCOL_VOLTAGE, .write = write_voltage },
    { SCMI_PROTOCOL_POWERCAP },
    { SCMI_PROTOCOL_PINCTRL, .write = write_pinctrl },
    { SCMI_PROTOCOL_IMX_LMM },
    { SCMI_PROTOCOL_IMX_BBM, .write = write_imx_bbm },
    { SCMI_PROTOCOL_IMX_CPU },
    { SCMI_PROTOCOL_IMX_MISC, .write = write_imx_misc },
};

char *scmi_dt_protocol(const char *scmi, uint8_t protocol)
{
    return g_strdup_printf("%s/protocol@%x", scmi, protocol);
}

/*
 * Linux's driver of system power does nothing but wait for requests, and its
 * probe fails where they cannot come.
 */
static bool is_useless(const ScmiPlatform *platform, unsigned agent,
                       uint8_t protocol)
{
    return protocol == SCMI_PROTOCOL_SYSTEM &&
           !scmi_platform_sends_to(platform, agent);
}

static void add_protocols(DtWriter *dt, Object *transport,
                          const ScmiPlatform *platform, unsigned agent,
                          const char *scmi)
{
    /* libfdt puts a new node before the older ones: start from the last. */
    for (int i = ARRAY_SIZE(dt_protocols) - 1; i >= 0; i--) {
        uint8_t id = dt_protocols[i].protocol;
        g_autofree char *node = scmi_dt_protocol(scmi, id);

        if (!scmi_agent_is_told(platform, agent, id)) {
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
        if (is_useless(platform, agent, id)) {
            qemu_fdt_setprop_string(dt->fdt, node, "status", "disabled");
        }
        if (dt_protocols[i].write) {
            dt_protocols[i].write(dt, transport, platform, node);
        }
    }
}

/*
 * Linux waits 30 ms for a reply unless told otherwise. Replies take no time,
 * but on a busy host the vCPU that takes the interrupt may.
 */
#define RX_TIMEOUT_MS 1000

static void write_limits(DtWriter *dt, const ScmiTransportConfig *transport,
                         const char *scmi)
{
    uint32_t timeout = RX_TIMEOUT_MS;

    if (transport && transport->has_max_rx_timeout_ms) {
        timeout = transport->max_rx_timeout_ms;
    }
    qemu_fdt_setprop_cell(dt->fdt, scmi, "arm,max-rx-timeout-ms", timeout);
    if (transport && transport->has_max_msg) {
        qemu_fdt_setprop_cell(dt->fdt, scmi, "arm,max-msg",
                              transport->max_msg);
    }
    if (transport && transport->has_max_msg_size) {
        qemu_fdt_setprop_cell(dt->fdt, scmi, "arm,max-msg-size",
                              transport->max_msg_size);
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
                            const ScmiPlatform *platform, unsigned agent,
                            const char *compatible)
{
    char *scmi = free_path(dt);

    qemu_fdt_add_path(dt->fdt, scmi);
    qemu_fdt_setprop_string(dt->fdt, scmi, "compatible", compatible);
    qemu_fdt_setprop_cell(dt->fdt, scmi, "#address-cells", 1);
    qemu_fdt_setprop_cell(dt->fdt, scmi, "#size-cells", 0);
    write_limits(dt, scmi_transport_config(scmi_platform_config(platform),
                                           agent), scmi);
    add_protocols(dt, transport, platform, agent, scmi);
    return scmi;
}

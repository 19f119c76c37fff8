/*
 * Apple SMC: its device-tree node
 *
 * Linux Documentation/devicetree/bindings: mfd/apple,smc.yaml,
 * gpio/apple,smc-gpio.yaml, rtc/apple,smc-rtc.yaml, hwmon/apple,smc-hwmon.yaml
 * and power/reset/apple,smc-reboot.yaml.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/apple/smc.h"
#include "smc-internal.h"
#include "system/device_tree.h"

static char *smc_add_child(DtWriter *dt, const char *parent, const char *name,
                           const char *compatible)
{
    char *path = g_strdup_printf("%s/%s", parent, name);

    qemu_fdt_add_subnode(dt->fdt, path);
    if (compatible) {
        qemu_fdt_setprop_string(dt->fdt, path, "compatible", compatible);
    }
    return path;
}

static void smc_write_gpio_node(AppleSmc *smc, DtWriter *dt,
                                const char *parent)
{
    g_autofree char *path = smc_add_child(dt, parent, "gpio",
                                          "apple,smc-gpio");

    qemu_fdt_setprop(dt->fdt, path, "gpio-controller", NULL, 0);
    qemu_fdt_setprop_cell(dt->fdt, path, "#gpio-cells", 2);
    qemu_fdt_setprop_cell(dt->fdt, path, "phandle",
                          dt_phandle(dt, OBJECT(smc), "gpio"));
}

static void smc_write_rtc_node(AppleSmc *smc, DtWriter *dt,
                               const char *parent)
{
    g_autofree char *path = smc_add_child(dt, parent, "rtc", "apple,smc-rtc");

    qemu_fdt_setprop_cell(dt->fdt, path, "nvmem-cells",
                          dt_phandle(dt, OBJECT(smc->spmi),
                                     APPLE_SPMI_CELL_RTC_OFFSET));
    qemu_fdt_setprop_string(dt->fdt, path, "nvmem-cell-names", "rtc_offset");
}

static void smc_write_reboot_node(AppleSmc *smc, DtWriter *dt,
                                  const char *parent)
{
    static const char names[] = "shutdown_flag\0boot_stage\0"
                                "boot_error_count\0panic_count";
    Object *spmi = OBJECT(smc->spmi);
    g_autofree char *path = smc_add_child(dt, parent, "reboot",
                                          "apple,smc-reboot");

    if (!spmi) {
        return;
    }
    qemu_fdt_setprop_cells(dt->fdt, path, "nvmem-cells",
        dt_phandle(dt, spmi, APPLE_SPMI_CELL_SHUTDOWN_FLAG),
        dt_phandle(dt, spmi, APPLE_SPMI_CELL_BOOT_STAGE),
        dt_phandle(dt, spmi, APPLE_SPMI_CELL_BOOT_ERROR_COUNT),
        dt_phandle(dt, spmi, APPLE_SPMI_CELL_PANIC_COUNT));
    qemu_fdt_setprop(dt->fdt, path, "nvmem-cell-names", names, sizeof(names));
}

static void smc_set_key(DtWriter *dt, const char *path, const char *property,
                        const char *key)
{
    if (key) {
        qemu_fdt_setprop_string(dt->fdt, path, property, key);
    }
}

static void smc_write_sensor_node(DtWriter *dt, const char *parent,
                                  const AppleSmcSensor *sensor)
{
    g_autofree char *name = g_strdup_printf("%s-%s", sensor->kind,
                                            sensor->key);
    g_autofree char *path = smc_add_child(dt, parent, name, NULL);

    smc_set_key(dt, path, "apple,key-id", sensor->key);
    smc_set_key(dt, path, "apple,fan-minimum", sensor->min);
    smc_set_key(dt, path, "apple,fan-maximum", sensor->max);
    smc_set_key(dt, path, "apple,fan-target", sensor->target);
    smc_set_key(dt, path, "apple,fan-mode", sensor->mode);
    qemu_fdt_setprop_string(dt->fdt, path, "label", sensor->label);
}

/* Nodes are added at the front, so the last sensor comes first. */
static void smc_write_hwmon_node(DtWriter *dt, const char *parent)
{
    g_autofree char *path = smc_add_child(dt, parent, "hwmon",
                                          "apple,smc-hwmon");

    for (int i = apple_smc_default_sensor_count; i-- > 0; ) {
        smc_write_sensor_node(dt, path, &apple_smc_default_sensors[i]);
    }
}

void apple_smc_write_dt_node(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    static const char compatible[] = "apple,t8103-smc\0apple,smc";
    static const char reg_names[] = "smc\0sram";
    AppleSmc *smc = APPLE_SMC(node);
    SysBusDevice *sbd = SYS_BUS_DEVICE(node);
    g_autofree char *path = dt_add_mmio_node(dt, sbd, "smc");

    qemu_fdt_setprop(dt->fdt, path, "compatible", compatible,
                     sizeof(compatible));
    qemu_fdt_setprop_sized_cells(dt->fdt, path, "reg",
                                 2, sbd->mmio[0].addr, 2, APPLE_ASC_MMIO_SIZE,
                                 2, sbd->mmio[1].addr, 2, APPLE_SMC_SRAM_SIZE);
    qemu_fdt_setprop(dt->fdt, path, "reg-names", reg_names,
                     sizeof(reg_names));
    qemu_fdt_setprop_cell(dt->fdt, path, "mboxes",
                          dt_phandle(dt, OBJECT(APPLE_ASC(smc)->mailbox), ""));
    smc_write_gpio_node(smc, dt, path);
    smc_write_reboot_node(smc, dt, path);
    if (smc->spmi) {
        smc_write_rtc_node(smc, dt, path);
    }
    smc_write_hwmon_node(dt, path);
}

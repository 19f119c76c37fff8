/*
 * The farside machine: consumers of the SCMI platform
 *
 * A driver of SCMI does little before somebody wants a clock, a domain or a
 * supply from it. These nodes do. Each asks for resources by their names and
 * is left out if the platform lacks one of them, or its agent is denied the
 * protocol.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside.h"
#include "qapi/error.h"
#include "hw/scmi/wire.h"
#include "system/device_tree.h"

/* A resource, as a property of a consumer refers to it. */
typedef struct Supply {
    const char *property;
    uint8_t protocol;
    const char *name;
} Supply;

typedef struct Consumers {
    FarsideMachineState *fms;
    DtWriter *dt;
    ScmiPlatform *platform;
    unsigned agent;
    Object *transport;
} Consumers;

static int find(const Consumers *c, uint8_t protocol, const char *name)
{
    return scmi_agent_find(c->platform, c->agent, protocol, name);
}

static bool has_supplies(const Consumers *c, const Supply *supplies,
                         unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (find(c, supplies[i].protocol, supplies[i].name) < 0) {
            return false;
        }
    }
    return true;
}

static uint32_t protocol_phandle(const Consumers *c, uint8_t protocol)
{
    g_autofree char *name = g_strdup_printf("protocol@%x", protocol);

    return dt_phandle(c->dt, c->transport, name);
}

static void set_supplies(const Consumers *c, const char *node,
                         const Supply *supplies, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const Supply *supply = &supplies[i];

        qemu_fdt_setprop_cells(c->dt->fdt, node, supply->property,
                               protocol_phandle(c, supply->protocol),
                               find(c, supply->protocol, supply->name));
    }
}

/*
 * A second GPIO controller whose clock, power and reset are the platform's.
 * AMBA makes Linux use all three to find out what it is.
 */
static const Supply gpio_supplies[] = {
    { "clocks", SCMI_PROTOCOL_CLOCK, "periph-apb" },
    { "power-domains", SCMI_PROTOCOL_POWER, "periph" },
    { "resets", SCMI_PROTOCOL_RESET, "periph" },
};

static void add_gpio(const Consumers *c)
{
    char *compatible[] = { (char *)"arm,pl061", (char *)"arm,primecell" };
    void *fdt = c->dt->fdt;
    g_autofree char *node = NULL;
    SysBusDevice *sbd;

    if (!has_supplies(c, gpio_supplies, ARRAY_SIZE(gpio_supplies))) {
        return;
    }
    sbd = farside_add_gpio(c->fms);
    node = dt_add_mmio_node(c->dt, sbd, "gpio");
    qemu_fdt_setprop_string_array(fdt, node, "compatible", compatible,
                                  ARRAY_SIZE(compatible));
    qemu_fdt_setprop(fdt, node, "gpio-controller", NULL, 0);
    qemu_fdt_setprop_cell(fdt, node, "#gpio-cells", 2);
    dt_set_level_spis(c->dt, node, FARSIDE_GPIO_SPI, 1);
    qemu_fdt_setprop_string(fdt, node, "clock-names", "apb_pclk");
    set_supplies(c, node, gpio_supplies, ARRAY_SIZE(gpio_supplies));
}

/* A PWM whose period is the rate of a clock: user space sets the rate. */
static const Supply pwm_supplies[] = {
    { "clocks", SCMI_PROTOCOL_CLOCK, "pwm-ref" },
};

static void add_pwm(const Consumers *c)
{
    const char *node = "/pwm";

    if (!has_supplies(c, pwm_supplies, ARRAY_SIZE(pwm_supplies))) {
        return;
    }
    qemu_fdt_add_subnode(c->dt->fdt, node);
    qemu_fdt_setprop_string(c->dt->fdt, node, "compatible", "clk-pwm");
    qemu_fdt_setprop_cell(c->dt->fdt, node, "#pwm-cells", 2);
    set_supplies(c, node, pwm_supplies, ARRAY_SIZE(pwm_supplies));
}

/*
 * A supply that user space switches on and off. With its other name, it can
 * be handed to reg-virt-consumer, by which user space sets the voltage.
 */
static const char *const supplied[] = { "vout-supply", "default-supply" };

static void add_regulator_output(const Consumers *c)
{
    int id = find(c, SCMI_PROTOCOL_VOLTAGE, "vdd-gpu");
    g_autofree char *name = g_strdup_printf("regulator@%x", id);
    const char *node = "/regulator-output";

    if (id < 0) {
        return;
    }
    qemu_fdt_add_subnode(c->dt->fdt, node);
    qemu_fdt_setprop_string(c->dt->fdt, node, "compatible",
                            "regulator-output");
    for (unsigned i = 0; i < ARRAY_SIZE(supplied); i++) {
        qemu_fdt_setprop_cell(c->dt->fdt, node, supplied[i],
                              dt_phandle(c->dt, c->transport, name));
    }
}

/* A thermal zone: a sensor that Linux polls, with a trip point. */
static const Supply thermal_supplies[] = {
    { "thermal-sensors", SCMI_PROTOCOL_SENSOR, "soc-thermal" },
};

static void add_thermal_zone(const Consumers *c)
{
    const char *zone = "/thermal-zones/soc-thermal";
    const char *trip = "/thermal-zones/soc-thermal/trips/soc-hot";
    void *fdt = c->dt->fdt;

    if (!has_supplies(c, thermal_supplies, ARRAY_SIZE(thermal_supplies))) {
        return;
    }
    qemu_fdt_add_path(fdt, trip);
    qemu_fdt_setprop_cell(fdt, trip, "temperature", 95000);
    qemu_fdt_setprop_cell(fdt, trip, "hysteresis", 2000);
    qemu_fdt_setprop_string(fdt, trip, "type", "hot");
    qemu_fdt_setprop_cell(fdt, zone, "polling-delay", 1000);
    qemu_fdt_setprop_cell(fdt, zone, "polling-delay-passive", 250);
    set_supplies(c, zone, thermal_supplies, ARRAY_SIZE(thermal_supplies));
}

/* The CPUs' performance domains: little and big ones, or numbered clusters. */
static unsigned find_cpu_domains(const Consumers *c, int *domains,
                                 unsigned max)
{
    static const char *const sizes[] = { "little", "big" };
    unsigned n = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
        domains[n] = find(c, SCMI_PROTOCOL_PERF, sizes[i]);
        n += domains[n] >= 0;
    }
    if (n) {
        return n;
    }
    for (; n < max; n++) {
        g_autofree char *name = g_strdup_printf("cluster%u", n);

        domains[n] = find(c, SCMI_PROTOCOL_PERF, name);
        if (domains[n] < 0) {
            break;
        }
    }
    return n;
}

/* As many clusters of CPUs as there are domains, the sizes nearly equal. */
static void add_cpu_performance(const Consumers *c)
{
    unsigned num_cpus = MACHINE(c->fms)->smp.cpus;
    g_autofree int *domains = g_new(int, MAX(num_cpus, 2));
    unsigned num_domains = find_cpu_domains(c, domains, num_cpus);

    for (unsigned cpu = 0; num_domains && cpu < num_cpus; cpu++) {
        g_autofree char *node = g_strdup_printf("/cpus/cpu@%u", cpu);

        qemu_fdt_setprop_cells(c->dt->fdt, node, "clocks",
                               protocol_phandle(c, SCMI_PROTOCOL_PERF),
                               domains[cpu * num_domains / num_cpus]);
    }
}

void farside_add_scmi_consumers(FarsideMachineState *fms, DtWriter *dt,
                                ScmiPlatform *platform, unsigned agent,
                                Object *transport)
{
    Consumers c = { fms, dt, platform, agent, transport };

    add_gpio(&c);
    add_pwm(&c);
    add_regulator_output(&c);
    add_thermal_zone(&c);
    add_cpu_performance(&c);
}

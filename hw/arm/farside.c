/*
 * The farside machine: virt, and firmware to talk to
 *
 * Everything that virt is, with all its options, plus an SCMI platform behind
 * SMC or HVC and an RTKit co-processor behind an ASC mailbox, each described
 * to the guest by its own device-tree nodes. With scmi=off,rtkit=off it is
 * virt.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "hw/apple/asc-mailbox.h"
#include "hw/apple/smc.h"
#include "hw/apple/spmi.h"
#include "hw/arm/virt.h"
#include "hw/core/dt-node.h"
#include "hw/qdev-properties.h"
#include "hw/scmi/platform.h"
#include "hw/scmi/smc.h"
#include "hw/smccc/conduit.h"
#include "hw/sysbus.h"
#include "system/device_tree.h"
#include "system/reset.h"
#include "target/arm/cpu.h"

#define TYPE_FARSIDE_MACHINE MACHINE_TYPE_NAME("farside")
OBJECT_DECLARE_TYPE(FarsideMachineState, FarsideMachineClass, FARSIDE_MACHINE)

/* The version of virt that farside is; see virt's versioned machines. */
#define TYPE_FARSIDE_PARENT MACHINE_TYPE_NAME("virt-10.0")

struct FarsideMachineState {
    VirtMachineState parent_obj;
    bool scmi;
    bool rtkit;
    bool hvc;
};

struct FarsideMachineClass {
    VirtMachineClass parent_class;
    void (*parent_init)(MachineState *machine);
};

/*
 * Where the models are. virt leaves 0x0b000000-0x0bffffff and the SPIs from
 * 176 on free. Regions start at multiples of 64 KiB, so that kernels with
 * large pages can map each by itself; but a co-processor's mailbox sits where
 * it does on the real part, 0x8000 above its core.
 */
enum {
    FARSIDE_SCMI_SHMEM,
    FARSIDE_SCMI_CONSUMER,
    FARSIDE_SMC,
    FARSIDE_SMC_MAILBOX,
    FARSIDE_SPMI,
    FARSIDE_SMC_SRAM,
};

static const hwaddr farside_base[] = {
    [FARSIDE_SCMI_SHMEM] = 0x0b000000,
    [FARSIDE_SCMI_CONSUMER] = 0x0b010000,
    [FARSIDE_SMC] = 0x0b100000,
    [FARSIDE_SMC_MAILBOX] = 0x0b108000,
    [FARSIDE_SPMI] = 0x0b180000,
    [FARSIDE_SMC_SRAM] = 0x0b200000,
};

/* The first SPI of each. */
static const uint32_t farside_spi[] = {
    [FARSIDE_SMC_MAILBOX] = 176,
    [FARSIDE_SCMI_CONSUMER] = 180,
};

static SysBusDevice *farside_add(FarsideMachineState *fms, const char *name,
                                 const char *type)
{
    DeviceState *dev = qdev_new(type);

    object_property_add_child(OBJECT(fms), name, OBJECT(dev));
    return SYS_BUS_DEVICE(dev);
}

/* Realize @sbd and map its region 0 and its @num_irqs interrupts. */
static void farside_place(FarsideMachineState *fms, SysBusDevice *sbd,
                          unsigned place, unsigned num_irqs)
{
    DeviceState *gic = VIRT_MACHINE(fms)->gic;

    sysbus_realize_and_unref(sbd, &error_fatal);
    sysbus_mmio_map(sbd, 0, farside_base[place]);
    for (unsigned i = 0; i < num_irqs; i++) {
        sysbus_connect_irq(sbd, i,
                           qdev_get_gpio_in(gic, farside_spi[place] + i));
    }
}

/* Linux asks PSCI's node which instruction to use, so they go together. */
static void farside_set_conduit(FarsideMachineState *fms)
{
    VirtMachineState *vms = VIRT_MACHINE(fms);
    CPUState *cs;

    if (fms->hvc || vms->psci_conduit != QEMU_PSCI_CONDUIT_HVC) {
        return;
    }
    vms->psci_conduit = QEMU_PSCI_CONDUIT_SMC;
    vms->bootinfo.psci_conduit = QEMU_PSCI_CONDUIT_SMC;
    CPU_FOREACH(cs) {
        ARM_CPU(cs)->psci_conduit = QEMU_PSCI_CONDUIT_SMC;
    }
}

/*
 * A device whose clock, power and reset are the SCMI platform's: a second
 * GPIO controller. AMBA makes Linux use all three to find out what it is.
 */
static void farside_add_scmi_consumer(FarsideMachineState *fms,
                                      DtWriter *dt, Object *scmi)
{
    SysBusDevice *sbd = farside_add(fms, "scmi-gpio", "pl061");
    g_autofree char *node = NULL;
    char *compatible[] = { (char *)"arm,pl061", (char *)"arm,primecell" };

    farside_place(fms, sbd, FARSIDE_SCMI_CONSUMER, 1);
    node = dt_add_mmio_node(dt, sbd, "gpio");
    qemu_fdt_setprop_string_array(dt->fdt, node, "compatible", compatible,
                                  ARRAY_SIZE(compatible));
    qemu_fdt_setprop(dt->fdt, node, "gpio-controller", NULL, 0);
    qemu_fdt_setprop_cell(dt->fdt, node, "#gpio-cells", 2);
    dt_set_level_spis(dt, node, farside_spi[FARSIDE_SCMI_CONSUMER], 1);
    qemu_fdt_setprop_string(dt->fdt, node, "clock-names", "apb_pclk");
    qemu_fdt_setprop_cells(dt->fdt, node, "clocks",
                           dt_phandle(dt, scmi, "protocol@14"), 2);
    qemu_fdt_setprop_cells(dt->fdt, node, "power-domains",
                           dt_phandle(dt, scmi, "protocol@11"), 1);
    qemu_fdt_setprop_cells(dt->fdt, node, "resets",
                           dt_phandle(dt, scmi, "protocol@16"), 0);
}

/* A PWM whose period is the rate of a clock: user space sets the rate. */
static void farside_add_pwm_node(DtWriter *dt, Object *scmi)
{
    const char *node = "/pwm";

    qemu_fdt_add_subnode(dt->fdt, node);
    qemu_fdt_setprop_string(dt->fdt, node, "compatible", "clk-pwm");
    qemu_fdt_setprop_cell(dt->fdt, node, "#pwm-cells", 2);
    qemu_fdt_setprop_cells(dt->fdt, node, "clocks",
                           dt_phandle(dt, scmi, "protocol@14"), 5);
}

static void farside_add_scmi(FarsideMachineState *fms, DtWriter *dt)
{
    g_autoptr(ScmiPlatformConfig) config = scmi_default_platform();
    SMCCCConduit *conduit = smccc_conduit_new(OBJECT(fms), &error_fatal);
    ScmiPlatform *platform = scmi_platform_new(OBJECT(fms), "scmi-fw", config,
                                               &error_fatal);
    SysBusDevice *smc = farside_add(fms, "scmi-smc", TYPE_SCMI_SMC);

    qemu_register_resettable(OBJECT(platform));
    object_property_set_link(OBJECT(smc), "platform", OBJECT(platform),
                             &error_abort);
    object_property_set_link(OBJECT(smc), "conduit", OBJECT(conduit),
                             &error_abort);
    farside_place(fms, smc, FARSIDE_SCMI_SHMEM, 0);
    dt_node_write(DT_NODE(smc), dt, 0);
    farside_add_scmi_consumer(fms, dt, OBJECT(smc));
    farside_add_pwm_node(dt, OBJECT(smc));
}

static void farside_add_rtkit(FarsideMachineState *fms, DtWriter *dt)
{
    SysBusDevice *mailbox = farside_add(fms, "smc-mailbox",
                                        TYPE_APPLE_ASC_MAILBOX);
    SysBusDevice *spmi = farside_add(fms, "spmi", TYPE_APPLE_SPMI);
    SysBusDevice *smc = farside_add(fms, "smc", TYPE_APPLE_SMC);

    farside_place(fms, mailbox, FARSIDE_SMC_MAILBOX, ASC_MAILBOX_NUM_IRQS);
    farside_place(fms, spmi, FARSIDE_SPMI, 0);
    object_property_set_link(OBJECT(smc), "mailbox", OBJECT(mailbox),
                             &error_abort);
    object_property_set_link(OBJECT(smc), "spmi", OBJECT(spmi), &error_abort);
    farside_place(fms, smc, FARSIDE_SMC, 0);
    sysbus_mmio_map(smc, 1, farside_base[FARSIDE_SMC_SRAM]);
    dt_node_write(DT_NODE(mailbox), dt, farside_spi[FARSIDE_SMC_MAILBOX]);
    dt_node_write(DT_NODE(spmi), dt, 0);
    dt_node_write(DT_NODE(smc), dt, 0);
}

static void farside_machine_init(MachineState *machine)
{
    FarsideMachineState *fms = FARSIDE_MACHINE(machine);
    DtWriter dt;

    if (fms->scmi && fms->hvc && VIRT_MACHINE(machine)->virt) {
        error_report("conduit=hvc and virtualization=on exclude each other");
        error_printf("HVC from EL1 belongs to the guest's own hypervisor: "
                     "leave conduit=smc.\n");
        exit(1);
    }
    FARSIDE_MACHINE_GET_CLASS(fms)->parent_init(machine);

    dt_writer_init(&dt, machine->fdt);
    if (fms->scmi) {
        farside_set_conduit(fms);
        farside_add_scmi(fms, &dt);
    }
    if (fms->rtkit) {
        farside_add_rtkit(fms, &dt);
    }
    dt_writer_finish(&dt);
}

static bool farside_get_scmi(Object *obj, Error **errp)
{
    return FARSIDE_MACHINE(obj)->scmi;
}

static void farside_set_scmi(Object *obj, bool value, Error **errp)
{
    FARSIDE_MACHINE(obj)->scmi = value;
}

static bool farside_get_rtkit(Object *obj, Error **errp)
{
    return FARSIDE_MACHINE(obj)->rtkit;
}

static void farside_set_rtkit(Object *obj, bool value, Error **errp)
{
    FARSIDE_MACHINE(obj)->rtkit = value;
}

static char *farside_get_conduit(Object *obj, Error **errp)
{
    return g_strdup(FARSIDE_MACHINE(obj)->hvc ? "hvc" : "smc");
}

static void farside_set_conduit_name(Object *obj, const char *value,
                                     Error **errp)
{
    ERRP_GUARD();

    if (strcmp(value, "smc") && strcmp(value, "hvc")) {
        error_setg(errp, "'%s' is no conduit", value);
        error_append_hint(errp, "Valid values are smc and hvc.\n");
        return;
    }
    FARSIDE_MACHINE(obj)->hvc = !strcmp(value, "hvc");
}

static void farside_machine_instance_init(Object *obj)
{
    FarsideMachineState *fms = FARSIDE_MACHINE(obj);

    fms->scmi = true;
    fms->rtkit = true;
}

/*
 * The default NIC must not need a file that a source package without firmware
 * images lacks. Only UEFI would run its option ROM.
 */
static GlobalProperty farside_compat[] = {
    { "virtio-net-pci-base", "romfile", "" },
};

static void farside_machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    MachineClass *parent = MACHINE_CLASS(object_class_get_parent(oc));
    FarsideMachineClass *fmc = FARSIDE_MACHINE_CLASS(oc);

    fmc->parent_init = mc->init;
    mc->init = farside_machine_init;
    mc->desc = "ARM virt with SCMI and RTKit firmware to talk to";
    mc->alias = NULL;
    /* The oldest 64-bit core that has 4, 16 and 64 KiB pages. */
    mc->default_cpu_type = ARM_CPU_TYPE_NAME("cortex-a76");

    /* Every machine class starts without any: virt's are not inherited. */
    g_ptr_array_extend(mc->compat_props, parent->compat_props, NULL, NULL);
    compat_props_add(mc->compat_props, farside_compat,
                     G_N_ELEMENTS(farside_compat));

    object_class_property_add_bool(oc, "scmi", farside_get_scmi,
                                   farside_set_scmi);
    object_class_property_set_description(oc, "scmi",
        "Set on/off to enable/disable the SCMI platform");
    object_class_property_add_bool(oc, "rtkit", farside_get_rtkit,
                                   farside_set_rtkit);
    object_class_property_set_description(oc, "rtkit",
        "Set on/off to enable/disable the RTKit co-processor");
    object_class_property_add_str(oc, "conduit", farside_get_conduit,
                                  farside_set_conduit_name);
    object_class_property_set_description(oc, "conduit",
        "Instruction that calls firmware: smc (default) or hvc");
}

static const TypeInfo farside_machine_info = {
    .name = TYPE_FARSIDE_MACHINE,
    .parent = TYPE_FARSIDE_PARENT,
    .instance_size = sizeof(FarsideMachineState),
    .instance_init = farside_machine_instance_init,
    .class_size = sizeof(FarsideMachineClass),
    .class_init = farside_machine_class_init,
};

static void farside_machine_register(void)
{
    type_register_static(&farside_machine_info);
}
type_init(farside_machine_register)

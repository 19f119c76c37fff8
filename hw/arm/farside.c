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
#include "farside.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "hw/apple/asc-mailbox.h"
#include "hw/apple/smc.h"
#include "hw/apple/spmi.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-mmio.h"

/* The version of virt that farside is; see virt's versioned machines. */
#define TYPE_FARSIDE_PARENT MACHINE_TYPE_NAME("virt-10.0")

/*
 * Where the models are. virt leaves 0x0b000000-0x0bffffff and the SPIs from
 * 176 on free. Regions start at multiples of 64 KiB, so that kernels with
 * large pages can map each by itself; but a co-processor's mailbox sits where
 * it does on the real part, 0x8000 above its core.
 */
enum {
    FARSIDE_SCMI_CONSUMER,
    FARSIDE_SMC,
    FARSIDE_SMC_MAILBOX,
    FARSIDE_SPMI,
    FARSIDE_SMC_SRAM,
};

static const hwaddr farside_base[] = {
    [FARSIDE_SCMI_CONSUMER] = 0x0b010000,
    [FARSIDE_SMC] = 0x0b100000,
    [FARSIDE_SMC_MAILBOX] = 0x0b108000,
    [FARSIDE_SPMI] = 0x0b180000,
    [FARSIDE_SMC_SRAM] = 0x0b200000,
};

/* The first SPI of each. */
static const uint32_t farside_spi[] = {
    [FARSIDE_SMC_MAILBOX] = 176,
    [FARSIDE_SCMI_CONSUMER] = FARSIDE_GPIO_SPI,
};

/* SCMI's channels: the first one is always at the same place. */
#define FARSIDE_FIRST_CHANNEL 0x0b000000
#define FARSIDE_MORE_CHANNELS 0x0b400000
#define FARSIDE_END 0x0c000000
#define FARSIDE_PAGE 0x10000

SysBusDevice *farside_add(FarsideMachineState *fms, const char *name,
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

bool farside_map(FarsideMachineState *fms, SysBusDevice *sbd, unsigned region,
                 Error **errp)
{
    hwaddr size = memory_region_size(sysbus_mmio_get_region(sbd, region));

    if (fms->next_base + size > FARSIDE_END) {
        error_setg(errp, "the machine has no address left for %s",
                   object_get_typename(OBJECT(sbd)));
        return false;
    }
    sysbus_mmio_map(sbd, region, fms->next_base);
    fms->next_base = fms->next_base == FARSIDE_FIRST_CHANNEL
                     ? FARSIDE_MORE_CHANNELS
                     : ROUND_UP(fms->next_base + size, FARSIDE_PAGE);
    return true;
}

uint32_t farside_wire(FarsideMachineState *fms, SysBusDevice *sbd,
                      unsigned count, Error **errp)
{
    ERRP_GUARD();
    uint32_t first = fms->next_spi;

    if (first + count > FARSIDE_END_SPI) {
        error_setg(errp, "the machine has no interrupt left for %s",
                   object_get_typename(OBJECT(sbd)));
        error_append_hint(errp, "There are %d. Transport smc needs none, an "
                          "MHU one for each direction at least.\n",
                          FARSIDE_END_SPI - FARSIDE_FIRST_FREE_SPI);
        return 0;
    }
    for (unsigned i = 0; i < count; i++) {
        sysbus_connect_irq(sbd, i,
                           qdev_get_gpio_in(VIRT_MACHINE(fms)->gic,
                                            first + i));
    }
    fms->next_spi += count;
    return first;
}

SysBusDevice *farside_add_gpio(FarsideMachineState *fms)
{
    SysBusDevice *sbd = farside_add(fms, "scmi-gpio", "pl061");

    farside_place(fms, sbd, FARSIDE_SCMI_CONSUMER, 1);
    return sbd;
}

/* Option asc-mailbox; the first one is the default. */
static const struct {
    const char *name;
    const char *type;
} farside_asc_mailboxes[] = {
    { "v4", TYPE_APPLE_ASC_MAILBOX_V4 },
    { "t8015", TYPE_APPLE_T8015_ASC_MAILBOX },
    { "m3", TYPE_APPLE_M3_MAILBOX_V2 },
};

static void farside_add_rtkit(FarsideMachineState *fms, DtWriter *dt)
{
    const char *mailbox_type = farside_asc_mailboxes[fms->asc_mailbox].type;
    SysBusDevice *mailbox = farside_add(fms, "smc-mailbox", mailbox_type);
    SysBusDevice *spmi = farside_add(fms, "spmi", TYPE_APPLE_SPMI);
    SysBusDevice *smc = farside_add(fms, "smc", TYPE_APPLE_SMC);

    farside_place(fms, mailbox, FARSIDE_SMC_MAILBOX, ASC_MAILBOX_NUM_IRQS);
    farside_place(fms, spmi, FARSIDE_SPMI, 0);
    object_property_set_link(OBJECT(smc), "mailbox", OBJECT(mailbox),
                             &error_abort);
    object_property_set_link(OBJECT(smc), "spmi", OBJECT(spmi), &error_abort);
    if (fms->smc_keys) {
        qdev_prop_set_string(DEVICE(smc), "key-file", fms->smc_keys);
    }
    farside_place(fms, smc, FARSIDE_SMC, 0);
    sysbus_mmio_map(smc, 1, farside_base[FARSIDE_SMC_SRAM]);
    dt_node_write(DT_NODE(mailbox), dt, farside_spi[FARSIDE_SMC_MAILBOX]);
    dt_node_write(DT_NODE(spmi), dt, 0);
    dt_node_write(DT_NODE(smc), dt, 0);
}

static void check_options(const FarsideMachineState *fms)
{
    const bool calls = fms->scmi || fms->smc_mailbox;

    if (calls && fms->hvc && VIRT_MACHINE(fms)->virt) {
        error_report("conduit=hvc and virtualization=on exclude each other");
        error_printf("HVC from EL1 belongs to the guest's own hypervisor: "
                     "leave conduit=smc.\n");
        exit(1);
    }
    if (!calls && fms->conduit_given) {
        error_report("conduit needs scmi=on or smccc-mailbox");
        error_printf("Without firmware to call, the machine has the conduit "
                     "of virt.\n");
        exit(1);
    }
    if (!fms->scmi && fms->scmi_source) {
        error_report("scmi-platform and scmi=off exclude each other");
        exit(1);
    }
    if (!fms->rtkit && fms->smc_keys) {
        error_report("smc-keys and rtkit=off exclude each other");
        exit(1);
    }
    if (!fms->rtkit && fms->asc_mailbox_given) {
        error_report("asc-mailbox and rtkit=off exclude each other");
        exit(1);
    }
}

static void farside_machine_init(MachineState *machine)
{
    FarsideMachineState *fms = FARSIDE_MACHINE(machine);
    DtWriter dt;

    check_options(fms);
    FARSIDE_MACHINE_GET_CLASS(fms)->parent_init(machine);
    farside_await_devices(fms);

    dt_writer_init(&dt, machine->fdt);
    if (fms->scmi) {
        farside_add_scmi(fms, &dt);
    }
    if (fms->smc_mailbox) {
        farside_add_smc_mailbox(fms, &dt);
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

static char *farside_get_asc_mailbox(Object *obj, Error **errp)
{
    unsigned index = FARSIDE_MACHINE(obj)->asc_mailbox;

    return g_strdup(farside_asc_mailboxes[index].name);
}

static void farside_set_asc_mailbox(Object *obj, const char *value,
                                    Error **errp)
{
    ERRP_GUARD();

    for (unsigned i = 0; i < ARRAY_SIZE(farside_asc_mailboxes); i++) {
        if (!strcmp(value, farside_asc_mailboxes[i].name)) {
            FARSIDE_MACHINE(obj)->asc_mailbox = i;
            FARSIDE_MACHINE(obj)->asc_mailbox_given = true;
            return;
        }
    }
    error_setg(errp, "'%s' is no ASC mailbox", value);
    error_append_hint(errp, "Valid values are v4, t8015 and m3.\n");
}

static char *farside_get_smc_mailbox(Object *obj, Error **errp)
{
    return g_strdup(FARSIDE_MACHINE(obj)->smc_mailbox ?: "");
}

static void farside_set_smc_mailbox(Object *obj, const char *value,
                                    Error **errp)
{
    FarsideMachineState *fms = FARSIDE_MACHINE(obj);

    g_free(fms->smc_mailbox);
    fms->smc_mailbox = *value ? g_strdup(value) : NULL;
}

static char *farside_get_smc_keys(Object *obj, Error **errp)
{
    return g_strdup(FARSIDE_MACHINE(obj)->smc_keys ?: "");
}

static void farside_set_smc_keys(Object *obj, const char *value, Error **errp)
{
    FarsideMachineState *fms = FARSIDE_MACHINE(obj);

    g_free(fms->smc_keys);
    fms->smc_keys = *value ? g_strdup(value) : NULL;
}

static char *farside_get_faults(Object *obj, Error **errp)
{
    return g_strdup(FARSIDE_MACHINE(obj)->faults ?: "");
}

static void farside_set_faults(Object *obj, const char *value, Error **errp)
{
    FarsideMachineState *fms = FARSIDE_MACHINE(obj);

    g_free(fms->faults);
    fms->faults = *value ? g_strdup(value) : NULL;
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
    FARSIDE_MACHINE(obj)->conduit_given = true;
}

static void farside_get_platform(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    g_autoptr(ScmiPlatformConfig) built_in = NULL;
    ScmiPlatformSource *source = FARSIDE_MACHINE(obj)->scmi_source;
    ScmiPlatformSource default_source = { .type = QTYPE_QDICT };

    if (!source) {
        built_in = scmi_default_platform();
        default_source.u.platform = *built_in;
        source = &default_source;
    }
    visit_type_ScmiPlatformSource(v, name, &source, errp);
}

static void farside_set_platform(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    FarsideMachineState *fms = FARSIDE_MACHINE(obj);
    ScmiPlatformSource *source;

    if (scmi_platform_visit(v, name, &source, errp)) {
        qapi_free_ScmiPlatformSource(fms->scmi_source);
        fms->scmi_source = source;
    }
}

static void farside_machine_instance_init(Object *obj)
{
    FarsideMachineState *fms = FARSIDE_MACHINE(obj);

    fms->scmi = true;
    fms->rtkit = true;
    fms->next_base = FARSIDE_FIRST_CHANNEL;
    fms->next_spi = FARSIDE_FIRST_FREE_SPI;
    fms->disks = g_ptr_array_new();
}

/*
 * The default NIC must not need a file that a source package without firmware
 * images lacks. Only UEFI would run its option ROM. Devices younger than
 * virtio's legacy interface, such as SCMI's, need a transport without it.
 */
static GlobalProperty farside_compat[] = {
    { "virtio-net-pci-base", "romfile", "" },
    { TYPE_VIRTIO_MMIO, "force-legacy", "off" },
};

static void farside_machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    MachineClass *parent = MACHINE_CLASS(object_class_get_parent(oc));
    FarsideMachineClass *fmc = FARSIDE_MACHINE_CLASS(oc);

    fmc->parent_init = mc->init;
    mc->init = farside_machine_init;
    farside_take_devices(fmc);
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
    object_class_property_add_str(oc, "asc-mailbox", farside_get_asc_mailbox,
                                  farside_set_asc_mailbox);
    object_class_property_set_description(oc, "asc-mailbox",
        "Variant of the co-processor's mailbox: v4 (default), t8015 or m3");
    object_class_property_add_str(oc, "smc-keys", farside_get_smc_keys,
                                  farside_set_smc_keys);
    object_class_property_set_description(oc, "smc-keys",
        "JSON file with the keys of the SMC");
    object_class_property_add_str(oc, "faults", farside_get_faults,
                                  farside_set_faults);
    object_class_property_set_description(oc, "faults",
        "JSON file with fault rules, which are armed from the start");
    object_class_property_add_str(oc, "conduit", farside_get_conduit,
                                  farside_set_conduit_name);
    object_class_property_add_str(oc, "smccc-mailbox", farside_get_smc_mailbox,
                                  farside_set_smc_mailbox);
    object_class_property_set_description(oc, "smccc-mailbox",
        "ID of a chardev: add an SMC mailbox whose channel 0 is answered by "
        "the process behind it");
    object_class_property_add(oc, "scmi-platform", "ScmiPlatformSource",
                              farside_get_platform, farside_set_platform,
                              NULL, NULL);
    object_class_property_set_description(oc, "scmi-platform",
        "JSON file that describes the SCMI platform, or its members");
    farside_add_log_option(oc);
    object_class_property_set_description(oc, "conduit",
        "Instruction that calls firmware: smc (default) or hvc");
}

static void farside_machine_instance_finalize(Object *obj)
{
    FarsideMachineState *fms = FARSIDE_MACHINE(obj);

    qapi_free_ScmiPlatformSource(fms->scmi_source);
    g_free(fms->smc_keys);
    g_free(fms->faults);
    g_free(fms->smc_mailbox);
    g_free(fms->message_log);
    g_ptr_array_free(fms->disks, true);
}

static const TypeInfo farside_machine_info = {
    .name = TYPE_FARSIDE_MACHINE,
    .parent = TYPE_FARSIDE_PARENT,
    .instance_size = sizeof(FarsideMachineState),
    .instance_init = farside_machine_instance_init,
    .instance_finalize = farside_machine_instance_finalize,
    .class_size = sizeof(FarsideMachineClass),
    .class_init = farside_machine_class_init,
};

static void farside_machine_register(void)
{
    type_register_static(&farside_machine_info);
}
type_init(farside_machine_register)

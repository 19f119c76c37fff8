/*
 * The farside machine: ANS disks
 *
 * TYPE_FARSIDE_ANS is what "-device farside-ans,drive=ID" makes: an ANS with
 * the mailbox, the SART and the power domains it needs. The machine maps and
 * wires it when it is plugged, and describes all of them when the machine is
 * complete.
 *
 * Its properties are those of TYPE_APPLE_ANS; the default of "serial" is ANSN.
 * Its parts are children of the machine: "ansN", "ansN-mailbox" and
 * "ansN-sart", N counting from 0; the links "ans", "mailbox" and "sart" lead
 * to them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside.h"
#include "qapi/error.h"
#include "hw/apple/ans.h"
#include "hw/apple/pmgr.h"
#include "hw/platform-bus.h"
#include "hw/qdev-properties.h"
#include "system/device_tree.h"
#include "system/qtest.h"

OBJECT_DECLARE_SIMPLE_TYPE(FarsideAns, FARSIDE_ANS)

/* Power domains: that of the ANS, and those of the storage modules. */
#define ANS_MAX_DOMAINS 3

struct FarsideAns {
    DeviceState parent_obj;

    const AppleAnsVariant *variant;
    AppleAns *ans;
    AscMailbox *mailbox;
    AppleSart *sart;
    ApplePmgrDomain *domain[ANS_MAX_DOMAINS];
    unsigned num_domains;
    uint32_t first_spi;
};

/*
 * Each takes 256 KiB of the 16 MiB that virt leaves free: there is room for
 * 64. The registers of the three small parts share the last 64 KiB.
 */
#define ANS_BASE 0x0f000000
#define ANS_STRIDE 0x40000
#define ANS_MAX 64

enum {
    ANS_OFFSET_NVME = 0x00000,
    ANS_OFFSET_ASC = 0x30000,
    ANS_OFFSET_SART = 0x34000,
    ANS_OFFSET_MAILBOX = 0x38000,
};

/*
 * Interrupts: send-empty and recv-not-empty of the mailbox, the only ones a
 * driver uses, and that of the NVMe controller.
 */
static const unsigned mailbox_irqs[] = {
    ASC_MAILBOX_IRQ_SEND_EMPTY, ASC_MAILBOX_IRQ_RECV_NOT_EMPTY,
};
#define ANS_NUM_SPIS (ARRAY_SIZE(mailbox_irqs) + 1)

/*
 * Room for 45 disks, or for 64 with gic-version=3 and an ITS.
 *
 * SPIs that may be free, in the order in which they are taken. First our own,
 * downwards, as SCMI's channels come from below; then those of virt's
 * platform bus, then those of a GICv2m, where there is none. SPIs 74 to 77
 * are an SMMU's.
 */
#define PLATFORM_BUS_SPI 112
#define PLATFORM_BUS_END_SPI 176
#define GICV2M_SPI 48

static const struct {
    uint32_t first;
    uint32_t end;
} spi_ranges[] = {
    { FARSIDE_FIRST_FREE_SPI, FARSIDE_END_SPI },
    { PLATFORM_BUS_SPI, PLATFORM_BUS_END_SPI },
    { 78, PLATFORM_BUS_SPI },
    { GICV2M_SPI, 74 },
};

static PlatformBusDevice *platform_bus(FarsideMachineState *fms)
{
    return PLATFORM_BUS_DEVICE(VIRT_MACHINE(fms)->platform_bus_dev);
}

static bool spi_is_free(FarsideMachineState *fms, uint32_t spi)
{
    if (test_bit(spi, fms->used_spis)) {
        return false;
    }
    if (spi >= FARSIDE_FIRST_FREE_SPI) {
        return spi >= fms->next_spi;
    }
    if (spi >= PLATFORM_BUS_SPI) {
        return !test_bit(spi - PLATFORM_BUS_SPI,
                         platform_bus(fms)->used_irqs);
    }
    return VIRT_MACHINE(fms)->msi_controller != VIRT_MSI_CTRL_GICV2M;
}

static void take_spi(FarsideMachineState *fms, uint32_t spi)
{
    set_bit(spi, fms->used_spis);
    if (spi >= PLATFORM_BUS_SPI && spi < PLATFORM_BUS_END_SPI) {
        set_bit(spi - PLATFORM_BUS_SPI, platform_bus(fms)->used_irqs);
    }
}

/* @count free SPIs in a row, of which the first one is returned; 0 if none. */
static uint32_t take_spis(FarsideMachineState *fms, unsigned count)
{
    for (int i = 0; i < ARRAY_SIZE(spi_ranges); i++) {
        unsigned found = 0;

        for (uint32_t spi = spi_ranges[i].end; spi-- > spi_ranges[i].first; ) {
            found = spi_is_free(fms, spi) ? found + 1 : 0;
            if (found == count) {
                for (unsigned n = 0; n < count; n++) {
                    take_spi(fms, spi + n);
                }
                return spi;
            }
        }
    }
    return 0;
}

/* Power */

static ApplePmgr *farside_pmgr(FarsideMachineState *fms)
{
    SysBusDevice *sbd;

    if (!fms->pmgr) {
        sbd = farside_add(fms, "pmgr", TYPE_APPLE_PMGR);
        sysbus_realize_and_unref(sbd, &error_fatal);
        sysbus_mmio_map(sbd, 0, FARSIDE_PMGR_BASE);
        fms->pmgr = APPLE_PMGR(sbd);
    }
    return fms->pmgr;
}

static void add_domain(FarsideMachineState *fms, FarsideAns *fa,
                       const char *kind, unsigned index)
{
    g_autofree char *label = g_strdup_printf("ps_%s%u", kind, index);

    fa->domain[fa->num_domains++] =
        apple_pmgr_add_domain(farside_pmgr(fms), label);
}

/* The storage modules' domains belong to one ANS each, too. */
static void add_domains(FarsideMachineState *fms, FarsideAns *fa,
                        unsigned index)
{
    add_domain(fms, fa, "ans", index);
    for (unsigned i = 0; i < fa->variant->pcie_domains; i++) {
        g_autofree char *kind = g_strdup_printf("ans%u_apcie", index);

        add_domain(fms, fa, kind, i);
    }
    qdev_connect_gpio_out(DEVICE(fa->domain[0]), 0,
                          qdev_get_gpio_in(DEVICE(fa->ans), 0));
}

/* Plugging */

static void adopt(FarsideMachineState *fms, unsigned index,
                  const char *suffix, void *part)
{
    g_autofree char *name = g_strdup_printf("ans%u%s", index, suffix);

    object_property_add_child(OBJECT(fms), name, OBJECT(part));
}

/* Linux wants disks that differ. */
static void set_serial(FarsideAns *fa, unsigned index)
{
    g_autofree char *given = object_property_get_str(OBJECT(fa->ans),
                                                     "serial", &error_abort);
    g_autofree char *serial = g_strdup_printf("ANS%u", index);

    if (!*given) {
        qdev_prop_set_string(DEVICE(fa->ans), "serial", serial);
    }
}

/* The mailbox depends on the variant, so it is made when that is known. */
static bool add_mailbox(FarsideAns *fa, Error **errp)
{
    g_autofree char *name = object_property_get_str(OBJECT(fa->ans),
                                                    "variant", &error_abort);

    fa->variant = apple_ans_find_variant(name, errp);
    if (!fa->variant) {
        return false;
    }
    fa->mailbox = APPLE_ASC_MAILBOX(object_new(fa->variant->mailbox_type));
    object_property_add_const_link(OBJECT(fa), "mailbox",
                                   OBJECT(fa->mailbox));
    return true;
}

/*
 * The parts get their places in QOM here: what is below /machine/peripheral
 * virt would take for devices of its platform bus.
 */
void farside_ans_pre_plug(FarsideMachineState *fms, DeviceState *dev,
                          Error **errp)
{
    ERRP_GUARD();
    FarsideAns *fa = FARSIDE_ANS(dev);
    unsigned index = fms->disks->len;

    if (!fms->rtkit) {
        error_setg(errp, "the machine has no RTKit co-processors");
        error_append_hint(errp, "Leave rtkit=on.\n");
        return;
    }
    fa->first_spi = index < ANS_MAX ? take_spis(fms, ANS_NUM_SPIS) : 0;
    if (!fa->first_spi) {
        error_setg(errp, "the machine has no room for another ANS disk");
        error_append_hint(errp, "It has %u. Each needs %zu interrupts, of "
                          "which gic-version=3 leaves more free.\n", index,
                          ANS_NUM_SPIS);
        return;
    }
    if (!add_mailbox(fa, errp)) {
        return;
    }
    set_serial(fa, index);
    adopt(fms, index, "-mailbox", fa->mailbox);
    adopt(fms, index, "-sart", fa->sart);
    adopt(fms, index, "", fa->ans);
}

static void wire(FarsideMachineState *fms, SysBusDevice *sbd, unsigned irq,
                 uint32_t spi)
{
    sysbus_connect_irq(sbd, irq,
                       qdev_get_gpio_in(VIRT_MACHINE(fms)->gic, spi));
}

void farside_ans_plug(FarsideMachineState *fms, DeviceState *dev)
{
    FarsideAns *fa = FARSIDE_ANS(dev);
    unsigned index = fms->disks->len;
    hwaddr base = ANS_BASE + index * ANS_STRIDE;

    sysbus_mmio_map(SYS_BUS_DEVICE(fa->ans), 0, base + ANS_OFFSET_ASC);
    sysbus_mmio_map(SYS_BUS_DEVICE(fa->ans), 1, base + ANS_OFFSET_NVME);
    sysbus_mmio_map(SYS_BUS_DEVICE(fa->sart), 0, base + ANS_OFFSET_SART);
    sysbus_mmio_map(SYS_BUS_DEVICE(fa->mailbox), 0,
                    base + ANS_OFFSET_MAILBOX);
    for (unsigned i = 0; i < ARRAY_SIZE(mailbox_irqs); i++) {
        wire(fms, SYS_BUS_DEVICE(fa->mailbox), mailbox_irqs[i],
             fa->first_spi + i);
    }
    wire(fms, SYS_BUS_DEVICE(fa->ans), 0,
         fa->first_spi + ARRAY_SIZE(mailbox_irqs));
    add_domains(fms, fa, index);
    g_ptr_array_add(fms->disks, fa);
}

/* Description */

static void set_power_domains(DtWriter *dt, FarsideAns *fa, void *part,
                              unsigned count)
{
    g_autofree char *path = dt_node_path(dt, OBJECT(part));
    uint32_t cells[ANS_MAX_DOMAINS];

    for (unsigned i = 0; i < count; i++) {
        cells[i] = cpu_to_be32(dt_phandle(dt, OBJECT(fa->domain[i]), ""));
    }
    qemu_fdt_setprop(dt->fdt, path, "power-domains", cells,
                     count * sizeof(*cells));
}

static void write_nodes(DtWriter *dt, FarsideAns *fa)
{
    static const char names[] = "ans\0apcie0\0apcie1";
    static const size_t names_len[] = { 0, 4, 11, 18 };
    g_autofree char *path = NULL;

    dt_node_write(DT_NODE(fa->mailbox), dt, fa->first_spi);
    dt_node_write(DT_NODE(fa->sart), dt, 0);
    dt_node_write(DT_NODE(fa->ans), dt,
                  fa->first_spi + ARRAY_SIZE(mailbox_irqs));
    set_power_domains(dt, fa, fa->mailbox, 1);
    set_power_domains(dt, fa, fa->sart, 1);
    set_power_domains(dt, fa, fa->ans, fa->num_domains);
    path = dt_node_path(dt, OBJECT(fa->ans));
    qemu_fdt_setprop(dt->fdt, path, "power-domain-names", names,
                     names_len[fa->num_domains]);
    qemu_fdt_setprop_cell(dt->fdt, path, "resets",
                          dt_phandle(dt, OBJECT(fa->domain[0]), ""));
}

/* Nodes are added at the front, so the last disk comes first. */
void farside_describe_ans(FarsideMachineState *fms, DtWriter *dt)
{
    for (unsigned i = fms->disks->len; i-- > 0; ) {
        write_nodes(dt, g_ptr_array_index(fms->disks, i));
    }
    if (fms->pmgr) {
        dt_node_write(DT_NODE(fms->pmgr), dt, 0);
    }
}

/* The device */

static void farside_ans_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    FarsideAns *fa = FARSIDE_ANS(dev);

    if (!fa->mailbox) {
        error_setg(errp, "the machine does not know ANS disks");
        error_append_hint(errp, "Use -M farside.\n");
        return;
    }
    qdev_prop_set_uint8(DEVICE(fa->sart), "version",
                        fa->variant->sart_version);
    object_property_set_link(OBJECT(fa->ans), "mailbox", OBJECT(fa->mailbox),
                             &error_abort);
    object_property_set_link(OBJECT(fa->ans), "sart", OBJECT(fa->sart),
                             &error_abort);
    if (sysbus_realize(SYS_BUS_DEVICE(fa->mailbox), errp) &&
        sysbus_realize(SYS_BUS_DEVICE(fa->sart), errp)) {
        sysbus_realize(SYS_BUS_DEVICE(fa->ans), errp);
    }
}

static void farside_ans_init(Object *obj)
{
    FarsideAns *fa = FARSIDE_ANS(obj);

    fa->sart = APPLE_SART(object_new(TYPE_APPLE_SART));
    fa->ans = APPLE_ANS(object_new(TYPE_APPLE_ANS));
    /* A qtest has no VCPU to be faster for, and its clock stands still. */
    qdev_prop_set_bit(DEVICE(fa->ans), "lazy", !qtest_enabled());
    qdev_alias_all_properties(DEVICE(fa->ans), obj);
    object_property_del(obj, "mailbox");
    object_property_del(obj, "sart");
    object_property_add_const_link(obj, "sart", OBJECT(fa->sart));
    object_property_add_const_link(obj, "ans", OBJECT(fa->ans));
}

static void farside_ans_finalize(Object *obj)
{
    FarsideAns *fa = FARSIDE_ANS(obj);

    object_unref(fa->ans);
    object_unref(fa->sart);
    if (fa->mailbox) {
        object_unref(fa->mailbox);
    }
}

static void farside_ans_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Apple NVMe Storage (ANS) disk of the farside machine";
    dc->hotpluggable = false;
    dc->realize = farside_ans_realize;
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
}

static const TypeInfo farside_ans_info = {
    .name = TYPE_FARSIDE_ANS,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(FarsideAns),
    .instance_init = farside_ans_init,
    .instance_finalize = farside_ans_finalize,
    .class_init = farside_ans_class_init,
};

static void farside_ans_register(void)
{
    type_register_static(&farside_ans_info);
}
type_init(farside_ans_register)

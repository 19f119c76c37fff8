/*
 * SCMI transport over SMC or HVC, with shared memory
 *
 * The shared memory is RAM that is read and written through its host pointer:
 * a command costs no MMIO exit. Another vCPU can write to it at any time, so
 * each word is read once and only what was read is looked at.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "hw/core/dt-node.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "hw/scmi/platform.h"
#include "hw/scmi/smc.h"
#include "hw/scmi/wire.h"
#include "hw/smccc/conduit.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
#include "system/device_tree.h"
#include "trace.h"

#define SHMEM_MAX_LENGTH (SCMI_SMC_SHMEM_SIZE - SCMI_SHMEM_HEADER)
#define SMCCC_INVALID_PARAMETER (-3)

struct ScmiSmc {
    SysBusDevice parent_obj;
    MemoryRegion shmem;
    uint8_t *ram; /* of shmem, in the host */
    ScmiPlatform *platform;
    SMCCCConduit *conduit;
    uint32_t agent;
    uint32_t function;
};

OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(ScmiSmc, scmi_smc, SCMI_SMC,
                                          SYS_BUS_DEVICE, { TYPE_DT_NODE },
                                          { NULL })

/*
 * Hand the channel back with @length bytes of reply. QEMU's own writes to RAM
 * are known to nobody: a migration that is under way has to be told of them.
 */
static void channel_reply(ScmiSmc *s, size_t length, uint32_t status)
{
    stl_le_p(s->ram + SCMI_SHMEM_LENGTH, sizeof(uint32_t) + length);
    /* A polling agent on another vCPU has to see the reply first. */
    smp_wmb();
    stl_le_p(s->ram + SCMI_SHMEM_STATUS, status);
    if (memory_region_is_logging(&s->shmem, DIRTY_MEMORY_MIGRATION)) {
        memory_region_set_dirty(&s->shmem, 0, SCMI_SMC_SHMEM_SIZE);
    }
}

static void channel_process(ScmiSmc *s)
{
    uint32_t length = ldl_le_p(s->ram + SCMI_SHMEM_LENGTH);
    uint32_t header = ldl_le_p(s->ram + SCMI_SHMEM_HEADER);
    uint8_t *payload = s->ram + SCMI_SHMEM_PAYLOAD;

    if (length < sizeof(header) || length > SHMEM_MAX_LENGTH) {
        qemu_log_mask(LOG_GUEST_ERROR, "scmi-smc: length %" PRIu32
                      " does not fit the channel\n", length);
        trace_scmi_smc_err_length(length);
        stl_le_p(payload, SCMI_PROTOCOL_ERROR);
        channel_reply(s, sizeof(uint32_t), R_SCMI_SHMEM_STATUS_FREE_MASK |
                      R_SCMI_SHMEM_STATUS_ERROR_MASK);
        return;
    }
    length = scmi_platform_handle(s->platform, s->agent, header, payload,
                                  length - sizeof(header), payload,
                                  SCMI_REPLY_MAX);
    channel_reply(s, length, R_SCMI_SHMEM_STATUS_FREE_MASK);
}

static bool scmi_smc_call(void *opaque, const uint64_t *args,
                          uint64_t *results)
{
    ScmiSmc *s = opaque;
    uint32_t status = ldl_le_p(s->ram + SCMI_SHMEM_STATUS);

    if (FIELD_EX32(status, SCMI_SHMEM_STATUS, FREE)) {
        qemu_log_mask(LOG_GUEST_ERROR, "scmi-smc: called while the agent "
                      "owns the channel\n");
        trace_scmi_smc_err_busy(status);
        results[0] = SMCCC_INVALID_PARAMETER;
        return true;
    }
    channel_process(s);
    return true;
}

/* Device tree. */

/* The consumers' side of a protocol: what its node offers to them. */
static const struct {
    uint8_t protocol;
    const char *cells;
} dt_protocols[] = {
    { SCMI_PROTOCOL_POWER, "#power-domain-cells" },
    { SCMI_PROTOCOL_CLOCK, "#clock-cells" },
    { SCMI_PROTOCOL_SENSOR, "#thermal-sensor-cells" },
    { SCMI_PROTOCOL_RESET, "#reset-cells" },
};

static void dt_write_shmem(ScmiSmc *s, DtWriter *dt)
{
    hwaddr base = SYS_BUS_DEVICE(s)->mmio[0].addr;
    g_autofree char *sram = dt_add_mmio_node(dt, SYS_BUS_DEVICE(s), "sram");
    g_autofree char *node = g_strdup_printf("%s/scmi-shmem@0", sram);

    qemu_fdt_setprop_string(dt->fdt, sram, "compatible", "mmio-sram");
    qemu_fdt_setprop_cell(dt->fdt, sram, "#address-cells", 1);
    qemu_fdt_setprop_cell(dt->fdt, sram, "#size-cells", 1);
    qemu_fdt_setprop_sized_cells(dt->fdt, sram, "ranges", 1, 0, 2, base,
                                 1, SCMI_SMC_SHMEM_SIZE);
    qemu_fdt_add_subnode(dt->fdt, node);
    qemu_fdt_setprop_string(dt->fdt, node, "compatible", "arm,scmi-shmem");
    qemu_fdt_setprop_cells(dt->fdt, node, "reg", 0, SCMI_SMC_SHMEM_SIZE);
    qemu_fdt_setprop_cell(dt->fdt, node, "phandle",
                          dt_phandle(dt, OBJECT(s), "shmem"));
}

static void dt_write_protocols(ScmiSmc *s, DtWriter *dt, const char *scmi)
{
    /* libfdt puts a new node before the older ones: start from the last. */
    for (int i = ARRAY_SIZE(dt_protocols) - 1; i >= 0; i--) {
        uint8_t id = dt_protocols[i].protocol;
        g_autofree char *name = g_strdup_printf("protocol@%x", id);
        g_autofree char *node = g_strdup_printf("%s/%s", scmi, name);

        if (!scmi_platform_has_protocol(s->platform, id)) {
            continue;
        }
        qemu_fdt_add_subnode(dt->fdt, node);
        qemu_fdt_setprop_cell(dt->fdt, node, "reg", id);
        qemu_fdt_setprop_cell(dt->fdt, node, dt_protocols[i].cells, 1);
        qemu_fdt_setprop_cell(dt->fdt, node, "phandle",
                              dt_phandle(dt, OBJECT(s), name));
    }
}

static void scmi_smc_write_dt(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    ScmiSmc *s = SCMI_SMC(node);
    const char *scmi = "/firmware/scmi";

    dt_write_shmem(s, dt);
    qemu_fdt_add_path(dt->fdt, scmi);
    qemu_fdt_setprop_string(dt->fdt, scmi, "compatible", "arm,scmi-smc");
    qemu_fdt_setprop_cell(dt->fdt, scmi, "arm,smc-id", s->function);
    qemu_fdt_setprop_cell(dt->fdt, scmi, "shmem",
                          dt_phandle(dt, OBJECT(s), "shmem"));
    qemu_fdt_setprop_cell(dt->fdt, scmi, "#address-cells", 1);
    qemu_fdt_setprop_cell(dt->fdt, scmi, "#size-cells", 0);
    dt_write_protocols(s, dt, scmi);
}

/* Device. */

static void scmi_smc_realize(DeviceState *dev, Error **errp)
{
    ScmiSmc *s = SCMI_SMC(dev);

    if (!s->platform || !s->conduit) {
        error_setg(errp, "scmi-smc needs a platform and a conduit");
        return;
    }
    if (s->agent == SCMI_AGENT_PLATFORM ||
        s->agent >= scmi_platform_num_agents(s->platform)) {
        error_setg(errp, "scmi-smc: the platform has no agent %" PRIu32,
                   s->agent);
        return;
    }
    if (!memory_region_init_ram(&s->shmem, OBJECT(s), "scmi-smc.shmem",
                                SCMI_SMC_SHMEM_SIZE, errp)) {
        return;
    }
    s->ram = memory_region_get_ram_ptr(&s->shmem);
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->shmem);
    scmi_platform_add_channel(s->platform, s->agent, OBJECT(s));
    smccc_conduit_add(s->conduit, s->function, scmi_smc_call, s, errp);
}

static void scmi_smc_reset_hold(Object *obj, ResetType type)
{
    ScmiSmc *s = SCMI_SMC(obj);

    memset(s->ram, 0, SCMI_SMC_SHMEM_SIZE);
    stl_le_p(s->ram + SCMI_SHMEM_STATUS, R_SCMI_SHMEM_STATUS_FREE_MASK);
    memory_region_set_dirty(&s->shmem, 0, SCMI_SMC_SHMEM_SIZE);
}

/* The shared memory migrates as RAM, and a call is never half done. */
static const VMStateDescription vmstate_scmi_smc = {
    .name = TYPE_SCMI_SMC,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_END_OF_LIST()
    },
};

static const Property scmi_smc_properties[] = {
    DEFINE_PROP_LINK("platform", ScmiSmc, platform, TYPE_SCMI_PLATFORM,
                     ScmiPlatform *),
    DEFINE_PROP_LINK("conduit", ScmiSmc, conduit, TYPE_SMCCC_CONDUIT,
                     SMCCCConduit *),
    DEFINE_PROP_UINT32("agent", ScmiSmc, agent, 1),
    DEFINE_PROP_UINT32("function", ScmiSmc, function,
                       SCMI_SMC_DEFAULT_FUNCTION),
};

static void scmi_smc_init(Object *obj)
{
}

static void scmi_smc_finalize(Object *obj)
{
}

static void scmi_smc_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->realize = scmi_smc_realize;
    dc->vmsd = &vmstate_scmi_smc;
    /* Reason: wired by a machine that has a conduit */
    dc->user_creatable = false;
    device_class_set_props(dc, scmi_smc_properties);
    rc->phases.hold = scmi_smc_reset_hold;
    DT_NODE_CLASS(oc)->write = scmi_smc_write_dt;
}

/*
 * SCMI transport over SMC or HVC, with shared memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "dt.h"
#include "hw/core/dt-node.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "hw/scmi/platform.h"
#include "hw/scmi/smc.h"
#include "hw/scmi/wire.h"
#include "hw/smccc/conduit.h"
#include "hw/sysbus.h"
#include "migration/vmstate.h"
#include "shmem.h"
#include "system/device_tree.h"
#include "trace.h"
#include "transport.h"

#define SMCCC_INVALID_PARAMETER (-3)

/* Where Linux finds a channel's capability in its shared memory. */
#define CAPABILITY_OFFSET (SCMI_SHMEM_SIZE - 8)

QEMU_BUILD_BUG_ON(SCMI_SMC_SHMEM_SIZE != SCMI_SHMEM_SIZE);

/* The first channel is of the protocols that have none of their own. */
typedef struct ScmiSmcChannel {
    ScmiSmc *owner;
    ScmiShmem shmem;
    qemu_irq irq;
} ScmiSmcChannel;

typedef struct ScmiSmcVariant ScmiSmcVariant;

struct ScmiSmc {
    SysBusDevice parent_obj;
    ScmiPlatform *platform;
    SMCCCConduit *conduit;
    uint32_t agent;
    uint32_t function;
    char *variant_name;
    const ScmiSmcVariant *variant;
    bool completion_irq;
    uint32_t num_protocols;
    uint8_t *protocols;
    uint32_t num_channels;
    ScmiSmcChannel *channels;
};

OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(ScmiSmc, scmi_smc, SCMI_SMC,
                                          SYS_BUS_DEVICE, { TYPE_DT_NODE },
                                          { TYPE_SCMI_TRANSPORT }, { NULL })

/* Variants: how a call names its channel. */

/**
 * ScmiSmcVariant:
 * @names_channel: whether the channel of this number is the one that the call
 *                 with these arguments is about; NULL if calls name none
 */
struct ScmiSmcVariant {
    const char *name;
    const char *compatible;
    bool (*names_channel)(ScmiSmc *s, unsigned i, const uint64_t *args);
};

static bool is_at_address(ScmiSmc *s, unsigned i, const uint64_t *args)
{
    hwaddr base = SYS_BUS_DEVICE(s)->mmio[i].addr;

    return args[1] == base >> 12 && args[2] == (base & 0xfff);
}

static uint64_t channel_capability(unsigned i)
{
    return SCMI_SMC_CAPABILITY + i;
}

static bool has_capability(ScmiSmc *s, unsigned i, const uint64_t *args)
{
    return args[1] == channel_capability(i);
}

static const ScmiSmcVariant variants[] = {
    { "smc", "arm,scmi-smc", NULL },
    { "smc-param", "arm,scmi-smc-param", is_at_address },
    { "qcom-smc", "qcom,scmi-smc", has_capability },
};

static ScmiSmcChannel *find_channel(ScmiSmc *s, const uint64_t *args)
{
    if (!s->variant->names_channel) {
        return &s->channels[0];
    }
    for (unsigned i = 0; i < s->num_channels; i++) {
        if (s->variant->names_channel(s, i, args)) {
            return &s->channels[i];
        }
    }
    qemu_log_mask(LOG_GUEST_ERROR, "scmi-smc: no channel 0x%" PRIx64
                  ", 0x%" PRIx64 "\n", args[1], args[2]);
    trace_scmi_smc_err_channel(s->agent, args[1], args[2]);
    return NULL;
}

static void channel_replied(void *opaque)
{
    ScmiSmcChannel *channel = opaque;

    if (channel->owner->completion_irq) {
        qemu_irq_pulse(channel->irq);
    }
}

static bool scmi_smc_call(void *opaque, const uint64_t *args,
                          uint64_t *results)
{
    ScmiSmc *s = opaque;
    ScmiSmcChannel *channel = find_channel(s, args);

    if (!channel) {
        results[0] = SMCCC_INVALID_PARAMETER;
        return true;
    }
    if (scmi_shmem_is_free(&channel->shmem)) {
        qemu_log_mask(LOG_GUEST_ERROR, "scmi-smc: called while the agent "
                      "owns the channel\n");
        trace_scmi_smc_err_busy(s->agent, args[1]);
        results[0] = SMCCC_INVALID_PARAMETER;
        return true;
    }
    if (scmi_shmem_run(&channel->shmem)) {
        channel_replied(channel);
    }
    return true;
}

/* Device tree. */

static void dt_write_channel(ScmiSmc *s, DtWriter *dt, unsigned i,
                             const char *node, uint32_t first_spi)
{
    g_autofree char *name = scmi_shmem_name(s->protocols, i);

    scmi_shmem_write_dt(dt, OBJECT(s), name, SYS_BUS_DEVICE(s)->mmio[i].addr);
    qemu_fdt_setprop_cell(dt->fdt, node, "shmem",
                          dt_phandle(dt, OBJECT(s), name));
    if (s->completion_irq) {
        dt_set_edge_spi(dt, node, first_spi + i);
        qemu_fdt_setprop_string(dt->fdt, node, "interrupt-names", "a2p");
    }
}

static void scmi_smc_write_dt(DtNode *node, DtWriter *dt, uint32_t first_spi)
{
    ScmiSmc *s = SCMI_SMC(node);
    g_autofree char *scmi = scmi_dt_add_transport(dt, OBJECT(s), s->platform,
                                                  s->agent,
                                                  s->variant->compatible);

    qemu_fdt_setprop_cell(dt->fdt, scmi, "arm,smc-id", s->function);
    dt_write_channel(s, dt, 0, scmi, first_spi);
    for (unsigned i = 1; i < s->num_channels; i++) {
        g_autofree char *protocol = scmi_dt_protocol(scmi,
                                                     s->protocols[i - 1]);

        dt_write_channel(s, dt, i, protocol, first_spi);
    }
}

/* Device. */

static ScmiChannelInfoList *scmi_smc_query(ScmiTransport *transport)
{
    ScmiSmc *s = SCMI_SMC(transport);
    ScmiChannelInfoList *list = NULL, **tail = &list;

    for (unsigned i = 0; i < s->num_channels; i++) {
        QAPI_LIST_APPEND(tail, scmi_shmem_info(&s->channels[i].shmem,
                                               s->protocols, i));
    }
    return list;
}

static bool find_variant(ScmiSmc *s, Error **errp)
{
    ERRP_GUARD();
    const char *name = s->variant_name ?: variants[0].name;

    for (unsigned i = 0; i < ARRAY_SIZE(variants); i++) {
        if (!strcmp(name, variants[i].name)) {
            s->variant = &variants[i];
            return true;
        }
    }
    error_setg(errp, "scmi-smc: there is no variant '%s'", name);
    error_append_hint(errp, "Variants are smc, smc-param and qcom-smc.\n");
    return false;
}

static bool check_protocols(ScmiSmc *s, Error **errp)
{
    ERRP_GUARD();

    if (s->num_protocols && !s->variant->names_channel) {
        error_setg(errp, "scmi-smc: calls of variant '%s' do not say which "
                   "channel they are about", s->variant->name);
        error_append_hint(errp, "Leave protocols without channels of their "
                          "own, or use smc-param or qcom-smc.\n");
        return false;
    }
    return true;
}

static bool add_channels(ScmiSmc *s, Error **errp)
{
    s->channels = g_new0(ScmiSmcChannel, s->num_protocols + 1);
    for (unsigned i = 0; i <= s->num_protocols; i++) {
        ScmiSmcChannel *channel = &s->channels[i];
        g_autofree char *name = scmi_shmem_name(s->protocols, i);

        if (!scmi_shmem_init(&channel->shmem, OBJECT(s), TYPE_SCMI_SMC,
                             s->agent, name, errp)) {
            return false;
        }
        channel->owner = s;
        scmi_shmem_connect(&channel->shmem, s->platform, s->agent, i,
                           channel_replied, channel);
        s->num_channels++;
        sysbus_init_mmio(SYS_BUS_DEVICE(s), &channel->shmem.mr);
        sysbus_init_irq(SYS_BUS_DEVICE(s), &channel->irq);
    }
    return true;
}

static void scmi_smc_realize(DeviceState *dev, Error **errp)
{
    ScmiSmc *s = SCMI_SMC(dev);

    if (!s->platform || !s->conduit) {
        error_setg(errp, "scmi-smc needs a platform and a conduit");
        return;
    }
    if (!find_variant(s, errp) || !check_protocols(s, errp)) {
        return;
    }
    s->agent = scmi_platform_claim(s->platform, s->agent, OBJECT(s), errp);
    if (!s->agent || !add_channels(s, errp)) {
        return;
    }
    smccc_conduit_add(s->conduit, s->function, scmi_smc_call, s, errp);
}

static void scmi_smc_reset_hold(Object *obj, ResetType type)
{
    ScmiSmc *s = SCMI_SMC(obj);

    for (unsigned i = 0; i < s->num_channels; i++) {
        ScmiShmem *shmem = &s->channels[i].shmem;

        scmi_shmem_reset(shmem);
        if (s->variant->names_channel == has_capability) {
            stq_le_p(shmem->ram + CAPABILITY_OFFSET, channel_capability(i));
        }
    }
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
    DEFINE_PROP_STRING("variant", ScmiSmc, variant_name),
    DEFINE_PROP_BOOL("completion-irq", ScmiSmc, completion_irq, false),
    DEFINE_PROP_ARRAY("protocols", ScmiSmc, num_protocols, protocols,
                      qdev_prop_uint8, uint8_t),
};

static void scmi_smc_init(Object *obj)
{
}

static void scmi_smc_finalize(Object *obj)
{
    ScmiSmc *s = SCMI_SMC(obj);

    for (unsigned i = 0; i < s->num_channels; i++) {
        scmi_shmem_disconnect(&s->channels[i].shmem);
    }
    g_free(s->channels);
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
    SCMI_TRANSPORT_CLASS(oc)->query = scmi_smc_query;
}

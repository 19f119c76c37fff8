/*
 * The farside machine: the SCMI platform and its transports
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside.h"
#include "qapi/error.h"
#include "qapi/clone-visitor.h"
#include "qapi/qapi-visit-scmi.h"
#include "qobject/qlist.h"
#include "hw/mailbox/arm-mhu-frame.h"
#include "hw/mailbox/arm-mhu.h"
#include "hw/mailbox/doorbell.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "hw/scmi/fastchannel.h"
#include "hw/scmi/mailbox.h"
#include "hw/scmi/smc.h"
#include "hw/scmi/virtio-scmi.h"
#include "hw/virtio/virtio-mmio.h"
#include "system/reset.h"

/* What making a transport takes. */
typedef struct FarsideAgent {
    FarsideMachineState *fms;
    DtWriter *dt;
    SMCCCConduit *conduit;
    ScmiPlatform *platform;
    unsigned id;
    const ScmiTransportConfig *config;
} FarsideAgent;

/* The first agent's devices have plain names, the others' a number. */
static char *agent_name(const FarsideAgent *agent, const char *name)
{
    return agent->id == 1 ? g_strdup(name)
                          : g_strdup_printf("%s-%u", name, agent->id);
}

static SysBusDevice *agent_add(const FarsideAgent *agent, const char *name,
                               const char *type)
{
    g_autofree char *child = agent_name(agent, name);

    return farside_add(agent->fms, child, type);
}

static void set_link(SysBusDevice *sbd, const char *name, void *target)
{
    object_property_set_link(OBJECT(sbd), name, OBJECT(target), &error_abort);
}

static void set_protocols(SysBusDevice *sbd, const FarsideAgent *agent)
{
    const uint8List *channels = scmi_transport_channels(agent->config);
    QList *protocols = qlist_new();

    for (; channels; channels = channels->next) {
        qlist_append_int(protocols, channels->value);
    }
    qdev_prop_set_array(DEVICE(sbd), "protocols", protocols);
}

/* Map all of @sbd, wire @num_irqs interrupts of it and write its node. */
static bool place(const FarsideAgent *agent, SysBusDevice *sbd,
                  unsigned num_irqs, Error **errp)
{
    uint32_t spi = 0;

    for (unsigned i = 0; i < sbd->num_mmio; i++) {
        if (!farside_map(agent->fms, sbd, i, errp)) {
            return false;
        }
    }
    if (num_irqs) {
        spi = farside_wire(agent->fms, sbd, num_irqs, errp);
        if (!spi) {
            return false;
        }
    }
    dt_node_write(DT_NODE(sbd), agent->dt, spi);
    return true;
}

static bool smc_interrupts(const ScmiTransportConfig *config)
{
    switch (config ? config->type : SCMI_TRANSPORT_TYPE_SMC) {
    case SCMI_TRANSPORT_TYPE_SMC_PARAM:
        return config->u.smc_param.interrupt;
    case SCMI_TRANSPORT_TYPE_QCOM_SMC:
        return config->u.qcom_smc.interrupt;
    default:
        return config && config->u.smc.interrupt;
    }
}

static Object *add_smc(const FarsideAgent *agent, Error **errp)
{
    SysBusDevice *smc = agent_add(agent, "scmi-smc", TYPE_SCMI_SMC);
    bool interrupts = smc_interrupts(agent->config);

    set_protocols(smc, agent);
    qdev_prop_set_uint32(DEVICE(smc), "agent", agent->id);
    qdev_prop_set_uint32(DEVICE(smc), "function",
                         SCMI_SMC_DEFAULT_FUNCTION + agent->id - 1);
    qdev_prop_set_bit(DEVICE(smc), "completion-irq", interrupts);
    if (agent->config) {
        qdev_prop_set_string(DEVICE(smc), "variant",
                             ScmiTransportType_str(agent->config->type));
    }
    set_link(smc, "platform", agent->platform);
    set_link(smc, "conduit", agent->conduit);
    if (!sysbus_realize_and_unref(smc, errp) ||
        !place(agent, smc, interrupts ? smc->num_mmio : 0, errp)) {
        return NULL;
    }
    return OBJECT(smc);
}

/* How a version of the MHU is made: one device, or two that are alike. */
static const struct {
    const char *type;
    bool words;
    const char *minor;
} mhus[SCMI_MHU_VERSION__MAX] = {
    [SCMI_MHU_VERSION_V1] = { TYPE_ARM_MHU },
    [SCMI_MHU_VERSION_V1_WORD] = { TYPE_ARM_MHU, .words = true },
    [SCMI_MHU_VERSION_V2_0] = { TYPE_ARM_MHUV2, .minor = "0" },
    [SCMI_MHU_VERSION_V2] = { TYPE_ARM_MHUV2 },
    [SCMI_MHU_VERSION_V3] = { TYPE_ARM_MHUV3 },
};

/* One frame of an MHU that carries signals in one direction. */
static bool add_frame(const FarsideAgent *agent, SysBusDevice *scmi,
                      ScmiMhuVersion version, bool sender, Error **errp)
{
    SysBusDevice *mhu = agent_add(agent, sender ? "scmi-mhu-sender"
                                                : "scmi-mhu-receiver",
                                  mhus[version].type);

    qdev_prop_set_bit(DEVICE(mhu), "sender", sender);
    if (mhus[version].minor) {
        object_property_set_str(OBJECT(mhu), "minor", mhus[version].minor,
                                &error_abort);
    }
    set_link(scmi, sender ? "mailbox" : "reply-mailbox", mhu);
    return sysbus_realize_and_unref(mhu, errp) && place(agent, mhu, 1, errp);
}

static bool add_mhus(const FarsideAgent *agent, SysBusDevice *scmi,
                     ScmiMhuVersion version, Error **errp)
{
    SysBusDevice *mhu;

    if (strcmp(mhus[version].type, TYPE_ARM_MHU)) {
        return add_frame(agent, scmi, version, true, errp) &&
               add_frame(agent, scmi, version, false, errp);
    }
    mhu = agent_add(agent, "scmi-mhu", TYPE_ARM_MHU);
    qdev_prop_set_bit(DEVICE(mhu), "doorbells", !mhus[version].words);
    set_link(scmi, "mailbox", mhu);
    return sysbus_realize_and_unref(mhu, errp) &&
           place(agent, mhu, ARM_MHU_NUM_IRQS, errp);
}

static Object *add_mailbox(const FarsideAgent *agent, Error **errp)
{
    SysBusDevice *scmi = agent_add(agent, "scmi-mailbox", TYPE_SCMI_MAILBOX);
    const ScmiMailboxTransportConfig *config = &agent->config->u.mailbox;

    qdev_prop_set_uint32(DEVICE(scmi), "agent", agent->id);
    qdev_prop_set_bit(DEVICE(scmi), "completion-irq",
                      !config->has_interrupt || config->interrupt);
    qdev_prop_set_bit(DEVICE(scmi), "events",
                      !config->has_events || config->events);
    qdev_prop_set_bit(DEVICE(scmi), "event-completion",
                      config->event_completion);
    set_protocols(scmi, agent);
    set_link(scmi, "platform", agent->platform);
    if (!add_mhus(agent, scmi, config->has_mhu ? config->mhu
                                               : SCMI_MHU_VERSION_V1, errp) ||
        !sysbus_realize_and_unref(scmi, errp) ||
        !place(agent, scmi, 0, errp)) {
        return NULL;
    }
    return OBJECT(scmi);
}

/* The transport of virt's that the first virtio device gets. */
static BusState *virtio_mmio_bus(void)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &sysbus_get_default()->children, sibling) {
        if (object_dynamic_cast(OBJECT(kid->child), TYPE_VIRTIO_MMIO)) {
            return BUS(&VIRTIO_MMIO(kid->child)->bus);
        }
    }
    g_assert_not_reached();
}

static Object *add_virtio(const FarsideAgent *agent, Error **errp)
{
    bool mmio = agent->config->u.virtio.bus == SCMI_VIRTIO_BUS_MMIO;
    DeviceState *dev = qdev_new(mmio ? TYPE_VIRTIO_SCMI : "virtio-scmi-pci");
    g_autofree char *name = agent_name(agent, "scmi-virtio");
    Object *virtio;

    object_property_add_child(OBJECT(agent->fms), name, OBJECT(dev));
    object_property_set_link(OBJECT(dev), "platform", OBJECT(agent->platform),
                             &error_abort);
    qdev_prop_set_uint32(dev, "agent", agent->id);
    if (!qdev_realize_and_unref(dev, mmio ? virtio_mmio_bus()
                                          : BUS(VIRT_MACHINE(agent->fms)->bus),
                                errp)) {
        return NULL;
    }
    virtio = mmio ? OBJECT(dev)
                  : object_resolve_path_component(OBJECT(dev),
                                                  "virtio-backend");
    dt_node_write(DT_NODE(virtio), agent->dt, 0);
    return virtio;
}

static Object *add_transport(const FarsideAgent *agent, Error **errp)
{
    switch (agent->config ? agent->config->type : SCMI_TRANSPORT_TYPE_SMC) {
    case SCMI_TRANSPORT_TYPE_MAILBOX:
        return add_mailbox(agent, errp);
    case SCMI_TRANSPORT_TYPE_VIRTIO:
        return add_virtio(agent, errp);
    default:
        return add_smc(agent, errp);
    }
}

static bool add_fast_channels(FarsideMachineState *fms, ScmiPlatform *platform,
                              Error **errp)
{
    SysBusDevice *fast;

    if (!scmi_fast_size(platform)) {
        return true;
    }
    fast = farside_add(fms, "scmi-fastchannel", TYPE_SCMI_FASTCHANNEL);
    set_link(fast, "platform", platform);
    return sysbus_realize_and_unref(fast, errp) &&
           farside_map(fms, fast, 0, errp);
}

static ScmiPlatformConfig *load_config(const FarsideMachineState *fms)
{
    const ScmiPlatformSource *source = fms->scmi_source;

    if (!source) {
        return scmi_default_platform();
    }
    return source->type == QTYPE_QSTRING
           ? scmi_platform_load(source->u.file, &error_fatal)
           : QAPI_CLONE(ScmiPlatformConfig, &source->u.platform);
}

static bool add_platform(FarsideMachineState *fms, DtWriter *dt,
                         const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    FarsideAgent agent = { .fms = fms, .dt = dt };

    agent.conduit = farside_conduit(fms);
    agent.platform = scmi_platform_new(OBJECT(fms), "scmi-fw", config, errp);
    if (!agent.platform) {
        return false;
    }
    fms->scmi_platform = agent.platform;
    qemu_register_resettable(OBJECT(agent.platform));
    for (ScmiAgentConfigList *l = config->agents; l; l = l->next) {
        Object *transport;

        agent.id++;
        agent.config = l->value->transport;
        transport = add_transport(&agent, errp);
        if (!transport) {
            error_prepend(errp, "agents[%u].transport: ", agent.id - 1);
            return false;
        }
        if (agent.id == 1) {
            farside_add_scmi_consumers(fms, dt, agent.platform, agent.id,
                                       transport);
        }
    }
    return add_fast_channels(fms, agent.platform, errp);
}

void farside_add_scmi(FarsideMachineState *fms, DtWriter *dt)
{
    const ScmiPlatformSource *source = fms->scmi_source;
    g_autoptr(ScmiPlatformConfig) config = load_config(fms);
    Error *err = NULL;

    if (add_platform(fms, dt, config, &err)) {
        return;
    }
    if (source && source->type == QTYPE_QSTRING) {
        error_prepend(&err, "SCMI platform '%s': ", source->u.file);
    } else {
        error_prepend(&err, "SCMI platform: ");
    }
    error_report_err(err);
    exit(1);
}

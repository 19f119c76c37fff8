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

static Object *add_smc(const FarsideAgent *agent, Error **errp)
{
    SysBusDevice *smc = agent_add(agent, "scmi-smc", TYPE_SCMI_SMC);
    const uint8List *channels = agent->config ? agent->config->channels : NULL;
    bool irq = agent->config && agent->config->interrupt;
    unsigned num_channels = 1 + QAPI_LIST_LENGTH(channels);
    QList *protocols = qlist_new();
    uint32_t spi = 0;

    for (; channels; channels = channels->next) {
        qlist_append_int(protocols, channels->value);
    }
    qdev_prop_set_array(DEVICE(smc), "protocols", protocols);
    qdev_prop_set_uint32(DEVICE(smc), "agent", agent->id);
    qdev_prop_set_uint32(DEVICE(smc), "function",
                         SCMI_SMC_DEFAULT_FUNCTION + agent->id - 1);
    qdev_prop_set_bit(DEVICE(smc), "completion-irq", irq);
    if (agent->config) {
        qdev_prop_set_string(DEVICE(smc), "variant",
                             ScmiTransportType_str(agent->config->type));
    }
    set_link(smc, "platform", agent->platform);
    set_link(smc, "conduit", agent->conduit);
    if (!sysbus_realize_and_unref(smc, errp)) {
        return NULL;
    }
    for (unsigned i = 0; i < num_channels; i++) {
        farside_map(agent->fms, smc, i);
    }
    if (irq) {
        spi = farside_wire(agent->fms, smc, num_channels);
    }
    dt_node_write(DT_NODE(smc), agent->dt, spi);
    return OBJECT(smc);
}

/* An MHU, or one frame of it, with @num_irqs interrupts. */
static SysBusDevice *add_mhu(const FarsideAgent *agent, const char *name,
                             const char *type, bool sender, unsigned num_irqs)
{
    SysBusDevice *mhu = agent_add(agent, name, type);

    if (object_dynamic_cast(OBJECT(mhu), TYPE_ARM_MHU_FRAME)) {
        qdev_prop_set_bit(DEVICE(mhu), "sender", sender);
    }
    sysbus_realize_and_unref(mhu, &error_fatal);
    farside_map(agent->fms, mhu, 0);
    dt_node_write(DT_NODE(mhu), agent->dt,
                  farside_wire(agent->fms, mhu, num_irqs));
    return mhu;
}

static void add_mhus(const FarsideAgent *agent, SysBusDevice *scmi)
{
    ScmiMhuVersion version = agent->config->has_mhu ? agent->config->mhu
                                                    : SCMI_MHU_VERSION_V1;
    const char *type = version == SCMI_MHU_VERSION_V2 ? TYPE_ARM_MHUV2
                                                      : TYPE_ARM_MHUV3;

    if (version == SCMI_MHU_VERSION_V1) {
        set_link(scmi, "mailbox",
                 add_mhu(agent, "scmi-mhu", TYPE_ARM_MHU, false,
                         ARM_MHU_NUM_IRQS));
        return;
    }
    set_link(scmi, "mailbox",
             add_mhu(agent, "scmi-mhu-sender", type, true, 1));
    set_link(scmi, "reply-mailbox",
             add_mhu(agent, "scmi-mhu-receiver", type, false, 1));
}

static Object *add_mailbox(const FarsideAgent *agent, Error **errp)
{
    SysBusDevice *scmi = agent_add(agent, "scmi-mailbox", TYPE_SCMI_MAILBOX);

    qdev_prop_set_uint32(DEVICE(scmi), "agent", agent->id);
    set_link(scmi, "platform", agent->platform);
    add_mhus(agent, scmi);
    if (!sysbus_realize_and_unref(scmi, errp)) {
        return NULL;
    }
    farside_map(agent->fms, scmi, 0);
    farside_map(agent->fms, scmi, 1);
    dt_node_write(DT_NODE(scmi), agent->dt, 0);
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
    bool mmio = agent->config->has_bus &&
                agent->config->bus == SCMI_VIRTIO_BUS_MMIO;
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

static void add_fast_channels(FarsideMachineState *fms, ScmiPlatform *platform)
{
    SysBusDevice *fast;

    if (!scmi_fast_size(platform)) {
        return;
    }
    fast = farside_add(fms, "scmi-fastchannel", TYPE_SCMI_FASTCHANNEL);
    set_link(fast, "platform", platform);
    sysbus_realize_and_unref(fast, &error_fatal);
    farside_map(fms, fast, 0);
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
            farside_add_scmi_consumers(fms, dt, agent.platform, transport);
        }
    }
    add_fast_channels(fms, agent.platform);
    return true;
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

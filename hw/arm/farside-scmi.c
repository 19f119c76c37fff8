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

static void set_protocols(SysBusDevice *sbd, const uint8List *channels)
{
    QList *protocols = qlist_new();

    for (; channels; channels = channels->next) {
        qlist_append_int(protocols, channels->value);
    }
    qdev_prop_set_array(DEVICE(sbd), "protocols", protocols);
}

static void map_all(const FarsideAgent *agent, SysBusDevice *sbd)
{
    for (unsigned i = 0; i < sbd->num_mmio; i++) {
        farside_map(agent->fms, sbd, i);
    }
}

static const ScmiSmcTransportConfig *smc_config(const FarsideAgent *agent)
{
    static const ScmiSmcTransportConfig plain;

    switch (agent->config ? agent->config->type : SCMI_TRANSPORT_TYPE__MAX) {
    case SCMI_TRANSPORT_TYPE_SMC:
        return &agent->config->u.smc;
    case SCMI_TRANSPORT_TYPE_SMC_PARAM:
        return &agent->config->u.smc_param;
    case SCMI_TRANSPORT_TYPE_QCOM_SMC:
        return &agent->config->u.qcom_smc;
    default:
        return &plain;
    }
}

static Object *add_smc(const FarsideAgent *agent)
{
    SysBusDevice *smc = agent_add(agent, "scmi-smc", TYPE_SCMI_SMC);
    const ScmiSmcTransportConfig *config = smc_config(agent);
    uint32_t spi = 0;

    set_protocols(smc, config->channels);
    qdev_prop_set_uint32(DEVICE(smc), "agent", agent->id);
    qdev_prop_set_uint32(DEVICE(smc), "function",
                         SCMI_SMC_DEFAULT_FUNCTION + agent->id - 1);
    qdev_prop_set_bit(DEVICE(smc), "completion-irq", config->interrupt);
    if (agent->config) {
        qdev_prop_set_string(DEVICE(smc), "variant",
                             ScmiTransportType_str(agent->config->type));
    }
    set_link(smc, "platform", agent->platform);
    set_link(smc, "conduit", agent->conduit);
    sysbus_realize_and_unref(smc, &error_fatal);
    map_all(agent, smc);
    if (config->interrupt) {
        spi = farside_wire(agent->fms, smc, smc->num_mmio);
    }
    dt_node_write(DT_NODE(smc), agent->dt, spi);
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

static void realize_mhu(const FarsideAgent *agent, SysBusDevice *mhu,
                        unsigned num_irqs)
{
    sysbus_realize_and_unref(mhu, &error_fatal);
    map_all(agent, mhu);
    dt_node_write(DT_NODE(mhu), agent->dt,
                  farside_wire(agent->fms, mhu, num_irqs));
}

/* One frame of an MHU that carries signals in one direction. */
static SysBusDevice *add_frame(const FarsideAgent *agent, const char *name,
                               ScmiMhuVersion version, bool sender)
{
    SysBusDevice *mhu = agent_add(agent, name, mhus[version].type);

    qdev_prop_set_bit(DEVICE(mhu), "sender", sender);
    if (mhus[version].minor) {
        object_property_set_str(OBJECT(mhu), "minor", mhus[version].minor,
                                &error_abort);
    }
    realize_mhu(agent, mhu, 1);
    return mhu;
}

static void add_mhus(const FarsideAgent *agent, SysBusDevice *scmi,
                     ScmiMhuVersion version)
{
    SysBusDevice *mhu;

    if (strcmp(mhus[version].type, TYPE_ARM_MHU)) {
        set_link(scmi, "mailbox",
                 add_frame(agent, "scmi-mhu-sender", version, true));
        set_link(scmi, "reply-mailbox",
                 add_frame(agent, "scmi-mhu-receiver", version, false));
        return;
    }
    mhu = agent_add(agent, "scmi-mhu", TYPE_ARM_MHU);
    qdev_prop_set_bit(DEVICE(mhu), "doorbells", !mhus[version].words);
    realize_mhu(agent, mhu, ARM_MHU_NUM_IRQS);
    set_link(scmi, "mailbox", mhu);
}

static Object *add_mailbox(const FarsideAgent *agent)
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
    set_protocols(scmi, config->channels);
    set_link(scmi, "platform", agent->platform);
    add_mhus(agent, scmi, config->has_mhu ? config->mhu
                                          : SCMI_MHU_VERSION_V1);
    sysbus_realize_and_unref(scmi, &error_fatal);
    map_all(agent, scmi);
    dt_node_write(DT_NODE(scmi), agent->dt, 0);
    return OBJECT(scmi);
}

static Object *add_virtio(const FarsideAgent *agent)
{
    DeviceState *pci = qdev_new("virtio-scmi-pci");
    g_autofree char *name = agent_name(agent, "scmi-virtio");
    Object *virtio;

    object_property_add_child(OBJECT(agent->fms), name, OBJECT(pci));
    object_property_set_link(OBJECT(pci), "platform", OBJECT(agent->platform),
                             &error_abort);
    qdev_prop_set_uint32(pci, "agent", agent->id);
    qdev_realize_and_unref(pci, BUS(VIRT_MACHINE(agent->fms)->bus),
                           &error_fatal);
    virtio = object_resolve_path_component(OBJECT(pci), "virtio-backend");
    dt_node_write(DT_NODE(virtio), agent->dt, 0);
    return virtio;
}

static Object *add_transport(const FarsideAgent *agent)
{
    switch (agent->config ? agent->config->type : SCMI_TRANSPORT_TYPE_SMC) {
    case SCMI_TRANSPORT_TYPE_MAILBOX:
        return add_mailbox(agent);
    case SCMI_TRANSPORT_TYPE_VIRTIO:
        return add_virtio(agent);
    default:
        return add_smc(agent);
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

void farside_add_scmi(FarsideMachineState *fms, DtWriter *dt)
{
    g_autoptr(ScmiPlatformConfig) config = load_config(fms);
    FarsideAgent agent = { .fms = fms, .dt = dt };

    agent.conduit = farside_conduit(fms);
    agent.platform = scmi_platform_new(OBJECT(fms), "scmi-fw", config,
                                       &error_fatal);
    fms->scmi_platform = agent.platform;
    qemu_register_resettable(OBJECT(agent.platform));
    for (ScmiAgentConfigList *l = config->agents; l; l = l->next) {
        Object *transport;

        agent.id++;
        agent.config = l->value->transport;
        transport = add_transport(&agent);
        if (agent.id == 1) {
            farside_add_scmi_consumers(fms, dt, agent.platform, transport);
        }
    }
    add_fast_channels(fms, agent.platform);
}

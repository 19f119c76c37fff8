/*
 * SCMI vendor protocol of NXP i.MX: LMM (0x80), version 1.0
 *
 * Boots, resets and shuts down logical machines: sets of processors that run
 * apart from each other, each with agents of its own. Of what is behind them
 * only the run modes of their processors are modelled (imx-cpu.c), so they
 * obey at once, gracefully or not.
 *
 * Source: Linux drivers/firmware/arm_scmi/vendors/imx/imx95.rst and
 * imx-sm-lmm.c, include/linux/scmi_imx_protocol.h.
 *
 * QEMU interface of a logical machine ("<platform>/imx-lmm/<name>"):
 *  + QOM property "state": its state (enum ScmiImxLmState). Writing it is the
 *    machine changing by itself, of which agents that subscribed are told.
 *  + QOM property "error": the last error status recorded (uint32)
 *  + QOM properties "boot-reason" and "shutdown-reason": as RESET_REASON
 *    reports them, bit 31 set if they are valid (uint32)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "migration/vmstate.h"
#include "imx-cpu.h"

#define TYPE_SCMI_IMX_LM "scmi-imx-lm"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiImxLm, SCMI_IMX_LM)

enum {
    LMM_ATTRIBUTES = 0x3,
    LMM_BOOT = 0x4,
    LMM_RESET = 0x5,
    LMM_SHUTDOWN = 0x6,
    LMM_WAKE = 0x7,
    LMM_SUSPEND = 0x8,
    LMM_NOTIFY = 0x9,
    LMM_RESET_REASON = 0xa,
    LMM_POWER_ON = 0xb,
    LMM_RESET_VECTOR_SET = 0xc,
};

#define LMM_EVENT 0x0

/* Kinds of the event, by their bits. */
enum {
    LMM_EVENT_BOOT = 0,
    LMM_EVENT_SHUTDOWN = 1,
    LMM_EVENT_SUSPEND = 2,
    LMM_EVENT_WAKE = 3,
    LMM_NUM_EVENTS = 4,
};

#define LMM_SELF UINT32_MAX

/* Reset reasons have no room for more. */
#define LMM_MAX 16
#define LMM_NUM_EXTENDED_INFO 3

FIELD(LMM_FLAGS, GRACEFUL, 0, 1)

FIELD(LMM_REASON, REASON, 0, 8)
FIELD(LMM_REASON, ORIGIN, 24, 4)
FIELD(LMM_REASON, ORIGIN_VALID, 28, 1)
FIELD(LMM_REASON, VALID, 31, 1)

/* Of the reset reasons that Linux drivers/firmware/imx/sm-misc.c names. */
#define LMM_REASON_SOFTWARE 16
#define LMM_REASON_POWER_ON 31

/**
 * ScmiImxLm:
 * @agents: which run in it, by number
 */
struct ScmiImxLm {
    ScmiResource parent_obj;
    unsigned long *agents;
    uint32_t state_at_reset;
    uint32_t state;
    uint32_t error;
    uint32_t boot_reason;
    uint32_t shutdown_reason;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiImxLm, scmi_imx_lm, SCMI_IMX_LM, SCMI_RESOURCE)

static const ScmiProtocol imx_lmm_protocol;

/* The machine that names an agent, or -1. */
static int lm_naming(const ScmiPlatform *platform, unsigned agent)
{
    unsigned n = scmi_num_resources(platform, &imx_lmm_protocol);

    for (unsigned id = 0; id < n; id++) {
        const ScmiImxLm *lm =
            SCMI_IMX_LM(scmi_resource(platform, &imx_lmm_protocol, id));

        if (test_bit(agent, lm->agents)) {
            return id;
        }
    }
    return -1;
}

/* The machine that an agent runs in: the first one unless another names it. */
static uint32_t agent_lm(const ScmiPlatform *platform, unsigned agent)
{
    return MAX(0, lm_naming(platform, agent));
}

/* Only LMM_ATTRIBUTES may say "mine". */
static uint32_t lmm_find(const ScmiCall *call, uint32_t id)
{
    return id == LMM_SELF && call->message->id == LMM_ATTRIBUTES
           ? agent_lm(call->platform, call->agent) : id;
}

static ScmiStatus lmm_protocol_attributes(ScmiCall *call)
{
    scmi_put_u32(call, scmi_num_resources(call->platform, call->protocol));
    return SCMI_SUCCESS;
}

static ScmiStatus lmm_attributes(ScmiCall *call)
{
    const ScmiImxLm *lm = SCMI_IMX_LM(call->resource);

    scmi_put_u32(call, call->resource->id);
    scmi_put_u32(call, 0);
    scmi_put_u32(call, lm->state);
    scmi_put_u32(call, lm->error);
    scmi_put_text(call, call->resource->name, SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

/* Changing states */

static void lm_notify(ScmiImxLm *lm, unsigned kind, uint32_t cause)
{
    ScmiResource *resource = SCMI_RESOURCE(lm);
    ScmiPlatform *platform = scmi_resource_platform(resource);
    uint32_t words[] = { cause, resource->id, 1u << kind };

    for (unsigned agent = 1; agent < scmi_platform_num_agents(platform);
         agent++) {
        scmi_notify_kind(platform, agent, &imx_lmm_protocol, LMM_EVENT, kind,
                         resource->id, words, ARRAY_SIZE(words));
    }
}

static uint32_t lm_reason(uint32_t cause, uint32_t reason)
{
    uint32_t flags = FIELD_DP32(0, LMM_REASON, VALID, 1);

    flags = FIELD_DP32(flags, LMM_REASON, ORIGIN_VALID, 1);
    flags = FIELD_DP32(flags, LMM_REASON, ORIGIN, cause);
    return FIELD_DP32(flags, LMM_REASON, REASON, reason);
}

/* What ran in a machine that is off has what it had after reset. */
static void lm_reset_agents(const ScmiResource *lm)
{
    ScmiPlatform *platform = scmi_resource_platform(lm);

    for (unsigned i = 1; i < scmi_platform_num_agents(platform); i++) {
        if (agent_lm(platform, i) == lm->id) {
            scmi_agent_reset(platform, i, false);
        }
    }
}

/* @cause: the machine that had it changed */
static void lm_set_state(ScmiImxLm *lm, ScmiImxLmState state, uint32_t cause)
{
    ScmiImxLmState old = lm->state;

    lm->state = state;
    if (state == old) {
        return;
    }
    scmi_imx_cpus_follow(scmi_resource_platform(SCMI_RESOURCE(lm)),
                         SCMI_RESOURCE(lm)->id, state);
    switch (state) {
    case SCMI_IMX_LM_STATE_OFF:
        lm->shutdown_reason = lm_reason(cause, LMM_REASON_SOFTWARE);
        lm_reset_agents(SCMI_RESOURCE(lm));
        lm_notify(lm, LMM_EVENT_SHUTDOWN, cause);
        break;
    case SCMI_IMX_LM_STATE_ON:
        if (old == SCMI_IMX_LM_STATE_SUSPENDED) {
            lm_notify(lm, LMM_EVENT_WAKE, cause);
            break;
        }
        lm->boot_reason = lm_reason(cause, LMM_REASON_SOFTWARE);
        lm_notify(lm, LMM_EVENT_BOOT, cause);
        break;
    case SCMI_IMX_LM_STATE_SUSPENDED:
        lm_notify(lm, LMM_EVENT_SUSPEND, cause);
        break;
    default:
        break;
    }
}

/* An agent manages other machines than its own. */
static ScmiStatus lmm_change(ScmiCall *call, ScmiImxLmState state)
{
    uint32_t own = agent_lm(call->platform, call->agent);

    if (call->resource->id == own) {
        return SCMI_INVALID_PARAMETERS;
    }
    lm_set_state(SCMI_IMX_LM(call->resource), state, own);
    return SCMI_SUCCESS;
}

static ScmiStatus lmm_boot(ScmiCall *call)
{
    return lmm_change(call, SCMI_IMX_LM_STATE_ON);
}

static ScmiStatus lmm_shutdown(ScmiCall *call)
{
    if (call->payload[1] & ~R_LMM_FLAGS_GRACEFUL_MASK) {
        return SCMI_INVALID_PARAMETERS;
    }
    return lmm_change(call, SCMI_IMX_LM_STATE_OFF);
}

static ScmiStatus lmm_reset(ScmiCall *call)
{
    ScmiStatus status = lmm_shutdown(call);

    return status ?: lmm_boot(call);
}

/* What is not asleep stays as it is, and so does what does not run. */
static ScmiStatus lmm_wake(ScmiCall *call)
{
    ScmiImxLmState state = SCMI_IMX_LM(call->resource)->state;

    return lmm_change(call, state == SCMI_IMX_LM_STATE_SUSPENDED
                            ? SCMI_IMX_LM_STATE_ON : state);
}

static ScmiStatus lmm_suspend(ScmiCall *call)
{
    ScmiImxLmState state = SCMI_IMX_LM(call->resource)->state;

    return lmm_change(call, state == SCMI_IMX_LM_STATE_ON
                            ? SCMI_IMX_LM_STATE_SUSPENDED : state);
}

static ScmiStatus lmm_power_on(ScmiCall *call)
{
    ScmiImxLmState state = SCMI_IMX_LM(call->resource)->state;

    return lmm_change(call, state == SCMI_IMX_LM_STATE_OFF
                            ? SCMI_IMX_LM_STATE_POWERED : state);
}

static ScmiStatus lmm_reset_reason(ScmiCall *call)
{
    const ScmiImxLm *lm = SCMI_IMX_LM(call->resource);

    scmi_put_u32(call, lm->boot_reason);
    scmi_put_u32(call, lm->shutdown_reason);
    for (unsigned i = 0; i < LMM_NUM_EXTENDED_INFO; i++) {
        scmi_put_u32(call, 0);
    }
    return SCMI_SUCCESS;
}

static ScmiStatus lmm_reset_vector_set(ScmiCall *call)
{
    uint64_t vector = deposit64(call->payload[3], 32, 32, call->payload[4]);

    if (call->payload[2]) {
        return SCMI_INVALID_PARAMETERS;
    }
    return scmi_imx_cpu_set_reset_vector(call->platform, call->resource->id,
                                         call->payload[1], vector);
}

static const ScmiMessage lmm_messages[] = {
    { LMM_ATTRIBUTES, "attributes", .min = 4, .domain = 0,
      .handler = lmm_attributes },
    { LMM_BOOT, "boot", .min = 4, .domain = 0, .handler = lmm_boot },
    { LMM_RESET, "reset", .min = 8, .domain = 0, .handler = lmm_reset },
    { LMM_SHUTDOWN, "shutdown", .min = 8, .domain = 0,
      .handler = lmm_shutdown },
    { LMM_WAKE, "wake", .min = 4, .domain = 0, .handler = lmm_wake },
    { LMM_SUSPEND, "suspend", .min = 4, .domain = 0,
      .handler = lmm_suspend },
    { LMM_NOTIFY, "notify", .min = 8, .domain = 0, .notify = true,
      .enable = 1, .event = LMM_EVENT_BOOT, .kinds = LMM_NUM_EVENTS },
    { LMM_RESET_REASON, "reset_reason", .min = 4, .domain = 0,
      .handler = lmm_reset_reason },
    { LMM_POWER_ON, "power_on", .min = 4, .domain = 0,
      .handler = lmm_power_on },
    { LMM_RESET_VECTOR_SET, "reset_vector_set", .min = 20, .domain = 0,
      .handler = lmm_reset_vector_set },
};

static void lm_reset_state(ScmiImxLm *lm)
{
    lm->state = lm->state_at_reset;
    lm->error = 0;
    lm->boot_reason = 0;
    lm->shutdown_reason = 0;
    if (lm->state == SCMI_IMX_LM_STATE_ON) {
        lm->boot_reason = R_LMM_REASON_VALID_MASK |
                          FIELD_DP32(0, LMM_REASON, REASON,
                                     LMM_REASON_POWER_ON);
    }
}

/* Each agent that a machine names is one, and runs nowhere else. */
static bool set_agents(const ScmiPlatform *platform, ScmiImxLm *lm,
                       const strList *l, Error **errp)
{
    unsigned n = scmi_platform_num_agents(platform);

    lm->agents = bitmap_new(n);
    for (unsigned i = 0; l; l = l->next, i++) {
        unsigned agent = n;

        while (--agent && strcmp(scmi_agent_name(platform, agent), l->value)) {
            continue;
        }
        if (!agent || lm_naming(platform, agent) >= 0) {
            error_setg(errp, "agents[%u]: %s '%s'", i,
                       agent ? "another machine has agent"
                             : "no agent is named", l->value);
            return false;
        }
        set_bit(agent, lm->agents);
    }
    return true;
}

static bool lm_add(ScmiPlatform *platform, const ScmiImxLmConfig *config,
                   Error **errp)
{
    ScmiImxLm *lm = SCMI_IMX_LM(object_new(TYPE_SCMI_IMX_LM));

    if (!set_agents(platform, lm, config->agents, errp)) {
        object_unref(OBJECT(lm));
        return false;
    }
    lm->state_at_reset = config->has_state ? config->state
                                           : SCMI_IMX_LM_STATE_OFF;
    lm_reset_state(lm);
    return scmi_platform_add(platform, &imx_lmm_protocol, SCMI_RESOURCE(lm),
                             config->name, errp);
}

static bool lmm_populate(ScmiPlatform *platform,
                         const ScmiPlatformConfig *config, Error **errp)
{
    ERRP_GUARD();
    const ScmiImxLmConfigList *l = config->imx_lms;

    if (!scmi_check_count("imx-lms", QAPI_LIST_LENGTH(l), LMM_MAX, errp)) {
        return false;
    }
    for (uint32_t id = 0; l; l = l->next, id++) {
        if (!lm_add(platform, l->value, errp)) {
            error_prepend(errp, "imx-lms[%u].", id);
            return false;
        }
    }
    return true;
}

static const ScmiProtocol imx_lmm_protocol = {
    .id = SCMI_PROTOCOL_IMX_LMM,
    .name = "imx-lmm",
    .version = 0x10000,
    .populate = lmm_populate,
    .find = lmm_find,
    .attributes = lmm_protocol_attributes,
    .messages = lmm_messages,
    .num_messages = ARRAY_SIZE(lmm_messages),
};

SCMI_PROTOCOL_REGISTER(imx_lmm_protocol)

static int lm_post_load(void *opaque, int version_id)
{
    const ScmiImxLm *lm = opaque;

    return lm->state < SCMI_IMX_LM_STATE__MAX ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_imx_lm = {
    .name = TYPE_SCMI_IMX_LM,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = lm_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(state, ScmiImxLm),
        VMSTATE_UINT32(error, ScmiImxLm),
        VMSTATE_UINT32(boot_reason, ScmiImxLm),
        VMSTATE_UINT32(shutdown_reason, ScmiImxLm),
        VMSTATE_END_OF_LIST()
    },
};

static int lm_get_state(Object *obj, Error **errp)
{
    return SCMI_IMX_LM(obj)->state;
}

static void lm_set_state_outside(Object *obj, int value, Error **errp)
{
    lm_set_state(SCMI_IMX_LM(obj), value, SCMI_RESOURCE(obj)->id);
}

static void lm_reset_hold(Object *obj, ResetType type)
{
    lm_reset_state(SCMI_IMX_LM(obj));
}

static void scmi_imx_lm_init(Object *obj)
{
    ScmiImxLm *lm = SCMI_IMX_LM(obj);

    object_property_add_uint32_ptr(obj, "error", &lm->error,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint32_ptr(obj, "boot-reason", &lm->boot_reason,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint32_ptr(obj, "shutdown-reason",
                                   &lm->shutdown_reason,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void scmi_imx_lm_finalize(Object *obj)
{
    g_free(SCMI_IMX_LM(obj)->agents);
}

static void scmi_imx_lm_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    SCMI_RESOURCE_CLASS(oc)->vmsd = &vmstate_imx_lm;
    rc->phases.hold = lm_reset_hold;
    object_class_property_add_enum(oc, "state", "ScmiImxLmState",
                                   &ScmiImxLmState_lookup, lm_get_state,
                                   lm_set_state_outside);
}

/*
 * SCMI system power management protocol (0x12), version 2.1
 *
 * An agent switches the machine off or resets it, and is asked to do so by
 * itself: a graceful request goes to the agents that subscribed, and is
 * carried out by force once its time is over.
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/system.c and
 * scmi_power_control.c; the attributes of STATE_SET: SCP-firmware
 * module/scmi_system_power.
 *
 * QEMU interface ("<platform>/system"):
 *  + QOM property "request": the graceful request under way (enum
 *    ScmiSystemRequest). Writing it makes one in the platform's name; "none"
 *    withdraws it. It is not kept if no agent subscribed to hear of it.
 *  + QOM property "timeout": how long agents get for a graceful request, in
 *    milliseconds (uint32); 0 if there is no limit
 *  + QOM property "by-agent": whether an agent made the request (bool,
 *    read-only)
 *  + QOM property "deadline": when it is carried out by force, in nanoseconds
 *    of the virtual clock; -1 if never (int64, read-only)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "migration/vmstate.h"
#include "protocol.h"
#include "qemu/timer.h"
#include "system/runstate.h"

#define TYPE_SCMI_SYSTEM "scmi-system"
OBJECT_DECLARE_SIMPLE_TYPE(ScmiSystem, SCMI_SYSTEM)

enum {
    SYSTEM_STATE_SET = 0x3,
    SYSTEM_STATE_GET = 0x4,
    SYSTEM_STATE_NOTIFY = 0x5,
};

/* The event. */
#define SYSTEM_POWER_STATE_NOTIFIER 0x0

#define SYSTEM_V2 0x20000

FIELD(SYSTEM_STATE_SET_ATTRIBUTES, SUSPEND, 30, 1)
FIELD(SYSTEM_STATE_SET_ATTRIBUTES, WARM_RESET, 31, 1)

FIELD(SYSTEM_FLAGS, GRACEFUL, 0, 1)

enum SystemState {
    SYSTEM_SHUTDOWN = 0,
    SYSTEM_COLD_RESET = 1,
    SYSTEM_WARM_RESET = 2,
    SYSTEM_POWER_UP = 3,
    SYSTEM_SUSPEND = 4,
};

static const uint32_t request_states[SCMI_SYSTEM_REQUEST__MAX] = {
    [SCMI_SYSTEM_REQUEST_NONE] = SYSTEM_POWER_UP,
    [SCMI_SYSTEM_REQUEST_SHUTDOWN] = SYSTEM_SHUTDOWN,
    [SCMI_SYSTEM_REQUEST_COLD_RESET] = SYSTEM_COLD_RESET,
    [SCMI_SYSTEM_REQUEST_WARM_RESET] = SYSTEM_WARM_RESET,
    [SCMI_SYSTEM_REQUEST_SUSPEND] = SYSTEM_SUSPEND,
};

/**
 * ScmiSystem:
 * @warm_reset, @suspend: whether it can be asked for these
 * @timeout: in ms, 0 for none
 * @request: the graceful request under way, a ScmiSystemRequest
 * @by_agent: an agent made it
 * @deadline: when it is carried out by force (virtual clock, ns), -1 if never
 */
struct ScmiSystem {
    DeviceState parent_obj;
    QEMUTimer *timer;
    bool warm_reset;
    bool suspend;
    uint32_t timeout;
    uint32_t request;
    bool by_agent;
    int64_t deadline;
};

OBJECT_DEFINE_SIMPLE_TYPE(ScmiSystem, scmi_system, SCMI_SYSTEM, DEVICE)

static ScmiSystem *call_system(const ScmiCall *call)
{
    return SCMI_SYSTEM(scmi_protocol_device(call->platform, call->protocol));
}

static bool request_supported(const ScmiSystem *system,
                              ScmiSystemRequest request)
{
    switch (request) {
    case SCMI_SYSTEM_REQUEST_WARM_RESET:
        return system->warm_reset;
    case SCMI_SYSTEM_REQUEST_SUSPEND:
        return system->suspend;
    default:
        return true;
    }
}

/* What becomes of the machine */

static void system_carry_out(ScmiSystemRequest request, bool by_agent)
{
    switch (request) {
    case SCMI_SYSTEM_REQUEST_SHUTDOWN:
        qemu_system_shutdown_request(by_agent
                                     ? SHUTDOWN_CAUSE_GUEST_SHUTDOWN
                                     : SHUTDOWN_CAUSE_HOST_QMP_QUIT);
        break;
    case SCMI_SYSTEM_REQUEST_COLD_RESET:
    case SCMI_SYSTEM_REQUEST_WARM_RESET:
        qemu_system_reset_request(by_agent
                                  ? SHUTDOWN_CAUSE_GUEST_RESET
                                  : SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
        break;
    case SCMI_SYSTEM_REQUEST_SUSPEND:
        qemu_system_suspend_request();
        break;
    default:
        break;
    }
}

static void system_rearm(ScmiSystem *system)
{
    if (system->deadline < 0) {
        timer_del(system->timer);
    } else {
        timer_mod(system->timer, system->deadline);
    }
}

static void system_set_pending(ScmiSystem *system, ScmiSystemRequest request,
                               bool by_agent)
{
    bool limited = request != SCMI_SYSTEM_REQUEST_NONE && system->timeout;

    system->request = request;
    system->by_agent = by_agent;
    system->deadline = limited
                       ? qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                         (int64_t)system->timeout * SCALE_MS
                       : -1;
    system_rearm(system);
}

static void system_expired(void *opaque)
{
    ScmiSystem *system = opaque;
    ScmiSystemRequest request = system->request;
    bool by_agent = system->by_agent;

    system_set_pending(system, SCMI_SYSTEM_REQUEST_NONE, false);
    system_carry_out(request, by_agent);
}

/* Tell the agents that subscribed; returns whether there are any. */
static bool system_notify(ScmiSystem *system, ScmiSystemRequest request,
                          bool graceful, unsigned cause)
{
    ScmiPlatform *platform = scmi_device_platform(DEVICE(system));
    uint32_t words[] = {
        FIELD_DP32(0, SYSTEM_FLAGS, GRACEFUL, graceful),
        request_states[request],
        graceful ? system->timeout : 0,
    };
    bool heard = false;

    for (unsigned agent = 1; agent < scmi_platform_num_agents(platform);
         agent++) {
        bool v2 = scmi_agent_version(platform, agent,
                                     &scmi_system_protocol) >= SYSTEM_V2;

        /* Linux drops an event that is not as long as its version has it. */
        heard |= scmi_notify_agent(platform, agent, &scmi_system_protocol,
                                   SYSTEM_POWER_STATE_NOTIFIER, 0, cause,
                                   words, v2 ? 3 : 2);
    }
    return heard;
}

static void system_request(ScmiSystem *system, ScmiSystemRequest request,
                           bool graceful, unsigned cause)
{
    bool by_agent = cause != SCMI_AGENT_PLATFORM;

    if (system_notify(system, request, graceful, cause) && graceful) {
        /* An agent that went to sleep does not tell: nothing to wait for. */
        system_set_pending(system, request == SCMI_SYSTEM_REQUEST_SUSPEND
                                   ? SCMI_SYSTEM_REQUEST_NONE : request,
                           by_agent);
        return;
    }
    system_set_pending(system, SCMI_SYSTEM_REQUEST_NONE, false);
    system_carry_out(request, by_agent);
}

/* Messages */

static ScmiStatus system_attributes(ScmiCall *call)
{
    scmi_put_u32(call, 0);
    return SCMI_SUCCESS;
}

static uint32_t system_state_set_attributes(const ScmiCall *call)
{
    const ScmiSystem *system = call_system(call);
    uint32_t attributes = 0;

    attributes = FIELD_DP32(attributes, SYSTEM_STATE_SET_ATTRIBUTES,
                            WARM_RESET, system->warm_reset);
    return FIELD_DP32(attributes, SYSTEM_STATE_SET_ATTRIBUTES, SUSPEND,
                      system->suspend);
}

static ScmiSystemRequest request_of_state(uint32_t state)
{
    for (int i = 0; i < SCMI_SYSTEM_REQUEST__MAX; i++) {
        if (request_states[i] == state) {
            return i;
        }
    }
    return SCMI_SYSTEM_REQUEST_NONE;
}

static ScmiStatus system_state_set(ScmiCall *call)
{
    ScmiSystem *system = call_system(call);
    uint32_t flags = call->payload[0];
    ScmiSystemRequest request = request_of_state(call->payload[1]);

    if (flags & ~R_SYSTEM_FLAGS_GRACEFUL_MASK) {
        return SCMI_INVALID_PARAMETERS;
    }
    /* The machine is powered up already, or nobody could ask. */
    if (request == SCMI_SYSTEM_REQUEST_NONE) {
        return SCMI_INVALID_PARAMETERS;
    }
    if (!request_supported(system, request)) {
        return SCMI_NOT_SUPPORTED;
    }
    system_request(system, request, flags, call->agent);
    return SCMI_SUCCESS;
}

/* It is up as long as it runs, whatever is under way. */
static ScmiStatus system_state_get(ScmiCall *call)
{
    scmi_put_u32(call, SYSTEM_POWER_UP);
    return SCMI_SUCCESS;
}

static const ScmiMessage system_messages[] = {
    { SYSTEM_STATE_SET, "state_set", .min = 8, .domain = SCMI_NO_DOMAIN,
      .handler = system_state_set,
      .message_attributes = system_state_set_attributes },
    { SYSTEM_STATE_GET, "state_get", .domain = SCMI_NO_DOMAIN,
      .handler = system_state_get },
    { SYSTEM_STATE_NOTIFY, "state_notify", .min = 4,
      .domain = SCMI_NO_DOMAIN, .notify = true, .enable = 0,
      .event = SYSTEM_POWER_STATE_NOTIFIER },
};

static bool system_configured(const ScmiPlatformConfig *config)
{
    return config->system_power;
}

static bool system_populate(ScmiPlatform *platform,
                            const ScmiPlatformConfig *config, Error **errp)
{
    const ScmiSystemPowerConfig *c = config->system_power;
    ScmiSystem *system =
        SCMI_SYSTEM(scmi_protocol_device(platform, &scmi_system_protocol));

    system->timeout = c->has_timeout ? c->timeout : 0;
    system->warm_reset = !c->has_warm_reset || c->warm_reset;
    system->suspend = c->has_suspend && c->suspend;
    if (system->suspend) {
        qemu_register_wakeup_support();
    }
    return true;
}

const ScmiProtocol scmi_system_protocol = {
    .id = SCMI_PROTOCOL_SYSTEM,
    .name = "system",
    .version = 0x20001,
    .type = TYPE_SCMI_SYSTEM,
    .configured = system_configured,
    .populate = system_populate,
    .attributes = system_attributes,
    .messages = system_messages,
    .num_messages = ARRAY_SIZE(system_messages),
};

/* Device */

static int system_post_load(void *opaque, int version_id)
{
    ScmiSystem *system = opaque;

    if (system->request >= SCMI_SYSTEM_REQUEST__MAX ||
        !request_supported(system, system->request) ||
        (system->request == SCMI_SYSTEM_REQUEST_NONE &&
         system->deadline >= 0)) {
        return -EINVAL;
    }
    system_rearm(system);
    return 0;
}

static const VMStateDescription vmstate_scmi_system = {
    .name = TYPE_SCMI_SYSTEM,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = system_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(timeout, ScmiSystem),
        VMSTATE_UINT32(request, ScmiSystem),
        VMSTATE_BOOL(by_agent, ScmiSystem),
        VMSTATE_INT64(deadline, ScmiSystem),
        VMSTATE_END_OF_LIST()
    },
};

static int system_get_request(Object *obj, Error **errp)
{
    return SCMI_SYSTEM(obj)->request;
}

static void system_set_request(Object *obj, int value, Error **errp)
{
    ScmiSystem *system = SCMI_SYSTEM(obj);

    if (!request_supported(system, value)) {
        error_setg(errp, "system: the platform does not support '%s'",
                   ScmiSystemRequest_str(value));
        return;
    }
    if (value == SCMI_SYSTEM_REQUEST_NONE) {
        system_set_pending(system, SCMI_SYSTEM_REQUEST_NONE, false);
        return;
    }
    system_request(system, value, true, SCMI_AGENT_PLATFORM);
}

static bool system_get_by_agent(Object *obj, Error **errp)
{
    return SCMI_SYSTEM(obj)->by_agent;
}

static void system_get_deadline(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    visit_type_int64(v, name, &SCMI_SYSTEM(obj)->deadline, errp);
}

static void system_reset_hold(Object *obj, ResetType type)
{
    system_set_pending(SCMI_SYSTEM(obj), SCMI_SYSTEM_REQUEST_NONE, false);
}

static void scmi_system_init(Object *obj)
{
    ScmiSystem *system = SCMI_SYSTEM(obj);

    system->deadline = -1;
    system->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, system_expired, system);
    object_property_add_uint32_ptr(obj, "timeout", &system->timeout,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void scmi_system_finalize(Object *obj)
{
    timer_free(SCMI_SYSTEM(obj)->timer);
}

static void scmi_system_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->vmsd = &vmstate_scmi_system;
    /* Reason: made by a platform from its configuration */
    dc->user_creatable = false;
    scmi_migrate_by_path(oc);
    rc->phases.hold = system_reset_hold;
    object_class_property_add_enum(oc, "request", "ScmiSystemRequest",
                                   &ScmiSystemRequest_lookup,
                                   system_get_request, system_set_request);
    object_class_property_add_bool(oc, "by-agent", system_get_by_agent, NULL);
    object_class_property_add(oc, "deadline", "int64", system_get_deadline,
                              NULL, NULL, NULL);
}

/*
 * SCMI base protocol (0x10), version 2.1
 *
 * Source: Arm DEN0056; Linux drivers/firmware/arm_scmi/base.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "protocol.h"

enum {
    BASE_DISCOVER_VENDOR = 0x3,
    BASE_DISCOVER_SUB_VENDOR = 0x4,
    BASE_DISCOVER_IMPLEMENTATION_VERSION = 0x5,
    BASE_DISCOVER_LIST_PROTOCOLS = 0x6,
    BASE_DISCOVER_AGENT = 0x7,
    BASE_NOTIFY_ERRORS = 0x8,
    BASE_SET_DEVICE_PERMISSIONS = 0x9,
    BASE_SET_PROTOCOL_PERMISSIONS = 0xa,
    BASE_RESET_AGENT_CONFIGURATION = 0xb,
};

/* The event. */
#define BASE_ERROR_EVENT 0x0

FIELD(BASE_ERROR, COMMANDS, 0, 10)

#define BASE_AGENT_MYSELF UINT32_MAX

/* Base itself is not listed. */
static unsigned num_listed_protocols(const ScmiCall *call)
{
    unsigned n = 0;

    while (scmi_agent_protocol(call->platform, call->agent, n + 1)) {
        n++;
    }
    return n;
}

/* The platform has a number among agents, but is none. */
static ScmiStatus base_attributes(ScmiCall *call)
{
    scmi_put_u8(call, num_listed_protocols(call));
    scmi_put_u8(call, scmi_platform_num_agents(call->platform) - 1);
    scmi_put_u16(call, 0);
    return SCMI_SUCCESS;
}

static ScmiStatus base_discover_vendor(ScmiCall *call)
{
    scmi_put_text(call, scmi_platform_config(call->platform)->vendor,
                  SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

static ScmiStatus base_discover_sub_vendor(ScmiCall *call)
{
    scmi_put_text(call, scmi_platform_config(call->platform)->sub_vendor,
                  SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

static ScmiStatus base_discover_implementation_version(ScmiCall *call)
{
    scmi_put_u32(call, scmi_platform_config(call->platform)->version);
    return SCMI_SUCCESS;
}

static ScmiStatus base_discover_list_protocols(ScmiCall *call)
{
    uint32_t skip = call->payload[0];
    unsigned total = num_listed_protocols(call);
    unsigned n;

    if (skip > total) {
        return SCMI_INVALID_PARAMETERS;
    }
    n = scmi_chunk(call, skip, total, sizeof(uint32_t), 1);
    scmi_put_u32(call, n);
    for (unsigned i = 0; i < n; i++) {
        scmi_put_u8(call, scmi_agent_protocol(call->platform, call->agent,
                                              skip + i + 1)->id);
    }
    scmi_put_padding(call);
    return SCMI_SUCCESS;
}

static ScmiStatus base_discover_agent(ScmiCall *call)
{
    uint32_t agent = call->payload[0];

    if (agent == BASE_AGENT_MYSELF && call->version >= 0x20000) {
        agent = call->agent;
    }
    if (agent >= scmi_platform_num_agents(call->platform)) {
        return SCMI_NOT_FOUND;
    }
    if (call->version >= 0x20000) {
        scmi_put_u32(call, agent);
    }
    scmi_put_text(call, scmi_agent_name(call->platform, agent),
                  SCMI_SHORT_NAME_SIZE);
    return SCMI_SUCCESS;
}

/* The agent, and what word @flags may have, of a message on permissions. */
static ScmiStatus check_permission_call(const ScmiCall *call, uint32_t flags)
{
    if (call->payload[0] >= scmi_platform_num_agents(call->platform)) {
        return SCMI_NOT_FOUND;
    }
    return flags > 1 ? SCMI_INVALID_PARAMETERS : SCMI_SUCCESS;
}

static ScmiStatus base_set_device_permissions(ScmiCall *call)
{
    ScmiStatus status = check_permission_call(call, call->payload[2]);

    if (status == SCMI_SUCCESS &&
        !scmi_agent_is_trusted(call->platform, call->agent)) {
        status = SCMI_DENIED;
    }
    return status ?: scmi_permit_device(call->platform, call->payload[0],
                                        call->payload[1], call->payload[2]);
}

static ScmiStatus base_set_protocol_permissions(ScmiCall *call)
{
    ScmiStatus status = check_permission_call(call, call->payload[3]);

    if (status == SCMI_SUCCESS &&
        !scmi_agent_is_trusted(call->platform, call->agent)) {
        status = SCMI_DENIED;
    }
    return status ?: scmi_permit_protocol(call->platform, call->payload[0],
                                          call->payload[1], call->payload[2],
                                          call->payload[3]);
}

/* What others have configured, only a trusted agent may reset. */
static ScmiStatus base_reset_agent_configuration(ScmiCall *call)
{
    uint32_t agent = call->payload[0];
    uint32_t flags = call->payload[1];
    ScmiStatus status = check_permission_call(call, flags);

    if (status != SCMI_SUCCESS) {
        return status;
    }
    if ((agent != call->agent || flags) &&
        !scmi_agent_is_trusted(call->platform, call->agent)) {
        return SCMI_DENIED;
    }
    scmi_agent_reset(call->platform, agent, flags);
    return SCMI_SUCCESS;
}

/*
 * The agent, a word whose bit 31 says that the error is fatal and whose bits
 * 9:0 count commands, and 64 bits for each command: as Linux base.c takes them
 * (scmi_base_fill_custom_report()). Here it is one command an event, and
 * never fatal. What the 64 bits say the sources do not tell, Linux hands them
 * on as they are: the command's header and, above that, its status.
 */
void scmi_base_report(ScmiPlatform *platform, unsigned agent,
                      const ScmiProtocol *protocol, unsigned message,
                      ScmiStatus status)
{
    uint32_t header = FIELD_DP32(message, SCMI_HEADER, PROTOCOL,
                                 protocol->id);
    uint32_t words[] = {
        FIELD_DP32(0, BASE_ERROR, COMMANDS, 1), header, status,
    };

    scmi_notify(platform, &scmi_base_protocol, BASE_ERROR_EVENT, 0, agent,
                words, ARRAY_SIZE(words));
}

static const ScmiMessage base_messages[] = {
    { BASE_DISCOVER_VENDOR, "discover_vendor", .domain = SCMI_NO_DOMAIN,
      .handler = base_discover_vendor },
    { BASE_DISCOVER_SUB_VENDOR, "discover_sub_vendor",
      .domain = SCMI_NO_DOMAIN, .handler = base_discover_sub_vendor },
    { BASE_DISCOVER_IMPLEMENTATION_VERSION, "discover_implementation_version",
      .domain = SCMI_NO_DOMAIN,
      .handler = base_discover_implementation_version },
    { BASE_DISCOVER_LIST_PROTOCOLS, "discover_list_protocols", .min = 4,
      .domain = SCMI_NO_DOMAIN, .handler = base_discover_list_protocols },
    { BASE_DISCOVER_AGENT, "discover_agent", .min = 4,
      .domain = SCMI_NO_DOMAIN, .handler = base_discover_agent },
    { BASE_NOTIFY_ERRORS, "notify_errors", .min = 4,
      .domain = SCMI_NO_DOMAIN, .notify = true, .enable = 0,
      .event = BASE_ERROR_EVENT },
    { BASE_SET_DEVICE_PERMISSIONS, "set_device_permissions",
      .since = 0x20000, .min = 12, .domain = SCMI_NO_DOMAIN,
      .handler = base_set_device_permissions },
    { BASE_SET_PROTOCOL_PERMISSIONS, "set_protocol_permissions",
      .since = 0x20000, .min = 16, .domain = SCMI_NO_DOMAIN,
      .handler = base_set_protocol_permissions },
    { BASE_RESET_AGENT_CONFIGURATION, "reset_agent_configuration",
      .since = 0x20000, .min = 8, .domain = SCMI_NO_DOMAIN,
      .handler = base_reset_agent_configuration },
};

const ScmiProtocol scmi_base_protocol = {
    .id = SCMI_PROTOCOL_BASE,
    .name = "base",
    .version = 0x20001,
    .attributes = base_attributes,
    .messages = base_messages,
    .num_messages = ARRAY_SIZE(base_messages),
};

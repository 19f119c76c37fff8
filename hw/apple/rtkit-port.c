/*
 * Apple RTKit: its messages, for fault rules
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "rtkit-internal.h"

static const char *const mgmt_names[] = {
    [MGMT_HELLO] = "hello",
    [MGMT_HELLO_REPLY] = "hello-reply",
    [MGMT_PING] = "ping",
    [MGMT_PONG] = "pong",
    [MGMT_STARTEP] = "startep",
    [MGMT_SET_IOP_PWR_STATE] = "set-iop-pwr-state",
    [MGMT_SET_IOP_PWR_STATE_ACK] = "set-iop-pwr-state-ack",
    [MGMT_EPMAP] = "epmap",
    [MGMT_SET_AP_PWR_STATE] = "set-ap-pwr-state",
};

bool rtkit_pass(RTKit *rtkit, FaultSite site, uint8_t endpoint, uint64_t msg)
{
    const RTKitEndpointOps *ops = rtkit->endpoint[endpoint].ops;
    uint64_t bytes = cpu_to_le64(msg);
    FaultMessage m;

    fault_message_init(&m, site, &bytes, sizeof(bytes));
    fault_message_set(&m, FAULT_FIELD_ENDPOINT, endpoint);
    m.group = ops ? ops->name : "?";
    if (endpoint == RTKIT_EP_MGMT) {
        unsigned type = FIELD_EX64(msg, MGMT, TYPE);

        fault_message_set(&m, FAULT_FIELD_TYPE, type);
        m.group = "management";
        m.name = type < ARRAY_SIZE(mgmt_names) ? mgmt_names[type] : NULL;
    }
    return fault_pass(&rtkit->port, &m);
}

static bool rtkit_port_deliver(void *opaque, FaultMessage *m)
{
    RTKit *rtkit = opaque;
    uint8_t endpoint = 0;

    if (m->fields.present & (1u << FAULT_FIELD_ENDPOINT)) {
        endpoint = m->fields.value[FAULT_FIELD_ENDPOINT];
    }
    if (m->length != sizeof(uint64_t)) {
        return false;
    }
    if (m->site == FAULT_SITE_RTKIT_SEND) {
        return rtkit_transmit(rtkit, endpoint, ldq_le_p(m->bytes));
    }
    rtkit_dispatch(rtkit, endpoint, ldq_le_p(m->bytes));
    return true;
}

static bool rtkit_port_check(void *opaque, FaultSite site,
                             const FaultFields *fields, Error **errp)
{
    RTKit *rtkit = opaque;
    uint32_t endpoint = fields->value[FAULT_FIELD_ENDPOINT];
    bool has_endpoint = fields->present & (1u << FAULT_FIELD_ENDPOINT);
    bool has_type = fields->present & (1u << FAULT_FIELD_TYPE);

    if (has_endpoint && endpoint != RTKIT_EP_MGMT &&
        !rtkit->endpoint[endpoint].ops) {
        error_setg(errp, "match.endpoint: there is no endpoint 0x%02x",
                   endpoint);
        return false;
    }
    if (has_type && has_endpoint && endpoint != RTKIT_EP_MGMT) {
        error_setg(errp, "match.type: only messages of endpoint 0 have one");
        return false;
    }
    return true;
}

static bool rtkit_port_crash(void *opaque, const char *reason,
                             const uint8_t *log, size_t length)
{
    return rtkit_crash_with(opaque, reason, log, length);
}

static bool rtkit_port_power(void *opaque, bool on)
{
    bool changes = rtkit_is_running(opaque) != on;

    rtkit_set_running(opaque, on);
    return changes;
}

static const FaultPortOps rtkit_port_ops = {
    .sites = 1u << FAULT_SITE_RTKIT_RECEIVE | 1u << FAULT_SITE_RTKIT_SEND,
    .deliver = rtkit_port_deliver,
    .check = rtkit_port_check,
    .crash = rtkit_port_crash,
    .power = rtkit_port_power,
};

void rtkit_port_init(RTKit *rtkit)
{
    fault_port_init(&rtkit->port, OBJECT(rtkit), &rtkit_port_ops, rtkit);
}

/*
 * Apple RTKit: the device, its message queue and its state
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qemu/log.h"
#include "trace.h"

void rtkit_guest_error(RTKit *rtkit, uint8_t endpoint, uint64_t msg,
                       const char *what)
{
    g_autofree char *path = object_get_canonical_path(OBJECT(rtkit));
    const char *state = rtkit_state_name(rtkit->state);

    trace_rtkit_guest_error(path, state, endpoint, msg, what);
    qemu_log_mask(LOG_GUEST_ERROR, "%s: endpoint 0x%02x, message 0x%016"
                  PRIx64 " while %s: %s\n", path, endpoint, msg, state, what);
}

/* Messages to the AP: straight to the mailbox, or queued in order. */

static void rtkit_lose(RTKit *rtkit, uint8_t endpoint, uint64_t msg)
{
    rtkit->dropped++;
    rtkit_guest_error(rtkit, endpoint, msg, "lost, the AP takes no messages");
}

static void rtkit_queue(RTKit *rtkit, uint8_t endpoint, uint64_t msg)
{
    unsigned tail;

    if (rtkit->queue_count == RTKIT_QUEUE_LEN) {
        rtkit_lose(rtkit, endpoint, msg);
        return;
    }
    tail = (rtkit->queue_head + rtkit->queue_count) % RTKIT_QUEUE_LEN;
    rtkit->queue[tail] = (RTKitMessage) { msg, endpoint };
    rtkit->queue_count++;
}

static void rtkit_send_to(RTKit *rtkit, uint8_t endpoint, uint64_t msg)
{
    trace_rtkit_send(endpoint, msg);
    if (rtkit->queue_count ||
        !rtkit->ops->send(rtkit->opaque, endpoint, msg)) {
        rtkit_queue(rtkit, endpoint, msg);
    }
}

void rtkit_send(RTKitEndpoint *ep, uint64_t msg)
{
    rtkit_send_to(ep->rtkit, ep->id, msg);
}

void rtkit_notify(RTKitEndpoint *ep, uint64_t msg)
{
    if (ep->rtkit->queue_count < RTKIT_QUEUE_LEN / 2) {
        rtkit_send(ep, msg);
    } else {
        rtkit_lose(ep->rtkit, ep->id, msg);
    }
}

void rtkit_send_mgmt(RTKit *rtkit, unsigned type, uint64_t body)
{
    rtkit_send_to(rtkit, RTKIT_EP_MGMT, rtkit_message(type, body));
}

void rtkit_flush(RTKit *rtkit)
{
    while (rtkit->queue_count) {
        RTKitMessage *m = &rtkit->queue[rtkit->queue_head];

        if (!rtkit->ops->send(rtkit->opaque, m->endpoint, m->msg)) {
            return;
        }
        rtkit->queue_head = (rtkit->queue_head + 1) % RTKIT_QUEUE_LEN;
        rtkit->queue_count--;
    }
}

void rtkit_receive(RTKit *rtkit, uint8_t endpoint, uint64_t msg)
{
    trace_rtkit_receive(endpoint, msg);
    if (endpoint == RTKIT_EP_MGMT) {
        rtkit_mgmt_receive(rtkit, msg);
    } else {
        rtkit_endpoint_receive(&rtkit->endpoint[endpoint], msg);
    }
}

void rtkit_connect(RTKit *rtkit, const RTKitOps *ops, void *opaque)
{
    rtkit->ops = ops;
    rtkit->opaque = opaque;
}

void rtkit_add_endpoint(RTKit *rtkit, uint8_t id, const RTKitEndpointOps *ops,
                        void *opaque)
{
    RTKitEndpoint *ep = &rtkit->endpoint[id];

    assert(id != RTKIT_EP_MGMT && !ep->ops);
    ep->ops = ops;
    ep->opaque = opaque;
}

void rtkit_set_buffer(RTKit *rtkit, uint8_t id, uint32_t size, uint64_t addr)
{
    RTKitEndpoint *ep = &rtkit->endpoint[id];

    assert(ep->ops && !(size & MAKE_64BIT_MASK(0, RTKIT_PAGE_BITS)) &&
           size >> RTKIT_PAGE_BITS <= UINT8_MAX);
    ep->own_size = size;
    ep->own_addr = addr;
}

void rtkit_set_running(RTKit *rtkit, bool running)
{
    if (running == rtkit_is_running(rtkit)) {
        return;
    }
    if (running) {
        rtkit_mgmt_boot(rtkit);
    } else {
        rtkit_stop_endpoints(rtkit);
        rtkit->iop_power = RTKIT_PWR_STATE_OFF;
        rtkit->ap_power = RTKIT_PWR_STATE_OFF;
        rtkit->queue_count = 0;
        rtkit_set_state(rtkit, RTKIT_STATE_STOPPED);
    }
}

bool rtkit_is_running(RTKit *rtkit)
{
    return rtkit->state != RTKIT_STATE_STOPPED;
}

static void rtkit_reset_hold(Object *obj, ResetType type)
{
    RTKit *rtkit = APPLE_RTKIT(obj);

    rtkit_stop_endpoints(rtkit);
    rtkit->epmap_base = 0;
    rtkit->version = 0;
    rtkit->iop_power = RTKIT_PWR_STATE_OFF;
    rtkit->ap_power = RTKIT_PWR_STATE_OFF;
    rtkit->queue_head = 0;
    rtkit->queue_count = 0;
    rtkit->dropped = 0;
    rtkit_set_state(rtkit, rtkit->running_at_reset ? RTKIT_STATE_INIT
                                                   : RTKIT_STATE_STOPPED);
}

static void rtkit_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    RTKit *rtkit = APPLE_RTKIT(dev);

    assert(rtkit->ops);
    if (rtkit->min_version > rtkit->max_version) {
        error_setg(errp, "min-version %u is above max-version %u",
                   rtkit->min_version, rtkit->max_version);
        error_append_hint(errp, "Linux speaks versions 11 and 12.\n");
    }
}

static int rtkit_endpoint_post_load(void *opaque, int version_id)
{
    RTKitEndpoint *ep = opaque;

    return !ep->ops && (ep->started || ep->waiting) ? -EINVAL : 0;
}

static const VMStateDescription vmstate_rtkit_endpoint = {
    .name = "apple-rtkit/endpoint",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = rtkit_endpoint_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(started, RTKitEndpoint),
        VMSTATE_BOOL(waiting, RTKitEndpoint),
        VMSTATE_UINT32(size, RTKitEndpoint),
        VMSTATE_UINT64(addr, RTKitEndpoint),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_rtkit_message = {
    .name = "apple-rtkit/message",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(msg, RTKitMessage),
        VMSTATE_UINT8(endpoint, RTKitMessage),
        VMSTATE_END_OF_LIST()
    },
};

static int rtkit_post_load(void *opaque, int version_id)
{
    RTKit *rtkit = opaque;

    return rtkit->state < RTKIT_STATE__MAX &&
           rtkit->epmap_base < RTKIT_NUM_ENDPOINTS / 32 &&
           rtkit->queue_head < RTKIT_QUEUE_LEN &&
           rtkit->queue_count <= RTKIT_QUEUE_LEN &&
           rtkit->syslog_next < RTKIT_SYSLOG_ENTRIES ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_rtkit = {
    .name = TYPE_APPLE_RTKIT,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = rtkit_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(state, RTKit),
        VMSTATE_UINT8(epmap_base, RTKit),
        VMSTATE_UINT16(version, RTKit),
        VMSTATE_UINT16(iop_power, RTKit),
        VMSTATE_UINT16(ap_power, RTKit),
        VMSTATE_STRUCT_ARRAY(endpoint, RTKit, RTKIT_NUM_ENDPOINTS, 1,
                             vmstate_rtkit_endpoint, RTKitEndpoint),
        VMSTATE_STRUCT_ARRAY(queue, RTKit, RTKIT_QUEUE_LEN, 1,
                             vmstate_rtkit_message, RTKitMessage),
        VMSTATE_UINT8(queue_head, RTKit),
        VMSTATE_UINT8(queue_count, RTKit),
        VMSTATE_UINT32(dropped, RTKit),
        VMSTATE_UINT8(syslog_next, RTKit),
        VMSTATE_UINT16(syslog_busy, RTKit),
        VMSTATE_UINT64(ioreport_due, RTKit),
        VMSTATE_END_OF_LIST()
    },
};

static char *rtkit_get_state(Object *obj, Error **errp)
{
    return g_strdup(rtkit_state_name(APPLE_RTKIT(obj)->state));
}

static void rtkit_get_endpoints(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    RTKit *rtkit = APPLE_RTKIT(obj);
    strList *names = NULL;
    strList **tail = &names;

    for (int i = 0; i < RTKIT_NUM_ENDPOINTS; i++) {
        if (rtkit->endpoint[i].started) {
            QAPI_LIST_APPEND(tail, g_strdup(rtkit->endpoint[i].ops->name));
        }
    }
    visit_type_strList(v, name, &names, errp);
    qapi_free_strList(names);
}

static void rtkit_init(Object *obj)
{
    RTKit *rtkit = APPLE_RTKIT(obj);

    for (int i = 0; i < RTKIT_NUM_ENDPOINTS; i++) {
        rtkit->endpoint[i].rtkit = rtkit;
        rtkit->endpoint[i].id = i;
    }
    rtkit_add_system_endpoints(rtkit);
    object_property_add_uint16_ptr(obj, "version", &rtkit->version,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint16_ptr(obj, "iop-power-state", &rtkit->iop_power,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint16_ptr(obj, "ap-power-state", &rtkit->ap_power,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint32_ptr(obj, "dropped-messages", &rtkit->dropped,
                                   OBJ_PROP_FLAG_READ);
}

static const Property rtkit_properties[] = {
    DEFINE_PROP_UINT16("min-version", RTKit, min_version, 11),
    DEFINE_PROP_UINT16("max-version", RTKit, max_version, 12),
    DEFINE_PROP_BOOL("running-at-reset", RTKit, running_at_reset, true),
};

static void rtkit_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Apple RTKit firmware";
    dc->user_creatable = false;
    dc->realize = rtkit_realize;
    dc->vmsd = &vmstate_rtkit;
    device_class_set_props(dc, rtkit_properties);
    RESETTABLE_CLASS(oc)->phases.hold = rtkit_reset_hold;
    object_class_property_add_str(oc, "state", rtkit_get_state, NULL);
    object_class_property_set_description(oc, "state",
                                          "Where the boot protocol stands");
    object_class_property_add(oc, "endpoints", "strList", rtkit_get_endpoints,
                              NULL, NULL, NULL);
    object_class_property_set_description(oc, "endpoints",
                                          "The endpoints the AP has started");
}

static const TypeInfo rtkit_info = {
    .name = TYPE_APPLE_RTKIT,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(RTKit),
    .instance_init = rtkit_init,
    .class_init = rtkit_class_init,
};

static void rtkit_register(void)
{
    type_register_static(&rtkit_info);
}
type_init(rtkit_register)

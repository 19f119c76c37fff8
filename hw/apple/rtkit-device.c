/*
 * Apple RTKit: the device, its properties and its migration
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "hw/qdev-properties.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qemu/timer.h"

static void rtkit_reset_hold(Object *obj, ResetType type)
{
    RTKit *rtkit = APPLE_RTKIT(obj);

    rtkit->dropped = 0;
    rtkit_restart(rtkit, rtkit->running_at_reset ? RTKIT_STATE_INIT
                                                 : RTKIT_STATE_STOPPED);
}

static bool rtkit_add_echo(RTKit *rtkit, Error **errp)
{
    ERRP_GUARD();
    uint8_t id = rtkit->echo_endpoint;

    if (id < RTKIT_EP_APP || rtkit->endpoint[id].ops) {
        error_setg(errp, "echo-endpoint 0x%02x is not free", id);
        error_append_hint(errp, "Applications have 0x20 to 0xff, and this "
                          "co-processor's own one of them.\n");
        return false;
    }
    rtkit_add_endpoint(rtkit, id, &rtkit_echo_ops, NULL);
    return true;
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
        return;
    }
    if (rtkit->tracekit) {
        rtkit_add_tracekit(rtkit);
    }
    if (rtkit->echo_endpoint) {
        rtkit_add_echo(rtkit, errp);
    }
}

/* Migration */

/* One that is not there stays so, also if the whole is refused. */
static int rtkit_endpoint_post_load(void *opaque, int version_id)
{
    RTKitEndpoint *ep = opaque;

    if (ep->started && !ep->ops) {
        ep->started = false;
        return -EINVAL;
    }
    return 0;
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

/*
 * What the endpoints remember, each by its own description: the number of an
 * endpoint, its state, and so on, up to a number of 0.
 */

static int rtkit_put_states(QEMUFile *f, void *pv, size_t size,
                            const VMStateField *field, JSONWriter *vmdesc)
{
    RTKit *rtkit = pv;
    int ret;

    for (int i = 0; i < RTKIT_NUM_ENDPOINTS; i++) {
        RTKitEndpoint *ep = &rtkit->endpoint[i];

        if (ep->state) {
            qemu_put_byte(f, i);
            ret = vmstate_save_state(f, ep->ops->vmsd, ep->state, NULL);
            if (ret) {
                return ret;
            }
        }
    }
    qemu_put_byte(f, 0);
    return 0;
}

static int rtkit_get_states(QEMUFile *f, void *pv, size_t size,
                            const VMStateField *field)
{
    RTKit *rtkit = pv;

    for (int i = 0; i < RTKIT_NUM_ENDPOINTS; i++) {
        RTKitEndpoint *ep = &rtkit->endpoint[i];
        int ret;

        if (!ep->state) {
            continue;
        }
        if (qemu_get_byte(f) != i) {
            return -EINVAL;
        }
        ret = vmstate_load_state(f, ep->ops->vmsd, ep->state,
                                 ep->ops->vmsd->version_id);
        if (ret) {
            return ret;
        }
    }
    return qemu_get_byte(f) ? -EINVAL : 0;
}

static const VMStateInfo vmstate_info_rtkit_states = {
    .name = "apple-rtkit/endpoint-states",
    .get = rtkit_get_states,
    .put = rtkit_put_states,
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

static const VMStateDescription vmstate_rtkit_passed = {
    .name = "apple-rtkit/passed",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(msg, RTKitPassed),
        VMSTATE_UINT32(time, RTKitPassed),
        VMSTATE_UINT8(endpoint, RTKitPassed),
        VMSTATE_END_OF_LIST()
    },
};

static int rtkit_post_load(void *opaque, int version_id)
{
    RTKit *rtkit = opaque;

    if (rtkit->state >= RTKIT_STATE__MAX ||
        rtkit->epmap_base >= RTKIT_NUM_ENDPOINTS / 32 ||
        (rtkit->version && (rtkit->version < rtkit->min_version ||
                            rtkit->version > rtkit->max_version)) ||
        rtkit->queue_head >= RTKIT_QUEUE_LEN ||
        rtkit->queue_count > RTKIT_QUEUE_LEN) {
        return -EINVAL;
    }
    for (int i = 0; i < RTKIT_NUM_ENDPOINTS; i++) {
        if (!rtkit_endpoint_is_sane(&rtkit->endpoint[i])) {
            return -EINVAL;
        }
    }
    if (rtkit->state == RTKIT_STATE_BOOT) {
        timer_mod(rtkit->timer, rtkit->boot_end);
    } else {
        timer_del(rtkit->timer);
    }
    return 0;
}

static const VMStateDescription vmstate_rtkit = {
    .name = TYPE_APPLE_RTKIT,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = rtkit_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(state, RTKit),
        VMSTATE_INT64(boot_end, RTKit),
        VMSTATE_UINT8(epmap_base, RTKit),
        VMSTATE_UINT16(version, RTKit),
        VMSTATE_UINT16(ap_power, RTKit),
        VMSTATE_BOOL(woken, RTKit),
        VMSTATE_STRUCT_ARRAY(endpoint, RTKit, RTKIT_NUM_ENDPOINTS, 1,
                             vmstate_rtkit_endpoint, RTKitEndpoint),
        {
            .name = "endpoint-states",
            .info = &vmstate_info_rtkit_states,
            .flags = VMS_SINGLE,
        },
        VMSTATE_STRUCT_ARRAY(queue, RTKit, RTKIT_QUEUE_LEN, 1,
                             vmstate_rtkit_message, RTKitMessage),
        VMSTATE_UINT8(queue_head, RTKit),
        VMSTATE_UINT8(queue_count, RTKit),
        VMSTATE_UINT32(dropped, RTKit),
        VMSTATE_STRUCT_ARRAY(passed, RTKit, RTKIT_HISTORY_LEN, 1,
                             vmstate_rtkit_passed, RTKitPassed),
        VMSTATE_UINT64(num_passed, RTKit),
        VMSTATE_END_OF_LIST()
    },
};

/* On no bus, it would be told from others by the order of their creation. */
static char *rtkit_get_vmstate_id(VMStateIf *obj)
{
    return object_get_canonical_path(OBJECT(obj));
}

/* Properties */

static char *rtkit_get_state(Object *obj, Error **errp)
{
    return g_strdup(rtkit_state_name(APPLE_RTKIT(obj)->state));
}

static void rtkit_get_iop_power(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    uint16_t power = rtkit_state_power(APPLE_RTKIT(obj)->state);

    visit_type_uint16(v, name, &power, errp);
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
    rtkit->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, rtkit_mgmt_say_hello,
                                rtkit);
    rtkit_add_system_endpoints(rtkit);
    rtkit_port_init(rtkit);
    object_property_add_uint64_ptr(obj, "boot-ns", &rtkit->boot_ns,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint16_ptr(obj, "version", &rtkit->version,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint16_ptr(obj, "ap-power-state", &rtkit->ap_power,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint32_ptr(obj, "dropped-messages", &rtkit->dropped,
                                   OBJ_PROP_FLAG_READ);
}

static void rtkit_finalize(Object *obj)
{
    RTKit *rtkit = APPLE_RTKIT(obj);

    fault_port_finalize(&rtkit->port);
    for (int i = 0; i < RTKIT_NUM_ENDPOINTS; i++) {
        g_free(rtkit->endpoint[i].state);
    }
    timer_free(rtkit->timer);
}

static const Property rtkit_properties[] = {
    DEFINE_PROP_UINT16("min-version", RTKit, min_version, 11),
    DEFINE_PROP_UINT16("max-version", RTKit, max_version, 12),
    DEFINE_PROP_BOOL("running-at-reset", RTKit, running_at_reset, true),
    DEFINE_PROP_BOOL("tracekit", RTKit, tracekit, false),
    DEFINE_PROP_UINT8("echo-endpoint", RTKit, echo_endpoint, 0),
};

static void rtkit_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->desc = "Apple RTKit firmware";
    dc->user_creatable = false;
    dc->realize = rtkit_realize;
    dc->vmsd = &vmstate_rtkit;
    device_class_set_props(dc, rtkit_properties);
    VMSTATE_IF_CLASS(oc)->get_id = rtkit_get_vmstate_id;
    RESETTABLE_CLASS(oc)->phases.hold = rtkit_reset_hold;
    object_class_property_add_str(oc, "state", rtkit_get_state, NULL);
    object_class_property_set_description(oc, "state",
                                          "Where the boot protocol stands");
    object_class_property_add(oc, "iop-power-state", "uint16",
                              rtkit_get_iop_power, NULL, NULL, NULL);
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
    .instance_finalize = rtkit_finalize,
    .class_init = rtkit_class_init,
};

static void rtkit_register(void)
{
    type_register_static(&rtkit_info);
}
type_init(rtkit_register)

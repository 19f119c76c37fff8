/*
 * SCMI transport over virtio
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/iov.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "dt.h"
#include "hw/core/dt-node.h"
#include "hw/qdev-properties.h"
#include "hw/scmi/platform.h"
#include "hw/scmi/virtio-scmi.h"
#include "hw/virtio/virtio.h"
#include "migration/vmstate.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_scmi.h"
#include "system/reset.h"
#include "trace.h"
#include "virtio-scmi-internal.h"
#include "transport.h"

/* A header, and the status that every reply starts with. */
#define HEADER_SIZE sizeof(uint32_t)
#define REPLY_MIN (HEADER_SIZE + sizeof(uint32_t))

/* The QOM child that is the platform of a device that brings its own. */
#define OWN_PLATFORM "scmi-fw"

OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(VirtIOScmi, virtio_scmi,
                                          VIRTIO_SCMI, VIRTIO_DEVICE,
                                          { TYPE_DT_NODE },
                                          { TYPE_SCMI_TRANSPORT }, { NULL })

static void guest_error(VirtIOScmi *s, const char *what, size_t size)
{
    trace_virtio_scmi_guest_error(s->agent, what, size);
    qemu_log_mask(LOG_GUEST_ERROR, "virtio-scmi: %s of %zu bytes\n", what,
                  size);
}

/* Commands. */

static void give_back(VirtIOScmi *s, VirtQueueElement *elem, size_t length)
{
    virtqueue_push(s->command_queue, elem, length);
    virtio_notify(VIRTIO_DEVICE(s), s->command_queue);
    g_free(elem);
}

/* Returns how many bytes the driver finds in its buffer. */
static size_t put_message(VirtQueueElement *elem, uint32_t header,
                          const void *payload, size_t length)
{
    header = cpu_to_le32(header);
    return iov_from_buf(elem->in_sg, elem->in_num, 0, &header, HEADER_SIZE) +
           iov_from_buf(elem->in_sg, elem->in_num, HEADER_SIZE, payload,
                        length);
}

/* A place among the pending, which are all taken if it is the last one. */
static unsigned free_slot(const VirtIOScmi *s)
{
    unsigned slot = 0;

    while (slot < VIRTIO_SCMI_PENDING && s->pending[slot]) {
        slot++;
    }
    return slot;
}

static void run_command(VirtIOScmi *s, VirtQueueElement *elem, unsigned slot)
{
    size_t out = iov_size(elem->out_sg, elem->out_num);
    size_t in = iov_size(elem->in_sg, elem->in_num);
    /* A command that is longer is refused, by a word more than the longest. */
    uint8_t command[HEADER_SIZE + SCMI_COMMAND_MAX + sizeof(uint32_t)];
    uint8_t reply[SCMI_REPLY_MAX];
    size_t length;

    if (out < HEADER_SIZE) {
        guest_error(s, "command", out);
        give_back(s, elem, 0);
        return;
    }
    if (in < REPLY_MIN) {
        guest_error(s, "buffer for a reply", in);
        give_back(s, elem, 0);
        return;
    }
    out = MIN(out, sizeof(command));
    iov_to_buf(elem->out_sg, elem->out_num, 0, command, out);
    s->pending[slot] = elem;
    length = scmi_channel_run(&s->channel, slot, ldl_le_p(command),
                              command + HEADER_SIZE, out - HEADER_SIZE, reply,
                              MIN(in - HEADER_SIZE, sizeof(reply)));
    if (length) {
        s->pending[slot] = NULL;
        give_back(s, elem, put_message(elem, ldl_le_p(command), reply, length));
    }
}

/*
 * A reply to the last command that there is room for leads back to here: the
 * driver could have the stack grow for as long as it sends more.
 */
static void virtio_scmi_handle_command(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOScmi *s = VIRTIO_SCMI(vdev);
    VirtQueueElement *elem;
    unsigned slot;

    if (s->handling) {
        return;
    }
    s->handling = true;
    while ((slot = free_slot(s)) < VIRTIO_SCMI_PENDING &&
           (elem = virtqueue_pop(vq, sizeof(*elem)))) {
        run_command(s, elem, slot);
    }
    s->handling = false;
}

/* Events. */

static bool virtio_scmi_is_open(void *opaque)
{
    return virtio_vdev_has_feature(VIRTIO_DEVICE(opaque),
                                   VIRTIO_SCMI_F_P2A_CHANNELS);
}

/* An event that a driver gives too small a buffer for is lost. */
static size_t put_event(VirtIOScmi *s, VirtQueueElement *elem,
                        uint32_t header, const void *payload, size_t length)
{
    size_t in = iov_size(elem->in_sg, elem->in_num);

    if (in < HEADER_SIZE + length) {
        guest_error(s, "buffer for an event", in);
        return 0;
    }
    return put_message(elem, header, payload, length);
}

static bool virtio_scmi_send(void *opaque, uint32_t header,
                             const void *payload, size_t length)
{
    VirtIOScmi *s = opaque;
    VirtQueueElement *elem;

    if (!virtio_scmi_is_open(s)) {
        return false;
    }
    elem = virtqueue_pop(s->event_queue, sizeof(*elem));
    if (!elem) {
        return false;
    }
    virtqueue_push(s->event_queue, elem,
                   put_event(s, elem, header, payload, length));
    virtio_notify(VIRTIO_DEVICE(s), s->event_queue);
    g_free(elem);
    return true;
}

/* A reply that has no command is for who listens to the platform. */
static bool virtio_scmi_reply(void *opaque, uint64_t cookie, uint32_t header,
                              const void *payload, size_t length)
{
    VirtIOScmi *s = opaque;
    VirtQueueElement *elem = NULL;
    bool full = free_slot(s) == VIRTIO_SCMI_PENDING;

    if (cookie < VIRTIO_SCMI_PENDING) {
        elem = s->pending[cookie];
    }
    if (!elem) {
        return virtio_scmi_send(s, header, payload, length);
    }
    s->pending[cookie] = NULL;
    give_back(s, elem, put_message(elem, header, payload, length));
    if (full) {
        virtio_scmi_handle_command(VIRTIO_DEVICE(s), s->command_queue);
    }
    return true;
}

static const ScmiChannelOps channel_ops = {
    .reply = virtio_scmi_reply,
};

static const ScmiEventSink event_sink = {
    .send = virtio_scmi_send,
    .is_open = virtio_scmi_is_open,
};

static void virtio_scmi_handle_event(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOScmi *s = VIRTIO_SCMI(vdev);

    scmi_platform_drained(s->platform, s->agent);
}

/* Device. */

/* Commands are run as they come, and events need the driver's buffers. */
static ScmiChannelInfoList *virtio_scmi_query(ScmiTransport *transport)
{
    VirtIOScmi *s = VIRTIO_SCMI(transport);
    ScmiChannelState commands = virtio_queue_ready(s->command_queue)
                                ? SCMI_CHANNEL_STATE_FREE
                                : SCMI_CHANNEL_STATE_CLOSED;
    ScmiChannelState events = SCMI_CHANNEL_STATE_CLOSED;
    ScmiChannelInfoList *list = NULL;

    if (s->events) {
        if (virtio_scmi_is_open(s) && virtio_queue_ready(s->event_queue)) {
            events = virtio_queue_empty(s->event_queue)
                     ? SCMI_CHANNEL_STATE_BUSY : SCMI_CHANNEL_STATE_FREE;
        }
        QAPI_LIST_PREPEND(list, scmi_channel_info("virtqueue-1", true,
                                                  events));
    }
    QAPI_LIST_PREPEND(list, scmi_channel_info("virtqueue-0", false,
                                              commands));
    return list;
}

static uint64_t virtio_scmi_get_features(VirtIODevice *vdev,
                                         uint64_t features, Error **errp)
{
    ERRP_GUARD();

    /* It is younger than the legacy interface, and Linux refuses it there. */
    if (!virtio_has_feature(features, VIRTIO_F_VERSION_1)) {
        error_setg(errp, "virtio-scmi: the transport is a legacy one");
        error_append_hint(errp, "Add -global virtio-mmio.force-legacy=off.\n");
    }
    if (VIRTIO_SCMI(vdev)->events) {
        virtio_add_feature(&features, VIRTIO_SCMI_F_P2A_CHANNELS);
    }
    return features;
}

void virtio_scmi_forget_pending(VirtIOScmi *s)
{
    for (unsigned i = 0; i < VIRTIO_SCMI_PENDING; i++) {
        if (s->pending[i]) {
            virtqueue_detach_element(s->command_queue, s->pending[i], 0);
            g_free(s->pending[i]);
            s->pending[i] = NULL;
        }
    }
}

/* The driver starts anew: what its predecessor asked for is not for it. */
static void virtio_scmi_reset(VirtIODevice *vdev)
{
    VirtIOScmi *s = VIRTIO_SCMI(vdev);

    virtio_scmi_forget_pending(s);
    /* A reply that is kept would find another command in its place. */
    fault_port_reset(&s->channel.port);
    scmi_platform_restart(s->platform, s->agent);
}

static void virtio_scmi_write_dt(DtNode *node, DtWriter *dt,
                                 uint32_t first_spi)
{
    VirtIOScmi *s = VIRTIO_SCMI(node);

    g_free(scmi_dt_add_transport(dt, OBJECT(s), s->platform, s->agent,
                                 "arm,scmi-virtio"));
}

static ScmiPlatform *make_platform(VirtIOScmi *s, Error **errp)
{
    ERRP_GUARD();
    g_autoptr(ScmiPlatformConfig) config = NULL;
    ScmiPlatform *platform;

    config = s->config_file ? scmi_platform_load(s->config_file, errp)
                            : scmi_default_platform();
    if (!config) {
        return NULL;
    }
    platform = scmi_platform_new(OBJECT(s), OWN_PLATFORM, config, errp);
    if (!platform) {
        error_prepend(errp, "SCMI platform '%s': ",
                      s->config_file ?: "built in");
    }
    return platform;
}

static bool use_platform(VirtIOScmi *s, ScmiPlatform *platform, Error **errp)
{
    unsigned agent = scmi_platform_claim(platform, s->agent, OBJECT(s), errp);

    if (!agent) {
        return false;
    }
    s->agent = agent;
    if (!s->platform) {
        s->platform = platform;
        object_ref(OBJECT(platform)); /* which the property gives up */
    }
    return true;
}

static bool find_platform(VirtIOScmi *s, Error **errp)
{
    ERRP_GUARD();
    Object *machines = object_resolve_path_type("", TYPE_SCMI_PLATFORM, NULL);
    ScmiPlatform *own;

    if (s->platform && s->config_file) {
        error_setg(errp, "virtio-scmi: 'platform' and 'config' exclude each "
                   "other");
        return false;
    }
    if (s->platform) {
        return use_platform(s, s->platform, errp);
    }
    /* The built-in one beside it would have the names of the machine's. */
    if (machines && !s->config_file) {
        if (use_platform(s, SCMI_PLATFORM(machines), errp)) {
            return true;
        }
        error_append_hint(errp, "The machine has an SCMI platform. Describe "
                          "another one: config=FILE.json\n");
        return false;
    }
    own = make_platform(s, errp);
    if (!own || !use_platform(s, own, errp)) {
        return false;
    }
    qemu_register_resettable(OBJECT(own));
    return true;
}

static void virtio_scmi_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOScmi *s = VIRTIO_SCMI(dev);
    bool ambiguous;

    object_resolve_path_type("", TYPE_VIRTIO_SCMI, &ambiguous);
    if (ambiguous) {
        error_setg(errp, "there is one virtio-scmi device at most");
        return;
    }
    if (!find_platform(s, errp)) {
        return;
    }
    virtio_init(vdev, VIRTIO_ID_SCMI, 0);
    s->command_queue = virtio_add_queue(vdev, VIRTIO_SCMI_QUEUE_SIZE,
                                        virtio_scmi_handle_command);
    s->event_queue = virtio_add_queue(vdev, VIRTIO_SCMI_QUEUE_SIZE,
                                      virtio_scmi_handle_event);
    scmi_channel_init(&s->channel, s->platform, s->agent, 0, &channel_ops, s);
    if (s->events) {
        scmi_platform_attach(s->platform, s->agent, &event_sink, s);
    }
}

/* After a realize that failed, or when a PCI slot is switched off. */
static void virtio_scmi_unrealize(DeviceState *dev)
{
    VirtIOScmi *s = VIRTIO_SCMI(dev);
    Object *own = object_resolve_path_component(OBJECT(s), OWN_PLATFORM);

    scmi_channel_finalize(&s->channel);
    virtio_scmi_forget_pending(s);
    virtio_delete_queue(s->command_queue);
    virtio_delete_queue(s->event_queue);
    virtio_cleanup(VIRTIO_DEVICE(dev));
    scmi_platform_release(s->platform, s->agent);
    if (own) {
        qemu_unregister_resettable(own);
        object_unparent(own);
    }
}

/* Replies and events are in the queues, and what waits is the platform's. */
static const VMStateDescription vmstate_virtio_scmi = {
    .name = "virtio-scmi",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static const Property virtio_scmi_properties[] = {
    DEFINE_PROP_LINK("platform", VirtIOScmi, platform, TYPE_SCMI_PLATFORM,
                     ScmiPlatform *),
    DEFINE_PROP_STRING("config", VirtIOScmi, config_file),
    DEFINE_PROP_UINT32("agent", VirtIOScmi, agent, 0),
    DEFINE_PROP_BOOL("events", VirtIOScmi, events, true),
};

static void virtio_scmi_init(Object *obj)
{
}

static void virtio_scmi_finalize(Object *obj)
{
}

static void virtio_scmi_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(oc);

    dc->vmsd = &vmstate_virtio_scmi;
    dc->desc = "SCMI platform";
    /* Reason: an agent's transport does not come and go */
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, virtio_scmi_properties);
    vdc->realize = virtio_scmi_realize;
    vdc->unrealize = virtio_scmi_unrealize;
    vdc->get_features = virtio_scmi_get_features;
    vdc->reset = virtio_scmi_reset;
    vdc->vmsd = &vmstate_virtio_scmi_device;
    DT_NODE_CLASS(oc)->write = virtio_scmi_write_dt;
    SCMI_TRANSPORT_CLASS(oc)->query = virtio_scmi_query;
}

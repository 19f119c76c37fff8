/*
 * Apple RTKit: messages in and out, and the life of the firmware
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "qemu/log.h"
#include "qemu/timer.h"
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

/* Remember a message for the crashlog. */
static void rtkit_note(RTKit *rtkit, uint8_t endpoint, uint64_t msg)
{
    rtkit->passed[rtkit->num_passed++ % RTKIT_HISTORY_LEN] = (RTKitPassed) {
        .msg = msg,
        .time = qemu_clock_get_us(QEMU_CLOCK_VIRTUAL),
        .endpoint = endpoint,
    };
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

/* The dead send nothing, whatever was under way when they died. */
bool rtkit_transmit(RTKit *rtkit, uint8_t endpoint, uint64_t msg)
{
    if (rtkit->state == RTKIT_STATE_CRASHED ||
        rtkit->state == RTKIT_STATE_STOPPED) {
        return false;
    }
    trace_rtkit_send(endpoint, msg);
    rtkit_note(rtkit, endpoint, msg);
    if (rtkit->queue_count ||
        !rtkit->ops->send(rtkit->opaque, endpoint, msg)) {
        rtkit_queue(rtkit, endpoint, msg);
    }
    return true;
}

static void rtkit_send_to(RTKit *rtkit, uint8_t endpoint, uint64_t msg)
{
    if (fault_watched) {
        rtkit_pass(rtkit, FAULT_SITE_RTKIT_SEND, endpoint, msg);
    } else {
        rtkit_transmit(rtkit, endpoint, msg);
    }
}

void rtkit_send(RTKitEndpoint *ep, uint64_t msg)
{
    rtkit_send_to(ep->rtkit, ep->id, msg);
}

bool rtkit_notify(RTKitEndpoint *ep, uint64_t msg)
{
    if (ep->rtkit->queue_count >= RTKIT_QUEUE_LEN / 2) {
        rtkit_lose(ep->rtkit, ep->id, msg);
        return false;
    }
    rtkit_send(ep, msg);
    return true;
}

void rtkit_send_mgmt(RTKit *rtkit, unsigned type, uint64_t body)
{
    rtkit_send_to(rtkit, RTKIT_EP_MGMT, rtkit_message(type, body));
}

/* A message is off the queue before it can lead back to here. */
void rtkit_flush(RTKit *rtkit)
{
    while (rtkit->queue_count) {
        unsigned head = rtkit->queue_head;
        RTKitMessage m = rtkit->queue[head];

        rtkit->queue_head = (head + 1) % RTKIT_QUEUE_LEN;
        rtkit->queue_count--;
        if (!rtkit->ops->send(rtkit->opaque, m.endpoint, m.msg)) {
            /* Then it led nowhere. */
            rtkit->queue_head = head;
            rtkit->queue_count++;
            return;
        }
    }
}

void rtkit_dispatch(RTKit *rtkit, uint8_t endpoint, uint64_t msg)
{
    trace_rtkit_receive(endpoint, msg);
    rtkit_note(rtkit, endpoint, msg);
    if (endpoint == RTKIT_EP_MGMT) {
        rtkit_mgmt_receive(rtkit, msg);
    } else {
        rtkit_endpoint_receive(&rtkit->endpoint[endpoint], msg);
    }
}

void rtkit_receive(RTKit *rtkit, uint8_t endpoint, uint64_t msg)
{
    if (fault_watched) {
        rtkit_pass(rtkit, FAULT_SITE_RTKIT_RECEIVE, endpoint, msg);
    } else {
        rtkit_dispatch(rtkit, endpoint, msg);
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
    assert(!ops->state_size == !ops->vmsd);
    ep->ops = ops;
    ep->opaque = opaque;
    if (ops->state_size) {
        ep->state = g_malloc0(ops->state_size);
    }
}

void rtkit_set_buffer(RTKit *rtkit, uint8_t id, uint32_t size, uint64_t addr)
{
    RTKitEndpoint *ep = &rtkit->endpoint[id];

    assert(ep->ops && !(size & MAKE_64BIT_MASK(0, RTKIT_PAGE_BITS)) &&
           size >> RTKIT_PAGE_BITS <= UINT8_MAX);
    ep->own_size = size;
    ep->own_addr = size ? addr : 0;
}

/* Life and death */

void rtkit_restart(RTKit *rtkit, RTKitState state)
{
    rtkit->life++;
    rtkit_stop_endpoints(rtkit);
    timer_del(rtkit->timer);
    rtkit->epmap_base = 0;
    rtkit->version = 0;
    rtkit->ap_power = RTKIT_PWR_STATE_OFF;
    rtkit->woken = false;
    rtkit->queue_head = 0;
    rtkit->queue_count = 0;
    rtkit->num_passed = 0;
    rtkit_set_state(rtkit, state);
}

bool rtkit_is_running(RTKit *rtkit)
{
    return rtkit->state != RTKIT_STATE_STOPPED;
}

void rtkit_set_running(RTKit *rtkit, bool running)
{
    if (running == rtkit_is_running(rtkit)) {
        return;
    }
    rtkit_restart(rtkit, running ? RTKIT_STATE_BOOT : RTKIT_STATE_STOPPED);
    rtkit_mgmt_progress(rtkit);
}

bool rtkit_crash(RTKit *rtkit, const char *reason)
{
    return rtkit_crash_with(rtkit, reason, NULL, 0);
}

static bool rtkit_is_dead(const RTKit *rtkit)
{
    return rtkit->state == RTKIT_STATE_STOPPED ||
           rtkit->state == RTKIT_STATE_OFF ||
           rtkit->state == RTKIT_STATE_CRASHED;
}

static void rtkit_die(RTKit *rtkit)
{
    timer_del(rtkit->timer);
    rtkit_stop_endpoints(rtkit);
    rtkit_set_state(rtkit, RTKIT_STATE_CRASHED);
}

bool rtkit_crash_with(RTKit *rtkit, const char *reason, const uint8_t *log,
                      size_t length)
{
    uint32_t life = rtkit->life + 1;

    if (rtkit_is_dead(rtkit)) {
        return false;
    }
    trace_rtkit_crash(rtkit_state_name(rtkit->state), reason ?: "");
    rtkit->life = life;
    /* What waits for the mailbox dies too, and makes room for the notice. */
    rtkit->queue_count = 0;
    rtkit_crashlog_send(rtkit, reason, log, length);
    if (rtkit->life == life) {
        rtkit_die(rtkit);
    }
    return true;
}

bool rtkit_hang(RTKit *rtkit)
{
    if (rtkit_is_dead(rtkit)) {
        return false;
    }
    rtkit->life++;
    rtkit->queue_count = 0;
    rtkit_die(rtkit);
    return true;
}

/*
 * RTKit endpoints: start, shared buffer, messages, stop
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "trace.h"

/* A buffer message in the layout of its endpoint, taken apart. */
typedef struct RTKitBufferMessage {
    uint64_t size;
    uint64_t addr;
} RTKitBufferMessage;

static uint64_t rtkit_encode_buffer(const RTKitEndpoint *ep,
                                    RTKitBufferMessage b)
{
    uint64_t msg = 0;

    if (ep->ops->oslog) {
        msg = FIELD_DP64(msg, OSLOG, TYPE, BUFFER_REQUEST);
        msg = FIELD_DP64(msg, OSLOG, SIZE, b.size);
        msg = FIELD_DP64(msg, OSLOG, IOVA, b.addr >> RTKIT_PAGE_BITS);
    } else {
        msg = FIELD_DP64(msg, MGMT, TYPE, BUFFER_REQUEST);
        msg = FIELD_DP64(msg, BUFFER, SIZE, b.size >> RTKIT_PAGE_BITS);
        msg = FIELD_DP64(msg, BUFFER, IOVA, b.addr);
    }
    return msg;
}

uint64_t rtkit_endpoint_buffer_message(RTKitEndpoint *ep)
{
    return rtkit_encode_buffer(ep, (RTKitBufferMessage) { ep->size,
                                                          ep->addr });
}

/* False if @msg is not a buffer message. */
static bool rtkit_decode_buffer(RTKitEndpoint *ep, uint64_t msg,
                                RTKitBufferMessage *b)
{
    if (ep->ops->oslog) {
        b->size = FIELD_EX64(msg, OSLOG, SIZE);
        b->addr = FIELD_EX64(msg, OSLOG, IOVA) << RTKIT_PAGE_BITS;
        return FIELD_EX64(msg, OSLOG, TYPE) == BUFFER_REQUEST;
    }
    b->size = FIELD_EX64(msg, BUFFER, SIZE) << RTKIT_PAGE_BITS;
    b->addr = FIELD_EX64(msg, BUFFER, IOVA);
    return FIELD_EX64(msg, MGMT, TYPE) == BUFFER_REQUEST;
}

/* An AP that wants no log is not asked for room for one. */
static RTKitBufferMessage rtkit_own_buffer(const RTKitEndpoint *ep)
{
    if (ep->ops->oslog &&
        !ep->rtkit->endpoint[RTKIT_EP_SYSLOG].started) {
        return (RTKitBufferMessage) { };
    }
    return (RTKitBufferMessage) { ep->own_size, ep->own_addr };
}

/* The endpoint has all it needs. */
static void rtkit_endpoint_ready(RTKitEndpoint *ep)
{
    if (ep->ops->start) {
        ep->ops->start(ep);
    }
    if (ep->rtkit->ap_power == RTKIT_PWR_STATE_ON && ep->ops->ap_on) {
        ep->ops->ap_on(ep);
    }
}

void rtkit_endpoint_start(RTKitEndpoint *ep)
{
    RTKitBufferMessage b = rtkit_own_buffer(ep);
    bool asks = b.size && !b.addr;

    trace_rtkit_endpoint_start(ep->id, ep->ops->name);
    ep->started = true;
    ep->waiting = asks;
    if (!asks) {
        ep->size = b.size;
        ep->addr = b.addr;
    }
    if (b.size) {
        rtkit_send(ep, rtkit_encode_buffer(ep, b));
    }
    if (!asks && ep->started) {
        rtkit_endpoint_ready(ep);
    }
}

void rtkit_endpoint_stop(RTKitEndpoint *ep)
{
    if (!ep->started) {
        return;
    }
    trace_rtkit_endpoint_stop(ep->id, ep->ops->name);
    ep->started = false;
    ep->waiting = false;
    ep->size = 0;
    ep->addr = 0;
    if (ep->ops->stop) {
        ep->ops->stop(ep);
    }
    if (ep->state) {
        memset(ep->state, 0, ep->ops->state_size);
    }
}

bool rtkit_endpoint_is_live(RTKitEndpoint *ep)
{
    return ep->started && !ep->waiting &&
           ep->rtkit->state == RTKIT_STATE_ON &&
           ep->rtkit->ap_power == RTKIT_PWR_STATE_ON;
}

void rtkit_stop_endpoints(RTKit *rtkit)
{
    for (int i = 0; i < RTKIT_NUM_ENDPOINTS; i++) {
        rtkit_endpoint_stop(&rtkit->endpoint[i]);
    }
}

static bool rtkit_declines_buffer(RTKitEndpoint *ep, uint64_t msg)
{
    return ep->ops->oslog && FIELD_EX64(msg, OSLOG, TYPE) == OSLOG_ACK;
}

static void rtkit_use_buffer(RTKitEndpoint *ep, uint32_t size, uint64_t addr)
{
    ep->waiting = false;
    ep->size = size;
    ep->addr = addr;
    rtkit_endpoint_ready(ep);
    rtkit_mgmt_progress(ep->rtkit);
}

static void rtkit_buffer_reply(RTKitEndpoint *ep, uint64_t msg)
{
    const RTKitOps *ops = ep->rtkit->ops;
    RTKitBufferMessage b;

    if (rtkit_declines_buffer(ep, msg)) {
        rtkit_use_buffer(ep, 0, 0);
        return;
    }
    if (!rtkit_decode_buffer(ep, msg, &b) || !b.addr ||
        b.size < ep->own_size) {
        rtkit_guest_error(ep->rtkit, ep->id, msg,
                          "not the buffer that was asked for");
        return;
    }
    if (ops->buffer_ok &&
        !ops->buffer_ok(ep->rtkit->opaque, b.addr, ep->own_size)) {
        rtkit_guest_error(ep->rtkit, ep->id, msg,
                          "a buffer that the co-processor must not use");
        return;
    }
    rtkit_use_buffer(ep, ep->own_size, b.addr);
}

void rtkit_endpoint_receive(RTKitEndpoint *ep, uint64_t msg)
{
    RTKit *rtkit = ep->rtkit;

    if (!ep->ops) {
        rtkit_guest_error(rtkit, ep->id, msg, "no such endpoint");
    } else if (!ep->started) {
        rtkit_guest_error(rtkit, ep->id, msg, "endpoint is not started");
    } else if (rtkit->state == RTKIT_STATE_IDLE) {
        rtkit_guest_error(rtkit, ep->id, msg, "co-processor is idle");
    } else if (ep->waiting) {
        rtkit_buffer_reply(ep, msg);
    } else if (!ep->ops->receive || !ep->ops->receive(ep, msg)) {
        rtkit_guest_error(rtkit, ep->id, msg, "unexpected message");
    }
}

/* Whether the state of an endpoint that was loaded is one that can be. */
bool rtkit_endpoint_is_sane(RTKitEndpoint *ep)
{
    bool has_buffer = ep->started && !ep->waiting && ep->own_size;

    if (ep->started &&
        !(ep->ops && rtkit_state_has_endpoints(ep->rtkit->state))) {
        return false;
    }
    if (ep->waiting && !(ep->started && ep->own_size && !ep->own_addr)) {
        return false;
    }
    if (!has_buffer || (ep->ops->oslog && !ep->size)) {
        return !ep->size && !ep->addr;
    }
    return ep->size == ep->own_size &&
           (!ep->own_addr || ep->addr == ep->own_addr);
}

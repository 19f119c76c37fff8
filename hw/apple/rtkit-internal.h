/*
 * RTKit: messages, and what its files share
 *
 * The messages are those of Linux drivers/soc/apple/rtkit.c. What names a
 * register elsewhere names a message here; it has no address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_RTKIT_INTERNAL_H
#define HW_APPLE_RTKIT_INTERNAL_H

#include "hw/apple/rtkit.h"
#include "hw/registerfields.h"

/* Management, and the type of the other system endpoints but oslog. */
FIELD(MGMT, TYPE, 52, 8)

enum {
    MGMT_HELLO = 0x1,
    MGMT_HELLO_REPLY = 0x2,
    MGMT_PING = 0x3,
    MGMT_PONG = 0x4,
    MGMT_STARTEP = 0x5,
    MGMT_SET_IOP_PWR_STATE = 0x6,
    MGMT_SET_IOP_PWR_STATE_ACK = 0x7,
    MGMT_EPMAP = 0x8,
    MGMT_SET_AP_PWR_STATE = 0xb,
};

FIELD(MGMT_HELLO, MINVER, 0, 16)
FIELD(MGMT_HELLO, MAXVER, 16, 16)

FIELD(MGMT_PING, SEQUENCE, 0, 32)

FIELD(MGMT_EPMAP, BITMAP, 0, 32)
FIELD(MGMT_EPMAP, BASE, 32, 3)
FIELD(MGMT_EPMAP, LAST, 51, 1)

FIELD(MGMT_STARTEP, STOP, 0, 1)
FIELD(MGMT_STARTEP, START, 1, 1)
FIELD(MGMT_STARTEP, EP, 32, 8)

FIELD(MGMT_PWR, STATE, 0, 16)

/*
 * Buffer request and reply: endpoints 1, 2 and 4, then oslog, whose request is
 * an initialization to older APs, which they acknowledge.
 */
#define BUFFER_REQUEST 1
#define OSLOG_ACK 3

FIELD(BUFFER, IOVA, 0, 44)
FIELD(BUFFER, SIZE, 44, 8)

FIELD(OSLOG, IOVA, 0, 36)
FIELD(OSLOG, SIZE, 36, 20)
FIELD(OSLOG, TYPE, 56, 8)

#define RTKIT_PAGE_BITS 12

/* Type and body of a management-style message. */
static inline uint64_t rtkit_message(unsigned type, uint64_t body)
{
    return FIELD_DP64(body, MGMT, TYPE, type);
}

/* A management message to the AP. */
void rtkit_send_mgmt(RTKit *rtkit, unsigned type, uint64_t body);

/* rtkit.c */

/* What happens to a message; false if the firmware cannot send. */
bool rtkit_transmit(RTKit *rtkit, uint8_t endpoint, uint64_t msg);
void rtkit_dispatch(RTKit *rtkit, uint8_t endpoint, uint64_t msg);

/* All that it did is forgotten; what it does next is @state. */
void rtkit_restart(RTKit *rtkit, RTKitState state);

/* Log a mistake of the AP's. */
void rtkit_guest_error(RTKit *rtkit, uint8_t endpoint, uint64_t msg,
                       const char *what);

/* rtkit-port.c: let a message pass rules. */
bool rtkit_pass(RTKit *rtkit, FaultSite site, uint8_t endpoint, uint64_t msg);
void rtkit_port_init(RTKit *rtkit);

/* rtkit-state.c */
void rtkit_set_state(RTKit *rtkit, RTKitState state);
const char *rtkit_state_name(RTKitState state);
uint16_t rtkit_state_power(RTKitState state);
/* Whether endpoints may be started in this state. */
bool rtkit_state_has_endpoints(RTKitState state);

/* rtkit-mgmt.c: what leads from one state to another */
void rtkit_mgmt_receive(RTKit *rtkit, uint64_t msg);
/* Do what happens by itself in the present state. */
void rtkit_mgmt_progress(RTKit *rtkit);
/* The timer has run out. */
void rtkit_mgmt_say_hello(void *opaque);

/* rtkit-endpoint.c: starting, buffers, stopping */
void rtkit_endpoint_start(RTKitEndpoint *ep);
void rtkit_endpoint_stop(RTKitEndpoint *ep);
void rtkit_endpoint_receive(RTKitEndpoint *ep, uint64_t msg);
void rtkit_stop_endpoints(RTKit *rtkit);
uint64_t rtkit_endpoint_buffer_message(RTKitEndpoint *ep);
bool rtkit_endpoint_is_sane(RTKitEndpoint *ep);

/*
 * rtkit-crashlog.c: write the log, @bytes or else one that gives @reason, and
 * tell the AP, if it can be told.
 */
void rtkit_crashlog_send(RTKit *rtkit, const char *reason,
                         const uint8_t *bytes, size_t length);

/* The system endpoints, and an application that shows how to write one. */
extern const RTKitEndpointOps rtkit_crashlog_ops;
extern const RTKitEndpointOps rtkit_syslog_ops;
extern const RTKitEndpointOps rtkit_ioreport_ops;
extern const RTKitEndpointOps rtkit_echo_ops;

/* rtkit-system.c */
void rtkit_add_system_endpoints(RTKit *rtkit);
void rtkit_add_tracekit(RTKit *rtkit);

#endif

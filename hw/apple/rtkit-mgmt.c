/*
 * RTKit management, endpoint 0: booting, power states, starting endpoints
 *
 * Everything that the AP may do is a row of rtkit_transitions[]. A message
 * that has no row in the current state is a guest error and changes nothing.
 *
 *               RUN=1                  wake
 *     stopped ---------> boot <---------------------- init
 *                         | boot-ns pass: HELLO  ^--- quiesced, sleep
 *                         v                      ^--- epmap, starting, on,
 *                         |                           if another AP has begun
 *                       hello
 *                         | HELLO_REPLY
 *                         v
 *                       epmap  <--> EPMAP and its replies, page by page
 *                         | the last reply
 *                         v
 *                      starting <--> STARTEP, buffers
 *                         | all that is needed is started
 *                         v        IDLE
 *                        on  <------------> idle
 *                         |        wake
 *                         v
 *             quiesced, sleep, off: as the AP says
 *
 * RUN=0 leads from everywhere to stopped, a crash from where there is life to
 * crashed. From off and crashed only RUN=0 or a reset leads away.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "rtkit-internal.h"
#include "qemu/timer.h"

/* A page of the endpoint map. */
#define EPMAP_PAGE_BITS 32
#define EPMAP_PAGES (RTKIT_NUM_ENDPOINTS / EPMAP_PAGE_BITS)

/* What the AP can say, the power messages told apart by the state they ask. */
typedef enum RTKitEvent {
    EV_HELLO_REPLY,
    EV_EPMAP_REPLY,
    EV_STARTEP,
    EV_PING,
    EV_AP_POWER,
    EV_IOP_WAKE,
    EV_IOP_IDLE,
    EV_IOP_QUIESCE,
    EV_IOP_SLEEP,
    EV_IOP_OFF,
} RTKitEvent;

typedef struct RTKitMessageRow {
    uint8_t type;
    bool by_state;      /* does .state matter? */
    uint16_t state;
    RTKitEvent event;
} RTKitMessageRow;

static const RTKitMessageRow rtkit_messages[] = {
    { MGMT_HELLO_REPLY, .event = EV_HELLO_REPLY },
    { MGMT_EPMAP, .event = EV_EPMAP_REPLY },
    { MGMT_STARTEP, .event = EV_STARTEP },
    { MGMT_PING, .event = EV_PING },
    { MGMT_SET_AP_PWR_STATE, .event = EV_AP_POWER },
    { MGMT_SET_IOP_PWR_STATE, true, RTKIT_PWR_STATE_INIT, EV_IOP_WAKE },
    { MGMT_SET_IOP_PWR_STATE, true, RTKIT_PWR_STATE_ON, EV_IOP_WAKE },
    { MGMT_SET_IOP_PWR_STATE, true, RTKIT_PWR_STATE_IDLE, EV_IOP_IDLE },
    { MGMT_SET_IOP_PWR_STATE, true, RTKIT_PWR_STATE_QUIESCED,
      EV_IOP_QUIESCE },
    { MGMT_SET_IOP_PWR_STATE, true, RTKIT_PWR_STATE_SLEEP, EV_IOP_SLEEP },
    { MGMT_SET_IOP_PWR_STATE, true, RTKIT_PWR_STATE_OFF, EV_IOP_OFF },
};

/* What an action made of a message. */
typedef enum RTKitOutcome {
    DONE,       /* on to the row's next state */
    STAY,       /* accepted, but not done yet */
    REFUSED,    /* its content is wrong: a guest error */
} RTKitOutcome;

typedef struct RTKitTransition {
    uint16_t states;
    RTKitEvent event;
    RTKitOutcome (*action)(RTKit *rtkit, uint64_t msg);
    RTKitState next;
} RTKitTransition;

/* Booting */

void rtkit_mgmt_say_hello(void *opaque)
{
    RTKit *rtkit = opaque;
    uint64_t body = 0;

    body = FIELD_DP64(body, MGMT_HELLO, MINVER, rtkit->min_version);
    body = FIELD_DP64(body, MGMT_HELLO, MAXVER, rtkit->max_version);
    rtkit_set_state(rtkit, RTKIT_STATE_HELLO);
    rtkit_send_mgmt(rtkit, MGMT_HELLO, body);
}

static void rtkit_boot(RTKit *rtkit)
{
    if (rtkit->boot_ns) {
        int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

        rtkit->boot_end = now + MIN(rtkit->boot_ns,
                                    (uint64_t)(INT64_MAX - now));
        timer_mod(rtkit->timer, rtkit->boot_end);
    } else {
        rtkit_mgmt_say_hello(rtkit);
    }
}

static RTKitOutcome rtkit_wake(RTKit *rtkit, uint64_t msg)
{
    rtkit_stop_endpoints(rtkit);
    rtkit->ap_power = RTKIT_PWR_STATE_OFF;
    rtkit->woken = true;
    return DONE;
}

/* The wake that follows a start by CPU control: HELLO is on its way. */
static RTKitOutcome rtkit_wake_again(RTKit *rtkit, uint64_t msg)
{
    rtkit->woken = true;
    return STAY;
}

static uint32_t rtkit_epmap_page(RTKit *rtkit, unsigned page)
{
    uint32_t bitmap = page ? 0 : 1 << RTKIT_EP_MGMT;

    for (int i = 0; i < EPMAP_PAGE_BITS; i++) {
        if (rtkit->endpoint[page * EPMAP_PAGE_BITS + i].ops) {
            bitmap |= 1u << i;
        }
    }
    return bitmap;
}

/* The next page that has endpoints, or EPMAP_PAGES. */
static unsigned rtkit_epmap_next(RTKit *rtkit, unsigned page)
{
    do {
        page++;
    } while (page < EPMAP_PAGES && !rtkit_epmap_page(rtkit, page));
    return page;
}

static bool rtkit_epmap_is_last(RTKit *rtkit)
{
    return rtkit_epmap_next(rtkit, rtkit->epmap_base) == EPMAP_PAGES;
}

static void rtkit_send_epmap(RTKit *rtkit, unsigned page)
{
    uint64_t body = rtkit_epmap_page(rtkit, page);

    rtkit->epmap_base = page;
    body = FIELD_DP64(body, MGMT_EPMAP, BASE, page);
    body = FIELD_DP64(body, MGMT_EPMAP, LAST, rtkit_epmap_is_last(rtkit));
    rtkit_send_mgmt(rtkit, MGMT_EPMAP, body);
}

static RTKitOutcome rtkit_hello_reply(RTKit *rtkit, uint64_t msg)
{
    uint16_t version = FIELD_EX64(msg, MGMT_HELLO, MINVER);

    if (version != FIELD_EX64(msg, MGMT_HELLO, MAXVER) ||
        version < rtkit->min_version || version > rtkit->max_version) {
        return REFUSED;
    }
    rtkit->version = version;
    rtkit_send_epmap(rtkit, 0);
    return DONE;
}

static RTKitOutcome rtkit_epmap_reply(RTKit *rtkit, uint64_t msg)
{
    bool last = rtkit_epmap_is_last(rtkit);

    if (FIELD_EX64(msg, MGMT_EPMAP, BASE) != rtkit->epmap_base ||
        FIELD_EX64(msg, MGMT_EPMAP, LAST) != last) {
        return REFUSED;
    }
    if (last) {
        return DONE;
    }
    rtkit_send_epmap(rtkit, rtkit_epmap_next(rtkit, rtkit->epmap_base));
    return STAY;
}

static RTKitOutcome rtkit_startep(RTKit *rtkit, uint64_t msg)
{
    RTKitEndpoint *ep = &rtkit->endpoint[FIELD_EX64(msg, MGMT_STARTEP, EP)];
    bool start = FIELD_EX64(msg, MGMT_STARTEP, START);

    if (!ep->ops || start == FIELD_EX64(msg, MGMT_STARTEP, STOP) ||
        start == ep->started) {
        return REFUSED;
    }
    if (start) {
        rtkit_endpoint_start(ep);
    } else {
        rtkit_endpoint_stop(ep);
    }
    return STAY;
}

/*
 * Every needed endpoint runs, and no started one lacks its buffer but oslog,
 * whose request not every AP answers.
 */
static bool rtkit_is_booted(RTKit *rtkit)
{
    for (int i = 0; i < RTKIT_NUM_ENDPOINTS; i++) {
        RTKitEndpoint *ep = &rtkit->endpoint[i];

        if (ep->ops && ((ep->ops->needed && !ep->started) ||
                        (ep->waiting && !ep->ops->oslog))) {
            return false;
        }
    }
    return true;
}

static void rtkit_ack_iop_power(RTKit *rtkit, uint16_t power)
{
    rtkit_send_mgmt(rtkit, MGMT_SET_IOP_PWR_STATE_ACK,
                    FIELD_DP64(0, MGMT_PWR, STATE, power));
}

/*
 * An AP that found HELLO in its mailbox may have answered before it sends its
 * wake, as Linux does that handles messages while it probes: to that one, its
 * first, only what it is for is said again. But an AP that woke it, or said
 * that it is on, does not wake it: this is another one, such as a kernel that
 * was started by kexec, to which the firmware has said nothing yet.
 */
static RTKitOutcome rtkit_wake_late(RTKit *rtkit, uint64_t msg)
{
    if (rtkit->woken || rtkit->ap_power == RTKIT_PWR_STATE_ON) {
        rtkit->queue_count = 0;
        return rtkit_wake(rtkit, msg);
    }
    if (rtkit->state == RTKIT_STATE_ON) {
        rtkit_ack_iop_power(rtkit, RTKIT_PWR_STATE_ON);
    }
    return rtkit_wake_again(rtkit, msg);
}

void rtkit_mgmt_progress(RTKit *rtkit)
{
    if (rtkit->state == RTKIT_STATE_BOOT && !timer_pending(rtkit->timer)) {
        rtkit_boot(rtkit);
    }
    if (rtkit->state == RTKIT_STATE_STARTING && rtkit_is_booted(rtkit)) {
        rtkit_set_state(rtkit, RTKIT_STATE_ON);
        rtkit_ack_iop_power(rtkit, RTKIT_PWR_STATE_ON);
    }
}

/* Power states */

static bool rtkit_is_power_state(uint16_t power)
{
    switch (power) {
    case RTKIT_PWR_STATE_OFF:
    case RTKIT_PWR_STATE_SLEEP:
    case RTKIT_PWR_STATE_QUIESCED:
    case RTKIT_PWR_STATE_ON:
    case RTKIT_PWR_STATE_IDLE:
    case RTKIT_PWR_STATE_INIT:
        return true;
    default:
        return false;
    }
}

static RTKitOutcome rtkit_ap_power(RTKit *rtkit, uint64_t msg)
{
    bool was_on = rtkit->ap_power == RTKIT_PWR_STATE_ON;
    uint16_t power = FIELD_EX64(msg, MGMT_PWR, STATE);

    if (!rtkit_is_power_state(power)) {
        return REFUSED;
    }
    rtkit->ap_power = power;
    rtkit_send_mgmt(rtkit, MGMT_SET_AP_PWR_STATE,
                    FIELD_DP64(0, MGMT_PWR, STATE, rtkit->ap_power));
    if (was_on || rtkit->ap_power != RTKIT_PWR_STATE_ON) {
        return STAY;
    }
    for (int i = 0; i < RTKIT_NUM_ENDPOINTS; i++) {
        RTKitEndpoint *ep = &rtkit->endpoint[i];

        if (ep->started && !ep->waiting && ep->ops->ap_on) {
            ep->ops->ap_on(ep);
        }
    }
    return STAY;
}

/* Quiesce, sleep, off: nothing is retained. */
static RTKitOutcome rtkit_iop_down(RTKit *rtkit, uint64_t msg)
{
    rtkit_stop_endpoints(rtkit);
    rtkit_ack_iop_power(rtkit, FIELD_EX64(msg, MGMT_PWR, STATE));
    return DONE;
}

static RTKitOutcome rtkit_iop_idle(RTKit *rtkit, uint64_t msg)
{
    rtkit_ack_iop_power(rtkit, RTKIT_PWR_STATE_IDLE);
    return DONE;
}

/* Nothing was forgotten: the AP need not boot it again. */
static RTKitOutcome rtkit_iop_resume(RTKit *rtkit, uint64_t msg)
{
    rtkit_ack_iop_power(rtkit, RTKIT_PWR_STATE_ON);
    return DONE;
}

static RTKitOutcome rtkit_ping(RTKit *rtkit, uint64_t msg)
{
    rtkit_send_mgmt(rtkit, MGMT_PONG,
                    FIELD_EX64(msg, MGMT_PING, SEQUENCE));
    return STAY;
}

#define S(name) (1 << RTKIT_STATE_ ## name)
#define TO(name) RTKIT_STATE_ ## name

static const RTKitTransition rtkit_transitions[] = {
    { S(INIT) | S(QUIESCED) | S(SLEEP),
                        EV_IOP_WAKE,    rtkit_wake,        TO(BOOT) },
    { S(BOOT) | S(HELLO),
                        EV_IOP_WAKE,    rtkit_wake_again,  },
    { S(EPMAP) | S(STARTING) | S(ON),
                        EV_IOP_WAKE,    rtkit_wake_late,   TO(BOOT) },
    { S(HELLO),         EV_HELLO_REPLY, rtkit_hello_reply, TO(EPMAP) },
    { S(EPMAP),         EV_EPMAP_REPLY, rtkit_epmap_reply, TO(STARTING) },
    { S(STARTING) | S(ON),
                        EV_STARTEP,     rtkit_startep,     },
    { S(STARTING) | S(ON),
                        EV_AP_POWER,    rtkit_ap_power,    },
    { S(STARTING) | S(ON),
                        EV_PING,        rtkit_ping,        },
    { S(ON),            EV_IOP_IDLE,    rtkit_iop_idle,    TO(IDLE) },
    { S(IDLE),          EV_IOP_WAKE,    rtkit_iop_resume,  TO(ON) },
    { S(ON),            EV_IOP_QUIESCE, rtkit_iop_down,    TO(QUIESCED) },
    { S(ON),            EV_IOP_SLEEP,   rtkit_iop_down,    TO(SLEEP) },
    { S(ON),            EV_IOP_OFF,     rtkit_iop_down,    TO(OFF) },
};

#undef S
#undef TO

static const RTKitMessageRow *rtkit_find_message(uint64_t msg)
{
    unsigned type = FIELD_EX64(msg, MGMT, TYPE);
    unsigned state = FIELD_EX64(msg, MGMT_PWR, STATE);

    for (int i = 0; i < ARRAY_SIZE(rtkit_messages); i++) {
        const RTKitMessageRow *row = &rtkit_messages[i];

        if (row->type == type && (!row->by_state || row->state == state)) {
            return row;
        }
    }
    return NULL;
}

static const RTKitTransition *rtkit_find_transition(RTKit *rtkit,
                                                    RTKitEvent event)
{
    for (int i = 0; i < ARRAY_SIZE(rtkit_transitions); i++) {
        const RTKitTransition *row = &rtkit_transitions[i];

        if (row->event == event && row->states & (1 << rtkit->state)) {
            return row;
        }
    }
    return NULL;
}

void rtkit_mgmt_receive(RTKit *rtkit, uint64_t msg)
{
    const RTKitMessageRow *message = rtkit_find_message(msg);
    const RTKitTransition *row;
    uint32_t life = rtkit->life;
    RTKitOutcome outcome;

    if (!message) {
        rtkit_guest_error(rtkit, RTKIT_EP_MGMT, msg,
                          "unknown management message");
        return;
    }
    row = rtkit_find_transition(rtkit, message->event);
    if (!row) {
        rtkit_guest_error(rtkit, RTKIT_EP_MGMT, msg,
                          "message does not belong here");
        return;
    }
    outcome = row->action(rtkit, msg);
    if (rtkit->life != life) {
        return;
    }
    switch (outcome) {
    case DONE:
        rtkit_set_state(rtkit, row->next);
        break;
    case STAY:
        break;
    case REFUSED:
        rtkit_guest_error(rtkit, RTKIT_EP_MGMT, msg, "bad content");
        break;
    }
    rtkit_mgmt_progress(rtkit);
}

/*
 * Apple RTKit: the firmware framework of the co-processors
 *
 * The core is bytes in, bytes out: it takes (endpoint, 64-bit message) and
 * sends the same. It owns endpoint 0, management, which is one table of
 * states and messages; the system endpoints (crashlog, syslog, debug,
 * ioreport, oslog, tracekit); and the start, stop and buffers of every
 * endpoint. What a co-processor does for a living is an endpoint of its own,
 * 0x20 and up.
 *
 * TYPE_APPLE_RTKIT is a bus-less device, a child of the co-processor, which
 * resets it. It migrates by its QOM path. QOM properties:
 *  + "min-version", "max-version": uint16, offered in HELLO, 11 and 12 unless
 *    set before realize
 *  + "running-at-reset": bool, whether the CPU runs, never booted, after a
 *    reset (the default) or waits for rtkit_set_running()
 *  + "boot-ns": uint64, what passes between the start of the CPU, or a wake,
 *    and HELLO, in nanoseconds of QEMU_CLOCK_VIRTUAL, 0 by default. May
 *    change at any time; a boot under way stays as it is.
 *  + "tracekit": bool, whether there is endpoint 0x0a, off by default, for
 *    Linux warns that it does not know it
 *  + "echo-endpoint": uint8, where to add an endpoint that returns what it
 *    is sent, 0x20 or more; 0 (the default) for nowhere
 *  + "state": string, read-only, the name of a row of rtkit_states[]
 *  + "endpoints": list of strings, read-only, those the AP has started
 *  + "iop-power-state", "ap-power-state", "version": uint16, read-only
 *  + "dropped-messages": uint32, read-only, what did not fit the queue
 *
 * Source: Linux drivers/soc/apple/rtkit.c, whose names are used here.
 *
 * All functions are called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_RTKIT_H
#define HW_APPLE_RTKIT_H

#include "hw/fault/port.h"
#include "hw/qdev-core.h"

#define TYPE_APPLE_RTKIT "apple-rtkit"
OBJECT_DECLARE_SIMPLE_TYPE(RTKit, APPLE_RTKIT)

#define RTKIT_NUM_ENDPOINTS 256
/* Messages that wait while the mailbox is full; more are dropped. */
#define RTKIT_QUEUE_LEN 64
#define RTKIT_SYSLOG_ENTRIES 16
/* Bytes of text in a syslog entry, its NUL included. */
#define RTKIT_SYSLOG_TEXT 0x60
/* Messages, of both directions, that a crashlog shows. */
#define RTKIT_HISTORY_LEN 32
/* Bytes of a crash's reason, its NUL included. */
#define RTKIT_REASON_LEN 256

enum {
    RTKIT_EP_MGMT = 0x00,
    RTKIT_EP_CRASHLOG = 0x01,
    RTKIT_EP_SYSLOG = 0x02,
    RTKIT_EP_DEBUG = 0x03,
    RTKIT_EP_IOREPORT = 0x04,
    RTKIT_EP_OSLOG = 0x08,
    RTKIT_EP_TRACEKIT = 0x0a,
    RTKIT_EP_APP = 0x20,
};

enum {
    RTKIT_PWR_STATE_OFF = 0x000,
    RTKIT_PWR_STATE_SLEEP = 0x001,
    RTKIT_PWR_STATE_QUIESCED = 0x010,
    RTKIT_PWR_STATE_ON = 0x020,
    RTKIT_PWR_STATE_IDLE = 0x201,
    RTKIT_PWR_STATE_INIT = 0x220,
};

/* Where the co-processor is; rtkit_transitions[] says how it gets there. */
typedef enum RTKitState {
    RTKIT_STATE_STOPPED,    /* CPU held: RUN is 0 */
    RTKIT_STATE_INIT,       /* CPU runs, never booted */
    RTKIT_STATE_BOOT,       /* "boot-ns" are passing */
    RTKIT_STATE_HELLO,      /* HELLO sent, no reply yet */
    RTKIT_STATE_EPMAP,      /* one page of the endpoint map sent */
    RTKIT_STATE_STARTING,   /* waiting for endpoints to be started */
    RTKIT_STATE_ON,
    RTKIT_STATE_IDLE,       /* sleeping, everything retained */
    RTKIT_STATE_QUIESCED,   /* running, no communication */
    RTKIT_STATE_SLEEP,      /* can be woken, nothing retained */
    RTKIT_STATE_OFF,        /* only a reset helps */
    RTKIT_STATE_CRASHED,    /* only a reset, or CPU control, helps */
    RTKIT_STATE__MAX,
} RTKitState;

typedef struct RTKitEndpoint RTKitEndpoint;

/**
 * RTKitOps: the co-processor that runs RTKit
 *
 * @send: put a message into the mailbox; false if there is no room, and then
 *        rtkit_flush() is called when there is.
 * @write_memory: write to the co-processor's bus, where its buffers are;
 *        false if there is no memory at @addr.
 * @buffer_ok: may the co-processor use this buffer of the AP's? If not, the
 *        AP's answer is refused. NULL if any will do.
 * @state_changed: the state is another one now. It must not call RTKit. May
 *        be NULL.
 */
typedef struct RTKitOps {
    bool (*send)(void *opaque, uint8_t endpoint, uint64_t msg);
    bool (*write_memory)(void *opaque, uint64_t addr, const void *buf,
                         size_t len);
    bool (*buffer_ok)(void *opaque, uint64_t addr, uint64_t size);
    void (*state_changed)(void *opaque, RTKitState state);
} RTKitOps;

/**
 * RTKitEndpointOps: one kind of endpoint; all of it but @name may be left out
 *
 * @needed: booting is not complete before the AP has started it
 * @oslog: it is oslog, whose buffer messages have a layout of their own, which
 *         not every AP knows: it asks none that has not started syslog, the
 *         AP may decline, and booting does not wait for the answer
 * @state_size: bytes of RTKitEndpoint.state, which are zeroed when it stops
 * @vmsd: how RTKitEndpoint.state migrates; needed if there is any
 * @start: the AP has started it, and it has its buffer if it wants one
 * @ap_on: the AP has said that it is on, and the endpoint is started
 * @receive: a message of the AP, never a buffer reply; false if it makes no
 *           sense, which the core then logs as a guest error
 * @stop: what is not in its state is to be forgotten: reset, crash, quiesce,
 *        sleep, stop
 */
typedef struct RTKitEndpointOps {
    const char *name;
    bool needed;
    bool oslog;
    size_t state_size;
    const VMStateDescription *vmsd;
    void (*start)(RTKitEndpoint *ep);
    void (*ap_on)(RTKitEndpoint *ep);
    bool (*receive)(RTKitEndpoint *ep, uint64_t msg);
    void (*stop)(RTKitEndpoint *ep);
} RTKitEndpointOps;

/*
 * @opaque: the co-processor's, as given to rtkit_add_endpoint()
 * @state: what the endpoint remembers, see RTKitEndpointOps
 * @own_size, @own_addr: the buffer as configured, see rtkit_set_buffer()
 * @size, @addr: the buffer in use, 0 if there is none
 * @waiting: the AP was asked for a buffer and has not answered
 */
struct RTKitEndpoint {
    RTKit *rtkit;
    const RTKitEndpointOps *ops;
    void *opaque;
    void *state;
    uint8_t id;
    uint32_t own_size;
    uint64_t own_addr;

    bool started;
    bool waiting;
    uint32_t size;
    uint64_t addr;
};

typedef struct RTKitMessage {
    uint64_t msg;
    uint8_t endpoint;
} RTKitMessage;

/* A message that passed, at @time in us of QEMU_CLOCK_VIRTUAL, truncated. */
typedef struct RTKitPassed {
    uint64_t msg;
    uint32_t time;
    uint8_t endpoint;
} RTKitPassed;

/*
 * @timer: runs while the state is RTKIT_STATE_BOOT, until @boot_end
 * @life: changes when it is restarted or crashes: a fault rule may make it,
 *        and what was under way is over then
 * @woken: the AP has sent a wake since it was started
 * @epmap_base: the page of the endpoint map that was sent last
 * @passed: messages of both directions, a ring; @num_passed since the start
 */
struct RTKit {
    DeviceState parent_obj;

    FaultPort port;
    uint16_t min_version;
    uint16_t max_version;
    bool running_at_reset;
    bool tracekit;
    uint8_t echo_endpoint;
    uint64_t boot_ns;
    const RTKitOps *ops;
    void *opaque;
    QEMUTimer *timer;

    uint8_t state;
    uint32_t life;
    int64_t boot_end;
    uint8_t epmap_base;
    uint16_t version;
    uint16_t ap_power;
    bool woken;
    RTKitEndpoint endpoint[RTKIT_NUM_ENDPOINTS];

    RTKitMessage queue[RTKIT_QUEUE_LEN];
    uint8_t queue_head;
    uint8_t queue_count;
    uint32_t dropped;

    RTKitPassed passed[RTKIT_HISTORY_LEN];
    uint64_t num_passed;
};

/**
 * rtkit_connect: say which co-processor runs @rtkit; once, before realize
 * @ops: borrowed
 */
void rtkit_connect(RTKit *rtkit, const RTKitOps *ops, void *opaque);

/**
 * rtkit_add_endpoint: offer an endpoint in the endpoint map
 * @id: not taken yet; 0 is management's
 * @ops: borrowed
 *
 * To be called before the first reset.
 */
void rtkit_add_endpoint(RTKit *rtkit, uint8_t id, const RTKitEndpointOps *ops,
                        void *opaque);

/**
 * rtkit_set_buffer: the shared buffer endpoint @id wants when it is started
 * @size: bytes, a multiple of 4096 and at most 255 pages; 0 for no buffer
 * @addr: where the co-processor keeps it, or 0 to ask the AP for one
 */
void rtkit_set_buffer(RTKit *rtkit, uint8_t id, uint32_t size, uint64_t addr);

/* The CPU is let run (and sends HELLO) or held. No change: no effect. */
void rtkit_set_running(RTKit *rtkit, bool running);
bool rtkit_is_running(RTKit *rtkit);

/**
 * rtkit_crash: the firmware dies
 * @reason: at most RTKIT_REASON_LEN - 1 characters are used
 *
 * If it has its buffer, the AP gets a crashlog; nothing else is sent, and
 * nothing is answered, until the CPU is held and run again, or a reset.
 *
 * Returns false if there is nothing to crash: it is held, off or crashed.
 */
bool rtkit_crash(RTKit *rtkit, const char *reason);
/* The same with a crashlog of the caller's, if @log is not NULL. */
bool rtkit_crash_with(RTKit *rtkit, const char *reason, const uint8_t *log,
                      size_t length);
/* The same without a word, not even of what waits to be sent. */
bool rtkit_hang(RTKit *rtkit);

/* A message from the AP. Anything at all may be passed in. */
void rtkit_receive(RTKit *rtkit, uint8_t endpoint, uint64_t msg);

/* There is room in the mailbox again. */
void rtkit_flush(RTKit *rtkit);

/* A message to the AP; see RTKIT_QUEUE_LEN for what happens if it is slow. */
void rtkit_send(RTKitEndpoint *ep, uint64_t msg);

/*
 * The same for what happens when it likes and may get lost: it leaves half of
 * the queue to answers, whose loss would be an error to the AP. Returns false
 * if it is lost.
 */
bool rtkit_notify(RTKitEndpoint *ep, uint64_t msg);

/* Started, and both sides on: it may send what the AP did not ask for. */
bool rtkit_endpoint_is_live(RTKitEndpoint *ep);

/**
 * rtkit_syslog: log a line, if the AP listens
 * @task: at most 23 characters are used
 * @text: at most RTKIT_SYSLOG_TEXT - 1 characters are used
 *
 * Returns false if it was lost: syslog is not started, or the AP has returned
 * none of the RTKIT_SYSLOG_ENTRIES entries.
 */
bool rtkit_syslog(RTKit *rtkit, const char *task, const char *text);

#endif

/*
 * An RTKit with nobody around it: messages in, messages out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef RTKIT_FIXTURE_H
#define RTKIT_FIXTURE_H

#include "hw/apple/rtkit.h"
#include "migration/vmstate.h"
#include "../virtual-clock.h"

/* The messages of a boot, as Linux 7.2 sees and sends them. */
#define MSG_HELLO           0x00100000000c000bULL
#define MSG_HELLO_REPLY     0x00200000000c000cULL
#define MSG_WAKE            0x0060000000000220ULL
#define MSG_IOP_ON          0x0060000000000020ULL
#define MSG_IOP_ACK_ON      0x0070000000000020ULL
#define MSG_AP_ON           0x00b0000000000020ULL
#define MSG_EPMAP_0         0x008000000000011fULL
#define MSG_EPMAP_0_REPLY   0x0080000000000001ULL
#define MSG_EPMAP_1         0x0088000100000001ULL
#define MSG_EPMAP_1_REPLY   0x0088000100000000ULL
#define MSG_EPMAP_ONLY      0x008800000000011fULL
#define MSG_EPMAP_ONLY_REPLY 0x0088000000000000ULL
#define MSG_STARTEP(ep)     (0x0050000000000002ULL | (uint64_t)(ep) << 32)
#define MSG_STOPEP(ep)      (0x0050000000000001ULL | (uint64_t)(ep) << 32)
#define MSG_SYSLOG_INIT     0x0080000060000010ULL
#define MSG_SYSLOG(index)   (0x0050000000000000ULL | (index))
#define MSG_DEBUG_START     0x0008000000000000ULL
#define MSG_IOREPORT_START  0x00c0000000000000ULL

/* Where the fixture keeps the buffers that the firmware owns. */
#define FIXTURE_SRAM 0x23fe00000ULL
#define FIXTURE_SRAM_SIZE 0x10000

typedef struct RTKitFixture {
    Object *parent;
    RTKit rtkit;
    GArray *out;            /* RTKitMessage, oldest first */
    unsigned room;          /* how many more the "mailbox" takes */
    uint8_t sram[FIXTURE_SRAM_SIZE];
    RTKitState changed_to;  /* as RTKitOps.state_changed said last */
    uint64_t refused_buffer;    /* no buffer is OK here */
    unsigned app_messages;  /* what the endpoint of fixture_add_app() got */
    unsigned app_stops;
} RTKitFixture;

/* Call once, before any fixture. */
void fixture_global_init(void);

/* @own_buffers: keep the system endpoints' buffers in SRAM, as an SMC does */
RTKitFixture *fixture_new(bool own_buffers);
/* The same, not realized yet. */
RTKitFixture *fixture_prepare(bool own_buffers);
void fixture_realize(RTKitFixture *f);
void fixture_free(RTKitFixture *f);

/* Add an endpoint that counts its messages. */
void fixture_add_app(RTKitFixture *f, uint8_t id);

void fixture_send(RTKitFixture *f, uint8_t endpoint, uint64_t msg);
/* The oldest message that came out is this one. */
void fixture_expect(RTKitFixture *f, uint8_t endpoint, uint64_t msg);
/* Nothing more came out. */
void fixture_expect_silence(RTKitFixture *f);
/* The guest was told off, or not, since the last time this was asked. */
void fixture_expect_error(RTKitFixture *f, bool error);
bool fixture_had_error(RTKitFixture *f);
void fixture_expect_state(RTKitFixture *f, const char *state);

/*
 * A transcript: what the AP sends, and what the IOP must then have sent. There
 * is nothing more, and nobody is told off.
 */
typedef struct FixtureLine {
    char from;
    uint8_t endpoint;
    uint64_t msg;
} FixtureLine;

#define A(endpoint, msg) { 'A', endpoint, msg }
#define I(endpoint, msg) { 'I', endpoint, msg }

void fixture_play(RTKitFixture *f, const FixtureLine *line, unsigned count);
#define FIXTURE_PLAY(f, lines) fixture_play(f, lines, ARRAY_SIZE(lines))

/* The state of @obj as it migrates; loading returns what the VMState says. */
GBytes *fixture_save(const VMStateDescription *vmsd, void *obj);
int fixture_load(const VMStateDescription *vmsd, void *obj, GBytes *state);

/* From a reset, by the shortest way. */
void fixture_go_to(RTKitFixture *f, RTKitState state);

/* Up to and including IOP_ACK_ON and AP_ON, all of it checked. */
void fixture_boot(RTKitFixture *f);

#endif

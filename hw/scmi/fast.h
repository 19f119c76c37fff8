/*
 * SCMI fast channels: what a protocol whose domains have them provides
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_FAST_H
#define HW_SCMI_FAST_H

#include "protocol.h"
#include "hw/scmi/fastchannel.h"

/* The most words that a channel has. */
#define SCMI_FAST_MAX_WORDS 2

#define SCMI_FAST_ENTRY_WORDS (SCMI_FAST_ENTRY_SIZE / sizeof(uint32_t))

/**
 * ScmiFastChannel: a message of a protocol that has a fast channel
 * @message: its id
 * @word: where in the entry it starts
 * @words: how many it has
 * @set: agents write it; then its bit in the doorbell is its place in
 *       ScmiFastClass.channels
 */
typedef struct ScmiFastChannel {
    uint8_t message;
    uint8_t word;
    uint8_t words;
    bool set;
} ScmiFastChannel;

typedef struct ScmiFastDomain ScmiFastDomain;

/**
 * ScmiFastClass: the fast channels of a protocol
 * @settable: whether the domain takes what is written for @message
 * @set: carry out @message for @agent, as if it had come in a message
 * @get: the words that agents read, at their places in @entry, which has
 *       zeros there
 */
typedef struct ScmiFastClass {
    const ScmiProtocol *protocol;
    ScmiFastChannel channels[4];
    bool (*settable)(const ScmiFastDomain *fast, unsigned message);
    ScmiStatus (*set)(ScmiFastDomain *fast, unsigned message,
                      const uint32_t *words, unsigned agent);
    void (*get)(const ScmiFastDomain *fast,
                uint32_t entry[SCMI_FAST_ENTRY_WORDS]);
} ScmiFastClass;

/**
 * ScmiFastDomain: the fast channels of a domain, part of its resource
 * @platform, @resource: whose they are, set also where there are none
 * @mode: none, or how they work
 * @since: the version from which agents can use them
 * @rate_limit: shortest time between two commands in microseconds, or 0
 * @place: of its entry
 */
struct ScmiFastDomain {
    const ScmiFastClass *class;
    ScmiPlatform *platform;
    ScmiResource *resource;
    ScmiFastChannels mode;
    uint32_t since;
    uint32_t rate_limit;
    uint32_t place;
};

/* What the wire has room for in a rate limit. */
#define SCMI_MAX_RATE_LIMIT 0xfffff

/* Give @domain, which is filled in but for @place, an entry if it wants one. */
void scmi_fast_add(ScmiFastDomain *domain);

/* Show the state of a domain after every change of it. */
void scmi_fast_update(const ScmiFastDomain *domain);

/* Whether the agent is offered fast channels of this domain. */
bool scmi_fast_offered(const ScmiCall *call, const ScmiFastDomain *domain);

/* The body of DESCRIBE_FASTCHANNEL, whose payload is a domain and a message. */
ScmiStatus scmi_fast_describe(ScmiCall *call, const ScmiFastDomain *domain);

/* ScmiMessage.message_attributes of a message that has a fast channel. */
uint32_t scmi_fast_message_attributes(const ScmiCall *call);

#endif

/*
 * SMC mailbox: what its files share
 *
 * mailbox.c is the device: its calls, its pages, its life. mailbox-backend.c
 * has what answers a message, mailbox-peer.c the process behind a character
 * device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SMCCC_MAILBOX_INTERNAL_H
#define HW_SMCCC_MAILBOX_INTERNAL_H

#include "qemu/timer.h"
#include "exec/memory.h"
#include "hw/irq.h"
#include "hw/scmi/channel.h"
#include "hw/smccc/conduit.h"
#include "hw/smccc/mailbox.h"
#include "hw/sysbus.h"
#include "mailbox-peer.h"

typedef struct MailboxBackend MailboxBackend;

/**
 * MailboxChannel:
 * @page: its shared memory, in the host
 * @pending: a message is under way, which is more than the page may say
 * @error: what becomes of it when @timer expires
 * @peer: with backend "chardev", NULL otherwise
 * @scmi, @answered: with backend "scmi": its port, and whether the command
 *                   that runs has a reply
 */
typedef struct MailboxChannel {
    SmcMailbox *mailbox;
    uint32_t number;
    uint8_t *page;
    const MailboxBackend *backend;
    MailboxPeer *peer;
    ScmiChannel scmi;
    bool answered;
    qemu_irq irq;
    bool pending;
    uint32_t error;
    QEMUTimer timer;
} MailboxChannel;

struct SmcMailbox {
    SysBusDevice parent_obj;
    MemoryRegion pages;
    SMCCCConduit *conduit;
    ScmiPlatform *platform;
    uint32_t agent;
    uint32_t function;
    uint32_t timeout_ms;
    uint32_t num_backends;
    char **backends;
    uint32_t num_channels;
    MailboxChannel *channels;
};

/**
 * MailboxBackend:
 * @name: as in property "channels", with @argument followed by one
 * @init: called when the device is realized; may be NULL
 * @run: run the message in the page, whose length is known to fit. It leaves
 *       the page FREE or with an ERROR, or the channel pending.
 */
struct MailboxBackend {
    const char *name;
    bool argument;
    bool (*init)(MailboxChannel *c, const char *argument, Error **errp);
    void (*run)(MailboxChannel *c, uint32_t length);
};

/**
 * mailbox_channel_init: make a channel ready for messages
 * @channel: @mailbox, @number and @page are set, all else is zero
 * @text: its backend, an element of property "channels"
 *
 * Whether it fails or not, mailbox_channel_finalize() has to follow.
 */
bool mailbox_channel_init(MailboxChannel *channel, const char *text,
                          Error **errp);
void mailbox_channel_finalize(MailboxChannel *channel);

/* Forget the message that is under way, and clear the page. */
void mailbox_channel_reset(MailboxChannel *channel);

/* The page is the agent's again, without an answer: SMC_MAILBOX_ERROR_. */
void mailbox_channel_refuse(MailboxChannel *channel, uint32_t error);

extern const VMStateDescription vmstate_mailbox_channel;

#endif

/*
 * SMC mailbox: the process at the other end of a character device
 *
 * One request is under way at most; its answer, or that there will be none,
 * is told once. Nothing here waits: what the other end does not take is kept
 * until it does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SMCCC_MAILBOX_PEER_H
#define HW_SMCCC_MAILBOX_PEER_H

#include "qemu/osdep.h"

typedef struct MailboxPeer MailboxPeer;

/**
 * MailboxPeerOps: what the owner is told, with the BQL held
 * @answered: the answer; only while the machine runs
 * @failed: there will be none, and why (SMC_MAILBOX_ERROR_); also while the
 *          machine is stopped
 */
typedef struct MailboxPeerOps {
    void (*answered)(void *opaque, const uint8_t *message, uint32_t length);
    void (*failed)(void *opaque, uint32_t error);
} MailboxPeerOps;

/**
 * mailbox_peer_new: take a character device into use
 * @id: of the character device
 * @channel: number of the channel, as frames have it
 *
 * Returns NULL when there is no such device or it is in use.
 */
MailboxPeer *mailbox_peer_new(const char *id, uint32_t channel,
                              const MailboxPeerOps *ops, void *opaque,
                              Error **errp);
void mailbox_peer_free(MailboxPeer *peer);

/**
 * mailbox_peer_send: send a request of SMC_MAILBOX_MESSAGE_MAX bytes at most
 *
 * Returns false, and then nobody is told anything, when it cannot be sent.
 * @ops->failed may be called before it returns true.
 */
bool mailbox_peer_send(MailboxPeer *peer, const uint8_t *message,
                       uint32_t length);

/* The answer to the last request is not wanted any more. */
void mailbox_peer_forget(MailboxPeer *peer);

/* The machine goes on: take what has arrived meanwhile. */
void mailbox_peer_resume(MailboxPeer *peer);

#endif

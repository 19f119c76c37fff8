/*
 * SMC mailbox: the process at the other end of a character device
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qapi/error.h"
#include "chardev/char-fe.h"
#include "hw/smccc/mailbox.h"
#include "mailbox-peer.h"
#include "system/runstate.h"
#include "trace.h"

/* How much of an over-long frame is taken at a time. */
#define SKIP_CHUNK 4096

#define FRAME_MAX (SMC_MAILBOX_FRAME_HEADER + SMC_MAILBOX_MESSAGE_MAX)

/**
 * MailboxPeer:
 * @request: number of the last request
 * @waiting: whether its answer is still wanted
 * @out: what the other end has not taken yet; @watch waits until it can
 * @in: the frame that is arriving, @in_length bytes so far
 * @skip: how many bytes of an over-long frame are still to come
 */
struct MailboxPeer {
    CharBackend chr;
    uint32_t channel;
    const MailboxPeerOps *ops;
    void *opaque;
    uint32_t request;
    bool waiting;
    GByteArray *out;
    guint watch;
    uint8_t in[FRAME_MAX];
    uint32_t in_length;
    uint32_t skip;
};

static void peer_fail(MailboxPeer *peer, uint32_t error)
{
    if (peer->waiting) {
        peer->waiting = false;
        peer->ops->failed(peer->opaque, error);
    }
}

/* Receiving. */

static uint32_t frame_word(const MailboxPeer *peer, unsigned offset)
{
    return ldl_le_p(peer->in + offset);
}

/* How long the frame is, as far as is known. */
static uint32_t frame_end(const MailboxPeer *peer)
{
    return peer->in_length < SMC_MAILBOX_FRAME_HEADER
           ? SMC_MAILBOX_FRAME_HEADER
           : SMC_MAILBOX_FRAME_HEADER +
             frame_word(peer, SMC_MAILBOX_FRAME_LENGTH);
}

static bool is_answer(const MailboxPeer *peer)
{
    uint32_t request = frame_word(peer, SMC_MAILBOX_FRAME_REQUEST);
    uint32_t channel = frame_word(peer, SMC_MAILBOX_FRAME_CHANNEL);

    if (peer->waiting && channel == peer->channel &&
        request == peer->request) {
        return true;
    }
    trace_smc_mailbox_err_no_request(peer->channel, channel, request);
    return false;
}

/* More of the frame has arrived. */
static void peer_advance(MailboxPeer *peer)
{
    uint32_t length = frame_word(peer, SMC_MAILBOX_FRAME_LENGTH);

    if (peer->in_length < SMC_MAILBOX_FRAME_HEADER) {
        return;
    }
    if (length > SMC_MAILBOX_MESSAGE_MAX) {
        trace_smc_mailbox_err_frame(peer->channel, length);
        peer->skip = length;
        peer->in_length = 0;
        if (is_answer(peer)) {
            peer_fail(peer, SMC_MAILBOX_ERROR_ANSWER);
        }
        return;
    }
    if (peer->in_length < frame_end(peer)) {
        return;
    }
    peer->in_length = 0;
    if (is_answer(peer)) {
        peer->waiting = false;
        peer->ops->answered(peer->opaque, peer->in + SMC_MAILBOX_FRAME_HEADER,
                            length);
    }
}

/* A stopped machine's memory must not change. */
static int peer_can_read(void *opaque)
{
    MailboxPeer *peer = opaque;

    if (!runstate_is_running()) {
        return 0;
    }
    return peer->skip ? SKIP_CHUNK : frame_end(peer) - peer->in_length;
}

static void peer_read(void *opaque, const uint8_t *buf, int size)
{
    MailboxPeer *peer = opaque;

    while (size > 0) {
        uint32_t n;

        if (peer->skip) {
            n = MIN(peer->skip, size);
            peer->skip -= n;
        } else {
            n = MIN(frame_end(peer) - peer->in_length, size);
            memcpy(peer->in + peer->in_length, buf, n);
            peer->in_length += n;
            peer_advance(peer);
        }
        buf += n;
        size -= n;
    }
}

/* Sending. */

static gboolean peer_writable(void *do_not_use, GIOCondition condition,
                              void *opaque);

static void peer_flush(MailboxPeer *peer)
{
    while (peer->out->len) {
        int n = qemu_chr_fe_write(&peer->chr, peer->out->data,
                                  peer->out->len);

        if (n <= 0) {
            break;
        }
        g_byte_array_remove_range(peer->out, 0, MIN(n, peer->out->len));
    }
    if (peer->out->len && !peer->watch) {
        peer->watch = qemu_chr_fe_add_watch(&peer->chr, G_IO_OUT | G_IO_HUP,
                                            peer_writable, peer);
    }
}

static gboolean peer_writable(void *do_not_use, GIOCondition condition,
                              void *opaque)
{
    MailboxPeer *peer = opaque;

    peer->watch = 0;
    peer_flush(peer);
    return G_SOURCE_REMOVE;
}

static void append_word(GByteArray *out, uint32_t word)
{
    word = cpu_to_le32(word);
    g_byte_array_append(out, (const uint8_t *)&word, sizeof(word));
}

bool mailbox_peer_send(MailboxPeer *peer, const uint8_t *message,
                       uint32_t length)
{
    if (!qemu_chr_fe_backend_open(&peer->chr)) {
        return false;
    }
    /* It waits for a part of a frame: what follows has to come after that. */
    if (peer->out->len) {
        return false;
    }
    peer->request++;
    peer->waiting = true;
    append_word(peer->out, length);
    append_word(peer->out, peer->channel);
    append_word(peer->out, peer->request);
    g_byte_array_append(peer->out, message, length);
    peer_flush(peer);
    return true;
}

void mailbox_peer_forget(MailboxPeer *peer)
{
    peer->waiting = false;
}

void mailbox_peer_resume(MailboxPeer *peer)
{
    qemu_chr_fe_accept_input(&peer->chr);
}

/* Coming and going. */

/* Whoever comes next starts with a new frame, and so does what it gets. */
static void peer_start_over(MailboxPeer *peer)
{
    g_clear_handle_id(&peer->watch, g_source_remove);
    g_byte_array_set_size(peer->out, 0);
    peer->in_length = 0;
    peer->skip = 0;
    peer_fail(peer, SMC_MAILBOX_ERROR_NO_PEER);
}

static void peer_event(void *opaque, QEMUChrEvent event)
{
    MailboxPeer *peer = opaque;

    if (event == CHR_EVENT_OPENED || event == CHR_EVENT_CLOSED) {
        trace_smc_mailbox_peer(peer->channel, event == CHR_EVENT_OPENED);
        peer_start_over(peer);
    }
}

MailboxPeer *mailbox_peer_new(const char *id, uint32_t channel,
                              const MailboxPeerOps *ops, void *opaque,
                              Error **errp)
{
    Chardev *chr = qemu_chr_find(id);
    MailboxPeer *peer;

    if (!chr) {
        error_setg(errp, "there is no chardev '%s'", id);
        return NULL;
    }
    peer = g_new0(MailboxPeer, 1);
    peer->channel = channel;
    peer->ops = ops;
    peer->opaque = opaque;
    peer->out = g_byte_array_new();
    if (!qemu_chr_fe_init(&peer->chr, chr, errp)) {
        mailbox_peer_free(peer);
        return NULL;
    }
    qemu_chr_fe_set_handlers(&peer->chr, peer_can_read, peer_read, peer_event,
                             NULL, peer, NULL, true);
    return peer;
}

void mailbox_peer_free(MailboxPeer *peer)
{
    if (peer) {
        g_clear_handle_id(&peer->watch, g_source_remove);
        qemu_chr_fe_deinit(&peer->chr, false);
        g_byte_array_unref(peer->out);
        g_free(peer);
    }
}

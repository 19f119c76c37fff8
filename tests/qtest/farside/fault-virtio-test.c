/*
 * Fault rules on SCMI messages over virtio, whose buffers they keep
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "fault-rules.h"
#include "hw/scmi/wire.h"
#include "virtio-scmi.h"

#define BASE_VERSION 0x00004000
#define VERSION 0x20001

/* A command that was sent: the chain, and where its reply is to be. */
typedef struct Sent {
    uint32_t head;
    uint64_t response;
} Sent;

static Sent ask_version(VirtioScmi *v)
{
    const uint32_t command = BASE_VERSION;
    uint64_t request = guest_alloc(&v->alloc, VIRTIO_SCMI_BUFFER);
    Sent sent = { .response = guest_alloc(&v->alloc, VIRTIO_SCMI_BUFFER) };

    qtest_memwrite(v->qts, request, &command, sizeof(command));
    sent.head = qvirtqueue_add(v->qts, v->commands, request, sizeof(command),
                               false, true);
    qvirtqueue_add(v->qts, v->commands, sent.response, VIRTIO_SCMI_BUFFER,
                   true, false);
    qvirtqueue_kick(v->qts, &v->mmio.vdev, v->commands, sent.head);
    return sent;
}

static void expect_version(VirtioScmi *v, Sent sent)
{
    const uint32_t expected[] = { BASE_VERSION, SCMI_SUCCESS, VERSION };
    uint32_t reply[ARRAY_SIZE(expected)];
    uint32_t index, length;

    g_assert_true(qvirtqueue_get_buf(v->qts, v->commands, &index, &length));
    g_assert_cmpuint(index, ==, sent.head);
    g_assert_cmpuint(length, ==, sizeof(expected));
    qtest_memread(v->qts, sent.response, reply, sizeof(reply));
    g_assert_cmpmem(reply, sizeof(reply), expected, sizeof(expected));
}

static void expect_nothing(VirtioScmi *v)
{
    g_assert_false(qvirtqueue_get_buf(v->qts, v->commands, NULL, NULL));
}

/* A driver's buffer is the device's until the reply is in it. */
static void test_migrate(void)
{
    VirtioScmi *v = virtio_scmi_start(VIRTIO_SCMI_VIRT, VIRTIO_SCMI_EVENTS);
    Sent sent;

    fault_add(v->qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "  'action': 'suspend', 'tag': 'later' }");
    sent = ask_version(v);
    fault_expect_number(v->qts, 1, 1);
    v->qts = migrate_machine(v->qts, VIRTIO_SCMI_VIRT);
    v->mmio.qts = v->qts;
    expect_nothing(v);
    fault_resume(v->qts, "later");
    expect_version(v, sent);
    virtio_scmi_check_alive(v);
    virtio_scmi_stop(v);
}

/* A new driver gets nothing of what is kept, and of who is silenced. */
static void test_reset(void)
{
    VirtioScmi *v = virtio_scmi_start(VIRTIO_SCMI_VIRT, VIRTIO_SCMI_EVENTS);

    fault_add(v->qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "  'action': 'suspend', 'tag': 'later' }");
    ask_version(v);
    fault_expect_number(v->qts, 1, 1);
    virtio_scmi_restart(v, VIRTIO_SCMI_EVENTS);
    fault_expect_number(v->qts, 1, 0);
    virtio_scmi_check_alive(v);
    fault_remove(v->qts, "r");

    fault_add(v->qts, "{ 'id': 'r', 'site': 'scmi-reply', 'times': 1,"
        "  'action': 'silence' }");
    ask_version(v);
    expect_nothing(v);
    virtio_scmi_restart(v, VIRTIO_SCMI_EVENTS);
    ask_version(v);
    expect_nothing(v);
    fault_remove(v->qts, "r");
    virtio_scmi_restart(v, VIRTIO_SCMI_EVENTS);
    virtio_scmi_check_alive(v);
    virtio_scmi_stop(v);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fault-virtio/migrate", test_migrate);
    g_test_add_func("/fault-virtio/reset", test_reset);
    return g_test_run();
}

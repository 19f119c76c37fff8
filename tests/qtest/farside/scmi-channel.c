/*
 * SCMI over shared memory and an MHU, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/scmi/wire.h"
#include "scmi-channel.h"

const Mhu mhus[4] = {
    {
        .name = "v1", .send = "/machine/scmi-mhu",
        .receive = "/machine/scmi-mhu",
        .set = 0x0b000108, .send_stat = 0x0b000100,
        .stat = 0x0b000000, .clear = 0x0b000010,
        .commands = 0x0b400000, .events = 0x0b410000,
    }, {
        .name = "v2", .send = "/machine/scmi-mhu-sender",
        .receive = "/machine/scmi-mhu-receiver",
        .set = 0x0b00000c, .send_stat = 0x0b000000,
        .stat = 0x0b400000, .clear = 0x0b400008,
        .commands = 0x0b410000, .events = 0x0b420000,
        .enable = 0x0b400f98, .enable_value = 4,
    }, {
        .name = "v3", .send = "/machine/scmi-mhu-sender",
        .receive = "/machine/scmi-mhu-receiver",
        .set = 0x0b00100c, .send_stat = 0x0b001000,
        .stat = 0x0b401000, .clear = 0x0b401008,
        .commands = 0x0b410000, .events = 0x0b420000,
        .enable = 0x0b40101c, .enable_value = 1,
    }, {
        .name = "v2-0", .send = "/machine/scmi-mhu-sender",
        .receive = "/machine/scmi-mhu-receiver",
        .set = 0x0b00000c, .send_stat = 0x0b000000,
        .stat = 0x0b400000, .clear = 0x0b400008,
        .commands = 0x0b410000, .events = 0x0b420000,
    },
};

char *channel_machine(const Mhu *mhu)
{
    return g_strdup_printf("-M farside,scmi-platform.vendor=qtest,"
                           "scmi-platform.sub-vendor=mailbox,"
                           "scmi-platform.version=1,"
                           "scmi-platform.agents.0.name=OSPM,"
                           "scmi-platform.agents.0.transport.type=mailbox,"
                           "scmi-platform.agents.0.transport.mhu=%s,"
                           "scmi-platform.power-domains.0.name=gpu,"
                           "scmi-platform.power-domains.0.on=on",
                           mhu->name);
}

char *own_channel_machine(const Mhu *mhu)
{
    g_autofree char *machine = channel_machine(mhu);

    return g_strdup_printf("%s,scmi-platform.agents.0.transport.channels.0=17",
                           machine);
}

uint64_t own_channel(const Mhu *mhu)
{
    return mhu->events + 0x10000;
}

uint32_t shmem_read(QTestState *qts, uint64_t shmem, uint32_t offset)
{
    return qtest_readl(qts, shmem + offset);
}

void shmem_write(QTestState *qts, uint64_t shmem, uint32_t offset,
                 uint32_t value)
{
    qtest_writel(qts, shmem + offset, value);
}

void channel_put(QTestState *qts, const Mhu *mhu, uint32_t flags,
                 uint32_t header, const uint32_t *words, unsigned n)
{
    shmem_write(qts, mhu->commands, SCMI_SHMEM_STATUS, 0);
    shmem_write(qts, mhu->commands, SCMI_SHMEM_FLAGS, flags);
    shmem_write(qts, mhu->commands, SCMI_SHMEM_LENGTH, 4 + 4 * n);
    shmem_write(qts, mhu->commands, SCMI_SHMEM_HEADER, header);
    for (unsigned i = 0; i < n; i++) {
        shmem_write(qts, mhu->commands, SCMI_SHMEM_PAYLOAD + 4 * i, words[i]);
    }
}

void shmem_expect(QTestState *qts, uint64_t shmem, uint32_t status,
                  uint32_t header, const uint32_t *words, unsigned n)
{
    g_assert_cmphex(shmem_read(qts, shmem, SCMI_SHMEM_STATUS), ==, status);
    g_assert_cmpuint(shmem_read(qts, shmem, SCMI_SHMEM_LENGTH), ==,
                     4 + 4 * n);
    g_assert_cmphex(shmem_read(qts, shmem, SCMI_SHMEM_HEADER), ==, header);
    for (unsigned i = 0; i < n; i++) {
        g_assert_cmphex(shmem_read(qts, shmem, SCMI_SHMEM_PAYLOAD + 4 * i),
                        ==, words[i]);
    }
}

void shmem_expect_idle(QTestState *qts, uint64_t shmem)
{
    for (uint32_t offset = 0; offset < 0x80; offset += 4) {
        g_assert_cmphex(shmem_read(qts, shmem, offset), ==,
                        offset == SCMI_SHMEM_STATUS ? CHANNEL_FREE : 0);
    }
}

void channel_run(QTestState *qts, const Mhu *mhu, uint32_t header,
                 const uint32_t *words, unsigned n)
{
    const uint32_t success[] = { SCMI_SUCCESS };

    channel_put(qts, mhu, 0, header, words, n);
    qtest_writel(qts, mhu->set, 1 << A2P);
    shmem_expect(qts, mhu->commands, CHANNEL_FREE, header, success, 1);
}

void channel_ask(QTestState *qts, const Mhu *mhu)
{
    channel_put(qts, mhu, 0, ASK_VERSION | TOKEN_5, NULL, 0);
    qtest_writel(qts, mhu->set, 1 << A2P);
}

void channel_expect_answer(QTestState *qts, const Mhu *mhu)
{
    const uint32_t words[] = { SCMI_SUCCESS, VERSION };

    shmem_expect(qts, mhu->commands, CHANNEL_FREE, ASK_VERSION | TOKEN_5,
                 words, ARRAY_SIZE(words));
}

void channel_expect_nothing(QTestState *qts, const Mhu *mhu)
{
    shmem_expect(qts, mhu->commands, 0, ASK_VERSION | TOKEN_5, NULL, 0);
}

/* SPIs 176 and on. */
#define GICD_ISPENDR(i) (0x08000000 + 0x200 + (i) * 4)
#define FIRST_PENDING ((32 + 176) / 32)
#define END_PENDING ((32 + 256) / 32)

bool spi_pending(QTestState *qts)
{
    uint32_t any = 0;

    for (unsigned i = FIRST_PENDING; i < END_PENDING; i++) {
        any |= qtest_readl(qts, GICD_ISPENDR(i));
    }
    return any;
}

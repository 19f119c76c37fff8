/*
 * The Apple side of the farside machine, for qtests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "snapshot.h"
#include "qobject/qdict.h"

const MboxVariant mbox_variants[MBOX_VARIANTS] = {
    { "v4", 0x110, 0x114, 0x800, 0x820 },
    { "t8015", 0x108, 0x10c, 0x800, 0x820 },
    { "m3", 0x50, 0x80, 0x60, 0x90, 0x48, 0x4c },
};

const MboxVariant *mbox = &mbox_variants[0];

void mbox_send(QTestState *qts, uint8_t endpoint, uint64_t msg)
{
    qtest_writeq(qts, MBOX_A2I_SEND0, msg);
    qtest_writeq(qts, MBOX_A2I_SEND1, endpoint);
}

void mbox_expect(QTestState *qts, uint8_t endpoint, uint64_t msg)
{
    g_assert_false(qtest_readl(qts, MBOX_I2A_CONTROL) & CONTROL_EMPTY);
    g_assert_cmphex(qtest_readq(qts, MBOX_I2A_RECV0), ==, msg);
    g_assert_cmphex((uint32_t)qtest_readq(qts, MBOX_I2A_RECV1), ==, endpoint);
}

void mbox_expect_silence(QTestState *qts)
{
    g_assert_true(qtest_readl(qts, MBOX_I2A_CONTROL) & CONTROL_EMPTY);
}

static void smc_start_system_endpoints(QTestState *qts)
{
    mbox_send(qts, 0, 0x0050000100000002);
    mbox_send(qts, 0, 0x0050000200000002);
    mbox_send(qts, 0, 0x0050000300000002);
    mbox_send(qts, 0, 0x0050000400000002);
    mbox_send(qts, 0, 0x0050000800000002);
    mbox_expect(qts, 1, 0x0010100000000000 | (SMC_SRAM + 0x1000));
    mbox_expect(qts, 2, 0x0010100000000000 | (SMC_SRAM + 0x2000));
    mbox_expect(qts, 2, 0x0080000060000010);
    mbox_expect(qts, 4, 0x0010100000000000 | (SMC_SRAM + 0x4000));
}

void smc_boot(QTestState *qts)
{
    char task[4] = "", text[5] = "";

    mbox_expect_silence(qts);
    mbox_send(qts, 0, RTKIT_WAKE);
    mbox_expect(qts, 0, RTKIT_HELLO);
    mbox_send(qts, 0, RTKIT_HELLO_REPLY);
    mbox_expect(qts, 0, 0x008000000000011f);
    mbox_send(qts, 0, 0x0080000000000001);
    mbox_expect(qts, 0, 0x0088000100000001);
    mbox_send(qts, 0, 0x0088000100000000);
    smc_start_system_endpoints(qts);
    mbox_expect(qts, 0, 0x0070000000000020);
    mbox_send(qts, 0, 0x00b0000000000020);
    mbox_expect(qts, 0, 0x00b0000000000020);
    mbox_expect(qts, 4, 0x00c0000000000000);
    mbox_send(qts, 4, 0x00c0000000000000);
    mbox_send(qts, 0, 0x0050002000000002);
    /* The SMC's first words, in the syslog buffer. */
    mbox_expect(qts, 2, 0x0050000000000000);
    qtest_memread(qts, SMC_SRAM + 0x2008, task, sizeof(task));
    g_assert_cmpstr(task, ==, "smc");
    qtest_memread(qts, SMC_SRAM + 0x2022, text, sizeof(text));
    g_assert_cmpmem(text, sizeof(text), " keys", 5);
    mbox_send(qts, 2, 0x0050000000000000);
    mbox_send(qts, 0x20, 0x17);
    mbox_expect(qts, 0x20, SMC_KEY_BUFFER);
    mbox_expect_silence(qts);
}

QTestState *smc_start(void)
{
    QTestState *qts = qtest_init("-M farside");

    smc_boot(qts);
    return qts;
}

void smc_ask(QTestState *qts, unsigned id)
{
    mbox_send(qts, SMC_ENDPOINT, 0x4255494300010010 | SMC_ID(id));
}

void smc_expect_told(QTestState *qts, unsigned id)
{
    mbox_expect(qts, SMC_ENDPOINT, SMC_TOLD | SMC_ID(id));
}

uint64_t smc_command(QTestState *qts, uint8_t command, const char *key,
                     uint8_t size, uint8_t wsize)
{
    static unsigned id;
    uint64_t name = (uint64_t)key[0] << 24 | key[1] << 16 | key[2] << 8 |
                    key[3];
    uint64_t answer;

    id = (id + 1) & 0xf;
    mbox_send(qts, 0x20, command | id << 12 | size << 16 |
                         (uint64_t)wsize << 24 | name << 32);
    g_assert_false(qtest_readl(qts, MBOX_I2A_CONTROL) & CONTROL_EMPTY);
    answer = qtest_readq(qts, MBOX_I2A_RECV0);
    g_assert_cmphex((uint32_t)qtest_readq(qts, MBOX_I2A_RECV1), ==, 0x20);
    g_assert_cmphex((answer >> 12) & 0xf, ==, id);
    return answer & ~0xf000ULL;
}

void system_reset(QTestState *qts)
{
    qtest_qmp_assert_success(qts, "{ 'execute': 'system_reset' }");
    qtest_qmp_eventwait(qts, "RESET");
}

void qom_set_number(QTestState *qts, const char *path, const char *property,
                    int64_t value)
{
    qtest_qmp_assert_success(qts, "{ 'execute': 'qom-set', 'arguments': {"
                             " 'path': %s, 'property': %s, 'value': %"
                             PRId64 " } }", path, property, value);
}

int64_t qom_get_number(QTestState *qts, const char *path,
                       const char *property)
{
    QDict *answer = qtest_qmp(qts, "{ 'execute': 'qom-get', 'arguments': {"
                              " 'path': %s, 'property': %s } }",
                              path, property);
    int64_t value;

    g_assert_true(qdict_haskey(answer, "return"));
    value = qdict_get_int(answer, "return");
    qobject_unref(answer);
    return value;
}

static void wait_for_migration(QTestState *qts, const char *wanted)
{
    bool done = false;

    while (!done) {
        QDict *event = qtest_qmp_eventwait_ref(qts, "MIGRATION");
        const char *status = qdict_get_str(qdict_get_qdict(event, "data"),
                                           "status");

        g_assert_cmpstr(status, !=, "failed");
        done = !strcmp(status, wanted);
        qobject_unref(event);
    }
}

static void set_capability(QTestState *qts, const char *name)
{
    qtest_qmp_assert_success(qts, "{ 'execute': 'migrate-set-capabilities',"
                             " 'arguments': { 'capabilities': ["
                             " { 'capability': %s, 'state': true } ] } }",
                             name);
}

static void start_migration(QTestState *qts, const char *command,
                            const char *uri)
{
    set_capability(qts, "events");
    qtest_qmp_assert_success(qts, "{ 'execute': %s, 'arguments': {"
                             " 'uri': %s } }", command, uri);
}

void save_machine(QTestState *qts, const char *file)
{
    g_autofree char *uri = g_strdup_printf("file:%s", file);

    start_migration(qts, "migrate", uri);
    wait_for_migration(qts, "completed");
}

/* Send all memory, and what @late changes in it once more. */
static void migrate_late(QTestState *qts, const char *uri,
                         void (*late)(QTestState *qts))
{
    set_capability(qts, "pause-before-switchover");
    /* Else it might be called before any memory is sent. */
    qtest_qmp_assert_success(qts, "{ 'execute': 'migrate-set-parameters',"
                             " 'arguments': { 'downtime-limit': 0 } }");
    start_migration(qts, "migrate", uri);
    wait_for_migration(qts, "pre-switchover");
    late(qts);
    qtest_qmp_assert_success(qts, "{ 'execute': 'migrate-continue',"
                             " 'arguments': { 'state': 'pre-switchover' } }");
}

QTestState *migrate_machine_late(QTestState *qts, const char *args,
                                 void (*late)(QTestState *qts))
{
    g_autofree char *file = temporary_file();
    g_autofree char *uri = g_strdup_printf("file:%s", file);
    QTestState *other;

    if (late) {
        migrate_late(qts, uri, late);
        wait_for_migration(qts, "completed");
    } else {
        save_machine(qts, file);
    }
    qtest_quit(qts);
    other = qtest_initf("%s -incoming defer", args);
    start_migration(other, "migrate-incoming", uri);
    wait_for_migration(other, "completed");
    unlink(file);
    return other;
}

QTestState *migrate_machine(QTestState *qts, const char *args)
{
    return migrate_machine_late(qts, args, NULL);
}

static void sweep_width(QTestState *qts, uint64_t addr, unsigned width)
{
    switch (width) {
    case 1:
        qtest_readb(qts, addr);
        qtest_writeb(qts, addr, 0xa5);
        break;
    case 2:
        qtest_readw(qts, addr);
        qtest_writew(qts, addr, 0xa5a5);
        break;
    case 4:
        qtest_readl(qts, addr);
        qtest_writel(qts, addr, 0xa5a5a5a5);
        break;
    default:
        qtest_readq(qts, addr);
        qtest_writeq(qts, addr, 0xa5a5a5a5a5a5a5a5);
        break;
    }
}

void sweep_region(QTestState *qts, uint64_t base, uint64_t size)
{
    for (unsigned width = 1; width <= 8; width *= 2) {
        for (uint64_t offset = 0; offset + width <= size; offset += width) {
            sweep_width(qts, base + offset, width);
        }
    }
    for (uint64_t offset = 1; offset + 8 <= size; offset += 7) {
        sweep_width(qts, base + offset, 4);
        sweep_width(qts, base + offset, 8);
    }
}

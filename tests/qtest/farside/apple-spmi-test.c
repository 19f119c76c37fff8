/*
 * SPMI controller and the PMIC's nvmem cells
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "farside-apple.h"
#include "fault-rules.h"
#include "qemu/bswap.h"

#define RX_EMPTY (1 << 24)
#define PMIC 0xf
#define SPMI "/machine/spmi"

/* SPMI opcodes less the length; "long" ones have 16-bit addresses. */
enum {
    EXT_WRITE = 0x00,
    EXT_READ = 0x20,
    EXT_WRITE_LONG = 0x30,
    EXT_READ_LONG = 0x38,
};

static uint32_t command(uint8_t opcode, uint8_t slave, uint16_t addr,
                        unsigned len)
{
    return opcode | (len - 1) | slave << 8 | 1 << 15 | (uint32_t)addr << 16;
}

static uint32_t spmi_status(QTestState *qts)
{
    g_assert_cmphex(qtest_readl(qts, SPMI_STATUS), ==, 0);
    return qtest_readl(qts, SPMI_RSP);
}

static uint32_t spmi_write(QTestState *qts, uint8_t opcode, uint8_t slave,
                           uint16_t addr, const uint8_t *data, unsigned len)
{
    qtest_writel(qts, SPMI_CMD, command(opcode, slave, addr, len));
    for (unsigned i = 0; i < len; i += 4) {
        uint32_t word = 0;

        g_assert_cmphex(qtest_readl(qts, SPMI_STATUS), ==, RX_EMPTY);
        memcpy(&word, data + i, MIN(4, len - i));
        qtest_writel(qts, SPMI_CMD, le32_to_cpu(word));
    }
    return spmi_status(qts);
}

static uint32_t spmi_read(QTestState *qts, uint8_t opcode, uint8_t slave,
                          uint16_t addr, uint8_t *data, unsigned len)
{
    uint32_t status;

    qtest_writel(qts, SPMI_CMD, command(opcode, slave, addr, len));
    status = spmi_status(qts);
    for (unsigned i = 0; i < len; i += 4) {
        uint32_t word = cpu_to_le32(qtest_readl(qts, SPMI_RSP));

        memcpy(data + i, &word, MIN(4, len - i));
    }
    g_assert_cmphex(qtest_readl(qts, SPMI_STATUS), ==, RX_EMPTY);
    return status;
}

static void test_read_write(void)
{
    QTestState *qts = qtest_init("-M farside");
    uint8_t data[16], back[16];

    for (int i = 0; i < sizeof(data); i++) {
        data[i] = 0x10 + i;
    }
    for (int len = 1; len <= 8; len++) {
        g_assert_cmphex(spmi_write(qts, EXT_WRITE_LONG, PMIC, 0x4000 + len,
                                   data, len), ==, 0);
        g_assert_cmphex(spmi_read(qts, EXT_READ_LONG, PMIC, 0x4000 + len,
                                  back, len), ==, 0);
        g_assert_cmpmem(back, len, data, len);
    }
    for (int len = 1; len <= 16; len++) {
        g_assert_cmphex(spmi_write(qts, EXT_WRITE, PMIC, 0x20, data, len),
                        ==, 0);
        g_assert_cmphex(spmi_read(qts, EXT_READ, PMIC, 0x20, back, len),
                        ==, 0);
        g_assert_cmpmem(back, len, data, len);
    }
    /* Of an address, the short commands have the lower half. */
    memset(back, 0, sizeof(back));
    g_assert_cmphex(spmi_read(qts, EXT_READ, PMIC, 0x5020, back, 16), ==, 0);
    g_assert_cmpmem(back, 16, data, 16);
    data[0] = 0x77;
    g_assert_cmphex(spmi_write(qts, EXT_WRITE, PMIC, 0x5020, data, 1), ==, 0);
    g_assert_cmphex(spmi_read(qts, EXT_READ_LONG, PMIC, 0x20, back, 1), ==, 0);
    g_assert_cmphex(back[0], ==, 0x77);
    qtest_quit(qts);
}

/* The last address is followed by the first. */
static void test_wrap(void)
{
    QTestState *qts = qtest_init("-M farside");
    const uint8_t data[4] = { 1, 2, 3, 4 };
    uint8_t back[4];

    spmi_write(qts, EXT_WRITE_LONG, PMIC, 0xfffe, data, 4);
    spmi_read(qts, EXT_READ_LONG, PMIC, 0xfffe, back, 4);
    g_assert_cmpmem(back, 4, data, 4);
    spmi_read(qts, EXT_READ_LONG, PMIC, 0, back, 2);
    g_assert_cmpmem(back, 2, data + 2, 2);
    qtest_quit(qts);
}

static void test_nobody(void)
{
    QTestState *qts = qtest_init("-M farside");
    uint8_t data[4] = { 1, 2, 3, 4 };
    uint8_t back[4];

    g_assert_cmphex(spmi_write(qts, EXT_WRITE_LONG, 3, 0x4000, data, 4),
                    !=, 0);
    g_assert_cmphex(spmi_read(qts, EXT_READ_LONG, 3, 0x4000, back, 4), !=, 0);
    g_assert_cmphex(spmi_read(qts, EXT_READ_LONG, PMIC, 0x4000, back, 4),
                    ==, 0);
    g_assert_cmphex(back[0] | back[1] | back[2] | back[3], ==, 0);
    qtest_writel(qts, SPMI_CMD, 0x10 | PMIC << 8);
    g_assert_cmphex(spmi_status(qts), !=, 0);
    qtest_quit(qts);
}

/* What Linux writes is what QOM shows, and the other way round. */
static void test_cells(void)
{
    QTestState *qts = qtest_init("-M farside");
    uint8_t byte = 0x30;
    uint8_t counts = 0x52;
    uint8_t offset[6] = { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff };

    spmi_write(qts, EXT_WRITE_LONG, PMIC, 0x9f01, &byte, 1);
    spmi_write(qts, EXT_WRITE_LONG, PMIC, 0x9f02, &counts, 1);
    spmi_write(qts, EXT_WRITE_LONG, PMIC, 0xd100, offset, 6);
    g_assert_cmpint(qom_get_number(qts, SPMI, "boot-stage"), ==, 0x30);
    g_assert_cmpint(qom_get_number(qts, SPMI, "boot-error-count"), ==, 2);
    g_assert_cmpint(qom_get_number(qts, SPMI, "panic-count"), ==, 5);
    g_assert_cmpint(qom_get_number(qts, SPMI, "rtc-offset"), ==, -2);
    qom_set_number(qts, SPMI, "panic-count", 7);
    qom_set_number(qts, SPMI, "shutdown-flag", 1);
    qom_set_number(qts, SPMI, "rtc-offset", -3);
    spmi_read(qts, EXT_READ_LONG, PMIC, 0x9f02, &byte, 1);
    g_assert_cmphex(byte, ==, 0x72);
    spmi_read(qts, EXT_READ_LONG, PMIC, 0x9f0f, &byte, 1);
    g_assert_cmphex(byte, ==, 0x08);
    spmi_read(qts, EXT_READ_LONG, PMIC, 0xd100, offset, 6);
    g_assert_cmphex(offset[0], ==, 0xfd);
    g_assert_cmphex(offset[5], ==, 0xff);
    qtest_quit(qts);
}

/* What a cell has no room for. */
static void test_cell_range(void)
{
    static const struct {
        const char *name;
        unsigned bits;
        int64_t refused[2];
        int64_t taken[2];
    } rows[] = {
        { "boot-stage", 8, { 0x100, 0x10000 }, { 0xff, 0 } },
        { "panic-count", 4, { 16, 0x100 }, { 15, 0 } },
        { "shutdown-flag", 1, { 2, 3 }, { 1, 0 } },
        { "rtc-offset", 48, { 1LL << 47, -(1LL << 47) - 1 },
          { (1LL << 47) - 1, -(1LL << 47) } },
    };
    QTestState *qts = qtest_init("-M farside");

    for (int i = 0; i < ARRAY_SIZE(rows); i++) {
        g_autofree char *error = g_strdup_printf(
            "value does not fit the %u bits of '%s'", rows[i].bits,
            rows[i].name);

        for (int n = 0; n < 2; n++) {
            g_autofree char *set = g_strdup_printf(
                "{ 'execute': 'qom-set', 'arguments': { 'path': '" SPMI "',"
                " 'property': '%s', 'value': %" PRId64 " } }", rows[i].name,
                rows[i].refused[n]);

            qom_set_number(qts, SPMI, rows[i].name, rows[i].taken[n]);
            fault_refuse(qts, set, error);
            g_assert_cmpint(qom_get_number(qts, SPMI, rows[i].name), ==,
                            rows[i].taken[n]);
        }
    }
    qtest_quit(qts);
}

/* Commands of another width are none; and a FIFO holds 32 words. */
static void test_fifo(void)
{
    QTestState *qts = qtest_init("-M farside");
    uint32_t read = command(EXT_READ_LONG, PMIC, 0x9f01, 1);

    qom_set_number(qts, SPMI, "boot-stage", 0x2f);
    qtest_writew(qts, SPMI_CMD, read);
    qtest_writeq(qts, SPMI_CMD, read);
    g_assert_cmphex(qtest_readl(qts, SPMI_STATUS), ==, RX_EMPTY);
    for (int i = 0; i < 40; i++) {
        qtest_writel(qts, SPMI_CMD, read);
    }
    for (int i = 0; i < 16; i++) {
        g_assert_cmphex(spmi_status(qts), ==, 0);
        g_assert_cmphex(qtest_readl(qts, SPMI_RSP), ==, 0x2f);
    }
    g_assert_cmphex(qtest_readl(qts, SPMI_STATUS), ==, RX_EMPTY);
    qtest_quit(qts);
}

/* A reset forgets the command under way, and nothing else. */
static void test_reset(void)
{
    QTestState *qts = qtest_init("-M farside");

    qom_set_number(qts, SPMI, "rtc-offset", 12345);
    qtest_writel(qts, SPMI_CMD, command(EXT_READ_LONG, PMIC, 0, 8));
    qtest_writel(qts, SPMI_CMD, command(EXT_WRITE_LONG, PMIC, 0xd100, 6));
    system_reset(qts);
    g_assert_cmphex(qtest_readl(qts, SPMI_STATUS), ==, RX_EMPTY);
    qtest_writel(qts, SPMI_CMD, command(EXT_READ_LONG, PMIC, 0xd100, 2));
    g_assert_cmphex(spmi_status(qts), ==, 0);
    g_assert_cmphex(qtest_readl(qts, SPMI_RSP), ==, 12345);
    qtest_quit(qts);
}

/* In the middle of a write, with a response waiting. */
static void test_migration(void)
{
    QTestState *qts = qtest_init("-M farside");
    uint8_t back[8];

    qom_set_number(qts, SPMI, "boot-stage", 0x2f);
    qtest_writel(qts, SPMI_CMD, command(EXT_READ_LONG, PMIC, 0x9f01, 1));
    qtest_writel(qts, SPMI_CMD, command(EXT_WRITE_LONG, PMIC, 0x4000, 8));
    qtest_writel(qts, SPMI_CMD, 0x04030201);
    qts = migrate_machine(qts, "-M farside");
    qtest_writel(qts, SPMI_CMD, 0x08070605);
    g_assert_cmphex(spmi_status(qts), ==, 0);
    g_assert_cmphex(qtest_readl(qts, SPMI_RSP), ==, 0x2f);
    g_assert_cmphex(spmi_status(qts), ==, 0);
    spmi_read(qts, EXT_READ_LONG, PMIC, 0x4000, back, 8);
    for (int i = 0; i < 8; i++) {
        g_assert_cmphex(back[i], ==, i + 1);
    }
    qtest_quit(qts);
}

/* Nobody reads: responses are lost, not piled up. */
static void test_sweep(void)
{
    QTestState *qts = qtest_init("-M farside");
    GRand *rand = g_rand_new_with_seed(4);

    sweep_region(qts, SPMI_BASE, 0x100);
    for (int i = 0; i < 5000; i++) {
        qtest_writel(qts, SPMI_CMD, g_rand_int(rand));
        if (g_rand_int_range(rand, 0, 8) == 0) {
            qtest_readl(qts, SPMI_RSP);
        }
    }
    g_rand_free(rand);
    system_reset(qts);
    g_assert_cmphex(qtest_readl(qts, SPMI_STATUS), ==, RX_EMPTY);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/apple-spmi/read-write", test_read_write);
    qtest_add_func("/apple-spmi/wrap", test_wrap);
    qtest_add_func("/apple-spmi/nobody", test_nobody);
    qtest_add_func("/apple-spmi/cells", test_cells);
    qtest_add_func("/apple-spmi/cell-range", test_cell_range);
    qtest_add_func("/apple-spmi/fifo", test_fifo);
    qtest_add_func("/apple-spmi/reset", test_reset);
    qtest_add_func("/apple-spmi/migration", test_migration);
    qtest_add_func("/apple-spmi/sweep", test_sweep);
    return g_test_run();
}

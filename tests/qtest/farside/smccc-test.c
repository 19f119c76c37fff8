/*
 * The SMC/HVC conduit and the SCMI transport behind it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "hw/scmi/wire.h"
#include "smc-qemu.h"

#define NOT_SUPPORTED     UINT64_MAX
#define INVALID_PARAMETER ((uint64_t)-3)

#define SMCCC_VERSION       0x80000000
#define SMCCC_ARCH_FEATURES 0x80000001
#define PSCI_VERSION        0x84000000
#define PSCI_FEATURES       0x8400000a
#define SIP(number)         (0x82000000 | (number))
#define VENDOR_HYP(number)  (0x86000000 | (number))
#define SMC64               0x40000000
#define SCMI                SIP(0x10)

#define SHMEM 0x0b000000
#define SHMEM_SIZE 0x1000
#define SHMEM_MAX_LENGTH (SHMEM_SIZE - SCMI_SHMEM_HEADER)
#define FREE 1
#define FREE_ERROR 3

#define FARSIDE "-M farside"

typedef struct Results {
    uint64_t x[SMC_NUM_RESULTS];
} Results;

static Results call_as(SmcQemu *qemu, bool aarch64, uint64_t function,
                       uint64_t x1)
{
    const uint64_t args[] = { function, x1 };
    Results results;

    smc_qemu_call(qemu, aarch64, args, ARRAY_SIZE(args), results.x);
    return results;
}

static uint64_t call(SmcQemu *qemu, uint64_t function, uint64_t x1)
{
    return call_as(qemu, true, function, x1).x[0];
}

/* Both kinds of caller get the same answer. */
static void check_call(SmcQemu *qemu, uint32_t function, uint64_t x1,
                       uint64_t expected)
{
    g_assert_cmphex(call_as(qemu, true, function, x1).x[0], ==, expected);
    g_assert_cmphex(call_as(qemu, false, function, x1).x[0], ==, expected);
}

static void test_version(void)
{
    SmcQemu *qemu = smc_qemu_start(FARSIDE);
    Results results;

    check_call(qemu, SMCCC_VERSION, 0, 0x10002);
    results = call_as(qemu, true, SMCCC_VERSION, 0);
    for (unsigned i = 1; i < SMC_NUM_RESULTS; i++) {
        g_assert_cmphex(results.x[i], ==, 0);
    }
    /* What is above the function identifier's 32 bits does not count. */
    g_assert_cmphex(call(qemu, 0xdeadbeef00000000 | SMCCC_VERSION, 0), ==,
                    0x10002);
    smc_qemu_quit(qemu);
}

static void test_features(void)
{
    SmcQemu *qemu = smc_qemu_start(FARSIDE);

    check_call(qemu, SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0);
    check_call(qemu, SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES, 0);
    /* A workaround that is not offered; other owners' functions. */
    check_call(qemu, SMCCC_ARCH_FEATURES, 0x80008000, NOT_SUPPORTED);
    check_call(qemu, SMCCC_ARCH_FEATURES, SCMI, NOT_SUPPORTED);
    check_call(qemu, SMCCC_ARCH_FEATURES, PSCI_FEATURES, NOT_SUPPORTED);
    /* An argument of a 32-bit call has 32 bits. */
    check_call(qemu, SMCCC_ARCH_FEATURES, 0xffffffff00000000 | SMCCC_VERSION,
               0);

    check_call(qemu, PSCI_FEATURES, SMCCC_VERSION, 0);
    /* The rest of PSCI is QEMU's, and there is no vCPU to run it here. */
    check_call(qemu, PSCI_FEATURES, PSCI_VERSION, NOT_SUPPORTED);
    check_call(qemu, PSCI_VERSION, 0, NOT_SUPPORTED);
    smc_qemu_quit(qemu);
}

static void test_queries(void)
{
    static const uint32_t uid[] = {
        0xf34eb6da, 0x434d5e3d, 0x0379aa92, 0xcead0b0b,
    };
    SmcQemu *qemu = smc_qemu_start(FARSIDE);
    const uint32_t owners[] = { SIP(0), VENDOR_HYP(0) };

    for (unsigned i = 0; i < ARRAY_SIZE(owners); i++) {
        Results results = call_as(qemu, true, owners[i] | 0xff01, 0);

        for (unsigned j = 0; j < ARRAY_SIZE(uid); j++) {
            g_assert_cmphex(results.x[j], ==, uid[j]);
        }
        results = call_as(qemu, false, owners[i] | 0xff03, 0);
        g_assert_cmpuint(results.x[0], ==, 0);
        g_assert_cmpuint(results.x[1], ==, 1);
        check_call(qemu, owners[i] | 0xff02, 0, NOT_SUPPORTED);
    }
    /* SCMI is the SiP's: one service more than the other has. */
    g_assert_cmpuint(call(qemu, SIP(0xff00), 0), ==,
                     call(qemu, VENDOR_HYP(0xff00), 0) + 1);
    smc_qemu_quit(qemu);
}

static void test_unknown(void)
{
    static const uint32_t unknown[] = {
        0, 1, 0x7fffffff, 0x80000002, 0x80007fff, 0x81000000, SIP(0xf),
        SIP(0x11), 0x83000000, 0x84000100, 0x85000000, VENDOR_HYP(0),
        0xb0000000, 0xbfffffff, UINT32_MAX,
        /* The SMC64 forms of those that there are. */
        SMCCC_VERSION | SMC64, SCMI | SMC64, SIP(0xff01) | SMC64,
        /* Yielding calls, not fast ones. */
        0x02000010, 0x0200ff01,
    };
    SmcQemu *qemu = smc_qemu_start(FARSIDE);

    for (unsigned i = 0; i < ARRAY_SIZE(unknown); i++) {
        check_call(qemu, unknown[i], 0, NOT_SUPPORTED);
    }
    smc_qemu_quit(qemu);
}

/* The channel. */

static uint32_t shmem_read(SmcQemu *qemu, uint32_t offset)
{
    return smc_qemu_read(qemu, SHMEM + offset);
}

static void shmem_write(SmcQemu *qemu, uint32_t offset, uint32_t value)
{
    smc_qemu_write(qemu, SHMEM + offset, value);
}

/* Lay a command into the channel, and hand it over. */
static void shmem_put(SmcQemu *qemu, uint32_t length, uint32_t header,
                      const uint32_t *payload, unsigned n)
{
    shmem_write(qemu, SCMI_SHMEM_STATUS, 0);
    shmem_write(qemu, SCMI_SHMEM_LENGTH, length);
    shmem_write(qemu, SCMI_SHMEM_HEADER, header);
    for (unsigned i = 0; i < n; i++) {
        shmem_write(qemu, SCMI_SHMEM_PAYLOAD + 4 * i, payload[i]);
    }
}

static void check_reply(SmcQemu *qemu, uint32_t status, uint32_t header,
                        const uint32_t *words, unsigned n)
{
    g_assert_cmphex(shmem_read(qemu, SCMI_SHMEM_STATUS), ==, status);
    g_assert_cmpuint(shmem_read(qemu, SCMI_SHMEM_LENGTH), ==, 4 + 4 * n);
    g_assert_cmphex(shmem_read(qemu, SCMI_SHMEM_HEADER), ==, header);
    for (unsigned i = 0; i < n; i++) {
        g_assert_cmphex(shmem_read(qemu, SCMI_SHMEM_PAYLOAD + 4 * i), ==,
                        words[i]);
    }
}

#define COMMAND(qemu, header, ...) do {                                 \
        const uint32_t payload_[] = { 0, ##__VA_ARGS__ };               \
        unsigned n_ = ARRAY_SIZE(payload_) - 1;                         \
        shmem_put(qemu, 4 + 4 * n_, header, payload_ + 1, n_);          \
        g_assert_cmphex(call(qemu, SCMI, 0), ==, 0);                    \
    } while (0)
#define EXPECT(qemu, header, ...) do {                                  \
        const uint32_t words_[] = { __VA_ARGS__ };                      \
        check_reply(qemu, FREE, header, words_, ARRAY_SIZE(words_));    \
    } while (0)

static void test_idle(void)
{
    SmcQemu *qemu = smc_qemu_start(FARSIDE);

    for (uint32_t offset = 0; offset < SHMEM_SIZE; offset += 4) {
        g_assert_cmphex(shmem_read(qemu, offset), ==,
                        offset == SCMI_SHMEM_STATUS ? FREE : 0);
    }
    smc_qemu_quit(qemu);
}

static void test_commands(void)
{
    SmcQemu *qemu = smc_qemu_start(FARSIDE);

    /* Base VERSION, then, in the same channel, others with other tokens. */
    COMMAND(qemu, 0x00004000);
    EXPECT(qemu, 0x00004000, 0, 0x20001);
    COMMAND(qemu, 0x00044006, 0);
    EXPECT(qemu, 0x00044006, 0, 9, 0x14131211, 0x18171615, 0x19);
    COMMAND(qemu, 0x00145005, 0, 2, 0x05f5e100, 0);
    EXPECT(qemu, 0x00145005, 0);
    COMMAND(qemu, 0x00145006, 2);
    EXPECT(qemu, 0x00145006, 0, 0x05f5e100, 0);
    COMMAND(qemu, 0x0fffffff & ~0x300);
    EXPECT(qemu, 0x0fffffff & ~0x300, (uint32_t)SCMI_NOT_SUPPORTED);
    /* The call itself returns 0 whatever its caller's state. */
    shmem_put(qemu, 4, 0x00004000, NULL, 0);
    g_assert_cmphex(call_as(qemu, false, SCMI, 0).x[0], ==, 0);
    EXPECT(qemu, 0x00004000, 0, 0x20001);
    smc_qemu_quit(qemu);
}

/* What the platform must neither read nor write stays as it is. */
static void test_leaves_the_rest(void)
{
    SmcQemu *qemu = smc_qemu_start(FARSIDE);

    shmem_write(qemu, 0x0, 0x11111111);
    shmem_write(qemu, 0x8, 0x22222222);
    shmem_write(qemu, 0xc, 0x33333333);
    shmem_write(qemu, SCMI_SHMEM_FLAGS, 0x44444444);
    shmem_write(qemu, SCMI_SHMEM_PAYLOAD + 8, 0x55555555);
    shmem_write(qemu, SHMEM_SIZE - 4, 0x66666666);
    COMMAND(qemu, 0x00004000);
    EXPECT(qemu, 0x00004000, 0, 0x20001);
    g_assert_cmphex(shmem_read(qemu, 0x0), ==, 0x11111111);
    g_assert_cmphex(shmem_read(qemu, 0x8), ==, 0x22222222);
    g_assert_cmphex(shmem_read(qemu, 0xc), ==, 0x33333333);
    g_assert_cmphex(shmem_read(qemu, SCMI_SHMEM_FLAGS), ==, 0x44444444);
    g_assert_cmphex(shmem_read(qemu, SCMI_SHMEM_PAYLOAD + 8), ==,
                    0x55555555);
    g_assert_cmphex(shmem_read(qemu, SHMEM_SIZE - 4), ==, 0x66666666);
    smc_qemu_quit(qemu);
}

/* A length that is no length of a message in this channel. */
static void test_length_beyond(void)
{
    static const uint32_t lengths[] = {
        0, 1, 2, 3, SHMEM_MAX_LENGTH + 1, SHMEM_SIZE, 0x7fffffff, 0x80000000,
        0xfffffffc, UINT32_MAX,
    };
    const uint32_t error[] = { (uint32_t)SCMI_PROTOCOL_ERROR };
    SmcQemu *qemu = smc_qemu_start(FARSIDE);

    for (unsigned i = 0; i < ARRAY_SIZE(lengths); i++) {
        shmem_put(qemu, lengths[i], 0x00004000, NULL, 0);
        g_assert_cmphex(call(qemu, SCMI, 0), ==, 0);
        check_reply(qemu, FREE_ERROR, 0x00004000, error, 1);
        /* And the next one is served, its error bit gone. */
        COMMAND(qemu, 0x00004000);
        EXPECT(qemu, 0x00004000, 0, 0x20001);
    }
    smc_qemu_quit(qemu);
}

/* A length that fits the channel, and no message that there is. */
static void test_length_wrong(void)
{
    static const uint32_t lengths[] = {
        5, 6, 7, 8, 4 + 104, 4 + 105, 4 + 108, SHMEM_MAX_LENGTH - 1,
        SHMEM_MAX_LENGTH,
    };
    SmcQemu *qemu = smc_qemu_start(FARSIDE);

    for (unsigned i = 0; i < ARRAY_SIZE(lengths); i++) {
        shmem_put(qemu, lengths[i], 0x00004000, NULL, 0);
        g_assert_cmphex(call(qemu, SCMI, 0), ==, 0);
        EXPECT(qemu, 0x00004000, (uint32_t)SCMI_PROTOCOL_ERROR);
    }
    smc_qemu_quit(qemu);
}

/* Called before the agent handed the channel over: hands off. */
static void test_not_handed_over(void)
{
    static const uint32_t owned[] = { FREE, FREE_ERROR, UINT32_MAX };
    SmcQemu *qemu = smc_qemu_start(FARSIDE);

    for (unsigned i = 0; i < ARRAY_SIZE(owned); i++) {
        shmem_put(qemu, 4, 0x00004000, NULL, 0);
        shmem_write(qemu, SCMI_SHMEM_PAYLOAD, 0x12345678);
        shmem_write(qemu, SCMI_SHMEM_STATUS, owned[i]);
        check_call(qemu, SCMI, 0, INVALID_PARAMETER);
        g_assert_cmphex(shmem_read(qemu, SCMI_SHMEM_STATUS), ==, owned[i]);
        g_assert_cmpuint(shmem_read(qemu, SCMI_SHMEM_LENGTH), ==, 4);
        g_assert_cmphex(shmem_read(qemu, SCMI_SHMEM_PAYLOAD), ==,
                        0x12345678);
    }
    /* Only that bit says who owns it. */
    shmem_write(qemu, SCMI_SHMEM_STATUS, ~FREE);
    g_assert_cmphex(call(qemu, SCMI, 0), ==, 0);
    EXPECT(qemu, 0x00004000, 0, 0x20001);
    smc_qemu_quit(qemu);
}

/* The display's pixel clock, a ranged one; its rate as QMP tells it. */
#define CLOCK "/machine/scmi-fw/clock/display-pixel-primary"

static int64_t qom_rate(SmcQemu *qemu)
{
    QDict *response = smc_qemu_qmp(qemu, "{ 'execute': 'qom-get',"
                                   "  'arguments': { 'path': '" CLOCK "',"
                                   "  'property': 'rate' } }");
    int64_t rate = qdict_get_int(response, "return");

    qobject_unref(response);
    return rate;
}

static void change_state(SmcQemu *qemu)
{
    COMMAND(qemu, 0x00005005, 0, 7, 200000000, 0);
    EXPECT(qemu, 0x00005005, 0);
    /* Clock version 1: attributes then end with the name. */
    COMMAND(qemu, 0x00005010, 0x10000);
    EXPECT(qemu, 0x00005010, 0);
    COMMAND(qemu, 0x00005003, 0);
    g_assert_cmpuint(shmem_read(qemu, SCMI_SHMEM_LENGTH), ==, 4 + 4 + 20);
    shmem_write(qemu, SHMEM_SIZE - 4, 0x77777777);
}

static void test_reset(void)
{
    SmcQemu *qemu = smc_qemu_start(FARSIDE);

    change_state(qemu);
    shmem_write(qemu, SCMI_SHMEM_STATUS, 0);
    g_assert_cmpint(qom_rate(qemu), ==, 200000000);
    smc_qemu_reset(qemu);

    for (uint32_t offset = 0; offset < SHMEM_SIZE; offset += 4) {
        g_assert_cmphex(shmem_read(qemu, offset), ==,
                        offset == SCMI_SHMEM_STATUS ? FREE : 0);
    }
    g_assert_cmpint(qom_rate(qemu), ==, 148500000);
    COMMAND(qemu, 0x00005003, 0);
    g_assert_cmpuint(shmem_read(qemu, SCMI_SHMEM_LENGTH), ==, 4 + 4 + 24);
    smc_qemu_quit(qemu);
}

/* A command laid down on one side is carried out on the other. */
static void test_migration(void)
{
    SmcQemu *qemu = smc_qemu_start(FARSIDE);

    change_state(qemu);
    shmem_put(qemu, 8, 0x00145006, (const uint32_t[]) { 7 }, 1);
    qemu = smc_qemu_migrate(qemu, FARSIDE);

    g_assert_cmphex(shmem_read(qemu, SCMI_SHMEM_STATUS), ==, 0);
    g_assert_cmphex(shmem_read(qemu, SHMEM_SIZE - 4), ==, 0x77777777);
    g_assert_cmpint(qom_rate(qemu), ==, 200000000);
    g_assert_cmphex(call(qemu, SCMI, 0), ==, 0);
    EXPECT(qemu, 0x00145006, 0, 200000000, 0);
    COMMAND(qemu, 0x00005003, 0);
    g_assert_cmpuint(shmem_read(qemu, SCMI_SHMEM_LENGTH), ==, 4 + 4 + 20);
    smc_qemu_quit(qemu);
}

/* Which of the two instructions it is makes no difference to the services. */
static void test_hvc(void)
{
    SmcQemu *qemu = smc_qemu_start(FARSIDE ",conduit=hvc");

    check_call(qemu, SMCCC_VERSION, 0, 0x10002);
    COMMAND(qemu, 0x00004000);
    EXPECT(qemu, 0x00004000, 0, 0x20001);
    smc_qemu_quit(qemu);
}

/* Machine options. */

static void check_refused(const char *args, const char *first,
                          const char *second)
{
    g_autofree char *errors = smc_qemu_fail(args);

    g_assert_nonnull(strstr(errors, first));
    g_assert_nonnull(strstr(errors, second));
}

static void test_options_refused(void)
{
    check_refused("-accel qtest -M farside,conduit=foo",
                  "'foo' is no conduit", "smc and hvc");
    check_refused("-accel qtest -M farside,conduit=",
                  "'' is no conduit", "smc and hvc");
    check_refused("-accel qtest -M farside,conduit=hvc,virtualization=on",
                  "conduit=hvc and virtualization=on exclude each other",
                  "leave conduit=smc");
    check_refused("-accel qtest -M farside,scmi=maybe", "scmi", "on");
    check_refused("-accel qtest -M farside,rtkit=maybe", "rtkit", "on");
}

/* Firmware at EL3 takes the guest's SMC itself. */
static void test_firmware_refused(void)
{
    g_autofree char *path = NULL;
    g_autofree char *args = NULL;
    int fd = g_file_open_tmp("farside-firmware-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(ftruncate(fd, 4096), ==, 0);
    close(fd);
    args = g_strdup_printf("-accel tcg -M farside,secure=on -bios %s", path);
    check_refused(args, "the guest's own firmware owns SMC calls",
                  "scmi=off");
    g_assert_cmpint(g_unlink(path), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smccc/version", test_version);
    g_test_add_func("/smccc/features", test_features);
    g_test_add_func("/smccc/queries", test_queries);
    g_test_add_func("/smccc/unknown", test_unknown);
    g_test_add_func("/smccc/hvc", test_hvc);
    g_test_add_func("/smccc/options-refused", test_options_refused);
    g_test_add_func("/smccc/firmware-refused", test_firmware_refused);
    g_test_add_func("/scmi-smc/idle", test_idle);
    g_test_add_func("/scmi-smc/commands", test_commands);
    g_test_add_func("/scmi-smc/leaves-the-rest", test_leaves_the_rest);
    g_test_add_func("/scmi-smc/length-beyond", test_length_beyond);
    g_test_add_func("/scmi-smc/length-wrong", test_length_wrong);
    g_test_add_func("/scmi-smc/not-handed-over", test_not_handed_over);
    g_test_add_func("/scmi-smc/reset", test_reset);
    g_test_add_func("/scmi-smc/migration", test_migration);
    return g_test_run();
}

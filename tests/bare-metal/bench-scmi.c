/*
 * What a command costs on each transport, and a level on a fast channel
 *
 * The machine that it needs is made by `./farside bench scmi`: one agent each
 * behind smc, smc-param and a mailbox, and an SMC mailbox.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "bench.h"

typedef volatile uint32_t Shared; /* volatile: others read and write it */

/* Where the machine places what has no fixed place, in order. */
#define SMC_PARAM_SHMEM 0x0b400000ul
#define MHU_DOORBELL_SET (*(Shared *)0x0b410108)
#define MAILBOX_SHMEM 0x0b420000ul
#define SMC_PARAM_FUNCTION (SCMI_FUNCTION + 1)

#define SMC_MAILBOX_FUNCTION 0x82000020ul
#define SMC_MAILBOX_LOOPBACK 1
#define SMC_MAILBOX_PAGE ((Shared *)0x0b021000)
#define SMC_MAILBOX_LENGTH (0x08 / 4)

#define BASE_VERSION SCMI_HEADER(0x10, 0x0)
#define DESCRIBE_FASTCHANNEL SCMI_HEADER(0x13, 0xb)
#define LEVEL_SET SCMI_HEADER(0x13, 0x7)
#define LEVELS 4

/* PERFORMANCE_DESCRIBE_FASTCHANNEL: where its parts are in the payload. */
#define DESCRIBED_ADDRESS (SHMEM_PAYLOAD + 3)
#define DESCRIBED_DOORBELL (SHMEM_PAYLOAD + 6)

static Shared ram[1024] __attribute__((aligned(4096)));
/* LEVEL_SET of the domains "plain" and "bell", and what the latter rings. */
static Shared *plain;
static Shared *bell;
static Shared *doorbell;

static void prepare(unsigned long shmem)
{
    Shared *channel = (Shared *)shmem;

    channel[SHMEM_STATUS] = 0;
    channel[SHMEM_FLAGS] = 0;
    channel[SHMEM_LENGTH] = 4;
    channel[SHMEM_HEADER] = BASE_VERSION;
}

static bool succeeded(unsigned long shmem)
{
    Shared *channel = (Shared *)shmem;

    return channel[SHMEM_STATUS] == 1 && !channel[SHMEM_PAYLOAD];
}

static bool psci_version(unsigned i)
{
    return call(PSCI_VERSION, i, 0, 0);
}

static bool smc(unsigned i)
{
    prepare((unsigned long)SCMI_SHMEM);
    return !call(SCMI_FUNCTION, i, 0, 0) &&
           succeeded((unsigned long)SCMI_SHMEM);
}

static bool smc_param(unsigned i)
{
    (void)i;
    prepare(SMC_PARAM_SHMEM);
    return !call(SMC_PARAM_FUNCTION, SMC_PARAM_SHMEM >> 12, 0, 0) &&
           succeeded(SMC_PARAM_SHMEM);
}

static bool mailbox(unsigned i)
{
    (void)i;
    prepare(MAILBOX_SHMEM);
    MHU_DOORBELL_SET = 1;
    return succeeded(MAILBOX_SHMEM);
}

static bool smc_mailbox(unsigned i)
{
    SMC_MAILBOX_PAGE[SMC_MAILBOX_LENGTH] = i & 0xff;
    return !call(SMC_MAILBOX_FUNCTION, SMC_MAILBOX_LOOPBACK, 0, 0) &&
           !SMC_MAILBOX_PAGE[0];
}

static bool smc_level_set(unsigned i)
{
    const uint32_t payload[] = { 0, (1 + i % LEVELS) * 100 };

    return !scmi_command(LEVEL_SET, payload, 2) &&
           succeeded((unsigned long)SCMI_SHMEM);
}

static bool fast_level_set(unsigned i)
{
    plain[0] = (1 + i % LEVELS) * 100;
    return true;
}

static bool doorbell_level_set(unsigned i)
{
    bell[0] = (1 + i % LEVELS) * 100;
    *doorbell = 1;
    return true;
}

/*
 * A store to the page of the commands that does nothing: the first word of
 * LIMITS_SET waits for the second one. The doorbell is in this page, too.
 */
static bool store_same_page(unsigned i)
{
    plain[2] = (1 + i % LEVELS) * 100;
    return true;
}

static bool store_ram(unsigned i)
{
    ram[0] = (1 + i % LEVELS) * 100;
    return true;
}

static const Bench benches[] = {
    { "PSCI_VERSION", psci_version },
    { "smc", smc },
    { "smc-param", smc_param },
    { "mailbox", mailbox },
    { "smc-mailbox-loopback", smc_mailbox },
    { "perf-level-set-message", smc_level_set },
    { "perf-level-set-fast", fast_level_set },
    { "perf-level-set-doorbell", doorbell_level_set },
    { "store-same-page", store_same_page },
    { "store-ram", store_ram },
};

static bool describe(uint32_t domain, uint32_t message)
{
    const uint32_t payload[] = { domain, message };

    return !scmi_command(DESCRIBE_FASTCHANNEL, payload, 2) &&
           succeeded((unsigned long)SCMI_SHMEM);
}

static Shared *described(unsigned word)
{
    return (Shared *)(unsigned long)(SCMI_SHMEM[word] |
                                     (uint64_t)SCMI_SHMEM[word + 1] << 32);
}

/* Set the highest level, and read it in the channel of LEVEL_GET. */
static bool check(uint32_t domain, bool (*set)(unsigned i))
{
    set(LEVELS - 1);
    return describe(domain, 0x8) &&
           *described(DESCRIBED_ADDRESS) == 100 * LEVELS;
}

static bool find_fast_channels(void)
{
    if (!describe(0, 0x7)) {
        return false;
    }
    plain = described(DESCRIBED_ADDRESS);
    if (!describe(1, 0x7)) {
        return false;
    }
    bell = described(DESCRIBED_ADDRESS);
    doorbell = described(DESCRIBED_DOORBELL);
    return check(0, fast_level_set) && check(1, doorbell_level_set);
}

void guest_secondary(void)
{
}

void guest_main(void)
{
    if (find_fast_channels()) {
        bench_all(benches, sizeof(benches) / sizeof(benches[0]));
    } else {
        put_string("no fast channel\n");
    }
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}

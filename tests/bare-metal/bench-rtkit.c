/*
 * What a mailbox round trip costs, beside a read of a register
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "bench.h"
#include "rtkit.h"

static bool mmio_read(unsigned i)
{
    (void)i;
    return !(REG(uint32_t, A2I_CONTROL) & FULL);
}

static bool ping(unsigned i)
{
    (void)i;
    send(EP_MGMT, PING);
    return wait_for(EP_MGMT) == PONG;
}

/* The reply's result, the low byte, is 0: success. */
static bool smc_key_read(unsigned i)
{
    uint64_t reply = read_key_count();

    (void)i;
    return reply && !(reply & 0xff);
}

static const Bench benches[] = {
    { "mmio-read", mmio_read },
    { "mailbox-round-trip", ping },
    { "smc-key-read", smc_key_read },
};

void guest_secondary(void)
{
}

void guest_main(void)
{
    if (boot()) {
        put_string("no boot\n");
    } else {
        bench_all(benches, sizeof(benches) / sizeof(benches[0]));
    }
    put_string("END\n");
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
}

/*
 * Unit tests of the fault engine: what their files share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef TESTS_UNIT_FAULT_TEST_H
#define TESTS_UNIT_FAULT_TEST_H

#include "qapi/error.h"
#include "qemu/timer.h"
#include "system/cpu-timers.h"
#include "../../../hw/fault/engine.h"
#include "../virtual-clock.h"

/* What rules have done besides messages. */
extern GString *test_effects;

/* Ports of "/port0" and "/port1", of agents 1 and 2. */
#define NUM_PORTS 2

/**
 * TestPort:
 * @taken: what was delivered: "%x/%u:%d " for its first word, its length and
 *         its second word
 * @deaf: nothing can be delivered
 * @answers: each command is answered at once, by what it begins with
 */
typedef struct TestPort {
    FaultPort port;
    GString *taken;
    bool deaf;
    bool answers;
} TestPort;

extern TestPort test_ports[NUM_PORTS];
extern const FaultPortOps test_port_ops;

/* Add rules; a text that the error has to have, or NULL for no error. */
void arm(const char *json, const char *error);
FaultArmed *find_rule(const char *id);

/* Remove them, switch the log off and forget what was delivered. */
void clear_rules(void);

/* Have port @i passed by a message of protocol 0x14 that begins like this. */
void pass_to(unsigned i, FaultSite site, uint32_t first, uint32_t second,
             unsigned length);
/* Port 0, scmi-reply */
void pass_reply(uint32_t number);

/* Compare what was delivered, and forget it. */
void assert_taken(unsigned i, const char *expected);

/* The engine's stream; it is loaded up to @length. */
GByteArray *save_engine(void);
int load_engine(const GByteArray *stream, size_t length);

void add_match_tests(void);
void add_action_tests(void);
void add_refused_tests(void);
void add_vmstate_tests(void);
void add_log_tests(void);

#endif

/*
 * An SMC without a machine: the endpoint, its keys and its key buffer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SMC_FIXTURE_H
#define SMC_FIXTURE_H

#include "rtkit-fixture.h"
#include "hw/apple/smc-endpoint.h"

#define SMC_BUFFER_ADDRESS 0x23fe20000ULL
/* What the clock of a fixture says. */
#define SMC_CLOCK_TICKS 0x123456789abcULL

typedef struct SmcFixture {
    RTKitFixture *rtkit;
    AppleSmcKeys *keys;
    AppleSmcEndpoint endpoint;
    uint8_t buffer[SMC_KEY_BUFFER_SIZE];
    AppleSmcPower power;
    unsigned answers_before_power;
    uint8_t id;
} SmcFixture;

/* What came back from a command. */
typedef struct SmcAnswer {
    uint8_t result;
    uint8_t size;
    uint32_t data;
} SmcAnswer;

/* With the built-in keys, RTKit not booted. */
SmcFixture *smc_fixture_new(void);
/* The same, booted, endpoint started and initialized. */
SmcFixture *smc_fixture_new_booted(void);
void smc_fixture_boot(SmcFixture *s);
void smc_fixture_free(SmcFixture *s);

/* Send a command; the id of its answer is checked. */
SmcAnswer smc_command(SmcFixture *s, uint8_t command, uint32_t argument,
                      uint8_t size, uint8_t wsize);
SmcAnswer smc_read(SmcFixture *s, const char *key, uint8_t size);
SmcAnswer smc_write(SmcFixture *s, const char *key, const void *buf,
                    uint8_t size);
SmcAnswer smc_call(SmcFixture *s, const char *key, uint32_t command);
/* The value of a key of up to 4 bytes, which must be readable. */
uint32_t smc_value(SmcFixture *s, const char *key, uint8_t size);

Object *smc_key_object(SmcFixture *s, const char *key);

#endif

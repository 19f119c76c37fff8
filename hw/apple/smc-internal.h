/*
 * Apple SMC: what its files share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_SMC_INTERNAL_H
#define HW_APPLE_SMC_INTERNAL_H

#include "hw/apple/smc-keys.h"
#include "hw/core/dt-node.h"

/**
 * AppleSmcBehaviour: what a key does beyond keeping its value
 *
 * @prefix: which keys; those whose name starts so
 * @computed: there is no value to set
 * @read: change the copy of the value that is being read
 * @write: the guest writes @buf, of the key's size; keeping it is its job
 * @call: RW_KEY with a 32-bit command
 * @event: what to notify the guest of, now that the value has changed
 */
struct AppleSmcBehaviour {
    const char *prefix;
    bool computed;
    void (*read)(AppleSmcKey *key, uint8_t *buf);
    AppleSmcResult (*write)(AppleSmcKey *key, const uint8_t *buf);
    AppleSmcResult (*call)(AppleSmcKey *key, uint32_t command,
                           uint32_t *answer);
    uint32_t (*event)(AppleSmcKey *key);
};

/* NULL if the key just keeps its value. */
const AppleSmcBehaviour *apple_smc_find_behaviour(const char *name);

/* A GPIO line's value, which is also the answer to the pin mode command. */
#define SMC_GPIO_IS_OUTPUT 0x1
#define SMC_GPIO_IS_HIGH 0x2

/* smc-key.c */
AppleSmcKey *apple_smc_key_new(AppleSmcKeys *keys, const AppleSmcKeyDef *def);
void apple_smc_key_set_initial(AppleSmcKey *key);
void apple_smc_key_set_bytes(AppleSmcKey *key, const uint8_t *buf);
void apple_smc_key_get_bytes(AppleSmcKey *key, uint8_t *buf);

/* smc-dt.c */
void apple_smc_write_dt_node(DtNode *node, DtWriter *dt, uint32_t first_spi);

#endif

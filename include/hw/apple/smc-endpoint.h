/*
 * Apple SMC: the application endpoint
 *
 * Commands come in as messages, answers go out as messages, and what does
 * not fit a message is in the key buffer, a page that both sides see.
 *
 * Source: Linux drivers/mfd/macsmc.c.
 *
 * All functions are called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_SMC_ENDPOINT_H
#define HW_APPLE_SMC_ENDPOINT_H

#include "hw/apple/rtkit.h"
#include "hw/apple/smc-keys.h"

#define SMC_ENDPOINT 0x20
#define SMC_KEY_BUFFER_SIZE 0x1000

/**
 * AppleSmcBufferOps: access to the key buffer
 *
 * @read, @write: @len bytes from its start, at most SMC_KEY_MAX_SIZE
 * @address: where the AP finds it
 */
typedef struct AppleSmcBufferOps {
    void (*read)(void *opaque, void *buf, size_t len);
    void (*write)(void *opaque, const void *buf, size_t len);
    uint64_t (*address)(void *opaque);
} AppleSmcBufferOps;

/* @initialized: the AP has been told where the key buffer is */
typedef struct AppleSmcEndpoint {
    RTKit *rtkit;
    AppleSmcKeys *keys;
    const AppleSmcBufferOps *ops;
    void *opaque;
    bool initialized;
} AppleSmcEndpoint;

/**
 * apple_smc_endpoint_init: add the endpoint to @rtkit
 * @ops: borrowed
 */
void apple_smc_endpoint_init(AppleSmcEndpoint *endpoint, RTKit *rtkit,
                             AppleSmcKeys *keys, const AppleSmcBufferOps *ops,
                             void *opaque);

/* Send a notification; false if the AP does not hear it. */
bool apple_smc_endpoint_notify(AppleSmcEndpoint *endpoint, uint32_t event);

extern const VMStateDescription vmstate_apple_smc_endpoint;

#endif

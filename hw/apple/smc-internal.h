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
 * @name: of the key; NULL for a GPIO line
 * @size: bytes that the key must have, 0 for any
 * @computed: there is no value to set
 * @read: change the copy of the value that is being read
 * @taken: the guest has read the value
 * @write: the guest writes @buf, of the key's size; keeping it is its job
 * @call: RW_KEY with a 32-bit command
 * @event: the value has changed: what to notify the guest of
 */
struct AppleSmcBehaviour {
    const char *name;
    uint8_t size;
    bool computed;
    void (*read)(AppleSmcKey *key, uint8_t *buf);
    void (*taken)(AppleSmcKey *key);
    AppleSmcResult (*write)(AppleSmcKey *key, const uint8_t *buf);
    AppleSmcResult (*call)(AppleSmcKey *key, uint32_t command,
                           uint32_t *answer);
    uint32_t (*event)(AppleSmcKey *key);
};

/* NULL if the key just keeps its value. */
const AppleSmcBehaviour *apple_smc_find_behaviour(const AppleSmcKeyDef *def);

/* The lower bits of a GPIO line's value. */
#define SMC_GPIO_IS_OUTPUT 0x1
#define SMC_GPIO_IS_HIGH 0x2

/* smc-gpio.c */
extern const AppleSmcBehaviour apple_smc_gpio_behaviour;

/* The line's state with this level into @buf. */
void apple_smc_gpio_put_level(AppleSmcKey *key, uint8_t *buf, bool high);
/* The level of an input stays; what the guest wants of it does not. */
void apple_smc_gpio_reset_input(AppleSmcKey *key);

/* smc-value.c */

/* How the bytes of a type are shown as a "value". */
typedef enum AppleSmcKind {
    KIND_UINT,
    KIND_SINT,
    KIND_BOOL,
    KIND_FLOAT,     /* IEEE 754 single */
    KIND_FIXED,     /* 48.16 bits */
    KIND_TEXT,
    KIND_HEX,
    KIND_GPIO,
} AppleSmcKind;

struct AppleSmcType {
    char code[5];
    uint8_t size;
    AppleSmcKind kind;
};

const AppleSmcType *apple_smc_find_type(const AppleSmcKeyDef *def);
const char *apple_smc_type_qom_name(const AppleSmcType *type);
/* The value that the key's table says. */
void apple_smc_key_set_initial(AppleSmcKey *key);

/* A number into @buf, the key's size; false if it is no key for numbers. */
bool apple_smc_encode_number(AppleSmcKey *key, double number, uint8_t *buf);
/* The key's value as a number, 0 if it is none. */
double apple_smc_key_number(AppleSmcKey *key);

/* The value that @v brings, as bytes; false and @errp if it does not fit. */
bool apple_smc_visit_input(AppleSmcKey *key, Visitor *v, uint8_t *buf,
                           Error **errp);
void apple_smc_visit_output(AppleSmcKey *key, Visitor *v, const char *name,
                            const uint8_t *buf, Error **errp);

/* The caller frees the result. */
char *apple_smc_format_hex(AppleSmcKey *key, const uint8_t *buf);
bool apple_smc_parse_hex(AppleSmcKey *key, const char *text, uint8_t *buf,
                         Error **errp);

/* smc-key.c */
AppleSmcKey *apple_smc_key_new(AppleSmcKeys *keys, const AppleSmcKeyDef *def);
void apple_smc_key_set_bytes(AppleSmcKey *key, const uint8_t *buf);
void apple_smc_key_get_bytes(AppleSmcKey *key, uint8_t *buf);
/* A new value from outside the guest, which is notified of a change. */
void apple_smc_key_change(AppleSmcKey *key, const uint8_t *buf);

/* smc-keys.c */

/* Tell the guest of @event; false if it does not listen. */
bool apple_smc_keys_notify(AppleSmcKeys *keys, uint32_t event);
/* Keys that look into each other, which need not be there: 0 if it is not. */
double apple_smc_keys_number(AppleSmcKeys *keys, const char *name);

/* smc-event.c */

/* What B0TE and B0TF say when there is no such time. */
#define SMC_MINUTES_UNKNOWN 0xffff
/* How long a charge, in mAh, takes to come or go with a current in mA. */
double apple_smc_minutes(double charge, double current);

/* smc-dt.c */
void apple_smc_write_dt_node(DtNode *node, DtWriter *dt, uint32_t first_spi);

#endif

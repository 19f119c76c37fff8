/*
 * Apple SMC: the keys
 *
 * A key is four characters, kept as the integer whose most significant byte
 * is the first one, so that integer order is the order of the table. Each is
 * a QOM object (TYPE_APPLE_SMC_KEY), named after itself below "keys" of the
 * SMC, with these properties:
 *  + "value": what it says: an integer, a number, a bool or a string, as its
 *    type asks for; a GPIO line's level. Setting it is what the world does to
 *    the machine: the guest reads the new value and is notified if it is one
 *    of the keys it must hear of, and if it has asked for notifications.
 *    Reading it fails for a NaN or an infinity, which a guest may write
 *  + "raw": the same as the bytes the guest reads, in hexadecimal
 *  + "key-type": the four characters of its type
 *  + "size": in bytes, 1 to 255
 *  + "flags": SMC_KEY_READABLE and the other bits
 *
 * Source: Linux include/linux/mfd/macsmc.h and the drivers of its children.
 *
 * All functions are called with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_APPLE_SMC_KEYS_H
#define HW_APPLE_SMC_KEYS_H

#include "qom/object.h"
#include "migration/vmstate.h"
#include "qapi/qapi-types-smc.h"

#define TYPE_APPLE_SMC_KEY "apple-smc-key"
OBJECT_DECLARE_SIMPLE_TYPE(AppleSmcKey, APPLE_SMC_KEY)

#define TYPE_APPLE_SMC_KEYS "apple-smc-keys"
OBJECT_DECLARE_SIMPLE_TYPE(AppleSmcKeys, APPLE_SMC_KEYS)

/* The integer of a key or type given as four characters. */
#define SMC_KEY(s) \
    ((uint32_t)(s)[0] << 24 | (uint32_t)(s)[1] << 16 | \
     (uint32_t)(s)[2] << 8 | (uint32_t)(s)[3])

#define SMC_KEY_MAX_SIZE 255

/* AppleSmcKeyDef.flags, as GET_KEY_INFO reports them. */
#define SMC_KEY_READABLE 0x80
#define SMC_KEY_WRITABLE 0x40
#define SMC_KEY_FUNCTION 0x10
/* Of a GPIO line, as machines have them; what 0x20 means is not known. */
#define SMC_GPIO_FLAGS (SMC_KEY_READABLE | SMC_KEY_WRITABLE | \
                        SMC_KEY_FUNCTION | 0x20)

/* Result byte of a reply; Linux takes any but 0 for an I/O error. */
typedef enum AppleSmcResult {
    SMC_SUCCESS = 0x00,
    SMC_ERROR = 0x01,
    SMC_BAD_COMMAND = 0x82,
    SMC_KEY_NOT_FOUND = 0x84,
    SMC_KEY_NOT_READABLE = 0x85,
    SMC_KEY_NOT_WRITABLE = 0x86,
    SMC_KEY_SIZE_MISMATCH = 0x87,
    SMC_BAD_ARGUMENT = 0x89,
    SMC_KEY_INDEX_RANGE = 0xb8,
    SMC_BAD_FUNCTION_PARAMETER = 0xc0,
} AppleSmcResult;

/* Events that Linux' macsmc-power acts on. */
#define SMC_EVENT_CHARGER_STATUS 0x71010100
#define SMC_EVENT_BATTERY_CRITICAL 0x71020000
#define SMC_EVENT_CONNECTOR 0x71130000

/* Events that no driver of Linux 7.3 acts on. */
#define SMC_EVENT_POWER_BUTTON 0x72010600 /* | 1 when it is pressed */
#define SMC_EVENT_GPIO 0x72020000 /* | the line's number << 8 */
#define SMC_EVENT_LID_OPEN 0x72030001
#define SMC_EVENT_LID_CLOSED 0x72030100
#define SMC_EVENT_POWER_LIMIT 0x80000000 /* the lower bytes are unknown */

/* After the first, in the order of SmcGpioDirection. */
typedef enum AppleSmcGpio {
    SMC_NOT_GPIO,
    SMC_GPIO_INPUT,
    SMC_GPIO_OUTPUT,
    SMC_GPIO_OPEN_DRAIN,
} AppleSmcGpio;

/**
 * AppleSmcKeyDef: a row of a key table
 *
 * @type: four characters of a type known to smc-value.c
 * @size: in bytes; 0 if the type says it
 * @gpio: for a GPIO line's key
 * @big_endian: the one or other integer is
 * @event: what the guest is notified of when the value changes, 0 for nothing
 * @number, @text: initial value, whichever the type asks for
 */
typedef struct AppleSmcKeyDef {
    const char *name;
    const char *type;
    uint8_t size;
    uint8_t flags;
    AppleSmcGpio gpio;
    bool big_endian;
    uint32_t event;
    double number;
    const char *text;
} AppleSmcKeyDef;

/* What a guest can ask the SMC to do to the machine. */
typedef enum AppleSmcPower {
    SMC_POWER_NONE,
    SMC_POWER_RESET,
    SMC_POWER_OFF,
} AppleSmcPower;

/**
 * AppleSmcKeysOps: what keys need from their SMC
 *
 * @clock: the real-time clock, in ticks of 1/32768 s since 1970
 * @notify: tell the guest of @event; called only if it wants to know; false
 *          if it does not hear it
 * @power: reset the machine or power it off
 */
typedef struct AppleSmcKeysOps {
    uint64_t (*clock)(void *opaque);
    bool (*notify)(void *opaque, uint32_t event);
    void (*power)(void *opaque, AppleSmcPower action);
} AppleSmcKeysOps;

typedef struct AppleSmcType AppleSmcType;
typedef struct AppleSmcBehaviour AppleSmcBehaviour;

/* @value: @size bytes of the image of the key's table */
struct AppleSmcKey {
    Object parent_obj;

    AppleSmcKeys *keys;
    const AppleSmcKeyDef *def;
    const AppleSmcType *type;
    const AppleSmcBehaviour *behaviour;
    uint32_t name;
    uint8_t size;
    uint8_t *value;
};

/**
 * AppleSmcSensor: a sensor of the hwmon node
 *
 * @kind: "temperature", "voltage", "current", "power" or "fan"
 * @min, @max, @target, @mode: keys of a fan, else NULL
 */
typedef struct AppleSmcSensor {
    const char *kind;
    const char *key;
    const char *label;
    const char *min;
    const char *max;
    const char *target;
    const char *mode;
} AppleSmcSensor;

/*
 * @key: sorted by name
 * @image: the names and values of all keys, which is what migrates
 * @initial: @image as it was at first
 * @sensor: those whose keys are there, or those of @table
 * @table, @loaded: what @key points to, if the keys are not built in
 * @power_due: asked for by the command that is being answered
 */
struct AppleSmcKeys {
    Object parent_obj;

    const AppleSmcKeysOps *ops;
    void *opaque;
    AppleSmcKey **key;
    unsigned count;
    uint8_t *image;
    uint8_t *initial;
    uint32_t image_size;
    AppleSmcSensor *sensor;
    unsigned sensor_count;
    SmcKeyTable *table;
    AppleSmcKeyDef *loaded;
    AppleSmcPower power_due;
};

/**
 * apple_smc_keys_new: make the keys of a table
 * @parent: gets them as its child "keys"
 * @defs: borrowed; @count rows in any order, no name twice
 * @ops: borrowed
 */
AppleSmcKeys *apple_smc_keys_new(Object *parent, const AppleSmcKeyDef *defs,
                                 unsigned count, const AppleSmcKeysOps *ops,
                                 void *opaque);

/**
 * apple_smc_keys_load: make the keys of a table from outside
 * @table: taken over; NULL for the built-in one
 *
 * Returns NULL, and @errp names the key, if the table makes no sense.
 */
AppleSmcKeys *apple_smc_keys_load(Object *parent, SmcKeyTable *table,
                                  const AppleSmcKeysOps *ops, void *opaque,
                                  Error **errp);

/* The table in a JSON file, its keys not checked yet; the caller frees it. */
SmcKeyTable *apple_smc_read_key_file(const char *file, Error **errp);

/* The keys as they are, as a table; the caller frees it. */
SmcKeyTable *apple_smc_keys_describe(AppleSmcKeys *keys);

/* Make what the world does: see the QMP command smc-event. */
void apple_smc_keys_event(AppleSmcKeys *keys, const SmcEvent *event,
                          Error **errp);

/* What the guest can write returns to its initial value. */
void apple_smc_keys_reset(AppleSmcKeys *keys);

/* NULL if there is none. */
AppleSmcKey *apple_smc_keys_find(AppleSmcKeys *keys, uint32_t name);
AppleSmcKey *apple_smc_keys_at(AppleSmcKeys *keys, uint32_t index);

/* The command has been answered: do what it asked for. */
void apple_smc_keys_answered(AppleSmcKeys *keys);

/**
 * apple_smc_key_read: READ_KEY
 * @buf: zeroes, whose first bytes the value replaces
 * @wanted: bytes of @buf, at most SMC_KEY_MAX_SIZE; must be the key's size,
 *          but may be more for a string
 */
AppleSmcResult apple_smc_key_read(AppleSmcKey *key, uint8_t *buf,
                                  unsigned wanted);

/* WRITE_KEY: @size must be the key's. */
AppleSmcResult apple_smc_key_write(AppleSmcKey *key, const uint8_t *buf,
                                   unsigned size);

/* RW_KEY: call a function key with @in, @in_size bytes, for an answer. */
AppleSmcResult apple_smc_key_call(AppleSmcKey *key, const uint8_t *in,
                                  unsigned in_size, uint8_t *buf,
                                  unsigned wanted);

extern const VMStateDescription vmstate_apple_smc_keys;

/* The built-in machine: a laptop on its charger, battery at 87 percent. */
extern const AppleSmcKeyDef apple_smc_default_keys[];
extern const unsigned apple_smc_default_key_count;
extern const AppleSmcSensor apple_smc_default_sensors[];
extern const unsigned apple_smc_default_sensor_count;

#endif

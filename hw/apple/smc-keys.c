/*
 * Apple SMC: the table of keys
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-internal.h"
#include "qemu/bswap.h"
#include "trace.h"

/* A record of the image: the key's name, big-endian, and its value. */
#define IMAGE_NAME_SIZE sizeof(uint32_t)
/* Room that is not used: without any keys, there would be null pointers. */
#define NOT_NULL 1

static int smc_key_compare(const void *a, const void *b)
{
    const AppleSmcKey *const *left = a;
    const AppleSmcKey *const *right = b;

    return (*left)->name < (*right)->name ? -1
                                          : (*left)->name > (*right)->name;
}

/* Give every key its place in the image. */
static void smc_keys_seal(AppleSmcKeys *keys)
{
    uint8_t *record;

    for (int i = 0; i < keys->count; i++) {
        assert(!i || keys->key[i]->name != keys->key[i - 1]->name);
        keys->image_size += IMAGE_NAME_SIZE + keys->key[i]->size;
    }
    keys->image = g_malloc0(keys->image_size + NOT_NULL);
    record = keys->image;
    for (int i = 0; i < keys->count; i++) {
        AppleSmcKey *key = keys->key[i];

        stl_be_p(record, key->name);
        key->value = record + IMAGE_NAME_SIZE;
        record = key->value + key->size;
        apple_smc_key_set_initial(key);
    }
    keys->initial = g_memdup2(keys->image, keys->image_size + NOT_NULL);
}

static bool smc_has_key(AppleSmcKeys *keys, const char *name)
{
    return !name || apple_smc_keys_find(keys, SMC_KEY(name));
}

static void smc_keys_add_default_sensors(AppleSmcKeys *keys)
{
    keys->sensor = g_new(AppleSmcSensor, apple_smc_default_sensor_count);
    for (int i = 0; i < apple_smc_default_sensor_count; i++) {
        const AppleSmcSensor *sensor = &apple_smc_default_sensors[i];

        if (smc_has_key(keys, sensor->key) && smc_has_key(keys, sensor->min) &&
            smc_has_key(keys, sensor->max) &&
            smc_has_key(keys, sensor->target) &&
            smc_has_key(keys, sensor->mode)) {
            keys->sensor[keys->sensor_count++] = *sensor;
        }
    }
}

AppleSmcKeys *apple_smc_keys_new(Object *parent, const AppleSmcKeyDef *defs,
                                 unsigned count, const AppleSmcKeysOps *ops,
                                 void *opaque)
{
    AppleSmcKeys *keys = APPLE_SMC_KEYS(object_new(TYPE_APPLE_SMC_KEYS));

    keys->ops = ops;
    keys->opaque = opaque;
    keys->key = g_new(AppleSmcKey *, count + NOT_NULL);
    keys->count = count;
    for (int i = 0; i < count; i++) {
        keys->key[i] = apple_smc_key_new(keys, &defs[i]);
    }
    qsort(keys->key, count, sizeof(keys->key[0]), smc_key_compare);
    smc_keys_seal(keys);
    smc_keys_add_default_sensors(keys);
    object_property_add_child(parent, "keys", OBJECT(keys));
    object_unref(OBJECT(keys));
    return keys;
}

void apple_smc_keys_reset(AppleSmcKeys *keys)
{
    keys->power_due = SMC_POWER_NONE;
    for (int i = 0; i < keys->count; i++) {
        AppleSmcKey *key = keys->key[i];

        if (key->def->gpio == SMC_GPIO_INPUT) {
            apple_smc_gpio_reset_input(key);
        } else if (key->def->flags & SMC_KEY_WRITABLE) {
            memcpy(key->value, keys->initial + (key->value - keys->image),
                   key->size);
        }
    }
}

AppleSmcKey *apple_smc_keys_find(AppleSmcKeys *keys, uint32_t name)
{
    AppleSmcKey wanted = { .name = name };
    AppleSmcKey *key = &wanted;
    AppleSmcKey **found = bsearch(&key, keys->key, keys->count,
                                  sizeof(keys->key[0]), smc_key_compare);

    return found ? *found : NULL;
}

AppleSmcKey *apple_smc_keys_at(AppleSmcKeys *keys, uint32_t index)
{
    return index < keys->count ? keys->key[index] : NULL;
}

double apple_smc_keys_number(AppleSmcKeys *keys, const char *name)
{
    AppleSmcKey *key = apple_smc_keys_find(keys, SMC_KEY(name));

    return key ? apple_smc_key_number(key) : 0;
}

bool apple_smc_keys_notify(AppleSmcKeys *keys, uint32_t event)
{
    AppleSmcKey *ntap = apple_smc_keys_find(keys, SMC_KEY("NTAP"));

    return ntap && ntap->value[0] && keys->ops->notify(keys->opaque, event);
}

void apple_smc_keys_answered(AppleSmcKeys *keys)
{
    AppleSmcPower due = keys->power_due;

    keys->power_due = SMC_POWER_NONE;
    if (due != SMC_POWER_NONE) {
        keys->ops->power(keys->opaque, due);
    }
}

/* What the guest asks of a key */

static bool smc_key_is_text(const AppleSmcKey *key)
{
    return !strcmp(key->def->type, "ch8*");
}

AppleSmcResult apple_smc_key_read(AppleSmcKey *key, uint8_t *buf,
                                  unsigned wanted)
{
    if (!(key->def->flags & SMC_KEY_READABLE)) {
        return SMC_KEY_NOT_READABLE;
    }
    if (wanted != key->size && !(smc_key_is_text(key) && wanted > key->size)) {
        return SMC_KEY_SIZE_MISMATCH;
    }
    apple_smc_key_get_bytes(key, buf);
    if (key->behaviour && key->behaviour->taken) {
        key->behaviour->taken(key);
    }
    return SMC_SUCCESS;
}

AppleSmcResult apple_smc_key_write(AppleSmcKey *key, const uint8_t *buf,
                                   unsigned size)
{
    if (!(key->def->flags & SMC_KEY_WRITABLE)) {
        return SMC_KEY_NOT_WRITABLE;
    }
    if (size != key->size) {
        return SMC_KEY_SIZE_MISMATCH;
    }
    if (key->behaviour && key->behaviour->write) {
        return key->behaviour->write(key, buf);
    }
    apple_smc_key_set_bytes(key, buf);
    return SMC_SUCCESS;
}

AppleSmcResult apple_smc_key_call(AppleSmcKey *key, const uint8_t *in,
                                  unsigned in_size, uint8_t *buf,
                                  unsigned wanted)
{
    AppleSmcResult result;
    uint32_t answer = 0;

    if (!key->behaviour || !key->behaviour->call) {
        return SMC_BAD_FUNCTION_PARAMETER;
    }
    if (in_size != sizeof(uint32_t) || wanted != sizeof(uint32_t)) {
        return SMC_KEY_SIZE_MISMATCH;
    }
    result = key->behaviour->call(key, ldl_le_p(in), &answer);
    stl_le_p(buf, answer);
    return result;
}

/* Migration: the other side must have the very same keys. */

static int smc_keys_post_load(void *opaque, int version_id)
{
    AppleSmcKeys *keys = opaque;

    for (int i = 0; i < keys->count; i++) {
        AppleSmcKey *key = keys->key[i];

        if (ldl_be_p(key->value - IMAGE_NAME_SIZE) != key->name) {
            return -EINVAL;
        }
    }
    return 0;
}

const VMStateDescription vmstate_apple_smc_keys = {
    .name = "apple-smc-keys",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = smc_keys_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(image_size, AppleSmcKeys,
                             "the SMC has other keys here"),
        VMSTATE_VBUFFER_UINT32(image, AppleSmcKeys, 1, NULL, image_size),
        VMSTATE_END_OF_LIST()
    },
};

static void smc_keys_finalize(Object *obj)
{
    AppleSmcKeys *keys = APPLE_SMC_KEYS(obj);

    g_free(keys->key);
    g_free(keys->image);
    g_free(keys->initial);
    g_free(keys->sensor);
    g_free(keys->loaded);
    qapi_free_SmcKeyTable(keys->table);
}

static const TypeInfo smc_keys_info = {
    .name = TYPE_APPLE_SMC_KEYS,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(AppleSmcKeys),
    .instance_finalize = smc_keys_finalize,
};

static void smc_keys_register(void)
{
    type_register_static(&smc_keys_info);
}
type_init(smc_keys_register)

/*
 * Apple SMC: a key and its QOM properties
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-internal.h"
#include "qapi/error.h"
#include "trace.h"

void apple_smc_key_set_bytes(AppleSmcKey *key, const uint8_t *buf)
{
    if (trace_event_get_state_backends(TRACE_APPLE_SMC_KEY_SET)) {
        g_autofree char *hex = apple_smc_format_hex(key, buf);

        trace_apple_smc_key_set(key->def->name, hex);
    }
    memcpy(key->value, buf, key->size);
}

void apple_smc_key_get_bytes(AppleSmcKey *key, uint8_t *buf)
{
    memcpy(buf, key->value, key->size);
    if (key->behaviour && key->behaviour->read) {
        key->behaviour->read(key, buf);
    }
}

void apple_smc_key_change(AppleSmcKey *key, const uint8_t *buf)
{
    uint32_t event = key->def->event;

    if (!memcmp(key->value, buf, key->size)) {
        return;
    }
    apple_smc_key_set_bytes(key, buf);
    if (key->behaviour && key->behaviour->event) {
        event = key->behaviour->event(key);
    }
    if (event) {
        apple_smc_keys_notify(key->keys, event);
    }
}

static bool smc_key_is_settable(AppleSmcKey *key, Error **errp)
{
    if (key->behaviour && key->behaviour->computed) {
        error_setg(errp, "key '%s' is computed when it is read",
                   key->def->name);
        return false;
    }
    if (key->def->gpio == SMC_GPIO_OUTPUT ||
        key->def->gpio == SMC_GPIO_OPEN_DRAIN) {
        error_setg(errp, "GPIO line '%s' is driven by the guest",
                   key->def->name);
        return false;
    }
    return true;
}

static void smc_key_set_value(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    AppleSmcKey *key = APPLE_SMC_KEY(obj);
    uint8_t buf[SMC_KEY_MAX_SIZE] = { };

    if (smc_key_is_settable(key, errp) &&
        apple_smc_visit_input(key, v, buf, errp)) {
        apple_smc_key_change(key, buf);
    }
}

static void smc_key_get_value(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    AppleSmcKey *key = APPLE_SMC_KEY(obj);
    uint8_t buf[SMC_KEY_MAX_SIZE];

    apple_smc_key_get_bytes(key, buf);
    apple_smc_visit_output(key, v, name, buf, errp);
}

static char *smc_key_get_raw(Object *obj, Error **errp)
{
    AppleSmcKey *key = APPLE_SMC_KEY(obj);
    uint8_t buf[SMC_KEY_MAX_SIZE];

    apple_smc_key_get_bytes(key, buf);
    return apple_smc_format_hex(key, buf);
}

static void smc_key_set_raw(Object *obj, const char *text, Error **errp)
{
    ERRP_GUARD();
    AppleSmcKey *key = APPLE_SMC_KEY(obj);
    uint8_t buf[SMC_KEY_MAX_SIZE];

    if (key->def->gpio != SMC_NOT_GPIO) {
        error_setg(errp, "GPIO line '%s' has a level only", key->def->name);
        error_append_hint(errp, "Set its property 'value'.\n");
    } else if (smc_key_is_settable(key, errp) &&
               apple_smc_parse_hex(key, text, buf, errp)) {
        apple_smc_key_change(key, buf);
    }
}

static char *smc_key_get_type(Object *obj, Error **errp)
{
    return g_strdup(APPLE_SMC_KEY(obj)->def->type);
}

AppleSmcKey *apple_smc_key_new(AppleSmcKeys *keys, const AppleSmcKeyDef *def)
{
    AppleSmcKey *key = APPLE_SMC_KEY(object_new(TYPE_APPLE_SMC_KEY));
    Object *obj = OBJECT(key);

    key->keys = keys;
    key->def = def;
    key->type = apple_smc_find_type(def);
    key->name = SMC_KEY(def->name);
    key->size = key->type->size ?: def->size;
    key->behaviour = apple_smc_find_behaviour(def);
    assert(key->size);

    object_property_add(obj, "value", apple_smc_type_qom_name(key->type),
                        smc_key_get_value, smc_key_set_value, NULL, NULL);
    object_property_add_uint8_ptr(obj, "size", &key->size,
                                  OBJ_PROP_FLAG_READ);
    object_property_add_uint8_ptr(obj, "flags", &def->flags,
                                  OBJ_PROP_FLAG_READ);
    object_property_add_child(OBJECT(keys), def->name, obj);
    object_unref(obj);
    return key;
}

static void smc_key_class_init(ObjectClass *oc, void *data)
{
    object_class_property_add_str(oc, "raw", smc_key_get_raw, smc_key_set_raw);
    object_class_property_add_str(oc, "key-type", smc_key_get_type, NULL);
}

static const TypeInfo smc_key_info = {
    .name = TYPE_APPLE_SMC_KEY,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(AppleSmcKey),
    .class_init = smc_key_class_init,
};

static void smc_key_register(void)
{
    type_register_static(&smc_key_info);
}
type_init(smc_key_register)

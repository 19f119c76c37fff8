/*
 * Apple SMC: a table of keys from outside
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-smc.h"
#include "qapi/qobject-input-visitor.h"
#include "qobject/qbool.h"

#define NAME_LENGTH 4

/* Which of the keys is wrong, before what is wrong with it. */
static void smc_prepend_key(Error **errp, unsigned index, const char *key)
{
    error_prepend(errp, "keys[%u], '%s': ", index, key);
}

/* Four characters, of which QOM leaves a child's name as it is. */
static bool smc_name_ok(const char *name)
{
    for (int i = 0; i < NAME_LENGTH; i++) {
        if (!g_ascii_isgraph(name[i]) || name[i] == '/' || name[i] == '*') {
            return false;
        }
    }
    return !name[NAME_LENGTH];
}

/* The keys are properties of an object, which has others by itself. */
static bool smc_name_is_taken(const char *name)
{
    ObjectClass *oc = object_class_by_name(TYPE_APPLE_SMC_KEYS);

    return object_class_property_find(oc, name);
}

static bool smc_type_ok(const char *type)
{
    for (int i = 0; i < NAME_LENGTH; i++) {
        if (!g_ascii_isprint(type[i])) {
            return false;
        }
    }
    return !type[NAME_LENGTH];
}

static bool smc_is_gpio(const char *name)
{
    return g_str_has_prefix(name, "gP") && g_ascii_isxdigit(name[2]) &&
           g_ascii_isxdigit(name[3]) && !g_ascii_isupper(name[2]) &&
           !g_ascii_isupper(name[3]);
}

static const AppleSmcKeyDef *smc_find_default(const char *name)
{
    for (int i = 0; i < apple_smc_default_key_count; i++) {
        if (!strcmp(apple_smc_default_keys[i].name, name)) {
            return &apple_smc_default_keys[i];
        }
    }
    return NULL;
}

/* A line that may not be written could be neither driven nor enabled. */
static uint8_t smc_default_flags(const char *name)
{
    const AppleSmcKeyDef *built_in = smc_find_default(name);

    if (built_in) {
        return built_in->flags;
    }
    return smc_is_gpio(name) ? SMC_GPIO_FLAGS : SMC_KEY_READABLE;
}

/*
 * Firmware whose BCF0 has four bytes says B0RM with the most significant one
 * first, which no dump of its keys tells: macsmc-power.c concludes the one
 * from the other.
 */
static bool smc_is_old_firmware(const SmcKeyTable *table)
{
    for (SmcKeyConfigList *k = table->keys; k; k = k->next) {
        SmcKeyConfig *config = k->value;
        AppleSmcKeyDef def = { .name = config->key, .type = config->type };

        if (!strcmp(config->key, "BCF0")) {
            return (config->has_size ? config->size
                                     : apple_smc_find_type(&def)->size) == 4;
        }
    }
    return false;
}

/* The row of a key, with what is not said taken from the built-in key. */
static void smc_make_row(const SmcKeyConfig *config, bool old_firmware,
                         AppleSmcKeyDef *def)
{
    const AppleSmcKeyDef *built_in = smc_find_default(config->key);

    def->name = config->key;
    def->type = config->type;
    def->size = config->has_size ? config->size : 0;
    def->flags = config->has_flags ? config->flags
                                   : smc_default_flags(config->key);
    def->big_endian = config->has_big_endian
                      ? config->big_endian
                      : (built_in && built_in->big_endian) ||
                        (old_firmware && !strcmp(config->key, "B0RM"));
    def->event = config->has_event ? config->event
                                   : built_in ? built_in->event : 0;
    if (smc_is_gpio(config->key)) {
        def->gpio = built_in ? built_in->gpio : SMC_GPIO_INPUT;
    }
    if (config->has_gpio) {
        def->gpio = SMC_GPIO_INPUT + config->gpio;
    }
}

static bool smc_check_number(bool given, int64_t number, uint32_t limit,
                             const char *member, Error **errp)
{
    if (given && (number < 0 || number > limit)) {
        error_setg(errp, "'%s' is not from 0 to %u", member, limit);
        return false;
    }
    return true;
}

static bool smc_check_size(const SmcKeyConfig *config,
                           const AppleSmcKeyDef *def, Error **errp)
{
    const AppleSmcBehaviour *behaviour = apple_smc_find_behaviour(def);
    unsigned fixed = apple_smc_find_type(def)->size;
    unsigned size = config->has_size ? config->size : fixed;

    if (behaviour && behaviour->size && size != behaviour->size) {
        error_setg(errp, "the SMC itself uses this key: it has %u bytes, "
                   "not %u", behaviour->size, size);
        return false;
    }
    if (!size) {
        error_setg(errp, "type '%s' needs a 'size' of 1 to %u bytes",
                   def->type, SMC_KEY_MAX_SIZE);
        return false;
    }
    if (fixed && size != fixed) {
        error_setg(errp, "type '%s' has %u bytes, not %u", def->type, fixed,
                   size);
        return false;
    }
    return true;
}

static bool smc_check_row(const SmcKeyConfig *config, bool old_firmware,
                          AppleSmcKeyDef *def, Error **errp)
{
    if (!smc_name_ok(config->key)) {
        error_setg(errp, "a key has four ASCII characters that can be seen, "
                   "neither '/' nor '*'");
        return false;
    }
    if (smc_name_is_taken(config->key)) {
        error_setg(errp, "a property of QEMU's own has this name, so that no "
                   "key can");
        return false;
    }
    if (!smc_type_ok(config->type)) {
        error_setg(errp, "'%s' is no type: it has four ASCII characters",
                   config->type);
        return false;
    }
    if (config->has_gpio && !smc_is_gpio(config->key)) {
        error_setg(errp, "only a key from 'gP00' to 'gPff' is a GPIO line");
        return false;
    }
    if (config->value && config->raw) {
        error_setg(errp, "'value' and 'raw' exclude each other");
        return false;
    }
    if (!smc_check_number(config->has_size, config->size, SMC_KEY_MAX_SIZE,
                          "size", errp) ||
        !smc_check_number(config->has_flags, config->flags, UINT8_MAX,
                          "flags", errp) ||
        !smc_check_number(config->has_event, config->event, UINT32_MAX,
                          "event", errp)) {
        return false;
    }
    smc_make_row(config, old_firmware, def);
    return smc_check_size(config, def, errp);
}

/* Fill @rows, as many as there are keys; false if one is wrong. */
static bool smc_make_rows(const SmcKeyTable *table, AppleSmcKeyDef *rows,
                          Error **errp)
{
    ERRP_GUARD();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    bool old_firmware = smc_is_old_firmware(table);
    unsigned i = 0;

    for (SmcKeyConfigList *k = table->keys; k; k = k->next, i++) {
        SmcKeyConfig *config = k->value;

        if (!smc_check_row(config, old_firmware, &rows[i], errp)) {
            smc_prepend_key(errp, i, config->key);
            return false;
        }
        if (!g_hash_table_add(seen, config->key)) {
            error_setg(errp, "there is a key with this name already");
            smc_prepend_key(errp, i, config->key);
            return false;
        }
    }
    return true;
}

/* What is computed when it is read has a value in no table. */
static bool smc_load_value(AppleSmcKey *key, const SmcKeyConfig *config,
                           Error **errp)
{
    uint8_t buf[SMC_KEY_MAX_SIZE] = { };
    Visitor *v;
    bool ok;

    if (key->behaviour && key->behaviour->computed) {
        return true;
    }
    if (config->raw) {
        if (key->def->gpio != SMC_NOT_GPIO) {
            error_setg(errp, "a GPIO line has a level only: give a 'value'");
            return false;
        }
        if (!apple_smc_parse_hex(key, config->raw, buf, errp)) {
            return false;
        }
    } else if (config->value) {
        v = qobject_input_visitor_new(config->value);
        ok = apple_smc_visit_input(key, v, buf, errp);
        visit_free(v);
        if (!ok) {
            return false;
        }
    } else {
        return true;
    }
    memcpy(key->value, buf, key->size);
    return true;
}

static bool smc_load_values(AppleSmcKeys *keys, Error **errp)
{
    ERRP_GUARD();
    unsigned i = 0;

    for (SmcKeyConfigList *k = keys->table->keys; k; k = k->next, i++) {
        SmcKeyConfig *config = k->value;
        AppleSmcKey *key = apple_smc_keys_find(keys, SMC_KEY(config->key));

        if (!smc_load_value(key, config, errp)) {
            smc_prepend_key(errp, i, config->key);
            return false;
        }
    }
    memcpy(keys->initial, keys->image, keys->image_size);
    return true;
}

/* A node's name holds the key, so the key must be one. */
static bool smc_check_sensor_key(const char *key, unsigned index,
                                 const char *member, Error **errp)
{
    if (key && !smc_name_ok(key)) {
        error_setg(errp, "sensors[%u].%s: '%s' is no key", index, member,
                   key);
        return false;
    }
    return true;
}

static bool smc_check_sensor(const SmcSensorConfig *config, unsigned index,
                             Error **errp)
{
    if (config->kind != SMC_SENSOR_KIND_FAN &&
        (config->minimum || config->maximum || config->target ||
         config->mode)) {
        error_setg(errp, "sensors[%u], '%s': only a fan has other keys",
                   index, config->key);
        return false;
    }
    return smc_check_sensor_key(config->key, index, "key", errp) &&
           smc_check_sensor_key(config->minimum, index, "minimum", errp) &&
           smc_check_sensor_key(config->maximum, index, "maximum", errp) &&
           smc_check_sensor_key(config->target, index, "target", errp) &&
           smc_check_sensor_key(config->mode, index, "mode", errp);
}

/* Among the first @count: kind and key are the name of a sensor's node. */
static bool smc_has_sensor(const AppleSmcKeys *keys, unsigned count,
                           const char *kind, const char *key)
{
    for (unsigned i = 0; i < count; i++) {
        if (!strcmp(keys->sensor[i].kind, kind) &&
            !strcmp(keys->sensor[i].key, key)) {
            return true;
        }
    }
    return false;
}

/* Sensors without a key are allowed: a guest has to cope with them. */
static bool smc_load_sensors(AppleSmcKeys *keys, Error **errp)
{
    SmcSensorConfigList *list = keys->table->sensors;
    unsigned i = 0;

    if (!keys->table->has_sensors) {
        return true;
    }
    g_free(keys->sensor);
    keys->sensor_count = QAPI_LIST_LENGTH(list);
    keys->sensor = g_new(AppleSmcSensor, keys->sensor_count);
    for (; list; list = list->next, i++) {
        const SmcSensorConfig *config = list->value;
        const char *kind = SmcSensorKind_str(config->kind);

        if (!smc_check_sensor(config, i, errp)) {
            return false;
        }
        if (smc_has_sensor(keys, i, kind, config->key)) {
            error_setg(errp, "sensors[%u], '%s': there is a %s sensor with "
                       "this key already", i, config->key, kind);
            return false;
        }
        keys->sensor[i] = (AppleSmcSensor) {
            kind, config->key, config->label,
            config->minimum, config->maximum, config->target, config->mode,
        };
    }
    return true;
}

AppleSmcKeys *apple_smc_keys_load(Object *parent, SmcKeyTable *table,
                                  const AppleSmcKeysOps *ops, void *opaque,
                                  Error **errp)
{
    AppleSmcKeyDef *rows;
    AppleSmcKeys *keys;
    unsigned count;

    if (!table) {
        return apple_smc_keys_new(parent, apple_smc_default_keys,
                                  apple_smc_default_key_count, ops, opaque);
    }
    count = QAPI_LIST_LENGTH(table->keys);
    rows = g_new0(AppleSmcKeyDef, count);
    if (!smc_make_rows(table, rows, errp)) {
        g_free(rows);
        qapi_free_SmcKeyTable(table);
        return NULL;
    }
    keys = apple_smc_keys_new(parent, rows, count, ops, opaque);
    keys->table = table;
    keys->loaded = rows;
    if (!smc_load_values(keys, errp) || !smc_load_sensors(keys, errp)) {
        object_unparent(OBJECT(keys));
        return NULL;
    }
    return keys;
}

/* And back */

static SmcKeyConfig *smc_describe_key(AppleSmcKey *key)
{
    const AppleSmcKeyDef *def = key->def;
    SmcKeyConfig *config = g_new0(SmcKeyConfig, 1);

    config->key = g_strdup(def->name);
    config->type = g_strdup(def->type);
    config->has_size = true;
    config->size = key->size;
    config->has_flags = true;
    config->flags = def->flags;
    config->has_big_endian = true;
    config->big_endian = def->big_endian;
    config->has_event = true;
    config->event = def->event;
    if (def->gpio != SMC_NOT_GPIO) {
        config->has_gpio = true;
        config->gpio = def->gpio - SMC_GPIO_INPUT;
        config->value = QOBJECT(qbool_from_bool(apple_smc_key_number(key)));
    } else if (!key->behaviour || !key->behaviour->computed) {
        config->raw = apple_smc_format_hex(key, key->value);
    }
    return config;
}

static SmcSensorConfig *smc_describe_sensor(const AppleSmcSensor *sensor)
{
    SmcSensorConfig *config = g_new0(SmcSensorConfig, 1);

    config->kind = qapi_enum_parse(&SmcSensorKind_lookup, sensor->kind, 0,
                                   &error_abort);
    config->key = g_strdup(sensor->key);
    config->label = g_strdup(sensor->label);
    config->minimum = g_strdup(sensor->min);
    config->maximum = g_strdup(sensor->max);
    config->target = g_strdup(sensor->target);
    config->mode = g_strdup(sensor->mode);
    return config;
}

SmcKeyTable *apple_smc_keys_describe(AppleSmcKeys *keys)
{
    SmcKeyTable *table = g_new0(SmcKeyTable, 1);

    for (unsigned i = keys->count; i-- > 0; ) {
        QAPI_LIST_PREPEND(table->keys, smc_describe_key(keys->key[i]));
    }
    table->has_sensors = true;
    for (unsigned i = keys->sensor_count; i-- > 0; ) {
        QAPI_LIST_PREPEND(table->sensors,
                          smc_describe_sensor(&keys->sensor[i]));
    }
    return table;
}

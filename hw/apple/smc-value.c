/*
 * Apple SMC: what a key's bytes mean, by its type
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <float.h>
#include <math.h>
#include "smc-internal.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"

static const AppleSmcType smc_types[] = {
    { "ui8 ", 1, KIND_UINT },
    { "ui16", 2, KIND_UINT },
    { "ui32", 4, KIND_UINT },
    { "ui64", 8, KIND_UINT },
    { "si8 ", 1, KIND_SINT },
    { "si16", 2, KIND_SINT },
    { "si32", 4, KIND_SINT },
    { "si64", 8, KIND_SINT },
    { "flag", 1, KIND_BOOL },
    { "flt ", 4, KIND_FLOAT },
    { "ioft", 8, KIND_FIXED },
    { "ch8*", 0, KIND_TEXT },
    { "hex_", 0, KIND_HEX },
};

/* Of types that are only known by their name: the bytes. */
static const AppleSmcType smc_unknown_type = { "", 0, KIND_HEX };

/* A GPIO line's type is nowhere to be found; no driver asks for it. */
static const AppleSmcType smc_gpio_type = { "ui32", 4, KIND_GPIO };

/* The QAPI type of a "value". */
static const char *const smc_kind_names[] = {
    [KIND_UINT] = "uint64",
    [KIND_SINT] = "int64",
    [KIND_BOOL] = "bool",
    [KIND_FLOAT] = "number",
    [KIND_FIXED] = "number",
    [KIND_TEXT] = "str",
    [KIND_HEX] = "str",
    [KIND_GPIO] = "bool",
};

#define FIXED_ONE 65536.0

const AppleSmcType *apple_smc_find_type(const AppleSmcKeyDef *def)
{
    if (def->gpio != SMC_NOT_GPIO) {
        return &smc_gpio_type;
    }
    for (int i = 0; i < ARRAY_SIZE(smc_types); i++) {
        if (!strcmp(smc_types[i].code, def->type)) {
            return &smc_types[i];
        }
    }
    return &smc_unknown_type;
}

const char *apple_smc_type_qom_name(const AppleSmcType *type)
{
    return smc_kind_names[type->kind];
}

/* Bytes and numbers */

static uint64_t smc_get_uint(AppleSmcKey *key, const uint8_t *buf)
{
    return key->def->big_endian ? ldn_be_p(buf, key->size)
                                : ldn_le_p(buf, key->size);
}

static void smc_put_uint(AppleSmcKey *key, uint8_t *buf, uint64_t value)
{
    if (key->def->big_endian) {
        stn_be_p(buf, key->size, value);
    } else {
        stn_le_p(buf, key->size, value);
    }
}

static double smc_get_float(const uint8_t *buf)
{
    uint32_t bits = ldl_le_p(buf);
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void smc_put_float(uint8_t *buf, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    stl_le_p(buf, bits);
}

char *apple_smc_format_hex(AppleSmcKey *key, const uint8_t *buf)
{
    GString *hex = g_string_new(NULL);

    for (int i = 0; i < key->size; i++) {
        g_string_append_printf(hex, "%02x", buf[i]);
    }
    return g_string_free(hex, false);
}

bool apple_smc_parse_hex(AppleSmcKey *key, const char *text, uint8_t *buf,
                         Error **errp)
{
    ERRP_GUARD();
    bool ok = strlen(text) == 2 * key->size;

    for (int i = 0; ok && i < key->size; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);

        ok = high >= 0 && low >= 0;
        buf[i] = high << 4 | low;
    }
    if (!ok) {
        error_setg(errp, "key '%s' takes %u bytes", key->def->name, key->size);
        error_append_hint(errp, "Write them as %u hexadecimal digits.\n",
                          2 * key->size);
    }
    return ok;
}

/* Numbers that QEMU itself sets and looks at */

/* What is worked out from values that a guest wrote may be any number. */
static int64_t smc_to_integer(double number)
{
    if (isnan(number)) {
        return 0;
    }
    if (number <= INT64_MIN) {
        return INT64_MIN;
    }
    return number >= 0x1p63 ? INT64_MAX : (int64_t)number;
}

bool apple_smc_encode_number(AppleSmcKey *key, double number, uint8_t *buf)
{
    switch (key->type->kind) {
    case KIND_UINT:
    case KIND_SINT:
        smc_put_uint(key, buf, smc_to_integer(number));
        return true;
    case KIND_BOOL:
        buf[0] = number != 0;
        return true;
    case KIND_FLOAT:
        smc_put_float(buf, number);
        return true;
    case KIND_FIXED:
        stq_le_p(buf, smc_to_integer(number * FIXED_ONE));
        return true;
    case KIND_GPIO:
        apple_smc_gpio_put_level(key, buf, number != 0);
        return true;
    case KIND_TEXT:
    case KIND_HEX:
        return false;
    }
    g_assert_not_reached();
}

double apple_smc_key_number(AppleSmcKey *key)
{
    const uint8_t *buf = key->value;

    switch (key->type->kind) {
    case KIND_UINT:
        return smc_get_uint(key, buf);
    case KIND_SINT:
        return sextract64(smc_get_uint(key, buf), 0, 8 * key->size);
    case KIND_BOOL:
        return buf[0];
    case KIND_FLOAT:
        return smc_get_float(buf);
    case KIND_FIXED:
        return ldq_le_p(buf) / FIXED_ONE;
    case KIND_GPIO:
        return !!(buf[0] & SMC_GPIO_IS_HIGH);
    case KIND_TEXT:
    case KIND_HEX:
        return 0;
    }
    g_assert_not_reached();
}

/* The image is zero before, which is what a table without a value means. */
void apple_smc_key_set_initial(AppleSmcKey *key)
{
    const AppleSmcKeyDef *def = key->def;

    if (!apple_smc_encode_number(key, def->number, key->value) && def->text) {
        pstrcpy((char *)key->value, key->size, def->text);
    }
}

/* A value from QOM into bytes */

static bool smc_range_error(AppleSmcKey *key, Error **errp)
{
    error_setg(errp, "value does not fit key '%s' of type '%s' and %u bytes",
               key->def->name, key->def->type, key->size);
    return false;
}

static bool smc_visit_uint(AppleSmcKey *key, Visitor *v, uint8_t *buf,
                           Error **errp)
{
    uint64_t value;

    if (!visit_type_uint64(v, "value", &value, errp)) {
        return false;
    }
    if (value & ~MAKE_64BIT_MASK(0, 8 * key->size)) {
        return smc_range_error(key, errp);
    }
    smc_put_uint(key, buf, value);
    return true;
}

static bool smc_visit_sint(AppleSmcKey *key, Visitor *v, uint8_t *buf,
                           Error **errp)
{
    int64_t value;

    if (!visit_type_int64(v, "value", &value, errp)) {
        return false;
    }
    if (sextract64(value, 0, 8 * key->size) != value) {
        return smc_range_error(key, errp);
    }
    smc_put_uint(key, buf, value);
    return true;
}

static bool smc_visit_number(AppleSmcKey *key, Visitor *v, uint8_t *buf,
                             Error **errp)
{
    double value;

    if (!visit_type_number(v, "value", &value, errp)) {
        return false;
    }
    if (key->type->kind == KIND_FLOAT) {
        if (!(fabs(value) <= FLT_MAX)) {
            return smc_range_error(key, errp);
        }
        smc_put_float(buf, value);
        return true;
    }
    if (!(value >= 0 && value < 1LL << 48)) {
        return smc_range_error(key, errp);
    }
    stq_le_p(buf, value * FIXED_ONE);
    return true;
}

static bool smc_visit_bool(AppleSmcKey *key, Visitor *v, uint8_t *buf,
                           Error **errp)
{
    bool value;

    if (!visit_type_bool(v, "value", &value, errp)) {
        return false;
    }
    if (key->type->kind == KIND_BOOL) {
        buf[0] = value;
    } else {
        apple_smc_gpio_put_level(key, buf, value);
    }
    return true;
}

static bool smc_visit_text(AppleSmcKey *key, Visitor *v, uint8_t *buf,
                           Error **errp)
{
    g_autofree char *text = NULL;

    if (!visit_type_str(v, "value", &text, errp)) {
        return false;
    }
    if (key->type->kind == KIND_HEX) {
        return apple_smc_parse_hex(key, text, buf, errp);
    }
    if (strlen(text) >= key->size) {
        return smc_range_error(key, errp);
    }
    pstrcpy((char *)buf, key->size, text);
    return true;
}

bool apple_smc_visit_input(AppleSmcKey *key, Visitor *v, uint8_t *buf,
                           Error **errp)
{
    switch (key->type->kind) {
    case KIND_UINT:
        return smc_visit_uint(key, v, buf, errp);
    case KIND_SINT:
        return smc_visit_sint(key, v, buf, errp);
    case KIND_FLOAT:
    case KIND_FIXED:
        return smc_visit_number(key, v, buf, errp);
    case KIND_BOOL:
    case KIND_GPIO:
        return smc_visit_bool(key, v, buf, errp);
    case KIND_TEXT:
    case KIND_HEX:
        return smc_visit_text(key, v, buf, errp);
    }
    g_assert_not_reached();
}

/* Bytes into a value for QOM */

static void smc_show_integer(AppleSmcKey *key, Visitor *v, const char *name,
                             const uint8_t *buf, Error **errp)
{
    uint64_t value = smc_get_uint(key, buf);
    int64_t signed_value = sextract64(value, 0, 8 * key->size);

    if (key->type->kind == KIND_SINT) {
        visit_type_int64(v, name, &signed_value, errp);
    } else {
        visit_type_uint64(v, name, &value, errp);
    }
}

/* A guest can write what is no number, and JSON has no word for it. */
static void smc_show_number(AppleSmcKey *key, Visitor *v, const char *name,
                            const uint8_t *buf, Error **errp)
{
    double value = key->type->kind == KIND_FLOAT ? smc_get_float(buf)
                                                 : ldq_le_p(buf) / FIXED_ONE;

    if (!isfinite(value)) {
        error_setg(errp, "key '%s' holds no number", key->def->name);
        error_append_hint(errp, "Its property 'raw' shows the bytes.\n");
        return;
    }
    visit_type_number(v, name, &value, errp);
}

static void smc_show_bool(AppleSmcKey *key, Visitor *v, const char *name,
                          const uint8_t *buf, Error **errp)
{
    bool value = key->type->kind == KIND_BOOL ? buf[0]
                                              : buf[0] & SMC_GPIO_IS_HIGH;

    visit_type_bool(v, name, &value, errp);
}

static void smc_show_text(AppleSmcKey *key, Visitor *v, const char *name,
                          const uint8_t *buf, Error **errp)
{
    g_autofree char *text = key->type->kind == KIND_HEX
        ? apple_smc_format_hex(key, buf)
        : g_strndup((const char *)buf, key->size);

    visit_type_str(v, name, &text, errp);
}

void apple_smc_visit_output(AppleSmcKey *key, Visitor *v, const char *name,
                            const uint8_t *buf, Error **errp)
{
    switch (key->type->kind) {
    case KIND_UINT:
    case KIND_SINT:
        smc_show_integer(key, v, name, buf, errp);
        break;
    case KIND_FLOAT:
    case KIND_FIXED:
        smc_show_number(key, v, name, buf, errp);
        break;
    case KIND_BOOL:
    case KIND_GPIO:
        smc_show_bool(key, v, name, buf, errp);
        break;
    case KIND_TEXT:
    case KIND_HEX:
        smc_show_text(key, v, name, buf, errp);
        break;
    }
}

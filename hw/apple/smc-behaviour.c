/*
 * Apple SMC: keys that do more than keep a value
 *
 * Sources: the Linux drivers mfd/macsmc.c (#KEY, NTAP), rtc/rtc-macsmc.c
 * (CLKM), power/reset/macsmc-reboot.c (MBSE), hwmon/macsmc-hwmon.c (F...) and
 * power/supply/macsmc-power.c (CH.., B..).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-internal.h"
#include "qemu/bswap.h"
#include "trace.h"

/* #KEY: how many there are */
static void smc_read_key_count(AppleSmcKey *key, uint8_t *buf)
{
    stl_be_p(buf, key->keys->count);
}

/* CLKM: 48 bits of real-time clock */
static void smc_read_clock(AppleSmcKey *key, uint8_t *buf)
{
    AppleSmcKeys *keys = key->keys;
    uint64_t ticks = keys->ops->clock(keys->opaque);

    stl_le_p(buf, ticks);
    stw_le_p(buf + 4, ticks >> 32);
}

/* MBSE: what happens to the machine. Most words are warnings. */
static const struct {
    const char *word;
    AppleSmcPower action;
} smc_power_words[] = {
    { "rest", SMC_POWER_NONE },
    { "offw", SMC_POWER_NONE },
    { "slpw", SMC_POWER_NONE },
    { "susp", SMC_POWER_NONE },
    { "panb", SMC_POWER_NONE },
    { "pane", SMC_POWER_NONE },
    { "phra", SMC_POWER_RESET },
    { "off1", SMC_POWER_OFF },
};

static AppleSmcResult smc_write_power(AppleSmcKey *key, const uint8_t *buf)
{
    uint32_t word = ldl_le_p(buf);

    for (int i = 0; i < ARRAY_SIZE(smc_power_words); i++) {
        if (word == SMC_KEY(smc_power_words[i].word)) {
            apple_smc_key_set_bytes(key, buf);
            key->keys->power_due = smc_power_words[i].action;
            return SMC_SUCCESS;
        }
    }
    return SMC_BAD_ARGUMENT;
}

/* CH..: the charger's view of what the guest has asked it not to do */

/* CHNC and CH0R: bits that say why there is no charge or no input power. */
#define CHNC_BATTERY_FULL (1ULL << 0)
#define CHNC_CHARGE_INHIBITED (1ULL << 14)
#define CHNC_FORCED_DISCHARGE (1ULL << 54)
#define CH0R_FORCED_DISCHARGE (1u << 0)

static bool smc_flag_is_set(AppleSmcKeys *keys, const char *name)
{
    AppleSmcKey *key = apple_smc_keys_find(keys, SMC_KEY(name));

    return key && key->value[0] & 1;
}

static bool smc_charge_inhibited(AppleSmcKeys *keys)
{
    return smc_flag_is_set(keys, "CHTE") || smc_flag_is_set(keys, "CH0C");
}

static bool smc_discharge_forced(AppleSmcKeys *keys)
{
    return smc_flag_is_set(keys, "CH0I");
}

static bool smc_battery_full(AppleSmcKeys *keys)
{
    return smc_flag_is_set(keys, "BSFC");
}

/* Whether a battery that would be charged is not. */
static bool smc_charge_held(AppleSmcKeys *keys)
{
    return smc_charge_inhibited(keys) || smc_discharge_forced(keys) ||
           smc_battery_full(keys);
}

static void smc_read_not_charging(AppleSmcKey *key, uint8_t *buf)
{
    uint64_t reasons = ldq_le_p(buf);

    if (smc_battery_full(key->keys)) {
        reasons |= CHNC_BATTERY_FULL;
    }
    if (smc_charge_inhibited(key->keys)) {
        reasons |= CHNC_CHARGE_INHIBITED;
    }
    if (smc_discharge_forced(key->keys)) {
        reasons |= CHNC_FORCED_DISCHARGE;
    }
    stq_le_p(buf, reasons);
}

static void smc_read_no_input(AppleSmcKey *key, uint8_t *buf)
{
    if (smc_discharge_forced(key->keys)) {
        stl_le_p(buf, ldl_le_p(buf) | CH0R_FORCED_DISCHARGE);
    }
}

static void smc_read_charging(AppleSmcKey *key, uint8_t *buf)
{
    if (smc_charge_held(key->keys)) {
        buf[0] = 0;
    }
}

/* B..: what the battery does then, kept being what it would do by itself */

/* Current and power are positive while it is charged. */
static void smc_read_flow(AppleSmcKey *key, uint8_t *buf)
{
    double flow = apple_smc_key_number(key);

    if (flow > 0 && smc_charge_held(key->keys)) {
        apple_smc_encode_number(key,
                                smc_discharge_forced(key->keys) ? -flow : 0,
                                buf);
    }
}

static void smc_read_minutes_to_empty(AppleSmcKey *key, uint8_t *buf)
{
    double charge = apple_smc_keys_number(key->keys, "B0RM");
    double current = apple_smc_keys_number(key->keys, "B0AC");

    if (current > 0 && smc_discharge_forced(key->keys)) {
        apple_smc_encode_number(key, apple_smc_minutes(charge, current), buf);
    }
}

static void smc_read_minutes_to_full(AppleSmcKey *key, uint8_t *buf)
{
    if (smc_charge_inhibited(key->keys) || smc_discharge_forced(key->keys)) {
        apple_smc_encode_number(key, SMC_MINUTES_UNKNOWN, buf);
    }
}

/* FnAc: the speed that the guest asks for, while it controls the fan */
static void smc_read_fan(AppleSmcKey *key, uint8_t *buf)
{
    const char mode[] = { 'F', key->def->name[1], 'M', 'd', '\0' };
    const char target[] = { 'F', key->def->name[1], 'T', 'g', '\0' };

    if (apple_smc_keys_find(key->keys, SMC_KEY(target)) &&
        apple_smc_keys_number(key->keys, mode)) {
        apple_smc_encode_number(key, apple_smc_keys_number(key->keys, target),
                                buf);
    }
}

/* B..: an empty battery is news of its own kind. */

static uint32_t smc_event_empty(AppleSmcKey *key)
{
    return apple_smc_key_number(key) ? SMC_EVENT_BATTERY_CRITICAL
                                     : SMC_EVENT_CHARGER_STATUS;
}

static uint32_t smc_event_voltage(AppleSmcKey *key)
{
    double lowest = apple_smc_keys_number(key->keys, "BITV");

    return apple_smc_key_number(key) < lowest ? SMC_EVENT_BATTERY_CRITICAL
                                              : SMC_EVENT_CHARGER_STATUS;
}

/* What a hand does */

static uint32_t smc_event_lid(AppleSmcKey *key)
{
    return key->value[0] & 1 ? SMC_EVENT_LID_CLOSED : SMC_EVENT_LID_OPEN;
}

static uint32_t smc_event_button(AppleSmcKey *key)
{
    AppleSmcKey *pressed = apple_smc_keys_find(key->keys, SMC_KEY("MBSe"));

    if (pressed && key->value[0] & 1) {
        apple_smc_key_set_bytes(pressed, &(uint8_t) { 1 });
    }
    return SMC_EVENT_POWER_BUTTON | (key->value[0] & 1);
}

/* MBSe: whether the button was pressed since this was read */
static void smc_taken_pressed(AppleSmcKey *key)
{
    apple_smc_key_set_bytes(key, &(uint8_t) { 0 });
}

/* A '?' in a name is a digit. */
static const AppleSmcBehaviour smc_behaviours[] = {
    { "#KEY", 4, .computed = true, .read = smc_read_key_count },
    { "CLKM", 6, .computed = true, .read = smc_read_clock },
    { "MBSE", 4, .write = smc_write_power },
    { "NTAP", 1 },
    { "CHNC", 8, .read = smc_read_not_charging },
    { "CH0R", 4, .read = smc_read_no_input },
    { "CHSC", .read = smc_read_charging },
    { "B0AC", .read = smc_read_flow },
    { "B0AP", .read = smc_read_flow },
    { "B0TE", .read = smc_read_minutes_to_empty },
    { "B0TF", .read = smc_read_minutes_to_full },
    { "F?Ac", .read = smc_read_fan },
    { "BCF0", .event = smc_event_empty },
    { "B0AV", .event = smc_event_voltage },
    { "MBSe", 1, .taken = smc_taken_pressed },
    { "MSLD", .event = smc_event_lid },
    { "bHLD", .event = smc_event_button },
};

static bool smc_name_matches(const char *pattern, const char *name)
{
    for (; *pattern; pattern++, name++) {
        if (*pattern == '?' ? !g_ascii_isdigit(*name) : *pattern != *name) {
            return false;
        }
    }
    return true;
}

const AppleSmcBehaviour *apple_smc_find_behaviour(const AppleSmcKeyDef *def)
{
    if (def->gpio != SMC_NOT_GPIO) {
        return &apple_smc_gpio_behaviour;
    }
    for (int i = 0; i < ARRAY_SIZE(smc_behaviours); i++) {
        if (smc_name_matches(smc_behaviours[i].name, def->name)) {
            return &smc_behaviours[i];
        }
    }
    return NULL;
}

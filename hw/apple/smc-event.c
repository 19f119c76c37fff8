/*
 * Apple SMC: what happens to the machine
 *
 * An event changes the keys that it concerns, all at once, and then tells the
 * guest once. Keys that the table does not have are left out.
 *
 * Source: Linux drivers/power/supply/macsmc-power.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <math.h>
#include "smc-internal.h"
#include "qapi/error.h"

#define PERCENT 100

/* What the adapter's and the charger's keys say without and with one. */
static const struct {
    const char *key;
    double off;
    double on;
} smc_adapter_keys[] = {
    { "AC-i", 0, 4700 },            /* mA */
    { "AC-n", 0, 20000 },           /* mV */
    { "ACPW", 0, 94000 },           /* mW */
    { "CH0R", 1 << 4, 0 },          /* no input power: disconnected */
    { "CHCC", 0, 1 },
    { "CHCE", 0, 1 },
    { "CHIS", 0, 1 },
    { "CHNC", 1 << 7, 0 },          /* not charging: no charger */
    { "CHSC", 0, 1 },
    { "ID0R", 0, 1.4375 },          /* A */
    { "PDTR", 0, 28.9296875 },      /* W */
    { "VD0R", 0, 20.125 },          /* V */
};

static void smc_set(AppleSmcKeys *keys, const char *name, double number)
{
    AppleSmcKey *key = apple_smc_keys_find(keys, SMC_KEY(name));
    uint8_t buf[SMC_KEY_MAX_SIZE] = { };

    if (key && apple_smc_encode_number(key, number, buf)) {
        apple_smc_key_set_bytes(key, buf);
    }
}

/* The key without which there is nothing that could happen. */
static AppleSmcKey *smc_need(AppleSmcKeys *keys, const char *name,
                             Error **errp)
{
    AppleSmcKey *key = apple_smc_keys_find(keys, SMC_KEY(name));
    uint8_t buf[SMC_KEY_MAX_SIZE];

    if (!key) {
        error_setg(errp, "event.type: the SMC has no key '%s'", name);
        return NULL;
    }
    if (!apple_smc_encode_number(key, 0, buf)) {
        error_setg(errp, "event.type: the SMC's key '%s' is of type '%s', "
                   "which is no number", name, key->def->type);
        return NULL;
    }
    return key;
}

/* A key of its own says it, and how the guest is notified. */
static void smc_event_key(AppleSmcKeys *keys, const char *name, bool value,
                          Error **errp)
{
    AppleSmcKey *key = smc_need(keys, name, errp);
    uint8_t buf[SMC_KEY_MAX_SIZE] = { };

    if (key) {
        apple_smc_encode_number(key, value, buf);
        apple_smc_key_change(key, buf);
    }
}

double apple_smc_minutes(double charge, double current)
{
    return MIN(ceil(charge * 60 / current), SMC_MINUTES_UNKNOWN - 1);
}

/* Power and times, worked out from current, voltage and charge. */
static void smc_update_battery(AppleSmcKeys *keys)
{
    double current = apple_smc_keys_number(keys, "B0AC");
    double charge = apple_smc_keys_number(keys, "B0RM");
    double missing = apple_smc_keys_number(keys, "B0FC") - charge;
    double empty = SMC_MINUTES_UNKNOWN;
    double full = SMC_MINUTES_UNKNOWN;

    if (current < 0) {
        empty = apple_smc_minutes(charge, -current);
    } else if (current > 0) {
        full = apple_smc_minutes(MAX(missing, 0), current);
    }
    smc_set(keys, "B0AP", apple_smc_keys_number(keys, "B0AV") * current /
                          1000);
    smc_set(keys, "B0TE", empty);
    smc_set(keys, "B0TF", full);
}

static void smc_event_adapter(AppleSmcKeys *keys, bool connected,
                              Error **errp)
{
    double current = fabs(apple_smc_keys_number(keys, "B0AC"));

    if (!smc_need(keys, "CHIS", errp)) {
        return;
    }
    for (int i = 0; i < ARRAY_SIZE(smc_adapter_keys); i++) {
        smc_set(keys, smc_adapter_keys[i].key,
                connected ? smc_adapter_keys[i].on : smc_adapter_keys[i].off);
    }
    smc_set(keys, "B0AC", connected ? current : -current);
    smc_update_battery(keys);
    apple_smc_keys_notify(keys, SMC_EVENT_CONNECTOR);
}

static void smc_event_battery(AppleSmcKeys *keys, unsigned level,
                              Error **errp)
{
    if (!smc_need(keys, "BUIC", errp)) {
        return;
    }
    if (level > PERCENT) {
        error_setg(errp, "event.level: %u is above %u percent", level, PERCENT);
        return;
    }
    smc_set(keys, "BUIC", level);
    smc_set(keys, "B0RM",
            apple_smc_keys_number(keys, "B0FC") * level / PERCENT);
    smc_set(keys, "BSFC", level == PERCENT);
    smc_set(keys, "BCF0", level == 0);
    smc_update_battery(keys);
    apple_smc_keys_notify(keys, level ? SMC_EVENT_CHARGER_STATUS
                                      : SMC_EVENT_BATTERY_CRITICAL);
}

/* No key keeps it, so it is lost if nobody listens. */
static void smc_event_only(AppleSmcKeys *keys, uint32_t event, Error **errp)
{
    ERRP_GUARD();

    if (!apple_smc_keys_notify(keys, event)) {
        error_setg(errp, "the guest does not listen to the SMC");
        error_append_hint(errp, "It has to start the SMC's endpoint, to set "
                          "key NTAP, and to take what was sent before.\n");
    }
}

void apple_smc_keys_event(AppleSmcKeys *keys, const SmcEvent *event,
                          Error **errp)
{
    switch (event->type) {
    case SMC_EVENT_TYPE_POWER_BUTTON:
        smc_event_key(keys, "bHLD", event->u.power_button.pressed, errp);
        break;
    case SMC_EVENT_TYPE_LID:
        smc_event_key(keys, "MSLD", event->u.lid.closed, errp);
        break;
    case SMC_EVENT_TYPE_ADAPTER:
        smc_event_adapter(keys, event->u.adapter.connected, errp);
        break;
    case SMC_EVENT_TYPE_BATTERY:
        smc_event_battery(keys, event->u.battery.level, errp);
        break;
    case SMC_EVENT_TYPE_THERMAL_PRESSURE:
        smc_event_only(keys, SMC_EVENT_POWER_LIMIT |
                             event->u.thermal_pressure.level, errp);
        break;
    case SMC_EVENT_TYPE_RAW:
        smc_event_only(keys, event->u.raw.event, errp);
        break;
    default:
        g_assert_not_reached();
    }
}

/*
 * Apple SMC: the built-in keys
 *
 * Everything that Linux 7.2's macsmc drivers read: a laptop with a three-cell
 * battery at 87 percent, charging with 1.2 A from a 94 W adapter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-internal.h"

#define R SMC_KEY_READABLE
#define W SMC_KEY_WRITABLE

/* A value; one whose change the guest is told of; a text. */
#define NUM(key, type_, flags_, number_) \
    { .name = key, .type = type_, .flags = flags_, .number = number_ }
#define TOLD(key, type_, flags_, event_, number_) \
    { .name = key, .type = type_, .flags = flags_, \
      .event = SMC_EVENT_ ## event_, .number = number_ }
#define TEXT(key, size_, text_) \
    { .name = key, .type = "ch8*", .size = size_, .flags = R, .text = text_ }
#define BYTES(key, size_, flags_) \
    { .name = key, .type = "hex_", .size = size_, .flags = flags_ }
#define GPIO(key, direction, level) \
    { .name = key, .type = "ui32", .flags = SMC_GPIO_FLAGS, \
      .gpio = SMC_GPIO_ ## direction, .number = level }

const AppleSmcKeyDef apple_smc_default_keys[] = {
    /* The SMC itself */
    { .name = "#KEY", .type = "ui32", .flags = R, .big_endian = true },
    BYTES("CLKM", 6, R),
    BYTES("MBSE", 4, W),
    NUM("NTAP", "flag", R | W, 0),

    /* Lid and power button; the event depends on the value */
    NUM("MBSe", "ui8 ", R, 0),
    NUM("MSLD", "ui8 ", R, 0),
    NUM("bHLD", "ui32", R, 0),

    /* The adapter: mV, mA, mW */
    TOLD("AC-i", "ui16", R, CHARGER_STATUS, 4700),
    TOLD("AC-n", "ui16", R, CHARGER_STATUS, 20000),
    TOLD("ACPW", "ui32", R, CHARGER_STATUS, 94000),
    TOLD("CHIS", "ui32", R, CONNECTOR, 1),

    /* The battery: mV, mA, mW, mAh, 0.1 K, minutes */
    TOLD("ACSt", "ui32", R, CHARGER_STATUS, 6),
    TOLD("B0AC", "si16", R, CHARGER_STATUS, 1200),
    TOLD("B0AP", "si32", R, CHARGER_STATUS, 15120),
    TOLD("B0AT", "ui16", R, CHARGER_STATUS, 3032),
    TOLD("B0AV", "ui16", R, CHARGER_STATUS, 12600),
    TOLD("B0CT", "ui16", R, CHARGER_STATUS, 42),
    NUM("B0DC", "ui16", R, 6075),
    TOLD("B0FC", "ui16", R, CHARGER_STATUS, 5800),
    NUM("B0RC", "ui16", R, 200),
    NUM("B0RI", "ui16", R, 4000),
    TOLD("B0RM", "ui16", R, CHARGER_STATUS, 5046),
    NUM("B0RV", "ui16", R, 13050),
    TOLD("B0TE", "ui16", R, CHARGER_STATUS, 0xffff),
    TOLD("B0TF", "ui16", R, CHARGER_STATUS, 38),
    NUM("BAAC", "si64", R, 1012000),
    TOLD("BBAD", "flag", R, CHARGER_STATUS, 0),
    TOLD("BCF0", "ui8 ", R, BATTERY_CRITICAL, 0),
    NUM("BITV", "ui16", R, 9000),
    NUM("BLPM", "si16", R, 9800),
    NUM("BLPX", "si16", R, 13100),
    TEXT("BMDN", 16, "bq40z651"),
    TEXT("BMDT", 8, "290415"),
    TEXT("BMSN", 32, "FSD4297A0QMT1F26K"),
    NUM("BNCB", "ui8 ", R, 3),
    TOLD("BSFC", "flag", R, CHARGER_STATUS, 0),
    TOLD("BUIC", "ui8 ", R, CHARGER_STATUS, 87),
    NUM("BVVN", "ui16", R, 4350),

    /* The charger */
    NUM("CH0B", "ui8 ", R | W, 0),
    NUM("CH0C", "ui8 ", R | W, 0),
    NUM("CH0I", "ui8 ", R | W, 0),
    NUM("CH0K", "ui8 ", R | W, 0),
    TOLD("CH0R", "ui32", R, CHARGER_STATUS, 0),
    TOLD("CHCC", "flag", R, CHARGER_STATUS, 1),
    TOLD("CHCE", "flag", R, CONNECTOR, 1),
    NUM("CHLS", "ui16", R | W, 0),
    TOLD("CHNC", "ui64", R, CHARGER_STATUS, 0),
    TOLD("CHSC", "flag", R, CHARGER_STATUS, 1),
    NUM("CHTE", "ui32", R | W, 0),
    NUM("CHWA", "flag", R | W, 0),

    /* Sensors: degrees Celsius, V, A, W, rpm */
    NUM("F0Ac", "flt ", R, 1350),
    NUM("F0Md", "ui8 ", R | W, 0),
    NUM("F0Mn", "flt ", R, 1200),
    NUM("F0Mx", "flt ", R, 5200),
    NUM("F0Tg", "flt ", R | W, 1350),
    NUM("ID0R", "flt ", R, 1.4375),
    NUM("PDTR", "flt ", R, 28.9296875),
    NUM("PHPC", "ioft", R, 6.25),
    NUM("PSTR", "flt ", R, 12.5),
    NUM("SBAV", "flt ", R, 12.625),
    NUM("TB0T", "flt ", R, 30),
    NUM("TCHP", "flt ", R, 38.25),
    NUM("TH0x", "flt ", R, 41.5),
    NUM("TW0P", "flt ", R, 35.5),
    NUM("VD0R", "flt ", R, 20.125),

    /* GPIO lines; Linux wants no gP40, and a key after gPff */
    GPIO("gP00", INPUT, 0),
    GPIO("gP01", INPUT, 1),
    GPIO("gP05", INPUT, 0),
    GPIO("gP08", OUTPUT, 0),
    GPIO("gP0b", OPEN_DRAIN, 1),
    GPIO("gP0d", OUTPUT, 1),
    GPIO("gP12", OUTPUT, 1),
    GPIO("gP19", OUTPUT, 0),
    GPIO("gP1a", INPUT, 1),
    NUM("zSPp", "ui8 ", R, 0),
};
const unsigned apple_smc_default_key_count =
    ARRAY_SIZE(apple_smc_default_keys);

const AppleSmcSensor apple_smc_default_sensors[] = {
    { "temperature", "TB0T", "Battery Temperature" },
    { "temperature", "TCHP", "Charge Regulator Temperature" },
    { "temperature", "TH0x", "NAND Flash Temperature" },
    { "temperature", "TW0P", "WiFi/BT Module Temperature" },
    { "voltage", "SBAV", "Battery Voltage" },
    { "voltage", "VD0R", "AC Input Voltage" },
    { "current", "ID0R", "AC Input Current" },
    { "power", "PDTR", "AC Input Power" },
    { "power", "PHPC", "Heatpipe Power" },
    { "power", "PSTR", "Total System Power" },
    { "fan", "F0Ac", "Fan 1", "F0Mn", "F0Mx", "F0Tg", "F0Md" },
};
const unsigned apple_smc_default_sensor_count =
    ARRAY_SIZE(apple_smc_default_sensors);

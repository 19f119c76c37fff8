# SPDX-License-Identifier: GPL-2.0-or-later
"""Every SCMI message of the built-in platform, and what it is answered."""

from scmi import (ATTRIBUTES, BASE, CLOCK, MESSAGE_ATTRIBUTES, NEGOTIATE, PERF,
                  PINCTRL, POWER, POWERCAP, RESET, SENSOR, SYSTEM, VERSION,
                  VOLTAGE, dwords, text, words)

VERSIONS = {BASE: 0x20001, POWER: 0x30001, PERF: 0x40000, CLOCK: 0x30000,
            SENSOR: 0x30001, RESET: 0x30001, VOLTAGE: 0x20001,
            POWERCAP: 0x20000, PINCTRL: 0x10000}

MYSELF = 0xffffffff
OSPM, NO_AGENT = 1, 2
ON, OFF = 0, 0x40000000
# Clocks, domains and sensors by number.
OSC, SYS_PLL, UART, SD, GPU_CORE, DISPLAY_PIXEL = 0, 1, 3, 4, 6, 7
NO_CLOCK = 8
GPU, USB = 2, 3
GPU_MHZ = (100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700,
           800)
MHZ = 1_000_000
CLOCK_IS_RESTRICTED_AND_RUNS, CLOCK_HAS_PARENTS_AND_LONG_NAME = 3, 3 << 28
RATES_ARE_RANGE = 1 << 12
POWER_CAN_BE_SET = 1 << 29
MILLI, MICRO = -3, -6
ASSERT, PULSE, ASYNC = 2, 1, 4
BIG, LITTLE = 0, 1
VCCQ_SD, VDD_GPU = 1, 2
VOLTAGE_ON, VOLTAGE_OFF = 7, 0
PACKAGE, CPUS, NO_PARENT = 0, 1, 0xffffffff
PA1, PA2, STRAP = 1, 2, 7
PIN, GROUP, FUNCTION = 0, 1, 2
UART0_GROUP, I2C0_GROUP, BANK_B = 0, 1, 2
UART0, I2C0, GPIO = 0, 1, 2
NO_FUNCTION, HAS_FUNCTION = 0xffffffff, 1 << 10
ONE, ALL, FUNCTION_ONLY = 0, 1 << 18, 2 << 18
DRIVE_STRENGTH, PULL_UP, INPUT_VALUE = 10, 4, 14
UNKNOWN_LATENCY = 0xffffffff


def sensor_descriptor(number, kind, scale, name):
    return words(number, 0, kind | (scale & 0x1f) << 11) + text(name)


def levels(first, *found):
    """Level, power, latency, frequency and index of each from the first."""
    return b"".join(words(level, power, latency, level, index)
                    for index, (level, power, latency)
                    in enumerate(found, first))


# protocol: (message, payload words, what follows the status SUCCESS)
ROWS = {
    BASE: [
        (VERSION, (), words(0x20001)),
        (ATTRIBUTES, (), words(1 << 8 | 9)),
        (MESSAGE_ATTRIBUTES, (3,), words(0)),
        (0x3, (), text("Farside")),
        (0x4, (), text("reference")),
        (0x5, (), words(1)),
        (0x6, (0,), words(9) + bytes((POWER, SYSTEM, PERF, CLOCK, SENSOR,
                                      RESET, VOLTAGE, POWERCAP, PINCTRL,
                                      0, 0, 0))),
        (0x6, (6,), words(3) + bytes((VOLTAGE, POWERCAP, PINCTRL, 0))),
        (0x6, (9,), words(0)),
        (0x7, (0,), words(0) + text("platform")),
        (0x7, (OSPM,), words(OSPM) + text("OSPM")),
        (0x7, (MYSELF,), words(OSPM) + text("OSPM")),
        (0xb, (OSPM, 0), b""),
        (NEGOTIATE, (0x20001,), b""),
    ],
    POWER: [
        (VERSION, (), words(0x30001)),
        (ATTRIBUTES, (), words(5, 0, 0, 0)),
        (MESSAGE_ATTRIBUTES, (4,), words(0)),
        (0x3, (GPU,), words(POWER_CAN_BE_SET) + text("gpu")),
        (0x4, (0, GPU, OFF), b""),
        (0x5, (GPU,), words(OFF)),
        (0x8, (GPU,), words(0) + text("gpu", 64)),
        (NEGOTIATE, (0x30001,), b""),
    ],
    CLOCK: [
        (VERSION, (), words(0x30000)),
        (ATTRIBUTES, (), words(8)),
        (MESSAGE_ATTRIBUTES, (5,), words(0)),
        (0x3, (OSC,), words(CLOCK_IS_RESTRICTED_AND_RUNS) + text("osc-24m")
         + words(0)),
        (0x3, (GPU_CORE,), words(0) + text("gpu-core") + words(120)),
        (0x3, (DISPLAY_PIXEL,), words(CLOCK_HAS_PARENTS_AND_LONG_NAME)
         + text("display-pixel-primary") + words(0)),
        (0x4, (OSC, 0), words(1) + dwords(24 * MHZ)),
        (0x4, (SD, 0), words(RATES_ARE_RANGE | 3)
         + dwords(400_000, 200 * MHZ, 100_000)),
        (0x4, (GPU_CORE, 0), words(3 << 16 | 11)
         + dwords(*(mhz * MHZ for mhz in GPU_MHZ[:11]))),
        (0x4, (GPU_CORE, 11), words(3)
         + dwords(*(mhz * MHZ for mhz in GPU_MHZ[11:]))),
        (0x4, (GPU_CORE, 13), words(1) + dwords(800 * MHZ)),
        (0x5, (0, GPU_CORE, 400 * MHZ, 0), b""),
        (0x6, (GPU_CORE,), dwords(400 * MHZ)),
        (0x7, (GPU_CORE, 0, 0), b""),
        (0x7, (GPU_CORE, 0), b""),
        (0x7, (GPU_CORE, 3, 0), b""),
        (0x8, (DISPLAY_PIXEL,), words(0) + text("display-pixel-primary", 64)),
        (0xb, (GPU_CORE, 0), words(0, 0, 0)),
        (0xb, (OSC, 0), words(0, 1, 0)),
        (0xc, (DISPLAY_PIXEL, 0), words(2, SYS_PLL, OSC)),
        (0xc, (DISPLAY_PIXEL, 1), words(1, OSC)),
        (0xc, (UART, 0), words(0)),
        (0xd, (DISPLAY_PIXEL, SYS_PLL), b""),
        (0xe, (DISPLAY_PIXEL,), words(SYS_PLL)),
        (0xf, (OSC,), words(0)),
        (0xf, (GPU_CORE,), words(7 << 29)),
        (NEGOTIATE, (0x30000,), b""),
    ],
    SENSOR: [
        (VERSION, (), words(0x30001)),
        (ATTRIBUTES, (), words(5, 0, 0, 0)),
        (MESSAGE_ATTRIBUTES, (6,), words(0)),
        (0x3, (0,), words(2 << 16 | 3)
         + sensor_descriptor(0, 2, MILLI, "soc-thermal")
         + sensor_descriptor(1, 2, MILLI, "ddr-thermal")
         + sensor_descriptor(2, 5, MILLI, "vdd-core")),
        (0x3, (3,), words(2)
         + sensor_descriptor(3, 6, MILLI, "idd-core")
         + sensor_descriptor(4, 7, MICRO, "soc-total-power")),
        (0x6, (0, 0), dwords(42_500, 0)),
        (0x6, (4, 0), dwords(3_200_000, 0)),
        (0x8, (0, 0), words(1, 1 << 5)),
        (0x9, (2,), words(1 << 16)),
        (0xa, (2, 0), b""),
        (0xc, (4,), words(0) + text("soc-total-power", 64)),
        (NEGOTIATE, (0x30001,), b""),
    ],
    RESET: [
        (VERSION, (), words(0x30001)),
        (ATTRIBUTES, (), words(4)),
        (MESSAGE_ATTRIBUTES, (4,), words(0)),
        (0x3, (0,), words(0, 50) + text("periph")),
        (0x3, (1,), words(0, UNKNOWN_LATENCY) + text("gpu")),
        (0x3, (USB,), words(0, 200) + text("usb")),
        (0x4, (USB, 0, 0), b""),
        (0x6, (USB,), words(0) + text("usb", 64)),
        (NEGOTIATE, (0x30001,), b""),
    ],
    PERF: [
        (VERSION, (), words(0x40000)),
        (ATTRIBUTES, (), words(1 << 16 | 2, 0, 0, 0)),
        (MESSAGE_ATTRIBUTES, (4,), words(0)),
        # There are fast channels for these.
        *((MESSAGE_ATTRIBUTES, (message,), words(1)) for message in
          (5, 6, 7, 8)),
        (0x3, (BIG,), words(3 << 30 | 1 << 27, 1000, 2_000_000, 2_000_000)
         + text("big")),
        (0x3, (LITTLE,), words(3 << 30 | 1 << 27, 0, 1_400_000, 1_400_000)
         + text("little")),
        (0x4, (BIG, 0), words(2 << 16 | 4) + levels(
            0, (600_000, 110, 60), (900_000, 190, 60), (1_200_000, 310, 70),
            (1_600_000, 560, 80))),
        (0x4, (BIG, 4), words(2) + levels(
            4, (2_000_000, 980, 90), (2_400_000, 1650, 120))),
        (0x5, (BIG, 2_400_000, 600_000), b""),
        (0x6, (BIG,), words(2_400_000, 600_000)),
        (0x7, (BIG, 1_600_000), b""),
        (0x8, (BIG,), words(1_600_000)),
        (0xc, (LITTLE,), words(0) + text("little", 64)),
        (NEGOTIATE, (0x40000,), b""),
    ],
    VOLTAGE: [
        (VERSION, (), words(0x20001)),
        (ATTRIBUTES, (), words(3)),
        (MESSAGE_ATTRIBUTES, (7,), words(0)),
        (0x3, (VCCQ_SD,), words(0) + text("vccq-sd")),
        (0x4, (VCCQ_SD, 0), words(2, 1_800_000, 3_300_000)),
        (0x4, (VCCQ_SD, 1), words(1, 3_300_000)),
        (0x4, (VDD_GPU, 0), words(1 << 12 | 3, 600_000, 1_100_000, 6_250)),
        (0x5, (VCCQ_SD, VOLTAGE_ON), b""),
        (0x6, (VCCQ_SD,), words(VOLTAGE_ON)),
        (0x5, (VCCQ_SD, VOLTAGE_OFF), b""),
        (0x6, (VCCQ_SD,), words(VOLTAGE_OFF)),
        (0x7, (VCCQ_SD, 0, 3_300_000), b""),
        (0x8, (VCCQ_SD,), words(3_300_000)),
        (0x7, (VCCQ_SD, 0, 1_800_000), b""),
        (0x9, (VDD_GPU,), words(0) + text("vdd-gpu", 64)),
        (NEGOTIATE, (0x20001,), b""),
    ],
    POWERCAP: [
        (VERSION, (), words(0x20000)),
        (ATTRIBUTES, (), words(2)),
        (MESSAGE_ATTRIBUTES, (3,), words(0)),
        *((MESSAGE_ATTRIBUTES, (message,), words(1)) for message in
          (4, 5, 6, 7)),
        (0x3, (PACKAGE,), words(0b111 << 25 | 1 << 23 | 1 << 22)
         + text("package") + words(1000, 1_000_000, 1000, 2_000_000,
                                   12_000_000, 500_000, 8_000_000, 0,
                                   NO_PARENT)),
        (0x3, (CPUS,), words(0b111 << 25 | 1 << 23 | 1 << 22) + text("cpus")
         + words(1000, 100_000, 1000, 1_000_000, 8_000_000, 250_000,
                 8_000_000, 0, PACKAGE)),
        (0x5, (CPUS, 0, 0), b""),
        (0x4, (CPUS,), words(0)),
        (0x5, (CPUS, 0, 6_000_000), b""),
        (0x4, (CPUS,), words(6_000_000)),
        (0x7, (CPUS, 0, 20_000), b""),
        (0x6, (CPUS,), words(20_000)),
        (0x9, (CPUS,), words(1_900_000, 20_000)),
        (0x7, (CPUS, 0, 10_000), b""),
        (0x8, (CPUS,), words(0) + text("cpus", 64)),
        (NEGOTIATE, (0x20000,), b""),
    ],
    PINCTRL: [
        (VERSION, (), words(0x10000)),
        (ATTRIBUTES, (), words(3 << 16 | 8, 3)),
        (MESSAGE_ATTRIBUTES, (6,), words(0)),
        (0x3, (PA1, PIN), words(0) + text("pa1")),
        (0x3, (STRAP, PIN), words(1 << 31) + text("pb3-boot-select-strap")),
        (0x3, (BANK_B, GROUP), words(4) + text("bank-b")),
        (0x3, (GPIO, FUNCTION), words(1 << 17 | 3) + text("gpio")),
        (0x4, (BANK_B, GROUP, 0), words(4, 5 << 16 | 4, 7 << 16 | 6)),
        (0x4, (BANK_B, GROUP, 3), words(1) + b"\7\0"),
        (0x4, (GPIO, FUNCTION, 0), words(3, 1 << 16) + b"\2\0"),
        (0x5, (PA1, PULL_UP), words(UART0, 1, PULL_UP, 1)),
        (0x5, (I2C0_GROUP, GROUP << 16 | DRIVE_STRENGTH),
         words(NO_FUNCTION, 1, DRIVE_STRENGTH, 4)),
        (0x5, (UART0_GROUP, FUNCTION_ONLY | GROUP << 16), words(UART0, 0)),
        (0x7, (I2C0_GROUP, GROUP), b""),
        (0x6, (UART0_GROUP, UART0, HAS_FUNCTION | GROUP), b""),
        (0x6, (I2C0_GROUP, NO_FUNCTION, 1 << 2 | GROUP, DRIVE_STRENGTH, 8),
         b""),
        (0x5, (PA2, ONE | DRIVE_STRENGTH),
         words(NO_FUNCTION, 1, DRIVE_STRENGTH, 8)),
        # The default is what was so from reset on.
        (0x6, (I2C0_GROUP, NO_FUNCTION, 1 << 2 | GROUP, 0, 0), b""),
        (0x5, (PA2, ONE | DRIVE_STRENGTH),
         words(NO_FUNCTION, 1, DRIVE_STRENGTH, 4)),
        (0x8, (I2C0_GROUP, GROUP), b""),
        (0x9, (STRAP, PIN), words(0) + text("pb3-boot-select-strap", 64)),
        (NEGOTIATE, (0x10000,), b""),
    ],
}

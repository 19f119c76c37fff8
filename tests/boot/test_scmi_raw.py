# SPDX-License-Identifier: GPL-2.0-or-later
"""Every SCMI message, byte for byte, through the kernel's raw mode.

The tables hold what the default platform answers. A test may change the
platform: the fixture puts it back.
"""

import pytest

import scmi
from scmi import (ATTRIBUTES, BASE, CLOCK, DENIED, INVALID_PARAMETERS,
                  MESSAGE_ATTRIBUTES, NEGOTIATE, NOT_FOUND, NOT_SUPPORTED,
                  OUT_OF_RANGE, PERF, PINCTRL, POWER, POWERCAP,
                  PROTOCOL_ERROR, RESET, SENSOR, SUCCESS, VERSION, VOLTAGE,
                  dwords, text, words)

pytestmark = pytest.mark.kernels("lab")

VERSIONS = {BASE: 0x20001, POWER: 0x30001, CLOCK: 0x30000, SENSOR: 0x30001,
            RESET: 0x30001}

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
UNKNOWN_LATENCY = 0xffffffff


def sensor_descriptor(number, kind, scale, name):
    return words(number, 0, kind | (scale & 0x1f) << 11) + text(name)


# protocol: (message, payload words, what follows the status SUCCESS)
ROWS = {
    BASE: [
        (VERSION, (), words(0x20001)),
        (ATTRIBUTES, (), words(1 << 8 | 8)),
        (MESSAGE_ATTRIBUTES, (3,), words(0)),
        (0x3, (), text("Farside")),
        (0x4, (), text("reference")),
        (0x5, (), words(1)),
        (0x6, (0,), words(8) + bytes((POWER, PERF, CLOCK, SENSOR, RESET,
                                      VOLTAGE, POWERCAP, PINCTRL))),
        (0x6, (5,), words(3) + bytes((VOLTAGE, POWERCAP, PINCTRL, 0))),
        (0x6, (8,), words(0)),
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
}

# protocol: (message, payload words, status)
REFUSALS = {
    BASE: [
        (MESSAGE_ATTRIBUTES, (0x8,), NOT_FOUND),
        (MESSAGE_ATTRIBUTES, (0x1f,), NOT_FOUND),
        (MESSAGE_ATTRIBUTES, (0xffffffff,), NOT_FOUND),
        (0x6, (9,), INVALID_PARAMETERS),
        (0x6, (0xffffffff,), INVALID_PARAMETERS),
        (0x7, (NO_AGENT,), NOT_FOUND),
        (0x8, (1,), NOT_SUPPORTED),
        (0x8, (2,), INVALID_PARAMETERS),
        (0x9, (OSPM, 0, 1), DENIED),
        (0xa, (OSPM, 0, CLOCK, 1), DENIED),
        (0xb, (NO_AGENT, 0), NOT_FOUND),
        (0xb, (OSPM, 2), INVALID_PARAMETERS),
        (0xb, (OSPM, 1), DENIED),
        (0xb, (0, 0), DENIED),
    ],
    POWER: [
        (MESSAGE_ATTRIBUTES, (0x6,), NOT_FOUND),
        (0x3, (5,), NOT_FOUND),
        (0x4, (0, 5, ON), NOT_FOUND),
        (0x4, (2, GPU, ON), INVALID_PARAMETERS),
        (0x4, (1, GPU, ON), NOT_SUPPORTED),
        (0x4, (0, GPU, 1), INVALID_PARAMETERS),
        (0x4, (0, GPU, OFF | 1), INVALID_PARAMETERS),
        (0x5, (0xffffffff,), NOT_FOUND),
        (0x6, (GPU, 1), NOT_SUPPORTED),
        (0x6, (GPU, 2), INVALID_PARAMETERS),
        (0x6, (5, 1), NOT_FOUND),
        (0x7, (GPU, 1), NOT_SUPPORTED),
        (0x8, (5,), NOT_FOUND),
    ],
    CLOCK: [
        (MESSAGE_ATTRIBUTES, (0x9,), NOT_FOUND),
        (0x3, (NO_CLOCK,), NOT_FOUND),
        (0x4, (NO_CLOCK, 0), NOT_FOUND),
        (0x4, (GPU_CORE, 14), OUT_OF_RANGE),
        (0x4, (GPU_CORE, 0xffffffff), OUT_OF_RANGE),
        (0x4, (SD, 1), OUT_OF_RANGE),
        (0x5, (0, NO_CLOCK, MHZ, 0), NOT_FOUND),
        (0x5, (0, GPU_CORE, 99 * MHZ, 0), INVALID_PARAMETERS),
        (0x5, (0, GPU_CORE, 801 * MHZ, 0), INVALID_PARAMETERS),
        (0x5, (0, GPU_CORE, 400 * MHZ, 1), INVALID_PARAMETERS),
        (0x5, (1, GPU_CORE, 400 * MHZ, 0), NOT_SUPPORTED),
        (0x5, (16, GPU_CORE, 400 * MHZ, 0), INVALID_PARAMETERS),
        (0x5, (0, SYS_PLL, 800 * MHZ, 0), DENIED),
        (0x6, (0xffffffff,), NOT_FOUND),
        (0x7, (NO_CLOCK, 1, 0), NOT_FOUND),
        (0x7, (GPU_CORE, 2, 0), INVALID_PARAMETERS),
        (0x7, (GPU_CORE, 4, 0), INVALID_PARAMETERS),
        (0x7, (GPU_CORE, 1 << 16 | 3, 50), NOT_SUPPORTED),
        (0x7, (OSC, 0, 0), DENIED),
        (0x8, (NO_CLOCK,), NOT_FOUND),
        (0x9, (GPU_CORE, 1), NOT_SUPPORTED),
        (0x9, (GPU_CORE, 2), INVALID_PARAMETERS),
        (0xa, (GPU_CORE, 1), NOT_SUPPORTED),
        (0xb, (NO_CLOCK, 0), NOT_FOUND),
        (0xb, (GPU_CORE, 1), NOT_SUPPORTED),
        (0xb, (GPU_CORE, 0x100), INVALID_PARAMETERS),
        (0xc, (NO_CLOCK, 0), NOT_FOUND),
        (0xc, (DISPLAY_PIXEL, 3), OUT_OF_RANGE),
        (0xd, (DISPLAY_PIXEL, NO_CLOCK), NOT_FOUND),
        (0xd, (DISPLAY_PIXEL, UART), INVALID_PARAMETERS),
        (0xd, (GPU_CORE, OSC), INVALID_PARAMETERS),
        (0xe, (GPU_CORE,), NOT_SUPPORTED),
        (0xf, (NO_CLOCK,), NOT_FOUND),
    ],
    SENSOR: [
        (MESSAGE_ATTRIBUTES, (0x4,), NOT_FOUND),
        (MESSAGE_ATTRIBUTES, (0xb,), NOT_FOUND),
        (0x3, (5,), INVALID_PARAMETERS),
        (0x4, (0, 1), NOT_SUPPORTED),
        (0x4, (0, 2), INVALID_PARAMETERS),
        (0x5, (0, 1, 0, 0), INVALID_PARAMETERS),
        (0x5, (5, 1, 0, 0), NOT_FOUND),
        (0x6, (5, 0), NOT_FOUND),
        (0x6, (0, 1), NOT_SUPPORTED),
        (0x6, (0, 2), INVALID_PARAMETERS),
        (0x7, (0, 0), NOT_SUPPORTED),
        (0x8, (0, 1), INVALID_PARAMETERS),
        (0x9, (5,), NOT_FOUND),
        (0xa, (2, 2), INVALID_PARAMETERS),
        (0xa, (2, 1 << 2), INVALID_PARAMETERS),
        (0xa, (2, 3 << 9), INVALID_PARAMETERS),
        (0xb, (0, 1), NOT_SUPPORTED),
        (0xc, (5,), NOT_FOUND),
        (0xd, (0, 0), NOT_SUPPORTED),
    ],
    RESET: [
        (MESSAGE_ATTRIBUTES, (0x5,), NOT_FOUND),
        (0x3, (4,), NOT_FOUND),
        (0x4, (4, PULSE, 0), NOT_FOUND),
        (0x4, (USB, 8, 0), INVALID_PARAMETERS),
        (0x4, (USB, PULSE, 1), INVALID_PARAMETERS),
        (0x4, (USB, PULSE, 1 << 31), INVALID_PARAMETERS),
        (0x4, (USB, PULSE | ASYNC, 0), NOT_SUPPORTED),
        (0x5, (USB, 1), NOT_SUPPORTED),
        (0x5, (USB, 2), INVALID_PARAMETERS),
        (0x6, (4,), NOT_FOUND),
    ],
}
# Refused in each protocol.
for number, version in VERSIONS.items():
    REFUSALS[number] += [
        (NEGOTIATE, (version + 1,), NOT_SUPPORTED),
        (NEGOTIATE, (0xffff,), NOT_SUPPORTED),
        (0x1f, (), NOT_FOUND),
        (0x20, (), NOT_FOUND),
        (0xff, (), NOT_FOUND),
    ]

# The one message with two lengths; Linux 6.1 sends the short one.
CLOCK_CONFIG_SET = (CLOCK, 0x7)


@pytest.fixture
def raw(guest):
    """Raw messages to the shared guest, whose platform is put back after."""
    before = scmi.state(guest)
    channel = scmi.Raw(guest)
    yield channel
    channel.call(BASE, 0xb, OSPM, 0)
    channel.call(CLOCK, 0xd, DISPLAY_PIXEL, SYS_PLL)
    channel.call(SENSOR, 0xa, 2, 0)
    scmi.restore(guest, before)
    after = scmi.state(guest)
    for key in before:
        assert key[2] == "resets" or before[key] == after[key], key


by_protocol = pytest.mark.parametrize("protocol", scmi.PROTOCOLS.values(),
                                      ids=scmi.PROTOCOLS)


def run(raw, calls):
    """{call: result} for (protocol, message, payload words) calls."""
    results = raw.many([(protocol, message, words(*payload))
                        for protocol, message, payload in calls])
    return dict(zip(calls, results))


@by_protocol
def test_messages(raw, protocol):
    expected = {(protocol, message, payload): (SUCCESS, reply)
                for message, payload, reply in ROWS[protocol]}
    assert run(raw, list(expected)) == expected


@by_protocol
def test_refusals(raw, guest, protocol):
    """Each with its status and nothing else, and nothing has changed."""
    before = scmi.state(guest)
    expected = {(protocol, message, payload): (status, b"")
                for message, payload, status in REFUSALS[protocol]}
    assert run(raw, list(expected)) == expected
    assert scmi.state(guest) == before


@by_protocol
def test_every_message_is_in_the_tables(raw, protocol):
    """What MESSAGE_ATTRIBUTES knows is what ROWS has."""
    asked = [(protocol, MESSAGE_ATTRIBUTES, (message,))
             for message in range(0x20)]
    known = {call[2][0] for call, (status, _) in run(raw, asked).items()
             if status == SUCCESS}
    refused_always = {BASE: {0x9, 0xa},
                      SENSOR: {0x5, 0x7, 0xd}}.get(protocol, set())
    assert known == {message for message, _, _ in ROWS[protocol]} \
        | refused_always


@by_protocol
def test_payloads_of_wrong_length(raw, guest, protocol):
    """A word or a byte too much, a word or a byte too little."""
    before = scmi.state(guest)
    calls = []
    for message, payload, _ in ROWS[protocol]:
        if (protocol, message) == CLOCK_CONFIG_SET:
            continue
        whole = words(*payload)
        calls += [(protocol, message, whole + bytes(extra))
                  for extra in (1, 4, 40)]
        calls += [(protocol, message, whole[:-cut])
                  for cut in (1, 4) if cut <= len(whole)]
    results = raw.many(calls)
    assert [(call, result) for call, result in zip(calls, results)
            if result != (PROTOCOL_ERROR, b"")] == []
    assert scmi.state(guest) == before


@pytest.mark.parametrize("size", [0, 4, 7, 9, 11, 13, 16])
def test_clock_config_set_has_two_lengths(raw, size):
    payload = words(GPU_CORE, 1, 0, 0)[:size]
    assert raw.many([(CLOCK, 0x7, payload)]) == [(PROTOCOL_ERROR, b"")]


def test_unknown_protocols(raw):
    known = {*VERSIONS, PERF, VOLTAGE, POWERCAP, PINCTRL}
    unknown = [protocol for protocol in range(256) if protocol not in known]
    results = run(raw, [(protocol, VERSION, ()) for protocol in unknown])
    assert set(results.values()) == {(NOT_SUPPORTED, b"")}


@pytest.mark.parametrize("kind", [1, scmi.DELAYED_RESPONSE])
def test_only_commands_are_taken(raw, kind):
    """Raw mode has another file for notifications: see hostile.c for them."""
    assert raw.call(BASE, VERSION, kind=kind) == (PROTOCOL_ERROR, b"")


# -- effects -----------------------------------------------------------------

@pytest.mark.parametrize("asked, flags, rate", [
    (450 * MHZ, 0, 450 * MHZ),
    (449 * MHZ, 0, 400 * MHZ),
    (401 * MHZ, 0b0100, 450 * MHZ),
    (424 * MHZ, 0b1000, 400 * MHZ),
    (426 * MHZ, 0b1000, 450 * MHZ),
    (426 * MHZ, 0b1100, 450 * MHZ),
    (450 * MHZ, 0b0010, 450 * MHZ),
])
def test_clock_rate_set(raw, guest, asked, flags, rate):
    assert raw.call(CLOCK, 0x5, flags, GPU_CORE, asked, 0) == (SUCCESS, b"")
    assert raw.call(CLOCK, 0x6, GPU_CORE) == (SUCCESS, dwords(rate))
    assert scmi.get(guest, "clock", "gpu-core", "rate") == rate
    assert scmi.clocks(guest)["gpu-core"]["clk_rate"] == str(rate)


def test_clock_config_set(raw, guest):
    for state, running in ((1, True), (3, True), (0, False), (3, False)):
        assert raw.call(CLOCK, 0x7, GPU_CORE, state, 0) == (SUCCESS, b"")
        assert raw.call(CLOCK, 0xb, GPU_CORE, 0) == \
            (SUCCESS, words(0, running, 0))
        assert scmi.get(guest, "clock", "gpu-core", "enabled") is running


def test_clock_parent_set(raw, guest):
    assert raw.call(CLOCK, 0xd, DISPLAY_PIXEL, OSC) == (SUCCESS, b"")
    assert raw.call(CLOCK, 0xe, DISPLAY_PIXEL) == (SUCCESS, words(OSC))
    assert scmi.get(guest, "clock", "display-pixel-primary", "parent") == \
        "osc-24m"


def test_power_state_set(raw, guest):
    for state in (ON, OFF):
        assert raw.call(POWER, 0x4, 0, GPU, state) == (SUCCESS, b"")
        assert raw.call(POWER, 0x5, GPU) == (SUCCESS, words(state))
        assert scmi.get(guest, "power", "gpu", "on") is (state == ON)


def test_sensor_config_set(raw, guest):
    assert raw.call(SENSOR, 0xa, 2, 1) == (SUCCESS, b"")
    assert raw.call(SENSOR, 0x9, 2) == (SUCCESS, words(1 << 16 | 1))
    assert scmi.get(guest, "sensor", "vdd-core", "enabled")


@pytest.mark.parametrize("value", [-1, -2**63, 2**63 - 1])
def test_sensor_reading(raw, guest, value):
    scmi.put(guest, "sensor", "vdd-core", "value", value)
    assert raw.call(SENSOR, 0x6, 2, 0) == (SUCCESS, dwords(value, 0))


def test_reset(raw, guest):
    """Assert twice, release, pulse: two resets."""
    start = scmi.get(guest, "reset", "usb", "resets")
    for flags, asserted, resets in ((ASSERT, True, 1), (ASSERT, True, 1),
                                    (0, False, 1), (PULSE, False, 2)):
        assert raw.call(RESET, 0x4, USB, flags, 0) == (SUCCESS, b"")
        assert scmi.get(guest, "reset", "usb", "asserted") is asserted
        assert scmi.get(guest, "reset", "usb", "resets") == start + resets


# -- versions ----------------------------------------------------------------

def test_clock_version_1(raw):
    """No latency, names, parents or permissions, and a shorter CONFIG_SET."""
    assert raw.call(CLOCK, NEGOTIATE, 0x10000) == (SUCCESS, b"")
    assert raw.call(CLOCK, VERSION) == (SUCCESS, words(0x30000))
    assert raw.call(CLOCK, 0x3, DISPLAY_PIXEL) == \
        (SUCCESS, words(0) + text("display-pixel-primary"))
    for message in (0x8, 0xb, 0xc, 0xd, 0xe, 0xf):
        assert raw.call(CLOCK, message, DISPLAY_PIXEL, 0) == (NOT_FOUND, b"")
    assert raw.call(CLOCK, 0x7, GPU_CORE, 3) == (INVALID_PARAMETERS, b"")
    assert raw.call(CLOCK, 0x7, GPU_CORE, 1, 0) == (PROTOCOL_ERROR, b"")


def test_sensor_version_1(raw):
    """A reading without a timestamp."""
    assert raw.call(SENSOR, NEGOTIATE, 0x10000) == (SUCCESS, b"")
    assert raw.call(SENSOR, 0x6, 0, 0) == (SUCCESS, dwords(42_500))
    assert raw.call(SENSOR, 0x9, 0) == (NOT_FOUND, b"")


def test_base_version_1(raw):
    """DISCOVER_AGENT tells a name only, and nobody is MYSELF."""
    assert raw.call(BASE, NEGOTIATE, 0x10000) == (SUCCESS, b"")
    assert raw.call(BASE, 0x7, OSPM) == (SUCCESS, text("OSPM"))
    assert raw.call(BASE, 0x7, MYSELF) == (NOT_FOUND, b"")
    assert raw.call(BASE, NEGOTIATE, 0x20001) == (SUCCESS, b"")
    assert raw.call(BASE, 0x7, OSPM) == (SUCCESS, words(OSPM) + text("OSPM"))


def test_resetting_the_agent_forgets_versions(raw):
    assert raw.call(SENSOR, NEGOTIATE, 0x10000) == (SUCCESS, b"")
    assert raw.call(BASE, 0xb, OSPM, 0) == (SUCCESS, b"")
    assert raw.call(SENSOR, 0x6, 0, 0) == (SUCCESS, dwords(42_500, 0))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Every SCMI message, byte for byte, through the kernel's raw mode.

scmi_rows.py and scmi_refusals.py have what the built-in platform answers. A
test may change the platform: the fixture puts it back.
"""

import struct

import pytest

import scmi
from scmi import (BASE, CLOCK, INVALID_PARAMETERS, MESSAGE_ATTRIBUTES,
                  NEGOTIATE, NOT_FOUND, NOT_SUPPORTED, PERF, PINCTRL, POWER,
                  POWERCAP, PROTOCOL_ERROR, RESET, SENSOR, SUCCESS, VERSION,
                  dwords, text, words)
from scmi_refusals import REFUSALS
from scmi_rows import (ASSERT, DISPLAY_PIXEL, GPU, GPU_CORE, MHZ, MYSELF, OFF,
                       ON, OSC, OSPM, PULSE, ROWS, SYS_PLL, USB, VERSIONS)

pytestmark = pytest.mark.kernels("lab")

# The one message with two lengths; Linux 6.1 sends the short one.
CLOCK_CONFIG_SET = (CLOCK, 0x7)


@pytest.fixture
def raw(guest):
    """Raw messages to the shared guest, whose platform is put back after."""
    governors = "/sys/devices/system/cpu/cpufreq/policy*/scaling_governor"
    before = scmi.state(guest)
    channel = scmi.Raw(guest)
    # No level is set but by messages.
    guest.check(f"for f in {governors}; do echo userspace > $f; done")
    yield channel
    guest.check(f"for f in {governors}; do echo schedutil > $f; done")
    channel.call(BASE, 0xb, OSPM, 0)
    channel.call(CLOCK, 0xd, DISPLAY_PIXEL, SYS_PLL)
    channel.call(SENSOR, 0xa, 2, 0)
    scmi.restore(guest, before)
    after = scmi.state(guest)
    for key in before:
        assert key[2] == "resets" or before[key] == after[key], key


by_protocol = pytest.mark.parametrize(
    "protocol", ROWS, ids={number: name for name, number
                           in scmi.PROTOCOLS.items()}.get)


def run(raw, calls):
    """[(call, result)] for (protocol, message, payload words) calls."""
    results = raw.many([(protocol, message, words(*payload))
                        for protocol, message, payload in calls])
    return list(zip(calls, results))


@by_protocol
def test_messages(raw, protocol):
    """One after the other: some say what those before them have changed."""
    expected = [((protocol, message, payload), (SUCCESS, reply))
                for message, payload, reply in ROWS[protocol]]
    assert run(raw, [call for call, _ in expected]) == expected


@by_protocol
def test_refusals(raw, guest, protocol):
    """Each with its status and nothing else, and nothing has changed."""
    before = scmi.state(guest)
    expected = [((protocol, message, payload), (status, b""))
                for message, payload, status in REFUSALS[protocol]]
    assert run(raw, [call for call, _ in expected]) == expected
    assert scmi.state(guest) == before


@by_protocol
def test_every_message_is_in_the_tables(raw, protocol):
    """What MESSAGE_ATTRIBUTES knows is what ROWS has."""
    asked = [(protocol, MESSAGE_ATTRIBUTES, (message,))
             for message in range(0x20)]
    known = {call[2][0] for call, (status, _) in run(raw, asked)
             if status == SUCCESS}
    refused_always = {BASE: {0x9, 0xa}, SENSOR: {0x5, 0x7, 0xd},
                      PINCTRL: {0xa}}.get(protocol, set())
    # These tell an address: see test_fast_channels_are_described().
    refused_always |= {PERF: {0xb}, POWERCAP: {0xc}}.get(protocol, set())
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
    unknown = [protocol for protocol in range(256)
               if protocol not in {*VERSIONS, scmi.SYSTEM}]
    results = run(raw, [(protocol, VERSION, ()) for protocol in unknown])
    assert {result for _, result in results} == {(NOT_SUPPORTED, b"")}


# protocol: (its message that describes fast channels, those that set, size of
# the channel of each message that has one). The second domain has doorbells.
FAST = {PERF: (0xb, {5, 7}, {5: 8, 6: 8, 7: 4, 8: 4}),
        POWERCAP: (0xc, {5, 7}, {4: 4, 5: 4, 6: 4, 7: 4})}


def test_fast_channels_are_described(raw):
    """No two overlap; those that set something may have a doorbell."""
    used = set()
    for protocol, (describe, sets, sizes) in FAST.items():
        asked = [(protocol, describe, (domain, message))
                 for domain in (0, 1) for message in sizes]
        for (_, _, (domain, message)), (status, reply) in run(raw, asked):
            assert status == SUCCESS and len(reply) == 44
            attributes, _, address, size, bell, rings, keeps = struct.unpack(
                "<IIQIQQQ", reply)
            assert size == sizes[message]
            words_ = set(range(address, address + size, 4))
            assert address % 4 == 0 and not words_ & used
            used |= words_
            if domain == 1 and message in sets:
                assert attributes == 1 | 2 << 1
                # Nothing to preserve: Linux need not read before it rings.
                assert bell not in used and rings and not keeps
            else:
                assert (attributes, bell, rings, keeps) == (0, 0, 0, 0)


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

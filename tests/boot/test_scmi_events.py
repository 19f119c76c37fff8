# SPDX-License-Identifier: GPL-2.0-or-later
"""Events and delayed responses of every protocol, as Linux receives them.

Linux's own drivers subscribe to few events (limits of performance, sensors'
updates, system power: see the tests of those). The others are subscribed to,
and all are read, by raw messages. On docs/platforms/phone.json with power
caps, whose transport carries events.
"""

import struct
from dataclasses import dataclass

import pytest

import platforms
import scmi
from scmi import (BASE, CLOCK, OUT_OF_RANGE, PERF, POWER, POWERCAP, RESET,
                  SENSOR, SUCCESS, VOLTAGE, dwords, words)

# Other kernels have no raw mode.
pytestmark = pytest.mark.kernels("lab")

NAMES = {number: name for name, number in scmi.PROTOCOLS.items()}
AGENT, HOST = 1, 0
ON, OFF = 0, 0x40000000
ASSERT, PULSE, PULSE_ASYNC = 2, 1, 5
RISING = 1 << 16
CAPS = platforms.SMALL["powercap-domains"]
CAP, PAI = 9_000_000, 1_000_000


@pytest.fixture(scope="module")
def events(new_guest, phone_config, tmp_path_factory):
    file = platforms.write(tmp_path_factory.mktemp("events"), phone_config | {
        "powercap-domains": [CAPS[0] | {
            "pais": {"min": 1_000, "max": PAI, "step": 1_000}, "pai": PAI}]})
    with new_guest("events", machine=f"farside,scmi-platform={file}") as guest:
        # No frequency is changed, and no sensor read, but by a test.
        guest.check("for p in /sys/devices/system/cpu/cpufreq/policy*; do "
                    "echo userspace > $p/scaling_governor; done")
        guest.write(f"{scmi.thermal_zone(guest)}/mode", "disabled")
        yield guest


@dataclass(frozen=True)
class Event:
    """An event, and what makes it happen.

    @subscribe: the message, 1, and what else it takes; nothing if Linux's
    driver has subscribed. @says: what follows the agent and the domain.
    @host: (property, value) that the host sets, or @agent: (message, payload)
    that Linux sends. Before, the host sets @before, and Linux sends @setup.
    """

    protocol: int
    domain: str
    subscribe: tuple
    number: int
    says: bytes
    host: tuple = None
    agent: tuple = None
    before: tuple = ()
    setup: tuple = ()

    @property
    def cause(self):
        return AGENT if self.agent and self.protocol != SENSOR else HOST


def by_host(protocol, domain, subscribe, number, says, prop, value, **more):
    return Event(protocol, domain, subscribe, number, says,
                 host=(prop, value), **more)


def by_agent(protocol, domain, subscribe, number, says, message, *payload,
             **more):
    return Event(protocol, domain, subscribe, number, says,
                 agent=(message, *payload), **more)


DOMAIN = "number of the domain"
# The trip point 2 of a sensor, at 50 degrees, from both sides.
TRIP = (0x5, DOMAIN, 2 << 4 | 3, 50_000, 0)

EVENTS = {
    "power on": by_host(POWER, "modem", (0x6, 1), 0, words(ON), "on", True),
    "power off by agent": by_agent(
        POWER, "gpu", (0x6, 1), 0, words(OFF), 0x4, 0, DOMAIN, OFF,
        before=("on", True)),
    "power on again": by_host(POWER, "camera", (0x7, 1), 1, words(OFF),
                              "on", False),
    "power off again by agent": by_agent(
        POWER, "camera", (0x7, 1), 1, words(OFF), 0x4, 0, DOMAIN, OFF),
    # Where the governor of the boot has left the level is not known.
    "perf level": by_host(PERF, "big", (0xa, 1), 1, words(710_400),
                          "level", 710_400, before=("level", 2_419_200)),
    "perf level by agent": by_agent(
        PERF, "little", (0xa, 1), 1, words(300_000), 0x7, DOMAIN, 300_000,
        before=("level", 1_209_600)),
    # cpufreq has subscribed to limits.
    "perf limits": by_host(PERF, "little", None, 0, words(1_209_600, 300_000),
                           "max-level", 1_209_600),
    "perf limits by agent": by_agent(
        PERF, "big", None, 0, words(2_419_200, 710_400), 0x5, DOMAIN,
        2_419_200, 710_400),
    "clock": by_host(CLOCK, "gpu", (0x9, 1), 0, dwords(719_000_000),
                     "rate", 719_000_000),
    "clock by agent": by_agent(
        CLOCK, "camera-mclk", (0x9, 1), 0, dwords(19_200_000),
        0x5, 0, DOMAIN, 19_200_000, 0),
    "clock again by agent": by_agent(
        CLOCK, "camera-mclk", (0xa, 1), 1, dwords(24_000_000),
        0x5, 0, DOMAIN, 24_000_000, 0),
    "trip rising": by_host(SENSOR, "soc-thermal", (0x4, 1), 0,
                           words(2 | RISING), "value", 50_001, setup=TRIP),
    "trip falling": by_host(SENSOR, "soc-thermal", (0x4, 1), 0, words(2),
                            "value", 49_999, before=("value", 60_000),
                            setup=TRIP),
    # A second passes first.
    "sensor update": by_agent(SENSOR, "vbat", (0xb, 1), 1, dwords(3_870, 0),
                              0xa, DOMAIN, 1),
    "reset": by_agent(RESET, "modem", (0x5, 1), 0, words(0),
                      0x4, DOMAIN, PULSE, 0),
    "reset asserted": by_agent(RESET, "modem", (0x5, 1), 0, words(0),
                               0x4, DOMAIN, ASSERT, 0),
    "cap": by_host(POWERCAP, "soc", (0xa, 1), 0, words(4_000_000, PAI),
                   "cap", 4_000_000),
    "cap by agent": by_agent(POWERCAP, "soc", (0xa, 1), 0,
                             words(3_000_000, PAI), 0x5, DOMAIN, 0, 3_000_000),
    "averaging interval": by_host(POWERCAP, "soc", (0xa, 1), 0,
                                  words(CAP, 7_000), "pai", 7_000),
    "measurement": by_host(
        POWERCAP, "soc", (0xb, 1, 2_000_000, 3_000_000), 1, words(3_000_001),
        "power", 3_000_001),
}


@pytest.fixture
def raw(events):
    """Raw messages; what a test changes of the host's it puts back."""
    before = {(protocol, name, prop): scmi.get(events, protocol, name, prop)
              for protocol, name, prop in (
                  *(("power", name, "on") for name in
                    ("modem", "gpu", "camera")),
                  *(("perf", name, prop) for name in ("big", "little")
                    for prop in ("max-level", "level")),
                  ("clock", "gpu", "rate"), ("clock", "camera-mclk", "rate"),
                  ("sensor", "soc-thermal", "value"),
                  ("reset", "modem", "asserted"), ("powercap", "soc", "cap"),
                  ("powercap", "soc", "pai"), ("powercap", "soc", "power"))}
    yield scmi.Raw(events)
    for place, value in before.items():
        if scmi.get(events, *place) != value:
            scmi.put(events, *place, value)


def numbered(payload, number):
    return [number if word == DOMAIN else word for word in payload]


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_events(events, raw, event):
    """Linux receives each as it was sent, while it is subscribed."""
    protocol = NAMES[event.protocol]
    number = scmi.get(events, protocol, event.domain, "id")

    def send(message, *payload):
        assert raw.call(event.protocol, message,
                        *numbered(payload, number)) == (SUCCESS, b"")

    def happen():
        if event.host:
            scmi.put(events, protocol, event.domain, *event.host)
        else:
            send(*event.agent)

    def count():
        return scmi.counters(events).get("notification_ok", 0)

    if event.before:
        scmi.put(events, protocol, event.domain, *event.before)
    if event.setup:
        send(*event.setup)
    if event.subscribe:
        message, enable, *rest = event.subscribe
        send(message, DOMAIN, enable, *rest)
    original = event.host and scmi.get(events, protocol, event.domain,
                                       event.host[0])
    before = count()
    happen()
    assert raw.notification() == (
        event.protocol, event.number,
        words(event.cause, number) + event.says)
    assert count() >= before + 1
    if event.subscribe:
        send(message, DOMAIN, 0, *rest)
        before = count()
        if event.host:
            scmi.put(events, protocol, event.domain, event.host[0], original)
        happen()
        assert count() == before


NOTIFY_ERRORS, DESCRIBE_FASTCHANNEL, LEVEL_SET = 0x8, 0xb, 0x7


def test_error_of_a_fast_channel(events, raw):
    """A command without a reply: whoever wants to know subscribes in Base."""
    number = scmi.get(events, "perf", "big", "id")
    level = scmi.get(events, "perf", "big", "level")
    status, description = raw.call(PERF, DESCRIBE_FASTCHANNEL, number,
                                   LEVEL_SET)
    assert status == SUCCESS
    address, = struct.unpack_from("<Q", description, 8)
    assert raw.call(BASE, NOTIFY_ERRORS, 1) == (SUCCESS, b"")
    try:
        events.check(f"devmem {address:#x} 32 1")
        assert raw.notification() == (BASE, 0, words(
            AGENT, 1, PERF << 10 | LEVEL_SET, OUT_OF_RANGE))
    finally:
        assert raw.call(BASE, NOTIFY_ERRORS, 0) == (SUCCESS, b"")
    assert scmi.get(events, "perf", "big", "level") == level
    before = scmi.counters(events)["notification_ok"]
    events.check(f"devmem {address:#x} 32 1")
    assert scmi.counters(events)["notification_ok"] == before


# protocol, message, domain, payload: what the delayed response says after its
# status and the number of the domain
DELAYED = {
    "power": (POWER, 0x4, "modem", (1, DOMAIN, ON), words(ON)),
    "clock": (CLOCK, 0x5, "camera-mclk", (1, DOMAIN, 37_125_000, 0),
              dwords(37_125_000)),
    "sensor": (SENSOR, 0x6, "soc-power", (DOMAIN, 1), dwords(1_630_000, 0)),
    "reset": (RESET, 0x4, "modem", (DOMAIN, PULSE_ASYNC, 0), b""),
    "voltage": (VOLTAGE, 0x7, "vdd-camera", (DOMAIN, 1, 1_200_000),
                words(1_200_000)),
    "powercap": (POWERCAP, 0x5, "soc", (DOMAIN, 2, 2_000_000),
                 words(2_000_000)),
}


@pytest.mark.parametrize("protocol, message, domain, payload, says",
                         DELAYED.values(), ids=DELAYED)
def test_delayed_responses(events, raw, request, protocol, message, domain,
                           payload, says):
    number = scmi.get(events, request.node.callspec.id, domain, "id")
    before = scmi.delayed(events)
    assert raw.delayed(protocol, message, *numbered(payload, number)) == \
        (SUCCESS, words(SUCCESS, number) + says)
    assert scmi.delayed(events) == before + 1

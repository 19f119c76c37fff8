# SPDX-License-Identifier: GPL-2.0-or-later
"""Two agents in one guest: what one may do to the other, and what is its own.

Two instances of Linux's stack, the first over a mailbox and trusted, the
second by SMC. What their drivers never send, raw messages do. See
test_scmi_transports.py for their drivers, and for permissions of devices.
"""

import pytest

import platforms
import scmi
from drivers import GPIO
from scmi import (BASE, CLOCK, DENIED, INVALID_PARAMETERS, NEGOTIATE,
                  NOT_FOUND, PINCTRL, POWER, POWERCAP, RESET, SENSOR, SUCCESS,
                  words)

# Other kernels have no raw mode.
pytestmark = pytest.mark.kernels("lab")

FIRST, SECOND, NOBODY = 1, 2, 3
TRANSPORTS = {"arm,scmi": FIRST, "arm,scmi-smc": SECOND}

SET_DEVICE_PERMISSIONS = 0x9
SET_PROTOCOL_PERMISSIONS, RESET_AGENT_CONFIGURATION = 0xa, 0xb
PERMISSIONS_TOO = 1

SOC_THERMAL, VDD_CORE = 0, 1
USB, PULSE = 1, 1
BUSY = -6

# The second of the devices, and what it has.
SWITCHED, PERIPH, PERIPH_APB = 1, 0, 0
ON, OFF = 0, 0x40000000


@pytest.fixture(scope="module")
def guest(new_guest, tmp_path_factory):
    file = platforms.write(tmp_path_factory.mktemp("agents"), platforms.small(
        devices=[{"name": "camera", "sensors": ["vdd-core"],
                  "reset-domains": ["usb"]},
                 {"name": "switched", "clocks": ["periph-apb", "sd-ref"],
                  "power-domains": ["periph", "usb"]}],
        agents=[{"name": "OSPM", "transport": {"type": "mailbox"},
                 "trusted": True},
                # Linux wants unique names of what these have.
                {"name": "second", "denied-devices": ["switched"],
                 "denied-protocols": [platforms.PROTOCOLS[name] for name in
                                      ("voltage", "system")]}]))
    with new_guest("agents",
                   machine=f"farside,scmi-platform={file}") as fresh:
        yield fresh


@pytest.fixture
def agents(guest):
    """(Raw, Raw) of the first and the second; both are reset afterwards."""
    types = scmi.files(guest, "/sys/kernel/debug/scmi/*/transport/type")
    instances = {TRANSPORTS[kind]: int(file.split("/")[-3])
                 for file, kind in types.items()}
    first, second = (scmi.Raw(guest, instances[agent])
                     for agent in (FIRST, SECOND))
    yield first, second
    assert first.call(BASE, RESET_AGENT_CONFIGURATION, SECOND,
                      PERMISSIONS_TOO) == (SUCCESS, b"")


def instance_sensors(guest):
    """The files of vdd-core in each of Linux's two hwmon devices."""
    return guest.check("for d in $(grep -l '^scmi_sensors$' "
                       "/sys/class/hwmon/*/name); do "
                       "ls $(dirname $d)/in0_input; done").split()


def test_protocol_of_a_device_is_denied(guest, agents):
    """To the one agent: its drivers feel it, the other's do not."""
    first, second = agents
    assert [guest.run(f"cat {file}")[0] for file in instance_sensors(guest)] \
        == [0, 0]
    assert first.call(BASE, SET_PROTOCOL_PERMISSIONS, SECOND, 0, SENSOR, 0) \
        == (SUCCESS, b"")
    assert second.call(SENSOR, 0x6, VDD_CORE, 0) == (DENIED, b"")
    assert second.call(SENSOR, 0x6, SOC_THERMAL, 0)[0] == SUCCESS
    assert second.call(RESET, 0x4, USB, PULSE, 0)[0] == SUCCESS
    assert first.call(SENSOR, 0x6, VDD_CORE, 0)[0] == SUCCESS
    assert sorted(guest.run(f"cat {file}")[0]
                  for file in instance_sensors(guest)) == [0, 1]


@pytest.mark.parametrize("who, words_, status", [
    ("second", (FIRST, 0), DENIED), ("second", (0, 0), DENIED),
    ("second", (SECOND, PERMISSIONS_TOO), DENIED),
    ("second", (NOBODY, 0), NOT_FOUND), ("second", (SECOND, 0), SUCCESS),
    ("first", (NOBODY, 0), NOT_FOUND),
    ("first", (SECOND, 2), INVALID_PARAMETERS),
    ("first", (SECOND, PERMISSIONS_TOO), SUCCESS)])
def test_who_may_reset_whom(agents, who, words_, status):
    raw = dict(zip(("first", "second"), agents))[who]
    assert raw.call(BASE, RESET_AGENT_CONFIGURATION, *words_) == (status, b"")


def test_reset_of_an_agent_spares_permissions(agents):
    """Unless it is told not to."""
    first, second = agents
    first.call(BASE, SET_PROTOCOL_PERMISSIONS, SECOND, 0, SENSOR, 0)
    for flags, status in ((0, DENIED), (PERMISSIONS_TOO, SUCCESS)):
        assert first.call(BASE, RESET_AGENT_CONFIGURATION, SECOND, flags) == \
            (SUCCESS, b"")
        assert second.call(SENSOR, 0x6, VDD_CORE, 0)[0] == status


def test_reset_of_an_agent_forgets_its_version(agents):
    first, second = agents
    assert second.call(POWERCAP, NEGOTIATE, 0x10000) == (SUCCESS, b"")
    # Version 1 knows no cap that is switched off.
    assert second.call(POWERCAP, 0x5, 0, 0, 0)[0] != SUCCESS
    assert first.call(POWERCAP, 0x5, 0, 0, 0) == (SUCCESS, b"")
    assert second.call(POWERCAP, 0x4, 0) == (SUCCESS, words(9_000_000))
    assert first.call(POWERCAP, 0x4, 0) == (SUCCESS, words(0))
    assert first.call(BASE, RESET_AGENT_CONFIGURATION, SECOND, 0)[0] == SUCCESS
    assert second.call(POWERCAP, 0x4, 0) == (SUCCESS, words(0))
    assert second.call(POWERCAP, 0x5, 0, 0, 9_000_000) == (SUCCESS, b"")


def users(guest):
    """Who wants the GPIO's power and clock, which are on if anybody does."""
    wanted = [scmi.get(guest, protocol, name, "users") for protocol, name
              in (("power", "periph"), ("clock", "periph-apb"))]
    assert scmi.get(guest, "power", "periph", "on") is bool(wanted[0])
    assert scmi.get(guest, "clock", "periph-apb", "enabled") is \
        bool(wanted[1])
    return wanted


def bind_gpio(guest, action, wanted):
    guest.write(f"/sys/bus/amba/drivers/pl061_gpio/{action}", GPIO)
    scmi.wait_until(lambda: users(guest) == [wanted] * 2,
                    f"{wanted} after {action}")


def test_each_agent_switches_for_itself(guest, agents):
    """What one needs stays on for it, whatever the other one's drivers do."""
    first, second = agents
    assert second.call(POWER, 0x4, 0, PERIPH, ON) == (DENIED, b"")
    assert second.call(CLOCK, 0x7, PERIPH_APB, 1, 0) == (DENIED, b"")
    assert first.call(BASE, SET_DEVICE_PERMISSIONS, SECOND, SWITCHED, 1) == \
        (SUCCESS, b"")
    bind_gpio(guest, "unbind", [])
    bind_gpio(guest, "bind", ["OSPM"])
    assert second.call(POWER, 0x5, PERIPH) == (SUCCESS, words(OFF))
    assert second.call(CLOCK, 0xb, PERIPH_APB, 0) == (SUCCESS, words(0, 0, 0))

    assert second.call(POWER, 0x4, 0, PERIPH, ON) == (SUCCESS, b"")
    assert second.call(CLOCK, 0x7, PERIPH_APB, 1, 0) == (SUCCESS, b"")
    assert users(guest) == [["OSPM", "second"]] * 2
    bind_gpio(guest, "unbind", ["second"])
    assert first.call(POWER, 0x5, PERIPH) == (SUCCESS, words(OFF))
    assert second.call(POWER, 0x5, PERIPH) == (SUCCESS, words(ON))
    assert first.call(CLOCK, 0xb, PERIPH_APB, 0) == (SUCCESS, words(0, 0, 0))
    assert second.call(CLOCK, 0xb, PERIPH_APB, 0) == (SUCCESS, words(0, 1, 0))

    bind_gpio(guest, "bind", ["OSPM", "second"])
    assert first.call(BASE, RESET_AGENT_CONFIGURATION, SECOND,
                      PERMISSIONS_TOO)[0] == SUCCESS
    assert users(guest) == [["OSPM"]] * 2


def test_pins_are_one_agents(guest, agents):
    first, second = agents

    def owner():
        return scmi.get(guest, "pinctrl", "pin0", "owner")

    assert second.call(PINCTRL, 0x7, 0, 0) == (SUCCESS, b"")
    assert owner() == "second"
    assert first.call(PINCTRL, 0x7, 0, 0) == (BUSY, b"")
    # The group that it is part of, too.
    assert first.call(PINCTRL, 0x6, 0, 0, 1 << 10 | 1) == (DENIED, b"")
    assert first.call(PINCTRL, 0x8, 0, 0) == (DENIED, b"")
    assert first.call(BASE, RESET_AGENT_CONFIGURATION, SECOND, 0)[0] == SUCCESS
    assert owner() == ""
    assert first.call(PINCTRL, 0x7, 0, 0) == (SUCCESS, b"")
    assert owner() == "OSPM"
    assert second.call(PINCTRL, 0x6, 0, 0, 1 << 10) == (DENIED, b"")
    assert first.call(PINCTRL, 0x8, 0, 0) == (SUCCESS, b"")


def test_one_agent_hears_what_the_other_does(guest, agents):
    """Until its subscriptions are reset, by itself."""
    first, second = agents
    assert first.call(RESET, 0x5, USB, 1) == (SUCCESS, b"")
    assert second.call(RESET, 0x4, USB, PULSE, 0) == (SUCCESS, b"")
    assert first.notification() == (RESET, 0, words(SECOND, USB, 0))
    before = scmi.get(guest, "reset", "usb", "resets")
    assert first.call(BASE, RESET_AGENT_CONFIGURATION, FIRST, 0)[0] == SUCCESS
    assert second.call(RESET, 0x4, USB, PULSE, 0) == (SUCCESS, b"")
    assert scmi.get(guest, "reset", "usb", "resets") == before + 1
    # What comes next is what it subscribes to then.
    assert first.call(RESET, 0x5, USB, 1) == (SUCCESS, b"")
    assert first.call(RESET, 0x4, USB, PULSE, 0) == (SUCCESS, b"")
    assert first.notification() == (RESET, 0, words(FIRST, USB, 0))

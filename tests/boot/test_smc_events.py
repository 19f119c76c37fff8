# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to a machine with an SMC, as Linux hears of it.

Each test that does not boot a guest leaves the shared one as it found it.
"""

import pytest

import rtkit

pytestmark = pytest.mark.kernels("lab")

BATTERY_KEYS = ("BSFC", "BUIC", "B0RM", "B0AC", "B0AP", "B0TE", "B0TF")


@pytest.fixture
def world(guest):
    """The guest, whose adapter and battery are as before when it is over."""
    before = {key: rtkit.get(guest, key) for key in BATTERY_KEYS}
    yield guest
    rtkit.happen(guest, "adapter", connected=True)
    for key, value in before.items():
        rtkit.put(guest, key, value)


def supply(guest, name, *names):
    shown = rtkit.files(guest, rtkit.supply(name), " ".join(names))
    return [shown[file] for file in names]


# -- what macsmc-power acts on -----------------------------------------------

def test_the_adapter_is_pulled(world):
    """One notification, two uevents, and all numbers agree."""
    with rtkit.Uevents(world) as uevents, \
            rtkit.Trace(world, "apple_smc_notify") as trace:
        rtkit.happen(world, "adapter", connected=False)
        uevents.wait("change macsmc-ac 0", "change macsmc-battery 87")
        assert trace.lines() == ["event 0x71130000"]
        assert supply(world, "ac", "online", "voltage_now") == ["0", "0"]
        assert supply(world, "battery", "status", "current_now", "power_now",
                      "time_to_full_now", "time_to_empty_now") == [
            "Discharging", "-1200000", "-15120000", "0", str(253 * 60)]
        assert rtkit.linux_view(world) == rtkit.qmp_view(world)
        rtkit.happen(world, "adapter", connected=True)
        uevents.wait("change macsmc-ac 1")
    assert supply(world, "battery", "status", "current_now") == [
        "Charging", "1200000"]
    assert rtkit.linux_view(world) == rtkit.qmp_view(world)


def test_the_battery_runs_down(world):
    rtkit.happen(world, "adapter", connected=False)
    with rtkit.Uevents(world) as uevents:
        for level in (42, 7, 1):
            rtkit.happen(world, "battery", level=level)
            uevents.wait(f"change macsmc-battery {level}")
            assert supply(world, "battery", "capacity", "charge_now",
                          "capacity_level") == [
                str(level), str(58 * level * 1000), "Normal"]
            assert rtkit.linux_view(world) == rtkit.qmp_view(world)


def test_the_battery_is_full(world):
    rtkit.happen(world, "battery", level=100)
    assert supply(world, "battery", "capacity", "status", "capacity_level",
                  "time_to_full_now", "current_now") == [
        "100", "Full", "Full", "0", "0"]


def test_an_empty_battery_switches_the_machine_off(boot_guest, kernel):
    guest = boot_guest()
    rtkit.wait_drivers(guest, kernel)
    rtkit.happen(guest, "battery", level=0)
    assert guest.wait_shutdown() == (
        {"guest": True, "reason": "guest-shutdown"}, 0)
    assert "Triggering orderly shutdown" in guest.console()


# -- what no driver of Linux 7.3 acts on -------------------------------------

@pytest.mark.parametrize("kind, what, key, events", [
    ("lid", "closed", "MSLD", ["event 0x72030100", "event 0x72030001"]),
    ("power-button", "pressed", "bHLD",
     ["event 0x72010601", "event 0x72010600"]),
])
def test_what_a_hand_does(guest, kind, what, key, events):
    """The notification leaves; Linux takes it and says nothing."""
    with rtkit.Trace(guest, "apple_smc_notify") as trace:
        rtkit.happen(guest, kind, **{what: True})
        assert rtkit.get(guest, key) == 1
        rtkit.happen(guest, kind, **{what: False})
        assert rtkit.get(guest, key) == 0
        assert trace.lines() == events
    assert supply(guest, "battery", "capacity") == ["87"]
    assert rtkit.firmware(guest) == rtkit.RUNNING


@pytest.mark.parametrize("kind, what, event", [
    ("thermal-pressure", {"level": 2}, "event 0x80000002"),
    ("raw", {"event": 0x700f0000}, "event 0x700f0000"),
])
def test_what_has_no_key(guest, kind, what, event):
    with rtkit.Trace(guest, "apple_smc_notify") as trace:
        rtkit.happen(guest, kind, **what)
        assert trace.lines() == [event]
    assert rtkit.firmware(guest) == rtkit.RUNNING


def test_a_raw_event_is_heard(guest):
    """One that macsmc-power knows, with nothing changed."""
    with rtkit.Uevents(guest) as uevents:
        rtkit.happen(guest, "raw", event=0x71060203)
        uevents.wait("change macsmc-battery 87", "change macsmc-ac 1")


# -- nobody there ------------------------------------------------------------

def test_while_the_driver_is_away(boot_guest, kernel):
    """What a key keeps is found later; what none keeps is an error."""
    guest = boot_guest()
    rtkit.wait_drivers(guest, kernel)
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
    with rtkit.Trace(guest, "apple_smc_notify") as trace:
        rtkit.happen(guest, "battery", level=33)
        rtkit.happen(guest, "lid", closed=True)
        with pytest.raises(Exception, match="does not listen"):
            rtkit.happen(guest, "thermal-pressure", level=1)
        rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, True)
        rtkit.wait_drivers(guest, kernel)
        assert trace.lines() == []
    assert supply(guest, "battery", "capacity") == ["33"]
    assert rtkit.get(guest, "MSLD") == 1
    assert rtkit.firmware(guest) == rtkit.RUNNING


@pytest.mark.parametrize("path, event, text", [
    ("/machine/smc", {"type": "battery", "level": 101}, "101"),
    ("/machine/smc", {"type": "battery", "level": -1}, "level"),
    ("/machine/smc", {"type": "lid"}, "closed"),
    ("/machine/smc", {"type": "storm"}, "storm"),
    ("/machine/spmi", {"type": "lid", "closed": True}, "no SMC"),
    ("/machine/nothing", {"type": "lid", "closed": True}, "no SMC"),
])
def test_refused(guest, path, event, text):
    before = rtkit.qmp_view(guest)
    with pytest.raises(Exception, match=text):
        guest.qmp("smc-event", path=path, event=event)
    assert rtkit.qmp_view(guest) == before


# -- what the PMIC remembers of an end ---------------------------------------

def test_a_reboot_says_so_in_the_pmic(boot_guest, kernel):
    """It clears what a power-off has left; see there for the opposite."""
    guest = boot_guest(args=["-action", "reboot=shutdown,shutdown=pause"])
    rtkit.wait_drivers(guest, kernel)
    guest.qom_set(rtkit.SPMI, "shutdown-flag", 1)
    guest.send("reboot -f")
    guest.wait_event("STOP")
    assert (guest.qom_get(rtkit.SPMI, "shutdown-flag"),
            guest.qom_get(rtkit.SPMI, "boot-stage")) == (0, 0)
    guest.qmp("quit")
    assert guest.wait_shutdown()[1] == 0

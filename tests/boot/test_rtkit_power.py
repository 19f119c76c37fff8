# SPDX-License-Identifier: GPL-2.0-or-later
"""macsmc-power on -M farside: battery and adapter as the keys say.

Each test leaves the shared guest as it found it.
"""

import pytest

import rtkit

pytestmark = pytest.mark.kernels("lab")

EVENT_CHARGER = "event 0x71010100"
EVENT_CONNECTOR = "event 0x71130000"


# -- numbers -----------------------------------------------------------------

# BITV first: a voltage below it is an emergency.
OTHER_BATTERIES = {
    "lowest": {
        "BITV": 0, "B0AV": 0, "BUIC": 0, "BAAC": -2**31, "B0FC": 0, "B0DC": 0,
        "B0RM": 0, "B0RC": 0, "B0RI": 0, "B0RV": 0, "B0AC": -2**15,
        "B0CT": 0, "B0AP": -2**21, "B0AT": 0, "B0TE": 0, "B0TF": 0,
        "BLPX": -2**15, "BVVN": 0, "BLPM": -1, "AC-n": 0, "ACPW": 0},
    "highest": {
        "BITV": 0xffff, "B0AV": 0xffff, "BUIC": 255, "BAAC": 2**31 - 1,
        "B0FC": 0xffff, "B0DC": 0xfffe, "B0RM": 0x7fff, "B0RC": 0xffff,
        "B0RI": 0xfffe, "B0RV": 0xfffd, "B0AC": 2**15 - 1, "B0CT": 0xffff,
        "B0AP": 2**21 - 1, "B0AT": 0xffff, "B0TE": 0xfffe, "B0TF": 0xffff,
        "BLPX": 2**15 - 1, "BVVN": 0xffff, "BLPM": 2**15 - 2, "AC-n": 0xffff,
        "ACPW": 2**21, "AC-i": 0xfffe},
}


@pytest.mark.parametrize("which", OTHER_BATTERIES)
def test_supplies_set_by_the_host(guest, which):
    # Without notifications, or an absurd voltage switches the machine off.
    with rtkit.changed(guest, {"NTAP": False} | OTHER_BATTERIES[which]):
        shown, wanted = rtkit.linux_view(guest), rtkit.qmp_view(guest)
    assert (shown["battery"], shown["ac"]) == (wanted["battery"],
                                               wanted["ac"])


# -- the battery's words -----------------------------------------------------

NO_CHARGER, BMS_BUSY, LIMIT = 1 << 7, 1 << 23, 1 << 24


@pytest.mark.parametrize("keys, file, word", [
    ({}, "status", "Charging"),
    ({"CHNC": 1}, "status", "Full"),
    ({"CHNC": NO_CHARGER}, "status", "Not charging"),
    ({"CHNC": BMS_BUSY}, "status", "Charging"),
    ({"CHNC": BMS_BUSY, "CHWA": True, "BUIC": 75}, "status", "Not charging"),
    ({"CHNC": BMS_BUSY, "CHWA": True, "BUIC": 74}, "status", "Charging"),
    ({"CHNC": LIMIT}, "status", "Not charging"),
    ({"CHNC": 1 << 63}, "status", "Not charging"),
    ({"CH0R": 1 << 4}, "status", "Discharging"),
    ({"CH0R": 1 << 8}, "status", "Charging"),
    ({"CHCE": False}, "status", "Discharging"),
    ({"CHCC": False}, "status", "Discharging"),
    ({"AC-i": 99}, "status", "Discharging"),
    ({"AC-i": 100}, "status", "Charging"),
    ({"BSFC": True}, "status", "Full"),
    ({"CH0C": 1}, "status", "Not charging"),
    ({"BSFC": True}, "capacity_level", "Full"),
    ({"ACSt": 0}, "capacity_level", "Critical"),
    ({"ACSt": 2}, "capacity_level", "Low"),
    ({"ACSt": 6}, "capacity_level", "Normal"),
    ({"NTAP": False, "BCF0": 1}, "capacity_level", "Critical"),
    ({}, "health", "Good"),
    ({"BBAD": True}, "health", "Dead"),
], ids=str)
def test_battery_says(guest, keys, file, word):
    with rtkit.changed(guest, keys):
        assert guest.read(f"{rtkit.supply('battery')}/{file}") == word


@pytest.mark.parametrize("value", [0, 1, 2, 2**31])
def test_adapter_is_online(guest, value):
    with rtkit.changed(guest, {"CHIS": value}):
        assert guest.read(f"{rtkit.supply('ac')}/online") == \
            str(int(value != 0))


def test_battery_identity_is_read_when_the_driver_is_bound(guest):
    """Texts of every length: what follows the shorter one is not shown."""
    names = ("model_name", "serial_number", "manufacture_year",
             "manufacture_month", "manufacture_day")

    def identity():
        rtkit.rebind(guest, "platform/macsmc-power")
        shown = rtkit.files(guest, rtkit.supply("battery"), " ".join(names))
        return [shown[name] for name in names]

    before = identity()
    assert before[:2] == [rtkit.get(guest, "BMDN"), rtkit.get(guest, "BMSN")]
    assert before[2:] == ["2021", "4", "15"]
    with rtkit.changed(guest, {"BMDN": "M" * 15, "BMSN": "x",
                               "BMDT": "001231"}):
        assert identity() == ["M" * 15, "x", "1992", "12", "31"]
    assert identity() == before


# -- what Linux asks the battery to do ---------------------------------------

def test_charge_behaviour_written_by_linux(guest):
    file = f"{rtkit.supply('battery')}/charge_behaviour"

    def outcome(word):
        guest.write(file, word)
        chosen = guest.read(file).split("[")[1].split("]")[0]
        assert chosen == word
        return (rtkit.get(guest, "CHTE"), rtkit.get(guest, "CH0I"),
                guest.read(f"{rtkit.supply('battery')}/status"),
                guest.read(f"{rtkit.supply('battery')}/current_now"))

    assert outcome("inhibit-charge") == (1, 0, "Not charging", "0")
    assert outcome("auto") == (0, 0, "Charging", "1200000")
    assert outcome("force-discharge") == (0, 1, "Discharging", "-1200000")
    assert outcome("auto") == (0, 0, "Charging", "1200000")


@pytest.mark.parametrize("keys, chosen, status", [
    ({}, "auto", "Charging"),
    ({"CHTE": 1}, "inhibit-charge", "Not charging"),
    ({"CH0I": 1}, "force-discharge", "Discharging"),
], ids=str)
def test_charge_behaviour_set_by_the_host(guest, keys, chosen, status):
    with rtkit.changed(guest, keys):
        shown = rtkit.files(guest, rtkit.supply("battery"),
                            "charge_behaviour status")
    assert f"[{chosen}]" in shown["charge_behaviour"]
    assert shown["status"] == status


# -- notifications -----------------------------------------------------------

def test_a_change_of_the_battery_is_a_uevent(guest):
    with rtkit.Uevents(guest) as uevents:
        with rtkit.changed(guest, {"BUIC": 51}):
            uevents.wait("change macsmc-battery 51")
        uevents.wait("change macsmc-battery 87")


def test_pulling_the_plug_is_a_uevent(guest):
    with rtkit.Uevents(guest) as uevents:
        with rtkit.changed(guest, {"CHCE": False, "CHIS": 0}):
            uevents.wait("change macsmc-ac 0")
            assert guest.read(f"{rtkit.supply('battery')}/status") == \
                "Discharging"
        uevents.wait("change macsmc-ac 1")


@pytest.mark.parametrize("key, value, event", [
    ("BUIC", 12, EVENT_CHARGER), ("B0AC", -850, EVENT_CHARGER),
    ("CHNC", 1, EVENT_CHARGER), ("CHIS", 0, EVENT_CONNECTOR),
    ("CHCE", False, EVENT_CONNECTOR), ("B0AV", 9000, EVENT_CHARGER),
    ("TB0T", 99.5, None), ("CHTE", 1, None), ("gP00", True, None),
])
def test_notification_of_a_key(guest, key, value, event):
    """None for the same value again, none if Linux does not want them."""
    assert rtkit.get(guest, "NTAP") is True
    with rtkit.Trace(guest, "apple_smc_notify") as trace:
        with rtkit.changed(guest, {key: value}):
            rtkit.put(guest, key, value)
            assert trace.lines() == ([event] if event else [])
        quiet = len(trace.lines())
        with rtkit.changed(guest, {"NTAP": False, key: value}):
            assert rtkit.get(guest, key) == value
        assert len(trace.lines()) == quiet

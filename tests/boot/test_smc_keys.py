# SPDX-License-Identifier: GPL-2.0-or-later
"""Key files: other machines' SMCs, and files that are refused."""

import json
from pathlib import Path

import pytest

import rtkit

pytestmark = pytest.mark.kernels("lab")

EXAMPLES = Path(__file__).resolve().parents[2] / "docs/smc-keys"
DESKTOP = EXAMPLES / "desktop.json"
OLDER_LAPTOP = EXAMPLES / "older-laptop.json"


def drivers_without(kernel, *names):
    return {driver: [] if driver in names else devices for driver, devices
            in rtkit.expected_drivers(kernel).items()}


# -- a machine without a battery ---------------------------------------------

@pytest.fixture
def desktop(boot_guest, kernel):
    guest = boot_guest(machine=f"farside,smc-keys={DESKTOP}")
    wanted = drivers_without(kernel, "platform/macsmc-power")
    rtkit.wait_until(lambda: rtkit.drivers(guest) == wanted,
                     f"drivers {wanted}")
    return guest


def test_desktop(desktop):
    """Its keys and no others, and Linux finds what they are for."""
    table = json.loads(DESKTOP.read_text())
    assert rtkit.keys(desktop) == sorted(row["key"] for row in table["keys"])
    assert desktop.check("ls /sys/class/power_supply").split() == []
    shown = rtkit.files(desktop, rtkit.hwmon(desktop),
                        "temp*_* in*_* curr*_* power[0-9]*_* fan*_*")
    assert shown == {
        "temp1_label": "NAND Flash Temperature", "temp1_input": "41500",
        "temp2_label": "WiFi/BT Module Temperature", "temp2_input": "35500",
        "in0_label": "3.3 V Rail", "in0_input": "3312",
        "curr1_label": "AC Input Current", "curr1_input": "750",
        "power1_label": "Total System Power", "power1_input": "12500000",
        "fan1_label": "Fan 1", "fan1_input": "1350", "fan1_min": "1200",
        "fan1_max": "5200", "fan1_target": "1350",
        "fan2_label": "Fan 2", "fan2_input": "1700", "fan2_min": "1650",
        "fan2_max": "4900", "fan2_target": "1700"}
    assert rtkit.gpio_lines(desktop) == {
        0x00: ("in", "0"), 0x01: ("in", "1"), 0x0d: ("out", "1"),
        0x19: ("out", "0")}
    assert rtkit.complaints(desktop) == []


def test_desktop_fan_driven_by_linux(desktop):
    desktop.write("/sys/module/macsmc_hwmon/parameters/fan_control", "Y")
    rtkit.rebind(desktop, "platform/macsmc-hwmon")
    desktop.write(f"{rtkit.hwmon(desktop)}/fan2_target", "4000")
    assert [rtkit.get(desktop, key) for key in
            ("F1Md", "F1Tg", "F1Ac", "F0Md", "F0Tg", "F0Ac")] == [
                1, 4000, 4000, 0, 1350, 1350]


def test_desktop_reboots_and_comes_back(boot_guest, kernel):
    guest = boot_guest(machine=f"farside,smc-keys={DESKTOP}", reboot=True)
    rtkit.put(guest, "TH0x", 50)
    guest.send("reboot -f")
    assert guest.wait_event("RESET")["data"]["guest"]
    guest.wait_ready()
    wanted = drivers_without(kernel, "platform/macsmc-power")
    rtkit.wait_until(lambda: rtkit.drivers(guest) == wanted,
                     f"drivers {wanted}")
    assert guest.read(f"{rtkit.hwmon(guest)}/temp1_input") == "50000"


# -- an older machine --------------------------------------------------------

@pytest.fixture(scope="module")
def laptop(new_guest, kernel):
    """Firmware below 27: other sizes, other byte order, fewer keys."""
    guest = new_guest("older-laptop",
                      machine=f"farside,smc-keys={OLDER_LAPTOP}")
    guest.start()
    rtkit.wait_drivers(guest, kernel)
    yield guest
    guest.close()


def battery(guest, file):
    return guest.read(f"{rtkit.supply('battery')}/{file}")


def test_older_laptop(laptop):
    assert rtkit.get(laptop, "B0RM", "raw") == "13b6"
    assert battery(laptop, "charge_now") == "5046000"
    assert rtkit.linux_view(laptop) == rtkit.qmp_view(laptop)


def test_older_laptop_charge_behaviour(laptop):
    file = f"{rtkit.supply('battery')}/charge_behaviour"
    laptop.write(file, "inhibit-charge")
    assert rtkit.get(laptop, "CH0C") == 1
    assert battery(laptop, "status") == "Not charging"
    laptop.write(file, "force-discharge")
    assert rtkit.get(laptop, "CH0I") == 1
    assert battery(laptop, "status") == "Discharging"
    laptop.write(file, "auto")
    assert (rtkit.get(laptop, "CH0C"), rtkit.get(laptop, "CH0I")) == (0, 0)
    assert battery(laptop, "status") == "Charging"


def test_older_laptop_events(laptop):
    with rtkit.Uevents(laptop) as uevents:
        rtkit.happen(laptop, "battery", level=10)
        uevents.wait("change macsmc-battery 10")
    assert battery(laptop, "charge_now") == "580000"
    assert rtkit.linux_view(laptop) == rtkit.qmp_view(laptop)
    with rtkit.changed(laptop, {"NTAP": False, "BCF0": 256}):
        assert battery(laptop, "capacity_level") == "Critical"
    assert battery(laptop, "capacity_level") == "Normal"


# -- a dump ------------------------------------------------------------------

def test_a_dump_is_a_key_file(boot_guest, kernel, tmp_path):
    """A machine, with what happened to it, in another QEMU."""
    first = boot_guest()
    rtkit.wait_drivers(first, kernel)
    rtkit.happen(first, "battery", level=55)
    rtkit.put(first, "TCHP", 77.5)
    dump = first.qmp("query-smc-keys", path=rtkit.SMC)
    view = rtkit.linux_view(first)
    file = tmp_path / "dump.json"
    file.write_text(json.dumps(dump))
    second = boot_guest(machine=f"farside,smc-keys={file}")
    rtkit.wait_drivers(second, kernel)
    assert rtkit.linux_view(second) == view
    assert second.qmp("query-smc-keys", path=rtkit.SMC) == dump


# -- refused -----------------------------------------------------------------

def key(**members):
    return {"keys": [{"key": "NTAP", "type": "flag"},
                     {"key": "BUIC", "type": "ui8 "} | members]}


@pytest.mark.parametrize("table, text", [
    ([], "expected: object"),
    ({"keys": 1}, "'keys', expected: array"),
    ({"keys": [{"type": "ui8 "}]}, "'keys[0].key' is missing"),
    ({"keys": [{"key": "BUIC"}]}, "keys[0], 'BUIC': Parameter 'type' is "
     "missing"),
    (key(flags="all"), "keys[1], 'BUIC': Invalid parameter type for 'flags', "
     "expected: integer"),
    (key(colour=1), "keys[1], 'BUIC': Parameter 'colour' is unexpected"),
    (key(size=2), "keys[1], 'BUIC': type 'ui8 ' has 1 bytes, not 2"),
    (key(type="ui8"), "keys[1], 'BUIC': 'ui8' is no type"),
    (key(value=256), "keys[1], 'BUIC': value does not fit"),
    (key(key="NTAP"), "keys[1], 'NTAP': there is a key with this name"),
], ids=str)
def test_a_wrong_file_is_refused(run_qemu, tmp_path, table, text):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(table))
    done = run_qemu("-M", f"farside,smc-keys={file}")
    assert done.returncode == 1
    assert str(file) in done.stderr
    assert text in done.stderr


def test_no_file(run_qemu):
    done = run_qemu("-M", "farside,smc-keys=/nonexistent/keys.json")
    assert done.returncode == 1
    assert ("SMC keys '/nonexistent/keys.json': cannot be read: No such file"
            in done.stderr)

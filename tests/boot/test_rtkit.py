# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux's Apple drivers on -M farside: what they show is what QMP shows.

Each test leaves the shared guest as it found it. The stock kernels have none
of these drivers: the tests of this file that run there say so.
"""

import time

import pytest

import rtkit

lab = pytest.mark.kernels("lab")

LINE_WIFI, LINE_BACKLIGHT, LINE_FREE = 0x0d, 0x12, 0x08
LINE_OPEN_DRAIN = 0x0b


# -- drivers -----------------------------------------------------------------

def test_drivers_are_those_of_the_table(guest, kernel):
    rtkit.wait_drivers(guest, kernel)
    # None is left waiting for something that never comes.
    assert guest.read("/sys/kernel/debug/devices_deferred") == ""


def test_nodes_are_there_and_nothing_complains(boot_guest, kernel):
    """A boot of its own: other tests provoke warnings."""
    guest = boot_guest()
    rtkit.wait_drivers(guest, kernel)
    names = guest.check("ls /proc/device-tree").split()
    assert {"mbox@b108000", "smc@b100000", "spmi@b180000"} <= set(names)
    assert rtkit.complaints(guest) == []
    assert rtkit.firmware(guest) == (
        rtkit.RUNNING if kernel.name == "lab" else
        {name: 0 for name in rtkit.RUNNING} | {"state": "init"})


@lab
def test_firmware_greets(guest):
    log = guest.check("dmesg | grep macsmc")
    assert "RTKit: Initializing (protocol version 12)" in log
    assert f"syslog message: smc: {len(rtkit.keys(guest))} keys" in log
    assert rtkit.firmware(guest) == rtkit.RUNNING


@lab
def test_linux_counts_the_keys(guest):
    """The number, which is big-endian, as the one key Linux must read."""
    assert int(rtkit.get(guest, "#KEY", "raw"), 16) == \
        rtkit.get(guest, "#KEY") == len(rtkit.keys(guest))


@lab
@pytest.mark.parametrize("driver", rtkit.CHILDREN)
def test_rebind_a_child(guest, kernel, driver):
    rtkit.rebind(guest, driver)
    rtkit.wait_drivers(guest, kernel)
    assert rtkit.firmware(guest) == rtkit.RUNNING
    assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)


@lab
@pytest.mark.parametrize("driver", ["spmi/apple-spmi-nvmem",
                                    "platform/apple-spmi"])
def test_rebind_what_the_smc_needs(guest, kernel, driver):
    """While nothing uses it: rtc and reboot keep their cells otherwise."""
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
    rtkit.rebind(guest, driver)
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, True)
    rtkit.wait_drivers(guest, kernel)
    assert rtkit.firmware(guest) == rtkit.RUNNING
    assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)


@lab
def test_rebind_the_mailbox(guest, kernel):
    """It takes the SMC along, and gives it back."""
    rtkit.bind(guest, "platform/apple-mailbox", "b108000.mbox", False)
    assert rtkit.drivers(guest)["platform/macsmc"] == []
    assert guest.qom_get(rtkit.RTKIT, "state") == "quiesced"
    rtkit.bind(guest, "platform/apple-mailbox", "b108000.mbox", True)
    rtkit.wait_drivers(guest, kernel)
    assert rtkit.firmware(guest) == rtkit.RUNNING
    assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)


# -- values ------------------------------------------------------------------

@lab
@pytest.mark.parametrize("part", ["hwmon", "battery", "ac", "gpio"])
def test_linux_shows_the_keys(guest, part):
    assert rtkit.linux_view(guest)[part] == rtkit.qmp_view(guest)[part]


OTHER_SENSORS = {"TB0T": -40.5, "TCHP": 0.001, "TH0x": 0, "TW0P": 3.4e38,
                 "SBAV": 65535.75, "VD0R": -1e-30, "ID0R": -2.125,
                 "PDTR": 1e6, "PHPC": 2.0**40 + 0.5, "PSTR": -0.25,
                 "F0Ac": 65504, "F0Mn": 1, "F0Mx": 16777216, "F0Tg": 1999.5}
# Linux stops at the largest long.
LARGEST = str(2**63 - 1)


@lab
def test_sensors_set_by_the_host(guest):
    with rtkit.changed(guest, OTHER_SENSORS):
        shown = rtkit.linux_view(guest)["hwmon"]
        wanted = rtkit.qmp_view(guest)["hwmon"]
    assert shown == wanted | {"temp4_input": LARGEST}
    assert (shown["temp1_input"], shown["curr1_input"],
            shown["power2_input"]) == ("-40500", "-2125",
                                       "1099511627776500000")


@lab
def test_fan_driven_by_linux(guest):
    """It turns as Linux says; the driver has to be told that it may."""
    parameter = "/sys/module/macsmc_hwmon/parameters/fan_control"
    driver = "platform/macsmc-hwmon"

    def outcome(target):
        status, _ = guest.run(f"echo {target} > {rtkit.hwmon(guest)}"
                              "/fan1_target")
        return (status, rtkit.get(guest, "F0Md"), rtkit.get(guest, "F0Tg"),
                guest.read(f"{rtkit.hwmon(guest)}/fan1_input"))

    target = rtkit.get(guest, "F0Tg")
    speed = str(int(rtkit.get(guest, "F0Ac")))
    guest.write(parameter, "Y")
    rtkit.rebind(guest, driver)
    try:
        assert outcome(4321) == (0, 1, 4321, "4321")
        assert outcome(5201) == (1, 1, 4321, "4321")
        assert outcome(5200) == (0, 1, 5200, "5200")
        assert outcome(0) == (0, 0, 5200, speed)
    finally:
        guest.write(parameter, "N")
        rtkit.rebind(guest, driver)
        rtkit.put(guest, "F0Tg", target)


# -- GPIO --------------------------------------------------------------------

@pytest.fixture
def line(guest):
    """Exports lines of the SMC's GPIO chip; gives each one's directory."""
    chip = rtkit.gpio_chip(guest)
    exported = []

    def export(number):
        guest.write(f"{chip}/export", number)
        exported.append(number)
        return f"{chip}/gpio{number}"

    yield export
    for number in exported:
        guest.write(f"{chip}/unexport", number)


@lab
@pytest.mark.parametrize("number", [LINE_WIFI, LINE_BACKLIGHT, LINE_FREE,
                                    LINE_OPEN_DRAIN])
def test_output_driven_by_linux(guest, line, number):
    key = f"gP{number:02x}"
    before = rtkit.get(guest, key)
    directory = line(number)
    for value in (not before, before, not before, before):
        guest.write(f"{directory}/value", int(value))
        assert rtkit.get(guest, key) is value
        assert guest.read(f"{directory}/value") == str(int(value))


@lab
@pytest.mark.parametrize("number", [0x00, 0x01, 0x1a])
def test_input_driven_by_the_host(guest, line, number):
    key = f"gP{number:02x}"
    directory = line(number)
    for value in (True, False, True):
        with rtkit.changed(guest, {key: value}):
            assert guest.read(f"{directory}/value") == str(int(value))
    status, _ = guest.run(f"echo 1 > {directory}/value")
    assert status != 0, "Linux drives an input"


@lab
@pytest.mark.parametrize("number", [2, 0x3f])
def test_a_line_without_a_key_does_not_exist(guest, number):
    status, output = guest.run(
        f"echo {number} > {rtkit.gpio_chip(guest)}/export")
    assert (status != 0, "Invalid argument" in output) == (True, True)


# -- the clock and the PMIC's cells ------------------------------------------

@lab
def test_clock_is_the_hosts(guest):
    earliest = int(time.time())
    shown = int(guest.read(f"{rtkit.rtc(guest)}/since_epoch"))
    assert earliest <= shown <= int(time.time())


@lab
def test_clock_agrees_with_the_other_one(guest):
    """virt's PL031, in the same second."""
    before, shown, after = (int(text) for text in guest.check(
        f"cat /sys/class/rtc/rtc0/since_epoch {rtkit.rtc(guest)}/since_epoch "
        "/sys/class/rtc/rtc0/since_epoch").split())
    assert before <= shown <= after


@lab
@pytest.mark.parametrize("years", [-50, -1, 1, 50])
def test_clock_with_an_offset_set_by_the_host(guest, years):
    """Negative ones too; but Linux shows no time before 1970."""
    seconds = years * 365 * 24 * 3600
    guest.qom_set(rtkit.SPMI, "rtc-offset", seconds << 15)
    try:
        earliest = int(time.time())
        shown = int(guest.read(f"{rtkit.rtc(guest)}/since_epoch"))
        assert earliest <= shown - seconds <= int(time.time())
    finally:
        guest.qom_set(rtkit.SPMI, "rtc-offset", 0)


@lab
@pytest.mark.parametrize("cell, address, byte, value", [
    ("boot-stage", 0x9f01, 0xa5, 0xa5),
    ("boot-error-count", 0x9f02, 0x5a, 0xa),
    ("panic-count", 0x9f02, 0xa5, 0xa), ("shutdown-flag", 0x9f0f, 0x08, 1),
    ("rtc-offset", 0xd100, 0x7f, 0x7f),
])
def test_cell_written_by_linux(guest, cell, address, byte, value):
    before = guest.qom_get(rtkit.SPMI, cell)
    nvmem = guest.check(f"ls {rtkit.NVMEM}").strip()
    dd = f"dd of={nvmem} bs=1 seek={address} conv=notrunc"
    old = guest.check(f"dd if={nvmem} bs=1 skip={address} count=1 "
                      "2>/dev/null | od -An -to1").strip()
    guest.check(f"printf '\\{byte:o}' | {dd}")
    assert guest.qom_get(rtkit.SPMI, cell) == value
    guest.check(f"printf '\\{old}' | {dd}")
    assert guest.qom_get(rtkit.SPMI, cell) == before


@lab
def test_error_counts_are_told_and_cleared(guest):
    guest.qom_set(rtkit.SPMI, "panic-count", 3)
    guest.qom_set(rtkit.SPMI, "boot-error-count", 15)
    rtkit.rebind(guest, "platform/macsmc-reboot")
    assert "PMU logged 15 boot error(s) and 3 panic(s)" in \
        guest.check("dmesg | grep macsmc-reboot")
    assert rtkit.firmware(guest) == rtkit.RUNNING

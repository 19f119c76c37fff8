# SPDX-License-Identifier: GPL-2.0-or-later
"""What each of Linux's SCMI drivers is seen to do, on whatever transport.

EXERCISES has a function for each driver, by the name that the SCMI bus knows
it by: it changes the platform by QMP and sees Linux follow, or has Linux
change it and looks by QMP.  That takes PLATFORM, or IMX.
"""

import json

import imx_pads
import platforms
import scmi
from frontdoor.layout import ROOT

POLICY = "/sys/devices/system/cpu/cpufreq/policy0"
ZONE = "/sys/class/powercap/arm-scmi:0"
GENPD = "/sys/kernel/debug/pm_genpd"
GPIO = "b010000.gpio"

ACCELEROMETER = {
    "name": "accelerometer", "type": "meters-sec-squared", "scale": -6,
    "axes": [{"name": f"accelerometer_{axis}"} for axis in "XYZ"],
    "intervals": [10000], "timestamp-exponent": -9}


def platform(transport, **members):
    """A platform that every driver but NXP's finds something on."""
    sensors = [*platforms.SMALL["sensors"], ACCELEROMETER]
    return platforms.small(transport, **{
        "sensors": sensors, "system-power": {"suspend": True}} | members)


def imx(transport):
    """One that NXP's drivers find theirs on, too."""
    found = json.loads((ROOT / "docs/platforms/imx.json").read_text())
    found["agents"][0]["transport"] = transport
    return found


def bound(guest):
    """The drivers of the SCMI bus that have a device."""
    return {line.split("/")[0] for line in guest.check(
        "cd /sys/bus/scmi_protocol/drivers && ls -d */scmi_dev.*").split()}


def registered(guest):
    """The drivers of the SCMI bus."""
    return set(guest.check("ls /sys/bus/scmi_protocol/drivers").split())


# -- standard protocols ------------------------------------------------------

def check_clocks(guest):
    """Linux shows each clock's rate, as the platform was told it or has it."""
    scmi.put(guest, "clock", "sd-ref", "rate", 12_300_000)
    shown = {name: int(files["clk_rate"])
             for name, files in scmi.clocks(guest).items()}
    assert shown == {"periph-apb": 24_000_000, "sd-ref": 12_300_000}


def check_gpio(guest):
    """A GPIO controller's power, clock and reset come and go with it."""
    driver = "/sys/bus/amba/drivers/pl061_gpio"
    scmi.wait_until(lambda: guest.exists(f"{driver}/{GPIO}"), "the GPIO")
    for action, runs in (("unbind", False), ("bind", True)):
        guest.write(f"{driver}/{action}", GPIO)
        scmi.wait_until(
            lambda runs=runs: scmi.get(guest, "power", "periph", "on")
            is runs, f"power after {action}")
        assert scmi.get(guest, "clock", "periph-apb", "enabled") is runs
    assert scmi.get(guest, "reset", "periph", "asserted") is False


def check_hwmon(guest):
    scmi.put(guest, "sensor", "soc-thermal", "value", -12_345)
    assert {label: value for label, (_, value)
            in scmi.hwmon_values(guest).items()} == \
        {"soc-thermal": -12_345, "vdd-core": 800}


def check_cpufreq(guest):
    for governor, level in (("powersave", 500_000),
                            ("performance", 1_500_000)):
        guest.write(f"{POLICY}/scaling_governor", governor)
        assert scmi.get(guest, "perf", "little", "level") == level


def check_perf_domain(guest):
    """Its device, a bus of i.MX, is in test_scmi_perf_domain.py."""
    assert guest.check(f"cd {GENPD}; ls -d little*").split() == ["little_0"]
    assert "Initialized 1 performance domains" in guest.check("dmesg")


def check_regulator(guest):
    path = guest.check("dirname $(grep -l '^vcc-io$' "
                       "/sys/class/regulator/*/name)").strip()
    for on, state in ((True, "enabled"), (False, "disabled")):
        scmi.put(guest, "voltage", "vcc-io", "on", on)
        assert guest.read(f"{path}/state") == state
    assert guest.read(f"{path}/microvolts") == "1800000"


def check_powercap(guest):
    scmi.put(guest, "powercap", "soc", "power", 3_333_333)
    assert guest.read(f"{ZONE}/power_uw") == "3333333"
    guest.write(f"{ZONE}/constraint_0_power_limit_uw", 4_000_000)
    assert scmi.get(guest, "powercap", "soc", "cap") == 4_000_000


def check_pinctrl(guest):
    path = guest.check("ls -d /sys/kernel/debug/pinctrl/*scmi*").strip()
    guest.write(f"{path}/pinmux-select", "uart serial")
    assert scmi.get(guest, "pinctrl", "pin1", "function") == "serial"


def check_iio(guest):
    path = guest.check("dirname $(grep -l '^accelerometer$' "
                       "/sys/bus/iio/devices/*/name)").strip()
    scmi.put(guest, "sensor", "accelerometer", "value-1", -1_234)
    assert guest.read(f"{path}/in_accel_y_raw") == "-1234"


def check_system_power(guest):
    """Linux serves a request; the machine's PSCI cannot suspend to memory."""
    guest.qom_set(f"{scmi.PLATFORM}/system", "request", "suspend")
    scmi.wait_until(lambda: "PM: suspend exit" in guest.check("dmesg"),
                    "Linux to try")


# -- NXP's -------------------------------------------------------------------

NEW_YEAR = 1_893_456_000  # 2030, in UTC


def check_rtc(guest):
    path = guest.check("dirname $(grep -l scmi-imx-bbm-rtc "
                       "/sys/class/rtc/*/name)").strip()
    guest.qom_set(f"{scmi.PLATFORM}/imx-bbm/bbnsm", "time", NEW_YEAR)
    assert guest.read(f"{path}/date") == "2030-01-01"


def check_key(guest):
    """The button, pressed until Linux, which opens it, hears of it.

    Each time for longer than the driver waits for it not to bounce.
    """
    device = guest.check("ls -d $(dirname $(grep -l bbnsm-pwrkey /sys/class/"
                         "input/input*/phys))/event*").split("/")[-1].strip()
    guest.check(f"timeout 20 head -c 1 /dev/input/{device} > /tmp/key "
                "2> /dev/null &")

    def heard():
        guest.qom_set(f"{scmi.PLATFORM}/imx-bbm", "button", True)
        status = guest.run("sleep 0.2; test -s /tmp/key")[0]
        guest.qom_set(f"{scmi.PLATFORM}/imx-bbm", "button", False)
        return status == 0

    scmi.wait_until(heard, "the key")


def logs(text):
    """It tells how many the platform has, of docs/platforms/imx.json."""
    def check(guest):
        assert text in guest.check("dmesg")

    return check


EXERCISES = {
    "scmi-clocks": check_clocks,
    "scmi-power-domain": check_gpio,
    "scmi-reset": check_gpio,
    "scmi-perf-domain": check_perf_domain,
    "scmi-cpufreq": check_cpufreq,
    "scmi-hwmon": check_hwmon,
    "scmi-sensor-iiodev": check_iio,
    "scmi-regulator": check_regulator,
    "scmi-powercap": check_powercap,
    "scmi-pinctrl": check_pinctrl,
    "scmi-system-power": check_system_power,
    "scmi-imx-bbm-rtc": check_rtc,
    "scmi-imx-bbm-key": check_key,
    "scmi-imx-misc-ctrl": logs("i.MX MISC NUM DEV CTRL: 3, NUM BRD CTRL: 2,"),
    "scmi-imx-lmm": logs("i.MX LMM: 3 Logical Machines"),
    "scmi-imx-cpu": logs("i.MX SM CPU: 3 cpus"),
    "scmi-pinctrl-imx": imx_pads.check,
}


def exercise(guest, drivers):
    """Use these drivers; returns them."""
    for check in dict.fromkeys(EXERCISES[name] for name in EXERCISES
                               if name in drivers):
        check(guest)
    assert drivers <= set(EXERCISES), "a driver that nothing is known of"
    return drivers

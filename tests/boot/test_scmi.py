# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux's SCMI drivers on -M farside: what they show is what QMP shows.

Each test leaves the shared guest as it found it.
"""

import re

import pytest

import scmi

# Which drivers of the SCMI bus each kernel has: those that find a device of
# the default platform...
BOUND = {
    "scmi-clocks": ("lab", "6.1", "6.12"),
    "scmi-cpufreq": ("lab",),
    "scmi-hwmon": ("lab",),
    "scmi-perf-domain": ("lab", "6.12"),
    "scmi-pinctrl": ("lab",),
    "scmi-power-domain": ("lab", "6.1", "6.12"),
    "scmi-powercap": ("lab",),
    "scmi-regulator": ("lab",),
    "scmi-reset": ("lab", "6.1", "6.12"),
}
# ... and those whose protocol, vendor or kind of sensor it does not offer.
IDLE = {
    "scmi-imx-bbm-key": ("lab", "6.12"),
    "scmi-imx-bbm-rtc": ("lab", "6.12"),
    "scmi-imx-cpu": ("lab",),
    "scmi-imx-lmm": ("lab",),
    "scmi-imx-misc-ctrl": ("lab", "6.12"),
    "scmi-pinctrl-imx": ("lab",),
    "scmi-sensor-iiodev": ("lab",),
    "scmi-system-power": ("lab",),
}

# A second GPIO controller, fed by one resource of each kind.
CONSUMER = "b010000.gpio"
CONSUMER_DRIVER = "/sys/bus/amba/drivers/pl061_gpio"

# Agents may not touch these: they run whatever Linux counts.
RESTRICTED_CLOCKS = {"osc-24m", "sys-pll"}
# Runs from reset on, without a user. A kernel that can ask whether a clock
# runs stops it: clk_unprepare_unused_subtree() in drivers/clk/clk.c.
UNUSED_RUNNING_CLOCK = "uart-ref"
# It asks for PROTOCOL_MESSAGE_ATTRIBUTES of the messages that subscribe to
# events, which this transport does not carry: one of power and reset each, two
# of performance, clock, sensor and powercap each.
EXPECTED_REFUSALS = 10
# For the same reason, of each performance domain: cpufreq asks to be told of
# its limits and goes on without.
NO_LIMITS_EVENTS = re.compile(r"scmi-cpufreq scmi_dev\.\d+: failed to register "
                              r"for limits change notifier for domain \d+$")


def drivers(guest):
    """{driver on the SCMI bus: number of its devices}."""
    lines = guest.check("cd /sys/bus/scmi_protocol/drivers && "
                        "ls -d * */scmi_dev.*").splitlines()
    return {name: sum(line.startswith(f"{name}/") for line in lines)
            for name in lines if "/" not in name}


# -- core --------------------------------------------------------------------

def test_drivers_are_those_of_the_table(guest, kernel):
    expected = {driver: 1 for driver in BOUND if kernel.name in BOUND[driver]}
    expected |= {driver: 0 for driver in IDLE if kernel.name in IDLE[driver]}
    assert drivers(guest) == expected


def test_core_shows_the_platform(guest):
    device = guest.check("dirname $(readlink -f /sys/bus/scmi_protocol/"
                         "devices/scmi_dev.2)").strip()
    assert guest.read(f"{device}/vendor_id") == \
        guest.qom_get(scmi.PLATFORM, "vendor") == "Farside"
    assert guest.read(f"{device}/sub_vendor_id") == \
        guest.qom_get(scmi.PLATFORM, "sub-vendor") == "reference"
    assert guest.read(f"{device}/firmware_version") == "0x1"
    assert guest.read(f"{device}/protocol_version") == "2.1"


def test_core_greets_and_does_not_complain(guest):
    lines = guest.check("dmesg | grep -i scmi").splitlines()
    assert any("SCMI Protocol v2.1 'Farside:reference' Firmware version 0x1"
               in line for line in lines)
    wrong = re.compile(r"fail|error|timed out|timeout|invalid|unexpected|"
                       r"not expected|malformed|buggy|warn|unsupported|"
                       r"unable|cannot|not implemented", re.IGNORECASE)
    known = re.compile(r"max-rx-timeout: \d+ms")
    assert [line for line in lines
            if wrong.search(known.sub("", line))
            and not NO_LIMITS_EVENTS.search(line)] == []


@pytest.mark.kernels("lab")
def test_counters(boot_guest):
    """A boot of its own: other tests send commands that have to fail."""
    guest = boot_guest()
    counters = scmi.counters(guest)
    assert counters == {
        "sent_ok": counters["sent_ok"],
        "response_polled_ok": counters["sent_ok"],
        "err_protocol": EXPECTED_REFUSALS,
    }


# -- the consumer ------------------------------------------------------------

def consumer_state(guest):
    return {(protocol, prop): scmi.get(guest, protocol, name, prop)
            for protocol, name, prop in (("clock", "periph-apb", "enabled"),
                                         ("power", "periph", "on"),
                                         ("reset", "periph", "asserted"))}


def set_bound(guest, bound):
    guest.write(f"{CONSUMER_DRIVER}/{'bind' if bound else 'unbind'}",
                CONSUMER)


def test_consumer_is_bound_and_runs(guest):
    assert guest.exists(f"{CONSUMER_DRIVER}/{CONSUMER}")
    assert consumer_state(guest) == {("clock", "enabled"): True,
                                     ("power", "on"): True,
                                     ("reset", "asserted"): False}


def test_unbinding_the_consumer_stops_clock_and_power(guest):
    before = scmi.state(guest)
    set_bound(guest, False)
    try:
        # Power domains are switched off from a work queue.
        scmi.wait_until(
            lambda: not scmi.get(guest, "power", "periph", "on"),
            "the power domain to be switched off")
        assert not scmi.get(guest, "clock", "periph-apb", "enabled")
        assert scmi.clocks(guest)["periph-apb"]["clk_prepare_count"] == "0"
        assert guest.read("/sys/kernel/debug/pm_genpd/periph/current_state") \
            .startswith("off")
    finally:
        set_bound(guest, True)
    assert scmi.state(guest) == before


# -- clocks ------------------------------------------------------------------

def test_clock_rates(guest):
    assert {name: int(files["clk_rate"])
            for name, files in scmi.clocks(guest).items()} == \
        {name: scmi.get(guest, "clock", name, "rate")
         for name in scmi.names(guest, "clock")}


def test_clock_summary_lists_every_clock_with_its_rate(guest):
    rows = [line.split() for line in
            guest.read("/sys/kernel/debug/clk/clk_summary").splitlines()]
    rates = {row[0]: int(row[4]) for row in rows
             if len(row) > 4 and row[4].isdigit()}
    for name in scmi.names(guest, "clock"):
        assert rates[name] == scmi.get(guest, "clock", name, "rate"), name


def test_clocks_run_when_linux_uses_them(guest, kernel):
    running = {name for name in scmi.names(guest, "clock")
               if scmi.get(guest, "clock", name, "enabled")}
    used = {name for name, files in scmi.clocks(guest).items()
            if files["clk_prepare_count"] != "0"}
    left = {UNUSED_RUNNING_CLOCK} if kernel.name == "6.1" else set()
    assert running == used | RESTRICTED_CLOCKS | left
    assert "periph-apb" in used


@pytest.mark.parametrize("clock, lowest, highest", [
    ("osc-24m", 24_000_000, 24_000_000),
    ("sys-pll", 400_000_000, 1_600_000_000),
    ("uart-ref", 1_843_200, 48_000_000),
    ("sd-ref", 400_000, 200_000_000),
    ("gpu-core", 100_000_000, 800_000_000),
    ("display-pixel-primary", 25_000_000, 600_000_000),
])
def test_clock_limits(guest, clock, lowest, highest):
    """The ends of each kind of rate list, as Linux understood it."""
    files = scmi.clocks(guest)[clock]
    assert (int(files["clk_min_rate"]), int(files["clk_max_rate"])) == \
        (lowest, highest)


@pytest.mark.parametrize("clock, rate", [
    ("sd-ref", 123_400_000), ("gpu-core", 800_000_000),
    ("display-pixel-primary", 594_000_000), ("sys-pll", 1_600_000_000),
])
def test_clock_rate_set_by_the_host_is_read_by_linux(guest, clock, rate):
    before = scmi.get(guest, "clock", clock, "rate")
    scmi.put(guest, "clock", clock, "rate", rate)
    try:
        assert scmi.clocks(guest)[clock]["clk_rate"] == str(rate)
    finally:
        scmi.put(guest, "clock", clock, "rate", before)


@pytest.mark.kernels("lab", "6.12")
def test_clock_parents(guest):
    """6.1 speaks version 2 of the protocol, which has no parents."""
    files = scmi.clocks(guest)["display-pixel-primary"]
    assert files["clk_parent"] == scmi.get(
        guest, "clock", "display-pixel-primary", "parent") == "sys-pll"
    assert files["clk_possible_parents"] == "sys-pll osc-24m"


@pytest.mark.kernels("lab")
@pytest.mark.parametrize("period_ns, rate", [
    (200_000, 5_000), (1_000_000, 1_000), (20, 50_000_000),
    (1_000, 1_000_000),
])
def test_clock_rate_and_state_set_by_linux(guest, period_ns, rate):
    """pwm-clk makes a clock's rate the inverse of its period."""
    chip = "/sys/class/pwm/pwmchip0"
    before = scmi.state(guest, ("clock",))
    guest.write(f"{chip}/export", 0)
    try:
        guest.write(f"{chip}/pwm0/period", period_ns)
        guest.write(f"{chip}/pwm0/duty_cycle", period_ns // 2)
        guest.write(f"{chip}/pwm0/enable", 1)
        assert scmi.get(guest, "clock", "pwm-ref", "rate") == rate
        assert scmi.get(guest, "clock", "pwm-ref", "enabled")
        assert scmi.clocks(guest)["pwm-ref"]["clk_enable_count"] == "1"
    finally:
        guest.write(f"{chip}/pwm0/enable", 0)
        guest.write(f"{chip}/unexport", 0)
    scmi.put(guest, "clock", "pwm-ref", "rate",
             before["clock", "pwm-ref", "rate"])
    assert scmi.state(guest, ("clock",)) == before


# -- power domains -----------------------------------------------------------

def power_domains(guest):
    """{domain: state} of Linux, for example off-0.

    Performance domains are such domains, too, that are never switched off.
    """
    found = scmi.files(guest, "/sys/kernel/debug/pm_genpd/*/current_state")
    states = {file.split("/")[-2]: state for file, state in found.items()}
    return {name: state for name, state in states.items()
            if not name.startswith(scmi.names(guest, "perf"))}


def test_power_domains(guest):
    """Linux has switched off what nobody uses, at the end of its boot."""
    states = power_domains(guest)
    assert {name: state == "on" for name, state in states.items()} == \
        {name: scmi.get(guest, "power", name, "on")
         for name in scmi.names(guest, "power")}
    assert states == {"soc": "off-0", "periph": "on", "gpu": "off-0",
                      "display": "off-0", "usb": "off-0"}


def test_power_domain_summary_names_the_consumer(guest):
    summary = guest.read("/sys/kernel/debug/pm_genpd/pm_genpd_summary")
    assert re.search(rf"^periph +on .*\n +(/devices/platform/)?{CONSUMER} "
                     r"+active", summary, re.MULTILINE)


# -- sensors -----------------------------------------------------------------

# Sensor: the name that hwmon gives it. hwmon's units (millidegrees,
# millivolts, milliamperes, microwatts) are those of the default platform.
SENSORS = {
    "soc-thermal": "temp1",
    "ddr-thermal": "temp2",
    "vdd-core": "in0",
    "idd-core": "curr1",
    "soc-total-power": "power1",
}


@pytest.mark.kernels("lab")
def test_sensors(guest):
    assert scmi.hwmon_values(guest) == {
        name: (SENSORS[name], scmi.get(guest, "sensor", name, "value"))
        for name in scmi.names(guest, "sensor")}


@pytest.mark.kernels("lab")
@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize("value", [0, 1, -40_000, 2**31, -2**31 - 1,
                                   2**63 - 1, -2**63])
def test_sensor_set_by_the_host_is_read_by_linux(guest, sensor, value):
    before = scmi.get(guest, "sensor", sensor, "value")
    scmi.put(guest, "sensor", sensor, "value", value)
    try:
        file = f"{scmi.hwmon(guest)}/{SENSORS[sensor]}_input"
        assert guest.read(file) == str(value)
    finally:
        scmi.put(guest, "sensor", sensor, "value", before)


@pytest.mark.kernels("lab")
def test_linux_enables_the_temperature_sensors(guest):
    assert {name for name in scmi.names(guest, "sensor")
            if scmi.get(guest, "sensor", name, "enabled")} == \
        {"soc-thermal", "ddr-thermal"}


# -- resets ------------------------------------------------------------------

def test_linux_touches_one_reset_only(boot_guest):
    """From reset on: the consumer's is released, the others stay."""
    guest = boot_guest(wait_ready=False, args=["-S"])
    before = scmi.state(guest, ("reset",))
    assert before["reset", "periph", "asserted"] is True
    guest.qmp("cont")
    guest.wait_ready()
    assert scmi.state(guest, ("reset",)) == \
        before | {("reset", "periph", "asserted"): False}

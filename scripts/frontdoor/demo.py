# SPDX-License-Identifier: GPL-2.0-or-later
"""The demonstration: every driver, as Linux sees it, then power off.

ROWS is the whole of it: how to see that a driver is bound, and a shell
command that reads one real value through Linux.
"""

import time
from dataclasses import dataclass
from typing import Callable

from . import images, qemu, system
from .console import elapsed, paint, say
from .errors import TestFailure
from .guest import Guest

BIND_SECONDS = 20
POLL_SECONDS = 0.2
# What macsmc-reboot prints last; PSCI would stop the machine just as well.
FIRMWARE_OFF = "Issuing power off (off1)"

SCMI_BUS = "/sys/bus/scmi_protocol/drivers"
PLATFORM = "/sys/bus/platform/drivers"
DEBUG = "/sys/kernel/debug"


@dataclass(frozen=True)
class Row:
    family: str
    driver: str
    bound: str                # a path, or pattern, that exists once bound
    read: str                 # a shell command; an empty answer is a failure
    show: Callable = str.strip


def scaled(divisor, unit, digits=1):
    """Show `name<TAB>integer` as `name value unit`."""
    def show(text):
        name, value = text.strip().split("\t")
        return f"{name} {int(value) / divisor:.{digits}f} {unit}"
    return show


def hwmon(name, kind):
    """Read the first `kind` sensor, with its label, of hwmon device `name`."""
    return (f"d=$(dirname $(grep -lx {name} /sys/class/hwmon/*/name)) && "
            f"set -- $d/{kind}*_input && "
            "printf '%s\\t%s\\n' \"$(cat ${1%_input}_label)\" "
            "\"$(cat $1)\"")


def nvmem_cell(name):
    """Read a one-byte nvmem cell, in hexadecimal."""
    return f"od -An -tx1 /sys/bus/nvmem/devices/*/cells/{name}@*"


# RESET_DOMAIN_ATTRIBUTES of domain 0 (protocol 0x16, message 3), sent through
# the kernel's raw interface: reset controllers have no file of their own.
RESET_NAME = (f"m={DEBUG}/scmi/0/raw/message; "
              "printf '\\003\\130\\000\\000\\000\\000\\000\\000' > $m && "
              "timeout 5 dd if=$m bs=256 count=1 2>/dev/null | tail -c +17 | "
              "tr -d '\\000'")

ROWS = (
    Row("SCMI", "arm-scmi", f"{PLATFORM}/arm-scmi/*/protocol_version",
        f"cd {PLATFORM}/arm-scmi/*/ && echo $(cat vendor_id sub_vendor_id) "
        "protocol $(cat protocol_version) firmware $(cat firmware_version)"),
    Row("SCMI", "scmi-clocks", f"{SCMI_BUS}/scmi-clocks/scmi_dev.*",
        f"c={DEBUG}/clk/sys-pll; printf 'sys-pll\\t%s' $(cat $c/clk_rate)",
        scaled(1e6, "MHz", 0)),
    Row("SCMI", "scmi-power-domain",
        f"{SCMI_BUS}/scmi-power-domain/scmi_dev.*",
        f"cd {DEBUG}/pm_genpd && for d in soc periph gpu display usb; do "
        "echo $d $(cut -d- -f1 $d/current_state); done | tr '\\n' ' '"),
    Row("SCMI", "scmi-hwmon", f"{SCMI_BUS}/scmi-hwmon/scmi_dev.*",
        hwmon("scmi_sensors", "temp"), scaled(1000, "degrees C")),
    Row("SCMI", "scmi-reset", f"{SCMI_BUS}/scmi-reset/scmi_dev.*", RESET_NAME,
        lambda text: f"domain 0 is {text.strip()}"),
    Row("SCMI", "scmi-cpufreq", f"{SCMI_BUS}/scmi-cpufreq/scmi_dev.*",
        "cd /sys/devices/system/cpu/cpufreq/policy0 && "
        "printf 'policy0\\t%s' $(cat scaling_cur_freq)",
        scaled(1e3, "MHz", 0)),
    Row("SCMI", "scmi-perf-domain", f"{SCMI_BUS}/scmi-perf-domain/scmi_dev.*",
        f"awk '/^(big|little)/ {{ print $1, $2 }}' "
        f"{DEBUG}/pm_genpd/pm_genpd_summary | tr '\\n' ' '"),
    Row("SCMI", "scmi-powercap", f"{SCMI_BUS}/scmi-powercap/scmi_dev.*",
        "cd /sys/class/powercap/arm-scmi:0 && "
        "printf '%s\\t%s' $(cat name) $(cat power_uw)",
        scaled(1e6, "W")),
    Row("SCMI", "scmi-regulator", f"{SCMI_BUS}/scmi-regulator/scmi_dev.*",
        "cd $(dirname $(grep -lx vdd-gpu /sys/class/regulator/*/name)) && "
        "printf '%s\\t%s' $(cat name) $(cat microvolts)",
        scaled(1e3, "mV", 0)),
    Row("SCMI", "scmi-pinctrl", f"{SCMI_BUS}/scmi-pinctrl/scmi_dev.*",
        f"grep -c '^pin ' {DEBUG}/pinctrl/*-scmi-pinctrl/pins",
        lambda text: f"{text.strip()} pins"),
    Row("RTKit", "apple-mailbox", f"{PLATFORM}/apple-mailbox/*.mbox",
        "awk '/mbox-recv/ { n = 0; for (i = 2; $i ~ /^[0-9]+$/; i++) "
        "n += $i; print n }' /proc/interrupts",
        lambda text: f"{text.strip()} messages-waiting interrupts"),
    Row("RTKit", "macsmc", f"{PLATFORM}/macsmc/*.smc",
        "dmesg | sed -n 's/.*RTKit: Initializing (\\(.*\\))/\\1/p' | head -1",
        lambda text: f"RTKit {text.strip()}"),
    Row("RTKit", "macsmc-gpio", f"{PLATFORM}/macsmc-gpio/macsmc-gpio*",
        "cd $(dirname $(grep -lx macsmc-pmu-gpio /sys/class/gpio/*/label)) && "
        "echo 0 > export && cat gpio0/value; echo 0 > unexport",
        lambda text: "pin 0 is " + ("low", "high")[int(text)]),
    Row("RTKit", "macsmc-rtc", f"{PLATFORM}/macsmc-rtc/macsmc-rtc*",
        "d=$(dirname $(grep -l macsmc /sys/class/rtc/*/name)) && "
        "cat $d/date $d/time | tr '\\n' ' '"),
    Row("RTKit", "macsmc-hwmon", f"{PLATFORM}/macsmc-hwmon/macsmc-hwmon*",
        hwmon("macsmc_hwmon", "temp"), scaled(1000, "degrees C")),
    Row("RTKit", "macsmc-power", f"{PLATFORM}/macsmc-power/macsmc-power*",
        "cd /sys/class/power_supply/macsmc-battery && "
        "echo $(cat capacity)% $(cat status)",
        lambda text: f"battery {text.strip()}"),
    Row("RTKit", "apple-spmi-nvmem",
        "/sys/bus/spmi/drivers/apple-spmi-nvmem/*-*", nvmem_cell("boot-stage"),
        lambda text: f"boot stage 0x{text.strip()}"),
    Row("RTKit", "macsmc-reboot", f"{PLATFORM}/macsmc-reboot/macsmc-reboot*",
        nvmem_cell("panic-count"),
        lambda text: f"panic count {int(text, 16)}"),
)


def run(layout):
    """Everything the demo promises; raises when one thing is missing."""
    layout.prepare()
    system.prepare(layout)
    qemu.prepare(layout)
    kernel, initrd = images.prepare(layout, ["lab"])["lab"]
    say()
    say(f"Booting unmodified Linux {kernel.release} ({kernel.package}) on "
        f"{paint('-M farside', 'bold')}")
    start = time.monotonic()
    with Guest(layout, kernel, initrd, name="demo") as guest:
        say(f"In user space after {elapsed(time.monotonic() - start)}")
        failed = [row.driver for row in ROWS if not _show(guest, row)]
        off = _power_off(guest)
    if failed or not off:
        what = [f"no value from: {', '.join(failed)}"] if failed else []
        what += [] if off else ["the machine was not switched off"]
        error = TestFailure("the demo is not complete: " + "; ".join(what),
                            "the guest's console is in the log")
        error.log = guest.console_log
        raise error
    say(paint(f"All {len(ROWS)} drivers bound and answered, and the firmware "
              "switched the machine off.", "bold"))


def _show(guest, row):
    """Wait for a driver, read its value, print both; True if that worked."""
    head = f"  {paint(f'{row.family:6}', 'cyan')}{row.driver:19}"
    if not _wait_bound(guest, row):
        say(f"{head}{paint('not bound', 'red')}")
        return False
    status, text = guest.run(row.read)
    if status or not text.strip():
        say(f"{head}{paint('bound, but: ' + text.strip(), 'red')}")
        return False
    say(f"{head}{paint('bound', 'green')}  {row.show(text)}")
    return True


def _wait_bound(guest, row):
    deadline = time.monotonic() + BIND_SECONDS
    while not guest.exists(row.bound):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _power_off(guest):
    """Switch off from inside: true if it was the SMC that stopped QEMU."""
    guest.send("poweroff -f")
    data, status = guest.wait_shutdown()
    by_smc = FIRMWARE_OFF in guest.console()
    say(f"  Power off through {'the SMC' if by_smc else 'something else'}: "
        f"{data.get('reason')}, QEMU exited with {status}")
    return by_smc and data.get("reason") == "guest-shutdown" and status == 0

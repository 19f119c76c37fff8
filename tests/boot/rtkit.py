# SPDX-License-Identifier: GPL-2.0-or-later
"""The RTKit co-processor for boot tests: as QMP shows it, as Linux shows it.

linux_view() and qmp_view() have the same shape: what Linux's drivers say of
the sensors, the power supplies and the GPIO lines, and what they have to say,
worked out from the keys.
"""

import contextlib
import time
from fractions import Fraction

SMC = "/machine/smc"
RTKIT = f"{SMC}/rtkit"
SPMI = "/machine/spmi"

SMC_DEVICE = "b100000.smc"
MACSMC = "/sys/bus/platform/drivers/macsmc"
NVMEM = "/sys/bus/nvmem/devices/spmi_nvmem*/nvmem"
SECONDS = 60

# Each driver: the device it has to be bound to, and which kernels have it.
DRIVERS = {
    "platform/apple-mailbox": ("b108000.mbox", ("lab",)),
    "platform/apple-spmi": ("b180000.spmi", ("lab",)),
    "platform/macsmc": (SMC_DEVICE, ("lab",)),
    "platform/macsmc-gpio": ("macsmc-gpio", ("lab",)),
    "platform/macsmc-hwmon": ("macsmc-hwmon", ("lab",)),
    "platform/macsmc-power": ("macsmc-power", ("lab",)),
    "platform/macsmc-reboot": ("macsmc-reboot", ("lab",)),
    "platform/macsmc-rtc": ("macsmc-rtc", ("lab",)),
    "spmi/apple-spmi-nvmem": ("0-0f", ("lab",)),
}
HWMON = "platform/macsmc-hwmon"
CHILDREN = [name for name in DRIVERS if name.startswith("platform/macsmc-")]

# Sensor of macsmc_hwmon: its key, its label, what Linux multiplies it by.
SENSORS = {
    "temp1": ("TB0T", "Battery Temperature", 1000),
    "temp2": ("TCHP", "Charge Regulator Temperature", 1000),
    "temp3": ("TH0x", "NAND Flash Temperature", 1000),
    "temp4": ("TW0P", "WiFi/BT Module Temperature", 1000),
    "in0": ("SBAV", "Battery Voltage", 1000),
    "in1": ("VD0R", "AC Input Voltage", 1000),
    "curr1": ("ID0R", "AC Input Current", 1000),
    "power1": ("PDTR", "AC Input Power", 1000000),
    "power2": ("PHPC", "Heatpipe Power", 1000000),
    "power3": ("PSTR", "Total System Power", 1000000),
    "fan1": ("F0Ac", "Fan 1", 1),
}
FAN_FILES = {"fan1_min": "F0Mn", "fan1_max": "F0Mx", "fan1_target": "F0Tg"}

# File of a power supply: its key, what Linux multiplies it by and adds.
CELLS = 3
CELL_MILLIVOLTS = 3800
MINUTE = 60
ZERO_CELSIUS = -2732
BATTERY = {
    "capacity": ("BUIC", 1, 0),
    "charge_counter": ("BAAC", 1, 0),
    "charge_full": ("B0FC", 1000, 0),
    "charge_full_design": ("B0DC", 1000, 0),
    "charge_now": ("B0RM", 1000, 0),
    "charge_term_current": ("B0RC", 1000, 0),
    "constant_charge_current_max": ("B0RI", 1000, 0),
    "constant_charge_voltage": ("B0RV", 1000, 0),
    "current_now": ("B0AC", 1000, 0),
    "cycle_count": ("B0CT", 1, 0),
    "energy_full": ("B0FC", CELLS * CELL_MILLIVOLTS, 0),
    "energy_full_design": ("B0DC", CELLS * CELL_MILLIVOLTS, 0),
    "energy_now": ("B0RM", CELLS * CELL_MILLIVOLTS, 0),
    "power_now": ("B0AP", 1000, 0),
    "temp": ("B0AT", 1, ZERO_CELSIUS),
    "time_to_empty_now": ("B0TE", MINUTE, 0),
    "time_to_full_now": ("B0TF", MINUTE, 0),
    "voltage_max": ("BLPX", 1000, 0),
    "voltage_max_design": ("BVVN", 1000 * CELLS, 0),
    "voltage_min": ("BLPM", 1000, 0),
    "voltage_min_design": ("BITV", 1000, 0),
    "voltage_now": ("B0AV", 1000, 0),
}
AC = {
    "input_current_limit": ("AC-i", 1000, 0),
    "input_power_limit": ("ACPW", 1000, 0),
    "voltage_now": ("AC-n", 1000, 0),
}
TIME_UNKNOWN = 0xffff


# -- the co-processor in QMP -------------------------------------------------

def get(guest, key, prop="value"):
    return guest.qom_get(f"{SMC}/keys/{key}", prop)


def put(guest, key, value, prop="value"):
    guest.qom_set(f"{SMC}/keys/{key}", prop, value)


def raw_int(guest, key):
    """A key's bytes, little-endian, as an integer."""
    return int.from_bytes(bytes.fromhex(get(guest, key, "raw")), "little")


def happen(guest, kind, **what):
    """An event of the machine around the SMC."""
    guest.qmp("smc-event", path=SMC, event={"type": kind} | what)


def keys(guest):
    return sorted(name for name, kind in guest.qom_list(f"{SMC}/keys").items()
                  if kind == "child<apple-smc-key>")


@contextlib.contextmanager
def changed(guest, values):
    """Keys with other values, restored in the opposite order."""
    before = {key: get(guest, key) for key in values}
    try:
        for key, value in values.items():
            put(guest, key, value)
        yield
    finally:
        for key in reversed(before):
            put(guest, key, before[key])


def firmware(guest):
    """Everything RTKit and the SPMI controller show of themselves."""
    return {name: guest.qom_get(path, name) for path, name in (
        (RTKIT, "state"), (RTKIT, "version"), (RTKIT, "iop-power-state"),
        (RTKIT, "ap-power-state"), (RTKIT, "dropped-messages"),
        (SPMI, "boot-stage"), (SPMI, "shutdown-flag"), (SPMI, "panic-count"),
        (SPMI, "boot-error-count"))}


RUNNING = {"state": "on", "version": 12, "iop-power-state": 0x20,
           "ap-power-state": 0x20, "dropped-messages": 0, "boot-stage": 0x30,
           "shutdown-flag": 0, "panic-count": 0, "boot-error-count": 0}


class Trace:
    """QEMU's trace events of some kinds, while the with block runs."""

    def __init__(self, guest, *events):
        self._guest = guest
        self._events = events

    def __enter__(self):
        self._start = self._guest.qemu_log.stat().st_size
        self._enable(True)
        return self

    def __exit__(self, *_):
        if self._guest.alive():
            self._enable(False)

    def _enable(self, enable):
        for event in self._events:
            self._guest.qmp("trace-event-set-state", name=event,
                            enable=enable)

    def lines(self):
        """What was traced so far, without the events' names."""
        with open(self._guest.qemu_log, "rb") as log:
            log.seek(self._start)
            words = (line.partition(" ") for line in
                     log.read().decode(errors="replace").splitlines())
            return [rest for name, _, rest in words if name in self._events]


class Uevents:
    """Uevents of power supplies, as a listener in the guest gets them."""

    LOG = "/tmp/uevents"
    LISTENERS = "awk '$2 == 15 && $4 != \"00000000\"' /proc/net/netlink"

    def __init__(self, guest):
        self._guest = guest

    def __enter__(self):
        self._guest.check(
            f": > {self.LOG}; uevent sh -c 'echo $ACTION $POWER_SUPPLY_NAME "
            f"$POWER_SUPPLY_CAPACITY $POWER_SUPPLY_ONLINE >> {self.LOG}' & "
            "echo $! > /tmp/uevent.pid")
        wait_until(lambda: self._guest.check(self.LISTENERS),
                         "the uevent listener")
        return self

    def __exit__(self, *_):
        self._guest.check(f"kill $(cat /tmp/uevent.pid); rm {self.LOG}")

    def wait(self, *wanted):
        wait_until(lambda: set(wanted) <= set(self._guest.read(
            self.LOG).splitlines()), f"uevents {wanted}")


# -- drivers -----------------------------------------------------------------

def expected_drivers(kernel):
    return {name: [device] for name, (device, kernels) in DRIVERS.items()
            if kernel.name in kernels}


def drivers(guest):
    """{driver of the table that the kernel has: its devices}."""
    lines = guest.check(
        f"cd /sys/bus && for d in {' '.join(DRIVERS)}; do "
        "cd ${d%/*}/drivers/${d#*/} 2>/dev/null || continue; found=; "
        'for f in *; do [ -L $f ] && found="$found $f"; done; '
        "echo $d $found; cd /sys/bus; done; true")
    return {name: [link for link in links if link != "module"]
            for name, *links in (line.split() for line in lines.splitlines())}


def wait_until(condition, what):
    """Poll a condition, which asks the guest or QEMU each time."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"


def wait_drivers(guest, kernel):
    """Deferred probes may end after the guest's agent has started."""
    wanted = expected_drivers(kernel)
    wait_until(lambda: drivers(guest) == wanted, f"drivers {wanted}")
    if HWMON in wanted and unreadable_sensors(guest):
        rebind(guest, HWMON)


def unreadable_sensors(guest):
    """Files of hwmon that Linux made and cannot read.

    apple_smc_get_key_info() of Linux 7.3 lets go of the SMC before it copies
    the answer, so that hwmon may take another driver's answer, such as one to
    macsmc-power's first uevent, for a sensor's type, until it is bound again.
    """
    return guest.check(
        f"cd {hwmon(guest)} && for f in *_input fan*; do "
        "read -r line < $f || echo $f; done 2>/dev/null; true").split()


def bind(guest, driver, device, bound):
    bus, _, name = driver.partition("/")
    guest.write(f"/sys/bus/{bus}/drivers/{name}/"
                f"{'bind' if bound else 'unbind'}", device)


def rebind(guest, driver):
    bind(guest, driver, DRIVERS[driver][0], False)
    bind(guest, driver, DRIVERS[driver][0], True)


def complaints(guest):
    """Lines of the kernel's log that say something is wrong with us.

    What gpiolib says when it looks for a pin is not.
    """
    return guest.check(
        "dmesg | grep -iE 'smc|rtkit|spmi|mbox|nvmem|WARNING:|BUG:|Oops' | "
        "grep -vE 'Kernel command line|of_get_named_gpiod_flags' | "
        "grep -viE 'scmi|smc calling' | "
        "grep -iE 'warn|error|fail|bug|oops|time|mismatch|unknown|invalid|"
        "bad|unable|missing|cannot|crash|unexpected|outside|exceed' | "
        "grep -vF ': syslog message: '; true").splitlines()


# -- what Linux says, and what it has to say ---------------------------------

def files(guest, directory, names):
    """{file: first line} of a directory in the guest, without a fork each."""
    lines = guest.check(f"cd {directory} && for f in {names}; do "
                        'read -r line < $f && echo "$f $line"; done; true')
    return dict(line.split(" ", 1) for line in lines.splitlines())


def hwmon(guest):
    """The hwmon directory of the SMC's sensors."""
    return guest.check("for h in /sys/class/hwmon/*; do read -r name < $h/name"
                       " && [ $name = macsmc_hwmon ] && echo $h; done; true"
                       ).strip()


def supply(name):
    return f"/sys/class/power_supply/macsmc-{name}"


def gpio_chip(guest):
    return guest.check("dirname $(grep -lx macsmc-pmu-gpio "
                       "/sys/class/gpio/chip*/label)").strip()


def gpio_lines(guest):
    """{line: (direction, value)} of the lines that Linux lets be used."""
    lines = guest.check(
        f"cd {gpio_chip(guest)} && for n in $(seq 0 63); do "
        "echo $n > export || continue; "
        "read -r v < gpio$n/value; out=in; echo $v > gpio$n/value && out=out; "
        "echo $n $out $v; echo $n > unexport; done 2>/dev/null")
    return {int(line): (direction, value) for line, direction, value in
            (line.split() for line in lines.splitlines())}


def rtc(guest):
    return guest.check("dirname $(grep -l macsmc /sys/class/rtc/*/name)"
                       ).strip()


def scaled(value, scale):
    """A sensor's value times `scale` as Linux rounds it: towards zero."""
    return str(int(Fraction(value) * scale))


def expected_supply(guest, table):
    def value(key, factor, offset):
        number = get(guest, key)
        if key in ("B0TE", "B0TF") and number == TIME_UNKNOWN:
            return 0
        return number * factor + offset
    return {name: str(value(*row)) for name, row in table.items()}


def linux_view(guest):
    return {
        "hwmon": files(guest, hwmon(guest),
                       "temp* in* curr* power[0-9]* fan*"),
        "battery": files(guest, supply("battery"), " ".join(BATTERY)),
        "ac": files(guest, supply("ac"), " ".join(AC)),
        "gpio": gpio_lines(guest),
    }


def qmp_view(guest):
    sensors = {}
    for name, (key, label, scale) in SENSORS.items():
        sensors[f"{name}_label"] = label
        sensors[f"{name}_input"] = scaled(get(guest, key), scale)
    sensors |= {name: scaled(get(guest, key), 1)
                for name, key in FAN_FILES.items()}
    gpio = {int(key[2:], 16): ("out" if raw_int(guest, key) & 1 else "in",
                               str(int(get(guest, key))))
            for key in keys(guest) if key.startswith("gP")}
    return {"hwmon": sensors, "battery": expected_supply(guest, BATTERY),
            "ac": expected_supply(guest, AC), "gpio": gpio}

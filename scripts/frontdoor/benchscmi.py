# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure SCMI: what a command, a boot and a resource cost.

Everything that is compared is measured in one run and in turns; what counts is
the ratio.  Nothing is asserted: the host decides how fast it is.
"""

import json
import re
import statistics

from . import bench, images
from .console import Step, say
from .guest import Guest

# The farside machine's default, which is not virt's.
CPU = ("-cpu", "cortex-a76")
BOOT_LIMIT = 1.05
COUNTS = (250, 500, 1000)

# For tests/bare-metal/bench-scmi.c, which knows where this order puts them.
TRANSPORTS = {
    "vendor": "Farside", "sub-vendor": "bench", "version": 1,
    "agents": [
        {"name": "smc", "transport": {"type": "smc"}},
        {"name": "smc-param", "transport": {"type": "smc-param"}},
        {"name": "mailbox", "transport": {"type": "mailbox", "mhu": "v1"}},
    ],
    "perf-domains": [
        {"name": name, "fast-channels": name,
         "levels": [{"level": level, "power": level}
                    for level in (100, 200, 300, 400)]}
        for name in ("plain", "doorbell")],
}


def run(layout):
    _commands(layout)
    kernel, initrd = images.prepare(layout, ["lab"])["lab"]

    def boot(machine):
        return Boot(layout, kernel, initrd, machine)

    _boots(boot)
    _resources(layout, boot)


def _platform(layout, name, config):
    """The option for a platform with this configuration."""
    path = layout.logs / f"bench-{name}.json"
    path.write_text(json.dumps(config, indent=1))
    # A comma ends a path for QEMU, unless there are two.
    return f"scmi-platform={str(path).replace(',', ',,')}"


# -- commands ----------------------------------------------------------------

def _commands(layout):
    machine = "farside,smccc-mailbox=nobody," + \
        _platform(layout, "transports", TRANSPORTS)
    times = bench.measure(layout, "bench-scmi", machine,
                          "-chardev", "null,id=nobody")
    bench.show(times, {"smc": bench.LIMIT})
    for name in ("perf-level-set-fast", "perf-level-set-doorbell"):
        ratio = times[name] / times["store-same-page"]
        say(f"{name} / store-same-page: {ratio:.2f} (limit 2)")


# -- boots -------------------------------------------------------------------

class Boot:
    """What one boot costs.

    cpu: seconds of processor time that QEMU takes until user space
    start: those of them before the guest's first instruction
    guest: seconds until user space on a clock that counts instructions
    """

    def __init__(self, layout, kernel, initrd, machine):
        def guest(*args):
            return Guest(layout, kernel, initrd, name="bench", append="quiet",
                         machine=machine, args=(*CPU, *args))

        with guest() as running:
            self.cpu = running.cpu_seconds()
        with guest("-icount", "shift=1,sleep=off") as counted:
            self.guest = _seconds_to_init(counted)
        halted = guest("-S")
        try:
            halted.start(wait_ready=False)
            halted.qmp("query-status")
            self.start = halted.cpu_seconds()
        finally:
            halted.close()


def _seconds_to_init(guest):
    """When the kernel started the first process, by its own clock."""
    return float(re.search(r"\[ *([0-9.]+)\] Run /init",
                           guest.check("dmesg"))[1])


def _boots(boot):
    machines = ("virt", "farside,rtkit=off", "farside")
    with Step(f"Booting the lab kernel {bench.BOOTS} times on each machine"):
        boots = bench.in_turns(boot, machines)
    say(f"{'lab kernel to user space':28}{'guest s':>10}{'ratio':>8}"
        f"{'limit':>8}{'cpu s':>10}{'ratio':>8}")
    for machine in machines:
        guest, cpu = (
            [getattr(one, what) for one in boots[machine]]
            for what in ("guest", "cpu"))
        ratios = [
            statistics.median(getattr(one, what) / getattr(virt, what)
                              for one, virt in zip(boots[machine],
                                                   boots["virt"]))
            for what in ("guest", "cpu")]
        limit = BOOT_LIMIT if machine == "farside,rtkit=off" else ""
        say(f"-M {machine:25}{statistics.median(guest):10.3f}"
            f"{ratios[0]:8.3f}{limit:>8}"
            f"{statistics.median(cpu):10.3f}{ratios[1]:8.3f}")


def _many(count):
    """A platform of as many clocks and as many sensors."""
    return {
        "vendor": "Farside", "sub-vendor": "bench", "version": 1,
        "agents": [{"name": "OSPM"}],
        "clocks": [{"name": f"clock-{i}", "rates": [1000000 + i, 2000000]}
                   for i in range(count)],
        "sensors": [{"name": f"sensor-{i}", "type": "temperature",
                     "scale": -3, "value": 1000 + i} for i in range(count)],
    }


def _resources(layout, boot):
    machines = {
        count: "farside,rtkit=off," +
        _platform(layout, f"many-{count}", _many(count))
        for count in (1, *COUNTS)}
    with Step("Booting platforms of many clocks and sensors"):
        boots = bench.in_turns(boot, machines.values())
    # What is left of two numbers that are nearly the same: no median.
    best = {count: {what: min(getattr(one, what) for one in boots[machine])
                    for what in ("start", "guest", "cpu")}
            for count, machine in machines.items()}
    say(f"{'us for each of':28}{'QEMU start':>12}{'guest boot':>12}"
        f"{'cpu, all':>12}")
    for count in COUNTS:
        each = {what: (best[count][what] - best[1][what]) * 1e6 /
                (2 * (count - 1)) for what in best[1]}
        say(f"{f'{count} clocks, {count} sensors':28}{each['start']:12.1f}"
            f"{each['guest']:12.1f}{each['cpu']:12.1f}")
    say("flat: no column grows from line to line")

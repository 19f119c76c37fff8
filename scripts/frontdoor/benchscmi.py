# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure SCMI: what a command, a boot and a resource cost.

Everything that is compared is measured in one run and in turns; what counts is
the ratio.  Nothing is asserted: the host decides how fast it is.
"""

import json
import statistics
import time

from . import bench, images
from .console import Step, say
from .guest import Guest

BOOTS = 5
# The farside machine's default, which is not virt's.
CPU = ("-cpu", "cortex-a76")
FEW, MANY = 250, 1000

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

    def boot_seconds(name, machine):
        guest = Guest(layout, kernel, initrd, name=f"bench-{name}",
                      machine=machine, args=CPU)
        with guest:
            return guest.ready_seconds

    _boots(boot_seconds)
    _resources(layout, boot_seconds)


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

def _in_turns(boot_seconds, machines, which):
    """{name: seconds} of several boots of each machine, `which` of them."""
    seconds = {name: [] for name in machines}
    for _ in range(BOOTS):
        for name, machine in machines.items():
            seconds[name].append(boot_seconds(name, machine))
    return {name: which(values) for name, values in seconds.items()}


def _boots(boot_seconds):
    machines = {"virt": "virt", "farside": "farside",
                "farside-scmi": "farside,rtkit=off"}
    with Step(f"Booting the lab kernel {BOOTS} times on each machine"):
        medians = _in_turns(boot_seconds, machines, statistics.median)
    say(f"{'lab kernel to user space':32}{'s':>10}{'ratio':>8}")
    for name, seconds in medians.items():
        say(f"-M {machines[name]:29}{seconds:10.3f}"
            f"{seconds / medians['virt']:8.2f}")


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


def _resources(layout, boot_seconds):
    machines = {
        f"many-{count}": "farside,rtkit=off," +
        _platform(layout, f"many-{count}", _many(count))
        for count in (1, FEW, MANY)}
    with Step(f"Booting platforms of {FEW} and {MANY} clocks and sensors"):
        # What is left of two numbers that are nearly the same: no median.
        seconds = _in_turns(boot_seconds, machines, min)
    base = seconds["many-1"]
    costs = {count: (seconds[f"many-{count}"] - base) / (2 * (count - 1))
             for count in (FEW, MANY)}
    say(f"{'clocks + sensors':32}{'boot s':>10}{'us each':>10}")
    say(f"{'1 + 1':32}{base:10.3f}")
    for count, cost in costs.items():
        say(f"{f'{count} + {count}':32}{seconds[f'many-{count}']:10.3f}"
            f"{cost * 1e6:10.1f}")
    say(f"each of {MANY} / each of {FEW}: {costs[MANY] / costs[FEW]:.2f}")

# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure what a firmware call costs, with a bare-metal guest of ours.

The guest (tests/bare-metal/bench-*.c) has no kernel in the way; it times
PSCI_VERSION and others in turns in one run, and prints a line for each: its
name and picoseconds.  A figure of 0 means that it failed.
"""

import subprocess

from . import baremetal
from .console import Step, say
from .errors import CommandFailed, InfrastructureError

SECONDS = 120
BOOTS = 5
BASELINE = "PSCI_VERSION"
LIMIT = 1.3
MACHINE = "farside"


def run(layout):
    """Build the guest, run it, print a table."""
    times = measure(layout, "bench-smc", MACHINE)
    show(times, dict.fromkeys(times.keys() - {BASELINE}, LIMIT))


def show(times, limits, baseline=BASELINE):
    """Print a table of what `measure` returned; {name: limit of the ratio}."""
    base = times[baseline]
    say(f"{'call':32}{'ns':>10}{'ratio':>8}{'limit':>8}")
    for name, cost in times.items():
        say(f"{name:32}{cost / 1000:10.1f}{cost / base:8.2f}"
            f"{limits.get(name, ''):>8}")


def in_turns(measure_one, kinds):
    """{kind: [what measure_one(kind) returned in each of several rounds]}."""
    found = {kind: [] for kind in kinds}
    for _ in range(BOOTS):
        for kind in kinds:
            found[kind].append(measure_one(kind))
    return found


def measure(layout, name, machine, *options, **how):
    """{name: picoseconds} as the guest tests/bare-metal/NAME.c prints them.

    `how` is for subprocess.run().
    """
    guest = baremetal.build(layout, name)
    with Step("Timing in a guest without a kernel"):
        return _run(baremetal.command(layout, guest, machine) + list(options),
                    layout.logs / f"{name}.log", **how)


def _run(command, log, **how):
    try:
        done = subprocess.run(command, text=True, timeout=SECONDS,
                              stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **how)
    except subprocess.TimeoutExpired as err:
        raise InfrastructureError(
            f"the bare-metal guest did not end within {SECONDS} s") from err
    log.write_text(done.stdout)
    lines = [line.split() for line in done.stdout.splitlines()]
    times = {words[0]: int(words[1]) for words in lines
             if len(words) == 2 and words[1].isdigit()}
    if done.returncode or ["END"] not in lines or not times \
            or not all(times.values()):
        raise CommandFailed("the bare-metal guest", log,
                            done.stdout.splitlines()[-12:])
    return times

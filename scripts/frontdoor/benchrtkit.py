# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure RTKit: what a message costs, and what many co-processors cost.

What is compared is measured in one run and in turns; what counts is the
ratio.  Nothing is asserted: the host decides how fast it is.
"""

import time

from . import bench, images
from .console import Step, say
from .guest import Guest

COUNTS = (0, 16, 32, 64)
# Only with a GICv3 is there room for 64.
MACHINE = "farside,gic-version=3"
DISK_BYTES = 1 << 20
WAIT = ("until [ $(ls -d /sys/block/nvme*n1 2>/dev/null | wc -l) = {} ]; "
        "do sleep 0.01; done")


def run(layout):
    times = bench.measure(layout, "bench-rtkit", "farside")
    bench.show(times, {}, "mmio-read")
    say(f"SMC keys read a second: {1e12 / times['smc-key-read']:.0f}")
    _co_processors(layout)


def _co_processors(layout):
    """Each is an ANS disk, which has Linux boot its RTKit and use it."""
    kernel, initrd = images.prepare(layout, ["lab"])["lab"]

    def boot_seconds(count):
        begun = time.monotonic()
        with Guest(layout, kernel, initrd, name=f"bench-ans-{count}",
                   machine=MACHINE, args=_disks(count)) as guest:
            guest.check(WAIT.format(count))
            return time.monotonic() - begun

    with Step(f"Booting with up to {max(COUNTS)} ANS disks"):
        # What is left of two numbers that are nearly the same: no median.
        seconds = {count: min(rounds) for count, rounds in
                   bench.in_turns(boot_seconds, COUNTS).items()}
    say(f"{'ANS disks, all of them ready':32}{'s':>10}{'ms each':>10}")
    for count in COUNTS:
        each = (f"{(seconds[count] - seconds[0]) / count * 1e3:10.1f}"
                if count else "")
        say(f"{count:<32}{seconds[count]:10.3f}{each}")


def _disks(count):
    return [word for n in range(count) for word in (
        "-blockdev", f"driver=null-co,node-name=d{n},size={DISK_BYTES},"
        "read-zeroes=on", "-device", f"farside-ans,drive=d{n}")]

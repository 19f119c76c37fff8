# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure an ANS disk beside QEMU's own nvme and virtio-blk.

All three are disks of one guest, on the same image, and fio measures them in
turns; what counts is the ratio to nvme.  Nothing is asserted.

The guest has one CPU.  Linux's driver has one lock, which it holds while it
writes a doorbell and while it takes completions, and one interrupt: where a
second CPU of the guest spins on the lock, it takes the host's time from the
CPU that holds it, and fio would measure the host's scheduler.
"""

import json
import statistics

from . import disktools, images
from .console import Step, say
from .guest import Guest

MEGABYTES = 256
SECONDS = 1
ROUNDS = 15
# fio's option --rw, block size, depth
ROWS = [(rw, "128k" if rw in ("read", "write") else "4k", depth)
        for rw in ("read", "write", "randread", "randwrite")
        for depth in (1, 32)]
BASELINE = "nvme"
# Each kind, and what its device in the guest's sysfs has in its path.
KINDS = {"ans": ("farside-ans,drive={drive},share-rw=on", ".nvme/"),
         "nvme": ("nvme,drive={drive},serial=bench,share-rw=on", "/pci"),
         "virtio": ("virtio-blk-pci,drive={drive},serial=bench,share-rw=on",
                    "/virtio")}
FIO = ("/tools/fio --name=bench --direct=1 --ioengine=libaio --time_based "
       "--runtime={seconds} --size={size}M --output-format=json "
       "--filename=/dev/{disk} --rw={rw} --bs={bs} --iodepth={depth}")


def run(layout):
    kernel, initrd = images.prepare(layout, ["lab"])["lab"]
    tools = disktools.prepare(layout)
    image = layout.logs / "bench-ans.img"
    with open(image, "wb") as file:
        # Not a hole: reads and writes are of blocks that are there.
        for _ in range(MEGABYTES):
            file.write(b"\xa5" * (1 << 20))
    try:
        args = _options(image, tools)
        with Guest(layout, kernel, initrd, name="bench-ans",
                   args=args, cpus=1) as guest:
            _show(_measure(guest))
    finally:
        image.unlink()


def _options(image, tools):
    args = ["-blockdev", "driver=file,read-only=on,node-name=tools,"
            f"filename={tools}",
            "-device", "virtio-blk-pci,drive=tools,serial=tools"]
    for kind, (device, _) in KINDS.items():
        args += ["-blockdev", f"driver=file,locking=off,node-name={kind},"
                 f"filename={image}",
                 "-device", device.format(drive=kind)]
    return args


def _disks(guest):
    """{kind: name of its disk in the guest}."""
    lines = guest.check(
        "cd /sys/block && for d in nvme*n1 vd*; do "
        "echo $d $(readlink -f $d/device) $(cat $d/serial 2>/dev/null); "
        "done").splitlines()
    found = {}
    for line in lines:
        name, path, *serial = line.split()
        for kind, (_, mark) in KINDS.items():
            if mark in path + "/" and serial != ["tools"] and \
                    (kind == "virtio") == name.startswith("vd"):
                found[kind] = name
    return found


def _measure(guest):
    """{(row, kind): operations a second, of each round}."""
    disks = _disks(guest)
    guest.check("mkdir -p /tools && for d in /dev/vd*; do "
                "mount -t ext4 -o ro $d /tools 2>/dev/null && "
                "[ -x /tools/fio ] && break; umount /tools; done; "
                "[ -x /tools/fio ]")
    found = {}
    for row in ROWS:
        with Step(_title(row)):
            for _ in range(ROUNDS):
                for kind, disk in disks.items():
                    found.setdefault((row, kind), []).append(
                        _fio(guest, disk, row))
    return found


def _fio(guest, disk, row):
    rw, bs, depth = row
    output = guest.check(FIO.format(seconds=SECONDS, size=MEGABYTES, disk=disk,
                                    rw=rw, bs=bs, depth=depth))
    job = json.loads(output[output.index("{"):])["jobs"][0]
    return job["read"]["iops"] + job["write"]["iops"]


def _title(row):
    return "{} of {}, depth {}".format(*row)


def _show(found):
    """The ratio is the median of each round's, whose runs are neighbours; half
    of the rounds are between the other two numbers."""
    say(f"{'operations a second':28}" + "".join(f"{kind:>10}" for kind in KINDS)
        + f"{'ans/nvme':>10}  half of them")
    for row in ROWS:
        values = [statistics.median(found[row, kind]) for kind in KINDS]
        low, ratio, high = statistics.quantiles(
            ours / theirs for ours, theirs
            in zip(found[row, "ans"], found[row, BASELINE]))
        say(f"{_title(row):28}" + "".join(f"{v:10.0f}" for v in values)
            + f"{ratio:10.2f}  {low:.2f} to {high:.2f}")

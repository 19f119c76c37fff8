# SPDX-License-Identifier: GPL-2.0-or-later
"""ANS disks for boot tests: images, QEMU's options, tools in the guest."""

import time

from frontdoor import disktools

DRIVER = "/sys/bus/platform/drivers/nvme-apple"
SECONDS = 20
TOOLS = "/tools"
# What a disk without mistakes never makes Linux say.
COMPLAINTS = ("dmesg | grep -iE 'nvme|sart|pmgr|rtkit|mbox|I/O error' | "
              "grep -iE 'warn|error|fail|timeout|invalid|unknown|crash|bug' | "
              "grep -vF ': syslog message: '; true")


def device(index):
    """The name of disk `index`'s NVMe device in Linux."""
    return f"{0xf000000 + 0x40000 * index:x}.nvme"


def image(tmp_path, name="disk.img", megabytes=64):
    path = tmp_path / name
    with open(path, "wb") as file:
        file.truncate(megabytes << 20)
    return path


def options(path, index=0, more="", **blockdev):
    """QEMU's options for a disk on an image."""
    extra = "".join(f",{key}={value}" for key, value in blockdev.items())
    return ["-blockdev", f"driver=file,filename={path},node-name=disk{index},"
            f"discard=unmap{extra}",
            "-device", f"farside-ans,drive=disk{index},id=ans{index}{more}"]


def tools_options(layout):
    """The image with fio and mke2fs, as a virtio disk."""
    return ["-blockdev", "driver=file,read-only=on,node-name=tools,filename="
            f"{disktools.image_path(layout)}",
            "-device", "virtio-blk-pci,drive=tools"]


def mount_tools(guest):
    guest.check(f"mkdir -p {TOOLS} && mount -t ext4 -o ro /dev/vda {TOOLS}")


def wait_until(condition, what):
    """Poll a condition, which asks the guest or QEMU each time."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"


def wait_disk(guest, count=1):
    """Wait until Linux has as many NVMe disks."""
    wait_until(lambda: len(disks(guest)) >= count, f"{count} NVMe disks")


def disks(guest):
    return guest.check("cd /sys/block && ls -d nvme*n1 2>/dev/null; true"
                       ).split()


def unbind(guest, index=0):
    guest.write(f"{DRIVER}/unbind", device(index))


def bind(guest, index=0):
    guest.write(f"{DRIVER}/bind", device(index))


def complaints(guest):
    return guest.check(COMPLAINTS).splitlines()

# SPDX-License-Identifier: GPL-2.0-or-later
"""ANS disks for boot tests: images, QEMU's options, tools in the guest."""

import time

from frontdoor import disktools

DRIVER = "/sys/bus/platform/drivers/nvme-apple"
SECONDS = 60
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


def boot_disk(boot_guest, disk, more="", tools=None, args=(), **how):
    """A guest with one ANS disk; `tools`: the layout, to have TOOLS too."""
    words = [*options(disk, more=more), *args]
    if tools:
        words += tools_options(tools)
    guest = boot_guest(args=words, **how)
    wait_disk(guest)
    if tools:
        mount_tools(guest)
    return guest


def make_fs(guest):
    guest.check(f"{TOOLS}/mke2fs -q -t ext4 /dev/nvme0n1 && "
                "mkdir -p /disk && mount -t ext4 /dev/nvme0n1 /disk")


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


def unbound_state(kernel):
    """Where its driver leaves RTKit: Linux 6.12's stops no CPU."""
    return "sleep" if kernel.name == "lab-6.12" else "stopped"


def unbind(guest, index=0):
    guest.write(f"{DRIVER}/unbind", device(index))


def bind(guest, index=0):
    guest.write(f"{DRIVER}/bind", device(index))


def complaints(guest):
    return guest.check(COMPLAINTS).splitlines()


def start_load(guest, file):
    """fio, in the background: writes, and reads what it wrote before."""
    load = (f"sh -c 'echo $$ > /tmp/fio-pid; exec {TOOLS}/fio --name=v "
            f"--filename={file} --direct=1 --ioengine=libaio --size=16M "
            "--rw=randwrite --bs=4k --iodepth=32 --verify=crc32c --time_based "
            "--runtime=100000 --do_verify=1 --verify_backlog=64' > /tmp/fio "
            "2>&1; echo $? > /tmp/fio-status")
    guest.check(f"rm -f /tmp/fio-*; ({load}) < /dev/null > /dev/null 2>&1 &")


def stop_load(guest):
    """End it, unless it has ended by an error, which fails."""
    assert not guest.exists("/tmp/fio-status"), guest.read("/tmp/fio")
    guest.check("kill -INT $(cat /tmp/fio-pid)")
    wait_load_end(guest)
    assert "verify: bad" not in guest.read("/tmp/fio")


def wait_load_end(guest):
    wait_until(lambda: guest.exists("/tmp/fio-status"), "fio's end")


def blocks_done(guest):
    """Read and written so far."""
    words = guest.read("/sys/block/nvme0n1/stat").split()
    return int(words[0]) + int(words[4])


def wait_for_more_blocks(guest):
    before = blocks_done(guest)
    wait_until(lambda: blocks_done(guest) > before + 200, "fio to go on")

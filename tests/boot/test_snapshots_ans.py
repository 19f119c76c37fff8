# SPDX-License-Identifier: GPL-2.0-or-later
"""Snapshots while an ANS disk is at work, its data included."""

import hashlib
import subprocess

import pytest

import ans
import snapshots
from frontdoor import snapshot
from snapshots import (SUSPEND, SUSPENDED, begin, faults_of, is_over,
                       is_suspended, result)

pytestmark = pytest.mark.kernels("lab", "lab-6.12")

NODE = "disk0"
BLOCK = 4096
LENGTH = 64 * BLOCK
SIZE = "64M"
# Rules on I/O, and what has to be kept before the machine is saved.
KEPT = {
    "command": {"site": "nvme-command", "match": {"queue": 1}},
    "completion": {"site": "nvme-completion", "match": {"queue": 1}},
    "interrupt": {"site": "irq", "match": {
        "device": "/machine/ans0", "line": 0,
        "words": [{"offset": 0, "value": 1}]}},
}


def look(guest):
    return (guest.qom_get("/machine/ans0", "ready"),
            guest.qom_get("/machine/ans0/rtkit", "state"), faults_of(guest))


@pytest.fixture
def disk(qemu, tmp_path):
    """An image for the disk, and for the snapshots."""
    return snapshot.make(qemu, tmp_path / "disk.qcow2", SIZE)


@pytest.fixture
def boot_disk(boot_guest, layout, disk):
    def boot(args=(), wait_ready=True):
        return boot_guest(wait_ready=wait_ready, args=[
            "-blockdev", f"driver=qcow2,node-name={NODE},file.driver=file,"
            f"file.filename={disk}",
            "-device", f"farside-ans,drive={NODE},id=ans0",
            *ans.tools_options(layout), *args])

    return boot


@pytest.fixture
def places(boot_disk, disk, tmp_path):
    def stop(guest):
        guest.qmp("stop")
        return snapshots.Places(guest, boot_disk, tmp_path, look, node=NODE,
                                disk=disk)

    return stop


def content(layout, disk):
    """What is on the disk, as the host sees it."""
    raw = disk.with_suffix(".raw")
    subprocess.run([str(layout.qemu_binary.parent / "qemu-img"), "convert",
                    "-U", "-O", "raw", str(disk), str(raw)], check=True)
    return raw


def checksum(layout, disk, length):
    with open(content(layout, disk), "rb") as file:
        return hashlib.sha256(file.read(length)).hexdigest()


@pytest.mark.parametrize("what", KEPT)
def test_kept(boot_disk, places, layout, disk, what):
    """A file is on its way to the disk, and back."""
    guest = boot_disk()
    ans.wait_disk(guest)
    guest.check(f"head -c {LENGTH} /dev/urandom > /tmp/data; sync")
    wanted = guest.check("sha256sum /tmp/data").split()[0]
    guest.qmp("fault-add", rules=[
        {"id": "r", "after": 3, "times": 1} | SUSPEND | KEPT[what]])
    begin(guest, f"dd if=/tmp/data of=/dev/nvme0n1 bs={BLOCK} oflag=direct "
          "conv=fsync && "
          "echo 3 > /proc/sys/vm/drop_caches && "
          f"head -c {LENGTH} /dev/nvme0n1 | sha256sum > /tmp/read")
    ans.wait_until(lambda: is_suspended(guest), "the rule to keep it")
    for place, guest in places(guest):
        assert not is_over(guest)
        guest.qmp("fault-resume", tag=SUSPENDED)
        assert result(guest)[0] == 0
        assert guest.read("/tmp/read").split()[0] == wanted
        assert checksum(layout, disk, LENGTH) == wanted
        assert ans.complaints(guest) == []
        if place == "source":
            guest.check(f"dd if=/dev/zero of=/dev/nvme0n1 bs={LENGTH} count=1"
                        " 2> /dev/null; sync")


def test_file_system_at_work(boot_disk, places, layout, disk):
    guest = boot_disk()
    ans.wait_disk(guest)
    ans.mount_tools(guest)
    ans.make_fs(guest)
    guest.check(f"head -c {LENGTH} /dev/urandom > /disk/random && sync")
    wanted = guest.check("sha256sum /disk/random").split()[0]
    ans.start_load(guest, "/disk/load")
    ans.wait_for_more_blocks(guest)
    for _, guest in places(guest):
        ans.wait_for_more_blocks(guest)
        guest.check("echo 3 > /proc/sys/vm/drop_caches")
        assert guest.check("sha256sum /disk/random").split()[0] == wanted
        ans.stop_load(guest)
        assert ans.complaints(guest) == []
        guest.check("umount /disk")
        check = subprocess.run(["/sbin/e2fsck", "-fn",
                                str(content(layout, disk))], check=False,
                               capture_output=True, text=True)
        assert check.returncode == 0, check.stdout

# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that attacks an ANS disk: tests/bare-metal/hostile-ans.c.

Whatever it does, each step has a defined outcome, mistakes are logged, QEMU
lives, nothing lands in memory that is no longer the disk's, and the disk is
what it was.
"""

import pytest

# One kernel's run is enough: this guest has none.
pytestmark = pytest.mark.kernels("lab")

ATTACKS = ("registers", "doorbells", "tcbs", "prps", "commands", "queues",
           "under_way", "sart")
GUEST_ERRORS = (
    "/machine/ans0: read of an unknown register",
    "/machine/ans0: write to an unknown or read-only register",
    "/machine/ans0: access that is neither 32 nor 64 bits wide",
    "/machine/ans0: access while held in reset",
    "/machine/ans0: the firmware has not booted, CC is lost",
    "/machine/ans0: doorbell of a controller that is not ready",
    "/machine/ans0: doorbell of a queue that is not enabled",
    "/machine/ans0: doorbell's value is outside of the queue",
    "/machine/ans0: doorbell of another variant",
    "/machine/ans0: completion doorbell beyond the queue's tail",
    "/machine/ans0: TCB is another tag's",
    "/machine/ans0: TCB forbids the direction of the command",
    "/machine/ans0: TCB has other PRPs than the command",
    "/machine/ans0: TCB has another length than the command",
    "/machine/ans0: no memory at the TCB of tag",
    "/machine/ans0: PRPs describe no memory",
    "/machine/ans0: admin queues are misplaced or too large or small",
    "/machine/ans0: no memory at the submission queue",
    "/machine/ans0: no memory at the completion queue",
    "/machine/ans0: invalidation of a TCB that is in use, or of none",
    "/machine/ans0-sart: read of an unknown register or width",
    "/machine/ans0-sart: write to an unknown register or width",
    "/machine/ans0-sart: the co-processor's access is refused",
    "/machine/pmgr: read of an unknown register or width",
    "/machine/pmgr: write to an unknown register or width",
)


def test_guest_hostile_to_a_disk(bare_metal, tmp_path):
    image = tmp_path / "disk.img"
    image.write_bytes(b"\x11" * (1 << 20))
    # The limit is on reads alone: what it waits for, a reset does not.
    run = bare_metal(
        "hostile-ans", "-object",
        "throttle-group,id=slow,x-iops-read=100", "-blockdev",
        "driver=throttle,throttle-group=slow,node-name=disk,read-only=on,"
        f"file.driver=file,file.filename={image}",
        "-device", "farside-ans,drive=disk,id=ans0")
    assert run.lines == [("start", 0), ("disk", 0)] + [
        line for name in ATTACKS for line in (
            (name, 0), ("start_after", 0), ("disk_after", 0))]
    assert [text for text in GUEST_ERRORS if text not in run.errors] == []
    assert image.read_bytes() == b"\x11" * (1 << 20)

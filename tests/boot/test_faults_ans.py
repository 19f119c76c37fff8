# SPDX-License-Identifier: GPL-2.0-or-later
"""What Linux does when an ANS misbehaves: each ans- profile.

Where a comment says "the kernel's", what is asserted is a weakness of Linux's
that its maintainers may want to mend, and that the profile shows.
"""

import re

import pytest

import ans
from ans import wait_until
from frontdoor import faults
from profiles import armed, hold_in_handler

pytestmark = pytest.mark.kernels("lab")

# Instead of 30 and 60 s; and what a CPU that hangs is told by.
SHORT = ("nvme_core.io_timeout=2 nvme_core.admin_timeout=2 "
         "rcupdate.rcu_cpu_stall_timeout=3")
RESET = "/sys/class/nvme/nvme0/reset_controller"
RESCAN = "/sys/class/nvme/nvme0/rescan_controller"
CPU_CONTROL = 0xf030044
# The kernel does not leave its handler of the mailbox's interrupt.
HANDLERS = ["ans-never-empty", "ans-stuck-mailbox"]
PROFILES = [name for name in faults.names() if name.startswith("ans-")]
NO_BOOT = "ANS did not boot"
ETIME = -62
BLOCKS = 8
BLOCK = 4096


@pytest.fixture
def disk(tmp_path):
    return ans.image(tmp_path)


@pytest.fixture(scope="module")
def running(new_guest, tmp_path_factory):
    """A guest that the tests leave with its disk at work."""
    disk = ans.image(tmp_path_factory.mktemp("ans"))
    with new_guest("faults-ans", append=SHORT,
                   args=ans.options(disk)) as guest:
        ans.wait_disk(guest)
        yield guest


@pytest.fixture(autouse=True)
def healed(request):
    """A test that failed does not make others fail."""
    yield
    if "running" in request.fixturenames:
        guest = request.getfixturevalue("running")
        if not ans.disks(guest):
            heal(guest)


def read(guest, blocks=BLOCKS):
    """How many bytes of the disk could be read, or why not."""
    status, output = guest.run(
        f"dd if=/dev/nvme0n1 of=/tmp/read bs={BLOCK} count={blocks} "
        "iflag=direct 2>&1 | grep -v records; wc -c < /tmp/read; "
        "rm -f /tmp/read")
    assert status == 0
    lines = output.strip().splitlines()
    return int(lines[-1]) if len(lines) == 1 or "copied" in lines[0] \
        else lines[0].split(": ")[-1]


def is_bound(guest):
    return guest.exists(f"{ans.DRIVER}/{ans.device(0)}")


def rtkit(guest):
    return guest.qom_get("/machine/ans0/rtkit", "state")


def heal(guest):
    """Bind the driver, unless it is, and see that the disk works.

    The kernel's: it resets no co-processor that is stuck, but talks to it.
    """
    if not is_bound(guest):
        guest.check(f"devmem {CPU_CONTROL:#x} 32 0")
        ans.bind(guest)
    ans.wait_disk(guest)
    wait_until(lambda: read(guest) == BLOCKS * BLOCK, "the disk to work")
    assert rtkit(guest) == "on"


# -- probes ------------------------------------------------------------------

# The driver is unbound, and then bound with the rules at work.
PROBES = [name for name in PROFILES
          if "prepare" in faults.load(name)["exercise"]
          and name not in HANDLERS]


@pytest.mark.parametrize("name", PROBES)
def test_probe(running, name):
    guest = running
    with armed(guest, name) as observed:
        observed.exercise()
        assert all(observed.hits())
    heal(guest)


@pytest.mark.parametrize("name", ["ans-wrong-iop-state", "ans-stray-ack"])
def test_not_running(running, name):
    """The kernel's: it works, and goes without a word to the firmware."""
    guest = running
    with armed(guest, name) as observed:
        ans.bind(guest)
        ans.wait_disk(guest)
        assert read(guest) == BLOCKS * BLOCK
        guest.qmp("fault-add", rules=[
            {"id": "last", "site": "rtkit-receive", "action": "none",
             "match": {"device": "/machine/ans0", "type": 11}}])
        ans.unbind(guest)
        last = [info["hits"] for info in guest.qmp("query-faults")["rules"]
                if info["rule"]["id"] == "last"]
        guest.qmp("fault-remove", id="last")
        assert last == [0]
        assert observed.hits() == [1]
    heal(guest)


def test_no_quiesce_ack(running):
    """Unbinding goes on without it; a reset gives the controller up."""
    guest = running
    with armed(guest, "ans-no-quiesce-ack") as observed:
        ans.unbind(guest)
        assert observed.hits() == [1]
        assert rtkit(guest) == "stopped"
        assert ans.complaints(guest) == []
    heal(guest)
    with armed(guest, "ans-no-quiesce-ack") as observed:
        # It waits for the reset's end.
        assert guest.run(f"echo 1 > {RESET}")[0] == 1
        observed.expect([f"Reset failure status: {ETIME}$"])
        wait_until(lambda: not is_bound(guest), "the driver to give up")
        assert all(observed.hits())
    heal(guest)


# -- reads -------------------------------------------------------------------

IO_ERROR = "Input/output error"

READS = ["ans-io-error", "ans-lost-completion", "ans-lost-interrupt",
         "ans-generation", "ans-unknown-tag", "ans-tcb-status"]


@pytest.mark.parametrize("name", READS)
def test_read(running, name):
    guest = running
    with armed(guest, name) as observed:
        observed.exercise()
        assert all(observed.hits())
    heal(guest)


def test_stuck_interrupt(boot_guest, disk):
    """Linux disables it."""
    guest = ans.boot_disk(boot_guest, disk, append=SHORT)
    with armed(guest, "ans-stuck-interrupt") as observed:
        observed.exercise()
        assert observed.hits()[0] > 0


def say(guest, text):
    """A message of the firmware's: nothing else needs its mailbox now."""
    guest.qmp("rtkit-log", path="/machine/ans0/rtkit", task="test", text=text)


@pytest.mark.parametrize("name", HANDLERS)
def test_handler_without_end(boot_guest, disk, name):
    """The kernel's: nothing ends it but the firmware."""
    guest = ans.boot_disk(boot_guest, disk)
    hold_in_handler(guest, name, "/machine/ans0-mailbox",
                    lambda: say(guest, "once"))
    # A message, so that the line is high for good reason, and then low.
    say(guest, "again")
    wait_until(lambda: read(guest) == BLOCKS * BLOCK, "the disk to work")


def test_lost_admin_completion(boot_guest, disk):
    """The kernel's: its error handler waits for the tag of what was lost."""
    guest = ans.boot_disk(boot_guest, disk, append=SHORT)
    with armed(guest, "ans-lost-admin-completion", prepare=False) as observed:
        guest.check(f"echo 1 > {RESCAN}")
        observed.expect([r"I/O \d+\(aq:1\) timeout: resetting controller"])
        assert observed.hits() == [1]
        guest.check("echo w > /proc/sysrq-trigger")
        observed.expect([r"(?s)blk_mq_get_tag\+.*apple_nvme_timeout\+"])


def test_duplicate_completion(boot_guest, disk):
    """The kernel's: the CPU hangs for good, or it follows a stale pointer."""
    guest = ans.boot_disk(boot_guest, disk, append=SHORT)
    name = "ans-duplicate-completion"
    guest.qmp("fault-add", rules=faults.load(name)["rules"])
    guest.send(f"dd if=/dev/nvme0n1 of=/dev/null bs={BLOCK} count=1 "
               "iflag=direct")
    event = guest.wait_event("FAULT_HIT")
    assert event["data"]["applied"]
    wait_until(lambda: re.search("self-detected stall on CPU|"
                                 r"pc : blk_mq_\w+", guest.console()),
               "a stall or an oops")


def test_crash_in_flight(boot_guest, layout, disk):
    """A file system that is mounted gets I/O errors."""
    guest = ans.boot_disk(boot_guest, disk, tools=layout, append=SHORT)
    ans.make_fs(guest)
    guest.check("echo text > /disk/file && sync")
    with armed(guest, "ans-crash-in-flight") as observed:
        observed.exercise()
        assert observed.hits() == [1, 1]
    assert rtkit(guest) == "crashed"
    status, output = guest.run("echo more > /disk/other && sync; ls /disk")
    assert status != 0 or IO_ERROR in output
    observed.expect(["EXT4-fs"])
    wait_until(lambda: not ans.disks(guest), "the disk's end")


# -- from the start ----------------------------------------------------------

@pytest.mark.parametrize("name, logs", [
    ("ans-no-hello", [NO_BOOT, f"Reset failure status: {ETIME}$"]),
    # Linux cannot make room: the entries are somebody else's.
    ("ans-sart-full", faults.load("ans-sart-full")["exercise"]["expect"][:-1]),
])
def test_boot(boot_guest, disk, name, logs):
    """Linux boots, without the disk."""
    guest = boot_guest(machine=faults.machine(name, "farside"), append=SHORT,
                       args=ans.options(disk))
    wait_until(lambda: not is_bound(guest) and
               "Reset failure" in guest.check("dmesg"), "the probe's end")
    log = guest.check("dmesg")
    for line in logs:
        assert re.search(line, log, re.MULTILINE), line
    assert not ans.disks(guest)
    for info in guest.qmp("query-faults")["rules"]:
        assert info["hits"] and not info["failures"]


def test_every_profile_is_tested():
    tested = {*PROBES, *READS, "ans-no-quiesce-ack",
              "ans-stuck-interrupt", *HANDLERS,
              "ans-duplicate-completion", "ans-crash-in-flight",
              "ans-sart-full"}
    assert set(PROFILES) == tested

# SPDX-License-Identifier: GPL-2.0-or-later
"""What Linux does when an SMC or its RTKit misbehaves: each smc- profile.

Where a comment says "the kernel's", what is asserted is a weakness of Linux's
that its maintainers may want to mend, and that the profile shows.
"""

import re

import pytest

import rtkit
from frontdoor import faults
from profiles import armed, hold_in_handler, polls_rule, wait_polls
from rtkit import wait_until

pytestmark = pytest.mark.kernels("lab")

BIND = f"printf {rtkit.SMC_DEVICE} > {rtkit.MACSMC}/bind"
CPU_CONTROL = 0x0b100044
BOOT_NS = 500_000_000
KEY = "TW0P"
INVALID = "Invalid argument"
PROFILES = [name for name in faults.names() if name.startswith("smc-")]


@pytest.fixture(scope="module")
def running(new_guest, kernel):
    """A guest that the tests leave with everything at work."""
    with new_guest("faults-rtkit") as guest:
        rtkit.wait_drivers(guest, kernel)
        yield guest


@pytest.fixture(autouse=True)
def healed(request):
    """A test that failed does not make others fail."""
    yield
    if "running" in request.fixturenames:
        guest = request.getfixturevalue("running")
        if not rtkit.drivers(guest)["platform/macsmc"]:
            heal(guest)


def read(guest):
    """The sensor's reading, or why there is none."""
    output = guest.check(f"dd bs=4096 count=1 if={rtkit.hwmon(guest)}/"
                         "temp4_input 2>&1 | grep -v records").strip()
    return output.split(": ")[-1]


def right(guest):
    return rtkit.scaled(rtkit.get(guest, KEY), 1000)


def heal(guest):
    """Hold the co-processor and let it run, as no driver of Linux's does.

    Linux wakes what it finds in its boot: if it had said HELLO already, the
    wake could come after the answer, and its boot would begin once more.
    """
    guest.qom_set(rtkit.RTKIT, "boot-ns", BOOT_NS)
    guest.check("".join(f"devmem {CPU_CONTROL:#x} 32 {value:#x}; "
                        for value in (0, 0x10)) + BIND)
    guest.qom_set(rtkit.RTKIT, "boot-ns", 0)


def check_works(guest, kernel):
    rtkit.wait_drivers(guest, kernel)
    assert rtkit.firmware(guest) == rtkit.RUNNING
    assert read(guest) == right(guest)


# -- probes ------------------------------------------------------------------

TOO_LATE = "error -ETIME: Failed to wake up SMC"

# The driver is unbound, and then bound with the rules at work.
PROBES = [name for name in PROFILES
          if "prepare" in faults.load(name)["exercise"]
          and name != "smc-stale-fifo"]


@pytest.mark.parametrize("name", PROBES)
def test_probe(running, kernel, name):
    guest = running
    with armed(guest, name) as observed:
        observed.exercise()
        assert all(observed.hits())
        if name == "smc-epmap-first":
            assert "RTKit: Initializing" not in observed.log()
    if not rtkit.drivers(guest)["platform/macsmc"]:
        heal(guest)
    check_works(guest, kernel)


def test_stale_fifo(boot_guest, kernel):
    """The kernel's: any message of the endpoint is taken for the address."""
    profile = faults.load("smc-stale-fifo")
    guest = boot_guest()
    rtkit.wait_drivers(guest, kernel)
    guest.check(profile["exercise"]["prepare"])
    guest.qmp("fault-add", rules=profile["rules"])
    guest.send(profile["exercise"]["command"])
    guest.wait_shutdown()
    for line in profile["exercise"]["expect"]:
        assert re.search(line, guest.console(), re.MULTILINE), line


def test_no_quiesce_ack(running, kernel):
    """Unbinding goes on without it, and nothing is said."""
    guest = running
    with armed(guest, "smc-no-quiesce-ack") as observed:
        rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
        assert observed.hits() == [1]
        assert rtkit.complaints(guest) == []
        # It has heard of the AP's end, and not of its own.
        assert guest.qom_get(rtkit.RTKIT, "state") == "on"
    assert guest.run(BIND)[0] == 0
    check_works(guest, kernel)


# -- readings ----------------------------------------------------------------

READINGS = ["smc-no-reply", "smc-late-reply", "smc-duplicate-reply",
            "smc-wrong-id", "smc-error", "smc-unknown-event", "smc-full-fifo"]


@pytest.mark.parametrize("name", READINGS)
def test_reading(running, kernel, name):
    guest = running
    with armed(guest, name) as observed:
        observed.exercise()
        assert all(observed.hits())
    wait_until(lambda: read(guest) == right(guest), "sensors to be read again")
    check_works(guest, kernel)


def interrupts(guest):
    """How often the mailbox has said that there is a message."""
    counts, = re.findall(r"^ *\d+:((?: +\d+)+) .*b108000\.mbox-recv$",
                         guest.read("/proc/interrupts"), re.MULTILINE)
    return sum(map(int, counts.split()))


def test_interrupt_storm(running, kernel):
    guest = running
    before = interrupts(guest)
    with armed(guest, "smc-interrupt-storm") as observed:
        observed.exercise()
        assert observed.hits() == [1]
        # Those that come together are one.
        assert interrupts(guest) > before + 10
        assert rtkit.complaints(guest) == []
    check_works(guest, kernel)


def test_stray_ack_at_work(running, kernel):
    """The kernel's: one word that nobody waits for puts all to an end."""
    guest = running
    with armed(guest, "smc-stray-ack-at-work") as observed:
        observed.exercise()
        assert read(guest) == INVALID
        assert observed.hits() == [1]
    guest.qmp("fault-send", device=rtkit.RTKIT, site="rtkit-send",
              endpoint=0, bytes="2000000000007000")
    wait_until(lambda: read(guest) == right(guest), "the other state")
    check_works(guest, kernel)


@pytest.mark.parametrize("name", ["smc-crash-in-flight",
                                  "smc-garbage-crash"])
def test_crash(running, kernel, name):
    guest = running
    with armed(guest, name) as observed:
        observed.exercise()
        assert observed.hits() == [1, 1]
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
    heal(guest)
    check_works(guest, kernel)


# -- interrupts --------------------------------------------------------------

MAILBOX = "/machine/smc-mailbox"


@pytest.mark.parametrize("name", ["smc-never-empty", "smc-stuck-interrupt"])
def test_handler_without_end(boot_guest, kernel, name):
    """The kernel's: nothing ends it but the firmware."""
    guest = boot_guest()
    rtkit.wait_drivers(guest, kernel)
    reading = f"cat {rtkit.hwmon(guest)}/temp4_input"
    hold_in_handler(guest, name, MAILBOX, lambda: guest.send(reading))
    # A message, so that the line is high for good reason, and then low.
    guest.qmp("fault-send", device=rtkit.RTKIT, site="rtkit-send",
              endpoint=32, bytes="18000000efbeadde")
    guest.receive(reading)
    wait_until(lambda: read(guest) == right(guest), "sensors to be read")


def test_no_atomic_reply(boot_guest, kernel):
    """The kernel's: it polls for an answer without an end."""
    guest = boot_guest(reboot=True)
    rtkit.wait_drivers(guest, kernel)
    name = "smc-no-atomic-reply"
    guest.qmp("fault-add", rules=faults.load(name)["rules"]
              + [polls_rule(MAILBOX)])
    guest.send("reboot -f")
    wait_polls(guest)
    # That it is about to, and to do it.
    assert guest.qmp("query-faults")["suspended"] == ["mbse", "mbse"]
    guest.qmp("fault-resume", tag="mbse")
    guest.wait_event("RESET")
    for rule in ("unanswered", "polls"):
        guest.qmp("fault-remove", id=rule)
    guest.wait_ready()
    check_works(guest, kernel)


# -- from the start ----------------------------------------------------------

@pytest.mark.parametrize("name", ["smc-no-hello", "smc-crash-in-probe"])
def test_boot(boot_guest, name):
    """Linux boots; the driver is not tried again."""
    guest = boot_guest(machine=faults.machine(name, "farside"))
    wait_until(lambda: TOO_LATE in guest.check("dmesg"), "the probe's end")
    assert guest.check("dmesg").count(TOO_LATE) == 1
    assert not rtkit.drivers(guest)["platform/macsmc"]
    for info in guest.qmp("query-faults")["rules"]:
        assert info["hits"] and not info["failures"]


def test_every_profile_is_tested():
    tested = {*PROBES, *READINGS, "smc-no-quiesce-ack",
              "smc-interrupt-storm", "smc-stale-fifo",
              "smc-stray-ack-at-work", "smc-crash-in-flight",
              "smc-garbage-crash", "smc-never-empty", "smc-stuck-interrupt",
              "smc-no-atomic-reply"}
    assert set(PROFILES) == tested

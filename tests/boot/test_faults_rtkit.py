# SPDX-License-Identifier: GPL-2.0-or-later
"""What Linux does when an SMC or its RTKit misbehaves: each smc- profile.

Where a comment says "the kernel's", what is asserted is a weakness of Linux's
that its maintainers may want to mend, and that the profile shows.
"""

from collections import namedtuple

import pytest

import rtkit
from frontdoor import faults
from profiles import armed
from rtkit import wait_until

pytestmark = pytest.mark.kernels("lab")

BIND = f"printf {rtkit.SMC_DEVICE} > {rtkit.MACSMC}/bind"
CPU_CONTROL = 0x0b100044
BOOT_NS = 500_000_000
KEY = "TW0P"
TIMED_OUT = "Connection timed out"
IO_ERROR = "Input/output error"
INVALID = "Invalid argument"


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

# Why the probe fails, or None if it does not; the lines that are logged.
Probe = namedtuple("Probe", "error logs", defaults=([],))

TOO_LATE = "error -ETIME: Failed to wake up SMC"
NOT_RUNNING = "error -EINVAL: Failed to start SMC endpoint"
REFUSED = "error -EINVAL: Failed to wake up SMC"

PROBES = {
    "smc-silent": Probe(TOO_LATE),
    "smc-no-hello": Probe(TOO_LATE),
    "smc-version-too-new": Probe(
        REFUSED, ["RTKit: Firmware min version 13 is too new"]),
    "smc-version-too-old": Probe(
        REFUSED, ["RTKit: Firmware max version 10 is too old"]),
    "smc-epmap-endless": Probe(TOO_LATE),
    "smc-epmap-first": Probe(None),
    "smc-no-endpoint": Probe(NOT_RUNNING),
    "smc-no-iop-ack": Probe(TOO_LATE),
    "smc-wrong-iop-state": Probe(NOT_RUNNING),
    "smc-no-ap-ack": Probe(TOO_LATE),
    "smc-wrong-ap-state": Probe(REFUSED),
    "smc-stray-ack": Probe(NOT_RUNNING),
    "smc-crash-in-probe": Probe(TOO_LATE, ["RTKit: co-processor has crashed",
                                           "SMC crashed!"]),
    "smc-bad-buffer": Probe(None, [
        "RTKit buffer request outside SRAM region",
        r"RTKit: failed buffer request for 0x\w+ bytes \(-14\)"]),
    "smc-no-buffer": Probe(None, [
        "RTKit wants a RAM buffer",
        r"RTKit: failed buffer request for 0x\w+ bytes \(-5\)"]),
    "smc-second-hello": Probe(None, [
        r"(?s)RTKit: Initializing.*RTKit: Initializing"]),
    "smc-unknown-message": Probe(None, [
        r"RTKit: unknown management message: 0x\w+ \(type: 0xff\)",
        "RTKit: Unknown oslog message: 7700000000000000",
        "RTKit: Message to undiscovered endpoint 0x77"]),
    "smc-syslog-beyond": Probe(None, ["RTKit: syslog index 200 out of range"]),
    # The kernel's: there is no such entry.
    "smc-syslog-end": Probe(None, ["RTKit: syslog message: : $"]),
    "smc-slow": Probe(None),
}


@pytest.mark.parametrize("name", PROBES)
def test_probe(running, kernel, name):
    guest = running
    row = PROBES[name]
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
    with armed(guest, name) as observed:
        status = guest.run(BIND)[0]
        assert status == (1 if row.error else 0)
        observed.expect(row.logs + ([row.error] if row.error else []), [])
        if row.error:
            assert not rtkit.drivers(guest)["platform/macsmc"]
        else:
            rtkit.wait_drivers(guest, kernel)
            assert read(guest) == right(guest)
        if name == "smc-epmap-first":
            assert "RTKit: Initializing" not in observed.log()
        assert all(observed.hits())
    if row.error:
        heal(guest)
    check_works(guest, kernel)


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

# How each of some readings ends, RIGHT with the key's value; what is logged.
Reading = namedtuple("Reading", "outcomes logs", defaults=([],))

RIGHT = None
TIMEOUT = r"Command timed out \(54573050\w+\)"
MISMATCH = r"Command sequence mismatch \(expected \d+, got \d+\)"

READINGS = {
    "smc-no-reply": Reading([TIMED_OUT, RIGHT], [TIMEOUT]),
    "smc-late-reply": Reading([TIMED_OUT, IO_ERROR, RIGHT],
                              [TIMEOUT, MISMATCH]),
    "smc-duplicate-reply": Reading([RIGHT, RIGHT]),
    "smc-wrong-id": Reading([IO_ERROR, RIGHT], [MISMATCH]),
    "smc-error": Reading([IO_ERROR, IO_ERROR]),
    "smc-unknown-event": Reading([RIGHT, RIGHT]),
    "smc-full-fifo": Reading([TIMED_OUT, TIMED_OUT, TIMED_OUT],
                             [TIMEOUT, "Failed to send command"]),
}


@pytest.mark.parametrize("name", READINGS)
def test_reading(running, kernel, name):
    guest = running
    row = READINGS[name]
    value = right(guest)
    with armed(guest, name) as observed:
        wanted = [value if outcome is RIGHT else outcome
                  for outcome in row.outcomes]
        assert [read(guest) for _ in wanted] == wanted
        observed.expect(row.logs, [])
        assert all(observed.hits())
    wait_until(lambda: read(guest) == value, "sensors to be read again")
    check_works(guest, kernel)


def test_stray_ack_at_work(running, kernel):
    """The kernel's: one word that nobody waits for puts all to an end."""
    guest = running
    with armed(guest, "smc-stray-ack-at-work") as observed:
        assert read(guest) == right(guest)
        wait_until(lambda: read(guest) == INVALID, "the state to be taken")
        assert read(guest) == INVALID
        observed.expect([r"RTKit: Endpoint 0x20 is not running, cannot send "
                         "message"], [])
        assert observed.hits() == [1]
    guest.qmp("fault-send", device=rtkit.RTKIT, site="rtkit-send",
              endpoint=0, bytes="2000000000007000")
    wait_until(lambda: read(guest) == right(guest), "the other state")
    check_works(guest, kernel)


@pytest.mark.parametrize("name, logs", [
    ("smc-crash-in-flight", ["RTKit: Message \\(id=0\\): in flight"]),
    ("smc-garbage-crash", ["RTKit: Expected crashlog header but got efbeadde"])
])
def test_crash(running, kernel, name, logs):
    guest = running
    with armed(guest, name) as observed:
        assert [read(guest) for _ in range(3)] == [TIMED_OUT, IO_ERROR,
                                                   IO_ERROR]
        observed.expect(["RTKit: co-processor has crashed", "SMC crashed!",
                         TIMEOUT, *logs], [])
        assert observed.hits() == [1, 1]
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
    heal(guest)
    check_works(guest, kernel)


# -- interrupts --------------------------------------------------------------

COUNTER = {"id": "polls", "site": "register-read", "action": "none",
           "match": {"device": "/machine/smc-mailbox",
                     "words": [{"offset": 0, "value": 0x114}]}}
MANY = 2000


def polls(guest):
    """How often the guest has looked for messages, since it was counted."""
    return [info["hits"] for info in guest.qmp("query-faults")["rules"]
            if info["rule"]["site"] == "register-read"][0]


@pytest.mark.parametrize("name", ["smc-never-empty", "smc-stuck-interrupt"])
def test_handler_without_end(boot_guest, kernel, name):
    """The kernel's: nothing ends it but the firmware."""
    guest = boot_guest()
    rtkit.wait_drivers(guest, kernel)
    reading = f"cat {rtkit.hwmon(guest)}/temp4_input"
    rules = [] if name == "smc-never-empty" else [COUNTER]
    guest.qmp("fault-add", rules=faults.load(name)["rules"] + rules)
    guest.send(reading)
    wait_until(lambda: polls(guest) > MANY, "the handler to be busy")
    for rule in guest.qmp("query-faults")["rules"]:
        assert not rule["failures"]
        guest.qmp("fault-remove", id=rule["rule"]["id"])
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
    guest.qmp("fault-add", rules=faults.load(name)["rules"] + [COUNTER])
    guest.send("reboot -f")
    wait_until(lambda: polls(guest) > MANY, "Linux to poll")
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
    wait_until(lambda: PROBES[name].error in guest.check("dmesg"),
               "the probe's end")
    assert guest.check("dmesg").count(PROBES[name].error) == 1
    assert not rtkit.drivers(guest)["platform/macsmc"]
    for info in guest.qmp("query-faults")["rules"]:
        assert info["hits"] and not info["failures"]


def test_every_profile_is_tested():
    tested = {*PROBES, *READINGS, "smc-no-quiesce-ack",
              "smc-stray-ack-at-work", "smc-crash-in-flight",
              "smc-garbage-crash", "smc-never-empty", "smc-stuck-interrupt",
              "smc-no-atomic-reply"}
    assert {name for name in faults.names()
            if name.startswith("smc-")} == tested

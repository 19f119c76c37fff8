# SPDX-License-Identifier: GPL-2.0-or-later
"""What Linux does when SCMI firmware misbehaves: each profile of faults/.

Where a comment says "the kernel's", what is asserted is a weakness of Linux's
that its maintainers may want to mend, and that the profile shows.
"""

import re
from collections import namedtuple

import pytest

import scmi
from frontdoor import faults
from profiles import armed
from scmi import wait_until

pytestmark = pytest.mark.kernels("lab")

PROFILES = [name for name in faults.names() if name.startswith("scmi-")]
TIMED_OUT = "Connection timed out"
IO_ERROR = "Input/output error"
POLICY = "/sys/devices/system/cpu/cpufreq/policy0"
DEVICES = "/sys/bus/scmi_protocol/devices"


@pytest.fixture(scope="module")
def machine_of(new_guest):
    """The guest on the machine that a profile needs; one runs at a time."""
    running = {}

    def get(name):
        machine = "farside" + faults.platform_options(name)
        if machine not in running:
            for guest in running.values():
                guest.close()
            running.clear()
            guest = running[machine] = new_guest("faults", machine=machine)
            guest.start()
            # Nobody reads sensors but the test.
            guest.check("for f in /sys/class/thermal/thermal_zone*/mode; do "
                        "echo disabled > $f; done")
        return running[machine]

    yield get
    for guest in running.values():
        guest.close()


def read(guest, file="in0_input"):
    """A sensor's reading, or why there is none."""
    output = guest.check(f"dd bs=4096 count=1 if={scmi.hwmon(guest)}/{file} "
                         "2>&1 | grep -v records").strip()
    return output.split(": ")[-1]


def voltage(guest):
    """What in0_input has to be: no thermal zone polls it."""
    return str(scmi.get(guest, "sensor", scmi.names(guest, "sensor")[2],
                        "value"))


# -- readings ----------------------------------------------------------------

# These counters of errors grow; others may.
Reading = namedtuple("Reading", "counters may", defaults=([], []))

NOT_TAKEN = ["err_msg_invalid", "err_msg_unexpected"]
TIMEOUT = ["xfers_response_timeout"]

# Those of one machine follow each other, so that it boots once.
READINGS = {
    "scmi-no-reply": Reading(TIMEOUT),
    "scmi-late-reply": Reading(
        ["xfers_response_timeout", "err_msg_unexpected"]),
    "scmi-late-after-timeout": Reading(
        ["xfers_response_timeout", "err_msg_unexpected"], NOT_TAKEN),
    "scmi-wrong-token": Reading(
        ["xfers_response_timeout", "err_msg_unexpected"]),
    # The kernel's: neither protocol nor message is compared.
    "scmi-wrong-message": Reading(),
    "scmi-unknown-type": Reading(TIMEOUT),
    "scmi-duplicate-reply": Reading(may=NOT_TAKEN),
    "scmi-unasked-delayed-response": Reading(
        ["err_msg_invalid", "xfers_response_timeout"]),
    "scmi-delayed-response-first": Reading(["err_msg_unexpected"]),
    "scmi-no-delayed-response": Reading(),
    "scmi-ring-before-free": Reading(TIMEOUT),
    "scmi-slow": Reading(),
    # The kernel's, from here: a return of the call is taken for the reply,
    # and what was sent for its content; the sensor's number is the status.
    "scmi-no-reply-smc": Reading(["err_protocol"]),
    "scmi-late-reply-smc": Reading(["err_protocol"]),
    "scmi-wrong-token-smc": Reading(),
    "scmi-busy": Reading(["err_protocol"]),
    "scmi-unknown-status": Reading(["err_protocol"]),
    "scmi-positive-status": Reading(["err_protocol"]),
    # The kernel's: the number of the sensor is still in the buffer.
    "scmi-short-reply": Reading(),
    "scmi-no-status": Reading(["err_protocol"]),
    "scmi-long-reply": Reading(),
    "scmi-error-bit": Reading(),
    # The kernel's: the second command is not even in the shared memory, and
    # the reply to the first one, taken for a command, is refused.
    "scmi-busy-channel": Reading(["err_protocol"]),
    "scmi-no-reply-polled": Reading(["xfers_response_polled_timeout"]),
    # The kernel's, both: an error is logged for each interrupt.
    "scmi-spurious-interrupt": Reading(["err_msg_unexpected"], NOT_TAKEN),
    "scmi-interrupt-storm": Reading(["err_msg_unexpected"], NOT_TAKEN),
    # The kernel's: it completes the command with itself for a reply.
    "scmi-interrupt-without-reply": Reading(["err_protocol"]),
    # The kernel's: it takes events of a channel that has none.
    "scmi-notification-on-a2p": Reading(
        ["err_msg_nomem", "xfers_response_timeout"]),
    # The kernel's: the status is that of an earlier command.
    "scmi-short-reply-virtio": Reading(),
}


@pytest.mark.parametrize("name", READINGS)
def test_reading(machine_of, name):
    guest = machine_of(name)
    row = READINGS[name]
    with armed(guest, name) as observed:
        observed.exercise()
        observed.expect_counters(row.counters, row.may)
        assert all(observed.hits())
    # Nothing is broken for good.
    wait_until(lambda: read(guest) == voltage(guest),
               "sensors to be read again")


# -- events ------------------------------------------------------------------

# Each comes instead of an event of a limit, which Linux does not hear of.
EVENTS = ["scmi-unknown-notification", "scmi-long-notification",
          "scmi-short-notification"]
LIMITS = (576_000, 1_209_600, 1_804_800)


def limit(guest):
    return int(guest.read(f"{POLICY}/scaling_max_freq"))


def set_limit(guest, value):
    """Tell Linux of a limit: returns when it has taken the event."""
    before = scmi.counters(guest).get("notification_ok", 0)
    scmi.put(guest, "perf", "little", "max-level", value)
    wait_until(lambda: scmi.counters(guest).get("notification_ok", 0) > before,
               "the event")


@pytest.mark.parametrize("name", EVENTS)
def test_event(machine_of, name):
    guest = machine_of(name)
    assert limit(guest) == LIMITS[-1]
    with armed(guest, name) as observed:
        observed.exercise()
        assert observed.hits() == [1]
        assert limit(guest) == LIMITS[-1]
    # The next one does arrive.
    for value in LIMITS[1:]:
        set_limit(guest, value)
        wait_until(lambda value=value: limit(guest) == value, "the limit")


def test_event_flood(machine_of):
    """Linux takes those that the platform has room for, one by one."""
    name = "scmi-notification-flood"
    guest = machine_of(name)
    before = scmi.counters(guest).get("notification_ok", 0)
    with armed(guest, name) as observed:
        set_limit(guest, LIMITS[0])
        wait_until(lambda: scmi.counters(guest)["notification_ok"]
                   > before + 30, "the flood")
        wait_until(lambda: limit(guest) == LIMITS[0], "the limit")
        assert observed.counted() == {}
        assert observed.hits() == [1]
        info, = guest.qmp("query-scmi")
        assert info["agents"][0]["dropped-events"] > 900
        # Of another protocol.
        assert read(guest) == voltage(guest)
    set_limit(guest, LIMITS[-1])
    wait_until(lambda: limit(guest) == LIMITS[-1], "the limit")


def test_empty_event(boot_guest):
    """The kernel's: after one event without a payload it hears no more."""
    name = "scmi-empty-notification"
    guest = boot_guest(machine=faults.machine(name, "farside"))
    for value in LIMITS[:2]:
        set_limit(guest, value)
    info, = guest.qmp("query-faults")["rules"]
    assert (info["hits"], info["failures"]) == (1, 0)
    assert limit(guest) == LIMITS[-1]
    assert read(guest) == voltage(guest)


# -- from the start ----------------------------------------------------------

BOOTS = [name for name in PROFILES
         if faults.load(name)["exercise"].get("boot")]


@pytest.mark.parametrize("name", BOOTS)
def test_boot(boot_guest, name):
    guest = boot_guest(machine=faults.machine(name, "farside"))
    exercise = faults.load(name)["exercise"]
    seen = guest.run(exercise["command"])[1] + guest.check("dmesg")
    for line in exercise["expect"]:
        assert re.search(line, seen, re.MULTILINE), line
    infos = guest.qmp("query-faults")["rules"]
    assert all(info["hits"] for info in infos)
    assert not any(info["failures"] for info in infos)
    if name == "scmi-endless-domains":
        # The kernel's: it asks for each of them, whatever it heard before.
        assert infos[1]["hits"] == 0x4000


def test_fast_channel_lies(boot_guest):
    """Levels go by messages, and none by the channels that there are."""
    guest = boot_guest(machine=faults.machine("scmi-fast-channel-lies",
                                              "farside"))
    info, = guest.qmp("query-faults")["rules"]
    assert info["hits"] and not info["failures"]
    guest.qmp("fault-add", rules=[
        {"id": "set", "site": "scmi-command", "action": "none",
         "match": {"protocol": scmi.PERF, "message": 7}},
        {"id": "fast", "site": "scmi-fast-write", "action": "none"}])
    guest.check(f"cd {POLICY} && for f in min max; do "
                "cat cpuinfo_${f}_freq > scaling_max_freq; done; "
                "echo performance > scaling_governor")
    hits = {info["rule"]["id"]: info["hits"]
            for info in guest.qmp("query-faults")["rules"]}
    assert hits["set"] and not hits["fast"]


def test_silent(boot_guest):
    """Firmware goes silent at run time, and is so until it is reset."""
    guest = boot_guest(machine=faults.machine("scmi-silent", "farside"))
    assert read(guest) == voltage(guest)
    file = f"{scmi.hwmon(guest)}/in0_input"
    guest.check(f"while cat {file} > /dev/null 2>&1; do :; done")
    assert [read(guest) for _ in range(3)] == 3 * [TIMED_OUT]
    info, = guest.qmp("query-faults")["rules"]
    assert info["hits"] == 1
    guest.qmp("fault-remove", id="silent")
    wait_until(lambda: read(guest) == voltage(guest), "firmware to answer")


def test_flaky(boot_guest):
    """Nothing is retried; the guest gets along, and reads in the end."""
    guest = boot_guest(machine=faults.machine("scmi-flaky", "farside"))
    info, = guest.qmp("query-faults")["rules"]
    assert info["matches"] > info["hits"] > 0
    assert scmi.counters(guest)["xfers_response_timeout"] >= info["hits"]


def test_profiles_are_armed_at_the_start(run_qemu):
    """QEMU takes each of them, with what it says that it needs."""
    for name in PROFILES:
        done = run_qemu("-M", faults.machine(name, "farside"), "-S",
                        "-serial", "null", "-monitor", "stdio",
                        input="quit\n")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""


def test_every_profile_is_tested():
    tested = {*READINGS, *EVENTS, *BOOTS, "scmi-notification-flood",
              "scmi-empty-notification", "scmi-fast-channel-lies",
              "scmi-silent", "scmi-flaky"}
    assert set(PROFILES) == tested

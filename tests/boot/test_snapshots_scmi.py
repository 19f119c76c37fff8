# SPDX-License-Identifier: GPL-2.0-or-later
"""Snapshots while SCMI messages are under way: see test_snapshots.py."""

import copy

import pytest

import platforms
import scmi
from matrix import TRANSPORTS
from scmi import wait_until
from snapshots import (SUSPEND, SUSPENDED, begin, faults_of, held, is_over,
                       is_suspended, result, resume_messages)

pytestmark = pytest.mark.kernels("lab")

CPUFREQ = "/sys/devices/system/cpu/cpufreq"
SENSOR_READ = {"protocol": scmi.SENSOR, "message": 6}
# Long enough for the snapshot to come first, and shorter than the two seconds
# that Linux waits for a delayed response.
DELAY = {"action": "delay", "ns": 1_500_000_000}
# Longer than any of them is under way.
PATIENT = {"max-rx-timeout-ms": 60_000}
# When the agent has answered, so that there is all of that time to stop.
LATER = "sleep 0.5;"
WITH_EVENTS = ["mhu", "virtio"]


@pytest.fixture
def on(machine, phone_config, tmp_path):
    """on(transport, **options): machine() of the phone with that transport."""
    def start(name, cpus=2, **config):
        changed = copy.deepcopy(phone_config) | config
        changed["agents"][0]["transport"] = TRANSPORTS[name].config | PATIENT
        file = platforms.write(tmp_path, changed)
        return machine(machine=f"farside,scmi-platform={file}", cpus=cpus)

    return start


def be_quiet(guest):
    """Nobody sends a command but the test."""
    guest.check(f"for p in {CPUFREQ}/policy*; do "
                "echo userspace > $p/scaling_governor; done")
    guest.write(f"{scmi.thermal_zone(guest)}/mode", "disabled")


def reading_of(guest, sensor):
    return f"cat {scmi.hwmon(guest)}/{sensor}_input"


# -- commands and replies ----------------------------------------------------

# A rule for a reading of a sensor; what is read.
FLIGHTS = {
    "command": ({"site": "scmi-command", "match": SENSOR_READ} | SUSPEND,
                "in0"),
    "reply": ({"site": "scmi-reply", "match": SENSOR_READ} | SUSPEND, "in0"),
    "slow-command": ({"site": "scmi-command", "match": SENSOR_READ} | DELAY,
                     "in0"),
    "slow-reply": ({"site": "scmi-reply", "match": SENSOR_READ} | DELAY,
                   "in0"),
    "delayed-response": ({"site": "scmi-delayed-response",
                          "match": SENSOR_READ} | SUSPEND,
                         "power1"),
    "slow-delayed-response": ({"site": "scmi-delayed-response",
                               "match": SENSOR_READ} | DELAY,
                              "power1"),
}
ON_ALL = ("command", "reply", "slow-command", "slow-reply")


@pytest.mark.parametrize("name, flight", [
    *(("smc-interrupt", flight) for flight in ON_ALL),
    *((name, flight) for name in WITH_EVENTS for flight in FLIGHTS)])
def test_command_in_flight(on, places, name, flight):
    """A sensor is being read; once, all that it needs is kept by the rule."""
    rule, sensor = FLIGHTS[flight]
    started = on(name)
    guest = started[0]
    be_quiet(guest)
    reading = reading_of(guest, sensor)
    right = guest.check(reading)
    guest.qmp("fault-add", rules=[rule | {"id": "r", "times": 1}])
    begin(guest, f"{LATER} {reading}")
    guest.wait_event("FAULT_HIT")
    there = places(started, faults_of, before=resume_messages)
    assert held(guest) == 1
    for _, guest in there:
        assert result(guest) == (0, right.strip())
        assert held(guest) == 0
        assert guest.check(reading) == right


@pytest.mark.parametrize("name", WITH_EVENTS)
def test_delayed_response_pending(on, places, name):
    """The platform itself takes its time; Linux waits for two seconds."""
    started = on(name, **{"async-latency": 1_500_000})
    guest = started[0]
    be_quiet(guest)
    before = scmi.delayed(guest)
    reading = reading_of(guest, "power1")
    guest.qmp("message-log", enable=True)
    begin(guest, f"{LATER} {reading}")
    wait_until(lambda: guest.qmp("query-message-log", site="scmi-reply")
               ["messages"], "the first answer")
    for _, guest in places(started, faults_of):
        # Of the log, what was there when the machine was saved is gone.
        status, right = result(guest)
        assert status == 0 and int(right) > 0
        assert scmi.delayed(guest) == before + 1
        found = guest.qmp("query-message-log", site="scmi-delayed-response")
        assert [m["fate"] for m in found["messages"]] == ["delivered"]
        assert guest.check(reading).strip() == right


@pytest.mark.parametrize("site", ["scmi-command", "scmi-reply"])
def test_reordered(on, places, site):
    """What is kept until another one has passed, which is not yet sent."""
    started = on("virtio")
    guest = started[0]
    be_quiet(guest)
    reading = reading_of(guest, "in0")
    right = guest.check(reading).strip()
    guest.qmp("fault-add", rules=[
        {"id": "r", "site": site, "match": SENSOR_READ, "times": 1,
         "action": "reorder"}])
    begin(guest, reading)
    guest.wait_event("FAULT_HIT")
    there = places(started, faults_of)
    assert held(guest) == 1
    for _, guest in there:
        assert held(guest) == 1 and not is_over(guest)
        scmi.clocks(guest)
        assert result(guest) == (0, right)
        assert held(guest) == 0


def channels(guest):
    info, = guest.qmp("query-scmi")
    return info["agents"][0]["channels"]


@pytest.mark.parametrize("name", ["smc", "smc-interrupt"])
def test_channel_held(on, places, name):
    """The next command waits for the channel, and its CPU does nothing else."""
    started = on(name, cpus=4)
    guest = started[0]
    be_quiet(guest)
    reading = "taskset -c 3 " + reading_of(guest, "in0")
    right = guest.check(reading).strip()
    guest.qmp("fault-add", rules=[
        {"id": "r", "site": "scmi-reply", "match": SENSOR_READ, "times": 1,
         "action": "hold"}])
    assert guest.check(reading).strip() == right
    begin(guest, reading)
    for _, guest in places(started, lambda guest: (faults_of(guest),
                                                   channels(guest))):
        assert channels(guest)[0]["state"] == "busy" and not is_over(guest)
        guest.qmp("fault-remove", id="r")
        assert result(guest) == (0, right)
        assert guest.check(reading).strip() == right
        assert channels(guest)[0]["state"] == "free"


# -- events ------------------------------------------------------------------

# Limits of the CPUs that are slower; the first one is there from the start.
LIMITS = (1_804_800, 576_000, 1_209_600)
EVENT = {"id": "r", "site": "scmi-notification",
         "match": {"protocol": scmi.PERF}, "times": 1}


def set_limit(guest, limit):
    scmi.put(guest, "perf", "little", "max-level", limit)


def limit(guest):
    """As Linux sees it."""
    return int(guest.read(f"{CPUFREQ}/policy0/scaling_max_freq"))


def events(guest):
    return scmi.counters(guest).get("notification_ok", 0)


@pytest.mark.parametrize("name", WITH_EVENTS)
def test_event_suspended(on, places, name):
    """Linux hears of a limit when the event goes on, and not before."""
    started = on(name)
    guest = started[0]
    before = events(guest)
    guest.qmp("fault-add", rules=[EVENT | SUSPEND])
    set_limit(guest, LIMITS[1])
    for _, guest in places(started, faults_of):
        assert is_suspended(guest)
        assert (limit(guest), events(guest)) == (LIMITS[0], before)
        guest.qmp("fault-resume", tag=SUSPENDED)
        wait_until(lambda guest=guest: limit(guest) == LIMITS[1],
                   "the policy to follow")
        assert events(guest) == before + 1


@pytest.mark.parametrize("name", WITH_EVENTS)
def test_events_reordered(on, places, name):
    """The older event comes last, and Linux takes it for the newer one."""
    started = on(name)
    guest = started[0]
    before = events(guest)
    guest.qmp("fault-add", rules=[EVENT | {"action": "reorder"}])
    set_limit(guest, LIMITS[1])
    for _, guest in places(started, faults_of):
        assert (held(guest), limit(guest)) == (1, LIMITS[0])
        set_limit(guest, LIMITS[2])
        wait_until(lambda guest=guest: events(guest) == before + 2,
                   "both events")
        wait_until(lambda guest=guest: limit(guest) == LIMITS[1],
                   "the policy to follow")
        assert held(guest) == 0


@pytest.mark.parametrize("name", TRANSPORTS)
def test_transport_only_migratable(run_qemu, tmp_path, name):
    file = platforms.write(tmp_path, platforms.small(TRANSPORTS[name].config))
    done = run_qemu("-only-migratable", "-S", "-M",
                    f"farside,scmi-platform={file}", "-monitor", "stdio",
                    input="quit\n")
    assert (done.returncode, done.stderr) == (0, "")

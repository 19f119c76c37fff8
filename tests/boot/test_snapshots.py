# SPDX-License-Identifier: GPL-2.0-or-later
"""Snapshots at any time: the guest goes on wherever they are loaded.

Each test boots once, stops the machine when something is under way, and lets
it go on in each place of snapshots.Places.
"""

import pytest

import rtkit
import scmi
from frontdoor.layout import ROOT
from rtkit import wait_until
from snapshots import (SUSPEND, begin, faults_of, hits, result, resume_messages)
from test_scmi_life import change, check_drivers_work

pytestmark = pytest.mark.kernels("lab")

BIND = f"printf {rtkit.SMC_DEVICE} > {rtkit.MACSMC}/bind"
CPU_CONTROL = 0x0b100044


# -- at idle -----------------------------------------------------------------

def everything(guest):
    return {"scmi": scmi.state(guest), "rtkit": rtkit.firmware(guest),
            "keys": {key: rtkit.get(guest, key, "raw")
                     for key in rtkit.keys(guest) if key != "CLKM"},
            "faults": faults_of(guest)}


def test_idle(machine, places, kernel):
    """What is not the default goes along, and what came later goes back."""
    started = machine()
    guest = started[0]
    rtkit.wait_drivers(guest, kernel)
    change(guest)
    rtkit.put(guest, "TB0T", 61.25)
    guest.check("echo before > /tmp/when")
    for place, guest in places(started, everything):
        assert guest.read("/tmp/when") == "before"
        check_drivers_work(guest)
        assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)
        if place == "source":
            guest.check("echo after > /tmp/when")
            rtkit.put(guest, "TB0T", 99)
            scmi.put(guest, "clock", "sd-ref", "rate", 400_000)
            guest.qmp("fault-add", rules=[
                {"id": "late", "site": "scmi-reply", "action": "drop"}])
            rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)


# -- RTKit -------------------------------------------------------------------

def mgmt(kind, state):
    """A management message with a power state, as bytes."""
    return (kind << 52 | state).to_bytes(8, "little").hex()


IOP_POWER, IOP_POWER_ACK = 6, 7
WAKE, IDLE, SLEEP, OFF = 0x220, 0x201, 0x001, 0
MGMT = {"device": rtkit.RTKIT, "endpoint": 0}


def unbind(guest):
    rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)


def control(guest, value):
    guest.check(f"devmem {CPU_CONTROL:#x} 32 {value:#x}")


def reboot_firmware(guest, boot_ns):
    guest.qom_set(rtkit.RTKIT, "boot-ns", boot_ns)
    control(guest, 0)
    control(guest, 0x10)


def heal(guest):
    """Let it boot anew, with a driver that knows nothing of its past."""
    unbind(guest)
    reboot_firmware(guest, 500_000_000)
    guest.check(BIND)
    guest.qom_set(rtkit.RTKIT, "boot-ns", 0)


def boot(guest):
    unbind(guest)
    reboot_firmware(guest, 3_000_000_000)


def end_boot(guest):
    wait_until(lambda: rtkit.firmware(guest)["state"] == "hello",
               "the boot's end")
    # A driver that comes now is too late for this one.
    reboot_firmware(guest, 500_000_000)
    guest.check(BIND)


def until(kind):
    """Boot with a driver, up to a message of the AP's, which is kept."""
    def act(guest):
        unbind(guest)
        guest.qmp("fault-add", rules=[
            {"id": "r", "site": "rtkit-receive", "times": 1,
             "match": MGMT | {"type": kind}} | SUSPEND])
        # The driver waits for a second, in which the machine has to stop.
        begin(guest, f"sleep 0.5; {BIND}")
        guest.wait_event("FAULT_HIT")

    return act


def go_on(guest):
    assert result(guest) == (0, "")


def stop_cpu(guest):
    unbind(guest)
    control(guest, 0)


def start_cpu(guest):
    reboot_firmware(guest, 500_000_000)
    guest.check(BIND)


def bind(guest):
    guest.check(BIND)


def power(state):
    """A power state that Linux hears nothing of."""
    def act(guest):
        guest.qmp("fault-add", rules=[
            {"id": "r", "site": "rtkit-send", "action": "drop", "times": 1,
             "match": MGMT | {"type": IOP_POWER_ACK}}])
        guest.qmp("fault-send", device=rtkit.RTKIT, site="rtkit-receive",
                  bytes=mgmt(IOP_POWER, state))

    return act


def resume(guest):
    guest.qmp("fault-send", device=rtkit.RTKIT, site="rtkit-receive",
              bytes=mgmt(IOP_POWER, WAKE))


def crash(guest):
    guest.qmp("rtkit-crash", path=rtkit.RTKIT, reason="test")


# State: how to come there, and how to go on.
STATES = {
    "stopped": (stop_cpu, start_cpu),
    "boot": (boot, end_boot),
    "hello": (until(2), go_on),
    "epmap": (until(8), go_on),
    "starting": (until(5), go_on),
    "on": (lambda guest: None, lambda guest: None),
    "idle": (power(IDLE), resume),
    "quiesced": (unbind, bind),
    "sleep": (power(SLEEP), heal),
    "off": (power(OFF), heal),
    "crashed": (crash, heal),
}


def rtkit_and_faults(guest):
    return rtkit.firmware(guest), faults_of(guest), {
        name: guest.qom_get("/machine/smc-mailbox", name)
        for name in ("a2i-messages", "i2a-messages")}


@pytest.mark.parametrize("state", STATES)
def test_rtkit_state(machine, places, kernel, state):
    come, leave = STATES[state]
    started = machine()
    guest = started[0]
    rtkit.wait_drivers(guest, kernel)
    come(guest)
    there = places(started, rtkit_and_faults, before=resume_messages)
    assert there.saved[0]["state"] == state
    for _, guest in there:
        leave(guest)
        rtkit.wait_drivers(guest, kernel)
        assert rtkit.firmware(guest) == rtkit.RUNNING
        assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)


def test_rtkit_before_the_first_instruction(machine, places, kernel):
    started = machine(wait_ready=False, args=["-S"])
    there = places(started, rtkit_and_faults)
    assert there.saved[0]["state"] == "init"
    for _, guest in there:
        guest.wait_ready()
        rtkit.wait_drivers(guest, kernel)
        assert rtkit.firmware(guest) == rtkit.RUNNING


# -- faults ------------------------------------------------------------------

KEY = "TW0P"
# Rules on a reading of a key.
KEPT = {
    "key": {"site": "smc-key", "match": {"key": KEY}} | SUSPEND,
    "send": {"site": "rtkit-send", "match": MGMT | {"endpoint": 32}}
    | SUSPEND,
    "word": {"site": "mailbox-send", "match": {
        "device": "/machine/smc-mailbox", "endpoint": 32}} | SUSPEND,
    "interrupt": {"site": "irq", "match": {
        "device": "/machine/smc-mailbox", "line": 3,
        "words": [{"offset": 0, "value": 1}]}} | SUSPEND,
    "full": {"site": "mailbox-receive", "match": {
        "device": "/machine/smc-mailbox", "endpoint": 32}, "action": "hold"},
    "reordered": {"site": "rtkit-send", "match": MGMT | {"endpoint": 32},
                  "action": "reorder"},
}


def heal_reading(guest):
    """The driver waits for half a second of the guest's time."""
    guest.qmp("fault-remove", id="r")
    resume_messages(guest)
    # An event, which what is reordered waits for.
    rtkit.put(guest, "BUIC", 50)


@pytest.mark.parametrize("what", KEPT)
def test_reading_kept(machine, places, kernel, what):
    started = machine()
    guest = started[0]
    rtkit.wait_drivers(guest, kernel)
    reading = f"cat {rtkit.hwmon(guest)}/temp4_input"
    right = rtkit.scaled(rtkit.get(guest, KEY), 1000)
    guest.qmp("fault-add", rules=[KEPT[what] | {"id": "r"}])
    begin(guest, f"sleep 0.2; {reading}")
    guest.wait_event("FAULT_HIT")
    for _, guest in places(started, faults_of, before=heal_reading):
        assert result(guest) == (0, right)
        assert guest.check(reading).strip() == right


READS = 24
# Half of the readings fail by chance; before that, each third one; and the
# state that the last rule waits for comes while they are read.
COUNTING = [
    {"id": "chance", "site": "smc-key", "match": {"key": KEY}, "seed": 11,
     "probability": 0.5, "action": "status", "status": 0x84},
    {"id": "third", "site": "smc-key", "match": {"key": "TB0T"}, "after": 4,
     "every": 3, "times": 5, "action": "status", "status": 0x84},
    {"id": "move", "site": "smc-key", "match": {"key": "TCHP"}, "after": 6,
     "new-state": 2, "action": "none"},
    {"id": "then", "site": "smc-key", "match": {"key": "TH0x"}, "state": 2,
     "action": "status", "status": 0x84},
]


def outcomes(guest):
    """Which of some readings of each of the four sensors fail."""
    return guest.check(
        f"cd {rtkit.hwmon(guest)}; for n in $(seq {READS}); do "
        "for f in 4 1 2 3; do cat temp${f}_input > /dev/null 2>&1; "
        "echo -n $?; done; done")


def numbered(guest):
    log = guest.qmp("query-message-log")
    return faults_of(guest), log["enabled"], log["next"]


def test_rules_go_on_where_they_were(machine, places, kernel):
    started = machine()
    guest = started[0]
    rtkit.wait_drivers(guest, kernel)
    guest.qmp("message-log", enable=True)
    guest.qmp("fault-add", rules=COUNTING)
    guest.check(f"cd {rtkit.hwmon(guest)}; for n in 1 2 3 4 5; do "
                "cat temp*_input > /dev/null 2>&1; done; true")
    there = places(started, numbered)
    assert 0 < hits(guest)[0] < 5
    # The log's ring does not go along, its position does.
    position = there.saved[2]
    seen = []
    for place, guest in there:
        seen.append((outcomes(guest), hits(guest),
                     faults_of(guest)["state"]))
        log = guest.qmp("query-message-log", max=1)
        assert log["messages"][0]["position"] == \
            (log["first"] if place == "source" else position)
    assert seen[1:] == 3 * seen[:1]
    # All rules were hit again, and the last ones by what came before.
    assert all(hit > before["hits"] for hit, before in
               zip(seen[0][1], there.saved[0]["rules"]))
    assert seen[0][2] == 2


# -- what QEMU says of the devices -------------------------------------------

EVERYTHING = ["-chardev", "null,id=fw",
              "-blockdev", "driver=null-co,node-name=d0",
              "-device", "farside-ans,drive=d0",
              "-blockdev", "driver=null-co,node-name=d1",
              "-device", "farside-ans,drive=d1,variant=t8015"]
MACHINES = {
    "built-in": "farside",
    "mailbox": "farside,smccc-mailbox=fw",
    **{f"asc-{variant}": f"farside,asc-mailbox={variant}"
       for variant in ("t8015", "m3")},
    **{file.stem: f"farside,scmi-platform={file}"
       for file in sorted((ROOT / "docs/platforms").glob("*.json"))},
}


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_only_migratable(run_qemu, machine):
    done = run_qemu("-only-migratable", "-S", "-M", machine, *EVERYTHING,
                    "-monitor", "stdio", input="quit\n")
    assert (done.returncode, done.stderr) == (0, "")

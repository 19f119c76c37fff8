# SPDX-License-Identifier: GPL-2.0-or-later
"""Every action of fault rules at every place of SCMI's, under Linux's drivers.

What an action does to a message is tested by fault-test.c; here, that neither
QEMU nor Linux is broken for good by it, whatever the transport.
"""

import copy

import pytest

import platforms
import scmi
from matrix import TRANSPORTS
from scmi import wait_until

pytestmark = pytest.mark.kernels("lab")

POLICY = "/sys/devices/system/cpu/cpufreq/policy0"
# A word that nobody uses: the alarm of the real-time clock.
UNUSED = 0x09010004

MESSAGE = {
    "none": {}, "drop": {}, "delay": {"ns": 2_000_000},
    "duplicate": {"copies": 3}, "reorder": {}, "suspend": {"tag": "sweep"},
    "patch": {"patch": [{"offset": 0, "mask": 0x0fff0000, "value": 0}]},
    "write-memory": {"address": UNUSED, "bytes": "00000000"},
    "set-property": {"path": "/machine/scmi-fw/clock/pwm-ref",
                     "property": "enabled", "value": True},
    "silence": {},
}
TOKEN = {"token": {"token": 1000}}
LENGTH = {"truncate": {"length": 4}, "extend": {"bytes": 64 * "a5"}}
STATUS = {"status": {"status": -9}}
# A sensor's reading, and an event of performance; headers as they come.
REPLY = {"send": {"bytes": "06540000" "00000000"}}
EVENT = {"send": {"bytes": "004f0000" + 20 * "00"}}
SITES = {
    "scmi-command": MESSAGE | TOKEN | LENGTH | REPLY,
    "scmi-reply": MESSAGE | TOKEN | LENGTH | STATUS | REPLY
    | {"hold": {"duration": 1_000_000}},
    "scmi-delayed-response": MESSAGE | TOKEN | LENGTH | STATUS | EVENT,
    "scmi-notification": MESSAGE | TOKEN | LENGTH | EVENT,
    "scmi-fast-write": MESSAGE,
}
TRIALS = {"smc": ["scmi-command", "scmi-reply", "scmi-fast-write"],
          "smc-interrupt": ["scmi-command", "scmi-reply"],
          "mhu": list(SITES), "mhu-polled": ["scmi-command", "scmi-reply"],
          "virtio": list(SITES)}


def readings(guest, timeout=60):
    """Read a sensor of each kind: synchronous, asynchronous."""
    hwmon = scmi.hwmon(guest)
    return guest.check(f"for f in in0 power1; do cat {hwmon}/${{f}}_input 2> "
                       "/dev/null || echo none; done", timeout).split()


def traffic(guest, site):
    """Something that passes there."""
    if site == "scmi-notification":
        for level in (576_000, 1_804_800):
            scmi.put(guest, "perf", "little", "max-level", level)
    elif site == "scmi-fast-write":
        guest.check(f"for g in powersave performance schedutil; do "
                    f"echo $g > {POLICY}/scaling_governor; done")
    else:
        readings(guest)


def tried(guest, site, action, arguments):
    """Hits of a rule with that action, which can be carried out."""
    rule = {"id": "sweep", "site": site, "action": action, "times": 1}
    if site in ("scmi-command", "scmi-reply"):
        rule["match"] = {"protocol": scmi.SENSOR, "message": 6}
    guest.qmp("fault-add", rules=[rule | arguments])
    traffic(guest, site)
    status = guest.qmp("query-faults")
    if status["suspended"]:
        guest.qmp("fault-resume", tag="sweep")
    guest.qmp("fault-remove", id="sweep")
    info, = status["rules"]
    return info["hits"], info["failures"]


@pytest.mark.parametrize("name", TRIALS)
def test_every_action(boot_guest, phone_config, tmp_path, name):
    config = copy.deepcopy(phone_config)
    config["agents"][0]["transport"] = TRANSPORTS[name].config | {
        "max-rx-timeout-ms": 100}
    file = platforms.write(tmp_path, config)
    guest = boot_guest(machine=f"farside,scmi-platform={file}")
    right = readings(guest)
    assert "none" not in right
    results = {}
    for site in TRIALS[name]:
        for action, arguments in SITES[site].items():
            if action == "hold" and name == "virtio":
                continue  # it has no channel that could be busy
            results[site, action] = tried(guest, site, action, arguments)
    assert {trial for trial, result in results.items()
            if result != (1, 0)} == set()
    wait_until(lambda: readings(guest) == right, "sensors to be read again")
    assert guest.qmp("query-faults") == {"state": 1, "rules": [],
                                         "suspended": []}


# -- rules that come and go --------------------------------------------------

TIMES = 60
PATIENT = {"max-rx-timeout-ms": 60_000}
READ_ON = """
cd {hwmon}
( while read -r value < in0_input && [ $value = {right} ]; do
    echo >> /tmp/reads
done
echo "stopped at $value" > /tmp/stopped ) > /dev/null 2>&1 &
"""


def count(guest):
    return int(guest.check("cat /tmp/reads 2> /dev/null | wc -l"))


@pytest.mark.parametrize("name", ["mhu", "virtio"])
def test_during_traffic(boot_guest, phone_config, tmp_path, name):
    """Rules are added and removed while Linux reads, and it reads on."""
    config = copy.deepcopy(phone_config)
    config["agents"][0]["transport"] = TRANSPORTS[name].config | PATIENT
    file = platforms.write(tmp_path, config)
    guest = boot_guest(machine=f"farside,scmi-platform={file}")
    guest.check(READ_ON.format(hwmon=scmi.hwmon(guest),
                               right=readings(guest)[0]))
    for number in range(TIMES):
        site = ("scmi-command", "scmi-reply")[number % 2]
        guest.qmp("fault-add", rules=[
            {"id": "late", "site": site, "action": "delay", "ns": 1000,
             "times": 3},
            {"id": "wait", "site": site, "action": "suspend", "tag": "t",
             "after": 5}])
        wait_until(lambda: guest.qmp("query-faults")["suspended"],
                   "a message")
        guest.qmp("fault-remove", id="late")
        guest.qmp("fault-remove", id="wait")
        guest.qmp("fault-resume", tag="t")
    before = count(guest)
    wait_until(lambda: count(guest) > before, "readings")
    assert not guest.exists("/tmp/stopped")
    assert guest.qmp("query-faults") == {"state": 1, "rules": [],
                                         "suspended": []}

# SPDX-License-Identifier: GPL-2.0-or-later
"""Suspend to idle: what Linux switches off and on again, and what it misses.

The host wakes the guest by the serial port that the agent listens on, and so
waits for nothing but the states that it sees.
"""

import json

import pytest

import platforms
import scmi
from conftest import CPUS, PHONE
from suspend import STATE, fall_asleep, periph_is, wake, wake_by_agent

# Stock kernels have no driver in their initramfs that uses a power domain but
# AMBA's bus, and no raw mode; what they share is tested by them all.
pytestmark = pytest.mark.kernels("lab")

LIMITS = "/sys/devices/system/cpu/cpufreq/policy2/scaling_max_freq"

# The interrupts of Arm's MHU sleep before the power domains are switched off
# (drivers/mailbox/arm_mhu*.c ask for them without IRQF_NO_SUSPEND), so a
# command has to be polled for then.
POLLED = {"type": "mailbox", "interrupt": False}


@pytest.fixture(scope="module")
def smc(new_guest):
    with new_guest("suspend-smc", cpus=CPUS) as guest:
        wake_by_agent(guest)
        yield guest


@pytest.fixture(scope="module")
def polled(new_guest, tmp_path_factory):
    phone = json.loads(PHONE.read_text())
    phone["agents"][0]["transport"] = POLLED
    file = platforms.write(tmp_path_factory.mktemp("polled"), phone)
    with new_guest("suspend-polled", cpus=CPUS,
                   machine=f"farside,scmi-platform={file}") as guest:
        wake_by_agent(guest)
        yield guest


@pytest.fixture(params=["smc", "polled"])
def sleeper(request):
    return request.getfixturevalue(request.param)


def failures(guest):
    return {name: count for name, count in scmi.counters(guest).items()
            if name not in ("sent_ok", "response_ok", "response_polled_ok",
                            "notification_ok", "delayed_response_ok")}


def test_power_domain_of_a_device_is_off_in_between(sleeper):
    """Twice; Linux works with the platform as before."""
    powered, failed = scmi.state(sleeper, ("power",)), failures(sleeper)
    assert powered["power", "periph", "on"]
    for _ in range(2):
        asleep = fall_asleep(sleeper)
        assert not any(scmi.state(sleeper, ("power",)).values())
        wake(sleeper, asleep)
        assert scmi.state(sleeper, ("power",)) == powered
        assert sleeper.read("/sys/kernel/debug/pm_genpd/periph/current_state"
                            ) == "on"
    assert failures(sleeper) == failed
    assert scmi.get(sleeper, "clock", "periph-apb", "enabled")


def test_what_changed_meanwhile_is_read_afterwards(sleeper):
    sensors = ("soc-thermal", scmi.names(sleeper, "sensor")[2])
    before = {name: scmi.get(sleeper, "sensor", name, "value")
              for name in sensors}
    asleep = fall_asleep(sleeper)
    for number, name in enumerate(sensors):
        scmi.put(sleeper, "sensor", name, "value", 777 + number)
    scmi.put(sleeper, "clock", "pwm-ref", "rate", 12_000)
    wake(sleeper, asleep)
    values = scmi.hwmon_values(sleeper)
    assert [values[name][1] for name in sensors] == [777, 778]
    assert scmi.clocks(sleeper)["pwm-ref"]["clk_rate"] == "12000"
    for name, value in before.items():
        scmi.put(sleeper, "sensor", name, "value", value)


def test_event_waits_until_linux_is_awake(polled):
    highest = scmi.get(polled, "perf", "big", "max-level")
    events = scmi.counters(polled).get("notification_ok", 0)
    asleep = fall_asleep(polled)
    scmi.put(polled, "perf", "big", "max-level", 1_056_000)
    wake(polled, asleep)
    scmi.wait_until(lambda: polled.read(LIMITS) == "1056000",
                    "the policy to follow")
    assert scmi.counters(polled)["notification_ok"] == events + 1
    scmi.put(polled, "perf", "big", "max-level", highest)
    scmi.wait_until(lambda: polled.read(LIMITS) == str(highest),
                    "the policy to follow")


def test_delayed_responses_before_and_after(polled):
    for power in (1_111_000, 2_222_000):
        before = scmi.delayed(polled)
        scmi.put(polled, "sensor", "soc-power", "value", power)
        assert scmi.hwmon_values(polled)["soc-power"] == ("power1", power)
        assert scmi.delayed(polled) == before + 1
        wake(polled, fall_asleep(polled))


@pytest.mark.parametrize("level, switched", [
    ("freezer", False), ("devices", False), ("platform", True)])
def test_levels_of_pm_test(sleeper, level, switched):
    """Devices are suspended first; their domains follow with the platform."""
    sleeper.write("/sys/power/pm_test", level)
    sleeper.write("/sys/module/suspend/parameters/pm_test_delay", 1)
    command = f"echo freeze > {STATE}"
    sleeper.send(command)
    if switched:
        periph_is(sleeper, False)
    sleeper.receive(command)
    assert scmi.get(sleeper, "power", "periph", "on")
    log = sleeper.check("dmesg | sed -n '/suspend entry/,$p'")
    assert log.splitlines()[-1].endswith("PM: suspend exit")
    assert "Waiting for 1 second(s)" in log
    sleeper.write("/sys/power/pm_test", "none")


def test_interrupt_of_the_mhu_sleeps_too_early(boot_guest):
    """Linux takes a command for lost that the platform carried out.

    The answer finds nobody; what is said afterwards is heard as before.
    """
    guest = boot_guest(machine=f"farside,scmi-platform={PHONE}")
    wake_by_agent(guest)
    wake(guest, fall_asleep(guest))
    assert failures(guest) == {"xfers_response_timeout": 1,
                               "err_msg_unexpected": 1}
    assert not scmi.get(guest, "power", "periph", "on")
    assert scmi.hwmon_values(guest)["soc-thermal"] == ("temp1", 36_500)
    assert failures(guest) == {"xfers_response_timeout": 1,
                               "err_msg_unexpected": 1}

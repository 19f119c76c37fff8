# SPDX-License-Identifier: GPL-2.0-or-later
"""System power, and events that the platform sends by itself.

On docs/platforms/phone.json, whose transport carries events.
"""

import pytest

import scmi
from frontdoor.layout import ROOT
from scmi import SUCCESS, words

# Other kernels have no driver of system power, and no raw mode.
pytestmark = pytest.mark.kernels("lab")

MACHINE = f"farside,scmi-platform={ROOT}/docs/platforms/phone.json"
SYSTEM = f"{scmi.PLATFORM}/system"

# What the kernel starts to shut down gracefully. The image has no init system.
HELPER = """
mkdir -p /sbin
cat > /sbin/{name} << 'END'
#!/bin/sh
echo "user space was asked to {name}" > /dev/console
{action}
END
chmod +x /sbin/{name}
"""


def ask(guest, request, name, action):
    guest.check(HELPER.format(name=name, action=action))
    guest.qom_set(SYSTEM, "request", request)


def test_shutdown_is_graceful(boot_guest):
    guest = boot_guest(machine=MACHINE)
    ask(guest, "shutdown", "poweroff", "poweroff -f")
    data, status = guest.wait_shutdown()
    assert data == {"guest": True, "reason": "guest-shutdown"}
    assert status == 0
    assert "Serving shutdown/reboot request: 0" in guest.console()
    assert "user space was asked to poweroff" in guest.console()


@pytest.mark.parametrize("request_, number", [("cold-reset", 1),
                                              ("warm-reset", 2)])
def test_reset_is_graceful(boot_guest, request_, number):
    guest = boot_guest(machine=MACHINE, reboot=True)
    ask(guest, request_, "reboot", "reboot -f")
    event = guest.wait_event("RESET")
    assert event["data"] == {"guest": True, "reason": "guest-reset"}
    assert f"Serving shutdown/reboot request: {number}" in guest.console()
    assert "user space was asked to reboot" in guest.console()
    guest.wait_ready()
    assert guest.qom_get(SYSTEM, "request") == "none"
    assert scmi.hwmon_values(guest)["soc-thermal"] == ("temp1", 36_500)


def test_request_that_nobody_carries_out_is_forced(boot_guest):
    """User space hangs: the machine is off when the time is over."""
    guest = boot_guest(machine=MACHINE)
    guest.qom_set(SYSTEM, "timeout", 500)
    ask(guest, "shutdown", "poweroff", "while true; do sleep 1; done")
    assert guest.wait_shutdown()[1] == 0


def test_suspend_is_served(boot_guest):
    """The machine's PSCI has no suspend to memory, so Linux comes back."""
    guest = boot_guest(machine=MACHINE)
    guest.qom_set(SYSTEM, "request", "suspend")
    scmi.wait_until(lambda: "PM: suspend exit" in guest.check("dmesg"),
                    "Linux to try")
    log = guest.check("dmesg")
    assert "Serving shutdown/reboot request: 4" in log
    assert "PM: suspend entry" in log
    assert scmi.hwmon_values(guest)["soc-thermal"] == ("temp1", 36_500)


# -- events ------------------------------------------------------------------

NOTIFICATION = 3
NOTIFICATIONS = "/sys/kernel/debug/scmi/0/raw/notification"

# protocol: (message that subscribes to it, event, resource, property, value
# that the host sets, what the event says after agent and number). Of resets,
# there are events of those only that an agent asks for.
EVENTS = {
    "power": (0x6, 0x0, "modem", "on", True, words(0)),
    "perf": (0xa, 0x1, "big", "level", 710_400, words(710_400)),
    "clock": (0x9, 0x0, "gpu", "rate", 719_000_000, words(719_000_000, 0)),
}
NUMBERS = {"power": scmi.POWER, "perf": scmi.PERF, "clock": scmi.CLOCK}


@pytest.fixture(scope="module")
def phone(new_guest):
    with new_guest("events", machine=MACHINE) as guest:
        # No frequency is changed but by a test.
        guest.check("for p in /sys/devices/system/cpu/cpufreq/policy*; do "
                    "echo userspace > $p/scaling_governor; done")
        yield guest


@pytest.mark.parametrize("protocol", EVENTS)
def test_events(phone, protocol):
    """Subscribed to by raw messages; Linux receives each as it was sent."""
    message, event, name, prop, value, rest = EVENTS[protocol]
    number = scmi.get(phone, protocol, name, "id")
    before = scmi.get(phone, protocol, name, prop)
    raw = scmi.Raw(phone)
    count = scmi.counters(phone).get("notification_ok", 0)
    assert raw.call(NUMBERS[protocol], message, number, 1) == (SUCCESS, b"")
    scmi.put(phone, protocol, name, prop, value)
    received = bytes.fromhex(phone.check(
        f"timeout 20 hexdump -ve '1/1 \"%02x\"' {NOTIFICATIONS}"))
    assert raw.call(NUMBERS[protocol], message, number, 0) == (SUCCESS, b"")
    scmi.put(phone, protocol, name, prop, before)
    header = int.from_bytes(received[:4], "little") & 0x3ffff
    assert header == NUMBERS[protocol] << 10 | NOTIFICATION << 8 | event
    assert received[4:] == words(0, number) + rest
    assert scmi.counters(phone)["notification_ok"] == count + 1

# SPDX-License-Identifier: GPL-2.0-or-later
"""scmi_power_control: what the platform asks of the whole system.

On docs/platforms/phone.json, whose transport carries events.
"""

import pytest

import scmi
from conftest import PHONE
from scmi import (INVALID_PARAMETERS, MESSAGE_ATTRIBUTES, NOT_FOUND,
                  PROTOCOL_ERROR, SUCCESS, words)

# Other kernels have no driver of system power, and no raw mode.
pytestmark = pytest.mark.kernels("lab")

MACHINE = f"farside,scmi-platform={PHONE}"
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


# -- messages ----------------------------------------------------------------

SHUTDOWN, WARM_RESET, POWER_UP, SUSPEND, VENDOR = 0, 2, 3, 4, 0x80000000

# message, payload, status, what follows it
MESSAGES = [
    (0x0, (), SUCCESS, words(0x20001)),
    (0x1, (), SUCCESS, words(0)),
    (MESSAGE_ATTRIBUTES, (3,), SUCCESS, words(1 << 31 | 1 << 30)),
    (MESSAGE_ATTRIBUTES, (5,), SUCCESS, words(0)),
    (MESSAGE_ATTRIBUTES, (6,), NOT_FOUND, b""),
    (0x3, (2, SHUTDOWN), INVALID_PARAMETERS, b""),
    (0x3, (0, 5), INVALID_PARAMETERS, b""),
    (0x3, (0, VENDOR), INVALID_PARAMETERS, b""),
    (0x3, (0,), PROTOCOL_ERROR, b""),
    (0x3, (0, SHUTDOWN, 0), PROTOCOL_ERROR, b""),
    (0x4, (), SUCCESS, words(POWER_UP)),
    (0x4, (0,), PROTOCOL_ERROR, b""),
    (0x5, (1,), SUCCESS, b""),
    (0x5, (2,), INVALID_PARAMETERS, b""),
    (0x5, (), PROTOCOL_ERROR, b""),
    (0x6, (), NOT_FOUND, b""),
]


def test_messages(phone):
    raw = scmi.Raw(phone)
    results = raw.many([(scmi.SYSTEM, message, words(*payload))
                        for message, payload, _, _ in MESSAGES])
    assert list(zip(MESSAGES, results)) == \
        [(row, (row[2], row[3])) for row in MESSAGES]
    assert phone.alive()


def test_linux_hears_of_its_own_request(boot_guest):
    """An agent's graceful request goes to all who subscribed: to Linux."""
    guest = boot_guest(machine=MACHINE)
    guest.check(HELPER.format(name="poweroff", action="poweroff -f"))
    assert scmi.Raw(guest).call(scmi.SYSTEM, 0x3, 1, SHUTDOWN) == \
        (SUCCESS, b"")
    assert guest.wait_shutdown()[0] == {"guest": True,
                                        "reason": "guest-shutdown"}
    assert "user space was asked to poweroff" in guest.console()


@pytest.mark.parametrize("state, event", [(SHUTDOWN, "SHUTDOWN"),
                                          (WARM_RESET, "RESET")])
def test_forceful_request_by_an_agent(boot_guest, state, event):
    """The machine goes down while the message is being answered."""
    guest = boot_guest(machine=MACHINE, reboot=True)
    raw = scmi.Raw(guest)
    message = words(raw.header(scmi.SYSTEM, 0x3), 0, state)
    octal = "".join(f"\\{byte:03o}" for byte in message)
    guest.send(f"printf '{octal}' > /sys/kernel/debug/scmi/0/raw/message")
    assert guest.wait_event(event)["data"]["guest"]
    assert "user space was asked" not in guest.console()


def test_suspend_by_an_agent(boot_guest):
    """Forceful: the machine sleeps until the host wakes it."""
    guest = boot_guest(machine=MACHINE)
    raw = scmi.Raw(guest)
    message = words(raw.header(scmi.SYSTEM, 0x3), 0, SUSPEND)
    octal = "".join(f"\\{byte:03o}" for byte in message)
    command = f"printf '{octal}' > /sys/kernel/debug/scmi/0/raw/message"
    guest.send(command)
    guest.wait_event("SUSPEND")
    assert guest.qmp("query-status")["status"] == "suspended"
    scmi.put(guest, "sensor", "soc-thermal", "value", 12_345)
    guest.qmp("system_wakeup")
    guest.wait_event("WAKEUP")
    assert guest.receive(command)[0] == 0
    assert scmi.hwmon_values(guest)["soc-thermal"] == ("temp1", 12_345)

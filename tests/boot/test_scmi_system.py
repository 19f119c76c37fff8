# SPDX-License-Identifier: GPL-2.0-or-later
"""scmi_power_control: what the platform asks of the whole system.

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

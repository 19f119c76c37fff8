# SPDX-License-Identifier: GPL-2.0-or-later
"""Suspend to idle: the guest falls asleep, and is woken by its agent's port.

Both wait for nothing but what they see: a power domain of the SCMI platform,
whose device Linux suspends, and the end of the command that suspended.
"""

import scmi

STATE = "/sys/power/state"
RESULT = "/tmp/suspended"


def wake_by_agent(guest):
    guest.write("/sys/class/tty/ttyAMA1/power/wakeup", "enabled")


def periph_is(guest, on):
    scmi.wait_until(lambda: scmi.get(guest, "power", "periph", "on") is on,
                    f"the power domain to be {'on' if on else 'off'}")


def fall_asleep(guest):
    """Start to suspend; returns when the domain of a device is off."""
    command = f"(echo freeze > {STATE}; echo $?) > {RESULT} 2>&1"
    guest.send(command)
    periph_is(guest, False)
    return command


def wake(guest, command):
    """Returns when user space runs again."""
    guest.poke()
    guest.receive(command)
    assert guest.read(RESULT) == "0"

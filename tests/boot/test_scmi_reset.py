# SPDX-License-Identifier: GPL-2.0-or-later
"""reset-scmi: a device that Linux holds in reset, and lets go.

The driver core releases a reset for AMBA devices and no more (test_scmi.py).
The glue of a USB controller asserts it again, when it is unbound and while
the system sleeps; it touches no register, so it needs no such device.
"""

import pytest

import scmi

DEVICE = "usb-glue"
DRIVER = "/sys/bus/platform/drivers/dwc3-of-simple"
USB = """
/ { usb-glue { compatible = "rockchip,rk3399-dwc3";
    resets = <&{/firmware/scmi/protocol@16} 3>,
             <&{/firmware/scmi/protocol@16} 2>;
    clocks = <&{/firmware/scmi/protocol@14} 6>;
    power-domains = <&{/firmware/scmi/protocol@11} 4>;
}; };
"""
RESETS = ("usb", "display")


@pytest.fixture
def usb(boot_guest):
    return boot_guest(dts=USB)


def asserted(guest):
    return [scmi.get(guest, "reset", name, "asserted") for name in RESETS]


def resets(guest):
    return [scmi.get(guest, "reset", name, "resets") for name in RESETS]


def test_unbound_device_is_held_in_reset(usb):
    assert usb.exists(f"{DRIVER}/{DEVICE}")
    assert asserted(usb) == [False, False]
    assert scmi.get(usb, "power", "usb", "on")
    before = resets(usb)
    for number in (1, 2):
        usb.write(f"{DRIVER}/unbind", DEVICE)
        assert asserted(usb) == [True, True]
        assert not scmi.get(usb, "clock", "gpu-core", "enabled")
        scmi.wait_until(lambda: not scmi.get(usb, "power", "usb", "on"),
                        "the power domain to be switched off")
        usb.write(f"{DRIVER}/bind", DEVICE)
        assert asserted(usb) == [False, False]
        assert resets(usb) == [count + number for count in before]
        assert scmi.get(usb, "clock", "gpu-core", "enabled")
        assert scmi.get(usb, "power", "usb", "on")


def test_sleeping_device_is_held_in_reset(usb):
    """And its power domain is off: see test_scmi_suspend.py."""
    usb.write("/sys/class/tty/ttyAMA1/power/wakeup", "enabled")
    before = resets(usb)
    command = "echo freeze > /sys/power/state"
    usb.send(command)
    scmi.wait_until(lambda: not scmi.get(usb, "power", "usb", "on"),
                    "the power domain to be switched off")
    assert asserted(usb) == [True, True]
    usb.poke()
    assert usb.receive(command)[0] == 0
    assert asserted(usb) == [False, False]
    assert resets(usb) == [count + 1 for count in before]
    assert scmi.get(usb, "power", "usb", "on")

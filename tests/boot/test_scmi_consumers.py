# SPDX-License-Identifier: GPL-2.0-or-later
"""Every driver binds, on a transport with events, and is answered."""

import pytest

import scmi

# Other kernels have none of these drivers: see test_scmi.py.
pytestmark = pytest.mark.kernels("lab")


def test_phone_binds_every_driver(phone):
    """Each device that the core made for a driver has it."""
    # The core makes some of its own, for its channels.
    unbound = phone.check(
        "cd /sys/bus/scmi_protocol/devices; for d in *; do "
        "[ -e $d/driver ] || cat $d/name; done").split()
    # That driver looks for an i.MX: see imx_pads.py.
    assert [name for name in unbound
            if not name.startswith("__scmi_transport_device")] == \
        ["pinctrl-imx"]
    assert phone.read("/sys/kernel/debug/scmi/0/transport/type") == "arm,scmi"


def test_phone_is_served_by_interrupts(phone):
    # The thermal zone sends commands while the counters are read.
    def settled():
        counters = scmi.counters(phone)
        return (counters["sent_ok"] == counters["response_ok"] > 0 and
                set(counters) <= {"sent_ok", "response_ok", "notification_ok",
                                  "delayed_response_ok"})

    scmi.wait_until(settled, "an answer to each command, and no polling")


def test_rate_set_is_answered_later(phone):
    chip, before = "/sys/class/pwm/pwmchip0", scmi.delayed(phone)
    phone.write(f"{chip}/export", 0)
    try:
        phone.write(f"{chip}/pwm0/period", 100_000)
        phone.write(f"{chip}/pwm0/duty_cycle", 50_000)
        phone.write(f"{chip}/pwm0/enable", 1)
        assert scmi.get(phone, "clock", "pwm-ref", "rate") == 10_000
        assert scmi.delayed(phone) == before + 1
    finally:
        phone.write(f"{chip}/pwm0/enable", 0)
        phone.write(f"{chip}/unexport", 0)

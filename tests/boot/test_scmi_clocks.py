# SPDX-License-Identifier: GPL-2.0-or-later
"""scmi-clocks: what consumers in the device tree make Linux set, and may not.

Rates and states: see test_scmi.py.
"""

import pytest

import platforms
import scmi

# Other kernels have not all of these messages, and no counters.
pytestmark = pytest.mark.kernels("lab")

CLOCKS = "&{/firmware/scmi/protocol@14}"
OSC, DISPLAY_PIXEL = 0, 7
PWM = "/sys/class/pwm/pwmchip0"
PWM_REF = {"name": "pwm-ref", "enabled": False,
           "range": {"min": 1000, "max": 19_200_000, "step": 1000}}
DUTY_CYCLE, SPREAD_SPECTRUM = 1, 0x80


@pytest.fixture
def boot(boot_guest, tmp_path):
    """Boots a guest whose clocks are these and the GPIO's."""
    def with_clocks(*clocks, dts="", **members):
        file = platforms.write(tmp_path, platforms.small(
            clocks=[*platforms.SMALL["clocks"], *clocks], **members))
        return boot_guest(machine=f"farside,scmi-platform={file}", dts=dts)

    return with_clocks


def test_consumer_chooses_the_parent(boot_guest):
    guest = boot_guest(dts=f"""/ {{ pwm {{
        assigned-clocks = <{CLOCKS} {DISPLAY_PIXEL}>;
        assigned-clock-parents = <{CLOCKS} {OSC}>; }}; }};""")
    name = "display-pixel-primary"
    assert scmi.get(guest, "clock", name, "parent") == "osc-24m"
    assert scmi.clocks(guest)[name]["clk_parent"] == "osc-24m"


def run_pwm(guest, period_ns, percent):
    """pwm-clk makes its clock's rate and duty cycle what user space asks."""
    guest.write(f"{PWM}/export", 0)
    guest.write(f"{PWM}/pwm0/period", period_ns)
    guest.write(f"{PWM}/pwm0/duty_cycle", period_ns * percent // 100)
    guest.write(f"{PWM}/pwm0/enable", 1)


def test_duty_cycle(boot):
    """Of version 3's extended configuration; both ways."""
    guest = boot(PWM_REF | {"oem": [{"type": DUTY_CYCLE, "value": 30}]})
    file = "/sys/kernel/debug/clk/pwm-ref/clk_duty_cycle"
    assert guest.read(file) == "30/100"
    run_pwm(guest, 100_000, 25)
    assert scmi.get(guest, "clock", "pwm-ref", f"oem-{DUTY_CYCLE}") == 25


def test_consumer_spreads_the_spectrum(boot):
    """What a vendor defined: to NXP's, Linux gives 2 % at 30 kHz."""
    hertz, percent, down = 30_000, 2, 2
    number = len(platforms.SMALL["clocks"])
    guest = boot(
        PWM_REF | {"oem": [{"type": SPREAD_SPECTRUM, "value": 0}]},
        dts=f"""/ {{ pwm {{
            assigned-clocks = <{CLOCKS} {number}>;
            assigned-clock-sscs = <{hertz} {percent * 10_000} {down}>;
        }}; }};""", vendor="NXP", **{"sub-vendor": "IMX"})
    assert scmi.get(guest, "clock", "pwm-ref", f"oem-{SPREAD_SPECTRUM}") == \
        1 << 24 | hertz << 8 | percent


@pytest.mark.parametrize("changes", [[], ["state"], ["rate"],
                                     ["rate", "parent", "state"]],
                         ids=lambda changes: "-".join(changes) or "nothing")
def test_linux_does_not_try_what_it_may_not(boot, changes):
    """It asks for its permissions, and gets by without what they lack."""
    agent = platforms.SMALL["agents"][0] | {"restricted-clocks": [
        {"clock": "pwm-ref", "changes": changes}]}
    guest = boot(PWM_REF | {"rate": 1_000_000}, agents=[agent])
    refused = scmi.counters(guest).get("err_protocol", 0)
    run_pwm(guest, 100_000, 50)
    assert scmi.get(guest, "clock", "pwm-ref", "enabled") is \
        ("state" not in changes)
    assert scmi.get(guest, "clock", "pwm-ref", "rate") == \
        (1_000_000 if "rate" in changes else 10_000)
    assert scmi.counters(guest).get("err_protocol", 0) == refused

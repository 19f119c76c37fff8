# SPDX-License-Identifier: GPL-2.0-or-later
"""scmi-perf-domain: a device that is in a performance domain, and no CPU.

The frequency of an i.MX bus is user space's choice, without a register being
touched: Linux sets the clock, and the level of the domain.
"""

import pytest

import platforms
import scmi

pytestmark = pytest.mark.kernels("lab", "6.12")

# The CPUs' domain; the bus has another one.
CPUS = platforms.SMALL["perf-domains"][0]
NOC = 1
LEVELS = [level["level"] for level in CPUS["levels"]]
HERTZ = [1000 * level for level in LEVELS]
FREQUENCY = "/sys/class/devfreq/noc/userspace/set_freq"
# Linux takes the domain's levels from the firmware, and the consumer wants a
# table of its own: one frequency more, at the middle level.
MORE = HERTZ[1] + 1000
BUS = f"""
/ {{ noc {{ compatible = "fsl,imx8m-noc";
    clocks = <&{{/firmware/scmi/protocol@14}} 2>;
    power-domains = <&{{/firmware/scmi/protocol@13}} {NOC}>;
    operating-points-v2 = <&{{/noc-table}}>; }};
  noc-table {{ compatible = "operating-points-v2";
    opp {{ opp-hz = /bits/ 64 <{MORE}>; opp-level = <{LEVELS[1]}>; }};
}}; }};
"""


def test_device_sets_the_level(boot_guest, tmp_path):
    file = platforms.write(tmp_path, platforms.small(
        **{"perf-domains": [CPUS, CPUS | {"name": "noc"}]},
        clocks=[*platforms.SMALL["clocks"],
                {"name": "noc", "rates": sorted([*HERTZ, MORE])}]))
    guest = boot_guest(machine=f"farside,scmi-platform={file}", dts=BUS)
    assert guest.read("/sys/kernel/debug/pm_genpd/noc_1/current_state") == \
        "on"
    scmi.wait_until(lambda: guest.exists(FREQUENCY), "the bus")
    for hertz, level in (*zip(HERTZ, LEVELS), (MORE, LEVELS[1]),
                         (HERTZ[0], LEVELS[0])):
        guest.write(FREQUENCY, hertz)
        assert scmi.get(guest, "perf", "noc", "level") == level
        assert scmi.get(guest, "clock", "noc", "rate") == hertz

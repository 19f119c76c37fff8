# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that attacks the SCMI channel: tests/bare-metal/hostile.c.

Whatever it does, each call has a defined outcome, QEMU lives, and a command
after it all is served.
"""

import pytest

import platforms

# One kernel's run is enough: this guest has none.
pytestmark = pytest.mark.kernels("lab")

# SCMI's function; the version; call count, UID and revision of two owners.
CLAIMED_FUNCTIONS = 8
REWRITES = 100000
ATTACKS = ("lengths", "headers", "tokens", "random", "not_handed_over", "page",
           "race")
RECOVERY = {
    "reset_agent": 0,
    "version_call": 0,
    "version": 0x20001,
    "rate_call": 0,
    "rate_channel": 1,
    "rate_length": 16,
    "rate_status": 0,
    "rate": 24_000_000,
}
GUEST_ERRORS = (
    "scmi-smc: length 0 does not fit the channel",
    "scmi-smc: length 4073 does not fit the channel",
    "scmi-smc: length 2147483648 does not fit the channel",
    "scmi-smc: length 4294967295 does not fit the channel",
    "scmi-smc: called while the agent owns the channel",
    # Protocol 0x12, not there; a delayed response to a command; more payload than VERSION
    # has. Asking for a message that there is not is no mistake.
    "scmi: agent 1, header 0x00004800: no such protocol",
    "scmi: agent 1, header 0x00004200: not a command",
    "scmi: agent 1, header 0x00004000: payload of a wrong length",
)


PLATFORM = platforms.small(clocks=[
    {"name": f"clock-{i}", "rates": [24_000_000]} for i in range(4)])
# Else one of the first messages would switch the machine off.
del PLATFORM["system-power"]


@pytest.fixture
def machine(tmp_path):
    return f"farside,scmi-platform={platforms.write(tmp_path, PLATFORM)}"


@pytest.mark.parametrize("how", [
    ("-smp", "2"),
    ("-smp", "2", "-cpu", "max"),
    ("-smp", "2", "-accel", "tcg,thread=single"),
], ids=["default", "max", "one-thread"])
def test_hostile_guest(bare_metal, machine, how):
    run = bare_metal("hostile", *how, machine=machine)
    told = dict(run.lines)
    # How many answers of each attack were not defined.
    assert {name: told.get(name) for name in ATTACKS} == \
        dict.fromkeys(ATTACKS, 0)
    assert told["functions"] == CLAIMED_FUNCTIONS
    assert told["race_rewrites"] >= REWRITES
    assert {name: told[name] for name in RECOVERY} == RECOVERY
    assert [line for line in GUEST_ERRORS if line not in run.errors] == []


def test_hostile_guest_at_el2(bare_metal, machine):
    run = bare_metal("hostile", "-smp", "2",
                     machine=f"{machine},virtualization=on")
    told = dict(run.lines)
    assert {name: told.get(name) for name in ATTACKS} == \
        dict.fromkeys(ATTACKS, 0)
    assert {name: told[name] for name in RECOVERY} == RECOVERY

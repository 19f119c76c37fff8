# SPDX-License-Identifier: GPL-2.0-or-later
"""The SMC/HVC conduit, called by a guest of ours without a kernel.

tests/bare-metal/calls.c makes the calls, in each of the states a caller can be
in; here is what has to come back.
"""

import pytest

# One kernel's run is enough: these guests have none.
pytestmark = pytest.mark.kernels("lab")

SUCCESS = 0
SMCCC_1_2 = 0x10002
PSCI_1_1 = 0x10001
SCMI_BASE_2_1 = 0x20001
CHANNEL_FREE = 1
VERSION_REPLY_LENGTH = 12
# The conduit's UID, da b6 4e f3 - 3d 5e ..., as four little-endian words.
UID = (0xf34eb6da, 0x434d5e3d, 0x0379aa92, 0xcead0b0b)
# SCMI, and the call count, UID and revision queries themselves.
SIP_SERVICES = 4

WORD_BITS = {"aarch64": 64, "arm": 32}
# report() is given a long there: the sign goes all the way up.
REPORT_BITS = 64


def negative(value, bits):
    return value % (1 << bits)


def expected(arch, el, cpus):
    """The lines of calls.c."""
    not_supported = negative(-1, WORD_BITS[arch])
    return [
        ("el", el),
        ("smccc_version", SMCCC_1_2),
        ("features_version", SUCCESS),
        ("features_unknown", not_supported),
        ("psci_features", SUCCESS),
        ("psci_features_off", SUCCESS),
        ("psci_version", PSCI_1_1),
        ("sip_count", SIP_SERVICES),
        ("unknown", not_supported),
        ("unknown_smc64", not_supported),
        *(("uid", word) for word in UID),
        ("scmi_call", SUCCESS),
        ("scmi_channel", CHANNEL_FREE),
        ("scmi_length", VERSION_REPLY_LENGTH),
        ("scmi_status", SUCCESS),
        ("scmi_version", SCMI_BASE_2_1),
        ("scmi_not_handed_over", negative(-3, REPORT_BITS)),
        *[("secondary", SMCCC_1_2)] * (cpus - 1),
    ]


CPU = {"aarch64": (), "arm": ("-cpu", "cortex-a15")}
HVC = {"machine": "farside,conduit=hvc", "defines": ("USE_HVC=1",)}
EL2 = {"machine": "farside,virtualization=on"}


@pytest.mark.parametrize("arch", WORD_BITS)
@pytest.mark.parametrize("el, how", [(1, {}), (1, HVC), (2, EL2)],
                         ids=["smc-el1", "hvc-el1", "smc-el2"])
@pytest.mark.parametrize("cpus", [1, 8])
def test_calls(bare_metal, arch, el, how, cpus):
    run = bare_metal("calls", *CPU[arch], "-smp", str(cpus), arch=arch, **how)
    assert run.lines == expected(arch, el, cpus)


@pytest.mark.parametrize("cpus", range(2, 8))
def test_calls_from_every_vcpu(bare_metal, cpus):
    run = bare_metal("calls", "-smp", str(cpus))
    assert run.lines == expected("aarch64", 1, cpus)


@pytest.mark.parametrize("icount", ["shift=0", "shift=7", "shift=auto"])
@pytest.mark.parametrize("arch", WORD_BITS)
def test_calls_with_icount(bare_metal, arch, icount):
    run = bare_metal("calls", *CPU[arch], "-smp", "2", "-icount", icount,
                     arch=arch)
    assert run.lines == expected(arch, 1, 2)


@pytest.mark.parametrize("cpu", ["cortex-a53", "cortex-a57", "neoverse-n1",
                                 "max"])
def test_calls_from_other_cpus(bare_metal, cpu):
    run = bare_metal("calls", "-cpu", cpu)
    assert run.lines == expected("aarch64", 1, 1)


@pytest.mark.parametrize("version", [2, 3, "max"])
def test_calls_with_gic(bare_metal, version):
    run = bare_metal("calls", "-smp", "8",
                     machine=f"farside,gic-version={version}")
    assert run.lines == expected("aarch64", 1, 8)


def test_the_other_instruction_stays_undefined(bare_metal):
    """With conduit=smc, HVC from EL1 is what it is without a hypervisor."""
    run = bare_metal("calls", defines=("USE_HVC=1",),
                     last="UNEXPECTED EXCEPTION")
    assert run.lines == [("el", 1)]


def test_the_mistake_is_logged(bare_metal):
    """calls.c ends with a call for a channel that it has not handed over."""
    assert "called while the agent owns the channel" in \
        bare_metal("calls").errors

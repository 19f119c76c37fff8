# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that attack the RTKit co-processor, its mailbox and the PMIC.

Whatever they do, each step has a defined outcome, mistakes are logged, QEMU
lives, and the co-processor boots after it.
"""

import pytest

import rtkit

# One kernel's run is enough: most of these guests have none.
pytestmark = pytest.mark.kernels("lab")

KEYS = 75
# The number of keys, big-endian in the upper half; size 4, id 5, success.
KEYS_REPLY = KEYS << 56 | 4 << 16 | 5 << 12
FULL, OVERFLOW = 1 << 16, 1 << 18
PONG, SLOTS = 4 << 52, 16
MAILBOX_GUEST_ERRORS = (
    "/machine/smc-mailbox: read of an unknown register",
    "/machine/smc-mailbox: write to an unknown register",
    "/machine/smc-mailbox: read of a write-only register",
    "/machine/smc-mailbox: write to a read-only register",
    "/machine/smc-mailbox: write to read-only bits of CONTROL",
    "/machine/smc-mailbox: access that is neither 32 nor 64 bits wide",
    "/machine/smc-mailbox: message read from an empty FIFO",
    "/machine/smc: read of an unknown register or width",
    "/machine/smc: write to an unknown register or width",
    "/machine/smc: write to unknown bits of CPU_CONTROL",
)
RTKIT_GUEST_ERRORS = (
    "/machine/smc: message for an endpoint above 255",
    "/machine/smc/rtkit: endpoint 0x00, message 0x0080000000000001 "
    "while hello: message does not belong here",
    "unknown management message",
    "bad content",
    "no such endpoint",
    "endpoint is not started",
    "unexpected message",
)
SPMI_GUEST_ERRORS = (
    "/machine/spmi: read of an unknown register",
    "/machine/spmi: read that is not 32 bits wide",
    "/machine/spmi: write that is not 32 bits wide",
    "/machine/spmi: write to a read-only register",
    "/machine/spmi: unknown command",
    "/machine/spmi: command for a slave that is not there",
    "/machine/spmi: response lost, its FIFO is full",
    "/machine/spmi: response read, but there is none",
)


BOOT = [("boot", 0), ("keys", KEYS_REPLY)]

ARCHES = pytest.mark.parametrize("arch, cpu", [
    ("aarch64", ()), ("arm", ("-cpu", "cortex-a15"))], ids=["aarch64", "arm"])


def after(*attacks):
    """What each attack reports, and the boots that follow."""
    return [line for name in attacks for line in (
        (name, 0), ("boot_after", 0), ("keys_after", KEYS_REPLY))]


def slow(nanoseconds):
    """-icount: how much the guest does within the latency is no chance."""
    return ("-icount", "shift=3", "-global",
            f"apple-asc-mailbox.latency-ns={nanoseconds}")


def check_mailbox_attacks(run, errors):
    assert run.lines == BOOT + after("registers", "wrong_side", "empty_fifo",
                                     "deaf")
    assert [text for text in errors if text not in run.errors] == []


@ARCHES
def test_guest_hostile_to_the_mailbox(bare_metal, arch, cpu):
    check_mailbox_attacks(bare_metal("hostile-mailbox", *cpu, arch=arch),
                          MAILBOX_GUEST_ERRORS)


@pytest.mark.parametrize("variant, number, errors", [
    ("t8015", 8015, ()),
    ("m3", 3, ("/machine/smc-mailbox: enable of an unknown interrupt",
               "/machine/smc-mailbox: acknowledgement of an unknown "
               "interrupt")),
])
def test_guest_hostile_to_other_mailboxes(bare_metal, variant, number, errors):
    run = bare_metal("hostile-mailbox", machine=f"farside,asc-mailbox={variant}",
                     defines=(f"VARIANT={number}",))
    check_mailbox_attacks(run, MAILBOX_GUEST_ERRORS + errors)


def test_a_slow_coprocessors_fifo_runs_over(bare_metal):
    run = bare_metal("hostile-mailbox", *slow(200_000), defines=("SLOW=1",))
    assert run.lines == (
        BOOT + [("full", FULL), ("overflow", FULL | OVERFLOW),
                ("overflow_cleared", 0)] +
        [("pong", PONG | number) for number in range(SLOTS)] +
        after("full_fifo"))
    assert "message written to a full FIFO at 0x80c" in run.errors


@pytest.mark.parametrize("arch, how", [
    ("aarch64", ()), ("arm", ("-cpu", "cortex-a15")),
    ("aarch64", slow(2_000))], ids=["aarch64", "arm", "slow"])
def test_guest_hostile_to_the_firmware(bare_metal, arch, how):
    run = bare_metal("hostile-rtkit", *how, arch=arch)
    assert run.lines == BOOT + after("order", "another", "messages", "commands",
                                     "lines", "crash")
    assert [text for text in RTKIT_GUEST_ERRORS
            if text not in run.errors] == []


@ARCHES
def test_guest_hostile_to_the_pmic(bare_metal, arch, cpu):
    run = bare_metal("hostile-spmi", *cpu, arch=arch)
    assert run.lines == [("registers", 0), ("opcodes", 0), ("deaf", 0),
                         ("write_status", 0), ("read_status", 0),
                         ("byte", 0x78)]
    assert [text for text in SPMI_GUEST_ERRORS
            if text not in run.errors] == []


@pytest.mark.parametrize("bound", [True, False], ids=["bound", "unbound"])
def test_reboot_helps(boot_guest, kernel, bound):
    """Linux' own registers are written to behind the drivers' backs."""
    guest = boot_guest(reboot=True, args=["-d", "guest_errors"])
    rtkit.wait_drivers(guest, kernel)
    if not bound:
        rtkit.bind(guest, "platform/macsmc", rtkit.SMC_DEVICE, False)
    pokes = [f"devmem {address:#x} {width} {value:#x}" for address, width,
             value in (
                 (0x0b108800, 64, 0x0060000000000000), (0x0b108808, 64, 0),
                 (0x0b108800, 64, 0x00b0000000000010), (0x0b108808, 64, 0),
                 (0x0b108808, 64, 0x7f), (0x0b108820, 64, 0x18),
                 (0x0b108828, 64, 0x20), (0x0b108110, 32, 0xffffffff),
                 (0x0b100044, 32, 0), (0x0b180004, 32, 0x8f37),
                 (0x0b220000, 64, 0xffffffffffffffff))]
    guest.check("; ".join(pokes))
    assert guest.qom_get(rtkit.RTKIT, "state") == "stopped"
    guest.send("echo b > /proc/sysrq-trigger")
    guest.wait_event("RESET")
    guest.wait_ready()
    rtkit.wait_drivers(guest, kernel)
    assert rtkit.firmware(guest) == rtkit.RUNNING
    assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)
    assert "/machine/smc" in guest.qemu_log.read_text()

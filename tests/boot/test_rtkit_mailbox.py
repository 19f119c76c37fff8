# SPDX-License-Identifier: GPL-2.0-or-later
"""The variants of the ASC mailbox, under Linux's one driver for them."""

import pytest

import rtkit
from test_rtkit_life import check_alive

pytestmark = pytest.mark.kernels("lab")

# Option asc-mailbox: what the node is compatible with, the driver's last.
VARIANTS = {
    "v4": ["apple,t8103-asc-mailbox", "apple,asc-mailbox-v4"],
    "t8015": ["apple,t8015-asc-mailbox"],
    "m3": ["apple,t8103-m3-mailbox", "apple,m3-mailbox-v2"],
}
variants = pytest.mark.parametrize("variant", VARIANTS)


def compatible(guest):
    return guest.check("tr '\\0' '\\n' < /proc/device-tree/mbox@b108000/"
                       "compatible").splitlines()


@variants
def test_smc_works_behind(boot_guest, kernel, variant):
    guest = boot_guest(machine=f"farside,asc-mailbox={variant}", reboot=True)
    assert compatible(guest) == VARIANTS[variant]
    check_alive(guest, kernel)
    for _ in range(3):
        rtkit.rebind(guest, "platform/macsmc")
        rtkit.wait_drivers(guest, kernel)
    # It takes the SMC along, and gives it back.
    rtkit.rebind(guest, "platform/apple-mailbox")
    check_alive(guest, kernel)
    guest.send("echo b > /proc/sysrq-trigger")
    guest.wait_event("RESET")
    guest.wait_ready()
    check_alive(guest, kernel)


def test_no_such_variant(run_qemu):
    done = run_qemu("-M", "farside,asc-mailbox=v5")
    assert done.returncode == 1
    assert "'v5' is no ASC mailbox" in done.stderr
    assert "Valid values are v4, t8015 and m3." in done.stderr


# -- a FIFO that is full -----------------------------------------------------

SLOTS = 16
FULL = 1 << 16
A2I_CONTROL = {"v4": 0x0b108110, "t8015": 0x0b108108, "m3": 0x0b108050}
# Property latency-ns: the longest there is, and none.
SLOW, FAST = 2**32 - 1, 0


def latency(guest, nanoseconds):
    guest.qom_set("/machine/smc-mailbox", "latency-ns", nanoseconds)


def fill(guest, variant):
    """Make the co-processor slow, and Linux answer it 16 times."""
    latency(guest, SLOW)
    for number in range(SLOTS):
        guest.qmp("rtkit-log", path=rtkit.RTKIT, task="test",
                  text=f"line {number}")
    rtkit.wait_until(lambda: int(guest.check(
        f"devmem {A2I_CONTROL[variant]:#x} 32"), 16) & FULL, "a full FIFO")


def messages(guest):
    """What waits in the FIFOs, to the co-processor and from it."""
    return tuple(guest.qom_get("/machine/smc-mailbox", f"{fifo}-messages")
                 for fifo in ("a2i", "i2a"))


def send_empty_interrupts(guest):
    """How often Linux was told that its messages have been taken."""
    return int(guest.check("awk '/b108000.mbox-send/ { s = 0; for (i = 2; "
                           "$i ~ /^[0-9]+$/; i++) s += $i; print s }' "
                           "/proc/interrupts"))


@variants
def test_linux_gives_up_on_a_full_mailbox(boot_guest, kernel, variant):
    guest = boot_guest(machine=f"farside,asc-mailbox={variant}")
    check_alive(guest, kernel)
    sensor = f"{rtkit.hwmon(guest)}/temp1_input"
    fill(guest, variant)
    status, output = guest.run(f"cat {sensor} 2>&1")
    assert status == 1 and "timed out" in output
    assert messages(guest) == (SLOTS, 0)
    assert guest.qom_get(rtkit.RTKIT, "state") == "on"
    latency(guest, FAST)
    rtkit.wait_until(lambda: guest.run(f"cat {sensor}")[0] == 0,
                     "the SMC to answer again")
    assert messages(guest) == (0, 0)
    assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)


@variants
def test_linux_waits_for_a_full_mailbox(boot_guest, kernel, variant):
    """Again, until the FIFO was full when Linux looked, and it slept.

    Waiting, it is told by the send-empty interrupt, which it asks for then
    only.
    """
    guest = boot_guest(machine=f"farside,asc-mailbox={variant}")
    check_alive(guest, kernel)
    sensor = f"{rtkit.hwmon(guest)}/temp1_input"
    before = send_empty_interrupts(guest)

    def slept():
        fill(guest, variant)
        guest.check(f"rm -f /tmp/read; (cat {sensor} > /tmp/value 2>&1; "
                    "echo $? > /tmp/read) > /dev/null 2>&1 &")
        latency(guest, FAST)
        rtkit.wait_until(lambda: guest.exists("/tmp/read"), "the sensor")
        return guest.read("/tmp/read") == "0" and \
            send_empty_interrupts(guest) > before

    rtkit.wait_until(slept, "Linux to wait")
    assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)

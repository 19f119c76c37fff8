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

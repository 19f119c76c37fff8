# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel that comes after another one: its drivers find firmware that runs."""

import pytest

import ans
import kexec
import rtkit
from test_rtkit_life import WORLD

pytestmark = pytest.mark.kernels("lab")


def all_bound(guest, kernel):
    """The mailboxes' driver has that of the ANS, too."""
    bound = rtkit.drivers(guest)
    return all(set(devices) <= set(bound[name]) for name, devices
               in rtkit.expected_drivers(kernel).items())


def check_alive(guest, kernel):
    """SMC and ANS; other tests' check_alive() knows the SMC alone."""
    rtkit.wait_until(lambda: all_bound(guest, kernel), "the SMC's drivers")
    ans.wait_disk(guest)
    for key, value in WORLD.items():
        rtkit.put(guest, key, value)
    assert rtkit.firmware(guest) == rtkit.RUNNING
    assert rtkit.linux_view(guest) == rtkit.qmp_view(guest)
    assert rtkit.complaints(guest) == ans.complaints(guest) == []


@pytest.mark.parametrize("goodbye", [True, False],
                         ids=["shut-down", "crashed"])
def test_the_next_kernel(boot_guest, prepared, kernel, tmp_path,
                         goodbye):
    """Linux shuts the ANS down before it goes, if it can, and never the SMC."""
    disk, gdb = ans.image(tmp_path), tmp_path / "gdb"
    how = kexec.how(gdb)
    guest = boot_guest(**how | {"args": how["args"] + ans.options(disk)})
    for number in range(2):
        check_alive(guest, kernel)
        guest.check(f"echo kernel{number} | dd of=/dev/nvme0n1 bs=4096 "
                    "conv=sync,fsync 2>/dev/null")
        if goodbye:
            ans.unbind(guest)
        kexec.start_another(guest, gdb, *prepared, number)
        assert guest.run("dmesg | grep -c 'Booting Linux'") == (0, "1\n")
        check_alive(guest, kernel)
        assert guest.check("head -c 7 /dev/nvme0n1") == f"kernel{number}"
    assert guest.qom_get("/machine/ans0-sart", "refused") == 0

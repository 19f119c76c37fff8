# SPDX-License-Identifier: GPL-2.0-or-later
"""An ANS disk that is put to sleep, unbound, moved and switched off at work."""

import subprocess

import pytest

import ans
from snapshots import migrate_from, migrate_to

pytestmark = pytest.mark.kernels("lab", "lab-6.12")

STATE = "/sys/power/state"
RESULT = "/tmp/suspended"
RESET = "/sys/class/nvme/nvme0/reset_controller"
SART = 0xf034000
SART_DRIVER = "/sys/bus/platform/drivers/apple-sart"
DOMAIN = "/machine/pmgr/ps_ans0"
SHUTDOWN = 1 << 14


@pytest.fixture
def disk(tmp_path):
    return ans.image(tmp_path)


def rtkit(guest):
    return guest.qom_get("/machine/ans0/rtkit", "state")


def wait_rtkit(guest, state):
    ans.wait_until(lambda: rtkit(guest) == state, f"RTKit to be {state}")


def fall_asleep(guest, how="freeze"):
    """Returns when the ANS is without power, which is when an interrupt wakes
    the guest: that of the agent's line."""
    guest.write("/sys/class/tty/ttyAMA1/power/wakeup", "enabled")
    guest.check(f"rm -f {RESULT}; (sleep 0.5; echo {how} > {STATE}; "
                f"echo $? > {RESULT}) < /dev/null > /dev/null 2>&1 &")
    ans.wait_until(lambda: guest.qom_get(DOMAIN, "actual-state") == 0,
                   "the ANS to lose its power")
    assert rtkit(guest) == "stopped"


def wake(guest):
    guest.poke()
    wait_rtkit(guest, "on")
    ans.wait_until(lambda: guest.exists(RESULT), "the suspend's result")
    assert guest.read(RESULT) == "0"


def check_image(disk):
    check = subprocess.run(["/sbin/e2fsck", "-fn", str(disk)], check=False,
                           capture_output=True, text=True)
    assert check.returncode == 0, check.stdout


@pytest.mark.parametrize("how", ["freeze", "mem"])
def test_sleep_at_work(boot_guest, layout, disk, how):
    """A file system is mounted and written to: it goes on after each sleep."""
    guest = ans.boot_disk(boot_guest, disk, tools=layout)
    ans.make_fs(guest)
    guest.check("head -c 3000000 /dev/urandom > /disk/random && sync")
    wanted = guest.check("sha256sum /disk/random").split()[0]
    ans.start_load(guest, "/disk/load")
    for _ in range(2):
        ans.wait_for_more_blocks(guest)
        fall_asleep(guest, how)
        assert not guest.qom_get("/machine/ans0", "ready")
        wake(guest)
        ans.wait_for_more_blocks(guest)
        guest.check("echo 3 > /proc/sys/vm/drop_caches")
        assert guest.check("sha256sum /disk/random").split()[0] == wanted
    ans.stop_load(guest)
    assert ans.complaints(guest) == []
    guest.check("umount /disk")
    check_image(disk)


def test_unbind_at_work(boot_guest, layout, disk, kernel):
    """What was under way ends, and the next life knows nothing of it."""
    guest = ans.boot_disk(boot_guest, disk, tools=layout)
    for number in range(4):
        ans.start_load(guest, "/dev/nvme0n1")
        ans.wait_for_more_blocks(guest)
        ans.unbind(guest)
        assert rtkit(guest) == ans.unbound_state(kernel)
        ans.wait_load_end(guest)
        ans.bind(guest)
        ans.wait_disk(guest)
        guest.check(f"echo round{number} | dd of=/dev/nvme0n1 bs=4096 "
                    "conv=sync,fsync 2>/dev/null")
        assert guest.check("head -c 6 /dev/nvme0n1") == f"round{number}"
    # Errors are what the load was left with; nothing was waited for in vain.
    assert guest.check("dmesg | grep -E 'WARNING|BUG|hung|nvme.*timeout'; "
                       "true") == ""


def test_reset_at_work(boot_guest, layout, disk):
    """Linux resets it, the firmware and all; what was under way is repeated."""
    guest = ans.boot_disk(boot_guest, disk, tools=layout)
    resets = guest.qom_get(DOMAIN, "resets")
    ans.start_load(guest, "/dev/nvme0n1")
    for number in range(1, 6):
        ans.wait_for_more_blocks(guest)
        guest.write(RESET, 1)
        assert guest.qom_get(DOMAIN, "resets") == resets + number
        assert rtkit(guest) == "on"
    ans.wait_for_more_blocks(guest)
    ans.stop_load(guest)
    assert ans.complaints(guest) == []


def leave(guest, state):
    if state == "asleep":
        fall_asleep(guest)
    elif state == "unbound":
        ans.unbind(guest)
    else:
        guest.qmp("rtkit-crash", path="/machine/ans0/rtkit", reason="test")
        ans.wait_until(lambda: not ans.disks(guest), "the disk's end")


def come_back(guest, state):
    if state == "asleep":
        wake(guest)
    elif state == "unbound":
        ans.bind(guest)
    else:
        guest.send("reboot -f")
        guest.wait_event("RESET")
        guest.wait_ready()
    ans.wait_disk(guest)


@pytest.mark.parametrize("state", ["asleep", "unbound", "crashed"])
def test_migrates_when_not_at_work(boot_guest, disk, tmp_path, kernel, state):
    firmware = {"asleep": "stopped", "unbound": ans.unbound_state(kernel),
                "crashed": "crashed"}[state]
    guest = ans.boot_disk(boot_guest, disk, reboot=True)
    guest.check("echo kept | dd of=/dev/nvme0n1 bs=4096 conv=sync,fsync")
    leave(guest, state)
    assert rtkit(guest) == firmware
    migrate_to(guest, tmp_path / "state")
    guest.close()
    guest = boot_guest(wait_ready=False, reboot=True, args=[
        *ans.options(disk), "-incoming", "defer"])
    migrate_from(guest, tmp_path / "state")
    assert rtkit(guest) == firmware
    come_back(guest, state)
    assert guest.check("head -c 4 /dev/nvme0n1") == "kept"


def test_power_off(boot_guest, layout, disk):
    """The controller is told before the machine goes."""
    guest = ans.boot_disk(boot_guest, disk, tools=layout,
                          args=["-trace", "apple_ans_cc"])
    ans.make_fs(guest)
    guest.check("cp /bin/busybox /disk && umount /disk")
    guest.send("poweroff -f")
    _, status = guest.wait_shutdown()
    assert status == 0
    written = [int(line.split()[-1], 16) for line
               in guest.qemu_log.read_text().splitlines()
               if "apple_ans_cc" in line]
    assert [cc for cc in written if cc & SHUTDOWN]
    assert not written[-1] & 1
    check_image(disk)


def test_a_boot_loaders_sart_entry_stays(boot_guest, disk):
    """Linux leaves alone what it finds when its driver comes."""
    guest = ans.boot_disk(boot_guest, disk)
    device = f"{SART:x}.iommu"
    ans.unbind(guest)
    guest.write(f"{SART_DRIVER}/unbind", device)
    guest.check(f"devmem {SART + 0x40:#x} 32 0x47000 && "
                f"devmem {SART:#x} 32 0xff000010")
    guest.write(f"{SART_DRIVER}/bind", device)
    for _ in range(2):
        ans.bind(guest)
        ans.wait_disk(guest)
        entries = guest.check(f"for i in $(seq 0 15); do devmem "
                              f"$(({SART} + 4 * i)) 32; done").split()
        assert entries[0] == "0xFF000010"
        assert len([e for e in entries[1:] if int(e, 16) >> 24]) >= 3
        ans.unbind(guest)
    assert guest.check(f"devmem {SART:#x} 32").strip() == "0xFF000010"
    assert guest.qom_get("/machine/ans0-sart", "refused") == 0

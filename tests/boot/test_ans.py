# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux's nvme-apple driver on ANS disks: data, life, errors, many of them."""

import hashlib
import json
import re
import subprocess

import ans
import pytest
import rtkit
from snapshots import migrate_from, migrate_to

pytestmark = pytest.mark.kernels("lab", "lab-6.12")

# The kernel knows it since 7.2.
T8015 = pytest.param("t8015", marks=pytest.mark.kernels("lab"))

E2FSCK = "/sbin/e2fsck"
DEBUGFS = "/sbin/debugfs"


@pytest.fixture
def disk(tmp_path):
    return ans.image(tmp_path)


@pytest.mark.parametrize("variant", ["t8103", T8015, "t6000"])
def test_disk_is_there(boot_guest, disk, variant):
    disk.write_bytes(bytes(range(256)) * 16 * 4096)
    guest = ans.boot_disk(boot_guest, disk, f",variant={variant},serial=FS1")
    assert guest.read("/sys/class/nvme/nvme0/serial").strip() == "FS1"
    assert guest.read("/sys/block/nvme0n1/queue/logical_block_size") == "4096"
    assert guest.read("/sys/block/nvme0n1/queue/write_cache") == "write back"
    ours = subprocess.run(["sha256sum"], stdin=open(disk, "rb"), check=True,
                          capture_output=True, text=True).stdout.split()[0]
    assert guest.check("sha256sum /dev/nvme0n1").split()[0] == ours
    assert guest.qom_get("/machine/ans0", "ready")
    assert guest.qom_get("/machine/ans0/rtkit", "state") == "on"
    assert guest.qom_get("/machine/ans0-sart", "refused") == 0
    assert guest.qom_get("/machine/pmgr/ps_ans0", "actual-state") == 15
    assert ans.complaints(guest) == []


def test_file_system_reaches_the_image(boot_guest, layout, disk):
    """Made, filled and synced in the guest; checked on the host; and again
    after the guest was rebooted."""
    guest = ans.boot_disk(boot_guest, disk, tools=layout, reboot=True)
    ans.make_fs(guest)
    guest.check("cp -a /bin /disk/copy && head -c 9000000 /dev/urandom > "
                "/disk/random && sync")
    wanted = guest.check("sha256sum /disk/random").split()[0]
    guest.check("umount /disk")
    check = subprocess.run([E2FSCK, "-fn", str(disk)], capture_output=True,
                           text=True, check=False)
    assert check.returncode == 0, check.stdout
    content = subprocess.run([DEBUGFS, "-R", "cat random", str(disk)],
                             capture_output=True, check=True).stdout
    assert len(content) == 9000000
    hashed = subprocess.run(["sha256sum"], input=content, check=True,
                            capture_output=True).stdout.split()[0].decode()
    assert hashed == wanted
    guest.check("mount -t ext4 /dev/nvme0n1 /disk && echo kept > /disk/note "
                "&& sync")
    guest.send("reboot -f")
    guest.wait_event("RESET")
    guest.wait_ready()
    ans.wait_disk(guest)
    guest.check("mkdir -p /disk && mount -t ext4 /dev/nvme0n1 /disk")
    assert guest.read("/disk/note") == "kept"
    assert guest.check("sha256sum /disk/random").split()[0] == wanted


FIO = (f"{ans.TOOLS}/fio --name=v --filename=/dev/nvme0n1 --direct=1 "
       "--ioengine=libaio --output-format=json --size=24M ")


@pytest.mark.parametrize("job", [
    "--rw=randwrite --bs=4k --iodepth=32 --verify=crc32c",
    "--rw=randwrite --bsrange=4k-256k --bs_unaligned=0 --blockalign=4k "
    "--iodepth=62 --verify=crc32c",
    "--rw=write --bs=4M --iodepth=4 --verify=crc32c",
    "--rw=randwrite --bs=4k --iodepth=8 --fsync=16 --verify=crc32c",
], ids=["4k", "mixed", "4M", "fsync"])
@pytest.mark.parametrize("variant", ["t8103", T8015])
def test_fio_verifies(boot_guest, layout, disk, variant, job):
    guest = ans.boot_disk(boot_guest, disk, f",variant={variant}", tools=layout)
    status, output = guest.run(FIO + job, timeout=120)
    assert status == 0, output
    report = json.loads(output[output.index("{"):])["jobs"][0]
    assert report["error"] == 0
    assert report["read"]["io_bytes"] >= 24 << 20
    assert ans.complaints(guest) == []


def test_discard(boot_guest, disk):
    """Linux sends it; the image shows it."""
    disk.write_bytes(b"\xa5" * (16 << 20))
    guest = ans.boot_disk(boot_guest, disk)
    guest.check("blkdiscard -o 4194304 -l 4194304 /dev/nvme0n1")
    data = disk.read_bytes()
    assert data[4 << 20:8 << 20] == bytes(4 << 20)
    assert data[:4 << 20] == b"\xa5" * (4 << 20)
    assert data[8 << 20:] == b"\xa5" * (8 << 20)


def test_write_zeroes(boot_guest, layout, disk):
    """mke2fs asks for it; nothing of what was there is left."""
    old = b"\xa5" * 4096
    disk.write_bytes(old * (disk.stat().st_size // 4096))
    guest = ans.boot_disk(boot_guest, disk, tools=layout)
    with rtkit.Trace(guest, "apple_ans_command") as trace:
        guest.check(f"{ans.TOOLS}/mke2fs -q -t ext4 -E nodiscard,"
                    "lazy_itable_init=0 /dev/nvme0n1")
        zeroed = [re.search("opcode 0x08 dw10 (.*) dw12 (.*)", line).groups()
                  for line in trace.lines() if "opcode 0x08" in line]
    data = disk.read_bytes()
    blocks = [int(first, 16) + n for first, last in zeroed
              for n in range((int(last, 16) & 0xffff) + 1)]
    assert blocks
    assert [block for block in blocks
            if data[block * 4096:(block + 1) * 4096] == old] == []
    assert ans.complaints(guest) == []


def test_rebind_in_a_loop(boot_guest, disk, kernel):
    guest = ans.boot_disk(boot_guest, disk)
    for number in range(8):
        guest.check(f"echo round{number} | dd of=/dev/nvme0n1 bs=4096 "
                    "conv=sync,fsync 2>/dev/null")
        ans.unbind(guest)
        assert ans.disks(guest) == []
        assert guest.qom_get("/machine/ans0/rtkit", "state") == \
            ans.unbound_state(kernel)
        assert not guest.qom_get("/machine/ans0", "ready")
        ans.bind(guest)
        ans.wait_disk(guest)
        assert guest.check("head -c 6 /dev/nvme0n1") == f"round{number}"
    assert guest.qom_get("/machine/pmgr/ps_ans0", "resets") >= 8
    assert ans.complaints(guest) == []


def test_suspend_and_resume(boot_guest, disk):
    guest = ans.boot_disk(boot_guest, disk)
    guest.check("echo before | dd of=/dev/nvme0n1 bs=4096 conv=sync,fsync")
    guest.check("echo devices > /sys/power/pm_test && "
                "echo mem > /sys/power/state")
    ans.wait_disk(guest)
    guest.check("echo 3 > /proc/sys/vm/drop_caches")
    assert guest.check("head -c 6 /dev/nvme0n1") == "before"
    assert ans.complaints(guest) == []


@pytest.mark.parametrize("kind,status", [("read", "Unrecovered Read Error"),
                                         ("write", "Write Fault")])
def test_errors_of_the_disk(boot_guest, disk, kind, status):
    """blkdebug's errors are NVMe's errors, and only where they were made."""
    rule = {"event": "none", "iotype": kind, "errno": 5, "sector": 2048}
    node = {"driver": "blkdebug", "node-name": "bad", "inject-error": [rule],
            "image": {"driver": "file", "filename": str(disk)}}
    guest = boot_guest(args=["-blockdev", json.dumps(node), "-device",
                             "farside-ans,drive=bad"])
    ans.wait_disk(guest)
    dd = "dd bs=4096 count=1 " + ("of=/dev/null iflag=direct if=" if
                                  kind == "read" else
                                  "if=/dev/zero oflag=direct of=") + \
        "/dev/nvme0n1 " + ("skip=" if kind == "read" else "seek=")
    guest.check(dd + "255")
    assert guest.run(dd + "256")[0] != 0
    guest.check(dd + "257")
    log = guest.check("dmesg")
    code = "0x281" if kind == "read" else "0x280"
    assert status in log or code in log or "critical medium error" in log, log
    assert guest.qom_get("/machine/ans0", "ready")


def test_crash_is_seen(boot_guest, disk):
    """The firmware dies: errors, no hang, and a new start by reboot."""
    guest = ans.boot_disk(boot_guest, disk, reboot=True)
    guest.qmp("rtkit-crash", path="/machine/ans0/rtkit", reason="on purpose")
    ans.wait_until(lambda: not ans.disks(guest), "the disk's end")
    log = guest.check("dmesg")
    assert "RTKit crashed" in log and "on purpose" in log, log
    guest.send("reboot -f")
    guest.wait_event("RESET")
    guest.wait_ready()
    ans.wait_disk(guest)


@pytest.mark.parametrize("count", [16, 64])
def test_many_disks(boot_guest, tmp_path, count):
    """Each is itself: what is written to one is in its image only."""
    images = [ans.image(tmp_path, f"{n}.img", 1) for n in range(count)]
    args = [word for n, path in enumerate(images)
            for word in ans.options(path, n)]
    guest = boot_guest(args=args, machine="farside,gic-version=3")
    ans.wait_disk(guest, count)
    guest.check("for d in /sys/block/nvme*n1; do "
                "a=$(readlink -f $d/device/device); "
                "echo ${a##*/} | dd of=/dev/${d##*/} bs=4096 conv=sync,fsync; "
                "done 2>/dev/null")
    assert [path.read_bytes()[:12].decode().strip("\0\n") for path in images] \
        == [ans.device(n) for n in range(count)]
    assert ans.complaints(guest) == []


def test_root_on_ans(boot_guest, layout, prepared, tmp_path):
    """The kernel mounts it by itself, and its init runs from there."""
    tree = tmp_path / "root"
    (tree / "dev").mkdir(parents=True)
    for name in ("bin", "proc", "sys", "tmp", "run"):
        (tree / name).mkdir()
    initrd = tmp_path / "unpacked"
    initrd.mkdir()
    packed = subprocess.run(["gzip", "-dc", prepared[1]], check=True,
                            capture_output=True).stdout
    subprocess.run(["cpio", "-idm", "--quiet"], input=packed, check=False,
                   cwd=initrd, stderr=subprocess.DEVNULL)
    for name in ("bin/busybox", "init", "agent"):
        (tree / name).write_bytes((initrd / name).read_bytes())
        (tree / name).chmod(0o755)
    image = tmp_path / "root.img"
    subprocess.run(["/sbin/mkfs.ext4", "-q", "-b", "4096", "-d", tree, image,
                    "64M"], check=True)
    guest = boot_guest(args=ans.options(image), initrd=None,
                       append="root=/dev/nvme0n1 rw rootwait init=/init")
    assert "/dev/root / ext4" in guest.read("/proc/mounts") or \
        "/dev/nvme0n1 / ext4" in guest.read("/proc/mounts")
    guest.check("echo here > /root-note && sync")
    assert b"here" in subprocess.run([DEBUGFS, "-R", "cat root-note", image],
                                     capture_output=True, check=True).stdout


@pytest.mark.parametrize("options,error,hint", [
    ([], "drive property not set", "blockdev"),
    (["drive=nothing"], "nothing", ""),
    (["drive=d", "variant=t9999"], "no ANS variant 't9999'", "t8103"),
    (["drive=d", "serial=" + "x" * 21], ": serial: 'xxx", "longer than 20"),
    (["drive=d", "mdts=0"], "mdts cannot be 0", "1 to 10"),
    (["drive=d", "mdts=11"], "mdts cannot be 11", "1 to 10"),
])
def test_bad_options(run_qemu, options, error, hint):
    done = run_qemu("-M", "farside", "-blockdev",
                    "driver=null-co,node-name=d,size=1048576", "-device",
                    ",".join(["farside-ans", *options]))
    assert done.returncode == 1
    assert error in done.stderr and hint in done.stderr, done.stderr


@pytest.mark.parametrize("size", [512, 4096])
def test_block_size(boot_guest, disk, size):
    """One that is given does for both."""
    guest = ans.boot_disk(boot_guest, disk, f",logical_block_size={size}")
    assert [guest.read(f"/sys/block/nvme0n1/queue/{kind}_block_size")
            for kind in ("logical", "physical")] == [str(size)] * 2


@pytest.mark.parametrize("more, kilobytes", [("", 4096), (",mdts=5", 128)])
def test_largest_transfer(boot_guest, disk, more, kilobytes):
    """The driver's own limit, or the disk's; 4 MiB get there either way."""
    guest = ans.boot_disk(boot_guest, disk, more)
    queue = "/sys/block/nvme0n1/queue"
    assert int(guest.read(f"{queue}/max_hw_sectors_kb")) == kilobytes
    guest.check(f"echo {kilobytes} > {queue}/max_sectors_kb && "
                "head -c 4194304 /dev/urandom > /random && "
                "dd if=/random of=/dev/nvme0n1 bs=4M oflag=direct")
    ours = hashlib.sha256(disk.read_bytes()[:4 << 20]).hexdigest()
    assert guest.check("sha256sum /random").split()[0] == ours


def test_a_drive_without_a_medium(run_qemu):
    done = run_qemu("-M", "farside", "-drive", "if=none,id=d",
                    "-device", "farside-ans,drive=d")
    assert done.returncode == 1
    assert "drive: could not get its size: No medium found" in done.stderr
    assert "without a medium" in done.stderr


def test_a_disk_without_a_block(run_qemu, tmp_path):
    options = ans.options(ans.image(tmp_path, megabytes=0))
    done = run_qemu("-M", "farside", *options)
    assert done.returncode == 1
    assert "drive: its 0 bytes are less than a block of 4096" in done.stderr
    assert "logical_block_size down to 512" in done.stderr


@pytest.mark.parametrize("more, rest", [("", 512),
                                        (",logical_block_size=512", 0)])
def test_the_last_bytes_of_a_disk(boot_guest, tmp_path, more, rest):
    """Those that are no whole block are not the guest's, which is said."""
    image = tmp_path / "disk.img"
    image.write_bytes(bytes(3 * 4096 + 512))
    guest = boot_guest(args=ans.options(image, 0, more))
    ans.wait_disk(guest)
    assert int(guest.read("/sys/block/nvme0n1/size")) * 512 + rest == \
        image.stat().st_size
    assert (f"the last {rest} bytes of it are no block of 4096" in
            guest.qemu_log.read_text()) is bool(rest)


@pytest.mark.parametrize("device", ["farside-ans", "apple-ans"])
def test_help(run_qemu, device):
    done = run_qemu("-M", "farside", "-device", f"{device},help")
    assert done.returncode == 0
    assert "variant=<str>" in done.stdout


def test_only_on_farside(run_qemu):
    done = run_qemu("-M", "virt", "-nodefaults", "-blockdev",
                    "driver=null-co,node-name=d", "-device", "farside-ans,drive=d")
    assert done.returncode == 1
    assert "-M farside" in done.stderr


def test_room_for_64(run_qemu):
    args = ["-M", "farside,gic-version=3", "-S", "-monitor", "none"]
    for n in range(65):
        args += ["-blockdev", f"driver=null-co,node-name=d{n}", "-device",
                 f"farside-ans,drive=d{n}"]
    done = run_qemu(*args)
    assert done.returncode == 1
    assert "no room for another ANS disk" in done.stderr
    assert "It has 64." in done.stderr


@pytest.mark.parametrize("variant", ["t8103", T8015])
def test_snapshot_with_io_under_way(boot_guest, layout, disk, tmp_path,
                                    variant):
    """Into a file and, out of it, into another QEMU, again and again. fio goes
    on, and reads what it wrote before."""
    def start(**how):
        # The disk is slower than the guest: its queue is always full.
        args = ["-object", "throttle-group,id=slow,x-iops-total=1500",
                "-blockdev", "driver=throttle,throttle-group=slow,node-name="
                f"disk0,file.driver=file,file.filename={disk}",
                "-device", f"farside-ans,drive=disk0,id=ans0,variant={variant}"]
        return boot_guest(args=args + ans.tools_options(layout) +
                          how.pop("args", []), **how)

    guest = start()
    ans.wait_disk(guest)
    ans.mount_tools(guest)
    ans.start_load(guest, "/dev/nvme0n1")
    for number in range(3):
        ans.wait_for_more_blocks(guest)
        file = tmp_path / f"state{number}"
        migrate_to(guest, file)
        guest.close()
        guest = start(wait_ready=False, args=["-incoming", "defer"])
        migrate_from(guest, file)
        ans.wait_for_more_blocks(guest)
    ans.stop_load(guest)
    assert ans.complaints(guest) == []

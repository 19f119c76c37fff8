# SPDX-License-Identifier: GPL-2.0-or-later
"""The ground the other boot tests stand on: the guest, its agent, QMP."""

import base64
import signal

import pytest

from frontdoor import guest as guests
from frontdoor.guest import GuestError


def test_release_is_the_prepared_one(guest, kernel):
    assert guest.check("uname -r").strip() == kernel.release


def test_status_and_output_come_back(guest):
    assert guest.run("echo out; echo err >&2; exit 7") == (7, "out\nerr\n")


def test_check_raises_on_failure(guest):
    with pytest.raises(GuestError, match="exited with 1"):
        guest.check("false")


def test_output_survives_size_and_content(guest):
    status, output = guest.run("head -c 300000 /dev/urandom > /tmp/big; "
                               "cat /tmp/big", text=False)
    assert status == 0 and len(output) == 300000
    encoded = guest.check("base64 -w 0 /tmp/big; rm /tmp/big")
    assert base64.b64decode(encoded) == output


def test_write_is_read_back(guest):
    guest.write("/tmp/note", "50% \\n of it")
    assert guest.read("/tmp/note") == "50% \\n of it"


def test_qmp_sees_the_same_machine(guest):
    cpus = len(guest.qmp("query-cpus-fast"))
    assert int(guest.check("nproc")) == cpus


def test_qmp_refuses(guest):
    with pytest.raises(GuestError, match="QMP's `nothing`: .*not been found"):
        guest.qmp("nothing")


def test_qmp_does_not_answer(boot_guest):
    """Once is enough: nothing else is awaited, and QEMU is killed."""
    guest = boot_guest(wait_ready=False, args=["-S"])
    guest._qmp.settimeout(1)
    guest._process.send_signal(signal.SIGSTOP)
    with pytest.raises(GuestError, match="no answer .* `query-status`"):
        guest.qmp("query-status")
    with pytest.raises(GuestError, match="any more: `cont`"):
        guest.qmp("cont")
    guest.close()
    assert not guest.alive()


def test_qmp_does_not_greet(new_guest, tmp_path, monkeypatch):
    monkeypatch.setattr(guests, "QMP_SECONDS", 1)
    monkeypatch.setattr(guests, "COMMAND_SECONDS", 1)
    guest = new_guest("silent")
    guest.binary = str(tmp_path / "silent")
    (tmp_path / "silent").write_text("#!/bin/sh\nsleep 600\n")
    (tmp_path / "silent").chmod(0o755)
    with pytest.raises(GuestError, match="QEMU did not start"):
        guest.start()
    guest.close()
    assert not guest.alive()


def test_power_off_ends_qemu(boot_guest):
    guest = boot_guest()
    guest.send("poweroff -f")
    data, status = guest.wait_shutdown()
    assert data == {"guest": True, "reason": "guest-shutdown"}
    assert status == 0


def test_a_panic_is_named(boot_guest):
    guest = boot_guest()
    guest.send("echo c > /proc/sysrq-trigger")
    with pytest.raises(GuestError, match="sysrq triggered crash"):
        guest.receive("crash")


def test_virt_remains_virt(boot_guest):
    guest = boot_guest(machine="farside,scmi=off,rtkit=off")
    names = guest.check("ls /proc/device-tree /proc/device-tree/firmware "
                        "2>/dev/null || true")
    assert "scmi" not in names and "mailbox" not in names

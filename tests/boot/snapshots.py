# SPDX-License-Identifier: GPL-2.0-or-later
"""Snapshots for boot tests: a machine goes on in more than one place.

A machine that stands still is saved in both ways, into a qcow2 image and by
migration into a file. From there it goes on in each of Places; what it showed
when it was saved, it has to show there before it runs:

source    the machine that was saved
back      the same QEMU, after more has happened
fresh     another QEMU, which loads the snapshot
incoming  another QEMU, which migrates it from the file
"""

import time

from frontdoor import snapshot
from rtkit import wait_until

SECONDS = 60
TAG = "saved"


# -- a command in the guest that may take long -------------------------------

def begin(guest, command):
    """In the background; its result is that of result()."""
    guest.check(f"rm -f /tmp/result; (({command}) > /tmp/result.out 2>&1; "
                "echo $? > /tmp/result.tmp; mv /tmp/result.tmp /tmp/result) "
                "< /dev/null > /dev/null 2>&1 &")


def is_over(guest):
    return guest.exists("/tmp/result")


def result(guest):
    """(exit status, what it printed), when it has ended."""
    wait_until(lambda: is_over(guest), "the command's end")
    return int(guest.read("/tmp/result")), guest.read("/tmp/result.out")


# -- messages that rules keep ------------------------------------------------

SUSPENDED = "suspended"
SUSPEND = {"action": "suspend", "tag": SUSPENDED}


def faults_of(guest):
    return guest.qmp("query-faults")


def is_suspended(guest):
    return faults_of(guest)["suspended"]


def held(guest):
    return sum(info["held"] for info in faults_of(guest)["rules"])


def resume_messages(guest):
    """Before the guest runs: a driver does not wait long."""
    if is_suspended(guest):
        guest.qmp("fault-resume", tag=SUSPENDED)


def hits(guest):
    return [info["hits"] for info in faults_of(guest)["rules"]]


# -- a machine in more than one place ----------------------------------------

def poll(guest, command, done):
    """Wait until the answer of a QMP command is as wanted; returns it."""
    deadline = time.monotonic() + SECONDS
    while True:
        answer = guest.qmp(command)
        if done(answer):
            return answer
        assert time.monotonic() < deadline, answer


def migrate_to(guest, file):
    guest.qmp("migrate", uri=f"file:{file}")
    status = poll(guest, "query-migrate", lambda answer: answer["status"] in
                  ("completed", "failed"))
    assert status["status"] == "completed", status


def migrate_from(guest, file):
    """It runs then, or stands still, as the source did."""
    guest.qmp("migrate-incoming", uri=f"file:{file}")
    poll(guest, "query-status", lambda answer: answer["status"] not in
         ("inmigrate", "finish-migrate"))


class Places:
    """A machine that stands still now, and where it can go on.

    boot(**how): starts a QEMU like the guest's, with more `args`, and
    wait_ready
    """

    def __init__(self, guest, boot, tmp_path, look, node=snapshot.NODE, disk=None,
                 before=None):
        """look(guest): what has to be the same everywhere.

        before(guest): done before it runs, where a driver would not wait
        disk: an image that the guest writes to, which a migration wants as
        it was
        """
        self._boot, self._look, self._before = boot, look, before
        self._node, self._disk = node, disk
        self._file = tmp_path / "state"
        self._guest = guest
        self.saved = look(guest)
        snapshot.save(guest, TAG, node)
        migrate_to(guest, self._file)
        self._bytes = disk.read_bytes() if disk else None

    def __iter__(self):
        """(place, guest) of each, which runs."""
        yield from self._go("source", self._guest)
        self._guest.qmp("stop")
        snapshot.load(self._guest, TAG, self._node)
        yield from self._go("back", self._guest)
        self._guest.close()
        guest = self._boot(args=["-S"], wait_ready=False)
        snapshot.load(guest, TAG, self._node)
        yield from self._go("fresh", guest)
        guest.close()
        if self._disk:
            self._disk.write_bytes(self._bytes)
        guest = self._boot(args=["-incoming", "defer"], wait_ready=False)
        migrate_from(guest, self._file)
        yield from self._go("incoming", guest)
        guest.close()

    def _go(self, place, guest):
        assert self._look(guest) == self.saved, place
        if self._before:
            self._before(guest)
        guest.qmp("cont")
        yield place, guest

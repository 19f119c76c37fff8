# SPDX-License-Identifier: GPL-2.0-or-later
"""Snapshots of a guest: savevm and loadvm, by QMP's jobs.

They need a node of a format that keeps snapshots, such as qcow2: make() makes
an empty image, options() has what QEMU needs for it as node NODE.
"""

import itertools
import subprocess
from pathlib import Path

from .errors import InfrastructureError
from .guest import GuestError

NODE = "snapshots"
_numbers = itertools.count()


def make(binary, path, size="1M"):
    """A new image at `path`, of the QEMU that `binary` is of."""
    path.unlink(missing_ok=True)
    done = subprocess.run(
        [Path(binary).parent / "qemu-img", "create", "-q", "-f", "qcow2", path,
         size], capture_output=True, text=True, check=False)
    if done.returncode:
        raise InfrastructureError(f"cannot make {path}: {done.stderr.strip()}")
    return path


def options(path):
    return ["-blockdev", f"driver=qcow2,node-name={NODE},file.driver=file,"
            f"file.filename={str(path).replace(',', ',,')}"]


def save(guest, tag, node=NODE):
    """The guest as it is, under a name."""
    _run(guest, "snapshot-save", tag, node)


def load(guest, tag, node=NODE):
    """The guest as it was; it runs on if it runs."""
    _run(guest, "snapshot-load", tag, node)


def _run(guest, command, tag, node):
    job = f"snapshot{next(_numbers)}"
    after = len(guest.events)
    guest.qmp(command, **{"job-id": job, "tag": tag, "vmstate": node,
                          "devices": [node]})
    while True:
        event = guest.wait_event("JOB_STATUS_CHANGE", after=after)
        after = guest.events.index(event, after) + 1
        if event["data"] == {"id": job, "status": "concluded"}:
            break
    info, = (info for info in guest.qmp("query-jobs") if info["id"] == job)
    guest.qmp("job-dismiss", id=job)
    if "error" in info:
        raise GuestError(f"{command} {tag}: {info['error']}")

# SPDX-License-Identifier: GPL-2.0-or-later
"""Content digests, and the stamp files that make every step idempotent."""

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager


def digest_of(*parts):
    """SHA-256 over strings, bytes and files, each kept apart by its length."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, os.PathLike):
            data = part.read_bytes()
        elif isinstance(part, str):
            data = part.encode()
        else:
            data = part
        total.update(b"%d:" % len(data))
        total.update(data)
    return total.hexdigest()


def file_sha256(path):
    total = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            total.update(block)
    return total.hexdigest()


def read_json(path, default=None):
    """The JSON in `path`; `default` when it is absent or half written."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return default


def write_json(path, value):
    """Replace `path` in one step: an interrupted run leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")
    partial.replace(path)


@contextmanager
def locked(path, waiting):
    """Hold an exclusive lock on `path`; call `waiting()` if it is taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield

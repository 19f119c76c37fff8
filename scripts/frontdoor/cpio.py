# SPDX-License-Identifier: GPL-2.0-or-later
"""Write an initramfs archive (cpio "newc") without being root.

The format is described in Linux's
Documentation/driver-api/early-userspace/buffer-format.rst.
"""

import stat

MAGIC = "070701"
TRAILER = "TRAILER!!!"


class Archive:
    """Collects entries; `data` is the archive.  Equal input, equal bytes."""

    def __init__(self):
        self._blocks = []
        self._inode = 0
        self._directories = set()

    def file(self, name, content, mode=0o644):
        self._parents(name)
        self._entry(name, stat.S_IFREG | mode, content)

    def directory(self, name, mode=0o755):
        if name not in self._directories:
            self._parents(name)
            self._directories.add(name)
            self._entry(name, stat.S_IFDIR | mode)

    def character_device(self, name, major, minor, mode=0o600):
        self._parents(name)
        self._entry(name, stat.S_IFCHR | mode, device=(major, minor))

    def data(self):
        self._entry(TRAILER, 0)
        return b"".join(self._blocks)

    def _parents(self, name):
        parent = name.rpartition("/")[0]
        if parent:
            self.directory(parent)

    def _entry(self, name, mode, content=b"", device=(0, 0)):
        self._inode += 1
        path = name.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(content), 0, 0,
                  *device, len(path), 0)
        header = (MAGIC + "".join(f"{field:08x}" for field in fields)).encode()
        self._blocks += [_padded(header + path), _padded(content)]


def _padded(data):
    return data + b"\0" * (-len(data) % 4)

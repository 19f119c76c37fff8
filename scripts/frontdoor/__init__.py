# SPDX-License-Identifier: GPL-2.0-or-later
"""What ./farside does: prepare QEMU, kernels and initramfs, then run them.

Standard library only: it has to run before anything is installed.
"""

# SPDX-License-Identifier: GPL-2.0-or-later
#
# The devices of a Farside QEMU: the machine, what it selects, and the few
# devices that boot tests and comparisons use. The loader is for who brings
# firmware of their own.

CONFIG_FARSIDE=y

CONFIG_GENERIC_LOADER=y
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_BLK=y
CONFIG_VIRTIO_NET=y
CONFIG_VIRTIO_SERIAL=y
CONFIG_VIRTIO_RNG=y
CONFIG_VIRTIO_SCMI=y
CONFIG_VIRTIO_BALLOON=y
CONFIG_NVME_PCI=y

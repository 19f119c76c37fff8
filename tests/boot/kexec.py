# SPDX-License-Identifier: GPL-2.0-or-later
"""Start another kernel in a guest, without one that has kexec.

What kexec does at its end is done from outside, through QEMU's gdbstub: a
kernel in EL1 that was entered in EL2 left a stub there, which jumps to where
it is told with the MMU off. No driver is asked to say goodbye.
"""

import base64
import socket

# Of 512 MiB from 0x40000000 on, where QEMU has put nothing: places for
# kernels, as one that runs must not be written over, and for a device tree.
IMAGES, DTB = (0x50000000, 0x54000000), 0x4fe00000
HVC_SOFT_RESTART = 1
HVC = 0xd4000002.to_bytes(4, "little")
PC, CPSR = 32, 33
# Of the packet that QEMU takes, 4096 characters, what is left for data.
CHUNK = 0x700


def how(path):
    """boot_guest's options for a guest that another kernel will be put in."""
    return {"cpus": 1, "machine": "farside,virtualization=on",
            # Without VHE, or it would be in EL2 itself.
            "append": "id_aa64mmfr1.vh=0",
            "args": ["-gdb", f"unix:{path},server=on,wait=off"]}


class Gdb:
    """The remote protocol, as far as it is needed; QEMU stands still."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(str(path))
        self._file = self._socket.makefile("rb")

    def _answer(self):
        while self._file.read(1) != b"$":
            pass
        text = bytearray()
        while (byte := self._file.read(1)) != b"#":
            text += byte
        self._file.read(2)
        self._socket.sendall(b"+")
        return text.decode()

    def ask(self, text):
        self._socket.sendall(b"$%s#%02x" % (text.encode(),
                                            sum(text.encode()) & 0xff))
        return self._answer()

    def tell(self, text):
        answer = self.ask(text)
        assert answer == "OK", (text[:40], answer)

    def register(self, number):
        return int.from_bytes(bytes.fromhex(self.ask(f"p{number:x}")),
                              "little")

    def set_register(self, number, value):
        self.tell(f"P{number:x}={value.to_bytes(8, 'little').hex()}")

    def read(self, address, length):
        return bytes.fromhex(self.ask(f"m{address:x},{length:x}"))

    def write(self, address, data):
        for start in range(0, len(data), CHUNK):
            part = data[start:start + CHUNK]
            self.tell(f"M{address + start:x},{len(part):x}:{part.hex()}")

    def run_and_stop(self):
        self._socket.sendall(b"$c#63")
        self._socket.sendall(b"\x03")
        self._answer()

    def let_go(self):
        self.tell("D")
        self._socket.close()


def _cell(guest, name):
    return int(guest.check(f"od -An -tx1 /proc/device-tree/chosen/{name} | "
                           "tr -d ' \\n'"), 16)


def start_another(guest, path, kernel, initrd, place):
    """The same kernel, initramfs and device tree; returns when it is up.

    place: index of IMAGES, another one each time
    """
    stub = int(guest.check("grep ' __hyp_set_vectors$' /proc/kallsyms")
               .split()[0], 16)
    dtb = base64.b64decode(guest.check("base64 -w 0 /sys/firmware/fdt"))
    initrd_start = _cell(guest, "linux,initrd-start")
    gdb = Gdb(path)
    while gdb.register(CPSR) & 0xf != 5:
        gdb.run_and_stop()
    # QEMU remembers it from one connection to the next.
    gdb.tell("Qqemu.PhyMemMode:0")
    hvc = stub + gdb.read(stub, 64).index(HVC)
    gdb.tell("Qqemu.PhyMemMode:1")
    with open(kernel.image, "rb") as image:
        gdb.write(IMAGES[place], image.read())
    gdb.write(DTB, dtb)
    with open(initrd, "rb") as file:
        gdb.write(initrd_start, file.read())
    for number, value in enumerate((HVC_SOFT_RESTART, IMAGES[place],
                                     DTB, 0, 0)):
        gdb.set_register(number, value)
    gdb.set_register(PC, hvc)
    gdb.let_go()
    guest.forget()
    guest.wait_ready()

# SPDX-License-Identifier: GPL-2.0-or-later
"""SCMI for boot tests: the platform as QMP shows it, and raw messages.

Raw messages go through the kernel's debugfs interface (raw mode), so only to a
kernel that has it: lab.
"""

import base64
import struct

PLATFORM = "/machine/scmi-platform"

BASE, POWER, CLOCK, SENSOR, RESET = 0x10, 0x11, 0x14, 0x15, 0x16
PROTOCOLS = {"base": BASE, "power": POWER, "clock": CLOCK, "sensor": SENSOR,
             "reset": RESET}

SUCCESS = 0
NOT_SUPPORTED = -1
INVALID_PARAMETERS = -2
DENIED = -3
NOT_FOUND = -4
OUT_OF_RANGE = -5
PROTOCOL_ERROR = -10

COMMAND, DELAYED_RESPONSE, NOTIFICATION = 0, 2, 3

# The properties of a resource that are its state, and of those the ones that
# the host can write.
STATE = {
    "clock": ("rate", "enabled", "parent"),
    "power": ("on",),
    "sensor": ("value", "enabled"),
    "reset": ("asserted", "resets"),
}
WRITABLE = {"rate", "on", "value", "asserted"}
WRITABLE_OF_CLOCK = {"rate", "enabled"}


# -- the platform in QMP -----------------------------------------------------

def path(protocol, name):
    return f"{PLATFORM}/{protocol}/{name}"


def get(guest, protocol, name, prop):
    return guest.qom_get(path(protocol, name), prop)


def put(guest, protocol, name, prop, value):
    guest.qom_set(path(protocol, name), prop, value)


def names(guest, protocol):
    """The resources of a protocol, in the order of their ids."""
    found = [name for name, kind in guest.qom_list(
        f"{PLATFORM}/{protocol}").items() if kind.startswith("child<")]
    return sorted(found, key=lambda name: get(guest, protocol, name, "id"))


def state(guest, protocols=tuple(STATE)):
    """{(protocol, name, property): value} of the whole platform."""
    return {(protocol, name, prop): get(guest, protocol, name, prop)
            for protocol in protocols for name in names(guest, protocol)
            for prop in STATE[protocol]}


def restore(guest, wanted):
    """Write back what differs from `wanted`, as far as the host can."""
    for (protocol, name, prop), value in state(guest).items():
        writable = WRITABLE_OF_CLOCK if protocol == "clock" else WRITABLE
        if prop in writable and value != wanted[protocol, name, prop]:
            put(guest, protocol, name, prop, wanted[protocol, name, prop])


# -- what Linux says ---------------------------------------------------------

def hwmon(guest, name="scmi_sensors"):
    """The hwmon directory of that name in the guest."""
    return guest.check("for h in /sys/class/hwmon/*; do "
                       f"[ $(cat $h/name) = {name} ] && echo $h; done; true"
                       ).strip()


def hwmon_values(guest):
    """{label: (file without _input, value)} of the SCMI sensors."""
    lines = guest.check(f"cd {hwmon(guest)} && for f in *_input; do "
                        "n=${f%_input}; "
                        'echo "$n $(cat $f) $(cat ${n}_label)"; done')
    return {label: (name, int(value)) for name, value, label in
            (line.split(" ", 2) for line in lines.splitlines())}


def clocks(guest):
    """{name: {file: content}} of debugfs for every clock of the platform."""
    files = ("clk_rate", "clk_prepare_count", "clk_enable_count",
             "clk_min_rate", "clk_max_rate", "clk_parent",
             "clk_possible_parents")
    lines = guest.check("cd /sys/kernel/debug/clk && for c in */; do "
                        f"for f in {' '.join(files)}; do [ -f $c$f ] && "
                        'echo "${c%/} $f $(cat $c$f)"; done; done; true')
    found = {}
    for clock, file, *words in (line.split(" ") for line in
                                lines.splitlines()):
        found.setdefault(clock, {})[file] = " ".join(words)
    return {name: found[name] for name in names(guest, "clock")}


# -- raw messages ------------------------------------------------------------

def words(*values):
    """32-bit little-endian words; negative ones in two's complement."""
    return b"".join(struct.pack("<I", value % (1 << 32)) for value in values)


def dwords(*values):
    return b"".join(struct.pack("<Q", value % (1 << 64)) for value in values)


def text(string, size=16):
    return string.encode()[:size - 1].ljust(size, b"\0")


class Raw:
    """Sends raw messages through a guest."""

    MESSAGE = "/sys/kernel/debug/scmi/0/raw/message"
    RESET = "/sys/kernel/debug/scmi/0/raw/reset"
    SECONDS = 10

    def __init__(self, guest):
        self._guest = guest
        self._token = 0
        guest.write(self.RESET, 1)

    def header(self, protocol, message, kind=COMMAND):
        """A header with a token of its own."""
        self._token = (self._token + 1) % 1024
        return self._token << 18 | protocol << 10 | kind << 8 | message

    def exchange(self, messages):
        """Send whole messages, one after the other; their replies."""
        batch = " ".join(base64.b64encode(message).decode()
                         for message in messages)
        lines = self._guest.check(
            f"for m in {batch}; do "
            f"echo $m | base64 -d > {self.MESSAGE} && "
            f"timeout {self.SECONDS} cat {self.MESSAGE} | base64 -w 0; echo; "
            "done").splitlines()
        replies = [base64.b64decode(line) for line in lines]
        assert len(replies) == len(messages)
        return replies

    def many(self, calls):
        """Send (protocol, message, payload[, type]) tuples.

        Returns a list of (status, what follows it).
        """
        headers = [self.header(protocol, message, *kind)
                   for protocol, message, _, *kind in calls]
        replies = self.exchange([words(header) + call[2] for header, call in
                                 zip(headers, calls)])
        results = []
        for header, reply in zip(headers, replies):
            assert len(reply) >= 8, "no reply"
            echoed, status = struct.unpack("<Ii", reply[:8])
            assert echoed == header, "the reply has another header"
            results.append((status, reply[8:]))
        return results

    def call(self, protocol, message, *payload, kind=COMMAND):
        """Send one message of 32-bit words: (status, what follows it)."""
        return self.many([(protocol, message, words(*payload), kind)])[0]

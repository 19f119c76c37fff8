# SPDX-License-Identifier: GPL-2.0-or-later
"""Which kernel has which SCMI driver, on which transport.

test_scmi_transports.py holds each kernel to it: what is not bound, or bound
and not listed, fails.  docs/drivers.rst shows it: see frontdoor/table.py.
"""

from dataclasses import dataclass, field

KERNELS = ("lab", "6.12", "6.1")  # the newest first
PERF, CLOCK, SENSOR = 0x13, 0x14, 0x15

YES = "yes"
NO_DRIVER = "no driver"   # that version of Linux has none that knows it
NOT_BUILT = "not built"   # Debian's configuration leaves it out
NO_EVENTS = "no events"   # it waits for what the transport cannot carry


@dataclass(frozen=True)
class Part:
    """Something of Linux: @since which kernel, and in @debian's which."""

    since: str = "6.1"
    debian: tuple = ()

    def state(self, kernel):
        """YES, or why not."""
        if KERNELS.index(kernel) > KERNELS.index(self.since):
            return NO_DRIVER
        return YES if kernel in ("lab", *self.debian) else NOT_BUILT


BUILT = ("6.12", "6.1")
SMC = Part(debian=BUILT)
SMC_ARGUMENTS = Part("6.12", ("6.12",))
MHU = Part(debian=BUILT)
POLLED_MAILBOX = Part("lab")
MHUV2 = Part()
MHUV3 = Part("6.12")
VIRTIO = Part()


@dataclass(frozen=True)
class Transport:
    """A platform's transport.

    @kind: its column in the table of drivers
    @events: it has a channel to the agent; @polled: Linux looks for replies
    """

    kind: str
    about: str
    config: dict
    compatible: str
    needs: Part
    events: bool = False
    polled: bool = False

    @property
    def kernels(self):
        return tuple(kernel for kernel in KERNELS
                     if self.needs.state(kernel) == YES)


def _smc(about, kind="smc", needs=SMC_ARGUMENTS, **config):
    compatible = "qcom,scmi-smc" if kind == "qcom-smc" else f"arm,scmi-{kind}"
    return Transport(kind, about, {"type": kind} | config, compatible,
                     needs, polled="interrupt" not in config)


def _mailbox(kind, about, needs=MHU, **config):
    events = config.get("events", True)
    config = {"event-completion" if key == "completion" else key: value
              for key, value in config.items()}
    return Transport(kind if events else "tx only", about,
                     {"type": "mailbox"} | config, "arm,scmi", needs, events,
                     polled=not config.get("interrupt", True))


TRANSPORTS = {
    "smc": _smc("polled", needs=SMC),
    "smc-interrupt": _smc("completion interrupt", needs=SMC, interrupt=True),
    "smc-param": _smc("channel by address, polled", "smc-param"),
    "smc-param-channels": _smc(
        "channels of protocols, each with an interrupt", "smc-param",
        interrupt=True, channels=[PERF, CLOCK, SENSOR]),
    "qcom-smc": _smc("channel by capability, polled", "qcom-smc"),
    "qcom-smc-channels": _smc(
        "channels of protocols, each with an interrupt", "qcom-smc",
        interrupt=True, channels=[CLOCK]),
    "mhu": _mailbox("mhu", "doorbells, 2 mailboxes"),
    "mhu-channels": _mailbox("mhu", "channels of protocols",
                             channels=[PERF, CLOCK, SENSOR]),
    "mhu-completion": _mailbox("mhu", "Linux rings when it took an event",
                               completion=True),
    "mhu-polled": _mailbox("mhu", "no completion interrupt",
                           POLLED_MAILBOX, interrupt=False),
    "mhu-word": _mailbox("mhu", "words (arm,mhu)", mhu="v1-word"),
    "mhu-no-events": _mailbox("mhu", "MHU doorbells, 1 mailbox",
                              events=False),
    "mhu-word-no-events": _mailbox(
        "mhu", "MHU words, 1 mailbox, channels of protocols", mhu="v1-word",
        events=False, channels=[PERF, CLOCK]),
    "mhuv2-0": _mailbox("mhuv2", "MHU 2.0, 3 mailboxes", MHUV2, mhu="v2-0"),
    "mhuv2": _mailbox("mhuv2", "MHU 2.1, 3 mailboxes", MHUV2, mhu="v2"),
    "mhuv2-no-events": _mailbox("mhuv2", "MHU 2.1, 2 mailboxes", MHUV2,
                                mhu="v2", events=False),
    "mhuv3": _mailbox("mhuv3", "3 mailboxes", MHUV3, mhu="v3"),
    "mhuv3-channels": _mailbox("mhuv3", "channels of protocols", MHUV3,
                               mhu="v3", channels=[PERF, CLOCK, SENSOR]),
    "mhuv3-completion": _mailbox("mhuv3", "4 mailboxes", MHUV3, mhu="v3",
                                 completion=True),
    "mhuv3-polled": _mailbox("mhuv3", "no completion interrupt",
                             POLLED_MAILBOX, mhu="v3", interrupt=False),
    "virtio": Transport("virtio", "PCI", {"type": "virtio"},
                        "arm,scmi-virtio", VIRTIO, events=True),
    "virtio-mmio": Transport("virtio", "virtio-mmio",
                             {"type": "virtio", "bus": "mmio"},
                             "arm,scmi-virtio", VIRTIO, events=True),
}


def kinds(kernel):
    """{kind: the name of a transport of it} of those that a kernel has."""
    found = {}
    for name, transport in TRANSPORTS.items():
        if kernel in transport.kernels:
            found.setdefault(transport.kind, name)
    return found


@dataclass(frozen=True)
class Driver:
    """A driver of the SCMI bus.

    @needs_events: it is of no use without, and not even @bound unless it says
    """

    what: str
    part: Part = field(default_factory=Part)
    needs_events: bool = False
    bound: bool = False
    nxp: bool = False

    def state(self, kernel, transport):
        """YES, or why not."""
        state = self.part.state(kernel)
        if state == YES and self.needs_events and not transport.events:
            return NO_EVENTS
        return state

    def binds(self, kernel, transport):
        return self.part.state(kernel) == YES and (
            transport.events or self.bound or not self.needs_events)


IN_BOTH = Part(debian=BUILT)
SINCE_6_12 = Part("6.12", ("6.12",))
NEWER = Part("lab")

DRIVERS = {
    "scmi-clocks": Driver("clocks", IN_BOTH),
    "scmi-power-domain": Driver("power domains", IN_BOTH),
    "scmi-reset": Driver("resets", IN_BOTH),
    "scmi-perf-domain": Driver("performance domains", SINCE_6_12),
    "scmi-cpufreq": Driver("CPU frequencies"),
    "scmi-hwmon": Driver("sensors, thermal zones"),
    "scmi-sensor-iiodev": Driver("motion sensors", needs_events=True),
    "scmi-regulator": Driver("regulators"),
    "scmi-powercap": Driver("power limits"),
    "scmi-pinctrl": Driver("pins", Part("6.12")),
    "scmi-system-power": Driver("system power", needs_events=True),
    "scmi-imx-bbm-rtc": Driver("i.MX clock", SINCE_6_12, needs_events=True,
                               nxp=True),
    "scmi-imx-bbm-key": Driver("i.MX power key", SINCE_6_12, needs_events=True,
                               bound=True, nxp=True),
    "scmi-imx-misc-ctrl": Driver("i.MX controls", SINCE_6_12, nxp=True),
    "scmi-imx-lmm": Driver("i.MX logical machines", NEWER, nxp=True),
    "scmi-imx-cpu": Driver("i.MX CPUs", NEWER, nxp=True),
    "scmi-pinctrl-imx": Driver("i.MX pads", Part("6.12"), nxp=True),
}


def expected(kernel, transport, nxp=False):
    """The drivers that are bound, NXP's or the others."""
    return {name for name, driver in DRIVERS.items() if driver.nxp is nxp
            and driver.binds(kernel, transport)}

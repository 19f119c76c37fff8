# SPDX-License-Identifier: GPL-2.0-or-later
"""The farside machine: virt's options, its own, and what it refuses."""

import re
import subprocess
import threading

import libfdt
import pytest

import scmi

SECONDS = 60


def check_scmi_works(guest):
    """A value that no default has goes from QMP through SCMI to Linux."""
    scmi.put(guest, "clock", "sd-ref", "rate", 12_300_000)
    assert scmi.clocks(guest)["sd-ref"]["clk_rate"] == "12300000"
    assert scmi.get(guest, "power", "periph", "on") is True


# -- virt's options ----------------------------------------------------------

@pytest.mark.kernels("lab")
@pytest.mark.parametrize("version, driver", [(2, "GIC-0"), (3, "GICv3"),
                                             ("max", "GICv3")])
def test_gic_version(boot_guest, version, driver):
    guest = boot_guest(machine=f"farside,gic-version={version}")
    check_scmi_works(guest)
    assert driver in guest.read("/proc/interrupts")


@pytest.mark.parametrize("options, method, level", [
    ("", "smc", "EL1"),
    (",conduit=hvc", "hvc", "EL1"),
    (",virtualization=on", "smc", "EL2"),
])
def test_conduit(boot_guest, options, method, level):
    """On every kernel: which instruction it takes is its PSCI driver's word."""
    guest = boot_guest(machine=f"farside{options}")
    check_scmi_works(guest)
    assert guest.read("/proc/device-tree/psci/method").rstrip("\0") == method
    log = guest.check("dmesg")
    assert "psci: SMC Calling Convention v1.2" in log
    assert f"All CPU(s) started at {level}" in log


@pytest.mark.kernels("lab")
@pytest.mark.parametrize("cpus", [1, 4, 8])
def test_smp(boot_guest, cpus):
    """Every vCPU's calls are taken: clocks are read on each in turn."""
    guest = boot_guest(cpus=cpus)
    assert guest.check("nproc").strip() == str(cpus)
    check_scmi_works(guest)
    rates = guest.check(
        f"for c in $(seq 0 {cpus - 1}); do taskset -c $c "
        "cat /sys/kernel/debug/clk/sd-ref/clk_rate; done").split()
    assert rates == ["12300000"] * cpus


@pytest.mark.kernels("lab")
@pytest.mark.parametrize("memory, kilobytes", [("256M", 256 << 10),
                                               ("3G", 3 << 20)])
def test_memory(boot_guest, memory, kilobytes):
    guest = boot_guest(memory=memory)
    check_scmi_works(guest)
    total = int(re.search(r"MemTotal: +(\d+) kB",
                          guest.read("/proc/meminfo"))[1])
    assert kilobytes * 0.85 < total < kilobytes


@pytest.mark.kernels("lab")
@pytest.mark.parametrize("cpu", [
    "max", "neoverse-n1",
    # These have no pages of 16 KiB: ID_AA64MMFR0_EL1.TGran16.
    pytest.param("cortex-a53", marks=pytest.mark.not_on("lab-16k")),
    pytest.param("cortex-a57", marks=pytest.mark.not_on("lab-16k"))])
def test_cpu(boot_guest, cpu):
    check_scmi_works(boot_guest(args=["-cpu", cpu]))


@pytest.mark.kernels("lab")
@pytest.mark.parametrize("icount", ["shift=auto", "shift=3"])
def test_icount(boot_guest, icount):
    check_scmi_works(boot_guest(args=["-icount", icount]))


@pytest.mark.kernels("lab")
def test_one_thread(boot_guest):
    check_scmi_works(boot_guest(args=["-accel", "tcg,thread=single"]))


# -- its own -----------------------------------------------------------------

@pytest.mark.kernels("lab")
def test_what_is_set_while_paused_is_what_linux_finds(boot_guest):
    guest = boot_guest(wait_ready=False, args=["-S"])
    scmi.put(guest, "sensor", "vdd-core", "value", 777)
    scmi.put(guest, "clock", "gpu-core", "rate", 150_000_000)
    guest.qmp("cont")
    guest.wait_ready()
    assert scmi.hwmon_values(guest)["vdd-core"] == ("in0", 777)
    assert scmi.clocks(guest)["gpu-core"]["clk_rate"] == "150000000"


@pytest.mark.kernels("lab")
def test_machine_properties(boot_guest):
    guest = boot_guest(machine="farside,conduit=hvc")
    assert {name: guest.qom_get("/machine", name)
            for name in ("scmi", "rtkit", "conduit")} == \
        {"scmi": True, "rtkit": True, "conduit": "hvc"}


@pytest.mark.kernels("lab")
def test_scmi_off(boot_guest):
    guest = boot_guest(machine="farside,scmi=off")
    assert not guest.exists("/proc/device-tree/firmware/scmi")
    assert guest.run("ls /sys/bus/scmi_protocol/devices/*")[0] != 0
    assert "scmi-fw" not in guest.qom_list("/machine")


@pytest.mark.kernels("lab")
def test_rtkit_off(boot_guest):
    check_scmi_works(boot_guest(machine="farside,rtkit=off"))


def console_until(command, wanted):
    """What a command prints up to the line that has `wanted`, then end it."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True,
                               stdout=subprocess.PIPE, errors="replace",
                               stderr=subprocess.STDOUT)
    guard = threading.Timer(SECONDS, process.kill)
    guard.start()
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if wanted in line:
                return "".join(lines)
    finally:
        guard.cancel()
        process.kill()
        process.communicate()
    pytest.fail(f"no line with {wanted!r}:\n{''.join(lines)}")


GREETING = "SCMI Protocol v2.1 'Farside:reference'"


# With secure=on there is no second serial port for the agent, and QEMU does
# for Linux what firmware would: calls are QEMU's still.
@pytest.mark.parametrize("machine", ["farside", "farside,secure=on"])
def test_nothing_but_a_kernel(qemu, kernel, machine):
    """No tool, no initramfs, no other option: the kernel finds its drivers."""
    log = console_until([qemu, "-M", machine, "-kernel", kernel.image,
                         "-display", "none", "-serial", "stdio"],
                        "Unable to mount root fs")
    assert GREETING in log


@pytest.mark.kernels("lab")
def test_options_people_pass_already(qemu, prepared):
    """-machine virt first, as other tools do: the later one wins."""
    kernel, initrd = prepared
    log = console_until(
        [qemu, "-machine", "virt", "-cpu", "max", "-smp", "2", "-m", "1G",
         "-nographic", "-monitor", "none", "-no-reboot",
         "-kernel", kernel.image, "-initrd", initrd,
         "-append", "console=ttyAMA0 panic=-1", "-machine", "farside"],
        "A busybox shell")
    assert GREETING in log


# -- device trees ------------------------------------------------------------

RANDOM = ("kaslr-seed", "rng-seed")


def flatten(fdt, node, path, found):
    offset = fdt.first_property_offset(node, libfdt.QUIET_NOTFOUND)
    while offset >= 0:
        prop = fdt.get_property_by_offset(offset)
        found[path or "/", prop.name] = bytes(prop)
        offset = fdt.next_property_offset(offset, libfdt.QUIET_NOTFOUND)
    child = fdt.first_subnode(node, libfdt.QUIET_NOTFOUND)
    while child >= 0:
        flatten(fdt, child, f"{path}/{fdt.get_name(child)}", found)
        child = fdt.next_subnode(child, libfdt.QUIET_NOTFOUND)


@pytest.fixture
def device_tree(run_qemu, tmp_path):
    """device_tree(machine, *options): {(node, property): bytes}."""
    def dump(machine, *options):
        file = tmp_path / "dtb"
        done = run_qemu("-nodefaults", "-M", f"{machine},dumpdtb={file}",
                        *options)
        assert done.returncode == 0, done.stderr
        fdt, found = libfdt.Fdt(file.read_bytes()), {}
        flatten(fdt, fdt.path_offset("/"), "", found)
        return {(node, name): value for (node, name), value in found.items()
                if name not in RANDOM}

    return dump


# The CPU is an option of virt, and has another default there.
VIRT = ("virt-10.0", "-cpu", "cortex-a76")


@pytest.mark.kernels("lab")
@pytest.mark.parametrize("options", [
    (), ("-smp", "4", "-m", "2G"), ("-M", "virtualization=on"),
    ("-M", "gic-version=3"), ("-M", "secure=on"), ("-cpu", "max"),
], ids=" ".join)
def test_with_everything_off_it_is_virt(device_tree, options):
    assert device_tree("farside,scmi=off,rtkit=off", *options) == \
        device_tree(*VIRT, *options)


@pytest.mark.kernels("lab")
def test_devices_have_the_defaults_of_virt(boot_guest):
    guest = boot_guest(wait_ready=False, args=["-S"])
    machines = guest.qmp("query-machines", **{"compat-props": True})
    props = {machine["name"]: machine["compat-props"] for machine in machines}
    assert [prop for prop in props[VIRT[0]]
            if prop not in props["farside"]] == []


@pytest.mark.kernels("lab")
@pytest.mark.parametrize("options, method", [
    ("", b"smc\0"),
    (",conduit=smc", b"smc\0"),
    (",conduit=hvc", b"hvc\0"),
    (",gic-version=3", b"smc\0"),
    (",virtualization=on", b"smc\0"),
])
def test_nodes_are_added_to_those_of_virt(device_tree, options, method):
    """But for the conduit, each node that virt has is as it was."""
    own = device_tree(f"farside{options}")
    machine, *cpu = VIRT
    plain = device_tree(machine + re.sub(",conduit=...", "", options), *cpu)
    assert own.pop(("/psci", "method")) == method
    plain.pop(("/psci", "method"))
    assert {key: own.get(key) for key in plain} == plain
    assert ("/firmware/scmi", "arm,smc-id") in own


# -- refusals ----------------------------------------------------------------

@pytest.mark.kernels("lab")
@pytest.mark.parametrize("options, message", [
    (("-M", "farside,conduit=foo"),
     "'foo' is no conduit\nValid values are smc and hvc."),
    (("-M", "farside,conduit="), "'' is no conduit"),
    (("-M", "farside,conduit=hvc,virtualization=on"),
     "conduit=hvc and virtualization=on exclude each other\n"
     "HVC from EL1 belongs to the guest's own hypervisor"),
    (("-M", "farside,conduit=hvc,scmi=off"),
     "conduit needs scmi=on or smccc-mailbox"),
    (("-M", "farside,conduit=smc,scmi=off"),
     "conduit needs scmi=on or smccc-mailbox"),
    (("-M", "farside,scmi=off,scmi-platform.version=1,"
      "scmi-platform.vendor=a,scmi-platform.sub-vendor=b,"
      "scmi-platform.agents.0.name=c"),
     "scmi-platform and scmi=off exclude each other"),
    (("-M", "farside,rtkit=off,smc-keys=keys.json"),
     "smc-keys and rtkit=off exclude each other"),
    (("-M", "farside,rtkit=off,asc-mailbox=m3"),
     "asc-mailbox and rtkit=off exclude each other"),
    (("-M", "farside,scmi=maybe"), "Parameter 'scmi' expects 'on' or 'off'"),
    (("-M", "farside,rtkit=2"), "Parameter 'rtkit' expects 'on' or 'off'"),
    (("-M", "farside,nonsense=1"), "'farside-machine.nonsense' not found"),
    (("-M", "farside", "-kernel", "/nonexistent/Image"),
     "could not load kernel '/nonexistent/Image'"),
    (("-M", "farside", "-cpu", "nonsense"), "unable to find CPU model"),
    (("-M", "farside,gic-version=9"), "Invalid gic-version value"),
    (("-M", "farside", "-device", "scmi-smc"), "expects a pluggable device"),
    (("-M", "farside", "-device", "scmi-platform"),
     "expects a pluggable device"),
    (("-M", "farside", "-device", "scmi-clock"),
     "expects a pluggable device"),
], ids=lambda value: " ".join(value[1:]) if isinstance(value, tuple) else "")
def test_refused(run_qemu, options, message):
    done = run_qemu("-nodefaults", *options)
    assert message in done.stderr
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and done.stdout == ""


@pytest.mark.kernels("lab")
@pytest.mark.parametrize("accelerator", ["kvm", "hvf"])
def test_other_accelerators_are_refused(run_qemu, accelerator):
    """By QEMU itself where they are not built in, or else by the conduit."""
    done = run_qemu("-nodefaults", "-M", "farside", "-accel", accelerator)
    assert re.search(f"invalid accelerator {accelerator}|"
                     "can only be taken under TCG|"
                     "failed to initialize kvm", done.stderr)
    assert done.returncode == 1


@pytest.mark.kernels("lab")
@pytest.mark.parametrize("options", [(), ("-M", "conduit=hvc"),
                                     ("-M", "virtualization=on")])
def test_qtest_accelerator(run_qemu, options):
    """No vCPU runs, but the machine is there to be looked at."""
    done = run_qemu("-nodefaults", "-M", "farside", *options, "-accel",
                    "qtest", "-monitor", "stdio", input="info qtree\nquit\n")
    assert done.returncode == 0, done.stderr
    assert "dev: scmi-smc" in done.stdout

# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures for tests that talk to a booted guest.

guest       the kernel's shared guest: booted once, for tests that leave it as
            they found it; booted again if a test ended it
boot_guest  boots a guest of the test's own: boot_guest(append="...",
            args=[...], machine="farside,scmi=off"), see frontdoor.guest;
            dts="...": with more in its device tree, see devicetree.py,
            initrd=None boots without an initramfs
phone       a module's guest on docs/platforms/phone.json, of four CPUs
phone_config  that platform, as JSON has it
built_in    a module's guest on the built-in platform, of four CPUs
kernel      the frontdoor.kernel.Kernel under test; its name is that of the
            kernel whose drivers it has: lab, 6.1, 6.12 or lab-6.12
qemu        the QEMU binary
run_qemu    runs QEMU with the given options to its end
run_profile runs a fault profile from a module's snapshot, as ./farside faults
            run does: (faultrun.Outcome, what the guest said)
machine     starts a machine that can be saved, for the places to go on in:
            machine(wait_ready=True, **options): (a guest, what boots its like)
places      places((guest, boot), look): snapshots.Places, of a guest stopped
bare_metal  builds a guest of tests/bare-metal and runs it to its end

Everything was built before: `./farside test boot`.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import devicetree

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import snapshots  # noqa: E402
from frontdoor import (baremetal, faultrun, faults, images,  # noqa: E402
                       snapshot)
from frontdoor.guest import Guest  # noqa: E402
from frontdoor.kernel import LABS  # noqa: E402
from frontdoor.layout import ROOT, Layout  # noqa: E402

RUN_SECONDS = 60
# AddressSanitizer says so of every program that has coroutines.
ASAN_NOTICE = re.compile(r"^==\d+==WARNING: ASan doesn't fully support .*\n",
                         re.MULTILINE)
PHONE = ROOT / "docs/platforms/phone.json"
CPUS = 4


def pytest_addoption(parser):
    parser.addoption("--kernel", default="lab",
                     choices=images.NAMES + images.MORE_NAMES,
                     help="the prepared kernel to boot")
    parser.addoption("--qemu", default=None,
                     help="the QEMU binary (default: build/qemu's)")


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "kernels(*names): run only on these kernels; without it, "
        "on those of the suite boot")
    config.addinivalue_line(
        "markers", "not_on(name): not on this one of --kernel")


def pytest_collection_modifyitems(config, items):
    """A test for other kernels is not part of this run at all."""
    option = config.getoption("--kernel")
    name = LABS[option].drivers_of or option if option in LABS else option

    def wanted(item):
        if any(option in marker.args for marker
               in item.iter_markers("not_on")):
            return False
        marker = item.get_closest_marker("kernels")
        return name in (marker.args if marker else images.NAMES)

    config.hook.pytest_deselected(
        items=[item for item in items if not wanted(item)])
    items[:] = [item for item in items if wanted(item)]


@pytest.fixture(scope="session")
def layout():
    return Layout(Path(os.environ.get("FARSIDE_BUILD", ROOT / "build")))


@pytest.fixture(scope="session")
def prepared(layout, request):
    """(Kernel, path of its initramfs)."""
    return images.load(layout, request.config.getoption("--kernel"))


@pytest.fixture(scope="session")
def kernel(prepared):
    return prepared[0]


@pytest.fixture(scope="session")
def qemu(layout, request):
    return str(request.config.getoption("--qemu") or layout.qemu_binary)


@pytest.fixture(scope="session")
def new_guest(layout, prepared, qemu, request):
    """Makes a guest that is not started yet."""
    kernel, initrd = prepared
    kernel_name = request.config.getoption("--kernel")

    def make(name, **options):
        return Guest(layout, kernel, options.pop("initrd", initrd),
                     name=f"{kernel_name}-{name}", binary=qemu, **options)

    return make


@pytest.fixture(scope="module")
def run_profile(layout, prepared, qemu, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    machines = []

    def run(name):
        options = faults.platform_options(name)
        if not machines or machines[0].options != options:
            while machines:
                machines.pop().close()
            machines.append(faultrun.Machine(layout, *prepared, options,
                                             folder, qemu))
        log = folder / f"{name}.log"
        return machines[0].run(name, log), log.read_text()

    yield run
    for machine in machines:
        machine.close()


@pytest.fixture(scope="session")
def shared_guests(new_guest):
    """The guest all tests of this run share, in a list of at most one."""
    running = []
    yield running
    for guest in running:
        guest.close()


@pytest.fixture
def guest(shared_guests, new_guest):
    if shared_guests and not shared_guests[0].alive():
        shared_guests.pop().close()
    if not shared_guests:
        fresh = new_guest("shared")
        shared_guests.append(fresh)
        fresh.start()
    return shared_guests[0]


@pytest.fixture(scope="module")
def phone(new_guest, request):
    with new_guest(f"phone-{request.module.__name__}", cpus=CPUS,
                   machine=f"farside,scmi-platform={PHONE}") as fresh:
        yield fresh


@pytest.fixture(scope="session")
def phone_config():
    return json.loads(PHONE.read_text())


@pytest.fixture(scope="module")
def built_in(new_guest, request):
    with new_guest(f"built-in-{request.module.__name__}", cpus=CPUS) as fresh:
        yield fresh


@pytest.fixture
def boot_guest(new_guest, request, tmp_path):
    """Boots guests that end with the test."""
    started = []

    def boot(wait_ready=True, dts="", **options):
        # A name of files, also for QEMU, where a comma ends a path.
        name = re.sub(r"[^\w.-]", "_", f"{request.node.name}-{len(started)}")
        fresh = new_guest(name, **options)
        if dts:
            devicetree.extend(fresh, tmp_path, dts)
        started.append(fresh)
        return fresh.start(wait_ready)

    yield boot
    for fresh in started:
        fresh.close()


@pytest.fixture
def machine(boot_guest, qemu, tmp_path):
    image = snapshot.make(qemu, tmp_path / "snapshots.qcow2")

    def start(wait_ready=True, args=(), **options):
        def boot(wait_ready, args=()):
            return boot_guest(wait_ready=wait_ready, **options, args=[
                *common, *args])

        common = [*snapshot.options(image), *args]
        return boot(wait_ready), boot

    return start


@pytest.fixture
def places(tmp_path):
    def stop(started, look, **how):
        guest, boot = started
        guest.qmp("stop")
        return snapshots.Places(guest, boot, tmp_path, look, **how)

    return stop


@pytest.fixture
def run_qemu(qemu):
    """run_qemu(*options, input=""): QEMU's subprocess.CompletedProcess."""
    def run(*options, **how):
        done = subprocess.run([qemu, "-display", "none", *options], text=True,
                              errors="replace", timeout=RUN_SECONDS,
                              capture_output=True, check=False,
                              **{"input": "", **how})
        done.stderr = ASAN_NOTICE.sub("", done.stderr)
        return done

    return run


@dataclass(frozen=True)
class BareMetalRun:
    """What a bare-metal guest and its QEMU left behind."""

    lines: list  # (name, value) of each report()
    output: str  # everything on the console
    errors: str  # QEMU's log of guest errors


@pytest.fixture
def bare_metal(layout, run_qemu, tmp_path):
    """bare_metal(name, *QEMU options, machine=, arch=, defines=, last=).

    `last` is the line that its output has to end with.
    """
    def run(name, *options, machine="farside", arch="aarch64", defines=(),
            last="END"):
        guest = baremetal.build(layout, name, arch, defines)
        log = tmp_path / "guest-errors.log"
        done = run_qemu(*baremetal.command(layout, guest, machine)[1:],
                        *options, "-d", "guest_errors", "-D", str(log))
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1:] == [last], done.stdout
        words = [line.split() for line in done.stdout.splitlines()[:-1]]
        return BareMetalRun([(name, int(value, 16)) for name, value in words],
                            done.stdout, log.read_text(errors="replace"))

    return run

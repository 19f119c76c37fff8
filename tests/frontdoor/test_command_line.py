# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input: a clear message and the right exit code, whatever is asked."""

import os
import subprocess
from pathlib import Path

import pytest

FARSIDE = Path(__file__).resolve().parents[2] / "farside"


def farside(*words, **environment):
    env = {key: value for key, value in os.environ.items()
           if not key.startswith("FARSIDE_")}
    env.update(environment)
    return subprocess.run([FARSIDE, *map(str, words)], text=True, env=env,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, timeout=60)


def refused(done, status, *texts):
    assert done.returncode == status, done.stderr
    for text in texts:
        assert text in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_help_names_every_command():
    done = farside("--help")
    assert done.returncode == 0
    for command in ("demo", "test", "boot", "faults", "qemu", "bench",
                    "build", "timeline"):
        assert f"\n    {command} " in done.stdout


def test_list_needs_nothing_built(tmp_path):
    done = farside("--build-dir", tmp_path / "b", "test", "--list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == \
        ["style", "frontdoor", "unit", "qtest", "boot", "boot-16k",
         "boot-debug", "boot-6.12"]
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("words", [(), ("dance",), ("boot",),
                                   ("--cc", "tcc", "demo"),
                                   ("demo", "--", "-smp", "4")])
def test_usage(words):
    refused(farside(*words), 2, "usage:")


@pytest.mark.parametrize("words", [
    ("qemu", "-M", "farside"), ("boot", "--kernel", "lab", "-M", "farside")])
def test_options_of_qemu_without_dashes(words):
    refused(farside(*words), 2, "unrecognized arguments: -M farside; options "
                                "of QEMU go after --")


def test_unknown_suite():
    refused(farside("test", "nonsense"), 2, "nonsense", "unit", "boot")


def test_unknown_part():
    refused(farside("build", "nonsense"), 2, "nonsense", "images")


@pytest.mark.parametrize("option, part, text", [
    ("--qemu-source", "qemu", "not a QEMU source tree"),
    ("--linux-source", "lab", "not a kernel source tree")])
def test_source_that_is_none(tmp_path, option, part, text):
    refused(farside("--build-dir", tmp_path / "b", option, tmp_path, "build",
                    part), 2, str(tmp_path), text, option)


def test_linux_source_that_is_no_package(tmp_path):
    refused(farside("--build-dir", tmp_path / "b", "--linux-source", "vmlinux",
                    "build", "lab"), 2, "vmlinux", "linux-source-6.12")


def test_missing_kernel(tmp_path):
    refused(farside("boot", "--kernel", tmp_path / "none"), 2,
            "does not exist", "stock:6.12")


def test_kernel_is_a_directory(tmp_path):
    refused(farside("boot", "--kernel", tmp_path), 2, "is a directory")


def test_unknown_stock_kernel():
    refused(farside("boot", "--kernel", "stock:2.4"), 2, "2.4", "stock:6.1")


def test_missing_initrd(tmp_path):
    image = tmp_path / "Image"
    image.write_bytes(b"")
    refused(farside("boot", "--kernel", image, "--initrd", tmp_path / "no"),
            2, "initrd", "does not exist")


@pytest.mark.parametrize("by", ["option", "environment"])
def test_build_directory_that_cannot_be(tmp_path, by):
    (tmp_path / "file").write_text("")
    place = tmp_path / "file/build"
    done = farside("--build-dir", place, "build", "qemu") if by == "option" \
        else farside("build", "qemu", FARSIDE_BUILD=str(place))
    refused(done, 3, str(place), "--build-dir")


def test_dry_run_prints_one_command(tmp_path):
    image = tmp_path / "Image"
    image.write_bytes(b"")
    done = farside("--build-dir", tmp_path / "b", "boot", "--kernel", image,
                   "--append", "quiet loglevel=1", "--dry-run", "--",
                   "-smp", "4")
    assert done.returncode == 0
    line, = done.stdout.splitlines()
    assert "-M farside" in line and f"-kernel {image}" in line
    assert "-append 'console=ttyAMA0 quiet loglevel=1'" in line
    assert line.endswith("-smp 4")
    assert "./farside build" in done.stderr


def test_dry_run_with_a_fault(tmp_path):
    """The rules, and the platform that they need, as QEMU finds them."""
    image = tmp_path / "Image"
    image.write_bytes(b"")
    done = farside("--build-dir", tmp_path / "b", "boot", "--kernel", image,
                   "--fault", "scmi-no-reply-polled", "--dry-run")
    assert done.returncode == 0
    root = FARSIDE.parent
    assert f"-M farside,scmi-platform={root}/faults/platforms/" \
           f"mailbox-polled.json,faults={root}/faults/" \
           "scmi-no-reply-polled.json " in done.stdout


def test_unknown_fault(tmp_path):
    image = tmp_path / "Image"
    image.write_bytes(b"")
    refused(farside("boot", "--kernel", image, "--fault", "../README",
                    "--dry-run"), 2, "../README", "./farside faults list")


def test_faults_are_listed():
    """Each by its name, and what it says of itself."""
    done = farside("faults", "list")
    assert done.returncode == 0
    names = [line for line in done.stdout.splitlines() if line[0] != " "]
    assert names == sorted(path.stem for path in
                           (FARSIDE.parent / "faults").glob("*.json"))
    assert "scmi-padded-reply\n    Rockchip RK3568" in done.stdout
    refused(farside("faults"), 2, "usage:")
    refused(farside("faults", "list", "scmi-busy"), 2,
            "faults list shows all profiles")


def test_what_cannot_be_run():
    refused(farside("faults", "run", "scmi-lazy"), 2,
            "there is no fault profile 'scmi-lazy'", "./farside faults list")
    refused(farside("faults", "run", "--kernel", "stock:9.9"), 2, "'9.9'")


def test_dry_run_of_what_was_never_built(tmp_path):
    refused(farside("--build-dir", tmp_path / "b", "boot", "--kernel", "lab",
                    "--dry-run"), 3, "./farside build")


def test_another_python_in_front(tmp_path):
    """A python3 without Debian's modules comes first in PATH."""
    fake = tmp_path / "python3"
    fake.write_text("#!/bin/sh\nexit 99\n")
    fake.chmod(0o755)
    done = farside("--help", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode == 0

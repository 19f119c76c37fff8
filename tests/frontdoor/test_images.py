# SPDX-License-Identifier: GPL-2.0-or-later
"""Archives, module order, kernel configuration."""

import subprocess

from frontdoor import initramfs, kernel
from frontdoor.cpio import Archive


def archive():
    made = Archive()
    made.file("bin/tool", b"#!/bin/sh\n", 0o755)
    made.file("odd", b"12345")
    made.character_device("dev/console", 5, 1)
    return made.data()


def test_cpio_reads_the_archive():
    listing = subprocess.run(["cpio", "-tv", "--quiet"], input=archive(),
                             stdout=subprocess.PIPE, check=True).stdout
    lines = listing.decode().splitlines()
    assert [line.split()[-1] for line in lines] == \
        ["bin", "bin/tool", "odd", "dev", "dev/console"]
    assert lines[0].startswith("drwxr-xr-x")
    assert lines[1].startswith("-rwxr-xr-x")
    assert lines[4].startswith("crw-------")


def test_the_archive_is_reproducible():
    assert archive() == archive()


def test_modules_come_after_what_they_need(tmp_path):
    (tmp_path / "modules.dep").write_text(
        "kernel/a-top.ko.xz: kernel/b.ko.xz kernel/c.ko.xz\n"
        "kernel/b.ko.xz: kernel/c.ko.xz\n"
        "kernel/c.ko.xz:\n")
    table = initramfs.dependencies(tmp_path)
    order, absent = initramfs.load_order(table, ["a_top", "c", "gone"])
    assert order == ["kernel/c.ko.xz", "kernel/b.ko.xz", "kernel/a-top.ko.xz"]
    assert absent == ["gone"]


def fragment_and_config(tmp_path, final):
    fragment, config = tmp_path / "x.config", tmp_path / ".config"
    fragment.write_text("# text\nCONFIG_A=y\nCONFIG_B=y\n")
    config.write_text(final)
    return config, [fragment]


def said(monkeypatch, config, files):
    """What checking the configuration tells the user."""
    lines = []
    monkeypatch.setattr(kernel, "say", lines.append)
    kernel._check_config(config, files)
    return lines


def test_a_lost_symbol_is_named(tmp_path, monkeypatch):
    config, files = fragment_and_config(
        tmp_path, "CONFIG_A=y\n# CONFIG_B is not set\n")
    assert said(monkeypatch, config, files) == [
        "   This kernel does not have: B"]


def test_a_complete_configuration_is_not_spoken_of(tmp_path, monkeypatch):
    config, files = fragment_and_config(tmp_path, "CONFIG_A=y\nCONFIG_B=y\n")
    assert said(monkeypatch, config, files) == []


def test_no_symbol_is_asked_for_twice():
    seen = {}
    folder = kernel.__file__.rpartition("/scripts/")[0] + "/guest-images/lab"
    for file in sorted(__import__("pathlib").Path(folder).glob("*.config")):
        for symbol in kernel.requested([file]):
            assert symbol not in seen, f"{symbol}: {file} and {seen[symbol]}"
            seen[symbol] = file


def test_of_two_fragments_the_later_one_wins(tmp_path):
    first, second = tmp_path / "1.config", tmp_path / "2.config"
    first.write_text("CONFIG_A=y\nCONFIG_B=y\n")
    second.write_text("# CONFIG_A is not set\nCONFIG_C=y\n# CONFIG_B=text\n")
    assert kernel.requested([first, second]) == {
        "CONFIG_A": "# CONFIG_A is not set", "CONFIG_B": "CONFIG_B=y",
        "CONFIG_C": "CONFIG_C=y"}

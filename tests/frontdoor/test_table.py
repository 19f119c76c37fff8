# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/drivers.rst, which is written from the boot tests."""

import pytest

from frontdoor import table
from frontdoor.results import Program

KERNELS = ("lab", "6.12", "6.1")


@pytest.fixture
def passed():
    """A run in which all went well."""
    programs = {kernel: Program(kernel, "OK") for kernel in KERNELS}
    for kernel, name in table.cases():
        programs[kernel].cases.append((name, "passed"))
    return programs


def test_document_is_what_the_tests_expect():
    assert table.FILE.read_text() == table.render(), \
        "run ./farside test boot, then ./farside table"


def test_every_transport_and_driver_is_there():
    text, matrix = table.FILE.read_text(), table.matrix()
    for name in (*matrix.TRANSPORTS, *matrix.DRIVERS):
        assert f"\n{name} " in text


def test_complete_run_proves_it(passed):
    assert table.unproven(passed) == []


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernel_that_was_not_run_proves_nothing(passed, kernel):
    del passed[kernel]
    assert set(table.unproven(passed)) == {
        f"{kernel}: {name}" for of, name in table.cases() if of == kernel}


@pytest.mark.parametrize("kind", ["failed", "skipped"])
def test_case_that_did_not_pass_is_named(passed, kind):
    name, _ = passed["6.12"].cases[0]
    passed["6.12"].cases[0] = (name, kind)
    assert table.unproven(passed) == [f"6.12: {name}"]

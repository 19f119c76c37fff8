# SPDX-License-Identifier: GPL-2.0-or-later
"""The final line counts cases, and no failure is lost."""

import json

import pytest

from frontdoor import results

JUNIT = """<testsuites>
<testsuite name="farside.farside:unit / good"><testcase name="1 /a"/>
<testcase name="2 /b"><skipped/></testcase></testsuite>
<testsuite name="farside.farside:unit / bad"><testcase name="1 a"/>
<testcase name="2 b"><failure/></testcase></testsuite>
<testsuite name="farside.farside:unit / crash"><testcase name="1 a"/>
</testsuite>
<testsuite name="farside"><testcase name="farside:unit / plain"><error/>
</testcase></testsuite></testsuites>"""
TAP = "ok 1 a\n# not this\nnot ok 2 b\n# because\n#   of that\nok 3 c\n# no\n"


@pytest.fixture
def programs(tmp_path):
    (tmp_path / "testlog.junit.xml").write_text(JUNIT)
    outcome = {"good": "OK", "bad": "FAIL", "crash": "ERROR",
               "plain": "TIMEOUT"}
    (tmp_path / "testlog.json").write_text("".join(
        json.dumps({"name": f"farside:unit / {name}", "result": result,
                    "stdout": TAP}) + "\n"
        for name, result in outcome.items()))
    return results.read(tmp_path)


def test_cases_crashes_and_skips(programs):
    # Failed: bad's b, plain, and crash, which has no failed case of its own.
    assert results.count(programs) == (3, 3, 1)


def test_a_crash_is_lost_no_more(programs):
    assert programs["crash"].lost()
    assert not programs["bad"].lost() and not programs["plain"].lost()


def test_the_reason_is_what_follows_the_case(programs):
    assert programs["bad"].failed_cases() == ["b"]
    assert programs["bad"].why("b") == ["because", "  of that"]

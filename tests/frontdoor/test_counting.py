# SPDX-License-Identifier: GPL-2.0-or-later
"""The final line counts cases, and no failure is lost."""

import json

from frontdoor import tests

JUNIT = """<testsuites>
<testsuite name="farside.good"><testcase name="a"/><testcase name="b">
<skipped/></testcase></testsuite>
<testsuite name="farside.bad"><testcase name="a"/><testcase name="b">
<failure/></testcase></testsuite>
<testsuite name="farside.crash"><testcase name="a"/></testsuite>
<testsuite name="farside"><testcase name="plain"><error/></testcase>
</testsuite></testsuites>"""


def test_cases_crashes_and_skips(tmp_path):
    (tmp_path / "testlog.junit.xml").write_text(JUNIT)
    results = {"good": "OK", "bad": "FAIL", "crash": "ERROR",
               "plain": "TIMEOUT"}
    (tmp_path / "testlog.json").write_text("".join(
        json.dumps({"name": f"farside:unit / {name}", "result": result}) + "\n"
        for name, result in results.items()))
    # Failed: bad.b, plain, and crash, which has no failed case of its own.
    assert tests.count(tmp_path) == (3, 3, 1)

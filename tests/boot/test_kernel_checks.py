# SPDX-License-Identifier: GPL-2.0-or-later
"""What the kernel's own checks say when firmware misbehaves: lab-debug.

What is reported here is the kernel's, not ours: bad firmware must not make it
break its own rules.  No other profile makes KASAN, UBSAN, lockdep, or what
watches for tasks and CPUs that hang, say anything.
"""

import re

import pytest

from frontdoor import faultrun

pytestmark = pytest.mark.kernels("lab-debug")

REPORT = re.compile(r"^\[[^]]*\] (?:watchdog: |rcu: )?"
                    r"((?:BUG|WARNING|UBSAN|INFO): .*)", re.MULTILINE)
# A warning that the code has for that case.
MEANT = r"WARNING: at (shmem_tx_prepare|scmi_rx_callback)\+"
STUCK = (r"BUG: soft lockup|WARNING: at rcu_check_gp_start_stall\+|"
         r"INFO: rcu_\w+ (?:self-)?detected (?:expedited )?stall")

REPORTS = {
    # blk-mq frees what is free.
    "ans-duplicate-completion": r"WARNING: at blk_mq_free_request\+",
    # Its timeout handler waits for the tag of what was lost.
    "ans-lost-admin-completion": r"INFO: task kworker/\S+ blocked for more",
    "ans-never-empty": STUCK,
    "ans-stuck-interrupt": STUCK,
    "ans-stuck-mailbox": STUCK,
    "scmi-busy-channel": MEANT,
    "scmi-flaky": MEANT,
    # The lock of transfers that are received was never initialised.
    "scmi-notification-on-a2p": "INFO: trying to register non-static key",
    "scmi-silent": MEANT,
    "scmi-unknown-type": MEANT,
    # apple-mailbox enables an interrupt that is enabled.
    "smc-full-fifo": r"WARNING: at __enable_irq\+",
    "smc-never-empty": STUCK,
    "smc-no-atomic-reply": "INFO: trying to register non-static key",
    # A completion is completed before it is initialised.
    "smc-stale-fifo": ("INFO: trying to register non-static key|"
                       "BUG: (KASAN|spinlock)"),
    "smc-stuck-interrupt": STUCK,
}
# Those that end when enough has been seen, a report or not.
MAYBE = {"ans-never-empty", "smc-never-empty", "ans-stuck-interrupt",
         "ans-stuck-mailbox", "smc-stuck-interrupt", "scmi-flaky",
         "smc-no-atomic-reply", "smc-stale-fifo"}


@pytest.mark.parametrize("name", faultrun.select_names([]))
def test_profile(run_profile, name):
    outcome, text = run_profile(name)
    assert not outcome.problems, text
    reports = REPORT.findall(text)
    if name not in MAYBE:
        assert bool(reports) == (name in REPORTS)
    for report in reports:
        assert re.match(REPORTS[name], report)

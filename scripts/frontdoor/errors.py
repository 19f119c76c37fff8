# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways a command can end badly, each with its exit code.

The codes never leave 1..127, and a failed test is never confused with a
machine that could not run it: git bisect and CI systems depend on that.
"""


class FrontDoorError(Exception):
    """A problem explained to a person; `hint` says what to do about it."""

    exit_code = 3

    def __init__(self, message, hint=None):
        super().__init__(message)
        self.hint = hint


class UsageError(FrontDoorError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class InfrastructureError(FrontDoorError):
    """The machine, the network or a build prevented the work."""


class TestFailure(FrontDoorError):
    """The work was done, and its result is bad."""

    exit_code = 1


class CommandFailed(InfrastructureError):
    """A program exited with an error; its whole output is in `log`."""

    def __init__(self, what, log, tail, hint=None):
        super().__init__(f"{what} failed", hint)
        self.log = log
        self.tail = tail

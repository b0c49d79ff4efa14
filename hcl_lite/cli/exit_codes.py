"""Exit codes of the process. The README has the table."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    OK = 0  # done; with --detailed-exitcode also: nothing to change
    ERROR = 1  # the user's mistake, a server's fault, or objects that could not be applied
    CHANGES = 2  # plan --detailed-exitcode: there are changes
    USAGE = 3  # unknown command or option (Terraform: 1; click: 2, which would be taken for CHANGES)
    TOO_MANY = 4  # the plan deletes more objects than --max-destroy allows: nothing was changed
    PARTIAL = 5  # plan --detailed-exitcode: no changes, but not all could be looked at
    INTERRUPTED = 130  # Ctrl-C

"""Errors that end a command, as diagnostics."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Sequence

import click

from hcl_lite.core.diags import Diagnostic, HclError, system_problem
from hcl_lite.core.provider_errors import ProviderError
from hcl_lite.core.redaction import redact


def problems_of(error: Exception) -> Sequence[Diagnostic]:
    """Returns what is said of an error. Of one that nobody has foreseen the traceback is printed to standard error."""
    match error:
        case HclError():
            return error.diagnostics
        case ProviderError():
            return [Diagnostic(str(error), hint=error.hint, request_id=error.request_id)]
        case OSError() | RecursionError():
            return [system_problem(error)]
    click.echo(redact("".join(traceback.format_exception(error))), err=True)
    whose = importlib.import_module("providers.plugins").bug_in(error)  # --help and version have no use for it
    return [Diagnostic(whose, f"{type(error).__name__}: {redact(str(error))}")]

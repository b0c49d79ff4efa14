"""Around an operation that is called as a function: whatever it raises is fit for a stranger's traceback."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

from hcl_lite.core.diags import Diagnostic, HclError, system_problem
from hcl_lite.core.notices import telling_notices
from hcl_lite.core.redacted import all_redacted, redacted
from hcl_lite.core.redaction import new_vault, redact
from hcl_lite.core.schema import ProviderError
from hcl_lite.operations.caller import Notice, Progress
from providers.plugins import bug_in

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)


def guarded(work: Callable[[], T], told: Callable[[Progress], None]) -> T:
    """Returns the result of `work`, run with a vault of its own; `told` receives the notices.

    Errors are raised without the frames, causes and texts that may have a secret in them: HclError for all that is the
    user's or the system's, ProviderError for a server's fault, RuntimeError for ours.
    """
    __tracebackhide__ = True  # pytest shows the user's line
    failure: BaseException
    with new_vault(), telling_notices(lambda text: told(Notice(redact(text)))):
        try:
            return work()
        except HclError as error:
            failure = _as_made(error)
            failure.diagnostics = all_redacted(error.diagnostics)
            failure.args = (redact(str(error)),)
            noted(failure)
        except ProviderError as error:
            failure = _as_made(error) if redact(str(error)) == str(error) else ProviderError(redact(str(error)))
            if error.hint:
                failure.add_note(redact(error.hint))
        except (OSError, RecursionError) as error:
            failure = HclError(redacted(system_problem(error)))
        except Exception as error:  # noqa: BLE001 - whatever else it is, it is ours, or that of a plugin
            failure = RuntimeError(f"{bug_in(error)}.\n{redact(traceback.format_exc())}")
    raise failure


def noted(error: HclError) -> HclError:
    """`error` with what a traceback shows below it: the place, what was found, and what to do."""
    if not getattr(error, "__notes__", ()):
        for diagnostic in error.diagnostics:
            error.add_note(_note(diagnostic))
    return error


def _as_made(error: E) -> E:
    """The same error, as if it had just been made."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    return error


def _note(diagnostic: Diagnostic) -> str:
    place = f"{diagnostic.place}: " if diagnostic.place else ""
    parts = (f"{place}{diagnostic.summary}", diagnostic.detail, f"→ {diagnostic.hint}" if diagnostic.hint else "")
    return "\n  ".join(part for part in parts if part)

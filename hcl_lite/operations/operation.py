"""The wrapper of every operation: its results, events and errors contain no secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import fields, is_dataclass, replace
from functools import wraps
from typing import ParamSpec, TypeVar

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.redacted import all_redacted, redacted
from hcl_lite.core.redaction import has_vault, new_vault, redact

P = ParamSpec("P")
T = TypeVar("T")


def operation(function: Callable[P, T]) -> Callable[P, T]:
    """`function` with a vault of its own, unless its caller has one already; what it gives or raises has no secret."""

    @wraps(function)
    def carried_out(*args: P.args, **kwargs: P.kwargs) -> T:
        with nullcontext() if has_vault() else new_vault(), _raising_no_secrets():
            return without_secrets(function(*args, **kwargs))

    return carried_out


@contextmanager
def _raising_no_secrets() -> Iterator[None]:
    try:
        yield
    except HclError as error:
        error.diagnostics = all_redacted(error.diagnostics)
        error.args = (redact(str(error)),)
        raise


# Where the results of operations are declared, and what they are made of: frozen dataclasses, in which diagnostics are
# the texts that others may have had a part in. All else in them is made of values that are fit to be shown.
_RESULTS = (
    "hcl_lite.operations.",
    "hcl_lite.engine.plan",
    "hcl_lite.engine.applying.progress",
    "hcl_lite.engine.restoring.",
)
_NO_RESULT = "hcl_lite.operations.project"


def without_secrets(result: T) -> T:
    """`result` with the diagnostics in it redacted; itself where that changes nothing."""
    if isinstance(result, Diagnostic):
        return redacted(result)  # type: ignore[return-value]
    if isinstance(result, tuple) and any(isinstance(item, Diagnostic) for item in result):
        return all_redacted(result)  # type: ignore[return-value]
    module = type(result).__module__
    if not is_dataclass(result) or module == _NO_RESULT or not module.startswith(_RESULTS):
        return result
    told = {one.name: getattr(result, one.name) for one in fields(result) if one.init}
    found = {name: item for name, inner in told.items() if (item := without_secrets(inner)) is not inner}
    return replace(result, **found) if found else result  # type: ignore[type-var]

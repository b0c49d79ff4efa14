"""Calls of functions by expressions: arguments are counted, checked and made plain before the function runs.

A function says by its annotations what it takes; `wrap` holds callers to that, so that functions are only what they do.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hcl_lite.core.values import Secret, Value
from hcl_lite.lang.expressions.functions.arguments import CHECKS, FunctionError, Unfit
from hcl_lite.lang.expressions.functions.costs import MOST, MOST_OF, check_size
from hcl_lite.lang.expressions.functions.structure import STRUCTURE


@dataclass(frozen=True)
class FunctionContext:
    """The inputs of functions beside their arguments. Seams come in as arguments so that tests need no patching.

    `directory` is where relative paths start (the module's directory); files may be read below `directory` and
    `allowed`; what is read of `secrets`, links followed, is a secret. `environment_open` is False in modules. `now` is
    fixed once for each plan. `render` renders the text of a template for templatefile(). `staged` is a directory below
    `directory` whose files are read before those of the same path.
    """

    directory: Path
    allowed: tuple[Path, ...] = ()
    secrets: frozenset[Path] = frozenset()
    environment: Mapping[str, str] = field(default_factory=dict)
    environment_open: bool = True
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    render: Callable[[str, Mapping[str, Any]], Value] | None = None
    staged: Path | None = None

    @functools.cached_property
    def roots(self) -> tuple[Path, ...]:
        """The directories below which files may be read, links followed."""
        return tuple(root.resolve() for root in (self.directory, *self.allowed))


Function = Callable[..., Any]


def wrap(name: str, function: Function, context: FunctionContext) -> Function:
    """`function` as expressions call it: `context` is put in, and every mistake is a FunctionError."""

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        bound = _bind(name, function, context, given, named)
        try:
            _check(function, bound)
            if name not in STRUCTURE:
                check_size(bound.arguments.values(), MOST_OF.get(name, MOST))
            whole = tuple(bound.arguments) == _in_order(function)
            result = function(*bound.arguments.values()) if whole else function(*bound.args, **bound.kwargs)
            return Secret(result) if context.secrets and _reads_secret(context, bound) else result
        except FunctionError:
            raise
        except Unfit as error:
            raise FunctionError(f"{name}() takes {error}.", _usage(name, function)) from error
        except (RecursionError, MemoryError) as error:
            raise FunctionError(f"{name}() was given a value that is nested too deeply, or too large.") from error
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OSError) as error:
            # No input is known to lead here; should one be found, it is a diagnostic and not the end of the run.
            detail = f"{type(error).__name__}: {error}"
            raise FunctionError(f"{name}() failed on these arguments: {detail}.", _usage(name, function)) from error

    return call


def _reads_secret(context: FunctionContext, bound: inspect.BoundArguments) -> bool:
    """Whether a function of files was given the path of a secret."""
    path = bound.arguments.get("path")
    if "context" not in bound.arguments or not isinstance(path, str):
        return False
    home = context.environment.get("HOME", "")
    return (context.directory / (home + path[1:] if path.startswith("~/") else path)).resolve() in context.secrets


@functools.cache
def signature_of(function: Function) -> inspect.Signature:
    """The parameters of a function of the tables, `context` among them."""
    return inspect.signature(function)


def signature_text(name: str, function: Function) -> str:
    """The signature as users read it, such as `lookup(map, key[, default])` and `merge(maps…)`."""
    text = ""
    optional = 0
    for parameter in signature_of(function).parameters.values():
        if parameter.name == "context":
            continue
        comma = ", " if text else ""
        if parameter.kind is parameter.VAR_POSITIONAL:
            text += f"{comma}{parameter.name}…"
        elif parameter.default is parameter.empty:
            text += f"{comma}{parameter.name}"
        else:
            text += f"[{comma}{parameter.name}"
            optional += 1
    return f"{name}({text}{']' * optional})"


def _usage(name: str, function: Function) -> str:
    return f"It is called as {signature_text(name, function)}."


def takes_context(function: Function) -> bool:
    """Whether the function sees the context: its first parameter is then called so."""
    return function.__code__.co_varnames[:1] == ("context",) and function.__code__.co_argcount > 0


def _bind(
    name: str, function: Function, context: FunctionContext, given: tuple[Any, ...], named: Mapping[str, Any]
) -> inspect.BoundArguments:
    given = (context, *given) if takes_context(function) else given
    signature, names = signature_of(function), _in_order(function)
    if (
        names and not named and len(given) == len(names)
    ):  # as nearly always: a configuration calls file() for each dashboard
        return inspect.BoundArguments(signature, dict(zip(names, given, strict=True)))
    try:
        return signature.bind(*given, **named)
    except TypeError as error:
        raise FunctionError(
            f"{name}() cannot be called like this: {_misfit(str(error))}.", _usage(name, function)
        ) from error


@functools.cache
def _in_order(function: Function) -> tuple[str, ...]:
    """The names of the parameters; none where the function takes any number of arguments."""
    parameters = signature_of(function).parameters
    is_open = any(each.kind is not each.POSITIONAL_OR_KEYWORD for each in parameters.values())
    return () if is_open else tuple(parameters)


def _misfit(message: str) -> str:
    """Python's reason why the arguments do not fit, without its words."""
    match = re.search(r"'(\w+)'", message)
    what = match[1] if match else ""
    if message.startswith("missing"):
        return f'the argument "{what}" is missing'
    if message.startswith("too many"):
        return "these are too many arguments"
    return f'there is no argument "{what}"' if "unexpected" in message else f'the argument "{what}" is there twice'


@functools.cache
def _checks_of(function: Function) -> Mapping[str, Callable[[Any, str], Any]]:
    """The checks of those parameters that have one."""
    parameters = signature_of(function).parameters
    annotations = {name: str(each.annotation).removesuffix(" | None") for name, each in parameters.items()}
    return {name: CHECKS[annotation] for name, annotation in annotations.items() if annotation in CHECKS}


def _check(function: Function, bound: inspect.BoundArguments) -> None:
    """Put the checked value of each argument in its place."""
    parameters = signature_of(function).parameters
    checks = _checks_of(function)
    for name, value in bound.arguments.items():
        check = checks.get(name)
        if check is None:
            continue
        if parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
            bound.arguments[name] = tuple(check(item, name) for item in value)
        elif value is not parameters[name].default:
            bound.arguments[name] = check(value, name)

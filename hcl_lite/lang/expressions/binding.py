"""Functions as expressions call them: their arguments without marks, their errors with the place of the call."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import GeneratorType
from typing import Any

from jinja2 import Undefined

from hcl_lite.core.values import Secret
from hcl_lite.lang.expressions.bounded import unlimited
from hcl_lite.lang.expressions.functions import STRUCTURAL, FunctionError
from hcl_lite.lang.expressions.functions.costs import MAX_VALUES, Size, check_size
from hcl_lite.lang.expressions.marks import Attributes, Tracker, followed, open_mark, open_marks
from hcl_lite.lang.expressions.model import Call, ExpressionError

_COPIED = Size(MAX_VALUES, sys.maxsize)  # texts are not copied
# They run a program of their own, which has a time limit of its own.
_UNTIMED = ("jsonnet", "python_dashboard")


def explained(error: FunctionError, call: Call) -> ExpressionError:
    """A function's error with the place of the call."""
    explained = ExpressionError(str(error), call.at, len(call.name))
    explained.hint = error.hint
    return explained


def bind(function: Callable[..., Any], call: Call, tracker: Tracker) -> Callable[..., Any]:
    """`function` as the expression calls it: its errors get the place of the call, its arguments are plain values, and
    a secret that it gives travels in a mark of `tracker`."""
    structural = call.name in STRUCTURAL

    def called(*args: Any, **kwargs: Any) -> Any:
        for arg in (*args, *kwargs.values()):
            if isinstance(arg, Undefined):
                str(arg)  # raises UndefinedError, which says what is not there
        opened = _opened_at_the_top if structural else open_marks
        try:
            check_size((*args, *kwargs.values()), _COPIED)
            with unlimited() if call.name in _UNTIMED else _as_before():
                given = [opened(listed(arg)) for arg in args]
                named = {key: opened(listed(value)) for key, value in kwargs.items()}
                result = followed([given, named], function(*given, **named))
            return tracker.mark(result) if isinstance(result, Secret) else result
        except FunctionError as error:
            raise explained(error, call) from error

    return called


def _opened_at_the_top(value: Any) -> Any:
    """An argument of a function that only moves values about: the marks inside of it stay."""
    return _structure(open_mark(value))


def _structure(value: Any) -> Any:
    """Containers as plain ones, down to the marks and the objects."""
    if isinstance(value, Attributes):
        return value
    if isinstance(value, Mapping):
        return {open_mark(key): _structure(item) for key, item in value.items()}
    return [_structure(item) for item in value] if isinstance(value, list | tuple) else value


def listed(value: Any) -> Any:
    """Filters such as map() give generators, which JSON has no word for."""
    return list(value) if isinstance(value, GeneratorType) or type(value) in _VIEWS else value


_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))


@contextmanager
def _as_before() -> Iterator[None]:
    yield

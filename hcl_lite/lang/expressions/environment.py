"""The environment of expressions and templates: Jinja2's sandbox with fewer methods and filters, each bounded in the
size of its result. Secrets and unknown values are noted where a filter or a test reads its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any

from jinja2 import StrictUndefined, Undefined, nodes, pass_context, pass_environment
from jinja2.exceptions import SecurityError
from jinja2.filters import _GroupTuple, make_attrgetter
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import htmlsafe_json_dumps
from jinja2.visitor import NodeTransformer

from hcl_lite.core.diags import did_you_mean
from hcl_lite.core.values import UNKNOWN
from hcl_lite.lang.expressions.binding import bind
from hcl_lite.lang.expressions.comparing import TESTS, checked_search, compare
from hcl_lite.lang.expressions.costs import (
    CHARACTERS,
    TEXT_FILTERS,
    VALUES,
    check_filter,
    check_length,
    few_lists,
    length_of,
    measured,
    texts_length,
)
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.lang.expressions.functions.arguments import Number, kind_of, text_of
from hcl_lite.lang.expressions.functions.costs import check_json, check_size
from hcl_lite.lang.expressions.functions.formatting import format as format_
from hcl_lite.lang.expressions.marks import Mark, followed, open_mark, open_marks
from hcl_lite.lang.expressions.model import Call, ExpressionError

_NUMBER = 10**308  # what a float can still hold
_WIDTH = 100_000  # the most that a number may ask for: the width of a column, the copies of a text

_TEXT_METHODS = """
    upper lower title capitalize swapcase casefold strip lstrip rstrip removeprefix removesuffix split rsplit splitlines
    partition rpartition startswith endswith find rfind index count isdigit isalpha isalnum isspace isupper islower
"""
_METHODS: Mapping[type, frozenset[str]] = {
    dict: frozenset({"items", "keys", "values", "get"}),
    list: frozenset({"index", "count"}),
    str: frozenset(_TEXT_METHODS.split()),
}
_OF_NUMBERS = ("odd", "even", "divisibleby")
_WORDS: tuple[tuple[type, str], ...] = ((str, "text"), (list, "a list"), (tuple, "a list"), (type(None), "null"))
# Those that reach past the sandbox, or would make every plan a different one.
_NO_FILTERS = ("attr", "random", "xmlattr", "safe", "forceescape", "escape", "e", "pprint", "urlize")


class _Environment(ImmutableSandboxedEnvironment):
    """A key of a mapping comes before a method of the same name, so that `x.items` can be an attribute of Grafana's."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, **options: Any) -> None:
        # Not optimized: what Jinja2 computes while it compiles is neither marked nor refused.
        super().__init__(undefined=StrictUndefined, autoescape=False, optimized=False, **options)
        self.globals.clear()
        self.filters = {name: _bounded(name, f) for name, f in self.filters.items() if name not in _NO_FILTERS}
        self.filters = {**{name: _as_filter(name) for name in FUNCTION_NAMES}, **self.filters}
        self.filters |= {name: _of_text(self.filters[name]) for name in TEXT_FILTERS.split()}
        self.filters |= {"string": _as_text, "format": _looking_inside(format_), _JOIN: _joined}
        self.filters["tojson"] = _looking_inside(_json)
        self.filters["join"] = _join
        self.filters = {name: _followed(filter_) for name, filter_ in self.filters.items()}
        self.filters[_COMPARE] = compare
        self.tests = {name: f if name in ("defined", "undefined") else _test(name, f) for name, f in self.tests.items()}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree: nodes.Template = Joiner().visit(super()._parse(source, name, filename))
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mark) and obj.marked is UNKNOWN:
            return obj  # whatever is inside of it is unknown too
        obj = open_mark(obj)
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and not attribute.startswith("_"):
            found = super().getattr(obj, attribute)
            return _sized(found) if attribute == "changed" else found
        if isinstance(obj, _GroupTuple) and attribute in obj._fields:
            return super().getattr(obj, attribute)
        known = next((names for type_, names in _METHODS.items() if isinstance(obj, type_)), frozenset[str]())
        if isinstance(obj, Mapping):
            known = _METHODS[dict]
        if attribute in known and isinstance(obj, str):
            return measured(obj, attribute)
        if attribute in known:
            return checked_search(obj, attribute) if isinstance(obj, list) else getattr(obj, attribute)
        return self._nothing(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Mark) and obj.marked is UNKNOWN:
            return obj
        obj, argument = open_mark(obj), open_mark(argument)
        if isinstance(obj, _GroupTuple) and argument in obj._fields:
            return super().getattr(obj, argument)
        if isinstance(obj, Mapping | list | tuple | str):
            try:
                return followed([obj], obj[argument]) if isinstance(obj, str) else obj[argument]
            except (LookupError, TypeError):
                return self._nothing(obj, argument)
        return self._nothing(obj, argument)

    def _nothing(self, obj: Any, key: Any) -> Undefined:
        """Returns an undefined value for a missing key: `is defined` and a default accept it, all else is an error."""
        if isinstance(obj, Undefined):
            str(obj)  # raises UndefinedError, which says what is not there
        if isinstance(obj, Mapping):
            hint = did_you_mean(str(key), map(str, obj))
            return self.undefined(hint=f'There is no "{key}" in this map. {hint}'.rstrip())
        if isinstance(obj, list | tuple) and isinstance(key, int):
            return self.undefined(hint=f"There is no item {key} in this list of {len(obj)}")
        return self.undefined(hint=f'There is no "{key}" in {kind_of(obj)}')

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:  # methods too, whose text is their self
        result = super().call(context, obj, *args, **kwargs)
        return followed([getattr(obj, "__self__", None), *args, *kwargs.values()], result)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        left, right = _no_tuple(open_mark(left)), _no_tuple(open_mark(right))
        _check_operands(operator, left, right)
        return followed([left, right], _checked_number(super().call_binop(context, operator, left, right)))


def _check_operands(operator: str, left: Any, right: Any) -> None:
    """Refuse what would take more than all memory or time."""
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if operator == "**" and numbers and (abs(right) > 1000 or abs(left) > 10**9):
        raise SecurityError("This power is too large")
    if operator == "*":
        for copies, value in ((left, right), (right, left)):
            if isinstance(value, str | list | tuple) and isinstance(copies, int):
                _check_size(value, copies * length_of(value), "This many copies are too much")
    if operator == "+" and isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
        size = (
            texts_length((left, right)) if isinstance(left, str) and isinstance(right, str) else len(left) + len(right)
        )
        _check_size(left, size, "The result would be too long")
    if operator == "%" and isinstance(left, str):
        # Python would take it for a format, and write its own words for what is put in.
        raise SecurityError('"%" is for numbers; format() puts values into a text')


def _no_tuple(value: Any) -> Any:
    """The pairs of a map and the like as lists: nothing measures what it takes to make a long tuple a key."""
    return list(value) if isinstance(value, tuple) else value


def _check_size(value: Any, size: int, message: str) -> None:
    if size > (CHARACTERS if isinstance(value, str) else VALUES):
        raise SecurityError(message)


def _checked_number(value: Any) -> Any:
    """`value`, where it is none of the numbers that JSON cannot write, or nobody wants to."""
    if isinstance(value, complex):
        raise SecurityError("There is no such number")
    if isinstance(value, int | float) and not abs(value) <= _NUMBER:
        raise SecurityError("This would be a number of more than 308 digits")
    return value


def _bounded(name: str, function: Any) -> Callable[..., Any]:
    """A filter of Jinja2's that looks at a marked value, and takes no number that asks for too much."""
    opened = _opened(function)

    @wraps(function)
    def filter_(*args: Any, **kwargs: Any) -> Any:
        given = [open_mark(value) for value in (*args, *kwargs.values())]
        if any(isinstance(value, int) and abs(value) > _WIDTH for value in given[1:]):
            raise SecurityError("This number is too large here")
        if name == "sum" and any(isinstance(value, list | tuple) for value in given[2:]):
            args = (args[0], few_lists(list(given[1])), *args[2:])
        check_filter(name, given)
        return _checked_number(opened(*args, **kwargs))

    return filter_


def _test(name: str, function: Any) -> Callable[..., Any]:
    """A test of Jinja2's that looks at what it is given, and at no more than can be looked at in time."""
    if name in TESTS:
        return _opened(lambda value, other: compare([value, other], TESTS[name]))
    if name in _OF_NUMBERS:
        return _opened(_sized(function, Number))
    return _opened(_sized(function)) if name in ("lower", "upper") else _opened(function)


def _sized(function: Any, only: Any = object) -> Callable[..., Any]:
    """`function`, where its arguments are `only` of these, and not too large."""

    @wraps(function)
    def sized(*args: Any) -> Any:
        check_size(args)
        if not all(isinstance(arg, only) for arg in args):
            raise SecurityError("This test is for numbers")
        return function(*args)

    return sized


def _followed(function: Any) -> Callable[..., Any]:
    """A filter of which it is noted what it makes of secrets."""

    @wraps(function)
    def following(*args: Any, **kwargs: Any) -> Any:
        return followed([*args, *kwargs.values()], function(*args, **kwargs))

    return following


def _opened(function: Any) -> Callable[..., Any]:
    """`function` with its arguments looked at; Jinja2 finds what it wants to be passed in the attributes of wraps()."""

    @wraps(function)
    def opened(*args: Any, **kwargs: Any) -> Any:
        return function(*(open_mark(arg) for arg in args), **{key: open_mark(arg) for key, arg in kwargs.items()})

    return opened


def _of_text(function: Any) -> Callable[..., Any]:
    """A filter with its first argument as a text; Jinja2 may pass its own things before that."""
    passed = int(hasattr(function, "jinja_pass_arg"))

    @wraps(function)
    def of_text(*args: Any, **kwargs: Any) -> Any:
        return function(*args[:passed], *map(_as_text, args[passed : passed + 1]), *args[passed + 1 :], **kwargs)

    return of_text


def _looking_inside(function: Any) -> Callable[..., Any]:
    """A filter that writes whole lists and maps, and so looks at all that is in them."""

    @wraps(function)
    def looking(*args: Any, **kwargs: Any) -> Any:
        return function(*map(open_marks, args), **{key: open_marks(value) for key, value in kwargs.items()})

    return looking


def _joined(values: list[Any]) -> str:
    """Returns the result of `~`."""
    texts = [_as_text(value) for value in values]
    check_length(texts_length(texts))
    return "".join(texts)


def _as_text(value: Any) -> str:
    """A value as a part of a text: true and not True, 1 and not 1.0."""
    value = open_mark(value)
    if isinstance(value, str | bool | int | float):
        return text_of(value)
    if isinstance(value, Undefined):
        str(value)  # raises UndefinedError, which says what is not there
    found = "null" if value is None else "a map" if isinstance(value, Mapping) else "a list"
    raise ExpressionError(f"A text cannot hold {found}; jsonencode() turns it into text.")


def _json(value: Any, indent: int | None = None) -> str:
    """Jinja2's filter of this name, which escapes what HTML might take for its own."""
    check_json(value, indent or 0, markup=True)
    return str(htmlsafe_json_dumps(value, indent=indent, sort_keys=True))


@pass_environment
def _join(environment: _Environment, value: Any, d: str = "", attribute: str | int | None = None) -> str:
    """Jinja2's filter of this name, with texts as the language writes them."""
    get = make_attrgetter(environment, attribute) if attribute is not None else lambda item: item
    texts = [_as_text(get(item)) for item in open_mark(value)]
    separator = _as_text(d)
    check_length(texts_length((*texts, separator)) + 4 * len(separator) * len(texts))
    return separator.join(texts)


def _as_filter(name: str) -> Callable[..., Any]:
    """The function `name` as a filter, so that map() can use it: files | map("file")."""

    @pass_context
    def filter_(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        return bind(context[FUNCTIONS][name], Call(name), context[TRACKER])(value, *args, **kwargs)

    return filter_


FUNCTIONS = "functions_of_the_module"  # where an expression's filters find the functions
TRACKER = "tracker_of_the_run"  # and what was looked at


@cache
def expression_environment() -> _Environment:
    """Returns the environment of ${ … } in TOML."""
    return _Environment()


@cache
def template_environment() -> _Environment:
    """Terraform's marks: ${ … } for values, %{ … } for directives; there are no comments."""
    return _Environment(
        variable_start_string="${",
        variable_end_string="}",
        block_start_string="%{",
        block_end_string="}",
        comment_start_string="\x00#",
        comment_end_string="#\x00",
        keep_trailing_newline=True,
        finalize=_as_text,
    )


_JOIN, _COMPARE = "~", "=="  # no names that an expression could have for a filter


class Joiner(NodeTransformer):
    """Makes `~` put values together as the language writes them, and not as Python does; has comparisons measured, and
    lists for tuples."""

    def visit_Const(self, node: nodes.Const) -> nodes.Node:  # noqa: N802 - Jinja2's name
        _checked_number(node.value)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja2's name
        parts = nodes.List([self.visit(part) for part in node.nodes], lineno=node.lineno)
        return nodes.Filter(parts, _JOIN, [], [], None, None, lineno=node.lineno)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802 - Jinja2's name
        operands = [self.visit(node.expr), *(self.visit(operand.expr) for operand in node.ops)]
        values = nodes.List(operands, lineno=node.lineno)
        names: list[nodes.Expr] = [nodes.Const(operand.op, lineno=node.lineno) for operand in node.ops]
        return nodes.Filter(values, _COMPARE, names, [], None, None, lineno=node.lineno)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802 - Jinja2's name
        self.generic_visit(node)
        return nodes.List(node.items, lineno=node.lineno) if node.ctx == "load" else node

"""The expression engine: Jinja2's expressions in its sandbox, with less to reach and bounded in time and size.

Mappings are read by key, and of other values only a few methods can be called; there is nothing to import, and what a
function can do is the business of lang/functions. Loaded late: Jinja2 takes 40 ms.
"""

from __future__ import annotations

import math
import re
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from itertools import pairwise
from types import FrameType, GeneratorType
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, nodes, pass_context, pass_environment
from jinja2.environment import TemplateExpression
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError
from jinja2.filters import _GroupTuple, make_attrgetter
from jinja2.parser import Parser
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from hcl_lite.core.diags import did_you_mean
from hcl_lite.core.values import UNKNOWN, Secret, Value
from hcl_lite.lang.expression import Call, ExpressionError, Reference, make_reference
from hcl_lite.lang.functions import FUNCTION_NAMES, STRUCTURAL, FunctionError
from hcl_lite.lang.functions.arguments import kind_of, text_of
from hcl_lite.lang.functions.formatting import format as format_
from hcl_lite.lang.marks import Attributes, Mark, Tracker, UnknownUsed, open_mark, open_marks, unmark

SECONDS = 10.0
CHARACTERS = 64 * 2**20
_MEMORY = 2 * 2**30  # bytes that the process may grow by
_VALUES = 5_000_000
_NUMBER = 10**308  # what a float can still hold
_WIDTH = 100_000  # the most that a number may ask for: the width of a column, the copies of a text

# try() and can() get their arguments unevaluated; the others are in lang/functions.
LAZY_FUNCTIONS = ("try", "can")
# They run a program of their own, which has a time limit of its own.
_UNTIMED = ("jsonnet", "python_dashboard")

_TEXT_METHODS = """
    upper lower title capitalize swapcase casefold strip lstrip rstrip removeprefix removesuffix split rsplit splitlines
    partition rpartition startswith endswith find rfind index count isdigit isalpha isalnum isspace isupper islower
"""
_METHODS: Mapping[type, frozenset[str]] = {
    dict: frozenset({"items", "keys", "values", "get"}),
    list: frozenset({"index", "count"}),
    str: frozenset(_TEXT_METHODS.split()),
}
_WORDS: tuple[tuple[type, str], ...] = ((str, "text"), (list, "a list"), (tuple, "a list"), (type(None), "null"))
# Those that reach past the sandbox, or would make every plan a different one.
_NO_FILTERS = ("attr", "random", "xmlattr", "safe", "forceescape", "escape", "e", "pprint", "urlize")
# Their first argument is a text; Jinja2 would write Python's words for a list.
_TEXT_FILTERS = """
    capitalize center indent lower replace striptags title trim truncate upper wordcount wordwrap
"""
_TERRAFORM_OPERATORS = {"?": "VALUE if CONDITION else OTHER", "&&": '"and"', "||": '"or"', "!": '"not"'}
_KEYWORDS = frozenset({"and", "or", "not", "if", "else", "in", "is", "true", "false", "none", "True", "False", "None"})


class _Environment(ImmutableSandboxedEnvironment):
    """A key of a mapping comes before a method of the same name, so that `x.items` can be an attribute of Grafana's."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, **options: Any) -> None:
        # Not optimized: what Jinja2 computes while it compiles is neither marked nor refused.
        super().__init__(undefined=StrictUndefined, autoescape=False, optimized=False, **options)
        self.globals.clear()
        self.filters = {name: _bounded(f) for name, f in self.filters.items() if name not in _NO_FILTERS}
        self.filters = {**{name: _as_filter(name) for name in FUNCTION_NAMES}, **self.filters}
        self.filters |= {name: _of_text(self.filters[name]) for name in _TEXT_FILTERS.split()}
        self.filters |= {"string": _as_text, "format": _looking_inside(format_), _JOIN: _joined}
        self.filters["tojson"] = _looking_inside(self.filters["tojson"])
        self.filters["join"] = _join
        self.tests = {name: f if name in ("defined", "undefined") else _opened(f) for name, f in self.tests.items()}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree: nodes.Template = _Joiner().visit(super()._parse(source, name, filename))
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mark) and obj.marked is UNKNOWN:
            return obj  # whatever is inside of it is unknown too
        obj = open_mark(obj)
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and not attribute.startswith("_"):
            return super().getattr(obj, attribute)
        if isinstance(obj, _GroupTuple) and attribute in obj._fields:
            return super().getattr(obj, attribute)
        known = next((names for type_, names in _METHODS.items() if isinstance(obj, type_)), frozenset[str]())
        if isinstance(obj, Mapping):
            known = _METHODS[dict]
        if attribute in known:
            return getattr(obj, attribute)
        return self._nothing(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Mark) and obj.marked is UNKNOWN:
            return obj
        obj, argument = open_mark(obj), open_mark(argument)
        if isinstance(obj, _GroupTuple) and argument in obj._fields:
            return super().getattr(obj, argument)
        if isinstance(obj, Mapping | list | tuple | str):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                return self._nothing(obj, argument)
        return self._nothing(obj, argument)

    def _nothing(self, obj: Any, key: Any) -> Undefined:
        """What is not there: it can be asked for by `is defined` and given a default, and all else is an error."""
        if isinstance(obj, Undefined):
            str(obj)  # raises UndefinedError, which says what is not there
        if isinstance(obj, Mapping):
            hint = did_you_mean(str(key), map(str, obj))
            return self.undefined(hint=f'There is no "{key}" in this map. {hint}'.rstrip())
        if isinstance(obj, list | tuple) and isinstance(key, int):
            return self.undefined(hint=f"There is no item {key} in this list of {len(obj)}")
        return self.undefined(hint=f'There is no "{key}" in {kind_of(obj)}')

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        left, right = open_mark(left), open_mark(right)
        _check_operands(operator, left, right)
        return _checked_number(super().call_binop(context, operator, left, right))


def _check_operands(operator: str, left: Any, right: Any) -> None:
    """Refuse what would take more than all memory or time."""
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if operator == "**" and numbers and (abs(right) > 1000 or abs(left) > 10**9):
        raise SecurityError("This power is too large")
    if operator == "*":
        for copies, value in ((left, right), (right, left)):
            if isinstance(value, str | list | tuple) and isinstance(copies, int):
                _check_size(value, copies * len(value), "This many copies are too much")
    if operator == "+" and isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
        _check_size(left, len(left) + len(right), "The result would be too long")
    if operator == "%" and isinstance(left, str):
        # Python would take it for a format, and write its own words for what is put in.
        raise SecurityError('"%" is for numbers; format() puts values into a text')


def _check_size(value: Any, size: int, message: str) -> None:
    if size > (CHARACTERS if isinstance(value, str) else _VALUES):
        raise SecurityError(message)


def _checked_number(value: Any) -> Any:
    """`value`, where it is none of the numbers that JSON cannot write, or nobody wants to."""
    if isinstance(value, complex):
        raise SecurityError("There is no such number")
    if isinstance(value, int | float) and not abs(value) <= _NUMBER:
        raise SecurityError("This would be a number of more than 308 digits")
    return value


def _bounded(function: Any) -> Callable[..., Any]:
    """A filter of Jinja2's that looks at a marked value, and takes no number that asks for too much."""
    opened = _opened(function)
    name = function.__name__

    @wraps(function)
    def filter_(*args: Any, **kwargs: Any) -> Any:
        given = [open_mark(value) for value in (*args, *kwargs.values())]
        if any(isinstance(value, int) and abs(value) > _WIDTH for value in given[1:]):
            raise SecurityError("This number is too large here")
        if name == "do_sum" and any(isinstance(value, list | tuple) for value in given[2:]):
            args = (args[0], _few_lists(list(given[1])), *args[2:])
        _check_growth(name, given)
        return _checked_number(opened(*args, **kwargs))

    return filter_


def _few_lists(lists: list[Any]) -> list[Any]:
    """Lists that `sum` may put together: it writes all that it has anew for each, and hears no alarm meanwhile."""
    if len(lists) * max(1000, sum(len(each) for each in lists if isinstance(each, list | tuple))) > 10**9:
        raise SecurityError("These are too many lists for sum; flatten() takes more")
    return lists


def _check_growth(name: str, given: list[Any]) -> None:
    """Refuse what a filter would make much longer than any text may be."""
    texts = [value for value in given if isinstance(value, str)]
    width = max((value for value in given[1:] if isinstance(value, int)), default=0)
    if name == "do_replace" and len(texts) > 2:
        _check_length(texts[0].count(texts[1]) * len(texts[2]))
    if name == "do_indent" and texts:
        _check_length((texts[0].count("\n") + 1) * max(width, *map(len, texts[1:]), 0))
    if name == "do_wordwrap" and texts:
        _check_length(len(texts[0]) * max(1, *map(len, texts[1:])) // max(1, width))
    if name == "do_join" and texts and isinstance(given[-1], str):
        sized = next((value for value in given if isinstance(value, list | tuple | Mapping)), ())
        _check_length(len(sized) * len(texts[-1]))


def _check_length(length: int) -> None:
    if length > CHARACTERS:
        raise SecurityError("The text would be too long")


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
    """What ~ makes of its operands."""
    texts = [_as_text(value) for value in values]
    _check_length(sum(map(len, texts)))
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


@pass_environment
def _join(environment: _Environment, value: Any, d: str = "", attribute: str | int | None = None) -> str:
    """Jinja2's filter of this name, with texts as the language writes them."""
    get = make_attrgetter(environment, attribute) if attribute is not None else lambda item: item
    texts = [_as_text(get(item)) for item in open_mark(value)]
    separator = _as_text(d)
    _check_length(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _as_filter(name: str) -> Callable[..., Any]:
    """The function `name` as a filter, so that map() can use it: files | map("file")."""

    @pass_context
    def filter_(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        return _bind(context[_FUNCTIONS][name], Call(name))(value, *args, **kwargs)

    return filter_


_FUNCTIONS = "functions_of_the_module"  # where an expression's filters find the functions


@cache
def _environment() -> _Environment:
    return _Environment()


@cache
def _template_environment() -> _Environment:
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


# --- reading an expression --------------------------------------------------------------------------------------------


def find_names(source: str) -> tuple[tuple[Reference, ...], tuple[Call, ...]]:
    """What an expression refers to, and what it calls, each with its place. Raises ExpressionError."""
    try:
        return _find_names(source)
    except RecursionError as error:
        raise ExpressionError("The expression is nested too deeply.") from error


def _find_names(source: str) -> tuple[tuple[Reference, ...], tuple[Call, ...]]:
    tree = _parse(source)
    _check_filters(tree, source)
    tokens = [(at, at + len(text), text) for at, _, text in _tokens(source)]
    names = [node for node in _in_order(tree) if isinstance(node, nodes.Name)]
    places = dict(zip(map(id, names), _name_offsets(source), strict=False))
    references: dict[tuple[str, ...], Reference] = {}
    calls: list[Call] = []

    def visit(node: nodes.Node) -> None:
        steps = _static_steps(node)
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            calls.append(Call(node.node.name, places.get(id(node.node), -1)))
            _check_lazy(node, calls[-1])
            children: list[nodes.Node] = _given(node)
        elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
            # A method: x.title.upper() refers to x.title.
            children = [node.node.node, *_given(node)]
        elif steps is not None:
            at = places.get(id(_root(node)), -1)
            reference = make_reference(steps, at, source[max(0, at) : _end_of(tokens, at, len(steps))])
            references.setdefault(tuple(map(repr, steps)), reference)
            children = []
        else:
            children = list(_children(node))
        for child in children:
            visit(child)

    visit(tree)
    return tuple(references.values()), tuple(calls)


def _check_lazy(node: nodes.Call, call: Call) -> None:
    """try() and can() run their arguments one by one, so they have to see them."""
    if call.name not in LAZY_FUNCTIONS:
        return
    wrong = ""
    if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
        wrong = "takes its values one by one, without names and without *."
    elif call.name == "try" and not node.args:
        wrong = "needs at least one argument."
    elif call.name == "can" and len(node.args) != 1:
        wrong = "takes exactly one value."
    if wrong:
        raise ExpressionError(f"{call.name}() {wrong}", call.at, len(call.name))


def _check_filters(tree: nodes.Node, source: str) -> None:
    """Filters and tests that do not exist; Jinja2 would only say so when the expression runs."""
    tokens = list(_tokens(source))
    wrong: list[ExpressionError] = []
    for what, type_, known, before in (
        ("filter", nodes.Filter, _environment().filters, ("|",)),
        ("test", nodes.Test, _environment().tests, ("is", "not")),
    ):
        for node in _in_order(tree):
            if isinstance(node, type_) and node.name not in known:
                after = (at for (_, _, left), (at, _, text) in pairwise(tokens) if left in before and text == node.name)
                message = f'There is no {what} "{node.name}". {did_you_mean(node.name, known)}'.rstrip()
                wrong.append(ExpressionError(message, next(after, -1), len(node.name)))
    if wrong:
        raise min(wrong, key=lambda error: error.at)


def _parse(source: str) -> nodes.Expr:
    """The syntax tree of one expression. Raises ExpressionError."""
    offsets: list[int] = []
    try:
        offsets.extend(at for at, _, _ in _tokens(source))
    except TemplateSyntaxError as error:
        raise _unreadable(source) from error
    try:
        parser = Parser(_environment(), source, state="variable")
    except TemplateSyntaxError as error:
        raise ExpressionError(f"{error.message}.") from error
    except ValueError as error:  # Python reads no number of thousands of digits
        raise ExpressionError("A number in it has thousands of digits.") from error
    try:
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateSyntaxError(f'Unexpected "{parser.stream.current.value}" in the expression', 1)
    except TemplateSyntaxError as error:
        at = max(0, len(source.rstrip()) - 1)
        with suppress(TemplateSyntaxError, IndexError):
            remaining = sum(1 for _ in parser.stream)
            at = offsets[-remaining] if remaining else at
        raise _syntax_problem(error.message or "", source, at) from error
    except RecursionError as error:
        raise ExpressionError("The expression is nested too deeply.") from error
    return tree


def _syntax_problem(message: str, source: str, at: int) -> ExpressionError:
    """What to say of the token at `at`, which Jinja2 did not expect."""
    if not source.strip():
        return ExpressionError("There is no expression between the braces; a literal ${ is written $${.", at)
    if source[max(0, at - 1) : at + 1] == "||":
        return ExpressionError('"||" is written "or" here.', at - 1, 2)
    if source.startswith("*]", at):
        return ExpressionError('Terraform\'s [*] is a filter here: list | map(attribute="name").', at)
    if re.search(r"[\[{]\s*for\s*$", source[:at]):
        begin = source.rindex("for", 0, at)
        message = "Terraform's for is a filter here: list | map(…), list | select(…), list | selectattr(…)."
        return ExpressionError(message, begin, 3)
    return ExpressionError(_sentence(_plain(message)), at, 1)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."


def _plain(message: str) -> str:
    """Jinja2's message without the words of its lexer."""
    open_ = re.search(r"innermost block that needs to be closed is '(\w+)'", message)
    if open_:
        return f"%{{ {open_[1]} … }} has no end: %{{ end{open_[1]} }} is missing"
    message = re.sub(r"^'(\w+)' is undefined$", r'There is no "\1" here', message)
    message = re.sub(r"^unexpected 'end of template'", "a value is missing at the end", message)
    message = re.sub(r"expected token '(.+?)', got '(.+?)'$", _expected, message)
    message = re.sub(r"^unexpected '(.+?)'(?:, expected '(.+?)')?$", _unexpected, message)
    return message.replace("expected token 'end of print statement'", "the expression goes on after its end").replace(
        "end of template", "the end"
    )


def _unknown_operator(operator: str, at: int) -> ExpressionError:
    return ExpressionError(f'"{operator}" is written {_TERRAFORM_OPERATORS[operator]} here.', at, len(operator))


def _expected(match: re.Match[str]) -> str:
    if match[1] == "end of print statement":
        return f'The expression goes on after its end with "{match[2]}"'
    wanted = {"name": "a name"}.get(match[1], f'"{match[1]}"')
    return f"Expected {wanted}, found " + ("the end" if match[2] == "end of template" else f'"{match[2]}"')


def _unexpected(match: re.Match[str]) -> str:
    return f'Expected "{match[2]}", found "{match[1]}"' if match[2] else f'"{match[1]}" has no meaning here'


def _tokens(source: str) -> Iterator[tuple[int, str, str]]:
    """Offset, type and text of each token that is not blank."""
    at = 0
    for _, type_, text in _environment().lexer.tokeniter(source, None, None, "variable"):
        if type_ != "whitespace":
            yield at, type_, text
        at += len(text)


def _unreadable(source: str) -> ExpressionError:
    """What to say of the first character that begins no token."""
    at = 0
    try:
        for offset, _, text in _tokens(source):
            at = offset + len(text)
    except TemplateSyntaxError as error:
        at += len(source[at:]) - len(source[at:].lstrip())
        if ", expected '" in (error.message or ""):
            return ExpressionError(_sentence(_plain(error.message or "")), at)
    operator = next((sign for sign in _TERRAFORM_OPERATORS if source.startswith(sign, at)), "")
    if operator:
        return _unknown_operator(operator, at)
    return ExpressionError(f'"{source[at : at + 1]}" has no meaning here.', at)


def _name_offsets(source: str) -> Iterator[int]:
    """Where each name stands that is a variable or a function, in order."""
    tokens = [*_tokens(source), (len(source), "end", "")]
    before = ("", "")
    for (at, type_, text), (_, _, following) in pairwise(tokens):
        named = before == ("operator", ".") or before == ("operator", "|") or before[1] in ("is", "is not")
        if type_ == "name" and text == "not" and before[1] == "is":
            before = ("name", "is not")
            continue
        if type_ == "name" and not named and text not in _KEYWORDS and following != "=":
            yield at
        before = (type_, text)


def _end_of(tokens: list[tuple[int, int, str]], at: int, steps: int) -> int:
    """Where the reference of so many steps ends that begins at `at`; `at` where that cannot be told."""
    index = next((index for index, (start, _, _) in enumerate(tokens) if start == at), len(tokens))
    for _ in range(steps - 1):
        index += 3 if tokens[index + 1 : index + 2] and tokens[index + 1][2] == "[" else 2
    return tokens[index][1] if index < len(tokens) else at


def _children(node: nodes.Node) -> Iterator[nodes.Node]:
    """The parts of a node in the order in which they are written."""
    if isinstance(node, nodes.CondExpr):
        yield from (part for part in (node.expr1, node.test, node.expr2) if part is not None)
    else:
        yield from node.iter_child_nodes()


def _given(call: nodes.Call) -> list[nodes.Node]:
    """The arguments of a call; those of f(*list) and f(**map) too."""
    spread = [part for part in (call.dyn_args, call.dyn_kwargs) if part is not None]
    return [*call.args, *call.kwargs, *spread]


def _in_order(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in _children(node):
        yield from _in_order(child)


def _root(node: nodes.Node) -> nodes.Node:
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node


def _static_steps(node: nodes.Node) -> list[str | int] | None:
    """a.b["c"][0] as its steps; None for what is not such a chain from a name."""
    if isinstance(node, nodes.Name):
        return [node.name]
    if isinstance(node, nodes.Getattr):
        below = _static_steps(node.node)
        return None if below is None else [*below, node.attr]
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str | int):
        below = _static_steps(node.node)
        return None if below is None else [*below, node.arg.value]
    return None


# --- computing it -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Compiled:
    """An expression ready to run. `parts` are the arguments of try() and can(), which run when they are wanted."""

    main: TemplateExpression
    parts: tuple[TemplateExpression, ...]


_JOIN = "~"  # no name that an expression could have for a filter


class _Joiner(NodeTransformer):
    """Makes `~` put values together as the language writes them, and not as Python does."""

    def visit_Const(self, node: nodes.Const) -> nodes.Node:  # noqa: N802 - Jinja2's name
        _checked_number(node.value)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja2's name
        parts = nodes.List([self.visit(part) for part in node.nodes], lineno=node.lineno)
        return nodes.Filter(parts, _JOIN, [], [], None, None, lineno=node.lineno)


class _Rewriter(_Joiner):
    """Gives each call a name of its own, so that its errors have a place, and takes out what is to run later."""

    def __init__(self) -> None:
        self.calls = 0
        self.parts: list[nodes.Expr] = []

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:  # noqa: N802 - Jinja2's name
        # In the order in which they are written, as find_names() counts the calls.
        node.expr1 = self.visit(node.expr1)
        node.test = self.visit(node.test)
        node.expr2 = self.visit(node.expr2) if node.expr2 is not None else None
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 - Jinja2's name
        return nodes.Name(_SELF, "load", lineno=1) if node.name == "self" else node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja2's name
        if not isinstance(node.node, nodes.Name):
            return self.generic_visit(node)
        name, node.node = node.node.name, nodes.Name(_call_name(self.calls), "load", lineno=1)
        self.calls += 1
        node.args = [self.visit(arg) for arg in node.args]
        node.kwargs = [self.visit(keyword) for keyword in node.kwargs]
        node.dyn_args = self.visit(node.dyn_args) if node.dyn_args is not None else None
        node.dyn_kwargs = self.visit(node.dyn_kwargs) if node.dyn_kwargs is not None else None
        if name in LAZY_FUNCTIONS:
            first = len(self.parts)
            self.parts += node.args
            node.args = [nodes.Const(first + index, lineno=1) for index in range(len(node.args))]
        return node


_SELF = "call_self"  # what `self` is renamed to: to Jinja2 it is the template


def _call_name(index: int) -> str:
    return f"call_{index}"


@lru_cache(maxsize=4096)
def _compile(source: str) -> _Compiled:
    rewriter = _Rewriter()
    main = rewriter.visit(_parse(source))
    return _Compiled(_as_template(main), tuple(_as_template(part) for part in rewriter.parts))


def _as_template(tree: nodes.Expr) -> TemplateExpression:
    """What Environment.compile_expression does, for a tree."""
    body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store", lineno=1), tree, lineno=1)]
    template = nodes.Template(body, lineno=1)
    template.set_environment(_environment())
    return TemplateExpression(_environment().from_string(template), False)


def run(
    source: str,
    calls: tuple[Call, ...],
    names: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]],
    tracker: Tracker,
) -> Value:
    """The value of an expression whose names mean `names`: UNKNOWN or Secret where it rests on such values.

    Raises ExpressionError with the reason.
    """
    with _nothing_told(tracker), _errors_explained(), _limited(SECONDS):
        compiled = _compile(source)
        meaning = {_SELF if name == "self" else name: value for name, value in names.items()}
        meaning[_FUNCTIONS] = functions
        for index, call in enumerate(calls):
            lazy = call.name in LAZY_FUNCTIONS
            meaning[_call_name(index)] = (
                _lazy(call, compiled.parts, meaning) if lazy else _bind(_function(functions, call), call)
            )
        try:
            value = unmark(_finished(compiled.main(meaning)))  # not as keywords: self is a name of ours, too
        except UnknownUsed:
            return UNKNOWN
    return Secret(_revealed(value)) if tracker.secret and value is not UNKNOWN else value


def _function(functions: Mapping[str, Callable[..., Any]], call: Call) -> Callable[..., Any]:
    if call.name not in functions:
        hint = did_you_mean(call.name, [*functions, *LAZY_FUNCTIONS])
        raise ExpressionError(f'There is no function "{call.name}". {hint}'.rstrip(), call.at, len(call.name))
    return functions[call.name]


def missing(message: str) -> Any:
    """What stands for a reference that means nothing: an error where it is used, but `is defined` may ask for it."""
    return StrictUndefined(hint=message)


def render(text: str, names: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> str:
    """A template with ${ … } and %{ for … } … %{ endfor }, for templatefile(). Raises FunctionError."""
    bound = {name: _bind(function, Call(name)) for name, function in functions.items()}
    escaped = text.replace("$${", "\x00$").replace("%%{", "\x00%")
    try:
        with _errors_explained(), _limited(SECONDS):
            template = _template_environment().from_string(escaped)
            pieces: list[str] = []
            length = 0
            for piece in template.generate({**bound, **names, _FUNCTIONS: functions}):
                length += len(piece)
                _check_length(length)
                pieces.append(piece)
    except ExpressionError as error:
        raise FunctionError(str(error), error.hint) from error
    return "".join(pieces).replace("\x00$", "${").replace("\x00%", "%{")


@contextmanager
def _errors_explained() -> Iterator[None]:
    """Whatever goes wrong inside of an expression, as ExpressionError."""
    try:
        yield
    except (ExpressionError, UnknownUsed):
        raise
    except (UndefinedError, SecurityError, TemplateError) as error:
        line = f" (line {error.lineno})" if isinstance(error, TemplateSyntaxError) and error.lineno > 1 else ""
        message = _plain(error.message or str(error))
        raise ExpressionError(message if message.endswith("?") else f"{message.rstrip('.')}{line}.") from error
    except FunctionError as error:
        raise _explained(error, Call("")) from error
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError, MemoryError) as error:
        raise ExpressionError(_in_our_words(error)) from error


# How Python says that an operator does not fit its operands.
_MISFITS = (
    re.compile(r"'(?P<sign>\S+)' not supported between instances of '(?P<left>\w+)' and '(?P<right>\w+)'"),
    re.compile(
        r"unsupported operand type\(s\) for (?P<sign>\S+?)(?: or pow\(\))?: '(?P<left>\w+)' and '(?P<right>\w+)'"
    ),
    re.compile(r"can only concatenate (?P<left>\w+) \(not \"(?P<right>\w+)\"\) to \w+(?P<sign>)"),
    re.compile(r"(?P<sign>)can't multiply (?P<left>sequence) by non-int of type '(?P<right>\w+)'"),
    re.compile(r"bad operand type for unary (?P<sign>\S+): '(?P<left>\w+)'(?P<right>)"),
)
_PYTHON_TYPES: Mapping[str, str] = {
    "NoneType": "null",
    **dict.fromkeys(("int", "float"), "a number"),
    **dict.fromkeys(("list", "tuple"), "a list"),
    "bool": "a bool",
    "str": "a string",
    "dict": "a map",
    "sequence": "a text or a list",
}


def _in_our_words(error: Exception) -> str:
    """What Python says of an expression, without its words where that can be."""
    message = str(error)
    if isinstance(error, ZeroDivisionError):
        return "A number is divided by zero."
    if isinstance(error, RecursionError | MemoryError):
        return "It needs too much memory."
    if isinstance(error, OverflowError):
        return "A number is too large."
    if "has no len()" in message:
        return "Only a text, a list or a map has a length."
    misfit = next((match for pattern in _MISFITS if (match := pattern.match(message))), None)
    if misfit:
        left, right = (_PYTHON_TYPES.get(misfit[side], "this value") for side in ("left", "right"))
        sign = misfit["sign"] or ("*" if misfit["left"] == "sequence" else "+")
        hint = " ~ joins texts." if sign == "+" and "a string" in (left, right) else ""
        return f'"{sign}" cannot be used with {left}{f" and {right}" if misfit["right"] else ""}.{hint}'
    return re.sub(r"'(\w+)' object", lambda match: _PYTHON_TYPES.get(match[1], "this value"), message).rstrip(".") + "."


@contextmanager
def _nothing_told(tracker: Tracker) -> Iterator[None]:
    """An error of an expression that has looked at a secret may quote it: only its place is told."""
    try:
        yield
    except ExpressionError as error:
        if tracker.secret:
            message = "It fails on a sensitive value, so the reason is not shown."
            raise ExpressionError(message, error.at, error.width) from None
        raise


def _explained(error: FunctionError, call: Call) -> ExpressionError:
    explained = ExpressionError(str(error), call.at, len(call.name))
    explained.hint = error.hint
    return explained


def _bind(function: Callable[..., Any], call: Call) -> Callable[..., Any]:
    """`function` as the expression calls it: its errors get the place of the call, its arguments are plain values."""
    structural = call.name in STRUCTURAL

    def called(*args: Any, **kwargs: Any) -> Any:
        for arg in (*args, *kwargs.values()):
            if isinstance(arg, Undefined):
                str(arg)  # raises UndefinedError, which says what is not there
        opened = _opened_at_the_top if structural else open_marks
        try:
            with _unlimited() if call.name in _UNTIMED else _as_before():
                return function(
                    *(opened(_listed(arg)) for arg in args), **{k: opened(_listed(v)) for k, v in kwargs.items()}
                )
        except FunctionError as error:
            raise _explained(error, call) from error

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


def _lazy(call: Call, parts: tuple[TemplateExpression, ...], meaning: Mapping[str, Any]) -> Callable[..., Any]:
    """try(a, b, …): the first that has a value. can(a): whether it has one."""

    def attempt(index: int) -> Any:
        with _errors_explained():
            return _finished(parts[index](meaning))

    def try_(*indices: int) -> Any:
        last: ExpressionError | None = None
        for index in indices:
            try:
                return attempt(index)
            except ExpressionError as error:
                last = error
        raise ExpressionError(f"try(): nothing of it has a value. {last}", call.at, len(call.name))

    def can(index: int) -> bool:
        try:
            attempt(index)
        except ExpressionError:
            return False
        return True

    return try_ if call.name == "try" else can


def _listed(value: Any) -> Any:
    """Filters such as map() give generators, which JSON has no word for."""
    return list(value) if isinstance(value, GeneratorType) or type(value) in _VIEWS else value


_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))


def _finished(value: Any) -> Any:
    """The result as JSON, with marks in it. Raises ExpressionError for what is none, or too large."""
    left = [CHARACTERS, _VALUES]

    def finish(value: Any) -> Any:
        left[1] -= 1
        if isinstance(value, str):
            left[0] -= len(value)
            value = value if type(value) is str else "".join(value)
        if min(left) < 0:
            raise ExpressionError("The result is too large.")
        if value is None or isinstance(value, bool | int | float | str | Mark):
            return value
        value = _listed(value)
        if isinstance(value, Mapping):
            return {finish(key): finish(item) for key, item in value.items()}
        if isinstance(value, list | tuple) or type(value).__module__ == "jinja2.filters":
            return [finish(item) for item in value]
        if isinstance(value, Undefined):
            str(value)  # raises UndefinedError, which says what is not there
            raise ExpressionError('The condition does not hold, and there is no "else".')
        what = "a function that is not called" if callable(value) or isinstance(value, Macro) else type(value).__name__
        raise ExpressionError(f"An expression cannot have this value: it is {what}.")

    return finish(value)


def _revealed(value: Value) -> Value:
    """Without the secrets inside, for a result that is secret as a whole; what is unknown stays so."""
    if isinstance(value, Secret):
        return _revealed(value.value)
    if isinstance(value, dict):
        return {key: _revealed(item) for key, item in value.items()}
    return [_revealed(item) for item in value] if isinstance(value, list) else value


# --- the time it may take ---------------------------------------------------------------------------------------------


class _Stopped(BaseException):
    """The expression takes too much; no Exception, which Jinja2 or a try() might swallow."""


@dataclass(slots=True)
class _Limit:
    """When the expression is stopped that is under way, and at how many bytes that the process ever had."""

    deadline: float
    bytes: int


_limit = _Limit(0, 0)
_LOOKS_EACH = 0.1  # seconds
_LOOKS_AGAIN = 1.0  # by then, what was stopped has been left


def _look(_: int, __: FrameType | None) -> None:
    late = time.monotonic() > _limit.deadline
    if late or _bytes() > _limit.bytes:
        # Not the last time: Python drops what is raised while it collects garbage.
        signal.setitimer(signal.ITIMER_REAL, _LOOKS_AGAIN, _LOOKS_AGAIN)
        raise _Stopped(f"It {f'takes more than {SECONDS:g} s' if late else 'needs too much memory'}, and was stopped.")


def _bytes() -> int:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Stops what is inside after `seconds`; only in the main thread, where alone Python hears an alarm."""
    if (
        threading.current_thread() is not threading.main_thread()
        or not hasattr(signal, "setitimer")
        or signal.getitimer(signal.ITIMER_REAL)[0] > 0
    ):
        yield
        return
    _limit.deadline, _limit.bytes = time.monotonic() + seconds, _bytes() + _MEMORY
    before = signal.signal(signal.SIGALRM, _look)
    signal.setitimer(signal.ITIMER_REAL, _LOOKS_EACH, _LOOKS_EACH)
    try:
        yield
    except _Stopped as stopped:
        raise ExpressionError(str(stopped)) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _unlimited() -> Iterator[None]:
    """The clock stands while another program works."""
    left = _limit.deadline - time.monotonic()
    _limit.deadline = math.inf
    try:
        yield
    finally:
        _limit.deadline = time.monotonic() + left


@contextmanager
def _as_before() -> Iterator[None]:
    yield

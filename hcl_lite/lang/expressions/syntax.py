"""Expressions read by Jinja2's parser: what they refer to and call, and where; mistakes in the language's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

from jinja2 import TemplateSyntaxError, nodes
from jinja2.parser import Parser

from hcl_lite.core.diags import did_you_mean
from hcl_lite.lang.expressions.environment import expression_environment
from hcl_lite.lang.expressions.model import LAZY_FUNCTIONS, Call, ExpressionError, Reference, make_reference

_TERRAFORM_OPERATORS = {"?": "VALUE if CONDITION else OTHER", "&&": '"and"', "||": '"or"', "!": '"not"'}
_KEYWORDS = frozenset({"and", "or", "not", "if", "else", "in", "is", "true", "false", "none", "True", "False", "None"})


def find_names(source: str) -> tuple[tuple[Reference, ...], tuple[Call, ...]]:
    """Returns the references and the calls of an expression, each with its place. Raises ExpressionError."""
    try:
        return _find_names(source)
    except RecursionError as error:
        raise ExpressionError("The expression is nested too deeply.") from error


def _find_names(source: str) -> tuple[tuple[Reference, ...], tuple[Call, ...]]:
    tree = parse(source)
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
        ("filter", nodes.Filter, expression_environment().filters, ("|",)),
        ("test", nodes.Test, expression_environment().tests, ("is", "not")),
    ):
        for node in _in_order(tree):
            if isinstance(node, type_) and node.name not in known:
                after = (at for (_, _, left), (at, _, text) in pairwise(tokens) if left in before and text == node.name)
                message = f'There is no {what} "{node.name}". {did_you_mean(node.name, known)}'.rstrip()
                wrong.append(ExpressionError(message, next(after, -1), len(node.name)))
    if wrong:
        raise min(wrong, key=lambda error: error.at)


def parse(source: str) -> nodes.Expr:
    """The syntax tree of one expression. Raises ExpressionError."""
    offsets: list[int] = []
    try:
        offsets.extend(at for at, _, _ in _tokens(source))
    except TemplateSyntaxError as error:
        raise _unreadable(source) from error
    try:
        parser = Parser(expression_environment(), source, state="variable")
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
    """Returns the error for the token at `at`, which Jinja2 did not expect."""
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
    return ExpressionError(_sentence(plain(message)), at, 1)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."


def plain(message: str) -> str:
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
    for _, type_, text in expression_environment().lexer.tokeniter(source, None, None, "variable"):
        if type_ != "whitespace":
            yield at, type_, text
        at += len(text)


def _unreadable(source: str) -> ExpressionError:
    """Returns the error for the first character that begins no token."""
    at = 0
    try:
        for offset, _, text in _tokens(source):
            at = offset + len(text)
    except TemplateSyntaxError as error:
        at += len(source[at:]) - len(source[at:].lstrip())
        if ", expected '" in (error.message or ""):
            return ExpressionError(_sentence(plain(error.message or "")), at)
    operator = next((sign for sign in _TERRAFORM_OPERATORS if source.startswith(sign, at)), "")
    if operator:
        return _unknown_operator(operator, at)
    return ExpressionError(f'"{source[at : at + 1]}" has no meaning here.', at)


def _name_offsets(source: str) -> Iterator[int]:
    """Yields the offset of each name of a variable or a function, in order."""
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
    """Returns the end of a reference of `steps` steps that begins at `at`; `at` where it is not known."""
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

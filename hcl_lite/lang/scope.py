"""What the names of a configuration mean at one moment of a run, and blocks evaluated with that meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.core.values import UNKNOWN, Secret, Value, is_secret, is_unknown, reveal
from hcl_lite.lang.config import Block, Config
from hcl_lite.lang.expression import Expression, ExpressionError, Reference, parse_template
from hcl_lite.lang.functions import FunctionError, Functions

Path = tuple[str | int, ...]
Values = Mapping[str, Value]


class Scope:
    """Names to values.

    `objects` holds the attributes of the data and resource blocks that are known by now; a block that is missing there
    is unknown as a whole. `reload` gives an attribute that is too large to be kept there.
    """

    def __init__(
        self,
        config: Config,
        variables: Values,
        functions: Functions,
        reload: Callable[[Address], Values] | None = None,
    ) -> None:
        self.config = config
        self.objects: MutableMapping[Address, Values] = {}
        self._variables = variables
        self._functions = functions
        self._reload = reload
        self._locals: dict[Address, Value] = {}
        self._path: Values = {"module": str(config.root), "root": str(config.root), "cwd": "."}

    def evaluate_block(self, block: Block) -> Values:
        """Every argument of `block`. Raises HclError with all problems that its expressions have."""
        problems: list[Diagnostic] = []
        values = {key: self._evaluate(value, block, (key,), problems) for key, value in block.body.items()}
        if problems:
            raise HclError(*problems)
        return values

    def evaluate_argument(self, block: Block, key: str) -> Value:
        """One argument of `block`. Raises HclError."""
        problems: list[Diagnostic] = []
        value = self._evaluate(block.body[key], block, (key,), problems)
        if problems:
            raise HclError(*problems)
        return value

    def _evaluate(self, value: Any, block: Block, path: Path, problems: list[Diagnostic]) -> Value:
        if isinstance(value, str):
            return self._evaluate_text(value, block, path, problems)
        if isinstance(value, dict):
            return {key: self._evaluate(item, block, (*path, key), problems) for key, item in value.items()}
        if isinstance(value, list):
            return [self._evaluate(item, block, (*path, index), problems) for index, item in enumerate(value)]
        return value

    def _evaluate_text(self, text: str, block: Block, path: Path, problems: list[Diagnostic]) -> Value:
        try:
            template = parse_template(text)
            values = [part if isinstance(part, str) else self._run(part) for part in template]
            return values[0] if len(template) == 1 else _join(template, values)
        except (ExpressionError, FunctionError) as error:
            source = error.source if isinstance(error, ExpressionError) else ""
            place = block.value_place(*_written(block, path), containing=source or _first_expression(text))
            hint = error.hint if isinstance(error, FunctionError) else ""
            problems.append(Diagnostic("This expression has no value", str(error), place, hint, str(block.address)))
            return UNKNOWN

    def _run(self, expression: Expression) -> Value:
        if expression.plain:
            return self.resolve(expression.references[0])
        if expression.call:
            name, argument = expression.call
            return self._function(expression, name)(argument)
        return self._run_in_sandbox(expression)

    def _run_in_sandbox(self, expression: Expression) -> Value:
        # Jinja2 takes 40 ms to import: only configurations with more than plain references pay for it.
        from hcl_lite.lang.sandbox import run  # noqa: PLC0415

        names: dict[str, Any] = {name: self._function(expression, name) for name in expression.functions}
        values = [(reference, self.resolve(reference)) for reference in expression.references]
        if any(is_unknown(value) for _, value in values):
            return UNKNOWN
        for reference, value in values:
            _put(names, _steps(reference), reveal(value))
        result = run(expression.source, names)
        return Secret(result) if any(is_secret(value) for _, value in values) else result

    def _function(self, expression: Expression, name: str) -> Callable[..., Any]:
        function = self._functions.get(name)
        if function is None:
            raise ExpressionError(
                expression.source, f'There is no function "{name}". {did_you_mean(name, self._functions)}'
            )
        return function

    def resolve(self, reference: Reference) -> Value:
        """What `reference` means now. Raises ExpressionError where it means nothing."""
        address = reference.address
        if address is None:
            if not reference.path:
                raise ExpressionError(reference.text, f'"{reference.text}" means nothing here.')
            return _follow(self._path, reference.path[1:], reference)
        if address.kind is Kind.VARIABLE:
            return _follow(self._variables[address.name], reference.path, reference)
        if address.kind is Kind.LOCAL:
            return _follow(self._local(address), reference.path, reference)
        values = self.objects.get(address)
        if values is None:
            return UNKNOWN
        if reference.path and reference.path[0] not in values and self._reload is not None:
            values = self._reload(address)
        return _follow(values, reference.path, reference)

    def _local(self, address: Address) -> Value:
        if address in self._locals:
            return self._locals[address]
        value = self.evaluate_argument(self.config.blocks[address], "value")
        if not is_unknown(value):
            self._locals[address] = value
        return value


def _written(block: Block, path: Path) -> Path:
    """The path below the block's own key: a local's value has no key of its own."""
    return path[1:] if block.address.kind is Kind.LOCAL else path


def _first_expression(text: str) -> str:
    start = text.find("${")
    return text[start : text.find("}", start) + 1]


def _steps(reference: Reference) -> Path:
    """The path that leads to the reference's value inside an expression's names."""
    address = reference.address
    if address is None:
        return reference.path
    prefix = () if address.kind is Kind.RESOURCE else (address.kind.value,)
    typed = (address.type,) if address.type else ()
    return (*prefix, *typed, address.name, *reference.path)


def _put(names: dict[str, Any], path: Path, value: Value) -> None:
    """Set `value` at `path`, beside what other references have put there."""
    place: dict[Any, Any] = names
    for step in path[:-1]:
        inner = place.get(step)
        if not isinstance(inner, dict):
            inner = dict(enumerate(inner)) if isinstance(inner, list) else {}
            place[step] = inner
        place = inner
    existing = place.get(path[-1])
    if isinstance(existing, dict) and isinstance(value, dict):
        value = {**existing, **value}
    place[path[-1]] = value


def _follow(value: Value, path: Path, reference: Reference) -> Value:
    for index, step in enumerate(path):
        if isinstance(value, Secret):
            return Secret(_follow(value.value, path[index:], reference))
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list | tuple) and step in range(-len(value), len(value)):
            value = value[int(step)]
        else:
            known = did_you_mean(str(step), map(str, value)) if isinstance(value, Mapping) else ""
            raise ExpressionError(reference.text, f'"{reference.text}" has nothing at "{step}". {known}'.rstrip())
    return value


def _join(template: tuple[str | Expression, ...], values: list[Value]) -> Value:
    """The parts of a string put together; secret or unknown as a whole where one part is."""
    if any(value is UNKNOWN for value in values):
        return UNKNOWN
    texts = [_text(part, reveal(value)) for part, value in zip(template, values, strict=True)]
    return Secret("".join(texts)) if any(is_secret(value) for value in values) else "".join(texts)


def _text(part: str | Expression, value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    source = part.source if isinstance(part, Expression) else part
    found = "null" if value is None else "a list" if isinstance(value, list | tuple) else "a map"
    raise ExpressionError(source, f"A string cannot hold {found}; jsonencode() turns it into text.")

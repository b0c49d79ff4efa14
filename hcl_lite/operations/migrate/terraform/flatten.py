"""Blocks of modules as blocks of the root module: what a module is given stands in place of its variables. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hcl_lite.operations.migrate.terraform.syntax import (
    Block,
    Call,
    Choice,
    Expression,
    For,
    Items,
    Literal,
    Name,
    Operation,
    Other,
    Path,
    Splat,
    Table,
    Template,
)

Module = tuple[str, ...]
"""The names of the calls on the way to a module; () is the root."""

Load = Callable[[str], Sequence[Block]]
"""The blocks of a directory, by its path from the root."""

_DEEPEST = 10  # modules in modules
_OWN = frozenset({"each", "count", "self", "terraform"})


@dataclass(frozen=True, slots=True)
class Flat:
    """`blocks` are the resources and lookups of all modules, by module, "resource" or "data", type and name, in the
    words of the root; `root` are all blocks of the root, `repeated` the calls of modules that have several instances,
    which are not read; `calls` are the others."""

    blocks: Mapping[tuple[Module, str, str, str], Block] = field(default_factory=dict)
    root: Sequence[Block] = ()
    repeated: Sequence[Block] = ()
    calls: Sequence[Block] = ()


def flat_name(module: Module, name: str) -> str:
    """The name of a block of a module in the root."""
    return "_".join((*module, name)).replace("-", "_")


@dataclass(frozen=True, slots=True)
class _Scope:
    """The meaning of names in a module; `variables` is None in the root, where they stay."""

    module: Module = ()
    directory: str = ""
    variables: Mapping[str, Expression] | None = None
    locals: Mapping[str, Expression] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, Expression]] = field(default_factory=dict)
    bound: frozenset[str] = frozenset()
    depth: int = 0


def flatten(root: Sequence[Block], load: Load) -> Flat:
    """All blocks in the words of the root."""
    blocks: dict[tuple[Module, str, str, str], Block] = {}
    repeated: list[Block] = []
    calls: list[Block] = []

    def enter(own: Sequence[Block], scope: _Scope) -> Mapping[str, Expression]:
        outputs = {}
        for call in _of(own, "module"):
            directory = _directory(call, scope.directory)
            if call.attributes.keys() & {"for_each", "count"} or len(scope.module) >= _DEEPEST:
                repeated.append(call)
            elif directory is not None:
                calls.append(call)
                inner = load(directory)
                given = {key: _rewritten(one.value, scope) for key, one in call.attributes.items()}
                name = call.labels[0]
                outputs[name] = enter(inner, _inner_scope(inner, (*scope.module, name), directory, given))
        scope = replace(scope, outputs=outputs)
        for block in own:
            if block.type in ("resource", "data") and len(block.labels) == 2:
                blocks[(scope.module, block.type, block.labels[0], block.labels[1])] = _block(block, scope)
        if not scope.module:
            rest = [one for one in own if one.type not in ("resource", "data", "module")]
            root_blocks.extend(_block(one, scope) for one in rest)
        return {
            one.labels[0]: _rewritten(one.attributes["value"].value, scope)
            for one in _of(own, "output")
            if "value" in one.attributes
        }

    root_blocks: list[Block] = []
    enter(root, _Scope(locals=_locals(root)))
    return Flat(blocks, root_blocks, repeated, calls)


def _of(blocks: Sequence[Block], type_: str) -> Iterator[Block]:
    return (one for one in blocks if one.type == type_ and one.labels)


def _locals(blocks: Sequence[Block]) -> Mapping[str, Expression]:
    return {key: one.value for block in blocks if block.type == "locals" for key, one in block.attributes.items()}


def _inner_scope(blocks: Sequence[Block], module: Module, directory: str, given: Mapping[str, Expression]) -> _Scope:
    defaults = {
        one.labels[0]: one.attributes["default"].value for one in _of(blocks, "variable") if "default" in one.attributes
    }
    return _Scope(module, directory, {**defaults, **given}, _locals(blocks))


def _directory(call: Block, at: str) -> str | None:
    """The directory of a module, from the root; None where its source is not local, or leads out."""
    source = call.attributes.get("source")
    text = source.value.value if source is not None and isinstance(source.value, Literal) else None
    if not isinstance(text, str) or not text.startswith("."):
        return None
    steps: list[str] = []
    for step in f"{at}/{text}".split("/"):
        if step == ".." and not steps:
            return None
        if step == "..":
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _block(block: Block, scope: _Scope) -> Block:
    attributes = {key: replace(one, value=_rewritten(one.value, scope)) for key, one in block.attributes.items()}
    return replace(block, attributes=attributes, blocks=[_block(one, scope) for one in block.blocks])


# --- expressions ------------------------------------------------------------------------------------------------------


def _rewritten(value: Expression, scope: _Scope) -> Expression:
    """An expression of a module in the words of the root."""
    if scope.depth > 100:
        return Other("what names itself")
    match value:
        case Path():
            return _path(value, scope)
        case Template():
            return _joined([part if isinstance(part, str) else _rewritten(part, scope) for part in value.parts])
        case Items():
            return Items([_rewritten(item, scope) for item in value.items])
        case Table():
            return Table([(_rewritten(key, scope), _rewritten(item, scope)) for key, item in value.items])
        case Call():
            return replace(value, arguments=[_rewritten(one, scope) for one in value.arguments])
        case Operation():
            return replace(value, operands=[_rewritten(one, scope) for one in value.operands])
        case Choice():
            return Choice(*(_rewritten(one, scope) for one in (value.condition, value.yes, value.no)))
        case For():
            inner = replace(scope, bound=scope.bound.union(value.names))
            key = _rewritten(value.key, inner) if value.key is not None else None
            condition = _rewritten(value.condition, inner) if value.condition is not None else None
            source = _rewritten(value.source, scope)
            return replace(value, source=source, value=_rewritten(value.value, inner), key=key, condition=condition)
    return value


def _joined(parts: Sequence[str | Expression]) -> Expression:
    """A text, whose parts that are known are one."""
    found: list[str | Expression] = []
    for part in parts:
        part = part.value if isinstance(part, Literal) and isinstance(part.value, str) else part
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    if all(isinstance(part, str) for part in found):
        return Literal("".join(part for part in found if isinstance(part, str)))
    return Template(found)


def _path(path: Path, scope: _Scope) -> Expression:
    steps = [step if isinstance(step, str | Splat) else _rewritten(step, scope) for step in path.steps]
    if not isinstance(path.base, Name):
        return Path(_rewritten(path.base, scope), steps)
    root, first = path.base.name, steps[0] if steps else ""
    if root in scope.bound or root in _OWN or not isinstance(first, str):
        return Path(path.base, steps)
    if root == "module":
        return _output(path, first, steps, scope)
    if scope.variables is None:
        return Path(path.base, steps)
    deeper = replace(scope, depth=scope.depth + 1)
    if root == "var":
        return _into(scope.variables.get(first, Other(f"var.{first}")), steps[1:])
    if root == "local":
        return _into(_rewritten(scope.locals[first], deeper) if first in scope.locals else Other(first), steps[1:])
    if root == "path":
        return Literal(scope.directory) if first == "module" else Path(path.base, steps)
    if root == "data" and len(steps) > 1 and isinstance(steps[1], str):
        return Path(path.base, [first, flat_name(scope.module, steps[1]), *steps[2:]])
    return Path(path.base, [flat_name(scope.module, first), *steps[1:]])


def _output(path: Path, name: str, steps: Sequence[str | Expression | Splat], scope: _Scope) -> Expression:
    outputs = scope.outputs.get(name)
    if outputs is None or len(steps) < 2 or not isinstance(steps[1], str) or steps[1] not in outputs:
        return Path(path.base, steps)
    return _into(outputs[steps[1]], steps[2:])


def _into(value: Expression, steps: Sequence[str | Expression | Splat]) -> Expression:
    if not steps:
        return value
    return Path(value.base, [*value.steps, *steps]) if isinstance(value, Path) else Path(value, steps)

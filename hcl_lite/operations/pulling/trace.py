"""Traces an argument to where its value comes from: through expressions to the one place that says it, which is edited.

| what is written                            | what is edited                                   |
|--------------------------------------------|--------------------------------------------------|
| a value, a table, a list                   | it, as far as it changes                         |
| text that is JSON, also with ${…} in it    | the JSON in it; what still gives its value stays |
| ${file("x")}, ${jsondecode(file("x"))}     | the file                                         |
| ${yamldecode(file("x"))}                   | single values in the file                        |
| ${local.x}, ${var.x}, ${each.value.x}      | the local, the default, the input, the table     |
| ${jsonencode(local.x)}                     | what is in the brackets                          |
| ${grafana_folder.a.uid}, of another object | it refers to the other object                    |
| anything else: a template, Jsonnet, Python | nothing: it is told                              |
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import HclError
from hcl_lite.core.equality import same
from hcl_lite.core.pairing import pair
from hcl_lite.core.values import Value
from hcl_lite.engine.edits import ABSENT
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.model import Expression, ExpressionError, Reference
from hcl_lite.lang.expressions.model import Path as Steps
from hcl_lite.lang.expressions.parse import parse_expression
from hcl_lite.lang.toml.locate import KeyPath
from hcl_lite.lang.toml.write import escaped
from hcl_lite.operations.pulling.files import CannotEdit, Files
from hcl_lite.operations.pulling.merge import Conflict, Side, merge
from hcl_lite.operations.pulling.users import Users
from hcl_lite.operations.pulling.written import (
    References,
    Untraced,
    all_escaped,
    call_in,
    edited_text,
    has_expressions,
    is_json,
    is_same,
    listed,
    literal,
    no_references,
    only_expression,
    parsed,
    reason_of,
)
from hcl_lite.operations.pulling.yaml_edit import edit_yaml

_DEPTH = 20  # of expressions that lead to each other


@dataclass(frozen=True, slots=True)
class Spot:
    """A value in a TOML file: that of `block` at `keys`, from its table on."""

    block: Block
    keys: KeyPath

    @property
    def path(self) -> KeyPath:
        return (*self.block.path, *self.keys)


@dataclass(frozen=True, slots=True)
class Failed:
    """An expression that gives `ours`, and cannot be made to give `wanted`."""

    spot: Spot
    reason: str
    ours: Value
    wanted: Value


@dataclass(frozen=True, slots=True)
class Tracer:
    """Edits of `files` so that values become others. `given` are the variables of the root module; with `is_forced`
    values take the place of expressions that cannot be followed, else those are among `failed`."""

    files: Files
    users: Users
    scope: Scope
    given: Mapping[str, Value]
    is_forced: bool = False
    failed: list[Failed] = field(default_factory=list)

    # --- values -------------------------------------------------------------------------------------------------------

    def rewritten(self, spot: Spot, written: Any, ours: Value, wanted: Value, refer: References, depth: int = 0) -> Any:
        """Returns what is to be written in place of `written`, which gives `ours`, so that it gives `wanted`; other
        places that it gets its value from are edited. Raises Untraced and CannotEdit."""
        if is_same(ours, wanted):
            return written
        if isinstance(written, str) and has_expressions(written):
            return self._behind(spot, written, ours, wanted, refer, depth)
        if isinstance(written, Mapping) and isinstance(ours, Mapping) and isinstance(wanted, Mapping):
            return self._table(spot, written, ours, wanted, refer, depth)
        if isinstance(written, list) and isinstance(ours, list | tuple) and isinstance(wanted, list | tuple):
            return self._list(spot, written, ours, wanted, refer, depth)
        return literal(wanted, spot.keys, refer)

    def _list(
        self,
        spot: Spot,
        written: Sequence[Any],
        ours: Sequence[Value],
        wanted: Sequence[Value],
        refer: References,
        depth: int,
    ) -> Any:
        if len(written) != len(ours):
            return literal(wanted, spot.keys, refer)
        old = {new: index for index, new in pair(ours, wanted)}
        return [
            self.rewritten(_below(spot, old[n]), written[old[n]], ours[old[n]], item, refer, depth)
            if n in old
            else literal(item, (*spot.keys, n), refer)
            for n, item in enumerate(wanted)
        ]

    def _table(
        self,
        spot: Spot,
        written: Mapping[str, Any],
        ours: Mapping[str, Value],
        wanted: Mapping[str, Value],
        refer: References,
        depth: int,
    ) -> Any:
        found: dict[str, Any] = {}
        for key, item in written.items():
            if key in wanted and key in ours:
                found[key] = self.rewritten(_below(spot, key), item, ours[key], wanted[key], refer, depth)
            elif key not in ours:  # null, or an expression for a key
                found[key] = item
        for key in ours:
            if key not in written and not is_same(ours[key], wanted.get(key, ABSENT)):
                self.failed.append(Failed(_below(spot, key), "an expression gives its key", ours[key], wanted.get(key)))
        new = [key for key in wanted if key not in ours]
        return {**found, **{key: literal(wanted[key], (*spot.keys, key), refer) for key in new}}

    # --- what is behind an expression ---------------------------------------------------------------------------------

    def _behind(self, spot: Spot, text: str, ours: Value, wanted: Value, refer: References, depth: int) -> Any:
        """The text that is to be written in place of an expression."""
        expression = refer(spot.keys, wanted)
        if expression:
            return f"${{{expression}}}"
        try:
            self._follow(spot, only_expression(text), ours, wanted, depth)
        except (Untraced, CannotEdit) as problem:
            if self.is_forced and isinstance(problem, Untraced):
                return literal(wanted, spot.keys, refer)
            self.failed.append(Failed(spot, str(problem), ours, wanted))
        return text

    def _follow(self, spot: Spot, expression: Expression, ours: Value, wanted: Value, depth: int) -> None:
        """Edit what a whole value comes from."""
        self._check_depth(depth)
        if expression.plain:
            target, written = self._target(spot.block, expression.references[0])
            self.edit(target, written, ours, wanted, depth + 1)
            return
        name, argument = call_in(expression)
        if name == "file" and isinstance(wanted, str):
            self.files.put(self._alone(self._path(spot.block, argument)), wanted)
        elif name == "yamldecode":
            inner, path = call_in(parse_expression(argument))
            if inner != "file":
                raise Untraced(reason_of(name))
            file = self._alone(self._path(spot.block, path))
            self.files.put(file, edit_yaml(self.files.text(file), wanted))
        elif name == "jsondecode":
            self.follow_text(spot, parse_expression(argument), ours, wanted, depth + 1)
        else:
            raise Untraced(reason_of(name))

    def edit(self, spot: Spot, written: Any, ours: Value, wanted: Value, depth: int = 0) -> None:
        """Edit a value of a TOML file in its place."""
        new = self.rewritten(spot, written, ours, wanted, no_references, depth)
        if new != written:
            self._put(spot, new)

    def _put(self, spot: Spot, new: Any) -> None:
        self.files.edit_toml(self.file_of(spot.block), spot.path, new)

    # --- texts that are JSON ------------------------------------------------------------------------------------------

    def rewritten_text(self, spot: Spot, written: str, ours: Value, wanted: Value, depth: int = 0) -> str:
        """Returns what is to be written in place of `written`, which gives JSON text with the value `ours`, so that
        this is `wanted`."""
        if not has_expressions(written):
            return escaped(edited_text(written.replace("$${", "${"), wanted))
        if is_json(written):
            return self._around_expressions(spot, written, ours, wanted)
        try:
            self.follow_text(spot, only_expression(written), ours, wanted, depth)
        except Untraced:
            if not self.is_forced:
                raise
            return escaped(json.dumps(wanted, ensure_ascii=False))
        return written

    def _around_expressions(self, spot: Spot, written: str, ours: Value, wanted: Value) -> str:
        """JSON with expressions in its texts: those stay that still give the value."""
        found = merge(all_escaped(ours), parsed(written), all_escaped(wanted), self._forced)
        for conflict in found.open:
            below = Spot(spot.block, (*spot.keys, *conflict.place))
            self.failed.append(Failed(below, "an expression gives it", conflict.base, conflict.theirs))
        return edited_text(written, found.value)

    def _forced(self, _: Conflict) -> Side | None:
        return Side.THEIRS if self.is_forced else None

    def follow_text(self, spot: Spot, expression: Expression, ours: Value, wanted: Value, depth: int) -> None:
        """Edit what JSON text comes from."""
        self._check_depth(depth)
        if expression.plain:
            target, written = self._target(spot.block, expression.references[0])
            if not isinstance(written, str):
                raise Untraced("it is no text")
            new = self.rewritten_text(target, written, ours, wanted, depth + 1)
            if new != written:
                self._put(target, new)
            return
        name, argument = call_in(expression)
        if name == "file":
            self.files.edit_json(self._alone(self._path(spot.block, argument)), wanted)
        elif name == "jsonencode":
            self._follow(spot, parse_expression(argument), ours, wanted, depth + 1)
        else:
            raise Untraced(reason_of(name))

    # --- places -------------------------------------------------------------------------------------------------------

    def _target(self, block: Block, reference: Reference) -> tuple[Spot, Any]:
        """The value that a reference names, as it is written: where no one else names it."""
        found, name, path = self._named(block, reference)
        self._check_users(found.block, name, path)
        written: Any = self.files.table(self.file_of(found.block), found.path)
        keys = found.keys
        for index, step in enumerate(path):
            if isinstance(written, str) and has_expressions(written):
                raise Untraced(f"{reference.text} comes from an expression")
            if not isinstance(written, Mapping) or step not in written:
                raise Untraced(f"{reference.text} is not written as a table")
            written, keys = written[str(step)], (*found.keys, *path[: index + 1])
        return Spot(found.block, keys), written

    def _named(self, block: Block, reference: Reference) -> tuple[Spot, Address, Steps]:
        address = reference.address
        if address is None and reference.path[:2] == ("each", "value"):
            around = self.scope.instance(block.address.collection)
            key = () if block.address.key is None else (block.address.key,)
            return Spot(around, ("for_each",)), block.address, (*key, *reference.path[2:])
        if address is None:
            raise Untraced(f"{reference.text} says which one it is")
        address = address.within(block.address.module)
        if address.kind is Kind.LOCAL:
            return Spot(self.scope.instance(address), ()), address, reference.path
        if address.kind is Kind.VARIABLE:
            return self._variable(address), address, reference.path
        raise Untraced(f"{reference.text} is of another object")

    def _variable(self, address: Address) -> Spot:
        block = self.scope.instance(address)
        if address.module:
            call, given = self.scope.call_of(address)
            return Spot(block, ("default",)) if given is None else Spot(call, ("inputs", address.name))
        default = block.body.get("default", ABSENT)
        if default is ABSENT or not same(default, self.given.get(address.name)):
            raise Untraced(f"{address} is given from outside of the files")
        return Spot(block, ("default",))

    def _check_users(self, block: Block, name: Address, path: Steps) -> None:
        named = self.users.of_name(name, path if name.kind is not Kind.RESOURCE else path[1:])
        shared = {str(one.collection if name.kind is Kind.RESOURCE else one) for one in self.users.of_block(block)}
        for others in (named, sorted(shared)):
            if len(others) > 1:
                raise Untraced(f"{name} is shared: by {listed(others)}")

    def _alone(self, path: Path) -> Path:
        users = self.users.of_file(path)
        if len(users) > 1:
            raise Untraced(f"{self.files.name(path)} is shared: by {listed(users)}")
        return path

    def _path(self, block: Block, argument: str) -> Path:
        name = self._evaluated(block, argument)
        if not isinstance(name, str):
            raise Untraced("the name of its file is not known")
        return self.directory_of(block) / name

    def _evaluated(self, block: Block, source: str) -> Value:
        try:
            return self.scope.evaluate(block, f"${{{source}}}", ())
        except (HclError, ExpressionError) as error:
            raise Untraced("its expression cannot be evaluated by itself") from error

    def file_of(self, block: Block) -> Path:
        """The file that a block stands in."""
        return self.files.root / block.source.name

    def directory_of(self, block: Block) -> Path:
        """The directory that paths in a block start at."""
        return self.file_of(block).parent

    @staticmethod
    def _check_depth(depth: int) -> None:
        if depth > _DEPTH:
            raise Untraced("it comes from too many expressions")


def _below(spot: Spot, key: str | int) -> Spot:
    return Spot(spot.block, (*spot.keys, key))

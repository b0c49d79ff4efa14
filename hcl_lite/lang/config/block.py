"""A block of the configuration: address, arguments and meta-arguments. Only its form is checked here; check.py
checks its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, Place, did_you_mean
from hcl_lite.core.values import Value, shown
from hcl_lite.lang.config.block_schemas import ON_DRIFT, ON_EXISTS, TABLES
from hcl_lite.lang.config.lifecycle import NO_LIFECYCLE, Lifecycle, Rule, read_lifecycle, read_rules
from hcl_lite.lang.expressions.model import Expression
from hcl_lite.lang.expressions.parse import parse_template, texts_in
from hcl_lite.lang.toml.locate import KeyPath
from hcl_lite.lang.toml.source import SourceFile

# Arguments that steer hcl-lite rather than the object, and the kinds of blocks that take them.
_META = (
    "provider",
    "depends_on",
    "for_each",
    "count",
    "lifecycle",
    "precondition",
    "validation",
    "on_exists",
    "on_drift",
    "lint",
)
META_ARGUMENTS: Mapping[str, frozenset[Kind]] = {
    key: frozenset(kind for kind, table in TABLES.items() if key in table.attrs or key in table.tables) for key in _META
}
# Arguments of the blocks that speak about others: what each takes, and whether it has to be there.
_STATEMENTS: Mapping[Kind, Mapping[str, bool]] = {
    kind: {key: attr.required for key, attr in TABLES[kind].attrs.items() if key not in _META}
    for kind in (Kind.MODULE, Kind.MOVED, Kind.REMOVED, Kind.IMPORT, Kind.CHECK, Kind.POLICY)
}


@dataclass(frozen=True, slots=True)
class Block:
    """One table of the configuration: `body` without meta-arguments, which are fields.

    As written its address has no keys; expand.py makes an instance for each key. `provider` is then the name of the
    provider instance in the root module.
    """

    address: Address
    body: Mapping[str, Any]
    source: SourceFile
    path: KeyPath
    provider: str = ""
    depends_on: tuple[str, ...] = ()
    for_each: Any = None
    count: Any = None
    lifecycle: Lifecycle = NO_LIFECYCLE
    rules: tuple[Rule, ...] = ()
    on_exists: str = "fail"
    on_drift: str = "overwrite"
    lint: Mapping[str, str] = field(default_factory=dict)

    @property
    def repeats(self) -> bool:
        """Whether it has for_each or count."""
        return self.for_each is not None or self.count is not None

    def place(self) -> Place:
        """Returns the place of its header."""
        return self.source.key_place(self.path)

    def key_place(self, *keys: str | int) -> Place:
        """Returns the place of the key at the path `keys`."""
        return self.source.key_place((*self.path, *keys))

    def value_place(self, *keys: str | int) -> Place:
        """Returns the place of the value at the path `keys`."""
        return self.source.value_place((*self.path, *keys))

    def text_place(self, keys: KeyPath, start: int, end: int) -> Place:
        """Returns the place of the characters `start` to `end` of the string at `keys`."""
        return self.source.text_place((*self.path, *keys), start, end)


def texts_of(block: Block) -> Iterator[tuple[KeyPath, str]]:
    """Returns every text of a block that may contain an expression, with its path."""
    yield from texts_in(block.body)
    for key, value in (("for_each", block.for_each), ("count", block.count), ("provider", block.provider)):
        yield from (((key, *path), text) for path, text in texts_in(value))
    yield from ((("lifecycle", "prevent_destroy"), text) for _, text in texts_in(block.lifecycle.prevent_destroy))
    for rule in (*block.rules, *block.lifecycle.rules):
        for key, value in (("condition", rule.condition), ("error_message", rule.error_message)):
            yield from (((*rule.path, key, *path), text) for path, text in texts_in(value))


def expressions_of(block: Block) -> Iterator[tuple[KeyPath, Expression]]:
    """Returns every expression of a checked block, with the path to its text."""
    for path, text in texts_of(block):
        yield from ((path, part) for part in parse_template(text) if isinstance(part, Expression))


def read_block(
    address: Address, body: Mapping[str, Any], source: SourceFile, path: KeyPath, problems: list[Diagnostic]
) -> Block:
    """Returns the block of a table; mistakes in its form are added to `problems`."""
    rest = {key: value for key, value in body.items() if address.kind not in META_ARGUMENTS.get(key, ())}
    block = Block(address, rest, source, path)
    problems.extend(_check_statement(block))
    meta = {key: value for key, value in body.items() if key not in rest}
    known: dict[str, Any] = {}
    for key, value in meta.items():
        found = _META_READERS[key](block, key, value)
        problem = found if isinstance(found, Diagnostic) else None
        if problem is not None:
            problems.append(problem)
        elif key == "lifecycle":
            known["lifecycle"] = read_lifecycle(value, address.kind, block.path, source, problems)
        elif key in ("precondition", "validation"):
            known["rules"] = read_rules(value, (key,), block.path, source, problems)
        else:
            known[key] = found
    if "for_each" in meta and "count" in meta:
        detail = "Each of them says how many instances there are."
        place = block.key_place("count")
        problems.append(Diagnostic("for_each and count exclude each other", detail, place, "", str(address)))
    return replace(block, **known)


def _check_statement(block: Block) -> Iterator[Diagnostic]:
    """The arguments of moved, removed, import, check, policy and module blocks."""
    arguments = _STATEMENTS.get(block.address.kind)
    if arguments is None:
        return
    word = "A module call" if block.address.kind is Kind.MODULE else f"[[{block.address.kind.value}]]"
    for key, value in block.body.items():
        if key not in arguments:
            hint = did_you_mean(key, arguments)
            if block.address.kind is Kind.MODULE and not hint.startswith("Did"):
                hint = f"The inputs of the module stand below inputs: inputs = {{ {key} = … }}."
            yield Diagnostic(f'{word} has no argument "{key}"', hint, block.key_place(key))
            continue
        wanted = _STATEMENT_TYPES.get(key, str)
        if not isinstance(value, wanted) and not (wanted is bool and isinstance(value, str)):
            yield Diagnostic(f"{key} must be {_WORDS[wanted]}", "", block.value_place(key))
    for key, required in arguments.items():
        if required and key not in block.body:
            yield Diagnostic(f'{word} needs "{key}"', "", block.place())


_STATEMENT_TYPES: Mapping[str, type] = {"inputs": dict, "providers": dict, "destroy": bool, "readable": list}
_WORDS: Mapping[type, str] = {str: "a string", dict: "a table", bool: "true or false", list: "a list of strings"}


def _read_text(block: Block, key: str, value: Any) -> Value:
    return value if isinstance(value, str) else _not_a(block, key, "a string")


def _read_choice(block: Block, key: str, value: Any) -> Value:
    choices = ON_EXISTS if key == "on_exists" else ON_DRIFT
    if value in choices:
        return value
    expected = "Expected one of " + ", ".join(f'"{choice}"' for choice in choices) + "."
    return Diagnostic(f"{key} cannot be {shown(value)}", expected, block.value_place(key), "", str(block.address))


def _read_addresses(block: Block, key: str, value: Any) -> Value:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return _not_a(block, key, "a list of addresses in strings")


def _read_for_each(block: Block, key: str, value: Any) -> Value:
    if isinstance(value, Mapping | list) or (isinstance(value, str) and "${" in value):
        return value
    return _not_a(block, key, "a table, a list of strings, or an expression", value)


def _read_count(block: Block, key: str, value: Any) -> Value:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if whole or (isinstance(value, str) and "${" in value) else _not_a(block, key, "a whole number", value)


def _read_table(block: Block, key: str, value: Any) -> Value:
    return value if isinstance(value, Mapping) else _not_a(block, key, "a table")


def _read_tables(block: Block, key: str, value: Any) -> Value:
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return value
    return _not_a(block, key, "a list of tables")


_META_READERS = {
    "provider": _read_text,
    "depends_on": _read_addresses,
    "for_each": _read_for_each,
    "count": _read_count,
    "lifecycle": _read_table,
    "precondition": _read_tables,
    "validation": _read_tables,
    "on_exists": _read_choice,
    "on_drift": _read_choice,
    "lint": _read_table,
}


def _not_a(block: Block, key: str, what: str, value: Any = None) -> Diagnostic:
    hint = f'An expression is written "${{{value}}}".' if isinstance(value, str) and value else ""
    return Diagnostic(f"{key} must be {what}", "", block.value_place(key), hint, str(block.address))

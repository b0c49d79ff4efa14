"""References from a block to others by address: depends_on, replace_triggered_by, moved, removed, import, and module
inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, Place, did_you_mean
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.block_schemas import POLICY_LEVELS
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.readable import named_readable

_POLICY_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_OBJECTS = (Kind.RESOURCE, Kind.MODULE)


def check_statement(block: Block, config: Config) -> Iterator[Diagnostic]:
    """Returns an error for each reference to a block that is not declared."""
    yield from _check_addresses(block, config, ("depends_on",), block.depends_on, (*_OBJECTS, Kind.DATA))
    triggers = block.lifecycle.replace_triggered_by
    yield from _check_addresses(block, config, ("lifecycle", "replace_triggered_by"), triggers, (Kind.RESOURCE,))
    match block.address.kind:
        case Kind.MODULE:
            yield from _check_inputs(block, config)
            yield from _check_readable(block, config)
        case Kind.MOVED:
            yield from _check_moved(block, config)
        case Kind.REMOVED:
            yield from _check_removed(block, config)
        case Kind.IMPORT:
            yield from _check_import(block, config)
        case Kind.POLICY:
            yield from _check_policy(block)


def _check_policy(block: Block) -> Iterator[Diagnostic]:
    """The level of a policy, and its name, which is given on the command line."""
    level, name = (block.body.get(key) for key in ("level", "name"))
    if isinstance(level, str) and level not in POLICY_LEVELS:
        expected = "Expected one of " + ", ".join(f'"{one}"' for one in POLICY_LEVELS) + "."
        yield Diagnostic(f'level cannot be "{level}"', expected, block.value_place("level"), "", str(block.address))
    if isinstance(name, str) and not _POLICY_NAME.fullmatch(name):
        expected = "It has letters, digits, _ and -, and begins with a letter."
        yield Diagnostic(f'"{name}" cannot be the name of a policy', expected, block.value_place("name"))


def address_in(block: Block, text: str) -> Address:
    """Returns the address in `text`, relative to the module of `block`. Raises ValueError."""
    return Address.parse(text).within(block.address.module)


def trigger_in(block: Block, text: str) -> tuple[Address, str]:
    """Returns address and attribute (empty for none) of an entry of replace_triggered_by. Raises ValueError."""
    try:
        return address_in(block, text), ""
    except ValueError:
        address, _, attribute = text.rpartition(".")
        return address_in(block, address), attribute


def _check_addresses(
    block: Block, config: Config, path: tuple[str, ...], texts: tuple[str, ...], kinds: tuple[Kind, ...]
) -> Iterator[Diagnostic]:
    for index, text in enumerate(texts):
        place = block.value_place(*path, index)
        try:
            address = trigger_in(block, text)[0] if path[-1] == "replace_triggered_by" else address_in(block, text)
        except ValueError as error:
            hint = f"Write it without ${{ }}: {text[2:-1].strip()}" if text.startswith("${") else ""
            yield Diagnostic(f"{path[-1]} takes addresses", f"{error}.", place, hint, str(block.address))
            continue
        if address.written not in config.blocks or address.kind not in kinds:
            yield _undeclared(block, config, text, kinds, place)


def _undeclared(block: Block, config: Config, text: str, kinds: tuple[Kind, ...], place: Place) -> Diagnostic:
    module = block.address.module
    declared = (b.address for kind in kinds for b in config.of_kind(kind))
    names = [str(a).removeprefix("".join(f"module.{m}." for m in module)) for a in declared if a.module == module]
    return Diagnostic(f"{text} is not declared", did_you_mean(text, names), place, address=str(block.address))


def _check_inputs(block: Block, config: Config) -> Iterator[Diagnostic]:
    """The inputs of a call against the variables of its module."""
    address = str(block.address)
    variables = {b.address.name: b for b in config.of_kind(Kind.VARIABLE) if b.address.module == block.address.inner}
    inputs = block.body.get("inputs", {})
    if not isinstance(inputs, dict):
        return
    for name in inputs:
        if name not in variables:
            hint = did_you_mean(name, variables)
            place = block.key_place("inputs", name)
            yield Diagnostic(f'The module has no variable "{name}"', hint, place, "", address)
    for name, variable in variables.items():
        if name not in inputs and "default" not in variable.body:
            detail = f"It is declared at {variable.place()}, without a default."
            hint = f"Give it below inputs: {name} = …"
            yield Diagnostic(f'The module needs the input "{name}"', detail, block.place(), hint, address)


def _check_readable(block: Block, config: Config) -> Iterator[Diagnostic]:
    """The directories that a call lets its module read: what the caller may read itself."""
    given = block.body.get("readable", [])
    address = str(block.address)
    if not isinstance(given, list):
        return  # which is among the problems
    wrong = [index for index, item in enumerate(given) if not isinstance(item, str) or "${" in item or "\0" in item]
    for index in wrong:
        expected = "Expected a directory in a string, without expressions; it starts at the caller's directory."
        yield Diagnostic("readable names directories", expected, block.value_place("readable", index), "", address)
    for index, (_, allowed) in enumerate([] if wrong else named_readable(config, block.address.inner)):
        if not allowed:
            detail = "A module lets others read what it may read itself."
            place = block.value_place("readable", index)
            yield Diagnostic(f'"{given[index]}" is outside of the module', detail, place, "", address)


def _check_moved(block: Block, config: Config) -> Iterator[Diagnostic]:
    ends: list[Address] = []
    for key in ("from", "to"):
        text = block.body.get(key)
        if not isinstance(text, str):
            return
        found = list(_object_address(block, key, text))
        yield from (item for item in found if isinstance(item, Diagnostic))
        ends += [item for item in found if isinstance(item, Address)]
    if len(ends) < 2:
        return
    source, target = ends
    if (source.kind, source.type) != (target.kind, target.type):
        detail = f"{source} and {target} are of different types."
        yield Diagnostic("An object keeps its type when it moves", detail, block.value_place("to"))
    elif source == target:
        yield Diagnostic("It moves to where it is", "", block.value_place("to"))
    elif source == source.written and source in config.blocks and source != target.written:
        place = config.blocks[source.written].place()
        detail = f"It is still declared, at {place}."
        hint = "Rename that block, or leave out the [[moved]]."
        yield Diagnostic(f"{source} cannot have moved", detail, block.value_place("from"), hint)
    else:
        yield from _check_course(block, config, source, target)


def _check_course(block: Block, config: Config, source: Address, target: Address) -> Iterator[Diagnostic]:
    """A move beside all others: nothing goes two ways, and nothing comes back. Where `target` is not declared, a later
    move or a [[removed]] may speak of it, or it has left the configuration since."""
    hint = "Leave out the one that no longer holds."
    for other in config.of_kind(Kind.MOVED):
        ends = _ends(other) if other.address.order < block.address.order else None
        if ends is not None and ends[0] == source and ends[1] != target:
            detail = f"The other is at {other.place()}."
            yield Diagnostic(f"{source} moves two ways", detail, block.value_place("to"), hint)
        if ends == (target, source):
            detail = f"{other.place()} says that it has moved the other way."
            yield Diagnostic("Moves lead in a circle", detail, block.place(), hint)


def _ends(block: Block) -> tuple[Address, Address] | None:
    try:
        return address_in(block, str(block.body.get("from"))), address_in(block, str(block.body.get("to")))
    except ValueError:
        return None


def _check_removed(block: Block, config: Config) -> Iterator[Diagnostic]:
    text = block.body.get("from")
    for found in _object_address(block, "from", text) if isinstance(text, str) else ():
        if isinstance(found, Diagnostic):
            yield found
        elif found.written in config.blocks:
            place = config.blocks[found.written].place()
            yield Diagnostic(f"{text} is still declared", f"It is at {place}.", block.value_place("from"))


def _check_import(block: Block, config: Config) -> Iterator[Diagnostic]:
    text = block.body.get("to")
    if not isinstance(text, str) or "${" in text:
        return
    for found in _object_address(block, "to", text):
        if isinstance(found, Diagnostic):
            yield found
        elif found.kind is not Kind.RESOURCE or found.written not in config.blocks:
            place = block.value_place("to")
            yield _undeclared(block, config, text, (Kind.RESOURCE,), place)


def _object_address(block: Block, key: str, text: str) -> Iterator[Address | Diagnostic]:
    try:
        address = address_in(block, text)
    except ValueError as error:
        yield Diagnostic(f"{key} takes an address", f"{error}.", block.value_place(key))
        return
    if address.kind in _OBJECTS:
        yield address
    else:
        what = "a resource" if block.address.kind is Kind.IMPORT else "a resource or a module"
        yield Diagnostic(f"{key} takes the address of {what}", "", block.value_place(key))

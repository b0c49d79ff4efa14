"""The other blocks of .tf files: providers, variables, locals, lookups, outputs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hcl_lite.core.redaction import has_password
from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.type_text import parse_type
from hcl_lite.lang.toml.write import NULL, Code
from hcl_lite.operations.bulk_import.model import Declaration, LeftOut
from hcl_lite.operations.migrate.terraform.expressions import Names, Untranslatable, label, translate
from hcl_lite.operations.migrate.terraform.flatten import Flat
from hcl_lite.operations.migrate.terraform.syntax import Block, Expression, Name, Path, literal, walk

_AUTH = "GRAFANA_AUTH in the environment says by which account it is reached."
_SECRET_SETTINGS = ("auth", "http_headers", "basic_auth")


@dataclass(frozen=True, slots=True)
class Declared:
    """Blocks, and what could not be said in them."""

    blocks: Sequence[Declaration] = ()
    notes: Sequence[LeftOut] = ()

    def __add__(self, other: Declared) -> Declared:
        return Declared((*self.blocks, *other.blocks), (*self.notes, *other.notes))


def toml_name(file: str) -> str:
    """The file here for what a .tf file of the root says."""
    stem = file.rpartition("/")[2].rpartition(".")[0]
    return f"{stem}.toml"


SECRET_ARGUMENTS = frozenset({*_SECRET_SETTINGS, "tls_key", "password", "secure_json_data", "secure_json_data_encoded"})
"""What is not carried over, with whatever only that names."""


def used_names(flat: Flat) -> tuple[Collection[str], Collection[str]]:
    """The variables and the locals that are named by what may be carried over, also by way of other locals."""
    named = {key: one.value for block in flat.root if block.type == "locals" for key, one in block.attributes.items()}
    roots = [block for block in flat.root if block.type in ("output", "provider")]
    open_ = [
        one.value
        for block in (*roots, *flat.blocks.values())
        for key, one in block.attributes.items()
        if key not in SECRET_ARGUMENTS
    ]
    used: set[str] = set()
    variables_ = names_in(open_, "var")
    while open_:
        fresh = names_in(open_, "local") & named.keys() - used
        used |= fresh
        open_ = [named[key] for key in fresh]
        variables_ |= names_in(open_, "var")
    return variables_, used


def names_in(values: Sequence[Expression], root: str) -> set[str]:
    """The variables, or the locals, that expressions name."""
    return {
        path.steps[0]
        for value in values
        for path in walk(value)
        if isinstance(path, Path) and path.base == Name(root) and path.steps and isinstance(path.steps[0], str)
    }


# --- providers and variables: what there has to be before anything is read --------------------------------------------


def providers(root: Sequence[Block], attrs: Mapping[str, Attr], names: Names) -> Declared:
    """The provider blocks for Grafana."""
    found = Declared()
    for block in root:
        if block.type == "provider" and block.labels == ("grafana",):
            found += _provider(block, attrs, names)
    return found


def provider_name(alias: str) -> str:
    """The name of the provider block for an alias."""
    return f"grafana_{label(alias)}" if alias else "grafana"


def _provider(block: Block, attrs: Mapping[str, Attr], names: Names) -> Declared:
    alias = literal(block, "alias")
    name = provider_name(alias if isinstance(alias, str) else "")
    arguments: dict[str, Any] = {} if name == "grafana" else {"type": "grafana"}
    notes: list[LeftOut] = []
    comments: list[str] = []
    for key, given in block.attributes.items():
        what = f"{block.place(key)} provider {name}: {key}"
        if key == "alias":
            continue
        if key not in attrs:
            notes.append(LeftOut(what, "hcl-lite's provider has no such setting"))
            continue
        try:
            value = translate(given.value, names)
        except Untranslatable as why:
            notes.append(LeftOut(what, str(why)))
            continue
        is_open = not isinstance(value, Code)
        if (key in _SECRET_SETTINGS and is_open) or (isinstance(value, str) and has_password(value)):
            notes.append(LeftOut(what, "a secret in plain text is not carried over: say where it is kept"))
            comments += [_AUTH] if key == "auth" else []
        elif value is not NULL:
            arguments[key] = value
    if "auth" not in block.attributes:
        comments.append(_AUTH)
    address = f"provider.{name}"
    return Declared([Declaration(address, ("provider", name), arguments, toml_name(block.file), comments)], notes)


def variables(root: Sequence[Block], used: Collection[str], secret: Collection[str], names: Names) -> Declared:
    """The variables that are `used`; those that are `secret` are so here, and have no default."""
    found = Declared()
    for block in root:
        if block.type == "variable" and block.labels and block.labels[0] in used:
            found += _variable(block, block.labels[0] in secret, names)
    return found


def _variable(block: Block, is_secret: bool, names: Names) -> Declared:
    name = block.labels[0]
    is_secret = is_secret or literal(block, "sensitive") is True
    arguments: dict[str, Any] = {}
    notes: list[LeftOut] = []
    type_ = type_text(block)
    if type_:
        arguments["type"] = type_
    for key in ("description", "nullable", "default"):
        given = block.attributes.get(key)
        what = f"{block.place(key)} var.{name}: {key}"
        if given is None:
            continue
        if key == "default" and is_secret:
            notes.append(LeftOut(what, f"a secret is not carried over: give it by TF_VAR_{name}"))
            continue
        try:
            value = translate(given.value, replace(names, resources={}, data={}, locals={}, variables={}))
        except Untranslatable as why:
            notes.append(LeftOut(what, str(why)))
            continue
        if value != NULL:
            arguments[key] = value
        elif key == "default":
            notes.append(LeftOut(what, "a default of null is none here: give a value"))
    if is_secret:
        arguments["sensitive"] = True
    rules = [*_rules(block, "validation", names, notes)]
    if rules:
        arguments["validation"] = rules
    return Declared([Declaration(f"var.{name}", ("variable", name), arguments, toml_name(block.file))], notes)


def type_text(block: Block) -> str:
    """The type of a variable as text; empty where there is none, or none that hcl-lite has."""
    given = block.attributes.get("type")
    text = " ".join(given.text.split()).strip('"') if given is not None else ""
    try:
        parse_type(text, lambda _text, _type: None)
    except ValueError:
        return ""
    return text


def _rules(block: Block, kind: str, names: Names, notes: list[LeftOut]) -> Iterator[Mapping[str, Any]]:
    for rule in block.of(kind):
        try:
            yield {key: translate(rule.attributes[key].value, names) for key in ("condition", "error_message")}
        except (Untranslatable, KeyError) as why:
            notes.append(LeftOut(f"{rule.where} var.{block.labels[0]}: {kind}", str(why)))


# --- locals, lookups, outputs: what may name the objects --------------------------------------------------------------


def named_values(root: Sequence[Block], used: Collection[str], names: Names) -> tuple[Declared, Names]:
    """The locals that are `used` and can be said here, and the names with these alone."""
    said: dict[str, tuple[Block, Any]] = {}
    open_ = {
        key: (block, given.value)
        for block in root
        if block.type == "locals"
        for key, given in block.attributes.items()
        if key in used
    }
    reasons: dict[str, str] = {}
    known: dict[str, Expression] = {}
    while True:  # those that others rest on first
        before = len(said)
        for key, (block, value) in [*open_.items()]:
            try:
                said[key] = (block, translate(value, replace(names, locals=known)))
                known[key] = open_.pop(key)[1]
            except Untranslatable as why:
                reasons[key] = str(why)
        if len(said) == before:
            break
    notes = [LeftOut(f"{block.place(key)} local.{key}", reasons[key]) for key, (block, _) in open_.items()]
    blocks = [
        Declaration(f"local.{key}", ("locals",), {key: value}, toml_name(block.file), needs=needs(known[key], names))
        for key, (block, value) in said.items()
    ]
    return Declared(blocks, notes), replace(names, locals=known)


def needs(value: Expression, names: Names) -> Collection[str]:
    """The blocks that an expression names, by address without a key."""
    found = set()
    for path in walk(value):
        if isinstance(path, Path) and isinstance(path.base, Name) and path.steps and isinstance(path.steps[0], str):
            root, first = path.base.name, path.steps[0]
            second = path.steps[1] if len(path.steps) > 1 else ""
            if root == "data" and isinstance(second, str):
                found.add(f"data.{first}.{label(second)}")
            elif root in ("local", "var"):
                found.add(f"{root}.{first}")
            elif root not in ("each", "count", "path", "self", "terraform", "module"):
                found.add(f"{root}.{names.block(root, first)}")
    return found


def lookups(
    blocks: Sequence[tuple[str, Block]], attrs: Mapping[str, Mapping[str, Attr]], names: Names
) -> tuple[Declared, Names]:
    """The data blocks, each with its name, that there are lookups for."""
    found = Declared()
    known: dict[tuple[str, str], str] = {}
    for name, block in blocks:
        type_ = block.labels[0]
        what = f"{block.where} data.{type_}.{name}"
        if type_ not in attrs:
            found += Declared(notes=[LeftOut(what, f"hcl-lite has no lookup {type_}")])
            continue
        arguments: dict[str, Any] = {}
        try:
            for key, given in block.attributes.items():
                if key not in (*attrs[type_], "for_each", "count"):
                    raise Untranslatable(f"the lookup has no {key} here")
                arguments[key] = translate(given.value, names)
        except Untranslatable as why:
            found += Declared(notes=[LeftOut(what, str(why))])
            continue
        needed = {one for given in block.attributes.values() for one in needs(given.value, names)}
        address = f"data.{type_}.{name}"
        declared = Declaration(address, ("data", type_, name), arguments, toml_name(block.file), needs=needed)
        found += Declared([declared])
        known[type_, name] = "map" if "for_each" in arguments else "list" if "count" in arguments else ""
    return found, replace(names, data=known)


def outputs(root: Sequence[Block], names: Names) -> Declared:
    """The outputs that can be said here."""
    found = Declared()
    for block in root:
        if block.type != "output" or not block.labels or "value" not in block.attributes:
            continue
        name = block.labels[0]
        try:
            arguments = {
                key: translate(block.attributes[key].value, names)
                for key in ("value", "description", "sensitive")
                if key in block.attributes
            }
        except Untranslatable as why:
            found += Declared(notes=[LeftOut(f"{block.place('value')} output.{name}", str(why))])
            continue
        needed = needs(block.attributes["value"].value, names)
        header = ("output", label(name))
        found += Declared([Declaration(f"output.{name}", header, arguments, toml_name(block.file), needs=needed)])
    return found


_HANDLED = frozenset({"terraform", "provider", "variable", "locals", "output", "moved", "removed", "import"})


def others(root: Sequence[Block]) -> Sequence[LeftOut]:
    """The blocks that are not carried over."""
    said = [LeftOut(one.where, f"a block {one.type} is not carried over") for one in root if one.type not in _HANDLED]
    for one in root:
        if one.type == "terraform":
            said += [LeftOut(inner.where, _BACKEND) for inner in one.of("backend")]
    return said


_BACKEND = "where the state is kept is not carried over: hcl-lite has its own state, and backends of its own"

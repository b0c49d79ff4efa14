"""Files to Config: every table becomes a block with an address; shapes are checked here, meanings in check.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, Place, did_you_mean, raise_if_errors
from hcl_lite.lang.locate import KeyPath
from hcl_lite.lang.source import SourceFile, read_source

# Arguments that steer hcl-lite rather than the object; every resource block takes them.
META_ARGUMENTS: Mapping[str, type[str] | type[list[Any]]] = {
    "provider": str,
    "depends_on": list,
    "on_exists": str,
    "on_drift": str,
}
ON_EXISTS = ("fail", "adopt")
ON_DRIFT = ("overwrite", "keep", "fail")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOP_LEVEL = ("hcl_lite", "provider", "variable", "locals", "output", "data", "resource")
_LATER = ("module", "import", "moved", "removed", "check", "for_each", "count", "lifecycle")


@dataclass(frozen=True, slots=True)
class Block:
    """One table of the configuration: `body` without the meta-arguments, which are fields."""

    address: Address
    body: Mapping[str, Any]
    source: SourceFile
    path: KeyPath
    provider: str = ""
    depends_on: tuple[str, ...] = ()
    on_exists: str = "fail"
    on_drift: str = "overwrite"

    def place(self) -> Place:
        return self.source.key_place(self.path)

    def key_place(self, *keys: str | int) -> Place:
        return self.source.key_place((*self.path, *keys))

    def value_place(self, *keys: str | int, containing: str = "") -> Place:
        return self.source.value_place((*self.path, *keys), containing)


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration: `root` is where its paths start, `blocks` what it declares, by address, in file order."""

    root: Path
    blocks: Mapping[Address, Block] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[SourceFile, ...] = ()

    def of_kind(self, kind: Kind) -> Iterator[Block]:
        return (block for block in self.blocks.values() if block.address.kind is kind)


def load_config(root: Path) -> Config:
    """Read all `*.toml` of `root` but variable files. Raises HclError with every mistake that is found."""
    if not root.is_dir():
        raise HclError(
            Diagnostic(f'There is no directory "{root}"', hint="Name the configuration's directory with -C.")
        )
    paths = sorted(path for path in root.glob("*.toml") if _is_configuration(path))
    if not paths:
        raise HclError(
            Diagnostic(
                f'There is no configuration in "{root}"', "No *.toml file is there.", hint="hcl-lite init writes one."
            )
        )
    problems: list[Diagnostic] = []
    sources: list[SourceFile] = []
    for path in paths:
        try:
            sources.append(read_source(path, path.name))
        except HclError as error:
            problems.extend(error.diagnostics)
    config = build_config(root, sources, problems)
    raise_if_errors(problems)
    return config


def build_config(root: Path, sources: Iterable[SourceFile], problems: list[Diagnostic]) -> Config:
    """Collect the blocks of `sources`; what is wrong with their shape is added to `problems`."""
    blocks: dict[Address, Block] = {}
    settings: dict[str, Any] = {}
    kept = tuple(sources)
    for source in kept:
        for block in _blocks(source, problems):
            first = blocks.setdefault(block.address, block)
            if first is not block:
                problems.append(
                    Diagnostic(f"{block.address} is declared twice", f"First at {first.place()}.", block.place())
                )
        settings.update(source.data.get("hcl_lite", {}))
    return Config(root, blocks, settings, kept)


def _is_configuration(path: Path) -> bool:
    """Hidden files are other tools': .taplo.toml, say."""
    other = (
        path.name == "pyproject.toml" or path.name.startswith(".") or path.name.endswith((".vars.toml", ".test.toml"))
    )
    return path.is_file() and not other


def _blocks(source: SourceFile, problems: list[Diagnostic]) -> Iterator[Block]:
    for table in source.data:
        if table not in _TOP_LEVEL:
            problems.append(_unknown_table(source, table))
    for kind, table in ((Kind.PROVIDER, "provider"), (Kind.VARIABLE, "variable"), (Kind.OUTPUT, "output")):
        for name, body, path in _tables(source, (table,), source.data.get(table, {}), problems):
            yield Block(Address(kind, name), body, source, path)
    if isinstance(source.data.get("locals", {}), Mapping):
        for name, value in source.data.get("locals", {}).items():
            if _is_name(source, ("locals", name), problems):
                yield Block(Address(Kind.LOCAL, name), {"value": value}, source, ("locals", name))
    else:
        problems.append(_expected_table(source, ("locals",)))
    for kind, table in ((Kind.DATA, "data"), (Kind.RESOURCE, "resource")):
        for type_, named, type_path in _tables(source, (table,), source.data.get(table, {}), problems):
            for name, body, path in _tables(source, type_path, named, problems):
                yield _typed_block(Address(kind, name, type_), body, source, path, problems)


def _tables(
    source: SourceFile, path: KeyPath, value: Any, problems: list[Diagnostic]
) -> Iterator[tuple[str, Mapping[str, Any], KeyPath]]:
    """The named tables below `path`, each with its body; anything that is not a table is a problem."""
    if not isinstance(value, Mapping):
        problems.append(_expected_table(source, path))
        return
    for name, body in value.items():
        if not isinstance(body, Mapping):
            problems.append(_expected_table(source, (*path, name)))
        elif _is_name(source, (*path, name), problems):
            yield name, body, (*path, name)


def _typed_block(
    address: Address, body: Mapping[str, Any], source: SourceFile, path: KeyPath, problems: list[Diagnostic]
) -> Block:
    meta: dict[str, Any] = {}
    for key, kind in META_ARGUMENTS.items():
        if key not in body:
            continue
        value = body[key]
        if not isinstance(value, kind) or (kind is list and not all(isinstance(item, str) for item in value)):
            wanted = "a string" if kind is str else "a list of addresses in strings"
            problems.append(Diagnostic(f"{key} must be {wanted}", "", source.value_place((*path, key))))
        else:
            meta[key] = value if isinstance(value, str) else tuple(value)
    for key, choices in (("on_exists", ON_EXISTS), ("on_drift", ON_DRIFT)):
        if key in meta and meta[key] not in choices:
            expected = "Expected one of " + ", ".join(f'"{choice}"' for choice in choices) + "."
            problems.append(Diagnostic(f'{key} cannot be "{meta[key]}"', expected, source.value_place((*path, key))))
    for key in _LATER:
        if key in body and key not in META_ARGUMENTS:
            problems.append(_not_yet(key, source.key_place((*path, key))))
    rest = {key: value for key, value in body.items() if key not in META_ARGUMENTS and key not in _LATER}
    return Block(address, rest, source, path, **meta)


def _is_name(source: SourceFile, path: KeyPath, problems: list[Diagnostic]) -> bool:
    if _NAME.fullmatch(str(path[-1])):
        return True
    problems.append(
        Diagnostic(
            f'"{path[-1]}" cannot be a name',
            "A name has letters, digits and _, and does not begin with a digit; expressions could not speak of others.",
            source.key_place(path),
        )
    )
    return False


def _expected_table(source: SourceFile, path: KeyPath) -> Diagnostic:
    dotted = ".".join(str(step) for step in path)
    return Diagnostic(f"{dotted} must be a table", f"Expected [{dotted}] with keys below it.", source.key_place(path))


def _unknown_table(source: SourceFile, table: str) -> Diagnostic:
    place = source.key_place((table,))
    if table in _LATER:
        return _not_yet(table, place)
    return Diagnostic(f'There is no table "{table}"', did_you_mean(table, _TOP_LEVEL), place)


def _not_yet(word: str, place: Place) -> Diagnostic:
    return Diagnostic(f'"{word}" is not supported by this version', "It is on the way; see CHANGELOG.md.", place)

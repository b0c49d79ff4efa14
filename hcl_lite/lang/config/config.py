"""The configuration as written: the files of a directory and of the modules it calls, as blocks with addresses.

Mistakes of form are collected: unknown tables, invalid names, and what block.py finds. check.py checks what blocks
mean, expand.py makes their instances.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean, raise_if_errors
from hcl_lite.lang.config.block import Block, read_block
from hcl_lite.lang.config.modules import Found, Modules
from hcl_lite.lang.toml.locate import KeyPath
from hcl_lite.lang.toml.source import SourceFile, read_source

_LISTS = (Kind.MOVED, Kind.REMOVED, Kind.IMPORT, Kind.CHECK, Kind.POLICY)  # written as [[moved]], and so on

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAMED = {"provider": Kind.PROVIDER, "variable": Kind.VARIABLE, "output": Kind.OUTPUT, "module": Kind.MODULE}
TOP_LEVEL = ("hcl_lite", *_NAMED, "locals", "data", "resource", *(kind.value for kind in _LISTS))


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration: `blocks` by address in file order, those of modules included.

    `modules` are the directories of modules by module path, () for the root; `settings` are those of [hcl_lite].
    """

    root: Path
    blocks: Mapping[Address, Block] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[SourceFile, ...] = ()
    modules: Mapping[tuple[str, ...], Path] = field(default_factory=dict)

    def of_kind(self, kind: Kind) -> Iterator[Block]:
        """Returns the blocks of a kind, in file order."""
        return (block for block in self.blocks.values() if block.address.kind is kind)


def load_config(root: Path, modules: Modules | None = None) -> Config:
    """Reads all `*.toml` of `root` except variable and test files, and the modules that they call.

    Raises HclError with all mistakes.
    """
    if not root.is_dir():
        raise HclError(
            Diagnostic(f'There is no directory "{root}"', hint="Name the configuration's directory with -C.")
        )
    if not has_configuration(root):
        raise HclError(
            Diagnostic(
                f'There is no configuration in "{root}"', "No *.toml file is there.", hint="hcl-lite init writes one."
            )
        )
    problems: list[Diagnostic] = []
    config = build_config(root, _read_root(root, problems), problems)
    config = _with_modules(config, modules or Modules(root), problems)
    raise_if_errors(problems)
    return config


def load_policies(directory: Path, shown: str, below: tuple[Path, ...]) -> Config:
    """Reads the policies in the `*.toml` of `directory`, named from `shown`; links have to end `below` it.

    Raises HclError with all mistakes: besides policies they have locals alone.
    """
    problems: list[Diagnostic] = []
    sources = _read_files(_files_of(directory), shown, below, problems)
    config = build_config(directory, sources, problems)
    for source in sources:
        for table in source.data:
            if table in TOP_LEVEL and table not in ("locals", Kind.POLICY.value):
                detail = "Expected [[policy]], and [locals] for what they share."
                problems.append(Diagnostic(f'Shared policies have no "{table}"', detail, source.key_place((table,))))
    raise_if_errors(problems)
    return config


def load_root(root: Path) -> tuple[Config, list[Diagnostic]]:
    """Returns the configuration of `root` without modules, as far as it can be read, and all mistakes."""
    problems: list[Diagnostic] = []
    return build_config(root, _read_root(root, problems), problems), problems


def build_config(
    root: Path, sources: Iterable[SourceFile], problems: list[Diagnostic], module: tuple[str, ...] = ()
) -> Config:
    """Returns the blocks of one module; mistakes of form are added to `problems`."""
    blocks: dict[Address, Block] = {}
    settings: dict[str, Any] = {}
    kept = tuple(sources)
    for source in kept:
        for written in _blocks(source, problems):
            block = replace(written, address=written.address.within(module))
            first = blocks.setdefault(block.address, block)
            if first is not block:
                problems.append(
                    Diagnostic(f"{block.address} is declared twice", f"First at {first.place()}.", block.place())
                )
        own = source.data.get("hcl_lite", {})
        if isinstance(own, Mapping):
            settings.update(own)
        else:
            problems.append(_expected_table(source, ("hcl_lite",)))
    return Config(root, blocks, settings, kept, {module: root})


def is_configuration(path: Path) -> bool:
    """Whether a file is part of the configuration of its directory; hidden files are not, such as .taplo.toml."""
    name = path.name
    other = name == "pyproject.toml" or name.startswith(".") or name.endswith((".vars.toml", ".test.toml"))
    # A link that leads nowhere is one that cannot be read, and not one that is not there.
    return (path.is_file() or (path.is_symlink() and not path.is_dir())) and not other


def has_configuration(directory: Path) -> bool:
    """Whether a directory has files of a configuration."""
    return any(is_configuration(path) for path in directory.glob("*.toml"))


def readable_of(root: Path, settings: Mapping[str, Any]) -> tuple[Path, ...]:
    """Returns the directories in [hcl_lite] read_from of the root, links followed."""
    named = settings.get("read_from", [])
    names = [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
    return tuple((root / Path(name).expanduser()).resolve() for name in names)


def _read_root(root: Path, problems: list[Diagnostic]) -> list[SourceFile]:
    """The files of the root module: those that lie there, and then the links, as the former allow them."""
    top = root.resolve()
    paths = _files_of(root)
    inside = {path for path in paths if path.resolve().is_relative_to(top)}
    sources = _read_files((path for path in paths if path in inside), "", (top,), problems)
    settings = [source.data.get("hcl_lite") for source in sources]
    named = [name for own in settings if isinstance(own, Mapping) for name in readable_of(root, own)]
    sources += _read_files((path for path in paths if path not in inside), "", (top, *named), problems)
    return sorted(sources, key=lambda source: source.name)


def _files_of(directory: Path) -> list[Path]:
    return sorted(path for path in directory.glob("*.toml") if is_configuration(path))


def _read_files(
    paths: Iterable[Path], shown: str, below: tuple[Path, ...], problems: list[Diagnostic]
) -> list[SourceFile]:
    sources: list[SourceFile] = []
    for path in paths:
        try:
            sources.append(read_source(path, str(PurePath(shown, path.name)), below))
        except HclError as error:
            problems.extend(error.diagnostics)
    return sources


def _with_modules(config: Config, modules: Modules, problems: list[Diagnostic]) -> Config:
    """`config` with the blocks of all modules that it calls, at any depth."""
    blocks, sources = dict(config.blocks), list(config.sources)
    found: dict[tuple[str, ...], Found] = {(): Found(config.root)}
    top: tuple[Path, ...] = (config.root.resolve(),)
    shared = readable_of(config.root, config.settings)
    waiting = [(block, top) for block in config.of_kind(Kind.MODULE)]
    while waiting:
        call, above = waiting.pop(0)
        if not isinstance(call.body.get("source"), str):
            continue  # which is among the problems
        place = call.value_place("source")
        try:
            module = modules.find(call.body.get("source"), found[call.address.module], place)
            directory = module.directory
            own = directory.resolve()
            if module.within is None:
                _check_links(call, found[call.address.module].directory, own, (top[0], *shared))
            if own in above:
                detail = f"{call.address} would be {directory} again, inside of itself."
                raise HclError(Diagnostic("A module cannot call itself", detail, place))
            below = (own, *shared, top[0] if module.within is None else module.within.resolve())
            files = _read_files(_files_of(directory), _shown(module, config.root), below, problems)
            inner = build_config(directory, files, problems, call.address.inner)
        except HclError as error:
            problems.extend(error.diagnostics)
            continue
        problems.extend(_misplaced(inner))
        blocks.update(inner.blocks)
        sources += inner.sources
        found[call.address.inner] = module
        waiting += [(block, (*above, own)) for block in inner.of_kind(Kind.MODULE)]
    read_once = {source.name: source for source in sources}
    directories = {way: module.directory for way, module in found.items()}
    return replace(config, blocks=blocks, sources=tuple(read_once.values()), modules=directories)


def _shown(module: Found, root: Path) -> str:
    """The directory of a module as its files are named: relative to the configuration, but for what is elsewhere."""
    directory = module.directory
    return (
        os.path.relpath(directory, root) if module.within is None or directory.is_relative_to(root) else str(directory)
    )


def _check_links(call: Block, caller: Path, found: Path, allowed: tuple[Path, ...]) -> None:
    """Raises HclError for a module's directory that lies elsewhere than its call says, and not where links may end."""
    written = Path(os.path.normpath(caller.resolve() / call.body["source"]))
    if found != written and not any(found.is_relative_to(directory) for directory in allowed):
        summary = f'"{call.body["source"]}" is a link that leads out of the configuration'
        hint = 'Name the directory that it leads to as the source, or in [hcl_lite] read_from = ["…"].'
        raise HclError(Diagnostic(summary, "", call.value_place("source"), hint))


def _misplaced(module: Config) -> Iterator[Diagnostic]:
    """Yields the errors of a module that has blocks which only the root module may have."""
    for block in module.of_kind(Kind.PROVIDER):
        yield Diagnostic(
            "A module cannot configure a provider",
            "What it makes could not be deleted any more once the module's call is gone.",
            block.place(),
            f'Configure it in the root module, and pass it on: providers = {{ {block.address.name} = "…" }}',
        )
    for source in module.sources:
        for key in ("backend", "encryption"):
            if key in (source.data.get("hcl_lite") or {}):
                place = source.key_place(("hcl_lite", key))
                yield Diagnostic("A module has no state of its own", f"The root module chooses the {key}.", place)


def _blocks(source: SourceFile, problems: list[Diagnostic]) -> Iterator[Block]:
    for table in source.data:
        if table not in TOP_LEVEL:
            place = source.key_place((table,))
            problems.append(Diagnostic(f'There is no table "{table}"', did_you_mean(table, TOP_LEVEL), place))
    for table, kind in _NAMED.items():
        for name, body, path in _tables(source, (table,), source.data.get(table, {}), problems):
            yield read_block(Address(kind, name), body, source, path, problems)
    if isinstance(source.data.get("locals", {}), Mapping):
        for name, value in source.data.get("locals", {}).items():
            if _is_name(source, ("locals", name), problems):
                yield Block(Address(Kind.LOCAL, name), {"value": value}, source, ("locals", name))
    else:
        problems.append(_expected_table(source, ("locals",)))
    for kind, table in ((Kind.DATA, "data"), (Kind.RESOURCE, "resource")):
        for type_, named, type_path in _tables(source, (table,), source.data.get(table, {}), problems):
            for name, body, path in _tables(source, type_path, named, problems):
                yield read_block(Address(kind, name, type_), body, source, path, problems)
    for kind in _LISTS:
        for index, body in enumerate(_items(source, kind, problems)):
            given = body.get("name") if kind in (Kind.CHECK, Kind.POLICY) else None
            name = given if isinstance(given, str) else f"{Path(source.name).stem}_{index}"
            yield read_block(Address(kind, name), body, source, (kind.value, index), problems)


def _items(source: SourceFile, kind: Kind, problems: list[Diagnostic]) -> Iterator[Mapping[str, Any]]:
    items = source.data.get(kind.value, [])
    if isinstance(items, list) and all(isinstance(item, Mapping) for item in items):
        yield from items
        return
    expected = f"Expected [[{kind.value}]] with keys below it."
    problems.append(Diagnostic(f"{kind.value} must be a list of tables", expected, source.key_place((kind.value,))))


def _tables(
    source: SourceFile, path: KeyPath, value: Any, problems: list[Diagnostic]
) -> Iterator[tuple[str, Mapping[str, Any], KeyPath]]:
    """The named tables below `path`, each with its body; anything that is not a table is a problem."""
    if not isinstance(value, Mapping):
        problems.append(_expected_table(source, path))
        return
    for name, body in value.items():
        if not isinstance(body, Mapping):
            dotted = ".".join(map(str, path))
            below = "TYPE.NAME" if path in (("resource",), ("data",)) else "NAME"
            detail = f'Expected [{dotted}.{below}]; "{name}" is no table.'
            problems.append(
                Diagnostic(f"[{dotted}] has only tables with names", detail, source.key_place((*path, name)))
            )
            return  # all the others have been put there by the same mistake
        if _is_name(source, (*path, name), problems):
            yield name, body, (*path, name)


def _is_name(source: SourceFile, path: KeyPath, problems: list[Diagnostic]) -> bool:
    if _NAME.fullmatch(str(path[-1])):
        return True
    problems.append(
        Diagnostic(
            f'"{path[-1]}" cannot be a name',
            "A name has letters, digits and _, and does not begin with a digit, so that expressions can speak of it.",
            source.key_place(path),
            f'Such as "{near}".' if _NAME.fullmatch(near := re.sub(r"\W", "_", str(path[-1]))) else "",
        )
    )
    return False


def _expected_table(source: SourceFile, path: KeyPath) -> Diagnostic:
    dotted = ".".join(str(step) for step in path)
    return Diagnostic(f"{dotted} must be a table", f"Expected [{dotted}] with keys below it.", source.key_place(path))

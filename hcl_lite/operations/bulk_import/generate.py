"""plan --generate-config-out FILE: blocks for the [[import]]s that have none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import make_directory
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.open_providers import Session
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config
from hcl_lite.operations.bulk_import.drawing import Drawn, draw
from hcl_lite.operations.bulk_import.inventory import read_objects
from hcl_lite.operations.bulk_import.known import know, open_providers
from hcl_lite.operations.bulk_import.model import Found, Wish
from hcl_lite.operations.bulk_import.single import find_one
from hcl_lite.operations.bulk_import.takeover import Scene
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.bulk_import.wanted import Wanted
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.operation import operation
from hcl_lite.operations.planning import make_build
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs

_STYLE = Style()


@operation
def generate_config(context: RunContext, inputs: Inputs, file: Path, caller: Caller) -> tuple[Address, ...]:
    """Write a block to `file` for each [[import]] without one, and the files that they read; returns their addresses.
    The block of the plan that follows says "import". Raises HclError, and ProviderError: nothing was written then, or
    files of which no block speaks yet."""
    name = _checked(context.directory, file)
    missing: list[Block] = []

    def without(config: Config) -> Config:
        missing.extend(block for block in config.of_kind(Kind.IMPORT) if _target(block, config) is not None)
        return replace(config, blocks={key: block for key, block in config.blocks.items() if block not in missing})

    project = load_project(context, inputs, change=without)
    if not missing:
        return ()
    drawn = run_async(lambda: _draw(project, missing, name, caller))
    for path, text in drawn.files.items():
        _write(context.directory / path, text)
    return tuple(drawn.objects)


def _write(path: Path, text: str) -> None:
    """Write a file as a whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    try:
        make_directory(path.parent)
        beside.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        os.replace(beside, path)
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot write {path}", f"{error.strerror}.")) from error


def _checked(root: Path, file: Path) -> str:
    """The name of a new file of the configuration in `root`. Raises HclError for one that is there, or is none."""
    path = root / file
    if path.exists():
        hint = "Name one that is not there yet, or take that one away."
        raise HclError(Diagnostic(f"{file} is there already", "It is not written over.", hint=hint))
    if path.suffix != ".toml" or path.parent.resolve() != root.resolve():
        detail = "Blocks are read from *.toml in the directory of the configuration."
        raise HclError(Diagnostic(f"{file} would be no file of the configuration", detail, hint="Such as: new.toml"))
    return path.name


def _target(block: Block, config: Config) -> Address | None:
    """The address of a block that an [[import]] of one object needs and nobody has written; None for others."""
    text = block.body.get("to")
    if not isinstance(text, str) or "${" in text or "for_each" in block.body or block.address.module:
        return None
    try:
        address = Address.parse(text)
    except ValueError:
        return None
    is_new = address.kind is Kind.RESOURCE and not address.module and address.key is None
    return address if is_new and address not in config.blocks else None


async def _draw(project: Project, missing: Sequence[Block], name: str, caller: Caller) -> Drawn:
    state = project.store.read()
    build = await make_build(project, state)
    session = Session(build.config, project.providers, project.context, read_only=True)
    try:
        providers, _ = await open_providers(build, state, session, ())
        known = know(build, state, session, {})
        scene = Scene(project, state, session, providers, known, caller.told)
        found = [await _find(scene, block, build.scope.evaluate_argument(block, "id"), name) for block in missing]
        read = await read_objects(session, found, caller.told)
    finally:
        await session.close()
    if read.left:
        raise HclError(*(Diagnostic(f"No block can be written for {one.what}", f"{one.reason}.") for one in read.left))
    drawn = draw(project.context.directory, known, read.found, _STYLE)
    if drawn.left:
        raise HclError(*(Diagnostic(f"No block can be written for {one.what}", f"{one.reason}.") for one in drawn.left))
    return drawn


async def _find(scene: Scene, block: Block, id_: object, name: str) -> Found:
    place, address = block.value_place("id"), Address.parse(str(block.body["to"]))
    if not isinstance(id_, str) or not id_:
        raise HclError(Diagnostic("What is imported must be known when planning", "Expected an id.", place))
    try:
        found = await find_one(scene, Wanted(address.type, address.name), id_)
    except HclError as error:
        placed = (replace(one, place=one.place or place) for one in error.diagnostics)
        raise HclError(*placed) from error
    return replace(found, wish=Wish(name=address.name, file=name))

"""import --all: what the servers of a configuration have, and nobody manages here."""

from __future__ import annotations

from collections.abc import Collection

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import HclError
from hcl_lite.core.provider_errors import ProviderError
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.planning.options import Options
from hcl_lite.operations.bulk_import.blocks import Draft, referring
from hcl_lite.operations.bulk_import.drawing import reader_of
from hcl_lite.operations.bulk_import.filesets import Surroundings, with_filesets
from hcl_lite.operations.bulk_import.inventory import find_objects, read_objects, whole, without_parsed
from hcl_lite.operations.bulk_import.model import Inventory, LeftOut, Report, Selection, Start, Update
from hcl_lite.operations.bulk_import.staging import HOME
from hcl_lite.operations.bulk_import.start import start_configuration
from hcl_lite.operations.bulk_import.takeover import Scene, take_over
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.bulk_import.updating import Updater, find_updates
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.operation import operation
from hcl_lite.operations.planning import make_plan
from hcl_lite.operations.requests import Inputs, LockOptions

_STYLE = Style()


@operation
def import_all(
    context: RunContext,
    inputs: Inputs,
    selection: Selection,
    lock: LockOptions,
    caller: Caller,
    *,
    style: Style = _STYLE,
    is_dry_run: bool = False,
    begins: Start | None = None,
    updates: bool = False,
) -> Report:
    """Take over what the servers of a configuration have and nobody manages here; with `begins` that is made where
    there is none, and is gone again where nothing was taken over. Raises HclError, and ProviderError: nothing was taken
    over then, or the next run goes on. With `updates` what has changed on servers since is written to the files that
    are as they were written."""

    async def find(scene: Scene) -> Inventory:
        found = await find_objects(scene.session, scene.providers, scene.known.managed, selection, scene.told)
        as_read = whole if style.references_data_sources else without_parsed
        read = await read_objects(scene.session, found.found, scene.told, kept=as_read)
        placed = with_filesets(read.found, surroundings(scene), style)
        changed, kept = await _find_updates(scene) if updates else ([], [])
        return Inventory(placed, (*found.left, *read.left, *kept), found.managed, changed)

    written = start_configuration(context.directory, begins) if begins is not None else []
    try:
        return take_over(
            context, inputs, lock, caller, find, providers=selection.providers, style=style, is_dry_run=is_dry_run
        )
    except (HclError, ProviderError):
        if not (context.directory / HOME).exists():  # or else the next run goes on
            for path in written:
                path.unlink(missing_ok=True)
        raise


async def _find_updates(scene: Scene) -> tuple[list[Update], list[LeftOut]]:
    plan, build = await make_plan(scene.project, scene.state, Options())

    def refer(draft: Draft) -> Draft:
        [referring_] = referring([draft], lambda provider, mention: scene.known.references.get((provider, mention)))
        return referring_

    updater = Updater(build, plan, reader_of(scene.project.context.directory), refer)
    return await find_updates(updater, scene.session)


def surroundings(scene: Scene) -> Surroundings:
    """Returns the blocks, references and files among which objects are placed."""
    root = scene.project.context.directory

    def names_in(directory: str) -> Collection[str]:
        return [path.name for path in (root / directory).glob("*.json")]

    return Surroundings([*scene.project.config.of_kind(Kind.RESOURCE)], scene.known.references, names_in)

"""pull --new: what nobody manages in folders that are managed, taken over as a bulk import takes it."""

from __future__ import annotations

from hcl_lite.core.run_context import RunContext
from hcl_lite.operations.bulk_import.filesets import with_filesets
from hcl_lite.operations.bulk_import.inventory import find_objects, read_objects
from hcl_lite.operations.bulk_import.model import Inventory, Report, Selection
from hcl_lite.operations.bulk_import.run import surroundings
from hcl_lite.operations.bulk_import.takeover import Scene, take_over
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.pulling.model import PullRequest

_STYLE = Style()


def take_new(context: RunContext, request: PullRequest, caller: Caller) -> Report:
    """Take over what lies in managed folders. Raises HclError, and ProviderError."""

    async def find(scene: Scene) -> Inventory:
        selection = Selection(folders=_managed_folders(scene))
        if not selection.folders:
            return Inventory()
        found = await find_objects(scene.session, scene.providers, scene.known.managed, selection, scene.told)
        read = await read_objects(scene.session, found.found, scene.told)
        placed = with_filesets(read.found, surroundings(scene), _STYLE)
        return Inventory(placed, (*found.left, *read.left), found.managed)

    return take_over(context, request.inputs, request.lock, caller, find, is_dry_run=request.is_dry_run, command="pull")


def _managed_folders(scene: Scene) -> tuple[str, ...]:
    """The uids of what is managed and has others in it."""
    records = scene.state.records.values()
    types = {record.address.type: record for record in records}
    holding = {
        name
        for name, record in types.items()
        if scene.session.resource_type(record.provider, name).capabilities.content
    }
    return tuple(sorted(record.uid for record in records if record.address.type in holding))

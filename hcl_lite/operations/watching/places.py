"""The places that a watch looks at: the directories that a configuration reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from hcl_lite.core.run_context import RunContext
from hcl_lite.lang.config.config import readable_of
from hcl_lite.operations.backend import home_of
from hcl_lite.operations.project import Project
from hcl_lite.operations.requests import Inputs
from hcl_lite.operations.watching.model import Places

_STATE = "hcl-lite.state"  # what the local backend writes begins with it, unless the configuration says otherwise
_LOG = "HCL_LITE_LOG_FILE"


def places_before(context: RunContext, inputs: Inputs) -> Places:
    """Returns the places of a configuration that could not be loaded."""
    beside = (context.directory / path for path in inputs.files)
    return _places([context.directory, *(path.parent for path in beside)], _own(context))


def places_of(project: Project, inputs: Inputs) -> Places:
    """Returns the places of a project: its directory, its modules, what it may read, and the files of variables."""
    context = project.context
    before = places_before(context, inputs)
    modules = project.config.modules.values()
    readable = readable_of(context.directory, project.config.settings)
    own = [*_own(context), context.directory / project.store.place]
    return _places([*before.directories, *modules, *readable], own)


def _own(context: RunContext) -> Iterator[Path]:
    yield home_of(context)
    yield context.directory / _STATE
    if context.environment.get(_LOG):
        yield context.directory / context.environment[_LOG]


def _places(directories: Iterable[Path], own: Iterable[Path]) -> Places:
    """The directories that are there, without those that lie in another."""
    found = dict.fromkeys(path.resolve() for path in directories if path.is_dir())
    outer = [path for path in found if not any(path != other and path.is_relative_to(other) for other in found)]
    return Places(tuple(outer), tuple(path.parent.resolve() / path.name for path in own))

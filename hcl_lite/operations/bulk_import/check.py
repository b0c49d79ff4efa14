"""Checks blocks that are not in the configuration yet by a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.engine.plan import Action, Change, Plan
from hcl_lite.engine.planning.options import Options
from hcl_lite.lang.config.check import check_config
from hcl_lite.lang.config.config import build_config
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.lang.toml.source import parse_source
from hcl_lite.operations.bulk_import.blocks import import_statement
from hcl_lite.operations.bulk_import.drawing import Drawn
from hcl_lite.operations.bulk_import.known import Known
from hcl_lite.operations.planning import make_plan
from hcl_lite.operations.project import Project
from state.model import State

_MAY_BE = frozenset({Action.CREATE, Action.UPDATE})  # where a block may say something else than what is there


@dataclass(frozen=True, slots=True)
class Checked:
    """The plan with the blocks, and why some of them cannot be taken."""

    plan: Plan | None
    wrong: Mapping[Address, str] = field(default_factory=dict)


async def check_blocks(project: Project, state: State, known: Known, drawn: Drawn) -> Checked:
    """Plan `project`, which reads what is staged, with the blocks of `drawn`. Raises HclError for what is no matter of
    them."""
    objects = drawn.objects
    if not objects and not drawn.updates:
        return Checked(None)
    passed_over = tuple(address for address in known.given.values() if address not in drawn.adopted)
    try:
        plan, _ = await make_plan(_with_blocks(project, drawn), state, Options(excluded=passed_over))
    except HclError as error:
        wrong = _faults(error, drawn)
        if not wrong:
            raise
        return Checked(None, wrong)
    changes = {change.address: change for change in plan.changes}
    may_differ = {draft.address for draft in drawn.drafts if draft.found.wish.may_differ}
    updated = {one.address: _why_not_updated(changes.get(one.address)) for one in drawn.updates}
    reasons = updated | {
        address: _why_not(changes.get(address), address in drawn.adopted)
        for address in objects
        if address not in may_differ or address not in changes or changes[address].action not in _MAY_BE
    }
    return Checked(plan, {address: reason for address, reason in reasons.items() if reason})


def _faults(error: HclError, drawn: Drawn) -> Mapping[Address, str]:
    """Returns the errors of a plan by object; that of a block is each instance's."""
    ours: dict[str, list[Address]] = {}
    declared = [Address.parse(one.address) for one in drawn.beside.declarations]
    for address in (*drawn.objects, *(one.address for one in drawn.updates), *declared):
        for name in dict.fromkeys((str(address), str(address.collection))):
            ours.setdefault(name, []).append(address)
    said = ((one, address) for one in error.diagnostics for address in ours.get(one.address, ()))
    return {address: f"{one.summary}. {one.detail}" for one, address in said}


def _with_blocks(project: Project, drawn: Drawn) -> Project:
    """`project` with the new blocks, and an [[import]] for each object that is there."""
    there = [(draft.address, draft.found.uid) for draft in drawn.drafts if draft.found.live is not None]
    there += [(address, uid) for address, (_, _, uid) in drawn.adopted.items()]
    imports = "\n".join(import_statement(address, uid) for address, uid in there)
    changed = {name: text for name, text in drawn.texts.items() if name.endswith(".toml")}
    sources = [parse_source(text, name) for name, text in {**drawn.layout.added, "imports": imports}.items()]
    sources = [source for source in sources if source.name not in changed]
    files = drawn.files
    sources += [parse_source(files[name], name) for name in changed]
    problems: list[Diagnostic] = []
    added = build_config(project.config.root, sources, problems)
    blocks = {**project.config.blocks, **added.blocks}
    config = replace(project.config, blocks=blocks, sources=(*project.config.sources, *sources))
    raise_if_errors([*problems, *check_config(config, project.providers, FUNCTION_NAMES)])
    return replace(project, config=config)


def _why_not_updated(change: Change | None) -> str:
    """Returns the reason why an update does not bring what is there; empty where the plan only updates the state."""
    if change is None or change.action in (Action.REFRESH, Action.NOOP):
        return ""
    paths = ", ".join(one.path for one in change.differences[:5])
    return f"it has changed on its server, and a block made of that would {change.action.value} it: {paths}"


def _why_not(change: Change | None, is_adopted: bool) -> str:
    """Returns the reason why an object cannot be taken over by its block; empty where the plan only updates the
    state."""
    if change is not None and change.action is Action.REFRESH and change.record is not None:
        return ""
    if change is None:
        return "the plan has nothing to say of it"
    paths = ", ".join(one.path for one in change.differences[:5])
    does = f"would {change.action.value} it" + (f": {paths}" if paths else "")
    if is_adopted:
        command = f"hcl-lite import {change.address} {change.uid}"
        return f"{change.address} asks for it, and a plan {does}. Take it over as it is there with: {command}"
    return f"a block made of what its server tells {does}"

"""Policies: found, and held against a plan. Where there are none, nothing is read and nothing computed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any, Literal

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, Place, Severity, did_you_mean, raise_if_errors
from hcl_lite.core.values import UNKNOWN, Secret, Value, reveal, shown
from hcl_lite.engine.plan import Plan
from hcl_lite.engine.planning.options import Contents
from hcl_lite.engine.policies import Level, PolicyResult, Status, Violation
from hcl_lite.lang.config.block import Block, expressions_of
from hcl_lite.lang.config.check import check_config
from hcl_lite.lang.config.config import Config, load_policies
from hcl_lite.lang.config.modules import Found, Modules
from hcl_lite.lang.evaluation.module_functions import functions_of
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.operations.project import Project
from hcl_lite.operations.requests import Inputs
from hcl_lite.review.build import every_row, review
from hcl_lite.review.document import policy_object, policy_plan


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of a project: its own, and the `shared` ones of the directories in `sources`; `overrides` are the
    reasons for which a plan may break one, by name."""

    own: tuple[Block, ...] = ()
    shared: tuple[Config, ...] = ()
    sources: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> Sequence[Block]:
        """All of them, in the order of their files."""
        return [*self.own, *(block for config in self.shared for block in config.of_kind(Kind.POLICY))]

    @property
    def contents(self) -> Contents:
        """The objects whose contents they look at."""
        paths = [
            reference.path
            for block in self.blocks
            for _, expression in expressions_of(block)
            for reference in expression.references
        ]
        if not self.blocks:
            return Contents.NONE
        return Contents.ALL if any(path[:2] == ("plan", "objects") for path in paths) else Contents.CHANGED


NO_POLICIES = Policies()


def find_policies(project: Project, inputs: Inputs, saved: Plan | None = None) -> Policies:
    """Returns the policies of a project, and those that the command line or a saved plan names. Raises HclError."""
    config, named = project.config, project.config.settings.get("policies", [])
    sources = tuple(dict.fromkeys((*named, *inputs.policies, *(saved.policy_sources if saved else ()))))
    own = tuple(block for block in config.of_kind(Kind.POLICY) if not block.address.module)
    place = next((s.value_place(("hcl_lite", "policies")) for s in config.sources if _names_policies(s.data)), None)
    shared = tuple(_load(project, source, place if source in named else None) for source in sources)
    kept = {one.name: one.reason for one in saved.policies if one.reason} if saved else {}
    found = Policies(own, shared, sources, {**kept, **inputs.overrides})
    raise_if_errors([*_named_twice(found), *_unfit_overrides(found)])
    return found


def _names_policies(data: Mapping[str, Any]) -> bool:
    return "policies" in data.get("hcl_lite", {})


def _load(project: Project, source: str, place: Place | None) -> Config:
    root = project.config.root
    if source.startswith(("git::", "python:")):
        modules = Modules(root, fetch=True, upgrade=True, environment=project.context.environment)
        found = modules.find(source, Found(root), place)
        directory, below = found.directory, found.within or found.directory
    else:
        directory = below = root / source
        if not any(directory.glob("*.toml")):
            what = "It has no *.toml file." if directory.is_dir() else "There is no such directory."
            raise HclError(Diagnostic(f'There are no policies in "{source}"', what, place))
    told = os.path.relpath(directory, root)
    config = load_policies(directory, told if len(PurePath(told).parts) < 4 else str(directory), (below.resolve(),))
    raise_if_errors(check_config(config, project.providers, FUNCTION_NAMES))
    return config


def _named_twice(policies: Policies) -> Iterator[Diagnostic]:
    first: dict[str, Block] = {}
    for block in policies.blocks:
        other = first.setdefault(block.address.name, block)
        if other is not block:
            detail = f"First at {other.place()}."
            yield Diagnostic(f"Two policies have the name {block.address.name}", detail, block.value_place("name"))


def _unfit_overrides(policies: Policies) -> Iterator[Diagnostic]:
    levels = {block.address.name: _level(block) for block in policies.blocks}
    for name in policies.overrides:
        if name not in levels:
            yield Diagnostic(f'There is no policy "{name}" to be overridden', did_you_mean(name, levels))
        elif levels[name] is not Level.OVERRIDE:
            detail = f'Its level is "{levels[name]}"; only a policy of the level "override" can be.'
            yield Diagnostic(f'The policy "{name}" cannot be overridden', detail)


def _level(block: Block) -> Level:
    return Level(block.body.get("level", Level.DENY))


def hold(plan: Plan, policies: Policies, project: Project, scope: Scope) -> Plan:
    """Returns `plan` with the results of `policies`; what has no value in them is among its warnings. `scope` is that
    of the plan."""
    if not policies.blocks:
        return replace(plan, policy_sources=policies.sources)
    judge = _Judge(_plan_value(plan, policies.contents), policies.overrides)
    results = [judge.result(block, scope) for block in policies.own]
    for config in policies.shared:
        functions = functions_of(config, project.context.environment, project.now)
        shared = Scope(config, {}, functions, workspace=project.store.name)
        results += [judge.result(block, shared) for block in config.of_kind(Kind.POLICY)]
    warnings = (*plan.warnings, *judge.problems)
    return replace(plan, policies=tuple(results), policy_sources=policies.sources, warnings=warnings)


def _plan_value(plan: Plan, contents: Contents) -> Mapping[str, Value]:
    """Returns what `plan` is in a policy."""
    objects = [policy_object(row) for row in every_row(plan)] if contents is Contents.ALL else []
    return {**policy_plan(review(plan)), "objects": objects}


@dataclass
class _Judge:
    """Asks policies of one plan, whose value is `plan`. It collects `problems`: what has no value."""

    plan: Mapping[str, Value]
    overrides: Mapping[str, str]
    problems: list[Diagnostic] = field(default_factory=list)

    def result(self, block: Block, scope: Scope) -> PolicyResult:
        """Returns the result of one policy."""
        violations: list[Violation] = []
        undecided: list[str] = []
        try:
            for address, names in self._items(block, scope):
                found = self._asked(block, scope, address, names)
                if found is None:
                    undecided.append(address or "plan")
                elif found:
                    violations.append(found)
        except HclError as error:
            self.problems += [replace(one, severity=Severity.WARNING) for one in error.diagnostics]
            violations += [Violation(f"{one.summary}: {one.detail}") for one in error.diagnostics]
        name, reason = block.address.name, ""
        status = Status.FAILED if violations else Status.UNDECIDED if undecided else Status.PASSED
        if violations and name in self.overrides:
            status, reason = Status.OVERRIDDEN, self.overrides[name]
        level, place = _level(block), block.place()
        return PolicyResult(name, level, status, tuple(violations), tuple(undecided), reason, place)

    def _items(self, block: Block, scope: Scope) -> Iterator[tuple[str, Mapping[str, Value]]]:
        """Yields what the condition is asked of: the address of each item, and what names mean."""
        names: Mapping[str, Value] = {"plan": self.plan}
        if block.for_each is None:
            yield "", names
            return
        items = reveal(scope.evaluate(block, block.for_each, ("for_each",), names))
        if items is UNKNOWN:
            yield "", {**names, "each": UNKNOWN}
            return
        if not isinstance(items, Mapping | list):
            expected = f"Expected a list or a map, such as plan.changes; found {shown(items)}."
            place = block.value_place("for_each")
            raise HclError(Diagnostic("for_each has nothing to go over", expected, place, "", str(block.address)))
        for key, item in items.items() if isinstance(items, Mapping) else enumerate(items):
            address = item.get("address") if isinstance(item, Mapping) else None
            told = address if isinstance(address, str) else str(key)
            yield told, {**names, "each": {"key": told if address else key, "value": item}}

    def _asked(
        self, block: Block, scope: Scope, address: str, names: Mapping[str, Value]
    ) -> Violation | Literal[False] | None:
        """Returns the violation of one item; False for none, None where it cannot be told. Raises HclError."""
        holds = (
            UNKNOWN
            if names.get("each") is UNKNOWN
            else scope.evaluate(block, block.body["condition"], ("condition",), names)
        )
        if holds is UNKNOWN:
            return None
        if not isinstance(reveal(holds), bool):
            found, place = f"Expected true or false, found {shown(holds)}.", block.value_place("condition")
            raise HclError(Diagnostic("A condition must be true or false", found, place, "", str(block.address)))
        if reveal(holds):
            return False
        message = scope.evaluate(block, block.body["error_message"], ("error_message",), names)
        told = "(the message is sensitive)" if isinstance(message, Secret) else str(message)
        return Violation("(the message is known after apply)" if message is UNKNOWN else told, address)

"""Lint: the findings of the providers' rules in valid blocks, at the levels that the configuration sets, as diagnostics
at their places: in the file that a body is read from, in JSON text in a block, or in a table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, Place, Severity, did_you_mean
from hcl_lite.core.files import read_file
from hcl_lite.core.json_places import locate_json
from hcl_lite.core.schema import Finding, Lint, LintedBlock, LintRule, Mention
from hcl_lite.engine.desired import Values
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.source_files import sources_of
from hcl_lite.engine.prerequisites import open_provider
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.declared import ProviderTypes, owner_of
from hcl_lite.lang.evaluation.expand import provider_address
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.functions.arguments import FunctionError
from hcl_lite.lang.expressions.functions.reading import decode
from hcl_lite.lang.toml.source import SourceFile

OFF = "off"
Levels = Mapping[str, str]


def rules_of(providers: ProviderTypes) -> Mapping[str, LintRule]:
    """Returns all rules by name."""
    return {rule.name: rule for type_ in providers.values() if type_.lint for rule in type_.lint().rules}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A finding that is true where the server of `provider` lacks an object."""

    provider: str
    mention: Mention
    finding: Diagnostic


@dataclass
class Linter:
    """Collects the findings of one run: `see` is called with each valid block, those of the types in `first` first.

    With `online`, those of rules that rest on servers are in `doubts`, until `confirm` has asked.
    """

    scope: Scope
    providers: ProviderTypes
    levels: Levels
    online: bool = False
    findings: list[Diagnostic] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    _context: dict[tuple[str, str], list[LintedBlock]] = field(default_factory=dict)
    _obstacles: set[str] = field(default_factory=set)

    @property
    def first(self) -> Collection[str]:
        """The types of blocks that findings in others rest on."""
        return {name for type_ in self.providers.values() if type_.lint for name in type_.lint().context}

    def see(self, block: Block, given: Values, values: Values) -> None:
        """Lints a block with its arguments as evaluated, and the completed ones."""
        owner = owner_of(block.address.type, block.address.kind, self.providers)
        if owner is None or owner.lint is None:
            return
        lint = owner.lint()
        linted = LintedBlock(block.address.type, given, values, block.address.kind is Kind.DATA)
        context = self._context.setdefault((owner.name, block.provider), [])
        if linted.type in lint.context:
            context.append(linted)
        levels = {**{rule.name: rule.level for rule in lint.rules}, **self.levels, **block.lint}
        found = lint.find(linted, context, self._runnable(lint, levels))
        for finding, diagnostic in _diagnostics(self.scope, block, given, [*found], levels):
            if finding.unless is None:
                self.findings.append(diagnostic)
            else:
                self.doubts.append(Doubt(block.provider, finding.unless, diagnostic))

    async def confirm(self, session: Session, scope: Scope) -> None:
        """Asks each server what it has, and keeps the findings that are true. Providers whose settings are not known
        are not asked. Raises HclError, and ProviderError."""
        for provider in dict.fromkeys(doubt.provider for doubt in self.doubts):
            block = session.config.blocks.get(provider_address(provider))
            if block is not None:
                await open_provider(session, scope, block)
            if session.is_deferred(provider):
                continue
            doubts = [doubt for doubt in self.doubts if doubt.provider == provider]
            missing = await session.get(provider).missing({doubt.mention for doubt in doubts})
            for doubt in doubts:
                if doubt.mention in missing:
                    hint = did_you_mean(doubt.mention.name, missing[doubt.mention])
                    self.findings.append(replace(doubt.finding, hint=hint))

    def _runnable(self, lint: Lint, levels: Levels) -> Sequence[str]:
        """The rules that are on, but for those that lack what they need, of which one warning tells."""
        active = [rule.name for rule in lint.rules if levels[rule.name] != OFF and (self.online or not rule.online)]
        for name in active:
            obstacle = lint.obstacle(name)
            if obstacle and name not in self._obstacles:
                self._obstacles.add(name)
                hint = f'Install it: {obstacle}. Or switch the rule off: [hcl_lite.lint] {name} = "off"'
                summary = f"The lint rule {name} needs a package that is not installed"
                self.findings.append(Diagnostic(summary, "", None, hint, "", Severity.WARNING))
        return [name for name in active if name not in self._obstacles]


def _diagnostics(
    scope: Scope, block: Block, given: Values, found: Sequence[Finding], levels: Levels
) -> Iterator[tuple[Finding, Diagnostic]]:
    by_attribute: dict[str, list[Finding]] = {}
    for finding in found:
        by_attribute.setdefault(finding.attribute, []).append(finding)
    for attribute, findings in by_attribute.items():
        places = _places(scope, block, attribute, given.get(attribute), [one.place for one in findings])
        for finding, place in zip(findings, places, strict=True):
            detail = finding.detail
            if place is None:
                place = block.key_place(attribute, *finding.place)
                within = "" if isinstance(given.get(attribute), Mapping | list) else _printed(finding.place)
                detail = "\n".join(part for part in (within and f"At {within} in it.", detail) if part)
            severity = Severity(levels[finding.rule])
            address = str(block.address)
            yield finding, Diagnostic(finding.message, detail, place, finding.hint, address, severity, finding.rule)


def _places(
    scope: Scope, block: Block, attribute: str, value: Any, places: Sequence[tuple[str | int, ...]]
) -> Sequence[Place | None]:
    """The places in the text that `value` is read from; None for all where it is no text, or made by an expression."""
    if not isinstance(value, str):
        return [None] * len(places)
    file: SourceFile | None = None
    if block.body.get(attribute) != value:
        file = _file_with(scope, block, value)
        if file is None:
            return [None] * len(places)
    offsets = locate_json(value, places)
    if file is not None:
        return [file.at(*offsets[place]) for place in places]
    return [block.text_place((attribute,), *offsets[place]) for place in places]


def _file_with(scope: Scope, block: Block, text: str) -> SourceFile | None:
    """The file that an argument of `block` is read from, as it is: it has just this text."""
    for name in sources_of(scope, block):
        try:
            read = decode(read_file(scope.config.root / name), name)
        except (OSError, FunctionError):
            continue
        if read == text:
            return SourceFile(str(PurePath(name)), text, {})
    return None


def _printed(place: Sequence[str | int]) -> str:
    """A place in JSON, such as panels[0].targets[1].expr."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")

"""Lint: doubtful contents of valid blocks, found by the named rules of their provider."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hcl_lite.core.places import Place
from hcl_lite.core.schema.objects import Mention
from hcl_lite.core.values import Value

LEVELS = ("off", "warning", "error")


@dataclass(frozen=True, slots=True)
class LintRule:
    """A rule: `doc` says what it finds, `level` is one of LEVELS, for configurations that set none. One that is
    `online` rests on what the server has."""

    name: str
    doc: str
    level: str = "warning"
    online: bool = False


@dataclass(frozen=True, slots=True)
class LintedBlock:
    """A block whose type a provider has: `given` are its arguments as evaluated, `values` the completed ones, which a
    lookup has not."""

    type: str
    given: Mapping[str, Value]
    values: Mapping[str, Value]
    is_lookup: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation of `rule` at `place` in the value of an attribute, which for JSON text is one in what it says; with
    `unless`, where the server does not have that."""

    rule: str
    message: str
    attribute: str
    place: Place = ()
    detail: str = ""
    hint: str = ""
    unless: Mention | None = None


def available(rule: str) -> str:
    """Returns no obstacle: the default of `Lint.obstacle`."""
    return ""


@dataclass(frozen=True, slots=True)
class Lint:
    """The lint of a provider. `context` are the types of blocks that findings in others rest on. Pure.

    find(block, context, rules): the findings of `rules` in a block, beside all blocks of the `context` types.
    obstacle(rule): the command that installs what a rule lacks; empty where it can run.
    """

    rules: Sequence[LintRule]
    find: Callable[[LintedBlock, Sequence[LintedBlock], Collection[str]], Iterable[Finding]]
    context: frozenset[str] = frozenset()
    obstacle: Callable[[str], str] = available

"""Names of blocks and files that people know the objects by, the same at every run. Pure."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

_LONGEST = 60


def noun_of(type_: str) -> str:
    """Returns the noun of a type: dashboard of grafana_dashboard."""
    return type_.partition("_")[2] or type_


def nouns_of(type_: str) -> str:
    """The same of many: dashboards, notification_policies, organization_preferences."""
    noun = noun_of(type_)
    return noun if noun.endswith("s") else f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"


def default_provider(type_: str) -> str:
    """The provider of blocks of a type that name none."""
    return type_.partition("_")[0]


def label_of(text: str, noun: str) -> str:
    """A text as the name of a block: lower case, digits and _; with `noun` before it where it begins with a digit."""
    found = _slug(text, "_")
    return found if found and not found[0].isdigit() else f"{noun}_{found}".rstrip("_")


def file_stem(text: str) -> str:
    """A text as the name of a file or a directory."""
    return _slug(text, "-") or "unnamed"


def choose_names(wanted: Mapping[K, Sequence[str]], taken: Collection[str]) -> dict[K, str]:
    """A name for each of `wanted`, which has its candidates, the best first: the first that nobody else has. Those that
    share one all get the next, so that no name rests on what comes first; the last is numbered."""
    chosen: dict[K, str] = {}
    used = set(taken)
    level = 0
    open_ = list(wanted)
    while open_ and level < max(len(wanted[key]) for key in open_):
        counts = Counter(_candidate(wanted[key], level) for key in open_)
        for key in open_:
            name = _candidate(wanted[key], level)
            if counts[name] == 1 and name not in used:
                chosen[key] = name
        used |= set(chosen.values())
        open_ = [key for key in open_ if key not in chosen]
        level += 1
    for key in open_:
        chosen[key] = next(name for name in _numbered(wanted[key][-1]) if name not in used)
        used.add(chosen[key])
    return chosen


def _candidate(candidates: Sequence[str], level: int) -> str:
    return candidates[min(level, len(candidates) - 1)]


def _numbered(name: str) -> Iterator[str]:
    return (f"{name}_{number}" for number in itertools.count(2))


def _slug(text: str, joint: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", joint, plain).strip(joint)[:_LONGEST].strip(joint)

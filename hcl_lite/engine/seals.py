"""Seals: what a saved plan keeps of arguments that hold secrets: enough to detect a change, too little to find them.
Arguments without secrets are identified by their hash, `Change.wanted`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from hcl_lite.core.fingerprint import fingerprint, matches
from hcl_lite.core.places import leaves
from hcl_lite.core.values import Secret, Value, canonical_json, conceal, content_hash, reveal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seal:
    """`open` is the hash of the arguments without their secrets, `hidden` the fingerprint of these."""

    open: str
    hidden: str


def sealed(given: Mapping[str, Value], environment: Mapping[str, str]) -> Mapping[str, Seal]:
    """Returns a seal for each of `given`; one fingerprint (40 ms) for all with the same secrets."""
    hidden = {name: _hidden(value) for name, value in given.items()}
    distinct = [*dict.fromkeys(hidden.values())]
    made = fingerprinted(dict(zip(distinct, distinct, strict=True)), environment)
    return {name: Seal(_open(value), made[hidden[name]]) for name, value in given.items()}


def fingerprinted(texts: Mapping[str, str], environment: Mapping[str, str]) -> Mapping[str, str]:
    """Returns a fingerprint for each of `texts`, such as hashes of files that may hold secrets."""
    made = in_threads(lambda text: fingerprint(text, environment), [*texts.values()])
    return dict(zip(texts, made, strict=True))


def in_threads(work: Callable[[str], T], texts: Sequence[str]) -> Sequence[T]:
    """Returns the result of `work` for each text, computed in threads: a fingerprint takes 40 ms and 16 MiB."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [*pool.map(work, texts)]


def broken(
    seals: Mapping[str, Seal], given: Mapping[str, Value], environment: Mapping[str, str]
) -> Iterator[tuple[str, bool]]:
    """Returns the names of sealed arguments that are different now, and whether their secrets are. Names without
    arguments now are left out: nothing is written for them."""
    looked: dict[tuple[str, str], bool] = {}
    for name in (name for name in seals if name in given):
        pair = (_hidden(given[name]), seals[name].hidden)
        if pair not in looked:
            looked[pair] = matches(*pair, environment)
        if not looked[pair] or _open(given[name]) != seals[name].open:
            yield name, not looked[pair]


def _open(value: Value) -> str:
    return content_hash(conceal(value))


def _hidden(value: Value) -> str:
    """The secrets in `value`, each with its place."""
    # UNKNOWN by what it is called
    found = [
        [[*place], json.dumps(reveal(leaf), sort_keys=True, default=repr)]
        for place, leaf in leaves(value)
        if isinstance(leaf, Secret)
    ]
    return canonical_json(found).decode("utf-8", "surrogatepass")

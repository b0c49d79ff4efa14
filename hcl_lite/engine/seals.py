"""What a saved plan remembers of arguments that hold secrets: enough to see that they are others by now, too little to
find them. What holds none is named by its hash, `Change.wanted`."""

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
    """`open` is the hash of arguments without the secrets in them, `hidden` the fingerprint of these."""

    open: str
    hidden: str


def sealed(given: Mapping[str, Value], environment: Mapping[str, str]) -> Mapping[str, Seal]:
    """The seal of each of `given`. One fingerprint, which takes its time, is made of what has the same secrets."""
    hidden = {name: _hidden(value) for name, value in given.items()}
    distinct = [*dict.fromkeys(hidden.values())]
    made = fingerprinted(dict(zip(distinct, distinct, strict=True)), environment)
    return {name: Seal(_open(value), made[hidden[name]]) for name, value in given.items()}


def fingerprinted(texts: Mapping[str, str], environment: Mapping[str, str]) -> Mapping[str, str]:
    """A fingerprint of each of `texts`, such as the hashes of files that may have secrets in them."""
    made = in_threads(lambda text: fingerprint(text, environment), [*texts.values()])
    return dict(zip(texts, made, strict=True))


def in_threads(work: Callable[[str], T], texts: Sequence[str]) -> Sequence[T]:
    """What `work` gives for each text: a fingerprint takes its time, and 16 MiB."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [*pool.map(work, texts)]


def broken(
    seals: Mapping[str, Seal], given: Mapping[str, Value], environment: Mapping[str, str]
) -> Iterator[tuple[str, bool]]:
    """The names of what was sealed and is `given` otherwise now, and whether the secrets are other ones. What is not
    given now is not written either."""
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

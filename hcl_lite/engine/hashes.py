"""What the state keeps of contents: enough to see that one has changed, too little to guess what is secret in it.

A hash. Of a content that holds what came of secrets, a fingerprint of its hash: whoever has the state, and knows the
rest of the content, cannot try secrets out. Contents of an earlier hcl-lite are known by their plain hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hcl_lite.core.fingerprint import fingerprint, is_fingerprint, matches


@dataclass(frozen=True)
class Hashes:
    """Makes and compares what is kept of contents. A comparison with a fingerprint takes 40 ms, once in a run;
    `environment` may hold the key of fingerprints."""

    environment: Mapping[str, str] = field(default_factory=dict)
    _looked: dict[tuple[str, str], bool] = field(default_factory=dict)

    def of(self, plain: str, known: str = "", *, sensitive: bool) -> str:
        """What is to be kept of a content that hashes to `plain`, and is `sensitive` or not: `known` where that is of
        the same. Nothing where `plain` is empty, since the content is not known yet."""
        if not sensitive or not plain:
            return plain
        if is_fingerprint(known) and self._matches(plain, known):
            return known
        made = fingerprint(plain, self.environment)
        self._looked[plain, made] = True
        return made

    def is_of(self, known: str, plain: str) -> bool:
        """Whether `known` is what was kept of a content that hashes to `plain`; what is not known is none."""
        if not known or not plain:
            return False
        return self._matches(plain, known) if is_fingerprint(known) else known == plain

    def _matches(self, plain: str, known: str) -> bool:
        pair = (plain, known)
        if pair not in self._looked:
            self._looked[pair] = matches(plain, known, self.environment)
        return self._looked[pair]

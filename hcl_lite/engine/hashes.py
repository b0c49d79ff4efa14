"""Hashes of contents as the state keeps them: enough to detect a change, too little to guess the secrets in them.

It is a hash; for a content with values that come of secrets, a fingerprint of the hash: whoever has the state, and
knows the rest of the content, cannot try out secrets. Contents written by earlier versions are recognised by their
plain hash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from hcl_lite.core.fingerprint import fingerprint, is_fingerprint, matches


@dataclass(frozen=True)
class Hashes:
    """Makes and compares stored content hashes. A comparison with a fingerprint takes 40 ms, once in a run for each
    content; `environment` may hold the key of fingerprints."""

    environment: Mapping[str, str] = field(default_factory=dict)
    _looked: dict[tuple[str, str], bool] = field(default_factory=dict)

    def of(self, plain: str, known: str = "", *, sensitive: bool) -> str:
        """Returns what to store for a content with the hash `plain`: `known`, where that is of the same content. Empty
        where `plain` is empty, since the content is not known yet.

        A `sensitive` content gets a fingerprint.
        """
        if not sensitive or not plain:
            return plain
        if is_fingerprint(known) and self._matches(plain, known):
            return known
        made = fingerprint(plain, self.environment)
        self._looked[plain, made] = True
        return made

    def is_of(self, known: str, plain: str) -> bool:
        """Whether `known` was stored for a content with the hash `plain`; False where either is empty."""
        if not known or not plain:
            return False
        return self._matches(plain, known) if is_fingerprint(known) else known == plain

    async def tell(self, known: str, plain: str) -> bool:
        """Returns the same; compares with a fingerprint in a thread, so that others go on."""
        return await asyncio.to_thread(self.is_of, known, plain) if is_fingerprint(known) else self.is_of(known, plain)

    def _matches(self, plain: str, known: str) -> bool:
        pair = (plain, known)
        if pair not in self._looked:
            self._looked[pair] = matches(plain, known, self.environment)
        return self._looked[pair]

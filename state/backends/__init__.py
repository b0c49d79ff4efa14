"""Every backend there is: one line here makes one known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from state.backends.local import LocalStore
from state.encryption import Cipher
from state.store import StateStore

BACKENDS: Mapping[str, Callable[[Path, Cipher], StateStore]] = {"local": LocalStore}

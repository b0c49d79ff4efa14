"""Keyrings for tests: one for processes, whose entry the environment gives, and one in memory."""

from __future__ import annotations

import os

from keyring.backend import KeyringBackend


class Keys(KeyringBackend):
    """Every entry is PLANTED_KEY."""

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        return os.environ.get("PLANTED_KEY")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


class Memory(Keys):
    """Entries that are there as long as this one is; a locked one gives none, and takes none."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise RuntimeError("Prompt dismissed..")  # a backend's own kind of error
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

"""A keyring for processes of tests: one entry, which the environment gives."""

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

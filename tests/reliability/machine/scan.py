"""Looks for secrets where none may be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def leaks(directory: Path, secrets: Iterable[str], said: str) -> list[str]:
    """Each secret that is in what was said, or in a file that is no configuration."""
    found = [f"printed: {secret}" for secret in secrets if secret in said]
    for path in directory.rglob("*"):
        if path.suffix == ".toml" or not path.is_file():
            continue
        content = path.read_bytes()
        found += [f"{path.relative_to(directory)}: {secret}" for secret in secrets if secret.encode() in content]
    return found

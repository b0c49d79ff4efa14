"""References in texts of Grafana's provisioning files: $NAME, ${NAME}, $__env{NAME}, $__file{PATH}; $$ is a $ (9 to
12.4: pkg/services/provisioning/values, pkg/setting/expanders.go). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hcl_lite.core.places import Place, changed, leaves
from hcl_lite.lang.toml.write import Code, escaped

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PART = re.compile(
    rf"\$\$|\$__(?P<provider>env|file|vault)\{{(?P<argument>[^{{}}]*)\}}|\$\{{(?P<braced>{_NAME})\}}|\$(?P<plain>{_NAME})"
)


@dataclass(frozen=True, slots=True)
class Interpolated:
    """A text with references in it: each of `parts` is text, or a reference by its scheme and what it names."""

    parts: tuple[str | tuple[str, str], ...]

    @property
    def secret(self) -> str:
        """The text as a reference to a secret: env:NAME; empty where it is more than one reference, or one that nobody
        here can read."""
        [*parts] = self.parts
        if len(parts) == 1 and isinstance(parts[0], tuple) and parts[0][0] in ("env", "file"):
            return f"{parts[0][0]}:{parts[0][1]}"
        return ""

    @property
    def code(self) -> Code | None:
        """The text as an expression; None where it names more than environment variables."""
        said = [_code(part) for part in self.parts]
        return None if None in said else Code("".join(part or "" for part in said))

    def resolve(self, environment: Mapping[str, str]) -> str | None:
        """Returns the text with the variables of the environment in it; None where it cannot be known."""
        said = [part if isinstance(part, str) else _resolved(part, environment) for part in self.parts]
        return None if None in said else "".join(part or "" for part in said)

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else f"$__{part[0]}{{{part[1]}}}" for part in self.parts)


def _code(part: str | tuple[str, str]) -> str | None:
    if isinstance(part, str):
        return escaped(part)
    return f'${{env("{part[1]}")}}' if part[0] == "env" else None


def _resolved(part: tuple[str, str], environment: Mapping[str, str]) -> str | None:
    return environment.get(part[1]) if part[0] == "env" else None


def interpolate(text: str) -> str | Interpolated:
    """`text` with its references told apart; a text without any is one."""
    if "$" not in text:
        return text
    parts: list[str | tuple[str, str]] = []
    end = 0
    for match in _PART.finditer(text):
        parts += [text[end : match.start()], "$" if match[0] == "$$" else _reference(match)]
        end = match.end()
    parts = _joined([*parts, text[end:]])
    if all(isinstance(part, str) for part in parts):
        return "".join(part for part in parts if isinstance(part, str))
    return Interpolated(tuple(parts))


def _reference(match: re.Match[str]) -> tuple[str, str]:
    if match["provider"]:
        return match["provider"], match["argument"]
    return "env", match["braced"] or match["plain"]


def _joined(parts: list[str | tuple[str, str]]) -> list[str | tuple[str, str]]:
    """Without empty texts, and neighbours in one."""
    found: list[str | tuple[str, str]] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part:
            found.append(part)
    return found


def interpolated(value: Any) -> Any:
    """`value` with each text in it interpolated."""
    if isinstance(value, Mapping):
        return {key: interpolated(item) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolated(item) for item in value]
    return interpolate(value) if isinstance(value, str) else value


def references_in(value: Any) -> Iterator[tuple[Place, Interpolated]]:
    """Yields the texts with references in `value`, each with its place."""
    return ((place, leaf) for place, leaf in leaves(value) if isinstance(leaf, Interpolated))


def replaced(value: Any, texts: Mapping[Place, Any]) -> Any:
    """`value` with something else at places in it."""
    return changed(value, [*texts], lambda place, _: texts[place])

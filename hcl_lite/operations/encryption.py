"""[hcl_lite.encryption]: which keys the state, its journal and saved plans are sealed with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError, Place, did_you_mean
from hcl_lite.core.redaction import remember_secret
from hcl_lite.core.run_context import RunContext
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.evaluation.secret_references import ReferenceProblem, Secrets, scheme_of
from state.encryption import Cipher, Plain, Sealing

_SETTINGS = ("key", "previous")
_SHORTEST = 12
_EXPECTED = 'Expected where a key is kept: "env:NAME", "file:PATH", "cmd:PROGRAM ARGUMENTS" or "keyring:SERVICE/NAME".'


def open_cipher(config: Config, context: RunContext) -> Cipher:
    """Returns the cipher of [hcl_lite.encryption]; no key is read before it is needed. Raises HclError."""
    settings = config.settings.get("encryption")
    if settings is None:
        return Plain()
    if not isinstance(settings, Mapping):
        raise HclError(Diagnostic("encryption must be a table", 'Expected key = "env:NAME".', _place(config)))
    for name in settings:
        if name not in _SETTINGS:
            summary, place = f'[hcl_lite.encryption] has no setting "{name}"', _place(config, name, key=True)
            raise HclError(Diagnostic(summary, did_you_mean(name, _SETTINGS), place))
    if "key" not in settings:
        raise HclError(Diagnostic("[hcl_lite.encryption] names no key", _EXPECTED, _place(config)))
    previous = settings.get("previous", [])
    if not isinstance(previous, list):
        raise HclError(Diagnostic("previous must be a list of keys", _EXPECTED, _place(config, "previous")))
    written: list[tuple[Any, tuple[str | int, ...]]] = [(settings["key"], ("key",))]
    written += [(text, ("previous", index)) for index, text in enumerate(previous)]
    for text, path in written:
        if not scheme_of(text) or "${" in text:
            remember_secret(text)  # the line that is shown has it
            detail = f"{_EXPECTED} It is read before anything has a value, and is never written here."
            raise HclError(Diagnostic("The key must be a reference", detail, _place(config, *path)))
    secrets = Secrets(config.root, context.environment)

    @cache
    def keys() -> Sequence[str]:
        return [_read(secrets, str(text), _place(config, *path)) for text, path in written]

    return Sealing(keys)


def _read(secrets: Secrets, text: str, place: Place | None) -> str:
    try:
        found = secrets.read_reference(text)
    except ReferenceProblem as problem:
        raise HclError(Diagnostic(problem.summary, problem.detail, place, problem.hint)) from problem
    if len(found) < _SHORTEST:
        hint = "openssl rand -base64 32 makes a good one."
        raise HclError(Diagnostic("The key is too short", f"Expected at least {_SHORTEST} characters.", place, hint))
    return found


def _place(config: Config, *path: str | int, key: bool = False) -> Place | None:
    for source in config.sources:
        if "encryption" in (source.data.get("hcl_lite") or {}):
            whole = ("hcl_lite", "encryption", *path)
            return source.key_place(whole) if key or not path else source.value_place(whole)
    return None

"""References to secrets in place of the secrets: env:NAME, file:PATH, cmd:PROGRAM ARGUMENTS, keyring:SERVICE/NAME.

A reference counts where it stands in the configuration, as the whole text of a secret argument. What a variable or an
expression gives is never taken for one: nobody who can only choose a value can have a file read or a program run.
"""

from __future__ import annotations

import importlib
import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hcl_lite.core.files import read_file
from hcl_lite.core.redaction import redact, remember_secret
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.lang.expressions.model import Expression
from hcl_lite.lang.expressions.parse import parse_template

SCHEMES = ("env", "file", "cmd", "keyring")

_SECONDS = 60.0
_TIMEOUT_VARIABLE = "HCL_LITE_PROGRAM_TIMEOUT"
_MOST_BYTES = 64 * 1024
_SAID = 2000  # characters of a program's complaint
_PLACEHOLDERS = 0xF0000  # characters of private use, which stand for expressions while words are told apart


class ReferenceProblem(Exception):
    """A secret that cannot be read; `hint` says what to do."""

    def __init__(self, summary: str, detail: str = "", hint: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail
        self.hint = hint


class SecretReader(Protocol):
    """Reads the secrets that references stand for."""

    def read(self, scheme: str, words: tuple[str, ...]) -> Value:
        """Returns the secret as text, or UNKNOWN. `words` is what follows the scheme: a program and its arguments, or
        one text.

        Raises ReferenceProblem.
        """


def scheme_of(text: object) -> str:
    """Returns the scheme of a reference; empty for any other text."""
    scheme = text.partition(":")[0] if isinstance(text, str) else ""
    return scheme if scheme in SCHEMES else ""


class UnreadSecrets:
    """Reads nothing and runs nothing: for validate. Implements SecretReader."""

    def read(self, scheme: str, words: tuple[str, ...]) -> Value:
        return UNKNOWN


class InventedSecrets:
    """Returns a made-up text: for tests on embedded servers. Implements SecretReader."""

    def read(self, scheme: str, words: tuple[str, ...]) -> Value:
        return f"{scheme}:{' '.join(words)}"


@dataclass
class Secrets:
    """Reads each secret once a run, on demand. Paths start at `root`. Implements SecretReader."""

    root: Path
    environment: Mapping[str, str] = field(repr=False)
    _known: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict, repr=False)

    def read(self, scheme: str, words: tuple[str, ...]) -> str:
        key = (scheme, words)
        if key not in self._known:
            found = self._read(scheme, words)
            remember_secret(found)
            self._known[key] = found
        return self._known[key]

    def read_reference(self, text: str) -> str:
        """Returns the secret of a whole reference such as env:NAME, where no expression is allowed. Raises
        ReferenceProblem."""
        scheme, _, rest = text.partition(":")
        return self.read(scheme, split_command(rest) if scheme == "cmd" else (rest,))

    def _read(self, scheme: str, words: tuple[str, ...]) -> str:
        if scheme == "cmd":
            return self._run(words)
        text = words[0]
        if not text:
            raise ReferenceProblem(f"{scheme}: names nothing", f"Expected {_FORMS[scheme]}.")
        match scheme:
            case "env":
                return self._from_environment(text)
            case "file":
                return self._from_file(text)
        return _from_keyring(text)

    def _from_environment(self, name: str) -> str:
        if name not in self.environment:
            raise ReferenceProblem(f"The environment variable {name} is not set", "A secret is expected in it.")
        return self.environment[name]

    def _from_file(self, name: str) -> str:
        path = self.root / Path(name).expanduser()
        try:
            data = read_file(path, pipes=True)
        except OSError as error:
            raise ReferenceProblem(f'The secret cannot be read from "{name}"', f"{error.strerror}.") from error
        return _text_of(data, f'"{name}"')

    def _run(self, words: tuple[str, ...]) -> str:
        """Returns the output of a program. It has no shell, no input, and the environment of this process."""
        if not words:
            raise ReferenceProblem("cmd: names no program", f"Expected {_FORMS['cmd']}.")
        seconds = self._timeout()
        try:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.root,
                env=dict(self.environment),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise ReferenceProblem(f'The program "{words[0]}" cannot be run', f"{reason}.") from error
        with process:
            try:
                out, err = process.communicate(timeout=seconds)
            except BaseException as error:
                _kill(process)
                if not isinstance(error, subprocess.TimeoutExpired):
                    raise
                detail = f"It had not ended after {seconds:g} s, and was stopped."
                hint = f"{_TIMEOUT_VARIABLE} sets another limit, in seconds."
                raise ReferenceProblem(f'The program "{words[0]}" gives no secret', detail, hint) from None
        if process.returncode:
            said = redact(err.decode("utf-8", "replace")).strip()[:_SAID]
            how = f"exit code {process.returncode}" if process.returncode > 0 else f"signal {-process.returncode}"
            detail = f"It ended with {how}" + (f", and said:\n{said}" if said else ", and said nothing.")
            raise ReferenceProblem(f'The program "{words[0]}" gives no secret', detail)
        return _text_of(out, f'what the program "{words[0]}" prints')

    def _timeout(self) -> float:
        try:
            return float(self.environment.get(_TIMEOUT_VARIABLE, _SECONDS))
        except ValueError as error:
            raise ReferenceProblem(f"{_TIMEOUT_VARIABLE} is not a number of seconds") from error


_FORMS: Mapping[str, str] = {
    "env": "env:NAME",
    "file": "file:PATH",
    "cmd": "cmd:PROGRAM ARGUMENTS",
    "keyring": "keyring:SERVICE/NAME",
}


def split_command(text: str) -> tuple[str, ...]:
    """The words of a command line, by a shell's rules for quotes; nothing else of a shell. Raises ReferenceProblem.

    Expressions in them stay as they are written: what they give is no more than a part of its word.
    """
    parts = parse_template(text)
    sources = {chr(_PLACEHOLDERS + index): part for index, part in enumerate(parts) if isinstance(part, Expression)}
    held = "".join(part if isinstance(part, str) else chr(_PLACEHOLDERS + index) for index, part in enumerate(parts))
    try:
        words = shlex.split(held)
    except ValueError as error:
        raise ReferenceProblem("The command line cannot be read", f"{error}.") from error
    return tuple(
        "".join(f"${{{sources[char].source}}}" if char in sources else char for char in word.replace("${", "$${"))
        for word in words
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The program, and whatever it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):  # gone already; or no POSIX
        process.kill()


def _text_of(data: bytes, where: str) -> str:
    """The text without the line end that editors and programs put at its end."""
    if len(data) > _MOST_BYTES:
        raise ReferenceProblem(f"{where} is too long for a secret", f"Expected at most {_MOST_BYTES} bytes.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReferenceProblem(f"{where} is not text", "Expected UTF-8.") from error
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise ReferenceProblem(f"{where} is empty", "A secret is expected there.")
    return text


def _from_keyring(text: str) -> str:
    service, slash, name = text.rpartition("/")
    if not slash or not service or not name:
        raise ReferenceProblem("The keyring's entry is not understood", f"Expected {_FORMS['keyring']}.")
    found = from_keyring("The keyring gives no secret", lambda keyring: keyring.get_password(service, name))
    if not found:
        hint = f"keyring set {service} {name}"
        raise ReferenceProblem(f'The keyring has no entry "{name}" of "{service}"', "", hint)
    return str(found)


def from_keyring(summary: str, ask: Callable[[Any], Any]) -> Any:
    """Returns what `ask` gets from the library that opens the keyring of the system. Raises ReferenceProblem, with this
    summary where there is no keyring, or it does not answer."""
    try:
        keyring = importlib.import_module("keyring")
    except ImportError as error:
        hint = "pip install 'hcl-lite[keyring]'"
        raise ReferenceProblem("keyring: needs the library of that name", "", hint) from error
    try:
        return ask(keyring)
    except Exception as error:  # a backend may be anybody's, and raise what it likes
        reason = redact(str(error)).rstrip(".") or type(error).__name__
        hint = "Unlock the keyring of this system, or install a backend for it: keyring --list-backends shows them."
        raise ReferenceProblem(summary, f"{reason}.", hint) from error

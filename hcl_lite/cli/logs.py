"""The log of a run: set up once, when the command line has been read. Off, it costs a comparison at each place.

Loggers are those below "hcl_lite"; what libraries log of their own stays out, since nobody masks their secrets. What a
line has besides its message is in `extra={"fields": {…}}`. Every line passes `redact`.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.core.diags import Diagnostic, HclError, Severity
from hcl_lite.core.redaction import redact
from hcl_lite.version import __version__

if TYPE_CHECKING:
    pass

TRACE = 5
_NUMBERS: Mapping[str, int] = {
    "trace": TRACE,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
LEVELS = tuple(_NUMBERS)
FORMATS = ("text", "json")
LOG = logging.getLogger("hcl_lite.run")
_OFF = logging.CRITICAL + 1
_ACCOUNT = re.compile(r"://[^/@\s]*@")
_VALUED = ("var", "auth", "delete-key")


@dataclass(frozen=True, slots=True)
class LogSettings:
    """The level and the place of the log: an empty `level` logs nothing, an empty `file` is standard error."""

    level: str = ""
    file: str = ""
    format: str = "text"


def settings_of(
    environment: Mapping[str, str], level: str | None, file: str | None, format_: str | None
) -> LogSettings:
    """The options, or what the environment says where they are silent.

    HCL_LITE_TRACE=1 is HCL_LITE_LOG=trace. A file without a level is one of INFO. Raises HclError.
    """
    trace = "trace" if environment.get("HCL_LITE_TRACE", "") not in ("", "0", "false") else ""
    file = file or environment.get("HCL_LITE_LOG_FILE", "")
    level = level or trace or environment.get("HCL_LITE_LOG", "").lower() or ("info" if file else "")
    format_ = format_ or environment.get("HCL_LITE_LOG_FORMAT", "").lower() or "text"
    if level in ("off", "none"):
        level = ""
    for variable, value, choices in (("HCL_LITE_LOG", level, LEVELS), ("HCL_LITE_LOG_FORMAT", format_, FORMATS)):
        if value and value not in choices:
            raise HclError(Diagnostic(f'{variable} cannot be "{value}"', f"Expected one of {', '.join(choices)}."))
    return LogSettings(level, file, format_)


@dataclass
class RunLog:
    """Around one run: its log, which begins with `configure` and ends with the exit code."""

    words: Sequence[str] = ()
    code: int = 0
    _handler: logging.Handler | None = None
    _begun: float = field(default_factory=time.monotonic)

    def configure(self, settings: LogSettings) -> None:
        """Log as `settings` say from now on. Raises HclError for a file that cannot be written."""
        if not settings.level:
            return
        self._handler = _open(settings.file)
        run = os.urandom(4).hex()
        self._handler.setFormatter(_Json(run) if settings.format == "json" else _Text(run))
        root = logging.getLogger("hcl_lite")
        root.addHandler(self._handler)
        root.setLevel(_NUMBERS[settings.level])
        fields = {"version": __version__, "pid": os.getpid(), "directory": os.getcwd()}
        LOG.info("begins: hcl-lite %s", _without_values(self.words), extra={"fields": fields})

    def __enter__(self) -> RunLog:
        root = logging.getLogger("hcl_lite")
        root.setLevel(_OFF)
        root.propagate = False
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        root = logging.getLogger("hcl_lite")
        if self._handler is not None:
            fields = {"exit_code": int(self.code), "seconds": round(time.monotonic() - self._begun, 3)}
            LOG.info("ends", extra={"fields": fields})
            root.removeHandler(self._handler)
            self._handler.close()
        root.setLevel(logging.NOTSET)
        root.propagate = True


def _open(file: str) -> logging.Handler:
    """A file is appended to, and is its owner's alone. Raises HclError for one that is not to be had at all."""
    if not file:
        return logging.StreamHandler(sys.stderr)
    try:
        return _File(file, os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        if error.errno in _FULL:
            _warn(file, error)
            return logging.NullHandler()
        raise HclError(Diagnostic(f"Cannot log to {file}", f"{error.strerror}.")) from error


_FULL = (errno.ENOSPC, errno.EDQUOT)


class _File(logging.Handler):
    """Writes each line at once: nothing waits in a buffer for the end. A disk that takes no more ends the log with a
    warning, and nothing else."""

    def __init__(self, name: str, descriptor: int) -> None:
        super().__init__()
        self._name = name
        self._descriptor = descriptor

    def emit(self, record: logging.LogRecord) -> None:
        data = f"{self.format(record)}\n".encode("utf-8", "backslashreplace")
        try:
            while data and self._descriptor >= 0:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            self.close()
            _warn(self._name, error)

    def close(self) -> None:
        super().close()
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with contextlib.suppress(OSError):  # what a network's disk says only now
                os.close(descriptor)


def _warn(file: str, error: OSError) -> None:
    detail = f"{error.strerror}. The run goes on, and is not logged any more."
    warning = Diagnostic(f"The log {file} cannot be written", detail, severity=Severity.WARNING)
    click.echo(render_diagnostics([warning]), err=True)


def _without_values(words: Sequence[str]) -> str:
    """The command line without the values of variables and accounts: nobody knows yet which are secret."""
    shown, hide = [], False
    for word in words:
        name, equals, _ = word.partition("=")
        bare = name.lstrip("-")
        if hide:
            shown.append(f"{name}=…" if equals else "…")
        elif word.startswith("-") and bare in _VALUED and equals:
            shown.append(f"{name}=…")
        else:
            shown.append(word)
        hide = not hide and word.startswith("-") and bare in _VALUED and not equals
    return _ACCOUNT.sub("://…@", " ".join(shown))


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _level(record: logging.LogRecord) -> str:
    return "trace" if record.levelno == TRACE else record.levelname.lower()


class _OfRun(logging.Formatter):
    """Says of which run a record is."""

    def __init__(self, run: str) -> None:
        super().__init__()
        self._run = run


class _Text(_OfRun):
    """One line: time, level, run, part, message, and name=value for its data."""

    def format(self, record: logging.LogRecord) -> str:
        fields: Mapping[str, Any] = getattr(record, "fields", {})
        data = "".join(f" {name}={_plain(value)}" for name, value in fields.items())
        part = record.name.rpartition(".")[2]
        line = f"{_time(record)} {_level(record):<7} {self._run} {part}: {record.getMessage()}{data}"
        return redact(line).replace("\n", "\\n")


class _Json(_OfRun):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        fields: Mapping[str, Any] = getattr(record, "fields", {})
        known = {
            "time": _time(record),
            "level": _level(record),
            "run": self._run,
            "part": record.name.rpartition(".")[2],
            "message": record.getMessage(),
        }
        return redact(json.dumps({**known, **fields}, ensure_ascii=False, default=str))


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if text and not any(mark in text for mark in ' "=\n') else json.dumps(text, ensure_ascii=False)

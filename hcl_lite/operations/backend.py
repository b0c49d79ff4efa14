"""Which backend a project has: [hcl_lite.backend], what init was given besides, and what this directory had before.

The choice is remembered in .hcl-lite/backend.json, without secrets: they are references (env:NAME and so on), or
come from the environment whenever the backend is opened.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError, Place, did_you_mean, raise_if_errors
from hcl_lite.core.files import make_directory, write_private
from hcl_lite.core.redaction import remember_secret
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.fitting import mismatch
from hcl_lite.core.values import JsonValue, shown
from hcl_lite.lang.config.config import Config, load_root
from hcl_lite.lang.evaluation.secret_references import ReferenceProblem, Secrets, scheme_of
from hcl_lite.lang.toml.source import SourceFile, read_source
from hcl_lite.operations.encryption import open_cipher
from state.backend import DEFAULT_WORKSPACE, Backend, BackendType
from state.backends import BACKENDS
from state.backup_logs import LoggedBackups
from state.backup_store import DEFAULT_PATH, DEFAULT_RUNS, Backups
from state.backups import BackupStore
from state.workspace import Workspace

_HOME = ".hcl-lite"
_PREFIX = "HCL_LITE_BACKEND_"
WORKSPACE_VARIABLE = "HCL_LITE_WORKSPACE"

_WORKSPACE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,89}")
_BACKEND = ("hcl_lite", "backend")


@dataclass(frozen=True, slots=True)
class Choice:
    """A backend as it is asked for: no defaults, nothing from the environment, references instead of secrets.

    `settings` are those of the configuration, `given` those of init's command line, which win.
    """

    type: str = "local"
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    given: Mapping[str, JsonValue] = field(default_factory=dict)
    source: SourceFile | None = field(default=None, compare=False)

    @property
    def backend_type(self) -> BackendType:
        return BACKENDS[self.type]

    @property
    def all(self) -> Mapping[str, JsonValue]:
        return {**self.settings, **self.given}

    def is_same_place(self, other: Choice) -> bool:
        """Whether both have the same states: settings that only say how to get there do not count."""
        return self.type == other.type and self._where() == other._where()

    def _where(self) -> Mapping[str, JsonValue]:
        attrs, values = self.backend_type.settings, self.all
        return {
            key: values.get(key, attr.default) for key, attr in attrs.items() if not (attr.client_only or attr.secret)
        }

    def place(self, key: str = "") -> Place | None:
        """Returns the place of a setting in the configuration."""
        if self.source is None or key in self.given:
            return None
        return self.source.value_place((*_BACKEND, key)) if key in self.settings else self.source.key_place(_BACKEND)


# --- what is asked for ------------------------------------------------------------------------------------------------


def declared_backend(config: Config) -> Choice:
    """Returns the backend that [hcl_lite.backend] declares. Raises HclError with all errors in it."""
    sources = [s for s in config.sources if "backend" in _table(s.data.get("hcl_lite"))]
    if not sources:
        return Choice()
    if len(sources) > 1:
        first, second = (source.key_place(_BACKEND) for source in sources[:2])
        raise HclError(Diagnostic("The backend is chosen twice", f"First at {first}.", second))
    source, settings = sources[0], sources[0].data["hcl_lite"]["backend"]
    place = source.key_place(_BACKEND)
    if not isinstance(settings, Mapping):
        raise HclError(Diagnostic("backend must be a table", 'Expected type = "local" and its settings.', place))
    kind = settings.get("type", "local")
    if not isinstance(kind, str) or kind not in BACKENDS:
        place = source.value_place((*_BACKEND, "type"))
        raise HclError(Diagnostic(f"There is no backend {shown(kind)}", did_you_mean(str(kind), BACKENDS), place))
    choice = Choice(kind, {key: value for key, value in settings.items() if key != "type"}, source=source)
    raise_if_errors(_problems(choice.settings, choice))
    return choice


def given_settings(kind: str, words: tuple[str, ...], context: RunContext) -> Mapping[str, JsonValue]:
    """Returns the settings of --backend-config: KEY=VALUE, or a TOML file of such. Raises HclError."""
    found: dict[str, JsonValue] = {}
    attrs = BACKENDS[kind].settings
    for word in words:
        key, equals, text = word.partition("=")
        if equals:
            found[key] = _from_text(attrs[key], text) if key in attrs else text
        else:
            found |= read_source(context.directory / word, word).data
    raise_if_errors(_problems(found, Choice(kind)))
    return found


def _problems(settings: Mapping[str, Any], choice: Choice) -> Iterator[Diagnostic]:
    """Yields the errors in the settings as they are written."""
    attrs = choice.backend_type.settings
    for key, value in settings.items():
        attr, place = attrs.get(key), choice.place(key)
        if attr is None:
            place = choice.source.key_place((*_BACKEND, key)) if choice.source else None
            known = did_you_mean(key, (*attrs, "type"))
            hint = f'[hcl_lite.backend] with type = "{key}", and its settings beside that.' if key in BACKENDS else ""
            yield Diagnostic(f'The backend "{choice.type}" has no setting "{key}"', known, place, hint)
        elif isinstance(value, str) and "${" in value:
            hint = f"Leave it out and set {_PREFIX}{key.upper()}, or give it to init: --backend-config {key}=VALUE"
            yield Diagnostic(
                f"{key} cannot be an expression", "The state is found before anything has a value.", place, hint
            )
        elif problem := mismatch(attr.type, value):
            yield Diagnostic(f'"{key}" has the wrong type', problem, place, f"{key}: {attr.doc}")
        elif attr.secret and not scheme_of(value):
            remember_secret(value)  # the line that is shown has it
            hint = f'Write {key} = "env:NAME" or "file:PATH", or set {_PREFIX}{key.upper()}.'
            yield Diagnostic(f"{key} is a secret, and is not written in the clear", "", _bare(place), hint)
        elif attr.choices and value not in attr.choices:
            known = "Expected one of " + ", ".join(f'"{option}"' for option in attr.choices) + "."
            yield Diagnostic(f"{key} cannot be {shown(value)}", known, place)
    wrong = choice.backend_type.check(settings)
    if wrong:
        key, problem, hint = wrong
        yield Diagnostic(problem, "", _bare(choice.place(key)), hint)


def _bare(place: Place | None) -> Place | None:
    """A place without its line, which has a secret in it."""
    return Place(place.file, place.line, place.column) if place else None


# --- opening ----------------------------------------------------------------------------------------------------------


def open_backend(choice: Choice, context: RunContext) -> Backend:
    """The backend, with defaults, the environment and what references stand for. No server is called yet."""
    type_, environment = choice.backend_type, context.environment
    values, missing = {}, []
    for key, attr in type_.settings.items():
        value = choice.all.get(key)
        if value is None:
            name = next((n for n in (_PREFIX + key.upper(), type_.environment.get(key, "")) if environment.get(n)), "")
            value = _from_text(attr, environment[name]) if name else attr.default
            if attr.secret:
                remember_secret(value)
        elif attr.secret:
            value = _resolved(key, str(value), choice, context)
        if value is None and attr.required:
            hint = f"Set it in [hcl_lite.backend] or in {_PREFIX}{key.upper()}, or: init --backend-config {key}=VALUE"
            missing.append(
                Diagnostic(f'The backend "{choice.type}" needs "{key}"', f"{key}: {attr.doc}", choice.place(), hint)
            )
        elif problem := mismatch(attr.type, value):
            missing.append(Diagnostic(f'"{key}" has the wrong type', problem, choice.place(key)))
        values[key] = str(context.directory / value) if key in type_.files and isinstance(value, str) else value
    raise_if_errors(missing)
    return type_.open(values)


def open_workspace(config: Config, context: RunContext, name: str = "") -> Workspace:
    """The workspace `name` of the project's backend, or the selected one.

    Raises HclError where the backend is another one than before.
    """
    return _workspace(current_choice(config, context), config, context, name)


def unopened_workspace(config: Config, context: RunContext) -> Workspace:
    """The selected workspace for whoever only asks for its name; the settings of the backend are checked, and none of
    its secrets is read. Raises HclError."""
    declared_backend(config)
    return _workspace(Choice(), config, context, "")


def open_backups(workspace: Workspace, context: RunContext, runs: int = DEFAULT_RUNS) -> BackupStore:
    """Opens the backups of runs: on this machine, or in the backend where its settings say so."""
    if workspace.storage.keeps_backups:
        return LoggedBackups(workspace.storage, runs, workspace.cipher)
    return Backups(context.directory / DEFAULT_PATH, runs, workspace.cipher)


def load_workspace(context: RunContext, name: str = "") -> Workspace:
    """The same, also when the configuration is gone, or broken in other places than its backend."""
    config, problems = load_root(context.directory)
    return _workspace(_known_choice(config, problems, context), config, context, name)


def load_store(context: RunContext) -> Workspace:
    """The state of a directory: its selected workspace, also where its configuration is gone or broken."""
    return load_workspace(context)


def load_choice(context: RunContext) -> Choice:
    """The backend of the configuration, as far as that can be read, else the one that was there before."""
    return _known_choice(*load_root(context.directory), context)


def _known_choice(config: Config, problems: Sequence[Diagnostic], context: RunContext) -> Choice:
    says = any("backend" in _table(s.data.get("hcl_lite")) for s in config.sources)
    if says or (config.sources and not problems):
        return current_choice(config, context)
    return recorded_choice(context) or Choice()


def current_choice(config: Config, context: RunContext) -> Choice:
    """The project's backend. Raises HclError where it is another one than before."""
    choice, before = declared_backend(config), recorded_choice(context)
    if before is not None and before.type == choice.type:
        choice = Choice(choice.type, choice.settings, before.given, choice.source)
    old = before or Choice()
    if choice.is_same_place(old) or (before is None and not open_backend(old, context).workspaces()):
        return choice
    raise HclError(
        Diagnostic(
            "The backend is another one than before",
            f"Until now the state was in {describe(old, context)}.",
            choice.place(),
            "hcl-lite init --migrate-state brings it along; hcl-lite init --reconfigure leaves it where it is.",
        )
    )


def _workspace(choice: Choice, config: Config, context: RunContext, name: str) -> Workspace:
    def remember() -> None:
        with contextlib.suppress(OSError):  # the state is written: that this could not be noted is no reason to fail
            record_choice(choice, context)

    name = checked_name(name) if name else selected_name(context)
    # What was never written to may still be a slip, and is not remembered.
    storage = open_backend(choice, context).storage(name)
    return Workspace(storage, home_of(context), name, open_cipher(config, context), remember)


def describe(choice: Choice, context: RunContext) -> str:
    """A backend for a person: where its default workspace is."""
    storage = open_backend(choice, context).storage(DEFAULT_WORKSPACE)
    return storage.name if storage.path is None else f"{storage.name} (local)"


# --- what this directory remembers ------------------------------------------------------------------------------------


def home_of(context: RunContext) -> Path:
    """Returns the directory on this machine where hcl-lite keeps files of a configuration."""
    return context.directory / _HOME


def recorded_choice(context: RunContext) -> Choice | None:
    """The backend that this directory had last; None where that was never another than the default one."""
    record = _record(context)
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
        if found["type"] not in BACKENDS:
            raise ValueError(f"there is no backend {found['type']}")
        return Choice(found["type"], dict(found["settings"]), dict(found["given"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        hint = "Remove it, and run hcl-lite init."
        raise HclError(Diagnostic(f"{record} cannot be read", f"{error}.", hint=hint)) from error


def record_choice(choice: Choice, context: RunContext) -> None:
    """Remember it, unless it is what a directory that remembers nothing has."""
    if choice.is_same_place(Choice()) and not choice.given:
        _record(context).unlink(missing_ok=True)
        return
    make_directory(home_of(context))
    document = {"type": choice.type, "settings": choice.settings, "given": choice.given}
    write_private(_record(context), json.dumps(document, indent=2).encode() + b"\n")


def selected_name(context: RunContext) -> str:
    """The workspace that HCL_LITE_WORKSPACE names, else the one that was selected here."""
    name = context.environment.get(WORKSPACE_VARIABLE, "")
    if name:
        return checked_name(name)
    try:
        return checked_name(_selected(context).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return DEFAULT_WORKSPACE


def select_name(name: str, context: RunContext) -> None:
    """Make it the selected one of this directory."""
    if name == DEFAULT_WORKSPACE:
        _selected(context).unlink(missing_ok=True)
        return
    make_directory(home_of(context))
    write_private(_selected(context), f"{name}\n".encode())


def _record(context: RunContext) -> Path:
    return home_of(context) / "backend.json"


def _selected(context: RunContext) -> Path:
    return home_of(context) / "workspace"


def checked_name(name: str) -> str:
    """`name`, which a workspace can have. Raises HclError."""
    if _WORKSPACE_NAME.fullmatch(name):
        return name
    detail = "A name has letters, digits, _, - and ., begins with a letter or digit, and has 90 characters at most."
    raise HclError(Diagnostic(f"A workspace cannot be called {shown(name)}", detail))


# --- values -----------------------------------------------------------------------------------------------------------


def _from_text(attr: Attr, text: str) -> JsonValue:
    """A value that was given as text; text where it is no such value, so that its type is complained of."""
    if attr.type in ("number", "bool"):
        try:
            return json.loads(text)  # type: ignore[no-any-return]
        except ValueError:
            return text
    return text


def _resolved(key: str, reference: str, choice: Choice, context: RunContext) -> str:
    """Returns the value of a reference such as env:NAME or file:PATH. Raises HclError."""
    try:
        return Secrets(context.directory, context.environment).read_reference(reference)
    except ReferenceProblem as problem:
        detail = f"{problem.detail} {key} of the backend refers to it.".strip()
        raise HclError(Diagnostic(problem.summary, detail, choice.place(key), problem.hint)) from problem


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

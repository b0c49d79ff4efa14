"""The common part of the object stores: a state is an object, and written only over the version that was read.

Beside the object KEY are KEY.lock, KEY.history/SERIAL.json, KEY.journal/NUMBER, and KEY.workspaces/NAME.state.json with
its own.
Library: obstore, which is loaded when the first object is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Attr
from hcl_lite.core.values import Value
from state.backend import (
    BACKUPS,
    DEFAULT_WORKSPACE,
    HISTORY,
    JOURNAL,
    KEEPS_BACKUPS,
    Changed,
    Stored,
    Version,
    missing_library,
    not_this_lock,
)
from state.backends.bucket import Objects, explained, in_short
from state.backends.object_log import ObjectLog
from state.lock import Claim, LockInfo, decode_lock, encode_lock, is_gone
from state.patience import Patience

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

KEY = Attr(doc="The state's object.", default="hcl-lite.state.json")
COMMON: Mapping[str, Attr] = {"key": KEY, "history": HISTORY, "backups": KEEPS_BACKUPS}

_SUFFIX = ".state.json"


class ObjectStorage:
    """Implements state.backend.Storage."""

    def __init__(self, backend: ObjectBackend, key: str) -> None:
        self._backend = backend
        self._key = key
        self._objects = Objects(backend, self.name)

    @property
    def name(self) -> str:
        return f"{self._backend.url}/{self._key}"

    @property
    def path(self) -> Path | None:
        return None

    def read(self) -> Stored | None:
        return self._objects.get(self._key)

    def write(self, data: bytes, serial: int, after: str) -> str:
        revision = self._objects.put(self._key, data, after)
        with suppress(HclError):  # the state is written: a gap in its history is no reason to say that it is not
            self._objects.put(self._version_key(serial), data, None)
            self.forget([old.serial for old in self.versions()[: -self._backend.history - 1]])
        return revision

    @property
    def keeps_backups(self) -> bool:
        return self._backend.keeps_backups

    def log(self, name: str = JOURNAL) -> ObjectLog:
        return ObjectLog(self._backend, self._backend.url, f"{self._key}.{name}")

    def logs(self, below: str) -> Sequence[str]:
        paths = (meta["path"] for meta in self._objects.list(f"{self._key}.{below}"))
        return sorted({path.rpartition("/")[0].removeprefix(f"{self._key}.") for path in paths})

    def versions(self) -> Sequence[Version]:
        found = []
        for meta in self._objects.list(f"{self._key}.history"):
            serial = meta["path"].rpartition("/")[2].removesuffix(".json")
            if serial.isdecimal():
                written = meta["last_modified"].astimezone(UTC).isoformat(timespec="seconds")
                found.append(Version(int(serial), written))
        return sorted(found, key=lambda version: version.serial)

    def version(self, serial: int) -> bytes | None:
        stored = self._objects.get(self._version_key(serial))
        return stored.data if stored else None

    def forget(self, serials: Sequence[int]) -> None:
        self._objects.delete([self._version_key(serial) for serial in serials])

    def acquire(self, info: LockInfo) -> Claim:
        record = encode_lock(info, self.name)
        try:
            self._objects.put(self._lock_key, record, "")
        except Changed:
            return self._contest(info, record)
        self._check_conditions(info, record)
        return Claim()

    def _contest(self, info: LockInfo, record: bytes) -> Claim:
        """There is a lock already: ours, where the answer was lost, or that of a run which may be gone."""
        found = self._objects.get(self._lock_key)
        if found is None:
            return self.acquire(info)
        holder = decode_lock(found.data)
        if holder.id == info.id:
            return Claim()
        if not is_gone(holder):
            return Claim(held_by=holder)
        try:
            self._objects.put(self._lock_key, record, found.revision)
        except Changed:
            return Claim(held_by=holder)
        return Claim(taken_from=holder)

    def _check_conditions(self, info: LockInfo, record: bytes) -> None:
        """Raises HclError where the server writes whatever the condition says: with it, nothing is ever locked."""
        try:
            if self._objects.keeps_out(self._lock_key, record):
                return
        except HclError:
            with suppress(HclError):
                self.release(info.id)
            raise
        self.release(info.id)
        raise HclError(
            Diagnostic(
                f"{self._backend.url} has no conditional writes",
                "It wrote an object over one that was there, against If-None-Match: a lock would keep nobody out.",
                hint="Use a newer release of this object store, or another backend.",
            )
        )

    def release(self, lock_id: str) -> None:
        found = self._objects.get(self._lock_key)
        held = decode_lock(found.data) if found else None
        if held is None or held.id != lock_id:
            raise not_this_lock(self.name, lock_id, held)
        self._objects.delete([self._lock_key])

    def stop_waiting(self) -> None:
        self._backend.patience.hurry()

    def delete(self) -> None:
        """The state and its history."""
        self.forget([version.serial for version in self.versions()])
        self._objects.delete([self._key])
        for name in (JOURNAL, *self.logs(BACKUPS)):
            self.log(name).remove()

    @property
    def _lock_key(self) -> str:
        return f"{self._key}.lock"

    def _version_key(self, serial: int) -> str:
        return f"{self._key}.history/{serial}.json"


class ObjectBackend:
    """Implements state.backend.Backend. `connect` makes the store of one bucket; `rewrites`: see Bucket."""

    def __init__(
        self,
        type_: str,
        url: str,
        connect: Callable[[], ObjectStore],
        settings: Mapping[str, Value],
        rewrites: bool = True,
    ) -> None:
        self.url = url
        self.rewrites = rewrites
        self.history = int(settings["history"])
        self.keeps_backups = bool(settings.get("backups"))
        self.patience = Patience(url)
        self._type = type_
        self._key = str(settings["key"]).strip("/")
        self._connect = connect

    @cached_property
    def obstore(self) -> ModuleType:
        """The library. Raises HclError where it is not installed."""
        try:
            import obstore  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise missing_library(self._type, "obstore") from error
        return obstore

    @cached_property
    def store(self) -> ObjectStore:
        """Raises HclError where the settings make none."""
        failures = (self.obstore.exceptions.BaseError, ValueError)
        try:
            return self._connect()
        except failures as error:
            raise HclError(Diagnostic(f"Cannot use {self.url}", in_short(error))) from error

    def storage(self, workspace: str) -> ObjectStorage:
        named = f"{self._directory}/{workspace}{_SUFFIX}"
        return ObjectStorage(self, self._key if workspace == DEFAULT_WORKSPACE else named)

    def workspaces(self) -> Sequence[str]:
        names = [meta["path"].rpartition("/")[2] for meta in self.patience.call(self._listed)]
        found = [DEFAULT_WORKSPACE] if self.storage(DEFAULT_WORKSPACE).read() else []
        return sorted([*found, *(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))])

    def delete(self, workspace: str) -> None:
        self.storage(workspace).delete()

    def _listed(self) -> Sequence[ObjectMeta]:
        try:
            found: Sequence[ObjectMeta] = self.obstore.list_with_delimiter(self.store, self._directory)["objects"]
        except (self.obstore.exceptions.BaseError, OSError) as error:
            raise explained(f"Cannot list {self.url}/{self._directory}", error) from error
        return found

    @property
    def _directory(self) -> str:
        return f"{self._key}.workspaces"


def client_options(endpoint: str) -> ClientConfig:
    """Returns the timeouts of calls; http:// is allowed only where the endpoint says so."""
    return {
        "allow_http": endpoint.startswith("http://"),
        "connect_timeout": timedelta(seconds=10),
        "timeout": timedelta(seconds=60),
    }


def retry_config() -> RetryConfig:
    """Only what is over at once: state.patience waits for a server that is down."""
    return {"max_retries": 1, "retry_timeout": timedelta(seconds=10)}


def chosen(**settings: Value) -> dict[str, str]:
    """The settings that were given: what is left out, the library finds in its own environment variables."""
    return {key: str(value) for key, value in settings.items() if value is not None}

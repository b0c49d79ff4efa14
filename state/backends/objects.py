"""What the object stores have in common: a state is an object, written only over the version that was read.

Beside the object KEY are KEY.lock, KEY.history/SERIAL.json, and KEY.workspaces/NAME.state.json with its own.
Library: obstore, which is loaded when the first object is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, timedelta
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Attr
from hcl_lite.core.values import Value
from state.backend import DEFAULT_WORKSPACE, HISTORY, Changed, Stored, Version, missing_library, not_this_lock
from state.lock import Claim, LockInfo, decode_lock, encode_lock, is_gone

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

KEY = Attr(doc="The state's object.", default="hcl-lite.state.json")
COMMON: Mapping[str, Attr] = {"key": KEY, "history": HISTORY}

_SUFFIX = ".state.json"
# A bucket or container that is not there is no state that is not there: S3, Google Cloud Storage, Azure.
_NO_BUCKET = re.compile(r"NoSuchBucket|specified bucket does not exist|ContainerNotFound")
# Where virtual machines are told their credentials: Amazon and Azure, Google.
_MACHINE = re.compile(r"//(169\.254\.169\.254|metadata)[/.]")
_XML_BEGINS = re.compile(r"<\?xml|<Error>")
_XML = re.compile(r"<Code>(?P<code>.*?)</Code>\s*<Message>(?P<message>.*?)</Message>", re.DOTALL)


class ObjectStorage:
    """Implements state.backend.Storage."""

    def __init__(self, backend: ObjectBackend, key: str) -> None:
        self._backend = backend
        self._key = key

    @property
    def name(self) -> str:
        return f"{self._backend.url}/{self._key}"

    @property
    def path(self) -> Path | None:
        return None

    def read(self) -> Stored | None:
        return self._get(self._key)

    def write(self, data: bytes, serial: int, after: str) -> str:
        revision = self._put(self._key, data, after)
        with suppress(HclError):  # the state is written: a gap in its history is no reason to say that it is not
            self._put(self._version_key(serial), data, None)
            self.forget([old.serial for old in self.versions()[: -self._backend.history - 1]])
        return revision

    def log(self) -> None:
        return None

    def versions(self) -> Sequence[Version]:
        with self._explained("list the history of"):
            listed = self._backend.obstore.list(self._backend.store, f"{self._key}.history").collect()
        found = []
        for meta in listed:
            serial = meta["path"].rpartition("/")[2].removesuffix(".json")
            if serial.isdecimal():
                written = meta["last_modified"].astimezone(UTC).isoformat(timespec="seconds")
                found.append(Version(int(serial), written))
        return sorted(found, key=lambda version: version.serial)

    def version(self, serial: int) -> bytes | None:
        stored = self._get(self._version_key(serial))
        return stored.data if stored else None

    def forget(self, serials: Sequence[int]) -> None:
        self._delete([self._version_key(serial) for serial in serials])

    def acquire(self, info: LockInfo) -> Claim:
        record = encode_lock(info, self.name)
        try:
            self._put(self._lock_key, record, "")
        except Changed:
            return self._contest(info, record)
        self._check_conditions(info, record)
        return Claim()

    def _contest(self, info: LockInfo, record: bytes) -> Claim:
        """There is a lock already: ours, where the answer was lost, or that of a run which may be gone."""
        found = self._get(self._lock_key)
        if found is None:
            return self.acquire(info)
        holder = decode_lock(found.data)
        if holder.id == info.id:
            return Claim()
        if not is_gone(holder):
            return Claim(held_by=holder)
        try:
            self._put(self._lock_key, record, found.revision)
        except Changed:
            return Claim(held_by=holder)
        return Claim(taken_from=holder)

    def _check_conditions(self, info: LockInfo, record: bytes) -> None:
        """Raises HclError where the server writes whatever the condition says: with it, nothing is ever locked."""
        try:
            self._put(self._lock_key, record, "")
        except Changed:
            return
        self.release(info.id)
        raise HclError(
            Diagnostic(
                f"{self._backend.url} has no conditional writes",
                "It wrote an object over one that was there, against If-None-Match: a lock would keep nobody out.",
                hint="Use a newer release of this object store, or another backend.",
            )
        )

    def release(self, lock_id: str) -> None:
        found = self._get(self._lock_key)
        held = decode_lock(found.data) if found else None
        if held is None or held.id != lock_id:
            raise not_this_lock(self.name, lock_id, held)
        self._delete([self._lock_key])

    def delete(self) -> None:
        """The state and its history."""
        self.forget([version.serial for version in self.versions()])
        self._delete([self._key])

    @property
    def _lock_key(self) -> str:
        return f"{self._key}.lock"

    def _version_key(self, serial: int) -> str:
        return f"{self._key}.history/{serial}.json"

    # --- calls --------------------------------------------------------------------------------------------------------

    def _get(self, key: str) -> Stored | None:
        with self._explained("read"):
            try:
                result = self._backend.obstore.get(self._backend.store, key)
            except FileNotFoundError as error:
                if _NO_BUCKET.search(str(error)):
                    raise
                return None
            which = {name: result.meta[name] for name in ("e_tag", "version") if result.meta[name]}
            return Stored(bytes(result.bytes()), json.dumps(which))

    def _put(self, key: str, data: bytes, after: str | None) -> str:
        """Write over the revision `after`, where nothing is for "", or over anything for None. Raises Changed."""
        known = self._backend.obstore.exceptions
        update = json.loads(after) if after else {}
        with self._explained("write"):
            try:
                mode = "overwrite" if after is None else (update or "create")
                result = self._backend.obstore.put(self._backend.store, key, data, mode=mode, use_multipart=False)
            except (known.AlreadyExistsError, known.PreconditionError) as error:
                raise Changed from error
            except FileNotFoundError as error:
                if update and not _NO_BUCKET.search(str(error)):
                    raise Changed from error
                raise
        return json.dumps({name: value for name, value in result.items() if value})

    def _delete(self, keys: Sequence[str]) -> None:
        with self._explained("delete"):
            for key in keys:
                try:
                    self._backend.obstore.delete(self._backend.store, key)
                except FileNotFoundError as error:  # S3 has nothing against it, the others do
                    if _NO_BUCKET.search(str(error)):
                        raise

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """What the library raises, as HclError."""
        try:
            yield
        except (self._backend.obstore.exceptions.BaseError, OSError, ValueError) as error:
            raise HclError(Diagnostic(f"Cannot {what} {self.name}", _in_short(error), hint=_advice(error))) from error


class ObjectBackend:
    """Implements state.backend.Backend. `connect` makes the store of one bucket."""

    def __init__(self, type_: str, url: str, connect: Callable[[], ObjectStore], settings: Mapping[str, Value]) -> None:
        self.url = url
        self.history = int(settings["history"])
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
            raise HclError(Diagnostic(f"Cannot use {self.url}", _in_short(error))) from error

    def storage(self, workspace: str) -> ObjectStorage:
        named = f"{self._directory}/{workspace}{_SUFFIX}"
        return ObjectStorage(self, self._key if workspace == DEFAULT_WORKSPACE else named)

    def workspaces(self) -> Sequence[str]:
        try:
            listed = self.obstore.list_with_delimiter(self.store, self._directory)["objects"]
        except (self.obstore.exceptions.BaseError, OSError) as error:
            raise HclError(Diagnostic(f"Cannot list {self.url}/{self._directory}", _in_short(error))) from error
        names = [meta["path"].rpartition("/")[2] for meta in listed]
        found = [DEFAULT_WORKSPACE] if self.storage(DEFAULT_WORKSPACE).read() else []
        return sorted([*found, *(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))])

    def delete(self, workspace: str) -> None:
        self.storage(workspace).delete()

    @property
    def _directory(self) -> str:
        return f"{self._key}.workspaces"


def client_options(endpoint: str) -> ClientConfig:
    """How long a call may take; http:// only where the endpoint says so."""
    return {
        "allow_http": endpoint.startswith("http://"),
        "connect_timeout": timedelta(seconds=10),
        "timeout": timedelta(seconds=60),
    }


def retry_config() -> RetryConfig:
    """A server that is down is reported within half a minute."""
    return {"max_retries": 4, "retry_timeout": timedelta(seconds=30)}


def chosen(**settings: Value) -> dict[str, str]:
    """The settings that were given: what is left out, the library finds in its own environment variables."""
    return {key: str(value) for key, value in settings.items() if value is not None}


def _advice(error: Exception) -> str:
    """What to do about failures that say little."""
    if _MACHINE.search(str(error)):
        return "No credentials were given, so those of this machine were asked for: it has none."
    return ""


def _in_short(error: Exception) -> str:
    """What the server says, without the library's insides."""
    text = str(error).partition("\n\nDebug source:")[0].strip()
    said = _XML.search(text)
    if said:
        text = f"{_XML_BEGINS.split(text)[0]} {said['code']}: {said['message']}"
    text = " ".join(text.split())[:500]
    return text if text.endswith(".") else f"{text}."

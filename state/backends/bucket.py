"""Calls for single objects of a bucket: read, written only over what was read, listed, deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from hcl_lite.core.diags import Diagnostic, HclError
from state.backend import Changed, Stored

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

# A bucket or container that is not there is no state that is not there: S3, Google Cloud Storage, Azure.
_NO_BUCKET = re.compile(r"NoSuchBucket|specified bucket does not exist|ContainerNotFound")
# Where virtual machines are told their credentials: Amazon and Azure, Google.
_MACHINE = re.compile(r"//(169\.254\.169\.254|metadata)[/.]")
_XML_BEGINS = re.compile(r"<\?xml|<Error>")
_XML = re.compile(r"<Code>(?P<code>.*?)</Code>\s*<Message>(?P<message>.*?)</Message>", re.DOTALL)


class Bucket(Protocol):
    """A bucket, and the library that asks it; both raise HclError where they cannot be had."""

    @property
    def obstore(self) -> ModuleType: ...

    @property
    def store(self) -> ObjectStore: ...


class Objects:
    """The objects of one bucket; `name` is what a person is told of them. Every method raises HclError."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._bucket = bucket
        self.name = name

    def get(self, key: str) -> Stored | None:
        """The object, with what tells it from others; None where there is none."""
        with self._explained("read"):
            try:
                result = self._bucket.obstore.get(self._bucket.store, key)
            except FileNotFoundError as error:
                if _NO_BUCKET.search(str(error)):
                    raise
                return None
            which = {name: result.meta[name] for name in ("e_tag", "version") if result.meta[name]}
            return Stored(bytes(result.bytes()), json.dumps(which))

    def put(self, key: str, data: bytes, after: str | None) -> str:
        """Write over the revision `after`, where nothing is for "", or over anything for None. Raises Changed."""
        known = self._bucket.obstore.exceptions
        update = json.loads(after) if after else {}
        with self._explained("write"):
            try:
                mode = "overwrite" if after is None else (update or "create")
                result = self._bucket.obstore.put(self._bucket.store, key, data, mode=mode, use_multipart=False)
            except (known.AlreadyExistsError, known.PreconditionError) as error:
                raise Changed from error
            except FileNotFoundError as error:
                if update and not _NO_BUCKET.search(str(error)):
                    raise Changed from error
                raise
        return json.dumps({name: value for name, value in result.items() if value})

    def list(self, prefix: str) -> Sequence[ObjectMeta]:
        """What lies below `prefix`, in the order of its keys."""
        with self._explained("list"):
            found: list[ObjectMeta] = self._bucket.obstore.list(self._bucket.store, prefix).collect()
        return sorted(found, key=lambda meta: meta["path"])

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects, one after the other; those that are not there are no matter."""
        with self._explained("delete"):
            for key in keys:
                try:
                    self._bucket.obstore.delete(self._bucket.store, key)
                except FileNotFoundError as error:  # S3 has nothing against it, the others do
                    if _NO_BUCKET.search(str(error)):
                        raise

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """What the library raises, as HclError."""
        try:
            yield
        except (self._bucket.obstore.exceptions.BaseError, OSError, ValueError) as error:
            raise HclError(Diagnostic(f"Cannot {what} {self.name}", in_short(error), hint=_advice(error))) from error


def in_short(error: Exception) -> str:
    """What the server says, without the library's insides."""
    text = str(error).partition("\n\nDebug source:")[0].strip()
    said = _XML.search(text)
    if said:
        text = f"{_XML_BEGINS.split(text)[0]} {said['code']}: {said['message']}"
    text = " ".join(text.split())[:500]
    return text if text.endswith(".") else f"{text}."


def _advice(error: Exception) -> str:
    """What to do about failures that say little."""
    if _MACHINE.search(str(error)):
        return "No credentials were given, so those of this machine were asked for: it has none."
    return ""

"""Calls for single objects of a bucket: read, written only over what was read, listed, deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from hcl_lite.core.diags import Diagnostic, HclError
from state.backend import Changed, Stored
from state.patience import UNKNOWN_HOST, Patience, Unavailable

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

# A bucket or container that is not there is no state that is not there: S3, Google Cloud Storage, Azure.
_NO_BUCKET = r"NoSuchBucket|specified bucket does not exist|ContainerNotFound"
# What passes: no connection, a server that is busy or not up yet. Not a full disk, nor a name that is not known.
_FOR_NOW = (
    r"HTTP error: |status code: (408|429|500|502|503|504)\b|\bRequestTimeout\b|"
    r"\b(ConditionalRequestConflict|OperationAborted)\b"
)
_NOT_FOR_NOW = rf"{UNKNOWN_HOST}|[Cc]ertificate"
_ADVICE = (
    (
        r"ExpiredToken|TokenRefreshRequired|token (has|is) expired|Signature (not valid|expired)",
        "The credentials have expired: renew them, and run it again.",
    ),
    (
        r"RequestTimeTooSkewed|SignatureDoesNotMatch.*date|Request date header|short-lived token",
        "The clock of this machine is off by too much: set it (timedatectl tells), and run it again.",
    ),
    (
        r"InvalidAccessKeyId|SignatureDoesNotMatch|AuthenticationFailed|status code: 401\b",
        "The server does not take these credentials: give others.",
    ),
    (
        r"AccessDenied|AuthorizationPermissionMismatch|status code: 403\b",
        "These credentials may not do this: docs/backends.md says which rights it takes.",
    ),
)
# Where virtual machines are told their credentials: Amazon and Azure, Google.
_MACHINE = r"//(169\.254\.169\.254|metadata)[/.]"
_CERTIFICATE = r"InvalidCertificate\(\s*(?:Other\(\s*OtherError\(\s*)?(\w+)"
_TIME = r"kind: Timeout|TimedOut"
_XML_BEGINS = r"<\?xml|<Error>"
# How the library words a call that failed: with what it makes of it before, the time that it took, and its tries.
_CALL = (
    r"^.*?Error performing (?P<method>\w+) (?P<url>\S+)( in \S+?)?(, after [^-]*)? *- "
    r"(Server returned non-2xx status code: )?"
)
_CAUSE = r'(?:message|error): "(.+?)"'
_XML = r"(?s)<Code>(?P<code>.*?)</Code>\s*<Message>(?P<message>.*?)</Message>"


class Bucket(Protocol):
    """A bucket, and the library that asks it; both raise HclError where they cannot be had."""

    @property
    def obstore(self) -> ModuleType: ...

    @property
    def store(self) -> ObjectStore: ...

    @property
    def patience(self) -> Patience: ...

    @property
    def rewrites(self) -> bool:
        """Whether one object may be written again and again, many times a second."""


class Objects:
    """The objects of one bucket; `name` is what a person is told of them. Every method raises HclError.

    A store that fails for a moment is asked again, whether the call had been carried out or not.
    """

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._bucket = bucket
        self.name = name

    def get(self, key: str) -> Stored | None:
        """The object, with what tells it from others; None where there is none."""
        return self._bucket.patience.call(lambda: self._get(key))

    def put(self, key: str, data: bytes, after: str | None) -> str:
        """Write over the revision `after`, where nothing is for "", or over anything for None. Raises Changed, unless
        it is `data` that is there by now."""
        return self._bucket.patience.call(lambda: self._put(key, data, after))

    def keeps_out(self, key: str, data: bytes) -> bool:
        """Whether the store refuses to make an object that is there."""

        def is_refused() -> bool:
            try:
                self._send(key, data, "")
            except Changed:
                return True
            return False

        return self._bucket.patience.call(is_refused)

    def list(self, prefix: str) -> Sequence[ObjectMeta]:
        """Lists the objects below `prefix`, in the order of their keys."""

        def collect() -> Sequence[ObjectMeta]:
            with self._explained("list"):
                found: list[ObjectMeta] = self._bucket.obstore.list(self._bucket.store, prefix).collect()
            return sorted(found, key=lambda meta: meta["path"])

        return self._bucket.patience.call(collect)

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects, one after the other; those that are not there are no matter."""
        for key in keys:
            self._bucket.patience.call(partial(self._delete, key))

    def _get(self, key: str) -> Stored | None:
        with self._explained("read"):
            try:
                result = self._bucket.obstore.get(self._bucket.store, key)
            except FileNotFoundError as error:
                if re.search(_NO_BUCKET, str(error)):
                    raise
                return None
            which = {name: result.meta[name] for name in ("e_tag", "version") if result.meta[name]}
            return Stored(bytes(result.bytes()), json.dumps(which))

    def _put(self, key: str, data: bytes, after: str | None) -> str:
        try:
            return self._send(key, data, after)
        except Changed as refused:
            there = self._get(key)
            if there is not None and there.data == data:
                return there.revision  # by a call whose answer was lost
            if (there.revision if there is not None else "") != after:
                raise
            said = f" {in_short(refused.__cause__)}" if isinstance(refused.__cause__, Exception) else ""
            detail = f"It refuses a conditional write, although nobody else has written there.{said}"
            raise Unavailable(Diagnostic(f"Cannot write {self.name}", detail)) from refused

    def _send(self, key: str, data: bytes, after: str | None) -> str:
        known = self._bucket.obstore.exceptions
        update = json.loads(after) if after else {}
        with self._explained("write"):
            try:
                mode = "overwrite" if after is None else (update or "create")
                result = self._bucket.obstore.put(self._bucket.store, key, data, mode=mode, use_multipart=False)
            except (known.AlreadyExistsError, known.PreconditionError) as error:
                raise Changed from error
            except FileNotFoundError as error:
                if update and not re.search(_NO_BUCKET, str(error)):
                    raise Changed from error
                raise
        return json.dumps({name: value for name, value in result.items() if value})

    def _delete(self, key: str) -> None:
        with self._explained("delete"):
            try:
                self._bucket.obstore.delete(self._bucket.store, key)
            except FileNotFoundError as error:  # S3 has nothing against it, the others do
                if re.search(_NO_BUCKET, str(error)):
                    raise

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """Raises the library's errors as HclError."""
        try:
            yield
        except (self._bucket.obstore.exceptions.BaseError, OSError, ValueError) as error:
            raise explained(f"Cannot {what} {self.name}", error) from error


def explained(summary: str, error: Exception) -> HclError:
    """Returns an error of the library as HclError, with the server's message and what to do."""
    kind = Unavailable if _is_for_now(str(error)) else HclError
    return kind(Diagnostic(summary, in_short(error), hint=_advice(str(error))))


def _is_for_now(text: str) -> bool:
    return bool(re.search(_FOR_NOW, text)) and not re.search(_MACHINE, text) and not re.search(_NOT_FOR_NOW, text)


def in_short(error: Exception) -> str:
    """Returns the server's message, without the library's internals."""
    text, _, insides = str(error).partition("\n\nDebug source:")
    said = re.search(_XML, text)
    if said:
        text = f"{re.split(_XML_BEGINS, text)[0]} {said['code']}: {said['message']}"
    text = " ".join(re.sub(_CALL, r"\g<method> \g<url>: ", text).split())[:500]
    if text.endswith("error sending request"):
        text += _cause(insides)
    return text if text.endswith(".") else f"{text}."


def _cause(insides: str) -> str:
    """Returns the reason why no request could be sent, from the library's internals."""
    certificate, causes = re.search(_CERTIFICATE, insides), re.findall(_CAUSE, insides)
    if certificate:
        return f": the server's certificate is not valid ({certificate[1]})"
    if causes:
        return f": {causes[-1]}"
    return ": no answer in time" if re.search(_TIME, insides) else ""


def _advice(text: str) -> str:
    """Returns what to do about a failure, by the server's name for it."""
    if re.search(_MACHINE, text):
        return "No credentials were given, so those of this machine were asked for: it has none."
    return next((advice for pattern, advice in _ADVICE if re.search(pattern, text)), "")

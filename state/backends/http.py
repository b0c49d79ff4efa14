"""The state behind Terraform's HTTP backend protocol, such as GitLab's.

GET gives the state (404 or 204: there is none), POST replaces it, DELETE ends it. LOCK with Terraform's lock info takes
the lock; 423 or 409 with the holder's info says that it is taken. UNLOCK ends it. While a lock is held, POST says ?ID=.
https://developer.hashicorp.com/terraform/language/backend/http (1.9). GitLab 13.0 and newer has POST and DELETE
for LOCK and UNLOCK.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Attr
from hcl_lite.core.values import Value
from state.backend import DEFAULT_WORKSPACE, JOURNAL, BackendType, Changed, Stored, Version
from state.lock import Claim, LockInfo, decode_lock, encode_lock, is_gone
from state.patience import UNKNOWN_HOST, Patience, Unavailable

if TYPE_CHECKING:
    import httpx

_WORKSPACE = "{workspace}"


class HttpStorage:
    """Implements state.backend.Storage. The protocol has no conditional write: what is there is compared before."""

    def __init__(self, settings: Mapping[str, Value], workspace: str) -> None:
        self._settings = settings
        self._workspace = workspace
        self._held: LockInfo | None = None
        self._patience = Patience(self.name)

    @property
    def name(self) -> str:
        return self._address("address")

    @property
    def path(self) -> Path | None:
        return None

    def read(self) -> Stored | None:
        return self._patience.call(self._read)

    def write(self, data: bytes, serial: int, after: str) -> str:
        return self._patience.call(lambda: self._write(data, after))

    def _read(self) -> Stored | None:
        answer = self._call("GET", self.name)
        if answer.status_code in (404, 204) or (answer.is_success and not answer.content):
            return None
        self._expect(answer, "read")
        return Stored(answer.content, _revision(answer.content))

    def _write(self, data: bytes, after: str) -> str:
        now = self._read()
        if now is not None and now.data == data:
            return now.revision  # by a call whose answer was lost
        if (now.revision if now else "") != after:
            raise Changed
        # Content-MD5 as Terraform sends it: a server may check it.
        digest = hashlib.md5(data, usedforsecurity=False).digest()
        headers = {"Content-Type": "application/json", "Content-MD5": base64.b64encode(digest).decode()}
        params = {"ID": self._held.id} if self._held else None
        answer = self._call(str(self._settings["update_method"]), self.name, data, headers, params)
        if answer.status_code in (409, 423):
            raise HclError(self._refused(answer))
        self._expect(answer, "write")
        return _revision(data)

    def _refused(self, answer: httpx.Response) -> Diagnostic:
        """The state was not written: another run has the lock, or the server wants one that this run has no more."""
        holder = decode_lock(answer.content)
        if not holder.id:
            detail = f"{_said(answer)} It does not know the lock of this run any more." if self._held else _said(answer)
            return Diagnostic(f"{self.name} was not written", detail, hint="Nothing was written over what is there.")
        lost = " This run has lost its lock." if self._held else ""
        return Diagnostic(f"{self.name} is locked", f"{holder} holds it.{lost}", hint="Nothing was written.")

    @property
    def keeps_backups(self) -> bool:
        return False

    def log(self, name: str = JOURNAL) -> None:
        return None

    def logs(self, below: str) -> Sequence[str]:
        return ()

    def versions(self) -> Sequence[Version]:
        return ()

    def version(self, serial: int) -> bytes | None:
        return None

    def forget(self, serials: Sequence[int]) -> None:
        pass

    def acquire(self, info: LockInfo) -> Claim:
        address = self._address("lock_address")
        if not address:
            return Claim()
        holder = self._lock(address, info)
        if holder is None:
            return Claim()
        if is_gone(holder):
            self.release(holder.id)
            if self._lock(address, info) is None:
                return Claim(taken_from=holder)
        return Claim(held_by=holder)

    def release(self, lock_id: str) -> None:
        address = self._address("unlock_address")
        if not address:
            return
        info = self._held if self._held and self._held.id == lock_id else LockInfo(lock_id)
        self._held, tries = None, 0

        def unlock() -> None:
            nonlocal tries
            tries += 1
            method, headers = str(self._settings["unlock_method"]), {"Content-Type": "application/json"}
            answer = self._call(method, address, encode_lock(info, self.name), headers, {"ID": lock_id})
            # Where no answer came before, the lock may have been ended then.
            if tries == 1 or answer.status_code not in (400, 404, 409, 423):
                self._expect(answer, "unlock")

        self._patience.call(unlock)

    def stop_waiting(self) -> None:
        self._patience.hurry()

    def delete(self) -> None:
        """The state; Terraform's protocol answers 200, GitLab's too."""
        self._patience.call(self._delete)

    def _delete(self) -> None:
        params = {"ID": self._held.id} if self._held else None
        answer = self._call("DELETE", self.name, params=params)
        if answer.status_code != 404:
            self._expect(answer, "delete")

    # --- calls --------------------------------------------------------------------------------------------------------

    def _lock(self, address: str, info: LockInfo) -> LockInfo | None:
        """Whose the lock is already; None where this run has it now, also by a call whose answer was lost."""

        def lock() -> LockInfo | None:
            headers = {"Content-Type": "application/json"}
            answer = self._call(str(self._settings["lock_method"]), address, encode_lock(info, self.name), headers)
            if answer.status_code in (409, 423) and (holder := decode_lock(answer.content)).id != info.id:
                return holder
            if answer.status_code not in (409, 423):
                self._expect(answer, "lock")
            self._held = info
            return None

        return self._patience.call(lock)

    def _address(self, key: str) -> str:
        return str(self._settings[key] or "").replace(_WORKSPACE, self._workspace)

    def _call(
        self,
        method: str,
        url: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One call. Redirects are not followed: they would take the password along."""
        import httpx  # noqa: PLC0415 - 0.2 s to import: only where this backend is used

        username, password = self._settings["username"], self._settings["password"]
        auth = (str(username or ""), str(password or "")) if username or password else None
        # Reading the trusted certificates takes longer than a call: only where they are asked for.
        verify = url.startswith("https") and not self._settings["skip_cert_verification"]
        transport = httpx.HTTPTransport(verify=verify)
        try:
            with httpx.Client(transport=transport, auth=auth, timeout=float(self._settings["timeout"])) as client:
                return client.request(method, url, content=content, headers=headers, params=params)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            text = str(error) or type(error).__name__
            kind = Unavailable if isinstance(error, httpx.TransportError) and not _FOR_EVER.search(text) else HclError
            raise kind(Diagnostic(f"{method} {url} came to nothing", f"{text.rstrip('.')}.")) from error

    def _expect(self, answer: httpx.Response, what: str) -> None:
        if answer.is_success:
            return
        kind = Unavailable if answer.status_code in _FOR_NOW else HclError
        hint = _HINTS.get(answer.status_code, "")
        raise kind(Diagnostic(f"Cannot {what} the state", _said(answer), hint=hint))


def _said(answer: httpx.Response) -> str:
    request = answer.request
    said = " ".join(answer.text.split())[:300]
    call = f"{request.method} {request.url.copy_with(query=None)}: {answer.status_code} {answer.reason_phrase}"
    return f"{call}: {said}" if said else call


def _revision(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# A server that is busy, or not up yet.
_FOR_NOW = (408, 429, 500, 502, 503, 504)
# What no other try changes: a name that nobody knows, a certificate.
_FOR_EVER = re.compile(rf"{UNKNOWN_HOST}|CERTIFICATE|[Cc]ertificate|Unsupported|[Ii]nvalid")
_HINTS = {
    401: "A token may have expired. Give username and password, as references or as HCL_LITE_BACKEND_USERNAME and"
    " HCL_LITE_BACKEND_PASSWORD.",
    403: "The user may not do this; GitLab wants the Maintainer role for locking and writing, Developer for reading.",
}


class HttpBackend:
    """Implements state.backend.Backend. Workspaces need {workspace} in the addresses; the protocol cannot list them."""

    def __init__(self, settings: Mapping[str, Value]) -> None:
        address = settings["address"]
        # As with GitLab, which has the lock below the state.
        self._settings = {**settings, "unlock_address": settings["unlock_address"] or settings["lock_address"]}
        self._several = _WORKSPACE in str(address)

    def storage(self, workspace: str) -> HttpStorage:
        if workspace != DEFAULT_WORKSPACE and not self._several:
            hint = 'Write {workspace} where its name belongs: address = "https://server/states/{workspace}".'
            raise HclError(Diagnostic("The address of this backend has room for one workspace", hint=hint))
        return HttpStorage(self._settings, workspace)

    def workspaces(self) -> Sequence[str] | None:
        if self._several:
            return None
        return [DEFAULT_WORKSPACE] if self.storage(DEFAULT_WORKSPACE).read() else []

    def delete(self, workspace: str) -> None:
        self.storage(workspace).delete()


def _check(settings: Mapping[str, Value]) -> tuple[str, str, str] | None:
    for key in ("address", "lock_address", "unlock_address"):
        text = str(settings.get(key) or "")
        if not text:
            continue
        try:
            url = urlsplit(text)
        except ValueError as error:
            return key, f"{key} is no URL: {error}", "Expected https://… or http://…"
        if url.scheme not in ("http", "https") or not url.hostname:
            return key, f"{key} is no URL", "Expected https://… or http://…"
        if url.password:
            return key, f"{key} has a password in the clear", 'Write password = "env:NAME" instead.'
    return None


BACKEND = BackendType(
    name="http",
    doc="A server with Terraform's HTTP backend protocol, such as GitLab.",
    settings={
        "address": Attr(required=True, doc="URL of the state; {workspace} in it stands for the workspace's name."),
        "lock_address": Attr(doc="URL for locking. Without it, nothing is locked."),
        "unlock_address": Attr(doc="URL for unlocking. Default: lock_address."),
        "update_method": Attr(doc="Method that writes.", default="POST", client_only=True),
        "lock_method": Attr(doc="Method that locks; GitLab's is POST.", default="LOCK", client_only=True),
        "unlock_method": Attr(doc="Method that unlocks; GitLab's is DELETE.", default="UNLOCK", client_only=True),
        "username": Attr(doc="For basic authentication.", client_only=True),
        "password": Attr(doc="For basic authentication; with GitLab, a token.", secret=True),
        "timeout": Attr("number", doc="Seconds until a call is given up.", default=60, client_only=True),
        "skip_cert_verification": Attr("bool", doc="Do not check the certificate.", default=False, client_only=True),
    },
    open=HttpBackend,
    environment={
        key: f"TF_HTTP_{key.upper()}"
        for key in (
            "address",
            "lock_address",
            "unlock_address",
            "update_method",
            "lock_method",
            "unlock_method",
            "username",
            "password",
            "skip_cert_verification",
        )
    },
    check=_check,
)

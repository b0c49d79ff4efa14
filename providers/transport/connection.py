"""Connection to a server: URL, account, certificates, and which calls only read. Opens none itself."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import ValueProblem

EMBEDDED = "embedded:"
# OpenSSL's words for a server that answers, and speaks no TLS.
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST")
DRY_RUN: Mapping[str, str] = {"dryRun": "All"}


@dataclass(frozen=True, slots=True)
class Connection:
    """The settings to reach one server. `auth` is a token, or user:password; `timeout` and waits are in seconds.

    `longest_wait` is that between two tries where the server does not say how long it is to be left alone. Files are
    named relative to the directory of `context`.
    """

    url: str
    auth: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_cert: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    insecure: bool = False
    timeout: float = 60.0
    retries: int = 5
    longest_wait: float = 20.0
    parallelism: int = 16
    read_only: bool = True
    read_by_post: frozenset[str] = frozenset()
    write_by_get: tuple[str, ...] = ()
    read_by_dry_run: tuple[str, ...] = ()
    context: RunContext = field(default_factory=lambda: RunContext(Path(), {}), repr=False)

    def file(self, name: str) -> str | None:
        """The path of a file that a setting names; None where it names none."""
        return str(self.context.directory / name) if name else None

    @property
    def trust(self) -> tuple[object, ...]:
        """The parts of which its TLS context is made."""
        files = map(self.file, (self.ca_cert, self.tls_cert, self.tls_key))
        return (urlsplit(self.url).scheme == "https", self.insecure, *files)

    @property
    def patience(self) -> float:
        """Seconds after its beginning from which on a call is not tried again: nobody watches a run for longer."""
        return max(120.0, 2 * self.timeout)

    def reads(self, method: str, path: str, params: Mapping[str, str] | None = None) -> bool:
        """Whether a call changes nothing on the server.

        Of POST, paths are compared whole: what lies below is another route. Of GET, whatever begins so is a write. A
        PUT below one of `read_by_dry_run` reads where dryRun=All is all that it asks for.
        """
        if method == "GET":
            return not path.startswith(self.write_by_get)
        if method == "PUT":
            return params == DRY_RUN and path.startswith(self.read_by_dry_run)
        return method == "POST" and path in self.read_by_post


def split_url(url: str) -> tuple[str, str]:
    """A URL without its user part, and that part as `auth`: https://TOKEN@host or https://user:password@host."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, ""
    name, colon, password = user.partition(":")
    auth = unquote(name) + (f":{unquote(password)}" if colon and password else "")
    return urlunsplit((parts.scheme, host, parts.path, parts.query, "")), auth


def split_embedded(url: str) -> tuple[str, str]:
    """The file of `embedded:PATH?version=VERSION`, and the version, which is empty where none is given."""
    path, _, version = url.removeprefix(EMBEDDED).partition("?version=")
    return path, version


def tls_of(connection: Connection) -> ssl.SSLContext | bool:
    """Returns the TLS verification of the server and the client's certificate. Raises ValueProblem for files that are
    none."""
    if connection.insecure and not connection.tls_cert:
        return False
    if not (connection.ca_cert or connection.tls_cert):
        # Reading all authorities takes 26 ms. Where no TLS is spoken, and no redirect followed, none is trusted.
        return urlsplit(connection.url).scheme == "https" or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with _readable("ca_cert", connection.ca_cert):
        context = ssl.create_default_context(cafile=connection.file(connection.ca_cert))
    if connection.tls_cert:
        with _readable("tls_cert", " and ".join(filter(None, (connection.tls_cert, connection.tls_key)))):
            # Without a password of ours, OpenSSL would ask the terminal for that of a key.
            context.load_cert_chain(
                str(connection.file(connection.tls_cert)), connection.file(connection.tls_key), password=""
            )
    if connection.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def distrust_in(error: BaseException | None) -> ssl.SSLError | None:
    """Returns the TLS error because of which a connection failed and would fail again; None for any other error."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        if isinstance(error, ssl.SSLError) and error.reason in _NO_TLS:
            return error
        error = error.__cause__ or error.__context__
    return None


@contextmanager
def _readable(attribute: str, files: str) -> Iterator[None]:
    """Around reading certificates. Raises ValueProblem, since OpenSSL's reasons say little."""
    try:
        yield
    except OSError as error:  # ssl.SSLError is one
        wanted = "certificates" if attribute == "ca_cert" else "a certificate, and its key without a password,"
        reason = "" if isinstance(error, ssl.SSLError) else f" {error.strerror}."
        detail = f"Expected {wanted} in PEM in {files}.{reason}"
        raise ValueProblem(attribute, f"{attribute} cannot be used", detail) from error

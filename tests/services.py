"""Real servers for backends: a private PostgreSQL cluster, and moto's S3 over HTTP. Each is skipped where it is not."""

from __future__ import annotations

import getpass
import glob
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_DEBIAN = "/usr/lib/postgresql/*/bin"


@dataclass
class PostgresServer:
    """A private cluster on a socket. As root it runs as nobody: PostgreSQL refuses root."""

    home: Path
    program: str
    user: str | None
    process: subprocess.Popen[bytes] | None = None

    @property
    def conn_str(self) -> str:
        return f"host={self.home} user=hcl dbname=postgres"

    def start(self) -> None:
        settings = ("fsync=off", "listen_addresses=", f"unix_socket_directories={self.home}", "max_connections=40")
        self.process = subprocess.Popen(
            [self.program, "-D", str(self.home / "data"), *(word for setting in settings for word in ("-c", setting))],
            user=self.user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def demand_passwords(self, role: str) -> None:
        """Let members of `role`, which is made, log in with a password only."""
        import psycopg  # noqa: PLC0415 - an extra

        assert self.process is not None
        with psycopg.connect(self.conn_str, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {role}".encode())
            rules = self.home / "data" / "pg_hba.conf"
            rules.write_text(f"local all +{role} scram-sha-256\nlocal all all trust\n")
            connection.execute("SELECT pg_reload_conf()")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGTERM would wait for whoever is still connected; after SIGKILL, its children end a moment later."""
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(how)
            process.wait()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A new cluster that takes connections."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    path = os.pathsep.join([*sorted(glob.glob(_DEBIAN), reverse=True), os.environ["PATH"]])
    initdb, program = shutil.which("initdb", path=path), shutil.which("postgres", path=path)
    if initdb is None or program is None:
        pytest.skip("PostgreSQL is not installed: Debian's package is postgresql")
    user = "nobody" if getpass.getuser() == "root" else None
    home = Path(tempfile.mkdtemp(prefix="hcl-lite-pg-"))  # its path has to be short: it names a socket
    server = PostgresServer(home, program, user)
    try:
        if user:
            shutil.chown(home, user)
        make = [initdb, "-D", str(home / "data"), "-U", "hcl", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run(make, check=True, capture_output=True, user=user, cwd="/")
        server.start()
        assert server.process is not None
        _wait_for_postgres(server.conn_str, server.process)
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def serve_postgres() -> Iterator[str]:
    """A new cluster; its connection string."""
    with postgres_server() as server:
        yield server.conn_str


def _wait_for_postgres(conn_str: str, process: subprocess.Popen[bytes]) -> None:
    import time  # noqa: PLC0415

    import psycopg  # noqa: PLC0415 - an extra

    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(conn_str).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)


@dataclass(frozen=True)
class S3Server:
    """moto's server, and a client to make buckets with. It takes any key for a valid one."""

    url: str

    def make_bucket(self, name: str) -> str:
        """A new bucket's name."""
        import boto3  # noqa: PLC0415 - slow to import

        client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        client.create_bucket(Bucket=name)
        client.close()
        return name


@contextmanager
def serve_s3() -> Iterator[S3Server]:
    """moto's S3 on a port of this machine."""
    for library in ("moto", "flask", "boto3", "obstore"):
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - slow to import

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        yield S3Server("http://{}:{}".format(*server.get_host_and_port()))
    finally:
        server.stop()

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


@contextmanager
def serve_postgres() -> Iterator[str]:
    """A new cluster on a socket; its connection string. As root it runs as nobody: PostgreSQL refuses root."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    path = os.pathsep.join([*sorted(glob.glob(_DEBIAN), reverse=True), os.environ["PATH"]])
    initdb, server = shutil.which("initdb", path=path), shutil.which("postgres", path=path)
    if initdb is None or server is None:
        pytest.skip("PostgreSQL is not installed: Debian's package is postgresql")
    user = "nobody" if getpass.getuser() == "root" else None
    home = Path(tempfile.mkdtemp(prefix="hcl-lite-pg-"))  # its path has to be short: it names a socket
    try:
        if user:
            shutil.chown(home, user)
        data = str(home / "data")
        subprocess.run(
            [initdb, "-D", data, "-U", "hcl", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
            cwd="/",
        )
        settings = ("fsync=off", "listen_addresses=", f"unix_socket_directories={home}", "max_connections=40")
        process = subprocess.Popen(
            [server, "-D", data, *(word for setting in settings for word in ("-c", setting))],
            user=user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            conn_str = f"host={home} user=hcl dbname=postgres"
            _wait_for_postgres(conn_str, process)
            yield conn_str
        finally:
            process.send_signal(signal.SIGINT)  # SIGTERM waits for whoever is still connected
            process.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


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

"""Certificates of servers on this machine, good and bad ones, made when a test wants them."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def served_certificate(directory: Path, kind: str = "good") -> ssl.SSLContext:
    """What a server on 127.0.0.1 shows; its certificate, which is its own authority, is in server.pem of `directory`.

    `kind` is "wrong name", "expired" or "not yet valid"; any other has nothing wrong with it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    host = x509.DNSName("grafana.test") if kind == "wrong name" else x509.IPAddress(ip_address("127.0.0.1"))
    begins = datetime.now(UTC) + {"expired": timedelta(-9), "not yet valid": timedelta(9)}.get(kind, timedelta(-1))
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "grafana")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(3))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    made = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (directory / "server.key").write_bytes(made)
    (directory / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "server.pem", directory / "server.key")
    return context

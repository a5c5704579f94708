"""Webhooks by TLS: the certificate is for the name, whatever address it leads to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from coopflow.outgoing.sending import Sender

NAME = "hooks.example.org"


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate for a name, signed by itself, and return it and its key as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@asynccontextmanager
async def serving(files: tuple[Path, Path], hosts: list[str]) -> AsyncIterator[int]:
    """Answer with 204 by TLS on loopback, noting for which host; give the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*files)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        hosts.extend(line[6:] for line in head.splitlines() if line.startswith("host: "))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("named", [NAME, "other.example.org"])
async def test_only_a_certificate_for_the_name_of_the_url_is_good(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address that was checked; who answers must be whom it is for."""
    files, hosts = certificate(tmp_path, named), list[str]()
    real = asyncio.get_running_loop().getaddrinfo

    async def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        return await real("127.0.0.1" if host == NAME else host, *rest, **more)

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    trusted = ssl.create_default_context(cafile=str(files[0]))
    sender = Sender(allow_private=True, trusted=trusted)
    async with serving(files, hosts) as port:
        answer = await sender(f"https://{NAME}:{port}/hook", b"{}", {})
    await sender.close()
    if named == NAME:
        assert (answer.status, hosts) == (204, [f"{NAME}:{port}"])
    else:
        assert (answer.status, answer.error, hosts) == (None, "connection", [])

"""The examples in deploy/ as the programs see them that they are written for: nginx and systemd."""

import configparser
import http.client
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers import HOST, START_S, ready, served

DEPLOY = Path(__file__).parent.parent / "deploy"
SEARCHED = "/usr/sbin:/usr/local/sbin:/usr/bin:/bin"
NGINX = shutil.which("nginx") or shutil.which("nginx", path=SEARCHED)
ANALYZE = shutil.which("systemd-analyze")

needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt-get install nginx-light")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> None:
    """Write a certificate for the example's name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "matcher.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("matcher.example.org")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )


def _configured(folder: Path, *, port: int, workers: list[int]) -> list[str]:
    """Write the example with the places of this test in it; return the command that runs it."""
    _certificate(folder)
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert len(re.findall(r"^    server 127\.0\.0\.1:", site, re.MULTILINE)) == len(workers)
    for number, worker in enumerate(workers, start=1):
        site = site.replace(f"server 127.0.0.1:{8000 + number} ", f"server 127.0.0.1:{worker} ")
    site = site.replace("listen 443 ", f"listen {HOST}:{port} ")
    site = re.sub(r"^ *listen \[::\]:443 .*\n", "", site, flags=re.MULTILINE)  # a test's machine may have no IPv6
    site = site.replace("/etc/ssl/matcher.example.org/fullchain.pem", str(folder / "fullchain.pem"))
    site = site.replace("/etc/ssl/private/matcher.example.org.pem", str(folder / "key.pem"))
    site = site.replace("/var/log/nginx/", f"{folder}/")
    assert not re.search(r"/etc/|/var/", re.sub(r"#.*", "", site))
    (folder / "site.conf").write_text(site, encoding="utf-8")
    places = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"pid {folder}/nginx.pid; daemon off; worker_processes 1; error_log {folder}/main.log;\n"
        f"events {{}}\nhttp {{ {places} include {folder}/site.conf; }}\n",
        encoding="utf-8",
    )
    return [str(NGINX), "-p", str(folder), "-e", str(folder / "main.log"), "-c", str(folder / "nginx.conf")]


@contextmanager
def _in_front(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + START_S
        while True:
            assert process.poll() is None
            assert time.monotonic() < deadline
            with suppress(OSError):
                socket.create_connection((HOST, port)).close()
                break
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait()


def _asked(folder: Path, port: int, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    """Ask as a client that checks the certificate."""
    trusted = ssl.create_default_context(cafile=folder / "fullchain.pem")
    with closing(http.client.HTTPSConnection(HOST, port, timeout=30, context=trusted)) as connection:
        connection.sock = trusted.wrap_socket(
            socket.create_connection((HOST, port)), server_hostname="matcher.example.org"
        )
        with suppress(BrokenPipeError, ConnectionResetError):  # refused while it is still being sent
            connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@needs_nginx
def test_nginx_accepts_its_example(tmp_path: Path) -> None:
    command = _configured(tmp_path, port=_free_port(), workers=[8001, 8002])
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


@needs_nginx
def test_nginx_passes_calls_on_refuses_large_bodies_and_says_when_nobody_answers(tmp_path: Path) -> None:
    port, nobody = _free_port(), _free_port()
    with served(tmp_path, "") as server:
        ready(server)
        # One of the two workers is away: nobody notices.
        command = _configured(tmp_path, port=port, workers=[server[0], nobody])
        with _in_front(command, port):
            for _ in range(4):
                status, headers, content = _asked(tmp_path, port, "GET", "/health/ready")
                assert (status, json.loads(content)["status"]) == (200, "ok")
            assert headers["strict-transport-security"] == "max-age=31536000"
            assert re.fullmatch(r"[0-9a-f]{32}", headers["x-request-id"])
            person = json.dumps({"id": "zanzibar", "headline": "Data"}).encode()
            assert _asked(tmp_path, port, "PUT", "/v1/profiles/zanzibar", person)[0] == 201
            assert _asked(tmp_path, port, "GET", "/metrics")[0] == 404
            started = time.monotonic()
            status, headers, content = _asked(tmp_path, port, "POST", "/v1/profiles", b" " * 50_000_000)
            assert (status, headers["content-type"]) == (413, "application/problem+json")
            assert json.loads(content)["status"] == 413
            assert time.monotonic() - started < START_S, "it is not read to its end"
            server[1].kill()
            server[1].wait()
            status, headers, content = _asked(tmp_path, port, "GET", "/v1/profiles/zanzibar")
            assert (status, headers["content-type"]) == (503, "application/problem+json")
            assert headers["retry-after"] == "5"
            assert json.loads(content)["title"] == "Service Unavailable"
    logs = [tmp_path / name for name in ("forum-matcher.log", "forum-matcher-error.log", "main.log")]
    written = "".join(path.read_text(encoding="utf-8") for path in logs if path.exists())
    assert " 201 " in written
    assert "zanzibar" not in written, "who was asked for"


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units of deploy/, with the command that is installed here."""
    command = Path(sys.executable).with_name("matcher")
    if not command.exists():
        pytest.skip(f"{command} is not installed")
    for unit in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        text = unit.read_text(encoding="utf-8").replace("/opt/forum-matcher/.venv/bin/matcher", str(command))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    return tmp_path


@needs_systemd
@pytest.mark.parametrize(
    "name", ["forum-matcher.service", "forum-matcher-nightly.service", "forum-matcher-nightly.timer"]
)
def test_systemd_finds_nothing_wrong_with_a_unit(units: Path, name: str) -> None:
    checked = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", str(units / name)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_night_goes_through_all_its_steps_and_tells_where_one_fails(units: Path, tmp_path: Path) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.read_string((units / "forum-matcher-nightly.service").read_text(encoding="utf-8"))
    night: dict[str, Any] = {
        "args": shlex.split(unit["Service"]["ExecStart"]),
        "env": {**os.environ, "MATCHER_HOME": str(tmp_path)},
    }
    (tmp_path / "decisions").mkdir()
    assert subprocess.run(**night, capture_output=True, check=False).returncode == 0
    (tmp_path / "matcher.db").write_bytes(b"no database")
    failed = subprocess.run(**night, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert failed.stderr.count("matcher.db") == 2, "retention and fsck"

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
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from matcher.stores import open_store
from tests.servers import HOST, START_S, ready, served

DEPLOY = Path(__file__).parent.parent / "deploy"
SEARCHED = "/usr/sbin:/usr/local/sbin:/usr/bin:/bin"
NGINX = shutil.which("nginx") or shutil.which("nginx", path=SEARCHED)
ANALYZE = shutil.which("systemd-analyze")
CURL = shutil.which("curl")

needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt-get install nginx-light")
needs_http2 = pytest.mark.skipif(
    CURL is None
    or "HTTP2" not in subprocess.run([CURL, "--version"], capture_output=True, text=True, check=True).stdout,
    reason="curl is not installed, or does not speak HTTP/2",
)
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
    alone, *several = _upstreams(site)
    assert len(workers) in {1, len(several)}
    for line, worker in zip(several if len(workers) > 1 else [alone], workers, strict=True):
        site = site.replace(line, re.sub(r"^( +)(?:# )?(server 127\.0\.0\.1):\d+", rf"\1\2:{worker}", line))
    if len(workers) > 1:
        site = site.replace(alone, "")
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


def _upstreams(site: str) -> list[str]:
    """Return the lines of where calls go: that of one process, then, as comments, those of several."""
    found = re.findall(r"^ +(?:# )?server 127\.0\.0\.1:.*;$", site, re.MULTILINE)
    assert ["#" in line for line in found] == [False, True, True]
    return found


def test_nginx_sends_the_calls_to_where_the_service_listens_as_both_are_shipped() -> None:
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    unit = (DEPLOY / "forum-matcher.service").read_text(encoding="utf-8")
    (started,) = re.findall(r"^ExecStart=.* serve (.*)$", unit, re.MULTILINE)
    words = shlex.split(started)
    options = dict(zip(words[::2], words[1::2], strict=True))
    places = [re.findall(r"127\.0\.0\.1:\d+", line)[0] for line in _upstreams(site)]
    assert options == {"--host": "127.0.0.1", "--port": "8000"}, "one process"
    assert places[0] == f"{options['--host']}:{options['--port']}"
    operations = (DEPLOY.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    (several,) = re.findall(r"^ExecStart=.* serve .*--port (\d+) --workers (\d+)$", operations, re.MULTILINE)
    port, count = map(int, several)
    assert places[1:] == [f"127.0.0.1:{port + number}" for number in range(1, count + 1)]


@needs_nginx
def test_nginx_in_front_of_one_process_passes_calls_on(tmp_path: Path) -> None:
    port = _free_port()
    with served(tmp_path, "") as server:
        ready(server)
        with _in_front(_configured(tmp_path, port=port, workers=[server[0]]), port):
            assert _asked(tmp_path, port, "GET", "/health/ready")[0] == 200
            person = json.dumps({"id": "c1", "headline": "Data"}).encode()
            assert _asked(tmp_path, port, "PUT", "/v1/profiles/c1", person)[0] == 201
            server[1].kill()
            server[1].wait()
            assert [_asked(tmp_path, port, method, "/v1/profiles/c1")[0] for method in ("GET", "DELETE")] == [503] * 2


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


def _secured(folder: Path, port: int) -> ssl.SSLSocket:
    """Connect as a client that checks the certificate."""
    trusted = ssl.create_default_context(cafile=folder / "fullchain.pem")
    return trusted.wrap_socket(socket.create_connection((HOST, port), 30), server_hostname="matcher.example.org")


def _asked(folder: Path, port: int, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPSConnection(HOST, port)) as connection:
        connection.sock = _secured(folder, port)
        with suppress(BrokenPipeError, ConnectionResetError):  # refused while it is still being sent
            connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@needs_nginx
@pytest.mark.parametrize("workers", [[8000], [8001, 8002]])
def test_nginx_accepts_its_example(tmp_path: Path, workers: list[int]) -> None:
    command = _configured(tmp_path, port=_free_port(), workers=workers)
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


LONG = b"a" * 20_000


@needs_nginx
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"zorglub\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /problem HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000001\r\n\r\n", 413),
        (b"GET /" + LONG + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + LONG + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 503),
        (b"POST /v1/suggestions HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 503),
        (b"DELETE /v1/profiles/ana HTTP/1.1\r\nHost: x\r\n\r\n", 503),
        (b"PUT /v1/profiles/ana HTTP/1.1\r\nHost: x\r\nContent-Length: 2000001\r\n\r\n", 413),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1e8481\r\n" + b"a" * 65536, 413),
        (b"GET / HTTP/2.1\r\nHost: x\r\n\r\n", 505),
    ],
)
def test_what_nginx_answers_itself_is_a_problem(nobody_behind: tuple[Path, int], sent: bytes, status: int) -> None:
    folder, port = nobody_behind
    with _secured(folder, port) as connection:
        connection.sendall(sent)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        content = json.loads(answer.read())
    assert (answer.status, answer.headers.get_all("content-type")) == (status, ["application/problem+json"])
    assert content.keys() == {"type", "title", "status", "detail"}
    assert (content["type"], content["status"]) == ("about:blank", status)
    older = {"Request Entity Too Large": "Content Too Large", "Request-URI Too Long": "URI Too Long"}
    phrase = HTTPStatus(status).phrase
    assert content["title"] == older.get(phrase, phrase)
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["content-language"] == "en"
    assert answer.headers["retry-after"] == ("5" if status == 503 else None)


@needs_nginx
@needs_http2
@pytest.mark.parametrize("version", ["1.1", "2"])
@pytest.mark.parametrize("length", [2_000_001, 5_000_000])
def test_a_body_that_is_too_large_is_a_problem_by_either_version_of_http(
    nobody_behind: tuple[Path, int], tmp_path: Path, version: str, length: int
) -> None:
    folder, port = nobody_behind
    (tmp_path / "body").write_bytes(b" " * length)
    command = [str(CURL), f"--http{version}", "--silent", "--show-error", "--max-time", f"{START_S}"]
    command += ["--cacert", f"{folder}/fullchain.pem", "--resolve", f"matcher.example.org:{port}:{HOST}"]
    command += ["--data-binary", f"@{tmp_path}/body", "--header", "Expect:", "--output", f"{tmp_path}/answer"]
    command += ["--write-out", "%{http_version} %{http_code} %{content_type}"]
    url = f"https://matcher.example.org:{port}/v1/profiles"
    sent = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    assert sent.stdout == f"{version} 413 application/problem+json", sent.stderr
    assert json.loads((tmp_path / "answer").read_bytes())["title"] == "Content Too Large"


@needs_nginx
def test_what_is_not_sent_by_https_is_a_problem(nobody_behind: tuple[Path, int]) -> None:
    with closing(http.client.HTTPConnection(HOST, nobody_behind[1], timeout=START_S)) as connection:
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
        assert "HTTPS" in json.loads(answer.read())["detail"]


@contextmanager
def _refusing(*, silent: bool = False) -> Iterator[tuple[int, Counter[str]]]:
    """A worker that refuses whatever it is asked, or hangs up; its port, and what it was asked."""
    asked: Counter[str] = Counter()

    class Refusing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def refuse(self) -> None:
            asked[f"{self.command} {self.path}"] += 1
            self.rfile.read(int(self.headers.get("content-length", 0)))
            if silent:
                self.close_connection = True
                return
            self.send_response(503)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_PUT = do_POST = do_DELETE = refuse  # noqa: N815 - the server looks for them by these names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Refusing) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()
            serving.join()


@needs_nginx
@pytest.mark.parametrize("silent", [False, True], ids=["refuses", "hangs up"])
def test_a_worker_that_refuses_draws_no_calls_and_what_only_reads_another_answers(tmp_path: Path, silent: bool) -> None:
    port = _free_port()
    person = {"id": "ana", "headline": "Data", "visible_to_recruiters": True}
    with served(tmp_path, "") as server, _refusing(silent=silent) as (refusing, asked):
        ready(server)
        command = _configured(tmp_path, port=port, workers=[server[0], refusing])
        with _in_front(command, port):

            def answered(method: str, path: str, body: object = None) -> list[int]:
                content = json.dumps(body).encode() if body else b""
                return [_asked(tmp_path, port, method, path, content)[0] for _ in range(8)]

            # What may have been stored is not sent twice: the caller knows whether it may be.
            assert Counter(answered("POST", "/v1/profiles", person)) == {201: 1, 409: 3, 503: 4}
            assert Counter(answered("PUT", "/v1/profiles/ana", person)) == {200: 4, 503: 4}
            assert answered("GET", "/v1/profiles/ana") == [200] * 8
            assert answered("POST", "/v1/profiles/search", {"text": "data"}) == [200] * 8
            assert Counter(answered("DELETE", "/v1/profiles/ana")) == {200: 1, 404: 3, 503: 4}
    assert {*asked.values()} == {4}, "its share of each"


@needs_nginx
def test_a_write_that_no_worker_can_have_seen_another_takes(tmp_path: Path) -> None:
    port = _free_port()
    with served(tmp_path, "") as server:
        ready(server)
        command = _configured(tmp_path, port=port, workers=[server[0], _free_port()])
        with _in_front(command, port):
            for name in ("ana", "bea"):
                person = json.dumps({"id": name, "headline": "Data"}).encode()
                assert _asked(tmp_path, port, "POST", "/v1/profiles", person)[0] == 201
                assert _asked(tmp_path, port, "PUT", f"/v1/profiles/{name}", person)[0] == 200
            erased = [_asked(tmp_path, port, "DELETE", f"/v1/profiles/{name}") for name in ("ana", "bea")]
            assert all(status == 200 and "pseudonym" in json.loads(receipt) for status, _, receipt in erased)


@pytest.fixture(scope="module")
def nobody_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """nginx in front of two workers that are away: its folder and its port."""
    folder, port = tmp_path_factory.mktemp("nginx"), _free_port()
    with _in_front(_configured(folder, port=port, workers=[_free_port(), _free_port()]), port):
        yield folder, port


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
    open_store(None, home=tmp_path).close()
    assert subprocess.run(**night, capture_output=True, check=False).returncode == 0
    (tmp_path / "matcher.db").write_bytes(b"no database")
    failed = subprocess.run(**night, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert failed.stderr.count("matcher.db") == 2, "retention and fsck"


def test_the_shell_of_the_page_has_what_the_service_has(tmp_path: Path) -> None:
    """By `systemd-run`, which reads the file of settings as the service does; a shell takes some otherwise."""
    unit = (DEPLOY / "forum-matcher.service").read_text(encoding="utf-8")
    page = (DEPLOY.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```sh\n(# a shell with.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (tmp_path / "systemd-run").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="ascii")
    (tmp_path / "systemd-run").chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["bash", "-c", block], env={"PATH": path}, capture_output=True, text=True, check=True)
    given = done.stdout.splitlines()
    wanted = [f"--setenv={value}" for value in re.findall(r"^Environment=(.*)$", unit, re.MULTILINE)]
    wanted += [f"--property={one}" for one in re.findall(r"^(?:EnvironmentFile|UMask)=.*$", unit, re.MULTILINE)]
    wanted += [f"--uid={user}" for user in re.findall(r"^User=(.*)$", unit, re.MULTILINE)]
    assert len(wanted) == 5
    assert {*wanted} <= {*given}
    assert given[-1] == "bash"
    assert f"--setenv=PATH=/opt/forum-matcher/.venv/bin:{path}" in given

"""A granian server under load on loopback, and the processor time it takes."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(target: str, environ: dict[str, str]) -> Iterator["Served"]:
    """Serve ``module:app`` with one process, as ``run`` does."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", "1", "--blocking-threads", "4", "--log-level", "error", target]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stderr=subprocess.DEVNULL)
    try:
        served = Served(port, process.pid)
        served.wait()
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@dataclass
class Served:
    """A running server."""

    port: int
    pid: int

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def cpu(self) -> float:
        """Processor seconds that it and its children have taken."""
        return sum(_cpu_of(pid) for pid in [self.pid, *_children(self.pid)])

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """One request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Host": f"127.0.0.1:{self.port}", **(headers or {})})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body

    def load(self, path: str, headers: dict[str, str], seconds: float, threads: int = 2) -> "Load":
        """Send requests over kept connections for ``seconds``; how many there were, and what they cost the server."""
        failures: list[int] = []
        sent: list[int] = []
        end = time.perf_counter() + seconds

        def work() -> None:
            connection, count = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60), 0
            while time.perf_counter() < end:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                count += 1
                if answer.status != 200:
                    failures.append(answer.status)
            connection.close()
            sent.append(count)

        before, begun = self.cpu(), time.perf_counter()
        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if failures:
            raise RuntimeError(f"{path} answered {failures[0]}")
        return Load(sum(sent), time.perf_counter() - begun, self.cpu() - before)

    def sign_in(self, email: str, password: str) -> str:
        """The cookie of a signed-in session."""
        path = "/en/account/sign-in"
        _status, headers, body = self.get(path)
        cookie = headers["set-cookie"].split(";")[0]
        fields = dict(re.findall(r'name="(csrf_token|idempotency_key)"[^>]*value="([^"]+)"', body.decode()))
        form = "&".join(f"{k}={v}" for k, v in {**fields, "email": email, "password": password}.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(
            "POST", path, form, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        )
        answer = connection.getresponse()
        answer.read()
        if answer.status != 303:
            raise RuntimeError(f"signing in answered {answer.status}")
        return str(answer.getheader("Set-Cookie")).split(";")[0]


@dataclass(frozen=True)
class Load:
    """What a load cost."""

    requests: int
    seconds: float
    cpu: float

    @property
    def cpu_per_request(self) -> float:
        """Processor microseconds of the server for one request."""
        return self.cpu / self.requests * 1e6


def _cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def _children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [int(child) for child in found] + [g for child in found for g in _children(int(child))]

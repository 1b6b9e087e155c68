"""The web server: gunicorn in this process, one more process beside it for background jobs."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from huike.cli.ending import ending_code, leave

JOBS_PAUSE = 5  # seconds after which a jobs process that ended is started again


@dataclass(frozen=True)
class Serving:
    """How to serve."""

    host: str
    port: int
    workers: int
    threads: int
    jobs: bool = True
    ready: Callable[[], None] = field(default=lambda: None)

    @property
    def address(self) -> str:
        """What to type into a browser on this machine."""
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}/"

    @property
    def bind(self) -> str:
        """The address as gunicorn takes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def refuse_taken_port(host: str, port: int) -> None:
    """End with a clear word when somebody else listens on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"端口 {port} 不能使用 ({error.strerror})。请另选一个：--port {port + 1}\n"
                f"Port {port} on {host} can't be used ({error.strerror})."
                f" Choose another one with --port {port + 1}, or stop what runs there."
            ) from None


def own_names(host: str) -> str:
    """Return the host names that requests may carry, for Django."""
    names = {"127.0.0.1", "localhost", "[::1]", "testserver"}
    if host not in {"127.0.0.1", "localhost", "::1"}:
        names |= {host, socket.gethostname(), socket.getfqdn()} - {"0.0.0.0", "::"}
        try:
            found = socket.getaddrinfo(socket.gethostname(), None)
            names |= {str(entry[4][0]) for entry in found}
        except OSError:
            pass  # a machine that doesn't know itself; HUIKE_HOSTS can say more
        names |= outward_address()
    return ",".join(sorted(names))


def outward_address() -> set[str]:
    """Return the address under which the network knows this machine; nothing is sent for it.

    Its own name often leads to 127.0.1.1 only, as Debian sets it up.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("203.0.113.1", 9))
            return {str(probe.getsockname()[0])}
        except OSError:
            return set()  # no network


class KeepingJobs(Arbiter):  # type: ignore[misc]
    """Gunicorn's master that also keeps the process for background jobs alive."""

    jobs: subprocess.Popen[bytes] | None = None
    started: float | None = None

    def manage_workers(self) -> None:
        """Called about once a second: start what has ended."""
        super().manage_workers()
        if not self.app.serving.jobs or (self.jobs and _alive(self.jobs.pid)):
            return
        now = time.monotonic()
        if self.started is None:  # the first page comes first
            self.started = now - JOBS_PAUSE + 2
        if now - self.started > JOBS_PAUSE:
            self.started = now
            command = [sys.executable, "-m", "huike.cli", "worker", "--child-of", str(os.getpid())]
            self.jobs = subprocess.Popen(command, start_new_session=True)

    def stop(self, graceful: bool = True) -> None:
        """Let background work finish its step, then end the pages."""
        if self.jobs and _alive(self.jobs.pid):
            os.kill(self.jobs.pid, signal.SIGTERM)
        super().stop(graceful)


def _forget_figures(pid: int) -> None:
    """What an ended process counted stays counted; what it was just then is dropped."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False  # gunicorn's master has already taken note of its end
    return True


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with Huike's settings, without a command line of its own."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn how to serve."""
        wanted: dict[str, Any] = {
            "bind": [self.serving.bind],
            "workers": self.serving.workers,
            "threads": self.serving.threads,
            "worker_class": "gthread",
            "preload_app": True,
            "loglevel": "warning",
            "timeout": 120,
            "graceful_timeout": 10,
            "keepalive": 15,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,
            "control_socket_disable": True,
            "when_ready": lambda _: self.serving.ready(),
            "worker_exit": lambda _server, _worker: leave(ending_code()),
            "child_exit": lambda _server, worker: _forget_figures(worker.pid),
        }
        for key, value in wanted.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        """Return the WSGI application, with every page loaded.

        The processes that part from here share what is loaded, and the collector leaves it alone:
        looking through its 330,000 objects took some page 95 ms now and then.
        """
        from django.urls import get_resolver

        from huike.cli.ready import close_connections
        from huike.kernel.search.spelling import spell
        from huike.site.wsgi import application

        get_resolver().url_patterns  # noqa: B018  loads them
        spell("回客")  # loads the dictionaries, which no first search need wait for
        close_connections()
        gc.collect()
        gc.freeze()
        return application

    def run(self) -> None:
        """Serve until told to stop."""
        KeepingJobs(self).run()

"""The stack in containers: each part in one of its own, found by its name on their network (integration/compose)."""

import itertools
import json
import os
import shlex
import socket
from pathlib import Path

from integration import envoy_config
from integration.admin import Admin
from integration.keys import ENVIRONMENT
from integration.listeners import Listeners
from integration.proxy import command, wait_until_ready
from integration.receiver.client import ReceiverClient
from integration.stack import Stack, simulated
from integration.standin.client import StandInClient


class ProcessElsewhere:
    """A process that docker-compose starts and ends; its log lies in a directory that both sides see."""

    exit_code = None

    def __init__(self, log: Path) -> None:
        self.log = log

    def output(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else "it has printed nothing"

    def stop(self) -> None:
        """Does nothing."""


class ProxyElsewhere:
    """Envoy in a container that waits for `start.sh` in the shared directory, and runs it."""

    def __init__(self, directory: Path, endpoints: dict[str, str]) -> None:
        """Has it started and waits until it is ready. Raises `NotStarted`."""
        # Its address rather than its name, since Envoy does not listen on names.
        host = socket.gethostbyname("envoy")
        ports = itertools.count(10000)
        self.admin = Admin(f"{host}:9901")
        self.listeners = Listeners(directory, self.admin, lambda: f"{host}:{next(ports)}")
        self.process = ProcessElsewhere(directory / "envoy.log")
        config = envoy_config.bootstrap(endpoints, f"{host}:9901", directory)
        (directory / "envoy.json").write_text(json.dumps(config, indent=1))
        (directory / "listeners.json").write_text(json.dumps(envoy_config.discovery([], 0)))
        lines = [f"export {name}={shlex.quote(value)}" for name, value in ENVIRONMENT.items()]
        program = shlex.join(command("envoy", directory / "envoy.json", "--concurrency", "1"))
        lines.append(f"exec {program} >{self.process.log} 2>&1\n")
        fresh = directory / "start.sh.new"
        fresh.write_text("\n".join(lines))
        # Moved into place, so that it is never run half written.
        fresh.replace(directory / "start.sh")
        wait_until_ready(self.process, self.admin)

    def log(self) -> str:
        """What Envoy and the filter have logged so far."""
        return self.process.output()

    def stop(self) -> None:
        """Does nothing: docker-compose ends it."""


def find() -> Stack | None:
    """The stack, where `TOLLGATE_STACK` names the directory shared with Envoy. Raises `NotStarted`."""
    directory = os.environ.get("TOLLGATE_STACK")
    if directory is None:
        return None
    standin = StandInClient("provider:8081")
    receiver = ReceiverClient("receiver:4319")
    endpoints = {"otel_collector": "receiver:4318"} | simulated("provider:8080")
    standin.wait_until_up()
    receiver.wait_until_up()
    return Stack(Path(directory), standin, receiver, endpoints, ProxyElsewhere(Path(directory), endpoints), [])

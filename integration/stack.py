"""Stand-in, receiver and Envoy together."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from integration.keys import ENVIRONMENT
from integration.process import Process, free_port, python_module
from integration.proxy import Proxy
from integration.receiver.client import ReceiverClient
from integration.standin.client import StandInClient


@dataclass
class Stack:
    """All that a call meets on its way, running on this machine."""

    directory: Path
    standin: StandInClient
    receiver: ReceiverClient
    endpoints: dict[str, str]
    proxy: Proxy
    processes: list[Process]

    def stop(self) -> None:
        """Ends all of it, Envoy first, so that it can still export."""
        self.proxy.stop()
        for process in self.processes:
            process.stop()


def start(directory: Path | None = None, *, workers: int = 1, live: bool = False, spans_port: int = 0) -> Stack:
    """Starts all of it. Logs and configurations are kept in the directory.

    `live`: calls go to the real providers, with the keys of this process's environment.
    """
    directory = directory or Path(tempfile.mkdtemp(prefix="tollgate-"))
    directory.mkdir(parents=True, exist_ok=True)
    provider, control, collector = (f"127.0.0.1:{free_port()}" for _ in range(3))
    spans = f"127.0.0.1:{free_port(spans_port)}"
    processes = [
        python_module("integration.standin", directory / "standin.log", **_ports(provider, control)),
        python_module("integration.receiver", directory / "receiver.log", **_ports(collector, spans)),
    ]
    endpoints = {"otel_collector": collector} | ({} if live else simulated(provider))
    environment = ENVIRONMENT | {name: os.environ[name] for name in ENVIRONMENT if live and name in os.environ}
    standin, receiver = StandInClient(control), ReceiverClient(spans)
    try:
        standin.wait_until_up()
        receiver.wait_until_up()
        proxy = Proxy(directory, endpoints, workers=workers, environment=environment)
    except BaseException:
        for process in processes:
            process.stop()
        raise
    return Stack(directory, standin, receiver, endpoints, proxy, processes)


def simulated(provider: str) -> dict[str, str]:
    """The clusters of providers, when the stand-in at this address answers for all."""
    return {
        "openai": provider,
        "anthropic": provider,
        "gemini": provider,
        # Where nobody listens: the scenarios' own.
        "unreachable": "127.0.0.1:1",
        "unreachable-too": "127.0.0.1:1",
        # Where a scenario's own guard listens.
        "guard": f"127.0.0.1:{free_port()}",
    }


def _ports(served: str, control: str) -> dict[str, int]:
    """The options of a server for its two addresses."""
    return {"port": int(served.rpartition(":")[2]), "control_port": int(control.rpartition(":")[2])}

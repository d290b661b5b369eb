"""The load tool: provider and collector as child processes, and its runs."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration.bench.machine import on_core
from integration.control import Control
from integration.keys import SEARCH
from integration.process import ROOT, Process, free_port

LOAD = ROOT / "target" / "load" / "release" / "load"

# No run takes so much longer than it was asked to.
PATIENCE = 60


class Failed(Exception):
    """A call was not answered as it should be: there is nothing to measure."""


@dataclass(frozen=True)
class Turn:
    """A kind of call, and how many clients make it at once. Events, and how many of them are written at once, are a stream's."""

    name: str
    connections: int
    events: int = 0
    batch: int = 1


class Servers:
    """Provider and collector."""

    def __init__(self, directory: Path, core: int) -> None:
        """Starts both on a core, and waits until they answer."""
        self.provider = f"127.0.0.1:{free_port()}"
        self.collector = f"127.0.0.1:{free_port()}"
        with on_core(core):
            self._processes = [
                _serve("provider", self.provider, directory),
                _serve("sink", self.collector, directory),
            ]
        for address in (self.provider, self.collector):
            Control(address).wait_until_up()

    def provider_saw(self) -> dict[str, int]:
        """How many calls the provider has got, and how many of them with personal data in them."""
        return Control(self.provider).ask("GET", "/seen")

    def collector_saw(self) -> dict[str, int]:
        """How many exports the collector has got, and their bytes."""
        return Control(self.collector).ask("GET", "/seen")

    def stop(self) -> None:
        """Ends both."""
        for process in self._processes:
            process.stop()


def drive(turn: Turn, address: str, key: str, seconds: float, core: int) -> dict[str, Any]:
    """Makes calls for so long, each as soon as the one before is answered, and returns what was measured.

    Raises `Failed`.
    """
    options: dict[str, Any] = {
        "address": address,
        "turn": turn.name,
        "key": key,
        "connections": turn.connections,
        "seconds": seconds,
        "events": turn.events,
        "batch": turn.batch,
    }
    with on_core(core):
        ran = subprocess.run(
            _command("drive", options), capture_output=True, text=True, timeout=seconds + PATIENCE, check=False
        )
    if ran.returncode != 0:
        raise Failed(ran.stderr.strip())
    return json.loads(ran.stdout)


class HeldStreams:
    """Streams that stay open: without events they wait for their answer, else each is in the middle of it."""

    def __init__(self, address: str, count: int, events: int, core: int) -> None:
        """Opens them. Raises `Failed`."""
        options = {"address": address, "key": SEARCH.secret, "count": count, "events": events}
        with on_core(core):
            self._child = subprocess.Popen(
                _command("hold", options), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        if self._child.stdout.readline() != "held\n":
            raise Failed(f"{count} streams could not be opened")

    def end(self) -> None:
        """Closes them."""
        self._child.communicate("\n", timeout=PATIENCE)


def _serve(command: str, address: str, directory: Path) -> Process:
    port = address.rpartition(":")[2]
    return Process(command, _command(command, {"port": port}), directory / f"{command}.log")


def _command(command: str, options: dict[str, Any]) -> list[str]:
    words = [str(LOAD), command]
    for name, value in options.items():
        words += [f"--{name}", str(value)]
    return words

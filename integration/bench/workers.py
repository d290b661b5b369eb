"""What a filter costs per worker: memory, the time until Envoy takes calls, and how long a change of settings holds it up."""

import http.client
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from integration.bench.load import Failed, Servers, drive
from integration.bench.machine import Cores
from integration.bench.samples import SMALL
from integration.bench.variants import Envoy, Variant

COUNTS = (1, 4, 16)

WARM_UP_SECONDS = 0.3

# How long the main thread is watched after a change, at least and at most.
WATCHED_SECONDS = 0.6
PATIENCE = 15.0


@dataclass(frozen=True)
class Workers:
    """An Envoy with so many workers. `blocked`: of the changes' longest waits for the main thread, the median."""

    resident: float
    ready_seconds: float
    blocked_seconds: float


def measure(
    variant: Variant, count: int, changes: int, directory: Path, servers: Servers, cores: Cores
) -> Workers:
    """Measures a fresh Envoy. Raises `Failed` and `NotStarted`."""
    envoy = Envoy(variant, directory, servers, cores.envoy, workers=count, late=False)
    try:
        drive(SMALL, envoy.address, envoy.key, WARM_UP_SECONDS, cores.load)
        resident = envoy.resident_bytes()
        blocked = statistics.median(_blocked(envoy, number) for number in range(1, changes + 1))
        return Workers(resident, envoy.seconds, blocked)
    finally:
        envoy.stop()


def _blocked(envoy: Envoy, number: int) -> float:
    """Changes the settings, and returns the longest time that the main thread left a question unanswered."""
    before = envoy.changes()
    ask = _question(envoy.admin_address)
    usual = statistics.median(ask() for _ in range(20))
    begin = time.monotonic()
    envoy.change(number)
    longest = 0.0
    taken = False
    while not taken or time.monotonic() < begin + WATCHED_SECONDS:
        longest = max(longest, ask())
        if not taken and time.monotonic() > begin + WATCHED_SECONDS:
            taken = envoy.changes() > before
        if time.monotonic() > begin + PATIENCE:
            raise Failed(f"{envoy.variant.name}: a change of settings was not taken within {PATIENCE:.0f} s")
        time.sleep(0.0005)
    return max(0.0, longest - usual)


def _question(address: str) -> Callable[[], float]:
    """Asks Envoy's main thread whether it is ready, over one connection, and returns how long the answer took."""
    connection = http.client.HTTPConnection(address, timeout=PATIENCE)

    def ask() -> float:
        begin = time.monotonic()
        connection.request("GET", "/ready")
        connection.getresponse().read()
        return time.monotonic() - begin

    return ask

"""Memory of open streams, and the time a filter takes to load: each on an Envoy that has done nothing before."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from integration.bench.load import Failed, HeldStreams, Servers, Turn, drive
from integration.bench.machine import Cores
from integration.bench.variants import Envoy, Variant

# Events that each stream has got when it is called open; an idle one waits for its answer.
EVENTS = 20

WARM_UP = Turn("stream", connections=4, events=EVENTS)
WARM_UP_SECONDS = 0.2

# Seconds in which Envoy gives free memory back (`memory_allocator_manager` in envoy/plain.yaml).
RELEASED_WITHIN = 3.0

# The first streams fill what the start has left free (compiling leaves much); those opened after them are counted.
FIRST_STREAMS = 1000

StartEnvoy = Callable[[Variant], Envoy]


@dataclass(frozen=True)
class Memory:
    """Bytes in RAM: of an Envoy that has answered a few calls, and what each stream adds."""

    rest: float
    idle_stream: float
    open_stream: float


def memory_of(variant: Variant, start: StartEnvoy, servers: Servers, cores: Cores, streams: int) -> Memory:
    """Measures two fresh Envoys. Raises `Failed`."""
    rest, idle_stream = _look(variant, start, servers, cores, streams, 0)
    _, open_stream = _look(variant, start, servers, cores, streams, EVENTS)
    return Memory(rest, idle_stream, open_stream)


def _look(
    variant: Variant, start: StartEnvoy, servers: Servers, cores: Cores, streams: int, events: int
) -> tuple[float, float]:
    """Memory at rest, and of one stream."""
    envoy = start(variant)
    try:
        drive(WARM_UP, envoy.address, envoy.key, WARM_UP_SECONDS, cores.load)
        time.sleep(RELEASED_WITHIN)
        rest = envoy.resident_bytes()
        first = _hold(envoy, servers, cores, FIRST_STREAMS, events)
        before = envoy.resident_bytes()
        second = _hold(envoy, servers, cores, streams, events)
        after = envoy.resident_bytes()
        first.end()
        second.end()
        return rest, (after - before) / streams
    finally:
        envoy.stop()


def _hold(envoy: Envoy, servers: Servers, cores: Cores, streams: int, events: int) -> HeldStreams:
    """Opens streams and waits until the provider has all of them."""
    wanted = servers.provider_saw()["calls"] + streams
    held = HeldStreams(envoy.address, streams, events, cores.load)
    deadline = time.monotonic() + 20
    while (seen := servers.provider_saw()["calls"]) < wanted:
        if time.monotonic() > deadline:
            raise Failed(f"{wanted - seen} of {streams} calls have not come to the provider")
        time.sleep(0.05)
    return held

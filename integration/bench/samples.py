"""The measuring: all variants in turn, round after round, and what each short run showed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from integration.bench.load import Failed, Servers, Turn, drive
from integration.bench.machine import Cores, core_seconds
from integration.bench.variants import NONE, Variant

SMALL = Turn("small", connections=16)
LARGE = Turn("large", connections=4)
# As fast as it goes, so many events by one write of the provider's, and mostly by one read of Envoy's.
STREAM = Turn("stream", connections=4, events=2048, batch=64)
EMBEDDINGS = Turn("embeddings", connections=4)
# One connection that calls when it has its answer: nothing waits for anything but this call.
ALONE = Turn("small", connections=1)


@dataclass(frozen=True)
class Sample:
    """One run of one variant. Times in seconds."""

    calls: int
    seconds: float
    cpu: float
    events: int
    whole_p50: float
    # Parts of the time in which the variant had its core, other processes had it, and the host had taken it away.
    busy: float
    foreign: float
    stolen: float

    @property
    def unused(self) -> float:
        """Part of the time in which nobody wanted the core."""
        return max(0.0, 1 - self.busy - self.foreign - self.stolen)

    @property
    def cpu_per_call(self) -> float:
        """Computing per call."""
        return self.cpu / self.calls

    @property
    def cpu_per_event(self) -> float:
        """Computing per event of a stream."""
        return self.cpu / self.events


Figure = Callable[[Sample], float]


@dataclass
class Rounds:
    """The runs of one kind, per variant, in the order of the rounds."""

    samples: dict[Variant, list[Sample]] = field(default_factory=dict)

    def add(self, variant: Variant, sample: Sample) -> None:
        """Adds one run."""
        self.samples.setdefault(variant, []).append(sample)

    def values(self, variant: Variant, of: Figure) -> list[float]:
        """One value per round."""
        return [of(sample) for sample in self.samples[variant]]

    def base(self, of: Figure) -> list[float]:
        """One value per round, without a filter."""
        return self.values(NONE, of)

    def all(self) -> Iterable[Sample]:
        """Every run."""
        return (sample for samples in self.samples.values() for sample in samples)


class Measured(Protocol):
    """A running proxy that calls can be made through."""

    variant: Variant
    address: str
    key: str

    def cpu_seconds(self) -> float:
        """The time it has computed so far."""


class Bench:
    """Proxies that are never loaded at the same time."""

    def __init__(self, proxies: Sequence[Measured], servers: Servers, cores: Cores) -> None:
        self.proxies = proxies
        self.servers = servers
        self.cores = cores

    def rounds(self, turn: Turn, count: int, seconds: float, warm_up: float, say: Callable[[str], None]) -> Rounds:
        """So many rounds of one short run of each variant, after a warm-up. Raises `Failed`."""
        for proxy in self.proxies:
            self.run(proxy, turn, warm_up)
        rounds = Rounds()
        for number in range(1, count + 1):
            for proxy in self.proxies:
                rounds.add(proxy.variant, self.run(proxy, turn, seconds))
            if number % 6 == 0 or number == count:
                say(f"round {number} of {count}: {_shown(rounds)}")
        return rounds

    def run(self, proxy: Measured, turn: Turn, seconds: float) -> Sample:
        """One run. Raises `Failed`, also when the provider got what it should not."""
        unredacted = self.servers.provider_saw()["unredacted"]
        cpu, (core, stolen) = proxy.cpu_seconds(), core_seconds(self.cores.envoy)
        found = drive(turn, proxy.address, proxy.key, seconds, self.cores.load)
        core, stolen = (now - then for now, then in zip(core_seconds(self.cores.envoy), (core, stolen), strict=True))
        cpu = proxy.cpu_seconds() - cpu
        unredacted = self.servers.provider_saw()["unredacted"] - unredacted
        if unredacted != (0 if proxy.variant.redacts else found["calls"]):
            raise Failed(f"{proxy.variant.name}: {unredacted} of {found['calls']} prompts came unredacted")
        return sample_of(found, cpu, core - cpu, stolen)


def sample_of(found: dict[str, Any], cpu: float, foreign: float, stolen: float) -> Sample:
    """What the load tool measured, together with what the kernel counted."""
    seconds = found["seconds"]
    return Sample(
        calls=found["calls"],
        seconds=seconds,
        cpu=cpu,
        events=found["events"],
        whole_p50=found["whole_us"]["p50"] / 1e6,
        busy=cpu / seconds,
        # The variant's time is counted in nanoseconds, the core's in ticks.
        foreign=max(0.0, foreign) / seconds,
        stolen=stolen / seconds,
    )


def _shown(rounds: Rounds) -> str:
    """The last round in few words, for who waits."""
    last = {variant.name: samples[-1] for variant, samples in rounds.samples.items()}
    return ", ".join(f"{name} {sample.cpu_per_call * 1e6:,.0f} µs" for name, sample in last.items()) + " of CPU per call"

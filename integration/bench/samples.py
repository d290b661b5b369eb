"""The measuring: the three variants in turn, round after round, and what each run showed."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from integration.bench.load import Failed, Servers, Turn, drive
from integration.bench.machine import Cores, core_seconds
from integration.bench.variants import NONE, TOLLGATE, Envoy, Variant

SMALL = Turn("small", connections=16)
LARGE = Turn("large", connections=4)
STREAM = Turn("stream", connections=16, events=500, gap_us=2000)
# For the time to the first token alone: many calls are needed for a percentile, few events.
TOKEN = Turn("stream", connections=16, events=3)

# Latency is measured at this part of what the slowest variant can do at most: far from any queue.
PART_OF_CAPACITY = 0.3


@dataclass(frozen=True)
class Sample:
    """One run of one variant. Times in seconds."""

    calls: int
    seconds: float
    cpu: float
    events: int
    whole_p50: float
    whole_p99: float
    first_p50: float
    first_p99: float
    # Part of the calls that no connection was free for when they were due.
    behind: float
    # Parts of the time in which Envoy had its core, other processes had it, and the host had taken it away.
    busy: float
    foreign: float
    stolen: float

    @property
    def unused(self) -> float:
        """Part of the time in which nobody wanted Envoy's core."""
        return max(0.0, 1 - self.busy - self.foreign - self.stolen)

    @property
    def rate(self) -> float:
        """Calls per second."""
        return self.calls / self.seconds

    @property
    def cpu_per_call(self) -> float:
        """Envoy's computing per call."""
        return self.cpu / self.calls

    @property
    def cpu_per_event(self) -> float:
        """Envoy's computing per event of a stream."""
        return self.cpu / self.events


@dataclass
class Rounds:
    """The runs of one kind, per variant, in the order of the rounds."""

    samples: dict[Variant, list[Sample]] = field(default_factory=dict)

    def add(self, variant: Variant, sample: Sample) -> None:
        """Adds one run."""
        self.samples.setdefault(variant, []).append(sample)

    def median(self, variant: Variant, of: Callable[[Sample], float]) -> float:
        """The median over the rounds."""
        return statistics.median(map(of, self.samples[variant]))

    def ratios(self, variant: Variant, of: Callable[[Sample], float]) -> list[float]:
        """One ratio per round, to the same round's run without a filter."""
        pairs = zip(self.samples[variant], self.samples[NONE], strict=True)
        return [of(sample) / of(base) for sample, base in pairs]

    def all(self) -> Iterable[Sample]:
        """Every run."""
        return (sample for samples in self.samples.values() for sample in samples)


class Bench:
    """Three Envoys that are never loaded at the same time."""

    def __init__(self, envoys: list[Envoy], servers: Servers, cores: Cores) -> None:
        self.envoys = envoys
        self.servers = servers
        self.cores = cores

    def round(self, rounds: Rounds, turn: Turn, seconds: float, rate: float | None = None) -> None:
        """One run of each variant. Raises `Failed`."""
        for envoy in self.envoys:
            rounds.add(envoy.variant, self.run(envoy, turn, seconds, rate))

    def warm_up(self, turn: Turn, seconds: float) -> float:
        """Until the VM has compiled what is hot. Returns the calls per second of the slowest. Raises `Failed`."""
        return min(self.run(envoy, turn, seconds).rate for envoy in self.envoys)

    def run(self, envoy: Envoy, turn: Turn, seconds: float, rate: float | None = None) -> Sample:
        """One run. Raises `Failed`, also when the provider got what it should not."""
        unredacted = self.servers.provider_saw()["unredacted"]
        cpu, (core, stolen) = envoy.cpu_seconds(), core_seconds(self.cores.envoy)
        found = drive(turn, envoy.address, seconds, self.cores.load, rate)
        core, stolen = (now - then for now, then in zip(core_seconds(self.cores.envoy), (core, stolen), strict=True))
        cpu = envoy.cpu_seconds() - cpu
        unredacted = self.servers.provider_saw()["unredacted"] - unredacted
        if unredacted != (0 if envoy.variant == TOLLGATE else found["calls"]):
            raise Failed(f"{envoy.variant.name}: {unredacted} of {found['calls']} prompts came unredacted")
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
        whole_p99=found["whole_us"]["p99"] / 1e6,
        first_p50=found["first_byte_us"]["p50"] / 1e6,
        first_p99=found["first_byte_us"]["p99"] / 1e6,
        behind=found["behind"] / found["calls"],
        busy=cpu / seconds,
        # Envoy's time is counted in nanoseconds, the core's in ticks.
        foreign=max(0.0, foreign) / seconds,
        stolen=stolen / seconds,
    )

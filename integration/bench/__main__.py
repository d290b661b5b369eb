"""Runs the benchmark: `python -m integration.bench`; `scripts/bench` builds what it needs first."""

import argparse
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from integration.bench import core, report
from integration.bench.load import Failed, Servers, Turn
from integration.bench.machine import Cores, on_core
from integration.bench.memory import Memory, memory_of
from integration.bench.samples import LARGE, PART_OF_CAPACITY, SMALL, STREAM, TOKEN, Bench, Rounds
from integration.bench.variants import TOLLGATE, VARIANTS, Envoy, Variant
from integration.proxy import NotStarted


@dataclass(frozen=True)
class Extent:
    """How long and how often things are measured."""

    rounds: int
    seconds: float
    # Each client streams again until this is over; a stream takes a second.
    stream_seconds: float
    # Held open for their memory, beside the first ones.
    streams: int


DEFAULT = Extent(rounds=6, seconds=1.5, stream_seconds=0.5, streams=1000)
QUICK = Extent(rounds=2, seconds=0.4, stream_seconds=0.1, streams=250)

WARM_UP = 1.2

START = time.monotonic()


def main() -> None:
    """Measures, prints, and writes where that is asked for."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: about a minute, less exact")
    parser.add_argument("--write", action="store_true", help=f"also write the results to {report.FILE.name}")
    options = parser.parse_args()
    cores = Cores.choose()
    directory = Path(tempfile.mkdtemp(prefix="tollgate-bench-"))
    try:
        # The core that Envoy is measured on is Envoy's alone.
        with on_core(cores.load):
            results = measure(QUICK if options.quick else DEFAULT, cores, directory)
    except (Failed, NotStarted) as failure:
        raise SystemExit(f"error: {failure}\n       logs: {directory}") from None
    shutil.rmtree(directory)
    print(report.for_terminal(results))
    if options.write:
        report.FILE.write_text(report.for_file(results))
        say(f"written: {report.FILE.name}")


def measure(extent: Extent, cores: Cores, directory: Path) -> report.Results:
    """Everything, in turn. Raises `Failed` and `NotStarted`."""
    servers = Servers(directory, cores.load)
    started: list[Envoy] = []

    def start(variant: Variant) -> Envoy:
        envoy = Envoy(variant, directory / f"envoy-{len(started)}", servers, cores.envoy)
        started.append(envoy)
        return envoy

    try:
        memory: dict[Variant, Memory] = {}
        for variant in VARIANTS:
            say(f"memory: {variant.name}")
            memory[variant] = memory_of(variant, start, servers, cores, extent.streams)
        envoys = [start(variant) for variant in VARIANTS]
        bench = Bench(envoys, servers, cores)
        before = servers.collector_saw()
        small, large = both(bench, SMALL, extent), both(bench, LARGE, extent)
        stream, token = streamed(bench, extent, small.rate)
        tollgate = next(envoy for envoy in envoys if envoy.variant == TOLLGATE)
        exported = wait_for_exports(tollgate)
        after = servers.collector_saw()
        resident = {envoy.variant: envoy.resident_bytes() for envoy in envoys}
        version = envoys[0].version()
    finally:
        for envoy in started:
            envoy.stop()
        servers.stop()
    say("the core, natively and in a VM")
    return report.Results(
        small=small,
        large=large,
        stream=stream,
        token=token,
        memory=memory,
        load_seconds=[(envoy.variant, envoy.load_seconds) for envoy in started],
        resident=resident,
        exported=exported,
        exports={name: after[name] - before[name] for name in after},
        core=core.measure(cores.envoy, say),
        envoy_version=version,
        seconds=time.monotonic() - START,
    )


def both(bench: Bench, turn: Turn, extent: Extent) -> report.Load:
    """As fast as it goes, and at a rate that is far from that."""
    say(f"{turn.name}: warming up")
    rate = round_down(bench.warm_up(turn, WARM_UP) * PART_OF_CAPACITY)
    fastest, steady = Rounds(), Rounds()
    for number in range(1, extent.rounds + 1):
        bench.round(fastest, turn, extent.seconds)
        bench.round(steady, turn, extent.seconds, rate)
        say(f"{turn.name}, round {number} of {extent.rounds}: {shown(fastest)}")
    return report.Load(turn, fastest, steady, rate)


def streamed(bench: Bench, extent: Extent, rate: float) -> tuple[Rounds, report.Load]:
    """Long streams side by side, and the first token of many short ones at a rate."""
    say(f"{STREAM.name}: warming up")
    bench.warm_up(STREAM, extent.stream_seconds)
    streams, tokens = Rounds(), Rounds()
    for number in range(1, extent.rounds + 1):
        bench.round(streams, STREAM, extent.stream_seconds)
        bench.round(tokens, TOKEN, extent.seconds, rate)
        say(f"{STREAM.name}, round {number} of {extent.rounds}: {shown(streams)}")
    return streams, report.Load(TOKEN, tokens, tokens, rate)


def wait_for_exports(envoy: Envoy, seconds: float = 10) -> dict[str, int]:
    """Waits until every call's span is exported, or lost; returns the filter's counters. Raises `Failed`."""
    deadline = time.monotonic() + seconds
    while True:
        found = envoy.counts()
        done = found.get("export_spans_total", 0) + found.get("export_dropped_spans_total", 0)
        if done and done == found["calls_total"]:
            return found
        if time.monotonic() > deadline:
            raise Failed(f"spans are missing: {found}")
        time.sleep(0.1)


def shown(rounds: Rounds) -> str:
    """The last round in few words, for who waits."""
    last = {variant.name: samples[-1] for variant, samples in rounds.samples.items()}
    costs = (f"{name} {sample.cpu_per_call * 1e6:,.0f} µs" for name, sample in last.items())
    return ", ".join(costs) + " of CPU per call"


def round_down(rate: float) -> float:
    """A rate with two digits."""
    digits = 10 ** max(0, len(str(int(rate))) - 2)
    return max(1, rate // digits * digits)


def say(text: str) -> None:
    """Shows how far it is, and how long it took."""
    print(f"    [{time.monotonic() - START:3.0f}s] {text}", flush=True)


if __name__ == "__main__":
    main()

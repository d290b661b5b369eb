"""Runs the benchmark: `python -m integration.bench`; `scripts/bench` builds what it needs first."""

import argparse
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from integration.bench import core, peers, report, workers
from integration.bench.load import Failed, Servers, Turn
from integration.bench.machine import Cores, on_core
from integration.bench.memory import Memory, memory_of
from integration.bench.samples import ALONE, EMBEDDINGS, LARGE, SMALL, STREAM, Bench, Measured, Rounds
from integration.bench.variants import EMPTY, NONE, TOLLGATE, TRANSLATING, Envoy, Variant, variants
from integration.process import ROOT
from integration.proxy import NotStarted


@dataclass(frozen=True)
class Extent:
    """How long and how often things are measured."""

    rounds: int
    seconds: float
    warm_up: float
    # Held open for their memory, beside the first ones.
    streams: int
    # Changes of settings, per number of workers.
    changes: int
    core_rounds: int


DEFAULT = Extent(rounds=21, seconds=0.5, warm_up=1.2, streams=1000, changes=5, core_rounds=6)
QUICK = Extent(rounds=6, seconds=0.25, warm_up=0.6, streams=250, changes=3, core_rounds=3)

START = time.monotonic()


def main() -> None:
    """Measures, prints, and records where that is asked for."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, less exact")
    parser.add_argument("--record", action="store_true", help=f"also write the results to {report.FILE.name}")
    parser.add_argument("--peers", action="store_true", help="set LiteLLM's proxy beside, where it is installed")
    parser.add_argument("--calls", action="store_true", help="leave out the core alone")
    options = parser.parse_args()
    cores = Cores.choose()
    compared = variants()
    directory = Path(tempfile.mkdtemp(prefix="tollgate-bench-"))
    try:
        # The core that is measured is measured alone.
        with on_core(cores.load):
            run = Run(QUICK if options.quick else DEFAULT, compared, cores, directory)
            results = run.everything(with_peers=options.peers, with_core=not options.calls)
    except (Failed, NotStarted) as failure:
        raise SystemExit(f"error: {failure}\n       logs: {directory}") from None
    shutil.rmtree(directory)
    print(report.for_terminal(results))
    if options.record:
        report.FILE.write_text(report.recorded(report.FILE.read_text(), report.for_file(results)))
        say(f"written: {report.FILE.name}")


class Run:
    """One run of the benchmark."""

    def __init__(self, extent: Extent, compared: list[Variant], cores: Cores, directory: Path) -> None:
        self._extent = extent
        self._variants = compared
        self._cores = cores
        self._directory = directory
        self._servers = Servers(directory, cores.load)
        self._started: list[Envoy] = []
        self._peers: list[peers.LiteLlm] = []

    def everything(self, *, with_peers: bool, with_core: bool) -> report.Results:
        """Everything, in turn. Raises `Failed` and `NotStarted`."""
        servers, extent = self._servers, self._extent
        # An empty filter is there to say what a filter costs at all, which is a question of calls.
        told = [variant for variant in self._variants if variant != EMPTY]
        version = peers.installed() if with_peers else None
        try:
            per_worker = {count: {variant: self._workers(variant, count) for variant in told} for count in workers.COUNTS}
            memory = {variant: self._memory(variant) for variant in told}
            envoys = [self._start(variant) for variant in self._variants]
            if version:
                say("starting LiteLLM's proxy")
                folder = self._directory / "litellm"
                self._peers.append(peers.LiteLlm(version, folder, servers, self._cores.envoy))
            bench, with_peer = self._bench(envoys), self._bench([*envoys, *self._peers])
            translating = [*(e for e in envoys if e.variant in (NONE, TOLLGATE)), self._start(TRANSLATING)]
            before = servers.collector_saw()
            small, alone = self._rounds(with_peer, SMALL), self._rounds(with_peer, ALONE)
            large, stream = self._rounds(bench, LARGE), self._rounds(bench, STREAM)
            embeddings = self._rounds(bench, EMBEDDINGS)
            with_translation = self._bench(translating)
            translated, translated_stream = (self._rounds(with_translation, turn) for turn in (SMALL, STREAM))
            exported = wait_for_exports(next(envoy for envoy in envoys if envoy.variant == TOLLGATE))
            after = servers.collector_saw()
            resident = {envoy.variant: envoy.resident_bytes() for envoy in [*envoys, *self._peers]}
            envoy_version = envoys[0].version()
        finally:
            self._stop()
        if with_core:
            say("the core, natively and in a VM")
        return report.Results(
            variants=self._variants,
            cores=self._cores,
            small=small,
            large=large,
            stream=stream,
            embeddings=embeddings,
            alone=alone,
            translated=translated,
            translated_stream=translated_stream,
            memory=memory,
            workers=per_worker,
            load={variant: self._load(variant) for variant in self._variants},
            resident=resident,
            exported=exported,
            exports={name: after[name] - before[name] for name in after},
            size_goal=size_goal(),
            core=core.measure(self._cores.envoy, say, extent.core_rounds) if with_core else None,
            envoy_version=envoy_version,
            peers=report.peers_note(version, with_peers),
            seconds=time.monotonic() - START,
        )

    def _workers(self, variant: Variant, count: int) -> workers.Workers:
        say(f"{count} worker{'s' * (count > 1)}: {variant.name}")
        directory = self._directory / f"workers-{count}-{variant.name}"
        return workers.measure(variant, count, self._extent.changes, directory, self._servers, self._cores)

    def _memory(self, variant: Variant) -> Memory:
        say(f"memory: {variant.name}")
        return memory_of(variant, self._start, self._servers, self._cores, self._extent.streams)

    def _start(self, variant: Variant) -> Envoy:
        directory = self._directory / f"envoy-{len(self._started)}"
        self._started.append(Envoy(variant, directory, self._servers, self._cores.envoy))
        return self._started[-1]

    def _load(self, variant: Variant) -> report.Load:
        envoys = [envoy for envoy in self._started if envoy.variant == variant]
        return report.Load([envoy.seconds for envoy in envoys], [envoy.load_cpu for envoy in envoys])

    def _bench(self, proxies: list[Measured]) -> Bench:
        return Bench(proxies, self._servers, self._cores)

    def _rounds(self, bench: Bench, turn: Turn) -> Rounds:
        name = f"{turn.name}, {turn.connections} connection{'s' * (turn.connections > 1)}"
        say(f"{name}: warming up")
        extent = self._extent
        return bench.rounds(turn, extent.rounds, extent.seconds, extent.warm_up, lambda text: say(f"{name}, {text}"))

    def _stop(self) -> None:
        for process in [*self._started, *self._peers]:
            process.stop()
        self._servers.stop()


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


def size_goal() -> int:
    """The size that is aimed for, in bytes, where `scripts/size-budget` says it."""
    text = (ROOT / "scripts" / "size-budget").read_text()
    found = re.search(r"^goal=(\d+)$", text, re.MULTILINE)
    if not found:
        raise SystemExit("error: scripts/size-budget names no goal")
    return int(found[1])


def say(text: str) -> None:
    """Shows how far it is, and how long it took."""
    print(f"    [{time.monotonic() - START:3.0f}s] {text}", flush=True)


if __name__ == "__main__":
    main()

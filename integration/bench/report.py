"""What was measured, told on the terminal and in `BENCHMARKS.md`."""

import datetime
import statistics
import subprocess
from dataclasses import dataclass

from integration.bench.core import ROUNDS, Core
from integration.bench.load import Turn
from integration.bench.machine import cpu_model
from integration.bench.memory import EVENTS, FIRST_STREAMS, Memory
from integration.bench.samples import LARGE, PART_OF_CAPACITY, SMALL, STREAM, TOKEN, Rounds
from integration.bench.table import (
    Row,
    Table,
    added,
    compared,
    goal_of_size,
    kilobytes,
    markdown_tables,
    megabytes,
    microseconds,
    milliseconds,
    per_second,
    plain,
    terminal_tables,
)
from integration.bench.variants import NONE, VARIANTS, Variant
from integration.process import ROOT

FILE = ROOT / "BENCHMARKS.md"

# What issue and release aim for: CPU per call against no filter, and megabytes of the filter.
SMALL_GOAL = 1.6
LARGE_GOAL = 2.5
SIZE_GOAL = 1.5

# Beyond these parts of the time, or of the calls, doubt has to be cast on a figure.
TOO_UNUSED = 0.1
TOO_FOREIGN = 0.03
TOO_BEHIND = 0.01


@dataclass(frozen=True)
class Load:
    """One kind of call: as fast as it goes, and at a steady rate per second."""

    turn: Turn
    fastest: Rounds
    steady: Rounds
    rate: float


@dataclass(frozen=True)
class Results:
    """All that one run has measured."""

    small: Load
    large: Load
    stream: Rounds
    # First tokens, at a rate.
    token: Load
    memory: dict[Variant, Memory]
    # Each Envoy's, from the configuration's arrival to its first connection.
    load_seconds: list[tuple[Variant, float]]
    # Bytes in RAM after everything.
    resident: dict[Variant, int]
    # What the filter counted, and what the collector got of it.
    exported: dict[str, int]
    exports: dict[str, int]
    core: Core
    envoy_version: str
    seconds: float


def for_terminal(results: Results) -> str:
    """The tables, and what has to be said with them."""
    lines = [terminal_tables(tables(results)), "", *notes(results)]
    return "\n".join(lines)


def for_file(results: Results) -> str:
    """The file with the results."""
    return "\n\n".join(
        [
            "# Benchmarks",
            "Written by `scripts/bench --write`; `make bench` repeats it and prints the same tables. Compare "
            "ratios, not figures of two machines.",
            "\n".join(f"- {line}" for line in surroundings(results)),
            markdown_tables(tables(results)),
            "\n".join(f"- {line}" for line in notes(results)),
            METHOD,
        ]
    ) + "\n"


def tables(results: Results) -> list[Table]:
    """Every figure."""
    heads = tuple(variant.name for variant in VARIANTS)
    return [
        Table("2 KB request, 1.2 KB answer", heads, load_rows(results.small, SMALL_GOAL)),
        Table("480 KB prompt, 1.2 KB answer", heads, load_rows(results.large, LARGE_GOAL)),
        Table("stream of 500 events", heads, stream_rows(results)),
        Table("memory and loading", heads, rest_rows(results)),
        *results.core.tables(),
    ]


def load_rows(load: Load, goal: float) -> list[Row]:
    """Throughput, CPU and latency of one kind of call."""
    at = f"at {load.rate:,.0f}/s"
    return [
        compared("calls on one worker", load.fastest, lambda sample: sample.rate, per_second),
        compared("CPU per call", load.fastest, lambda sample: sample.cpu_per_call, microseconds, goal),
        added(f"p50, {at}", load.steady, lambda sample: sample.whole_p50),
        added(f"p99, {at}", load.steady, lambda sample: sample.whole_p99),
    ]


def stream_rows(results: Results) -> list[Row]:
    """What a stream costs."""
    at, tokens = f"at {results.token.rate:,.0f}/s", results.token.steady
    return [
        compared("CPU per event", results.stream, lambda sample: sample.cpu_per_event, microseconds),
        added(f"time to first token, p50, {at}", tokens, lambda sample: sample.first_p50),
        added(f"time to first token, p99, {at}", tokens, lambda sample: sample.first_p99),
    ]


def rest_rows(results: Results) -> list[Row]:
    """What a filter takes before and between calls."""
    memory = results.memory
    sizes = [variant.wasm.stat().st_size if variant.wasm else 0 for variant in VARIANTS]
    loads = {
        variant: statistics.median(seconds for loaded, seconds in results.load_seconds if loaded == variant)
        for variant in VARIANTS
    }
    return [
        plain("Envoy at rest, one worker", {name: found.rest for name, found in memory.items()}, megabytes),
        plain("Envoy after this benchmark", results.resident, megabytes),
        plain("each idle stream", {name: found.idle_stream for name, found in memory.items()}, kilobytes),
        plain("each open stream", {name: found.open_stream for name, found in memory.items()}, kilobytes),
        plain("from configuration to listening", loads, milliseconds),
        Row(
            "size of the .wasm",
            tuple(megabytes(size) if size else "–" for size in sizes),
            goal_of_size(sizes[-1], SIZE_GOAL),
        ),
    ]


def notes(results: Results) -> list[str]:
    """What was checked meanwhile, and what casts doubt on a figure."""
    loads = (results.small, results.large, results.token)
    runs = [results.small.fastest, results.large.fastest, results.stream, *(load.steady for load in loads)]
    samples = [sample for rounds in runs for sample in rounds.all()]
    counts = results.exported
    lines = [
        f"Checked: {sum(sample.calls for sample in samples):,} calls, each answered rightly; through Tollgate the "
        "provider saw no address and the client got each one back.",
        f"Telemetry: {counts.get('export_spans_total', 0):,} spans of {counts['calls_total']:,} calls exported in "
        f"{results.exports['exports']:,} requests, {counts.get('export_dropped_spans_total', 0):,} lost.",
    ]
    foreign = [sample.foreign for sample in samples]
    stolen = [sample.stolen for sample in samples]
    lines.append(
        f"{'NOT QUIET' if statistics.mean(foreign) > TOO_FOREIGN else 'Quiet'}: Envoy's core was with other processes "
        f"for {statistics.mean(foreign):.1%} of the time ({max(foreign):.0%} in the worst run), and with the machine's "
        f"host for {statistics.mean(stolen):.1%} ({max(stolen):.0%})."
    )
    for load in (results.small, results.large):
        for variant, found in load.fastest.samples.items():
            unused = statistics.median(sample.unused for sample in found)
            if unused > TOO_UNUSED:
                lines.append(
                    f"The load was the limit: with {load.turn.name} prompts and {variant.name}, Envoy's core was "
                    f"unused for {unused:.0%} of the time, so these calls per second are too low. CPU per call is not "
                    "touched."
                )
    for load in loads:
        behind = max(sample.behind for sample in load.steady.all())
        if behind > TOO_BEHIND:
            calls = f"{load.turn.name} calls at {load.rate:,.0f}/s"
            lines.append(f"Past saturation: in the worst run, {behind:.1%} of the {calls} were late.")
    return lines + results.core.notes()


def surroundings(results: Results) -> list[str]:
    """Where and with what it was measured."""
    rounds = len(results.small.fastest.samples[NONE])
    return [
        f"{datetime.date.today().isoformat()}, {commit()}, in {results.seconds:.0f} s",
        f"{cpu_model()}, one core for Envoy, one for client, provider and collector",
        f"Envoy {results.envoy_version}, `--concurrency 1`",
        f"{rounds} rounds; where there is a ratio: its median, and in brackets the lowest and highest of the rounds",
    ]


def commit() -> str:
    """The commit that was measured."""
    asked = {}
    for name, words in (("commit", ["rev-parse", "--short=12", "HEAD"]), ("changes", ["status", "--porcelain"])):
        ran = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        asked[name] = ran.stdout.strip() if ran.returncode == 0 else ""
    if not asked["commit"]:
        return "no commit"
    return f"commit {asked['commit']}" + (" with changes" if asked["changes"] else "")


METHOD = f"""## How it is measured

    make bench                     # prints the tables; takes under four minutes
    scripts/bench --quick          # about a minute, less exact
    scripts/bench --write          # also writes this file
    cargo bench --bench core       # the core alone, natively
    scripts/bench --core           # the same, and in a VM

- **Three Envoys** of one binary, with one configuration (`envoy/plain.yaml`, one worker, plain HTTP) but for the
  filter: none; an empty one, made with the same SDK; Tollgate with everything switched on: virtual keys, redaction of
  all kinds, usage and cost, a span of each call exported in batches. They run in turn, round after round, so that
  whatever else happens to the machine happens to all three.
- **Ratios** are to the run without a filter of the same round.
- **The calls** are OpenAI chat completions with made-up personal data: eight values in 2 KB, one in about every two
  kilobytes of the 480 KB. The provider says one of them back, in a stream cut in three, so that it has to be restored.
  Every answer is checked; a wrong one ends the benchmark.
- **Calls per second** come from a closed loop ({SMALL.connections} connections for 2 KB, {LARGE.connections} for
  480 KB), **CPU per call** from the same runs, by what the kernel accounts to the Envoy process, all threads.
- **Latencies** are measured at a fixed rate, {PART_OF_CAPACITY:.0%} of what the slowest of the three can do, from the
  first byte sent to the last received. What is shown with a sign is added to the time without a filter.
- **Streams**: {STREAM.connections} at once, an event every {STREAM.gap_us / 1000:.0f} ms each. Time to first token is
  from the first byte sent to the first byte of the answer's body, at a rate as above, in streams of {TOKEN.events}
  events.
- **Memory** is what is resident. An idle stream waits for its answer, an open one has got {EVENTS} events of it;
  counted is what further ones add when {FIRST_STREAMS:,} are open. A filter's memory never shrinks: "after this
  benchmark" shows what the largest prompts have left.
- **From configuration to listening**: a new listener with the filter arrives at an Envoy that has not loaded it
  before; until it takes the first connection, it is compiled, and configured on the main thread and the worker.
- **The core alone** is one program, run natively and, built for wasm as the filter is, in a VM: Node's V8, compiled by its
  optimising compiler as what Envoy runs is before long (or wasmtime, where there is no Node). Both take turns, {ROUNDS}
  rounds; a speed is that of the fastest round, since whatever else the machine does only makes one slower, and a figure
  with × is the time in the VM by the time natively, the median of the rounds. Each dialect reads its own fixtures, grown: a request to 2 KB and, its messages again and
  again, to 100 KB; an answer to 20 KB; a stream, its pieces of text again and again, to 1 MB, in pieces of 16 KB, folded
  into a reply. What is aimed for: requests at 300 MB/s, streams at 200 MB/s natively, and at most twice the time in the VM (or
  more, where the VM reaches these speeds too).
- **Reading and writing JSON** is part of every figure.
"""

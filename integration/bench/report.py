"""What was measured, told on the terminal and in `BENCHMARKS.md`."""

import datetime
import re
import statistics
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from integration.bench import estimate
from integration.bench.core import Core
from integration.bench.machine import Cores, cpu_model
from integration.bench.memory import Memory
from integration.bench.samples import Rounds
from integration.bench.table import (
    Row,
    Table,
    added,
    against,
    compared,
    goal_of_size,
    heads,
    kilobytes,
    markdown_tables,
    megabytes,
    microseconds,
    milliseconds,
    nanoseconds,
    noise,
    plain,
    terminal_tables,
)
from integration.bench.variants import NONE, TOLLGATE, TRANSLATING, Variant
from integration.bench.workers import Workers
from integration.process import ROOT

FILE = ROOT / "BENCHMARKS.md"
BEGIN = "<!-- written by `make bench RECORD=1`: begin -->"
END = "<!-- written by `make bench RECORD=1`: end -->"

# What is aimed for: CPU per call against no filter.
SMALL_GOAL = 1.6
LARGE_GOAL = 2.5
# CPU per call that is translated, against one that is not.
TRANSLATED_GOAL = 1.3

# Beyond this part of the time with other processes, a run is not called quiet.
TOO_FOREIGN = 0.03
# A core that is wanted for more of the time is saturated: what waits there is a queue, and no cost of a call's.
SATURATED = 0.95


@dataclass(frozen=True)
class Load:
    """How long a new listener takes until it takes calls; one figure per Envoy that was started."""

    seconds: list[float]
    cpu: list[float]


@dataclass(frozen=True)
class Results:
    """All that one run has measured. Rounds of calls by their kind; the rest by variant."""

    variants: list[Variant]
    cores: Cores
    small: Rounds
    large: Rounds
    stream: Rounds
    embeddings: Rounds
    alone: Rounds
    translated: Rounds
    translated_stream: Rounds
    memory: Mapping[Variant, Memory]
    workers: Mapping[int, Mapping[Variant, Workers]]
    load: Mapping[Variant, Load]
    # Bytes in RAM after everything; of a peer too.
    resident: Mapping[Variant, float]
    # What the filter counted, and what the collector got of it.
    exported: Mapping[str, int]
    exports: Mapping[str, int]
    # Sizes in bytes that are aimed for.
    size_goal: int
    core: Core | None
    envoy_version: str
    peers: str | None
    seconds: float

    def kinds(self) -> dict[str, Rounds]:
        """The rounds by the names of their calls."""
        return {
            "2 KB": self.small,
            "480 KB": self.large,
            "streams": self.stream,
            "embeddings": self.embeddings,
            "one connection": self.alone,
            "translated": self.translated,
            "translated streams": self.translated_stream,
        }


def for_terminal(results: Results) -> str:
    """The tables, and what has to be said with them."""
    lines = [terminal_tables(tables(results)), "", *surroundings(results), *notes(results)]
    return "\n".join(lines)


def for_file(results: Results) -> str:
    """The part of the file with the results."""
    return "\n\n".join(
        [
            "\n".join(f"- {line}" for line in surroundings(results)),
            markdown_tables(tables(results)),
            "\n".join(f"- {line}" for line in notes(results)),
        ]
    )


def recorded(text: str, block: str) -> str:
    """The file's text with a new block of results. Raises `ValueError` when it has no place for one."""
    place = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    if len(place.findall(text)) != 1:
        raise ValueError(f"{FILE.name} needs one place between {BEGIN} and {END}")
    return place.sub(lambda _: f"{BEGIN}\n{block}\n{END}", text)


def tables(results: Results) -> list[Table]:
    """Every figure."""
    compared_with_peers = list(results.small.samples)
    found = [
        Table("one call", heads(compared_with_peers), call_rows(results)),
        Table("other calls", heads(results.variants), other_rows(results)),
        Table("translation", (TOLLGATE.name, TRANSLATING.name, "ratio"), translation_rows(results)),
        Table("memory and loading", tuple(variant.name for variant in results.variants), rest_rows(results)),
        Table("workers, all on one core", tuple(v.name for v in results.variants), worker_rows(results)),
    ]
    return found + (results.core.tables() if results.core else [])


def call_rows(results: Results) -> list[Row]:
    """CPU and latency of the call that all can make."""
    rows = [
        compared(
            "CPU per call, 2 KB request, 1.2 KB answer",
            results.small,
            lambda sample: sample.cpu_per_call,
            microseconds,
            SMALL_GOAL,
        )
    ]
    if not saturated(results.alone):
        rows.append(
            added("added to p50, one connection, 2 KB", results.alone, lambda sample: sample.whole_p50, microseconds)
        )
    return rows


def other_rows(results: Results) -> list[Row]:
    """CPU of the other kinds of calls."""
    return [
        compared(
            "CPU per call, 480 KB prompt", results.large, lambda sample: sample.cpu_per_call, microseconds, LARGE_GOAL
        ),
        compared(
            "CPU per call, embeddings of 100 × 1,536 numbers",
            results.embeddings,
            lambda sample: sample.cpu_per_call,
            microseconds,
        ),
        added(
            "CPU added per streamed event, unpaced, 64 a read",
            results.stream,
            lambda sample: sample.cpu_per_event,
            nanoseconds,
        ),
    ]


def translation_rows(results: Results) -> list[Row]:
    """CPU of calls in OpenAI's API to a provider of Anthropic's."""
    return [
        against(
            "CPU per call, 2 KB request, 1.2 KB answer",
            results.translated,
            TOLLGATE,
            lambda sample: sample.cpu_per_call,
            microseconds,
            TRANSLATED_GOAL,
        ),
        against(
            "CPU per streamed event, all of Envoy, unpaced, 64 a read",
            results.translated_stream,
            TOLLGATE,
            lambda sample: sample.cpu_per_event,
            nanoseconds,
        ),
    ]


def rest_rows(results: Results) -> list[Row]:
    """What a filter takes before and between calls."""
    variants, memory = results.variants, results.memory
    rest = {variant: found.rest for variant, found in memory.items()}
    more = {variant: size - rest[NONE] for variant, size in rest.items() if variant != NONE}
    sizes = {variant: float(variant.wasm.stat().st_size) for variant in variants if variant.wasm}
    cpu = {variant: estimate.lowest_third(load.cpu) for variant, load in results.load.items()}
    seconds = {variant: estimate.lowest_third(load.seconds) for variant, load in results.load.items()}
    size = plain("size of the .wasm", variants, sizes, megabytes)
    return [
        plain("resident at rest, one worker", variants, rest, megabytes),
        plain("added to that", variants, more, megabytes),
        plain("resident after this benchmark", variants, results.resident, megabytes),
        plain("each idle stream", variants, {name: found.idle_stream for name, found in memory.items()}, kilobytes),
        plain("each open stream", variants, {name: found.open_stream for name, found in memory.items()}, kilobytes),
        plain("CPU from configuration to listening", variants, cpu, milliseconds),
        plain("time from configuration to listening", variants, seconds, milliseconds),
        Row(size.name, size.cells, goal_of_size(int(sizes[TOLLGATE]), results.size_goal)),
    ]


def worker_rows(results: Results) -> list[Row]:
    """What a filter takes per worker."""
    rows = []
    for count, found in results.workers.items():
        name = f"{count} worker{'s' * (count > 1)}"
        of = results.variants
        rows += [
            plain(f"{name}: resident", of, {v: workers.resident for v, workers in found.items()}, megabytes),
            plain(f"{name}: time to ready", of, {v: workers.ready_seconds for v, workers in found.items()}, milliseconds),
            plain(
                f"{name}: main thread blocked by a change of settings",
                of,
                {v: workers.blocked_seconds for v, workers in found.items()},
                milliseconds,
            ),
        ]
    return rows


def surroundings(results: Results) -> list[str]:
    """Where and with what it was measured, how it was pinned, and what the noise was."""
    samples = [sample for rounds in results.kinds().values() for sample in rounds.all()]
    foreign, stolen = [sample.foreign for sample in samples], [sample.stolen for sample in samples]
    quiet = "NOT QUIET" if statistics.mean(foreign) > TOO_FOREIGN else "Quiet"
    cores = results.cores
    return [
        f"{datetime.date.today().isoformat()}, {commit()}, in {results.seconds:.0f} s",
        f"{cpu_model()}; Envoy {results.envoy_version}, `--concurrency 1`",
        f"Pinned: what is measured to core {cores.envoy} with all its threads, client, provider and collector to core "
        f"{cores.load} (`sched_setaffinity`); other processes were free to run on both",
        f"{quiet}: core {cores.envoy} was with other processes for {statistics.mean(foreign):.1%} of the time "
        f"({max(foreign):.0%} in the worst run), and with the machine's host for {statistics.mean(stolen):.1%} "
        f"({max(stolen):.0%})",
        f"Noise: the median of bare Envoy's runs above their lowest third: {_above(results.kinds())}; its odd rounds "
        f"against its even ones, by which intervals are widened: {_halves(results.kinds())}",
        f"{len(results.small.samples[NONE])} rounds; in brackets the interval that holds 95 of 100 repetitions",
    ]


def saturated(rounds: Rounds) -> bool:
    """Whether someone waited for the core: then a latency is a queue's."""
    return any(
        statistics.median(1 - sample.unused for sample in samples) > SATURATED for samples in rounds.samples.values()
    )


def notes(results: Results) -> list[str]:
    """What was checked meanwhile, and what is not shown."""
    calls = sum(sample.calls for rounds in results.kinds().values() for sample in rounds.all())
    counts = results.exported
    lines = [
        f"Checked: {calls:,} calls, each answered rightly; through Tollgate the provider saw no address and the client "
        "got each one back.",
        f"Telemetry: {counts.get('export_spans_total', 0):,} spans of {counts['calls_total']:,} calls exported in "
        f"{results.exports['exports']:,} requests, {counts.get('export_dropped_spans_total', 0):,} lost.",
    ]
    if saturated(results.alone):
        lines.append("Past saturation: with one connection, someone waited for the core; there is no latency to show.")
    if results.peers:
        lines.append(results.peers)
    return lines + (results.core.notes() if results.core else [])


def commit() -> str:
    """The commit that was measured."""
    asked = {}
    for name, words in (("commit", ["rev-parse", "--short=12", "HEAD"]), ("changes", ["status", "--porcelain"])):
        ran = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        asked[name] = ran.stdout.strip() if ran.returncode == 0 else ""
    if not asked["commit"]:
        return "no commit"
    return f"commit {asked['commit']}" + (" with changes" if asked["changes"] else "")


def _above(kinds: Mapping[str, Rounds]) -> str:
    found = {name: rounds.base(lambda sample: sample.cpu_per_call) for name, rounds in kinds.items()}
    return ", ".join(
        f"{name} {statistics.median(values) / estimate.lowest_third(values) - 1:.1%}" for name, values in found.items()
    )


def _halves(kinds: Mapping[str, Rounds]) -> str:
    found = {name: noise(rounds, lambda sample: sample.cpu_per_call) for name, rounds in kinds.items()}
    return ", ".join(f"{name} {part:.1%}" for name, part in found.items())


def peers_note(version: str | None, asked: bool) -> str | None:
    """What has to be said of the peers."""
    if not asked:
        return None
    if version is None:
        return "LiteLLM's proxy could not be installed here, so it is not beside us."
    return (
        f"LiteLLM {version}: its proxy as PyPI has it, one worker, one model and a master key, without a database; it redacts "
        "nothing, counts tokens and cost, and exports nothing."
    )

"""The core's own benchmark, without Envoy: natively, and in a VM."""

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from integration import vm
from integration.bench import estimate
from integration.bench.estimate import Estimate
from integration.bench.machine import on_core
from integration.bench.table import Row, Table, microseconds
from integration.process import ROOT

WASM = ROOT / "target/bench.wasm"

# What the VM may take, in times of what it takes natively; or more, if it still reaches what is aimed for natively.
VM_GOAL = 2.0

# The parts of a dialect, in the order of the columns; a stream's part also names its framing.
PARTS = ("request", "long request", "answer", "stream")


# Native and VM take turns, so that whatever else happens to the machine happens to both.
ROUNDS = 6


@dataclass(frozen=True)
class Figure:
    """One measured piece of work, round by round; `aim` is the megabytes a second that it should reach natively."""

    subject: str
    part: str
    bytes: int
    aim: float | None
    native: list[float]
    in_vm: list[float]

    @property
    def seconds(self) -> float:
        """How long it takes natively: the lowest third. Whatever else the machine does can only make a round slower."""
        return estimate.lowest_third(self.native)

    @property
    def speed(self) -> float:
        """Megabytes a second, natively."""
        return self.bytes / self.seconds / 1e6

    @property
    def ratio(self) -> Estimate | None:
        """Its time in the VM by its time natively, where it was measured."""
        return estimate.ratio(self.in_vm, self.native) if self.in_vm else None

    @property
    def is_slow(self) -> bool:
        """Whether it misses its aim natively."""
        return self.aim is not None and self.speed < self.aim

    @property
    def is_slow_in_vm(self) -> bool:
        """Whether it takes too long in the VM, and longer than is aimed for natively."""
        if not self.aim or not self.ratio or self.ratio.value <= VM_GOAL:
            return False
        return self.bytes / estimate.lowest_third(self.in_vm) / 1e6 < self.aim


@dataclass(frozen=True)
class Core:
    """What was measured, and in which VM, if there was one."""

    figures: list[Figure]
    engine: str | None

    def tables(self) -> list[Table]:
        """Reading, dialect by dialect; then the rest, line by line."""
        subjects: dict[str, list[Figure]] = {}
        for figure in self.figures:
            subjects.setdefault(figure.subject, []).append(figure)
        dialects = {name: figures for name, figures in subjects.items() if figures[0].part.split(", ")[0] in PARTS}
        rest = [figure for figure in self.figures if figure.subject not in dialects]
        told = f"natively; ×: in {self.engine}, ≈: as natively" if self.engine else "natively"
        return [
            Table(f"reading, {told}", PARTS, [self._dialect(name, figures) for name, figures in dialects.items()]),
            Table("the core, natively", ("speed", "of", "in", "in the VM"), [self._line(figure) for figure in rest]),
        ]

    def notes(self) -> list[str]:
        """What was not measured."""
        if self.engine:
            return []
        return ["The core was not measured in a VM: there is neither Node nor PyPI's wasmtime."]

    def _dialect(self, name: str, figures: Sequence[Figure]) -> Row:
        cells: dict[str, list[str]] = {part: [] for part in PARTS}
        for figure in figures:
            part, _, framing = figure.part.partition(", ")
            cells[part].append(f"{self._cell(figure)} {framing}".rstrip())
        return Row(name, tuple("; ".join(found) or "–" for found in cells.values()), self._goal(figures))

    def _line(self, figure: Figure) -> Row:
        cells = (f"{figure.speed:,.0f} MB/s", f"{figure.bytes:,} B", microseconds(figure.seconds), _times(figure))
        return Row(f"{figure.subject}: {figure.part}", cells, self._goal([figure]))

    def _cell(self, figure: Figure) -> str:
        return f"{figure.speed:,.0f} MB/s {_times(figure)}".rstrip()

    def _goal(self, figures: Sequence[Figure]) -> str:
        """Which speeds are aimed for, and what misses them."""
        aims = [figure for figure in figures if figure.aim]
        if not aims:
            return ""
        slow = [figure.part for figure in aims if figure.is_slow]
        slow += [f"{figure.part} in the VM" for figure in aims if figure.is_slow_in_vm]
        speeds = sorted({figure.aim for figure in aims}, reverse=True)
        wanted = " and ".join(f"{speed:.0f}" for speed in speeds) + " MB/s" + f", ×{VM_GOAL:.0f}" * bool(self.engine)
        return f"{wanted}: " + (f"MISSED: {', '.join(slow)}" if slow else "reached")


def measure(core: int, say: Callable[[str], None], rounds: int = ROUNDS) -> Core:
    """Runs `benches/core`, which has been built before, natively and in a VM."""
    engine = vm.engine() if WASM.exists() else None
    figures: dict[tuple[str, str], Figure] = {}
    with on_core(core):
        for number in range(1, rounds + 1):
            for found in _run(["cargo", "bench", "--quiet", "--bench", "core", "--", "--json"]):
                _figure(figures, found).native.append(found["seconds"])
            for found in _run(engine.run(WASM, "--json")) if engine else []:
                _figure(figures, found).in_vm.append(found["seconds"])
            say(f"the core, round {number} of {rounds}")
    return Core(list(figures.values()), engine and engine.name)


def _run(command: Sequence[str]) -> list[dict]:
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


def _figure(figures: dict[tuple[str, str], Figure], found: dict) -> Figure:
    subject, part = found["subject"], found["part"]
    return figures.setdefault((subject, part), Figure(subject, part, found["bytes"], found["aim"], [], []))


def _times(figure: Figure) -> str:
    """The ratio in few letters; one that cannot be told from 1 is not printed."""
    if not figure.ratio:
        return ""
    return "≈" if figure.ratio.spans(1) else f"×{figure.ratio.value:.2f}"


def main() -> None:
    """`python -m integration.bench.core`: these tables alone."""
    from integration.bench.machine import Cores
    from integration.bench.table import terminal_tables

    found = measure(Cores.choose().envoy, lambda text: print(f"    {text}", flush=True))
    print(terminal_tables(found.tables()), *found.notes(), sep="\n")


if __name__ == "__main__":
    main()

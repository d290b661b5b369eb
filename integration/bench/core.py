"""The core's own benchmark, without Envoy: natively, and in a VM."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from integration import vm
from integration.bench.machine import on_core
from integration.bench.table import Row, Table, microseconds
from integration.process import ROOT

WASM = ROOT / "target/bench.wasm"

# What the VM may take, in times of what it takes natively; or more, if it still reaches what is aimed for natively.
VM_GOAL = 2.0

# The parts of a dialect, in the order of the columns; a stream's part also names its framing.
PARTS = ("request", "long request", "answer", "stream")


@dataclass(frozen=True)
class Figure:
    """One measured piece of work; `aim` is the megabytes a second that it should reach natively."""

    subject: str
    part: str
    bytes: int
    seconds: float
    aim: float | None

    @property
    def speed(self) -> float:
        """Megabytes a second."""
        return self.bytes / self.seconds / 1e6


@dataclass(frozen=True)
class Core:
    """What was measured, and in which VM, if there was one."""

    native: list[Figure]
    in_vm: dict[tuple[str, str], Figure]
    engine: str | None

    def tables(self) -> list[Table]:
        """Reading, dialect by dialect; then the rest, line by line."""
        subjects = {figure.subject: [] for figure in self.native}
        for figure in self.native:
            subjects[figure.subject].append(figure)
        dialects = {name: figures for name, figures in subjects.items() if figures[0].part.split(", ")[0] in PARTS}
        rest = [figure for figure in self.native if figure.subject not in dialects]
        told = f"natively; ×: in {self.engine}" if self.engine else "natively"
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
        cells = (f"{figure.speed:,.0f} MB/s", f"{figure.bytes:,} B", microseconds(figure.seconds), self._times(figure))
        return Row(f"{figure.subject}: {figure.part}", cells, self._goal([figure]))

    def _cell(self, figure: Figure) -> str:
        return f"{figure.speed:,.0f} MB/s {self._times(figure)}".rstrip()

    def _times(self, figure: Figure) -> str:
        ratio = self._ratio(figure)
        return f"×{ratio:.2f}" if ratio else ""

    def _ratio(self, figure: Figure) -> float:
        found = self.in_vm.get((figure.subject, figure.part))
        return found.seconds / figure.seconds if found else 0

    def _is_slow_in_vm(self, figure: Figure) -> bool:
        found = self.in_vm.get((figure.subject, figure.part))
        return found is not None and self._ratio(figure) > VM_GOAL and found.speed < (figure.aim or 0)

    def _goal(self, figures: Sequence[Figure]) -> str:
        """Which speeds are aimed for, and what misses them."""
        aims = [figure for figure in figures if figure.aim]
        if not aims:
            return ""
        slow = [figure.part for figure in aims if figure.speed < figure.aim]
        slow += [f"{figure.part} in the VM" for figure in aims if self._is_slow_in_vm(figure)]
        speeds = sorted({figure.aim for figure in aims}, reverse=True)
        wanted = " and ".join(f"{speed:.0f}" for speed in speeds) + " MB/s" + f", ×{VM_GOAL:.0f}" * bool(self.engine)
        return f"{wanted}: " + (f"MISSED: {', '.join(slow)}" if slow else "reached")


def measure(core: int) -> Core:
    """Runs `benches/core`, which has been built before, natively and in a VM."""
    engine = vm.engine() if WASM.exists() else None
    with on_core(core):
        native = _figures(["cargo", "bench", "--quiet", "--bench", "core", "--", "--json"])
        in_vm = _figures(engine.run(WASM, "--json")) if engine else []
    return Core(native, {(figure.subject, figure.part): figure for figure in in_vm}, engine and engine.name)


def _figures(command: Sequence[str]) -> list[Figure]:
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [Figure(**json.loads(line)) for line in ran.stdout.splitlines() if line.startswith("{")]


def main() -> None:
    """`python -m integration.bench.core`: these tables alone."""
    from integration.bench.machine import Cores
    from integration.bench.table import terminal_tables

    found = measure(Cores.choose().envoy)
    print(terminal_tables(found.tables()), *found.notes(), sep="\n")


if __name__ == "__main__":
    main()

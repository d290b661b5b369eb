"""What the kernel says of this machine, of a process and of a core."""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cores:
    """Envoy has a core of its own; client, provider and collector share another."""

    envoy: int
    load: int

    @staticmethod
    def choose() -> "Cores":
        """The last and the first core that this process may use. Raises `SystemExit` when there is but one."""
        usable = sorted(os.sched_getaffinity(0))
        if len(usable) < 2:
            raise SystemExit("error: the benchmark needs two cores: one for Envoy, one for the load")
        return Cores(envoy=usable[-1], load=usable[0])


@contextlib.contextmanager
def on_core(core: int) -> Iterator[None]:
    """Processes that are started meanwhile stay on this core, with all their threads."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """The time a process has computed so far, in user mode and in the kernel, all threads together.

    By the scheduler's own nanoseconds: `/proc/<pid>/stat` has the same in steps of 10 ms. A thread that has ended is no
    longer in it.
    """
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def with_children(pid: int) -> list[int]:
    """A process and all that it has started, as they are now."""
    found = [pid]
    for parent in found:
        for thread in Path(f"/proc/{parent}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def resident_bytes(pid: int) -> int:
    """The memory a process has in RAM."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def core_seconds(core: int) -> tuple[float, float]:
    """The time that all processes together have computed on a core, and the time that the host has taken it away."""
    found = re.search(rf"^cpu{core} (.*)$", Path("/proc/stat").read_text(), re.MULTILINE)
    user, nice, system, _idle, _waiting, _irq, _softirq, steal, *_ = map(int, found[1].split()) if found else [0] * 8
    return (user + nice + system) / TICKS, steal / TICKS


def cpu_model() -> str:
    """The processor's name."""
    found = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else os.uname().machine

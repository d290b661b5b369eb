"""The core's own benchmark, without Envoy and without the VM."""

import json
import subprocess

from integration.bench.machine import on_core
from integration.bench.table import Row, Table, microseconds
from integration.process import ROOT


def measure(core: int) -> Table:
    """Runs `benches/core.rs` and returns what it printed. It has been built before."""
    command = ["cargo", "bench", "--quiet", "--bench", "core", "--", "--json"]
    with on_core(core):
        ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    rows = []
    for line in ran.stdout.splitlines():
        found = json.loads(line)
        speed = found["bytes"] / found["seconds"] / 1e6
        rows.append(Row(found["name"], (f"{speed:,.0f} MB/s", f"{found['bytes']:,} B", microseconds(found["seconds"]))))
    return Table("the core, natively", ("speed", "of", "in"), rows)

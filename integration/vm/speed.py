"""Times the filter, in Node's V8 and without Envoy, on texts that are made to slow it down.

`python -m integration.vm.speed`; `scripts/speed` builds what it needs first.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from integration import settings, vm
from integration.bench.machine import cpu_model
from integration.keys import ENVIRONMENT, SEARCH
from integration.process import ROOT
from integration.vm import baits
from integration.vm.baits import Bait

WASM = ROOT / "target/tollgate.wasm"

# The longest is what `limits.request_body` allows, less what stands around the prompt.
LENGTHS = {"64 kB": 64 << 10, "1 MB": 1 << 20, "8 MB": 8 << 20, "32 MB": (32 << 20) - 4096}
QUICK = ("64 kB", "1 MB")

# The same settings but for the key, with the names that the tables have.
LIMITS = {"request_body": "32MiB", "response_body": "64MiB", "stream_event": "16MiB"}
PLAIN = settings.changed(settings.base([SEARCH]), {"telemetry": None, "limits": LIMITS})
KEYED = settings.changed(PLAIN, {"redaction": {"placeholder_key": {"env": "PLACEHOLDER_KEY"}}})
NUMBERED, SEALED = "numbered", "with a key"
SETTINGS = {NUMBERED: PLAIN, SEALED: KEYED}

# Megabytes a second that no text may fall below.
SLOWEST = 20.0
# The same where each value costs more than its bytes do: a place in the table of values, and with a key an encryption.
SLOWEST_BY_VALUE = {NUMBERED: 5.0, SEALED: 0.5}
# Times that a byte of the longest text may take of what one of a megabyte takes; and where the values fill a table that
# the processor's cache does not hold.
LINEAR = 2.0
LINEAR_BY_VALUE = 3.0
# A text that passes at so many megabytes a second is slowed by the memory that it lies in, not by the search.
QUICK_ANYHOW = 100.0


@dataclass(frozen=True)
class Row:
    """What was measured of one bait under one configuration: megabytes a second by the name of the length."""

    settings: str
    bait: Bait
    speeds: dict[str, float]

    @property
    def slowest(self) -> float:
        """The slowest of its figures."""
        return min(self.speeds.values())

    @property
    def faults(self) -> list[str]:
        """What is too slow, and what is not linear."""
        slowest = SLOWEST_BY_VALUE[self.settings] if self.bait.by_value else SLOWEST
        linear = LINEAR_BY_VALUE if self.bait.by_value else LINEAR
        found = [f"{speed:.1f} MB/s at {length}" for length, speed in self.speeds.items() if speed < slowest]
        longest, million = self.speeds.get("32 MB"), self.speeds.get("1 MB")
        if longest and million and longest < QUICK_ANYHOW and million > linear * longest:
            found.append(f"a byte of 32 MB takes {million / longest:.1f} × one of 1 MB")
        return found


def main() -> None:
    """Measures and prints; exit code 1 where something is too slow."""
    options = arguments()
    engine = vm.v8(ROOT / "integration/vm/speed.mjs")
    if engine is None:
        raise SystemExit(f"error: no Node here, or one before {vm.OLDEST_NODE}: nothing else runs wasm as Envoy does")
    if not options.wasm.is_file():
        raise SystemExit(f"error: {options.wasm} does not exist\n       Try: make wasm")
    chosen = [bait for bait in baits.ALL if not options.only or any(word in bait.name for word in options.only)]
    lengths = {name: LENGTHS[name] for name in (QUICK if options.quick else LENGTHS)}
    rows = list(measured(engine, options, chosen, lengths))
    print(table(rows, list(lengths), engine.name))
    faults = [f"{row.bait.name}, {row.settings}: {fault}" for row in rows for fault in row.faults]
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="scripts/speed", description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", action="append", metavar="TEXT", help="only baits with this in their names")
    parser.add_argument("--quick", action="store_true", help=f"only {' and '.join(QUICK)}")
    parser.add_argument("--rounds", type=int, default=3, help="the quickest of so many counts (3)")
    parser.add_argument("--wasm", type=Path, default=WASM, help="the filter (target/tollgate.wasm)")
    return parser.parse_args()


def measured(
    engine: vm.Engine, options: argparse.Namespace, chosen: list[Bait], lengths: dict[str, int]
) -> Iterator[Row]:
    """Each bait's figures, as they come; says how far it is."""
    plan = {
        "wasm": str(options.wasm),
        "settings": [{"name": name, "settings": content} for name, content in SETTINGS.items()],
        "environment": ENVIRONMENT,
        "key": SEARCH.secret,
        "baits": [asdict(bait) | {"name": bait.name} for bait in chosen],
        "lengths": list(lengths.values()),
        "rounds": options.rounds,
    }
    names = {length: name for name, length in lengths.items()}
    by_name = {bait.name: bait for bait in chosen}
    whole, done, start = len(chosen) * len(SETTINGS), 0, time.monotonic()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(engine.command, **pipes, text=True, env=environment()) as node:
        assert node.stdin and node.stdout
        node.stdin.write(json.dumps(plan))
        node.stdin.close()
        speeds: dict[str, float] = {}
        for result in map(json.loads, node.stdout):
            speeds[names[result["length"]]] = result["bytes"] / result["seconds"] / 1e6
            if len(speeds) < len(lengths):
                continue
            row, speeds, done = Row(result["settings"], by_name[result["bait"]], speeds), {}, done + 1
            figures = " ".join(f"{speed:7.1f}" for speed in row.speeds.values())
            seconds = time.monotonic() - start
            progress = f"[{seconds:3.0f}s] {done:>3} of {whole}  {figures} MB/s"
            print(f"    {progress}  {row.bait.name}, {row.settings}", file=sys.stderr, flush=True)
            yield row
    if node.returncode:
        raise SystemExit(f"error: Node ended with {node.returncode}")


def environment() -> dict[str, str]:
    """Node's environment, without options that would change what is measured."""
    return {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}


def table(rows: list[Row], lengths: list[str], engine: str) -> str:
    """The slowest first, in Markdown; the slowest of all in bold."""
    allowed = f"{SLOWEST:.0f}, and by value {SLOWEST_BY_VALUE[NUMBERED]:.0f}, or {SLOWEST_BY_VALUE[SEALED]} with a key"
    lines = [f"MB/s in {engine} on {cpu_model()}, CPU time. The least that is allowed: {allowed}", ""]
    lines += ["| text, again and again | placeholders |" + "".join(f" {length} |" for length in lengths)]
    lines += ["|---|---|" + "--:|" * len(lengths)]
    slowest = min((row.slowest for row in rows), default=0.0)
    for row in sorted(rows, key=lambda row: row.slowest):
        cells = [f"**{speed:.1f}**" if speed == slowest else f"{speed:.1f}" for speed in row.speeds.values()]
        by_value = " (by value)" if row.bait.by_value else ""
        lines.append(f"| {row.bait.name}{by_value} | {row.settings} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

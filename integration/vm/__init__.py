"""Programs of this project, built for wasm (`scripts/wasm bench`, `scripts/wasm replay`), in a VM without Envoy.

Node has V8, as Envoy has. Where there is no Node, PyPI's `wasmtime` stands in, if it is installed.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from integration.process import ROOT

# The first whose WASI can be used without more words.
OLDEST_NODE = 20


@dataclass(frozen=True)
class Engine:
    """What runs wasm: its name, and the words of a command before the program and its own words."""

    name: str
    command: tuple[str, ...]

    def run(self, wasm: Path, *words: str) -> list[str]:
        """The command for a program."""
        return [*self.command, str(wasm), *words]


def engine() -> Engine | None:
    """The engine of this machine that is most like Envoy's; `None` where there is none."""
    found = v8(ROOT / "integration/vm/node.mjs")
    if not found and importlib.util.find_spec("wasmtime"):
        return Engine("wasmtime", (sys.executable, "-m", "integration.vm.under_wasmtime"))
    return found


def v8(script: Path) -> Engine | None:
    """Node with a script that runs wasm; `None` where there is no Node, or an older one."""
    node = shutil.which("node")
    version = _version(node) if node else (0, "")
    if not node or version[0] < OLDEST_NODE:
        return None
    # What Envoy runs has been compiled by V8's optimising compiler before long: here it is at once.
    flags = ("--no-warnings", "--no-liftoff", "--no-wasm-tier-up")
    return Engine(f"V8 {version[1]} (Node)", (node, *flags, str(script)))


def _version(node: str) -> tuple[int, str]:
    """Node's major version, and that of its V8."""
    words = [node, "-p", "`${process.versions.node} ${process.versions.v8}`"]
    found = re.match(r"(\d+)\S* (\d+\.\d+)", subprocess.run(words, capture_output=True, text=True, check=False).stdout)
    return (int(found[1]), found[2]) if found else (0, "")

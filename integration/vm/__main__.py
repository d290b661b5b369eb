"""Runs a program in a VM: `python -m integration.vm FILE.wasm [WORD…]`. Says so where there is no VM."""

import os
import sys
from pathlib import Path

from integration.vm import engine

found = engine()
if not found:
    raise SystemExit("no VM here: neither Node nor PyPI's wasmtime")
command = found.run(Path(sys.argv[1]), *sys.argv[2:])
os.execv(command[0], command)

"""Runs a program that was built for WASI: `python -m integration.vm.under_wasmtime FILE.wasm [WORD…]`.

It sees the files below the current folder. The core is linked with the filter, which imports Envoy's functions: none of
them is ever called.
"""

import os
import sys

import wasmtime


def main() -> None:
    """Ends with the program's own exit code."""
    file = sys.argv[1]
    wasi = wasmtime.WasiConfig()
    wasi.argv = sys.argv[1:]
    for name in (os.getcwd(), "."):
        wasi.preopen_dir(os.getcwd(), name)
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    engine = wasmtime.Engine()
    store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
    store.set_wasi(wasi)
    linker.define_wasi()
    module = wasmtime.Module.from_file(engine, file)
    for wanted in module.imports:
        if wanted.module == "env":
            linker.define_func(wanted.module, wanted.name, wanted.type, _envoys)
    try:
        linker.instantiate(store, module).exports(store)["_start"](store)
    except wasmtime.ExitTrap as end:
        raise SystemExit(end.code) from None


def _envoys(*_: object) -> None:
    raise RuntimeError("this function is Envoy's")


if __name__ == "__main__":
    main()

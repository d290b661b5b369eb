"""Starting what the demo needs, and what is said when it cannot be had."""

import os
import signal
from pathlib import Path

from integration import envoy_config, stack
from integration.keys import SEARCH, SMALL, SUPPORT
from integration.listeners import Rejected
from integration.process import ROOT
from integration.proxy import NotStarted
from integration.settings import Settings, base, changed
from integration.stack import Stack

RUN = ROOT / ".run"
VARIABLES = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}


class CannotRun(Exception):
    """The demo cannot run. The text says why, and what to do."""


def providers(*, live: bool) -> set[str]:
    """The providers to call: both, or those whose key is in the environment. Raises `CannotRun`."""
    if not live:
        return set(VARIABLES)
    found = {name for name, variable in VARIABLES.items() if os.environ.get(variable)}
    if not found:
        raise CannotRun("LIVE=1 calls real providers, and neither OPENAI_API_KEY nor ANTHROPIC_API_KEY is set.\n"
                        "Export one of them, or leave LIVE out: then a stand-in answers.")  # fmt: skip
    return found


def settings_of(names: set[str], *, live: bool) -> Settings:
    """The settings of the tests, with these providers. Live, spans keep the redacted text: nothing else shows it."""
    written = base(keys=[SEARCH, SUPPORT, SMALL])
    written["providers"] = [provider for provider in written["providers"] if provider["name"] in names]
    telemetry: Settings = {"resource": {"service.name": "tollgate-demo"}}
    return changed(written, {"telemetry": telemetry | ({"content": "redacted"} if live else {})})


def start(directory: Path, names: set[str], *, live: bool, port: int = 0, spans_port: int = 0) -> tuple[Stack, str]:
    """Starts everything and returns it with the gateway's address. Raises `CannotRun`."""
    if not envoy_config.WASM.exists():
        raise CannotRun(f"{envoy_config.WASM} is missing.\nBuild the filter first: make wasm")
    try:
        everything = stack.start(directory, live=live, spans_port=spans_port)
    except (NotStarted, TimeoutError) as problem:
        raise CannotRun(f"{problem}\nThe logs are in {directory}") from problem
    try:
        address = f"127.0.0.1:{port}" if port else None
        return everything, everything.proxy.listeners.put("tollgate", settings_of(names, live=live), address)
    except (Rejected, TimeoutError) as problem:
        everything.stop()
        raise CannotRun(f"Envoy does not take the filter: {problem}\nIts log is {directory}/envoy.log") from problem


def end_in_order() -> None:
    """Makes a termination signal end the program as Ctrl-C does, so that what it has started is ended too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)

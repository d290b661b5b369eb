"""Runs the demo: `python -m integration.demo`, with `--up` or `--down`; see `make demo`, `make up`, `make down`."""

import argparse
import os
import shutil
import sys
import time

from rich.console import Console
from rich.panel import Panel

from integration.demo import standing
from integration.demo.run import RUN, CannotRun, end_in_order, providers, start
from integration.demo.tour import Tour
from integration.demo.view import view_of
from integration.terminal.sums import table_of


def main() -> int:
    """Does what the options say and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m integration.demo", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--up", action="store_true", help="leave everything running, and say how to use it")
    which.add_argument("--down", action="store_true", help="end what --up has started")
    options = parser.parse_args()
    # The official clients shall speak to the gateway, whatever proxy the environment names.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
    live = os.environ.get("LIVE", "") not in ("", "0")
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
    try:
        if options.down:
            console.print(standing.down(), markup=False)
        elif options.up:
            console.print(standing.up(), markup=False, soft_wrap=True)
        else:
            tour(console, live=live)
    except CannotRun as problem:
        console.print(f"error: {problem}", style="bold red", markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def tour(console: Console, *, live: bool) -> None:
    """Starts everything, makes the calls, shows them and their sums, and ends it all."""
    end_in_order()
    began = time.monotonic()
    names = providers(live=live)
    directory = RUN / "demo"
    shutil.rmtree(directory, ignore_errors=True)
    with console.status("starting Envoy with the filter, a receiver of spans" + ("" if live else ", a stand-in")):
        everything, address = start(directory, names, live=live)
    try:
        whom = "the real provider" if live else "a stand-in provider that repeats what it is told"
        console.print(Panel(
            f"the official SDKs → [bold]Envoy with Tollgate[/bold] at {address} → {whom}\n"
            f"                           └→ one span per call, to an OTLP receiver\n"
            "[bold white on red]personal data[/] is made up; "
            "[bold black on green]\\[KIND_1][/] is what a provider sees in its place",
            title="Tollgate",
        ))  # fmt: skip
        spans = []
        for number, outcome in enumerate(Tour(everything, address, names, live=live).outcomes(), 1):
            console.print(view_of(number, outcome, live=live))
            spans.append(outcome.span)
        console.print(table_of("by team", "tollgate.team", spans))
        console.print(table_of("by model", "gen_ai.request.model", spans))
        console.print(f"{len(spans)} calls in {time.monotonic() - began:.1f} s. make up leaves it running for you.")
    finally:
        everything.stop()


if __name__ == "__main__":
    sys.exit(main())

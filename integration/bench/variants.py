"""What is compared: one Envoy binary, one configuration, but for the filter."""

import json
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from integration import envoy_config
from integration.admin import Admin
from integration.bench.load import Servers
from integration.bench.machine import cpu_seconds, on_core, resident_bytes
from integration.envoy_config import WASM, Config
from integration.keys import SEARCH
from integration.process import ROOT, free_port
from integration.proxy import NotStarted, last_lines, run_envoy, wait_until_ready
from integration.settings import Settings, base, changed

EMPTY_WASM = ROOT / "target" / "empty.wasm"


@dataclass(frozen=True)
class Variant:
    """What stands in the filter's place."""

    name: str
    wasm: Path | None
    redacts: bool = False
    # The provider speaks another API than the client.
    translates: bool = False

    def listener(self, address: str, change: int = 0) -> Config:
        """The listener with it; those of other changes have other settings."""
        config = envoy_config.listener("bench", address, settings(change, self.translates), self.wasm or WASM)
        manager = envoy_config.connection_manager(config)
        manager["server_name"] = f"change-{change}"
        if self.redacts:
            return config
        # The provider is the filter's choice; without it, the route has to say.
        for host in manager["route_config"]["virtual_hosts"]:
            for route in host["routes"]:
                del route["route"]["cluster_header"]
                route["route"]["cluster"] = "openai"
        found = envoy_config.http_filter(config)
        if self.wasm is None:
            manager["http_filters"].remove(found)
        else:
            found["typed_config"]["config"]["configuration"]["value"] = ""
        return config


NONE = Variant("no filter", None)
EMPTY = Variant("empty filter", EMPTY_WASM)
TOLLGATE = Variant("Tollgate", WASM, redacts=True)
TRANSLATING = Variant("Tollgate, translating", WASM, redacts=True, translates=True)


def variants() -> list[Variant]:
    """All of them, with the older filter that `BASE` names, if it names one. Raises `SystemExit`."""
    named = os.environ.get("BASE")
    if not named:
        return [NONE, EMPTY, TOLLGATE]
    older = Path(named).resolve()
    if not older.is_file():
        raise SystemExit(f"error: BASE={named}: there is no such file")
    return [NONE, EMPTY, Variant(older.name, older, redacts=True), TOLLGATE]


def older_of(compared: list[Variant]) -> Variant | None:
    """The older filter among them."""
    return next((variant for variant in compared if variant.redacts and variant != TOLLGATE), None)


def settings(change: int = 0, translates: bool = False) -> Settings:
    """Everything switched on, and what the tests hurry along as it is by default."""
    own = {"telemetry": {"otlp": {"batch": None}}, "strip_headers": ["cookie", f"x-change-{change}"]}
    target = {"provider": "anthropic", "model": "claude-haiku-4-5"}
    return changed(base(), own | ({"models": [{"name": "*", "targets": [target]}]} if translates else {}))


class Envoy:
    """One of them, running on its core."""

    def __init__(
        self, variant: Variant, directory: Path, servers: Servers, core: int, *, workers: int = 1, late: bool = True
    ) -> None:
        """Starts it, gives it its listener when it is up (`late`) or from the start, and waits until that takes
        connections. Raises `NotStarted`.
        """
        self.variant = variant
        self.address = f"127.0.0.1:{free_port()}"
        self.key = SEARCH.secret
        self.admin_address = f"127.0.0.1:{free_port()}"
        self._admin = Admin(self.admin_address)
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        endpoints = {
            "openai": servers.provider,
            "anthropic": servers.provider,
            "otel_collector": servers.collector,
        }
        self._publish([] if late else [variant.listener(self.address)], 0)
        start = time.monotonic()
        with on_core(core):
            config = envoy_config.bootstrap(endpoints, self.admin_address, directory)
            self._process = run_envoy(directory, config, "--concurrency", str(workers))
        wait_until_ready(self._process, self._admin)
        if late:
            cpu, start = self.cpu_seconds(), time.monotonic()
            self._publish([variant.listener(self.address)], 1)
        self._wait()
        # From its start, or from the configuration's arrival, to the first connection taken: compiled and configured.
        self.seconds = time.monotonic() - start
        self.load_cpu = self.cpu_seconds() - cpu if late else 0.0

    def change(self, number: int) -> None:
        """Gives it other settings, and does not wait until it has taken them."""
        self._publish([self.variant.listener(self.address, number)], number + 1)

    def changes(self) -> int:
        """How many sets of listeners it has taken."""
        return self._admin.stat("listener_manager.lds.update_success")

    def cpu_seconds(self) -> float:
        """The time it has computed so far."""
        return cpu_seconds(self._process.pid)

    def resident_bytes(self) -> int:
        """The memory it has in RAM."""
        return resident_bytes(self._process.pid)

    def counts(self) -> dict[str, int]:
        """What the filter has counted, by the last part of the names."""
        found = self._admin.stats("wasmcustom.tollgate_")
        return {name.rpartition("tollgate_")[2]: value for name, value in found.items()}

    def version(self) -> str:
        """Envoy's version."""
        # "hash/version/state/build/TLS library"
        return self._admin.ask("GET", "/server_info")["version"].split("/")[1]

    def stop(self) -> None:
        """Ends it."""
        self._process.stop()

    def _wait(self) -> None:
        try:
            wait_for_listener(self.address)
        except TimeoutError:
            self.stop()
            raise NotStarted(f"{self.variant.name}: no listener:\n{last_lines(self._process.output())}") from None

    def _publish(self, listeners: list[Config], version: int) -> None:
        fresh = self._directory / "listeners.json.new"
        fresh.write_text(json.dumps(envoy_config.discovery(listeners, version)))
        # Moved into place: Envoy watches for that, and never reads half a file.
        fresh.replace(self._directory / "listeners.json")


def wait_for_listener(address: str, seconds: float = 60) -> None:
    """Waits until a connection is taken there, to the millisecond. Raises `TimeoutError`."""
    host, _, port = address.rpartition(":")
    deadline = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing listens on {address} after {seconds} s") from None
            time.sleep(0.001)

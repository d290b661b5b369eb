"""The three that are compared: one Envoy binary, one worker, one configuration, but for the filter."""

import json
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from integration import envoy_config
from integration.admin import Admin
from integration.bench.load import Servers
from integration.bench.machine import cpu_seconds, on_core, resident_bytes
from integration.envoy_config import WASM, Config
from integration.process import ROOT, free_port
from integration.proxy import NotStarted, last_lines, run_envoy, wait_until_ready
from integration.settings import Settings, base, changed

EMPTY_WASM = ROOT / "target" / "empty.wasm"


@dataclass(frozen=True)
class Variant:
    """What stands in the filter's place."""

    name: str
    wasm: Path | None

    def listener(self, address: str) -> Config:
        """The listener with it."""
        config = envoy_config.listener("bench", address, settings(), self.wasm or WASM)
        if self.wasm == WASM:
            return config
        # The provider is the filter's choice; without it, the route has to say.
        manager = envoy_config.connection_manager(config)
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
TOLLGATE = Variant("Tollgate", WASM)

VARIANTS = (NONE, EMPTY, TOLLGATE)


def settings() -> Settings:
    """Everything switched on, and what the tests hurry along as it is by default."""
    return changed(base(), {"telemetry": {"otlp": {"batch": None}}})


class Envoy:
    """One of them, running on its core."""

    def __init__(self, variant: Variant, directory: Path, servers: Servers, core: int) -> None:
        """Starts it, gives it its listener and waits until that takes connections. Raises `NotStarted`."""
        self.variant = variant
        self.address = f"127.0.0.1:{free_port()}"
        admin = f"127.0.0.1:{free_port()}"
        self._admin = Admin(admin)
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        endpoints = {
            "openai": servers.provider,
            "anthropic": servers.provider,
            "otel_collector": servers.collector,
        }
        self._publish([], 0)
        with on_core(core):
            config = envoy_config.bootstrap(endpoints, admin, directory)
            self._process = run_envoy(directory, config, "--concurrency", "1")
        wait_until_ready(self._process, self._admin)
        start = time.monotonic()
        self._publish([variant.listener(self.address)], 1)
        try:
            wait_for_listener(self.address)
        except TimeoutError:
            self.stop()
            raise NotStarted(f"{variant.name}: no listener:\n{last_lines(self._process.output())}") from None
        # From the configuration's arrival to the first connection taken: compiled and configured.
        self.load_seconds = time.monotonic() - start

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

    def _publish(self, listeners: list[Config], version: int) -> None:
        fresh = self._directory / "listeners.json.new"
        fresh.write_text(json.dumps(envoy_config.discovery(listeners, version)))
        # Moved into place: Envoy watches for that, and never reads half a file.
        fresh.replace(self._directory / "listeners.json")


def wait_for_listener(address: str, seconds: float = 30) -> None:
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

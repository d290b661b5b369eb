"""The configuration for fallback, `envoy/fallback.yaml` itself, with a stand-in over TLS for each of its providers.

Changed are the addresses, the authorities' files, the place of the filter, and of its settings the keys and whatever a
test asks for.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from integration import envoy_config
from integration.admin import Admin
from integration.authority import Authority
from integration.keys import ENVIRONMENT, ISSUED, OPENAI_KEY
from integration.listeners import wait_for_port
from integration.process import ROOT, Process, free_port, python_module
from integration.proxy import run_envoy, wait_until_ready
from integration.settings import Settings, changed
from integration.standin.client import StandInClient

AZURE_KEY = "azure-" + "standin0Azure" * 3
LOCAL_KEY = "local-" + "standin0Local" * 3
KEYS = {"openai": OPENAI_KEY, "azure": AZURE_KEY, "local": LOCAL_KEY}
HOSTS = {"openai": "api.openai.com", "azure": "acme.openai.azure.com", "local": "vllm.internal.example"}
PUBLIC = ("openai", "azure")


@dataclass
class Chain:
    """An Envoy with three providers behind it."""

    address: str
    admin: Admin
    standins: dict[str, StandInClient]
    envoy: Process
    processes: list[Process]

    def script(self, name: str, **scripts: dict[str, Any]) -> dict[str, str]:
        """Gives each provider a script of its own under one name, and returns the header that asks for it."""
        for provider, standin in self.standins.items():
            standin.post_script(name, scripts.get(provider, {}))
        return {"x-standin": name}

    def reset(self) -> None:
        """Forgets all calls, and lets no target rest."""
        for standin in self.standins.values():
            standin.reset()

    def paths(self) -> list[tuple[str, int]]:
        """The providers, with the number of calls that each of them got."""
        return [(name, len(standin.calls())) for name, standin in self.standins.items()]

    def stop(self) -> None:
        """Ends all of it."""
        for process in [self.envoy, *self.processes]:
            process.stop()


def written() -> dict[str, Any]:
    """The configuration as it stands in the repository."""
    return yaml.safe_load((ROOT / "envoy" / "fallback.yaml").read_text())


def cluster_of(config: dict[str, Any], name: str) -> dict[str, Any]:
    """A cluster of a configuration."""
    return next(cluster for cluster in config["static_resources"]["clusters"] if cluster["name"] == name)


def settings_of(config: dict[str, Any]) -> Settings:
    """The filter's settings in a configuration."""
    plugin = envoy_config.http_filter(config["static_resources"]["listeners"][0])["typed_config"]["config"]
    return json.loads(plugin["configuration"]["value"])


def start(
    directory: Path,
    collector: str,
    changes: Settings | None = None,
    *,
    workers: int = 1,
    adapt: Callable[[dict[str, Any]], object] = lambda _config: None,
) -> Chain:
    """Starts it. `changes` are those of the settings; `adapt` may change what else Envoy is told."""
    directory.mkdir(parents=True, exist_ok=True)
    public, internal = Authority(directory, "public"), Authority(directory, "internal")
    standins, processes, endpoints = {}, [], {"otel_collector": collector}
    for name, host in HOSTS.items():
        port, control = free_port(), free_port()
        certificate = (public if name in PUBLIC else internal).issue(host)
        options = {"port": port, "control_port": control, "certificate": str(certificate)}
        processes.append(python_module("integration.standin", directory / f"{name}.log", **options))
        standins[name] = StandInClient(f"127.0.0.1:{control}")
        endpoints[name] = f"127.0.0.1:{port}"
    address, admin = (f"127.0.0.1:{free_port()}" for _ in range(2))
    config = adapted(written(), address, admin, endpoints, changes or {})
    adapt(config)
    text = json.dumps(config)
    files = {
        "/etc/tollgate/tollgate.wasm": envoy_config.WASM,
        "/etc/ssl/certs/ca-certificates.crt": public.certificate,
        "/etc/tollgate/internal-ca.pem": internal.certificate,
    }
    for there, here in files.items():
        text = text.replace(there, str(here))
    for standin in standins.values():
        standin.wait_until_up()
    environment = ENVIRONMENT | {"AZURE_OPENAI_API_KEY": AZURE_KEY, "LOCAL_API_KEY": LOCAL_KEY}
    envoy = run_envoy(
        directory, json.loads(text), "--concurrency", str(workers), environment=os.environ | environment
    )
    chain = Chain(address, Admin(admin), standins, envoy, processes)
    try:
        wait_until_ready(envoy, chain.admin)
        wait_for_port(address)
    except BaseException:
        chain.stop()
        raise
    return chain


def adapted(
    config: dict[str, Any], address: str, admin: str, endpoints: dict[str, str], changes: Settings
) -> dict[str, Any]:
    """A configuration with other addresses, and with the tests' keys and changes in its settings."""
    config["admin"]["address"] = envoy_config.socket_address(admin)
    resources = config["static_resources"]
    [listener] = resources["listeners"]
    listener["address"] = envoy_config.socket_address(address)
    settings = changed(settings_of(config), {"keys": [key.settings() for key in ISSUED]})
    settings["telemetry"]["otlp"]["batch"] = {"interval": "20ms"}
    plugin = envoy_config.http_filter(listener)["typed_config"]["config"]
    plugin["configuration"]["value"] = json.dumps(changed(settings, changes))
    for cluster in resources["clusters"]:
        if cluster["name"] in endpoints:
            [endpoint] = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]
            endpoint["endpoint"]["address"] = envoy_config.socket_address(endpoints[cluster["name"]])
    return config

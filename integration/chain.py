"""A configuration of `envoy/` itself, with a stand-in over TLS for each of its providers, and for who gives out tokens.

Changed are the addresses, the authorities' files, the place of the filter, and of its settings the keys and whatever a
test asks for.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from integration import envoy_config
from integration.admin import Admin
from integration.authority import Authority
from integration.keys import ENVIRONMENT, ISSUED
from integration.listeners import wait_for_port
from integration.process import ROOT, Process, free_port, python_module
from integration.proxy import run_envoy, wait_until_ready
from integration.settings import Settings, changed
from integration.standin.client import StandInClient

Adapt = Callable[[dict[str, Any]], object]


@dataclass
class Chain:
    """An Envoy with a stand-in for each of its providers behind it. All that goes by providers has their names."""

    address: str
    admin: Admin
    standins: dict[str, StandInClient]
    hosts: dict[str, str]
    keys: dict[str, str]
    """The keys of those that get one from the filter."""
    addresses: dict[str, str]
    """Where the stand-ins listen."""
    envoy: Process
    processes: list[Process]

    def script(self, name: str, **scripts: dict[str, Any]) -> dict[str, str]:
        """Gives each provider a script of its own under one name, and returns the header that asks for it."""
        assert scripts.keys() <= self.standins.keys()
        for provider, standin in self.standins.items():
            standin.post_script(name, scripts.get(provider, {}))
        return {"x-standin": name}

    def reset(self) -> None:
        """Forgets all calls."""
        for standin in self.standins.values():
            standin.reset()

    def counts(self) -> dict[str, int]:
        """The number of calls that each provider got."""
        return {name: len(standin.calls()) for name, standin in self.standins.items()}

    def shown(self, headers: list[tuple[str, str]]) -> list[str]:
        """The providers whose keys are to be read in headers."""
        return [name for name, key in self.keys.items() if key in repr(headers)]

    def stop(self) -> None:
        """Ends all of it."""
        for process in [self.envoy, *self.processes]:
            process.stop()


def written(name: str = "fallback") -> dict[str, Any]:
    """A configuration as it stands in the repository."""
    return yaml.safe_load((ROOT / "envoy" / f"{name}.yaml").read_text())


def names() -> list[str]:
    """The configurations that plain Envoy runs."""
    return sorted(path.stem for path in (ROOT / "envoy").glob("*.yaml") if path.stem != "istio")


def cluster_of(config: dict[str, Any], name: str) -> dict[str, Any]:
    """A cluster of a configuration."""
    return next(cluster for cluster in config["static_resources"]["clusters"] if cluster["name"] == name)


def settings_of(config: dict[str, Any]) -> Settings:
    """The filter's settings in a configuration."""
    plugin = envoy_config.http_filter(config["static_resources"]["listeners"][0])["typed_config"]["config"]
    return json.loads(plugin["configuration"]["value"])


def environment_of(config: dict[str, Any]) -> dict[str, str]:
    """The variables that a configuration needs, each with a key that no provider knows."""
    variables = {variable for _, variable in _credentials(config)} | set(_variables(config))
    return ENVIRONMENT | {name: f"{name.lower()}-standin0" * 2 for name in variables - ENVIRONMENT.keys()}


def authorities(config: Any) -> set[str]:
    """The files of certificate authorities that a configuration names."""
    if isinstance(config, dict):
        named = {config["trusted_ca"]["filename"]} if "trusted_ca" in config else set()
        return named.union(*(authorities(value) for value in config.values()))
    return set().union(*(authorities(value) for value in config)) if isinstance(config, list) else set()


def installed(config: dict[str, Any], authority: Callable[[str], Path]) -> dict[str, Any]:
    """A configuration with the filter and the authorities' certificates where they lie on this machine."""
    text = json.dumps(config).replace("/etc/tollgate/tollgate.wasm", str(envoy_config.WASM))
    for file in authorities(config):
        text = text.replace(file, str(authority(file)))
    return json.loads(text)


def start(
    directory: Path,
    collector: str,
    changes: Settings | None = None,
    *,
    configuration: str = "fallback",
    workers: int = 1,
    adapt: Adapt = lambda _config: None,
) -> Chain:
    """Starts one. `changes` are those of the settings; `adapt` may change what else Envoy is told."""
    directory.mkdir(parents=True, exist_ok=True)
    config = written(configuration)
    issuers = {file: Authority(directory, Path(file).stem) for file in authorities(config)}
    standins, processes, hosts, addresses = {}, [], _hosts(config), {}
    for name, host in hosts.items():
        cluster = cluster_of(config, name)
        # One that is reached by way of a listener within Envoy has no TLS there.
        certificates = {"certificate": str(issuers[file].issue(host)) for file in authorities(cluster)}
        port, control = free_port(), free_port()
        log, options = directory / f"{name}.log", {"port": port, "control_port": control}
        processes.append(python_module("integration.standin", log, **options, **certificates))
        standins[name] = StandInClient(f"127.0.0.1:{control}")
        addresses[name] = f"127.0.0.1:{port}"
    environment = environment_of(config)
    keys = {provider: environment[variable] for provider, variable in _credentials(config)}
    address, admin = (f"127.0.0.1:{free_port()}" for _ in range(2))
    config = adapted(config, address, admin, addresses | {"otel_collector": collector}, changes or {})
    adapt(config)
    for standin in standins.values():
        standin.wait_until_up()
    config = installed(config, lambda file: issuers[file].certificate)
    envoy = run_envoy(directory, config, "--concurrency", str(workers), environment=environment)
    chain = Chain(address, Admin(admin), standins, hosts, keys, addresses, envoy, processes)
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
    config["admin"] = {"address": envoy_config.socket_address(admin)}
    resources = config["static_resources"]
    listener = resources["listeners"][0]
    listener["address"] = envoy_config.socket_address(address)
    settings = changed(settings_of(config), {"keys": [key.settings() for key in ISSUED]})
    if "telemetry" in settings:
        settings["telemetry"]["otlp"]["batch"] = {"interval": "20ms"}
    plugin = envoy_config.http_filter(listener)["typed_config"]["config"]
    plugin["configuration"]["value"] = json.dumps(changed(settings, changes))
    for cluster in resources["clusters"]:
        if cluster["name"] in endpoints and "socket_address" in endpoint_of(cluster)["address"]:
            endpoint_of(cluster)["address"] = envoy_config.socket_address(endpoints[cluster["name"]])
    return config


def endpoint_of(cluster: dict[str, Any]) -> dict[str, Any]:
    """The only endpoint of a cluster."""
    [endpoint] = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]
    return endpoint["endpoint"]


def _hosts(config: dict[str, Any]) -> dict[str, str]:
    """The host of whatever has a stand-in, by the name of the cluster: whatever has a name there, and pods."""
    named = [cluster for cluster in config["static_resources"]["clusters"] if "load_assignment" in cluster]
    hosts = {cluster["name"]: host for cluster in named if (host := endpoint_of(cluster).get("hostname"))}
    for provider in settings_of(config)["providers"]:
        if provider["name"] not in hosts and "port" in provider:
            hosts[provider["name"]] = f"{provider['host']}:{provider['port']}"
    return hosts


def _variables(config: Any) -> Iterator[str]:
    """The variables that secrets of Envoy's own are read from."""
    if isinstance(config, dict):
        if isinstance(config.get("environment_variable"), str):
            yield config["environment_variable"]
        for value in config.values():
            yield from _variables(value)
    elif isinstance(config, list):
        for value in config:
            yield from _variables(value)


def _credentials(config: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each provider to which the filter sends a key, with the variable that has it."""
    for provider in settings_of(config)["providers"]:
        if "credential" in provider:
            yield provider["name"], provider["credential"]["env"]

"""What Envoy is started with here: `envoy/plain.yaml` itself, with other addresses and its listener taken out.

So whatever holds in the tests holds for the configuration that operators copy.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from integration.process import ROOT
from integration.settings import Settings

Config = dict[str, Any]

WASM = ROOT / "target" / "tollgate.wasm"
TLS_PARTS = ("transport_socket", "typed_extension_protocol_options")
# What the filter may read of the environment, beside what operators copy.
ADDED_VARIABLES = ["GEMINI_API_KEY", "PLACEHOLDER_KEY", "OTLP_AUTHORIZATION"]
HTTP_FILTER_TYPE = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"


def plain() -> Config:
    """The configuration for plain Envoy."""
    return yaml.safe_load((ROOT / "envoy" / "plain.yaml").read_text())


def bootstrap(endpoints: Mapping[str, str], admin: str, directory: str | Path) -> Config:
    """The bootstrap whose listeners come from `listeners.json` in the directory.

    `endpoints` are the addresses of clusters, in plain HTTP. A cluster not named keeps its own; one that the
    configuration does not have is added.
    """
    config = plain()
    config["node"] = {"id": "integration", "cluster": "tollgate"}
    config["admin"]["address"] = socket_address(admin)
    config["dynamic_resources"] = {
        "lds_config": {"path_config_source": {"path": f"{directory}/listeners.json"}},
    }
    del config["static_resources"]["listeners"]
    clusters = {cluster["name"]: cluster for cluster in config["static_resources"]["clusters"]}
    for name, endpoint in endpoints.items():
        clusters[name] = _in_plain_http(clusters.get(name, {"name": name}), endpoint)
    config["static_resources"]["clusters"] = list(clusters.values())
    return config


def listener(name: str, address: str, settings: Settings | str, wasm: Path = WASM) -> Config:
    """The listener with these settings; a string is taken as it is, whatever it holds."""
    config = plain()["static_resources"]["listeners"][0]
    config["name"] = name
    config["address"] = socket_address(address)
    plugin = http_filter(config)["typed_config"]["config"]
    plugin["vm_config"]["code"]["local"]["filename"] = str(wasm)
    plugin["vm_config"]["environment_variables"]["host_env_keys"] += ADDED_VARIABLES
    plugin["configuration"]["value"] = settings if isinstance(settings, str) else json.dumps(settings)
    return config


def connection_manager(listener_config: Config) -> Config:
    """The HTTP connection manager of a listener."""
    return listener_config["filter_chains"][0]["filters"][0]["typed_config"]


def http_filter(listener_config: Config) -> Config:
    """Tollgate's filter in a listener."""
    return next(
        found
        for found in connection_manager(listener_config)["http_filters"]
        if found["typed_config"]["@type"] == HTTP_FILTER_TYPE
    )


def discovery(listeners: list[Config], version: int) -> Config:
    """The file by which Envoy learns of its listeners."""
    kind = "type.googleapis.com/envoy.config.listener.v3.Listener"
    return {"version_info": str(version), "resources": [{"@type": kind, **config} for config in listeners]}


def address_of(config: Config) -> str:
    """Where a listener listens, as `host:port`."""
    place = config["address"]["socket_address"]
    return f"{place['address']}:{place['port_value']}"


def _in_plain_http(cluster: Config, endpoint: str) -> Config:
    """The cluster with one endpoint, and without what belongs to TLS."""
    kept = {name: value for name, value in cluster.items() if name not in TLS_PARTS}
    place = {"endpoint": {"address": socket_address(endpoint)}}
    assignment = {"cluster_name": cluster["name"], "endpoints": [{"lb_endpoints": [place]}]}
    return kept | {"type": "STRICT_DNS", "load_assignment": assignment}


def socket_address(written: str) -> Config:
    """An address `host:port` as Envoy writes it."""
    host, _, port = written.rpartition(":")
    return {"socket_address": {"address": host, "port_value": int(port)}}

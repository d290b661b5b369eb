"""The configurations that operators copy: each is loaded by a real Envoy."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration import chain, envoy_config
from integration.admin import Admin
from integration.authority import Authority
from integration.keys import ENVIRONMENT, SEARCH
from integration.listeners import Rejected, wait_for_port
from integration.process import ROOT, Process, free_port
from integration.proxy import binary, run_envoy, wait_until_ready
from integration.scenarios.dialects import Dialect
from integration.scenarios.gateway import Gateway
from integration.settings import base
from integration.stack import Stack
from integration.standin.client import StandInClient

SETTINGS = json.loads((ROOT / "envoy" / "settings.json").read_text())


def istio() -> list[dict[str, Any]]:
    """The resources for Istio."""
    return list(yaml.safe_load_all((ROOT / "envoy" / "istio.yaml").read_text()))


def patches() -> list[dict[str, Any]]:
    """All that the EnvoyFilter patches in."""
    return istio()[0]["spec"]["configPatches"]


def patch(what: str) -> dict[str, Any]:
    """What the EnvoyFilter patches in at a place."""
    return next(patch["patch"]["value"] for patch in patches() if patch["applyTo"] == what)


def merged(config: Any, patched: Any) -> Any:
    """A configuration and a patch put together as Istio's MERGE does: of two lists, one after the other."""
    if isinstance(config, dict) and isinstance(patched, dict):
        both = config | patched
        return both | {name: merged(config[name], patched[name]) for name in config.keys() & patched.keys()}
    return config + patched if isinstance(config, list) else patched


@pytest.mark.own_envoy
@pytest.mark.parametrize("name", ["plain", "fallback"])
def test_plain_envoy_takes_its_configuration(tmp_path: Path, name: str) -> None:
    """As it stands in the repository, but for the places of the filter and of an authority's certificate."""
    written = (ROOT / "envoy" / f"{name}.yaml").read_text()
    installed = "/etc/tollgate/tollgate.wasm"
    assert written.count(installed) == 1
    certificate = Authority(tmp_path, "internal").certificate
    path = tmp_path / f"{name}.yaml"
    written = written.replace(installed, str(envoy_config.WASM))
    path.write_text(written.replace("/etc/tollgate/internal-ca.pem", str(certificate)))
    command = [binary(), "--mode", "validate", "--config-path", str(path)]
    environment = ENVIRONMENT | {"AZURE_OPENAI_API_KEY": "azure-0000", "LOCAL_API_KEY": "local-0000"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr[-3000:]
    assert "OK" in result.stdout


def test_the_settings_in_the_configurations_are_those_of_the_example() -> None:
    plain = envoy_config.http_filter(envoy_config.plain()["static_resources"]["listeners"][0])
    assert json.loads(plain["typed_config"]["config"]["configuration"]["value"]) == SETTINGS
    config = patch("EXTENSION_CONFIG")["typed_config"]["config"]
    in_istio = json.loads(config["configuration"]["value"])
    host = "otel-collector.observability"
    assert in_istio["telemetry"]["otlp"] == {
        "cluster": f"outbound|4318||{host}.svc.cluster.local",
        "authority": f"{host}:4318",
    }
    in_istio["telemetry"]["otlp"] = SETTINGS["telemetry"]["otlp"]
    assert in_istio == SETTINGS


def test_both_configurations_run_the_filter_in_the_same_way() -> None:
    plain = envoy_config.http_filter(envoy_config.plain()["static_resources"]["listeners"][0])
    configs = [plain["typed_config"]["config"], patch("EXTENSION_CONFIG")["typed_config"]["config"]]
    for config in configs:
        del config["configuration"]
        del config["vm_config"]["code"]
    assert configs[0] == configs[1]


def test_both_configurations_answer_in_the_same_way_where_no_provider_does() -> None:
    plain = envoy_config.connection_manager(envoy_config.plain()["static_resources"]["listeners"][0])
    assert patch("NETWORK_FILTER")["typed_config"]["local_reply_config"] == plain["local_reply_config"]


def test_every_provider_of_istio_s_routes_has_its_host_and_its_tls() -> None:
    resources = istio()
    routes = next(each["spec"]["http"] for each in resources if each["kind"] == "VirtualService")
    by_provider = {
        route["match"][0]["headers"]["x-tollgate-provider"]["exact"]: route["route"][0]["destination"]["host"]
        for route in routes
        if "route" in route
    }
    assert by_provider == {"openai": "api.openai.com", "anthropic": "api.anthropic.com"}
    assert by_provider.keys() == {provider["name"] for provider in SETTINGS["providers"]}
    assert routes[-1] == {"directResponse": {"status": 404}}
    entries = {host for each in resources if each["kind"] == "ServiceEntry" for host in each["spec"]["hosts"]}
    assert entries == set(by_provider.values())
    tls = {each["spec"]["host"]: each["spec"]["trafficPolicy"]["tls"] for each in resources
           if each["kind"] == "DestinationRule"}  # fmt: skip
    for host in entries:
        assert tls[host] == {"mode": "SIMPLE", "sni": host, "subjectAltNames": [host]}


def test_in_istio_the_filter_is_at_no_port_but_the_gateway_s_own() -> None:
    ports = {}
    for each in patches():
        match = each["match"]
        assert match["context"] == "GATEWAY"
        place = match.get("listener") or match.get("routeConfiguration") or {}
        ports[each["applyTo"]] = place.get("portNumber")
    gateway = next(each["spec"] for each in istio() if each["kind"] == "Gateway")
    port = gateway["servers"][0]["port"]["number"]
    # An extension's configuration is at no port: it is what the filter of that name gets.
    assert ports == {"EXTENSION_CONFIG": None, "HTTP_FILTER": port, "VIRTUAL_HOST": port, "NETWORK_FILTER": port}
    assert istio()[0]["spec"]["workloadSelector"]["labels"] == gateway["selector"]
    first = (ROOT / "envoy" / "istio.yaml").read_text().splitlines()[0]
    assert "dedicated egress gateway" in first and f"port {port}" in first


def test_in_istio_no_sidecar_learns_of_the_providers_and_no_other_namespace_of_the_routes() -> None:
    resources = istio()
    assert len({each["metadata"]["namespace"] for each in resources}) == 1
    for each in resources:
        if each["kind"] in ("ServiceEntry", "DestinationRule", "VirtualService"):
            assert each["spec"]["exportTo"] == ["."], each["metadata"]
        if each["kind"] == "Gateway":
            assert [host for server in each["spec"]["servers"] for host in server["hosts"]] == ["./*"]


def test_in_istio_providers_get_no_header_that_they_do_not_get_from_plain_envoy() -> None:
    hosts = envoy_config.connection_manager(envoy_config.plain()["static_resources"]["listeners"][0])["route_config"]
    removed = set(hosts["virtual_hosts"][0]["request_headers_to_remove"])
    routes = next(each["spec"]["http"] for each in istio() if each["kind"] == "VirtualService")
    assert all(removed <= set(route["headers"]["request"]["remove"]) for route in routes if "route" in route)


def test_envoy_hands_web_sockets_to_the_filter_in_every_configuration(running: Stack) -> None:
    """Istio's own connection managers are configured so, and Envoy would not take it twice."""
    plain = envoy_config.connection_manager(envoy_config.plain()["static_resources"]["listeners"][0])
    assert plain["upgrade_configs"] == [{"upgrade_type": "websocket"}]
    assert "upgrade_configs" not in patch("NETWORK_FILTER")["typed_config"]

    def twice(config: envoy_config.Config) -> None:
        manager = envoy_config.connection_manager(config)
        manager |= merged(manager, {"upgrade_configs": plain["upgrade_configs"]})

    with pytest.raises(Rejected, match="multiple upgrade configs with the same name"):
        running.proxy.listeners.put("twice", base(), adapt=twice)


@pytest.fixture(scope="module")
def as_in_istio(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Envoy with the filter as Istio's agent would give it: discovered under its name, from a local file."""
    directory = tmp_path_factory.mktemp("istio")
    extension = patch("EXTENSION_CONFIG")
    kind = extension["typed_config"]["@type"]
    plugin = extension["typed_config"]["config"]
    plugin["vm_config"]["code"] = {"local": {"filename": str(envoy_config.WASM)}}
    plugin["vm_config"]["environment_variables"]["host_env_keys"].append("OTLP_AUTHORIZATION")
    plugin["configuration"]["value"] = json.dumps(base())
    discovered = {"@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig", **extension}
    (directory / "extensions.json").write_text(json.dumps({"version_info": "1", "resources": [discovered]}))

    inserted = patch("HTTP_FILTER")
    assert inserted["config_discovery"]["type_urls"] == [kind]
    source = inserted["config_discovery"]["config_source"]
    del source["ads"]
    source["path_config_source"] = {"path": str(directory / "extensions.json")}

    address, admin = (f"127.0.0.1:{free_port()}" for _ in range(2))
    listener = envoy_config.listener("tollgate", address, base())
    manager = envoy_config.connection_manager(listener)
    manager["http_filters"][0] = inserted
    # What Istio's own has not.
    del manager["local_reply_config"]
    manager |= merged(manager, patch("NETWORK_FILTER")["typed_config"])
    host = manager["route_config"]["virtual_hosts"][0]
    del host["request_body_buffer_limit"]
    host |= merged(host, patch("VIRTUAL_HOST"))
    # The routes as Istio translates its VirtualService.
    host["routes"] = [
        {
            "match": {
                "prefix": "/",
                "headers": [{"name": "x-tollgate-provider", "string_match": {"exact": provider}}],
            },
            "route": {"cluster": provider, "timeout": "0s"},
        }
        for provider in ("openai", "anthropic")
    ]
    host["routes"].append({"match": {"prefix": "/"}, "direct_response": {"status": 404}})
    config = envoy_config.bootstrap(running.endpoints, admin, directory)
    del config["dynamic_resources"]
    config["static_resources"]["listeners"] = [listener]
    process: Process = run_envoy(directory, config, "--concurrency", "1")
    wait_until_ready(process, Admin(admin))
    wait_for_port(address)
    yield Gateway(address)
    process.stop()


@pytest.mark.own_envoy
def test_the_filter_works_as_istio_s_agent_discovers_it(
    as_in_istio: Gateway, standin: StandInClient, dialect: Dialect
) -> None:
    response = as_in_istio.post(dialect.path, dialect.ask("Hello"), {"authorization": f"Bearer {SEARCH.secret}"})
    assert response.status == 200
    assert standin.call().header("host") == dialect.host
    assert as_in_istio.post("/v1/oracle", dialect.ask("Hello"), {}).status == 404


@pytest.mark.own_envoy
def test_the_filter_answers_web_sockets_in_istio_too(as_in_istio: Gateway, standin: StandInClient) -> None:
    opening = {"authorization": f"Bearer {SEARCH.secret}", "connection": "Upgrade", "upgrade": "websocket"}
    for path, status in (("/v1/responses", 426), ("/v1/realtime", 501), ("/v1/oracle", 404)):
        with as_in_istio.connect() as connection:
            connection.send_request("GET", path, opening, b"")
            response = connection.read_response()
        assert (response.status, response.header("x-tollgate-refusal") is None) == (status, False)
    assert standin.calls() == []


def test_with_fallback_the_filter_is_the_same_in_every_place_and_breakers_have_room() -> None:
    config = chain.written()["static_resources"]
    [listener] = config["listeners"]
    down = envoy_config.http_filter(listener)["typed_config"]["config"]
    manager = envoy_config.connection_manager(listener)
    route = manager["route_config"]["virtual_hosts"][0]["routes"][0]["route"]
    matcher = route["inline_cluster_specifier_plugin"]["extension"]["typed_config"]["cluster_matcher"]["matcher_tree"]
    providers = {provider["name"] for provider in chain.settings_of(chain.written())["providers"]}
    assert matcher["exact_match_map"]["map"].keys() == providers
    clusters = {cluster["name"]: cluster for cluster in config["clusters"]}
    for name in providers:
        assert matcher["exact_match_map"]["map"][name]["action"]["typed_config"]["cluster"] == name
        [options] = clusters[name]["typed_extension_protocol_options"].values()
        up, codec = options["http_filters"]
        up = up["typed_config"]["config"]
        assert json.loads(up["configuration"]["value"]) == {"role": "attempt"}
        assert up == down | {"configuration": up["configuration"]}
        assert codec["name"] == "envoy.filters.http.upstream_codec"
        [threshold] = clusters[name]["circuit_breakers"]["thresholds"]
        assert threshold["max_retries"] >= threshold["max_requests"]
        tls = clusters[name]["transport_socket"]["typed_config"]
        assert tls["auto_host_sni"] and tls["auto_sni_san_validation"]
        assert tls["common_tls_context"]["validation_context"]["trusted_ca"]["filename"]
    headers = {"%REQ(:METHOD)%", "%REQ(TRACEPARENT)%"}
    for value in manager["access_log"][0]["typed_config"]["log_format"]["json_format"].values():
        assert "REQ(" not in value or value in headers

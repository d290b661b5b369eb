"""The configurations that operators copy: each is loaded by a real Envoy."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration import chain, envoy_config
from integration.admin import Admin
from integration.authority import Authority
from integration.keys import SEARCH
from integration.listeners import Rejected, wait_for_port
from integration.process import ROOT, Process, free_port
from integration.proxy import binary, run_envoy, wait_until_ready
from integration.scenarios.dialects import Dialect
from integration.scenarios.gateway import Gateway
from integration.settings import base
from integration.stack import Stack
from integration.standin.client import StandInClient

# Of an access log's operators those that name no header with a key in it, no path, and nothing that a filter has set.
OPERATOR = re.compile(r"%[^%]+%")
HARMLESS = {
    "%START_TIME%",
    "%REQ(:METHOD)%",
    "%RESPONSE_CODE%",
    "%RESPONSE_FLAGS%",
    "%RESPONSE_CODE_DETAILS%",
    "%DURATION%",
    "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
    "%UPSTREAM_CLUSTER_RAW%",
    "%REQ(TRACEPARENT)%",
}
SETTINGS = json.loads((ROOT / "envoy" / "settings.json").read_text())


def since_of(name: str) -> Any:
    """A configuration's name, with the version of Envoy that it needs."""
    needs_upstream = "attempts" in chain.settings_of(chain.written(name))
    return pytest.param(name, marks=pytest.mark.since("1.39")) if needs_upstream else name


@pytest.fixture(params=map(since_of, chain.names()))
def configuration(request: pytest.FixtureRequest) -> str:
    """Each configuration for plain Envoy in turn."""
    return request.param


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
def test_plain_envoy_takes_its_configuration(tmp_path: Path, configuration: str) -> None:
    """As it stands in the repository, but for the places of the filter and of an authority's certificate."""
    written = (ROOT / "envoy" / f"{configuration}.yaml").read_text()
    config = chain.written(configuration)
    installed = "/etc/tollgate/tollgate.wasm"
    assert written.count(installed) == 1
    written = written.replace(installed, str(envoy_config.WASM))
    for file in chain.authorities(config):
        written = written.replace(file, str(Authority(tmp_path, Path(file).stem).certificate))
    path = tmp_path / f"{configuration}.yaml"
    path.write_text(written)
    command = [binary(), "--mode", "validate", "--config-path", str(path)]
    environment = chain.environment_of(config)
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


def access_logs(config: Any) -> Iterator[dict[str, Any]]:
    """Every access log that a configuration has, at any place."""
    for name, value in config.items() if isinstance(config, dict) else enumerate(config):
        if name in ("access_log", "upstream_log"):
            yield from value
        elif isinstance(value, dict | list):
            yield from access_logs(value)


def texts(config: Any) -> Iterator[str]:
    """Every text within a part of a configuration."""
    if isinstance(config, str):
        yield config
    elif isinstance(config, dict | list):
        for value in config.values() if isinstance(config, dict) else config:
            yield from texts(value)


def test_no_access_log_has_a_key_or_a_path_in_it(configuration: str) -> None:
    """Headers are at the end those of the last attempt, with that provider's key; Google's clients put theirs in the query."""
    for log in access_logs(chain.written(configuration)):
        # Without a format Envoy writes its own, which has the path.
        operators = {found for text in texts(log["typed_config"]["log_format"]) for found in OPERATOR.findall(text)}
        assert operators <= HARMLESS, operators - HARMLESS


def test_every_provider_has_its_tls_and_breakers_with_room_for_retries(configuration: str) -> None:
    config = chain.written(configuration)
    for provider in chain.settings_of(config)["providers"]:
        cluster = chain.cluster_of(config, provider["name"])
        [threshold] = cluster["circuit_breakers"]["thresholds"]
        assert threshold["max_retries"] >= threshold["max_requests"] > 1024
        endpoint = chain.endpoint_of(cluster)
        if "envoy_internal_address" not in endpoint["address"]:
            assert provider.get("host", endpoint["hostname"]) == endpoint["hostname"]
            assert chain.authorities(cluster)
    for cluster in config["static_resources"]["clusters"]:
        if "transport_socket" in cluster:
            tls = cluster["transport_socket"]["typed_config"]
            assert tls["auto_host_sni"] and tls["auto_sni_san_validation"]
            assert chain.authorities(cluster) and chain.endpoint_of(cluster)["hostname"]


def test_with_attempts_upstream_the_filter_is_the_same_in_every_place(configuration: str) -> None:
    config = chain.written(configuration)
    listener = config["static_resources"]["listeners"][0]
    down = envoy_config.http_filter(listener)["typed_config"]["config"]
    assert (down["failure_policy"], down["allow_on_headers_stop_iteration"]) == ("FAIL_RELOAD", True)
    settings = chain.settings_of(config)
    providers = {provider["name"] for provider in settings["providers"]}
    is_upstream = settings.get("attempts", {}).get("upstream", False)
    for name in providers:
        [options] = chain.cluster_of(config, name)["typed_extension_protocol_options"].values()
        if not is_upstream:
            assert "http_filters" not in options
            continue
        # What else there is, such as what signs a request, comes after the filter that writes it.
        up, *_, codec = options["http_filters"]
        up = up["typed_config"]["config"]
        assert json.loads(up["configuration"]["value"]) == {"role": "attempt"}
        assert up == down | {"configuration": up["configuration"]}
        assert codec["name"] == "envoy.filters.http.upstream_codec"
    route = envoy_config.connection_manager(listener)["route_config"]["virtual_hosts"][0]["routes"][0]["route"]
    assert route["timeout"] == "0s"
    if is_upstream and len(providers) > 1:
        specifier = route["inline_cluster_specifier_plugin"]["extension"]["typed_config"]
        chosen = specifier["cluster_matcher"]["matcher_tree"]["exact_match_map"]["map"]
        assert {name: action["action"]["typed_config"]["cluster"] for name, action in chosen.items()} == {
            name: name for name in providers
        }
        assert route["retry_policy"]["refresh_cluster_on_retry"]

"""Settings that cannot be used: every problem is named with its path, and nothing that runs is harmed."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from integration import envoy_config
from integration.keys import ENVIRONMENT, SUPPORT
from integration.listeners import Rejected
from integration.proxy import run_envoy
from integration.receiver.client import ReceiverClient
from integration.scenarios.dialects import OPENAI
from integration.scenarios.gateway import Gateway
from integration.settings import Settings, base, changed
from integration.stack import Stack
from integration.standin.client import StandInClient
from integration.trace import Trace

BAD: Settings = {
    "providers": [
        {"name": "openai", "kind": "opennai", "credential": {"env": "OPENAI_API_KEY"}},
        {"name": "spare", "kind": "openai", "credential": {"env": "NOT_IN_THE_ENVIRONMENT"}},
    ],
    "keys": [{"id": "a", "sha256": "tg-this-is-a-key-and-not-its-digest"}, {"id": "a", "sha256": "00"}],
    "redaction": {"detect": ["email", "phon"]},
    "telemetry": {"otlp": {"cluster": "otel_collector", "timeuot": "1s"}, "names": "newest"},
    "limits": {"request_body": "20 bananas"},
    "colour": "blue",
}
# Each path that the log must name, with a word of what is wrong there.
PROBLEMS = {
    "providers[0].kind": "openai",
    "providers[1].credential.env": "NOT_IN_THE_ENVIRONMENT",
    "keys[0].sha256": "",
    "keys[1].id": "",
    "keys[1].sha256": "",
    "redaction.detect[1]": "phone",
    "telemetry.otlp.timeuot": "timeout",
    "telemetry.names": "latest",
    "limits.request_body": "",
    "colour": "",
}


def test_bad_settings_on_an_update_leave_the_old_ones_in_force(
    running: Stack, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    listeners = running.proxy.listeners
    gateway = Gateway(listeners.put("updated", base()))
    read = len(running.proxy.log())
    with pytest.raises(Rejected):
        listeners.put("updated", changed(base(), BAD))
    assert_named(running.proxy.log()[read:])
    assert gateway.post(OPENAI.path, OPENAI.ask("Hello"), trace.headers()).status == 200
    assert len(standin.calls()) == 1
    receiver.span_of(trace.trace_id)


def test_good_settings_on_an_update_take_effect(running: Stack, standin: StandInClient) -> None:
    listeners = running.proxy.listeners
    gateway = Gateway(listeners.put("changed", base()))
    assert gateway.post(OPENAI.path, OPENAI.ask("Hello"), {}).status == 200
    listeners.put("changed", base(keys=[SUPPORT]))
    assert gateway.post(OPENAI.path, OPENAI.ask("Hello"), {}).status == 401
    assert len(standin.calls()) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"providers": 7}', "\x00"])
def test_what_is_no_settings_at_all_is_rejected(running: Stack, text: str) -> None:
    with pytest.raises(Rejected):
        running.proxy.listeners.put("nonsense", text)


@pytest.mark.own_envoy
def test_envoy_does_not_start_with_bad_settings(tmp_path: Path) -> None:
    log = log_of_a_start(tmp_path, json.dumps(changed(base(), BAD)), ENVIRONMENT)
    assert_named(log)


@pytest.mark.own_envoy
def test_envoy_does_not_start_without_a_provider_s_key(tmp_path: Path) -> None:
    without = {name: value for name, value in ENVIRONMENT.items() if name != "ANTHROPIC_API_KEY"}
    log = log_of_a_start(tmp_path, json.dumps(base()), without)
    assert "providers[1].credential.env" in log
    assert "ANTHROPIC_API_KEY" in log


def log_of_a_start(directory: Path, settings: str, environment: Mapping[str, str]) -> str:
    """Starts Envoy with the settings, sees it end, and returns what it logged."""
    config = envoy_config.bootstrap({}, "127.0.0.1:0", directory)
    del config["dynamic_resources"]
    config["static_resources"]["listeners"] = [envoy_config.listener("tollgate", "127.0.0.1:0", settings)]
    process = run_envoy(directory, config, environment=environment)
    try:
        assert process.wait(60) != 0
    finally:
        process.stop()
    return process.output()


def assert_named(log: str) -> None:
    """Every problem is in the log, with its path, and no key is."""
    lines = [line.partition("tollgate settings: ")[2] for line in log.splitlines() if "tollgate settings: " in line]
    for path, word in PROBLEMS.items():
        found = [line for line in lines if line.startswith(f"{path}: ")]
        assert found, f"{path} is not named in:\n" + "\n".join(lines)
        assert word in found[0], f"{word} is not in: {found[0]}"
    assert "tg-this-is-a-key" not in log

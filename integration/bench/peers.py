"""LiteLLM's proxy from PyPI, beside Envoy in the same run, where `scripts/bench --peers` could install it."""

import importlib.metadata
import json
import os
import time
import urllib.error
from pathlib import Path

from integration.bench.load import Servers
from integration.bench.machine import cpu_seconds, on_core, resident_bytes, with_children
from integration.bench.variants import Variant
from integration.control import Control
from integration.process import ROOT, Process, free_port
from integration.proxy import NotStarted, last_lines

VENV = ROOT / "target" / "litellm-proxy"

START_SECONDS = 120

# It takes no master key that does not begin so.
KEY = "sk-bench-0123456789abcdef"


def installed() -> str | None:
    """The version that lies in its virtual environment."""
    found = sorted(VENV.glob("lib/python*/site-packages"))
    versions = [
        distribution.version
        for distribution in importlib.metadata.distributions(path=[str(path) for path in found])
        if distribution.metadata["Name"] == "litellm"
    ]
    return versions[0] if versions and (VENV / "bin" / "litellm").exists() else None


class LiteLlm:
    """One worker of it, with one model and one key; it redacts nothing."""

    def __init__(self, version: str, directory: Path, servers: Servers, core: int) -> None:
        """Starts it on a core, and waits until it answers. Raises `NotStarted`."""
        self.variant = Variant(f"LiteLLM {version}", None)
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        self.key = KEY
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "litellm.json"
        # JSON is YAML.
        path.write_text(json.dumps(_configuration(servers)))
        words = [str(VENV / "bin" / "litellm"), "--config", str(path), "--host", "127.0.0.1", "--port", str(port)]
        # Nothing is fetched and nothing reported.
        environment = os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
        with on_core(core):
            self._process = Process("litellm", [*words, "--num_workers", "1"], directory / "litellm.log", environment)
        try:
            _wait(self.address, self._process)
        except NotStarted:
            self.stop()
            raise

    def cpu_seconds(self) -> float:
        """The time it has computed so far, with the processes that it started."""
        return sum(map(cpu_seconds, with_children(self._process.pid)))

    def resident_bytes(self) -> int:
        """The memory it has in RAM, with the processes that it started."""
        return sum(map(resident_bytes, with_children(self._process.pid)))

    def stop(self) -> None:
        """Ends it."""
        self._process.stop()


def _configuration(servers: Servers) -> dict:
    parameters = {
        "model": "openai/gpt-4o-mini",
        "api_base": f"http://{servers.provider}/v1",
        "api_key": "sk-provider",
    }
    return {
        "model_list": [{"model_name": "gpt-4o-mini", "litellm_params": parameters}],
        "general_settings": {"master_key": KEY},
        "litellm_settings": {"telemetry": False},
    }


def _wait(address: str, process: Process) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.exit_code is None:
        try:
            Control(address).read("GET", "/health/liveliness", timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise NotStarted(f"LiteLLM did not start:\n{last_lines(process.output())}")

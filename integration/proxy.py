"""A real Envoy as a child process."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from integration import envoy_config
from integration.admin import Admin
from integration.keys import ENVIRONMENT
from integration.listeners import Listeners
from integration.process import Process, free_port

# Compiling the filter takes some seconds of a busy machine.
START_SECONDS = 60


class NotStarted(Exception):
    """Envoy did not come up. The text is its own last lines."""


class Proxy:
    """Envoy, without listeners at first."""

    def __init__(
        self,
        directory: Path,
        endpoints: Mapping[str, str],
        *,
        workers: int = 1,
        environment: Mapping[str, str] = ENVIRONMENT,
    ) -> None:
        """Starts it and waits until it is ready. Raises `NotStarted`."""
        directory.mkdir(parents=True, exist_ok=True)
        admin = f"127.0.0.1:{free_port()}"
        self.admin = Admin(admin)
        self.listeners = Listeners(directory, self.admin, lambda: f"127.0.0.1:{free_port()}")
        config = envoy_config.bootstrap(endpoints, admin, directory)
        (directory / "listeners.json").write_text(json.dumps(envoy_config.discovery([], 0)))
        self.process = run_envoy(directory, config, "--concurrency", str(workers), environment=environment)
        wait_until_ready(self.process, self.admin)

    def log(self) -> str:
        """What Envoy and the filter have logged so far."""
        return self.process.output()

    def stop(self) -> None:
        """Ends it."""
        self.process.stop()


def run_envoy(
    directory: Path,
    config: envoy_config.Config,
    *options: str,
    environment: Mapping[str, str] = ENVIRONMENT,
) -> Process:
    """Starts Envoy with a configuration, kept as `envoy.json` in the directory, and does not wait."""
    path = directory / "envoy.json"
    path.write_text(json.dumps(config, indent=1))
    log = directory / "envoy.log"
    return Process("envoy", command(binary(), path, *options), log, os.environ | dict(environment))


def command(program: str, path: Path, *options: str) -> list[str]:
    """Envoy's command line."""
    return [
        program, "--config-path", str(path), "--use-dynamic-base-id", "--log-level", "info",
        # A replaced listener goes after this long, with whatever still runs on it.
        "--drain-time-s", "1", "--parent-shutdown-time-s", "2", *options,
    ]  # fmt: skip


def wait_until_ready(process: Process, admin: Admin) -> None:
    """Waits until Envoy serves. Raises `NotStarted`."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.exit_code is not None:
            raise NotStarted(f"Envoy ended with {process.exit_code}:\n{last_lines(process.output())}")
        try:
            if admin.ready():
                return
        except OSError:
            pass
        time.sleep(0.02)
    process.stop()
    raise NotStarted(f"Envoy was not ready after {START_SECONDS} s:\n{last_lines(process.output())}")


def binary() -> str:
    """Where Envoy lies: what `ENVOY` names, or the one beside this Python, or the first on the path."""
    beside = Path(sys.executable).with_name("envoy")
    found = os.environ.get("ENVOY") or (str(beside) if beside.exists() else shutil.which("envoy"))
    if found is None:
        raise NotStarted("no envoy found: run scripts/setup python, or name one in ENVOY")
    return found


def version() -> tuple[int, int]:
    """Envoy's version, but for its last number."""
    told = subprocess.run([binary(), "--version"], capture_output=True, text=True, check=True).stdout
    # "…/envoy  version: hash/1.40.0/Clean/RELEASE/BoringSSL"
    major, minor, _ = told.split("version:")[1].split("/")[1].split(".", 2)
    return int(major), int(minor)


def last_lines(log: str, count: int = 15) -> str:
    """The end of a log, without the long list of extensions that Envoy begins with."""
    return "\n".join(log.splitlines()[-count:])

"""The listeners of a running Envoy, which learns of them by a file in its directory."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path

from integration import envoy_config
from integration.admin import Admin
from integration.settings import Settings


class Rejected(Exception):
    """Envoy did not take a listener. The text is its own."""


class Listeners:
    """Adds listeners and replaces them, each with settings of its own."""

    def __init__(self, directory: Path, admin: Admin, next_address: Callable[[], str]) -> None:
        self._directory = directory
        self._admin = admin
        self._next_address = next_address
        self._configs: dict[str, envoy_config.Config] = {}
        self._version = 0

    def put(
        self,
        name: str,
        settings: Settings | str,
        address: str | None = None,
        adapt: Callable[[envoy_config.Config], object] = lambda _config: None,
    ) -> str:
        """Adds the listener, at a free address unless one is given, or gives the one of this name other settings.

        `adapt` may change what else Envoy is told of the listener. Returns its address. Raises `Rejected`; the listeners are then as they were before.
        """
        before = self._configs.get(name)
        if before is not None:
            address = envoy_config.address_of(before)
        address = address or self._next_address()
        self._configs[name] = envoy_config.listener(name, address, settings)
        adapt(self._configs[name])
        try:
            self._publish()
        except Rejected:
            self._configs.pop(name)
            if before is not None:
                self._configs[name] = before
            raise
        wait_for_port(address)
        return address

    def remove(self, name: str) -> None:
        """Takes a listener away: it drains, then goes."""
        del self._configs[name]
        self._publish()

    def _publish(self) -> None:
        self._version += 1
        before = self._updates()
        fresh = self._directory / "listeners.json.new"
        fresh.write_text(json.dumps(envoy_config.discovery(list(self._configs.values()), self._version)))
        # Moved into place: Envoy watches for that, and never reads half a file.
        fresh.replace(self._directory / "listeners.json")
        deadline = time.monotonic() + 20
        while (now := self._updates()) == before:
            if time.monotonic() > deadline:
                raise Rejected("Envoy did not take notice of the new listeners within 20 s")
            time.sleep(0.01)
        if now[1] > before[1]:
            raise Rejected(self._problem())

    def _updates(self) -> tuple[int, int]:
        prefix = "listener_manager.lds.update_"
        found = self._admin.stats(f"{prefix}(success|rejected)")
        return found.get(f"{prefix}success", 0), found.get(f"{prefix}rejected", 0)

    def _problem(self) -> str:
        dump = self._admin.ask("GET", "/config_dump?resource=dynamic_listeners")
        found = [config["error_state"]["details"] for config in dump.get("configs", []) if "error_state" in config]
        return "\n".join(found) or "rejected without a reason"


def wait_for_port(address: str, seconds: float = 10) -> None:
    """Waits until a connection is taken there. Raises `TimeoutError`."""
    host, _, port = address.rpartition(":")
    deadline = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing listens on {address} after {seconds} s") from None
            time.sleep(0.01)

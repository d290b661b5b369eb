"""Envoy's admin page, as far as it is needed."""

from integration.control import Control


class Admin(Control):
    """Reads what a running Envoy says of itself."""

    def stats(self, contains: str) -> dict[str, int]:
        """Counters and gauges whose names match this regular expression."""
        found = self.ask("GET", f"/stats?format=json&filter={contains}")["stats"]
        return {stat["name"]: stat["value"] for stat in found if "value" in stat}

    def stat(self, name: str) -> int:
        """One counter or gauge; 0 while Envoy does not know it."""
        return self.stats(f"^{name}$").get(name, 0)

    def ready(self) -> bool:
        """Whether it serves."""
        return self.ask("GET", "/server_info", timeout=2)["state"] == "LIVE"

    def post(self, path: str) -> None:
        """Sends a command, whose answer is not JSON."""
        self.read("POST", path)

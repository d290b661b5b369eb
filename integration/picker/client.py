"""What a test asks of the picker."""

from typing import Any

from integration.control import Control


class PickerClient(Control):
    """Says which pods there are, and reads what the picker was asked."""

    def pods(self, *addresses: str) -> None:
        """Sets the pods, and forgets what was asked."""
        self.ask("POST", "/pods", {"pods": list(addresses)})

    def asked(self) -> list[dict[str, Any]]:
        """Each request that the picker has seen: its path, headers and body, and the pod that it named."""
        return self.ask("GET", "/asked")

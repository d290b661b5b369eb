"""What a test asks of the stand-in."""

import time

from integration.control import Control
from integration.standin.record import Record


class StandInClient(Control):
    """Reads the stand-in's records and paces its streams."""

    def calls(self) -> list[Record]:
        """All calls since the last reset."""
        return [Record.from_json(written) for written in self.ask("GET", "/calls")]

    def call(self) -> Record:
        """The only call since the last reset."""
        calls = self.calls()
        assert len(calls) == 1, f"the provider got {len(calls)} calls: {[call.path for call in calls]}"
        return calls[0]

    def wait_for_end(self, ended: str, seconds: float = 5) -> Record:
        """The only call, once it has ended in this way."""
        deadline = time.monotonic() + seconds
        while [call.ended for call in self.calls()] != [ended] and time.monotonic() < deadline:
            time.sleep(0.01)
        assert self.call().ended == ended
        return self.call()

    def reset(self) -> None:
        """Forgets all calls."""
        self.ask("POST", "/reset", {})

    def post_script(self, name: str, script: dict[str, object]) -> None:
        """Keeps a script under a name, for one too long for a header."""
        self.ask("POST", f"/scripts/{name}", script)

    def go(self) -> None:
        """Lets one event of a gated stream pass."""
        self.ask("POST", "/go", {})

"""The exchanges that are translated: recorded ones where they lie beside the project, and the fixtures."""

from collections.abc import Callable

import pytest

from integration.traffic.conftest import tell as tell
from integration.traffic.exchange import RECORDED, Exchange, recorded
from integration.translation import command


@pytest.fixture(scope="session", autouse=True)
def _command() -> None:
    """Says what is missing before the first test does."""
    if not command.COMMAND.exists():
        pytest.exit(f"{command.COMMAND} does not exist: run make command", returncode=2)


@pytest.fixture(scope="session")
def exchanges(tell: Callable[[str], None]) -> list[Exchange]:
    """Recorded exchanges and fixtures."""
    if RECORDED.exists():
        return [*recorded(), *command.fixtures()]
    tell(f"no recorded exchanges at {RECORDED}: the fixtures alone")
    return command.fixtures()

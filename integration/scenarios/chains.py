"""What scenarios of several providers share: a chain that is soon itself again, and what must hold after each call."""

import contextlib
from collections.abc import Iterator
from typing import Any

from integration.chain import Chain
from integration.scenarios.watch import TRAP, leaked

# Shorter than any test waits, longer than a busy machine takes for a first event.
FIRST_EVENT = 1.5

# No target rests longer than it takes a test to begin.
QUICK = {"attempts": {"first_event": f"{FIRST_EVENT * 1000:.0f}ms", "rest": "1ms", "longest_rest": "1ms"}}


@contextlib.contextmanager
def watched(chain: Chain) -> Iterator[Chain]:
    """A chain with no calls yet; afterwards no VM has trapped, and Envoy's log shows no secret."""
    chain.reset()
    yield chain
    log = chain.envoy.output()
    assert not TRAP.search(log), log[-3000:]
    assert not [secret for secret in (*leaked(log), *chain.keys.values()) if secret in log]


def reasons(attributes: dict[str, Any]) -> list[tuple[str, str]]:
    """The attempts on a span: provider and end."""
    return list(zip(attributes["tollgate.attempts.providers"], attributes["tollgate.attempts.ends"], strict=True))

"""One call of the tour: what to ask, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass

from integration.keys import VirtualKey
from integration.receiver.span import Span
from integration.standin.record import Record
from integration.trace import Trace


@dataclass(frozen=True)
class Call:
    """A call that the tour makes. `make` returns what the client got, as text."""

    title: str
    why: str
    key: VirtualKey
    model: str
    prompt: str
    make: Callable[["Call", Trace], str]


@dataclass(frozen=True)
class Outcome:
    """What came of it. `received` is `None` when nothing reached the provider, or when it is a real one."""

    call: Call
    got: str
    received: Record | None
    span: Span

"""A call from all sides: what the client sent, what the provider received, what the client got, and the span."""

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from integration.demo.call import Outcome
from integration.standin.record import Record
from integration.terminal.marks import marked, shortened
from integration.terminal.spans import tree_of

SHOWN_HEADERS = ("host", "authorization", "x-api-key", "traceparent")


def view_of(number: int, outcome: Outcome, *, live: bool) -> RenderableType:
    """All of one call."""
    call = outcome.call
    key = Text(f"key {shortened(call.key.secret)}   model {call.model}", "dim")
    return Group(
        Rule(f"[bold]{number} · {call.title}[/bold]", align="left"),
        Text(call.why, "italic"),
        Panel(Group(key, marked(call.prompt)), title="the client sent", title_align="left", border_style="blue"),
        Panel(received(outcome, live=live), title="the provider received", title_align="left", border_style="green"),
        Panel(marked(outcome.got), title="the client got", title_align="left", border_style="blue"),
        tree_of(outcome.span),
        Text(),
    )


def received(outcome: Outcome, *, live: bool) -> RenderableType:
    """What came to the provider, or why that is not known."""
    if outcome.received is not None:
        return Group(*headers_of(outcome.received), *texts_of(outcome.received.json()))
    if outcome.span.attributes["tollgate.outcome"] == "refused":
        return Text("nothing", "bold")
    if live:
        return live_text(outcome.span.attributes)
    return Text("nothing", "bold")


def live_text(attributes: dict[str, Any]) -> RenderableType:
    """What a real provider received, as far as the span tells: it keeps redacted content in this demo."""
    messages = json.loads(attributes.get("gen_ai.input.messages", "[]"))
    parts = [part.get("content", "") for message in messages for part in message["parts"]]
    note = Text("over TLS, so this is the redacted text on the span:", "dim")
    return Group(note, *(marked(part) for part in parts))


def headers_of(record: Record) -> Iterator[Text]:
    """The headers of interest, credentials shortened."""
    for name, value in record.headers:
        if name in SHOWN_HEADERS:
            shown = shortened(value) if name in ("authorization", "x-api-key") else value
            yield Text.assemble((f"{name}: ", "dim"), (shown, "dim"))


def texts_of(body: dict[str, Any]) -> Iterator[Text]:
    """What each message of a request says."""
    for message in body["messages"]:
        content = message["content"]
        yield marked(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))

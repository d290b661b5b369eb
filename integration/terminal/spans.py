"""Spans as trees on the terminal."""

from typing import Any

from rich.text import Text
from rich.tree import Tree

from integration.receiver.span import Span
from integration.terminal.marks import marked

# Headings, and how the names under them begin; the first that fits has the attribute.
GROUPS = {
    "who": ("tollgate.team", "tollgate.feature", "tollgate.key", "user."),
    "tokens and cost": ("gen_ai.usage.", "tollgate.cost."),
    "personal data replaced": ("tollgate.redacted.",),
    "how it ended": ("tollgate.outcome", "error.", "http.", "gen_ai.response.finish", "tollgate.notes"),
    "answer": ("gen_ai.response.", "openai.response.", "tollgate.tool_calls"),
    "request": ("",),
}

COLOURS = {
    "gen_ai.usage.cost": "bold yellow",
    "tollgate.cost.total": "bold yellow",
    "gen_ai.response.time_to_first_chunk": "bold cyan",
    "error.type": "bold red",
}


def tree_of(span: Span) -> Tree:
    """A span with its attributes, grouped."""
    seconds = (span.end - span.start) / 1e9
    heading = Text.assemble(
        (span.name, "bold"),
        f"  {span.kind.lower()}  {seconds * 1000:.0f} ms",
        ("  ERROR" if span.status["code"] == 2 else "", "bold red"),
        (f"\ntrace {span.trace_id}  span {span.span_id}  parent {span.parent_span_id or 'none'}", "dim"),
    )
    tree = Tree(heading, guide_style="dim")
    left = dict(span.attributes)
    for group, beginnings in GROUPS.items():
        names = [name for name in left if name.startswith(beginnings)]
        if names:
            branch = tree.add(Text(group, "italic"))
            for name in names:
                branch.add(Text.assemble((name, "dim"), "  ", _value(name, left.pop(name))))
    return tree


def _value(name: str, value: Any) -> Text:
    if name == "gen_ai.response.time_to_first_chunk":
        return Text(f"{value:.3f} s", COLOURS[name])
    if name == "gen_ai.usage.cost":
        return Text(f"{value:.9f}".rstrip("0") + " USD", COLOURS[name])
    if isinstance(value, list):
        return Text(", ".join(str(item) for item in value))
    text = marked(str(value))
    text.stylize(COLOURS.get(name, ""))
    return text

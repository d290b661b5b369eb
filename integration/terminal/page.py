"""Spans and their sums as plain text, for `curl` and for a browser."""

from io import StringIO

from rich.console import Console

from integration.receiver.span import Span
from integration.terminal.spans import tree_of
from integration.terminal.sums import table_of

# The newest ones; all are in the sums.
SHOWN = 20


def page_of(spans: list[Span]) -> str:
    """The newest spans, the last one at the end, and the sums of all."""
    page = StringIO()
    console = Console(file=page, width=120, highlight=False)
    if not spans:
        console.print("No call has been made yet.")
    for span in spans[-SHOWN:]:
        console.print(tree_of(span))
        console.print()
    for title, attribute in (("by team", "tollgate.team"), ("by model", "gen_ai.request.model")):
        console.print(table_of(title, attribute, spans))
    return page.getvalue()

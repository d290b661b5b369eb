"""Sums over spans: what each team and each model has used."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from rich.table import Table

from integration.receiver.span import Span


@dataclass
class Sum:
    """Calls and what they came to."""

    calls: int = 0
    not_answered: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    redacted: int = 0
    cost: Decimal = Decimal(0)

    def add(self, span: Span) -> None:
        """Adds a call."""
        attributes = span.attributes
        self.calls += 1
        self.not_answered += attributes["tollgate.outcome"] != "answered"
        self.input_tokens += attributes.get("gen_ai.usage.input_tokens", 0)
        self.output_tokens += attributes.get("gen_ai.usage.output_tokens", 0)
        self.redacted += sum(value for name, value in attributes.items() if name.startswith("tollgate.redacted."))
        self.cost += Decimal(attributes.get("tollgate.cost.total", "0"))


def table_of(title: str, attribute: str, spans: list[Span]) -> Table:
    """The sums by the values of an attribute."""
    sums: dict[str, Sum] = defaultdict(Sum)
    for span in spans:
        sums[span.attributes.get(attribute, "(unknown)")].add(span)
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(attribute)
    for column in ("calls", "not answered", "input tokens", "output tokens", "values replaced", "cost in USD"):
        table.add_column(column, justify="right")
    for name, each in sorted(sums.items()):
        table.add_row(
            name, str(each.calls), str(each.not_answered), str(each.input_tokens), str(each.output_tokens),
            str(each.redacted), f"{each.cost.normalize():f}",
        )  # fmt: skip
    return table

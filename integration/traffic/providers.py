"""The providers of exchanges, as an operator would write them into the settings."""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from integration.process import ROOT
from integration.settings import Settings, base, changed
from integration.traffic.exchange import Exchange

# One row of the table in docs/providers.md: kind, name on spans, places, base path.
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \| (.*?) \| (?:`[^`]*`)? \|$", re.MULTILINE)

# One row of the table of operations: name, and what becomes of it where redaction is on.
OPERATION = re.compile(r"^\| `([^`]+)` \| [^|]+ \| (.*?) \|$", re.MULTILINE)

# The kind of a host that nobody knows, and of one that speaks other dialects than OpenAI's besides.
UNKNOWN, UNKNOWN_GATEWAY = "openai_compatible", "litellm"
OTHER_DIALECTS = ("messages", "generate_content")

# Where clients put their key; all others send a bearer token.
KEY_HEADERS = {
    "anthropic": "x-api-key",
    "gemini": "x-goog-api-key",
    "azure_openai": "api-key",
    "azure_ai_inference": "api-key",
}


@dataclass(frozen=True)
class Kind:
    """A row of the table of providers."""

    kind: str
    telemetry_name: str
    places: tuple[str, ...]

    def is_at(self, host: str, port: int, path: str) -> bool:
        """Whether it is found there."""
        return any(_is_at(place, host, port, path) for place in self.places)


@dataclass(frozen=True)
class Provider:
    """A provider that an exchange went to."""

    name: str
    kind: str
    host: str
    port: int
    telemetry_name: str

    @property
    def key_header(self) -> str:
        """The header in which its clients send their key."""
        return KEY_HEADERS.get(self.kind, "authorization")

    def settings(self) -> dict[str, Any]:
        """Its entry in the settings."""
        # One variable serves for all: what is shown to whom is not this test's affair.
        credential = {"env": "OPENAI_API_KEY"}
        written = {"name": self.name, "kind": self.kind, "host": self.host, "port": self.port}
        return written | {"telemetry_name": self.telemetry_name, "credential": credential}


def kinds() -> list[Kind]:
    """The table of providers, from the documentation, which a test holds to the source."""
    text = (ROOT / "docs" / "providers.md").read_text().split("<!-- providers -->")[1].split("<!-- end -->")[0]
    return [
        Kind(kind, name, tuple(filter(None, places.split(", "))))
        for kind, name, places in ROW.findall(text)
    ]  # fmt: skip


def providers(exchanges: list[Exchange]) -> dict[str, Provider]:
    """The provider of each exchange that names a host, by the exchange's id."""
    table = kinds()
    gateways = {(each.host, each.port) for each in exchanges if each.operation in OTHER_DIALECTS}
    called = [each for each in exchanges if each.host]
    return {each.id: _provider(each, table, (each.host, each.port) in gateways) for each in called}


def one_of_each_kind() -> list[Provider]:
    """A provider of every kind, at a place of the kind's or an invented one."""
    return [_example(row) for row in kinds()]


@functools.cache
def unsearched() -> list[str]:
    """The operations that are refused, where they are not read, unless the settings let them pass."""
    text = (ROOT / "docs" / "operations.md").read_text().split("<!-- operations -->")[1].split("<!-- end of operations -->")[0]
    return [name for name, default in OPERATION.findall(text) if "refused" in default]


def settings(known: Iterable[Provider], *, redacting: bool, closed: bool = False) -> Settings:
    """The settings of a gateway for these providers; `closed`: what cannot be searched is refused there."""
    changes: Settings = {
        "providers": [provider.settings() for provider in known],
        "unknown_paths": "pass",
        "telemetry": {"otlp": {"batch": {"interval": "100ms"}}},
        "operations": {} if closed else dict.fromkeys(unsearched(), "pass"),
    }
    return changed(base(), changes if redacting else changes | {"redaction": {"detect": []}})


def _provider(exchange: Exchange, table: list[Kind], is_gateway: bool) -> Provider:
    host, port = exchange.host, exchange.port
    found = next((row for row in table if row.is_at(host, port, exchange.path)), None)
    # Whoever runs a server knows what it is, whatever its address.
    found = found or next((row for row in table if row.telemetry_name == exchange.provider), None)
    kind = found.kind if found else UNKNOWN_GATEWAY if is_gateway else UNKNOWN
    telemetry_name = found.telemetry_name if found else exchange.provider
    # A client in the mesh speaks HTTP to the gateway, which speaks HTTPS to the provider.
    port = 443 if port == 80 else port
    return Provider(f"{kind}-{host}-{port}", kind, host, port, telemetry_name)


def _example(row: Kind) -> Provider:
    authority = (row.places or ("provider.example",))[0].partition("/")[0].replace("*", "example")
    host, _, port = authority.partition(":")
    return Provider(row.kind, row.kind, host, int(port or 443), row.telemetry_name)


def _is_at(place: str, host: str, port: int, path: str) -> bool:
    """Whether a place of the table (`*.example.com:8000/base`) is this one."""
    authority, slash, base_path = place.partition("/")
    name, _, at = authority.partition(":")
    pattern = re.escape(name).replace(r"\*", ".+")
    is_host = re.fullmatch(pattern, host) is not None
    return is_host and (not at or int(at) == port) and path.startswith(slash + base_path)

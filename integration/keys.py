"""Credentials of tests and demo: virtual keys, and providers' keys that no provider knows."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class VirtualKey:
    """A virtual key, and what the settings say of it."""

    id: str
    team: str
    user: str | None = None
    feature: str | None = None
    models: tuple[str, ...] | None = None
    expires: str | None = None

    @property
    def secret(self) -> str:
        """What a client presents. The same in every run, so that it can be printed and used later."""
        digest = hashlib.sha256(f"tollgate integration {self.id}".encode()).digest()
        return "tg-" + base64.b32encode(digest).decode().lower().rstrip("=")

    def settings(self) -> dict[str, Any]:
        """The key's entry in the settings."""
        entry = {
            "id": self.id,
            "sha256": hashlib.sha256(self.secret.encode()).hexdigest(),
            "team": self.team,
            "user": self.user,
            "feature": self.feature,
            "models": list(self.models) if self.models else None,
            "expires": self.expires,
        }
        return {name: value for name, value in entry.items() if value is not None}


SEARCH = VirtualKey("search-prod", "search", "svc-search", "autocomplete", expires="2099-01-31T00:00:00Z")
SUPPORT = VirtualKey("support-desk", "support")
SMALL = VirtualKey("small-models", "research", models=("gpt-4o-mini", "claude-haiku-*"))
EXPIRED = VirtualKey("expired", "research", expires="2020-01-31T00:00:00Z")
UNKNOWN = VirtualKey("not-in-the-settings", "nobody")

ISSUED = (SEARCH, SUPPORT, SMALL, EXPIRED)

# What Envoy's environment holds: the filter reads it, nobody else may see it.
OPENAI_KEY = "sk-proj-" + "standin0OpenAI" * 3
ANTHROPIC_KEY = "sk-ant-api03-" + "standin0Anthropic" * 3
GEMINI_KEY = "AIza" + "standin0Gemini" * 2 + "0000000"
PLACEHOLDER_KEY = "placeholders-" + "standin0Secret" * 3
AWS_KEY_ID = "AKIASTANDIN0AWS00000"
AWS_SECRET_KEY = "standin0Aws" * 3 + "0000000"
COLLECTOR_TOKEN = "Bearer collector-" + "standin0Token" * 2

ENVIRONMENT = {
    "OPENAI_API_KEY": OPENAI_KEY,
    "ANTHROPIC_API_KEY": ANTHROPIC_KEY,
    "GEMINI_API_KEY": GEMINI_KEY,
    "PLACEHOLDER_KEY": PLACEHOLDER_KEY,
    "AWS_ACCESS_KEY_ID": AWS_KEY_ID,
    "AWS_SECRET_ACCESS_KEY": AWS_SECRET_KEY,
    "OTLP_AUTHORIZATION": COLLECTOR_TOKEN,
}

"""The filter's settings that tests and demo start from."""

import copy
from collections.abc import Iterable
from typing import Any

from integration.keys import ISSUED, VirtualKey

Settings = dict[str, Any]

KINDS = ("email", "phone", "us_ssn", "payment_card", "iban", "ip_address", "api_key")


def base(keys: Iterable[VirtualKey] = ISSUED) -> Settings:
    """Both providers, every kind of redaction, spans exported at once."""
    return {
        "providers": [
            {"name": "openai", "kind": "openai", "credential": {"env": "OPENAI_API_KEY"}},
            {"name": "anthropic", "kind": "anthropic", "credential": {"env": "ANTHROPIC_API_KEY"}},
        ],
        "keys": [key.settings() for key in keys],
        "redaction": {"detect": list(KINDS)},
        "telemetry": {
            "otlp": {
                "cluster": "otel_collector",
                "authority": "otel-collector:4318",
                "headers": [{"name": "authorization", "env": "OTLP_AUTHORIZATION"}],
                "batch": {"interval": "20ms"},
            },
            "resource": {"service.name": "tollgate-integration"},
        },
        "strip_headers": ["baggage", "cookie"],
    }


def changed(settings: Settings, changes: Settings) -> Settings:
    """The settings with some changed: objects are merged, anything else is replaced; `None` takes a field out."""
    result = copy.deepcopy(settings)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = changed(result[name], value)
        else:
            result[name] = copy.deepcopy(value)
    return result

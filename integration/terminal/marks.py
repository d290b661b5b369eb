"""Marks: personal data, placeholders and credentials, made visible or made short."""

import re

from rich.text import Text

# Made-up data, one value per kind; RFC 2606's names, the fiction's phone numbers, and so on.
PERSONAL = {
    "email": "jane.roe@example.org",
    "phone": "+1 415-555-0132",
    "us_ssn": "536-22-8791",
    "payment_card": "4539 1488 0343 6467",
    "iban": "DE89 3704 0044 0532 0130 00",
    "ip_address": "203.0.113.77",
}

_PERSONAL = re.compile("|".join(re.escape(value) for value in PERSONAL.values()))
_PLACEHOLDER = re.compile(r"\[[A-Z_]+_[1-9][0-9]*\]")


def marked(text: str) -> Text:
    """Text in which personal data is red, and what stands in its place green."""
    shown = Text(text)
    shown.highlight_regex(_PERSONAL, "bold white on red")
    shown.highlight_regex(_PLACEHOLDER, "bold black on green")
    return shown


def shortened(credential: str) -> str:
    """A credential by which nobody can call, but that can be recognised: its first characters and its length."""
    scheme, _, value = credential.rpartition(" ")
    masked = f"{value[:8]}… ({len(value)} characters)"
    return f"{scheme} {masked}" if scheme else masked

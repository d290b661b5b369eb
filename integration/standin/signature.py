"""Signatures of thoughts: a provider knows by them whether what it thought comes back as it was."""

import base64
import hashlib


class Changed(Exception):
    """A thought has come back that does not fit its signature."""


def sign(thought: str) -> str:
    """The signature of a thought, in base64 that is the same in both alphabets."""
    digest = hashlib.sha256(f"signed by the stand-in: {thought}".encode()).hexdigest()
    return base64.b64encode(digest[:32].encode()).decode()


def check(thoughts: list[tuple[str, str]]) -> int:
    """Counts thoughts with their signatures. Raises `Changed`."""
    for place, (thought, signature) in enumerate(thoughts):
        if signature != sign(thought):
            raise Changed(f"thought {place}: invalid signature for {thought!r}")
    return len(thoughts)

"""Recorded traffic through a real Envoy: what a provider once answered is answered again, byte for byte and in awkward
pieces, and what the client gets, what the provider is asked and what the span says is held against the recording.

Recorded exchanges lie beside the project (`../shared/traffic`), where they lie at all; the project's own few are those
of `tests/fixtures`, and are always tried.
"""

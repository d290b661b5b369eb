"""The receiver: an OTLP/HTTP collector that keeps the spans it gets, and refuses them as it is told."""

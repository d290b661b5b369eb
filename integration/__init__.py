"""Everything around the filter: stand-in providers, a receiver of spans, real Envoy, scenarios and the demo."""

"""The price book against litellm's own computation; `scripts/compare-prices` runs it."""

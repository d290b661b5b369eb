"""What must hold of a call through real Envoy, one file per scenario."""

"""The demo: real calls through real Envoy, shown from every side. Run it with `make demo`."""

"""What a request costs on its way through the filter: the same Envoy with it, with an empty one and without any."""

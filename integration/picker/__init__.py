"""A stand-in for an endpoint picker: it reads requests by Envoy's external processing, and names pods in turn."""

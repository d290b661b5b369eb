"""Runs the stand-in: `python -m integration.standin --port 8080 --control-port 8081`."""

import argparse
import asyncio
import ssl

from integration.standin.server import StandIn


async def main() -> None:
    """Serves until it is ended."""
    parser = argparse.ArgumentParser(prog="python -m integration.standin", description="a stand-in provider")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8080, help="the provider (default: %(default)s)")
    parser.add_argument("--control-port", type=int, default=8081, help="records and scripts (default: %(default)s)")
    parser.add_argument("--certificate", help="PEM file with certificate and key: the provider then speaks TLS")
    options = parser.parse_args()
    tls = None
    if options.certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.certificate)
    await StandIn().start(options.host, options.port, options.control_port, tls)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

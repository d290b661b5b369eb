"""Runs the receiver: `python -m integration.receiver --port 4318 --control-port 4319`."""

import argparse
import asyncio

from integration.receiver.server import Receiver


async def main() -> None:
    """Serves until it is ended."""
    parser = argparse.ArgumentParser(prog="python -m integration.receiver", description="an OTLP/HTTP receiver")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=4318, help="the collector (default: %(default)s)")
    parser.add_argument("--control-port", type=int, default=4319, help="spans and scripts (default: %(default)s)")
    options = parser.parse_args()
    await Receiver().start(options.host, options.port, options.control_port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

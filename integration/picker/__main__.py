"""Runs the picker: `python -m integration.picker --port 9002 --control-port 9003`."""

import argparse
import asyncio

from integration.picker.server import Picker


async def main() -> None:
    """Serves until it is ended."""
    parser = argparse.ArgumentParser(prog="python -m integration.picker", description="an endpoint picker")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=9002, help="Envoy's (default: %(default)s)")
    parser.add_argument("--control-port", type=int, default=9003, help="pods and records (default: %(default)s)")
    options = parser.parse_args()
    picker = Picker()
    await picker.start(options.host, options.port, options.control_port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

"""The keeper: starts what `make up` leaves running, and ends it when it is asked to.

A process of its own, because Envoy ends when its parent does.
"""

import json
import os
import signal
import sys

from integration.demo.run import RUN, CannotRun, end_in_order, providers, start
from integration.process import free_port

DIRECTORY = RUN / "up"
STATE = DIRECTORY / "state.json"

GATEWAY_PORT = 10000
SPANS_PORT = 4319


def main() -> int:
    """Starts everything, notes in `state.json` where it is, and waits for a signal."""
    end_in_order()
    live = os.environ.get("LIVE", "") not in ("", "0")
    try:
        port = free_port(GATEWAY_PORT)
        everything, address = start(DIRECTORY, providers(live=live), live=live, port=port, spans_port=SPANS_PORT)
    except CannotRun as problem:
        print(problem, flush=True)
        return 1
    try:
        state = {"pid": os.getpid(), "gateway": address, "spans": everything.receiver.url, "live": live}
        fresh = STATE.with_suffix(".new")
        fresh.write_text(json.dumps(state))
        fresh.replace(STATE)
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        everything.stop()
        STATE.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

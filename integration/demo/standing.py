"""What `make up` leaves running, and `make down` ends."""

import json
import shutil
import sys
import time
from typing import Any

from integration.demo.keeper import DIRECTORY, STATE
from integration.demo.run import CannotRun
from integration.keys import SEARCH, SMALL, SUPPORT
from integration.process import Process, is_running, stop_pid


def up() -> str:
    """Starts everything, unless it runs already, and returns what to tell the user. Raises `CannotRun`."""
    state = running()
    if state is None:
        shutil.rmtree(DIRECTORY, ignore_errors=True)
        DIRECTORY.mkdir(parents=True)
        keeper = Process("keeper", [sys.executable, "-m", "integration.demo.keeper"], DIRECTORY / "keeper.log")
        while (state := running()) is None:
            if keeper.exit_code is not None:
                raise CannotRun(keeper.output().strip())
            time.sleep(0.05)
    return described(state)


def down() -> str:
    """Ends what runs, and returns what to tell the user."""
    state = running()
    if state is None:
        return "Nothing runs."
    stop_pid(state["pid"], seconds=30)
    return f"Ended. Its logs are in {DIRECTORY}"


def running() -> dict[str, Any] | None:
    """Where it runs, if it does."""
    if not STATE.exists():
        return None
    state = json.loads(STATE.read_text())
    return state if is_running(state["pid"]) else None


def described(state: dict[str, Any]) -> str:
    """How to use what runs."""
    gateway = state["gateway"]
    whom = "the real providers" if state["live"] else "a stand-in that repeats what it is told"
    return "\n".join([
        f"The gateway runs, and calls {whom}. Point an SDK at it:",
        "",
        f"  OpenAI      base_url http://{gateway}/v1",
        f"  Anthropic   base_url http://{gateway}",
        "",
        "with one of these virtual keys as the API key:",
        "",
        f"  {SEARCH.secret}   team search",
        f"  {SUPPORT.secret}   team support; name the user in a header x-tollgate-user",
        f"  {SMALL.secret}   team research, for {' and '.join(SMALL.models or ())} only",
        "",
        "for example:",
        "",
        f"  curl http://{gateway}/v1/chat/completions \\",
        f"    -H 'authorization: Bearer {SEARCH.secret}' \\",
        "    -H 'content-type: application/json' \\",
        """    -d '{"model":"gpt-4o","messages":[{"role":"user","content":"I am jane@example.org"}]}'""",
        "",
        f"See the spans and their sums:   curl {state['spans']}/",
        "End it:                         make down",
    ])  # fmt: skip

"""Child processes: started, watched and ended, with their output in a file."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Process:
    """One child process. What it prints goes to `log`."""

    def __init__(self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as output:
            self._child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=None if env is None else dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Its own session: a Ctrl-C at the terminal ends it by way of its owner, in order.
                start_new_session=True,
            )
        self.pid = self._child.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, `None` while it runs."""
        return self._child.poll()

    def output(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(errors="replace")

    def wait(self, seconds: float) -> int:
        """Waits for its end and returns the exit code. Raises `subprocess.TimeoutExpired`."""
        return self._child.wait(seconds)

    def stop(self, seconds: float = 10) -> None:
        """Asks it to end, and makes it end when it does not."""
        self._child.terminate()
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def python_module(module: str, log: Path, **options: str | int) -> Process:
    """Starts a module of this project with options such as `control_port=1234`."""
    command = [sys.executable, "-m", module]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    return Process(module, command, log)


def stop_pid(pid: int, seconds: float = 10) -> bool:
    """Ends a process that another run has started. Returns whether there was one."""
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return False
    deadline = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return True


def free_port(wanted: int = 0) -> int:
    """A port of the loopback interface that nobody listens on: the wanted one, where it is free."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_running(pid: int) -> bool:
    """Whether there is a process of this id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

"""The watch: what must hold after every scenario."""

import re

from integration.keys import (
    ANTHROPIC_KEY,
    AWS_SECRET_KEY,
    COLLECTOR_TOKEN,
    GEMINI_KEY,
    ISSUED,
    OPENAI_KEY,
    PLACEHOLDER_KEY,
    UNKNOWN,
)
from integration.scenarios import personal
from integration.stack import Stack

# Spans of such a service may carry what people wrote: its settings say so.
FULL_CONTENT = "full-content"

SECRETS = (
    *(key.secret for key in (*ISSUED, UNKNOWN)),
    OPENAI_KEY,
    ANTHROPIC_KEY,
    GEMINI_KEY,
    PLACEHOLDER_KEY,
    AWS_SECRET_KEY,
    COLLECTOR_TOKEN.removeprefix("Bearer "),
    *personal.ALL,
)

# What Envoy logs when a VM traps, or when it calls a function that it must not.
TRAP = re.compile(r"panicked at|Function: \S+ failed|Uncaught RuntimeError|VM failed (?!Failed to configure)")


class Watch:
    """Looks at what has come since it looked last."""

    def __init__(self, running: Stack) -> None:
        self._stack = running
        self._log_read = 0
        self._exports_seen = 0
        self._spans: set[str] = set()

    def look(self) -> None:
        """Fails when a VM has trapped, a secret is to be read somewhere, or a span came twice."""
        self._look_at_log()
        self._look_at_stats()
        self._look_at_exports()

    def _look_at_log(self) -> None:
        log = self._stack.proxy.log()[self._log_read :]
        self._log_read += len(log)
        traps = [line for line in log.splitlines() if TRAP.search(line)]
        assert not traps, "\n".join(["a VM has trapped:", *traps])
        assert not leaked(log), f"Envoy's log shows {leaked(log)}"

    def _look_at_stats(self) -> None:
        reloads = self._stack.proxy.admin.stats("wasm.*vm_reload")
        assert not any(reloads.values()), f"a VM had to be reloaded: {reloads}"
        names = " ".join(self._stack.proxy.admin.stats("wasmcustom"))
        assert not leaked(names), f"a stat's name shows {leaked(names)}"

    def _look_at_exports(self) -> None:
        for export in self._stack.receiver.exports(since=self._exports_seen):
            self._exports_seen += 1
            assert export.problem is None, export.problem
            text = export.body.decode(errors="replace")
            assert FULL_CONTENT in text or not leaked(text), f"an export shows {leaked(text)}"
            if export.status == 200:
                twice = self._spans & set(export.spans)
                assert not twice, f"taken twice: {twice}"
                self._spans |= set(export.spans)


def leaked(text: str) -> list[str]:
    """The secrets that are to be read in a text."""
    return [secret for secret in SECRETS if secret in text]

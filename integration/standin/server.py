"""The stand-in's two servers: the provider's, which records and answers, and the control's."""

import asyncio
import ssl
from typing import Any

from integration.control import json_handler
from integration.http11 import Answer, Request, serve
from integration.standin.performance import Performance
from integration.standin.record import Record
from integration.standin.script import read_script


class StandIn:
    """A provider that keeps what it was asked, and how each answer went."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._scripts: dict[str, dict[str, Any]] = {}
        self._gate = asyncio.Semaphore(0)

    async def start(self, host: str, port: int, control_port: int, tls: ssl.SSLContext | None = None) -> None:
        """Opens both servers, the provider's with TLS where a context for it is given."""
        control = json_handler(
            {
                "GET /health": lambda _rest, _body: {},
                "GET /calls": lambda _rest, _body: [record.as_json() for record in self._records],
                "POST /reset": self._reset,
                "POST /scripts": self._post,
                "POST /go": self._go,
            }
        )
        await serve(self._perform, host, port, tls)
        await serve(control, host, control_port)

    def _reset(self, _rest: str, _body: Any) -> dict[str, Any]:
        """Forgets all calls; one that is still under way stays forgotten."""
        self._records = []
        self._gate = asyncio.Semaphore(0)
        return {}

    def _post(self, name: str, script: dict[str, Any]) -> dict[str, Any]:
        self._scripts[name] = script
        return {}

    def _go(self, _rest: str, _body: Any) -> dict[str, Any]:
        self._gate.release()
        return {}

    async def _perform(self, request: Request, answer: Answer) -> None:
        record = Record.of(request)
        self._records.append(record)
        # Those of before a reset that comes while this one is under way.
        records = self._records[:]
        try:
            script = read_script(request.header("x-standin"), self._scripts)
            await Performance(answer, script, records, self._gate).play(len(records))
        except ConnectionError:
            record.ended = "client_gone"
            raise
        except ValueError as problem:
            record.ended = f"not understood: {problem}"
            await answer.whole(400, [("content-type", "text/plain")], f"stand-in: {problem}\n".encode())

"""The receiver's two servers: the collector's, and the one where spans are read and answers are scripted."""

import asyncio
import base64
import contextlib
import time
from typing import Any
from urllib.parse import parse_qs

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from integration.control import json_handler
from integration.http11 import Answer, Request, serve
from integration.receiver import otlp
from integration.receiver.span import Span
from integration.terminal.page import page_of


class Receiver:
    """Keeps spans and every attempt to export some.

    Answers are scripted for a path, as
    `{"status": 429, "headers": [["retry-after", "1"]], "rejected": 1, "hang": true}`, each field of which may be
    absent. They are used up one by one; then exports are taken.
    """

    def __init__(self) -> None:
        self._spans: list[dict[str, Any]] = []
        self._exports: list[dict[str, Any]] = []
        self._answers: dict[str, list[dict[str, Any]]] = {}
        self._news = asyncio.Condition()

    async def start(self, host: str, port: int, control_port: int) -> None:
        """Opens both servers."""
        control = json_handler(
            {
                "GET /": lambda _rest, _body: page_of([Span(**span) for span in self._spans]),
                "GET /health": lambda _rest, _body: {},
                "GET /spans": self._find,
                "GET /exports": lambda since, _body: self._exports[int(since or 0) :],
                "POST /answers": self._script,
            }
        )
        await serve(self._collect, host, port)
        await serve(control, host, control_port)

    async def _find(self, query: str, _body: Any) -> list[dict[str, Any]]:
        """The spans (of one trace, with `trace=`), after up to `wait=` seconds for `count=` of them."""
        wanted = {name: values[0] for name, values in parse_qs(query).items()}

        def found() -> list[dict[str, Any]]:
            return [span for span in self._spans if wanted.get("trace") in (None, span["trace_id"])]

        async with self._news:
            enough = self._news.wait_for(lambda: len(found()) >= int(wanted.get("count", 1)))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(enough, float(wanted.get("wait", 0)))
        return found()

    def _script(self, path: str, answers: list[dict[str, Any]]) -> dict[str, Any]:
        self._answers[f"/{path}"] = answers
        return {}

    async def _collect(self, request: Request, answer: Answer) -> None:
        scripted = self._answers.get(request.path)
        script = scripted.pop(0) if scripted else {}
        status = script.get("status", 200)
        export: dict[str, Any] = {
            "at": time.time(),
            "method": request.method,
            "path": request.path,
            "headers": request.headers,
            "body": base64.b64encode(request.body).decode(),
            "status": status,
        }
        self._exports.append(export)
        try:
            spans = otlp.decode(request.body)
        except ValueError as problem:
            export["problem"], status, spans = str(problem), 400, []
        export["spans"] = [span["span_id"] for span in spans]
        if script.get("hang"):
            export["status"] = None
            return await answer.wait_until_gone()
        if status == 200:
            await self._keep(spans)
        response = ExportTraceServiceResponse()
        if "rejected" in script:
            response.partial_success.rejected_spans = script["rejected"]
            response.partial_success.error_message = "as scripted"
        headers = [("content-type", "application/x-protobuf"), *script.get("headers", [])]
        await answer.whole(status, headers, response.SerializeToString() if status == 200 else b"")

    async def _keep(self, spans: list[dict[str, Any]]) -> None:
        async with self._news:
            self._spans += spans
            self._news.notify_all()

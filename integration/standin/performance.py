"""A performance: one request answered as its script says."""

import asyncio
import json
from typing import Any

from integration.http11 import Answer
from integration.standin import aws_signature, bedrock, openai_responses, tokens
from integration.standin.body import (
    Headers,
    asks_for_stream,
    cut,
    dialect_of,
    stream_events,
    stream_type,
    whole_body,
)
from integration.standin.record import Record
from integration.standin.script import Script
from integration.standin.signature import Changed, check
from integration.standin.turn import plan_turn

# Long enough for what was sent to arrive before a reset overtakes it.
BEFORE_A_CUT = 0.05


class Performance:
    """Plays one script. `gate` lets one event pass each time it is released; `records` end with the call's own."""

    def __init__(self, answer: Answer, script: Script, records: list[Record], gate: asyncio.Semaphore) -> None:
        self._answer = answer
        self._script = script
        self._records = records
        self._record = records[-1]
        self._gate = gate

    async def play(self, number: int) -> None:
        """Answers. Raises `ConnectionError` when the client goes, `ValueError` when the request cannot be read."""
        script = self._script
        if script.never:
            await self._answer.wait_until_gone()
            raise ConnectionResetError
        await asyncio.sleep(script.delay)
        if script.reset:
            return await self._cut()
        if (token := tokens.answer(self._record)) is not None:
            return await self._whole(200, [("content-type", "application/json")], json.dumps(token).encode())
        dialect = dialect_of(self._record.path)
        if dialect is None:
            return await self._unknown_path()
        if dialect is bedrock and (fault := aws_signature.fault(self._record)):
            return await self._refuse(403, bedrock.error(403, fault), "not signed as it came")
        request = json.loads(self._record.body)
        try:
            self._record.signed = check(dialect.signed(request))
        except Changed as changed:
            return await self._refuse(400, dialect.error(400, str(changed)), "not as it was signed")
        if dialect is openai_responses:
            request = openai_responses.with_earlier(request, self._asked)
        turn = plan_turn(number, dialect.plain(request, self._record.path), script)
        headers = [*dialect.headers(turn, script), *script.headers]
        if script.status == 200:
            self._record.usage = dialect.usage_of(turn, script)
            if asks_for_stream(self._record.path, request) and script.body is None:
                head = [("content-type", stream_type(dialect)), ("cache-control", "no-cache")]
                return await self._in_chunks([*head, *headers], stream_events(dialect, turn, script))
        kind, body = whole_body(dialect, turn, script)
        if script.piece or script.cut_after is not None or script.trailers:
            return await self._in_chunks([*kind, *headers], [body])
        await self._whole(script.status, [*kind, *headers], body)

    def _asked(self, number: int) -> dict[str, Any]:
        """The request of an earlier call, which a provider that keeps state goes on from."""
        return json.loads(self._records[number - 1].body)

    async def _refuse(self, status: int, error: dict[str, Any], ended: str) -> None:
        await self._whole(status, [("content-type", "application/json")], json.dumps(error).encode())
        self._record.ended = ended

    async def _unknown_path(self) -> None:
        body = json.dumps({"path": self._record.path, "received": len(self._record.body)}).encode()
        await self._whole(200, [("content-type", "application/json")], body)

    async def _whole(self, status: int, headers: Headers, body: bytes) -> None:
        self._record.sent += body
        self._record.ended = "whole"
        await self._answer.whole(status, headers, body)

    async def _in_chunks(self, headers: Headers, parts: list[bytes]) -> None:
        script = self._script
        await self._answer.head(script.status, [*headers, ("transfer-encoding", "chunked")])
        for index, chunk in enumerate(cut(parts, script.piece)):
            if index == script.cut_after:
                return await self._cut()
            if script.gate and index:
                await self._until_allowed()
            self._record.sent += chunk
            await self._answer.chunk(chunk)
            await asyncio.sleep(script.pause)
        self._record.ended = "whole"
        await self._answer.end(script.trailers)

    async def _cut(self) -> None:
        self._record.ended = "cut"
        await asyncio.sleep(BEFORE_A_CUT)
        self._answer.cut()

    async def _until_allowed(self) -> None:
        gone = asyncio.ensure_future(self._answer.wait_until_gone())
        allowed = asyncio.ensure_future(self._gate.acquire())
        done, waiting = await asyncio.wait({gone, allowed}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        if allowed not in done:
            raise ConnectionResetError

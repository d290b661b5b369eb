"""The stand-in for all providers: it answers what was recorded."""

import asyncio

from integration.http11 import Answer, Request
from integration.traffic.exchange import Exchange
from integration.traffic.pieces import compressed, pieces

# By this header a request says which exchange it is; it passes the gateway.
EXCHANGE = "x-recorded-exchange"
# Between pieces, in seconds: time enough for one to be read before the next comes.
PAUSE = 0.004


class StandIn:
    """Answers each exchange as it was recorded, and keeps what it was asked."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        self._exchanges = {exchange.id: exchange for exchange in exchanges}
        self.asked: dict[str, Request] = {}
        """The requests, by their exchange's id; the latest of each."""
        self.sent: dict[str, int] = {}
        """In how many pieces each answer was sent."""

    async def handle(self, request: Request, answer: Answer) -> None:
        """Answers one request."""
        id = request.header(EXCHANGE) or ""
        exchange = self._exchanges.get(id)
        if exchange is None:
            return await answer.whole(404, [], b"no such exchange was recorded\n")
        self.asked[id] = request
        self.sent[id] = await play(exchange, answer)


async def play(exchange: Exchange, answer: Answer) -> int:
    """Answers as it was recorded: streams in chunks, other bodies with their length. Returns the number of pieces."""
    parts = pieces(exchange.answer, exchange.id)
    headers = list(exchange.headers)
    if exchange.compressed and parts:
        parts = compressed(parts, exchange.id)
        headers.append(("content-encoding", "gzip"))
    if exchange.stream:
        await answer.head(exchange.status, [*headers, ("transfer-encoding", "chunked")])
    else:
        await answer.head(exchange.status, [*headers, ("content-length", str(sum(map(len, parts))))])
    for number, part in enumerate(parts):
        if number:
            await asyncio.sleep(PAUSE)
        await (answer.chunk(part) if exchange.stream else answer.part(part))
    if exchange.stream:
        await answer.end()
    return len(parts)

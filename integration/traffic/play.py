"""Playing: every exchange through one gateway, many at once."""

import asyncio
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from integration import stack
from integration.http11 import serve
from integration.keys import SEARCH
from integration.process import Process, free_port, python_module
from integration.proxy import Proxy
from integration.receiver.client import ReceiverClient
from integration.receiver.span import Span
from integration.traffic.client import Client, Response
from integration.traffic.compare import Played
from integration.traffic.exchange import Exchange, Headers
from integration.traffic.providers import Provider, settings
from integration.traffic.standin import EXCHANGE, StandIn

# So many calls are under way together.
AT_ONCE = 24
# What a client calls that only knows the gateway.
GATEWAY = "gateway.example"
# Progress is told whenever so many exchanges are done.
STEP = 200

Tell = Callable[[str], None]


class Harness:
    """A real Envoy, a receiver of spans, and a stand-in at a known address for every provider."""

    def __init__(self, known: Iterable[Provider], directory: Path | None = None) -> None:
        """Starts it. Raises `NotStarted`."""
        self.directory = directory or Path(tempfile.mkdtemp(prefix="tollgate-traffic-"))
        self.known = list(dict.fromkeys(known))
        collector, spans = (f"127.0.0.1:{free_port()}" for _ in range(2))
        self._standin_port = free_port()
        self._receiver_process: Process = python_module(
            "integration.receiver",
            self.directory / "receiver.log",
            port=int(collector.rpartition(":")[2]),
            control_port=int(spans.rpartition(":")[2]),
        )
        self.receiver = ReceiverClient(spans)
        standin = f"127.0.0.1:{self._standin_port}"
        endpoints = {"otel_collector": collector} | stack.simulated(standin)
        try:
            self.receiver.wait_until_up()
            self.proxy = Proxy(self.directory, endpoints | {each.name: standin for each in self.known})
        except BaseException:
            self._receiver_process.stop()
            raise

    def __enter__(self) -> "Harness":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.proxy.stop()
        self._receiver_process.stop()

    def play(
        self,
        exchanges: list[Exchange],
        providers: dict[str, Provider],
        *,
        redacting: bool,
        tell: Tell,
        closed: bool = False,
    ) -> list[Played]:
        """Lets every exchange go through a gateway with these providers, and gives each with what became of it."""
        name = "closed" if closed else "redacting" if redacting else "plain"
        address = self.proxy.listeners.put(name, settings(self.known, redacting=redacting, closed=closed))
        started = time.monotonic()
        standin = StandIn(exchanges)
        responses = asyncio.run(self._responses(address, name, exchanges, providers, standin, tell))
        spans = self._spans(name, exchanges)
        came = sum(len(response.pieces) for response in responses if response is not None)
        seconds = f"{time.monotonic() - started:.1f} s"
        pieces = f"answers in {sum(standin.sent.values())} pieces, of which {came} came apart"
        tell(f"{name}: {len(exchanges)} exchanges in {seconds}, {pieces}")
        return [
            Played(each, response, standin.asked.get(each.id), spans.get(trace_id(name, each)))
            for each, response in zip(exchanges, responses, strict=True)
        ]

    async def _responses(
        self,
        address: str,
        name: str,
        exchanges: list[Exchange],
        providers: dict[str, Provider],
        standin: StandIn,
        tell: Tell,
    ) -> list[Response | None]:
        server = await serve(standin.handle, "127.0.0.1", self._standin_port)
        answered: dict[str, Response | None] = {}
        waiting = iter(exchanges)

        async def work() -> None:
            client = Client(address)
            for exchange in waiting:
                headers = _headers(name, exchange, providers.get(exchange.id))
                try:
                    response = await client.ask(exchange.method, exchange.path, headers, exchange.request)
                except (OSError, EOFError, TimeoutError):
                    response = None
                answered[exchange.id] = response
                if len(answered) % STEP == 0:
                    tell(f"{name}: {len(answered)} of {len(exchanges)}")
            client.close()

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        server.close()
        return [answered[exchange.id] for exchange in exchanges]

    def _spans(self, name: str, exchanges: list[Exchange]) -> dict[str, Span]:
        """The spans by their traces, once all have come or no more do."""
        wanted = {trace_id(name, exchange) for exchange in exchanges}
        deadline = time.monotonic() + 10
        while True:
            found = {span.trace_id: span for span in self.receiver.spans(wait=1) if span.trace_id in wanted}
            if len(found) == len(wanted) or time.monotonic() > deadline:
                return found
            time.sleep(0.2)


def trace_id(name: str, exchange: Exchange) -> str:
    """The trace in which an exchange is played; another one in each gateway."""
    return hashlib.sha256(f"{name} {exchange.id}".encode()).hexdigest()[:32]


def _headers(name: str, exchange: Exchange, provider: Provider | None) -> Headers:
    """The request's headers: the recorded ones, and those that the recorder or its editors have taken out."""
    key_header = provider.key_header if provider else "authorization"
    if any(header == "anthropic-version" for header, _ in exchange.asked):
        key_header = "x-api-key"
    key = f"Bearer {SEARCH.secret}" if key_header == "authorization" else SEARCH.secret
    return [
        ("host", exchange.authority if exchange.host else GATEWAY),
        *exchange.asked,
        (key_header, key),
        ("traceparent", f"00-{trace_id(name, exchange)}-00f067aa0ba902b7-01"),
        (EXCHANGE, exchange.id),
    ]

"""The JSON over HTTP by which tests script the servers around the filter, and read what these saw."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from integration.http11 import Answer, Handler, Request

Route = Callable[[str, Any], Awaitable[Any] | Any]

# The servers are on this machine or in this network: no proxy of the environment stands between.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def json_handler(routes: dict[str, Route]) -> Handler:
    """Answers `METHOD /first/rest` by the route `METHOD /first`, called with `rest?query` and the body's JSON."""

    async def handle(request: Request, answer: Answer) -> None:
        first, _, rest = request.path.lstrip("/").partition("/")
        query = urlsplit(request.path).query
        route = routes.get(f"{request.method} /{first.partition('?')[0]}")
        if route is None:
            return await answer.whole(404, [], b"no such control\n")
        found = route(rest or query, json.loads(request.body or b"null"))
        result = await found if isinstance(found, Awaitable) else found
        if isinstance(result, str):
            return await answer.whole(200, [("content-type", "text/plain; charset=utf-8")], result.encode())
        return await answer.whole(200, [("content-type", "application/json")], json.dumps(result).encode())

    return handle


class Control:
    """A client of such a control address."""

    def __init__(self, address: str) -> None:
        self.url = f"http://{address}"

    def ask(self, method: str, path: str, body: Any = None, *, timeout: float = 30) -> Any:
        """Sends one request and returns the answer's JSON."""
        return json.loads(self.read(method, path, body, timeout=timeout))

    def read(self, method: str, path: str, body: Any = None, *, timeout: float = 30) -> bytes:
        """Sends one request and returns the answer's body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        with _OPENER.open(request, timeout=timeout) as answer:
            return answer.read()

    def wait_until_up(self, seconds: float = 10) -> None:
        """Waits until the server answers. Raises `TimeoutError` when it does not."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.ask("GET", "/health", timeout=1)
            except (urllib.error.URLError, OSError):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"nothing answers at {self.url}/health after {seconds} s") from None
                time.sleep(0.02)

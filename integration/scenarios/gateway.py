"""A gateway: one listener with its settings, and clients that speak to it."""

import json
from dataclasses import dataclass
from typing import Any

from anthropic import Anthropic, AsyncAnthropic
from google.genai import Client as Google
from openai import AsyncOpenAI, OpenAI

from integration.keys import SEARCH, VirtualKey
from integration.scenarios.raw import Connection, Response

# No call of a scenario takes longer; what hangs shall fail.
TIMEOUT = 20.0


@dataclass(frozen=True)
class Gateway:
    """Where a listener listens."""

    address: str

    def openai(self, key: VirtualKey = SEARCH, **options: Any) -> OpenAI:
        """The official client, which does not retry unless told so."""
        return OpenAI(**self._options(f"http://{self.address}/v1", key, options))

    def async_openai(self, key: VirtualKey = SEARCH, **options: Any) -> AsyncOpenAI:
        """The official asynchronous client."""
        return AsyncOpenAI(**self._options(f"http://{self.address}/v1", key, options))

    def anthropic(self, key: VirtualKey = SEARCH, **options: Any) -> Anthropic:
        """The official client, which does not retry unless told so."""
        return Anthropic(**self._options(f"http://{self.address}", key, options))

    def async_anthropic(self, key: VirtualKey = SEARCH, **options: Any) -> AsyncAnthropic:
        """The official asynchronous client."""
        return AsyncAnthropic(**self._options(f"http://{self.address}", key, options))

    def google(self, key: VirtualKey = SEARCH) -> Google:
        """The official client, which does not retry unless told so."""
        options = {"base_url": f"http://{self.address}", "timeout": TIMEOUT * 1000}
        return Google(api_key=key.secret, http_options=options)

    def connect(self) -> Connection:
        """A connection on which every byte is the test's own."""
        return Connection(self.address, TIMEOUT)

    def post(self, path: str, body: bytes | dict[str, Any], headers: dict[str, str | bytes | None]) -> Response:
        """Sends one request byte for byte and reads the whole answer. A header of `None` is left out."""
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        usual = {"authorization": f"Bearer {SEARCH.secret}", "content-type": "application/json"}
        with self.connect() as connection:
            connection.send_request("POST", path, usual | headers, content)
            return connection.read_response()

    def _options(self, url: str, key: VirtualKey, options: dict[str, Any]) -> dict[str, Any]:
        return {"base_url": url, "api_key": key.secret, "max_retries": 0, "timeout": TIMEOUT} | options

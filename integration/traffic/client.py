"""A client on asyncio that sends a request byte for byte and keeps the answer so."""

import asyncio
import zlib
from dataclasses import dataclass, field

from integration.http11 import READ_AHEAD
from integration.traffic.exchange import Headers

# No answer takes longer; what hangs shall fail.
TIMEOUT = 20.0


@dataclass
class Response:
    """An answer as the client got it."""

    status: int
    headers: Headers
    pieces: list[bytes] = field(default_factory=list)
    complete: bool = False

    @property
    def body(self) -> bytes:
        """The body, decompressed where it came compressed. Raises `zlib.error` when it cannot be."""
        body = b"".join(self.pieces)
        return zlib.decompress(body, wbits=31) if self.header("content-encoding") == "gzip" else body

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key == name), None)


class Client:
    """One connection, opened when it is needed and again when it was closed."""

    def __init__(self, address: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, headers: Headers, body: bytes) -> Response:
        """Sends a request and reads the whole answer. Raises `OSError`, `EOFError` or `TimeoutError`."""
        async with asyncio.timeout(TIMEOUT):
            try:
                return await self._ask(method, path, headers, body)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Ends the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _ask(self, method: str, path: str, headers: Headers, body: bytes) -> Response:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port, limit=READ_AHEAD)
        reader, writer = self._streams
        has_body = body or method in ("POST", "PUT", "PATCH")
        length = [("content-length", str(len(body)))] if has_body else []
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in [*headers, *length])]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        await writer.drain()
        response = await self._read(reader)
        if response.header("connection") == "close":
            self.close()
        return response

    async def _read(self, reader: asyncio.StreamReader) -> Response:
        status = int((await _line(reader)).split(" ", 2)[1])
        response = Response(status, await _header_lines(reader))
        if response.header("transfer-encoding") == "chunked":
            while size := int((await _line(reader)).split(";")[0], 16):
                response.pieces.append(await reader.readexactly(size))
                await _line(reader)
            await _header_lines(reader)
        else:
            left = int(response.header("content-length") or 0)
            while left:
                response.pieces.append(await _some(reader, left))
                left -= len(response.pieces[-1])
        response.complete = True
        return response


async def _header_lines(reader: asyncio.StreamReader) -> Headers:
    headers = []
    while line := await _line(reader):
        name, _, value = line.partition(":")
        headers.append((name.lower(), value.strip()))
    return headers


async def _some(reader: asyncio.StreamReader, most: int) -> bytes:
    """What has come, up to so many bytes. Raises `EOFError` at the connection's end."""
    data = await reader.read(most)
    if not data:
        raise EOFError
    return data


async def _line(reader: asyncio.StreamReader) -> str:
    line = await reader.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return line.decode("latin-1").rstrip("\r\n")

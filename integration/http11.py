"""HTTP/1.1 over asyncio streams: as much as a server needs that decides about every byte it sends."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus

Headers = Iterable[tuple[str, str]]

# Larger than any body of a test; it bounds a line of the head, and the read-ahead.
READ_AHEAD = 1 << 20


@dataclass(frozen=True)
class Request:
    """One request, read whole. Header names and values are Latin-1, so that any byte survives."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


class Answer:
    """The answer to one request, sent piece by piece."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.open = True

    @property
    def client_gone(self) -> bool:
        """Whether the other side has closed the connection."""
        return self._reader.at_eof() or self._writer.is_closing()

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Sends head and body at once, with their length."""
        await self.head(status, [*headers, ("content-length", str(len(body)))], body)

    async def head(self, status: int, headers: Headers, body: bytes = b"") -> None:
        """Sends the head, and what is known of the body."""
        await self._send(head_bytes(status, headers) + body)

    async def chunk(self, data: bytes) -> None:
        """Sends one chunk, in a segment of its own as far as the kernel allows."""
        await self._send(b"%x\r\n%b\r\n" % (len(data), data))

    async def part(self, data: bytes) -> None:
        """Sends a part of a body whose length the head has told."""
        await self._send(data)

    async def end(self, trailers: Headers = ()) -> None:
        """Ends a chunked body."""
        await self._send(b"0\r\n" + _header_lines(trailers) + b"\r\n")

    async def wait_until_gone(self) -> None:
        """Waits until the other side closes the connection."""
        while not self.client_gone:
            await asyncio.sleep(0.005)

    def cut(self) -> None:
        """Ends the connection with a reset, whatever has been sent."""
        self.open = False
        connection = self._writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.close()

    async def _send(self, data: bytes) -> None:
        if self.client_gone:
            raise ConnectionResetError
        self._writer.write(data)
        await self._writer.drain()


Handler = Callable[[Request, Answer], Awaitable[None]]


async def serve(handler: Handler, host: str, port: int, tls: ssl.SSLContext | None = None) -> asyncio.Server:
    """Serves requests, one after the other on each connection. A port of 0 takes a free one."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            answer = Answer(reader, writer)
            while answer.open and (request := await read_request(reader)) is not None:
                await handler(request, answer)
        writer.close()

    return await asyncio.start_server(connection, host, port, limit=READ_AHEAD, ssl=tls)


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Reads the next request; `None` when the connection ends before one."""
    line = await reader.readline()
    if not line.strip():
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers = await _read_headers(reader)
    request = Request(method, path, headers, b"")
    if "chunked" in (request.header("transfer-encoding") or ""):
        body = await _read_chunks(reader)
    else:
        body = await reader.readexactly(int(request.header("content-length") or 0))
    return Request(method, path, headers, body)


def head_bytes(status: int, headers: Headers) -> bytes:
    """The head of an answer."""
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Unnamed"
    return f"HTTP/1.1 {status} {reason}\r\n".encode() + _header_lines(headers) + b"\r\n"


def _header_lines(headers: Headers) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1")


async def _read_headers(reader: asyncio.StreamReader) -> list[tuple[str, str]]:
    headers = []
    while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        headers.append((name, value.strip(" \t")))
    return headers


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await _read_headers(reader)
    return bytes(body)

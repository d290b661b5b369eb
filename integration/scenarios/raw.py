"""A client that sends and shows bytes as they are."""

import contextlib
import json
import socket
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any


@dataclass
class Response:
    """An answer. `complete` is false when the connection ended within it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    chunks: list[bytes] = field(default_factory=list)
    trailers: list[tuple[str, str]] = field(default_factory=list)
    complete: bool = False

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Connection:
    """One connection to the gateway."""

    def __init__(self, address: str, timeout: float) -> None:
        host, _, port = address.rpartition(":")
        self._host = host
        self._socket = socket.create_connection((host, int(port)), timeout)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self._file.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Sends bytes."""
        self._socket.sendall(data)

    def send_request(self, method: str, path: str, headers: dict[str, str | bytes | None], body: bytes) -> None:
        """Sends a request with the body's length, or, where headers name a transfer encoding, in two chunks."""
        chunked = headers.get("transfer-encoding") == "chunked"
        framing = {} if chunked or "content-length" in headers else {"content-length": str(len(body))}
        lines = [f"{method} {path} HTTP/1.1".encode()]
        for name, value in ({"host": self._host} | headers | framing).items():
            if value is not None:
                lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
        self.send(b"\r\n".join(lines) + b"\r\n\r\n")
        # A gateway that refuses may answer and close before it has read all: then its answer is there to be read.
        with contextlib.suppress(ConnectionError):
            if chunked:
                half = len(body) // 2
                for part in (body[:half], body[half:]):
                    self.send(b"%x\r\n%b\r\n" % (len(part), part) if part else b"")
                self.send(b"0\r\n\r\n")
            else:
                self.send(body)

    def read_response(self) -> Response:
        """Reads an answer to its end."""
        response = self.read_head()
        try:
            if response.header("transfer-encoding") == "chunked":
                while chunk := self.read_chunk():
                    response.chunks.append(chunk)
                    response.body += chunk
                response.trailers = self._read_headers()
                response.complete = True
            else:
                length = response.header("content-length")
                response.body = self._file.read() if length is None else self._file.read(int(length))
                response.complete = length is None or len(response.body) == int(length)
        except (ConnectionError, EOFError):
            pass
        return response

    def read_head(self) -> Response:
        """Reads the head of an answer. Raises `EOFError` when the connection ends before it does."""
        _, status, *_ = self._line().split(" ", 2)
        return Response(int(status), self._read_headers())

    def read_chunk(self) -> bytes:
        """Reads one chunk of the body; it is empty at the body's end. Raises `EOFError` when it is cut."""
        size = int(self._line().split(";")[0], 16)
        data = self._file.read(size)
        if len(data) < size:
            raise EOFError
        if size:
            self._line()
        return data

    def _read_headers(self) -> list[tuple[str, str]]:
        headers = []
        while line := self._line():
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        return headers

    def _line(self) -> str:
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return line.decode("latin-1").rstrip("\r\n")

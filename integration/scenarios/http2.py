"""As much of HTTP/2 (RFC 9113) as it takes to ask for a tunnel, which no client library does unasked."""

import socket
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS = 0, 1, 3, 4
END_STREAM, ACK, END_HEADERS = 1, 1, 4
ENABLE_CONNECT_PROTOCOL = 8


class Http2:
    """One connection with one stream, on which nothing is compressed (RFC 7541, section 6.2.2)."""

    def __init__(self, address: str, timeout: float) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout)
        self._file = self._socket.makefile("rb")
        self.settings: dict[int, int] = {}
        self._socket.sendall(PREFACE + _frame(SETTINGS, 0, 0, b""))

    def ask(self, headers: dict[str, str]) -> bytes:
        """Sends headers with which the stream does not end, and reads the answer's body to its end.

        Raises `EOFError` when the other side ends connection or stream without one.
        """
        block = b"".join(b"\0" + _text(name) + _text(value) for name, value in headers.items())
        self._socket.sendall(_frame(HEADERS, END_HEADERS, 1, block))
        body = b""
        while True:
            kind, flags, stream, payload = self._read()
            if kind == SETTINGS and not flags & ACK:
                self.settings |= dict(struct.iter_unpack(">HI", payload))
            if stream != 1:
                continue
            if kind == RST_STREAM:
                raise EOFError
            body += payload if kind == DATA else b""
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                return body

    def close(self) -> None:
        """Ends the connection."""
        self._file.close()
        self._socket.close()

    def _read(self) -> tuple[int, int, int, bytes]:
        head = self._file.read(9)
        if len(head) < 9:
            raise EOFError
        length = int.from_bytes(head[:3], "big")
        return head[3], head[4], int.from_bytes(head[5:], "big"), self._file.read(length)


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def _text(text: str) -> bytes:
    # Longer ones would need a longer length.
    assert len(text) < 127, text
    return bytes((len(text),)) + text.encode()

"""AWS's framing of streams.

https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream
"""

import binascii
import struct


def message(kind: str, name: str, payload: bytes) -> bytes:
    """One message: an `event` or an `exception` of a name, with a payload in JSON."""
    named = {f":{kind}-type": name, ":content-type": "application/json", ":message-type": kind}
    # A name with its length, 7 for "a string", a value with its length.
    headers = b"".join(
        struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", 7, len(value)) + value.encode()
        for name, value in named.items()
    )
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    written = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return written + struct.pack(">I", binascii.crc32(written))

"""Awkward pieces lose nothing and are awkward."""

import zlib

import pytest

from integration.traffic.compare import without_usage
from integration.traffic.exchange import aws_event_stream
from integration.traffic.pieces import compressed, pieces

EVENTS = 'data: {"text":"caf\u00e9 \U0001f642","escaped":"\\u00e9"}\r\n\r\ndata: [DONE]\r\n\r\n'.encode()
SEEDS = [f"exchange {number}" for number in range(200)]


@pytest.mark.parametrize("body", [b"", b"x", b"{}", EVENTS, EVENTS * 500], ids=len)
def test_the_pieces_of_a_body_are_the_body(body: bytes) -> None:
    for seed in SEEDS:
        parts = pieces(body, seed)
        assert b"".join(parts) == body
        assert all(parts)
        assert parts == pieces(body, seed)


def test_compressed_pieces_are_the_body_too() -> None:
    for seed in SEEDS:
        parts = compressed(pieces(EVENTS, seed), seed)
        assert zlib.decompress(b"".join(parts), wbits=31) == EVENTS
        assert all(parts)


def test_bodies_are_cut_within_characters_lines_events_and_fields() -> None:
    parts = {part for seed in SEEDS for part in pieces(EVENTS, seed)[1:-1]}
    for cut in (b"f\xc3", b"\xf0\x9f", b"}\r", b"\r\n", b"dat", b"\\u00"):
        assert any(part.endswith(cut) for part in parts), cut
    assert any(len(part) == 1 for part in parts)
    assert any(pieces(EVENTS, seed) == [EVENTS] for seed in SEEDS)


def test_events_that_only_count_tokens_are_told_from_others() -> None:
    said = b'data: {"choices":[{"index":0,"delta":{}}],"usage":{"total_tokens":1}}\n\n'
    counted = b'data: {"choices":[],"usage":{"total_tokens":1}}\n\n'
    end = b": a comment\n\ndata: [DONE]\n\n"
    assert without_usage(said + counted + end) == said + end


def test_aws_messages_have_their_lengths_and_checksums() -> None:
    message = aws_event_stream("messageStop\t{}")
    assert int.from_bytes(message[:4]) == len(message)
    assert int.from_bytes(message[8:12]) == zlib.crc32(message[:8])
    assert int.from_bytes(message[-4:]) == zlib.crc32(message[:-4])

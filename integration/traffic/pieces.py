"""Awkward pieces: where bodies are cut, so that nothing a reader needs comes whole."""

import random
import re
import zlib

# Where a cut hurts: within a character, a line's end, an event's end, the name of a field, an escape.
SORE = (
    re.compile(rb"[\xc2-\xf4](?=[\x80-\xbf])"),
    re.compile(rb"[\xe0-\xf4][\x80-\xbf](?=[\x80-\xbf])"),
    re.compile(rb"\r(?=\n)"),
    re.compile(rb"\n(?=\r?\n)"),
    re.compile(rb"\ndat(?=a:)"),
    re.compile(rb"data:(?= )"),
    re.compile(rb"\\(?=[nu\"\\])"),
    re.compile(rb"\\u[0-9a-f]{2}(?=[0-9a-f]{2})"),
)
# One in so many bodies comes in one piece.
WHOLE = 6
# So far is a body searched for sore places, from some place in it on.
SEARCHED = 4096


def pieces(body: bytes, seed: str) -> list[bytes]:
    """Cuts a body, in the same way for the same seed. Together they are the body; none is empty."""
    chance = random.Random(seed)
    if len(body) < 2 or chance.randrange(WHOLE) == 0:
        return [body] if body else []
    cuts = {1, len(body) - 1, *_single_bytes(len(body), chance), *_sore_places(body, chance)}
    cuts |= {chance.randrange(1, len(body)) for _ in range(2)}
    bounds = [0, *sorted(cut for cut in cuts if 0 < cut < len(body)), len(body)]
    return [body[start:end] for start, end in zip(bounds, bounds[1:], strict=False)]


def compressed(parts: list[bytes], seed: str) -> list[bytes]:
    """The parts together, gzipped: flushed after each, as servers do with streams, or cut anew wherever."""
    coder = zlib.compressobj(wbits=31)
    flushed = random.Random(seed + " gzip").randrange(2) == 0
    mode = zlib.Z_SYNC_FLUSH if flushed else zlib.Z_NO_FLUSH
    # Some coders give out the ten bytes of gzip's head at once, which may make an empty flush the first piece.
    coded = [coder.compress(part) + (coder.flush(mode) if flushed else b"") for part in parts]
    coded.append(coder.flush())
    return [part for part in coded if part] if flushed else pieces(b"".join(coded), seed)


def _single_bytes(length: int, chance: random.Random) -> set[int]:
    """Cuts that leave three single bytes, one after the other."""
    start = chance.randrange(length)
    return set(range(start, start + 4))


def _sore_places(body: bytes, chance: random.Random) -> set[int]:
    """One cut of most kinds, where the body has a place for it: not of all, so that no cut stands in another's way."""
    start = chance.randrange(max(1, len(body) - SEARCHED))
    found = ([match.end() for match in sore.finditer(body, start, start + SEARCHED)] for sore in SORE)
    return {chance.choice(places) for places in found if places and chance.randrange(4)}

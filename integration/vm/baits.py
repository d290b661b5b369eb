"""Texts to slow the filter down with, each repeated until a body is full.

As they stand in a string of JSON: a quote and a backslash have one before them. `{n}` is a number that is new each time,
`{x}` the same as two groups of an IPv6 address.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Literal

Side = Literal["request", "answer", "stream"]


@dataclass(frozen=True)
class Bait:
    """A text, and the body that it fills: a request's prompt, a whole answer, or the events of a stream."""

    unit: str
    side: Side = "request"
    title: str = ""
    # Stands once, before all.
    before: str = ""
    # Made of ever new values, or of tokens that look like a key's: each costs more than its bytes do.
    by_value: bool = False

    @property
    def name(self) -> str:
        """What the table calls it."""
        return (self.title or f"`{self.unit}`") + ("" if self.side == "request" else f", {self.side}")


PROSE = (
    "On 29 November at 10:15 the well-known team of Gate 3 sent 480 calls, 2.5 % of them twice: Harriet's e-mail says why. "
)
RECORD = r"{\"id\": 4711, \"name\": \"Nora Lind\", \"tags\": [\"a\", \"b-c\"], \"at\": \"2026-11-29T10:15:00Z\"}\n"
BASE64 = base64.b64encode(b"".join(hashlib.sha256(bytes([n])).digest() for n in range(48))).decode()
CARD = "4111 1111 1111 1111"
KEY = "sk-abcdefghABCDEF12345678"
MIXTURE = r"123 456 [ [EMAIL_1 12:34 fe80: 00 1. @ a@b. -- sk- eyJ AKIA ( é \u0041\n"
VALUES = ("ada@example.com", "+1 415-555-0132", "536-22-8791", CARD, "DE89370400440532013000", "192.0.2.33", KEY)

# Ordinary contents.
USUAL = (
    Bait(PROSE, title="prose"),
    Bait(RECORD, title="lines of JSON"),
    Bait(RECORD.replace(r"\n", ", "), title="JSON in a text", before="["),
    Bait(BASE64, title="base64"),
)

# What begins like a value, or like something that the search stops at, and is none.
BEGINNINGS = (
    *("123 456 ", "123 45 ", "123-45-", "123 4567890 ", "1 415 ", "123.456.", "123-"),
    *("415 555 013 ", "415 555 0132 ", "1 415 555 0132 ", "(415) 555 "),
    *("4111 ", "4111 1111 ", "4111 1111 1111 1112 ", "4111-", "4111111111111112 ", "411111111111111 1 "),
    *("1 ", "1.", "1.2.3.", "1.2.3.4.", "1.2.3.256 ", "999.", "12:34 ", "2026-11-29 ", "123456789 ", "ssn 000000000 "),
    *("00 ", "00 49 ", "0049 ", "0049 30 ", "+1 ", "+", "+4", "+49 30 ", "+(", "(+1) ", "+1 415-555-"),
    *("fe80::1 ", "::1 ", ":", "::", "a:b", "1:2:", "fe80:", "::ffff:", "1::%", "dead::beef "),
    *("DE89 ", "DE89", "DE89 3704 0044 ", "GB82 WEST 1234 ", "de12", "u0041", "FR76"),
    *("@", "a@", "a@b.", "a@b.c ", "a@b.c.", "é@é.", "git@a.bc ", "a.b.c@", "@a.bc", "1@2.", "a@1.2.cd "),
    *("-", "--", "-----", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----MII"),
    *("sk-", "sk-a", "k-", "_", "sk_live_", "ghp_", "eyJ", "eyJ.", "eyJhbGciOiJI.", "AKIA", "AKIAI", "AIza", "SG."),
    *("GHIJ", "G", "I", "xoxb-1-", "glpat-", "hf_", "npm_"),
    *("[", "[[", "[E", "[EMAIL", "[EMAIL_", "[EMAIL_1", "[EMAIL_1] ", "[EMAIL_1][", "[PHONE_4294967295]"),
    *("_1_", "_1"),
    *("[PAYMENT_CARD_", "[P", "[IP_ADDRESS_", "[EMAIL_0]", "EMAIL_1] "),
    *("(", ")", "{", r"{\"a\":", r"\"", "é", "😀", "é1", "1é", "用户"),
    *(r"\u0041", r"\n", r"\\", r"\\n", r"1\n", r"-\n", r"@\u0041", r"1\u0020", r"\u00e9@", r"\ud83d\ude00", r"a@b\u002e"),
)

# Tokens of placeholders that no key has made: with a key each is opened to see that.
TOKENS = tuple(
    Bait(f"[EMAIL_{'A' * letters}]", side, f"forged token of {letters} letters", by_value=True)
    for letters in (16, 52, 128)
    for side in ("request", "answer", "stream")
)

# Values: each is found and replaced.
FOUND = (
    *(Bait(f"{value} ") for value in (*VALUES, "1::2", "a@b.cd", "10.1.2.3")),
    Bait("user{n}@example.com ", title="distinct e-mail addresses", by_value=True),
    Bait("+49 30 {n} ", title="distinct phone numbers", by_value=True),
    Bait("{x}::1 ", title="distinct addresses of hosts", by_value=True),
    Bait("sk-abcdefghABCDEF{n} ", title="distinct keys", by_value=True),
    Bait(r"user{n}@example.com\n", title="distinct addresses, line by line", by_value=True),
    Bait(r"{n} é\u00e9 user{n}@example.com\n", title="distinct addresses beside escapes", by_value=True),
    Bait(" ".join((*VALUES, MIXTURE)), title="everything"),
)

# Answers to a request in which an e-mail address was replaced.
ANSWERS = tuple(
    Bait(unit, side)
    for side in ("answer", "stream")
    for unit in ("[", "[E", "[EMAIL_", "[EMAIL_1] ", "[EMAIL_2] ", r"\u005b")
) + (Bait(PROSE, "answer", "prose"), Bait("The ", "stream", "prose"))

# In JSON that is the text of a string, strings are searched one by one.
WITHIN = tuple(
    Bait(unit, title=f"`{unit}` behind `[`", before="[") for unit in (r"\"\",", r"\"123 456\",", "1,", "[", r"{\"a\":")
)

ALL = (*USUAL, *(Bait(unit) for unit in BEGINNINGS), *WITHIN, *TOKENS, *FOUND, *ANSWERS)

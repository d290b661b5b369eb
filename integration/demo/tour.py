"""The tour: the calls that the demo makes, with the official clients."""

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import openai

from integration.demo.call import Call, Outcome
from integration.keys import SEARCH, SMALL, SUPPORT, VirtualKey
from integration.stack import Stack
from integration.terminal.marks import PERSONAL
from integration.trace import Trace

# What the clients are told of the gateway; nobody waits longer.
TIMEOUT = 60.0

MAIL_TOOL = {
    "name": "send_mail",
    "description": "Sends a mail.",
    "input_schema": {"type": "object", "properties": {"body": {"type": "string"}}, "required": ["body"]},
}


class Tour:
    """Makes the calls, one after the other, and finds what each has left behind."""

    def __init__(self, stack: Stack, address: str, providers: set[str], *, live: bool) -> None:
        self._stack = stack
        self._address = address
        self._providers = providers
        self._live = live

    def calls(self) -> list[Call]:
        """The calls, as far as their providers are there."""
        models = {"openai": "gpt-4o-mini", "anthropic": "claude-haiku-4-5"} if self._live else {}
        gpt, claude = models.get("openai", "gpt-4o"), models.get("anthropic", "claude-sonnet-4-6")
        of_openai = [
            Call("OpenAI, whole", "Personal data leaves as placeholders and comes back as itself.",
                 SEARCH, gpt, f"Write to {PERSONAL['email']}, or call {PERSONAL['phone']}, about card "
                 f"{PERSONAL['payment_card']}.", self._openai_whole),
            Call("OpenAI, streamed", "The client names user and feature. It did not ask for usage: the gateway did.",
                 SUPPORT, gpt, f"The login of {PERSONAL['us_ssn']} came from {PERSONAL['ip_address']}. Repeat that.",
                 self._openai_streamed),
            Call("OpenAI, refused", "The key may not use this model: nothing reaches the provider.",
                 SMALL, "gpt-5", f"Hello from {PERSONAL['email']}", self._openai_whole),
        ]  # fmt: skip
        of_anthropic = [
            Call("Anthropic, whole", "Tokens read from the cache and written to it have prices of their own.",
                 SEARCH, claude, f"Repeat the IBAN {PERSONAL['iban']}, please.", self._anthropic_whole),
            Call("Anthropic, streamed, with a tool", "Placeholders are put back within a tool's arguments, too.",
                 SUPPORT, claude, f"Tell {PERSONAL['email']} by mail that the parcel is late.",
                 self._anthropic_tool),
            Call("Anthropic, cut", "The client leaves in the middle of the stream: recorded, with what was seen.",
                 SEARCH, claude, "Count slowly from one to ten: one two three four five six seven eight nine ten.",
                 self._anthropic_cut),
        ]  # fmt: skip
        by_provider = {"openai": of_openai, "anthropic": of_anthropic}
        return [call for provider, calls in by_provider.items() if provider in self._providers for call in calls]

    def outcomes(self) -> Iterator[Outcome]:
        """Makes the calls, and gives what came of each as soon as its span has arrived."""
        for call in self.calls():
            self._stack.standin.reset()
            trace = Trace()
            got = call.make(call, trace)
            span = self._stack.receiver.span_of(trace.trace_id, wait=10)
            records = self._stack.standin.calls()
            yield Outcome(call, got, records[0] if records else None, span)

    def _headers(self, trace: Trace, **script: Any) -> dict[str, str]:
        """Headers of a call; a script is for the stand-in only."""
        return trace.headers(**({} if self._live else script))

    def _openai(self, key: VirtualKey) -> openai.OpenAI:
        return openai.OpenAI(
            base_url=f"http://{self._address}/v1", api_key=key.secret, max_retries=0, timeout=TIMEOUT
        )

    def _anthropic(self, key: VirtualKey) -> anthropic.Anthropic:
        return anthropic.Anthropic(
            base_url=f"http://{self._address}", api_key=key.secret, max_retries=0, timeout=TIMEOUT
        )

    def _openai_whole(self, call: Call, trace: Trace) -> str:
        try:
            answer = self._openai(call.key).chat.completions.create(
                model=call.model,
                messages=[{"role": "user", "content": call.prompt}],
                extra_headers=self._headers(trace, delay=0.2),
            )
        except openai.APIError as error:
            return said_by(error)
        return answer.choices[0].message.content or ""

    def _openai_streamed(self, call: Call, trace: Trace) -> str:
        named = {"x-tollgate-user": "ann", "x-tollgate-feature": "ticket-summary"}
        try:
            chunks = self._openai(call.key).chat.completions.create(
                model=call.model,
                messages=[{"role": "user", "content": call.prompt}],
                stream=True,
                extra_headers=self._headers(trace, delay=0.2, pause=0.02, delta=4) | named,
            )
            return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        except openai.APIError as error:
            return said_by(error)

    def _anthropic_whole(self, call: Call, trace: Trace) -> str:
        usage = {
            "input_tokens": 24,
            "cache_creation_input_tokens": 640,
            "cache_read_input_tokens": 5120,
            "output_tokens": 12,
        }
        try:
            answer = self._anthropic(call.key).messages.create(
                model=call.model,
                max_tokens=200,
                messages=[{"role": "user", "content": call.prompt}],
                extra_headers=self._headers(trace, delay=0.2, usage=usage),
            )
        except anthropic.APIError as error:
            return said_by(error)
        return "".join(block.text for block in answer.content if block.type == "text")

    def _anthropic_tool(self, call: Call, trace: Trace) -> str:
        try:
            with self._anthropic(call.key).messages.stream(
                model=call.model,
                max_tokens=200,
                messages=[{"role": "user", "content": call.prompt}],
                tools=[MAIL_TOOL],
                extra_headers=self._headers(trace, delay=0.2, pause=0.02, delta=5),
            ) as stream:
                blocks = stream.get_final_message().content
        except anthropic.APIError as error:
            return said_by(error)
        uses = [f"{block.name}({json.dumps(block.input)})" for block in blocks if block.type == "tool_use"]
        return "\n".join(uses) or "(no tool was called)"

    def _anthropic_cut(self, call: Call, trace: Trace) -> str:
        got = []
        try:
            with self._anthropic(call.key).messages.stream(
                model=call.model,
                max_tokens=200,
                messages=[{"role": "user", "content": call.prompt}],
                extra_headers=self._headers(trace, delay=0.2, pause=0.05),
            ) as stream:
                for text in stream.text_stream:
                    got.append(text)
                    if len(got) == 4:
                        break
        except anthropic.APIError as error:
            return said_by(error)
        return "".join(got) + " ✂"


def said_by(error: openai.APIError | anthropic.APIError) -> str:
    """An error as the client raises it."""
    return f"{type(error).__name__}: {error.message}"

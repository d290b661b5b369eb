"""Answers as the clients' official SDKs read them, whole and streamed, over a transport without a network."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import anthropic
import httpx
import httpx2
import openai
from google import genai
from google.genai import types as google

Json = Any


@dataclass
class Said:
    """What a client got."""

    text: str = ""
    reasoning: str = ""
    calls: list[tuple[str, str]] = field(default_factory=list)
    finish: str = ""
    """`end`, `length`, `calls`, `blocked`, or the word itself."""
    input: int | None = None
    output: int | None = None
    model: str = ""


FINISH = {
    "stop": "end", "end_turn": "end", "stop_sequence": "end", "STOP": "end", "completed": "end",
    "length": "length", "max_tokens": "length", "MAX_TOKENS": "length", "max_output_tokens": "length",
    "tool_calls": "calls", "tool_use": "calls", "function_call": "calls",
    "content_filter": "blocked", "refusal": "blocked", "SAFETY": "blocked",
}  # fmt: skip


def transport(library: ModuleType, body: bytes, media: str) -> Any:
    """A transport of an HTTP library that gives one answer, in awkward pieces."""
    pieces = [body[at : at + 61] for at in range(0, len(body), 61)] or [b""]

    def answer(_: Any) -> Any:
        return library.Response(200, headers={"content-type": media}, content=iter(pieces))

    return library.MockTransport(answer)


def openai_client(body: bytes, media: str) -> openai.OpenAI:
    """OpenAI's client of an answer."""
    client = httpx2.Client(transport=transport(httpx2, body, media))
    return openai.OpenAI(api_key="k", base_url="http://gateway/v1", http_client=client, max_retries=0)


def of_completion(answer: Any) -> Said:
    """A chat completion."""
    choice = answer.choices[0]
    message = choice.message
    calls = [called(call) for call in message.tool_calls or []]
    usage = answer.usage
    return Said(
        text=(message.content or "") + (message.refusal or ""),
        reasoning=getattr(message, "reasoning_content", None) or "",
        calls=calls,
        finish=FINISH.get(choice.finish_reason, choice.finish_reason),
        input=usage.prompt_tokens if usage else None,
        output=usage.completion_tokens if usage else None,
        model=answer.model,
    )


def called(call: Any) -> tuple[str, str]:
    """Name and arguments of a call. The input of a custom tool is that of a function with one text."""
    if call.type == "custom":
        custom = call.custom if isinstance(call.custom, dict) else call.custom.to_dict()
        return custom["name"], json.dumps({"input": custom["input"]})
    return call.function.name, call.function.arguments


def without_custom_calls(chunk: Json) -> Json:
    """A chunk without pieces of custom tools' calls, which OpenAI sends and the SDK's types lack:
    https://github.com/openai/openai-openapi/issues/576, read 2026-11-30."""
    for choice in chunk["choices"]:
        if calls := choice["delta"].get("tool_calls"):
            choice["delta"]["tool_calls"] = [call for call in calls if "custom" not in call]
    return chunk


def chat(body: bytes, stream: bool) -> Said:
    """Chat completions."""
    if not stream:
        openai.types.chat.ChatCompletion.model_validate_json(body, strict=False)
        client = openai_client(body, "application/json")
        return of_completion(client.chat.completions.create(model="m", messages=[]))
    from openai.lib.streaming.chat import ChatCompletionStreamState

    state = ChatCompletionStreamState()
    client = openai_client(body, "text/event-stream")
    reasoning, ids = "", set()
    for chunk in client.chat.completions.create(model="m", messages=[], stream=True):
        openai.types.chat.ChatCompletionChunk.model_validate(without_custom_calls(chunk.to_dict()))
        ids.add((chunk.id, chunk.created, chunk.model))
        for choice in chunk.choices:
            reasoning += getattr(choice.delta, "reasoning_content", None) or ""
        state.handle_chunk(chunk)
    assert len(ids) == 1, f"several ids: {ids}"
    # The state's own end refuses an answer that is cut at its bound.
    said = of_completion(state.current_completion_snapshot)
    said.reasoning = reasoning
    return said


def of_response(answer: Any) -> Said:
    """A response."""
    calls = []
    for item in answer.output:
        if item.type == "function_call":
            calls.append((item.name, item.arguments))
        if item.type == "custom_tool_call":
            calls.append((item.name, json.dumps({"input": item.input})))
    text, reasoning = "", ""
    for item in answer.output:
        if item.type == "message":
            text += "".join(getattr(part, "text", None) or getattr(part, "refusal", "") for part in item.content)
        if item.type == "reasoning":
            reasoning += "".join(part.text for part in item.summary)
            reasoning += "".join(part.text for part in item.content or [])
    reason = answer.incomplete_details.reason if answer.incomplete_details else answer.status
    finish = "calls" if calls and reason == "completed" else FINISH.get(reason, reason)
    usage = answer.usage
    return Said(text, reasoning, calls, finish, usage and usage.input_tokens, usage and usage.output_tokens, answer.model)


def responses(body: bytes, stream: bool) -> Said:
    """OpenAI's responses."""
    if not stream:
        openai.types.responses.Response.model_validate_json(body)
        return of_response(openai_client(body, "application/json").responses.create(model="m", input="i"))
    client = openai_client(body, "text/event-stream")
    number, last, text = 0, None, ""
    with client.responses.stream(model="m", input="i") as events:
        for event in events:
            assert event.sequence_number == number, f"{event.type}: {event.sequence_number}, not {number}"
            number += 1
            if event.type == "response.output_text.delta":
                text += event.delta
            if event.type in ("response.completed", "response.incomplete", "response.failed"):
                last = event.response
    said = of_response(last)
    assert not text or said.text.startswith(text) or said.text == text, "the last event says another text"
    return said


def of_message(answer: Any) -> Said:
    """A message of Anthropic's."""
    text = "".join(block.text for block in answer.content if block.type == "text")
    reasoning = "".join(block.thinking for block in answer.content if block.type == "thinking")
    calls = [(block.name, json.dumps(block.input)) for block in answer.content if block.type == "tool_use"]
    usage = answer.usage
    read = (usage.input_tokens or 0) + (usage.cache_read_input_tokens or 0) + (usage.cache_creation_input_tokens or 0)
    finish = FINISH.get(answer.stop_reason, answer.stop_reason)
    return Said(text, reasoning, calls, finish, read, usage.output_tokens, answer.model)


def messages(body: bytes, stream: bool) -> Said:
    """Anthropic's messages."""
    media = "text/event-stream" if stream else "application/json"
    http = httpx2.Client(transport=transport(httpx2, body, media))
    client = anthropic.Anthropic(api_key="k", base_url="http://gateway", http_client=http, max_retries=0)
    if not stream:
        anthropic.types.Message.model_validate_json(body)
        return of_message(client.messages.create(model="m", max_tokens=1, messages=[]))
    with client.messages.stream(model="m", max_tokens=1, messages=[]) as events:
        return of_message(events.get_final_message())


def of_candidates(answers: list[google.GenerateContentResponse]) -> Said:
    """The pieces of an answer of Gemini's."""
    said, word = Said(), ""
    for answer in answers:
        for candidate in [one for one in answer.candidates or [] if not one.index]:
            for part in (candidate.content and candidate.content.parts) or []:
                if part.function_call:
                    said.calls.append((part.function_call.name, json.dumps(part.function_call.args)))
                elif part.thought:
                    said.reasoning += part.text or ""
                else:
                    said.text += part.text or ""
            word = candidate.finish_reason.value if candidate.finish_reason else word
        usage = answer.usage_metadata
        if usage:
            said.input = (usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0)
            said.output = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
        said.model = answer.model_version or said.model
    said.finish = FINISH.get(word, word)
    if said.calls and said.finish == "end":
        said.finish = "calls"
    return said


def gemini(body: bytes, stream: bool) -> Said:
    """Gemini's generateContent."""
    media = "text/event-stream" if stream else "application/json"
    options = google.HttpOptions(base_url="http://gateway", client_args={"transport": transport(httpx, body, media)})
    client = genai.Client(api_key="k", http_options=options)
    if not stream:
        return of_candidates([client.models.generate_content(model="m", contents="c")])
    return of_candidates(list(client.models.generate_content_stream(model="m", contents="c")))


READERS: dict[str, Callable[[bytes, bool], Said]] = {
    "openai_chat": chat,
    "openai_responses": responses,
    "anthropic_messages": messages,
    "gemini": gemini,
}

"""The official clients, each in its own words: how to ask, what was heard, and which error was raised."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import anthropic
import openai
from google.genai import errors, types

from integration.scenarios.gateway import Gateway

TOOL = "send_mail"
SCHEMA = {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]}
# The smallest PNG there is: one pixel.
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class Question:
    """What a client asks."""

    text: str
    stream: bool = False
    tools: bool = False
    image: bool = False
    system: str = "Be kind."
    model: str = "assistant"


@dataclass
class Heard:
    """What a client has heard: text, calls of tools with their arguments, and tokens in and out."""

    text: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    tokens: tuple[int, int] = (0, 0)


class Client(ABC):
    """One of the official clients. `errors` are those that it raises for what the provider or the gateway says."""

    name: str
    errors: tuple[type[Exception], ...]

    @abstractmethod
    def ask(self, gateway: Gateway, question: Question, headers: dict[str, str]) -> Heard:
        """Asks, and hears the whole answer."""

    @abstractmethod
    def status(self, error: Any) -> int:
        """The status of an error that it has raised."""


class OpenAiChat(Client):
    """OpenAI's client, by chat completions."""

    name = "chat"
    errors = (openai.APIError,)

    def ask(self, gateway: Gateway, question: Question, headers: dict[str, str]) -> Heard:
        """Asks, and hears the whole answer."""
        content: list[Any] = [{"type": "text", "text": question.text}]
        if question.image:
            content.append({"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}})
        messages = [{"role": "system", "content": question.system}, {"role": "user", "content": content}]
        asked: dict[str, Any] = {"model": question.model, "messages": messages, "extra_headers": headers}
        if question.tools:
            asked["tools"] = [{"type": "function", "function": {"name": TOOL, "parameters": SCHEMA}}]
        completions = gateway.openai().chat.completions
        if question.stream:
            with completions.stream(**asked, stream_options={"include_usage": True}) as stream:
                completion = stream.get_final_completion()
        else:
            completion = completions.create(**asked)
        [choice] = completion.choices
        calls = [call.function for call in choice.message.tool_calls or []]
        assert choice.finish_reason == ("tool_calls" if calls else "stop")
        return Heard(
            choice.message.content or "",
            [(call.name, json.loads(call.arguments)) for call in calls],
            (completion.usage.prompt_tokens, completion.usage.completion_tokens),
        )

    def status(self, error: Any) -> int:
        """The status of an error that it has raised."""
        return error.status_code


class FailedResponse(Exception):
    """A stream of responses ends with a failure, of which the client makes an event and no error."""


class OpenAiResponses(Client):
    """OpenAI's client, by responses."""

    name = "responses"
    errors = (openai.APIError, FailedResponse)

    def ask(self, gateway: Gateway, question: Question, headers: dict[str, str]) -> Heard:
        """Asks, and hears the whole answer."""
        content: list[Any] = [{"type": "input_text", "text": question.text}]
        if question.image:
            content.append({"type": "input_image", "image_url": f"data:image/png;base64,{PNG}", "detail": "auto"})
        asked: dict[str, Any] = {
            "model": question.model,
            "instructions": question.system,
            "input": [{"role": "user", "content": content}],
            "store": False,
            "extra_headers": headers,
        }
        if question.tools:
            asked["tools"] = [{"type": "function", "name": TOOL, "parameters": SCHEMA, "strict": False}]
        responses = gateway.openai().responses
        response = _last(responses.create(**asked, stream=True)) if question.stream else responses.create(**asked)
        calls = [item for item in response.output if item.type == "function_call"]
        assert response.status == "completed"
        return Heard(
            response.output_text,
            [(call.name, json.loads(call.arguments)) for call in calls],
            (response.usage.input_tokens, response.usage.output_tokens),
        )

    def status(self, error: Any) -> int:
        """The status of an error that it has raised."""
        return error.status_code


class Anthropic(Client):
    """Anthropic's client, by messages."""

    name = "messages"
    errors = (anthropic.APIError,)

    def ask(self, gateway: Gateway, question: Question, headers: dict[str, str]) -> Heard:
        """Asks, and hears the whole answer."""
        content: list[Any] = [{"type": "text", "text": question.text}]
        if question.image:
            source = {"type": "base64", "media_type": "image/png", "data": PNG}
            content.append({"type": "image", "source": source})
        asked: dict[str, Any] = {
            "model": question.model,
            "max_tokens": 1000,
            "system": question.system,
            "messages": [{"role": "user", "content": content}],
            "extra_headers": headers,
        }
        if question.tools:
            asked["tools"] = [{"name": TOOL, "input_schema": SCHEMA}]
        messages = gateway.anthropic().messages
        if question.stream:
            with messages.stream(**asked) as stream:
                message = stream.get_final_message()
        else:
            message = messages.create(**asked)
        calls = [(block.name, block.input) for block in message.content if block.type == "tool_use"]
        assert message.stop_reason == ("tool_use" if calls else "end_turn")
        return Heard(
            "".join(block.text for block in message.content if block.type == "text"),
            calls,
            (message.usage.input_tokens, message.usage.output_tokens),
        )

    def status(self, error: Any) -> int:
        """The status of an error that it has raised."""
        return error.status_code


class Google(Client):
    """Google's client, by generateContent."""

    name = "gemini"
    errors = (errors.APIError,)

    def ask(self, gateway: Gateway, question: Question, headers: dict[str, str]) -> Heard:
        """Asks, and hears the whole answer."""
        parts: list[Any] = [{"text": question.text}]
        if question.image:
            parts.append({"inline_data": {"mime_type": "image/png", "data": PNG}})
        config: dict[str, Any] = {"system_instruction": question.system, "http_options": {"headers": headers}}
        if question.tools:
            declared = {"name": TOOL, "parameters_json_schema": SCHEMA}
            config["tools"] = [types.Tool(function_declarations=[types.FunctionDeclaration(**declared)])]
            config["automatic_function_calling"] = {"disable": True}
        asked: dict[str, Any] = {"model": question.model, "contents": [{"role": "user", "parts": parts}]}
        client = gateway.google()
        if question.stream:
            chunks = list(client.models.generate_content_stream(**asked, config=config))
        else:
            chunks = [client.models.generate_content(**asked, config=config)]
        assert [reason for reason in map(_finish, chunks) if reason] == [types.FinishReason.STOP]
        usage = chunks[-1].usage_metadata
        said = list(_parts(chunks))
        return Heard(
            "".join(part.text or "" for part in said),
            [(part.function_call.name, part.function_call.args) for part in said if part.function_call],
            (usage.prompt_token_count, usage.candidates_token_count),
        )

    def status(self, error: Any) -> int:
        """The status of an error that it has raised."""
        return error.code


def _last(events: Iterable[Any]) -> Any:
    """The response that a stream ends with."""
    event = list(events)[-1]
    if event.type != "response.completed":
        raise FailedResponse(event)
    return event.response


def _finish(chunk: types.GenerateContentResponse) -> types.FinishReason | None:
    return chunk.candidates[0].finish_reason if chunk.candidates else None


def _parts(chunks: list[types.GenerateContentResponse]) -> Iterator[types.Part]:
    for chunk in chunks:
        content = chunk.candidates[0].content if chunk.candidates else None
        yield from (content.parts if content else None) or []


CLIENTS: tuple[Client, ...] = (OpenAiChat(), OpenAiResponses(), Anthropic(), Google())

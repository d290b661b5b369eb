"""Conversations with the official clients, whose own objects are handed back as the clients give them."""

from abc import ABC, abstractmethod
from typing import Any

from google.genai import types
from openai import omit

from integration.keys import SEARCH, VirtualKey
from integration.scenarios.gateway import Gateway
from integration.trace import Trace

CLAUDE = {"model": "claude-sonnet-4-6", "max_tokens": 2000}
THINKING = {"type": "enabled", "budget_tokens": 1024}
INCLUDE = ["reasoning.encrypted_content"]


class Talk(ABC):
    """One conversation: a system prompt, and what has been said since."""

    def __init__(
        self, gateway: Gateway, system: str, *, thinking: bool, stream: bool, key: VirtualKey = SEARCH
    ) -> None:
        self.gateway = gateway
        self.system = system
        self.thinking = thinking
        self.stream = stream
        self.key = key
        self.history: list[Any] = []
        self.begin()

    def begin(self) -> None:
        """Makes what lasts as long as the conversation."""

    @abstractmethod
    def say(self, text: str, trace: Trace) -> tuple[str, str]:
        """Says a text. Returns the model's text, and its thought."""

    @property
    def signs(self) -> bool:
        """Whether the provider signs the thoughts, so that they have placeholders in them."""
        return self.thinking

    def headers(self, trace: Trace) -> dict[str, str]:
        """Has the stand-in name all that it knows by placeholders."""
        return trace.headers(recall=True, reasoning=self.thinking, delta=5)


class Anthropic(Talk):
    """Messages."""

    def say(self, text: str, trace: Trace) -> tuple[str, str]:
        """Says a text."""
        self.history.append({"role": "user", "content": text})
        asked = CLAUDE | {"system": self.system, "messages": self.history, "extra_headers": self.headers(trace)}
        asked |= {"thinking": THINKING} if self.thinking else {}
        client = self.gateway.anthropic(self.key)
        if self.stream:
            with client.messages.stream(**asked) as stream:
                message = stream.get_final_message()
        else:
            message = client.messages.create(**asked)
        self.history.append({"role": "assistant", "content": message.content})
        said = {block.type: block for block in message.content}
        return said["text"].text, said["thinking"].thinking if self.thinking else ""


class OpenAiChat(Talk):
    """Chat completions, which have no thoughts."""

    def begin(self) -> None:
        """The system prompt is the first message."""
        self.history.append({"role": "system", "content": self.system})

    def say(self, text: str, trace: Trace) -> tuple[str, str]:
        """Says a text."""
        self.history.append({"role": "user", "content": text})
        asked = {"model": "gpt-4o", "messages": self.history, "extra_headers": self.headers(trace)}
        client = self.gateway.openai(self.key)
        if self.stream:
            with client.chat.completions.stream(**asked) as stream:
                completion = stream.get_final_completion()
        else:
            completion = client.chat.completions.create(**asked)
        self.history.append(completion.choices[0].message)
        return completion.choices[0].message.content, ""


class OpenAiResponses(Talk):
    """Responses that the provider does not keep: the client gives all back, thoughts as they were encrypted."""

    def say(self, text: str, trace: Trace) -> tuple[str, str]:
        """Says a text."""
        self.history.append({"role": "user", "content": text})
        response = self.ask(self.history, trace, store=False, include=INCLUDE)
        self.history += response.output
        thoughts = [item.summary[0].text for item in response.output if item.type == "reasoning"]
        return response.output_text, "".join(thoughts)

    def ask(self, given: Any, trace: Trace, **more: Any) -> Any:
        """Asks for one response."""
        asked = {"model": "gpt-5", "instructions": self.system or omit, "input": given}
        asked |= more | {"extra_headers": self.headers(trace)}
        client = self.gateway.openai(self.key)
        if not self.stream:
            return client.responses.create(**asked)
        with client.responses.stream(**asked) as stream:
            return stream.get_final_response()


class KeptResponses(OpenAiResponses):
    """Responses that the provider keeps: the client names the last one."""

    previous: Any = omit

    def say(self, text: str, trace: Trace) -> tuple[str, str]:
        """Says a text."""
        response = self.ask(text, trace, previous_response_id=self.previous)
        self.previous = response.id
        self.system = ""
        return response.output_text, ""


class Google(Talk):
    """Gemini's generateContent, by the client's own chat."""

    def begin(self) -> None:
        """The client keeps the history."""
        thinking = types.ThinkingConfig(include_thoughts=True) if self.thinking else None
        config = types.GenerateContentConfig(system_instruction=self.system, thinking_config=thinking)
        self.client = self.gateway.google(self.key)
        self.chat = self.client.chats.create(model="gemini-3-flash", config=config)
        self.config = config

    @property
    def signs(self) -> bool:
        """A stream says piece by piece what it thinks, unsigned."""
        return self.thinking and not self.stream

    def say(self, text: str, trace: Trace) -> tuple[str, str]:
        """Says a text."""
        options = types.HttpOptions(headers=self.headers(trace))
        config = self.config.model_copy(update={"http_options": options})
        if self.stream:
            chunks = list(self.chat.send_message_stream(text, config=config))
        else:
            chunks = [self.chat.send_message(text, config=config)]
        parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts]
        spoken = "".join(part.text or "" for part in parts if not part.thought)
        # A thought that is signed repeats, in a stream, those before it.
        thought = [part for part in parts if part.thought and bool(part.thought_signature) == self.signs]
        return spoken, "".join(part.text for part in thought)

"""The command `tollgate translate`, and which recorded exchanges it is tried on."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from integration.process import ROOT
from integration.traffic import exchange as traffic
from integration.traffic.exchange import Exchange

COMMAND = Path(os.environ.get("TOLLGATE", ROOT / "target" / "tollgate"))

CLIENTS = ("openai_chat", "openai_responses", "anthropic_messages", "gemini")
PROVIDERS = (*CLIENTS, "bedrock_converse", "bedrock_anthropic", "cohere_v2", "mistral", "ollama")

BY_OPERATION = {
    "chat_completions": "openai_chat",
    "responses": "openai_responses",
    "messages": "anthropic_messages",
    "generate_content": "gemini",
    "converse": "bedrock_converse",
    "chat_v2": "cohere_v2",
    "ollama_chat": "ollama",
}

# Folders of fixtures.
BY_FOLDER = {
    "openai_chat": "openai_chat",
    "openai_responses": "openai_responses",
    "anthropic_messages": "anthropic_messages",
    "gemini_generate": "gemini",
    "bedrock_converse": "bedrock_converse",
    "cohere_v2": "cohere_v2",
    "ollama": "ollama",
}


@dataclass(frozen=True)
class Translated:
    """The outcome of a translation."""

    status: int
    out: bytes
    lost: list[str]
    reason: str


def translate(source: str, target: str, body: bytes, *words: str) -> Translated:
    """Translates a body."""
    command = [str(COMMAND), "translate", "--from", source, "--to", target, *words]
    ran = subprocess.run(command, input=body, capture_output=True, check=False, timeout=60)
    lines = ran.stderr.decode().splitlines()
    lost = [line.removeprefix("lost: ") for line in lines if line.startswith("lost: ")]
    return Translated(ran.returncode, ran.stdout, lost, "\n".join(line for line in lines if not line.startswith("lost: ")))


def dialect(exchange: Exchange) -> str | None:
    """The dialect of an exchange, by the command's names; `None` for what is not translated."""
    if not exchange.operation:
        return BY_FOLDER.get(exchange.provider)
    if exchange.operation == "invoke_model":
        return "bedrock_anthropic" if "anthropic" in exchange.path else None
    if exchange.operation == "chat_completions" and exchange.provider == "mistral_ai":
        return "mistral"
    return BY_OPERATION.get(exchange.operation)


def fixtures() -> list[Exchange]:
    """The project's own exchanges."""
    return traffic.fixtures({})


def of_dialects(exchanges: Iterator[Exchange], names: tuple[str, ...]) -> Iterator[tuple[str, Exchange]]:
    """The exchanges of some dialects that were answered, each with its dialect."""
    for exchange in exchanges:
        name = dialect(exchange)
        if name in names and exchange.status == 200 and not exchange.is_unreadable:
            yield name, exchange

"""Requests held against the types of the providers' SDKs. A member that a type does not have is a fault too."""

import base64
import inspect
import types as python
import typing
from collections.abc import Callable, Iterable
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints

import anthropic.types as anthropic_types
import openai.types.chat as openai_chat
import openai.types.responses as openai_responses
from google.genai import types as google
from typing_extensions import NotRequired as LaterNotRequired
from typing_extensions import Required as LaterRequired
from typing_extensions import is_typeddict

Json = Any
UNIONS = (Union, python.UnionType)


def faults(value: Json, kind: Any, path: str = "") -> list[str]:
    """What keeps a JSON value from being of a type of an SDK's parameters."""
    origin = get_origin(kind)
    if kind is Any or kind is object:
        return []
    if origin in (Required, NotRequired, LaterRequired, LaterNotRequired, typing.Annotated):
        return faults(value, get_args(kind)[0], path)
    if origin in UNIONS:
        return of_union(value, get_args(kind), path)
    if origin is Literal:
        return [] if value in get_args(kind) else [f"{path}: {value!r} is none of {get_args(kind)}"]
    if is_typeddict(kind):
        return of_object(value, kind, path)
    if origin in (list, Iterable, typing.Sequence) or getattr(origin, "__name__", "") in ("Iterable", "Sequence", "SequenceNotStr"):
        if not isinstance(value, list):
            return [f"{path}: no list"]
        return [fault for at, item in enumerate(value) for fault in faults(item, get_args(kind)[0], f"{path}[{at}]")]
    if origin in (dict, typing.Mapping) or getattr(origin, "__name__", "") == "Mapping":
        if not isinstance(value, dict):
            return [f"{path}: no object"]
        return [fault for key, item in value.items() for fault in faults(item, get_args(kind)[1], f"{path}.{key}")]
    if kind is None or kind is type(None):
        return [] if value is None else [f"{path}: not null"]
    if kind is float:
        return [] if isinstance(value, int | float) and not isinstance(value, bool) else [f"{path}: no number"]
    if kind is int:
        return [] if isinstance(value, int) and not isinstance(value, bool) else [f"{path}: no whole number"]
    if kind in (str, bool, dict, list):
        return [] if isinstance(value, kind) else [f"{path}: no {kind.__name__}: {value!r:.80}"]
    if isinstance(kind, type) and hasattr(kind, "model_validate"):
        return of_model(value, kind, path)
    if isinstance(kind, type) and not isinstance(value, kind):
        return [f"{path}: no {kind.__name__}: {value!r:.80}"]
    return []


def of_union(value: Json, kinds: tuple[Any, ...], path: str) -> list[str]:
    """The faults by the member of a union that fits best."""
    found = [faults(value, kind, path) for kind in kinds]
    # The member whose literals fit is the one that is meant.
    return min(found, key=lambda faults: (len(faults), any("is none of" in fault for fault in faults)))


def of_object(value: Json, kind: Any, path: str) -> list[str]:
    """The faults of an object by its declared members."""
    if not isinstance(value, dict):
        return [f"{path}: no object: {value!r:.80}"]
    hints = get_type_hints(kind, include_extras=True)
    found = [f"{path}.{name}: is missing" for name in kind.__required_keys__ if name not in value]
    for name, item in value.items():
        if name not in hints:
            found.append(f"{path}.{name}: {kind.__name__} has no such member")
        else:
            found += faults(item, hints[name], f"{path}.{name}")
    return found


def of_model(value: Json, kind: Any, path: str) -> list[str]:
    """The faults by a pydantic model."""
    try:
        kind.model_validate(value)
    except ValueError as error:
        return [f"{path}: {str(error)[:300]}"]
    return []


def of_chat(body: Json) -> list[str]:
    """Chat completions."""
    kind = openai_chat.completion_create_params
    stream = body.get("stream") is True
    return faults(body, kind.CompletionCreateParamsStreaming if stream else kind.CompletionCreateParamsNonStreaming)


def of_responses(body: Json) -> list[str]:
    """OpenAI's responses."""
    kind = openai_responses.response_create_params
    stream = body.get("stream") is True
    return faults(body, kind.ResponseCreateParamsStreaming if stream else kind.ResponseCreateParamsNonStreaming)


def of_messages(body: Json) -> list[str]:
    """Anthropic's messages."""
    kind = anthropic_types.message_create_params
    stream = body.get("stream") is True
    # Models before Opus 4.7 take them; the newest types have them no longer.
    body = {name: item for name, item in body.items() if name not in ("temperature", "top_p", "top_k")}
    return faults(body, kind.MessageCreateParamsStreaming if stream else kind.MessageCreateParamsNonStreaming)


def of_bedrock_messages(body: Json) -> list[str]:
    """Anthropic's messages in Bedrock's InvokeModel, which has the model in its path."""
    body = dict(body)
    if body.pop("anthropic_version", None) != "bedrock-2023-05-31":
        return ["anthropic_version: is missing"]
    body.pop("anthropic_beta", None)
    found = [f".{name}: stands in the path" for name in ("model", "stream") if name in body]
    return found + of_messages({"model": "m", **body})


GEMINI: dict[str, Any] = {
    "contents": list[google.Content],
    "systemInstruction": google.Content,
    "tools": list[google.Tool],
    "toolConfig": google.ToolConfig,
    "safetySettings": list[google.SafetySetting],
    "generationConfig": google.GenerationConfig,
    "cachedContent": str,
    "labels": dict[str, str],
    "serviceTier": str,
}


def of_gemini(body: Json) -> list[str]:
    """Gemini's generateContent."""
    found = [] if body.get("contents") else [".contents: is missing"]
    for name, item in body.items():
        if name not in GEMINI:
            found.append(f".{name}: no such member")
        else:
            found += faults(item, GEMINI[name], f".{name}")
    return found


def of_converse(body: Json) -> list[str]:
    """Bedrock's Converse, by botocore's model of the service."""
    import botocore.session
    from botocore.validate import ParamValidator

    model = botocore.session.get_session().get_service_model("bedrock-runtime")
    shape = model.operation_model("Converse").input_shape
    report = ParamValidator().validate({"modelId": "m", **decoded(body, shape)}, shape)
    known = set(shape.members)
    return [f".{name}: no such member" for name in body if name not in known] + ([report.generate_report()] if report.has_errors() else [])


def decoded(value: Json, shape: Any) -> Json:
    """A value with its blobs decoded, as botocore takes them. Members that no shape has stay, to be found."""
    if shape.type_name == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
        return {
            name: decoded(item, shape.members[name]) if name in shape.members else item for name, item in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [decoded(item, shape.member) for item in value]
    if shape.type_name == "blob" and isinstance(value, str):
        return base64.b64decode(value, validate=True)
    return value


def of_cohere(body: Json) -> list[str]:
    """Cohere's chat, version 2."""
    import cohere
    from cohere.types import ChatMessageV2, ToolV2

    known = set(inspect.signature(cohere.ClientV2.chat).parameters) | {"stream"}
    found = [f".{name}: no such member" for name in body if name not in known]
    found += [f".{name}: is missing" for name in ("model", "messages") if name not in body]
    for at, tool in enumerate(body.get("tools", [])):
        found += of_model(tool, ToolV2, f".tools[{at}]")
        if "parameters" not in tool.get("function", {}):
            found.append(f".tools[{at}].function.parameters: is missing")
    kinds = {member.model_fields["role"].default: member for member in get_args(get_args(ChatMessageV2)[0])}
    for at, message in enumerate(body.get("messages", [])):
        found += of_model(message, kinds[message["role"]], f".messages[{at}]")
    return found


def of_mistral(body: Json) -> list[str]:
    """Mistral's chat."""
    from mistralai.client import models

    kind = models.ChatCompletionStreamRequest if body.get("stream") is True else models.ChatCompletionRequest
    names = {field.alias or name for name, field in kind.model_fields.items()}
    return [f".{name}: no such member" for name in body if name not in names] + of_model(body, kind, "")


def of_ollama(body: Json) -> list[str]:
    """Ollama's chat."""
    from ollama._types import ChatRequest, Options

    found = [f".{name}: no such member" for name in body if name not in ChatRequest.model_fields]
    options = body.get("options", {})
    found += [f".options.{name}: no such member" for name in options if name not in Options.model_fields]
    return found + of_model(body, ChatRequest, "")


REQUESTS: dict[str, Callable[[Json], list[str]]] = {
    "openai_chat": of_chat,
    "openai_compatible": of_chat,
    "openai_responses": of_responses,
    "anthropic_messages": of_messages,
    "gemini": of_gemini,
    "bedrock_converse": of_converse,
    "bedrock_anthropic": of_bedrock_messages,
    "cohere_v2": of_cohere,
    "mistral": of_mistral,
    "ollama": of_ollama,
}

"""Embeddings: the types of the providers' SDKs for requests, and the clients' SDKs for answers."""

import base64
import inspect
import json
import struct
from collections.abc import Callable, Iterator
from typing import Any

import cohere
import httpx
import ollama
import openai
from cohere.v2.client import V2Client
from google import genai
from google.genai import types as google
from mistralai.client import models as mistral
from ollama._types import EmbedRequest
from openai.types import CreateEmbeddingResponse, EmbeddingCreateParams

from integration.traffic.exchange import Exchange
from integration.translation.answers import openai_client, transport
from integration.translation.types import faults, of_model

Json = Any
Vectors = list[list[float]]

APIS = (
    "openai_embeddings",
    "gemini_embed",
    "cohere_embed",
    "bedrock_titan_embed",
    "mistral_embeddings",
    "ollama_embed",
    "voyage_embeddings",
)

BY_OPERATION = {
    "embed_content": "gemini_embed",
    "batch_embed_contents": "gemini_embed",
    "embed_v1": "cohere_embed",
    "embed_v2": "cohere_embed",
    "ollama_embed": "ollama_embed",
}
BY_PROVIDER = {"mistral_ai": "mistral_embeddings", "voyage": "voyage_embeddings"}
FOLDERS = ("openai_embeddings", "gemini_embed", "cohere_embed")


def dialect(exchange: Exchange) -> str | None:
    """The API of an exchange, by the command's names."""
    if not exchange.operation:
        return exchange.provider if exchange.provider in FOLDERS else None
    if exchange.operation == "embeddings":
        return BY_PROVIDER.get(exchange.provider, "openai_embeddings")
    return BY_OPERATION.get(exchange.operation)


def of_embeddings(exchanges: Iterator[Exchange]) -> Iterator[tuple[str, Exchange]]:
    """The exchanges that were answered with vectors, each with its API."""
    for exchange in exchanges:
        name = dialect(exchange)
        if name and exchange.status == 200 and not exchange.is_unreadable:
            yield name, exchange


def of_openai(body: Json) -> list[str]:
    """OpenAI's embeddings."""
    return faults(body, EmbeddingCreateParams)


def of_gemini(body: Json) -> list[str]:
    """Gemini's embedContent, or its batch."""
    found = []
    for at, request in enumerate(body.get("requests", [body])):
        known = {"model": str, "content": google.Content, "taskType": str, "outputDimensionality": int}
        found += [f"[{at}].{name}: is missing" for name in ("model", "content") if name not in request]
        for name, item in request.items():
            found += faults(item, known[name], f"[{at}].{name}") if name in known else [f"[{at}].{name}: no such member"]
    return found


def of_cohere(body: Json) -> list[str]:
    """Cohere's embed, version 2."""
    known = set(inspect.signature(V2Client.embed).parameters) - {"self", "request_options"}
    found = [f".{name}: no such member" for name in body if name not in known]
    found += [f".{name}: is missing" for name in ("model", "input_type") if name not in body]
    purposes = ("search_document", "search_query", "classification", "clustering", "image")
    found += [f".input_type: {body.get('input_type')}"] * (body.get("input_type") not in purposes)
    found += [".texts: too many"] * (len(body.get("texts", [])) > 96)
    for at, item in enumerate(body.get("inputs", [])):
        found += of_model(item, cohere.EmbedInput, f".inputs[{at}]")
    return found + faults(body.get("texts", []), list[str], ".texts")


# "Request" of https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html, read 2026-11-29.
TITAN: dict[str, Any] = {"inputText": str, "dimensions": int, "normalize": bool, "embeddingTypes": list[str]}


def of_titan(body: Json) -> list[str]:
    """Titan Text Embeddings V2."""
    found = [] if body.get("inputText") is not None else [".inputText: is missing"]
    found += [f".dimensions: {body.get('dimensions')}"] * (body.get("dimensions", 256) not in (256, 512, 1024))
    for name, item in body.items():
        found += faults(item, TITAN[name], f".{name}") if name in TITAN else [f".{name}: no such member"]
    return found


def of_mistral(body: Json) -> list[str]:
    """Mistral's embeddings."""
    names = {field.alias or name for name, field in mistral.EmbeddingRequest.model_fields.items()}
    return [f".{name}: no such member" for name in body if name not in names] + of_model(body, mistral.EmbeddingRequest, "")


def of_ollama(body: Json) -> list[str]:
    """Ollama's embed."""
    found = [f".{name}: no such member" for name in body if name not in EmbedRequest.model_fields]
    return found + of_model(body, EmbedRequest, "")


# https://docs.voyageai.com/reference/embeddings-api, read 2026-11-29.
VOYAGE: dict[str, Any] = {
    "model": str,
    "input": str | list[str],
    "input_type": str | None,
    "truncation": bool,
    "output_dimension": int | None,
    "output_dtype": str,
    "encoding_format": str | None,
}


def of_voyage(body: Json) -> list[str]:
    """Voyage's embeddings."""
    found = [f".{name}: is missing" for name in ("model", "input") if name not in body]
    for name, item in body.items():
        found += faults(item, VOYAGE[name], f".{name}") if name in VOYAGE else [f".{name}: no such member"]
    return found


REQUESTS: dict[str, Callable[[Json], list[str]]] = {
    "openai_embeddings": of_openai,
    "gemini_embed": of_gemini,
    "cohere_embed": of_cohere,
    "bedrock_titan_embed": of_titan,
    "mistral_embeddings": of_mistral,
    "ollama_embed": of_ollama,
    "voyage_embeddings": of_voyage,
}


def texts(body: Json) -> list[str]:
    """The texts of a request of any API, in order: those of one input on lines of their own."""
    if "requests" in body or "content" in body:
        contents = [one["content"] for one in body.get("requests", [body])]
        return ["\n".join(part["text"] for part in content["parts"] if "text" in part) for content in contents]
    if "inputs" in body:
        inputs = ["\n".join(part["text"] for part in item["content"] if "text" in part) for item in body["inputs"]]
        # Of a fixture that has inputs of all kinds.
        return [*body.get("texts", []), *("" for _ in body.get("images", [])), *inputs]
    said = body.get("texts", body.get("input", body.get("inputText", body.get("prompt"))))
    return [said] if isinstance(said, str) else list(said or [])


def openai_vectors(body: bytes) -> tuple[Vectors, int | None]:
    """As OpenAI's SDK reads them, which asks for base64 by itself."""
    if not any(isinstance(one["embedding"], str) for one in json.loads(body)["data"]):
        CreateEmbeddingResponse.model_validate_json(body, strict=False)
    client: openai.OpenAI = openai_client(body, "application/json")
    answer = client.embeddings.create(model="m", input=["a"])
    assert [one.index for one in answer.data] == list(range(len(answer.data)))
    return [list(one.embedding) for one in answer.data], answer.usage.prompt_tokens


def gemini_vectors(body: bytes) -> tuple[Vectors, int | None]:
    """As Google's SDK reads them."""
    options = google.HttpOptions(
        base_url="http://gateway", client_args={"transport": transport(httpx, body, "application/json")}
    )
    client = genai.Client(api_key="k", http_options=options)
    answer = client.models.embed_content(model="m", contents=["a"])
    found = [list(one.values or []) for one in answer.embeddings or []]
    if not found:
        found = [json.loads(body)["embedding"]["values"]]
    return found, answer.usage_metadata.prompt_token_count if answer.usage_metadata else None


def cohere_vectors(body: bytes) -> tuple[Vectors, int | None]:
    """As Cohere's SDK reads them."""
    http = httpx.Client(transport=transport(httpx, body, "application/json"))
    client = cohere.ClientV2(api_key="k", base_url="http://gateway", httpx_client=http)
    answer = client.embed(model="m", input_type="search_query", texts=["a"])
    found = answer.embeddings.float_ or [unpacked(one) for one in answer.embeddings.base64 or []]
    units = answer.meta.billed_units if answer.meta else None
    return found, int(units.input_tokens) if units and units.input_tokens is not None else None


def titan_vectors(body: bytes) -> tuple[Vectors, int | None]:
    """As AWS documents them; its SDK does not read them."""
    answer = json.loads(body)
    assert answer["embedding"] == answer["embeddingsByType"]["float"]
    return [answer["embedding"]], answer.get("inputTextTokenCount")


def mistral_vectors(body: bytes) -> tuple[Vectors, int | None]:
    """As Mistral's SDK reads them."""
    answer = mistral.EmbeddingResponse.model_validate_json(body)
    return [list(one.embedding or []) for one in answer.data], answer.usage.prompt_tokens


def ollama_vectors(body: bytes) -> tuple[Vectors, int | None]:
    """As Ollama's SDK reads them."""
    client = ollama.Client(host="http://gateway", transport=transport(httpx, body, "application/json"))
    answer = client.embed(model="m", input=["a"])
    return [list(one) for one in answer.embeddings], answer.prompt_eval_count


def voyage_vectors(body: bytes) -> tuple[Vectors, int | None]:
    """As Voyage documents them."""
    answer = json.loads(body)
    found = [unpacked(one["embedding"]) if isinstance(one["embedding"], str) else one["embedding"] for one in answer["data"]]
    return found, answer["usage"]["total_tokens"]


VECTORS: dict[str, Callable[[bytes], tuple[Vectors, int | None]]] = {
    "openai_embeddings": openai_vectors,
    "gemini_embed": gemini_vectors,
    "cohere_embed": cohere_vectors,
    "bedrock_titan_embed": titan_vectors,
    "mistral_embeddings": mistral_vectors,
    "ollama_embed": ollama_vectors,
    "voyage_embeddings": voyage_vectors,
}


def unpacked(encoded: str) -> list[float]:
    """The numbers of base64."""
    data = base64.b64decode(encoded, validate=True)
    return list(struct.unpack(f"<{len(data) // 4}f", data))


def given(body: Json) -> Vectors:
    """The floats of an answer of any API, read from its JSON."""
    if "embeddings" in body and isinstance(body["embeddings"], dict):
        named = body["embeddings"]
        return named.get("float") or [unpacked(one) for one in named.get("base64", [])]
    if "embeddings" in body:
        return [one["values"] if isinstance(one, dict) else one for one in body["embeddings"]]
    if "embedding" in body:
        return [body["embedding"]["values"] if isinstance(body["embedding"], dict) else body["embedding"]]
    vectors = [one["embedding"] for one in sorted(body["data"], key=lambda one: one.get("index", 0))]
    return [unpacked(one) if isinstance(one, str) else one for one in vectors]

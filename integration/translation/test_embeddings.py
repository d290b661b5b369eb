"""Every recorded request for embeddings, and every fixture, in every API: it fits the types of its SDK. Every answer: the
SDK of each API reads the same vectors and tokens from it."""

import json
import struct
from collections.abc import Callable

import pytest

from integration.traffic.exchange import Exchange
from integration.translation.command import translate
from integration.translation.embeddings import APIS, REQUESTS, VECTORS, given, of_embeddings, texts

# The form of a client's request that makes the answer one of several, in numbers or in base64.
ASKED = {
    "openai_embeddings": ({"model": "m", "input": ["a", "b"]}, {"encoding_format": "base64"}),
    "gemini_embed": ({"requests": [{"content": {"parts": [{"text": "a"}]}}] * 2}, {}),
    "cohere_embed": ({"model": "m", "texts": ["a", "b"], "input_type": "search_query"}, {"embedding_types": ["base64"]}),
    "bedrock_titan_embed": ({"inputText": "a"}, {}),
    "mistral_embeddings": ({"model": "m", "input": ["a", "b"]}, {}),
    "ollama_embed": ({"model": "m", "input": ["a", "b"]}, {}),
    "voyage_embeddings": ({"model": "m", "input": ["a", "b"]}, {"encoding_format": "base64"}),
}


@pytest.mark.parametrize("target", APIS)
def test_a_request_fits_and_has_the_same_texts(
    target: str, exchanges: list[Exchange], tell: Callable[[str], None]
) -> None:
    """Its types by the SDK, its texts by a reading of its own."""
    written, refused, found = 0, 0, []
    for source, exchange in of_embeddings(iter(exchanges)):
        if source == target:
            continue
        words = () if json.loads(exchange.request).get("model") else ("--model", "m")
        translated = translate(source, target, exchange.request, *words)
        if translated.status != 0:
            assert translated.status == 1 and translated.reason, f"{exchange.id}: {translated}"
            refused += 1
            continue
        written += 1
        body = json.loads(translated.out)
        faults = REQUESTS[target](body)
        if texts(body) != texts(json.loads(exchange.request)):
            faults.append(f"texts became {texts(body)}")
        if faults:
            found.append(f"{exchange.id}: {faults[:3]} lost: {translated.lost[:8]}")
    tell(f"{target}: {written} requests written, {refused} refused with a reason, {len(found)} wrong")
    assert not found, "\n".join(text[:600] for text in found)
    assert written or (refused and only_fixtures(exchanges))


@pytest.mark.parametrize("encoded", [False, True], ids=["as_is", "in_base64"])
@pytest.mark.parametrize("client", APIS)
def test_an_answer_is_read_by_the_client_s_sdk(
    client: str, encoded: bool, exchanges: list[Exchange], tell: Callable[[str], None], tmp_path: object
) -> None:
    """Vectors and tokens, in the encoding that the client asks for."""
    usual, more = ASKED[client]
    if encoded and not more:
        pytest.skip("it has no base64")
    file = f"{tmp_path}/request.json"
    with open(file, "w", encoding="utf-8") as out:
        json.dump({**usual, **(more if encoded else {})}, out)
    read, refused, found = 0, 0, []
    for source, exchange in of_embeddings(iter(exchanges)):
        if source == client:
            continue
        expected = given(json.loads(exchange.answer))
        translated = translate(source, client, exchange.answer, "--answer", "--request", file)
        if translated.status != 0:
            # Titan has one vector, and Perplexity's base64 is of bytes.
            is_due = client == "bedrock_titan_embed" and len(expected) > 1 or exchange.provider == "perplexity"
            refused += 1
            if not is_due:
                found.append(f"{exchange.id}: {translated.reason}")
            continue
        vectors, tokens = VECTORS[client](translated.out)
        read += 1
        if rounded(vectors) != rounded(expected):
            found.append(f"{exchange.id}: vectors became {str(vectors)[:80]}, not {str(expected)[:80]}")
        counted = exchange.expected.get("norm_input_tokens")
        if counted is not None and tokens != counted:
            found.append(f"{exchange.id}: {counted} tokens became {tokens}")
    tell(f"{client}: {read} answers read, {refused} refused with a reason, {len(found)} wrong")
    assert not found, "\n".join(text[:600] for text in found)
    assert read or (refused and only_fixtures(exchanges))


def only_fixtures(exchanges: list[Exchange]) -> bool:
    """Whether no recorded traffic lies beside the project: of its few fixtures an API may refuse all, each with its reason."""
    return all(not exchange.operation for exchange in exchanges)


def rounded(vectors: list[list[float]]) -> list[bytes]:
    """Vectors as 32-bit floats, which is what base64 has."""
    return [struct.pack(f"<{len(vector)}f", *vector) for vector in vectors]


def test_rerank_is_read_by_cohere_s_sdk(exchanges: list[Exchange]) -> None:
    """Voyage's answers, as Cohere's SDK reads them; and Cohere's requests, by Voyage's names."""
    import cohere
    import httpx

    from integration.translation.answers import transport

    read = 0
    for exchange in exchanges:
        if not exchange.operation.startswith("rerank") or exchange.status != 200:
            continue
        source, target = ("voyage_rerank", "cohere_rerank") if exchange.provider == "voyage" else ("cohere_rerank", "voyage_rerank")
        body = json.loads(translate(source, target, exchange.request).out)
        asked = json.loads(exchange.request)
        assert body["query"] == asked["query"] and len(body["documents"]) == len(asked["documents"])
        assert body.get("top_k", body.get("top_n")) == asked.get("top_n", asked.get("top_k")), exchange.id
        given_results = json.loads(exchange.answer).get("results") or json.loads(exchange.answer)["data"]
        out = translate("cohere_rerank", "cohere_rerank", exchange.answer, "--answer").out
        http = httpx.Client(transport=transport(httpx, out, "application/json"))
        client = cohere.ClientV2(api_key="k", base_url="http://gateway", httpx_client=http)
        answer = client.rerank(model="m", query="q", documents=["a"])
        got = [(one.index, one.relevance_score) for one in answer.results]
        assert got == [(one["index"], one["relevance_score"]) for one in given_results], exchange.id
        read += 1
    assert read or only_fixtures(exchanges)

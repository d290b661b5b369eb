"""Answers as OpenAI's responses give them.

https://platform.openai.com/docs/api-reference/responses and …/responses-streaming (the shapes of the official client's
types, 3.52). Not carried: tools of OpenAI's own, refusals, background responses.
"""

from collections.abc import Callable, Iterator
from typing import Any

from integration.standin import openai
from integration.standin.script import Script
from integration.standin.signature import sign
from integration.standin.turn import Turn, pieces

PREFIX = "resp_standin"

error = openai.error


def plain(body: dict[str, Any], _path: str) -> dict[str, Any]:
    """The request in the words of `integration.standin.turn`."""
    given = body.get("input") or []
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    messages = [_message(item) for item in items if item.get("type", "message") in ("message", "function_call_output")]
    return body | {"system": body.get("instructions"), "messages": messages}


def with_earlier(body: dict[str, Any], asked: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """The request with the input of the responses that it goes on from; `asked` finds a request by its number."""
    previous = body.get("previous_response_id")
    if not previous:
        return body
    earlier = with_earlier(asked(int(previous.removeprefix(PREFIX))), asked)
    return body | {"input": [*_items(earlier), *_items(body)]}


def signed(body: dict[str, Any]) -> list[tuple[str, str]]:
    """The thoughts that have come back, with what the provider has encrypted of them."""
    return list(_signed(body))


def usage_of(turn: Turn, script: Script) -> dict[str, Any] | None:
    """The usage that an answer reports; `None` when the script leaves it out."""
    if script.usage is not None:
        return script.usage or None
    return {
        "input_tokens": turn.input_words,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": turn.output_words,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": turn.input_words + turn.output_words,
    }


def whole(turn: Turn, script: Script) -> dict[str, Any]:
    """A whole answer."""
    answer = _response(turn) | {"status": "completed", "output": _output(turn)}
    if usage := usage_of(turn, script):
        answer["usage"] = usage
    return answer


def stream(turn: Turn, script: Script) -> list[tuple[str | None, Any]]:
    """The events of a streamed answer: name and data."""
    bare = _response(turn)
    events: list[dict[str, Any]] = [{"type": "response.created", "response": bare}]
    for index, item in enumerate(_output(turn)):
        at = {"output_index": index, "item_id": item["id"]}
        events.append({"type": "response.output_item.added", "output_index": index, "item": _empty(item)})
        events += [at | event for event in _item_events(item, script)]
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    events.append({"type": "response.completed", "response": whole(turn, script)})
    return [(event["type"], event | {"sequence_number": number}) for number, event in enumerate(events)]


def error_event() -> tuple[str | None, Any]:
    """An error in the middle of a stream."""
    return "error", {"type": "error", "code": "server_error", "message": "The server had an error.", "param": None}


def headers(turn: Turn, script: Script) -> list[tuple[str, str]]:
    """Headers that an answer carries beside its content type."""
    return openai.headers(turn, script)


def _message(item: dict[str, Any]) -> dict[str, Any]:
    if item.get("type") == "function_call_output":
        return {"role": "user", "content": [{"type": "tool_result", "content": item["output"]}]}
    return {"role": item.get("role"), "content": item.get("content")}


def _items(body: dict[str, Any]) -> list[dict[str, Any]]:
    given = body.get("input") or []
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    instructions = body.get("instructions")
    return [*([{"role": "system", "content": instructions}] if instructions else []), *items]


def _signed(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    items = body.get("input")
    for item in items if isinstance(items, list) else []:
        if item.get("type") == "reasoning" and item.get("encrypted_content"):
            yield "".join(part["text"] for part in item.get("summary") or []), item["encrypted_content"]


def _output(turn: Turn) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    if turn.reasoning is not None:
        thought = {"type": "reasoning", "id": f"rs_standin{turn.number}"}
        thought["summary"] = [{"type": "summary_text", "text": turn.reasoning}]
        if "reasoning.encrypted_content" in (turn.body.get("include") or []):
            thought["encrypted_content"] = sign(turn.reasoning)
        items.append(thought)
    if turn.text:
        part = {"type": "output_text", "text": turn.text, "annotations": [], "logprobs": []}
        message = {"type": "message", "id": f"msg_standin{turn.number}", "role": "assistant"}
        items.append(message | {"status": "completed", "content": [part]})
    for call in turn.tool_calls:
        made = {"type": "function_call", "id": f"fc_{call.id}", "call_id": call.id, "name": call.name}
        items.append(made | {"arguments": call.arguments, "status": "completed"})
    return items


def _empty(item: dict[str, Any]) -> dict[str, Any]:
    """An item before anything of it was said."""
    bare = {"summary": [], "content": [], "arguments": "", "status": "in_progress"}
    kept = {name: value for name, value in item.items() if name != "encrypted_content"}
    return kept | {name: value for name, value in bare.items() if name in item}


def _item_events(item: dict[str, Any], script: Script) -> list[dict[str, Any]]:
    if item["type"] == "function_call":
        kind, said, place, part = "function_call_arguments", item["arguments"], {}, None
        whole_text = {"arguments": said, "name": item["name"]}
    elif item["type"] == "reasoning":
        part = item["summary"][0]
        kind, said, place = "reasoning_summary_text", part["text"], {"summary_index": 0}
        whole_text = {"text": said}
    else:
        part = item["content"][0]
        kind, said, place = "output_text", part["text"], {"content_index": 0}
        whole_text = {"text": said, "logprobs": []}
    more = {"logprobs": []} if kind == "output_text" else {}
    parts = "reasoning_summary_part" if kind == "reasoning_summary_text" else "content_part"
    deltas = [{"type": f"response.{kind}.delta", "delta": piece} | place | more for piece in pieces(said, script.delta)]
    done = {"type": f"response.{kind}.done"} | place | whole_text
    if part is None:
        return [*deltas, done]
    opened = {"type": f"response.{parts}.added", "part": part | {"text": ""}} | place
    closed = {"type": f"response.{parts}.done", "part": part} | place
    return [opened, *deltas, done, closed]


def _response(turn: Turn) -> dict[str, Any]:
    return {
        "id": f"{PREFIX}{turn.number}",
        "object": "response",
        "created_at": openai.CREATED,
        "status": "in_progress",
        "model": turn.model,
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "usage": None,
    }

"""The picker's two servers: Envoy's, by gRPC, and the control's.

The protocol is that of the Gateway API's inference extension (docs/proposals/004-endpoint-picker-protocol in
kubernetes-sigs/gateway-api-inference-extension, read 2026-11-29): the picker reads the whole body, then sets a header with
the pod's address, or answers in its place.
"""

import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import grpc
import grpc.aio

from integration.control import json_handler
from integration.http11 import serve
from integration.picker.messages import ProcessingRequest, ProcessingResponse

HEADER = "x-gateway-destination-endpoint"
METHOD = "/envoy.service.ext_proc.v3.ExternalProcessor/Process"
# More than that does not go in one message of a body.
PIECE = 60_000
OVERWRITE = 2


class Picker(grpc.GenericRpcHandler):
    """Names one pod after the other, and keeps what it was asked."""

    def __init__(self) -> None:
        self._asked: list[dict[str, Any]] = []
        self._pods: list[str] = []
        self._turn = itertools.count()

    async def start(self, host: str, port: int, control_port: int) -> None:
        """Opens both servers."""
        control = json_handler(
            {
                "GET /health": lambda _rest, _body: {},
                "GET /asked": lambda _rest, _body: self._asked,
                "POST /pods": self._take_pods,
            }
        )
        await serve(control, host, control_port)
        self._server = grpc.aio.server()
        self._server.add_generic_rpc_handlers((self,))
        self._server.add_insecure_port(f"{host}:{port}")
        await self._server.start()

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """The only method there is."""
        if details.method != METHOD:
            return None
        return grpc.stream_stream_rpc_method_handler(
            self._process, ProcessingRequest.FromString, ProcessingResponse.SerializeToString
        )

    def _take_pods(self, _rest: str, body: Any) -> dict[str, Any]:
        self._pods, self._asked = body["pods"], []
        return {}

    async def _process(self, requests: AsyncIterator[Any], _context: Any) -> AsyncIterator[Any]:
        """One request of a client's, and its answer."""
        headers: dict[str, str] = {}
        body = b""
        async for request in requests:
            kind = next(field.name for field, _ in request.ListFields())
            said = getattr(request, kind)
            if kind == "request_headers":
                headers = {one.key: (one.raw_value or one.value.encode()).decode() for one in said.headers.headers}
                if said.end_of_stream:
                    yield self._picked(headers, b"")
            elif kind == "request_body":
                body += said.body
                if said.end_of_stream:
                    yield self._picked(headers, body)
                    for piece, is_last in pieces(body):
                        yield streamed(kind, piece, is_last)
            elif kind == "response_body":
                yield streamed(kind, said.body, said.end_of_stream)
            else:
                yield ProcessingResponse(**{kind: {}})

    def _picked(self, headers: dict[str, str], body: bytes) -> Any:
        """The pod for a request; with none, the answer in its place."""
        asked = {"path": headers.get(":path"), "headers": headers, "body": json.loads(body or b"null"), "pod": None}
        self._asked.append(asked)
        if not self._pods:
            return ProcessingResponse(immediate_response={"status": {"code": 503}, "body": b"no pod is ready"})
        asked["pod"] = self._pods[next(self._turn) % len(self._pods)]
        pod = {"header": {"key": HEADER, "raw_value": asked["pod"].encode()}, "append_action": OVERWRITE}
        return ProcessingResponse(request_headers={"response": {"header_mutation": {"set_headers": [pod]}}})


def streamed(kind: str, body: bytes, is_last: bool) -> Any:
    """A piece of a body, as it goes on."""
    piece = {"body": body, "end_of_stream": is_last}
    return ProcessingResponse(**{kind: {"response": {"body_mutation": {"streamed_response": piece}}}})


def pieces(body: bytes) -> list[tuple[bytes, bool]]:
    """A body in pieces, each with whether it is the last."""
    starts = range(0, max(len(body), 1), PIECE)
    return [(body[start : start + PIECE], start + PIECE >= len(body)) for start in starts]

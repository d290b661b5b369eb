"""Spans as plain values, decoded with OpenTelemetry's own messages."""

from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

Value = Any


def decode(body: bytes) -> list[dict[str, Any]]:
    """The spans of one export, each with its resource and scope. Raises `ValueError` for what is no export."""
    try:
        export = ExportTraceServiceRequest.FromString(body)
    except Exception as problem:
        raise ValueError(f"not an ExportTraceServiceRequest: {problem}") from problem
    return [
        _span(span)
        | {
            "resource": attributes(of_resource.resource.attributes),
            "scope": {"name": of_scope.scope.name, "version": of_scope.scope.version},
        }
        for of_resource in export.resource_spans
        for of_scope in of_resource.scope_spans
        for span in of_scope.spans
    ]


def attributes(pairs: list[KeyValue]) -> dict[str, Value]:
    """Attributes as a dictionary. Raises `ValueError` for a key that comes twice: the protocol forbids it."""
    found = {pair.key: _value(pair.value) for pair in pairs}
    if len(found) != len(pairs):
        raise ValueError(f"attribute keys are not unique: {sorted(pair.key for pair in pairs)}")
    return found


def _span(span: Span) -> dict[str, Any]:
    return {
        "trace_id": span.trace_id.hex(),
        "span_id": span.span_id.hex(),
        "parent_span_id": span.parent_span_id.hex(),
        "trace_state": span.trace_state,
        "flags": span.flags,
        "name": span.name,
        "kind": Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        "start": span.start_time_unix_nano,
        "end": span.end_time_unix_nano,
        "status": {"code": span.status.code, "message": span.status.message},
        "attributes": attributes(span.attributes),
        "events": [{"name": event.name, "attributes": attributes(event.attributes)} for event in span.events],
        "links": len(span.links),
    }


def _value(value: AnyValue) -> Value:
    match kind := value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [_value(item) for item in value.array_value.values]
        case "kvlist_value":
            return attributes(value.kvlist_value.values)
        case "bytes_value":
            return value.bytes_value.hex()
        case _:
            return getattr(value, kind)

"""As much of Envoy's external processing as a picker needs, as protobuf's own classes.

envoy/service/ext_proc/v3/external_processor.proto and envoy/config/core/v3/base.proto, of Envoy 1.40.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "picker"
BOOL, BYTES, ENUM, STRING = "bool", "bytes", "int32", "string"

# Messages with their fields: number and type. A list is a repeated field.
MESSAGES: dict[str, dict[str, tuple[int, Any]]] = {
    "HeaderValue": {"key": (1, STRING), "value": (2, STRING), "raw_value": (3, BYTES)},
    "HeaderMap": {"headers": (1, ["HeaderValue"])},
    "HttpHeaders": {"headers": (1, "HeaderMap"), "end_of_stream": (3, BOOL)},
    "HttpBody": {"body": (1, BYTES), "end_of_stream": (2, BOOL)},
    "HttpTrailers": {"trailers": (1, "HeaderMap")},
    "ProcessingRequest": {
        "request_headers": (2, "HttpHeaders"),
        "response_headers": (3, "HttpHeaders"),
        "request_body": (4, "HttpBody"),
        "response_body": (5, "HttpBody"),
        "request_trailers": (6, "HttpTrailers"),
        "response_trailers": (7, "HttpTrailers"),
    },
    # The action 2 is OVERWRITE_IF_EXISTS_OR_ADD.
    "HeaderValueOption": {"header": (1, "HeaderValue"), "append_action": (3, ENUM)},
    "HeaderMutation": {"set_headers": (1, ["HeaderValueOption"])},
    "StreamedBodyResponse": {"body": (1, BYTES), "end_of_stream": (2, BOOL)},
    "BodyMutation": {"streamed_response": (3, "StreamedBodyResponse")},
    "CommonResponse": {"header_mutation": (2, "HeaderMutation"), "body_mutation": (3, "BodyMutation")},
    "HeadersResponse": {"response": (1, "CommonResponse")},
    "BodyResponse": {"response": (1, "CommonResponse")},
    "TrailersResponse": {"header_mutation": (1, "HeaderMutation")},
    "HttpStatus": {"code": (1, ENUM)},
    "ImmediateResponse": {"status": (1, "HttpStatus"), "body": (3, BYTES)},
    "ProcessingResponse": {
        "request_headers": (1, "HeadersResponse"),
        "response_headers": (2, "HeadersResponse"),
        "request_body": (3, "BodyResponse"),
        "response_body": (4, "BodyResponse"),
        "request_trailers": (5, "TrailersResponse"),
        "response_trailers": (6, "TrailersResponse"),
        "immediate_response": (7, "ImmediateResponse"),
    },
}


def _file() -> descriptor_pb2.FileDescriptorProto:
    field = descriptor_pb2.FieldDescriptorProto
    scalars = {BOOL: field.TYPE_BOOL, BYTES: field.TYPE_BYTES, ENUM: field.TYPE_INT32, STRING: field.TYPE_STRING}
    file = descriptor_pb2.FileDescriptorProto(name="picker.proto", package=PACKAGE, syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for called, (number, written) in fields.items():
            is_list = isinstance(written, list)
            kind = written[0] if is_list else written
            label = field.LABEL_REPEATED if is_list else field.LABEL_OPTIONAL
            added = message.field.add(name=called, number=number, label=label)
            if kind in scalars:
                added.type = scalars[kind]
            else:
                added.type, added.type_name = field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
    return file


_POOL = descriptor_pool.DescriptorPool()
_POOL.Add(_file())


def _class(name: str) -> Any:
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{PACKAGE}.{name}"))


ProcessingRequest = _class("ProcessingRequest")
ProcessingResponse = _class("ProcessingResponse")

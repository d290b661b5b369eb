"""Whose child a call's span is, and whose parent."""

import re

import pytest

from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import OPENAI
from integration.scenarios.gateway import Gateway
from integration.standin.client import StandInClient
from integration.trace import Trace


def test_the_caller_s_trace_goes_on_and_the_provider_gets_the_span_s_own_id(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    gateway.post(OPENAI.path, OPENAI.ask("Hello"), trace.headers() | {"tracestate": "vendor=1,ot=th:0"})
    span = receiver.span_of(trace.trace_id)
    assert span.parent_span_id == trace.span_id
    assert span.trace_state == "vendor=1,ot=th:0"
    assert span.flags == 0x301
    call = standin.call()
    assert call.header("traceparent") == f"00-{trace.trace_id}-{span.span_id}-01"
    assert call.header("tracestate") == "vendor=1,ot=th:0"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "nonsense",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        b"00-\xff\xfe",
    ],
)
def test_without_a_valid_traceparent_a_trace_begins(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, header: str | bytes | None
) -> None:
    gateway.post(OPENAI.path, OPENAI.ask("Hello"), {"traceparent": header, "tracestate": "vendor=1"})
    given = re.fullmatch(r"00-([0-9a-f]{32})-([0-9a-f]{16})-0[13]", standin.call().header("traceparent"))
    assert given and given[1] != "0af7651916cd43dd8448eb211c80319c"
    span = receiver.span_of(given[1])
    assert (span.span_id, span.parent_span_id, span.trace_state) == (given[2], "", "")
    assert standin.call().header("tracestate") is None


def test_a_caller_that_does_not_sample_is_recorded_all_the_same(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    """The bill knows no sampling, unless the settings say so."""
    unsampled = trace.traceparent[:-2] + "00"
    gateway.post(OPENAI.path, OPENAI.ask("Hello"), {"traceparent": unsampled})
    span = receiver.span_of(trace.trace_id)
    assert standin.call().header("traceparent") == f"00-{trace.trace_id}-{span.span_id}-01"


def test_the_caller_s_decision_is_heeded_where_the_settings_say_so(
    open_gateway: OpenGateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    parent = open_gateway({"telemetry": {"sampling": "parent"}})
    parent.post(OPENAI.path, OPENAI.ask("Hello"), {"traceparent": trace.traceparent[:-2] + "00"})
    assert standin.call().header("traceparent").endswith("-00")
    sampled = Trace()
    parent.post(OPENAI.path, OPENAI.ask("Hello"), sampled.headers())
    receiver.span_of(sampled.trace_id)
    assert receiver.spans_of(trace.trace_id, wait=0) == []

"""How spans reach the collector: in batches, again when it cannot take them, and never without bound."""

import itertools
import time
from typing import Any

import pytest

from integration.admin import Admin
from integration.keys import COLLECTOR_TOKEN
from integration.receiver.client import Export, ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import OPENAI
from integration.scenarios.gateway import Gateway
from integration.stack import Stack
from integration.trace import Trace

DROPPED = "wasmcustom.tollgate_export_dropped_spans_total"

PATHS = (f"/v1/traces/{number}" for number in itertools.count())

# Seconds that an export takes to arrive, at most, on a busy machine.
DELIVERY = 0.05


@pytest.fixture
def path() -> str:
    """A path of the collector that is the test's own."""
    return next(PATHS)


@pytest.fixture
def admin(running: Stack) -> Admin:
    """Envoy's admin page."""
    return running.proxy.admin


def exporting(open_gateway: OpenGateway, path: str, **otlp: Any) -> Gateway:
    """A gateway that exports to the path."""
    return open_gateway({"telemetry": {"otlp": {"path": path, **otlp}}})


def call(gateway: Gateway, times: int = 1) -> list[str]:
    """Makes calls, one after the other, and returns their traces."""
    traces = [Trace() for _ in range(times)]
    for trace in traces:
        assert gateway.post(OPENAI.path, OPENAI.ask("Hello"), trace.headers()).status == 200
    return [trace.trace_id for trace in traces]


def test_an_export_is_what_the_protocol_says(open_gateway: OpenGateway, receiver: ReceiverClient, path: str) -> None:
    call(exporting(open_gateway, path))
    (export,) = receiver.exports_to(path)
    assert export.method == "POST"
    assert export.header("content-type") == "application/x-protobuf"
    assert export.header("content-length") == str(len(export.body))
    assert export.header("host") == "otel-collector:4318"
    assert export.header("user-agent").startswith("Tollgate-OTLP-Exporter/")
    assert export.header("authorization") == COLLECTOR_TOKEN


def test_spans_go_in_batches_by_count_and_the_rest_after_a_while(
    open_gateway: OpenGateway, receiver: ReceiverClient, path: str
) -> None:
    gateway = exporting(open_gateway, path, batch={"spans": 3, "interval": "1500ms"})
    call(gateway, times=6)
    began = time.time()
    call(gateway)
    exports = receiver.exports_to(path, count=3)
    assert [len(export.spans) for export in exports] == [3, 3, 1]
    assert exports[2].at - began >= 1.5


def test_spans_go_in_batches_by_bytes(open_gateway: OpenGateway, receiver: ReceiverClient, path: str) -> None:
    call(exporting(open_gateway, path, batch={"bytes": "4KiB", "interval": "2s"}), times=12)
    exports = receiver.exports_to(path, spans=12)
    assert sum(len(export.spans) for export in exports) == 12
    assert all(len(export.body) <= 4096 for export in exports)
    assert len(exports[0].spans) > 1


def test_what_the_collector_cannot_take_now_is_sent_again(
    open_gateway: OpenGateway, receiver: ReceiverClient, path: str, admin: Admin
) -> None:
    before = admin.stat(DROPPED)
    receiver.answer_with(path, *({"status": status} for status in (429, 502, 503, 504)))
    call(exporting(open_gateway, path, batch={"spans": 1}), times=4)
    attempts = by_body(receiver.exports_to(path, count=8))
    assert sorted(first.status for first, _ in attempts) == [429, 502, 503, 504]
    for first, second in attempts:
        assert second.status == 200
        assert second.at - first.at >= 0.5
    assert admin.stat(DROPPED) == before


def test_no_answer_is_a_reason_to_send_again(open_gateway: OpenGateway, receiver: ReceiverClient, path: str) -> None:
    receiver.answer_with(path, {"hang": True})
    call(exporting(open_gateway, path, timeout="300ms"))
    first, second = receiver.exports_to(path, count=2)
    assert (first.status, second.status) == (None, 200)
    assert first.body == second.body
    # The waits begin when the first is sent, and the receiver notes when it has arrived.
    assert second.at - first.at >= 0.3 + 0.5 - DELIVERY


def test_retry_after_is_kept(open_gateway: OpenGateway, receiver: ReceiverClient, path: str) -> None:
    """Also for spans that come in the meantime: the collector asked to be left alone."""
    receiver.answer_with(path, {"status": 429, "headers": [["retry-after", "2"]]})
    gateway = exporting(open_gateway, path, batch={"spans": 1})
    call(gateway)
    receiver.exports_to(path)
    call(gateway)
    first, *others = receiver.exports_to(path, count=3)
    assert len(others) == 2
    for other in others:
        assert 2.0 <= other.at - first.at < 4.0


@pytest.mark.parametrize("status", [400, 413, 500])
def test_what_the_collector_will_never_take_is_not_sent_again(
    open_gateway: OpenGateway, receiver: ReceiverClient, path: str, admin: Admin, status: int
) -> None:
    before = admin.stat(DROPPED)
    receiver.answer_with(path, {"status": status})
    gateway = exporting(open_gateway, path, batch={"spans": 2})
    call(gateway, times=2)
    receiver.exports_to(path)
    call(gateway, times=2)
    exports = receiver.exports_to(path, count=2)
    assert [export.status for export in exports] == [status, 200]
    assert not set(exports[0].spans) & set(exports[1].spans)
    assert wait_for(admin, DROPPED, before + 2) == before + 2


def test_what_the_collector_takes_in_part_is_not_sent_again(
    open_gateway: OpenGateway, receiver: ReceiverClient, path: str, admin: Admin
) -> None:
    before = admin.stat(DROPPED)
    receiver.answer_with(path, {"rejected": 1})
    call(exporting(open_gateway, path, batch={"spans": 3}), times=3)
    assert wait_for(admin, DROPPED, before + 1) == before + 1
    assert len(receiver.exports_to(path)) == 1


def test_the_queue_is_bounded_and_what_finds_no_room_is_counted(open_gateway: OpenGateway, admin: Admin) -> None:
    """Nobody listens where this collector should be. The calls do not notice."""
    before = admin.stat(DROPPED)
    queue = {"spans": 5, "retry_for": "3s"}
    gateway = open_gateway({"telemetry": {"otlp": {"cluster": "unreachable", "batch": {"spans": 2}, "queue": queue}}})
    call(gateway, times=12)
    assert wait_for(admin, DROPPED, before + 7) == before + 7
    # Later those that had room are given up too.
    assert wait_for(admin, DROPPED, before + 12) == before + 12


def test_a_collector_without_a_cluster_harms_no_call(open_gateway: OpenGateway) -> None:
    call(open_gateway({"telemetry": {"otlp": {"cluster": "not-a-cluster"}}}), times=3)


def test_without_a_collector_nothing_is_exported_and_calls_are_counted(
    open_gateway: OpenGateway, receiver: ReceiverClient, admin: Admin
) -> None:
    stat = "wasmcustom.tollgate_calls_total"
    before = admin.stat(stat)
    traces = call(open_gateway({"telemetry": {"otlp": None}}), times=3)
    # Other tests' calls may still be counted in the meantime, so there is no upper bound.
    assert wait_for(admin, stat, before + 3) >= before + 3
    assert [receiver.spans_of(trace, wait=0) for trace in traces] == [[], [], []]


def by_body(exports: list[Export]) -> list[list[Export]]:
    """The attempts of each export, in their order."""
    found: dict[bytes, list[Export]] = {}
    for export in exports:
        found.setdefault(export.body, []).append(export)
    return list(found.values())


def wait_for(admin: Admin, stat: str, value: int, seconds: float = 10) -> int:
    """The stat, once it is at least so high, or after some seconds."""
    deadline = time.monotonic() + seconds
    while admin.stat(stat) < value and time.monotonic() < deadline:
        time.sleep(0.05)
    return admin.stat(stat)

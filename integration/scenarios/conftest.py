"""Fixtures: the stack, shared by all scenarios, and one listener for each kind of settings."""

import os
from collections.abc import Callable, Iterator

import pytest

from integration import containers, envoy_config, proxy, stack
from integration.listeners import Rejected
from integration.receiver.client import ReceiverClient
from integration.scenarios.dialects import ANTHROPIC, OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.scenarios.watch import Watch
from integration.settings import Settings, base, changed
from integration.stack import Stack
from integration.standin.client import StandInClient
from integration.trace import Trace

# The official clients shall speak to the gateway, whatever proxy the environment names.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"

OpenGateway = Callable[[Settings], Gateway]


def pytest_sessionstart() -> None:
    """Says what is missing before the first scenario does."""
    if not envoy_config.WASM.exists():
        pytest.exit(f"{envoy_config.WASM} does not exist: run make wasm", returncode=2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what Envoy is too old for."""
    marked = [(item, mark.args[0]) for item in items for mark in item.iter_markers("since")]
    if not marked or containers.find():
        return
    here = proxy.version()
    for item, wanted in marked:
        if here < tuple(map(int, wanted.split("."))):
            item.add_marker(pytest.mark.skip(reason=f"needs Envoy {wanted}"))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Stand-in, receiver and Envoy."""
    everything = containers.find() or stack.start(tmp_path_factory.mktemp("stack"))
    yield everything
    everything.stop()


@pytest.fixture
def standin(running: Stack) -> StandInClient:
    """The stand-in provider, with no calls yet."""
    running.standin.reset()
    return running.standin


@pytest.fixture
def receiver(running: Stack) -> ReceiverClient:
    """The receiver of spans, which may still get some of earlier calls."""
    return running.receiver


@pytest.fixture(scope="session")
def open_gateway(running: Stack) -> OpenGateway:
    """Opens a gateway whose settings differ from the usual ones; the same changes get the same gateway."""
    opened: dict[str, Gateway] = {}
    refused: dict[str, Rejected] = {}

    def open_one(changes: Settings) -> Gateway:
        name = repr(changes)
        if name in refused:
            raise refused[name].with_traceback(None)
        if name not in opened:
            try:
                address = running.proxy.listeners.put(f"gateway-{len(opened)}", changed(base(), changes))
            except Rejected as rejected:
                refused[name] = rejected
                raise
            opened[name] = Gateway(address)
        return opened[name]

    return open_one


@pytest.fixture
def gateway(open_gateway: OpenGateway) -> Gateway:
    """A gateway with the usual settings."""
    return open_gateway({})


@pytest.fixture(params=[OPENAI, ANTHROPIC], ids=lambda dialect: dialect.name)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """Each dialect in turn."""
    return request.param


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def stream(request: pytest.FixtureRequest) -> bool:
    """Whether the answer is streamed: one, then the other."""
    return request.param


@pytest.fixture
def trace() -> Trace:
    """A trace of its own for each test."""
    return Trace()


@pytest.fixture(scope="session")
def watch(running: Stack) -> Watch:
    """Looks at what Envoy and the receiver have got since it looked last."""
    return Watch(running)


@pytest.fixture(autouse=True)
def nothing_traps_or_leaks(watch: Watch) -> Iterator[None]:
    """After every scenario: no VM has trapped, and no secret stands where people may read."""
    yield
    watch.look()
